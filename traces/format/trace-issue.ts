/** What is wrong with a value in a trace: its place, what stands there, and what must stand there. */
import type { z } from 'zod';
import { visible } from '../../impl/printed-text.ts';

const SHOWN_MAX = 60;
const KEYS_SHOWN_MAX = 3;

/** Says what zod's own messages say in other words; the schema's own messages go before. */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${JSON.stringify(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `there is no ${issue.keys.slice(0, KEYS_SHOWN_MAX).map(shown).join(', ')} here`;
    default:
      return undefined;
  }
}

/** One line such as `operations[3].count is -1: must be a whole number from 0 to 4294967295`. */
export function describeIssue({ path, message }: z.core.$ZodIssue, json: unknown): string {
  if (path.length === 0) return visible(message);
  const place = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  return visible(`${place} is ${shown(path.reduce(entryOf, json))}: ${message}`);
}

function entryOf(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === String(key))?.[1];
}

/** Numbers as they are: JSON would show what is too large for it as null. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'number' ? String(value) : jsonOf(value);
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - 3)}...`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'nested too deep to be shown';
  }
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
