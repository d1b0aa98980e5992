/* What a person should know of the rules and cannot see in one package. */
#include "mapping/map_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"

struct telling {
	const struct map *map;
	void (*tell)(void *ctx, const char *text);
	void *ctx;
	struct buf names;       /* of all types that are known */
	bool *used;             /* by rule: some type is behind it */
};

/* Room for a line of names. */
#define NAMES_BYTES 1024

__attribute__((format(printf, 2, 3)))
static void
tell_line(struct telling *telling, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vprintf(format, args);
	va_end(args);
	telling->tell(telling->ctx, text);
	free(text);
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
		tell_line(telling, _("price type \"%.*s\" of 1C is in no rule "
		    "of catalog.price_types: its prices are left out"),
		    (int)name.len, name.p);
		return 0;
	}
	telling->used[rule] = true;
	if (currency.len > 0 && map_currency(map, currency).len == 0)
		tell_line(telling, _("price type \"%.*s\": the currency "
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
		tell_line(telling, _("%s:%ld: no package has stated the price "
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

		tell_line(telling, ngettext("%" PRId64 " price is left out: "
		    "its currency \"%s\" is not known; add it to currencies",
		    "%" PRId64 " prices are left out: their currency \"%s\" "
		    "is not known; add it to currencies",
		    (unsigned long)stranger->prices), stranger->prices,
		    stranger->name);
	}
}

int
map_warnings(const struct map *map, void (*tell)(void *ctx,
    const char *text), void *ctx, struct err *err)
{
	struct telling telling = { map, tell, ctx, BUF_INIT(NAMES_BYTES),
	    NULL };
	int rc = 0;

	if (!map->config->catalog.enabled)
		return 0;
	telling.used = mem_array(map->config->catalog.price_types.count + 1,
	    sizeof(*telling.used));
	rc = map->source->each(map->source->ctx, RECORD_PRICE_TYPE,
	    look_at_type, &telling, err);
	if (rc == 0) {
		tell_unknown_rules(&telling);
		tell_strangers(&telling);
	}
	buf_free(&telling.names);
	free(telling.used);
	return rc == 0 ? 0 : -1;
}
