/** How soon the page of a trace of 10,000 steps opens in a browser, and how soon it is at another step. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { EnvironmentError } from '../../impl/environment-error.ts';
import { openSubject } from '../../properties/subjects.ts';
import { chromiumPath, reasonWithoutPages } from './chromium.ts';
import { longTrace } from './long-trace.ts';
import { viewTrace } from './write-view.ts';

const MOVES = 200;

/** Throws an `EnvironmentError` where there is no browser. */
export async function benchPages(print: (line: string) => void): Promise<void> {
  const missing = reasonWithoutPages();
  if (missing !== null) throw new EnvironmentError(missing);
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-page-bench-'));
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? 'chromium',
    args: ['--no-sandbox'],
  });
  try {
    for (const operations of [100, 1000, 10_000]) {
      const path = join(folder, `${operations}.html`);
      await viewTrace(`${operations}.json`, longTrace(operations), openSubject('impl'), path);
      const page = await browser.newPage();
      const began = performance.now();
      await page.goto(pathToFileURL(path).href);
      await page.waitForSelector('.step.chosen');
      const openMs = performance.now() - began;
      // From the key to the next frame, in the page itself.
      const moves = Number(await page.evaluate(movesScript));
      print(
        `page of ${operations} steps: ${Math.round(statSync(path).size / 1000)} kB, opens in ${openMs.toFixed(0)} ms, ${moves.toFixed(1)} ms to another step (median of ${MOVES})`,
      );
      await page.close();
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const movesScript = `(async () => {
  const taken = [];
  const keys = ['ArrowDown', 'PageDown', 'ArrowUp', 'PageDown'];
  for (let move = 0; move < ${MOVES}; move++) {
    const began = performance.now();
    document.dispatchEvent(new KeyboardEvent('keydown', { key: keys[move % keys.length], bubbles: true }));
    document.body.offsetHeight;
    taken.push(performance.now() - began);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return taken.sort((left, right) => left - right)[${MOVES / 2}];
})()`;
