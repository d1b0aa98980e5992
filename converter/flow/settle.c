/*
 * What became of a request: each of its ops is confirmed, failed or planned
 * again, all in one transaction.
 */
#include "flow/code.h"
#include "flow/doubt.h"
#include "flow/left.h"
#include "flow/sections.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

/* Between two tries at a portal that does not answer. */
#define PAUSE_MS 1000
#define PAUSE_MAX_MS 60000

/* One that is left out costs a look-up. */
static void
remember_fresh(struct push *push, int64_t row)
{
	if (row > 0 && row <= LIMIT_RECORD_ROWS)
		bits_set(&push->fresh, row);
}

static void
count_done(struct push *push, const struct target *target, enum verb verb)
{
	struct flow_tally *tally = &push->flow->tally;

	left_done(push, target, verb);
	switch (verb) {
	case VERB_CREATE:
		tally->created++;
		break;
	case VERB_UPDATE:
		tally->updated++;
		break;
	case VERB_DELETE:
		tally->deleted++;
		break;
	case VERB_LINK:
		tally->linked++;
		break;
	case VERB_NONE:
		break;
	}
}

/* ---- confirmed ---- */

static int
put_image(struct push *push, const struct confirm *what,
    struct image *image, const struct fields *taken, struct err *err)
{
	enum field field;
	struct str value;
	size_t at = 0;

	image->target = what->row;
	if (what->verb == VERB_DELETE) {
		image->portal_id = 0;
		image->gone = true;
		image->lost = what->lost;
		fields_clear(&image->agreed);
	} else {
		image->portal_id = what->portal_id;
		image->gone = image->lost = image->apart = false;
		/* It may be that of the good's other form until now. */
		if (target_is_of_good(what->target.kind) &&
		    what->verb != VERB_UPDATE)
			fields_clear(&image->agreed);
		fields_merge(&image->agreed, taken);
		while (fields_next(taken, &at, &field, &value))
			if (str_is(value, FIELD_CLEAR))
				fields_remove(&image->agreed, field);
	}
	return snapshot_image_put(push->flow->snap, image, err);
}

/* The portal answered "done" and did not do this part. */
static int
fail_dropped(struct push *push, const struct confirm *what, struct err *err)
{
	struct buf names = BUF_INIT(LIMIT_ERROR_BYTES);
	char text[512], note[300];

	show_field_names(&names, what->dropped);
	if (what->note_dropped != NULL && what->note_dropped[0] != '\0') {
		told_copy(note, sizeof(note), what->note_dropped);
		told_set(text, sizeof(text), N_("the portal did not take: %s "
		    "(%s)"), buf_text(&names), note);
	} else {
		told_set(text, sizeof(text), N_("the portal did not take: "
		    "%s"), buf_text(&names));
	}
	buf_free(&names);
	return settle_fail(push, what->row, what->dropped, 0, "not-taken", text,
	    err);
}

/* Something left a section: one that waits to become empty may be so now. */
static int
wake_sections(struct push *push, const struct confirm *what,
    struct err *err)
{
	if (what->verb != VERB_DELETE && !fields_has(what->values,
	    FIELD_GROUP) && !fields_has(what->values, FIELD_PARENT))
		return 0;
	push->moves++;
	return snapshot_change_release(push->flow->snap, CHANGE_RESTS, err);
}

/* Somebody may have deleted a value of a list in the portal. */
static int
doubt_terms(struct flow *flow, const struct fields *dropped,
    struct err *err)
{
	return fields_has(dropped, FIELD_PROPERTIES) ?
	    snapshot_meta_set_int(flow->snap, META_DOUBT, 1, err) : 0;
}

/*
 * A good was switched on: it may be in this form again, and what belongs to it
 * was last said of another one.
 */
static int
switched_on(struct flow *flow, const struct confirm *what, struct err *err)
{
	if (what->verb != VERB_UPDATE || !target_is_good(what->target.kind) ||
	    !str_is(fields_get(what->values, FIELD_ACTIVE), "Y"))
		return 0;
	return derive_good(flow, &what->target, what->package, err);
}

/* Derived anew: newer values may have come, or some could not be said. */
static int
after_confirm(struct push *push, const struct confirm *what,
    struct err *err)
{
	struct flow *flow = push->flow;

	if (snapshot_change_drop(flow->snap, what->row, err) == -1)
		return -1;
	if (what->target.kind == TARGET_SECTION) {
		rowset_free(&push->turned);
		push->stuck = false;
	}
	if (what->verb == VERB_DELETE &&
	    derive_forget_dependents(flow, &what->target, err) == -1)
		return -1;
	if (what->lost && what->target.kind == TARGET_SECTION &&
	    derive_sections_lost(flow, &what->target, what->package,
	    err) == -1)
		return -1;
	if (derive_target(flow, &what->target, what->package, false,
	    err) == -1 || wake_sections(push, what, err) == -1 ||
	    derive_made(flow, &what->target, what->verb, what->portal_id,
	    what->package, err) == -1 ||
	    switched_on(flow, what, err) == -1)
		return -1;
	if (what->dropped != NULL && what->dropped->count > 0 &&
	    (fail_dropped(push, what, err) == -1 ||
	    doubt_terms(flow, what->dropped, err) == -1))
		return -1;
	if (what->verb == VERB_CREATE || what->verb == VERB_LINK)
		return snapshot_change_release(flow->snap, what->row, err);
	return 0;
}

/* Of what was made in this run nothing has to be looked for. */
static bool
has_dependents(enum target_kind kind)
{
	return target_is_good(kind) || kind == TARGET_COMPANY ||
	    kind == TARGET_CONTACT || kind == TARGET_REQUISITE;
}

int
settle_confirm(struct push *push, const struct confirm *what,
    struct err *err)
{
	struct flow *flow = push->flow;
	struct target same;
	struct image image;
	struct fields taken;
	int rc = -1;

	image_init(&image);
	fields_init(&taken);
	if (snapshot_image_by_row(flow->snap, what->row, &same, &image,
	    err) == -1)
		goto out;
	/* What the portal keeps is no history, but settled all the same:
	 * 1C's value is not sent again. */
	fields_copy(&taken, what->values);
	if (what->dropped != NULL)
		fields_drop(&taken, what->dropped);
	if (what->taken != NULL)
		fields_merge(&taken, what->taken);
	if (target_is_crm(what->target.kind) && link_new_done(flow,
	    &what->target, what->row, err) == -1)
		goto out;
	code_confirmed(push, what, &image.agreed);
	if (settle_history(push, what, &image.agreed, &taken, err) == -1 ||
	    put_image(push, what, &image, &taken, err) == -1 ||
	    after_confirm(push, what, err) == -1)
		goto out;
	if (what->verb == VERB_CREATE && has_dependents(what->target.kind))
		remember_fresh(push, what->row);
	if (what->verb == VERB_CREATE) {
		client_person_hold(&push->persons_made, &what->target,
		    what->values);
		push->clients_made += what->target.kind == TARGET_COMPANY ||
		    what->target.kind == TARGET_CONTACT;
	}
	count_done(push, &what->target, what->verb);
	rc = 0;
out:
	fields_free(&taken);
	image_free(&image);
	return rc;
}

/* ---- not confirmed ---- */

/* Is all that is wanted now among what was refused, but for what is there
 * already and only goes with it?  Newer values deserve a try of their own. */
static bool
was_refused(const struct difference *diff, const struct fields *refused)
{
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(&diff->send, &at, &field, &value))
		if (!str_eq(value, fields_get(refused, field)) &&
		    (!fields_has(&diff->image.agreed, field) ||
		    !str_eq(value, fields_get(&diff->image.agreed, field))))
			return false;
	return true;
}

int
settle_fail(struct push *push, int64_t row, const struct fields *refused,
    uint64_t wanted, const char *code, const char *text, struct err *err)
{
	struct flow *flow = push->flow;
	struct difference diff;
	struct change change;
	int rc;

	rc = snapshot_change_get(flow->snap, row, &change, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	derive_init(&diff);
	rc = derive_difference(flow, &change.target, change.forced, &diff,
	    err);
	if (rc == 0 && (was_refused(&diff, refused) || (wanted != 0 &&
	    derive_hash(flow, diff.verb, &diff.send) == wanted))) {
		left_done(push, &change.target, change.verb);
		if (diff.verb != VERB_NONE)
			change.verb = diff.verb;
		change.tries++;
		derive_fail(flow, &change, &diff.send, code, text);
		flow->tally.failed++;
		rc = snapshot_change_put(flow->snap, &change, err);
	}
	derive_free(&diff);
	return rc;
}

static int
plan_again(struct push *push, int64_t row, int64_t not_before,
    const struct op *op, struct err *err)
{
	struct flow *flow = push->flow;
	struct change change;
	int rc;

	rc = snapshot_change_get(flow->snap, row, &change, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	change.state = CHANGE_PLANNED;
	change.next_try = not_before;
	if (op->outcome == OUTCOME_AGAIN) {
		change.tries++;
		(void)snprintf(change.code, sizeof(change.code), "%s",
		    op->code);
		told_copy(change.text, sizeof(change.text), op->text);
	}
	return snapshot_change_put(flow->snap, &change, err);
}

/* Somebody deleted it in the portal; or it is what we wanted to delete. */
int
settle_not_there(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct flow *flow = push->flow;
	struct fields none;
	struct confirm done = { .target = op->target, .row = errand->row,
	    .portal_id = op->portal_id, .package = errand->package,
	    .verb = VERB_DELETE,
	    .note = TOLD("was not in the portal any more") };
	int rc;

	fields_init(&none);
	done.values = &none;
	done.lost = errand->verb != VERB_DELETE &&
	    !target_is_client(op->target.kind);
	rowset_add(&push->missed, errand->row);
	rc = settle_confirm(push, &done, err);
	if (rc == 0 && errand->verb != VERB_DELETE &&
	    target_is_client(op->target.kind))
		rc = client_miss(flow, errand->row, op->portal_id, err);
	fields_free(&none);
	if (rc == 0 && errand->verb != VERB_DELETE) {
		log_warn("%s %.*s: deleted in the portal by somebody",
		    target_kind_name(op->target.kind),
		    (int)target_id(&op->target).len,
		    target_id(&op->target).p);
		flow->tally.deleted--;
	}
	return rc;
}

static int
settle_done(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct confirm done = { .target = op->target, .row = errand->row,
	    .package = errand->package, .verb = errand->verb,
	    .values = &op->fields, .dropped = &op->dropped,
	    .taken = &op->taken, .kept = &op->kept,
	    .overruled = &op->overruled };
	char note[128];

	/* A main picture that is changed is another one. */
	done.portal_id = op->kind == OP_CREATE || (op->kind == OP_UPDATE &&
	    op->target.kind == TARGET_PICTURE) ? op->new_id : op->portal_id;
	done.note_dropped = op->text;
	if (op->kept.count > 0 || op->overruled.count > 0)
		done.note = client_conflict_note(op, note);
	else if (op->note[0] != '\0')
		done.note = op->note;
	else if (code_steps_aside(push, errand->row))
		done.note = TOLD("another one gets its symbolic code");
	rowset_remove(&push->cleared, errand->row);
	return settle_confirm(push, &done, err);
}

static void
stop_push(struct push *push, const struct op *op)
{
	if (push->stopped)
		return;
	push->stopped = true;
	(void)err_set(&push->error, ERR_PORTAL, "%s", op->text);
}

const char *
settle_code(const struct op *op)
{
	return op->code[0] != '\0' ? op->code : "refused";
}

static int
fail_write(struct push *push, struct op *op, struct err *err)
{
	const struct errand *errand = op->user;

	return settle_fail(push, errand->row, &op->fields, errand->wanted,
	    settle_code(op), op->text, err);
}

static int
settle_refused(struct push *push, struct op *op, struct err *err)
{
	const struct errand *errand = op->user;
	bool spared = client_spares(push, errand->row, op);
	bool doubted = !spared && doubt_parent(push, op);

	if (!doubted && !spared &&
	    !(doubt_moves(op) && doubt_move_later(push, errand->row)) &&
	    !code_may_wait(push, &op->target, errand->row, &op->fields))
		return fail_write(push, op, err);
	if (doubted)
		doubt_hold(push, op);
	return plan_again(push, errand->row, 0, op, err);
}

/* The portal's own error says that nothing came of it.  Something may have all
 * the same: what was to be made is looked for before the repeat, and a double
 * of it later. */
static int
settle_again(struct push *push, struct op *op, struct err *err)
{
	const struct errand *errand = op->user;

	if (strcmp(op->code, OP_INTERNAL) == 0) {
		rowset_remove(&push->cleared, errand->row);
		if (errand->tries + 1 >= OP_INTERNAL_TRIES)
			return fail_write(push, op, err);
		if (recover_recheck_later(push, op, err) == -1)
			return -1;
	}
	return plan_again(push, errand->row, op->not_before, op, err);
}

static int
settle_write(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;

	if (op->outcome == OUTCOME_UNKNOWN) {
		push->lost = true;
		return 0;
	}
	if (snapshot_attempt_drop(push->flow->snap, errand->attempt,
	    err) == -1)
		return -1;
	switch (op->outcome) {
	case OUTCOME_DONE:
		return settle_done(push, op, err);
	case OUTCOME_NOT_THERE:
		return settle_not_there(push, op, err);
	case OUTCOME_REFUSED:
		return settle_refused(push, op, err);
	case OUTCOME_STOP:
		stop_push(push, op);
		return plan_again(push, errand->row, 0, op, err);
	case OUTCOME_AGAIN:
		return settle_again(push, op, err);
	case OUTCOME_NOT_RUN:
		return plan_again(push, errand->row, 0, op, err);
	case OUTCOME_UNKNOWN:
		break;
	}
	return 0;
}

/* Not empty: nothing is wrong, it only rests until something leaves it.  What
 * left while it was counted makes the count old: it is counted again. */
static int
rest_section(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	struct change change;
	int rc;

	if (errand->moves != push->moves)
		return 0;
	rc = snapshot_change_get(push->flow->snap, errand->row, &change,
	    err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	change.state = CHANGE_WAITING;
	change.depends = CHANGE_RESTS;
	(void)snprintf(change.code, sizeof(change.code), "%s",
	    "section-not-empty");
	told_set(change.text, sizeof(change.text), N_("the section is "
	    "not empty (%zu products or sections) and stays until it is"),
	    op->found_count);
	left_done(push, &change.target, change.verb);
	return snapshot_change_put(push->flow->snap, &change, err);
}

/* Nothing may be left in a section that goes. */
static int
settle_empty(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;

	if (op->outcome == OUTCOME_NOT_THERE) {
		errand->verb = VERB_DELETE;
		return settle_not_there(push, op, err);
	}
	if (op->outcome != OUTCOME_DONE)
		return 0;
	if (op->found_count > 0)
		return rest_section(push, op, err);
	rowset_add(&push->cleared, errand->row);
	return 0;
}

static int
settle_op(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;

	switch (errand->why) {
	case ERRAND_WRITE:
		return settle_write(push, op, err);
	case ERRAND_ADOPT:
		return adopt_settle(push, op, err);
	case ERRAND_RECOVER:
		return recover_settle(push, op, err);
	case ERRAND_RECHECK:
	case ERRAND_DOUBLE:
	case ERRAND_LINES:
		return recover_recheck_settle(push, op, err);
	case ERRAND_EMPTY:
		return settle_empty(push, op, err);
	case ERRAND_DOUBT:
		return doubt_settle(push, op, err);
	}
	return 0;
}

/* Did the portal say anything at all? */
static bool
is_silent(const struct request *request)
{
	if (request->answered)
		return false;
	for (size_t i = 0; i < request->count; i++) {
		switch (request->ops[i].outcome) {
		case OUTCOME_AGAIN:
		case OUTCOME_UNKNOWN:
		case OUTCOME_NOT_RUN:
			break;
		case OUTCOME_DONE:
		case OUTCOME_REFUSED:
		case OUTCOME_NOT_THERE:
		case OUTCOME_STOP:
			return false;
		}
	}
	return true;
}

/*
 * A portal that does not answer is asked again, at growing distances, for as
 * long as portal.retry_max_seconds; then the run ends, and the next one goes
 * on from here.
 */
static void
note_silence(struct push *push, const struct request *request)
{
	int64_t now = clock_steady_ms();
	int64_t max = push->flow->config->portal.retry_max_ms;

	for (size_t i = 0; i < request->count; i++)
		if (request->ops[i].outcome == OUTCOME_STOP)
			stop_push(push, &request->ops[i]);
	/* What was called back is silent for that reason. */
	if (flow_must_stop(push->flow))
		return;
	if (!is_silent(request)) {
		push->silent_since = push->pause = 0;
		return;
	}
	if (push->silent_since == 0) {
		log_warn("the portal does not answer, or puts us off: asked "
		    "again for %" PRId64 " s at most", max / 1000);
		push->silent_since = now;
	}
	push->pause = push->pause == 0 ? PAUSE_MS : push->pause * 2;
	if (push->pause > PAUSE_MAX_MS)
		push->pause = PAUSE_MAX_MS;
	push->pause_until = now + push->pause;
	if (push->pause_until - push->silent_since > max)
		stop_push(push, &request->ops[0]);
}

/* The facts were read with the same webhook: it is something in front of the
 * portal that takes offence at what this request says. */
static void
doubt_forbidden(struct request *request)
{
	const struct errand *errand;
	struct op *op;

	for (size_t i = 0; i < request->count; i++) {
		op = &request->ops[i];
		errand = op->user;
		if (errand->why == ERRAND_WRITE &&
		    op->outcome == OUTCOME_STOP &&
		    strcmp(op->code, "http-403") == 0)
			op->outcome = OUTCOME_UNKNOWN;
	}
}

int
settle_request(struct push *push, struct request *request, struct err *err)
{
	struct flow *flow = push->flow;
	int rc;

	doubt_forbidden(request);
	note_silence(push, request);
	rc = snapshot_begin(flow->snap, err);
	if (rc == 0) {
		derive_fuse_arm(flow, false, false);
		if (request->answered)
			rc = snapshot_meta_set_int(flow->snap, META_REACHED,
			    clock_wall_ms(), err);
		for (size_t i = 0; rc == 0 && i < request->count; i++)
			rc = settle_op(push, &request->ops[i], err);
		if (rc == 0)
			rc = derive_fuse_settle(flow, err);
		rc = snapshot_end(flow->snap, rc, err);
	}
	for (size_t i = 0; i < request->count; i++)
		build_errand_free(push, &request->ops[i]);
	return rc;
}
