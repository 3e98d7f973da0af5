/** A batch is played to plain data: what it reached, its failures with what was played before them, and what ended it. */
import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { System } from '../../impl/system.ts';
import { Coverage } from '../coverage/coverage.ts';
import { syncSubject } from '../subjects/subject.ts';
import { SubjectPlayer } from './subject-player.ts';

const options = { operationsMax: 60, geometry: 'mixed', depth: 'full' } as const;

function playerOf(system: System): SubjectPlayer {
  return new SubjectPlayer(syncSubject(system), options);
}

function batch(index: number) {
  return { index, seed: 77 + index, firstCase: 64 * index, numRuns: 64 };
}

function wrong(): System {
  const mutant = mutants.find(({ name }) => name === 'no-copy-before-a-write');
  if (mutant === undefined) throw new Error('there is no such mutant');
  return createMutant(mutant);
}

test('a batch is the same whoever plays it, and gains add up to what one player counts', async () => {
  const [alone, one, other] = [1, 2, 3].map(() => playerOf(createEfficientSystem()));
  if (alone === undefined || one === undefined || other === undefined) throw new Error('nobody plays');
  const byOne = [await alone.play(batch(0)), await alone.play(batch(1)), await alone.play(batch(2))];
  const byTwo = [await one.play(batch(0)), await other.play(batch(1)), await one.play(batch(2))];
  expect(byTwo.map(({ lengths }) => lengths)).toEqual(byOne.map(({ lengths }) => lengths));
  expect(byTwo[1]?.reached.outcomes).not.toEqual(byOne[1]?.reached.outcomes);
  const [left, right] = [byOne, byTwo].map((played) => {
    const coverage = new Coverage();
    for (const { reached } of played) coverage.add(reached);
    const { operations, cells, branches, sampledBranches, firstLooks, situations } = coverage;
    return { operations, cells, list: coverage.list(), branches, sampledBranches, firstLooks, situations };
  });
  expect(left?.operations).toBe(byOne.flatMap(({ lengths }) => lengths).reduce((sum, each) => sum + each));
  expect(left?.firstLooks.length).toBeGreaterThan(100);
  expect(right).toEqual(left);
});

test('failures come in order with the cases before, without the states of the model', async () => {
  const played = await playerOf(wrong()).play(batch(0));
  const [first] = played.failures;
  if (first === null || first === undefined) throw new Error('nothing fails');
  expect(first.before).toHaveLength(Math.min(24, first.caseIndex));
  for (const each of [first.testCase, ...first.before])
    expect(Object.keys(each).toSorted()).toEqual(['operations', 'setup']);
  const indexes = played.failures.flatMap((failure) => (failure === null ? [] : failure.caseIndex));
  expect(indexes).toEqual(indexes.toSorted((left, right) => left - right));
  expect(played.failures.length).toBeGreaterThan(indexes.length);
  expect(played.firstFailure?.operations).toBeLessThan(played.reached.operations);
  expect(deserialize(serialize(played))).toEqual(played);
});

test('what throws ends the batch, and what was judged until then is kept', async () => {
  const system = createEfficientSystem();
  const apply = system.apply.bind(system);
  let left = 500;
  const broken = Object.assign(system, {
    apply: (operation: Parameters<typeof apply>[0]) => {
      if (left-- === 0) throw new EnvironmentError('no more');
      return apply(operation);
    },
  });
  const { error, lengths, reached } = await playerOf(broken).play(batch(0));
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(lengths.length).toBeGreaterThan(3);
  expect(reached.operations).toBeGreaterThan(400);
});
