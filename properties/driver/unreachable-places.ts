/** Places of the C driver that nothing leads to, and why, by what stands there: lines differ from version to version. */
import type { CountedPlace } from '../../impl/driver/syntax/counted-text.ts';
import { seedBranches } from '../seed-branches/seed-branches.ts';

interface Unreachable {
  readonly function: string;
  readonly what: RegExp;
  readonly why: string;
}

const noOptions = 'the vocabulary has no options of the wrong type';
const noPrimary = 'a primary knows no failover';
const oneThread = 'one thread runs all';
const whole = 'a node that is open has all children that were not left out on purpose';

const unreachable: readonly Unreachable[] = [
  { function: 'replication_open', what: /qemu_opts_absorb_qdict|^goto fail$/, why: noOptions },
  { function: 'replication_child_perm', what: /open_flags/, why: 'every node is opened for writing' },
  { function: 'replication_get_io_status', what: /REPLICATION_MODE_PRIMARY/, why: noPrimary },
  {
    function: '',
    what: /^abort\(\)$/,
    why: 'open refuses every other mode, and stages are only those declared',
  },
  {
    function: 'replication_co_writev',
    what: /^ret < 0$|^goto out1$/,
    why: 'a layer without driver refuses the request before',
  },
  { function: 'secondary_do_checkpoint', what: /local_err|^return$/, why: 'the bitmap can always be reset' },
  { function: 'reopen_backing_file', what: /ctx/, why: oneThread },
  { function: '', what: /^aio_context_(release|acquire)\(/, why: oneThread },
  {
    function: 'backup_job_cleanup',
    what: /^!top_bs$|^return$/,
    why: 'the top node is there for as long as the job runs',
  },
  {
    function: 'backup_job_completed',
    what: /BLOCK_REPLICATION_FAILOVER/,
    why: 'the job has ended before the stage is failover',
  },
  {
    function: 'check_top_bs',
    what: /child->bs|^return true$/,
    why: 'top-id names the node itself, or nothing that leads to it',
  },
  {
    function: 'replication_start',
    what: /!active_disk|!active_disk->bs|!hidden_disk->bs$|!secondary_disk->bs$/,
    why: whole,
  },
  { function: 'replication_start', what: /disk_length < 0/, why: 'the secondary disk keeps its driver' },
  {
    function: 'replication_start',
    what: /^active_length < 0$|hidden_length != disk_length/,
    why: 'one of the other comparisons has decided already',
  },
];

/** Null: something may lead there. The seed's own lines are looked up in the table of its branches as well. */
export function whyUnreachable(place: CountedPlace, isSeed: boolean): string | null {
  const own = unreachable.find(
    ({ function: name, what }) => (name === '' || name === place.function) && what.test(place.what),
  );
  if (own !== undefined) return own.why;
  if (!isSeed) return null;
  const branch = seedBranches.find(
    ({ lines: [first, last], taken }) =>
      typeof taken === 'string' && place.line >= first && place.line <= last,
  );
  return typeof branch?.taken === 'string' ? branch.taken : null;
}
