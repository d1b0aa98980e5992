/*
 * Files of the inbox that 1C removed or wrote anew before they could be taken:
 * 1C does not repeat them (onec-exchange.md 1.2).
 */
#ifndef FLOW_LOST_H
#define FLOW_LOST_H

#include "flow/flow_internal.h"
#include "snapshot/looks.h"

/* Inside a transaction, of a look that shows something new: what the file
 * begins with now goes into it.  Another beginning than before: what was there
 * is lost. */
int lost_look(struct flow *flow, const struct intake_file *file,
    struct look *look, struct err *err);
/* The file is there no more: what it held is lost, unless we have it. */
int lost_vanished(struct flow *flow, const struct look *look, struct err *err);
/* 1C has died over it: what it held it writes again.  true: that is news. */
bool lost_is_abandoned(const struct flow *flow, struct look *look);

#endif
