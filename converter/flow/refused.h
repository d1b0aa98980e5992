/*
 * Changes of what the portal has for 1C's terms that it refused: a new name of
 * a property or of a value of a list, several values of a property.  A name
 * counts as said, or every run would ask again; what was refused is kept here,
 * shown by `unsent` and said again by `retry`.
 */
#ifndef FLOW_REFUSED_H
#define FLOW_REFUSED_H

#include "flow/flow_internal.h"

/* The terms have just been learned, and what is missing could be made: what
 * was refused now, and what was before and was not tried again.  Inside the
 * caller's transaction. */
int refused_note(struct flow *flow, const struct terms *terms,
    struct err *err);
/* How many there are. */
int refused_count(struct flow *flow, int64_t *count, struct err *err);
/* For `unsent`: a line, or an object, for each. */
int refused_show(struct flow *flow, struct err *err);
/* All of them (id NULL), or those of this id, will be said again. */
int refused_retry(struct flow *flow, const char *id, int64_t *made_due,
    struct err *err);

/* terms.c: as what it is kept that the portal was told the term's name, and
 * what of it; the same for the values of a list. */
int64_t terms_name_hash(const struct term *term);
int terms_forget_name(struct flow *flow, enum term_kind kind, struct str of,
    struct str id, struct err *err);

#endif
