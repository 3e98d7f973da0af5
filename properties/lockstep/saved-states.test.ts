/** A saved state that is taken back is the same state: what follows it answers and shows the same, however it got there. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import type { System } from '../../impl/system.ts';
import type { Operation } from '../../model/operations.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import type { Case } from '../cases/case.ts';
import { everything } from '../cases/full-capabilities.ts';
import { parseGeometry } from '../cases/geometry-option.ts';

interface Seen {
  readonly states: readonly Int32Array[];
  readonly answers: readonly string[];
}

/** What each operation answers and shows, and the states before the first one and after each. */
function play(system: System, operations: readonly Operation[], length: number): Seen {
  const save = (): Int32Array => {
    const into = new Int32Array(length).fill(-77);
    system.states?.save(into);
    return into;
  };
  const states = [save()];
  const answers = operations.map((operation) => {
    const outcome = system.apply(operation);
    states.push(save());
    return JSON.stringify([outcome, system.observe()]);
  });
  return { states, answers };
}

/** A commit whose requests join units has no saved state: the search has no such world. */
const { joinsCommitUnits: _, ...capabilities } = everything;

function drawn(sizes: string, numRuns: number): readonly Case[] {
  const geometry = parseGeometry(sizes, capabilities);
  const arbitrary = caseArbitrary({ capabilities, geometry, operationsMax: 40 });
  return fc.sample(arbitrary, { numRuns, seed: 3 });
}

test.each([
  'length=3,sector=4,active=1,hidden=1,copy=1,commit=1',
  'length=8,sector=4,active=2,hidden=2,copy=2,commit=3',
  'length=7,sector=8,active=3,hidden=1,copy=2,commit=4',
])('on disks of %s', (sizes) => {
  let jumps = 0;
  for (const { setup, operations } of drawn(sizes, 60)) {
    const system = createEfficientSystem();
    system.load(setup);
    const { states } = system;
    if (states === undefined) throw new Error('it has no states');
    const { length } = states.layout(operations);
    const first = play(system, operations, length);
    // Forward and back, from whatever state the jump before led to.
    for (let step = 0; step < operations.length; step++) {
      const at = (step * 7 + 3) % operations.length;
      const from = first.states[at];
      if (from === undefined) continue;
      // What is taken back may replace a state that nobody has saved.
      for (const operation of operations.slice(step, step + 2)) system.apply(operation);
      states.restore(from);
      const rest = operations.slice(at, at + 4);
      const again = play(system, rest, length);
      expect(again.answers).toEqual(first.answers.slice(at, at + 4));
      expect(again.states).toEqual(first.states.slice(at, at + rest.length + 1));
      jumps++;
    }
  }
  expect(jumps).toBeGreaterThan(500);
});
