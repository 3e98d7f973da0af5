/** Situations that reads and writes meet: across layers, over units copied or not, under a commit. */
import type { Moment, Situation } from './situation.ts';
import { primaryWrites } from '../invariants/invariants.ts';
import { guestWrites, isInFlight, layersIn, rangeOf, unitsTouched } from './situation.ts';

const secondary = 'secondary' as const;

export const dataSituations: readonly Situation[] = [
  {
    name: 'write-across-layers-after-failed-failover',
    what: 'a guest write over sectors that overlays hold and sectors that none does, after a failover that failed',
    mode: secondary,
    stages: ['failoverFailed'],
    operations: guestWrites,
    needs: ({ badSectors }) => badSectors.includes('secondary'),
    fits: ({ lengthSectors }) => lengthSectors > 1,
    isMet: (moment) => moment.outcome.kind === 'ok' && layersIn(moment.before, rangeOf(moment)) > 1,
  },
  {
    name: 'write-across-layers-fails-in-its-middle',
    what: 'such a write of which a piece fails behind one that was written',
    mode: secondary,
    stages: ['failoverFailed'],
    operations: guestWrites,
    needs: ({ badSectors }) => badSectors.includes('secondary'),
    fits: ({ lengthSectors }) => lengthSectors > 1,
    isMet: (moment) =>
      moment.outcome.kind === 'errno' &&
      moment.before !== moment.after &&
      layersIn(moment.before, rangeOf(moment)) > 1,
  },
  {
    name: 'guest-read-across-three-layers',
    what: 'a guest read of sectors that active, hidden and the secondary disk hold',
    mode: secondary,
    stages: ['running', 'failover', 'failoverFailed', 'done'],
    operations: ['guestRead'],
    fits: ({ lengthSectors }) => lengthSectors > 2,
    isMet: (moment) =>
      moment.outcome.kind === 'data' &&
      !moment.before.committed &&
      layersIn(moment.before, rangeOf(moment)) > 2,
  },
  {
    name: 'discard-across-layers',
    what: 'a guest discard over sectors of several layers, which must change none of them',
    mode: secondary,
    stages: ['running', 'failover', 'failoverFailed'],
    operations: ['guestDiscard'],
    fits: ({ lengthSectors }) => lengthSectors > 1,
    isMet: (moment) => layersIn(moment.before, rangeOf(moment)) > 1,
  },
  {
    name: 'write-zeroes-across-layers',
    what: 'zeroes of the guest over sectors of several layers',
    mode: secondary,
    stages: ['running', 'failover', 'failoverFailed'],
    operations: ['guestWriteZeroes'],
    fits: ({ lengthSectors }) => lengthSectors > 1,
    isMet: (moment) => moment.outcome.kind === 'ok' && layersIn(moment.before, rangeOf(moment)) > 1,
  },
  {
    name: 'primary-write-to-copied-unit',
    what: 'a primary write to units that were all saved to hidden before',
    mode: secondary,
    stages: ['running'],
    operations: primaryWrites,
    isMet: ({ before, after, outcome }) =>
      outcome.kind === 'ok' &&
      before.backupJob &&
      before.secondary !== after.secondary &&
      before.copied === after.copied,
  },
  {
    name: 'primary-write-to-uncopied-unit',
    what: 'a primary write that saves units first',
    mode: secondary,
    stages: ['running'],
    operations: primaryWrites,
    isMet: ({ before, after, outcome }) => outcome.kind === 'ok' && before.copied !== after.copied,
  },
  {
    name: 'primary-write-over-copied-and-uncopied-units',
    what: 'a primary write over units of which some were saved before and some were not',
    mode: secondary,
    stages: ['running'],
    operations: primaryWrites,
    fits: ({ lengthSectors, copyUnitSectors }) => lengthSectors > copyUnitSectors,
    isMet: (moment) => {
      const { before, after, outcome } = moment;
      if (outcome.kind !== 'ok' || before.copied === after.copied) return false;
      const [from, to] = unitsTouched(rangeOf(moment), before.setup.geometry.copyUnitSectors);
      return before.copied.slice(from, to).includes(true);
    },
  },
  {
    name: 'unit-copied-again-after-failed-checkpoint',
    what: 'a fault between two copies of one unit: hidden, which was not emptied, is written over',
    mode: secondary,
    stages: ['running'],
    operations: primaryWrites,
    needs: ({ operations }) => operations.includes('failEmptying'),
    isMet: isCopiedAgain,
  },
  {
    name: 'large-cluster-copied-again-after-failed-checkpoint',
    what: 'the same where a cluster of hidden is larger than a unit of the commit, in QEMU 64 KiB',
    mode: secondary,
    stages: ['running'],
    operations: primaryWrites,
    needs: ({ operations }) => operations.includes('failEmptying'),
    fits: ({ hiddenClusterSectors, commitUnitSectors }) => hiddenClusterSectors > commitUnitSectors,
    isMet: (moment) => {
      const { hiddenClusterSectors, commitUnitSectors } = moment.before.setup.geometry;
      return hiddenClusterSectors > commitUnitSectors && isCopiedAgain(moment);
    },
  },
  {
    name: 'some-copies-of-a-write-fail',
    what: 'a primary write that saves some units and fails to save others',
    mode: secondary,
    stages: ['running'],
    operations: primaryWrites,
    needs: ({ badSectors }) => badSectors.includes('secondary') || badSectors.includes('hidden'),
    fits: ({ lengthSectors, copyUnitSectors }) => lengthSectors > 2 * copyUnitSectors,
    isMet: ({ before, after, outcome }) =>
      outcome.kind === 'errno' &&
      before.copied.some((copied, unit) => !copied && after.copied[unit] === true),
  },
  {
    name: 'empty-write-within-a-unit',
    what: 'a primary write of no sector that saves the unit around it',
    mode: secondary,
    stages: ['running'],
    operations: ['primaryWrite'],
    fits: ({ copyUnitSectors }) => copyUnitSectors > 1,
    isMet: ({ before, after, operation }) =>
      'count' in operation && operation.count === 0 && before.copied !== after.copied,
  },
  {
    name: 'guest-write-over-unit-in-flight',
    what: 'a guest write to a unit that the failover commit has read and not yet written',
    mode: secondary,
    stages: ['failover'],
    operations: guestWrites,
    isMet: (moment) => moment.outcome.kind === 'ok' && isInFlight(moment.before, rangeOf(moment)),
  },
  {
    name: 'primary-write-under-unit-in-flight',
    what: 'a primary write to such a unit',
    mode: secondary,
    stages: ['failover'],
    operations: primaryWrites,
    isMet: (moment) => moment.outcome.kind === 'ok' && isInFlight(moment.before, rangeOf(moment)),
  },
  {
    name: 'write-after-reconnecting-lost-others',
    what: 'a guest write of a primary that reaches its peer again, after the link has lost others',
    mode: 'primary',
    stages: ['running'],
    operations: guestWrites,
    needs: ({ operations }) => operations.includes('cutLink') && operations.includes('restoreLink'),
    isMet: ({ before, after }) =>
      before.link === 'reconnecting' && before.error && before.secondary !== after.secondary,
  },
];

function isCopiedAgain(moment: Moment): boolean {
  const { before, after } = moment;
  if (before.copied === after.copied) return false;
  const { copyUnitSectors } = before.setup.geometry;
  const [from, to] = unitsTouched(rangeOf(moment), copyUnitSectors);
  for (let unit = from; unit < to; unit++) {
    if (before.copied[unit] === true || after.copied[unit] !== true) continue;
    const sector = unit * copyUnitSectors;
    if (before.hidden.slice(sector, sector + copyUnitSectors).some((tag) => tag !== null)) return true;
  }
  return false;
}
