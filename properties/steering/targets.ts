/** All targets, and the table from which a case draws its own: a function of its own random numbers alone. */
import type { Geometry } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import type { Dice } from '../cases/dice.ts';
import { presetGeometries } from '../cases/geometries.ts';
import type { GeometryChoice } from '../cases/geometries.ts';
import { controlTargets } from './control-targets.ts';
import { dataTargets } from './data-targets.ts';
import type { Shape, Target } from './target.ts';

export const targets: readonly Target[] = [...dataTargets, ...controlTargets];

/** One case in so many is steered. */
const STEERED_CASES = 6;

/** Each target as often as it weighs; empty places are cases that are not steered. */
export type TargetTable = readonly (Target | null)[];

/** Empty where cases on a system with these capabilities cannot be steered. */
export function targetTable(capabilities: Capabilities, geometry: GeometryChoice): TargetTable {
  const fixed =
    typeof geometry === 'object' ? geometry : geometry === 'mixed' ? null : presetGeometries[geometry];
  const within = targets.filter(
    ({ mode, operations, ...target }) =>
      capabilities.modes.includes(mode) &&
      operations.every((name) => capabilities.operations.includes(name)) &&
      target.needs?.(capabilities) !== false &&
      (fixed === null || target.fits?.(fixed) !== false),
  );
  const steered = within.flatMap((target) => Array<Target>(target.weight).fill(target));
  const others = Array<null>((STEERED_CASES - 1) * steered.length).fill(null);
  return [...steered, ...others];
}

/** A geometry without slices of its own, of which just so much is changed that it has the shape. */
export function reshaped(
  geometry: Geometry,
  shape: Shape,
  { geometry: limits }: Capabilities,
  dice: Dice,
): Geometry {
  const isQemu = limits.sectorBytes === 512;
  const unit = isQemu ? geometry.commitUnitSectors : dice.between(2, 4);
  switch (shape) {
    case 'partial last unit': {
      const lengthSectors = unit * dice.between(0, 2) + dice.between(1, unit - 1);
      return {
        ...geometry,
        commitUnitSectors: unit,
        lengthSectors: Math.min(lengthSectors, limits.lengthSectorsMax),
      };
    }
    case 'large hidden clusters': {
      const cluster = isQemu ? 2 * unit : dice.between(2, 3);
      const commitUnitSectors = isQemu ? unit : 1;
      return { ...geometry, commitUnitSectors, hiddenClusterSectors: cluster, copyUnitSectors: cluster };
    }
    case 'several units': {
      const { copyUnitSectors, commitUnitSectors, activeClusterSectors } = geometry;
      const least = Math.max(copyUnitSectors, commitUnitSectors) + activeClusterSectors + 1;
      const lengthSectors = Math.max(geometry.lengthSectors, least);
      return { ...geometry, lengthSectors: Math.min(lengthSectors, limits.lengthSectorsMax) };
    }
  }
}
