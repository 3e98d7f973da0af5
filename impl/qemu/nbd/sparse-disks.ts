/**
 * The disks of the storage server in memory: what was never written to costs nothing, however long a disk is. The content of
 * a disk with gaps is that of its parts, one behind the other; where nothing lies a disk reads as zeroes.
 */

/** Beyond this a new buffer is cheaper than an old one with zeroes, although each lets the garbage collector run. */
const FILLED_BYTES_MAX = 2 ** 23;

const NOTHING = Buffer.alloc(0);

export interface ByteRange {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Bytes [offset, end) of the disk, which lie from `at` on in its content. */
interface Part {
  readonly offset: number;
  readonly end: number;
  readonly at: number;
}

interface Disk {
  readonly content: Buffer;
  readonly parts: readonly Part[];
  readonly lengthBytes: number;
  /** How far the content may be anything else than zeroes. */
  readonly writtenBytes: number;
}

const NO_DISK: Disk = { content: NOTHING, parts: [], lengthBytes: 0, writtenBytes: 0 };

export class SparseDisks {
  readonly #disks = new Map<string, Disk>();
  readonly #strays = new Map<string, ByteRange>();

  /** Empty for a disk that there is not. */
  contentOf(disk: string): Buffer {
    return this.#disk(disk).content;
  }

  /** With its gaps. */
  lengthOf(disk: string): number {
    return this.#disk(disk).lengthBytes;
  }

  /** The first write since the disk was last cleared to where it has no content; null where there was none. */
  strayOf(disk: string): ByteRange | null {
    return this.#strays.get(disk) ?? null;
  }

  /** Gives a disk its content, and a length if that is more, before a client connects. */
  set(disk: string, content: Buffer, gaps: readonly ByteRange[] = [], lengthBytes = 0): void {
    const parts = partsOf(content.length, gaps);
    const end = Math.max(parts.at(-1)?.end ?? 0, lengthBytes);
    this.#strays.delete(disk);
    this.#disks.set(disk, { content, parts, lengthBytes: end, writtenBytes: content.length });
  }

  /** Gives a disk so many bytes, all zeroes, in the memory that it had where that is as long, before a client connects. */
  renew(disk: string, contentBytes: number, gaps: readonly ByteRange[] = []): void {
    if (this.#disk(disk).content.length !== contentBytes) {
      this.set(disk, Buffer.alloc(contentBytes), gaps);
      this.#disks.set(disk, { ...this.#disk(disk), writtenBytes: 0 });
      return;
    }
    this.clear(disk, gaps);
    const known = this.#disk(disk);
    this.#disks.set(disk, { ...known, lengthBytes: known.parts.at(-1)?.end ?? 0 });
  }

  /** Makes a disk all zeroes again, with these gaps; its length stays. */
  clear(disk: string, gaps: readonly ByteRange[] = []): void {
    const known = this.#disk(disk);
    const { writtenBytes } = known;
    const isLittle = writtenBytes <= FILLED_BYTES_MAX;
    const content = isLittle ? known.content : Buffer.alloc(known.content.length);
    if (isLittle) content.fill(0, 0, writtenBytes);
    this.#strays.delete(disk);
    this.#disks.set(disk, { ...known, content, parts: partsOf(content.length, gaps), writtenBytes: 0 });
  }

  /** The bytes themselves where they lie in one part. */
  read(disk: string, offsetBytes: number, lengthBytes: number): Buffer {
    const { content, parts } = this.#disk(disk);
    const end = offsetBytes + lengthBytes;
    const only = parts.find((part) => part.offset <= offsetBytes && end <= part.end);
    if (only !== undefined) {
      const at = only.at + offsetBytes - only.offset;
      return content.subarray(at, at + lengthBytes);
    }
    const bytes = Buffer.alloc(lengthBytes);
    for (const part of within(parts, offsetBytes, end))
      content.copy(bytes, part.offset - offsetBytes, part.at, part.at + part.end - part.offset);
    return bytes;
  }

  /** Puts bytes on a disk. */
  place(disk: string, offsetBytes: number, bytes: Uint8Array): void {
    const { content } = this.#disk(disk);
    for (const { offset, end, at } of this.#written(disk, offsetBytes, bytes.length))
      content.set(bytes.subarray(offset - offsetBytes, end - offsetBytes), at);
  }

  zero(disk: string, offsetBytes: number, lengthBytes: number): void {
    const { content } = this.#disk(disk);
    for (const { offset, end, at } of this.#written(disk, offsetBytes, lengthBytes))
      content.fill(0, at, at + end - offset);
  }

  #disk(disk: string): Disk {
    return this.#disks.get(disk) ?? NO_DISK;
  }

  /** Takes note of a write, of which the parts are returned. */
  #written(disk: string, offsetBytes: number, lengthBytes: number): readonly Part[] {
    const known = this.#disk(disk);
    const parts = within(known.parts, offsetBytes, offsetBytes + lengthBytes);
    const found = parts.reduce((sum, { offset, end }) => sum + end - offset, 0);
    if (found < lengthBytes && !this.#strays.has(disk)) this.#strays.set(disk, { offsetBytes, lengthBytes });
    const last = parts.at(-1);
    const writtenBytes = last === undefined ? 0 : last.at + last.end - last.offset;
    if (writtenBytes > known.writtenBytes) this.#disks.set(disk, { ...known, writtenBytes });
    return parts;
  }
}

function partsOf(contentBytes: number, gaps: readonly ByteRange[]): Part[] {
  const parts: Part[] = [];
  let [offset, at] = [0, 0];
  for (const gap of gaps) {
    parts.push({ offset, end: gap.offsetBytes, at });
    at += gap.offsetBytes - offset;
    offset = gap.offsetBytes + gap.lengthBytes;
  }
  return [...parts, { offset, end: offset + contentBytes - at, at }];
}

/** What of bytes [offset, end) lies in each part. */
function within(parts: readonly Part[], offset: number, end: number): Part[] {
  return parts.flatMap((part) => {
    const from = Math.max(part.offset, offset);
    const to = Math.min(part.end, end);
    return from < to ? [{ offset: from, end: to, at: part.at + from - part.offset }] : [];
  });
}
