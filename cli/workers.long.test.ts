/** Results do not depend on how many workers there are; a worker that is lost is an error; nobody stays behind. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { readResult } from '../properties/results/result-file.ts';
import { colocheck } from './testing/ended-command.ts';
import { processesWith } from './testing/left-behind.ts';

const root = join(import.meta.dirname, '..');
const isLinux = process.platform === 'linux';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-workers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command leaves: its exit code, its result but for times, and the failures that it saved, character by character. */
async function left(workers: number, command: string, ...args: readonly string[]) {
  const place = mkdtempSync(join(folder, 'left-'));
  const results = join(place, 'result.json');
  const failures = join(place, 'failures');
  const words = [
    command,
    ...args,
    '--workers',
    String(workers),
    '--results',
    results,
    '--failures',
    failures,
  ];
  const { status, stderr } = await colocheck(...words);
  if (!existsSync(results)) throw new Error(stderr);
  const lines = readFileSync(results, 'utf8').split('\n');
  const saved = existsSync(failures) ? readdirSync(failures).toSorted() : [];
  return {
    status,
    lines: lines
      .filter((line) => !line.startsWith('"timing"'))
      .map((line) => withoutSeconds(line.replaceAll(place, '.'))),
    saved: saved.flatMap((name) =>
      name.endsWith('.json') ? [[name, readFileSync(join(failures, name), 'utf8')]] : [],
    ),
    timing: timingSchema.parse(JSON.parse(lines.join('\n'))).timing,
  };
}

const timingSchema = z.object({ timing: z.object({ seconds: z.number(), longest: z.number() }).optional() });

function withoutSeconds(line: string): string {
  return line.replaceAll(/"(\w*[sS]econds)":[\d.]+/g, '"$1":0');
}

const WRONG = ['--system', 'mutant:split-write-is-cut-at-slices-of-hidden-alone'];
const PYTHON = 'exec:python3 impl/exec/examples/secondary.py';
const WRONG_PYTHON = 'exec:python3 impl/exec/examples/wrong.py no-copy';

describe.runIf(isLinux)('one worker and several', () => {
  test.each([
    ['impl', ['--cases', '8000']],
    ['a mutant with findings', [...WRONG, '--cases', '2000']],
    ['up to so many findings', [...WRONG, '--cases', '100000', '--max-findings', '2']],
    ['an adapter', ['--system', PYTHON, '--cases', '500']],
    ['an adapter that is wrong', ['--system', WRONG_PYTHON, '--cases', '200', '--max-findings', '2']],
    ['a module', ['--system', 'module:impl/examples/secondary.ts', '--cases', '500']],
    ['a wrong module', ['--system', 'module:impl/examples/wrong-secondary.ts', '--cases', '500']],
  ])('verify leaves the same: %s', { timeout: 300_000 }, async (what, args) => {
    const words = [...args, '--seed', '1', '--no-recorded'];
    const { timing: _timing, ...one } = await left(1, 'verify', ...words);
    expect(one.lines.length).toBeGreaterThan(10);
    for (const workers of what === 'impl' ? [2, 3] : [3]) {
      const { timing, ...more } = await left(workers, 'verify', ...words);
      expect(more).toEqual(one);
      // Others were there; some of these jobs may be over before they are.
      if (what === 'impl') expect(timing?.seconds).toBeGreaterThan(timing?.longest ?? Infinity);
    }
  });

  test('mutants leaves the same', { timeout: 300_000 }, async () => {
    const names = ['no-copy-before-a-write', 'checkpoint-does-not-empty-active', 'commit-of-active-only'];
    const one = await left(1, 'mutants', ...names, '--seeds', '2');
    expect(one.saved.length).toBeGreaterThan(2);
    expect(await left(3, 'mutants', ...names, '--seeds', '2')).toEqual(one);
  });
});

/** A campaign with two workers beside it that has begun, and whose workers play. */
async function begun(mark: string, ...args: readonly string[]) {
  const words = ['verify', '--seed', '1', '--minutes', '5', '--no-recorded', '--workers', '3', ...args];
  const child = spawn(process.execPath, ['dist/cli/cli.js', ...words], {
    cwd: root,
    env: { ...process.env, COLOCHECK_MARK: mark },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const workers = () => processesWith(mark).filter(({ command }) => command.includes('worker.js'));
  await vi.waitFor(() => expect(text).toContain('operations checked'), { timeout: 60_000 });
  await vi.waitFor(() => expect(workers()).toHaveLength(2), { timeout: 60_000 });
  return { child, ended, workers, said: () => text };
}

describe.runIf(isLinux)('a campaign of several workers', () => {
  test.each([
    ['SIGINT', 'impl'],
    ['SIGTERM', PYTHON],
    ['SIGHUP', 'module:impl/examples/secondary.ts'],
  ] as const)(
    'is interrupted by %s on %s: all is written before it ends by force, and all are gone',
    async (signal, system) => {
      const mark = `colocheck-interrupted-${process.pid}-${signal}.`;
      const place = join(folder, signal);
      const results = join(place, 'result.json');
      const failures = join(place, 'failures');
      const args = ['--system', system, '--results', results, '--failures', failures];
      const { child, ended } = await begun(mark, ...args);
      child.kill(signal);
      expect(await ended).toBe(4);
      const { result } = readResult(results);
      expect(result).toMatchObject({ ended: 'interrupted', findings: [] });
      await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
      expect(existsSync(join(failures, 'in-hand'))).toBe(false);
    },
  );

  test('that loses one says so, and is no agreement', { timeout: 120_000 }, async () => {
    const mark = `colocheck-lost-${process.pid}.`;
    const { ended, workers, said } = await begun(mark, '--failures', join(folder, 'lost'));
    const [worker] = workers();
    if (worker === undefined) throw new Error('there is none');
    process.kill(worker.pid, 'SIGKILL');
    expect(await ended).toBe(3);
    expect(said()).toContain('a worker has ended by SIGKILL');
    expect(said()).not.toContain('model agree');
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
  });

  test('that is killed leaves none of them, and what each had in hand', { timeout: 120_000 }, async () => {
    const mark = `colocheck-killed-${process.pid}.`;
    const failures = join(folder, 'killed');
    const { child, ended } = await begun(mark, '--system', PYTHON, '--failures', failures);
    const notes = () => readdirSync(join(failures, 'in-hand')).filter((name) => /^\d+\.json$/.test(name));
    await vi.waitFor(() => expect(notes()).toHaveLength(3), { timeout: 60_000 });
    child.kill('SIGKILL');
    await ended;
    await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), { timeout: 5000 });
    expect(notes()).toHaveLength(3);
  });
});
