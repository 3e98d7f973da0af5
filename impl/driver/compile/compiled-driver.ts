/**
 * Compiles a driver with our block layer beneath it (the ground, c/*.c) to one WebAssembly module. The driver's file is taken as it stands: a
 * wrapper includes it, and each header that it names is there and leads to one of ours.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { EnvironmentError } from '../../environment-error.ts';
import { findCompiler } from './compiler.ts';
import type { Compiler, Ran } from './compiler.ts';
import { includedBy, readDriver, reopensWithoutDriver } from './driver-source.ts';
import { forget, hashOf, keptOr } from './module-cache.ts';

const OURS = join(import.meta.dirname, '../c');

const COMMON = [
  '--target=wasm32',
  '-std=gnu11',
  '-O2',
  '-mbulk-memory',
  '-mmutable-globals',
  '-ffreestanding',
  '-fvisibility=default',
  // Loops without end stay what they are, and are found.
  '-fno-finite-loops',
  '-Wno-everything',
  '-Werror=implicit-function-declaration',
  '-Werror=incompatible-pointer-types',
  '-Werror=int-conversion',
];

/** Null pointers and divisions by zero trap, and each edge is counted, so that a loop ends. */
const WATCHED = [
  '-fno-delete-null-pointer-checks',
  '-fsanitize=null,integer-divide-by-zero',
  '-fsanitize-trap=null,integer-divide-by-zero',
  '-fsanitize-coverage=trace-pc,edge,no-prune',
];

/** Where the driver and its headers are found, and in which file ours is that includes it. */
const WRAPPED = [
  '-I',
  'headers',
  '-I',
  '.',
  '-I',
  OURS,
  '-DDRIVER_FILE="replication.c"',
  join(OURS, 'driver.c'),
];

export interface CompiledDriver {
  readonly module: WebAssembly.Module;
  /** Of everything that went in. */
  readonly key: string;
}

/** `path` as in `driver:PATH`. Throws an `EnvironmentError` with one line that says what is wrong. */
export function compileDriver(path: string): CompiledDriver {
  return compileText(readDriver(path), path);
}

/** The same of a text; `name` stands in messages. */
export function compileText(text: string, name: string, compiler: Compiler = findCompiler()): CompiledDriver {
  const key = hashOf([compiler.version, text, ...COMMON, ...WATCHED, ...ownText()]);
  const file = `${key}.wasm`;
  const bytes = keptOr(file, () => build(text, name, compiler));
  try {
    return { module: new WebAssembly.Module(bytes), key };
  } catch (error) {
    forget(file);
    throw new EnvironmentError(`driver:${name}: the compiled module is broken (${String(error)}): try again`);
  }
}

/** What the compiler takes the text for, as JSON. */
export function syntaxTree(text: string, name: string, compiler: Compiler = findCompiler()): string {
  return inFolder(text, (folder) => {
    const args = [...COMMON, '-fsyntax-only', '-Xclang', '-ast-dump=json', ...WRAPPED];
    const ran = compiler.compile(folder, args);
    expectOk(ran, name);
    return ran.output;
  });
}

function ownText(): readonly string[] {
  return readdirSync(OURS)
    .toSorted()
    .flatMap((file) => [file, readFileSync(join(OURS, file), 'utf8')]);
}

function build(text: string, name: string, compiler: Compiler): Uint8Array {
  return inFolder(text, (folder) => {
    writeFileSync(join(folder, 'ground.o'), compiledGround(reopensWithoutDriver(text), compiler));
    const args = [...COMMON, ...WATCHED, ...WRAPPED, '-c', '-o', 'driver.o'];
    expectOk(compiler.compile(folder, args), name);
    const shown = ['--no-entry', '--export-dynamic', '--export=__stack_pointer'];
    expectOk(compiler.link(folder, [...shown, 'ground.o', 'driver.o', '-o', 'driver.wasm']), name);
    return readFileSync(join(folder, 'driver.wasm'));
  });
}

/** The same for all drivers but one thing. */
function compiledGround(reopens: boolean, compiler: Compiler): Uint8Array {
  const setting = `-DGROUND_REOPENS_WITHOUT_DRIVER=${reopens ? 1 : 0}`;
  return keptOr(`${hashOf([compiler.version, setting, ...COMMON, ...ownText()])}.o`, () =>
    inFolder('', (folder) => {
      const args = [...COMMON, setting, '-I', OURS, '-c', join(OURS, 'ground.c'), '-o', 'ground.o'];
      expectOk(compiler.compile(folder, args), 'the ground');
      return readFileSync(join(folder, 'ground.o'));
    }),
  );
}

/** Works in a folder with the driver and the headers that it wants. */
function inFolder<Result>(text: string, work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-driver-'));
  try {
    writeFileSync(join(folder, 'replication.c'), text);
    for (const header of includedBy(text)) {
      const path = normalize(header);
      if (path.startsWith('..') || path.startsWith('/')) continue;
      const file = join(folder, 'headers', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, '#include "qemu.h"\n');
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function expectOk({ isOk, output }: Ran, name: string): void {
  if (!isOk) throw new EnvironmentError(`driver:${name} does not compile: ${complaint(output)}`);
}

/** The first error, in few words: what a newer driver wants that is not declared is named in it. */
function complaint(output: string): string {
  const lines = output.split('\n').filter((line) => /\berror:/.test(line));
  const [first = output.trim().split('\n').at(-1) ?? 'the compiler says nothing'] = lines;
  const [, line, message] = /(?:^|[/\\])replication\.c:(\d+):\d+: (?:fatal )?error: (.*)$/.exec(first) ?? [];
  if (message === undefined) return first.trim();
  return `line ${line}: ${message.replace(/ \[-W.*\]$/, '')}`;
}
