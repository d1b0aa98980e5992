/* The company or the contact itself. */
#include "mapping/map_internal.h"

/* The rule's реквизит, else an element of that name. */
static struct str
find_extra(const struct map_party *party, const char *name)
{
	struct flat_node node;
	struct str value;
	size_t at = 0;

	while (flat_next(&party->root,
	    "ЗначенияРеквизитов/ЗначениеРеквизита", &at, &node)) {
		if (!str_same_name(map_party_rows_text(&node,
		    "Наименование"), str_of(name)))
			continue;
		value = map_party_rows_text(&node, "Значение");
		if (value.len > 0)
			return value;
	}
	return map_party_rows_text(&party->root, name);
}

static void
put_extras(const struct map *map, enum target_kind kind, struct wanted *out)
{
	const struct config_map *rules = &map->config->counterparties.fields;
	struct buf lines = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str value;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		value = find_extra(&map->work->party, rules->pairs[i].name);
		if (value.len > 0)
			party_line_add(&lines, str_of(rules->pairs[i].value),
			    value);
	}
	map_party_put(map, kind, out, FIELD_USER_FIELDS,
	    str_n(lines.data, lines.len));
	buf_free(&lines);
}

static void
put_name(const struct map *map, enum target_kind kind, struct wanted *out)
{
	const struct map_party *party = &map->work->party;
	const struct str *words = party->words;
	const char *type;
	struct map_name name;

	if (kind == TARGET_COMPANY) {
		map_party_put(map, kind, out, FIELD_NAME,
		    str_n(party->title.data, party->title.len));
		type = words[WORD_ROLE].len == 0 ? NULL :
		    config_map_get(&map->config->counterparties.types,
		    words[WORD_ROLE]);
		map_party_put(map, kind, out, FIELD_PARTY_TYPE, str_of(type));
		return;
	}
	map_party_name_take(&name, words[WORD_LAST_NAME],
	    words[WORD_FIRST_NAME], words[WORD_SECOND_NAME],
	    words[WORD_FULL], words[WORD_NAME].len > 0 ? words[WORD_NAME] :
	    words[WORD_OFFICIAL]);
	map_party_put(map, kind, out, FIELD_LAST_NAME, name.last);
	map_party_put(map, kind, out, FIELD_FIRST_NAME, name.first);
	map_party_put(map, kind, out, FIELD_SECOND_NAME, name.second);
}

int
map_party_client_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	const struct map_party *party = &map->work->party;
	enum target_kind kind = target->kind;
	int rc;

	rc = map_party_read(map, target_id(target), err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (map_party_holder(map) != kind)
		return 0;
	out->state = map_party_state(map);
	if (out->state == WANTED_NOTHING)
		return 0;
	put_name(map, kind, out);
	map_party_put(map, kind, out, FIELD_COMMENT,
	    party->words[WORD_COMMENT]);
	map_party_contacts_put(map, kind, &party->root, out);
	put_extras(map, kind, out);
	(void)fields_set(&out->at_create, FIELD_XML_ID, target_id(target));
	(void)fields_set(&out->at_create, FIELD_MANAGER,
	    str_of(map->config->default_user));
	if (party->inn[0] != '\0')
		(void)fields_add_pair(&out->at_create, FIELD_TAXPAYER,
		    str_of(party->inn), party->kind == KIND_LEGAL ?
		    str_of(party->kpp) : STR_NONE);
	return 0;
}
