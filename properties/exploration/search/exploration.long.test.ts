/** The exhaustive search of worlds that take long. */
import { describe, expect, test } from 'vitest';
import { createEfficientSystem } from '../../../impl/efficient/efficient-system.ts';
import { readTrace } from '../../../traces/format/trace-file.ts';
import { golden, named, whole, worldsThatAre } from '../testing/known-worlds.ts';
import { enumerate } from '../worlds/plain-enumeration.ts';
import { explore } from './exploration.ts';

describe('exhaustive search: whole worlds', () => {
  test.each(worldsThatAre(false))(
    '%s is explored completely, with the known counts and the known witnesses',
    async (name, world) => {
      const result = await explore(world, createEfficientSystem(), whole);
      expect(result.counterexample).toBeNull();
      expect(result.ended).toBe('complete');
      expect([result.states, result.transitions, result.depth]).toEqual(golden[name]);
      for (const [goal, witness] of result.witnesses) {
        const saved = readTrace(`traces/saved/witnesses/${goal}.json`);
        expect(witness?.operations.length, goal).toBeGreaterThanOrEqual(saved.operations.length);
      }
    },
    240_000,
  );
});

test('a plain depth-first enumeration of two-disks without symmetry comes to the same', async () => {
  const world = named('two-disks');
  const plain = enumerate(world);
  const { states, transitions } = await explore(world, createEfficientSystem(), {
    ...whole,
    reduction: 'unreduced',
  });
  expect([states, transitions]).toEqual([plain.states.length, plain.transitions]);
});
