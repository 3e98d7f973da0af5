/** The payloads of the real QEMU's cases: one set of images for short disks, which most cases have, another for long ones. */
import type { NodeSetup, Setup } from '../../model/vocabulary.ts';
import { PayloadImages } from '../payload.ts';
import { isLong, LENGTH_BYTES_MAX, SECTOR_BYTES, SHORT_BYTES_MAX } from './nbd/qemu-geometry.ts';

/** Payload images kept from case to case. */
const PAYLOAD_IMAGES_MAX = 128;

/** Kept from case to case: those of short disks beside those of long ones, as cases of both kinds come in turn. */
export class KeptPayloads {
  #short = payloadsOf(SHORT_BYTES_MAX);
  #long = payloadsOf(LENGTH_BYTES_MAX);

  /** What a case is to use; others than the one before where too many images are kept. */
  for(setup: Setup): PayloadImages {
    if (setup.nodes.some(({ geometry }) => isLong(geometry))) {
      if (this.#long.imageCount > PAYLOAD_IMAGES_MAX) this.#long = payloadsOf(LENGTH_BYTES_MAX);
      return this.#long;
    }
    if (this.#short.imageCount > PAYLOAD_IMAGES_MAX) this.#short = payloadsOf(SHORT_BYTES_MAX);
    return this.#short;
  }
}

/** Of a node: the kept ones, but where gaps move its sectors. */
export function payloadsOfNode({ geometry }: NodeSetup, kept: PayloadImages): PayloadImages {
  const { gaps, lengthSectors } = geometry;
  return gaps === undefined ? kept : new PayloadImages(lengthSectors, SECTOR_BYTES, gaps);
}

function payloadsOf(lengthBytes: number): PayloadImages {
  return new PayloadImages(lengthBytes / SECTOR_BYTES, SECTOR_BYTES);
}
