/** The format of a saved trace: a setup, operations, and what is known of where they came from. */
import { defects, emptyingFaults, layers, NODES_MAX } from '../model/vocabulary.ts';
import { comparisonModes } from '../properties/comparison-mode.ts';
import { badSectorProblem, operationProblem } from '../properties/setup-problem.ts';
import { z } from 'zod';
import { recordedSchema } from './recorded-schema.ts';
import { TAG_MAX } from '../impl/payload.ts';

export const TRACE_VERSION = 2;

/** Larger numbers name no sector of any disk that this format allows, and are surely a mistake. */
const SECTOR_MAX = 2 ** 32 - 1;
const LENGTH_SECTORS_MAX = 2 ** 21;
const DISK_BYTES_MAX = 2 ** 30;
const SECTOR_BYTES_MAX = 65_536;

const count = wholeNumber(0, SECTOR_MAX);
const size = wholeNumber(1, LENGTH_SECTORS_MAX);
/** Clusters of 2 MiB have slices of 2^30 sectors. */
const slice = wholeNumber(1, SECTOR_MAX).optional();
const tag = wholeNumber(0, TAG_MAX);
const mode = z.enum(['primary', 'secondary'], { error: 'must be "primary" or "secondary"' });
const skip = z.literal(true).optional().describe('The operation is left out when the trace is run.');

const node = wholeNumber(0, NODES_MAX - 1)
  .optional()
  .describe('Index of the node that the operation is for; 0 where it is left out.');
const disk = z.enum(layers);
const overlay = z.enum(['active', 'hidden'], { error: 'must be "active" or "hidden"' });
const access = z.enum(['read', 'write'], { error: 'must be "read" or "write"' });
const job = z.enum(['backup', 'commit'], { error: 'must be "backup" or "commit": there is no other job' });

const toAll = <Name extends string>(op: Name) => z.strictObject({ op: z.literal(op), skip });
const plain = <Name extends string>(op: Name) => z.strictObject({ op: z.literal(op), node, skip });
const ranged = <Name extends string>(op: Name) =>
  z.strictObject({ op: z.literal(op), sector: count, count, node, skip });
const tagged = <Name extends string>(op: Name) =>
  z.strictObject({ op: z.literal(op), sector: count, count, tag, node, skip });

const operations = [
  plain('open'),
  z.strictObject({ op: z.literal('start'), mode, skip }),
  toAll('checkpoint'),
  toAll('getError'),
  z.strictObject({ op: z.literal('stop'), failover: z.boolean(), skip }),
  plain('close'),
  z.strictObject({
    op: z.literal('setReplication'),
    enable: z.boolean(),
    primary: z.boolean(),
    failover: z.boolean().nullable(),
    skip,
  }),
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
  z.strictObject({ op: z.literal('breakSector'), disk, access, sector: count, node, skip }),
  z.strictObject({ op: z.literal('repairSectors'), disk, node, skip }),
  z.strictObject({ op: z.literal('failEmptying'), disk: overlay, how: z.enum(emptyingFaults), node, skip }),
  z.strictObject({ op: z.literal('endJob'), job, node, skip }),
  plain('cutLink'),
  plain('restoreLink'),
] as const;

const operationNames = operations.map(({ shape }) => shape.op.value).join(', ');

const operation = z.discriminatedUnion('op', operations, {
  error: ({ input }) =>
    typeof input === 'object' && input !== null && !Array.isArray(input)
      ? `must be one of ${operationNames}`
      : 'must be an operation, such as { "op": "open" }',
});

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
    readOnly: z.array(z.enum(['hidden', 'secondary'], { error: 'must be "hidden" or "secondary"' })),
    badSectors: z.array(z.strictObject({ disk, access, sector: count })),
    defects: z.array(z.enum(defects)),
    commitRequestsMax: wholeNumber(1, 1024),
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

const setup = z.strictObject({
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
    comparison: z.enum(comparisonModes),
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
    recorded: recordedSchema.optional(),
    setup,
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
export type TraceOperation = Immutable<z.infer<typeof operation>>;

type Immutable<Value> = Value extends readonly unknown[]
  ? readonly Immutable<Value[number]>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least).max(most);
}
