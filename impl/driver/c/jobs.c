/* The backup job between the secondary disk and hidden, and how either job is asked to end. */
#include "ground.h"

/* A copy takes at most this much, or one unit where a unit is larger (BLOCK_COPY_MAX_BUFFER). */
enum { COPY_BYTES_MAX = 1 << 20 };

/* A place in memory to point to; nobody looks into it. */
struct AioContext { int nothing; };
static AioContext only_context;

AioContext *bdrv_get_aio_context(BlockDriverState *bs) {
    (void)bs;
    return &only_context;
}

AioContext *qemu_get_aio_context(void) {
    return &only_context;
}

AioContext *qemu_get_current_aio_context(void) {
    return &only_context;
}

/* Copies the units of [unit, end), or fails and copies none. */
static int copy_piece(Node *node, int unit, int end) {
    int first = unit * node->copy_unit;
    int last = minimum(end * node->copy_unit, node->length);
    if (fails(node, SECONDARY, READ, first, last - first) || fails(node, HIDDEN, WRITE, first, last - first)) return -EIO;
    Layer *hidden = &node->layers[HIDDEN];
    memcpy(place_in(node, hidden, first), place_in(node, &node->layers[SECONDARY], first),
           (size_t)(last - first) * node->sector_bytes);
    if (last > first) memset(hidden->allocated + cluster_of(hidden, first), 1, cluster_of(hidden, last - 1) - cluster_of(hidden, first) + 1);
    memset(node->backup.copied + unit, 1, end - unit);
    hidden->version++;
    return 0;
}

/*
 * Makes a range safe to change, run by run of units not yet copied, long runs piece by piece. A piece that meets a bad
 * sector is not copied; the others still are, but the request must not go on. Both ends are rounded to units: an
 * empty request within a unit copies it.
 */
int copy_before_write(Node *node, int sector, int count) {
    const Backup *backup = &node->backup;
    if (!backup->runs) return 0;
    int outcome = 0;
    int most = COPY_BYTES_MAX / (node->copy_unit * node->sector_bytes);
    if (most < 1) most = 1;
    int end = (sector + count + node->copy_unit - 1) / node->copy_unit;
    for (int unit = sector / node->copy_unit, to; unit < end; unit = to) {
        to = unit + 1;
        if (backup->copied[unit]) continue;
        while (to < minimum(end, unit + most) && !backup->copied[to]) to++;
        if (copy_piece(node, unit, to) != 0) outcome = -EIO;
    }
    return outcome;
}

BlockJob *ground_backup(BlockDriverState *bs, BlockDriverState *target, MirrorSyncMode mode, BlockCompletionFunc *done,
                        void *opaque, Error **errp) {
    Node *node = &nodes[bs->node];
    if (node->defects & SECONDARY_BUSY) {
        error_setg(errp, "Node '#block' is busy: block device is in use by block job: backup");
        return NULL;
    }
    if (bs->place != SECONDARY || target->place != HIDDEN || mode != MIRROR_SYNC_MODE_NONE) {
        error_setg(errp, "The backup is none from the secondary disk to hidden");
        return NULL;
    }
    node->backup.runs = true;
    node->backup.done = done;
    node->backup.opaque = opaque;
    return &node->backup.job;
}

void backup_do_checkpoint(BlockJob *job, Error **errp) {
    (void)errp;
    for (int index = 0; index < node_count; index++)
        if (job == &nodes[index].backup.job) memset(nodes[index].backup.copied, 0, nodes[index].backup.units);
}

void end_backup(Node *node, int ret) {
    if (!node->backup.runs) return;
    node->backup.runs = false;
    node->backup.done(node->backup.opaque, ret);
}

void job_start(Job *job) {
    (void)job;
}

/* Forced or not, a backup has nothing to finish; a mirror finishes what is in flight. */
int ANY_NUMBER job_cancel_sync(Job *job, bool force) {
    (void)force;
    for (int index = 0; index < node_count; index++) {
        Node *node = &nodes[index];
        if (job == &node->backup.job.job) end_backup(node, -ECANCELED);
        if (job == &node->commit.job.job && node->commit.runs) {
            finish_in_flight(node);
            end_commit(node, -ECANCELED);
        }
    }
    return -ECANCELED;
}
