/*
 * Stock.  Where the portal has no documents of stock the quantity is a field
 * of the good; where it has, each warehouse that is carried is a target of
 * its own, and documents bring it about.
 */
#include "mapping/map_internal.h"

#include <stdlib.h>

#include "base/mem.h"

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

/* ---- what the characteristics have together ---------------------------- */

struct store_sum {
	char *id;
	struct decimal total;
	bool found;
};

/* Read once for all that is derived of a product and of its characteristics:
 * each record of one of thousands derives the product, where it is their sum
 * there. */
struct map_rests {
	const struct map *map;
	struct decimal total;
	bool found;
	struct store_sum *stores;
	size_t count, size;
};

void
map_stock_forget(struct map_base *base)
{
	struct map_rests *rests = base->rests;

	if (rests == NULL)
		return;
	while (rests->count > 0)
		free(rests->stores[--rests->count].id);
	free(rests->stores);
	free(rests);
	base->rests = NULL;
}

static struct store_sum *
find_store_sum(const struct map_rests *rests, struct str store)
{
	size_t i;

	for (i = 0; i < rests->count; i++)
		if (str_is(store, rests->stores[i].id))
			return &rests->stores[i];
	return NULL;
}

static struct store_sum *
add_store_sum(struct map_rests *rests, struct str store)
{
	struct store_sum *sum = find_store_sum(rests, store);

	if (sum != NULL)
		return sum;
	if (rests->count == rests->size) {
		rests->size = rests->size == 0 ? 8 : rests->size * 2;
		rests->stores = mem_resize(rests->stores, rests->size,
		    sizeof(*rests->stores));
	}
	sum = &rests->stores[rests->count++];
	*sum = (struct store_sum){ mem_text_n(store.p, store.len), { 0, 0 },
	    false };
	return sum;
}

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

/* Is it named by a value before this one? */
static bool
was_named(const struct fields *rests, size_t end, struct str store)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(rests, &at, &field, &value) && at < end)
		if (field == FIELD_STOCK &&
		    str_eq(field_part(value, 0), store))
			return true;
	return false;
}

static void
add_stores(struct map_rests *rests, const struct fields *record)
{
	struct store_sum *sum;
	struct decimal part;
	struct str value, store;
	enum field field;
	size_t at = 0;

	while (fields_next(record, &at, &field, &value)) {
		store = field_part(value, 0);
		if (field != FIELD_STOCK || was_named(record, at, store))
			continue;
		sum = add_store_sum(rests, store);
		if (find_store(record, store, &part) &&
		    decimal_add(&sum->total, sum->total, part) == 0)
			sum->found = true;
	}
}

static void
add_record(void *arg, const struct record *record)
{
	struct map_rests *rests = arg;
	struct decimal part;

	if (total_of(rests->map, &record->fields, &part) &&
	    decimal_add(&rests->total, rests->total, part) == 0)
		rests->found = true;
	add_stores(rests, &record->fields);
}

/* *out: of the base that is read, and its. */
static int
sum_characteristics(const struct map *map, struct str product,
    const struct map_rests **out, struct err *err)
{
	struct map_base *base = &map->work->base;

	if (base->rests == NULL) {
		base->rests = mem_alloc(sizeof(*base->rests));
		base->rests->map = map;
		if (map_good_each(map, RECORD_RESTS, product, add_record,
		    base->rests, err) != 0) {
			map_stock_forget(base);
			return -1;
		}
	}
	*out = base->rests;
	return 0;
}

/* ---- a quantity -------------------------------------------------------- */

static int
read_rests(const struct map *map, struct str id, struct err *err)
{
	return map_good_slot(map, &map->work->rests, RECORD_RESTS, id, err);
}

int
map_stock_total(const struct map *map, struct str product,
    struct decimal *out, bool *found, struct err *err)
{
	const struct map_rests *rests;
	struct decimal own;
	int rc = read_rests(map, product, err);

	if (rc == -1 || sum_characteristics(map, product, &rests, err) != 0)
		return -1;
	*out = rests->total;
	*found = rests->found;
	if (rc == 0 && map_good_counts(map) &&
	    total_of(map, &map->work->rests.fields, &own) &&
	    decimal_add(out, *out, own) == 0)
		*found = true;
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
	const struct map_rests *rests;
	struct decimal total;
	int rc;

	if (!map->facts.quantity || map->facts.documents ||
	    map->goods[FIELD_QUANTITY] == OWNER_NEVER)
		return 0;
	rc = read_rests(map, id, err);
	if (rc == -1)
		return -1;
	if (rc == 0 && (good->row != NULL || map_good_counts(map)) &&
	    total_of(map, &map->work->rests.fields, &total)) {
		put_amount(map, total, out);
		return 0;
	}
	if (good->row != NULL)
		return 0;
	/* Without characteristics in the portal what is there of them is
	 * there of the product. */
	if (sum_characteristics(map, good->product, &rests, err) != 0)
		return -1;
	if (rests->found)
		put_amount(map, rests->total, out);
	return 0;
}

/* ---- by warehouses ----------------------------------------------------- */

/* Each warehouse once. */
static void
list_stores(const struct fields *rests, struct fields *stores)
{
	struct str value, store;
	enum field field;
	size_t at = 0;

	while (fields_next(rests, &at, &field, &value)) {
		store = field_part(value, 0);
		if (field == FIELD_STOCK && !was_named(rests, at, store))
			(void)fields_add(stores, FIELD_STOCK, store);
	}
}

/* Has the good rests of its own, by warehouse?  Else those of its
 * characteristics count, for they are nothing in the portal then.  1; 0;
 * -1. */
static int
has_own_rests(const struct map *map, const struct map_good *good,
    struct str id, struct err *err)
{
	int rc = read_rests(map, id, err);

	if (rc == -1)
		return -1;
	return rc == 0 && (good->row != NULL || map_good_counts(map)) &&
	    fields_has(&map->work->rests.fields, FIELD_STOCK);
}

static int
list_all_stores(const struct map *map, const struct map_good *good,
    struct str id, struct fields *stores, struct err *err)
{
	const struct map_rests *rests;
	int rc = has_own_rests(map, good, id, err);

	if (rc == 1)
		list_stores(&map->work->rests.fields, stores);
	if (rc != 0 || good->row != NULL)
		return rc == -1 ? -1 : 0;
	if (sum_characteristics(map, id, &rests, err) != 0)
		return -1;
	for (size_t i = 0; i < rests->count; i++)
		(void)fields_add(stores, FIELD_STOCK,
		    str_of(rests->stores[i].id));
	return 0;
}

/* 1: 1C has so much there; 0: it does not say; -1. */
static int
amount_in_store(const struct map *map, const struct map_good *good,
    struct str id, struct str store, struct decimal *out, struct err *err)
{
	const struct map_rests *rests;
	const struct store_sum *sum;
	int rc = has_own_rests(map, good, id, err);

	if (rc == 1)
		return find_store(&map->work->rests.fields, store, out);
	if (rc == -1 || good->row != NULL)
		return rc;
	if (sum_characteristics(map, id, &rests, err) != 0)
		return -1;
	sum = find_store_sum(rests, store);
	if (sum == NULL || !sum->found)
		return 0;
	*out = sum->total;
	return 1;
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
	rc = list_all_stores(map, good, id, &stores, err);
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
	struct str store = target_rule(target);
	struct map_good good;
	struct decimal amount;
	int rc;

	if (!map->facts.documents ||
	    map->goods[FIELD_QUANTITY] == OWNER_NEVER ||
	    !map_term_carried(map, TERM_STORE, STR_NONE, store))
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
	rc = amount_in_store(map, &good, id, store, &amount, err);
	if (rc != 1)
		return rc;
	out->state = WANTED_PRESENT;
	put_amount(map, amount, out);
	return 0;
}
