/*
 * A contact person whom 1C knows by the name alone, and who has another one by
 * now.  Each is read once, for each is compared with all.
 */
#ifndef FLOW_PERSONS_H
#define FLOW_PERSONS_H

#include "flow/flow_internal.h"

struct persons {
	struct persons_one {
		struct fields fields;
		bool new;       /* named, and not in the portal */
	} *all;
	size_t count, new_count;
};
/* *out, all zero, is freed by persons_free() also where this fails.  named:
 * those that 1C names; else those that are gone. */
int persons_read(struct flow *flow, const struct target *list, size_t count,
    bool named, struct persons *out, struct err *err);
/* Is one of the `named` he who is gone?  *next: which one.  False: nobody, or
 * nobody can say. */
bool persons_next(const struct persons *gone, size_t which,
    const struct persons *named, size_t *next);
void persons_free(struct persons *persons);

/* papers.c: is this new account or person to take the place of another one? */
bool papers_succeeds(const struct flow *flow, int64_t row);
/* What the portal holds of an account or a person: as agreed; of one
 * whose making has no answer yet as said. */
int papers_held(struct flow *flow, const struct target *target,
    struct fields *out, bool *held, struct err *err);

#endif
