/** One order of the calls so far, and what each sector may hold by it. */
import type { Outcome } from '../../model/vocabulary.ts';
import type { Call, Control } from './sectors/control-state.ts';
import { keyOf } from './sectors/sector-candidates.ts';
import type { Candidate } from './sectors/sector-candidates.ts';
import type { TouchesThen } from './sectors/unit-touches.ts';

/** What a sector may hold after the first `length` calls. */
export interface SectorWays {
  readonly length: number;
  readonly candidates: readonly Candidate[];
}

/** A call that has taken effect, right before the event `index`. */
export interface PathEntry {
  readonly call: Call;
  readonly index: number;
  readonly before: PathEntry | null;
  readonly length: number;
  /** Of each node: when its overlays were emptied, before this call and after it. */
  readonly emptiedBefore: readonly number[];
  readonly emptiedAt: readonly number[];
  /** Of each node whose isolation this call ends: what had been written to its units. */
  readonly touches: readonly (TouchesThen | null)[];
}

export interface Hypothesis {
  control: Control;
  tip: PathEntry | null;
  /** Calls in flight that have taken effect, by their slots. */
  called: ReadonlyMap<number, Outcome>;
  /** Where it differs from what all have in common; null where it is the only one. */
  sectors: Map<number, SectorWays> | null;
}

/** What all hypotheses have in common, and the hypotheses. */
export class Hypotheses {
  readonly #common: (SectorWays | undefined)[] = [];
  all: Hypothesis[];

  constructor(control: Control) {
    this.all = [{ control, tip: null, called: new Map(), sectors: null }];
  }

  get({ sectors }: Hypothesis, place: number): SectorWays | undefined {
    return sectors?.get(place) ?? this.#common[place];
  }

  set({ sectors }: Hypothesis, place: number, ways: SectorWays): void {
    if (sectors === null) this.#common[place] = ways;
    else sectors.set(place, ways);
  }

  branch(hypothesis: Hypothesis): Hypothesis {
    hypothesis.sectors ??= new Map();
    return { ...hypothesis, sectors: new Map(hypothesis.sectors) };
  }

  /** How much is held apart. */
  get size(): number {
    return this.all.reduce((size, { sectors }) => size + (sectors?.size ?? 0), 0);
  }

  /**
   * What none disagrees about goes back to all, and of hypotheses one of which allows all that the other does only that is
   * kept. `marks` tells them apart by what is in no sector.
   */
  condense(
    marks: (hypothesis: Hypothesis) => string,
    upToDate: (hypothesis: Hypothesis, place: number) => SectorWays,
  ): void {
    const [single] = this.all;
    if (this.all.length === 1 && single !== undefined) {
      this.#becomeCommon(single);
      return;
    }
    this.all.forEach((hypothesis) => (hypothesis.sectors ??= new Map()));
    const places = new Set(this.all.flatMap(({ sectors }) => [...(sectors?.keys() ?? [])]));
    for (const place of places) this.#agree(place, upToDate);
    const kept: { readonly hypothesis: Hypothesis; readonly mark: string }[] = [];
    for (const hypothesis of this.all) {
      const mark = marks(hypothesis);
      const covers = (other: (typeof kept)[number]): boolean => {
        if (other.mark !== mark) return false;
        // What has not been looked at since they parted is the same by both only where the same was done to it.
        if (!sameCalls(other.hypothesis.tip, hypothesis.tip))
          for (const place of this.#common.keys())
            for (const each of [other.hypothesis, hypothesis])
              if (this.#common[place] !== undefined) each.sectors?.set(place, upToDate(each, place));
        return this.#covers(other.hypothesis, hypothesis);
      };
      if (!kept.some(covers)) kept.push({ hypothesis, mark });
    }
    this.all = kept.map(({ hypothesis }) => hypothesis);
    const [only] = this.all;
    if (this.all.length === 1 && only !== undefined) this.#becomeCommon(only);
  }

  #becomeCommon(only: Hypothesis): void {
    for (const [place, ways] of only.sectors ?? []) this.#common[place] = ways;
    only.sectors = null;
  }

  #agree(place: number, upToDate: (hypothesis: Hypothesis, place: number) => SectorWays): void {
    const byKey = new Map<string, SectorWays>();
    for (const hypothesis of this.all) {
      const ways = upToDate(hypothesis, place);
      const key = `${ways.length}: ${ways.candidates.map(keyOf).toSorted().join('; ')}`;
      const same = byKey.get(key) ?? ways;
      byKey.set(key, same);
      hypothesis.sectors?.set(place, same);
    }
    const [only, other] = byKey.values();
    if (only === undefined || other !== undefined) return;
    this.#common[place] = only;
    for (const { sectors } of this.all) sectors?.delete(place);
  }

  /** Whether all that `less` allows is allowed by `more`. */
  #covers(more: Hypothesis, less: Hypothesis): boolean {
    const places = new Set([...(less.sectors?.keys() ?? []), ...(more.sectors?.keys() ?? [])]);
    for (const place of places) {
      const [all, some] = [this.get(more, place), this.get(less, place)];
      if (all === some) continue;
      if (all === undefined || some === undefined || all.length !== some.length) return false;
      const keys = new Set(all.candidates.map(keyOf));
      if (!some.candidates.every((candidate) => keys.has(keyOf(candidate)))) return false;
    }
    return true;
  }
}

/** Whether two orders of calls are the same since they parted, whenever each call came. */
function sameCalls(one: PathEntry | null, other: PathEntry | null): boolean {
  let [left, right] = [one, other];
  while (left !== right) {
    if (left === null || right === null || left.call !== right.call) return false;
    [left, right] = [left.before, right.before];
  }
  return true;
}
