/** Shrinking of real failures: what one seed finds comes down to a case as short as any that is known. */
import { describe, expect, test } from 'vitest';
import { mutants } from '../impl/mutants/catalogue.ts';
import { createMutant } from '../impl/mutants/mutant.ts';
import { killAtRandom } from './mutants/random-kill.ts';

/** Signatures, and the fewest operations that are known to show them. */
const known: readonly (readonly [string, string, number])[] = [
  ['no-copy-before-a-write', 'observation-primaryWrite-running-view', 3],
  ['a-failed-copy-counts-as-done', 'outcome-primaryWrite-running-errno-ok', 4],
  ['a-failed-copy-does-not-stop-the-write', 'outcome-primaryWrite-running-errno-ok', 3],
  ['checkpoint-leaves-the-copy-bitmap', 'observation-primaryWrite-running-hidden', 5],
  ['a-checkpoint-in-failover-empties-active', 'observation-checkpoint-failover-active', 5],
  ['a-checkpoint-that-failed-at-active-empties-hidden', 'observation-checkpoint-running-hidden', 5],
  ['a-failed-checkpoint-leaves-the-copy-bitmap', 'observation-primaryWrite-running-view', 6],
  ['a-checkpoint-brings-an-ejected-layer-back', 'outcome-checkpoint-running-error-ok', 4],
  ['commit-of-active-only', 'observation-commitAdvance-failover-stage', 5],
  ['file-stays-active-after-the-commit', 'observation-commitSettle-failover-secondary', 5],
  ['a-failed-commit-loses-what-active-held', 'observation-commitSettle-failover-view', 5],
  [
    'writes-after-a-failed-commit-all-go-to-active',
    'observation-guestWriteZeroes-failoverFailed-secondary',
    5,
  ],
  ['start-is-possible-after-a-failed-failover', 'outcome-start-failoverFailed-error-ok', 5],
  ['a-start-whose-checkpoint-fails-does-not-run', 'observation-start-none-stage', 3],
  ['a-failed-start-frees-the-blocker', 'outcome-start-none-abort-error', 3],
  ['one-bit-of-a-read-is-flipped', 'observation-start-none-view', 2],
  ['a-primary-s-flush-error-is-masked', 'outcome-guestFlush-closed-error-ok', 1],
  ['a-link-never-comes-back', 'outcome-guestFlush-running-ok-errno', 5],
  ['nodes-are-asked-oldest-first', 'observation-stop-none-stage', 4],
  ['a-failover-reports-errors', 'outcome-setReplication-none-ok-error', 2],
  ['mode-numbers-are-swapped', 'outcome-start-none-error-error', 2],
  ['status-before-a-start-is-ok', 'outcome-queryStatus-none-status-status', 2],
  ['checkpoint-clears-the-error', 'observation-checkpoint-running-errorFlag', 4],
  ['close-ends-the-backup-job', 'outcome-close-running-error-ok', 3],
  ['guest-write-in-failover-is-not-committed', 'observation-commitSettle-failover-secondary', 5],
  ['commit-skips-the-last-partial-unit', 'observation-commitSettle-failover-view', 5],
  ['failed-commit-is-rolled-back', 'observation-commitSettle-failover-secondary', 5],
  ['copy-end-is-rounded-down', 'observation-primaryWrite-running-view', 3],
  ['clusters-under-active-are-not-copied', 'observation-primaryWrite-running-hidden', 4],
  ['copies-go-on-after-a-stop', 'observation-primaryWrite-done-hidden', 4],
  ['emptying-keeps-an-unaligned-last-cluster', 'observation-checkpoint-running-view', 4],
  ['ended-backup-job-is-cancelled-again', 'outcome-stop-running-ok-abort', 4],
  ['close-during-failover-uses-freed-memory', 'outcome-close-failover-ok-abort', 4],
  ['split-write-mixes-units', 'observation-guestWrite-failoverFailed-view', 6],
  ['open-asks-for-write-permission', 'outcome-open-closed-ok-error', 1],
  ['emptying-a-read-only-layer-asserts', 'outcome-start-none-ok-abort', 2],
  ['write-past-the-end-is-applied-in-part', 'observation-primaryWriteZeroes-running-hidden', 3],
  ['fill-skips-hidden', 'observation-guestWriteZeroes-done-view', 5],
  ['requests-are-served-before-a-start', 'observation-open-closed-view', 1],
  ['primary-answers-reads', 'observation-start-none-view', 2],
  ['primary-error-is-not-sticky', 'observation-guestWrite-running-errorFlag', 4],
  ['split-write-forgets-hidden', 'observation-guestWriteZeroes-failoverFailed-active', 6],
  ['split-write-asks-once', 'observation-guestWrite-failoverFailed-secondary', 6],
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
