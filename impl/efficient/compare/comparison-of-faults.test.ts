/** `agrees` where sectors cannot be read, and of the wiring: never true where `observe` differs. */
import { describe, expect, test } from 'vitest';
import type { Observation, Outcome, Wiring } from '../../../model/vocabulary.ts';
import { EINVAL, EIO, OK, Scenario, TINY, data } from '../testing/scenario.ts';

const UNREADABLE = { badSectors: [{ disk: 'secondary', access: 'read', sector: 3 }] } as const;

function agrees({ system }: Scenario, expected: Observation): boolean {
  if (system.agrees === undefined) throw new Error('the efficient system offers agrees()');
  const isFull = system.agrees(0, expected, null, 'full');
  // The window of the sampled comparison holds all of so small a disk.
  for (const sector of expected.secondary.keys()) {
    expect(system.agrees(0, expected, { sector, count: 1 }, 'sampled')).toBe(isFull);
  }
  return isFull;
}

/** Every view that differs from `expected` in one sector, or that is no data at all. */
function otherViews(expected: Observation): Outcome[] {
  if (expected.view.kind !== 'data') return [OK, data(...expected.secondary)];
  const { tags } = expected.view;
  const changed = tags.flatMap((tag, sector) =>
    [-2, -1, 0, 33].filter((other) => other !== tag).map((other) => data(...tags.with(sector, other))),
  );
  return [EIO, EINVAL, OK, data(...tags, 11), ...changed];
}

describe('view with a sector that cannot be read', () => {
  test('agrees with what is observed, and with no other view', () => {
    const scenario = Scenario.running(TINY, UNREADABLE);
    const expected = scenario.observe();
    expect(expected.view).toEqual(data(11, 11, 11, -2, 11, 11, 11, 11));
    expect(agrees(scenario, expected)).toBe(true);
    const wrong = otherViews(expected).filter((view) => agrees(scenario, { ...expected, view }));
    expect(wrong).toEqual([]);
  });

  test('a stage that refuses all is not taken for unreadable sectors, nor the other way round', () => {
    const scenario = new Scenario(TINY, UNREADABLE);
    scenario.do({ op: 'open' });
    const expected = scenario.observe();
    expect(expected.view).toEqual(EIO);
    expect(agrees(scenario, expected)).toBe(true);
    expect(agrees(scenario, { ...expected, view: data(...Array<number>(8).fill(-2)) })).toBe(false);
  });

  test('where every sector is unreadable', () => {
    const badSectors = Array.from(
      { length: 8 },
      (_, sector) => ({ disk: 'secondary', access: 'read', sector }) as const,
    );
    const scenario = Scenario.running(TINY, { badSectors });
    const expected = scenario.observe();
    expect(expected.view).toEqual(data(...Array<number>(8).fill(-2)));
    expect(agrees(scenario, expected)).toBe(true);
    expect(agrees(scenario, { ...expected, view: EIO })).toBe(false);
  });

  test('an ejected layer', () => {
    const scenario = Scenario.running(TINY);
    scenario.do({ op: 'failEmptying', disk: 'active', how: 'ejected' });
    scenario.checkpoint();
    const expected = scenario.observe();
    expect(agrees(scenario, expected)).toBe(true);
    const wrong = [EIO, ...otherViews(expected)].filter((view) => agrees(scenario, { ...expected, view }));
    expect(wrong).toEqual([]);
  });
});

test('"cannot be read" is no content of a layer, and not the same as "not allocated"', () => {
  const scenario = Scenario.running(TINY);
  const expected = scenario.observe();
  for (const layer of ['active', 'hidden'] as const) {
    const altered = { ...expected, [layer]: expected[layer].with(3, -2) };
    expect([agrees(scenario, expected), agrees(scenario, altered), agrees(scenario, expected)]).toEqual([
      true,
      false,
      true,
    ]);
  }
});

test('every part of the wiring is compared', () => {
  const scenario = Scenario.running(TINY, { readOnly: ['hidden'] });
  const expected = scenario.observe();
  const { wiring } = expected;
  const others: Wiring[] = [
    { ...wiring, blocked: !wiring.blocked },
    { ...wiring, hiddenReadOnly: !wiring.hiddenReadOnly },
    { ...wiring, secondaryReadOnly: !wiring.secondaryReadOnly },
    { ...wiring, hiddenAttached: wiring.hiddenAttached + 1 },
    { ...wiring, secondaryAttached: wiring.secondaryAttached - 1 },
  ];
  expect(others.filter((other) => agrees(scenario, { ...expected, wiring: other }))).toEqual([]);
  expect(agrees(scenario, expected)).toBe(true);
});
