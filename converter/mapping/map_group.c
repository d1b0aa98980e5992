/* Groups become sections. */
#include "mapping/map_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

static int
read_group(const struct map *map, struct str id, struct err *err)
{
	return map->source->get(map->source->ctx, RECORD_GROUP, id,
	    &map->work->group, err);
}

static bool
is_section(const struct fields *group)
{
	return fields_has(group, FIELD_NAME) &&
	    !str_is(fields_get(group, FIELD_DELETED), "1");
}

int
map_group_state(const struct map *map, struct str id, struct err *err)
{
	int rc = read_group(map, id, err);

	if (rc != 0)
		return rc;
	return is_section(&map->work->group) ? 0 : 2;
}

/* Where the groups that goods lie in stand. */
#define GROUPS 1024

struct map_groups {
	struct {
		size_t len;
		char id[LIMIT_KEY_BYTES];
		struct map_lying lying;
	} slots[GROUPS];
};

void
map_group_hold(const struct map *map, bool held)
{
	free(map->work->groups);
	map->work->groups = held ? mem_alloc(sizeof(*map->work->groups)) :
	    NULL;
}

static bool
is_selected(const struct map *map, const struct map_line *line)
{
	const struct config_list *groups =
	    &map->config->catalog.select_groups;
	size_t i;

	if (map_select_excepts(map, line))
		return false;
	for (i = 0; i < groups->count; i++) {
		if (map_line_has(line, groups->items[i]))
			return true;
	}
	return groups->count == 0;
}

/* Is a selected group below it?  `line` is the group's, and `other` is
 * space.  1; 0; -1. */
static int
leads_to_selected(const struct map *map, struct str id,
    const struct map_line *line, struct map_line *other, struct err *err)
{
	const struct config_list *groups =
	    &map->config->catalog.select_groups;
	size_t i;

	for (i = 0; i < groups->count; i++) {
		if (map_line_is_above(line, str_of(groups->items[i])))
			return 1;
		if (map_line_read(other, map, str_of(groups->items[i]),
		    err) != 0)
			return -1;
		if (map_line_passes(other, id))
			return 1;
	}
	return 0;
}

/* Are there groups whose section is not made? */
static bool
selects_groups(const struct map *map)
{
	return map->config->catalog.select_groups.count > 0 ||
	    map->config->catalog.select_except.count > 0;
}

/* Is the group's section made?  Where goods are selected by groups: those of
 * these groups and below, and what leads to them.  1; 0; -1. */
static int
is_wanted(const struct map *map, struct str id, struct err *err)
{
	struct map_line *line, *other;
	int rc;

	if (!selects_groups(map))
		return 1;
	line = map_line_new();
	other = map_line_new();
	rc = map_line_read(line, map, id, err);
	if (rc == 0)
		rc = is_selected(map, line) ? 1 :
		    map_select_excepts(map, line) ? 0 :
		    leads_to_selected(map, id, line, other, err);
	map_line_free(other);
	map_line_free(line);
	return rc;
}

static int
look_at_group(const struct map *map, struct str id, struct map_lying *out,
    struct err *err)
{
	struct map_line *line;
	int rc;

	out->state = map_group_state(map, id, err);
	out->selected = true;
	out->excepted = false;
	out->place = -1;
	out->again = false;
	if (out->state == -1)
		return -1;
	/* Those above it matter to a selection and to a tree alone. */
	if (!selects_groups(map) && map->tree == NULL)
		return 0;
	line = map_line_new();
	rc = map_line_read(line, map, id, err);
	if (rc == 0) {
		out->selected = is_selected(map, line);
		out->excepted = map_select_excepts(map, line);
		out->place = map_tree_of_group(map, line, -1);
		out->again = out->place >= 0 && map_tree_of_group(map, line,
		    out->place) >= 0;
	}
	map_line_free(line);
	return rc;
}

static int
find_lying(const struct map *map, struct str id, struct map_lying *out,
    struct err *err)
{
	struct map_groups *groups = map->work->groups;
	size_t at;

	if (groups == NULL || id.len == 0 || id.len > LIMIT_KEY_BYTES)
		return look_at_group(map, id, out, err);
	at = str_hash(0, id) % GROUPS;
	if (str_eq(id, str_n(groups->slots[at].id, groups->slots[at].len))) {
		*out = groups->slots[at].lying;
		return 0;
	}
	if (look_at_group(map, id, out, err) != 0)
		return -1;
	groups->slots[at].len = id.len;
	memcpy(groups->slots[at].id, id.p, id.len);
	groups->slots[at].lying = *out;
	return 0;
}

int
map_group_next(const struct map *map, size_t *at, struct str *group,
    struct map_lying *lying, struct err *err)
{
	enum field field;

	while (fields_next(&map->work->product.fields, at, &field, group) &&
	    field <= FIELD_GROUP)
		if (field == FIELD_GROUP)
			return find_lying(map, *group, lying, err) == 0 ?
			    1 : -1;
	return 0;
}

/*
 * Is the group `top` above itself, seen from the group that work->group
 * holds?  A group and the one above it can come in different packages, and
 * each would wait for the other.  1: yes; -1.
 */
static int
is_circle(const struct map *map, const struct target *top, struct err *err)
{
	struct target above;
	unsigned depth;
	int rc;

	for (depth = 0; depth < LIMIT_XML_DEPTH; depth++) {
		if (target_set(&above, TARGET_SECTION,
		    fields_get(&map->work->group, FIELD_PARENT)) != 0)
			return 0;
		if (target_same(&above, top))
			return 1;
		rc = read_group(map, target_id(&above), err);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
	}
	return 0;
}

/* Puts the group under the one above it, where that is a section too. */
static int
place_group(const struct map *map, const struct target *self,
    const struct target *above, struct wanted *out, struct err *err)
{
	int rc;

	if (target_same(self, above))
		return 0;
	rc = map_group_state(map, target_id(above), err);
	/* The one above may come, or come back. */
	out->orphan = rc > 0;
	if (rc == 0)
		rc = is_circle(map, self, err);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	map_derive_put(out, map->groups[FIELD_PARENT], FIELD_PARENT,
	    target_id(above));
	if (map->groups[FIELD_PARENT] != OWNER_NEVER)
		out->parent = *above;
	return 0;
}

static bool
is_of_tree(struct str id)
{
	const size_t len = strlen(TARGET_TREE);

	return id.len > len && memcmp(id.p, TARGET_TREE, len) == 0;
}

int
map_group_derive(const struct map *map, struct str id, struct wanted *out,
    struct err *err)
{
	const struct fields *group = &map->work->group;
	struct target self, above;
	struct map_lying lying;
	int rc, wanted;

	if (is_of_tree(id)) {
		map_tree_derive(map, id, out);
		return 0;
	}
	/* What is in it goes to a place of the tree; a section that is there
	 * stays, for people may use it. */
	if (map->tree != NULL) {
		if (find_lying(map, id, &lying, err) != 0)
			return -1;
		if (lying.place >= 0)
			return 0;
	}
	wanted = is_wanted(map, id, err);
	rc = wanted == -1 ? -1 : read_group(map, id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (str_is(fields_get(group, FIELD_DELETED), "1")) {
		out->state = WANTED_GONE;
		return 0;
	}
	if (!is_section(group))
		return 0;
	out->state = wanted ? WANTED_PRESENT : WANTED_KEPT;
	map_derive_put(out, map->groups[FIELD_NAME], FIELD_NAME,
	    fields_get(group, FIELD_NAME));
	map_derive_put(out, map->groups[FIELD_CODE], FIELD_CODE,
	    fields_get(group, FIELD_BITRIX_CODE));
	map_derive_put(out, map->groups[FIELD_DESCRIPTION], FIELD_DESCRIPTION,
	    fields_get(group, FIELD_DESCRIPTION));
	map_derive_put(out, OWNER_1C, FIELD_XML_ID, id);
	/* One that is kept stays where it is: what 1C has above it may not be
	 * there. */
	if (!wanted)
		return 0;
	if (!fields_has(group, FIELD_PARENT))
		map_derive_put(out, map->groups[FIELD_PARENT], FIELD_PARENT,
		    STR_NONE);
	/* Its fields are gone when the next group is read. */
	if (target_set(&self, TARGET_SECTION, id) != 0 ||
	    target_set(&above, TARGET_SECTION,
	    fields_get(group, FIELD_PARENT)) != 0)
		return 0;
	return place_group(map, &self, &above, out, err);
}
