/*
 * A deal made of an order that began in 1C, and known by its mark: originId
 * beside our originatorId, which the portal does not keep unique
 * (bitrix24.md 10).  It is made without rows and in the first stage of its
 * funnel; what 1C says of it besides follows as of every deal of an order.
 */
#include "bitrix/b24_deal.h"

#include <inttypes.h>
#include <string.h>

#include "base/told.h"
#include "bitrix/b24_crm.h"

/* ---- what is said ---- */

static const struct b24_funnel *
funnel_of(const struct b24 *b24, struct str name)
{
	const struct b24_deal_facts *deals = &b24->facts.deals;

	for (size_t i = 0; i < deals->funnel_count; i++)
		if (str_is(name, deals->funnels[i].rule->funnel))
			return &deals->funnels[i];
	return NULL;
}

/* Nobody's deals are given to who has left the portal. */
static int64_t
user_of(const struct b24 *b24, struct str manager)
{
	if (manager.len > 0 && b24_user_at_work(b24, manager) == 0)
		manager = str_of(b24->config->default_user);
	return manager.len > 0 ? b24_user_id(b24, manager) : 0;
}

static void
say_int(struct b24_command *out, const char *key, int64_t value)
{
	if (value > 0)
		b24_query_int(&out->query, key, value);
}

/* A company, or a contact alone. */
static void
say_client(const struct op *op, struct b24_command *out)
{
	say_int(out, op->parent_kind == TARGET_COMPANY ? "fields[companyId]" :
	    "fields[contactIds][0]", op->parent_id);
}

static bool
remove_one(const struct op *op, struct b24_command *out)
{
	b24_batch_command_init(out, B24_ITEM_DELETE);
	b24_query_int(&out->query, "entityTypeId", B24_ENTITY_DEAL);
	b24_query_int(&out->query, "id", op->portal_id);
	return true;
}

bool
b24_deal_make(const struct b24 *b24, struct op *op, struct b24_command *out)
{
	const struct fields *fields = &op->fields;
	const struct b24_funnel *funnel;

	if (op->kind == OP_DELETE)
		return remove_one(op, out);
	funnel = funnel_of(b24, fields_get(fields, FIELD_CATEGORY));
	if (funnel == NULL || funnel->category == -1)
		return b24_error_refuse(op, "no-funnel", TOLD("the portal has "
		    "no such funnel: see orders.funnels"));
	b24_batch_command_init(out, B24_ITEM_ADD);
	b24_query_int(&out->query, "entityTypeId", B24_ENTITY_DEAL);
	b24_query_int(&out->query, "fields[categoryId]", funnel->category);
	b24_crm_say(out, "title", fields_get(fields, FIELD_NAME));
	b24_crm_say(out, "opportunity", fields_get(fields, FIELD_SUM));
	b24_crm_say(out, "currencyId", fields_get(fields, FIELD_CURRENCY));
	b24_crm_say(out, "comments", fields_get(fields, FIELD_COMMENT));
	say_int(out, "fields[assignedById]", user_of(b24, fields_get(fields,
	    FIELD_MANAGER)));
	say_client(op, out);
	b24_crm_say(out, "originatorId", str_of(
	    b24->config->counterparties.originator));
	b24_crm_say(out, "originId", fields_get(fields, FIELD_XML_ID));
	return true;
}

/* ---- what the portal shows ---- */

struct str
b24_deal_make_mark(const struct op *op)
{
	return op->target.kind == TARGET_ONEC_ORDER ?
	    fields_get(&op->fields, FIELD_XML_ID) : target_id(&op->target);
}

void
b24_deal_make_taken(struct op *op, const cJSON *result)
{
	const cJSON *item = json_get(result, "item");
	struct str mark = fields_get(&op->fields, FIELD_XML_ID);
	char space[32];

	if (op->kind == OP_DELETE) {
		/* An empty array, says its page. */
		if (!cJSON_IsArray(result) && !cJSON_IsTrue(result))
			op->outcome = OUTCOME_UNKNOWN;
		return;
	}
	op->new_id = json_int_of(item, "id");
	if (op->new_id <= 0)
		op->outcome = OUTCOME_UNKNOWN;
	/* Without it a lost answer could not be looked up. */
	else if (!str_eq(json_str(json_get(item, "originId"), space), mark))
		(void)fields_set(&op->dropped, FIELD_XML_ID, mark);
}

/* What 1C says of a deal goes into its fields at once, and with them into
 * whatever people copy of it: a double that a late answer left has none. */
static bool
is_filled(const struct b24 *b24, const cJSON *row)
{
	const struct b24_user_field *field = b24_deal_facts_field(b24,
	    "onec_number");
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);
	bool filled;

	if (field == NULL)
		return false;
	b24_deal_text_field(&text, field, json_get(row, field->name));
	filled = text.len > 0;
	buf_free(&text);
	return filled;
}

void
b24_deal_make_found(const struct b24 *b24, const cJSON *row,
    struct found *out)
{
	static const struct {
		enum field field;
		const char *name;
	} columns[] = {
		{ FIELD_NAME, "title" },
		{ FIELD_XML_ID, "originId" },
		{ FIELD_ORIGINATOR, "originatorId" },
		{ FIELD_OWNER, "createdBy" },
	};
	int64_t made = b24_deal_row_time(row, "createdTime");
	char space[32];

	fields_init(&out->fields);
	out->portal_id = json_int_of(row, "id");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		(void)fields_set(&out->fields, columns[i].field,
		    json_str(json_get(row, columns[i].name), space));
	if (made != 0 && made == b24_deal_row_time(row, "updatedTime") &&
	    !is_filled(b24, row))
		(void)fields_set(&out->fields, FIELD_VERSION, str_of("1"));
}
