/** The jobs that shards of runs, exhaustive searches and tours make together. `parts` has at least one. */
import type { ExploreResult, MutantsResult, ResultHead, TourResult } from '../results/result-schema.ts';

export function mergeExplore(head: ResultHead, parts: readonly ExploreResult[]): ExploreResult {
  const { options } = firstOf(parts);
  return {
    ...head,
    command: 'explore',
    options,
    searched: inOrder(
      options.worlds,
      parts.flatMap(({ searched }) => searched),
      ({ world }) => world,
    ),
    findings: inOrder(
      options.worlds,
      parts.flatMap(({ findings }) => findings),
      ({ world }) => world,
    ),
  };
}

export function mergeMutants(head: ResultHead, parts: readonly MutantsResult[]): MutantsResult {
  const { options } = firstOf(parts);
  const rows = inOrder(
    options.mutants,
    parts.flatMap((part) => part.rows),
    ({ mutant }) => mutant,
  );
  return { ...head, command: 'mutants', options, rows };
}

/** The ways differ from those of a single tour, and so do walks and operations: the transitions are the same. */
export function mergeTour(head: ResultHead, parts: readonly TourResult[]): TourResult {
  const sum = (count: (part: TourResult) => number): number =>
    parts.reduce((total, part) => total + count(part), 0);
  const ended = (['stopped', 'findings'] as const).find((end) => parts.some((part) => part.ended === end));
  return {
    ...head,
    command: 'tour',
    options: firstOf(parts).options,
    ended: ended ?? 'complete',
    transitions: sum(({ transitions }) => transitions),
    covered: sum(({ covered }) => covered),
    excluded: sum(({ excluded }) => excluded),
    unentered: sum(({ unentered }) => unentered),
    walks: sum(({ walks }) => walks),
    operations: sum(({ operations }) => operations),
    otherwise: sum(({ otherwise }) => otherwise),
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

function firstOf<Part>(parts: readonly Part[]): Part {
  const [first] = parts;
  if (first === undefined) throw new Error('nothing to merge');
  return first;
}

/** As one machine would have come to them. */
function inOrder<Piece>(
  names: readonly string[],
  pieces: readonly Piece[],
  nameOf: (piece: Piece) => string,
): readonly Piece[] {
  return pieces.toSorted((left, right) => names.indexOf(nameOf(left)) - names.indexOf(nameOf(right)));
}
