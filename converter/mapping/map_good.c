/*
 * Goods as 1C has them: a product, or a characteristic of one.  A product
 * with its characteristics is read once within map_targets(), and until the
 * records change: each of them is a good or two that is derived for itself.
 */
#include "mapping/map_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct str
id_of(const struct map_slot *slot)
{
	return str_n(slot->id, slot->id_len);
}

/* Kept while records do not change. */
static void
keep(const struct map *map, struct map_slot *slot, struct str id, int rc)
{
	slot->known = map->work->open && id.len <= sizeof(slot->id);
	slot->rc = rc;
	if (!slot->known)
		return;
	slot->id_len = id.len;
	if (id.len > 0)
		memmove(slot->id, id.p, id.len);
}

int
map_good_slot(const struct map *map, struct map_slot *slot,
    enum record_kind kind, struct str id, struct err *err)
{
	const struct record_source *source = map->source;
	int rc;

	if (map->work->open && slot->known && str_eq(id, id_of(slot)))
		return slot->rc;
	slot->known = false;
	/* What map_targets_offer() gave is not there any more. */
	if (slot == &map->work->product)
		map->work->offered = false;
	rc = source->get(source->ctx, kind, id, &slot->fields, err);
	if (rc == -1)
		return -1;
	if (rc == 1)
		fields_clear(&slot->fields);
	keep(map, slot, id, rc);
	return rc;
}

static int
ask_absence(const struct map *map, enum record_kind kind, struct str id,
    bool *out, struct err *err)
{
	int absent = map->source->is_absent(map->source->ctx, kind, id);

	if (absent == -1)
		return err_set(err, ERR_SYSTEM,
		    "state: absence of a product");
	*out = absent == 1;
	return 0;
}

static int
read_product(const struct map *map, struct str id, struct err *err)
{
	struct map_slot *slot = &map->work->product;
	bool before = map->work->open && slot->known &&
	    str_eq(id, id_of(slot));
	int rc = map_good_slot(map, slot, RECORD_PRODUCT, id, err);

	if (rc != 0 || before)
		return rc;
	return ask_absence(map, RECORD_PRODUCT, id, &slot->absent, err);
}

/* ---- the characteristics ---------------------------------------------- */

static void
drop_rows(struct map_base *base)
{
	size_t i;

	for (i = 0; i < base->count; i++)
		free(base->rows[i].id);
	base->count = 0;
	map_stock_forget(base);
}

void
map_good_forget(struct map_work *work)
{
	drop_rows(&work->base);
	free(work->base.rows);
	work->base.rows = NULL;
	work->base.size = 0;
}

static int
take_row(void *arg, const struct record *record, bool absent)
{
	struct map_base *base = arg;
	struct map_row *row;

	if (base->count == base->size) {
		base->size = base->size == 0 ? 16 : base->size * 2;
		base->rows = mem_resize(base->rows, base->size,
		    sizeof(*base->rows));
	}
	row = &base->rows[base->count++];
	memset(row, 0, sizeof(*row));
	row->id = mem_text_n(record->id.p, record->id.len);
	row->deleted = str_is(fields_get(&record->fields, FIELD_DELETED),
	    "1");
	row->absent = absent;
	return 0;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct map_row *left = a, *right = b;

	return strcmp(left->id, right->id);
}

static int
compare_row(const void *key, const void *row)
{
	const struct str *id = key;

	return str_cmp(*id, str_of(((const struct map_row *)row)->id));
}

const struct map_row *
map_good_row(const struct map *map, struct str id)
{
	const struct map_base *base = &map->work->base;

	if (base->count == 0)
		return NULL;
	return bsearch(&id, base->rows, base->count, sizeof(*base->rows),
	    compare_row);
}

static bool
has_characteristics(const struct map *map)
{
	const struct record_source *source = map->source;

	return source->each_of != NULL && source->has_characteristics != NULL
	    && source->has_characteristics(source->ctx);
}

/* Is there an offer of the product itself, and 1C still names it? *plain; it
 * decides nothing where there is no characteristic. */
static int
ask_own(const struct map *map, struct str product, bool *plain,
    struct err *err)
{
	struct map_base *base = &map->work->base;
	int rc;

	*plain = false;
	base->own_absent = false;
	if (base->count == 0)
		return 0;
	rc = map_good_slot(map, &map->work->offer, RECORD_OFFER, product,
	    err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (ask_absence(map, RECORD_OFFER, product, &base->own_absent,
	    err) != 0)
		return -1;
	*plain = !base->own_absent;
	return 0;
}

bool
map_good_counts(const struct map *map)
{
	const struct map_base *base = &map->work->base;

	return !base->live || !base->own_absent;
}

static int
read_rows(const struct map *map, struct str product, struct err *err)
{
	const struct record_source *source = map->source;
	struct map_base *base = &map->work->base;
	size_t i;
	int rc;

	if (!has_characteristics(map))
		return 0;
	rc = source->each_of(source->ctx, RECORD_OFFER, product, take_row,
	    base, err);
	if (rc != 0)
		return -1;
	if (base->count > 1)
		qsort(base->rows, base->count, sizeof(*base->rows),
		    compare_rows);
	for (i = 0; i < base->count; i++) {
		rc = source->get(source->ctx, RECORD_PRODUCT,
		    str_of(base->rows[i].id), &map->work->group, err);
		if (rc == -1)
			return -1;
		base->rows[i].own = rc == 0;
	}
	return 0;
}

/* ---- a product and all that is known of it ---------------------------- */

static uint64_t
generation_of(const struct map *map)
{
	const struct record_source *source = map->source;

	return source->generation == NULL ? 0 :
	    source->generation(source->ctx);
}

bool
map_good_holds(const struct map *map)
{
	const struct map_base *base = &map->work->base;

	return base->known && base->generation != 0 &&
	    base->generation == generation_of(map);
}

/* Within map_targets() records do not change. */
static bool
is_base_known(const struct map *map)
{
	return map->work->open ? map->work->base.known : map_good_holds(map);
}

int
map_good_base(const struct map *map, struct str product, struct err *err)
{
	struct map_base *base = &map->work->base;
	bool plain;

	if (is_base_known(map) &&
	    str_eq(product, str_n(base->id, base->id_len)))
		return read_product(map, product, err) == -1 ? -1 : 0;
	base->known = base->visited = false;
	drop_rows(base);
	base->rc = read_product(map, product, err);
	if (base->rc == -1)
		return -1;
	base->selected = true;
	if (read_rows(map, product, err) != 0 ||
	    ask_own(map, product, &plain, err) != 0)
		return -1;
	map_form_decide(map, plain);
	if (base->rc == 0 && map_select_asks(map) &&
	    map_select_product(map, product, &base->selected, err) != 0)
		return -1;
	base->generation = generation_of(map);
	base->known = (map->work->open || base->generation != 0) &&
	    product.len <= sizeof(base->id);
	if (!base->known)
		return 0;
	base->id_len = product.len;
	memmove(base->id, product.p, product.len);
	return 0;
}

/*
 * "goods#characteristic" is no product, but for goods whose own id has that
 * sign in it: they have a record under the whole.  1: it is one; -1.
 */
static int
is_product(const struct map *map, struct str id, struct err *err)
{
	const struct map_row *row;
	int rc;

	if (memchr(id.p, '#', id.len) == NULL)
		return 1;
	row = is_base_known(map) ? map_good_row(map, id) : NULL;
	if (row != NULL)
		return row->own;
	rc = read_product(map, id, err);
	return rc == -1 ? -1 : rc == 0;
}

int
map_good_find(const struct map *map, struct str id, struct map_good *out,
    struct err *err)
{
	const struct map_base *base = &map->work->base;
	int whole;

	memset(out, 0, sizeof(*out));
	out->rc = 1;
	if (id.len == 0)
		return 0;
	whole = is_product(map, id, err);
	if (whole == -1)
		return -1;
	out->product = id;
	if (!whole)
		out->product.len = (size_t)((const char *)memchr(id.p, '#',
		    id.len) - id.p);
	if (out->product.len == 0)
		return 0;
	if (map_good_base(map, out->product, err) != 0)
		return -1;
	if (!whole)
		out->row = map_good_row(map, id);
	if (base->rc == 0 && (whole || out->row != NULL))
		out->rc = 0;
	map_form_state(map, out);
	return 0;
}

struct each {
	const struct map *map;
	void (*visit)(void *arg, const struct record *record);
	void *arg;
};

static int
visit_live(void *arg, const struct record *record, bool absent)
{
	const struct each *each = arg;
	const struct map_row *row = map_good_row(each->map, record->id);

	(void)absent;
	if (row != NULL && row->live)
		each->visit(each->arg, record);
	return 0;
}

int
map_good_each(const struct map *map, enum record_kind kind,
    struct str product, void (*visit)(void *arg,
    const struct record *record), void *arg, struct err *err)
{
	const struct map_base *base = &map->work->base;
	struct each each = { map, visit, arg };

	if (base->count == 0)
		return 0;
	return map->source->each_of(map->source->ctx, kind, product,
	    visit_live, &each, err) == 0 ? 0 : -1;
}

bool
map_good_may_be_listed(const struct map_good *good)
{
	return memchr(good->product.p, '#', good->product.len) != NULL;
}

int
map_good_offer(const struct map *map, const struct map_good *good,
    struct str id, const struct fields **out, struct err *err)
{
	int rc;

	*out = NULL;
	if (good->row == NULL && !map->reads_offers &&
	    !map_good_may_be_listed(good))
		return 0;
	rc = map_good_slot(map, &map->work->offer, RECORD_OFFER, id, err);
	if (rc == 0)
		*out = &map->work->offer.fields;
	return rc == -1 ? -1 : 0;
}
