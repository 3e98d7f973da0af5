/** Two systems side by side: what is the same, mended or new, and that git bisect finds the first bad version by it. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fixtureDriver } from '../../impl/driver/testing/fixture-driver.ts';
import { noCompiler } from '../../impl/driver/testing/found-drivers.ts';
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

  test('of which the first has a bug have it mended', async () => {
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

describe.skipIf(noCompiler !== null)('git bisect', () => {
  const repository = join(folder, 'repository');

  function git(...args: readonly string[]): string {
    const name = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', [...name, ...args], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
    return `${stdout}${stderr}`;
  }

  test('finds the first version that is not as good, past one that does not compile', () => {
    spawnSync('git', ['init', '-q', repository]);
    const file = join(repository, 'replication.c');
    const bad = 'if (mode == REPLICATION_MODE_PRIMARY) return;';
    const starts = ['', '/* 1 */', '/* 2 */', 'not C at all', '/* 4 */', bad, `${bad} /* 6 */`];
    const versions = starts.map((start) => fixtureDriver(start));
    for (const [index, text] of versions.entries()) {
      writeFileSync(file, text);
      if (index === 0) copyFileSync(file, join(folder, 'base.c'));
      git('add', '.');
      git('commit', '-qm', `version ${index}`);
    }
    const cli = [process.execPath, resolve('dist/cli/cli.js'), 'compare', '--cases', '64'];
    const sides = ['--base', `driver:${join(folder, 'base.c')}`, '--head', `driver:${file}`];
    const script = join(folder, 'judge.sh');
    const words = [...cli, ...sides, '--failures', join(folder, 'failures')].map((word) => `'${word}'`);
    writeFileSync(script, `#!/bin/sh\ncd '${process.cwd()}' && exec ${words.join(' ')}\n`, { mode: 0o755 });
    git('bisect', 'start', 'HEAD', 'HEAD~6');
    const found = git('bisect', 'run', script);
    expect(found).toMatch(/is the first bad commit[^]*version 5/);
    expect(found).toContain('does not compile');
  }, 300_000);
});
