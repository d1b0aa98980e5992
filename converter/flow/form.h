/* derive_form.c: goods that the portal has, or had, in another form. */
#ifndef FLOW_FORM_H
#define FLOW_FORM_H

#include "flow/flow_internal.h"

/* Stock that lies under a form which the good had before is
 * wanted to be nothing there, for as long as it is not. */
int derive_form_leave(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *wanted, struct err *err);
/* What went for its absence is not made again, whatever form it had last. */
int derive_form_stay_gone(struct flow *flow, const struct target *target,
    struct difference *diff, struct err *err);
/* What is agreed of the stock of such a good. */
int derive_form_old_stock(struct flow *flow, const struct target *good,
    struct err *err);

#endif
