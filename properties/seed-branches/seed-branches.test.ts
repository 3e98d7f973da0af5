/** What a step takes is looked for among the branches that its operation may take: no other one is ever taken. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { walkOf } from '../cases/case.ts';
import { everything } from '../cases/full-capabilities.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { branchName } from './seed-branch.ts';
import { branchesTaken, seedBranches } from './seed-branches.ts';

test('no step takes a branch that is not looked for', () => {
  const arbitrary = caseArbitrary({ capabilities: everything, geometry: 'mixed', operationsMax: 100 });
  const met = new Set<string>();
  for (const testCase of fc.sample(arbitrary, { seed: 23, numRuns: 1500 })) {
    if (testCase.setup.nodes.length > 1) continue;
    const { start, steps } = walkOf(testCase);
    let host = start;
    for (const [index, operation] of testCase.operations.entries()) {
      const next = steps[index];
      const [before] = host.nodes;
      const [after] = next?.host.nodes ?? [];
      if (next === undefined || before === undefined || after === undefined) break;
      if (host.dead === null) {
        const step = { before, operation, outcome: next.outcome, after };
        const all = seedBranches.filter(({ taken }) => typeof taken === 'function' && taken(step));
        expect(branchesTaken(host, operation, next)).toEqual(all);
        for (const branch of all) met.add(branchName(branch));
      }
      ({ host } = next);
    }
  }
  const reachable = seedBranches.filter(({ taken }) => typeof taken === 'function');
  expect(met.size).toBe(reachable.length);
});
