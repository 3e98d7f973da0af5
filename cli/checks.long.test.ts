/** Every command reports to continuous integration what it checked, and leaves no file of an earlier run. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'colocheck-checks-'));
const junit = join(folder, 'new', 'junit.xml');
const summary = join(folder, 'summary.md');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(join(folder, 'new'), { recursive: true, force: true });
  rmSync(summary, { force: true });
});

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  isArray: (name) => name === 'testcase' || name === 'property',
});

function colocheck(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '', ...environment };
  return spawnSync(process.execPath, ['dist/cli/cli.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env,
  });
}

function run(args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stderr, stdout } = colocheck([...args, '--junit', junit], environment);
  return { status, stderr, stdout, suite: suiteIn(junit) };
}

function suiteIn(path: string) {
  const xml = readFileSync(path, 'utf8');
  expect(XMLValidator.validate(xml)).toBe(true);
  return parser.parse(xml).testsuites.testsuite;
}

const atGithub = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
const wrong = 'mutant:no-copy-before-a-write';
const failing = ['--system', wrong, '--failures', folder];
const trace = 'traces/saved/regressions/copy-before-write-hides-primary-write.json';

describe('a run without a failure', () => {
  test.each([
    [['verify', '--cases', '50', '--seed', '1', '--no-replay'], 10, 'campaign, geometry mixed'],
    [['explore', 'primary', '--witnesses', folder], 1, 'world primary'],
    [['mutants', 'status-is-a-qmp-error', '--seeds', '1'], 2, 'mutant status-is-a-qmp-error'],
    [['replay', trace], 1, trace],
  ])('%j', (args, tests, name) => {
    const { status, stderr, suite } = run(args, atGithub);
    expect(status).toBe(0);
    expect(suite).toMatchObject({ tests: String(tests), failures: '0', errors: '0', skipped: '0' });
    expect(suite.testcase[0]).toEqual({
      name,
      classname: `colocheck.${suite.name.replaceAll(/[^\w-]+/g, '_')}`,
      time: expect.stringMatching(/^\d+\.\d{3}$/),
    });
    expect(suite.properties.property).toContainEqual({ name: 'comparison', value: 'qemu' });
    expect(JSON.stringify(suite.properties)).not.toContain('junit');
    expect(stderr).not.toContain('::error');
    expect(readFileSync(summary, 'utf8')).toMatch(/^### .*: passed\n/);
  });
});

test('a replay says by what a trace was judged', () => {
  const path = join(folder, 'documented.json');
  const text = readFileSync(join(root, trace), 'utf8');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(text), comparison: 'document' }));
  const comparison = { name: 'comparison', value: 'document' };
  expect(run(['replay', path]).suite.properties.property).toEqual([comparison]);
});

describe('a run with a failure names its trace, shows its steps, and annotates on GitHub', () => {
  test.each([
    [['verify', '--cases', '50', '--seed', '1', '--max-findings', '1', '--no-replay', ...failing], 11],
    [['explore', 'two-clusters', '--json', '--witnesses', folder, ...failing], 1],
    [['replay', trace, '--system', wrong], 1],
  ])('%j', (args, tests) => {
    const { status, stderr, stdout, suite } = run(args, { ...atGithub, FORCE_COLOR: '1' });
    expect(status).toBe(1);
    const failures = args[0] === 'verify' ? 2 : 1;
    expect(suite).toMatchObject({ tests: String(tests), failures: String(failures), errors: '0' });
    const [found] = suite.testcase.filter((one: object) => 'failure' in one).toReversed();
    expect(found.failure.message).toContain(' at sector ');
    expect(found.failure['#text']).toMatch(/^> +\d+ {2}primaryWrite/m);
    expect(found.failure['#text']).not.toContain('\u001B');
    const [, path] = /^trace: +(.*\.json)$/m.exec(found.failure['#text']) ?? [];
    expect(existsSync(join(root, path ?? 'none')) || existsSync(path ?? 'none')).toBe(true);
    expect(stderr).toContain(`::error file=${path},title=`);
    expect(readFileSync(summary, 'utf8')).toContain(`${failures} of ${tests} did not pass`);
    if (args.includes('--json')) expect(JSON.parse(stdout)).toHaveLength(1);
  });

  test('a surviving mutant', () => {
    const args = ['mutants', 'status-is-a-qmp-error', '--seeds', '1', '--cases', '1'];
    const { status, suite } = run(args);
    expect(status).toBe(1);
    expect(suite.testcase[0].failure.message).toBe(
      'status-is-a-qmp-error: random search missed it in 1 seeds',
    );
  });

  test('cells that had to be reached', () => {
    const args = ['verify', '--cases', '20', '--seed', '1', '--no-replay', '--require-coverage'];
    const { status, suite } = run(args);
    expect(status).toBe(1);
    expect(suite).toMatchObject({ tests: '11', failures: '1' });
    expect(suite.testcase[10]).toMatchObject({ name: 'coverage' });
    expect(suite.testcase[10].failure['#text']).toContain('replication.c:');
  });

  test('a trace that today judges otherwise, and one that still fails', () => {
    const path = join(folder, 'recorded.json');
    const recorded = { outcomes: [{ kind: 'errno', errno: 'EIO' }] };
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(join(root, trace), 'utf8')), recorded }));
    const judged = run(['replay', path, '--recorded']);
    expect(judged.status).toBe(1);
    expect(judged.suite.testcase[0].failure.message).toContain('step 1 (open): the system answered EIO');
    const { status, suite } = run(['replay', path, '--shrink', ...failing]);
    expect(status).toBe(1);
    expect(suite.testcase[0].failure.message).toBe(`${path} still fails`);
  });
});

describe('a run that does not come to its end leaves an error with its reason', () => {
  test.each([
    [['verify', '--cases', '5', '--system', 'qemu', '--qemu', '/none/qemu'], 3, '/none/qemu'],
    [['tour', '--qemu', '/none/qemu', 'one-cluster'], 3, '/none/qemu'],
    [['verify', '--cases', '5', '--geometry', 'tiny'], 2, "--geometry has no 'tiny'"],
    [['explore', 'nowhere'], 2, 'there is no world nowhere'],
    [['mutants', 'none'], 2, 'there is no mutant none'],
    [['replay', 'none.json'], 2, 'cannot read none.json'],
    [['merge', 'none.json'], 2, 'cannot read the result file none.json'],
  ])('%j', (args, code, message) => {
    const { status, stderr, suite } = run(args, atGithub);
    expect(status).toBe(code);
    expect(suite).toMatchObject({ tests: '1', failures: '0', errors: '1' });
    expect(suite.testcase[0]).toMatchObject({ name: 'the run', error: { type: 'error' } });
    expect(suite.testcase[0].error.message).toContain(message);
    expect(stderr.split('\n').filter((line) => line.startsWith('colocheck: '))).toHaveLength(1);
    expect(stderr).toMatch(/^::error title=.*the run::/m);
    expect(readFileSync(summary, 'utf8')).toContain('1 of 1 did not pass');
  });

  test('where a later option is wrong', () => {
    const { status } = colocheck(['verify', '--junit', junit, '--cases', '-3']);
    expect(status).toBe(2);
    expect(suiteIn(junit).testcase[0].error.message).toContain('Must be a whole number');
  });

  test('but none where help was asked for', () => {
    expect(colocheck(['verify', '--junit', junit, '--help']).status).toBe(0);
    expect(existsSync(junit)).toBe(false);
  });
});

test.each([['verify'], ['replay', trace]])(
  'a file that cannot be written is reported before anything runs: %j',
  (...args) => {
    const { status, stderr, stdout } = colocheck([...args, '--junit', 'package.json/junit.xml']);
    expect(status).toBe(2);
    expect(stderr.split('\n')[0]).toMatch(/^colocheck: cannot write package\.json\/junit\.xml: /);
    expect(stdout).toBe('');
  },
);

test('a command that only prints a list has checked nothing', () => {
  const { status, suite } = run(['explore', '--list']);
  expect(status).toBe(0);
  expect(suite).toMatchObject({ tests: '0', failures: '0', errors: '0' });
});

test('a summary that cannot be written is reported, and costs nothing else', () => {
  const environment = { GITHUB_STEP_SUMMARY: join(folder, 'none', 'summary.md') };
  const { status, stderr, suite } = run(['replay', trace], environment);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^colocheck: GITHUB_STEP_SUMMARY: ENOENT/m);
  expect(suite).toMatchObject({ tests: '1', failures: '0' });
});
