/**
 * A system that a module's default export creates, `--system module:FILE`: in a process of its own, which is asked as an
 * adapter is, or in this one, where nothing keeps it from harming the run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BatchingExecSystem } from '../exec/batching-system.ts';
import { Connection, TIMEOUT_MS } from '../exec/exec-system.ts';
import type { Comparison } from '../exec/exec-system.ts';
import type { AsyncSystem } from '../system.ts';
import { CaseNote } from './case-note.ts';
import { guardSystem } from './guarded-system.ts';
import { HostedSystem, hostedDialect } from './hosted-system.ts';
import { loadModule, requireModule } from './loaded-module.ts';
import { SideEffects } from './side-effects.ts';

export interface ModuleOptions {
  readonly timeoutMs?: number;
  readonly comparison?: Comparison;
}

/** In a process of its own. Rejects with `EnvironmentError` that says what is wrong with the module. */
export async function createModuleSystem(
  path: string,
  { timeoutMs = TIMEOUT_MS, comparison = 'qemu' }: ModuleOptions = {},
): Promise<AsyncSystem> {
  requireModule(path);
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-module-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const note = join(folder, 'case-in-hand.json');
  const dialect = hostedDialect(path, note);
  const connection = new Connection(hostCommand(path, folder, note), timeoutMs, comparison, dialect);
  try {
    const hello = await connection.open();
    const system = hello.capabilities.run
      ? new BatchingExecSystem(connection, hello)
      : new HostedSystem(connection, hello);
    const shutdown = async (): Promise<void> => {
      await connection.close();
      process.removeListener('exit', remove);
      remove();
    };
    return Object.assign(system, { shutdown });
  } catch (error) {
    await connection.close().catch(() => {});
    remove();
    throw error;
  }
}

/** In this process: what it does is reported as from a process of its own, but for loops without end and lack of memory. */
export async function createInProcessModuleSystem(path: string): Promise<AsyncSystem> {
  const system = await loadModule(path);
  const note = join(tmpdir(), `colocheck-case-in-hand-${process.pid}.json`);
  const effects = new SideEffects();
  const guarded = guardSystem(system, { effects, note: new CaseNote(note, `module:${path}`) });
  const end = guarded.shutdown.bind(guarded);
  effects.install();
  const shutdown = async (): Promise<void> => {
    effects.uninstall();
    await end();
  };
  return Object.assign(guarded, { shutdown });
}

/**
 * What the module prints goes to a file, and its standard input is empty: requests and answers have files of their own.
 */
function hostCommand(path: string, folder: string, note: string): string {
  // Where the project is built it needs no loader; the module may still be TypeScript (import-module.ts).
  const isBuilt = import.meta.url.endsWith('.js');
  const host = fileURLToPath(new URL(isBuilt ? 'host.js' : 'host.ts', import.meta.url));
  const loader = isBuilt ? [] : ['--import', import.meta.resolve('tsx')];
  const words = [process.execPath, ...loader, host, path, note];
  return `exec ${words.map(quotedWord).join(' ')} 3<&0 4>&1 </dev/null 1<>${quotedWord(join(folder, 'printed'))}`;
}

function quotedWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
