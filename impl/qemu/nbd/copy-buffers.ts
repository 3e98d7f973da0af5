/** Copies of what is sent, in memory that is used again: new memory for each read kept the garbage collector busy. */

/** Smaller copies come out of Node's own pool. */
const SHORT_BYTES = 2048;

/** Kept of each size. */
const KEPT_MAX = 32;

export class CopyBuffers {
  /** By their length, a power of two. */
  readonly #free = new Map<number, Buffer[]>();

  /** A copy of `bytes`, as long as they are. */
  of(bytes: Buffer): Buffer {
    if (bytes.length <= SHORT_BYTES) return Buffer.from(bytes);
    const size = sizeFor(bytes.length);
    const memory = this.#free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
    bytes.copy(memory);
    return memory.subarray(0, bytes.length);
  }

  /** A copy that nobody reads any more. */
  giveBack(copy: Buffer): void {
    if (copy.length <= SHORT_BYTES) return;
    const size = sizeFor(copy.length);
    const kept = this.#free.get(size) ?? [];
    this.#free.set(size, kept);
    if (kept.length < KEPT_MAX) kept.push(Buffer.from(copy.buffer, copy.byteOffset, size));
  }
}

function sizeFor(lengthBytes: number): number {
  return 2 ** Math.ceil(Math.log2(lengthBytes));
}
