/** Cases with overlap that a system cannot be given: each is refused at its first wrong step, in one line. */
import { expect, test } from 'vitest';
import type { InFlightCapabilities } from '../../../impl/in-flight.ts';
import { everything } from '../../cases/full-capabilities.ts';
import { read, secondary, write } from '../testing/small-histories.ts';
import { flightCaseProblem, stepsProblem } from './flight-case-problem.ts';
import type { FlightStep } from './flight-case.ts';
import { describeStep } from './flight-step-text.ts';

const inFlight: InFlightCapabilities = {
  requestsMax: 2,
  alone: ['checkpoint'],
  drains: [],
  control: 'driver',
  stations: true,
  submits: ['guestRead', 'guestWrite', 'checkpoint', 'stop'],
};
const submit = (request: number, op: 'guestWrite' | 'primaryWrite' = 'guestWrite'): FlightStep => ({
  op: 'submit',
  request,
  operation: write(op, 0, 2),
});
const setup = { nodes: [secondary(2)] };

test.each<readonly [string, readonly FlightStep[], string | null]>([
  ['nothing', [], null],
  ['two at once', [submit(1), submit(2), { op: 'await', request: 1 }, submit(3)], null],
  ['a number again, once it is awaited', [submit(1), { op: 'await', request: 1 }, submit(1)], null],
  [
    'one that was answered before it is awaited',
    [submit(1), { op: 'await', request: 1 }, { op: 'advance', request: 1 }],
    null,
  ],
  ['advanced before', [{ op: 'advance', request: 4 }], '0: request 4 was never submitted: submit it before'],
  [
    'awaited before',
    [submit(1), { op: 'await', request: 2 }],
    '1: request 2 was never submitted: submit it before',
  ],
  [
    'twice',
    [submit(1), submit(1)],
    '1: request 1 is submitted again before it is awaited: give it another number',
  ],
  [
    'too many',
    [submit(1), submit(2), submit(3)],
    '2: 3 requests overlap: this system has at most 2 in flight',
  ],
  [
    'too many with an operation by itself',
    [submit(1), submit(2), read('guestRead', 0)],
    '2: 3 requests overlap: this system has at most 2 in flight',
  ],
  [
    'what must be alone',
    [submit(1), { op: 'checkpoint' }],
    '1: checkpoint overlaps request 1: on this system nothing overlaps checkpoint',
  ],
  [
    'beside what must be alone',
    [{ op: 'submit', request: 1, operation: { op: 'checkpoint' } }, read('guestRead', 0)],
    '1: guestRead overlaps request 1: on this system nothing overlaps checkpoint',
  ],
  [
    'what cannot be submitted',
    [submit(1, 'primaryWrite')],
    '0: primaryWrite cannot be submitted without being awaited on this system',
  ],
  [
    'the same beside something',
    [submit(1), { op: 'getError' }],
    '1: getError cannot be asked on this system while something is in flight',
  ],
  [
    'a fault',
    [{ op: 'failEmptying', disk: 'hidden', how: 'kept' }],
    '0: failEmptying is not judged where requests overlap',
  ],
  ['a node that is not there', [{ op: 'open', node: 2 }], '0: there is no node 2: the setup has 1'],
])('%s', (_, steps, expected) => {
  const found = flightCaseProblem({ setup, steps }, everything, inFlight);
  expect(found === null ? null : `${found.index}: ${found.problem}`).toBe(expected);
});

test('a setup with bad sectors, and a system without the operation', () => {
  const bad = {
    nodes: [secondary(2, 1, { badSectors: [{ disk: 'secondary', access: 'write', sector: 0 }] })],
  };
  expect(flightCaseProblem({ setup: bad, steps: [] }, everything, inFlight)).toEqual({
    index: null,
    problem: 'bad sectors are not judged where requests overlap',
  });
  const less = { ...everything, operations: ['open' as const] };
  const steps: FlightStep[] = [{ op: 'getError' }];
  expect(flightCaseProblem({ setup, steps }, less, inFlight)?.problem).toBe('it has no getError');
});

test('what no system can be given is known without one', () => {
  expect(stepsProblem([submit(1), submit(2), { op: 'getError' }])).toBeNull();
  expect(stepsProblem([submit(1), { op: 'await', request: 3 }])?.index).toBe(1);
});

test('steps in words', () => {
  const steps: FlightStep[] = [
    submit(1),
    { op: 'advance', request: 1 },
    { op: 'await', request: 1 },
    { op: 'open' },
  ];
  expect(steps.map(describeStep)).toEqual([
    'request 1 is submitted: guestWrite sector 0 tag 2',
    'request 1 goes on',
    'request 1 is awaited',
    'open',
  ]);
});
