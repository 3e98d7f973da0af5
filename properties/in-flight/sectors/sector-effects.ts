/**
 * What requests and calls do to one sector, read off `step`: content is only ever moved, so one run on contents that are
 * all different says it for all contents. A request that touches the sector's cluster or unit, and not the sector itself,
 * is a request to a neighbour of it.
 */
import { predicted } from '../../../model/choices.ts';
import { changed } from '../../../model/node.ts';
import type { Host, Node } from '../../../model/node.ts';
import type { Operation } from '../../../model/operations.ts';
import { step } from '../../../model/step.ts';
import type { Outcome, Tag } from '../../../model/vocabulary.ts';
import type { Call, Control, Controls } from './control-state.ts';
import type { DataShape } from './request-shape.ts';
import { sameActiveCluster, sameCommitUnit, sameCopyUnit } from './sector-relation.ts';

/** What all layers hold of one sector, and what the jobs know of its units. */
export interface Sector {
  readonly active: Tag | null;
  readonly hidden: Tag | null;
  readonly secondary: Tag;
  readonly copied: boolean;
  readonly dirty: boolean;
  /** What a request of the commit has read and not yet written. */
  readonly inFlight: Tag | null;
}

/** Contents of the run that an effect is read off, by what they stand for. */
const symbols = { active: 11, hidden: 12, secondary: 13, inFlight: 14, tag: 15 } as const;
const NEIGHBOUR = 16;
type Source = keyof typeof symbols | 'zero' | 'none';

export interface Effect {
  /** Data is not in it. */
  readonly outcome: Outcome;
  /** What a read returns. */
  readonly read: Source;
  readonly active: Source;
  readonly hidden: Source;
  readonly secondary: Source;
  readonly inFlight: Source;
  readonly copied: boolean;
  readonly dirty: boolean;
  readonly changes: boolean;
}

const PATTERNS = 32;

/** What decides how content moves: what is there at all. */
export function patternOf({ active, hidden, copied, dirty, inFlight }: Sector): number {
  return (
    (active === null ? 0 : 1) +
    (hidden === null ? 0 : 2) +
    (copied ? 4 : 0) +
    (dirty ? 8 : 0) +
    (inFlight === null ? 0 : 16)
  );
}

const has = (pattern: number, bit: number): boolean => (pattern & bit) !== 0;

/** A host with this sector, and a neighbour of it, on one of its nodes. */
function sectorHost(
  { host }: Control,
  index: number,
  pattern: number,
  relation: number,
  isNextAllocated: boolean,
): Host {
  const node = host.nodes[index];
  if (node === undefined) return host;
  const units = (bit: number): number => (has(relation, bit) ? 2 : 1);
  const geometry = {
    ...node.setup.geometry,
    lengthSectors: 2,
    activeClusterSectors: units(sameActiveCluster),
    hiddenClusterSectors: 1,
    copyUnitSectors: units(sameCopyUnit),
    commitUnitSectors: units(sameCommitUnit),
  };
  const flags = (bit: number, isSet: boolean): boolean[] => (has(relation, bit) ? [isSet] : [isSet, false]);
  const active = has(pattern, 1) ? symbols.active : null;
  const inFlight = {
    unit: 0,
    content: has(relation, sameCommitUnit) ? [symbols.inFlight, NEIGHBOUR] : [symbols.inFlight],
  };
  const isNextActive = isNextAllocated || (has(relation, sameActiveCluster) && active !== null);
  const content: Partial<Node> = {
    setup: { ...node.setup, geometry },
    active: [active, isNextActive ? NEIGHBOUR : null],
    hidden: [has(pattern, 2) ? symbols.hidden : null, null],
    secondary: [symbols.secondary, NEIGHBOUR],
    copied: flags(sameCopyUnit, has(pattern, 4)),
    commitJob:
      node.commitJob === null
        ? null
        : {
            dirty: flags(sameCommitUnit, has(pattern, 8)),
            cursor: 0,
            inFlight: has(pattern, 16) ? [inFlight] : [],
          },
  };
  return { ...host, nodes: host.nodes.with(index, changed(node, content)) };
}

const sources = new Map<Tag | null, Source>([
  [null, 'none'],
  [0, 'zero'],
  ...Object.entries(symbols).map(([name, symbol]): [Tag, Source] => [symbol, sourceNamed(name)]),
]);

function sourceNamed(name: string): Source {
  switch (name) {
    case 'active':
    case 'hidden':
    case 'secondary':
    case 'inFlight':
      return name;
    default:
      return 'tag';
  }
}

function effectOf({ nodes }: Host, index: number, outcome: Outcome, pattern: number): Effect {
  const node = nodes[index];
  if (node === undefined) throw new Error(`there is no node ${index}`);
  const source = (tag: Tag | null | undefined): Source => {
    const found = sources.get(tag ?? null);
    if (found === undefined) throw new Error('a sector holds what was in another');
    return found;
  };
  const moved = {
    active: source(node.active[0]),
    hidden: source(node.hidden[0]),
    secondary: source(node.secondary[0]),
    inFlight: source(node.commitJob?.inFlight.find(({ unit }) => unit === 0)?.content?.[0]),
    copied: node.copied[0] === true,
    dirty: node.commitJob?.dirty[0] === true,
  };
  const same = {
    active: has(pattern, 1) ? 'active' : 'none',
    hidden: has(pattern, 2) ? 'hidden' : 'none',
    secondary: 'secondary',
    inFlight: has(pattern, 16) ? 'inFlight' : 'none',
    copied: has(pattern, 4),
    dirty: has(pattern, 8),
  };
  const read = outcome.kind === 'data' ? source(outcome.tags[0]) : 'none';
  const changes =
    moved.active !== same.active ||
    moved.hidden !== same.hidden ||
    moved.secondary !== same.secondary ||
    moved.inFlight !== same.inFlight ||
    moved.copied !== same.copied ||
    moved.dirty !== same.dirty;
  return { outcome, read, ...moved, changes };
}

const RELATIONS = 8;

/** Of a request to the sector, or to its neighbour. */
export function requestEffect(
  control: Control,
  { op, code, count }: Pick<DataShape, 'op' | 'code' | 'count'>,
  index: number,
  relation: number,
  pattern: number,
): Effect {
  const effects = control.nodes[index]?.requests.effects ?? [];
  const place = (code * RELATIONS + relation) * PATTERNS + pattern;
  const known = effects[place];
  if (known !== undefined) return known;
  const sector = relation === 0 ? 0 : 1;
  const operation: Operation = { op, node: index, sector, count: Math.min(count, 1), tag: symbols.tag };
  const { host, outcome } = step(
    sectorHost(control, index, pattern, relation, false),
    operation,
    predicted,
    control.follow,
  );
  const effect = effectOf(host, index, outcome, pattern);
  effects[place] = effect;
  return effect;
}

/** Whether a request ever changes a sector that it has this relation to. */
export function canChange(
  control: Control,
  data: Pick<DataShape, 'op' | 'code' | 'count'>,
  index: number,
  relation: number,
): boolean {
  const reaches = control.nodes[index]?.requests.reaches ?? [];
  const place = data.code * RELATIONS + relation;
  const known = reaches[place];
  if (known !== undefined) return known;
  // Without a commit job there is nothing dirty and nothing in flight.
  const end = control.host.nodes[index]?.commitJob === null ? PATTERNS / 4 : PATTERNS;
  let changes = false;
  for (let pattern = 0; pattern < end && !changes; pattern++) {
    const effect = requestEffect(control, data, index, relation, pattern);
    changes = effect.changes && effect.outcome.kind === 'ok';
  }
  reaches[place] = changes;
  return changes;
}

/** Whether a request leaves something in an overlay that a checkpoint empties or a failover commits. */
export function allocatesIn(
  control: Control,
  node: number,
  data: Pick<DataShape, 'op' | 'code' | 'count' | 'isRead' | 'isGuest'>,
): boolean {
  const { isIsolated, mayCommit } = control.nodes[node] ?? {};
  if (data.isRead || !(isIsolated === true || (mayCommit === true && data.isGuest))) return false;
  return canChange(control, data, node, data.count === 0 ? sameCopyUnit : 0);
}

/**
 * Whether a guest write that is split between layers may allocate the sector's cluster in active without writing the
 * sector: it then comes from below, at any instant of the write, and whether it does is up to the sectors beside it.
 */
export function mayFill(
  { nodes }: Control,
  { isGuest, isRead, sharesCluster, op }: DataShape,
  index: number,
  relation: number,
): boolean {
  if (nodes[index]?.isSplit !== true || !isGuest || isRead || op === 'guestDiscard') return false;
  return relation === 0 ? sharesCluster : (relation & sameActiveCluster) !== 0;
}

/** Whether a guest write makes the sector's unit dirty for a commit that runs each time that it has written part of it. */
export function mayDirtyAgain(
  { host }: Control,
  { isGuest, isRead, sharesCommitUnit, op }: DataShape,
  index: number,
): boolean {
  if (!isGuest || isRead || !sharesCommitUnit || op === 'guestDiscard') return false;
  return host.nodes[index]?.commitJob !== null;
}

/** Of a call; `isNextAllocated`: an overlay holds another sector of the commit unit. */
export function callEffect(
  call: Call,
  controls: Controls,
  index: number,
  pattern: number,
  isNextAllocated: boolean,
): Effect {
  const place = (index * PATTERNS + pattern) * 2 + Number(isNextAllocated);
  const known = call.effects[place];
  if (known !== undefined) return known;
  const before = sectorHost(call.before, index, pattern, sameCommitUnit, isNextAllocated);
  const { host, outcome } = step(before, call.operation, predicted, call.before.follow);
  if (controls.of(host) !== call.next || JSON.stringify(outcome) !== JSON.stringify(call.outcome))
    throw new Error(`what ${call.operation.op} does depends on what the disks hold`);
  const effect = effectOf(host, index, outcome, pattern);
  call.effects[place] = effect;
  return effect;
}

/** The sector after it, without a change of anything else. */
export function applied(effect: Effect, sector: Sector, tag: Tag): Sector {
  return {
    active: valueOf(effect.active, sector, tag),
    hidden: valueOf(effect.hidden, sector, tag),
    secondary: valueOf(effect.secondary, sector, tag) ?? 0,
    copied: effect.copied,
    dirty: effect.dirty,
    inFlight: valueOf(effect.inFlight, sector, tag),
  };
}

export function valueOf(source: Source, sector: Sector, tag: Tag): Tag | null {
  switch (source) {
    case 'active':
      return sector.active;
    case 'hidden':
      return sector.hidden;
    case 'secondary':
      return sector.secondary;
    case 'inFlight':
      return sector.inFlight;
    case 'tag':
      return tag;
    case 'zero':
      return 0;
    case 'none':
      return null;
  }
}
