/** The page of a campaign: self-contained, complete, and safe from what it is given. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMutant } from '../../impl/mutants/mutant.ts';
import { mutants } from '../../impl/mutants/catalogue.ts';
import { runCampaign } from '../campaign/campaign.ts';
import { ProgressCurve } from '../jobs/progress-curve.ts';
import { reachableCells } from '../coverage/reachable-cells.ts';
import type { VerifyResult } from '../results/result-schema.ts';
import { verifyResult } from '../campaign/verify-result.ts';
import { syncSubject } from '../subjects/subject.ts';
import { ticks } from './axis.ts';
import { grouped, secondsText, short } from './markup.ts';
import { reportPage } from './report-page.ts';

let folder = '';
let result: VerifyResult;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'colocheck-report-'));
  const mutant = mutants.find(({ name }) => name === 'start-empties-nothing');
  if (mutant === undefined) throw new Error('there is no such mutant');
  const subject = syncSubject(createMutant(mutant));
  const options = {
    seed: 1,
    casesMax: 300,
    secondsMax: Infinity,
    operationsMax: 60,
    geometry: 'mixed',
    depth: 'full',
    findingsMax: 2,
  } as const;
  const statistics = await runCampaign(subject, options, {
    progress: () => {},
    finding: () => {},
    interrupted: () => false,
  });
  const traces = new Map(
    statistics.findings.map(({ signature }, place) => [signature, join(folder, `${place}.json`)]),
  );
  const asked = {
    ...options,
    geometryName: 'mixed',
    comparison: 'qemu',
    repeat: 'npm run verify -- --a "<b>"',
  } as const;
  const savedFailures = { run: 0, failing: [] };
  const recorded = null;
  const reachable = reachableCells(subject.capabilities);
  result = verifyResult(subject, asked, {
    statistics,
    reachable,
    traces,
    savedFailures,
    recorded,
    parts: null,
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function page(): string {
  return reportPage(result, false, join(folder, 'campaign.html'));
}

describe('the page of a campaign', () => {
  test('needs nothing but itself', () => {
    expect(page()).not.toMatch(/https?:|<script|<link|<img|@import|url\(|src=/);
  });

  test('shows every cell with its count', () => {
    const text = page();
    const counted = result.cells.filter(({ count }) => count > 0);
    const missed = result.cells.filter(({ count }) => count === 0);
    expect(missed.length).toBeGreaterThan(0);
    expect(text.match(/<td style="--heat:\d+"/g)).toHaveLength(counted.length);
    expect(text.match(/<td class="missed"/g)).toHaveLength(missed.length);
    for (const { outcome } of counted.slice(0, 20)) expect(text).toContain(outcome.slice(0, 10));
  });

  test('gives the command as it is to be typed, harmless in a page', () => {
    expect(page()).toContain('npm run verify -- --a &quot;&lt;b&gt;&quot;');
    expect(page()).not.toContain('<b>"');
  });

  test('links to the traces and pictures that are there', () => {
    expect(result.failures).toHaveLength(2);
    expect(page().match(/\(not here\)/g)).toHaveLength(2);
    writeFileSync(join(folder, '0.json'), '{}');
    expect(page()).toContain('<a href="0.json">');
    expect(page()).not.toContain('as a picture');
    writeFileSync(join(folder, '0.html'), '');
    expect(page()).toContain('<a href="0.html">as a picture</a>');
    expect(page().match(/\(not here\)/g)).toHaveLength(1);
  });
});

describe('a curve', () => {
  test('keeps few points of a long campaign, and its end', () => {
    const curve = new ProgressCurve();
    for (let second = 0; second <= 100_000; second++) curve.add(second, second * 3);
    expect(curve.points.length).toBeLessThan(250);
    expect(curve.points.length).toBeGreaterThan(100);
    expect(curve.points.at(-1)).toEqual({ seconds: 100_000, operations: 300_000 });
    expect(curve.points[0]).toEqual({ seconds: 0, operations: 0 });
  });
});

test('numbers are easy to read', () => {
  expect([1, 1234, 1_234_567].map(grouped)).toEqual(['1', '1,234', '1,234,567']);
  expect([999, 1000, 1500, 99_900, 999_600, 12_000_000].map(short)).toEqual([
    '999',
    '1k',
    '1.5k',
    '100k',
    '1M',
    '12M',
  ]);
  expect([1.5, 60, 150, 8000].map(secondsText)).toEqual(['1.50 s', '60.0 s', '2 min 30 s', '2 h 13 min']);
  expect(ticks(303_840, 4)).toEqual([0, 100_000, 200_000, 300_000, 400_000]);
  expect(ticks(0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
});
