/*
 * Attempts whose answer was lost, in this run or the one before: the portal
 * may have done them or not, or may still be at it.  Each is looked up by
 * its mark, its natural key or its id.  Found as it was sent: confirmed.
 * Otherwise it is planned again, but only when the lost request can no
 * longer be running (portal.unknown_seconds); until then the target rests.
 */
#include "flow/doubt.h"
#include "flow/order.h"
#include "flow/unsure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

/* A request that was given up and came late all the same would have left a
 * double: looked for once more after this time. */
#define RECHECK_AFTER_MS ((int64_t)10 * 60 * 1000)
#define RECHECK_BATCH 500

/* ---- looking up ---- */

static int
add_lost(void *ctx, const struct attempt *attempt, struct err *err)
{
	struct push *push = ctx;
	struct errand *errand;
	struct target target;
	struct image image;
	struct op *op;
	int rc;

	if (rowset_has(&push->busy, attempt->row) ||
	    rowset_has(&push->looking, attempt->row) ||
	    push->finds->count == push->finds->size)
		return 0;
	image_init(&image);
	rc = snapshot_image_by_row(push->flow->snap, attempt->row, &target,
	    &image, err);
	/* Stock is looked up by the title of its document: stock.c.  Clients
	 * cannot be looked at for want of a right. */
	if (rc != 0 || target.kind == TARGET_STOCK ||
	    client_is_barred(push->flow, target.kind)) {
		image_free(&image);
		return rc == -1 ? -1 : 0;
	}
	op = build_op(push->finds, OP_FIND, &target, ERRAND_RECOVER,
	    attempt->row);
	op->parent_id = attempt->parent_id;
	fields_copy(&op->fields, &attempt->values);
	/* Properties that were emptied stand there alone. */
	if (target_is_good(target.kind))
		fields_copy(&op->before, &image.agreed);
	image_free(&image);
	op->portal_id = attempt->verb == VERB_CREATE ? 0 : attempt->portal_id;
	errand = op->user;
	errand->verb = attempt->verb;
	errand->attempt = attempt->id;
	errand->lost = mem_alloc(sizeof(*errand->lost));
	*errand->lost = *attempt;
	fields_init(&errand->lost->values);
	fields_copy(&errand->lost->values, &attempt->values);
	rowset_add(&push->looking, attempt->row);
	client_person_hold(&push->persons_busy, &target,
	    attempt->verb == VERB_CREATE ? &attempt->values : NULL);
	return doubt_holder(push->flow, op, err);
}

static int
drop_attempt(struct push *push, const struct op *op, struct err *err)
{
	const struct errand *errand = op->user;

	client_person_release(&push->persons_busy, &op->target,
	    errand->lost->verb == VERB_CREATE ? &errand->lost->values : NULL);
	return snapshot_attempt_drop(push->flow->snap, errand->attempt, err);
}

int
recover_request(struct push *push, struct err *err)
{
	push->lost = false;
	push->finds = request_new(LIMIT_REQUEST_FINDS);
	if (snapshot_attempt_each(push->flow->snap, add_lost, push,
	    err) == -1)
		return -1;
	if (push->finds->count == 0) {
		request_free(push->finds);
		push->finds = NULL;
	}
	return 0;
}

/* ---- what the look-up says ---- */

static bool
same_value(const struct attempt *attempt, enum field field,
    struct str sent, struct str held)
{
	char id[24];

	/* It is ours alone. */
	if (field == FIELD_FORM)
		return true;
	if (str_is(sent, FIELD_CLEAR))
		return held.len == 0;
	if (field == FIELD_GROUP || field == FIELD_PARENT) {
		(void)snprintf(id, sizeof(id), "%" PRId64,
		    attempt->parent_id);
		return str_is(held, id);
	}
	return str_eq(sent, held);
}

/* Puts into `same` what the row shows as it was sent; true when all is.  What
 * no row shows is said again, and says nothing of the rest. */
static bool
compare_row(const struct attempt *attempt, const struct found *row,
    struct fields *same)
{
	enum field field;
	struct str value;
	size_t at = 0;
	bool all = true;

	fields_clear(same);
	while (fields_next(&attempt->values, &at, &field, &value)) {
		if (field == FIELD_SECTIONS)
			all = all && attempt->values.count > 1;
		else if (same_value(attempt, field, value,
		    fields_get(&row->fields, field)))
			(void)fields_set(same, field, value);
		else
			all = false;
	}
	return all;
}

static int
confirm_lost(struct push *push, struct op *op, int64_t portal_id,
    const struct fields *values, const char *note, struct err *err)
{
	struct errand *errand = op->user;
	struct confirm done = { .target = op->target, .row = errand->row,
	    .portal_id = portal_id, .verb = errand->verb, .values = values,
	    .note = note, .lost = errand->lost->verb != VERB_DELETE };
	bool missed = done.lost && errand->verb == VERB_DELETE &&
	    target_is_client(op->target.kind);

	done.lost = done.lost && !missed;
	if (drop_attempt(push, op, err) == -1 ||
	    settle_confirm(push, &done, err) == -1)
		return -1;
	return missed ? client_miss(push->flow, errand->row,
	    errand->lost->portal_id, err) : 0;
}

/* Said twice, it is there twice: what is made, and lines that are added. */
static bool
may_double(const struct op *op)
{
	const struct errand *errand = op->user;

	/* And it may take the place of something newer. */
	if (errand->verb == VERB_UPDATE)
		return target_is_client(op->target.kind);
	/* An address has no number of its own: a second one is the same. */
	return errand->verb == VERB_CREATE &&
	    op->target.kind != TARGET_ADDRESS &&
	    !target_is_main_picture(&op->target) &&
	    (!target_is_deal(op->target.kind) ||
	    op->target.kind == TARGET_ONEC_ORDER);
}

int
recover_recheck_later(struct push *push, const struct op *op, struct err *err)
{
	const struct errand *errand = op->user;

	if (!may_double(op))
		return 0;
	if (target_is_client(op->target.kind) && errand->verb ==
	    VERB_UPDATE && unsure_add(push->flow, errand->row, &op->fields,
	    err) == -1)
		return -1;
	return snapshot_recheck_put(push->flow->snap, errand->row,
	    clock_wall_ms() + RECHECK_AFTER_MS, err);
}

/*
 * What is said again goes with fewer others each time (build.c): where one
 * command is what the portal does not answer to, it ends alone and is given
 * up, and the others have gone.
 */
static int
repeat(struct push *push, const struct op *op, struct err *err)
{
	const struct errand *errand = op->user;
	struct snapshot *snap = push->flow->snap;
	struct change change;
	int rc = snapshot_change_get(snap, errand->row, &change, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	change.state = CHANGE_PLANNED;
	change.next_try = 0;
	/* Other delays have been counted too. */
	if (strcmp(change.code, CHANGE_NO_ANSWER) != 0)
		change.tries = 0;
	change.tries++;
	(void)snprintf(change.code, sizeof(change.code), "%s",
	    CHANGE_NO_ANSWER);
	told_set(change.text, sizeof(change.text), "%s", N_("the portal gave "
	    "no answer to the request that this was part of"));
	if (snapshot_change_put(snap, &change, err) == -1)
		return -1;
	if (change.tries < LIMIT_LOST_TRIES)
		return 0;
	return settle_fail(push, errand->row, &errand->lost->values, 0,
	    CHANGE_NO_ANSWER, TOLD("the portal never answers the request that "
	    "this alone is in; `cml24 retry` sends it once more"), err);
}

/* Not done, as far as the portal shows. */
static int
wait_or_repeat(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct flow *flow = push->flow;

	if (clock_since_ms(&errand->lost->at) <
	    flow->config->portal.unknown_ms) {
		log_info("%s: not done yet; the request may still be running",
		    target_kind_name(op->target.kind));
		return 0;
	}
	if (drop_attempt(push, op, err) == -1)
		return -1;
	if (recover_recheck_later(push, op, err) == -1 ||
	    repeat(push, op, err) == -1)
		return -1;
	/* 1C may have renumbered the order: then nothing is made of this. */
	return op->target.kind == TARGET_ONEC_ORDER ? derive_target(flow,
	    &op->target, 0, false, err) : 0;
}

/*
 * A notice cannot be looked up.  Its tag replaces the earlier one where the
 * portal knows whose tag it is (portal.client_id, or OAuth); else a second one
 * would stand beside it, and the comment in the deal has to do.
 */
static int
settle_lost_notice(struct push *push, struct op *op, struct err *err)
{
	const struct config *config = push->flow->config;

	if (config->portal.client_id != NULL ||
	    config->portal.oauth_file != NULL)
		return wait_or_repeat(push, op, err);
	return confirm_lost(push, op, op->parent_id, &op->fields,
	    TOLD("answer lost; not repeated, it might come twice"), err);
}

/* A deal of this mark may be another target's: 1C renumbered its order. */
static int
may_be_lost_one(struct push *push, const struct op *op,
    const struct found *row, bool *out, struct err *err)
{
	bool taken = false;

	if (op->target.kind == TARGET_ONEC_ORDER &&
	    adopt_is_taken(push->flow, &op->target, row->portal_id, false,
	    &taken, err) == -1)
		return -1;
	*out = !taken && client_bears_mark(push->flow, op, row);
	return 0;
}

/* Of these no row says as a whole whether they were taken. */
static bool
is_of_lines(enum field field)
{
	static const enum field lines[] = { FIELD_PHONES, FIELD_EMAILS,
	    FIELD_SITES, FIELD_USER_FIELDS, FIELD_COMPANIES };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i] == field)
			return true;
	return false;
}

/*
 * A client's row that bears our mark was made as it was said, and what stands
 * in it otherwise by now was written by people: what was said is agreed, as
 * where no answer was lost, or the repeat would take the place of their text
 * without a word.  What it does not hold, or only the beginning of, was not
 * taken.
 */
static void
agree_edited(const struct attempt *attempt, const struct found *row,
    struct fields *same)
{
	enum field field;
	struct str said, held;
	size_t at = 0;

	while (fields_next(&attempt->values, &at, &field, &said)) {
		held = fields_get(&row->fields, field);
		if (!is_of_lines(field) && held.len > 0 &&
		    (held.len > said.len ||
		    memcmp(said.p, held.p, held.len) != 0))
			(void)fields_set(same, field, said);
	}
}

static int
settle_lost_create(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct found *best = NULL;
	struct fields same;
	size_t ours = 0;
	bool may;
	int rc;

	if (op->target.kind == TARGET_NOTICE)
		return settle_lost_notice(push, op, err);
	if (target_is_main_picture(&op->target))
		return wait_or_repeat(push, op, err);
	for (size_t i = 0; i < op->found_count; i++) {
		if (may_be_lost_one(push, op, &op->found[i], &may, err) == -1)
			return -1;
		if (!may)
			continue;
		ours++;
		if (best == NULL || op->found[i].portal_id < best->portal_id)
			best = &op->found[i];
	}
	if (best == NULL)
		return wait_or_repeat(push, op, err);
	fields_init(&same);
	(void)compare_row(errand->lost, best, &same);
	if (target_is_crm(op->target.kind))
		agree_edited(errand->lost, best, &same);
	rc = confirm_lost(push, op, best->portal_id, &same,
	    TOLD("answer lost, found by its mark"), err);
	if (rc == 0 && ours > 1)
		rc = snapshot_recheck_put(push->flow->snap, errand->row,
		    clock_wall_ms(), err);
	fields_free(&same);
	return rc;
}

/* The update of a client or a deal reads before it writes, so that it may be
 * repeated; what of it was done is seen then. */
static bool
reads_first(enum target_kind kind)
{
	return target_is_client(kind) || target_is_deal(kind);
}

static int
settle_lost_update(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct fields same;
	int rc;

	if (target_is_main_picture(&op->target))
		return wait_or_repeat(push, op, err);
	fields_init(&same);
	if (op->found_count == 0) {
		/* Deleted in the portal meanwhile. */
		errand->verb = VERB_DELETE;
		rc = confirm_lost(push, op, 0, &same,
		    TOLD("was not in the portal any more"), err);
	} else if (!reads_first(op->target.kind) &&
	    compare_row(errand->lost, &op->found[0], &same)) {
		rc = confirm_lost(push, op, errand->lost->portal_id, &same,
		    TOLD("answer lost, found as sent"), err);
	} else {
		rc = wait_or_repeat(push, op, err);
	}
	fields_free(&same);
	return rc;
}

static int
settle_lost_delete(struct push *push, struct op *op, struct err *err)
{
	struct fields none;
	int rc;

	if (op->found_count > 0)
		return wait_or_repeat(push, op, err);
	fields_init(&none);
	rc = confirm_lost(push, op, 0, &none, TOLD("answer lost, found gone"),
	    err);
	fields_free(&none);
	return rc;
}

int
recover_settle(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;

	/* Addresses that may not be looked up may be said twice: a client has
	 * one of a kind.  Of what is hidden now the repeat is refused, and
	 * that is told. */
	if (op->outcome == OUTCOME_REFUSED && (op->target.kind ==
	    TARGET_ADDRESS || (errand->verb != VERB_CREATE &&
	    (reads_first(op->target.kind) ||
	    strcmp(op->code, OP_DENIED) == 0))))
		return wait_or_repeat(push, op, err);
	if (op->outcome != OUTCOME_DONE &&
	    op->outcome != OUTCOME_NOT_THERE)
		return 0;
	switch (errand->verb) {
	case VERB_CREATE:
		return settle_lost_create(push, op, err);
	case VERB_UPDATE:
		return settle_lost_update(push, op, err);
	case VERB_DELETE:
		return settle_lost_delete(push, op, err);
	case VERB_LINK:
	case VERB_NONE:
		break;
	}
	return drop_attempt(push, op, err);
}

/* ---- sections and goods that somebody may have deleted ---- */

int
recover_doubted(struct push *push, struct err *err)
{
	struct target target;
	struct image image;
	struct op *op;
	int rc = 0;

	push->finds = request_new(LIMIT_REQUEST_FINDS);
	for (size_t i = 0; rc != -1 && i < push->to_ask_count; i++) {
		image_init(&image);
		rc = snapshot_image_by_row(push->flow->snap, push->to_ask[i],
		    &target, &image, err);
		/* It may have been missed meanwhile. */
		if (rc == 0 && image.portal_id != 0) {
			op = build_op(push->finds, OP_FIND, &target,
			    ERRAND_DOUBT, push->to_ask[i]);
			op->portal_id = image.portal_id;
			rc = doubt_holder(push->flow, op, err);
		} else {
			rowset_remove(&push->busy, push->to_ask[i]);
		}
		image_free(&image);
	}
	push->to_ask_count = 0;
	if (push->finds->count == 0) {
		request_free(push->finds);
		push->finds = NULL;
	}
	return rc == -1 ? -1 : 0;
}

/* ---- doubles of ours ---- */

/* Requisites and accounts are looked for by what they belong to. */
static int
find_under_parent(struct flow *flow, struct op *op, struct err *err)
{
	struct difference diff;
	struct image parent;
	int rc;

	if (!target_is_crm(op->target.kind) ||
	    target_is_client(op->target.kind))
		return 0;
	derive_init(&diff);
	image_init(&parent);
	rc = derive_difference(flow, &op->target, true, &diff, err);
	if (rc == 0 && diff.parent.kind != TARGET_NONE &&
	    snapshot_image_get(flow->snap, &diff.parent, &parent, err) == -1)
		rc = -1;
	op->parent_id = parent.portal_id;
	fields_copy(&op->fields, &diff.send);
	if (rc == 0 && op->target.kind == TARGET_REQUISITE)
		(void)fields_set(&op->fields, FIELD_HOLDER, str_of(
		    target_kind_name(diff.parent.kind)));
	image_free(&parent);
	derive_free(&diff);
	return rc;
}

/* What a request said that had no answer may have come after what is agreed: of
 * these fields the portal gets that again, where no person has put something
 * there. */
static void
add_unsure(struct flow *flow, struct op *op, int64_t row,
    const struct image *image)
{
	struct str value, agreed;
	enum field field;
	size_t at = 0;

	unsure_get(flow, row, &op->unsure);
	while (fields_next(&op->unsure, &at, &field, &value)) {
		agreed = fields_get(&image->agreed, field);
		if (agreed.len == 0 || fields_has(&op->fields, field))
			continue;
		(void)fields_set(&op->fields, field, agreed);
		(void)fields_set(&op->before, field, agreed);
		(void)fields_set(&op->yields, field, str_of("1"));
	}
}

/*
 * An update of a client's lines with what is agreed of them: it is read before
 * it is written, so it only takes doubles away.  What people took away stays
 * away.  Without an attempt, as the deletion of a double.
 */
static void
add_lines(struct push *push, int64_t row, const struct target *target,
    const struct image *image)
{
	struct op *op;

	/* The next run looks again. */
	if (rowset_has(&push->busy, row) || (push->writes != NULL &&
	    push->writes->count >=
	    (size_t)push->flow->config->portal.batch_size))
		return;
	if (push->writes == NULL)
		push->writes = request_new(LIMIT_BATCH_COMMANDS);
	op = build_op(push->writes, OP_UPDATE, target, ERRAND_LINES, row);
	op->portal_id = image->portal_id;
	for (size_t i = 0; i < PARTY_REACHED; i++) {
		struct str lines = fields_get(&image->agreed,
		    party_reached[i]);

		(void)fields_set(&op->fields, party_reached[i], lines);
		(void)fields_set(&op->before, party_reached[i], lines);
		(void)fields_set(&op->yields, party_reached[i], str_of("1"));
	}
	add_unsure(push->flow, op, row, image);
	rowset_add(&push->busy, row);
}

static int
end_recheck(struct push *push, int64_t row, struct err *err)
{
	return snapshot_recheck_drop(push->flow->snap, row, err) == -1 ? -1 :
	    unsure_drop(push->flow, row, err);
}

static int
add_recheck(struct push *push, int64_t row, struct err *err)
{
	struct target target;
	struct image image;
	struct op *op;
	int rc;

	image_init(&image);
	rc = snapshot_image_by_row(push->flow->snap, row, &target, &image,
	    err);
	if (rc == 0 && image.portal_id == 0 && !image.apart)
		rc = 1;         /* not made again: nothing to compare with */
	if (rc == 0 && client_is_barred(push->flow, target.kind)) {
		/* Until there is the right. */
	} else if (rc == 0 && rowset_has(&push->single, row)) {
		add_lines(push, row, &target, &image);
	} else if (rc == 0 && !image.apart &&
	    !rowset_has(&push->looking, row)) {
		op = build_op(push->finds, OP_FIND, &target, ERRAND_RECHECK,
		    row);
		rowset_add(&push->looking, row);
		op->portal_id = 0;
		/* Its mark is what was said of it. */
		if (target.kind == TARGET_ONEC_ORDER)
			fields_copy(&op->fields, &image.agreed);
		rc = find_under_parent(push->flow, op, err);
	} else if (rc == 1) {
		rc = end_recheck(push, row, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
recover_recheck(struct push *push, struct err *err)
{
	int64_t rows[RECHECK_BATCH];
	size_t count = 0;

	push->rechecked = true;
	if (snapshot_recheck_due(push->flow->snap, clock_wall_ms(), rows,
	    RECHECK_BATCH, &count, err) == -1)
		return -1;
	if (count == 0)
		return 0;
	push->finds = request_new(LIMIT_REQUEST_FINDS);
	for (size_t i = 0; i < count; i++)
		if (add_recheck(push, rows[i], err) == -1)
			return -1;
	if (push->finds->count == 0) {
		request_free(push->finds);
		push->finds = NULL;
	}
	return 0;
}

/* A deletion without an attempt: until it is seen to be done the recheck
 * stays due, so a kill here only repeats the look. */
static int
remove_double(struct push *push, const struct op *found, int64_t portal_id,
    bool *queued)
{
	struct errand *errand = found->user;
	struct op *op;

	if (push->writes == NULL)
		push->writes = request_new(LIMIT_BATCH_COMMANDS);
	*queued = true;
	if (push->writes->count >=
	    (size_t)push->flow->config->portal.batch_size)
		return 0;       /* the next look finds it again */
	op = build_op(push->writes, OP_DELETE, &found->target, ERRAND_DOUBLE,
	    errand->row);
	op->portal_id = portal_id;
	return 0;
}

/* Where ours is not, what bears its mark is no double: somebody deleted
 * ours, and this one is the last. */
static bool
is_found(const struct op *op, int64_t portal_id)
{
	for (size_t i = 0; i < op->found_count; i++)
		if (op->found[i].portal_id == portal_id)
			return true;
	return false;
}

/* Another target may have it: two persons with one id, say. */
static bool
is_double(struct push *push, const struct op *op, const struct found *row,
    const struct image *image)
{
	bool taken;

	if (op->target.kind == TARGET_ONEC_ORDER &&
	    !onec_deal_is_double(op, row, image))
		return false;
	return row->portal_id != image->portal_id &&
	    client_bears_mark(push->flow, op, row) &&
	    adopt_is_taken(push->flow, &op->target, row->portal_id, true,
	    &taken, NULL) == 0 && !taken;
}

static int
drop_told_double(struct push *push, int64_t row, struct err *err)
{
	struct snapshot *snap = push->flow->snap;
	struct change change;
	int rc = snapshot_change_get(snap, row, &change, err);

	if (rc == 0 && strcmp(change.code, CHANGE_DOUBLE) == 0)
		rc = snapshot_change_drop(snap, row, err);
	return rc == -1 ? -1 : 0;
}

/* The portal keeps a double.  What is wanted of the target itself goes first:
 * then the next look tells of the double. */
static int
tell_double(struct push *push, const struct op *op, struct err *err)
{
	const struct errand *errand = op->user;
	struct flow *flow = push->flow;
	struct change change;
	struct fields none;
	char text[CHANGE_TEXT_BYTES];
	int rc = snapshot_change_get(flow->snap, errand->row, &change, err);

	if (rc == -1 || (rc == 0 && strcmp(change.code, CHANGE_DOUBLE) != 0))
		return rc;
	fields_init(&none);
	if (rc == 1) {
		memset(&change, 0, sizeof(change));
		change.row = errand->row;
		change.target = op->target;
		change.verb = VERB_UPDATE;
		change.rank = map_rank(&op->target, VERB_UPDATE, &none);
		change.since = clock_wall_ms();
	}
	change.tries++;
	told_set(text, sizeof(text), N_("the portal holds a second one (%"
	    PRId64 ") that a late answer left, and does not let it be removed: "
	    "%s; remove it there, and `cml24 retry` looks again"),
	    op->portal_id, op->text[0] != '\0' ? op->text : op->code);
	derive_fail(flow, &change, &none, CHANGE_DOUBLE, text);
	flow->tally.failed++;
	fields_free(&none);
	return snapshot_change_put(flow->snap, &change, err);
}

static int
settle_double(struct push *push, const struct op *op, struct err *err)
{
	const struct errand *errand = op->user;

	if (op->outcome == OUTCOME_REFUSED) {
		if (snapshot_recheck_put(push->flow->snap, errand->row,
		    clock_wall_ms() + LIMIT_RECHECK_MS, err) == -1)
			return -1;
		return tell_double(push, op, err);
	}
	if (op->outcome == OUTCOME_DONE)
		log_warn("%s %" PRId64 ": a double of ours was removed",
		    target_kind_name(op->target.kind), op->portal_id);
	/* Looked at once more: only a look that finds none ends it. */
	if (op->outcome == OUTCOME_DONE || op->outcome == OUTCOME_NOT_THERE)
		push->rechecked = false;
	return 0;
}

static int
settle_recheck(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct target target;
	struct image image;
	bool queued = false, ours;
	int rc;

	image_init(&image);
	rc = snapshot_image_by_row(push->flow->snap, errand->row, &target,
	    &image, err);
	ours = rc == 0 && is_found(op, image.portal_id);
	for (size_t i = 0; rc == 0 && ours && i < op->found_count; i++)
		if (is_double(push, op, &op->found[i], &image))
			rc = remove_double(push, op, op->found[i].portal_id,
			    &queued);
	if (rc == 0 && !queued)
		rc = drop_told_double(push, errand->row, err);
	if (rc == 0 && !queued && target_is_client(target.kind) &&
	    image.portal_id != 0) {
		/* There is one of it: then how it is reached. */
		rowset_add(&push->single, errand->row);
		push->rechecked = false;
		queued = true;
	}
	image_free(&image);
	if (rc == 0 && !queued)
		rc = end_recheck(push, errand->row, err);
	return rc == -1 ? -1 : 0;
}

/* What is refused now is refused the next time too: 1C's next change of these
 * lines takes the doubles away with it. */
static int
settle_lines(struct push *push, const struct op *op, struct err *err)
{
	const struct errand *errand = op->user;
	struct str id = target_id(&op->target);

	if (op->outcome != OUTCOME_DONE && op->outcome != OUTCOME_NOT_THERE &&
	    op->outcome != OUTCOME_REFUSED)
		return 0;
	rowset_remove(&push->single, errand->row);
	if (op->outcome == OUTCOME_REFUSED)
		log_warn("%s %.*s: a double phone or e-mail of ours stays, "
		    "for the portal refuses the update that takes it away: "
		    "%s", target_kind_name(op->target.kind), (int)id.len,
		    id.p, op->text[0] != '\0' ? op->text : op->code);
	return end_recheck(push, errand->row, err);
}

int
recover_recheck_settle(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;

	if (errand->why == ERRAND_LINES)
		return settle_lines(push, op, err);
	if (errand->why == ERRAND_DOUBLE)
		return settle_double(push, op, err);
	if (op->outcome != OUTCOME_DONE && op->outcome != OUTCOME_NOT_THERE)
		return 0;
	return settle_recheck(push, op, err);
}
