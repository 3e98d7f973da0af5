/** A case with overlap is played as it says, and what no order explains is found, whichever way the system is asked. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { SystemLost } from '../../../impl/system-lost.ts';
import type { Observation } from '../../../model/vocabulary.ts';
import { asQemu } from '../../../model/deviations.ts';
import type { FlightCase, FlightStep } from '../cases/flight-case.ts';
import { atomicInFlight, waitedFor } from '../testing/atomic-in-flight.ts';
import type { Slip } from '../testing/atomic-in-flight.ts';
import { read, secondary, write } from '../testing/small-histories.ts';
import { flightSignature } from './flight-divergence.ts';
import type { FlightVerdict } from './flight-divergence.ts';
import { runAsyncFlight, runFlight } from './run-flight.ts';
import type { FlightRun, Overlapping } from './run-flight.ts';

const setup = { nodes: [secondary(2)] };
const started: readonly FlightStep[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];

const meeting: FlightCase = {
  setup,
  steps: [
    ...started,
    { op: 'submit', request: 1, operation: write('guestWrite', 0, 2) },
    { op: 'submit', request: 2, operation: write('guestWrite', 0, 3) },
    { op: 'advance', request: 2 },
    { op: 'advance', request: 1 },
    { op: 'await', request: 2 },
    { op: 'await', request: 1 },
    read('guestRead', 0, 2),
    { op: 'checkpoint' },
  ],
};

const system = (slip: Slip = 'none'): Overlapping => atomicInFlight(createEfficientSystem(), slip);

function found({ kind, ...rest }: FlightVerdict): string {
  return 'divergence' in rest
    ? `${flightSignature(rest.divergence)} at ${rest.divergence.index}: ${rest.divergence.sentence}`
    : kind;
}

test('what is asked at once and what is waited for come to the same', async () => {
  for (const slip of ['none', 'answers twice', 'takes effect late', 'throws'] as const) {
    const at: FlightRun = runFlight(system(slip), meeting, asQemu);
    const awaited = await runAsyncFlight(waitedFor(system(slip)), meeting, asQemu);
    expect(found(awaited.verdict)).toBe(found(at.verdict));
    expect(awaited.watch.order).toBe(at.watch.order);
  }
});

test('a system that is lost while the case is taken down is found', async () => {
  const { system: quiet, inFlight } = waitedFor(system());
  const unload = (): Promise<void> => Promise.reject(new SystemLost('hang', 'QEMU hung'));
  const lostAtEnd = { ...quiet, unload };
  const { verdict } = await runAsyncFlight({ system: lostAtEnd, inFlight }, meeting, asQemu);
  expect(found(verdict)).toContain('QEMU hung');
});

describe('what a system may not do is one clear line', () => {
  test.each<readonly [Slip, string]>([
    ['none', 'right'],
    ['answers twice', 'in-flight-answers-shown-twice at 6: request 2 is answered twice (ok)'],
    [
      'never answers',
      'in-flight-answers-guestWrite-never at 6: request 2 (guestWrite sector 0 tag 3) was awaited and is never answered',
    ],
    [
      'answers what was not submitted',
      'in-flight-answers-shown-unasked at 6: request 1002 is answered and was not submitted (ok)',
    ],
    [
      'throws',
      'in-flight-lost-guestWrite-crash at 3: the system is lost at guestWrite sector 0 tag 3: it threw: out of order',
    ],
    [
      'refuses checkpoints',
      "in-flight-unexplained-checkpoint-error at 9: checkpoint is answered error 'refused', which no order of what was in flight explains (possible: ok)",
    ],
  ])('%s', (slip, line) => {
    expect(found(runFlight(system(slip), meeting, asQemu).verdict)).toBe(line);
  });
});

test('a write that takes effect behind its answer is found in what is shown', () => {
  const steps = meeting.steps.map((step): FlightStep =>
    step.op === 'submit' && step.request === 2 ? { ...step, operation: write('guestWrite', 1, 3) } : step,
  );
  expect(found(runFlight(system('takes effect late'), { setup, steps }, asQemu).verdict)).toBe(
    'in-flight-unexplained-shown-content at 7: with nothing in flight, content at sector 1 of node 0 is shown, which no order of what was in flight explains (possible at sector 1: 3)',
  );
});

describe('a case is whole whatever is left out of it', () => {
  const { steps } = meeting;
  const right = (some: readonly FlightStep[]): string =>
    found(runFlight(system(), { setup, steps: some }, asQemu).verdict);

  test('also where what is advanced or awaited was never submitted, or is never awaited', () => {
    for (let mask = 0; mask < 2 ** steps.length; mask += 3)
      expect(right(steps.filter((_, index) => (mask & (1 << index)) !== 0))).toBe('right');
  });

  test('where more is submitted than the system can have in flight, that is awaited first', () => {
    const one = atomicInFlight(createEfficientSystem(), 'none', { requestsMax: 1 });
    expect(runFlight(one, meeting, asQemu).watch.mostInFlight).toBe(1);
    const alone = atomicInFlight(createEfficientSystem(), 'none', { alone: ['guestWrite'] });
    expect(runFlight(alone, meeting, asQemu).watch.mostInFlight).toBe(1);
    const { watch } = runFlight(system(), meeting, asQemu);
    expect([watch.mostInFlight, watch.overlaps, watch.operations, watch.advances]).toEqual([2, 1, 6, 2]);
  });
});

describe('what a layer holds is judged beneath what the guest has written over it', () => {
  const showing = (layer: Pick<Partial<Observation>, 'hidden' | 'secondary'>): Overlapping => {
    const inner = createEfficientSystem();
    const observe = () => inner.observe().map((node) => ({ ...node, ...layer }));
    const { system: plain, inFlight } = atomicInFlight(inner);
    return { system: { ...plain, observe }, inFlight };
  };
  const steps: FlightStep[] = [
    ...started,
    { op: 'submit', request: 1, operation: write('guestWrite', 0, 2) },
    write('primaryWrite', 0, 3),
  ];
  const said = (layer: Parameters<typeof showing>[0]): string =>
    found(runFlight(showing(layer), { setup, steps }, asQemu).verdict);

  test('hidden', () => {
    expect(said({ hidden: [1, null] })).toBe('right');
    expect(said({ hidden: [9, null] })).toContain('possible at sector 0: 1');
    expect(said({ hidden: [null, null] })).toContain('hidden of node 0');
    expect(said({ hidden: [1, 7] })).toContain('possible at sector 1: 1');
  });

  test('the secondary disk', () => {
    expect(said({ secondary: [3, 1] })).toBe('right');
    expect(said({ secondary: [1, 1] })).toContain('possible at sector 0: 3');
    expect(said({ secondary: [3, 7] })).toContain('possible at sector 1: 1');
  });
});
