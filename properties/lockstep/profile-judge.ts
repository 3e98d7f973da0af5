/** Judges the steps of a run by QEMU as long as they keep to it, and from then on by the ways of a profile. */
import type { Host, HostStep } from '../../model/node.ts';
import type { Observation, Outcome, Setup } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import type { Shown } from '../../impl/shown.ts';
import type { StepCounter } from '../coverage/coverage.ts';
import type { Divergence } from '../comparison/divergence.ts';
import type { ComparisonMode } from '../cases/comparison-mode.ts';
import { allowsQemu } from '../cases/comparison-mode.ts';
import type { Judged } from '../comparison/explain.ts';
import { ProfileRun } from './profile-run.ts';
import type { Seen } from './profile-run.ts';

export interface StepJudge {
  /** The state of the model. */
  readonly host: Host;
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
  host: Host,
  expected: readonly Observation[],
  shown: Shown,
) => ReturnType<Seen['differs']>;

export interface ProfileOptions {
  readonly comparison: ComparisonMode;
  readonly coverage?: StepCounter | undefined;
}

export class ProfileJudge implements StepJudge {
  readonly #qemu: StepJudge;
  readonly #newRun: () => ProfileRun;
  readonly #coverage: StepCounter | undefined;
  readonly #differs: Differs;
  /** What was seen so far: it is judged again where the run leaves the ways of the binary. */
  readonly #seen: { readonly index: number; readonly seen: Seen }[] = [];
  #byProfile: ProfileRun | null = null;

  constructor(
    qemu: StepJudge,
    system: Judged,
    setup: Setup,
    differs: Differs,
    { comparison, coverage }: ProfileOptions,
  ) {
    this.#qemu = qemu;
    this.#newRun = () => new ProfileRun(system.capabilities, setup, comparison);
    if (!allowsQemu(comparison)) this.#byProfile = this.#newRun();
    this.#differs = differs;
    this.#coverage = coverage;
  }

  get host(): Host {
    return this.#byProfile?.host ?? this.#qemu.host;
  }

  judge(
    index: number,
    operation: Operation,
    predicted: HostStep,
    actual: Outcome,
    shown: Shown,
  ): Divergence | null {
    const seen: Seen = {
      operation,
      actual,
      shown,
      differs: (host, expected) => this.#differs(host, expected, shown),
    };
    if (this.#byProfile !== null) return this.#byProfile.judge(index, seen, this.#coverage);
    this.#seen.push({ index, seen });
    const found = this.#qemu.judge(index, operation, predicted, actual, shown);
    return found === null ? null : this.#judgeAgain();
  }

  finish(): void {
    if (this.#byProfile !== null) this.#coverage?.countDocumented(this.#byProfile.adopted);
  }

  #judgeAgain(): Divergence | null {
    const run = this.#newRun();
    this.#byProfile = run;
    const last = this.#seen.length - 1;
    for (const [place, { index, seen }] of this.#seen.entries()) {
      // The steps before the last were counted when they were compared with the binary.
      const divergence = run.judge(index, seen, place < last ? undefined : this.#coverage);
      if (divergence !== null) return divergence;
    }
    this.#seen.length = 0;
    return null;
  }
}
