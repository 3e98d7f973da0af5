/** Judges the steps of a run by the real binary as long as they keep to it, and from then on by its design document. */
import type { AsyncSystem } from '../impl/system.ts';
import type { HostState, HostStep } from '../model/state.ts';
import type { Operation } from '../model/operations.ts';
import type { Observation, Outcome, Setup } from '../model/vocabulary.ts';
import type { Shown } from '../impl/shown.ts';
import type { StepCounter } from './coverage.ts';
import type { Divergence } from './divergence.ts';
import { DocumentedRun } from './documented-run.ts';
import type { DocumentedSeen } from './documented-run.ts';

export interface StepJudge {
  /** The state of the model. */
  readonly host: HostState;
  /** `predicted` is the model's step from the present state. */
  judge(
    index: number,
    operation: Operation,
    predicted: HostStep,
    actual: Outcome,
    shown: Shown,
  ): Divergence | null;
  /** The run has come to its end. */
  finish(): void;
}

/** Where what was shown first differs from a state of the model and its observations. */
export type Differs = (
  state: HostState,
  expected: readonly Observation[],
  shown: Shown,
) => ReturnType<DocumentedSeen['differs']>;

export class DocumentedJudge implements StepJudge {
  readonly #qemu: StepJudge;
  readonly #system: AsyncSystem;
  readonly #setup: Setup;
  readonly #coverage: StepCounter | undefined;
  readonly #differs: Differs;
  /** What was seen so far: it is judged again where the run leaves the ways of the binary. */
  readonly #seen: { readonly index: number; readonly seen: DocumentedSeen }[] = [];
  #documented: DocumentedRun | null = null;

  constructor(
    qemu: StepJudge,
    system: AsyncSystem,
    setup: Setup,
    differs: Differs,
    coverage: StepCounter | undefined,
  ) {
    this.#qemu = qemu;
    this.#system = system;
    this.#setup = setup;
    this.#differs = differs;
    this.#coverage = coverage;
  }

  get host(): HostState {
    return this.#documented?.host ?? this.#qemu.host;
  }

  judge(
    index: number,
    operation: Operation,
    predicted: HostStep,
    actual: Outcome,
    shown: Shown,
  ): Divergence | null {
    const seen: DocumentedSeen = {
      operation,
      actual,
      shown,
      differs: (state, expected) => this.#differs(state, expected, shown),
    };
    if (this.#documented !== null) return this.#documented.judge(index, seen, this.#coverage);
    this.#seen.push({ index, seen });
    const found = this.#qemu.judge(index, operation, predicted, actual, shown);
    return found === null ? null : this.#judgeAgain();
  }

  finish(): void {
    if (this.#documented !== null) this.#coverage?.countDocumented(this.#documented.adopted);
  }

  #judgeAgain(): Divergence | null {
    const documented = new DocumentedRun(this.#system.capabilities, this.#setup);
    this.#documented = documented;
    const last = this.#seen.length - 1;
    for (const [place, { index, seen }] of this.#seen.entries()) {
      // The steps before the last were counted when they were compared with the binary.
      const divergence = documented.judge(index, seen, place < last ? undefined : this.#coverage);
      if (divergence !== null) return divergence;
    }
    this.#seen.length = 0;
    return null;
  }
}
