/** Memory that is used again: new memory for each request kept the garbage collector busy. */

/** Shorter pieces come out of Node's own pool. */
const SHORT_BYTES = 2048;

/** Kept of each size. */
const KEPT_MAX = 32;

export class UsedAgain {
  /** By their length, a power of two. */
  readonly #free = new Map<number, Buffer[]>();

  /** So many bytes, whatever they hold. */
  take(lengthBytes: number): Buffer {
    if (lengthBytes <= SHORT_BYTES) return Buffer.allocUnsafe(lengthBytes);
    const size = sizeFor(lengthBytes);
    const memory = this.#free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
    return memory.subarray(0, lengthBytes);
  }

  copyOf(bytes: Buffer): Buffer {
    const copy = this.take(bytes.length);
    bytes.copy(copy);
    return copy;
  }

  /** What was taken, and nobody reads any more. */
  giveBack(taken: Buffer): void {
    if (taken.length <= SHORT_BYTES) return;
    const size = sizeFor(taken.length);
    const kept = this.#free.get(size) ?? [];
    this.#free.set(size, kept);
    if (kept.length < KEPT_MAX) kept.push(Buffer.from(taken.buffer, taken.byteOffset, size));
  }
}

/** The power of two that has room for so many bytes: of few sizes, memory is used again more often. */
export function sizeFor(lengthBytes: number): number {
  return 2 ** Math.ceil(Math.log2(lengthBytes));
}
