/**
 * Shrinking by replacing operations: a run of operations becomes one that may do the same, and a fault that strikes on the
 * way becomes one of the setup. Leaving operations out alone does not lead to these cases.
 */
import { defects, layers } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import type { BadSector, NodeSetup } from '../../model/vocabulary.ts';
import { nodeOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import { withoutOperations } from './simpler-cases.ts';

/** Every one has fewer operations than `testCase`; not each can be run. */
export function* shorterCases(testCase: Case): Generator<Case> {
  yield* faultsFromTheBeginning(testCase);
  yield* runsReplaced(testCase);
  yield* oneReplaced(testCase);
  yield* oddFromTheBeginning(testCase);
}

/** A sector that breaks on the way is bad at once; a make_empty that fails on the way fails from the first one on. */
function* faultsFromTheBeginning(testCase: Case): Generator<Case> {
  for (const [index, operation] of testCase.operations.entries()) {
    const less = withoutOperations(testCase, index, 1);
    if (operation.op === 'breakSector') yield withBadSector(less, nodeOf(operation), operation);
    if (operation.op !== 'failEmptying') continue;
    for (const other of less.operations.keys()) {
      const { setup, operations } = withoutOperations(less, other, 1);
      yield { setup, operations: [operation, ...operations] };
    }
  }
}

/** One operation in the place of another, and a third left out. */
function* oneReplaced({ setup, operations }: Case): Generator<Case> {
  for (const index of operations.keys()) {
    for (const operation of [...anywhere, ...[...setup.nodes.keys()].flatMap(jobsOf)]) {
      const replaced = { setup, operations: operations.with(index, operation) };
      for (const other of operations.keys()) {
        if (other !== index) yield withoutOperations(replaced, other, 1);
      }
    }
  }
}

/** Longer runs first. */
function* runsReplaced({ setup, operations }: Case): Generator<Case> {
  for (let count = operations.length - 1; count >= 2; count--) {
    for (let start = 0; start + count <= operations.length; start++) {
      const run = operations.slice(start, start + count);
      for (const operation of replacements(run, setup.nodes)) {
        yield { setup, operations: operations.toSpliced(start, count, operation) };
      }
    }
  }
}

const anywhere: readonly Operation[] = [
  { op: 'checkpoint' },
  { op: 'start', mode: 'secondary' },
  { op: 'start', mode: 'primary' },
  { op: 'stop', failover: true },
  { op: 'stop', failover: false },
];

function jobsOf(node: number): Operation[] {
  const at = node === 0 ? {} : { node };
  return [
    { op: 'commitSettle', ...at },
    { op: 'endJob', job: 'backup', ...at },
    { op: 'endJob', job: 'commit', ...at },
  ];
}

/** Calls, ends of jobs, and each write of the run made as long as the disk. */
function* replacements(run: readonly Operation[], nodes: readonly NodeSetup[]): Generator<Operation> {
  yield* anywhere;
  for (const [index, { geometry }] of nodes.entries()) {
    yield* jobsOf(index);
    for (const operation of run) {
      if (!('count' in operation) || nodeOf(operation) !== index) continue;
      if (operation.sector !== 0 || operation.count !== geometry.lengthSectors) {
        yield { ...operation, sector: 0, count: geometry.lengthSectors };
      }
    }
  }
}

/** One more thing wrong at once, instead of one or two operations that led to the same failure by a longer way. */
function* oddFromTheBeginning(testCase: Case): Generator<Case> {
  const { setup, operations } = testCase;
  const last = operations.at(-1);
  // An empty request shows nothing of a bad sector.
  const wide =
    last !== undefined && 'count' in last && last.count === 0
      ? operations.with(operations.length - 1, { ...last, count: 1 })
      : operations;
  for (const [index, node] of setup.nodes.entries()) {
    for (const odd of oddNodes(node)) {
      const changed = { setup: { nodes: setup.nodes.with(index, odd) }, operations: wide };
      for (let second = operations.length - 1; second >= 0; second--) {
        const less = withoutOperations(changed, second, 1);
        yield less;
        for (let first = 0; first < second; first++) yield withoutOperations(less, first, 1);
      }
    }
  }
}

function* oddNodes(node: NodeSetup): Generator<NodeSetup> {
  const { mode, geometry, badSectors } = node;
  const sectors = new Set([0, geometry.lengthSectors - 1, ...badSectors.map(({ sector }) => sector)]);
  for (const disk of mode === 'primary' ? (['secondary'] as const) : layers) {
    for (const access of ['read', 'write'] as const) {
      for (const sector of sectors) yield { ...node, badSectors: [{ disk, access, sector }] };
    }
  }
  for (const defect of defects) yield { ...node, defects: [defect] };
  yield { ...node, initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: 1 }] };
}

function withBadSector({ setup, operations }: Case, node: number, bad: BadSector): Case {
  const one = setup.nodes[node];
  if (one === undefined) return { setup, operations };
  const { disk, access, sector } = bad;
  const badSectors = [...one.badSectors, { disk, access, sector }];
  return { setup: { nodes: setup.nodes.with(node, { ...one, badSectors }) }, operations };
}
