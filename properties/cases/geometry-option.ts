/** Reads the geometry that a command line names: a preset, or sizes in sectors. */
import type { Geometry } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { geometryNames, geometryProblem, presetGeometries } from './geometries.ts';
import type { GeometryChoice } from './geometries.ts';
import { didYouMean } from '../jobs/nearest-names.ts';
import { UsageError } from '../jobs/usage-error.ts';

const keys: Record<string, keyof Geometry> = {
  length: 'lengthSectors',
  sector: 'sectorBytes',
  active: 'activeClusterSectors',
  hidden: 'hiddenClusterSectors',
  copy: 'copyUnitSectors',
  commit: 'commitUnitSectors',
  'active-slice': 'activeSliceSectors',
  'hidden-slice': 'hiddenSliceSectors',
};

const example = 'length=8,sector=8,active=2,hidden=2,copy=2,commit=2';

/**
 * `small`, `real`, `mixed`, or `length=8,sector=8,active=2,hidden=2,copy=2,commit=2`; then, for slices of L2 tables that
 * are not as in QEMU, `active-slice=2` or `hidden-slice=4` or both.
 */
export function parseGeometry(text: string, capabilities: Capabilities): GeometryChoice {
  const preset = geometryNames.find((name) => name === text);
  if (preset === 'mixed') return preset;
  if (preset !== undefined) {
    checkGeometry(text, presetGeometries[preset], capabilities);
    return preset;
  }
  const sizes = new Map(text.split(',').map(parseSize));
  const size = (key: keyof Geometry): number => {
    const value = sizes.get(key);
    if (value === undefined) throw new UsageError(`--geometry ${text}: ${key} is missing. Write ${example}`);
    return value;
  };
  const optional = (key: 'activeSliceSectors' | 'hiddenSliceSectors'): Partial<Geometry> => {
    const value = sizes.get(key);
    return value === undefined ? {} : { [key]: value };
  };
  const geometry: Geometry = {
    lengthSectors: size('lengthSectors'),
    sectorBytes: size('sectorBytes'),
    activeClusterSectors: size('activeClusterSectors'),
    hiddenClusterSectors: size('hiddenClusterSectors'),
    copyUnitSectors: size('copyUnitSectors'),
    commitUnitSectors: size('commitUnitSectors'),
    ...optional('activeSliceSectors'),
    ...optional('hiddenSliceSectors'),
  };
  checkGeometry(text, geometry, capabilities);
  return geometry;
}

function checkGeometry(text: string, geometry: Geometry, capabilities: Capabilities): void {
  const problem = geometryProblem(geometry, capabilities);
  if (problem !== null) throw new UsageError(`--geometry ${text}: ${problem}`);
}

function parseSize(part: string): [keyof Geometry, number] {
  const [name = '', value = ''] = part.split('=');
  const key = keys[name];
  if (key === undefined) {
    const names = [...geometryNames, example].join(', ');
    throw new UsageError(
      `--geometry has no ${name === '' ? 'empty part' : `'${name}'`}${didYouMean(name, [...geometryNames, ...Object.keys(keys)])}: use one of ${names}`,
    );
  }
  return [key, Number(value)];
}
