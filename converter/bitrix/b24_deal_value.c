/*
 * What 1C says of an order, as a user field of the deal holds it, and back.
 * A person has made that field: its type is theirs to choose.  Both ways go
 * through our own text, so whether two values are the same is asked in the
 * portal's words: 1200.5 in a field of whole numbers is 1201 there for ever.
 *
 * Traps (bitrix24.md 10): "0" becomes null, a multiple field wants a list, a
 * date comes back as midnight with a zone.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

#define DAY_BYTES 10            /* "2026-01-15" */
#define SECOND_BYTES 19         /* "2026-01-15T10:20:30" */
#define MIDNIGHT "T00:00:00"

enum form { FORM_TEXT, FORM_WHOLE, FORM_NUMBER, FORM_MONEY, FORM_FLAG,
    FORM_DAY, FORM_TIME, FORM_LIST };

static const struct {
	const char *type;       /* USER_TYPE_ID; others are texts */
	enum form form;
} forms[] = {
	{ "integer", FORM_WHOLE },
	{ "double", FORM_NUMBER },
	{ "money", FORM_MONEY },
	{ "boolean", FORM_FLAG },
	{ "date", FORM_DAY },
	{ "datetime", FORM_TIME },
	{ "enumeration", FORM_LIST },
};

/* The keys of orders.fields. */
static const struct {
	enum field field;
	const char *key;
} keys[] = {
	{ FIELD_NUMBER, "number" },
	{ FIELD_ONEC_NUMBER, "onec_number" },
	{ FIELD_ONEC_DATE, "onec_date" },
	{ FIELD_PAID, "paid" },
	{ FIELD_PAYMENT_DATE, "payment_date" },
	{ FIELD_PAYMENT_TYPE, "payment_type" },
	{ FIELD_PAYMENT_SUM, "payment_sum" },
	{ FIELD_PAYMENT_METHOD, "payment_method" },
	{ FIELD_PAYMENT_COMMENT, "payment_comment" },
	{ FIELD_SHIPPED, "shipped" },
	{ FIELD_SHIPMENT_DATE, "shipment_date" },
};

/* Our words as people read them in the deal: data of the portal, in its
 * lists too, so they are never translated. */
static const struct {
	enum field field;
	const char *ours, *theirs;
} words[] = {
	{ FIELD_PAYMENT_TYPE, "prepayment", "Предоплата" },
	{ FIELD_PAYMENT_TYPE, "full", "Полная оплата" },
	{ FIELD_PAYMENT_TYPE, "postpayment", "Постоплата" },
	{ FIELD_PAID, "Y", "Да" },
	{ FIELD_PAID, "N", "Нет" },
	{ FIELD_SHIPPED, "Y", "Да" },
	{ FIELD_SHIPPED, "N", "Нет" },
};

const struct b24_deal_field *
b24_deal_value_field(const struct b24 *b24, enum field field)
{
	const struct b24_deal_field *known;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].field != field)
			continue;
		known = b24_deal_facts_field(b24, keys[i].key);
		return known != NULL && known->name != NULL &&
		    known->name[0] != '\0' ? known : NULL;
	}
	return NULL;
}

static enum form
form_of(const struct b24_deal_field *known)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (known->type != NULL &&
		    strcmp(known->type, forms[i].type) == 0)
			return forms[i].form;
	return FORM_TEXT;
}

/* ---- to the portal ---- */

static struct str
their_word(enum field field, struct str ours)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].field == field && str_is(ours, words[i].ours))
			return str_of(words[i].theirs);
	return ours;
}

static void
put(char out[LIMIT_DEAL_VALUE], struct str text)
{
	struct str cut = str_utf8_cut(text, LIMIT_DEAL_VALUE - 1);

	if (cut.len > 0)
		memcpy(out, cut.p, cut.len);
	out[cut.len] = '\0';
}

static int
say_number(char out[LIMIT_DEAL_VALUE], enum form form, struct str value,
    struct str currency, char why[256])
{
	struct decimal number;
	char text[DECIMAL_TEXT_BYTES];

	if (decimal_parse(&number, value) == -1) {
		(void)snprintf(why, 256, _("\"%.*s\" is no number"),
		    (int)str_utf8_cut(value, 100).len, value.p);
		return -1;
	}
	while (form == FORM_WHOLE && number.scale > 0) {
		number.digits = (number.digits +
		    (number.scale == 1 ? number.digits < 0 ? -5 : 5 : 0)) /
		    10;
		number.scale--;
	}
	/* The portal makes nothing of it, so that is what it is. */
	if (number.digits == 0)
		return 0;
	(void)decimal_format(text, number);
	(void)snprintf(out, LIMIT_DEAL_VALUE, form == FORM_MONEY ? "%s|%.*s" :
	    "%s", text, (int)currency.len, currency.len > 0 ? currency.p :
	    "");
	return 0;
}

static int
say_item(char out[LIMIT_DEAL_VALUE], const struct b24_deal_field *known,
    struct str text, char why[256])
{
	int64_t id = b24_deal_facts_item_named(known, text);

	if (id != 0) {
		(void)snprintf(out, LIMIT_DEAL_VALUE, "%" PRId64, id);
		return 0;
	}
	(void)snprintf(why, 256, _("the list %s has no value \"%.*s\": add it "
	    "there"), known->name, (int)str_utf8_cut(text, 100).len, text.p);
	return -1;
}

int
b24_deal_value_say(char out[LIMIT_DEAL_VALUE],
    const struct b24_deal_field *known, enum field field, struct str value,
    struct str currency, char why[256])
{
	enum form form = form_of(known);

	out[0] = why[0] = '\0';
	value = str_trim(value);
	if (str_is(value, FIELD_CLEAR))
		value = STR_NONE;
	if (form == FORM_FLAG) {
		put(out, str_of(str_is(value, "Y") ? "Y" : "N"));
		return 0;
	}
	if (value.len == 0)
		return 0;
	switch (form) {
	case FORM_WHOLE:
	case FORM_NUMBER:
	case FORM_MONEY:
		return say_number(out, form, value, currency, why);
	case FORM_LIST:
		return say_item(out, known, their_word(field, value), why);
	case FORM_DAY:
		put(out, str_n(value.p, value.len > DAY_BYTES ? DAY_BYTES :
		    value.len));
		return 0;
	case FORM_TIME:
		put(out, value);
		if (value.len == DAY_BYTES)
			memcpy(out + DAY_BYTES, MIDNIGHT, sizeof(MIDNIGHT));
		return 0;
	case FORM_TEXT:
	case FORM_FLAG:
		break;
	}
	put(out, their_word(field, value));
	return 0;
}

/* ---- and back ---- */

static struct str
our_word(enum field field, struct str theirs)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].field == field &&
		    str_same_name(theirs, str_of(words[i].theirs)))
			return str_of(words[i].ours);
	return theirs;
}

static void
read_number(struct buf *out, struct str shown)
{
	const char *bar = shown.len > 0 ? memchr(shown.p, '|', shown.len) :
	    NULL;
	struct str number = bar != NULL ? str_n(shown.p,
	    (size_t)(bar - shown.p)) : shown;
	char text[DECIMAL_TEXT_BYTES];

	if (decimal_normalise(text, number) == -1)
		(void)buf_add(out, shown.p, shown.len);
	else if (strcmp(text, "0") != 0)
		(void)buf_add_text(out, text);
}

static void
read_flag(struct buf *out, struct str shown)
{
	if (str_is(shown, "Y") || str_is(shown, "1"))
		(void)buf_add_char(out, 'Y');
}

static void
read_time(struct buf *out, enum form form, struct str shown)
{
	size_t most = form == FORM_DAY ? DAY_BYTES : SECOND_BYTES;

	/* The zone is the portal's, and 1C names none. */
	(void)buf_add(out, shown.p, shown.len < most ? shown.len : most);
}

static void
read_item(struct buf *out, const struct b24_deal_field *known,
    enum field field, struct str shown)
{
	struct str text = shown;
	int64_t id;

	if (str_to_int64(&id, shown) == 0 &&
	    b24_deal_facts_item(known, id) != NULL)
		text = str_of(b24_deal_facts_item(known, id));
	text = our_word(field, text);
	(void)buf_add(out, text.p, text.len);
}

void
b24_deal_value_read(struct buf *out, const struct b24_deal_field *known,
    enum field field, const cJSON *item)
{
	enum form form = form_of(known);
	struct str shown;
	char space[32];

	/* Of several values the first. */
	if (cJSON_IsArray(item))
		item = item->child;
	shown = str_trim(json_str(item, space));
	if (shown.len == 0)
		return;
	switch (form) {
	case FORM_WHOLE:
	case FORM_NUMBER:
	case FORM_MONEY:
		read_number(out, shown);
		return;
	case FORM_FLAG:
		read_flag(out, shown);
		return;
	case FORM_DAY:
	case FORM_TIME:
		read_time(out, form, shown);
		return;
	case FORM_LIST:
		if (!str_is(shown, "0"))
			read_item(out, known, field, shown);
		return;
	case FORM_TEXT:
		break;
	}
	shown = our_word(field, shown);
	(void)buf_add(out, shown.p, shown.len);
}
