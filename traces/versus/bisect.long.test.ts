/** git bisect finds the first version of a C driver that is not as good, by comparing it with the base. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fixtureDriver } from '../../impl/driver/testing/fixture-driver.ts';
import { noCompiler } from '../../impl/driver/testing/found-drivers.ts';

const folder = mkdtempSync(join(tmpdir(), 'colocheck-bisect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
