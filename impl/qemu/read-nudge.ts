/**
 * Keeps replies flowing on QEMU's connection to the secondary disk while some of its requests are held.
 *
 * A request of QEMU's NBD client that has got its reply still needs `receive_mutex` to end, and another request that
 * waits for its own reply keeps that mutex until the next reply of any kind arrives (block/nbd.c,
 * `nbd_recv_coroutines_wake`). With a held request in the second place, the first never ends by itself. Small reads by
 * a client of their own, each sent when the storage has served the one before, make further replies arrive.
 */
import type { ServedRequest } from './nbd-server.ts';
import { SECTOR_BYTES } from './qemu-geometry.ts';

export class ReadNudge {
  readonly #read: (offsetBytes: number, lengthBytes: number) => Promise<unknown>;
  #works = 0;
  #isWaiting = false;
  #isBroken = false;

  /** `read` makes a read through the export of the secondary disk. */
  constructor(read: (offsetBytes: number, lengthBytes: number) => Promise<unknown>) {
    this.#read = read;
  }

  /** Nudges until `work` settles, and settles as it does. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.#works++;
    this.#send();
    try {
      return await work;
    } finally {
      this.#works--;
    }
  }

  /** To be told of every request that the storage has answered. */
  served(request: ServedRequest): void {
    if (!this.#isWaiting || request.command !== 'read') return;
    if (request.offsetBytes !== 0 || request.lengthBytes !== SECTOR_BYTES) return;
    this.#isWaiting = false;
    this.#send();
  }

  // Not the end of a read but its being served asks for the next: the read itself may be what is stuck. What breaks a
  // read breaks the work as well, and the work tells of it.
  #send(): void {
    if (this.#works === 0 || this.#isWaiting || this.#isBroken) return;
    this.#isWaiting = true;
    this.#read(0, SECTOR_BYTES).catch(() => {
      this.#isBroken = true;
    });
  }
}
