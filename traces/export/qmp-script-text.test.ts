/** What an exported script says it expects, and which traces cannot be exported; whether it plays is tested on QEMU. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeExport } from './export-file.ts';
import { exportQmpScript } from './qmp-script.ts';
import { soundTrace } from '../record/sound-trace.ts';
import type { Trace } from '../format/trace-schema.ts';
import { readTrace } from '../format/trace-file.ts';

/** The part that differs from trace to trace. */
function ownPart(trace: Trace): string {
  const script = exportQmpScript(trace, 't.json');
  const [head = '', ...rest] = script.split('\n');
  return [head, ...rest.slice(0, 2), ...rest.slice(rest.findIndex((line) => line.startsWith('NODES')))].join(
    '\n',
  );
}

const real: Trace = {
  ...soundTrace,
  setup: {
    nodes: soundTrace.setup.nodes.map((node) => ({
      ...node,
      geometry: { ...node.geometry, sectorBytes: 512 },
    })),
  },
};

test.each([
  'deviations/failed-start-runs',
  'deviations/second-start-kills-the-process',
  'regressions/failed-commit-is-not-rolled-back',
  'regressions/qmp-set-replication',
  'regressions/past-the-end-changes-nothing',
  'regressions/nodes-newest-first',
])('%s', async (name) => {
  const path = `traces/saved/${name}.json`;
  await expect(ownPart(readTrace(path))).toMatchFileSnapshot(
    `fixtures/qmp-script/${name.replace('/', '-')}.txt`,
  );
});

test('a script is whole: its runtime, then its steps', () => {
  const script = exportQmpScript(real, 't.json');
  const [storage, steps] = ['storage', 'steps'].map((part) =>
    script.indexOf(readFileSync(`traces/export/qmp-script-${part}.py`, 'utf8').trimEnd()),
  );
  expect(storage).toBeGreaterThan(0);
  expect(steps).toBeGreaterThan(storage ?? Infinity);
  expect(script.indexOf('\nNODES = ')).toBeGreaterThan(steps ?? Infinity);
  const parts = ['storage', 'steps'].map((part) =>
    readFileSync(`traces/export/qmp-script-${part}.py`, 'utf8').trimEnd(),
  );
  expect(script).toContain([...parts, 'NODES = '].join('\n\n\n'));
  expect(script).toContain('# A trace of COLO block replication.');
});

test('what the secondary disk holds at the end is asked for', () => {
  const primaryWrite = (tag: number) => ({ op: 'primaryWrite', sector: 0, count: 1, tag }) as const;
  const trace: Trace = {
    ...real,
    operations: [{ op: 'open' }, { op: 'start', mode: 'secondary' }, primaryWrite(7), primaryWrite(8)],
  };
  const [last = ''] = ownPart(trace).match(/^SECONDARY_DISKS = .*$/m) ?? [];
  expect(last).toMatch(/^SECONDARY_DISKS = json\.loads\(r'''\[\[8,/);
});

test.each([
  ['commitAdvance', { ...real, operations: [{ op: 'open' }, { op: 'commitAdvance' }] }],
  ['endJob', { ...real, operations: [{ op: 'open' }, { op: 'endJob', job: 'backup' }] }],
  ['setup.nodes[0].geometry.sectorBytes is 8', soundTrace],
] as const)('cannot be played on a bare QEMU: %s', (what, trace) => {
  expect(() => exportQmpScript(trace, 't.json')).toThrow(
    `t.json: ${what.startsWith('setup') ? what : `operations[1] is ${what}`}`,
  );
});

test('the first operation may be the one that cannot be played', () => {
  const trace: Trace = { ...real, operations: [{ op: 'endJob', job: 'backup' }] };
  expect(() => exportQmpScript(trace, 't.json')).toThrow('t.json: operations[0] is endJob');
});

test('a link that an open node finds again is refused, one that a closed node has lost is not', () => {
  const primary: Trace = {
    ...real,
    setup: { nodes: real.setup.nodes.map((node) => ({ ...node, mode: 'primary', badSectors: [] })) },
  };
  const cutWhileOpen: Trace = {
    ...primary,
    operations: [{ op: 'open' }, { op: 'cutLink' }, { op: 'restoreLink' }],
  };
  expect(() => exportQmpScript(cutWhileOpen, 't.json')).toThrow('t.json: operations[2] is restoreLink');
  const lost: Trace = {
    ...primary,
    operations: [{ op: 'open' }, { op: 'cutLink' }, { op: 'guestWrite', sector: 0, count: 1, tag: 3 }],
  };
  expect(exportQmpScript(lost, 't.json')).toContain('guestWrite');
  const cutBefore: Trace = {
    ...primary,
    operations: [{ op: 'cutLink' }, { op: 'restoreLink' }, { op: 'open' }],
  };
  expect(exportQmpScript(cutBefore, 't.json')).toContain('restoreLink');
});

test('it can be run when it is written, and an unwritable place is reported', () => {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-script-'));
  try {
    const path = join(folder, 'one.py');
    writeExport(path, ['text'], 0o777);
    expect(readFileSync(path, 'utf8')).toBe('text\n');
    expect(statSync(path).mode & 0o111).toBeGreaterThan(0);
    expect(() => writeExport(join(folder, 'none', 'one.py'), ['text'])).toThrow(
      /^cannot write .*Name a folder/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
