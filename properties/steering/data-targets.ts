/** Targets of reads and writes: requests across layers, copies made twice, zeroes, a link that comes back. */
import { layerOf } from '../../model/disks.ts';
import type { Node } from '../../model/node.ts';
import type { Operation } from '../../model/operations.ts';
import type { Dice } from '../cases/dice.ts';
import { start } from '../cases/operation-objects.ts';
import type { NodeGenerator } from '../generation/node/node-generator.ts';
import { partialLastUnit } from '../coverage/situation.ts';
import { acrossLayers, checkpoint, failover, findSector, isOverlay, towardsRunning } from './leads.ts';
import { oneSoundNode } from './target.ts';
import type { Target } from './target.ts';

const mode = 'secondary' as const;

export const dataTargets: readonly Target[] = [
  {
    what: 'writes across layers after a failed failover, some of which fail half-way',
    weight: 3,
    operations: ['guestWrite', 'stop', 'commitSettle', 'breakSector', 'start'],
    mode,
    needs: ({ badSectors }) => badSectors.includes('secondary'),
    fits: ({ lengthSectors, commitUnitSectors }) => lengthSectors > commitUnitSectors,
    shape: 'several units',
    wish: oneSoundNode,
    lead: (node, generator, dice) =>
      node.stage === 'failoverFailed'
        ? writeSplit(node, generator, dice)
        : (towardsRunning(node, generator) ?? failAFailover(node, generator)),
  },
  {
    what: 'requests of the guest across three layers',
    weight: 2,
    operations: ['guestRead', 'guestWrite', 'primaryWrite', 'checkpoint'],
    mode,
    fits: ({ lengthSectors, copyUnitSectors }) => lengthSectors > copyUnitSectors + 1,
    shape: 'several units',
    wish: oneSoundNode,
    lead: readThreeLayers,
  },
  {
    what: 'a failover with zeroes in a last unit in which the disk ends',
    weight: 3,
    operations: ['guestWriteZeroes', 'stop', 'commitSettle'],
    mode,
    fits: (geometry) => partialLastUnit(geometry) !== null,
    shape: 'partial last unit',
    wish: oneSoundNode,
    lead: (node, generator) => towardsRunning(node, generator) ?? zeroLastUnit(node, generator),
  },
  {
    what: 'a second copy of a unit after a checkpoint that has failed',
    weight: 2,
    operations: ['primaryWrite', 'checkpoint', 'failEmptying'],
    mode,
    fits: ({ hiddenClusterSectors, commitUnitSectors }) => hiddenClusterSectors > commitUnitSectors,
    shape: 'large hidden clusters',
    wish: oneSoundNode,
    lead: (node, generator) => towardsRunning(node, generator) ?? copyAgain(node, generator),
  },
  {
    what: 'empty primary writes within a unit',
    weight: 2,
    operations: ['primaryWrite', 'checkpoint'],
    mode,
    fits: ({ copyUnitSectors }) => copyUnitSectors > 1,
    wish: oneSoundNode,
    lead: (node, generator) => towardsRunning(node, generator) ?? writeNothing(node, generator),
  },
  {
    what: 'writes of a primary before its peer dies, meanwhile, and after',
    weight: 2,
    operations: ['guestWrite', 'cutLink', 'restoreLink'],
    mode: 'primary',
    wish: oneSoundNode,
    lead: loseAndReconnect,
  },
];

/** The guest dirties one unit of which a sector cannot be written to the secondary disk. */
function failAFailover(node: Node, generator: NodeGenerator): Operation {
  const bad = node.badSectors.find(({ disk, access }) => disk === 'secondary' && access === 'write');
  if (bad === undefined) return generator.breakSector({ disk: 'secondary', access: 'write', sector: 0 });
  return layerOf(node, bad.sector) === 'secondary'
    ? generator.request('guestWrite', { sector: bad.sector, count: 1 })
    : failover;
}

function writeSplit(node: Node, generator: NodeGenerator, dice: Dice): Operation {
  const across = acrossLayers(node, dice);
  if (across === null || dice.oneIn(16)) return generator.operation('close');
  if (dice.oneIn(6)) return start(mode);
  const { sector, count } = across;
  const end = sector + count - 1;
  const isSound = !node.badSectors.some((bad) => bad.disk === 'secondary' && bad.sector === end);
  if (!isOverlay(layerOf(node, end)) && isSound && dice.oneIn(3))
    return generator.breakSector({ disk: 'secondary', access: 'write', sector: end });
  return generator.request('guestWrite', across);
}

function readThreeLayers(node: Node, generator: NodeGenerator, dice: Dice): Operation | null {
  if (node.stage !== 'running') return towardsRunning(node, generator) ?? generator.operation('close');
  const { lengthSectors } = node.setup.geometry;
  const holds = (layer: ReturnType<typeof layerOf>): boolean =>
    findSector(node, (each) => each === layer) !== -1;
  if (!holds('secondary') || dice.oneIn(8)) return checkpoint;
  if (!holds('hidden')) return generator.request('primaryWrite', { sector: 0, count: 1 });
  if (!holds('active')) return generator.request('guestWrite', { sector: lengthSectors - 1, count: 1 });
  return generator.request('guestRead', { sector: 0, count: lengthSectors });
}

function zeroLastUnit(node: Node, generator: NodeGenerator): Operation {
  const unit = partialLastUnit(node.setup.geometry) ?? { sector: 0, count: 1 };
  const isZero = node.active.slice(unit.sector).every((tag) => tag === 0);
  return isZero ? failover : generator.request('guestWriteZeroes', unit);
}

function copyAgain(node: Node, generator: NodeGenerator): Operation {
  const { copyUnitSectors } = node.setup.geometry;
  const held = node.hidden.findIndex((tag) => tag !== null);
  if (held === -1 || node.copied[Math.floor(held / copyUnitSectors)] !== true)
    return generator.request('primaryWrite', { sector: Math.max(0, held), count: 1 });
  return node.makeEmptyFails.hidden === null ? generator.failEmptying('hidden', 'kept') : checkpoint;
}

function writeNothing(node: Node, generator: NodeGenerator): Operation {
  const { copyUnitSectors, lengthSectors } = node.setup.geometry;
  const unit = node.copied.indexOf(false);
  const sector = unit * copyUnitSectors + 1;
  return unit === -1 || sector > lengthSectors
    ? checkpoint
    : generator.request('primaryWrite', { sector, count: 0 });
}

function loseAndReconnect(node: Node, generator: NodeGenerator): Operation | null {
  if (node.linkCut && (node.stage !== 'running' || node.error)) return generator.operation('restoreLink');
  if (node.stage !== 'running') return towardsRunning(node, generator);
  return node.link === 'alive' ? generator.operation('cutLink') : generator.operation('guestWrite');
}
