/*
 * Goods and sections of the portal that bear no mark of ours: alike.c.
 */
#ifndef FLOW_ALIKE_H
#define FLOW_ALIKE_H

#include "flow/flow_internal.h"

/*
 * Of the rows that a look by likeness found, the one that this good or section
 * is.  0: *out is it (note says how it was recognised), or NULL: there is
 * none.  1: nobody can say; text tells why.
 */
int alike_choose(struct push *push, const struct op *op,
    const struct found **out, char note[128], char text[CHANGE_TEXT_BYTES],
    struct err *err);
/* push->alike; NULL is fine. */
void alike_free(struct alike_known *alike);

#endif
