/** The command line from outside: exit codes, one clear line for what is wrong, and what a campaign leaves behind. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonToSkip } from '../impl/qemu/testing/qemu-required.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

const root = join(import.meta.dirname, '..');
const trace = 'traces/saved/regressions/copy-covers-whole-unit.json';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function colocheck(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['dist/cli/cli.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

describe('verify', () => {
  test('agrees on the efficient implementation on less than a screen, and shows the table where asked', () => {
    const { status, stdout } = colocheck('verify', '--cases', '300', '--seed', '1');
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    expect(stdout).not.toContain('secondary mode');
    const job = ['verify', '--cases', '300', '--seed', '1', '--no-recorded', '--coverage'];
    expect(colocheck(...job).stdout).toContain('secondary mode');
    expect(stdout).toContain('impl and the model agree');
    expect(stdout).toMatch(/300 cases, \d+ operations checked/);
  });

  test('prints JSON alone with --json', () => {
    const { status, stdout } = colocheck('verify', '--cases', '50', '--seed', '1', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ system: 'impl', seed: 1, cases: 50, findings: [] });
  });

  test('ends with its summary on Ctrl-C', async () => {
    const args = ['dist/cli/cli.js', 'verify', '--minutes', '5', '--seed', '1'];
    const child = spawn(process.execPath, args, { cwd: root });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    // The first progress line shows that the campaign runs.
    await new Promise((resolve) => child.stderr.once('data', resolve));
    child.kill('SIGINT');
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(stdout).toContain('ended by interrupted');
    expect(status).toBe(4);
  });
});

describe('verify --require-coverage', () => {
  test('fails where a cell that can be reached was not, and names it', () => {
    const { status, stdout } = colocheck('verify', '--cases', '20', '--seed', '1', '--require-coverage');
    expect(status).toBe(1);
    expect(stdout).toMatch(/of the \d+ cells and of the branches of replication\.c were not reached:/);
    expect(stdout).toContain('impl and the model agree');
  });
});

describe('explain', () => {
  test('lists cells and traces of a line, and why a line is never taken', () => {
    const taken = colocheck('explain', '568');
    expect(taken.status).toBe(0);
    expect(taken.stdout).toContain('secondary start in none: process dies: startAfterFailedStart');
    expect(taken.stdout).toContain('traces/saved/deviations/second-start-kills-the-process.json');
    expect(colocheck('explain', '326').stdout).toContain('is never taken: it always can with sync mode none');
  });

  test('lists the lines that a trace exercises', () => {
    const { status, stdout } = colocheck('explain', 'traces/saved/deviations/failed-start-runs.json');
    expect(status).toBe(0);
    expect(stdout).toContain('replication.c:336-339: active cannot be emptied');
  });

  test('refuses what is neither', () => {
    expect(colocheck('explain', '9999')).toMatchObject({ status: 2 });
    expect(colocheck('explain', '9999').stderr).toContain('replication.c has lines 1 to 776');
    expect(colocheck('explain', 'none.json').status).toBe(2);
  });
});

describe('export', () => {
  test('prints the script, or writes it', () => {
    const printed = colocheck('export', 'traces/saved/deviations/failed-start-runs.json', '--qmp');
    expect(printed.status).toBe(0);
    expect(printed.stdout).toContain('#!/usr/bin/env python3');
    const out = join(folder, 'x.py');
    expect(
      colocheck('export', 'traces/saved/deviations/failed-start-runs.json', '--qmp', '--out', out).status,
    ).toBe(0);
    expect(readFileSync(out, 'utf8').trimEnd()).toBe(printed.stdout.trimEnd());
  });

  test('prints the Informal Trace Format, or writes it', () => {
    const printed = colocheck('export', 'traces/saved/regressions/copy-covers-whole-unit.json', '--itf');
    expect(printed.status).toBe(0);
    const out = join(folder, 'x.itf.json');
    const { status } = colocheck(
      'export',
      'traces/saved/regressions/copy-covers-whole-unit.json',
      '--itf',
      '--out',
      out,
    );
    expect(status).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(printed.stdout);
    expect(JSON.parse(printed.stdout)).toMatchObject({ '#meta': { format: 'ITF' } });
  });

  test('refuses no format, two formats, and a place that cannot be written', () => {
    const path = 'traces/saved/regressions/copy-covers-whole-unit.json';
    expect(colocheck('export', path)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^colocheck: export needs one of --qmp .*, --itf .*, --unit or --iotest .*\n$/,
      ),
    });
    expect(colocheck('export', path, '--qmp', '--itf')).toMatchObject({
      status: 2,
      stderr: "error: option '--itf' cannot be used with option '--qmp'\n",
    });
    expect(colocheck('export', path, '--itf', '--out', join(folder, 'none', 'x'))).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^colocheck: cannot write .*Name a folder that can be written\.\n$/),
    });
  });

  test('refuses what QEMU cannot be asked, in one line', () => {
    const { status, stderr } = colocheck('export', 'traces/saved/unreachable/lost-commit-job.json', '--qmp');
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('verify on the real QEMU', () => {
  test('ends with its summary when its whole process group gets Ctrl-C', async () => {
    const words = ['verify', '--system', 'qemu', '--minutes', '5', '--seed', '1', '--no-recorded'];
    const child = spawn(process.execPath, ['dist/cli/cli.js', ...words], { cwd: root, detached: true });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    // Before a case was checked there is nothing to agree on.
    await vi.waitFor(() => expect(stderr).toMatch(/^[1-9]\d* cases/m), { timeout: 60_000 });
    process.kill(-(child.pid ?? 0), 'SIGINT');
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect(stdout).toContain('ended by interrupted');
    expect(stdout).toContain('qemu and the model agree');
    expect(status).toBe(4);
  });
});

describe('what is typed wrong ends with 2 and one line', () => {
  test.each([
    [['verify', '--fast'], "error: unknown option '--fast'"],
    [['verfy'], "error: unknown command 'verfy'"],
    [['verify', '--system', 'xen'], 'Use impl, qemu, mutant:NAME (npm run mutants -- --list), module:FILE'],
    [['verify', '--system', 'mutant:commit-skip-zeroes'], 'did you mean mutant:commit-skips-zeroes?'],
    [['explore', 'two-cluster'], 'did you mean two-clusters or three-clusters?'],
    [['mutants', 'commit-skip-zeroes'], 'did you mean commit-skips-zeroes?'],
    [['verify', '--geometry', 'smal'], 'did you mean small?'],
    [['verify', '--cases', '-3'], 'Must be a whole number'],
    [['verify', '--minutes', '0'], 'Must be a number above 0'],
    [['verify', '--operations', '0'], 'a case needs at least one operation'],
    [
      ['verify', '--geometry', 'length=0,sector=8,active=2,hidden=2,copy=2,commit=2'],
      'lengthSectors is 0: must be a whole number above 0',
    ],
    [
      ['verify', '--geometry', 'length=8,sector=6,active=2,hidden=2,copy=2,commit=2'],
      'sectorBytes is 6: must be a multiple of 4',
    ],
    [
      ['verify', '--geometry', 'length=8,sector=8,active=2,hidden=2,copy=3,commit=2'],
      'copyUnitSectors is 3: must be a multiple of hiddenClusterSectors (2)',
    ],
    [
      ['verify', '--geometry', 'length=99999999999,sector=8,active=2,hidden=2,copy=2,commit=2'],
      'lengthSectors is 99999999999: at most',
    ],
    [
      ['verify', '--geometry', 'length=65536,sector=65536,active=2,hidden=2,copy=2,commit=2'],
      'a disk of 65536 sectors of 65536 bytes: at most 67108864 bytes',
    ],
    [['verify', '--geometry', 'tiny'], "--geometry has no 'tiny'"],
    [['verify', '--geometry', 'length=8'], 'sectorBytes is missing'],
    [['replay'], "error: missing required argument 'trace'"],
    [['replay', 'none.json'], 'cannot read none.json'],
    [['replay', 'package.json'], 'package.json: is no colocheck trace'],
  ])('%j', (args, message) => {
    const { status, stderr, stdout } = colocheck(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(2);
    expect(stdout).not.toContain('agree');
  });
});

describe('what is missing ends with 3', () => {
  test.each([
    ['verify', '--cases', '1'],
    ['replay', trace],
  ])('%s with a QEMU that is not there', (...args) => {
    const { status, stderr } = colocheck(...args, '--system', 'qemu', '--qemu', '/none/qemu-system-x86_64');
    expect(stderr).toMatch(/^colocheck: .*\/none\/qemu-system-x86_64.*\n$/);
    expect(stderr).toContain('apt-get install');
    expect(status).toBe(3);
  });

  test('a binary that is no QEMU', () => {
    const { status, stderr } = colocheck('replay', trace, '--system', 'qemu', '--qemu', '/bin/true');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(3);
  });
});

describe('replay', () => {
  test('ends with 0 where the trace agrees', () => {
    const { status, stdout } = colocheck('replay', trace);
    expect(stdout).toContain('agree in all');
    expect(status).toBe(0);
  });

  test('ends with 2 on a truncated trace, which stays as it was', () => {
    const path = join(folder, 'cut.json');
    writeFileSync(path, '{ "format": "colocheck-trace", ');
    const { status, stderr } = colocheck('replay', path);
    expect(stderr).toMatch(/^colocheck: .*cut\.json: is not JSON .*line 1, column 32.*\n$/);
    expect(status).toBe(2);
    expect(readdirSync(folder).filter((name) => name.startsWith('cut'))).toEqual(['cut.json']);
  });
});
