/*
 * What 1C says of one object of the portal, or has been told: against it
 * customer_news.c holds what people see there.
 */
#ifndef FLOW_CUSTOMER_SAID_H
#define FLOW_CUSTOMER_SAID_H

#include "flow/flow_internal.h"

/* Ид of 1C that one contact has, of which is asked. */
#define SAID_OTHERS 20

struct said {
	struct wanted wanted;
	struct image image;
	const struct fields *heard;     /* from orders; or NULL */
	/* 1C says them of the same contact under other Ид: as the contact
	 * person of another firm, or as a client. */
	struct fields others[SAID_OTHERS];
	size_t other_count;
};

void customer_said_init(struct said *said, const struct fields *heard);
void customer_said_free(struct said *said);
/* What 1C states of the target, also where it is not sent. */
int customer_said_read(struct flow *flow, const struct target *target,
    struct said *said, struct err *err);

/* All of them one by one. */
size_t customer_said_count(const struct said *said);
const struct fields *customer_said_source(const struct said *said, size_t n);

/* Forms and telephony write a whole name into one field: are all words of such
 * a part in the names that one of them says?  Not of a part of one word. */
bool customer_said_has_words(const struct said *said, struct str part);

#endif
