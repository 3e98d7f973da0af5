/** `agrees` against `observe`: true for what is there, false for every single change of what is expected. */
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/vocabulary.ts';
import { diskParts } from '../../gaps.ts';
import { agrees, changes, mixed, unseenChanges } from '../testing/altered-observations.ts';
import { createEfficientSystem } from '../efficient-system.ts';
import { ExpectedContent } from './expected-content.ts';
import { ReplicationNode } from '../node/replication-node.ts';
import { EIO, INITIAL, ODD, REAL, Scenario, TINY, data, error } from '../testing/scenario.ts';
import { SparseDisk } from '../memory/sparse-disk.ts';
import { TagWords } from './tag-words.ts';

describe.each([
  ['tiny', TINY],
  ['odd', ODD],
  ['real', REAL],
])('comparison, %s geometry', (_, geometry) => {
  test.each(['full', 'changed'] as const)(
    '%s: says true of what is observed, false of every single change, and true again',
    (depth) => {
      const scenario = mixed(geometry);
      const expected = scenario.observe();
      expect(agrees(scenario, expected, depth)).toBe(true);
      for (const altered of changes(expected)) {
        const answers = [agrees(scenario, altered, depth), agrees(scenario, expected, depth)];
        expect(answers).toEqual([false, true]);
      }
    },
  );
});

test.each(['hidden', 'secondary'] as const)('that %s is read-only is compared', (disk) => {
  const scenario = new Scenario(TINY, { readOnly: [disk] });
  scenario.do({ op: 'open' });
  const expected = scenario.observe();
  const other = { ...expected.wiring, [`${disk}ReadOnly`]: false };
  expect([agrees(scenario, expected), agrees(scenario, { ...expected, wiring: other })]).toEqual([
    true,
    false,
  ]);
});

test('a disk that was never written agrees with zeroes alone', () => {
  const scenario = Scenario.running(TINY, { initialContent: [] });
  const expected = scenario.observe();
  expect(agrees(scenario, expected)).toBe(true);
  const { secondary } = expected;
  const altered = secondary.map((_, sector) => ({ ...expected, secondary: secondary.with(sector, 1) }));
  expect(altered.some((changedDisk) => agrees(scenario, changedDisk))).toBe(false);
});

test('every stage agrees with its own observation and with no other', () => {
  const scenario = mixed(TINY);
  const seen = [scenario.observe()];
  for (const step of [
    () => scenario.failover(),
    () => scenario.settle(),
    () => scenario.do({ op: 'close' }),
  ]) {
    step();
    const now = scenario.observe();
    expect(agrees(scenario, now)).toBe(true);
    expect(seen.some((earlier) => agrees(scenario, earlier))).toBe(false);
    seen.push(now);
  }
  expect(seen.map(({ stage }) => stage)).toEqual(['running', 'failover', 'failoverFailed', 'closed']);
});

test('a refusal is compared character by character', () => {
  const scenario = new Scenario(TINY);
  const expected = scenario.observe();
  expect(expected.view).toEqual(error("export 'rep' not present"));
  const others: Outcome[] = [error('export missing'), EIO, { kind: 'ok' }, data()];
  expect(others.map((view) => agrees(scenario, { ...expected, view }))).toEqual([false, false, false, false]);
});

test('the death of the process is reported by its rule', () => {
  const scenario = new Scenario(TINY, { defects: ['topIdInvalid'] });
  scenario.do({ op: 'open' });
  scenario.start();
  expect(scenario.start()).toEqual({ kind: 'abort', rule: 'startAfterFailedStart' });
  const expected = scenario.observe();
  expect(expected.view).toEqual({ kind: 'abort', rule: 'startAfterFailedStart' });
  const others: Outcome[] = [EIO, data(), { kind: 'abort', rule: 'closeWithoutCommitJob' }];
  expect(agrees(scenario, expected)).toBe(true);
  expect(others.map((view) => agrees(scenario, { ...expected, view }))).toEqual([false, false, false]);
});

test('beside a bad sector content is compared as well, and its length', () => {
  const scenario = Scenario.running(TINY, { badSectors: [{ disk: 'secondary', access: 'read', sector: 7 }] });
  const expected = scenario.observe();
  const { view } = expected;
  if (view.kind !== 'data') throw new Error('nothing can be read');
  const others = [[...view.tags, 0], view.tags.slice(1), view.tags.with(7, INITIAL), view.tags.with(0, 0)];
  expect(agrees(scenario, expected)).toBe(true);
  expect(others.map((tags) => agrees(scenario, { ...expected, view: { kind: 'data', tags } }))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('what was expected in one case is not taken for known in the next', () => {
  const first = Scenario.running(REAL);
  const { system, setup } = first;
  expect(agrees(first, first.observe(), 'changed')).toBe(true);
  const nodes = [{ ...setup, initialContent: [{ sector: 0, count: REAL.lengthSectors, tag: 5 }] }];
  system.load({ nodes });
  system.apply({ op: 'open' });
  const [expected] = system.observe();
  if (expected === undefined) throw new Error('no node is loaded');
  expect(expected.secondary.at(-1)).toBe(5);
  expect(system.agrees?.(0, expected, { sector: 0, count: 1 }, 'changed')).toBe(true);
});

describe('sampled comparison', () => {
  test('says true of what is observed', () => {
    const scenario = mixed(REAL);
    const expected = scenario.observe();
    for (let call = 0; call < 300; call++) expect(agrees(scenario, expected, 'sampled')).toBe(true);
  });

  test('says so wherever the last request was, and sees a changed tag there at once', () => {
    const scenario = mixed(REAL);
    const expected = scenario.observe();
    const { agrees: judge } = scenario.system;
    for (let sector = 0; sector < 400; sector += 7) {
      const touched = { sector, count: 3 };
      expect(judge?.call(scenario.system, 0, expected, touched, 'sampled')).toBe(true);
      const wrong = { ...expected, secondary: expected.secondary.with(sector, 99) };
      expect(judge?.call(scenario.system, 0, wrong, touched, 'sampled')).toBe(false);
    }
  });

  test('sees a changed tag of a layer at once, and one of the view when the window has gone round', () => {
    expect(unseenChanges({ ...REAL, lengthSectors: 20 })).toEqual([]);
  });

  test('sees one wrong word at once where it was touched, and once in 128 calls elsewhere', () => {
    const sound = Scenario.running(REAL);
    sound.primaryWrite(0, 20, 22);
    const expected = sound.observe();
    const torn = createEfficientSystem(TearingNode, 'torn');
    torn.load({ nodes: [sound.setup] });
    for (const operation of [
      { op: 'open' },
      { op: 'start', mode: 'secondary' },
      { op: 'primaryWrite', sector: 0, count: 20, tag: 22 },
    ] as const) {
      torn.apply(operation);
    }
    expect(torn.observe()[0]?.secondary[5]).toBe(-1);
    expect(torn.agrees?.(0, expected, { sector: 5, count: 1 }, 'sampled')).toBe(false);
    const answers = Array.from({ length: 256 }, () =>
      torn.agrees?.(0, expected, { sector: 6, count: 1 }, 'sampled'),
    );
    expect(answers.filter((answer) => answer === false)).toHaveLength(2);
  });
});

/** Spoils word 100 of sector 5 of the secondary disk with every write. */
class TearingNode extends ReplicationNode {
  override writeSecondary(...request: Parameters<ReplicationNode['writeSecondary']>): Outcome {
    const outcome = super.writeSecondary(...request);
    const sector = new Uint32Array(this.wordsPerSector);
    this.secondary.read(5, 1, sector, 0);
    sector[100] = (sector[100] ?? 0) ^ 1;
    this.secondary.store(5, 1, sector, 0);
    return outcome;
  }
}

/** Reads all but the last sector once it has been asked to. */
class ShortNode extends ReplicationNode {
  override readBelowActive(...[sector, count, target, at]: BelowActive): Outcome {
    const left = this.errorFlag ? 1 : 0;
    return super.readBelowActive(sector, count - left, target, at);
  }
}
type BelowActive = Parameters<ReplicationNode['readBelowActive']>;

/** Says that it has read below active, and has not. */
class SilentNode extends ReplicationNode {
  override readBelowActive(): Outcome {
    return super.readBelowActive(0, 0, new Uint32Array(0), 0);
  }
}

test.each([
  [ReplicationNode, true],
  [ShortNode, false],
])('a read that leaves out one sector is seen, whatever was read there before: %o', (node, isSound) => {
  const system = createEfficientSystem(node, 'short');
  system.load({ nodes: [Scenario.running(ODD).setup] });
  system.apply({ op: 'open' });
  system.apply({ op: 'start', mode: 'secondary' });
  const [before] = system.observe();
  if (before === undefined) throw new Error('no node is loaded');
  expect(system.agrees?.(0, before, null, 'full')).toBe(true);
  system.apply({ op: 'endJob', job: 'backup' });
  const after = { ...(system.observe()[0] ?? before), view: before.view };
  const end = { sector: ODD.lengthSectors - 3, count: 3 };
  expect(system.agrees?.(0, after, { sector: 0, count: 1 }, 'sampled')).toBe(isSound);
  expect(system.agrees?.(0, after, end, 'sampled')).toBe(isSound);
  expect(system.agrees?.(0, after, null, 'full')).toBe(isSound);
});

test('a read that does nothing leaves poison, which is no tag and agrees with nothing', () => {
  const sound = Scenario.running(TINY);
  const expected = sound.observe();
  const silent = createEfficientSystem(SilentNode, 'silent');
  silent.load({ nodes: [sound.setup] });
  silent.apply({ op: 'open' });
  silent.apply({ op: 'start', mode: 'secondary' });
  expect(silent.observe()[0]?.view).toEqual(data(...Array<number>(8).fill(-1)));
  expect(silent.apply({ op: 'guestRead', sector: 3, count: 2 })).toEqual(data(-1, -1));
  expect(silent.agrees?.(0, expected, null, 'full')).toBe(false);
  expect(silent.agrees?.(0, expected, { sector: 3, count: 1 }, 'sampled')).toBe(false);
});

test('a read that does nothing is seen wherever it is sampled, also where the right content was read before', () => {
  let isSilent = false;
  class LaterSilentNode extends ReplicationNode {
    override readBelowActive(...request: Parameters<ReplicationNode['readBelowActive']>): Outcome {
      return isSilent
        ? super.readBelowActive(0, 0, new Uint32Array(0), 0)
        : super.readBelowActive(...request);
    }
  }
  const geometry = { ...REAL, lengthSectors: 20 };
  const sound = Scenario.running(geometry);
  const expected = sound.observe();
  const silent = createEfficientSystem(LaterSilentNode, 'later-silent');
  silent.load({ nodes: [sound.setup] });
  silent.apply({ op: 'open' });
  silent.apply({ op: 'start', mode: 'secondary' });
  for (let sector = 0; sector < geometry.lengthSectors; sector++) {
    isSilent = false;
    expect(silent.agrees?.(0, expected, null, 'full')).toBe(true);
    isSilent = true;
    expect(silent.agrees?.(0, expected, { sector, count: 1 }, 'sampled')).toBe(false);
  }
});

test('content that no tag stands for is found nowhere, not even where other content was expected before', () => {
  const tags = new TagWords(2, 4);
  const disk = new SparseDisk(2, 1);
  disk.store(0, 2, tags.image(5), 0);
  const expected = new ExpectedContent(diskParts({ lengthSectors: 2 }), tags);
  expect(expected.isSampledIn(disk, 0, [5, 5], 0, 2, 0)).toBe(true);
  expect(expected.isSampledIn(disk, 0, [5, -1], 0, 2, 0)).toBe(false);
  expect(expected.isSampledIn(disk, 0, [5, null], 0, 2, 0)).toBe(false);
});
