/*
 * The ground beneath the driver: up to three nodes with their disks, which hold real bytes, and all that QEMU's block
 * layer and its jobs do between them, as far as it can be seen. Sectors throughout; the driver's own sectors of 512
 * bytes stand for sectors of any size.
 */
#ifndef GROUND_H
#define GROUND_H

#include "qemu.h"

enum { NODES_MAX = 3, DRIVER_STATE_BYTES_MAX = 256, ERRORS_MAX = 6, TEXT_BYTES = 768, TAGS = 4096 };

/* As the vocabulary lists them. */
enum { STAGE_CLOSED, STAGE_NONE, STAGE_RUNNING, STAGE_FAILOVER, STAGE_FAILOVER_FAILED, STAGE_DONE, STAGE_ABORTED, STAGE_UNKNOWN };
enum { ACTIVE, HIDDEN, SECONDARY, LAYERS };
enum { READ, WRITE, ACCESSES };
enum { MODE_SECONDARY, MODE_PRIMARY };
enum { FAULT_NONE, FAULT_KEPT, FAULT_EMPTIED, FAULT_EJECTED };
enum { JOB_BACKUP, JOB_COMMIT };

/* What a block node is to its replication node, beside the layers: the filter of another backup, and itself. */
enum { PLACE_FILTER = LAYERS, PLACE_NODE };

/* A bit each; driver-capabilities.ts lists them in this order. */
enum {
    MODE_MISSING = 1 << 0,
    MODE_UNKNOWN = 1 << 1,
    TOP_ID_MISSING = 1 << 2,
    TOP_ID_ON_PRIMARY = 1 << 3,
    ACTIVE_WITHOUT_BACKING = 1 << 4,
    HIDDEN_WITHOUT_BACKING = 1 << 5,
    SECONDARY_WITHOUT_BACKEND = 1 << 6,
    LENGTHS_DIFFER = 1 << 7,
    MAKE_EMPTY_UNSUPPORTED = 1 << 8,
    HIDDEN_FILE_READ_ONLY = 1 << 9,
    HIDDEN_WRITE_UNSHARED = 1 << 10,
    SECONDARY_WRITE_UNSHARED = 1 << 11,
    TOP_ID_INVALID = 1 << 12,
    SECONDARY_BUSY = 1 << 13,
    HIDDEN_EXPORTED = 1 << 14,
    HIDDEN_SHORTER = 1 << 15,
    SECONDARY_LONGER = 1 << 16,
    ACTIVE_LONGER = 1 << 17,
    ACTIVE_SHORTER = 1 << 18,
};

/* How a process dies; the system knows by which rule that is. */
enum { DEATH_ERROR_SET_TWICE, DEATH_ASSERTION, DEATH_REOPEN_WITHOUT_DRIVER, DEATH_COMMIT_WITHOUT_ACTIVE, DEATH_ENDLESS };

/* What a request comes to: 0, a negative errno, or this, and a message. */
enum { MESSAGE = 1 };

/* Until it is freed its memory is its own; errors of a node come in the order in which they are free. */
struct Error {
    bool is_used;
    /* The message where it has no arguments: then `text` need not be kept. */
    const char *format;
    char text[TEXT_BYTES];
};

typedef struct Layer {
    BlockDriverState bs;
    BdrvChild backing;
    BlockDriver driver;
    /* One byte a cluster; a disk has all. */
    uint8_t *allocated;
    uint8_t *bytes;
    uint8_t *bad[ACCESSES];
    int cluster_sectors;
    int cluster_count;
    int slice_sectors;
    bool is_read_only;
    int fault;
    /* Grows with every change of content or allocation. */
    int version;
    /* What is expected of it, and the version in which it was found last. */
    int *expected;
    int held_version;
} Layer;

typedef struct CommitRequest {
    int unit;
    int outcome;
    uint8_t *captured;
} CommitRequest;

/* The mirror job of a failover. Requests are a ring, the oldest at `oldest`. */
typedef struct Commit {
    BlockJob job;
    bool runs;
    BlockCompletionFunc *done;
    void *opaque;
    int units;
    uint8_t *dirty;
    int dirty_count;
    uint8_t *in_flight;
    CommitRequest *requests;
    int requests_max;
    int oldest;
    int in_flight_count;
    int cursor;
} Commit;

typedef struct Backup {
    BlockJob job;
    bool runs;
    BlockCompletionFunc *done;
    void *opaque;
    int units;
    /* Of this checkpoint interval, one byte a unit. */
    uint8_t *copied;
} Backup;

/* The children that starts have attached, of one name each. Older ones that were left behind are only counted. */
typedef struct Attached {
    BdrvChild child;
    int count;
} Attached;

typedef struct Node {
    int index;
    int mode;
    int defects;
    int opened_read_only;
    int commit_requests_max;
    int length;
    int sector_bytes;
    int copy_unit;
    int commit_unit;

    bool is_open;
    bool is_aborted;
    bool has_export;
    bool is_link_dead;
    bool is_peer_gone;
    bool has_bad;
    int bad_count;

    BlockDriverState bs;
    BdrvChild file;
    BlockDriverState filter;
    BdrvChild filter_file;
    Layer layers[LAYERS];
    Attached attached[2];
    Backup backup;
    Commit commit;
    ReplicationState replication;
    bool is_registered;
    /* Why the top node refuses operations. */
    Error *blocker;
    Error errors[ERRORS_MAX];
    bool has_top_id;
    /* What it is a copy of. */
    const char *top_id_source;
    char top_id[32];
    uint32_t driver_state[DRIVER_STATE_BYTES_MAX / 4];

    uint8_t *images[TAGS];
    uint8_t *view;
    int *expected_view;
    int *tags;
} Node;

extern Node nodes[NODES_MAX];
extern int node_count;
extern ReplicationState *newest;
extern BlockDriver *replication_driver;

/* driver.c */
void driver_register(void);
int driver_state_bytes(void);
int driver_stage(const void *opaque);
bool driver_has_error(const void *opaque);
bool driver_has_commit_job(const void *opaque);

/* Whether a node without driver can be reopened, which is an error then, or kills the process (before 10.1). */
#ifndef GROUND_REOPENS_WITHOUT_DRIVER
#define GROUND_REOPENS_WITHOUT_DRIVER 0
#endif

/* Imported: ends the process that is played, and does not return. */
__attribute__((import_module("ground"), import_name("die"))) _Noreturn void ground_die(int death, const char *what, int line);

/* How often each place of a counted driver was reached (counted-text.ts); two for a condition: false, true. */
enum { COUNTS_MAX = 4096 };
extern int ground_counts[COUNTS_MAX];
static inline void ground_passed(int place) { ground_counts[place]++; }
static inline bool ground_decided(int place, bool way) { return ground_counts[place + way]++, way; }

/* memory.c */
void *memset(void *target, int value, size_t bytes);
void *memcpy(void *target, const void *source, size_t bytes);
void *ground_memory(size_t bytes);
void ground_enter(Node *node);
void ground_keep_message(Error *error);
void copy_top_id(Node *node, const char *text);
void free_transient(Node *node);

/* layers.c */
static inline int cluster_of(const Layer *layer, int sector) { return sector / layer->cluster_sectors; }
static inline bool is_allocated(const Layer *layer, int sector) { return layer->allocated[cluster_of(layer, sector)] != 0; }
static inline int minimum(int left, int right) { return left < right ? left : right; }
int slice_end(const Layer *layer, int sector);
int length_of_layer(const Node *node, int number);
int run_end(const Layer *layer, int sector, int end);
bool fails(const Node *node, int layer, int access, int sector, int count);
int read_layer(Node *node, int layer, int sector, int count, uint8_t *target);
bool can_read_layer(Node *node, int layer, int sector, int end);
int write_secondary(Node *node, int sector, int count, const uint8_t *source);
void empty_layer(Layer *layer);
uint8_t *place_in(const Node *node, const Layer *layer, int sector);

/* active-writes.c */
int write_active(Node *node, int sector, int count, const uint8_t *source);

/* jobs.c */
int copy_before_write(Node *node, int sector, int count);
void end_backup(Node *node, int ret);

/* commit.c */
void mark_dirty(Node *node, int sector, int count);
void start_requests(Node *node);
void end_commit(Node *node, int ret);
void finish_in_flight(Node *node);

/* graph.c */
void refuse_connection(Error **errp);
extern BlockDriverState elsewhere;
void wire(Node *node);
void unwire(Node *node);
void link_children(Node *node);

/* data.c */
void forget_edges(void);
int read_through(Node *node, int sector, int count, uint8_t *target);

/* host.c */
int stage_of(const Node *node);
void enter_process(Node *node);

#endif
