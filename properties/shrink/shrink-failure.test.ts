/** Shrinking of real failures: what one seed finds comes down to a case as short as any that is known. */
import { describe, expect, test } from 'vitest';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { createMutant } from '../../impl/mutants/mutant.ts';
import type { Operation } from '../../model/operations.ts';
import { fourClusters } from '../../model/testing/scenario.ts';
import type { Case } from '../cases/case.ts';
import type { Divergence, LostSystem } from '../comparison/divergence.ts';
import { openSubject } from '../subjects/subjects.ts';
import { shrinkFailure } from './shrink-failure.ts';
import type { AsyncSubject, SyncSubject } from '../subjects/subject.ts';
import { killAtRandom } from '../kill-matrix/random-kill.ts';

/** Signatures, and the fewest operations that are known to show them. */
const known: readonly (readonly [string, string, number])[] = [
  ['no-copy-before-a-write', 'observation-primaryWrite-running-view', 3],
  ['a-checkpoint-brings-an-ejected-layer-back', 'outcome-checkpoint-running-error-ok', 4],
  ['commit-of-active-only', 'observation-commitAdvance-failover-view', 5],
  ['a-failed-start-frees-the-blocker', 'outcome-start-none-abort-error', 3],
  ['a-primary-s-flush-error-is-masked', 'outcome-guestFlush-closed-error-ok', 1],
  ['a-link-never-comes-back', 'observation-guestWrite-running-secondary', 6],
  ['nodes-are-asked-oldest-first', 'observation-start-none-stage', 3],
  ['a-failover-reports-errors', 'outcome-setReplication-failoverFailed-ok-error', 5],
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

/** Dropping operations and lowering numbers sticks here: a search of small hosts finds the shortest. */
const searched: readonly (readonly [string, number, string, number])[] = [
  ['checkpoint-leaves-the-copy-bitmap', 10, 'observation-primaryWriteZeroes-running-view', 5],
  ['a-failed-checkpoint-leaves-the-copy-bitmap', 8, 'observation-primaryWrite-running-hidden', 6],
  ['status-when-done-is-not-running', 6, 'outcome-getError-done-error-error', 4],
  ['nodes-are-asked-oldest-first', 14, 'outcome-start-none-error-error', 3],
  ['commit-of-clean-units', 5, 'observation-commitSettle-failover-view', 5],
  ['commit-prefers-hidden', 3, 'observation-commitAdvance-failover-secondary', 6],
  ['commit-skips-the-last-partial-unit', 18, 'observation-commitAdvance-failover-view', 5],
  ['split-write-goes-on-after-an-error', 3, 'observation-guestWrite-failoverFailed-view', 5],
  ['split-write-goes-on-after-an-error', 2, 'observation-guestWrite-failoverFailed-view', 5],
];

test.each(searched)(
  'a failure of %s of seed %i keeps the signature %s and shrinks to %i operations',
  async (name, seed, signature, length) => {
    const mutant = mutants.find((one) => one.name === name);
    if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
    const kill = await killAtRandom(createMutant(mutant), seed, Infinity);
    expect(kill).toMatchObject({ target: { signature }, shrunkLength: length });
  },
);

describe('whatever the subject', () => {
  const sound = openSubject('impl');
  if (sound.kind !== 'sync') throw new Error('it runs in this process');
  const { states: _, ...withoutStates } = sound.system;
  const blind: SyncSubject = { ...sound, system: { ...withoutStates, name: 'blind' } };
  const lost = (how: LostSystem['how'], index: number): Divergence => ({
    kind: 'lost',
    how,
    detail: 'gone',
    index,
    operation: { op: 'getError' },
    stage: 'closed',
  });
  const many: readonly Operation[] = Array.from({ length: 60 }, () => ({ op: 'getError' }));
  const failing: Case = { setup: { nodes: [fourClusters] }, operations: many };

  test.each([
    ['hang', 24],
    ['crash', 1000],
  ] as const)('a %s of a process is shrunk by at most %i cases', async (how, candidates) => {
    const judge = (testCase: Case): Divergence | null =>
      testCase.operations.length === 60 ? lost(how, 59) : null;
    const far: AsyncSubject = {
      kind: 'async',
      name: 'far',
      option: 'far',
      comparison: 'qemu',
      capabilities: sound.capabilities,
      accepts: () => true,
      shutdown: () => Promise.resolve(),
      judge: (testCase) => Promise.resolve(judge(testCase)),
    };
    expect(await shrinkFailure(far, failing, lost(how, 59))).toMatchObject({
      candidates,
      complete: false,
      thoroughness: 'halving',
      minimal: { operations: many },
    });
    const near = await shrinkFailure({ ...blind, judge }, failing, lost(how, 59));
    expect(near).toMatchObject({ complete: true, thoroughness: 'every', minimal: { operations: many } });
    expect(near.candidates).toBeGreaterThan(1000);
  });

  test('what follows the failure is cut off at once, unless it takes part', async () => {
    const lengths: number[] = [];
    const subject = (least: number): SyncSubject => ({
      ...blind,
      judge: ({ operations: { length } }) => {
        lengths.push(length);
        return length >= least ? lost('crash', Math.min(9, length - 1)) : null;
      },
    });
    const shrunk = await shrinkFailure(subject(1), failing, lost('crash', 9));
    expect(lengths.slice(0, 2)).toEqual([10, 5]);
    expect(shrunk).toMatchObject({ minimal: { operations: many.slice(0, 1) }, divergence: { index: 0 } });
    lengths.splice(0);
    const whole = await shrinkFailure(subject(20), failing, lost('crash', 9));
    expect(lengths.slice(0, 2)).toEqual([10, 30]);
    expect(whole.minimal.operations).toHaveLength(20);
  });

  test('a failure of another signature is no simpler form of it', async () => {
    const subject: SyncSubject = {
      ...blind,
      judge: ({ operations: { length } }) => lost(length > 3 ? 'crash' : 'hang', length - 1),
    };
    const { minimal, divergence } = await shrinkFailure(subject, failing, lost('crash', 59));
    expect(minimal.operations).toHaveLength(4);
    expect(divergence).toEqual(lost('crash', 3));
  });
});
