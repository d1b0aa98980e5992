/*
 * What 1C says of an order, as targets of the portal: the deal's fields and
 * stage, its rows, and of each payment a comment and a notice
 * (reply_payment.c).
 *
 * They are derived like everything else: from the records of the documents,
 * the rules, and what was agreed.  So the same document thousands of times
 * over changes nothing, and what a rule adds later is sent later.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/party.h"

/* Fields of the deal that go into a user field, and its key in orders.fields
 * is the field's name. */
static const enum field user_fields[] = { FIELD_NUMBER, FIELD_ONEC_NUMBER,
    FIELD_ONEC_DATE, FIELD_PAID, FIELD_PAYMENT_DATE, FIELD_PAYMENT_TYPE,
    FIELD_PAYMENT_SUM, FIELD_PAYMENT_METHOD, FIELD_PAYMENT_COMMENT,
    FIELD_SHIPPED, FIELD_SHIPMENT_DATE };
#define USER_FIELDS (sizeof(user_fields) / sizeof(user_fields[0]))

/* ---- wanted ---- */

bool
reply_is_owned(const struct flow *flow, const char *field)
{
	return strcmp(config_owner(flow->config, "order", field),
	    "never") != 0;
}

const struct config_funnel *
reply_funnel(struct flow *flow, int64_t category)
{
	const struct config_orders *config = &flow->config->orders;
	const struct config_funnel *found = NULL;
	struct buf known = BUF_INIT(LIMIT_NAME_BYTES);
	char name[64];

	order_funnel_name(name, category);
	if (snapshot_meta_get(flow->snap, name, &known, NULL) == 0)
		for (size_t i = 0; i < config->funnel_count; i++)
			if (strcmp(config->funnels[i].funnel,
			    buf_text(&known)) == 0)
				found = &config->funnels[i];
	buf_free(&known);
	return found;
}

bool
reply_is_status(struct str line)
{
	return str_is(field_part(line, 0), "status") ||
	    str_is(field_part(line, 0), "status_id");
}

/* Is there a stage for it? */
static bool
has_place(const struct config_funnel *funnel, struct str line)
{
	struct str what = field_part(line, 0);

	if (funnel == NULL)
		return false;
	if (reply_is_status(line))
		return deal_stage_of_status(funnel,
		    field_part(line, 1)) != NULL;
	if (str_is(what, "paid"))
		return funnel->paid_stage != NULL;
	return !str_is(what, "shipped") || funnel->shipped_stage != NULL;
}

/* What may move the stage; what no rule names is left out, so that it counts
 * as news when a rule comes. */
static void
want_progress(const struct config_funnel *funnel, struct str progress,
    struct fields *out)
{
	struct buf kept = BUF_INIT(LIMIT_NAME_BYTES);
	struct str line;
	size_t at = 0;

	while (party_line_next(progress, &at, &line))
		if (has_place(funnel, line))
			party_line_append(&kept, line);
	(void)fields_set(out, FIELD_PROGRESS, str_n(kept.data, kept.len));
	buf_free(&kept);
}

/* Did 1C say this, and says now that it is not so?  What was paid stays where
 * it may be a part now. */
static bool
is_taken_back(const struct answer *answer, enum field field)
{
	if (field == FIELD_SHIPPED || field == FIELD_SHIPMENT_DATE)
		return answer->unshipped;
	if (field == FIELD_PAID || field == FIELD_PAYMENT_TYPE)
		return answer->unpaid;
	return answer->unpaid_whole &&
	    field >= FIELD_PAYMENT_DATE && field <= FIELD_PAYMENT_COMMENT;
}

/* "No" is said where "yes" was, and no sooner: a deal starts without. */
static struct str
value_instead(const struct answer *answer, enum field field,
    struct str agreed)
{
	/* It came with a copy of another deal. */
	if (str_is(agreed, "?"))
		return str_of(FIELD_CLEAR);
	if (agreed.len == 0 || !is_taken_back(answer, field))
		return STR_NONE;
	return str_of(field == FIELD_PAID || field == FIELD_SHIPPED ? "N" :
	    FIELD_CLEAR);
}

/* Only what a rule has a place for; the rest counts as never said, so that a
 * rule that is added later sends it. */
static void
want_fields(struct flow *flow, const struct order *order,
    const struct answer *answer, const struct image *image,
    struct fields *out)
{
	const struct config_map *rules = &flow->config->orders.fields;
	const char *name;
	enum field field;
	struct str value;

	for (size_t i = 0; i < USER_FIELDS; i++) {
		field = user_fields[i];
		name = field_name(field);
		if (config_map_get(rules, str_of(name)) == NULL ||
		    !reply_is_owned(flow, name))
			continue;
		value = fields_get(&answer->deal, field);
		if (value.len == 0)
			value = value_instead(answer, field,
			    fields_get(&image->agreed, field));
		if (value.len > 0)
			(void)fields_set(out, field, value);
	}
	if (reply_is_owned(flow, "stage"))
		want_progress(reply_funnel(flow, order->category),
		    fields_get(&answer->deal, FIELD_PROGRESS), out);
}

/* Before 1C has loaded the order there is nothing to compare with. */
bool
reply_takes_lines(struct flow *flow, const struct order *order,
    const struct answer *answer)
{
	const struct config_funnel *funnel = reply_funnel(flow,
	    order->category);

	return answer->has_lines && order->known.count > 0 &&
	    reply_is_owned(flow, "lines") && funnel != NULL &&
	    funnel->lines_from_1c;
}

/* The sum is in the image where it was typed by hand (order.c). */
static void
want_deal(struct flow *flow, const struct order *order,
    const struct answer *answer, const struct image *image,
    struct wanted *out)
{
	char number[24], sum[DECIMAL_TEXT_BYTES];

	want_fields(flow, order, answer, image, &out->fields);
	(void)snprintf(number, sizeof(number), "%" PRId64, order->number);
	/* An order of 1C has no number of ours. */
	if (order->number != 0 && config_map_get(
	    &flow->config->orders.fields, str_of("number")) != NULL)
		(void)fields_set(&out->fields, FIELD_NUMBER,
		    str_of(number));
	if (reply_takes_lines(flow, order, answer) && answer->has_sum &&
	    !reply_was_said(order, answer) &&
	    fields_has(&image->agreed, FIELD_SUM)) {
		(void)decimal_format(sum, answer->sum);
		(void)fields_set(&out->fields, FIELD_SUM, str_of(sum));
	}
	out->state = WANTED_PRESENT;
}

void
reply_said(char out[24], const struct answer *answer)
{
	(void)snprintf(out, 24, "%016" PRIx64, str_hash(0,
	    str_n(answer->lines.data, answer->lines.len)));
}

bool
reply_was_said(const struct order *order, const struct answer *answer)
{
	char said[24];

	reply_said(said, answer);
	return answer->has_lines && str_is(fields_get(&order->known,
	    FIELD_TAG), said);
}

/* Lines that mean the same are the agreed ones to the byte. */
static void
want_rows(struct flow *flow, const struct order *order,
    const struct answer *answer, const struct image *image,
    struct wanted *out)
{
	struct str agreed = fields_get(&image->agreed, FIELD_LINES);
	struct str stated = str_n(answer->lines.data, answer->lines.len);

	if (!reply_takes_lines(flow, order, answer))
		return;
	(void)fields_set(&out->fields, FIELD_LINES, reply_was_said(order,
	    answer) || order_line_same_all(agreed, stated) ? agreed : stated);
	out->state = WANTED_PRESENT;
}

static void
clear_wanted(struct wanted *out)
{
	out->state = WANTED_NOTHING;
	fields_clear(&out->fields);
	fields_clear(&out->at_create);
	fields_clear(&out->unsaid);
	out->parent = (struct target){ 0 };
	out->orphan = false;
	out->absent = false;
}

/* Its own number is what 1C knows such an order by, where it says no other. */
static void
add_name(const struct fields *birth, struct fields *out)
{
	static const enum field names[][2] = {
		{ FIELD_ONEC_NUMBER, FIELD_NUMBER },
		{ FIELD_ONEC_DATE, FIELD_DATE },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!fields_has(out, names[i][0]))
			(void)fields_set(out, names[i][0],
			    fields_get(birth, names[i][1]));
}

/* A deal's order, and what 1C says of it: read once for all its targets. */
struct replied {
	struct order order;
	struct answer answer;
};

static void
replied_free(struct replied *replied)
{
	answer_free(&replied->answer);
	order_free(&replied->order);
}

/* What 1C says of an order of its own, which the deal was made of. */
static int
read_of_onec(struct replied *out, struct flow *flow, struct err *err)
{
	struct target target;
	size_t count;

	if (onec_deal_target(&target, &out->order) == -1)
		return 1;
	if (reply_documents_onec(flow, &target, &out->answer, &count,
	    err) == -1)
		return -1;
	reply_documents_currency(flow, &out->order, &out->answer);
	add_name(&out->answer.birth, &out->answer.deal);
	return 0;
}

/* 1: the deal has no order.  To be freed in any case. */
static int
replied_read(struct replied *out, struct flow *flow, int64_t deal,
    struct err *err)
{
	size_t count;
	int rc;

	order_init(&out->order);
	answer_init(&out->answer);
	rc = snapshot_order_get(flow->snap, deal, &out->order, err);
	if (rc == 0 && out->order.state == ORDER_FROM_ONEC)
		return read_of_onec(out, flow, err);
	if (rc == 0 && out->order.number == 0)
		rc = 1;
	return rc != 0 ? rc : reply_documents_read(flow, out->order.number,
	    &out->answer, &count, err);
}

static int
want_target(struct flow *flow, const struct target *target,
    const struct replied *replied, const struct image *image,
    struct wanted *out, struct err *err)
{
	const struct answer *answer = &replied->answer;
	const struct order *order = &replied->order;

	if (order->state == ORDER_GONE || reply_marks_doubt(order))
		return 0;
	if (target->kind == TARGET_DEAL)
		want_deal(flow, order, answer, image, out);
	else if (target->kind == TARGET_ROWS)
		want_rows(flow, order, answer, image, out);
	else
		return reply_payment_want(flow, target, order, answer, image,
		    out, err);
	return 0;
}

int
reply_derive(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out, struct err *err)
{
	struct replied own;
	int64_t deal = 0;
	int rc;

	clear_wanted(out);
	if (!flow->config->orders.given)
		return 0;
	if (target->kind == TARGET_ONEC_ORDER)
		return onec_derive(flow, target, image, out, err);
	if (str_to_int64(&deal, target_id(target)) == -1)
		return 0;
	if (target->kind == TARGET_COMMENT || target->kind == TARGET_NOTICE)
		(void)target_set(&out->parent, TARGET_DEAL,
		    target_id(target));
	if (flow->replied != NULL && flow->replied->order.deal == deal)
		return want_target(flow, target, flow->replied, image, out,
		    err);
	rc = replied_read(&own, flow, deal, err);
	if (rc == 0)
		rc = want_target(flow, target, &own, image, out, err);
	replied_free(&own);
	return rc == -1 ? -1 : 0;
}

/* Deals are made by people, but for those of 1C's own orders; what was told
 * once is told. */
bool
reply_may_send(const struct target *target, const struct difference *diff)
{
	bool there = diff->image.portal_id != 0;

	if (target->kind == TARGET_ONEC_ORDER)
		return true;
	if (target->kind == TARGET_DEAL || target->kind == TARGET_ROWS)
		return there;
	return !there && !diff->image.gone;
}

static int
tell_of_onec(struct flow *flow, struct replied *replied, struct err *err)
{
	bool changed;

	if (reply_told_lines(flow, &replied->order, &replied->answer,
	    &changed, err) == -1 || (changed && snapshot_order_put(
	    flow->snap, &replied->order, err) == -1))
		return -1;
	return reply_told_status(flow, &replied->order, &replied->answer, err);
}

/* ---- which targets ---- */

int
reply_derive_deal(struct flow *flow, int64_t deal, int64_t package,
    bool force, struct err *err)
{
	struct replied replied;
	struct target target, rows;
	int rc = replied_read(&replied, flow, deal, err);

	order_target(&target, TARGET_DEAL, deal);
	order_target(&rows, TARGET_ROWS, deal);
	flow->replied = rc == 0 ? &replied : NULL;
	/* hear.c does it for those that were sent there. */
	if (rc == 0 && replied.order.state == ORDER_FROM_ONEC)
		rc = tell_of_onec(flow, &replied, err);
	if (rc == 0)
		rc = derive_target(flow, &target, package, force, err);
	if (rc == 0)
		rc = derive_target(flow, &rows, package, force, err);
	if (rc == 0)
		rc = reply_payment_derive(flow, target_id(&target),
		    &replied.answer, package, err);
	flow->replied = NULL;
	replied_free(&replied);
	return rc == -1 ? -1 : 0;
}

int
reply_forget_payment(struct flow *flow, int64_t deal, struct err *err)
{
	static const enum field fields[] = { FIELD_PAID, FIELD_PAYMENT_DATE,
	    FIELD_PAYMENT_TYPE, FIELD_PAYMENT_SUM, FIELD_PAYMENT_METHOD,
	    FIELD_PAYMENT_COMMENT };
	struct image image;
	int rc = order_image(flow, TARGET_DEAL, deal, &image, err);

	for (size_t i = 0; rc == 0 &&
	    i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields_has(&image.agreed, fields[i]))
			(void)fields_set(&image.agreed, fields[i],
			    str_of("?"));
	if (rc == 0)
		rc = snapshot_image_put(flow->snap, &image, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
leave_onec(void *ctx, const struct target *target, struct err *err)
{
	struct flow *flow = ctx;
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0 &&
	    (reply_forget_payment(flow, image.portal_id, err) == -1 ||
	    reply_derive_deal(flow, image.portal_id, 0, false, err) == -1))
		rc = -1;
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* 0: the number is that of an order of ours; 1: of none. */
static int
find_order(struct flow *flow, struct str number, struct order *out,
    struct err *err)
{
	int64_t ours;

	return hear_number(number, &ours) ?
	    snapshot_order_by_number(flow->snap, ours, out, err) : 1;
}

struct leaving {
	struct flow *flow;
	struct str id;          /* of the document that leaves its number */
	const struct fields *document;
};

static int
leave_number(void *ctx, struct str text, struct err *err)
{
	const struct leaving *leaving = ctx;
	struct flow *flow = leaving->flow;
	struct order order;
	int rc;

	order_init(&order);
	rc = find_order(flow, text, &order, err);
	if (rc == 0)
		rc = reply_forget_payment(flow, order.deal, err);
	if (rc == 0)
		rc = reply_derive_deal(flow, order.deal, 0, false, err);
	else if (rc == 1 && answer_is_order(leaving->document))
		rc = onec_renumbered(flow, leaving->id, leaving->document,
		    text, err);
	else if (rc == 1)
		rc = snapshot_image_each_of(flow->snap, TARGET_ONEC_ORDER,
		    text, leave_onec, flow, err);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

int
reply_derive_document(struct flow *flow, struct str id, int64_t package,
    bool force, struct err *err)
{
	struct fields fields;
	struct leaving leaving = { flow, id, &fields };
	struct order order;
	struct str number;
	bool held = false;
	int rc;

	if (!flow->config->orders.given)
		return 0;
	fields_init(&fields);
	order_init(&order);
	rc = flow->source.get(flow->source.ctx, RECORD_DOCUMENT, id, &fields,
	    err);
	number = answer_number(&fields);
	if (rc == 0)
		rc = reply_marks_document(flow, id, &fields, &held, err);
	if (rc == 0 && !held && number.len > 0) {
		rc = snapshot_document_put(flow->snap, number, id, err);
		if (rc == 0)
			rc = snapshot_document_move(flow->snap, number, id,
			    leave_number, &leaving, err);
		if (rc == 0)
			rc = find_order(flow, number, &order, err);
		if (rc == 1)
			rc = onec_document(flow, id, &fields, package, force,
			    err);
	}
	order_free(&order);
	fields_free(&fields);
	return rc == -1 ? -1 : 0;
}

struct each_deal {
	struct flow *flow;
	int64_t package;
};

static int
derive_order(void *ctx, const struct order *order, struct err *err)
{
	const struct each_deal *each = ctx;

	if (order->number == 0 && order->state != ORDER_FROM_ONEC)
		return 0;
	return reply_derive_deal(each->flow, order->deal, each->package,
	    false, err);
}

int
reply_derive_all(struct flow *flow, int64_t package, struct err *err)
{
	struct each_deal each = { flow, package };

	if (!flow->config->orders.given)
		return 0;
	if (snapshot_order_each(flow->snap, ORDER_STATE_LAST, derive_order,
	    &each, err) == -1)
		return -1;
	return onec_each(flow, package, err);
}

/* ---- sending ---- */

/* The good of this id in the form that the portal sells it in: one that is
 * switched on before one that is not.  0: it has none. */
int
reply_good(struct flow *flow, struct str id, int64_t *portal_id,
    struct err *err)
{
	static const enum target_kind forms[] = { TARGET_OFFER,
	    TARGET_PRODUCT, TARGET_SERVICE };
	struct target target;
	struct image image;
	int rc = 0;

	*portal_id = 0;
	image_init(&image);
	for (size_t i = 0; rc != -1 && id.len > 0 &&
	    i < sizeof(forms) / sizeof(*forms); i++) {
		if (target_set(&target, forms[i], id) == -1)
			continue;
		rc = snapshot_image_get(flow->snap, &target, &image, err);
		if (rc == 0 && image.portal_id != 0 && (*portal_id == 0 ||
		    !str_is(fields_get(&image.agreed, FIELD_ACTIVE), "N")))
			*portal_id = image.portal_id;
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* The goods' ids of 1C become the portal's. */
static int
portal_lines(struct flow *flow, struct fields *fields, struct err *err)
{
	struct str text = fields_get(fields, FIELD_LINES);
	struct buf lines = BUF_INIT(LIMIT_RECORD_BYTES);
	struct order_line line;
	size_t at = 0;
	int rc = 0;

	while (rc != -1 && order_line_next(text, &at, &line)) {
		rc = reply_good(flow, line.id, &line.product, err);
		order_line_add(&lines, &line);
	}
	if (rc != -1 && text.len > 0)
		(void)fields_set(fields, FIELD_LINES, str_n(lines.data,
		    lines.len));
	buf_free(&lines);
	return rc == -1 ? -1 : 0;
}

int
reply_prepare_op(struct flow *flow, struct op *op,
    const struct difference *diff, struct err *err)
{
	enum field field;
	struct str value;
	size_t at = 0;

	fields_copy(&op->before, &diff->image.agreed);
	if (op->kind == OP_UPDATE)
		while (fields_next(&op->fields, &at, &field, &value))
			if (field != FIELD_PROGRESS && strcmp(config_owner(
			    flow->config, "order", field_name(field)),
			    "portal") == 0)
				(void)fields_set(&op->yields, field,
				    str_of("1"));
	if (op->target.kind != TARGET_ROWS)
		return 0;
	return portal_lines(flow, &op->fields, err) == -1 ||
	    portal_lines(flow, &op->before, err) == -1 ? -1 : 0;
}

/* ---- rules ---- */

uint64_t
reply_fingerprint(const struct config *config)
{
	const struct config_orders *orders = &config->orders;
	/* 2: what an older program told is looked at again (mend_told()). */
	uint64_t hash = orders->notify_on_payment ? 2 : 0;

	if (!orders->given)
		return 0;
	if (orders->create_deals)
		hash = str_hash(hash + 4 + (uint64_t)orders->unknown_lines,
		    str_of(orders->since));
	hash = rules_hash_map(hash, &orders->fields);
	for (size_t i = 0; i < orders->funnel_count; i++) {
		const struct config_funnel *funnel = &orders->funnels[i];

		hash = str_hash(hash + !funnel->lines_from_1c,
		    str_of(funnel->funnel));
		hash = str_hash(hash, str_of(funnel->paid_stage));
		hash = str_hash(hash, str_of(funnel->shipped_stage));
		hash = rules_hash_map(hash, &funnel->status_from_1c);
	}
	return hash;
}
