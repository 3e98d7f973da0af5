/** What is on its way to a process and from it, over the sockets that its requests and ours take. */
import type { Socket } from 'node:net';

/** A process that sleeps and still does not read what is sent to it after so many looks waits for something else. */
const UNREAD_LOOKS_MAX = 200;

/**
 * A process that has not been sent all of a request sleeps until the rest has come, as one does that waits for an answer.
 * So a long write of ours that is still being sent must not look as if the process waited for something that is held. One
 * that takes up no request, as QEMU in a drain, never reads the rest.
 */
export class Traffic {
  readonly #sockets = new Set<Socket>();
  /** Bytes that sockets received which are gone. */
  #gone = 0;
  #waits = 0;
  #last = { received: 0, unsent: 0 };
  /** How many looks have found the same. */
  #alike = 0;

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#gone += socket.bytesRead;
      this.#sockets.delete(socket);
    });
  }

  /** Another number than before if anything has come since, or something has not been sent yet. */
  readonly mark = (): number => {
    let received = this.#gone;
    let unsent = 0;
    for (const { bytesRead, writableLength } of this.#sockets) {
      received += bytesRead;
      unsent += writableLength;
    }
    const isAlike = received === this.#last.received && unsent === this.#last.unsent;
    this.#alike = isAlike ? this.#alike + 1 : 0;
    this.#last = { received, unsent };
    if (unsent > 0 && this.#alike < UNREAD_LOOKS_MAX) this.#waits++;
    return received + this.#waits;
  };
}
