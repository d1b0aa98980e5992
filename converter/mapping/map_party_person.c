/*
 * Contact persons: the Представитель of a counterparty, flat (3.1) or with a
 * Контрагент inside (2.0x, commerceml.md 9).
 */
#include "mapping/map_internal.h"

#include <string.h>

/* Where the person's own elements are. */
static struct flat_node
inner(const struct flat_node *node)
{
	struct flat_node found;
	size_t at = 0;

	return flat_next(node, "Контрагент", &at, &found) ? found :
	    *node;
}

/* Said inside or beside. */
static struct str
text_of(const struct flat_node *node, const struct flat_node *person,
    const char *path)
{
	struct str text = map_party_rows_text(person, path);

	return text.len > 0 ? text : map_party_rows_text(node, path);
}

static struct map_name
name_of(const struct flat_node *node, const struct flat_node *person)
{
	struct map_name name;

	map_party_name_take(&name, text_of(node, person, "Фамилия"),
	    text_of(node, person, "Имя"), text_of(node, person, "Отчество"),
	    text_of(node, person, "ПолноеНаименование"),
	    text_of(node, person, "Наименование"));
	return name;
}

/* A firm can represent another one; it is no person. */
static bool
is_firm(const struct flat_node *node, const struct flat_node *person)
{
	enum party_form form = party_name_form(text_of(node, person,
	    "Наименование"));

	return text_of(node, person, "ОфициальноеНаименование").len > 0 ||
	    form == PARTY_FORM_LEGAL || form == PARTY_FORM_FARM;
}

static void
add_word(struct buf *out, struct str word)
{
	if (word.len == 0)
		return;
	(void)buf_add(out, word.p, word.len);
	(void)buf_add_char(out, ' ');
}

/* A bare name must not join persons of two companies, and persons of one id
 * are one: so the company's id is a part of it. */
static void
put_own_id(struct buf *out, const struct map_party *party,
    const struct map_name *name)
{
	struct buf whole = BUF_INIT(LIMIT_XML_TEXT);
	struct buf plain = BUF_INIT(LIMIT_XML_TEXT);
	struct str text;

	add_word(&whole, name->last);
	add_word(&whole, name->first);
	add_word(&whole, name->second);
	party_name_plain(&plain, str_n(buf_text(&whole), whole.len));
	text = str_utf8_cut(str_n(buf_text(&plain), plain.len),
	    LIMIT_ID_BYTES / 2);
	if (text.len > 0)
		(void)buf_printf(out, "%.*s#%.*s", (int)party->id_len,
		    party->id, (int)text.len, text.p);
	buf_free(&plain);
	buf_free(&whole);
}

void
map_party_person_id(struct buf *out, const struct map *map,
    const struct flat_node *node)
{
	struct flat_node person = inner(node);
	struct map_name name = name_of(node, &person);
	struct str id = text_of(node, &person, "Ид");

	buf_clear(out);
	if ((name.last.len == 0 && name.first.len == 0) ||
	    is_firm(node, &person))
		return;
	id = str_utf8_cut(id, LIMIT_ID_BYTES);
	if (id.len > 0)
		(void)buf_add(out, id.p, id.len);
	else
		put_own_id(out, &map->work->party, &name);
}

static bool
find_person(const struct map *map, struct str id, struct flat_node *out)
{
	const struct map_party *party = &map->work->party;
	struct buf other = BUF_INIT(LIMIT_KEY_BYTES);
	bool found = false;
	size_t at = 0;
	int n;

	for (n = 0; !found && n < LIMIT_PARTY_PARTS; n++) {
		if (!flat_next(&party->root,
		    "Представители/Представитель", &at, out))
			break;
		map_party_person_id(&other, map, out);
		found = str_eq(id, str_n(other.data, other.len));
	}
	buf_free(&other);
	return found;
}

/* What it is to the company says something but for the usual word. */
static struct str
post_of(const struct flat_node *node, const struct flat_node *person)
{
	struct str post = text_of(node, person, "Должность");

	if (post.len == 0)
		post = text_of(node, person, "Отношение");
	return str_same_name(post, str_of("Контактное лицо")) ? STR_NONE :
	    post;
}

/* Where the person's contacts are. */
static struct flat_node
reached_at(const struct flat_node *node, const struct flat_node *person)
{
	struct flat_node contacts;
	size_t at = 0;

	return flat_next(person, "Контакты", &at, &contacts) ? *person :
	    *node;
}

void
map_party_person_left(const struct map *map, struct map_left *left)
{
	struct buf id = BUF_INIT(LIMIT_KEY_BYTES);
	struct flat_node node, person, contacts;
	size_t at = 0;
	int n;

	for (n = 0; n < LIMIT_PARTY_PARTS && flat_next(
	    &map->work->party.root, "Представители/Представитель", &at,
	    &node); n++) {
		map_party_person_id(&id, map, &node);
		if (id.len == 0)
			continue;
		person = inner(&node);
		contacts = reached_at(&node, &person);
		map_party_contacts_left(&contacts, text_of(&node, &person,
		    "Наименование"), left);
	}
	buf_free(&id);
}

/* That of the company once: who represents two firms would be now of one type,
 * now of the other. */
static void
put_type(const struct map *map, struct str role, struct wanted *out)
{
	struct str type = map_party_client_type_of(map, role);

	if (type.len > 0)
		map_party_put(map, TARGET_PERSON, out, FIELD_PARTY_TYPE, type);
	else if (!map->never[TARGET_PERSON][FIELD_PARTY_TYPE])
		(void)fields_set(&out->at_create, FIELD_PARTY_TYPE,
		    map_party_client_type(map));
}

int
map_party_person_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	const enum target_kind kind = TARGET_PERSON;
	struct flat_node node, person, contacts;
	struct map_name name;
	int rc;

	rc = map_party_read(map, target_id(target), err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (map_party_state(map) == WANTED_NOTHING ||
	    map_party_holder(map) != TARGET_COMPANY ||
	    !find_person(map, target_rule(target), &node) ||
	    target_set(&out->parent, TARGET_COMPANY, target_id(target)) != 0)
		return 0;
	out->state = map_party_state(map);
	person = inner(&node);
	name = name_of(&node, &person);
	map_party_put(map, kind, out, FIELD_LAST_NAME, name.last);
	map_party_put(map, kind, out, FIELD_FIRST_NAME, name.first);
	map_party_put(map, kind, out, FIELD_SECOND_NAME, name.second);
	map_party_put(map, kind, out, FIELD_POST, post_of(&node, &person));
	map_party_put(map, kind, out, FIELD_COMMENT,
	    text_of(&node, &person, "Комментарий"));
	contacts = reached_at(&node, &person);
	map_party_contacts_put(map, kind, &contacts, out);
	map_party_put(map, kind, out, FIELD_COMPANIES, str_of("1"));
	(void)fields_set(&out->at_create, FIELD_XML_ID, target_rule(target));
	put_type(map, text_of(&node, &person, "Роль"), out);
	map_party_manager_put(map, kind, out);
	return 0;
}
