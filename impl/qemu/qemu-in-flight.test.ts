/** Requests in flight on the real binary: who waits for whom, what a call waits for, and in which order answers come. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Operation } from '../../model/operations.ts';
import { createOverlappingQemu } from './in-flight/overlapping-qemu.ts';
import {
  guestRead,
  guestWrite,
  playSteps,
  primaryRead,
  primaryWrite,
  shownBy,
  status,
} from './testing/in-flight-steps.ts';
import type { Step } from './testing/in-flight-steps.ts';
import { smallSetup, STARTED } from './testing/qemu-fixture.ts';
import { reasonToSkip } from './testing/qemu-required.ts';

const skipReason = await reasonToSkip();
const system = createOverlappingQemu();
const { inFlight } = system;
const checkpoint: Operation = { op: 'checkpoint' };
const FAILED = 'status I/O error occurred';

afterAll(() => system.shutdown());

describe.skipIf(skipReason !== null)('real QEMU, in flight: who waits for whom', () => {
  test('a primary write saves old content and then writes; others in its unit wait for the copy, not for the write', async () => {
    const steps: Step[] = [
      [1, primaryWrite(0, 5)],
      [2, primaryWrite(1, 6)],
      ['advance', 2],
      ['advance', 1],
      ['advance', 2],
      ['advance', 1],
      ['advance', 2],
      ['advance', 1],
    ];
    expect(await playSteps(system, steps)).toEqual([
      '| read 0+128',
      '| read 0+128',
      '| read 0+128',
      '| hidden write 0+128',
      '| hidden write 0+128',
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
      ['advance', 2],
    ];
    expect(await playSteps(system, steps)).toEqual([
      '| read 0+2',
      '| read 0+2, read 0+128',
      '| read 0+2',
      '1: 1,1 | hidden write 0+128',
      '| write 0+1',
      '2: ok |',
    ]);
    const others: Step[] = [
      [1, primaryWrite(0, 5)],
      [2, guestRead(0, 2)],
      ['advance', 2],
      ['await', 1],
    ];
    expect(await playSteps(system, others)).toEqual([
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
      [3, guestRead(0, 4)],
      ['advance', 3],
      ['advance', 1],
      ['advance', 2],
    ];
    expect(await playSteps(system, steps)).toEqual([
      '| read 0+8',
      '| read 0+8',
      '| read 0+8, read 0+4',
      '3: 1,1,1,1 | read 0+8',
      '| active write 0+8',
      '| active write 0+8, read 0+4',
      '3: 1,1,1,1 | active write 0+8',
      '1: ok | active write 2+1',
      '2: ok |',
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
    expect(await playSteps(system, steps, [...STARTED, primaryWrite(0, 4)])).toEqual([
      '| write 0+1',
      '| write 0+1, write 0+1',
      '| write 0+1, write 0+1, flush 0+0',
      '3: ok | write 0+1, write 0+1',
      '2: ok | write 0+1',
      '1: ok |',
    ]);
    expect((await shownBy(system)).secondary).toBe('0-0 5, 1-299 1');
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
    const lines = await playSteps(system, steps, [...STARTED, primaryWrite(130, 4)]);
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
    const last = (await playSteps(system, steps)).slice(4);
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
      ['advance', 1],
      [2, checkpoint],
      [3, guestRead(0)],
      ['await', 3],
      ['await', 1],
      [3, guestRead(0)],
      ['await', 3],
    ];
    expect(await playSteps(system, steps)).toEqual([
      '| read 0+128',
      '| hidden write 0+128',
      '| write 0+1',
      '2: ok | write 0+1',
      '| write 0+1, read 0+1',
      '3: 1 | write 0+1',
      '1: ok |',
      '| read 0+1',
      '3: 5 |',
    ]);
  });

  test('a stop that waits takes up no long write, and what it waits for is still let go', async () => {
    const long: Operation = { op: 'primaryWrite', sector: 0, count: 290, tag: 6 };
    const steps: Step[] = [
      [1, primaryRead(0)],
      [2, { op: 'stop', failover: false }],
      [3, long],
      [4, { op: 'primaryWrite', sector: 0, count: 1000, tag: 7 }],
      ['await', 4],
    ];
    const ended = (await playSteps(system, steps)).at(-1) ?? '';
    expect(ended).toContain('4: EINVAL');
  });

  test.each<[string, Step[], string[]]>([
    [
      'a copy that is written to hidden, which counts as uncopied again and is saved once more',
      [
        [1, primaryWrite(0, 5)],
        ['advance', 1],
        [2, checkpoint],
        [3, guestRead(0)],
        ['await', 3],
        ['await', 1],
      ],
      [
        '| read 0+128',
        '| hidden write 0+128',
        '2: ok | hidden write 0+128',
        '| hidden write 0+128',
        '3: 1 | read 0+128',
        '1: ok |',
      ],
    ],
    [
      'a guest write of a new cluster, which stays',
      [
        [1, guestWrite(0, 5, 8)],
        [2, checkpoint],
        ['await', 1],
        [3, guestRead(0)],
        ['await', 3],
      ],
      ['| active write 0+8', '2: ok | active write 0+8', '1: ok |', '| active read 0+1', '3: 5 |'],
    ],
  ])('a checkpoint goes on beside %s; on 11.1 it kills the process', async (_, steps, lines) => {
    await system.load(smallSetup());
    const major = system.qemuMajor;
    const played = playSteps(system, steps);
    if (major !== 11) return expect(await played).toEqual(lines);
    const stderr = expect.stringContaining('qcow2_wait_for_dependencies: Assertion');
    return expect(played).rejects.toMatchObject({ how: 'crash', stderr });
  });

  test('a start waits for what the primary has in flight', async () => {
    const steps: Step[] = [
      [1, primaryWrite(0, 5)],
      [2, { op: 'start', mode: 'secondary' }],
      ['await', 2],
    ];
    expect(await playSteps(system, steps, [{ op: 'open' }])).toEqual([
      '| write 0+1',
      '| write 0+1',
      '1: ok, 2: ok |',
    ]);
  });
});
