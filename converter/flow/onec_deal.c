/*
 * The deal that was made of an order of 1C: its row, by which it is known that
 * nothing of it goes back to 1C, whatever stage people move it to; and what it
 * means when it is deleted or copied in the portal.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/told.h"

#define YEAR_BYTES 4            /* of "2026-01-15" */

int
onec_deal_target(struct target *out, const struct order *order)
{
	const struct fields *document = &order->document;

	return target_set_part(out, TARGET_ONEC_ORDER, fields_get(document,
	    FIELD_NUMBER), str_utf8_cut(fields_get(document, FIELD_DATE),
	    YEAR_BYTES));
}

/* ---- marks ---- */

/* "number/year", where 1C writes no Ид. */
static int
target_of_name(struct target *out, struct str mark)
{
	size_t at = mark.len;

	while (at > 0 && mark.p[at - 1] != '/')
		at--;
	if (at == 0 || mark.len - at != YEAR_BYTES)
		return -1;
	return target_set_part(out, TARGET_ONEC_ORDER, str_n(mark.p, at - 1),
	    str_n(mark.p + at, YEAR_BYTES));
}

/* The order that bears this mark.  1: none that is known. */
static int
target_of_mark(struct flow *flow, struct str mark, struct target *out,
    struct err *err)
{
	struct fields document;
	int rc;

	fields_init(&document);
	rc = flow->source.get(flow->source.ctx, RECORD_DOCUMENT, mark,
	    &document, err);
	if (rc == 0)
		rc = onec_target(out, &document);
	fields_free(&document);
	if (rc != 1)
		return rc;
	return target_of_name(out, mark) == -1 ? 1 : 0;
}

/* What 1C calls it, and the currency that its sums are in. */
static int
name_order(struct flow *flow, const struct target *target,
    struct order *order, struct err *err)
{
	struct answer answer;
	size_t count;
	int rc;

	answer_init(&answer);
	rc = reply_documents_onec(flow, target, &answer, &count, err);
	fields_clear(&order->document);
	(void)fields_set(&order->document, FIELD_NUMBER, target_id(target));
	(void)fields_set(&order->document, FIELD_DATE, fields_has(
	    &answer.birth, FIELD_DATE) ? fields_get(&answer.birth,
	    FIELD_DATE) : target_rule(target));
	(void)fields_set(&order->document, FIELD_CURRENCY,
	    str_of(answer.currency));
	/* 1C holds it: its lines are compared with the deal's. */
	fields_copy(&order->known, &order->document);
	answer_free(&answer);
	return rc;
}

/* ---- renamed ---- */

/* 1C counts anew each year: a date that was moved over New Year, or a number
 * that a person changed, makes no second deal. */
struct renaming {
	struct flow *flow;
	const struct target *now;
	struct str id;
	bool done;
};

static int
rename_order(struct flow *flow, const struct target *now, int64_t deal,
    struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0)
		rc = name_order(flow, now, &order, err);
	if (rc == 0)
		rc = snapshot_order_put(flow->snap, &order, err);
	order_free(&order);
	return rc == 0 ? 0 : -1;
}

static int
put_renamed(struct flow *flow, const struct target *now,
    const struct image *old, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_target_row(flow->snap, now, &image.target, err);
	if (rc == 0) {
		image.portal_id = old->portal_id;
		image.gone = image.lost = old->lost;
		fields_copy(&image.agreed, &old->agreed);
		rc = snapshot_image_put(flow->snap, &image, err);
	}
	image_free(&image);
	return rc == 0 && old->portal_id != 0 ?
	    rename_order(flow, now, old->portal_id, err) : rc;
}

static int
rename_one(void *ctx, const struct target *target, struct err *err)
{
	struct renaming *renaming = ctx;
	struct flow *flow = renaming->flow;
	struct image image;
	int rc;

	if (renaming->done || target_same(target, renaming->now))
		return 0;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	/* That its deal was deleted is true of it by any number. */
	if (rc == 0 && (image.portal_id != 0 || image.lost) && str_eq(
	    fields_get(&image.agreed, FIELD_XML_ID), renaming->id)) {
		int64_t deal = image.portal_id;
		bool lost = image.lost;

		renaming->done = true;
		image.portal_id = 0;
		image.gone = true;
		image.lost = false;
		rc = snapshot_image_put(flow->snap, &image, err);
		image.portal_id = deal;
		image.lost = lost;
		if (rc == 0)
			rc = put_renamed(flow, renaming->now, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
onec_deal_rename(struct flow *flow, struct str number,
    const struct target *now, struct str id, struct err *err)
{
	struct renaming renaming = { flow, now, id, false };
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, now, &image, err);
	if (rc != -1 && image.portal_id == 0)
		rc = snapshot_image_each_of(flow->snap, TARGET_ONEC_ORDER,
		    number, rename_one, &renaming, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* ---- made ---- */

static int
put_made(struct flow *flow, const struct target *target, int64_t deal,
    struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0 && order.number != 0) {
		log_warn("deal %" PRId64 " is that of our order %" PRId64
		    " already", deal, order.number);
	} else if (rc != -1) {
		order_set_state(&order, ORDER_FROM_ONEC, "", "");
		order.looked = 0;
		rc = name_order(flow, target, &order, err);
		if (rc == 0)
			rc = snapshot_order_put(flow->snap, &order, err);
		if (rc == 0)
			rc = order_put_images(flow, &order, err);
		if (rc == 0)
			rc = snapshot_meta_set_int(flow->snap,
			    META_ORDERS_UNREAD, 1, err);
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

/* 1C renumbered it before it was known that the deal is there. */
static int
rename_made(struct flow *flow, const struct target *target, struct err *err)
{
	struct target now;
	struct image image;
	struct str mark;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	mark = fields_get(&image.agreed, FIELD_XML_ID);
	if (rc == 0)
		rc = target_of_mark(flow, mark, &now, err);
	if (rc == 0 && !target_same(&now, target)) {
		rc = onec_deal_rename(flow, target_id(target), &now, mark,
		    err);
		if (rc == 0)
			rc = derive_target(flow, &now, 0, false, err);
		if (rc == 0)
			rc = derive_target(flow, target, 0, false, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
onec_deal_made(struct flow *flow, const struct target *target, int64_t deal,
    struct err *err)
{
	return put_made(flow, target, deal, err) == -1 ||
	    rename_made(flow, target, err) == -1 ? -1 : 0;
}

struct on_way {
	struct snapshot *snap;
	const struct target *target;
	struct str mark;
	bool is;
};

static int
look_on_way(void *ctx, const struct attempt *attempt, struct err *err)
{
	struct on_way *way = ctx;
	struct target target;
	struct image image;
	int rc;

	if (way->is || attempt->verb != VERB_CREATE || !str_eq(fields_get(
	    &attempt->values, FIELD_XML_ID), way->mark))
		return 0;
	image_init(&image);
	rc = snapshot_image_by_row(way->snap, attempt->row, &target, &image,
	    err);
	way->is = rc == 0 && target.kind == TARGET_ONEC_ORDER &&
	    !target_same(&target, way->target);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
onec_deal_on_way(struct flow *flow, const struct target *target,
    const struct fields *values, bool *is, struct err *err)
{
	struct on_way way = { flow->snap, target, fields_get(values,
	    FIELD_XML_ID), false };
	int rc = way.mark.len == 0 ? 0 : snapshot_attempt_each(flow->snap,
	    look_on_way, &way, err);

	*is = way.is;
	return rc == -1 ? -1 : 0;
}

/* ---- deleted ---- */

/* Its change says so until a person decides. */
int
onec_deal_lose(struct flow *flow, const struct order *order,
    struct err *err)
{
	struct target target;
	struct image image;
	struct fields mark;
	int rc;

	if (onec_deal_target(&target, order) == -1)
		return 0;
	image_init(&image);
	fields_init(&mark);
	rc = snapshot_image_get(flow->snap, &target, &image, err);
	if (rc == 0 && image.portal_id == order->deal) {
		image.portal_id = 0;
		image.gone = image.lost = true;
		/* 1C may renumber it. */
		(void)fields_set(&mark, FIELD_XML_ID, fields_get(
		    &image.agreed, FIELD_XML_ID));
		fields_copy(&image.agreed, &mark);
		rc = snapshot_image_put(flow->snap, &image, err);
		if (rc == 0)
			rc = derive_target(flow, &target, 0, false, err);
	}
	fields_free(&mark);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
onec_deal_missed(struct flow *flow, const struct target *deal,
    struct err *err)
{
	struct order order;
	int64_t id = 0;
	int rc = 1;

	order_init(&order);
	if (str_to_int64(&id, target_id(deal)) == 0)
		rc = snapshot_order_get(flow->snap, id, &order, err);
	if (rc == 0 && order.state == ORDER_FROM_ONEC)
		rc = order_lose(flow, &order, err);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

/* ---- whose is it? ---- */

int
onec_deal_whose(struct flow *flow, const struct deal *deal,
    const struct order *order, enum onec_deal *out, struct err *err)
{
	const struct config *config = flow->config;
	struct target target;
	struct image image;
	int rc;

	*out = order->state == ORDER_FROM_ONEC ? ONEC_DEAL_MADE :
	    ONEC_DEAL_NONE;
	if (*out == ONEC_DEAL_MADE || order->number != 0 ||
	    !config->orders.create_deals || deal->origin == NULL ||
	    deal->origin[0] == '\0' || deal->originator == NULL ||
	    strcmp(deal->originator, config->counterparties.originator) != 0)
		return 0;
	image_init(&image);
	rc = target_of_mark(flow, str_of(deal->origin), &target, err);
	if (rc == 0)
		rc = snapshot_image_get(flow->snap, &target, &image, err);
	*out = rc == 0 && image.portal_id != 0 && image.portal_id != deal->id ?
	    ONEC_DEAL_COPY : ONEC_DEAL_MARKED;
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* A copy that a person made has another owner, or was touched since. */
bool
onec_deal_is_double(const struct op *op, const struct found *row,
    const struct image *image)
{
	const struct fields *own = NULL;

	for (size_t i = 0; i < op->found_count; i++)
		if (op->found[i].portal_id == image->portal_id)
			own = &op->found[i].fields;
	return own != NULL && str_is(fields_get(&row->fields, FIELD_VERSION),
	    "1") && str_eq(fields_get(&row->fields, FIELD_OWNER),
	    fields_get(own, FIELD_OWNER)) &&
	    str_eq(fields_get(&row->fields, FIELD_NAME), fields_get(
	    &image->agreed, FIELD_NAME));
}
