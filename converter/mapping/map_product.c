/*
 * Goods as the portal has them: a product, a product with variations, a
 * variation, a service.  What stands there in another form than the one that
 * the good has now is switched off.
 */
#include "mapping/map_internal.h"

#include <string.h>

/* Of these kinds a field is put; the rest have none of it. */
enum {
	AS_PRODUCT = 1 << 0,
	AS_PARENT = 1 << 1,
	AS_SERVICE = 1 << 2,
	AS_OFFER = 1 << 3,
	AS_ANY = AS_PRODUCT | AS_PARENT | AS_SERVICE | AS_OFFER,
	AS_WHOLE = AS_PRODUCT | AS_PARENT | AS_SERVICE
};

static int
as_of(enum target_kind kind)
{
	if (kind == TARGET_PRODUCT)
		return AS_PRODUCT;
	if (kind == TARGET_PARENT)
		return AS_PARENT;
	return kind == TARGET_SERVICE ? AS_SERVICE : AS_OFFER;
}

static void
put(const struct map *map, struct wanted *out, enum field field,
    struct str value)
{
	map_derive_put(out, map->goods[field], field, value);
}

/* What is there in a form that is not the good's: a manager sees it switched
 * off, and what orders refer to is not lost. */
static void
put_replaced(const struct map *map, struct wanted *out)
{
	out->state = WANTED_KEPT;
	out->replaced = true;
	put(map, out, FIELD_ACTIVE, str_of("N"));
}

/*
 * The good is its characteristics, each a product.  No other form of it bears
 * its mark, by which a product would be found that it was in another exchange,
 * or in a state that is lost: it is looked for, once, and switched off.
 */
static bool
is_in_its_parts(const struct map *map, const struct map_good *good,
    enum target_kind kind)
{
	return kind == TARGET_PRODUCT && good->form == TARGET_NONE &&
	    good->row == NULL && good->state == WANTED_PRESENT &&
	    map->config->catalog.characteristics == CHARACTERISTICS_PRODUCTS;
}

/* ---- its fields -------------------------------------------------------- */

/* Of goods with a characteristic the name says what tells them apart.  offer:
 * of the good, or NULL. */
static void
put_name(const struct map *map, const struct map_good *good,
    const struct fields *offer, struct wanted *out)
{
	struct str name = fields_get(&map->work->product.fields, FIELD_NAME);
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);

	if (good->row != NULL && offer != NULL) {
		map_called_offer(map, offer, &text);
		name = str_n(text.data, text.len);
	} else if (good->row == NULL && map_good_may_be_listed(good) &&
	    map_called_listed(map, offer, &text))
		name = str_n(text.data, text.len);
	put(map, out, FIELD_NAME, name);
	buf_free(&text);
}

static bool
is_ignored_unit(const struct map *map, struct str code)
{
	const char *rule = config_map_get(&map->config->catalog.units, code);

	return rule != NULL && strcmp(rule, CONFIG_IGNORE) == 0;
}

/* What the portal's goods take as 1C says it; of an offer where it says
 * something, else of its product. */
static void
put_plain(const struct map *map, enum target_kind kind,
    const struct fields *offer, struct wanted *out)
{
	static const struct {
		enum field to, from;
		int kinds;
		bool of_offer;  /* may an offer say it; if not, an offer's good
				   takes the product's but for the code */
	} plain[] = {
		{ FIELD_ARTICLE, FIELD_ARTICLE, AS_ANY, true },
		{ FIELD_CODE, FIELD_BITRIX_CODE, AS_WHOLE, false },
		{ FIELD_UNIT, FIELD_UNIT, AS_PRODUCT | AS_OFFER, true },
		/* A parent's is read-only in the cloud. */
		{ FIELD_VAT, FIELD_VAT, AS_ANY & ~AS_PARENT, true },
		{ FIELD_DESCRIPTION, FIELD_DESCRIPTION, AS_WHOLE, false },
	};
	const struct fields *product = &map->work->product.fields;
	struct str value;
	size_t i;

	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if ((plain[i].kinds & as_of(kind)) == 0)
			continue;
		/* A code is of one good alone. */
		if (offer != NULL && plain[i].to == FIELD_CODE)
			continue;
		value = STR_NONE;
		if (offer != NULL && plain[i].of_offer)
			value = fields_get(offer, plain[i].from);
		if (value.len == 0)
			value = fields_get(product, plain[i].from);
		if (plain[i].to == FIELD_UNIT && is_ignored_unit(map, value))
			continue;
		put(map, out, plain[i].to, value);
	}
}

/* Where it belongs: a variation to its product, the rest to a section. */
static int
put_place(const struct map *map, enum target_kind kind,
    const struct map_good *good, struct wanted *out, struct err *err)
{
	if (kind != TARGET_OFFER)
		return map_place_put(map, good->product, out, err);
	if (target_set(&out->parent, TARGET_PARENT, good->product) != 0)
		out->state = WANTED_NOTHING;
	return 0;
}

int
map_product_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	const enum target_kind kind = target->kind;
	const struct fields *offer;
	struct str id = target_id(target);
	struct map_good good;

	if (map_good_find(map, id, &good, err) != 0)
		return -1;
	if (good.state == WANTED_NOTHING)
		return 0;
	if (kind != good.form) {
		put_replaced(map, out);
		if (is_in_its_parts(map, &good, kind))
			out->state = WANTED_INACTIVE;
		return 0;
	}
	out->state = good.state;
	out->absent = good.absent;
	if (out->state == WANTED_GONE)
		return 0;
	if (map_good_offer(map, &good, id, &offer, err) != 0)
		return -1;
	put_name(map, &good, offer, out);
	put_plain(map, kind, good.row == NULL ? NULL : offer, out);
	put(map, out, FIELD_ACTIVE, str_of(good.off ? "N" : "Y"));
	map_derive_put(out, OWNER_1C, FIELD_XML_ID, id);
	if (map_property_put(map, kind, &map->work->product.fields, offer, out,
	    err) == -1 || put_place(map, kind, &good, out, err) != 0)
		return -1;
	if (kind == TARGET_PARENT)
		return 0;
	if (map_price_put_vat(map, id, out, err) != 0)
		return -1;
	return kind == TARGET_SERVICE ? 0 : map_stock_put(map, &good, id, out,
	    err);
}

/* ---- its pictures ------------------------------------------------------ */

int
map_product_picture(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	struct target owner = { .kind = TARGET_NONE };
	const struct fields *record = &map->work->product.fields;
	struct str id = target_id(target);
	struct map_good good;

	if (!map->config->catalog.pictures)
		return 0;
	if (map_good_find(map, id, &good, err) != 0)
		return -1;
	if (good.rc != 0)
		return 0;
	if (good.row != NULL && map_good_offer(map, &good, id, &record,
	    err) != 0)
		return -1;
	if (record == NULL)
		return 0;
	if (good.form != TARGET_NONE && good.state != WANTED_NOTHING &&
	    good.state != WANTED_GONE && !good.off)
		(void)target_set(&owner, good.form, id);
	map_picture_derive(map, target, record, &owner, out);
	return 0;
}
