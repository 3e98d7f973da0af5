/** The model's state as variables of a trace in the Informal Trace Format, each with its type in Apalache's notation. */
import { ownSliceSectors } from '../../impl/own-slice.ts';
import { observe } from '../../model/observe.ts';
import type { Host, Node } from '../../model/node.ts';
import type { Given, Argument, ArgumentKind, Operation, OperationName } from '../../model/operations.ts';
import type { Outcome } from '../../model/vocabulary.ts';
import { argumentsOf, listedNames } from '../../impl/operation-lists.ts';
import { operationTable } from '../../model/operations.ts';
import { nodeOf } from '../../properties/cases/case.ts';
import { describeOutcome } from '../../properties/comparison/comparison.ts';
import { entriesOf, integer, mapOf, optional, placesOf, setOf, unit, variant } from './itf-value.ts';
import type { ItfValue } from './itf-schema.ts';

const OPTION = (type: string): string => `None(UNIT) | Some(${type})`;
/** Nothing but a variant may have a field `tag`: readers take it for one. */
const fieldName = (argument: string): string => (argument === 'tag' ? 'content' : argument);

const operationTypes: Readonly<Record<string, string>> = {
  init: 'UNIT',
  ...Object.fromEntries(listedNames.map((op) => [op, operationType(op)])),
};

function operationType(op: OperationName): string {
  const taken = argumentsOf(op).map(([name, kind]) => `${fieldName(name)}: ${argumentType(kind)}`);
  const fields = operationTable[op].scope === 'node' ? ['node: Int', ...taken] : taken;
  return fields.length === 0 ? 'UNIT' : `{ ${fields.join(', ')} }`;
}

function argumentType(kind: ArgumentKind): string {
  switch (kind) {
    case 'sector':
    case 'count':
    case 'tag':
      return 'Int';
    case 'boolean':
      return 'Bool';
    case 'boolean or null':
      return OPTION('Bool');
    default:
      return 'Str';
  }
}

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
  { nodes, newestFirst, dead }: Host,
  taken: { readonly operation: Operation; readonly outcome: Outcome } | null,
): Variables {
  const each = (value: (node: Node) => ItfValue): ItfValue =>
    mapOf(nodes.map((node, index) => [integer(index), value(node)]));
  const views = new Map(nodes.map((node) => [node, observe(node, dead).view]));
  const viewOf = (node: Node): Outcome => views.get(node) ?? { kind: 'ok' };
  return {
    operation: taken === null ? variant('init', unit) : operationValue(taken.operation),
    outcome: taken === null ? variant('none', unit) : outcomeValue(taken.outcome),
    openNodes: newestFirst.map(integer),
    processDied: dead !== null,
    mode: each(({ setup }) => setup.mode),
    stage: each(({ stage }) => stage),
    errorFlag: each(({ error }) => error),
    active: each(({ active }) => entriesOf(active)),
    hidden: each(({ hidden }) => entriesOf(hidden)),
    secondary: each(({ secondary }) => entriesOf(secondary)),
    allocated: each(({ active, hidden }) => ({ active: placesOf(active), hidden: placesOf(hidden) })),
    copied: each(({ copied }) => placesOf(copied)),
    view: each((node) => entriesOf(tagsOf(viewOf(node)))),
    viewAnswer: each((node) => answerOf(viewOf(node))),
    commitDirty: each(({ commitJob }) => placesOf(commitJob?.dirty ?? [])),
    badSectors: each(({ badSectors }) =>
      setOf(badSectors.map(({ disk, access, sector }) => ({ disk, access, sector: integer(sector) }))),
    ),
    ejected: each(({ ejected }) => setOf((['active', 'hidden'] as const).filter((disk) => ejected[disk]))),
    link: each(({ link }) => link),
  };
}

/** Sizes of slices stand in all of the records, which must be of one type, or in none. */
export function geometriesOf({ nodes }: Host): ItfValue {
  const isSliced = nodes.some(
    ({ setup: { geometry } }) => geometry.activeSliceSectors ?? geometry.hiddenSliceSectors,
  );
  return mapOf(
    nodes.map(({ setup: { geometry } }, index) => {
      const { activeSliceSectors, hiddenSliceSectors, gaps: _gaps, ...sizes } = geometry;
      const slices = {
        activeSliceSectors: activeSliceSectors ?? ownSliceSectors(geometry, sizes.activeClusterSectors),
        hiddenSliceSectors: hiddenSliceSectors ?? ownSliceSectors(geometry, sizes.hiddenClusterSectors),
      };
      const all = Object.entries(isSliced ? { ...sizes, ...slices } : sizes);
      return [integer(index), Object.fromEntries(all.map(([name, size]) => [name, integer(size)]))];
    }),
  );
}

function operationValue(operation: Operation): ItfValue {
  const { op } = operation;
  const values: Given = operation;
  const taken = argumentsOf(op).map(
    ([name, kind]) => [fieldName(name), argumentValue(kind, values[name] ?? null)] as const,
  );
  const node = operationTable[op].scope === 'node' ? [['node', integer(nodeOf(operation))] as const] : [];
  const fields = [...taken, ...node];
  return variant(op, fields.length === 0 ? unit : Object.fromEntries(fields));
}

function argumentValue(kind: ArgumentKind, value: Argument): ItfValue {
  const plain = typeof value === 'number' ? integer(value) : value;
  return kind === 'boolean or null' ? optional(plain) : (plain ?? unit);
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
