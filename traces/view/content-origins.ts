/** Follows every sector of a node: which step's write brought the content that each layer holds. */
import { contains, layerOf } from '../../model/disks.ts';
import type { Node } from '../../model/node.ts';
import { observe } from '../../model/observe.ts';
import type { AbortRule, Layer, Tag } from '../../model/vocabulary.ts';
import type { Operation } from '../../model/operations.ts';
import type { ShownNode } from '../../impl/shown.ts';
import { contentNumbers, rowNames, specialContents } from './view-data.ts';
import type { RowName } from './view-data.ts';

/** The content of each row of a node, one number a sector. */
export type NodeContent = Readonly<Record<RowName, readonly number[]>>;

export interface OriginStep {
  readonly before: Node;
  readonly after: Node;
  readonly dead: AbortRule | null;
  /** Null where it is for another node or for none. */
  readonly operation: Operation | null;
  /** From 1. */
  readonly number: number;
}

/** The contents that were met, in the order of their numbers. */
export class ContentTable {
  readonly contents: (readonly [tag: Tag, origin: number])[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #latest = new Map<Tag, number>();

  number(tag: Tag, origin: number): number {
    const key = `${tag} ${origin}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const made = specialContents.length + this.contents.length;
    this.contents.push([tag, origin]);
    this.#numbers.set(key, made);
    this.#latest.set(tag, made);
    return made;
  }

  tagOf(content: number): Tag | null {
    return this.contents[content - specialContents.length]?.[0] ?? null;
  }

  /** The content of the write of that tag that was met last: the best that can be known of what a system holds. */
  latest(tag: Tag): number {
    if (tag < 0) return tag === -2 ? contentNumbers.unreadable : contentNumbers.foreign;
    return this.#latest.get(tag) ?? this.number(tag, 0);
  }
}

export function initialContent(node: Node, table: ContentTable): NodeContent {
  const { active, secondary } = node;
  const empty = active.map(() => contentNumbers.notAllocated);
  return withView(
    node,
    { active: empty, hidden: empty, secondary: secondary.map((tag) => table.number(tag, 0)) },
    null,
  );
}

export function nextContent(content: NodeContent, step: OriginStep, table: ContentTable): NodeContent {
  const { after, dead } = step;
  const layerContent = (layer: Layer): readonly number[] => nextLayer(layer, content, step, table);
  const layers = {
    active: layerContent('active'),
    hidden: layerContent('hidden'),
    secondary: layerContent('secondary'),
  };
  return withView(after, layers, dead);
}

/** What a system shows, in the contents of the model where the tags are equal. */
export function shownContent(
  shown: ShownNode,
  model: NodeContent,
  table: ContentTable,
): Partial<Record<RowName, readonly number[]>> {
  const rows: Partial<Record<RowName, readonly number[]>> = {};
  for (const name of rowNames) {
    const entries = name === 'view' ? viewEntries(shown, model) : shown[name];
    if (entries === undefined) continue;
    rows[name] = entries.map((tag, sector) => {
      if (tag === null) return contentNumbers.notAllocated;
      if (tag === 'refused') return contentNumbers.refused;
      const known = rowNames.map((row) => model[row][sector] ?? 0).find((each) => table.tagOf(each) === tag);
      const same = model[name][sector] ?? 0;
      return table.tagOf(same) === tag ? same : (known ?? table.latest(tag));
    });
  }
  return rows;
}

function viewEntries({ view }: ShownNode, model: NodeContent): readonly (Tag | 'refused')[] | undefined {
  if (view === undefined) return undefined;
  return view.kind === 'data' ? view.tags : model.view.map(() => 'refused');
}

function nextLayer(
  layer: Layer,
  content: NodeContent,
  step: OriginStep,
  table: ContentTable,
): readonly number[] {
  const { before, after } = step;
  if (before[layer] === after[layer]) return content[layer];
  return after[layer].map((tag, sector) => {
    const held = content[layer][sector] ?? 0;
    if (tag === null) return contentNumbers.notAllocated;
    if (writes(step, layer, sector, tag)) return table.number(tag, step.number);
    if (tag === before[layer][sector] && !mayBeCopied(step, layer, sector)) return held;
    const from = sources[layer].find((source) => before[source][sector] === tag);
    if (from !== undefined) return content[from][sector] ?? 0;
    return tag === before[layer][sector] ? held : table.latest(tag);
  });
}

/** Where the content of a layer comes from that no operation names: copies, first writes of clusters, commits. */
const sources: Readonly<Record<Layer, readonly Layer[]>> = {
  active: ['hidden', 'secondary'],
  hidden: ['secondary'],
  secondary: ['active', 'hidden'],
};

/** The copy of this unit is new: hidden holds the content of the secondary disk even where the tag is what it was. */
function mayBeCopied({ before, after }: OriginStep, layer: Layer, sector: number): boolean {
  const unit = Math.floor(sector / before.setup.geometry.copyUnitSectors);
  return layer === 'hidden' && before.copied[unit] === false && after.copied[unit] === true;
}

/** Whether the operation itself writes this sector of this layer. */
function writes({ before, operation }: OriginStep, layer: Layer, sector: number, tag: Tag): boolean {
  if (operation === null) return false;
  switch (operation.op) {
    case 'primaryWrite':
    case 'primaryWriteZeroes':
      return layer === 'secondary' && contains(operation, sector) && tag === tagOf(operation);
    case 'guestWrite':
    case 'guestWriteZeroes':
      return layer === guestLayer(before, sector) && contains(operation, sector) && tag === tagOf(operation);
    default:
      return false;
  }
}

function tagOf(operation: Operation): Tag {
  return 'tag' in operation ? operation.tag : 0;
}

/** The layer that a guest write of this sector goes to. */
export function guestLayer(node: Node, sector: number): Layer {
  if (node.setup.mode === 'primary' || node.committed) return 'secondary';
  if (node.stage !== 'failoverFailed') return 'active';
  return layerOf(node, sector) === 'secondary' ? 'secondary' : 'active';
}

function withView(node: Node, layers: Omit<NodeContent, 'view'>, dead: AbortRule | null): NodeContent {
  const { view } = observe(node, dead);
  const { active, hidden, secondary } = layers;
  if (view.kind !== 'data') return { ...layers, view: secondary.map(() => contentNumbers.refused) };
  const seen = view.tags.map((tag, sector) => {
    if (tag === -2) return contentNumbers.unreadable;
    if (node.committed) return secondary[sector] ?? 0;
    return (active[sector] || hidden[sector] || secondary[sector]) ?? 0;
  });
  return { ...layers, view: seen };
}
