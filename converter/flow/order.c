/*
 * One deal and its order: which number it has, what 1C should hold, and
 * whether 1C has to hear of it.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/told.h"

/* What a copied deal brought along of somebody else's payment: the image says
 * so until it is emptied. */
static const enum field copied[] = { FIELD_ONEC_NUMBER, FIELD_ONEC_DATE,
    FIELD_PAID, FIELD_PAYMENT_DATE, FIELD_PAYMENT_TYPE, FIELD_PAYMENT_SUM,
    FIELD_PAYMENT_METHOD, FIELD_PAYMENT_COMMENT, FIELD_SHIPPED,
    FIELD_SHIPMENT_DATE };

int64_t
order_since(struct flow *flow)
{
	const char *since = flow->config->orders.since;
	int64_t at;

	if (since != NULL && clock_parse(&at, str_of(since)) == 0)
		return at;
	return snapshot_meta_int(flow->snap, META_ORDERS_FIRST, 0);
}

void
order_funnel_name(char out[64], int64_t category)
{
	(void)snprintf(out, 64, "orders.funnel.%" PRId64, category);
}

/* ---- what both sides have ---- */

static int
look_up_record(struct flow *flow, enum record_kind kind, struct str id,
    struct fields *fields, struct err *err)
{
	int rc = flow->source.get(flow->source.ctx, kind, id, fields, err);

	if (rc == 1)
		fields_clear(fields);
	return rc == -1 ? -1 : 0;
}

/* A characteristic has its own article and unit, and the rest of its
 * product. */
static int
look_up_good(struct flow *flow, struct str id, struct fields *fields,
    struct err *err)
{
	const char *hash = memchr(id.p, '#', id.len);
	struct fields offer;
	int rc;

	if (look_up_record(flow, RECORD_PRODUCT, id, fields, err) == -1)
		return -1;
	if (fields->count > 0 || hash == NULL)
		return 0;
	if (look_up_record(flow, RECORD_PRODUCT, str_n(id.p,
	    (size_t)(hash - id.p)), fields, err) == -1)
		return -1;
	fields_init(&offer);
	rc = look_up_record(flow, RECORD_OFFER, id, &offer, err);
	if (rc == 0)
		fields_merge(fields, &offer);
	fields_free(&offer);
	return rc;
}

static int
look_up_product(void *ctx, int64_t portal_id, struct buf *id,
    struct fields *fields, struct err *err)
{
	static const enum target_kind forms[] = { TARGET_PRODUCT,
	    TARGET_OFFER, TARGET_SERVICE, TARGET_PARENT };
	struct flow *flow = ctx;
	struct target target;
	int rc = 1;

	/* The portal's goods have one count of ids, whatever their form. */
	for (size_t i = 0; rc == 1 && i < sizeof(forms) / sizeof(*forms); i++)
		rc = snapshot_image_by_portal_id(flow->snap, forms[i],
		    portal_id, &target, err);
	if (rc != 0)
		return rc;
	buf_clear(id);
	(void)buf_add(id, target_id(&target).p, target_id(&target).len);
	return look_up_good(flow, target_id(&target), fields, err);
}

/* Who 1C itself says the client is, by the same reading that made the portal's
 * requisites of it; there whether or not they were sent. */
static int
add_statement(struct flow *flow, struct str id, struct fields *fields,
    struct err *err)
{
	static const enum field said[] = { FIELD_FULL_NAME, FIELD_INN,
	    FIELD_KPP, FIELD_PRESET };
	struct target papers;
	struct wanted wanted;
	int rc;

	if (target_set(&papers, TARGET_REQUISITE, id) != 0)
		return 0;
	wanted_init(&wanted);
	rc = map_derive(flow->map, &papers, &wanted, err);
	fields_merge(&wanted.fields, &wanted.unsaid);
	fields_merge(&wanted.fields, &wanted.at_create);
	for (size_t i = 0; rc == 0 && i < sizeof(said) / sizeof(*said); i++)
		if (fields_has(&wanted.fields, said[i]))
			(void)fields_set(fields, said[i],
			    fields_get(&wanted.fields, said[i]));
	wanted_free(&wanted);
	return rc;
}

static int
look_up_client(void *ctx, bool company, int64_t portal_id, struct buf *id,
    struct fields *fields, struct err *err)
{
	struct flow *flow = ctx;
	struct target target;
	int rc;

	rc = snapshot_image_by_portal_id(flow->snap, company ?
	    TARGET_COMPANY : TARGET_CONTACT, portal_id, &target, err);
	if (rc != 0)
		return rc;
	buf_clear(id);
	(void)buf_add(id, target_id(&target).p, target_id(&target).len);
	if (look_up_record(flow, RECORD_COUNTERPARTY, target_id(&target),
	    fields, err) == -1)
		return -1;
	if (fields->count == 0) {
		/* Known from documents alone. */
		(void)buf_add_text(id, "#" CML_NAMED);
		rc = look_up_record(flow, RECORD_COUNTERPARTY, str_n(id->data,
		    id->len), fields, err);
		buf_clear(id);
		(void)buf_add(id, target_id(&target).p,
		    target_id(&target).len);
	}
	return rc == 0 && !flow->config->counterparties.update_1c ?
	    add_statement(flow, target_id(&target), fields, err) : rc;
}

struct order_lookup
order_lookups(struct flow *flow)
{
	return (struct order_lookup){ flow, look_up_product, look_up_client };
}

/* ---- history ---- */

int
order_note(struct flow *flow, const struct order *order, enum verb verb,
    const char *note, const struct fields *old_values,
    const struct fields *new_values, struct err *err)
{
	struct history entry;
	char id[24];
	int rc;

	history_init(&entry);
	entry.at = clock_wall_ms();
	entry.run = flow->run.id;
	entry.verb = verb;
	entry.portal_id = order->deal;
	(void)snprintf(id, sizeof(id), "%" PRId64, order->number);
	(void)target_set(&entry.target, TARGET_ORDER, str_of(id));
	told_copy(entry.note, sizeof(entry.note), note);
	if (old_values != NULL)
		fields_copy(&entry.old_values, old_values);
	if (new_values != NULL)
		fields_copy(&entry.new_values, new_values);
	rc = snapshot_history_add(flow->snap, &entry, err);
	history_free(&entry);
	return rc;
}

/* ---- is it news to 1C? ---- */

static bool
has_pair(const struct fields *fields, enum field wanted, struct str pair)
{
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value))
		if (field == wanted && str_eq(value, pair))
			return true;
	return false;
}

/* The customer's card: news of it is for orders that are still worked on. */
static bool
is_card(enum field field)
{
	static const enum field card[] = { FIELD_NAME, FIELD_FULL_NAME,
	    FIELD_OGRN, FIELD_OKPO, FIELD_PHONES, FIELD_EMAILS, FIELD_ADDRESS,
	    FIELD_ACTUAL_ADDRESS, FIELD_PERSON };

	for (size_t i = 0; i < sizeof(card) / sizeof(card[0]); i++)
		if (field == card[i])
			return true;
	return false;
}

#define DAY_BYTES 10            /* "2026-01-15" */

/* What `document` does not say is no news: an empty value cannot travel. */
bool
order_is_news(const struct fields *document, const struct fields *known,
    bool ended)
{
	enum field field;
	struct str value;
	size_t at = 0;
	bool same;

	if (known->count == 0)
		return true;
	while (fields_next(document, &at, &field, &value)) {
		/* Of the customer its name and INN tell. */
		if (field == FIELD_PARTY_ID || (ended && is_card(field)))
			same = true;
		else if (field == FIELD_DATE)   /* the time moves with TZ */
			same = str_eq(str_utf8_cut(value, DAY_BYTES),
			    str_utf8_cut(fields_get(known, field),
			    DAY_BYTES));
		else if (field == FIELD_REQUISITE)
			same = has_pair(known, field, value);
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

/* ---- its state ---- */

void
order_set_state(struct order *order, enum order_state state,
    const char *code, const char *text)
{
	if (order->state != state)
		order->since = clock_wall_ms();
	order->state = state;
	(void)snprintf(order->code, sizeof(order->code), "%s", code);
	told_copy(order->text, sizeof(order->text), text);
}

void
order_tell(struct flow *flow, const struct order *order)
{
	report_say(flow->report, _("order %" PRId64 " (deal %" PRId64 "): "
	    "%s"), order->number, order->deal, order->text);
}

/* ---- the deal as a target of what 1C says ---- */

void
order_target(struct target *out, enum target_kind kind, int64_t deal)
{
	char id[24];

	(void)snprintf(id, sizeof(id), "%" PRId64, deal);
	/* Twenty digits always fit. */
	(void)target_set(out, kind, str_of(id));
}

int
order_image(struct flow *flow, enum target_kind kind, int64_t deal,
    struct image *image, struct err *err)
{
	struct target target;

	image_init(image);
	order_target(&target, kind, deal);
	return snapshot_image_get(flow->snap, &target, image, err);
}

/* The same of a deal that is there, its row made where there is none. */
static int
image_of_deal(struct flow *flow, enum target_kind kind, int64_t deal,
    struct image *image, struct err *err)
{
	int rc = order_image(flow, kind, deal, image, err);
	struct target target;

	if (rc == 1) {
		order_target(&target, kind, deal);
		rc = snapshot_target_add(flow->snap, &target, &image->target,
		    err);
	}
	image->portal_id = deal;
	image->gone = image->lost = false;
	return rc;
}

static int
put_rows_image(struct flow *flow, const struct order *order, struct err *err)
{
	struct image image;
	int rc = image_of_deal(flow, TARGET_ROWS, order->deal, &image, err);

	if (rc == 0)
		rc = snapshot_image_put(flow->snap, &image, err);
	image_free(&image);
	return rc;
}

int
order_agree_lines(struct flow *flow, const struct order *order,
    const struct fields *held, struct err *err)
{
	struct image image;
	int rc = order_image(flow, TARGET_ROWS, order->deal, &image, err);

	if (rc == 0) {
		(void)fields_set(&image.agreed, FIELD_LINES,
		    fields_get(held, FIELD_LINES));
		rc = snapshot_image_put(flow->snap, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
note_there(void *arg, const struct deal *deal, struct err *err)
{
	bool *there = arg;

	(void)deal;
	(void)err;
	*there = true;
	return 0;
}

/* The portal brings a deal back out of the recycle bin under another id: its
 * order goes with it, for 1C has it under its number. */
static int
move_order(struct flow *flow, const struct deal *deal, struct order *order,
    struct order *other, struct err *err)
{
	int64_t number = other->number;

	log_info("deal %" PRId64 " was deleted and is back as %" PRId64,
	    other->deal, deal->id);
	order->number = number;
	order->state = ORDER_NONE;
	order->put = other->put;
	order->first_put = other->first_put;
	order->offered = other->offered || other->state == ORDER_WAITING;
	fields_copy(&order->known, &other->known);
	other->number = 0;
	other->state = ORDER_GONE;
	if (snapshot_order_put(flow->snap, other, err) == -1 ||
	    snapshot_order_put(flow->snap, order, err) == -1 ||
	    put_rows_image(flow, order, err) == -1)
		return -1;
	return order_agree_lines(flow, order, &order->known, err);
}

/* Another deal's number stands in it: a copy of that deal, or that deal itself
 * with another id. */
static int
is_copy(struct flow *flow, const struct deal *deal, struct order *order,
    bool *copy, struct err *err)
{
	int64_t number = order_number_of_deal(flow, deal);
	bool there = false;
	struct order other;
	int rc;

	*copy = false;
	if (number == 0 || number == order->number)
		return 0;
	order_init(&other);
	rc = snapshot_order_by_number(flow->snap, number, &other, err);
	if (rc == 0 && other.deal != deal->id) {
		if (order->number == 0 && other.first_put != 0 &&
		    deal->created <= other.first_put)
			rc = flow->remote.read_deals(flow->remote.ctx,
			    &other.deal, 1, note_there, &there, err);
		else
			there = true;   /* too young to have been that one */
		*copy = there;
		if (rc == 0 && !*copy)
			rc = move_order(flow, deal, order, &other, err);
	}
	order_free(&other);
	return rc == -1 ? -1 : 0;
}

/* What stands in the deal counts as agreed: the number, and with a copy what
 * was copied, to be emptied. */
static int
put_deal_image(struct flow *flow, const struct deal *deal,
    const struct order *order, bool copy, struct err *err)
{
	struct image image;
	char number[24];
	int rc = image_of_deal(flow, TARGET_DEAL, deal->id, &image, err);

	(void)snprintf(number, sizeof(number), "%" PRId64, order->number);
	if (deal->number != NULL && strcmp(deal->number, number) == 0)
		(void)fields_set(&image.agreed, FIELD_NUMBER,
		    str_of(number));
	else
		fields_remove(&image.agreed, FIELD_NUMBER);
	for (size_t i = 0; copy && deal->has_payment &&
	    i < sizeof(copied) / sizeof(copied[0]); i++)
		if (!fields_has(&image.agreed, copied[i]))
			(void)fields_set(&image.agreed, copied[i],
			    str_of("?"));
	if (rc == 0)
		rc = snapshot_image_put(flow->snap, &image, err);
	image_free(&image);
	return rc;
}

int
order_settle_known(struct flow *flow, struct order *order,
    enum order_state state, struct err *err)
{
	order_set_state(order, state, "", "");
	order->offered = false;
	fields_copy(&order->known, &order->document);
	return order_agree_lines(flow, order, &order->document, err);
}

/* ---- one deal ---- */

static bool
says(const struct fields *fields, const char *name)
{
	struct buf pair = BUF_INIT(LIMIT_NAME_BYTES);
	bool has;

	(void)buf_printf(&pair, "%s%ctrue", name, FIELD_PART);
	has = has_pair(fields, FIELD_REQUISITE, str_n(pair.data, pair.len));
	buf_free(&pair);
	return has;
}

/* A deal that is open again: 1C knows no way back from a cancellation. */
static void
note_reopened(struct flow *flow, struct order *order)
{
	if (!says(&order->known, "Отменен") ||
	    says(&order->document, "Отменен") ||
	    order->state == ORDER_WAITING)
		return;
	order_set_state(order, ORDER_UNCONFIRMED, "stays-cancelled", TOLD("the "
	    "deal is open again, and the order stays cancelled in 1C: open it "
	    "there by hand"));
	order_tell(flow, order);
}

/* An order that is not held: does 1C have to hear of this version? */
static void
take_document(struct flow *flow, struct order *order,
    struct fields *document, bool ended)
{
	bool newer;

	/* 33.33 for each of three that cost 100: the portal's rounding is no
	 * edit. */
	if (fields_has(&order->known, FIELD_LINES) && order_line_near_all(
	    fields_get(document, FIELD_LINES), fields_get(&order->known,
	    FIELD_LINES))) {
		(void)fields_set(document, FIELD_LINES,
		    fields_get(&order->known, FIELD_LINES));
		(void)fields_set(document, FIELD_SUM,
		    fields_get(&order->known, FIELD_SUM));
	}
	newer = !str_eq(fields_bytes(document),
	    fields_bytes(&order->document));
	/* Nothing of it changed; 1C may have ignored it, or not. */
	if (!newer && order->state != ORDER_HELD &&
	    order->state != ORDER_NONE && order->state != ORDER_GONE)
		return;
	fields_copy(&order->document, document);
	/* What came from 1C, or was changed back before 1C could see it. */
	if (!order->offered && !order_is_news(document, &order->known,
	    ended)) {
		if (order->state != ORDER_PRESUMED)
			order_set_state(order, ORDER_LOADED, "", "");
		note_reopened(flow, order);
		return;
	}
	order->put = 0;
	order->offered = true;
	order_set_state(order, ORDER_WAITING, "", "");
	order->since = clock_wall_ms();
}

/* It was an order, and is now before the stages that make one. */
static void
leave_stages(struct flow *flow, struct order *order)
{
	if (order->number == 0 || strcmp(order->code, "left-stages") == 0)
		return;
	if (order->first_put == 0)
		order_set_state(order, ORDER_NONE, "left-stages", TOLD("the "
		    "deal left the exported stages before the order was in the "
		    "outbox: it was taken back"));
	else if (order->known.count == 0)
		order_set_state(order, ORDER_PRESUMED, "left-stages",
		    TOLD("the deal left the exported stages: the order was "
		    "taken back, but 1C may have loaded it already: look "
		    "there"));
	else
		order_set_state(order, order->state == ORDER_WAITING ||
		    order->state == ORDER_HELD ? ORDER_LOADED : order->state,
		    "left-stages", TOLD("the deal left the exported stages: "
		    "the order in 1C stays as it is"));
	/* So that it is compared anew when the deal comes back. */
	fields_clear(&order->document);
	order_tell(flow, order);
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

/* wait: the deal's rows are older than 1C's lines. */
static int
build_order(struct flow *flow, const struct deal *deal, struct order *order,
    bool wait, struct err *err)
{
	struct order_lookup lookup = order_lookups(flow);
	struct order_hold hold = { "", "" };
	struct fields document;
	bool ended = deal->phase == DEAL_WON || deal->phase == DEAL_LOST;
	int rc;

	fields_init(&document);
	rc = order_build(&document, &hold, flow->config, deal, order->number,
	    fields_get(&order->known, FIELD_LINES), given_to_1c(order),
	    &lookup, err);
	if (rc == 0 && wait && fields_has(&order->known, FIELD_LINES)) {
		(void)fields_set(&document, FIELD_LINES,
		    fields_get(&order->known, FIELD_LINES));
		(void)fields_set(&document, FIELD_SUM,
		    fields_get(&order->known, FIELD_SUM));
	}
	/* What is odd about one deal holds up no other. */
	if (rc == -1 && err->kind == ERR_ITEM) {
		order_set_state(order, ORDER_HELD, "cannot-build", err->text);
		err_clear(err);
		rc = 0;
	} else if (rc == 0 && !fields_has(&document, FIELD_LINES) &&
	    fields_has(&order->known, FIELD_LINES)) {
		order_set_state(order, ORDER_HELD, "rows-gone", TOLD("1C has "
		    "the order with its goods, and the deal has no rows any "
		    "more: put them in again, or cancel the deal"));
	} else if (rc == 0) {
		take_document(flow, order, &document, ended);
	} else if (rc == 1) {
		order_set_state(order, ORDER_HELD, hold.code, hold.text);
		rc = 0;
	}
	fields_free(&document);
	return rc;
}

/* 1C's lines are on their way into the deal, or the portal refuses them: what
 * the deal holds is older, and must not go to 1C over them. */
static int
rows_wait(struct flow *flow, const struct order *order, bool *wait,
    struct err *err)
{
	struct change change;
	struct image image;
	int rc = order_image(flow, TARGET_ROWS, order->deal, &image, err);

	*wait = false;
	if (rc == 0)
		rc = snapshot_change_get(flow->snap, image.target, &change,
		    err);
	*wait = rc == 0;
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static bool
wants_order(const struct deal *deal, const struct order *order, bool copy)
{
	switch (deal->phase) {
	case DEAL_EXPORT:
		return true;
	case DEAL_AFTER:
	case DEAL_WON:
	case DEAL_LOST:
		return order->number != 0 && !copy &&
		    order->state != ORDER_NONE;
	case DEAL_BEFORE:
	case DEAL_OUTSIDE:
		break;
	}
	return false;
}

static int
number_and_image(struct flow *flow, const struct deal *deal,
    struct order *order, bool copy, struct err *err)
{
	int rc = order_number_find(flow, deal, order, err);

	if (rc == 1) {
		order_set_state(order, ORDER_HELD, "numbers-used-up",
		    TOLD("every number from orders.number_first to "
		    "number_last is used: widen the range"));
		return 0;
	}
	if (rc == -1)
		return -1;
	/* The row of the order comes first: its number is looked up by what
	 * follows. */
	if (snapshot_order_put(flow->snap, order, err) == -1 ||
	    put_deal_image(flow, deal, order, copy, err) == -1 ||
	    put_rows_image(flow, order, err) == -1)
		return -1;
	return 0;
}

/* Which funnel of the rules the portal's number means: asked of deals that
 * are not read again before their lines come from 1C. */
static int
note_funnel(struct flow *flow, const struct deal *deal, struct err *err)
{
	struct buf known = BUF_INIT(LIMIT_NAME_BYTES);
	char name[64];
	int rc;

	if (deal->funnel == NULL)
		return 0;
	order_funnel_name(name, deal->category);
	rc = snapshot_meta_get(flow->snap, name, &known, err);
	if (rc == 1 || (rc == 0 && strcmp(buf_text(&known),
	    deal->funnel->funnel) != 0))
		rc = snapshot_meta_set(flow->snap, name,
		    str_of(deal->funnel->funnel), err);
	buf_free(&known);
	return rc;
}

static void
note_seen(struct order *order, const struct deal *deal, int64_t looked)
{
	order->category = deal->category;
	order->company = deal->company.id;
	order->contact = deal->contact.id;
	order->manager = deal->manager.id;
	order->updated = deal->updated;
	order->looked = looked;
}

static int
take_known(struct flow *flow, const struct deal *deal, struct order *order,
    struct err *err)
{
	bool copy, wanted, wait = false;

	if (is_copy(flow, deal, order, &copy, err) == -1)
		return -1;
	wanted = wants_order(deal, order, copy);
	if ((wanted || order->number != 0 || (copy &&
	    deal->phase != DEAL_OUTSIDE)) &&
	    number_and_image(flow, deal, order, copy, err) == -1)
		return -1;
	if (order->number == 0)
		return snapshot_order_put(flow->snap, order, err);
	if (wanted && rows_wait(flow, order, &wait, err) == -1)
		return -1;
	/* Read again when they are there; a cancellation does not wait. */
	if (wait)
		order->looked = 0;
	if (wanted && (!wait || deal->phase == DEAL_LOST) &&
	    build_order(flow, deal, order, wait, err) == -1)
		return -1;
	if (!wanted && (deal->phase == DEAL_BEFORE ||
	    deal->phase == DEAL_OUTSIDE))
		leave_stages(flow, order);
	if (snapshot_order_put(flow->snap, order, err) == -1)
		return -1;
	return reply_derive_deal(flow, deal->id, 0, false, err);
}

int
order_take(struct flow *flow, const struct deal *deal, int64_t looked,
    struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal->id, &order, err);
	if (rc == 1 && deal->phase == DEAL_OUTSIDE)
		rc = 0;         /* of no funnel of ours: not remembered */
	else if (rc != -1) {
		order.deal = deal->id;
		note_seen(&order, deal, looked);
		rc = note_funnel(flow, deal, err);
		if (rc == 0)
			rc = take_known(flow, deal, &order, err);
	}
	order_free(&order);
	return rc;
}

int
order_lose(struct flow *flow, struct order *order, struct err *err)
{
	bool loaded = order->known.count > 0;

	if (order->state == ORDER_GONE)
		return 0;
	order_set_state(order, ORDER_GONE, "deal-deleted", loaded ? TOLD("the "
	    "deal was deleted in the portal; the order in 1C stays as it is") :
	    order->first_put != 0 ? TOLD("the deal was deleted in the portal: "
	    "the order was taken back, but 1C may have loaded it already: look "
	    "there") : TOLD("the deal was deleted in the portal before 1C had "
	    "loaded its order"));
	if (order->number != 0)
		order_tell(flow, order);
	return snapshot_order_put(flow->snap, order, err);
}
