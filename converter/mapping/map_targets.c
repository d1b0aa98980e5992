/* Which targets may depend on a record. */
#include "mapping/map_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

typedef int visit_fn(void *ctx, const struct target *target,
    struct err *err);

struct walk {
	const struct map *map;
	visit_fn *visit;
	void *ctx;
};

static int
too_long(struct str id, struct err *err)
{
	return err_set(err, ERR_DATA, _("the id \"%.*s\" is too long"),
	    (int)str_utf8_cut(id, LIMIT_ID_BYTES).len, id.p);
}

static int
visit_one(const struct walk *walk, enum target_kind kind, struct str id,
    struct err *err)
{
	struct target target;

	if (target_set(&target, kind, id) != 0)
		return too_long(id, err);
	return walk->visit(walk->ctx, &target, err);
}

static int
visit_prices(const struct walk *walk, struct str id, struct err *err)
{
	const struct config_map *rules =
	    &walk->map->config->catalog.price_types;
	struct target target;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < rules->count; i++) {
		if (target_set_price(&target, id,
		    str_of(rules->pairs[i].value)) != 0)
			return too_long(id, err);
		rc = walk->visit(walk->ctx, &target, err);
	}
	return rc;
}

static bool
has_target(const struct map *map, enum target_kind kind)
{
	const struct record_source *source = map->source;

	return source->has_target != NULL &&
	    source->has_target(source->ctx, kind);
}

/* ---- forms ------------------------------------------------------------- */

/* A product in each form that it has or may have had. */
static int
visit_product(const struct walk *walk, const struct map_good *good,
    struct err *err)
{
	static const enum target_kind others[] = { TARGET_PARENT,
	    TARGET_SERVICE };
	size_t i;
	int rc = visit_one(walk, TARGET_PRODUCT, good->product, err);

	for (i = 0; rc == 0 && i < sizeof(others) / sizeof(others[0]); i++) {
		if (walk->map->work->base.form == others[i] ||
		    has_target(walk->map, others[i]))
			rc = visit_one(walk, others[i], good->product, err);
	}
	/* Goods with that sign in their id may have been taken for a
	 * characteristic before they had a record. */
	if (rc == 0 && has_target(walk->map, TARGET_OFFER) &&
	    memchr(good->product.p, '#', good->product.len) != NULL)
		rc = visit_one(walk, TARGET_OFFER, good->product, err);
	return rc;
}

/* A characteristic, in the same way. */
static int
visit_offer(const struct walk *walk, struct str id, struct err *err)
{
	enum config_characteristics mode =
	    walk->map->config->catalog.characteristics;
	int rc = 0;

	if (mode == CHARACTERISTICS_VARIATIONS ||
	    has_target(walk->map, TARGET_OFFER))
		rc = visit_one(walk, TARGET_OFFER, id, err);
	if (rc == 0 && (mode == CHARACTERISTICS_PRODUCTS ||
	    has_target(walk->map, TARGET_PRODUCT)))
		rc = visit_one(walk, TARGET_PRODUCT, id, err);
	return rc;
}

static int
visit_good(const struct walk *walk, const struct map_good *good,
    struct str id, struct err *err)
{
	return str_eq(good->product, id) ? visit_product(walk, good, err) :
	    visit_offer(walk, id, err);
}

/* ---- what belongs to a good -------------------------------------------- */

static int
visit_pictures(const struct walk *walk, const struct map_good *good,
    struct str id, struct err *err)
{
	const struct map *map = walk->map;
	const struct fields *record = &map->work->product.fields;
	struct fields copy;
	int rc;

	if (!map->config->catalog.pictures || good->rc != 0)
		return 0;
	if (good->row != NULL && map_good_offer(map, good, id, &record,
	    err) != 0)
		return -1;
	if (record == NULL || !fields_has(record, FIELD_PICTURE))
		return 0;
	/* What visit derives may read another record there. */
	fields_init(&copy);
	fields_copy(&copy, record);
	rc = map_picture_targets(map, id, &copy, walk->visit, walk->ctx,
	    err);
	fields_free(&copy);
	return rc;
}

static int
visit_belongings(const struct walk *walk, const struct map_good *good,
    struct str id, struct err *err)
{
	int rc = visit_prices(walk, id, err);

	if (rc == 0)
		rc = visit_pictures(walk, good, id, err);
	if (rc == 0)
		rc = map_stock_targets(walk->map, good, id, walk->visit,
		    walk->ctx, err);
	return rc;
}

/* The good of the id, and what is its. */
static int
visit_whole(const struct walk *walk, struct str id, struct err *err)
{
	struct map_good good;
	int rc;

	if (map_good_find(walk->map, id, &good, err) != 0)
		return -1;
	rc = visit_good(walk, &good, id, err);
	return rc != 0 ? rc : visit_belongings(walk, &good, id, err);
}

/* The ids of the characteristics: what visit does may read another product
 * into work->base. */
static char **
list_rows(const struct map_base *base, size_t *count)
{
	char **ids = mem_array(base->count + 1, sizeof(*ids));
	size_t i;

	*count = 0;
	for (i = 0; i < base->count; i++) {
		if (!base->rows[i].own)
			ids[(*count)++] = mem_text(base->rows[i].id);
	}
	return ids;
}

/* A product, and each of its characteristics; or a characteristic. */
static int
visit_all(const struct walk *walk, struct str product, struct err *err)
{
	struct map_good good;
	char **ids;
	size_t count, i;
	int rc;

	rc = visit_whole(walk, product, err);
	if (rc == 0 && map_good_find(walk->map, product, &good, err) != 0)
		rc = -1;
	/* A characteristic has none of its own. */
	if (rc != 0 || !str_eq(good.product, product))
		return rc;
	ids = list_rows(&walk->map->work->base, &count);
	for (i = 0; i < count; i++) {
		if (rc == 0)
			rc = visit_whole(walk, str_of(ids[i]), err);
		free(ids[i]);
	}
	free(ids);
	return rc;
}

/*
 * Whether goods are carried depends on the price, or the stock, of any of
 * their characteristics.  Each of these records derives them all: of one good
 * with thousands that is done once, as long as no record changes.
 */
static int
visit_selected(const struct walk *walk, struct str product, struct err *err)
{
	struct map_base *base = &walk->map->work->base;
	bool of_it = str_eq(product, str_n(base->id, base->id_len));
	int rc;

	if (of_it && base->visited && map_good_holds(walk->map))
		return 0;
	rc = visit_all(walk, product, err);
	if (rc == 0 && map_good_holds(walk->map))
		base->visited = str_eq(product, str_n(base->id,
		    base->id_len));
	return rc;
}

/* ---- by kind of record ------------------------------------------------- */

/* An offer names its product too: it may be one with variations from now on,
 * or not any more. */
static int
visit_offer_record(const struct walk *walk, struct str id, struct err *err)
{
	struct map_good good, product;
	int rc;

	if (map_good_find(walk->map, id, &good, err) != 0)
		return -1;
	if (good.row == NULL) {
		if (!str_eq(good.product, id))
			return 0;
		return walk->map->work->base.count > 0 ?
		    visit_all(walk, id, err) :
		    visit_product(walk, &good, err);
	}
	if (map_good_find(walk->map, good.product, &product, err) != 0)
		return -1;
	rc = visit_product(walk, &product, err);
	return rc != 0 ? rc : visit_whole(walk, id, err);
}

/* Prices and rests of an offer that no record explains are nobody's yet. */
static int
visit_prices_record(const struct walk *walk, struct str id, struct err *err)
{
	struct map_good good;
	bool selects = config_selects_by_price(walk->map->config);
	int rc;

	if (!selects && memchr(id.p, '#', id.len) == NULL &&
	    !walk->map->states_vat)
		return visit_prices(walk, id, err);
	if (map_good_find(walk->map, id, &good, err) != 0)
		return -1;
	if (good.row == NULL && !str_eq(good.product, id))
		return 0;
	if (selects)
		return visit_selected(walk, good.product, err);
	/* Whether VAT is included is a field of the good. */
	rc = walk->map->states_vat ? visit_good(walk, &good, id, err) : 0;
	return rc != 0 ? rc : visit_prices(walk, id, err);
}

static int
visit_rests_record(const struct walk *walk, struct str id, struct err *err)
{
	const struct map *map = walk->map;
	struct map_good good;
	int rc;

	if (map_good_find(map, id, &good, err) != 0)
		return -1;
	if (good.row == NULL && !str_eq(good.product, id))
		return 0;
	if (map->config->catalog.select_in_stock)
		return visit_selected(walk, good.product, err);
	/* What is there of an ignored characteristic is the product's. */
	if (good.row != NULL && map->config->catalog.characteristics ==
	    CHARACTERISTICS_IGNORE) {
		id = good.product;
		if (map_good_find(map, id, &good, err) != 0)
			return -1;
	}
	rc = good.row != NULL ? visit_offer(walk, id, err) :
	    visit_one(walk, TARGET_PRODUCT, id, err);
	return rc != 0 ? rc : map_stock_targets(map, &good, id, walk->visit,
	    walk->ctx, err);
}

static int
visit_record(const struct walk *walk, enum record_kind kind, struct str id,
    struct err *err)
{
	switch (kind) {
	case RECORD_GROUP:
		return visit_one(walk, TARGET_SECTION, id, err);
	case RECORD_PRODUCT:
		return visit_all(walk, id, err);
	case RECORD_OFFER:
		return visit_offer_record(walk, id, err);
	case RECORD_PRICES:
		return visit_prices_record(walk, id, err);
	case RECORD_RESTS:
		return visit_rests_record(walk, id, err);
	case RECORD_COUNTERPARTY:
		return map_party_targets(walk->map, id, walk->visit,
		    walk->ctx, err);
	case RECORD_NONE:
	case RECORD_PRICE_TYPE:
	case RECORD_WAREHOUSE:
	case RECORD_UNIT:
	case RECORD_PROPERTY:
	case RECORD_CATEGORY:
	case RECORD_CATALOG:
	case RECORD_DOCUMENT:
	case RECORD_TRAIT:
	case RECORD_LAST:
		break;
	}
	return 0;
}

int
map_targets(const struct map *map, enum record_kind kind, struct str id,
    int (*visit)(void *ctx, const struct target *target, struct err *err),
    void *ctx, struct err *err)
{
	const struct walk walk = { map, visit, ctx };
	struct map_work *work = map->work;
	bool outer = !work->open && id.len <= LIMIT_KEY_BYTES;
	int rc;

	if (outer) {
		work->open = true;
		work->product.known = work->offered;
		work->offered = false;
		work->offer.known = false;
		work->prices.known = false;
		work->rests.known = false;
		work->base.known = map_good_holds(map);
		work->party.known = false;
	}
	rc = visit_record(&walk, kind, id, err);
	if (outer) {
		work->open = false;
		work->party.known = false;
	}
	return rc;
}

void
map_targets_offer(const struct map *map, const struct record *product)
{
	const struct record_source *source = map->source;
	struct map_slot *slot = &map->work->product;

	if (map->work->open || product->id.len > sizeof(slot->id))
		return;
	slot->absent = source->is_absent(source->ctx, RECORD_PRODUCT,
	    product->id) == 1;
	fields_copy(&slot->fields, &product->fields);
	slot->rc = 0;
	slot->id_len = product->id.len;
	memcpy(slot->id, product->id.p, product->id.len);
	map->work->offered = true;
}
