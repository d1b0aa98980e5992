/*
 * A good that has another form now than in the portal's stores: what lies
 * there under the old one, which is switched off, would be there twice.  It is
 * written off first, while the image is still that of the old form; when that
 * is confirmed the same stock is derived for the new one.
 *
 * And one that went in another form than it would be made in now.
 */
#include "flow/form.h"

#include <string.h>

/* The form under which it was agreed. */
static bool
old_form(const struct target *target, const struct image *image,
    struct target *out)
{
	struct str form = fields_get(&image->agreed, FIELD_FORM);
	enum target_kind kind = TARGET_PRODUCT;

	if (form.len > 0)
		kind = TARGET_OFFER;
	return target_set(out, kind, target_id(target)) == 0;
}

int
derive_form_leave(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *wanted, struct err *err)
{
	struct str form = fields_get(&image->agreed, FIELD_FORM);
	struct target old;
	struct image good;
	bool there;

	if (target->kind != TARGET_STOCK || image->portal_id == 0 ||
	    (wanted->parent.kind == TARGET_NONE && !wanted->replaced) ||
	    str_is(fields_get(&image->agreed, FIELD_QUANTITY), "0") ||
	    !old_form(target, image, &old) ||
	    old.kind == wanted->parent.kind)
		return 0;
	image_init(&good);
	if (snapshot_image_get(flow->snap, &old, &good, err) == -1) {
		image_free(&good);
		return -1;
	}
	there = good.portal_id != 0;
	image_free(&good);
	if (!there)
		return 0;
	wanted->state = WANTED_PRESENT;
	wanted->parent = old;
	fields_clear(&wanted->fields);
	(void)fields_set(&wanted->fields, FIELD_QUANTITY, str_of("0"));
	(void)fields_set(&wanted->fields, FIELD_FORM, form);
	return 0;
}

static int
derive_stock(void *ctx, const struct target *target, struct err *err)
{
	return derive_target(ctx, target, 0, false, err);
}

int
derive_form_old_stock(struct flow *flow, const struct target *good,
    struct err *err)
{
	const struct record_source *source = &flow->source;

	if (!map_facts_given(flow->map)->documents ||
	    source->has_target == NULL ||
	    !source->has_target(source->ctx, TARGET_STOCK))
		return 0;
	return snapshot_image_each_of(flow->snap, TARGET_STOCK,
	    target_id(good), derive_stock, flow, err);
}

/* ---- what went in another form ---- */

struct forms {
	struct flow *flow;
	bool there, gone;
};

static int
look_at(void *ctx, const struct target *target, struct err *err)
{
	struct forms *forms = ctx;
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(forms->flow->snap, target, &image, err);
	forms->there = forms->there || image.portal_id != 0;
	forms->gone = forms->gone || image.gone;
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* Whatever bears this mark. */
static int
look_at_forms(struct forms *forms, struct str id, struct err *err)
{
	static const enum target_kind kinds[] = { TARGET_PRODUCT,
	    TARGET_PARENT, TARGET_OFFER, TARGET_SERVICE };
	struct target target;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (target_set(&target, kinds[i], id) == 0 &&
		    look_at(forms, &target, err) == -1)
			return -1;
	return 0;
}

static int
look_at_part(void *ctx, const struct target *target, struct err *err)
{
	return target_is_good(target->kind) ? look_at(ctx, target, err) : 0;
}

/*
 * By its own mark, whatever form that had last.  Else by that of its product,
 * with which its variations go; and of what was nothing itself by the goods
 * that its characteristics were.
 */
int
derive_form_stay_gone(struct flow *flow, const struct target *target,
    struct difference *diff, struct err *err)
{
	struct forms forms = { flow, false, false };
	struct str id = target_id(target);
	const char *sign = memchr(id.p, '#', id.len);
	int rc = look_at_forms(&forms, id, err);

	if (rc == 0 && !forms.there && !forms.gone)
		rc = sign != NULL ? look_at_forms(&forms, str_n(id.p,
		    (size_t)(sign - id.p)), err) : map_targets(flow->map,
		    RECORD_PRODUCT, id, look_at_part, &forms, err);
	if (forms.gone && !forms.there)
		diff->verb = VERB_NONE;
	return rc;
}
