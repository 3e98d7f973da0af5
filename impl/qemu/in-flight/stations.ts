/**
 * Holds requests of QEMU to the secondary disk and to the clusters of the overlays one by one, in the order in which they
 * arrive.
 *
 * A connection holds one request at a time, whatever passes on it meanwhile: of two that are held on one connection of
 * QEMU's NBD client the first to be answered would go on waiting for the answer of the other (see storage-exports.ts). A
 * read that comes where something is held already fails there, and the quorum tries it on the next connection; of
 * a write, which arrives on all, one copy is held and has its effect when it is let go. Where all connections hold
 * something, nothing more is held, but for writes of an owner that is let go as a whole: these share a connection.
 */
import type { Layer } from '../../../model/vocabulary.ts';
import { isNudge } from './nudges.ts';
import type { HeldRequest, NbdServer, ServedRequest, ServerRules } from '../nbd/nbd-server.ts';

/** Null: it is not held. */
export type OwnerOf<Owner> = (request: ServedRequest, layer: Layer) => Owner | null;

/** The connections to one layer, by the names of their exports: a read takes the first, all others take each. */
export interface Ways {
  readonly layer: Layer;
  readonly exports: readonly string[];
}

/** What is asked of all copies of one write, or flush. */
interface Copies {
  readonly first: ServedRequest;
  readonly ways: Ways;
  readonly seen: Set<string>;
  /** The connection whose copy is held; null: the first one had its effect at once. */
  readonly holder: string | null;
}

export class Stations<Owner> {
  readonly rules: ServerRules;
  readonly #ways = new Map<string, Ways>();
  readonly #ownerOf: OwnerOf<Owner>;
  readonly #isLetGoWhole: (owner: Owner) => boolean;
  readonly #held: { readonly request: HeldRequest; owner: Owner; readonly connection: string }[] = [];
  readonly #passedOn = new WeakSet<ServedRequest>();
  readonly #withoutEffect = new WeakSet<ServedRequest>();
  readonly #copies: Copies[] = [];
  readonly #owners = new Map<Copies, Owner>();
  /** The connections on which something has passed since they were nudged. */
  readonly #passed = new Set<string>();
  #next: { readonly owner: Owner; readonly connection: string } | null = null;

  constructor(
    server: NbdServer,
    ways: readonly Ways[],
    ownerOf: OwnerOf<Owner>,
    isLetGoWhole: (owner: Owner) => boolean,
  ) {
    for (const each of ways) for (const name of each.exports) this.#ways.set(name, each);
    this.#ownerOf = ownerOf;
    this.#isLetGoWhole = isLetGoWhole;
    this.rules = {
      hold: (request) => this.#holds(request),
      fault: (request) => (this.#passedOn.has(request) ? 'EIO' : null),
      changes: (request, usually) => usually && !this.#withoutEffect.has(request),
    };
    server.onHeld = (request) => {
      if (this.#next === null) throw new Error('a request is held that nobody asked for');
      this.#held.push({ request, ...this.#next });
      this.#next = null;
    };
  }

  holds(isSuch: (owner: Owner, request: ServedRequest) => boolean): boolean {
    return this.#held.some(({ owner, request }) => isSuch(owner, request));
  }

  /** What is held, oldest first. */
  get held(): readonly ServedRequest[] {
    return this.#held.map(({ request }) => request);
  }

  /** Lets the oldest that is such go; false where there is none. */
  release(isSuch: (owner: Owner, request: ServedRequest) => boolean): boolean {
    const place = this.#held.findIndex(({ owner, request }) => isSuch(owner, request));
    const [found] = place < 0 ? [] : this.#held.splice(place, 1);
    if (found !== undefined) this.#passed.add(found.connection);
    found?.request.release();
    return found !== undefined;
  }

  /**
   * The connections that hold something where something has passed: that may not have come to its end (see nudges.ts). They
   * are taken for nudged from now on.
   */
  takeStuck(): readonly string[] {
    const stuck = this.#held.flatMap(({ connection }) => (this.#passed.has(connection) ? [connection] : []));
    for (const connection of stuck) this.#passed.delete(connection);
    return stuck;
  }

  /**
   * An owner has been answered: what was taken for its own belongs to one that asked for the same, whose request has come
   * before that answer. Flushes stay, as that of a stop does, which is the commit's from then on.
   */
  answered(owner: Owner): void {
    const nextOwner = (request: ServedRequest): Owner => {
      const ways = this.#ways.get(request.exportName);
      if (ways === undefined || request.command === 'flush') return owner;
      return this.#ownerOf(request, ways.layer) ?? owner;
    };
    for (const held of this.#held) if (held.owner === owner) held.owner = nextOwner(held.request);
    for (const [copies, of] of this.#owners)
      if (of === owner) this.#owners.set(copies, nextOwner(copies.first));
  }

  /** The process that asked is gone. */
  forget(): void {
    this.#held.length = 0;
    this.#copies.length = 0;
    this.#owners.clear();
    this.#next = null;
  }

  #holds(request: ServedRequest): boolean {
    const connection = request.exportName;
    const ways = this.#ways.get(connection);
    if (ways === undefined || isNudge(request)) return false;
    const isHeld =
      request.command === 'read' ? this.#holdsRead(request, ways) : this.#holdsCopy(request, ways);
    if (!isHeld) this.#passed.add(connection);
    return isHeld;
  }

  #holdsRead(request: ServedRequest, ways: Ways): boolean {
    const connection = request.exportName;
    const free = this.#freeFrom(ways, ways.exports.indexOf(connection));
    if (free === null) return false;
    if (free !== connection) {
      this.#passedOn.add(request);
      return false;
    }
    const owner = this.#ownerOf(request, ways.layer);
    if (owner !== null) this.#next = { owner, connection };
    return owner !== null;
  }

  #holdsCopy(request: ServedRequest, ways: Ways): boolean {
    const connection = request.exportName;
    const copies = this.#copiesOf(request, ways);
    copies.seen.add(connection);
    const isHeld = copies.holder === connection;
    const hasEffect = copies.holder === null ? copies.seen.size === 1 : isHeld;
    if (!hasEffect) this.#withoutEffect.add(request);
    const owner = this.#owners.get(copies);
    if (isHeld && owner !== undefined) this.#next = { owner, connection };
    if (copies.seen.size === ways.exports.length) {
      this.#copies.splice(this.#copies.indexOf(copies), 1);
      this.#owners.delete(copies);
    }
    return isHeld;
  }

  /** Of equal writes in flight the first that has not come on this connection yet: which is which makes no difference. */
  #copiesOf(request: ServedRequest, ways: Ways): Copies {
    const known = this.#copies.find(
      (copies) =>
        copies.ways === ways && !copies.seen.has(request.exportName) && isSame(copies.first, request),
    );
    if (known !== undefined) return known;
    const owner = this.#ownerOf(request, ways.layer);
    const holder = owner === null ? null : (this.#freeFrom(ways, 0) ?? this.#sharedBy(owner));
    const copies = { first: request, ways, seen: new Set<string>(), holder };
    this.#copies.push(copies);
    if (owner !== null) this.#owners.set(copies, owner);
    return copies;
  }

  /** A connection that holds something of the same owner, or is to hold it; null where they must not be held together. */
  #sharedBy(owner: Owner): string | null {
    if (!this.#isLetGoWhole(owner)) return null;
    const held = this.#held.find((each) => each.owner === owner)?.connection;
    const coming = this.#copies.find((copies) => this.#owners.get(copies) === owner)?.holder;
    return held ?? coming ?? null;
  }

  /** The first connection from this place on that holds nothing, and is not to hold anything. */
  #freeFrom({ exports }: Ways, place: number): string | null {
    const taken = new Set([
      ...this.#held.map((each) => each.connection),
      ...this.#copies.flatMap(({ holder, seen }) => (holder === null || seen.has(holder) ? [] : [holder])),
    ]);
    return exports.find((name, at) => at >= place && !taken.has(name)) ?? null;
  }
}

function isSame(one: ServedRequest, other: ServedRequest): boolean {
  return (
    one.command === other.command &&
    one.offsetBytes === other.offsetBytes &&
    one.lengthBytes === other.lengthBytes &&
    one.bytes.equals(other.bytes)
  );
}
