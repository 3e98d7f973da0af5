/** How outcomes and observations are written on the wire, and the checks that an answer must pass to be one. */
import { z } from 'zod';
import { abortRules, layers, stages } from '../../model/vocabulary.ts';
import type {
  AbortRule,
  Layer,
  Outcome,
  OverlayContent,
  Setup,
  Stage,
  Tag,
  Wiring,
} from '../../model/vocabulary.ts';
import type { ObservationPart, Shown, ShownNode } from '../shown.ts';
import { errnoSchema, isErrno } from '../errno.ts';
import { quoted } from '../printed-text.ts';
import { MalformedAnswer } from './adapter-error.ts';

const tags = z.array(z.int()).describe('data that was read: one tag a sector');

export const outcomeCode = z.union([
  z.literal('ok'),
  tags,
  errnoSchema,
  z.strictObject({ error: z.string().describe('exact error string') }),
  z.strictObject({ status: z.string().nullable().describe('of queryStatus') }),
  z.strictObject({ abort: z.enum(abortRules).describe('the process would have died') }),
]);

/** The parts that an adapter can show; `probes` are asked of real binaries only. */
export const observableParts = [
  'stage',
  'errorFlag',
  'view',
  'active',
  'hidden',
  'secondary',
  'wiring',
  'answeredBy',
  'commitRuns',
] as const satisfies readonly ObservationPart[];
export type ObservablePart = (typeof observableParts)[number];

const overlay = z.array(z.int().nullable()).describe('one entry a sector, null where it is not allocated');
const wiringCode = z.strictObject({
  blocked: z.boolean().optional(),
  hiddenReadOnly: z.boolean().optional(),
  secondaryReadOnly: z.boolean().optional(),
  hiddenAttached: z.int().optional(),
  secondaryAttached: z.int().optional(),
});

/** What stands for each part; of a node they are sent as one array, in the order in which `observes` names them. */
export const partCodes = z.strictObject({
  stage: z.enum(stages),
  errorFlag: z.boolean(),
  view: outcomeCode,
  active: overlay,
  hidden: overlay,
  secondary: tags,
  wiring: wiringCode,
  answeredBy: z.array(z.enum(layers)).nullable(),
  commitRuns: z.boolean(),
});

const ok: Outcome = { kind: 'ok' };
const eio: Outcome = { kind: 'errno', errno: 'EIO' };
const einval: Outcome = { kind: 'errno', errno: 'EINVAL' };

/** Throws `MalformedAnswer`. */
export function decodeOutcome(value: unknown): Outcome {
  if (value === 'ok') return ok;
  if (value === 'EIO') return eio;
  if (value === 'EINVAL') return einval;
  if (isTags(value)) return { kind: 'data', tags: value };
  if (isErrno(value)) return { kind: 'errno', errno: value };
  return decodeRareOutcome(value) ?? malformed(`${quoted(value)} is no outcome`);
}

function decodeRareOutcome(value: unknown): Outcome | null {
  if (typeof value !== 'object' || value === null) return null;
  if ('error' in value && typeof value.error === 'string') return { kind: 'error', message: value.error };
  if ('status' in value && (value.status === null || typeof value.status === 'string')) {
    return { kind: 'status', error: value.status };
  }
  const rule = 'abort' in value ? ruleOf.get(value.abort) : undefined;
  return rule === undefined ? null : { kind: 'abort', rule };
}

/** Throws `MalformedAnswer`, which names node and part. */
export function decodeShown(value: unknown, observes: readonly ObservablePart[], { nodes }: Setup): Shown {
  if (!Array.isArray(value))
    return malformed(`${quoted(value)} is no observation: an array with one entry a node`);
  if (value.length !== nodes.length) {
    return malformed(`${value.length} nodes are shown: the setup has ${nodes.length}`);
  }
  return {
    nodes: nodes.map(({ geometry }, node) => decodeNode(value[node], node, observes, geometry.lengthSectors)),
  };
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

function decodeNode(
  value: unknown,
  node: number,
  observes: readonly ObservablePart[],
  lengthSectors: number,
): ShownNode {
  if (!Array.isArray(value)) {
    return malformed(
      `node ${node} is ${quoted(value)}: an array of the declared parts (${observes.join(', ')})`,
    );
  }
  const parts: readonly unknown[] = value;
  if (parts.length !== observes.length) {
    return malformed(`node ${node} shows ${parts.length} parts: it declared ${observes.join(', ')}`);
  }
  const shown: Mutable<ShownNode> = {};
  for (let index = 0; index < observes.length; index++) {
    const part = observes[index];
    if (part !== undefined) decodePart(shown, part, parts[index], node, lengthSectors);
  }
  return shown;
}

function decodePart(
  shown: Mutable<ShownNode>,
  part: ObservablePart,
  value: unknown,
  node: number,
  lengthSectors: number,
): void {
  const place: Place = { part, node, lengthSectors };
  switch (part) {
    case 'stage':
      shown.stage = stageOf.get(value) ?? wrong(place, value, `one of ${stages.join(', ')}`);
      return;
    case 'errorFlag':
    case 'commitRuns':
      shown[part] = typeof value === 'boolean' ? value : wrong(place, value, 'true or false');
      return;
    case 'view': {
      const view = decodeOutcome(value);
      if (view.kind === 'data') whole(place, view.tags);
      shown.view = view;
      return;
    }
    case 'active':
    case 'hidden':
      shown[part] = isOverlay(value)
        ? whole(place, value)
        : wrong(place, value, 'an array of whole numbers and null');
      return;
    case 'secondary':
      shown.secondary = isTags(value)
        ? whole(place, value)
        : wrong(place, value, 'an array of whole numbers');
      return;
    case 'answeredBy':
      shown.answeredBy =
        value === null
          ? null
          : whole(place, decodeLayers(value) ?? wrong(place, value, 'an array of layers, or null'));
      return;
    case 'wiring':
      shown.wiring =
        decodeWiring(value) ?? wrong(place, value, 'an object of blocked, hiddenReadOnly and so on');
  }
}

interface Place {
  readonly part: ObservablePart;
  readonly node: number;
  readonly lengthSectors: number;
}

function wrong({ part, node }: Place, value: unknown, wanted: string): never {
  return malformed(`${part} of node ${node} is ${quoted(value)}: must be ${wanted}`);
}

function whole<Entries extends readonly unknown[]>(
  { part, node, lengthSectors }: Place,
  entries: Entries,
): Entries {
  if (entries.length === lengthSectors) return entries;
  return malformed(`${part} of node ${node} has ${entries.length} sectors: the disk has ${lengthSectors}`);
}

function isLayer(value: unknown): value is Layer {
  return layers.some((layer) => layer === value);
}

/** Ends at the first that is none: of a long list that is wrong nobody wants to know all. */
function decodeLayers(value: unknown): readonly Layer[] | null {
  return Array.isArray(value) && value.every(isLayer) ? value : null;
}

function decodeWiring(value: unknown): Partial<Wiring> | null {
  const { data } = wiringCode.safeParse(value);
  if (data === undefined) return null;
  const { blocked, hiddenReadOnly, secondaryReadOnly, hiddenAttached, secondaryAttached } = data;
  return {
    ...(blocked === undefined ? {} : { blocked }),
    ...(hiddenReadOnly === undefined ? {} : { hiddenReadOnly }),
    ...(secondaryReadOnly === undefined ? {} : { secondaryReadOnly }),
    ...(hiddenAttached === undefined ? {} : { hiddenAttached }),
    ...(secondaryAttached === undefined ? {} : { secondaryAttached }),
  };
}

const stageOf = new Map<unknown, Stage>(stages.map((stage) => [stage, stage]));
const ruleOf = new Map<unknown, AbortRule>(abortRules.map((rule) => [rule, rule]));

function isTags(value: unknown): value is readonly Tag[] {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) if (!Number.isInteger(value[index])) return false;
  return true;
}

function isOverlay(value: unknown): value is OverlayContent {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) {
    if (value[index] !== null && !Number.isInteger(value[index])) return false;
  }
  return true;
}

function malformed(message: string): never {
  throw new MalformedAnswer(message);
}
