/** What is seen after an operation is what the model says of the node as a whole, wherever the operation was. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wholeUnits } from '../../impl/whole-units.ts';
import type { Node } from '../../model/node.ts';
import { changed } from '../../model/node.ts';
import { observe } from '../../model/observe.ts';
import type { Operation } from '../../model/operations.ts';
import type { OverlayContent } from '../../model/vocabulary.ts';
import { walkOf } from '../cases/case.ts';
import { everything } from '../cases/full-capabilities.ts';
import { realGeometry } from '../cases/geometries.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { observeAfter } from './observe-after.ts';

interface Step {
  readonly operation: Operation;
  readonly from: Node;
  readonly to: Node;
}

/** All that changes a node of a living host, in so many random cases. */
function changes(geometry: 'mixed' | typeof realGeometry, numRuns: number): readonly Step[] {
  const arbitrary = caseArbitrary({ capabilities: everything, geometry, operationsMax: 60 });
  return fc.sample(arbitrary, { numRuns, seed: 83 }).flatMap((testCase) => {
    const { start, steps } = walkOf(testCase);
    return steps.flatMap(({ host }, index) => {
      const before = steps[index - 1]?.host ?? start;
      const operation = testCase.operations[index];
      if (operation === undefined || before.dead !== null || host.dead !== null) return [];
      return host.nodes.flatMap((to, node) => {
        const from = before.nodes[node];
        return from === undefined || from === to ? [] : [{ operation, from, to }];
      });
    });
  });
}

/** Whether a layer is as it was outside of the whole units that a request touches. */
function staysOutside(operation: Operation, from: Node, before: OverlayContent, after: OverlayContent) {
  if (!('count' in operation)) return true;
  const { sector: first, count } = wholeUnits(operation, from.setup.geometry);
  return after.every((tag, sector) => tag === before[sector] || (sector >= first && sector < first + count));
}

function staysAsItWas({ operation, from, to }: Step): boolean {
  const layers = ['active', 'hidden', 'secondary'] as const;
  return layers.every((layer) => staysOutside(operation, from, from[layer], to[layer]));
}

function seenAfter({ operation, from, to }: Step) {
  return observeAfter(operation, observe(from, null), from, to, null);
}

describe.each([
  ['disks of all kinds', 'mixed', 400],
  ['a large disk', realGeometry, 40],
] as const)('%s', (_, geometry, numRuns) => {
  const steps = changes(geometry, numRuns);

  test('a request changes the content of no unit but those that it touches', () => {
    expect(steps.filter(({ operation }) => 'count' in operation).length).toBeGreaterThan(200);
    expect(steps.filter((step) => !staysAsItWas(step))).toEqual([]);
  });

  test('the same is seen as of the node as a whole', () => {
    for (const step of steps) expect(seenAfter(step)).toEqual(observe(step.to, null));
  });

  test('what cannot have changed is not looked up anew', () => {
    const kept = steps.filter((step) => {
      const before = observe(step.from, null);
      return observeAfter(step.operation, before, step.from, step.to, null).view === before.view;
    });
    expect(kept.length).toBeGreaterThan(steps.length / 8);
  });
});

test('a change beyond those units is noticed by the first check, and overlooked by what the second one checks', () => {
  const request = changes(realGeometry, 10).find(
    ({ operation, to }) =>
      operation.op === 'guestWrite' &&
      operation.sector < 500 &&
      operation.count < 100 &&
      to.stage === 'running',
  );
  if (request === undefined) throw new Error('no request is small enough');
  const to = changed(request.to, { active: request.to.active.with(1023, 77) });
  const broken = { ...request, to };
  expect([staysAsItWas(request), staysAsItWas(broken)]).toEqual([true, false]);
  expect(seenAfter(broken).view).not.toEqual(observe(to, null).view);
});
