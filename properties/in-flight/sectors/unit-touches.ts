/**
 * In which clusters and units something was written, and when at the earliest and latest. While the backup job runs that
 * changes no content; which sectors of a unit came along with a neighbour is only asked when a call ends that, and of a commit
 * that begins later which units hold anything.
 */
import type { Geometry } from '../../../model/vocabulary.ts';
import type { Neighbours } from './sector-calls.ts';
import { neighboursOfCodes } from './sector-calls.ts';
import type { DataShape } from './request-shape.ts';

/** By unit: the index of an event. */
interface Times {
  /** All of a write that has succeeded lies behind this. */
  readonly surely: (number | undefined)[];
  /** Part of some write may lie before this. */
  readonly maybe: (number | undefined)[];
}

interface Touches {
  readonly active: Times;
  readonly hidden: Times;
  readonly unit: Times;
}

/** As they were at a call. */
export interface TouchesThen {
  /** The backup job ran until then: else what came along with a neighbour is known sector by sector. */
  readonly isIsolated: boolean;
  readonly touches: Touches;
  readonly inFlight: readonly DataShape[];
}

const noTimes = (): Times => ({ surely: [], maybe: [] });
const parts = ['active', 'hidden', 'unit'] as const;

/** Of one node. */
export class UnitTouches {
  readonly #touches: Touches = { active: noTimes(), hidden: noTimes(), unit: noTimes() };

  /** A write is answered. */
  note(data: DataShape, submittedAt: number, answeredAt: number, isDone: boolean): void {
    for (const part of parts) {
      const span = data.units[part];
      const { surely, maybe } = this.#touches[part];
      for (let unit = span[0]; unit < span[1]; unit++) {
        maybe[unit] = answeredAt;
        if (isDone && submittedAt > (surely[unit] ?? -1)) surely[unit] = submittedAt;
      }
    }
  }

  /** The latest time up to an instant that something is held against; instants between two such times are alike. */
  latestUntil(instant: number, least: number): number {
    let latest = least;
    const consider = (time: number | undefined): void => {
      if (time !== undefined && time <= instant && time > latest) latest = time;
    };
    for (const part of parts) {
      // Units that nothing was written to are holes, which are not gone through.
      this.#touches[part].surely.forEach(consider);
      this.#touches[part].maybe.forEach(consider);
    }
    return latest;
  }

  now(isIsolated: boolean, inFlight: readonly DataShape[]): TouchesThen {
    const copy = ({ surely, maybe }: Times): Times => ({ surely: surely.slice(), maybe: maybe.slice() });
    const { active, hidden, unit } = this.#touches;
    const touches = { active: copy(active), hidden: copy(hidden), unit: copy(unit) };
    return { isIsolated, touches, inFlight };
  }
}

/** What neighbours of a sector have written since the overlays were emptied. */
export function neighboursOf(
  then: TouchesThen,
  sector: number,
  emptiedAt: number,
  geometry: Geometry,
): Neighbours {
  const { activeClusterSectors, copyUnitSectors, commitUnitSectors } = geometry;
  const unit = allocation(then, 'unit', sector, commitUnitSectors, emptiedAt);
  if (!then.isIsolated) return neighboursOfCodes(0, 0, unit);
  return neighboursOfCodes(
    allocation(then, 'active', sector, activeClusterSectors, emptiedAt),
    allocation(then, 'hidden', sector, copyUnitSectors, emptiedAt),
    unit,
  );
}

/** The place of what is known in `allocations`; of a unit of one sector that is all known of the sector itself. */
function allocation(
  { touches, inFlight }: TouchesThen,
  part: keyof Touches,
  sector: number,
  unitSectors: number,
  emptiedAt: number,
): number {
  if (unitSectors === 1) return 0;
  const unit = Math.floor(sector / unitSectors);
  const { surely, maybe } = touches[part];
  if ((surely[unit] ?? -1) > emptiedAt) return 2;
  // A call comes right before the answer that has its index.
  if ((maybe[unit] ?? -2) >= emptiedAt) return 1;
  for (const { units } of inFlight) if (unit >= units[part][0] && unit < units[part][1]) return 1;
  return 0;
}
