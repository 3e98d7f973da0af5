/** What the document's way does where QEMU has nothing like it; see deviations.ts. */
import { eio, einval } from './answers.ts';
import { failsToCopy } from './choices.ts';
import type { Qemu } from './choices.ts';
import { contains, endOf, layerOf, unitsOf } from './disks.ts';
import { copiesOf } from './jobs.ts';
import type { DeviationName } from './deviations.ts';
import { changed } from './node.ts';
import type { Node, Step } from './node.ts';
import { isFrom } from './operations.ts';
import type { GuestOperation, PrimaryOperation } from './operations.ts';
import type { Extent, Outcome } from './vocabulary.ts';

/** What a start that undoes itself leaves; way 1: the disks stay writable. */
export function undone(failed: Node, before: Node, way: 1 | 2): Node {
  const { stage, error, backupJob, hiddenAttached, secondaryAttached } = before;
  const reopened = way === 1 ? failed.reopened : before.reopened;
  return changed(failed, { stage, error, backupJob, hiddenAttached, secondaryAttached, reopened });
}

/** What requests in flight have read below the overlays is replaced by what the primary has written there since. */
export function patchInFlight(node: Node, extent: Extent): Node {
  if (node.commitJob === null) return node;
  const { commitUnitSectors } = node.setup.geometry;
  const inFlight = node.commitJob.inFlight.map((request) => {
    const first = request.unit * commitUnitSectors;
    const patched = request.content?.map((tag, place) =>
      contains(extent, first + place) && layerOf(node, first + place) === 'secondary' ? extent.tag : tag,
    );
    return { ...request, content: patched ?? null };
  });
  return changed(node, { commitJob: { ...node.commitJob, inFlight } });
}

type Request = GuestOperation | PrimaryOperation;

/** An error of a request to a running secondary reaches the manager, and not only who made the request. */
export function reported(node: Node, request: Request, step: Step, qemu: Qemu): Step {
  if (node.stage !== 'running' || node.setup.mode === 'primary') return step;
  const deviation = unreported(node, request, step.outcome);
  const isTold = deviation !== null && qemu.follow(deviation) > 0;
  return isTold ? { node: changed(step.node, { error: true }), outcome: step.outcome } : step;
}

function unreported(node: Node, request: Request, outcome: Outcome): DeviationName | null {
  if (outcome !== eio && outcome !== einval) return null;
  const range = 'count' in request ? request : { sector: 0, count: 0 };
  const { activeClusterSectors, lengthSectors } = node.setup.geometry;
  if (outcome === einval) {
    const isEjected = node.ejected.active || node.ejected.hidden;
    return isEjected && endOf(range) <= lengthSectors ? 'ejected-overlay-reports-nothing' : null;
  }
  const isRead = request.op === 'primaryRead' || isFrom(request, 'guest');
  if (!isRead && copiesOf(node, range).some((copy) => failsToCopy(node, copy))) return 'failed-copy-reports-nothing';
  // A guest request may read whole clusters of active from the secondary disk.
  const meetsBadSector = unitsOf(range, activeClusterSectors, lengthSectors).some((cluster) =>
    node.badSectors.some(({ disk, sector }) => disk === 'secondary' && contains(cluster, sector)),
  );
  return meetsBadSector ? 'failed-secondary-write-reports-nothing' : null;
}
