/**
 * Moving and comparing disk content, which is seen as 32-bit words throughout (a sector is a whole number of them):
 * short pieces by a loop, long ones by the engine's own memory move, whose call costs more than a short loop. A turn of
 * a loop takes four words: the engine (V8 11.3) looks anew in each turn where the words of an array lie.
 */

/** Pieces of at most this many words are cheaper in a loop than in a call of the engine. */
const LOOP_WORDS_MAX = 64;

/** Copies `countWords` words. The two places must not overlap. */
export function copyWords(
  target: Uint32Array,
  targetAt: number,
  source: Uint32Array,
  sourceAt: number,
  countWords: number,
): void {
  if (countWords <= LOOP_WORDS_MAX) {
    let to = targetAt;
    let from = sourceAt;
    const end = targetAt + countWords;
    for (; to + 3 < end; to += 4, from += 4) {
      target[to] = source[from] ?? 0;
      target[to + 1] = source[from + 1] ?? 0;
      target[to + 2] = source[from + 2] ?? 0;
      target[to + 3] = source[from + 3] ?? 0;
    }
    for (; to < end; to++, from++) target[to] = source[from] ?? 0;
    return;
  }
  const isWhole = sourceAt === 0 && countWords === source.length;
  target.set(isWhole ? source : source.subarray(sourceAt, sourceAt + countWords), targetAt);
}

/** Sets `countWords` words to `value`. */
export function fillWords(target: Uint32Array, targetAt: number, value: number, countWords: number): void {
  if (countWords > LOOP_WORDS_MAX) {
    target.fill(value, targetAt, targetAt + countWords);
    return;
  }
  let to = targetAt;
  const end = targetAt + countWords;
  for (; to + 3 < end; to += 4) {
    target[to] = value;
    target[to + 1] = value;
    target[to + 2] = value;
    target[to + 3] = value;
  }
  for (; to < end; to++) target[to] = value;
}

/** Copies from `source`, or sets zero bytes where `source` is null: how a write-zeroes request carries its content. */
export function putWords(
  target: Uint32Array,
  targetAt: number,
  source: Uint32Array | null,
  sourceAt: number,
  countWords: number,
): void {
  if (source === null) fillWords(target, targetAt, 0, countWords);
  else copyWords(target, targetAt, source, sourceAt, countWords);
}

/** Whether `countWords` words are the same in both places. */
export function sameWords(
  left: Uint32Array,
  leftAt: number,
  right: Uint32Array,
  rightAt: number,
  countWords: number,
): boolean {
  let at = leftAt;
  let other = rightAt;
  const end = leftAt + countWords;
  for (; at + 3 < end; at += 4, other += 4) {
    if (left[at] !== right[other] || left[at + 1] !== right[other + 1]) return false;
    if (left[at + 2] !== right[other + 2] || left[at + 3] !== right[other + 3]) return false;
  }
  for (; at < end; at++, other++) if (left[at] !== right[other]) return false;
  return true;
}
