/*
 * What 1C says of an order, in the words that people read in the deal.
 */
#include "bitrix/b24_deal.h"

#include <string.h>

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

const struct b24_user_field *
b24_deal_value_field(const struct b24 *b24, enum field field)
{
	const struct b24_user_field *known;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].field != field)
			continue;
		known = b24_deal_facts_field(b24, keys[i].key);
		return known != NULL && known->name != NULL &&
		    known->name[0] != '\0' ? known : NULL;
	}
	return NULL;
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

int
b24_deal_value_say(char out[LIMIT_DEAL_VALUE],
    const struct b24_user_field *known, enum field field, struct str value,
    struct str currency, char why[256])
{
	enum b24_user_form form = b24_user_value_form(known);

	/* What is not said to be paid or shipped is not. */
	if (form == B24_FORM_FLAG && !str_is(str_trim(value), "Y"))
		value = STR_NONE;
	else if (form == B24_FORM_TEXT || form == B24_FORM_LIST)
		value = their_word(field, str_trim(value));
	return b24_user_value_say(out, known, value, currency, why);
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

void
b24_deal_value_read(struct buf *out, const struct b24_user_field *known,
    enum field field, const cJSON *item)
{
	enum b24_user_form form = b24_user_value_form(known);
	struct str word;

	b24_user_value_read(out, known, item);
	if (form != B24_FORM_TEXT && form != B24_FORM_LIST)
		return;
	word = our_word(field, str_n(buf_text(out), out->len));
	if (word.p == out->data)
		return;
	buf_clear(out);
	(void)buf_add(out, word.p, word.len);
}
