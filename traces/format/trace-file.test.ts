/** Trace files: what is written is read back, and is written whole or not at all. */
import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseArbitrary } from '../../properties/generation/case-arbitrary.ts';
import { longCopiesGeometry } from '../../properties/cases/geometries.ts';
import { everything } from '../../properties/cases/full-capabilities.ts';
import { listTraces } from '../replay/failure-folder.ts';
import {
  publishedFlightTraceSchema,
  publishedLogSchema,
  publishedTraceSchema,
} from '../export/published-schema.ts';
import { soundTrace } from '../record/sound-trace.ts';
import { TraceError } from './trace-error.ts';
import { formatTrace, parseTrace, readTrace, writeTrace } from './trace-file.ts';
import type { Trace } from './trace-schema.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-traces-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a trace file', () => {
  test('holds any drawn case and gives it back', () => {
    const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 30 });
    fc.assert(
      fc.property(arbitrary, ({ setup, operations }) => {
        const trace: Trace = { ...soundTrace, setup, operations };
        expect(parseTrace(formatTrace(trace), 'x.json')).toEqual(trace);
      }),
      { seed: 31, numRuns: 300 },
    );
  });

  test('holds a case of the largest sectors that are drawn', () => {
    const [node] = soundTrace.setup.nodes;
    if (node === undefined) throw new Error('the trace has no node');
    const large = { ...node, geometry: longCopiesGeometry, initialContent: [], badSectors: [] };
    const trace: Trace = { ...soundTrace, setup: { nodes: [large] }, operations: [{ op: 'open' }] };
    expect(parseTrace(formatTrace(trace), 'x.json')).toEqual(trace);
  });

  test('has one operation a line', () => {
    expect(
      formatTrace(soundTrace)
        .split('\n')
        .filter((line) => line.includes('"op"')),
    ).toEqual([
      '    { "op": "open" },',
      '    { "op": "guestWrite", "sector": 0, "count": 1, "tag": 2, "skip": true }',
    ]);
  });

  test('is written whole, with nothing left beside it', () => {
    const path = join(folder, 'deep/er/one.json');
    writeTrace(path, soundTrace);
    expect(readTrace(path)).toEqual(soundTrace);
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['one.json']);
  });

  test('is written so that it can be read, without answers that nobody could read', () => {
    const path = join(folder, 'unreadable.json');
    const recorded = { outcomes: [{ kind: 'data', tags: [Number.NaN] }] } as const;
    writeTrace(path, { ...soundTrace, recorded });
    expect(readTrace(path)).toEqual(soundTrace);
  });

  test('of a case that is none is not written, which is no failure of a system', () => {
    const path = join(folder, 'no-case.json');
    const written = (): void =>
      writeTrace(path, { ...soundTrace, operations: [{ op: 'endJob', job: 'backup', node: 9 }] });
    expect(written).toThrow(/operations\[0\].*, which is a defect of colocheck/);
    expect(listTraces(folder).includes(path)).toBe(false);
  });

  test('without operations has no empty line', () => {
    const empty = formatTrace({ ...soundTrace, operations: [] });
    expect(empty).toContain('  "operations": [\n  ]\n}\n');
    expect(parseTrace(empty, 'empty').operations).toEqual([]);
  });

  test('that cannot take its place leaves nothing beside it', () => {
    const inTheWay = join(folder, 'in-the-way', 'x.json');
    mkdirSync(join(inTheWay, 'y'), { recursive: true });
    expect(() => writeTrace(inTheWay, soundTrace)).toThrow(TraceError);
    expect(readdirSync(join(folder, 'in-the-way'))).toEqual(['x.json']);
    expect(new TraceError('why').name).toBe('TraceError');
  });

  test('may begin with the mark of the byte order, and a note may hold one', () => {
    const path = join(folder, 'marked.json');
    const trace = { ...soundTrace, note: 'a \uFEFF mark' };
    for (const mark of ['', '\uFEFF']) {
      writeFileSync(path, mark + JSON.stringify(trace));
      expect(readTrace(path)).toEqual(trace);
    }
  });

  test.each([
    ['trace.schema.json', publishedTraceSchema()],
    ['in-flight-trace.schema.json', publishedFlightTraceSchema()],
    ['log.schema.json', publishedLogSchema()],
  ])('%s is up to date (UPDATE_SCHEMA=1 writes it)', (name, schema) => {
    const path = join(import.meta.dirname, '..', name);
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(path, schema);
    expect(readFileSync(path, 'utf8')).toBe(schema);
  });

  test.each([...listTraces('traces/saved/regressions'), ...listTraces('traces/saved/deviations')])(
    '%s is in the standard form',
    (path) => {
      expect(readFileSync(path, 'utf8')).toBe(formatTrace(readTrace(path)));
    },
  );

  test('is not half written where the disk is full', () => {
    // A limit on the size of files: like a full disk it cuts the write that crosses it short, without an error.
    const path = join(folder, 'full/long.json');
    const long = { ...soundTrace, operations: Array.from({ length: 5000 }, () => ({ op: 'open' })) };
    const script = `
      import { writeTrace } from './dist/traces/format/trace-file.js';
      writeTrace(${JSON.stringify(path)}, ${JSON.stringify(long)});`;
    const node = [process.execPath, '--input-type=module', '--eval', script];
    const limited = ['-c', 'ulimit -f 64 && exec "$@"', 'sh', ...node];
    const { status, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
    expect(stderr).toContain(`cannot write ${path}: EFBIG: file too large, write. Name a folder`);
    expect(status).toBe(1);
    expect(readdirSync(join(folder, 'full'))).toEqual([]);
  });

  test('an unwritable folder leaves nothing behind', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => writeTrace(join(file, 'x.json'), soundTrace)).toThrow(
      /^cannot write .*x\.json: .*Name a folder that can be written\.$/,
    );
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
