#include "flow/stock_left.h"

#include "base/clock.h"
#include "base/i18n.h"

/* 1: a package stated stock; absent: none did, or before this was kept. */
#define META_STATED "stock.stated"
/* That inventory management is switched off shows in the facts of the portal,
 * which are read only by a run that sends or asks. */
#define ASK_AGAIN_MS ((int64_t)24 * 60 * 60 * 1000)

bool
stock_left_is(const struct flow *flow)
{
	const struct config *config = flow->config;

	return config->catalog.enabled &&
	    config->catalog.stock != STOCK_OFF &&
	    config->catalog.stock != STOCK_DOCUMENTS &&
	    snapshot_meta_int(flow->snap, META_INVENTORY, 0) == 1;
}

const char *
stock_left_text(void)
{
	return _("inventory management is on in the portal: quantities cannot "
	    "be written there and are left alone");
}

int
stock_left_note(struct flow *flow, struct err *err)
{
	flow->stock_stated = true;
	if (snapshot_meta_int(flow->snap, META_STATED, 0) == 1)
		return 0;
	return snapshot_meta_set_int(flow->snap, META_STATED, 1, err);
}

bool
stock_left_is_news(const struct flow *flow)
{
	return flow->stock_stated && !flow->inventory_told &&
	    stock_left_is(flow);
}

bool
stock_left_is_due(const struct flow *flow)
{
	int64_t reached, now = clock_wall_ms();

	if (!stock_left_is(flow) ||
	    snapshot_meta_int(flow->snap, META_STATED, 0) == 0)
		return false;
	/* Where it was reached its facts were read in the same run. */
	reached = snapshot_meta_int(flow->snap, META_REACHED, 0);
	return now - reached >= ASK_AGAIN_MS || reached > now;
}
