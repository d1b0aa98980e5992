/*
 * Our mark (originId) on a card of the portal that another one of 1C has got,
 * or that its own has left: moved, or taken off, so that who looks for the mark
 * later finds one card and the right one.
 */
#ifndef FLOW_MARK_H
#define FLOW_MARK_H

#include "flow/flow_internal.h"

/* The portal's company or contact is `from`'s no more, but `to`'s (NULL:
 * nobody's): to be told to the portal.  Inside a transaction. */
int mark_leave(struct flow *flow, const struct target *from,
    int64_t portal_id, const struct target *to, struct err *err);
bool mark_is_due(struct flow *flow);
/* Tells the portal; after push_prepare().  What has no answer is told again by
 * the next run, which changes nothing where it was done. */
int mark_push(struct flow *flow, struct err *err);

#endif
