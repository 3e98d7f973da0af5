/** Where requests overlap results do not depend on the number of workers either, and what was found is kept, however it ends. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { reasonToSkip } from '../impl/qemu/testing/qemu-required.ts';
import { readResult } from '../properties/results/result-file.ts';
import { readFlightTrace } from '../traces/in-flight/flight-trace-file.ts';
import { colocheck } from './testing/ended-command.ts';
import { processesWith } from './testing/left-behind.ts';

const root = join(import.meta.dirname, '..');
const isLinux = process.platform === 'linux';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-flights-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a campaign leaves: its exit code, its result but for times, and its traces, character by character. */
async function left(workers: number, ...args: readonly string[]) {
  const place = mkdtempSync(join(folder, 'left-'));
  const results = join(place, 'result.json');
  const failures = join(place, 'failures');
  const words = ['--in-flight', '--seed', '1', '--workers', String(workers), ...args];
  const ended = await colocheck('verify', ...words, '--results', results, '--failures', failures);
  if (!existsSync(results)) throw new Error(ended.stderr);
  const { result } = readResult(results);
  if (result.command !== 'verify --in-flight') throw new Error('another command');
  const { seconds, longestSeconds, ...lasting } = result;
  const saved = existsSync(join(failures, 'in-flight')) ? readdirSync(join(failures, 'in-flight')) : [];
  const traces = saved.filter((name) => name.endsWith('.json')).toSorted();
  return {
    status: ended.status,
    result: JSON.stringify(lasting).replaceAll(place, '.'),
    traces: traces.map((name) => [name, readFileSync(join(failures, 'in-flight', name), 'utf8')]),
    hadOthers: seconds > longestSeconds,
  };
}

const MUTANT = ['--system', 'mutant:copy-in-flight-is-not-seen'];
const PYTHON = 'exec:python3 impl/exec/examples/secondary.py';
const skipReason = await reasonToSkip();

/** What one worker leaves, by the arguments. */
const alone = new Map<string, ReturnType<typeof left>>();

function leftAlone(args: readonly string[]): ReturnType<typeof left> {
  const key = args.join(' ');
  const one = alone.get(key) ?? left(1, ...args);
  alone.set(key, one);
  return one;
}

describe.runIf(isLinux)('one worker and several leave the same', () => {
  test.each([
    ['impl', 2, ['--cases', '2000']],
    ['impl', 3, ['--cases', '2000']],
    ['a mutant', 2, [...MUTANT, '--cases', '600']],
    ['a mutant', 3, [...MUTANT, '--cases', '600']],
    ['a mutant, up to its first finding', 2, [...MUTANT, '--max-findings', '1']],
  ] as const)('%s, %i workers', async (what, workers, args) => {
    const { hadOthers: wasNotAlone, ...one } = await leftAlone(args);
    const { hadOthers, ...more } = await left(workers, ...args);
    expect(wasNotAlone).toBe(false);
    // Others were there; a job that ends by its findings may be over before they are.
    if (what === 'impl') expect(hadOthers).toBe(true);
    expect(more).toEqual(one);
    expect(one.status).toBe(what === 'impl' ? 0 : 1);
    expect(one.traces.length > 0).toBe(what !== 'impl');
  });
});

/** A campaign with two workers beside it, which are there. */
async function begun(mark: string, ...args: readonly string[]) {
  const words = ['verify', '--in-flight', '--seed', '1', '--minutes', '5', '--workers', '3', ...args];
  const child = spawn(process.execPath, ['dist/cli/cli.js', ...words], {
    cwd: root,
    env: { ...process.env, COLOCHECK_MARK: mark },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const workers = () => processesWith(mark).filter(({ command }) => command.includes('worker.js'));
  await vi.waitFor(() => expect(text).toContain('operations judged'), { timeout: 60_000 });
  await vi.waitFor(() => expect(workers()).toHaveLength(2), { timeout: 60_000 });
  return { child, ended, workers, said: () => text };
}

describe.runIf(isLinux)('a campaign of several workers', () => {
  test('is interrupted: what was found is saved and reported, and all are gone', async () => {
    const mark = `colocheck-flights-stopped-${process.pid}.`;
    const place = join(folder, 'stopped');
    const files = ['--results', join(place, 'result.json'), '--failures', join(place, 'failures')];
    const { child, ended, said } = await begun(mark, ...MUTANT, '--max-findings', '1000', ...files);
    await vi.waitFor(() => expect(said()).toContain('found: '), { timeout: 60_000 });
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(said()).toContain('ended by interrupted');
    const { result } = readResult(join(place, 'result.json'));
    if (result.command !== 'verify --in-flight') throw new Error('another command');
    expect(result.findings.length).toBeGreaterThan(0);
    for (const { trace, signature } of result.findings)
      expect(readFlightTrace(trace).signature).toBe(signature);
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
    expect(existsSync(join(place, 'failures/in-hand'))).toBe(false);
  });

  test.each(skipReason === null ? ['impl', 'qemu'] : ['impl'])(
    'on %s is no agreement then',
    async (system) => {
      const mark = `colocheck-flights-none-${process.pid}.`;
      const { child, ended, said } = await begun(
        mark,
        '--system',
        system,
        '--failures',
        join(folder, 'none'),
      );
      child.kill('SIGTERM');
      expect(await ended).toBe(4);
      expect(said()).toContain('ended by interrupted');
      await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
    },
  );

  test('that loses one says so, and is no agreement', async () => {
    const mark = `colocheck-flights-lost-${process.pid}.`;
    const junit = join(folder, 'lost.xml');
    const { ended, workers, said } = await begun(mark, '--failures', join(folder, 'lost'), '--junit', junit);
    const [worker] = workers();
    if (worker === undefined) throw new Error('there is none');
    process.kill(worker.pid, 'SIGKILL');
    expect(await ended).toBe(3);
    expect(said()).toContain('a worker has ended by SIGKILL');
    expect(readFileSync(junit, 'utf8')).toMatch(/<error type="error" message="a worker has ended by SIGKILL/);
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
  });
});

test.runIf(isLinux)('one that is killed leaves nobody, and what each had in hand', async () => {
  const mark = `colocheck-flights-killed-${process.pid}.`;
  const failures = join(folder, 'killed');
  const { child, ended } = await begun(mark, '--failures', failures);
  const notes = () => readdirSync(join(failures, 'in-hand')).filter((name) => /^\d+\.json$/.test(name));
  await vi.waitFor(() => expect(notes()).toHaveLength(3), { timeout: 60_000 });
  child.kill('SIGKILL');
  await ended;
  await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
  const texts = notes().map((name) => readFileSync(join(failures, 'in-hand', name), 'utf8'));
  for (const text of texts) expect(text).toMatch(/cases \d+ to \d+ of seed 1.*--in-flight/);
  const words = ['--in-flight', '--seed', '2', '--cases', '8', '--failures', failures];
  const { status, stderr } = await colocheck('verify', ...words);
  // Of the workers nobody knows when they are reaped.
  const path = join(failures, 'in-hand', `${child.pid}.json`);
  expect(stderr).toContain(`a run was killed: what it had in hand is in ${path}`);
  expect(status).toBe(0);
  expect(notes()).toHaveLength(3);
});

test('it ends when its time is over, and leaves a page', async () => {
  const report = join(folder, 'report.html');
  const words = ['--in-flight', '--seed', '1', '--workers', '2', '--minutes', '0.03', '--report', report];
  const { status, stdout } = await colocheck('verify', ...words, '--failures', join(folder, 'time'));
  expect(status).toBe(0);
  expect(stdout).toContain('ended by time');
  expect(readFileSync(report, 'utf8')).toContain('requests overlapped others');
});

test('JUnit has a test for the campaign and one for each finding, with its report', async () => {
  const junit = join(folder, 'junit.xml');
  const words = ['--in-flight', '--seed', '1', ...MUTANT, '--max-findings', '1', '--junit', junit];
  const { status } = await colocheck('verify', ...words, '--failures', join(folder, 'junit'));
  expect(status).toBe(1);
  const xml = readFileSync(junit, 'utf8');
  expect(xml).toMatch(/<testsuite [^>]*tests="3" failures="2" errors="0"/);
  expect(xml).toMatch(/<testcase name="in-flight-unexplained-[^"]*"/);
  expect(xml).toContain('trace:  ');
});

test.each([
  [['--workers', '0'], "'0' is invalid"],
  [['--shard', '2/2', '--cases', '64'], '--cases 64 makes 1 batches of 64 for 2 shards'],
  [['--junit', 'README.md/a.xml'], 'cannot write README.md/a.xml'],
  [['--results', 'README.md/a.json'], 'cannot write README.md/a.json'],
  [['--coverage'], '--in-flight has no --coverage: leave one of them out'],
  [['--log', 'a.log'], '--in-flight has no --log'],
  [['--require-coverage'], '--in-flight has no --require-coverage'],
  [['--system', 'mutant:no-copy'], 'There is no such system'],
  [['--system', PYTHON, '--workers', '2'], 'it has no "inFlight"'],
])('what cannot be done is refused with one line: %j', async (args, message) => {
  const { status, stderr } = await colocheck('verify', '--in-flight', '--seed', '1', ...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
