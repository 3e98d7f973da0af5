/* The options with which a node is opened, and those of a reopening. */
#include "ground.h"
#include "options.h"

enum { PAIRS_MAX = 4, DICTS_MAX = 4 };

struct QDict {
    int count;
    struct { const char *key; const char *text; bool flag; } pairs[PAIRS_MAX];
};

struct QemuOpts {
    QemuOptsList *list;
    QDict *absorbed;
};

static QDict dicts[DICTS_MAX];
static int next_dict;
static QemuOpts opts;

/* None is kept for longer than a call of the driver; the oldest is taken again. */
QDict *qdict_new(void) {
    QDict *dict = &dicts[next_dict++ % DICTS_MAX];
    dict->count = 0;
    return dict;
}

static void put(QDict *dict, const char *key, const char *text, bool flag) {
    if (dict->count == PAIRS_MAX) ground_assertion("too many options", __LINE__);
    dict->pairs[dict->count].key = key;
    dict->pairs[dict->count].text = text;
    dict->pairs[dict->count++].flag = flag;
}

void qdict_put_text(QDict *dict, const char *key, const char *text) {
    put(dict, key, text, false);
}

void qdict_put_bool(QDict *dict, const char *key, bool value) {
    put(dict, key, NULL, value);
}

bool qdict_flag(const QDict *dict, const char *key, bool otherwise) {
    for (int place = 0; place < dict->count; place++)
        if (strcmp(dict->pairs[place].key, key) == 0) return dict->pairs[place].flag;
    return otherwise;
}

QemuOpts *qemu_opts_create(QemuOptsList *list, const char *id, int fail_if_exists, Error **errp) {
    (void)id, (void)fail_if_exists, (void)errp;
    opts.list = list;
    opts.absorbed = NULL;
    return &opts;
}

bool qemu_opts_absorb_qdict(QemuOpts *into, QDict *dict, Error **errp) {
    (void)errp;
    into->absorbed = dict;
    return true;
}

/* Only what the list describes was absorbed. */
const char *qemu_opt_get(QemuOpts *from, const char *name) {
    bool is_described = false;
    for (const QemuOptDesc *each = from->list->desc; each->name; each++)
        if (strcmp(each->name, name) == 0) is_described = true;
    if (!is_described || !from->absorbed) return NULL;
    for (int place = 0; place < from->absorbed->count; place++)
        if (strcmp(from->absorbed->pairs[place].key, name) == 0) return from->absorbed->pairs[place].text;
    return NULL;
}

void qemu_opts_del(QemuOpts *gone) {
    (void)gone;
}
