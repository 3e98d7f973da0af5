/** The lockstep run for systems behind a process or a wire. */
import type { AsyncSystem, Played, Shows } from '../../impl/system.ts';
import { LeftOut } from '../../impl/left-out.ts';
import { SystemLost } from '../../impl/system-lost.ts';
import { bounded } from '../../impl/printed-text.ts';
import { initialState } from '../../model/node.ts';
import type { Host, HostStep } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Observation, Outcome } from '../../model/vocabulary.ts';
import type { Shown } from '../../impl/shown.ts';
import { judging } from './harness-defect.ts';
import { inCase } from './broken-case.ts';
import { situation, walkOf } from '../cases/case.ts';
import type { Case } from '../cases/case.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { StepCounter } from '../coverage/coverage.ts';
import type { Divergence } from '../comparison/divergence.ts';
import { judgePredicted, observeNodes, shownDifference } from '../comparison/explain.ts';
import type { Judged } from '../comparison/explain.ts';
import { Laws } from '../invariants/laws.ts';
import { partsOf, readings, takenStep } from '../comparison/settled-steps.ts';
import { lostAt } from '../comparison/lost-system.ts';
import { ProfileJudge } from './profile-judge.ts';
import type { StepJudge } from './profile-judge.ts';

export interface JudgeOptions {
  readonly comparison: ComparisonMode;
  readonly coverage?: StepCounter | undefined;
}

/** Null when system and model agree from the first operation to the last. A lost process is a divergence, too. */
export async function runAsyncLockstep(
  system: AsyncSystem,
  { setup, operations }: Case,
  options: JudgeOptions = { comparison: 'qemu' },
): Promise<Divergence | null> {
  const run = judgedRun(system, { setup }, options);
  const { found, last } = await playedSteps(system, { setup, operations }, run);
  if (found === null) run.finish();
  return last === null ? found : endOfCase(system, run.host, last, found);
}

/** The first step that differs, and the last that was taken. */
async function playedSteps(
  system: AsyncSystem,
  { setup, operations }: Case,
  run: StepJudge,
): Promise<{ readonly found: Divergence | null; readonly last: LastStep | null }> {
  let isLoaded = false;
  let last: LastStep | null = null;
  for (const [index, operation] of operations.entries()) {
    try {
      const at = { index, operation, stage: situation(run.host, operation).stage };
      // What ends badly before any step was taken is reported at the first one.
      last ??= at;
      // What is lost while a case is loaded is reported at its first operation.
      if (!isLoaded) await system.load(setup, operations);
      isLoaded = true;
      const stages = run.host.nodes.map(({ stage }) => stage);
      if (!system.accepts(operation, stages, setup)) continue;
      last = at;
      const actual = await system.apply(operation);
      const shown = await system.observe();
      const found = judging({ setup, operations }, index, () =>
        run.judge(index, operation, step(run.host, operation), actual, shown),
      );
      if (found !== null) return { found, last };
    } catch (error) {
      if (error instanceof LeftOut) continue;
      if (error instanceof SystemLost) return { found: lostAt(run.host, index, operation, error), last };
      throw inCase(error, { setup, operations }, index);
    }
  }
  return { found: null, last };
}

const PROMISE_CHARACTERS = 60;
const DETAIL_CHARACTERS = 2000;

/** A step that was taken, and the stage before it. */
export type LastStep = Pick<Divergence, 'index' | 'operation' | 'stage'>;

/**
 * Takes a case down: what happens over that belongs to it and not to the next one. Where nothing differed before (`found`),
 * the system is asked what the whole case has broken; that, and its loss, is reported at the last operation.
 */
export async function endOfCase(
  system: AsyncSystem,
  host: Host,
  last: LastStep,
  found: Divergence | null,
): Promise<Divergence | null> {
  try {
    if (found !== null || system.finish === undefined) {
      await system.unload();
      return found;
    }
    const broken = await system.finish();
    if (broken === null) return null;
    const invariant = bounded(broken.promise, PROMISE_CHARACTERS);
    return {
      kind: 'invariant',
      ...last,
      invariant,
      law: bounded(broken.detail, DETAIL_CHARACTERS),
      isAtEnd: true,
    };
  } catch (error) {
    if (!(error instanceof SystemLost)) throw error;
    return found ?? { ...lostAt(host, last.index, last.operation, error), isAtEnd: true };
  }
}

/** The same for a case that was played as a whole: what was answered and shown is compared afterwards. */
export function judgePlayed(
  system: AsyncSystem,
  testCase: Case,
  { outcomes, shown }: Played,
  shows: Shows,
  options: JudgeOptions,
): Divergence | null {
  const { operations } = testCase;
  const walk = walkOf(testCase);
  const run = judgedRun(system, testCase, options);
  const unseen: Shown = { nodes: [] };
  // As long as nothing but the predicted steps was taken, the model has run already.
  let predicted = walk.start;
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index];
    const actual = outcomes[index];
    if (operation === undefined || actual === undefined) break;
    const isPredicted = index === 0 || run.host === predicted;
    const next = (isPredicted ? walk.steps[index] : undefined) ?? step(run.host, operation);
    const isShown = shows === 'each' || index === operations.length - 1;
    const look = (isShown ? shown[shows === 'each' ? index : 0] : undefined) ?? unseen;
    const found = judging(testCase, index, () => run.judge(index, operation, next, actual, look));
    if (found !== null) return found;
    predicted = isPredicted ? next.host : walk.start;
  }
  run.finish();
  return null;
}

/** Judges the steps of a run one after the other, as they come. */
export function judgedRun(
  system: Judged,
  testCase: Pick<Case, 'setup' | 'walk'>,
  options: JudgeOptions,
): StepJudge {
  const run = new JudgedRun(system, testCase, options.coverage);
  return options.comparison === 'qemu'
    ? run
    : new ProfileJudge(run, system, testCase.setup, shownDifference, options);
}

/** The model and its laws along a run that is judged step by step, by what the real binary does. */
export class JudgedRun implements StepJudge {
  readonly #system: Judged;
  readonly #coverage: StepCounter | undefined;
  readonly #model: typeof step;
  readonly #laws: Laws;
  #before: readonly Observation[];
  host: Host;

  /** `model` is another one in tests that break it. */
  constructor(
    system: Judged,
    { setup, walk }: Pick<Case, 'setup' | 'walk'>,
    coverage?: StepCounter,
    model: typeof step = step,
  ) {
    this.#system = system;
    this.#coverage = coverage;
    this.#model = model;
    this.#laws = new Laws(setup);
    this.host = walk?.start ?? initialState(setup);
    this.#before = observeNodes(this.host);
  }

  /** `stepped` is the model's step from the present state. */
  judge(
    index: number,
    operation: Operation,
    stepped: HostStep,
    actual: Outcome,
    shown: Shown,
  ): Divergence | null {
    const { host } = this;
    const predicted =
      shown.settled === undefined
        ? stepped
        : takenStep(host, operation, readings(host, operation, shown)[0], undefined, this.#model);
    const at = { index, operation, stage: situation(host, operation).stage };
    const expected = predicted.host === host ? this.#before : observeNodes(predicted.host);
    const judged = judgePredicted(
      this.#system,
      host,
      predicted,
      expected,
      { operation, actual, shown },
      this.#model,
    );
    if ('found' in judged) return { ...at, ...judged.found };
    const { next } = judged;
    const after = next === predicted ? expected : observeNodes(next.host);
    for (const part of partsOf(operation, host, next)) {
      const seen = part.step.host === next.host ? after : observeNodes(part.step.host);
      const broken = this.#laws.brokenBy(part.operation, part.step.outcome, this.#before, seen);
      if (broken !== null) return { kind: 'invariant', ...at, invariant: broken.name, law: broken.law };
      this.#before = seen;
      this.#coverage?.count(part.from, part.operation, part.step);
    }
    this.host = next.host;
    return null;
  }

  finish(): void {}
}
