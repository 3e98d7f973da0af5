/** For tests: every interleaving of a few requests, and every result that their sectors in some order one by one would have. */
import type { Operation } from '../../../model/operations.ts';
import type { NodeSetup, Outcome, Tag } from '../../../model/vocabulary.ts';
import type { System } from '../../system.ts';

export interface Overlap {
  readonly setup: NodeSetup;
  /** What is done before, one after the other. */
  readonly before: readonly Operation[];
  readonly requests: readonly Operation[];
}

/**
 * What is answered and shown at the end, for each way to choose `choices` times which request begins or goes on. In the
 * end all are awaited, and then the commit settles.
 */
export function* interleaved(system: System, overlap: Overlap, choices: number): Generator<string> {
  const count = overlap.requests.length;
  for (let schedule = 0; schedule < count ** choices; schedule++) {
    yield played(system, overlap, (choice) => Math.floor(schedule / count ** choice) % count, choices);
  }
}

/** One of them: which request is chosen is asked `choices` times. */
export function played(
  system: System,
  { setup, before, requests }: Overlap,
  choose: (choice: number) => number,
  choices: number,
): string {
  const { inFlight } = system;
  if (inFlight === undefined) throw new Error(`${system.name} has no requests in flight`);
  begin(system, setup, before);
  const outcomes = requests.map((): Outcome | null => null);
  const submitted = requests.map(() => false);
  const goOn = (index: number, isLast: boolean): void => {
    const operation = requests[index];
    if (operation === undefined) return;
    const answered = submitted[index] ? [] : [...inFlight.submit(index, operation)];
    if (isLast) answered.push(...inFlight.await(index));
    else if (submitted[index]) answered.push(...inFlight.advance(index));
    submitted[index] = true;
    for (const { request, outcome } of answered) outcomes[request] = outcome;
  };
  for (let choice = 0; choice < choices; choice++) goOn(choose(choice), false);
  for (const index of requests.keys()) goOn(index, true);
  return ended(system, outcomes);
}

/** The same for the sectors of all requests in every order. */
export function inSomeOrder(system: System, { setup, before, requests }: Overlap): Set<string> {
  const pieces = requests.flatMap((operation, request) =>
    sectorsOf(operation).map((piece) => ({ request, piece })),
  );
  const results = new Set<string>();
  for (const order of permutations(pieces)) {
    begin(system, setup, before);
    const outcomes = requests.map((): Outcome | null => null);
    for (const { request, piece } of order) {
      const first = sectorOf(requests[request]);
      const outcome = system.apply(piece);
      outcomes[request] = joined(outcomes[request] ?? null, outcome, sectorOf(piece) - first);
    }
    results.add(ended(system, outcomes));
  }
  return results;
}

function begin(system: System, setup: NodeSetup, before: readonly Operation[]): void {
  system.load({ nodes: [setup] });
  for (const operation of before) system.apply(operation);
}

function ended(system: System, outcomes: readonly (Outcome | null)[]): string {
  const shown = system.observe();
  system.apply({ op: 'commitSettle' });
  return JSON.stringify([outcomes, shown, system.observe()]);
}

function sectorsOf(operation: Operation): Operation[] {
  if (!('count' in operation) || operation.count === 0) return [operation];
  return Array.from({ length: operation.count }, (_, index) => ({
    ...operation,
    sector: operation.sector + index,
    count: 1,
  }));
}

function sectorOf(operation: Operation | undefined): number {
  return operation !== undefined && 'count' in operation ? operation.sector : 0;
}

/** The answer of a request of which one more sector has answered. */
function joined(known: Outcome | null, outcome: Outcome, at: number): Outcome {
  if (outcome.kind !== 'data') return known ?? outcome;
  const tags: (Tag | undefined)[] = known?.kind === 'data' ? [...known.tags] : [];
  tags[at] = outcome.tags[0];
  return { kind: 'data', tags: Array.from(tags, (tag) => tag ?? -1) };
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}
