/**
 * What the storage server serves for each node of a host, and how QEMU reaches it.
 *
 * The secondary disk is a quorum of two NBD connections: reads take the first, writes and flushes both. One connection
 * would do if nothing were ever held. But a request of QEMU's NBD client that has got its reply still needs
 * `receive_mutex` to end, and another that waits for its own reply keeps that mutex until the next reply of any kind
 * arrives (block/nbd.c, `nbd_recv_coroutines_wake`): a held write would hold up reads for good. So reads have a
 * connection on which nothing is held, and the writes that arrive there too are acknowledged without effect. A quorum
 * whose first child fails a read turns to the second: there a blkdebug node fails every read before it gets that far.
 */
import { NODES_MAX } from '../../../model/vocabulary.ts';
import type { Layer, OverlayName } from '../../../model/vocabulary.ts';
import type { ServedExport } from '../nbd/nbd-server-negotiation.ts';
import type { QmpArguments } from '../process/qmp-client.ts';

/** What follows every name that belongs to a node: nothing for the first of a host, then 2 and 3. */
export function suffixOf(node: number): string {
  return node === 0 ? '' : String(node + 1);
}

/** The export through which writes to the secondary disk take effect, and where they can be held. */
export function storeExport(suffix: string): string {
  return `store${suffix}`;
}

export function readsExport(suffix: string): string {
  return `reads${suffix}`;
}

/** The same for the peer of a primary, whose flushes are not those of the host. */
export function peerStoreExport(suffix: string): string {
  return `peer-store${suffix}`;
}

/** The ways to the secondary disk where its requests overlap: each can hold one of them at a time. */
const STATIONS = 8;

export function stationExports(suffix: string): readonly string[] {
  return Array.from({ length: STATIONS }, (_, station) => `station${station}${suffix && `-${suffix}`}`);
}

export function storageNodeName(suffix: string): string {
  return `storage${suffix}`;
}

/** The disk that holds a whole overlay image. */
export function imageDisk(overlay: OverlayName, suffix: string): string {
  return `${overlay}${suffix}`;
}

/** The disk that holds the clusters of an overlay, each at its own place, and nothing else. */
export function dataDisk(overlay: OverlayName, suffix: string): string {
  return `${overlay}-data${suffix}`;
}

export function secondaryDisk(suffix: string): string {
  return `secondary${suffix}`;
}

const suffixes = Array.from({ length: NODES_MAX }, (_, node) => suffixOf(node));

export const STORAGE_EXPORTS: readonly ServedExport[] = suffixes.flatMap((suffix) => [
  { name: readsExport(suffix), disk: secondaryDisk(suffix), ignoresWrites: true },
  { name: storeExport(suffix), disk: secondaryDisk(suffix), ignoresWrites: false },
  { name: peerStoreExport(suffix), disk: secondaryDisk(suffix), ignoresWrites: false },
  ...stationExports(suffix).map((name) => ({ name, disk: secondaryDisk(suffix), ignoresWrites: false })),
  ...(['active', 'hidden'] as const).flatMap((overlay) =>
    [imageDisk(overlay, suffix), dataDisk(overlay, suffix)].map((disk) => ({
      name: disk,
      disk,
      ignoresWrites: false,
    })),
  ),
]);

/** The exports of a node that show a disk sector for sector, and which: those left out hold an image. */
export function layersServed(suffix: string): ReadonlyMap<string, Layer> {
  return new Map<string, Layer>([
    [readsExport(suffix), 'secondary'],
    [storeExport(suffix), 'secondary'],
    [peerStoreExport(suffix), 'secondary'],
    [dataDisk('active', suffix), 'active'],
    [dataDisk('hidden', suffix), 'hidden'],
  ]);
}

/** `blockdev-add` of the quorum over the server at `path`, which writes to `store`; it serves every case of a process. */
export function storageNode(path: string, suffix: string, store = storeExport(suffix)): QmpArguments {
  return {
    driver: 'quorum',
    'node-name': storageNodeName(suffix),
    'read-pattern': 'fifo',
    // A write succeeds where both do: the one that has an effect may fail long after the other was acknowledged.
    'vote-threshold': 2,
    children: [
      nbdNode(path, readsExport(suffix)),
      {
        driver: 'blkdebug',
        image: nbdNode(path, store),
        'inject-error': [{ event: 'none', iotype: 'read', errno: 5 }],
      },
    ],
  };
}

/**
 * The same where requests are held one by one: a read that one connection fails is tried on the next, and a write or flush
 * is sent on all and ends when all have answered, so that any one of them can hold it.
 */
export function stationsNode(path: string, suffix: string): QmpArguments {
  const children = stationExports(suffix).map((name) => ({ ...nbdNode(path, name), 'node-name': name }));
  const all = { 'vote-threshold': children.length };
  return { driver: 'quorum', 'node-name': storageNodeName(suffix), 'read-pattern': 'fifo', ...all, children };
}

export function nbdNode(path: string, exportName: string): QmpArguments {
  return { driver: 'nbd', server: { type: 'unix', path }, export: exportName };
}

/** `blockdev-add` of a disk of `lengthBytes` that begins where the storage begins. */
export function diskNode(nodeName: string, suffix: string, lengthBytes: number): QmpArguments {
  return { driver: 'raw', 'node-name': nodeName, size: lengthBytes, file: storageNodeName(suffix) };
}
