/* Which goods are carried at all (catalog.select). */
#include "mapping/map_internal.h"

bool
map_select_asks(const struct map *map)
{
	return map->config->catalog.select_groups.count > 0 ||
	    map->config->catalog.select_in_stock ||
	    map->config->catalog.select_priced;
}

/* In one of the groups, or below it. */
static int
is_in_groups(const struct map *map, bool *out, struct err *err)
{
	struct map_lying lying;
	struct str group;
	size_t at = 0;
	int rc;

	*out = false;
	while ((rc = map_group_next(map, &at, &group, &lying, err)) == 1)
		*out = *out || lying.selected;
	return rc;
}

static int
is_in_stock(const struct map *map, struct str product, bool *out,
    struct err *err)
{
	static const struct decimal nothing = { 0, 0 };
	struct decimal total;
	bool found;

	if (map_stock_total(map, product, &total, &found, err) != 0)
		return -1;
	*out = found && decimal_cmp(total, nothing) > 0;
	return 0;
}

int
map_select_product(const struct map *map, struct str product, bool *out,
    struct err *err)
{
	/* Nobody has a service in stock. */
	bool stocked = map->work->base.form != TARGET_SERVICE;
	int priced;

	*out = true;
	if (map->config->catalog.select_groups.count > 0 &&
	    is_in_groups(map, out, err) != 0)
		return -1;
	if (*out && stocked && map->config->catalog.select_in_stock &&
	    is_in_stock(map, product, out, err) != 0)
		return -1;
	if (!*out || !map->config->catalog.select_priced)
		return 0;
	priced = map_price_any(map, product, err);
	*out = priced == 1;
	return priced == -1 ? -1 : 0;
}
