/** docs/deviations.md: its tables are those of the model and of the last runs, and what a run writes into it. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reasonToSkip } from '../../impl/qemu/testing/qemu-required.ts';
import { changeNames, deviationNames } from '../../properties/cases/comparison-mode.ts';
import { readPage, withTables } from './deviation-page.ts';
import { readRuns, runOf, withRuns } from './deviation-runs.ts';
import type { DeviationRuns } from './deviation-runs.ts';

const skipReason = await reasonToSkip();
const root = join(import.meta.dirname, '../..');
const docs = join(root, 'docs');
const data = join(docs, 'deviations.json');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-deviations-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const none: DeviationRuns = { format: 'colocheck-deviations', runs: [] };
const asBefore = { comparison: 'qemu', mended: [], changed: [], differing: [] } as const;
const stop = 'stop-with-hidden-ejected-kills-the-process';
const place = '<!-- begin: written by npm run deviations -->\n<!-- end: written by npm run deviations -->\n';

describe('the page', () => {
  const page = readPage(join(docs, 'deviations.md'));
  const runs = readRuns(data);

  test('is what the runs and the table of the model make of it', () => {
    expect(withTables(page, runs)).toBe(page);
  });

  test('has a row of each deviation, with a trace that is there', () => {
    const changed = [...page.matchAll(/^\| \[([a-z-]+)\]\(\.\.\/traces\/saved\/regressions\/(.*)\.json\)/gm)];
    expect(changed.map(([, name]) => name)).toEqual(changeNames);
    const rows = [...page.matchAll(/^\| \[([a-z-]+)\]\(\.\.\/traces\/saved\/deviations\/(.*)\.json\)/gm)];
    expect(rows.map(([, name]) => name)).toEqual(deviationNames);
    expect(rows.map(([, , trace]) => trace)).toEqual(deviationNames);
  });

  test('knows of each run what each trace showed', () => {
    expect(runs.runs.length).toBeGreaterThan(0);
    const played = runs.runs.map(({ shown }) => Object.keys(shown).toSorted());
    const names = [...deviationNames, ...changeNames].toSorted();
    expect(played).toEqual(runs.runs.map(() => names));
  });
});

describe('a run', () => {
  const run = runOf('QEMU emulator version 11.1.3 (theirs)', '2026-01-02', {
    comparison: 'qemu-11.1',
    mended: [stop],
    changed: ['commit-reads-a-small-disk-first'],
    differing: [{ name: 'failed-start-runs', signature: 'outcome-start', step: 2 }],
  });

  test('says of each deviation how it was', () => {
    expect(run).toMatchObject({ version: '11.1', on: '2026-01-02' });
    expect(run.shown[stop]).toBe('mended');
    expect(run.shown['failed-start-runs']).toBe('differs at step 2: outcome-start');
    expect(run.shown['commit-reads-a-small-disk-first']).toBe('as newer versions');
    expect(Object.values(run.shown).filter((how) => how === 'reproduced')).toHaveLength(
      deviationNames.length - 2,
    );
  });

  test('takes the place of the last one of its version; versions stand in their order', () => {
    const old = runOf('QEMU emulator version 11.1.0', '2025-01-02', asBefore);
    const other = runOf('QEMU emulator version 7.2.22', '2025-01-02', asBefore);
    const { runs } = withRuns(withRuns(none, [old, other]), [run]);
    expect(runs.map(({ version, on }) => [version, on])).toEqual([
      ['7.2', '2025-01-02'],
      ['11.1', '2026-01-02'],
    ]);
  });

  test('makes columns of the page, and leaves the rest of it', () => {
    const { [stop]: _left, ...shown } = run.shown;
    const change = 'commit-reads-a-small-disk-first';
    const text = withTables(`# Before\n\n${place}after\n`, { ...none, runs: [{ ...run, shown }] });
    expect(text).toMatch(/^# Before\n\n<!-- begin/);
    expect(text).toMatch(/-->\nafter\n$/);
    expect(text).toMatch(
      /\| 11\.1 +\| QEMU emulator version 11\.1\.3 \(theirs\) \| 2026-01-02 +\| 25 +\| 0 +\| 1 +\|/,
    );
    expect(text).toMatch(/failed-start-runs\.json\) .* \| differs at step 2: outcome-start +\|\n/);
    expect(text).toMatch(new RegExp(`${change}\\.json\\) .* \\| as newer versions \\|\\n`));
    // A deviation that is newer than the run.
    expect(text).toMatch(new RegExp(`${stop}\\.json\\) .* \\| not played +\\|\\n`));
  });

  test('that is no run, or a page without a place, is refused in one line', () => {
    const path = join(folder, 'a.json');
    for (const text of ['{', '{}', JSON.stringify({ ...none, runs: [{ ...run, on: 'today' }] })]) {
      writeFileSync(path, text);
      expect(() => readRuns(path)).toThrow(/^[^\n]*a\.json holds no runs[^\n]*$/);
    }
    expect(() => withTables('# Before\n', none)).toThrow('needs the lines');
    expect(() => readPage(join(folder, 'none.md'))).toThrow(/^cannot read .*none\.md: ENOENT/);
  });
});

describe('npm run deviations', () => {
  const deviations = (...args: string[]) =>
    spawnSync(process.execPath, ['dist/cli/cli.js', 'deviations', '--docs', folder, ...args], {
      cwd: root,
      encoding: 'utf8',
    });

  test.skipIf(skipReason !== null)('plays the traces on the binary and writes what it showed', () => {
    writeFileSync(join(folder, 'deviations.json'), JSON.stringify(none));
    writeFileSync(join(folder, 'deviations.md'), place);
    const { status, stdout } = deviations();
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^QEMU emulator version .*: judged by qemu\n/),
    ]);
    const { runs } = readRuns(join(folder, 'deviations.json'));
    expect(runs.map(({ shown }) => Object.values(shown))).toEqual([
      [...deviationNames.map(() => 'reproduced'), ...changeNames.map(() => 'as 7.2')],
    ]);
    expect(readFileSync(join(folder, 'deviations.md'), 'utf8')).toContain('| reproduced |');
  });

  test('ends with 3 where a binary is not there and with 2 where a page is not, and writes nothing', () => {
    expect(deviations()).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^colocheck: .*deviations\.json/),
    });
    copyFileSync(data, join(folder, 'deviations.json'));
    copyFileSync(join(docs, 'deviations.md'), join(folder, 'deviations.md'));
    expect(deviations('--qemu', '/nowhere/qemu')).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^colocheck: \/nowhere\/qemu not found; .*\n$/),
    });
    expect(readFileSync(join(folder, 'deviations.json'), 'utf8')).toBe(readFileSync(data, 'utf8'));
  });
});
