/* Goods become products; their rests are a field of them. */
#include "mapping/map_internal.h"

#include <string.h>

#include "base/decimal.h"

/* Is it the product whose records `work` holds? */
static bool
is_current(const struct map_work *work, struct str id)
{
	return work->open && str_eq(id, str_n(work->id, work->id_len));
}

int
map_product_read(const struct map *map, struct str id, struct err *err)
{
	const struct record_source *source = map->source;
	struct map_work *work = map->work;
	bool current = is_current(work, id);
	int rc;

	if (current && work->has_product)
		return work->product_rc;
	work->absent = false;
	rc = source->get(source->ctx, RECORD_PRODUCT, id, &work->product,
	    err);
	if (rc == -1)
		return -1;
	if (rc == 0) {
		int absent = source->is_absent(source->ctx, RECORD_PRODUCT,
		    id);

		if (absent == -1)
			return err_set(err, ERR_SYSTEM,
			    "state: absence of a product");
		work->absent = absent == 1;
	}
	work->has_product = current;
	work->product_rc = rc;
	return rc;
}

enum wanted_state
map_product_state(const struct map *map)
{
	static const enum wanted_state by_mark[] = {
		[MARKED_DELETE] = WANTED_GONE,
		[MARKED_DEACTIVATE] = WANTED_INACTIVE,
		/* Not made, but left as it is where it is there. */
		[MARKED_KEEP] = WANTED_INACTIVE,
	};
	static const enum wanted_state by_absence[] = {
		[ABSENT_DELETE] = WANTED_GONE,
		[ABSENT_DEACTIVATE] = WANTED_INACTIVE,
		[ABSENT_KEEP] = WANTED_PRESENT,
	};
	const struct map_work *work = map->work;

	/* The portal makes nothing without a name. */
	if (!fields_has(&work->product, FIELD_NAME))
		return WANTED_NOTHING;
	if (str_is(fields_get(&work->product, FIELD_DELETED), "1"))
		return by_mark[map->config->catalog.marked];
	if (work->absent)
		return by_absence[map->config->catalog.absent];
	return WANTED_PRESENT;
}

/* The first group that is a section; a better one may still come. */
static int
place_product(const struct map *map, struct wanted *out, struct err *err)
{
	enum map_owner owner = map->goods[FIELD_GROUP];
	struct str value;
	enum field field;
	size_t at = 0;
	int rc;

	if (owner == OWNER_NEVER)
		return 0;
	while (fields_next(&map->work->product, &at, &field, &value) &&
	    field <= FIELD_GROUP) {
		if (field != FIELD_GROUP)
			continue;
		rc = map_group_state_held(map, value, err);
		if (rc == -1)
			return -1;
		if (rc == 0 && target_set(&out->parent, TARGET_SECTION,
		    value) == 0) {
			map_derive_put(out, owner, FIELD_GROUP, value);
			return 0;
		}
		out->orphan = true;
	}
	/* No group: the top.  An unknown one: where it is. */
	if (!out->orphan)
		map_derive_put(out, owner, FIELD_GROUP, STR_NONE);
	return 0;
}

/* The sum over the warehouses; false when none has a number. */
static bool
sum_stock(const struct fields *rests, struct decimal *sum)
{
	struct decimal part;
	bool found = false;
	struct str value;
	enum field field;
	size_t at = 0;

	*sum = (struct decimal){ 0, 0 };
	while (fields_next(rests, &at, &field, &value)) {
		if (field != FIELD_STOCK ||
		    decimal_parse(&part, field_part(value, 1)) != 0)
			continue;
		if (decimal_add(sum, *sum, part) != 0)
			return false;
		found = true;
	}
	return found;
}

static int
put_quantity(const struct map *map, struct str id, struct wanted *out,
    struct err *err)
{
	struct fields *rests = &map->work->rests;
	char text[DECIMAL_TEXT_BYTES];
	struct decimal quantity;
	size_t len;
	int rc;

	if (!map->facts.quantity || map->goods[FIELD_QUANTITY] == OWNER_NEVER)
		return 0;
	rc = map->source->get(map->source->ctx, RECORD_RESTS, id, rests, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (decimal_parse(&quantity, fields_get(rests, FIELD_QUANTITY)) != 0 &&
	    !sum_stock(rests, &quantity))
		return 0;
	if (decimal_is_negative(quantity) &&
	    map->config->catalog.negative_zero)
		quantity = (struct decimal){ 0, 0 };
	len = decimal_format(text, quantity);
	map_derive_put(out, map->goods[FIELD_QUANTITY], FIELD_QUANTITY,
	    str_n(text, len));
	return 0;
}

static bool
is_switched_off(const struct map *map, enum wanted_state state)
{
	bool marked = str_is(fields_get(&map->work->product, FIELD_DELETED),
	    "1");

	return state == WANTED_INACTIVE &&
	    !(marked && map->config->catalog.marked == MARKED_KEEP);
}

int
map_product_derive(const struct map *map, struct str id, struct wanted *out,
    struct err *err)
{
	/* What the portal's product takes as 1C says it. */
	static const struct {
		enum field to, from;
	} plain[] = {
		{ FIELD_NAME, FIELD_NAME },
		{ FIELD_ARTICLE, FIELD_ARTICLE },
		{ FIELD_CODE, FIELD_BITRIX_CODE },
		{ FIELD_UNIT, FIELD_UNIT },
		{ FIELD_VAT, FIELD_VAT },
		{ FIELD_DESCRIPTION, FIELD_DESCRIPTION },
	};
	size_t i;
	int rc;

	rc = map_product_read(map, id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	out->state = map_product_state(map);
	if (out->state == WANTED_NOTHING || out->state == WANTED_GONE)
		return 0;
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		map_derive_put(out, map->goods[plain[i].to], plain[i].to,
		    fields_get(&map->work->product, plain[i].from));
	map_derive_put(out, map->goods[FIELD_ACTIVE], FIELD_ACTIVE,
	    str_of(is_switched_off(map, out->state) ? "N" : "Y"));
	map_derive_put(out, OWNER_1C, FIELD_XML_ID, id);
	if (place_product(map, out, err) == -1)
		return -1;
	return put_quantity(map, id, out, err);
}
