/** Comparisons by their names: those of versions, and those of binaries that are recognized by what they have fixed. */
import { describe, expect, test } from 'vitest';
import { changes, deviations } from '../../model/deviations.ts';
import { allowsQemu, comparisonOf, namesOf, parseComparison, profileOf } from './comparison-mode.ts';
import { comparisonSchema } from './comparison-schema.ts';

const stop = 'stop-with-hidden-ejected-kills-the-process';
const disks = 'disks-stay-writable';

test('a binary is named by what it has fixed, in one order', () => {
  expect(comparisonOf([])).toBe('qemu');
  expect(comparisonOf([stop, disks])).toBe(`qemu+${disks}+${stop}`);
  expect(parseComparison(`qemu+${stop}+${disks}`)).toBe(comparisonOf([disks, stop]));
  expect(namesOf(comparisonOf([stop, disks])).toSorted()).toEqual([disks, stop]);
});

test('at what it has fixed it goes a way of the document, at all else that of 7.2', () => {
  const profile = profileOf('qemu+failed-start-runs');
  expect(profile('failed-start-runs')).toEqual([1, 2]);
  for (const comparison of ['qemu-11.1', comparisonOf([stop])] as const) {
    expect(namesOf(comparison)).toContain(stop);
    expect([profileOf(comparison)(stop), profileOf(comparison)(disks)]).toEqual([[1], [0]]);
  }
});

test('a version with a name goes its own way where the document says nothing, too', () => {
  expect(namesOf('qemu-11.1')).toEqual([stop, 'commit-reads-a-small-disk-first']);
  expect(profileOf('qemu+commit-reads-a-small-disk-first')('commit-reads-a-small-disk-first')).toEqual([1]);
  expect(profileOf('document')('commit-reads-a-small-disk-first')).toEqual([0]);
});

test('a run that does all as 7.2 is right by 7.2 and by the document alone', () => {
  const all = ['qemu', 'document', 'qemu-11.1', comparisonOf([disks])] as const;
  expect(all.filter(allowsQemu)).toEqual(['qemu', 'document']);
});

describe('what is none is refused', () => {
  test.each([
    'perhaps',
    '',
    'qemu+',
    'qemu+perhaps',
    `qemu+${disks}+${disks}`,
    `qemu+${disks}+`,
    `document+${disks}`,
    // Here the binary does as the document says already.
    'qemu+failover-rolls-the-secondary-disk-back',
    'qemu+toString',
  ])('%s', (text) => {
    expect(parseComparison(text)).toBeNull();
    expect(comparisonSchema.safeParse(text).success).toBe(false);
  });

  test('and every other deviation is a name', () => {
    const names = Object.keys({ ...deviations, ...changes }).filter(
      (name) => name !== 'failover-rolls-the-secondary-disk-back',
    );
    for (const text of ['qemu', 'qemu-11.1', 'document', ...names.map((name) => `qemu+${name}`)]) {
      expect(parseComparison(text)).toBe(text);
      expect(comparisonSchema.parse(text)).toBe(text);
    }
  });
});
