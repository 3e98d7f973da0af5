/** The `blockdev-add` arguments of the secondary disk, in the order in which they must be added. */
import type { NodeSetup } from '../../../model/vocabulary.ts';
import { diskLength } from '../../gaps.ts';
import type { Overlays } from './overlay-nodes.ts';
import { SECTOR_BYTES } from '../nbd/qemu-geometry.ts';
import type { QmpArguments } from '../process/qmp-client.ts';
import { diskNode, nbdNode, storeExport } from './storage-exports.ts';

export interface SecondaryParts {
  readonly setup: NodeSetup;
  readonly suffix: string;
  /** Null in primary mode. */
  readonly overlays: Overlays | null;
}

export function secondaryNodes({ setup, suffix, overlays }: SecondaryParts): QmpArguments[] {
  const { mode, defects, geometry } = setup;
  // Nothing is stored in the sector that it has more.
  const extraSectors = defects.includes('secondaryLonger') ? 1 : 0;
  const lengthBytes = (diskLength(geometry) + extraSectors) * SECTOR_BYTES;
  const readOnly = setup.readOnly.includes('secondary') ? { 'read-only': true } : {};
  const name = `secondary${suffix}`;
  if (overlays !== null && defects.includes('secondaryUnmaps')) {
    return [{ ...unmappingNode(name, storeExport(suffix), overlays.storagePath, lengthBytes), ...readOnly }];
  }
  if (mode === 'primary' || !defects.includes('secondaryWithoutBackend')) {
    return [{ ...diskNode(name, suffix, lengthBytes), ...readOnly }];
  }
  // The primary's export lies one node below the secondary disk, which itself then has no BlockBackend.
  const below = `below-secondary${suffix}`;
  return [
    diskNode(below, suffix, lengthBytes),
    { driver: 'raw', 'node-name': name, file: below, ...readOnly },
  ];
}

/** Over one connection: a quorum, which the disk otherwise lies on, drops discards. */
function unmappingNode(name: string, exportName: string, path: string, size: number): QmpArguments {
  const discard = 'unmap';
  return { driver: 'raw', 'node-name': name, size, discard, file: { ...nbdNode(path, exportName), discard } };
}

/** Of a read-only disk, or one whose parents do not share writing, only a read-only export can be made. */
export function isExportedReadOnly({ readOnly, defects }: NodeSetup): boolean {
  return (
    readOnly.includes('secondary') ||
    defects.includes('hiddenWriteUnshared') ||
    defects.includes('secondaryWriteUnshared')
  );
}
