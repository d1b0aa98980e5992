/*
 * What is refused for want of what it belongs to: the section or good that
 * somebody deleted, the client that it hangs on.  That one is looked for; until
 * then nobody knows whether the refusal is for good.
 */
#include "flow/code.h"
#include "flow/doubt.h"
#include "flow/sections.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

bool
doubt_row(struct push *push, int64_t row)
{
	if (row == 0 || push->to_ask_count == PUSH_ASKS)
		return false;
	if (rowset_has(&push->doubted, row))
		return rowset_has(&push->busy, row);
	rowset_add(&push->doubted, row);
	rowset_add(&push->busy, row);
	push->to_ask[push->to_ask_count++] = row;
	return true;
}

/* Is it made at a client, or bound to one? */
static bool
hangs_on_client(const struct op *op)
{
	enum target_kind kind = op->target.kind;

	if (kind == TARGET_PERSON)
		return fields_has(&op->fields, FIELD_COMPANIES);
	return op->kind == OP_CREATE && (kind == TARGET_REQUISITE ||
	    kind == TARGET_BANK || kind == TARGET_ADDRESS);
}

/* Where somebody deleted that, this is refused, and would be for ever. */
bool
doubt_parent(struct push *push, const struct op *op)
{
	const struct errand *errand = op->user;
	struct str place = fields_get(&op->fields, op->target.kind ==
	    TARGET_SECTION ? FIELD_PARENT : FIELD_GROUP);

	/* Too much to be said twice: where the good is gone, what was refused
	 * goes with it. */
	if (op->target.kind == TARGET_PICTURE) {
		(void)doubt_row(push, errand->parent_row);
		return false;
	}
	/* A client may be hidden from us, and no list shows it then. */
	if (hangs_on_client(op) && strcmp(op->code, OP_DENIED) == 0)
		return false;
	if (target_is_of_good(op->target.kind) || hangs_on_client(op))
		return doubt_row(push, errand->parent_row);
	derive_sections_doubt(push, op);
	if ((op->target.kind != TARGET_SECTION &&
	    !target_is_good(op->target.kind)) || place.len == 0 ||
	    str_is(place, FIELD_CLEAR) || op->target.kind == TARGET_OFFER)
		return false;
	return doubt_row(push, errand->parent_row);
}

int
doubt_holder(struct flow *flow, struct op *op, struct err *err)
{
	struct difference diff;
	struct image holder;
	int rc;

	if (op->target.kind != TARGET_REQUISITE || op->portal_id <= 0)
		return 0;
	derive_init(&diff);
	image_init(&holder);
	rc = derive_difference(flow, &op->target, true, &diff, err);
	if (rc == 0 && diff.parent.kind != TARGET_NONE &&
	    snapshot_image_get(flow->snap, &diff.parent, &holder, err) == -1)
		rc = -1;
	op->parent_id = holder.portal_id;
	op->parent_kind = diff.parent.kind;
	image_free(&holder);
	derive_free(&diff);
	return rc;
}

bool
doubt_moves(const struct op *op)
{
	struct str parent = fields_get(&op->fields, FIELD_PARENT);

	return op->kind == OP_UPDATE && op->target.kind == TARGET_SECTION &&
	    parent.len > 0 && !str_is(parent, FIELD_CLEAR);
}

bool
doubt_move_later(struct push *push, int64_t row)
{
	if (!push->stuck)
		rowset_add(&push->turned, row);
	return !push->stuck;
}

struct refusal {
	int64_t row, parent_row;
	struct target target;
	bool moves;             /* doubt_moves() */
	struct fields refused;
	uint64_t wanted;
	char code[sizeof(((struct op *)0)->code)];
	char text[sizeof(((struct op *)0)->text)];
};

void
doubt_hold(struct push *push, const struct op *op)
{
	const struct errand *errand = op->user;
	struct refusal *refusal;

	if (push->refusal_count == push->refusal_size) {
		push->refusal_size = push->refusal_size == 0 ? 64 :
		    push->refusal_size * 2;
		push->refusals = mem_resize(push->refusals,
		    push->refusal_size, sizeof(*push->refusals));
	}
	refusal = &push->refusals[push->refusal_count++];
	refusal->row = errand->row;
	refusal->parent_row = errand->parent_row;
	refusal->target = op->target;
	refusal->moves = doubt_moves(op);
	refusal->wanted = errand->wanted;
	fields_init(&refusal->refused);
	fields_copy(&refusal->refused, &op->fields);
	(void)snprintf(refusal->code, sizeof(refusal->code), "%s",
	    settle_code(op));
	memcpy(refusal->text, op->text, sizeof(refusal->text));
}

void
doubt_forget(struct push *push)
{
	for (size_t i = 0; i < push->refusal_count; i++)
		fields_free(&push->refusals[i].refused);
	free(push->refusals);
	push->refusals = NULL;
	push->refusal_count = push->refusal_size = 0;
}

/* there: it was no want of their section or good. */
static int
end_refusals(struct push *push, int64_t parent_row, bool there,
    struct err *err)
{
	size_t left = 0;
	int rc = 0;

	for (size_t i = 0; i < push->refusal_count; i++) {
		struct refusal *refusal = &push->refusals[i];

		if (refusal->parent_row != parent_row) {
			push->refusals[left++] = *refusal;
			continue;
		}
		if (there && rc == 0 && !(refusal->moves &&
		    doubt_move_later(push, refusal->row)) &&
		    !code_may_wait(push, &refusal->target, refusal->row,
		    &refusal->refused))
			rc = settle_fail(push, refusal->row, &refusal->refused,
			    refusal->wanted, refusal->code, refusal->text,
			    err);
		fields_free(&refusal->refused);
	}
	push->refusal_count = left;
	return rc;
}

/* What was refused for another reason than a missing right may have been so
 * for want of one all the same. */
static void
tell_hidden(struct push *push, int64_t parent_row, const char *why)
{
	char said[sizeof(((struct refusal *)0)->text)];

	for (size_t i = 0; i < push->refusal_count; i++) {
		struct refusal *refusal = &push->refusals[i];

		if (refusal->parent_row != parent_row)
			continue;
		memcpy(said, refusal->text, sizeof(said));
		told_set(refusal->text, sizeof(refusal->text), N_("%s; what "
		    "it belongs to is there, and is not shown: %s"), said,
		    why);
	}
}

/* The look said nothing: the next refusal may ask for another one. */
static void
ask_once_more(struct push *push, int64_t row)
{
	if (rowset_has(&push->doubted_again, row))
		return;
	rowset_add(&push->doubted_again, row);
	rowset_remove(&push->doubted, row);
}

int
doubt_settle(struct push *push, struct op *op, struct err *err)
{
	struct errand *errand = op->user;
	bool hidden = op->outcome == OUTCOME_REFUSED;
	bool there = hidden || (op->outcome == OUTCOME_DONE &&
	    op->found_count > 0);

	if (hidden)
		tell_hidden(push, errand->row, op->text);
	if (end_refusals(push, errand->row, there, err) == -1)
		return -1;
	if (op->outcome == OUTCOME_UNKNOWN || op->outcome == OUTCOME_AGAIN ||
	    op->outcome == OUTCOME_NOT_RUN)
		ask_once_more(push, errand->row);
	if (op->outcome != OUTCOME_NOT_THERE &&
	    (op->outcome != OUTCOME_DONE || there))
		return 0;
	errand->verb = VERB_UPDATE;
	return settle_not_there(push, op, err);
}
