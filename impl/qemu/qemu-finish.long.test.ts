/** What is looked at when a case on the real binary is over: what it leaves behind, and links whose peers are back. */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import { BlockGraph } from './graph/block-graph.ts';
import { Peers } from './graph/peers.ts';
import { brief, play, smallNode, smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';

const skipReason = await reasonToSkip();
const system = createQemuSystem();

afterEach(() => {
  vi.restoreAllMocks();
  return system.unload();
});
afterAll(() => system.shutdown());

describe.skipIf(skipReason !== null)('real QEMU: the end of a case', () => {
  test('nothing is left of cases with one and two disks, after a failover and with another backup', async () => {
    const write: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 2 };
    await system.load(smallSetup(), []);
    await play(system, [...STARTED, write, { op: 'stop', failover: true }, { op: 'commitSettle' }]);
    expect(await system.finish?.()).toBe(null);
    await system.load({ nodes: [smallNode(), smallNode({ defects: ['secondaryBusy'] })] }, []);
    await play(system, [{ op: 'open' }, { op: 'open', node: 1 }, { op: 'start', mode: 'secondary' }]);
    expect(await system.finish?.()).toBe(null);
    expect(await system.finish?.()).toBe(null);
  });

  test('nodes that are left are reported by name, and the next case has a process without them', async () => {
    await system.load(smallSetup(), []);
    vi.spyOn(BlockGraph.prototype, 'remove').mockImplementationOnce(() => Promise.resolve());
    await play(system, STARTED);
    expect(await system.finish?.()).toEqual({
      promise: 'a-case-leaves-nothing-behind',
      detail: expect.stringMatching(
        /left there: block-driver rep, block-driver active, .*; missing: nothing$/,
      ),
    });
    await system.load(smallSetup(), []);
    expect(brief(await play(system, STARTED))).toBe('ok');
    expect(await system.finish?.()).toBe(null);
  });

  const cutAndBack: readonly Operation[] = [
    { op: 'open' },
    { op: 'start', mode: 'primary' },
    { op: 'cutLink' },
    { op: 'guestFlush' },
    { op: 'restoreLink' },
  ];

  test('a link whose peer is back comes to be used', async () => {
    await system.load(smallSetup({ mode: 'primary' }), cutAndBack);
    await play(system, cutAndBack);
    expect(await system.finish?.()).toBe(null);
  });

  test('one that is not is reported', { timeout: 30_000 }, async () => {
    const deaf = createQemuSystem();
    await deaf.load(smallSetup({ mode: 'primary' }), cutAndBack);
    vi.spyOn(Peers.prototype, 'start').mockImplementation(() => Promise.resolve());
    await play(deaf, cutAndBack);
    expect(await deaf.finish?.()).toMatchObject({ promise: 'a-link-that-is-back-is-used' });
    await deaf.shutdown();
  });
});
