/** What a C driver can be given on its ground, and what is shown of it. */
import { layers, modes, NODES_MAX } from '../../model/vocabulary.ts';
import type { Defect } from '../../model/vocabulary.ts';
import type { Capabilities } from '../capabilities.ts';
import { operationNames } from '../operation-lists.ts';

/** What the ground can be wired like, in the order of the bits in ground.h. */
export const groundDefects: readonly Defect[] = [
  'modeMissing',
  'modeUnknown',
  'topIdMissing',
  'topIdOnPrimary',
  'activeWithoutBacking',
  'hiddenWithoutBacking',
  'secondaryWithoutBackend',
  'lengthsDiffer',
  'makeEmptyUnsupported',
  'hiddenFileReadOnly',
  'hiddenWriteUnshared',
  'secondaryWriteUnshared',
  'topIdInvalid',
  'secondaryBusy',
  'hiddenExported',
  'hiddenShorter',
  'secondaryLonger',
  'activeLonger',
  'activeShorter',
];

export const driverCapabilities: Capabilities = {
  operations: operationNames,
  observes: ['stage', 'errorFlag', 'view', 'active', 'hidden', 'secondary', 'wiring'],
  modes,
  defects: groundDefects,
  badSectors: layers,
  readOnly: ['hidden', 'secondary'],
  nodesMax: NODES_MAX,
  control: 'driver',
  commit: 'stepped',
  geometry: { sectorBytes: 'any', lengthSectorsMax: 65_536, slices: 'any' },
};
