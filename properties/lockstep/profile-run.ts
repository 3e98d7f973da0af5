/**
 * A run judged by a profile of the model that leaves more than one way: at each step a system may go any of them. What is
 * not shown leaves it open which it was, so every state is kept that agrees with all that has been seen; the run is wrong
 * when none is left. After a checkpoint that failed at active, active may be empty (QEMU) or not (the document): both
 * states are kept until a guest read shows which.
 */
import { predicted } from '../../model/choices.ts';
import type { Choices } from '../../model/choices.ts';
import { acceptedText } from '../../model/deviations.ts';
import type { DeviationName, Profile } from '../../model/deviations.ts';
import { initialState } from '../../model/node.ts';
import type { Host, HostStep } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { Observation, Outcome, Setup } from '../../model/vocabulary.ts';
import type { Shown } from '../../impl/shown.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { situation } from '../cases/case.ts';
import { sameOutcome } from '../comparison/comparison.ts';
import { acceptsAnyText, profileOf } from '../cases/comparison-mode.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import type { StepCounter } from '../coverage/coverage.ts';
import type { Adopted, Divergence, ObservationDivergence } from '../comparison/divergence.ts';
import { observeNodes } from '../comparison/explain.ts';
import { explanations } from '../comparison/explanations.ts';
import { hostKey } from '../cases/host-key.ts';
import { freshMemory } from '../invariants/invariants.ts';
import type { Memory } from '../invariants/invariants.ts';
import { Laws } from '../invariants/laws.ts';
import { liftedLaws } from '../invariants/lifted-laws.ts';
import { profileSteps, settledProfileSteps } from './profile-steps.ts';
import type { ProfileStep } from './profile-steps.ts';
import { partsOf, readings } from '../comparison/settled-steps.ts';
import { throughQmp } from '../comparison/shown-by-model.ts';

/** What a system was asked, answered and showed; `shown` is only needed of one that may order and tear requests. */
export interface Seen {
  readonly operation: Operation;
  readonly actual: Outcome;
  readonly shown: Shown;
  /** Where what it shows first differs from a state of the model and its observations. */
  differs(host: Host, expected: readonly Observation[]): ShownDifference | null;
}

type ShownDifference = Omit<ObservationDivergence, 'index' | 'operation' | 'stage' | 'documented'>;

type Found =
  | ShownDifference
  | { readonly kind: 'outcome'; readonly expected: Outcome; readonly actual: Outcome }
  | { readonly kind: 'invariant'; readonly invariant: string; readonly law: string };

/** A state in which the system may be, and how it has come there. */
interface Candidate {
  readonly host: Host;
  readonly observed: readonly Observation[];
  readonly memories: readonly Memory[];
  readonly adopted: readonly Adopted[];
  readonly path: Path | null;
}

interface Path {
  readonly index: number;
  readonly step: HostStep;
  readonly before: Path | null;
}

/** Of more candidates, those are kept that leave the way of QEMU least often. */
const CANDIDATES_MAX = 64;

export class ProfileRun {
  readonly #capabilities: Pick<Capabilities, 'control' | 'commit'>;
  readonly #profile: Profile;
  readonly #anyText: boolean;
  readonly #laws: Laws;
  #candidates: readonly Candidate[];

  constructor(
    capabilities: Pick<Capabilities, 'control' | 'commit'>,
    setup: Setup,
    comparison: ComparisonMode = 'document',
  ) {
    this.#capabilities = capabilities;
    this.#profile = profileOf(comparison);
    this.#anyText = acceptsAnyText(comparison);
    this.#laws = new Laws(setup);
    const host = initialState(setup);
    const memories = setup.nodes.map(() => freshMemory);
    this.#candidates = [{ host, observed: observeNodes(host), memories, adopted: [], path: null }];
  }

  /** The likeliest state: the one nearest to the real binary. */
  get host(): Host | undefined {
    return this.#candidates[0]?.host;
  }

  /** The deviations at which the system has not gone the way of QEMU so far, in the likeliest case. */
  get adopted(): readonly Adopted[] {
    return this.#candidates[0]?.adopted ?? [];
  }

  judge(index: number, seen: Seen, coverage?: StepCounter): Divergence | null {
    const [likeliest] = this.#candidates;
    if (likeliest === undefined) return null;
    const kept = new Map<string, Candidate>();
    for (const candidate of this.#candidates) {
      for (const next of this.#steps(candidate.host, seen)) {
        const after = this.#advance(candidate, index, next, seen);
        if ('kind' in after) continue;
        const key = hostKey(after.host);
        const known = kept.get(key);
        if (known === undefined || known.adopted.length > after.adopted.length) kept.set(key, after);
      }
    }
    const candidates = [...kept.values()]
      .toSorted((left, right) => left.adopted.length - right.adopted.length)
      .slice(0, CANDIDATES_MAX);
    if (candidates.length === 0) return this.#divergence(likeliest, index, seen);
    this.#candidates = candidates;
    if (coverage !== undefined) this.#count(index, seen.operation, coverage);
    return null;
  }

  *#steps(host: Host, { operation, shown }: Seen): Generator<ProfileStep> {
    const choices: Choices[] = [predicted];
    if (this.#capabilities.commit === 'free') choices.push(...explanations(host, shown));
    for (const each of choices) {
      for (const reading of readings(host, operation, shown)) {
        if (reading.length === 1) yield* profileSteps(host, operation, each, this.#profile);
        else yield* settledProfileSteps(host, operation, reading, each, this.#profile);
      }
    }
  }

  /** The state after a step, or what speaks against it. */
  #advance(candidate: Candidate, index: number, next: ProfileStep, seen: Seen): Candidate | Found {
    const { operation, actual } = seen;
    const { host, outcome } = next;
    const expected = this.#capabilities.control === 'qmp' ? throughQmp(operation, outcome) : outcome;
    // QMP discards the errors of a failover; the document has them reported.
    const ways = expected === outcome ? null : this.#profile('failover-hides-every-error');
    const mayHide = ways === null || ways.includes(0);
    const mayReport = ways === null || ways.some((way) => way > 0);
    const isHidden = mayHide && sameOutcome(expected, actual);
    const isReported = mayReport && accepts(outcome, actual, this.#anyText ? next.deviations : []);
    if (!isHidden && !isReported) return { kind: 'outcome', expected: mayHide ? expected : outcome, actual };
    const observed = host === candidate.host ? candidate.observed : observeNodes(host);
    const difference = seen.differs(host, observed);
    if (difference !== null) return difference;
    const deviations: readonly DeviationName[] =
      isHidden || expected === outcome ? next.deviations : [...next.deviations, 'failover-hides-every-error'];
    for (const [node, memory] of candidate.memories.entries()) this.#laws.recall(node, memory);
    this.#laws.lift(liftedLaws(deviations));
    let before = candidate.observed;
    for (const part of partsOf(operation, candidate.host, next)) {
      const after = part.step.host === host ? observed : observeNodes(part.step.host);
      const answered = part.operation !== operation || isHidden ? part.step.outcome : actual;
      const broken = this.#laws.brokenBy(part.operation, answered, before, after);
      if (broken !== null) return { kind: 'invariant', invariant: broken.name, law: broken.law };
      before = after;
    }
    return {
      host,
      observed,
      memories: candidate.memories.map((_, node) => this.#laws.memory(node)),
      adopted: [...candidate.adopted, ...deviations.map((name) => ({ index, name }))],
      path: { index, step: { host, outcome }, before: candidate.path },
    };
  }

  #divergence(from: Candidate, index: number, seen: Seen): Divergence | null {
    const [expected] = profileSteps(from.host, seen.operation, predicted, this.#profile);
    if (expected === undefined) return null;
    const found = this.#advance(from, index, expected, seen);
    if (!('kind' in found)) return null;
    const { operation } = seen;
    const { stage } = situation(from.host, operation);
    const steps = stepsOf({ index, step: expected, before: from.path });
    return { ...found, index, operation, stage, documented: { adopted: from.adopted, steps } };
  }

  #count(index: number, operation: Operation, coverage: StepCounter): void {
    const [likeliest] = this.#candidates;
    const path = likeliest?.path;
    if (likeliest === undefined || path === null || path === undefined) return;
    const before = path.before?.step.host;
    // What the binary never does is no cell of it.
    if (likeliest.adopted.at(-1)?.index === index || before === undefined) coverage.operations++;
    else coverage.count(before, operation, path.step);
  }
}

/** Whether an answer is the expected one; where the document gives no text for an error, any text is. */
function accepts(expected: Outcome, actual: Outcome, deviations: readonly DeviationName[]): boolean {
  if (sameOutcome(expected, actual)) return true;
  if (expected.kind !== 'error') return false;
  return deviations.some((name) => {
    const text = acceptedText[name];
    return text !== undefined && (actual.kind === 'error' || (text === 'any answer' && actual.kind === 'ok'));
  });
}

function stepsOf(last: Path): readonly (HostStep | undefined)[] {
  const steps: (HostStep | undefined)[] = Array.from({ length: last.index + 1 });
  for (let path: Path | null = last; path !== null; path = path.before) steps[path.index] = path.step;
  return steps;
}
