/** Shrinking of real failures: what one seed finds comes down to a case as short as any that is known. */
import { describe, expect, test } from 'vitest';
import { mutants } from '../impl/mutants/catalogue.ts';
import { createMutant } from '../impl/mutants/mutant.ts';
import { killAtRandom } from './mutants/random-kill.ts';

/** Signatures, and the fewest operations that are known to show them. */
const known: readonly (readonly [string, string, number])[] = [
  ['no-copy-before-a-write', 'observation-primaryWrite-running-view', 3],
  ['a-checkpoint-brings-an-ejected-layer-back', 'outcome-checkpoint-running-error-ok', 4],
  ['commit-of-active-only', 'observation-commitAdvance-failover-stage', 5],
  ['a-failed-start-frees-the-blocker', 'outcome-start-none-abort-error', 3],
  ['a-primary-s-flush-error-is-masked', 'outcome-guestFlush-closed-error-ok', 1],
  ['a-link-never-comes-back', 'outcome-guestFlush-running-ok-errno', 5],
  ['nodes-are-asked-oldest-first', 'observation-stop-none-stage', 4],
  ['a-failover-reports-errors', 'outcome-setReplication-none-ok-error', 2],
  ['commit-skips-the-last-partial-unit', 'observation-commitSettle-failover-view', 5],
  ['copies-go-on-after-a-stop', 'observation-primaryWrite-done-hidden', 4],
  ['emptying-keeps-an-unaligned-last-cluster', 'observation-checkpoint-running-view', 4],
  ['split-write-mixes-units', 'observation-guestWrite-failoverFailed-view', 6],
  ['open-asks-for-write-permission', 'outcome-open-closed-ok-error', 1],
];

describe('a failure of seed 1', () => {
  test.each(known)(
    'of %s keeps the signature %s and shrinks to %i operations',
    async (name, signature, length) => {
      const mutant = mutants.find((one) => one.name === name);
      if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
      const kill = await killAtRandom(createMutant(mutant), 1, Infinity);
      expect(kill).toMatchObject({ target: { signature }, shrunkLength: length });
    },
  );
});

test('a failure that only a plain host shows shortest is found there after the broken ones took too long', async () => {
  const mutant = mutants.find(({ name }) => name === 'a-failed-checkpoint-leaves-the-copy-bitmap');
  if (mutant === undefined) throw new Error('there is no such mutant');
  const kill = await killAtRandom(createMutant(mutant), 8, Infinity);
  expect(kill).toMatchObject({
    target: { signature: 'observation-primaryWrite-running-hidden' },
    shrunkLength: 6,
  });
});
