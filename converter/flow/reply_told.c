/*
 * What a person should know of an order's documents, and is told once: a
 * status without a rule, what is not paid or shipped any more, lines that
 * cannot become the deal's.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/told.h"
#include "model/party.h"

/* By its name or its code. */
static bool
has_rule(const struct config_funnel *funnel, struct str progress)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(progress, &at, &line))
		if (reply_is_status(line) && deal_stage_of_status(funnel,
		    field_part(line, 1)) != NULL)
			return true;
	return false;
}

/* What is agreed changes with the deal, so this is told once. */
static int
tell_taken_back(struct flow *flow, const struct order *order,
    const struct answer *answer, struct err *err)
{
	char called[ORDER_NAME_BYTES];
	struct image image;
	int rc = order_image(flow, TARGET_DEAL, order->deal, &image, err);

	(void)order_number_called(order, called);
	if (rc == 0 && answer->unpaid &&
	    str_is(fields_get(&image.agreed, FIELD_PAID), "Y"))
		report_say(flow->report, _("order %s (deal %" PRId64 "): 1C "
		    "says that it is not paid in full any more"), called,
		    order->deal);
	if (rc == 0 && answer->unshipped &&
	    str_is(fields_get(&image.agreed, FIELD_SHIPPED), "Y"))
		report_say(flow->report, _("order %s (deal %" PRId64 "): 1C "
		    "says that it is not shipped in full any more"), called,
		    order->deal);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* What was said of them is kept with the order: it has room for one thing. */
static bool
tells_lines(const struct order *order)
{
	return (order->state == ORDER_LOADED ||
	    order->state == ORDER_FROM_ONEC) && (order->code[0] == '\0' ||
	    strcmp(order->code, ORDER_LINES_OUT) == 0);
}

/* A status that no rule names is told once, and not by each order. */
int
reply_told_status(struct flow *flow, const struct order *order,
    const struct answer *answer, struct err *err)
{
	const struct config_funnel *funnel = reply_funnel(flow,
	    order->category);
	struct str progress = fields_get(&answer->deal, FIELD_PROGRESS);
	struct str line, status;
	char name[64], called[ORDER_NAME_BYTES];
	size_t at = 0;

	(void)order_number_called(order, called);
	/* reply_told_lines() says it once. */
	if (answer->other_currency && !tells_lines(order))
		report_say(flow->report, _("order %s (deal %" PRId64 "): 1C "
		    "has it in another currency (%s); its sums and lines are "
		    "left out"), called, order->deal, answer->currency);
	if (tell_taken_back(flow, order, answer, err) == -1)
		return -1;
	if (funnel == NULL || has_rule(funnel, progress))
		return 0;
	while (party_line_next(progress, &at, &line)) {
		status = field_part(line, 1);
		if (!str_is(field_part(line, 0), "status"))
			continue;
		(void)snprintf(name, sizeof(name), "orders.status.%016" PRIx64,
		    str_hash((uint64_t)order->category, status));
		if (snapshot_meta_int(flow->snap, name, 0) != 0)
			continue;
		report_say(flow->report, _("status \"%.*s\" of 1C is not "
		    "mapped to a stage of the funnel \"%s\" (order %s): see "
		    "orders.funnels[].status_from_1c"), (int)status.len,
		    status.p, funnel->funnel, called);
		if (snapshot_meta_set_int(flow->snap, name, 1, err) == -1)
			return -1;
	}
	return 0;
}

/* Are there lines of 1C that should be the deal's, and cannot be?  One whose
 * sum is the deal's has nothing new in them, as far as can be seen. */
static bool
are_lines_missed(struct flow *flow, const struct order *order,
    const struct answer *answer)
{
	const struct config_funnel *funnel = reply_funnel(flow,
	    order->category);
	char sum[DECIMAL_TEXT_BYTES];

	if (!answer->lines_unread || answer->other_currency ||
	    funnel == NULL || !funnel->lines_from_1c ||
	    !reply_is_owned(flow, "lines"))
		return false;
	(void)decimal_format(sum, answer->sum);
	return !answer->lines_odd || !str_is(fields_get(&order->document,
	    FIELD_SUM), sum);
}

/* What the deal's rows add up to; "?" where that is not known. */
static int
sum_of_rows(struct flow *flow, int64_t deal, char out[DECIMAL_TEXT_BYTES],
    struct err *err)
{
	struct decimal sum;
	struct image image;
	struct str lines;
	int rc = order_image(flow, TARGET_ROWS, deal, &image, err);

	(void)snprintf(out, DECIMAL_TEXT_BYTES, "?");
	lines = fields_get(&image.agreed, FIELD_LINES);
	if (rc == 0 && lines.len > 0 && order_line_sum_all(&sum, lines) == 0)
		(void)decimal_format(out, sum);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* Both sums: that of the deal does not follow 1C's without its rows. */
static void
say_lines(char *out, size_t size, const struct answer *answer,
    const char *deal)
{
	char sum[DECIMAL_TEXT_BYTES], all[DECIMAL_TEXT_BYTES];

	(void)decimal_format(sum, answer->sum);
	(void)decimal_format(all, answer->lines_sum);
	if (answer->other_currency)
		told_set(out, size, N_("1C has it in another currency (%s %s); "
		    "its sums and lines are left out, the deal's rows stay at "
		    "%s"), sum, answer->currency, deal);
	else if (answer->lines_odd)
		told_set(out, size, N_("1C has other lines, which add up to "
		    "%s, and %s as their sum: the deal's rows stay as they "
		    "are, at %s (a discount of the whole order? a cancelled "
		    "line?)"), all, sum, deal);
	else
		told_set(out, size, N_("1C has lines that cannot be read "
		    "(without a quantity, or below zero), and %s as their sum: "
		    "the deal's rows stay as they are, at %s"), sum, deal);
}

int
reply_told_lines(struct flow *flow, struct order *order,
    const struct answer *answer, bool *changed, struct err *err)
{
	bool known = strcmp(order->code, ORDER_LINES_OUT) == 0;
	char text[512], deal[DECIMAL_TEXT_BYTES];

	*changed = false;
	if (!tells_lines(order))
		return 0;
	if (!answer->other_currency && !are_lines_missed(flow, order,
	    answer)) {
		if (known)
			order_set_state(order, order->state, "", "");
		*changed = known;
		return 0;
	}
	if (sum_of_rows(flow, order->deal, deal, err) == -1)
		return -1;
	say_lines(text, sizeof(text), answer, deal);
	if (known && strcmp(order->text, text) == 0)
		return 0;
	order_set_state(order, order->state, ORDER_LINES_OUT, text);
	order_tell(flow, order);
	*changed = true;
	return 0;
}
