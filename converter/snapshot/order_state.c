#include "snapshot/snapshot.h"

static const char *const names[ORDER_STATE_LAST] = {
	[ORDER_NONE] = "none",
	[ORDER_HELD] = "held",
	[ORDER_WAITING] = "waiting",
	[ORDER_LOADED] = "loaded",
	[ORDER_PRESUMED] = "presumed",
	[ORDER_UNCONFIRMED] = "unconfirmed",
	[ORDER_WITHDRAWN] = "withdrawn",
	[ORDER_GONE] = "gone",
	[ORDER_FROM_ONEC] = "from-1c"
};

const char *
order_state_name(enum order_state state)
{
	if ((int)state < ORDER_NONE || state >= ORDER_STATE_LAST)
		state = ORDER_NONE;
	return names[state];
}
