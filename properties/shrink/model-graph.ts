/** The model's states of one setup, each known once, and where each operation of an alphabet leads: found when asked for. */
import { initialState } from '../../model/node.ts';
import type { Host } from '../../model/node.ts';
import { step } from '../../model/step.ts';
import { observe } from '../../model/observe.ts';
import type { Operation } from '../../model/operations.ts';
import type { Observation, Outcome, Setup } from '../../model/vocabulary.ts';
import type { Capabilities } from '../../impl/capabilities.ts';
import { hostKey } from '../cases/host-key.ts';
import { wholeAlphabet } from './whole-alphabet.ts';

export interface ModelState {
  readonly number: number;
  readonly host: Host;
  /** What is to be observed of each node. */
  readonly observations: readonly Observation[];
}

export interface ModelEdge {
  readonly to: ModelState;
  readonly outcome: Outcome;
}

export class ModelGraph {
  readonly setup: Setup;
  readonly alphabet: readonly Operation[];
  readonly first: ModelState;
  readonly #states = new Map<string, ModelState>();
  /** `edges[state][operation]` */
  readonly #edges: (ModelEdge | undefined)[][] = [];

  constructor(setup: Setup, alphabet: readonly Operation[]) {
    this.setup = setup;
    this.alphabet = alphabet;
    this.first = this.#intern(initialState(setup));
  }

  /** `operation` is an index in the alphabet. */
  edge(from: ModelState, operation: number): ModelEdge {
    const edges = this.#edges[from.number] ?? [];
    const known = edges[operation];
    if (known !== undefined) return known;
    const applied = this.alphabet[operation];
    if (applied === undefined) throw new RangeError(`the alphabet has no operation ${operation}`);
    const { host, outcome } = step(from.host, applied);
    const edge = { to: host === from.host ? from : this.#intern(host), outcome };
    edges[operation] = edge;
    return edge;
  }

  #intern(host: Host): ModelState {
    const key = hostKey(host);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const observations = host.nodes.map((node) => observe(node, host.dead));
    const state = { number: this.#states.size, host, observations };
    this.#states.set(key, state);
    this.#edges.push(Array<ModelEdge | undefined>(this.alphabet.length));
    return state;
  }
}

/** Graphs by their setups. They are of the model alone, so that one serves every system that can be given the same. */
export class ModelGraphs {
  readonly #graphs = new Map<string, ModelGraph>();
  readonly #graphsMax: number;

  /** The latest so many are kept. */
  constructor(graphsMax = 400) {
    this.#graphsMax = graphsMax;
  }

  of(setup: Setup, capabilities: Capabilities): ModelGraph {
    const key = JSON.stringify([setup, capabilities.operations]);
    const known = this.#graphs.get(key);
    if (known !== undefined) return known;
    const graph = new ModelGraph(setup, wholeAlphabet(setup, capabilities));
    this.#graphs.set(key, graph);
    if (this.#graphs.size > this.#graphsMax) {
      const [oldest] = this.#graphs.keys();
      if (oldest !== undefined) this.#graphs.delete(oldest);
    }
    return graph;
  }
}
