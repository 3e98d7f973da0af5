/** The commit job over disks of its own, for what cannot be reached through the node: a capture that fails. */
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/vocabulary.ts';
import { CommitJob, type CommitDisks } from './commit-job.ts';
import { EIO, OK } from './outcomes.ts';
import { TINY } from '../testing/scenario.ts';

class RecordingDisks implements CommitDisks {
  readonly log: string[] = [];
  readonly unreadable: number;

  constructor(unreadable: number) {
    this.unreadable = unreadable;
  }

  readGuestView(sector: number, count: number): Outcome {
    this.log.push(`read ${sector}+${count}`);
    return sector === this.unreadable ? EIO : OK;
  }

  writeCommitted(sector: number, count: number): Outcome {
    this.log.push(`write ${sector}+${count}`);
    return OK;
  }

  /** Slices of five sectors. */
  answeredEnd(sector: number, end: number): number {
    return Math.min(end, sector < 5 ? 5 : 10);
  }
}

function job(disks: CommitDisks, requestsMax: number, joinsMax = 1): CommitJob {
  const made = new CommitJob({ ...TINY, lengthSectors: 7 }, 2, disks);
  made.reset(requestsMax, joinsMax);
  made.markDirty(0, 7);
  made.startRequests();
  return made;
}

describe('commit job', () => {
  test('captures when a request starts and writes when it completes, the last unit clipped', () => {
    const disks = new RecordingDisks(-1);
    const running = job(disks, 2);
    expect([running.advance(), running.advance(), running.advance(), running.advance()]).toEqual([
      'running',
      'running',
      'running',
      'completed',
    ]);
    expect(disks.log.join(', ')).toBe(
      'read 0+2, read 2+2, write 0+2, read 4+2, write 2+2, read 6+1, write 4+2, write 6+1',
    );
  });

  test('a request whose capture failed fails when its turn comes, and writes nothing', () => {
    const disks = new RecordingDisks(2);
    const running = job(disks, 3);
    expect([running.advance(), running.advance()]).toEqual(['running', 'failed']);
    expect(disks.log.join(', ')).toBe(
      'read 0+2, read 2+2, read 4+2, write 0+2, read 6+1, write 4+2, write 6+1',
    );
  });

  test('joins whole dirty units as far as one layer answers, and fails with them as one', () => {
    const disks = new RecordingDisks(-1);
    const running = job(disks, 2, 3);
    // The answer from 0 on ends within the third unit; that from 4 on too.
    expect(disks.log.join(', ')).toBe('read 0+4, read 4+2');
    running.markDirty(0, 1);
    running.markDirty(2, 1);
    expect([running.advance(), running.advance(), running.advance(), running.advance()].at(-1)).toBe(
      'completed',
    );
    expect(disks.log.slice(2).join(', ')).toBe(
      'write 0+4, read 6+1, write 4+2, read 0+4, write 6+1, write 0+4',
    );
  });

  test('touching nothing makes nothing dirty', () => {
    const disks = new RecordingDisks(-1);
    const running = new CommitJob(TINY, 2, disks);
    running.reset(1, 1);
    running.markDirty(3, 0);
    running.startRequests();
    expect(running.advance()).toBe('completed');
    expect(disks.log).toEqual([]);
  });
});
