/** The rules of the linter really bite: each fixture is linted where its room would be. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const linter = join(root, 'node_modules/.bin/oxlint');

const resultSchema = z.object({
  diagnostics: z.array(
    z.object({
      filename: z.string(),
      code: z.string(),
      severity: z.string(),
      message: z.string(),
      help: z.string().nullish(),
    }),
  ),
});
type Diagnostic = z.infer<typeof resultSchema>['diagnostics'][number];

let copy = '';
let diagnostics: readonly Diagnostic[] = [];

/** The type-aware rules need the compiler's settings and the packages where the tree has them. */
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'colocheck-boundaries-'));
  cpSync(join(root, 'properties/fixtures'), copy, { recursive: true });
  for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
    cpSync(join(root, name), join(copy, name));
  for (const name of ['model/vocabulary.ts', 'model/operations.ts', 'impl/payload.ts', 'impl/system.ts']) {
    cpSync(join(root, name), join(copy, name));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  // A test file among the fixtures would be run as a test.
  cpSync(join(copy, 'model/reads-a-system.ts'), join(copy, 'model/reads-a-system.test.ts'));
  mkdirSync(join(copy, 'traces'));
  writeFileSync(
    join(copy, 'traces/long-file.ts'),
    lines(301, (line) => `export const line${line} = ${line};`),
  );
  writeFileSync(
    join(copy, 'traces/whole-file.ts'),
    lines(300, (line) => `export const line${line} = ${line};`),
  );
  writeFileSync(join(copy, 'traces/long-function.ts'), `${functionOf(61)}${functionOf(60)}`);
  const { stdout } = spawnSync(
    linter,
    ['--type-aware', '--format=json', 'model', 'impl', 'properties', 'traces'],
    { cwd: copy, encoding: 'utf8' },
  );
  ({ diagnostics } = resultSchema.parse(JSON.parse(stdout)));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function lines(count: number, line: (number: number) => string): string {
  return `${Array.from({ length: count }, (_, index) => line(index + 1)).join('\n')}\n`;
}

/** Four lines beside its sums. */
function functionOf(lineCount: number): string {
  const sums = lines(lineCount - 4, (line) => `  sum += ${line};`);
  return `export function sum${lineCount}(): number {\n  let sum = 0;\n${sums}  return sum;\n}\n`;
}

const imports = 'eslint(no-restricted-imports)';
const modelAlone = 'The model depends on nothing but itself';
const wordsOnly = 'A system under test shares vocabulary and operations with the model and nothing else';
const fromSearchToSystems = 'Arrows point from the search to the systems';
const noClock = 'No clock may decide anything';

describe('the linter', () => {
  test.each([
    ['model/reads-a-system.ts', imports, modelAlone],
    ['model/reads-a-system-by-a-detour.ts', imports, modelAlone],
    ['model/loads-a-system-later.ts', imports, modelAlone],
    ['model/reads-the-search.ts', imports, modelAlone],
    ['model/reads-a-package.ts', imports, modelAlone],
    ['model/reads-node.ts', imports, modelAlone],
    ['model/reads-a-system.test.ts', imports, 'The tests of the model look at nothing but the model'],
    ['impl/reads-the-model.ts', imports, wordsOnly],
    ['impl/nested/reads-the-model.ts', imports, wordsOnly],
    ['impl/reads-the-search.ts', imports, fromSearchToSystems],
    ['impl/reads-traces.ts', imports, fromSearchToSystems],
    ['properties/reads-traces.ts', imports, 'Arrows point from traces to the search'],
    [
      'properties/rolls-dice.ts',
      'eslint(no-restricted-properties)',
      "Randomness comes from the campaign's seed",
    ],
    ['properties/rolls-dice.ts', 'eslint(no-restricted-properties)', noClock],
    ['properties/reads-the-calendar.ts', 'eslint(no-restricted-globals)', noClock],
    ['properties/reads-the-calendar.ts', 'eslint(no-restricted-properties)', noClock],
    ['properties/accepts-anything.ts', 'typescript(no-explicit-any)', 'Unexpected `any`'],
    ['properties/silences-the-compiler.ts', 'typescript(consistent-type-assertions)', 'type assertions'],
    ['properties/silences-the-compiler.ts', 'typescript(no-non-null-assertion)', 'non-null assertion'],
    ['properties/forgets-a-promise.ts', 'typescript(no-floating-promises)', 'Promises must be awaited'],
    [
      'properties/forgets-a-case.ts',
      'typescript(switch-exhaustiveness-check)',
      'Cases not matched: "secondary"',
    ],
    ['properties/imports-a-type-as-a-value.ts', 'typescript(consistent-type-imports)', 'Use `import type`'],
    ['properties/goes-in-a-circle.ts', 'import(no-cycle)', 'Dependency cycle'],
    ['traces/long-file.ts', 'eslint(max-lines)', 'too many lines (301)'],
    ['traces/long-function.ts', 'eslint(max-lines-per-function)', '`sum61` has too many lines (61)'],
  ])('refuses %s by %s: %s', (filename, code, text) => {
    const found = diagnostics.filter(
      (diagnostic) => diagnostic.filename === filename && diagnostic.code === code,
    );
    expect(found.map(({ message, help }) => `${message} ${help ?? ''}`).join('\n')).toContain(text);
    expect(found.map(({ severity }) => severity)).not.toContain('warning');
  });

  test.each([
    'impl/reads-the-vocabulary.ts',
    'impl/reads-the-operations.ts',
    'properties/asserts-a-constant.ts',
    'traces/whole-file.ts',
  ])('lets %s pass', (filename) => {
    expect(diagnostics.filter((diagnostic) => diagnostic.filename === filename)).toEqual([]);
  });

  test('counts the lines of a function to its last: 60 pass', () => {
    const found = diagnostics.filter(({ filename }) => filename === 'traces/long-function.ts');
    expect(found).toHaveLength(1);
  });

  test('ends with 1 where it refuses and with 0 where it does not', () => {
    const status = (file: string): number | null => spawnSync(linter, [file], { cwd: copy }).status;
    expect(status('impl/reads-the-model.ts')).toBe(1);
    expect(status('impl/reads-the-vocabulary.ts')).toBe(0);
  });

  test('does not look at the fixtures where they are kept', () => {
    const { stdout, status } = spawnSync(linter, ['--type-aware', 'properties/fixtures'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stdout).toContain('No files found to lint');
    expect(status).toBe(1);
  });
});
