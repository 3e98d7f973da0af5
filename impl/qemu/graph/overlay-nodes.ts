/** The overlays of one node: their images, and the `blockdev-add` arguments that put them over the secondary disk. */
import type { Defect, Geometry, NodeSetup, OverlayName } from '../../../model/vocabulary.ts';
import type { NbdServer } from '../nbd/nbd-server.ts';
import { diskLength } from '../../gaps.ts';
import { gapBytes } from './node-storage.ts';
import type { OverlayPlace } from './node-storage.ts';
import { SECTOR_BYTES } from '../nbd/qemu-geometry.ts';
import type { OverlayImage, QemuImages } from './qemu-images.ts';
import type { QmpArguments } from '../process/qmp-client.ts';
import { dataDisk, imageDisk, nbdNode } from './storage-exports.ts';

export interface Overlays {
  readonly place: OverlayPlace;
  /** The socket of the storage server. */
  readonly storagePath: string;
  /** Of the image files; null where the images are served. */
  readonly paths: Readonly<Record<OverlayName, string>> | null;
}

export interface OverlayMaker {
  /** Images for disks of that length. */
  readonly imagesFor: (geometry: Geometry) => QemuImages;
  readonly server: NbdServer;
  readonly storagePath: string;
}

/** An overlay that is a sector longer than the other disks, or shorter. The node is as long as active. */
const unequal = {
  active: ['activeLonger', 'activeShorter'],
  hidden: ['lengthsDiffer', 'hiddenShorter'],
} as const;

/** A flush of an image file changes nothing that is seen, and every make_empty has half a dozen. */
const NOT_FLUSHED = { 'no-flush': true } as const;

/** Makes both overlays, empty. */
export async function makeOverlays(
  { imagesFor, server, storagePath }: OverlayMaker,
  setup: NodeSetup,
  suffix: string,
  place: OverlayPlace,
): Promise<Overlays> {
  const images = imagesFor(setup.geometry);
  const active = overlayImage('active', setup, place);
  const hidden = overlayImage('hidden', setup, place);
  if (place === 'served') {
    await images.serve(server.disks, imageDisk('active', suffix), active);
    await images.serve(server.disks, imageDisk('hidden', suffix), hidden);
    return { place, storagePath, paths: null };
  }
  if (place === 'dataFiles') {
    for (const [overlay, { clusterBytes }] of [
      ['active', active],
      ['hidden', hidden],
    ] as const) {
      const contentBytes = setup.geometry.lengthSectors * SECTOR_BYTES;
      const roundedBytes = roundUp(contentBytes, clusterBytes);
      server.disks.renew(dataDisk(overlay, suffix), roundedBytes, gapBytes(setup.geometry));
    }
  }
  const paths = {
    active: await images.write(`active${suffix}`, active),
    hidden: await images.write(`hidden${suffix}`, hidden),
  };
  return { place, storagePath, paths };
}

function overlayImage(overlay: OverlayName, setup: NodeSetup, place: OverlayPlace): OverlayImage {
  const { activeClusterSectors, hiddenClusterSectors } = setup.geometry;
  const clusterSectors = overlay === 'active' ? activeClusterSectors : hiddenClusterSectors;
  return {
    format: formatOf(overlay, setup.defects),
    clusterBytes: clusterSectors * SECTOR_BYTES,
    lengthBytes: (diskLength(setup.geometry) + extraSectors(overlay, setup.defects)) * SECTOR_BYTES,
    dataFile: place === 'dataFiles',
  };
}

function extraSectors(overlay: OverlayName, defects: readonly Defect[]): number {
  const [longer, shorter] = unequal[overlay];
  if (defects.includes(longer)) return 1;
  return defects.includes(shorter) ? -1 : 0;
}

function formatOf(overlay: OverlayName, defects: readonly Defect[]): 'qcow2' | 'qed' {
  // qed has backing files but no `bdrv_make_empty` (replication.c:531-537).
  const isOther = defects.includes(overlay === 'active' ? 'makeEmptyUnsupported' : 'hiddenCannotBeEmptied');
  return isOther ? 'qed' : 'qcow2';
}

/** The nodes of hidden, then those of active, each list in the order in which they must be added. */
export function overlayNodes(
  overlays: Overlays,
  { defects, readOnly }: NodeSetup,
  suffix: string,
): [QmpArguments[], QmpArguments[]] {
  // Null says that there is no backing file, whatever the image's header names.
  const backing = (defect: Defect, node: string): string | null =>
    defects.includes(defect) ? null : `${node}${suffix}`;
  const isFixed = defects.includes('hiddenFileReadOnly');
  const hidden: QmpArguments = {
    driver: formatOf('hidden', defects),
    'node-name': `hidden${suffix}`,
    ...fileOf('hidden', overlays, suffix),
    ...(isFixed ? { file: `hidden-file${suffix}` } : {}),
    ...(isFixed || readOnly.includes('hidden') ? { 'read-only': true } : {}),
    backing: backing('hiddenWithoutBacking', 'secondary'),
  };
  const active: QmpArguments = {
    driver: formatOf('active', defects),
    'node-name': `active${suffix}`,
    ...fileOf('active', overlays, suffix),
    ...(readOnly.includes('active') ? { 'read-only': true } : {}),
    backing: backing('activeWithoutBacking', 'hidden'),
  };
  if (!isFixed) return [[hidden], [active]];
  const { file } = fileOf('hidden', overlays, suffix);
  return [[{ ...file, 'node-name': `hidden-file${suffix}`, 'read-only': true }, hidden], [active]];
}

function fileOf(
  overlay: OverlayName,
  { place, storagePath, paths }: Overlays,
  suffix: string,
): { file: QmpArguments; 'data-file'?: QmpArguments } {
  const file =
    paths === null
      ? nbdNode(storagePath, imageDisk(overlay, suffix))
      : { driver: 'file', filename: paths[overlay], cache: NOT_FLUSHED };
  return place === 'dataFiles'
    ? { file, 'data-file': nbdNode(storagePath, dataDisk(overlay, suffix)) }
    : { file };
}

function roundUp(lengthBytes: number, clusterBytes: number): number {
  return Math.ceil(lengthBytes / clusterBytes) * clusterBytes;
}
