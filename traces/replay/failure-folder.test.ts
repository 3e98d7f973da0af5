/** The folder of failures: one file a signature, the smallest kept. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failureFileName, listTraces, requireWritable, saveFailure } from './failure-folder.ts';
import { readTrace } from '../format/trace-file.ts';
import type { Trace, TraceOperation } from '../format/trace-schema.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-failures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function trace(signature: string, operations: readonly TraceOperation[]): Trace {
  const { setup } = readTrace('traces/saved/regressions/copy-covers-whole-unit.json');
  return { format: 'colocheck-trace', version: 2, comparison: 'qemu', signature, setup, operations };
}

const open: TraceOperation = { op: 'open' };
const read = (sector: number): TraceOperation => ({ op: 'guestRead', sector, count: 1 });

test('a shorter case takes the place of a longer one, and not the other way round', () => {
  const { path } = saveFailure(folder, trace('a', [open, open]));
  saveFailure(folder, trace('a', [open]));
  expect(readTrace(path).operations).toEqual([open]);
  saveFailure(folder, trace('a', [open, open, open]));
  expect(readTrace(path).operations).toEqual([open]);
});

test('of two cases of the same length the one with the smaller numbers is kept', () => {
  const { path } = saveFailure(folder, trace('a', [read(7)]));
  saveFailure(folder, trace('a', [read(3)]));
  saveFailure(folder, trace('a', [read(5)]));
  expect(readTrace(path).operations).toEqual([read(3)]);
});

test('numbers are weighed, not digits', () => {
  const { path } = saveFailure(folder, trace('a', [read(9)]));
  saveFailure(folder, trace('a', [read(10)]));
  expect(readTrace(path).operations).toEqual([read(9)]);
});

test('what was judged otherwise has a file of its own, and so has what was found nobody knows where', () => {
  const found = { system: 'one', divergence: 'something', step: 0 };
  const { signature: _, ...unsigned } = trace('a', [open]);
  const saved = [
    saveFailure(folder, { ...trace('a', [open]), found }),
    saveFailure(folder, { ...trace('a', [open]), found, comparison: 'document' }),
    saveFailure(folder, trace('a', [open])),
    saveFailure(folder, unsigned),
  ];
  expect(saved).toEqual(
    ['a.json', 'a-on-one-by-document.json', 'a-on-another.json', 'unsigned.json'].map((name) => ({
      path: join(folder, name),
      isWritten: true,
    })),
  );
});

test('a failure of another system has a file of its own', () => {
  const on = (system: string, operations: readonly TraceOperation[]): Trace => ({
    ...trace('a', operations),
    found: { system, divergence: 'something', step: 0 },
  });
  const { path: first } = saveFailure(folder, on('one', [open, open]));
  const { path: other } = saveFailure(folder, on('two', [open]));
  expect(readTrace(first).operations).toEqual([open, open]);
  expect(other).toBe(join(folder, 'a-on-two.json'));
  expect(saveFailure(folder, on('two', [open]))).toEqual({ path: other, isWritten: true });
  expect(saveFailure(folder, on('two', [open, open]))).toEqual({ path: other, isWritten: false });
});

test('each signature has its own file, listed by name', () => {
  saveFailure(folder, trace('b', [open]));
  saveFailure(folder, trace('a', [open]));
  expect(listTraces(folder)).toEqual([join(folder, 'a.json'), join(folder, 'b.json')]);
  expect(listTraces(join(folder, 'none'))).toEqual([]);
});

test('a kept file that can no longer be read is replaced', () => {
  writeFileSync(join(folder, 'a.json'), 'not a trace');
  const { path } = saveFailure(folder, trace('a', [open, open]));
  expect(readTrace(path).operations).toEqual([open, open]);
  expect(readdirSync(folder)).toEqual(['a.json']);
});

test('only traces are listed', () => {
  saveFailure(folder, trace('a', [open]));
  writeFileSync(join(folder, 'a.json.1234.tmp'), '');
  writeFileSync(join(folder, 'notes.txt'), '');
  expect(listTraces(folder)).toEqual([join(folder, 'a.json')]);
});

test.each([
  ['observation-guestRead-running-view', 'observation-guestRead-running-view.json'],
  ['../up and/away', '-up-and-away.json'],
  ['..', '-.json'],
  ['a\u0000b\nc', 'a-b-c.json'],
  ['', 'unsigned.json'],
  ['x'.repeat(500), `${'x'.repeat(120)}.json`],
])('the signature %j makes a safe name', (signature, name) => {
  expect(failureFileName(signature)).toBe(name);
});

test('a folder that cannot be written is refused before anything is run', () => {
  writeFileSync(join(folder, 'file'), '');
  const below = join(folder, 'file/failures');
  expect(() => requireWritable(below)).toThrow(
    `cannot save failures in ${below}: ENOTDIR: not a directory, mkdir '${below}'. Name a folder that can be written (--failures).`,
  );
  expect(() => saveFailure(below, trace('a', [open]))).toThrow(
    `cannot write ${join(below, 'a.json')}: ENOTDIR`,
  );
});
