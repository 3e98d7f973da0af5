/** The summary table: counts, holes and what cannot be reached, told apart. */
import { expect, test } from 'vitest';
import { fourClusters } from '../../model/testing/scenario.ts';
import { initialState } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Cell } from './coverage.ts';
import { Coverage } from './coverage.ts';
import { missingCells, printCoverage } from './coverage-table.ts';

const reachable: Cell[] = [
  { mode: 'secondary', operation: 'open', stage: 'closed', outcome: 'ok' },
  { mode: 'secondary', operation: 'open', stage: 'none', outcome: "Duplicate nodes with node-name='rep'" },
  { mode: 'secondary', operation: 'checkpoint', stage: 'none', outcome: 'ok' },
];

const ok = { kind: 'ok' } as const;
const closed = initialState({ nodes: [fourClusters] });
const { host: opened } = step(closed, { op: 'open' });
const coverage = new Coverage();
for (let time = 0; time < 12_345; time++)
  coverage.count(closed, { op: 'open' }, { host: opened, outcome: ok });
coverage.count(opened, { op: 'checkpoint' }, { host: opened, outcome: ok });

test('a hole is a 0, named below; what cannot be reached is a dot', () => {
  expect(missingCells(reachable, coverage.list())).toEqual([
    "secondary open in none: Duplicate nodes with node-name='rep'",
  ]);
  expect(printCoverage(reachable, coverage.list()).replaceAll(/ +/g, ' ')).toBe(
    [
      'secondary mode closed none',
      'checkpoint: ok . 1',
      "open: Duplicate nodes with node-name='rep' . 0",
      'open: ok 12k .',
    ].join('\n'),
  );
});

test('every operation is counted once', () => {
  expect(coverage.operations).toBe(12_346);
  expect(coverage.cells).toBe(2);
  expect(coverage.list().reduce((sum, { count }) => sum + count, 0)).toBe(12_346);
});
