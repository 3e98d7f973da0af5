/** One replication node of a loaded case on a running QEMU: its requests, and what it shows. */
import { setTimeout } from 'node:timers/promises';
import { isFrom } from '../../model/operations.ts';
import type { NodeSetup, Outcome, Range } from '../../model/vocabulary.ts';
import { diskParts, diskSector } from '../gaps.ts';
import type { DiskPart } from '../gaps.ts';
import type { ShownNode } from '../shown.ts';
import type { PayloadImages } from '../payload.ts';
import type { GraphShape } from './nbd/allocation-depth.ts';
import { allocationDepth, firstHeldAbove, layersOf } from './nbd/allocation-depth.ts';
import { BlockGraph, secondaryExport, topExport } from './graph/block-graph.ts';
import type { BlockGraphParts } from './graph/block-graph.ts';
import type { CommitHold } from './commit-hold.ts';
import { dataOutcome, readStart, sendData } from './data-operations.ts';
import type { DataOperation } from './data-operations.ts';
import { commitFlushed, flushed, writableByGuest, writableByPrimary } from './flushed-disks.ts';
import { ExportChannel } from './nbd/export-channel.ts';
import { GuestView } from './nbd/guest-view.ts';
import type { NodeShape } from './process/graph-shape.ts';
import type { Traffic } from './watch/traffic.ts';
import { LinkWatch } from './watch/link-watch.ts';
import type { ByteRange } from './nbd/sparse-disks.ts';
import type { StatusExtent } from './nbd/nbd-client.ts';
import type { NodeStorage } from './graph/node-storage.ts';
import { dirtyUnits, SECTOR_BYTES } from './nbd/qemu-geometry.ts';
import { UnexpectedAnswer } from './watch/qemu-lost.ts';
import { storeExport } from './graph/storage-exports.ts';

export interface QemuNodeParts extends BlockGraphParts {
  readonly storage: NodeStorage;
  readonly hold: CommitHold;
  readonly stallMs: number;
  readonly traffic: Traffic;
}

type PrimaryWrite = Extract<DataOperation, { readonly op: 'primaryWrite' | 'primaryWriteZeroes' }>;

/** Each question is a request with which QEMU looks whether it has reconnected. */
const LINK_POLL_MS = 20;

/** A commit is held for as long as the operations on it take. */
const EARLY_STALLS = 20;

export class QemuNode {
  readonly graph: BlockGraph;
  readonly hold: CommitHold;
  readonly storage: NodeStorage;
  readonly setup: NodeSetup;
  readonly suffix: string;
  readonly link = new LinkWatch();
  readonly #payloads: PayloadImages;
  readonly #parts: readonly DiskPart[];
  readonly #guest: ExportChannel;
  readonly #status: ExportChannel;
  readonly #primary: ExportChannel;
  /** For writes that are answered when a held commit was let go. */
  readonly #early: ExportChannel;
  #shape: GraphShape = 'overlays';
  readonly #view: GuestView;
  /** What a look found where nothing was exported, after so many changes of the graph. */
  #absent: { readonly view: Outcome; readonly changes: number } | null = null;
  #attached: NodeShape['attached'] = { hiddenAttached: 0, secondaryAttached: 0 };

  constructor(parts: QemuNodeParts) {
    const { process, setup, suffix, storage, hold, stallMs, traffic } = parts;
    this.graph = new BlockGraph(parts);
    this.hold = hold;
    this.storage = storage;
    this.setup = setup;
    this.suffix = suffix;
    this.#payloads = storage.payloads;
    this.#parts = diskParts(setup.geometry);
    this.#view = new GuestView(setup.geometry, (...asked) => this.#read(...asked));
    const place = { path: process.nbdPath, stallMs, metaContext: null, traffic };
    const top = { ...place, exportName: topExport(suffix) };
    this.#guest = new ExportChannel(top);
    this.#status = new ExportChannel({ ...top, metaContext: 'qemu:allocation-depth' });
    this.#primary = new ExportChannel({ ...place, exportName: secondaryExport(suffix) });
    const patience = { stallMs: EARLY_STALLS * stallMs };
    this.#early = new ExportChannel({ ...place, ...patience, exportName: secondaryExport(suffix) });
  }

  /** Whether the commit of a failover is there. */
  get commitRuns(): boolean {
    return this.#shape === 'commit running';
  }

  async request(operation: DataOperation): Promise<Outcome> {
    const { broken } = this.hold.early;
    if (broken !== null) throw new UnexpectedAnswer('nonsense', broken);
    const isWrite = operation.op === 'primaryWrite' || operation.op === 'primaryWriteZeroes';
    if (isWrite && this.hold.isFull) return this.#writeEarly(operation);
    const written = this.storage.writeCount;
    const outcome = isFrom(operation, 'guest')
      ? await this.#data(this.#guest, operation)
      : await this.hold.ofPrimary(() => this.#data(this.#primary, operation));
    const isFlush = operation.op === 'guestFlush' || operation.op === 'primaryFlush';
    if (!isFlush || outcome.kind !== 'ok') return outcome;
    const { storage, setup } = this;
    const disks =
      operation.op === 'guestFlush'
        ? writableByGuest(setup, this.#shape, this.#attached)
        : writableByPrimary(setup);
    return flushed(storage, disks, written);
  }

  /** Of a write that QEMU refuses nothing arrives. */
  async #writeEarly(operation: PrimaryWrite): Promise<Outcome> {
    const { early } = this.hold;
    const exportName = storeExport(this.suffix);
    const { sector, count } = operation;
    const write = {
      command: operation.op === 'primaryWrite' ? ('write' as const) : ('writeZeroes' as const),
      offsetBytes: diskSector(this.setup.geometry, sector) * SECTOR_BYTES,
      lengthBytes: count * SECTOR_BYTES,
      bytes: Buffer.from(
        operation.op === 'primaryWrite' ? this.#payloads.extent(sector, count, operation.tag) : [],
      ),
    };
    const arrived = early.next(write, (request) => this.storage.fault({ ...request, exportName }));
    const answer = this.#data(this.#early, operation);
    const first = await Promise.race([arrived, answer]);
    if (typeof first === 'object' && first !== null) {
      early.cancel();
      return first;
    }
    const told: Outcome = first === null ? { kind: 'ok' } : { kind: 'errno', errno: 'EIO' };
    early.owes(answer, told);
    return told;
  }

  /** Of a commit that has ended, after so many writes. */
  commitFlushed(written: number): Outcome {
    return commitFlushed(this.storage, this.#shape, written);
  }

  /** Whether a primary's link whose peer is back comes to be used in the time that it needs; a flush changes nothing. */
  async usesItsLink(): Promise<boolean> {
    for (;;) {
      const { isDue } = this.link;
      const outcome = await this.#data(this.#guest, { op: 'guestFlush' });
      if (outcome.kind !== 'errno') return true;
      if (isDue) return false;
      await setTimeout(LINK_POLL_MS);
    }
  }

  /** What has been seen by now is looked at as if nothing were known. */
  lookAnew(): Promise<ShownNode> {
    this.#absent = null;
    return this.observe(null);
  }

  /** Takes note of what the graph has become. */
  takeShape({ shape, attached }: NodeShape): void {
    this.#shape = this.setup.mode === 'primary' || !this.graph.isOpen ? 'overlays' : shape;
    this.#attached = attached;
  }

  /**
   * Nothing of it drains, which would wait for a held commit. Of the guest's view only `range` (in sectors) is read where it
   * is given, and the rest is as the last look found it. What is seen is understood when `graph` has come.
   */
  async observe(range: Range | null, graph?: Promise<void>): Promise<ShownNode> {
    const [view, extents] = await Promise.all([this.#look(range), this.#allocationDepth(), graph]);
    const isAnswered = view.kind === 'data' && extents !== null;
    return {
      view,
      secondary: this.#payloads.decode(this.storage.secondary, 0),
      answeredBy: isAnswered ? layersOf(extents, this.#shape) : null,
      commitRuns: this.commitRuns,
      wiring: this.#attached,
    };
  }

  /** Whether an export that there was not is not looked for: nothing has been opened or closed since. */
  get isTakenForAbsent(): boolean {
    const { changes, isExported } = this.graph;
    return !isExported && this.#absent?.changes === changes;
  }

  async #look(range: Range | null): Promise<Outcome> {
    if (this.isTakenForAbsent && this.#absent !== null) return this.#absent.view;
    const { changes } = this.graph;
    const view = await this.#view.look(range);
    this.#absent = view.kind === 'error' ? { view, changes } : null;
    return view;
  }

  /** The commit units that a failover would find dirty now, where the disk has them. */
  async dirtyUnits(): Promise<ReturnType<typeof dirtyUnits>> {
    if (this.#shape !== 'overlays') return [];
    // A node that refuses reads has not been started.
    if ((await this.#read(0, 0)).kind !== 'data') return [];
    const units = dirtyUnits(layersOf((await this.#allocationDepth()) ?? [], 'overlays'));
    return units.map(({ sector, count }) => ({ sector: diskSector(this.setup.geometry, sector), count }));
  }

  /** Leaves the export of the node, as must be done before it is deleted. */
  async leave(): Promise<void> {
    await Promise.all([this.#guest.close(), this.#status.close()]);
  }

  /** Removes the node and its disks from QEMU; its commit must have been settled. */
  async remove(): Promise<void> {
    await Promise.all([this.leave(), this.#primary.close(), this.#early.close()]);
    await this.graph.remove();
  }

  async #data(channel: ExportChannel, operation: DataOperation, into?: Buffer): Promise<Outcome> {
    const { geometry } = this.setup;
    const reply = await channel.request((client) =>
      sendData(client, operation, geometry, this.#payloads, into),
    );
    return dataOutcome(reply, this.#payloads, readStart(operation));
  }

  #read(sector: number, count: number, into?: Buffer): Promise<Outcome> {
    return this.#data(this.#guest, { op: 'guestRead', sector, count }, into);
  }

  /** Where an overlay holds something in these bytes, of which no request has written any; null where none does. */
  async heldAbove({ offsetBytes, lengthBytes }: ByteRange): Promise<number | null> {
    if (!this.#isAsked) return null;
    const found = firstHeldAbove(await allocationDepth(this.#status, offsetBytes, lengthBytes), this.#shape);
    return found === null ? null : offsetBytes + found;
  }

  /** Over an active disk that is shorter the node ends before the disk does, and is never started. */
  get #isAsked(): boolean {
    const { mode, defects } = this.setup;
    if (mode === 'primary' || defects.includes('activeShorter')) return false;
    return this.graph.isOpen && !this.storage.hasEjected;
  }

  async #allocationDepth(): Promise<readonly StatusExtent[] | null> {
    if (!this.#isAsked) return null;
    const parts = await Promise.all(
      this.#parts.map(({ sector, end, before }) =>
        allocationDepth(this.#status, (sector + before) * SECTOR_BYTES, (end - sector) * SECTOR_BYTES),
      ),
    );
    return parts.flat();
  }
}
