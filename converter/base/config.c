/*
 * Reads the tree beside the table of keys: first every default, then what
 * the file says, then what must agree.  Nothing stops at the first error.
 */
#define _XOPEN_SOURCE 700       /* realpath() is of the XSI part of POSIX */

#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_internal.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"

/* Objects in one another: the table goes four deep. */
#define LEVELS 8
/* No known path is longer. */
#define PATH_BYTES 64
/* Bytes of a foreign name in an error. */
#define SHOWN_BYTES 60

/* An object whose members are being read. */
struct level {
	const cJSON *next;
	char path[PATH_BYTES];  /* of the object; "" at the top */
	bool entries;           /* its members are objects of that path */
};

struct levels {
	struct level at[LEVELS];
	size_t count;
};

static void
enter(struct levels *levels, const cJSON *object, const char *path,
    bool entries)
{
	struct level *level = &levels->at[levels->count];

	/* Only known paths are entered. */
	if (levels->count == LEVELS || strlen(path) >= sizeof(level->path))
		return;
	level->next = object->child;
	level->entries = entries;
	memcpy(level->path, path, strlen(path) + 1);
	levels->count++;
}

static void
note_later(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	if (!key->later || config_value_is_default(key, item))
		return;
	config_note_warn(reader, config_scan_line(item),
	    _("%s is not used yet"), key->path);
}

static void
read_key(struct config_reader *reader, struct levels *levels,
    const struct config_key *key, const cJSON *item)
{
	char path[PATH_BYTES];

	reader->given[config_table_index(key)] = config_scan_line(item);
	config_value_store(reader, key, item);
	note_later(reader, key, item);
	/* More than that is told, and not looked into. */
	if (((key->type == KEY_EACH && cJSON_IsArray(item)) ||
	    (key->type == KEY_NAMED && cJSON_IsObject(item))) &&
	    cJSON_GetArraySize(item) <= LIMIT_CONFIG_NAMES) {
		(void)snprintf(path, sizeof(path), "%s[]", key->path);
		enter(levels, item, path, true);
	}
}

static void
read_section(struct config_reader *reader, struct levels *levels,
    const char *path, const cJSON *item)
{
	if (!cJSON_IsObject(item)) {
		config_note_error(reader, config_scan_line(item),
		    _("%s: wanted an object: { ... }"), path);
		return;
	}
	if (strcmp(path, "counterparties") == 0)
		reader->config->counterparties.given = true;
	if (strcmp(path, "orders") == 0)
		reader->config->orders.given = true;
	enter(levels, item, path, false);
}

static void
note_unknown(struct config_reader *reader, const char *path,
    const cJSON *item)
{
	char space[128];
	const char *nearest = config_table_nearest(path, space);
	struct str shown = str_utf8_cut(str_of(path), SHOWN_BYTES);

	if (nearest == NULL || strcmp(nearest, path) == 0)
		config_note_error(reader, config_scan_line(item),
		    _("%.*s: there is no such key"), (int)shown.len, shown.p);
	else
		config_note_error(reader, config_scan_line(item),
		    _("%.*s: there is no such key; did you mean %s?"),
		    (int)shown.len, shown.p, nearest);
}

static void
read_member(struct config_reader *reader, struct levels *levels,
    const struct level *level, const cJSON *item)
{
	const struct config_key *key = NULL;
	/* A dot in a name is no way into a section. */
	bool plain = strpbrk(item->string, ".[") == NULL;
	char *path;

	path = mem_printf("%s%s%s", level->path,
	    level->path[0] == '\0' ? "" : ".", item->string);
	if (plain)
		key = config_table_find(path);
	if (key != NULL)
		read_key(reader, levels, key, item);
	else if (plain && config_table_is_section(path))
		read_section(reader, levels, path, item);
	else
		note_unknown(reader, path, item);
	free(path);
}

static void
read_entry(struct config_reader *reader, struct levels *levels,
    const struct level *level, const cJSON *item)
{
	if (!cJSON_IsObject(item)) {
		config_note_error(reader, config_scan_line(item),
		    _("%s: wanted an object: { ... }"), level->path);
		return;
	}
	if (strcmp(level->path, "orders.funnels[]") == 0)
		config_orders_add(reader->config, config_scan_line(item));
	if (strcmp(level->path, "catalog.groups[]") == 0)
		config_tree_add(reader, item);
	enter(levels, item, level->path, false);
}

static void
read_tree(struct config_reader *reader)
{
	struct levels levels = { .count = 0 };

	enter(&levels, reader->root, "", false);
	while (levels.count > 0) {
		struct level *level = &levels.at[levels.count - 1];
		const cJSON *item = level->next;

		if (item == NULL) {
			levels.count--;
			continue;
		}
		level->next = item->next;
		if (level->entries)
			read_entry(reader, &levels, level, item);
		else
			read_member(reader, &levels, level, item);
	}
}

/* The folder of the file, absolute: relative paths start there. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder, *absolute;

	if (slash == NULL)
		folder = mem_text(".");
	else if (slash == path)
		folder = mem_text("/");
	else
		folder = mem_text_n(path, (size_t)(slash - path));
	absolute = realpath(folder, NULL);
	if (absolute == NULL)
		return folder;
	free(folder);
	return absolute;
}

static struct config *
make_default(const char *path)
{
	struct config *config = mem_alloc(sizeof(*config));
	size_t i;

	config->path = mem_text(path);
	config->folder = folder_of(path);
	for (i = 0; i < config_table_count(); i++) {
		if (config_table_at(i)->within == IN_CONFIG)
			config_value_default(config, config_table_at(i));
	}
	return config;
}

static int
read_file(struct buf *out, const char *path, struct err *err)
{
	int rc = file_read(out, path, err);

	if (rc == 1)
		return err_set(err, ERR_USAGE, _("%s: there is no such "
		    "configuration; name one with -c, or see "
		    "exchange.example.json"), path);
	/* Whatever is wrong with it, without it there is nothing to do. */
	if (rc == -1 && err != NULL)
		err->kind = ERR_USAGE;
	return rc;
}

static void
read_all(struct config_reader *reader, struct buf *text)
{
	cJSON *root = config_scan_parse(reader, text);

	if (root == NULL)
		return;
	reader->root = root;
	read_tree(reader);
	config_check(reader);
	config_orders_fill(reader->config);
	config_webhook(reader);
	cJSON_Delete(root);
}

int
config_load(struct config **out, const char *path, struct buf *warnings,
    struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct buf said = BUF_INIT(LIMIT_ERROR_BYTES - 1);
	struct config_reader reader = { .path = path };
	int rc = -1;

	*out = NULL;
	if (read_file(&text, path, err) != 0)
		goto out;
	reader.config = make_default(path);
	reader.given = mem_array(config_table_count(), sizeof(*reader.given));
	read_all(&reader, &text);
	if (reader.errors.count > 0) {
		config_note_write(&said, &reader.errors, path);
		err_set(err, ERR_USAGE, "%s", buf_text(&said));
		goto out;
	}
	if (warnings != NULL && reader.warnings.count > 0)
		config_note_write(warnings, &reader.warnings, path);
	*out = reader.config;
	reader.config = NULL;
	rc = 0;
out:
	config_note_free(&reader.errors);
	config_note_free(&reader.warnings);
	free(reader.given);
	config_free(reader.config);
	buf_free(&said);
	buf_free(&text);
	return rc;
}

void
config_free(struct config *config)
{
	size_t i;

	if (config == NULL)
		return;
	config_orders_free(config);
	config_tree_free(config);
	for (i = 0; i < config_table_count(); i++) {
		if (config_table_at(i)->within == IN_CONFIG)
			config_value_free(config, config_table_at(i));
	}
	free(config->path);
	free(config->folder);
	free(config);
}

bool
config_selects_by_price(const struct config *config)
{
	return config->catalog.select_priced ||
	    config->catalog.select_price.type != NULL;
}

const char *
config_map_get(const struct config_map *map, struct str name)
{
	size_t i;

	for (i = 0; i < map->count; i++) {
		if (str_same_name(name, str_of(map->pairs[i].name)))
			return map->pairs[i].value;
	}
	return NULL;
}

/* Who wins where the configuration says nothing (DESIGN 5). */
static const char *
default_owner(const char *record, const char *field)
{
	static const struct {
		const char *record, *field;     /* NULL: every field */
	} portals[] = {
		{ "company", NULL },
		{ "contact", NULL },
		{ "order", "stage" },
		{ "order", "comment" },
	};
	size_t i;

	for (i = 0; i < sizeof(portals) / sizeof(portals[0]); i++) {
		if (strcmp(record, portals[i].record) == 0 &&
		    (portals[i].field == NULL || (field != NULL &&
		    strcmp(field, portals[i].field) == 0)))
			return "portal";
	}
	return "1c";
}

const char *
config_language(const struct config *config)
{
	return config->portal.language == LANGUAGE_RU ? "ru" : "en";
}

const char *
config_owner(const struct config *config, const char *record,
    const char *field)
{
	const char *owner = NULL;
	char name[128];

	if (field != NULL) {
		(void)snprintf(name, sizeof(name), "%s.%s", record, field);
		owner = config_map_get(&config->owners, str_of(name));
	}
	if (owner == NULL)
		owner = config_map_get(&config->owners, str_of(record));
	return owner != NULL ? owner : default_owner(record, field);
}
