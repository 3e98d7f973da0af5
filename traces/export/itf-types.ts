/** Whether a value in the Informal Trace Format is of a type in Apalache's notation (ADR 2), for the tests of the export. */
import type { ItfValue } from './itf-schema.ts';

type Check = (value: ItfValue | undefined) => boolean;

/** Throws an `Error` for what is no type. */
export function hasType(value: ItfValue | undefined, type: string): boolean {
  return checkOf(type)(value);
}

function checkOf(text: string): Check {
  const type = text.trim();
  const [from = '', ...to] = splitAt(type, ' -> ');
  if (to.length > 0) return mapCheck(checkOf(from), checkOf(to.join(' -> ')));
  const simple = simpleChecks[type];
  if (simple !== undefined) return simple;
  const grouped = inside(type, '(', ')');
  if (grouped !== null) return checkOf(grouped);
  const fields = inside(type, '{', '}');
  if (fields !== null) return recordCheck(pairs(splitAt(fields, ','), ':'));
  const options = splitAt(type, ' | ').map((option) => /^\s*(\w+)\((.*)\)\s*$/s.exec(option));
  const [first] = options;
  if (options.length === 1 && first?.[1] === 'Set') return listCheck('#set', checkOf(first[2] ?? ''));
  if (options.length === 1 && first?.[1] === 'Seq') return sequenceCheck(checkOf(first[2] ?? ''));
  const variants = new Map(
    options.map((option) => {
      if (option === null) throw new Error(`${type} is no type`);
      return [option[1] ?? '', checkOf(option[2] ?? '')] as const;
    }),
  );
  return (value) => {
    const tag = fieldOf(value, 'tag');
    if (typeof tag !== 'string' || keysOf(value).join() !== 'tag,value') return false;
    return variants.get(tag)?.(fieldOf(value, 'value')) === true;
  };
}

const simpleChecks: Readonly<Record<string, Check>> = {
  Bool: (value) => typeof value === 'boolean',
  Str: (value) => typeof value === 'string',
  UNIT: (value) => value === 'U_OF_UNIT',
  Int: (value) => keysOf(value).join() === '#bigint',
};

function mapCheck(isKey: Check, isValue: Check): Check {
  return (value) => {
    const entries = fieldOf(value, '#map');
    if (!isList(entries)) return false;
    const keys = new Set(entries.map((entry) => JSON.stringify(isList(entry) ? entry[0] : entry)));
    return (
      keys.size === entries.length &&
      entries.every((entry) => isList(entry) && isKey(entry[0]) && isValue(entry[1]))
    );
  };
}

function recordCheck(fields: readonly (readonly [string, string])[]): Check {
  return (value) =>
    keysOf(value).toSorted(inOrder).join() ===
      fields
        .map(([name]) => name)
        .toSorted(inOrder)
        .join() && fields.every(([name, type]) => hasType(fieldOf(value, name), type));
}

function inOrder(left: string, right: string): number {
  return left < right ? -1 : 1;
}

function listCheck(name: '#set', isElement: Check): Check {
  return (value) => sequenceCheck(isElement)(fieldOf(value, name));
}

function sequenceCheck(isElement: Check): Check {
  return (value) => isList(value) && value.every(isElement);
}

function isList(value: ItfValue | undefined): value is readonly ItfValue[] {
  return Array.isArray(value);
}

function keysOf(value: ItfValue | undefined): string[] {
  return typeof value === 'object' && !isList(value) ? Object.keys(value) : [];
}

function fieldOf(value: ItfValue | undefined, name: string): ItfValue | undefined {
  if (typeof value !== 'object' || isList(value)) return undefined;
  return new Map<string, ItfValue>(Object.entries(value)).get(name);
}

/** What stands between the brackets, where they are those of the whole. */
function inside(type: string, open: string, close: string): string | null {
  return type.startsWith(open) && type.endsWith(close) ? type.slice(1, -1) : null;
}

function pairs(texts: readonly string[], separator: string): (readonly [string, string])[] {
  return texts.map((text) => {
    const place = text.indexOf(separator);
    return [text.slice(0, place).trim(), text.slice(place + 1)];
  });
}

/** Parts outside of all brackets. */
function splitAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let place = 0; place < text.length; place++) {
    const char = text[place] ?? '';
    if ('({'.includes(char)) depth++;
    if (')}'.includes(char)) depth--;
    if (depth > 0 || !text.startsWith(separator, place)) continue;
    parts.push(text.slice(begin, place));
    begin = place + separator.length;
  }
  return [...parts, text.slice(begin)];
}
