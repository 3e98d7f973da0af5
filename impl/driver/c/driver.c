/* The driver under test as it stands, between the headers that it wants and the few questions that its state answers. */
#include "qemu.h"
#include "ground.h"
#include DRIVER_FILE

/* Questions of ours: they are no part of what the driver goes through. */
#define UNCOUNTED __attribute__((no_sanitize("coverage")))

_Static_assert(sizeof(BDRVReplicationState) <= DRIVER_STATE_BYTES_MAX, "the state of the driver is too large");

UNCOUNTED int driver_state_bytes(void) {
    return sizeof(BDRVReplicationState);
}

/* Numbers as in ground.h, whatever the driver's own are. */
UNCOUNTED int driver_stage(const void *opaque) {
    switch (((const BDRVReplicationState *)opaque)->stage) {
    case BLOCK_REPLICATION_NONE:
        return STAGE_NONE;
    case BLOCK_REPLICATION_RUNNING:
        return STAGE_RUNNING;
    case BLOCK_REPLICATION_FAILOVER:
        return STAGE_FAILOVER;
    case BLOCK_REPLICATION_FAILOVER_FAILED:
        return STAGE_FAILOVER_FAILED;
    case BLOCK_REPLICATION_DONE:
        return STAGE_DONE;
    }
    return STAGE_UNKNOWN;
}

UNCOUNTED bool driver_has_error(const void *opaque) {
    return ((const BDRVReplicationState *)opaque)->error != 0;
}

UNCOUNTED bool driver_has_commit_job(const void *opaque) {
    return ((const BDRVReplicationState *)opaque)->commit_job != NULL;
}
