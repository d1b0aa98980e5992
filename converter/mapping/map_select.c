/* Which goods are carried at all (catalog.select). */
#include "mapping/map_internal.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"

/* What names a good: the places of map->selection. */
enum { BY_GOODS, BY_EXCEPT };

void
map_select_open(struct map *map)
{
	const struct config *config = map->config;

	if (config->catalog.select_goods.count == 0 &&
	    config->catalog.select_except.count == 0)
		return;
	map->selection = map_named_new();
	map_named_add(map->selection, &config->catalog.select_goods,
	    BY_GOODS);
	map_named_add(map->selection, &config->catalog.select_except,
	    BY_EXCEPT);
	map_named_sort(map->selection);
}

void
map_select_close(struct map *map)
{
	map_named_free(map->selection);
	map->selection = NULL;
}

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	char end[1] = { text == NULL };

	hash = text == NULL ? hash : str_hash(hash, str_of(text));
	return str_hash(hash, str_n(end, sizeof(end)));
}

static uint64_t
hash_list(uint64_t hash, const struct config_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		hash = hash_text(hash, list->items[i]);
	return hash_text(hash, NULL);
}

uint64_t
map_select_hash(const struct map *map, uint64_t hash)
{
	const struct config *config = map->config;
	size_t i;

	if (map->selection != NULL) {
		hash = hash_list(hash, &config->catalog.select_goods);
		hash = hash_list(hash, &config->catalog.select_except);
	}
	if (config->catalog.select_price.type == NULL)
		return hash;
	hash = hash_text(hash, config->catalog.select_price.type);
	hash = hash_text(hash, config->catalog.select_price.from);
	hash = hash_text(hash, config->catalog.select_price.to);
	for (i = 0; i < map->asked_type_count; i++)
		hash = hash_text(hash, map->asked_types[i]);
	return hash;
}

bool
map_select_asks(const struct map *map)
{
	return map->config->catalog.select_groups.count > 0 ||
	    map->selection != NULL ||
	    map->config->catalog.select_in_stock ||
	    config_selects_by_price(map->config);
}

bool
map_select_excepts(const struct map *map, const struct map_line *line)
{
	const struct config_list *except =
	    &map->config->catalog.select_except;
	size_t i;

	for (i = 0; i < except->count; i++) {
		if (map_line_has(line, except->items[i]))
			return true;
	}
	return false;
}

/* In one of the groups, or below it, and in none that is left out. */
static int
is_in_groups(const struct map *map, bool *out, struct err *err)
{
	bool asked = map->config->catalog.select_groups.count > 0, in = false;
	bool excepted = false;
	struct map_lying lying;
	struct str group;
	size_t at = 0;
	int rc;

	while ((rc = map_group_next(map, &at, &group, &lying, err)) == 1) {
		in = in || lying.selected;
		excepted = excepted || lying.excepted;
	}
	*out = !excepted && (asked ? in :
	    map->config->catalog.select_goods.count == 0);
	return rc;
}

/* By name: the good itself counts before its groups, and what leaves it out
 * before what takes it in. */
static int
is_named(const struct map *map, struct str product, bool *out,
    struct err *err)
{
	const struct fields *fields = &map->work->product.fields;

	*out = false;
	if (map_named_find(map->selection, product, fields, BY_GOODS) ==
	    BY_EXCEPT)
		return 0;
	*out = map_named_find(map->selection, product, fields, -1) ==
	    BY_GOODS;
	return *out ? 0 : is_in_groups(map, out, err);
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
	if ((map->config->catalog.select_groups.count > 0 ||
	    map->selection != NULL) && is_named(map, product, out, err) != 0)
		return -1;
	if (*out && stocked && map->config->catalog.select_in_stock &&
	    is_in_stock(map, product, out, err) != 0)
		return -1;
	if (*out && map->config->catalog.select_priced) {
		priced = map_price_any(map, product, err);
		if (priced == -1)
			return -1;
		*out = priced == 1;
	}
	if (!*out || map->config->catalog.select_price.type == NULL)
		return 0;
	priced = map_price_between(map, product, err);
	*out = priced == 1;
	return priced == -1 ? -1 : 0;
}

/* ---- what nothing bears the name of ------------------------------------ */

struct meeting {
	const struct map *map;
	struct map_line *line;
	bool *met;              /* of select_except: some group is it */
	struct err *err;
};

static int
meet_group(void *arg, const struct record *record)
{
	struct meeting *meeting = arg;
	const struct config_list *except =
	    &meeting->map->config->catalog.select_except;
	size_t i;

	if (map_line_read(meeting->line, meeting->map, record->id,
	    meeting->err) != 0)
		return -1;
	for (i = 0; i < except->count; i++)
		meeting->met[i] = meeting->met[i] ||
		    map_line_has(meeting->line, except->items[i]);
	return 0;
}

static void
tell_named(const struct map *map, const bool *met,
    const struct map_hearer *to)
{
	const struct config_list *except =
	    &map->config->catalog.select_except;
	size_t i, k;

	for (i = 0; i < map->selection->count; i++) {
		const struct map_name_of *named = &map->selection->items[i];

		if (named->met)
			continue;
		if (named->place == BY_GOODS) {
			map_warnings_line(to, _("%s: catalog.select.goods: no "
			    "package has stated a good \"%s\" (Ид, article "
			    "or name; of a characteristic name its product)"),
			    map->config->path, named->text);
			continue;
		}
		for (k = 0; except->items[k] != named->text; )
			k++;
		if (!met[k])
			map_warnings_line(to, _("%s: catalog.select.except: "
			    "no package has stated a group or a good \"%s\""),
			    map->config->path, named->text);
	}
}

/* Before the first package nothing is wrong. */
static int
tell_names(const struct map *map, const struct map_hearer *to,
    struct err *err)
{
	struct meeting meeting = { .map = map, .err = err };
	size_t count = map->config->catalog.select_except.count;
	int rc = map_named_meet(map, map->selection, err);

	if (rc != 1)
		return rc;
	meeting.met = mem_array(count + 1, sizeof(*meeting.met));
	meeting.line = map_line_new();
	rc = count == 0 ? 0 : map->source->each(map->source->ctx,
	    RECORD_GROUP, meet_group, &meeting, err);
	if (rc == 0)
		tell_named(map, meeting.met, to);
	map_line_free(meeting.line);
	free(meeting.met);
	return rc == 0 ? 0 : -1;
}

static int
note_type(void *arg, const struct record *record)
{
	bool *any = arg;

	(void)record;
	*any = true;
	return 1;
}

int
map_select_tell(const struct map *map, const struct map_hearer *to,
    struct err *err)
{
	const char *type = map->config->catalog.select_price.type;
	bool any = false;

	if (map->selection != NULL && tell_names(map, to, err) != 0)
		return -1;
	if (type == NULL || map->asked_type_count > 0)
		return 0;
	if (map->source->each(map->source->ctx, RECORD_PRICE_TYPE, note_type,
	    &any, err) == -1)
		return -1;
	if (any)
		map_warnings_line(to, _("%s: catalog.select.price.type: no "
		    "package has stated the price type \"%s\""),
		    map->config->path, type);
	return 0;
}
