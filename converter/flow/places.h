/* The places of the managers' tree, and those that left it: derive_place.c. */
#ifndef FLOW_PLACES_H
#define FLOW_PLACES_H

#include "flow/flow_internal.h"

/* A section was made as portal_id: of the tree it is ours. */
int derive_place_made(struct flow *flow, const struct target *section,
    int64_t portal_id, int64_t package, struct err *err);
/* One that we made goes with its place, as soon as it is empty; what was there
 * before, or who made it is not known, stays. */
void derive_place_left(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out);
/* Derives the sections of the tree, and those in the portal whose place
 * left. */
int derive_place_all(struct flow *flow, struct err *err);

#endif
