/** One loaded case on a running QEMU: operations in, outcomes and observations out. */
import { isHostCall } from '../operation-lists.ts';
import { isFrom } from '../../model/operations.ts';
import type { FaultOperation, HostCall, Operation } from '../../model/operations.ts';
import type { Mode, NodeSetup, Outcome } from '../../model/vocabulary.ts';
import type { Shown } from '../shown.ts';
import type { BrokenAtEnd } from '../system.ts';
import { CaseObserver, lookAfter } from './case-observer.ts';
import type { Look } from './case-observer.ts';
import { emptyingOutcome, qmpOutcome } from './graph/answers.ts';
import { askForGraph, shapeOf } from './process/graph-shape.ts';
import { waitedForLast } from './commit-hold.ts';
import { answerOf, untilIdle } from './watch/idle-process.ts';
import { ConnectionLost } from './watch/qemu-lost.ts';
import type { QemuNode } from './qemu-node.ts';
import type { QemuProcess } from './process/qemu-process.ts';
import type { QmpReply } from './process/qmp-client.ts';
import { replicationError } from './process/replication-status.ts';
import type { Traffic } from './watch/traffic.ts';
import { StallWatch } from './watch/stall-watch.ts';

export interface QemuCaseParts {
  readonly process: QemuProcess;
  readonly nodes: readonly QemuNode[];
  readonly stallMs: number;
  readonly traffic: Traffic;
  /** The peer of a node dies, or is there again. */
  readonly setLink: (node: number, isUp: boolean) => Promise<void>;
}

export class QemuCase {
  readonly nodes: readonly QemuNode[];
  readonly #process: QemuProcess;
  readonly #stallMs: number;
  readonly #traffic: Traffic;
  readonly #setLink: QemuCaseParts['setLink'];
  readonly #observer: CaseObserver;
  #look: Look = { kind: 'everything' };
  #newestFirst: QemuNode[] = [];
  /** The nodes whose commit the last operation waited for. */
  readonly #letGo = new Set<QemuNode>();

  constructor({ process, nodes, stallMs, traffic, setLink }: QemuCaseParts) {
    this.nodes = nodes;
    this.#process = process;
    this.#stallMs = stallMs;
    this.#traffic = traffic;
    this.#setLink = setLink;
    const [first, ...others] = nodes.map(({ setup }) => setup.mode);
    const isMixed = others.some((mode) => mode !== first);
    const otherMode = isMixed ? null : first === 'primary' ? 'secondary' : 'primary';
    const lookAtGraph = (): Promise<void> => this.#lookAtGraph();
    const getError = (): Promise<Outcome> => this.#getError();
    const start = (mode: Mode): Promise<Outcome> => this.#start(mode);
    this.#observer = new CaseObserver({ process, nodes, otherMode, lookAtGraph, getError, start });
  }

  async build(): Promise<void> {
    for (const node of this.nodes) await node.graph.build();
  }

  /** A commit that the operation waits for is let go, and has ended when this is done. */
  async apply(operation: Operation): Promise<Outcome> {
    this.#letGo.clear();
    const isInVain = this.#isInVain(operation);
    // A stop awaits what it begins by itself.
    const isStop = operation.op === 'stop' || (operation.op === 'setReplication' && !operation.enable);
    const outcome = await (isStop ? this.#apply(operation) : this.#answered(this.#apply(operation)));
    for (const node of this.#letGo) await this.#untilCommitEnds(node);
    const look: Look = isInVain ? { kind: 'nothing' } : lookAfter(operation, outcome);
    this.#look = this.#letGo.size > 0 ? { kind: 'everything' } : look;
    // Only the error shows whether a guest's request has found a peer that is back: it is asked for at once.
    const mayHaveFound = this.nodes.some(({ link }) => link.isRestored) && isFrom(operation, 'guest');
    if (mayHaveFound && this.#look.kind !== 'everything') this.#look = { kind: 'contents' };
    return outcome;
  }

  /** QEMU is not asked, or refuses it before the driver is asked: the name is taken, or nobody has it. */
  #isInVain(operation: Operation): boolean {
    if (isFrom(operation, 'guest')) return !this.#node(operation.node).graph.isExported;
    if (operation.op === 'commitSettle') return !this.#node(operation.node).hold.isActive;
    if (operation.op !== 'open' && operation.op !== 'close') return false;
    return this.#node(operation.node).graph.isOpen === (operation.op === 'open');
  }

  async #apply(operation: Operation): Promise<Outcome> {
    const isRequest = isFrom(operation, 'guest') || isFrom(operation, 'primary');
    if (isRequest) return this.#node(operation.node).request(operation);
    if (isHostCall(operation)) return this.#control(operation);
    if (isFrom(operation, 'nature')) return this.#fault(operation);
    switch (operation.op) {
      case 'open': {
        const node = this.#node(operation.node);
        const wasOpen = node.graph.isOpen;
        const outcome = await node.graph.open();
        if (!wasOpen) this.#noteOpen(node);
        return outcome;
      }
      case 'close': {
        const node = this.#node(operation.node);
        await node.leave();
        const outcome = await node.graph.close();
        if (!node.graph.isOpen) {
          this.#noteOpen(node);
          node.link.forget();
        }
        return outcome;
      }
      case 'commitSettle':
        return this.#settle(this.#node(operation.node));
      case 'commitAdvance':
        throw new RangeError(
          'commitAdvance: the requests of a real commit cannot be completed one by one; use commitSettle',
        );
    }
  }

  /** What the last operation may have changed; asked once more, everything. */
  async observe(): Promise<Shown> {
    const look = this.#look;
    this.#look = { kind: 'everything' };
    return { ...(await this.#observer.observe(look)), ...this.settled };
  }

  /** What has changed since it was looked at last, although nothing changes it. */
  changedUnseen(): Promise<BrokenAtEnd | null> {
    return this.#observer.changedUnseen();
  }

  /** The nodes whose commit the last operation waited for, where there are any. */
  get settled(): Pick<Shown, 'settled'> {
    if (this.#letGo.size === 0) return {};
    return { settled: [...this.#letGo].map((node) => this.nodes.indexOf(node)) };
  }

  /** Ends held commits and removes the case from QEMU. */
  async remove(): Promise<void> {
    for (const node of this.nodes) await this.#settle(node);
    const closed = this.nodes.filter((node) => !this.#newestFirst.includes(node));
    for (const node of [...this.#newestFirst, ...closed]) {
      // A running secondary blocks its deletion. A stop reaches the newest node alone, whatever it answers.
      void this.#process.qmp.ask('xen-set-replication', { enable: false, primary: false }).catch(() => {});
      await node.remove();
    }
  }

  /** Keeps the order in which the nodes were opened. */
  #noteOpen(node: QemuNode): void {
    this.#newestFirst = this.#newestFirst.filter((other) => other !== node);
    if (node.graph.isOpen) this.#newestFirst.unshift(node);
  }

  #node(index: number | undefined): QemuNode {
    const node = this.nodes[index ?? 0];
    if (node === undefined) throw new RangeError(`there is no node ${index}`);
    return node;
  }

  async #control(operation: HostCall): Promise<Outcome> {
    const { qmp } = this.#process;
    switch (operation.op) {
      case 'start':
        return this.#start(operation.mode);
      case 'checkpoint':
        return this.#emptying(await qmp.ask('xen-colo-do-checkpoint'));
      case 'getError':
        return this.#getError();
      case 'queryStatus': {
        const status = await this.#getError();
        return { kind: 'status', error: status.kind === 'error' ? status.message : null };
      }
      case 'stop': {
        const { failover } = operation;
        return this.#stop({ enable: false, primary: false, failover });
      }
      case 'setReplication': {
        const { enable, primary, failover } = operation;
        const given = { enable, primary, ...(failover === null ? {} : { failover }) };
        return enable ? this.#emptying(await qmp.ask('xen-set-replication', given)) : this.#stop(given);
      }
    }
  }

  async #fault(operation: FaultOperation): Promise<Outcome> {
    const node = this.#node(operation.node);
    node.storage.apply(operation);
    if (operation.op === 'cutLink' || operation.op === 'restoreLink') {
      const isUp = operation.op === 'restoreLink';
      if (!isUp && node.graph.isOpen) node.link.cut();
      await this.#setLink(operation.node ?? 0, isUp);
      if (isUp) node.link.restored();
    }
    return { kind: 'ok' };
  }

  async #start(mode: Mode): Promise<Outcome> {
    const given = { enable: true, primary: mode === 'primary' };
    return this.#emptying(await this.#process.qmp.ask('xen-set-replication', given));
  }

  #emptying(reply: QmpReply): Outcome {
    const fired = this.nodes.flatMap(({ storage, suffix }) => {
      const overlay = storage.takeFired();
      return overlay === null ? [] : [`${overlay}${suffix}`];
    });
    return emptyingOutcome(reply, fired[0] ?? null);
  }

  #getError(): Promise<Outcome> {
    return replicationError(this.#process.qmp);
  }

  /** A stop that may begin commits, which are held where they do. */
  async #stop(given: { enable: boolean; primary: boolean; failover?: boolean }): Promise<Outcome> {
    const { qmp } = this.#process;
    const candidates = given.failover === true ? this.nodes.filter((node) => isCandidate(node)) : [];
    const dirty = await Promise.all(candidates.map((node) => node.dirtyUnits()));
    for (const { hold, setup } of candidates) if (canHold(setup)) hold.arm();
    const outcome = qmpOutcome(await this.#answered(qmp.ask('xen-set-replication', given)));
    if (candidates.length > 0) await this.#lookAtGraph();
    for (const [index, node] of candidates.entries()) {
      if (this.#letGo.has(node)) continue;
      if (!canHold(node.setup)) this.#letGo.add(node);
      else if (!node.commitRuns) node.hold.release();
      else {
        const idle = untilIdle(this.#process.pid, this.#traffic.mark);
        await node.hold.untilIssued(dirty[index] ?? [], idle);
        // A commit that cannot read ends by itself unless it waits for what is held.
        await this.#untilCommitEnds(node, () => node.hold.isWaitedFor);
      }
    }
    return outcome;
  }

  /** An answer that may wait for commits that are held. */
  async #answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
    if (!this.nodes.some(({ hold }) => hold.isActive)) return answer;
    const onIdle = (): boolean => {
      const last = waitedForLast(this.nodes);
      if (last?.hold.letGo() === true) this.#letGo.add(last);
      return last !== undefined;
    };
    return answerOf(answer, { pid: this.#process.pid, received: this.#traffic.mark, onIdle });
  }

  async #settle(node: QemuNode): Promise<Outcome> {
    if (!node.hold.isActive) return { kind: 'ok' };
    node.hold.release();
    const written = node.storage.writeCount;
    await this.#untilCommitEnds(node);
    return node.commitFlushed(written);
  }

  /** Or until `isHeldUp`: then the hold stays. */
  async #untilCommitEnds(node: QemuNode, isHeldUp: () => boolean = () => false): Promise<void> {
    let stalled = false;
    const watch = new StallWatch(this.#stallMs, () => {
      stalled = true;
    });
    watch.begin();
    try {
      for (;;) {
        if (isHeldUp()) return;
        await this.#lookAtGraph();
        if (!node.commitRuns) break;
        if (stalled) {
          throw new ConnectionLost('hang', `the failover commit did not end in ${this.#stallMs} ms`);
        }
      }
    } finally {
      watch.stop();
    }
    node.hold.release();
  }

  async #lookAtGraph(): Promise<void> {
    if (this.nodes.every(({ setup }) => setup.mode === 'primary')) return;
    const graph = await askForGraph(this.#process.qmp);
    this.#process.graphSeen = graph;
    for (const node of this.nodes) node.takeShape(shapeOf(graph, node.suffix));
  }
}

/** The requests of a commit can be held only where reads have a connection of their own: else it is waited for at once. */
function canHold({ defects }: NodeSetup): boolean {
  return !defects.includes('secondaryUnmaps');
}

function isCandidate({ setup, graph, hold, commitRuns, storage }: QemuNode): boolean {
  return setup.mode === 'secondary' && graph.isOpen && !hold.isActive && !commitRuns && !storage.hasEjected;
}
