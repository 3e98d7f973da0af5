/**
 * The storage of the secondary disk as QEMU sees it: a quorum of two NBD connections to the storage server. Reads take the first,
 * writes and flushes both.
 *
 * One connection would do if nothing were ever held. But a request of QEMU's NBD client that has got its reply still
 * needs `receive_mutex` to end, and another that waits for its own reply keeps that mutex until the next reply of any
 * kind arrives (block/nbd.c, `nbd_recv_coroutines_wake`): a held write would hold up reads for good. So reads have a
 * connection on which nothing is held, and the writes that arrive there too are acknowledged without effect.
 */
import type { ServedExport } from './nbd-server-negotiation.ts';
import type { QmpArguments } from './qmp-client.ts';

/** The export through which writes take effect, and where they can be held. */
export const STORE_EXPORT = 'store';
const READS_EXPORT = 'reads';
const STORAGE_NODE = 'storage';

export const STORAGE_EXPORTS: readonly ServedExport[] = [
  { name: READS_EXPORT, ignoresWrites: true },
  { name: STORE_EXPORT, ignoresWrites: false },
];

/** `blockdev-add` of the quorum over the server at `path`; it serves every case of a process. */
export function storageNode(path: string): QmpArguments {
  const server = { type: 'unix', path };
  return {
    driver: 'quorum',
    'node-name': STORAGE_NODE,
    'read-pattern': 'fifo',
    'vote-threshold': 1,
    children: STORAGE_EXPORTS.map(({ name }) => ({ driver: 'nbd', server, export: name })),
  };
}

/** `blockdev-add` of a disk of `lengthBytes` that begins where the storage begins. */
export function diskNode(nodeName: string, lengthBytes: number): QmpArguments {
  return { driver: 'raw', 'node-name': nodeName, size: lengthBytes, file: STORAGE_NODE };
}
