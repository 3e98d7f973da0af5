/** What the numbers of a saved state are called, and which disks are too long for them. */
import { expect, test } from 'vitest';
import type { Geometry, NodeSetup, Operation } from '../../model/vocabulary.ts';
import type { StateField } from '../state-access.ts';
import { Scenario, TINY } from './scenario.ts';

const SMALL: Geometry = {
  lengthSectors: 3,
  sectorBytes: 4,
  activeClusterSectors: 1,
  hiddenClusterSectors: 1,
  copyUnitSectors: 2,
  commitUnitSectors: 2,
};

function layout(
  alphabet: readonly Operation[],
  geometry: Geometry = SMALL,
  changes: Partial<NodeSetup> = {},
): readonly StateField[] {
  const { states } = new Scenario(geometry, changes).system;
  if (states === undefined) throw new Error('it has no states');
  return states.layout(alphabet);
}

const plain = (name: string): StateField => ({ kind: 'plain', name });
const content = (name: string, sectors: number): StateField[] =>
  Array.from({ length: sectors }, (_, sector) => ({ kind: 'content', name, sector }));

const control = [
  plain('host'),
  plain('control'),
  { kind: 'units', name: 'copied', unitSectors: 2 },
  plain('attached'),
] satisfies StateField[];
const masks = ['active', 'hidden', 'secondary'].flatMap((disk) => [
  plain(`bad ${disk} read`),
  plain(`bad ${disk} write`),
]);
const disks = ['active', 'hidden', 'secondary'].flatMap((disk) => content(`${disk} of node 0`, 3));
const commit = [
  plain('dirty'),
  plain('cursor'),
  plain('inFlight'),
  plain('request 0'),
  ...content('request 0 of node 0', 2),
  plain('request 1'),
  ...content('request 1 of node 0', 2),
];

test('has fields for what these operations can change', () => {
  expect(layout([])).toEqual([...control, ...disks]);
  const breaking: Operation = { op: 'breakSector', disk: 'active', access: 'read', sector: 0 };
  expect(layout([{ op: 'open' }, breaking])).toEqual([...control, ...masks, ...disks]);
  expect(layout([{ op: 'stop', failover: true }])).toEqual([...control, ...disks, ...commit]);
});

test('has fields for sectors that are bad from the beginning', () => {
  const bad = { badSectors: [{ disk: 'hidden', access: 'write', sector: 1 }] } as const;
  expect(layout([], SMALL, bad)).toEqual([...control, ...masks, ...disks]);
});

test('holds disks of at most 31 sectors', () => {
  expect(layout([], { ...TINY, lengthSectors: 31 })).toHaveLength(4 + 3 * 31);
  expect(() => layout([], { ...TINY, lengthSectors: 32 })).toThrow(
    new RangeError('a state of 32 sectors cannot be saved: at most 31'),
  );
});
