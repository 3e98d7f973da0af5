/** The branches of checkpoint, get_error and stop, and of what the jobs call back. */
import { isCall, isFailover, says } from './seed-branch.ts';
import type { SeedBranch, StepTaken } from './seed-branch.ts';

const stops = ({ operation }: StepTaken): boolean => isCall(operation, 'stop');
const isSecondary = ({ before }: StepTaken): boolean => before.setup.mode === 'secondary';
const stage = ({ before }: StepTaken): string => before.stage;
const isIgnored = (step: StepTaken): boolean => stage(step) === 'failover' || stage(step) === 'done';
const lostBackup = ({ before, after }: StepTaken): boolean => before.backupJob && !after.backupJob;
const died =
  (rule: string) =>
  ({ outcome }: StepTaken): boolean =>
    outcome.kind === 'abort' && outcome.rule === rule;
/** A checkpoint of a running secondary, by itself or inside a start. */
const empties = (step: StepTaken): boolean =>
  isSecondary(step) && step.after.backupJob && (step.operation.op === 'checkpoint' || !step.before.backupJob);

export const checkpointBranches: readonly SeedBranch[] = [
  {
    lines: [319, 322],
    what: 'there is no backup job',
    taken: (step) => says(step.outcome, 'Backup job was cancelled unexpectedly'),
  },
  {
    lines: [324, 324],
    what: 'every unit may be copied again',
    taken: (step) => empties(step) && step.before.copied.includes(true),
  },
  { lines: [325, 328], what: 'the bitmap cannot be reset', taken: 'it always can with sync mode none' },
  {
    lines: [330, 334],
    what: 'active is ejected',
    taken: ({ outcome }) => says(outcome, 'Active disk active is ejected'),
  },
  {
    lines: [336, 339],
    what: 'active cannot be emptied',
    taken: ({ outcome }) => says(outcome, 'Failed to empty active'),
  },
  {
    lines: [341, 345],
    what: 'hidden is ejected',
    taken: ({ outcome }) => says(outcome, 'Hidden disk hidden is ejected'),
  },
  {
    lines: [347, 350],
    what: 'hidden cannot be emptied',
    taken: ({ outcome }) => says(outcome, 'Failed to empty hidden'),
  },
  { lines: [351, 351], what: 'both are empty', taken: (step) => empties(step) && step.outcome.kind === 'ok' },
  {
    lines: [622, 631],
    what: 'checkpoint is ignored',
    taken: (step) => step.operation.op === 'checkpoint' && isIgnored(step),
  },
  {
    lines: [633, 635],
    what: 'checkpoint of a secondary',
    taken: (step) => step.operation.op === 'checkpoint' && isSecondary(step) && stage(step) === 'running',
  },
  {
    lines: [636, 637],
    what: 'a primary has nothing to do',
    taken: (step) => step.operation.op === 'checkpoint' && !isSecondary(step) && stage(step) === 'running',
  },
];

export const stopBranches: readonly SeedBranch[] = [
  { lines: [408, 416], what: 'the backup job is gone, its top unblocked', taken: lostBackup },
  {
    lines: [416, 416],
    what: 'hidden has no driver to be reopened',
    taken: died('reopenWithHiddenEjected'),
  },
  {
    lines: [410, 413],
    what: 'the top node is gone',
    taken: 'the top is the node itself, which its own job keeps',
  },
  { lines: [424, 427], what: 'the backup job ends while the stage is running', taken: lostBackup },
  {
    lines: [649, 653],
    what: 'the status of a node that does not run',
    taken: ({ operation, outcome }) =>
      isCall(operation, 'getError') && says(outcome, 'Block replication is not running'),
  },
  {
    lines: [655, 659],
    what: 'the status after an error',
    taken: ({ operation, outcome }) => isCall(operation, 'getError') && says(outcome, 'I/O error occurred'),
  },
  {
    lines: [660, 660],
    what: 'the status without error',
    taken: (step) =>
      isCall(step.operation, 'getError') &&
      step.after.stage !== 'closed' &&
      (step.outcome.kind === 'ok' || (step.outcome.kind === 'status' && step.outcome.error === null)),
  },
  {
    lines: [668, 675],
    what: 'the commit ends well',
    taken: ({ before, after }) => !before.committed && after.committed,
  },
  {
    lines: [676, 679],
    what: 'the commit fails',
    taken: ({ before, after }) => before.stage !== 'failoverFailed' && after.stage === 'failoverFailed',
  },
  { lines: [692, 701], what: 'stop is ignored', taken: (step) => stops(step) && isIgnored(step) },
  {
    lines: [703, 707],
    what: 'stop of a node that does not run',
    taken: (step) => stops(step) && (stage(step) === 'none' || stage(step) === 'failoverFailed'),
  },
  {
    lines: [710, 713],
    what: 'a primary stops',
    taken: (step) => stops(step) && !isSecondary(step) && stage(step) === 'running',
  },
  {
    lines: [720, 724],
    what: 'the backup job is cancelled',
    taken: (step) => stops(step) && lostBackup(step),
  },
  {
    lines: [720, 720],
    what: 'there is no backup job to cancel',
    taken: (step) => stops(step) && isSecondary(step) && stage(step) === 'running' && !step.before.backupJob,
  },
  {
    lines: [727, 731],
    what: 'a secondary stops without failover',
    taken: (step) =>
      stops(step) && isSecondary(step) && stage(step) === 'running' && !isFailover(step.operation),
  },
  {
    lines: [733, 737],
    what: 'the commit begins',
    taken: ({ before, after }) => before.commitJob === null && after.commitJob !== null,
  },
  {
    lines: [734, 737],
    what: 'the commit cannot begin',
    taken: (step) =>
      isFailover(step.operation) &&
      stage(step) === 'running' &&
      step.after.stage === 'failover' &&
      step.after.commitJob === null,
  },
  {
    lines: [734, 734],
    what: 'the creation of the commit divides by zero',
    taken: died('failoverWithActiveEjected'),
  },
  { lines: [739, 742], what: 'stop in no mode', taken: 'open refuses every other mode' },
];
