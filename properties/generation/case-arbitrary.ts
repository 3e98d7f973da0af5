/** The one arbitrary of the project: a whole case, drawn against the model and shrunk to a 1-minimal one. */
import { Arbitrary, Stream, Value } from 'fast-check';
import type { Random } from 'fast-check';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Case } from '../cases/case.ts';
import { generateCase } from './generate-case.ts';
import type { CaseOptions } from './generate-case.ts';
import { caseProblem } from '../cases/setup-problem.ts';
import { targetTable } from '../steering/targets.ts';
import type { TargetTable } from '../steering/targets.ts';
import { lowerNumbers, simplerSetups, withoutOperations } from '../shrink/simpler-cases.ts';

export function caseArbitrary(options: CaseOptions): Arbitrary<Case> {
  return new CaseArbitrary(options);
}

class CaseArbitrary extends Arbitrary<Case> {
  readonly #options: CaseOptions;
  readonly #targets: TargetTable;

  constructor(options: CaseOptions) {
    super();
    this.#options = options;
    this.#targets = options.steering === 'off' ? [] : targetTable(options.capabilities, options.geometry);
  }

  override generate(random: Random): Value<Case> {
    return new Value(generateCase(random, this.#options, this.#targets), undefined);
  }

  /** A case is plain data: one read from a trace shrinks as well as one just drawn. */
  override canShrinkWithoutContext(value: unknown): value is Case {
    return typeof value === 'object' && value !== null && 'setup' in value && 'operations' in value;
  }

  override shrink(value: Case): Stream<Value<Case>> {
    return new Stream(shrinkValues(value, this.#options.capabilities));
  }
}

function* shrinkValues(value: Case, capabilities: Capabilities): Generator<Value<Case>> {
  for (const candidate of simplerCases(value)) {
    if (caseProblem(candidate, capabilities) === null) yield new Value(candidate, undefined);
  }
}

function* simplerCases(value: Case): Generator<Case> {
  const { length } = value.operations;
  for (let count = length; count >= 1; count = Math.floor(count / 2)) {
    for (let start = 0; start + count <= length; start += count) yield withoutOperations(value, start, count);
  }
  yield* simplerSetups(value);
  yield* lowerNumbers(value, 'halving');
}
