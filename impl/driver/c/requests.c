/* Requests of guest and primary, faults, and what the block layer answers before a request reaches the driver. */
#include "ground.h"

/* Beside what a request may come to: the node has no export to reach it by. */
enum { EXPORT_MISSING = 2 };

void ground_sector_bytes(int bytes);

static bool is_inside(const Node *node, int sector, int count) {
    return sector + count <= node->length;
}

/* Without a driver in one of its layers the whole node has no medium, which the NBD server calls EINVAL. */
static int refusal(const Node *node, int sector, int count) {
    if (!node->has_export) return EXPORT_MISSING;
    if (!node->layers[ACTIVE].bs.drv || !node->layers[HIDDEN].bs.drv) return -EINVAL;
    /* The node is as long as active. */
    return sector + count <= length_of_layer(node, ACTIVE) ? 0 : -EINVAL;
}

static Node *enter(int index) {
    Node *node = &nodes[index];
    ground_enter(node);
    ground_sector_bytes(node->sector_bytes);
    return node;
}

static QEMUIOVector buffer(uint8_t *content, int count) {
    return (QEMUIOVector){.niov = 1, .size = (size_t)count * BDRV_SECTOR_SIZE, .content = content};
}

static uint8_t *view_at(const Node *node, int sector) {
    return node->view + (size_t)sector * node->sector_bytes;
}

/* The generic layer looks at negative numbers only: an empty write after a failed failover returns 1. */
static int failure(int ret) {
    return ret < 0 ? ret : 0;
}

/* What is read lies in the view afterwards, and poison where nothing was read. */
int ground_guest_read(int index, int sector, int count) {
    Node *node = enter(index);
    int refused = refusal(node, sector, count);
    if (refused != 0) return refused;
    memset(view_at(node, sector), 0xa5, (size_t)count * node->sector_bytes);
    QEMUIOVector qiov = buffer(view_at(node, sector), count);
    return failure(replication_driver->bdrv_co_readv(&node->bs, sector, count, &qiov));
}

int ground_guest_write(int index, int sector, int count, int tag) {
    Node *node = enter(index);
    int refused = refusal(node, sector, count);
    if (refused != 0) return refused;
    QEMUIOVector qiov = buffer(node->images[tag] + (size_t)sector * node->sector_bytes, count);
    return failure(replication_driver->bdrv_co_writev(&node->bs, sector, count, &qiov, 0));
}

/* The driver has no write-zeroes of its own: a write of zero bytes, except that an empty one never reaches it. */
int ground_guest_write_zeroes(int index, int sector, int count) {
    Node *node = enter(index);
    int refused = refusal(node, sector, count);
    return refused != 0 || count == 0 ? refused : ground_guest_write(index, sector, count, 0);
}

/* The driver has no discard: success without effect. */
int ground_guest_discard(int index, int sector, int count) {
    return refusal(&nodes[index], sector, count);
}

/* On a primary it goes to the peer, and its error comes back. */
int ground_guest_flush(int index) {
    int refused = refusal(&nodes[index], 0, 0);
    if (refused != 0) return refused;
    return nodes[index].is_link_dead ? -EIO : 0;
}

/* Hidden is below the filter that the backup job keeps above the secondary disk. */
static int primary_refusal(const Node *node, int sector, int count) {
    if (!node->layers[HIDDEN].bs.drv && node->backup.runs) return -EINVAL;
    return is_inside(node, sector, count) ? 0 : -EINVAL;
}

/* A disk that was opened read-only, or cannot be shared for writing, has a read-only export. */
static int primary_write_refusal(const Node *node, int sector, int count) {
    if ((node->opened_read_only >> SECONDARY) & 1) return -EINVAL;
    if (node->defects & (HIDDEN_WRITE_UNSHARED | SECONDARY_WRITE_UNSHARED)) return -EINVAL;
    return primary_refusal(node, sector, count);
}

int ground_primary_read(int index, int sector, int count) {
    Node *node = enter(index);
    int refused = primary_refusal(node, sector, count);
    if (refused != 0) return refused;
    memset(view_at(node, sector), 0xa5, (size_t)count * node->sector_bytes);
    return read_layer(node, SECONDARY, sector, count, view_at(node, sector));
}

int ground_primary_write(int index, int sector, int count, int tag) {
    Node *node = enter(index);
    int refused = primary_write_refusal(node, sector, count);
    if (refused != 0) return refused;
    int copied = copy_before_write(node, sector, count);
    if (copied != 0) return copied;
    return write_secondary(node, sector, count, node->images[tag] + (size_t)sector * node->sector_bytes);
}

/* An empty one never reaches the backup job. */
int ground_primary_write_zeroes(int index, int sector, int count) {
    if (count == 0) return primary_write_refusal(&nodes[index], sector, count);
    return ground_primary_write(index, sector, count, 0);
}

/* With discard=ignore, the default, it does not even reach the backup job. */
int ground_primary_discard(int index, int sector, int count) {
    return primary_write_refusal(&nodes[index], sector, count);
}

int ground_primary_flush(int index) {
    return primary_refusal(&nodes[index], 0, 0);
}

/* The secondary disk before the case. */
void ground_fill(int index, int sector, int count, int tag) {
    Node *node = &nodes[index];
    Layer *disk = &node->layers[SECONDARY];
    size_t at = (size_t)sector * node->sector_bytes;
    memcpy(disk->bytes + at, node->images[tag] + at, (size_t)count * node->sector_bytes);
    disk->version++;
}

/* Past the end no request gets. */
void ground_break_sector(int index, int layer, int access, int sector) {
    Node *node = &nodes[index];
    if (sector >= node->length) return;
    uint8_t *bad = &node->layers[layer].bad[access][sector];
    node->bad_count += !*bad;
    node->has_bad = true;
    *bad = 1;
}

void ground_repair(int index, int layer) {
    Node *node = &nodes[index];
    for (int access = 0; access < ACCESSES; access++) {
        uint8_t *bad = node->layers[layer].bad[access];
        for (int sector = 0; sector < node->length; sector++) {
            node->bad_count -= bad[sector];
            bad[sector] = 0;
        }
    }
    node->has_bad = node->bad_count > 0;
}

void ground_fail_emptying(int index, int layer, int fault) {
    nodes[index].layers[layer].fault = fault;
}

/* The job ends without having been asked to. */
void ground_end_job(int index, int job) {
    Node *node = enter(index);
    if (job == JOB_BACKUP) {
        end_backup(node, -EIO);
    } else if (node->commit.runs) {
        finish_in_flight(node);
        end_commit(node, -EIO);
    }
}

/* Only a primary reaches its disk over a link. */
void ground_cut_link(int index) {
    Node *node = &nodes[index];
    if (node->mode == MODE_SECONDARY) return;
    node->is_peer_gone = true;
    if (node->is_open) node->is_link_dead = true;
}

void ground_restore_link(int index) {
    nodes[index].is_peer_gone = nodes[index].is_link_dead = false;
}
