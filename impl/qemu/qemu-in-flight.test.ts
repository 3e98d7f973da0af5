/** Requests in flight on the real binary: who waits for whom, what a call waits for, and in which order answers come. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import type { Answered, RequestNumber } from '../in-flight.ts';
import { createOverlappingQemu } from './in-flight/overlapping-qemu.ts';
import { brief, runs, smallNode, smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';

const skipReason = await reasonToSkip();
const system = createOverlappingQemu();
const { inFlight } = system;

afterAll(() => system.shutdown());

type Step = readonly [RequestNumber, Operation] | readonly ['advance' | 'await', RequestNumber];

/** After each step what was answered, and what is held then. */
async function play(steps: readonly Step[], before: readonly Operation[] = STARTED): Promise<string[]> {
  await system.load(smallSetup());
  for (const operation of before) await system.apply(operation);
  const lines: string[] = [];
  for (const [what, given] of steps) {
    const answers =
      typeof what === 'number'
        ? await inFlight.submit(what, operationOf(given))
        : await inFlight[what](numberOf(given));
    const answered = answers.map(({ request, outcome }: Answered) => `${request}: ${String(brief(outcome))}`);
    lines.push(`${answered.join(', ')} | ${system.held.join(', ')}`.trim());
  }
  return lines;
}

function operationOf(given: Operation | RequestNumber): Operation {
  if (typeof given === 'number') throw new Error('a number is submitted');
  return given;
}

function numberOf(given: Operation | RequestNumber): RequestNumber {
  if (typeof given !== 'number') throw new Error('an operation is awaited');
  return given;
}

async function look(): Promise<{ view: string; secondary: string }> {
  const [node] = (await system.observe()).nodes;
  return {
    view: node?.view?.kind === 'data' ? runs(node.view.tags) : 'none',
    secondary: runs(node?.secondary),
  };
}

const guestRead = (sector: number, count = 1): Operation => ({ op: 'guestRead', sector, count });
const guestWrite = (sector: number, tag: number, count = 1): Operation => ({
  op: 'guestWrite',
  sector,
  count,
  tag,
});
const primaryRead = (sector: number, count = 1): Operation => ({ op: 'primaryRead', sector, count });
const primaryWrite = (sector: number, tag: number): Operation => ({
  op: 'primaryWrite',
  sector,
  count: 1,
  tag,
});
const failover: Operation = { op: 'stop', failover: true };
const status: Operation = { op: 'queryStatus' };
const FAILED = 'status I/O error occurred';

describe.skipIf(skipReason !== null)('real QEMU, in flight: who waits for whom', () => {
  test('a primary write saves old content and then writes; others in its unit wait for the copy, not for the write', async () => {
    const steps: Step[] = [
      [1, primaryWrite(0, 5)],
      [2, primaryWrite(1, 6)],
      ['advance', 2],
      ['advance', 1],
      ['advance', 2],
      ['advance', 1],
    ];
    expect(await play(steps)).toEqual([
      '| read 0+128',
      '| read 0+128',
      '| read 0+128',
      '| write 0+1, write 1+1',
      '2: ok | write 0+1',
      '1: ok |',
    ]);
  });

  test('a copy waits for reads of the guest below active, and no read for a copy', async () => {
    const steps: Step[] = [
      [1, guestRead(0, 2)],
      [2, primaryWrite(0, 5)],
      ['advance', 2],
      ['advance', 1],
      ['advance', 2],
    ];
    expect(await play(steps)).toEqual([
      '| read 0+2',
      '| read 0+2, read 0+128',
      '| read 0+2',
      '1: 1,1 | write 0+1',
      '2: ok |',
    ]);
    const others: Step[] = [
      [1, primaryWrite(0, 5)],
      [2, guestRead(0, 2)],
      ['advance', 2],
      ['await', 1],
    ];
    expect(await play(others)).toEqual([
      '| read 0+128',
      '| read 0+128, read 0+2',
      '2: 1,1 | read 0+128',
      '1: ok |',
    ]);
  });

  test('guest writes to a cluster wait for the one that fills it, which reads below; reads do not', async () => {
    const steps: Step[] = [
      [1, guestWrite(1, 5)],
      [2, guestWrite(2, 6)],
      [3, guestRead(0, 4)],
      ['advance', 3],
      ['advance', 1],
    ];
    expect(await play(steps)).toEqual([
      '| read 0+8',
      '| read 0+8',
      '| read 0+8, read 0+4',
      '3: 1,1,1,1 | read 0+8',
      '1: ok, 2: ok |',
    ]);
  });

  test('writes of the primary to one sector overlap on the disk, and a flush waits for none', async () => {
    const steps: Step[] = [
      [1, primaryWrite(0, 5)],
      [2, primaryWrite(0, 6)],
      [3, { op: 'primaryFlush' }],
      ['advance', 3],
      ['advance', 2],
      ['advance', 1],
    ];
    expect(await play(steps, [...STARTED, primaryWrite(0, 4)])).toEqual([
      '| write 0+1',
      '| write 0+1, write 0+1',
      '| write 0+1, write 0+1, flush 0+0',
      '3: ok | write 0+1, write 0+1',
      '2: ok | write 0+1',
      '1: ok |',
    ]);
    expect((await look()).secondary).toBe('0-0 5, 1-299 1');
  });
});

describe.skipIf(skipReason !== null)('real QEMU, in flight: calls', () => {
  test.each<[string, Operation]>([
    ['primary write', primaryWrite(0, 5)],
    ['primary read', primaryRead(0)],
    ['primary flush', { op: 'primaryFlush' }],
    ['guest write', guestWrite(1, 5)],
    ['guest read', guestRead(0)],
    ['guest flush', { op: 'guestFlush' }],
  ])('a stop waits for a %s in flight, and a question behind it for the stop', async (_, operation) => {
    const steps: Step[] = [
      [1, operation],
      [2, status],
      [3, { op: 'stop', failover: false }],
      [4, status],
    ];
    const lines = await play(steps, [...STARTED, primaryWrite(130, 4)]);
    expect(lines.slice(1).map((line) => line.replace(/\|.*/, ''))).toEqual(['2: status ok ', '', '']);
    const ended = await inFlight.await(3);
    const order = ended.map(({ request }) => request).filter((request) => request !== 4);
    expect(order).toEqual([1, 3]);
  });

  test('what comes while a stop waits is answered before the stop, on 7.2 after it', async () => {
    const steps: Step[] = [
      [1, primaryRead(0)],
      [2, { op: 'stop', failover: false }],
      [3, guestRead(299)],
      [4, status],
      ['await', 2],
      ['await', 3],
    ];
    const last = (await play(steps)).slice(4);
    const stop = '2: Backup job was cancelled unexpectedly';
    expect(last).toEqual(
      system.qemuMajor === 7
        ? [`1: 1, ${stop}, 4: ${FAILED} | read 299+1`, '3: 1 |']
        : [`1: 1, 3: 1, ${stop}, 4: ${FAILED} |`, '|'],
    );
  });

  test('a checkpoint waits for nothing, so that a primary write that has saved old content lands uncopied', async () => {
    const steps: Step[] = [
      [1, primaryWrite(0, 5)],
      ['advance', 1],
      [2, { op: 'checkpoint' }],
      [3, guestRead(0)],
      ['await', 3],
      ['await', 1],
      [3, guestRead(0)],
      ['await', 3],
    ];
    expect(await play(steps)).toEqual([
      '| read 0+128',
      '| write 0+1',
      '2: ok | write 0+1',
      '| write 0+1, read 0+1',
      '3: 1 | write 0+1',
      '1: ok |',
      '| read 0+1',
      '3: 5 |',
    ]);
  });

  test('a start waits for what the primary has in flight', async () => {
    const steps: Step[] = [
      [1, primaryWrite(0, 5)],
      [2, { op: 'start', mode: 'secondary' }],
      ['await', 2],
    ];
    expect(await play(steps, [{ op: 'open' }])).toEqual(['| write 0+1', '| write 0+1', '1: ok, 2: ok |']);
  });
});

describe.skipIf(skipReason !== null)('real QEMU, in flight: a failover', () => {
  const dirty = [...STARTED, guestWrite(0, 3, 8)];

  test('is begun when it is answered: the commit has read, and nothing of the primary waits for it', async () => {
    const steps: Step[] = [
      [1, failover],
      ['await', 1],
      [2, primaryWrite(2, 5)],
      ['await', 2],
      [3, primaryRead(2)],
      ['await', 3],
      [4, { op: 'commitSettle' }],
    ];
    const lines = await play(steps, dirty);
    expect(lines.slice(1)).toEqual([
      system.qemuMajor === 11 ? '1: ok | write 0+128' : '| write 0+128',
      '| write 0+128, write 2+1',
      '2: ok | write 0+128',
      '| write 0+128, read 2+1',
      '3: 5 | write 0+128',
      '4: ok |',
    ]);
    expect((await look()).secondary).toBe('0-7 3, 8-299 1');
  });

  test('ends when the guest and the primary have nothing in flight, and questions wait for that', async () => {
    for (const operation of [guestRead(16), primaryWrite(16, 5)]) {
      const steps: Step[] = [
        [1, failover],
        ['await', 1],
        [2, operation],
        [3, { op: 'commitSettle' }],
        [4, status],
      ];
      const lines = await play(steps, dirty);
      expect(lines.slice(3).map((line) => line.replace(/\|.*/, ''))).toEqual(['', '']);
      const ended = await inFlight.await(3);
      expect(new Set(ended.map(({ request }) => request))).toEqual(new Set([2, 3, 4]));
    }
  });

  test('has a commit that is held whole, also one of more writes than there are connections', async () => {
    const short = { activeClusterSectors: 1, hiddenClusterSectors: 256, copyUnitSectors: 256 };
    const geometry = { ...smallNode().geometry, ...short, lengthSectors: 1025 };
    await system.load(smallSetup({ geometry, initialContent: [] }));
    const everywhere: Operation = { op: 'primaryWrite', sector: 0, count: 1025, tag: 2 };
    for (const operation of [...STARTED, everywhere, failover]) await system.apply(operation);
    expect(system.held.map((held) => held.split(' ')[0])).toEqual(Array(9).fill('write'));
    expect(await look()).toMatchObject({ secondary: '0-1024 2' });
    await system.apply({ op: 'commitSettle' });
    expect(await look()).toEqual({ view: '0-1024 0', secondary: '0-1024 0' });
  });

  test('lets in on 11.1 what the primary writes before the commit reads: it is not copied, and stays', async () => {
    const steps: Step[] = [
      [1, guestRead(20)],
      [2, failover],
      [3, primaryWrite(9, 7)],
      ['advance', 1],
      ['advance', 3],
      ['await', 2],
      [4, { op: 'commitSettle' }],
    ];
    await play(steps, dirty);
    expect((await look()).view).toBe(
      system.qemuMajor === 11 ? '0-7 3, 8-8 1, 9-9 7, 10-299 1' : '0-7 3, 8-299 1',
    );
  });
});
