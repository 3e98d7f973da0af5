/** What tells hypotheses apart beside sectors: when the overlays were emptied, and what was in them when that mattered. */
import type { Geometry } from '../../model/vocabulary.ts';
import type { Flight } from './flight.ts';
import type { Hypothesis, PathEntry } from './hypothesis.ts';
import { neighboursOf } from './sectors/unit-touches.ts';
import type { UnitTouches } from './sectors/unit-touches.ts';

/** Of longer disks it is not looked at what was in their units when an isolation ended. */
const MARKED_MAX = 32;

export function boardMark(
  { control, tip }: Hypothesis,
  flight: Flight,
  touches: readonly UnitTouches[],
  geometries: readonly Geometry[],
): string {
  let mark = '';
  for (const [node, { isIsolated, overlaysUnseen }] of control.nodes.entries()) {
    mark += '|';
    if (overlaysUnseen || tip === null) continue;
    mark += instantMark(flight, touches[node], tip.emptiedAt[node] ?? -1);
    if (isIsolated) continue;
    for (let entry: PathEntry | null = tip; entry !== null; entry = entry.before) {
      if ((entry.touches[node] ?? null) !== null) mark += ` ${touchesMark(entry, node, geometries[node])}`;
      if (entry.call.ends[node] === true) break;
    }
  }
  return mark;
}

/** The same for calls that have ended the isolation with the same in all units. */
function touchesMark(
  { index, touches, emptiedBefore }: PathEntry,
  node: number,
  geometry: Geometry | undefined,
): string {
  const then = touches[node] ?? null;
  if (then === null || geometry === undefined || geometry.lengthSectors > MARKED_MAX) return `${index}`;
  let mark = '';
  for (let sector = 0; sector < geometry.lengthSectors; sector++)
    mark += `${neighboursOf(then, sector, emptiedBefore[node] ?? -1, geometry).code},`;
  return mark;
}

/** The same for instants that nothing tells apart: no write was submitted or answered from one to the other. */
function instantMark(flight: Flight, touches: UnitTouches | undefined, instant: number): string {
  let latest = -1;
  for (const { submittedAt } of flight.all)
    if (submittedAt <= instant && submittedAt > latest) latest = submittedAt;
  latest = touches?.latestUntil(instant, latest) ?? latest;
  return latest === instant ? `at ${latest}` : `behind ${latest}`;
}
