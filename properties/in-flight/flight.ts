/** What is in flight: requests with the slots that they are known by in candidates, and which of them reach a sector. */
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup, Setup } from '../../model/vocabulary.ts';
import { waysOf } from './sectors/control-state.ts';
import type { CallWay, Control } from './sectors/control-state.ts';
import type { RequestId } from './history.ts';
import { relationTo, shapeOf } from './sectors/request-shape.ts';
import type { DataShape, RequestShape } from './sectors/request-shape.ts';
import type { Piece } from './sectors/sector-pieces.ts';
import { canChange, mayFill } from './sectors/sector-effects.ts';

export interface Request {
  readonly id: RequestId;
  readonly slot: number;
  readonly operation: Operation;
  readonly shape: RequestShape;
  /** The index of the event. */
  readonly submittedAt: number;
  /** It may change control, and so is placed among the other calls. */
  readonly isCall: boolean;
  /** It need not take effect. */
  readonly isOptional: boolean;
  /** What it may do, each with its key; none where it is no call. */
  readonly ways: readonly CallWay[];
}

/** What of a request is the same whenever it is submitted. */
type Known = Pick<Request, 'shape' | 'isCall' | 'ways'>;

/** A program is played in several orders one after the other: its operations are looked at once. */
const latest: { setup: Setup | null; readonly known: Map<Operation, Known> } = {
  setup: null,
  known: new Map(),
};
const noWays: readonly CallWay[] = [];
/** A long history is not kept for that. */
const KNOWN_MAX = 4096;

function knownOf(operation: Operation, setup: Setup): Known {
  const isOther = latest.setup !== setup;
  if (isOther || latest.known.size >= KNOWN_MAX) latest.known.clear();
  if (isOther) latest.setup = setup;
  const known = latest.known.get(operation);
  if (known !== undefined) return known;
  const isOne = isCall(operation);
  const made = {
    shape: shapeOf(operation, setup),
    isCall: isOne,
    ways: isOne ? waysOf(operation) : noWays,
  };
  latest.known.set(operation, made);
  return made;
}

export class Flight {
  readonly #setup: Setup;
  /** Oldest first; there are few of them. */
  readonly #requests: Request[] = [];
  /** Slots in use, as bits. */
  #used = 0;
  #calls = 0;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  get all(): readonly Request[] {
    return this.#requests;
  }

  get size(): number {
    return this.#requests.length;
  }

  /** How many of them are calls. */
  get calls(): number {
    return this.#calls;
  }

  submit(id: RequestId, operation: Operation, submittedAt: number, isOptional: boolean): void {
    const slot = 31 - Math.clz32(~this.#used & -~this.#used);
    const known = knownOf(operation, this.#setup);
    const { shape, isCall: isOne, ways } = known;
    const request = { id, slot, operation, shape, submittedAt, isCall: isOne, ways, isOptional };
    this.#requests.push(request);
    this.#used |= 1 << slot;
    if (isOne) this.#calls++;
  }

  of(id: RequestId): Request | undefined {
    for (const request of this.#requests) if (request.id === id) return request;
    return undefined;
  }

  inSlot(slot: number): Request | null {
    for (const request of this.#requests) if (request.slot === slot) return request;
    return null;
  }

  land(request: Request): void {
    // Mostly it is the only one.
    if (this.#requests.at(-1) === request) this.#requests.pop();
    else this.#requests.splice(this.#requests.indexOf(request), 1);
    this.#used &= ~(1 << request.slot);
    if (request.isCall) this.#calls--;
  }

  /** What reaches a sector of a node: requests to it, and where units have a meaning those to its neighbours. */
  piecesAt(control: Control, node: number, sector: number): Piece[] {
    const pieces: Piece[] = [];
    for (const { slot, shape } of this.#requests) {
      if (shape.data === null || shape.node !== node) continue;
      const piece = this.pieceOf(control, slot, node, shape.data, sector);
      // What changes nothing there, or is refused, makes no difference to others.
      const matters =
        piece !== null && (shape.data.isRead || isFelt(control, shape.data, node, piece.relation));
      if (matters) pieces.push(piece);
    }
    return pieces;
  }

  /** Null where the request does not reach the sector. */
  pieceOf(control: Control, slot: number, node: number, data: DataShape, sector: number): Piece | null {
    if (sector >= data.sector && sector < data.sector + data.count) return { slot, data, relation: 0 };
    if (control.nodes[node]?.isIsolated === true) return null;
    const { touched } = data;
    if (sector < touched.sector || sector >= touched.sector + touched.count) return null;
    const relation = relationTo(data, sector, this.nodeSetup(node).geometry);
    return relation !== 0 && isFelt(control, data, node, relation) ? { slot, data, relation } : null;
  }

  nodeSetup(node: number): NodeSetup {
    const setup = this.#setup.nodes[node];
    if (setup === undefined) throw new Error(`there is no node ${node}`);
    return setup;
  }
}

function isFelt(control: Control, data: DataShape, node: number, relation: number): boolean {
  return canChange(control, data, node, relation) || mayFill(control, data, node, relation);
}

/** All but requests and questions. */
function isCall({ op }: Operation): boolean {
  switch (op) {
    case 'open':
    case 'close':
    case 'start':
    case 'checkpoint':
    case 'stop':
    case 'setReplication':
    case 'commitSettle':
    case 'commitAdvance':
    case 'endJob':
      return true;
    default:
      return false;
  }
}
