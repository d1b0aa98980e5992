/*
 * Other clients of 1C beside the one that is looked for: who has a row of the
 * portal already, and who fits it as well.  What each of them would find by
 * itself must not depend on which of them comes first.
 */
#ifndef FLOW_RIVAL_H
#define FLOW_RIVAL_H

#include "flow/flow_internal.h"
#include "flow/match.h"

/* Who of 1C has this row: is linked to it, or bears the mark that it has. */
int rival_holder(struct flow *flow, const struct op *op,
    const struct found *row, enum match_holder *out, struct err *err);

/* Whose is the portal's object: linked to another one of 1C (`holder`)?
 * MATCH_LEFT: to one that is marked deleted there; MATCH_PERSONS: to contact
 * persons alone, and target is a client. */
int rival_has(struct flow *flow, const struct target *target,
    int64_t portal_id, struct target *holder, enum match_holder *out,
    struct err *err);

/* Does another client of 1C, of the same kind, that nothing in the portal is
 * linked to yet, recognise this row as well?  `row_id` is op's own row. */
int rival_fits(struct push *push, const struct op *op, int64_t row_id,
    const struct found *row, bool *fits, struct err *err);

/* The row has op's ИНН without a КПП: is there another one of that ИНН and of
 * another КПП than op's, who would take this row of all that op found?
 * holders: of these. */
int rival_has_other_kpp(struct push *push, const struct op *op,
    int64_t row_id, const struct found *row,
    const enum match_holder *holders, bool *fits, struct err *err);

/* Tells which clients that this run made have an ИНН and a КПП that another
 * one has which it made: two cards of one firm. */
int rival_tell_made(struct push *push, struct err *err);

/* What rival_fits() keeps in push->rivals. */
void rival_free(struct rivals *rivals);

#endif
