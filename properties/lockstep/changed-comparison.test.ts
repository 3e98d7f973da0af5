/** The lockstep looks at what model or system has touched, and at everything at the end: nothing stays unseen. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { ReplicationNode } from '../../impl/efficient/node/replication-node.ts';
import type { NodeSetup, Outcome } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import { smallGeometry } from '../cases/geometries.ts';
import { runLockstep } from './lockstep.ts';

const FAR_SECTOR = 7;

/** A flush changes a byte behind the back of the store, which notes no write. */
class CorruptsSilently extends ReplicationNode {
  override guestFlush(): Outcome {
    const { secondary } = this;
    const slot = secondary.slotOf(secondary.clusterOf(FAR_SECTOR));
    const words = secondary.segmentToRead(slot);
    const at = secondary.wordOffset(slot, FAR_SECTOR);
    words[at] = (words[at] ?? 0) ^ 1;
    return super.guestFlush();
  }
}

/** Every flush writes zeroes over a sector, or what stood there before. */
class CorruptsAndHeals extends ReplicationNode {
  readonly #kept = new Uint32Array(this.wordsPerSector);
  #corrupt = false;

  override load(setup: NodeSetup): void {
    this.#corrupt = false;
    super.load(setup);
  }

  override guestFlush(): Outcome {
    if (!this.#corrupt) this.secondary.read(FAR_SECTOR, 1, this.#kept, 0);
    this.secondary.store(FAR_SECTOR, 1, this.#corrupt ? this.#kept : null, 0);
    this.#corrupt = !this.#corrupt;
    return super.guestFlush();
  }
}

const flush: Operation = { op: 'guestFlush' };
const read: Operation = { op: 'guestRead', sector: 0, count: 1 };

test.each([
  ['a sector corrupted where no write is noted', CorruptsSilently, [flush, read, read]],
  ['a sector corrupted and healed', CorruptsAndHeals, [flush, flush, read]],
])('%s is found, at the operation that did it', (_, nodeClass, tail) => {
  const setup = {
    nodes: [
      {
        mode: 'secondary' as const,
        geometry: smallGeometry,
        initialContent: [{ sector: 0, count: 8, tag: 1 }],
        readOnly: [],
        badSectors: [],
        defects: [],
        commitRequestsMax: 1,
      },
    ],
  };
  const operations: Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }, read, ...tail];
  const found = runLockstep(createEfficientSystem(nodeClass), { setup, operations }, { depth: 'full' });
  expect(found).toMatchObject({ kind: 'observation', index: 3, sector: FAR_SECTOR });
});
