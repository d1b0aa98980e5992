/*
 * Companies, contacts and contact persons: crm.item.* with entityTypeId 4
 * and 3.  Traps (bitrix24.md 10): fields that the portal does not know are
 * ignored without an error, so its answer is compared with what was said;
 * "" and 0 become null; companyIds replaces the whole list; user fields have
 * their own names only with useOriginalUfNames; `fm` is shown only where
 * everything is asked for.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <string.h>

#include "model/party.h"

struct column {
	enum field field;
	const char *name;
};

static const struct column company_columns[] = {
	{ FIELD_NAME, "title" },
	{ FIELD_PARTY_TYPE, "typeId" },
	{ FIELD_COMMENT, "comments" },
	{ FIELD_MANAGER, "assignedById" },
	{ FIELD_XML_ID, "originId" },
	{ FIELD_NONE, NULL },
};
static const struct column contact_columns[] = {
	{ FIELD_LAST_NAME, "lastName" },
	{ FIELD_FIRST_NAME, "name" },
	{ FIELD_SECOND_NAME, "secondName" },
	{ FIELD_PARTY_TYPE, "typeId" },
	{ FIELD_POST, "post" },
	{ FIELD_COMMENT, "comments" },
	{ FIELD_MANAGER, "assignedById" },
	{ FIELD_XML_ID, "originId" },
	{ FIELD_NONE, NULL },
};
int64_t
b24_client_type(enum target_kind target)
{
	return target == TARGET_COMPANY ? 4 : 3;
}

static const struct column *
columns_of(enum target_kind kind)
{
	return kind == TARGET_COMPANY ? company_columns : contact_columns;
}

/* ---- what is said ---- */

static struct str
mark_of(const struct op *op)
{
	if (fields_has(&op->fields, FIELD_XML_ID))
		return fields_get(&op->fields, FIELD_XML_ID);
	return target_mark(&op->target);
}

/* The portal's word for a value of ours; STR_NONE: it has none. */
static struct str
their_word(const struct b24 *b24, enum target_kind kind, enum field field,
    struct str value, char space[32])
{
	int64_t user;

	if (str_is(value, FIELD_CLEAR))
		return STR_NONE;
	if (field == FIELD_PARTY_TYPE)
		return str_of(b24_crm_facts_type(b24, kind, value));
	if (field != FIELD_MANAGER)
		return value;
	user = b24_user_id(b24, value);
	if (user == 0)
		return STR_NONE;
	(void)snprintf(space, 32, "%" PRId64, user);
	return str_of(space);
}

/* What is said of the op's field.  Nobody's clients are given to who has left
 * the portal; what is made of theirs belongs to default_user. */
static struct str
said_value(const struct b24 *b24, const struct op *op, enum field field,
    char space[32])
{
	struct str value = fields_get(&op->fields, field);

	if (field == FIELD_MANAGER && value.len > 0 &&
	    b24_user_at_work(b24, value) == 0)
		value = op->kind == OP_CREATE ?
		    str_of(b24->config->default_user) : STR_NONE;
	return their_word(b24, op->target.kind, field, value, space);
}

static void
begin(const struct op *op, struct b24_command *out)
{
	b24_batch_command_init(out, b24_object_method(op->target.kind,
	    op->kind));
	b24_query_int(&out->query, "entityTypeId",
	    b24_client_type(op->target.kind));
	if (op->kind != OP_CREATE)
		b24_query_int(&out->query, "id", op->portal_id);
	if (op->kind != OP_DELETE)
		b24_query_text(&out->query, "useOriginalUfNames", "Y");
}

static void
say_origin(const struct b24 *b24, struct str mark, struct b24_command *out)
{
	const char *originator = b24->config->counterparties.originator;

	b24_crm_say(out, "originatorId", str_of(originator));
	b24_crm_say(out, "originId", mark);
}

static void
say_birth(const struct b24 *b24, struct op *op, struct b24_command *out)
{
	const struct column *column = columns_of(op->target.kind);
	size_t added = 0;
	char space[32];

	for (; column->field != FIELD_NONE; column++)
		if (column->field != FIELD_XML_ID)
			b24_crm_say(out, column->name, said_value(b24, op,
			    column->field, space));
	for (size_t i = 0; i < PARTY_REACHED; i++)
		b24_client_lines_create(out, party_reached[i],
		    fields_get(&op->fields, party_reached[i]), &added);
	b24_client_fields_create(b24, op, out);
	if (fields_has(&op->fields, FIELD_COMPANIES) && op->parent_id > 0)
		b24_query_int(&out->query, "fields[companyIds][0]",
		    op->parent_id);
	say_origin(b24, mark_of(op), out);
}

/* ---- what an update says ---- */

/* A person's name is one thing: beside a surname that is people's, where the
 * whole name may stand, nothing is put. */
static bool
is_beside(struct op *op, enum field field, const struct fields *held)
{
	if ((field != FIELD_FIRST_NAME && field != FIELD_SECOND_NAME) ||
	    !fields_has(&op->kept, FIELD_LAST_NAME) ||
	    fields_has(held, field) || !fields_has(&op->fields, field))
		return false;
	(void)fields_set(&op->kept, field, fields_get(&op->fields, field));
	return true;
}

/* Does another one of 1C, or nobody, get the company or contact? */
static bool
leaves(const struct op *op)
{
	return op->target.kind != TARGET_PERSON &&
	    fields_has(&op->fields, FIELD_XML_ID) &&
	    !str_eq(fields_get(&op->fields, FIELD_XML_ID),
	    target_mark(&op->target));
}

/* The mark of ours that another one of 1C has got is taken off (FIELD_CLEAR),
 * or is the other one's: where it is still the one that is meant. */
static bool
change_mark(const struct b24 *b24, const struct op *op,
    const struct fields *held, struct b24_command *out)
{
	struct str wanted = fields_get(&op->fields, FIELD_XML_ID);

	if (!str_is(fields_get(held, FIELD_ORIGINATOR),
	    b24->config->counterparties.originator) ||
	    !str_eq(fields_get(held, FIELD_XML_ID), fields_get(&op->before,
	    FIELD_XML_ID)))
		return false;
	if (!str_is(wanted, FIELD_CLEAR)) {
		say_origin(b24, wanted, out);
	} else {
		b24_query_text(&out->query, "fields[originatorId]", "");
		b24_query_text(&out->query, "fields[originId]", "");
	}
	return true;
}

static bool
change_columns(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	const struct column *column = columns_of(op->target.kind);
	bool said = false;
	char space[32];

	for (; column->field != FIELD_NONE; column++) {
		struct str value;

		if (column->field == FIELD_XML_ID && leaves(op)) {
			said |= change_mark(b24, op, held, out);
			continue;
		}
		if (is_beside(op, column->field, held) ||
		    !b24_crm_is_due(op, column->field, held))
			continue;
		value = said_value(b24, op, column->field, space);
		if (value.len == 0)
			continue;
		if (column->field == FIELD_XML_ID)
			say_origin(b24, value, out);
		else
			b24_crm_say(out, column->name, value);
		said = true;
	}
	return said;
}

/* The lines without the ids. */
static void
keep_lines(struct fields *to, enum field field, struct str lines)
{
	struct buf plain = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		party_line_add(&plain, field_part(line, 0),
		    field_part(line, 1));
	if (plain.len > 0)
		(void)fields_set(to, field, str_n(buf_text(&plain),
		    plain.len));
	buf_free(&plain);
}

static bool
change_lines(struct op *op, const struct fields *held,
    struct b24_command *out)
{
	size_t added = 0, said = 0;

	for (size_t i = 0; i < PARTY_REACHED; i++) {
		enum field field = party_reached[i];
		struct b24_client_lines lines = { .field = field,
		    .wanted = fields_get(&op->fields, field),
		    .before = fields_get(&op->before, field),
		    .unsure = &op->unsure,
		    .held = fields_get(held, field),
		    .yields = fields_has(&op->yields, field) };
		size_t yielded, now;

		if (!fields_has(&op->fields, field))
			continue;
		now = b24_client_lines_update(out, &lines, &added, &yielded);
		if (now == 0 && yielded > 0)
			keep_lines(&op->kept, field, lines.held);
		else if (b24_client_lines_contradict(&lines))
			keep_lines(&op->overruled, field, lines.held);
		said += now;
	}
	return said > 0;
}

/* The list of companies is replaced as a whole. */
static bool
change_companies(struct op *op, const struct fields *held,
    struct b24_command *out)
{
	struct str companies = fields_get(held, FIELD_COMPANIES), line;
	size_t at = 0, count = 0;
	char space[32];
	int64_t id;

	if (!fields_has(&op->fields, FIELD_COMPANIES) || op->parent_id <= 0)
		return false;
	while (party_line_next(companies, &at, &line))
		if (str_to_int64(&id, line) == 0 && id == op->parent_id)
			return false;
	at = 0;
	while (party_line_next(companies, &at, &line))
		b24_query_item(&out->query, "fields[companyIds]", count++,
		    line);
	(void)snprintf(space, sizeof(space), "%" PRId64, op->parent_id);
	b24_query_item(&out->query, "fields[companyIds]", count,
	    str_of(space));
	return true;
}

bool
b24_client_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	static const struct fields nothing = { 0 };
	bool said;

	begin(op, out);
	if (op->kind == OP_CREATE)
		say_birth(b24, op, out);
	if (op->kind != OP_UPDATE)
		return true;
	if (held == NULL)
		held = &nothing;
	said = change_columns(b24, op, held, out);
	said |= change_lines(op, held, out);
	said |= b24_client_fields_update(b24, op, held, out);
	said |= change_companies(op, held, out);
	if (said)
		return true;
	b24_batch_command_free(out);
	b24_client_fields_taken(b24, op, NULL);
	op->outcome = OUTCOME_DONE;
	return false;
}

/* ---- what the portal shows ---- */

/* Values that it writes in its own way: that there is one is all that can be
 * compared. */
static bool
is_shown(enum field field, struct str said, struct str shown)
{
	if (field == FIELD_COMMENT)
		return shown.len > 0;
	return b24_crm_says(field, shown, said);
}

static void
compare_column(const struct b24 *b24, struct op *op,
    const struct column *column, const cJSON *item)
{
	const cJSON *member = json_get(item, column->name);
	struct str value = fields_get(&op->fields, column->field), said;
	char space[32], shown_space[32];

	if (value.len == 0 || fields_has(&op->kept, column->field))
		return;
	said = said_value(b24, op, column->field, space);
	/* Not shown at all: nothing to compare with. */
	if (member == NULL || said.len == 0 || is_shown(column->field, said,
	    json_str(member, shown_space)))
		return;
	(void)fields_set(&op->dropped, column->field, value);
}

static void
compare_lines(struct op *op, enum field field, const cJSON *item)
{
	const cJSON *fm = json_get(item, "fm");
	struct buf shown = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct str value = fields_get(&op->fields, field);

	/* None at all: not shown, for nothing takes all of them away. */
	if (fm == NULL || fm->child == NULL || value.len == 0 ||
	    fields_has(&op->kept, field) || fields_has(&op->yields, field))
		return;
	b24_client_lines_read(&shown, field, fm, false);
	if (!b24_client_lines_shown(field, value, str_n(shown.len > 0 ?
	    buf_text(&shown) : "", shown.len)))
		(void)fields_set(&op->dropped, field, value);
	buf_free(&shown);
}

static bool
holds_id(const cJSON *list, int64_t wanted)
{
	const cJSON *member;
	int64_t id;

	cJSON_ArrayForEach(member, list)
		if (json_int(&id, member) == 0 && id == wanted)
			return true;
	return false;
}

static void
compare(const struct b24 *b24, struct op *op, const cJSON *item)
{
	const struct column *column = columns_of(op->target.kind);
	const cJSON *companies = json_get(item, "companyIds");

	for (; column->field != FIELD_NONE; column++)
		compare_column(b24, op, column, item);
	for (size_t i = 0; i < PARTY_REACHED; i++)
		compare_lines(op, party_reached[i], item);
	b24_client_fields_taken(b24, op, item);
	if (fields_has(&op->fields, FIELD_COMPANIES) && op->parent_id > 0 &&
	    cJSON_IsArray(companies) && !holds_id(companies, op->parent_id))
		(void)fields_set(&op->dropped, FIELD_COMPANIES,
		    fields_get(&op->fields, FIELD_COMPANIES));
}

void
b24_client_taken(const struct b24 *b24, struct op *op, const cJSON *result)
{
	const cJSON *item = json_get(result, "item");
	int64_t id;

	if (op->kind == OP_DELETE) {
		/* An empty array, says its page. */
		if (!cJSON_IsArray(result) && !cJSON_IsTrue(result))
			op->outcome = OUTCOME_UNKNOWN;
		return;
	}
	if (json_int(&id, json_get(item, "id")) == -1 || id <= 0) {
		op->outcome = OUTCOME_UNKNOWN;
		return;
	}
	if (op->kind == OP_CREATE)
		op->new_id = id;
	compare(b24, op, item);
}

/* ---- lists and rows ---- */

void
b24_client_list(enum target_kind target, struct b24_command *out)
{
	b24_batch_command_init(out, B24_ITEM_LIST);
	b24_query_int(&out->query, "entityTypeId", b24_client_type(target));
	b24_query_text(&out->query, "select[0]", "*");
	b24_query_text(&out->query, "useOriginalUfNames", "Y");
	b24_query_text(&out->query, "order[id]", "ASC");
}

/* Does the portal show what our text means?  What would be given to who has
 * left went to default_user. */
static bool
means(const struct b24 *b24, enum target_kind kind, enum field field,
    struct str text, struct str shown)
{
	char space[32];

	if (text.len == 0)
		return false;
	if (str_eq(their_word(b24, kind, field, text, space), shown))
		return true;
	return field == FIELD_MANAGER && b24_user_at_work(b24, text) == 0 &&
	    str_eq(their_word(b24, kind, field,
	    str_of(b24->config->default_user), space), shown);
}

/* Our text that was said without an answer and means what the portal shows;
 * STR_NONE: none does. */
static struct str
unsure_value(const struct b24 *b24, const struct op *op, enum field wanted,
    struct str shown)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(&op->unsure, &at, &field, &value))
		if (field == wanted && means(b24, op->target.kind, field,
		    value, shown))
			return value;
	return STR_NONE;
}

/* Our text, where it means what the portal shows: the wanted one, else the one
 * that was agreed.  A user whom no rule names any more cannot be told: the
 * rules have changed, and are to be followed. */
static struct str
own_value(const struct b24 *b24, const struct op *op, enum field field,
    struct str shown)
{
	const struct fields *ours[] = { &op->fields, &op->before };
	struct str unsure;

	if (field != FIELD_PARTY_TYPE && field != FIELD_MANAGER)
		return shown;
	if (shown.len == 0 || str_is(shown, "0"))
		return STR_NONE;
	for (size_t i = 0; i < 2; i++) {
		struct str text = fields_get(ours[i], field);

		if (means(b24, op->target.kind, field, text, shown) || (field ==
		    FIELD_MANAGER && text.len > 0 && b24_user_id(b24,
		    text) == 0))
			return text;
	}
	unsure = unsure_value(b24, op, field, shown);
	return unsure.len > 0 ? unsure : shown;
}

static void
read_lines(const struct op *op, const cJSON *row, struct fields *out)
{
	const cJSON *fm = json_get(row, "fm");

	for (size_t i = 0; i < PARTY_REACHED; i++) {
		struct buf lines = BUF_INIT(LIMIT_REQUEST_BYTES);

		b24_client_lines_read(&lines, party_reached[i], fm,
		    op->kind == OP_UPDATE);
		if (lines.len > 0)
			(void)fields_set(out, party_reached[i],
			    str_n(buf_text(&lines), lines.len));
		buf_free(&lines);
	}
}

static void
add_company(struct buf *lines, int64_t id)
{
	if (id > 0)
		(void)buf_printf(lines, "%s%" PRId64, lines->len > 0 ?
		    "\n" : "", id);
}

static void
read_companies(const cJSON *row, struct fields *out)
{
	const cJSON *list = json_get(row, "companyIds"), *member;
	struct buf lines = BUF_INIT(LIMIT_REQUEST_BYTES);
	int64_t id;

	cJSON_ArrayForEach(member, list)
		if (json_int(&id, member) == 0)
			add_company(&lines, id);
	if (!cJSON_IsArray(list) && !cJSON_IsObject(list) &&
	    json_int(&id, json_get(row, "companyId")) == 0)
		add_company(&lines, id);
	if (lines.len > 0)
		(void)fields_set(out, FIELD_COMPANIES,
		    str_n(buf_text(&lines), lines.len));
	buf_free(&lines);
}

void
b24_client_row(const struct b24 *b24, const struct op *op, const cJSON *row,
    struct found *out)
{
	const struct column *column = columns_of(op->target.kind);
	char space[32];

	fields_init(&out->fields);
	if (json_int(&out->portal_id, json_get(row, "id")) == -1)
		out->portal_id = 0;
	for (; column->field != FIELD_NONE; column++)
		(void)fields_set(&out->fields, column->field, own_value(b24,
		    op, column->field, json_str(json_get(row, column->name),
		    space)));
	(void)fields_set(&out->fields, FIELD_ORIGINATOR,
	    json_str(json_get(row, "originatorId"), space));
	read_lines(op, row, &out->fields);
	b24_client_fields_read(b24, op, row, &out->fields);
	if (op->target.kind != TARGET_COMPANY)
		read_companies(row, &out->fields);
}
