/** The shape of the tree that no linter checks: rooms, names, and a model that is read in one sitting. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
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
  test('has the four rooms and no other', () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .map(({ name }) => name);
    expect(folders.toSorted()).toEqual(rooms.toSorted());
  });

  test('names files after what they hold', () => {
    const vague = /^(utils?|helpers?|common|misc|manager|shared|stuff)\b/;
    expect(all.filter((path) => vague.test(basename(path)))).toEqual([]);
  });

  test('leaves no work for later and skips no test without a reason', () => {
    const unfinished = new RegExp(
      `\\b(${['TO', 'FIX'].map((word) => (word === 'TO' ? `${word}DO` : `${word}ME`)).join('|')})\\b`,
    );
    expect(all.filter((path) => unfinished.test(text(path)))).toEqual([]);
    const bareSkip = /\b(test|it|describe)\.(skip|only)\(/;
    expect(all.filter((path) => bareSkip.test(text(path)))).toEqual([]);
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

  test('is read in one sitting: at most 700 lines of code beside the vocabulary', () => {
    const code = sources('model')
      .filter((path) => !/(\.test|vocabulary|scenario)\.ts$/.test(path))
      .flatMap((path) => text(path).split('\n'))
      .filter((line) => !/^\s*($|\/\/|\/?\*)/.test(line));
    expect(code.length).toBeLessThanOrEqual(700);
  });
});
