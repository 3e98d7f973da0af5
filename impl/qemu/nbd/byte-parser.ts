/** Parses a byte stream from a socket, however it is cut into packets. */
import type { Socket } from 'node:net';

/** Yields how many bytes it needs next and is resumed with exactly those. */
export type ByteParser<Result> = Generator<number, Result, Buffer>;

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

  #drop(chunk: Buffer, count: number): void {
    this.#firstOffset += count;
    this.#length -= count;
    if (this.#firstOffset < chunk.length) return;
    this.#chunks.shift();
    this.#firstOffset = 0;
  }
}

/** Runs `parser` over what `socket` receives; `onFailure` gets what the parser throws, after which no more is parsed. */
export function parseSocket(
  socket: Socket,
  parser: ByteParser<void>,
  onFailure: (error: Error) => void,
): void {
  const queue = new ByteQueue();
  let step = parser.next();
  socket.on('data', (chunk: Buffer) => {
    queue.push(chunk);
    try {
      while (step.done !== true && queue.length >= step.value) step = parser.next(queue.take(step.value));
    } catch (error) {
      step = { done: true, value: undefined };
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
