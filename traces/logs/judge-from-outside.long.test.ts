/** Logs on the command line: judged from files and from standard input, and written by replays. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { writeModelLog } from './log-bench.ts';
import { data, logOf, read, sound } from './sound-log.ts';

const root = join(import.meta.dirname, '../..');
const trace = 'traces/saved/regressions/copy-before-write-hides-primary-write.json';

let folder = '';
let good = '';
let wrong = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-judge-'));
  good = join(folder, 'good.log');
  wrong = join(folder, 'wrong.log');
  writeModelLog(good, 500, () => []);
  const [head = '', setup = ''] = readFileSync(good, 'utf8').split('\n');
  const lines = [
    head,
    setup,
    '{"operation":{"op":"checkpoint"}}',
    '{"answer":{"kind":"status","error":"never"}}',
  ];
  writeFileSync(wrong, `${lines.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function colocheck(args: readonly string[], input: string | Buffer = '', ...options: readonly string[]) {
  return spawnSync(process.execPath, [...options, 'dist/cli/cli.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    input,
  });
}

describe('judge', () => {
  test('ends with 0, 1 or 2', () => {
    expect(colocheck(['judge', good])).toMatchObject({ status: 0, stderr: '' });
    const differing = colocheck(['judge', wrong, good]);
    expect(differing).toMatchObject({ status: 1, stderr: '' });
    expect(differing.stdout).toMatch(
      /^.*wrong\.log:4: step 1 \(checkpoint\): the system answered status 'never', the model .*\n\d+ cases, \d+ steps judged: 1 case differs \(comparison: qemu\)\n$/,
    );
    const missing = colocheck(['judge', wrong, join(folder, 'none.log')]);
    expect(missing.status).toBe(2);
    expect(missing.stdout).toContain('1 case, 1 step judged: 1 case differs');
    expect(missing.stderr).toMatch(/^colocheck: cannot read .*none\.log: ENOENT: .*\n$/);
    expect(colocheck(['judge']).status).toBe(2);
    expect(colocheck(['judge', good, '--comparison', 'perhaps'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Allowed choices are qemu, qemu-11.1, document, or qemu+NAME+'),
    });
  });

  test('reads standard input', () => {
    expect(colocheck(['judge', '-'], readFileSync(good))).toMatchObject({ status: 0 });
    expect(colocheck(['judge', '-'], readFileSync(wrong)).stdout).toMatch(/^-:4: step 1 /);
    expect(colocheck(['judge', '-'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^colocheck: -: there is no operation in it/),
    });
  });

  test('prints JSON lines with --json', () => {
    const { stdout } = colocheck(['judge', wrong, '--json', '--comparison', 'document']);
    const [difference, summary] = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(difference).toMatchObject({
      difference: { path: wrong, line: 4, step: 1, operation: 'checkpoint' },
    });
    expect(summary).toEqual({ summary: { cases: 1, steps: 1, differing: 1, comparisons: ['document'] } });
  });

  test('needs no more memory for a large log', () => {
    // 100 MB in one case; the heap may hold 40.
    const step = `${JSON.stringify(read)}${' '.repeat(900)}\n${JSON.stringify(data(1, 1))}\n`;
    const large = Buffer.from(logOf(sound) + step.repeat(100_000));
    expect(colocheck(['judge', '-'], large, '--max-old-space-size=40')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: '1 case, 100004 steps judged: all as the model allows (comparison: qemu)\n',
    });
  });
});

describe('replay --log', () => {
  test('writes what judge judges', () => {
    const path = join(folder, 'impl.log');
    expect(colocheck(['replay', trace, '--log', path])).toMatchObject({ status: 0 });
    expect(colocheck(['judge', path])).toMatchObject({ status: 0 });
  });

  test('cannot be had without a system, nor where it cannot be written', () => {
    const path = join(folder, 'none.log');
    expect(colocheck(['replay', trace, '--log', path, '--recorded']).status).toBe(2);
    expect(existsSync(path)).toBe(false);
    const unwritable = colocheck(['replay', trace, '--log', folder]);
    expect(unwritable.status).toBe(2);
    expect(unwritable.stderr).toMatch(
      /^colocheck: cannot write .*: EISDIR: .* Name a file that can be written\.\n$/,
    );
  });
});

test('verify --log writes the cases of a campaign', () => {
  const path = join(folder, 'verify.log');
  const args = [
    '--system',
    'module:./impl/examples/secondary.ts',
    '--cases',
    '20',
    '--seed',
    '1',
    '--no-replay',
    '--no-recorded',
  ];
  expect(colocheck(['verify', ...args, '--log', path]).status).toBe(0);
  expect(colocheck(['judge', path]).stdout).toMatch(/^20 cases, \d+ steps judged: all as the model allows/);
});

const skipReason = await reasonToSkip();

describe.skipIf(skipReason !== null)('the real QEMU', () => {
  test.each(['failed-copy-reports-nothing', 'second-start-kills-the-process'])(
    'recorded in %s is judged again without it',
    (name) => {
      const path = join(folder, 'qemu.log');
      const replayed = colocheck([
        'replay',
        `traces/saved/deviations/${name}.json`,
        '--system',
        'qemu',
        '--log',
        path,
      ]);
      expect(replayed).toMatchObject({ status: 0 });
      expect(readFileSync(path, 'utf8')).toMatch(
        /^\{"format":"colocheck-log","version":1,"system":"qemu","control":"qmp","commit":"free"/,
      );
      expect(colocheck(['judge', path])).toMatchObject({ status: 0 });
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace(/"secondary":\[(\d+),\d+/, '"secondary":[$1,7'));
      expect(colocheck(['judge', path])).toMatchObject({
        status: 1,
        stdout: expect.stringMatching(
          /qemu\.log:4: step 1 \(open\): secondary at sector 1 is 7 in qemu, \d+ in the model\n/,
        ),
      });
    },
  );
});
