/*
 * Addresses.  As 1C itself does, the single fields count where there are two
 * or more of them, else the text as a whole (commerceml.md 9).
 */
#include "mapping/map_internal.h"

#include <string.h>

/* The portal's types: crm.enum.addresstype (11 is that of delivery). */
#define TYPE_POSTAL "8"

static const struct {
	const char *type, *path;
} types[] = {
	{ "6", "ЮридическийАдрес" },
	{ "1", "Адрес" },
	{ "4", "АдресРегистрации" },
	{ TYPE_POSTAL, "ПочтовыйАдрес" },
};

/* Types of АдресноеПоле without blanks and in small letters.  What is said
 * twice, or goes to one field, is joined in the order of this table. */
static const struct {
	const char *type;
	enum field field;
} parts[] = {
	{ "почтовыйиндекс", FIELD_POSTCODE },
	{ "индекс", FIELD_POSTCODE },
	{ "страна", FIELD_COUNTRY },
	{ "регион", FIELD_PROVINCE },
	{ "район", FIELD_DISTRICT },
	{ "город", FIELD_CITY },
	{ "населенныйпункт", FIELD_CITY },
	{ "улица", FIELD_ADDRESS },
	{ "дом", FIELD_ADDRESS },
	{ "корпус", FIELD_ADDRESS },
	{ "строение", FIELD_ADDRESS },
	{ "квартира", FIELD_ADDRESS_2 },
	{ "офис", FIELD_ADDRESS_2 },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

const char *
map_party_address_type(size_t n)
{
	return n < sizeof(types) / sizeof(types[0]) ? types[n].type : NULL;
}

/* The first text of each part; their number. */
static size_t
take_parts(struct str out[PARTS], const struct flat_node *node)
{
	struct buf word = BUF_INIT(LIMIT_XML_TEXT);
	struct flat_node field;
	size_t at = 0, count = 0, i;

	memset(out, 0, PARTS * sizeof(*out));
	while (flat_next(node, "АдресноеПоле", &at, &field)) {
		struct str value = map_party_rows_text(&field, "Значение");

		party_word_plain(&word, map_party_rows_text(&field, "Тип"));
		for (i = 0; i < PARTS && value.len > 0; i++) {
			if (strcmp(buf_text(&word), parts[i].type) != 0 ||
			    out[i].len > 0)
				continue;
			out[i] = value;
			count++;
			break;
		}
	}
	buf_free(&word);
	return count;
}

/* As a whole, however it is said. */
static struct str
whole_of(const struct flat_node *node)
{
	struct str text = map_party_rows_text(node, "Представление");

	return text.len > 0 ? text : map_party_rows_text(node, NULL);
}

bool
map_party_address_find(const struct map_party *party, struct str type,
    struct flat_node *out, struct str *text)
{
	struct str found[PARTS];
	size_t at, i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!str_is(type, types[i].type))
			continue;
		at = 0;
		while (flat_next(&party->root, types[i].path, &at,
		    out)) {
			*text = whole_of(out);
			if (text->len > 0 || take_parts(found, out) >= 2)
				return true;
		}
	}
	if (!str_is(type, TYPE_POSTAL))
		return false;
	*text = map_party_contacts_post(&party->root);
	*out = party->root;
	/* No row of it is one of an address. */
	out->end = out->at;
	return text->len > 0;
}

static void
put_parts(const struct map *map, const struct str found[PARTS],
    struct str whole, struct wanted *out)
{
	static const enum field fields[] = { FIELD_POSTCODE, FIELD_COUNTRY,
	    FIELD_PROVINCE, FIELD_DISTRICT, FIELD_CITY, FIELD_ADDRESS,
	    FIELD_ADDRESS_2 };
	struct buf text = BUF_INIT(LIMIT_XML_TEXT);
	size_t i, part;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		buf_clear(&text);
		for (part = 0; part < PARTS; part++) {
			if (parts[part].field != fields[i] ||
			    found[part].len == 0)
				continue;
			(void)buf_printf(&text, "%s%.*s",
			    text.len > 0 ? ", " : "", (int)found[part].len,
			    found[part].p);
		}
		/* The street is in the text alone. */
		if (fields[i] == FIELD_ADDRESS && text.len == 0 &&
		    whole.len > 0)
			(void)buf_add(&text, whole.p, whole.len);
		map_party_put(map, TARGET_ADDRESS, out, fields[i],
		    str_n(text.data, text.len));
	}
	buf_free(&text);
}

int
map_party_address_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err)
{
	struct str found[PARTS], whole;
	struct flat_node node;
	int rc;

	rc = map_party_read(map, target_id(target), err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (map_party_state(map) == WANTED_NOTHING ||
	    !map_party_address_find(&map->work->party, target_rule(target),
	    &node, &whole) || target_set(&out->parent, TARGET_REQUISITE,
	    target_id(target)) != 0)
		return 0;
	out->state = map_party_state(map);
	if (take_parts(found, &node) >= 2)
		put_parts(map, found, whole, out);
	else
		map_party_put(map, TARGET_ADDRESS, out, FIELD_ADDRESS, whole);
	return 0;
}
