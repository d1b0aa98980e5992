/* Sections that a good lies in beside its main one: derive_sections.c. */
#ifndef FLOW_SECTIONS_H
#define FLOW_SECTIONS_H

#include "flow/flow_internal.h"

/* Is all that is left to say of a good that it lies in a
 * section which is not there yet?  1: *missing is its row; 0; -1. */
int derive_sections_wait(struct flow *flow, const struct difference *diff,
    int64_t *missing, struct err *err);
/* Is one of its sections not there and on its way?  Then it is said together
 * with them.  1; 0; -1. */
int derive_sections_come(struct push *push, const struct difference *diff,
    struct err *err);
/* The portal ids of the sections of op.fields, which loses those that are not
 * there. */
int derive_sections_prepare(struct flow *flow, struct op *op,
    struct err *err);
/* The portal refused the op: somebody may have deleted one of them. */
void derive_sections_doubt(struct push *push, const struct op *op);
/* Somebody deleted the section in the portal: goods that lay in it beside their
 * main one are told so again, when it is made again. */
int derive_sections_lost(struct flow *flow, const struct target *section,
    int64_t package, struct err *err);

#endif
