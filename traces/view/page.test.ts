/** The page of a trace in a real browser, opened from a file as from a CI artifact. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSubject } from '../../properties/subjects.ts';
import type { Trace } from '../trace-schema.ts';
import { readTrace } from '../trace-file.ts';
import { chromiumPath, reasonWithoutPages } from './chromium.ts';
import { longTrace } from './long-trace.ts';
import { viewTrace } from './write-view.ts';

const folder = mkdtempSync(join(tmpdir(), 'colocheck-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function write(name: string, trace: Trace, system: string): Promise<string> {
  const out = join(folder, `${name}.html`);
  await viewTrace(`${name}.json`, trace, openSubject(system), out);
  return out;
}

test('the page of a trace of 100 steps is a small file', async () => {
  const path = await write('hundred', longTrace(100), 'impl');
  expect(statSync(path).size).toBeLessThan(300_000);
});

const skipReason = reasonWithoutPages();

describe.skipIf(skipReason !== null)('in a browser', () => {
  let browser: Browser | undefined;
  let page: Page | undefined;
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? 'chromium', args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => {
      throw error;
    });
  });
  afterAll(() => browser?.close());

  async function open(path: string, hash = ''): Promise<Page> {
    if (page === undefined) throw new Error('no browser was started');
    // The same file with another step in the address would only scroll.
    await page.goto('about:blank');
    await page.goto(`${pathToFileURL(path).href}${hash}`);
    return page;
  }

  const chosen = (on: Page): Promise<string> => on.locator('.step.chosen').innerText();
  const failing = 'traces/regressions/commit-prefers-active.json';

  test('a failing trace opens at its first difference, and asks for nothing but itself', async () => {
    const path = await write('failing', readTrace(failing), 'mutant:commit-prefers-hidden');
    requests.length = 0;
    const on = await open(path);
    expect(requests.filter((url) => url !== 'about:blank')).toEqual([pathToFileURL(path).href]);
    expect(await on.locator('h1').innerText()).toMatch(/^≠ First difference: step \d+ of \d+$/);
    expect(await chosen(on)).toContain('≠');
    expect(await on.locator('#headline').innerText()).toMatch(/expected[\s\S]*actual/);
    expect(await on.locator('td.differs').count()).toBeGreaterThan(0);
  });

  test('a trace that agrees opens before its first step and says so', async () => {
    const on = await open(await write('agreeing', readTrace(failing), 'impl'));
    expect(await on.locator('h1').innerText()).toContain('efficient and the model agree');
    expect(await chosen(on)).toContain('before the first step');
    expect(await on.locator('#to-difference').isVisible()).toBe(false);
  });

  test('keys go from step to step and from sector to sector, and back to the difference', async () => {
    const on = await open(await write('keys', readTrace(failing), 'mutant:commit-prefers-hidden'));
    const difference = await chosen(on);
    await on.keyboard.press('Home');
    expect(await chosen(on)).toContain('before the first step');
    await on.keyboard.press('ArrowDown');
    expect(await chosen(on)).toContain('open');
    expect(on.url()).toMatch(/#step=1$/);
    await on.keyboard.press('ArrowRight');
    expect(await on.locator('#history-title').innerText()).toMatch(/^Sectors? 1\b/);
    await on.keyboard.press('d');
    expect(await chosen(on)).toBe(difference);
  });

  test('an address names a step', async () => {
    const on = await open(await write('address', readTrace(failing), 'impl'), '#step=2');
    expect(await chosen(on)).toContain('start secondary');
  });

  test('a search finds the steps that name a thing, one after the other', async () => {
    const on = await open(await write('search', readTrace(failing), 'impl'));
    await on.keyboard.press('/');
    await on.keyboard.type('guestWrite');
    expect(await on.locator('#matches').innerText()).toMatch(/^\d+ found$/);
    await on.keyboard.press('Enter');
    expect(await chosen(on)).toContain('guestWrite');
  });

  test('a range of sectors leaves the others out', async () => {
    const on = await open(await write('range', longTrace(60), 'impl'));
    const columns = async (): Promise<number> =>
      on.locator('#nodes section:first-child thead [data-sector]').count();
    const all = await columns();
    await on.fill('#range', '0-0');
    expect(await columns()).toBe(1);
    expect(all).toBeGreaterThan(1);
  });

  test('a copy before a write and a commit are told as movements between the layers', async () => {
    const trace = readTrace('traces/regressions/copy-before-write-hides-primary-write.json');
    const on = await open(await write('copies', trace, 'impl'));
    const step = trace.operations.findIndex(({ op }) => op === 'primaryWrite') + 1;
    await on.goto(`${on.url().replace(/#.*/, '')}#step=${step}`);
    expect(await on.locator('#movements').innerText()).toMatch(/copy.*secondary disk → hidden disk/);
  });

  test('in the dark the page is dark', async () => {
    const on = await open(await write('dark', readTrace(failing), 'impl'));
    const background = (): Promise<unknown> => on.evaluate('getComputedStyle(document.body).backgroundColor');
    await on.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await on.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
  });

  test('of ten thousand steps only those in sight are there, and the last is one key away', async () => {
    const on = await open(await write('long', longTrace(10_000), 'impl'));
    expect(await on.locator('.step').count()).toBeLessThan(200);
    await on.keyboard.press('End');
    expect(await chosen(on)).toMatch(/^\s*10000/);
  });
});
