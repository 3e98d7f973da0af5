/* The process with its nodes: shapes and setups, opening and closing, the calls to all nodes, faults, and death. */
#include "ground.h"
#include "options.h"

Node nodes[NODES_MAX];
int node_count;
ReplicationState *newest;
BlockDriver *replication_driver;

void bdrv_register(BlockDriver *driver) {
    replication_driver = driver;
}

static void name(BlockDriverState *bs, Node *node, int place, const char *text) {
    char *into[] = {bs->node_name, bs->filename};
    for (int each = 0; each < 2; each++) {
        int at = 0;
        for (; text[at]; at++) into[each][at] = text[at];
        if (node->index > 0 && text[0] != '#') into[each][at++] = '1' + node->index;
        into[each][at] = 0;
    }
    bs->node = node->index;
    bs->place = place;
}

static int no_make_empty(BlockDriverState *bs) {
    (void)bs;
    return 0;
}

static void shape_layer(Node *node, int number, const char *text, int cluster_sectors, int slice_sectors) {
    Layer *layer = &node->layers[number];
    name(&layer->bs, node, number, text);
    layer->cluster_sectors = cluster_sectors;
    layer->slice_sectors = slice_sectors;
    layer->cluster_count = (node->length + cluster_sectors - 1) / cluster_sectors;
    layer->allocated = ground_memory(layer->cluster_count + 1);
    layer->bytes = ground_memory((size_t)node->length * node->sector_bytes);
    for (int access = 0; access < ACCESSES; access++) layer->bad[access] = ground_memory(node->length);
    layer->expected = ground_memory(sizeof(int) * node->length);
    layer->driver.format_name = number == SECONDARY ? "raw" : "qcow2";
}

/* Gives a node its memory, after that of all before it. */
void ground_shape(int index, int length, int sector_bytes, int active_cluster, int hidden_cluster, int active_slice,
                  int hidden_slice, int copy_unit, int commit_unit, int requests_max) {
    Node *node = &nodes[index];
    memset(node, 0, sizeof(*node));
    node->index = index;
    node->length = length;
    node->sector_bytes = sector_bytes;
    node->copy_unit = copy_unit;
    node->commit_unit = commit_unit;
    name(&node->bs, node, PLACE_NODE, "rep");
    name(&node->filter, node, PLACE_FILTER, "#block");
    shape_layer(node, ACTIVE, "active", active_cluster, active_slice);
    shape_layer(node, HIDDEN, "hidden", hidden_cluster, hidden_slice);
    shape_layer(node, SECONDARY, "secondary", 1, length + 1);
    node->filter.drv = &node->layers[SECONDARY].driver;
    node->backup.units = (length + copy_unit - 1) / copy_unit;
    node->backup.copied = ground_memory(node->backup.units);
    Commit *commit = &node->commit;
    commit->units = (length + commit_unit - 1) / commit_unit;
    commit->dirty = ground_memory(commit->units);
    commit->in_flight = ground_memory(commit->units);
    commit->requests_max = minimum(requests_max, commit->units);
    commit->requests = ground_memory(sizeof(CommitRequest) * commit->requests_max);
    for (int place = 0; place < commit->requests_max; place++)
        commit->requests[place].captured = ground_memory((size_t)minimum(commit_unit, length) * sector_bytes);
    /* A sector more: of a longer active disk it is asked for, and refused. */
    node->view = ground_memory((size_t)(length + 1) * sector_bytes);
    node->expected_view = ground_memory(sizeof(int) * length);
    node->tags = ground_memory(sizeof(int) * length);
}

static void forget_node(Node *node) {
    node->is_open = node->is_aborted = node->has_export = node->is_link_dead = false;
    node->backup.runs = node->commit.runs = false;
    memset(node->driver_state, 0, sizeof(node->driver_state));
    free_transient(node);
    unwire(node);
}

/* A process that has opened the disks, but not the node. Its overlays are new: the old ones were half in caches. */
void enter_process(Node *node) {
    for (int number = 0; number < LAYERS; number++) {
        Layer *layer = &node->layers[number];
        layer->bs.drv = &layer->driver;
        layer->is_read_only = (node->opened_read_only >> number) & 1;
        if (number != SECONDARY) empty_layer(layer);
    }
    if (node->defects & HIDDEN_FILE_READ_ONLY) node->layers[HIDDEN].is_read_only = true;
    memset(node->backup.copied, 0, node->backup.units);
    forget_node(node);
}

/* Begins a case with a node of a shape that it has got: no node yet, a secondary disk of zero bytes, empty overlays. */
void ground_load(int index, int mode, int defects, int read_only) {
    Node *node = &nodes[index];
    node->mode = mode;
    node->defects = defects;
    node->opened_read_only = read_only;
    node->bad_count = 0;
    node->has_bad = false;
    node->is_peer_gone = false;
    for (int number = 0; number < LAYERS; number++) {
        Layer *layer = &node->layers[number];
        bool is_spared = number == (node->length % 2 ? ACTIVE : HIDDEN);
        bool is_empty_made = number != SECONDARY && (is_spared || !(defects & MAKE_EMPTY_UNSUPPORTED));
        layer->driver.bdrv_make_empty = is_empty_made ? no_make_empty : NULL;
        layer->fault = FAULT_NONE;
        for (int access = 0; access < ACCESSES; access++) memset(layer->bad[access], 0, node->length);
    }
    Layer *disk = &node->layers[SECONDARY];
    memset(disk->bytes, 0, (size_t)node->length * node->sector_bytes);
    memset(disk->allocated, 1, disk->cluster_count);
    disk->version++;
    node->bs.open_flags = BDRV_O_RDWR;
    node->backup.job.job.aio_context = node->commit.job.job.aio_context = bdrv_get_aio_context(&node->bs);
    wire(node);
    enter_process(node);
}

/* The host has so many nodes, none of them open. */
void ground_begin(int count) {
    node_count = count;
    newest = NULL;
    forget_edges();
    if (!replication_driver) driver_register();
}

int stage_of(const Node *node) {
    if (node->is_aborted) return STAGE_ABORTED;
    return node->is_open ? driver_stage(node->driver_state) : STAGE_CLOSED;
}

ReplicationState *replication_new(void *opaque, ReplicationOps *ops) {
    Node *node = &nodes[((BlockDriverState *)opaque)->node];
    node->replication = (ReplicationState){.opaque = opaque, .ops = ops, .older = newest};
    newest = &node->replication;
    return newest;
}

void replication_remove(ReplicationState *rs) {
    for (ReplicationState **each = &newest; *each; each = &(*each)->older) {
        if (*each != rs) continue;
        *each = rs->older;
        return;
    }
}

static int answer(Error *error) {
    if (!error) return 0;
    ground_keep_message(error);
    return MESSAGE;
}

/* No node at all, one that is no root, and a root that does not lead to the node: they answer the same, and take turns. */
static const char *wrong_top(Node *node) {
    int turn = (node->index + node->length) % 3;
    if (turn == 0) return node->layers[ACTIVE].bs.node_name;
    return turn == 1 ? elsewhere.node_name : "nobody";
}

/* blockdev-add, after what the block layer itself has against it. */
static int open_driver(Node *node) {
    Error *error = NULL;
    QDict *options = qdict_new();
    if (node->defects & MODE_UNKNOWN) qdict_put_text(options, "mode", "tertiary");
    else if (!(node->defects & MODE_MISSING)) qdict_put_text(options, "mode", node->mode == MODE_PRIMARY ? "primary" : "secondary");
    bool is_named = node->mode == MODE_PRIMARY ? (node->defects & TOP_ID_ON_PRIMARY) != 0 : !(node->defects & TOP_ID_MISSING);
    if (is_named) qdict_put_text(options, "top-id", node->defects & TOP_ID_INVALID ? wrong_top(node) : node->bs.node_name);
    node->bs.drv = replication_driver;
    node->bs.opaque = node->driver_state;
    int ret = replication_driver->bdrv_open(&node->bs, options, BDRV_O_RDWR, &error);
    if (ret < 0) {
        int refused = answer(error);
        forget_node(node);
        return refused;
    }
    int64_t length = bdrv_getlength(&node->bs);
    if (length >= 0) {
        node->is_open = true;
        node->has_export = node->layers[HIDDEN].bs.drv != NULL;
        return 0;
    }
    replication_driver->bdrv_close(&node->bs);
    error_setg_errno(&error, (int)-length, "Could not refresh total sector count");
    int outcome = answer(error);
    forget_node(node);
    return outcome;
}

int ground_open(int index) {
    Node *node = &nodes[index];
    Error *error = NULL;
    ground_enter(node);
    if (node->is_open && node->is_peer_gone) refuse_connection(&error);
    else if (node->is_open) error_setg(&error, "Duplicate nodes with node-name='%s'", node->bs.node_name);
    return error ? answer(error) : open_driver(node);
}

/* blockdev-del */
int ground_close(int index) {
    Node *node = &nodes[index];
    Error *error = NULL;
    ground_enter(node);
    if (!node->is_open) {
        error_setg(&error, "Failed to find node with node-name='%s'", node->bs.node_name);
    } else if (node->blocker) {
        const char *reason = node->blocker->format ? node->blocker->format : node->blocker->text;
        error_setg(&error, "Node '%s' is busy: %s", node->bs.node_name, reason);
    }
    if (error) return answer(error);
    replication_driver->bdrv_close(&node->bs);
    forget_node(node);
    return 0;
}

enum { CALL_START, CALL_CHECKPOINT, CALL_GET_ERROR, CALL_STOP };

/* Newest first, until the first error. `argument` is the mode of a start, or whether a stop fails over. */
int ground_call(int call, int argument) {
    for (ReplicationState *rs = newest, *older; rs; rs = older) {
        Error *error = NULL;
        older = rs->older;
        ground_enter(&nodes[((BlockDriverState *)rs->opaque)->node]);
        if (call == CALL_START) rs->ops->start(rs, argument ? REPLICATION_MODE_PRIMARY : REPLICATION_MODE_SECONDARY, &error);
        else if (call == CALL_CHECKPOINT) rs->ops->checkpoint(rs, &error);
        else if (call == CALL_GET_ERROR) rs->ops->get_error(rs, &error);
        else rs->ops->stop(rs, argument != 0, &error);
        if (error) return answer(error);
    }
    return 0;
}

/* A death of the process is the death of all its nodes. */
void ground_end_process(void) {
    newest = NULL;
    for (int index = 0; index < node_count; index++) {
        enter_process(&nodes[index]);
        nodes[index].is_aborted = true;
    }
}

/* The first request to a new process finds the disks. */
void ground_new_process(void) {
    for (int index = 0; index < node_count; index++) enter_process(&nodes[index]);
}
