/* Active over hidden over secondary disk: what they hold, reading through the chain, and bad sectors. */
#include "ground.h"

uint8_t *place_in(const Node *node, const Layer *layer, int sector) {
    return layer->bytes + (size_t)sector * node->sector_bytes;
}

/* No answer on allocation goes past the end of an L2 slice. */
int slice_end(const Layer *layer, int sector) {
    return (sector / layer->slice_sectors + 1) * layer->slice_sectors;
}

/* Where the run ends of sectors that the layer holds, or does not hold, as it does `sector`; at most at `end`. */
int run_end(const Layer *layer, int sector, int end) {
    int cluster = cluster_of(layer, sector);
    bool is_held = layer->allocated[cluster] != 0;
    do cluster++;
    while (cluster * layer->cluster_sectors < end && (layer->allocated[cluster] != 0) == is_held);
    return minimum(end, cluster * layer->cluster_sectors);
}

bool fails(const Node *node, int layer, int access, int sector, int count) {
    if (!node->has_bad) return false;
    const uint8_t *bad = node->layers[layer].bad[access];
    int end = minimum(sector + count, node->length);
    for (; sector < end; sector++)
        if (bad[sector]) return true;
    return false;
}

/* What a layer and those below it hold. */
int read_layer(Node *node, int number, int sector, int count, uint8_t *target) {
    Layer *layer = &node->layers[number];
    int end = sector + count;
    while (sector < end) {
        int to = number == SECONDARY ? end : run_end(layer, sector, end);
        if (number == SECONDARY || is_allocated(layer, sector)) {
            if (fails(node, number, READ, sector, to - sector)) return -EIO;
            memcpy(target, place_in(node, layer, sector), (size_t)(to - sector) * node->sector_bytes);
        } else {
            int outcome = read_layer(node, number + 1, sector, to - sector, target);
            if (outcome != 0) return outcome;
        }
        target += (size_t)(to - sector) * node->sector_bytes;
        sector = to;
    }
    return 0;
}

/* Past the disk there is nothing to fail. */
bool can_read_layer(Node *node, int number, int sector, int end) {
    if (end > node->length) end = node->length;
    while (sector < end) {
        Layer *layer = &node->layers[number];
        int to = number == SECONDARY ? end : run_end(layer, sector, end);
        if (number == SECONDARY || is_allocated(layer, sector)) {
            if (fails(node, number, READ, sector, to - sector)) return false;
        } else if (!can_read_layer(node, number + 1, sector, to)) {
            return false;
        }
        sector = to;
    }
    return true;
}

/* A request that meets a bad sector writes nothing. */
int write_secondary(Node *node, int sector, int count, const uint8_t *source) {
    if (fails(node, SECONDARY, WRITE, sector, count)) return -EIO;
    Layer *disk = &node->layers[SECONDARY];
    memcpy(place_in(node, disk, sector), source, (size_t)count * node->sector_bytes);
    disk->version++;
    return 0;
}

void empty_layer(Layer *layer) {
    memset(layer->allocated, 0, layer->cluster_count);
    layer->version++;
}
