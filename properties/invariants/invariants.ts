/** Laws that hold whatever the sequence of operations; each a named value, checked after every step. */
import type { Operation, OperationName } from '../../model/operations.ts';
import type { Defect, Mode, Observation, Outcome, Stage, Tag } from '../../model/vocabulary.ts';

export interface StepSeen {
  readonly mode: Mode;
  readonly defects: readonly Defect[];
  readonly before: Observation;
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly after: Observation;
}

/** What the laws must remember from earlier steps; brought up to date with a step before its laws are checked. */
export interface Memory {
  /** Content of the secondary disk at the last checkpoint; null before the first, and after one that failed. */
  readonly atCheckpoint: readonly Tag[] | null;
  /** The last checkpoint emptied both overlays: after one that failed the view may change with the next primary write. */
  readonly checkpointed: boolean;
  /** The failover was quiet so far: no primary write since it began. */
  readonly quietFailover: boolean;
}

export interface Invariant {
  readonly name: string;
  /** The law in one line, for reports and docs/model.md. */
  readonly law: string;
  /** The operations after which the law is looked at; others cannot break it. */
  readonly after: readonly OperationName[] | 'every operation';
  /** It compares what was seen before and after alone, and so holds where that is the same. */
  readonly comparesStates: boolean;
  holds(seen: StepSeen, memory: Memory): boolean;
}

export const primaryWrites: readonly OperationName[] = ['primaryWrite', 'primaryWriteZeroes'];

export const freshMemory: Memory = { atCheckpoint: null, checkpointed: false, quietFailover: true };

export const isolation: Invariant = {
  name: 'isolation',
  law: 'while a secondary runs and its last checkpoint was whole, no primary request, whatever it answers, changes what the secondary VM sees',
  after: ['primaryWrite', 'primaryWriteZeroes', 'primaryDiscard', 'primaryRead', 'primaryFlush'],
  comparesStates: true,
  // Without the backup job nothing is copied any more.
  holds: ({ mode, before, after }, { checkpointed }) =>
    mode !== 'secondary' ||
    before.stage !== 'running' ||
    !before.wiring.blocked ||
    !checkpointed ||
    sameView(before.view, after.view),
};

export const checkpointEquality: Invariant = {
  name: 'checkpointEquality',
  law: 'after a successful checkpoint the secondary VM sees exactly the secondary disk',
  after: ['start', 'checkpoint', 'setReplication'],
  comparesStates: false,
  holds: (seen) => !isCheckpointed(seen) || viewEquals(seen.after.view, seen.after.secondary),
};

export const failoverEquality: Invariant = {
  name: 'failoverEquality',
  law: 'a failover that ends well leaves on the secondary disk exactly what the secondary VM saw before, unless the primary wrote meanwhile',
  after: ['commitAdvance', 'commitSettle'],
  comparesStates: true,
  holds: ({ before, after }, memory) =>
    before.stage !== 'failover' ||
    after.stage !== 'done' ||
    !memory.quietFailover ||
    viewEquals(before.view, after.secondary),
};

export const commitKeepsView: Invariant = {
  name: 'commitKeepsView',
  law: 'no step of a failover commit, nor its failure, changes what the secondary VM sees, unless the primary wrote meanwhile',
  after: ['commitAdvance', 'commitSettle', 'endJob'],
  comparesStates: true,
  holds: ({ before, after }, memory) =>
    before.stage !== 'failover' || !memory.quietFailover || sameView(before.view, after.view),
};

export const hiddenKeepsSnapshot: Invariant = {
  name: 'hiddenKeepsSnapshot',
  law: 'while a secondary runs, hidden over secondary is the secondary disk as of the last checkpoint',
  after: 'every operation',
  comparesStates: true,
  // What has not changed since it was last looked at need not be looked at again.
  holds: ({ mode, before, after }, memory) =>
    mode !== 'secondary' ||
    after === before ||
    after.stage !== 'running' ||
    !after.wiring.blocked ||
    memory.atCheckpoint === null ||
    keepsSnapshot(after, memory.atCheckpoint),
};

const nextStages: Record<Stage, readonly Stage[]> = {
  closed: ['none'],
  none: ['running', 'closed'],
  // A commit that must fail may have failed by the time that it is first looked at.
  running: ['failover', 'failoverFailed', 'done', 'closed'],
  failover: ['done', 'failoverFailed', 'closed'],
  failoverFailed: ['closed'],
  done: ['closed'],
  aborted: ['none', 'closed'],
};

export const stageOrder: Invariant = {
  name: 'stageOrder',
  law: 'stages follow none, running, failover, then done or failover-failed; only closing leads back, and death anywhere',
  after: 'every operation',
  comparesStates: true,
  holds: ({ before, after }) =>
    before.stage === after.stage ||
    after.stage === 'aborted' ||
    nextStages[before.stage].includes(after.stage),
};

export const ignoredChangesNothing: Invariant = {
  name: 'ignoredChangesNothing',
  law: 'a control call in failover or done, and a request past the end, changes nothing',
  after: 'every operation',
  comparesStates: true,
  holds: ({ before, operation, outcome, after }) =>
    !isIgnored(before.stage, operation, outcome) || sameObservation(before, after),
};

export const readsChangeNothing: Invariant = {
  name: 'readsChangeNothing',
  law: 'reads, flushes, discards and questions for the status change nothing, except discards that discard=unmap lets through',
  after: [
    'guestRead',
    'guestDiscard',
    'guestFlush',
    'primaryRead',
    'primaryDiscard',
    'primaryFlush',
    'getError',
    'queryStatus',
  ],
  comparesStates: true,
  holds: (seen) => sameObservation(seen.before, seen.after) || mayUnmap(seen),
};

export const primaryErrorsMasked: Invariant = {
  name: 'primaryErrorsMasked',
  law: 'while a primary runs, an error of its disk never reaches the guest that writes',
  after: ['guestWrite', 'guestWriteZeroes'],
  comparesStates: false,
  holds: ({ mode, before, outcome }) =>
    mode !== 'primary' || before.stage !== 'running' || outcome.kind !== 'errno' || outcome.errno !== 'EIO',
};

export const invariants: readonly Invariant[] = [
  isolation,
  checkpointEquality,
  failoverEquality,
  commitKeepsView,
  hiddenKeepsSnapshot,
  stageOrder,
  ignoredChangesNothing,
  readsChangeNothing,
  primaryErrorsMasked,
];

/** Brings a memory up to date with a step. */
export function remember(memory: Memory, seen: StepSeen): Memory {
  if (isCheckpointed(seen))
    return { atCheckpoint: seen.after.secondary, checkpointed: true, quietFailover: true };
  const { atCheckpoint, checkpointed, quietFailover } = memory;
  if (mayHaveFailedToEmpty(seen)) return { atCheckpoint: null, checkpointed: false, quietFailover };
  const loud = quietFailover && seen.after.stage === 'failover' && isPrimaryWrite(seen);
  return loud ? { atCheckpoint, checkpointed, quietFailover: false } : memory;
}

function isCheckpointed({ mode, operation, outcome, after }: StepSeen): boolean {
  return (
    isCheckpoint(operation) &&
    mode === 'secondary' &&
    after.stage === 'running' &&
    after.wiring.blocked &&
    outcome.kind === 'ok'
  );
}

function mayHaveFailedToEmpty({ operation, outcome }: StepSeen): boolean {
  return outcome.kind !== 'ok' && isCheckpoint(operation);
}

function isCheckpoint(operation: Operation): boolean {
  return (
    operation.op === 'checkpoint' ||
    operation.op === 'start' ||
    (operation.op === 'setReplication' && operation.enable)
  );
}

/** A discard is one where it changes the disk. */
function isPrimaryWrite({ operation: { op }, before, after }: StepSeen): boolean {
  const isDiscard = op === 'primaryDiscard' && !sameTags(before.secondary, after.secondary);
  return primaryWrites.includes(op) || isDiscard;
}

function mayUnmap({ mode, defects, operation, before }: StepSeen): boolean {
  const isUnmapped = mode === 'secondary' && defects.includes('secondaryUnmaps');
  return isUnmapped && operation.op === 'primaryDiscard' && !before.wiring.blocked;
}

function isIgnored(stage: Stage, { op }: Operation, outcome: Outcome): boolean {
  if (outcome.kind === 'abort') return false;
  if (outcome.kind === 'errno' && outcome.errno === 'EINVAL') return true;
  const isControl = op === 'start' || op === 'checkpoint' || op === 'stop' || op === 'setReplication';
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
  return sameWhereReadable(left.tags, right.tags);
}

function viewEquals(view: Outcome, tags: readonly Tag[]): boolean {
  return view.kind === 'data' && sameWhereReadable(view.tags, tags);
}

/** A bad sector shows or hides a sector as layers change hands; that is no change of content. */
function sameWhereReadable(left: readonly Tag[], right: readonly Tag[]): boolean {
  for (let sector = 0; sector < left.length; sector++) {
    const before = left[sector] ?? 0;
    const after = right[sector] ?? 0;
    if (before !== after && before !== UNREADABLE && after !== UNREADABLE) return false;
  }
  return left.length === right.length;
}

const UNREADABLE: Tag = -2;

function sameTags(left: readonly (Tag | null)[], right: readonly (Tag | null)[]): boolean {
  if (left === right) return true;
  for (let sector = 0; sector < left.length; sector++) {
    if (left[sector] !== right[sector]) return false;
  }
  return left.length === right.length;
}
