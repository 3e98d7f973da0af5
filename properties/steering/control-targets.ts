/** Targets of calls: failovers of bad, read-only or several nodes, layers without driver, QMP commands, idle stages. */
import { layerOf } from '../../model/disks.ts';
import type { Host, Node } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { Dice } from '../cases/dice.ts';
import { bare, other, start, stop } from '../cases/operation-objects.ts';
import type { NodeGenerator } from '../generation/node/node-generator.ts';
import { checkpoint, failover, findSector, isClean, isOverlay, towardsRunning } from './leads.ts';
import { oneSoundNode } from './target.ts';
import type { Target } from './target.ts';

const mode = 'secondary' as const;

export const controlTargets: readonly Target[] = [
  {
    what: 'checkpoints and failovers with a sector that cannot be read in a dirty unit',
    weight: 2,
    operations: ['guestWrite', 'breakSector', 'repairSectors', 'checkpoint', 'stop', 'commitSettle'],
    mode,
    needs: ({ badSectors }) => badSectors.includes('active') && badSectors.includes('hidden'),
    wish: oneSoundNode,
    lead: failToRead,
  },
  {
    what: 'a failover with hidden read-only',
    weight: 6,
    operations: ['guestWrite', 'stop', 'commitSettle'],
    mode,
    needs: ({ readOnly }) => readOnly.includes('hidden'),
    wish: { ...oneSoundNode, hiddenReadOnly: true },
    lead: (node, generator) => {
      if (node.reopened && node.stage !== 'running') return null;
      return (
        towardsRunning(node, generator) ?? (isClean(node) ? generator.operation('guestWrite') : failover)
      );
    },
  },
  {
    what: 'checkpoints and failovers of two dirty nodes',
    weight: 4,
    operations: ['guestWrite', 'checkpoint', 'stop', 'commitSettle'],
    mode,
    needs: ({ nodesMax }) => nodesMax > 1,
    wish: { nodes: 2, isSound: true },
    lead: (_node, _generator, dice, host, generators) => callTwo(host, generators, dice),
  },
  {
    what: 'every call where a layer has no driver any more',
    weight: 8,
    operations: ['failEmptying', 'checkpoint', 'stop', 'getError'],
    mode,
    wish: oneSoundNode,
    lead: ejectAndCall,
  },
  {
    what: 'QMP commands in place of the calls of COLO, of nodes with defects too',
    weight: 1,
    operations: ['setReplication', 'queryStatus'],
    mode,
    wish: { nodes: 1, isSound: false, defect: true },
    lead: callByQmp,
  },
  {
    what: 'requests of all kinds in stages that are mostly left at once',
    weight: 1,
    operations: [],
    mode,
    wish: { nodes: 1, isSound: false },
    lead: (node, generator, dice) => (node.stage === 'running' ? null : idle(generator, dice)),
  },
  {
    what: 'calls to several nodes, of both modes too',
    weight: 1,
    operations: [],
    mode,
    needs: ({ nodesMax }) => nodesMax > 1,
    wish: { nodes: 2, isSound: false },
    lead: () => null,
  },
];

function failToRead(node: Node, generator: NodeGenerator, dice: Dice): Operation | null {
  if (node.stage === 'failoverFailed') return generator.operation('close');
  const way = towardsRunning(node, generator);
  if (way !== null) return way;
  const sector = findSector(node, isOverlay);
  if (sector === -1) return generator.operation('guestWrite');
  const disk = layerOf(node, sector);
  const isBad = node.badSectors.some(
    (bad) => bad.disk === disk && bad.access === 'read' && bad.sector === sector,
  );
  if (!isBad) return generator.breakSector({ disk, access: 'read', sector });
  return dice.oneIn(3) ? checkpoint : failover;
}

/** All nodes are opened before one start, which would stop at the first that runs. */
function callTwo({ nodes }: Host, generators: readonly NodeGenerator[], dice: Dice): Operation | null {
  const at = (isThere: (node: Node) => boolean): NodeGenerator | null => {
    const index = nodes.findIndex(isThere);
    return index === -1 ? null : (generators[index] ?? null);
  };
  const past = at(({ stage }) => stage === 'failover' || stage === 'done' || stage === 'failoverFailed');
  const unopened = at(({ stage }) => stage === 'closed' || stage === 'aborted');
  if (past !== null) {
    const pending = at(({ commitJob }) => commitJob !== null);
    return pending?.operation('commitSettle') ?? past.operation('close');
  }
  if (unopened !== null) {
    // One that runs would refuse the start of the other.
    const others = at(({ stage }) => stage === 'running');
    return others === null ? unopened.operation('open') : failover;
  }
  if (nodes.some(({ stage }) => stage === 'none'))
    return nodes.some(({ stage }) => stage === 'running') ? failover : start(mode);
  const clean = at(isClean);
  if (clean !== null) return clean.operation(dice.oneIn(3) ? 'primaryWrite' : 'guestWrite');
  return dice.oneIn(2) ? checkpoint : failover;
}

function ejectAndCall(node: Node, generator: NodeGenerator, dice: Dice): Operation | null {
  const { stage, ejected, makeEmptyFails } = node;
  if (!ejected.active && !ejected.hidden) {
    if (stage !== 'running') return towardsRunning(node, generator) ?? generator.operation('close');
    const isNext = makeEmptyFails.active === 'ejected' || makeEmptyFails.hidden === 'ejected';
    return isNext ? checkpoint : generator.failEmptying(dice.oneIn(3) ? 'active' : 'hidden', 'ejected');
  }
  if (dice.oneIn(4)) return bare('getError');
  switch (stage) {
    case 'running':
      return dice.pick<Operation>([checkpoint, stop(false), stop(false), failover]);
    case 'failover':
    case 'failoverFailed':
    case 'done':
      return generator.operation('close');
    case 'none':
      return dice.oneIn(4) ? start(mode) : null;
    case 'closed':
    case 'aborted':
      return dice.oneIn(4) ? generator.operation('open') : null;
  }
}

function callByQmp({ stage }: Node, generator: NodeGenerator, dice: Dice): Operation | null {
  if (stage === 'closed' || stage === 'aborted') return generator.operation('open');
  const primary = (generator.mode === 'primary') !== dice.oneIn(6);
  if (stage === 'none') return other({ op: 'setReplication', enable: true, primary, failover: null });
  if (!dice.oneIn(4)) return null;
  return dice.oneIn(2)
    ? bare('queryStatus')
    : other({
        op: 'setReplication',
        enable: dice.oneIn(2),
        primary,
        failover: dice.oneIn(2) ? null : dice.oneIn(2),
      });
}

function idle(generator: NodeGenerator, dice: Dice): Operation {
  return generator.operation(
    dice.pick([
      'guestRead',
      'guestWrite',
      'guestWriteZeroes',
      'guestDiscard',
      'guestFlush',
      'primaryRead',
      'primaryWrite',
      'primaryWriteZeroes',
      'primaryDiscard',
      'primaryFlush',
    ]),
  );
}
