/*
 * Requisites, bank details and addresses: our fields as the portal's
 * parameters and back.  They are of the older methods: an answer to a write
 * shows no values, and lists ignore a filter that they do not know
 * (bitrix24.md 6, 10).
 *
 * Addresses have no id: their key is the type and the requisite.  The page
 * of an update says that fields which are not named stay; as portals of
 * other ages write the whole address, what is held is said again.
 *
 * ОКОПФ has no place in the portal's requisites (crm-requisite-add.md;
 * RQ_LEGAL_FORM is for country FR), so FIELD_OKOPF is not sent: a rule may
 * bring it into a user field.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/told.h"
#include "model/party.h"

#define ENTITY_REQUISITE 8
#define OGRNIP_DIGITS 15

struct column {
	enum field field;
	const char *name;
	bool write_only;
};

static const struct column requisite_columns[] = {
	{ FIELD_NAME, "NAME", false },
	{ FIELD_NAME, "RQ_COMPANY_NAME", true },
	{ FIELD_FULL_NAME, "RQ_COMPANY_FULL_NAME", false },
	{ FIELD_LAST_NAME, "RQ_LAST_NAME", false },
	{ FIELD_FIRST_NAME, "RQ_FIRST_NAME", false },
	{ FIELD_SECOND_NAME, "RQ_SECOND_NAME", false },
	{ FIELD_INN, "RQ_INN", false },
	{ FIELD_KPP, "RQ_KPP", false },
	{ FIELD_OGRN, "RQ_OGRN", false },
	{ FIELD_OKPO, "RQ_OKPO", false },
	{ FIELD_OKVED, "RQ_OKVED", false },
	{ FIELD_DIRECTOR, "RQ_DIRECTOR", false },
	{ FIELD_XML_ID, "XML_ID", false },
	{ FIELD_NONE, NULL, false },
};
static const struct column bank_columns[] = {
	{ FIELD_NAME, "NAME", false },
	{ FIELD_ACCOUNT, "RQ_ACC_NUM", false },
	{ FIELD_BIK, "RQ_BIK", false },
	{ FIELD_BANK_NAME, "RQ_BANK_NAME", false },
	{ FIELD_CORR_ACCOUNT, "RQ_COR_ACC_NUM", false },
	{ FIELD_XML_ID, "XML_ID", false },
	{ FIELD_NONE, NULL, false },
};
static const struct column address_columns[] = {
	{ FIELD_ADDRESS, "ADDRESS_1", false },
	{ FIELD_ADDRESS_2, "ADDRESS_2", false },
	{ FIELD_CITY, "CITY", false },
	{ FIELD_POSTCODE, "POSTAL_CODE", false },
	{ FIELD_DISTRICT, "REGION", false },
	{ FIELD_PROVINCE, "PROVINCE", false },
	{ FIELD_COUNTRY, "COUNTRY", false },
	{ FIELD_NONE, NULL, false },
};

static const struct column *
columns_of(enum target_kind kind)
{
	if (kind == TARGET_REQUISITE)
		return requisite_columns;
	return kind == TARGET_BANK ? bank_columns : address_columns;
}

int64_t
b24_crm_holder(const struct op *op)
{
	return b24_client_type(str_is(fields_get(&op->fields, FIELD_HOLDER),
	    "contact") ? TARGET_CONTACT : TARGET_COMPANY);
}

/* ---- what an update says ---- */

/* Of comments the portal's editor keeps neither line ends nor signs as they
 * came: [b], <br>, &quot;.  Only words count. */
static bool
next_word_byte(struct str text, size_t *at, char *byte)
{
	while (*at < text.len) {
		char c = text.p[*at];
		char close = c == '<' ? '>' : c == '[' ? ']' :
		    c == '&' ? ';' : '\0';
		const char *end = close != '\0' ? memchr(text.p + *at, close,
		    text.len - *at) : NULL;

		if (end != NULL && end - (text.p + *at) <= 64) {
			*at = (size_t)(end - text.p) + 1;
			continue;
		}
		(*at)++;
		if ((unsigned char)c < 0x80 && !(c >= '0' && c <= '9') &&
		    !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z'))
			continue;
		*byte = c;
		return true;
	}
	return false;
}

static bool
same_words(struct str a, struct str b)
{
	size_t i = 0, j = 0;
	char one = '\0', other = '\0';

	for (;;) {
		bool more = next_word_byte(a, &i, &one);

		if (next_word_byte(b, &j, &other) != more)
			return false;
		if (!more)
			return true;
		if (one != other)
			return false;
	}
}

/* Did people change what we wrote? */
static bool
is_ours(enum field field, struct str shown, struct str before)
{
	if (field == FIELD_COMMENT)
		return same_words(shown, before);
	return str_eq(str_trim(shown), str_trim(before));
}

bool
b24_crm_says(enum field field, struct str shown, struct str wanted)
{
	bool part = field == FIELD_FIRST_NAME || field == FIELD_SECOND_NAME;

	return is_ours(field, shown, wanted) ||
	    (part && party_name_shortens(wanted, shown));
}

/* Or do they stand there by a request of ours that had no answer? */
static bool
was_said(const struct op *op, enum field wanted, struct str shown)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(&op->unsure, &at, &field, &value))
		if (field == wanted && is_ours(field, shown, value))
			return true;
	return false;
}

bool
b24_crm_is_due(struct op *op, enum field field, const struct fields *held)
{
	struct str wanted = fields_get(&op->fields, field);
	struct str shown = fields_get(held, field);
	struct str before = fields_get(&op->before, field);

	/* An empty value of 1C wipes nothing. */
	if (wanted.len == 0 || str_is(wanted, FIELD_CLEAR) ||
	    b24_crm_says(field, shown, wanted))
		return false;
	if (shown.len == 0 || is_ours(field, shown, before) ||
	    was_said(op, field, shown))
		return true;
	if (fields_has(&op->yields, field)) {
		(void)fields_set(&op->kept, field, shown);
		return false;
	}
	/* Nothing was agreed before it was linked: no news of people. */
	if (before.len > 0)
		(void)fields_set(&op->overruled, field, shown);
	return true;
}

/* ---- commands ---- */

static const char *
column_name(const struct column *column, struct str value)
{
	/* A sole trader's number is longer, and has a place of its own. */
	if (column->field == FIELD_OGRN && value.len == OGRNIP_DIGITS)
		return "RQ_OGRNIP";
	return column->name;
}

void
b24_crm_say(struct b24_command *out, const char *name, struct str value)
{
	char key[128];

	if (value.len == 0 || str_is(value, FIELD_CLEAR))
		return;
	(void)snprintf(key, sizeof(key), "fields[%s]", name);
	b24_query_add(&out->query, key, value);
	if (b24_query_is_reference(value))
		out->lone = true;
}

static void
add_field(struct b24_command *out, enum target_kind kind, enum field field,
    struct str value)
{
	const struct column *column = columns_of(kind);

	for (; column->field != FIELD_NONE; column++)
		if (column->field == field)
			b24_crm_say(out, column_name(column, value), value);
}

static void
add_address_key(const struct op *op, struct b24_command *out)
{
	b24_query_add(&out->query, "fields[TYPE_ID]",
	    target_rule(&op->target));
	b24_query_int(&out->query, "fields[ENTITY_TYPE_ID]",
	    ENTITY_REQUISITE);
	b24_query_int(&out->query, "fields[ENTITY_ID]", op->parent_id);
}

/* False: no preset, and without one there is no requisite. */
static bool
add_requisite_birth(const struct b24 *b24, struct op *op,
    struct b24_command *out)
{
	struct str kind = fields_get(&op->fields, FIELD_PRESET);
	int64_t preset = b24_crm_facts_preset(b24, kind);

	if (preset == 0) {
		op->outcome = OUTCOME_REFUSED;
		(void)snprintf(op->code, sizeof(op->code), "no-preset");
		told_set(op->text, sizeof(op->text), N_("the portal has "
		    "no requisites template for \"%.*s\": name the one to "
		    "use in counterparties.presets"), (int)kind.len,
		    kind.len > 0 ? kind.p : "");
		return false;
	}
	b24_query_int(&out->query, "fields[ENTITY_TYPE_ID]",
	    b24_crm_holder(op));
	b24_query_int(&out->query, "fields[ENTITY_ID]", op->parent_id);
	b24_query_int(&out->query, "fields[PRESET_ID]", preset);
	return true;
}

/* What it is called: the portal wants a name. */
static struct str
name_of(const struct op *op)
{
	static const enum field names[] = { FIELD_NAME, FIELD_FULL_NAME,
	    FIELD_BANK_NAME, FIELD_ACCOUNT, FIELD_INN };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (fields_has(&op->fields, names[i]))
			return str_utf8_cut(fields_get(&op->fields,
			    names[i]), 255);
	return target_id(&op->target);
}

static bool
write_birth(const struct b24 *b24, struct op *op, struct b24_command *out)
{
	enum target_kind kind = op->target.kind;
	enum field field, last = FIELD_NONE;
	struct str value;
	size_t at = 0;

	if (kind == TARGET_REQUISITE && !add_requisite_birth(b24, op, out))
		return false;
	if (kind == TARGET_BANK)
		b24_query_int(&out->query, "fields[ENTITY_ID]",
		    op->parent_id);
	if (kind == TARGET_ADDRESS)
		add_address_key(op, out);
	else if (!fields_has(&op->fields, FIELD_NAME))
		b24_crm_say(out, "NAME", name_of(op));
	while (fields_next(&op->fields, &at, &field, &value)) {
		if (field != last)
			add_field(out, kind, field, value);
		last = field;
	}
	if (kind != TARGET_ADDRESS && !fields_has(&op->fields, FIELD_XML_ID))
		b24_crm_say(out, "XML_ID", target_id(&op->target));
	return true;
}

/* Those that did not change, where the portal wants or would lose them. */
static void
add_held(const struct op *op, const struct fields *held,
    const struct fields *said, struct b24_command *out)
{
	const struct column *column = columns_of(op->target.kind);

	if (op->target.kind != TARGET_ADDRESS) {
		if (!fields_has(said, FIELD_NAME))
			b24_crm_say(out, "NAME", fields_get(held, FIELD_NAME));
		return;
	}
	for (; column->field != FIELD_NONE; column++)
		if (!fields_has(said, column->field))
			b24_crm_say(out, column->name, fields_get(held,
			    column->field));
}

static bool
write_change(struct op *op, const struct fields *held,
    struct b24_command *out)
{
	enum target_kind kind = op->target.kind;
	const struct column *column = columns_of(kind);
	struct fields said;

	fields_init(&said);
	if (kind == TARGET_ADDRESS)
		add_address_key(op, out);
	else
		b24_query_int(&out->query, "id", op->portal_id);
	for (; column->field != FIELD_NONE; column++) {
		struct str value = fields_get(&op->fields, column->field);

		if (column->write_only || !b24_crm_is_due(op, column->field,
		    held))
			continue;
		add_field(out, kind, column->field, value);
		(void)fields_set(&said, column->field, value);
	}
	if (said.count == 0) {
		fields_free(&said);
		op->outcome = OUTCOME_DONE;
		return false;
	}
	add_held(op, held, &said, out);
	fields_free(&said);
	return true;
}

bool
b24_crm_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	static const struct fields nothing = { 0 };
	bool said = true;

	b24_batch_command_init(out, b24_object_method(op->target.kind,
	    op->kind));
	if (op->kind == OP_CREATE)
		said = write_birth(b24, op, out);
	else if (op->kind == OP_UPDATE)
		said = write_change(op, held != NULL ? held : &nothing, out);
	else if (op->target.kind == TARGET_ADDRESS)
		add_address_key(op, out);
	else
		b24_query_int(&out->query, "id", op->portal_id);
	if (!said)
		b24_batch_command_free(out);
	return said;
}

void
b24_crm_taken(struct op *op, const cJSON *result)
{
	bool address = op->target.kind == TARGET_ADDRESS;
	int64_t id;

	if (op->kind != OP_CREATE || address) {
		/* Anything but "true" is no word that it was done. */
		if (!cJSON_IsTrue(result))
			op->outcome = OUTCOME_UNKNOWN;
		else if (op->kind == OP_CREATE && str_to_int64(&op->new_id,
		    target_rule(&op->target)) == -1)
			op->outcome = OUTCOME_UNKNOWN;
		return;
	}
	if (json_int(&id, result) == -1 || id <= 0)
		op->outcome = OUTCOME_UNKNOWN;
	else
		op->new_id = id;
}

/* ---- lists and rows ---- */

void
b24_crm_list(enum target_kind target, struct b24_command *out)
{
	b24_batch_command_init(out, b24_object_method(target, OP_FIND));
	if (target != TARGET_ADDRESS) {
		b24_query_text(&out->query, "order[ID]", "ASC");
		return;
	}
	b24_query_text(&out->query, "order[ENTITY_ID]", "ASC");
	b24_query_text(&out->query, "order[TYPE_ID]", "ASC");
	b24_query_int(&out->query, "filter[ENTITY_TYPE_ID]",
	    ENTITY_REQUISITE);
}

static bool
same_digits(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (i < a.len && (a.p[i] < '0' || a.p[i] > '9'))
			i++;
		while (j < b.len && (b.p[j] < '0' || b.p[j] > '9'))
			j++;
		if (i == a.len || j == b.len)
			return i == a.len && j == b.len;
		if (a.p[i++] != b.p[j++])
			return false;
	}
}

bool
b24_crm_is_asked(const struct op *op, const cJSON *row)
{
	char space[32];
	int64_t type;

	if (op->target.kind == TARGET_ADDRESS)
		return json_int_of(row, "ENTITY_TYPE_ID") == ENTITY_REQUISITE &&
		    json_int_of(row, "ENTITY_ID") == op->parent_id &&
		    str_to_int64(&type, target_rule(&op->target)) == 0 &&
		    json_int_of(row, "TYPE_ID") == type;
	if (op->portal_id > 0)
		return json_int_of(row, "ID") == op->portal_id;
	if (json_int_of(row, "ENTITY_ID") != op->parent_id)
		return false;
	if (op->target.kind == TARGET_BANK)
		return same_digits(target_rule(&op->target),
		    json_str(json_get(row, "RQ_ACC_NUM"), space));
	return json_int_of(row, "ENTITY_TYPE_ID") == b24_crm_holder(op);
}

void
b24_crm_row(const struct op *op, const cJSON *row, struct found *out)
{
	const struct column *column = columns_of(op->target.kind);
	char space[32];

	fields_init(&out->fields);
	out->portal_id = json_int_of(row, op->target.kind == TARGET_ADDRESS ?
	    "TYPE_ID" : "ID");
	for (; column->field != FIELD_NONE; column++)
		if (!column->write_only)
			(void)fields_set(&out->fields, column->field,
			    json_str(json_get(row, column->name), space));
	if (op->target.kind == TARGET_REQUISITE &&
	    !fields_has(&out->fields, FIELD_OGRN))
		(void)fields_set(&out->fields, FIELD_OGRN,
		    json_str(json_get(row, "RQ_OGRNIP"), space));
}
