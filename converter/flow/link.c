/*
 * What a client or good of 1C is in the portal, known by other means than
 * recognising: a person's decision (`link`, `unlink`), or the order that went
 * there and came back with 1C's own id of the customer.
 */
#include "flow/customer.h"
#include "flow/order.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/told.h"
#include "flow/choice.h"
#include "flow/mark.h"
#include "flow/rival.h"

#define META_NEW "client.new."  /* and the target's row: 1 */
#define META_APART "client.apart."      /* and the target's row: the id of the
					   one that it was unlinked from */

#define META_HANDED "client.handed."    /* and the target's row: 1, that one
					   went over to another card of 1C */

/* How often it is asked whether the portal's object is there, where an answer
 * is lost. */
#define ASKED_MAX 3

struct linking {
	struct flow *flow;
	struct str person;      /* id of a contact person */
	int64_t portal_id;      /* 0: unlink; FLOW_LINK_NEW */
	const char *note;       /* for the history */
	int64_t count;          /* targets that it was about */
	const char *why;        /* `new` does not fit a target: or NULL */
	bool hands_over;        /* no person did it */
};

/* ---- none of those that may be it ---- */

struct renewal {
	struct flow *flow;
	struct str person;
};

static void
name_new(char name[64], int64_t row)
{
	(void)snprintf(name, 64, META_NEW "%" PRId64, row);
}

bool
link_is_new(const struct flow *flow, int64_t row)
{
	char name[64];

	name_new(name, row);
	return snapshot_meta_int(flow->snap, name, 0) == 1;
}

static int
use_up(struct flow *flow, int64_t row, struct err *err)
{
	char name[64];

	name_new(name, row);
	return link_is_new(flow, row) ?
	    snapshot_meta_set_int(flow->snap, name, 0, err) : 0;
}

static int
use_up_person(void *ctx, const struct target *target,
    const struct image *image, struct err *err)
{
	struct renewal *renewal = ctx;

	return str_eq(target_rule(target), renewal->person) ?
	    use_up(renewal->flow, image->target, err) : 0;
}

int
link_new_done(struct flow *flow, const struct target *target, int64_t row,
    struct err *err)
{
	struct renewal renewal = { flow, target_rule(target) };

	if (client_missed(flow, row) != 0 &&
	    client_miss(flow, row, 0, err) == -1)
		return -1;
	if (!link_is_new(flow, row))
		return 0;
	/* The same person of other companies is recognised by the mark. */
	if (target->kind == TARGET_PERSON)
		return snapshot_image_each(flow->snap, TARGET_PERSON,
		    use_up_person, &renewal, err);
	return use_up(flow, row, err);
}

/* Do those that may be it carry our mark? */
static bool
bear_mark(const char *text)
{
	struct choice choice;
	size_t at = 0;

	return choice_next(&choice, text, &at) && match_step_named(
	    choice.step) == MATCH_BY_ORIGIN;
}

static bool
is_among(int64_t portal_id, const char *text)
{
	struct choice choice;
	size_t at = 0;

	while (choice_next(&choice, text, &at))
		if (choice.portal_id == portal_id)
			return true;
	return false;
}

/* Why it is not made new: NULL, it is.  What was unlinked may carry the mark
 * still. */
static const char *
why_not_new(const struct change *change)
{
	if (change->state != CHANGE_FAILED ||
	    (strcmp(change->code, CHOICE_CODE) != 0 &&
	    strcmp(change->code, CHOICE_NAMESAKE) != 0))
		return _("`new` is said of what `unsent` names several "
		    "objects of the portal for");
	return bear_mark(change->text) ? _("those that may be it carry its "
	    "mark: one more would be a double; link one of them") : NULL;
}

static int
write_link(struct linking *linking, const struct target *target,
    int64_t portal_id, struct err *err)
{
	struct history entry;
	int rc;

	history_init(&entry);
	entry.at = clock_wall_ms();
	entry.run = linking->flow->run.id;
	entry.target = *target;
	entry.verb = VERB_LINK;
	entry.portal_id = portal_id;
	told_copy(entry.note, sizeof(entry.note), linking->note);
	rc = snapshot_history_add(linking->flow->snap, &entry, err);
	history_free(&entry);
	return rc;
}

/* It is looked for no more, and due. */
static int
apply_new(struct linking *linking, const struct target *target,
    const struct image *image, const struct change *change, struct err *err)
{
	struct flow *flow = linking->flow;
	const char *why = why_not_new(change);
	int64_t count;
	char name[64];

	if (why != NULL) {
		linking->why = why;
		return 0;
	}
	linking->count++;
	name_new(name, image->target);
	if (write_link(linking, target, 0, err) == -1 ||
	    snapshot_meta_set_int(flow->snap, name, 1, err) == -1)
		return -1;
	return snapshot_change_retry(flow->snap, image->target, &count, err);
}

/* One that a person says is another one's bears the mark no more.  Unlinked, it
 * is left alone: it loses the mark when it is known who bears it now. */
static int
leave_marks(const struct linking *linking, const struct target *target,
    const struct image *image, struct err *err)
{
	struct flow *flow = linking->flow;
	bool unlinks = linking->portal_id == 0;
	int64_t apart, next;
	char name[64];

	if (target->kind != TARGET_COMPANY && target->kind != TARGET_CONTACT)
		return 0;
	(void)snprintf(name, sizeof(name), META_APART "%" PRId64,
	    image->target);
	apart = snapshot_meta_int(flow->snap, name, 0);
	next = !unlinks ? 0 : image->portal_id != 0 ? image->portal_id : apart;
	if (!unlinks && linking->portal_id != image->portal_id &&
	    mark_leave(flow, target, image->portal_id, NULL, err) == -1)
		return -1;
	if (!unlinks && linking->portal_id != apart && apart !=
	    image->portal_id &&
	    mark_leave(flow, target, apart, NULL, err) == -1)
		return -1;
	return next == apart ? 0 : snapshot_meta_set_int(flow->snap, name,
	    next, err);
}

/* Did the client lose it because 1C had marked it deleted? */
static int
note_handed(const struct linking *linking, int64_t row, struct err *err)
{
	struct snapshot *snap = linking->flow->snap;
	char name[64];

	(void)snprintf(name, sizeof(name), META_HANDED "%" PRId64, row);
	return snapshot_meta_int(snap, name, 0) == linking->hands_over ? 0 :
	    snapshot_meta_set_int(snap, name, linking->hands_over, err);
}

static int
apply(struct linking *linking, const struct target *target,
    struct image *image, struct err *err)
{
	struct flow *flow = linking->flow;
	int64_t shown = linking->portal_id != 0 ? linking->portal_id :
	    image->portal_id;

	linking->count++;
	if (leave_marks(linking, target, image, err) == -1 ||
	    note_handed(linking, image->target, err) == -1)
		return -1;
	if (customer_stir_linked(flow, target->kind, image->portal_id,
	    err) == -1 || customer_stir_linked(flow, target->kind,
	    linking->portal_id, err) == -1)
		return -1;
	image->portal_id = linking->portal_id;
	image->gone = image->lost = false;
	image->apart = linking->portal_id == 0;
	fields_clear(&image->agreed);
	if (write_link(linking, target, shown, err) == -1 ||
	    link_new_done(flow, target, image->target, err) == -1 ||
	    snapshot_image_put(flow->snap, image, err) == -1 ||
	    snapshot_change_drop(flow->snap, image->target, err) == -1 ||
	    derive_forget_dependents(flow, target, err) == -1)
		return -1;
	if (derive_target(flow, target, 0, false, err) == -1)
		return -1;
	if (target_is_good(target->kind) &&
	    derive_good(flow, target, 0, err) == -1)
		return -1;
	if ((target->kind == TARGET_COMPANY ||
	    target->kind == TARGET_CONTACT ||
	    target->kind == TARGET_REQUISITE) && derive_record(flow,
	    RECORD_COUNTERPARTY, target_id(target), 0, false, err) == -1)
		return -1;
	return snapshot_change_release(flow->snap, image->target, err);
}

static int
note_attempt(void *ctx, const struct attempt *attempt, struct err *err)
{
	int64_t *row = ctx;

	(void)err;
	if (attempt->row == *row)
		*row = 0;
	return 0;
}

/* What was sent may be made yet: first it has to be known. */
static int
refuse_under_way(struct linking *linking, int64_t row, struct err *err)
{
	if (snapshot_attempt_each(linking->flow->snap, note_attempt, &row,
	    err) == -1)
		return -1;
	return row != 0 ? 0 : err_set(err, ERR_USAGE, "%s", _("what was sent "
	    "of it has no answer yet: `cml24 run` first"));
}

/* A person may have meant another one, or has to take it off sale. */
static void
tell_left(struct linking *linking, const struct target *target,
    int64_t portal_id)
{
	struct str id = target_id(target);

	if (portal_id != 0 && linking->portal_id != 0 &&
	    portal_id != linking->portal_id)
		report_say(linking->flow->report, _("%s %.*s: was linked to %"
		    PRId64 ", which stays in the portal as it is"),
		    target_kind_title(target->kind), (int)id.len, id.p,
		    portal_id);
}

static int
apply_one(struct linking *linking, const struct target *target,
    struct err *err)
{
	struct flow *flow = linking->flow;
	struct change change;
	struct image image;
	struct target holder;
	enum match_holder held = MATCH_FREE;
	int rc;

	memset(&change, 0, sizeof(change));
	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0)
		rc = refuse_under_way(linking, image.target, err);
	if (rc == 0 && snapshot_change_get(flow->snap, image.target, &change,
	    err) == -1)
		rc = -1;
	if (rc == 0 && target->kind == TARGET_REQUISITE &&
	    linking->portal_id > 0 &&
	    !is_among(linking->portal_id, change.text))
		rc = err_set(err, ERR_USAGE, _("%" PRId64 " is none of the "
		    "requisites that `cml24 unsent` names for it"),
		    linking->portal_id);
	if (rc == 0 && linking->portal_id > 0)
		rc = rival_has(flow, target, linking->portal_id, &holder,
		    &held, err);
	if (rc == 0 && held == MATCH_LEFT)
		rc = link_hand_over(flow, &holder, target, err);
	if (rc == 0 && held == MATCH_HELD)
		rc = err_set(err, ERR_USAGE, _("%" PRId64 " is linked to "
		    "another one of 1C already; `cml24 unlink` it first"),
		    linking->portal_id);
	else if (rc == 0 && linking->portal_id == FLOW_LINK_NEW)
		rc = apply_new(linking, target, &image, &change, err);
	else if (rc == 0) {
		tell_left(linking, target, image.portal_id);
		rc = apply(linking, target, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
visit_person(void *ctx, const struct target *target,
    const struct image *image, struct err *err)
{
	struct linking *linking = ctx;

	(void)image;
	return str_eq(target_rule(target), linking->person) ?
	    apply_one(linking, target, err) : 0;
}

static int
link_in_transaction(struct linking *linking, enum target_kind kind,
    const char *id, struct err *err)
{
	struct target target;

	if (kind == TARGET_PERSON) {
		linking->person = str_of(id);
		return snapshot_image_each(linking->flow->snap, kind,
		    visit_person, linking, err);
	}
	return target_set(&target, kind, str_of(id)) == 0 ?
	    apply_one(linking, &target, err) : 0;
}

static int
check_kind(enum target_kind target, const char *kind, int64_t portal_id,
    struct err *err)
{
	bool new = portal_id == FLOW_LINK_NEW;

	if (target_is_client(target) || (target_is_good(target) && !new) ||
	    (target == TARGET_REQUISITE && portal_id != 0))
		return 0;
	if (new)
		return err_set(err, ERR_USAGE, _("%s: `new` is said of "
		    "company, contact, person or requisite"), kind);
	if (portal_id != 0)
		return err_set(err, ERR_USAGE, _("%s: wanted company, "
		    "contact, person, product, parent, variation, service or "
		    "requisite"), kind);
	return err_set(err, ERR_USAGE, _("%s: wanted company, contact, "
	    "person, product, parent, variation or service"), kind);
}

/* ---- is it there? ---- */

static int
note_person(void *ctx, const struct target *target,
    const struct image *image, struct err *err)
{
	struct linking *linking = ctx;

	(void)image;
	(void)err;
	linking->count += str_eq(target_rule(target), linking->person);
	return 0;
}

/* Has 1C named it? */
static int
is_named_by_1c(struct flow *flow, enum target_kind kind, const char *id,
    bool *is, struct err *err)
{
	struct linking people = { .flow = flow, .person = str_of(id) };
	struct target target;
	struct image image;
	int rc = 1;

	if (kind == TARGET_PERSON) {
		rc = snapshot_image_each(flow->snap, kind, note_person,
		    &people, err);
		*is = people.count > 0;
		return rc;
	}
	image_init(&image);
	if (target_set(&target, kind, str_of(id)) == 0)
		rc = snapshot_image_get(flow->snap, &target, &image, err);
	image_free(&image);
	*is = rc == 0;
	return rc == -1 ? -1 : 0;
}

/* What the portal does not answer to is no word against a person's. */
static int
judge_there(const struct op *op, struct err *err)
{
	const char *title = target_kind_title(op->target.kind);

	if (op->outcome == OUTCOME_REFUSED)
		return told_err(err, ERR_USAGE, "%s %" PRId64 ": %s", title,
		    op->portal_id, op->text);
	if (op->outcome == OUTCOME_NOT_THERE ||
	    (op->outcome == OUTCOME_DONE && op->found_count == 0))
		return err_set(err, ERR_USAGE, _("%s %" PRId64 ": the portal "
		    "has no such one; nothing was linked"), title,
		    op->portal_id);
	return 0;
}

static int
ask_once(struct flow *flow, enum target_kind kind, int64_t portal_id,
    enum outcome *outcome, struct err *err)
{
	struct request *request = request_new(1);
	struct op *op = &request->ops[0];
	bool done = false;
	int rc;

	request->count = 1;
	op->kind = OP_FIND;
	op->target.kind = kind;
	op->portal_id = portal_id;
	rc = push_send(flow, request, &done, err);
	if (rc == 0)
		rc = judge_there(op, err);
	*outcome = op->outcome;
	request_free(request);
	return rc;
}

static int
ask_there(struct flow *flow, enum target_kind kind, const char *id,
    int64_t portal_id, struct err *err)
{
	struct err away = { 0 };
	enum outcome outcome = OUTCOME_AGAIN;
	bool known;
	int rc = 0;

	if (portal_id <= 0 || kind == TARGET_REQUISITE)
		return 0;
	if (is_named_by_1c(flow, kind, id, &known, err) == -1)
		return -1;
	if (!known || push_prepare(flow, &away) == -1 ||
	    client_is_barred(flow, kind))
		return 0;
	for (int i = 0; rc == 0 && outcome == OUTCOME_AGAIN && i < ASKED_MAX;
	    i++)
		rc = ask_once(flow, kind, portal_id, &outcome, err);
	return rc == -1 ? -1 : 0;
}

static const char *
note_of(int64_t portal_id)
{
	if (portal_id == FLOW_LINK_NEW)
		return TOLD("a person says that it is another one");
	return portal_id != 0 ? TOLD("linked by a person") :
	    TOLD("unlinked by a person");
}

int
flow_link(struct flow *flow, const char *kind, const char *id,
    int64_t portal_id, struct err *err)
{
	struct linking linking = { .flow = flow, .portal_id = portal_id,
	    .note = note_of(portal_id) };
	enum target_kind target = target_kind_by_name(str_of(kind));
	int rc;

	if (check_kind(target, kind, portal_id, err) == -1 ||
	    ask_there(flow, target, id, portal_id, err) == -1)
		return -1;
	if (flow_run_begin(flow, err) == -1 ||
	    snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = link_in_transaction(&linking, target, id, err);
	if (rc == 0 && linking.count == 0 && linking.why != NULL)
		rc = err_set(err, ERR_USAGE, "%s %s: %s", kind, id,
		    linking.why);
	else if (rc == 0 && linking.count == 0)
		rc = err_set(err, ERR_USAGE, _("%s %s: 1C has named no such "
		    "one"), kind, id);
	if (rc == 0)
		rc = choice_rivals_again(flow, err);
	return snapshot_end(flow->snap, rc, err);
}

/* ---- one card of 1C after the other ---- */

int
link_hand_over(struct flow *flow, const struct target *from,
    const struct target *to, struct err *err)
{
	struct linking linking = { .flow = flow, .hands_over = true };
	struct str id = target_id(to);
	struct image image;
	char note[128];
	int rc;

	told_set(note, sizeof(note), N_("handed over to %.*s, for 1C marked "
	    "this one deleted"), (int)str_utf8_cut(id, 64).len, id.p);
	linking.note = note;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, from, &image, err);
	if (rc == 0)
		rc = mark_leave(flow, from, image.portal_id, to, err);
	if (rc == 0)
		rc = apply(&linking, from, &image, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* Who has what the target has lost so: MATCH_FREE: nobody, or it was a person
 * who took it. */
static enum match_holder
handed_to(struct flow *flow, const struct target *target, int64_t row,
    int64_t *portal_id, struct target *holder)
{
	enum match_holder held = MATCH_FREE;
	struct err ignored = { 0 };
	char name[64];

	(void)snprintf(name, sizeof(name), META_HANDED "%" PRId64, row);
	if (snapshot_meta_int(flow->snap, name, 0) != 1)
		return MATCH_FREE;
	(void)snprintf(name, sizeof(name), META_APART "%" PRId64, row);
	*portal_id = snapshot_meta_int(flow->snap, name, 0);
	if (*portal_id == 0 || rival_has(flow, target, *portal_id, holder,
	    &held, &ignored) == -1)
		return MATCH_FREE;
	return held;
}

bool
link_comes_back(struct flow *flow, const struct target *target, int64_t row)
{
	struct target holder;
	int64_t portal_id;

	return handed_to(flow, target, row, &portal_id, &holder) ==
	    MATCH_LEFT;
}

bool
link_tell_handed(struct flow *flow, const struct target *target, int64_t row,
    char text[CHANGE_TEXT_BYTES])
{
	struct target holder;
	int64_t portal_id;

	if (handed_to(flow, target, row, &portal_id, &holder) == MATCH_FREE)
		return false;
	told_set(text, CHANGE_TEXT_BYTES, N_("1C had marked it deleted, and %"
	    PRId64 " of the portal went over to %.*s: where both are one, "
	    "mark one of them deleted in 1C; where they are two, `cml24 "
	    "retry` makes one of its own"), portal_id,
	    (int)target_mark(&holder).len, target_mark(&holder).p);
	return true;
}

/* ---- through an order ---- */

enum inn { INN_NOT_SAID, INN_SAME, INN_DIFFERS };

/* Two different INNs are two firms, whatever else says that they are one. */
static enum inn
compare_inn(const struct wanted *wanted, const struct order *order)
{
	struct str theirs = field_part(fields_get(&wanted->at_create,
	    FIELD_TAXPAYER), 0);
	struct str ours = fields_get(&order->document, FIELD_INN);

	if (theirs.len == 0 || ours.len == 0)
		return INN_NOT_SAID;
	return str_eq(theirs, ours) ? INN_SAME : INN_DIFFERS;
}

/* Without an INN on both sides the name has to be the one that we sent: 1C may
 * name the customer that the deal had before. */
static int
is_named(struct flow *flow, const struct target *target,
    const struct order *order, bool *named, struct err *err)
{
	static const char *const forms[] = { "", RECORD_NAMED };
	struct fields fields;
	struct buf id = BUF_INIT(LIMIT_KEY_BYTES);
	struct str name;
	int rc = 0;

	fields_init(&fields);
	*named = false;
	for (size_t i = 0; rc != -1 && i < 2 && !*named; i++) {
		buf_clear(&id);
		(void)buf_printf(&id, "%.*s%s", (int)target_id(target).len,
		    target_id(target).p, forms[i]);
		rc = flow->source.get(flow->source.ctx, RECORD_COUNTERPARTY,
		    str_n(id.data, id.len), &fields, err);
		name = fields_get(&fields, FIELD_NAME);
		*named = rc == 0 && name.len > 0 && (str_same_name(name,
		    fields_get(&order->document, FIELD_NAME)) ||
		    str_same_name(name, fields_get(&order->document,
		    FIELD_FULL_NAME)));
	}
	fields_free(&fields);
	buf_free(&id);
	return rc == -1 ? -1 : 0;
}

/* May the client become this one without a person? */
static int
may_link(struct linking *linking, const struct target *target,
    const struct order *order, const struct image *image, bool *may,
    struct err *err)
{
	struct flow *flow = linking->flow;
	int64_t row = image->target;
	struct wanted wanted;
	bool taken = true, named = false;
	enum inn inn;
	int rc;

	*may = false;
	if (image->portal_id != 0 || image->apart || image->lost ||
	    image->target == 0)
		return 0;
	wanted_init(&wanted);
	rc = derive_wanted(flow, target, image, &wanted, err);
	if (rc == 0)
		rc = adopt_is_taken(flow, target, linking->portal_id, false,
		    &taken, err);
	if (rc == 0)
		rc = snapshot_attempt_each(flow->snap, note_attempt, &row,
		    err);
	if (rc == 0)
		rc = is_named(flow, target, order, &named, err);
	inn = compare_inn(&wanted, order);
	*may = rc == 0 && wanted.state == WANTED_PRESENT && !taken &&
	    row != 0 && inn != INN_DIFFERS && (named || inn == INN_SAME);
	wanted_free(&wanted);
	return rc;
}

/* The deal may have got another customer since 1C loaded it, which is in no
 * version: it left the stages, or is held. */
static bool
is_for_another(const struct order *order, bool company, int64_t client)
{
	struct str id = fields_get(&order->document, FIELD_PARTY_ID);
	bool of_company = false;
	int64_t number = customer_of_card(id, &of_company);

	return !str_eq(fields_get(&order->known, FIELD_PARTY_ID), id) ||
	    (number != 0 && (number != client || of_company != company));
}

/* Its other orders name it as 1C does from now on; that is no news to 1C. */
static int
spell_order(void *ctx, int64_t deal, struct err *err)
{
	const struct linking *linking = ctx;
	struct flow *flow = linking->flow;
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	/* 1C keeps another one in it. */
	if (rc == 0 && is_for_another(&order, order.company != 0,
	    linking->portal_id))
		rc = 1;
	if (rc == 0)
		rc = hear_taken_spelling(flow, &order, err);
	if (rc == 0)
		rc = snapshot_order_put(flow->snap, &order, err);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

int
link_by_order(struct flow *flow, const struct order *order, struct str party,
    struct err *err)
{
	bool company = order->company != 0, may = false;
	struct linking linking = { .flow = flow, .portal_id = company ?
	    order->company : order->contact };
	struct target target;
	struct image image;
	char note[64];
	int rc;

	if (is_for_another(order, company, linking.portal_id))
		return 0;
	if (!flow->config->counterparties.given || party.len == 0 ||
	    linking.portal_id == 0 || target_set(&target, company ?
	    TARGET_COMPANY : TARGET_CONTACT, party) == -1)
		return 0;
	told_set(note, sizeof(note), N_("linked through order %" PRId64),
	    order->number);
	linking.note = note;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, &target, &image, err);
	if (rc == 0)
		rc = may_link(&linking, &target, order, &image, &may, err);
	if (rc == 0 && may)
		rc = apply(&linking, &target, &image, err);
	if (rc == 0 && may)
		rc = snapshot_order_each_of_client(flow->snap, company,
		    linking.portal_id, spell_order, &linking, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* ---- through a card that went to 1C without an order ---- */

int
link_by_card(struct flow *flow, const struct target *target,
    int64_t portal_id, struct err *err)
{
	struct linking linking = { .flow = flow, .portal_id = portal_id,
	    .note = TOLD("1C calls it by the id that it has in the portal") };
	struct wanted wanted;
	struct image image;
	bool taken = true;
	int rc;

	image_init(&image);
	wanted_init(&wanted);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 1)
		rc = snapshot_target_add(flow->snap, target, &image.target,
		    err);
	if (rc == 0)
		rc = derive_wanted(flow, target, &image, &wanted, err);
	if (rc == 0)
		rc = adopt_is_taken(flow, target, portal_id, false, &taken,
		    err);
	if (rc == 0 && wanted.state == WANTED_PRESENT && !taken &&
	    image.portal_id == 0 && !image.apart && !image.lost)
		rc = apply(&linking, target, &image, err);
	wanted_free(&wanted);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}
