/*
 * Orders that began in 1C become deals, where the rules ask for it
 * (orders.create_deals_for_onec_orders).  An order is called by the number that
 * 1C gave it and the year of its date, for 1C counts anew each year; so are
 * the payments and shipments that name it.
 *
 * What a deal begins with is said once, when it is made: title, sum, client,
 * who is responsible, and the mark by which it is looked up after a lost
 * answer.  From then on 1C speaks of it as of any other deal (reply.c).
 */
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/told.h"
#include "model/party.h"

#define YEAR_BYTES 4            /* of "2026-01-15" */
#define DAY_BYTES 10
#define TITLE_BYTES 255         /* what the portal keeps of a title */

static bool
is_ours(const struct config *config, struct str number)
{
	int64_t ours;

	return hear_number(number, &ours) &&
	    order_number_is_ours(config, ours);
}

int
onec_target(struct target *out, const struct fields *document)
{
	char day[24];

	answer_day(day, document);
	return !answer_is_order(document) || target_set_part(out,
	    TARGET_ONEC_ORDER, answer_number(document),
	    str_utf8_cut(str_of(day), YEAR_BYTES)) == -1;
}

/* ---- may a deal be made of it? ---- */

enum verdict {
	MAY,
	OURS,                   /* its number is one that we give away */
	NO_ORDER,               /* a payment alone, say */
	NO_DAY,
	TOO_OLD,
	CANCELLED,
	CLIENT_LEFT_OUT
};

static bool
is_old(struct flow *flow, struct str date)
{
	int64_t at;

	return clock_parse(&at, str_utf8_cut(date, DAY_BYTES)) == 0 &&
	    clock_from_local(at) < order_since(flow);
}

static bool
is_cancelled(const struct answer *answer)
{
	struct str progress = fields_get(&answer->deal, FIELD_PROGRESS);
	struct str line;
	size_t at = 0;

	while (party_line_next(progress, &at, &line))
		if (str_is(field_part(line, 0), "cancelled"))
			return true;
	return false;
}

static int
take_client(void *ctx, const struct target *target, struct err *err)
{
	struct target *out = ctx;

	(void)err;
	if (target->kind != TARGET_COMPANY && target->kind != TARGET_CONTACT)
		return 0;
	*out = *target;
	return 1;
}

/* Its counterparty as a client: kind TARGET_NONE where it names none.
 * *carried: it is in the portal, or on its way there. */
static int
find_client(struct flow *flow, const struct answer *answer,
    struct target *out, bool *carried, struct err *err)
{
	struct wanted wanted;
	struct image image;
	int rc;

	*out = (struct target){ .kind = TARGET_NONE };
	*carried = answer->party_id[0] == '\0';
	if (*carried)
		return 0;
	if (map_targets(flow->map, RECORD_COUNTERPARTY,
	    str_of(answer->party_id), take_client, out, err) == -1)
		return -1;
	if (out->kind == TARGET_NONE)
		return 0;
	wanted_init(&wanted);
	image_init(&image);
	rc = snapshot_image_get(flow->snap, out, &image, err);
	if (rc != -1)
		rc = map_derive(flow->map, out, &wanted, err);
	*carried = image.portal_id != 0 || wanted.state == WANTED_PRESENT;
	image_free(&image);
	wanted_free(&wanted);
	return rc;
}

static int
judge(struct flow *flow, const struct target *target,
    const struct answer *answer, struct target *client, enum verdict *out,
    struct err *err)
{
	struct str date = fields_get(&answer->birth, FIELD_DATE);
	bool carried;

	*client = (struct target){ .kind = TARGET_NONE };
	if (is_ours(flow->config, target_id(target)))
		*out = OURS;
	else if (!answer->order)
		*out = NO_ORDER;
	else if (date.len == 0)
		*out = NO_DAY;
	else if (is_old(flow, date))
		*out = TOO_OLD;
	else if (is_cancelled(answer))
		*out = CANCELLED;
	else if (find_client(flow, answer, client, &carried, err) == -1)
		return -1;
	else
		*out = carried ? MAY : CLIENT_LEFT_OUT;
	return 0;
}

static const char *
reason(enum verdict verdict)
{
	switch (verdict) {
	case OURS:
		return _("its number is one of orders.number_first to "
		    "number_last, which are given by cml24 alone");
	case NO_DAY:
		return _("it has no date");
	case TOO_OLD:
		return _("it is older than orders.since");
	case CANCELLED:
		return _("it is cancelled, or marked for deletion");
	case CLIENT_LEFT_OUT:
		return _("its counterparty is not carried into the portal");
	case MAY:
	case NO_ORDER:
		break;
	}
	return NULL;
}

/* ---- what it begins with ---- */

/* "Order 15 of 24.11.2026" */
static void
set_title(struct fields *out, const struct words *words,
    const struct answer *answer)
{
	struct str number = fields_get(&answer->birth, FIELD_NUMBER);
	struct str date = fields_get(&answer->birth, FIELD_DATE);
	struct buf text = BUF_INIT(LIMIT_NAME_BYTES);

	(void)buf_printf(&text, words_say(words, N_("Order %.*s of "
	    "%.2s.%.2s.%.4s")), (int)number.len, number.p, date.p + 8,
	    date.p + 5, date.p);
	(void)fields_set(out, FIELD_NAME, str_utf8_cut(str_n(buf_text(&text),
	    text.len), TITLE_BYTES));
	buf_free(&text);
}

/* Ид, as 1C's own module marks what it makes in the portal; where 1C writes
 * none, what we call the order. */
static void
set_mark(struct fields *out, const struct target *target,
    const struct answer *answer)
{
	struct str number = target_id(target), year = target_rule(target);
	struct buf mark = BUF_INIT(LIMIT_KEY_BYTES);

	if (answer->onec_id[0] != '\0')
		(void)buf_add_text(&mark, answer->onec_id);
	else
		(void)buf_printf(&mark, "%.*s/%.*s", (int)number.len,
		    number.p, (int)year.len, year.p);
	(void)fields_set(out, FIELD_XML_ID, str_n(buf_text(&mark), mark.len));
	buf_free(&mark);
}

/* A currency without a word for it fails the change: onec_judge(). */
static void
set_sum(struct flow *flow, struct wanted *out, const struct answer *answer)
{
	struct str said = str_of(answer->currency);
	struct str code = map_currency(flow->map, said);
	char sum[DECIMAL_TEXT_BYTES];

	if (answer->has_sum) {
		(void)decimal_format(sum, answer->sum);
		(void)fields_set(&out->at_create, FIELD_SUM, str_of(sum));
	}
	if (code.len > 0)
		(void)fields_set(&out->at_create, FIELD_CURRENCY, code);
	else
		(void)fields_set(&out->unsaid, FIELD_CURRENCY, said);
}

static void
set_manager(const struct config *config, struct fields *out,
    struct str manager)
{
	const char *user = manager.len > 0 ? config_map_get(&config->users,
	    manager) : NULL;

	(void)fields_set(out, FIELD_MANAGER, str_of(user != NULL ? user :
	    config->default_user));
}

static void
want(struct flow *flow, const struct target *target,
    const struct answer *answer, const struct target *client,
    struct wanted *out)
{
	const struct config *config = flow->config;
	struct fields *said = &out->at_create;

	set_title(said, flow_words(flow), answer);
	set_mark(said, target, answer);
	set_sum(flow, out, answer);
	set_manager(config, said, fields_get(&answer->birth, FIELD_MANAGER));
	(void)fields_set(said, FIELD_COMMENT, fields_get(&answer->birth,
	    FIELD_COMMENT));
	(void)fields_set(said, FIELD_CATEGORY,
	    str_of(config->orders.funnels[0].funnel));
	out->parent = *client;
	out->state = WANTED_PRESENT;
}

int
onec_derive(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out, struct err *err)
{
	struct answer answer;
	struct target client;
	enum verdict verdict;
	size_t count;
	int rc;

	/* Once it is there, the deal is another target's (reply.c). */
	if (image->portal_id != 0)
		out->state = WANTED_PRESENT;
	if (image->portal_id != 0 || !flow->config->orders.create_deals)
		return 0;
	answer_init(&answer);
	rc = reply_documents_onec(flow, target, &answer, &count, err);
	if (rc == 0)
		rc = judge(flow, target, &answer, &client, &verdict, err);
	if (rc == 0)
		flow->unmade_why = reason(verdict);
	if (rc == 0 && verdict == MAY)
		want(flow, target, &answer, &client, out);
	answer_free(&answer);
	return rc;
}

void
onec_judge(const struct flow *flow, struct change *change,
    const struct difference *diff)
{
	struct str currency = fields_get(&diff->unsaid, FIELD_CURRENCY);
	char text[CHANGE_TEXT_BYTES];

	if (diff->verb != VERB_CREATE)
		return;
	if (diff->parent.kind == TARGET_NONE) {
		derive_fail(flow, change, &diff->send, ONEC_NO_CLIENT,
		    TOLD("the order names no counterparty in 1C: choose one "
		    "there, for no deal is made without its client"));
	} else if (currency.len > 0) {
		told_set(text, sizeof(text), N_("the currency \"%.*s\" is not "
		    "known: add it to currencies"), (int)currency.len,
		    currency.p);
		derive_fail(flow, change, &diff->send, "currency-unknown",
		    text);
	}
}

/* ---- a document came ---- */

struct naming {
	struct flow *flow;
	int64_t package;
	bool force;
	const struct target *own;       /* the document's: derived last */
	bool there;             /* the number's, of any year, is a deal */
};

/* Whatever it says may be of any order of this number. */
static int
derive_named(void *ctx, const struct target *target, struct err *err)
{
	struct naming *naming = ctx;
	struct flow *flow = naming->flow;
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0) {
		naming->there = true;
		rc = reply_derive_deal(flow, image.portal_id, naming->package,
		    naming->force, err);
	} else if (rc == 0 && (naming->own == NULL ||
	    !target_same(target, naming->own))) {
		rc = derive_target(flow, target, naming->package, false, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* A first export may bring thousands: flow.c says how many more. */
static void
tell_unmade(struct flow *flow, struct str number, const char *why)
{
	if (flow->unmade++ < LIMIT_UNMADE_TOLD)
		report_line(flow->report, _("order %.*s of 1C: no deal is "
		    "made of it: %s"), (int)number.len, number.p, why);
}

/* Two organisations of 1C may use one number, and whoever reads of it cannot
 * tell which of the two is meant: there is one deal, and a person is told. */
struct twins {
	struct flow *flow;
	const struct target *target;
	struct str id;
	bool told;
};

/* Without a mark of its own a document is one more of the same order. */
static bool
has_mark(const struct target *target, struct str id,
    const struct fields *document)
{
	struct target own;

	return !str_eq(id, target_id(target)) &&
	    !str_is(fields_get(document, FIELD_DELETED), "1") &&
	    onec_target(&own, document) == 0 && target_same(&own, target);
}

static int
look_at_twin(void *ctx, struct str id, struct err *err)
{
	struct twins *twins = ctx;
	struct flow *flow = twins->flow;
	struct str number = target_id(twins->target);
	struct fields document;
	int rc;

	if (twins->told || str_eq(id, twins->id))
		return 0;
	fields_init(&document);
	rc = flow->source.get(flow->source.ctx, RECORD_DOCUMENT, id,
	    &document, err);
	twins->told = rc == 0 && has_mark(twins->target, id, &document);
	if (twins->told)
		report_say(flow->report, _("order %.*s of 1C: two orders of "
		    "one year have this number (%.*s and %.*s), and one deal "
		    "is made: give each organisation of 1C a prefix of its "
		    "own"), (int)number.len, number.p, (int)twins->id.len,
		    twins->id.p, (int)id.len, id.p);
	fields_free(&document);
	return rc == -1 ? -1 : 0;
}

static int
tell_twin(struct flow *flow, const struct target *target, struct str id,
    const struct fields *document, struct err *err)
{
	struct twins twins = { flow, target, id, false };

	return !has_mark(target, id, document) ? 0 : snapshot_document_each(
	    flow->snap, target_id(target), look_at_twin, &twins, err);
}

/* Orders alone: a payment of one that is not known says nothing. */
static int
derive_order(struct naming *naming, struct str id,
    const struct fields *document, struct err *err)
{
	struct flow *flow = naming->flow;
	const struct target *own = naming->own;

	if (own == NULL) {
		tell_unmade(flow, answer_number(document), reason(NO_DAY));
		return 0;
	}
	flow->unmade_why = NULL;
	if (derive_target(flow, own, naming->package, false, err) == -1 ||
	    tell_twin(flow, own, id, document, err) == -1)
		return -1;
	if (!naming->there && flow->unmade_why != NULL)
		tell_unmade(flow, target_id(own), flow->unmade_why);
	return 0;
}

/* What was to be made under the number that was left. */
static int
derive_unmade(void *ctx, const struct target *target, struct err *err)
{
	struct flow *flow = ctx;
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id == 0)
		rc = derive_target(flow, target, 0, false, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
onec_renumbered(struct flow *flow, struct str id,
    const struct fields *document, struct str number, struct err *err)
{
	struct target now;

	if (onec_target(&now, document) != 0)
		return 0;
	if (onec_deal_rename(flow, number, &now, id, err) == -1)
		return -1;
	return snapshot_image_each_of(flow->snap, TARGET_ONEC_ORDER, number,
	    derive_unmade, flow, err);
}

int
onec_document(struct flow *flow, struct str id,
    const struct fields *document, int64_t package, bool force,
    struct err *err)
{
	bool make = flow->config->orders.create_deals &&
	    answer_is_order(document);
	struct naming naming = { flow, package, force, NULL, false };
	struct str number = answer_number(document);
	struct target own;

	if (onec_target(&own, document) == 0) {
		naming.own = make ? &own : NULL;
		if (onec_deal_rename(flow, number, &own, id, err) == -1)
			return -1;
	}
	if (snapshot_image_each_of(flow->snap, TARGET_ONEC_ORDER, number,
	    derive_named, &naming, err) == -1)
		return -1;
	if (make)
		return derive_order(&naming, id, document, err);
	if (!naming.there)
		report_line(flow->report, _("order %.*s of 1C is none of "
		    "ours: nothing is made of it"), (int)number.len,
		    number.p);
	return 0;
}

struct each_document {
	struct flow *flow;
	int64_t package;
	struct err *err;
};

static int
derive_each(void *arg, const struct record *record)
{
	const struct each_document *each = arg;
	struct target target;

	if (onec_target(&target, &record->fields) != 0 ||
	    is_ours(each->flow->config, target_id(&target)))
		return 0;
	return derive_target(each->flow, &target, each->package, false,
	    each->err);
}

int
onec_each(struct flow *flow, int64_t package, struct err *err)
{
	struct each_document each = { flow, package, err };

	if (!flow->config->orders.create_deals)
		return 0;
	return flow->source.each(flow->source.ctx, RECORD_DOCUMENT,
	    derive_each, &each, err) == 0 ? 0 : -1;
}
