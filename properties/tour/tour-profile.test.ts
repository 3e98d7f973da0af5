/** A tour of a system that does as its document in one point is judged by the profile that says so. */
import { expect, test } from 'vitest';
import { createVariant } from '../../impl/document/variant.ts';
import { documentedVariants } from '../../impl/document/variants.ts';
import { guardSystem } from '../../impl/module/guarded-system.ts';
import { wayOf } from '../cases/comparison-mode.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import { tour } from './tour.ts';
import type { Tour } from './tour.ts';
import { TourGraph } from './tour-graph.ts';
import { tourWorlds } from './tour-worlds.ts';

const name = 'stop-without-failover-always-errors';
const [first] = tourWorlds;

function toured(way: string, comparison: ComparisonMode): Promise<Tour> {
  if (first === undefined) throw new Error('there is no world to tour');
  const variants = documentedVariants.filter((each) => each.deviation === name && each.way === way);
  const system = guardSystem(createVariant('variant', variants));
  const observer = { mustStop: () => false, progress: () => {} };
  const graph = new TourGraph(first.world, wayOf(comparison));
  return tour(system, { ...first, scale: 1 }, graph, observer, comparison);
}

test.each(documentedVariants.filter(({ deviation }) => deviation === name))('$way', async ({ way }) => {
  const { findings, ended, covered } = await toured(way, `qemu+${name}`);
  expect([findings, ended]).toEqual([[], 'complete']);
  expect(covered).toBeGreaterThan(100);
  expect((await toured(way, 'qemu')).ended).toBe('findings');
});
