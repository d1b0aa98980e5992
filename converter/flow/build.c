/*
 * From due changes to the next requests.  What is sent is worked out here,
 * at the last moment, so that a change carries the newest values; whatever
 * turns out to need nothing, or to wait, is put right on the way.
 *
 * A target, its parent and its dependents are in at most one request at a
 * time.  A target that may already be in the portal is looked for before it
 * is made.
 */
#include "flow/code.h"
#include "flow/order.h"
#include "flow/persons.h"
#include "flow/sections.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

/* Changes looked at in one build: enough to fill both requests past those
 * that have to wait, and no walk over a million of them. */
#define SCAN_MAX (4 * LIMIT_REQUEST_FINDS)
#define FINDS_AT_ONCE 2

enum step { STEP_NEXT = 0, STEP_FULL = 1 };

static struct errand *
errand_new(enum errand_why why, int64_t row)
{
	struct errand *errand = mem_alloc(sizeof(*errand));

	errand->why = why;
	errand->row = row;
	return errand;
}

struct op *
build_op(struct request *request, enum op_kind kind,
    const struct target *target, enum errand_why why, int64_t row)
{
	struct op *op = &request->ops[request->count++];

	op_init(op);
	op->kind = kind;
	op->target = *target;
	op->user = errand_new(why, row);
	return op;
}

static void
free_errand(struct op *op)
{
	struct errand *errand = op->user;

	if (errand->lost != NULL)
		attempt_free(errand->lost);
	free(errand->lost);
	free(errand->path);
	free(errand);
	op->user = NULL;
}

void
build_errand_free(struct push *push, struct op *op)
{
	struct errand *errand = op->user;

	rowset_remove(&push->busy, errand->row);
	rowset_remove(&push->looking, errand->row);
	rowset_release(&push->parents, errand->parent_row);
	/* Of a lost answer the person is busy until it was looked up. */
	if (errand->why == ERRAND_WRITE && op->outcome != OUTCOME_UNKNOWN)
		client_person_release(&push->persons_busy, &op->target,
		    op->kind == OP_CREATE ? &op->fields : NULL);
	free_errand(op);
}

void
build_abandon(struct push *push, struct request *request)
{
	if (request == NULL)
		return;
	for (size_t i = 0; i < request->count; i++)
		build_errand_free(push, &request->ops[i]);
	request_free(request);
}

/* ---- finds ---- */

/* May it be there without our mark?  The variations of what we made are ours;
 * where a group belongs is not known before the one above it. */
static bool
may_be_alike(const struct push *push, const struct change *change,
    const struct difference *diff, int64_t parent_row, int64_t parent_id)
{
	if (diff->verb != VERB_CREATE)
		return false;
	if (change->target.kind == TARGET_OFFER)
		return !bits_has(&push->fresh, parent_row);
	if (change->target.kind == TARGET_SECTION)
		return !diff->orphan && (parent_id != 0 ||
		    !derive_needs_parent(diff));
	return true;
}

static bool
add_find(struct push *push, enum op_kind kind, const struct change *change,
    const struct difference *diff, int64_t parent_row, int64_t parent_id,
    enum errand_why why)
{
	struct errand *errand;
	struct op *op;

	if (push->finds == NULL) {
		if (push->finds_in_flight >= FINDS_AT_ONCE)
			return false;
		push->finds = request_new(LIMIT_REQUEST_FINDS);
	}
	if (push->finds->count == push->finds->size)
		return false;
	op = build_op(push->finds, kind, &change->target, why, change->row);
	op->portal_id = diff->image.portal_id;
	op->parent_id = parent_id;
	op->parent_kind = diff->parent.kind;
	/* So that the answer uses our words where it means the same.  Goods
	 * that are only looked for in order to be switched off are known by
	 * our mark alone. */
	if (diff->verb != VERB_LINK || !target_is_good(change->target.kind))
		fields_copy(&op->fields, &diff->send);
	op->likeness = kind == OP_FIND && may_be_alike(push, change, diff,
	    parent_row, parent_id);
	op->elsewhere = kind == OP_FIND && target_is_good(
	    change->target.kind);
	if (op->likeness && (target_is_good(change->target.kind) ||
	    change->target.kind == TARGET_SECTION))
		fields_merge(&op->fields, &diff->unsaid);
	errand = op->user;
	errand->moves = push->moves;
	rowset_add(&push->looking, change->row);
	return true;
}

/* Does this have to be looked for before it is made? */
static bool
needs_look(const struct push *push, const struct change *change,
    const struct difference *diff, int64_t parent_row)
{
	const struct remote_facts *facts = &push->flow->facts;

	if (diff->verb == VERB_LINK)
		return true;
	if (diff->verb != VERB_CREATE ||
	    rowset_has(&push->cleared, change->row))
		return false;
	if (strcmp(change->code, OP_INTERNAL) == 0 &&
	    !target_is_main_picture(&change->target))
		return true;
	if (target_is_client(change->target.kind) &&
	    client_missed(push->flow, change->row) != 0)
		return true;
	/* The one whose place it takes may be made yet. */
	if ((change->target.kind == TARGET_PERSON ||
	    change->target.kind == TARGET_BANK) &&
	    papers_succeeds(push->flow, change->row))
		return true;
	if (target_is_crm(change->target.kind) &&
	    link_is_new(push->flow, change->row))
		return client_is_human(change->target.kind) &&
		    rowset_has(&push->persons_made,
		    client_person_number(&change->target));
	switch (change->target.kind) {
	case TARGET_SECTION:
		return !facts->sections_empty;
	case TARGET_PRODUCT:
	case TARGET_PARENT:
	case TARGET_OFFER:
	case TARGET_SERVICE:
		/* It may stand there in another form. */
		return !facts->products_empty || !facts->parents_empty ||
		    !facts->offers_empty || !facts->services_empty;
	case TARGET_PICTURE:
		return !str_is(target_rule(&change->target), TARGET_MAIN) &&
		    !bits_has(&push->fresh, parent_row);
	case TARGET_COMPANY:
		return !facts->companies_empty || (!facts->contacts_empty &&
		    client_is_trader(&diff->send));
	case TARGET_CONTACT:
	case TARGET_PERSON:
		return !facts->contacts_empty || (!facts->companies_empty &&
		    client_is_trader(&diff->send)) ||
		    rowset_has(&push->persons_made,
		    client_person_number(&change->target)) ||
		    rowset_has(&push->persons_made,
		    client_person_name(&change->target, &diff->send));
	case TARGET_PRICE:
	case TARGET_REQUISITE:
	case TARGET_BANK:
	case TARGET_ADDRESS:
		return !bits_has(&push->fresh, parent_row);
	case TARGET_STOCK:      /* stock.c */
	case TARGET_NOTICE:     /* cannot be looked for */
	case TARGET_DEAL:
	case TARGET_ROWS:
	case TARGET_ORDER:
		return false;
	case TARGET_COMMENT:
	case TARGET_ONEC_ORDER:
	case TARGET_NONE:
	case TARGET_LAST:
		break;
	}
	return true;
}

static bool
finds_full(const struct push *push)
{
	if (push->finds == NULL)
		return push->finds_in_flight >= FINDS_AT_ONCE;
	return push->finds->count == push->finds->size;
}

/* Known without deriving it: there is no room for its look-up now. */
static bool
must_look(const struct push *push, const struct change *change)
{
	struct difference diff = { .verb = change->verb };

	return !target_is_of_good(change->target.kind) &&
	    (!target_is_crm(change->target.kind) ||
	    target_is_client(change->target.kind)) &&
	    needs_look(push, change, &diff, 0);
}

/* ---- one change ---- */

static int
fail_fields(struct push *push, const struct change *change,
    const struct difference *diff, const struct err *why, struct err *err)
{
	struct change failed = *change;

	failed.verb = diff->verb;
	failed.depends = 0;
	derive_fail(push->flow, &failed, &diff->send, "value-unknown",
	    why->text);
	push->flow->tally.failed++;
	return snapshot_change_put(push->flow->snap, &failed, err);
}

/*
 * Takes out of `send` what this portal has no word for ("VAT 7").  The rest
 * goes; what was taken out is still wanted afterwards and fails alone.
 */
static int
drop_unknown_values(struct push *push, const struct target *target,
    struct fields *send, struct err *why)
{
	struct remote *remote = &push->flow->remote;
	enum field field, bad[FIELD_LAST];
	size_t at = 0, count = 0;
	struct str value;

	while (fields_next(send, &at, &field, &value))
		if (remote->check_field(remote->ctx, target->kind, field,
		    value, why) == 1 && count < FIELD_LAST)
			bad[count++] = field;
	for (size_t i = 0; i < count; i++)
		fields_remove(send, bad[i]);
	return count > 0 && send->count == 0 ? 1 : 0;
}

static enum op_kind
op_of_verb(enum verb verb)
{
	switch (verb) {
	case VERB_CREATE:
		return OP_CREATE;
	case VERB_DELETE:
		return OP_DELETE;
	case VERB_UPDATE:
	case VERB_LINK:
	case VERB_NONE:
		break;
	}
	return OP_UPDATE;
}

/* The bytes of a picture.  1: they are not kept any more. */
static int
prepare_picture(struct flow *flow, struct op *op)
{
	struct errand *errand = op->user;

	if (op->kind == OP_DELETE)
		return 0;
	if (picture_find(flow, fields_get(&op->fields, FIELD_HASH),
	    &errand->path, &op->path_bytes) == 1)
		return 1;
	op->path = errand->path;
	return 0;
}

/* What is shared with the portal's people is compared before it is sent.  1:
 * it cannot be sent. */
static int
prepare_op(struct flow *flow, struct op *op, const struct difference *diff,
    struct err *err)
{
	if (op->target.kind == TARGET_PICTURE)
		return prepare_picture(flow, op);
	if (target_is_good(op->target.kind)) {
		fields_copy(&op->before, &diff->image.agreed);
		return derive_sections_prepare(flow, op, err);
	}
	if (target_is_deal(op->target.kind))
		return reply_prepare_op(flow, op, diff, err);
	if (target_is_crm(op->target.kind))
		client_prepare_op(flow, op, diff);
	return 0;
}

static int
fail_picture(struct push *push, const struct change *change,
    const struct difference *diff, struct err *err)
{
	struct change failed = *change;

	failed.verb = diff->verb;
	failed.depends = 0;
	derive_fail(push->flow, &failed, &diff->send, PICTURE_MISSING,
	    TOLD("the picture's file is not kept any more: export the good "
	    "with its pictures from 1C again"));
	push->flow->tally.failed++;
	return snapshot_change_put(push->flow->snap, &failed, err);
}

/* How many go in one request with this: half as many each time that its
 * answer was lost. */
static size_t
room_with(const struct push *push, const struct change *change)
{
	size_t room = (size_t)push->flow->config->portal.batch_size;

	if (strcmp(change->code, CHANGE_NO_ANSWER) != 0)
		return room;
	for (int i = 0; i < change->tries && room > 1; i++)
		room /= 2;
	return room;
}

/* What was lost goes by itself: it would take the others with it. */
static bool
has_room(struct push *push, const struct change *change)
{
	size_t all = (size_t)push->flow->config->portal.batch_size;
	size_t room = room_with(push, change);

	if (push->writes->count == 0)
		push->writes_room = room;
	if ((push->writes_room < all) != (room < all))
		return false;
	if (room < push->writes_room)
		push->writes_room = room;
	return push->writes->count < push->writes_room &&
	    push->writes->count < push->writes->size;
}

/* STEP_FULL, or -1. */
static int
add_write(struct push *push, const struct change *change,
    const struct difference *diff, int64_t parent_row, int64_t parent_id,
    const struct fields *send, struct err *err)
{
	struct flow *flow = push->flow;
	struct errand *errand;
	struct op *op;
	int rc;

	if (push->writes == NULL)
		push->writes = request_new(LIMIT_BATCH_COMMANDS);
	if (!has_room(push, change))
		return STEP_FULL;
	op = build_op(push->writes, op_of_verb(diff->verb), &change->target,
	    ERRAND_WRITE, change->row);
	op->portal_id = diff->image.portal_id;
	op->parent_id = parent_id;
	op->parent_kind = diff->parent.kind;
	fields_copy(&op->fields, send);
	push->writes->count--;
	rc = prepare_op(flow, op, diff, err);
	if (rc == 0 && !flow->remote.fits(flow->remote.ctx, push->writes, op))
		rc = 2;
	if (rc != 0) {
		free_errand(op);
		op_free(op);
		if (rc == 1)
			return fail_picture(push, change, diff, err);
		return rc == 2 ? STEP_FULL : -1;
	}
	push->writes->count++;
	errand = op->user;
	errand->verb = diff->verb;
	errand->wanted = derive_hash(flow, diff->verb, &diff->send);
	errand->package = change->package;
	errand->tries = change->tries;
	errand->parent_row = parent_row;
	rowset_add(&push->busy, change->row);
	rowset_use(&push->parents, parent_row);
	client_person_hold(&push->persons_busy, &change->target,
	    diff->verb == VERB_CREATE ? &diff->send : NULL);
	return STEP_NEXT;
}

/* The parent's row and portal id; id 0 when it is not there yet. */
static int
find_parent(struct flow *flow, const struct target *parent, int64_t *row,
    int64_t *portal_id, struct err *err)
{
	struct image image;
	int rc;

	*row = *portal_id = 0;
	if (parent->kind == TARGET_NONE)
		return 0;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, parent, &image, err);
	*row = image.target;
	*portal_id = image.portal_id;
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* Is the target, its parent or a dependent under way? */
static bool
is_busy(const struct push *push, int64_t row, int64_t parent_row)
{
	return rowset_has(&push->busy, row) ||
	    rowset_has(&push->looking, row) ||
	    rowset_has(&push->parents, row) ||
	    rowset_has(&push->busy, parent_row);
}

/* The same person of another company is being written, or one of the same name
 * is being made: it waits, and is looked for again when it was made
 * meanwhile. */
static bool
person_is_busy(struct push *push, const struct change *change,
    const struct difference *diff)
{
	int64_t number, name = 0;

	if (!client_is_human(change->target.kind))
		return false;
	number = client_person_number(&change->target);
	if (diff->verb == VERB_CREATE)
		name = client_person_name(&change->target, &diff->send);
	if (rowset_has(&push->persons_busy, number) ||
	    rowset_has(&push->persons_busy, name))
		return true;
	if (diff->verb == VERB_CREATE &&
	    (rowset_has(&push->persons_made, number) ||
	    rowset_has(&push->persons_made, name)) &&
	    !rowset_has(&push->reasked, change->row)) {
		rowset_remove(&push->cleared, change->row);
		rowset_add(&push->reasked, change->row);
	}
	return false;
}

/* 1: nothing more fits into the writes. */
static int
place_write(struct push *push, const struct change *change,
    const struct difference *diff, int64_t parent_row, int64_t parent_id,
    struct err *err)
{
	struct err why = { 0 };
	struct fields send;
	int rc = 0;

	fields_init(&send);
	fields_copy(&send, &diff->send);
	client_spare(push, change->row, change->target.kind, &send);
	code_stand_in(push, change->row, diff, &send);
	if (diff->verb == VERB_CREATE && !push->flow->facts.variations &&
	    (change->target.kind == TARGET_PARENT ||
	    change->target.kind == TARGET_OFFER)) {
		(void)err_set(&why, ERR_ITEM, "%s", TOLD("the portal has no "
		    "catalogue of variations: set catalog.characteristics "
		    "to \"products\" or \"ignore\""));
		rc = fail_fields(push, change, diff, &why, err);
	} else if (diff->verb != VERB_DELETE &&
	    drop_unknown_values(push, &change->target, &send, &why) == 1)
		rc = fail_fields(push, change, diff, &why, err);
	else
		rc = add_write(push, change, diff, parent_row, parent_id,
		    &send, err);
	fields_free(&send);
	return rc;
}

/* A section leaves only when nothing is left in it. */
static bool
must_be_empty(const struct push *push, const struct change *change,
    const struct difference *diff)
{
	return diff->verb == VERB_DELETE &&
	    change->target.kind == TARGET_SECTION &&
	    !rowset_has(&push->cleared, change->row);
}

static int
place_change(struct push *push, const struct change *change,
    struct difference *diff, struct err *err)
{
	struct flow *flow = push->flow;
	int64_t parent_row, parent_id, missing;
	bool waits;
	int rc;

	if (derive_difference(flow, &change->target, change->forced, diff,
	    err) == -1)
		return -1;
	if (diff->verb == VERB_NONE)
		return snapshot_change_drop(flow->snap, change->row, err);
	if (find_parent(flow, &diff->parent, &parent_row, &parent_id,
	    err) == -1)
		return -1;
	rc = parent_id == 0 && derive_needs_parent(diff) ? 1 :
	    derive_sections_wait(flow, diff, &missing, err);
	if (rc != 0)
		return rc == -1 ? -1 : derive_target(flow, &change->target,
		    change->package, false, err);
	if (is_busy(push, change->row, parent_row) ||
	    rowset_has(&push->turned, change->row) ||
	    code_waits(push, change->row) ||
	    person_is_busy(push, change, diff))
		return 0;
	if (needs_look(push, change, diff, parent_row)) {
		(void)add_find(push, OP_FIND, change, diff, parent_row,
		    parent_id, ERRAND_ADOPT);
		return 0;
	}
	/* What is there already is recognised whatever it holds. */
	if (change->target.kind == TARGET_ONEC_ORDER) {
		rc = onec_deal_on_way(flow, &change->target, &diff->send,
		    &waits, err);
		if (rc == 0 && !waits)
			rc = onec_goods_wait(flow, change, err);
		if (rc != 0 || waits)
			return rc == -1 ? -1 : 0;
	}
	rc = derive_sections_come(push, diff, err);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (must_be_empty(push, change, diff)) {
		(void)add_find(push, OP_COUNT, change, diff, 0, 0,
		    ERRAND_EMPTY);
		return 0;
	}
	return place_write(push, change, diff, parent_row, parent_id, err);
}

/* Is the section that it lies in, or its product, still to be looked for?  What
 * that is says where this one is looked for, and whether it has to move. */
static int
awaits_parent(struct push *push, const struct difference *diff,
    int64_t row, int64_t id, struct err *err)
{
	struct change change;
	int rc;

	if ((diff->parent.kind != TARGET_SECTION &&
	    diff->parent.kind != TARGET_PARENT) || row == 0 || id != 0 ||
	    (diff->parent.kind == TARGET_SECTION &&
	    push->flow->facts.sections_empty) ||
	    rowset_has(&push->cleared, row))
		return 0;
	rc = snapshot_change_get(push->flow->snap, row, &change, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return change.verb == VERB_CREATE && change.state != CHANGE_FAILED;
}

int
build_look(struct push *push, const struct change *change,
    struct difference *diff, struct err *err)
{
	int64_t parent_row, parent_id;
	int rc;

	if (derive_difference(push->flow, &change->target, change->forced,
	    diff, err) == -1 || find_parent(push->flow, &diff->parent,
	    &parent_row, &parent_id, err) == -1)
		return -1;
	rc = awaits_parent(push, diff, parent_row, parent_id, err);
	if (rc == 0 && diff->verb != VERB_NONE &&
	    !is_busy(push, change->row, 0) &&
	    needs_look(push, change, diff, parent_row))
		(void)add_find(push, OP_FIND, change, diff, parent_row,
		    parent_id, ERRAND_ADOPT);
	return rc == -1 ? -1 : 0;
}

/*
 * A good that is to be made and whose offers 1C is still writing: they tell
 * whether it has variations, and what was made otherwise would stay there,
 * switched off.  So does one of a 1C whose offers never had a characteristic:
 * this may be the first.  1: it waits.
 */
static int
awaits_offers(struct push *push, const struct change *change,
    struct err *err)
{
	struct flow *flow = push->flow;

	if (change->target.kind != TARGET_PRODUCT ||
	    change->verb != VERB_CREATE ||
	    flow->config->catalog.characteristics !=
	    CHARACTERISTICS_VARIATIONS)
		return 0;
	if (push->asked != change->package) {
		push->asked = change->package;
		push->awaits = false;
		if (session_awaits_offers(flow, change->package,
		    &push->awaits, err) == -1)
			return -1;
	}
	push->held_goods = push->held_goods || push->awaits;
	return push->awaits;
}

/* The webhook lacks a right: clients wait, all at once, and the goods go on.
 * Somebody may give it the right meanwhile. */
static int
put_off(struct push *push, int64_t now, struct err *err)
{
	struct flow *flow = push->flow;
	char text[CHANGE_TEXT_BYTES];

	told_set(text, sizeof(text), N_("waits for a right in the portal: %s"),
	    flow->facts.crm_barred);
	if (snapshot_change_put_off(flow->snap, TARGET_ONEC_ORDER,
	    TARGET_ONEC_ORDER, now, now + LIMIT_LOOK_AGAIN_MS, "no-right",
	    text, err) == -1)
		return -1;
	return snapshot_change_put_off(flow->snap, TARGET_COMPANY,
	    TARGET_ORDER, now, now + LIMIT_LOOK_AGAIN_MS, "no-right", text,
	    err);
}

static int
walk(struct push *push, struct err *err)
{
	struct change_cursor at = { 0 };
	struct difference diff;
	struct change change;
	bool writes_full = false;
	int64_t now = clock_wall_ms();
	int rc = 0;

	derive_init(&diff);
	for (int i = 0; rc == 0 && i < SCAN_MAX; i++) {
		if (writes_full && finds_full(push))
			break;
		rc = snapshot_change_next(push->flow->snap, &at, now,
		    &change, err);
		if (rc != 0)
			break;
		if (client_is_barred(push->flow, change.target.kind)) {
			rc = put_off(push, now, err);
			continue;
		}
		/* Their rank is theirs alone: stock.c sends them. */
		if (change.target.kind == TARGET_STOCK) {
			at.row = INT64_MAX;
			continue;
		}
		if (is_busy(push, change.row, 0))
			continue;
		rc = awaits_offers(push, &change, err);
		if (rc == 1) {
			/* So do the others of its package, however many: a
			 * visit each would leave none to what is behind. */
			at.passed = change.package;
			rc = 0;
			continue;
		}
		if (rc == -1)
			break;
		if (finds_full(push) && must_look(push, &change))
			continue;
		rc = place_change(push, &change, &diff, err);
		if (rc == 1) {
			writes_full = true;
			rc = 0;
		}
		/* Nothing to look for and no room: leave. */
		if (writes_full && push->finds == NULL)
			break;
	}
	derive_free(&diff);
	return rc == -1 ? -1 : 0;
}

static void
drop_if_empty(struct request **request)
{
	if (*request != NULL && (*request)->count == 0) {
		request_free(*request);
		*request = NULL;
	}
}

int
build_requests(struct push *push, struct err *err)
{
	struct flow *flow = push->flow;
	int rc;

	if (push->writes != NULL)
		return 0;
	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	derive_fuse_arm(flow, false, false);
	push->asked = 0;
	rc = walk(push, err);
	if (rc == 0)
		rc = derive_fuse_settle(flow, err);
	drop_if_empty(&push->writes);
	drop_if_empty(&push->finds);
	return snapshot_end(flow->snap, rc, err);
}

/* ---- the attempts ---- */

static int
put_attempt(struct flow *flow, struct op *op, int64_t request, int place,
    struct err *err)
{
	struct errand *errand = op->user;
	struct attempt attempt;
	int rc;

	attempt_init(&attempt);
	attempt.request = request;
	attempt.place = place;
	attempt.row = errand->row;
	attempt.verb = errand->verb;
	attempt.portal_id = op->portal_id;
	attempt.parent_id = op->parent_id;
	clock_mark_now(&attempt.at);
	fields_copy(&attempt.values, &op->fields);
	rc = snapshot_attempt_put(flow->snap, &attempt, err);
	errand->attempt = attempt.id;
	attempt_free(&attempt);
	return rc;
}

int
build_commit(struct push *push, struct request *request, struct err *err)
{
	struct flow *flow = push->flow;
	struct errand *errand;

	if (snapshot_begin(flow->snap, err) == -1)
		return -1;
	if (snapshot_request_number(flow->snap, &request->id, err) == -1)
		goto fail;
	for (size_t i = 0; i < request->count; i++) {
		errand = request->ops[i].user;
		if (errand->why == ERRAND_WRITE && put_attempt(flow,
		    &request->ops[i], request->id, (int)i, err) == -1)
			goto fail;
	}
	return snapshot_commit(flow->snap, err);
fail:
	snapshot_rollback(flow->snap);
	return -1;
}
