/** Names that were probably meant. */
import { expect, test } from 'vitest';
import { didYouMean, nearestNames } from './nearest-names.ts';

const names = ['impl', 'qemu', 'mutant:commit-skips-zeroes', 'mutant:commit-prefers-hidden', 'two-clusters'];

test.each([
  ['imp', ['impl']],
  ['qemo', ['qemu']],
  ['Two-Cluster', ['two-clusters']],
  ['mutant:commit-skip-zeros', ['mutant:commit-skips-zeroes']],
  ['commit', ['mutant:commit-skips-zeroes', 'mutant:commit-prefers-hidden']],
  ['xen', []],
  ['', []],
])('%s', (given, near) => {
  expect(nearestNames(given, names)).toEqual(near);
});

test('are asked for in a sentence, and nothing is said where none is near', () => {
  expect(didYouMean('commit', names)).toBe(
    ', did you mean mutant:commit-skips-zeroes or mutant:commit-prefers-hidden?',
  );
  expect(didYouMean('something else', names)).toBe('');
});
