/** Whole files in the Informal Trace Format, character by character, and what is wrong with one that is none. */
import { describe, expect, test } from 'vitest';
import { itfSchema } from './itf-schema.ts';
import { itfLines } from './itf.ts';
import { soundTrace } from '../record/sound-trace.ts';
import type { Trace, TraceOperation } from '../format/trace-schema.ts';

function text(trace: Trace, path = 'a.json'): string {
  return `${[...itfLines(trace, path)].join('\n')}\n`;
}

const told: readonly (readonly [string, readonly TraceOperation[]])[] = [
  [
    'running',
    [
      { op: 'open' },
      { op: 'start', mode: 'secondary' },
      { op: 'guestWrite', sector: 2, count: 2, tag: 7 },
      { op: 'primaryWrite', sector: 0, count: 1, tag: 9 },
      { op: 'primaryWrite', sector: 3, count: 1, tag: 9 },
      { op: 'breakSector', disk: 'active', access: 'read', sector: 2 },
      { op: 'guestRead', sector: 0, count: 1 },
      { op: 'queryStatus' },
      { op: 'stop', failover: true },
      { op: 'commitSettle' },
      { op: 'setReplication', enable: false, primary: false, failover: true },
    ],
  ],
  [
    'dead',
    [
      { op: 'open' },
      { op: 'start', mode: 'secondary' },
      { op: 'failEmptying', disk: 'active', how: 'ejected' },
      { op: 'checkpoint' },
      { op: 'stop', failover: true },
      { op: 'getError' },
    ],
  ],
];

test.each(told)('of a host that is %s', async (name, operations) => {
  await expect(text({ ...soundTrace, operations })).toMatchFileSnapshot(`fixtures/itf/${name}.itf.json`);
});

describe('a trace', () => {
  const described = (trace: Trace) => itfSchema.parse(JSON.parse(text(trace)))['#meta']['description'];
  const found = { system: 'theirs', divergence: 'what was found', step: 0 };

  test('is described by its note, else by what was found', () => {
    expect(described({ ...soundTrace, note: 'what it shows', found })).toBe('what it shows');
    expect(described({ ...soundTrace, found })).toBe('what was found');
    expect(described(soundTrace)).toBe('A trace of COLO block replication.');
  });

  test('of no operation has one state', () => {
    expect(itfSchema.parse(JSON.parse(text({ ...soundTrace, operations: [] }))).states).toHaveLength(1);
  });
});

describe('the schema', () => {
  const good = {
    '#meta': { varTypes: { a: 'Int', b: 'Str' } },
    params: ['size'],
    vars: ['a', 'b'],
    states: [
      { size: 's', a: { '#bigint': '1' }, b: 'x' },
      { a: { '#tup': [true, 'y'] }, b: { '#unserializable': '1/0' } },
    ],
  };
  const [first, second] = good.states;
  const messages = (given: unknown) => {
    const { error } = itfSchema.safeParse(given);
    return error?.issues.map(({ code, message }) => [code, message]);
  };

  test('takes every kind of value, and a loop to any state', () => {
    expect(messages(good)).toBeUndefined();
    expect(messages({ ...good, loop: 0 })).toBeUndefined();
    expect(messages({ ...good, loop: 1 })).toBeUndefined();
    expect(messages({ ...good, states: [{ ...first, '#meta': { index: 0 } }, second] })).toBeUndefined();
  });

  test.each([
    [{ loop: 2 }, 'loop is 2: there is no such state'],
    [{ vars: ['a', 'b', 'a'] }, 'a name is declared twice'],
    [{ vars: ['a', 'b', 'size'], params: ['size'] }, 'a name is declared twice'],
    [{ states: [{ size: 's', a: 'x' }] }, 'states[0] lacks b'],
    [{ states: [first, { ...second, size: 's' }] }, 'states[1] has size, not declared'],
    [{ '#meta': { varTypes: { a: 'Int' } } }, 'varTypes lacks b'],
    [{ '#meta': { varTypes: { a: 'Int', b: 'Str', c: 'Str' } } }, 'varTypes has c, not declared'],
  ])('refuses %j', (changes, message) => {
    expect(messages({ ...good, ...changes })).toContainEqual(['custom', message]);
  });

  test.each([
    { '#tup': 'x' },
    { '#tup': [1] },
    { '#unserializable': true },
    { '#bigint': '1', more: true },
    { '#tup': ['x'], more: true },
    { '#bigint': 'x1' },
    { '#bigint': '1x' },
  ])('refuses the value %j', (value) => {
    expect(messages({ ...good, states: [first, { ...second, b: value }] })).not.toBeUndefined();
  });

  test.each([{ '#meta': {} }, { '#meta': { varTypes: { a: 1, b: 'Str' } } }, { loop: -1 }, { loop: 0.5 }])(
    'refuses the head %j',
    (changes) => expect(messages({ ...good, ...changes })).not.toBeUndefined(),
  );
});
