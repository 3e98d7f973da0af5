/** Whether what a system in this process answers is an outcome, or shows the parts that it declares. */
import { abortRules, layers, stages } from '../../model/vocabulary.ts';
import type { Outcome, Setup } from '../../model/vocabulary.ts';
import type { ObservationPart, Shown } from '../shown.ts';
import type { BrokenAtEnd } from '../system.ts';
import { isErrno } from '../errno.ts';
import { quoted } from '../printed-text.ts';

const OUTCOMES =
  "must be an outcome, such as { kind: 'ok' }, { kind: 'data', tags: [1] }, { kind: 'errno', errno: 'EIO' } or { kind: 'error', message: '...' }";

/** What is wrong with it; null where it is an outcome. */
export function outcomeProblem(value: unknown): string | null {
  return isOutcome(value) ? null : `${quoted(value)}: ${OUTCOMES}`;
}

export function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  switch (value.kind) {
    case 'ok':
      return true;
    case 'data':
      return 'tags' in value && isEntries(value.tags, Number.isInteger);
    case 'error':
      return 'message' in value && typeof value.message === 'string';
    case 'errno':
      return 'errno' in value && isErrno(value.errno);
    case 'status':
      return 'error' in value && (value.error === null || typeof value.error === 'string');
    case 'abort':
      return 'rule' in value && abortRules.some((rule) => rule === value.rule);
    default:
      return false;
  }
}

/** What is wrong with what a system says at the end of a case; null where it says which promise is broken, or null. */
export function endProblem(value: unknown): string | null {
  const isText = (part: string): boolean =>
    typeof partOf(value, part) === 'string' && partOf(value, part) !== '';
  if (value === null || (isText('promise') && isText('detail'))) return null;
  return `${quoted(value)}: must be null, or { promise: '...', detail: '...' }`;
}

export function isShown(value: unknown, observes: readonly ObservationPart[], setup: Setup): value is Shown {
  return nodesProblem(partOf(value, 'nodes'), observes, setup) === null;
}

export function isEnd(value: unknown): value is BrokenAtEnd | null {
  return endProblem(value) === null;
}

/** What is wrong with what the nodes show; null where each shows every declared part, of the length of its disk. */
export function nodesProblem(
  nodes: unknown,
  observes: readonly ObservationPart[],
  setup: Setup,
): string | null {
  if (!Array.isArray(nodes)) return `${quoted(nodes)}: must be an array with one entry a node`;
  if (nodes.length !== setup.nodes.length)
    return `${nodes.length} nodes: the setup has ${setup.nodes.length}`;
  for (const [node, { geometry }] of setup.nodes.entries()) {
    const shown: unknown = nodes[node];
    for (const part of observes) {
      if (part === 'probes') continue;
      const value = partOf(shown, part);
      const wanted = partProblem(part, value, geometry.lengthSectors);
      if (wanted !== null) return `${part} of node ${node} as ${quoted(value)}: must be ${wanted}`;
    }
  }
  return null;
}

function partOf(shown: unknown, part: string): unknown {
  if (typeof shown !== 'object' || shown === null) return undefined;
  const values: Partial<Record<string, unknown>> = { ...shown };
  return values[part];
}

/** What the part must be; null where it is. */
function partProblem(
  part: Exclude<ObservationPart, 'probes'>,
  value: unknown,
  lengthSectors: number,
): string | null {
  const sectors = (isEntry: (entry: unknown) => boolean): boolean =>
    isEntries(value, isEntry) && value.length === lengthSectors;
  switch (part) {
    case 'stage':
      return stages.some((stage) => stage === value) ? null : `one of ${stages.join(', ')}`;
    case 'errorFlag':
    case 'commitRuns':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'view':
      return isView(value, lengthSectors)
        ? null
        : `an outcome, and where that is data one tag a sector, ${lengthSectors}`;
    case 'active':
    case 'hidden':
      return sectors((entry) => entry === null || Number.isInteger(entry))
        ? null
        : `${lengthSectors} tags, null where nothing is allocated`;
    case 'secondary':
      return sectors(Number.isInteger) ? null : `${lengthSectors} tags`;
    case 'answeredBy':
      return value === null || sectors((entry) => layers.some((layer) => layer === entry))
        ? null
        : `null, or ${lengthSectors} of ${layers.join(', ')}`;
    case 'wiring':
      return typeof value === 'object' && value !== null
        ? null
        : 'an object of blocked, hiddenReadOnly and so on';
  }
}

function isView(value: unknown, lengthSectors: number): boolean {
  if (!isOutcome(value)) return false;
  const tags = partOf(value, 'tags');
  return !Array.isArray(tags) || tags.length === lengthSectors;
}

function isEntries(value: unknown, isEntry: (entry: unknown) => boolean): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  for (let index = 0; index < value.length; index++) if (!isEntry(value[index])) return false;
  return true;
}
