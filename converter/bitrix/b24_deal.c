/*
 * Deals, as far as 1C says something of them: user fields and the stage.
 * They are people's, made and moved by them, so each is read just before;
 * what is there already, or is not mapped, is not said.  A value that the
 * portal's field cannot hold is left out, with a word why, and the rest goes.
 *
 * Unknown fields are ignored by the portal without an error (bitrix24.md
 * 10): its answer is compared with what was said.
 */
#include "bitrix/b24_deal.h"

#include <string.h>

#include "base/told.h"

/* ---- values ---- */

static bool
same_text(const char *a, const char *b)
{
	for (;; a++, b++) {
		/* The portal's editor writes line ends in its own way. */
		while (*a == '\r')
			a++;
		while (*b == '\r')
			b++;
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

/* Would the portal hold the same for both? */
static bool
same_value(const struct b24_user_field *known, enum field field,
    struct str a, struct str b)
{
	char one[LIMIT_DEAL_VALUE], other[LIMIT_DEAL_VALUE], why[256];

	return b24_deal_value_say(one, known, field, a, STR_NONE, why) == 0 &&
	    b24_deal_value_say(other, known, field, b, STR_NONE, why) == 0 &&
	    same_text(one, other);
}

static void
refuse_field(struct op *op, enum field field, const char *why)
{
	(void)fields_set(&op->dropped, field, fields_get(&op->fields, field));
	if (op->text[0] == '\0')
		told_copy(op->text, sizeof(op->text), why);
}

/* Did people put something else there, and may they? */
static bool
is_kept(struct op *op, const struct b24_user_field *known, enum field field,
    struct str shown)
{
	if (shown.len == 0 || !fields_has(&op->yields, field) ||
	    same_value(known, field, shown, fields_get(&op->before, field)))
		return false;
	(void)fields_set(&op->kept, field, shown);
	return true;
}

/* A number that is 0 is a value.  Else the field is emptied, which portals do
 * not always do although they answer so (issues 145 and 269 of
 * bitrix-tools/b24-rest-docs). */
static void
say_nothing(char said[LIMIT_DEAL_VALUE], const struct b24_user_field *known,
    struct str wanted, struct str currency, struct b24_command *out)
{
	enum b24_user_form form = b24_user_value_form(known);
	bool nothing = wanted.len == 0 || str_is(wanted, FIELD_CLEAR);

	if (!nothing && form == B24_FORM_MONEY)
		(void)snprintf(said, LIMIT_DEAL_VALUE, "0|%.*s",
		    (int)currency.len, currency.len > 0 ? currency.p : "");
	else if (!nothing && (form == B24_FORM_WHOLE ||
	    form == B24_FORM_NUMBER))
		(void)snprintf(said, LIMIT_DEAL_VALUE, "%s", "0");
	else
		out->empties = true;
}

static bool
say_field(const struct b24 *b24, struct op *op, enum field field,
    const struct fields *held, struct b24_command *out)
{
	const struct b24_user_field *known = b24_deal_value_field(b24, field);
	struct str wanted = fields_get(&op->fields, field);
	struct str shown = fields_get(held, field);
	struct str currency = fields_get(held, FIELD_CURRENCY);
	char said[LIMIT_DEAL_VALUE], why[256], key[128];

	if (known == NULL || same_value(known, field, wanted, shown))
		return false;
	if (b24_deal_value_say(said, known, field, wanted, currency,
	    why) == -1) {
		refuse_field(op, field, why);
		return false;
	}
	if (is_kept(op, known, field, shown))
		return false;
	if (said[0] == '\0')
		say_nothing(said, known, wanted, currency, out);
	(void)snprintf(key, sizeof(key), "fields[%s]%s", known->name,
	    known->multiple ? "[0]" : "");
	b24_query_text(&out->query, key, said);
	if (b24_query_is_reference(str_of(said)))
		out->lone = true;
	return true;
}

/*
 * The sum follows the rows by itself, but for one that was typed by hand
 * (crm-item-productrow-set.md): shown only then.  It is still the person's
 * where it was not that of the rows.
 */
static bool
say_sum(struct op *op, const struct fields *held, struct b24_command *out)
{
	struct str wanted = fields_get(&op->fields, FIELD_SUM);
	struct str shown = fields_get(held, FIELD_SUM);

	if (wanted.len == 0 || shown.len == 0 || str_eq(wanted, shown))
		return false;
	if (!str_eq(shown, fields_get(&op->before, FIELD_SUM))) {
		(void)fields_set(&op->kept, FIELD_SUM, shown);
		return false;
	}
	b24_query_add(&out->query, "fields[opportunity]", wanted);
	return true;
}

/* ---- the command ---- */

static bool
say_stage(const struct b24 *b24, struct op *op, const struct fields *held,
    struct b24_command *out)
{
	struct b24_deal_move move;

	if (!fields_has(&op->fields, FIELD_PROGRESS))
		return false;
	b24_deal_move_find(&move, b24, fields_get(&op->fields,
	    FIELD_PROGRESS), fields_get(&op->before, FIELD_PROGRESS), held);
	told_copy(op->note, sizeof(op->note), move.note);
	if (move.to == NULL)
		return false;
	b24_query_text(&out->query, "fields[stageId]", move.to->id);
	return true;
}

bool
b24_deal_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	enum field field;
	struct str value;
	bool said = false;
	size_t at = 0;

	b24_batch_command_init(out, B24_ITEM_UPDATE);
	b24_query_int(&out->query, "entityTypeId", B24_ENTITY_DEAL);
	b24_query_int(&out->query, "id", op->portal_id);
	b24_query_text(&out->query, "useOriginalUfNames", "Y");
	while (fields_next(&op->fields, &at, &field, &value))
		said |= say_field(b24, op, field, held, out);
	said |= say_sum(op, held, out);
	said |= say_stage(b24, op, held, out);
	if (said)
		return true;
	b24_batch_command_free(out);
	op->outcome = OUTCOME_DONE;
	return false;
}

/* ---- what the portal shows ---- */

static void
read_place(const cJSON *row, struct fields *out)
{
	char space[32];

	(void)fields_set(out, FIELD_STAGE, json_str(json_get(row, "stageId"),
	    space));
	(void)fields_set(out, FIELD_CATEGORY, json_str(json_get(row,
	    "categoryId"), space));
	(void)fields_set(out, FIELD_CURRENCY, json_str(json_get(row,
	    "currencyId"), space));
	(void)fields_set(out, FIELD_MANAGER, json_str(json_get(row,
	    "assignedById"), space));
}

static void
read_sum(const cJSON *row, struct fields *out)
{
	char space[32], text[DECIMAL_TEXT_BYTES];
	struct decimal sum;

	if (!str_is(json_str(json_get(row, "isManualOpportunity"), space),
	    "Y") || decimal_parse(&sum, json_str(json_get(row,
	    "opportunity"), space)) == -1)
		return;
	(void)decimal_format(text, sum);
	(void)fields_set(out, FIELD_SUM, str_of(text));
}

/* The portal's value, in the op's own words where they mean the same. */
static void
read_field(const struct b24 *b24, const struct op *op, enum field field,
    const cJSON *row, struct fields *out)
{
	const struct b24_user_field *known = b24_deal_value_field(b24, field);
	struct str wanted = fields_get(&op->fields, field), shown;
	struct buf text = BUF_INIT(LIMIT_DEAL_BYTES);

	if (known == NULL)
		return;
	b24_deal_value_read(&text, known, field, json_get(row, known->name));
	shown = str_n(buf_text(&text), text.len);
	if (shown.len > 0 && wanted.len > 0 &&
	    same_value(known, field, wanted, shown))
		shown = wanted;
	(void)fields_set(out, field, shown);
	buf_free(&text);
}

static bool
is_stage_due(const struct b24 *b24, const struct op *op,
    const struct fields *held)
{
	struct b24_deal_move move;

	b24_deal_move_find(&move, b24, fields_get(&op->fields,
	    FIELD_PROGRESS), fields_get(&op->before, FIELD_PROGRESS), held);
	return move.to != NULL;
}

static void
compare(const struct b24 *b24, struct op *op, const cJSON *item)
{
	struct fields shown;
	enum field field;
	struct str value;
	size_t at = 0;

	fields_init(&shown);
	read_place(item, &shown);
	while (fields_next(&op->fields, &at, &field, &value)) {
		const struct b24_user_field *known = b24_deal_value_field(b24,
		    field);

		if (known == NULL || fields_has(&op->kept, field))
			continue;
		read_field(b24, op, field, item, &shown);
		if (!same_value(known, field, value, fields_get(&shown,
		    field)))
			(void)fields_set(&op->dropped, field, value);
	}
	read_sum(item, &shown);
	if (fields_has(&shown, FIELD_SUM) && fields_has(&op->fields,
	    FIELD_SUM) && !fields_has(&op->kept, FIELD_SUM) &&
	    !str_eq(fields_get(&shown, FIELD_SUM), fields_get(&op->fields,
	    FIELD_SUM)))
		(void)fields_set(&op->dropped, FIELD_SUM,
		    fields_get(&op->fields, FIELD_SUM));
	if (fields_has(&op->fields, FIELD_PROGRESS) &&
	    is_stage_due(b24, op, &shown))
		(void)fields_set(&op->dropped, FIELD_PROGRESS,
		    fields_get(&op->fields, FIELD_PROGRESS));
	fields_free(&shown);
}

void
b24_deal_taken(const struct b24 *b24, struct op *op, const cJSON *result)
{
	const cJSON *item = json_get(result, "item");

	if (json_int_of(item, "id") != op->portal_id)
		op->outcome = OUTCOME_UNKNOWN;
	else
		compare(b24, op, item);
}

void
b24_deal_emptied(const struct b24 *b24, struct op *op,
    const struct fields *held)
{
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(&op->fields, &at, &field, &value)) {
		const struct b24_user_field *known = b24_deal_value_field(b24,
		    field);

		if (known != NULL && !fields_has(&op->kept, field) &&
		    same_value(known, field, value, STR_NONE) &&
		    !same_value(known, field, fields_get(held, field),
		    STR_NONE))
			refuse_field(op, field, TOLD("the portal says that "
			    "it emptied this, and shows it all the same: "
			    "empty it there by hand"));
	}
}

void
b24_deal_list(struct b24_command *out)
{
	b24_batch_command_init(out, B24_ITEM_LIST);
	b24_query_int(&out->query, "entityTypeId", B24_ENTITY_DEAL);
	b24_query_text(&out->query, "select[0]", "*");
	b24_query_text(&out->query, "useOriginalUfNames", "Y");
	b24_query_text(&out->query, "order[id]", "ASC");
}

void
b24_deal_found(const struct b24 *b24, const struct op *op, const cJSON *row,
    struct found *out)
{
	char space[32];

	fields_init(&out->fields);
	out->portal_id = json_int_of(row, "id");
	read_place(row, &out->fields);
	/* So that a notice can name it. */
	(void)fields_set(&out->fields, FIELD_NAME, str_trim(json_str(json_get(
	    row, "title"), space)));
	for (int field = FIELD_NUMBER; field <= FIELD_SHIPMENT_DATE; field++)
		read_field(b24, op, (enum field)field, row, &out->fields);
	read_sum(row, &out->fields);
	if (fields_has(&op->fields, FIELD_PROGRESS) &&
	    !is_stage_due(b24, op, &out->fields))
		(void)fields_set(&out->fields, FIELD_PROGRESS,
		    fields_get(&op->fields, FIELD_PROGRESS));
}
