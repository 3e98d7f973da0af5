/** Every command tells continuous integration what it checked. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'colocheck-checks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name) => name === 'testcase',
});

function run(command: string, environment: Record<string, string> = {}) {
  const junit = join(folder, 'junit.xml');
  rmSync(junit, { force: true });
  const args = ['--import', 'tsx', 'cli.ts', ...command.split(' '), '--junit', junit];
  const env = { ...process.env, GITHUB_ACTIONS: '', ...environment };
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env });
  const xml = existsSync(junit) ? readFileSync(junit, 'utf8') : '';
  return {
    status,
    stderr,
    stdout,
    isSound: xml !== '' && XMLValidator.validate(xml) === true,
    suite: parser.parse(xml).testsuites,
  };
}

const failing = `--system mutant:no-copy-before-a-write --failures ${folder}`;
const trace = 'traces/regressions/copy-before-write-hides-primary-write.json';

test.each([
  ['verify --cases 50 --seed 1 --no-replay', 1],
  ['explore primary', 1],
  ['mutants status-is-a-qmp-error --seeds 1', 2],
  [`replay ${trace}`, 1],
])('%s: passes', (command, tests) => {
  const { status, isSound, suite } = run(command);
  expect(status).toBe(0);
  expect(isSound).toBe(true);
  expect(suite).toMatchObject({ tests: String(tests), failures: '0' });
});

test.each([
  `verify --cases 50 --seed 1 --max-failures 1 ${failing}`,
  `explore two-clusters ${failing}`,
  `replay ${trace} --system mutant:no-copy-before-a-write`,
])('%s: names the failure and its trace, and tells GitHub', (command) => {
  const summary = join(folder, 'summary.md');
  rmSync(summary, { force: true });
  const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const { status, isSound, suite, stderr } = run(command, github);
  expect(status).toBe(1);
  expect(isSound).toBe(true);
  expect(suite.failures).toBe('1');
  const [found] = suite.testsuite.testcase.filter((one: object) => 'failure' in one);
  expect(found.failure.message).toContain('at sector 0 is');
  expect(existsSync(join(root, found.file)) || existsSync(found.file)).toBe(true);
  expect(stderr).toMatch(/^::error file=.*json,title=.*at sector 0 is/m);
  expect(readFileSync(summary, 'utf8')).toContain('1 of');
});

test('a run that cannot begin leaves a file that fails, and says why', () => {
  const { status, suite, stderr } = run('verify --cases 5 --system qemu --qemu /nowhere/qemu');
  expect(status).toBe(3);
  expect(stderr).toContain('/nowhere/qemu');
  expect(suite).toMatchObject({ tests: '1', failures: '1' });
});

test('a file that cannot be written is told before anything runs', () => {
  const args = ['--import', 'tsx', 'cli.ts', 'verify', '--cases', '5', '--junit', '/proc/none/junit.xml'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^colocheck: cannot write \/proc\/none\/junit.xml/);
});
