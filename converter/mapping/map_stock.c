/*
 * Stock.  Where the portal has no documents of stock the quantity is a field
 * of the good; where it has, each warehouse that is carried is a target of
 * its own, and documents bring it about.
 */
#include "mapping/map_internal.h"

static bool
is_counted(const struct map *map, struct str store)
{
	return !map->ignores_stores || map_term_rule(map, TERM_STORE, store,
	    STR_NONE, NULL) != TERM_IGNORED;
}

/* The sum over the warehouses that count; false when none has a number. */
static bool
sum_stores(const struct map *map, const struct fields *rests,
    struct decimal *sum)
{
	struct decimal part;
	bool found = false;
	struct str value;
	enum field field;
	size_t at = 0;

	*sum = (struct decimal){ 0, 0 };
	while (fields_next(rests, &at, &field, &value) &&
	    field <= FIELD_STOCK) {
		if (field != FIELD_STOCK ||
		    decimal_parse(&part, field_part(value, 1)) != 0)
			continue;
		found = true;
		if (is_counted(map, field_part(value, 0)) &&
		    decimal_add(sum, *sum, part) != 0)
			return false;
	}
	return found;
}

/* The total that 1C states, but where warehouses are left out of it. */
static bool
total_of(const struct map *map, const struct fields *rests,
    struct decimal *out)
{
	if (map->ignores_stores && sum_stores(map, rests, out))
		return true;
	return decimal_parse(out, fields_get(rests, FIELD_QUANTITY)) == 0 ||
	    sum_stores(map, rests, out);
}

struct sum {
	const struct map *map;
	struct decimal total;
	bool found;
};

static void
add_total(struct sum *sum, const struct fields *rests)
{
	struct decimal part;

	if (total_of(sum->map, rests, &part) &&
	    decimal_add(&sum->total, sum->total, part) == 0)
		sum->found = true;
}

static void
add_record(void *arg, const struct record *record)
{
	add_total(arg, &record->fields);
}

static int
read_rests(const struct map *map, struct str id, struct err *err)
{
	return map_good_slot(map, &map->work->rests, RECORD_RESTS, id, err);
}

int
map_stock_total(const struct map *map, struct str product,
    struct decimal *out, bool *found, struct err *err)
{
	struct sum sum = { map, { 0, 0 }, false };
	int rc = read_rests(map, product, err);

	if (rc == 0 && map_good_counts(map))
		add_total(&sum, &map->work->rests.fields);
	if (rc == -1 || map_good_each(map, RECORD_RESTS, product, add_record,
	    &sum, err) != 0)
		return -1;
	*out = sum.total;
	*found = sum.found;
	return 0;
}

static void
put_amount(const struct map *map, struct decimal amount, struct wanted *out)
{
	char text[DECIMAL_TEXT_BYTES];
	size_t len;

	if (decimal_is_negative(amount) &&
	    map->config->catalog.negative_zero)
		amount = (struct decimal){ 0, 0 };
	len = decimal_format(text, amount);
	map_derive_put(out, map->goods[FIELD_QUANTITY], FIELD_QUANTITY,
	    str_n(text, len));
}

int
map_stock_put(const struct map *map, const struct map_good *good,
    struct str id, struct wanted *out, struct err *err)
{
	struct sum sum = { map, { 0, 0 }, false };
	int rc;

	if (!map->facts.quantity || map->facts.documents ||
	    map->goods[FIELD_QUANTITY] == OWNER_NEVER)
		return 0;
	rc = read_rests(map, id, err);
	if (rc == -1)
		return -1;
	if (rc == 0 && (good->row != NULL || map_good_counts(map)))
		add_total(&sum, &map->work->rests.fields);
	/* Without characteristics in the portal what is there of them is
	 * there of the product. */
	if (!sum.found && good->row == NULL && map_good_each(map,
	    RECORD_RESTS, good->product, add_record, &sum, err) != 0)
		return -1;
	if (sum.found)
		put_amount(map, sum.total, out);
	return 0;
}

/* ---- by warehouses ----------------------------------------------------- */

/* What a record says of the warehouse; the last one counts. */
static bool
find_store(const struct fields *rests, struct str store, struct decimal *out)
{
	bool found = false;
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(rests, &at, &field, &value))
		if (field == FIELD_STOCK && str_eq(field_part(value, 0),
		    store) && decimal_parse(out, field_part(value, 1)) == 0)
			found = true;
	return found;
}

struct store_sum {
	struct str store;
	struct decimal total;
	bool found;
};

static void
add_store(void *arg, const struct record *record)
{
	struct store_sum *sum = arg;
	struct decimal part;

	if (find_store(&record->fields, sum->store, &part) &&
	    decimal_add(&sum->total, sum->total, part) == 0)
		sum->found = true;
}

static bool
has_store(const struct fields *stores, struct str store)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(stores, &at, &field, &value))
		if (str_eq(value, store))
			return true;
	return false;
}

/* Each warehouse once. */
static void
list_stores(void *arg, const struct record *record)
{
	struct fields *stores = arg;
	struct str value, store;
	enum field field;
	size_t at = 0;

	while (fields_next(&record->fields, &at, &field, &value)) {
		store = field_part(value, 0);
		if (field == FIELD_STOCK && !has_store(stores, store))
			(void)fields_add(stores, FIELD_STOCK, store);
	}
}

/* Of the good's own rests; or, where it has none, of what its characteristics
 * have, for they are nothing in the portal then. */
static int
each_rests(const struct map *map, const struct map_good *good, struct str id,
    void (*visit)(void *arg, const struct record *record), void *arg,
    struct err *err)
{
	struct record record = { .kind = RECORD_RESTS, .id = id };
	int rc = read_rests(map, id, err);

	if (rc == -1)
		return -1;
	if (rc == 0 && (good->row != NULL || map_good_counts(map)) &&
	    fields_has(&map->work->rests.fields, FIELD_STOCK)) {
		record.fields = map->work->rests.fields;
		visit(arg, &record);
		return 0;
	}
	return good->row != NULL ? 0 : map_good_each(map, RECORD_RESTS, id,
	    visit, arg, err);
}

/* What 1C has, and in no warehouse, gets into no document. */
static bool
is_unplaced(const struct map *map, const struct map_good *good,
    const struct fields *stores)
{
	struct decimal amount;

	return map->facts.documents && map->goods[FIELD_QUANTITY] !=
	    OWNER_NEVER && (good->form == TARGET_PRODUCT ||
	    good->form == TARGET_OFFER) && !fields_has(stores, FIELD_STOCK) &&
	    decimal_parse(&amount, fields_get(&map->work->rests.fields,
	    FIELD_QUANTITY)) == 0 && amount.digits != 0;
}

int
map_stock_targets(const struct map *map, const struct map_good *good,
    struct str id, int (*visit)(void *ctx, const struct target *target,
    struct err *err), void *ctx, struct err *err)
{
	const struct record_source *source = map->source;
	/* What was agreed of a store that is not carried any more, or of a
	 * portal that had documents, is agreed no longer: they are named, so
	 * that it is forgotten. */
	bool held = source->has_target != NULL &&
	    source->has_target(source->ctx, TARGET_STOCK);
	struct fields stores;
	struct target target;
	struct str store;
	enum field field;
	size_t at = 0;
	int rc;

	if ((!map->facts.documents && !held) || good->rc != 0)
		return 0;
	fields_init(&stores);
	rc = each_rests(map, good, id, list_stores, &stores, err);
	if (rc == 0 && is_unplaced(map, good, &stores))
		map->work->unplaced = true;
	while (rc == 0 && fields_next(&stores, &at, &field, &store)) {
		if ((held || map_term_carried(map, TERM_STORE, STR_NONE,
		    store)) && target_set_part(&target, TARGET_STOCK, id,
		    store) == 0)
			rc = visit(ctx, &target, err);
	}
	fields_free(&stores);
	return rc;
}

int
map_stock_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	struct str id = target_id(target);
	struct store_sum sum = { target_rule(target), { 0, 0 }, false };
	struct map_good good;

	if (!map->facts.documents ||
	    map->goods[FIELD_QUANTITY] == OWNER_NEVER ||
	    !map_term_carried(map, TERM_STORE, STR_NONE, sum.store))
		return 0;
	if (map_good_find(map, id, &good, err) != 0)
		return -1;
	if (good.state == WANTED_NOTHING)
		return 0;
	out->replaced = good.form != TARGET_PRODUCT &&
	    good.form != TARGET_OFFER;
	if (out->replaced || good.state == WANTED_GONE ||
	    target_set(&out->parent, good.form, id) != 0)
		return 0;
	if (each_rests(map, &good, id, add_store, &sum, err) != 0)
		return -1;
	if (!sum.found)
		return 0;
	out->state = WANTED_PRESENT;
	put_amount(map, sum.total, out);
	return 0;
}
