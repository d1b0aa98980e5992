/*
 * Phones, e-mails and sites of a client: `fm`.  A list when a client is
 * made (crm-item-add.md).  On update a key n0, n1 …
 * adds, a numeric key with an empty value takes away, and what is not named
 * stays (crm-item-update.md): so what people added in the portal stays too.
 * Each addition makes one more, also of a number that is there already, and
 * an entry without typeId is ignored (bitrix24.md 10).
 */
#include "bitrix/b24_internal.h"

#include <string.h>

#include "model/party.h"

struct sort {
	enum field field;
	const char *type;
};

static const struct sort sorts[] = {
	{ FIELD_PHONES, "PHONE" },
	{ FIELD_EMAILS, "EMAIL" },
	{ FIELD_SITES, "WEB" },
};

const char *
b24_client_lines_type(enum field field)
{
	for (size_t i = 0; i < sizeof(sorts) / sizeof(*sorts); i++)
		if (sorts[i].field == field)
			return sorts[i].type;
	return NULL;
}

/* ---- when two are the same ---- */

static struct str
site_plain(struct str site)
{
	static const char *const starts[] = { "http://", "https://" };

	site = str_trim(site);
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (site.len > strlen(starts[i]) && str_same_name(str_n(
		    site.p, strlen(starts[i])), str_of(starts[i])))
			site = str_n(site.p + strlen(starts[i]), site.len -
			    strlen(starts[i]));
	while (site.len > 0 && site.p[site.len - 1] == '/')
		site.len--;
	return site;
}

static bool
is_email(struct str text)
{
	struct buf plain = BUF_INIT(LIMIT_REQUEST_BYTES);
	bool is;

	party_email_plain(&plain, text);
	is = plain.len > 0;
	buf_free(&plain);
	return is;
}

static bool
is_same(enum field field, struct str a, struct str b)
{
	if (str_eq(str_trim(a), str_trim(b)))
		return true;
	if (field == FIELD_PHONES)
		return party_phone_same(a, b);
	if (field == FIELD_SITES)
		return str_same_name(site_plain(a), site_plain(b));
	return str_same_name(a, b);
}

static bool
has_value(enum field field, struct str lines, struct str value)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (is_same(field, field_part(line, 1), value))
			return true;
	return false;
}

/* ---- said ---- */

static void
say(struct b24_command *out, const char *key, const char *name,
    struct str value)
{
	char whole[96];

	(void)snprintf(whole, sizeof(whole), "fields[fm][%s][%s]", key, name);
	b24_query_add(&out->query, whole, value);
	if (b24_query_is_reference(value))
		out->lone = true;
}

/* False: the portal would refuse the client for it. */
static bool
add_line(struct b24_command *out, const char *prefix, enum field field,
    struct str line, size_t *added)
{
	struct str value = str_trim(field_part(line, 1));
	char key[32];

	if (value.len == 0 || (field == FIELD_EMAILS && !is_email(value)))
		return false;
	(void)snprintf(key, sizeof(key), "%s%zu", prefix, (*added)++);
	say(out, key, "typeId", str_of(b24_client_lines_type(field)));
	say(out, key, "valueType", field_part(line, 0));
	say(out, key, "value", value);
	return true;
}

void
b24_client_lines_create(struct b24_command *out, enum field field,
    struct str wanted, size_t *added)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(wanted, &at, &line))
		(void)add_line(out, "", field, line, added);
}

/* Of the portal's lines, one that 1C had stated, letter by letter, and
 * states no longer in any spelling. */
static bool
went_away(const struct b24_client_lines *lines, struct str value)
{
	struct str line;
	size_t at = 0;

	if (has_value(lines->field, lines->wanted, value))
		return false;
	while (party_line_next(lines->before, &at, &line))
		if (str_eq(field_part(line, 1), value))
			return true;
	return false;
}

static size_t
empty_lines(struct b24_command *out, const struct b24_client_lines *lines)
{
	struct str line;
	size_t at = 0, count = 0;
	int64_t number;

	while (party_line_next(lines->held, &at, &line)) {
		struct str id = field_part(line, 2);
		char key[32];

		if (!went_away(lines, field_part(line, 1)) ||
		    str_to_int64(&number, id) == -1 || id.len >= sizeof(key))
			continue;
		(void)snprintf(key, sizeof(key), "%.*s", (int)id.len, id.p);
		say(out, key, "typeId",
		    str_of(b24_client_lines_type(lines->field)));
		say(out, key, "value", str_of(""));
		count++;
	}
	return count;
}

size_t
b24_client_lines_update(struct b24_command *out,
    const struct b24_client_lines *lines, size_t *added, size_t *yielded)
{
	struct str line;
	size_t at = 0, count = 0;

	*yielded = 0;
	while (party_line_next(lines->wanted, &at, &line)) {
		struct str value = field_part(line, 1);

		if (has_value(lines->field, lines->held, value))
			continue;
		if (lines->yields && has_value(lines->field, lines->before,
		    value))
			(*yielded)++;
		else if (add_line(out, "n", lines->field, line, added))
			count++;
	}
	return count + empty_lines(out, lines);
}

/* ---- shown ---- */

bool
b24_client_lines_shown(enum field field, struct str wanted, struct str shown)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(wanted, &at, &line)) {
		struct str value = field_part(line, 1);

		if (field == FIELD_EMAILS && !is_email(value))
			continue;
		if (!has_value(field, shown, value))
			return false;
	}
	return true;
}

static void
add_entry(struct buf *out, const cJSON *entry, bool with_ids)
{
	char type_space[32], value_space[32], id_space[32];
	struct str type = json_str(json_get(entry, "valueType"), type_space);
	struct str value = str_trim(json_str(json_get(entry, "value"),
	    value_space));
	struct str id = json_str(json_get(entry, "id"), id_space);
	struct buf whole = BUF_INIT(LIMIT_REQUEST_BYTES);

	if (value.len > 0 && memchr(value.p, '\n', value.len) == NULL) {
		(void)buf_add(&whole, value.p, value.len);
		if (with_ids && id.len > 0) {
			(void)buf_add_char(&whole, FIELD_PART);
			(void)buf_add(&whole, id.p, id.len);
		}
		party_line_add(out, type.len > 0 ? type : str_of("OTHER"),
		    str_n(whole.len > 0 ? buf_text(&whole) : "", whole.len));
	}
	buf_free(&whole);
}

void
b24_client_lines_read(struct buf *out, enum field field, const cJSON *fm,
    bool with_ids)
{
	const char *type = b24_client_lines_type(field);
	const cJSON *entry;
	char space[32];

	cJSON_ArrayForEach(entry, fm)
		if (str_is(json_str(json_get(entry, "typeId"), space), type))
			add_entry(out, entry, with_ids);
}
