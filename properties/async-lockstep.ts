/** The lockstep run for systems behind a process or a wire. */
import type { AsyncSystem, Played, Shows } from '../impl/system.ts';
import { SystemLost } from '../impl/system-lost.ts';
import { throughQmp } from '../model/host.ts';
import { observe } from '../model/observe.ts';
import { observeIndirectly, observeProbes } from './shown-by-model.ts';
import { lawfulSteps } from '../model/resolve.ts';
import { initialState } from '../model/state.ts';
import type { HostState, HostStep } from '../model/state.ts';
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
import { DocumentedJudge } from './documented-judge.ts';
import type { StepJudge } from './documented-judge.ts';
import { Laws } from './laws.ts';

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
      const stages = run.host.nodes.map(({ node }) => node.stage);
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
    predicted = isPredicted ? next.state : walk.start;
  }
  run.finish();
  return null;
}

function judgedRun(system: AsyncSystem, testCase: Case, { comparison, coverage }: JudgeOptions): StepJudge {
  const run = new JudgedRun(system, testCase, coverage);
  return comparison === 'qemu'
    ? run
    : new DocumentedJudge(run, system, testCase.setup, shownDifference, coverage);
}

export function lostAt(host: HostState, index: number, operation: Operation, error: SystemLost): Divergence {
  const { stage } = situation(host, operation);
  return { kind: 'lost', index, operation, stage, how: error.how, detail: error.message };
}

/** The model and its laws along a run that is judged step by step, by what the real binary does. */
class JudgedRun implements StepJudge {
  readonly #system: AsyncSystem;
  readonly #coverage: StepCounter | undefined;
  readonly #laws: Laws;
  #before: readonly Observation[];
  host: HostState;

  constructor(system: AsyncSystem, { setup, walk }: Case, coverage: StepCounter | undefined) {
    this.#system = system;
    this.#coverage = coverage;
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
    const expected = predicted.state === host ? this.#before : observeNodes(predicted.state);
    const judged = judgePredicted(this.#system, host, predicted, expected, { operation, actual, shown });
    if ('found' in judged) return { ...at, ...judged.found };
    const { next } = judged;
    const after = next === predicted ? expected : observeNodes(next.state);
    const broken = this.#laws.brokenBy(operation, next.outcome, this.#before, after);
    if (broken !== null) return { kind: 'invariant', ...at, invariant: broken.name, law: broken.law };
    this.#coverage?.count(host, operation, next);
    this.host = next.state;
    this.#before = after;
    return null;
  }

  finish(): void {}
}

type Judged = { readonly next: HostStep } | { readonly found: NonNullable<ReturnType<typeof difference>> };

/** The step of the model that a system has shown, or where it differs from every step that the law allows. */
export function judgeStep(
  system: AsyncSystem,
  host: HostState,
  operation: Operation,
  actual: Outcome,
  shown: Shown,
): Judged {
  const predicted = step(host, operation);
  return judgePredicted(system, host, predicted, observeNodes(predicted.state), { operation, actual, shown });
}

interface Seen {
  readonly operation: Operation;
  readonly actual: Outcome;
  readonly shown: Shown;
}

function judgePredicted(
  { capabilities }: AsyncSystem,
  host: HostState,
  predicted: HostStep,
  after: readonly Observation[],
  seen: Seen,
): Judged {
  // The errors that QMP discards.
  const swallows = capabilities.control === 'qmp';
  const found = difference(predicted, after, seen, swallows);
  if (found === null) return { next: predicted };
  // Only where the prediction fails is it asked what else the law would allow.
  const other = capabilities.commit === 'free' ? lawful(host, seen, swallows) : null;
  return other === null ? { found } : { next: other };
}

function observeNodes({ nodes, dead }: HostState): readonly Observation[] {
  return nodes.map((state) => observe(state, dead));
}

/** The first step that the law allows and that was seen. */
function lawful(host: HostState, seen: Seen, swallows: boolean): HostStep | null {
  for (const candidate of lawfulSteps(host, seen.operation, seen.shown)) {
    if (difference(candidate, observeNodes(candidate.state), seen, swallows) === null) return candidate;
  }
  return null;
}

/** `after` is what the model shows after the step. */
function difference(
  { state, outcome }: HostStep,
  after: readonly Observation[],
  { operation, actual, shown }: Seen,
  swallows: boolean,
) {
  const expected = swallows ? throughQmp(operation, outcome) : outcome;
  if (!sameOutcome(expected, actual)) return { kind: 'outcome', expected, actual } as const;
  return shownDifference(state, after, shown);
}

/** Where what was shown first differs from a state of the model, which shows `after`. */
export function shownDifference(state: HostState, after: readonly Observation[], shown: Shown) {
  for (let node = 0; node < after.length; node++) {
    const observed = shown.nodes[node];
    const wanted = after[node];
    const each = state.nodes[node];
    if (observed === undefined || wanted === undefined || each === undefined) continue;
    const isIndirect = observed.answeredBy !== undefined || observed.commitRuns !== undefined;
    const whole = isIndirect ? { ...wanted, ...observeIndirectly(each) } : wanted;
    const found = nodeDifference(whole, observed);
    if (found !== null) return { kind: 'observation', node, ...found, observed } as const;
  }
  if (shown.probes === undefined) return null;
  const found = probeDifference(observeProbes(state), shown.probes);
  return found === null ? null : ({ kind: 'observation', node: 0, ...found, observed: {} } as const);
}
