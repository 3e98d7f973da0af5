/** The table of saved traces, character by character, and what of a trace each subject is asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Subject } from '../../properties/subjects/subject.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { soundTrace } from '../record/sound-trace.ts';
import { writeTrace } from '../format/trace-file.ts';
import { describeTable, tabulate, TRACE_FOLDERS } from './trace-table.ts';
import type { Asked } from './trace-table.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-table-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sound = openSubject('impl');

function asked(subject: Subject): Asked {
  const { name, comparison } = subject;
  return { name, by: (wanted) => (wanted === comparison ? subject : null) };
}

test('the folders of this project are known', () => {
  expect(TRACE_FOLDERS).toEqual([
    'traces/saved/failures',
    'traces/saved/regressions',
    'traces/saved/deviations',
    'traces/saved/witnesses',
    'traces/saved/unreachable',
  ]);
});

describe('a row', () => {
  const row = { path: '', signature: null, comparison: 'qemu', operations: 2, nodes: 1, foundOn: null };

  test('says what the trace is, and what each subject that judges so makes of it', async () => {
    const path = join(folder, 'a.json');
    writeTrace(path, soundTrace);
    const { rows, broken } = await tabulate(
      [path],
      [asked(sound), asked({ ...sound, name: 'x', comparison: 'document' })],
    );
    expect(rows).toEqual([{ ...row, path, operations: 1, today: { efficient: 'agrees' } }]);
    expect(broken).toEqual([]);
  });

  test('says where it was found, and why a subject cannot be given it', async () => {
    const path = join(folder, 'a.json');
    const found = { system: 'theirs', divergence: 'something', step: 0 };
    writeTrace(path, { ...soundTrace, signature: 'a-b', found });
    const judge = () => {
      throw new Error('it is not asked');
    };
    const capabilities = { ...sound.capabilities, modes: ['primary'] as const };
    const primaryOnly = { ...sound, capabilities, judge };
    expect((await tabulate([path], [asked(primaryOnly)])).rows).toEqual([
      {
        ...row,
        path,
        operations: 1,
        signature: 'a-b',
        foundOn: 'theirs',
        today: { efficient: 'this system has no secondary mode' },
      },
    ]);
  });

  test('is made of no file that is not named, and of no folder of this project that is not there', async () => {
    writeTrace(join(folder, 'a.json'), soundTrace);
    writeTrace(join(folder, 'b.json'), soundTrace);
    expect((await tabulate([join(folder, 'b.json')], [])).rows).toHaveLength(1);
    expect((await tabulate([folder], [])).rows).toHaveLength(2);
    expect((await tabulate(['traces/saved/failures'], [])).rows.length).toBeGreaterThanOrEqual(0);
    const gone = join(folder, 'none');
    await expect(tabulate([gone], [])).rejects.toThrow(
      `${gone} is not there. Name a folder of traces or a trace file.`,
    );
    writeFileSync(join(folder, 'c.json'), '{');
    const { rows, broken } = await tabulate([folder], []);
    expect(rows).toHaveLength(2);
    expect(broken).toEqual([expect.stringContaining('c.json')]);
  });

  test('is not made up where the system fails in another way', async () => {
    const path = join(folder, 'a.json');
    writeTrace(path, soundTrace);
    const judge = () => {
      throw new Error('no more memory');
    };
    await expect(tabulate([path], [asked({ ...sound, judge })])).rejects.toThrow('no more memory');
  });
});

test('the table', () => {
  const rows = [
    {
      path: 'traces/a.json',
      signature: null,
      comparison: 'qemu',
      operations: 7,
      nodes: 1,
      foundOn: null,
      today: { efficient: 'agrees' },
    },
    {
      path: 'traces/long.json',
      signature: 'outcome-start',
      comparison: 'document',
      operations: 12,
      nodes: 2,
      foundOn: 'qemu',
      today: {},
    },
  ] as const;
  expect(`\n${describeTable({ rows, broken: ['b.json: is not JSON'] }, [asked(sound)])}\n`).toBe(`
trace             operations  nodes  comparison  signature      found on  efficient
traces/a.json     7           1      qemu        agreement      -         agrees
traces/long.json  12          2      document    outcome-start  qemu      -
broken: b.json: is not JSON
`);
});
