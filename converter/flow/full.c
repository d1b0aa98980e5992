/*
 * "Full exchange needed": 1C believes that what it wrote was delivered, so what
 * was refused, lost or left alone comes again only with all the rest (DESIGN
 * 3).  Every run says so, until it has provably come or a person says that it
 * has.
 */
#include "flow/full.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

/* In meta, and the node's name: its series of offers that ever came, each with
 * a blank before and behind it. */
#define META_OFFERS "node.offers:"
#define OFFERS_BYTES 4096       /* more catalogues than a node has */
#define OFFERS_KEY_BYTES (sizeof(META_OFFERS) + \
	sizeof(((struct node *)0)->name))

static void
offers_key(char out[OFFERS_KEY_BYTES], const char *node)
{
	(void)snprintf(out, OFFERS_KEY_BYTES, META_OFFERS "%s", node);
}

char *
full_text(const struct node *node, bool orders)
{
	const char *name = node_title(node->name);

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
	text = full_text(node, orders);
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

int
full_hand_over(struct flow *flow, const char *from, const char *to,
    struct err *err)
{
	struct node old, node;

	if (snapshot_node_get(flow->snap, from, &old, err) == -1 ||
	    snapshot_node_get(flow->snap, to, &node, err) == -1)
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
	return put_need(flow, &node, orders, clock_wall_ms(), reason, err);
}

/* Are there others of its kind? */
struct given_up {
	const struct intake_file *but;
	bool any;
};

static int
note_given_up(void *ctx, const struct look *look, struct err *err)
{
	struct given_up *given_up = ctx;
	const struct intake_file *but = given_up->but;

	(void)err;
	given_up->any = given_up->any || (look->reported &&
	    strncmp(look->name, but->node, strlen(but->node)) == 0 &&
	    strcmp(look->name, but->name) != 0 &&
	    intake_is_orders(look->name) ==
	    (but->order == INTAKE_ORDER_DOCUMENTS));
	return 0;
}

/*
 * The need that this file alone brought is over, or it is that of a session
 * which is to be whole first.
 */
int
full_completed(struct flow *flow, const struct intake_file *file,
    struct err *err)
{
	bool orders = file->order == INTAKE_ORDER_DOCUMENTS, full;
	struct given_up given_up = { .but = file };
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
	if (!need->is || strcmp(need->reason, reason) != 0 || given_up.any)
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
full_end_orders(struct flow *flow, const char *name, struct err *err)
{
	struct node node;

	if (snapshot_node_get(flow->snap, name, &node, err) == -1)
		return -1;
	return node.orders.is ? end_need(flow, &node, &node.orders, err) : 0;
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
