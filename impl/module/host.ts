/** The process of a module: it loads the module, and plays on its system what it is asked. Arguments: the module, the note. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { EnvironmentError } from '../environment-error.ts';
import { CaseNote } from './case-note.ts';
import { guardSystem } from './guarded-system.ts';
import { HostAnswers, say } from './host-answers.ts';
import { MEMORY_WORDS } from './hosted-system.ts';
import { loadModule } from './loaded-module.ts';
import { SideEffects } from './side-effects.ts';

/** What the shell has opened for it. */
const REQUESTS = 3;
const OUTPUT = 1;

/** So much of the machine's memory is the system's. */
const MEMORY_BYTES_MAX = Math.min(2 ** 30, totalmem() / 2);

/** A thread sees what a loop without end hides from the rest of the process. */
const WATCHER = `
const { writeSync } = require('node:fs');
setInterval(() => {
  if (process.memoryUsage.rss() < ${MEMORY_BYTES_MAX}) return;
  writeSync(2, ${JSON.stringify(`\n${MEMORY_WORDS} (${Math.round(MEMORY_BYTES_MAX / 2 ** 20)} MiB)\n`)});
  process.kill(process.pid, 'SIGKILL');
}, 50);
`;

async function answersOf(path: string, note: string): Promise<HostAnswers> {
  const system = await loadModule(path);
  const effects = new SideEffects(OUTPUT);
  const guarded = guardSystem(system, { effects, note: new CaseNote(note, `module:${path}`) });
  effects.install();
  return new HostAnswers(guarded);
}

async function host(path: string, note: string): Promise<void> {
  new Worker(WATCHER, { eval: true, execArgv: [] }).unref();
  let answers: HostAnswers | null = null;
  for await (const line of createInterface({ input: createReadStream('', { fd: REQUESTS }) })) {
    const asked: unknown = JSON.parse(line);
    if (typeof asked !== 'object' || asked === null || !('id' in asked)) continue;
    if (answers === null) {
      try {
        answers = await answersOf(path, note);
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
        say(asked.id, { missing: error.message });
        return;
      }
    }
    say(asked.id, await answers.to(asked));
    if ('request' in asked && asked.request === 'bye') return;
  }
}

const [, , path = '', note = ''] = process.argv;
await host(path, note);
// Whatever the system still waits for.
process.exit(0);
