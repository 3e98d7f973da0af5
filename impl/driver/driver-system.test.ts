/** A driver that is compiled for a test: what it does, and what becomes of one that dies, loops, or cannot be compiled. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { NodeSetup, Outcome, Setup } from '../../model/vocabulary.ts';
import { EnvironmentError } from '../environment-error.ts';
import { SystemLost } from '../system-lost.ts';
import { compileText } from './compile/compiled-driver.ts';
import { findCompiler } from './compile/compiler.ts';
import { createDriverSystem, DriverSystem } from './driver-system.ts';
import { fixtureDriver } from './testing/fixture-driver.ts';
import { noCompiler } from './testing/found-drivers.ts';

const primary: NodeSetup = {
  mode: 'primary',
  geometry: {
    lengthSectors: 4,
    sectorBytes: 8,
    activeClusterSectors: 2,
    hiddenClusterSectors: 2,
    copyUnitSectors: 2,
    commitUnitSectors: 2,
  },
  initialContent: [{ sector: 0, count: 4, tag: 1 }],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 1,
};
const setup: Setup = { nodes: [primary] };
const ok: Outcome = { kind: 'ok' };

const folder = mkdtempSync(join(tmpdir(), 'colocheck-driver-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function saved(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function running(start = ''): DriverSystem {
  const system = new DriverSystem('driver:fixture', compileText(fixtureDriver(start), 'fixture'));
  system.load(setup);
  expect(system.apply({ op: 'open' })).toEqual(ok);
  return system;
}

if (noCompiler !== null) console.log(`tests of compiled drivers are skipped: ${noCompiler}`);

describe.skipIf(noCompiler !== null)('a driver', () => {
  test('is asked, answers in its own words, and its writes arrive', () => {
    const system = running();
    expect(system.apply({ op: 'getError' })).toEqual({
      kind: 'error',
      message: 'Block replication is not running',
    });
    expect(system.apply({ op: 'start', mode: 'primary' })).toEqual(ok);
    expect(system.apply({ op: 'guestWrite', sector: 1, count: 2, tag: 7 })).toEqual(ok);
    const [shown] = system.observe();
    expect([shown?.stage, shown?.secondary]).toEqual(['running', [1, 7, 7, 1]]);
  });

  test('is read from a print with numbers in front of its lines, too', () => {
    const lines = fixtureDriver().split('\n');
    const printed = lines.map((line, index) => `${index + 1}\u00a0 ${line}`).join('\n');
    const system = createDriverSystem(saved('print.txt', `xref: /qemu/block/replication.c\n${printed}`));
    system.load(setup);
    expect(system.apply({ op: 'open' })).toEqual(ok);
  });

  test.each([
    ['while (s) s->error++;', 'hang', 'does not come back from start: endless: loop'],
    ['assert(!s);', 'crash', 'dies in start: assertion: !s'],
    ['bs_of_nothing->opaque = s;', 'crash', 'dies in start: a null pointer is followed'],
    ['s->error = 1 / s->error;', 'crash', 'divided by 0'],
    ['stop(rs, false, errp); start(rs, mode, errp);', 'crash', 'dies in start: the stack overflows'],
  ] as const)('whose start does "%s" is lost: %s', (start, how, message) => {
    const declared = fixtureDriver(start, 'static BlockDriverState *bs_of_nothing;');
    const recursive = declared.replace(
      'static void start(',
      'static void stop(ReplicationState *, bool, Error **);\nstatic void start(',
    );
    const system = new DriverSystem('driver:fixture', compileText(recursive, 'fixture'));
    system.load(setup);
    system.apply({ op: 'open' });
    const starting = (): Outcome => system.apply({ op: 'start', mode: 'primary' });
    expect(starting).toThrow(SystemLost);
    system.load(setup);
    system.apply({ op: 'open' });
    expect(starting).toThrow(expect.objectContaining({ how, answeredCount: 1 }));
    system.load(setup);
    system.apply({ op: 'open' });
    expect(starting).toThrow(message);
  });

  test('that loops when it is only looked at is lost as well', () => {
    const text = fixtureDriver().replace(
      'QEMUIOVector *qiov) { return -EIO; }',
      'QEMUIOVector *qiov) { while (bs) count++; return 0; }',
    );
    const system = new DriverSystem('driver:fixture', compileText(text, 'fixture'));
    system.load(setup);
    system.apply({ op: 'open' });
    expect(() => system.observe()).toThrow(SystemLost);
    system.load(setup);
    expect(system.observe()[0]?.stage).toBe('closed');
  });

  test('that sets an error twice in a start dies by the rule for that', () => {
    const system = running('error_setg(errp, "one"); error_setg(errp, "two");');
    const dead: Outcome = { kind: 'abort', rule: 'startAfterFailedStart' };
    expect(system.apply({ op: 'start', mode: 'primary' })).toEqual(dead);
    expect(system.apply({ op: 'getError' })).toEqual(dead);
    expect(system.apply({ op: 'open' })).toEqual(ok);
  });

  test('hands out a state from which it goes on', () => {
    const system = running();
    const { states } = system;
    const length = states.layout([]).length;
    const before = new Int32Array(length);
    states.save(before);
    system.apply({ op: 'start', mode: 'primary' });
    system.apply({ op: 'guestWrite', sector: 0, count: 4, tag: 5 });
    const after = new Int32Array(length);
    states.save(after);
    states.restore(before);
    expect(system.observe()[0]).toMatchObject({ stage: 'none', secondary: [1, 1, 1, 1] });
    states.restore(after);
    expect(system.observe()[0]).toMatchObject({ stage: 'running', secondary: [5, 5, 5, 5] });
    const again = new Int32Array(length);
    states.save(again);
    expect(again).toEqual(after);
  });
});

describe('what cannot be run is reported in one line', () => {
  test.each([
    ['no such file', join(folder, 'nothing.c'), 'there is no such file or folder'],
    ['a folder that is no tree', folder, 'no tree of QEMU, it has no block/replication.c'],
    ['another file', saved('other.c', 'int main(void) { return 0; }'), "is not QEMU's block/replication.c"],
  ])('%s', (_, path, message) => {
    expect(() => createDriverSystem(path)).toThrow(EnvironmentError);
    expect(() => createDriverSystem(path)).toThrow(message);
  });

  test('no compiler', () => {
    expect(() => findCompiler(folder, () => null)).toThrow(
      'driver: needs clang with wasm-ld, and there is none: install one',
    );
  });

  test.skipIf(noCompiler !== null)('a declaration that we have not', () => {
    const text = fixtureDriver('bdrv_unheard_of(s);');
    expect(() => compileText(text, 'fixture')).toThrow(
      /^driver:fixture does not compile: line \d+: .*bdrv_unheard_of/,
    );
  });
});
