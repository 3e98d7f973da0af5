/** The messages between colocheck and an adapter: requests go out, one JSON object a line, and each is answered by one. */
import { z } from 'zod';
import { defects, layers, modes, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import type { Stage } from '../../model/vocabulary.ts';
import { operationNames } from '../operation-lists.ts';
import { essentialOperations } from '../capabilities.ts';
import type { Capabilities } from '../capabilities.ts';
import { observableParts, outcomeCode } from './answer-code.ts';
import type { ObservablePart } from './answer-code.ts';
import { operationCode } from './operation-code.ts';
import { setupCode } from './setup-code.ts';

export const PROTOCOL_VERSION = 1;

const id = z.int().min(1).describe('the answer has the same');
const each = z
  .enum(['each', 'last'])
  .describe('what is shown: after each operation, or only after the last one');

const requests = {
  hello: z.strictObject({
    id,
    request: z.literal('hello'),
    protocol: z.literal(PROTOCOL_VERSION),
    comparison: z
      .enum(['qemu', 'document'])
      .describe(
        'what is right: what the real QEMU does; or also what its design document says where QEMU deviates from it',
      ),
  }),
  load: z.strictObject({ id, request: z.literal('load'), setup: setupCode }),
  apply: z.strictObject({ id, request: z.literal('apply'), operation: operationCode }),
  observe: z.strictObject({ id, request: z.literal('observe') }),
  run: z.strictObject({
    id,
    request: z.literal('run'),
    setup: setupCode,
    operations: z.array(operationCode),
    observe: each,
  }),
  bye: z.strictObject({ id, request: z.literal('bye') }),
};

export const requestSchema = z.discriminatedUnion('request', [
  requests.hello,
  requests.load,
  requests.apply,
  requests.observe,
  requests.run,
  requests.bye,
]);

type WithoutId<Each> = Each extends unknown ? Omit<Each, 'id'> : never;
/** A request before it has its number. */
export type RequestBody = Immutable<WithoutId<z.infer<typeof requestSchema>>>;

/** The same, and what only a process of ours is asked. */
export interface AnyBody {
  readonly request: string;
  readonly operation?: unknown;
  readonly operations?: readonly unknown[];
  readonly stages?: readonly Stage[];
}

type Immutable<Value> = Value extends readonly [unknown, ...unknown[]]
  ? Readonly<Value>
  : Value extends readonly (infer Entry)[]
    ? readonly Immutable<Entry>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
      : Value;

const capabilitiesCode = z
  .strictObject({
    operations: z.array(z.enum(operationNames)).describe('at least open, start and close'),
    observes: z.array(z.enum(observableParts)).describe('parts of each node that are shown, in this order'),
    modes: z.array(z.enum(modes)).min(1),
    defects: z.array(z.enum(defects)).default([]),
    badSectors: z.array(z.enum(layers)).default([]).describe('disks that can be given bad sectors'),
    readOnly: z.array(z.enum(readOnlyPlaces)).default([]),
    nodesMax: z.int().min(1).max(NODES_MAX).default(1),
    control: z
      .enum(['driver', 'qmp'])
      .default('driver')
      .describe('qmp: the errors of a stop with failover are swallowed'),
    commit: z
      .enum(['stepped', 'free', 'settled'])
      .default('stepped')
      .describe(
        'stepped: one request after the other, as commitAdvance says; free: in any order, by commitSettle; settled: an older name of free',
      ),
    geometry: z.strictObject({
      sectorBytes: z.union([z.literal('any'), z.literal(512)]),
      lengthSectorsMax: z.int().min(1),
      slices: z
        .enum(['any', 'qemu'])
        .default('qemu')
        .describe('any: setups may state the sizes of L2 slices; qemu: they are what they are in QEMU'),
      diskSectorsMax: z
        .int()
        .min(1)
        .optional()
        .describe('disks may have gaps, and with them so many sectors; left out: no disk has gaps'),
    }),
    run: z.boolean().default(false).describe('the request run is understood'),
    clone: z
      .literal(false)
      .default(false)
      .describe('kept for later: no request of this version clones a state'),
  })
  .superRefine(({ operations, badSectors, commit }, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const missing = essentialOperations.filter((name) => !operations.includes(name));
    if (missing.length > 0)
      refuse('operations', `${missing.join(', ')} must be among them: no case can do without`);
    if (badSectors.length === 0 && operations.includes('breakSector'))
      refuse('badSectors', 'must name the disks that breakSector can break');
    if (commit !== 'stepped' && operations.includes('commitAdvance'))
      refuse('operations', 'commitAdvance needs the commit to be stepped');
  });

export const helloResult = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION, {
    error: `must be ${PROTOCOL_VERSION}, the version that was asked for`,
  }),
  name: z.string().min(1),
  version: z.string(),
  capabilities: capabilitiesCode,
});
export type Hello = z.infer<typeof helloResult>;

const shown = z.array(z.array(z.unknown())).describe('one entry a node: its parts, in the declared order');

/** What `result` of an answer is, by the request. */
export const resultSchemas = {
  hello: helloResult,
  load: z.null(),
  apply: outcomeCode,
  observe: shown,
  run: z.strictObject({
    outcomes: z.array(outcomeCode).describe('one an operation'),
    observations: z
      .array(shown.nullable())
      .describe('one an operation, or the last alone; null: as after the operation before'),
  }),
  bye: z.null(),
};

export const answerSchema = z.union([
  z.strictObject({ id, result: z.unknown().describe('by the request, see $defs') }),
  z.strictObject({
    id,
    error: z.string().describe('the request cannot be carried out; colocheck ends and says this'),
  }),
]);

/** The capabilities as the search knows them. */
export function capabilitiesOf({
  capabilities,
}: Hello): Capabilities & { readonly observes: readonly ObservablePart[] } {
  const { run: _run, clone: _clone, commit, ...rest } = capabilities;
  return { ...rest, commit: commit === 'stepped' ? 'stepped' : 'free' };
}
