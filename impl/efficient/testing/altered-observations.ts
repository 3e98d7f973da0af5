/** Near-miss observations for tests of comparison: what a system agrees with, and all that is close to it and must differ. */
import type { Geometry, Observation, OverlayContent, Tag } from '../../../model/vocabulary.ts';
import type { Look } from '../../system.ts';
import { EIO, INITIAL, Scenario, badWrites } from './scenario.ts';

/** So many sectors of the view are looked at in each call. */
const VIEW_WINDOW_SECTORS = 8;

export function mixed(geometry: Geometry): Scenario {
  const scenario = Scenario.running(geometry, badWrites(0));
  const end = geometry.lengthSectors - 1;
  scenario.primaryWrite(end, 1, 22);
  scenario.guestWrite(1, 1, 33);
  scenario.do({ op: 'primaryWriteZeroes', sector: 3, count: 2 });
  return scenario;
}

export function agrees({ system }: Scenario, expected: Observation, look: Look = 'full'): boolean {
  if (system.agrees === undefined) throw new Error('the efficient system offers agrees()');
  return system.agrees(0, expected, null, look);
}

/** `expected` with one thing changed, in every way and at every sector. */
export function* changes(expected: Observation): Generator<Observation> {
  yield { ...expected, stage: 'done' };
  yield { ...expected, errorFlag: !expected.errorFlag };
  yield { ...expected, view: EIO };
  const { wiring } = expected;
  yield { ...expected, wiring: { ...wiring, blocked: !wiring.blocked } };
  yield { ...expected, wiring: { ...wiring, hiddenReadOnly: true } };
  yield { ...expected, wiring: { ...wiring, secondaryReadOnly: true } };
  yield { ...expected, wiring: { ...wiring, hiddenAttached: wiring.hiddenAttached + 1 } };
  yield { ...expected, wiring: { ...wiring, secondaryAttached: 0 } };
  for (const layer of ['active', 'hidden'] as const) {
    for (const [sector, tag] of expected[layer].entries()) {
      yield { ...expected, [layer]: changed(expected[layer], sector, tag === null ? INITIAL : tag + 1) };
      yield { ...expected, [layer]: changed(expected[layer], sector, tag === null ? 0 : null) };
    }
    yield { ...expected, [layer]: expected[layer].slice(1) };
    yield { ...expected, [layer]: [...expected[layer], null] };
  }
  for (const [sector, tag] of expected.secondary.entries()) {
    yield { ...expected, secondary: expected.secondary.with(sector, tag + 1) };
  }
  yield { ...expected, secondary: [...expected.secondary, 0] };
  yield* changedViews(expected);
}

function* changedViews(expected: Observation): Generator<Observation> {
  if (expected.view.kind !== 'data') return;
  const { tags } = expected.view;
  for (const [sector, tag] of tags.entries()) {
    yield { ...expected, view: { kind: 'data', tags: tags.with(sector, tag + 1) } };
    yield { ...expected, view: { kind: 'data', tags: tags.with(sector, -1) } };
  }
  yield { ...expected, view: { kind: 'data', tags: tags.slice(1) } };
  yield { ...expected, view: { kind: 'data', tags: [...tags, 0] } };
}

function changed(content: OverlayContent, sector: number, tag: Tag | null): OverlayContent {
  return content.with(sector, tag);
}

/** Of all changes those that sampled comparison overlooks: of the view until its window has gone round, of all else once. */
export function unseenChanges(geometry: Geometry): readonly Observation[] {
  const scenario = mixed(geometry);
  const expected = scenario.observe();
  const windows = Math.ceil(geometry.lengthSectors / VIEW_WINDOW_SECTORS) + 1;
  return [...changes(expected)].filter((altered) => {
    const calls = altered.view === expected.view || altered.view.kind !== 'data' ? 1 : windows;
    return !isSeenWithin(calls, scenario, altered);
  });
}

function isSeenWithin(calls: number, scenario: Scenario, expected: Observation): boolean {
  for (let call = 0; call < calls; call++) if (!agrees(scenario, expected, 'sampled')) return true;
  return false;
}
