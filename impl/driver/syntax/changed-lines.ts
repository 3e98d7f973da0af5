/** Which lines of a text are not those of another: what a patch has changed. */

/** Numbers from 1 on, of `after`. Lines that a longest common sequence leaves out; next to a deletion the line after it. */
export function changedLines(before: string, after: string): ReadonlySet<number> {
  const old = before.split('\n');
  const now = after.split('\n');
  /** How many lines from here on are common. */
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let one = old.length - 1; one >= 0; one--) {
    for (let other = now.length - 1; other >= 0; other--) {
      const row = common[one];
      const below = common[one + 1];
      if (row === undefined || below === undefined) continue;
      row[other] =
        old[one] === now[other]
          ? (below[other + 1] ?? 0) + 1
          : Math.max(below[other] ?? 0, row[other + 1] ?? 0);
    }
  }
  const changed = new Set<number>();
  let isAdded = false;
  for (let one = 0, other = 0; one < old.length || other < now.length;) {
    if (one < old.length && other < now.length && old[one] === now[other]) {
      one++;
      other++;
      isAdded = false;
      continue;
    }
    if (other < now.length && (common[one]?.[other + 1] ?? 0) >= (common[one + 1]?.[other] ?? 0)) {
      changed.add(++other);
      isAdded = true;
    } else {
      one++;
      if (!isAdded) changed.add(Math.min(other + 1, now.length));
    }
  }
  return changed;
}
