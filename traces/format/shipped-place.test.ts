/** Recorded traces are found from elsewhere, and nothing else is taken for one of them. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedPlace } from './shipped-place.ts';

const recorded = 'traces/saved/deviations/failed-start-runs.json';

test('a recorded trace is found where one works, and from elsewhere', () => {
  expect(shippedPlace(recorded)).toBe(recorded);
  const here = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-elsewhere-'));
  process.chdir(folder);
  try {
    const found = shippedPlace(recorded);
    expect([existsSync(recorded), existsSync(found)]).toEqual([false, true]);
    expect(found.endsWith(recorded)).toBe(true);
    for (const path of ['traces/saved/none.json', 'x.json']) expect(shippedPlace(path)).toBe(path);
  } finally {
    process.chdir(here);
    rmSync(folder, { recursive: true });
  }
});
