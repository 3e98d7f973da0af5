/** How long the cases of a campaign really were. */

const BUCKETS = 10;

/** `lengths[n]` is the number of cases of n operations. One line: deciles of the longest possible length. */
export function printLengths(lengths: readonly number[]): string {
  const longest = lengths.length - 1;
  const width = Math.max(1, Math.ceil(longest / BUCKETS));
  const buckets: string[] = [];
  for (let from = 1; from <= longest; from += width) {
    const to = Math.min(from + width - 1, longest);
    const count = lengths.slice(from, to + 1).reduce((sum, cases) => sum + cases, 0);
    buckets.push(`${from}-${to}: ${count}`);
  }
  const reached = lengths.findLastIndex((count) => count > 0);
  return `operations a case (longest ${Math.max(reached, 0)}): ${buckets.join('  ')}`;
}
