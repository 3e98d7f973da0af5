/** Short ways to write a sequence of operations and run it, for the tests of the model. */
import { initialState } from '../node.ts';
import type { Host, Node } from '../node.ts';
import { step } from '../step.ts';
import type { Operation } from '../operations.ts';
import type { NodeSetup, Outcome } from '../vocabulary.ts';

/** Four clusters of two sectors, all units one cluster, the secondary disk full of tag 1. */
export const fourClusters: NodeSetup = {
  mode: 'secondary',
  geometry: {
    lengthSectors: 8,
    sectorBytes: 8,
    activeClusterSectors: 2,
    hiddenClusterSectors: 2,
    copyUnitSectors: 2,
    commitUnitSectors: 2,
  },
  initialContent: [{ sector: 0, count: 8, tag: 1 }],
  readOnly: [],
  badSectors: [],
  defects: [],
  commitRequestsMax: 1,
};

export const started: readonly Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }];
export const failover: Operation = { op: 'stop', failover: true };
export const stopOnly: Operation = { op: 'stop', failover: false };
export const checkpoint: Operation = { op: 'checkpoint' };
export const getError: Operation = { op: 'getError' };
export const advance: Operation = { op: 'commitAdvance' };
export const settle: Operation = { op: 'commitSettle' };
export const close: Operation = { op: 'close' };

export const guestWrite = (sector: number, tag: number, count = 1): Operation => ({
  op: 'guestWrite',
  sector,
  count,
  tag,
});
export const primaryWrite = (sector: number, tag: number, count = 1): Operation => ({
  op: 'primaryWrite',
  sector,
  count,
  tag,
});
export const guestRead = (sector: number, count = 1): Operation => ({ op: 'guestRead', sector, count });
export const primaryRead = (sector: number, count = 1): Operation => ({ op: 'primaryRead', sector, count });

/** Runs a host with one node. */
export function runModel(setup: NodeSetup, ...operations: readonly Operation[]): { node: Node; outcomes: Outcome[] } {
  const { host, outcomes } = runHost([setup], ...operations);
  const [node] = host.nodes;
  return node === undefined ? runModel(setup) : { node, outcomes };
}

export function runHost(
  nodes: readonly NodeSetup[],
  ...operations: readonly Operation[]
): { host: Host; outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  let host = initialState({ nodes });
  for (const operation of operations) {
    const next = step(host, operation);
    ({ host } = next);
    outcomes.push(next.outcome);
  }
  return { host, outcomes };
}

/** The outcome of the last operation. */
export function lastOutcome(setup: NodeSetup, ...operations: readonly Operation[]): Outcome | undefined {
  return runModel(setup, ...operations).outcomes.at(-1);
}
