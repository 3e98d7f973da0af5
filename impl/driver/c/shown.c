/* What a node shows: stage, flags, wiring, content as tags, and whether it is what is expected. */
#include "ground.h"

enum { NOT_ALLOCATED = -3, UNKNOWN = -1 };

static bool are_same(const uint8_t *left, const uint8_t *right, int bytes) {
    const uint32_t *one = (const uint32_t *)left, *other = (const uint32_t *)right;
    for (int word = 0; word < bytes / 4; word++)
        if (one[word] != other[word]) return false;
    return true;
}

/* The first word of a sector is its tag, masked; all bytes are then compared. */
int tag_of(const Node *node, const uint8_t *bytes, int sector) {
    size_t at = (size_t)sector * node->sector_bytes;
    uint32_t word = *(const uint32_t *)bytes;
    uint32_t mask = *(const uint32_t *)(node->images[1] + at) ^ 1;
    uint32_t tag = word == 0 || (word ^ mask) >= TAGS ? 0 : word ^ mask;
    const uint8_t *image = node->images[tag];
    return image && are_same(bytes, image + at, node->sector_bytes) ? (int)tag : UNKNOWN;
}

/* Of what was read last. */
const int *ground_view_tags(int index, int sector, int count) {
    Node *node = &nodes[index];
    for (int place = 0; place < count; place++)
        node->tags[place] = tag_of(node, node->view + (size_t)(sector + place) * node->sector_bytes, sector + place);
    return node->tags;
}

const int *ground_layer_tags(int index, int number) {
    Node *node = &nodes[index];
    const Layer *layer = &node->layers[number];
    for (int sector = 0; sector < node->length; sector++)
        node->tags[sector] =
            is_allocated(layer, sector) ? tag_of(node, place_in(node, layer, sector), sector) : NOT_ALLOCATED;
    return node->tags;
}

/* Stage, error flag, wiring, in one number. */
int ground_control(int index) {
    const Node *node = &nodes[index];
    return stage_of(node) | (node->is_open && driver_has_error(node->driver_state) ? 1 << 4 : 0) |
           (node->blocker ? 1 << 5 : 0) | (node->layers[HIDDEN].is_read_only ? 1 << 6 : 0) |
           (node->layers[SECONDARY].is_read_only ? 1 << 7 : 0);
}

int ground_attached(int index, int slot) {
    return nodes[index].attached[slot].count;
}

bool ground_has_commit_job(int index) {
    return driver_has_commit_job(nodes[index].driver_state);
}

int *ground_expected(int index, int number) {
    nodes[index].layers[number].held_version = -1;
    return nodes[index].layers[number].expected;
}

int *ground_expected_view(int index) {
    return nodes[index].expected_view;
}

/* Whether all of what is expected was found the last time, and nothing was written since. */
bool ground_is_still_held(int index, int number) {
    const Layer *layer = &nodes[index].layers[number];
    return layer->held_version == layer->version;
}

static bool holds(const Node *node, const uint8_t *bytes, int sector, int tag) {
    return tag >= 0 && are_same(bytes, node->images[tag] + (size_t)sector * node->sector_bytes, node->sector_bytes);
}

/* Whether sectors [from, to) of what was read last are as expected. */
bool ground_view_agrees(int index, int from, int to) {
    const Node *node = &nodes[index];
    for (int sector = from; sector < to; sector++)
        if (!holds(node, node->view + (size_t)sector * node->sector_bytes, sector, node->expected_view[sector])) return false;
    return true;
}

bool ground_layer_agrees(int index, int number, int from, int to) {
    const Node *node = &nodes[index];
    const Layer *layer = &node->layers[number];
    for (int sector = from; sector < to; sector++) {
        int tag = layer->expected[sector];
        if (is_allocated(layer, sector) ? !holds(node, place_in(node, layer, sector), sector, tag) : tag != NOT_ALLOCATED)
            return false;
    }
    return true;
}

/* The whole of it; then it need not be looked at again before it is changed. */
bool ground_layer_wholly_agrees(int index, int number) {
    Layer *layer = &nodes[index].layers[number];
    if (!ground_layer_agrees(index, number, 0, nodes[index].length)) return false;
    layer->held_version = layer->version;
    return true;
}

/* Word `word` of each sector alone. */
bool ground_layer_sampled_agrees(int index, int number, int from, int to, int word) {
    const Node *node = &nodes[index];
    const Layer *layer = &node->layers[number];
    for (int sector = from; sector < to; sector++) {
        int tag = layer->expected[sector];
        if (!is_allocated(layer, sector)) {
            if (tag != NOT_ALLOCATED) return false;
            continue;
        }
        size_t at = (size_t)sector * node->sector_bytes + word * 4;
        if (tag < 0 || *(const uint32_t *)(layer->bytes + at) != *(const uint32_t *)(node->images[tag] + at)) return false;
    }
    return true;
}

/* The image of a disk that holds `tag` everywhere, to be filled by the caller. */
uint8_t *ground_image(int index, int tag) {
    Node *node = &nodes[index];
    if (!node->images[tag]) node->images[tag] = ground_memory((size_t)node->length * node->sector_bytes);
    return node->images[tag];
}
