/*
 * The rules for 1C's properties, warehouses and units.  A base defines
 * hundreds of them and goods name them by Ид alone, twenty times each: so
 * they are read once, when the map is opened, and what the rules make of each
 * is decided then.
 */
#include "mapping/map_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct config_map *
map_term_rules(const struct map *map, enum term_kind kind)
{
	switch (kind) {
	case TERM_PROPERTY:
	case TERM_TRAIT:
		return &map->config->catalog.properties;
	case TERM_STORE:
		return &map->config->catalog.warehouses;
	case TERM_UNIT:
		return &map->config->catalog.units;
	case TERM_NONE:
	case TERM_VALUE:
	case TERM_LAST:
		break;
	}
	return NULL;
}

enum term_rule
map_term_meaning(const struct config_pair *pair)
{
	if (pair == NULL)
		return TERM_MATCHED;
	if (strcmp(pair->value, CONFIG_CREATE) == 0)
		return TERM_MADE;
	if (strcmp(pair->value, CONFIG_IGNORE) == 0)
		return TERM_IGNORED;
	/* All others cannot be one thing there. */
	return strcmp(pair->name, CONFIG_OTHERS) == 0 ? TERM_MATCHED :
	    TERM_NAMED;
}

/* By id, then by name; not the one for all others. */
static const struct config_pair *
find_pair(const struct config_map *rules, struct str id, struct str name)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (str_is(id, rules->pairs[i].name) &&
		    !str_is(id, CONFIG_OTHERS))
			return &rules->pairs[i];
	}
	for (i = 0; name.len > 0 && i < rules->count; i++) {
		if (strcmp(rules->pairs[i].name, CONFIG_OTHERS) != 0 &&
		    str_same_name(name, str_of(rules->pairs[i].name)))
			return &rules->pairs[i];
	}
	return NULL;
}

static const struct config_pair *
find_others(const struct config_map *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (strcmp(rules->pairs[i].name, CONFIG_OTHERS) == 0)
			return &rules->pairs[i];
	}
	return NULL;
}

/* Of what has a sign of ours, реквизиты are only carried by name. */
static bool
is_own(struct str id)
{
	size_t i;

	for (i = 0; i < OWN_COUNT; i++) {
		if (str_is(id, map_word_of_own((enum map_own)i)->id))
			return true;
	}
	return false;
}

enum term_rule
map_term_decide(const struct map *map, enum term_kind kind, struct str id,
    struct str name, const struct config_pair **pair)
{
	const struct config_map *rules = map_term_rules(map, kind);
	bool own = map_term_begins(id, TERM_OWN) &&
	    (kind == TERM_PROPERTY || kind == TERM_TRAIT);
	const struct config_pair *others;

	*pair = NULL;
	if (rules == NULL)
		return TERM_MATCHED;
	if (own)
		name = map_term_behind(id);
	*pair = find_pair(rules, id, name);
	if (*pair != NULL)
		return map_term_meaning(*pair);
	if (own && !is_own(id))
		return TERM_IGNORED;
	others = find_others(rules);
	/* Who chose variations has asked for what tells them apart. */
	if (others == NULL && kind == TERM_TRAIT && !own)
		return TERM_MADE;
	return map_term_meaning(others);
}

struct map_term *
map_term_find(const struct map *map, enum term_kind kind, struct str id,
    enum map_side *side)
{
	bool own = map_term_begins(id, TERM_OWN);

	*side = kind == TERM_TRAIT ? SIDE_OFFERS : SIDE_GOODS;
	switch (kind) {
	case TERM_PROPERTY:
		return map_word_find(map, own ? RECORD_NONE : RECORD_PROPERTY,
		    id);
	case TERM_TRAIT:
		if (map_term_begins(id, TERM_OF))
			return map_word_find(map, RECORD_PROPERTY,
			    map_term_behind(id));
		return map_word_find(map, own ? RECORD_NONE : RECORD_TRAIT,
		    id);
	case TERM_STORE:
		return map_word_find(map, RECORD_WAREHOUSE, id);
	case TERM_UNIT:
		return map_word_find(map, RECORD_UNIT, id);
	case TERM_NONE:
	case TERM_VALUE:
	case TERM_LAST:
		break;
	}
	return NULL;
}

enum term_rule
map_term_rule(const struct map *map, enum term_kind kind, struct str id,
    struct str name, const struct config_pair **pair)
{
	const struct config_pair *found = NULL;
	enum map_side side;
	const struct map_term *term = map_term_find(map, kind, id, &side);
	enum term_rule rule;

	if (term != NULL) {
		rule = term->rules[side];
		found = term->pair;
	} else {
		if (kind == TERM_TRAIT && map_term_begins(id, TERM_OF)) {
			kind = TERM_PROPERTY;
			id = map_term_behind(id);
		}
		rule = map_term_decide(map, kind, id, name, &found);
	}
	if (pair != NULL)
		*pair = rule == TERM_NAMED ? found : NULL;
	return rule;
}

bool
map_term_carried(const struct map *map, enum term_kind kind, struct str of,
    struct str id)
{
	const struct map_term *term;
	enum map_side side;

	if (kind == TERM_VALUE)
		return map_term_carried(map, map_term_begins(of, TERM_OF) ?
		    TERM_TRAIT : TERM_PROPERTY, STR_NONE, of);
	term = map_term_find(map, kind, id, &side);
	return term != NULL && term->carried[side];
}

/* ---- opening ------------------------------------------------------------ */

int
map_term_open(struct map *map, struct err *err)
{
	const struct record_source *source = map->source;
	struct map_terms *terms;
	int kind;

	if (!map->config->catalog.enabled)
		return 0;
	terms = map->terms = mem_alloc(sizeof(*terms));
	buf_init(&terms->raw, LIMIT_RECORD_BYTES);
	buf_init(&terms->out, LIMIT_RECORD_BYTES);
	for (kind = TERM_NONE + 1; kind < TERM_LAST; kind++) {
		const struct config_map *rules = map_term_rules(map,
		    (enum term_kind)kind);

		if (rules != NULL)
			terms->used[kind] = mem_array(rules->count + 1,
			    sizeof(bool));
	}
	terms->offers = map->config->catalog.characteristics ==
	    CHARACTERISTICS_VARIATIONS &&
	    source->has_characteristics != NULL &&
	    source->has_characteristics(source->ctx);
	return map_term_read(map, err);
}

void
map_term_close(struct map *map)
{
	struct map_terms *terms = map->terms;
	int kind;

	if (terms == NULL)
		return;
	map_word_free(terms);
	for (kind = 0; kind < TERM_LAST; kind++)
		free(terms->used[kind]);
	free(terms->lines);
	buf_free(&terms->raw);
	buf_free(&terms->out);
	free(terms);
	map->terms = NULL;
}

/*
 * What goods are told depends on what is carried, and on little else: a
 * property that nobody carries, a new value of a list and a new name change
 * nothing, so 100,000 goods are not derived anew for them.
 */
uint64_t
map_term_hash(const struct map *map, uint64_t hash)
{
	const struct map_terms *terms = map->terms;
	size_t i;

	for (i = 0; terms != NULL && i < terms->count; i++) {
		const struct map_term *item = &terms->items[i];
		char facts[] = { (char)item->from, (char)item->type,
		    (char)item->carried[SIDE_GOODS],
		    (char)item->carried[SIDE_OFFERS],
		    (char)item->rules[SIDE_GOODS],
		    (char)(item->twin.len > 0) };

		if (item->from == RECORD_UNIT ||
		    (item->from == RECORD_WAREHOUSE &&
		    !item->carried[SIDE_GOODS] &&
		    item->rules[SIDE_GOODS] != TERM_IGNORED) ||
		    (item->from == RECORD_CATEGORY &&
		    !terms->items[OWN_CATEGORY].carried[SIDE_GOODS]) ||
		    ((item->from == RECORD_PROPERTY ||
		    item->from == RECORD_TRAIT ||
		    item->from == RECORD_NONE) &&
		    !item->carried[SIDE_GOODS] &&
		    !item->carried[SIDE_OFFERS]))
			continue;
		hash = str_hash(hash, str_n(facts, sizeof(facts)));
		hash = str_hash(str_hash(hash, item->id), str_n("", 1));
		if (item->from == RECORD_CATEGORY)
			hash = str_hash(hash, item->name);
	}
	return hash;
}
