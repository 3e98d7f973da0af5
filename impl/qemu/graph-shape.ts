/** The graph around a replication node, as `x-debug-query-block-graph` shows it. */
import { z } from 'zod';
import type { Wiring } from '../../model/vocabulary.ts';
import type { GraphShape } from './allocation-depth.ts';

export const blockGraphSchema = z.object({
  nodes: z.array(z.object({ id: z.number(), type: z.string(), name: z.string() })),
  edges: z.array(z.object({ parent: z.number(), child: z.number(), name: z.string() })),
});

export type BlockGraphShown = z.infer<typeof blockGraphSchema>;

export const namedNodesSchema = z.array(z.object({ 'node-name': z.string(), ro: z.boolean() }));

export interface NodeShape {
  readonly shape: GraphShape;
  readonly attached: Pick<Wiring, 'hiddenAttached' | 'secondaryAttached'>;
}

/** A running commit puts a nameless filter between the node and active; a successful one leaves the secondary disk there. */
export function shapeOf({ nodes, edges }: BlockGraphShown, suffix: string): NodeShape {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const below = edges.filter(({ parent }) => names.get(parent) === `rep${suffix}`);
  const file = below.find(({ name }) => name === 'file');
  const fileName = file === undefined ? `active${suffix}` : names.get(file.child);
  const count = (child: string): number => below.filter(({ name }) => name === child).length;
  return {
    shape: graphShape(fileName, suffix),
    attached: { hiddenAttached: count('hidden disk'), secondaryAttached: count('secondary disk') },
  };
}

function graphShape(fileName: string | undefined, suffix: string): GraphShape {
  if (fileName === `active${suffix}`) return 'overlays';
  return fileName === `secondary${suffix}` ? 'committed' : 'commit running';
}
