/** Finds a C compiler that makes WebAssembly: one of the system, or the one that comes as an npm package. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { EnvironmentError } from '../../environment-error.ts';

export interface Compiler {
  /** What it calls itself: part of the name under which a module is kept. */
  readonly version: string;
  /** Runs `clang` with these arguments in `folder`. */
  compile(folder: string, args: readonly string[]): Ran;
  /** Runs `wasm-ld`. */
  link(folder: string, args: readonly string[]): Ran;
}

export interface Ran {
  readonly isOk: boolean;
  readonly output: string;
}

/** Older ones know neither `export-dynamic` for it nor memory in bulk. */
const VERSION_MIN = 11;
const VERSIONS = ['', ...Array.from({ length: 20 }, (_, back) => `-${30 - back}`)];
const PACKAGE = '@yowasp/clang';
const TIMEOUT_MS = 120_000;

export const howToInstall = `install one, as in "apt-get install clang lld", or "npm install --no-save ${PACKAGE}"`;

/** Throws an `EnvironmentError` where there is none. */
export function findCompiler(
  searched: string = process.env['PATH'] ?? '',
  otherwise: () => Compiler | null = packageCompiler,
): Compiler {
  const found = systemCompiler(searched) ?? otherwise();
  if (found !== null) return found;
  throw new EnvironmentError(`driver: needs clang with wasm-ld, and there is none: ${howToInstall}`);
}

function systemCompiler(searched: string): Compiler | null {
  const clang = program(searched, 'clang');
  const linker = program(searched, 'wasm-ld');
  if (clang === null || linker === null) return null;
  const version = run(clang, '.', ['--version']).output.split('\n')[0] ?? '';
  const [, major] = /version (\d+)/.exec(version) ?? [];
  if (major === undefined || Number(major) < VERSION_MIN) {
    throw new EnvironmentError(
      `driver: ${clang} is too old (${version}): it must be ${VERSION_MIN} or newer; ${howToInstall}`,
    );
  }
  return {
    version,
    compile: (folder, args) => run(clang, folder, args),
    link: (folder, args) => run(linker, folder, args),
  };
}

function program(searched: string, name: string): string | null {
  const folders = searched.split(delimiter).filter((folder) => folder !== '');
  for (const version of VERSIONS) {
    for (const folder of folders) {
      const path = join(folder, `${name}${version}`);
      if (existsSync(path)) return path;
    }
  }
  return null;
}

/** Its functions answer later, so that it runs in a process of its own; see packaged-compiler.mjs. */
function packageCompiler(): Compiler | null {
  let version: string;
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    const described = readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8');
    version = `${PACKAGE} ${/"version": *"([^"]+)"/.exec(described)?.[1] ?? entry}`;
  } catch {
    return null;
  }
  const script = join(import.meta.dirname, './packaged-compiler.mjs');
  const runPackaged = (name: string) => (folder: string, args: readonly string[]) =>
    run(process.execPath, folder, [script, name, ...args]);
  return { version, compile: runPackaged('clang'), link: runPackaged('wasm-ld') };
}

function run(command: string, folder: string, args: readonly string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: TIMEOUT_MS,
  });
  return { isOk: status === 0, output: error === undefined ? `${stdout}${stderr}` : error.message };
}
