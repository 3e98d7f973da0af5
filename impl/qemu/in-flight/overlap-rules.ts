/** What overlaps on the real QEMU: read off the binaries, and pinned by the tests of requests in flight. */
import { operationTable } from '../../../model/operations.ts';
import type { OperationName } from '../../../model/operations.ts';
import type { InFlightCapabilities } from '../../in-flight.ts';
import { operationNames } from '../../operation-lists.ts';

/** Calls that QEMU can be at while requests are in flight. */
const calls: readonly OperationName[] = ['stop', 'setReplication', 'getError', 'queryStatus'];

export const overlapRules: InFlightCapabilities = {
  /** Of the connections that can hold one, two are left to a commit. */
  requestsMax: 6,
  /**
   * A checkpoint waits for nothing: a primary write that has saved old content and not yet written lands in the next
   * interval without a copy. COLO takes one while nothing is in flight. Of a node that is opened or closed the export comes
   * and goes. A commit ends in several instants: what it has written is there before the stage is another.
   */
  alone: ['open', 'close', 'start', 'checkpoint', 'commitSettle'],
  drains: ['stop', 'setReplication'],
  /**
   * Opening drains everything, a commit that has nothing to write is held by its flush, for which others wait, and a stop may
   * wait for the commit that it has begun.
   */
  settles: ['open', 'close', 'stop', 'setReplication', 'guestFlush', 'primaryFlush'],
  /** What a stop lets in before its commit has read. */
  readsLate: true,
  looksUpFirst: true,
  control: 'qmp',
  stations: true,
  submits: operationNames.filter((op) => {
    const { issuer } = operationTable[op];
    return issuer === 'guest' || issuer === 'primary' || calls.includes(op);
  }),
};
