/** Every order of a few requests is explained, seeded bugs are not, and the reduction leaves out nothing else. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { inFlightMutants } from '../../../impl/mutants/in-flight/in-flight-catalogue.ts';
import { createInFlightMutant } from '../../../impl/mutants/in-flight/in-flight-mutant.ts';
import { asQemu } from '../../../model/deviations.ts';
import type { InFlightAccess } from '../../../impl/in-flight.ts';
import type { InFlightMutant } from '../../../impl/mutants/in-flight/in-flight-mutant.ts';
import type { System } from '../../../impl/system.ts';
import { atomicInFlight } from '../testing/atomic-in-flight.ts';
import { exploreFlights, orderedSystem } from './explore-flights.ts';
import { combinationsOf, flightWorlds } from './flight-worlds.ts';
import type { FlightWorld } from './flight-worlds.ts';
import type { OrderedSystem } from './schedule-run.ts';

function ordered(system: System = createEfficientSystem()): OrderedSystem {
  const given = orderedSystem(system, asQemu);
  if (given === null) throw new Error('its requests cannot be ordered');
  return given;
}

function worldNamed(name: string): FlightWorld {
  const world = flightWorlds.find((known) => known.name === name);
  if (world === undefined) throw new Error(`there is no world ${name}`);
  return world;
}

function mutantNamed(name: string): InFlightMutant {
  const mutant = inFlightMutants.find((known) => known.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return mutant;
}

/** Pairs, and one beside each call. */
const pairsOf = (world: FlightWorld): FlightWorld => ({ ...world, requestsMax: 2, requestsBesideCall: 1 });

describe.each(flightWorlds.map((world) => [world.name, world] as const))('%s', (_, world) => {
  test('pairs come to the same with the reduction and without it', () => {
    const small = pairsOf(world);
    let [reduced, all] = [0, 0];
    for (const combination of combinationsOf(small)) {
      const one = exploreFlights(ordered(), small, 'sleep sets', undefined, [combination]);
      const other = exploreFlights(ordered(), small, 'none', undefined, [combination]);
      expect([one.found, other.found, one.undecided]).toEqual([null, null, 0]);
      expect(one.outcomes).toBe(other.outcomes);
      reduced += one.orders;
      all += other.orders;
    }
    expect(reduced).toBeLessThanOrEqual(all);
    expect([small.name, reduced, all]).toEqual(golden[small.name]);
  });
});

test.each([
  ['commit-end', 788, 788],
  ['allocations', 1046, 3294],
] as const)('all of %s comes to the same with the reduction and without it', (name, ...orders) => {
  const reduced = exploreFlights(ordered(), worldNamed(name), 'sleep sets');
  const all = exploreFlights(ordered(), worldNamed(name), 'none');
  expect([reduced.ended, all.ended]).toEqual(['all', 'all']);
  expect(reduced.outcomes).toBe(all.outcomes);
  expect([reduced.orders, all.orders]).toEqual(orders);
});

/** With the reduction, and without. */
const golden: Readonly<Record<string, readonly (string | number)[]>> = {
  copies: ['copies', 333, 357],
  // All of it lies in one unit but the primary's write and what the guest writes beside it.
  clusters: ['clusters', 329, 329],
  interval: ['interval', 238, 252],
  commit: ['commit', 152, 162],
  'commit-steps': ['commit-steps', 39, 44],
  // One sector, and a step of the commit that depends on everything.
  'commit-end': ['commit-end', 32, 32],
  split: ['split', 653, 653],
  zeroes: ['zeroes', 289, 289],
  allocations: ['allocations', 26, 64],
  calls: ['calls', 99, 99],
  'two-disks': ['two-disks', 74, 74],
};

/** After how many orders it is found. */
const killed: readonly (readonly [mutant: string, world: string, orders: number])[] = [
  ['copy-in-flight-is-not-seen', 'copies', 4],
  ['unit-counts-as-copied-when-its-copy-begins', 'copies', 6],
  ['unit-counts-as-copied-with-its-first-cluster', 'copies', 6],
  ['waiting-write-goes-on-whatever-wakes-it', 'copies', 9],
  ['copy-that-ends-frees-the-oldest-one', 'copies', 88],
  ['copy-that-ends-frees-those-before-it', 'copies', 3817],
  ['write-waits-for-the-copy-of-its-first-unit-alone', 'copies', 93],
  ['guest-read-looks-up-before-it-reads', 'copies', 55],
  ['write-zeroes-copies-beside-other-copies', 'zeroes', 25],
  ['allocation-in-flight-is-not-seen', 'allocations', 22],
  ['cluster-is-new-before-the-write-waits', 'allocations', 8],
  ['waiting-allocation-goes-on-whatever-wakes-it', 'allocations', 33],
  ['cluster-is-linked-before-it-is-filled', 'clusters', 36],
  ['checkpoint-beside-requests-in-flight', 'calls', 17],
  ['checkpoint-waits-for-the-guest-alone', 'calls', 13],
  ['drain-goes-on-undrained', 'calls', 17],
  ['drain-waits-for-one-step-of-each-request', 'calls', 581],
  ['drained-section-ends-before-the-call', 'calls', 673],
  ['stop-drops-the-job-beside-its-copies', 'calls', 740],
  ['requests-begin-while-a-call-drains', 'calls', 730],
  ['request-that-was-held-misses-the-next-drain', 'calls', 825],
  ['commit-settles-beside-a-guest-write', 'commit', 113],
  ['second-waiter-is-forgotten', 'allocations', 77],
  ['allocation-that-ends-frees-the-oldest-one', 'allocations', 1225],
  ['steps-of-a-commit-wait-for-each-other', 'commit-steps', 25],
  ['host-call-drains-the-first-node-alone', 'two-disks', 60],
  ['two-allocations-get-the-same-memory', 'split', 27],
  ['fill-is-not-read-again', 'split', 27],
  ['split-write-looks-up-before-it-writes', 'split', 26],
  ['unit-is-dirty-before-it-is-written', 'commit-steps', 260],
  ['unit-that-was-read-stays-clean', 'commit-steps', 657],
  ['commit-ends-beside-a-guest-write', 'commit-steps', 10],
  ['commit-does-not-look-again-after-the-drain', 'commit-steps', 10],
  ['end-of-the-commit-waits-for-guest-reads-alone', 'commit-steps', 10],
  ['newcomers-miss-the-end-of-the-commit', 'commit-end', 437],
];

test.each(killed)('%s is found in the world %s', (name, worldName, orders) => {
  const given = ordered(createInFlightMutant(mutantNamed(name)));
  const result = exploreFlights(given, worldNamed(worldName));
  expect([result.ended, result.orders]).toEqual(['found', orders]);
});

test('each seeded bug is found in one of the worlds', () => {
  const listed = killed.map(([name]) => name);
  expect(listed.toSorted()).toEqual(inFlightMutants.map(({ name }) => name).toSorted());
});

test('in the world allocations a bug shows that the reduction leaves out', () => {
  const given = ordered(createInFlightMutant(mutantNamed('allocation-that-ends-frees-the-oldest-one')));
  expect(exploreFlights(given, worldNamed('allocations'), 'sleep sets').ended).toBe('all');
});

test('what is wrong is found, with the shortest combination first', () => {
  const atomic = atomicInFlight(createEfficientSystem(), 'takes effect late').system;
  const { inFlight } = atomic;
  if (inFlight === undefined) throw new Error('nothing can be in flight');
  const [, world] = flightWorlds;
  if (world === undefined) throw new Error('there is no world');
  const given = { system: atomic, inFlight, isWaiting: () => false, follow: asQemu };
  const { found, ended, combinations } = exploreFlights(given, pairsOf(world));
  expect(ended).toBe('found');
  expect(combinations).toBeLessThan(4);
  expect(found?.failing.steps.filter(({ op }) => op === 'submit')).toHaveLength(2);
});

test('a request that nothing wakes is found, also where another one is answered last', () => {
  const world = worldNamed('allocations');
  const [allocating, , apart] = world.requests;
  if (allocating === undefined || apart === undefined) throw new Error('it has other requests');
  const combination = [allocating, allocating, allocating, apart];
  const given = ordered(createInFlightMutant(mutantNamed('second-waiter-is-forgotten')));
  const { found } = exploreFlights(given, world, 'sleep sets', undefined, [combination]);
  expect(found?.divergence).toMatchObject({ kind: 'lost', aspect: 'crash' });
  expect(found?.failing.steps.at(-1)).toEqual({ op: 'await', request: 2 });
});

test('a request that waits and is not answered when it is awaited is found', () => {
  const given = ordered(createInFlightMutant(mutantNamed('steps-of-a-commit-wait-for-each-other')));
  const { inFlight } = given;
  const silent: InFlightAccess = {
    capabilities: inFlight.capabilities,
    submit: (request, operation) => inFlight.submit(request, operation),
    advance: (request) => inFlight.advance(request),
    await: () => [],
  };
  const { found } = exploreFlights({ ...given, inFlight: silent }, worldNamed('commit-steps'));
  expect(found?.divergence).toMatchObject({ kind: 'answers', aspect: 'never' });
});

test('what the system throws is found', () => {
  const given = ordered();
  const { inFlight } = given;
  const throwing: InFlightAccess = {
    capabilities: inFlight.capabilities,
    submit: (request, operation) => inFlight.submit(request, operation),
    advance: () => {
      throw new Error('out of memory');
    },
    await: (request) => inFlight.await(request),
  };
  const { found, orders } = exploreFlights({ ...given, inFlight: throwing }, worldNamed('copies'));
  expect(orders).toBe(1);
  expect(found?.failing.steps.map(({ op }) => op)).toEqual(['open', 'start', 'submit', 'advance']);
  expect(found?.divergence).toMatchObject({ kind: 'lost', aspect: 'crash', index: 3 });
  expect(found?.divergence.sentence).toMatch(/it threw: out of memory/);
});

test('what does not say which requests wait cannot be gone through', () => {
  expect(orderedSystem(atomicInFlight(createEfficientSystem()).system, asQemu)).toBeNull();
});
