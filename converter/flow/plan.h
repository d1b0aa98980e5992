/*
 * The plan: plan.c, plan_portal.c; and plan_count.c, by which sending says as
 * well how long it will take.
 */
#ifndef FLOW_PLAN_H
#define FLOW_PLAN_H

#include "flow/flow_internal.h"

/* What the plan itself asked of the portal: a run asks it once more. */
struct plan_asked {
	bool whole;             /* all of it was answered */
	int64_t requests;
	int64_t rounds;         /* requests that one look took, at most; 0:
				   nothing was looked for */
};

/* plan_portal.c: which of what is to be made the portal holds already; inside
 * the transaction of the plan. */
int plan_portal_ask(struct flow *flow, struct plan_asked *asked,
    struct err *err);

/* plan_count.c: how many requests the changes take, and how long */

struct plan_count *plan_count_new(struct flow *flow);
void plan_count_free(struct plan_count *count);        /* NULL is fine */
/* How many requests have to be answered before this one can leave: what it
 * belongs to is made first. */
int plan_count_level(struct plan_count *count, const struct difference *diff,
    int *level, struct err *err);
void plan_count_add(struct plan_count *count, const struct target *target,
    const struct difference *diff, int level);
/* The same without looking at each of them: so many more, or fewer, of the
 * target's kind.  bytes: of pictures, all together. */
void plan_count_some(struct plan_count *count, const struct target *target,
    enum verb verb, int64_t more, int64_t bytes);
/* The requests (0: there is nothing to send), and what is in them. */
void plan_count_work(const struct plan_count *count,
    const struct plan_asked *asked, struct remote_work *out);

#endif
