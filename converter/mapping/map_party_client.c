/* The company or the contact itself. */
#include "mapping/map_internal.h"

static void
put_name(const struct map *map, enum target_kind kind, struct wanted *out)
{
	const struct map_party *party = &map->work->party;
	const struct str *words = party->words;
	struct map_name name;

	if (kind == TARGET_COMPANY) {
		map_party_put(map, kind, out, FIELD_NAME,
		    str_n(party->title.data, party->title.len));
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

struct str
map_party_client_type_of(const struct map *map, struct str role)
{
	return role.len == 0 ? STR_NONE : str_of(config_map_get(
	    &map->config->counterparties.types, role));
}

struct str
map_party_client_type(const struct map *map)
{
	return map_party_client_type_of(map, map->work->party.words[WORD_ROLE]);
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
	if (map_party_is_marked(map) && map_party_marks(map->config)) {
		out->state = WANTED_KEPT;
		map_party_put(map, kind, out, FIELD_PARTY_TYPE,
		    str_of(map->config->counterparties.marked));
		return 0;
	}
	put_name(map, kind, out);
	map_party_put(map, kind, out, FIELD_PARTY_TYPE,
	    map_party_client_type(map));
	map_party_put(map, kind, out, FIELD_COMMENT,
	    party->words[WORD_COMMENT]);
	map_party_contacts_put(map, kind, &party->root, out);
	map_party_extra_put(map, kind, out);
	map_party_manager_put(map, kind, out);
	(void)fields_set(&out->at_create, FIELD_XML_ID, target_id(target));
	if (party->inn[0] != '\0')
		(void)fields_add_pair(&out->at_create, FIELD_TAXPAYER,
		    str_of(party->inn), party->kind == KIND_LEGAL ?
		    str_of(party->kpp) : STR_NONE);
	return 0;
}
