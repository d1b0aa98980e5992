/*
 * Deals that stand behind the exported stages, or are won, and have no order:
 * no look saw them in one of these.  Whoever passed one between two looks gets
 * its order all the same, by the portal's history of stages, which read_deals
 * asks (remote->ask_passed()) of those alone that moved since they were seen
 * last.  What passed before these stages were looked at first is left alone:
 * an old portal is full of deals that are over.  What never was in one is told
 * once, and a person may have its order made (export --again).
 */
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/told.h"

#define META_PASSED "orders.passed_since"       /* portal's ms */
#define META_PASSED_BY "orders.passed_stages"   /* hash: of these stages */

#define BEHIND "behind-stages"  /* told: it never was in one */
#define CALLED "called-for"     /* a person wants its order */

static int64_t
hash_stages(const struct config *config)
{
	const struct config_orders *orders = &config->orders;
	uint64_t hash = 1;

	for (size_t i = 0; i < orders->funnel_count; i++) {
		const struct config_funnel *funnel = &orders->funnels[i];

		hash = str_hash(hash, str_of(funnel->funnel));
		for (size_t j = 0; j < funnel->export_stages.count; j++)
			hash = str_hash(hash,
			    str_of(funnel->export_stages.items[j]));
	}
	return (int64_t)(hash >> 1) | 1;
}

/* Of other stages than before: since the last look, which was by the ones of
 * before.  A portal whose clock went back begins anew. */
int
order_passed_begin(struct flow *flow, int64_t now, struct err *err)
{
	int64_t mark = snapshot_meta_int(flow->snap, META_ORDERS_MARK, 0);
	int64_t since = snapshot_meta_int(flow->snap, META_PASSED, 0);
	int64_t hash = hash_stages(flow->config);

	if (since != 0 && since <= now && snapshot_meta_int(flow->snap,
	    META_PASSED_BY, 0) == hash)
		return 0;
	if (mark == 0 || mark > now)
		mark = now;
	return snapshot_meta_set_int(flow->snap, META_PASSED, mark,
	    err) == -1 ? -1 : snapshot_meta_set_int(flow->snap,
	    META_PASSED_BY, hash, err);
}

/* Portal's ms: what passed before that, was seen or is none of ours.  A change
 * may become visible late; but one that was taken back was an order then, and
 * of one that was told all is said.  One that was lost, or elsewhere, when it
 * was looked at was not asked about: it may be open again. */
static int64_t
passed_since(const struct flow *flow, const struct order *order)
{
	int64_t first = snapshot_meta_int(flow->snap, META_PASSED, 0);
	bool spoken_of = order->number != 0 || order->text[0] != '\0';
	int64_t seen = order->looked - (spoken_of ? 0 : LIMIT_LOOK_BACK_MS);

	if (!spoken_of && order->ended)
		return first;
	return seen > first ? seen : first;
}

bool
order_passed_may(void *ctx, int64_t deal, int64_t moved)
{
	struct flow *flow = ctx;
	struct order order;
	bool may;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, NULL);
	may = rc != -1 && order.state == ORDER_NONE &&
	    (moved == 0 || moved >= passed_since(flow, &order));
	order_free(&order);
	return may;
}

/* What never was an order: one that was has a word of its own. */
static void
tell_behind(struct flow *flow, const struct deal *deal, struct order *order)
{
	if (order->text[0] != '\0' || order->number != 0)
		return;
	order_set_state(order, ORDER_NONE, BEHIND, TOLD("the deal stands "
	    "behind the exported stages and never was an order: where it "
	    "shall be one, `cml24 export --again` and its number make it"));
	report_say(flow->report, _("deal %" PRId64 ": %s"), deal->id,
	    order->text);
}

/* It may have been seen before the backup from which our state comes, and then
 * 1C has its order; but people type numbers, too. */
static void
tell_number(struct flow *flow, const struct deal *deal, bool *out)
{
	if (*out)
		report_say(flow->report, _("deal %" PRId64 " passed the "
		    "exported stages unseen, and the number %" PRId64 " stands "
		    "in it: whether 1C has its order is not known; where it "
		    "has not, `cml24 export --again` makes it"), deal->id,
		    order_number_of_deal(flow, deal));
	*out = false;
}

static bool
is_called(struct flow *flow, const struct deal *deal, struct order *order,
    bool behind)
{
	if (strcmp(order->code, CALLED) != 0)
		return false;
	order_set_state(order, ORDER_NONE, "", "");
	if (!behind && deal->phase != DEAL_EXPORT)
		report_say(flow->report, _("deal %" PRId64 " is not behind "
		    "the exported stages: no order is made of it"), deal->id);
	return behind;
}

int
order_passed(struct flow *flow, const struct deal *deal, struct order *order,
    bool *out, struct err *err)
{
	bool behind = deal->phase == DEAL_AFTER || deal->phase == DEAL_WON;
	bool stands;

	*out = order->state == ORDER_NONE && is_called(flow, deal, order,
	    behind);
	if (*out || !behind || order->state != ORDER_NONE ||
	    deal->passing == DEAL_PASSING_UNASKED)
		return 0;
	if (order_number_stands(flow, deal, order, &stands, err) == -1)
		return -1;
	*out = deal->passed != 0 && deal->passed >= passed_since(flow, order);
	if (stands)
		tell_number(flow, deal, out);
	else if (*out)
		log_info("deal %" PRId64 " passed an exported stage since it "
		    "was looked at last", deal->id);
	else if (deal->passed == 0)
		tell_behind(flow, deal, order);
	return 0;
}

int
order_passed_call(struct flow *flow, struct order *order, struct err *err)
{
	order_set_state(order, ORDER_NONE, CALLED, "");
	order->looked = 0;
	return snapshot_order_put(flow->snap, order, err) == -1 ? -1 :
	    snapshot_meta_set_int(flow->snap, META_ORDERS_UNREAD, 1, err);
}

/* One that was an order says itself why it is none. */
bool
order_passed_can_call(const struct order *order)
{
	return order->state == ORDER_NONE && (order->text[0] == '\0' ||
	    strcmp(order->code, BEHIND) == 0);
}
