/** Cases for QEMU's unit test of the driver: what they say, that they are C, and what cannot be one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listTraces } from '../replay/failure-folder.ts';
import { TraceError } from '../format/trace-error.ts';
import { readTrace } from '../format/trace-file.ts';
import { exportUnitCase } from './unit-case.ts';

const folder = mkdtempSync(join(tmpdir(), 'unit-cases-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the unit test declares, and what it includes: enough to read a case. */
const surroundings = `
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#define NOT_DONE 0x7fffffff
#define S_LOCAL_DISK_ID "secondary-local-disk-id"
#define BDRV_SECTOR_SIZE (1ULL << 9)
#define CHECK(condition) do { if (!(condition)) __builtin_trap(); } while (0)
#define g_assert_cmpint(a, how, b) CHECK((a) how (b))
#define g_assert_cmphex(a, how, b) CHECK((a) how (b))
#define g_assert_cmpstr(a, how, b) CHECK(strcmp((a), (b)) how 0)
#define g_assert_null(a) CHECK((a) == 0)
#define g_assert_nonnull(a) CHECK((a) != 0)
typedef struct BlockBackend BlockBackend;
typedef struct Error Error;
typedef struct BlockJob BlockJob;
typedef struct QEMUIOVector { int n; } QEMUIOVector;
typedef enum { REPLICATION_MODE_PRIMARY, REPLICATION_MODE_SECONDARY } ReplicationMode;
void *g_malloc(size_t);
void g_free(void *);
void qemu_iovec_init(QEMUIOVector *, int);
void qemu_iovec_add(QEMUIOVector *, void *, size_t);
void qemu_iovec_destroy(QEMUIOVector *);
void blk_rw_done(void *, int);
void *blk_aio_preadv(BlockBackend *, int64_t, QEMUIOVector *, int, void (*)(void *, int), void *);
void main_loop_wait(int);
BlockBackend *start_secondary(void);
BlockBackend *blk_by_name(const char *);
void teardown_secondary(void);
void test_blk_write(BlockBackend *, long, int64_t, int64_t, bool);
void test_blk_read(BlockBackend *, long, int64_t, int64_t, int64_t, int64_t, bool);
void replication_start_all(ReplicationMode, Error **);
void replication_do_checkpoint_all(Error **);
void replication_get_error_all(Error **);
void replication_stop_all(bool, Error **);
const char *error_get_pretty(const Error *);
void error_free(Error *);
BlockJob *block_job_next(BlockJob *);
`;

const all = ['traces/saved/deviations', 'traces/saved/regressions'].flatMap(listTraces);

function caseOrRefusal(path: string): string {
  try {
    return exportUnitCase(readTrace(path), path);
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
}

describe('cases for the unit test', () => {
  test('are C, for every trace that needs no more than it has', () => {
    const cases = all.map(caseOrRefusal).filter((text) => text.startsWith('/*'));
    expect(cases.length).toBeGreaterThan(8);
    for (const [index, text] of cases.entries()) {
      const file = join(folder, `${index}.c`);
      writeFileSync(file, `${surroundings}${text}`);
      const { status, stderr } = spawnSync(
        'gcc',
        ['-std=gnu11', '-Wall', '-Werror', '-Wno-unused-function', '-fsyntax-only', file],
        {
          encoding: 'utf8',
        },
      );
      expect(status, `${stderr}\n${text}`).toBe(0);
    }
  });

  test('compare each byte, and the text of each error', () => {
    const text = exportUnitCase(
      readTrace('traces/saved/deviations/stop-without-failover-always-errors.json'),
      'stop-without-failover-always-errors.json',
    );
    expect(text).toContain('g_assert_cmphex(buffer[i], ==, pattern);');
    expect(text).toContain(
      'g_assert_cmpstr(error_get_pretty(err), ==, "Backup job was cancelled unexpectedly");',
    );
    expect(text).toContain('static void test_stop_without_failover_always_errors(void)');
  });

  test('are refused in one line where more is needed', () => {
    const refused = all.map(caseOrRefusal).filter((text) => !text.startsWith('/*'));
    expect(refused.length).toBeGreaterThan(8);
    for (const text of refused) expect(text).toMatch(/^traces\/\S+\.json: .*: export it by --iotest\.$/);
  });
});
