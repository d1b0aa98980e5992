/*
 * Something came to be in the portal, made or recognised: what belongs to it is
 * derived with it, and what waited for it is due.
 */
#include "flow/customer.h"
#include "flow/order.h"
#include "flow/places.h"

static int
made_good(struct flow *flow, const struct target *target, int64_t package,
    struct err *err)
{
	if (onec_goods_came(flow, target, err) == -1)
		return -1;
	return derive_good(flow, target, package, err);
}

/* What went with an earlier product or client is made with the new one. */
int
derive_made(struct flow *flow, const struct target *target, enum verb verb,
    int64_t portal_id, int64_t package, struct err *err)
{
	enum target_kind kind = target->kind;

	if (verb != VERB_CREATE && verb != VERB_LINK)
		return 0;
	if (target_is_good(kind))
		return made_good(flow, target, package, err);
	if (kind == TARGET_SECTION)
		return verb == VERB_CREATE ? derive_place_made(flow, target,
		    portal_id, package, err) : 0;
	if (kind == TARGET_ONEC_ORDER)
		return onec_deal_made(flow, target, portal_id, err);
	if (kind != TARGET_COMPANY && kind != TARGET_CONTACT &&
	    kind != TARGET_REQUISITE)
		return 0;
	if (customer_stir_linked(flow, kind, portal_id, err) == -1)
		return -1;
	/* They may be those of the contact that it was before. */
	if (kind != TARGET_REQUISITE && derive_forget_dependents(flow, target,
	    err) == -1)
		return -1;
	return derive_record(flow, RECORD_COUNTERPARTY, target_id(target),
	    package, false, err);
}
