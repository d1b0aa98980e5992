/*
 * A deal is made of an order of 1C when the goods of its lines are in the
 * portal: else its rows would name goods that come a moment later, and stay
 * without them.  What becomes of a line that no good will ever stand behind is
 * the rule orders.unknown_lines.
 */
#include "flow/order.h"

#include <string.h>

#include "base/i18n.h"
#include "base/told.h"

/* The forms in which a good of 1C may be sold. */
static const enum target_kind forms[] = { TARGET_PRODUCT, TARGET_OFFER,
    TARGET_SERVICE };
#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* Is it on its way?  *row: of the form that is, or 0. */
static int
find_coming(struct flow *flow, struct str id, int64_t *row, struct err *err)
{
	struct change change;
	struct target target;
	struct image image;
	int rc = 0;

	*row = 0;
	image_init(&image);
	for (size_t i = 0; rc != -1 && *row == 0 && i < FORMS; i++) {
		if (target_set(&target, forms[i], id) == -1)
			break;
		rc = snapshot_image_get(flow->snap, &target, &image, err);
		if (rc == 0)
			rc = snapshot_change_get(flow->snap, image.target,
			    &change, err);
		if (rc == 0 && (change.verb == VERB_CREATE ||
		    change.verb == VERB_LINK) &&
		    change.state != CHANGE_FAILED &&
		    change.state != CHANGE_HELD)
			*row = image.target;
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* 1, and why. */
static int
wait_for(struct onec_wait *out, int64_t row, const char *code,
    const char *text)
{
	out->row = row;
	(void)snprintf(out->code, sizeof(out->code), "%s", code);
	told_copy(out->text, sizeof(out->text), text);
	return 1;
}

static int
hold(struct flow *flow, const struct order_line *line, struct onec_wait *out,
    struct err *err)
{
	char text[CHANGE_TEXT_BYTES];
	struct target target;
	int64_t row = 0;

	/* It may come yet, in whatever form: onec_goods_came(). */
	if (target_set(&target, TARGET_PRODUCT, line->id) == 0 &&
	    snapshot_target_row(flow->snap, &target, &row, err) == -1)
		return -1;
	told_set(text, sizeof(text), N_("its line \"%.*s\" is of no good that "
	    "the portal has: carry it there, or set orders.unknown_lines"),
	    (int)str_utf8_cut(line->name, 200).len, line->name.p);
	return wait_for(out, row, "unknown-product", text);
}

/* 0: the line holds nothing up. */
static int
look_at_line(struct flow *flow, const struct order_line *line,
    struct onec_wait *out, struct err *err)
{
	int64_t good = 0, row = 0;

	if (str_is(line->id, ORDER_LINE_DELIVERY))
		return 0;
	if (reply_good(flow, line->id, &good, err) == -1 || (good == 0 &&
	    line->id.len > 0 && find_coming(flow, line->id, &row,
	    err) == -1))
		return -1;
	if (good != 0)
		return 0;
	out->coming = row != 0;
	if (row != 0)
		return wait_for(out, row, "goods-first", TOLD("its goods are "
		    "not in the portal yet"));
	return flow->config->orders.unknown_lines == UNKNOWN_HOLD ?
	    hold(flow, line, out, err) : 0;
}

/* The first that waits; past_coming: of those the first whose goods are not on
 * their way, where there is such. */
static int
look_at_lines(struct flow *flow, struct str lines, bool past_coming,
    struct onec_wait *out, struct err *err)
{
	struct order_line line;
	bool waits = false;
	size_t at = 0;
	int rc;

	while (order_line_next(lines, &at, &line)) {
		struct onec_wait now = { .row = 0 };

		rc = look_at_line(flow, &line, &now, err);
		if (rc == -1)
			return -1;
		if (rc == 0 || (waits && now.coming))
			continue;
		*out = now;
		waits = true;
		if (!past_coming || !now.coming)
			break;
	}
	return waits;
}

int
onec_goods_look(struct flow *flow, const struct target *target,
    bool past_coming, struct onec_wait *out, struct err *err)
{
	struct answer answer;
	size_t count;
	int rc;

	answer_init(&answer);
	rc = reply_documents_onec(flow, target, &answer, &count, err);
	if (rc == 0)
		rc = look_at_lines(flow, str_n(answer.lines.data,
		    answer.lines.len), past_coming, out, err);
	answer_free(&answer);
	return rc;
}

/* Row 0: of a line without an id nothing comes that it could wait for. */
int
onec_goods_wait(struct flow *flow, const struct change *change,
    struct err *err)
{
	struct change waiting = *change;
	struct onec_wait wait = { .row = 0 };
	int rc;

	if (change->verb != VERB_CREATE)
		return 0;
	rc = onec_goods_look(flow, &change->target, false, &wait, err);
	if (rc != 1)
		return rc;
	waiting.state = CHANGE_WAITING;
	waiting.depends = wait.row != 0 ? wait.row : change->row;
	(void)snprintf(waiting.code, sizeof(waiting.code), "%s", wait.code);
	told_copy(waiting.text, sizeof(waiting.text), wait.text);
	return snapshot_change_put(flow->snap, &waiting, err) == -1 ? -1 : 1;
}

/* Who waits for a good that nobody knew waits for the product. */
int
onec_goods_came(struct flow *flow, const struct target *good,
    struct err *err)
{
	struct target product = *good;
	struct image image;
	int rc;

	if (good->kind == TARGET_PRODUCT)
		return 0;
	product.kind = TARGET_PRODUCT;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, &product, &image, err);
	if (rc == 0)
		rc = snapshot_change_release(flow->snap, image.target, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}
