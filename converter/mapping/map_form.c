/*
 * What a good of 1C is in the portal, and what becomes of it.  A product is
 * one of: a service, a product with variations, a plain product, or nothing
 * itself where each of its characteristics is a product.
 */
#include "mapping/map_internal.h"

static bool
is_marked_off(const struct map *map, bool deleted)
{
	return deleted && map->config->catalog.marked != MARKED_KEEP;
}

bool
map_form_is_service(const struct fields *product)
{
	struct str kind = STR_NONE, other = STR_NONE, value, name;
	enum field field;
	size_t at = 0;

	while (fields_next(product, &at, &field, &value) &&
	    field <= FIELD_REQUISITE) {
		if (field != FIELD_REQUISITE)
			continue;
		name = field_part(value, 0);
		if (str_is(name, "ТипНоменклатуры"))
			kind = field_part(value, 1);
		else if (str_is(name, "ВидНоменклатуры"))
			other = field_part(value, 1);
	}
	if (kind.len == 0)
		kind = other;
	/* ERP calls so what its own workers do. */
	return kind.len > 0 && (str_same_name(kind, str_of("Услуга")) ||
	    str_same_name(kind, str_of("Работа")));
}

/* Does the characteristic count only where its product is not offered without
 * any? */
static bool
is_doubtful(const struct map *map, const struct map_row *row)
{
	return row->absent || (row->deleted &&
	    map->config->catalog.marked == MARKED_KEEP);
}

/*
 * Does the characteristic make the product one with variations?  One that
 * 1C does not name any more, or marked deleted while that changes nothing,
 * does not where the product is now offered without any; a product that goes
 * keeps its form, for its variations go with it.
 */
static bool
is_live(const struct map *map, const struct map_row *row, bool leaving,
    bool plain)
{
	if (row->own)
		return false;
	if (plain && is_doubtful(map, row))
		return false;
	if (leaving)
		return true;
	if (is_marked_off(map, row->deleted))
		return false;
	return !row->absent || map->config->catalog.absent == ABSENT_KEEP;
}

void
map_form_decide(const struct map *map, bool plain)
{
	struct map_base *base = &map->work->base;
	const struct map_slot *product = &map->work->product;
	bool leaving, any = false;
	size_t i;

	leaving = base->rc == 0 && (product->absent || is_marked_off(map,
	    str_is(fields_get(&product->fields, FIELD_DELETED), "1")));
	for (i = 0; i < base->count; i++) {
		base->rows[i].live = is_live(map, &base->rows[i], leaving,
		    plain);
		any = any || base->rows[i].live;
	}
	base->live = any;
	base->form = TARGET_PRODUCT;
	if (base->rc != 0)
		return;
	if (map_form_is_service(&product->fields)) {
		base->form = TARGET_SERVICE;
		return;
	}
	if (!any)
		return;
	switch (map->config->catalog.characteristics) {
	case CHARACTERISTICS_VARIATIONS:
		base->form = TARGET_PARENT;
		break;
	case CHARACTERISTICS_PRODUCTS:
		base->form = TARGET_NONE;
		break;
	case CHARACTERISTICS_IGNORE:
		break;
	}
}

static enum target_kind
form_of_row(const struct map *map, const struct map_row *row)
{
	const struct map_base *base = &map->work->base;
	bool leaves = is_marked_off(map, row->deleted) || (row->absent &&
	    map->config->catalog.absent != ABSENT_KEEP);

	switch (map->config->catalog.characteristics) {
	case CHARACTERISTICS_VARIATIONS:
		return base->form == TARGET_PARENT ? TARGET_OFFER :
		    TARGET_NONE;
	case CHARACTERISTICS_PRODUCTS:
		/* What goes was a product, and goes as one. */
		return base->form == TARGET_NONE ||
		    (leaves && base->form == TARGET_PRODUCT) ?
		    TARGET_PRODUCT : TARGET_NONE;
	case CHARACTERISTICS_IGNORE:
		break;
	}
	return TARGET_NONE;
}

/* ---- states ------------------------------------------------------------ */

static enum wanted_state
state_of(const struct map *map, bool deleted, bool absent, bool *off)
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
	enum wanted_state state = WANTED_PRESENT;

	if (deleted)
		state = by_mark[map->config->catalog.marked];
	else if (absent)
		state = by_absence[map->config->catalog.absent];
	if (state == WANTED_INACTIVE &&
	    !(deleted && map->config->catalog.marked == MARKED_KEEP))
		*off = true;
	return state;
}

/* What nobody asked for is treated as what is absent, but that it is not
 * looked for in order to be switched off. */
static void
leave_out(const struct map *map, struct map_good *good)
{
	switch (map->config->catalog.absent) {
	case ABSENT_DELETE:
		good->state = WANTED_GONE;
		return;
	case ABSENT_DEACTIVATE:
		good->off = true;
		break;
	case ABSENT_KEEP:
		break;
	}
	good->state = WANTED_KEPT;
}

void
map_form_state(const struct map *map, struct map_good *good)
{
	const struct map_base *base = &map->work->base;
	const struct map_slot *product = &map->work->product;
	enum wanted_state own;

	good->state = WANTED_NOTHING;
	good->form = base->form;
	/* The portal makes nothing without a name. */
	if (good->rc != 0 || !fields_has(&product->fields, FIELD_NAME))
		return;
	good->state = state_of(map, str_is(fields_get(&product->fields,
	    FIELD_DELETED), "1"), product->absent, &good->off);
	if (good->row != NULL) {
		good->form = form_of_row(map, good->row);
		own = state_of(map, good->row->deleted, good->row->absent,
		    &good->off);
		if (good->state == WANTED_PRESENT || own == WANTED_GONE)
			good->state = own;
	}
	good->absent = good->state == WANTED_PRESENT && (product->absent ||
	    (good->row != NULL && good->row->absent));
	if (!base->selected && good->state != WANTED_GONE)
		leave_out(map, good);
}
