import { expect, test } from 'vitest';
import { TourGraph } from './tour-graph.ts';
import { tourWorlds } from './tour-worlds.ts';
import { WalkPlan } from './walk-plan.ts';

const [first] = tourWorlds;
const world = first?.world;

test('a plan leads over every transition that can be reached, and leaves out what cannot be given', () => {
  if (world === undefined) throw new Error('there is no world to tour');
  const graph = new TourGraph(world);
  const plan = new WalkPlan(graph);
  const settle = world.alphabet.findIndex(({ op }) => op === 'commitSettle');
  let steps = 0;
  for (let state = 0; plan.next(0) !== null && steps < 100_000; state = 0) {
    for (let operation = plan.next(state); operation !== null; operation = plan.next(state)) {
      const next = graph.successors[state]?.[operation] ?? 0;
      steps++;
      if (operation === settle && next === state) plan.exclude(state, operation);
      else plan.walked(state, operation, next);
      if (operation !== settle || next !== state) state = next;
    }
  }
  expect(plan.covered + plan.excluded).toBe(graph.transitionCount);
  expect(plan.excluded).toBeGreaterThan(0);
  expect(steps).toBeLessThan(2 * graph.transitionCount);
});

test('a step that leads elsewhere than the graph says is reported', () => {
  if (world === undefined) throw new Error('there is no world to tour');
  const plan = new WalkPlan(new TourGraph(world));
  expect(plan.walked(0, 0, null)).toBe(false);
  expect(plan.covered).toBe(1);
});
