/*
 * What 1C has of properties, warehouses and units, and what the rules make of
 * each.
 */
#include "mapping/map_term.h"

#include <string.h>

/* Has the portal a thing of this id, with the sign before it? */
static bool
is_known(const struct map *map, enum term_kind kind, const char *sign,
    struct str id)
{
	char key[LIMIT_KEY_BYTES];
	size_t len = strlen(sign);

	if (id.len > sizeof(key) - len)
		return false;
	memcpy(key, sign, len);
	memcpy(key + len, id.p, id.len);
	return term_set_get(map->facts.known, kind, STR_NONE,
	    str_n(key, len + id.len)) != 0;
}

static bool
carries(enum term_rule rule, bool known)
{
	return rule == TERM_NAMED || rule == TERM_MADE ||
	    (rule == TERM_MATCHED && known);
}

static void
note_used(struct map_terms *terms, const struct map *map,
    enum term_kind kind, const struct config_pair *pair)
{
	if (pair != NULL)
		terms->used[kind][pair - map_term_rules(map, kind)->pairs] =
		    true;
}

/*
 * What becomes of a property.  Variations are told it too where offers have
 * it; as long as none does, it is not asked of their catalogue: "*" would
 * make hundreds there that stay empty, and a name would have to be there.
 */
static void
settle_property(struct map *map, struct map_term *item)
{
	const char *sign = item->from == RECORD_PROPERTY ? TERM_OF : "";
	struct map_terms *terms = map->terms;
	enum term_rule rule = item->rules[SIDE_GOODS];

	item->carried[SIDE_GOODS] = carries(item->of_pairs &&
	    rule == TERM_NAMED ? TERM_MATCHED : rule,
	    is_known(map, TERM_PROPERTY, "", item->id));
	if (!item->seen && rule != TERM_IGNORED)
		rule = TERM_MATCHED;
	item->rules[SIDE_OFFERS] = rule;
	item->carried[SIDE_OFFERS] = terms->offers && carries(rule,
	    is_known(map, TERM_TRAIT, sign, item->id));
}

static bool
is_deleted(const struct record *record)
{
	return str_is(fields_get(&record->fields, FIELD_DELETED), "1");
}

/* ТипЗначений; old files state none, their lists are told by the values. */
static enum term_type
type_of(const struct fields *fields)
{
	struct str type = fields_get(fields, FIELD_TYPE);

	if (str_same_name(type, str_of("Число")))
		return TERM_NUMBER;
	if (str_same_name(type, str_of("Время")))
		return TERM_TIME;
	if (str_same_name(type, str_of("Справочник")) ||
	    (type.len == 0 && fields_has(fields, FIELD_OPTION)))
		return TERM_LIST;
	return TERM_TEXT;
}

static int
keep_property(void *arg, const struct record *record)
{
	struct map *map = arg;
	struct map_terms *terms = map->terms;
	struct str id = record->id;
	struct map_term *item;

	/* A реквизит's or a trait's id would be told by it. */
	if (map_term_begins(id, TERM_OWN) || map_term_begins(id, TERM_OF))
		return 0;
	item = map_word_add(terms, RECORD_PROPERTY, id);
	if (item == NULL)
		return 0;
	item->name = map_word_keep(terms, fields_get(&record->fields,
	    FIELD_NAME));
	item->type = type_of(&record->fields);
	item->multiple = str_is(fields_get(&record->fields, FIELD_MULTIPLE),
	    "1");
	item->deleted = is_deleted(record);
	item->rules[SIDE_GOODS] = map_term_decide(map, TERM_PROPERTY, id,
	    item->name, &item->pair);
	note_used(terms, map, TERM_PROPERTY, item->pair);
	if (item->deleted)
		item->rules[SIDE_GOODS] = TERM_IGNORED;
	return 0;
}

struct reading {
	const struct map *map;
};

static int
keep_values(void *arg, const struct record *record)
{
	const struct reading *reading = arg;
	const struct map *map = reading->map;
	struct map_terms *terms = map->terms;
	const struct map_term *item = map_word_find(map, RECORD_PROPERTY,
	    record->id);
	struct str value;
	enum field field;
	size_t at = 0;

	if (item == NULL || item->type != TERM_LIST ||
	    item->rules[SIDE_GOODS] == TERM_IGNORED)
		return 0;
	while (fields_next(&record->fields, &at, &field, &value)) {
		if (field == FIELD_OPTION && field_part(value, 1).len > 0)
			map_word_option(terms, (size_t)(item - terms->items),
			    field_part(value, 0), field_part(value, 1));
	}
	return 0;
}

int
map_term_read_values(const struct map *map, struct err *err)
{
	const struct record_source *source = map->source;
	struct reading reading = { map };

	if (map->terms == NULL || map->terms->values_read)
		return 0;
	if (source->each(source->ctx, RECORD_PROPERTY, keep_values, &reading,
	    err) != 0)
		return -1;
	map->terms->values_read = true;
	return 0;
}

static int
keep_store(void *arg, const struct record *record)
{
	struct map *map = arg;
	struct map_term *item = map_word_add(map->terms, RECORD_WAREHOUSE,
	    record->id);
	enum term_rule rule;

	if (item == NULL)
		return 0;
	item->name = map_word_keep(map->terms, fields_get(&record->fields,
	    FIELD_NAME));
	item->deleted = is_deleted(record);
	rule = map_term_decide(map, TERM_STORE, item->id, item->name,
	    &item->pair);
	note_used(map->terms, map, TERM_STORE, item->pair);
	/* It may still hold something; nothing is made for it. */
	if ((item->deleted || item->name.len == 0) && rule == TERM_MADE)
		rule = TERM_MATCHED;
	item->rules[SIDE_GOODS] = rule;
	item->carried[SIDE_GOODS] = carries(rule, is_known(map, TERM_STORE,
	    "", item->id));
	return 0;
}

static int
keep_unit(void *arg, const struct record *record)
{
	struct map *map = arg;
	struct str code = str_trim(fields_get(&record->fields, FIELD_CODE));
	struct str name = fields_get(&record->fields, FIELD_NAME);
	struct map_term *item;

	if (code.len == 0)
		code = str_trim(record->id);
	/* Of one that goods alone name, flow/ knows this. */
	if (name.len == 0)
		name = fields_get(&record->fields, FIELD_UNIT_NAME);
	if (name.len == 0)
		name = fields_get(&record->fields, FIELD_FULL_NAME);
	if (code.len == 0 || is_deleted(record))
		return 0;
	item = map_word_find(map, RECORD_UNIT, code);
	/* УТ counts packs of every size under one code: which of their names
	 * is meant nobody can tell. */
	if (item != NULL && (item->name.len > 0 || name.len == 0)) {
		item->twofold = item->twofold || (name.len > 0 &&
		    !fields_has(&record->fields, FIELD_UNIT_NAME) &&
		    !str_same_name(name, item->name));
		return 0;
	}
	/* Goods that say the code alone do not hide what the list says. */
	if (item == NULL)
		item = map_word_add(map->terms, RECORD_UNIT, code);
	if (item == NULL)
		return 0;
	item->name = map_word_keep(map->terms, name);
	item->rules[SIDE_GOODS] = map_term_decide(map, TERM_UNIT, item->id,
	    item->name, &item->pair);
	note_used(map->terms, map, TERM_UNIT, item->pair);
	item->carried[SIDE_GOODS] = carries(item->rules[SIDE_GOODS],
	    is_known(map, TERM_UNIT, "", item->id));
	return 0;
}

static int
keep_category(void *arg, const struct record *record)
{
	struct map *map = arg;
	struct str name = fields_get(&record->fields, FIELD_NAME);
	struct map_term *item;

	/* "<Без категории>" is none. */
	if (name.len == 0 || name.p[0] == '<')
		return 0;
	item = map_word_add(map->terms, RECORD_CATEGORY, record->id);
	if (item != NULL)
		item->name = map_word_keep(map->terms, name);
	return 0;
}

/* Goods have such a реквизит, or differ by it; of_pairs as map_term's. */
static void
see_requisite(struct map *map, struct str name, bool of_pairs)
{
	struct map_terms *terms = map->terms;
	size_t i;

	for (i = 0; i < terms->requisite_count; i++) {
		struct map_term *item = &terms->items[terms->requisites + i];

		if (str_same_name(name, item->name)) {
			item->of_pairs = of_pairs && (!item->in_goods ||
			    item->of_pairs);
			item->in_goods = true;
			note_used(terms, map, TERM_PROPERTY, item->pair);
		}
	}
}

/*
 * A property that goods have and no list of 1C defines (commerceml.md 6): its
 * id is all that is known, so a rule may name it, and the portal's property of
 * that mark, code or name is it; "*" alone makes none that nobody could read.
 * The article has a field of its own.
 */
static struct map_term *
see_property(struct map *map, struct str id)
{
	struct map_term *item = map_word_find(map, RECORD_PROPERTY, id);
	enum term_rule rule;

	if (item != NULL || str_is(id, "CML2_ARTICLE"))
		return item;
	item = map_word_add(map->terms, RECORD_PROPERTY, id);
	if (item == NULL)
		return NULL;
	rule = map_term_decide(map, TERM_PROPERTY, id, STR_NONE,
	    &item->pair);
	item->unlisted = true;
	item->unmade = item->pair == NULL && rule == TERM_MADE;
	item->rules[SIDE_GOODS] = item->unmade ? TERM_MATCHED : rule;
	note_used(map->terms, map, TERM_PROPERTY, item->pair);
	return item;
}

/* Whatever 1C says of it: a good has several values.  Texts stand in one. */
static void
see_several(struct map *map, struct str id)
{
	struct map_term *item = map_word_find(map, RECORD_PROPERTY, id);

	if (item != NULL && item->type != TERM_TEXT)
		item->multiple = true;
}

/* map_mention.c says what these ids are. */
static int
keep_trait(void *arg, const struct record *record)
{
	struct map *map = arg;
	struct map_terms *terms = map->terms;
	struct str id = record->id;
	struct map_term *item;
	enum map_side side;
	enum term_rule rule;

	if (map_term_begins(id, TERM_OWN) &&
	    map_term_begins(map_term_behind(id), TERM_OWN)) {
		terms->requisites_known = true;
		see_requisite(map, map_term_behind(map_term_behind(id)),
		    false);
		return 0;
	}
	if (map_term_begins(id, TERM_OWN) &&
	    map_term_begins(map_term_behind(id), TERM_OF)) {
		(void)see_property(map, map_term_behind(map_term_behind(id)));
		return 0;
	}
	if (map_term_begins(id, TERM_OF) &&
	    map_term_begins(map_term_behind(id), TERM_OF)) {
		see_several(map, map_term_behind(map_term_behind(id)));
		return 0;
	}
	if (map_term_begins(id, TERM_OWN) || map_term_begins(id, TERM_OF)) {
		item = map_term_begins(id, TERM_OF) ? see_property(map,
		    map_term_behind(id)) : map_term_find(map, TERM_TRAIT, id,
		    &side);
		if (item != NULL)
			item->seen = true;
		return 0;
	}
	item = map_word_add(terms, RECORD_TRAIT, id);
	if (item == NULL)
		return 0;
	item->name = item->id;
	item->seen = true;
	/* A product made of an offer may have it, as a rule says. */
	if (map->config->catalog.characteristics == CHARACTERISTICS_PRODUCTS)
		see_requisite(map, id, true);
	rule = map_term_decide(map, TERM_TRAIT, item->id, item->name,
	    &item->pair);
	note_used(terms, map, TERM_PROPERTY, item->pair);
	item->rules[SIDE_GOODS] = TERM_IGNORED;
	item->rules[SIDE_OFFERS] = rule;
	item->carried[SIDE_OFFERS] = terms->offers && carries(rule,
	    is_known(map, TERM_TRAIT, "", item->id));
	return 0;
}

static void
keep_owns(struct map *map)
{
	struct map_terms *terms = map->terms;
	struct map_term *item;
	size_t i;

	for (i = 0; i < OWN_COUNT; i++) {
		const struct map_own_word *own =
		    map_word_of_own((enum map_own)i);

		item = map_word_add(terms, RECORD_NONE, str_of(own->id));
		item->name = map_term_behind(item->id);
		item->code = own->code;
		item->multiple = own->multiple;
		item->rules[SIDE_GOODS] = map_term_decide(map, TERM_PROPERTY,
		    item->id, item->name, &item->pair);
		note_used(terms, map, TERM_PROPERTY, item->pair);
	}
}

/* Rules that name no property and no element are about реквизиты of goods,
 * which no list of 1C defines. */
static void
keep_requisites(struct map *map)
{
	const struct config_map *rules = &map->config->catalog.properties;
	struct map_terms *terms = map->terms;
	struct buf id = BUF_INIT(LIMIT_ID_BYTES);
	struct map_term *item;
	size_t i;

	terms->requisites = terms->count;
	for (i = 0; i < rules->count; i++) {
		const struct config_pair *pair = &rules->pairs[i];

		buf_clear(&id);
		(void)buf_printf(&id, "%s%s", TERM_OWN, pair->name);
		if (terms->used[TERM_PROPERTY][i] || id.full ||
		    strcmp(pair->name, CONFIG_OTHERS) == 0)
			continue;
		item = map_word_add(terms, RECORD_NONE, str_n(id.data,
		    id.len));
		if (item == NULL)
			break;
		item->name = map_term_behind(item->id);
		item->pair = pair;
		item->rules[SIDE_GOODS] = map_term_meaning(pair);
		terms->requisite_count++;
	}
	buf_free(&id);
}

/* A name that was mistyped is no реквизит: nothing is made for it.  Where
 * records do not say which ones there are, it is one if it is nothing else. */
static void
settle_requisites(struct map *map)
{
	const struct config_map *rules = &map->config->catalog.properties;
	struct map_terms *terms = map->terms;
	size_t i;

	for (i = 0; i < terms->requisite_count; i++) {
		struct map_term *item = &terms->items[terms->requisites + i];
		bool used = terms->used[TERM_PROPERTY][item->pair -
		    rules->pairs];

		if (!item->in_goods && (terms->requisites_known || used))
			item->rules[SIDE_GOODS] = TERM_IGNORED;
	}
}

/* Of two warehouses of one name the portal's store is the first one's: what
 * the other one has is held there, where it is told. */
static void
settle_store(struct map *map, struct map_term *item)
{
	struct map_terms *terms = map->terms;
	size_t i;

	if (!map->facts.documents || item->deleted || item->name.len == 0 ||
	    item->rules[SIDE_GOODS] != TERM_MATCHED ||
	    item->carried[SIDE_GOODS])
		return;
	for (i = 0; i < terms->count; i++) {
		const struct map_term *other = &terms->items[i];

		if (other->from == RECORD_WAREHOUSE &&
		    other->rules[SIDE_GOODS] == TERM_MATCHED &&
		    other->carried[SIDE_GOODS] && other->twin.len == 0 &&
		    str_same_name(other->name, item->name)) {
			item->twin = other->id;
			item->carried[SIDE_GOODS] = true;
			return;
		}
	}
}

static void
settle_all(struct map *map)
{
	struct map_terms *terms = map->terms;
	size_t i;

	settle_requisites(map);
	for (i = 0; i < terms->count; i++) {
		struct map_term *item = &terms->items[i];

		if (item->from == RECORD_NONE ||
		    item->from == RECORD_PROPERTY)
			settle_property(map, item);
		else if (item->from == RECORD_WAREHOUSE)
			settle_store(map, item);
		if (item->from != RECORD_NONE &&
		    item->from != RECORD_PROPERTY &&
		    item->from != RECORD_TRAIT)
			continue;
		terms->any[SIDE_GOODS] |= item->carried[SIDE_GOODS];
		terms->any[SIDE_OFFERS] |= item->carried[SIDE_OFFERS];
	}
}

int
map_term_read(struct map *map, struct err *err)
{
	static const struct {
		enum record_kind kind;
		int (*keep)(void *arg, const struct record *record);
	} kinds[] = {
		{ RECORD_PROPERTY, keep_property },
		/* Behind it, for they take what no property bears. */
		{ RECORD_NONE, NULL },
		{ RECORD_TRAIT, keep_trait },
		{ RECORD_WAREHOUSE, keep_store },
		{ RECORD_UNIT, keep_unit },
		{ RECORD_CATEGORY, keep_category },
	};
	const struct record_source *source = map->source;
	size_t i;

	keep_owns(map);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].keep == NULL)
			keep_requisites(map);
		else if (source->each(source->ctx, kinds[i].kind,
		    kinds[i].keep, map, err) != 0)
			return -1;
	}
	settle_all(map);
	return 0;
}
