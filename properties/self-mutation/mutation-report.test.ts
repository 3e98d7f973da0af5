/** What is read out of a report of mutation testing. */
import { expect, test } from 'vitest';
import { scoreOf } from './mutation-report.ts';

const source = 'let a = 1;\n  if (a === 1) {\n    a++;\n  }\n';

function mutant(
  status: string,
  start: readonly [number, number],
  end: readonly [number, number],
  replacement?: string,
) {
  const [line, column] = start;
  return {
    status,
    replacement,
    location: { start: { line, column }, end: { line: end[0], column: end[1] } },
  };
}

test('counts what was noticed, and names what was not by the code and what replaced it', () => {
  const mutants = [
    mutant('Killed', [1, 9], [1, 10], '2'),
    mutant('Timeout', [3, 5], [3, 8], 'a--'),
    mutant('Survived', [2, 7], [2, 14], 'true'),
    mutant('NoCoverage', [2, 16], [4, 4], '{\n}'),
    mutant('Ignored', [1, 1], [1, 2], ''),
    mutant('RuntimeError', [1, 1], [1, 2]),
  ];
  expect(scoreOf({ files: { 'a.ts': { source, mutants } } })).toEqual({
    noticed: 2,
    all: 4,
    survivors: ['a.ts: if (a === 1) «{» -> { }', 'a.ts: if («a === 1») { -> true'],
  });
});
