/**
 * What the laws remember, as numbers: two bits a node. The content at the last checkpoint needs none: while the law that
 * hidden over secondary is that content has held, it is read off the state.
 */
import { plainField } from '../../../impl/state-access.ts';
import type { StateField } from '../../../impl/state-access.ts';
import { freshMemory } from '../../invariants/invariants.ts';
import type { Memory } from '../../invariants/invariants.ts';
import type { Laws } from '../../invariants/laws.ts';
import type { Host, Node } from '../../../model/node.ts';
import type { Tag } from '../../../model/vocabulary.ts';

export function lawLayout(nodeCount: number): readonly StateField[] {
  return Array.from({ length: nodeCount }, (_, index) => [
    plainField(`checkpointed ${index}`),
    plainField(`loud ${index}`),
  ]).flat();
}

/** Writes what `laws` remember after a step to `host` where it can still matter, from `start` on. */
export function writeLaws(laws: Laws, { nodes }: Host, into: Int32Array, start: number): void {
  for (let index = 0; index < nodes.length; index++) {
    const { checkpointed, quietFailover } = laws.memory(index);
    const node = nodes[index];
    const runs = node?.stage === 'running' && node.backupJob;
    into[start + 2 * index] = checkpointed && runs ? 1 : 0;
    into[start + 2 * index + 1] = quietFailover || node?.stage !== 'failover' ? 0 : 1;
  }
}

/** What the laws remembered when these numbers were written, in a state that `host` is equal to. */
export function readLaws({ nodes }: Host, from: Int32Array, start: number): readonly Memory[] {
  return nodes.map((node, index) => {
    const checkpointed = from[start + 2 * index] === 1;
    const isLoud = from[start + 2 * index + 1] === 1;
    if (!checkpointed && !isLoud) return freshMemory;
    return { checkpointed, quietFailover: !isLoud, atCheckpoint: checkpointed ? snapshotOf(node) : null };
  });
}

function snapshotOf({ hidden, secondary }: Node): readonly Tag[] {
  return secondary.map((tag, sector) => hidden[sector] ?? tag);
}
