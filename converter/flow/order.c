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

#define NUMBERS_USED_UP "numbers-used-up"

int64_t
order_first_day(struct flow *flow, const char *since, const char *meta)
{
	const int64_t day = INT64_C(24) * 3600 * 1000;
	int64_t at, first;

	/* A day of those who work here. */
	if (since != NULL && clock_parse(&at, str_of(since)) == 0)
		return clock_from_local(at);
	first = snapshot_meta_int(flow->snap, meta, 0);
	return first != 0 ? first : clock_from_local(clock_to_local(
	    clock_wall_ms()) / day * day);
}

int
order_keep_first_day(struct flow *flow, const char *since, const char *meta,
    struct err *err)
{
	if (since != NULL || snapshot_meta_int(flow->snap, meta, 0) != 0)
		return 0;
	return snapshot_meta_set_int(flow->snap, meta, order_first_day(flow,
	    since, meta), err);
}

int64_t
order_since(struct flow *flow)
{
	return order_first_day(flow, flow->config->orders.since,
	    META_ORDERS_FIRST);
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
		(void)buf_add_text(id, RECORD_NAMED);
		rc = look_up_record(flow, RECORD_COUNTERPARTY, str_n(id->data,
		    id->len), fields, err);
		buf_clear(id);
		(void)buf_add(id, target_id(&target).p,
		    target_id(&target).len);
	}
	return rc == 0 ? add_statement(flow, target_id(&target), fields,
	    err) : rc;
}

/* An id that 1C gave: one that is known by the name has none. */
static int
look_up_person(void *ctx, int64_t portal_id, struct buf *id, struct err *err)
{
	struct flow *flow = ctx;
	struct target target;
	struct str mark;
	int rc;

	rc = snapshot_image_by_portal_id(flow->snap, TARGET_PERSON, portal_id,
	    &target, err);
	if (rc == 1)
		rc = snapshot_image_by_portal_id(flow->snap, TARGET_CONTACT,
		    portal_id, &target, err);
	if (rc == 0 && papers_known_by_name(&target))
		rc = 1;
	if (rc != 0)
		return rc;
	mark = target_mark(&target);
	buf_clear(id);
	(void)buf_add(id, mark.p, mark.len);
	return 0;
}

struct order_lookup
order_lookups(struct flow *flow)
{
	return (struct order_lookup){ flow, look_up_product, look_up_client,
	    look_up_person };
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
	/* Our notes on what 1C said are nobody's values. */
	fields_remove(&entry.old_values, FIELD_TAG);
	fields_remove(&entry.old_values, FIELD_TAXPAYER);
	if (new_values != NULL)
		fields_copy(&entry.new_values, new_values);
	fields_remove(&entry.new_values, FIELD_TAXPAYER);
	rc = snapshot_history_add(flow->snap, &entry, err);
	history_free(&entry);
	return rc;
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
	char name[ORDER_NAME_BYTES];

	report_say(flow->report, _("order %s (deal %" PRId64 "): %s"),
	    order_number_called(order, name), order->deal, order->text);
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
put_image(struct flow *flow, enum target_kind kind, int64_t deal,
    struct err *err)
{
	struct image image;
	int rc = image_of_deal(flow, kind, deal, &image, err);

	if (rc == 0)
		rc = snapshot_image_put(flow->snap, &image, err);
	image_free(&image);
	return rc;
}

/* What the lines add up to, where they do. */
static bool
set_sum_of(struct fields *out, struct str lines)
{
	char text[DECIMAL_TEXT_BYTES];
	struct decimal sum;

	if (lines.len == 0 || order_line_sum_all(&sum, lines) != 0)
		return false;
	(void)decimal_format(text, sum);
	return fields_set(out, FIELD_SUM, str_of(text)) == 0;
}

static int
agree_manual_sum(struct flow *flow, const struct order *order,
    struct str lines, struct err *err)
{
	struct image image;
	int rc = order_image(flow, TARGET_DEAL, order->deal, &image, err);

	if (rc == 0 && fields_has(&image.agreed, FIELD_SUM) &&
	    set_sum_of(&image.agreed, lines))
		rc = snapshot_image_put(flow->snap, &image, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
order_put_images(struct flow *flow, const struct order *order,
    struct err *err)
{
	return put_image(flow, TARGET_DEAL, order->deal, err) == -1 ||
	    put_image(flow, TARGET_ROWS, order->deal, err) == -1 ? -1 : 0;
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
	return rc == -1 ? -1 : agree_manual_sum(flow, order,
	    fields_get(held, FIELD_LINES), err);
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
	order->put = other->put;
	order->first_put = other->first_put;
	order->offered = other->offered || other->state == ORDER_WAITING;
	fields_copy(&order->document, &other->document);
	fields_copy(&order->known, &other->known);
	order_set_state(order, other->state, other->code, other->text);
	/* The deletion was seen first: 1C has it, or may have it. */
	if (other->state == ORDER_GONE)
		order_set_state(order, other->known.count > 0 ? ORDER_LOADED :
		    ORDER_WAITING, "", "");
	other->number = 0;
	other->state = ORDER_GONE;
	if (snapshot_order_put(flow->snap, other, err) == -1 ||
	    snapshot_order_put(flow->snap, order, err) == -1 ||
	    put_image(flow, TARGET_ROWS, order->deal, err) == -1 ||
	    reply_payment_move(flow, other->deal, order->deal, err) == -1)
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

/* A sum that was typed by hand does not follow the rows: what it is by the
 * lines that both sides have stands in the image, and moves with them. */
static void
note_manual_sum(const struct deal *deal, const struct order *order,
    struct fields *agreed)
{
	char sum[DECIMAL_TEXT_BYTES];

	if (!deal->manual_sum) {
		fields_remove(agreed, FIELD_SUM);
		return;
	}
	if (fields_has(agreed, FIELD_SUM))
		return;
	(void)decimal_format(sum, deal->sum);
	(void)fields_set(agreed, FIELD_SUM, fields_has(&order->known,
	    FIELD_SUM) ? fields_get(&order->known, FIELD_SUM) : str_of(sum));
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
	note_manual_sum(deal, order, &image.agreed);
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
	fields_remove(&order->document, FIELD_TAXPAYER);
	/* What 1C has named is no presumption. */
	if (state != ORDER_PRESUMED)
		fields_remove(&order->known, FIELD_TAXPAYER);
	return order_agree_lines(flow, order, &order->document, err);
}

/* ---- one deal ---- */

int
order_rows_wait(struct flow *flow, const struct order *order, bool *wait,
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
is_behind(enum deal_phase phase)
{
	return phase == DEAL_AFTER || phase == DEAL_WON || phase == DEAL_LOST;
}

/* Was this end told, whether 1C took it or not?  Told again, it would bring
 * along the deal's rows, and undo what 1C changed in its lines. */
static bool
has_told(const struct order *order, const char *end)
{
	return order_version_says(&order->known, end) ||
	    (order->state == ORDER_UNCONFIRMED &&
	    order_version_says(&order->document, end));
}

/* 1C has the order, and hears no more of it before its end, and of that once.
 * What was held in an exported stage still goes there when it is mended, and so
 * does what was taken back when the deal left these stages; and that a
 * cancelled one is open again is told. */
static bool
is_silent(const struct deal *deal, const struct order *order)
{
	bool lost = order_version_says(&order->known, ORDER_LOST);
	bool taken_back = order->offered && order->document.count == 0;

	if (deal->funnel == NULL || !deal->funnel->silent_behind ||
	    order->known.count == 0 || order->state == ORDER_HELD ||
	    taken_back)
		return false;
	if (deal->phase == DEAL_LOST)
		return has_told(order, ORDER_LOST);
	return !lost && (deal->phase == DEAL_AFTER ||
	    (deal->phase == DEAL_WON && has_told(order, ORDER_WON)));
}

/* It was to be an order, and there was no number for it. */
static bool
lacks_number(const struct order *order)
{
	return order->state == ORDER_HELD && order->number == 0 &&
	    strcmp(order->code, NUMBERS_USED_UP) == 0;
}

static bool
wants_order(const struct deal *deal, const struct order *order, bool copy)
{
	if (lacks_number(order))
		return deal->phase == DEAL_EXPORT ||
		    deal->phase == DEAL_AFTER || deal->phase == DEAL_WON;
	return deal->phase == DEAL_EXPORT || (is_behind(deal->phase) &&
	    order->number != 0 && !copy && order->state != ORDER_NONE &&
	    !is_silent(deal, order));
}

static int
number_and_image(struct flow *flow, const struct deal *deal,
    struct order *order, bool copy, struct err *err)
{
	int rc = order_number_find(flow, deal, order, err);

	if (rc == 1) {
		order_set_state(order, ORDER_HELD, NUMBERS_USED_UP,
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
	    put_image(flow, TARGET_ROWS, order->deal, err) == -1)
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
	order->ended = deal->phase == DEAL_WON || deal->phase == DEAL_LOST ||
	    deal->phase == DEAL_OUTSIDE;
	order->updated = deal->updated;
	order->looked = looked;
}

/* of_onec: a copy of a deal that was made of an order of 1C: what that was paid
 * by is not this one's either.  passed: it was in an exported stage unseen. */
static int
take_known(struct flow *flow, const struct deal *deal, struct order *order,
    bool of_onec, bool passed, struct err *err)
{
	bool copy, stands, wanted, wait = false;

	if (is_copy(flow, deal, order, &copy, err) == -1 ||
	    order_number_stands(flow, deal, order, &stands, err) == -1)
		return -1;
	copy = copy || (of_onec && order->number == 0);
	wanted = passed || wants_order(deal, order, copy);
	if (!wanted && lacks_number(order))
		order_set_state(order, ORDER_NONE, "", "");
	/* Behind the exported stages a number that stands there says only as
	 * whom 1C names the deal: whether it was given by us is not known, so
	 * nothing goes there for it. */
	stands = stands && !of_onec && is_behind(deal->phase);
	if ((wanted || stands || order->number != 0 || (copy &&
	    deal->phase != DEAL_OUTSIDE)) &&
	    number_and_image(flow, deal, order, copy, err) == -1)
		return -1;
	if (order->number == 0)
		return snapshot_order_put(flow->snap, order, err);
	if (wanted && order_rows_wait(flow, order, &wait, err) == -1)
		return -1;
	/* Read again when they are there; a cancellation does not wait. */
	if (wait)
		order->looked = 0;
	if (wanted && (!wait || deal->phase == DEAL_LOST) &&
	    order_version_build(flow, deal, order, wait, err) == -1)
		return -1;
	if (!wanted && (deal->phase == DEAL_BEFORE ||
	    deal->phase == DEAL_OUTSIDE))
		order_version_leave(flow, order);
	if (snapshot_order_put(flow->snap, order, err) == -1)
		return -1;
	return reply_derive_deal(flow, deal->id, 0, false, err);
}

/* What the lines that 1C stated add up to: a sum that was typed by hand moves
 * with them. */
static int
know_sum(struct flow *flow, struct order *order, struct err *err)
{
	struct image rows;
	int rc = order_image(flow, TARGET_ROWS, order->deal, &rows, err);

	if (rc == 0)
		(void)set_sum_of(&order->known, fields_get(&rows.agreed,
		    FIELD_LINES));
	image_free(&rows);
	return rc == -1 ? -1 : 0;
}

static int
note_sum_of_onec(struct flow *flow, const struct deal *deal,
    struct order *order, struct err *err)
{
	struct image image;
	int rc = order_image(flow, TARGET_DEAL, deal->id, &image, err);

	if (rc == 0 && deal->manual_sum != fields_has(&image.agreed,
	    FIELD_SUM)) {
		rc = know_sum(flow, order, err);
		note_manual_sum(deal, order, &image.agreed);
		if (rc == 0)
			rc = snapshot_image_put(flow->snap, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* Its order is 1C's own: nothing of it goes there. */
static int
take_of_onec(struct flow *flow, const struct deal *deal, struct order *order,
    struct err *err)
{
	if (note_sum_of_onec(flow, deal, order, err) == -1 ||
	    snapshot_order_put(flow->snap, order, err) == -1)
		return -1;
	return reply_derive_deal(flow, order->deal, 0, false, err);
}

int
order_take(struct flow *flow, const struct deal *deal, int64_t looked,
    struct err *err)
{
	enum onec_deal whose = ONEC_DEAL_NONE;
	struct order order;
	bool passed = false;
	int rc, known;

	order_init(&order);
	known = snapshot_order_get(flow->snap, deal->id, &order, err);
	rc = known;
	if (rc != -1)
		rc = onec_deal_whose(flow, deal, &order, &whose, err);
	/* Of no funnel of ours it is not remembered. */
	if (rc == 0 && whose != ONEC_DEAL_MARKED && (known == 0 ||
	    deal->phase != DEAL_OUTSIDE)) {
		order.deal = deal->id;
		rc = order_passed(flow, deal, &order, &passed, err);
		note_seen(&order, deal, looked);
		if (rc == 0)
			rc = note_funnel(flow, deal, err);
		if (rc == 0)
			rc = whose == ONEC_DEAL_MADE ? take_of_onec(flow, deal,
			    &order, err) : take_known(flow, deal, &order,
			    whose == ONEC_DEAL_COPY, passed, err);
	}
	order_free(&order);
	return rc;
}

int
order_lose(struct flow *flow, struct order *order, struct err *err)
{
	/* Of one that left its stages unheard, `known` is what 1C was given. */
	bool loaded = order->known.count > 0 &&
	    (order->state != ORDER_PRESUMED || !order->offered);
	bool of_onec = order->state == ORDER_FROM_ONEC;

	if (order->state == ORDER_GONE)
		return 0;
	order_set_state(order, ORDER_GONE, "deal-deleted", loaded ? TOLD("the "
	    "deal was deleted in the portal; the order in 1C stays as it is") :
	    order->first_put != 0 ? TOLD("the deal was deleted in the portal: "
	    "the order was taken back, but 1C may have loaded it already: look "
	    "there") : TOLD("the deal was deleted in the portal before 1C had "
	    "loaded its order"));
	if (order->number != 0 || of_onec)
		order_tell(flow, order);
	if (snapshot_order_put(flow->snap, order, err) == -1)
		return -1;
	return of_onec ? onec_deal_lose(flow, order, err) : 0;
}
