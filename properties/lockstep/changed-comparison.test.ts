/** The lockstep looks at what model or system has touched, and at everything at the end: nothing stays unseen. */
import { expect, test } from 'vitest';
import { createEfficientSystem } from '../../impl/efficient/efficient-system.ts';
import { ReplicationNode } from '../../impl/efficient/node/replication-node.ts';
import type { Geometry, NodeSetup, Outcome } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import { realGeometry, smallGeometry } from '../cases/geometries.ts';
import { runLockstep } from './lockstep.ts';

/** The last sector of a disk. */
const farSector = ({ lengthSectors }: Geometry): number => lengthSectors - 1;

/** A flush changes a byte behind the back of the store, which notes no write. */
class CorruptsSilently extends ReplicationNode {
  override guestFlush(): Outcome {
    const { secondary } = this;
    const far = farSector(this.geometry);
    const cluster = secondary.clusterOf(far);
    const slot = secondary.slotOf(cluster);
    const words = secondary.segmentToRead(slot);
    const at = secondary.wordOffset(slot, far - cluster * secondary.clusterSectors);
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
    this.toggle();
    return super.guestFlush();
  }

  toggle(): void {
    const far = farSector(this.geometry);
    if (!this.#corrupt) this.secondary.read(far, 1, this.#kept, 0);
    this.secondary.store(far, 1, this.#corrupt ? this.#kept : null, 0);
    this.#corrupt = !this.#corrupt;
  }
}

/** Every write of the guest does. */
class CorruptsAndHealsWithWrites extends CorruptsAndHeals {
  override guestWrite(...request: Parameters<ReplicationNode['guestWrite']>): Outcome {
    this.toggle();
    return super.guestWrite(...request);
  }
}

/** After a write of the guest reads no longer return what the last sector holds. */
class Misreads extends ReplicationNode {
  #hasWritten = false;

  override load(setup: NodeSetup): void {
    this.#hasWritten = false;
    super.load(setup);
  }

  override guestWrite(...request: Parameters<ReplicationNode['guestWrite']>): Outcome {
    this.#hasWritten = true;
    return super.guestWrite(...request);
  }

  override readGuestView(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const outcome = super.readGuestView(sector, count, target, targetAt);
    const from = farSector(this.geometry) - sector;
    if (this.#hasWritten && from >= 0 && from < count) target[targetAt + from * this.wordsPerSector] = 0;
    return outcome;
  }
}

/** While a failover goes on, and not before and after, reads return zeroes for one cluster. */
class MisreadsInFailover extends ReplicationNode {
  override readGuestView(sector: number, count: number, target: Uint32Array, targetAt: number): Outcome {
    const outcome = super.readGuestView(sector, count, target, targetAt);
    const far = this.lengthSectors - this.geometry.activeClusterSectors;
    const from = Math.max(far - sector, 0);
    if (this.stage === 'failover' && from < count)
      target.fill(0, targetAt + from * this.wordsPerSector, targetAt + count * this.wordsPerSector);
    return outcome;
  }
}

const flush: Operation = { op: 'guestFlush' };
const read: Operation = { op: 'guestRead', sector: 0, count: 1 };
const write: Operation = { op: 'guestWrite', sector: 0, count: 1, tag: 2 };

const corruptions = [
  ['a sector corrupted where no write is noted', CorruptsSilently, [flush, read, read]],
  ['a sector corrupted and healed', CorruptsAndHeals, [flush, flush, read]],
  [
    'a sector corrupted and healed far from what is written',
    CorruptsAndHealsWithWrites,
    [write, write, read],
  ],
  ['a sector misread far from what is written', Misreads, [write, read, read]],
] as const;

const disks = [
  ['a small disk', smallGeometry],
  ['a large disk', realGeometry],
] as const;

const cases = disks.flatMap(([disk, geometry]) =>
  corruptions.map(([what, nodeClass, tail]) => [disk, what, geometry, nodeClass, tail] as const),
);

const full = (geometry: Geometry): { readonly nodes: readonly NodeSetup[] } => ({
  nodes: [
    {
      mode: 'secondary',
      geometry,
      initialContent: [{ sector: 0, count: geometry.lengthSectors, tag: 1 }],
      readOnly: [],
      badSectors: [],
      defects: [],
      commitRequestsMax: 1,
    },
  ],
});

test.each(cases)('of %s, %s is found, at the operation that did it', (_, __, geometry, nodeClass, tail) => {
  const setup = full(geometry);
  const operations: Operation[] = [{ op: 'open' }, { op: 'start', mode: 'secondary' }, read, ...tail];
  const found = runLockstep(createEfficientSystem(nodeClass), { setup, operations }, { depth: 'full' });
  expect(found).toMatchObject({ kind: 'observation', index: 3, sector: farSector(geometry) });
});

test.each(disks)('of %s, a cluster that is misread between two changes of stage is found', (_, geometry) => {
  const setup = full(geometry);
  const operations: Operation[] = [
    { op: 'open' },
    { op: 'start', mode: 'secondary' },
    write,
    { op: 'stop', failover: true },
    { op: 'commitSettle' },
  ];
  const play = (nodeClass: typeof ReplicationNode) =>
    runLockstep(createEfficientSystem(nodeClass), { setup, operations }, { depth: 'full' });
  expect(play(ReplicationNode)).toBeNull();
  expect(play(MisreadsInFailover)).toMatchObject({ kind: 'observation', index: 3, part: 'view' });
});
