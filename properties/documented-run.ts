/**
 * A run judged by the design document: at each step a system may do what the real binary does, or in any of the points
 * in which that deviates from its document what the document says. What is not shown leaves it open which it was, so
 * every state is kept that agrees with all that has been seen; the run is wrong when none is left.
 */
import { documentedFrom, documentedSteps } from '../model/documented-steps.ts';
import type { DeviationName } from '../model/documented.ts';
import { throughQmp } from '../model/host.ts';
import { observe } from '../model/observe.ts';
import { lawfulSteps, withEndedCommits } from '../model/resolve.ts';
import { initialState } from '../model/state.ts';
import type { HostState, HostStep } from '../model/state.ts';
import { step } from '../model/step.ts';
import type { Operation } from '../model/operations.ts';
import type { Observation, Outcome, Setup } from '../model/vocabulary.ts';
import type { Shown } from '../impl/shown.ts';
import type { Capabilities } from '../impl/capabilities.ts';
import { situation } from './case.ts';
import { sameOutcome } from './comparison.ts';
import type { StepCounter } from './coverage.ts';
import type { Adopted, Divergence, ObservationDivergence } from './divergence.ts';
import { hostKey } from './host-key.ts';
import { freshMemory } from './invariants.ts';
import type { Memory } from './invariants.ts';
import { Laws } from './laws.ts';
import { liftedLaws } from './lifted-laws.ts';

/** What a system was asked, answered and showed; `shown` is only needed of one that may order and tear requests. */
export interface DocumentedSeen {
  readonly operation: Operation;
  readonly actual: Outcome;
  readonly shown: Shown;
  /** Where what it shows first differs from a state of the model and its observations. */
  differs(state: HostState, expected: readonly Observation[]): ShownDifference | null;
}

type ShownDifference = Omit<ObservationDivergence, 'index' | 'operation' | 'stage' | 'documented'>;

type Found =
  | ShownDifference
  | { readonly kind: 'outcome'; readonly expected: Outcome; readonly actual: Outcome }
  | { readonly kind: 'invariant'; readonly invariant: string; readonly law: string };

/** A state in which the system may be, and how it has come there. */
interface Belief {
  readonly host: HostState;
  readonly observed: readonly Observation[];
  readonly memories: readonly Memory[];
  readonly adopted: readonly Adopted[];
  readonly way: Way | null;
}

interface Way {
  readonly index: number;
  readonly step: HostStep;
  readonly before: Way | null;
}

interface Candidate {
  readonly step: HostStep;
  readonly deviations: readonly DeviationName[];
}

/** Of more states, those are kept that follow the document in the fewest points. */
const BELIEFS_MAX = 64;

export class DocumentedRun {
  readonly #capabilities: Pick<Capabilities, 'control' | 'commit'>;
  readonly #laws: Laws;
  #beliefs: readonly Belief[];

  constructor(capabilities: Pick<Capabilities, 'control' | 'commit'>, setup: Setup) {
    this.#capabilities = capabilities;
    this.#laws = new Laws(setup);
    const host = initialState(setup);
    const memories = setup.nodes.map(() => freshMemory);
    this.#beliefs = [{ host, observed: observeNodes(host), memories, adopted: [], way: null }];
  }

  /** The likeliest state: the one nearest to the real binary. */
  get host(): HostState | undefined {
    return this.#beliefs[0]?.host;
  }

  /** The points in which the system has followed the document so far, in the likeliest case. */
  get adopted(): readonly Adopted[] {
    return this.#beliefs[0]?.adopted ?? [];
  }

  judge(index: number, seen: DocumentedSeen, coverage?: StepCounter): Divergence | null {
    const [likeliest] = this.#beliefs;
    if (likeliest === undefined) return null;
    const kept = new Map<string, Belief>();
    for (const belief of this.#beliefs) {
      for (const candidate of candidates(belief.host, seen, this.#capabilities)) {
        const next = this.#advance(belief, index, candidate, seen);
        if ('kind' in next) continue;
        const key = hostKey(next.host);
        const known = kept.get(key);
        if (known === undefined || known.adopted.length > next.adopted.length) kept.set(key, next);
      }
    }
    const beliefs = [...kept.values()]
      .toSorted((left, right) => left.adopted.length - right.adopted.length)
      .slice(0, BELIEFS_MAX);
    if (beliefs.length === 0) return this.#divergence(likeliest, index, seen);
    this.#beliefs = beliefs;
    if (coverage !== undefined) this.#count(index, seen.operation, coverage);
    return null;
  }

  /** The state after a candidate for the step, or what speaks against it. */
  #advance(belief: Belief, index: number, candidate: Candidate, seen: DocumentedSeen): Belief | Found {
    const { operation, actual } = seen;
    const { state, outcome } = candidate.step;
    const hidden = this.#capabilities.control === 'qmp' ? throughQmp(operation, outcome) : outcome;
    const isHidden = sameOutcome(hidden, actual);
    // QMP discards the errors of a failover; the document has them reported.
    if (!isHidden && !sameOutcome(outcome, actual)) return { kind: 'outcome', expected: hidden, actual };
    const observed = state === belief.host ? belief.observed : observeNodes(state);
    const difference = seen.differs(state, observed);
    if (difference !== null) return difference;
    const deviations: readonly DeviationName[] = isHidden
      ? candidate.deviations
      : [...candidate.deviations, 'failover-hides-every-error'];
    for (const [node, memory] of belief.memories.entries()) this.#laws.recall(node, memory);
    this.#laws.lift(liftedLaws(deviations));
    const broken = this.#laws.brokenBy(operation, outcome, belief.observed, observed);
    if (broken !== null) return { kind: 'invariant', invariant: broken.name, law: broken.law };
    return {
      host: state,
      observed,
      memories: belief.memories.map((_, node) => this.#laws.memory(node)),
      adopted: [...belief.adopted, ...deviations.map((name) => ({ index, name }))],
      way: { index, step: candidate.step, before: belief.way },
    };
  }

  #divergence(from: Belief, index: number, seen: DocumentedSeen): Divergence | null {
    const predicted = step(from.host, seen.operation);
    const found = this.#advance(from, index, { step: predicted, deviations: [] }, seen);
    if (!('kind' in found)) return null;
    const { operation } = seen;
    const { stage } = situation(from.host, operation);
    const steps = stepsOf({ index, step: predicted, before: from.way });
    return { ...found, index, operation, stage, documented: { adopted: from.adopted, steps } };
  }

  #count(index: number, operation: Operation, coverage: StepCounter): void {
    const [likeliest] = this.#beliefs;
    const way = likeliest?.way;
    if (likeliest === undefined || way === null || way === undefined) return;
    const before = way.before?.step.state;
    // What the binary never does is no cell of it.
    if (likeliest.adopted.at(-1)?.index === index || before === undefined) coverage.operations++;
    else coverage.count(before, operation, way.step);
  }
}

function* candidates(
  host: HostState,
  { operation, actual, shown }: DocumentedSeen,
  { commit }: Pick<Capabilities, 'commit'>,
): Generator<Candidate> {
  yield { step: step(host, operation), deviations: [] };
  const isFree = commit === 'free';
  const mayHaveEnded = isFree && (operation.op === 'stop' || operation.op === 'setReplication');
  for (const documented of documentedSteps(host, operation, actual)) {
    yield candidateOf(documented);
    if (mayHaveEnded) yield { ...candidateOf(documented), step: withEndedCommits(documented, shown) };
  }
  if (!isFree) return;
  for (const lawful of lawfulSteps(host, operation, shown)) {
    yield { step: lawful, deviations: [] };
    for (const documented of documentedFrom(host, operation, lawful, actual)) yield candidateOf(documented);
  }
}

function candidateOf({ state, outcome, deviations }: HostStep & Pick<Candidate, 'deviations'>): Candidate {
  return { step: { state, outcome }, deviations };
}

function observeNodes({ nodes, dead }: HostState): readonly Observation[] {
  return nodes.map((state) => observe(state, dead));
}

function stepsOf(last: Way): readonly (HostStep | undefined)[] {
  const steps: (HostStep | undefined)[] = Array.from({ length: last.index + 1 });
  for (let way: Way | null = last; way !== null; way = way.before) steps[way.index] = way.step;
  return steps;
}
