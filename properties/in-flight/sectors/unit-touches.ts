/**
 * In which clusters and units something was written, and when at the earliest and latest. While the backup job runs that
 * changes no content; which sectors of a unit came along with a neighbour is only asked when a call ends that.
 */
import type { Geometry, Range } from '../../../model/vocabulary.ts';
import type { Allocation, Neighbours } from './sector-calls.ts';
import type { DataShape } from './request-shape.ts';

/** By unit: the index of an event. */
interface Times {
  /** All of a write that has succeeded lies behind this. */
  readonly surely: Map<number, number>;
  /** Part of some write may lie before this. */
  readonly maybe: Map<number, number>;
}

interface Touches {
  readonly active: Times;
  readonly hidden: Times;
  readonly unit: Times;
}

/** As they were at a call. */
export interface TouchesThen {
  readonly touches: Touches;
  readonly inFlight: readonly DataShape[];
}

const noTimes = (): Times => ({ surely: new Map(), maybe: new Map() });

/** Of one node. */
export class UnitTouches {
  readonly #geometry: Geometry;
  readonly #touches: Touches = { active: noTimes(), hidden: noTimes(), unit: noTimes() };

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
  }

  /** A write is answered. */
  note(data: DataShape, submittedAt: number, answeredAt: number, isDone: boolean): void {
    const units = unitsTouched(data, this.#geometry);
    for (const part of ['active', 'hidden', 'unit'] as const) {
      const [first, end] = units[part];
      const { surely, maybe } = this.#touches[part];
      for (let unit = first; unit < end; unit++) {
        maybe.set(unit, answeredAt);
        if (isDone && submittedAt > (surely.get(unit) ?? -1)) surely.set(unit, submittedAt);
      }
    }
  }

  /** The latest time up to an instant that something is held against; instants between two such times are alike. */
  latestUntil(instant: number, least: number): number {
    let latest = least;
    for (const { surely, maybe } of [this.#touches.active, this.#touches.hidden, this.#touches.unit])
      for (const times of [surely, maybe])
        for (const time of times.values()) if (time <= instant && time > latest) latest = time;
    return latest;
  }

  now(inFlight: readonly DataShape[]): TouchesThen {
    const copy = ({ surely, maybe }: Times): Times => ({ surely: new Map(surely), maybe: new Map(maybe) });
    const { active, hidden, unit } = this.#touches;
    return { touches: { active: copy(active), hidden: copy(hidden), unit: copy(unit) }, inFlight };
  }
}

/** What neighbours of a sector have written since the overlays were emptied. */
export function neighboursOf(
  { touches, inFlight }: TouchesThen,
  sector: number,
  emptiedAt: number,
  geometry: Geometry,
): Neighbours {
  const places = {
    active: Math.floor(sector / geometry.activeClusterSectors),
    hidden: Math.floor(sector / geometry.copyUnitSectors),
    unit: Math.floor(sector / geometry.commitUnitSectors),
  };
  const allocation = (part: keyof Touches): Allocation => {
    const unit = places[part];
    if ((touches[part].surely.get(unit) ?? -1) > emptiedAt) return 'surely';
    // A call comes right before the answer that has its index.
    if ((touches[part].maybe.get(unit) ?? -2) >= emptiedAt) return 'maybe';
    const reaches = inFlight.some((data) => {
      const [first, end] = unitsTouched(data, geometry)[part];
      return unit >= first && unit < end;
    });
    return reaches ? 'maybe' : 'no';
  };
  return { active: allocation('active'), hidden: allocation('hidden'), unit: allocation('unit') };
}

type Span = readonly [first: number, end: number];
const nowhere: Span = [0, 0];

/** Units of each kind that a write allocates something in: the first, and the one after the last. */
function unitsTouched(data: DataShape, geometry: Geometry): Readonly<Record<keyof Touches, Span>> {
  const unitSectors = data.isGuest ? geometry.activeClusterSectors : geometry.copyUnitSectors;
  const span = spanOf(data, unitSectors);
  const whole = { sector: span[0] * unitSectors, count: (span[1] - span[0]) * unitSectors };
  const clipped = { ...whole, count: Math.min(whole.count, geometry.lengthSectors - whole.sector) };
  const unit = spanOf(clipped, geometry.commitUnitSectors);
  return data.isGuest ? { active: span, hidden: nowhere, unit } : { active: nowhere, hidden: span, unit };
}

function spanOf({ sector, count }: Range, unitSectors: number): Span {
  const first = Math.floor(sector / unitSectors);
  return [first, Math.max(first + 1, Math.ceil((sector + count) / unitSectors))];
}
