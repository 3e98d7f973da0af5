/** The generator: what it really draws. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseArbitrary } from './case-arbitrary.ts';
import { walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import { Coverage } from '../coverage/coverage.ts';
import { missingCells } from '../coverage/coverage-table.ts';
import { everything } from '../cases/full-capabilities.ts';
import { reachableCells } from '../coverage/reachable-cells.ts';
import { caseProblem } from '../cases/setup-problem.ts';

const oneNode = { ...everything, nodesMax: 1 };

function draw(count: number, seed: number, capabilities = everything): Case[] {
  const arbitrary = caseArbitrary({ capabilities, geometry: 'mixed', operationsMax: 100 });
  return fc.sample(arbitrary, { numRuns: count, seed });
}

describe('drawn cases', () => {
  test('are spread evenly over all lengths up to the longest', () => {
    const deciles = Array<number>(10).fill(0);
    for (const { operations } of draw(4000, 3)) {
      const decile = Math.floor((operations.length - 1) / 10);
      deciles[decile] = (deciles[decile] ?? 0) + 1;
    }
    for (const count of deciles) expect(count).toBeGreaterThan(300);
  });

  test('can all be run, and are the same again for the same seed', () => {
    const cases = draw(300, 5);
    for (const testCase of cases) expect(caseProblem(testCase, everything)).toBeNull();
    expect(draw(300, 5)).toEqual(cases);
  });

  test('have no defect that means nothing for the mode of its node', () => {
    const nodes = draw(20_000, 7).flatMap(({ setup }) => setup.nodes);
    const ofPrimaries = nodes.filter(({ mode }) => mode === 'primary').flatMap(({ defects }) => defects);
    expect(new Set(ofPrimaries)).toEqual(new Set(['modeMissing', 'modeUnknown', 'topIdOnPrimary']));
    const ofSecondaries = nodes.filter(({ mode }) => mode === 'secondary').flatMap(({ defects }) => defects);
    const others = everything.defects.filter((name) => name !== 'topIdOnPrimary');
    expect(new Set(ofSecondaries)).toEqual(new Set(others));
  });

  test("carry the model's own run", () => {
    for (const testCase of draw(200, 11)) {
      const { setup, operations } = testCase;
      expect(testCase.walk).toEqual(walkOf({ setup, operations }));
    }
  });

  test('reach every cell that can be reached', () => {
    const coverage = new Coverage();
    for (const testCase of draw(20_000, 17, oneNode)) {
      const { start, steps } = walkOf(testCase);
      let before = start;
      for (const [index, { host, outcome }] of steps.entries()) {
        const operation = testCase.operations[index];
        if (operation === undefined) throw new Error('a step without an operation');
        coverage.count(before, operation, { host, outcome });
        before = host;
      }
    }
    const reachable = reachableCells(oneNode);
    expect(reachable.length).toBeGreaterThan(250);
    expect(missingCells(reachable, coverage.list())).toEqual([]);
    // And no cell is met that was thought out of reach.
    expect(
      missingCells(
        coverage.list(),
        reachable.map((cell) => ({ ...cell, count: 1 })),
      ),
    ).toEqual([]);
  });
});
