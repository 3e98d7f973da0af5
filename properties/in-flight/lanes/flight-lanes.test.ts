/** Lanes of cases that go wrong and of one that does not: which step brought about what, and where no order is left. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { inFlightMutants } from '../../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { createInFlightMutant } from '../../../impl/mutants/in-flight/in-flight-mutant.ts';
import type { System } from '../../../impl/system.ts';
import type { FlightCase, FlightStep } from '../cases/flight-case.ts';
import { syncFlightSubject } from '../running/flight-subject.ts';
import type { SyncFlightSubject } from '../running/flight-subject.ts';
import { atomicInFlight } from '../testing/atomic-in-flight.ts';
import { secondary, write } from '../testing/small-histories.ts';
import { lanesOf } from './flight-lanes.ts';
import { lanesText } from './lanes-text.ts';
import { seeFlight } from './seen-flight.ts';

function subjectOf(system: System): SyncFlightSubject {
  const subject = syncFlightSubject(system);
  if (subject === null) throw new Error('nothing can be in flight');
  return subject;
}

function mutant(name: string): SyncFlightSubject {
  const known = inFlightMutants.find((each) => each.name === name);
  if (known === undefined) throw new Error(`there is no ${name}`);
  return subjectOf(createInFlightMutant(known));
}

const started: readonly FlightStep[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];

function caseOf(steps: readonly FlightStep[], sectors = 1): FlightCase {
  return { setup: { nodes: [secondary(sectors)] }, steps: [...started, ...steps] };
}

async function drawn(subject: SyncFlightSubject, testCase: FlightCase) {
  return lanesText(lanesOf(subject, await seeFlight(subject, testCase)));
}

const signs =
  '[ submitted, o goes on, a awaited, * takes effect, | a call does, ] answered, s shown, ! no order is left';

test('a checkpoint beside a write of the primary, and what is shown behind them', async () => {
  const submitted = { op: 'submit', request: 1, operation: write('primaryWrite', 0, 2) } as const;
  const testCase = caseOf([submitted, { op: 'checkpoint' }]);
  expect(await drawn(mutant('checkpoint-beside-requests-in-flight'), testCase)).toEqual([
    'open                                    [*] |    |   s!  ok',
    'start secondary                          | [*]   |   s!  ok',
    'request 1: primaryWrite sector 0 tag 2   |  | [*-|-a]s!  ok',
    'checkpoint                               |  |   [*]  s!  ok',
    'step                                    1  2  3 4    5',
    signs,
    'effects are those of one order that explains everything before that, as early as it can be, sector by sector',
  ]);
});

test('a read that looked up before it read is where no order is left', async () => {
  const testCase = caseOf([
    { op: 'submit', request: 1, operation: { op: 'guestRead', sector: 0, count: 1 } },
    { op: 'advance', request: 1 },
    write('primaryWrite', 0, 2),
    { op: 'await', request: 1 },
  ]);
  const subject = mutant('guest-read-looks-up-before-it-reads');
  const seen = await seeFlight(subject, testCase);
  const { lanes, columns } = lanesOf(subject, seen);
  expect(lanesText(lanesOf(subject, seen)).slice(2, 5)).toEqual(
    [
      'request 1: guestRead sector 0   |  | [o---a]!  tags 2',
      'primaryWrite sector 0 tag 2     |  |   [*]  !  ok',
      'step                           1  2  345  6 ',
    ].map((line) => line.trimEnd()),
  );
  expect(columns.at(-1)).toEqual({
    kind: 'end',
    step: 5,
    lane: null,
    sectors: '',
    text: 'no order is left (possible at sector 0: 1)',
  });
  expect(lanes.map(({ isCall }) => isCall)).toEqual([true, true, false, false]);
});

test('what is right is drawn to its end, with sectors that take effect together', async () => {
  const subject = subjectOf(atomicInFlight(createEfficientSystem(), 'none').system);
  const testCase = caseOf([{ op: 'submit', request: 1, operation: write('guestWrite', 0, 2, 2) }], 2);
  const { columns, order } = lanesOf(subject, await seeFlight(subject, testCase));
  expect(columns.map(({ text }) => text).slice(6)).toEqual([
    'submitted: request 1: guestWrite sectors 0..1 tag 2',
    'takes effect on sectors 0..1: request 1: guestWrite sectors 0..1 tag 2',
    'awaited: request 1: guestWrite sectors 0..1 tag 2',
    'answered ok: request 1: guestWrite sectors 0..1 tag 2',
    'shown, with nothing in flight: running, view tags 2 2, hidden - -, secondary tags 1 1',
  ]);
  expect(columns.map(({ step }) => step).slice(6)).toEqual([2, null, 2, 2, 3]);
  expect(order).toMatch(/^effects are those of one order that explains everything, /);
});

test('what is answered twice ends without an order that is left out', async () => {
  const subject = subjectOf(atomicInFlight(createEfficientSystem(), 'answers twice').system);
  const testCase = caseOf([{ op: 'submit', request: 1, operation: write('guestWrite', 0, 2) }]);
  const seen = await seeFlight(subject, testCase);
  const { columns } = lanesOf(subject, seen);
  expect(columns.at(-1)?.text).toContain('is answered twice');
});

test('a bound that is met is reported', async () => {
  const subject = subjectOf(createEfficientSystem());
  const seen = await seeFlight(subject, caseOf([]));
  const undecided = { ...seen, verdict: { kind: 'undecided', index: 0, why: 'too many' } } as const;
  expect(lanesOf(subject, undecided).order).toBe('no order is shown: too many');
});
