/*
 * What an element says goes to the object around it, or into a slot until
 * the small group that it belongs to (a price, a property's value) ends.
 * The numbers of deviations come from commerceml.md 4.
 */
#include "commerceml/cml_internal.h"

#include <string.h>

#include "base/decimal.h"

static struct str
slot(const struct cml_reader *r, enum cml_slot n)
{
	return str_n(r->slots[n].data, r->slots[n].len);
}

static void
clear_slots(struct cml_reader *r)
{
	for (size_t i = 0; i < CML_SLOT_LAST; i++)
		buf_clear(&r->slots[i]);
	r->slot_bad = false;
}

static struct str
name_of(const xmlChar *name)
{
	return str_of((const char *)name);
}

static void
begin_part(struct cml_reader *r, const struct cml_frame *frame,
    enum record_kind kind)
{
	cml_part_begin(r, frame->place);
	cml_object_begin(r, kind, frame);
}

void
cml_take_start(struct cml_reader *r, struct cml_frame *frame)
{
	enum record_kind kind = cml_rules_record(frame->place);

	if (frame->flat)
		cml_flat_start(r, frame);
	switch ((int)frame->place) {
	case CML_AT_CLASSIFIER:
	case CML_AT_CATALOG:
	case CML_AT_OFFERS:
	case CML_AT_CHANGES:
		begin_part(r, frame, kind);
		return;
	case CML_AT_PARTIES:
	case CML_AT_DOCUMENT:
		cml_part_begin(r, frame->place);
		break;
	case CML_AT_TRAITS:
		r->has_traits = true;
		break;
	case CML_AT_OWNER:
		cml_object_top(r)->owner = true;
		break;
	case CML_AT_LINE:
		r->counts->lines++;
		break;
	case CML_AT_BASE_UNIT:
		r->unit_coded = r->unit_named = false;
		break;
	default:
		break;
	}
	if (kind != RECORD_NONE)
		cml_object_begin(r, kind, frame);
	else if (frame->place != CML_AT_TEXT && !frame->flat)
		clear_slots(r);
}

/* ---- values ---- */

static enum cml_code
code_of_number(enum cml_value value)
{
	if (value == CML_IS_PRICE)
		return CML_PRICE_NUMBER;
	if (value == CML_IS_QUANTITY)
		return CML_QUANTITY_NUMBER;
	return CML_NUMBER_OTHER;
}

/* The value as it is kept, or STR_NONE where it was refused. */
static struct str
check_value(struct cml_reader *r, const struct cml_rule *rule, bool bad,
    struct str value, char number[DECIMAL_TEXT_BYTES])
{
	struct str where;

	if (value.len == 0)
		return value;
	switch (rule->value) {
	case CML_IS_TEXT:
	case CML_IS_FLAG:
		break;
	case CML_IS_ID:
		if (value.len <= LIMIT_ID_BYTES)
			return value;
		cml_finding(r, CML_ID_LONG, cml_door_line(r),
		    cml_door_where(r), value);
		return STR_NONE;
	case CML_IS_PRICE:
	case CML_IS_QUANTITY:
	case CML_IS_NUMBER:
		if (!bad && cml_value_canonical(value))
			return value;
		if (!bad && decimal_normalise(number, value) == 0)
			return str_of(number);
		where = rule->place == CML_AT_NOTHING ? str_of(rule->name) :
		    cml_door_where(r);
		cml_finding(r, code_of_number(rule->value), cml_door_line(r),
		    where, value);
		r->slot_bad = true;
		return STR_NONE;
	}
	if (bad)
		cml_finding(r, CML_SCHEMA, cml_door_line(r),
		    cml_door_where(r), str_of(r->message));
	return value;
}

static void
take_status(struct cml_reader *r, struct cml_object *object,
    struct str value)
{
	if (value.len == 0 || str_is(value, "Новый") ||
	    str_is(value, "Изменен"))
		return;
	if (str_same_name(value, str_of("Удален")))
		object->deleted = true;
	else if (!str_same_name(value, str_of("Новый")) &&
	    !str_same_name(value, str_of("Изменен")))
		cml_finding(r, CML_STATUS_OTHER, cml_door_line(r), STR_NONE,
		    value);
}

static bool
take_flag(struct cml_reader *r, struct str value)
{
	int flag;

	if (value.len == 0)
		return false;
	flag = cml_value_flag(value);
	if (flag == -1)
		cml_finding(r, CML_FLAG_OTHER, cml_door_line(r),
		    cml_door_where(r), value);
	return flag == 1;
}

static void
note_currency(struct cml_reader *r, struct str value)
{
	if (value.len > 0 && !cml_value_iso_currency(value))
		cml_finding(r, CML_CURRENCY, cml_door_line(r), STR_NONE,
		    value);
}

/* "..", "/", "C:", "https:": 1C on Windows writes a backslash too. */
static bool
leads_out(struct str path)
{
	size_t start = 0;

	if (path.p[0] == '/' || path.p[0] == '\\' ||
	    memchr(path.p, ':', path.len) != NULL)
		return true;
	for (size_t i = 0; i <= path.len; i++) {
		if (i < path.len && path.p[i] != '/' && path.p[i] != '\\')
			continue;
		if (i - start == 2 && memcmp(path.p + start, "..", 2) == 0)
			return true;
		start = i + 1;
	}
	return false;
}

static void
take_picture(struct cml_reader *r, struct cml_object *object,
    struct str value)
{
	if (value.len > 0)
		r->counts->pictures++;
	if (value.len > 0 && leads_out(value))
		cml_finding(r, CML_PICTURE_OUTSIDE, cml_door_line(r),
		    STR_NONE, value);
	cml_object_add(r, object, FIELD_PICTURE, value);
}

static void
take_unit_code(struct cml_reader *r, struct cml_object *object,
    struct str value)
{
	if (value.len == 0)
		return;
	/* The attribute's text is followed by its quotation mark. */
	if (value.p[value.len] == ' ')
		cml_finding(r, CML_UNIT_PADDED, cml_door_line(r), STR_NONE,
		    str_n(value.p, value.len + 1));
	if (!cml_value_digits(value))
		cml_finding(r, CML_UNIT_OTHER, cml_door_line(r), STR_NONE,
		    value);
	else if (value.len == 4)
		cml_finding(r, CML_UNIT_FOUR, cml_door_line(r), STR_NONE,
		    value);
	r->unit_coded = true;
	cml_object_add(r, object, FIELD_UNIT, value);
}

/* Old files have the name there, the Bitrix module the code. */
static void
take_unit_text(struct cml_reader *r, struct cml_object *object,
    struct str value)
{
	if (value.len == 0)
		return;
	if (!r->unit_coded && cml_value_digits(value) && value.len >= 3 &&
	    value.len <= 4)
		cml_object_add(r, object, FIELD_UNIT, value);
	else if (!r->unit_named)
		cml_object_add(r, object, FIELD_UNIT_NAME, value);
}

static void
take_slot(struct cml_reader *r, const struct cml_rule *rule,
    struct str value)
{
	struct buf *to = &r->slots[rule->field];

	if (value.len == 0)
		return;
	if (rule->field == CML_SLOT_CURRENCY)
		note_currency(r, value);
	if (to->len > 0) {
		if (rule->take == CML_TAKE_SLOT)
			return;
		(void)buf_add_char(to, FIELD_PART);
	}
	if (buf_add(to, value.p, value.len) != 0)
		cml_object_overflow(r, cml_object_top(r));
}

static void
take_name(struct cml_reader *r, struct cml_object *object, struct str value)
{
	struct str start = str_utf8_cut(value, LIMIT_NAME_BYTES);

	if (object->name.len == 0)
		(void)buf_add(&object->name, start.p, start.len);
	cml_object_add(r, object, FIELD_NAME, value);
}

static void
put_id(struct buf *to, struct str value)
{
	buf_clear(to);
	(void)buf_add(to, value.p, value.len);
}

static void
take(struct cml_reader *r, const struct cml_rule *rule,
    struct cml_object *object, struct str value)
{
	enum field field = (enum field)rule->field;

	switch (rule->take) {
	case CML_TAKE_NOTHING:
		return;
	case CML_TAKE_ID:
		put_id(&object->id, value);
		return;
	case CML_TAKE_NAME:
		take_name(r, object, value);
		return;
	case CML_TAKE_FIELD:
		if (rule->value == CML_IS_FLAG)
			value = take_flag(r, value) ? str_of("1") : STR_NONE;
		cml_object_add(r, object, field, value);
		return;
	case CML_TAKE_SLOT:
	case CML_TAKE_MORE:
		if (rule->value == CML_IS_FLAG)
			value = str_of(take_flag(r, value) ? "1" : "0");
		take_slot(r, rule, value);
		return;
	case CML_TAKE_PICTURE:
		take_picture(r, object, value);
		return;
	case CML_TAKE_DELETED:
		if (take_flag(r, value))
			object->deleted = true;
		return;
	case CML_TAKE_STATUS:
		take_status(r, object, value);
		return;
	case CML_TAKE_DIMENSION:
		if (value.len > 0)
			cml_object_pair(r, object, field, str_of(rule->name),
			    value);
		return;
	case CML_TAKE_QUANTITY:
		(void)fields_add(&r->rests, field, value);
		return;
	case CML_TAKE_TRAIT_ID:
		put_id(&r->trait_id, value);
		return;
	case CML_TAKE_UNIT_TEXT:
		take_unit_text(r, object, value);
		return;
	case CML_TAKE_UNIT_CODE:
		take_unit_code(r, object, value);
		return;
	case CML_TAKE_UNIT_NAME:
		r->unit_named = value.len > 0;
		cml_object_add(r, object, FIELD_UNIT_NAME, value);
		return;
	case CML_TAKE_CURRENCY:
		note_currency(r, value);
		cml_object_add(r, object, field, value);
		return;
	case CML_TAKE_OPTION:
		if (value.len > 0)
			cml_object_pair(r, object, FIELD_OPTION, value,
			    value);
		return;
	case CML_TAKE_CLASSIFIER:
		put_id(&r->part_classifier, value);
		return;
	case CML_TAKE_CATALOG:
		put_id(&r->part_catalog, value);
		return;
	case CML_TAKE_CHANGES:
		cml_part_changes(r, value);
		return;
	}
}

void
cml_take_attribute(struct cml_reader *r, const struct cml_rule *rule,
    struct str value)
{
	char number[DECIMAL_TEXT_BYTES];

	value = check_value(r, rule, false, value, number);
	take(r, rule, cml_object_top(r), value);
}

/* ---- groups of values ---- */

/* Each value of a row of them, as a pair with the key. */
static void
end_values(struct cml_reader *r, struct cml_object *object,
    const struct cml_frame *frame, enum field field, struct str key)
{
	struct str values = slot(r, CML_SLOT_VALUE), one;

	if (values.len == 0)
		return;
	if (key.len == 0) {
		cml_finding(r, CML_KEY_MISSING, frame->line,
		    name_of(frame->name), STR_NONE);
		return;
	}
	for (unsigned n = 0; (one = field_part(values, n)).p != NULL; n++)
		cml_object_pair(r, object, field, key, one);
}

static struct str
key_or_name(const struct cml_reader *r)
{
	struct str key = slot(r, CML_SLOT_KEY);

	return key.len > 0 ? key : slot(r, CML_SLOT_ALT);
}

static void
end_option(struct cml_reader *r, struct cml_object *object)
{
	struct str value = slot(r, CML_SLOT_VALUE);
	struct str key = slot(r, CML_SLOT_KEY);

	if (value.len > 0)
		cml_object_pair(r, object, FIELD_OPTION,
		    key.len > 0 ? key : value, value);
}

static void
end_trait(struct cml_reader *r, struct cml_object *object,
    const struct cml_frame *frame)
{
	struct buf *value = &r->slots[CML_SLOT_VALUE];
	struct str id = slot(r, CML_SLOT_ALT);

	if (value->len > 0 && id.len > 0) {
		(void)buf_add_char(value, FIELD_PART);
		(void)buf_add(value, id.p, id.len);
	}
	if (value->len > 0 && r->slots[CML_SLOT_KEY].len == 0)
		cml_finding(r, CML_KEY_MISSING, frame->line,
		    name_of(frame->name), STR_NONE);
	else if (value->len > 0)
		cml_object_pair(r, object, FIELD_CHARACTERISTIC,
		    slot(r, CML_SLOT_KEY), slot(r, CML_SLOT_VALUE));
}

/* "20", "18%", "Без НДС" (commerceml.md 4). */
static void
end_rate(struct cml_reader *r, struct cml_object *object)
{
	struct buf *text = &r->slots[CML_SLOT_VALUE];
	struct str name = slot(r, CML_SLOT_KEY), value;
	char number[DECIMAL_TEXT_BYTES];

	if (text->len == 0 ||
	    (name.len > 0 && !str_is(name, "НДС") &&
	    !str_same_name(name, str_of("НДС"))))
		return;
	value = slot(r, CML_SLOT_VALUE);
	if (value.p[value.len - 1] == '%')
		value = str_trim(str_n(value.p, value.len - 1));
	if (decimal_normalise(number, value) == 0) {
		value = str_of(number);
	} else {
		cml_finding(r, CML_VAT_WORD, cml_door_line(r), STR_NONE,
		    value);
		cml_value_lower(text->data, text->len);
	}
	cml_object_add(r, object, FIELD_VAT, value);
}

static bool
has_price(const struct cml_reader *r, struct str type)
{
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(&r->prices, &at, &field, &value)) {
		if (str_eq(field_part(value, 0), type))
			return true;
	}
	return false;
}

/* МинКоличество: the price of a larger quantity, beside the one of a single
 * piece.  Where all are of larger ones, the first counts. */
static bool
is_tier(const struct cml_reader *r)
{
	struct decimal from, one;

	return decimal_parse(&from, slot(r, CML_SLOT_ALT)) == 0 &&
	    decimal_parse(&one, str_of("1")) == 0 &&
	    decimal_cmp(from, one) > 0 && has_price(r, slot(r, CML_SLOT_KEY));
}

static void
end_price(struct cml_reader *r, struct cml_object *object,
    const struct cml_frame *frame)
{
	static const enum cml_slot parts[] = { CML_SLOT_KEY, CML_SLOT_VALUE,
	    CML_SLOT_CURRENCY, CML_SLOT_UNIT, CML_SLOT_FACTOR };
	struct str value = slot(r, CML_SLOT_VALUE);

	r->counts->prices++;
	if (r->slots[CML_SLOT_KEY].len == 0)
		return;
	if (value.len == 0) {
		if (!r->slot_bad)
			cml_finding(r, CML_PRICE_EMPTY, frame->line,
			    name_of(frame->name), STR_NONE);
		return;
	}
	if (is_tier(r)) {
		cml_finding(r, CML_PRICE_TIER, frame->line,
		    name_of(frame->name), slot(r, CML_SLOT_ALT));
		return;
	}
	if (value.p[0] == '-')
		cml_finding(r, CML_PRICE_NEGATIVE, frame->line,
		    name_of(frame->name), value);
	buf_clear(&r->key);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct buf *part = &r->slots[parts[i]];

		if (i > 0)
			(void)buf_add_char(&r->key, FIELD_PART);
		(void)buf_add(&r->key, part->data, part->len);
	}
	if (r->key.full || fields_add(&r->prices, FIELD_PRICE,
	    str_n(r->key.data, r->key.len)) != 0)
		cml_object_overflow(r, object);
}

static void
end_stock(struct cml_reader *r, struct cml_object *object,
    const struct cml_frame *frame)
{
	struct str store = slot(r, CML_SLOT_KEY);
	struct str amount = slot(r, CML_SLOT_VALUE);

	if (store.len == 0 || amount.len == 0) {
		if (!r->slot_bad)
			cml_finding(r, CML_STOCK_EMPTY, frame->line,
			    name_of(frame->name), STR_NONE);
		return;
	}
	r->has_stock = true;
	if (fields_add_pair(&r->rests, FIELD_STOCK, store, amount) != 0)
		cml_object_overflow(r, object);
	clear_slots(r);
}

/* Остаток of a store by id, or of the whole; a Склад in it was told. */
static void
end_rest(struct cml_reader *r, struct cml_object *object,
    const struct cml_frame *frame)
{
	if (r->slots[CML_SLOT_KEY].len > 0)
		end_stock(r, object, frame);
	else if (r->slots[CML_SLOT_VALUE].len > 0)
		(void)fields_add(&r->rests, FIELD_QUANTITY,
		    slot(r, CML_SLOT_VALUE));
}

static void
end_tax(struct cml_reader *r, struct cml_object *object)
{
	struct str name = slot(r, CML_SLOT_KEY);

	if (name.len == 0 || str_same_name(name, str_of("НДС")))
		cml_object_add(r, object, FIELD_VAT_INCLUDED,
		    slot(r, CML_SLOT_VALUE));
}

/* More of them, or an id that is none, are left out: nothing hangs on it. */
static void
end_kit_part(struct cml_reader *r, struct cml_object *object,
    const struct cml_frame *frame)
{
	struct str id = slot(r, CML_SLOT_KEY);

	if (id.len == 0)
		cml_finding(r, CML_KEY_MISSING, frame->line,
		    name_of(frame->name), STR_NONE);
	else if (id.len <= LIMIT_ID_BYTES && r->kit_parts++ < LIMIT_KIT_PARTS)
		cml_object_pair(r, object, FIELD_KIT, id,
		    slot(r, CML_SLOT_VALUE));
}

static void
end_maker(struct cml_reader *r, struct cml_object *object)
{
	struct str name = slot(r, CML_SLOT_VALUE);

	cml_object_add(r, object, FIELD_MAKER,
	    name.len > 0 ? name : slot(r, CML_SLOT_ALT));
}

static void
end_part(struct cml_reader *r, const struct cml_frame *frame)
{
	if (!cml_object_top(r)->owner && frame->place != CML_AT_CHANGES)
		cml_finding(r, CML_OWNER_MISSING, frame->line,
		    name_of(frame->name), STR_NONE);
	cml_part_tell(r);
	cml_object_end(r);
	cml_part_end(r);
}

static void
end_place(struct cml_reader *r, const struct cml_frame *frame)
{
	struct cml_object *object = cml_object_top(r);

	switch ((int)frame->place) {
	case CML_AT_CLASSIFIER:
	case CML_AT_CATALOG:
	case CML_AT_OFFERS:
	case CML_AT_CHANGES:
		end_part(r, frame);
		return;
	case CML_AT_PARTIES:
		cml_part_end(r);
		return;
	case CML_AT_OPTION:
		end_option(r, object);
		return;
	case CML_AT_RECOUNT:
		end_values(r, object, frame, FIELD_UNIT_FACTOR,
		    slot(r, CML_SLOT_KEY));
		return;
	case CML_AT_VALUE:
		end_values(r, object, frame, FIELD_PROPERTY, key_or_name(r));
		return;
	case CML_AT_REQUISITE:
		end_values(r, object, frame, FIELD_REQUISITE,
		    slot(r, CML_SLOT_KEY));
		return;
	case CML_AT_TRAIT:
		end_trait(r, object, frame);
		return;
	case CML_AT_RATE:
		end_rate(r, object);
		return;
	case CML_AT_PRICE:
		end_price(r, object, frame);
		return;
	case CML_AT_STOCK:
	case CML_AT_REST_STORE:
		end_stock(r, object, frame);
		return;
	case CML_AT_REST:
		end_rest(r, object, frame);
		return;
	case CML_AT_TYPE_TAX:
		end_tax(r, object);
		return;
	case CML_AT_MAKER:
		end_maker(r, object);
		return;
	case CML_AT_KIT_PART:
		end_kit_part(r, object, frame);
		return;
	default:
		break;
	}
	if (cml_rules_record(frame->place) != RECORD_NONE)
		cml_object_end(r);
}

bool
cml_take_end(struct cml_reader *r, struct cml_frame *frame, struct str text)
{
	const struct cml_rule *rule = frame->rule;
	char number[DECIMAL_TEXT_BYTES];
	struct str value;

	if (frame->flat)
		cml_flat_end(r, frame, text);
	if (rule->take != CML_TAKE_NOTHING) {
		value = check_value(r, rule, frame->bad, text, number);
		take(r, rule, cml_object_top(r), value);
	} else if (frame->bad) {
		cml_finding(r, CML_SCHEMA, cml_door_line(r),
		    cml_door_where(r), str_of(r->message));
	}
	if (frame->place != CML_AT_TEXT)
		end_place(r, frame);
	return text.len > 0;
}
