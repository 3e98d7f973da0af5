/** The payloads of the real QEMU's cases: one set of images for short disks, which most cases have, another for long ones. */
import type { NodeSetup, Setup } from '../../model/vocabulary.ts';
import { PayloadImages } from '../payload.ts';
import { isLong, LENGTH_BYTES_MAX, SECTOR_BYTES, SHORT_BYTES_MAX } from './nbd/qemu-geometry.ts';

/** Payload images kept from case to case. */
const PAYLOAD_IMAGES_MAX = 128;

export function shortPayloads(): PayloadImages {
  return payloadsOf(SHORT_BYTES_MAX);
}

/** What a case is to use: what is kept from the one before where it is as long as needed, and not yet too large. */
export function payloadsFor(setup: Setup, kept: PayloadImages): PayloadImages {
  const lengthBytes = setup.nodes.some(({ geometry }) => isLong(geometry))
    ? LENGTH_BYTES_MAX
    : SHORT_BYTES_MAX;
  const isOther = kept.lengthSectors * SECTOR_BYTES !== lengthBytes;
  return isOther || kept.imageCount > PAYLOAD_IMAGES_MAX ? payloadsOf(lengthBytes) : kept;
}

/** Of a node: the kept ones, but where gaps move its sectors. */
export function payloadsOfNode({ geometry }: NodeSetup, kept: PayloadImages): PayloadImages {
  const { gaps, lengthSectors } = geometry;
  return gaps === undefined ? kept : new PayloadImages(lengthSectors, SECTOR_BYTES, gaps);
}

function payloadsOf(lengthBytes: number): PayloadImages {
  return new PayloadImages(lengthBytes / SECTOR_BYTES, SECTOR_BYTES);
}
