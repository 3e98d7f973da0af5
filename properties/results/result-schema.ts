/** What a job leaves behind for machines: a file that says what was asked for, what was done and what was found. */
import { z } from 'zod';
import { operationNames } from '../../impl/operation-lists.ts';
import { modes, stages } from '../../model/vocabulary.ts';
import { explore, flights, mutants, tour } from './job-schemas.ts';
import { count, failure, head, orNone, seconds } from './result-head.ts';
import type { Immutable } from './result-head.ts';

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
  /** When the first failure was found; null where none was. */
  firstFailure: z.strictObject({ operations: count, seconds }).nullable().exactOptional(),
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
    maxFindings: orNone(count),
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
  /** How often each situation was met that such cases can be brought to, up to 1000. */
  situations: z.array(z.strictObject({ name: z.string(), count })),
  /** How often the system kept to the design document where QEMU deviates from it, by the deviation. */
  documented: z.record(z.string(), count),
  /** `lengths[n]` cases had n operations. */
  lengths: z.array(count),
  findings: z.array(
    z.strictObject({
      ...failure,
      /** The law that it breaks; null where system and model differ and no law does. */
      law: orNone(z.string()),
      originalOperations: count,
      candidates: count,
      /** Null where the case was not drawn but recorded. */
      caseIndex: orNone(count),
    }),
  ),
  repeatedFindings: count,
  /** The recorded traces, which are played first; null where they were left out. */
  recorded: orNone(z.strictObject({ played: count, diverged: count, notRun: count, leftOut: count })),
  savedFailures: z.strictObject({
    run: count,
    failing: z.array(z.strictObject({ signature: z.string(), operations: count, path: z.string() })),
  }),
  timing,
});

export const resultSchema = z.discriminatedUnion('command', [verify, flights, explore, tour, mutants], {
  error: 'is no result of a command that colocheck can merge',
});

export type Result = Immutable<z.infer<typeof resultSchema>>;
export type VerifyResult = Extract<Result, { command: 'verify' }>;
/** Of a campaign in which requests overlap. */
export type FlightResult = Extract<Result, { command: 'verify --in-flight' }>;
export type ExploreResult = Extract<Result, { command: 'explore' }>;
export type TourResult = Extract<Result, { command: 'tour' }>;
export type MutantsResult = Extract<Result, { command: 'mutants' }>;
export type ResultHead = Pick<Result, keyof typeof head>;
export type Timing = Immutable<z.infer<typeof timing>>;
