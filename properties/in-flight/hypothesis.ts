/** One order of the calls so far, and what each sector may hold by it. */
import type { Outcome } from '../../model/vocabulary.ts';
import type { Call, Control } from './sectors/control-state.ts';
import { areEqual, keyOf } from './sectors/candidate-set.ts';
import type { Candidate } from './sectors/sector-pieces.ts';
import type { TouchesThen } from './sectors/unit-touches.ts';

/** Up to so many pairs of candidates are compared one by one. */
const COMPARED_MAX = 64;

/** Of disks with more sectors only hypotheses of the same calls become one. */
const PLACES_MAX = 4096;

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
  /** Of each node whose isolation this call ends: what had been written to its units. Empty where it ends none. */
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

export const noneCalled: Hypothesis['called'] = new Map();

const none: readonly Hypothesis[] = [];

/** What all hypotheses have in common, and the hypotheses. */
export class Hypotheses {
  readonly #common: (SectorWays | undefined)[] = [];
  readonly #places: number;
  all: readonly Hypothesis[];
  /** The same list while it grows from one. */
  #growing: Hypothesis[] | null = null;

  /** `places` are the sectors of all nodes. */
  constructor(control: Control, places: number) {
    this.#places = places;
    this.all = [{ control, tip: null, called: noneCalled, sectors: null }];
  }

  /** Empties the list, so that those that are left can be kept. */
  takeAll(): readonly Hypothesis[] {
    const { all } = this;
    this.all = none;
    this.#growing = null;
    return all;
  }

  /** False where there are `most` of them. A list of one is made as such: the engine gives one that grows far more room. */
  keep(hypothesis: Hypothesis, most: number): boolean {
    const [first] = this.all;
    if (this.all.length >= most) return false;
    if (first === undefined) this.all = [hypothesis];
    else if (this.all.length === 1) this.all = this.#growing = [first, hypothesis];
    else this.#growing?.push(hypothesis);
    return true;
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
    const { control, tip, called, sectors } = hypothesis;
    return { control, tip, called, sectors: new Map(sectors) };
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
    const places = new Set<number>();
    for (const { sectors } of this.all) for (const place of sectors?.keys() ?? []) places.add(place);
    for (const place of places) this.#agree(place, upToDate);
    const kept: Hypothesis[] = [];
    const known = new Map<Hypothesis, string>();
    const markOf = (hypothesis: Hypothesis): string => {
      const mark = known.get(hypothesis) ?? marks(hypothesis);
      known.set(hypothesis, mark);
      return mark;
    };
    for (const hypothesis of this.all) {
      const covers = (other: Hypothesis): boolean => {
        if (other.control !== hypothesis.control) return false;
        // What has not been looked at since they parted is the same by both only where the same was done to it.
        if (sameCalls(other.tip, hypothesis.tip))
          return this.#covers(other, hypothesis) && markOf(other) === markOf(hypothesis);
        if (this.#places > PLACES_MAX || markOf(other) !== markOf(hypothesis)) return false;
        for (let place = 0; place < this.#places; place++)
          for (const each of [other, hypothesis]) each.sectors?.set(place, upToDate(each, place));
        return this.#covers(other, hypothesis);
      };
      if (!kept.some(covers)) kept.push(hypothesis);
    }
    this.all = kept;
    const [only] = this.all;
    if (this.all.length === 1 && only !== undefined) this.#becomeCommon(only);
  }

  #becomeCommon(only: Hypothesis): void {
    for (const [place, ways] of only.sectors ?? []) this.#common[place] = ways;
    only.sectors = null;
  }

  #agree(place: number, upToDate: (hypothesis: Hypothesis, place: number) => SectorWays): void {
    const different: SectorWays[] = [];
    for (const hypothesis of this.all) {
      const ways = upToDate(hypothesis, place);
      const same = different.find((other) => areAlike(other, ways)) ?? ways;
      if (same === ways) different.push(ways);
      hypothesis.sectors?.set(place, same);
    }
    const [only] = different;
    if (only === undefined || different.length > 1) return;
    this.#common[place] = only;
    for (const { sectors } of this.all) sectors?.delete(place);
  }

  /** Whether all that `less` allows is allowed by `more`. */
  #covers(more: Hypothesis, less: Hypothesis): boolean {
    const places = new Set([...(less.sectors?.keys() ?? []), ...(more.sectors?.keys() ?? [])]);
    for (const place of places) {
      const [all, some] = [this.get(more, place), this.get(less, place)];
      if (all === some) continue;
      if (all === undefined || some === undefined) return false;
      // All are up to date where the numbers of calls differ.
      if (all.length - some.length !== lengthOf(more) - lengthOf(less)) return false;
      if (!allIn(all, some)) return false;
    }
    return true;
  }
}

function lengthOf({ tip }: Hypothesis): number {
  return tip?.length ?? 0;
}

/** Whether they allow the same. */
function areAlike(one: SectorWays, other: SectorWays): boolean {
  if (one === other) return true;
  const count = one.candidates.length;
  if (one.length !== other.length || count !== other.candidates.length) return false;
  if (one.candidates === other.candidates) return true;
  return count === 1 ? allIn(other, one) : allIn(one, other) && allIn(other, one);
}

/** Whether each candidate of `some` is one of `all`. */
function allIn({ candidates: all }: SectorWays, { candidates: some }: SectorWays): boolean {
  if (all.length * some.length <= COMPARED_MAX)
    return some.every((candidate) => all.some((other) => areEqual(other, candidate)));
  const keys = new Set(all.map(keyOf));
  return some.every((candidate) => keys.has(keyOf(candidate)));
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
