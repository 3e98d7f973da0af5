/** Sets of what one sector may hold, within a bound. */
import { includesAll } from './candidate-reads.ts';
import type { Candidate } from './sector-pieces.ts';

/** More ways than that are not followed; the verdict says so. */
export const CANDIDATES_MAX = 20_000;

/** The history can be neither explained nor refuted within the bounds. */
export class BoundMet extends Error {}

/** Up to so many are compared one by one. */
const FEW = 12;

/**
 * Different candidates. Of those that differ only in what reads in flight may have read, one that allows all that another
 * does stands for both.
 */
export class CandidateSet {
  #few: readonly Candidate[] = [];
  #many: Map<string, Candidate[]> | null = null;
  #size = 0;

  add(candidate: Candidate): boolean {
    if (this.#many === null) {
      if (this.#few.some((other) => isAlike(other, candidate) && includesAll(other.read, candidate.read)))
        return false;
      this.#few = withOne(this.#few, candidate);
      if (this.#few.length > FEW) this.#index();
      return true;
    }
    return this.#addTo(this.#many, candidate);
  }

  #index(): void {
    this.#many = new Map();
    for (const candidate of this.#few) this.#addTo(this.#many, candidate);
  }

  #addTo(many: Map<string, Candidate[]>, candidate: Candidate): boolean {
    const key = stateKey(candidate);
    const alike = many.get(key);
    if (alike?.some(({ read }) => includesAll(read, candidate.read)) === true) return false;
    if (alike === undefined) many.set(key, [candidate]);
    else many.set(key, [...alike.filter(({ read }) => !includesAll(candidate.read, read)), candidate]);
    if (++this.#size > CANDIDATES_MAX)
      throw new BoundMet(
        `more than ${CANDIDATES_MAX} orders are possible of what is in flight at one sector`,
      );
    return true;
  }

  get all(): readonly Candidate[] {
    return this.#many === null ? this.#few : [...this.#many.values()].flat();
  }
}

/** A short list is written out: the engine gives one that grows far more room than it needs. */
function withOne(few: readonly Candidate[], candidate: Candidate): readonly Candidate[] {
  const [first, second, third] = few;
  if (first === undefined) return [candidate];
  if (second === undefined) return [first, candidate];
  return third === undefined ? [first, second, candidate] : [...few, candidate];
}

function isAlike(one: Candidate, other: Candidate): boolean {
  return (
    one.done === other.done &&
    one.secondary === other.secondary &&
    one.active === other.active &&
    one.hidden === other.hidden &&
    one.copied === other.copied &&
    one.dirty === other.dirty &&
    one.inFlight === other.inFlight
  );
}

function stateKey({ active, hidden, secondary, copied, dirty, inFlight, done }: Candidate): string {
  return `${active},${hidden},${secondary},${copied ? 1 : 0}${dirty ? 1 : 0},${inFlight},${done}`;
}

export function keyOf(candidate: Candidate): string {
  return `${stateKey(candidate)},${candidate.read.join(' ')}`;
}

export function areEqual(one: Candidate, other: Candidate): boolean {
  if (one === other) return true;
  return isAlike(one, other) && one.read.length === other.read.length && includesAll(one.read, other.read);
}
