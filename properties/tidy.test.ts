/** The shape of the tree that no linter checks: rooms, names, and a model that is read in one sitting. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const own = relative(root, import.meta.filename);
const rooms = ['model', 'impl', 'properties', 'traces', 'cli'];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function text(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) =>
    name.endsWith('.md') ? [join(folder, name)] : [],
  );
}

const all = rooms.flatMap(sources);
const cSources = readdirSync(join(root, 'impl/driver/c')).map((name) => join('impl/driver/c', name));
const notTests = all.filter((path) => !path.endsWith('.test.ts') && !path.startsWith('properties/fixtures'));

/** The folders that each folder's sources import from. */
function foldersImported(): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const path of notTests) {
    const from = dirname(path);
    const others = arrows.get(from) ?? new Set<string>();
    for (const [, name = ''] of text(path).matchAll(/\b(?:from|import\()\s*'(\.[^']+\.ts)'/g)) {
      const to = dirname(normalize(join(from, name)));
      if (to !== from) others.add(to);
    }
    arrows.set(from, others);
  }
  return arrows;
}

/** A way from a folder back to itself, or null. */
function circleIn(arrows: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | null {
  const done = new Set<string>();
  const visit = (folder: string, way: readonly string[]): readonly string[] | null => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    if (done.has(folder)) return null;
    for (const next of arrows.get(folder) ?? []) {
      const circle = visit(next, [...way, folder]);
      if (circle !== null) return circle;
    }
    done.add(folder);
    return null;
  };
  for (const folder of arrows.keys()) {
    const circle = visit(folder, []);
    if (circle !== null) return circle;
  }
  return null;
}

describe('the tree', () => {
  test('has the four rooms, the command line, a folder of documents and no other', () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isDirectory() &&
          !entry.name.startsWith('.') &&
          !['node_modules', 'dist'].includes(entry.name),
      )
      .map(({ name }) => name);
    expect(folders.toSorted()).toEqual([...rooms, 'docs'].toSorted());
  });

  test('has at most 15 sources in a folder', () => {
    const folders = [...new Set(notTests.map((path) => dirname(path)))];
    const crowded = folders.filter(
      (folder) => notTests.filter((path) => dirname(path) === folder).length > 15,
    );
    expect(crowded).toEqual([]);
  });

  test('has no circle of folders that import from each other', () => {
    const circle = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'a'])],
    ]);
    expect(circleIn(circle)).toEqual(['a', 'b', 'a']);
    const arrows = foldersImported();
    expect(arrows.size).toBeGreaterThan(40);
    expect(circleIn(arrows)).toBeNull();
  });

  test('names files and folders after what they hold', () => {
    const vague = /(^|[/\\-])(utils?|helpers?|common|misc|managers?|shared|stuff)($|[./\\-])/;
    expect(vague.test('impl/disk-helpers.ts')).toBe(true);
    expect(vague.test('impl/utils/disk.ts')).toBe(true);
    expect(vague.test('impl/commit-job.ts')).toBe(false);
    expect(all.filter((path) => vague.test(path))).toEqual([]);
  });

  test('leaves no work for later', () => {
    // In halves, so that this file does not find itself.
    const words = [
      ['TO', 'DO'],
      ['FIX', 'ME'],
      ['HA', 'CK'],
    ].map((halves) => halves.join(''));
    const unfinished = new RegExp(`\\b(${words.join('|')})\\b`);
    expect(words.every((word) => unfinished.test(`// ${word}: later`))).toBe(true);
    expect(all.filter((path) => unfinished.test(text(path)))).toEqual([]);
  });

  test('skips no test without a reason that is looked up when it runs', () => {
    const bareSkip = /\b(test|it|describe)(\.\w+)*\.(skip|only|todo|fails)\b|\bx(it|test|describe)\(/;
    expect(bareSkip.test("test.skip('later')")).toBe(true);
    expect(bareSkip.test("describe.skipIf(reason !== null)('here')")).toBe(false);
    expect(all.filter((path) => path !== own && bareSkip.test(text(path)))).toEqual([]);
  });

  test('begins every source file with a sentence on what it holds', () => {
    expect(all.filter((path) => !path.endsWith('.test.ts') && !/^(#!.*\n)?\/\*\*/.test(text(path)))).toEqual(
      [],
    );
  });
});

/** Words that do not appear in comments, messages and pages, each with what is written instead (docs/model.md, Glossary). */
const wordsInstead: readonly (readonly [RegExp, string])[] = [
  [/\btold\b(?! (?:\w+ )?apart)/, 'reported, sent, asked'],
  [/\btells (?!(?:\w+ )?apart\b)\w+/, 'says, reports'],
  [/\bmend(?:ed|s|ing)?\b/, "fixed, repaired (the status of compare is quoted: 'mended')"],
  [/\b(?:comes?|came|coming) by\b/, 'reach'],
  [/\bin (?:its|their) middle\b/, 'half-way'],
  [/\blawful\b/, 'allowed'],
  [/\btroubles?\b/, 'error'],
  [/\ball the same\b/, 'still, even then'],
  [/\bto the letter\b/, 'word for word, character by character'],
  [/\b(?:good|bad) days\b/i, 'no faults, faults'],
  [
    /\b(?:beliefs?|hunts?|decks?|tally|tallies)\b/,
    'candidate state, mutation analysis, generator, statistics',
  ],
  [/\bemptyings?\b(?!-)/, 'make_empty'],
  [/\bout of its mind\b/, 'answers nonsense'],
];

/** Comments, and texts in single quotes or backquotes as far as they are sentences; what is quoted in them is left out. */
function proseOf(path: string, content: string): string {
  const quoted = /`[^`\n]*`|'[\w-]+'|"[\w ]+"/g;
  if (path.endsWith('.md')) return content.replaceAll(/^```(?!sh).*?^```$/gms, '').replaceAll(quoted, '');
  const pieces = content.match(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`/g) ?? [];
  const bare = pieces.map((piece) => (/^['`].* /.test(piece) ? piece.slice(1, -1) : piece));
  return bare
    .map((piece) =>
      piece
        .replaceAll(/\s+(?:\* )?/g, ' ')
        .replaceAll(/\$\{[^}]*\}/g, '')
        .replaceAll(quoted, ' '),
    )
    .join('\n');
}

function houseWords(path: string, content: string): string[] {
  const prose = proseOf(path, content);
  return wordsInstead.flatMap(([word, instead]) => {
    // The count of a status, in a line of numbers.
    if (word.source.includes('mend') && path === 'traces/versus/compare.ts') return [];
    const found = word.exec(prose)?.[0];
    return found === undefined ? [] : [`${path}: "${found}", instead: ${instead}`];
  });
}

describe('the words', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'impl/exec/PROTOCOL.md', ...markdownIn('docs')];

  test('of comments, messages and pages are those of the field', () => {
    const files = [...all, ...cSources, ...pages].filter((path) => path !== own);
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap((path) => houseWords(path, text(path)))).toEqual([]);
  });

  test('that are not are found, but not what is quoted, nor names in code', () => {
    const words = (content: string) => houseWords('a.ts', content).length;
    expect(words('// It is told in one line.')).toBe(1);
    expect(words('const text = `the trouble of ${name}`;')).toBe(1);
    expect(words("print('what was mended is back');")).toBe(1);
    expect(words('/**\n * Ejected in\n * its middle.\n */')).toBe(1);
    expect(
      words("const told = 'mended'; // The status 'mended', or `trouble`; two that are told apart."),
    ).toBe(0);
    expect(houseWords('a.md', 'Every lawful step. `lawful`\n')).toHaveLength(1);
  });
});

describe('the model', () => {
  test('has no class, no throw and no I/O', () => {
    const impure = /^\s*(export )?(abstract )?class |\bthrow\b|\bconsole\.\w|\bprocess\.\w/m;
    const specification = sources('model').filter((path) => !path.endsWith('.test.ts'));
    expect(specification.filter((path) => impure.test(text(path)))).toEqual([]);
  });

  test('shares words that carry no behaviour along', () => {
    const imported = (path: string): string[] =>
      [...text(path).matchAll(/\bfrom '(.*)'|\bimport\(/g)].map(([match, name]) => name ?? match);
    expect(imported('model/step.ts')).toContain('./replication.ts');
    expect(imported('model/vocabulary.ts')).toEqual([]);
    expect(imported('model/operations.ts')).toEqual(['./vocabulary.ts']);
  });

  /** Without blank lines and comments. */
  const code = (path: string): readonly string[] =>
    text(path)
      .split('\n')
      .filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line));
  /** The words, the answers, the deviations and what follows them, and what is left to choose. */
  const tables =
    /\/(vocabulary|operations|node|answers|deviations|document|choices|failed-commit|testing\/scenario)(\.test)?\.ts$/;
  const proper = sources('model').filter((path) => !path.endsWith('.test.ts') && !tables.test(path));

  test('proper has at most 7 files', () => {
    expect(proper.length).toBeGreaterThan(5);
    expect(proper.length).toBeLessThanOrEqual(7);
  });

  test('proper has at most 770 lines of code that ask no switch and no choice', () => {
    const lines = proper.flatMap(code).filter((line) => !/\bqemu\.\w+\(/.test(line));
    expect(lines.length).toBeGreaterThan(400);
    expect(lines.length).toBeLessThanOrEqual(770);
  });

  test('stands beside replication.c in at most 250 lines of code, its switches among them', () => {
    expect(code('model/replication.ts').length).toBeLessThanOrEqual(250);
  });

  test('is a room of at most 1495 lines of code, beside its tests and what only they need', () => {
    const room = sources('model').filter((path) => !/(\.test|scenario)\.ts$/.test(path));
    expect(room.flatMap(code).length).toBeLessThanOrEqual(1495);
  });
});
