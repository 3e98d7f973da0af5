/** Laws that hold whatever the sequence of operations; each a named value, checked after every step. */
import type {
  Mode,
  Observation,
  Operation,
  OperationName,
  Outcome,
  Stage,
  Tag,
} from '../model/vocabulary.ts';

export interface StepSeen {
  readonly mode: Mode;
  readonly before: Observation;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly after: Observation;
}

/** What the laws must remember from earlier steps; brought up to date with a step before its laws are checked. */
export interface Memory {
  /** Content of the secondary disk at the last checkpoint; null before the first. */
  readonly atCheckpoint: readonly Tag[] | null;
  /** The failover was quiet so far: no primary write since it began. */
  readonly quietFailover: boolean;
}

export interface Invariant {
  readonly name: string;
  /** The law in one line, for reports and the README. */
  readonly law: string;
  /** The operations after which the law is looked at; others cannot break it. */
  readonly after: readonly OperationName[] | 'every operation';
  holds(seen: StepSeen, memory: Memory): boolean;
}

export const freshMemory: Memory = { atCheckpoint: null, quietFailover: true };

export const isolation: Invariant = {
  name: 'isolation',
  law: 'while a secondary runs, no primary request changes what the secondary VM sees',
  after: ['primaryWrite', 'primaryWriteZeroes', 'primaryDiscard', 'primaryRead', 'primaryFlush'],
  holds: ({ mode, before, after }) =>
    mode !== 'secondary' || before.stage !== 'running' || sameView(before.view, after.view),
};

export const checkpointEquality: Invariant = {
  name: 'checkpointEquality',
  law: 'after a successful checkpoint the secondary VM sees exactly the secondary disk',
  after: ['start', 'checkpoint'],
  holds: (seen) => !isCheckpointed(seen) || viewEquals(seen.after.view, seen.after.secondary),
};

export const failoverEquality: Invariant = {
  name: 'failoverEquality',
  law: 'a failover that ends well leaves on the secondary disk exactly what the secondary VM saw before, unless the primary wrote meanwhile',
  after: ['commitAdvance', 'commitSettle'],
  holds: ({ before, after }, memory) =>
    before.stage !== 'failover' ||
    after.stage !== 'done' ||
    !memory.quietFailover ||
    viewEquals(before.view, after.secondary),
};

export const hiddenKeepsSnapshot: Invariant = {
  name: 'hiddenKeepsSnapshot',
  law: 'while a secondary runs, hidden over secondary is the secondary disk as of the last checkpoint',
  after: 'every operation',
  // What has not changed since it was last looked at need not be looked at again.
  holds: ({ mode, before, after }, memory) =>
    mode !== 'secondary' ||
    after === before ||
    after.stage !== 'running' ||
    memory.atCheckpoint === null ||
    keepsSnapshot(after, memory.atCheckpoint),
};

const nextStages: Record<Stage, readonly Stage[]> = {
  closed: ['none'],
  none: ['running', 'closed', 'aborted'],
  running: ['failover', 'done', 'closed'],
  failover: ['done', 'failoverFailed', 'closed'],
  failoverFailed: ['closed'],
  done: ['closed'],
  aborted: ['none', 'closed'],
};

export const stageOrder: Invariant = {
  name: 'stageOrder',
  law: 'stages follow none, running, failover, then done or failover-failed; only closing leads back',
  after: 'every operation',
  holds: ({ before, after }) =>
    before.stage === after.stage || nextStages[before.stage].includes(after.stage),
};

export const ignoredChangesNothing: Invariant = {
  name: 'ignoredChangesNothing',
  law: 'a control call in failover or done, and a request past the end, changes nothing',
  after: 'every operation',
  holds: ({ before, operation, outcome, after }) =>
    !isIgnored(before.stage, operation, outcome) || sameObservation(before, after),
};

export const readsChangeNothing: Invariant = {
  name: 'readsChangeNothing',
  law: 'reads, flushes, discards and getError change nothing',
  after: [
    'guestRead',
    'guestDiscard',
    'guestFlush',
    'primaryRead',
    'primaryDiscard',
    'primaryFlush',
    'getError',
  ],
  holds: ({ before, after }) => sameObservation(before, after),
};

export const primaryErrorsMasked: Invariant = {
  name: 'primaryErrorsMasked',
  law: 'while a primary runs, an error of its disk never reaches the guest that writes',
  after: ['guestWrite', 'guestWriteZeroes'],
  holds: ({ mode, before, outcome }) =>
    mode !== 'primary' || before.stage !== 'running' || outcome.kind !== 'errno' || outcome.errno !== 'EIO',
};

export const invariants: readonly Invariant[] = [
  isolation,
  checkpointEquality,
  failoverEquality,
  hiddenKeepsSnapshot,
  stageOrder,
  ignoredChangesNothing,
  readsChangeNothing,
  primaryErrorsMasked,
];

/** The first law that a step breaks. */
export function brokenInvariant(seen: StepSeen, memory: Memory): Invariant | null {
  for (const invariant of lawsAfter(seen.operation.op)) {
    if (!invariant.holds(seen, memory)) return invariant;
  }
  return null;
}

const laws = new Map<OperationName, readonly Invariant[]>();

function lawsAfter(operation: OperationName): readonly Invariant[] {
  const known = laws.get(operation);
  if (known !== undefined) return known;
  const found = invariants.filter(({ after }) => after === 'every operation' || after.includes(operation));
  laws.set(operation, found);
  return found;
}

export function remember(memory: Memory, seen: StepSeen): Memory {
  if (isCheckpointed(seen)) return { atCheckpoint: seen.after.secondary, quietFailover: true };
  const loud = seen.after.stage === 'failover' && isPrimaryWrite(seen.operation);
  return loud ? { atCheckpoint: memory.atCheckpoint, quietFailover: false } : memory;
}

function isCheckpointed({ mode, operation, outcome, after }: StepSeen): boolean {
  return (
    (operation.op === 'checkpoint' || operation.op === 'start') &&
    mode === 'secondary' &&
    after.stage === 'running' &&
    outcome.kind === 'ok'
  );
}

function isPrimaryWrite({ op }: Operation): boolean {
  return op === 'primaryWrite' || op === 'primaryWriteZeroes';
}

function isIgnored(stage: Stage, { op }: Operation, outcome: Outcome): boolean {
  if (outcome.kind === 'errno' && outcome.errno === 'EINVAL') return true;
  const isControl = op === 'start' || op === 'checkpoint' || op === 'stop';
  return isControl && (stage === 'failover' || stage === 'done');
}

function keepsSnapshot({ hidden, secondary }: Observation, snapshot: readonly Tag[]): boolean {
  for (let sector = 0; sector < snapshot.length; sector++) {
    if ((hidden[sector] ?? secondary[sector]) !== snapshot[sector]) return false;
  }
  return true;
}

function sameObservation(left: Observation, right: Observation): boolean {
  if (left === right) return true;
  return (
    left.stage === right.stage &&
    left.errorFlag === right.errorFlag &&
    sameTags(left.active, right.active) &&
    sameTags(left.hidden, right.hidden) &&
    sameTags(left.secondary, right.secondary) &&
    sameView(left.view, right.view)
  );
}

function sameView(left: Outcome, right: Outcome): boolean {
  if (left === right) return true;
  if (left.kind !== 'data' || right.kind !== 'data') return left.kind === right.kind;
  return sameTags(left.tags, right.tags);
}

function viewEquals(view: Outcome, tags: readonly Tag[]): boolean {
  return view.kind === 'data' && sameTags(view.tags, tags);
}

function sameTags(left: readonly (Tag | null)[], right: readonly (Tag | null)[]): boolean {
  if (left === right) return true;
  for (let sector = 0; sector < left.length; sector++) {
    if (left[sector] !== right[sector]) return false;
  }
  return left.length === right.length;
}
