/** Who installed the package has no scripts of npm to run. */
import { expect, test } from 'vitest';
import { commandWords } from './command-words.ts';

test.each([
  [['verify', []], 'npm run verify', 'npx colocheck verify'],
  [['replay', ['a.json']], 'npm run replay -- a.json', 'npx colocheck replay a.json'],
] as const)('%j', ([name, words], inClone, installed) => {
  expect(commandWords(name, words)).toBe(inClone);
  expect(commandWords(name, words, true)).toBe(installed);
});
