/*
 * The version of an order that 1C has to hear of: the deal is built anew, and
 * compared with what 1C holds.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/told.h"
#include "model/party.h"

/* ---- is it news to 1C? ---- */

/* The customer's card: news of it is for orders that are still worked on. */
static bool
is_card(enum field field)
{
	static const enum field card[] = { FIELD_NAME, FIELD_FULL_NAME,
	    FIELD_OGRN, FIELD_OKPO, FIELD_PHONES, FIELD_EMAILS, FIELD_ADDRESS,
	    FIELD_ACTUAL_ADDRESS, FIELD_PERSON, FIELD_PERSON_POST,
	    FIELD_PERSON_PHONES, FIELD_PERSON_EMAILS };

	for (size_t i = 0; i < sizeof(card) / sizeof(card[0]); i++)
		if (field == card[i])
			return true;
	return false;
}

#define DAY_BYTES 10            /* "2026-01-15" */

/* Orders of earlier versions had the person's name alone: that more of it can
 * be said is no news of it. */
static bool
is_new_to_us(enum field field, const struct fields *known)
{
	return (field == FIELD_PERSON_POST || field == FIELD_PERSON_PHONES ||
	    field == FIELD_PERSON_EMAILS) &&
	    !fields_has(known, FIELD_PERSON_ID);
}

/* Whoever leaves a firm gives closed deals away too. */
static bool
is_manager(enum field field, struct str value)
{
	return field == FIELD_REQUISITE &&
	    str_is(field_part(value, 0), ORDER_MANAGER);
}

bool
order_version_is_news(const struct fields *document,
    const struct fields *known, bool ended)
{
	enum field field;
	struct str value;
	size_t at = 0;
	bool same;

	if (known->count == 0)
		return true;
	while (fields_next(document, &at, &field, &value)) {
		/* Of the customer its name and INN tell. */
		if (field == FIELD_PARTY_ID || field == FIELD_PERSON_ID ||
		    is_new_to_us(field, known) || (ended && (is_card(field) ||
		    is_manager(field, value))))
			same = true;
		else if (field == FIELD_DATE)   /* the time moves with TZ */
			same = str_eq(str_utf8_cut(value, DAY_BYTES),
			    str_utf8_cut(fields_get(known, field),
			    DAY_BYTES));
		else if (field == FIELD_REQUISITE)
			same = fields_has_value(known, field, value);
		else if (field == FIELD_LINES)
			same = order_line_same_all(value,
			    fields_get(known, field));
		else
			same = str_eq(value, fields_get(known, field));
		if (!same)
			return true;
	}
	return false;
}

/* ---- which version ---- */

bool
order_version_says(const struct fields *version, const char *requisite)
{
	struct buf pair = BUF_INIT(LIMIT_NAME_BYTES);
	bool has;

	(void)buf_printf(&pair, "%s%ctrue", requisite, FIELD_PART);
	has = fields_has_value(version, FIELD_REQUISITE, str_n(pair.data,
	    pair.len));
	buf_free(&pair);
	return has;
}

/* A deal that is open again: 1C knows no way back from a cancellation. */
static void
note_reopened(struct flow *flow, struct order *order)
{
	if (!order_version_says(&order->known, ORDER_LOST) ||
	    order_version_says(&order->document, ORDER_LOST) ||
	    order->state == ORDER_WAITING)
		return;
	order_set_state(order, ORDER_UNCONFIRMED, "stays-cancelled", TOLD("the "
	    "deal is open again, and the order stays cancelled in 1C: open it "
	    "there by hand"));
	order_tell(flow, order);
}

/* What 1C's own words made a person see is true until 1C says otherwise; but of
 * a deal that is open again it is not true that it is lost. */
static bool
keeps_note(const struct order *order)
{
	return order->state == ORDER_LOADED &&
	    (strcmp(order->code, ORDER_LINES_OUT) == 0 ||
	    (order_paid_lost(order) &&
	    order_version_says(&order->document, ORDER_LOST)));
}

/* 33.33 for each of three that cost 100: the portal's rounding is no edit. */
void
order_version_near(struct fields *document, const struct fields *known)
{
	if (!fields_has(known, FIELD_LINES) || !order_line_near_all(
	    fields_get(document, FIELD_LINES), fields_get(known,
	    FIELD_LINES)))
		return;
	(void)fields_set(document, FIELD_LINES, fields_get(known,
	    FIELD_LINES));
	(void)fields_set(document, FIELD_SUM, fields_get(known, FIELD_SUM));
}

/* 1C ignored the last edit, and the lines that it has changed since are in the
 * deal now: nothing else of the version is another. */
static bool
are_own_lines(const struct order *order, const struct fields *document)
{
	struct fields now, before;
	bool are;

	if (order->state != ORDER_UNCONFIRMED)
		return false;
	fields_init(&now);
	fields_init(&before);
	fields_copy(&now, document);
	fields_copy(&before, &order->document);
	fields_remove(&now, FIELD_LINES);
	fields_remove(&now, FIELD_SUM);
	fields_remove(&before, FIELD_LINES);
	fields_remove(&before, FIELD_SUM);
	are = str_eq(fields_bytes(&now), fields_bytes(&before));
	fields_free(&now);
	fields_free(&before);
	return are;
}

/* Do these say the same?  Its new customer may have an Ид of 1C's own by now;
 * what is no more, as a loss of a deal that is open again, is an edit too. */
static bool
says_same(const struct fields *a, const struct fields *b, bool ended)
{
	return !order_version_is_news(a, b, ended) &&
	    !order_version_is_news(b, a, ended);
}

/* A status that the version before said is no news, whatever 1C calls it, or
 * moved the order to since: said for itself it would pull the order back. */
static bool
is_news(const struct order *order, const struct fields *document, bool ended)
{
	struct fields known;
	enum field field;
	struct str value;
	size_t at = 0;
	bool news;

	if (order->known.count == 0)
		return true;
	fields_init(&known);
	fields_copy(&known, &order->known);
	while (fields_next(document, &at, &field, &value))
		if (field == FIELD_REQUISITE && str_is(field_part(value, 0),
		    ORDER_STATUS) && fields_has_value(&order->document, field,
		    value))
			(void)fields_add(&known, field, value);
	news = order_version_is_news(document, &known, ended);
	fields_free(&known);
	return news;
}

/* An order that is not held: does 1C have to hear of this version? */
static void
take_document(struct flow *flow, struct order *order,
    struct fields *document, const struct order_hold *note, bool ended)
{
	bool newer, own, ignored, news;

	order_version_near(document, &order->known);
	/* 1C may have loaded the version before, and named nothing yet. */
	if (order->known.count == 0 && order->first_put != 0)
		hear_taken_keep(document, &order->document);
	newer = !str_eq(fields_bytes(document),
	    fields_bytes(&order->document));
	/* Nothing of it changed; 1C may have ignored it, or not. */
	if (!newer && order->state != ORDER_HELD &&
	    order->state != ORDER_NONE && order->state != ORDER_GONE)
		return;
	own = are_own_lines(order, document);
	news = is_news(order, document, ended);
	ignored = order->state == ORDER_UNCONFIRMED &&
	    says_same(document, &order->document, ended);
	fields_copy(&order->document, document);
	/* What came from 1C, or was changed back before 1C could see it. */
	if ((!order->offered || own) && !news) {
		order->offered = false;
		if (order->state != ORDER_PRESUMED && !keeps_note(order))
			order_set_state(order, ORDER_LOADED, "", "");
		note_reopened(flow, order);
		return;
	}
	if (ignored)
		return;
	order->put = 0;
	order->offered = true;
	order_set_state(order, ORDER_WAITING, note->code, note->text);
	order->since = clock_wall_ms();
	if (note->text[0] != '\0')
		order_tell(flow, order);
}

/* Something of it was still to be done, or to be proved. */
static bool
is_open(enum order_state state)
{
	return state == ORDER_WAITING || state == ORDER_HELD ||
	    state == ORDER_WITHDRAWN;
}

/* It was an order, and is now before the stages that make one. */
void
order_version_leave(struct flow *flow, struct order *order)
{
	if (order->number == 0 || reply_marks_doubt(order) ||
	    strcmp(order->code, "left-stages") == 0)
		return;
	if (order->first_put == 0)
		order_set_state(order, ORDER_NONE, "left-stages", TOLD("the "
		    "deal left the exported stages before the order was in the "
		    "outbox: it was taken back"));
	else if (order->known.count == 0) {
		/* Presumed as it was; offered again when the deal is back. */
		fields_copy(&order->known, &order->document);
		order->offered = true;
		order_set_state(order, ORDER_PRESUMED, "left-stages",
		    TOLD("the deal left the exported stages: the order was "
		    "taken back, but 1C may have loaded it already: look "
		    "there"));
	} else
		order_set_state(order, is_open(order->state) ? ORDER_LOADED :
		    order->state, "left-stages", TOLD("the deal left the "
		    "exported stages: the order in 1C stays as it is"));
	/* So that it is compared anew when the deal comes back. */
	fields_clear(&order->document);
	order_tell(flow, order);
}

/* ---- the deal as it is now ---- */

/* Does a status that 1C names lead to the stage in which the deal stands? */
static bool
leads_there(const struct deal *deal, struct str progress)
{
	struct str line, word;
	const char *stage;
	size_t at = 0;

	while (deal->funnel != NULL && party_line_next(progress, &at, &line)) {
		word = field_part(line, 0);
		if (!str_is(word, "status") && !str_is(word, "status_id"))
			continue;
		stage = deal_stage_of_status(deal->funnel,
		    field_part(line, 1));
		if (stage != NULL && (str_same_name(str_of(stage),
		    str_of(deal->stage_name)) || str_same_name(str_of(stage),
		    str_of(deal->stage))))
			return true;
	}
	return false;
}

/* Where 1C closed the order, and the deal is won by that, 1C knows the end. */
static int
learn_end(struct flow *flow, const struct deal *deal, struct order *order,
    struct err *err)
{
	struct answer answer;
	size_t documents;
	int rc;

	if (deal->phase != DEAL_WON || order->known.count == 0 ||
	    order_version_says(&order->known, ORDER_WON))
		return 0;
	answer_init(&answer);
	rc = reply_documents_read(flow, order->number, &answer, &documents,
	    err);
	if (rc == 0 && leads_there(deal, fields_get(&answer.deal,
	    FIELD_PROGRESS)))
		(void)fields_add_pair(&order->known, FIELD_REQUISITE,
		    str_of(ORDER_WON), str_of("true"));
	answer_free(&answer);
	return rc;
}

/* The order as 1C has it, or may have loaded it; of none there is nothing. */
static const struct fields *
given_to_1c(const struct order *order)
{
	static const struct fields nothing;

	if (order->known.count > 0)
		return &order->known;
	return order->first_put != 0 ? &order->document : &nothing;
}

/*
 * How a deal ends is said of the order as 1C has it, whatever holds up the
 * deal's own version.  A cancellation needs no rows, no customer and no rate;
 * an order that is closed takes no edits any more, so one that is won has to
 * have the deal's rows first.  `document`: as far as it was built.
 */
static bool
says_end_alone(struct fields *document, const struct deal *deal,
    const struct fields *given)
{
	struct str lines = fields_get(given, FIELD_LINES), value;
	struct fields out;
	enum field field;
	size_t at = 0;

	if (given->count == 0 || (deal->phase != DEAL_LOST &&
	    (deal->phase != DEAL_WON ||
	    !order_line_near_all(fields_get(document, FIELD_LINES), lines) ||
	    !str_eq(fields_get(document, FIELD_SUM), fields_get(given,
	    FIELD_SUM)))))
		return false;
	fields_init(&out);
	while (fields_next(given, &at, &field, &value))
		if (field != FIELD_REQUISITE && field != FIELD_TAG &&
		    field != FIELD_TAXPAYER)
			(void)fields_add(&out, field, value);
	at = 0;
	while (fields_next(document, &at, &field, &value))
		if (field == FIELD_REQUISITE)
			(void)fields_add(&out, field, value);
	fields_copy(document, &out);
	fields_free(&out);
	return true;
}

/* An order without lines would take them out of 1C's; whether 1C has loaded
 * what it was given is mostly not known. */
static void
hold_rows_gone(struct order_hold *hold, bool named)
{
	(void)snprintf(hold->code, sizeof(hold->code), "rows-gone");
	told_copy(hold->text, sizeof(hold->text), named ? TOLD("the deal "
	    "has no rows any more, and 1C has the order with its goods: "
	    "nothing goes there until the rows are put in again, or the "
	    "deal is moved to the lost stage, which cancels the order") :
	    TOLD("the deal has no rows any more, and 1C may have the "
	    "order with its goods: nothing goes there until the rows are "
	    "put in again, or the deal is moved to the lost stage, which "
	    "cancels the order"));
}

/* Lines that 1C changed while the deal was silent are not undone by its end
 * where its rows are as both had them last; an edit that 1C ignored is told
 * with the deal's. */
static int
look_at_rows(struct flow *flow, const struct deal *deal,
    const struct order *order, const struct fields *document, bool *older,
    struct err *err)
{
	struct image image;
	int rc;

	if (deal->funnel == NULL || !deal->funnel->silent_behind ||
	    (deal->phase != DEAL_WON && deal->phase != DEAL_LOST) ||
	    order->state == ORDER_UNCONFIRMED)
		return 0;
	rc = order_image(flow, TARGET_ROWS, order->deal, &image, err);
	if (rc == 0)
		*older = *older || order_line_near_all(fields_get(document,
		    FIELD_LINES), fields_get(&image.agreed, FIELD_LINES));
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* 1: it is held, *hold says why; wait: the deal's rows are older than 1C's
 * lines. */
static int
build(struct flow *flow, const struct deal *deal, const struct order *order,
    bool wait, struct fields *document, struct order_hold *hold,
    struct err *err)
{
	struct order_lookup lookup = order_lookups(flow);
	struct str lines = fields_get(&order->known, FIELD_LINES);
	int rc;

	rc = order_build(document, hold, flow->config, deal, order->number,
	    lines, given_to_1c(order), &lookup, err);
	if (rc == 0 && look_at_rows(flow, deal, order, document, &wait,
	    err) == -1)
		return -1;
	if (rc == 0 && wait && lines.len > 0) {
		(void)fields_set(document, FIELD_LINES, lines);
		(void)fields_set(document, FIELD_SUM,
		    fields_get(&order->known, FIELD_SUM));
	}
	if (rc == 0 && !fields_has(document, FIELD_LINES) &&
	    fields_has(given_to_1c(order), FIELD_LINES)) {
		hold_rows_gone(hold, lines.len > 0);
		rc = 1;
	}
	if (rc == 1 && says_end_alone(document, deal, given_to_1c(order))) {
		*hold = (struct order_hold){ .code = "" };
		rc = 0;
	}
	return rc;
}

static void
hold_order(struct flow *flow, const struct deal *deal, struct order *order,
    const struct order_hold *hold)
{
	if (deal->phase != DEAL_LOST || order->first_put != 0) {
		order_set_state(order, ORDER_HELD, hold->code, hold->text);
		return;
	}
	order_set_state(order, ORDER_NONE, "lost-unsent", TOLD("the deal was "
	    "lost while its order was held: 1C hears nothing of it"));
	order_tell(flow, order);
}

int
order_version_build(struct flow *flow, const struct deal *deal,
    struct order *order, bool wait, struct err *err)
{
	struct order_hold hold = { "", "" };
	bool ended = deal->phase == DEAL_WON || deal->phase == DEAL_LOST;
	bool was_lost = order_version_says(&order->document, ORDER_LOST);
	bool told = order_paid_lost(order);
	struct fields document;
	int rc;

	if (reply_marks_doubt(order))
		return 0;
	fields_init(&document);
	rc = learn_end(flow, deal, order, err);
	if (rc == 0)
		rc = build(flow, deal, order, wait, &document, &hold, err);
	/* What is odd about one deal holds up no other. */
	if (rc == -1 && err->kind == ERR_ITEM) {
		(void)snprintf(hold.code, sizeof(hold.code), "cannot-build");
		told_copy(hold.text, sizeof(hold.text), err->text);
		err_clear(err);
		rc = 1;
	}
	if (rc == 0) {
		take_document(flow, order, &document, &hold, ended);
		rc = order_paid_look(flow, order, was_lost, told, err);
	} else if (rc == 1) {
		hold_order(flow, deal, order, &hold);
	}
	fields_free(&document);
	return rc == -1 ? -1 : 0;
}
