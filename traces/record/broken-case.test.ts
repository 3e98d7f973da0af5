/** A case in which an adapter breaks the protocol is saved, and the error names its trace. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AdapterError } from '../../impl/exec/adapter-error.ts';
import type { Operation } from '../../model/operations.ts';
import { HarnessDefect } from '../../properties/lockstep/harness-defect.ts';
import { savingBrokenCase } from './broken-case.ts';
import { listTraces } from '../replay/failure-folder.ts';
import { soundTrace } from './sound-trace.ts';
import { readTrace } from '../format/trace-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-broken-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const system = { name: 'theirs', option: 'exec:theirs' };
const { setup } = soundTrace;
const operations: readonly Operation[] = [
  { op: 'open' },
  { op: 'start', mode: 'secondary' },
  { op: 'checkpoint' },
  { op: 'getError' },
];

function broken(index: number | null, played: readonly Operation[] | null = operations): AdapterError {
  const error = new AdapterError('the answer is no object', index);
  if (played !== null) error.during = { setup, operations: played };
  return error;
}

async function thrownBy(
  failure: unknown,
  of: Parameters<typeof savingBrokenCase>[0] = system,
): Promise<unknown> {
  try {
    await savingBrokenCase(of, folder, async () => {
      await Promise.resolve();
      throw failure;
    });
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

test('what goes well is handed on', async () => {
  expect(await savingBrokenCase(system, folder, () => Promise.resolve(7))).toBe(7);
  expect(listTraces(folder)).toEqual([]);
});

test('the operation of the wrong answer ends the trace, and names its signature', async () => {
  const path = join(folder, 'protocol-checkpoint-running.json');
  expect(await thrownBy(broken(2))).toEqual(
    new AdapterError(`the answer is no object; operation 3 of the case saved as ${path}`, 2),
  );
  expect(readTrace(path)).toEqual({
    format: 'colocheck-trace',
    version: 2,
    signature: 'protocol-checkpoint-running',
    expects: 'divergence',
    comparison: 'qemu',
    found: { system: 'theirs', divergence: 'the answer is no object', step: 2 },
    setup,
    operations: operations.slice(0, 3),
  });
});

test('the first operation meets the first state', async () => {
  await thrownBy(broken(0));
  expect(listTraces(folder)).toEqual([join(folder, 'protocol-open-closed.json')]);
});

test('where no operation is known the whole case is saved', async () => {
  const path = join(folder, 'protocol-broken.json');
  expect(await thrownBy(broken(null), { ...system, comparison: 'document' })).toEqual(
    new AdapterError(`the answer is no object; the case saved as ${path}`, null),
  );
  expect(readTrace(path)).toMatchObject({ comparison: 'document', found: { step: 3 }, operations });
});

test.each([
  ['no case was played', broken(2, null)],
  ['the case has no operation', broken(null, [])],
  ['it is an error of another kind', new Error('no answer')],
])('it is thrown as it is where %s', async (_why, error) => {
  expect(await thrownBy(error)).toBe(error);
  expect(listTraces(folder)).toEqual([]);
});

test('a defect of colocheck has a signature of its own', async () => {
  const defect = new HarnessDefect(new TypeError('no law'), { setup, operations }, 2);
  const path = join(folder, 'colocheck-defect.json');
  expect(await thrownBy(defect)).toMatchObject({
    name: 'EnvironmentError',
    message: expect.stringMatching(/^a defect of colocheck, .*no law.*; operation 3 of the case saved as /),
  });
  expect(readTrace(path)).toMatchObject({
    signature: 'colocheck-defect',
    operations: operations.slice(0, 3),
    found: { step: 2 },
  });
});
