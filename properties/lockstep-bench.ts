/** Measures the random lockstep as shipped, its parts, and the same work done with stock fast-check commands. */
import fc from 'fast-check';
import type { Depth, System } from '../impl/system.ts';
import { observe } from '../model/observe.ts';
import { initialState } from '../model/state.ts';
import type { State } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Geometry, Operation, Setup } from '../model/vocabulary.ts';
import { caseArbitrary } from './case-arbitrary.ts';
import { walkOf } from './case.ts';
import type { Case } from './case.ts';
import { sameOutcome } from './comparison.ts';
import { runLockstep, touchedBy } from './lockstep.ts';

export interface LockstepFigures {
  /** Checked operations per CPU second, everything included. */
  readonly lockstep: number;
  /** CPU microseconds an operation spent in each part, each measured alone on the same cases. */
  readonly generation: number;
  readonly model: number;
  readonly system: number;
  readonly comparison: number;
  readonly operations: number;
}

export interface BenchOptions {
  readonly geometry: Geometry;
  readonly depth: Depth;
  readonly casesMax: number;
  readonly seed: number;
}

const OPERATIONS_MAX = 100;

export function measureLockstep(system: System, options: BenchOptions): LockstepFigures {
  const { geometry, depth, casesMax, seed } = options;
  const arbitrary = caseArbitrary({
    capabilities: system.capabilities,
    geometry,
    operationsMax: OPERATIONS_MAX,
  });
  const parameters = { seed, numRuns: casesMax };
  const run = (judge: (testCase: Case) => void): number =>
    cpuSeconds(() => fc.assert(fc.property(arbitrary, judge), parameters));
  let operations = 0;
  const whole = run((testCase) => {
    if (runLockstep(system, testCase, { depth }) !== null)
      throw new Error('the system under the bench diverges');
    operations += testCase.operations.length;
  });
  const generationAndModel = run(() => {});
  const modelAgain = run(
    (testCase) => void walkOf({ setup: testCase.setup, operations: testCase.operations }),
  );
  const systemToo = run((testCase) => {
    system.load(testCase.setup);
    for (const operation of testCase.operations) system.apply(operation);
  });
  const model = modelAgain - generationAndModel;
  const perOperation = (seconds: number): number => (seconds * 1e6) / operations;
  return {
    lockstep: operations / whole,
    generation: perOperation(generationAndModel - model),
    model: perOperation(model),
    system: perOperation(systemToo - generationAndModel),
    comparison: perOperation(whole - systemToo),
    operations,
  };
}

/** Checked operations per CPU second of `fc.commands` and `fc.modelRun` over the same model and system. */
export function measureStockCommands(system: System, options: BenchOptions): number {
  const { geometry, depth, casesMax, seed } = options;
  const setup: Setup = {
    mode: 'secondary',
    geometry,
    initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: 1 }],
    badSectors: [],
    defects: [],
    commitRequestsMax: 2,
  };
  let operations = 0;
  const commands = fc.commands(commandArbitraries(geometry, depth), {
    maxCommands: OPERATIONS_MAX,
    size: 'max',
  });
  const property = fc.property(commands, (drawn) => {
    fc.modelRun(() => {
      system.load(setup);
      return { model: { state: initialState(setup), ran: () => operations++ }, real: system };
    }, drawn);
  });
  const seconds = cpuSeconds(() => fc.assert(property, { seed, numRuns: casesMax }));
  return operations / seconds;
}

interface Model {
  state: State;
  ran(): void;
}

class OperationCommand implements fc.Command<Model, System> {
  readonly #operation: Operation;
  readonly #depth: Depth;

  constructor(operation: Operation, depth: Depth) {
    this.#operation = operation;
    this.#depth = depth;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: System): void {
    const { state, outcome } = step(model.state, this.#operation);
    if (!sameOutcome(outcome, real.apply(this.#operation))) throw new Error('outcomes differ');
    if (real.agrees?.(observe(state), touchedBy(this.#operation), this.#depth) !== true)
      throw new Error('states differ');
    model.state = state;
    model.ran();
  }
}

function commandArbitraries({ lengthSectors }: Geometry, depth: Depth): fc.Arbitrary<OperationCommand>[] {
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
  return operations.map((arbitrary) => arbitrary.map((operation) => new OperationCommand(operation, depth)));
}

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
