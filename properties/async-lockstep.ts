/** The lockstep run for systems behind a process or a wire. */
import type { AsyncSystem, Played, Shows } from '../impl/system.ts';
import { SystemLost } from '../impl/system-lost.ts';
import { initialState } from '../model/initial-state.ts';
import type { Host, HostStep } from '../model/node.ts';
import { observe } from '../model/observe.ts';
import { step } from '../model/step.ts';
import type { Operation } from '../model/operations.ts';
import type { Observation, Outcome } from '../model/vocabulary.ts';
import type { Shown } from '../impl/shown.ts';
import { inCase } from './broken-case.ts';
import { situation, walkOf } from './case.ts';
import type { Case } from './case.ts';
import { nodeDifference, probeDifference, sameOutcome } from './comparison.ts';
import type { ComparisonMode } from './comparison-mode.ts';
import type { StepCounter } from './coverage.ts';
import type { Divergence } from './divergence.ts';
import { explanations } from './explanations.ts';
import { Laws } from './laws.ts';
import { ProfileJudge } from './profile-judge.ts';
import type { StepJudge } from './profile-judge.ts';
import { observeIndirectly, observeProbes, throughQmp } from './shown-by-model.ts';

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
  const run = judgedRun(system, { setup, operations }, options);
  let isLoaded = false;
  for (const [index, operation] of operations.entries()) {
    try {
      // What is lost while a case is loaded is told of its first operation.
      if (!isLoaded) await system.load(setup, operations);
      isLoaded = true;
      const stages = run.host.nodes.map(({ stage }) => stage);
      if (!system.accepts(operation, stages, setup)) continue;
      const actual = await system.apply(operation);
      const found = run.judge(index, operation, step(run.host, operation), actual, await system.observe());
      if (found !== null) return found;
    } catch (error) {
      if (error instanceof SystemLost) return lostAt(run.host, index, operation, error);
      throw inCase(error, { setup, operations }, index);
    }
  }
  run.finish();
  return null;
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
    const found = run.judge(index, operation, next, actual, look);
    if (found !== null) return found;
    predicted = isPredicted ? next.host : walk.start;
  }
  run.finish();
  return null;
}

function judgedRun(system: AsyncSystem, testCase: Case, options: JudgeOptions): StepJudge {
  const run = new JudgedRun(system, testCase, options.coverage);
  return options.comparison === 'qemu'
    ? run
    : new ProfileJudge(run, system, testCase.setup, shownDifference, options);
}

export function lostAt(host: Host, index: number, operation: Operation, error: SystemLost): Divergence {
  const { stage } = situation(host, operation);
  return { kind: 'lost', index, operation, stage, how: error.how, detail: error.message };
}

/** What the judge must know of a system. */
type Judged = Pick<AsyncSystem, 'capabilities'>;

/** The model and its laws along a run that is judged step by step, by what the real binary does. */
export class JudgedRun implements StepJudge {
  readonly #system: Judged;
  readonly #coverage: StepCounter | undefined;
  readonly #model: typeof step;
  readonly #laws: Laws;
  #before: readonly Observation[];
  host: Host;

  /** `model` is another one in tests that break it. */
  constructor(system: Judged, { setup, walk }: Case, coverage?: StepCounter, model: typeof step = step) {
    this.#system = system;
    this.#coverage = coverage;
    this.#model = model;
    this.#laws = new Laws(setup);
    this.host = walk?.start ?? initialState(setup);
    this.#before = observeNodes(this.host);
  }

  /** `predicted` is the model's step from the present state. */
  judge(
    index: number,
    operation: Operation,
    predicted: HostStep,
    actual: Outcome,
    shown: Shown,
  ): Divergence | null {
    const { host } = this;
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
    const broken = this.#laws.brokenBy(operation, next.outcome, this.#before, after);
    if (broken !== null) return { kind: 'invariant', ...at, invariant: broken.name, law: broken.law };
    this.#coverage?.count(host, operation, next);
    this.host = next.host;
    this.#before = after;
    return null;
  }

  finish(): void {}
}

type Explained = { readonly next: HostStep } | { readonly found: NonNullable<ReturnType<typeof difference>> };

/** The step of the model that a system has shown, or where it differs from every step that is allowed. */
export function judgeStep(
  system: Judged,
  host: Host,
  operation: Operation,
  actual: Outcome,
  shown: Shown,
): Explained {
  const predicted = step(host, operation);
  const after = observeNodes(predicted.host);
  return judgePredicted(system, host, predicted, after, { operation, actual, shown }, step);
}

interface Seen {
  readonly operation: Operation;
  readonly actual: Outcome;
  readonly shown: Shown;
}

function judgePredicted(
  { capabilities }: Judged,
  host: Host,
  predicted: HostStep,
  after: readonly Observation[],
  seen: Seen,
  model: typeof step,
): Explained {
  // The errors that QMP discards.
  const swallows = capabilities.control === 'qmp';
  const found = difference(predicted, after, seen, swallows);
  if (found === null) return { next: predicted };
  if (capabilities.commit === 'stepped') return { found };
  // Only where the prediction fails is it asked what else QEMU is free to do.
  for (const choices of explanations(host, seen.shown)) {
    const other = model(host, seen.operation, choices);
    if (difference(other, observeNodes(other.host), seen, swallows) === null) return { next: other };
  }
  return { found };
}

function observeNodes({ nodes, dead }: Host): readonly Observation[] {
  return nodes.map((node) => observe(node, dead));
}

/** `after` is what the model shows after the step. */
function difference(
  { host, outcome }: HostStep,
  after: readonly Observation[],
  { operation, actual, shown }: Seen,
  swallows: boolean,
) {
  const expected = swallows ? throughQmp(operation, outcome) : outcome;
  if (!sameOutcome(expected, actual)) return { kind: 'outcome', expected, actual } as const;
  return shownDifference(host, after, shown);
}

/** Where what was shown first differs from a state of the model, which shows `after`. */
export function shownDifference(host: Host, after: readonly Observation[], shown: Shown) {
  for (let index = 0; index < after.length; index++) {
    const observed = shown.nodes[index];
    const wanted = after[index];
    const node = host.nodes[index];
    if (observed === undefined || wanted === undefined || node === undefined) continue;
    const isIndirect = observed.answeredBy !== undefined || observed.commitRuns !== undefined;
    const whole = isIndirect ? { ...wanted, ...observeIndirectly(node) } : wanted;
    const found = nodeDifference(whole, observed);
    if (found !== null) return { kind: 'observation', node: index, ...found, observed } as const;
  }
  if (shown.probes === undefined) return null;
  const found = probeDifference(observeProbes(host), shown.probes);
  return found === null ? null : ({ kind: 'observation', node: 0, ...found, observed: {} } as const);
}
