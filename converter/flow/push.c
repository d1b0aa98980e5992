/*
 * Sending what is due: look up what an earlier run left, then build, commit
 * and send requests, several at a time, and settle each as it ends.
 */
#include "flow/alike.h"
#include "flow/choice.h"
#include "flow/code.h"
#include "flow/doubt.h"
#include "flow/left.h"
#include "flow/mark.h"
#include "flow/retype.h"
#include "flow/rival.h"
#include "flow/stock_left.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

/* An attempt that waited longer than this before it left is dated anew. */
#define LATE_MS 500
/* The longest nap: a signal and the inbox are looked at in between. */
#define NAP_MS 1000

static int
anything_due(struct flow *flow, bool *due, struct err *err)
{
	int64_t attempts, now = clock_wall_ms(), row;
	size_t rechecks;
	bool planned;

	if (snapshot_change_is_due(flow->snap, now, &planned, err) == -1 ||
	    snapshot_attempt_count(flow->snap, &attempts, err) == -1 ||
	    snapshot_recheck_due(flow->snap, now, &row, 1, &rechecks,
	    err) == -1)
		return -1;
	*due = attempts > 0 || rechecks > 0 || planned || mark_is_due(flow) ||
	    stock_left_is_due(flow);
	return *due ? 0 : terms_due(flow, due, err);
}

/* The mode of inventory decides whether quantities are wanted at all. */
static int
note_inventory(struct flow *flow, struct err *err)
{
	int64_t known = snapshot_meta_int(flow->snap, META_INVENTORY, -1);
	int64_t now = flow->facts.inventory ? 1 : 0;

	if (known == now)
		return 0;
	if (snapshot_meta_set_int(flow->snap, META_INVENTORY, now, err) == -1)
		return -1;
	flow->inventory_told = stock_left_is(flow);
	if (flow->inventory_told)
		report_say(flow->report, "%s", stock_left_text());
	return flow_map(flow, err);
}

int
push_prepare(struct flow *flow, struct err *err)
{
	if (flow->prepared)
		return 0;
	if (flow_remote(flow, err) == -1 ||
	    flow->remote.prepare(flow->remote.ctx, !flow->options.preview,
	    &flow->facts, err) == -1)
		return -1;
	flow->prepared = true;
	if (flow->facts.crm_barred[0] != '\0')
		report_say(flow->report, _("clients and deals wait, the goods "
		    "go on: %s"), flow->facts.crm_barred);
	/* What the facts change is written down first: stock_left.c. */
	if (note_inventory(flow, err) == -1 ||
	    snapshot_meta_set_int(flow->snap, META_REACHED, clock_wall_ms(),
	    err) == -1 || retype_note(flow, err) == -1)
		return -1;
	return terms_learn(flow, err);
}

/* ---- sending ---- */

static void
on_sent(struct request *request)
{
	bool *done = request->user;

	*done = true;
}

int
push_send(struct flow *flow, struct request *request, bool *done,
    struct err *err)
{
	struct remote *remote = &flow->remote;
	int64_t ready;

	request->user = done;
	request->done = on_sent;
	while ((ready = remote->ready_in(remote->ctx, request)) != 0) {
		if (flow_must_stop(flow))
			return 1;
		if (remote->wait(remote->ctx, ready > 0 && ready < NAP_MS ?
		    ready : NAP_MS, err) == -1)
			return -1;
	}
	if (remote->submit(remote->ctx, request, err) == -1)
		return -1;
	while (!*done)
		if (remote->wait(remote->ctx, NAP_MS, err) == -1)
			return -1;
	return 0;
}

static void
on_done(struct request *request)
{
	struct push *push = request->user;
	int i = 0;

	while (push->flying[i] != request)
		i++;
	push->flying[i] = push->flying[--push->in_flight];
	push->ended[push->ended_count++] = request;
	if (request->ops[0].kind == OP_FIND ||
	    request->ops[0].kind == OP_COUNT)
		push->finds_in_flight--;
}

static bool
is_finds(const struct push *push, const struct request *request)
{
	return request == push->finds;
}

/*
 * It had to wait for a look at the portal, or for the limits.  For how long it
 * may be running there counts from now on, also where the power goes now.
 */
static int
on_leaves(struct request *request, struct err *err)
{
	struct push *push = request->user;

	if (clock_steady_ms() - request->dated < LATE_MS)
		return 0;
	request->dated = clock_steady_ms();
	return snapshot_attempt_redate(push->flow->snap, request->id, err);
}

static int
send_request(struct push *push, struct request *request, struct err *err)
{
	struct flow *flow = push->flow;
	bool finds = is_finds(push, request);

	request->dated = clock_steady_ms();
	if (!finds && build_commit(push, request, err) == -1)
		return -1;
	request->user = push;
	request->leaves = finds ? NULL : on_leaves;
	request->done = on_done;
	push->flying[push->in_flight++] = request;
	if (finds)
		push->finds_in_flight++;
	if (flow->remote.submit(flow->remote.ctx, request, err) == 0)
		return 0;
	push->in_flight--;
	if (finds)
		push->finds_in_flight--;
	build_abandon(push, request);
	return -1;
}

/*
 * Sends what may leave now.  *nap is shortened to the time when the next one
 * may leave.
 */
static int
send_ready(struct push *push, int64_t *nap, struct err *err)
{
	struct flow *flow = push->flow;
	struct request **built[] = { &push->finds, &push->writes };
	int64_t ready, pause = push->pause_until - clock_steady_ms();

	if (pause > 0) {
		if (pause < *nap)
			*nap = pause;
		return 0;
	}
	for (size_t i = 0; i < 2; i++) {
		if (*built[i] == NULL)
			continue;
		ready = flow->remote.ready_in(flow->remote.ctx, *built[i]);
		if (ready > 0 && ready < *nap)
			*nap = ready;
		if (ready != 0)
			continue;
		if (send_request(push, *built[i], err) == -1) {
			*built[i] = NULL;
			return -1;
		}
		*built[i] = NULL;
		*nap = 0;
	}
	return 0;
}

static int
settle_ended(struct push *push, struct err *err)
{
	struct request *request;
	int rc = 0;

	while (push->ended_count > 0) {
		request = push->ended[--push->ended_count];
		if (rc == -1) {
			build_abandon(push, request);
			continue;
		}
		rc = settle_request(push, request, err);
		request_free(request);
	}
	return rc;
}

static void
show_progress(struct push *push)
{
	if (push->total < push->done)
		push->total = push->done;
	progress_step(&push->progress, push->done, push->total,
	    progress_is_due(&push->progress) ? left_time(push) : 0);
}

/* Waits for an answer, or for the time when the next request may leave. */
static int
rest(struct push *push, int64_t nap, struct err *err)
{
	struct flow *flow = push->flow;

	if (push->in_flight > 0) {
		if (flow->remote.wait(flow->remote.ctx, nap, err) == -1)
			return -1;
	} else if (nap > 0) {
		clock_sleep_ms(nap);
	}
	if (settle_ended(push, err) == -1)
		return -1;
	show_progress(push);
	return 0;
}

static int
tick(struct push *push, struct err *err)
{
	struct flow *flow = push->flow;

	if (clock_steady_ms() < flow->next_tick)
		return 0;
	/* What 1C may delete is taken at any time; reading it takes longer
	 * than an answer may wait. */
	if (push->in_flight == 0)
		return flow_take(flow, err);
	flow_claim(flow);
	return 0;
}

static int
build_next(struct push *push, struct err *err)
{
	if (tick(push, err) == -1)
		return -1;
	if (push->lost && push->finds == NULL &&
	    recover_request(push, err) == -1)
		return -1;
	if (!push->rechecked && push->finds == NULL &&
	    recover_recheck(push, err) == -1)
		return -1;
	if (push->to_ask_count > 0 && push->finds == NULL &&
	    recover_doubted(push, err) == -1)
		return -1;
	if (push->in_flight >= LIMIT_IN_FLIGHT)
		return 0;
	/* A package that came meanwhile may speak of new ones. */
	if (push->in_flight == 0 && terms_learn(push->flow, err) == -1)
		return -1;
	return build_requests(push, err);
}

/* What was refused for another one, which may be where it is wanted by now. */
static int
let_refused_go(struct push *push, bool *any, struct err *err)
{
	int64_t unknown = 0;

	*any = push->turned.count > 0;
	/* The one that has to move first may be among those whose answer was
	 * lost: they are looked up by the next run. */
	if (*any && snapshot_attempt_count(push->flow->snap, &unknown,
	    err) == -1)
		return -1;
	rowset_free(&push->turned);
	if (!*any || unknown > 0)
		return code_next(push, any, err);
	push->stuck = true;
	return 0;
}

static int
push_commands(struct push *push, struct err *err)
{
	int64_t nap;
	bool any;

	for (;;) {
		nap = NAP_MS;
		if (!push->stopped && !flow_must_stop(push->flow)) {
			if (build_next(push, err) == -1 ||
			    send_ready(push, &nap, err) == -1)
				return -1;
		} else {
			build_abandon(push, push->writes);
			build_abandon(push, push->finds);
			push->writes = push->finds = NULL;
			push->flow->remote.recall(push->flow->remote.ctx);
		}
		/* One that was refused before it left has ended already. */
		if (push->in_flight == 0 && push->writes == NULL &&
		    push->finds == NULL && push->ended_count == 0) {
			if (push->stopped || flow_must_stop(push->flow))
				return 0;
			if (let_refused_go(push, &any, err) == -1)
				return -1;
			if (!any)
				return 0;
		}
		if (rest(push, nap, err) == -1)
			return -1;
	}
}

/* Documents of stock go by themselves, when nothing else is in flight: before
 * the rest, and once more for what was made meanwhile.  Goods of which it is
 * doubted that they are there are looked for first. */
static int
push_stock(struct push *push, bool *any, struct err *err)
{
	bool done = true;

	*any = false;
	while (done && push->to_ask_count == 0 && !push->stopped &&
	    !flow_must_stop(push->flow)) {
		if (stock_push(push, &done, err) == -1)
			return -1;
		*any = *any || done;
		show_progress(push);
	}
	return 0;
}

/* All that is due, and what becomes due by it: who was not recognised for what
 * others have got meanwhile. */
static int
push_loop(struct push *push, struct err *err)
{
	bool any = true;

	if (stock_recover(push, err) == -1)
		return -1;
	while (any && !push->stopped) {
		if (push_stock(push, &any, err) == -1 ||
		    push_commands(push, err) == -1 ||
		    push_stock(push, &any, err) == -1)
			return -1;
		if (!any && !push->stopped && !flow_must_stop(push->flow) &&
		    choice_again(push->flow, &push->settled, &any, err) == -1)
			return -1;
	}
	return push->stopped ? 0 : rival_tell_made(push, err);
}

/* After an error of ours: what has left is still waited for, so that its
 * answers are not lost.  Where they cannot be written down either, the next run
 * looks them up. */
static void
drain(struct push *push)
{
	struct err err = { 0 };
	struct flow *flow = push->flow;
	struct remote *remote = &flow->remote;
	bool fails = false;

	build_abandon(push, push->writes);
	build_abandon(push, push->finds);
	push->writes = push->finds = NULL;
	while (push->in_flight > 0 && !fails) {
		remote->recall(remote->ctx);
		fails = remote->wait(remote->ctx, NAP_MS, &err) == -1 ||
		    settle_ended(push, &err) == -1;
	}
	if (push->in_flight > 0) {
		flow->tally.requests += remote->sent(remote->ctx);
		remote->close(remote->ctx);
		flow->has_remote = flow->prepared = false;
	}
	while (push->in_flight > 0)
		build_abandon(push, push->flying[--push->in_flight]);
	while (push->ended_count > 0)
		build_abandon(push, push->ended[--push->ended_count]);
}

struct push *
push_new(struct flow *flow)
{
	struct push *push = mem_alloc(sizeof(*push));

	push->flow = flow;
	push->lost = true;
	push->codes = code_new();
	return push;
}

void
push_free(struct push *push)
{
	rowset_free(&push->busy);
	rowset_free(&push->parents);
	rowset_free(&push->looking);
	rowset_free(&push->cleared);
	bits_free(&push->fresh);
	rowset_free(&push->missed);
	rowset_free(&push->settled);
	rowset_free(&push->single);
	rowset_free(&push->persons_busy);
	rowset_free(&push->persons_made);
	rowset_free(&push->spared);
	rowset_free(&push->doubted);
	rowset_free(&push->doubted_again);
	rowset_free(&push->turned);
	code_free(push->codes);
	doubt_forget(push);
	rival_free(push->rivals);
	rowset_free(&push->reasked);
	alike_free(push->alike);
	left_free(push->left);
	free(push);
}

/* What the portal lacked when its facts were read it may have now, by us: a
 * further push of this run looks for what it makes. */
static void
forget_emptiness(struct remote_facts *facts)
{
	facts->products_empty = facts->parents_empty = false;
	facts->offers_empty = facts->services_empty = false;
	facts->sections_empty = false;
	facts->companies_empty = facts->contacts_empty = false;
}

static int
push_all(struct flow *flow, struct err *err)
{
	struct push *push = push_new(flow);
	int rc;

	rc = left_begin(push, err);
	if (rc == 0) {
		progress_begin(&push->progress, _("sending"), push->total,
		    flow->report->quiet || flow->report->json);
		rc = push_loop(push, err);
		if (rc == -1)
			drain(push);
		progress_end(&push->progress);
	}
	if (rc == 0 && push->stopped) {
		*err = push->error;
		rc = -1;
	}
	if (rc == 0 && push->held_goods && !flow->told_waiting)
		report_say(flow->report, "%s", _("new goods wait for the "
		    "offers of their export, which tell whether they have "
		    "variations"));
	flow->told_waiting = flow->told_waiting || push->held_goods;
	if (rc == 0)
		rc = picture_prune(flow, err);
	forget_emptiness(&flow->facts);
	push_free(push);
	return rc;
}

int
flow_push(struct flow *flow, struct err *err)
{
	bool due, again;
	int rc;

	if (choice_again(flow, NULL, &again, err) == -1 ||
	    anything_due(flow, &due, err) == -1)
		return -1;
	/* Of a package without news its pictures are not needed. */
	if (!due)
		return picture_prune(flow, err);
	if (flow_run_begin(flow, err) == -1 || push_prepare(flow, err) == -1 ||
	    mark_push(flow, err) == -1)
		return -1;
	rc = push_all(flow, err);
	/* Who was handed over in this very push. */
	return rc == 0 ? mark_push(flow, err) : rc;
}
