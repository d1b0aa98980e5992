/* Which node of 1C reads our orders file, and was it here? */
#include "flow/order.h"
#include "flow/speaker.h"

#include <string.h>

static int
names_ours(struct flow *flow, const struct hearing *hearing, bool *ours,
    struct err *err)
{
	const struct config *config = flow->config;
	struct order order;
	bool any = false;
	int rc = 0;

	order_init(&order);
	for (size_t i = 0; rc == 0 && i < hearing->count; i++) {
		int64_t number = hearing->heard[i].number;

		/* Where 1C tells of its own orders too, they are no other
		 * site's. */
		if (config->orders.create_deals &&
		    !order_number_is_ours(config, number))
			continue;
		any = true;
		rc = snapshot_order_by_number(flow->snap, number, &order, err);
	}
	order_free(&order);
	*ours = rc == 0 && any;
	return rc == -1 ? -1 : 0;
}

struct counting {
	struct flow *flow;
	int64_t nodes;
};

static int
count_node(void *ctx, const struct node *node, struct err *err)
{
	struct counting *counting = ctx;

	(void)err;
	if (!session_is_by_hand(node->name) &&
	    !speaker_is_gone(counting->flow, node->name))
		counting->nodes++;
	return 0;
}

/* The node that has named our orders; 1: none has, or it is gone and reads
 * nothing any more. */
static int
reader_of(struct flow *flow, struct buf *node, struct err *err)
{
	int rc = snapshot_meta_get(flow->snap, META_ORDERS_NODE, node, err);

	return rc == 0 && speaker_is_gone(flow, buf_text(node)) ? 1 : rc;
}

/* Which node reads our file?  The one that has named our orders; until one
 * did, the only one that there is.  Another one that names a number of ours
 * may mean an order of its own: only one that brings no other is believed. */
int
hear_node_is_ours(struct flow *flow, const struct package *package,
    const struct hearing *hearing, bool *ours, struct err *err)
{
	struct buf node = BUF_INIT(sizeof(package->node));
	struct counting counting = { flow, 0 };
	bool names;
	int rc;

	rc = reader_of(flow, &node, err);
	*ours = rc == 0 && strcmp(buf_text(&node), package->node) == 0;
	buf_free(&node);
	if (rc == -1 || names_ours(flow, hearing, &names, err) == -1)
		return -1;
	if (*ours || session_is_by_hand(package->node))
		return 0;
	if (names) {
		*ours = true;
		return snapshot_meta_set(flow->snap, META_ORDERS_NODE,
		    str_of(package->node), err);
	}
	if (rc == 1 && snapshot_node_each(flow->snap, count_node, &counting,
	    err) == -1)
		return -1;
	*ours = rc == 1 && counting.nodes <= 1;
	return 0;
}

int
hear_node_follow(struct flow *flow, const char *gone, const char *heir,
    struct err *err)
{
	struct buf node = BUF_INIT(LIMIT_MIB);
	int rc = snapshot_meta_get(flow->snap, META_ORDERS_NODE, &node, err);

	if (rc == 0 && strcmp(buf_text(&node), gone) == 0)
		rc = snapshot_meta_set(flow->snap, META_ORDERS_NODE,
		    str_of(heir), err);
	buf_free(&node);
	return rc == -1 ? -1 : 0;
}

/* Goods too prove nothing of our orders, but that 1C has been here: the node
 * that reads our file, or one that may be it. */
int
hear_node_visit(struct flow *flow, const struct package *package,
    const struct hearing *hearing, struct err *err)
{
	struct buf node = BUF_INIT(sizeof(package->node));
	int rc = reader_of(flow, &node, err);
	bool another = rc == 0 && strcmp(buf_text(&node), package->node) != 0;

	buf_free(&node);
	if (rc == -1)
		return -1;
	if (another || hearing->came <= snapshot_meta_int(flow->snap,
	    META_ORDERS_CAME, 0))
		return 0;
	return snapshot_meta_set_int(flow->snap, META_ORDERS_CAME,
	    hearing->came, err);
}
