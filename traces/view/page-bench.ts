/** Measures the pages of long traces in a real browser: written, opened, gone through. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Geometry } from '../../model/vocabulary.ts';
import { realGeometry, smallGeometry } from '../../properties/cases/geometries.ts';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { readTrace, writeTrace } from '../format/trace-file.ts';
import { TRACE_VERSION } from '../format/trace-schema.ts';
import { openBrowser, reasonToSkip } from './chromium.ts';
import { longCase } from './long-case.ts';
import { viewPath, viewTrace } from './write-view.ts';

const shapes: readonly (readonly [name: string, steps: number, geometry: Geometry])[] = [
  ['100 steps, 8 sectors', 100, smallGeometry],
  ['100 steps, 1024 sectors', 100, realGeometry],
  ['10,000 steps, 8 sectors', 10_000, smallGeometry],
  ['10,000 steps, 1024 sectors', 10_000, realGeometry],
];
const MOVES = 200;
const ROUNDS = 3;

async function measure(browser: Browser, folder: string, steps: number, geometry: Geometry): Promise<string> {
  const path = join(folder, 'long.json');
  const { setup, operations } = longCase(steps, geometry);
  writeTrace(path, {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    comparison: 'qemu',
    setup,
    operations,
  });
  const subject = openSubject('impl');
  const began = performance.now();
  await viewTrace(path, readTrace(path), subject, viewPath(path));
  const written = performance.now() - began;
  const opened: number[] = [];
  let moves: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const opening = performance.now();
    await page.goto(`file://${viewPath(path)}#step=${Math.floor(steps / 2)}`);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    opened.push(performance.now() - opening);
    moves = [...moves, ...(await page.evaluate<number[]>(MOVE_SCRIPT))];
    await page.close();
  }
  const kilobytes = Math.round(statSync(viewPath(path)).size / 1000);
  return `${kilobytes} kB, written in ${(written / 1000).toFixed(2)} s, opened in ${worst(opened)} ms, a step in ${share(moves, 0.5)} ms (95 %: ${share(moves, 0.95)}, longest: ${worst(moves)})`;
}

/** From the key to the frame that shows it. Up and down in turns of 20, so that keyframes are crossed. */
const MOVE_SCRIPT = `(async () => {
  const times = [];
  for (let move = 0; move < ${MOVES}; move++) {
    const key = Math.floor(move / 20) % 3 === 2 ? 'ArrowUp' : 'ArrowDown';
    const before = performance.now();
    document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    document.body.getBoundingClientRect();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - before);
  }
  return times;
})()`;

function worst(times: readonly number[]): string {
  return Math.max(...times).toFixed(0);
}

function share(times: readonly number[], part: number): string {
  const sorted = times.toSorted((left, right) => left - right);
  return (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(0);
}

/** Throws an `EnvironmentError` where there is no browser. */
export async function benchPages(print: (line: string) => void): Promise<void> {
  const missing = reasonToSkip();
  if (missing !== null) throw new EnvironmentError(missing);
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-page-bench-'));
  const browser = await openBrowser();
  try {
    for (const [name, steps, geometry] of shapes) {
      print(`${name}: ${await measure(browser, folder, steps, geometry)}`);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
