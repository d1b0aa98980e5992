/*
 * Stock, where the portal manages its inventory: nothing but its documents
 * changes what stands in a store.  What 1C states is compared with what the
 * portal holds at that moment, and the difference goes into an adjustment or
 * a write-off.
 *
 * A document is made, filled and conducted, and the power may go in between.
 * Its title is written down before it is made; afterwards it is looked for by
 * that: conducted, its lines are done; half made, it is thrown away, and the
 * difference is worked out anew.  So none is ever conducted twice.
 */
#include "flow/doubt.h"
#include "flow/left.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"
#include "base/words.h"

/* When the portal is busy. */
#define PAUSE_MS ((int64_t)60 * 1000)
/* Of a change: the portal's documents take nothing below zero. */
#define BELOW_ZERO "below-zero"
/* So many goods refused each by itself in the same words: it is not they that
 * are wrong. */
#define ALIKE_MAX 8

/* One due change. */
struct due {
	struct change change;
	struct decimal wanted;
	char text[DECIMAL_TEXT_BYTES];
	bool floored;           /* 1C has less than nothing there, the portal
				   refused that, and gets 0 */
	char below[DECIMAL_TEXT_BYTES];         /* what 1C has */
	int64_t good, store;
	int64_t good_row;
	const char *form;       /* FIELD_FORM, or "" */
	int64_t attempt;
	bool alone;             /* the whole document was refused for it */
	bool again;             /* in the words of the one before it */
	bool settled;           /* needs no document */
};

struct batch {
	struct push *push;
	struct due *dues;
	size_t count;
	struct stock_line *lines;       /* of the document that is made */
	char reason[sizeof(((struct stock_line *)0)->text)];
	int alike;              /* lines refused alone for that, in a row */
};

/* ---- what is due -------------------------------------------------------- */

static int
fail(struct push *push, const struct change *change,
    const struct fields *send, const char *code, const char *text,
    struct err *err)
{
	struct change failed = *change;

	failed.depends = 0;
	failed.tries++;
	derive_fail(push->flow, &failed, send, code, text);
	push->flow->tally.failed++;
	left_done(push, &change->target, change->verb);
	return snapshot_change_put(push->flow->snap, &failed, err);
}

static int
good_of(struct flow *flow, const struct target *parent, struct due *due,
    struct err *err)
{
	struct image image;
	int rc = 1;

	due->good = due->good_row = 0;
	image_init(&image);
	if (parent->kind != TARGET_NONE)
		rc = snapshot_image_get(flow->snap, parent, &image, err);
	if (rc == 0) {
		due->good = image.portal_id;
		due->good_row = image.target;
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* 0: it is among the dues; 1: it needs nothing, or cannot be done. */
static int
take_due(struct batch *batch, const struct change *change,
    struct difference *diff, struct err *err)
{
	struct flow *flow = batch->push->flow;
	struct due *due = &batch->dues[batch->count];
	struct str quantity;

	if (derive_difference(flow, &change->target, change->forced, diff,
	    err) == -1 || good_of(flow, &diff->parent, due, err) == -1)
		return -1;
	quantity = fields_get(&diff->send, FIELD_QUANTITY);
	if (diff->verb == VERB_NONE || diff->verb == VERB_DELETE ||
	    due->good == 0 || decimal_parse(&due->wanted, quantity) == -1)
		return snapshot_change_drop(flow->snap, change->row, err) ==
		    -1 ? -1 : 1;
	due->store = term_set_get(flow->known, TERM_STORE, STR_NONE,
	    target_rule(&change->target));
	if (due->store == 0)
		return fail(batch->push, change, &diff->send, "no-store",
		    TOLD("the portal has no store for this warehouse: add it "
		    "there, or name it in catalog.warehouses"), err) == -1 ?
		    -1 : 1;
	due->change = *change;
	due->change.verb = diff->verb;
	due->form = diff->parent.kind == TARGET_PRODUCT ? "" :
	    target_kind_name(diff->parent.kind);
	(void)decimal_format(due->below, due->wanted);
	due->floored = decimal_is_negative(due->wanted) &&
	    strcmp(change->code, BELOW_ZERO) == 0;
	if (due->floored)
		due->wanted.digits = 0;
	(void)decimal_format(due->text, due->wanted);
	batch->count++;
	return 0;
}

static int
collect(struct batch *batch, struct err *err)
{
	struct snapshot *snap = batch->push->flow->snap;
	struct target any = { .kind = TARGET_STOCK };
	struct change_cursor at = { .row = INT64_MAX };
	int64_t now = clock_wall_ms();
	struct difference diff;
	struct change change;
	struct fields none;
	int rc = 0;

	fields_init(&none);
	at.rank = map_rank(&any, VERB_UPDATE, &none) - 1;
	derive_init(&diff);
	while (rc == 0 && batch->count < LIMIT_STOCK_LINES) {
		rc = snapshot_change_next(snap, &at, now, &change, err);
		if (rc != 0 || change.target.kind != TARGET_STOCK)
			break;
		rc = take_due(batch, &change, &diff, err);
		if (rc == 1)
			rc = 0;
	}
	derive_free(&diff);
	return rc == -1 ? -1 : 0;
}

static int
collect_in_transaction(struct batch *batch, struct err *err)
{
	struct snapshot *snap = batch->push->flow->snap;

	if (snapshot_begin(snap, err) == -1)
		return -1;
	return snapshot_end(snap, collect(batch, err), err);
}

/* ---- settling ----------------------------------------------------------- */

static int
confirm(struct push *push, const struct change *change, int64_t store,
    const char *quantity, struct str form, const char *note,
    struct err *err)
{
	struct confirm done = { .target = change->target, .row = change->row,
	    .portal_id = store, .package = change->package,
	    .verb = change->verb, .note = note };
	struct fields values;
	int rc;

	fields_init(&values);
	(void)fields_set(&values, FIELD_QUANTITY, str_of(quantity));
	(void)fields_set(&values, FIELD_FORM, form);
	done.values = &values;
	rc = settle_confirm(push, &done, err);
	fields_free(&values);
	return rc;
}

/* Not done: planned again, at once or later. */
static int
replan(struct push *push, const struct due *due, int64_t next_try,
    struct err *err)
{
	struct snapshot *snap = push->flow->snap;
	struct change change;
	int rc;

	if (snapshot_attempt_drop(snap, due->attempt, err) == -1)
		return -1;
	rc = snapshot_change_get(snap, due->change.row, &change, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	change.next_try = next_try;
	return snapshot_change_put(snap, &change, err);
}

/* The store is at 0, and what 1C has is refused until that changes. */
static int
leave_at_zero(struct push *push, const struct due *due, struct err *err)
{
	struct fields refused;
	int rc;

	fields_init(&refused);
	(void)fields_set(&refused, FIELD_QUANTITY, str_of(due->below));
	rc = settle_fail(push, due->change.row, &refused, 0, "stock-refused",
	    due->change.text, err);
	fields_free(&refused);
	return rc;
}

static int
confirm_due(struct push *push, const struct due *due, const char *note,
    struct err *err)
{
	if (confirm(push, &due->change, due->store, due->text,
	    str_of(due->form), note, err) == -1)
		return -1;
	return due->floored ? leave_at_zero(push, due, err) : 0;
}

/* Less than nothing cannot be written off, but what lies there can. */
static int
bring_to_zero(struct push *push, const struct due *due, const char *text,
    struct err *err)
{
	struct change change = due->change;

	change.state = CHANGE_PLANNED;
	change.next_try = 0;
	(void)snprintf(change.code, sizeof(change.code), "%s", BELOW_ZERO);
	told_copy(change.text, sizeof(change.text), text);
	return snapshot_change_put(push->flow->snap, &change, err);
}

static int
refuse_due(struct push *push, const struct due *due, const char *text,
    struct err *err)
{
	struct fields send;
	int rc;

	fields_init(&send);
	(void)fields_set(&send, FIELD_QUANTITY, str_of(due->text));
	rc = fail(push, &due->change, &send, "stock-refused", text, err);
	fields_free(&send);
	return rc;
}

static int
settle_line(struct push *push, const struct due *due,
    const struct stock_line *line, enum outcome outcome, const char *title,
    struct err *err)
{
	char note[128];

	if (outcome == OUTCOME_DONE) {
		told_set(note, sizeof(note), N_("by document %s"), title);
		if (snapshot_attempt_drop(push->flow->snap, due->attempt,
		    err) == -1)
			return -1;
		return confirm_due(push, due, note, err);
	}
	if (!line->refused)
		return replan(push, due, outcome == OUTCOME_AGAIN ?
		    clock_wall_ms() + PAUSE_MS : 0, err);
	/* It may be of a good that somebody deleted: then that is what is told,
	 * and its stock comes when it is made again. */
	if (!due->again && !line->unmade &&
	    doubt_row(push, due->good_row))
		return replan(push, due, 0, err);
	/* A line that is refused may be one of a store that is not there any
	 * more: they are looked at again. */
	if (snapshot_attempt_drop(push->flow->snap, due->attempt, err) ==
	    -1 || (!due->alone && snapshot_meta_set_int(push->flow->snap,
	    META_DOUBT, 1, err) == -1))
		return -1;
	return decimal_is_negative(due->wanted) ? bring_to_zero(push, due,
	    line->text, err) : refuse_due(push, due, line->text, err);
}

static int
settle_lines(struct batch *batch, size_t count, enum outcome outcome,
    const char *title, struct err *err)
{
	struct snapshot *snap = batch->push->flow->snap;
	int rc = 0;

	if (snapshot_begin(snap, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = settle_line(batch->push, batch->lines[i].user,
		    &batch->lines[i], outcome, title, err);
	return snapshot_end(snap, rc, err);
}

/* ---- one document ------------------------------------------------------- */

static int
put_attempts(struct batch *batch, size_t count, int64_t number,
    const char *title, struct err *err)
{
	struct snapshot *snap = batch->push->flow->snap;
	struct attempt attempt;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct due *due = batch->lines[i].user;

		attempt_init(&attempt);
		attempt.request = number;
		attempt.place = (int)i;
		attempt.row = due->change.row;
		attempt.verb = due->change.verb;
		attempt.portal_id = due->store;
		attempt.parent_id = due->good;
		clock_mark_now(&attempt.at);
		(void)fields_set(&attempt.values, FIELD_QUANTITY,
		    str_of(due->text));
		(void)fields_set(&attempt.values, FIELD_TAG, str_of(title));
		(void)fields_set(&attempt.values, FIELD_FORM,
		    str_of(due->form));
		rc = snapshot_attempt_put(snap, &attempt, err);
		due->attempt = attempt.id;
		attempt_free(&attempt);
	}
	return rc;
}

/* The number alone would come again after a restored backup. */
static int
write_down(struct batch *batch, size_t count, char title[96],
    int64_t *number, struct err *err)
{
	struct snapshot *snap = batch->push->flow->snap;
	int rc;

	if (snapshot_begin(snap, err) == -1)
		return -1;
	rc = snapshot_request_number(snap, number, err);
	if (rc == 0) {
		(void)snprintf(title, 96, "cml24 1C %" PRId64 "-%" PRId64,
		    clock_wall_ms(), *number);
		rc = put_attempts(batch, count, *number, title, err);
	}
	return snapshot_end(snap, rc, err);
}

static bool
any_refused(const struct stock_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (lines[i].refused)
			return true;
	return false;
}

/* The document was refused for its only line. */
static void
refuse_alone(struct batch *batch, const char *text)
{
	struct stock_line *line = &batch->lines[0];
	struct due *due = line->user;

	due->alone = true;
	op_refuse_line(line, text);
	batch->alike = strcmp(batch->reason, line->text) == 0 ?
	    batch->alike + 1 : 1;
	due->again = batch->alike > 1;
	memcpy(batch->reason, line->text, sizeof(batch->reason));
}

/* Nothing can be conducted: no document more is made for the others. */
static int
refuse_rest(struct batch *batch, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct due *due = batch->lines[i].user;

		due->attempt = 0;
		batch->lines[i].refused = true;
		due->alone = due->again = true;
		memcpy(batch->lines[i].text, batch->reason,
		    sizeof(batch->reason));
	}
	return settle_lines(batch, count, OUTCOME_REFUSED, "", err);
}

/*
 * Refused as a whole, without a line that is known to be the reason: one by
 * halves, so that the bad line is found and the others go through.
 */
static int
put_lines(struct batch *batch, enum document_type type, size_t count,
    struct err *err)
{
	struct push *push = batch->push;
	struct remote *remote = &push->flow->remote;
	struct stock_line *lines = batch->lines;
	char title[96];
	struct stock_document document = { type, title, NULL };
	struct err why = { 0 };
	enum outcome outcome;
	int64_t number;
	int rc;

	if (batch->alike >= ALIKE_MAX)
		return refuse_rest(batch, count, err);
	if (write_down(batch, count, title, &number, err) == -1)
		return -1;
	document.comment = words_say(flow_words(push->flow), N_("Made by "
	    "cml24 of what 1C has in stock"));
	outcome = remote->put_document(remote->ctx, &document, lines, count,
	    &why);
	if (outcome == OUTCOME_UNKNOWN) {
		log_info("%s: %s", title, why.text);
		/* Its steps may have taken long; the last left just now. */
		return snapshot_attempt_redate(push->flow->snap, number, err);
	}
	if (outcome == OUTCOME_STOP) {
		push->stopped = true;
		push->error = why;
	}
	if (outcome == OUTCOME_DONE)
		batch->alike = 0;
	if (outcome == OUTCOME_REFUSED && count == 1 && !lines[0].refused)
		refuse_alone(batch, why.text);
	rc = settle_lines(batch, count, outcome, title, err);
	if (rc == -1 || outcome != OUTCOME_REFUSED || count == 1 ||
	    any_refused(lines, count))
		return rc;
	rc = put_lines(batch, type, count / 2, err);
	if (rc == 0 && !push->stopped) {
		batch->lines = lines + count / 2;
		rc = put_lines(batch, type, count - count / 2, err);
		batch->lines = lines;
	}
	return rc;
}

/* ---- a batch ------------------------------------------------------------ */

/* *far: wanted minus held. */
static void
compare(const struct due *due, struct stock_line *line, struct decimal *far)
{
	struct decimal held = line->amount;

	held.digits = -held.digits;
	if (line->refused || decimal_add(far, due->wanted, held) == 0)
		return;
	op_refuse_line(line, TOLD("the portal's amount is too large a "
	    "number"));
}

/* What the portal holds already, and what it does not tell. */
static int
settle_held(struct batch *batch, const struct decimal *far, struct err *err)
{
	struct snapshot *snap = batch->push->flow->snap;
	int rc = 0;

	if (snapshot_begin(snap, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < batch->count; i++) {
		struct due *due = &batch->dues[i];
		const struct stock_line *line = &batch->lines[i];

		due->settled = line->refused || far[i].digits == 0;
		if (line->refused)
			rc = refuse_due(batch->push, due, line->text, err);
		else if (due->settled)
			rc = confirm_due(batch->push, due, TOLD("the portal "
			    "holds it already"), err);
	}
	return snapshot_end(snap, rc, err);
}

/* below: of what 1C has less than nothing of, which the portal may refuse:
 * these take no others with them. */
static int
put_type(struct batch *batch, enum document_type type, bool below,
    const struct decimal *far, struct err *err)
{
	size_t count = 0;

	for (size_t i = 0; i < batch->count; i++) {
		struct stock_line *line = &batch->lines[count];

		if (batch->dues[i].settled || decimal_is_negative(far[i]) !=
		    (type == DOCUMENT_SHORTAGE) ||
		    decimal_is_negative(batch->dues[i].wanted) != below)
			continue;
		memset(line, 0, sizeof(*line));
		line->good = batch->dues[i].good;
		line->store = batch->dues[i].store;
		line->amount = far[i];
		if (type == DOCUMENT_SHORTAGE)
			line->amount.digits = -line->amount.digits;
		line->user = &batch->dues[i];
		count++;
	}
	return count == 0 ? 0 : put_lines(batch, type, count, err);
}

/* Amounts that the portal will not tell are no reason to hold up the rest. */
static int
read_held(struct batch *batch, struct err *err)
{
	struct remote *remote = &batch->push->flow->remote;
	struct err why = { 0 };

	for (size_t i = 0; i < batch->count; i++) {
		memset(&batch->lines[i], 0, sizeof(batch->lines[i]));
		batch->lines[i].good = batch->dues[i].good;
		batch->lines[i].store = batch->dues[i].store;
	}
	if (remote->read_stock(remote->ctx, batch->lines, batch->count,
	    &why) == 0)
		return 0;
	if (why.kind != ERR_ITEM) {
		*err = why;
		return -1;
	}
	for (size_t i = 0; i < batch->count; i++)
		op_refuse_line(&batch->lines[i], why.text);
	return 0;
}

static int
bring_about(struct batch *batch, struct err *err)
{
	struct decimal *far = mem_array(batch->count, sizeof(*far));
	int rc = read_held(batch, err);

	for (size_t i = 0; rc == 0 && i < batch->count; i++)
		compare(&batch->dues[i], &batch->lines[i], &far[i]);
	if (rc == 0)
		rc = settle_held(batch, far, err);
	for (int i = 0; rc == 0 && !batch->push->stopped && i < 4; i++) {
		batch->alike = 0;
		rc = put_type(batch, i % 2 == 0 ? DOCUMENT_SURPLUS :
		    DOCUMENT_SHORTAGE, i >= 2, far, err);
	}
	free(far);
	return rc;
}

int
stock_push(struct push *push, bool *done, struct err *err)
{
	struct batch batch = { .push = push };
	int rc;

	*done = false;
	if (!map_facts_given(push->flow->map)->documents)
		return 0;
	batch.dues = mem_array(LIMIT_STOCK_LINES, sizeof(*batch.dues));
	batch.lines = mem_array(LIMIT_STOCK_LINES, sizeof(*batch.lines));
	rc = collect_in_transaction(&batch, err);
	if (rc == 0 && batch.count > 0) {
		*done = true;
		rc = bring_about(&batch, err);
	}
	free(batch.lines);
	free(batch.dues);
	return rc;
}

/* ---- after a kill or a lost answer -------------------------------------- */

struct lost_document {
	char title[96];
	struct clock_mark at;
	enum document_stage stage;
	bool known;             /* the portal was asked */
};

struct lost {
	struct push *push;
	struct lost_document *documents;
	size_t count, size;
};

static struct lost_document *
find_lost(struct lost *lost, struct str title)
{
	for (size_t i = 0; i < lost->count; i++)
		if (str_is(title, lost->documents[i].title))
			return &lost->documents[i];
	return NULL;
}

static int
note_lost(void *ctx, const struct attempt *attempt, struct err *err)
{
	struct lost *lost = ctx;
	struct str title = fields_get(&attempt->values, FIELD_TAG);
	struct target target;
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_by_row(lost->push->flow->snap, attempt->row,
	    &target, &image, err);
	image_free(&image);
	if (rc != 0 || target.kind != TARGET_STOCK ||
	    find_lost(lost, title) != NULL)
		return rc == -1 ? -1 : 0;
	if (lost->count == lost->size) {
		lost->size = lost->size == 0 ? 8 : lost->size * 2;
		lost->documents = mem_resize(lost->documents, lost->size,
		    sizeof(*lost->documents));
	}
	memset(&lost->documents[lost->count], 0, sizeof(*lost->documents));
	lost->documents[lost->count].at = attempt->at;
	(void)snprintf(lost->documents[lost->count].title,
	    sizeof(lost->documents[0].title), "%.*s", (int)title.len,
	    title.len > 0 ? title.p : "");
	lost->count++;
	return 0;
}

/* Of a document that the portal will not show or delete the goods wait, for
 * somebody might conduct it; all else goes on. */
static int
put_off(struct lost *lost, struct lost_document *document, struct err *err)
{
	if (err->kind != ERR_ITEM)
		return -1;
	document->known = false;
	report_say(lost->push->flow->report, "%s", err->text);
	err_clear(err);
	return 0;
}

/* What is left half made goes; while it may still be running, it stays. */
static int
ask(struct lost *lost, struct lost_document *document, struct err *err)
{
	struct flow *flow = lost->push->flow;
	struct remote *remote = &flow->remote;

	if (remote->find_document(remote->ctx, document->title,
	    &document->stage, err) == -1)
		return put_off(lost, document, err);
	document->known = document->stage == DOCUMENT_CONDUCTED ||
	    clock_since_ms(&document->at) >= flow->config->portal.unknown_ms;
	if (!document->known || document->stage != DOCUMENT_DRAFT)
		return 0;
	log_info("%s: half made, thrown away", document->title);
	return remote->drop_document(remote->ctx, document->title, err) == 0 ?
	    0 : put_off(lost, document, err);
}

static int
settle_lost(void *ctx, const struct attempt *attempt, struct err *err)
{
	struct lost *lost = ctx;
	struct push *push = lost->push;
	struct lost_document *document = find_lost(lost,
	    fields_get(&attempt->values, FIELD_TAG));
	struct target target;
	struct image image;
	struct change change;
	char quantity[DECIMAL_TEXT_BYTES], note[128];
	int rc;

	if (document == NULL || !document->known)
		return 0;
	image_init(&image);
	rc = snapshot_image_by_row(push->flow->snap, attempt->row, &target,
	    &image, err);
	image_free(&image);
	if (rc != 0 || target.kind != TARGET_STOCK)
		return rc == -1 ? -1 : 0;
	if (decimal_normalise(quantity, fields_get(&attempt->values,
	    FIELD_QUANTITY)) == -1)
		return err_set(err, ERR_SYSTEM, "state: attempt");
	if (snapshot_attempt_drop(push->flow->snap, attempt->id, err) == -1)
		return -1;
	if (document->stage != DOCUMENT_CONDUCTED)
		return snapshot_change_replan(push->flow->snap, attempt->row,
		    err);
	memset(&change, 0, sizeof(change));
	if (snapshot_change_get(push->flow->snap, attempt->row, &change,
	    err) == -1)
		return -1;
	change.row = attempt->row;
	change.verb = attempt->verb;
	change.target = target;
	told_set(note, sizeof(note), N_("by document %s, answer lost"),
	    document->title);
	return confirm(push, &change, attempt->portal_id, quantity,
	    fields_get(&attempt->values, FIELD_FORM), note, err);
}

static int
settle_all_lost(struct lost *lost, struct err *err)
{
	struct snapshot *snap = lost->push->flow->snap;
	int rc;

	if (snapshot_begin(snap, err) == -1)
		return -1;
	rc = snapshot_attempt_each(snap, settle_lost, lost, err);
	return snapshot_end(snap, rc, err);
}

int
stock_recover(struct push *push, struct err *err)
{
	struct lost lost = { .push = push };
	int rc;

	rc = snapshot_attempt_each(push->flow->snap, note_lost, &lost, err);
	for (size_t i = 0; rc == 0 && i < lost.count; i++)
		rc = ask(&lost, &lost.documents[i], err);
	if (rc == 0 && lost.count > 0)
		rc = settle_all_lost(&lost, err);
	free(lost.documents);
	return rc;
}
