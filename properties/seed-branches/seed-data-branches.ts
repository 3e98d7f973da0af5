/** The branches of the data plane: reads, writes, the split after a failed failover, and what the stage allows. */
import { layerOf } from '../../model/disks.ts';
import type { SeedBranch, StepTaken } from './seed-branch.ts';

const isRead = ({ operation }: StepTaken): boolean => operation.op === 'guestRead';
const isWrite = ({ operation }: StepTaken): boolean =>
  operation.op === 'guestWrite' || (operation.op === 'guestWriteZeroes' && operation.count > 0);
const isSecondary = ({ before }: StepTaken): boolean => before.setup.mode === 'secondary';
const stage = ({ before }: StepTaken): string => before.stage;
/** Not answered above the driver. */
const arrives = ({ before, outcome }: StepTaken): boolean =>
  before.exported && !(outcome.kind === 'errno' && outcome.errno === 'EINVAL');
const failed = ({ outcome }: StepTaken): boolean => outcome.kind === 'errno' && outcome.errno === 'EIO';
const asks = (step: StepTaken): boolean => arrives(step) && (isRead(step) || isWrite(step));
const splits = (step: StepTaken): boolean =>
  arrives(step) && isWrite(step) && stage(step) === 'failoverFailed';
const isPlain = (step: StepTaken): boolean =>
  arrives(step) && isWrite(step) && ['running', 'failover', 'done'].includes(stage(step));

function firstLayer({ before, operation }: StepTaken): string {
  return 'sector' in operation ? layerOf(before, operation.sector) : '';
}

/** How many layers answer what is written. */
function layersMet({ before, operation }: StepTaken): number {
  if (!('count' in operation)) return 0;
  const sectors = Array.from({ length: operation.count }, (_, index) => operation.sector + index);
  return new Set(sectors.map((sector) => layerOf(before, sector))).size;
}

export const dataBranches: readonly SeedBranch[] = [
  {
    lines: [182, 185],
    what: 'the length is asked for',
    taken: ({ before, operation, outcome }) =>
      operation.op.startsWith('guest') &&
      before.exported &&
      outcome.kind === 'errno' &&
      outcome.errno === 'EINVAL',
  },
  {
    lines: [190, 191],
    what: 'not started: refused',
    taken: (step) => asks(step) && stage(step) === 'none' && failed(step),
  },
  { lines: [192, 193], what: 'running', taken: (step) => asks(step) && stage(step) === 'running' },
  {
    lines: [194, 195],
    what: 'in a failover a secondary goes on',
    taken: (step) => asks(step) && stage(step) === 'failover',
  },
  {
    lines: [195, 197],
    what: 'a primary in or after a failover',
    taken: 'a primary has no failover: it goes from running to done',
  },
  { lines: [196, 197], what: 'after a failed failover writes are split', taken: splits },
  {
    lines: [198, 203],
    what: 'a promoted secondary goes on',
    taken: (step) => asks(step) && stage(step) === 'done' && isSecondary(step),
  },
  {
    lines: [203, 203],
    what: 'a stopped primary is refused',
    taken: (step) => isWrite(step) && arrives(step) && stage(step) === 'done' && !isSecondary(step),
  },
  { lines: [204, 205], what: 'in no stage', taken: 'there is no other stage' },
  {
    lines: [211, 213],
    what: 'an error of a secondary is returned',
    taken: (step) => isPlain(step) && isSecondary(step) && failed(step),
  },
  {
    lines: [215, 218],
    what: 'an error of a primary is masked and remembered',
    taken: (step) => isPlain(step) && !isSecondary(step) && !step.before.error && step.after.error,
  },
  {
    lines: [220, 220],
    what: 'a primary forwards a write',
    taken: (step) => isPlain(step) && !isSecondary(step) && stage(step) === 'running' && !step.after.error,
  },
  {
    lines: [231, 234],
    what: 'a primary is not read',
    taken: (step) => isRead(step) && arrives(step) && !isSecondary(step),
  },
  {
    lines: [236, 239],
    what: 'a read is refused',
    taken: (step) => isRead(step) && isSecondary(step) && stage(step) === 'none' && failed(step),
  },
  {
    lines: [241, 244],
    what: 'a read through the chain',
    taken: (step) => isRead(step) && step.outcome.kind === 'data',
  },
  {
    lines: [244, 244],
    what: 'a read that the chain cannot answer',
    taken: (step) =>
      isRead(step) && isSecondary(step) && arrives(step) && stage(step) !== 'none' && failed(step),
  },
  {
    lines: [262, 265],
    what: 'a write is refused',
    taken: (step) => isWrite(step) && arrives(step) && stage(step) === 'none' && failed(step),
  },
  { lines: [267, 271], what: 'a write to the file', taken: isPlain },
  { lines: [278, 284], what: 'the allocation is asked for, run by run', taken: splits },
  {
    lines: [285, 287],
    what: 'the allocation cannot be read',
    taken: 'no fault of the vocabulary fails a question for allocation',
  },
  {
    lines: [294, 296],
    what: 'a run goes to active',
    taken: (step) => splits(step) && firstLayer(step) !== 'secondary',
  },
  {
    lines: [294, 294],
    what: 'a run goes to the secondary disk',
    taken: (step) => splits(step) && firstLayer(step) === 'secondary',
  },
  {
    lines: [297, 299],
    what: 'a run fails and ends the write',
    taken: (step) => splits(step) && failed(step),
  },
  { lines: [301, 303], what: 'the next run', taken: (step) => splits(step) && layersMet(step) > 1 },
];
