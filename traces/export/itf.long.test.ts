/** Traces in the Informal Trace Format: each recorded one is valid by its schema, of the types it declares, and says what the model says. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Geometry } from '../../model/vocabulary.ts';
import { writeExport } from './export-file.ts';
import { listTraces } from '../replay/failure-folder.ts';
import { itfSchema } from './itf-schema.ts';
import type { ItfTrace } from './itf-schema.ts';
import { hasType } from './itf-types.ts';
import { itfLines } from './itf.ts';
import { soundTrace } from '../record/sound-trace.ts';
import { readTrace } from '../format/trace-file.ts';
import type { Trace } from '../format/trace-schema.ts';

const recorded = ['regressions', 'deviations', 'unreachable', 'witnesses'].flatMap((name) =>
  listTraces(`traces/saved/${name}`),
);

function exported(trace: Trace): ItfTrace {
  return itfSchema.parse(JSON.parse([...itfLines(trace, 'a.json')].join('\n')));
}

function mistyped({ '#meta': { varTypes }, states }: ItfTrace): string[] {
  return states.flatMap((state, index) =>
    Object.entries(varTypes)
      .filter(([name, type]) => !hasType(state[name], type))
      .map(([name]) => `states[${index}].${name}`),
  );
}

const int = (value: number) => ({ '#bigint': String(value) });
const ofNode0 = (value: unknown) => ({ '#map': [[int(0), value]] });

describe('every recorded trace', () => {
  test('is found', () => expect(recorded.length).toBeGreaterThanOrEqual(120));

  test.each(recorded)('is valid, each variable in each state is of its type: %s', (path) => {
    const trace = readTrace(path);
    const itf = exported(trace);
    expect(itf.states).toHaveLength(trace.operations.filter(({ skip }) => skip !== true).length + 1);
    expect(mistyped(itf)).toEqual([]);
  });
});

describe('a trace', () => {
  const trace: Trace = {
    ...soundTrace,
    operations: [
      { op: 'open' },
      { op: 'start', mode: 'secondary' },
      { op: 'guestWrite', sector: 2, count: 1, tag: 7 },
      { op: 'primaryWrite', sector: 0, count: 1, tag: 9 },
      { op: 'setReplication', enable: false, primary: false, failover: null },
      { op: 'getError', skip: true },
    ],
  };
  const statesOf = () => exported(trace).states;

  test('begins with the state before the first operation, and its geometry', () => {
    const states = statesOf();
    expect(states[0]).toMatchObject({
      operation: { tag: 'init', value: 'U_OF_UNIT' },
      stage: ofNode0('closed'),
      active: ofNode0({ '#map': [] }),
    });
    expect(states[0]?.['geometry']).toHaveProperty('#map');
    expect(states[1]).not.toHaveProperty('geometry');
  });

  test('states sizes of slices in the geometry of every node, or of none', () => {
    const [one] = trace.setup.nodes;
    if (one === undefined) throw new Error('the trace has no node');
    const { geometry } = one;
    const sliced = { ...one, geometry: { ...geometry, activeSliceSectors: geometry.activeClusterSectors } };
    const [first] = exported({ ...trace, setup: { nodes: [one, sliced] } }).states;
    const own = { activeSliceSectors: geometry.lengthSectors, hiddenSliceSectors: geometry.lengthSectors };
    const sizes = (stated: Geometry) =>
      Object.fromEntries(Object.entries(stated).map(([name, size]) => [name, int(Number(size))]));
    expect(first?.['geometry']).toEqual({
      '#map': [
        [int(0), sizes({ ...geometry, ...own })],
        [int(1), sizes({ ...sliced.geometry, hiddenSliceSectors: geometry.lengthSectors })],
      ],
    });
  });

  test('shows operations and outcomes, and what they did to the layers', () => {
    const states = statesOf();
    expect(states[3]).toMatchObject({
      '#meta': { index: 3, step: 'guestWrite sector 2 tag 7' },
      operation: {
        tag: 'guestWrite',
        value: { node: int(0), sector: int(2), count: int(1), content: int(7) },
      },
      outcome: { tag: 'ok', value: 'U_OF_UNIT' },
      stage: ofNode0('running'),
    });
    expect(JSON.stringify(states[3]?.['active'])).toContain(JSON.stringify([int(2), int(7)]));
    expect(JSON.stringify(states[3]?.['copied'])).toBe(JSON.stringify(ofNode0({ '#set': [] })));
    expect(JSON.stringify(states[4]?.['secondary'])).toContain(JSON.stringify([int(0), int(9)]));
    expect(JSON.stringify(states[4]?.['copied'])).toBe(JSON.stringify(ofNode0({ '#set': [int(0)] })));
    expect(states[5]?.['operation']).toMatchObject({
      value: { failover: { tag: 'None', value: 'U_OF_UNIT' } },
    });
  });

  test('leaves skipped operations out', () => expect(statesOf()).toHaveLength(6));
});

test.each([
  int(-12),
  { '#tup': [int(1), 'a'] },
  { '#set': [true] },
  { '#map': [['a', int(1)]] },
  { '#unserializable': 'a function' },
  { field: { '#tup': [] } },
])('the schema knows %j', (value) => {
  const { states, ...rest } = exported(soundTrace);
  const [first, ...others] = states;
  expect(itfSchema.safeParse({ ...rest, states: [{ ...first, stage: value }, ...others] }).success).toBe(
    true,
  );
});

describe('the schema refuses', () => {
  const withFirst = ({ states: [first, ...others], ...rest }: ItfTrace, stage: unknown) => ({
    ...rest,
    states: [{ ...first, stage }, ...others],
  });
  const faults: readonly (readonly [string, (good: ItfTrace) => unknown])[] = [
    ['numbers of JSON', (good) => withFirst(good, 1)],
    ['a name of the format in a record', (good) => withFirst(good, { '#other': 'x' })],
    ['an integer that is none', (good) => withFirst(good, { '#bigint': '1.5' })],
    ['an integer with a sign in it', (good) => withFirst(good, { '#bigint': '1-5' })],
    ['an integer and more', (good) => withFirst(good, { '#bigint': '1x' })],
    ['more beside an integer', (good) => withFirst(good, { '#bigint': '1', '#tup': [] })],
    ['a tuple that is no list', (good) => withFirst(good, { '#tup': 'a' })],
    ['a set that is no list', (good) => withFirst(good, { '#set': { '#tup': [] } })],
    ['a map whose entries are no pairs', (good) => withFirst(good, { '#map': [['a']] })],
    ['a state that lacks a variable', (good) => ({ ...good, vars: [...good.vars, 'more'] })],
    ['a state with a variable that is not declared', (good) => ({ ...good, vars: good.vars.slice(1) })],
    ['a parameter that is not set', (good) => ({ ...good, params: ['size'] })],
    ['a variable without a type', (good) => ({ ...good, '#meta': { varTypes: {} } })],
    ['a loop to no state', (good) => ({ ...good, loop: good.states.length })],
    ['no state', (good) => ({ ...good, states: [] })],
  ];

  test.each(faults)('%s', (_what, spoil) => {
    const good = exported(soundTrace);
    expect(itfSchema.safeParse(good).success).toBe(true);
    expect(itfSchema.safeParse(spoil(good)).success).toBe(false);
  });
});

test.each([
  ['Int', int(-3), 'x'],
  ['Int -> Bool', { '#map': [[int(0), true]] }, { '#map': [[int(0), 'true']] }],
  [
    'Int -> Bool',
    { '#map': [] },
    {
      '#map': [
        [int(0), true],
        [int(0), true],
      ],
    },
  ],
  ['Set({ a: Int, b: Seq(Str) })', { '#set': [{ b: ['x'], a: int(0) }] }, { '#set': [{ a: int(0) }] }],
  [
    'No(UNIT) | Yes(Int -> Int)',
    { tag: 'Yes', value: { '#map': [] } },
    { tag: 'Maybe', value: { '#map': [] } },
  ],
  ['No(UNIT) | Yes(Int)', { tag: 'No', value: 'U_OF_UNIT' }, { tag: 'Yes', value: 'U_OF_UNIT' }],
])('a value of type %s is distinguished from one that is not', (type, right, wrong) => {
  expect(hasType(right, type)).toBe(true);
  expect(hasType(wrong, type)).toBe(false);
});

test.each(['?', '(Int', 'a: Int }', '{ a: Int', 'a Set(Int)', 'Set(Int) a', 'Set(Int)a'])(
  '%s is no type',
  (type) => {
    expect(() => hasType('x', `Int -> ${type}`)).toThrow(`${type} is no type`);
  },
);

test.each([
  ['Int -> Int', 'x'],
  ['Int -> Int', { '#map': 'x' }],
  ['No(UNIT) | Yes(Int)', 'No'],
  ['No(UNIT) | Yes(Int)', { tag: int(1), value: 'U_OF_UNIT' }],
  ['No(UNIT)', { tag: 'No', value: 'U_OF_UNIT', more: 'x' }],
  ['{ a: Int }', 'a'],
  ['{ a: Int, b: Int }', { a: int(1), b: 'x' }],
  ['Set(Int)', { '#set': [int(1), 'x'] }],
  ['Seq(Int)', { '#set': [] }],
  ['Str', true],
  ['UNIT', 'x'],
  ['Int -> Int', { '#map': ['x'] }],
  ['Int -> Int', { '#map': [['x', int(1)]] }],
  ['{ a: Int }', { a: int(1), b: int(2) }],
  ['Int -> Int -> Int', { '#map': [[int(0), int(1)]] }],
  ['Set(Int) | Seq(Int)', { '#set': [int(1)] }],
  ['Seq(Int) | Set(Int)', [int(1)]],
])('of type %s is not %j', (type, value) => expect(hasType(value, type)).toBe(false));

test.each(['Int', 'Set(Int)', '{ a: Int }', 'No(UNIT)'])('nothing is not of type %s', (type) => {
  expect(hasType(undefined, type)).toBe(false);
});

test.each([
  ['(Int -> Int)', { '#map': [] }],
  [' Set( Int ) ', { '#set': [int(1)] }],
  ['{ b: Int, a: Str }', { a: 'x', b: int(1) }],
  ['Int -> Int -> Int', { '#map': [[int(0), { '#map': [[int(0), int(1)]] }]] }],
  ['Set(Int) | Seq(Int)', { tag: 'Set', value: int(1) }],
  ['Int -> { a: Int -> Int, b: Set(Int) }', { '#map': [[int(0), { a: { '#map': [] }, b: { '#set': [] } }]] }],
])('of type %s is %j', (type, value) => expect(hasType(value, type)).toBe(true));

describe('an export', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'exports-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('keeps what stood there where it cannot be written whole, and leaves nothing beside it', () => {
    const path = join(folder, 'x.itf.json');
    writeExport(path, ['one', 'two']);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    const broken = function* (): Generator<string> {
      yield 'three';
      throw new Error('no more');
    };
    expect(() => writeExport(path, broken())).toThrow(/^cannot write .*no more/);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(readdirSync(folder)).toEqual(['x.itf.json']);
  });
});
