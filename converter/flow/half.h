/*
 * Files of the inbox that are not complete: 1C writes them, or has died over
 * them.
 */
#ifndef FLOW_HALF_H
#define FLOW_HALF_H

#include "flow/flow_internal.h"

/* Does one of the node lie there that is waited for, or may there be one
 * (quiet.c)? */
int quiet_is_growing(struct flow *flow, const char *node, bool *grows,
    struct err *err);
/* Another look at the files [from, to) of the list is remembered; stood: did
 * they stand still since an earlier one? */
int half_look_at(struct flow *flow, const struct intake_list *list,
    size_t from, size_t to, bool *stood, struct err *err);
/* This one is waited for no more. */
bool half_was_given_up(struct flow *flow, const struct intake_file *file);
/* Does one of the node's goods lie there that was given up (full.c)? */
int full_any_given_up(struct flow *flow, const char *node, bool *any,
    struct err *err);

#endif
