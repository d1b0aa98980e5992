/*
 * Sections, goods and prices: our fields as the portal's parameters, its
 * rows as our fields, and what it says it has taken compared with what was
 * sent.  One table for each kind drives all three.  A good is of one of four
 * forms here, each with methods and columns of its own; their properties are
 * b24_property.c's.
 *
 * Traps (bitrix24.md 8): a property is {"value": …}, for a bare one is ignored
 * by update, and by add of older portals, without an error; iblockId is
 * refused in product.update and required in section.update; empty values
 * and a quantity of 0 come back as null.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum form {
	FORM_TEXT,
	FORM_LONG_TEXT,         /* with a type beside it: text or html */
	FORM_FLAG,
	FORM_NUMBER,
	FORM_MONEY,
	FORM_SECTION,           /* op.parent_id */
	FORM_SECTIONS,          /* op.sections */
	FORM_MEASURE,
	FORM_VAT,
	FORM_ARTICLE,
	FORM_PROPERTIES         /* b24_property.c */
};

/* The goods that a column is not of: parents and services, which are neither
 * weighed nor counted (what a parent's variations have in common is all that it
 * has); variations, which are in no section but where their parent is.  (VAT
 * of parents, which cannot be edited in the cloud, mapping/ leaves out.) */
enum { NOT_BARE = 1, NOT_OFFER = 2 };

struct column {
	enum field field;
	const char *name;       /* of the portal; articles: made of the id */
	enum form form;
	bool write_only;        /* another row reads the same column */
	unsigned not_of;
};

static const struct column section_columns[] = {
	{ FIELD_NAME, "name", FORM_TEXT, false, 0 },
	{ FIELD_PARENT, "iblockSectionId", FORM_SECTION, false, 0 },
	{ FIELD_CODE, "code", FORM_TEXT, false, 0 },
	{ FIELD_BITRIX_CODE, "code", FORM_TEXT, true, 0 },
	{ FIELD_DESCRIPTION, "description", FORM_LONG_TEXT, false, 0 },
	{ FIELD_ACTIVE, "active", FORM_FLAG, false, 0 },
	{ FIELD_XML_ID, "xmlId", FORM_TEXT, false, 0 },
	{ FIELD_NONE, NULL, FORM_TEXT, false, 0 },
};
static const struct column good_columns[] = {
	{ FIELD_NAME, "name", FORM_TEXT, false, 0 },
	{ FIELD_ARTICLE, NULL, FORM_ARTICLE, false, 0 },
	{ FIELD_CODE, "code", FORM_TEXT, false, 0 },
	{ FIELD_BITRIX_CODE, "code", FORM_TEXT, true, 0 },
	{ FIELD_UNIT, "measure", FORM_MEASURE, false, NOT_BARE },
	{ FIELD_GROUP, "iblockSectionId", FORM_SECTION, false, NOT_OFFER },
	/* "Array of all sections to which the product is linked": no list and
	 * no get has it (catalog-product-update.md, data-types.md). */
	{ FIELD_SECTIONS, "IblockSection", FORM_SECTIONS, true, NOT_OFFER },
	{ FIELD_VAT, "vatId", FORM_VAT, false, 0 },
	{ FIELD_VAT_INCLUDED, "vatIncluded", FORM_FLAG, false, 0 },
	{ FIELD_DESCRIPTION, "detailText", FORM_LONG_TEXT, false, 0 },
	{ FIELD_QUANTITY, "quantity", FORM_NUMBER, false, NOT_BARE },
	{ FIELD_WEIGHT, "weight", FORM_NUMBER, false, NOT_BARE },
	{ FIELD_LENGTH, "length", FORM_NUMBER, false, NOT_BARE },
	{ FIELD_WIDTH, "width", FORM_NUMBER, false, NOT_BARE },
	{ FIELD_HEIGHT, "height", FORM_NUMBER, false, NOT_BARE },
	{ FIELD_ACTIVE, "active", FORM_FLAG, false, 0 },
	{ FIELD_XML_ID, "xmlId", FORM_TEXT, false, 0 },
	{ FIELD_PROPERTIES, NULL, FORM_PROPERTIES, false, 0 },
	{ FIELD_NONE, NULL, FORM_TEXT, false, 0 },
};
static const struct column price_columns[] = {
	{ FIELD_AMOUNT, "price", FORM_MONEY, false, 0 },
	{ FIELD_CURRENCY, "currency", FORM_TEXT, false, 0 },
	{ FIELD_NONE, NULL, FORM_TEXT, false, 0 },
};

/* Of a list: the columns above and these. */
static const char *const good_select[] = { "id", "iblockId", "type", NULL };
static const char *const offer_select[] = { "id", "iblockId", "type",
    "parentId", NULL };
static const char *const section_select[] = { "id", NULL };
static const char *const price_select[] = { "id", "productId",
    "catalogGroupId", NULL };

struct kind {
	const struct column *columns;
	unsigned without;       /* of them those that are NOT_… */
	const char *const *select;
	enum b24_method add, update, remove, list;
};

static const struct kind kinds[TARGET_LAST] = {
	[TARGET_SECTION] = { section_columns, 0, section_select,
	    B24_SECTION_ADD, B24_SECTION_UPDATE, B24_SECTION_DELETE,
	    B24_SECTION_LIST },
	[TARGET_PRODUCT] = { good_columns, 0, good_select,
	    B24_PRODUCT_ADD, B24_PRODUCT_UPDATE, B24_PRODUCT_DELETE,
	    B24_PRODUCT_LIST },
	[TARGET_PARENT] = { good_columns, NOT_BARE, good_select,
	    B24_SKU_ADD, B24_SKU_UPDATE, B24_SKU_DELETE, B24_SKU_LIST },
	[TARGET_OFFER] = { good_columns, NOT_OFFER, offer_select,
	    B24_OFFER_ADD, B24_OFFER_UPDATE, B24_OFFER_DELETE,
	    B24_OFFER_LIST },
	[TARGET_SERVICE] = { good_columns, NOT_BARE, good_select,
	    B24_SERVICE_ADD, B24_SERVICE_UPDATE, B24_SERVICE_DELETE,
	    B24_SERVICE_LIST },
	[TARGET_PRICE] = { price_columns, 0, price_select,
	    B24_PRICE_ADD, B24_PRICE_UPDATE, B24_PRICE_DELETE,
	    B24_PRICE_LIST },
};

/* The one behind `last`, NULL: the first.  NULL: no more. */
static const struct column *
next_column(enum target_kind target, const struct column *last)
{
	const struct kind *kind = &kinds[target];
	const struct column *column = last == NULL ? kind->columns : last + 1;

	while ((column->not_of & kind->without) != 0)
		column++;
	return column->field == FIELD_NONE ? NULL : column;
}

enum b24_method
b24_catalog_method(enum target_kind target, enum op_kind op)
{
	const struct kind *kind = &kinds[target];

	switch (op) {
	case OP_CREATE:
		return kind->add;
	case OP_UPDATE:
		return kind->update;
	case OP_DELETE:
		return kind->remove;
	case OP_FIND:
	case OP_COUNT:
		break;
	}
	return kind->list;
}

int64_t
b24_catalog_iblock(const struct b24 *b24, enum target_kind target)
{
	return target == TARGET_OFFER ? b24->facts.offers_iblock :
	    b24->facts.iblock;
}

int64_t
b24_catalog_article(const struct b24 *b24, enum target_kind target)
{
	return target == TARGET_OFFER ? b24->facts.offers_article :
	    b24->facts.article;
}

/*
 * Types of the portal: 1 simple, 2 a set, 3 and 6 parents with and without
 * variations, 4 and 5 variations with and without a parent, 7 a service.
 * Whether each list shows its own alone is not documented.
 */
bool
b24_catalog_is_form(enum target_kind target, const cJSON *row)
{
	int64_t type;

	if (!target_is_good(target) || json_int(&type, json_get(row,
	    "type")) == -1)
		return true;
	if (target == TARGET_PARENT)
		return type == 3 || type == 6;
	if (target == TARGET_OFFER)
		return type == 4 || type == 5;
	if (target == TARGET_SERVICE)
		return type == 7;
	return type < 3 || type > 7;
}

static const char *
column_name(const struct b24 *b24, enum target_kind target,
    const struct column *column, char space[32])
{
	int64_t article = b24_catalog_article(b24, target);

	if (column->form != FORM_ARTICLE)
		return column->name;
	if (article == 0)
		return NULL;
	(void)snprintf(space, 32, "property%" PRId64, article);
	return space;
}

static void take_shown(const struct b24 *b24, struct op *op,
    const cJSON *element);

/* ---- what is said to the portal ---- */

static struct str
id_text(int64_t id, char space[64])
{
	(void)snprintf(space, 64, "%" PRId64, id);
	return str_of(space);
}

/* The portal's word for our value; "" empties. */
static struct str
said_value(const struct b24 *b24, const struct op *op,
    const struct column *column, struct str value, char space[64])
{
	bool clear = str_is(value, FIELD_CLEAR);

	switch (column->form) {
	case FORM_SECTION:
		/* 0 is the top level. */
		return id_text(clear ? 0 : op->parent_id, space);
	case FORM_MEASURE:
		return clear ? str_of("") : id_text(b24_value_measure(b24,
		    value), space);
	case FORM_VAT:
		return clear ? str_of("") : id_text(b24_value_vat(b24,
		    value), space);
	case FORM_NUMBER:
	case FORM_MONEY:
		return clear ? str_of("0") : value;
	case FORM_TEXT:
	case FORM_LONG_TEXT:
	case FORM_FLAG:
	case FORM_ARTICLE:
	case FORM_PROPERTIES:
	case FORM_SECTIONS:
		break;
	}
	return clear ? str_of("") : value;
}

/* A tag anywhere: "<" and a letter, "/" or "!", and ">" behind it. */
static bool
looks_like_html(struct str text)
{
	const char *at = text.p, *end = text.p + text.len;

	while (text.len > 0 && (at = memchr(at, '<',
	    (size_t)(end - at))) != NULL) {
		at++;
		if (at < end && ((*at >= 'a' && *at <= 'z') ||
		    (*at >= 'A' && *at <= 'Z') || *at == '/' || *at == '!') &&
		    memchr(at, '>', (size_t)(end - at)) != NULL)
			return true;
	}
	return false;
}

/* All of them, and the main one, which is said with them: what a list without
 * it would make of it is documented nowhere.  0 is the top level. */
static void
add_sections(const struct op *op, struct b24_command *out)
{
	char key[96];
	size_t i;

	for (i = 0; i == 0 || i < op->section_count; i++) {
		(void)snprintf(key, sizeof(key), "fields[IblockSection][%zu]",
		    i);
		b24_query_int(&out->query, key, i < op->section_count ?
		    op->sections[i] : op->parent_id);
	}
	if (!fields_has(&op->fields, FIELD_GROUP))
		b24_query_int(&out->query, "fields[iblockSectionId]",
		    op->parent_id);
}

static void
add_column(const struct b24 *b24, const struct op *op,
    const struct column *column, struct str value,
    struct b24_command *out)
{
	char space[64], name[32], key[96];
	const char *known = column_name(b24, op->target.kind, column, name);
	struct str said = said_value(b24, op, column, value, space);

	if (column->form == FORM_PROPERTIES)
		b24_property_write(b24, op, value, fields_get(&op->before,
		    column->field), out);
	if (column->form == FORM_SECTIONS)
		add_sections(op, out);
	if (known == NULL || column->form == FORM_SECTIONS)
		return;
	(void)snprintf(key, sizeof(key), "fields[%s]%s", known,
	    column->form == FORM_ARTICLE ? "[value]" : "");
	b24_query_add(&out->query, key, said);
	if (column->form == FORM_LONG_TEXT) {
		(void)snprintf(key, sizeof(key), "fields[%sType]", known);
		b24_query_text(&out->query, key,
		    looks_like_html(said) ? "html" : "text");
	}
	if (b24_query_is_reference(said))
		out->lone = true;
}

static void
add_fields(const struct b24 *b24, const struct op *op,
    const struct fields *values, struct b24_command *out)
{
	const struct column *column = NULL;

	while ((column = next_column(op->target.kind, column)) != NULL)
		if (fields_has(values, column->field))
			add_column(b24, op, column, fields_get(values,
			    column->field), out);
}

/* What an object is made with besides its values. */
static void
add_birth(const struct b24 *b24, const struct op *op,
    struct b24_command *out)
{
	struct buf *query = &out->query;
	struct str mark = target_id(&op->target);

	if (op->target.kind == TARGET_PRICE) {
		b24_query_int(query, "fields[productId]", op->parent_id);
		b24_query_int(query, "fields[catalogGroupId]",
		    b24_value_price_type(b24, target_rule(&op->target)));
		return;
	}
	b24_query_int(query, "fields[iblockId]", b24_catalog_iblock(b24,
	    op->target.kind));
	if (op->target.kind == TARGET_OFFER && op->parent_id > 0)
		b24_query_int(query, "fields[parentId]", op->parent_id);
	if (fields_has(&op->fields, FIELD_XML_ID))
		return;
	b24_query_add(query, "fields[xmlId]", mark);
	if (b24_query_is_reference(mark))
		out->lone = true;
}

bool
b24_catalog_needs_read(const struct op *op)
{
	if (op->kind != OP_UPDATE)
		return false;
	if (op->target.kind == TARGET_SECTION)
		return !fields_has(&op->fields, FIELD_NAME);
	if (op->target.kind == TARGET_PRICE)
		return !fields_has(&op->fields, FIELD_AMOUNT) ||
		    !fields_has(&op->fields, FIELD_CURRENCY);
	return false;
}

/* The required ones that did not change, as the portal has them. */
static void
add_held(const struct b24 *b24, const struct op *op,
    const struct fields *held, struct b24_command *out)
{
	static const enum field needed[] = { FIELD_NAME, FIELD_AMOUNT,
	    FIELD_CURRENCY };
	struct fields rest;

	fields_init(&rest);
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (!fields_has(&op->fields, needed[i]))
			(void)fields_set(&rest, needed[i],
			    fields_get(held, needed[i]));
	add_fields(b24, op, &rest, out);
	fields_free(&rest);
}

bool
b24_catalog_write(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	size_t bare;

	b24_batch_command_init(out, b24_catalog_method(op->target.kind,
	    op->kind));
	out->shapes = b24->facts.shapes;
	if (op->kind != OP_CREATE)
		b24_query_int(&out->query, "id", op->portal_id);
	if (op->kind == OP_DELETE)
		return true;
	bare = out->query.len;
	if (op->kind == OP_CREATE)
		add_birth(b24, op, out);
	else if (op->target.kind == TARGET_SECTION)
		b24_query_int(&out->query, "fields[iblockId]",
		    b24->facts.iblock);
	add_fields(b24, op, &op->fields, out);
	if (held != NULL && b24_catalog_needs_read(op))
		add_held(b24, op, held, out);
	if (op->kind != OP_UPDATE || out->query.len > bare)
		return true;
	/* Without any field an update is refused. */
	b24_batch_command_free(out);
	op->outcome = OUTCOME_DONE;
	take_shown(b24, op, NULL);
	return false;
}

/* ---- what the portal shows ---- */

/* A single value of a property, or of the first of several. */
static const cJSON *
property_value(const cJSON *item)
{
	if (cJSON_IsArray(item))
		item = item->child;
	return cJSON_IsObject(item) ? json_get(item, "value") : item;
}

static struct str
shown_value(const struct column *column, const cJSON *item, char space[32])
{
	if (column->form == FORM_ARTICLE)
		item = property_value(item);
	return json_str(item, space);
}

static bool
is_taken(const struct column *column, struct str said, struct str shown)
{
	switch (column->form) {
	case FORM_NUMBER:
		return b24_value_same_number(said, shown, 3);
	case FORM_MONEY:
		return b24_value_same_number(said, shown, 2);
	case FORM_SECTION:
	case FORM_MEASURE:
	case FORM_VAT:
		if (said.len == 0)
			said = str_of("0");
		if (shown.len == 0)
			shown = str_of("0");
		return str_eq(said, shown);
	case FORM_TEXT:
	case FORM_LONG_TEXT:
	case FORM_FLAG:
	case FORM_ARTICLE:
	case FORM_PROPERTIES:
	case FORM_SECTIONS:
		break;
	}
	return b24_value_same_text(said, shown);
}

static bool
shows_section(const cJSON *list, int64_t id)
{
	const cJSON *item;
	int64_t shown;

	cJSON_ArrayForEach(item, list)
		if (json_int(&shown, item) == 0 && shown == id)
			return true;
	return false;
}

/* In whatever order; one that people added is not missed. */
static bool
shows_sections(const struct op *op, const cJSON *list)
{
	for (size_t i = 0; i < op->section_count; i++)
		if (!shows_section(list, op->sections[i]))
			return false;
	return true;
}

static void
compare_column(const struct b24 *b24, struct op *op,
    const struct column *column, const cJSON *element)
{
	char space[64], shown_space[32], name[32];
	struct str value = fields_get(&op->fields, column->field);
	const char *known = column_name(b24, op->target.kind, column, name);
	const cJSON *item = known != NULL ? json_get(element, known) : NULL;
	struct str said = said_value(b24, op, column, value, space);

	if (column->form == FORM_PROPERTIES) {
		b24_property_taken(b24, op, element);
		return;
	}
	if (column->form == FORM_SECTIONS) {
		/* Documented for no answer; written as names are there. */
		item = json_get(element, "iblockSection");
		if (item != NULL && !shows_sections(op, item))
			(void)fields_set(&op->dropped, column->field, value);
		return;
	}
	/* Not shown at all: nothing to compare with. */
	if (known != NULL && item == NULL)
		return;
	/* An empty mark becomes the object's own id. */
	if (column->field == FIELD_XML_ID && said.len == 0)
		return;
	if (known != NULL && is_taken(column, said, shown_value(column, item,
	    shown_space)))
		return;
	(void)fields_set(&op->dropped, column->field, value);
}

static void
take_shown(const struct b24 *b24, struct op *op, const cJSON *element)
{
	const struct column *column = NULL;

	while ((column = next_column(op->target.kind, column)) != NULL)
		if (fields_has(&op->fields, column->field))
			compare_column(b24, op, column, element);
}

void
b24_catalog_taken(const struct b24 *b24, struct op *op, const cJSON *result)
{
	const cJSON *element;
	int64_t id;

	if (op->kind == OP_DELETE) {
		/* Anything but "true" is no word that it is gone. */
		if (!cJSON_IsTrue(result))
			op->outcome = OUTCOME_UNKNOWN;
		return;
	}
	element = json_get(result, b24_methods_info(b24_catalog_method(
	    op->target.kind, op->kind))->rows);
	if (json_int(&id, json_get(element, "id")) == -1 || id <= 0) {
		op->outcome = OUTCOME_UNKNOWN;
		return;
	}
	if (op->kind == OP_CREATE)
		op->new_id = id;
	take_shown(b24, op, element);
}

bool
b24_catalog_otherwise(struct b24 *b24, struct op *out, const struct op *op,
    const struct b24_command *command)
{
	struct str values = fields_get(&op->fields, FIELD_PROPERTIES);

	if (!target_is_good(op->target.kind) || op->kind != OP_UPDATE ||
	    !fields_has(&op->dropped, FIELD_PROPERTIES) ||
	    !b24_property_learn(b24, op, command, json_get(command->result,
	    b24_methods_info(command->method)->rows)))
		return false;
	op_init(out);
	out->kind = OP_UPDATE;
	out->target = op->target;
	out->portal_id = op->portal_id;
	(void)fields_set(&out->fields, FIELD_PROPERTIES, values);
	(void)fields_set(&out->before, FIELD_PROPERTIES,
	    fields_get(&op->taken, FIELD_PROPERTIES));
	return true;
}

void
b24_catalog_merge(struct op *op, const struct op *told)
{
	fields_remove(&op->dropped, FIELD_PROPERTIES);
	fields_remove(&op->taken, FIELD_PROPERTIES);
	fields_merge(&op->dropped, &told->dropped);
	fields_merge(&op->taken, &told->taken);
	memcpy(op->text, told->text, sizeof(op->text));
}

/* ---- rows ---- */

void
b24_catalog_list(const struct b24 *b24, enum target_kind target,
    struct b24_command *out)
{
	b24_batch_command_init(out, kinds[target].list);
	b24_query_text(&out->query, "order[id]", "ASC");
	if (target != TARGET_PRICE)
		b24_query_int(&out->query, "filter[iblockId]",
		    b24_catalog_iblock(b24, target));
	if (!target_is_good(target))
		b24_catalog_select(b24, target, out);
}

void
b24_catalog_select(const struct b24 *b24, enum target_kind target,
    struct b24_command *out)
{
	const struct kind *kind = &kinds[target];
	const struct column *column = NULL;
	size_t count = 0;
	char name[32];

	for (; kind->select[count] != NULL; count++)
		b24_query_item(&out->query, "select", count,
		    str_of(kind->select[count]));
	while ((column = next_column(target, column)) != NULL) {
		const char *known = column_name(b24, target, column, name);

		if (column->form == FORM_PROPERTIES)
			b24_property_select(b24, target, out, &count);
		if (known != NULL && !column->write_only)
			b24_query_item(&out->query, "select", count++,
			    str_of(known));
	}
}

/* The text that was asked with, when it means what the portal shows. */
static bool
means_the_same(const struct b24 *b24, const struct op *op,
    const struct column *column, struct str shown, struct str *text)
{
	char space[64];

	if (op == NULL || op->kind != OP_FIND ||
	    !fields_has(&op->fields, column->field) ||
	    column->form == FORM_SECTION)
		return false;
	*text = fields_get(&op->fields, column->field);
	if (!is_taken(column, said_value(b24, op, column, *text, space),
	    shown))
		return false;
	/* Emptied, and empty: that is what the portal holds. */
	if (str_is(*text, FIELD_CLEAR))
		*text = STR_NONE;
	return true;
}

static struct str
own_text(const struct b24 *b24, const struct column *column,
    struct str shown, char space[64])
{
	int64_t id;

	switch (column->form) {
	case FORM_NUMBER:
	case FORM_MONEY:
		if (shown.len == 0)
			shown = str_of("0");
		if (decimal_normalise(space, shown) == -1)
			return STR_NONE;
		return str_of(space);
	case FORM_VAT:
		if (str_to_int64(&id, shown) == -1)
			return STR_NONE;
		b24_value_vat_text(b24, id, space);
		return str_of(space);
	case FORM_MEASURE:
		if (str_to_int64(&id, shown) == -1)
			return STR_NONE;
		b24_value_measure_text(b24, id, space);
		return str_of(space);
	case FORM_SECTION:
		return str_is(shown, "0") ? STR_NONE : shown;
	case FORM_TEXT:
	case FORM_LONG_TEXT:
	case FORM_FLAG:
	case FORM_ARTICLE:
	case FORM_PROPERTIES:
	case FORM_SECTIONS:
		break;
	}
	return shown;
}

void
b24_catalog_row(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct found *out)
{
	const struct column *column = NULL;
	char shown_space[32], space[64], name[32];

	fields_init(&out->fields);
	if (json_int(&out->portal_id, json_get(row, "id")) == -1)
		out->portal_id = 0;
	while ((column = next_column(op->target.kind, column)) != NULL) {
		const char *known = column_name(b24, op->target.kind, column,
		    name);
		struct str shown, text;

		if (column->form == FORM_PROPERTIES)
			b24_property_row(b24, op, row, &out->fields);
		if (known == NULL || column->write_only)
			continue;
		shown = shown_value(column, json_get(row, known),
		    shown_space);
		if (!means_the_same(b24, op, column, shown, &text))
			text = own_text(b24, column, shown, space);
		(void)fields_set(&out->fields, column->field, text);
	}
}
