/*
 * Symbolic codes that change hands.  The portal refuses a code that another
 * section, or another good, still has (catalog-section-update.md: "must be
 * unique"), so of two that swap theirs each is refused for the other.
 *
 * One that was refused with a code waits until nothing else can be sent.  Of
 * those that wait, one whose own code is wanted by another steps aside: it
 * gets a code that nobody has, made of its number in the portal.  Then all are
 * tried once more, and what is refused now is refused for good.
 *
 * A good that is in another form now is another good to the portal: the old
 * one, which is switched off, gives up its code in the same way.
 *
 * Who waits is in memory alone: after a kill it is planned, and refused once
 * more.  What stepped aside has that code as agreed, so its own is still to be
 * sent.
 */
#include "flow/code.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"

struct codes {
	struct rowset waits;    /* were refused */
	struct rowset tried;    /* for the last time */
	struct rowset aside;    /* are to step aside */
	struct rowset freed;    /* numbers of codes that were given up */
};

#define ASIDE "cml24-%" PRId64

static struct str
code_in(const struct fields *fields)
{
	struct str code = fields_get(fields, FIELD_CODE);

	return str_is(code, FIELD_CLEAR) ? STR_NONE : code;
}

/* Sections, variations and the other goods are catalogues of their own. 0: it
 * has no code. */
static int64_t
number_of(enum target_kind kind, struct str code)
{
	uint64_t space = target_is_good(kind) && kind != TARGET_OFFER ?
	    TARGET_PRODUCT : (uint64_t)kind;

	/* Row 0 is never in a set. */
	return code.len == 0 ? 0 : (int64_t)(str_hash(space, code) >> 1 | 1);
}

static bool
has_codes(enum target_kind kind)
{
	return kind == TARGET_SECTION || target_is_good(kind);
}

bool
code_may_wait(struct push *push, const struct target *target, int64_t row,
    const struct fields *refused)
{
	struct codes *codes = push->codes;

	if (!has_codes(target->kind) || code_in(refused).len == 0 ||
	    rowset_has(&codes->tried, row))
		return false;
	if (rowset_has(&codes->aside, row)) {
		rowset_remove(&codes->aside, row);
		return false;
	}
	rowset_add(&codes->waits, row);
	return true;
}

bool
code_waits(const struct push *push, int64_t row)
{
	return rowset_has(&push->codes->waits, row);
}

void
code_stand_in(const struct push *push, int64_t row,
    const struct difference *diff, struct fields *send)
{
	char code[32];

	if (!rowset_has(&push->codes->aside, row) ||
	    diff->verb != VERB_UPDATE || code_in(&diff->send).len == 0)
		return;
	(void)snprintf(code, sizeof(code), ASIDE, diff->image.portal_id);
	fields_clear(send);
	(void)fields_set(send, FIELD_CODE, str_of(code));
}

bool
code_steps_aside(const struct push *push, int64_t row)
{
	return rowset_has(&push->codes->aside, row);
}

void
code_confirmed(struct push *push, const struct confirm *what,
    const struct fields *agreed)
{
	struct codes *codes = push->codes;
	struct str code = code_in(agreed);

	if (rowset_has(&codes->aside, what->row)) {
		rowset_remove(&codes->aside, what->row);
		rowset_add(&codes->waits, what->row);
	}
	if (has_codes(what->target.kind) && code.len > 0 &&
	    (what->verb == VERB_DELETE || (fields_has(what->values,
	    FIELD_CODE) && !str_eq(code, fields_get(what->values,
	    FIELD_CODE)))))
		rowset_add(&codes->freed, number_of(what->target.kind, code));
}

void
code_give_up(const struct image *image, struct wanted *wanted)
{
	char code[32];

	if (!wanted->replaced || image->portal_id == 0 ||
	    code_in(&image->agreed).len == 0)
		return;
	(void)snprintf(code, sizeof(code), ASIDE, image->portal_id);
	(void)fields_set(&wanted->fields, FIELD_CODE, str_of(code));
}

struct codes *
code_new(void)
{
	return mem_alloc(sizeof(struct codes));
}

void
code_free(struct codes *codes)
{
	rowset_free(&codes->waits);
	rowset_free(&codes->tried);
	rowset_free(&codes->aside);
	rowset_free(&codes->freed);
	free(codes);
}

/* ---- when nothing else can be sent ---- */

/* One that waits: the numbers of the code that it wants, and of the one that
 * it would give up; 0: none. */
struct waiter {
	int64_t row, wants, gives;
};

static int
read_waiter(struct push *push, int64_t row, struct difference *diff,
    struct waiter *out, struct err *err)
{
	struct flow *flow = push->flow;
	struct change change;
	int rc = snapshot_change_get(flow->snap, row, &change, err);

	*out = (struct waiter){ .row = row };
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (derive_difference(flow, &change.target, change.forced, diff,
	    err) == -1)
		return -1;
	if (!fields_has(&diff->send, FIELD_CODE))
		return 0;
	out->wants = number_of(change.target.kind, code_in(&diff->send));
	if (diff->verb == VERB_UPDATE)
		out->gives = number_of(change.target.kind,
		    code_in(&diff->image.agreed));
	return 0;
}

static int
read_waiters(struct push *push, struct waiter *out, struct err *err)
{
	const struct rowset *waits = &push->codes->waits;
	struct difference diff;
	size_t count = 0;
	int rc = 0;

	derive_init(&diff);
	for (size_t i = 0; rc == 0 && i < waits->size; i++)
		if (waits->slots[i].row != 0)
			rc = read_waiter(push, waits->slots[i].row, &diff,
			    &out[count++], err);
	derive_free(&diff);
	return rc;
}

/* Those whose code is wanted step aside; where there is none, all are tried
 * for the last time. */
static int
let_some_go(struct push *push, struct err *err)
{
	struct codes *codes = push->codes;
	size_t count = codes->waits.count;
	struct waiter *waiters = mem_array(count, sizeof(*waiters));
	struct rowset wanted = { NULL, 0, 0 };
	int rc = read_waiters(push, waiters, err);

	for (size_t i = 0; rc == 0 && i < count; i++)
		rowset_add(&wanted, waiters[i].wants);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (!rowset_has(&wanted, waiters[i].gives))
			continue;
		rowset_remove(&codes->waits, waiters[i].row);
		rowset_add(&codes->aside, waiters[i].row);
	}
	if (rc == 0 && codes->waits.count == count) {
		for (size_t i = 0; i < count; i++)
			rowset_add(&codes->tried, waiters[i].row);
		rowset_free(&codes->waits);
	}
	rowset_free(&wanted);
	free(waiters);
	return rc;
}

struct failed {
	struct push *push;
	struct difference diff;
	bool any;
};

/* What was refused in an earlier run may have what is free now. */
static int
plan_failed(void *ctx, const struct change *change, struct err *err)
{
	struct failed *failed = ctx;
	struct push *push = failed->push;
	struct change again = *change;

	if (!has_codes(change->target.kind) ||
	    rowset_has(&push->codes->tried, change->row))
		return 0;
	if (derive_difference(push->flow, &change->target, change->forced,
	    &failed->diff, err) == -1)
		return -1;
	if (!rowset_has(&push->codes->freed, number_of(change->target.kind,
	    code_in(&failed->diff.send))))
		return 0;
	again.state = CHANGE_PLANNED;
	again.next_try = 0;
	rowset_add(&push->codes->tried, change->row);
	failed->any = true;
	return snapshot_change_put(push->flow->snap, &again, err);
}

int
code_next(struct push *push, bool *any, struct err *err)
{
	struct codes *codes = push->codes;
	struct failed failed = { .push = push };
	int rc = 0;

	*any = codes->waits.count > 0;
	if (!*any && codes->freed.count == 0)
		return 0;
	if (snapshot_begin(push->flow->snap, err) == -1)
		return -1;
	derive_init(&failed.diff);
	if (*any)
		rc = let_some_go(push, err);
	else
		rc = snapshot_change_each(push->flow->snap, CHANGE_FAILED,
		    plan_failed, &failed, err);
	derive_free(&failed.diff);
	if (!*any)
		rowset_free(&codes->freed);
	*any = *any || failed.any;
	return snapshot_end(push->flow->snap, rc, err);
}
