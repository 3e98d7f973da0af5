/** Setups and events of short histories, for tests. */
import type { Operation } from '../../../model/operations.ts';
import type { NodeSetup, Outcome, Setup, Tag } from '../../../model/vocabulary.ts';
import type { HistoryEvent, RequestId } from '../history.ts';

/** A secondary on which every sector holds the write with tag 1; clusters and units are of `unit` sectors. */
export function secondary(lengthSectors: number, unit = 1, more: Partial<NodeSetup> = {}): NodeSetup {
  const units = {
    activeClusterSectors: unit,
    hiddenClusterSectors: unit,
    copyUnitSectors: unit,
    commitUnitSectors: unit,
  };
  return {
    mode: 'secondary',
    geometry: { lengthSectors, sectorBytes: 512, ...units },
    initialContent: [{ sector: 0, count: lengthSectors, tag: 1 }],
    readOnly: [],
    badSectors: [],
    defects: [],
    commitRequestsMax: 16,
    ...more,
  };
}

export const twoSectors: Setup = { nodes: [secondary(2)] };

export const ok: Outcome = { kind: 'ok' };
export const data = (...tags: Tag[]): Outcome => ({ kind: 'data', tags });

export function submit(id: RequestId, operation: Operation): HistoryEvent {
  return { kind: 'submit', id, operation };
}

export function answer(id: RequestId, outcome: Outcome = ok): HistoryEvent {
  return { kind: 'answer', id, outcome };
}

export const write = (op: 'guestWrite' | 'primaryWrite', sector: number, tag: Tag, count = 1): Operation => ({
  op,
  sector,
  count,
  tag,
});
export const read = (op: 'guestRead' | 'primaryRead', sector: number, count = 1): Operation => ({
  op,
  sector,
  count,
});

/** One after the other, nothing overlaps. */
export function alone(operation: Operation, outcome: Outcome = ok): HistoryEvent[] {
  const id = JSON.stringify(operation);
  return [submit(id, operation), answer(id, outcome)];
}

export const running = [...alone({ op: 'open' }), ...alone({ op: 'start', mode: 'secondary' })];
