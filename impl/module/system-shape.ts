/** Whether a value is a system under test: what it must have, and what it must declare. */
import { z } from 'zod';
import { defects, layers, modes, NODES_MAX, readOnlyPlaces } from '../../model/vocabulary.ts';
import { operationNames } from '../operation-lists.ts';
import { essentialOperations } from '../capabilities.ts';
import { observableParts } from '../exec/answer-code.ts';
import type { AsyncSystem, PlainSystem } from '../system.ts';
import { thrownText } from '../printed-text.ts';

const capabilitiesShape = z
  .object({
    operations: z.array(z.enum(operationNames)),
    observes: z.array(z.enum(observableParts)),
    modes: z.array(z.enum(modes)).min(1),
    defects: z.array(z.enum(defects)),
    badSectors: z.array(z.enum(layers)),
    readOnly: z.array(z.enum(readOnlyPlaces)),
    nodesMax: z.int().min(1).max(NODES_MAX),
    control: z.enum(['driver', 'qmp']),
    commit: z.enum(['stepped', 'free']),
    geometry: z.object({
      sectorBytes: z.union([z.literal('any'), z.literal(512)]),
      lengthSectorsMax: z.int().min(1),
      slices: z.enum(['any', 'qemu']).optional(),
      diskSectorsMax: z.int().min(1).optional(),
    }),
  })
  .superRefine(({ operations, badSectors }, context) => {
    const missing = essentialOperations.filter((name) => !operations.includes(name));
    if (missing.length > 0) {
      const message = `${missing.join(', ')} must be among them: no case can do without`;
      context.addIssue({ code: 'custom', path: ['operations'], message });
    }
    if (badSectors.length === 0 && operations.includes('breakSector')) {
      const message = 'must name the disks that breakSector can break';
      context.addIssue({ code: 'custom', path: ['badSectors'], message });
    }
  });

/** What a system that declares nothing is asked to declare. */
export const WHAT_TO_DECLARE =
  'declare in capabilities at least operations (open, start, close, and the requests that it understands), observes, modes and geometry';

/** What keeps the value from being a system; null where it is one. */
export function shapeProblem(value: unknown): string | null {
  try {
    return problemOf(value);
  } catch (error) {
    return `throws when it is looked at: ${thrownText(error)}`;
  }
}

function problemOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) {
    return 'is no system: an object with name, capabilities, load, apply, observe and unload';
  }
  const given: Partial<Record<string, unknown>> = {};
  for (const member of members) given[member] = memberOf(value, member);
  if (typeof given['name'] !== 'string' || given['name'] === '') return 'has no name: a text';
  const { capabilities } = given;
  if (typeof capabilities !== 'object' || capabilities === null || Object.keys(capabilities).length === 0) {
    return `declares nothing: ${WHAT_TO_DECLARE}`;
  }
  const [issue] = capabilitiesShape.safeParse(capabilities).error?.issues ?? [];
  if (issue !== undefined) return `has capabilities.${issue.path.join('.')}: ${issue.message}`;
  const isWaitedFor = given['shutdown'] !== undefined;
  const methods = ['load', 'apply', 'observe', 'unload', ...(isWaitedFor ? ['accepts', 'shutdown'] : [])];
  const missing = methods.filter((method) => typeof given[method] !== 'function');
  return missing.length === 0 ? null : `has no method ${missing.join(', ')}`;
}

const members = [
  'name',
  'capabilities',
  'load',
  'apply',
  'observe',
  'unload',
  'accepts',
  'shutdown',
] as const;

/** Methods of a class lie on its prototype. */
function memberOf(value: object, member: (typeof members)[number]): unknown {
  return Reflect.get(value, member);
}

/** Whether a value without `shapeProblem` is one; the other kind answers at once. */
export function isSystem(value: unknown): value is PlainSystem | AsyncSystem {
  return shapeProblem(value) === null;
}

export function isAsyncSystem(system: PlainSystem | AsyncSystem): system is AsyncSystem {
  return 'shutdown' in system;
}
