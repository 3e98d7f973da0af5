/** Which clusters and units a write allocates something in. */
import type { Geometry, Range } from '../../../model/vocabulary.ts';

type Span = readonly [first: number, end: number];
const nowhere: Span = [0, 0];

/** Of each kind: the first, and the one after the last. */
export interface UnitSpans {
  readonly active: Span;
  readonly hidden: Span;
  /** Of the commit. */
  readonly unit: Span;
}

export const noUnits: UnitSpans = { active: nowhere, hidden: nowhere, unit: nowhere };

export function unitsTouched(range: Range, isGuest: boolean, geometry: Geometry): UnitSpans {
  const unitSectors = isGuest ? geometry.activeClusterSectors : geometry.copyUnitSectors;
  const span = spanOf(range, unitSectors);
  const whole = { sector: span[0] * unitSectors, count: (span[1] - span[0]) * unitSectors };
  const clipped = { ...whole, count: Math.min(whole.count, geometry.lengthSectors - whole.sector) };
  const unit = spanOf(clipped, geometry.commitUnitSectors);
  return isGuest ? { active: span, hidden: nowhere, unit } : { active: nowhere, hidden: span, unit };
}

function spanOf({ sector, count }: Range, unitSectors: number): Span {
  const first = Math.floor(sector / unitSectors);
  return [first, Math.max(first + 1, Math.ceil((sector + count) / unitSectors))];
}
