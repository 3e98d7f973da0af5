/* What the ground itself asks of options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "qemu.h"

void qdict_put_text(QDict *dict, const char *key, const char *text);
bool qdict_flag(const QDict *dict, const char *key, bool otherwise);

#endif
