/** Each law holds on the model over random cases, and each is broken by a step that breaks it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operationNames } from '../../impl/operation-lists.ts';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { observe } from '../../model/observe.ts';
import type { Operation } from '../../model/operations.ts';
import type { Observation, Outcome } from '../../model/vocabulary.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { walkOf } from '../cases/case.ts';
import { everything } from '../cases/full-capabilities.ts';
import { lawBrokenBy } from '../kill-matrix/law-kill.ts';
import { brokenInvariant, concernOf, concerns } from './concerns.ts';
import * as laws from './invariants.ts';
import type { Invariant, Memory, StepSeen } from './invariants.ts';
import { Laws } from './laws.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';

const ok: Outcome = { kind: 'ok' };
const data = (...tags: number[]): Outcome => ({ kind: 'data', tags });

const running: Observation = {
  stage: 'running',
  errorFlag: false,
  view: data(1, 1),
  active: [null, null],
  hidden: [null, null],
  secondary: [1, 1],
  wiring: {
    blocked: true,
    hiddenReadOnly: false,
    secondaryReadOnly: false,
    hiddenAttached: 1,
    secondaryAttached: 1,
  },
};

function seen(operation: Operation, before: Partial<Observation>, after: Partial<Observation>): StepSeen {
  return {
    mode: 'secondary',
    defects: [],
    before: { ...running, ...before },
    operation,
    outcome: ok,
    after: { ...running, ...after },
  };
}

const primaryWrite: Operation = { op: 'primaryWrite', sector: 0, count: 1, tag: 2 };
const guestRead: Operation = { op: 'guestRead', sector: 0, count: 1 };
const atCheckpoint: Memory = { atCheckpoint: [1, 1], checkpointed: true, quietFailover: true };

const breaches: readonly (readonly [Invariant, StepSeen, Memory])[] = [
  [laws.isolation, seen(primaryWrite, {}, { view: data(2, 1), secondary: [2, 1] }), atCheckpoint],
  [laws.checkpointEquality, seen({ op: 'checkpoint' }, {}, { view: data(1, 3) }), laws.freshMemory],
  [
    laws.failoverEquality,
    seen({ op: 'commitSettle' }, { stage: 'failover', view: data(1, 3) }, { stage: 'done' }),
    laws.freshMemory,
  ],
  [
    laws.commitKeepsView,
    seen({ op: 'commitSettle' }, { stage: 'failover' }, { stage: 'failoverFailed', view: data(1, 2) }),
    laws.freshMemory,
  ],
  [laws.hiddenKeepsSnapshot, seen(primaryWrite, {}, { secondary: [2, 1] }), atCheckpoint],
  [laws.stageOrder, seen({ op: 'start', mode: 'secondary' }, { stage: 'done' }, {}), laws.freshMemory],
  [
    laws.ignoredChangesNothing,
    seen({ op: 'checkpoint' }, { stage: 'done' }, { stage: 'done', secondary: [2, 1] }),
    laws.freshMemory,
  ],
  [laws.readsChangeNothing, seen(guestRead, {}, { errorFlag: true }), laws.freshMemory],
  [
    laws.primaryErrorsMasked,
    {
      ...seen({ op: 'guestWrite', sector: 0, count: 1, tag: 2 }, {}, {}),
      mode: 'primary',
      outcome: { kind: 'errno', errno: 'EIO' },
    },
    laws.freshMemory,
  ],
];

describe('without the model', () => {
  // Mutants cost by the length of a disk.
  const { diskSectorsMax: _, ...geometry } = everything.geometry;
  const capabilities = { ...everything, geometry };
  const arbitrary = caseArbitrary({ capabilities, geometry: 'mixed', operationsMax: 60 });
  const cases = fc.sample(arbitrary, { numRuns: 1500, seed: 37 });

  test('every law catches a seeded bug', () => {
    const caught = new Set<string>();
    // Most mutants break no law: a few cases of each first.
    for (const part of [cases.slice(0, 50), cases.slice(50, 300), cases.slice(300)]) {
      for (const mutant of mutants) {
        if (caught.size === laws.invariants.length) break;
        const system = createMutant(mutant);
        for (const testCase of part) {
          const law = lawBrokenBy(system, testCase);
          if (law !== null) caught.add(law.name);
        }
      }
    }
    expect(laws.invariants.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([]);
  });

  test('no law is broken by the shipped implementation', () => {
    const system = createEfficientSystem();
    expect(cases.map((testCase) => lawBrokenBy(system, testCase)).filter((law) => law !== null)).toEqual([]);
  });
});

describe('every law', () => {
  test.each(breaches.map((breach) => [breach[0].name, ...breach] as const))(
    '%s can be broken',
    (name, invariant, step, memory) => {
      expect(invariant.holds(step, memory)).toBe(false);
      expect(brokenInvariant(concernOf(step.operation), step, memory)?.name).toBe(name);
    },
  );

  test.each([
    ['secondaryUnmaps', false, true],
    ['secondaryUnmaps', true, false],
    ['secondaryBusy', false, false],
  ] as const)(
    'lets a discard change the disk, with %s and a backup job (%s): %s',
    (defect, blocked, isAllowed) => {
      const discard: Operation = { op: 'primaryDiscard', sector: 0, count: 1 };
      const before = { stage: 'done', wiring: { ...running.wiring, blocked } } as const;
      const step = seen(discard, before, { ...before, secondary: [0, 1] });
      expect(laws.readsChangeNothing.holds({ ...step, defects: [defect] }, laws.freshMemory)).toBe(isAllowed);
    },
  );

  test('is among those shown to break', () => {
    expect(laws.invariants.map(({ name }) => name)).toEqual(breaches.map(([{ name }]) => name));
  });

  test('needs no memory of other operations than those that are remembered', () => {
    const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 60 });
    const changing = new Set<string>();
    for (const testCase of fc.sample(arbitrary, { numRuns: 500, seed: 8 })) {
      let host = walkOf(testCase).start;
      for (const [index, next] of walkOf(testCase).steps.entries()) {
        const operation = testCase.operations[index];
        if (operation === undefined) throw new Error('a step without an operation');
        for (const [node, { setup }] of host.nodes.entries()) {
          const [before, after] = [host, next.host].map(({ nodes, dead }) => {
            const each = nodes[node];
            return each === undefined ? running : observe(each, dead);
          });
          if (before === undefined || after === undefined) continue;
          const { mode, defects } = setup;
          const step = { mode, defects, before, operation, outcome: next.outcome, after };
          if (laws.remember(atCheckpoint, step) !== atCheckpoint) changing.add(operation.op);
        }
        ({ host } = next);
      }
    }
    expect(changing.size).toBeGreaterThan(4);
    const remembered = operationNames.filter((op) => concerns.get(op)?.isRemembered === true);
    expect([...changing].filter((op) => !remembered.some((name) => name === op))).toEqual([]);
  });

  test('holds on the model in every step of 2,000 random cases', () => {
    const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 60 });
    fc.assert(
      fc.property(arbitrary, (testCase) => {
        const { start, steps } = walkOf(testCase);
        let before = start.nodes.map((node) => observe(node, null));
        const judge = new Laws(testCase.setup);
        const broken: string[] = [];
        for (const [index, { host, outcome }] of steps.entries()) {
          const operation = testCase.operations[index];
          if (operation === undefined) throw new Error('a step without an operation');
          const after = host.nodes.map((node) => observe(node, host.dead));
          const law = judge.brokenBy(operation, outcome, before, after);
          if (law !== null) broken.push(`${law.name} in step ${index}`);
          before = after;
        }
        // Once: it takes longer than a step.
        expect(broken).toEqual([]);
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});
