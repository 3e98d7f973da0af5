import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup, Outcome } from '../../model/vocabulary.ts';
import { brief, play, runs, show, smallNode, smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';
import { createQemuSystem } from './qemu-system.ts';

const skipReason = await reasonToSkip();
const system = createQemuSystem();

afterEach(() => system.unload());
afterAll(() => system.shutdown());

const FAIL_OVER: Operation = { op: 'stop', failover: true };
const SETTLE: Operation = { op: 'commitSettle' };

/** View, secondary disk, and what the two probes answer. */
async function look(): Promise<{ view: string; secondary: string; probes: string }> {
  const { view, secondary, probes } = await show(system);
  return {
    view: view?.kind === 'data' ? runs(view.tags) : String(brief(view)),
    secondary: runs(secondary),
    probes: [probes?.getError, probes?.startOtherMode].map(brief).join('; '),
  };
}

async function begin(setup: Partial<NodeSetup>, ...operations: Operation[]): Promise<void> {
  await system.load(smallSetup(setup), []);
  await play(system, [...STARTED, ...operations]);
}

const IN_FAILOVER = 'I/O error occurred; ok';
const FAILED = 'I/O error occurred; Block replication is running or done';

describe.skipIf(skipReason !== null)('real QEMU: failover', () => {
  test('the commit takes active over hidden, and hidden over the secondary disk', async () => {
    await begin(
      {},
      { op: 'primaryWrite', sector: 0, count: 2, tag: 2 },
      { op: 'guestWrite', sector: 0, count: 1, tag: 3 },
      { op: 'primaryWrite', sector: 140, count: 1, tag: 4 },
      FAIL_OVER,
    );
    expect(await look()).toEqual({
      view: '0-0 3, 1-299 1',
      secondary: '0-1 2, 2-139 1, 140-140 4, 141-299 1',
      probes: IN_FAILOVER,
    });
    await system.apply(SETTLE);
    expect(await look()).toEqual({ view: '0-0 3, 1-299 1', secondary: '0-0 3, 1-299 1', probes: 'ok; ok' });
    await system.apply({ op: 'guestWrite', sector: 0, count: 1, tag: 5 });
    expect(brief(await system.apply({ op: 'primaryRead', sector: 0, count: 1 }))).toEqual([5]);
    expect(runs((await show(system)).answeredBy)).toBe('0-299 secondary');
  });

  test('over a disk with discard=unmap it is over when the stop is, and discards reach the disk then', async () => {
    const write: Operation = { op: 'guestWrite', sector: 0, count: 2, tag: 2 };
    await begin({ defects: ['secondaryUnmaps'] }, write, FAIL_OVER);
    expect((await system.observe()).settled).toEqual([0]);
    await system.apply({ op: 'primaryDiscard', sector: 1, count: 1 });
    const content = '0-0 2, 1-1 0, 2-299 1';
    expect(await look()).toEqual({ view: content, secondary: content, probes: 'ok; ok' });
  });

  test('what the guest writes while the commit is held is committed, also to clean units', async () => {
    await begin({}, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }, FAIL_OVER);
    await play(system, [
      { op: 'guestWrite', sector: 0, count: 1, tag: 3 },
      { op: 'guestWrite', sector: 299, count: 1, tag: 4 },
    ]);
    expect(await look()).toMatchObject({ view: '0-0 3, 1-298 1, 299-299 4', secondary: '0-299 1' });
    await system.apply(SETTLE);
    expect(await look()).toMatchObject({ secondary: '0-0 3, 1-298 1, 299-299 4', probes: 'ok; ok' });
  });

  test('what the primary writes meanwhile stays in clean units and is lost in dirty ones', async () => {
    await begin({}, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }, FAIL_OVER);
    await play(system, [
      { op: 'primaryWrite', sector: 100, count: 1, tag: 3 },
      { op: 'primaryWrite', sector: 200, count: 1, tag: 4 },
    ]);
    expect(await look()).toMatchObject({
      view: '0-0 2, 1-99 1, 100-100 3, 101-199 1, 200-200 4, 201-299 1',
      secondary: '0-99 1, 100-100 3, 101-199 1, 200-200 4, 201-299 1',
    });
    await system.apply(SETTLE);
    expect(await look()).toMatchObject({
      secondary: '0-0 2, 1-199 1, 200-200 4, 201-299 1',
      probes: 'ok; ok',
    });
  });

  test('what the primary writes while all requests are held comes to what it must, and reads see it', async () => {
    const geometry = { ...smallNode().geometry, lengthSectors: 2304, activeClusterSectors: 1 };
    const badSectors = [{ disk: 'secondary', access: 'write', sector: 2300 } as const];
    const writes = Array.from({ length: 9 }, (_, pair): Operation => {
      return { op: 'guestWrite', sector: 256 * pair + 127, count: 2, tag: 2 };
    });
    await begin({ geometry, initialContent: [], badSectors, commitJoinsUnits: 16 }, ...writes, FAIL_OVER);
    const write = (sector: number): Promise<Outcome> =>
      system.apply({ op: 'primaryWrite', sector, count: 1, tag: 3 });
    const answers = [await write(0), await write(2060), await write(2300), await write(2304)];
    expect(answers.map(brief)).toEqual(['ok', 'ok', 'EIO', 'EINVAL']);
    expect((await look()).secondary).toBe('0-0 3, 1-2059 0, 2060-2060 3, 2061-2303 0');
    await system.apply(SETTLE);
    expect((await look()).probes).toBe(FAILED);
    // Unit 0 was in flight, unit 16 was not.
    const read = async (sector: number) => brief(await system.apply({ op: 'primaryRead', sector, count: 1 }));
    expect([await read(0), await read(2060)]).toEqual([[0], [3]]);
  });

  test('with nothing to commit the stage is held as well', async () => {
    await begin({}, FAIL_OVER, { op: 'guestWrite', sector: 5, count: 1, tag: 2 });
    await system.apply({ op: 'primaryWrite', sector: 250, count: 1, tag: 3 });
    expect((await look()).probes).toBe(IN_FAILOVER);
    await system.apply(SETTLE);
    expect(await look()).toEqual({
      view: '0-4 1, 5-5 2, 6-249 1, 250-250 3, 251-299 1',
      secondary: '0-4 1, 5-5 2, 6-249 1, 250-250 3, 251-299 1',
      probes: 'ok; ok',
    });
  });

  test('control calls are ignored while the commit is held', async () => {
    await begin({}, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }, FAIL_OVER);
    for (const op of [
      { op: 'start', mode: 'secondary' },
      { op: 'checkpoint' },
      FAIL_OVER,
      { op: 'stop', failover: false },
    ] as const) {
      expect(brief(await system.apply(op))).toBe('ok');
    }
    expect(await look()).toMatchObject({ view: '0-0 2, 1-299 1', secondary: '0-299 1', probes: IN_FAILOVER });
  });

  test.each([
    ['guestFlush', 'ok', undefined],
    ['open', "Duplicate nodes with node-name='rep'", [0]],
    ['close', 'ok', [0]],
  ] as const)('%s waits for a commit that is held, which is let go', async (op, answer, settled) => {
    await begin({}, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }, FAIL_OVER);
    expect(brief(await system.apply({ op }))).toBe(answer);
    const shown = await system.observe();
    expect(shown.settled).toEqual(settled);
    expect(shown.nodes[0]?.commitRuns).toBe(settled === undefined);
  });

  test('the flush of a stop that reopens a disk read-write is let go, and the commit is held', async () => {
    await begin({ readOnly: ['secondary'] }, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }, FAIL_OVER);
    const { nodes, settled } = await system.observe();
    expect([nodes[0]?.commitRuns, settled]).toEqual([true, undefined]);
  });

  test('a failed commit keeps the view, and later writes go where the sector is allocated', async () => {
    await begin(
      { badSectors: [{ disk: 'secondary', access: 'write', sector: 10 }] },
      { op: 'guestWrite', sector: 0, count: 1, tag: 2 },
      { op: 'primaryWrite', sector: 130, count: 1, tag: 3 },
      FAIL_OVER,
      SETTLE,
    );
    expect(await look()).toEqual({ view: '0-0 2, 1-299 1', secondary: '0-299 1', probes: FAILED });
    await play(system, [
      { op: 'guestWrite', sector: 290, count: 1, tag: 4 },
      { op: 'guestWrite', sector: 0, count: 1, tag: 5 },
      { op: 'guestWrite', sector: 130, count: 1, tag: 6 },
    ]);
    expect(await look()).toMatchObject({
      view: '0-0 5, 1-129 1, 130-130 6, 131-289 1, 290-290 4, 291-299 1',
      secondary: '0-289 1, 290-290 4, 291-299 1',
    });
    expect(runs((await show(system)).answeredBy)).toBe(
      '0-7 active, 8-127 secondary, 128-135 active, 136-255 hidden, 256-299 secondary',
    );
    expect(brief(await system.apply({ op: 'guestWrite', sector: 9, count: 2, tag: 7 }))).toBe('EIO');
    expect(await look()).toMatchObject({ secondary: '0-289 1, 290-290 4, 291-299 1' });
  });

  test('a node that failed over without success can be opened and started again, over emptied overlays', async () => {
    const bad = { badSectors: [{ disk: 'secondary', access: 'write', sector: 10 }] } as const;
    await begin(bad, { op: 'guestWrite', sector: 0, count: 1, tag: 2 }, FAIL_OVER, SETTLE, { op: 'close' });
    await play(system, STARTED);
    expect(await look()).toMatchObject({ view: '0-299 1' });
  });

  test('with the finest clusters nothing gets stuck while the commit is held', async () => {
    const geometry = {
      ...smallNode().geometry,
      lengthSectors: 900,
      activeClusterSectors: 1,
      hiddenClusterSectors: 1,
    };
    const writes = Array.from({ length: 60 }, (_, index): Operation => ({
      op: index % 3 === 0 ? 'primaryWrite' : 'guestWrite',
      sector: (index * 137) % 900,
      count: 1,
      tag: index + 2,
    }));
    await begin({ geometry, initialContent: [{ sector: 0, count: 900, tag: 1 }] }, ...writes, FAIL_OVER);
    const held = await look();
    expect(held.probes).toBe(IN_FAILOVER);
    await play(system, [{ op: 'guestRead', sector: 0, count: 900 }, SETTLE]);
    const { view, secondary } = await look();
    expect(view).toBe(held.view);
    expect(secondary).toBe(view);
  });
});
