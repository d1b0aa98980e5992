/*
 * What 1C wrote into the inbox and this account may not take: 1C's server has
 * one of its own.
 */
#ifndef FLOW_BARRED_H
#define FLOW_BARRED_H

#include <stdbool.h>

#include "flow/flow_internal.h"

/* Why the file of the inbox cannot be taken, for a person; NULL: its rights
 * and those of its folder let it be taken. */
const char *barred_why(const struct config *config, const char *name);

/* The same, kept in flow->barred for whoever tells it, if it is the first.
 * true: it is barred. */
bool barred_note(struct flow *flow, const char *name);

/* The same of a folder of the inbox that cannot even be read. */
void barred_shut(struct flow *flow, const char *name);

/* Is it unknown what lies in the node's folder? */
bool barred_is_shut(const struct config *config, const char *node);

/* The inbox if it cannot be read, else the folders below it that belong to this
 * exchange and cannot: what lies there is not known. */
void barred_shut_each(const struct config *config,
    void (*visit)(void *ctx, const char *path), void *ctx);

/* The folders below the inbox, however deep, that belong to this exchange and
 * cannot be read, or else not be written. */
void barred_each(const struct config *config,
    void (*visit)(void *ctx, const char *path, bool readable), void *ctx);

#endif
