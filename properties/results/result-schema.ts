/** What a job leaves behind for machines: a file that says what was asked for, what was done and what was found. */
import { z } from 'zod';
import { modes, operationNames, stages } from '../../model/vocabulary.ts';
import { comparisonModes } from '../comparison-mode.ts';

export const RESULT_VERSION = 1;

const count = z.int().min(0);
const seconds = z.number().min(0);
const orNone = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

/** Shards of the same job that this result holds, in order; a whole job is shard 1 of 1. */
const shards = z
  .strictObject({ count: z.int().min(1), done: z.array(z.int().min(1)).min(1) })
  .refine(
    (given) =>
      given.done.every((index, place) => index <= given.count && index > (given.done[place - 1] ?? 0)),
    { error: 'done must be numbers from 1 to count, in order' },
  );

const head = {
  format: z.literal('colocheck-result'),
  version: z.literal(RESULT_VERSION),
  /** The command that does the same in one go. */
  repeat: z.string(),
  versions: z.strictObject({ colocheck: z.string(), node: z.string(), platform: z.string() }),
  system: z.strictObject({ name: z.string(), option: z.string() }),
  comparison: z.enum(comparisonModes),
  shards,
};

/** `trace` is a path relative to the folder of the result file. */
const failure = {
  signature: z.string(),
  sentence: z.string(),
  operations: count,
  trace: z.string(),
};

/** Seconds of all machines together; `longest` those of the one that took longest. */
const timing = z.strictObject({
  seconds,
  longest: seconds,
  /** `system` and `model` are estimates, null where the system runs elsewhere. */
  split: z.strictObject({
    drawing: seconds,
    model: orNone(seconds),
    system: orNone(seconds),
    judging: seconds,
    shrinking: seconds,
    rest: seconds,
  }),
  curve: z.array(z.strictObject({ seconds, operations: count })),
});

const verify = z.strictObject({
  ...head,
  command: z.literal('verify'),
  options: z.strictObject({
    seed: z.int(),
    cases: orNone(count),
    seconds: orNone(seconds),
    operations: count,
    geometry: z.string(),
    depth: z.enum(['full', 'sampled']),
    maxFailures: orNone(count),
  }),
  ended: z.enum(['cases', 'time', 'findings', 'interrupted', 'trouble']),
  trouble: z.string().nullable(),
  cases: count,
  operations: count,
  cells: z.array(
    z.strictObject({
      mode: z.enum(modes),
      operation: z.enum(operationNames),
      stage: z.enum(stages),
      outcome: z.string(),
      count,
      isReachable: z.boolean(),
    }),
  ),
  branches: z.strictObject({
    /** Those that can be taken; numbers below are places in this list. */
    names: z.array(z.string()),
    /** False where the system lacks operations that lead to some of them. */
    areRequired: z.boolean(),
    sampled: z.array(count),
    first: z.array(
      z.strictObject({
        cell: z.string(),
        looks: z.array(z.strictObject({ batch: count, branches: z.array(count) })),
      }),
    ),
  }),
  /** `lengths[n]` cases had n operations. */
  lengths: z.array(count),
  failures: z.array(
    z.strictObject({ ...failure, originalOperations: count, candidates: count, caseIndex: count }),
  ),
  repeatedFailures: count,
  savedFailures: z.strictObject({
    run: count,
    failing: z.array(z.strictObject({ signature: z.string(), operations: count, path: z.string() })),
  }),
  timing,
});

export const resultSchema = z.discriminatedUnion('command', [verify], {
  error: 'is no result of a command that colocheck can merge',
});

export type Result = Immutable<z.infer<typeof resultSchema>>;
export type VerifyResult = Extract<Result, { command: 'verify' }>;
export type ResultHead = Pick<Result, keyof typeof head>;
export type Timing = Immutable<z.infer<typeof timing>>;

type Immutable<Value> = Value extends readonly unknown[]
  ? readonly Immutable<Value[number]>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;
