/** Trace files: what is written is read back, and whatever is wrong is said in one line that names place and remedy. */
import fc from 'fast-check';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseArbitrary } from '../properties/case-arbitrary.ts';
import { everything } from '../properties/full-capabilities.ts';
import { publishedSchema } from './published-schema.ts';
import { formatTrace, parseTrace, readTrace, writeTrace } from './trace-file.ts';
import { listTraces } from './failure-folder.ts';
import type { Trace } from './trace-schema.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-traces-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sound: Trace = {
  format: 'colocheck-trace',
  version: 1,
  comparison: 'qemu',
  setup: {
    mode: 'secondary',
    geometry: {
      lengthSectors: 8,
      sectorBytes: 8,
      activeClusterSectors: 2,
      hiddenClusterSectors: 2,
      copyUnitSectors: 2,
      commitUnitSectors: 2,
    },
    initialContent: [{ sector: 0, count: 8, tag: 1 }],
    badSectors: [{ disk: 'secondary', access: 'write', sector: 3 }],
    defects: [],
    commitRequestsMax: 2,
  },
  operations: [{ op: 'open' }, { op: 'guestWrite', sector: 0, count: 1, tag: 2, skip: true }],
};

const text = formatTrace(sound);
const remedy = 'Edit the file or record the trace again.';

describe('a trace file', () => {
  test('holds any drawn case and gives it back', () => {
    const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 30 });
    fc.assert(
      fc.property(arbitrary, ({ setup, operations }) => {
        const trace: Trace = { ...sound, setup, operations };
        expect(parseTrace(formatTrace(trace), 'x.json')).toEqual(trace);
      }),
      { seed: 31, numRuns: 300 },
    );
  });

  test('has one operation a line', () => {
    expect(text.split('\n').filter((line) => line.includes('"op"'))).toEqual([
      '    { "op": "open" },',
      '    { "op": "guestWrite", "sector": 0, "count": 1, "tag": 2, "skip": true }',
    ]);
  });

  test('is written whole, with nothing left beside it', () => {
    const path = join(folder, 'deep/er/one.json');
    writeTrace(path, sound);
    expect(readTrace(path)).toEqual(sound);
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['one.json']);
  });

  test('has a published schema that is up to date (UPDATE_SCHEMA=1 writes it)', () => {
    const path = join(import.meta.dirname, 'trace.schema.json');
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(path, publishedSchema());
    expect(readFileSync(path, 'utf8')).toBe(publishedSchema());
  });

  test.each([...listTraces('traces/regressions'), ...listTraces('traces/deviations')])(
    '%s is in the standard form',
    (path) => {
      expect(readFileSync(path, 'utf8')).toBe(formatTrace(readTrace(path)));
    },
  );
});

function edited(from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

const range = 'must be a whole number from 0 to 4294967295';

describe('a broken trace is refused in one line', () => {
  test.each([
    ['empty', () => '', 'x.json: is not JSON (Unexpected end of JSON input; line 1, column 1)'],
    ['truncated', () => text.slice(0, 120), /^x\.json: is not JSON \(.*; line \d+, column \d+\)/],
    [
      'another format',
      () => '{"a": 1}',
      'x.json: is no colocheck trace ("format": "colocheck-trace" is missing)',
    ],
    [
      'another version',
      () => edited('"version": 1', '"version": 9'),
      'x.json: version is 9: this colocheck reads version 1. Record the trace again.',
    ],
    [
      'an unknown operation',
      () => edited('"open"', '"opne"'),
      'x.json: operations[0].op is "opne": must be one of open, start, checkpoint',
    ],
    [
      'an unknown key',
      () => edited('"op": "open"', '"op": "open", "fast": true'),
      'x.json: operations[0] is {"op":"open","fast":true}: Unrecognized key: "fast"',
    ],
    [
      'a negative sector',
      () => edited('"sector": 0, "count": 1', '"sector": -1, "count": 1'),
      `x.json: operations[1].sector is -1: ${range}`,
    ],
    [
      'a fraction',
      () => edited('"count": 1, "tag"', '"count": 0.5, "tag"'),
      `x.json: operations[1].count is 0.5: ${range}`,
    ],
    [
      'a number as text',
      () => edited('"count": 1, "tag"', '"count": "1", "tag"'),
      `x.json: operations[1].count is "1": ${range}`,
    ],
    [
      'a missing number',
      () => edited('"count": 1, "tag"', '"tag"'),
      `x.json: operations[1].count is missing: ${range}`,
    ],
    [
      'a tag too large',
      () => edited('"tag": 2', '"tag": 5000'),
      'x.json: operations[1].tag is 5000: must be a whole number from 0 to 4095',
    ],
    [
      'length 0',
      () => edited('"lengthSectors": 8', '"lengthSectors": 0'),
      'x.json: setup.geometry.lengthSectors is 0: must be a whole number from 1 to 2097152',
    ],
    [
      'a huge disk',
      () =>
        edited('"sectorBytes": 8', '"sectorBytes": 65536').replace(
          '"lengthSectors": 8',
          '"lengthSectors": 2097152',
        ),
      'x.json: setup.geometry.lengthSectors is 2097152: the disk would have more than 1 GiB',
    ],
    [
      'units that do not fit',
      () => edited('"copyUnitSectors": 2', '"copyUnitSectors": 3'),
      'x.json: setup.geometry.copyUnitSectors is 3: must be a multiple of hiddenClusterSectors',
    ],
    [
      'odd sectors',
      () => edited('"sectorBytes": 8', '"sectorBytes": 10'),
      'x.json: setup.geometry.sectorBytes is 10: must be a multiple of 4 from 4 to 65536',
    ],
    [
      'a bad sector past the end',
      () => edited('"sector": 3', '"sector": 8'),
      'x.json: setup.badSectors[0].sector is 8: is past the end of the disk (8 sectors)',
    ],
    [
      'a layer that does not exist',
      () => edited('"disk": "secondary"', '"disk": "tertiary"'),
      'x.json: setup.badSectors[0].disk is "tertiary": must be "secondary"',
    ],
    [
      'content past the end',
      () => edited('"count": 8', '"count": 9'),
      'x.json: setup.initialContent[0] is {"sector":0,"count":9,"tag":1}: ends at 9, past the end of the disk (8 sectors)',
    ],
  ])('%s', (_name, broken, message) => {
    const refused = (): Trace => parseTrace(broken(), 'x.json');
    expect(refused).toThrow(message);
    expect(refused).toThrow(/(Edit the file or record the trace again|Record the trace again)\.$/);
    expect(refused).not.toThrow(/\n/);
  });

  test('a file that is not there, and a folder', () => {
    expect(() => readTrace(join(folder, 'none.json'))).toThrow(
      /^cannot read .*none\.json: ENOENT.*Name an existing trace file\.$/,
    );
    expect(() => readTrace(folder)).toThrow(/^cannot read .*: EISDIR.*Name an existing trace file\.$/);
    expect(remedy).toContain('record');
  });

  test('an unwritable folder leaves nothing behind', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => writeTrace(join(file, 'x.json'), sound)).toThrow(
      /^cannot write .*x\.json: .*Name a folder that can be written\.$/,
    );
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
