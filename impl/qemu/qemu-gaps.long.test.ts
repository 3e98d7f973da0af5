/** Disks with gaps on the real binary: content on both sides, the cost of 1 TiB, and what lies where nothing may. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { Gap, NodeSetup } from '../../model/vocabulary.ts';
import { brief, play, smallNode, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';

const TIB = 2 ** 31;

const skipReason = await reasonToSkip();
const system = createQemuSystem();

afterEach(() => system.unload());
afterAll(() => system.shutdown());

/** Clusters of 64 KiB. */
function farNode(...gaps: readonly Gap[]): NodeSetup {
  const units = { activeClusterSectors: 128, hiddenClusterSectors: 128 };
  const node = smallNode();
  return { ...node, geometry: { ...node.geometry, ...units, gaps } };
}

const writes: readonly Operation[] = [
  { op: 'guestWrite', sector: 255, count: 1, tag: 2 },
  { op: 'primaryWrite', sector: 256, count: 2, tag: 3 },
  { op: 'guestWrite', sector: 299, count: 1, tag: 4 },
];

describe.skipIf(skipReason !== null)('real QEMU: a gap of 1 TiB before sector 256', () => {
  test('lies between what is written and shown, until a failover has committed it', async () => {
    await system.load({ nodes: [farNode({ sector: 256, sectors: TIB })] }, []);
    await play(system, [...STARTED, ...writes]);
    const [running] = (await system.observe()).nodes;
    expect(brief(running?.view)).toEqual(Array(300).fill(1).with(255, 2).with(299, 4));
    expect(running?.secondary).toEqual(Array(300).fill(1).fill(3, 256, 258));
    expect(running?.answeredBy?.slice(127, 129)).toEqual(['secondary', 'active']);
    await play(system, [{ op: 'stop', failover: true }, { op: 'commitSettle' }]);
    const [done] = (await system.observe()).nodes;
    expect(done?.secondary).toEqual(Array(300).fill(1).with(255, 2).with(299, 4));
    const past: Operation = { op: 'guestRead', sector: 300, count: 1 };
    expect(brief(await play(system, [past]))).toBe('EINVAL');
    expect(await system.finish?.()).toBe(null);
  });

  test.each<[string, number, Operation, RegExp]>([
    [
      'a guest',
      2 ** 20,
      { op: 'guestWrite', sector: 128, count: 1, tag: 5 },
      /^node 0: an overlay holds something at byte 549219008512, in the gap/,
    ],
    [
      'a primary',
      TIB / 4,
      { op: 'primaryWrite', sector: 128, count: 1, tag: 5 },
      /^node 0: 512 bytes were written at byte 274877972480 of secondary/,
    ],
  ])('what %s writes half-way is found at the end of the case', async (_, before, write, detail) => {
    const gaps: [Gap, Gap] = [
      { sector: 128, sectors: TIB / 2 },
      { sector: 256, sectors: TIB / 2 },
    ];
    const given = [...gaps];
    const node = farNode();
    await system.load({ nodes: [{ ...node, geometry: { ...node.geometry, gaps: given } }] }, []);
    await play(system, STARTED);
    // As a system that has the length of the first gap wrong.
    given[0] = { sector: 128, sectors: TIB / 2 - before };
    given[1] = { sector: 256, sectors: TIB / 2 + before };
    expect(brief(await play(system, [write]))).toBe('ok');
    given.splice(0, 2, ...gaps);
    expect(await system.finish?.()).toEqual({
      promise: 'gaps-hold-nothing',
      detail: expect.stringMatching(detail),
    });
  });
});
