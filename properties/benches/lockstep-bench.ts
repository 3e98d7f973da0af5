/** Measures the random lockstep as shipped, and the same work done with stock fast-check commands. */
import fc from 'fast-check';
import type { Depth, System } from '../../impl/system.ts';
import { initialState } from '../../model/node.ts';
import type { Host } from '../../model/node.ts';
import { observe } from '../../model/observe.ts';
import { observeIndirectly } from '../comparison/shown-by-model.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Geometry, NodeSetup, Observation, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { caseArbitrary } from '../generation/case-arbitrary.ts';
import { Coverage } from '../coverage/coverage.ts';
import { nodeDifference, sameOutcome } from '../comparison/comparison.ts';
import { Laws } from '../invariants/laws.ts';
import { isFaultName } from '../generation/operation-generator.ts';
import { runLockstep, touchedBy } from '../lockstep/lockstep.ts';
import { cpuSeconds } from './cpu-seconds.ts';

export interface LockstepFigures {
  readonly lockstep: number;
  readonly operations: number;
}

export type Comparison = 'quick' | 'observed';

export interface BenchOptions {
  readonly geometry: Geometry;
  readonly depth: Depth;
  readonly casesMax: number;
  readonly seed: number;
}

const OPERATIONS_MAX = 100;
const ROUNDS = 12;

/** Checked operations per CPU second, drawing them included: of several rounds the best, as other work only slows. */
export function measureLockstep(
  system: System,
  { geometry, depth, casesMax, seed }: BenchOptions,
): LockstepFigures {
  const arbitrary = caseArbitrary({
    capabilities: system.capabilities,
    geometry,
    operationsMax: OPERATIONS_MAX,
  });
  const coverage = new Coverage();
  const property = fc.property(arbitrary, (testCase) => {
    if (runLockstep(system, testCase, { depth, coverage }) !== null)
      throw new Error('the measured system diverges');
  });
  let best = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const before = coverage.operations;
    const seconds = cpuSeconds(() => fc.assert(property, { seed: seed + round, numRuns: casesMax }));
    // The first round warms up.
    if (round > 0) best = Math.max(best, (coverage.operations - before) / seconds);
  }
  return { lockstep: best, operations: coverage.operations };
}

/** Checked operations per CPU second with faults and several nodes, and without: rounds of both in turn, the best count. */
export function measureFaults(
  system: System,
  { geometry, depth, casesMax, seed }: BenchOptions,
): { readonly faulty: number; readonly faultless: number } {
  const rates = { faulty: 0, faultless: 0 };
  const all = system.capabilities;
  const offered = { faulty: all, faultless: withoutFaults(all) };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const kind of ['faulty', 'faultless'] as const) {
      const arbitrary = caseArbitrary({
        capabilities: offered[kind],
        geometry,
        operationsMax: OPERATIONS_MAX,
      });
      const coverage = new Coverage();
      const property = fc.property(arbitrary, (testCase) => {
        if (runLockstep(system, testCase, { depth, coverage }) !== null)
          throw new Error('the measured system diverges');
      });
      const seconds = cpuSeconds(() => fc.assert(property, { seed: seed + round, numRuns: casesMax }));
      if (round > 0) rates[kind] = Math.max(rates[kind], coverage.operations / seconds);
    }
  }
  return rates;
}

/** One node with nothing wrong but what goes wrong by itself. */
export function withoutFaults(capabilities: Capabilities): Capabilities {
  const operations = capabilities.operations.filter((op) => !isFaultName(op));
  return { ...capabilities, operations, badSectors: [], defects: [], nodesMax: 1 };
}

/**
 * Checked operations per CPU second of `fc.commands` and `fc.modelRun` over the same model and system, with the same
 * checks after every operation, on a node that is started already. `observed` compares what `observe()` returns, as
 * anyone would write it; `quick` uses the comparison in place that the lockstep has.
 */
export function measureStockCommands(
  system: System,
  { geometry, depth, casesMax, seed }: BenchOptions,
  comparison: Comparison,
): number {
  const onlyNode: NodeSetup = {
    mode: 'secondary',
    geometry,
    initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: 1 }],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: 2,
  };
  const setup: Setup = { nodes: [onlyNode] };
  const coverage = new Coverage();
  const commands = fc.commands(commandArbitraries(geometry, depth, comparison), {
    maxCommands: OPERATIONS_MAX,
    size: 'max',
  });
  const property = fc.property(commands, (drawn) => {
    fc.modelRun(() => {
      const start = initialState(setup);
      const seen = start.nodes.map((node) => observe(node, null));
      const model = { host: start, seen, laws: new Laws(setup), coverage };
      system.load(setup);
      new OperationCommand({ op: 'open' }, depth, comparison).run(model, system);
      new OperationCommand({ op: 'start', mode: 'secondary' }, depth, comparison).run(model, system);
      return { model, real: system };
    }, drawn);
  });
  let best = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const before = coverage.operations;
    const seconds = cpuSeconds(() => fc.assert(property, { seed: seed + round, numRuns: casesMax }));
    if (round > 0) best = Math.max(best, (coverage.operations - before) / seconds);
  }
  return best;
}

interface Model {
  host: Host;
  seen: readonly Observation[];
  readonly laws: Laws;
  readonly coverage: Coverage;
}

class OperationCommand implements fc.Command<Model, System> {
  readonly #operation: Operation;
  readonly #depth: Depth;
  readonly #comparison: Comparison;

  constructor(operation: Operation, depth: Depth, comparison: Comparison) {
    this.#operation = operation;
    this.#depth = depth;
    this.#comparison = comparison;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: System): void {
    const operation = this.#operation;
    const { host, outcome } = step(model.host, operation);
    if (!sameOutcome(outcome, real.apply(operation))) throw new Error('outcomes differ');
    const after = host.nodes.map((node) => observe(node, host.dead));
    if (!this.#agrees(real, host, after)) throw new Error('states differ');
    if (model.laws.brokenBy(operation, outcome, model.seen, after) !== null)
      throw new Error('a law is broken');
    model.coverage.count(model.host, operation, { host, outcome });
    model.host = host;
    model.seen = after;
  }

  #agrees(real: System, { nodes }: Host, after: readonly Observation[]): boolean {
    const observed = this.#comparison === 'quick' ? [] : real.observe();
    return nodes.every((node, index) => {
      const expected = after[index];
      if (expected === undefined) return false;
      if (this.#comparison === 'quick') {
        return real.agrees?.(index, expected, touchedBy(this.#operation), this.#depth) === true;
      }
      return nodeDifference({ ...expected, ...observeIndirectly(node) }, observed[index] ?? {}) === null;
    });
  }
}

function commandArbitraries(
  { lengthSectors }: Geometry,
  depth: Depth,
  comparison: Comparison,
): fc.Arbitrary<OperationCommand>[] {
  const range = { sector: fc.nat(lengthSectors - 1), count: fc.nat(2) };
  const tag = fc.integer({ min: 2, max: 15 });
  const op = <Name extends string>(name: Name): { op: fc.Arbitrary<Name> } => ({ op: fc.constant(name) });
  const operations: fc.Arbitrary<Operation>[] = [
    fc.record(op('open')),
    fc.record({ ...op('start'), mode: fc.constant('secondary' as const) }),
    fc.record(op('checkpoint')),
    fc.record(op('getError')),
    fc.record({ ...op('stop'), failover: fc.boolean() }),
    fc.record(op('close')),
    fc.record({ ...op('guestRead'), ...range }),
    fc.record({ ...op('guestWrite'), ...range, tag }),
    fc.record({ ...op('primaryWrite'), ...range, tag }),
    fc.record(op('commitAdvance')),
  ];
  return operations.map((arbitrary) =>
    arbitrary.map((operation) => new OperationCommand(operation, depth, comparison)),
  );
}
