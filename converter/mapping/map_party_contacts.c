/*
 * Phones, e-mails and sites.  1C calls their kinds as it likes: the Bitrix
 * module "Телефон рабочий", older ones "ТелефонРабочий", МойСклад "Телефон"
 * (commerceml.md 9.1).
 */
#include "mapping/map_internal.h"

#include <string.h>

struct contacts {
	struct buf phones, emails, sites;
	struct buf space;
	struct map_left *left;  /* NULL: not asked for */
	struct str whose;
};

static bool
has(const struct buf *word, const char *part)
{
	return strstr(buf_text(word), part) != NULL;
}

/* The portal's kind of a phone, or NULL: it is none. */
static const char *
phone_kind(const struct buf *word)
{
	static const struct {
		const char *part, *kind;
	} kinds[] = {
		{ "факс", "FAX" },
		{ "fax", "FAX" },
		{ "мобильн", "MOBILE" },
		{ "сотов", "MOBILE" },
		{ "внутренн", "WORK" },
		{ "рабоч", "WORK" },
		{ "домашн", "HOME" },
	};
	size_t i;

	if (!has(word, "телефон") && !has(word, "тел.") &&
	    !has(word, "phone") && !has(word, "факс") && !has(word, "fax"))
		return NULL;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (has(word, kinds[i].part))
			return kinds[i].kind;
	}
	return "OTHER";
}

static bool
is_mail(const struct buf *word)
{
	return has(word, "почт") || has(word, "mail");
}

static bool
is_site(const struct buf *word)
{
	return has(word, "сайт") || has(word, "site") || has(word, "www");
}

static bool
has_sign(struct str value)
{
	return value.len > 0 && memchr(value.p, '@', value.len) != NULL;
}

static bool
is_phone(struct str value)
{
	char plain[PARTY_PHONE_BYTES];

	party_phone_plain(plain, value);
	return plain[0] != '\0';
}

/* One number in two spellings is one; the first kind stays.  One without the
 * extension that it has elsewhere says nothing more. */
static void
add_phone(struct contacts *contacts, const char *kind, struct str value)
{
	struct str lines = str_n(buf_text(&contacts->phones),
	    contacts->phones.len), line;
	struct buf kept = BUF_INIT(LIMIT_RECORD_BYTES);
	size_t at = 0;

	while (party_line_next(lines, &at, &line)) {
		if (party_phone_covers(field_part(line, 1), value)) {
			buf_free(&kept);
			return;
		}
		if (!party_phone_covers(value, field_part(line, 1)))
			party_line_add(&kept, field_part(line, 0),
			    field_part(line, 1));
	}
	party_line_add(&kept, str_of(kind), value);
	buf_free(&contacts->phones);
	contacts->phones = kept;
}

/* False: there is none. */
static bool
add_phones(struct contacts *contacts, const char *kind, struct str value)
{
	struct str phone;
	bool any = false;
	size_t at = 0;

	for (int n = 0; n < LIMIT_PARTY_PARTS && party_phone_next(value, &at,
	    &phone); n++) {
		if (!is_phone(phone))
			continue;
		add_phone(contacts, kind, phone);
		any = true;
	}
	return any;
}

/* False: it is none. */
static bool
add_email(struct contacts *contacts, struct str value)
{
	struct str lines = str_n(buf_text(&contacts->emails),
	    contacts->emails.len), line;
	struct buf plain = BUF_INIT(LIMIT_XML_TEXT);
	size_t at = 0;
	bool is;

	party_email_plain(&plain, value);
	is = plain.len > 0;
	while (plain.len > 0 && party_line_next(lines, &at, &line)) {
		party_email_plain(&contacts->space, field_part(line, 1));
		if (strcmp(buf_text(&plain),
		    buf_text(&contacts->space)) == 0)
			buf_clear(&plain);
	}
	if (plain.len > 0)
		party_line_add(&contacts->emails, str_of("WORK"), value);
	buf_free(&plain);
	return is;
}

/* "a@b.ru, c@d.ru", "Иванов <a@b.ru>": the addresses in it.  False: there is
 * none. */
static bool
add_emails(struct contacts *contacts, struct str value)
{
	static const char ends[] = " \t\r\n,;<>()";
	size_t i = 0, from;
	bool any = false;
	int n;

	for (n = 0; i < value.len && n < LIMIT_PARTY_PARTS; n++) {
		while (i < value.len && strchr(ends, value.p[i]) != NULL)
			i++;
		for (from = i; i < value.len; i++) {
			if (strchr(ends, value.p[i]) != NULL)
				break;
		}
		if (i > from && add_email(contacts, str_n(value.p + from,
		    i - from)))
			any = true;
	}
	return any;
}

/* A postal address in a contact: one has several words, "нет" is none. */
static bool
is_post(const struct buf *word, struct str value)
{
	return (strcmp(buf_text(word), "почта") == 0 ||
	    strcmp(buf_text(word), "почтовыйадрес") == 0) &&
	    !has_sign(value) && value.len > 0 &&
	    memchr(value.p, ' ', value.len) != NULL;
}

/* False: the portal has no place for it. */
static bool
add_contact(struct contacts *contacts, struct str type, struct str value)
{
	struct buf *word = &contacts->space;
	const char *kind;

	party_word_plain(word, type);
	if (is_mail(word))
		return is_post(word, value) || (has_sign(value) &&
		    add_emails(contacts, value));
	kind = phone_kind(word);
	if (kind != NULL) {
		return add_phones(contacts, kind, value);
	}
	if (!is_site(word))
		return false;
	party_line_add(&contacts->sites, str_of("WORK"), value);
	return true;
}

static void
read_contacts(struct contacts *contacts, const struct flat_node *node)
{
	struct flat_node contact;
	size_t at = 0;
	int n;

	buf_init(&contacts->phones, LIMIT_RECORD_BYTES);
	buf_init(&contacts->emails, LIMIT_RECORD_BYTES);
	buf_init(&contacts->sites, LIMIT_RECORD_BYTES);
	buf_init(&contacts->space, LIMIT_XML_TEXT);
	for (n = 0; n < LIMIT_PARTY_PARTS && flat_next(node,
	    "Контакты/Контакт", &at, &contact); n++) {
		struct str type = map_party_rows_text(&contact, "Тип");
		struct str value = map_party_rows_text(&contact, "Значение");

		if (value.len > 0 && !add_contact(contacts, type, value) &&
		    contacts->left != NULL)
			map_left_add(contacts->left, contacts->whose, type,
			    value);
	}
	buf_free(&contacts->space);
}

static void
put_lines(const struct map *map, enum target_kind kind, struct wanted *out,
    enum field field, struct buf *lines)
{
	map_party_put(map, kind, out, field, str_n(lines->data, lines->len));
	buf_free(lines);
}

void
map_party_contacts_put(const struct map *map, enum target_kind kind,
    const struct flat_node *node, struct wanted *out)
{
	struct contacts contacts = { .left = NULL };

	read_contacts(&contacts, node);
	put_lines(map, kind, out, FIELD_PHONES, &contacts.phones);
	put_lines(map, kind, out, FIELD_EMAILS, &contacts.emails);
	put_lines(map, kind, out, FIELD_SITES, &contacts.sites);
}

void
map_party_contacts_left(const struct flat_node *node, struct str whose,
    struct map_left *left)
{
	struct contacts contacts = { .left = left, .whose = whose };

	read_contacts(&contacts, node);
	buf_free(&contacts.phones);
	buf_free(&contacts.emails);
	buf_free(&contacts.sites);
}

struct str
map_party_contacts_post(const struct flat_node *node)
{
	struct buf word = BUF_INIT(LIMIT_XML_TEXT);
	struct str value, found = STR_NONE;
	struct flat_node contact;
	size_t at = 0;

	while (found.len == 0 && flat_next(node,
	    "Контакты/Контакт", &at, &contact)) {
		party_word_plain(&word, map_party_rows_text(&contact, "Тип"));
		value = map_party_rows_text(&contact, "Значение");
		if (is_post(&word, value))
			found = value;
	}
	buf_free(&word);
	return found;
}
