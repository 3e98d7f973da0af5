/** One loaded case on a running QEMU: operations in, outcomes and observations out. */
import { z } from 'zod';
import type {
  IndirectObservation,
  Mode,
  Observation,
  Operation,
  Outcome,
  Setup,
} from '../../model/vocabulary.ts';
import type { PayloadImages } from '../payload.ts';
import { layersOf } from './allocation-depth.ts';
import { BlockGraph, qmpOutcome, SECONDARY_EXPORT, TOP_EXPORT } from './block-graph.ts';
import type { OverlayPaths } from './block-graph.ts';
import type { CommitHold } from './commit-hold.ts';
import { dataOutcome, isGuestOperation, isPrimaryOperation, readStart, sendData } from './data-operations.ts';
import type { DataOperation } from './data-operations.ts';
import { ExportChannel } from './export-channel.ts';
import type { StatusExtent } from './nbd-client.ts';
import { dirtyUnits, SECTOR_BYTES } from './qemu-geometry.ts';
import type { QemuHost } from './qemu-host.ts';
import { ConnectionLost } from './qemu-lost.ts';
import type { QemuProcess } from './qemu-process.ts';
import { StallWatch } from './stall-watch.ts';

const statusSchema = z.discriminatedUnion('error', [
  z.object({ error: z.literal(false) }),
  z.object({ error: z.literal(true), desc: z.string() }),
]);

const RUNNING_OR_FAILED = 'Block replication is running or done';

export interface QemuCaseParts {
  readonly setup: Setup;
  readonly host: QemuHost;
  readonly process: QemuProcess;
  readonly overlays: OverlayPaths | null;
  readonly payloads: PayloadImages;
  readonly hold: CommitHold;
}

export class QemuCase {
  readonly graph: BlockGraph;
  readonly #parts: QemuCaseParts;
  readonly #guest: ExportChannel;
  readonly #status: ExportChannel;
  readonly #primary: ExportChannel;

  /** Requests for data leave the stage as it is: the probe that tells stages apart is spared after them. */
  #mayHaveMoved = true;
  #isCommitted = false;

  constructor(parts: QemuCaseParts) {
    this.#parts = parts;
    this.graph = new BlockGraph(parts.process, parts.setup);
    const place = { path: parts.process.nbdPath, stallMs: parts.host.stallMs, metaContext: null };
    this.#guest = new ExportChannel({ ...place, exportName: TOP_EXPORT });
    this.#status = new ExportChannel({
      ...place,
      exportName: TOP_EXPORT,
      metaContext: 'qemu:allocation-depth',
    });
    this.#primary = new ExportChannel({ ...place, exportName: SECONDARY_EXPORT });
  }

  build(): Promise<void> {
    return this.graph.build(this.#parts.overlays);
  }

  async apply(operation: Operation): Promise<Outcome> {
    this.#mayHaveMoved = !isGuestOperation(operation) && !isPrimaryOperation(operation);
    const { qmp } = this.#parts.process;
    if (isGuestOperation(operation)) return this.#data(this.#guest, operation);
    if (isPrimaryOperation(operation)) {
      return this.#parts.hold.ofPrimary(() => this.#data(this.#primary, operation));
    }
    switch (operation.op) {
      case 'open':
        return this.graph.open();
      case 'close':
        await Promise.all([this.#guest.close(), this.#status.close()]);
        return this.graph.close();
      case 'start':
        return this.#start(operation.mode);
      case 'checkpoint':
        return qmpOutcome(await qmp.ask('xen-colo-do-checkpoint'));
      case 'getError':
        return this.#getError();
      case 'stop':
        return operation.failover ? this.#failOver() : this.#stop(false);
      case 'commitSettle':
        return this.#settle();
      case 'commitAdvance':
        throw new RangeError(
          'commitAdvance: the requests of a real commit cannot be completed one by one; use commitSettle',
        );
    }
  }

  /** Everything is asked at once; nothing of it drains, which would wait for a held commit. */
  async observe(): Promise<Partial<Observation & IndirectObservation>> {
    const { setup, payloads, host, hold } = this.#parts;
    const lengthBytes = setup.geometry.lengthSectors * SECTOR_BYTES;
    const shape = hold.isActive ? 'commit running' : 'overlays';
    const [viewReply, extents, getError, startOtherMode] = await Promise.all([
      this.#guest.request((client) => client.read(0, lengthBytes)),
      this.#allocationDepth(),
      this.#getError(),
      this.#mayHaveMoved ? this.#start(setup.mode === 'primary' ? 'secondary' : 'primary') : null,
    ]);
    const view = dataOutcome(viewReply, payloads, 0);
    if (startOtherMode !== null) {
      // Only a secondary that is done by failover answers ok to both.
      this.#isCommitted = getError.kind === 'ok' && startOtherMode.kind === 'ok';
    }
    const isAnswered = view.kind === 'data' && extents !== null;
    return {
      view,
      secondary: payloads.decode(host.server.content.subarray(0, lengthBytes), 0),
      answeredBy: isAnswered ? layersOf(extents, this.#isCommitted ? 'committed' : shape) : null,
      probes: { getError, startOtherMode },
    };
  }

  /** Ends a held commit and removes the case from QEMU. */
  async remove(): Promise<void> {
    await this.#settle();
    await Promise.all([this.#guest.close(), this.#status.close(), this.#primary.close()]);
    await this.graph.remove(this.#parts.overlays);
  }

  async #data(channel: ExportChannel, operation: DataOperation): Promise<Outcome> {
    const { payloads } = this.#parts;
    const reply = await channel.request((client) => sendData(client, operation, payloads));
    return dataOutcome(reply, payloads, readStart(operation));
  }

  async #start(mode: Mode): Promise<Outcome> {
    const { qmp } = this.#parts.process;
    return qmpOutcome(await qmp.ask('xen-set-replication', { enable: true, primary: mode === 'primary' }));
  }

  async #stop(failover: boolean): Promise<Outcome> {
    const { setup, process } = this.#parts;
    const primary = setup.mode === 'primary';
    return qmpOutcome(await process.qmp.ask('xen-set-replication', { enable: false, primary, failover }));
  }

  async #getError(): Promise<Outcome> {
    const status = statusSchema.parse(await this.#parts.process.qmp.execute('query-xen-replication-status'));
    return status.error ? { kind: 'error', message: status.desc } : { kind: 'ok' };
  }

  // `start` of the other mode tells by its answer what a stop with failover, whose errors QMP swallows, has done.
  async #failOver(): Promise<Outcome> {
    const { setup, hold } = this.#parts;
    if (setup.mode === 'primary') return this.#stop(true);
    const before = await this.#start('primary');
    if (before.kind !== 'error' || before.message !== RUNNING_OR_FAILED) return this.#stop(true);
    const dirty = dirtyUnits(layersOf((await this.#allocationDepth()) ?? [], 'overlays'));
    hold.arm();
    const [outcome, after] = await Promise.all([this.#stop(true), this.#start('primary')]);
    if (after.kind === 'ok') await hold.untilIssued(dirty);
    else hold.release();
    return outcome;
  }

  // During FAILOVER `getError` answers an error and `start` is ignored; one of the two changes when the commit ends.
  async #settle(): Promise<Outcome> {
    const { hold, host } = this.#parts;
    if (!hold.isActive) return { kind: 'ok' };
    hold.release();
    let stalled = false;
    const watch = new StallWatch(host.stallMs, () => {
      stalled = true;
    });
    watch.begin();
    try {
      for (;;) {
        const [status, start] = await Promise.all([this.#getError(), this.#start('primary')]);
        if (status.kind === 'ok' || start.kind === 'error') return { kind: 'ok' };
        if (stalled)
          throw new ConnectionLost('hang', `the failover commit did not end in ${host.stallMs} ms`);
      }
    } finally {
      watch.stop();
    }
  }

  async #allocationDepth(): Promise<readonly StatusExtent[] | null> {
    const { setup } = this.#parts;
    if (setup.mode === 'primary' || !this.graph.isOpen) return null;
    const lengthBytes = setup.geometry.lengthSectors * SECTOR_BYTES;
    const extents: StatusExtent[] = [];
    for (let start = 0; start < lengthBytes;) {
      const reply = await this.#status.request((client) => client.blockStatus(start, lengthBytes - start));
      if (reply.kind === 'refused') throw new Error(`block status of rep: ${reply.reason}`);
      if (reply.kind === 'errno') throw new Error(`block status of rep: ${reply.errno}`);
      if (reply.extents.length === 0) throw new Error('block status of rep: no extents');
      for (const extent of reply.extents) start += extent.lengthBytes;
      extents.push(...reply.extents);
    }
    return extents;
  }
}
