/*
 * Price types.  A rule names one of 1C's by name or by Ид; prices name them
 * by Ид alone, so the records of the types are read once, when the map is
 * opened.
 */
#include "mapping/map_internal.h"

#include <stdlib.h>

#include "base/mem.h"

static char *
copy(struct str text)
{
	return text.len == 0 ? NULL : mem_text_n(text.p, text.len);
}

int
map_type_find(const struct config *config, struct str id, struct str name)
{
	const struct config_map *rules = &config->catalog.price_types;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (str_is(id, rules->pairs[i].name))
			return (int)i;
	}
	for (i = 0; name.len > 0 && i < rules->count; i++) {
		if (str_same_name(name, str_of(rules->pairs[i].name)))
			return (int)i;
	}
	return -1;
}

/* As 1C writes a flag; what is neither says nothing. */
static enum map_stated
read_flag(struct str text)
{
	if (str_is(text, "1") || str_same_name(text, str_of("true")) ||
	    str_same_name(text, str_of("да")))
		return STATED_YES;
	if (str_is(text, "0") || str_same_name(text, str_of("false")) ||
	    str_same_name(text, str_of("нет")))
		return STATED_NO;
	return STATED_NOT;
}

/* Of two of one name both are asked of. */
static void
keep_asked(struct map *map, struct str id, struct str name)
{
	const char *asked = map->config->catalog.select_price.type;

	if (asked == NULL || (!str_is(id, asked) &&
	    !str_same_name(name, str_of(asked))))
		return;
	map->asked_types = mem_resize(map->asked_types,
	    map->asked_type_count + 1, sizeof(*map->asked_types));
	map->asked_types[map->asked_type_count++] = mem_text_n(id.p, id.len);
}

static int
keep_type(void *arg, const struct record *record)
{
	struct map *map = arg;
	struct map_type *type;
	int rule;

	keep_asked(map, record->id, fields_get(&record->fields, FIELD_NAME));
	rule = map_type_find(map->config, record->id,
	    fields_get(&record->fields, FIELD_NAME));
	if (rule < 0)
		return 0;
	map->types = mem_resize(map->types, map->type_count + 1,
	    sizeof(*map->types));
	type = &map->types[map->type_count++];
	type->id = mem_text_n(record->id.p, record->id.len);
	type->currency = copy(fields_get(&record->fields, FIELD_CURRENCY));
	type->rule = (size_t)rule;
	type->vat_included = read_flag(fields_get(&record->fields,
	    FIELD_VAT_INCLUDED));
	map->states_vat = map->states_vat ||
	    type->vat_included != STATED_NOT;
	return 0;
}

int
map_type_resolve(struct map *map, struct err *err)
{
	if (map->config->catalog.price_types.count == 0 &&
	    map->config->catalog.select_price.type == NULL)
		return 0;
	if (map->source->each(map->source->ctx, RECORD_PRICE_TYPE, keep_type,
	    map, err) != 0)
		return -1;
	map_vat_resolve(map);
	return 0;
}

void
map_type_free(struct map *map)
{
	size_t i;

	for (i = 0; i < map->type_count; i++) {
		free(map->types[i].id);
		free(map->types[i].currency);
	}
	free(map->types);
	for (i = 0; i < map->asked_type_count; i++)
		free(map->asked_types[i]);
	free(map->asked_types);
}

int
map_type_rule(const struct map *map, struct str id,
    const struct map_type **type)
{
	size_t i;

	*type = NULL;
	for (i = 0; i < map->type_count; i++) {
		if (str_is(id, map->types[i].id)) {
			*type = &map->types[i];
			return (int)map->types[i].rule;
		}
	}
	/* No package has stated the type, but the rule has its Ид. */
	return map_type_find(map->config, id, STR_NONE);
}

bool
map_type_behind(const struct map *map, int rule)
{
	size_t i;

	for (i = 0; i < map->type_count; i++) {
		if (map->types[i].rule == (size_t)rule)
			return true;
	}
	return false;
}
