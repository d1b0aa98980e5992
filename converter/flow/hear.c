/*
 * An orders file of 1C was taken: what it proves of the orders in ours.
 *
 * 1C reads the outbox file, and then writes its own orders file, in one run;
 * what it took in that run it does not mention in it (onec-exchange.md 2.3).
 * So of an order that lay in the outbox when that run began
 *   not mentioned   loaded, presumably;
 *   mentioned       loaded in an earlier run, or ignored by 1C's rules: what
 *                   1C says of its lines tells which.
 * Nothing is proved by a file that was written too soon after ours (1C may
 * have read the old one), by one that only repeats what was said before (1C
 * repeats itself when its load failed), by another node's, or by goods.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/idlist.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

/* Files of one run of 1C are formed one after the other. */
#define FORMED_OFF_MS ((int64_t)60 * 1000)

void
hear_free(struct hearing *hearing)
{
	free(hearing->heard);
	memset(hearing, 0, sizeof(*hearing));
}

bool
hear_number(struct str text, int64_t *number)
{
	char canonical[24];

	if (str_to_int64(number, text) == -1 || *number <= 0)
		return false;
	(void)snprintf(canonical, sizeof(canonical), "%" PRId64, *number);
	return str_is(text, canonical);
}

void
hear_document(struct hearing *hearing, const struct fields *document,
    int64_t written, enum staged how)
{
	struct str text = answer_number(document);
	int64_t number;

	hearing->documents = true;
	hearing->anything_new = hearing->anything_new ||
	    how == STAGED_NEW || how == STAGED_CHANGED;
	hearing->anything_same = hearing->anything_same ||
	    how == STAGED_SAME;
	if (!hear_number(text, &number))
		return;
	if (hearing->count == hearing->size) {
		hearing->size = hearing->size == 0 ? 64 : hearing->size * 2;
		hearing->heard = mem_resize(hearing->heard, hearing->size,
		    sizeof(*hearing->heard));
	}
	hearing->heard[hearing->count++] = (struct heard){ number, written };
}

/* ---- mentioned ---- */

static void
set_requisite(struct fields *known, const char *name, struct str value)
{
	enum field field;
	struct fields kept;
	struct str pair;
	size_t at = 0;

	fields_init(&kept);
	while (fields_next(known, &at, &field, &pair))
		if (field != FIELD_REQUISITE ||
		    !str_is(field_part(pair, 0), name))
			(void)fields_add(&kept, field, pair);
	(void)fields_add_pair(&kept, FIELD_REQUISITE, str_of(name), value);
	fields_copy(known, &kept);
	fields_free(&kept);
}

/* What 1C says of itself is known to it: saying it again would be an echo. */
static void
learn_known(struct fields *known, const struct answer *answer)
{
	char number[DECIMAL_TEXT_BYTES];
	struct str progress = fields_get(&answer->deal, FIELD_PROGRESS);
	struct str line;
	size_t at = 0;

	if (answer->has_lines)
		(void)fields_set(known, FIELD_LINES,
		    str_n(answer->lines.data, answer->lines.len));
	if (answer->has_lines && answer->has_sum) {
		(void)decimal_format(number, answer->sum);
		(void)fields_set(known, FIELD_SUM, str_of(number));
	}
	while (party_line_next(progress, &at, &line)) {
		if (str_is(field_part(line, 0), "cancelled"))
			set_requisite(known, "Отменен", str_of("true"));
		else if (str_is(field_part(line, 0), "status"))
			set_requisite(known, ORDER_STATUS,
			    field_part(line, 1));
	}
}

int
hear_known(struct flow *flow, struct order *order, struct err *err)
{
	struct answer answer;
	size_t documents;
	int rc;

	answer_init(&answer);
	rc = reply_documents_read(flow, order->number, &answer, &documents,
	    err);
	if (rc == 0 && order->known.count > 0)
		learn_known(&order->known, &answer);
	answer_free(&answer);
	return rc;
}

static void
set_unconfirmed(struct flow *flow, struct order *order,
    enum hear_taken taken, const struct answer *answer)
{
	static const char *const texts[] = {
		[HEAR_TAKEN_ALL] = "",
		[HEAR_TAKEN_NOT_LINES] = TOLD("1C has the order and did not "
		    "take the last edit (it is paid, shipped, agreed or "
		    "closed there)"),
		[HEAR_TAKEN_NOT_CLIENT] = TOLD("1C has the order and did not "
		    "take its new customer (it is paid, shipped, agreed or "
		    "closed there)"),
		[HEAR_TAKEN_NOT_END] = TOLD("the deal is lost, and 1C did not "
		    "cancel the order (it is shipped, agreed or closed there): "
		    "see to it there by hand"),
		[HEAR_TAKEN_NOT_WON] = TOLD("the deal is won, and 1C goes on "
		    "with the status that the order had before (edits of it "
		    "are not taken there): see to it there by hand"),
	};

	/* As the deal's version will call its goods from now on. */
	hear_taken_call(&order->document, answer);
	order_set_state(order, ORDER_UNCONFIRMED, "not-taken", texts[taken]);
	order_tell(flow, order);
}

/* Was our version there when the run of 1C began that wrote this? */
static bool
was_there(struct flow *flow, const struct order *order, int64_t written)
{
	int64_t back = snapshot_meta_int(flow->snap, META_ORDERS_BACK, 0);
	int64_t since = order->put > back ? order->put : back;

	return order->put > 0 && written >= since + LIMIT_PRESUME_MS;
}

/* The lines that 1C says are what both sides have.  Where they do not come to
 * the deal, they are for the day on which they do. */
static int
agree_lines(struct flow *flow, const struct order *order,
    const struct answer *answer, struct err *err)
{
	struct fields held;
	int rc;

	if (!reply_takes_lines(flow, order, answer))
		return 0;
	fields_init(&held);
	(void)fields_set(&held, FIELD_LINES, str_n(answer->lines.data,
	    answer->lines.len));
	rc = order_agree_lines(flow, order, &held, err);
	fields_free(&held);
	return rc;
}

/* 1C ignored the edit: the lines that it repeats are what both sides had
 * before, and do not come as news over the manager's. */
static int
ignore_edit(struct flow *flow, struct order *order, enum hear_taken taken,
    const struct answer *answer, bool of_before, struct err *err)
{
	set_unconfirmed(flow, order, taken, answer);
	hear_taken_forget(&order->known, taken);
	fields_remove(&order->known, FIELD_TAG);
	if (taken == HEAR_TAKEN_NOT_LINES && hear_taken_none(answer))
		hear_taken_know_none(&order->known, answer);
	return of_before ? agree_lines(flow, order, answer, err) : 0;
}

/* The version was ignored.  Where 1C names the order for the first time, what
 * it has of it is known by that and by the version of before: what it changes
 * from now on, or has changed in that one, is news. */
static int
ignore_version(struct flow *flow, struct order *order,
    enum hear_taken taken, const struct hear_before *before,
    const struct answer *answer, bool of_before, struct err *err)
{
	struct str client = fields_get(&order->document, FIELD_TAXPAYER);

	set_unconfirmed(flow, order, taken, answer);
	if (order->known.count > 0)
		return of_before ? agree_lines(flow, order, answer, err) : 0;
	fields_copy(&order->known, before->any ? &before->version :
	    &order->document);
	if (client.len > 0)
		(void)fields_set(&order->known, FIELD_TAXPAYER, client);
	hear_taken_forget(&order->known, taken);
	fields_remove(&order->document, FIELD_TAXPAYER);
	if (!answer->has_lines)
		return 0;
	return of_before || !before->any ? agree_lines(flow, order, answer,
	    err) : order_agree_lines(flow, order, &before->version, err);
}

/* Lines of before, or those of the version: 1C has not changed them.  Others
 * are its own, and belong into the version where they come to the deal. */
static int
take_own_lines(struct flow *flow, struct order *order,
    const struct answer *answer, bool of_before, struct err *err)
{
	char sum[DECIMAL_TEXT_BYTES];
	struct str lines = str_n(answer->lines.data, answer->lines.len);

	if (!answer->has_lines)
		return 0;
	if (of_before || hear_taken_lines(answer, &order->document))
		return agree_lines(flow, order, answer, err);
	if (!answer->has_sum || !reply_takes_lines(flow, order, answer))
		return 0;
	(void)decimal_format(sum, answer->sum);
	(void)fields_set(&order->document, FIELD_LINES, lines);
	(void)fields_set(&order->document, FIELD_SUM, str_of(sum));
	return 0;
}

/* 1C was away while the last version lay there, and may have the one of before,
 * with or without edits of its own.  It is back: what it lacks is offered
 * again, whoever offered it before (offer_again()). */
static int
settle_withdrawn(struct flow *flow, struct order *order,
    const struct hear_before *before, const struct answer *answer,
    struct err *err)
{
	int rc = 0;

	hear_taken_call(&order->document, answer);
	if (order->known.count == 0) {
		fields_copy(&order->known, &before->version);
		rc = order_agree_lines(flow, order, &order->known, err);
	}
	if (rc == 0)
		rc = take_own_lines(flow, order, answer, before->lines, err);
	learn_known(&order->known, answer);
	if (order_version_is_news(&order->document, &order->known, false)) {
		order_set_state(order, ORDER_WITHDRAWN, ORDER_OFFERED_AGAIN,
		    "");
	} else {
		order_set_state(order, ORDER_LOADED, "", "");
		order->offered = false;
	}
	return rc;
}

static int
settle_mentioned(struct flow *flow, struct order *order,
    enum hear_taken taken, const struct hear_before *before,
    const struct answer *answer, int64_t written, struct err *err)
{
	/* Only one version was ever there: whoever knows it knows this. */
	bool only = order->put > 0 && order->put == order->first_put;
	bool of_before = before->lines || reply_was_said(order, answer);

	switch (order->state) {
	case ORDER_WAITING:
		if (!was_there(flow, order, written) && !only)
			return 0;
		if (taken != HEAR_TAKEN_ALL && !only)
			return ignore_version(flow, order, taken, before,
			    answer, of_before, err);
		return order_settle_known(flow, order, ORDER_LOADED, err);
	case ORDER_PRESUMED:
	case ORDER_WITHDRAWN:
		if (order->state == ORDER_WITHDRAWN && before->any)
			return settle_withdrawn(flow, order, before, answer,
			    err);
		if (order->state == ORDER_WITHDRAWN && before->forgotten &&
		    taken == HEAR_TAKEN_ALL) {
			order_set_state(order, ORDER_WITHDRAWN,
			    ORDER_OFFERED_AGAIN, "");
			return 0;
		}
		/* It says again what it said before, or has no lines at all:
		 * the edit was ignored.  Others are an edit of its own. */
		if (taken == HEAR_TAKEN_NOT_CLIENT ||
		    taken == HEAR_TAKEN_NOT_END ||
		    taken == HEAR_TAKEN_NOT_WON ||
		    (taken == HEAR_TAKEN_NOT_LINES &&
		    (hear_taken_none(answer) || of_before)))
			return ignore_edit(flow, order, taken, answer,
			    of_before, err);
		return order_settle_known(flow, order, ORDER_LOADED, err);
	case ORDER_UNCONFIRMED:
		return taken == HEAR_TAKEN_ALL ? order_settle_known(flow,
		    order, ORDER_LOADED, err) : 0;
	case ORDER_LOADED:
	case ORDER_HELD:
	case ORDER_NONE:
	case ORDER_GONE:
	case ORDER_FROM_ONEC:
	case ORDER_STATE_LAST:
		break;
	}
	return 0;
}

/* Of a deal that has left its stages there is no version: what 1C was given is
 * what it is compared with, not nothing. */
static void
restore_version(struct order *order)
{
	if (order->state == ORDER_PRESUMED && order->document.count == 0)
		fields_copy(&order->document, &order->known);
}

static int
settle_order(struct flow *flow, struct order *order,
    const struct answer *answer, int64_t written, enum hear_taken *taken,
    struct err *err)
{
	struct hear_before before = { .any = false };
	int rc;

	fields_init(&before.version);
	restore_version(order);
	rc = hear_taken_before(flow, order, order->heard, answer, &before, err);
	*taken = hear_taken(flow, order, answer, &before);
	if (rc == 0)
		rc = settle_mentioned(flow, order, *taken, &before, answer,
		    written, err);
	fields_free(&before.version);
	return rc;
}

static int
hear_order(struct flow *flow, const struct package *package,
    const struct hearing *hearing, const struct heard *heard, bool proves,
    struct err *err)
{
	enum hear_taken taken = HEAR_TAKEN_ALL;
	struct answer answer;
	struct order order;
	size_t documents;
	bool paid_lost, changed, held = false;
	int rc;

	order_init(&order);
	answer_init(&answer);
	rc = snapshot_order_by_number(flow->snap, heard->number, &order, err);
	paid_lost = order_paid_lost(&order);
	if (rc == 0)
		rc = reply_documents_read(flow, heard->number, &answer,
		    &documents, err);
	if (rc == 0)
		rc = reply_marks_answer(flow, &order, &answer, &held, err);
	if (rc == 0 && !held) {
		(void)snprintf(order.node, sizeof(order.node), "%s",
		    package->node);
		if (proves)
			rc = settle_order(flow, &order, &answer,
			    heard->written, &taken, err);
		else
			taken = hear_taken(flow, &order, &answer, NULL);
		order.heard = clock_wall_ms();
		if (rc == 0 && order.known.count > 0)
			learn_known(&order.known, &answer);
		/* So that what 1C did not take is not said again for that. */
		if (order.state == ORDER_UNCONFIRMED)
			order_version_near(&order.document, &order.known);
		if (rc == 0)
			rc = reply_told_lines(flow, &order, &answer,
			    &changed, err);
		order_paid_note(flow, &order, &answer, paid_lost);
		if (rc == 0)
			rc = reply_told_status(flow, &order, &answer, err);
		if (rc == 0)
			rc = link_by_order(flow, &order,
			    str_of(answer.party_id), err);
		if (rc == 0 && answer.party_id[0] != '\0' &&
		    taken != HEAR_TAKEN_NOT_CLIENT)
			rc = hear_taken_spelling(flow, &order, err);
		if (rc == 0)
			rc = snapshot_order_put(flow->snap, &order, err);
		if (rc == 0)
			rc = reply_derive_deal(flow, order.deal,
			    package->id, hearing->force, err);
	}
	answer_free(&answer);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

/* ---- not mentioned ---- */

static int
compare_heard(const void *a, const void *b)
{
	const struct heard *left = a, *right = b;

	if (left->number != right->number)
		return left->number > right->number ? 1 : -1;
	return (left->written > right->written) -
	    (left->written < right->written);
}

static bool
is_mentioned(const struct hearing *hearing, int64_t number)
{
	struct heard key = { number, 0 };
	size_t low = 0, high = hearing->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_heard(&hearing->heard[middle], &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < hearing->count && hearing->heard[low].number == number;
}

/* Which package an order was presumed by: order->code. */
static void
presumed_by(char code[48], int64_t package)
{
	(void)snprintf(code, 48, "by-%" PRId64, package);
}

/* 1C's last word on the lines is older than what it holds now, presumably: it
 * is no news until 1C says something else. */
static int
keep_said(struct flow *flow, struct order *order, struct err *err)
{
	struct answer answer;
	size_t documents;
	char said[24];
	int rc;

	answer_init(&answer);
	rc = reply_documents_read(flow, order->number, &answer, &documents,
	    err);
	if (rc == 0 && documents > 0 && answer.has_lines) {
		reply_said(said, &answer);
		(void)fields_set(&order->known, FIELD_TAG, str_of(said));
	}
	answer_free(&answer);
	return rc;
}

static int
presume_known(struct flow *flow, struct order *order, struct err *err)
{
	bool paid_lost = order_paid_lost(order);
	struct fields before;
	int rc;

	fields_init(&before);
	fields_copy(&before, &order->known);
	rc = order_settle_known(flow, order, ORDER_PRESUMED, err);
	hear_taken_keep(&order->known, &before);
	if (paid_lost)
		order_paid_keep(order);
	fields_free(&before);
	return rc;
}

static int
presume(struct flow *flow, int64_t deal, int64_t package, struct err *err)
{
	struct order order;
	int rc;

	order_init(&order);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0)
		rc = presume_known(flow, &order, err);
	if (rc == 0)
		rc = keep_said(flow, &order, err);
	presumed_by(order.code, package);
	if (rc == 0)
		rc = snapshot_order_put(flow->snap, &order, err);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

struct presuming {
	struct flow *flow;
	const struct hearing *hearing;
	int64_t package;
	struct idlist there;    /* orders in our file */
};

static int
presume_unmentioned(void *ctx, const struct order *order, struct err *err)
{
	const struct presuming *presuming = ctx;

	if (!was_there(presuming->flow, order,
	    presuming->hearing->written) ||
	    !idlist_has(&presuming->there, order->number) ||
	    is_mentioned(presuming->hearing, order->number))
		return 0;
	return presume(presuming->flow, order->deal, presuming->package, err);
}

/* Whatever took our file away, 1C may have run without it. */
static int
presume_all(struct flow *flow, const struct hearing *hearing,
    int64_t package, struct err *err)
{
	struct presuming presuming = { flow, hearing, package, { 0 } };
	int rc = 0;

	if (publish_is_ours(flow, &presuming.there))
		rc = snapshot_order_each(flow->snap, ORDER_WAITING,
		    presume_unmentioned, &presuming, err);
	idlist_free(&presuming.there);
	return rc;
}

/* ---- presumed too early ---- */

/* It goes back into the outbox; what 1C holds of it is what 1C has said. */
static int
take_back(struct flow *flow, int64_t deal, struct err *err)
{
	struct answer answer;
	struct order order;
	size_t documents = 0;
	int rc;

	order_init(&order);
	answer_init(&answer);
	rc = snapshot_order_get(flow->snap, deal, &order, err);
	if (rc == 0)
		rc = reply_documents_read(flow, order.number, &answer,
		    &documents, err);
	if (rc == 0) {
		order_paid_wait(&order);
		fields_clear(&order.known);
		if (documents > 0) {
			fields_copy(&order.known, &order.document);
			learn_known(&order.known, &answer);
		}
		rc = order_agree_lines(flow, &order, &order.known, err);
	}
	if (rc == 0)
		rc = snapshot_order_put(flow->snap, &order, err);
	answer_free(&answer);
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

/*
 * УНФ keeps the registrations of what it wrote while its load failed, and
 * writes the same documents again in its next file (onec-exchange.md 1.3).
 * So a repeated document tells that what the file before proved was no proof.
 */
static int
doubt_presumed(void *ctx, const struct order *order, struct err *err)
{
	struct flow *flow = ctx;
	char code[48];

	presumed_by(code, snapshot_meta_int(flow->snap, META_ORDERS_LAST, 0));
	return strcmp(order->code, code) == 0 ?
	    take_back(flow, order->deal, err) : 0;
}

/* ---- withdrawn, and 1C is at work again ---- */

/*
 * УНФ and 10.3 write no orders file while nothing changes there, so after a
 * quiet weekend it is not known whether they have what was withdrawn
 * meanwhile.  The file that ends the quiet is of a run that did not find it in
 * ours: it is offered to the next one, which proves it as any other; also one
 * that it names, where that may be the version before.  Once:
 * where that one stays away too, a person has to look, or 1C names it.
 */
static int
offer_again(void *ctx, const struct order *withdrawn, struct err *err)
{
	struct flow *flow = ctx;
	struct order order;
	int rc;

	if (withdrawn->document.count == 0 ||
	    strcmp(withdrawn->code, ORDER_STILL_UNLOADED) == 0)
		return 0;
	log_info("order %" PRId64 ": offered to 1C once more",
	    withdrawn->number);
	order_init(&order);
	rc = snapshot_order_get(flow->snap, withdrawn->deal, &order, err);
	if (rc == 0) {
		order_set_state(&order, ORDER_WAITING, ORDER_OFFERED_AGAIN, "");
		order.put = 0;
		rc = snapshot_order_put(flow->snap, &order, err);
	}
	order_free(&order);
	return rc == -1 ? -1 : 0;
}

/* ---- one package ---- */

/* A file that was copied back is as new as its copy; what it says is not. */
static int
is_old(struct flow *flow, const struct package *package, bool *old,
    struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, package->node, &node, err) == -1)
		return -1;
	*old = package->formed != 0 &&
	    package->formed + FORMED_OFF_MS < node.formed;
	return 0;
}

int
hear_package(struct flow *flow, const struct package *package,
    struct hearing *hearing, struct err *err)
{
	bool proves, ours, by_hand = session_is_by_hand(package->node);
	bool old = false;

	if (!flow->config->orders.given)
		return 0;
	if (hear_node_is_ours(flow, package, hearing, &ours, err) == -1 ||
	    is_old(flow, package, &old, err) == -1)
		return -1;
	ours = ours && !by_hand && !old;
	if (!by_hand && !old && hear_node_visit(flow, package, hearing,
	    err) == -1)
		return -1;
	if (hearing->written == 0 && hearing->count == 0)
		return 0;
	if (reply_marks_again(flow, err) == -1)
		return -1;
	proves = ours && (hearing->anything_new || !hearing->documents);
	if (hearing->count > 1)
		qsort(hearing->heard, hearing->count, sizeof(*hearing->heard),
		    compare_heard);
	for (size_t i = 0; i < hearing->count; i++) {
		/* Of several documents the youngest stands last. */
		if (i + 1 < hearing->count && hearing->heard[i].number ==
		    hearing->heard[i + 1].number)
			continue;
		if (order_number_used(flow, hearing->heard[i].number,
		    err) == -1 || hear_order(flow, package, hearing,
		    &hearing->heard[i], proves, err) == -1)
			return -1;
	}
	if (!ours)
		return 0;
	if (hearing->anything_same &&
	    flow->config->orders.profile == PROFILE_UNF &&
	    snapshot_order_each(flow->snap, ORDER_PRESUMED, doubt_presumed,
	    flow, err) == -1)
		return -1;
	if (proves && presume_all(flow, hearing, package->id, err) == -1)
		return -1;
	if (proves && snapshot_order_each(flow->snap, ORDER_WITHDRAWN,
	    offer_again, flow, err) == -1)
		return -1;
	return snapshot_meta_set_int(flow->snap, META_ORDERS_LAST,
	    package->id, err);
}
