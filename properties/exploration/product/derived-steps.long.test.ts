import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { NO_CONTENT } from '../../../impl/state-access.ts';
import { step } from '../../../model/step.ts';
import { sameOutcome } from '../../comparison/comparison.ts';
import { contentOf, DerivedSteps, observationOf, observeAll } from './derived-steps.ts';
import type { DerivedStep } from './derived-steps.ts';
import { chooseWorlds } from '../explore-command.ts';
import { enumerate } from '../worlds/plain-enumeration.ts';
import { templatesOf } from '../worlds/world.ts';

describe('derived steps', () => {
  test.each(['primary', 'wrong-top-id', 'step-by-step', 'joined-commits', 'exchangeable-clusters'])(
    'say on every transition of %s what the readable model says',
    (name) => {
      const [world] = chooseWorlds([name]);
      if (world === undefined) throw new Error(name);
      const derived = new DerivedSteps(world.setup, world.alphabet);
      const known = new Map<string, DerivedStep>();
      const numbers = new Int32Array(derived.layout.length);
      const after = new Int32Array(derived.layout.length);
      let wrong = 0;
      for (const { host } of enumerate(world).states) {
        derived.model.write(host, numbers);
        const content = derived.contentPlaces.map((place) => numbers[place] ?? NO_CONTENT);
        const skeleton = numbers.slice();
        for (const [index, place] of derived.contentPlaces.entries())
          skeleton[place] = content[index] === 0 ? 0 : 1;
        const observed = derived.observations(skeleton).map((node) => observationOf(node, content));
        if (!isDeepStrictEqual(observed, observeAll(host))) wrong++;
        for (const { operation, number, written } of templatesOf(world)) {
          const key = `${number} ${skeleton.join(' ')}`;
          const derivedStep = known.get(key) ?? derived.derive(skeleton, operation);
          known.set(key, derivedStep);
          const next = step(host, operation);
          derived.model.write(next.host, after);
          const expected = content.slice();
          for (let move = 0; move < derivedStep.moves.length; move += 2) {
            expected[derivedStep.moves[move] ?? 0] = contentOf(
              derivedStep.moves[move + 1] ?? 0,
              content,
              written,
            );
          }
          const isPlainRight = derivedStep.skeleton.every(
            (value, place) =>
              place >= derived.lawsAt || derived.contentPlaces.includes(place) || value === after[place],
          );
          const isContentRight = derived.contentPlaces.every(
            (place, index) => after[place] === expected[index],
          );
          const isAnswerRight =
            next.outcome.kind === 'data' || sameOutcome(derivedStep.outcome, next.outcome);
          if (!isPlainRight || !isContentRight || !isAnswerRight) wrong++;
        }
      }
      expect(wrong).toBe(0);
      expect(known.size).toBeGreaterThan(0);
    },
  );
});
