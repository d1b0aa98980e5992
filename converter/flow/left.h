/* What a push has still to do, and how long that takes. */
#ifndef FLOW_LEFT_H
#define FLOW_LEFT_H

#include "flow/flow_internal.h"

/* Sets push->left and push->total. */
int left_begin(struct push *push, struct err *err);
void left_free(struct left *left);      /* NULL is fine */
/* push->done: it was done, or will not be done by this push.  By its verb, or
 * by another one that it had when it was counted. */
void left_done(struct push *push, const struct target *target,
    enum verb verb);
/* Milliseconds by the portal's limits; sets progress.at_least. */
int64_t left_time(struct push *push);

#endif
