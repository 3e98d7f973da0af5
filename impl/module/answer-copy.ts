/**
 * What a system hands out is read once and copied: it may be a live array that the next operation changes, have getters
 * that answer otherwise each time, or throw while it is read.
 */
import type { ObservationPart } from '../shown.ts';

const outcomeParts = ['kind', 'tags', 'message', 'errno', 'error', 'rule'] as const;
const wiringParts = [
  'blocked',
  'hiddenReadOnly',
  'secondaryReadOnly',
  'hiddenAttached',
  'secondaryAttached',
] as const;

export function copyOfOutcome(value: unknown): unknown {
  return copyOf(value, outcomeParts, plain);
}

/** Of a `Shown`: one entry a node, with the parts that the system declares. */
export function copyOfShown(value: unknown, observes: readonly ObservationPart[]): unknown {
  const part = (name: string, shown: unknown): unknown => {
    if (name === 'nodes') return eachOf(shown, (node) => copyOfNode(node, observes));
    return name === 'probes' ? copyOf(shown, ['getError', 'startOtherMode'], copyOfPart) : plain(name, shown);
  };
  return copyOf(value, ['nodes', 'probes', 'settled'], part);
}

/** What a system says at the end of a case. */
export function copyOfEnd(value: unknown): unknown {
  return copyOf(value, ['promise', 'detail'], plain);
}

function copyOfNode(value: unknown, observes: readonly ObservationPart[]): unknown {
  return copyOf(value, observes, copyOfPart);
}

function copyOfPart(name: string, value: unknown): unknown {
  if (name === 'wiring') return copyOf(value, wiringParts, plain);
  return Array.isArray(value) ? plain(name, value) : copyOfOutcome(value);
}

function plain(_name: string, value: unknown): unknown {
  return Array.isArray(value) ? Array.prototype.slice.call(value) : value;
}

function eachOf(value: unknown, copy: (entry: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(copy) : value;
}

/** What is no object stays as it is. */
function copyOf(
  value: unknown,
  names: readonly string[],
  part: (name: string, value: unknown) => unknown,
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const name of names) if (name in value) copy[name] = part(name, Reflect.get(value, name));
  return copy;
}
