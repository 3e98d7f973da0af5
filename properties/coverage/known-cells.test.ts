/** The kept cells are those that a walk finds, and are taken only where it would find them. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { wayOf } from '../cases/comparison-mode.ts';
import { everything } from '../cases/full-capabilities.ts';
import { cellsReachableOn, hasEverything, KNOWN_CELLS } from './known-cells.ts';
import { reachableCells } from './reachable-cells.ts';

const { capabilities } = createEfficientSystem();
const takesAll = { acceptsAll: true, accepts: () => true } as const;

test('they are those that can be reached (UPDATE_CELLS=1 writes them, npm run format lays them out)', () => {
  const found = reachableCells(capabilities);
  if (process.env['UPDATE_CELLS'] === '1') {
    const rows = found.map(({ mode, operation, stage, outcome }) => [mode, operation, stage, outcome]);
    writeFileSync(KNOWN_CELLS, JSON.stringify(rows));
  }
  expect(found.length).toBeGreaterThan(500);
  expect(cellsReachableOn({ capabilities, ...takesAll })).toEqual(found);
  expect(reachableCells(everything)).toEqual(found);
});

test('a system that lacks something, accepts less or goes another way is walked', () => {
  const less = { ...capabilities, nodesMax: 1, badSectors: [] };
  expect([hasEverything(capabilities), hasEverything(less)]).toEqual([true, false]);
  const known = cellsReachableOn({ capabilities, ...takesAll }).length;
  expect(cellsReachableOn({ capabilities: less, ...takesAll }).length).toBeLessThan(known);
  const refuses = { capabilities, accepts: ({ op }: { readonly op: string }) => op !== 'checkpoint' };
  expect(cellsReachableOn(refuses).length).toBeLessThan(known);
  const onNewer = cellsReachableOn({ capabilities, ...takesAll }, wayOf('qemu-11.1'));
  expect(onNewer).not.toEqual(cellsReachableOn({ capabilities, ...takesAll }));
});
