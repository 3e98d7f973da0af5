/** What the storage server does with the requests to the disks of a loaded case. */
import type { CommitHold } from './commit-hold.ts';
import type { ServedRequest, ServerRules } from './nbd/nbd-server.ts';
import { firstFault } from './graph/node-storage.ts';
import type { NodeStorage } from './graph/node-storage.ts';
import { readsExport, storeExport, suffixOf } from './graph/storage-exports.ts';

/** A write of the primary that had its effect early fails the second time as it did then, or has no other effect. */
export function storageRules(storages: readonly NodeStorage[], holds: readonly CommitHold[]): ServerRules {
  const again = new WeakSet<ServedRequest>();
  const through = (exportOf: (suffix: string) => string): ReadonlyMap<string, CommitHold> =>
    new Map(holds.map((hold, node) => [exportOf(suffixOf(node)), hold]));
  const [ofStore, ofReads] = [through(storeExport), through(readsExport)];
  return {
    forgetsBytes: true,
    hold: (request) => holds.some((hold) => hold.holds(request)),
    fault: (request) => {
      const isWrite = request.command === 'write' || request.command === 'writeZeroes';
      const result = isWrite ? ofStore.get(request.exportName)?.early.resultOf(request) : undefined;
      if (result === undefined) return firstFault(storages, request);
      again.add(request);
      return result;
    },
    changes: (request, usually) =>
      ofReads.get(request.exportName)?.early.takes(request) ?? (usually && !again.has(request)),
  };
}
