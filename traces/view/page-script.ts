/** The script of the page of a trace: its modules as one, by a bundler, and parsed before anybody is given it. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { buildSync } from 'esbuild';

/** Pages are written one after another, all of a kind with the same script. */
const known = new Map<string, string>();

/** Throws where the modules are broken, or no bundler is there. */
export function pageScript(entry = 'page.mjs'): string {
  const script = known.get(entry) ?? bundled(pageFile(entry));
  known.set(entry, script);
  return script;
}

/** One script that needs nothing but a browser. Throws where the modules, or what is made of them, cannot be parsed. */
export function bundled(entry: string): string {
  const { outputFiles } = buildSync({
    // Paths of this machine are nothing to a page.
    absWorkingDir: dirname(entry),
    entryPoints: [entry],
    // The settings of a checkout are none of the page.
    tsconfigRaw: '{}',
    banner: { js: "'use strict';" },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const text = outputFiles.map((file) => file.text).join('');
  return parsed(text);
}

/** The text as it is. Throws where a browser could not run it, or would see it end early. */
export function parsed(text: string): string {
  if (/<\/script|<!--/i.test(text)) throw new SyntaxError('a script cannot hold the end of its element');
  compileFunction(text, [], { filename: 'page.js' });
  return text;
}

/** What the page is made of, with the line ends that a browser wants, whatever a checkout has made of them. */
export function pageText(name: string): string {
  return readFileSync(pageFile(name), 'utf8').replaceAll('\r\n', '\n');
}

function pageFile(name: string): string {
  return join(import.meta.dirname, 'page', name);
}
