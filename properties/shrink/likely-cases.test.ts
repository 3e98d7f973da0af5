/** A failure of a system that cannot hand out its state is brought down as far as that of one that can. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import { initialState } from '../../model/node.ts';
import { fourClusters } from '../../model/testing/scenario.ts';
import type { Operation } from '../../model/operations.ts';
import { step } from '../../model/step.ts';
import { runCampaign } from '../campaign/campaign.ts';
import { situation } from '../cases/case.ts';
import { setupProblem } from '../cases/setup-problem.ts';
import { shrinkFailure } from './shrink-failure.ts';
import { asyncSubject } from '../subjects/subject.ts';
import { likelyCases } from './likely-cases.ts';
import { ownHost, smallHosts } from './likely-hosts.ts';

/** A seeded bug as if it were in a QEMU: with its sizes, far away, and without a state to be seen. */
function asQemu(name: string): AsyncSystem {
  const mutant = mutants.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
  const near = createMutant(mutant);
  return {
    name: 'far',
    capabilities: {
      ...near.capabilities,
      operations: near.capabilities.operations.filter((op) => op !== 'commitAdvance' && op !== 'endJob'),
      nodesMax: 1,
      commit: 'free',
      geometry: { sectorBytes: 512, lengthSectorsMax: 1920, slices: 'qemu' },
    },
    load: async (setup) => near.load(setup),
    apply: async (operation) => near.apply(operation),
    observe: async () => ({ nodes: near.observe() }),
    accepts: () => true,
    unload: async () => {},
    shutdown: async () => {},
  };
}

const options = {
  seed: 1,
  casesMax: 400,
  secondsMax: Infinity,
  operationsMax: 60,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 1,
} as const;
const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

test.each([
  ['no-copy-before-a-write', 3],
  ['checkpoint-does-not-empty-active', 4],
  ['a-failed-commit-loses-what-active-held', 5],
  ['ejected-active-is-dereferenced', 4],
])('%s is brought down to %i operations, with nothing left to be tried', async (name, length) => {
  const { findings } = await runCampaign(asyncSubject(asQemu(name)), options, silent);
  const [found] = findings;
  expect(found).toMatchObject({ complete: true });
  expect(found?.originalOperations).toBeGreaterThan(length);
  expect(found?.minimal.operations).toHaveLength(length);
});

test('a failure that another, shorter way leads to is found where no step of shrinking leads', async () => {
  const near = createEfficientSystem();
  const long: readonly Operation['op'][] = ['guestFlush', 'primaryFlush', 'queryStatus', 'guestDiscard'];
  const short: readonly Operation['op'][] = ['checkpoint', 'commitSettle'];
  let asked: Operation['op'][] = [];
  const isMet = (ops: readonly Operation['op'][]): boolean => ops.every((op) => asked.includes(op));
  const subject = asyncSubject({
    ...asQemu('no-copy-before-a-write'),
    load: async (setup) => {
      asked = [];
      near.load(setup);
    },
    apply: async (operation) => {
      asked.push(operation.op);
      const outcome = near.apply(operation);
      const isWrong = operation.op === 'getError' && (isMet(long) || isMet(short));
      return isWrong ? { kind: 'error', message: 'wrong' } : outcome;
    },
    observe: async () => ({ nodes: near.observe() }),
  });
  const operations: readonly Operation[] = [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'guestFlush' },
    { op: 'primaryFlush' },
    { op: 'queryStatus' },
    { op: 'guestDiscard', sector: 0, count: 1 },
    { op: 'getError' },
  ];
  const failing = { setup: { nodes: [fourClusters] }, operations };
  const divergence = await subject.judge(failing, 'full');
  if (divergence === null) throw new Error('nothing differs');
  const { minimal, complete } = await shrinkFailure(subject, failing, divergence);
  expect(complete).toBe(true);
  expect(minimal.operations).toHaveLength(5);
  expect(minimal.operations.map(({ op }) => op)).toEqual(expect.arrayContaining([...short]));
});

describe('likely cases', () => {
  const { capabilities } = asQemu('no-copy-before-a-write');
  const failing = { setup: { nodes: [fourClusters] }, operations: [{ op: 'primaryFlush' } as const] };
  const target = { signature: 'any', operation: 'checkpoint', stage: 'failover' } as const;
  const bounds = {
    target,
    expected: 'ok',
    operationsMax: 4,
    kinds: new Set([]),
    accepts: () => true,
  } as const;
  const hosts = [...ownHost(failing, capabilities), ...smallHosts(failing, capabilities)];

  test('end with the operation in the stage that is asked for, and the shorter ones come first', () => {
    const cases = [...likelyCases(hosts, bounds)].filter((each) => each !== null);
    const lengths = cases.map(({ operations }) => operations.length);
    expect(Math.min(...lengths)).toBe(4);
    expect(lengths).toEqual(lengths.toSorted((left, right) => left - right));
    for (const { setup, operations } of cases) {
      let host = initialState(setup);
      for (const operation of operations.slice(0, -1)) ({ host } = step(host, operation));
      const last = operations.at(-1);
      expect(last).toEqual({ op: 'checkpoint' });
      if (last !== undefined) expect(situation(host, last).stage).toBe('failover');
    }
  });

  test('are on hosts that the system can be given', () => {
    expect(hosts.length).toBeGreaterThan(5);
    for (const { setup } of hosts.slice(1)) expect(setupProblem(setup, capabilities)).toBeNull();
  });

  test('leave out what cannot be given', () => {
    const accepts = ({ op }: { op: string }): boolean => op !== 'stop';
    expect([...likelyCases(hosts, { ...bounds, accepts })].every((each) => each === null)).toBe(true);
  });

  test('are as few on a long disk as on a short one', () => {
    const long = { ...fourClusters, geometry: { ...fourClusters.geometry, lengthSectors: 65_536 } };
    const operations: Operation[] = [
      { op: 'guestWrite', sector: 60_000, count: 8, tag: 2 },
      { op: 'stop', failover: true },
    ];
    const [host] = ownHost({ setup: { nodes: [long] }, operations }, capabilities);
    expect(host?.alphabet.length).toBeLessThan(20);
    // An alphabet of every range of sectors, or 600 states of such a host, would fill the memory.
    const none = { ...bounds, target: { ...target, operation: 'commitAdvance' }, operationsMax: 8 } as const;
    let steps = 0;
    for (const _ of likelyCases(host === undefined ? [] : [host], none)) steps++;
    expect(steps).toBeGreaterThan(5);
    expect(steps).toBeLessThan(20);
  });
});
