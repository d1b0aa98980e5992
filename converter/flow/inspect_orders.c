/* What is remembered of orders: for status, unsent, retry, export. */
#include "flow/customer.h"
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"

/* ---- status ---- */

struct listing {
	struct flow *flow;
	int64_t count;
};

static void
order_json(struct report *report, const struct order *order)
{
	struct json_out *jo = &report->jo;
	char since[CLOCK_TEXT_BYTES], heard[CLOCK_TEXT_BYTES];
	char called[ORDER_NAME_BYTES];
	struct str sum = fields_get(&order->document, FIELD_SUM);

	clock_format(since, order->since);
	clock_format(heard, order->heard);
	json_out_object(jo, NULL);
	json_out_int(jo, "number", order->number);
	if (order->state == ORDER_FROM_ONEC)
		json_out_text(jo, "onec_number", order_number_called(order,
		    called));
	json_out_int(jo, "deal", order->deal);
	json_out_text(jo, "state", order_state_name(order->state));
	json_out_text(jo, "since", since);
	json_out_text(jo, "heard", order->heard != 0 ? heard : "");
	json_out_bool(jo, "in_outbox", order->state == ORDER_WAITING &&
	    order->put != 0);
	json_out_str(jo, "sum", sum);
	json_out_text(jo, "code", order->code);
	report_json_told(report, "text", order->text);
	json_out_end_object(jo);
}

static int
status_order(void *ctx, const struct order *order, struct err *err)
{
	const struct listing *listing = ctx;
	struct report *report = listing->flow->report;
	char since[CLOCK_TEXT_BYTES], called[ORDER_NAME_BYTES];

	(void)err;
	if (report->json) {
		order_json(report, order);
		return 0;
	}
	clock_format(since, order->since);
	report_line(report, "  %s (deal %" PRId64 ") %s%s%s",
	    order_number_called(order, called), order->deal, since,
	    order->text[0] != '\0' ? ": " : "", order->text);
	return 0;
}

/* Those that 1C has, and of which a person should know something. */
struct noted {
	struct listing listing;
	const char *code;
};

static int
count_noted(void *ctx, const struct order *order, struct err *err)
{
	struct noted *noted = ctx;

	(void)err;
	if (strcmp(order->code, noted->code) == 0)
		noted->listing.count++;
	return 0;
}

static int
status_noted(void *ctx, const struct order *order, struct err *err)
{
	struct noted *noted = ctx;

	return strcmp(order->code, noted->code) != 0 ? 0 :
	    status_order(&noted->listing, order, err);
}

static int
each_noted(struct noted *noted, int (*visit)(void *ctx,
    const struct order *order, struct err *err), struct err *err)
{
	struct snapshot *snap = noted->listing.flow->snap;

	return snapshot_order_each(snap, ORDER_LOADED, visit, noted,
	    err) == -1 ? -1 : snapshot_order_each(snap, ORDER_FROM_ONEC,
	    visit, noted, err);
}

static int
list_noted(struct flow *flow, struct err *err)
{
	static const struct {
		const char *code, *title;
	} shown[] = {
		{ ORDER_PAID_LOST, N_("orders that are paid in 1C, and whose "
		    "deals are lost") },
		{ ORDER_LINES_OUT, N_("orders whose lines in 1C are not in "
		    "the deal") },
	};

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct noted noted = { .listing = { .flow = flow },
		    .code = shown[i].code };

		if (each_noted(&noted, count_noted, err) == -1)
			return -1;
		if (noted.listing.count == 0)
			continue;
		if (!flow->report->json)
			report_line(flow->report, "%s: %" PRId64,
			    _(shown[i].title), noted.listing.count);
		if (each_noted(&noted, status_noted, err) == -1)
			return -1;
	}
	return 0;
}

/* ---- orders of 1C that are no deals yet ---- */

/* 1: the change is of one, and something holds it up. */
static int
is_waiting(struct flow *flow, const struct change *change,
    struct onec_wait *out, struct err *err)
{
	return change->target.kind != TARGET_ONEC_ORDER ? 0 :
	    onec_wait_look(flow, change, out, err);
}

static int
count_waiting(void *ctx, const struct change *change, struct err *err)
{
	struct listing *listing = ctx;
	struct onec_wait wait;
	int rc = is_waiting(listing->flow, change, &wait, err);

	listing->count += rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
show_waiting(void *ctx, const struct change *change, struct err *err)
{
	const struct listing *listing = ctx;
	struct report *report = listing->flow->report;
	struct json_out *jo = &report->jo;
	struct str number = target_id(&change->target);
	struct str year = target_rule(&change->target);
	struct onec_wait wait;
	int rc = is_waiting(listing->flow, change, &wait, err);

	if (rc == 1 && report->json) {
		json_out_object(jo, NULL);
		json_out_str(jo, "onec_number", number);
		json_out_str(jo, "year", year);
		json_out_text(jo, "code", wait.code);
		report_json_told(report, "text", wait.text);
		json_out_end_object(jo);
	} else if (rc == 1) {
		report_line(report, "  %.*s (%.*s): %s", (int)number.len,
		    number.p, (int)year.len, year.p, wait.text);
	}
	return rc == -1 ? -1 : 0;
}

static int
walk_waiting(struct listing *listing, struct err *err)
{
	struct flow *flow = listing->flow;

	if (snapshot_change_each(flow->snap, 0, count_waiting, listing,
	    err) == -1)
		return -1;
	if (listing->count == 0)
		return 0;
	if (!flow->report->json)
		report_line(flow->report, _("orders of 1C that make no deal "
		    "yet: %" PRId64), listing->count);
	return snapshot_change_each(flow->snap, 0, show_waiting, listing,
	    err);
}

/* There are very many changes while a first exchange goes on: they are walked
 * only where there is one of such an order. */
static int
list_waiting(struct flow *flow, struct err *err)
{
	struct listing listing = { .flow = flow };
	struct change_counts counts;

	if (flow->report->json)
		json_out_array(&flow->report->jo, "onec_orders_waiting");
	if (snapshot_change_count(flow->snap, &counts, err) == -1 ||
	    (counts.of_kind[TARGET_ONEC_ORDER] > 0 &&
	    walk_waiting(&listing, err) == -1))
		return -1;
	if (flow->report->json)
		json_out_end_array(&flow->report->jo);
	return 0;
}

static void
status_numbers(struct flow *flow)
{
	int64_t left;
	int few = order_number_few(flow, &left);

	if (flow->report->json)
		json_out_int(&flow->report->jo, "order_numbers_left", left);
	else if (few == 1)
		report_line(flow->report, _("numbers of orders that are left "
		    "up to orders.number_last: %" PRId64 "; widen the range"),
		    left);
}

/* УНФ repeats what it wrote, and that is seen; these do not, and a load that
 * failed looks like one that succeeded. */
static void
hint_presumed(struct flow *flow)
{
	enum config_profile profile = flow->config->orders.profile;

	if (flow->report->json || (profile != PROFILE_UT11 &&
	    profile != PROFILE_UT103))
		return;
	report_line(flow->report, "%s", _("  this 1C does not tell of a load "
	    "that failed: where its log does, or the order is not there, "
	    "`cml24 retry NUMBER` puts it into the outbox again"));
}

int
inspect_orders_status(struct flow *flow, struct err *err)
{
	static const struct {
		enum order_state state;
		const char *title;
	} shown[] = {
		{ ORDER_WAITING, N_("orders in the outbox, not loaded by 1C "
		    "yet") },
		{ ORDER_PRESUMED, N_("orders sent and not seen back from "
		    "1C") },
		{ ORDER_UNCONFIRMED, N_("orders whose last edit 1C did not "
		    "take") },
		{ ORDER_HELD, N_("orders held") },
		{ ORDER_WITHDRAWN, N_("orders withdrawn, for 1C did not load "
		    "them") },
	};
	struct listing listing = { .flow = flow };
	struct report *report = flow->report;
	int64_t counts[ORDER_STATE_LAST];

	if (!flow->config->orders.given && !report->json)
		return 0;
	if (snapshot_order_count(flow->snap, counts, err) == -1)
		return -1;
	if (report->json)
		json_out_array(&report->jo, "orders");
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (counts[shown[i].state] == 0)
			continue;
		if (!report->json)
			report_line(report, "%s: %" PRId64,
			    _(shown[i].title), counts[shown[i].state]);
		if (snapshot_order_each(flow->snap, shown[i].state,
		    status_order, &listing, err) == -1)
			return -1;
		if (shown[i].state == ORDER_PRESUMED)
			hint_presumed(flow);
	}
	if (list_noted(flow, err) == -1)
		return -1;
	if (report->json) {
		json_out_end_array(&report->jo);
		json_out_int(&report->jo, "deals_of_onec_orders",
		    counts[ORDER_FROM_ONEC]);
	} else {
		report_line(report, _("orders that 1C has: %" PRId64),
		    counts[ORDER_LOADED] + counts[ORDER_PRESUMED] +
		    counts[ORDER_UNCONFIRMED]);
	}
	if (!report->json && counts[ORDER_FROM_ONEC] > 0)
		report_line(report, _("deals made of orders of 1C: %" PRId64),
		    counts[ORDER_FROM_ONEC]);
	if (list_waiting(flow, err) == -1)
		return -1;
	if (flow->config->orders.given)
		status_numbers(flow);
	return 0;
}

/* ---- unsent ---- */

struct unsent_orders {
	struct flow *flow;
	bool any;
};

static int
unsent_order(void *ctx, const struct order *order, struct err *err)
{
	struct flow *flow = ctx;
	struct json_out *jo = &flow->report->jo;
	char name[ORDER_NAME_BYTES];
	const char *id = order_number_called(order, name);

	(void)err;
	if (!flow->report->json) {
		report_line(flow->report, _("order %s (deal %" PRId64 "): %s"),
		    id, order->deal, order->text);
		return 0;
	}
	json_out_object(jo, NULL);
	json_out_text(jo, "state", order_state_name(order->state));
	json_out_text(jo, "kind", "order");
	json_out_text(jo, "id", id);
	json_out_int(jo, "deal", order->deal);
	json_out_text(jo, "code", order->code);
	report_json_told(flow->report, "text", order->text);
	json_out_end_object(jo);
	return 0;
}

/* 1C's sum did not come into the deal, for the lines could not. */
static int
unsent_lines(void *ctx, const struct order *order, struct err *err)
{
	struct unsent_orders *unsent = ctx;

	if (strcmp(order->code, ORDER_LINES_OUT) != 0)
		return 0;
	unsent->any = true;
	return unsent_order(unsent->flow, order, err);
}

int
inspect_orders_unsent(struct flow *flow, bool *any, struct err *err)
{
	struct unsent_orders unsent = { flow, false };

	if (snapshot_order_each(flow->snap, ORDER_LOADED, unsent_lines,
	    &unsent, err) == -1 || snapshot_order_each(flow->snap,
	    ORDER_FROM_ONEC, unsent_lines, &unsent, err) == -1)
		return -1;
	*any = unsent.any;
	if (snapshot_order_each(flow->snap, ORDER_HELD, unsent_order, flow,
	    err) == -1)
		return -1;
	return snapshot_order_each(flow->snap, ORDER_WITHDRAWN, unsent_order,
	    flow, err);
}

/* ---- retry, export --again ---- */

/* Offered, so that the next look at the deal does not take it back where 1C
 * has nothing to learn: a person knows better. */
static int
put_again(struct flow *flow, struct order *order, struct err *err)
{
	order_paid_wait(order);
	order->since = clock_wall_ms(); /* also of one that waited already */
	order->offered = true;
	return snapshot_order_put(flow->snap, order, err);
}

int
inspect_orders_retry(struct flow *flow, int64_t number, int64_t *made_due,
    struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_by_number(flow->snap, number, &order, err);
	/* Who names a presumed one knows that 1C does not have it. */
	if (rc == 0 && order.document.count > 0 &&
	    (order.state == ORDER_WITHDRAWN ||
	    order.state == ORDER_PRESUMED)) {
		rc = put_again(flow, &order, err);
		(*made_due)++;
	} else if (rc == 0 && reply_marks_doubt(&order)) {
		rc = reply_marks_accept(flow, &order, err);
		(*made_due)++;
	} else if (rc == 0 && order.state == ORDER_HELD) {
		(*made_due)++;  /* read again by this command's pull */
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

struct retrying {
	struct flow *flow;
	int64_t *made_due;
};

static int
retry_order(void *ctx, const struct order *order, struct err *err)
{
	const struct retrying *retrying = ctx;

	return inspect_orders_retry(retrying->flow, order->number,
	    retrying->made_due, err);
}

int
inspect_orders_retry_all(struct flow *flow, int64_t *made_due,
    struct err *err)
{
	struct retrying retrying = { flow, made_due };

	return snapshot_order_each(flow->snap, ORDER_WITHDRAWN, retry_order,
	    &retrying, err);
}

/* There is no version of it that could go to 1C. */
static bool
refuses(const struct order *order)
{
	return order->state == ORDER_GONE || order->state == ORDER_NONE ||
	    order->state == ORDER_HELD || order->document.count == 0;
}

static int
say_refusal(const struct order *order, struct err *err)
{
	if (order->state == ORDER_FROM_ONEC)
		return err_set(err, ERR_USAGE, _("deal %" PRId64 " was made "
		    "of an order of 1C, and does not go there"), order->deal);
	if (order->number != 0 && order->state == ORDER_HELD)
		return err_set(err, ERR_USAGE, _("the order of deal %" PRId64
		    " is held: %s"), order->deal, order->text);
	if (order->number != 0 && order->text[0] != '\0')
		return err_set(err, ERR_USAGE, _("deal %" PRId64 ": %s"),
		    order->deal, order->text);
	return err_set(err, ERR_USAGE, _("deal %" PRId64 " has no order: was "
	    "it made on orders.since or later, and is it in a stage of "
	    "orders.funnels? `cml24 export` looks"), order->deal);
}

/* Its version is older than what 1C holds, and would undo that there; a
 * cancellation has 1C's own lines (order_version.c). */
static int
export_order(struct flow *flow, struct order *order, struct err *err)
{
	bool wait;

	if (order->number == 0 || refuses(order))
		return say_refusal(order, err);
	if (order_rows_wait(flow, order, &wait, err) == -1)
		return -1;
	if (wait && !order_version_says(&order->document, ORDER_LOST))
		return err_set(err, ERR_USAGE, _("deal %" PRId64 ": the lines "
		    "that 1C changed are not in the deal yet, and its order "
		    "would undo them there; `cml24 unsent` says why, `cml24 "
		    "retry` tries them again"), order->deal);
	return put_again(flow, order, err);
}

int
flow_export_again(struct flow *flow, int64_t deal, struct err *err)
{
	struct order order;
	int rc;

	if (deal == 0 && customer_on(flow->config))
		return 0;
	if (!flow->config->orders.given)
		return err_set(err, ERR_USAGE, "%s", _("export: the "
		    "configuration has no section `orders`"));
	if (deal == 0)
		return 0;
	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0 && order_passed_can_call(&order))
		rc = order_passed_call(flow, &order, err);
	else if (rc != -1)
		rc = rc == 1 ? say_refusal(&order, err) :
		    export_order(flow, &order, err);
	order_free(&order);
	return rc;
}
