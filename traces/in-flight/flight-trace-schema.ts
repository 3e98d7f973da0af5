/** The format of a saved case in which requests overlap: that of a trace, with steps that submit, advance and await. */
import { z } from 'zod';
import { comparisonSchema } from '../../properties/cases/comparison-schema.ts';
import { operationProblem } from '../../properties/cases/setup-problem.ts';
import { operationOf } from '../../properties/in-flight/cases/flight-case.ts';
import type { FlightStep } from '../../properties/in-flight/cases/flight-case.ts';
import { stepsProblem } from '../../properties/in-flight/cases/flight-case-problem.ts';
import { FLIGHT_TRACE_VERSION, operationSchema, setupSchema } from '../format/trace-schema.ts';
import type { Immutable } from '../format/trace-schema.ts';

const REQUEST_MAX = 2 ** 20 - 1;
const count = z.int().min(0);
const request = z
  .int({ error: `must be a whole number from 0 to ${REQUEST_MAX}` })
  .min(0)
  .max(REQUEST_MAX)
  .describe('The number of the request; it may be used again once it is awaited.');

const moves = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('submit'), request, operation: operationSchema }),
  z.strictObject({ op: z.literal('advance'), request }).describe('It goes on to its next station.'),
  z.strictObject({ op: z.literal('await'), request }).describe('It goes on until it is answered.'),
]);

const moveNames: ReadonlySet<unknown> = new Set(['submit', 'advance', 'await']);

/** The compiler is given the type, as of operations. */
const step: z.ZodType<FlightStep> = z.union([moves, operationSchema]);

export const flightTraceSchema = z
  .strictObject({
    format: z.literal('colocheck-trace'),
    version: z.literal(FLIGHT_TRACE_VERSION),
    note: z.string().optional(),
    signature: z.string().optional(),
    comparison: comparisonSchema,
    found: z
      .strictObject({
        system: z.string(),
        divergence: z.string(),
        step: z.int().min(0),
        seed: z.int().optional(),
        caseIndex: z.int().min(0).optional(),
        shrink: z.strictObject({ candidates: count, from: count, to: count }).optional(),
      })
      .optional(),
    plays: z
      .strictObject({ failed: count, of: count })
      .optional()
      .describe('How often it failed when it was played anew, each time in a fresh system.'),
    setup: setupSchema,
    operations: z.array(step),
  })
  .superRefine(({ setup, operations }, context) => {
    const wrong = stepsProblem(operations);
    if (wrong !== null)
      context.addIssue({ code: 'custom', path: ['operations', wrong.index ?? 0], message: wrong.problem });
    for (const [index, given] of operations.entries()) {
      const operation = operationOf(given);
      const message = operation === null ? null : operationProblem(operation, setup);
      if (message !== null) context.addIssue({ code: 'custom', path: ['operations', index], message });
    }
  });

export type FlightTrace = Immutable<z.infer<typeof flightTraceSchema>>;

/** Of what cannot be read: an entry that names a step of a request is wrong as such a step, any other one as an operation. */
export function stepSchemaFor(given: unknown): z.ZodType {
  const isMove = typeof given === 'object' && given !== null && 'op' in given && moveNames.has(given.op);
  return isMove ? moves : operationSchema;
}
