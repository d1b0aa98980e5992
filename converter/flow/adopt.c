/*
 * Before something is made it is looked for: what carries our mark (or, for
 * a price, has its natural key) is taken over, and what the portal holds
 * counts as agreed, so that only what differs is sent.
 */
#include "flow/alike.h"
#include "flow/choice.h"
#include "flow/left.h"
#include "flow/merged.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/told.h"

/* A section's id of the portal as our group's id; one that is not ours
 * becomes a text that no group has. */
static int
translate_section(struct flow *flow, struct fields *out, enum field field,
    struct str value, struct err *err)
{
	char foreign[64];
	struct target section;
	int64_t id;
	int rc;

	if (str_to_int64(&id, value) == -1 || id <= 0)
		return 0;
	rc = snapshot_image_by_portal_id(flow->snap, TARGET_SECTION, id,
	    &section, err);
	if (rc == -1)
		return -1;
	(void)snprintf(foreign, sizeof(foreign), "portal:%" PRId64, id);
	return fields_set(out, field, rc == 0 ? target_id(&section) :
	    str_of(foreign));
}

int
adopt_translate(struct flow *flow, const struct fields *found,
    struct fields *out, struct err *err)
{
	enum field field;
	struct str value;
	size_t at = 0;
	int rc = 0;

	fields_clear(out);
	while (rc != -1 && fields_next(found, &at, &field, &value)) {
		if (field == FIELD_GROUP || field == FIELD_PARENT)
			rc = translate_section(flow, out, field, value, err);
		else
			rc = fields_set(out, field, value);
	}
	return rc;
}

/* People with the same id share a contact. */
static bool
may_share(const struct target *a, const struct target *b)
{
	return client_is_human(a->kind) && client_is_human(b->kind) &&
	    str_eq(target_mark(a), target_mark(b));
}

/* A contact of the portal is of two kinds here. */
static enum target_kind
other_kind(enum target_kind kind)
{
	if (kind == TARGET_CONTACT)
		return TARGET_PERSON;
	return kind == TARGET_PERSON ? TARGET_CONTACT : TARGET_NONE;
}

int
adopt_holder(struct flow *flow, const struct target *target,
    int64_t portal_id, bool by_sharers, struct target *holder, bool *taken,
    struct err *err)
{
	const enum target_kind kinds[] = { target->kind,
	    other_kind(target->kind) };
	struct target other;
	int rc;

	*taken = false;
	/* Its number is its type: every requisite has such a one. */
	if (target->kind == TARGET_ADDRESS)
		return 0;
	for (size_t i = 0; i < 2 && kinds[i] != TARGET_NONE; i++) {
		rc = snapshot_image_by_portal_id(flow->snap, kinds[i],
		    portal_id, &other, err);
		if (rc == -1)
			return -1;
		if (rc == 0 && !*taken && !target_same(&other, target) &&
		    (by_sharers || !may_share(&other, target))) {
			*taken = true;
			*holder = other;
		}
	}
	return 0;
}

int
adopt_is_taken(struct flow *flow, const struct target *target,
    int64_t portal_id, bool by_sharers, bool *taken, struct err *err)
{
	struct target holder;
	struct order order;
	int rc = adopt_holder(flow, target, portal_id, by_sharers, &holder,
	    taken, err);

	if (rc == -1 || *taken || target->kind != TARGET_ONEC_ORDER)
		return rc;
	/* A copy of the deal that is an order of ours is that one's. */
	order_init(&order);
	rc = snapshot_order_get(flow->snap, portal_id, &order, err);
	*taken = rc == 0 && order.number != 0;
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

/* By another step of catalog.adopt than our mark? */
static bool
is_by_likeness(const struct found *row)
{
	return fields_has(&row->fields, FIELD_TAG);
}

/* The oldest row that nobody has; the others are told. */
static int
choose_row(struct flow *flow, const struct op *op, const struct found **out,
    struct err *err)
{
	const struct found *best = NULL;
	bool taken;

	for (size_t i = 0; i < op->found_count; i++) {
		if (adopt_is_taken(flow, &op->target,
		    op->found[i].portal_id, false, &taken, err) == -1)
			return -1;
		if (taken || (op->target.kind == TARGET_ONEC_ORDER &&
		    !client_bears_mark(flow, op, &op->found[i])))
			continue;
		if (best == NULL || op->found[i].portal_id < best->portal_id)
			best = &op->found[i];
	}
	if (op->found_count > 1 && !target_is_crm(op->target.kind))
		report_say(flow->report, _("the portal holds %zu objects "
		    "marked %.*s; the oldest one is used"), op->found_count,
		    (int)target_id(&op->target).len,
		    target_id(&op->target).p);
	*out = best;
	return 0;
}

static const char *
note_of(enum target_kind kind)
{
	static const char *const notes[TARGET_LAST] = {
		[TARGET_PRICE] = TOLD("recognised by product and price type"),
		[TARGET_REQUISITE] = TOLD("recognised by INN"),
		[TARGET_BANK] = TOLD("recognised by its number"),
		[TARGET_ADDRESS] = TOLD("recognised by its type"),
		[TARGET_COMMENT] = TOLD("recognised by its tag"),
		[TARGET_ONEC_ORDER] = TOLD("recognised by its mark"),
	};

	return notes[kind] != NULL ? notes[kind] : TOLD("recognised by xmlId");
}

/*
 * What the portal holds, of those fields that 1C speaks of: only they are
 * ours to compare and, one day, to empty.
 */
static int
keep_wanted(struct flow *flow, const struct op *op, struct fields *held,
    struct err *err)
{
	enum field field, strange[FIELD_LAST];
	static const struct image unknown;
	struct wanted wanted;
	struct str value;
	size_t at = 0, count = 0;
	int rc;

	wanted_init(&wanted);
	rc = derive_wanted(flow, &op->target, &unknown, &wanted, err);
	if (target_is_of_good(op->target.kind) &&
	    op->parent_kind != TARGET_PRODUCT)
		(void)fields_set(held, FIELD_FORM,
		    str_of(target_kind_name(op->parent_kind)));
	while (rc == 0 && fields_next(held, &at, &field, &value))
		if (field == FIELD_FORM)
			continue;
		else if (!fields_has(&wanted.fields, field) ||
		    str_is(fields_get(&wanted.fields, field), FIELD_CLEAR))
			strange[count++] = field;
	for (size_t i = 0; i < count; i++)
		fields_remove(held, strange[i]);
	if (rc == 0 && target_is_client(op->target.kind))
		client_agree(flow, op, &wanted.fields, held);
	wanted_free(&wanted);
	return rc;
}

/* What stands there as we wrote it for the card of 1C that it is handed over
 * from is no word of a manager's. */
static int
keep_handed(const struct op *op, const struct fields *handed,
    const struct fields *found, struct fields *held)
{
	enum field field;
	struct str value;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && fields_next(handed, &at, &field, &value))
		if (fields_has(&op->fields, field) && !fields_has(held,
		    field) && str_eq(fields_get(found, field), value))
			rc = fields_set(held, field, value);
	return rc;
}

static int
take_over(struct push *push, const struct op *op, int64_t target_row,
    const struct found *row, bool other_form, const char *note,
    struct err *err)
{
	struct confirm link = { .target = op->target, .row = target_row,
	    .portal_id = row->portal_id, .verb = VERB_LINK };
	struct fields held, found, handed;
	int rc;

	fields_init(&held);
	fields_init(&found);
	fields_init(&handed);
	link.values = &held;
	link.note = note;
	rc = target_is_client(op->target.kind) ? client_take_from(push, op,
	    row->portal_id, &handed, err) : 0;
	if (rc == 0)
		rc = adopt_translate(push->flow, &row->fields, &held, err);
	fields_copy(&found, &held);
	if (rc == 0)
		rc = keep_wanted(push->flow, op, &held, err);
	if (rc == 0)
		rc = keep_handed(op, &handed, &found, &held);
	/* Another form gives the code up that this one wants: that it has it
	 * has to be known. */
	if (rc == 0 && other_form && fields_has(&found, FIELD_CODE) &&
	    str_eq(fields_get(&found, FIELD_CODE), fields_get(&op->fields,
	    FIELD_CODE)))
		rc = fields_set(&held, FIELD_CODE, fields_get(&found,
		    FIELD_CODE));
	/* People may spell a section as they like. */
	if (rc == 0 && op->target.kind == TARGET_SECTION &&
	    is_by_likeness(row) && fields_has(&held, FIELD_NAME))
		rc = fields_set(&held, FIELD_NAME, fields_get(&op->fields,
		    FIELD_NAME));
	/* By it the document is known that it was made of. */
	if (op->target.kind == TARGET_ONEC_ORDER)
		(void)fields_set(&held, FIELD_XML_ID, fields_get(&op->fields,
		    FIELD_XML_ID));
	if (rc == 0)
		rc = settle_confirm(push, &link, err);
	fields_free(&handed);
	fields_free(&found);
	fields_free(&held);
	return rc;
}

/* *linked: what the target is in the portal; 0: nothing. */
static int
find_linked(struct flow *flow, const struct target *target, int64_t *linked,
    struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	*linked = image.portal_id;
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/*
 * What bears the good's mark in another form counts as made by this exchange
 * before its form changed: it is switched off, and rows of deals that name it
 * are this good's.
 */
static int
take_elsewhere(struct push *push, const struct op *op, struct err *err)
{
	struct flow *flow = push->flow;
	struct op other = *op;
	int64_t row, linked;
	bool taken;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < op->other_count; i++) {
		const struct found *found = &op->others[i];

		if (target_set(&other.target, found->kind,
		    target_id(&op->target)) == -1)
			continue;
		if (find_linked(flow, &other.target, &linked, err) == -1 ||
		    adopt_is_taken(flow, &other.target, found->portal_id,
		    false, &taken, err) == -1)
			return -1;
		if (linked != 0 && linked != found->portal_id)
			report_say(flow->report, _("the portal holds %zu "
			    "objects marked %.*s; the oldest one is used"),
			    op->other_count, (int)target_id(&op->target).len,
			    target_id(&op->target).p);
		if (linked != 0 || taken)
			continue;
		rc = snapshot_target_row(flow->snap, &other.target, &row,
		    err);
		if (rc == 0)
			rc = take_over(push, &other, row, found, true,
			    note_of(found->kind), err);
	}
	return rc;
}

static int
drop_dependent(void *ctx, const struct target *target, struct err *err)
{
	struct flow *flow = ctx;

	return target_is_of_good(target->kind) ?
	    derive_target(flow, target, 0, false, err) : 0;
}

/* What its change wanted is not there; lost: no more, else never. */
static int
drop_missing(struct flow *flow, int64_t row, bool lost,
    struct target *target, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_by_row(flow->snap, row, target, &image, err);
	*(lost ? &image.lost : &image.gone) = true;
	if (rc == 0)
		rc = snapshot_image_put(flow->snap, &image, err);
	image_free(&image);
	return rc == 0 ? snapshot_change_drop(flow->snap, row, err) : rc;
}

/* Nothing to switch off or delete: remembered, so that it is not looked for
 * at every run. */
static int
note_never_there(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct flow *flow = push->flow;
	struct target target;
	int rc = drop_missing(flow, errand->row, false, &target, err);

	if (rc == 0 && target_is_good(target.kind))
		rc = map_targets(flow->map, RECORD_PRODUCT,
		    target_id(&target), drop_dependent, flow, err);
	left_done(push, &op->target, errand->verb);
	return rc;
}

static int
fail_look(struct push *push, struct op *op, const char *code,
    const char *text, struct err *err)
{
	struct errand *errand = op->user;
	struct difference diff;
	int rc;

	derive_init(&diff);
	rc = derive_difference(push->flow, &op->target, false, &diff, err);
	if (rc == 0)
		rc = settle_fail(push, errand->row, &diff.send, 0, code, text,
		    err);
	derive_free(&diff);
	return rc;
}

/* Whether it is there is not known, so nothing is made; the next look may
 * tell. */
static int
look_later(struct push *push, const struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct snapshot *snap = push->flow->snap;
	struct change change;
	int rc;

	rc = snapshot_change_get(snap, errand->row, &change, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	change.state = CHANGE_PLANNED;
	change.next_try = op->not_before;
	change.tries++;
	(void)snprintf(change.code, sizeof(change.code), "look-refused");
	told_set(change.text, sizeof(change.text), N_("whether the portal has "
	    "it cannot be looked up: %s"), op->text);
	push->flow->tally.failed++;
	left_done(push, &change.target, change.verb);
	return snapshot_change_put(snap, &change, err);
}

/* What it is to take the place of may be made yet: when that is known. */
static int
look_again(struct push *push, const struct op *op, struct err *err)
{
	const struct errand *errand = op->user;
	struct snapshot *snap = push->flow->snap;
	struct change change;
	int rc = snapshot_change_get(snap, errand->row, &change, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	change.state = CHANGE_PLANNED;
	change.next_try = clock_wall_ms() +
	    push->flow->config->portal.unknown_ms;
	return snapshot_change_put(snap, &change, err);
}

static int
refuse_look(struct push *push, struct op *op, struct err *err)
{
	if (op->outcome == OUTCOME_REFUSED && op->not_before > 0)
		return look_later(push, op, err);
	return fail_look(push, op, op->code[0] != '\0' ? op->code :
	    "look-refused", op->text, err);
}

/* The portal said in this run that it is not there: without this the two
 * answers would chase each other. */
static int
contradict(struct push *push, struct op *op, struct err *err)
{
	return fail_look(push, op, "portal-contradicts", TOLD("the portal says "
	    "that it is not there, and finds it all the same"), err);
}

/*
 * It is not there any more under the id that it had: one that bears its mark is
 * the one into which managers merged it; so is one that would be recognised by
 * more than its name (how: by what; or NULL), for what was recognised once
 * bears no mark.  Where there is none somebody deleted it, and a person
 * decides.
 */
static int
settle_missed(struct push *push, struct op *op, const struct found *row,
    int64_t missed, const char *how, struct err *err)
{
	struct errand *errand = op->user;
	struct flow *flow = push->flow;
	struct target target;
	int rc;

	/* Whichever is right, it is not missed for good. */
	if (client_miss(flow, errand->row, 0, err) == -1)
		return -1;
	if (row != NULL && row->portal_id == missed) {
		if (rowset_has(&push->missed, errand->row))
			return contradict(push, op, err);
		return take_over(push, op, errand->row, row, false,
		    TOLD("it is there after all"), err);
	}
	if (row != NULL && client_bears_mark(flow, op, row))
		return take_over(push, op, errand->row, row, false,
		    TOLD("the one that bears its mark by now: it was merged "
		    "into this one"), err);
	if (row != NULL && how != NULL)
		return take_over(push, op, errand->row, row, false, how,
		    err);
	rc = merged_note(flow, op, errand->row, err);
	if (rc == 0)
		rc = drop_missing(flow, errand->row, true, &target, err);
	left_done(push, &op->target, errand->verb);
	return rc == 0 ? derive_target(flow, &target, errand->package, false,
	    err) : -1;
}

int
adopt_settle(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct change change;
	const struct found *row;
	char how[128], text[CHANGE_TEXT_BYTES];
	const char *note;
	bool by_name = false;
	int64_t missed;
	int rc;

	/* Not there is what it belongs to: its deal. */
	if (op->outcome == OUTCOME_REFUSED ||
	    op->outcome == OUTCOME_NOT_THERE)
		return refuse_look(push, op, err);
	if (op->outcome != OUTCOME_DONE)
		return 0;
	if (take_elsewhere(push, op, err) == -1)
		return -1;
	rc = snapshot_change_get(push->flow->snap, errand->row, &change,
	    err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	note = note_of(op->target.kind);
	if (target_is_client(op->target.kind))
		rc = client_choose(push, op, &row, &by_name, how, text, err);
	else if ((target_is_good(op->target.kind) ||
	    op->target.kind == TARGET_SECTION) && op->found_count > 0 &&
	    is_by_likeness(&op->found[0]))
		rc = alike_choose(push, op, &row, how, text, err);
	else if (op->target.kind == TARGET_REQUISITE)
		rc = papers_choose(push->flow, op, &row, text, err);
	else
		rc = choose_row(push->flow, op, &row, err);
	if (rc == -1)
		return -1;
	push->flow->tally.finds++;
	if (op->target.kind == TARGET_BANK ||
	    (op->target.kind == TARGET_PERSON && rc == 0)) {
		rc = papers_replace(push->flow, &op->target, errand->row,
		    row != NULL, err);
		if (rc == 2)
			return look_again(push, op, err);
		if (rc != 1)
			return rc;
		rc = 0;
	}
	missed = target_is_client(op->target.kind) ?
	    client_missed(push->flow, errand->row) : 0;
	if (missed != 0)
		return settle_missed(push, op, rc == 0 ? row : NULL, missed,
		    by_name ? NULL : how, err);
	if (rc != 0)
		return fail_look(push, op, rc == 2 ? CHOICE_NAMESAKE :
		    CHOICE_CODE, text, err);
	if (target_is_client(op->target.kind) || (row != NULL &&
	    is_by_likeness(row)))
		note = how;
	if (row != NULL && rowset_has(&push->missed, errand->row) &&
	    !is_by_likeness(row))
		return contradict(push, op, err);
	if (row != NULL)
		return take_over(push, op, errand->row, row, false, note,
		    err);
	if (change.verb == VERB_LINK)
		return note_never_there(push, op, err);
	rowset_add(&push->cleared, errand->row);
	return 0;
}
