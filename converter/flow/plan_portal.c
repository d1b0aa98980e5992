/*
 * A plan that asks the portal: which goods and clients it holds already, by
 * our mark or by likeness.  It does what a run would do before it makes
 * anything, in the transaction that is rolled back, so that what is taken over
 * is shown as the change that it will be.
 */
#include "flow/choice.h"
#include "flow/plan.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/idlist.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"

#define LOST_MAX 3              /* requests without a whole answer, then it is
				   over: a plan does not insist as a run does */

struct asking {
	struct push *push;
	struct idlist rows;     /* of changes that may need a look */
	bool first;             /* nothing is shown yet */
	int64_t rounds;         /* struct plan_asked's */
	int lost;               /* requests not answered, or not in whole */
	bool over;              /* no more is asked */
	char why[512];          /* ... for this reason */
};

static int
note_row(void *ctx, const struct change *change, struct err *err)
{
	struct asking *asking = ctx;

	(void)err;
	if ((change->verb != VERB_CREATE && change->verb != VERB_LINK) ||
	    change->state == CHANGE_FAILED ||
	    client_is_barred(asking->push->flow, change->target.kind))
		return 0;
	idlist_add(&asking->rows, change->row);
	return 0;
}

/* Looks for what begins at *at, as many as one request holds. */
static int
add_looks(struct asking *asking, size_t *at, struct err *err)
{
	struct snapshot *snap = asking->push->flow->snap;
	struct difference diff;
	struct change change;
	int rc = 0;

	derive_init(&diff);
	for (; rc != -1 && *at < asking->rows.count; ++*at) {
		if (asking->push->finds != NULL &&
		    asking->push->finds->count == LIMIT_REQUEST_FINDS)
			break;
		rc = snapshot_change_get(snap, asking->rows.ids[*at], &change,
		    err);
		if (rc == 0)
			rc = build_look(asking->push, &change, &diff, err);
	}
	derive_free(&diff);
	return rc == -1 ? -1 : 0;
}

static void
end_asking(struct asking *asking, const char *why)
{
	asking->over = true;
	told_copy(asking->why, sizeof(asking->why), why);
}

/* 1: it was told to stop before they left.  What has left is waited for: the
 * answer comes to this place. */
static int
send_looks(struct asking *asking, struct err *err)
{
	struct flow *flow = asking->push->flow;
	int64_t before = flow_requests(flow);
	bool done = false;
	int rc = flow_must_stop(flow) ? 1 : push_send(flow,
	    asking->push->finds, &done, err);

	if (rc == 1)
		end_asking(asking, _("it was told to stop"));
	if (rc == 0 && flow_requests(flow) - before > asking->rounds)
		asking->rounds = flow_requests(flow) - before;
	return rc;
}

/* ---- what was found ----------------------------------------------------- */

static int
take_note(void *ctx, const struct history *entry, struct err *err)
{
	char *note = ctx;

	(void)err;
	told_copy(note, 128, entry->note);
	return 0;
}

static void
show_json(struct asking *asking, const struct target *target,
    int64_t portal_id, const char *how)
{
	struct json_out *jo = &asking->push->flow->report->jo;

	if (asking->first)
		json_out_array(jo, "recognised");
	asking->first = false;
	json_out_object(jo, NULL);
	json_out_text(jo, "kind", target_kind_name(target->kind));
	json_out_str(jo, "id", target_id(target));
	json_out_int(jo, "portal_id", portal_id);
	report_json_note(asking->push->flow->report, "how", how);
	json_out_end_object(jo);
}

static void
show_doubt(struct flow *flow, const struct target *target, const char *text)
{
	struct report *report = flow->report;
	struct str id = target_id(target);
	char *message = choice_message(text);

	report_line(report, "? %s %.*s: %s",
	    target_kind_title(target->kind), (int)id.len, id.p, message);
	free(message);
	if (!report->json)
		choice_show(flow, target, text);
}

/* "= product p1: 117, recognised by article"; of several candidates which
 * they are. */
static int
show_found(struct asking *asking, const struct target *target,
    struct err *err)
{
	struct flow *flow = asking->push->flow;
	struct history_filter filter = { .id = target_id(target),
	    .kind = target->kind, .limit = 1 };
	struct str id = target_id(target);
	struct image image;
	struct change change;
	char note[128] = "";
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0 && !target_is_of_good(
	    target->kind)) {
		rc = snapshot_history_each(flow->snap, &filter, take_note,
		    note, err);
		if (flow->report->json)
			show_json(asking, target, image.portal_id, note);
		else
			report_line(flow->report, "= %s %.*s: %" PRId64
			    ", %s", target_kind_title(target->kind),
			    (int)id.len, id.p, image.portal_id, note);
	} else if (rc == 0 && image.portal_id == 0) {
		rc = snapshot_change_get(flow->snap, image.target, &change,
		    err);
		if (rc == 0 && change.state == CHANGE_FAILED)
			show_doubt(flow, target, change.text);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* ... and what bears its mark in another form, each form once. */
static int
show_all_found(struct asking *asking, const struct op *op, struct err *err)
{
	struct target other;
	int rc = show_found(asking, &op->target, err);

	for (size_t i = 0; rc == 0 && i < op->other_count; i++)
		if ((i == 0 || op->others[i].kind != op->others[i - 1].kind) &&
		    target_set(&other, op->others[i].kind,
		    target_id(&op->target)) == 0)
			rc = show_found(asking, &other, err);
	return rc;
}

static bool
is_answer(const struct op *op)
{
	return op->outcome == OUTCOME_DONE ||
	    op->outcome == OUTCOME_REFUSED ||
	    op->outcome == OUTCOME_NOT_THERE;
}

/* A whole answer is not needed: what had none is asked for in the next pass,
 * a few times. */
static void
note_lost(struct asking *asking)
{
	const struct request *request = asking->push->finds;
	const struct op *op, *lost = NULL;

	for (size_t i = 0; i < request->count; i++) {
		op = &request->ops[i];
		if (is_answer(op))
			continue;
		if (lost == NULL || op->outcome == OUTCOME_STOP)
			lost = op;
	}
	if (lost != NULL && (lost->outcome == OUTCOME_STOP ||
	    ++asking->lost == LOST_MAX))
		end_asking(asking, lost->text);
}

static int
settle_looks(struct asking *asking, struct err *err)
{
	struct push *push = asking->push;
	struct request *request = push->finds;
	int rc = 0;

	derive_fuse_arm(push->flow, false, false);
	for (size_t i = 0; rc == 0 && i < request->count; i++) {
		struct op *op = &request->ops[i];

		if (!is_answer(op))
			continue;
		rc = adopt_settle(push, op, err);
		if (rc == 0)
			rc = show_all_found(asking, op, err);
	}
	note_lost(asking);
	return rc == 0 ? derive_fuse_settle(push->flow, err) : -1;
}

/* ---- all of it ---------------------------------------------------------- */

/* One pass over all that is to be made; what was taken over brings prices and
 * the like, which the next pass looks for.  1: nothing was left to look for, or
 * no more is asked. */
static int
ask_pass(struct asking *asking, struct err *err)
{
	struct push *push = asking->push;
	bool any = false;
	size_t at = 0;
	int rc;

	asking->rows.count = 0;
	rc = snapshot_change_each(push->flow->snap, 0, note_row, asking, err);
	while (rc == 0 && !asking->over && at < asking->rows.count) {
		rc = add_looks(asking, &at, err);
		if (rc == -1 || push->finds == NULL)
			break;
		any = true;
		rc = send_looks(asking, err);
		if (rc == 0)
			rc = settle_looks(asking, err);
		build_abandon(push, push->finds);
		push->finds = NULL;
	}
	return rc == -1 ? -1 : !any || asking->over;
}

static void
tell_unasked(struct flow *flow, const char *why)
{
	report_say(flow->report, _("note: the portal was not asked what it "
	    "holds already: %s"), why);
}

static int
ask_all(struct flow *flow, struct plan_asked *asked, struct err *err)
{
	struct push *push = push_new(flow);
	struct asking asking = { .push = push, .first = true };
	int rc = 0;

	while (rc == 0)
		rc = ask_pass(&asking, err);
	if (!asking.first)
		json_out_end_array(&flow->report->jo);
	if (rc != -1 && asking.over)
		tell_unasked(flow, asking.why);
	asked->whole = !asking.over;
	asked->rounds = asking.rounds;
	idlist_free(&asking.rows);
	push_free(push);
	return rc == -1 ? -1 : 0;
}

/* A run makes what is missing besides. */
static int
prepare_and_ask(struct flow *flow, struct plan_asked *asked, struct err *err)
{
	struct err why = { 0 };

	if (push_prepare(flow, &why) == -1) {
		/* A rule that names what is not there is a mistake; a portal
		 * that is away leaves the plan without it. */
		if (why.kind == ERR_USAGE) {
			*err = why;
			return -1;
		}
		tell_unasked(flow, why.text);
		return 0;
	}
	if (ask_all(flow, asked, err) == -1)
		return -1;
	asked->requests = flow_requests(flow) + flow->term_makes;
	return 0;
}

int
plan_portal_ask(struct flow *flow, struct plan_asked *asked, struct err *err)
{
	struct change_counts counts;
	struct err why = { 0 };

	*asked = (struct plan_asked){ .whole = false };
	if (snapshot_change_count(flow->snap, &counts, err) == -1)
		return -1;
	return counts.total == 0 || flow_remote(flow, &why) == -1 ? 0 :
	    prepare_and_ask(flow, asked, err);
}
