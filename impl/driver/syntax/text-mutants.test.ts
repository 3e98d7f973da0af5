/** Mutants of C: what each rule changes, and that lines which were not touched stay. */
import { describe, expect, test } from 'vitest';
import { fixtureDriver } from '../testing/fixture-driver.ts';
import { noCompiler } from '../testing/found-drivers.ts';
import { changedLines } from './changed-lines.ts';
import { mutationRules, textMutants } from './text-mutants.ts';

const start = `
    if (errp == NULL && s->error > 2) {
        s->error = -EIO;
        bdrv_ref(NULL);
        assert(s);
        qemu_iovec_concat(NULL, NULL, 1, 4);
        error_setg(errp, "no");
    }`;

describe.skipIf(noCompiler !== null)('mutants of a driver', () => {
  const text = fixtureDriver(start);
  const mutants = textMutants(text, 'fixture');
  const names = mutants.map(({ name }) => name.replace(/^\d+: /, ''));

  test('are made by every rule', () => {
    expect(new Set(mutants.map(({ rule }) => rule))).toEqual(new Set(mutationRules));
  });

  test.each([
    'condition negated: errp == NULL && s->error > 2 to !(errp == NULL && s->error > 2)',
    'operator exchanged: && to ||',
    'operator exchanged: == to !=',
    'operator exchanged: > to >=',
    'constant changed: 2 to 0',
    'statement left out: s->error = -EIO;',
    'sign dropped: -',
    'arguments exchanged: 1, 4 to 4, 1',
    'constant changed: BLOCK_REPLICATION_RUNNING to BLOCK_REPLICATION_FAILOVER',
  ])('have "%s" among them', (name) => {
    expect(names.some((known) => known.startsWith(name))).toBe(true);
  });

  test('are the same where the text before them has characters of more bytes', () => {
    const wide = textMutants(`/* \u00a9 \u{1f600} */\n${text}`, 'fixture');
    expect(wide.map(({ name }) => name.replace(/^\d+: /, ''))).toEqual(names);
  });

  test('leave alone what the ground cannot see', () => {
    expect(names.filter((name) => name.includes('left out: bdrv_ref'))).toEqual([]);
  });

  test('differ from the driver and from each other in their one place', () => {
    expect(new Set([text, ...mutants.map((mutant) => mutant.text)]).size).toBe(mutants.length + 1);
    for (const mutant of mutants) expect(changedLines(text, mutant.text).has(mutant.line)).toBe(true);
  });

  test('are only of the lines that are asked for', () => {
    const lines = changedLines(fixtureDriver(), text);
    const touched = textMutants(text, 'fixture', lines);
    expect(touched.length).toBeGreaterThan(8);
    expect(touched.length).toBeLessThan(mutants.length);
    expect(touched.every(({ line }) => lines.has(line))).toBe(true);
  });
});

describe('changed lines', () => {
  test.each([
    ['a\nb\nc', 'a\nb\nc', []],
    ['a\nb\nc', 'a\nx\nc', [2]],
    ['a\nb\nc', 'a\nb\ny\nc', [3]],
    ['a\nb\nc', 'a\nc', [2]],
    ['a\nb', 'a\nb\nc\nd', [3, 4]],
    ['a\nb', 'a', [1]],
  ])('of %j in %j are %j', (before, after, lines) => {
    expect([...changedLines(before, after)]).toEqual(lines);
  });
});
