#ifndef FLOW_MERGED_H
#define FLOW_MERGED_H

#include "flow/flow_internal.h"

/* The look for a missed client has ended in vain: whether the portal merged it
 * into the one of another client of 1C is remembered, */
int merged_note(struct flow *flow, const struct op *op, int64_t row,
    struct err *err);
/* and told instead of a deletion.  False: it was deleted. */
bool merged_tell(const struct flow *flow, const struct target *target,
    int64_t row, char text[CHANGE_TEXT_BYTES]);

#endif
