/** The design document as judge on the command line, and what adapters are sent of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createExecSystem } from '../impl/exec/connect-exec.ts';
import { readResult } from '../properties/results/result-file.ts';
import { readTrace, writeTrace } from '../traces/format/trace-file.ts';

const root = join(import.meta.dirname, '..');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-documented-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the command line', () => {
  const colocheck = (...args: string[]) =>
    spawnSync(process.execPath, ['dist/cli/cli.js', ...args], { cwd: root, encoding: 'utf8' });

  test('replays as the trace says, or as the option does', () => {
    const path = join(folder, 'a.json');
    const recorded = readTrace('traces/saved/deviations/failed-copy-reports-nothing.json');
    writeTrace(path, { ...recorded, comparison: 'document' });
    const system = ['--system', 'mutant:a-failed-copy-sets-the-error'];
    const asTold = colocheck('replay', path, ...system);
    expect([asTold.status, asTold.stdout]).toEqual([0, expect.stringContaining('(comparison: document)')]);
    expect(colocheck('replay', path, ...system, '--comparison', 'qemu').status).toBe(1);
  });

  test('campaigns by the document, and says in which points it was followed', () => {
    const args = ['--system', 'mutant:a-failed-copy-sets-the-error', '--cases', '128', '--seed', '1'];
    const { status, stdout } = colocheck('verify', ...args, '--comparison', 'document', '--failures', folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/did not as QEMU 7\.2 does, but as is allowed: failed-copy-reports-nothing \d+/);
    expect(stdout).toContain('agree (comparison: document)');
  });

  test('a profile that has no name of its own is kept with what was found by it', () => {
    const profile = 'qemu+disks-stay-writable';
    const results = join(folder, 'result.json');
    const args = ['--system', 'impl', '--cases', '512', '--seed', '1', '--max-findings', '1'];
    const files = ['--failures', folder, '--results', results];
    expect(colocheck('verify', ...args, ...files, '--comparison', profile).status).toBe(1);
    const { result } = readResult(results);
    const [failure] = result.command === 'verify' ? result.findings : [];
    const path = failure?.trace ?? '';
    expect([result.comparison, readTrace(path).comparison]).toEqual([profile, profile]);
    const replayed = colocheck('replay', path, '--json');
    expect([replayed.status, replayed.stdout]).toEqual([
      1,
      expect.stringContaining(`"comparison": "${profile}"`),
    ]);
    expect(colocheck('replay', path, '--comparison', 'qemu').status).toBe(0);
  });

  test.each([
    [['verify', '--comparison', 'perhaps'], 'Allowed choices are qemu, qemu-11.1, document, or qemu+NAME+'],
    [['explore', '--comparison', 'document'], 'Allowed choices are qemu.'],
    [['tour', '--comparison', 'document'], 'a tour goes the ways of one QEMU'],
  ])('refuses %j', (args, reason) => {
    const { status, stderr } = colocheck(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

const script = join(mkdtempSync(join(tmpdir(), 'colocheck-hello-')), 'adapter.cjs');
afterAll(() => rmSync(join(script, '..'), { recursive: true, force: true }));

test.each(['qemu', 'document'] as const)(
  'an adapter is sent what its answers are judged by: %s',
  async (comparison) => {
    writeFileSync(
      script,
      `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { id, request, comparison } = JSON.parse(line);
      const result = request === 'hello' ? { protocol: 1, name: comparison, version: '', capabilities: {
        operations: ['open', 'start', 'close'], observes: [], modes: ['secondary'],
        geometry: { sectorBytes: 'any', lengthSectorsMax: 64 } } } : null;
      console.log(JSON.stringify({ id, result }));
    });`,
    );
    const system = await createExecSystem({ command: `'${process.execPath}' '${script}'`, comparison });
    expect(system.name).toBe(comparison);
    await system.shutdown();
  },
);
