/** Two systems side by side: what is the same, 'mended' or new. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compareSystems, comparisonText, isAsGood } from './compare.ts';
import { judgedSystem } from './deviation-status.ts';
import { matrixMarkdown, matrixOf, matrixText } from './matrix.ts';

const folder = mkdtempSync(join(tmpdir(), 'colocheck-compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BUG = 'mutant:a-failed-copy-sets-the-error';
const options = { cases: 600, seed: 1, folders: ['traces/saved/deviations'] };

async function compared(base: string, head: string) {
  return compareSystems(await judgedSystem(base), await judgedSystem(head), options, () => {});
}

describe('two systems', () => {
  test('of which both are the same have nothing new', async () => {
    const comparison = await compared(BUG, BUG);
    expect(isAsGood(comparison)).toBe(true);
    expect(comparison.first).toBeNull();
    expect(comparisonText(comparison)).toMatch(/^\d+ the same, 0 mended, 0 new$/);
  });

  test('of which the second has a bug have it as new, shrunk', async () => {
    const comparison = await compared('impl', 'mutant:no-copy-before-a-write');
    expect(isAsGood(comparison)).toBe(false);
    expect(comparison.first?.testCase.operations.length).toBeLessThan(5);
  });

  test('of which the first has a bug have it fixed', async () => {
    const comparison = await compared('mutant:no-copy-before-a-write', 'impl');
    expect(isAsGood(comparison)).toBe(true);
    expect(comparison.compared.filter(({ change }) => change === 'mended').length).toBeGreaterThan(0);
  });
});

test('the matrix has a row for each deviation and a column for each system', async () => {
  const systems = [await judgedSystem('impl'), await judgedSystem('mutant:no-copy-before-a-write')];
  const matrix = await matrixOf(systems, () => {});
  expect(matrix.rows).toHaveLength(27);
  expect(matrix.rows.every(({ statuses: [first] }) => first?.kind === 'deviates')).toBe(true);
  expect(matrix.rows.some(({ statuses: [, second] }) => second?.kind === 'differs')).toBe(true);
  expect(matrixMarkdown(matrix).split('\n')[0]).toBe('| deviation | impl | mutant:no-copy-before-a-write |');
  expect(matrixText(matrix)).toContain('(2) mutant:no-copy-before-a-write');
});
