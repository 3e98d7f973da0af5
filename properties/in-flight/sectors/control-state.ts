/**
 * What of a host is no content, and what a call does to it: `step` itself, on a host of one sector a node. Where no sector
 * is bad and nothing else fails, a call does the same whatever the disks hold.
 */
import { predicted } from '../../../model/choices.ts';
import type { Follow } from '../../../model/deviations.ts';
import { initialState } from '../../../model/node.ts';
import { changed } from '../../../model/node.ts';
import type { Host, Node } from '../../../model/node.ts';
import { observe } from '../../../model/observe.ts';
import type { Operation } from '../../../model/operations.ts';
import { step } from '../../../model/step.ts';
import type { Geometry, NodeSetup, Observation, Outcome, Setup } from '../../../model/vocabulary.ts';
import { hostKey } from '../../cases/host-key.ts';
import type { Effect } from './sector-effects.ts';

export interface Control {
  readonly id: number;
  /** Without content. */
  readonly host: Host;
  readonly follow: Follow;
  /** What a guest read finds in no overlay it reads below, whatever has been written above meanwhile. */
  readonly looksUpFirst: boolean;
  readonly nodes: readonly NodeControl[];
  /** What was read off the model before. */
  readonly calls: Map<number, Call>;
  readonly wholes: (Outcome | undefined)[];
  readonly observed: (Observation | undefined)[];
}

export interface NodeControl {
  /**
   * The backup job runs: nothing that the primary writes changes what the guest sees, and nothing that is written to one
   * sector changes the content of another, as seen by the guest or by the primary.
   */
  readonly isIsolated: boolean;
  /** Nothing is copied any more, and a failover still commits what the guest has written. */
  readonly mayCommit: boolean;
  /** A failover has failed: where a guest write goes, and whether it fills a cluster, depends on what is allocated. */
  readonly isSplit: boolean;
  /** Nobody can read the overlays any more before they are emptied. */
  readonly overlaysUnseen: boolean;
  readonly requests: RequestEffects;
}

/** What requests to a node do, read off the model before: other nodes make no difference to that. */
export interface RequestEffects {
  readonly effects: (Effect | undefined)[];
  readonly reaches: (boolean | undefined)[];
}

/** A call from one control state: what it answers, and the state behind it. */
export interface Call {
  readonly operation: Operation;
  readonly before: Control;
  readonly next: Control;
  readonly outcome: Outcome;
  /** It changes nothing at all, whatever the sectors hold: it is refused, or asks something. */
  readonly isIdle: boolean;
  /** Of the nodes: whether this begins an interval of checkpoints, with empty overlays and nothing copied. */
  readonly empties: readonly boolean[];
  /** Of the nodes: whether this ends the isolation. */
  readonly ends: readonly boolean[];
  /** Of the nodes: whether this begins a commit after the isolation has ended: what is allocated makes a unit dirty. */
  readonly begins: readonly boolean[];
  /** Of the nodes: whether what this does to a sector depends on what has been written beside it. */
  readonly asks: readonly boolean[];
  readonly asksAny: boolean;
  /** By pattern of a sector, node, and whether something in the commit unit is allocated. */
  readonly effects: (Effect | undefined)[];
}

const oneSector: Geometry = {
  lengthSectors: 1,
  sectorBytes: 512,
  activeClusterSectors: 1,
  hiddenClusterSectors: 1,
  copyUnitSectors: 1,
  commitUnitSectors: 1,
};

const knownControls = new WeakMap<Follow, Map<string, Controls>>();
/** A setup is mostly used many times one after the other. */
const latest: {
  setup: Setup | null;
  follow: Follow | null;
  looksUpFirst: boolean;
  controls: Controls | null;
} = {
  setup: null,
  follow: null,
  looksUpFirst: false,
  controls: null,
};

/** What was read off the model once serves every history of hosts that differ in their disks only. */
export function controlsOf(setup: Setup, follow: Follow, looksUpFirst: boolean): Controls {
  const isLatest = latest.setup === setup && latest.follow === follow && latest.looksUpFirst === looksUpFirst;
  if (isLatest && latest.controls !== null) return latest.controls;
  const nodes = setup.nodes.map(withoutDisks);
  const known = knownControls.get(follow) ?? new Map<string, Controls>();
  knownControls.set(follow, known);
  const key = `${looksUpFirst} ${JSON.stringify(nodes)}`;
  const controls = known.get(key) ?? new Controls(nodes, follow, looksUpFirst);
  known.set(key, controls);
  Object.assign(latest, { setup, follow, looksUpFirst, controls });
  return controls;
}

function withoutDisks(node: NodeSetup): NodeSetup {
  const { sectorBytes } = node.geometry;
  return {
    ...node,
    geometry: { ...oneSector, sectorBytes },
    initialContent: [],
    badSectors: [],
    commitJoinsUnits: undefined,
  };
}

/** The control states of one setup; each is one value. */
export class Controls {
  readonly #known = new Map<string, Control>();
  readonly #follow: Follow;
  readonly #looksUpFirst: boolean;
  readonly initial: Control;

  constructor(nodes: readonly NodeSetup[], follow: Follow, looksUpFirst: boolean) {
    this.#follow = follow;
    this.#looksUpFirst = looksUpFirst;
    this.initial = this.of(initialState({ nodes }));
  }

  /** The control state of a host with any content. */
  of(host: Host): Control {
    const bare: Host = { ...host, nodes: host.nodes.map(withoutContent) };
    const key = hostKey(bare);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const control: Control = {
      id: this.#known.size,
      host: bare,
      follow: this.#follow,
      looksUpFirst: this.#looksUpFirst,
      nodes: bare.nodes.map((node) => ({
        isIsolated: node.backupJob,
        mayCommit: node.setup.mode === 'secondary' && node.stage === 'running' && !node.backupJob,
        isSplit: node.stage === 'failoverFailed',
        overlaysUnseen: areUnseen(node),
        requests: requestsOf(node, bare, this.#follow),
      })),
      calls: new Map(),
      wholes: [],
      observed: [],
    };
    this.#known.set(key, control);
    return control;
  }

  /** `key` is that of the operation. */
  call(before: Control, operation: Operation, key = callKey(operation)): Call {
    const known = before.calls.get(key) ?? this.#advanced(before, operation, key);
    if (known !== undefined) return known;
    const { host, outcome } = step(before.host, operation, predicted, this.#follow);
    const full = before.host.nodes.reduce(marked, before.host);
    const emptied = step(full, operation, predicted, this.#follow).host;
    const empties = emptied.nodes.map(
      (node) => node.backupJob && node.active[0] === null && node.hidden[0] === null,
    );
    const next = this.of(host);
    const isIdle = next === before && !empties.includes(true) && hostKey(emptied) === hostKey(full);
    const ends = before.nodes.map(
      ({ isIsolated }, node) => isIsolated && next.nodes[node]?.isIsolated !== true,
    );
    const begins = before.nodes.map(
      ({ mayCommit }, node) => mayCommit && next.host.nodes[node]?.commitJob !== null,
    );
    const asks = ends.map((isEnd, node) => isEnd || begins[node] === true);
    const asksAny = asks.includes(true);
    const facts = { empties, ends, begins, asks, asksAny };
    const call: Call = { operation, before, next, outcome, isIdle, ...facts, effects: [] };
    before.calls.set(key, call);
    return call;
  }

  /** A step of a commit that goes on, which is told apart from one that ends it; undefined where there is none. */
  #advanced(before: Control, operation: Operation, key: number): Call | undefined {
    if (operation.op !== 'commitAdvance') return undefined;
    const node = before.host.nodes[operation.node ?? 0];
    if (before.host.dead !== null || node === undefined || node.commitJob === null) return undefined;
    const none = before.nodes.map(() => false);
    const call: Call = {
      operation,
      before,
      next: before,
      outcome: { kind: 'ok' },
      isIdle: false,
      empties: none,
      ends: none,
      begins: none,
      asks: none,
      asksAny: false,
      effects: [],
    };
    before.calls.set(key, call);
    return call;
  }
}

const knownRequests = new WeakMap<Follow, Map<string, RequestEffects>>();

function requestsOf(node: Node, { dead }: Host, follow: Follow): RequestEffects {
  const all = knownRequests.get(follow) ?? new Map<string, RequestEffects>();
  knownRequests.set(follow, all);
  const key = `${hostKey({ nodes: [node], newestFirst: [], dead })} ${JSON.stringify(node.setup)}`;
  const known = all.get(key) ?? { effects: [], reaches: [] };
  all.set(key, known);
  return known;
}

/** Whether a call that waits for requests in flight waits for those of this node: the end of a commit is of one node. */
export function drainsNode(operation: Operation, node: number): boolean {
  return operation.op !== 'commitSettle' || (operation.node ?? 0) === node;
}

const callKeys = new Map<string, number>();
/** Below are those of requests for data. */
export const CALL_KEYS_FROM = 512;

/** What a call does, and a key that is the same for all that do the same. */
export interface CallWay {
  readonly operation: Operation;
  readonly key: number;
}

/** A step of a commit may end it: then it does what is left of the commit, as far as anybody can tell. */
export function waysOf(operation: Operation): CallWay[] {
  const way = { operation, key: callKey(operation) };
  if (operation.op !== 'commitAdvance') return [way];
  return [way, ...waysOf({ ...operation, op: 'commitSettle' })];
}

/** The same for calls that do the same. */
export function callKey(operation: Operation): number {
  const text = JSON.stringify(operation);
  const key = callKeys.get(text) ?? CALL_KEYS_FROM + callKeys.size;
  callKeys.set(text, key);
  return key;
}

/** With something in both overlays, so that one sees whether they are emptied. */
function marked(host: Host, node: Node, index: number): Host {
  return { ...host, nodes: host.nodes.with(index, changed(node, { active: [1], hidden: [1] })) };
}

/** What a request answers that touches no sector, or a call that changes nothing. */
export function wholeOutcome(control: Control, { whole, wholeKey }: WholeRequest): Outcome {
  const known = control.wholes[wholeKey];
  if (known !== undefined) return known;
  const { outcome } = step(control.host, whole(), predicted, control.follow);
  control.wholes[wholeKey] = outcome;
  return outcome;
}

/** The key is the same for those that are answered the same. */
export interface WholeRequest {
  readonly whole: () => Operation;
  readonly wholeKey: number;
}

/** What can be seen of a node that is no content. */
export function observedIn(control: Control, index: number, node: Node): Observation {
  const known = control.observed[index];
  if (known !== undefined) return known;
  const observed = observe(node, control.host.dead);
  control.observed[index] = observed;
  return observed;
}

function withoutContent(node: Node): Node {
  const { nodes } = initialState({ nodes: [{ ...node.setup, geometry: oneSector, initialContent: [] }] });
  const [{ active, hidden, secondary, copied, setup } = node] = nodes;
  const commitJob = node.commitJob === null ? null : { dirty: [false], cursor: 0, inFlight: [] };
  return changed(node, { active, hidden, secondary, copied, setup, commitJob });
}

function areUnseen({ stage, committed, backupJob }: Node): boolean {
  if (backupJob) return false;
  return committed || stage === 'none' || stage === 'closed' || stage === 'aborted';
}
