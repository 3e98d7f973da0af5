/** How long the client of a primary whose peer is there again may take to be connected to it. */
/**
 * A client of QEMU that has lost its server tries anew at once, and then after pauses of 1, 2, 4, 8 and from then on 16 s
 * (nbd/client-connection.c). A pause is at most a second longer than all before it: the server is found again before it
 * has been back for as long as it had been away, and a second.
 */
const PAUSE_MS_MAX = 16_000;
const FIRST_PAUSE_MS = 1000;

/** For a busy machine. */
const GRACE_MS = 3000;

export class LinkWatch {
  readonly #now: () => number;
  /** When the first peer died that an open node had; null where none has. */
  #cutAt: number | null = null;
  #dueAt: number | null = null;

  /** Of a clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** An open node has lost its peer. */
  cut(): void {
    this.#cutAt ??= this.#now();
    this.#dueAt = null;
  }

  /** The peer is there again. */
  restored(): void {
    if (this.#cutAt === null) return;
    const now = this.#now();
    this.#dueAt = now + Math.min(now - this.#cutAt + FIRST_PAUSE_MS, PAUSE_MS_MAX) + GRACE_MS;
  }

  /** The node is closed: one that is opened connects anew. */
  forget(): void {
    this.#cutAt = null;
    this.#dueAt = null;
  }

  /** Whether the node has a peer that is back. */
  get isRestored(): boolean {
    return this.#dueAt !== null;
  }

  /** Whether the client must have found it by now. */
  get isDue(): boolean {
    return this.#dueAt !== null && this.#now() >= this.#dueAt;
  }
}
