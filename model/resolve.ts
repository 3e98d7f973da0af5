/** Where the truth is not one value: which requests of a failed commit landed (mirror.c, up to 16 in flight). */
import { contains, unitRange } from './geometry.ts';
import { chainView } from './overlay.ts';
import { withSecondary } from './state.ts';
import type { CommitJob, State } from './state.ts';
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
  const view = chainView(before.disks);
  const lawful = observed.every((tag, sector) => {
    if (tag === after.disks.secondary[sector] || tag === before.disks.secondary[sector]) return true;
    return (
      isPending(before, job, sector) && (tag === view[sector] || tag === capturedTag(before, job, sector))
    );
  });
  return lawful ? withSecondary(after, observed) : null;
}

function isPending(state: State, job: CommitJob, sector: number): boolean {
  const unit = Math.floor(sector / state.setup.geometry.commitUnitSectors);
  return job.dirty[unit] === true || job.inFlight.some((request) => request.unit === unit);
}

function capturedTag({ setup }: State, job: CommitJob, sector: number): Tag | undefined {
  const { commitUnitSectors, lengthSectors } = setup.geometry;
  for (const { unit, content } of job.inFlight) {
    const range = unitRange(unit, commitUnitSectors, lengthSectors);
    if (contains(range, sector)) return content[sector - range.sector];
  }
  return undefined;
}
