/** The graph around a replication node, as `x-debug-query-block-graph` shows it. */
import { z } from 'zod';
import type { Wiring } from '../../../model/vocabulary.ts';
import type { GraphShape } from '../nbd/allocation-depth.ts';
import type { QmpClient } from './qmp-client.ts';
import { understood } from './understood.ts';

const blockGraphSchema = z.object({
  nodes: z.array(z.object({ id: z.number(), type: z.string(), name: z.string() })),
  edges: z.array(z.object({ parent: z.number(), child: z.number(), name: z.string() })),
});

export type BlockGraphShown = z.infer<typeof blockGraphSchema>;

const QUERY = 'x-debug-query-block-graph';

/** The graph as it is now. Rejects as `QmpClient.execute` does. */
export async function askForGraph(qmp: QmpClient): Promise<BlockGraphShown> {
  return understood(blockGraphSchema, await qmp.execute(QUERY), QUERY);
}

/** As the human monitor shows a node of QMP, its driver and what it is at the end of the first line. */
const SHOWN = /\(\w+(, read-only)?(?:, encrypted)?\)\r?\n/;

/**
 * Of the disks of a node those that there are. QMP itself describes all nodes of a process with their filenames, more than
 * a datagram holds.
 */
export async function askForReadOnly(
  qmp: Pick<QmpClient, 'execute'>,
  suffix: string,
): Promise<Partial<Pick<Wiring, 'hiddenReadOnly' | 'secondaryReadOnly'>>> {
  const asked = ['hidden', 'secondary'].map(async (disk) => {
    const given = { 'command-line': `info block -n ${disk}${suffix}` };
    const shown = SHOWN.exec(String(await qmp.execute('human-monitor-command', given)));
    return shown === null ? undefined : shown[1] !== undefined;
  });
  const [hiddenReadOnly, secondaryReadOnly] = await Promise.all(asked);
  return {
    ...(hiddenReadOnly === undefined ? {} : { hiddenReadOnly }),
    ...(secondaryReadOnly === undefined ? {} : { secondaryReadOnly }),
  };
}

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

/** More parents than a screen has room for are left out. */
const PARENTS_SHOWN = 16;

/** One line a parent: its name, and each of its children by what it is to the parent. */
export function describeGraph({ nodes, edges }: BlockGraphShown): string[] {
  const names = new Map(nodes.map(({ id, name, type }) => [id, name === '' ? `${type} ${id}` : name]));
  const lines = nodes.flatMap(({ id }) => {
    const children = edges.filter(({ parent }) => parent === id);
    const told = children.map(({ child, name }) => `${name} ${names.get(child) ?? child}`);
    return told.length === 0 ? [] : [`${names.get(id)}: ${told.join(', ')}`];
  });
  const left = lines.length - PARENTS_SHOWN;
  return left <= 0 ? lines : [...lines.slice(0, PARENTS_SHOWN), `and ${left} more`];
}
