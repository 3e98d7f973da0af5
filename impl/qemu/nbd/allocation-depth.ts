/** What `qemu:allocation-depth` of the replication node says about the layer that answers a guest read. */
import type { Layer } from '../../../model/vocabulary.ts';
import type { ExportChannel } from './export-channel.ts';
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

/**
 * Where the first extent lies that an overlay holds, in bytes from the first of them; null where none does. A depth of no
 * layer is what nothing holds has over an overlay without backing.
 */
export function firstHeldAbove(extents: readonly StatusExtent[], shape: GraphShape): number | null {
  let start = 0;
  for (const { lengthBytes, flags } of extents) {
    const layer = LAYERS[shape].get(flags);
    if (layer === 'active' || layer === 'hidden') return start;
    start += lengthBytes;
  }
  return null;
}

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

/** The depths of so many bytes, in as many requests as the answers take. */
export async function allocationDepth(
  channel: ExportChannel,
  offsetBytes: number,
  lengthBytes: number,
): Promise<readonly StatusExtent[]> {
  const extents: StatusExtent[] = [];
  const end = offsetBytes + lengthBytes;
  for (let start = offsetBytes; start < end;) {
    const reply = await channel.request((client) => client.blockStatus(start, end - start));
    if (reply.kind === 'refused') throw unanswered('refusal', reply.reason);
    if (reply.kind === 'errno') throw unanswered('refusal', reply.errno);
    if (!reply.extents.some(({ lengthBytes: told }) => told > 0)) throw unanswered('nonsense', 'no extents');
    for (const extent of reply.extents) start += extent.lengthBytes;
    extents.push(...reply.extents);
  }
  return extents;
}

function unanswered(how: UnexpectedAnswer['how'], what: string): UnexpectedAnswer {
  return new UnexpectedAnswer(how, `block status of rep: ${what}`);
}
