/** The disks of the storage server in memory: what was never written to costs nothing, however long a disk is. */

/** Beyond this a new buffer is cheaper than an old one with zeroes. */
const FILLED_BYTES_MAX = 2 ** 20;

const NOTHING = Buffer.alloc(0);

export class SparseDisks {
  readonly #contents = new Map<string, Buffer>();
  /** How far each disk may hold anything else than zeroes. */
  readonly #writtenBytes = new Map<string, number>();

  /** Empty for a disk that there is not. */
  contentOf(disk: string): Buffer {
    return this.#contents.get(disk) ?? NOTHING;
  }

  /** Gives a disk its length and content, before a client connects. */
  set(disk: string, content: Buffer): void {
    this.#contents.set(disk, content);
    this.#writtenBytes.set(disk, content.length);
  }

  /** Makes a disk all zeroes again. */
  clear(disk: string): void {
    const content = this.contentOf(disk);
    const written = this.#writtenBytes.get(disk) ?? 0;
    this.#writtenBytes.set(disk, 0);
    if (written <= FILLED_BYTES_MAX) content.fill(0, 0, written);
    else this.#contents.set(disk, Buffer.alloc(content.length));
  }

  /** Puts bytes on a disk. */
  place(disk: string, offsetBytes: number, bytes: Uint8Array): void {
    this.contentOf(disk).set(bytes, offsetBytes);
    const endBytes = offsetBytes + bytes.length;
    if (endBytes > (this.#writtenBytes.get(disk) ?? 0)) this.#writtenBytes.set(disk, endBytes);
  }
}
