/** `--system exec:COMMAND` from outside: exit codes, the one line that says what is wrong, and what is left behind. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrace } from '../traces/format/trace-file.ts';

const root = join(import.meta.dirname, '..');
const trace = 'traces/saved/regressions/copy-covers-whole-unit.json';

let folder = '';
let adapter = '';
let garbage = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-exec-'));
  adapter = join(folder, 'adapter.cjs');
  writeFileSync(adapter, source);
  garbage = join(folder, 'garbage.cjs');
  writeFileSync(garbage, garbageSource);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Does nothing and says that all is well; with an argument it breaks the protocol after so many answers. */
const source = `let left = Number(process.argv[2] ?? Infinity);
const hello = { protocol: 1, name: 'idle', version: '', capabilities: {
  operations: ['open', 'start', 'close', 'primaryRead', 'primaryWrite', 'commitSettle', 'stop'], observes: [],
  modes: ['secondary'], geometry: { sectorBytes: 'any', lengthSectorsMax: 1024 } } };
const results = { hello, apply: 'ok', observe: [[]] };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, request } = JSON.parse(line);
  console.log(left-- > 0 ? JSON.stringify({ id, result: results[request] ?? null }) : 'core dumped');
});
`;

/** All is well until it is to read as the primary; with an argument it plays whole cases. */
const garbageSource = `const hello = { protocol: 1, name: 'garbage', version: '', capabilities: {
  operations: ['open', 'start', 'close', 'primaryRead'], observes: [], modes: ['secondary'],
  run: process.argv[2] === 'run', geometry: { sectorBytes: 'any', lengthSectorsMax: 1024 } } };
const apply = ([op]) => op === 'primaryRead' ? 'perhaps' : 'ok';
const results = { hello: () => hello, apply: ({ operation }) => apply(operation), observe: () => [[]],
  run: ({ operations }) => ({ outcomes: operations.map(apply), observations: operations.map(() => [[]]) }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line);
  console.log(JSON.stringify({ id: asked.id, result: results[asked.request]?.(asked) ?? null }));
});
`;

function colocheck(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['dist/cli/cli.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

function idle(answers = ''): string {
  return `exec:'${process.execPath}' '${adapter}' ${answers}`.trim();
}

describe('verify --system exec:COMMAND', () => {
  test('finds what differs, saves it, and names the command that replays it', () => {
    const found = colocheck(
      'verify',
      '--system',
      idle(),
      '--cases',
      '40',
      '--seed',
      '1',
      '--failures',
      folder,
      '--max-findings',
      '1',
    );
    expect(found.status).toBe(1);
    expect(found.stdout).toContain('idle against the model (comparison: qemu), seed 1');
    const [, path = '', command = ''] = /npm run replay -- (\S+) --system '(.*)'\n/.exec(found.stdout) ?? [];
    const system = command.replaceAll("'\\''", "'");
    expect(system).toBe(idle());
    expect(colocheck('replay', path, '--system', system).status).toBe(1);
  });

  test('ends with 3 and one line where the protocol is broken, and what was found before is saved', () => {
    const failures = join(folder, 'before');
    const broken = colocheck(
      'verify',
      '--system',
      idle('500'),
      '--seed',
      '1',
      '--failures',
      failures,
      '--json',
      '--max-findings',
      '99',
    );
    expect(broken.status).toBe(3);
    expect(broken.stderr).toMatch(
      /colocheck: .*request 501 \(.*\) was answered with core dumped: an answer is one JSON/,
    );
    expect(JSON.parse(broken.stdout)).toMatchObject({ ended: 'trouble', comparison: 'qemu' });
    expect(readdirSync(failures).length).toBeGreaterThan(0);
  });

  test.each(['', 'run'])('saves the case in which the protocol is broken, and names it %s', (how) => {
    const failures = join(folder, `broken${how}`);
    const system = `exec:'${process.execPath}' '${garbage}' ${how}`.trim();
    const broken = colocheck('verify', '--system', system, '--seed', '1', '--failures', failures);
    expect(broken.status).toBe(3);
    expect(broken.stderr.trim().split('\n').at(-1)).toMatch(
      /^colocheck: .*request \d+ \(.*primaryRead.*: perhaps is no outcome; operation \d+ of the case saved as /,
    );
    const [path = ''] = /\S+\.json$/.exec(broken.stderr.trim()) ?? [];
    const saved = readTrace(path);
    expect(saved).toMatchObject({ signature: expect.stringMatching(/^protocol-primaryRead-/) });
    expect(saved.operations.at(-1)).toMatchObject({ op: 'primaryRead' });
    expect(saved.found?.step).toBe(saved.operations.length - 1);
    const again = colocheck('replay', path, '--system', system);
    expect(again.status).toBe(3);
    expect(again.stderr).toContain('perhaps is no outcome');
  });

  test.each([
    ['exec:', 2, 'exec: needs a command'],
    ['exec:/no/such/program', 3, 'exec:/no/such/program does not say hello'],
    ['exec:cat', 3, 'request 1 (hello) was answered with {"id":1'],
    ['nobody', 2, 'Use impl, qemu, mutant:NAME (npm run mutants -- --list)'],
  ])('ends where it cannot begin: %s', (system, status, message) => {
    const ended = colocheck('verify', '--system', system, '--cases', '1');
    expect(ended.status).toBe(status);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('replay --system exec:COMMAND says what an adapter has not', () => {
  const { status, stderr } = colocheck('replay', trace, '--system', idle());
  expect(status).toBe(2);
  expect(stderr).toContain('cannot be run on idle: it has no');
});

test('tour --system exec:COMMAND walks on what the adapter has', () => {
  const { status, stdout } = colocheck('tour', 'one-cluster', '--system', idle(), '--failures', folder);
  expect(status).toBe(1);
  expect(stdout).toMatch(/one-cluster on idle: .* 5 divergences.*comparison: qemu/);
});
