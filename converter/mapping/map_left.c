/* Contacts and numbers of counterparties that cannot be carried: they are told,
 * for else nobody misses them before they are needed. */
#include "mapping/map_internal.h"

#include <stdio.h>
#include <string.h>

/* So many stand in the message as examples. */
#define TOLD 4
/* Bytes of a value there. */
#define VALUE_BYTES 60

void
map_left_add(struct map_left *left, struct str whose, struct str type,
    struct str value)
{
	size_t len = strlen(left->examples);
	struct str cut;

	if (left->count++ >= TOLD)
		return;
	whose = str_utf8_cut(whose, VALUE_BYTES);
	type = str_utf8_cut(type, VALUE_BYTES);
	value = str_utf8_cut(value, VALUE_BYTES);
	(void)snprintf(left->examples + len, sizeof(left->examples) - len,
	    "%s%.*s: %.*s%s\"%.*s\"", len > 0 ? "; " : "", (int)whose.len,
	    whose.len > 0 ? whose.p : "", (int)type.len,
	    type.len > 0 ? type.p : "", type.len > 0 ? " " : "",
	    (int)value.len, value.p);
	cut = str_utf8_cut(str_of(left->examples),
	    sizeof(left->examples) - 1);
	left->examples[cut.len] = '\0';
}

/* Zeros alone stand where nobody knows the number. */
static void
add_number(struct map_left *left, const struct map_party *party,
    const char *type, enum map_word word, const char *taken)
{
	struct str said = party->words[word];
	size_t zeros = 0;

	while (zeros < said.len && said.p[zeros] == '0')
		zeros++;
	if (taken[0] == '\0' && zeros < said.len)
		map_left_add(left, str_n(party->title.data, party->title.len),
		    str_of(type), said);
}

static void
add_name(struct map_left *left, const struct map_party *party, struct str id)
{
	struct str title = str_trim(str_n(party->title.data,
	    party->title.len));

	if (map_derive_cut(title, NAME_CHARACTERS).len < title.len)
		map_left_add(left, id, str_of("Наименование"), title);
}

static void
add_parts(struct map_left *left, const struct map_party *party,
    const char *list, const char *path)
{
	struct flat_node node;
	char count[24];
	size_t at = 0;
	int n = 0;

	while (flat_next(&party->root, path, &at, &node))
		n++;
	(void)snprintf(count, sizeof(count), "%d", n);
	if (n > LIMIT_PARTY_PARTS)
		map_left_add(left, str_n(party->title.data,
		    party->title.len), str_of(list), str_of(count));
}

int
map_left(const struct map *map, struct str id,
    struct map_left left[MAP_LEFT_LAST], struct err *err)
{
	const struct map_party *party = &map->work->party;
	struct map_left *contacts = &left[MAP_LEFT_CONTACTS];
	struct map_left *numbers = &left[MAP_LEFT_NUMBERS];
	struct map_left *parts = &left[MAP_LEFT_PARTS];
	struct str title;
	int rc;

	id = record_party_id(id);
	if (!map->config->counterparties.given || id.len > LIMIT_KEY_BYTES)
		return 0;
	rc = map_party_read(map, id, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (map_party_state(map) != WANTED_PRESENT)
		return 0;
	title = str_n(party->title.data, party->title.len);
	map_party_contacts_left(&party->root, title, contacts);
	add_parts(parts, party, "Контакты", "Контакты/Контакт");
	add_parts(parts, party, "РасчетныеСчета",
	    "РасчетныеСчета/РасчетныйСчет");
	if (map_party_holder(map) == TARGET_COMPANY) {
		map_party_person_left(map, contacts);
		add_parts(parts, party, "Представители",
		    "Представители/Представитель");
		add_name(&left[MAP_LEFT_NAMES], party, id);
	}
	add_number(numbers, party, "ИНН", WORD_INN, party->inn);
	add_number(numbers, party, "КПП", WORD_KPP, party->kpp);
	add_number(numbers, party, "ОГРН", WORD_OGRN, party->ogrn);
	return 0;
}
