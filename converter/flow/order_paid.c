/*
 * An order that is paid in 1C, and whose deal is lost: whoever takes money for
 * a cancelled order, or cancels a paid one, has something to clear up.  It is
 * said once, as soon as both are known, and kept for status in every state
 * that the order then goes through, until it is not so any more.
 */
#include "flow/order.h"

#include <string.h>

#include "base/i18n.h"
#include "base/told.h"

static const char text[] = TOLD("the deal is lost, and 1C says that the order "
    "is paid: give the money back there, or open the deal and the order "
    "again");

bool
order_paid_lost(const struct order *order)
{
	return strcmp(order->text, text) == 0;
}

/* A presumed order's code says by which file it is presumed (hear.c), and one
 * that is offered once more is not a third time (publish.c). */
void
order_paid_keep(struct order *order)
{
	bool own = order->state == ORDER_PRESUMED ||
	    strcmp(order->code, ORDER_OFFERED_AGAIN) == 0;
	char code[sizeof(order->code)];

	memcpy(code, order->code, sizeof(code));
	order_set_state(order, order->state, own ? code : ORDER_PAID_LOST,
	    text);
}

void
order_paid_wait(struct order *order)
{
	bool paid_lost = order_paid_lost(order);

	order_set_state(order, ORDER_WAITING, "", "");
	if (paid_lost)
		order_paid_keep(order);
	order->put = 0;
}

void
order_paid_note(struct flow *flow, struct order *order,
    const struct answer *answer, bool told)
{
	bool is = order_version_says(&order->document, ORDER_LOST) &&
	    str_is(fields_get(&answer->deal, FIELD_PAID), "Y");

	switch (order->state) {
	case ORDER_WAITING:
	case ORDER_PRESUMED:
	case ORDER_LOADED:
	case ORDER_UNCONFIRMED:
		break;
	case ORDER_HELD:
	case ORDER_WITHDRAWN:
	case ORDER_NONE:
	case ORDER_GONE:
	case ORDER_FROM_ONEC:
	case ORDER_STATE_LAST:
		return;
	}
	if (is) {
		order_paid_keep(order);
		if (!told)
			order_tell(flow, order);
	} else if (order_paid_lost(order)) {
		order_set_state(order, order->state, "", "");
	}
}

int
order_paid_look(struct flow *flow, struct order *order, bool was_lost,
    bool told, struct err *err)
{
	struct answer answer;
	size_t documents;
	int rc;

	if (!order_version_says(&order->document, ORDER_LOST) ||
	    order_paid_lost(order) || (was_lost && !told))
		return 0;
	answer_init(&answer);
	rc = reply_documents_read(flow, order->number, &answer, &documents,
	    err);
	if (rc == 0)
		order_paid_note(flow, order, &answer, told);
	answer_free(&answer);
	return rc;
}
