/*
 * Something went from the portal, and with it what belonged to it.
 */
#include "flow/order.h"

/* What it belonged to is gone, and it with it; a contact person stays,
 * without the company. */
static int
forget_image(struct flow *flow, const struct target *target, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0) {
		if (target->kind == TARGET_PERSON) {
			fields_remove(&image.agreed, FIELD_COMPANIES);
		} else {
			image.portal_id = 0;
			fields_clear(&image.agreed);
		}
		rc = snapshot_image_put(flow->snap, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* What was still to be said of it, or was refused, is derived anew when the
 * good is made again. */
static int
forget_belonging(struct flow *flow, const struct target *target,
    struct err *err)
{
	struct image image;
	int rc;

	if (forget_image(flow, target, err) == -1)
		return -1;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0)
		rc = snapshot_change_drop(flow->snap, image.target, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* Prices, pictures and stock of the good itself; of a parent its variations
 * go with it, and theirs. */
struct forgetting {
	struct flow *flow;
	const struct target *good;
};

static int
forget_of_good(void *ctx, const struct target *target, struct err *err)
{
	const struct forgetting *what = ctx;
	bool own = str_eq(target_id(target), target_id(what->good));
	bool parent = what->good->kind == TARGET_PARENT;

	if (!(own || parent))
		return 0;
	if (target_is_of_good(target->kind))
		return forget_belonging(what->flow, target, err);
	return parent && target->kind == TARGET_OFFER ?
	    forget_image(what->flow, target, err) : 0;
}

static int
forget_goods(struct flow *flow, const struct target *good, struct err *err)
{
	struct forgetting what = { flow, good };
	struct str id = target_id(good);
	enum record_kind kind = good->kind == TARGET_OFFER ? RECORD_OFFER :
	    RECORD_PRODUCT;

	if (map_targets(flow->map, kind, id, forget_of_good, &what, err) == -1)
		return -1;
	return snapshot_image_each_of(flow->snap, TARGET_PICTURE, id,
	    forget_of_good, &what, err);
}

static int
forget_of_client(void *ctx, const struct target *target, struct err *err)
{
	return target->kind == TARGET_COMPANY || target->kind ==
	    TARGET_CONTACT ? 0 : forget_image(ctx, target, err);
}

static int
forget_of_requisite(void *ctx, const struct target *target, struct err *err)
{
	return target->kind == TARGET_BANK || target->kind ==
	    TARGET_ADDRESS ? forget_image(ctx, target, err) : 0;
}

int
derive_forget_dependents(struct flow *flow, const struct target *target,
    struct err *err)
{
	if (target_is_good(target->kind))
		return forget_goods(flow, target, err);
	if (target->kind == TARGET_DEAL)
		return onec_deal_missed(flow, target, err);
	if (target->kind == TARGET_COMPANY || target->kind == TARGET_CONTACT)
		return map_targets(flow->map, RECORD_COUNTERPARTY,
		    target_id(target), forget_of_client, flow, err);
	if (target->kind == TARGET_REQUISITE)
		return map_targets(flow->map, RECORD_COUNTERPARTY,
		    target_id(target), forget_of_requisite, flow, err);
	return 0;
}
