/** The real QEMU binary as a system under test: one long-lived process, controlled by QMP, bytes by NBD. */
import { defects, operationNames } from '../../model/vocabulary.ts';
import type {
  Capabilities,
  IndirectObservation,
  Observation,
  Operation,
  OperationName,
  Outcome,
  Setup,
  Stage,
} from '../../model/vocabulary.ts';
import { PayloadImages } from '../payload.ts';
import type { AsyncSystem } from '../system.ts';
import { writeOverlays } from './block-graph.ts';
import type { OverlayPaths } from './block-graph.ts';
import { CommitHold } from './commit-hold.ts';
import { QemuCase } from './qemu-case.ts';
import { GEOMETRY_LIMITS, LENGTH_SECTORS_MAX, requireGeometry, SECTOR_BYTES } from './qemu-geometry.ts';
import { QemuHost } from './qemu-host.ts';
import type { QemuOptions } from './qemu-host.ts';
import { QemuLost } from './qemu-lost.ts';

export type { QemuOptions } from './qemu-host.ts';

const CAPABILITIES: Capabilities = {
  operations: operationNames.filter((name) => name !== 'commitAdvance'),
  observes: ['view', 'secondary', 'answeredBy', 'probes'],
  modes: ['primary', 'secondary'],
  defects,
  badSectors: true,
  control: 'qmp',
  commit: 'free',
  geometry: GEOMETRY_LIMITS,
};

/** Payload images kept from case to case; each is as large as the longest disk. */
const PAYLOAD_IMAGES_MAX = 128;

const WAITS_FOR_COMMIT: ReadonlySet<OperationName> = new Set(['open', 'close', 'guestFlush', 'primaryFlush']);

const ABORT: Outcome = { kind: 'abort', rule: 'startAfterFailedStart' };

/** What is known of a loaded case besides what QEMU itself knows. */
interface Loaded {
  readonly setup: Setup;
  readonly overlays: OverlayPaths | null;
  current: QemuCase;
  /** A start failed after it had made the blocker (replication.c:568-577); the next that gets there aborts. */
  isPoisoned: boolean;
  isAborted: boolean;
}

class QemuSystem implements AsyncSystem {
  readonly name = 'qemu';
  readonly capabilities = CAPABILITIES;
  readonly #options: QemuOptions;
  #host: QemuHost | null = null;
  #hold: CommitHold | null = null;
  #payloads = new PayloadImages(LENGTH_SECTORS_MAX, SECTOR_BYTES);
  #loaded: Loaded | null = null;

  constructor(options: QemuOptions) {
    this.#options = options;
  }

  async load(setup: Setup): Promise<void> {
    requireGeometry(setup.geometry, setup.commitRequestsMax);
    await this.unload();
    this.#host ??= await QemuHost.prepare(this.#options);
    const host = this.#host;
    await host.process();
    if (this.#payloads.imageCount > PAYLOAD_IMAGES_MAX) {
      this.#payloads = new PayloadImages(LENGTH_SECTORS_MAX, SECTOR_BYTES);
    }
    this.#hold ??= new CommitHold(host.server, host.stallMs);
    this.#fillSecondary(host, this.#hold, setup);
    const overlays = setup.mode === 'primary' ? null : await writeOverlays(host.images, setup);
    const current = await this.#begin(host, this.#hold, setup, overlays);
    this.#loaded = { setup, overlays, current, isPoisoned: false, isAborted: false };
  }

  async apply(operation: Operation): Promise<Outcome> {
    const loaded = this.#requireLoaded();
    if (loaded.isAborted) {
      if (operation.op !== 'open') return ABORT;
      loaded.current = await this.#begin(
        this.#requireHost(),
        this.#requireHold(),
        loaded.setup,
        loaded.overlays,
      );
      loaded.isAborted = false;
      loaded.isPoisoned = false;
    }
    try {
      const outcome = await loaded.current.apply(operation);
      notePoison(loaded, operation, outcome);
      return outcome;
    } catch (error) {
      return this.#lose(loaded, operation, error);
    }
  }

  async observe(): Promise<Partial<Observation & IndirectObservation>> {
    const loaded = this.#requireLoaded();
    if (loaded.isAborted) {
      const lengthBytes = loaded.setup.geometry.lengthSectors * SECTOR_BYTES;
      const content = this.#requireHost().server.content.subarray(0, lengthBytes);
      const secondary = this.#payloads.decode(content, 0);
      return { view: ABORT, secondary, answeredBy: null, probes: { getError: ABORT, startOtherMode: ABORT } };
    }
    try {
      return await loaded.current.observe();
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  /**
   * During FAILOVER, whose commit waits for `commitSettle`, some operations would wait for the commit: `close`; `open`,
   * which drains the active disk before it finds the name taken; and a flush of the secondary disk where what is held is
   * the commit's own flush (QEMU runs one flush of a node at a time).
   */
  accepts(operation: Operation, stage: Stage): boolean {
    return stage !== 'failover' || !WAITS_FOR_COMMIT.has(operation.op);
  }

  async unload(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = null;
    if (loaded === null || loaded.isAborted) return;
    try {
      await loaded.current.remove();
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  async shutdown(): Promise<void> {
    this.#loaded = null;
    const host = this.#host;
    this.#host = null;
    this.#hold = null;
    await host?.shutdown();
  }

  async #begin(
    host: QemuHost,
    hold: CommitHold,
    setup: Setup,
    overlays: OverlayPaths | null,
  ): Promise<QemuCase> {
    const process = await host.process();
    const begun = new QemuCase({ setup, host, process, overlays, payloads: this.#payloads, hold });
    try {
      await begun.build();
      return begun;
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  #fillSecondary(host: QemuHost, hold: CommitHold, setup: Setup): void {
    const { content } = host.server;
    const diskBytes = setup.geometry.lengthSectors * SECTOR_BYTES;
    content.fill(0);
    for (const { sector, count, tag } of setup.initialContent) {
      content.set(this.#payloads.extent(sector, count, tag), sector * SECTOR_BYTES);
    }
    const bad = setup.badSectors.map((each) => each.sector * SECTOR_BYTES);
    host.server.rules = {
      hold: (request) => hold.holds(request),
      fault: ({ command, offsetBytes, lengthBytes }) => {
        const end = offsetBytes + lengthBytes;
        if (end > diskBytes) return 'EINVAL';
        if (command !== 'write' && command !== 'writeZeroes') return null;
        return bad.some((start) => start < end && start + SECTOR_BYTES > offsetBytes) ? 'EIO' : null;
      },
    };
  }

  async #lose(loaded: Loaded, operation: Operation, error: unknown): Promise<Outcome> {
    const process = await this.#requireHost().process();
    const explained = await this.#explain(error);
    const isCrash = explained instanceof QemuLost && explained.how === 'crash';
    if (!isCrash || operation.op !== 'start' || !loaded.isPoisoned || process.diedOf !== 'SIGABRT')
      throw explained;
    this.#loaded = loaded;
    loaded.isAborted = true;
    return ABORT;
  }

  /** What to tell of an error in a case; the case is over and its process gone. */
  async #explain(error: unknown): Promise<unknown> {
    this.#loaded = null;
    const host = this.#requireHost();
    const explained = await (await host.process()).explain(error);
    await host.dropProcess();
    this.#hold?.forget();
    return explained;
  }

  #requireLoaded(): Loaded {
    if (this.#loaded === null) throw new Error('no case is loaded, or its process was lost; call load first');
    return this.#loaded;
  }

  #requireHost(): QemuHost {
    if (this.#host === null) throw new Error('the system was shut down; call load first');
    return this.#host;
  }

  #requireHold(): CommitHold {
    if (this.#hold === null) throw new Error('the system was shut down; call load first');
    return this.#hold;
  }
}

function notePoison(loaded: Loaded, operation: Operation, outcome: Outcome): void {
  if (operation.op === 'close' && outcome.kind === 'ok') loaded.isPoisoned = false;
  if (
    operation.op === 'start' &&
    outcome.kind === 'error' &&
    outcome.message === 'No top_bs or it is invalid'
  ) {
    loaded.isPoisoned = true;
  }
}

/** Nothing runs before the first `load`, which rejects with `EnvironmentError` where QEMU cannot be used. */
export function createQemuSystem(options: QemuOptions = {}): AsyncSystem {
  return new QemuSystem(options);
}
