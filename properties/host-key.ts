/** By what two states of the model are told apart where a set of states is kept: a text. */
import type { HostState } from '../model/state.ts';

/** A sector broken again makes another list of bad sectors that answers alike: they count as a set. */
export function hostKey({ nodes, newestFirst, dead }: HostState): string {
  const parts = nodes.map(({ node, disks, faults, reopened }) => {
    const bad = new Set(faults.badSectors.map(({ disk, access, sector }) => `${disk} ${access} ${sector}`));
    return [node, disks, { ...faults, badSectors: [...bad].toSorted() }, reopened];
  });
  return JSON.stringify([parts, newestFirst, dead]);
}
