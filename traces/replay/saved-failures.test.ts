/** Saved failures serve again: run first, listed, judged without a system, and shrunk further. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { recordCounterexample } from '../record/record-exploration.ts';
import { judgeRecorded } from './recorded.ts';
import { caseOf } from './replay.ts';
import { reshrink } from '../record/reshrink.ts';
import { describeSavedFailures, runSavedFailures } from './saved-failures.ts';
import { listTraces } from './failure-folder.ts';
import { describeTable, tabulate } from './trace-table.ts';
import { readTrace, writeTrace } from '../format/trace-file.ts';

const broken = openSubject('mutant:no-copy-before-a-write');
const sound = openSubject('impl');
const source = 'traces/saved/regressions/copy-before-write-hides-primary-write.json';

let folder = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-saved-'));
  const testCase = caseOf(readTrace(source));
  const divergence = await broken.judge(testCase, 'full');
  if (divergence === null) throw new Error('the mutant agrees');
  recordCounterexample(broken, 'found by hand', testCase, divergence, folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function saved(): string {
  const [path] = listTraces(folder);
  if (path === undefined) throw new Error('nothing was saved');
  return path;
}

test('still fail on the system that they were found on, and not on a sound one', async () => {
  const again = await runSavedFailures(folder, broken);
  expect(again.failing.map(({ path }) => path)).toEqual([saved()]);
  expect(describeSavedFailures(again)).toContain('1 of 1 still fail');
  expect((await runSavedFailures(folder, sound)).failing).toEqual([]);
});

test('are listed word for word, the shortest first, and only those that the system can be given', async () => {
  const path = saved();
  const trace = readTrace(path);
  const { operations, signature = '' } = trace;
  const longer = join(folder, 'a-longer.json');
  writeTrace(longer, { ...trace, operations: [{ op: 'getError' }, ...operations] });
  const { length } = operations;
  expect(describeSavedFailures(await runSavedFailures(folder, broken))).toBe(
    [
      'saved failures: 2 of 2 still fail',
      `  ${signature}, ${length} operations: ${path}`,
      `  ${signature}, ${length + 1} operations: ${longer}`,
    ].join('\n'),
  );
  const given = { ...broken.capabilities, operations: operations.map(({ op }) => op) };
  expect((await runSavedFailures(folder, { ...broken, capabilities: given })).run).toBe(1);
  const primary = { ...broken.capabilities, modes: ['primary'] as const };
  const none = await runSavedFailures(folder, { ...broken, capabilities: primary });
  expect(describeSavedFailures(none)).toBeNull();
  const judge = () => {
    throw new Error('no more memory');
  };
  await expect(runSavedFailures(folder, { ...broken, judge })).rejects.toThrow('no more memory');
});

test('a file that is no trace is reported and does not stop the others', async () => {
  writeFileSync(join(folder, 'a.json'), 'nothing');
  const again = await runSavedFailures(folder, broken);
  expect(again.run).toBe(1);
  expect(again.broken).toHaveLength(1);
  expect(describeSavedFailures(again)).toMatch(/^not run: .*a\.json: is not JSON/);
});

test('are listed with what each system makes of them today', async () => {
  const signature = readTrace(saved()).signature ?? '';
  writeFileSync(join(folder, 'a.json'), 'nothing');
  const systems = [sound, broken].map((subject) => ({ name: subject.name, by: () => subject }));
  const table = await tabulate([folder], systems);
  expect(table.rows.map(({ today }) => today)).toEqual([{ efficient: 'agrees', [broken.name]: signature }]);
  expect(describeTable(table, systems)).toMatch(/^broken: .*a\.json/m);
  await expect(tabulate([join(folder, 'none')], [])).rejects.toThrow('is not there');
});

test("are judged by today's model without the system, and a changed record is noticed", () => {
  const trace = readTrace(saved());
  expect(judgeRecorded('t', trace).agreed).toBe(false);
  expect(judgeRecorded('t', trace).text).toContain(`in ${broken.name}, is`);
  const { recorded } = trace;
  if (recorded === undefined) throw new Error('nothing was recorded');
  const kept = { ...trace, recorded: { outcomes: recorded.outcomes } };
  expect(judgeRecorded('t', kept).agreed).toBe(true);
  const [, ...rest] = recorded.outcomes;
  const refused = { ...trace, recorded: { outcomes: [{ kind: 'errno', errno: 'EIO' } as const, ...rest] } };
  expect(judgeRecorded('t', refused).text).toContain('step 1 (open)');
  expect(() => judgeRecorded('t', readTrace(source))).toThrow('holds no recorded answers');
});

test('are shrunk further, and the smaller case is kept', async () => {
  const path = saved();
  const before = readTrace(path);
  const text = await reshrink(path, before, broken, folder);
  expect(text).toContain('no operation can be dropped');
  expect(readTrace(path).operations.length).toBeLessThan(before.operations.length);
  expect(text).toContain('found in case 0 of seed 0;');
  writeTrace(path, {
    ...before,
    found: { system: broken.name, divergence: '', step: 0, seed: 5, caseIndex: 9 },
  });
  expect(await reshrink(path, readTrace(path), broken, folder)).toContain('found in case 9 of seed 5;');
  const { found: _, ...unsigned } = before;
  expect(await reshrink(path, unsigned, broken, folder)).toContain('found in case 0 of seed 0;');
  writeTrace(path, before);
  await expect(reshrink(path, before, sound, folder)).rejects.toThrow('nothing to shrink');
});

test('says what cannot be read, even where nothing was run', () => {
  expect(describeSavedFailures({ run: 0, failing: [], broken: [] })).toBeNull();
  expect(describeSavedFailures({ run: 0, failing: [], broken: ['x.json: is not JSON'] })).toBe(
    'not run: x.json: is not JSON\nsaved failures: 0 of 0 still fail',
  );
});
