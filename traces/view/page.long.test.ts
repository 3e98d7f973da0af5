/** The page in a real browser: what is seen at once, how one moves, and that nothing is loaded from anywhere. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { contentSymbols } from '../../properties/screen/content-symbols.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { realGeometry, smallGeometry } from '../../properties/cases/geometries.ts';
import { openBrowser, reasonToSkip } from './chromium.ts';
import { longCase } from './long-case.ts';
import { chosenStep, openPage, rowsShown, savedTrace, texts, traceOf, writtenPage } from './page-fixture.ts';

const skipReason = reasonToSkip();
const folder = mkdtempSync(join(tmpdir(), 'colocheck-pages-'));
const failing = savedTrace('regressions/copy-before-write-hides-primary-write');
const MUTANT = 'mutant:no-copy-before-a-write';
let browser: Browser | null = null;
let failingPage = '';
let commitPage = '';

beforeAll(async () => {
  if (skipReason !== null) return;
  browser = await openBrowser();
  failingPage = await writtenPage(folder, 'failing', failing, MUTANT);
  commitPage = await writtenPage(folder, 'commit', savedTrace('regressions/commit-prefers-active'));
});
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

function opened(path: string, hash = ''): ReturnType<typeof openPage> {
  if (browser === null) throw new Error('there is no browser');
  return openPage(browser, path, hash);
}

test.each([
  ['small', smallGeometry],
  ['real', realGeometry],
])('the page of a hundred steps stays below 300 kB: %s disks', async (name, geometry) => {
  const path = await writtenPage(folder, `hundred-${name}`, traceOf(longCase(100, geometry)));
  expect(statSync(path).size).toBeLessThan(300_000);
});

describe.skipIf(skipReason !== null)('opening', () => {
  test('asks for nothing but the file, and the script has nothing to complain of', async () => {
    const { page, requests, complaints } = await opened(failingPage);
    await page.locator('td[data-origin="3"]').first().hover();
    await page.keyboard.press('ArrowUp');
    expect(requests).toEqual([`file://${failingPage}`]);
    expect(complaints).toEqual([]);
  });

  test('a failing trace opens at the first difference, expected beside actual', async () => {
    const { page } = await opened(failingPage);
    expect(await chosenStep(page)).toBe(3);
    expect(await page.locator('h1').innerText()).toBe('≠ First difference: step 3 of 7');
    expect(await page.locator('.sentence').innerText()).toBe(
      `what the secondary VM reads, sector 0: tag 22 in ${MUTANT}, tag 11 in the model`,
    );
    expect(await texts(page.locator('#headline dd'))).toEqual([
      'ok',
      'what the secondary VM reads, sector 0: tag 11',
      'what the secondary VM reads, sector 0: tag 22',
    ]);
    const [expected, actual, active, model, system, secondary] = await rowsShown(page);
    expect(expected).toMatch(/^secondary VM expected 11 11/);
    expect(actual).toMatch(/^actual 22 #3 11/);
    expect(active).toMatch(/^active disk model = system - -/);
    expect(model).toMatch(/^hidden disk model 11 11/);
    expect(system).toMatch(/^system - -/);
    expect(secondary).toMatch(/^secondary disk model = system 22 #3 11/);
    await expect(page.locator('tr.view td.differs').count()).resolves.toBe(2);
  });

  test('a movement that was expected and did not happen is drawn as such, in its step alone', async () => {
    const { page } = await opened(failingPage);
    const gap = page.locator('tr.gap td.missing');
    expect(await texts(gap)).toEqual(['△', '△']);
    expect(await gap.first().getAttribute('title')).toBe(
      'expected, did not happen: copy before write: secondary disk to hidden disk',
    );
    expect(await texts(page.locator('#movements li.missing'))).toEqual([
      'copy before write sectors 0–127: secondary disk → hidden disk (expected, did not happen)',
    ]);
    const legend = await page.locator('.legend').innerText();
    for (const { sign, words } of Object.values(contentSymbols))
      expect(legend).toContain(`${sign} ${words};`);
    expect(legend).toContain('△▽ expected, did not happen');
    const { page: sound } = await opened(commitPage);
    for (let step = 0; step < 8; step++) {
      await sound.keyboard.press('ArrowDown');
      await expect(sound.locator('.missing').count()).resolves.toBe(0);
    }
  });

  test('a trace without a difference opens before its first step', async () => {
    const { page } = await opened(commitPage);
    expect(await chosenStep(page)).toBe(0);
    expect(await page.locator('h1').innerText()).toBe('= impl and the model agree in all 8 steps');
    await expect(page.locator('#to-difference').isVisible()).resolves.toBe(false);
  });

  test('what a trace says is text, whatever it is', async () => {
    const note = '</script><script>document.title = "taken"</script><img src=x onerror="document.title = 1">';
    const path = await writtenPage(folder, 'note', traceOf(longCase(5, smallGeometry), note));
    const { page, requests } = await opened(path);
    expect(await page.locator('header .note').innerText()).toBe(note);
    expect(await page.title()).toBe('note.json: impl and the model agree in all 5 steps');
    expect(requests).toHaveLength(1);
  });
});

describe.skipIf(skipReason !== null)('moving', () => {
  test('by keys: steps, ends, the first difference again', async () => {
    const { page } = await opened(failingPage);
    const steps: number[] = [];
    for (const key of ['ArrowDown', 'ArrowUp', 'ArrowUp', 'Home', 'ArrowUp', 'End', 'ArrowDown', 'd']) {
      await page.keyboard.press(key);
      steps.push(await chosenStep(page));
    }
    expect(steps).toEqual([4, 3, 2, 0, 0, 7, 7, 3]);
    expect(new URL(page.url()).hash).toBe('#step=3');
  });

  test('by a link to a step, and by changing it', async () => {
    const { page } = await opened(commitPage, '#step=4');
    expect(await chosenStep(page)).toBe(4);
    await page.evaluate('location.hash = "#step=6"');
    await page.locator('#step-6.chosen').waitFor();
    expect(await page.locator('h2').innerText()).toBe('#6 commitSettle');
  });

  test('by a click on a step and on the lane', async () => {
    const { page } = await opened(commitPage);
    await page.locator('#step-5').click();
    expect(await chosenStep(page)).toBe(5);
    await page.locator('.overview').click({ position: { x: 2, y: 30 } });
    expect(await chosenStep(page)).toBe(0);
  });

  test('by search, from found to found', async () => {
    const { page } = await opened(commitPage);
    await page.keyboard.press('/');
    await page.keyboard.type('read SECTOR');
    await page.keyboard.press('Enter');
    expect(await chosenStep(page)).toBe(7);
    expect(await page.locator('#matches').innerText()).toBe('1 of 2 found');
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    expect(await chosenStep(page)).toBe(8);
    await page.keyboard.press('n');
    expect(await chosenStep(page)).toBe(7);
    await page.locator('#search').fill('failover');
    expect(await page.locator('.step.match').evaluateAll((rows) => rows.map(({ id }) => id))).toEqual([
      'step-5',
    ]);
  });
});

describe.skipIf(skipReason !== null)('a step', () => {
  test('shows what moves as arrows in its sectors, and lights what changed', async () => {
    const { page } = await opened(commitPage, '#step=3');
    expect(await texts(page.locator('tr.gap th'))).toEqual(['', 'copy before write']);
    expect(await texts(page.locator('tr.gap').nth(1).locator('td'))).toEqual(['▲', '▲', '', '', '']);
    expect(await texts(page.locator('tr.hidden td.lit'))).toEqual(['11', '11']);
    expect(await texts(page.locator('tr.secondary td.lit'))).toEqual(['22 #3']);
    await page.keyboard.press('End');
    expect(await page.locator('td.lit').count()).toBe(0);
    await page.locator('#step-6').click();
    expect(await texts(page.locator('tr.gap th'))).toEqual(['', 'commit']);
    expect(await texts(page.locator('tr.gap td'))).toEqual(['┃', '┃', '', '', '', '▼', '▼', '', '', '']);
    expect(await page.locator('#lines').innerText()).toContain('replication.c:668-675');
  });

  test('says in words what the chosen sector holds and which steps touch it', async () => {
    const { page } = await opened(commitPage, '#step=4');
    expect(await page.locator('#history-title').innerText()).toBe('Sector 0');
    expect(await texts(page.locator('#history dd'))).toContain('#3 primaryWrite sector 0 tag 22');
    expect(await texts(page.locator('#history li a'))).toEqual(['#3', '#4', '#6', '#7', '#8']);
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#history-title').innerText()).toBe('Sectors 1–127');
  });

  test('can be narrowed to a range of sectors', async () => {
    const { page } = await opened(commitPage, '#step=4');
    const ruler = page.locator('thead th[data-sector]');
    expect(await texts(ruler)).toEqual(['0', '1–127', '128–255', '256–383', '384–511']);
    await page.locator('#range').fill('126-129');
    expect(await texts(ruler)).toEqual(['126', '127', '128', '129']);
    await page.locator('#range').fill('nothing');
    expect(await ruler.count()).toBe(5);
  });

  test('on a disk of more sectors than fit shows those that it is about', async () => {
    const testCase = longCase(100, realGeometry);
    const path = await writtenPage(folder, 'wide', traceOf(testCase));
    const { page } = await opened(path, '#step=2');
    expect(await page.locator('#nodes .note').innerText()).toBe('More sectors than fit: name a range above.');
    for (let step = 3; step < 12; step++) {
      await page.keyboard.press('ArrowDown');
      const operation = testCase.operations[step - 1];
      const named = page.locator('th.named').first();
      expect(await named.innerText()).toBe(
        operation !== undefined && 'sector' in operation ? String(operation.sector) : '',
      );
      const [cell, place] = [await named.boundingBox(), await page.locator('.scroll').boundingBox()];
      if (cell === null || place === null) throw new Error('the column is not drawn');
      expect(cell.x).toBeGreaterThan(place.x);
      expect(cell.x + cell.width).toBeLessThan(place.x + place.width);
    }
  });

  test('of several nodes shows each with its lane', async () => {
    const path = await writtenPage(folder, 'nodes', savedTrace('regressions/nodes-of-both-modes'));
    const { page } = await opened(path, '#step=8');
    expect(await texts(page.locator('.node h3'))).toEqual([
      'node 0, secondary donecommitted: the guest uses the secondary disk',
      'node 1, primary running',
    ]);
    expect(await page.locator('.overview').count()).toBe(2);
  });
});

describe.skipIf(skipReason !== null)('ten thousand steps', () => {
  test('open anywhere, with the elements of those in sight alone', async () => {
    const path = await writtenPage(folder, 'long', traceOf(longCase(10_000, smallGeometry)));
    const { page } = await opened(path, '#step=7777');
    expect(await chosenStep(page)).toBe(7777);
    expect(await page.locator('.step').count()).toBeLessThan(100);
    await expect(page.locator('#step-7777').isVisible()).resolves.toBe(true);
    await page.keyboard.press('End');
    expect(await chosenStep(page)).toBe(10_000);
    expect(await page.locator('h2').innerText()).toBe('#10000 close');
    await page.locator('#search').fill('checkpoint');
    expect(await page.locator('#matches').innerText()).toBe('700 found');
  });
});

describe.skipIf(skipReason !== null)('light, dark, and without colour', () => {
  test.each(['light', 'dark'] as const)('%s: text stands out from paper and cells', async (colorScheme) => {
    const { page } = await opened(failingPage);
    await page.emulateMedia({ colorScheme });
    const contrasts = await page.evaluate<number[]>(CONTRAST_SCRIPT);
    expect(contrasts.length).toBeGreaterThan(20);
    expect(Math.min(...contrasts)).toBeGreaterThan(4.5);
  });

  test('every cell says what it holds, and a differing one that it differs', async () => {
    const { page } = await opened(failingPage);
    const cells = await page.locator('tr.content td').all();
    for (const cell of cells) expect((await cell.innerText()).trim()).not.toBe('');
    const marks = await page
      .locator('td.differs')
      .evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')));
    expect(marks.every((label) => label?.endsWith('(differs)'))).toBe(true);
  });
});

/** The contrast (WCAG) of every text with what lies behind it. */
const CONTRAST_SCRIPT = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d');
  const parts = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (color) => {
    const [r, g, b] = [...parts(color)].map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (parts(color)[3] === 255) return color;
    }
    return 'white';
  };
  const texts = [...document.querySelectorAll('h1, .sentence, h2, h3, dd, dt, td b, .step .text, .step .outcome, .badge')];
  return texts.map((element) => {
    const [first, second] = [light(getComputedStyle(element).color), light(behind(element))];
    return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
  });
})()`;
