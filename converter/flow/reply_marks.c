/*
 * Which order does a document of 1C speak of, where its number says another one
 * than its mark?  Numbers are typed: a person of 1C may swap those of two
 * orders, or give one away, and two organisations may use one.  A document's Ид
 * stays, so what once was the document of an order is taken for that of another
 * one by nobody but a person (`retry`).  Until then nothing that is doubtful is
 * written into a deal, and no version of it goes to 1C, which would find the
 * other document by the number.
 *
 * In `document` a row (number, Ид) says whose document it is; one with CLAIM
 * before the number, that it says this number by now; one with ACCEPTED, that
 * a person knows which deal it names.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/told.h"

#define CLAIM '\001'            /* no text of an XML file has them */
#define ACCEPTED '\002'
#define NUMBER_BYTES (LIMIT_ID_BYTES + 1)

bool
reply_marks_doubt(const struct order *order)
{
	return order->state == ORDER_HELD &&
	    strcmp(order->code, ORDER_UNCLEAR) == 0;
}

/* ---- numbers ---- */

/* The order of ours that bears this number, and is one: 0; 1 none. */
static int
find_ours(struct flow *flow, struct str number, struct order *out,
    struct err *err)
{
	int64_t ours;
	int rc = 1;

	if (hear_number(number, &ours))
		rc = snapshot_order_by_number(flow->snap, ours, out, err);
	return rc == 0 && (out->state == ORDER_GONE ||
	    out->state == ORDER_NONE) ? 1 : rc;
}

static struct str
marked(char out[NUMBER_BYTES], char mark, struct str number)
{
	(void)snprintf(out, NUMBER_BYTES, "%c%.*s", mark, (int)number.len,
	    number.p);
	return str_of(out);
}

static struct str
claim_of(char out[NUMBER_BYTES], struct str number)
{
	return marked(out, CLAIM, number);
}

/* What the document says now; "" where it is no order any more. */
static int
number_now(struct flow *flow, struct str id, char out[NUMBER_BYTES],
    struct err *err)
{
	struct fields document;
	struct str number = STR_NONE;
	int rc;

	fields_init(&document);
	rc = flow->source.get(flow->source.ctx, RECORD_DOCUMENT, id,
	    &document, err);
	if (rc == 0 && answer_is_order(&document) &&
	    !str_is(fields_get(&document, FIELD_DELETED), "1"))
		number = answer_number(&document);
	if (number.len >= NUMBER_BYTES)
		number = STR_NONE;
	(void)snprintf(out, NUMBER_BYTES, "%.*s", (int)number.len, number.p);
	fields_free(&document);
	return rc == -1 ? -1 : 0;
}

/* ---- the documents of one number ---- */

struct looking {
	struct flow *flow;
	struct str number;
	struct str but;         /* of another document than this one */
	bool own;               /* one says the number itself */
	bool away;              /* one says the number of another order */
	bool left;              /* one says a number that is none's */
};

static int
look_at_document(void *ctx, struct str id, struct err *err)
{
	struct looking *looking = ctx;
	struct flow *flow = looking->flow;
	char now[NUMBER_BYTES];
	struct order other;
	int rc;

	if (str_eq(id, looking->but))
		return 0;
	if (number_now(flow, id, now, err) == -1)
		return -1;
	if (now[0] == '\0')
		return 0;
	if (str_is(looking->number, now)) {
		looking->own = true;
		return 0;
	}
	order_init(&other);
	rc = find_ours(flow, str_of(now), &other, err);
	order_free(&other);
	looking->away = looking->away || rc == 0;
	looking->left = looking->left || rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
look_at_number(struct looking *out, struct flow *flow, struct str number,
    struct str but, struct err *err)
{
	*out = (struct looking){ .flow = flow, .number = number, .but = but };
	return snapshot_document_each(flow->snap, number, look_at_document,
	    out, err);
}

static int
note_any(void *ctx, struct str id, struct err *err)
{
	bool *any = ctx;

	(void)id;
	(void)err;
	*any = true;
	return 0;
}

/* Does the number still mean another order than its documents do? */
static int
is_unclear(struct flow *flow, const struct order *order, bool *out,
    struct err *err)
{
	char number[24], claim[NUMBER_BYTES];
	struct looking looking;
	struct answer answer;
	size_t count;
	int rc;

	(void)snprintf(number, sizeof(number), "%" PRId64, order->number);
	*out = false;
	if (look_at_number(&looking, flow, str_of(number), STR_NONE,
	    err) == -1 || snapshot_document_each(flow->snap, claim_of(claim,
	    str_of(number)), note_any, out, err) == -1)
		return -1;
	*out = *out || looking.away || (looking.left && !looking.own);
	answer_init(&answer);
	rc = *out ? 0 : reply_documents_read(flow, order->number, &answer,
	    &count, err);
	if (rc == 0 && !*out)
		rc = reply_marks_differ(flow, order, &answer, out, err);
	answer_free(&answer);
	return rc == -1 ? -1 : 0;
}

/* ---- in doubt ---- */

static int
set_doubt(struct flow *flow, struct order *order, const char *text,
    struct err *err)
{
	bool known = reply_marks_doubt(order);

	order_set_state(order, ORDER_HELD, ORDER_UNCLEAR, text);
	if (!known)
		order_tell(flow, order);
	return snapshot_order_put(flow->snap, order, err);
}

/* ours: there is an order of the number that it bears now.  Where there is none
 * a prefix may have been set in 1C, for all of them: a person must not think
 * that "1C is right" makes it known. */
static int
doubt_moved(struct flow *flow, struct order *order, struct str from,
    struct str to, bool ours, struct err *err)
{
	char text[sizeof(order->text)];

	if (!ours) {
		told_set(text, sizeof(text), N_("in 1C the document of order "
		    "%.*s bears the number %.*s now, which is none of ours: "
		    "nothing is written into the deal or sent until it has its "
		    "own again (a prefix before the numbers has to be taken "
		    "out in 1C). `cml24 retry %.*s` says that it is another "
		    "order: what 1C says of it reaches this deal no more, and "
		    "its payment leaves it"), (int)from.len, from.p,
		    (int)to.len, to.p, (int)from.len, from.p);
		return set_doubt(flow, order, text, err);
	}
	told_set(text, sizeof(text), N_("in 1C the document of order %.*s "
	    "bears the number %.*s now: nothing is written into the deal or "
	    "sent until it has its own again, or `cml24 retry` with this "
	    "number says that 1C is right"), (int)from.len, from.p,
	    (int)to.len, to.p);
	return set_doubt(flow, order, text, err);
}

/* An order of 1C's own became a deal, by this document. */
struct own_deal {
	struct flow *flow;
	struct str id;
	bool is;
};

static int
look_at_own(void *ctx, const struct target *target, struct err *err)
{
	struct own_deal *own = ctx;
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(own->flow->snap, target, &image, err);
	own->is = own->is || (rc == 0 && image.portal_id != 0 && str_eq(
	    fields_get(&image.agreed, FIELD_XML_ID), own->id));
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* The number whose document it was, where it is doubtful that it is not: of
 * Bitrix's module the Ид is the number that we gave. */
static int
find_bound(struct flow *flow, struct str id, bool to_ours,
    char out[NUMBER_BYTES], struct err *err)
{
	struct order order;
	int rc = snapshot_document_number(flow->snap, id, CLAIM, out, err);

	if (rc != 1 || !to_ours)
		return rc;
	order_init(&order);
	rc = find_ours(flow, id, &order, err);
	if (rc == 0)
		(void)snprintf(out, NUMBER_BYTES, "%" PRId64, order.number);
	order_free(&order);
	return rc;
}

struct moving {
	struct flow *flow;
	struct str id, from, to;
	struct order was, now;  /* the orders of both numbers; ours or not */
	bool was_ours, now_ours;
};

/* Is it more than a person's correction? */
static int
is_doubtful(const struct moving *moving, bool *out, struct err *err)
{
	struct flow *flow = moving->flow;
	struct own_deal own = { flow, moving->id, false };
	struct looking looking;

	*out = moving->was_ours && moving->now_ours;
	if (moving->was_ours && !moving->now_ours) {
		if (look_at_number(&looking, flow, moving->from, moving->id,
		    err) == -1)
			return -1;
		/* Another document is the order's by now. */
		*out = !looking.own;
	} else if (!moving->was_ours && moving->now_ours) {
		if (snapshot_image_each_of(flow->snap, TARGET_ONEC_ORDER,
		    moving->from, look_at_own, &own, err) == -1)
			return -1;
		*out = own.is;
	}
	return 0;
}

static int
hold_both(struct moving *moving, struct err *err)
{
	struct flow *flow = moving->flow;
	char claim[NUMBER_BYTES];

	/* Of Bitrix's module there may be none yet. */
	if (snapshot_document_put(flow->snap, moving->from, moving->id,
	    err) == -1 || (moving->was_ours && doubt_moved(flow,
	    &moving->was, moving->from, moving->to, moving->now_ours,
	    err) == -1))
		return -1;
	if (!moving->now_ours)
		return 0;
	return snapshot_document_put(flow->snap, claim_of(claim, moving->to),
	    moving->id, err) == -1 || doubt_moved(flow, &moving->now,
	    moving->from, moving->to, true, err) == -1 ? -1 : 0;
}

static int
judge_move(struct moving *moving, bool *held, struct err *err)
{
	struct flow *flow = moving->flow;
	int was, now;

	order_init(&moving->was);
	order_init(&moving->now);
	was = find_ours(flow, moving->from, &moving->was, err);
	now = was == -1 ? -1 : find_ours(flow, moving->to, &moving->now, err);
	moving->was_ours = was == 0;
	moving->now_ours = now == 0;
	if (now != -1)
		now = is_doubtful(moving, held, err);
	if (now != -1 && *held)
		now = hold_both(moving, err);
	order_free(&moving->was);
	order_free(&moving->now);
	return now == -1 ? -1 : 0;
}

int
reply_marks_document(struct flow *flow, struct str id,
    const struct fields *document, bool *held, struct err *err)
{
	struct str number = answer_number(document);
	struct moving moving = { .flow = flow, .id = id, .to = number };
	char bound[NUMBER_BYTES];
	int64_t ours;
	int rc;

	*held = false;
	if (!answer_is_order(document) || str_eq(id, number) ||
	    str_is(fields_get(document, FIELD_DELETED), "1"))
		return 0;
	if (snapshot_document_drop(flow->snap, id, CLAIM, err) == -1)
		return -1;
	rc = find_bound(flow, id, hear_number(number, &ours), bound, err);
	if (rc != 0 || str_is(number, bound))
		return rc == -1 ? -1 : 0;
	moving.from = str_of(bound);
	return judge_move(&moving, held, err);
}

/* ---- what the documents of one number say together ---- */

struct accepted {
	struct str deal;
	bool is;
};

static int
look_at_accepted(void *ctx, struct str id, struct err *err)
{
	struct accepted *accepted = ctx;

	(void)err;
	accepted->is = accepted->is || str_eq(id, accepted->deal);
	return 0;
}

/* How the deal that a document names is kept: no Ид of one is like it. */
static struct str
deal_of(char out[32], int64_t deal)
{
	(void)snprintf(out, 32, "%c%" PRId64, ACCEPTED, deal);
	return str_of(out);
}

/* Does the order's document name the deal of another one, and nobody said that
 * this is known? */
static int
names_another(struct flow *flow, const struct order *order, int64_t deal,
    bool *out, struct err *err)
{
	char text[24], number[NUMBER_BYTES], mark[32];
	struct accepted accepted = { deal_of(mark, deal), false };
	struct order other;
	int rc;

	*out = false;
	if (deal <= 0 || deal == order->deal)
		return 0;
	/* A deal that came back out of the recycle bin has another id, and its
	 * order went with it: then the old one has none. */
	order_init(&other);
	rc = snapshot_order_get(flow->snap, deal, &other, err);
	*out = rc == 0 && other.number != 0 && other.number != order->number;
	order_free(&other);
	if (rc == -1 || !*out)
		return rc == -1 ? -1 : 0;
	(void)snprintf(text, sizeof(text), "%" PRId64, order->number);
	rc = snapshot_document_each(flow->snap, marked(number, ACCEPTED,
	    str_of(text)), look_at_accepted, &accepted, err);
	*out = !accepted.is;
	return rc == -1 ? -1 : 0;
}

int
reply_marks_differ(struct flow *flow, const struct order *order,
    const struct answer *answer, bool *out, struct err *err)
{
	*out = answer->rival;
	return *out ? 0 : names_another(flow, order, answer->deal_mark, out,
	    err);
}

int
reply_marks_answer(struct flow *flow, struct order *order,
    const struct answer *answer, bool *held, struct err *err)
{
	*held = reply_marks_doubt(order);
	if (*held)
		return 0;
	if (reply_marks_differ(flow, order, answer, held, err) == -1)
		return -1;
	if (!*held)
		return 0;
	return set_doubt(flow, order, answer->rival ? TOLD("1C has two "
	    "documents of this number, for two customers: nothing is written "
	    "into the deal or sent until one of them is marked for deletion or "
	    "has another number, or `cml24 retry` with this number says that "
	    "the younger one is the order") : TOLD("the document of 1C with "
	    "this number names another deal (ID сделки Битрикс24): nothing is "
	    "written into the deal or sent until they agree, or `cml24 retry` "
	    "with this number says that the number is right"), err);
}

/* ---- clear again ---- */

/* Its state was lost: the deal is read, and compared with what 1C has. */
static int
clear_doubt(struct flow *flow, struct order *order, struct err *err)
{
	order_set_state(order, ORDER_HELD, "read-again", TOLD("the documents "
	    "of 1C are clear again: the next look reads the deal"));
	order->looked = 0;
	if (hear_known(flow, order, err) == -1 ||
	    snapshot_order_put(flow->snap, order, err) == -1 ||
	    snapshot_meta_set_int(flow->snap, META_ORDERS_UNREAD, 1,
	    err) == -1)
		return -1;
	return reply_derive_deal(flow, order->deal, 0, false, err);
}

static int
look_again(void *ctx, const struct order *order, struct err *err)
{
	struct flow *flow = ctx;
	struct order own;
	bool unclear;
	int rc;

	if (!reply_marks_doubt(order))
		return 0;
	if (is_unclear(flow, order, &unclear, err) == -1)
		return -1;
	if (unclear)
		return 0;
	order_init(&own);
	rc = snapshot_order_get(flow->snap, order->deal, &own, err);
	if (rc == 0)
		rc = clear_doubt(flow, &own, err);
	order_free(&own);
	return rc == -1 ? -1 : 0;
}

int
reply_marks_again(struct flow *flow, struct err *err)
{
	return snapshot_order_each(flow->snap, ORDER_HELD, look_again, flow,
	    err);
}

/* ---- a person says that 1C is right ---- */

/* The document is that of the order whose number it says now. */
static int
accept_move(struct flow *flow, struct str id, struct err *err)
{
	char was[NUMBER_BYTES], now[NUMBER_BYTES];
	struct order order;
	int rc;

	if (number_now(flow, id, now, err) == -1)
		return -1;
	rc = snapshot_document_number(flow->snap, id, CLAIM, was, err);
	if (rc != 0 || now[0] == '\0' || strcmp(was, now) == 0)
		return rc == -1 ? -1 : 0;
	if (snapshot_document_drop(flow->snap, id, CLAIM, err) == -1 ||
	    snapshot_document_take(flow->snap, str_of(was), str_of(now), id,
	    err) == -1)
		return -1;
	order_init(&order);
	rc = find_ours(flow, str_of(was), &order, err);
	if (rc == 0)
		rc = reply_forget_payment(flow, order.deal, err);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

static int
accept_document(void *ctx, struct str id, struct err *err)
{
	return accept_move(ctx, id, err);
}

struct choosing {
	struct flow *flow;
	struct str number, id;  /* of the document that is the order's */
};

/* 1C may never tell that this one is deleted (УТ: onec-exchange.md 3.1); when
 * it names it again it is asked about again. */
static int
forget_other(void *ctx, struct str id, struct err *err)
{
	const struct choosing *choosing = ctx;
	struct flow *flow = choosing->flow;
	struct fields document;
	bool order;
	int rc;

	if (str_eq(id, choosing->id))
		return 0;
	fields_init(&document);
	rc = flow->source.get(flow->source.ctx, RECORD_DOCUMENT, id,
	    &document, err);
	order = rc == 0 && answer_is_order(&document);
	fields_free(&document);
	if (rc == -1 || !order)
		return rc == -1 ? -1 : 0;
	return snapshot_document_forget(flow->snap, choosing->number, id,
	    err);
}

/* Of two documents for two customers the younger one is the order's, and the
 * number counts more than the deal that the document names. */
static int
accept_number(struct flow *flow, const struct order *order, struct str number,
    struct err *err)
{
	char accepted[NUMBER_BYTES], mark[32];
	struct answer answer;
	size_t count;
	int rc;

	answer_init(&answer);
	rc = reply_documents_read(flow, order->number, &answer, &count, err);
	if (rc == 0 && answer.rival) {
		struct choosing choosing = { flow, number,
		    str_of(answer.document) };

		rc = snapshot_document_each(flow->snap, number, forget_other,
		    &choosing, err);
		if (rc == 0)
			rc = reply_forget_payment(flow, order->deal, err);
	}
	if (rc == 0 && answer.deal_mark > 0 &&
	    answer.deal_mark != order->deal)
		rc = snapshot_document_put(flow->snap, marked(accepted,
		    ACCEPTED, number), deal_of(mark, answer.deal_mark), err);
	answer_free(&answer);
	return rc == -1 ? -1 : 0;
}

int
reply_marks_accept(struct flow *flow, const struct order *order,
    struct err *err)
{
	char number[24], claim[NUMBER_BYTES];

	(void)snprintf(number, sizeof(number), "%" PRId64, order->number);
	if (snapshot_document_each(flow->snap, str_of(number),
	    accept_document, flow, err) == -1 ||
	    snapshot_document_each(flow->snap, claim_of(claim,
	    str_of(number)), accept_document, flow, err) == -1 ||
	    accept_number(flow, order, str_of(number), err) == -1)
		return -1;
	return reply_marks_again(flow, err);
}
