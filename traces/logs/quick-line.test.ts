/** The quick recognition of lines never accepts what the schema refuses, and spares nearly every line the schema. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { observe } from '../../model/observe.ts';
import { observeIndirectly } from '../../properties/comparison/shown-by-model.ts';
import { writeModelLog } from './log-bench.ts';
import { logSchema } from './log-schema.ts';
import { isUsualLine } from './quick-line.ts';

const probing = {
  nodes: [],
  probes: { getError: { kind: 'ok' }, startOtherMode: null },
} as const;

function modelLines(): unknown[] {
  const folder = mkdtempSync(join(tmpdir(), 'colocheck-quick-'));
  try {
    const path = join(folder, 'model.log');
    writeModelLog(path, 2000, ({ nodes, dead }) =>
      nodes.map((node) => ({ ...observe(node, dead), ...observeIndirectly(node) })),
    );
    return readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const full = { answer: { kind: 'errno', errno: 'ENOSPC' } };
const lines = [...modelLines(), full, { answer: { kind: 'status', error: null }, shown: probing }];

test('every operation and every answer of the model is recognized', () => {
  const unusual = lines.filter((line) => !isUsualLine(line));
  expect(unusual.length).toBeGreaterThan(20);
  expect(unusual.filter((line) => !/^\{"(format|setup)"/.test(JSON.stringify(line)))).toEqual([]);
});

// oxfmt-ignore
const stranger: readonly unknown[] = [
  undefined, null, true, 'ok', 'running', -1, -2, 0.5, 2 ** 40, 1e300, [], [1, null], ['hidden'], {}, { kind: 'ok' },
  { kind: 'data', tags: [1] }, { kind: 'ok', tags: [] }, { op: 'open', skip: true }, { op: 'open', node: 3 },
  { nodes: [{}, {}, {}, {}] }, { getError: null }, { constructor: 1 },
];

/** The same line with one value somewhere in it replaced or, by undefined, left out. */
function changed(value: unknown, place: number, by: unknown): unknown {
  let left = place;
  const copy = (part: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(part)) return part.map(copy);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, copy(entry)]));
  };
  return copy(value);
}

test('nothing is recognized that the schema refuses', () => {
  const strange = fc.constantFrom<unknown>(...stranger);
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...lines), fc.nat(60), strange, (line, place, by) => {
      // What a file can hold.
      const json: unknown = JSON.parse(JSON.stringify(changed(line, place, by)) ?? 'null');
      const isAllowed = logSchema.safeParse(json).success;
      if (!isAllowed) refused++;
      return isAllowed || !isUsualLine(json);
    }),
    { seed: 1, numRuns: 20_000 },
  );
  expect(refused).toBeGreaterThan(5000);
});

test.each([
  null,
  7,
  'text',
  [],
  {},
  { answer: {} },
  { operation: { op: 'constructor' } },
  { operation: null },
])('%j is not recognized', (json) => {
  expect(isUsualLine(json)).toBe(false);
  expect(logSchema.safeParse(json).success).toBe(false);
});
