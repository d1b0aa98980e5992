/* What a person should know of the rules and cannot see in one package. */
#include "mapping/map_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"

struct telling {
	const struct map *map;
	struct map_hearer to;
	struct buf names;       /* of all types that are known */
	bool *used;             /* by rule: some type is behind it */
};

/* Room for a line of names. */
#define NAMES_BYTES 1024

void
map_warnings_line(const struct map_hearer *to, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	to->tell(to->ctx, text);
	free(text);
}

/* Prices of both would go to one place, and the last one read would stay. */
static void
tell_second_type(const struct telling *telling, int rule, struct str id)
{
	const struct map *map = telling->map;
	const struct config_pair *pair =
	    &map->config->catalog.price_types.pairs[rule];
	size_t i = 0;

	while (i < map->type_count && (map->types[i].rule != (size_t)rule ||
	    str_is(id, map->types[i].id)))
		i++;
	if (i < map->type_count)
		map_warnings_line(&telling->to,
		    _("%s:%ld: price types \"%s\" and \"%.*s\" "
		    "of 1C have one name, \"%s\": write the Ид of the one "
		    "that is meant in its place"), map->config->path,
		    pair->line, map->types[i].id, (int)id.len, id.p,
		    pair->name);
}

static int
look_at_type(void *arg, const struct record *record)
{
	struct telling *telling = arg;
	const struct map *map = telling->map;
	struct str name = fields_get(&record->fields, FIELD_NAME);
	struct str currency = fields_get(&record->fields, FIELD_CURRENCY);
	int rule;

	if (name.len == 0)
		name = record->id;
	(void)buf_printf(&telling->names, "%s%.*s",
	    telling->names.len > 0 ? ", " : "", (int)name.len, name.p);
	rule = map_type_find(map->config, record->id, name);
	if (rule < 0) {
		map_warnings_line(&telling->to,
		    _("price type \"%.*s\" of 1C is in no rule "
		    "of catalog.price_types: its prices are left out"),
		    (int)name.len, name.p);
		return 0;
	}
	if (telling->used[rule])
		tell_second_type(telling, rule, record->id);
	telling->used[rule] = true;
	if (currency.len > 0 && map_currency(map, currency).len == 0)
		map_warnings_line(&telling->to,
		    _("price type \"%.*s\": the currency "
		    "\"%.*s\" is not known; add it to currencies"),
		    (int)name.len, name.p, (int)currency.len, currency.p);
	return 0;
}

/* Before the first package nothing is known, and nothing is wrong. */
static void
tell_unknown_rules(struct telling *telling)
{
	const struct config_map *rules =
	    &telling->map->config->catalog.price_types;
	size_t i;

	if (telling->names.len == 0 && !telling->names.full)
		return;
	for (i = 0; i < rules->count; i++) {
		if (telling->used[i])
			continue;
		map_warnings_line(&telling->to,
		    _("%s:%ld: no package has stated the price "
		    "type \"%s\"; known are: %s"),
		    telling->map->config->path, rules->pairs[i].line,
		    rules->pairs[i].name, buf_text(&telling->names));
	}
}

static void
tell_strangers(struct telling *telling)
{
	const struct map_work *work = telling->map->work;
	size_t i;

	for (i = 0; i < work->stranger_count; i++) {
		const struct map_stranger *stranger = &work->strangers[i];

		map_warnings_line(&telling->to,
		    ngettext("%" PRId64 " price is left out: "
		    "its currency \"%s\" is not known; add it to currencies",
		    "%" PRId64 " prices are left out: their currency \"%s\" "
		    "is not known; add it to currencies",
		    (unsigned long)stranger->prices), stranger->prices,
		    stranger->name);
	}
}

/* ---- groups that a rule names ------------------------------------------ */

struct sought {
	const struct map *map;
	struct map_line *line;
	bool any;               /* some group is known */
	bool *seen;             /* of a selection, then of each place */
	struct err *err;
};

static const struct config_list *
list_of_groups(const struct map *map, size_t number)
{
	return number == 0 ? &map->config->catalog.select_groups :
	    &map->config->catalog.tree[number - 1].groups;
}

static int
look_at_group(void *arg, const struct record *record)
{
	struct sought *sought = arg;
	const struct map *map = sought->map;
	const struct config_list *list;
	bool *seen = sought->seen;
	size_t i, k;

	sought->any = true;
	if (map_line_read(sought->line, map, record->id, sought->err) != 0)
		return -1;
	for (i = 0; i <= map->config->catalog.tree_count; i++) {
		list = list_of_groups(map, i);
		for (k = 0; k < list->count; k++, seen++)
			*seen = *seen || map_line_has(sought->line,
			    list->items[k]);
	}
	return 0;
}

static void
tell_missing_groups(struct telling *telling, const struct sought *sought)
{
	const struct config *config = telling->map->config;
	const struct config_list *list;
	const bool *seen = sought->seen;
	size_t i, k;

	for (i = 0; sought->any && i <= config->catalog.tree_count; i++) {
		list = list_of_groups(telling->map, i);
		for (k = 0; k < list->count; k++) {
			if (*seen++)
				continue;
			if (i == 0)
				map_warnings_line(&telling->to,
				    _("%s: catalog.select."
				    "groups: no package has stated a group "
				    "\"%s\""), config->path, list->items[k]);
			else
				map_warnings_line(&telling->to,
				    _("%s:%ld: \"%s\": no "
				    "package has stated a group \"%s\""),
				    config->path,
				    config->catalog.tree[i - 1].line,
				    config->catalog.tree[i - 1].path,
				    list->items[k]);
		}
	}
}

/* A slip in a name would leave out all that lies there, in silence. */
static int
tell_groups(struct telling *telling, struct err *err)
{
	const struct map *map = telling->map;
	struct sought sought = { .map = map, .err = err };
	size_t count = 0, i;
	int rc;

	for (i = 0; i <= map->config->catalog.tree_count; i++)
		count += list_of_groups(map, i)->count;
	if (count == 0)
		return 0;
	sought.seen = mem_array(count, sizeof(*sought.seen));
	sought.line = map_line_new();
	rc = map->source->each(map->source->ctx, RECORD_GROUP, look_at_group,
	    &sought, err);
	if (rc == 0)
		tell_missing_groups(telling, &sought);
	map_line_free(sought.line);
	free(sought.seen);
	return rc;
}

int
map_warnings(const struct map *map, void (*tell)(void *ctx,
    const char *text), void *ctx, struct err *err)
{
	struct telling telling = { map, { tell, ctx },
	    BUF_INIT(NAMES_BYTES), NULL };
	int rc = 0;

	map_party_manager_tell(map, &telling.to);
	if (!map->config->catalog.enabled)
		return 0;
	telling.used = mem_array(map->config->catalog.price_types.count + 1,
	    sizeof(*telling.used));
	rc = map->source->each(map->source->ctx, RECORD_PRICE_TYPE,
	    look_at_type, &telling, err);
	if (rc == 0) {
		tell_unknown_rules(&telling);
		rc = tell_groups(&telling, err);
	}
	if (rc == 0)
		rc = map_select_tell(map, &telling.to, err);
	if (rc == 0)
		rc = map_tree_tell(map, &telling.to, err);
	if (rc == 0) {
		tell_strangers(&telling);
		map_vat_tell(map, &telling.to);
		if (map->work->packs)
			tell(ctx, _("prices of packages were divided by what "
			    "a package holds"));
		if (map->work->unplaced)
			tell(ctx, _("1C states how much there is of a good, "
			    "and not in which warehouse: the documents of the "
			    "portal's stock leave it out"));
		rc = map_terms_tell(map, &telling.to, err);
	}
	buf_free(&telling.names);
	free(telling.used);
	return rc == 0 ? 0 : -1;
}
