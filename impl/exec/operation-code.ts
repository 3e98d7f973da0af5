/** How operations are written on the wire: the name, then its arguments in a fixed order, the node first. */
import { z } from 'zod';
import { emptyingFaults, layers, modes, NODES_MAX } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';

const node = z
  .int()
  .min(0)
  .max(NODES_MAX - 1)
  .describe('index of the node in the setup');
const sector = z.int().min(0).describe('first sector');
const count = z.int().min(0).describe('number of sectors; the range may end past the disk');
const tag = z.int().min(0).describe('names the content; 0 is zeroes');
const disk = z.enum(layers);

const toAll = <Name extends string>(op: Name) => z.tuple([z.literal(op)]);
const plain = <Name extends string>(op: Name) => z.tuple([z.literal(op), node]);
const ranged = <Name extends string>(op: Name) => z.tuple([z.literal(op), node, sector, count]);
const tagged = <Name extends string>(op: Name) => z.tuple([z.literal(op), node, sector, count, tag]);

export const operationCode = z.union([
  plain('open'),
  plain('close'),
  z.tuple([z.literal('start'), z.enum(modes)]),
  toAll('checkpoint'),
  toAll('getError'),
  z.tuple([z.literal('stop'), z.boolean().describe('failover')]),
  z.tuple([
    z.literal('setReplication'),
    z.boolean().describe('enable'),
    z.boolean().describe('primary'),
    z.boolean().nullable().describe('failover'),
  ]),
  toAll('queryStatus'),
  ranged('guestRead'),
  tagged('guestWrite'),
  ranged('guestWriteZeroes'),
  ranged('guestDiscard'),
  plain('guestFlush'),
  ranged('primaryRead'),
  tagged('primaryWrite'),
  ranged('primaryWriteZeroes'),
  ranged('primaryDiscard'),
  plain('primaryFlush'),
  plain('commitAdvance'),
  plain('commitSettle'),
  z.tuple([z.literal('breakSector'), node, disk, z.enum(['read', 'write']), sector]),
  z.tuple([z.literal('repairSectors'), node, disk]),
  z.tuple([z.literal('failEmptying'), node, z.enum(['active', 'hidden']), z.enum(emptyingFaults)]),
  z.tuple([z.literal('endJob'), node, z.enum(['backup', 'commit'])]),
  plain('cutLink'),
  plain('restoreLink'),
]);

export type OperationCode = z.infer<typeof operationCode>;

export function encodeOperation(operation: Operation): OperationCode {
  switch (operation.op) {
    case 'start':
      return ['start', operation.mode];
    case 'checkpoint':
    case 'getError':
    case 'queryStatus':
      return [operation.op];
    case 'stop':
      return ['stop', operation.failover];
    case 'setReplication':
      return ['setReplication', operation.enable, operation.primary, operation.failover];
    case 'guestWrite':
    case 'primaryWrite':
      return [operation.op, operation.node ?? 0, operation.sector, operation.count, operation.tag];
    case 'guestRead':
    case 'guestWriteZeroes':
    case 'guestDiscard':
    case 'primaryRead':
    case 'primaryWriteZeroes':
    case 'primaryDiscard':
      return [operation.op, operation.node ?? 0, operation.sector, operation.count];
    case 'breakSector':
      return [operation.op, operation.node ?? 0, operation.disk, operation.access, operation.sector];
    case 'repairSectors':
      return [operation.op, operation.node ?? 0, operation.disk];
    case 'failEmptying':
      return [operation.op, operation.node ?? 0, operation.disk, operation.how];
    case 'endJob':
      return [operation.op, operation.node ?? 0, operation.job];
    default:
      return [operation.op, operation.node ?? 0];
  }
}
