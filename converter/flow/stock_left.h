/*
 * Stock that 1C states and that is left alone, since the portal manages its
 * inventory and catalog.stock is not "documents".
 */
#ifndef FLOW_STOCK_LEFT_H
#define FLOW_STOCK_LEFT_H

#include "flow/flow_internal.h"

/* Is it, as far as was known when the portal was reached last? */
bool stock_left_is(const struct flow *flow);
const char *stock_left_text(void);
/* A package that is accepted states stock, inside its transaction. */
int stock_left_note(struct flow *flow, struct err *err);
/* Did one of this run, which is to be said? */
bool stock_left_is_news(const struct flow *flow);
/* Is the portal to be asked whether it still manages its inventory? */
bool stock_left_is_due(const struct flow *flow);

#endif
