/* The prices of an offer become one object of the portal per rule. */
#include "mapping/map_internal.h"

#include "base/decimal.h"

/* FIELD_PRICE's parts (model/field.h). */
enum { PRICE_TYPE, PRICE_AMOUNT, PRICE_CURRENCY, PRICE_UNIT, PRICE_FACTOR };

/* Money in the portal has two digits behind the point. */
#define MONEY_SCALE 2

static int
read_prices(const struct map *map, struct str id, struct err *err)
{
	return map_good_slot(map, &map->work->prices, RECORD_PRICES, id,
	    err);
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

/* Is the price of a package: *factor is how many it holds. */
static bool
is_of_pack(struct str price, struct decimal *factor)
{
	static const struct decimal one = { 1, 0 }, nothing = { 0, 0 };

	return decimal_parse(factor, field_part(price, PRICE_FACTOR)) == 0 &&
	    decimal_cmp(*factor, nothing) > 0 &&
	    decimal_cmp(*factor, one) != 0;
}

/* In the place of a rule: the types that the selection asks of. */
#define ASKED (-2)

static bool
is_of_type(const struct map *map, int rule, struct str id,
    const struct map_type **type)
{
	size_t i = 0;

	if (rule != ASKED)
		return map_type_rule(map, id, type) == rule;
	while (i < map->asked_type_count && !str_is(id, map->asked_types[i]))
		i++;
	*type = NULL;
	return i < map->asked_type_count;
}

/* The price for the rule: the last one stated of a single piece, else of a
 * package.  STR_NONE: none. */
static struct str
find_price(const struct map *map, const struct fields *prices, int rule,
    const struct map_type **type)
{
	const struct map_type *this_type;
	struct str value, found = STR_NONE;
	struct decimal factor;
	bool single = false, pack;
	enum field field;
	size_t at = 0;

	*type = NULL;
	while (fields_next(prices, &at, &field, &value) &&
	    field <= FIELD_PRICE) {
		if (field != FIELD_PRICE || !is_of_type(map, rule,
		    field_part(value, PRICE_TYPE), &this_type))
			continue;
		pack = is_of_pack(value, &factor);
		if (pack && single)
			continue;
		single = !pack;
		found = value;
		*type = this_type;
	}
	return found;
}

/* Whose word on VAT counts for the good of work->prices: of the leading rule's
 * types the one that it has a price of.  NULL: no type says anything. */
static const struct map_type *
lead_of(const struct map *map)
{
	const struct map_type *type = NULL;

	if (map->mixes_vat)
		(void)find_price(map, &map->work->prices.fields,
		    (int)map->vat_lead->rule, &type);
	return type != NULL && type->vat_included != STATED_NOT ? type :
	    map->vat_lead;
}

/* The price of one piece: 0, or -1: it is no number that can be said.  The
 * reader has told one below zero; what the portal has stays.  It is rounded
 * once, after all is reckoned. */
static int
price_of_piece(struct decimal *out, struct str price,
    const struct map_vat *vat, bool *pack)
{
	struct decimal factor;

	*pack = is_of_pack(price, &factor);
	if (decimal_parse(out, field_part(price, PRICE_AMOUNT)) != 0 ||
	    decimal_is_negative(*out))
		return -1;
	if (!*pack)
		factor = (struct decimal){ 1, 0 };
	if (!*pack && vat->times == vat->by)
		return 0;
	return decimal_times(out, *out, vat->times) != 0 ||
	    decimal_times(&factor, factor, vat->by) != 0 ||
	    decimal_divide(out, *out, factor, MONEY_SCALE) != 0 ? -1 : 0;
}

static void
put_price(const struct map *map, struct str price,
    const struct map_type *type, const struct map_vat *vat,
    struct wanted *out)
{
	struct str text = field_part(price, PRICE_CURRENCY), code;
	char amount[DECIMAL_TEXT_BYTES];
	struct decimal number;
	bool pack;

	if (price_of_piece(&number, price, vat, &pack) != 0)
		return;
	map->work->packs = map->work->packs || pack;
	(void)decimal_format(amount, number);
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
	struct map_vat vat;
	struct map_good good;
	int rc;

	if (rule < 0 || map->prices == OWNER_NEVER)
		return 0;
	if (map_good_find(map, id, &good, err) != 0)
		return -1;
	/* Of goods that go, the prices go with them; one with variations has
	 * none, they have. */
	if (good.state == WANTED_NOTHING || good.state == WANTED_GONE ||
	    good.form == TARGET_NONE || good.form == TARGET_PARENT)
		return 0;
	rc = read_prices(map, id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	price = good.row == NULL && !map_good_counts(map) ? STR_NONE :
	    find_price(map, &map->work->prices.fields, rule, &type);
	/* 1C speaks of the prices of the type, and not of this one any more
	 * (what a package does not speak of is in the record still).  But
	 * where it has no type behind the rule, or calls it another name now,
	 * that would be all prices of a shop: the rule is told instead. */
	if (price.len == 0) {
		if (map->prices == OWNER_1C && map_type_behind(map, rule))
			out->state = WANTED_GONE;
		return 0;
	}
	/* Without its rate the portal's stays: a wrong one is worse. */
	rc = map_vat_way(map, &good, id, type, lead_of(map), &vat, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	put_price(map, price, type, &vat, out);
	if (out->state == WANTED_PRESENT &&
	    target_set(&out->parent, good.form, id) != 0)
		out->state = WANTED_NOTHING;
	return 0;
}

int
map_price_put_vat(const struct map *map, struct str id, struct wanted *out,
    struct err *err)
{
	size_t count = map->config->catalog.price_types.count, i;
	enum map_owner owner = map->goods[FIELD_VAT_INCLUDED];
	const struct map_type *type;
	int rc;

	if (!map->states_vat || owner == OWNER_NEVER)
		return 0;
	rc = read_prices(map, id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	/* One for all goods, whichever of the prices a good has: with that of
	 * the first one that it has, the flag would turn when that price goes,
	 * and with it what the others mean. */
	for (i = 0; i < count; i++) {
		if (find_price(map, &map->work->prices.fields, (int)i,
		    &type).len == 0)
			continue;
		if (type != NULL && type->vat_included != STATED_NOT) {
			if (map_vat_converts(map))
				type = lead_of(map);
			map_derive_put(out, owner, FIELD_VAT_INCLUDED,
			    str_of(type->vat_included == STATED_YES ? "Y" :
			    "N"));
			return 0;
		}
		/* What was converted behind it needs its flag. */
		if (!map_vat_converts(map))
			return 0;
	}
	return 0;
}

/* ---- is there any? ----------------------------------------------------- */

struct search {
	const struct map *map;
	bool found;
};

static void
look_for_price(void *arg, const struct record *record)
{
	static const struct decimal nothing = { 0, 0 };
	struct search *search = arg;
	const struct map_type *type;
	struct decimal amount;
	struct str value;
	enum field field;
	size_t at = 0;

	/* 1C says 0 where there is none. */
	while (!search->found && fields_next(&record->fields, &at, &field,
	    &value))
		search->found = field == FIELD_PRICE && map_type_rule(
		    search->map, field_part(value, PRICE_TYPE), &type) >= 0 &&
		    decimal_parse(&amount, field_part(value,
		    PRICE_AMOUNT)) == 0 && decimal_cmp(amount, nothing) > 0;
}

/* As 1C states it, whatever VAT and currency. */
static void
look_between(void *arg, const struct record *record)
{
	static const struct map_vat as_stated = { 1, 1 };
	static const struct decimal nothing = { 0, 0 };
	struct search *search = arg;
	const struct config *config = search->map->config;
	const char *from = config->catalog.select_price.from;
	const char *to = config->catalog.select_price.to;
	const struct map_type *type;
	struct decimal amount, limit;
	bool pack;
	struct str price = find_price(search->map, &record->fields, ASKED,
	    &type);

	if (search->found || price.len == 0 ||
	    price_of_piece(&amount, price, &as_stated, &pack) != 0)
		return;
	search->found = decimal_cmp(amount, nothing) > 0 &&
	    (from == NULL || (decimal_parse(&limit, str_of(from)) == 0 &&
	    decimal_cmp(amount, limit) >= 0)) &&
	    (to == NULL || (decimal_parse(&limit, str_of(to)) == 0 &&
	    decimal_cmp(amount, limit) <= 0));
}

/* 1: the product or one of its characteristics has what is looked for. */
static int
look(const struct map *map, struct str product,
    void (*visit)(void *arg, const struct record *record), struct err *err)
{
	struct search search = { map, false };
	const struct fields *prices = &map->work->prices.fields;
	struct record record;
	int rc = read_prices(map, product, err);

	if (rc == 0 && map_good_counts(map)) {
		record = (struct record){ RECORD_PRICES, product, *prices };
		visit(&search, &record);
	}
	if (rc == -1 || (!search.found && map_good_each(map, RECORD_PRICES,
	    product, visit, &search, err) != 0))
		return -1;
	return search.found;
}

int
map_price_any(const struct map *map, struct str product, struct err *err)
{
	return look(map, product, look_for_price, err);
}

int
map_price_between(const struct map *map, struct str product, struct err *err)
{
	return look(map, product, look_between, err);
}
