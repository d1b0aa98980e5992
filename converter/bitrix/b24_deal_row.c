/*
 * A deal of the portal in our terms: its own fields, where it stands, its
 * customer with the requisite that belongs to the deal, its product rows.
 * All rows have been read before; here they are only put together.
 */
#include "bitrix/b24_deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "model/party.h"

#define TYPE_CONTACT 3
#define TYPE_COMPANY 4
#define ADDRESS_ACTUAL 1
#define ADDRESS_REGISTRATION 4
#define ADDRESS_LEGAL 6
#define DAY_BYTES 10            /* "2026-01-15" */

/* ---- small things ---- */

static struct decimal
decimal_of(const cJSON *row, const char *name)
{
	struct decimal value = { 0, 0 };
	char space[32];

	if (decimal_parse(&value, json_str(json_get(row, name), space)) == -1)
		value = (struct decimal){ 0, 0 };
	return value;
}

int64_t
b24_deal_row_time(const cJSON *row, const char *name)
{
	char space[32];
	int64_t ms;

	return clock_parse(&ms, json_str(json_get(row, name), space)) == 0 ?
	    ms : 0;
}

/* A date has a clock and a zone that are not its own (crm-item-list.md: three
 * at night in Moscow): what is written counts. */
static int64_t
day_of(const cJSON *row, const char *name)
{
	char space[32];
	struct str text = json_str(json_get(row, name), space);
	int64_t ms;

	text.len = text.len < DAY_BYTES ? text.len : DAY_BYTES;
	return clock_parse(&ms, text) == 0 ? ms : 0;
}

int
b24_deal_row_nameless(const char *method, struct err *err)
{
	return err_set(err, ERR_PORTAL, _("%s: the portal answers rows without "
	    "an id, so it cannot be known which they are; tell its support "
	    "team"), method);
}

static bool
is_yes(const cJSON *row, const char *name)
{
	char space[32];

	return str_is(json_str(json_get(row, name), space), "Y");
}

static const cJSON *
row_of(const cJSON *rows, const char *name, int64_t id)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, rows)
		if (json_int_of(row, name) == id)
			return row;
	return NULL;
}

/* ---- requisites and addresses ---- */

static int64_t
linked_to(const cJSON *links, int64_t deal)
{
	const cJSON *link;

	cJSON_ArrayForEach(link, links)
		if (json_int_of(link, "ENTITY_TYPE_ID") == 2 &&
		    json_int_of(link, "ENTITY_ID") == deal)
			return json_int_of(link, "REQUISITE_ID");
	return 0;
}

/* Does a come before b? */
static bool
is_earlier(const cJSON *a, const cJSON *b)
{
	int64_t one = json_int_of(a, "SORT"), other = json_int_of(b, "SORT");

	return one != other ? one < other : json_int_of(a, "ID") <
	    json_int_of(b, "ID");
}

/* One that was made to hold an address alone is no requisite. */
static bool
is_usable(const cJSON *row)
{
	char space[32];

	return !is_yes(row, "ADDRESS_ONLY") &&
	    !str_is(json_str(json_get(row, "ACTIVE"), space), "N");
}

static bool
is_own(const struct b24 *b24, const cJSON *row, bool company)
{
	return b24->is_own != NULL && b24->is_own(b24->own_arg,
	    json_int_of(row, "ID"), company, json_int_of(row, "ENTITY_ID"));
}

/* 1C's before all others: with the Ид of a counterparty another one's numbers
 * would lead 1C to that other one. */
static bool
is_better(const struct b24 *b24, const cJSON *one, const cJSON *best,
    bool company)
{
	bool own, other;

	if (best == NULL)
		return true;
	own = is_own(b24, one, company);
	other = is_own(b24, best, company);
	return own != other ? own : is_earlier(one, best);
}

const cJSON *
b24_deal_row_requisite(const struct b24 *b24, const cJSON *row,
    const struct b24_deal_rows *rows, bool company)
{
	const cJSON *all = company ? rows->company_requisites :
	    rows->contact_requisites, *one, *first = NULL;
	int64_t holder = json_int_of(row, company ? "companyId" :
	    "contactId");
	int64_t linked = linked_to(rows->links, json_int_of(row, "id"));

	cJSON_ArrayForEach(one, all) {
		if (holder == 0 || json_int_of(one, "ENTITY_ID") != holder ||
		    json_int_of(one, "ENTITY_TYPE_ID") != (company ?
		    TYPE_COMPANY : TYPE_CONTACT))
			continue;
		if (linked != 0 && json_int_of(one, "ID") == linked)
			return one;
		if (is_usable(one) && is_better(b24, one, first,
		    company))
			first = one;
	}
	return first;
}

static bool
add_address(struct fields *out, enum field field, const cJSON *addresses,
    int64_t requisite, int64_t type)
{
	static const char *const parts[] = { "POSTAL_CODE", "COUNTRY",
	    "PROVINCE", "REGION", "CITY", "ADDRESS_1", "ADDRESS_2" };
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);
	const cJSON *row;
	bool added = false;

	cJSON_ArrayForEach(row, addresses) {
		struct str last = STR_NONE;
		char space[sizeof(parts) / sizeof(*parts)][32];

		if (json_int_of(row, "ENTITY_ID") != requisite ||
		    json_int_of(row, "ENTITY_TYPE_ID") != 8 ||
		    json_int_of(row, "TYPE_ID") != type)
			continue;
		for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
			party_address_add(&text, &last, json_str(json_get(
			    row, parts[i]), space[i]));
		break;
	}
	if (text.len > 0)
		added = fields_set(out, field, str_n(buf_text(&text),
		    text.len)) == 0;
	buf_free(&text);
	return added;
}

/* ---- clients ---- */

struct column {
	enum field field;
	const char *name;
};

static void
add_columns(struct fields *out, const struct column *column,
    const cJSON *row)
{
	char space[32];

	for (; column->field != FIELD_NONE; column++) {
		struct str value = str_trim(json_str(json_get(row,
		    column->name), space));

		if (value.len > 0 && !fields_has(out, column->field))
			(void)fields_set(out, column->field, value);
	}
}

static void
add_lines(struct fields *out, enum field field, const cJSON *row)
{
	struct buf lines = BUF_INIT(LIMIT_DEAL_BYTES);

	b24_client_lines_read(&lines, field, json_get(row, "fm"), false);
	if (lines.len > 0)
		(void)fields_set(out, field, str_n(buf_text(&lines),
		    lines.len));
	buf_free(&lines);
}

void
b24_deal_row_add_plain(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		(void)buf_add_char(out, (unsigned char)text.p[i] < ' ' ? ' ' :
		    text.p[i]);
}

static void
add_accounts(struct fields *out, const cJSON *accounts, int64_t requisite)
{
	static const char *const parts[] = { "RQ_ACC_NUM", "RQ_BIK",
	    "RQ_BANK_NAME", "RQ_COR_ACC_NUM" };
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);
	const cJSON *row;
	char space[32];

	cJSON_ArrayForEach(row, accounts) {
		if (json_int_of(row, "ENTITY_ID") != requisite ||
		    !is_usable(row) || str_trim(json_str(json_get(row,
		    parts[0]), space)).len == 0)
			continue;
		buf_clear(&text);
		for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
			struct str part = str_trim(json_str(json_get(row,
			    parts[i]), space));

			if (i > 0)
				(void)buf_add_char(&text, FIELD_PART);
			b24_deal_row_add_plain(&text, part);
		}
		(void)fields_add(out, FIELD_ACCOUNT, str_n(buf_text(&text),
		    text.len));
	}
	buf_free(&text);
}

static void
add_requisite(struct deal_client *client, const struct b24 *b24,
    const cJSON *requisite, const struct b24_deal_rows *rows)
{
	static const struct column columns[] = {
		{ FIELD_FULL_NAME, "RQ_COMPANY_FULL_NAME" },
		{ FIELD_FULL_NAME, "RQ_COMPANY_NAME" },
		{ FIELD_FULL_NAME, "RQ_NAME" },
		{ FIELD_LAST_NAME, "RQ_LAST_NAME" },
		{ FIELD_FIRST_NAME, "RQ_FIRST_NAME" },
		{ FIELD_SECOND_NAME, "RQ_SECOND_NAME" },
		{ FIELD_INN, "RQ_INN" },
		{ FIELD_KPP, "RQ_KPP" },
		{ FIELD_OGRN, "RQ_OGRN" },
		{ FIELD_OGRN, "RQ_OGRNIP" },
		{ FIELD_OKPO, "RQ_OKPO" },
		{ FIELD_NONE, NULL },
	};
	int64_t id = json_int_of(requisite, "ID");

	client->has_requisite = true;
	add_columns(&client->fields, columns, requisite);
	(void)fields_set(&client->fields, FIELD_PRESET,
	    str_of(b24_crm_facts_preset_word(b24, json_int_of(requisite,
	    "PRESET_ID"))));
	if (!add_address(&client->fields, FIELD_ADDRESS, rows->addresses, id,
	    ADDRESS_LEGAL))
		(void)add_address(&client->fields, FIELD_ADDRESS,
		    rows->addresses, id, ADDRESS_REGISTRATION);
	(void)add_address(&client->fields, FIELD_ACTUAL_ADDRESS,
	    rows->addresses, id, ADDRESS_ACTUAL);
	add_accounts(&client->fields, rows->accounts, id);
}

void
b24_deal_row_client(struct deal_client *client, const struct b24 *b24,
    const cJSON *row, const struct b24_deal_rows *rows, bool company)
{
	static const struct column company_columns[] = {
		{ FIELD_NAME, "title" }, { FIELD_NONE, NULL } };
	static const struct column contact_columns[] = {
		{ FIELD_LAST_NAME, "lastName" },
		{ FIELD_FIRST_NAME, "name" },
		{ FIELD_SECOND_NAME, "secondName" },
		{ FIELD_POST, "post" },
		{ FIELD_NONE, NULL } };
	int64_t id = json_int_of(row, company ? "companyId" : "contactId");
	const cJSON *held, *requisite;

	if (id <= 0)
		return;
	held = row_of(company ? rows->companies : rows->contacts, "id", id);
	if (held == NULL) {
		client->hidden = true;
		return;
	}
	client->id = id;
	add_columns(&client->fields, company ? company_columns :
	    contact_columns, held);
	add_lines(&client->fields, FIELD_PHONES, held);
	add_lines(&client->fields, FIELD_EMAILS, held);
	requisite = b24_deal_row_requisite(b24, row, rows, company);
	if (requisite == NULL)
		return;
	add_requisite(client, b24, requisite, rows);
	client->other_requisite = b24->is_own != NULL && !is_own(b24,
	    requisite, company) && json_int_of(requisite, "ID") ==
	    linked_to(rows->links, json_int_of(row, "id"));
}

static void
add_manager(struct deal_user *manager, const cJSON *users, int64_t id)
{
	const cJSON *row = row_of(users, "ID", id);
	char *last, *first, *whole;
	struct str name;

	manager->id = id;
	if (row == NULL)
		return;
	last = json_text_of(row, "LAST_NAME");
	first = json_text_of(row, "NAME");
	whole = mem_printf("%s %s", last, first);
	name = str_trim(str_of(whole));
	if (name.len > 0)
		manager->name = mem_text_n(name.p, name.len);
	manager->email = json_text_of(row, "EMAIL");
	if (manager->email[0] == '\0') {
		free(manager->email);
		manager->email = NULL;
	}
	free(whole);
	free(first);
	free(last);
}

/* ---- user fields ---- */

/* A number or a flag that was never set is answered as nothing, 0 or N. */
static bool
is_set(const struct b24_user_field *field, const cJSON *item)
{
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);
	struct str value;
	char number[DECIMAL_TEXT_BYTES];
	bool set;

	b24_deal_text_field(&text, field, item);
	value = str_n(buf_text(&text), text.len);
	set = value.len > 0;
	if (strcmp(field->type, "boolean") == 0)
		set = str_is(value, "true");
	else if (strcmp(field->type, "string") != 0 &&
	    decimal_normalise(number, value) == 0)
		set = strcmp(number, "0") != 0;
	buf_free(&text);
	return set;
}

static bool
is_of_payment(const struct b24_user_field *field)
{
	return !field->requisite && (strcmp(field->key, "paid") == 0 ||
	    strncmp(field->key, "payment_", 8) == 0 ||
	    strncmp(field->key, "ship", 4) == 0 ||
	    strncmp(field->key, "onec_", 5) == 0);
}

static void
add_user_field(struct deal *out, const struct b24_user_field *field,
    const cJSON *item)
{
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);

	if (is_of_payment(field) && is_set(field, item))
		out->has_payment = true;
	b24_deal_text_field(&text, field, item);
	if (field->requisite && text.len > 0)
		party_line_add(&out->user_fields, str_of(field->rule),
		    str_n(buf_text(&text), text.len));
	if (!field->requisite && strcmp(field->key, "number") == 0) {
		free(out->number);
		out->number = buf_take(&text);
	}
	buf_free(&text);
}

/* ---- where it stands ---- */

static enum deal_phase
phase_of(const struct b24_funnel *funnel, int at, const cJSON *row)
{
	const struct b24_stage *stage = at == -1 ? NULL :
	    &funnel->stages[at];
	char space[32], mark = '\0';
	struct str said = json_str(json_get(row, "stageSemanticId"), space);

	if (said.len == 1)
		mark = said.p[0];
	if (stage != NULL)
		mark = stage->semantics;
	/* What the rules name goes before what the stage means. */
	if (stage != NULL && stage->exported)
		return DEAL_EXPORT;
	if (mark == 'S' || (at != -1 && at == funnel->won))
		return DEAL_WON;
	if (mark == 'F' || (at != -1 && at == funnel->lost))
		return DEAL_LOST;
	for (int i = 0; stage != NULL && i < at; i++)
		if (funnel->stages[i].exported)
			return DEAL_AFTER;
	return DEAL_BEFORE;
}

static void
add_stage(struct deal *out, const struct b24 *b24, const cJSON *row)
{
	const struct b24_funnel *funnel = b24_deal_facts_funnel(b24,
	    out->category);
	int at = -1;

	out->stage = json_text_of(row, "stageId");
	if (funnel == NULL) {
		out->phase = DEAL_OUTSIDE;
	} else {
		at = b24_deal_facts_stage(funnel, str_of(out->stage));
		out->funnel = funnel->rule;
		out->phase = phase_of(funnel, at, row);
	}
	out->stage_name = mem_text(at != -1 ? funnel->stages[at].name :
	    out->stage);
}

enum deal_phase
b24_deal_row_phase(const struct b24 *b24, const cJSON *row)
{
	const struct b24_funnel *funnel = b24_deal_facts_funnel(b24,
	    json_int_of(row, "categoryId"));
	char space[32];

	return funnel == NULL ? DEAL_OUTSIDE : phase_of(funnel,
	    b24_deal_facts_stage(funnel, json_str(json_get(row, "stageId"),
	    space)), row);
}

void
b24_deal_row(struct deal *out, const struct b24 *b24, const cJSON *row,
    const struct b24_deal_rows *rows)
{
	const struct b24_deal_facts *deals = &b24->facts.deals;
	char space[32];

	out->id = json_int_of(row, "id");
	out->category = json_int_of(row, "categoryId");
	add_stage(out, b24, row);
	out->created = b24_deal_row_time(row, "createdTime");
	out->begin = day_of(row, "begindate");
	out->updated = b24_deal_row_time(row, "updatedTime");
	out->sum = decimal_of(row, "opportunity");
	out->manual_sum = is_yes(row, "isManualOpportunity");
	out->currency = json_text_of(row, "currencyId");
	out->originator = json_text_of(row, "originatorId");
	out->origin = json_text_of(row, "originId");
	out->title = b24_deal_text_plain(json_str(json_get(row, "title"),
	    space));
	out->comment = b24_deal_text_plain(json_str(json_get(row,
	    "comments"), space));
	for (size_t i = 0; i < deals->field_count; i++)
		if (deals->fields[i].name[0] != '\0')
			add_user_field(out, &deals->fields[i], json_get(row,
			    deals->fields[i].name));
	if (out->number == NULL)
		out->number = mem_text("");
	add_manager(&out->manager, rows->users, json_int_of(row,
	    "assignedById"));
	b24_deal_row_client(&out->company, b24, row, rows, true);
	b24_deal_row_client(&out->contact, b24, row, rows, false);
}

/* ---- product rows ---- */

static void
add_product(struct deal_row *out, const cJSON *row)
{
	const cJSON *rate = json_get(row, "taxRate");
	char space[32];
	struct str name = json_str(json_get(row, "measureName"), space);

	out->product = json_int_of(row, "productId");
	out->price = decimal_of(row, "price");
	out->quantity = decimal_of(row, "quantity");
	out->measure_code = json_int_of(row, "measureCode");
	if (name.len > 0)
		out->measure_name = mem_text_n(name.p, name.len);
	out->name = json_text_of(row, "productName");
	out->taxed = json_str(rate, space).len > 0;
	if (out->taxed)
		out->tax_rate = decimal_of(row, "taxRate");
}

struct place {
	const cJSON *row;
	int64_t sort, id;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *one = a, *other = b;

	if (one->sort != other->sort)
		return one->sort < other->sort ? -1 : 1;
	return (one->id > other->id) - (one->id < other->id);
}

void
b24_deal_row_products(struct deal *out, const cJSON *products)
{
	int size = cJSON_GetArraySize(products);
	size_t count = size > 0 ? (size_t)size : 0, at = 0;
	struct place *places = mem_array(count + 1, sizeof(*places));
	const cJSON *row;

	cJSON_ArrayForEach(row, products)
		places[at++] = (struct place){ row, json_int_of(row, "sort"),
		    json_int_of(row, "id") };
	qsort(places, at, sizeof(*places), compare_places);
	out->rows = mem_array(at + 1, sizeof(*out->rows));
	out->row_count = at;
	for (size_t i = 0; i < at; i++)
		add_product(&out->rows[i], places[i].row);
	free(places);
}
