/** Parses a byte stream from a socket, however it is cut into packets. */
import type { Socket } from 'node:net';

/** Yields how many bytes it needs next, or a buffer that is to be filled, and is resumed with exactly those bytes. */
export type ByteParser<Result> = Generator<number | Buffer, Result, Buffer>;

/** Bytes that arrived in any pieces, taken out in the sizes that a parser asks for. */
export class ByteQueue {
  readonly #chunks: Buffer[] = [];
  #firstOffset = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Removes and returns `count` bytes, at most `length`; a view where they lie in one piece, else a copy. */
  take(count: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.length - this.#firstOffset >= count) {
      const start = this.#firstOffset;
      this.#drop(first, count);
      return first.subarray(start, start + count);
    }
    const joined = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) throw new RangeError(`${count} bytes taken where only ${filled} are queued`);
      const size = Math.min(chunk.length - this.#firstOffset, count - filled);
      chunk.copy(joined, filled, this.#firstOffset, this.#firstOffset + size);
      this.#drop(chunk, size);
      filled += size;
    }
    return joined;
  }

  /** Moves what there is into `target` from `at` on, as far as it has room; returns how many bytes that were. */
  moveInto(target: Buffer, at: number): number {
    const count = Math.min(this.#length, target.length - at);
    for (let moved = 0; moved < count;) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const size = Math.min(chunk.length - this.#firstOffset, count - moved);
      chunk.copy(target, at + moved, this.#firstOffset, this.#firstOffset + size);
      this.#drop(chunk, size);
      moved += size;
    }
    return count;
  }

  /** Copies what is left, so that the memory it came in can be used again. */
  keepRest(): void {
    if (this.#length > 0) this.push(Buffer.from(this.take(this.#length)));
  }

  #drop(chunk: Buffer, count: number): void {
    this.#firstOffset += count;
    this.#length -= count;
    if (this.#firstOffset < chunk.length) return;
    this.#chunks.shift();
    this.#firstOffset = 0;
  }
}

/**
 * Runs a parser over what it is fed, in any pieces; `onFailure` gets what it throws, after which nothing more is parsed. Memory
 * that is `used again` is left alone when the call returns.
 */
export function feeding(
  parser: ByteParser<void>,
  memory: 'kept' | 'used again',
  onFailure: (error: Error) => void,
): (chunk: Buffer) => void {
  const queue = new ByteQueue();
  let filled = 0;
  let step = parser.next();
  const next = (): boolean => {
    if (step.done === true) return false;
    const wanted = step.value;
    if (typeof wanted === 'number') {
      if (queue.length < wanted) return false;
      const taken = queue.take(wanted);
      step = parser.next(memory === 'kept' ? taken : Buffer.from(taken));
      return true;
    }
    filled += queue.moveInto(wanted, filled);
    if (filled < wanted.length) return false;
    filled = 0;
    step = parser.next(wanted);
    return true;
  };
  return (chunk) => {
    queue.push(chunk);
    try {
      while (next());
      if (memory === 'used again') queue.keepRest();
    } catch (error) {
      step = { done: true, value: undefined };
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };
}

/** Parses what `socket` receives. */
export function parseSocket(
  socket: Socket,
  parser: ByteParser<void>,
  onFailure: (error: Error) => void,
): void {
  socket.on('data', feeding(parser, 'kept', onFailure));
}
