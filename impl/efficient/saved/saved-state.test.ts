/** What the numbers of a saved state are called, and which disks are too long for them. */
import { expect, test } from 'vitest';
import type { Operation } from '../../../model/operations.ts';
import type { Geometry, NodeSetup } from '../../../model/vocabulary.ts';
import { contentNumber, FOREIGN_CONTENT, NO_CONTENT } from '../../state-access.ts';
import type { StateField } from '../../state-access.ts';
import { SavedStore } from './saved-store.ts';
import { Scenario, TINY } from '../testing/scenario.ts';
import { SparseDisk } from '../memory/sparse-disk.ts';
import { TagWords } from '../compare/tag-words.ts';

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

test('a request of the last, partial unit has no content past the end of the disk', () => {
  const scenario = Scenario.running(SMALL, { commitRequestsMax: 2 });
  const { states } = scenario.system;
  if (states === undefined) throw new Error('it has no states');
  const fields = states.layout([{ op: 'stop', failover: true }]);
  scenario.guestWrite(0, 3, 5);
  scenario.failover();
  scenario.advance();
  const into = new Int32Array(fields.length);
  states.save(into);
  const request = (age: number): number[] => {
    const at = fields.findIndex(({ name }) => name === `request ${age}`);
    return Array.from(into.slice(at, at + 3));
  };
  expect([request(0), request(1)]).toEqual([
    [4, contentNumber(5), NO_CONTENT],
    [0, NO_CONTENT, NO_CONTENT],
  ]);
});

test('the units of a joined request come back as one request', () => {
  const geometry = { ...SMALL, copyUnitSectors: 1, commitUnitSectors: 1 };
  const scenario = Scenario.running(geometry, { commitRequestsMax: 1, commitJoinsUnits: 2 });
  const { states } = scenario.system;
  if (states === undefined) throw new Error('it has no states');
  const fields = states.layout([{ op: 'stop', failover: true }]);
  scenario.guestWrite(0, 3, 5);
  scenario.failover();
  const [before, after] = [new Int32Array(fields.length), new Int32Array(fields.length)];
  states.save(before);
  const at = fields.findIndex(({ name }) => name === 'inFlight');
  const [five, none] = [contentNumber(5), NO_CONTENT];
  expect(before.slice(at, at + 7)).toEqual(Int32Array.of(2, 0, five, 6, five, 0, none));
  scenario.advance();
  const { secondary } = scenario.observe();
  states.restore(before);
  states.save(after);
  expect(after).toEqual(before);
  scenario.advance();
  expect(scenario.observe().secondary).toEqual(secondary);
  expect(secondary.slice(0, 2)).toEqual([5, 5]);
});

test('tables that contradict each other are foreign content', () => {
  class Contradiction extends SparseDisk {
    override get allocatedMask(): number {
      return 0b10;
    }
  }
  const disk = new Contradiction(2, 1);
  const tags = new TagWords(2, 4);
  disk.store(0, 1, tags.image(5), 0);
  const into = new Int32Array(2);
  new SavedStore(disk, tags, contentNumber(0), 0).look(into);
  expect([...into]).toEqual([FOREIGN_CONTENT, FOREIGN_CONTENT]);
});

test('holds disks of at most 31 sectors', () => {
  expect(layout([], { ...TINY, lengthSectors: 31 })).toHaveLength(4 + 3 * 31);
  expect(() => layout([], { ...TINY, lengthSectors: 32 })).toThrow(
    new RangeError('a state of 32 sectors cannot be saved: at most 31'),
  );
});
