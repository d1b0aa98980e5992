/*
 * "Full exchange needed": 1C believes that what it wrote was delivered, so what
 * was refused, lost or left alone comes again only with all the rest (DESIGN
 * 3).  Every run says so, until it has provably come or a person says that it
 * has.
 */
#include "flow/full.h"
#include "flow/half.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "flow/speaker.h"
#include "snapshot/looks.h"

/* In meta, and the node's name: its series of offers that ever came, each with
 * a blank before and behind it. */
#define META_OFFERS "node.offers:"
#define OFFERS_BYTES 4096       /* more catalogues than a node has */
#define OFFERS_KEY_BYTES (sizeof(META_OFFERS) + \
	sizeof(((struct node *)0)->name))
/* The same: "BYTES HASH" of the beginning of the file that was given up. */
#define META_HEAD "node.head:"
#define META_HEAD_ORDERS "node.head.orders:"
#define HEAD_KEY_BYTES (sizeof(META_HEAD_ORDERS) + \
	sizeof(((struct node *)0)->name))
/* The same: when it was seen last that a file was lost (wall ms). */
#define META_LOST "node.lost:"
#define META_LOST_ORDERS "node.lost.orders:"
#define LOST_KEY_BYTES (sizeof(META_LOST_ORDERS) + \
	sizeof(((struct node *)0)->name))

static void
offers_key(char out[OFFERS_KEY_BYTES], const char *node)
{
	(void)snprintf(out, OFFERS_KEY_BYTES, META_OFFERS "%s", node);
}

char *
full_text(const struct flow *flow, const struct node *node, bool orders)
{
	const char *name = node_title(node->name);

	/* Of its goods nothing is needed then. */
	if (orders && speaker_is_gone(flow, node->name))
		return mem_printf(_("%s is no node of this inbox any more, "
		    "and orders of it did not come (%s): see whether the "
		    "deals have what 1C says of them, then `cml24 retry "
		    "\"%s\"`"),
		    name, node->orders.reason, name);
	return orders ? mem_printf(_("%s: a full exchange of orders is needed "
	    "in 1C: %s"), name, node->orders.reason) :
	    mem_printf(_("%s: a full exchange is needed in 1C: %s"), name,
	    node->goods.reason);
}

/* A number of the node's need. */
static int64_t
number_of(const char *name, bool orders)
{
	return (int64_t)(str_hash(orders, str_of(name)) >> 1 | 1);
}

bool
full_is_told(const struct flow *flow, const char *name, bool orders)
{
	return flow->told_needs != NULL &&
	    rowset_has(flow->told_needs, number_of(name, orders));
}

void
full_free(struct rowset *told)
{
	if (told != NULL)
		rowset_free(told);
	free(told);
}

/* Goods and orders come in files of their own, and each proves nothing of the
 * other: so do their needs. */
static int
put_need(struct flow *flow, struct node *node, bool orders, int64_t since,
    const char *reason, struct err *err)
{
	struct need *need = orders ? &node->orders : &node->goods;
	char *text;

	need->is = true;
	need->since = since;
	told_copy(need->reason, sizeof(need->reason), reason);
	text = full_text(flow, node, orders);
	report_say(flow->report, "%s", text);
	free(text);
	if (flow->told_needs == NULL)
		flow->told_needs = mem_alloc(sizeof(*flow->told_needs));
	rowset_add(flow->told_needs, number_of(node->name, orders));
	return snapshot_node_put(flow->snap, node, err);
}

int
full_need(struct flow *flow, const char *name, bool orders,
    const char *reason, struct err *err)
{
	struct node node;

	if (session_is_by_hand(name))
		return 0;
	if (snapshot_node_get(flow->snap, name, &node, err) == -1)
		return -1;
	return put_need(flow, &node, orders, clock_wall_ms(), reason, err);
}

/* ---- what was lost behind a package that waits to be read ---- */

static void
lost_key(char out[LOST_KEY_BYTES], const char *node, bool orders)
{
	(void)snprintf(out, LOST_KEY_BYTES, "%s%s", orders ?
	    META_LOST_ORDERS : META_LOST, node);
}

static int
note_when_lost(struct flow *flow, const char *node, bool orders,
    struct err *err)
{
	char key[LOST_KEY_BYTES];

	lost_key(key, node, orders);
	return snapshot_meta_set_int(flow->snap, key, clock_wall_ms(), err);
}

/* Was the package taken when it was not lost yet, or less than `wait` after
 * that?  By a clock that was ahead nothing is known. */
static bool
was_lost_later(struct flow *flow, const char *node, bool orders,
    int64_t taken, int64_t wait)
{
	char key[LOST_KEY_BYTES];
	int64_t lost;

	lost_key(key, node, orders);
	lost = snapshot_meta_int(flow->snap, key, 0);
	return lost > 0 && lost <= clock_wall_ms() && taken <= lost + wait;
}

int
full_set_right(struct flow *flow, const struct session *session,
    int64_t taken, struct err *err)
{
	struct need *need;
	struct node node;

	if (snapshot_node_get(flow->snap, session->node, &node, err) == -1)
		return -1;
	need = &node.goods;
	if (!need->is)
		return 0;
	if (was_lost_later(flow, node.name, false, taken, -1))
		need->since = session->began + 1;
	else if (need->since > session->began)
		need->since = session->began - 1;
	else
		return 0;
	return snapshot_node_put(flow->snap, &node, err);
}

int
full_need_beyond(struct flow *flow, const struct session *session,
    const char *reason, struct err *err)
{
	int64_t now = clock_wall_ms();
	struct node node;

	if (snapshot_node_get(flow->snap, session->node, &node, err) == -1)
		return -1;
	return put_need(flow, &node, false, now > session->began ? now :
	    session->began + 1, reason, err);
}

static int
end_need(struct flow *flow, struct node *node, struct need *need,
    struct err *err)
{
	need->is = false;
	need->reason[0] = '\0';
	return snapshot_node_put(flow->snap, node, err);
}

static int
follow_offers(struct flow *flow, const char *gone, const char *heir,
    struct err *err)
{
	struct buf series = BUF_INIT(LIMIT_MIB);
	char key[OFFERS_KEY_BYTES];
	int rc;

	offers_key(key, gone);
	rc = snapshot_meta_get(flow->snap, key, &series, err);
	offers_key(key, heir);
	if (rc == 0 && series.len > 0)
		rc = snapshot_meta_set(flow->snap, key, str_n(series.data,
		    series.len), err);
	buf_free(&series);
	return rc == -1 ? -1 : 0;
}

int
full_follow(struct flow *flow, const char *gone, const char *heir,
    struct err *err)
{
	struct node old, node;

	if (follow_offers(flow, gone, heir, err) == -1 ||
	    snapshot_node_get(flow->snap, gone, &old, err) == -1 ||
	    snapshot_node_get(flow->snap, heir, &node, err) == -1)
		return -1;
	if (old.goods.is)
		node.goods = old.goods;
	if (old.orders.is)
		node.orders = old.orders;
	if (!old.goods.is && !old.orders.is)
		return 0;
	old.goods.is = old.orders.is = false;
	return snapshot_node_put(flow->snap, &old, err) == -1 ? -1 :
	    snapshot_node_put(flow->snap, &node, err);
}

/* ---- what may still come ---- */

/*
 * The need counts from when the session began: when its parts come all the
 * same it is whole, and ends the need.  One that came up meanwhile is not for
 * lack of parts, and stays; so does one from before that an export of changes
 * would not end.
 */
int
full_lack(struct flow *flow, const struct session *session, bool full,
    const char *reason, struct err *err)
{
	struct node node;

	if (session_is_by_hand(session->node))
		return 0;
	if (snapshot_node_get(flow->snap, session->node, &node, err) == -1)
		return -1;
	if (node.goods.is && (node.goods.since > session->began ||
	    (node.goods.since < session->began && !full)))
		return 0;
	return put_need(flow, &node, false, session->began, reason, err);
}

int
full_is_lacking(struct flow *flow, const struct session *session, bool *is,
    struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, session->node, &node, err) == -1)
		return -1;
	*is = node.goods.is && node.goods.since == session->began;
	return 0;
}

static void
reason_of(char reason[256], const struct intake_file *file)
{
	told_set(reason, 256, N_("%s was not completed"), file->name);
}

/* ---- is it the file that was given up? ---- */

static void
head_key(char out[HEAD_KEY_BYTES], const struct intake_file *file)
{
	(void)snprintf(out, HEAD_KEY_BYTES, "%s%s", file->order ==
	    INTAKE_ORDER_DOCUMENTS ? META_HEAD_ORDERS : META_HEAD,
	    file->node);
}

/* "BYTES HASH" of at most `len` bytes; empty: it cannot be read now. */
static int
head_text(struct flow *flow, const struct intake_file *file, size_t len,
    char out[48], struct err *err)
{
	char *path = file_join(flow->config->folders.inbox, file->name);
	uint64_t hash = 0;
	int rc = intake_head(&hash, &len, path, err);

	out[0] = '\0';
	if (rc == 1)
		(void)snprintf(out, 48, "%zu %016" PRIx64, len, hash);
	free(path);
	return rc == -1 ? -1 : 0;
}

static int
note_head(struct flow *flow, const struct intake_file *file, struct err *err)
{
	char key[HEAD_KEY_BYTES], text[48];

	head_key(key, file);
	return head_text(flow, file, INTAKE_HEAD_BYTES, text, err) == -1 ?
	    -1 : snapshot_meta_set(flow->snap, key, str_of(text), err);
}

/*
 * 1C empties its folder and gives the files of its next export the same names:
 * what begins otherwise is of that, and the file that was given up is gone.
 * One of which there was no byte yet tells nothing, so it is asked for.
 */
static int
is_written_anew(struct flow *flow, const struct intake_file *file,
    bool *anew, struct err *err)
{
	struct buf before = BUF_INIT(LIMIT_MIB);
	char key[HEAD_KEY_BYTES], now[48];
	int64_t len = 0;
	int rc;

	*anew = false;
	head_key(key, file);
	rc = snapshot_meta_get(flow->snap, key, &before, err);
	if (rc == 0 && before.len > 0) {
		(void)str_to_int64(&len, str_n(buf_text(&before),
		    strcspn(buf_text(&before), " ")));
		rc = head_text(flow, file, len > 0 ? (size_t)len : 0, now,
		    err);
		*anew = len == 0 || strcmp(now, buf_text(&before)) != 0;
	}
	buf_free(&before);
	return rc == -1 ? -1 : 0;
}

/* It does not come any more, whatever is completed under its name. */
static int
note_lost(struct flow *flow, struct node *node, struct need *need,
    const struct intake_file *file, struct err *err)
{
	told_set(need->reason, sizeof(need->reason), N_("1C has written %s "
	    "anew before it was completed"), file->name);
	return snapshot_node_put(flow->snap, node, err);
}

int
full_written_over(struct flow *flow, const struct intake_file *file,
    bool *is, struct err *err)
{
	struct node node;
	struct need *need;
	char reason[256];

	*is = true;
	if (snapshot_node_get(flow->snap, file->node, &node, err) == -1)
		return -1;
	need = file->order == INTAKE_ORDER_DOCUMENTS ? &node.orders :
	    &node.goods;
	reason_of(reason, file);
	if (!need->is || strcmp(need->reason, reason) != 0)
		return 0;
	if (is_written_anew(flow, file, is, err) == -1)
		return -1;
	return *is ? note_lost(flow, &node, need, file, err) : 0;
}

/* What was needed before is needed for its own reason, which no file that is
 * completed takes away. */
int
full_give_up(struct flow *flow, const struct intake_file *file,
    struct err *err)
{
	bool orders = file->order == INTAKE_ORDER_DOCUMENTS;
	const struct need *need;
	struct node node;
	char reason[256];

	if (session_is_by_hand(file->node))
		return 0;
	if (snapshot_node_get(flow->snap, file->node, &node, err) == -1)
		return -1;
	need = orders ? &node.orders : &node.goods;
	reason_of(reason, file);
	if (need->is)
		told_copy(reason, sizeof(reason), need->reason);
	else if (note_head(flow, file, err) == -1)
		return -1;
	return put_need(flow, &node, orders, clock_wall_ms(), reason, err);
}

/* Of several that an export loses the first one is said. */
int
full_lost(struct flow *flow, const struct intake_file *file, bool anew,
    struct err *err)
{
	bool orders = file->order == INTAKE_ORDER_DOCUMENTS;
	struct need *need;
	struct node node;
	char reason[256];

	if (!orders && speaker_is_gone(flow, file->node))
		return 0;
	if (snapshot_node_get(flow->snap, file->node, &node, err) == -1 ||
	    note_when_lost(flow, node.name, orders, err) == -1)
		return -1;
	need = orders ? &node.orders : &node.goods;
	if (need->is && full_is_told(flow, node.name, orders)) {
		need->since = clock_wall_ms();
		return snapshot_node_put(flow->snap, &node, err);
	}
	if (anew)
		told_set(reason, sizeof(reason), N_("1C has written %s anew "
		    "before it could be taken"), file->name);
	else
		told_set(reason, sizeof(reason), N_("1C removed %s before it "
		    "could be taken"), file->name);
	return put_need(flow, &node, orders, clock_wall_ms(), reason, err);
}

/* Those of its kind that lie there, but the one. */
struct given_up {
	const char *node, *but;
	bool orders, any;
};

static int
note_given_up(void *ctx, const struct look *look, struct err *err)
{
	struct given_up *given_up = ctx;

	(void)err;
	given_up->any = given_up->any || (look->reported &&
	    intake_is_of(look->name, given_up->node) &&
	    strcmp(look->name, given_up->but) != 0 &&
	    intake_is_orders(look->name) == given_up->orders);
	return 0;
}

int
full_any_given_up(struct flow *flow, const char *node, bool *any,
    struct err *err)
{
	struct given_up given_up = { .node = node, .but = "" };
	int rc = snapshot_look_each(flow->snap, note_given_up, &given_up,
	    err);

	*any = given_up.any;
	return rc;
}

/*
 * The need that this file alone brought is over, or it is that of a session
 * which is to be whole first.
 */
int
full_completed(struct flow *flow, const struct intake_file *file,
    struct err *err)
{
	bool orders = file->order == INTAKE_ORDER_DOCUMENTS, full, anew;
	struct given_up given_up = { file->node, file->name, orders, false };
	struct session session;
	struct node node;
	struct need *need;
	char reason[256];
	int rc;

	if (snapshot_node_get(flow->snap, file->node, &node, err) == -1 ||
	    snapshot_look_each(flow->snap, note_given_up, &given_up,
	    err) == -1)
		return -1;
	need = orders ? &node.orders : &node.goods;
	reason_of(reason, file);
	if (!need->is || strcmp(need->reason, reason) != 0)
		return 0;
	if (is_written_anew(flow, file, &anew, err) == -1)
		return -1;
	if (anew)
		return note_lost(flow, &node, need, file, err);
	if (given_up.any)
		return 0;
	rc = orders ? 1 : session_last_export(flow, file->node, &session,
	    &full, err);
	if (rc == -1)
		return -1;
	if (rc == 1 || !full)
		return end_need(flow, &node, need, err);
	need->since = session.began;
	return snapshot_node_put(flow->snap, &node, err);
}

/* ---- what came ---- */

int
full_end(struct flow *flow, const char *name, int64_t began, struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, name, &node, err) == -1)
		return -1;
	/* What was lost of the export itself does not come with it. */
	return node.goods.is && node.goods.since <= began ?
	    end_need(flow, &node, &node.goods, err) : 0;
}

int
full_end_orders(struct flow *flow, const struct package *package,
    struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, package->node, &node, err) == -1)
		return -1;
	/* Nobody had been told yet when 1C wrote them. */
	if (!node.orders.is || was_lost_later(flow, node.name, true,
	    package->taken, LIMIT_SETTLE_WAIT_MS))
		return 0;
	return end_need(flow, &node, &node.orders, err);
}

int
full_forget(struct flow *flow, const char *name, struct err *err)
{
	char key[OFFERS_KEY_BYTES];
	struct node node;
	int rc;

	rc = snapshot_node_get(flow->snap, name, &node, err);
	/* The root has no name; where a folder has this one, it is meant. */
	if (rc == 1 && strcmp(name, "inbox") == 0)
		rc = snapshot_node_get(flow->snap, "", &node, err);
	if (rc != 0)
		return rc;
	if (!node.goods.is && !node.orders.is)
		return 1;
	offers_key(key, node.name);
	if (end_need(flow, &node, &node.goods, err) == -1 ||
	    end_need(flow, &node, &node.orders, err) == -1 ||
	    snapshot_meta_set(flow->snap, key, STR_NONE, err) == -1)
		return -1;
	report_line(flow->report, _("%s: a full exchange is not asked for any "
	    "more"), name);
	return 0;
}

/* ---- which offers a node sends ---- */

/* *known: all of the node's; *expected: this one is among them. */
static int
read_offers(struct flow *flow, const char *key, const char *series,
    struct buf *known, bool *expected, struct err *err)
{
	char *wanted = mem_printf(" %s ", series);
	int rc = snapshot_meta_get(flow->snap, key, known, err);

	*expected = rc == 0 && strstr(buf_text(known), wanted) != NULL;
	free(wanted);
	return rc == -1 ? -1 : 0;
}

int
full_expects(struct flow *flow, const char *name, const char *series,
    bool *expected, struct err *err)
{
	char key[OFFERS_KEY_BYTES];
	struct buf known = BUF_INIT(LIMIT_MIB);
	int rc;

	offers_key(key, name);
	rc = read_offers(flow, key, series, &known, expected, err);
	buf_free(&known);
	return rc;
}

int
full_note_offers(struct flow *flow, const char *name, const char *series,
    struct err *err)
{
	char key[OFFERS_KEY_BYTES];
	struct buf known = BUF_INIT(LIMIT_MIB);
	bool expected;
	int rc;

	offers_key(key, name);
	rc = read_offers(flow, key, series, &known, &expected, err);
	if (rc == 0 && !expected && known.len < OFFERS_BYTES) {
		(void)buf_printf(&known, " %s ", series);
		rc = snapshot_meta_set(flow->snap, key,
		    str_n(known.data, known.len), err);
	}
	buf_free(&known);
	return rc;
}
