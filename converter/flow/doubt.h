/*
 * What was refused, perhaps for want of what it belongs to.
 */
#ifndef FLOW_DOUBT_H
#define FLOW_DOUBT_H

#include "flow/flow_internal.h"

/* Somebody may have deleted the section, good or client of this row, by which
 * another was refused.  True: it is looked for before that one is tried
 * again. */
bool doubt_row(struct push *push, int64_t row);
/* The same of what this op, which was refused, is put into or said of. */
bool doubt_parent(struct push *push, const struct op *op);
/* The refusal waits for that look.  In memory alone: after a kill it is
 * planned, and refused once more. */
void doubt_hold(struct push *push, const struct op *op);
/* The look has ended. */
int doubt_settle(struct push *push, struct op *op, struct err *err);
/* Forgets what waits for such looks: it is still planned. */
void doubt_forget(struct push *push);

/* Of requisites that are looked for by their number, whose they are: where no
 * list shows them the client may be hidden. */
int doubt_holder(struct flow *flow, struct op *op, struct err *err);

/* Is it the move of a section?  In a tree that is turned around it may go where
 * it is wanted only when its new parent, which is still beneath it, has left:
 * true of the second, it is tried once more then. */
bool doubt_moves(const struct op *op);
bool doubt_move_later(struct push *push, int64_t row);

#endif
