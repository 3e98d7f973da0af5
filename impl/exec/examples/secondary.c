/*
 * A secondary of COLO block replication as an adapter for colocheck: one node, no faults. Protocol: ../PROTOCOL.md.
 *
 *     gcc -O2 -o /tmp/secondary impl/exec/examples/secondary.c
 *     npm run verify -- --system exec:/tmp/secondary
 *
 * Content is tags, one a sector. Answers are collected and written when no further request lies in the input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LENGTH_MAX = 4096, REQUESTS_MAX = 1024, UNALLOCATED = -9 };

/* The input: requests, one a line; a scanner that walks JSON text without copying it. */

static char *input;
static size_t input_start, input_end, input_size;

static const char *skip_value(const char *at) {
    int depth = 0;
    do {
        if (*at == '"')
            for (at++; *at != '"'; at++) at += *at == '\\';
        depth += (*at == '[' || *at == '{') - (*at == ']' || *at == '}');
        at++;
    } while (depth > 0 || (*at != ',' && *at != ']' && *at != '}'));
    return at;
}

/* The value of a member of the object at `at`; NULL where there is none. */
static const char *member(const char *at, const char *key) {
    size_t length = strlen(key);
    for (at++; *at == '"'; at += *at == ',') {
        const char *name = at + 1, *value = strchr(name, '"') + 2;
        if (strncmp(name, key, length) == 0 && name[length] == '"') return value;
        at = skip_value(value);
    }
    return NULL;
}

static int is_text(const char *value, const char *text) {
    size_t length = strlen(text);
    return value[0] == '"' && strncmp(value + 1, text, length) == 0 && value[length + 1] == '"';
}

/* The entries of an array; NULL after the last. */
static const char *first_entry(const char *array) { return array[1] == ']' ? NULL : array + 1; }

static const char *next_entry(const char *at) {
    at = skip_value(at);
    return *at == ',' ? at + 1 : NULL;
}

static int number(const char *object, const char *key) { return atoi(member(object, key)); }

/* The output. */

static char *output;
static size_t output_end, output_size;

static void reserve(size_t count) {
    if (output_end + count <= output_size) return;
    output_size = 2 * (output_end + count);
    output = realloc(output, output_size);
}

static void put(const char *text) {
    size_t length = strlen(text);
    reserve(length);
    memcpy(output + output_end, text, length);
    output_end += length;
}

static void put_number(int value) {
    char digits[12], *at = digits + sizeof digits;
    *--at = 0;
    do *--at = '0' + value % 10;
    while ((value /= 10) > 0);
    put(at);
}

static void put_tags(const int *tags, int count) {
    put("[");
    for (int i = 0; i < count; i++) {
        if (i > 0) put(",");
        if (tags[i] == UNALLOCATED) put("null");
        else put_number(tags[i]);
    }
    put("]");
}

static void flush(void) {
    for (size_t done = 0; done < output_end;) {
        ssize_t count = write(1, output + done, output_end - done);
        if (count <= 0) exit(1);
        done += count;
    }
    output_end = 0;
}

/* The system. An answer is JSON text, or NULL for the tags in `read_tags`. */

typedef const char *Answer;
enum stage { CLOSED, NONE, RUNNING, FAILOVER, DONE };
static const char *const stage_names[] = {"closed", "none", "running", "failover", "done"};

static const char OK[] = "\"ok\"", EIO[] = "\"EIO\"", EINVAL[] = "\"EINVAL\"";
#define ERROR(text) "{\"error\":\"" text "\"}"
static const char NOT_RUNNING[] = ERROR("Block replication is not running");
static const char CANCELLED[] = ERROR("Backup job was cancelled unexpectedly");
static const char NO_EXPORT[] = ERROR("export 'rep' not present");

static int length, cluster, copy_unit, commit_unit, requests_max;
static enum stage stage;
static int error_flag, committed;
static int active[LENGTH_MAX], hidden[LENGTH_MAX], secondary[LENGTH_MAX], seen[LENGTH_MAX];
static char copied[LENGTH_MAX], dirty[LENGTH_MAX];
static int cursor, in_flight, flying_unit[REQUESTS_MAX], *flying[REQUESTS_MAX];
static const int *read_tags;
static int read_count;

static void empty_overlays(void) {
    for (int s = 0; s < length; s++) active[s] = hidden[s] = UNALLOCATED;
    memset(copied, 0, sizeof copied);
}

static void load(const char *setup) {
    const char *node = first_entry(member(setup, "nodes")), *geometry = member(node, "geometry");
    length = number(geometry, "lengthSectors");
    cluster = number(geometry, "activeClusterSectors");
    copy_unit = number(geometry, "copyUnitSectors");
    commit_unit = number(geometry, "commitUnitSectors");
    requests_max = number(node, "commitRequestsMax");
    stage = CLOSED;
    error_flag = committed = 0;
    while (in_flight > 0) free(flying[--in_flight]);
    memset(dirty, 0, sizeof dirty);
    memset(secondary, 0, sizeof secondary);
    empty_overlays();
    for (const char *e = first_entry(member(node, "initialContent")); e != NULL; e = next_entry(e))
        for (int i = 0; i < number(e, "count"); i++) secondary[number(e, "sector") + i] = number(e, "tag");
}

static int tag_seen(int s) {
    if (committed) return secondary[s];
    return active[s] != UNALLOCATED ? active[s] : hidden[s] != UNALLOCATED ? hidden[s] : secondary[s];
}

static const int *view(void) {
    for (int s = 0; s < length; s++) seen[s] = tag_seen(s);
    return seen;
}

/* The commit of a failover: a unit is read when its request starts, and written when that completes. */

static int next_dirty(void) {
    int units = (length + commit_unit - 1) / commit_unit;
    for (int i = 0; i < 2 * units; i++)
        if ((i >= units || i >= cursor) && dirty[i % units]) return i % units;
    return -1;
}

static void start_requests(void) {
    int unit;
    while (in_flight < requests_max && (unit = next_dirty()) >= 0) {
        for (int i = 0; i < in_flight; i++)
            if (flying_unit[i] == unit) return;
        flying_unit[in_flight] = unit;
        flying[in_flight] = malloc(commit_unit * sizeof(int));
        for (int s = 0; s < commit_unit && unit * commit_unit + s < length; s++)
            flying[in_flight][s] = tag_seen(unit * commit_unit + s);
        in_flight++;
        dirty[unit] = 0;
        cursor = unit + 1;
    }
}

static void complete_request(void) {
    int first = flying_unit[0] * commit_unit;
    for (int s = 0; s < commit_unit && first + s < length; s++) secondary[first + s] = flying[0][s];
    free(flying[0]);
    in_flight--;
    memmove(flying, flying + 1, in_flight * sizeof flying[0]);
    memmove(flying_unit, flying_unit + 1, in_flight * sizeof flying_unit[0]);
}

static Answer commit_advance(void) {
    if (stage != FAILOVER) return OK;
    if (in_flight > 0) complete_request();
    start_requests();
    if (in_flight == 0) {
        stage = DONE;
        error_flag = 0;
        committed = 1;
    }
    return OK;
}

static Answer commit_settle(void) {
    while (stage == FAILOVER) commit_advance();
    return OK;
}

/* Control. */

static Answer node_open(void) {
    if (stage != CLOSED) return ERROR("Duplicate nodes with node-name='rep'");
    stage = NONE;
    error_flag = committed = 0;
    return OK;
}

static Answer node_close(void) {
    if (stage == CLOSED) return ERROR("Failed to find node with node-name='rep'");
    if (stage == RUNNING) return ERROR("Node 'rep' is busy: Block device is in use by internal backup job");
    while (in_flight > 0) complete_request();
    memset(dirty, 0, sizeof dirty);
    stage = CLOSED;
    error_flag = committed = 0;
    return OK;
}

static Answer checkpoint(void) {
    if (stage == NONE) return CANCELLED;
    if (stage == RUNNING) empty_overlays();
    return OK;
}

static Answer start(int as_secondary) {
    if (stage == CLOSED || stage == FAILOVER || stage == DONE) return OK;
    if (stage == RUNNING) return ERROR("Block replication is running or done");
    if (!as_secondary) return ERROR("The parameter mode's value is invalid, needs 1, but got 0");
    stage = RUNNING;
    return checkpoint();
}

static Answer get_error(void) {
    if (stage == NONE) return NOT_RUNNING;
    return error_flag ? ERROR("I/O error occurred") : OK;
}

static Answer stop(int failover) {
    if (stage == NONE) return NOT_RUNNING;
    if (stage != RUNNING) return OK;
    error_flag = 1; /* the backup job ends, which looks like an error until the commit has succeeded */
    stage = failover ? FAILOVER : DONE;
    if (!failover) return CANCELLED;
    cursor = 0;
    for (int s = 0; s < length; s++)
        if (active[s] != UNALLOCATED || hidden[s] != UNALLOCATED) dirty[s / commit_unit] = 1;
    start_requests();
    return OK;
}

static Answer set_replication(int enable, int as_secondary, const char *failover) {
    int is_null = *failover == 'n', is_true = *failover == 't';
    if (enable) return is_null ? start(as_secondary) : ERROR("Parameter 'failover' is only for stopping replication");
    Answer answer = stop(is_true);
    return is_true ? OK : answer;
}

static Answer query_status(void) {
    Answer answer = get_error();
    if (answer == OK) return "{\"status\":null}";
    return answer == NOT_RUNNING ? "{\"status\":\"Block replication is not running\"}"
                                 : "{\"status\":\"I/O error occurred\"}";
}

/* Requests of the guest, through active over hidden over secondary. */

static Answer guest_refusal(int sector, int count) {
    if (stage == CLOSED) return NO_EXPORT;
    return sector + count > length ? EINVAL : NULL;
}

static Answer guest_read(int sector, int count) {
    Answer refusal = guest_refusal(sector, count);
    if (refusal != NULL) return refusal;
    if (stage == NONE) return EIO;
    read_tags = view() + sector;
    read_count = count;
    return NULL;
}

static Answer guest_write(int sector, int count, int tag) {
    Answer refusal = guest_refusal(sector, count);
    if (refusal != NULL) return refusal;
    if (stage == NONE) return EIO;
    if (count == 0) return OK;
    if (!committed) {
        int end = (sector + count + cluster - 1) / cluster * cluster;
        for (int s = sector - sector % cluster; s < end && s < length; s++) active[s] = tag_seen(s);
    }
    for (int s = sector; s < sector + count; s++) (committed ? secondary : active)[s] = tag;
    if (stage == FAILOVER)
        for (int s = sector; s < sector + count; s++) dirty[s / commit_unit] = 1;
    return OK;
}

/* Requests of the primary, at the secondary disk. */

static Answer primary_read(int sector, int count) {
    if (sector + count > length) return EINVAL;
    read_tags = secondary + sector;
    read_count = count;
    return NULL;
}

static Answer primary_write(int sector, int count, int tag) {
    if (sector + count > length) return EINVAL;
    for (int first = sector - sector % copy_unit; stage == RUNNING && first < sector + count; first += copy_unit) {
        if (copied[first / copy_unit]) continue;
        copied[first / copy_unit] = 1;
        for (int s = first; s < first + copy_unit && s < length; s++) hidden[s] = secondary[s];
    }
    for (int s = sector; s < sector + count; s++) secondary[s] = tag;
    return OK;
}

static Answer or_ok(Answer refusal) { return refusal == NULL ? OK : refusal; }

/* What colocheck asks. */

enum name {
    OPEN, CLOSE, START, CHECKPOINT, GET_ERROR, STOP, SET_REPLICATION, QUERY_STATUS, COMMIT_ADVANCE, COMMIT_SETTLE,
    GUEST_READ, GUEST_WRITE, GUEST_WRITE_ZEROES, GUEST_DISCARD, GUEST_FLUSH,
    PRIMARY_READ, PRIMARY_WRITE, PRIMARY_WRITE_ZEROES, PRIMARY_DISCARD, PRIMARY_FLUSH, NAMES
};
static const char *const names[NAMES] = {
    "open", "close", "start", "checkpoint", "getError", "stop", "setReplication", "queryStatus", "commitAdvance",
    "commitSettle", "guestRead", "guestWrite", "guestWriteZeroes", "guestDiscard", "guestFlush",
    "primaryRead", "primaryWrite", "primaryWriteZeroes", "primaryDiscard", "primaryFlush"};

static Answer apply(const char *operation) {
    const char *at = first_entry(operation), *arguments[4] = {"0", "0", "0", "0"};
    int name = 0, n[4] = {0, 0, 0, 0};
    while (name < NAMES && !is_text(at, names[name])) name++;
    for (int i = 0; i < 4 && (at = next_entry(at)) != NULL; i++) n[i] = atoi(arguments[i] = at);
    int sector = n[1], count = n[2], tag = n[3];
    switch (name) {
    case OPEN: return node_open();
    case CLOSE: return node_close();
    case START: return start(is_text(arguments[0], "secondary"));
    case CHECKPOINT: return checkpoint();
    case GET_ERROR: return get_error();
    case STOP: return stop(*arguments[0] == 't');
    case SET_REPLICATION: return set_replication(*arguments[0] == 't', *arguments[1] == 'f', arguments[2]);
    case QUERY_STATUS: return query_status();
    case COMMIT_ADVANCE: return commit_advance();
    case COMMIT_SETTLE: return commit_settle();
    case GUEST_READ: return guest_read(sector, count);
    case GUEST_WRITE: return guest_write(sector, count, tag);
    case GUEST_WRITE_ZEROES: return count > 0 ? guest_write(sector, count, 0) : or_ok(guest_refusal(sector, 0));
    case GUEST_DISCARD: return or_ok(guest_refusal(sector, count));
    case GUEST_FLUSH: return or_ok(guest_refusal(0, 0));
    case PRIMARY_READ: return primary_read(sector, count);
    case PRIMARY_WRITE: return primary_write(sector, count, tag);
    case PRIMARY_WRITE_ZEROES: return count > 0 ? primary_write(sector, count, 0) : or_ok(primary_read(sector, 0));
    case PRIMARY_DISCARD: return or_ok(primary_read(sector, count));
    case PRIMARY_FLUSH: return OK;
    default: return ERROR("there is no such operation");
    }
}

static void put_answer(Answer answer) {
    if (answer == NULL) put_tags(read_tags, read_count);
    else put(answer);
}

static void observe(void) {
    put("[[\"");
    put(stage_names[stage]);
    put(error_flag ? "\",true," : "\",false,");
    put_answer(guest_read(0, stage == CLOSED ? 0 : length));
    put(",");
    put_tags(active, length);
    put(",");
    put_tags(hidden, length);
    put(",");
    put_tags(secondary, length);
    put("]]");
}

/* Observations are collected apart from the outcomes; one that is like the one before is sent as null. */
static void run(const char *request) {
    static char *shown;
    static size_t shown_size;
    int each = is_text(member(request, "observe"), "each"), first = 1;
    size_t shown_end = 0, last_start = 0, last_length = 0;
    load(member(request, "setup"));
    put("{\"outcomes\":[");
    for (const char *o = first_entry(member(request, "operations")), *next; o != NULL; o = next) {
        if (!first) put(",");
        put_answer(apply(o));
        next = next_entry(o);
        if (each || next == NULL) {
            size_t start = output_end;
            observe();
            size_t count = output_end - start;
            if (shown_end + count + 8 > shown_size) shown = realloc(shown, shown_size = 2 * (shown_end + count + 8));
            if (shown_end > 0) shown[shown_end++] = ',';
            int same = count == last_length && memcmp(shown + last_start, output + start, count) == 0;
            if (!same) {
                last_start = shown_end;
                last_length = count;
            }
            memcpy(shown + shown_end, same ? "null" : output + start, same ? 4 : count);
            shown_end += same ? 4 : count;
            output_end = start;
        }
        first = 0;
    }
    put("],\"observations\":[");
    reserve(shown_end + 1);
    memcpy(output + output_end, shown, shown_end);
    output_end += shown_end;
    put("]}");
}

static void answer(const char *request) {
    const char *kind = member(request, "request");
    put("{\"id\":");
    put_number(number(request, "id"));
    put(",\"result\":");
    if (is_text(kind, "hello")) {
        put("{\"protocol\":1,\"name\":\"secondary.c\",\"version\":\"1\",\"capabilities\":{\"operations\":[\"");
        for (int name = 0; name < NAMES; name++) {
            if (name > 0) put("\",\"");
            put(names[name]);
        }
        put("\"],\"observes\":[\"stage\",\"errorFlag\",\"view\",\"active\",\"hidden\",\"secondary\"],\"run\":true,"
            "\"modes\":[\"secondary\"],\"geometry\":{\"sectorBytes\":\"any\",\"lengthSectorsMax\":4096}}}");
    } else if (is_text(kind, "run")) {
        run(request);
    } else if (is_text(kind, "apply")) {
        put_answer(apply(member(request, "operation")));
    } else if (is_text(kind, "observe")) {
        observe();
    } else {
        if (is_text(kind, "load")) load(member(request, "setup"));
        put("null");
    }
    put("}\n");
}

int main(void) {
    for (;;) {
        char *end = input_end > input_start ? memchr(input + input_start, '\n', input_end - input_start) : NULL;
        if (end != NULL) {
            *end = 0;
            answer(input + input_start);
            input_start = end + 1 - input;
            continue;
        }
        flush();
        if (input_start > 0) memmove(input, input + input_start, input_end -= input_start);
        input_start = 0;
        if (input_size - input_end < 1 << 16) input = realloc(input, input_size += 1 << 20);
        ssize_t count = read(0, input + input_end, input_size - input_end);
        if (count <= 0) return 0;
        input_end += count;
    }
}
