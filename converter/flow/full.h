/*
 * Nodes of which 1C has to send all anew: full.c.
 */
#ifndef FLOW_FULL_H
#define FLOW_FULL_H

#include "flow/flow_internal.h"

/* Inside a transaction.  reason: told (base/told.h).  orders: these were lost;
 * else all the rest, which is another need.  No need of what a person put
 * there. */
int full_need(struct flow *flow, const char *name, bool orders,
    const char *reason, struct err *err);
/* A session begins: what was needed before it was so by a clock that was ahead,
 * where it says later; what was lost after its first package was taken (wall
 * ms) does not come with it. */
int full_set_right(struct flow *flow, const struct session *session,
    int64_t taken, struct err *err);
/* Goods are needed anew, beyond what comes in the session. */
int full_need_beyond(struct flow *flow, const struct session *session,
    const char *reason, struct err *err);
/* What ended without all its parts: they may come later, and join it.  full:
 * it is an export of all goods. */
int full_lack(struct flow *flow, const struct session *session, bool full,
    const char *reason, struct err *err);
/* The session ended for lack of parts, and nothing was lost since. */
int full_is_lacking(struct flow *flow, const struct session *session,
    bool *is, struct err *err);
/* A file of the node was never completed; it was after all; and there is
 * another one in its place, *is: of 1C's next export. */
int full_give_up(struct flow *flow, const struct intake_file *file,
    struct err *err);
int full_written_over(struct flow *flow, const struct intake_file *file,
    bool *is, struct err *err);
int full_completed(struct flow *flow, const struct intake_file *file,
    struct err *err);
/* A file that was seen was not taken, and is gone; anew: 1C has written another
 * one in its place. */
int full_lost(struct flow *flow, const struct intake_file *file, bool anew,
    struct err *err);
/* All of it came, in an export that began then (wall ms). */
int full_end(struct flow *flow, const char *name, int64_t began,
    struct err *err);
/* What the node needs, for people; to be freed. */
char *full_text(const struct flow *flow, const struct node *node,
    bool orders);
/* Was it said in this run? */
bool full_is_told(const struct flow *flow, const char *name, bool orders);
/* flow->told_needs; NULL is fine. */
void full_free(struct rowset *told);
/* A node takes the place of another one: what that needs it has to send, and
 * the offers that came of that are expected of it. */
int full_follow(struct flow *flow, const char *gone, const char *heir,
    struct err *err);
/* Orders came: that ends the need of orders, but for one of what was lost when
 * they lay there already. */
int full_end_orders(struct flow *flow, const struct package *package,
    struct err *err);
/* A person says so; "inbox": the root.  1: no such node, or no need. */
int full_forget(struct flow *flow, const char *name, struct err *err);
/* The node has stated all offers of a catalogue in files of this series
 * ("offers0"): when such a catalogue comes without them, they are missing. */
int full_note_offers(struct flow *flow, const char *name, const char *series,
    struct err *err);
int full_expects(struct flow *flow, const char *name, const char *series,
    bool *expected, struct err *err);

#endif
