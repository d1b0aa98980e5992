/* The prices of an offer become one object of the portal per rule. */
#include "mapping/map_internal.h"

#include "base/decimal.h"

/* FIELD_PRICE's parts (model/field.h). */
enum { PRICE_TYPE, PRICE_AMOUNT, PRICE_CURRENCY };

static int
read_prices(const struct map *map, struct str id, struct err *err)
{
	struct map_work *work = map->work;
	bool current = work->open &&
	    str_eq(id, str_n(work->id, work->id_len));
	int rc;

	if (current && work->has_prices)
		return work->prices_rc;
	rc = map->source->get(map->source->ctx, RECORD_PRICES, id,
	    &work->prices, err);
	if (rc == -1)
		return -1;
	work->has_prices = current;
	work->prices_rc = rc;
	return rc;
}

/* The index of the rule with this text, or -1. */
static int
find_rule(const struct map *map, struct str text)
{
	const struct config_map *rules = &map->config->catalog.price_types;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (str_is(text, rules->pairs[i].value))
			return (int)i;
	}
	return -1;
}

/* The price for the rule: the last one stated.  STR_NONE: none. */
static struct str
find_price(const struct map *map, int rule, const struct map_type **type)
{
	const struct map_type *this_type;
	struct str value, found = STR_NONE;
	enum field field;
	size_t at = 0;

	*type = NULL;
	while (fields_next(&map->work->prices, &at, &field, &value)) {
		if (field != FIELD_PRICE || map_type_rule(map,
		    field_part(value, PRICE_TYPE), &this_type) != rule)
			continue;
		found = value;
		*type = this_type;
	}
	return found;
}

static void
put_price(const struct map *map, struct str price,
    const struct map_type *type, struct wanted *out)
{
	struct str text = field_part(price, PRICE_CURRENCY), code;
	char amount[DECIMAL_TEXT_BYTES];

	if (decimal_normalise(amount, field_part(price, PRICE_AMOUNT)) != 0)
		return;
	if (text.len == 0 && type != NULL)
		text = str_of(type->currency);
	code = map_currency(map, text);
	if (code.len == 0) {
		map_currency_note(map, text);
		return;
	}
	out->state = WANTED_PRESENT;
	map_derive_put(out, map->prices, FIELD_AMOUNT, str_of(amount));
	map_derive_put(out, map->prices, FIELD_CURRENCY, code);
}

int
map_price_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	int rule = find_rule(map, target_rule(target));
	struct str id = target_id(target), price;
	const struct map_type *type;
	enum wanted_state product;
	int rc;

	if (rule < 0 || map->prices == OWNER_NEVER)
		return 0;
	rc = map_product_read(map, id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	/* Of goods that go, the prices go with them. */
	product = map_product_state(map);
	if (product == WANTED_NOTHING || product == WANTED_GONE)
		return 0;
	rc = read_prices(map, id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	price = find_price(map, rule, &type);
	if (price.len == 0)
		return 0;
	put_price(map, price, type, out);
	if (out->state == WANTED_PRESENT &&
	    target_set(&out->parent, TARGET_PRODUCT, id) != 0)
		out->state = WANTED_NOTHING;
	return 0;
}
