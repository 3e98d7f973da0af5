/** How operations are written on the wire: the name, then its arguments in a fixed order, the node first. */
import { z } from 'zod';
import { argumentsOf, listedNames } from '../operation-lists.ts';
import { operationTable } from '../../model/operations.ts';
import type { Given, Argument, ArgumentKind, Operation, OperationName } from '../../model/operations.ts';
import { NODES_MAX } from '../../model/vocabulary.ts';

const node = z
  .int()
  .min(0)
  .max(NODES_MAX - 1)
  .describe('index of the node in the setup');
const sector = z.int().min(0).describe('first sector');
const count = z.int().min(0).describe('number of sectors; the range may end past the disk');
const tag = z.int().min(0).describe('names the content; 0 is zeroes');

export type OperationCode = readonly [op: OperationName, ...Argument[]];

export const operationCode = z.union(listedNames.map(codeOf));

/** The compiler is given the type: zod infers none for a tuple that is put together from a list. */
function codeOf(op: OperationName): z.ZodType<OperationCode>;
function codeOf(op: OperationName): z.ZodType {
  const codes = argumentsOf(op).map(([name, kind]) => argumentCode(name, kind));
  return z.tuple([z.literal(op), ...(isOfNode(op) ? [node] : []), ...codes]);
}

function argumentCode(name: string, kind: ArgumentKind): z.ZodType<Argument> {
  switch (kind) {
    case 'sector':
      return sector;
    case 'count':
      return count;
    case 'tag':
      return tag;
    case 'boolean':
      return z.boolean().describe(name);
    case 'boolean or null':
      return z.boolean().nullable().describe(name);
    default:
      return z.enum(kind);
  }
}

const argumentNames: ReadonlyMap<OperationName, readonly string[]> = new Map(
  listedNames.map((op) => [op, argumentsOf(op).map(([name]) => name)]),
);

export function encodeOperation(operation: Operation): OperationCode {
  const { op } = operation;
  const code: [OperationName, ...Argument[]] = [op];
  if (isOfNode(op)) code.push(('node' in operation ? operation.node : 0) ?? 0);
  const values: Given = operation;
  for (const name of argumentNames.get(op) ?? []) code.push(values[name] ?? null);
  return code;
}

function isOfNode(op: OperationName): boolean {
  return operationTable[op].scope === 'node';
}
