/**
 * A driver for tests, written anew: it knows only primaries, and has what the loader and the wrapper ask of any driver.
 * `start` is what its start does, before the stage changes.
 */
export function fixtureDriver(start = '', declarations = ''): string {
  return `#include "qemu/osdep.h"
#include "block/replication.h"
${declarations}
typedef enum {
    BLOCK_REPLICATION_NONE,
    BLOCK_REPLICATION_RUNNING,
    BLOCK_REPLICATION_FAILOVER,
    BLOCK_REPLICATION_FAILOVER_FAILED,
    BLOCK_REPLICATION_DONE,
} Stage;
typedef struct BDRVReplicationState {
    Stage stage;
    int error;
    BlockJob *commit_job;
    ReplicationState *rs;
} BDRVReplicationState;
static BDRVReplicationState *state(ReplicationState *rs) { return ((BlockDriverState *)rs->opaque)->opaque; }
static void start(ReplicationState *rs, ReplicationMode mode, Error **errp) {
    BDRVReplicationState *s = state(rs);
    ${start}
    s->stage = BLOCK_REPLICATION_RUNNING;
}
static void stop(ReplicationState *rs, bool failover, Error **errp) { state(rs)->stage = BLOCK_REPLICATION_DONE; }
static void checkpoint(ReplicationState *rs, Error **errp) {}
static void get_error(ReplicationState *rs, Error **errp) {
    if (state(rs)->stage == BLOCK_REPLICATION_NONE) error_setg(errp, "Block replication is not running");
}
static ReplicationOps ops = {.start = start, .checkpoint = checkpoint, .get_error = get_error, .stop = stop};
static int open_node(BlockDriverState *bs, QDict *options, int flags, Error **errp) {
    BDRVReplicationState *s = bs->opaque;
    bdrv_open_file_child(NULL, options, "file", bs, errp);
    s->rs = replication_new(bs, &ops);
    return 0;
}
static void close_node(BlockDriverState *bs) { replication_remove(((BDRVReplicationState *)bs->opaque)->rs); }
static int64_t length(BlockDriverState *bs) { return bdrv_co_getlength(bs->file->bs); }
static int read_sectors(BlockDriverState *bs, int64_t sector, int count, QEMUIOVector *qiov) { return -EIO; }
static int write_sectors(BlockDriverState *bs, int64_t sector, int count, QEMUIOVector *qiov, int flags) {
    BDRVReplicationState *s = bs->opaque;
    if (s->stage != BLOCK_REPLICATION_RUNNING) return -EIO;
    return bdrv_co_pwritev(bs->file, sector * BDRV_SECTOR_SIZE, count * BDRV_SECTOR_SIZE, qiov, 0);
}
static BlockDriver bdrv_replication = {
    .format_name = "replication",
    .bdrv_open = open_node,
    .bdrv_close = close_node,
    .bdrv_co_getlength = length,
    .bdrv_co_readv = read_sectors,
    .bdrv_co_writev = write_sectors,
};
static void register_driver(void) { bdrv_register(&bdrv_replication); }
block_init(register_driver);
`;
}
