/**
 * Moving and comparing disk content, which is seen as 32-bit words throughout (a sector is a whole number of them):
 * short pieces by a loop, long ones by the engine's own memory move, whose call costs more than a short loop.
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
    for (let index = 0; index < countWords; index++) {
      target[targetAt + index] = source[sourceAt + index] ?? 0;
    }
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
  for (let index = 0; index < countWords; index++) target[targetAt + index] = value;
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
  for (let index = 0; index < countWords; index++) {
    if (left[leftAt + index] !== right[rightAt + index]) return false;
  }
  return true;
}
