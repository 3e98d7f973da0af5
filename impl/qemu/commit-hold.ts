/**
 * Keeps a failover commit from completing anything, so that stage FAILOVER lasts until it is asked to end.
 *
 * The commit first issues a write for every run of dirty commit units, and with none dirty a flush of the secondary
 * disk. While one of these is unanswered its job waits for it and issues nothing more, so that once all have arrived
 * and are held, a later write to the secondary disk is the primary's.
 *
 * A call of the manager may wait for what is held: then QEMU falls silent, and it is let go. The stop itself flushes the
 * disk where it reopens it read-write (7.2: of disks that were opened read-only; 11.1: always), and from 10.0 on a start
 * or a failover of a second node waits for the requests of the first one's commit.
 */
import type { Range } from '../../model/vocabulary.ts';
import { EarlyWrites } from './early-writes.ts';
import type { IdleWatch } from './watch/idle-process.ts';
import type { HeldRequest, NbdServer, ServedRequest } from './nbd/nbd-server.ts';
import { COMMIT_REQUESTS_MAX, SECTOR_BYTES } from './nbd/qemu-geometry.ts';
import { ConnectionLost } from './watch/qemu-lost.ts';
import { StallWatch } from './watch/stall-watch.ts';

type Phase = 'off' | 'collecting' | 'complete';

export class CommitHold {
  /** The primary's writes while `isFull`. */
  readonly early = new EarlyWrites();
  /** The export through which the commit writes. */
  readonly #exportName: string;
  readonly #server: NbdServer;
  readonly #stallMs: number;
  readonly #held: HeldRequest[] = [];
  #phase: Phase = 'off';
  #heldLast = 0;
  #primaryRequests = 0;
  #isDoomed = false;
  #onChange: () => void = () => {};

  constructor(server: NbdServer, exportName: string, stallMs: number) {
    this.#server = server;
    this.#exportName = exportName;
    this.#stallMs = stallMs;
  }

  /** Takes a request that the server was asked to hold; false where it is not one of this commit's. */
  take(request: HeldRequest): boolean {
    if (request.exportName !== this.#exportName) return false;
    this.#held.push(request);
    this.#heldLast = this.#server.requestCount;
    this.#onChange();
    return true;
  }

  /**
   * A read of the commit has failed: it issues nothing more, and ends when what it has issued is done. From 9.1 on the
   * disk is then reopened read-only, and flushed for that: no flush is held any more.
   */
  doom(): void {
    if (this.#phase !== 'collecting') return;
    this.#isDoomed = true;
    this.#releaseFlushes();
    this.#onChange();
  }

  /** When it held a request last: the greater, the later. */
  get heldLast(): number {
    return this.#heldLast;
  }

  /** Whether the commit waits for anything that is held. */
  get isWaitedFor(): boolean {
    return this.#held.length > 0;
  }

  /** Whether all the requests that the commit may have in flight, and the connection, are held. */
  get isFull(): boolean {
    if (this.#held.length < COMMIT_REQUESTS_MAX) return false;
    return this.#held.filter(({ command }) => command !== 'flush').length >= COMMIT_REQUESTS_MAX;
  }

  get isActive(): boolean {
    return this.#phase !== 'off';
  }

  /** Whether a request to the secondary disk has to wait. */
  holds(request: ServedRequest): boolean {
    if (this.#phase === 'off' || request.exportName !== this.#exportName) return false;
    if (request.command === 'read' || request.command === 'trim') return false;
    if (request.command === 'flush' && this.#isDoomed) return false;
    if (this.#phase === 'collecting') return true;
    return request.command !== 'flush' && this.#primaryRequests === 0;
  }

  /** From now on whatever changes or flushes the secondary disk waits; call before the stop that starts the commit. */
  arm(): void {
    this.#phase = 'collecting';
    this.#isDoomed = false;
  }

  /**
   * Settles when the commit has issued all it can: every dirty range (in sectors) is held, or as many requests as it may
   * have in flight, or with none dirty a flush; or a read failed; or `idle` has come, so that nothing more will. The
   * looking ends with it, whatever comes.
   */
  async untilIssued(dirty: readonly Range[], idle: IdleWatch): Promise<void> {
    const isHeld = (): boolean =>
      dirty.length === 0
        ? this.#held.some((request) => request.command === 'flush')
        : dirty.every((range) => this.#held.some((request) => covers(request, range)));
    await this.#until(() => this.#isDoomed || this.isFull || isHeld(), idle);
    this.#phase = 'complete';
  }

  /** Runs a request of the primary, whose writes pass while the commit's are held. */
  async ofPrimary<Result>(request: () => Promise<Result>): Promise<Result> {
    this.#primaryRequests++;
    try {
      return await request();
    } finally {
      this.#primaryRequests--;
    }
  }

  /** Carries out everything held, in ascending order, and holds nothing more. */
  release(): void {
    this.#phase = 'off';
    const held = this.#held.splice(0).toSorted((a, b) => a.offsetBytes - b.offsetBytes);
    for (const request of held) request.release();
  }

  /**
   * Lets go what a call waits for: of a stop that has flushed and begun no commit yet the flush, else the whole commit.
   * True where it was the commit.
   */
  letGo(): boolean {
    const isOfStop =
      this.#phase === 'collecting' && this.#held.every((request) => request.command === 'flush');
    if (isOfStop) this.#releaseFlushes();
    else this.release();
    return !isOfStop;
  }

  #releaseFlushes(): void {
    const flushes = this.#held.filter((request) => request.command === 'flush');
    const others = this.#held.filter((request) => request.command !== 'flush');
    this.#held.splice(0, this.#held.length, ...others);
    for (const request of flushes) request.release();
  }

  /** Forgets everything held: the process that asked is gone. */
  forget(): void {
    this.#phase = 'off';
    this.#held.length = 0;
    this.early.forget();
  }

  #until(condition: () => boolean, idle: IdleWatch): Promise<void> {
    return new Promise((resolve, reject) => {
      const watch = new StallWatch(this.#stallMs, () => finish(this.#lost('hang')));
      const finish = (error: Error | null): void => {
        watch.stop();
        idle.stop();
        this.#onChange = () => {};
        this.#server.onDisconnect = () => {};
        if (error === null) resolve();
        else reject(error);
      };
      this.#onChange = () => {
        watch.moved();
        if (condition()) finish(null);
      };
      this.#server.onDisconnect = () => finish(this.#lost('crash'));
      watch.begin();
      void idle.found.then(() => finish(null));
      this.#onChange();
    });
  }

  #lost(how: 'hang' | 'crash'): ConnectionLost {
    const issued = this.#held.map(
      (request) => `${request.command} ${request.offsetBytes}+${request.lengthBytes}`,
    );
    const what = how === 'hang' ? 'the failover commit issued nothing more' : 'QEMU left the secondary disk';
    return new ConnectionLost(how, `${what}; held so far: ${issued.join(', ') || 'nothing'}`);
  }
}

/** What a call waits for: what came last, as what other commits hold came before the call went on. */
export function waitedForLast<Owner extends { readonly hold: CommitHold }>(
  owners: readonly Owner[],
): Owner | undefined {
  return owners
    .filter(({ hold }) => hold.isWaitedFor)
    .toSorted((one, other) => other.hold.heldLast - one.hold.heldLast)[0];
}

function covers(request: ServedRequest, range: Range): boolean {
  const start = request.offsetBytes / SECTOR_BYTES;
  return start <= range.sector && start + request.lengthBytes / SECTOR_BYTES >= range.sector + range.count;
}
