/*
 * What block/replication.c uses of QEMU, declared anew: names and shapes follow its calls, and nothing else is here.
 *
 * One declaration fits many versions of the file: what was renamed has both names, what is now a macro for a thread
 * analyser is empty, and a function that takes other arguments in other versions is overloaded.
 */
#ifndef GROUND_QEMU_H
#define GROUND_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks for analysers, coroutines and locks: one thread runs all of this. */
#define coroutine_fn
#define coroutine_mixed_fn
#define no_coroutine_fn
#define GRAPH_RDLOCK
#define GRAPH_RDLOCK_PTR
#define GRAPH_WRLOCK
#define GRAPH_UNLOCKED
#define GRAPH_UNLOCKED_PTR
#define GLOBAL_STATE_CODE() ((void)0)
#define IO_CODE() ((void)0)
#define GRAPH_RDLOCK_GUARD() ((void)0)
#define GRAPH_RDLOCK_GUARD_MAINLOOP() ((void)0)
#define WITH_JOB_LOCK_GUARD() if (true)
#define ANY_NUMBER __attribute__((overloadable))

/* Of each, what the drivers of some version pass. */
static inline void ANY_NUMBER bdrv_graph_wrlock(void) {}
static inline void ANY_NUMBER bdrv_graph_wrlock(void *any) { (void)any; }
static inline void ANY_NUMBER bdrv_graph_wrunlock(void) {}
static inline void ANY_NUMBER bdrv_graph_wrunlock(void *any) { (void)any; }
static inline void bdrv_graph_wrlock_drained(void) {}
static inline void bdrv_graph_rdlock_main_loop(void) {}
static inline void bdrv_graph_rdunlock_main_loop(void) {}
static inline void bdrv_drain_all_begin(void) {}
static inline void bdrv_drain_all_end(void) {}
static inline void job_lock(void) {}
static inline void job_unlock(void) {}

#define EIO 5
#define ENOMEDIUM 123
#define EINVAL 22
#define ECANCELED 125
#define ENOTSUP 95
#define ECONNREFUSED 111
#define ENOSPC 28

_Noreturn void ground_assertion(const char *expression, int line);
#define assert(condition) ((condition) ? (void)0 : ground_assertion(#condition, __LINE__))
#define abort() ground_assertion("abort", __LINE__)
#define g_assert_not_reached() ground_assertion("not reached", __LINE__)

int strcmp(const char *left, const char *right);
char *g_strdup(const char *text);
void g_free(void *memory);

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define QEMU_IS_ALIGNED(number, unit) ((number) % (unit) == 0)
#define BDRV_SECTOR_BITS 9
#define BDRV_SECTOR_SIZE (1ULL << BDRV_SECTOR_BITS)

/* Errors. */
typedef struct Error Error;
extern Error *error_abort;
extern Error *error_fatal;
void error_setg(Error **errp, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_setg_errno(Error **errp, int number, const char *format, ...);
void error_propagate(Error **errp, Error *error);
void error_free(Error *error);

/* Options. */
typedef struct QDict QDict;
QDict *qdict_new(void);
void qdict_put_bool(QDict *dict, const char *key, bool value);
enum QemuOptType { QEMU_OPT_STRING, QEMU_OPT_BOOL, QEMU_OPT_NUMBER };
typedef struct QemuOptDesc {
    const char *name;
    enum QemuOptType type;
    const char *help;
} QemuOptDesc;
typedef struct QemuOptsList {
    const char *name;
    struct { void *first; } head;
    QemuOptDesc desc[];
} QemuOptsList;
#define QTAILQ_HEAD_INITIALIZER(head) { 0 }
typedef struct QemuOpts QemuOpts;
QemuOpts *qemu_opts_create(QemuOptsList *list, const char *id, int fail_if_exists, Error **errp);
bool qemu_opts_absorb_qdict(QemuOpts *opts, QDict *dict, Error **errp);
const char *qemu_opt_get(QemuOpts *opts, const char *name);
void qemu_opts_del(QemuOpts *opts);

/* The graph of block nodes. */
#define QLIST_HEAD(name, type) struct name { struct type *lh_first; }
#define QLIST_ENTRY(type) struct { struct type *le_next; }
#define QLIST_FIRST(head) ((head)->lh_first)
#define QLIST_NEXT(element, field) ((element)->field.le_next)
#define QLIST_FOREACH(element, head, field) \
    for ((element) = (head)->lh_first; (element); (element) = (element)->field.le_next)

typedef struct BlockDriverState BlockDriverState;
typedef struct BlockDriver BlockDriver;
typedef struct BdrvChild BdrvChild;
typedef struct AioContext AioContext;
typedef struct BlockReopenQueue BlockReopenQueue;
typedef struct BdrvChildClass { bool is_bds; } BdrvChildClass;
typedef unsigned int BdrvChildRole;
typedef int BdrvRequestFlags;

struct BdrvChild {
    BlockDriverState *bs;
    const char *name;
    QLIST_ENTRY(BdrvChild) next;
};

struct BlockDriverState {
    const BlockDriver *drv;
    void *opaque;
    int open_flags;
    char node_name[32];
    char filename[32];
    BdrvChild *backing;
    BdrvChild *file;
    QLIST_HEAD(, BdrvChild) children;
    /* Whose it is: a place among the nodes of the host, and what the node has it for (ground.h). */
    int node;
    int place;
};

extern const BdrvChildClass child_of_bds;
enum { BDRV_CHILD_DATA = 1, BDRV_CHILD_METADATA = 2, BDRV_CHILD_FILTERED = 4, BDRV_CHILD_COW = 8, BDRV_CHILD_PRIMARY = 16 };
#define BDRV_CHILD_IMAGE (BDRV_CHILD_DATA | BDRV_CHILD_METADATA | BDRV_CHILD_PRIMARY)
enum { BLK_PERM_CONSISTENT_READ = 1, BLK_PERM_WRITE = 2, BLK_PERM_WRITE_UNCHANGED = 4, BLK_PERM_RESIZE = 8 };
#define BLK_PERM_ALL 15
enum { BDRV_O_RDWR = 2, BDRV_O_INACTIVE = 0x0800 };
#define BDRV_OPT_READ_ONLY "read-only"

typedef enum { BLOCK_OP_TYPE_DATAPLANE, BLOCK_OP_TYPE_DRIVE_DEL } BlockOpType;
int bdrv_open_file_child(const char *filename, QDict *options, const char *key, BlockDriverState *parent, Error **errp);
BdrvChild *bdrv_open_child(const char *filename, QDict *options, const char *key, BlockDriverState *parent,
                           const BdrvChildClass *child_class, BdrvChildRole role, bool allow_none, Error **errp);
BdrvChild *bdrv_attach_child(BlockDriverState *parent, BlockDriverState *bs, const char *name,
                             const BdrvChildClass *child_class, BdrvChildRole role, Error **errp);
void bdrv_unref_child(BlockDriverState *parent, BdrvChild *child);
void bdrv_ref(BlockDriverState *bs);
void bdrv_unref(BlockDriverState *bs);
BlockDriverState *bdrv_lookup_bs(const char *device, const char *node_name, Error **errp);
bool bdrv_is_root_node(BlockDriverState *bs);
bool bdrv_has_blk(BlockDriverState *bs);
bool bdrv_is_read_only(BlockDriverState *bs);
void bdrv_op_block_all(BlockDriverState *bs, Error *reason);
void bdrv_op_unblock(BlockDriverState *bs, BlockOpType type, Error *reason);
void bdrv_op_unblock_all(BlockDriverState *bs, Error *reason);
BlockReopenQueue *bdrv_reopen_queue(BlockReopenQueue *queue, BlockDriverState *bs, QDict *options, bool keep_old);
int bdrv_reopen_multiple(BlockReopenQueue *queue, Error **errp);
AioContext *bdrv_get_aio_context(BlockDriverState *bs);
AioContext *qemu_get_aio_context(void);
AioContext *qemu_get_current_aio_context(void);
static inline void aio_context_acquire(AioContext *context) { (void)context; }
static inline void aio_context_release(AioContext *context) { (void)context; }
static inline void bdrv_drained_begin(BlockDriverState *bs) { (void)bs; }
static inline void bdrv_drained_end(BlockDriverState *bs) { (void)bs; }
static inline void bdrv_subtree_drained_begin(BlockDriverState *bs) { (void)bs; }
static inline void bdrv_subtree_drained_end(BlockDriverState *bs) { (void)bs; }

/* Requests. */
typedef struct QEMUIOVector {
    int niov;
    size_t size;
    /* Where the content of its first sector lies. */
    uint8_t *content;
} QEMUIOVector;
void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint);
void qemu_iovec_reset(QEMUIOVector *qiov);
void qemu_iovec_concat(QEMUIOVector *target, QEMUIOVector *source, size_t offset, size_t bytes);
void qemu_iovec_destroy(QEMUIOVector *qiov);
int64_t bdrv_getlength(BlockDriverState *bs);
int64_t bdrv_co_getlength(BlockDriverState *bs);
int bdrv_co_preadv(BdrvChild *child, int64_t offset, int64_t bytes, QEMUIOVector *qiov, BdrvRequestFlags flags);
int bdrv_co_pwritev(BdrvChild *child, int64_t offset, int64_t bytes, QEMUIOVector *qiov, BdrvRequestFlags flags);
int bdrv_is_allocated_above(BlockDriverState *top, BlockDriverState *base, bool include_base, int64_t offset,
                            int64_t bytes, int64_t *answered);
#define bdrv_co_is_allocated_above bdrv_is_allocated_above
int bdrv_make_empty(BdrvChild *child, Error **errp);

/* Jobs. */
typedef struct Job {
    AioContext *aio_context;
} Job;
typedef struct BlockJob {
    Job job;
} BlockJob;
typedef void BlockCompletionFunc(void *opaque, int ret);
typedef struct JobTxn JobTxn;
typedef struct BdrvDirtyBitmap BdrvDirtyBitmap;
typedef enum { BLOCKDEV_ON_ERROR_REPORT, BLOCKDEV_ON_ERROR_IGNORE } BlockdevOnError;
typedef enum { ON_CBW_ERROR_BREAK_GUEST_WRITE, ON_CBW_ERROR_BREAK_SNAPSHOT } OnCbwError;
typedef enum { MIRROR_SYNC_MODE_TOP, MIRROR_SYNC_MODE_FULL, MIRROR_SYNC_MODE_NONE } MirrorSyncMode;
typedef enum { BITMAP_SYNC_MODE_ON_SUCCESS } BitmapSyncMode;
typedef struct BackupPerf {
    bool use_copy_range;
    int64_t max_workers;
    int64_t max_chunk;
    int64_t min_cluster_size;
} BackupPerf;
enum { JOB_DEFAULT = 0, JOB_INTERNAL = 1 };
void job_start(Job *job);
int ANY_NUMBER job_cancel_sync(Job *job, bool force);
static inline int ANY_NUMBER job_cancel_sync(Job *job) { return job_cancel_sync(job, false); }
void backup_do_checkpoint(BlockJob *job, Error **errp);

BlockJob *ground_backup(BlockDriverState *bs, BlockDriverState *target, MirrorSyncMode mode, BlockCompletionFunc *done,
                        void *opaque, Error **errp);
/* 6.1 and later; 9.1 and later; 10.1 and later. */
static inline BlockJob *ANY_NUMBER backup_job_create(
    const char *id, BlockDriverState *bs, BlockDriverState *target, int64_t speed, MirrorSyncMode mode,
    BdrvDirtyBitmap *bitmap, int bitmap_mode, bool compress, const char *filter, BackupPerf *perf, BlockdevOnError source,
    BlockdevOnError on_target, int flags, BlockCompletionFunc *done, void *opaque, JobTxn *txn, Error **errp) {
    return ground_backup(bs, target, mode, done, opaque, errp);
}
static inline BlockJob *ANY_NUMBER backup_job_create(
    const char *id, BlockDriverState *bs, BlockDriverState *target, int64_t speed, MirrorSyncMode mode,
    BdrvDirtyBitmap *bitmap, int bitmap_mode, bool compress, bool discard, const char *filter, BackupPerf *perf,
    BlockdevOnError source, BlockdevOnError on_target, int flags, BlockCompletionFunc *done, void *opaque, JobTxn *txn,
    Error **errp) {
    return ground_backup(bs, target, mode, done, opaque, errp);
}
static inline BlockJob *ANY_NUMBER backup_job_create(
    const char *id, BlockDriverState *bs, BlockDriverState *target, int64_t speed, MirrorSyncMode mode,
    BdrvDirtyBitmap *bitmap, int bitmap_mode, bool compress, bool discard, const char *filter, BackupPerf *perf,
    BlockdevOnError source, BlockdevOnError on_target, OnCbwError on_copy, int flags, BlockCompletionFunc *done,
    void *opaque, JobTxn *txn, Error **errp) {
    return ground_backup(bs, target, mode, done, opaque, errp);
}
BlockJob *commit_active_start(const char *id, BlockDriverState *bs, BlockDriverState *base, int flags, int64_t speed,
                              BlockdevOnError on_error, const char *filter, BlockCompletionFunc *done, void *opaque,
                              bool auto_complete, Error **errp);

/* Replication (replication.c of QEMU's top folder). */
typedef enum { REPLICATION_MODE_PRIMARY, REPLICATION_MODE_SECONDARY } ReplicationMode;
typedef struct ReplicationState ReplicationState;
typedef struct ReplicationOps {
    void (*start)(ReplicationState *rs, ReplicationMode mode, Error **errp);
    void (*stop)(ReplicationState *rs, bool failover, Error **errp);
    void (*checkpoint)(ReplicationState *rs, Error **errp);
    void (*get_error)(ReplicationState *rs, Error **errp);
} ReplicationOps;
struct ReplicationState {
    void *opaque;
    ReplicationOps *ops;
    /* The node that was opened before it. */
    ReplicationState *older;
};
ReplicationState *replication_new(void *opaque, ReplicationOps *ops);
void replication_remove(ReplicationState *rs);

/* The driver says what it is. */
struct BlockDriver {
    const char *format_name;
    int instance_size;
    int (*bdrv_open)(BlockDriverState *bs, QDict *options, int flags, Error **errp);
    void (*bdrv_close)(BlockDriverState *bs);
    void (*bdrv_child_perm)(BlockDriverState *bs, BdrvChild *child, BdrvChildRole role, BlockReopenQueue *queue,
                            uint64_t perm, uint64_t shared, uint64_t *nperm, uint64_t *nshared);
    int64_t (*bdrv_getlength)(BlockDriverState *bs);
    int64_t (*bdrv_co_getlength)(BlockDriverState *bs);
    int (*bdrv_co_readv)(BlockDriverState *bs, int64_t sector_num, int sectors, QEMUIOVector *qiov);
    int (*bdrv_co_writev)(BlockDriverState *bs, int64_t sector_num, int sectors, QEMUIOVector *qiov, int flags);
    int (*bdrv_make_empty)(BlockDriverState *bs);
    bool is_filter;
    bool has_variable_length;
    const char *const *strong_runtime_opts;
};
void bdrv_register(BlockDriver *driver);
#define block_init(function) void driver_register(void) { function(); }

#endif
