/*
 * What was said of a client in requests that had no answer.  The portal may
 * hold it, or may get it yet: it is nobody's but ours, though nothing of it is
 * agreed.  Kept until the target is looked at once more (recover.c).
 */
#ifndef FLOW_UNSURE_H
#define FLOW_UNSURE_H

#include "flow/flow_internal.h"

/* In a transaction.  What is kept of the target already stays. */
int unsure_add(struct flow *flow, int64_t row, const struct fields *said,
    struct err *err);
/* Nothing where nothing is kept, or it cannot be read. */
void unsure_get(const struct flow *flow, int64_t row, struct fields *out);
/* In a transaction. */
int unsure_drop(struct flow *flow, int64_t row, struct err *err);

#endif
