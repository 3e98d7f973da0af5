/** For a name that there is not: those that were probably meant, by the letters that must be changed. */

/** More changes than this in every so many letters make another name of it. */
const CHANGES_SHARE = 0.4;
const NAMES_MAX = 3;

/** The nearest first; empty where none is near. */
export function nearestNames(given: string, names: readonly string[]): string[] {
  const wanted = given.toLowerCase();
  return names
    .map((name) => ({ name, changes: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, changes }) => changes <= Math.max(1, name.length * CHANGES_SHARE))
    .toSorted((left, right) => left.changes - right.changes)
    .slice(0, NAMES_MAX)
    .map(({ name }) => name);
}

/** `, did you mean a or b?`; empty where no name is near. */
export function didYouMean(given: string, names: readonly string[]): string {
  const near = nearestNames(given, names);
  return near.length === 0 ? '' : `, did you mean ${near.join(' or ')}?`;
}

/** A part of a name is near to it: what is left out costs little. */
function distance(given: string, name: string): number {
  if (given.length > 2 && name.includes(given)) return 1;
  let row = Array.from({ length: name.length + 1 }, (_, column) => column);
  for (const [index, letter] of given.split('').entries()) {
    const above = row;
    row = [index + 1];
    for (const [column, other] of name.split('').entries()) {
      const changed = (above[column] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? name.length;
}
