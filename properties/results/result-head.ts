/** What every result file has, whatever the job. */
import { z } from 'zod';
import { comparisonSchema } from '../cases/comparison-schema.ts';

export const RESULT_VERSION = 3;

export const count = z.int().min(0);
export const seconds = z.number().min(0);
export const orNone = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

/** Shards of the same job that this result holds, in order; a whole job is shard 1 of 1. */
const shards = z
  .strictObject({ count: z.int().min(1), done: z.array(z.int().min(1)).min(1) })
  .refine(
    (given) =>
      given.done.every((index, place) => index <= given.count && index > (given.done[place - 1] ?? 0)),
    { error: 'done must be numbers from 1 to count, in order' },
  );

export const head = {
  format: z.literal('colocheck-result'),
  version: z.literal(RESULT_VERSION),
  /** The command that does the same in one go. */
  repeat: z.string(),
  versions: z.strictObject({ colocheck: z.string(), node: z.string(), platform: z.string() }),
  system: z.strictObject({ name: z.string(), option: z.string() }),
  comparison: comparisonSchema,
  shards,
};

/** `trace` is a path relative to the folder of the result file. */
export const failure = {
  signature: z.string(),
  sentence: z.string(),
  operations: count,
  trace: z.string(),
  /** The same for findings of one cause. */
  cause: z.string(),
};

export type Immutable<Value> = Value extends readonly unknown[]
  ? readonly Immutable<Value[number]>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;
