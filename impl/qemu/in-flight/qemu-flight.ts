/** Requests in flight in one loaded case on a running QEMU. */
import { isHostCall } from '../../operation-lists.ts';
import type { Answered, RequestNumber } from '../../in-flight.ts';
import type { PayloadImages } from '../../payload.ts';
import { isFrom } from '../../../model/operations.ts';
import type { Operation } from '../../../model/operations.ts';
import type { Layer, Outcome } from '../../../model/vocabulary.ts';
import { dataOutcome, readStart, sendData } from '../data-operations.ts';
import type { DataOperation } from '../data-operations.ts';
import { secondaryExport, topExport } from '../graph/block-graph.ts';
import { ExportChannel } from '../nbd/export-channel.ts';
import type { NbdServer, ServedRequest } from '../nbd/nbd-server.ts';
import { askForGraph, shapeOf } from '../process/graph-shape.ts';
import type { QemuProcess } from '../process/qemu-process.ts';
import type { QemuCase } from '../qemu-case.ts';
import type { QemuNode } from '../qemu-node.ts';
import { untilQuiet } from '../watch/quiet-process.ts';
import { ConnectionLost } from '../watch/qemu-lost.ts';
import { callQemu, isCall, isFailover } from './calls.ts';
import { HELD_STALLS, lastAnswer } from './last-answer.ts';
import type { Nudges } from './nudges.ts';
import { ownerOf, writesOf } from './ownership.ts';
import type { Owner, Writes } from './ownership.ts';
import { Stations } from './stations.ts';
import type { Ways } from './stations.ts';

export interface QemuFlightParts {
  readonly process: QemuProcess;
  readonly server: NbdServer;
  readonly node: QemuNode;
  readonly current: QemuCase;
  readonly payloads: PayloadImages;
  readonly ways: readonly Ways[];
  readonly nudges: Nudges;
  readonly stallMs: number;
}

interface InFlight {
  readonly number: RequestNumber;
  readonly operation: Operation;
  /** Settles when it is answered, whatever came of it. */
  readonly done: Promise<void>;
}

export class QemuFlight {
  readonly stations: Stations<Owner<InFlight>>;
  readonly #parts: QemuFlightParts;
  readonly #writes: Writes;
  readonly #guest: ExportChannel;
  readonly #primary: ExportChannel;
  readonly #inFlight = new Map<RequestNumber, InFlight>();
  #answers: Answered[] = [];
  /** What was sent and answered so far. */
  #moves = 0;
  #lost: { readonly error: unknown } | null = null;
  /** The commit of a failover has begun, or may. */
  #mayCommit = false;
  /** It is let go from now on. */
  #settles = false;
  #look: Promise<void> | null = null;
  readonly #settling: (() => void)[] = [];

  constructor(parts: QemuFlightParts) {
    this.#parts = parts;
    this.#writes = writesOf(parts.payloads);
    const { server, node, process } = parts;
    const { ways, stallMs } = parts;
    this.stations = new Stations(server, ways, this.#ownerOf.bind(this), (owner) => owner === 'commit');
    const patience = { stallMs: stallMs * HELD_STALLS, traffic: server.traffic };
    const place = { path: process.nbdPath, metaContext: null, ...patience };
    this.#guest = new ExportChannel({ ...place, exportName: topExport(node.suffix) });
    this.#primary = new ExportChannel({ ...place, exportName: secondaryExport(node.suffix) });
  }

  async submit(number: RequestNumber, operation: Operation): Promise<readonly Answered[]> {
    if (this.#inFlight.has(number)) throw new RangeError(`request ${number} is in flight already`);
    const begins = this.#begin.bind(this, operation);
    // It is in flight before the first of its requests arrives.
    const done = Promise.resolve()
      .then(begins)
      .then(
        (outcome) => this.#answer(number, outcome),
        (error: unknown) => {
          this.#lost ??= { error };
        },
      );
    this.#inFlight.set(number, { number, operation, done });
    await this.#quiet(() => false);
    return this.#taken();
  }

  async advance(number: RequestNumber): Promise<readonly Answered[]> {
    const request = this.#inFlight.get(number);
    const goesOn = request !== undefined && this.#release((owner) => owner === request);
    if (goesOn) await (this.#settles ? this.#untilCommitEnds() : this.#quiet(() => false));
    return this.#taken();
  }

  async await(number: RequestNumber): Promise<readonly Answered[]> {
    const isAnswered = (): boolean => !this.#inFlight.has(number);
    while (!isAnswered()) {
      await this.#quiet(isAnswered);
      if (!isAnswered() && !this.#letGo(number))
        await lastAnswer(number, this.#inFlight.get(number)?.done, this.#parts.stallMs);
    }
    if (this.#inFlight.size > 0 || this.#mayCommit) await this.#quiet(() => false);
    if (this.#settles) await this.#untilCommitEnds();
    return this.#taken();
  }

  /** Waits for what passes all that is held. */
  async passing<Result>(result: Promise<Result>): Promise<Result> {
    const state = { isDone: false };
    const done = result.finally(() => {
      state.isDone = true;
    });
    // Whoever awaits it hears of its failure.
    done.catch(() => {});
    const { process, server, nudges } = this.#parts;
    while (!state.isDone) {
      await untilQuiet(process.pid, server.traffic.mark, () => state.isDone);
      for (const connection of this.stations.takeStuck()) nudges.nudge(connection);
    }
    return done;
  }

  /** Lets all go that is held, and whatever is in flight end. */
  async end(): Promise<void> {
    this.#settle();
    for (const number of this.#inFlight.keys()) await this.await(number);
    await this.#untilCommitEnds();
    await this.leave();
  }

  /** It may sleep between two of its requests (SLICE_TIME, block/mirror.c), and waits for what others have in flight. */
  async #untilCommitEnds(): Promise<void> {
    const late = AbortSignal.timeout(this.#parts.stallMs * HELD_STALLS);
    while (this.#mayCommit) {
      if (late.aborted) throw new ConnectionLost('hang', 'the failover commit does not end');
      this.#settle();
      await this.#quiet(() => !this.#mayCommit);
      if (this.#mayCommit) this.stations.release((owner) => this.#isInFlight(owner));
    }
    // The graph is that of a commit that has ended a little before the driver hears of it.
    await this.#quiet(() => false);
  }

  async leave(): Promise<void> {
    await Promise.all([this.#guest.close(), this.#primary.close()]);
  }

  /** What became of the commit, if there was one. */
  async lookAtGraph(): Promise<void> {
    const { process, node } = this.#parts;
    node.takeShape(shapeOf(await askForGraph(process.qmp), node.suffix));
  }

  #ownerOf(request: ServedRequest, layer: Layer): Owner<InFlight> | null {
    const { geometry } = this.#parts.node.setup;
    const asked = [...this.#inFlight.values()];
    const owner = ownerOf(request, layer, asked, geometry, this.#mayCommit, this.#writes);
    return owner === 'commit' && this.#settles ? null : owner;
  }

  async #begin(operation: Operation): Promise<Outcome> {
    const { process, current } = this.#parts;
    if (isFrom(operation, 'guest')) return this.#request(this.#guest, operation);
    if (isFrom(operation, 'primary')) return this.#request(this.#primary, operation);
    if (isHostCall(operation)) {
      if (isFailover(operation)) {
        this.#settles &&= this.#mayCommit;
        this.#mayCommit = true;
      }
      return callQemu(process.qmp, operation);
    }
    if (operation.op !== 'commitSettle') {
      if (operation.op === 'close') await this.leave();
      const outcome = await current.apply(operation);
      // While QEMU waits for what is held it takes no new connection.
      for (const channel of [this.#guest, this.#primary]) await channel.connect();
      return outcome;
    }
    this.#settle();
    if (this.#mayCommit) await new Promise<void>((resolve) => this.#settling.push(resolve));
    return { kind: 'ok' };
  }

  async #request(channel: ExportChannel, operation: DataOperation): Promise<Outcome> {
    const { payloads } = this.#parts;
    const reply = await channel.request((client) => {
      this.#moves++;
      return sendData(client, operation, this.#parts.node.setup.geometry, payloads);
    });
    return dataOutcome(reply, payloads, readStart(operation));
  }

  #answer(request: RequestNumber, outcome: Outcome): void {
    const answered = this.#inFlight.get(request);
    this.#inFlight.delete(request);
    if (answered !== undefined) this.stations.answered(answered);
    this.#moves++;
    this.#answers.push({ request, outcome });
  }

  #taken(): readonly Answered[] {
    return this.#answers.splice(0);
  }

  /** Until nothing moves any more by itself. */
  async #quiet(isEnough: () => boolean): Promise<void> {
    const { process, server } = this.#parts;
    const isOver = (): boolean => this.#lost !== null || isEnough();
    for (let hasLooked = false; ;) {
      await untilQuiet(process.pid, () => server.traffic.mark() + this.#moves, isOver);
      if (this.#lost !== null) throw this.#lost.error;
      if (isEnough()) return;
      if (this.#nudges()) continue;
      if (hasLooked || !this.#looksForCommit()) return;
      hasLooked = true;
    }
  }

  /** Whether something may move because of it. */
  #nudges(): boolean {
    const stuck = this.#inFlight.size === 0 && !this.#mayCommit ? [] : this.stations.takeStuck();
    for (const connection of stuck) this.#parts.nudges.nudge(connection);
    return stuck.length > 0;
  }

  /** Begins to look whether there is a commit any more, where there may be one; QEMU may not answer for now. */
  #looksForCommit(): boolean {
    if (!this.#mayCommit || this.#isAt(isCall) || this.#look !== null) return false;
    this.#look = this.lookAtGraph()
      .then(() => this.#takeLook())
      .catch((error: unknown) => {
        this.#lost ??= { error };
      })
      .finally(() => {
        this.#look = null;
      });
    return true;
  }

  #takeLook(): void {
    this.#moves++;
    if (this.#parts.node.commitRuns) return;
    this.#mayCommit = false;
    this.#settles = false;
    for (const settled of this.#settling.splice(0)) settled();
  }

  /** At a command QEMU takes no other one. */
  #isAt(isSuch: (operation: Operation) => boolean): boolean {
    return [...this.#inFlight.values()].some(({ operation }) => isSuch(operation));
  }

  #settle(): void {
    this.#settles = true;
    while (this.stations.release((owner) => !this.#isInFlight(owner)));
  }

  /** What is left of one that was answered is the commit's: a stop is answered when the commit has begun. */
  #isInFlight(owner: Owner<InFlight>): boolean {
    return owner !== 'commit' && this.#inFlight.get(owner.number) === owner;
  }

  /**
   * A flush that is let go while a commit has nothing to write lets it end: what it was held by may be this one, and what
   * holds it next lies in a drain, in which nobody is answered.
   */
  #release(isSuch: (owner: Owner<InFlight>) => boolean): boolean {
    let isFlush = false;
    const isReleased = this.stations.release((owner, { command }) => {
      isFlush = command === 'flush' && owner !== 'commit' && !isHostCall(owner.operation);
      return isSuch(owner);
    });
    const isOfCommit = (owner: Owner<InFlight>, { command }: ServedRequest): boolean =>
      command !== 'flush' && !this.#isInFlight(owner);
    const hasBegun = (): boolean => this.#mayCommit && !this.#isAt(isFailover);
    if (isReleased && isFlush && hasBegun() && !this.stations.holds(isOfCommit)) this.#settle();
    return isReleased;
  }

  /**
   * Lets go what a request waits for: first of its own, then of others, oldest first, and at last the commit, as a whole:
   * while it ends nothing passes. False where nothing is held.
   */
  #letGo(number: RequestNumber): boolean {
    const request = this.#inFlight.get(number);
    if (this.#release((owner) => owner === request)) return true;
    if (this.#release((owner) => this.#isInFlight(owner))) return true;
    // Of two that read the same the older one may have been answered by the read of the other. A commit's are not held.
    if (this.stations.release((_, { command }) => command === 'read')) return true;
    if (this.stations.held.length === 0) return false;
    this.#settle();
    return true;
  }
}
