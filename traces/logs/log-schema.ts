/** The format of a log: what a system was asked, answered and showed, one JSON object a line, as it happened. */
import { lossKinds } from '../../impl/system-lost.ts';
import { operationNames } from '../../impl/operation-lists.ts';
import { z } from 'zod';
import { NODES_MAX } from '../../model/vocabulary.ts';
import { comparisonSchema } from '../../properties/cases/comparison-schema.ts';
import { outcomeSchema, shownNodeSchema } from '../format/recorded-schema.ts';
import { operationSchema, setupSchema } from '../format/trace-schema.ts';
import type { Immutable } from '../format/trace-schema.ts';

export const LOG_VERSION = 1;

const names = z.array(z.enum(operationNames));

const overlapping = z
  .strictObject({
    requestsMax: z.int().min(1).exactOptional().describe('How many can be in flight.'),
    alone: names.exactOptional().describe('Operations during which nothing else is in flight.'),
    drains: names
      .exactOptional()
      .describe('Calls before which the requests of the primary take effect that were in flight by then.'),
  })
  .describe('Requests may be in flight together: each operation and each answer says by `id` which it is.');

const id = z.union([z.int(), z.string()]).describe('Of a request, where they overlap.');

const headSchema = z
  .strictObject({
    format: z.literal('colocheck-log'),
    version: z.literal(LOG_VERSION),
    system: z.string().exactOptional().describe('Its name, for the verdict.'),
    control: z
      .enum(['driver', 'qmp'])
      .describe(
        '`qmp`: a stop with failover answers ok whatever happens; `driver`: as replication.c answers.',
      ),
    commit: z
      .enum(['stepped', 'free'])
      .describe(
        '`free`: what fails may end in every way that the real binary may end in; `stepped`: exactly as the model predicts.',
      ),
    comparison: comparisonSchema.exactOptional().describe('What is right; left out: `qemu`.'),
    overlapping: overlapping.exactOptional(),
  })
  .describe('The first line.');

const setupLine = z.strictObject({ setup: setupSchema }).describe('Begins a case.');

const operationLine = z
  .strictObject({ operation: operationSchema, id: id.exactOptional() })
  .describe('What the system is asked.');

const shown = z.strictObject({
  nodes: z
    .array(shownNodeSchema)
    .max(NODES_MAX)
    .exactOptional()
    .describe('One entry a node of the setup; a part that the system does not show is left out.'),
  probes: z
    .strictObject({ getError: outcomeSchema.nullable(), startOtherMode: outcomeSchema.nullable() })
    .exactOptional()
    .describe('What harmless control calls would answer now; null: not asked.'),
  settled: z
    .array(
      z
        .int()
        .min(0)
        .max(NODES_MAX - 1),
    )
    .exactOptional()
    .describe('The nodes whose commit the operation waited for: it was settled beneath the operation.'),
});

const answerLine = z
  .strictObject({ answer: outcomeSchema, id: id.exactOptional(), shown: shown.exactOptional() })
  .describe('What it answered, and what it showed after that.');

const lostLine = z
  .strictObject({
    lost: z.strictObject({
      how: z.enum(lossKinds),
      detail: z.string(),
      atEnd: z
        .literal(true)
        .exactOptional()
        .describe('The last operation was answered: it was lost when the case was taken down.'),
    }),
  })
  .describe('Stands for the answer that a system that crashed or hung did not give.');

/** By the key that tells them apart. */
export const lineSchemas = {
  format: headSchema,
  setup: setupLine,
  operation: operationLine,
  answer: answerLine,
  lost: lostLine,
} as const;

/** One line. */
export const logSchema = z.union([headSchema, setupLine, operationLine, answerLine, lostLine]);

export type LogHead = Immutable<z.infer<typeof headSchema>>;
export type LogLine = Immutable<z.infer<typeof logSchema>>;
