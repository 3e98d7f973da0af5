/** Situations that calls meet: checkpoints and failovers of dirty, bad or partial disks, starts over what was left. */
import { isBad, layerOf } from '../../model/disks.ts';
import type { Host, Node } from '../../model/node.ts';
import type { OperationName } from '../../model/operations.ts';
import type { Stage } from '../../model/vocabulary.ts';
import { isCall, isFailover } from '../seed-branches/seed-branch.ts';
import type { Moment, Situation } from './situation.ts';
import { isAllocated, isFailoverOf, isHeldAbove, partialLastUnit, stops, unitsTouched } from './situation.ts';

const secondary = 'secondary' as const;
const running: readonly Stage[] = ['running'];

const failovers: readonly Situation[] = [
  {
    name: 'failover-with-dirty-partial-last-unit',
    what: 'a failover that has the last unit to commit, in which the disk ends',
    mode: secondary,
    stages: running,
    operations: stops,
    fits: isPartial,
    isMet: (moment) => isFailoverOf(moment) && lastUnitTags(moment.before).length > 0,
  },
  {
    name: 'failover-with-zeroes-in-partial-last-unit',
    what: 'the same where that unit holds nothing but zeroes',
    mode: secondary,
    stages: running,
    operations: stops,
    fits: isPartial,
    isMet: (moment) => {
      if (!isFailoverOf(moment)) return false;
      const tags = lastUnitTags(moment.before);
      return tags.length > 0 && tags.every((tag) => tag === 0);
    },
  },
  {
    name: 'failover-with-read-bad-sector-in-dirty-unit',
    what: 'a failover that has a unit to commit of which a sector cannot be read',
    mode: secondary,
    stages: running,
    operations: stops,
    needs: ({ badSectors }) => badSectors.length > 0,
    isMet: (moment) => isFailoverOf(moment) && hasUnreadableDirtyUnit(moment.before),
  },
  {
    name: 'failover-with-read-only-hidden',
    what: 'a failover of a node whose hidden disk was read-only at its start',
    mode: secondary,
    stages: running,
    operations: stops,
    needs: ({ readOnly }) => readOnly.includes('hidden'),
    isMet: (moment) => isFailoverOf(moment) && moment.before.origHiddenReadOnly && isAllocated(moment.before),
  },
  {
    name: 'failover-of-two-dirty-nodes',
    what: 'one failover of two running nodes that both have units to commit',
    mode: secondary,
    stages: running,
    operations: stops,
    needs: ({ nodesMax }) => nodesMax > 1,
    isMet: (moment) => isFailoverOf(moment) && dirtyNodes(moment.host, moment.next, ['failover', 'done']) > 1,
  },
];

const checkpoints: readonly Situation[] = [
  {
    name: 'checkpoint-of-two-dirty-nodes',
    what: 'one checkpoint of two running nodes that both have overlays to empty',
    mode: secondary,
    stages: running,
    operations: ['checkpoint'],
    needs: ({ nodesMax }) => nodesMax > 1,
    isMet: ({ host, next, outcome }) => outcome.kind === 'ok' && dirtyNodes(host, next, running) > 1,
  },
  {
    name: 'checkpoint-with-both-overlays-allocated',
    what: 'a checkpoint that has active and hidden to empty',
    mode: secondary,
    stages: running,
    operations: ['checkpoint'],
    isMet: ({ before, outcome }) =>
      outcome.kind === 'ok' &&
      before.active.some((tag) => tag !== null) &&
      before.hidden.some((tag) => tag !== null),
  },
  {
    name: 'checkpoint-with-bad-sector',
    what: 'a checkpoint of overlays one of which holds a bad sector',
    mode: secondary,
    stages: running,
    operations: ['checkpoint'],
    needs: ({ badSectors }) => badSectors.includes('active') || badSectors.includes('hidden'),
    isMet: ({ before }) =>
      before.badSectors.some(({ disk, sector }) => disk !== 'secondary' && before[disk][sector] !== null),
  },
];

const starts: readonly Situation[] = [
  {
    name: 'start-after-failed-failover',
    what: 'a start of a node whose failover has failed',
    mode: secondary,
    stages: ['failoverFailed'],
    operations: ['start', 'setReplication'],
    isMet: ({ operation, outcome }) => isCall(operation, 'start') && outcome.kind === 'error',
  },
  {
    name: 'restart-over-allocated-overlays',
    what: 'a start after a close, of overlays that still hold what was written before',
    mode: secondary,
    stages: ['none'],
    operations: ['start', 'setReplication'],
    isMet: ({ before, after }) => after.stage === 'running' && isAllocated(before),
  },
];

/** Each call of the driver where a layer has no driver any more. */
const callsWithEjectedLayer: readonly Situation[] = [
  call('checkpoint', ['checkpoint'], ['running'], () => true),
  call('failover', stops, ['running'], ({ operation }) => isFailover(operation)),
  call('stop', stops, ['running'], ({ operation }) => isCall(operation, 'stop') && !isFailover(operation)),
  call('status', ['getError', 'queryStatus'], ['running', 'failover', 'failoverFailed', 'done'], () => true),
  call('start', ['start', 'setReplication'], ['none'], ({ operation }) => isCall(operation, 'start')),
  call('open', ['open'], ['closed'], () => true),
  call('close', ['close'], ['failover', 'failoverFailed', 'done'], () => true),
];

export const controlSituations: readonly Situation[] = [
  ...failovers,
  ...checkpoints,
  ...starts,
  ...callsWithEjectedLayer,
];

function call(
  name: string,
  operations: readonly OperationName[],
  inStages: readonly Stage[],
  isCalled: (moment: Moment) => boolean,
): Situation {
  return {
    name: `${name}-with-ejected-layer`,
    what: `${name} where active or hidden has no driver any more`,
    mode: secondary,
    stages: inStages,
    operations,
    needs: ({ operations: known }) => known.includes('failEmptying') && known.includes('checkpoint'),
    isMet: (moment) => (moment.before.ejected.active || moment.before.ejected.hidden) && isCalled(moment),
  };
}

function isPartial(geometry: Parameters<typeof partialLastUnit>[0]): boolean {
  return partialLastUnit(geometry) !== null;
}

/** What a commit has to write to a last unit in which the disk ends; nothing where that is clean or whole. */
function lastUnitTags(node: Node): readonly number[] {
  const range = partialLastUnit(node.setup.geometry);
  if (range === null || !isHeldAbove(node, range)) return [];
  const { active, hidden, secondary: below } = node;
  return below
    .slice(range.sector)
    .map((tag, place) => active[range.sector + place] ?? hidden[range.sector + place] ?? tag);
}

function hasUnreadableDirtyUnit(node: Node): boolean {
  const { commitUnitSectors, lengthSectors } = node.setup.geometry;
  return node.badSectors.some(({ sector }) => {
    if (!isBad(node, layerOf(node, sector), 'read', { sector, count: 1 })) return false;
    const [unit] = unitsTouched({ sector, count: 1 }, commitUnitSectors);
    const first = unit * commitUnitSectors;
    return isHeldAbove(node, { sector: first, count: Math.min(commitUnitSectors, lengthSectors - first) });
  });
}

/** Running nodes with something in their overlays that a call has brought to one of these stages. */
function dirtyNodes(host: Host, next: Host, to: readonly Stage[]): number {
  const isDirty = (node: Node, index: number): boolean => {
    const after = next.nodes[index];
    return (
      node.stage === 'running' &&
      isAllocated(node) &&
      after !== undefined &&
      after !== node &&
      to.includes(after.stage)
    );
  };
  return host.nodes.filter(isDirty).length;
}
