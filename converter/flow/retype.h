/* retype.c: a price type that is another one in the portal by now, because a
 * person made it again there, has no prices yet. */
#ifndef FLOW_RETYPE_H
#define FLOW_RETYPE_H

#include "flow/flow_internal.h"

/* After prepare(): all prices of such a type are derived anew. */
int retype_note(struct flow *flow, struct err *err);
/* While they are: of the price nothing is agreed. */
int retype_forget(struct flow *flow, const struct target *target,
    struct image *image, struct err *err);

#endif
