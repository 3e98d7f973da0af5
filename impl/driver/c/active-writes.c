/*
 * Writing to active: the first write of a cluster copies the rest of it from below. Which clusters a write that fails
 * leaves behind depends on QEMU's order (qcow2_co_pwritev_part, perform_cow).
 */
#include "ground.h"

/* Head and tail of a run are read in one request if at most this much lies between them. */
enum { JOINED_READ_BYTES_MAX = 16384 };

/*
 * Neighbouring clusters that a request touches and active does not hold, up to the end of an L2 slice. In clusters of 4
 * sectors a write to sectors 1 to 5 has the head 0 and the tail 6, 7: first = 0, from = 1, to = 6, end = 8.
 */
typedef struct Run {
    int first;
    int from;
    int to;
    int end;
} Run;

/* Neither reads nor writes sectors that are bad: both have been asked for. */
static void write_clusters(Node *node, int sector, int count, const uint8_t *source) {
    Layer *active = &node->layers[ACTIVE];
    int end = sector + count;
    int last = cluster_of(active, end - 1);
    for (int cluster = cluster_of(active, sector); cluster <= last; cluster++) {
        if (active->allocated[cluster]) continue;
        int first = cluster * active->cluster_sectors;
        int cluster_end = minimum(first + active->cluster_sectors, node->length);
        if (first < sector) read_layer(node, HIDDEN, first, sector - first, place_in(node, active, first));
        if (cluster_end > end) read_layer(node, HIDDEN, end, cluster_end - end, place_in(node, active, end));
        active->allocated[cluster] = 1;
    }
    memcpy(place_in(node, active, sector), source, (size_t)count * node->sector_bytes);
    active->version++;
}

static Run run_of(const Node *node, int from, int end) {
    const Layer *active = &node->layers[ACTIVE];
    int to = run_end(active, from, minimum(end, slice_end(active, from)));
    int cluster_sectors = active->cluster_sectors;
    return (Run){
        .first = from - from % cluster_sectors,
        .from = from,
        .to = to,
        .end = (cluster_of(active, to - 1) + 1) * cluster_sectors,
    };
}

/* Whether head and tail can be read from below and written. A joined read reads what lies between, too. */
static bool can_finish(Node *node, Run run) {
    bool is_joined = run.first < run.from && run.to < run.end &&
                     (run.to - run.from) * node->sector_bytes <= JOINED_READ_BYTES_MAX;
    bool can_read = is_joined ? can_read_layer(node, HIDDEN, run.first, run.end)
                              : can_read_layer(node, HIDDEN, run.first, run.from) &&
                                    can_read_layer(node, HIDDEN, run.to, run.end);
    return can_read && !fails(node, ACTIVE, WRITE, run.first, run.end - run.first);
}

/*
 * From the last run to the first; one that cannot be finished leaves itself and those before it as they were. The runs
 * are looked for before any of them is written.
 */
static int finish_runs(Node *node, int sector, int end, int origin, const uint8_t *source) {
    const Layer *active = &node->layers[ACTIVE];
    while (sector < end && is_allocated(active, sector)) sector = run_end(active, sector, end);
    if (sector >= end) return 0;
    Run run = run_of(node, sector, end);
    int outcome = finish_runs(node, run.to, end, origin, source);
    if (outcome != 0) return outcome;
    if (!can_finish(node, run)) return -EIO;
    write_clusters(node, run.from, run.to - run.from, source + (size_t)(run.from - origin) * node->sector_bytes);
    return 0;
}

int write_active(Node *node, int sector, int count, const uint8_t *source) {
    if (count == 0) return 0;
    int end = sector + count;
    if (!node->has_bad) {
        write_clusters(node, sector, count, source);
        return 0;
    }
    if (fails(node, ACTIVE, WRITE, sector, count)) return -EIO;
    const Layer *active = &node->layers[ACTIVE];
    for (int from = sector, to; from < end; from = to) {
        to = run_end(active, from, end);
        if (!is_allocated(active, from)) continue;
        write_clusters(node, from, to - from, source + (size_t)(from - sector) * node->sector_bytes);
    }
    return finish_runs(node, sector, end, sector, source);
}
