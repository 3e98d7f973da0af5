/** What is on its way to a process and from it, over the sockets that its requests and ours take. */
import type { Socket } from 'node:net';

/**
 * A process that has not been sent all of a request sleeps until the rest has come, as one does that waits for an answer.
 * So a long write of ours that is still being sent must not look as if the process waited for something that is held.
 */
export class Traffic {
  readonly #sockets = new Set<Socket>();
  /** Bytes that sockets received which are gone. */
  #gone = 0;
  #waits = 0;

  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#gone += socket.bytesRead;
      this.#sockets.delete(socket);
    });
  }

  /** Another number than before if anything has come since, or something has not been sent yet. */
  readonly mark = (): number => {
    let mark = this.#gone;
    let isSent = true;
    for (const { bytesRead, writableLength } of this.#sockets) {
      mark += bytesRead;
      isSent &&= writableLength === 0;
    }
    if (!isSent) this.#waits++;
    return mark + this.#waits;
  };
}
