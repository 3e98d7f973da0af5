/**
 * Compiles a driver with the ground beneath it to one WebAssembly module. The driver's file is taken as it stands: a
 * wrapper includes it, and each header that it names is there and leads to one of ours.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { EnvironmentError } from '../environment-error.ts';
import { findCompiler } from './compiler.ts';
import type { Compiler, Ran } from './compiler.ts';
import { includedBy, readDriver, reopensWithoutDriver } from './driver-source.ts';

const OURS = join(import.meta.dirname, 'c');

const COMMON = [
  '--target=wasm32',
  '-std=gnu11',
  '-O2',
  '-mbulk-memory',
  '-mmutable-globals',
  '-ffreestanding',
  '-fvisibility=default',
  '-Werror=implicit-function-declaration',
  '-Werror=incompatible-pointer-types',
  '-Werror=int-conversion',
];

/** Null pointers trap, and each edge is counted, so that a loop ends. */
const WATCHED = [
  '-fno-delete-null-pointer-checks',
  '-fsanitize=null',
  '-fsanitize-trap=null',
  '-fsanitize-coverage=trace-pc,edge',
  '-Wno-everything',
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
  const own = readdirSync(OURS)
    .toSorted()
    .map((file) => [file, readFileSync(join(OURS, file), 'utf8')] as const);
  const key = hashOf([compiler.version, text, ...COMMON, ...WATCHED, ...own.flat()]);
  const kept = join(cacheFolder(), `${key}.wasm`);
  if (!existsSync(kept)) keep(kept, build(text, name, compiler));
  try {
    return { module: new WebAssembly.Module(readFileSync(kept)), key };
  } catch (error) {
    rmSync(kept, { force: true });
    throw new EnvironmentError(`driver:${name}: the compiled module is broken (${String(error)}): try again`);
  }
}

function hashOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 32);
}

function cacheFolder(): string {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'colocheck', 'driver');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Whole or not at all: other processes may look for it meanwhile. */
function keep(path: string, module: Uint8Array): void {
  const part = `${path}.${process.pid}`;
  writeFileSync(part, module);
  renameSync(part, path);
}

function build(text: string, name: string, compiler: Compiler): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-driver-'));
  try {
    writeFileSync(join(folder, 'replication.c'), text);
    writeHeaders(folder, includedBy(text));
    const where = ['-I', 'headers', '-I', '.', '-I', OURS];
    const reopens = `-DGROUND_REOPENS_WITHOUT_DRIVER=${reopensWithoutDriver(text) ? 1 : 0}`;
    const file = '-DDRIVER_FILE="replication.c"';
    expectOk(
      compiler.compile(folder, [
        ...COMMON,
        reopens,
        '-I',
        OURS,
        '-c',
        join(OURS, 'ground.c'),
        '-o',
        'ground.o',
      ]),
      name,
    );
    expectOk(
      compiler.compile(folder, [
        ...COMMON,
        ...WATCHED,
        ...where,
        file,
        '-c',
        join(OURS, 'driver.c'),
        '-o',
        'driver.o',
      ]),
      name,
    );
    expectOk(
      compiler.link(folder, [
        '--no-entry',
        '--export-dynamic',
        '--export=__stack_pointer',
        'ground.o',
        'driver.o',
        '-o',
        'driver.wasm',
      ]),
      name,
    );
    return readFileSync(join(folder, 'driver.wasm'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeHeaders(folder: string, included: readonly string[]): void {
  for (const header of included) {
    const path = normalize(header);
    if (path.startsWith('..') || path.startsWith('/')) continue;
    const file = join(folder, 'headers', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '#include "qemu.h"\n');
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
