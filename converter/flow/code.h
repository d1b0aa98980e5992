/*
 * Symbolic codes that change hands: code.c.
 */
#ifndef FLOW_CODE_H
#define FLOW_CODE_H

#include "flow/flow_internal.h"

/* The portal refused these values.  True: it may be for a code that another
 * one still has, and it is planned again. */
bool code_may_wait(struct push *push, const struct target *target,
    int64_t row, const struct fields *refused);
/* Does it wait for its code? */
bool code_waits(const struct push *push, int64_t row);
/* Does it step aside, so that another one gets its code? */
bool code_steps_aside(const struct push *push, int64_t row);
/* Then this is what is sent of it. */
void code_stand_in(const struct push *push, int64_t row,
    const struct difference *diff, struct fields *send);
/* agreed: what it had before. */
void code_confirmed(struct push *push, const struct confirm *what,
    const struct fields *agreed);
/* What is wanted of a form that the good has no more: not its code. */
void code_give_up(const struct image *image, struct wanted *wanted);
/* Nothing else can be sent: who goes next.  *any: somebody does. */
int code_next(struct push *push, bool *any, struct err *err);
struct codes *code_new(void);
/* push->codes. */
void code_free(struct codes *codes);

#endif
