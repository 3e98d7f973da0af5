/** What was reached by all that counts its steps: cells, and how often each law was judged. */
import type { Coverage, Cell, CountedCell } from '../../properties/coverage/coverage.ts';
import { cellName } from '../../properties/coverage/coverage.ts';
import { invariants } from '../../properties/invariants/invariants.ts';
import type { Certificate } from './certificate-schema.ts';

/** Every cell that can be reached, and every one that was, in the order of their names. */
export function cellsOf(reachable: readonly Cell[], coverages: readonly Coverage[]): Certificate['cells'] {
  const cells = new Map<string, Certificate['cells'][number]>(
    reachable.map((cell) => [cellName(cell), { ...placeOf(cell), count: 0, isReachable: true }]),
  );
  for (const counted of coverages.flatMap((coverage) => coverage.list())) {
    const name = cellName(counted);
    const known = cells.get(name) ?? { ...placeOf(counted), count: 0, isReachable: false };
    cells.set(name, { ...known, count: known.count + counted.count });
  }
  return [...cells].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, cell]) => cell);
}

function placeOf({ mode, operation, stage, outcome }: Cell) {
  return { mode, operation, stage, outcome };
}

/** A law is judged after each step of an operation that could break it. */
export function lawsOf(counted: readonly CountedCell[]): Certificate['laws'] {
  return invariants.map(({ name, law, after }) => ({
    name,
    law,
    steps: counted
      .filter(({ operation }) => after === 'every operation' || after.includes(operation))
      .reduce((sum, { count }) => sum + count, 0),
  }));
}

/** How often it did as the design document says, by the deviation of QEMU. */
export function documentedOf(coverages: readonly Coverage[]): Certificate['documented'] {
  const counts = new Map<string, number>();
  for (const [name, count] of coverages.flatMap(({ documented }) => [...documented]))
    counts.set(name, (counts.get(name) ?? 0) + count);
  return Object.fromEntries([...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
