/** Which cells can be reached depends on the version: 11.1 survives a stop with hidden ejected, where 7.2 dies. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { wayOf } from '../cases/comparison-mode.ts';
import { cellName } from './coverage.ts';
import { reachableCells } from './reachable-cells.ts';

test('the cells of 11.1 are those that its profile leads to', () => {
  const capabilities = { ...createEfficientSystem().capabilities, nodesMax: 1, badSectors: [] };
  const names = (comparison: 'qemu' | 'qemu-11.1'): readonly string[] =>
    reachableCells(capabilities, () => true, wayOf(comparison)).map(cellName);
  const death = 'secondary stop in running: process dies: reopenWithHiddenEjected';
  expect([names('qemu').includes(death), names('qemu-11.1').includes(death)]).toEqual([true, false]);
});
