/**
 * Leads to clusters of active that are split between hidden and the secondary disk after a failover that has failed: there
 * one guest write may fill what another writes to the secondary disk.
 */
import { unitsOf } from '../../../model/disks.ts';
import type { Host, Node } from '../../../model/node.ts';
import type { Operation, OperationName } from '../../../model/operations.ts';
import type { Range, Tag } from '../../../model/vocabulary.ts';
import type { Dice } from '../../cases/dice.ts';

/** A tag is replaced by who draws. */
const ANY_TAG: Tag = 1;

/** Clusters that active lacks and of which hidden has a part. */
function splitClusters(node: Node): Range[] {
  return newClusters(node).filter(({ sector, count }) => {
    const held = node.hidden.slice(sector, sector + count);
    return held.some((tag) => tag !== null) && held.includes(null);
  });
}

function newClusters({ active, setup: { geometry } }: Node): Range[] {
  const { lengthSectors, activeClusterSectors } = geometry;
  const all = unitsOf({ sector: 0, count: lengthSectors }, activeClusterSectors, lengthSectors);
  return all.filter(({ sector }) => active[sector] === null);
}

/** Whether hidden can hold a part of a cluster of active. */
export function canSplit({ setup }: Node): boolean {
  const { activeClusterSectors, copyUnitSectors, lengthSectors } = setup.geometry;
  return (
    setup.mode === 'secondary' && activeClusterSectors > copyUnitSectors && lengthSectors > copyUnitSectors
  );
}

/** The next operation on the way there; null where there is none. */
export function towardsSplit(
  { nodes }: Host,
  has: (op: OperationName) => boolean,
  dice: Dice,
): Operation | null {
  const index = dice.below(nodes.length);
  const node = nodes[index];
  if (node === undefined) return null;
  if (node.commitJob !== null && has('endJob')) return { op: 'endJob', job: 'commit', node: index };
  if (node.stage !== 'running' || !canSplit(node)) return null;
  if (splitClusters(node).length > 0) return { op: 'stop', failover: true };
  const clusters = newClusters(node);
  const cluster = clusters[dice.below(Math.max(1, clusters.length))];
  if (cluster === undefined) return { op: 'checkpoint' };
  const sector = cluster.sector + dice.below(cluster.count);
  return { op: 'primaryWrite', node: index, sector, count: 1, tag: ANY_TAG };
}

/** Two guest writes to a cluster that is split: one that fills it, and one to what it is filled with. None where there is none. */
export function splitWrites({ nodes }: Host, dice: Dice): Operation[] {
  const places = nodes.flatMap((node, index) =>
    node.stage === 'failoverFailed' ? splitClusters(node).map((cluster) => ({ node, index, cluster })) : [],
  );
  const place = places[dice.below(Math.max(1, places.length))];
  if (place === undefined) return [];
  const { sector: first, count } = place.cluster;
  const sectors = Array.from({ length: count }, (_, at) => first + at);
  const isHeld = (sector: number): boolean => place.node.hidden[sector] !== null;
  const drawn = [sectors.filter(isHeld), sectors.filter((sector) => !isHeld(sector))].flatMap(
    (some) => some[dice.below(some.length)] ?? [],
  );
  const ordered = dice.oneIn(2) ? drawn : drawn.toReversed();
  return ordered.map((sector) => ({ op: 'guestWrite', node: place.index, sector, count: 1, tag: ANY_TAG }));
}
