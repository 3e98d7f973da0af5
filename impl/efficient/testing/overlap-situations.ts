/** For tests: a small disk in every situation in which requests can overlap, and requests that meet on it. */
import type { Operation } from '../../../model/operations.ts';
import type { NodeSetup } from '../../../model/vocabulary.ts';
import { INITIAL } from './scenario.ts';

/** Clusters of active of two sectors, and of hidden of one; units of two. */
const setup: NodeSetup = {
  mode: 'secondary',
  geometry: {
    lengthSectors: 4,
    sectorBytes: 4,
    activeClusterSectors: 2,
    hiddenClusterSectors: 1,
    copyUnitSectors: 2,
    commitUnitSectors: 2,
  },
  initialContent: [{ sector: 0, count: 4, tag: INITIAL }],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 1,
};

const failover: Operation = { op: 'stop', failover: true };
const settle: Operation = { op: 'commitSettle' };

const running: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];
const bothWritten: readonly Operation[] = [
  ...running,
  { op: 'guestWrite', sector: 3, count: 1, tag: 1 },
  { op: 'primaryWrite', sector: 1, count: 1, tag: 2 },
];
/** With units of one sector hidden holds sector 2, and not its neighbour in the cluster of active. */
const smallUnits: NodeSetup = { ...setup, geometry: { ...setup.geometry, copyUnitSectors: 1 } };
const failed: readonly Operation[] = [
  ...running,
  { op: 'primaryWrite', sector: 2, count: 1, tag: 2 },
  { op: 'breakSector', disk: 'secondary', access: 'write', sector: 2 },
  failover,
  settle,
  { op: 'repairSectors', disk: 'secondary' },
];

export interface Situation {
  readonly name: string;
  readonly setup: NodeSetup;
  /** What is done before the requests overlap. */
  readonly before: readonly Operation[];
}

export const situations: readonly Situation[] = [
  { name: 'running', setup, before: running },
  { name: 'running, both have written', setup, before: bothWritten },
  { name: 'during the commit', setup, before: [...bothWritten, failover] },
  { name: 'at the end of the commit', setup, before: [...bothWritten, failover, { op: 'commitAdvance' }] },
  { name: 'after a failed failover', setup: smallUnits, before: failed },
  {
    name: 'stopped without failover',
    setup,
    before: [...bothWritten, { op: 'stop', failover: false }],
  },
  { name: 'after a failover', setup, before: [...bothWritten, failover, settle] },
];

export const overlapRequests: readonly Operation[] = [
  { op: 'guestRead', sector: 0, count: 2 },
  { op: 'guestRead', sector: 1, count: 2 },
  { op: 'guestWrite', sector: 0, count: 1, tag: 3 },
  { op: 'guestWrite', sector: 1, count: 2, tag: 4 },
  { op: 'guestWriteZeroes', sector: 3, count: 1 },
  { op: 'primaryRead', sector: 1, count: 2 },
  { op: 'primaryWrite', sector: 0, count: 1, tag: 5 },
  { op: 'primaryWrite', sector: 1, count: 2, tag: 6 },
  { op: 'primaryWriteZeroes', sector: 3, count: 1 },
  { op: 'checkpoint' },
  { op: 'commitAdvance' },
  settle,
  failover,
];

/** Every two of them, the same twice included. */
export function overlapPairs(): Operation[][] {
  return overlapRequests.flatMap((one, index) => overlapRequests.slice(index).map((other) => [one, other]));
}
