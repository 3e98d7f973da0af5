/** The page of a case with overlap: what it says as markup, and in a real browser that it asks for nothing and hears keys. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectFlight } from '../../properties/subjects/flight-subjects.ts';
import { secondary } from '../../properties/in-flight/testing/small-histories.ts';
import { openBrowser, reasonToSkip } from '../view/chromium.ts';
import { openPage, texts } from '../view/page-fixture.ts';
import type { FlightTrace } from './flight-trace-schema.ts';
import { viewFlight } from './write-flight-view.ts';

const skipReason = reasonToSkip();
const folder = mkdtempSync(join(tmpdir(), 'colocheck-flights-'));
const note = '</script><script>document.title = "taken"</script><img src=x onerror="document.title = 1">';
let browser: Browser | null = null;

beforeAll(async () => {
  if (skipReason === null) browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A checkpoint while a write of the primary is in flight. */
const trace: FlightTrace = {
  format: 'colocheck-trace',
  version: 3,
  note,
  comparison: 'qemu',
  setup: { nodes: [secondary(2)] },
  operations: [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    { op: 'submit', request: 1, operation: { op: 'primaryWrite', sector: 0, count: 2, tag: 2 } },
    { op: 'advance', request: 1 },
    { op: 'checkpoint' },
    { op: 'await', request: 1 },
  ],
};

async function written(name: string, system: string, of: FlightTrace = trace) {
  const path = join(folder, `${name}.html`);
  const subject = await connectFlight(system);
  const agreed = await viewFlight(`${name}.json`, of, subject, path);
  return { path, agreed, html: readFileSync(path, 'utf8') };
}

test('a case that is explained says so, and shows every request from its submission to its answer', async () => {
  const { agreed, html } = await written('right', 'impl');
  expect(agreed).toBe(true);
  expect(html).toContain('<h1>= an order explains everything that impl answered</h1>');
  expect(html).toContain('<th scope="row">request 1: primaryWrite sectors 0..1 tag 2</th>');
  expect(html).toMatch(/class="flying effect" title="takes effect on sectors 0\.\.1: request 1/);
  expect(html).not.toContain('no order is left (');
});

test('one that is not ends where no order is left', async () => {
  const { agreed, html } = await written('wrong', 'mutant:checkpoint-beside-requests-in-flight');
  expect(agreed).toBe(false);
  expect(html).toContain('<h1>≠ First difference: step 6 of 6</h1>');
  expect(html).toMatch(/<li id="instant-\d+" data-at="\d+" class="end">step 6: no order is left \(possible/);
  // A call in the lane of another request.
  expect(html).toMatch(/<td data-at="\d+" class="flying cut"><\/td>/);
});

test('what a trace says is text, and nothing is loaded', async () => {
  const { html } = await written('note', 'impl');
  expect(html).not.toContain('<img');
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/(?:src|href)="?http|url\(/);
});

test('of a long case the last instants are shown', async () => {
  const pairs = Array.from({ length: 200 }, (_, at) => [
    { op: 'submit', request: at, operation: { op: 'guestRead', sector: 0, count: 1 } } as const,
    { op: 'await', request: at } as const,
  ]).flat();
  const { html, agreed } = await written('long', 'impl', { ...trace, operations: pairs });
  expect(agreed).toBe(true);
  expect(html).toContain('requests before these are left out');
  expect(html.length).toBeLessThan(3_000_000);
});

describe.skipIf(skipReason !== null)('in a browser', () => {
  test('opens at the end, asks for nothing but the file, and is moved through by keys and clicks', async () => {
    if (browser === null) throw new Error('there is no browser');
    const { path } = await written('keys', 'mutant:checkpoint-beside-requests-in-flight');
    const { page, requests, complaints } = await openPage(browser, path);
    const chosen = async () => texts(page.locator('.instants .chosen'));
    expect((await chosen()).join('')).toMatch(/^step 6: no order is left/);
    await page.keyboard.press('Home');
    expect(await chosen()).toEqual(['step 1: submitted: open']);
    await page.keyboard.press('ArrowRight');
    expect(await chosen()).toEqual(['takes effect: open']);
    expect(new URL(page.url()).hash).toBe('#instant=2');
    await page.locator('.flights td.advance').click();
    expect((await chosen()).join('')).toMatch(/^step 4: goes on: request 1/);
    expect(await page.locator('td.chosen').count()).toBe(await page.locator('.flights tbody tr').count());
    expect(await page.locator('header .note').innerText()).toBe(note);
    expect(requests).toEqual([`file://${path}`]);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
