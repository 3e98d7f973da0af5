/** A string key for sets of model states. */
import type { Host } from '../../model/node.ts';

/** A sector broken again makes another list of bad sectors that answers alike: they count as a set. */
export function hostKey({ nodes, newestFirst, dead }: Host): string {
  const parts = nodes.map(({ setup: _setup, badSectors, ...node }) => {
    const bad = new Set(badSectors.map(({ disk, access, sector }) => `${disk} ${access} ${sector}`));
    return [node, [...bad].toSorted()];
  });
  return JSON.stringify([parts, newestFirst, dead]);
}
