/** The branches of open, close and start. */
import { isCall, says } from './seed-branch.ts';
import type { SeedBranch, StepTaken } from './seed-branch.ts';

const opens = ({ operation }: StepTaken): boolean => operation.op === 'open';
const closes = ({ operation }: StepTaken): boolean => operation.op === 'close';
const starts = ({ operation }: StepTaken): boolean => isCall(operation, 'start');
const isSecondary = ({ before }: StepTaken): boolean => before.setup.mode === 'secondary';
const stage = ({ before }: StepTaken): string => before.stage;
const isIgnored = (step: StepTaken): boolean => stage(step) === 'failover' || stage(step) === 'done';
const startSays = (text: string) => (step: StepTaken) => starts(step) && says(step.outcome, text);
const openSays = (text: string) => (step: StepTaken) => opens(step) && says(step.outcome, text);
const died = (rule: string) => (step: StepTaken) =>
  step.outcome.kind === 'abort' && step.outcome.rule === rule;
const gotBackup = ({ before, after }: StepTaken): boolean => !before.backupJob && after.backupJob;
const reopens = ({ before, after }: StepTaken): boolean => !before.reopened && after.reopened;

const hasNodeAbove = ({ before }: StepTaken): boolean => before.setup.defects.includes('topIdAbove');

const noOtherMode = 'open refuses every other mode';

export const openAndCloseBranches: readonly SeedBranch[] = [
  {
    lines: [91, 94],
    what: 'the file below cannot be opened',
    taken: (step) => openSays('Failed to connect')(step) || openSays('Could not refresh')(step),
  },
  {
    lines: [98, 100],
    what: 'the options are refused before they are looked at',
    taken: 'the vocabulary has no options of the wrong type',
  },
  { lines: [103, 106], what: 'the mode is missing', taken: openSays('Missing the option mode') },
  {
    lines: [108, 109],
    what: 'opened as primary',
    taken: (step) => opens(step) && step.outcome.kind === 'ok' && !isSecondary(step),
  },
  { lines: [111, 116], what: 'a primary with top-id', taken: openSays('The primary side does not') },
  {
    lines: [117, 119],
    what: 'opened as secondary',
    taken: (step) => opens(step) && step.outcome.kind === 'ok' && isSecondary(step),
  },
  { lines: [120, 123], what: 'a secondary without top-id', taken: openSays('Missing the option top-id') },
  { lines: [124, 128], what: 'an unknown mode', taken: openSays("The option mode's value") },
  {
    lines: [130, 132],
    what: 'the node is put into the list',
    taken: (step) => opens(step) && step.outcome.kind === 'ok',
  },
  {
    lines: [145, 147],
    what: 'a running secondary is stopped by its close',
    taken: (step) =>
      closes(step) && stage(step) === 'running' && isSecondary(step) && step.outcome.kind === 'ok',
  },
  {
    lines: [148, 152],
    what: 'the commit of a failover is cancelled by a close',
    taken: (step) => closes(step) && step.before.commitJob !== null,
  },
  { lines: [150, 151], what: 'there is no commit job to cancel', taken: died('closeWithoutCommitJob') },
  {
    lines: [154, 158],
    what: 'the node leaves the list',
    taken: (step) => closes(step) && step.outcome.kind === 'ok',
  },
];

export const startBranches: readonly SeedBranch[] = [
  {
    lines: [173, 175],
    what: 'children are asked for write permission',
    taken: (step) => step.after.hiddenAttached > step.before.hiddenAttached,
  },
  { lines: [372, 375], what: 'read-only flags are remembered', taken: reopens },
  {
    lines: [377, 382],
    what: 'hidden is reopened for writing',
    taken: (step) => reopens(step) && step.before.setup.readOnly.includes('hidden'),
  },
  {
    lines: [384, 389],
    what: 'the secondary disk is reopened for writing',
    taken: (step) => reopens(step) && step.before.setup.readOnly.includes('secondary'),
  },
  {
    lines: [391, 400],
    what: 'the reopening is carried out',
    taken: (step) =>
      reopens(step) &&
      step.before.setup.readOnly.some((place) => place === 'hidden' || place === 'secondary'),
  },
  {
    lines: [394, 396],
    what: 'the node has an AioContext of its own',
    taken: 'the vocabulary has no iothreads',
  },
  {
    lines: [437, 439],
    what: 'the node is its own top',
    taken: (step) => gotBackup(step) && !hasNodeAbove(step),
  },
  {
    lines: [442, 448],
    what: 'the top node lies above',
    taken: (step) => gotBackup(step) && hasNodeAbove(step),
  },
  { lines: [467, 476], what: 'start is ignored', taken: (step) => starts(step) && isIgnored(step) },
  {
    lines: [478, 482],
    what: 'start of a node that runs or has failed',
    taken: startSays('Block replication is running or done'),
  },
  { lines: [484, 489], what: 'start in the other mode', taken: startSays("The parameter mode's value") },
  {
    lines: [492, 493],
    what: 'a primary starts',
    taken: (step) =>
      starts(step) && !isSecondary(step) && stage(step) === 'none' && step.after.stage === 'running',
  },
  { lines: [495, 500], what: 'active has no backing', taken: startSays("Active disk doesn't have") },
  { lines: [502, 507], what: 'hidden has no backing', taken: startSays("Hidden disk doesn't have") },
  {
    lines: [509, 514],
    what: 'the secondary disk has no backend',
    taken: startSays("The secondary disk doesn't"),
  },
  {
    lines: [517, 526],
    what: 'the lengths differ',
    taken: startSays("Active disk, hidden disk, secondary disk's length"),
  },
  {
    lines: [520, 520],
    what: 'a layer has no length',
    taken: (step) =>
      startSays("Active disk, hidden disk, secondary disk's length")(step) &&
      (step.before.ejected.active || step.before.ejected.hidden),
  },
  {
    lines: [529, 529],
    what: 'a layer has no driver',
    taken: 'as the seed says: its length would have failed',
  },
  {
    lines: [531, 537],
    what: 'a layer cannot be emptied',
    taken: startSays("Active disk or hidden disk doesn't support"),
  },
  {
    lines: [540, 545],
    what: 'a disk cannot be reopened',
    taken: (step) =>
      startSays('Block node is read-only')(step) && step.after.hiddenAttached === step.before.hiddenAttached,
  },
  {
    lines: [548, 555],
    what: 'hidden cannot be attached',
    taken: startSays("Permission conflict on node 'hidden"),
  },
  {
    lines: [558, 565],
    what: 'the secondary disk cannot be attached',
    taken: (step) =>
      starts(step) &&
      step.outcome.kind === 'error' &&
      step.after.hiddenAttached > step.before.hiddenAttached &&
      step.after.secondaryAttached === step.before.secondaryAttached,
  },
  { lines: [568, 569], what: 'a blocker is there already', taken: died('startAfterFailedStart') },
  {
    lines: [571, 578],
    what: 'top-id names nothing above the node',
    taken: startSays('No top_bs or it is invalid'),
  },
  { lines: [579, 580], what: 'the top node is blocked', taken: gotBackup },
  { lines: [583, 588], what: 'the backup job is created', taken: gotBackup },
  { lines: [589, 594], what: 'the backup job cannot be created', taken: startSays("Node '#block' is busy") },
  { lines: [597, 600], what: 'start in no mode', taken: noOtherMode },
  {
    lines: [602, 602],
    what: 'the stage is running',
    taken: (step) => starts(step) && stage(step) === 'none' && step.after.stage === 'running',
  },
  { lines: [604, 606], what: 'the first checkpoint', taken: gotBackup },
  {
    lines: [608, 608],
    what: 'the error is cleared, also after a checkpoint that failed',
    taken: (step) => gotBackup(step) && step.outcome.kind === 'error',
  },
];
