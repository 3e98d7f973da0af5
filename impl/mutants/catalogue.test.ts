/** The catalogue is what it promises: enough bugs, each described in a sentence, and all of QEMU's history accounted for. */
import { expect, test } from 'vitest';
import { mutants } from './catalogue.ts';
import { historyLeftOut } from './historical-mutants.ts';

const historical = mutants.filter(({ origin }) => origin === 'qemu fix');

test('every mutant has a name of its own and is described in one sentence', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(60);
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  for (const { name, wrong } of mutants) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(wrong).toMatch(/^[A-Z][^.]+\.$/);
  }
});

test('bugs that QEMU had say what fixed them; no other does', () => {
  expect(historical.length).toBeGreaterThanOrEqual(10);
  for (const { name, mendedBy } of historical) expect(mendedBy, name).toMatch(/^[0-9a-f]{10}, \d+\.\d+$/);
  for (const { origin, mendedBy } of mutants) expect(mendedBy !== undefined).toBe(origin === 'qemu fix');
});

/** The commits of the history that concern the driver, in order. */
const history =
  `29ff789060 a8bbee0edf b49f7ead8d dbaa7b57ec 50ab0e0908 720150f318 47970dfb0a f4f2539bcf a3e1505dae
  0c1bd4692f 37a9051cc7 39c11580f3 611e0653ad d470ad42ac f06033295b 04a11d87d1 f8d59dfb40 3c4e964762 ef53dc09ed
  7a3f542fbd 1048ddf0a3 981fb5810a 00e30f05de 4bc267a7c7 08ddb4eb6d 08558e3325 27d07fcfa7 e140f4b7b8 b3af2af43b
  3b78420bb1 86c6a3b690 73895f3838 6690302b84 d22933acd2 b49f4755c7`.split(/\s+/);

const byText = (left = '', right = ''): number => left.localeCompare(right);

test('every fix of the history is a mutant or says why it is none', () => {
  const seeded = historical.map(({ mendedBy }) => mendedBy?.slice(0, 10));
  const known = [...seeded, ...historyLeftOut.map(({ commit }) => commit)];
  expect(known.toSorted(byText)).toEqual(history.toSorted(byText));
});
