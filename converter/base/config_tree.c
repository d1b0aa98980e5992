/*
 * The managers' own tree: what stands left is a path of the portal, so it is
 * looked at as a path, and two spellings of one path are one name twice.
 */
#include "base/config_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"

/* The path is in the id of a target, behind "cml24:" (model/target.h). */
#define PATH_BYTES (LIMIT_ID_BYTES * 2)
_Static_assert(PATH_BYTES + 6 <= LIMIT_KEY_BYTES, "the path is in a key");

static void
each_key(struct config *config,
    void (*step)(struct config *, const struct config_key *))
{
	size_t i;

	for (i = 0; i < config_table_count(); i++) {
		if (config_table_at(i)->within == IN_PLACE)
			step(config, config_table_at(i));
	}
}

/* The path with each part trimmed; the caller frees.  *whole: no part of it
 * is empty. */
static char *
path_of(struct str name, bool *whole)
{
	char *path = mem_alloc(name.len + 1);
	size_t len = 0;
	struct str part;
	const char *slash;

	*whole = true;
	for (;;) {
		slash = memchr(name.p, '/', name.len);
		part = slash == NULL ? name :
		    str_n(name.p, (size_t)(slash - name.p));
		name = str_n(name.p + part.len, name.len - part.len);
		part = str_trim(part);
		*whole = *whole && part.len > 0;
		memcpy(path + len, part.p, part.len);
		len += part.len;
		if (slash == NULL)
			break;
		path[len++] = '/';
		name = str_n(name.p + 1, name.len - 1);
	}
	path[len] = '\0';
	return path;
}

/* Is there a member of the same letters before this one?  That is told
 * already. */
static bool
is_repeated(const cJSON *item)
{
	const cJSON *other;

	/* The first one's `prev` is the last. */
	for (other = item->prev; other != NULL && other->next != NULL;
	    other = other->prev)
		if (strcmp(other->string, item->string) == 0)
			return true;
	return false;
}

static struct str
next_part(struct str *path)
{
	const char *slash = memchr(path->p, '/', path->len);
	struct str part = slash == NULL ? *path :
	    str_n(path->p, (size_t)(slash - path->p));
	size_t taken = part.len + (slash != NULL);

	*path = str_n(path->p + taken, path->len - taken);
	return part;
}

/* Do both lie in one section that they spell apart?  It would be made twice.
 * Its name as in `path`, or STR_NONE. */
static struct str
spelled_apart(struct str path, struct str other)
{
	struct str left, right;

	while (path.len > 0 && other.len > 0) {
		left = next_part(&path);
		right = next_part(&other);
		if (!str_same_name(left, right))
			break;
		if (!str_eq(left, right))
			return left;
	}
	return STR_NONE;
}

static void
check_path(struct config_reader *reader, const cJSON *item, const char *path,
    bool whole)
{
	const struct config_place *tree = reader->config->catalog.tree;
	long line = config_scan_line(item);
	struct str part;
	size_t i;

	if (!whole)
		config_note_error(reader, line, _("catalog.groups: \"%s\": "
		    "wanted a path of the portal, such as \"Catalog/Paper\", "
		    "and no part of it empty"), item->string);
	else if (strlen(path) > PATH_BYTES)
		config_note_error(reader, line, _("catalog.groups: a path of "
		    "more than %d bytes"), PATH_BYTES);
	for (i = 0; i < reader->config->catalog.tree_count; i++) {
		if (!str_same_name(str_of(path), str_of(tree[i].path))) {
			part = spelled_apart(str_of(path),
			    str_of(tree[i].path));
			if (part.len == 0)
				continue;
			config_note_error(reader, line, _("catalog.groups: "
			    "\"%s\": \"%.*s\" is spelled in another way in "
			    "line %ld"), item->string, (int)part.len, part.p,
			    tree[i].line);
			return;
		}
		if (!is_repeated(item))
			config_note_error(reader, line, _("catalog.groups: "
			    "\"%s\" is the same path as \"%s\" in line %ld"),
			    item->string, tree[i].path, tree[i].line);
		return;
	}
}

void
config_tree_add(struct config_reader *reader, const cJSON *item)
{
	struct config *config = reader->config;
	size_t count = config->catalog.tree_count;
	bool whole;
	char *path = path_of(str_of(item->string), &whole);

	check_path(reader, item, path, whole);
	config->catalog.tree = mem_resize(config->catalog.tree, count + 1,
	    sizeof(*config->catalog.tree));
	config->catalog.tree[count] = (struct config_place){ .path = path,
	    .line = config_scan_line(item) };
	config->catalog.tree_count++;
	each_key(config, config_value_default);
}

void
config_tree_check(struct config_reader *reader)
{
	const struct config *config = reader->config;
	size_t i;

	for (i = 0; i < config->catalog.tree_count; i++) {
		const struct config_place *place = &config->catalog.tree[i];

		if (place->groups.count == 0 && place->goods.count == 0)
			config_note_error(reader, place->line,
			    _("catalog.groups: \"%s\": groups or goods are "
			    "wanted: nothing would ever be there"),
			    place->path);
	}
}

/* Places from the end: the last one is what the keys reach. */
void
config_tree_free(struct config *config)
{
	while (config->catalog.tree_count > 0) {
		each_key(config, config_value_free);
		config->catalog.tree_count--;
		free(config->catalog.tree[config->catalog.tree_count].path);
	}
	free(config->catalog.tree);
	config->catalog.tree = NULL;
}
