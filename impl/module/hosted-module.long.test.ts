/** Modules that harm their own process: each is lost in its own way, at its operation, and the process goes on. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fourClusters } from '../../model/testing/scenario.ts';
import type { Operation } from '../../model/operations.ts';
import type { AsyncSystem } from '../system.ts';
import { SystemLost } from '../system-lost.ts';
import { notedStep } from './case-note.ts';
import { createModuleSystem } from './module-system.ts';

let folder = '';
let system: AsyncSystem | null = null;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-hosted-'));
});
afterEach(async () => {
  await system?.shutdown().catch(() => {});
  system = null;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const setup = { nodes: [fourClusters] };
const open: Operation = { op: 'open' };
const checkpoint: Operation = { op: 'checkpoint' };
const close: Operation = { op: 'close' };

/** A system that answers ok to everything, and at the checkpoint of its nth case does the nth thing. */
async function doing(things: readonly string[], more = ''): Promise<AsyncSystem> {
  const path = join(folder, 'module.mjs');
  writeFileSync(
    path,
    `import { exit } from 'node:process';
import { writeSync } from 'node:fs';
const capabilities = { operations: ['open', 'start', 'close', 'checkpoint'], observes: ['stage'], modes: ['secondary'],
  defects: [], badSectors: [], readOnly: [], nodesMax: 1, control: 'driver', commit: 'stepped',
  geometry: { sectorBytes: 'any', lengthSectorsMax: 64 } };
const ok = { kind: 'ok' };
let held;
let count = 0;
const things = [${things.map((thing) => `(operation) => { ${thing} }`).join(', ')}];
export default () => ({ name: 'mine', capabilities, load: (setup) => { held = setup; count++; }, unload: () => {},
  observe: () => [{ stage: 'none' }],
  apply: (operation) => (operation.op === 'checkpoint' ? things[count - 1]?.(operation) : null) ?? ok, ${more} });
`,
  );
  system = await createModuleSystem(path, { timeoutMs: 5000 });
  return system;
}

const sound = { outcomes: [{ kind: 'ok' }, { kind: 'ok' }] };

function played(made: AsyncSystem, count: number) {
  const bad = Array.from({ length: count }, () => ({ setup, operations: [open, checkpoint, close] }));
  return made.playAll?.([...bad, { setup, operations: [open, close] }], 'each');
}

const kinds = [
  ['ends its process', 'process.exit(0);', 'exit', 'it called process.exit(0)'],
  ['ends it and catches the error', 'try { exit(0); } catch {}', 'exit', 'it called process.exit(0)'],
  ['aborts', 'process.abort();', 'exit', 'it called process.abort()'],
  ['kills itself', "process.kill(process.pid, 'SIGKILL');", 'exit', 'it called process.kill('],
  ['throws later', "setTimeout(() => { throw new Error('too late'); }, 10);", 'throws-later', 'too late'],
  ['throws in a microtask', 'queueMicrotask(() => { throw 7; });', 'throws-later', ': 7'],
  ['leaves a rejected promise', "void Promise.reject(new Error('left'));", 'rejects-later', 'Error: left'],
  [
    'sends listeners away',
    "process.removeAllListeners('unhandledRejection'); void Promise.reject(new Error('left'));",
    'rejects-later',
    'Error: left',
  ],
  [
    'prints',
    "console.log('::error::all is well\\n');",
    'prints',
    String.raw`: ::error::all is well\u000a\u000a`,
  ],
  ['writes to the file of the output', "writeSync(1, 'x');", 'prints', 'it printed 1 bytes'],
  [
    'throws what cannot be printed',
    'throw Object.create(null);',
    'crash',
    'something that cannot be printed',
  ],
  ['throws a symbol', "throw Symbol('s');", 'crash', 'Symbol(s)'],
  ['answers with a getter', 'return { get kind() { throw new Error("no"); } };', 'unreadable', 'Error: no'],
  ['calls itself without end', 'const f = () => 1 + f(); f();', 'recursion', 'call stack'],
  ['writes into the operation', "operation.op = 'stop';", 'crash', "read only property 'op'"],
  ['writes into the setup', 'held.nodes[0].geometry.lengthSectors = 1;', 'crash', 'read only property'],
] as const;

test('whatever a module does to its process, the case is lost in a way of its own, and the process goes on', async () => {
  const all = await played(await doing(kinds.map(([, thing]) => thing)), kinds.length);
  const told = kinds.map(([name], index) => {
    const lost = all?.[index];
    if (!(lost instanceof SystemLost)) return { name };
    const { how, message, answeredCount, isProcessThere } = lost;
    return { name, how, message, answeredCount, isProcessThere };
  });
  expect(told).toEqual(
    kinds.map(([name, , how, detail]) => ({
      name,
      how,
      message: expect.stringContaining(detail),
      answeredCount: 1,
      isProcessThere: true,
    })),
  );
  expect(all?.at(-1)).toMatchObject(sound);
});

describe('a module that', () => {
  test.each([
    ['loops without end', 'for (;;);', 'hang', 'no answer to request'],
    [
      'takes memory without end',
      'const hoard = []; for (;;) hoard.push(Buffer.alloc(2 ** 24, 1));',
      'memory',
      'takes more memory than it may have',
    ],
  ])('%s loses its process, and the next cases have a new one', async (_name, body, how, detail) => {
    const made = await doing([body]);
    // Others like it would take as long: what was sent behind it is left unplayed.
    expect(await played(made, 1)).toMatchObject([
      { how, answeredCount: 1, message: expect.stringContaining(detail) },
    ]);
    expect(await made.playAll?.([{ setup, operations: [open, close] }], 'each')).toMatchObject([sound]);
  });

  test('answers what is no outcome ends the run with its own line', async () => {
    expect(await played(await doing(["return { kind: 'fine' };"]), 1)).toMatchObject([
      {
        name: 'EnvironmentError',
        operationIndex: 1,
        message: expect.stringMatching(
          /^mine answers apply \{"op":"checkpoint"\} with \{"kind":"fine"\}: must be/,
        ),
      },
    ]);
  });

  test('must be waited for is asked one operation after the other, and what it accepts and leaves behind', async () => {
    const made = await doing(
      [],
      `shutdown: async () => {}, accepts: ({ op }) => op !== 'close', finish: async () => ({ promise: 'tidy', detail: 'x' })`,
    );
    await made.load(setup, [open, close]);
    expect(made.accepts(open, ['closed'], setup)).toBe(true);
    expect(await made.apply(open)).toEqual({ kind: 'ok' });
    expect(made.accepts(close, ['none'], setup)).toBe(true);
    await expect(made.apply(close)).rejects.toThrow('does not accept an operation here');
    expect(await made.finish?.()).toEqual({ promise: 'tidy', detail: 'x' });
  });
});

test('the case in hand lies on disk, and nothing of it when the run has ended', async () => {
  const before = readdirSync(tmpdir());
  const made = await doing([]);
  await made.playAll?.([{ setup, operations: [open, close] }], 'last');
  const notes = readdirSync(tmpdir())
    .filter((name) => name.startsWith('colocheck-module-') && !before.includes(name))
    .map((name) => join(tmpdir(), name, 'case-in-hand.json'));
  const [path = ''] = notes.filter((note) => existsSync(note) && readFileSync(note, 'utf8').includes(folder));
  expect(notedStep(path)).toBe(1);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ setup, operations: [open, close] });
  await made.shutdown();
  expect(existsSync(path)).toBe(false);
});
