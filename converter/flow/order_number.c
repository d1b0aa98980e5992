/*
 * Numbers of orders: of our range, one for a deal for ever, none used twice,
 * also where our state is older than the portal, the outbox and 1C are.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"

const char *
order_number_called(const struct order *order, char out[ORDER_NAME_BYTES])
{
	struct str name = fields_get(&order->document, FIELD_NUMBER);

	if (order->number == 0 && name.len > 0)
		(void)snprintf(out, ORDER_NAME_BYTES, "%.*s", (int)name.len,
		    name.p);
	else
		(void)snprintf(out, ORDER_NAME_BYTES, "%" PRId64,
		    order->number);
	return out;
}

bool
order_number_is_ours(const struct config *config, int64_t number)
{
	return number >= config->orders.number_first &&
	    number <= config->orders.number_last;
}

/* The number in the deal's field, as far as it can be one of ours. */
int64_t
order_number_of_deal(const struct flow *flow, const struct deal *deal)
{
	int64_t number;

	if (deal->number == NULL ||
	    str_to_int64(&number, str_trim(str_of(deal->number))) == -1 ||
	    !order_number_is_ours(flow->config, number))
		return 0;
	return number;
}

/* A number that far ahead of ours was not given away by us lately: it is
 * remembered by itself, and the range before it stays free. */
#define NEAR 1000

static void
used_name(char out[48], int64_t number)
{
	(void)snprintf(out, 48, "orders.used.%" PRId64, number);
}

static int
is_free(struct flow *flow, int64_t number, bool *is, struct err *err)
{
	struct order other;
	int rc;

	order_init(&other);
	rc = snapshot_order_by_number(flow->snap, number, &other, err);
	*is = rc == 1;
	order_free(&other);
	return rc == -1 ? -1 : 0;
}

/* Numbers that were heard of from anywhere are never used again: our state
 * may be older than the portal, the outbox and 1C are. */
int
order_number_used(struct flow *flow, int64_t number, struct err *err)
{
	int64_t next = snapshot_meta_int(flow->snap, META_ORDERS_NEXT,
	    flow->config->orders.number_first);
	bool below = next > flow->config->orders.number_last;
	bool is = true;
	char name[48];

	if (!order_number_is_ours(flow->config, number) ||
	    (number < next && !below))
		return 0;
	if (below && is_free(flow, number, &is, err) == -1)
		return -1;
	if (!is)
		return 0;
	if (number >= next && number < next + NEAR)
		return snapshot_meta_set_int(flow->snap, META_ORDERS_NEXT,
		    number + 1, err);
	used_name(name, number);
	if (snapshot_meta_int(flow->snap, name, 0) != 0)
		return 0;
	return snapshot_meta_set_int(flow->snap, name, 1, err);
}

static int
note_document(void *ctx, struct str id, struct err *err)
{
	bool *there = ctx;

	(void)id;
	(void)err;
	*there = true;
	return 0;
}

/* *is: nobody but us has heard of it. */
static int
was_used(struct flow *flow, int64_t number, bool *is, struct err *err)
{
	char name[48], text[24];
	bool there = false;

	used_name(name, number);
	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	if (snapshot_document_each(flow->snap, str_of(text), note_document,
	    &there, err) == -1)
		return -1;
	*is = !there && snapshot_meta_int(flow->snap, name, 0) == 0;
	return 0;
}

/* ---- those before all others ---- */

/* 1C's numbers have six digits, so a range that is used up may only be widened
 * downward.  What is below its first number, as that was when the first one was
 * given away, and below the lowest number of all, was never given away; in
 * between there may be gaps that an older state knew of.  0: *from to *end - 1
 * are to be tried; 1: there are none. */
static int
find_below(struct flow *flow, int64_t *from, int64_t *end, struct err *err)
{
	int64_t first = flow->config->orders.number_first;
	int64_t floor = snapshot_meta_int(flow->snap, META_ORDERS_FLOOR, 0);

	*from = snapshot_meta_int(flow->snap, META_ORDERS_BELOW, 0);
	*end = snapshot_meta_int(flow->snap, META_ORDERS_BELOW_END, 0);
	if (*from < first)
		*from = first;
	if (*from < *end)
		return 0;
	if (snapshot_order_min_number(flow->snap, end, err) == -1)
		return -1;
	if (floor != 0 && floor < *end)
		*end = floor;
	*from = first;
	return *from < *end ? 0 : 1;
}

/* ---- few are left ---- */

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* A range is widened by a person, who needs some time for it: years of a
 * large range, and of a small one as much as is not silly. */
#define FEW 1000

/* A range that is smaller than that from the beginning is meant so. */
int
order_number_few(struct flow *flow, int64_t *left)
{
	const struct config_orders *config = &flow->config->orders;
	int64_t all = (int64_t)config->number_last - config->number_first + 1;
	int64_t next = snapshot_meta_int(flow->snap, META_ORDERS_NEXT,
	    config->number_first);
	int64_t from, end;

	if (next < config->number_first)
		next = config->number_first;
	*left = (int64_t)config->number_last - next + 1;
	if (*left < 0)
		*left = 0;
	/* Whoever widens it in time is told no more. */
	if (find_below(flow, &from, &end, NULL) == 0)
		*left += end - from;
	return *left <= all / 100 || (*left < FEW && *left < all / 2);
}

/* Where numbers are given away, once a day. */
static int
tell_few(struct flow *flow, struct err *err)
{
	int64_t now = clock_wall_ms(), left;
	int64_t told = snapshot_meta_int(flow->snap, META_ORDERS_FEW, 0);

	if (order_number_few(flow, &left) == 0 ||
	    (now >= told && now - told < DAY_MS))
		return 0;
	report_say(flow->report, _("numbers of orders that are left up to "
	    "orders.number_last: %" PRId64 "; widen the range"), left);
	return snapshot_meta_set_int(flow->snap, META_ORDERS_FEW, now, err);
}

/* 0: *number, before `end`, is nobody's; 1: there is none. */
static int
find_free(struct flow *flow, int64_t *number, int64_t end, struct err *err)
{
	bool is = false;

	for (; *number < end; (*number)++) {
		if (is_free(flow, *number, &is, err) == -1)
			return -1;
		if (is && was_used(flow, *number, &is, err) == -1)
			return -1;
		if (is)
			return 0;
	}
	return 1;
}

static int
allot_below(struct flow *flow, struct order *order, struct err *err)
{
	int64_t number, end;
	int rc = find_below(flow, &number, &end, err);

	if (rc == 0)
		rc = find_free(flow, &number, end, err);
	if (rc != 0)
		return rc;
	order->number = number;
	/* The next ones are below these. */
	if (end != snapshot_meta_int(flow->snap, META_ORDERS_BELOW_END, 0) &&
	    snapshot_meta_set_int(flow->snap, META_ORDERS_FLOOR,
	    flow->config->orders.number_first, err) == -1)
		return -1;
	return snapshot_meta_set_int(flow->snap, META_ORDERS_BELOW,
	    number + 1, err) == -1 || snapshot_meta_set_int(flow->snap,
	    META_ORDERS_BELOW_END, end, err) == -1 ? -1 : 0;
}

static int
allot_number(struct flow *flow, struct order *order, struct err *err)
{
	const struct config_orders *config = &flow->config->orders;
	int64_t next = snapshot_meta_int(flow->snap, META_ORDERS_NEXT, 0);
	int64_t from = next;
	int rc;

	if (next < config->number_first)
		next = config->number_first;
	rc = find_free(flow, &next, (int64_t)config->number_last + 1, err);
	if (rc == 0)
		order->number = next++;
	if (rc == 0 && snapshot_meta_int(flow->snap, META_ORDERS_FLOOR,
	    0) == 0 && snapshot_meta_set_int(flow->snap, META_ORDERS_FLOOR,
	    config->number_first, err) == -1)
		return -1;
	if (rc != -1 && next != from && snapshot_meta_set_int(flow->snap,
	    META_ORDERS_NEXT, next, err) == -1)
		return -1;
	if (rc == 1)
		rc = allot_below(flow, order, err);
	return rc == 0 ? tell_few(flow, err) : rc;
}

int
order_number_stands(struct flow *flow, const struct deal *deal,
    const struct order *order, bool *is, struct err *err)
{
	int64_t number = order_number_of_deal(flow, deal);

	*is = false;
	return order->number != 0 || number == 0 ? 0 : is_free(flow, number,
	    is, err);
}

/*
 * 0: order->number is set.  A number in the deal's field that nobody has is
 * its own: our state was restored from a backup.  One that another deal has
 * came with a copy.  1: the range is used up.
 */
int
order_number_find(struct flow *flow, const struct deal *deal,
    struct order *order, struct err *err)
{
	int64_t number = order_number_of_deal(flow, deal);
	bool is = false;

	if (order->number != 0)
		return 0;
	if (number != 0 && is_free(flow, number, &is, err) == -1)
		return -1;
	if (!is)
		return allot_number(flow, order, err);
	order->number = number;
	log_info("deal %" PRId64 ": keeps the number %" PRId64
	    " that stands in it", deal->id, number);
	return order_number_used(flow, number, err);
}
