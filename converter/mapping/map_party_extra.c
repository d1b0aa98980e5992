/*
 * What 1C says of a counterparty beyond the elements that all have: реквизиты
 * with names of its own.  They fill user fields, and a rule may ask for one of
 * those that are carried.
 */
#include "mapping/map_internal.h"

#include <string.h>

#define REQUISITE "ЗначенияРеквизитов/ЗначениеРеквизита"

bool
map_party_extra_next(const struct map_party *party, struct str name,
    struct map_extra *at, struct str *value)
{
	struct flat_node node;

	for (;;) {
		while (at->inside && flat_next(&at->node, "Значение",
		    &at->value, &node)) {
			*value = map_party_rows_text(&node, NULL);
			if (value->len > 0) {
				at->any = true;
				return true;
			}
		}
		at->inside = flat_next(&party->root, REQUISITE,
		    &at->requisite, &at->node);
		if (!at->inside)
			return false;
		at->value = 0;
		at->inside = name.len == 0 || str_same_name(
		    map_party_rows_text(&at->node, "Наименование"), name);
	}
}

/* The rule's реквизит, each of its values; else an element of that name. */
static void
add_values(struct buf *lines, const struct map_party *party,
    const struct config_pair *rule)
{
	struct map_extra at = { 0 };
	struct str value;

	while (map_party_extra_next(party, str_of(rule->name), &at, &value))
		party_line_add(lines, str_of(rule->value), value);
	if (at.any)
		return;
	value = map_party_rows_text(&party->root, rule->name);
	if (value.len > 0)
		party_line_add(lines, str_of(rule->value), value);
}

void
map_party_extra_put(const struct map *map, enum target_kind kind,
    struct wanted *out)
{
	const struct config_map *rules = &map->config->counterparties.fields;
	struct buf lines = BUF_INIT(LIMIT_RECORD_BYTES);
	size_t i;

	for (i = 0; i < rules->count; i++)
		add_values(&lines, &map->work->party, &rules->pairs[i]);
	map_party_put(map, kind, out, FIELD_USER_FIELDS,
	    str_n(lines.data, lines.len));
	buf_free(&lines);
}

/* ---- which are carried ------------------------------------------------ */

static bool
is_listed(const struct config_list *list, struct str text)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (str_same_name(text, str_of(list->items[i])))
			return true;
	}
	return list->count == 0;
}

static bool
has_value(const struct map_party *party, const struct config_pair *rule)
{
	struct map_extra at = { 0 };
	struct str value, wanted = str_of(rule->value);

	while (map_party_extra_next(party, str_of(rule->name), &at, &value)) {
		if (str_same_name(value, wanted))
			return true;
	}
	return !at.any && str_same_name(map_party_rows_text(&party->root,
	    rule->name), wanted);
}

bool
map_party_extra_selected(const struct map *map,
    const struct map_party *party)
{
	const struct config *config = map->config;
	const struct config_map *asked =
	    &config->counterparties.select_requisites;
	size_t i;

	if (!is_listed(&config->counterparties.select_types,
	    party->words[WORD_ROLE]) ||
	    !is_listed(&config->counterparties.select_kinds,
	    str_of(map_party_kind_name(party->kind))))
		return false;
	for (i = 0; i < asked->count; i++) {
		if (!has_value(party, &asked->pairs[i]))
			return false;
	}
	return true;
}
