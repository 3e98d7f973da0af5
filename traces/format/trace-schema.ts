/** The format of a saved trace: a setup, operations, and what is known of where they came from. */
import { argumentsOf, operationNames } from '../../impl/operation-lists.ts';
import { operationTable } from '../../model/operations.ts';
import type { ArgumentKind, Operation, OperationName } from '../../model/operations.ts';
import { accesses, defects, jobs, layers, modes, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import { comparisonSchema } from '../../properties/cases/comparison-schema.ts';
import { gapProblem } from '../../properties/cases/gaps.ts';
import { badSectorProblem, operationProblem } from '../../properties/cases/setup-problem.ts';
import { z } from 'zod';
import { recordedSchema } from './recorded-schema.ts';
import { TAG_MAX } from '../../impl/payload.ts';

export const TRACE_VERSION = 2;
/** Of traces in which requests overlap; those without stay at the version before it. */
export const FLIGHT_TRACE_VERSION = 3;

/** Larger numbers name no sector of any disk that this format allows, and are surely a mistake. */
const SECTOR_MAX = 2 ** 32 - 1;
const LENGTH_SECTORS_MAX = 2 ** 21;
const DISK_BYTES_MAX = 2 ** 30;
const SECTOR_BYTES_MAX = 2 ** 20;

const count = wholeNumber(0, SECTOR_MAX);
const size = wholeNumber(1, LENGTH_SECTORS_MAX);
/** Clusters of 2 MiB have slices of 2^30 sectors. */
const slice = wholeNumber(1, SECTOR_MAX).optional();
const tag = wholeNumber(0, TAG_MAX);
const mode = oneOf(['primary', 'secondary']);
const skip = z.literal(true).optional().describe('The operation is left out when the trace is run.');

const node = wholeNumber(0, NODES_MAX - 1)
  .optional()
  .describe('Index of the node that the operation is for; 0 where it is left out.');
const disk = z.enum(layers);
const access = oneOf(accesses);

/** Of names that are more than a list. */
const ownSchemas: ReadonlyMap<ArgumentKind, z.ZodType> = new Map<ArgumentKind, z.ZodType>([
  [modes, mode],
  [jobs, z.enum(jobs, { error: 'must be "backup" or "commit": there is no other job' })],
]);

/** Operations as they are in memory, in files with a mark that they may have. */
export type TraceOperation = Operation & { readonly skip?: true | undefined };

const operation = anyOperation({ isMarked: true });

/** Operations as a running system is asked them: without a mark. */
export const operationSchema = anyOperation({ isMarked: false });

/** The compiler is given the type: zod infers none for objects that are put together from a table. */
function anyOperation(form: { readonly isMarked: true }): z.ZodType<TraceOperation>;
function anyOperation(form: { readonly isMarked: false }): z.ZodType<Operation>;
function anyOperation({ isMarked }: { readonly isMarked: boolean }): z.ZodType {
  const marks = isMarked ? { skip } : {};
  // That there is a first one must be seen from the type.
  const others = operationNames.filter((op) => op !== 'open').map((op) => operationOf(op, marks));
  return z.discriminatedUnion('op', [operationOf('open', marks), ...others], {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && !Array.isArray(input)
        ? `must be one of ${operationNames.join(', ')}`
        : 'must be an operation, such as { "op": "open" }',
  });
}

function operationOf(op: OperationName, marks: { readonly skip?: typeof skip }) {
  const taken = argumentsOf(op).map(([name, kind]) => [name, argument(kind)] as const);
  const place = operationTable[op].scope === 'node' ? { node } : {};
  return z.strictObject({ op: z.literal(op), ...Object.fromEntries(taken), ...place, ...marks });
}

function argument(kind: ArgumentKind): z.ZodType {
  switch (kind) {
    case 'sector':
    case 'count':
      return count;
    case 'tag':
      return tag;
    case 'boolean':
      return z.boolean();
    case 'boolean or null':
      return z.boolean().nullable();
    default:
      return ownSchemas.get(kind) ?? oneOf(kind);
  }
}

const geometry = z
  .strictObject({
    lengthSectors: size,
    sectorBytes: wholeNumber(4, SECTOR_BYTES_MAX).multipleOf(4, {
      error: `must be a multiple of 4 from 4 to ${SECTOR_BYTES_MAX}`,
    }),
    activeClusterSectors: size,
    hiddenClusterSectors: size,
    copyUnitSectors: size,
    commitUnitSectors: size,
    activeSliceSectors: slice.describe('Sectors of an L2 slice of active; left out: as in QEMU.'),
    hiddenSliceSectors: slice.describe('Sectors of an L2 slice of hidden; left out: as in QEMU.'),
    gaps: z
      .array(z.strictObject({ sector: count, sectors: count }))
      .min(1)
      .optional()
      .describe(
        'Where the disk is longer than the case: before `sector` it has `sectors` more, which no operation reaches.',
      ),
  })
  .superRefine((given, context) => {
    const message = gapProblem(given, { diskSectorsMax: SECTOR_MAX });
    if (message !== null) context.addIssue({ code: 'custom', path: ['gaps'], message });
  })
  .refine(({ copyUnitSectors, hiddenClusterSectors }) => copyUnitSectors % hiddenClusterSectors === 0, {
    path: ['copyUnitSectors'],
    error: 'must be a multiple of hiddenClusterSectors',
  })
  .refine(
    ({ activeSliceSectors = 0, activeClusterSectors }) => activeSliceSectors % activeClusterSectors === 0,
    {
      path: ['activeSliceSectors'],
      error: 'must be a multiple of activeClusterSectors',
    },
  )
  .refine(
    ({ hiddenSliceSectors = 0, hiddenClusterSectors }) => hiddenSliceSectors % hiddenClusterSectors === 0,
    {
      path: ['hiddenSliceSectors'],
      error: 'must be a multiple of hiddenClusterSectors',
    },
  )
  .refine(({ lengthSectors, sectorBytes }) => lengthSectors * sectorBytes <= DISK_BYTES_MAX, {
    path: ['lengthSectors'],
    error: 'the disk would have more than 1 GiB',
  });

const nodeSetup = z
  .strictObject({
    mode,
    geometry,
    initialContent: z.array(z.strictObject({ sector: count, count, tag })),
    readOnly: z.array(oneOf(readOnlyPlaces)),
    badSectors: z.array(z.strictObject({ disk, access, sector: count })),
    defects: z.array(z.enum(defects)),
    commitRequestsMax: wholeNumber(1, 1024),
    commitJoinsUnits: wholeNumber(1, 1024)
      .optional()
      .describe('Neighbouring dirty units that one commit request joins at most; left out: one.'),
  })
  .superRefine((given, context) => {
    const { lengthSectors } = given.geometry;
    for (const [index, extent] of given.initialContent.entries()) {
      if (extent.sector + extent.count <= lengthSectors) continue;
      const message = `ends at ${extent.sector + extent.count}, past the end of the disk (${lengthSectors} sectors)`;
      context.addIssue({ code: 'custom', path: ['initialContent', index], message });
    }
    for (const [index, bad] of given.badSectors.entries()) {
      const message = badSectorProblem(bad, given);
      if (message !== null) context.addIssue({ code: 'custom', path: ['badSectors', index], message });
    }
  });

export const setupSchema = z.strictObject({
  nodes: z
    .array(nodeSetup)
    .min(1, { error: 'must have at least one node' })
    .max(NODES_MAX, { error: `must have at most ${NODES_MAX} nodes` }),
});

export const traceSchema = z
  .strictObject({
    format: z.literal('colocheck-trace'),
    version: z.literal(TRACE_VERSION),
    note: z.string().optional(),
    signature: z.string().optional(),
    expects: z.enum(['agreement', 'divergence']).optional(),
    comparison: comparisonSchema,
    found: z
      .strictObject({
        system: z.string(),
        divergence: z.string(),
        step: z.int().min(0),
        seed: z.int().optional(),
        caseIndex: z.int().min(0).optional(),
        lastWords: z
          .array(z.string())
          .describe('What a process that was lost said last on its error output.')
          .optional(),
        circumstances: z
          .array(z.string())
          .describe('In what state it was: requests held, the block graph as it was seen last.')
          .optional(),
        shrink: z.strictObject({ candidates: count, from: count, to: count }).optional(),
      })
      .optional(),
    reproduces: z
      .boolean()
      .optional()
      .describe(
        'Whether it failed each time when it was played anew, behind the cases in `before`; false where it did not; left out where it was not tried.',
      ),
    plays: z
      .strictObject({ failed: count, of: count })
      .optional()
      .describe('How often it failed when it was played anew, each time in a fresh system.'),
    before: z
      .array(z.strictObject({ setup: setupSchema, operations: z.array(operationSchema) }))
      .optional()
      .describe(
        'The cases that the system had been given before, where it needs them or does not fail each time: a replay plays them first.',
      ),
    recorded: recordedSchema.optional(),
    setup: setupSchema,
    operations: z.array(operation),
  })
  .superRefine((trace, context) => {
    for (const [index, { skip: _skip, ...given }] of trace.operations.entries()) {
      const message = operationProblem(given, trace.setup);
      if (message !== null) context.addIssue({ code: 'custom', path: ['operations', index], message });
    }
  });

export type Trace = Immutable<z.infer<typeof traceSchema>>;
export type Recorded = Immutable<z.infer<typeof recordedSchema>>;

export type Immutable<Value> = Value extends readonly unknown[]
  ? readonly Immutable<Value[number]>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least).max(most);
}

/** Of two names both are quoted. */
function oneOf<const Names extends readonly string[]>(names: Names) {
  return names.length === 2
    ? z.enum(names, { error: `must be ${names.map((name) => JSON.stringify(name)).join(' or ')}` })
    : z.enum(names);
}
