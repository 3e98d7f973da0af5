/** What a system says is reported on one line, bounded, and acts on nothing; what it throws is reported whatever it is. */
import { describe, expect, test } from 'vitest';
import { quoted, thrownText, bounded } from './printed-text.ts';

const hostile = 'bad \u0000\u001b[31m\r\n::warning::x\n##[error]y ##vso[task] \u202e\u2028\ud800 end';

test('control characters, line breaks and workflow commands are escaped', () => {
  expect(bounded(hostile)).toBe(
    String.raw`bad \u0000\u001b[31m\u000d\u000a::warning::x\u000a#\u0023[error]y #\u0023vso[task] \u202e\u2028\ud800 end`,
  );
  expect(bounded('std::bad_alloc in größe 7 😀')).toBe('std::bad_alloc in größe 7 😀');
  expect(bounded(bounded(hostile))).toBe(bounded(hostile));
});

test('a long text is cut, and its length is reported', () => {
  const text = bounded('x'.repeat(3_000_000));
  expect(text).toHaveLength(300 + '... (3000000 characters)'.length);
  expect(text.endsWith('x... (3000000 characters)')).toBe(true);
});

class Unreadable extends Error {
  override get message(): string {
    throw new Error('not for you');
  }
}
const withoutPrototype: unknown = Object.create(null);
const proxy = new Proxy(
  {},
  {
    getPrototypeOf: () => {
      throw new Error('no');
    },
  },
);

describe('what is thrown is reported:', () => {
  test.each([
    ['an error', new TypeError('no such\nbitmap'), 'TypeError: no such bitmap'],
    ['a text', 'gone', 'gone'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['nothing', undefined, 'undefined'],
    ['an object without a text', withoutPrototype, 'something that cannot be printed'],
    ['an error whose message throws', new Unreadable(), 'something that cannot be printed'],
    ['a proxy that throws', proxy, 'something that cannot be printed'],
  ])('%s', (_name, thrown, text) => {
    expect(thrownText(thrown)).toBe(text);
  });
});

const circle: unknown[] = [];
circle.push(circle);
let deep: unknown = 1;
for (let level = 0; level < 100_000; level++) deep = [deep];

test.each([
  ['nothing', undefined, 'nothing'],
  ['a function', () => 1, 'function'],
  ['a big number', 1n, 'a bigint that cannot be printed'],
  ['a circle', circle, 'a object that cannot be printed'],
  ['many levels', deep, 'a object that cannot be printed'],
  ['a long one', 'y'.repeat(1e6), `${'y'.repeat(77)}...`],
  ['an escape', '\u001b[2J\u0007', String.raw`\u001b[2J\u0007`],
])('%s is quoted', (_name, value, text) => {
  expect(quoted(value)).toBe(text);
});
