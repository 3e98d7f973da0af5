/** The pages for people: how long, where their links lead, whether the files, commands and options that they name are there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { invariants } from '../properties/invariants/invariants.ts';

const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });
const root = join(import.meta.dirname, '..');
const pages = ['README.md', 'CONTRIBUTING.md', ...filesIn('docs', '.md'), 'impl/exec/PROTOCOL.md'];

function filesIn(folder: string, ending: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

function text(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** As GitHub makes anchors of headings. */
function anchors(page: string): string[] {
  const headings = [...text(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return headings.map((heading) => heading.replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'));
}

/** Links of a page that lead nowhere in this tree. */
function brokenLinks(page: string, content: string): string[] {
  const prose = content.replaceAll(/^```.*?^```$/gms, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchors(target).includes(anchor);
  });
}

/** Files and folders of this tree that a page names in code, without those that are not there until something runs. */
function missingPaths(content: string): string[] {
  const made = /^traces\/(certificate|saved\/failures)/;
  const named = /`((?:model|impl|properties|traces|cli|docs|\.ci)\/[^`\s*<>{}]*)`/g;
  const paths = [...content.matchAll(named)].map(([, path = '']) => path);
  return paths.filter((path) => !made.test(path) && !/[A-Z]{4}/.test(path) && !existsSync(join(root, path)));
}

/** Commands of this project as a page names them, in blocks and in lines, each with its options. */
function unknownWords(content: string): string[] {
  const { scripts } = packageSchema.parse(JSON.parse(text('package.json')));
  const options = new Set(
    filesIn('cli', '.ts')
      .filter((path) => !path.endsWith('.test.ts'))
      .flatMap((path) => text(path).match(/--[a-z][a-z-]+/g) ?? []),
  );
  const unknown: string[] = [];
  for (const [, name = '', rest = ''] of content.matchAll(
    /\bnpm run (?:-s |--silent )?([a-z:-]+)([^`\n]*)/g,
  )) {
    if (!Object.hasOwn(scripts, name)) unknown.push(`npm run ${name}`);
    // What comes behind the command's own options is a comment, or another command.
    const [own = ''] = rest.split(/ # | && | \| |"$/);
    for (const option of own.match(/ --[a-z][a-z-]+/g) ?? [])
      if (option !== ' --help' && !options.has(option.trim())) unknown.push(`${name}${option}`);
  }
  return unknown;
}

describe('the README', () => {
  test('is one screen: at most 8 kB and 150 lines', () => {
    const readme = text('README.md');
    expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(8192);
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });
});

describe('the pages', () => {
  test('are all led to from the README, or from a page that it leads to', () => {
    const reached = new Set(['README.md']);
    for (const page of reached)
      for (const [, link = ''] of text(page).matchAll(/\]\(([^)#\s]+\.md)[^)]*\)/g))
        reached.add(relative(root, join(root, dirname(page), link)));
    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  test.each(pages)('%s: every link leads somewhere', (page) => {
    expect(brokenLinks(page, text(page))).toEqual([]);
  });

  test.each(pages)('%s: every file and folder that it names is there', (page) => {
    expect(missingPaths(text(page))).toEqual([]);
  });

  test.each(pages)('%s: every command and option that it names is there', (page) => {
    expect(unknownWords(text(page))).toEqual([]);
  });

  test('and what is not there is noticed', () => {
    const links = '[a](docs/none.md) [b](docs/ci.md#none) [c](#none) [d](docs/ci.md#exit-codes)';
    expect(brokenLinks('README.md', links)).toEqual(['docs/none.md', 'docs/ci.md#none', '#none']);
    expect(missingPaths('`model/step.ts` `properties/cases/none.ts`')).toEqual(['properties/cases/none.ts']);
    const commands = '`npm run verify -- --sed 1`, `npm run verfy`\nnpm run view -- --out x # --none\n';
    expect(unknownWords(commands)).toEqual(['verify --sed', 'npm run verfy']);
  });
});

test('docs/architecture.md has every folder of sources', () => {
  const page = text('docs/architecture.md');
  const folders = ['model', 'impl', 'properties', 'traces', 'cli'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /(?<!\.test)\.(ts|c)$/.test(entry.name))
      .map((entry) => relative(root, entry.parentPath)),
  );
  const named = [...new Set(folders)].filter(
    (folder) => !/fixtures|testing$|exec\/examples$|page$|^traces$|^cli$/.test(folder),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((folder) => !page.includes(`\`${folder}/\``))).toEqual([]);
});

test('docs/model.md has every law in the words of the reports', () => {
  const rows = [...text('docs/model.md').matchAll(/^\| (\w+) +\| (.*?) +\|$/gm)].map(([, name, law]) => [
    name,
    law,
  ]);
  expect(
    invariants
      .map(({ name, law }) => [name, law])
      .filter((row) => !rows.some((each) => each.join() === row.join())),
  ).toEqual([]);
});
