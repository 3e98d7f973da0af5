/** No test depends on chance: each seed is written down, and a campaign that would draw one fails in tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { check } from '../campaign/check-system.ts';
import { Secondary } from '../../impl/examples/secondary.ts';
import { freshSeed } from './campaign-seeds.ts';
import { UsageError } from './usage-error.ts';

const root = join(import.meta.dirname, '../..');
const tests = ['model', 'impl', 'properties', 'traces', 'cli'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((name) => join(room, name))
    .filter((path) => path.endsWith('.test.ts') || /\/testing\/.*\.ts$/.test(path)),
);

/** The calls of fast-check that draw cases, each whole. */
function drawing(text: string): string[] {
  return [...text.matchAll(/\bfc\.(assert|check|sample)\(/g)].map(({ index }) => {
    let depth = 0;
    for (let end = text.indexOf('(', index); end < text.length; end++) {
      if (text[end] === '(') depth++;
      if (text[end] === ')' && --depth === 0) return text.slice(index, end + 1);
    }
    return text.slice(index);
  });
}

const namesSeed = (call: string): boolean => /\bseed\b/.test(call);

test('fast-check is given a seed wherever it draws', () => {
  const seedless = 'fc.assert(fc.property(a, (b) => f(b)), { numRuns: 3 }); const seed = 1;';
  expect(drawing(seedless).map(namesSeed)).toEqual([false]);
  expect(drawing(seedless.replace('3', '3, seed: 1')).map(namesSeed)).toEqual([true]);
  const calls = tests.flatMap((path) =>
    drawing(readFileSync(join(root, path), 'utf8')).map((call) => ({ path, call })),
  );
  expect(calls.length).toBeGreaterThan(10);
  expect(calls.filter(({ path, call }) => !import.meta.filename.endsWith(path) && !namesSeed(call))).toEqual(
    [],
  );
});

test('a campaign without a seed is refused here, and draws one elsewhere', async () => {
  await expect(check(new Secondary(), { cases: 1 })).rejects.toThrow(UsageError);
  delete process.env['COLOCHECK_SEEDS_FIXED'];
  try {
    expect(new Set([freshSeed(), freshSeed(), freshSeed()]).size).toBe(3);
  } finally {
    process.env['COLOCHECK_SEEDS_FIXED'] = '1';
  }
});
