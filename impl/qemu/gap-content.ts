/** Whether anything lies where no request of a case reaches: nothing may, on no disk. */
import type { BrokenAtEnd } from '../system.ts';
import { gapBytes } from './graph/node-storage.ts';
import type { QemuNode } from './qemu-node.ts';

/** QEMU is asked about its overlays so far from what a case reaches; the whole of a long gap would take longer than the case. */
const ASKED_BYTES = 2 ** 31;

export type NodeWithGaps = Pick<QemuNode, 'heldAbove' | 'setup' | 'suffix'> & {
  readonly storage: Pick<QemuNode['storage'], 'stray'>;
};

/** Null where all gaps of all nodes are as they were at the beginning. */
export async function contentOfGaps(nodes: readonly NodeWithGaps[]): Promise<BrokenAtEnd | null> {
  for (const [index, node] of nodes.entries()) {
    if (node.setup.geometry.gaps === undefined) continue;
    const found = node.storage.stray ?? (await foundInOverlays(node));
    if (found !== null) return { promise: 'gaps-hold-nothing', detail: `node ${index}: ${found}` };
  }
  return null;
}

async function foundInOverlays(node: NodeWithGaps): Promise<string | null> {
  for (const { offsetBytes, lengthBytes } of gapBytes(node.setup.geometry)) {
    const asked = Math.min(lengthBytes, ASKED_BYTES);
    for (const start of new Set([offsetBytes, offsetBytes + lengthBytes - asked])) {
      const held = await node.heldAbove({ offsetBytes: start, lengthBytes: asked });
      if (held !== null)
        return `an overlay holds something at byte ${held}, in the gap of ${lengthBytes} bytes from ${offsetBytes}`;
    }
  }
  return null;
}
