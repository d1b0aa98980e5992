/*
 * The managers' own tree of sections (catalog.groups): what lies in the
 * groups of 1C that a place names goes there, and so do single goods.
 */
#include "mapping/map_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

struct map_tree {
	char **sections;        /* paths; those above before those below */
	size_t section_count;
	char **paths;           /* by place, canonical */
	struct map_named *goods;        /* that places name */
};

/* The path with one '/' between names and no blanks around them. */
static void
plain_path(struct buf *out, struct str path)
{
	struct str part;

	buf_clear(out);
	while (map_line_part(&path, &part)) {
		if (out->len > 0)
			(void)buf_add_char(out, '/');
		(void)buf_add(out, part.p, part.len);
	}
}

static void
add_section(struct map_tree *tree, struct str path)
{
	size_t i;

	for (i = 0; i < tree->section_count; i++) {
		if (str_is(path, tree->sections[i]))
			return;
	}
	tree->sections = mem_resize(tree->sections, tree->section_count + 1,
	    sizeof(*tree->sections));
	tree->sections[tree->section_count++] = mem_text_n(path.p, path.len);
}

static void
add_sections(struct map_tree *tree, struct str path)
{
	size_t i;

	for (i = 0; i < path.len; i++) {
		if (path.p[i] == '/')
			add_section(tree, str_n(path.p, i));
	}
	if (path.len > 0)
		add_section(tree, path);
}

static void
index_goods(struct map_tree *tree, const struct config *config)
{
	size_t i;

	tree->goods = map_named_new();
	for (i = 0; i < config->catalog.tree_count; i++)
		map_named_add(tree->goods, &config->catalog.tree[i].goods, i);
	map_named_sort(tree->goods);
}

void
map_tree_open(struct map *map)
{
	const struct config *config = map->config;
	struct buf path = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct map_tree *tree;
	size_t i;

	if (config->catalog.tree_count == 0)
		return;
	tree = mem_alloc(sizeof(*tree));
	tree->paths = mem_array(config->catalog.tree_count,
	    sizeof(*tree->paths));
	for (i = 0; i < config->catalog.tree_count; i++) {
		plain_path(&path, str_of(config->catalog.tree[i].path));
		tree->paths[i] = mem_text(buf_text(&path));
		add_sections(tree, str_of(tree->paths[i]));
	}
	index_goods(tree, config);
	buf_free(&path);
	map->tree = tree;
}

void
map_tree_close(struct map *map)
{
	struct map_tree *tree = map->tree;
	size_t i;

	if (tree == NULL)
		return;
	for (i = 0; i < tree->section_count; i++)
		free(tree->sections[i]);
	for (i = 0; i < map->config->catalog.tree_count; i++)
		free(tree->paths[i]);
	free(tree->sections);
	free(tree->paths);
	map_named_free(tree->goods);
	free(tree);
	map->tree = NULL;
}

int
map_tree_of_group(const struct map *map, const struct map_line *line,
    int after)
{
	const struct config *config = map->config;
	size_t i, k;

	for (i = (size_t)after + 1; i < config->catalog.tree_count; i++) {
		const struct config_list *groups =
		    &config->catalog.tree[i].groups;

		for (k = 0; k < groups->count; k++) {
			if (map_line_has(line, groups->items[k]))
				return (int)i;
		}
	}
	return -1;
}

int
map_tree_of_good(const struct map *map, struct str id,
    const struct fields *product, int after)
{
	return map->tree == NULL ? -1 : map_named_find(map->tree->goods, id,
	    product, after);
}

/* Before the first package nothing is wrong. */
int
map_tree_tell(const struct map *map, const struct map_hearer *to,
    struct err *err)
{
	const struct config *config = map->config;
	struct map_named *goods;
	size_t i;
	int any;

	if (map->tree == NULL || map->tree->goods->count == 0)
		return 0;
	goods = map->tree->goods;
	any = map_named_meet(map, goods, err);
	for (i = 0; any == 1 && i < goods->count; i++) {
		const struct map_name_of *named = &goods->items[i];
		const struct config_place *place =
		    &config->catalog.tree[named->place];

		if (!named->met)
			map_warnings_line(to, _("%s:%ld: \"%s\": no package "
			    "has stated a good \"%s\" (Ид, article or name; of "
			    "a characteristic name its product)"),
			    config->path, place->line, place->path,
			    named->text);
	}
	return any == -1 ? -1 : 0;
}

/* ---- its sections ------------------------------------------------------ */

static int
set_section(struct target *out, struct str path)
{
	struct buf id = BUF_INIT(LIMIT_KEY_BYTES);
	int rc;

	(void)buf_add_text(&id, TARGET_TREE);
	(void)buf_add(&id, path.p, path.len);
	rc = path.len == 0 || id.full ? -1 : target_set(out, TARGET_SECTION,
	    str_n(buf_text(&id), id.len));
	buf_free(&id);
	return rc;
}

int
map_tree_section(const struct map *map, int place, struct target *out)
{
	return set_section(out, str_of(map->tree->paths[place]));
}

int
map_tree_targets(const struct map *map,
    int (*visit)(void *ctx, const struct target *target, struct err *err),
    void *ctx, struct err *err)
{
	const struct map_tree *tree = map->tree;
	struct target target;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && tree != NULL && i < tree->section_count; i++) {
		if (set_section(&target, str_of(tree->sections[i])) != 0)
			return err_set(err, ERR_USAGE, _("%s: catalog.groups: "
			    "the path \"%.*s…\" is too long"),
			    map->config->path, (int)str_utf8_cut(str_of(
			    tree->sections[i]), LIMIT_ID_BYTES).len,
			    tree->sections[i]);
		rc = visit(ctx, &target, err);
	}
	return rc;
}

static bool
has_section(const struct map_tree *tree, struct str path)
{
	size_t i;

	for (i = 0; tree != NULL && i < tree->section_count; i++) {
		if (str_is(path, tree->sections[i]))
			return true;
	}
	return false;
}

bool
map_tree_is(const struct target *section)
{
	const size_t tree = strlen(TARGET_TREE);
	struct str id = target_id(section);

	return section->kind == TARGET_SECTION && id.len > tree &&
	    memcmp(id.p, TARGET_TREE, tree) == 0;
}

bool
map_tree_left(const struct map *map, const struct target *section)
{
	const size_t tree = strlen(TARGET_TREE);
	struct str id = target_id(section);

	return map_tree_is(section) && map->config->catalog.enabled &&
	    !has_section(map->tree, str_n(id.p + tree, id.len - tree));
}

void
map_tree_derive(const struct map *map, struct str id, struct wanted *out)
{
	struct str path = str_n(id.p + strlen(TARGET_TREE),
	    id.len - strlen(TARGET_TREE)), name;
	size_t above = path.len;

	/* What becomes of a place that left the tree depends on who made
	 * its section (flow/derive_place.c). */
	if (!has_section(map->tree, path))
		return;
	while (above > 0 && path.p[above - 1] != '/')
		above--;
	name = str_n(path.p + above, path.len - above);
	out->state = WANTED_PRESENT;
	map_derive_put(out, map->groups[FIELD_NAME], FIELD_NAME, name);
	/* The mark is the id, as of all that is looked for by its mark. */
	map_derive_put(out, OWNER_1C, FIELD_XML_ID, id);
	if (above == 0) {
		map_derive_put(out, map->groups[FIELD_PARENT], FIELD_PARENT,
		    STR_NONE);
		return;
	}
	if (map->groups[FIELD_PARENT] == OWNER_NEVER ||
	    set_section(&out->parent, str_n(path.p, above - 1)) != 0)
		return;
	map_derive_put(out, map->groups[FIELD_PARENT], FIELD_PARENT,
	    target_id(&out->parent));
}
