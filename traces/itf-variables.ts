/** The model's state as variables of a trace in the Informal Trace Format, each with its type in Apalache's notation. */
import { ownSliceSectors } from '../impl/own-slice.ts';
import { observe } from '../model/observe.ts';
import type { HostState, State } from '../model/state.ts';
import type { Operation, Outcome } from '../model/vocabulary.ts';
import { nodeOf } from '../properties/case.ts';
import { describeOutcome } from '../properties/comparison.ts';
import { entriesOf, integer, mapOf, optional, placesOf, setOf, unit, variant } from './itf-value.ts';
import type { ItfValue } from './itf-schema.ts';

const OPTION = (type: string): string => `None(UNIT) | Some(${type})`;
const NODE = 'node: Int';
const RANGE = `{ ${NODE}, sector: Int, count: Int }`;
const WRITE = `{ ${NODE}, sector: Int, count: Int, content: Int }`;
const OF_NODE = `{ ${NODE} }`;

const operationTypes: Readonly<Record<Operation['op'] | 'init', string>> = {
  init: 'UNIT',
  open: OF_NODE,
  close: OF_NODE,
  start: '{ mode: Str }',
  checkpoint: 'UNIT',
  getError: 'UNIT',
  stop: '{ failover: Bool }',
  setReplication: `{ enable: Bool, primary: Bool, failover: ${OPTION('Bool')} }`,
  queryStatus: 'UNIT',
  guestRead: RANGE,
  guestWrite: WRITE,
  guestWriteZeroes: RANGE,
  guestDiscard: RANGE,
  guestFlush: OF_NODE,
  primaryRead: RANGE,
  primaryWrite: WRITE,
  primaryWriteZeroes: RANGE,
  primaryDiscard: RANGE,
  primaryFlush: OF_NODE,
  commitAdvance: OF_NODE,
  commitSettle: OF_NODE,
  breakSector: `{ ${NODE}, disk: Str, access: Str, sector: Int }`,
  repairSectors: `{ ${NODE}, disk: Str }`,
  failEmptying: `{ ${NODE}, disk: Str, how: Str }`,
  endJob: `{ ${NODE}, job: Str }`,
  cutLink: OF_NODE,
  restoreLink: OF_NODE,
};

const outcomeTypes: Readonly<Record<Outcome['kind'] | 'none', string>> = {
  none: 'UNIT',
  ok: 'UNIT',
  data: 'Seq(Int)',
  error: 'Str',
  errno: 'Str',
  status: OPTION('Str'),
  abort: 'Str',
};

const alternatives = (types: Readonly<Record<string, string>>): string =>
  Object.entries(types)
    .map(([tag, type]) => `${tag}(${type})`)
    .join(' | ');

/** Maps from a node lead from its index in the setup, from 0; so do maps from a sector and sets of units. */
export const variableTypes = {
  /** The operation that led to the state. */
  operation: alternatives(operationTypes),
  outcome: alternatives(outcomeTypes),
  /** Newest first. */
  openNodes: 'Seq(Int)',
  processDied: 'Bool',
  mode: 'Int -> Str',
  stage: 'Int -> Str',
  errorFlag: 'Int -> Bool',
  /** Tags of the allocated sectors. */
  active: 'Int -> (Int -> Int)',
  hidden: 'Int -> (Int -> Int)',
  secondary: 'Int -> (Int -> Int)',
  allocated: 'Int -> { active: Set(Int), hidden: Set(Int) }',
  /** Units saved to hidden since the last checkpoint. */
  copied: 'Int -> Set(Int)',
  /** What the secondary VM reads; no sector at all where it is refused, and then `viewAnswer` says how. */
  view: 'Int -> (Int -> Int)',
  viewAnswer: 'Int -> Str',
  /** Units that the commit of a failover still has to write. */
  commitDirty: 'Int -> Set(Int)',
  badSectors: 'Int -> Set({ disk: Str, access: Str, sector: Int })',
  ejected: 'Int -> Set(Str)',
  link: 'Int -> Str',
} as const;

export type Variables = Readonly<Record<keyof typeof variableTypes, ItfValue>>;

/** `taken` is null at the beginning. */
export function variablesOf(
  { nodes, newestFirst, dead }: HostState,
  taken: { readonly operation: Operation; readonly outcome: Outcome } | null,
): Variables {
  const each = (value: (state: State) => ItfValue): ItfValue =>
    mapOf(nodes.map((state, index) => [integer(index), value(state)]));
  const views = new Map(nodes.map((state) => [state, observe(state, dead).view]));
  const viewOf = (state: State): Outcome => views.get(state) ?? { kind: 'ok' };
  return {
    operation: taken === null ? variant('init', unit) : operationValue(taken.operation),
    outcome: taken === null ? variant('none', unit) : outcomeValue(taken.outcome),
    openNodes: newestFirst.map(integer),
    processDied: dead !== null,
    mode: each(({ setup }) => setup.mode),
    stage: each(({ node }) => node.stage),
    errorFlag: each(({ node }) => node.errorFlag),
    active: each(({ disks }) => entriesOf(disks.active)),
    hidden: each(({ disks }) => entriesOf(disks.hidden)),
    secondary: each(({ disks }) => entriesOf(disks.secondary)),
    allocated: each(({ disks }) => ({ active: placesOf(disks.active), hidden: placesOf(disks.hidden) })),
    copied: each(({ disks }) => placesOf(disks.copied)),
    view: each((state) => entriesOf(tagsOf(viewOf(state)))),
    viewAnswer: each((state) => answerOf(viewOf(state))),
    commitDirty: each(({ node }) => placesOf(node.commit?.dirty ?? [])),
    badSectors: each(({ faults }) =>
      setOf(faults.badSectors.map(({ disk, access, sector }) => ({ disk, access, sector: integer(sector) }))),
    ),
    ejected: each(({ faults }) =>
      setOf((['active', 'hidden'] as const).filter((disk) => faults.ejected[disk])),
    ),
    link: each(({ node }) => node.link),
  };
}

/** Sizes of slices stand in all of the records, which must be of one type, or in none. */
export function geometriesOf({ nodes }: HostState): ItfValue {
  const isSliced = nodes.some(
    ({ setup: { geometry } }) => geometry.activeSliceSectors ?? geometry.hiddenSliceSectors,
  );
  return mapOf(
    nodes.map(({ setup: { geometry } }, index) => {
      const { activeSliceSectors, hiddenSliceSectors, ...sizes } = geometry;
      const slices = {
        activeSliceSectors: activeSliceSectors ?? ownSliceSectors(geometry, sizes.activeClusterSectors),
        hiddenSliceSectors: hiddenSliceSectors ?? ownSliceSectors(geometry, sizes.hiddenClusterSectors),
      };
      const all = Object.entries(isSliced ? { ...sizes, ...slices } : sizes);
      return [integer(index), Object.fromEntries(all.map(([name, size]) => [name, integer(size)]))];
    }),
  );
}

/** Nothing but a variant may have a field `tag`: readers take it for one. */
function operationValue(operation: Operation): ItfValue {
  const { op, ...rest } = operation;
  const fields: Readonly<Record<string, Field>> = operationTypes[op].includes(NODE)
    ? { ...rest, node: nodeOf(operation) }
    : rest;
  const values = Object.entries(fields).map(
    ([name, value]) => [name === 'tag' ? 'content' : name, fieldValue(op, name, value)] as const,
  );
  return variant(op, values.length === 0 ? unit : Object.fromEntries(values));
}

type Field = string | number | boolean | null;

function fieldValue(op: Operation['op'], name: string, value: Field): ItfValue {
  const plain = typeof value === 'number' ? integer(value) : value;
  return op === 'setReplication' && name === 'failover' ? optional(plain) : (plain ?? unit);
}

function outcomeValue(outcome: Outcome): ItfValue {
  switch (outcome.kind) {
    case 'ok':
      return variant('ok', unit);
    case 'data':
      return variant('data', outcome.tags.map(integer));
    case 'error':
      return variant('error', outcome.message);
    case 'errno':
      return variant('errno', outcome.errno);
    case 'status':
      return variant('status', optional(outcome.error));
    case 'abort':
      return variant('abort', outcome.rule);
  }
}

function tagsOf(view: Outcome): readonly number[] {
  return view.kind === 'data' ? view.tags : [];
}

function answerOf(view: Outcome): string {
  return view.kind === 'data' ? 'data' : describeOutcome(view);
}
