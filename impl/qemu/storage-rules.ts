/** What the storage server does with the requests to the disks of a loaded case. */
import type { CommitHold } from './commit-hold.ts';
import type { ServedRequest, ServerRules } from './nbd/nbd-server.ts';
import { firstFault } from './graph/node-storage.ts';
import type { NodeStorage } from './graph/node-storage.ts';
import { readsExport, storeExport, suffixOf } from './graph/storage-exports.ts';

/** A write of the primary that had its effect early fails the second time as it did then, or has no other effect. */
export function storageRules(storages: readonly NodeStorage[], holds: readonly CommitHold[]): ServerRules {
  const again = new WeakSet<ServedRequest>();
  const holdOf = (request: ServedRequest, exportOf: (suffix: string) => string) =>
    holds.find((_, node) => request.exportName === exportOf(suffixOf(node)));
  return {
    hold: (request) => holds.some((hold) => hold.holds(request)),
    fault: (request) => {
      const isWrite = request.command === 'write' || request.command === 'writeZeroes';
      const result = isWrite ? holdOf(request, storeExport)?.early.resultOf(request) : undefined;
      if (result === undefined) return firstFault(storages, request);
      again.add(request);
      return result;
    },
    changes: (request, usually) =>
      holdOf(request, readsExport)?.early.takes(request) ?? (usually && !again.has(request)),
  };
}
