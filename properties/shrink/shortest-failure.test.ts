/** The search for the shortest failing case: what it looks through, what it finds, and when it gives up. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import { operationNames } from '../../impl/operation-lists.ts';
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup, Setup } from '../../model/vocabulary.ts';
import { signatureOf } from '../comparison/divergence.ts';
import { everything } from '../cases/full-capabilities.ts';
import { describeOperation } from '../cases/operation-text.ts';
import { runLockstep } from '../lockstep/lockstep.ts';
import { operationProblem, setupProblem } from '../cases/setup-problem.ts';
import { ModelGraphs } from './model-graph.ts';
import { FailureSearch, targetOf } from './failure-search.ts';
import type { FailureTarget } from './failure-search.ts';
import { largerUnitSetups, oddSetups, plainSetups, smallSetups } from './small-setups.ts';
import { shortestFailure } from './shortest-failure.ts';
import { operationsUntil } from './stage-distance.ts';
import { wholeAlphabet } from './whole-alphabet.ts';

/** The mode of each node and what about it is not plain. */
function text({ nodes }: Setup): string {
  return nodes.map((node) => [node.mode, ...oddities(node)].join(' ')).join(' | ');
}

function oddities({
  geometry,
  initialContent,
  readOnly,
  badSectors,
  defects,
  commitRequestsMax,
}: NodeSetup): string[] {
  const sizes = Object.entries(geometry).filter(([key, value]) => value !== (key === 'sectorBytes' ? 4 : 1));
  return [
    ...sizes.map(([key, value]) => `${key} ${value}`),
    ...initialContent.map(({ sector, count, tag }) => `content ${sector} ${count} ${tag}`),
    ...badSectors.map(({ disk, access, sector }) => `${access}-bad ${disk} ${sector}`),
    ...readOnly,
    ...defects,
    ...(commitRequestsMax === 1 ? [] : [`${commitRequestsMax} commit requests`]),
  ];
}

const listed = 'fixtures/shortest';
const graphs = new ModelGraphs();
const graphOf = (setup: Setup) => graphs.of(setup, everything);
const lines = (texts: readonly string[]): string =>
  texts
    .map(
      (each) => `${each}
`,
    )
    .join('');

function firstOf(setups: readonly Setup[]): Setup {
  const [first] = setups;
  if (first === undefined) throw new Error('there is no setup');
  return first;
}

const secondary = firstOf(plainSetups({ ...everything, modes: ['secondary'] }, 1));
const primary = firstOf(plainSetups({ ...everything, modes: ['primary'] }, 1));
const both = { nodes: [...primary.nodes, ...secondary.nodes] };

describe('what is looked through', () => {
  test.each([
    ['secondary', secondary],
    ['primary-and-secondary', both],
    ['two-sectors', firstOf(largerUnitSetups({ ...everything, modes: ['secondary'] }))],
  ])('every operation on %s', async (name, setup) => {
    const alphabet = wholeAlphabet(setup, everything);
    expect(new Set(alphabet.map((operation) => JSON.stringify(operation))).size).toBe(alphabet.length);
    expect(alphabet.filter((operation) => operationProblem(operation, setup) !== null)).toEqual([]);
    await expect(lines(alphabet.map(describeOperation))).toMatchFileSnapshot(
      `${listed}/operations-on-${name}.txt`,
    );
  });

  test('every operation that there is', () => {
    const known = new Set(wholeAlphabet(both, everything).map(({ op }) => op));
    expect(operationNames.filter((name) => !known.has(name))).toEqual([]);
  });

  test('only what the system knows', () => {
    const alphabet = wholeAlphabet(both, { ...everything, operations: ['open', 'checkpoint'] });
    expect(alphabet.map(describeOperation)).toEqual(['open', 'open on node 1', 'checkpoint']);
  });

  test('hosts', async () => {
    const all = {
      plain: plainSetups(everything, 3),
      larger: largerUnitSetups(everything),
      odd: oddSetups(everything, 4),
      single: smallSetups(everything, 1, 4),
      pairs: smallSetups(everything, 2, 3),
    };
    for (const [name, setups] of Object.entries(all))
      await expect(lines(setups.map(text))).toMatchFileSnapshot(`${listed}/hosts-${name}.txt`);
  });

  test('fewer hosts for longer cases, and for systems that know less', () => {
    const counts = (length: number) => [
      plainSetups(everything, length).length,
      smallSetups(everything, 1, length).length,
      smallSetups(everything, 2, length).length,
    ];
    expect([3, 4, 5, 6].map(counts)).toEqual([
      [6, 240, 276],
      [2, 240, 4],
      [2, 16, 0],
      [2, 2, 0],
    ]);
    expect(plainSetups({ ...everything, nodesMax: 1 }, 3)).toHaveLength(2);
    const poor = { ...everything, modes: ['secondary'], defects: [], badSectors: [], readOnly: [] } as const;
    const setups = smallSetups(poor, 1, 4);
    expect(setups.map((setup) => setupProblem(setup, poor))).toEqual(setups.map(() => null));
    expect(setups).toHaveLength(12);
    expect(oddSetups({ ...everything, modes: ['primary'] }, 4)).toEqual([]);
    const odd = oddSetups(poor, 3);
    expect(odd.length).toBeGreaterThan(0);
    expect(odd.filter((setup) => setupProblem(setup, poor) !== null)).toEqual([]);
  });
});

test('an operation that is not in the alphabet leads nowhere', () => {
  const graph = graphOf(secondary);
  expect(() => graph.edge(graph.first, graph.alphabet.length)).toThrow(
    new RangeError(`the alphabet has no operation ${graph.alphabet.length}`),
  );
});

test('the latest graphs are kept, by setup and by what the system knows', () => {
  const kept = new ModelGraphs(2);
  const poor = { ...everything, operations: ['open'] } as const;
  const [first, second] = [kept.of(secondary, everything), kept.of(secondary, poor)];
  expect(second).not.toBe(first);
  expect(kept.of(secondary, everything)).toBe(first);
  const third = kept.of(primary, everything);
  expect([kept.of(primary, everything), kept.of(secondary, poor)]).toEqual([third, second]);
  expect(kept.of(secondary, everything)).not.toBe(first);
});

describe('how far a stage is', () => {
  const operations: readonly Operation[] = [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'guestWrite', sector: 0, count: 1, tag: 2 },
    { op: 'stop', failover: true },
    { op: 'commitSettle' },
  ];

  test('is never more than the operations that lead there', () => {
    const hosts = [initialState(secondary)];
    for (const operation of operations)
      hosts.push(step(hosts.at(-1) ?? initialState(secondary), operation).host);
    expect(hosts.map((host) => operationsUntil('done', host))).toEqual([3, 2, 1, 1, 1, 0]);
    expect(hosts.map((host) => operationsUntil('failoverFailed', host))).toEqual([4, 3, 2, 2, 1, 5]);
    expect(hosts.map((host) => operationsUntil('aborted', host))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('of a process that has died is that of the next open', () => {
    const start = { op: 'start', mode: 'secondary' } as const;
    const setup: Setup = { nodes: secondary.nodes.map((node) => ({ ...node, defects: ['topIdInvalid'] })) };
    let host = initialState(setup);
    for (const operation of [{ op: 'open' }, start, start] as const) ({ host } = step(host, operation));
    expect(host.dead).not.toBeNull();
    expect(operationsUntil('none', host)).toBe(1);
  });

  test('is that of the nearest node', () => {
    const { host } = step(initialState(both), { op: 'open', node: 1 });
    expect(operationsUntil('none', host)).toBe(0);
    expect(operationsUntil('running', host)).toBe(1);
  });
});

function mutantNamed(name: string) {
  const mutant = mutants.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  return createMutant(mutant);
}

const target: FailureTarget = {
  signature: 'observation-primaryWrite-running-view',
  operation: 'primaryWrite',
  stage: 'running',
};
const hosts = (operations: number) => plainSetups(everything, operations);
const within = (operationsMax: number, transitionsMax = Infinity) => ({
  target,
  operationsMax,
  transitionsMax,
  graphs,
});

describe('the search', () => {
  test('finds the shortest case, the same each time', () => {
    const system = mutantNamed('no-copy-before-a-write');
    const { found, isComplete, transitions } = shortestFailure(system, hosts, within(5));
    expect(found?.operations.map(describeOperation)).toEqual([
      'open',
      'start secondary',
      'primaryWrite sector 0 tag 2',
    ]);
    expect(isComplete).toBe(true);
    expect(shortestFailure(system, hosts, within(5)).transitions).toBe(transitions);
    expect(transitions).toBe(253);
  });

  test('finds nothing shorter than that, and nothing in a sound system', () => {
    const system = mutantNamed('no-copy-before-a-write');
    expect(shortestFailure(system, hosts, within(2))).toMatchObject({ found: null, isComplete: true });
    expect(shortestFailure(createEfficientSystem(), hosts, within(3))).toMatchObject({
      found: null,
      isComplete: true,
    });
  });

  test('says so when it gives up', () => {
    const system = createEfficientSystem();
    const { transitions } = shortestFailure(system, hosts, within(3));
    const results = [10, transitions - 1, transitions].map((most) =>
      shortestFailure(system, hosts, within(3, most)),
    );
    expect(results.map(({ isComplete }) => isComplete)).toEqual([false, false, true]);
    expect(results.map(({ found }) => found)).toEqual([null, null, null]);
  });

  test('without a target collects the shortest case of every signature', () => {
    const system = mutantNamed('no-copy-before-a-write');
    const search = new FailureSearch(system, graphOf(secondary), { target: null });
    expect(search.upTo(3, Infinity)).toBe(true);
    expect([...search.failures].map(([signature, { operations }]) => [signature, operations.length])).toEqual(
      [
        ['observation-primaryWrite-running-view', 3],
        ['observation-primaryWriteZeroes-running-hidden', 3],
      ],
    );
  });

  test.each([
    ['no-copy-before-a-write', 4],
    ['checkpoint-leaves-the-copy-bitmap', 5],
    ['commit-skips-zeroes', 5],
    ['a-checkpoint-brings-an-ejected-layer-back', 5],
  ])('with a target finds what is as short as without one: %s', (name, operationsMax) => {
    const system = mutantNamed(name);
    const all = new FailureSearch(system, graphOf(secondary), { target: null });
    all.upTo(operationsMax, Infinity);
    expect(all.failures.size).toBeGreaterThan(0);
    for (const [signature, shortest] of all.failures) {
      const divergence = runLockstep(system, shortest, { depth: 'full' });
      if (divergence === null) throw new Error(`${signature}: nothing fails`);
      expect(signatureOf(divergence)).toBe(signature);
      const bounds = { ...within(operationsMax), target: targetOf(divergence) };
      const { found } = shortestFailure(system, () => [secondary], bounds);
      expect(found?.operations.length).toBe(shortest.operations.length);
      const { length } = shortest.operations;
      const shorter = shortestFailure(system, () => [secondary], { ...bounds, operationsMax: length - 1 });
      expect(shorter).toMatchObject({ found: null, isComplete: true });
    }
  });

  test.each([
    ['no target', null, 4, 30268],
    ['a target in failover', { ...target, signature: 'none', stage: 'failover' }, 5, 3536],
    ['a target after a failed failover', { ...target, signature: 'none', stage: 'failoverFailed' }, 6, 4984],
  ] as const)('tries each operation once from each state: %s', (_what, aim, operationsMax, transitions) => {
    const search = new FailureSearch(createEfficientSystem(), graphOf(secondary), { target: aim });
    expect(search.upTo(operationsMax, Infinity)).toBe(true);
    expect(search.failures.size).toBe(0);
    expect(search.transitions).toBe(transitions);
  });

  test('goes on where another has used the system meanwhile', () => {
    const system = mutantNamed('no-copy-before-a-write');
    const searches = [secondary, primary].map(
      (setup) => new FailureSearch(system, graphOf(setup), { target }),
    );
    for (const length of [1, 2, 3]) for (const search of searches) search.upTo(length, Infinity);
    expect(searches.map(({ failures }) => failures.has(target.signature))).toEqual([true, false]);
  });

  test('needs a system that hands out its state', () => {
    const { states: _, ...rest } = createEfficientSystem();
    const closed = { ...rest, load: () => {} };
    const aim = { target: null };
    expect(() => new FailureSearch(closed, graphOf(secondary), aim)).toThrow('cannot hand out its state');
  });
});
