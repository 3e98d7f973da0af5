/*
 * The failover commit: writes the guest view of every unit of which active or hidden hold something to the secondary
 * disk, a few requests at a time. Time is explicit: requests complete when asked to.
 */
#include "ground.h"

static int sectors_of(const Node *node, int unit) {
    return minimum(node->commit_unit, node->length - unit * node->commit_unit);
}

static CommitRequest *request_at(Commit *commit, int age) {
    return &commit->requests[(commit->oldest + age) % commit->requests_max];
}

/* Every unit that holds a sector of the range has to be written (again). */
void mark_dirty(Node *node, int sector, int count) {
    if (count == 0 || !node->commit.runs) return;
    int last = (sector + count - 1) / node->commit_unit;
    for (int unit = sector / node->commit_unit; unit <= last; unit++) {
        if (!node->commit.dirty[unit]) node->commit.dirty_count++;
        node->commit.dirty[unit] = 1;
    }
}

static int next_dirty(const Commit *commit) {
    int unit = commit->cursor;
    while (unit < commit->units && !commit->dirty[unit]) unit++;
    if (unit < commit->units) return unit;
    for (unit = 0; !commit->dirty[unit];) unit++;
    return unit;
}

/* Until enough are in flight, nothing is dirty, or the next dirty unit has a request in flight already. */
void start_requests(Node *node) {
    Commit *commit = &node->commit;
    while (commit->in_flight_count < commit->requests_max && commit->dirty_count > 0) {
        int unit = next_dirty(commit);
        if (commit->in_flight[unit]) return;
        commit->dirty[unit] = 0;
        commit->dirty_count--;
        commit->in_flight[unit] = 1;
        CommitRequest *request = request_at(commit, commit->in_flight_count++);
        request->unit = unit;
        request->outcome = read_through(node, unit * node->commit_unit, sectors_of(node, unit), request->captured);
        commit->cursor = unit + 1;
    }
}

static int finish_oldest(Node *node) {
    Commit *commit = &node->commit;
    CommitRequest *request = request_at(commit, 0);
    commit->oldest = (commit->oldest + 1) % commit->requests_max;
    commit->in_flight_count--;
    commit->in_flight[request->unit] = 0;
    if (request->outcome != 0) return request->outcome;
    return write_secondary(node, request->unit * node->commit_unit, sectors_of(node, request->unit), request->captured);
}

/* Whatever each comes to; starts nothing. */
void finish_in_flight(Node *node) {
    while (node->commit.in_flight_count > 0) finish_oldest(node);
}

/* After a success the secondary disk takes active's place. */
void end_commit(Node *node, int ret) {
    node->commit.runs = false;
    if (ret == 0) node->file.bs = &node->layers[SECONDARY].bs;
    node->commit.done(node->commit.opaque, ret);
}

/* The oldest request completes, then new ones start. After a failure none start, and all others still finish. */
static void advance(Node *node) {
    if (node->commit.in_flight_count > 0 && finish_oldest(node) != 0) {
        finish_in_flight(node);
        end_commit(node, -EIO);
        return;
    }
    start_requests(node);
    if (node->commit.in_flight_count == 0) end_commit(node, 0);
}

void ground_commit_advance(int index) {
    ground_enter(&nodes[index]);
    if (nodes[index].commit.runs) advance(&nodes[index]);
}

void ground_commit_settle(int index) {
    ground_enter(&nodes[index]);
    while (nodes[index].commit.runs) advance(&nodes[index]);
}

static void mark_allocated(Node *node, const Layer *layer) {
    for (int cluster = 0; cluster < layer->cluster_count; cluster++) {
        int first = cluster * layer->cluster_sectors;
        if (layer->allocated[cluster]) mark_dirty(node, first, minimum(layer->cluster_sectors, node->length - first));
    }
}

BlockJob *commit_active_start(const char *id, BlockDriverState *bs, BlockDriverState *base, int flags, int64_t speed,
                              BlockdevOnError on_error, const char *filter, BlockCompletionFunc *done, void *opaque,
                              bool auto_complete, Error **errp) {
    (void)id, (void)flags, (void)speed, (void)on_error, (void)filter, (void)auto_complete;
    Node *node = &nodes[bs->node];
    if (!bs->drv) ground_die(DEATH_COMMIT_WITHOUT_ACTIVE, "commit", 0);
    if (bs->place != ACTIVE || base->place != SECONDARY) {
        error_setg(errp, "The commit is from active to the secondary disk");
        return NULL;
    }
    const char *hidden = node->layers[HIDDEN].bs.node_name;
    const char *disk = node->layers[SECONDARY].bs.node_name;
    if (!node->layers[HIDDEN].bs.drv) {
        error_setg(errp,
                   "Permission conflict on node '%s': permissions 'write' are both required by node '%s' (uses node '%s' "
                   "as 'secondary disk' child) and unshared by an unnamed block device (uses node '%s' as 'root' child).",
                   disk, node->bs.node_name, disk, disk);
        return NULL;
    }
    if (node->defects & HIDDEN_EXPORTED) {
        error_setg(errp,
                   "Permission conflict on node '%s': permissions 'consistent read' are both required by an unnamed block "
                   "device (uses node '%s' as 'root' child) and unshared by commit job '(null)' (uses node '%s' as "
                   "'intermediate node' child).",
                   hidden, hidden, hidden);
        return NULL;
    }
    Commit *commit = &node->commit;
    commit->runs = true;
    commit->done = done;
    commit->opaque = opaque;
    commit->oldest = commit->in_flight_count = commit->cursor = commit->dirty_count = 0;
    memset(commit->dirty, 0, commit->units);
    memset(commit->in_flight, 0, commit->units);
    mark_allocated(node, &node->layers[ACTIVE]);
    mark_allocated(node, &node->layers[HIDDEN]);
    start_requests(node);
    return &commit->job;
}
