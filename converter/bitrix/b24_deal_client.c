/*
 * A client that goes to 1C by itself says more than the customer of a deal:
 * all that 1C's own list of counterparties can say (mapping/map_party*.c), in
 * 1C's words.
 */
#include "bitrix/b24_deal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/party.h"

#define ENTITY_REQUISITE 8

/* ---- words of 1C ---- */

static void
add_part(struct buf *out, struct str text)
{
	if (out->len > 0)
		(void)buf_add_char(out, FIELD_PART);
	(void)buf_add(out, text.p, text.len);
}

/* All roles that the rules give the portal's type, as parts. */
static void
add_roles(struct buf *out, const struct b24 *b24, const cJSON *held,
    bool company)
{
	const struct config_map *roles = &b24->config->counterparties.types;
	char space[32];
	struct str type = json_str(json_get(held, "typeId"), space);

	for (size_t i = 0; type.len > 0 && i < roles->count; i++)
		if (str_is(type, b24_crm_facts_type(b24, company ?
		    TARGET_COMPANY : TARGET_CONTACT,
		    str_of(roles->pairs[i].value))))
			add_part(out, str_of(roles->pairs[i].name));
}

/* All names by which the rules know the user, as parts. */
static void
add_users(struct buf *out, const struct b24 *b24, int64_t id)
{
	const struct config_map *users = &b24->config->users;

	for (size_t i = 0; id > 0 && i < users->count; i++)
		if (b24_user_id(b24, str_of(users->pairs[i].value)) == id)
			add_part(out, str_of(users->pairs[i].name));
}

/* Nobody has chosen default_user, so its name is told as well. */
static void
add_manager(struct buf *out, const struct b24 *b24, const cJSON *held)
{
	int64_t id = json_int_of(held, "assignedById");
	struct str chosen = str_of(b24->config->default_user);

	add_users(out, b24, id);
	if (out->len > 0 && b24_user_id(b24, chosen) == id)
		add_part(out, chosen);
}

static void
put(struct fields *out, enum field field, struct buf *text)
{
	if (text->len > 0)
		(void)fields_set(out, field, str_n(buf_text(text),
		    text->len));
	buf_clear(text);
}

/* ---- texts ---- */

static void
add_comment(struct fields *out, const cJSON *held)
{
	char space[32];
	struct str raw = str_trim(json_str(json_get(held, "comments"),
	    space));
	char *plain = b24_deal_text_plain(raw);

	(void)fields_set(out, FIELD_COMMENT, str_of(plain));
	if (!str_is(raw, plain))
		(void)fields_set(out, FIELD_DESCRIPTION, raw);
	free(plain);
}

static void
add_sites(struct fields *out, const cJSON *held)
{
	struct buf lines = BUF_INIT(LIMIT_DEAL_BYTES);

	b24_client_lines_read(&lines, FIELD_SITES, json_get(held, "fm"),
	    false);
	put(out, FIELD_SITES, &lines);
	buf_free(&lines);
}

/* ---- user fields ---- */

/* Does another rule fill it too?  What is whose could not be told. */
static bool
is_shared(const struct b24_user_field *fields, size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++)
		if (i != at && strcmp(fields[i].name, fields[at].name) == 0)
			return true;
	return false;
}

/* One value as 1C says it: what b24_user_value_say() takes. */
static void
read_value(struct buf *out, const struct b24 *b24,
    const struct b24_user_field *known, const cJSON *item)
{
	enum b24_user_form form = b24_user_value_form(known);
	struct buf names = BUF_INIT(LIMIT_DEAL_BYTES);
	struct str name;
	int64_t id;

	buf_clear(out);
	b24_user_value_read(out, known, item);
	if (form == B24_FORM_FLAG && out->len > 0) {
		buf_clear(out);
		(void)buf_add_text(out, "Да");
	} else if (form == B24_FORM_USER) {
		if (str_to_int64(&id, str_n(buf_text(out), out->len)) == 0)
			add_users(&names, b24, id);
		name = field_part(str_n(buf_text(&names), names.len), 0);
		buf_clear(out);
		(void)buf_add(out, name.p, name.len);
	}
	buf_free(&names);
}

static void
add_user_field(struct buf *lines, const struct b24 *b24,
    const struct b24_user_field *known, const cJSON *item)
{
	const cJSON *one = cJSON_IsArray(item) ? item->child : item;
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);

	for (; one != NULL; one = cJSON_IsArray(item) ? one->next : NULL) {
		read_value(&text, b24, known, one);
		if (text.len > 0)
			party_line_add(lines, str_of(known->rule),
			    str_n(buf_text(&text), text.len));
		if (!known->multiple)
			break;
	}
	buf_free(&text);
}

static void
add_user_fields(struct fields *out, const struct b24 *b24,
    const cJSON *held, bool company)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;
	const struct b24_user_field *fields = company ?
	    crm->company_fields : crm->contact_fields;
	struct buf lines = BUF_INIT(LIMIT_DEAL_BYTES);

	for (size_t i = 0; fields != NULL && i < crm->field_count; i++)
		if (fields[i].name[0] != '\0' && !is_shared(fields,
		    crm->field_count, i) &&
		    b24_user_value_form(&fields[i]) != B24_FORM_NONE)
			add_user_field(&lines, b24, &fields[i], json_get(held,
			    fields[i].name));
	put(out, FIELD_USER_FIELDS, &lines);
	buf_free(&lines);
}

/* ---- requisites ---- */

/* Type, the text as people write it, and the portal's own parts. */
static void
add_address(struct fields *out, const cJSON *row)
{
	static const char *const parts[] = { "POSTAL_CODE", "COUNTRY",
	    "PROVINCE", "REGION", "CITY", "ADDRESS_1", "ADDRESS_2" };
	struct buf whole = BUF_INIT(LIMIT_DEAL_BYTES);
	struct buf all = BUF_INIT(LIMIT_DEAL_BYTES);
	struct str last = STR_NONE;
	char space[sizeof(parts) / sizeof(*parts)][32];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		party_address_add(&whole, &last, json_str(json_get(row,
		    parts[i]), space[i]));
	(void)buf_printf(&all, "%" PRId64 "%c", json_int_of(row, "TYPE_ID"),
	    FIELD_PART);
	b24_deal_row_add_plain(&all, str_n(buf_text(&whole), whole.len));
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct str part = str_trim(json_str(json_get(row, parts[i]),
		    space[i]));

		(void)buf_add_char(&all, FIELD_PART);
		b24_deal_row_add_plain(&all, part);
	}
	if (whole.len > 0 && !all.full)
		(void)fields_add(out, FIELD_ADDRESSES, str_n(buf_text(&all),
		    all.len));
	buf_free(&whole);
	buf_free(&all);
}

/* In the order of their types, for another one of the same is no news. */
static void
add_addresses(struct fields *out, const cJSON *addresses, int64_t requisite)
{
	static const int64_t types[] = { 1, 4, 6, 8 };
	const cJSON *row;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		cJSON_ArrayForEach(row, addresses)
			if (json_int_of(row, "ENTITY_ID") == requisite &&
			    json_int_of(row, "ENTITY_TYPE_ID") ==
			    ENTITY_REQUISITE && json_int_of(row,
			    "TYPE_ID") == types[i]) {
				add_address(out, row);
				break;
			}
}

static void
add_requisite(struct fields *out, const cJSON *requisite,
    const cJSON *addresses)
{
	static const struct {
		enum field field;
		const char *name;
	} columns[] = {
		{ FIELD_OKVED, "RQ_OKVED" },
		{ FIELD_DIRECTOR, "RQ_DIRECTOR" },
	};
	char space[32];

	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		(void)fields_set(out, columns[i].field, str_trim(json_str(
		    json_get(requisite, columns[i].name), space)));
	add_addresses(out, addresses, json_int_of(requisite, "ID"));
}

/* ---- the whole ---- */

static const cJSON *
find_row(const cJSON *rows, int64_t id)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, rows)
		if (json_int_of(row, "id") == id)
			return row;
	return NULL;
}

void
b24_deal_client(struct deal_client *client, const struct b24 *b24,
    const cJSON *row, const struct b24_deal_rows *rows, bool company)
{
	struct fields *out = &client->fields;
	struct buf words = BUF_INIT(LIMIT_DEAL_BYTES);
	const cJSON *held, *requisite;

	b24_deal_row_client(client, b24, row, rows, company);
	held = find_row(company ? rows->companies : rows->contacts,
	    client->id);
	if (client->id <= 0 || held == NULL)
		return;
	add_comment(out, held);
	add_sites(out, held);
	add_roles(&words, b24, held, company);
	put(out, FIELD_PARTY_TYPE, &words);
	add_manager(&words, b24, held);
	put(out, FIELD_MANAGER, &words);
	add_user_fields(out, b24, held, company);
	requisite = b24_deal_row_requisite(b24, row, rows, company);
	if (requisite != NULL)
		add_requisite(out, requisite, rows->addresses);
	buf_free(&words);
}
