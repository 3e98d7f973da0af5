/** Pages for the tests, opened in a real browser, and what a reader sees of them. */
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Case } from '../../properties/cases/case.ts';
import { openSubject } from '../../properties/subjects/subjects.ts';
import { readTrace } from '../format/trace-file.ts';
import type { Trace } from '../format/trace-schema.ts';
import { TRACE_VERSION } from '../format/trace-schema.ts';
import { viewTrace } from './write-view.ts';

/** The path of the page. */
export async function writtenPage(
  folder: string,
  name: string,
  trace: Trace,
  system = 'impl',
): Promise<string> {
  const out = join(folder, `${name}.html`);
  await viewTrace(`${name}.json`, trace, openSubject(system), out);
  return out;
}

export function traceOf({ setup, operations }: Case, note?: string): Trace {
  return {
    format: 'colocheck-trace',
    version: TRACE_VERSION,
    comparison: 'qemu',
    ...(note === undefined ? {} : { note }),
    setup,
    operations,
  };
}

export function savedTrace(name: string): Trace {
  return readTrace(`traces/saved/${name}.json`);
}

export interface OpenPage {
  readonly page: Page;
  /** Every address that was asked for. */
  readonly requests: readonly string[];
  /** What the script threw or wrote to the console. */
  readonly complaints: readonly string[];
}

export async function openPage(browser: Browser, path: string, hash = ''): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`file://${path}${hash}`);
  return { page, requests, complaints };
}

/** The number of the chosen step, as the list says. */
export async function chosenStep(page: Page): Promise<number> {
  return Number(await page.locator('.step.chosen').getAttribute('data-step'));
}

export async function texts(located: Locator): Promise<string[]> {
  return (await located.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

/** Every row of sectors: its names, then what its cells say. */
export async function rowsShown(page: Page): Promise<string[]> {
  const rows = await page.locator('tr.content').all();
  return Promise.all(rows.map(async (row) => (await texts(row.locator('th, td'))).join(' ').trim()));
}
