/**
 * Looks at a case on a running QEMU. What an operation cannot have changed is not asked for again; when the case ends
 * everything is looked at once more, so that a change that nothing led to is still seen.
 */
import { isFrom } from '../../model/operations.ts';
import type { Operation } from '../../model/operations.ts';
import type { Mode, Outcome, Range } from '../../model/vocabulary.ts';
import type { BrokenAtEnd } from '../system.ts';
import type { Shown, ShownNode } from '../shown.ts';
import { askForReadOnly } from './process/graph-shape.ts';
import type { QemuProcess } from './process/qemu-process.ts';
import type { QemuNode } from './qemu-node.ts';

/** `written`: a request of one node was carried out. `contents`: the graph of the nodes is what it was. */
export type Look =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'contents' }
  | { readonly kind: 'everything' }
  | { readonly kind: 'written'; readonly node: number; readonly range: Range };

const nothing: Look = { kind: 'nothing' };

/** How much is to be looked at after an operation. */
export function lookAfter(operation: Operation, outcome: Outcome): Look {
  if (operation.op === 'getError' || operation.op === 'queryStatus' || operation.op === 'failEmptying')
    return nothing;
  if (operation.op === 'breakSector' || operation.op === 'repairSectors') return { kind: 'contents' };
  if (!isFrom(operation, 'guest') && !isFrom(operation, 'primary')) return { kind: 'everything' };
  if (outcome.kind !== 'ok' && outcome.kind !== 'data') return { kind: 'contents' };
  switch (operation.op) {
    case 'guestRead':
    case 'primaryRead':
    case 'guestFlush':
    case 'primaryFlush':
      return nothing;
    case 'guestWrite':
    case 'guestWriteZeroes':
    case 'guestDiscard':
    case 'primaryWrite':
    case 'primaryWriteZeroes':
    case 'primaryDiscard':
      return { kind: 'written', node: operation.node ?? 0, range: operation };
  }
}

export interface ObservedNode extends Pick<
  QemuNode,
  'setup' | 'suffix' | 'observe' | 'lookAnew' | 'isTakenForAbsent'
> {
  readonly link: Pick<QemuNode['link'], 'isRestored'>;
  readonly storage: Pick<QemuNode['storage'], 'hasEjected'>;
}

export interface CaseObserverParts {
  readonly process: { readonly qmp: Pick<QemuProcess['qmp'], 'execute'> };
  readonly nodes: readonly ObservedNode[];
  /** The mode that no node has, null where there are nodes of both. */
  readonly otherMode: Mode | null;
  readonly lookAtGraph: () => Promise<void>;
  readonly getError: () => Promise<Outcome>;
  readonly start: (mode: Mode) => Promise<Outcome>;
}

export class CaseObserver {
  readonly #parts: CaseObserverParts;
  /** What the looks together have found, and whether the last ones left anything out. */
  #known: readonly ShownNode[] | null = null;
  #isPartial = false;

  constructor(parts: CaseObserverParts) {
    this.#parts = parts;
  }

  /** Everything that is to be looked at is asked at once. */
  async observe(look: Look): Promise<Shown> {
    const known = this.#known;
    const { nodes } = this.#parts;
    if (known === null || look.kind === 'contents' || look.kind === 'everything')
      return this.#whole(look.kind !== 'contents');
    this.#isPartial = true;
    if (look.kind === 'nothing') return { nodes: nodes.map(() => ({})) };
    const shown = await nodes[look.node]?.observe(look.range);
    const found = nodes.map((_, node) => (node === look.node && shown !== undefined ? shown : {}));
    this.#known = known.map((before, node) => ({ ...before, ...found[node] }));
    return { nodes: found };
  }

  async #whole(mayHaveMoved: boolean): Promise<Shown> {
    const { nodes, otherMode, lookAtGraph, getError, start } = this.#parts;
    const graph = mayHaveMoved ? lookAtGraph() : undefined;
    const [contents, wirings, error, startOtherMode] = await Promise.all([
      Promise.all(nodes.map((node) => node.observe(null, graph))),
      mayHaveMoved ? this.#readOnlyStates() : [],
      getError(),
      mayHaveMoved && otherMode !== null ? start(otherMode) : null,
    ]);
    const shown = contents.map((each, node) => ({ ...each, wiring: { ...each.wiring, ...wirings[node] } }));
    this.#known = contents;
    this.#isPartial = false;
    return { nodes: shown, probes: { getError: error, startOtherMode } };
  }

  /** What has changed although nothing that was done changes it. */
  async changedUnseen(): Promise<BrokenAtEnd | null> {
    const known = this.#known;
    const { nodes } = this.#parts;
    if (known === null || !(this.#isPartial || nodes.some((node) => node.isTakenForAbsent))) return null;
    const now = await Promise.all(nodes.map((node) => node.lookAnew()));
    for (const [node, before] of known.entries()) {
      // When its client finds a peer that is back is up to QEMU.
      if (nodes[node]?.link.isRestored === true) continue;
      for (const part of ['view', 'secondary', 'answeredBy'] as const) {
        const [was, is] = [before[part], now[node]?.[part]].map((each) => JSON.stringify(each));
        if (was !== is)
          return {
            promise: 'requests-change-only-what-they-write',
            detail: `the ${part} of node ${node} was ${was} and is ${is} at the end of the case`,
          };
      }
    }
    return null;
  }

  /** Asked only where a node is read-only at first: QEMU describes all its nodes for it. */
  async #readOnlyStates(): Promise<ShownNode['wiring'][]> {
    const { nodes, process } = this.#parts;
    const isAsked = nodes.some(({ setup }) => setup.mode === 'secondary' && isReadOnlySomewhere(setup));
    // QEMU has no answer while a node is without medium.
    if (!isAsked || nodes.some(({ storage }) => storage.hasEjected)) return [];
    const asked = nodes.map(async ({ setup, suffix }) =>
      setup.mode === 'primary' ? {} : askForReadOnly(process.qmp, suffix),
    );
    return Promise.all(asked);
  }
}

function isReadOnlySomewhere({ readOnly, defects }: QemuNode['setup']): boolean {
  return readOnly.length > 0 || defects.includes('hiddenFileReadOnly');
}
