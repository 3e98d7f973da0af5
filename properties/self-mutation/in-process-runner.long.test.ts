/** The runner that judges mutants, on small code in which every end of a mutant can be met. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutationReport, scoreOf } from './mutation-report.ts';
import type { MutationReport } from './mutation-report.ts';

const root = join(import.meta.dirname, '../..');
const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const fixture = 'properties/fixtures/mutation';
const config: object = JSON.parse(readFileSync(join(root, fixture, 'stryker.config.json'), 'utf8'));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-mutation-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, changes: object): { status: number | null; output: string; report: string } {
  const report = join(folder, `${name}.json`);
  const path = join(folder, `${name}.config.json`);
  const paths = { jsonReporter: { fileName: report } };
  writeFileSync(path, JSON.stringify({ ...config, ...paths, ...changes }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [stryker, 'run', path], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr, report };
}

test('reports what is noticed, what never ends and what nothing looks at', () => {
  const { status, output, report: path } = run('all', {});
  expect([status, output]).toEqual([0, expect.stringContaining('Done in')]);
  const report: MutationReport = mutationReport.parse(JSON.parse(readFileSync(path, 'utf8')));
  const mutants = Object.values(report.files).flatMap((file) => file.mutants);
  const count = (wanted: string) => mutants.filter(({ status: ended }) => ended === wanted).length;
  expect(scoreOf(report).survivors).toEqual([
    `${fixture}/subject.ts: export function neverCalled(): boolean «{» -> {}`,
    `${fixture}/subject.ts: return «left < right» ? left : right; -> left <= right`,
    `${fixture}/subject.ts: return «true»; -> false`,
  ]);
  expect([count('Survived'), count('NoCoverage')]).toEqual([1, 2]);
  expect(count('Timeout')).toBeGreaterThan(0);
  expect(count('Killed') + count('Timeout') + 3).toBe(mutants.length);
});

test('refuses tests that cannot be repeated', () => {
  const { status, output } = run('once', { judges: [`${fixture}/once.judge.ts`] });
  expect(status).not.toBe(0);
  expect(output).toContain('once.judge.ts#only once');
});
