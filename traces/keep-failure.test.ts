/** A failure is kept with its page beside it, and neither the lack of a page nor a smaller case is in the way. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Case } from '../properties/case.ts';
import type { Divergence } from '../properties/divergence.ts';
import { openSubject } from '../properties/subjects.ts';
import { keepFailure } from './keep-failure.ts';
import { recordCounterexample } from './record-exploration.ts';
import { caseOf } from './replay.ts';
import { readTrace } from './trace-file.ts';
import type { Trace } from './trace-schema.ts';

const MUTANT = 'mutant:no-copy-before-a-write';
const broken = openSubject(MUTANT);
const trace = {
  ...readTrace('traces/regressions/copy-before-write-hides-primary-write.json'),
  signature: 'it',
};

let folder = '';
let json = '';
let html = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-kept-'));
  json = join(folder, 'it.json');
  html = join(folder, 'it.html');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function difference(testCase: Case): Promise<Divergence> {
  const divergence = await broken.judge(testCase, 'full');
  if (divergence === null) throw new Error('the mutant agrees');
  return divergence;
}

async function kept(failing: Trace = trace): Promise<readonly string[]> {
  return keepFailure(folder, broken, await difference(caseOf(failing)), failing);
}

test('with its page, and the lines that name both', async () => {
  expect(await kept()).toEqual([
    `trace:  ${json}`,
    `view:   ${html}`,
    `replay: npm run replay -- ${json} --system ${MUTANT}`,
  ]);
  const page = readFileSync(html, 'utf8');
  expect(page).toContain('First difference: step 3 of 7');
  expect(page).toContain(`npm run view -- ${json} --system ${MUTANT}`);
});

test('where no page can be written the trace is kept, and the line says why', async () => {
  mkdirSync(html);
  const [, view] = await kept();
  expect(view).toMatch(`view:   no page: cannot write ${html}: EISDIR`);
  expect(readTrace(json).operations).toEqual(trace.operations);
  expect(existsSync(html)).toBe(true);
});

test('a larger case of the same signature leaves the page of the smaller one', async () => {
  await kept();
  const page = readFileSync(html, 'utf8');
  const larger = { ...trace, operations: [...trace.operations, ...trace.operations] };
  expect((await kept(larger))[1]).toBe(`view:   ${html}`);
  expect(readFileSync(html, 'utf8')).toBe(page);
  rmSync(html);
  expect((await kept(larger))[1]).toBe(`view:   npm run view -- ${json} --system ${MUTANT}`);
});

test('a run too long for a page beside it is left to the command', async () => {
  const [node] = trace.setup.nodes;
  if (node === undefined) throw new Error('the trace has no node');
  const operations = [
    ...trace.operations,
    ...Array.from({ length: 40 }, () => ({ op: 'getError' as const })),
  ];
  const geometry = { ...node.geometry, lengthSectors: 2 ** 20 };
  const large: Trace = {
    ...trace,
    setup: { nodes: [{ ...node, geometry, initialContent: [] }] },
    operations,
  };
  const known = await difference(caseOf(trace));
  expect(keepFailure(folder, broken, known, large)[1]).toBe(
    `view:   npm run view -- ${json} --system ${MUTANT} (it is large)`,
  );
  expect(existsSync(html)).toBe(false);
});

test('the report of a search names the page', async () => {
  const testCase = caseOf(trace);
  const report = recordCounterexample(broken, 'found by hand', testCase, await difference(testCase), folder);
  const [, page = ''] = /^view: +(\S+)$/m.exec(report) ?? [];
  expect(existsSync(page)).toBe(true);
});
