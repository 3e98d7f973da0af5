/**
 * The graph that a tour walks: the states of a small world by the model, of those that differ by the names of tags alone
 * one, and where each operation leads. States are numbers, in the order in which a search finds them.
 */
import { predicted } from '../../model/choices.ts';
import { asQemu } from '../../model/deviations.ts';
import type { Follow } from '../../model/deviations.ts';
import { initialState } from '../../model/node.ts';
import type { CommitJob, Host } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import type { Operation } from '../../model/operations.ts';
import type { Tag } from '../../model/vocabulary.ts';
import { exchangeableTags, permutations } from '../exploration/product/symmetry.ts';
import type { World } from '../exploration/worlds/world.ts';
import { hostKey } from '../cases/host-key.ts';

/** A state of the graph, and the tag by which the graph knows each tag of the state that was asked for. */
export interface Place {
  readonly state: number;
  readonly names: ReadonlyMap<number, number>;
}

export class TourGraph {
  readonly world: World;
  /** `successors[state][operation]` */
  readonly successors: (readonly number[])[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #renamings: readonly ReadonlyMap<number, number>[];

  /** `follow` is the way that is expected of the system where QEMU deviates from its document. */
  constructor(world: World, follow: Follow = asQemu) {
    this.world = world;
    const tags = exchangeableTags(world);
    this.#renamings = permutations(tags).map(
      (order) => new Map(tags.map((tag, index) => [tag, order[index] ?? tag])),
    );
    const found: Host[] = [];
    const numberOf = (host: Host): number => {
      const place = this.#canonical(host);
      const known = this.#numbers.get(place.key);
      if (known !== undefined) return known;
      this.#numbers.set(place.key, found.length);
      found.push(renamedHost(host, place.names));
      return found.length - 1;
    };
    numberOf(initialState(world.setup));
    for (let state = 0; state < found.length; state++) {
      const host = found[state];
      if (host === undefined) break;
      this.successors.push(
        world.alphabet.map((operation) => {
          const next = inOneRequest(host, step(host, operation, predicted, follow).host);
          return next === host ? state : numberOf(next);
        }),
      );
    }
  }

  get transitionCount(): number {
    return this.successors.length * this.world.alphabet.length;
  }

  /** Null for a state that the small world does not have. */
  placeOf(host: Host): Place | null {
    const { key, names } = this.#canonical(host);
    const state = this.#numbers.get(key);
    return state === undefined ? null : { state, names };
  }

  #canonical(host: Host): { readonly key: string; readonly names: ReadonlyMap<number, number> } {
    const named = this.#renamings.map((names) => ({ key: hostKey(renamedHost(host, names)), names }));
    return named.reduce((least, other) => (other.key < least.key ? other : least));
  }
}

/** The operation under which a run does what the graph calls `operation`. */
export function operationIn({ names }: Place, operation: Operation): Operation {
  if (!('tag' in operation)) return operation;
  const tag = [...names].find(([, name]) => name === operation.tag)?.[0] ?? operation.tag;
  return { ...operation, tag };
}

/**
 * mirror.c puts neighbouring dirty units into one request of up to 1 MiB, which a small disk does not exceed. So of the
 * allowed ends of a commit that fails this is the one to be met: nothing of what was in flight at once is written.
 */
function inOneRequest(before: Host, after: Host): Host {
  const nodes = after.nodes.map((node, index) => {
    const earlier = before.nodes[index];
    const failed = node.stage === 'failoverFailed' && earlier?.stage === 'failover';
    if (!failed || (earlier.commitJob?.inFlight.length ?? 0) < 2) return node;
    return { ...node, secondary: earlier.secondary };
  });
  return nodes.every((node, index) => node === after.nodes[index]) ? after : { ...after, nodes };
}

function renamedHost(host: Host, names: ReadonlyMap<number, number>): Host {
  const name = <Entry extends number | null>(entry: Entry): Entry | number =>
    entry === null ? entry : (names.get(entry) ?? entry);
  const nodes = host.nodes.map((node) => ({
    ...node,
    commitJob: node.commitJob === null ? null : renamedJob(node.commitJob, name),
    active: node.active.map(name),
    hidden: node.hidden.map(name),
    secondary: node.secondary.map(name),
  }));
  return { ...host, nodes };
}

function renamedJob(job: CommitJob, name: (tag: Tag) => Tag): CommitJob {
  const inFlight = job.inFlight.map((request) => ({
    ...request,
    content: request.content?.map(name) ?? null,
  }));
  return { ...job, inFlight };
}
