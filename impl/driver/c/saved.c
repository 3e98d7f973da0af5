/*
 * The state of host and nodes as numbers, and back; driver-state.ts names them, in this order. The driver's own state is
 * saved word for word: what its pointers point to has its place.
 */
#include "ground.h"

enum { NO_CONTENT = 0, FOREIGN = -1, ATTACHED_RADIX = 1 << 15, KEPT_ERRORS = 2 };

int tag_of(const Node *node, const uint8_t *bytes, int sector);

/* What was saved or restored last of a layer, and in which version. */
typedef struct Present {
    int version;
    int *numbers;
} Present;

static bool saves_bad;
static bool saves_commit;
static Present present[NODES_MAX][LAYERS];
static int *numbers;

/* Where the numbers lie. */
int *ground_prepare_saving(bool with_bad, bool with_commit, int count) {
    saves_bad = with_bad;
    saves_commit = with_commit;
    numbers = ground_memory(sizeof(int) * count);
    for (int index = 0; index < node_count; index++)
        for (int number = 0; number < LAYERS; number++)
            present[index][number] = (Present){.version = -1, .numbers = ground_memory(sizeof(int) * nodes[index].length)};
    return numbers;
}

static int mask_of(const uint8_t *flags, int count) {
    int mask = 0;
    for (int place = 0; place < count; place++) mask |= (flags[place] ? 1 : 0) << place;
    return mask;
}

static void unmask(int mask, uint8_t *flags, int count) {
    for (int place = 0; place < count; place++) flags[place] = (mask >> place) & 1;
}

static int control_of(const Node *node) {
    return (node->is_open ? 1 : 0) | (node->is_aborted ? 1 << 1 : 0) | (node->has_export ? 1 << 2 : 0) |
           (node->is_link_dead ? 1 << 3 : 0) | (node->is_peer_gone ? 1 << 4 : 0) | (node->backup.runs ? 1 << 5 : 0) |
           (node->commit.runs ? 1 << 6 : 0) | (node->layers[ACTIVE].bs.drv ? 0 : 1 << 7) |
           (node->layers[HIDDEN].bs.drv ? 0 : 1 << 8) | (node->layers[HIDDEN].is_read_only ? 1 << 9 : 0) |
           (node->layers[SECONDARY].is_read_only ? 1 << 10 : 0) | (node->blocker ? 1 << 11 : 0) |
           (node->has_top_id ? 1 << 12 : 0) | (node->file.bs == &node->layers[SECONDARY].bs ? 1 << 13 : 0) |
           node->layers[ACTIVE].fault << 14 | node->layers[HIDDEN].fault << 16;
}

static void restore_control(Node *node, int control) {
    node->is_open = control & 1;
    node->is_aborted = (control >> 1) & 1;
    node->has_export = (control >> 2) & 1;
    node->is_link_dead = (control >> 3) & 1;
    node->is_peer_gone = (control >> 4) & 1;
    node->backup.runs = (control >> 5) & 1;
    node->commit.runs = (control >> 6) & 1;
    for (int number = ACTIVE; number <= HIDDEN; number++) {
        Layer *layer = &node->layers[number];
        layer->bs.drv = (control >> (7 + number)) & 1 ? NULL : &layer->driver;
        layer->fault = (control >> (14 + 2 * number)) & 3;
    }
    node->layers[HIDDEN].is_read_only = (control >> 9) & 1;
    node->layers[SECONDARY].is_read_only = (control >> 10) & 1;
    node->has_top_id = (control >> 12) & 1;
    node->file.bs = !node->is_open ? NULL : &node->layers[(control >> 13) & 1 ? SECONDARY : ACTIVE].bs;
    node->bs.file = node->is_open ? &node->file : NULL;
    node->bs.opaque = node->driver_state;
    node->bs.drv = replication_driver;
}

static int *save_layer(Node *node, int number, int *into) {
    Layer *layer = &node->layers[number];
    Present *last = &present[node->index][number];
    if (last->version != layer->version) {
        for (int sector = 0; sector < node->length; sector++) {
            int tag = is_allocated(layer, sector) ? tag_of(node, place_in(node, layer, sector), sector) : -2;
            last->numbers[sector] = tag == -2 ? NO_CONTENT : tag < 0 ? FOREIGN : tag + 1;
        }
        last->version = layer->version;
    }
    for (int sector = 0; sector < node->length; sector++) *into++ = last->numbers[sector];
    return into;
}

static void restore_sector(const Node *node, int number, int sector, uint8_t *into) {
    if (number <= NO_CONTENT) memset(into, 0xa5, node->sector_bytes);
    else memcpy(into, node->images[number - 1] + (size_t)sector * node->sector_bytes, node->sector_bytes);
}

static const int *restore_layer(Node *node, int number, const int *from) {
    Layer *layer = &node->layers[number];
    Present *last = &present[node->index][number];
    bool is_present = last->version == layer->version;
    for (int sector = 0; sector < node->length; sector++) {
        int content = from[sector];
        if (is_present && last->numbers[sector] == content) continue;
        last->numbers[sector] = content;
        layer->allocated[cluster_of(layer, sector)] = content != NO_CONTENT;
        if (content != NO_CONTENT) restore_sector(node, content, sector, place_in(node, layer, sector));
        layer->held_version = -1;
    }
    last->version = layer->version;
    return from + node->length;
}

/* What is in flight, the oldest first; all are 0 where no commit runs. */
static int *save_commit(const Node *node, int *into) {
    const Commit *commit = &node->commit;
    int unit_sectors = minimum(node->commit_unit, node->length);
    int count = 3 + commit->requests_max * (1 + unit_sectors);
    for (int place = 0; place < count; place++) into[place] = 0;
    if (!commit->runs) return into + count;
    into[0] = mask_of(commit->dirty, commit->units);
    into[1] = commit->cursor;
    into[2] = commit->in_flight_count;
    int *at = into + 3;
    for (int age = 0; age < commit->in_flight_count; age++, at += 1 + unit_sectors) {
        const CommitRequest *request = &commit->requests[(commit->oldest + age) % commit->requests_max];
        int first = request->unit * node->commit_unit;
        int held = request->outcome == 0 ? minimum(unit_sectors, node->length - first) : 0;
        at[0] = request->unit * 2 + (request->outcome != 0);
        for (int place = 0; place < held; place++)
            at[1 + place] = tag_of(node, request->captured + (size_t)place * node->sector_bytes, first + place) + 1;
        for (int place = 0; place < held; place++) if (at[1 + place] == NO_CONTENT) at[1 + place] = FOREIGN;
    }
    return into + count;
}

static const int *restore_commit(Node *node, const int *from) {
    Commit *commit = &node->commit;
    int unit_sectors = minimum(node->commit_unit, node->length);
    const int *end = from + 3 + commit->requests_max * (1 + unit_sectors);
    if (!commit->runs) return end;
    unmask(from[0], commit->dirty, commit->units);
    commit->dirty_count = __builtin_popcount((unsigned)from[0]);
    commit->cursor = from[1];
    commit->in_flight_count = from[2];
    commit->oldest = 0;
    memset(commit->in_flight, 0, commit->units);
    const int *at = from + 3;
    for (int age = 0; age < commit->in_flight_count; age++, at += 1 + unit_sectors) {
        CommitRequest *request = &commit->requests[age];
        request->unit = at[0] >> 1;
        request->outcome = at[0] & 1 ? -EIO : 0;
        commit->in_flight[request->unit] = 1;
        for (int place = 0; place < unit_sectors; place++) {
            if (at[1 + place] == NO_CONTENT) continue;
            uint8_t *into = request->captured + (size_t)place * node->sector_bytes;
            restore_sector(node, at[1 + place], request->unit * node->commit_unit + place, into);
        }
    }
    return end;
}

static int *save_driver(const Node *node, int *into) {
    *into++ = control_of(node);
    int used = 0;
    for (int place = 0; place < ERRORS_MAX; place++) used |= node->errors[place].is_used << place;
    *into++ = used;
    /* Formats stay in the module for as long as it lives. */
    for (int place = 0; place < KEPT_ERRORS; place++)
        *into++ = node->errors[place].is_used ? (int)(size_t)node->errors[place].format : 0;
    *into++ = (int)(size_t)node->blocker;
    *into++ = node->has_top_id ? (int)(size_t)node->top_id_source : 0;
    *into++ = node->is_open ? (int)(size_t)node->replication.ops : 0;
    *into++ = node->backup.runs ? (int)(size_t)node->backup.done : 0;
    *into++ = node->commit.runs ? (int)(size_t)node->commit.done : 0;
    for (int slot = 0; slot < 2; slot++) *into++ = node->attached[slot].count ? (int)(size_t)node->attached[slot].child.bs : 0;
    for (int word = 0; word < driver_state_bytes() / 4; word++) *into++ = (int)node->driver_state[word];
    *into++ = mask_of(node->backup.copied, node->backup.units);
    *into++ = node->attached[0].count * ATTACHED_RADIX + node->attached[1].count;
    return into;
}

static const int *restore_driver(Node *node, const int *from) {
    restore_control(node, *from++);
    int used = *from++;
    for (int place = 0; place < ERRORS_MAX; place++) node->errors[place].is_used = (used >> place) & 1;
    for (int place = 0; place < KEPT_ERRORS; place++) node->errors[place].format = (const char *)(size_t)*from++;
    node->blocker = (Error *)(size_t)*from++;
    const char *top_id = (const char *)(size_t)*from++;
    if (top_id && top_id != node->top_id_source) copy_top_id(node, top_id);
    node->replication.ops = (ReplicationOps *)(size_t)*from++;
    node->replication.opaque = &node->bs;
    node->backup.done = (BlockCompletionFunc *)(size_t)*from++;
    node->commit.done = (BlockCompletionFunc *)(size_t)*from++;
    node->backup.opaque = node->commit.opaque = &node->bs;
    for (int slot = 0; slot < 2; slot++) node->attached[slot].child.bs = (BlockDriverState *)(size_t)*from++;
    for (int word = 0; word < driver_state_bytes() / 4; word++) node->driver_state[word] = (uint32_t)*from++;
    unmask(*from++, node->backup.copied, node->backup.units);
    int attached = *from++;
    node->attached[0].count = attached / ATTACHED_RADIX;
    node->attached[1].count = attached % ATTACHED_RADIX;
    link_children(node);
    return from;
}

static int *save_node(Node *node, int *into) {
    into = save_driver(node, into);
    if (saves_bad)
        for (int number = 0; number < LAYERS; number++)
            for (int access = 0; access < ACCESSES; access++)
                *into++ = node->has_bad ? mask_of(node->layers[number].bad[access], node->length) : 0;
    for (int number = 0; number < LAYERS; number++) into = save_layer(node, number, into);
    return saves_commit ? save_commit(node, into) : into;
}

static const int *restore_node(Node *node, const int *from) {
    from = restore_driver(node, from);
    if (saves_bad) {
        node->bad_count = 0;
        for (int number = 0; number < LAYERS; number++)
            for (int access = 0; access < ACCESSES; access++) {
                unmask(*from, node->layers[number].bad[access], node->length);
                node->bad_count += __builtin_popcount((unsigned)*from++);
            }
        node->has_bad = node->bad_count > 0;
    }
    for (int number = 0; number < LAYERS; number++) from = restore_layer(node, number, from);
    return saves_commit ? restore_commit(node, from) : from;
}

/* The order of the open nodes comes first. */
void ground_save(void) {
    int order = 0, places = 1;
    for (ReplicationState *rs = newest; rs; rs = rs->older, places *= 4)
        order += places * (((BlockDriverState *)rs->opaque)->node + 1);
    int *into = numbers;
    *into++ = order;
    for (int index = 0; index < node_count; index++) into = save_node(&nodes[index], into);
}

void ground_restore(void) {
    const int *from = numbers;
    ReplicationState **last = &newest;
    for (int order = *from++; order > 0; order /= 4) {
        *last = &nodes[order % 4 - 1].replication;
        last = &(*last)->older;
    }
    *last = NULL;
    for (int index = 0; index < node_count; index++) from = restore_node(&nodes[index], from);
}
