/** The script of a page is bundled and parsed, whatever the line ends of the checkout; what is broken is never written. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundled, pageScript, parsed } from './page-script.ts';

const sources = join(import.meta.dirname, 'page');
let folder = '';
beforeAll(() => {
  // A blank, a letter of another alphabet, and what a URL would take for its fragment.
  folder = join(mkdtempSync(join(tmpdir(), 'colocheck-page-')), 'ä b#c');
  cpSync(sources, folder, { recursive: true });
});
afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

function rewrite(change: (text: string) => string): string {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.mjs')))
    writeFileSync(join(folder, name), change(readFileSync(join(sources, name), 'utf8')));
  return join(folder, 'page.mjs');
}

test('it is one script without modules', () => {
  expect(pageScript()).not.toMatch(/^\s*(import|export)\b/m);
  expect(() => parsed(pageScript())).not.toThrow();
});

test('line ends of Windows, and a path with a blank and #, change nothing in it', () => {
  expect(bundled(rewrite((text) => text.replaceAll('\n', '\r\n')))).toBe(pageScript());
});

test.each([
  ['cannot be parsed', (text: string) => `${text}\nconst = 1;\n`],
  ['lacks what it imports', (text: string) => text.replace(/from '\.\/\w/, "from './none-")],
])('a module that %s is refused', (_why, broken) => {
  expect(() => bundled(rewrite(broken))).toThrow('Build failed');
});

test.each(['import x from "y";', 'const = 1;', '"</script>"'])('%s is no script of a page', (text) => {
  expect(() => parsed(text)).toThrow(SyntaxError);
});
