/** What `qemu:allocation-depth` of the replication node says about the layer that answers a guest read. */
import type { Layer } from '../../../model/vocabulary.ts';
import type { StatusExtent } from './nbd-client.ts';
import { SECTOR_BYTES } from './qemu-geometry.ts';
import { UnexpectedAnswer } from '../watch/qemu-lost.ts';

/** The shape of the graph below the replication node, which counts as a layer of its own. */
export type GraphShape = 'overlays' | 'commit running' | 'committed';

/**
 * A filter's answer is that of the node below it, so that active is found at depth 1, by the top itself; every further
 * node counts, also the filter that a running commit puts above active. After a commit the top lies on the secondary
 * disk (replication.c:668-676).
 */
const LAYERS: Record<GraphShape, ReadonlyMap<number, Layer>> = {
  overlays: new Map([
    [1, 'active'],
    [3, 'hidden'],
    [4, 'secondary'],
  ]),
  'commit running': new Map([
    [1, 'active'],
    [4, 'hidden'],
    [5, 'secondary'],
  ]),
  committed: new Map([[1, 'secondary']]),
};

/** One layer a sector. Throws `UnexpectedAnswer` where a depth cannot occur in a graph of this shape. */
export function layersOf(extents: readonly StatusExtent[], shape: GraphShape): Layer[] {
  const layers: Layer[] = [];
  for (const { lengthBytes, flags } of extents) {
    const layer = LAYERS[shape].get(flags);
    if (layer === undefined)
      throw new UnexpectedAnswer('nonsense', `allocation depth ${flags} of rep with graph: ${shape}`);
    for (let bytes = 0; bytes < lengthBytes; bytes += SECTOR_BYTES) layers.push(layer);
  }
  return layers;
}
