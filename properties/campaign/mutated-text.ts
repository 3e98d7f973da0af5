/** Mutations of a line of JSON: of its bytes, and of the values in it. */

/** A number from 0 on, below the one that is given. */
export type Choose = (below: number) => number;

/** `line` ends with a line break. */
export function mutated(line: string, choose: Choose): string {
  const mutation = mutations[choose(mutations.length)];
  return mutation === undefined ? line : mutation(line, choose);
}

type Mutation = (line: string, choose: Choose) => string;

const values: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  'ok',
  'EIO',
  'ENOSPC',
  'E\n::error::x',
  '\u0000\u001b[2J\u202e\n##[error]x',
  { error: '\u0007\u009b31m' },
  '\u0007\u009b31m',
  'E\u001b',
  'x'.repeat(100_000),
  [],
  {},
  [[]],
  [null],
  [1, 'a'],
  Array<number>(100_000).fill(7),
  { error: 'x\r\n::warning::y' },
  { status: 7 },
  { abort: 'never' },
  { kind: 'ok' },
  { length: 8 },
];

/** As no `JSON.stringify` writes them. */
const texts = [
  '1e999',
  '-0',
  '{"__proto__":null}',
  '[[[[',
  '{"result":1,"result":2}',
  '"\\ud800"',
  'NaN',
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
];

const mutations: readonly Mutation[] = [
  withValue,
  withValue,
  withValue,
  withText,
  without,
  (line, choose) => cut(line, choose, (before, _piece, after) => before + after),
  (line, choose) => cut(line, choose, (before, piece, after) => before + piece + piece + after),
  (line, choose) =>
    cut(line, choose, (before, _piece, after) => `${before}${String.fromCharCode(choose(256))}${after}`),
  (line, choose) => cut(line, choose, (before, piece, after) => `${before}\n${piece}${after}`),
  (line) => line + line,
  (line) => `\n${line}`,
  (line) => `Segmentation fault\n${line}`,
  (line) => line.replace(/"id":(\d+)/, '"id":"$1"'),
  (line) => line.replace(/"id":\d+/, '"id":4711'),
  (line, choose) => line.slice(0, choose(line.length)),
  () => '',
];

function cut(
  line: string,
  choose: Choose,
  join: (before: string, piece: string, after: string) => string,
): string {
  const from = choose(line.length);
  const to = from + 1 + choose(8);
  return join(line.slice(0, from), line.slice(from, to), line.slice(to));
}

function withValue(line: string, choose: Choose): string {
  return `${JSON.stringify(changed(JSON.parse(line), choose, () => values[choose(values.length)]))}\n`;
}

/** Left out, where it is of an object; null in an array. */
function without(line: string, choose: Choose): string {
  return `${JSON.stringify(changed(JSON.parse(line), choose, () => undefined))}\n`;
}

function withText(line: string, choose: Choose): string {
  const mark = 'the place of a text';
  const marked = JSON.stringify(changed(JSON.parse(line), choose, () => mark));
  return `${marked.replace(JSON.stringify(mark), texts[choose(texts.length)] ?? '')}\n`;
}

/** One value somewhere in it is another. */
function changed(value: unknown, choose: Choose, by: () => unknown): unknown {
  let left = choose(countOf(value));
  const copy = (part: unknown): unknown => {
    if (left-- === 0) return by();
    if (Array.isArray(part)) return part.map(copy);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, copy(entry)]));
  };
  return copy(value);
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const part of Object.values(value)) count += countOf(part);
  return count;
}
