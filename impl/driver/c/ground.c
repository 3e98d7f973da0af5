/* The ground as one unit, so that the compiler sees all of it. */
#include "memory.c"
#include "options.c"
#include "layers.c"
#include "active-writes.c"
#include "graph.c"
#include "data.c"
#include "jobs.c"
#include "commit.c"
#include "host.c"
#include "requests.c"
#include "shown.c"
#include "saved.c"

void *memset(void *target, int value, size_t bytes) {
    return __builtin_memset(target, value, bytes);
}

void *memcpy(void *target, const void *source, size_t bytes) {
    return __builtin_memcpy(target, source, bytes);
}
