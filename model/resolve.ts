/** Where the truth is not one value: which requests of a failed commit landed (mirror.c, up to 16 in flight). */
import { chainView } from './overlay.ts';
import { withSecondary } from './state.ts';
import type { CommitRequest, State } from './state.ts';
import type { Tag } from './vocabulary.ts';

/**
 * After a commit that failed with its requests in any order: `before` is the state that the commit was settled from,
 * `after` what the model predicts, `observed` the secondary disk as it really is. Each sector of a unit that was dirty
 * or in flight may hold its old content, what the request had read, or the guest view; all others what the model says.
 * Returns the state to go on from, or null where the observed content breaks that law.
 */
export function resolveFailedCommit(before: State, after: State, observed: readonly Tag[]): State | null {
  const job = before.node.commit;
  if (job === null || after.node.stage !== 'failoverFailed') return null;
  const { commitUnitSectors } = before.setup.geometry;
  const view = chainView(before.disks);
  const captured = new Map(job.inFlight.flatMap((request) => capturedEntries(request, commitUnitSectors)));
  const lawful = observed.every((tag, sector) => {
    if (tag === after.disks.secondary[sector] || tag === before.disks.secondary[sector]) return true;
    const pending = captured.has(sector) || job.dirty[Math.floor(sector / commitUnitSectors)] === true;
    return pending && (tag === view[sector] || tag === captured.get(sector));
  });
  return lawful ? withSecondary(after, observed) : null;
}

/** Sector and tag of all that a request has read. */
function capturedEntries({ unit, content }: CommitRequest, commitUnitSectors: number): [number, Tag][] {
  return content.map((tag, index) => [unit * commitUnitSectors + index, tag]);
}
