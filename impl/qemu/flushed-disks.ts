/** What a flush that QEMU answered has to have reached: the disks count for each write whether one has followed it. */
import type { Layer, NodeSetup, Outcome } from '../../model/vocabulary.ts';
import type { GraphShape } from './nbd/allocation-depth.ts';
import type { NodeStorage } from './graph/node-storage.ts';
import type { NodeShape } from './process/graph-shape.ts';
import { isExportedReadOnly } from './graph/secondary-nodes.ts';

/**
 * A flush that was answered ok must have come to the disks, for all that was written when it was sent; that QEMU passes on
 * what it could skip is no error.
 */
export function flushed(storage: NodeStorage, disks: readonly (Layer | 'peer')[], written: number): Outcome {
  const left = disks.filter((disk) => !storage.isFlushed(disk, written));
  if (left.length === 0) return { kind: 'ok' };
  return { kind: 'error', message: `the flush was answered ok and did not reach ${left.join(', ')}` };
}

/** Before a commit ends well it flushes what it has written (mirror_flush, block/mirror.c). */
export function commitFlushed(storage: NodeStorage, shape: GraphShape, written: number): Outcome {
  if (shape !== 'committed' || storage.isFlushed('secondary', written)) return { kind: 'ok' };
  return { kind: 'error', message: 'the commit has ended well and did not flush the secondary disk' };
}

/**
 * Where a flush of the guest goes: to the children to which the node may write (bdrv_co_flush, block/io.c). Hidden and
 * secondary disk are among them from the start on that attaches them, the file is active or, committed, the secondary disk.
 */
export function writableByGuest(
  { mode }: NodeSetup,
  shape: GraphShape,
  { hiddenAttached, secondaryAttached }: NodeShape['attached'],
): readonly (Layer | 'peer')[] {
  if (mode === 'primary') return ['peer'];
  if (shape === 'committed') return ['secondary'];
  return [
    'active',
    ...(hiddenAttached > 0 ? (['hidden'] as const) : []),
    ...(secondaryAttached > 0 ? (['secondary'] as const) : []),
  ];
}

/** A flush through a read-only export may end above the disk. */
export function writableByPrimary(setup: NodeSetup): readonly Layer[] {
  return isExportedReadOnly(setup) ? [] : ['secondary'];
}
