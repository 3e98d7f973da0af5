/* Requests from the driver to its children. */
#include "ground.h"

/* The edges of the driver's code that one request may go through; more is a loop without end. */
enum { EDGES_MAX = 20000000 };
static int edges_left;

void forget_edges(void) {
    edges_left = EDGES_MAX;
}

/* At every edge of the driver's own code (-fsanitize-coverage=trace-pc). */
void __sanitizer_cov_trace_pc(void) {
    if (--edges_left < 0) ground_die(DEATH_ENDLESS, "loop", 0);
}

int ground_counts[COUNTS_MAX];

const int *ground_counted(void) {
    return ground_counts;
}

void qemu_iovec_init(QEMUIOVector *qiov, int alloc_hint) {
    (void)alloc_hint;
    qemu_iovec_reset(qiov);
}

void qemu_iovec_reset(QEMUIOVector *qiov) {
    qiov->niov = 0;
    qiov->size = 0;
    qiov->content = NULL;
}

static int sector_bytes_now;

void ground_sector_bytes(int bytes) {
    sector_bytes_now = bytes;
}

/* The target is empty before: a piece of a request is one run of it. */
void qemu_iovec_concat(QEMUIOVector *target, QEMUIOVector *source, size_t offset, size_t bytes) {
    if (target->size == 0) target->content = source->content + (offset >> BDRV_SECTOR_BITS) * sector_bytes_now;
    if (offset + bytes > source->size) bytes = offset > source->size ? 0 : source->size - offset;
    target->size += bytes;
    target->niov++;
}

void qemu_iovec_destroy(QEMUIOVector *qiov) {
    (void)qiov;
}

/* In sectors. Nothing is stored in the one that a layer has more: no start gets past layers of different lengths. */
int length_of_layer(const Node *node, int number) {
    static const int longer[LAYERS] = {ACTIVE_LONGER, LENGTHS_DIFFER, SECONDARY_LONGER};
    static const int shorter[LAYERS] = {ACTIVE_SHORTER, HIDDEN_SHORTER, 0};
    if (number >= LAYERS || node->mode == MODE_PRIMARY) return node->length;
    if (node->defects & longer[number]) return node->length + 1;
    return node->length - ((node->defects & shorter[number]) != 0);
}

static int64_t length_of(BlockDriverState *bs) {
    const BlockDriver *driver = bs->drv;
    if (bs->place == PLACE_NODE) return (driver->bdrv_co_getlength ? driver->bdrv_co_getlength : driver->bdrv_getlength)(bs);
    if (!bs->drv) return -ENOMEDIUM;
    return (int64_t)length_of_layer(&nodes[bs->node], bs->place) * BDRV_SECTOR_SIZE;
}

int64_t bdrv_getlength(BlockDriverState *bs) {
    return length_of(bs);
}

int64_t bdrv_co_getlength(BlockDriverState *bs) {
    return length_of(bs);
}

/* What a request of the driver is for: whole sectors within the disk and within its buffer. */
static bool is_sound(const BdrvChild *child, int64_t offset, int64_t bytes, const QEMUIOVector *qiov) {
    if (offset < 0 || bytes < 0 || offset % BDRV_SECTOR_SIZE || bytes % BDRV_SECTOR_SIZE) return false;
    if ((uint64_t)bytes > qiov->size) return false;
    return (offset + bytes) / (int64_t)BDRV_SECTOR_SIZE <= nodes[child->bs->node].length;
}

int bdrv_co_preadv(BdrvChild *child, int64_t offset, int64_t bytes, QEMUIOVector *qiov, BdrvRequestFlags flags) {
    (void)flags;
    if (!is_sound(child, offset, bytes, qiov)) return -EIO;
    Node *node = &nodes[child->bs->node];
    int place = child->bs->place == PLACE_FILTER ? SECONDARY : child->bs->place;
    return read_layer(node, place, offset >> BDRV_SECTOR_BITS, bytes >> BDRV_SECTOR_BITS, qiov->content);
}

/* To the secondary disk all but hidden come through the filter of the backup job. */
int bdrv_co_pwritev(BdrvChild *child, int64_t offset, int64_t bytes, QEMUIOVector *qiov, BdrvRequestFlags flags) {
    (void)flags;
    if (!is_sound(child, offset, bytes, qiov)) return -EIO;
    Node *node = &nodes[child->bs->node];
    int sector = offset >> BDRV_SECTOR_BITS;
    int count = bytes >> BDRV_SECTOR_BITS;
    int outcome;
    switch (child->bs->place) {
    case ACTIVE:
        outcome = write_active(node, sector, count, qiov->content);
        mark_dirty(node, sector, count);
        return outcome;
    case HIDDEN:
        return -EIO;
    default:
        if (node->mode == MODE_PRIMARY && node->is_link_dead && count > 0) return -EIO;
        outcome = copy_before_write(node, sector, count);
        return outcome != 0 ? outcome : write_secondary(node, sector, count, qiov->content);
    }
}

/* What `bs->file` holds: the chain, or after a successful commit the secondary disk. */
int read_through(Node *node, int sector, int count, uint8_t *target) {
    return read_layer(node, node->file.bs == &node->layers[SECONDARY].bs ? SECONDARY : ACTIVE, sector, count, target);
}

/*
 * An answer ends where another layer holds the sectors, and where a slice ends of any overlay that was asked. With
 * slices of 4 sectors in active and of 2 in hidden it ends at 4 and 8 where active holds them, else at 2, 4, 6 and 8.
 */
int bdrv_is_allocated_above(BlockDriverState *top, BlockDriverState *base, bool include_base, int64_t offset,
                            int64_t bytes, int64_t *answered) {
    Node *node = &nodes[top->node];
    int sector = offset >> BDRV_SECTOR_BITS;
    int end = sector + (bytes >> BDRV_SECTOR_BITS);
    int below = (base->place == PLACE_FILTER ? SECONDARY : base->place) + (include_base ? 1 : 0);
    int is_held = 0;
    for (int number = top->place; number < below && !is_held; number++) {
        if (number == SECONDARY) {
            is_held = 1;
            break;
        }
        Layer *layer = &node->layers[number];
        if (!layer->bs.drv) return -ENOMEDIUM;
        end = run_end(layer, sector, minimum(end, slice_end(layer, sector)));
        is_held = is_allocated(layer, sector);
    }
    *answered = (int64_t)(end - sector) * BDRV_SECTOR_SIZE;
    return is_held;
}

/* A fault strikes once. */
int bdrv_make_empty(BdrvChild *child, Error **errp) {
    Layer *layer = &nodes[child->bs->node].layers[child->bs->place];
    if (child->bs->place >= SECONDARY) {
        error_setg(errp, "Failed to empty %s: Operation not supported", child->bs->filename);
        return -ENOTSUP;
    }
    int fault = layer->fault;
    layer->fault = FAULT_NONE;
    if (fault == FAULT_NONE || fault == FAULT_EMPTIED) empty_layer(layer);
    if (fault == FAULT_NONE) return 0;
    if (fault == FAULT_EJECTED) layer->bs.drv = NULL;
    error_setg_errno(errp, EIO, "Failed to empty %s", child->bs->filename);
    return -EIO;
}
