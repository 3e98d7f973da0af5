/** Every way to make a case one step simpler: an operation, a fault or an extent less, or one number lower. */
import { isHostCall } from '../../impl/operation-lists.ts';
import type { Operation } from '../../model/operations.ts';
import type { Geometry, NodeSetup, Setup } from '../../model/vocabulary.ts';
import { nodeOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';

/** Numbers up to this are tried at every lower value in each round; larger ones by halving first. */
const SMALL_NUMBER = 32;

export function withoutOperations({ setup, operations }: Case, start: number, count: number): Case {
  return { setup, operations: [...operations.slice(0, start), ...operations.slice(start + count)] };
}

/** A whole node, then each fault, defect, extent of content, gap or size of slices left out in turn. */
export function* simplerSetups({ setup, operations }: Case): Generator<Case> {
  if (setup.nodes.length > 1) {
    for (const node of setup.nodes.keys()) yield withoutNode({ setup, operations }, node);
  }
  for (const [node, one] of setup.nodes.entries()) {
    for (const part of ['defects', 'badSectors', 'readOnly', 'initialContent'] as const) {
      for (const index of one[part].keys()) {
        yield { setup: withNode(setup, node, { ...one, [part]: one[part].toSpliced(index, 1) }), operations };
      }
    }
    for (const geometry of [...withoutGaps(one.geometry), ...withoutSlices(one.geometry)]) {
      yield { setup: withNode(setup, node, { ...one, geometry }), operations };
    }
  }
}

/** What lay on both sides of a gap lies together then. */
function* withoutGaps({ gaps = [], ...geometry }: Geometry): Generator<Geometry> {
  for (const index of gaps.keys()) {
    yield gaps.length === 1 ? geometry : { ...geometry, gaps: gaps.toSpliced(index, 1) };
  }
}

/** Slices that are not said to be small are larger than most disks. */
function* withoutSlices(geometry: Geometry): Generator<Geometry> {
  const { activeSliceSectors, ...activeUncut } = geometry;
  if (activeSliceSectors !== undefined) yield activeUncut;
  const { hiddenSliceSectors, ...hiddenUncut } = geometry;
  if (hiddenSliceSectors !== undefined) yield hiddenUncut;
}

function withNode({ nodes }: Setup, node: number, one: NodeSetup): Setup {
  return { nodes: nodes.with(node, one) };
}

/** The operations of the node go with it; those of later nodes follow it down. */
export function withoutNode({ setup, operations }: Case, node: number): Case {
  return {
    setup: { nodes: setup.nodes.toSpliced(node, 1) },
    operations: operations
      .filter((operation) => isHostCall(operation) || nodeOf(operation) !== node)
      .map((operation) => (nodeOf(operation) > node ? onNode(operation, nodeOf(operation) - 1) : operation)),
  };
}

function onNode(operation: Operation, node: number): Operation {
  if (!('node' in operation)) return operation;
  const { node: _, ...rest } = operation;
  return node === 0 ? rest : { ...rest, node };
}

/** How `lowerNumbers` goes through the values below a number: `halving` is quick, `every` misses none. */
export type Thoroughness = 'halving' | 'every';

/** Each number of each operation and of the setup at lower values, the lowest first; not every setup can be run. */
export function* lowerNumbers({ setup, operations }: Case, thoroughness: Thoroughness): Generator<Case> {
  for (const [index, operation] of operations.entries()) {
    for (const lower of lowerOperations(operation, thoroughness)) {
      yield { setup, operations: operations.with(index, lower) };
    }
  }
  for (const [node, one] of setup.nodes.entries()) {
    for (const lower of lowerSetups(one, thoroughness)) {
      yield { setup: withNode(setup, node, lower), operations };
    }
  }
}

function* lowerOperations(operation: Operation, thoroughness: Thoroughness): Generator<Operation> {
  if (!('sector' in operation) || operation.sector === undefined) return;
  for (const sector of lowerValues(operation.sector, 0, thoroughness)) yield { ...operation, sector };
  if (!('count' in operation)) return;
  for (const count of lowerValues(operation.count, 0, thoroughness)) yield { ...operation, count };
  if (!('tag' in operation)) return;
  for (const tag of lowerValues(operation.tag, 0, thoroughness)) yield { ...operation, tag };
}

function* lowerSetups(setup: NodeSetup, thoroughness: Thoroughness): Generator<NodeSetup> {
  const { geometry } = setup;
  for (const key of [
    'lengthSectors',
    'activeClusterSectors',
    'hiddenClusterSectors',
    'copyUnitSectors',
    'commitUnitSectors',
    'activeSliceSectors',
    'hiddenSliceSectors',
  ] as const) {
    for (const value of lowerValues(geometry[key] ?? 1, 1, thoroughness)) {
      yield clipContent({ ...setup, geometry: { ...geometry, [key]: value } });
    }
  }
  for (const [index, gap] of (geometry.gaps ?? []).entries()) {
    for (const key of ['sector', 'sectors'] as const) {
      for (const value of lowerValues(gap[key], 1, 'halving')) {
        const gaps = geometry.gaps?.with(index, { ...gap, [key]: value });
        yield { ...setup, geometry: { ...geometry, gaps } };
      }
    }
  }
  for (const sectorBytes of lowerSectorBytes(geometry))
    yield { ...setup, geometry: { ...geometry, sectorBytes } };
  for (const [index, bad] of setup.badSectors.entries()) {
    for (const sector of lowerValues(bad.sector, 0, thoroughness)) {
      yield { ...setup, badSectors: setup.badSectors.with(index, { ...bad, sector }) };
    }
  }
  for (const [index, extent] of setup.initialContent.entries()) {
    for (const key of ['sector', 'count', 'tag'] as const) {
      for (const value of lowerValues(extent[key], 0, thoroughness)) {
        yield { ...setup, initialContent: setup.initialContent.with(index, { ...extent, [key]: value }) };
      }
    }
  }
  const { commitJoinsUnits, ...single } = setup;
  if (commitJoinsUnits !== undefined) yield single;
  for (const joins of lowerValues(commitJoinsUnits ?? 1, 1, thoroughness)) {
    yield { ...setup, commitJoinsUnits: joins };
  }
  for (const commitRequestsMax of lowerValues(setup.commitRequestsMax, 1, thoroughness)) {
    yield { ...setup, commitRequestsMax };
  }
}

/** A shorter disk holds less: content is cut at its end, so that the length alone can be lowered. */
function clipContent(setup: NodeSetup): NodeSetup {
  const { lengthSectors } = setup.geometry;
  const initialContent = setup.initialContent
    .filter(({ sector }) => sector < lengthSectors)
    .map((extent) => ({ ...extent, count: Math.min(extent.count, lengthSectors - extent.sector) }));
  return { ...setup, initialContent };
}

/** No system has other sizes than multiples of 4, and what has been seen to matter is how many sectors 1 MiB has. */
function* lowerSectorBytes({ sectorBytes }: Geometry): Generator<number> {
  for (let lower = 4; lower < sectorBytes; lower *= 2) yield lower;
}

function* lowerValues(value: number, least: number, thoroughness: Thoroughness): Generator<number> {
  if (value <= SMALL_NUMBER || thoroughness === 'every') {
    for (let lower = least; lower < value; lower++) yield lower;
    return;
  }
  yield least;
  for (let step = Math.floor((value - least) / 2); step > 0; step = Math.floor(step / 2)) yield value - step;
}
