/** The rules that keep the rooms apart really bite: each fixture is linted where its room would be. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'colocheck-boundaries-'));
  cpSync(join(root, 'properties/fixtures'), copy, { recursive: true });
  cpSync(join(root, '.oxlintrc.json'), join(copy, '.oxlintrc.json'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function lint(file: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/oxlint'), [file], {
    cwd: copy,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('the linter', () => {
  test.each([
    ['impl/reads-the-model.ts', 'shares the vocabulary with the model and nothing else'],
    ['model/reads-a-system.ts', 'The model depends on nothing but itself'],
    ['model/reads-a-package.ts', 'The model depends on nothing but itself'],
    ['properties/reads-traces.ts', 'Arrows point from traces to the search'],
    ['properties/rolls-dice.ts', "Randomness comes from the campaign's seed"],
    ['properties/rolls-dice.ts', 'No clock may decide anything'],
  ])('refuses %s: %s', (file, message) => {
    const { status, output } = lint(file);
    expect(output).toContain(message);
    expect(status).toBe(1);
  });

  test('lets a system import the vocabulary', () => {
    expect(lint('impl/reads-the-vocabulary.ts')).toMatchObject({ status: 0 });
  });
});
