/* The graph of block nodes around a replication node: children, permissions, reopening, operation blockers. */
#include "ground.h"
#include "options.h"

enum { QUEUE_MAX = 4 };

struct BlockReopenQueue {
    int count;
    struct { BlockDriverState *bs; bool read_only; } entries[QUEUE_MAX];
};

static BlockReopenQueue queue_of_now;
/* A root over a disk of the host, beside all replication nodes. */
static BdrvChild elsewhere_file = {.bs = &nodes[0].layers[SECONDARY].bs, .name = "file"};
BlockDriverState elsewhere = {.node_name = "elsewhere", .place = PLACE_NODE, .children = {&elsewhere_file}};

const BdrvChildClass child_of_bds = {true};

static Layer *layer_of(BlockDriverState *bs) {
    return bs->place < LAYERS ? &nodes[bs->node].layers[bs->place] : NULL;
}

/* The children of a node, newest first. */
void link_children(Node *node) {
    BdrvChild *first = node->is_open || node->file.bs ? &node->file : NULL;
    node->file.next.le_next = NULL;
    for (int slot = 0; slot < 2; slot++) {
        if (node->attached[slot].count == 0) continue;
        node->attached[slot].child.next.le_next = first;
        first = &node->attached[slot].child;
    }
    node->bs.children.lh_first = first;
}

/* The file of a primary is a client of its peer. */
void refuse_connection(Error **errp) {
    error_setg(errp, "Failed to connect to 'peer': Connection refused");
}

/* How the disks hang together before the node is opened. */
void wire(Node *node) {
    Layer *active = &node->layers[ACTIVE];
    Layer *hidden = &node->layers[HIDDEN];
    BlockDriverState *disk = &node->layers[SECONDARY].bs;
    bool is_busy = (node->defects & SECONDARY_BUSY) != 0;
    active->backing.bs = &hidden->bs;
    hidden->backing.bs = is_busy ? &node->filter : disk;
    node->filter_file.bs = disk;
    active->bs.backing = node->defects & ACTIVE_WITHOUT_BACKING ? NULL : &active->backing;
    hidden->bs.backing = node->defects & HIDDEN_WITHOUT_BACKING ? NULL : &hidden->backing;
    node->filter.file = &node->filter_file;
    active->bs.children.lh_first = active->bs.backing;
    hidden->bs.children.lh_first = hidden->bs.backing;
    node->filter.children.lh_first = &node->filter_file;
    link_children(node);
}

/* Back to no node: the disks keep what they hold. */
void unwire(Node *node) {
    node->attached[0].count = node->attached[1].count = 0;
    node->file.bs = NULL;
    node->bs.file = NULL;
    node->blocker = NULL;
    link_children(node);
}

int bdrv_open_file_child(const char *filename, QDict *options, const char *key, BlockDriverState *parent, Error **errp) {
    (void)filename, (void)options;
    Node *node = &nodes[parent->node];
    if (node->is_peer_gone) {
        refuse_connection(errp);
        return -ECONNREFUSED;
    }
    uint64_t permissions = 0, shared = BLK_PERM_ALL;
    if (parent->drv->bdrv_child_perm)
        parent->drv->bdrv_child_perm(parent, &node->file, BDRV_CHILD_FILTERED | BDRV_CHILD_PRIMARY, NULL, 0, BLK_PERM_ALL,
                                     &permissions, &shared);
    node->file.bs = node->mode == MODE_PRIMARY ? &node->layers[SECONDARY].bs : &node->layers[ACTIVE].bs;
    node->file.name = key;
    parent->file = &node->file;
    link_children(node);
    return 0;
}

BdrvChild *bdrv_open_child(const char *filename, QDict *options, const char *key, BlockDriverState *parent,
                           const BdrvChildClass *child_class, BdrvChildRole role, bool allow_none, Error **errp) {
    (void)child_class, (void)role, (void)allow_none;
    return bdrv_open_file_child(filename, options, key, parent, errp) < 0 ? NULL : parent->file;
}

static bool is_bs_read_only(const BlockDriverState *bs) {
    const Node *node = &nodes[bs->node];
    if (bs->place == PLACE_FILTER) return node->layers[SECONDARY].is_read_only;
    return bs->place < LAYERS && node->layers[bs->place].is_read_only;
}

bool bdrv_is_read_only(BlockDriverState *bs) {
    return is_bs_read_only(bs);
}

/* Another parent does not share writing. */
static bool is_unshared(const BlockDriverState *bs) {
    int defects = nodes[bs->node].defects;
    if (bs->place == HIDDEN) return (defects & HIDDEN_WRITE_UNSHARED) != 0;
    return (bs->place == SECONDARY || bs->place == PLACE_FILTER) && (defects & SECONDARY_WRITE_UNSHARED) != 0;
}

BdrvChild *bdrv_attach_child(BlockDriverState *parent, BlockDriverState *bs, const char *name,
                             const BdrvChildClass *child_class, BdrvChildRole role, Error **errp) {
    (void)child_class;
    Node *node = &nodes[parent->node];
    Attached *attached = &node->attached[strcmp(name, "hidden disk") == 0 ? 0 : 1];
    uint64_t permissions = 0, shared = BLK_PERM_ALL;
    if (parent->drv->bdrv_child_perm)
        parent->drv->bdrv_child_perm(parent, &attached->child, role, NULL, 0, BLK_PERM_ALL, &permissions, &shared);
    if (permissions & BLK_PERM_WRITE) {
        if (is_unshared(bs)) {
            error_setg(errp,
                       "Permission conflict on node '%s': permissions 'write' are both required by node '%s' (uses node "
                       "'%s' as '%s' child) and unshared by node 'cb%s' (uses node '%s' as 'file' child).",
                       bs->node_name, parent->node_name, bs->node_name, name, parent->node_name + 3, bs->node_name);
            return NULL;
        }
        if (is_bs_read_only(bs)) {
            error_setg(errp, "Block node is read-only");
            return NULL;
        }
    }
    attached->child.bs = bs;
    attached->child.name = name;
    attached->count++;
    link_children(node);
    return &attached->child;
}

void bdrv_unref_child(BlockDriverState *parent, BdrvChild *child) {
    Node *node = &nodes[parent->node];
    for (int slot = 0; slot < 2; slot++)
        if (child == &node->attached[slot].child && node->attached[slot].count > 0) node->attached[slot].count--;
    link_children(node);
}

void bdrv_ref(BlockDriverState *bs) {
    (void)bs;
}

void bdrv_unref(BlockDriverState *bs) {
    (void)bs;
}

/* The top of a node is the node itself. */
BlockDriverState *bdrv_lookup_bs(const char *device, const char *node_name, Error **errp) {
    if (strcmp(elsewhere.node_name, node_name) == 0) return &elsewhere;
    for (int index = 0; index < node_count; index++) {
        if (nodes[index].is_open && strcmp(nodes[index].bs.node_name, node_name) == 0) return &nodes[index].bs;
        for (int layer = 0; layer < LAYERS; layer++)
            if (strcmp(nodes[index].layers[layer].bs.node_name, node_name) == 0) return &nodes[index].layers[layer].bs;
    }
    error_setg(errp, "Cannot find device='%s' nor node-name='%s'", device, node_name);
    return NULL;
}

bool bdrv_is_root_node(BlockDriverState *bs) {
    return bs->place == PLACE_NODE;
}

bool bdrv_has_blk(BlockDriverState *bs) {
    return bs->place == PLACE_NODE || !(nodes[bs->node].defects & SECONDARY_WITHOUT_BACKEND);
}

void bdrv_op_block_all(BlockDriverState *bs, Error *reason) {
    nodes[bs->node].blocker = reason;
}

/* Of one operation, which is not one that is asked for. */
void bdrv_op_unblock(BlockDriverState *bs, BlockOpType type, Error *reason) {
    if (type == BLOCK_OP_TYPE_DRIVE_DEL) bdrv_op_unblock_all(bs, reason);
}

void bdrv_op_unblock_all(BlockDriverState *bs, Error *reason) {
    if (nodes[bs->node].blocker == reason) nodes[bs->node].blocker = NULL;
}

BlockReopenQueue *bdrv_reopen_queue(BlockReopenQueue *queue, BlockDriverState *bs, QDict *options, bool keep_old) {
    (void)keep_old;
    if (!queue) queue_of_now.count = 0;
    if (queue_of_now.count == QUEUE_MAX) ground_assertion("too much is reopened", __LINE__);
    queue_of_now.entries[queue_of_now.count].bs = bs;
    queue_of_now.entries[queue_of_now.count++].read_only = qdict_flag(options, BDRV_OPT_READ_ONLY, is_bs_read_only(bs));
    return &queue_of_now;
}

/* Read-only is refused to whoever has a child that writes, read-write by a file that is read-only. */
static bool can_reopen(const BlockDriverState *bs, bool read_only) {
    const Node *node = &nodes[bs->node];
    if (!read_only) return !(bs->place == HIDDEN && (node->defects & HIDDEN_FILE_READ_ONLY));
    for (int slot = 0; slot < 2; slot++)
        if (node->attached[slot].count > 0 && node->attached[slot].child.bs == bs) return false;
    return true;
}

/* All or none. */
int bdrv_reopen_multiple(BlockReopenQueue *queue, Error **errp) {
    for (int place = 0; place < queue->count; place++) {
        BlockDriverState *bs = queue->entries[place].bs;
        if (!bs->drv && !GROUND_REOPENS_WITHOUT_DRIVER) ground_die(DEATH_REOPEN_WITHOUT_DRIVER, "reopen", 0);
        if (bs->drv && can_reopen(bs, queue->entries[place].read_only)) continue;
        if (queue->entries[place].read_only) error_setg(errp, "Cannot make block node read-only, there is a writer on it");
        else error_setg(errp, "Block node is read-only");
        return -EINVAL;
    }
    for (int place = 0; place < queue->count; place++) {
        Layer *layer = layer_of(queue->entries[place].bs);
        if (layer) layer->is_read_only = queue->entries[place].read_only;
    }
    return 0;
}
