/* Requisites and bank accounts: in the portal the second hang on the first. */
#include "mapping/map_internal.h"

#include <string.h>

/* ---- requisites ------------------------------------------------------- */

static void
put_person(const struct map *map, struct wanted *out)
{
	const struct str *words = map->work->party.words;
	struct map_name name;

	map_party_name_take(&name, words[WORD_LAST_NAME],
	    words[WORD_FIRST_NAME], words[WORD_SECOND_NAME],
	    words[WORD_FULL].len > 0 ? words[WORD_FULL] :
	    words[WORD_OFFICIAL], words[WORD_NAME]);
	map_party_put(map, TARGET_REQUISITE, out, FIELD_LAST_NAME, name.last);
	map_party_put(map, TARGET_REQUISITE, out, FIELD_FIRST_NAME,
	    name.first);
	map_party_put(map, TARGET_REQUISITE, out, FIELD_SECOND_NAME,
	    name.second);
}

static void
put_requisite(const struct map *map, struct wanted *out)
{
	const struct map_party *party = &map->work->party;
	const struct str *words = party->words;
	const enum target_kind kind = TARGET_REQUISITE;
	bool legal = party->kind == KIND_LEGAL;

	map_party_put(map, kind, out, FIELD_NAME,
	    str_n(party->title.data, party->title.len));
	map_party_put(map, kind, out, FIELD_INN, str_of(party->inn));
	map_party_put(map, kind, out, FIELD_OGRN, str_of(party->ogrn));
	map_party_put(map, kind, out, FIELD_OKPO,
	    words[WORD_OKPO_CODE].len > 0 ? words[WORD_OKPO_CODE] :
	    words[WORD_OKPO]);
	map_party_put(map, kind, out, FIELD_OKVED, words[WORD_OKVED]);
	if (party->kind != KIND_INDIVIDUAL)
		map_party_put(map, kind, out, FIELD_FULL_NAME,
		    words[WORD_OFFICIAL].len > 0 ? words[WORD_OFFICIAL] :
		    words[WORD_FULL]);
	if (!legal) {
		put_person(map, out);
		return;
	}
	map_party_put(map, kind, out, FIELD_KPP, str_of(party->kpp));
	map_party_put(map, kind, out, FIELD_DIRECTOR, words[WORD_DIRECTOR]);
}

static int
derive_requisite(const struct map *map, struct str id, struct wanted *out)
{
	enum target_kind holder = map_party_holder(map);

	if (!map_party_has_requisite(map) ||
	    target_set(&out->parent, holder, id) != 0)
		return 0;
	out->state = map_party_state(map);
	put_requisite(map, out);
	(void)fields_set(&out->at_create, FIELD_XML_ID, id);
	(void)fields_set(&out->at_create, FIELD_PRESET,
	    str_of(map_party_kind_name(map->work->party.kind)));
	(void)fields_set(&out->at_create, FIELD_HOLDER,
	    str_of(target_kind_name(holder)));
	return 0;
}

/* ---- accounts --------------------------------------------------------- */

/* Zeros stand where 1C wants an account and nobody knows it. */
bool
map_party_papers_account(char out[64], const struct flat_node *node)
{
	struct str text = map_party_rows_text(node, "НомерСчета");
	size_t len = 0, i;

	for (i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];

		/* 1C itself takes blanks out (commerceml.md 9). */
		if (c <= ' ')
			continue;
		if (c > '~' || len == 63)
			return false;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	return strspn(out, "0") < len;
}

static bool
find_account(const struct map_party *party, struct str account,
    struct flat_node *out)
{
	char other[64];
	size_t at = 0;
	int n;

	for (n = 0; n < LIMIT_PARTY_PARTS && flat_next(&party->root,
	    "РасчетныеСчета/РасчетныйСчет", &at, out); n++) {
		if (map_party_papers_account(other, out) &&
		    str_is(account, other))
			return true;
	}
	return false;
}

static int
derive_bank(const struct map *map, const struct target *target,
    struct wanted *out)
{
	const enum target_kind kind = TARGET_BANK;
	struct flat_node node;

	if (!find_account(&map->work->party, target_rule(target), &node) ||
	    target_set(&out->parent, TARGET_REQUISITE,
	    target_id(target)) != 0)
		return 0;
	out->state = map_party_state(map);
	map_party_put(map, kind, out, FIELD_ACCOUNT, target_rule(target));
	map_party_put(map, kind, out, FIELD_BIK,
	    map_party_rows_text(&node, "Банк/БИК"));
	map_party_put(map, kind, out, FIELD_BANK_NAME,
	    map_party_rows_text(&node, "Банк/Наименование"));
	map_party_put(map, kind, out, FIELD_CORR_ACCOUNT,
	    map_party_rows_text(&node, "Банк/СчетКорреспондентский"));
	(void)fields_set(&out->at_create, FIELD_XML_ID, target_id(target));
	return 0;
}

int
map_party_papers_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	int rc = map_party_read(map, target_id(target), err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (map_party_state(map) == WANTED_NOTHING)
		return 0;
	return target->kind == TARGET_REQUISITE ?
	    derive_requisite(map, target_id(target), out) :
	    derive_bank(map, target, out);
}
