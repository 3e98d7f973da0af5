/** The shape of the tree that no linter checks: rooms, names, and a model that is read in one sitting. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const own = relative(root, import.meta.filename);
const rooms = ['model', 'impl', 'properties', 'traces'];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function text(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const all = rooms.flatMap(sources);

describe('the tree', () => {
  test('has the four rooms, a folder of documents and no other', () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .map(({ name }) => name);
    expect(folders.toSorted()).toEqual([...rooms, 'docs'].toSorted());
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
    expect(all.filter((path) => !path.endsWith('.test.ts') && !text(path).startsWith('/**'))).toEqual([]);
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
    /\/(vocabulary|operations|node|answers|deviations|document|choices|failed-commit|scenario)(\.test)?\.ts$/;
  const proper = sources('model').filter((path) => !path.endsWith('.test.ts') && !tables.test(path));

  test('proper has at most 8 files', () => {
    expect(proper.length).toBeGreaterThan(5);
    expect(proper.length).toBeLessThanOrEqual(8);
  });

  test('proper has at most 747 lines of code that ask no switch and no choice', () => {
    const lines = proper.flatMap(code).filter((line) => !/\bqemu\.\w+\(/.test(line));
    expect(lines.length).toBeGreaterThan(400);
    expect(lines.length).toBeLessThanOrEqual(747);
  });

  test('stands beside replication.c in at most 250 lines of code, its switches among them', () => {
    expect(code('model/replication.ts').length).toBeLessThanOrEqual(250);
  });

  test('is a room of at most 1404 lines of code, beside its tests and what only they need', () => {
    const room = sources('model').filter((path) => !/(\.test|scenario)\.ts$/.test(path));
    expect(room.flatMap(code).length).toBeLessThanOrEqual(1404);
  });
});
