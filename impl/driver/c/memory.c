/* Memory, strings and errors. Each thing has its place, so that the same state has the same addresses. */
#include "ground.h"

extern unsigned char __heap_base;
static size_t heap_next;
/* Whose the errors and strings are that the driver makes now. */
static Node *maker = &nodes[0];

/* The message of the last request. */
static char message[TEXT_BYTES];

const char *ground_message(void) {
    return message;
}

Error *error_abort;
Error *error_fatal;

/* From now on all memory of the heap is free. */
void ground_forget_memory(void) {
    heap_next = (size_t)&__heap_base;
}

/* Zeroed; there for as long as the disks keep their shape. */
void *ground_memory(size_t bytes) {
    size_t at = (heap_next + 15) & ~(size_t)15;
    heap_next = at + bytes;
    size_t held = __builtin_wasm_memory_size(0) * 65536;
    if (heap_next > held && __builtin_wasm_memory_grow(0, (heap_next - held + 65535) / 65536) == (size_t)-1)
        ground_die(DEATH_ASSERTION, "out of memory", 0);
    memset((void *)at, 0, bytes);
    return (void *)at;
}

/* A request to a node begins. */
void ground_enter(Node *node) {
    forget_edges();
    maker = node;
}

int strcmp(const char *left, const char *right) {
    while (*left && *left == *right) left++, right++;
    return (unsigned char)*left - (unsigned char)*right;
}

void copy_top_id(Node *node, const char *text) {
    size_t at = 0;
    for (; text[at] && at + 1 < sizeof(node->top_id); at++) node->top_id[at] = text[at];
    node->top_id[at] = 0;
    node->top_id_source = text;
}

/* The driver has one string to keep. */
char *g_strdup(const char *text) {
    if (!text) return NULL;
    copy_top_id(maker, text);
    maker->has_top_id = true;
    return maker->top_id;
}

void g_free(void *memory) {
    if (memory == maker->top_id) maker->has_top_id = false;
}

_Noreturn void ground_assertion(const char *expression, int line) {
    ground_die(DEATH_ASSERTION, expression, line);
}

static size_t put_text(char *into, size_t at, const char *text) {
    while (*text && at + 1 < TEXT_BYTES) into[at++] = *text++;
    return at;
}

static size_t put_number(char *into, size_t at, int64_t number) {
    char digits[24];
    size_t count = 0;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do digits[count++] = '0' + rest % 10;
    while (rest /= 10);
    if (number < 0) digits[count++] = '-';
    while (count > 0 && at + 1 < TEXT_BYTES) into[at++] = digits[--count];
    return at;
}

/* Texts and whole numbers are all that the driver's messages take. */
static void put_formatted(char *into, const char *format, __builtin_va_list arguments) {
    size_t at = 0;
    while (*format && at + 1 < TEXT_BYTES) {
        if (*format != '%') {
            into[at++] = *format++;
            continue;
        }
        int longs = 0;
        for (format++; *format == 'l' || *format == 'z'; format++) longs++;
        char kind = *format;
        if (kind) format++;
        if (kind == 's') {
            const char *text = __builtin_va_arg(arguments, const char *);
            at = put_text(into, at, text ? text : "(null)");
        } else if (kind == 'd' || kind == 'i' || kind == 'u') {
            at = put_number(into, at, longs > 1 ? __builtin_va_arg(arguments, int64_t) : __builtin_va_arg(arguments, int));
        } else if (kind == '%') {
            into[at++] = '%';
        }
    }
    into[at] = 0;
}

static bool has_arguments(const char *format) {
    while (*format) if (*format++ == '%') return true;
    return false;
}

static Error *make_error(Error **errp, const char *format) {
    if (!errp) return NULL;
    if (errp == &error_abort || errp == &error_fatal) ground_die(DEATH_ASSERTION, format, 0);
    if (*errp) ground_die(DEATH_ERROR_SET_TWICE, format, 0);
    for (int place = 0; place < ERRORS_MAX; place++) {
        Error *error = &maker->errors[place];
        if (error->is_used) continue;
        error->is_used = true;
        error->format = has_arguments(format) ? NULL : format;
        *errp = error;
        return error;
    }
    ground_die(DEATH_ASSERTION, "too many errors are kept", 0);
}

void error_setg(Error **errp, const char *format, ...) {
    Error *error = make_error(errp, format);
    if (!error || error->format) return;
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    put_formatted(error->text, format, arguments);
    __builtin_va_end(arguments);
}

static const char *errno_text(int number) {
    switch (number) {
    case EIO:
        return "Input/output error";
    case ENOMEDIUM:
        return "No medium found";
    case EINVAL:
        return "Invalid argument";
    default:
        return "Unknown error";
    }
}

void error_setg_errno(Error **errp, int number, const char *format, ...) {
    Error *error = make_error(errp, format);
    if (!error) return;
    error->format = NULL;
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    put_formatted(error->text, format, arguments);
    __builtin_va_end(arguments);
    size_t at = 0;
    while (error->text[at]) at++;
    at = put_text(error->text, at, ": ");
    at = put_text(error->text, at, errno_text(number));
    error->text[at] = 0;
}

void error_free(Error *error) {
    if (error) error->is_used = false;
}

void error_propagate(Error **errp, Error *error) {
    if (!error) return;
    if (errp && !*errp) *errp = error;
    else error_free(error);
}

/* Answers with the message of an error, which is freed. */
void ground_keep_message(Error *error) {
    const char *text = error->format ? error->format : error->text;
    message[put_text(message, 0, text)] = 0;
    error_free(error);
}

/* A process that is gone has no strings and errors. */
void free_transient(Node *node) {
    for (int place = 0; place < ERRORS_MAX; place++) {
        node->errors[place].is_used = false;
        node->errors[place].format = NULL;
    }
    node->has_top_id = false;
}
