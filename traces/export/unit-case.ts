/**
 * Writes a saved trace as a case for `tests/unit/test-replication.c` of QEMU, with a comparison of its own: that file's
 * compares by order, reads into a buffer that holds what is expected already, and so passes what is wrong.
 */
import { basename } from 'node:path';
import type { Operation } from '../../model/operations.ts';
import type { NodeSetup, Outcome } from '../../model/vocabulary.ts';
import { walkOf } from '../../properties/cases/case.ts';
import { describeOperation } from '../../properties/cases/operation-text.ts';
import { caseOf } from '../replay/replay.ts';
import { TraceError } from '../format/trace-error.ts';
import type { Trace } from '../format/trace-schema.ts';

/** `test_blk_write` and the images of that file: one byte a write, 64 MiB, clusters of 64 KiB. */
const TAG_MAX = 0xff;
const IMAGE_SECTORS = 131_072;
const CLUSTER_SECTORS = 128;

const helper = `/* Fails where a byte is not that of the pattern; what a read leaves alone is found. */
static void check_blk_read(BlockBackend *blk, int pattern, int64_t offset, int64_t count)
{
    uint8_t *buffer = g_malloc(count);
    QEMUIOVector qiov;
    int ret = NOT_DONE;
    int64_t i;

    memset(buffer, ~pattern, count);
    qemu_iovec_init(&qiov, 1);
    qemu_iovec_add(&qiov, buffer, count);
    blk_aio_preadv(blk, offset, &qiov, 0, blk_rw_done, &ret);
    while (ret == NOT_DONE) {
        main_loop_wait(false);
    }
    g_assert_cmpint(ret, ==, 0);
    for (i = 0; i < count; i++) {
        g_assert_cmphex(buffer[i], ==, pattern);
    }
    qemu_iovec_destroy(&qiov);
    g_free(buffer);
}
`;

/** Throws a \`TraceError\` where a trace needs more than that file has. */
export function exportUnitCase(trace: Trace, path: string): string {
  const testCase = caseOf(trace);
  const [setup] = testCase.setup.nodes;
  const name = basename(path, '.json').replaceAll(/\W/g, '_');
  const problem =
    setup === undefined
      ? 'it has no node'
      : problemOf(setup, testCase.setup.nodes.length, testCase.operations);
  if (problem !== null || setup === undefined)
    throw new TraceError(`${path}: ${problem}: export it by --iotest.`);
  const { start, steps } = walkOf(testCase);
  const lines = testCase.operations.flatMap((operation, index) => {
    const step = steps[index];
    return step === undefined
      ? []
      : [`/* ${describeOperation(operation)} */`, ...statements(operation, step.outcome)];
  });
  const last = steps.at(-1)?.host.nodes[0];
  const secondary = last === undefined ? [] : runsOf(last.secondary);
  const before = runsOf(start.nodes[0]?.secondary ?? []);
  const usesTop = lines.some((line) => line.includes('(blk,'));
  return [
    `/* ${(trace.note ?? name).replaceAll('*/', '* /')} */`,
    helper,
    `static void test_${name}(void)`,
    '{',
    `    ${usesTop ? 'BlockBackend *blk = ' : ''}start_secondary();`,
    '    BlockBackend *local_blk = blk_by_name(S_LOCAL_DISK_ID);',
    '    Error *err = NULL;',
    '',
    ...[
      ...before.map(({ sector, count, tag }) => write('local_blk', sector, count, tag, false)),
      ...lines,
      '/* the secondary disk */',
      ...secondary.map(({ sector, count, tag }) => read('local_blk', sector, count, tag)),
      'teardown_secondary();',
    ].map((line) => `    ${line}`),
    '}',
    '',
    `/* in main: g_test_add_func("/replication/secondary/${name}", test_${name}); */`,
    '',
  ].join('\n');
}

const known: readonly Operation['op'][] = [
  'open',
  'start',
  'checkpoint',
  'getError',
  'stop',
  'guestRead',
  'guestWrite',
  'guestWriteZeroes',
  'primaryRead',
  'primaryWrite',
  'primaryWriteZeroes',
  'commitSettle',
];

function problemOf(setup: NodeSetup, nodes: number, operations: readonly Operation[]): string | null {
  const { geometry, initialContent } = setup;
  if (nodes > 1 || setup.mode === 'primary') return 'the unit test has one secondary';
  if (setup.defects.length + setup.badSectors.length + setup.readOnly.length > 0)
    return 'the disks of the unit test are sound and writable';
  if (geometry.activeClusterSectors !== CLUSTER_SECTORS || geometry.hiddenClusterSectors !== CLUSTER_SECTORS)
    return `the overlays of the unit test have clusters of ${CLUSTER_SECTORS} sectors`;
  if (geometry.gaps !== undefined) return 'the disks of the unit test have no gaps';
  if (geometry.lengthSectors > IMAGE_SECTORS)
    return `the disks of the unit test have ${IMAGE_SECTORS} sectors`;
  if (operations[0]?.op !== 'open') return 'the unit test opens its node first of all';
  const tags = [...initialContent, ...operations].map((each) => ('tag' in each ? each.tag : 0));
  if (tags.some((tag) => tag > TAG_MAX)) return `a write of the unit test is one byte, up to ${TAG_MAX}`;
  const strange = operations.slice(1).find(({ op }) => op === 'open' || !known.includes(op));
  if (strange !== undefined) return `the unit test has no ${strange.op}`;
  const beyond = operations.some(
    (each) => 'count' in each && each.sector + each.count > geometry.lengthSectors,
  );
  return beyond ? 'its disks are longer, so that a request past their end is not one there' : null;
}

function statements(operation: Operation, outcome: Outcome): readonly string[] {
  switch (operation.op) {
    case 'start':
      return call(`replication_start_all(REPLICATION_MODE_${operation.mode.toUpperCase()}, &err);`, outcome);
    case 'checkpoint':
      return call('replication_do_checkpoint_all(&err);', outcome);
    case 'getError':
      return call('replication_get_error_all(&err);', outcome);
    case 'stop':
      return call(`replication_stop_all(${operation.failover}, &err);`, outcome);
    case 'guestRead':
    case 'primaryRead':
      return reads(operation.op === 'guestRead' ? 'blk' : 'local_blk', operation, outcome);
    case 'guestWrite':
    case 'guestWriteZeroes':
      return writes('blk', operation, outcome);
    case 'primaryWrite':
    case 'primaryWriteZeroes':
      return writes('local_blk', operation, outcome);
    case 'commitSettle':
      return ['while (block_job_next(NULL)) {', '    main_loop_wait(false);', '}'];
    default:
      return [];
  }
}

function call(called: string, outcome: Outcome): readonly string[] {
  if (outcome.kind !== 'error') return [called, 'g_assert_null(err);'];
  return [
    called,
    'g_assert_nonnull(err);',
    `g_assert_cmpstr(error_get_pretty(err), ==, ${JSON.stringify(outcome.message)});`,
    'error_free(err);',
    'err = NULL;',
  ];
}

interface Request {
  readonly sector: number;
  readonly count: number;
  readonly tag?: number | undefined;
}

interface Run {
  readonly sector: number;
  readonly count: number;
  readonly tag: number;
}

/** An empty one is left out: it has nothing to compare. */
function reads(blk: string, { sector, count }: Request, outcome: Outcome): readonly string[] {
  if (count === 0) return [];
  if (outcome.kind !== 'data')
    return [`test_blk_read(${blk}, 0, 0, 0, ${bytes(sector)}, ${bytes(count)}, true);`];
  return runsOf(outcome.tags).map((run) => read(blk, sector + run.sector, run.count, run.tag));
}

function writes(blk: string, { sector, count, tag }: Request, outcome: Outcome): readonly string[] {
  return [write(blk, sector, count, tag ?? 0, outcome.kind !== 'ok')];
}

function read(blk: string, sector: number, count: number, tag: number): string {
  return `check_blk_read(${blk}, ${pattern(tag)}, ${bytes(sector)}, ${bytes(count)});`;
}

function write(blk: string, sector: number, count: number, tag: number, fails: boolean): string {
  return `test_blk_write(${blk}, ${pattern(tag)}, ${bytes(sector)}, ${bytes(count)}, ${fails});`;
}

function bytes(sectors: number): string {
  return `${sectors} * BDRV_SECTOR_SIZE`;
}

function pattern(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}

function runsOf(tags: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (let sector = 0, end; sector < tags.length; sector = end) {
    end = sector + 1;
    while (end < tags.length && tags[end] === tags[sector]) end++;
    runs.push({ sector, count: end - sector, tag: tags[sector] ?? 0 });
  }
  return runs;
}
