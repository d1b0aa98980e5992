/*
 * Where a good lies: its main section, and the further ones of a good that 1C
 * puts into several groups, or that the managers' tree names several times.
 */
#include "mapping/map_internal.h"

#include <stdlib.h>

#include "base/mem.h"

/* Sections of one good; as many as its record names, or the tree. */
struct sections {
	struct target *items;
	size_t count, size;
};

static void
put(const struct map *map, struct wanted *out, enum field field,
    struct str value)
{
	map_derive_put(out, map->goods[FIELD_GROUP], field, value);
}

/* ---- the main one ------------------------------------------------------ */

/* The place of the managers' tree that a group of the good leads to: the first
 * in the file; -1: none. */
static int
place_by_groups(const struct map *map, int *place, struct err *err)
{
	struct map_lying lying;
	struct str group;
	size_t at = 0;
	int rc;

	while ((rc = map_group_next(map, &at, &group, &lying, err)) == 1)
		if (lying.place >= 0 && (*place < 0 || lying.place < *place))
			*place = lying.place;
	return rc;
}

/* 1: it has a place in the tree; 0; -1.  *named: the tree names itself. */
static int
place_in_tree(const struct map *map, struct str product, struct wanted *out,
    bool *named, struct err *err)
{
	int place;

	if (map->tree == NULL)
		return 0;
	place = map_tree_of_good(map, product, &map->work->product.fields,
	    -1);
	*named = place >= 0;
	if (place < 0 && place_by_groups(map, &place, err) != 0)
		return -1;
	if (place < 0 || map_tree_section(map, place, &out->parent) != 0)
		return 0;
	put(map, out, FIELD_GROUP, target_id(&out->parent));
	return 1;
}

/* The first group that is a section; a better one may still come. */
static int
place_in_group(const struct map *map, struct wanted *out, struct err *err)
{
	struct map_lying lying;
	struct str group;
	bool stays = false;
	size_t at = 0;
	int rc;

	while ((rc = map_group_next(map, &at, &group, &lying, err)) == 1) {
		/* Of a group that is not selected there is no section. */
		if (lying.state == 0 && !lying.selected) {
			stays = true;
			continue;
		}
		if (lying.state == 0 && target_set(&out->parent,
		    TARGET_SECTION, group) == 0) {
			put(map, out, FIELD_GROUP, group);
			return 0;
		}
		out->orphan = true;
	}
	if (rc == -1)
		return -1;
	/* No group: the top.  An unknown one: where it is. */
	if (!out->orphan && !stays) {
		put(map, out, FIELD_GROUP, STR_NONE);
		put(map, out, FIELD_SECTIONS, STR_NONE);
	}
	return 0;
}

/* ---- the further ones -------------------------------------------------- */

static void
add_section(struct sections *all, const struct target *section)
{
	if (all->count == all->size) {
		all->size = all->size == 0 ? 8 : all->size * 2;
		all->items = mem_resize(all->items, all->size,
		    sizeof(*all->items));
	}
	all->items[all->count++] = *section;
}

static void
add_place(const struct map *map, struct sections *all, int place)
{
	struct target section;

	if (map_tree_section(map, place, &section) == 0)
		add_section(all, &section);
}

static void
add_named(const struct map *map, struct str product, struct sections *all)
{
	int place = -1;

	while ((place = map_tree_of_good(map, product,
	    &map->work->product.fields, place)) >= 0)
		add_place(map, all, place);
}

/* All places that name the group or one above it. */
static int
add_places(const struct map *map, struct str group,
    const struct map_lying *lying, struct sections *all, struct err *err)
{
	struct map_line *line;
	int place, rc;

	add_place(map, all, lying->place);
	if (!lying->again)
		return 0;
	line = map_line_new();
	rc = map_line_read(line, map, group, err);
	for (place = lying->place; rc == 0 &&
	    (place = map_tree_of_group(map, line, place)) >= 0; )
		add_place(map, all, place);
	map_line_free(line);
	return rc;
}

static int
add_groups(const struct map *map, struct sections *all, struct wanted *out,
    struct err *err)
{
	struct map_lying lying;
	struct target section;
	struct str group;
	size_t at = 0;
	int rc;

	while ((rc = map_group_next(map, &at, &group, &lying, err)) == 1) {
		if (lying.place >= 0) {
			if (add_places(map, group, &lying, all, err) != 0)
				return -1;
		} else if (lying.state != 0) {
			out->orphan = true;
		} else if (lying.selected && target_set(&section,
		    TARGET_SECTION, group) == 0) {
			add_section(all, &section);
		}
	}
	return rc;
}

static int
compare_sections(const void *a, const void *b)
{
	return str_cmp(target_id(a), target_id(b));
}

/* The main one, then the others, each once and sorted: in what order 1C names
 * them is no change. */
static void
put_sections(const struct map *map, struct sections *all, struct wanted *out)
{
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str main = target_id(&out->parent), id, last = STR_NONE;
	size_t i, count = 0;

	if (all->count > 0)
		qsort(all->items, all->count, sizeof(*all->items),
		    compare_sections);
	(void)buf_add(&text, main.p, main.len);
	for (i = 0; i < all->count; i++) {
		id = target_id(&all->items[i]);
		if (str_eq(id, main) || str_eq(id, last))
			continue;
		(void)buf_add_char(&text, FIELD_PART);
		(void)buf_add(&text, id.p, id.len);
		last = id;
		count++;
	}
	if (count > 0 && !text.full)
		put(map, out, FIELD_SECTIONS, str_n(buf_text(&text),
		    text.len));
	else if (map->goods[FIELD_GROUP] == OWNER_1C)
		put(map, out, FIELD_SECTIONS, STR_NONE);
	buf_free(&text);
}

/* Most goods lie in one group, and there is no tree. */
static bool
may_have_further(const struct map *map)
{
	enum field field;
	struct str value;
	size_t at = 0, groups = 0;

	if (map->tree != NULL)
		return true;
	while (fields_next(&map->work->product.fields, &at, &field, &value) &&
	    field <= FIELD_GROUP)
		groups += field == FIELD_GROUP;
	return groups > 1;
}

int
map_place_put(const struct map *map, struct str product, struct wanted *out,
    struct err *err)
{
	struct sections all = { NULL, 0, 0 };
	bool named = false;
	int rc;

	if (map->goods[FIELD_GROUP] == OWNER_NEVER)
		return 0;
	rc = place_in_tree(map, product, out, &named, err);
	if (rc == 0)
		rc = place_in_group(map, out, err);
	if (rc == -1)
		return -1;
	if (out->parent.kind == TARGET_NONE)
		return 0;
	rc = 0;
	if (named)
		add_named(map, product, &all);
	else if (may_have_further(map))
		rc = add_groups(map, &all, out, err);
	if (rc == 0)
		put_sections(map, &all, out);
	free(all.items);
	return rc;
}
