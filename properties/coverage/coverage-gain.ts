/** What a coverage hands on to another one, in another process perhaps. */

/** What was seen of one of the first steps of a cell. */
export interface Look {
  readonly cell: string;
  /** Of the whole campaign: says which of the shards was first. */
  readonly batch: number;
  readonly branches: readonly string[];
}

/** What a coverage has counted since it was last asked, as plain data: another one adds it to its own. */
export interface CoverageGain {
  /** The numbers of outcomes in `counts` are places in this list. */
  readonly outcomes: readonly string[];
  /** Place of the cell, number of the outcome, and how often, one after the other. */
  readonly counts: readonly number[];
  readonly operations: number;
  readonly situations: readonly (readonly [string, number])[];
  readonly sampledBranches: readonly string[];
  readonly firstLooks: readonly Look[];
  readonly documented: readonly (readonly [string, number])[];
}

/** What a coverage has handed on already. */
export interface Given {
  readonly counts: Float64Array;
  readonly situations: Map<string, number>;
  readonly documented: Map<string, number>;
  operations: number;
  branches: number;
  looks: number;
}

export function nothingGiven(counts: number): Given {
  return {
    counts: new Float64Array(counts),
    situations: new Map(),
    documented: new Map(),
    operations: 0,
    branches: 0,
    looks: 0,
  };
}

/** What is more now than in `given`, which is brought up to it. */
export function gainOf(now: ReadonlyMap<string, number>, given: Map<string, number>): [string, number][] {
  const gains: [string, number][] = [];
  for (const [name, count] of now) {
    const gained = count - (given.get(name) ?? 0);
    if (gained > 0) gains.push([name, gained]);
    given.set(name, count);
  }
  return gains;
}

/** Nothing was counted. */
export const noGain: CoverageGain = {
  outcomes: [],
  counts: [],
  operations: 0,
  situations: [],
  sampledBranches: [],
  firstLooks: [],
  documented: [],
};
