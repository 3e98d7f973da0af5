/**
 * Lets requests end that QEMU's NBD client has got the answer of. A coroutine that has its answer needs `receive_mutex` once
 * more (nbd_recv_coroutines_wake, block/nbd.c); where another one queues for it that is not answered yet, it is given to
 * that one, which keeps it until any other answer arrives. A read from outside, of a sector that no case has, brings one.
 */
import { SHORT_SECTORS_MAX, SECTOR_BYTES } from '../nbd/qemu-geometry.ts';
import { NbdClient } from '../nbd/nbd-client.ts';
import type { ServedRequest } from '../nbd/nbd-server.ts';
import type { QemuProcess } from '../process/qemu-process.ts';

const OFFSET_BYTES = SHORT_SECTORS_MAX * SECTOR_BYTES;

/** Whether a request is one of these. */
export function isNudge({ command, offsetBytes }: ServedRequest): boolean {
  return command === 'read' && offsetBytes >= OFFSET_BYTES;
}

export class Nudges {
  readonly #clients: ReadonlyMap<string, NbdClient>;

  private constructor(clients: ReadonlyMap<string, NbdClient>) {
    this.#clients = clients;
  }

  /** For connections that are nodes with the names of their exports; once a process. */
  static async prepare(
    { qmp, nbdPath }: QemuProcess,
    exports: readonly string[],
    stallMs: number,
  ): Promise<Nudges> {
    const clients = new Map<string, NbdClient>();
    for (const name of exports) {
      await qmp.execute('block-export-add', { type: 'nbd', id: name, 'node-name': name, name });
      const place = { path: nbdPath, exportName: name, structuredReplies: false, metaContexts: [], stallMs };
      clients.set(name, await NbdClient.connect(place));
    }
    return new Nudges(clients);
  }

  /** Its own answer may not come before the next one, and is not waited for. */
  nudge(connection: string): void {
    void this.#clients
      .get(connection)
      ?.read(OFFSET_BYTES, SECTOR_BYTES)
      .catch(() => {});
  }
}
