/** Systems behind a process: what is left out, what a failed commit may leave, and what happens when one is lost. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import type { AsyncSystem } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import { runAsyncLockstep } from './async-lockstep.ts';
import { runCampaign } from '../campaign/campaign.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { fourClusters } from '../../model/testing/scenario.ts';
import { asyncSubject } from '../subjects/subject.ts';

/** The efficient implementation, seen as if it were far away; `changes` make it worse. */
function farAway(changes: Partial<AsyncSystem> = {}): AsyncSystem {
  const near = createEfficientSystem();
  const capabilities = { ...near.capabilities, commit: 'stepped' as const };
  return {
    name: 'far',
    capabilities,
    load: (setup) => Promise.resolve(near.load(setup)),
    apply: (operation) => Promise.resolve(near.apply(operation)),
    observe: () => Promise.resolve({ nodes: near.observe() }),
    accepts: () => true,
    unload: () => Promise.resolve(near.unload()),
    shutdown: () => Promise.resolve(),
    ...changes,
  };
}

const started: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];
const options = {
  seed: 1,
  casesMax: 60,
  secondsMax: Infinity,
  operationsMax: 40,
  geometry: 'mixed',
  depth: 'full',
  findingsMax: 20,
} as const;
const silent = { progress: () => {}, finding: () => {}, interrupted: () => false };

describe('a system behind a process', () => {
  test('agrees where it behaves as the model does', async () => {
    const statistics = await runCampaign(asyncSubject(farAway()), options, silent);
    expect(statistics.findings).toEqual([]);
    expect(statistics.coverage.operations).toBeGreaterThan(500);
  });

  test('reports at the last operation what the whole case has broken, where nothing differed', async () => {
    const broken = { promise: 'nothing-is-left', detail: 'a node is left' };
    const system = farAway({ finish: () => Promise.resolve(broken) });
    const operations = [...started, { op: 'checkpoint' } as const];
    const judged = await runAsyncLockstep(system, { setup: { nodes: [fourClusters] }, operations });
    expect(judged).toMatchObject({
      kind: 'invariant',
      index: 2,
      operation: { op: 'checkpoint' },
      stage: 'running',
      invariant: 'nothing-is-left',
      law: 'a node is left',
      isAtEnd: true,
    });
  });

  test('has its case taken down once, by finish where nothing differed and it has that', async () => {
    const asked: string[] = [];
    const note = (what: string) => () => Promise.resolve(void asked.push(what));
    const finish = () => note('finish')().then(() => null);
    const unload = note('unload');
    const wrong = { apply: () => Promise.resolve({ kind: 'status', error: null } as const) };
    const takenDownBy = async (system: AsyncSystem): Promise<string[]> => {
      asked.length = 0;
      await runAsyncLockstep(system, { setup: { nodes: [fourClusters] }, operations: started });
      return [...asked];
    };
    expect(await takenDownBy(farAway({ unload }))).toEqual(['unload']);
    expect(await takenDownBy(farAway({ unload, finish }))).toEqual(['finish']);
    expect(await takenDownBy(farAway({ unload, finish, ...wrong }))).toEqual(['unload']);
    expect(await takenDownBy(guardSystem(farAway({ unload })))).toEqual(['unload']);
  });

  test('that differs, and is lost when its case is taken down, is reported to differ', async () => {
    const system = farAway({
      apply: () => Promise.resolve({ kind: 'status', error: null }),
      unload: () => Promise.reject(new SystemLost('hang', 'does not let go')),
    });
    const judged = await runAsyncLockstep(system, { setup: { nodes: [fourClusters] }, operations: started });
    expect(judged).toMatchObject({ kind: 'outcome', index: 0 });
  });

  test('of somebody else is held to what it may say when a case ends', async () => {
    const ending = (finish: NonNullable<AsyncSystem['finish']>): Promise<Divergence | null> => {
      const system = guardSystem(farAway({ finish }));
      return runAsyncLockstep(system, { setup: { nodes: [fourClusters] }, operations: started });
    };
    const broken = { promise: 'nothing-is-left', detail: 'a node is left' };
    expect(await ending(() => Promise.resolve(broken))).toMatchObject({ invariant: 'nothing-is-left' });
    expect(await ending(() => Promise.resolve(null))).toBe(null);
    const thrown = ending(() => Promise.reject(new TypeError('no such node')));
    expect(await thrown).toMatchObject({
      kind: 'lost',
      detail: 'it threw in finish: TypeError: no such node',
    });
    const nameless = ending(() => Promise.resolve({ ...broken, promise: '' }));
    await expect(nameless).rejects.toThrow('answers finish with');
  });

  test('that is lost when a case ends is lost at its last operation', async () => {
    const system = farAway({ finish: () => Promise.reject(new SystemLost('hang', 'does not let go')) });
    const judged = await runAsyncLockstep(system, { setup: { nodes: [fourClusters] }, operations: started });
    expect(judged).toMatchObject({ kind: 'lost', index: 1, how: 'hang', isAtEnd: true });
  });

  test('is not given what it does not accept, and nor is the model', async () => {
    const applied: string[] = [];
    const near = farAway();
    const system = farAway({
      accepts: ({ op }) => op !== 'start',
      apply: (operation) => {
        applied.push(operation.op);
        return near.apply(operation);
      },
      load: (setup, operations) => near.load(setup, operations),
      observe: () => near.observe(),
    });
    const testCase: Case = { setup: { nodes: [fourClusters] }, operations: [...started, { op: 'getError' }] };
    expect(await runAsyncLockstep(system, testCase)).toBeNull();
    expect(applied).toEqual(['open', 'getError']);
  });

  test('that dies is a finding of its own kind, and the campaign goes on', async () => {
    const near = farAway();
    const system = farAway({
      load: (setup, operations) => near.load(setup, operations),
      observe: () => near.observe(),
      apply: (operation) =>
        operation.op === 'checkpoint'
          ? Promise.reject(new SystemLost('crash', 'killed by signal 11'))
          : near.apply(operation),
    });
    const statistics = await runCampaign(asyncSubject(system), options, silent);
    expect(statistics.cases).toBe(60);
    expect(statistics.findings.map(({ signature }) => signature)).toContain('lost-checkpoint-closed-crash');
    const [first] = statistics.findings.filter(
      ({ signature }) => signature === 'lost-checkpoint-closed-crash',
    );
    expect(first?.minimal.operations).toEqual([{ op: 'checkpoint' }]);
  });

  test('that hangs is shrunk within a budget, and says so', async () => {
    const near = farAway();
    const system = farAway({
      load: (setup, operations) => near.load(setup, operations),
      observe: () => near.observe(),
      apply: (operation) =>
        operation.op === 'guestWrite'
          ? Promise.reject(new SystemLost('hang', 'no answer'))
          : near.apply(operation),
    });
    const statistics = await runCampaign(asyncSubject(system), { ...options, findingsMax: 1 }, silent);
    expect(statistics.findings[0]?.candidates).toBeLessThanOrEqual(24);
  });

  test('may leave a failed commit half done, but not otherwise', async () => {
    const badSectors = [{ disk: 'secondary', access: 'write', sector: 4 } as const];
    const setup = { nodes: [{ ...fourClusters, badSectors }] };
    const operations: Operation[] = [
      ...started,
      { op: 'guestWrite', sector: 0, count: 1, tag: 2 },
      { op: 'guestWrite', sector: 2, count: 1, tag: 2 },
      { op: 'guestWrite', sector: 4, count: 1, tag: 3 },
      { op: 'stop', failover: true },
      { op: 'commitSettle' },
      { op: 'guestRead', sector: 0, count: 8 },
    ];
    const leaving = (sector: number, tag: number): AsyncSystem => {
      const near = createEfficientSystem();
      const change = (tags: readonly number[]): number[] => tags.with(sector, tag);
      return farAway({
        capabilities: { ...near.capabilities, commit: 'free' },
        load: (loaded) => Promise.resolve(near.load(loaded)),
        apply: (operation) => Promise.resolve(near.apply(operation)),
        observe: () => {
          const nodes = near.observe().map((seen) => {
            const failed = seen.stage === 'failoverFailed';
            return failed ? { ...seen, secondary: change(seen.secondary) } : seen;
          });
          return Promise.resolve({ nodes });
        },
      });
    };
    // What waited may not have been written; what was in flight has been.
    expect(await runAsyncLockstep(leaving(2, 1), { setup, operations })).toBeNull();
    for (const [sector, tag] of [
      [0, 1],
      [2, 7],
      [7, 3],
    ] as const) {
      const found = await runAsyncLockstep(leaving(sector, tag), { setup, operations });
      expect(found).toMatchObject({ part: 'secondary', sector });
    }
  });
});
