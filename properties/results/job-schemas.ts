/** What the jobs that are not random leave behind for machines. */
import { z } from 'zod';
import { mutantOrigins } from '../../impl/mutants/mutant.ts';
import { operationNames } from '../../impl/operation-lists.ts';
import { stages } from '../../model/vocabulary.ts';
import { count, failure, head, orNone, seconds } from './result-head.ts';

const inWorld = { ...failure, world: z.string() };

export const explore = z.strictObject({
  ...head,
  command: z.literal('explore'),
  options: z.strictObject({
    worlds: z.array(z.string()),
    reduction: z.enum(['reduced', 'unreduced']),
    depth: orNone(count),
    states: orNone(count),
    seconds: orNone(seconds),
    memoryBytes: z.number(),
  }),
  /** Of those worlds the ones that were searched. */
  searched: z.array(
    z.strictObject({
      world: z.string(),
      ended: z.enum(['complete', 'divergence', 'depth', 'states', 'memory', 'time', 'interrupted']),
      states: count,
      transitions: count,
      depth: count,
      waiting: count,
      seconds,
      cpuSeconds: seconds,
      bytes: count,
      /** Operations of the shortest way to each goal; null where it was not reached. */
      goals: z.record(z.string(), orNone(count)),
    }),
  ),
  findings: z.array(z.strictObject(inWorld)),
});

export const tour = z.strictObject({
  ...head,
  command: z.literal('tour'),
  options: z.strictObject({ world: z.string(), seconds: orNone(seconds) }),
  ended: z.enum(['complete', 'stopped', 'findings']),
  transitions: count,
  covered: count,
  excluded: count,
  unentered: count,
  walks: count,
  operations: count,
  otherwise: count,
  /** Of the shard that took longest. */
  seconds,
  findings: z.array(z.strictObject(inWorld)),
});

export const flights = z.strictObject({
  ...head,
  command: z.literal('verify --in-flight'),
  options: z.strictObject({
    seed: z.int(),
    cases: orNone(count),
    seconds: orNone(seconds),
    operations: count,
    geometry: z.string(),
    maxFindings: orNone(count),
  }),
  ended: z.enum(['cases', 'time', 'findings', 'interrupted', 'trouble']),
  trouble: orNone(z.string()),
  cases: count,
  operations: count,
  overlaps: count,
  stations: count,
  mostInFlight: count,
  undecided: count,
  whyUndecided: orNone(z.string()),
  /** Different ones. */
  orders: count,
  /** Of a part of a job the hash of each, for the parts to be put together; null where the job is whole. */
  orderHashes: orNone(z.array(count)),
  /** `operations` and `originalOperations` are steps of the cases. */
  findings: z.array(
    z.strictObject({ ...failure, originalOperations: count, candidates: count, caseIndex: count }),
  ),
  repeatedFindings: count,
  /** `failing` are paths of traces. */
  savedFailures: z.strictObject({ run: count, failing: z.array(z.string()) }),
  /** Of all workers and machines together, and of the one that took longest. */
  seconds,
  longestSeconds: seconds,
});

const kill = z.strictObject({ by: z.string(), operations: count, seconds, length: count });

export const mutants = z.strictObject({
  ...head,
  command: z.literal('mutants'),
  options: z.strictObject({ mutants: z.array(z.string()), seeds: count, cases: count, proves: z.boolean() }),
  rows: z.array(
    z.strictObject({
      mutant: z.string(),
      origin: z.enum(mutantOrigins),
      seeds: count,
      random: z.array(
        z.strictObject({
          seed: z.int(),
          target: z.strictObject({
            signature: z.string(),
            operation: z.enum(operationNames),
            stage: z.enum(stages),
          }),
          operations: count,
          seconds,
          firstLength: count,
          shrunkLength: count,
          nodes: count,
          shrinkSeconds: seconds,
        }),
      ),
      laws: orNone(kill),
      exhaustive: orNone(kill),
      traces: orNone(kill),
      shortest: z.array(z.strictObject({ signature: z.string(), operations: count, isProven: z.boolean() })),
    }),
  ),
});
