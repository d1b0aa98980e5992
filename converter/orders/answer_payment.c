/*
 * What the documents say of the payment.  Never guessed: the bare "T" for a
 * date means that nothing is asked for yet, a missing word that nothing is
 * known (onec-exchange.md 3.3).
 */
#include "orders/answer_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* All payments of an order together. */
struct payments {
	struct decimal sum;     /* refunds taken off */
	bool known;             /* each has a sum in the order's currency */
	bool none;              /* there were some, and none counts */
	bool refunded;
	const struct flat_node *latest;
	char first[24], last[24];
	char method[128];
};

static void
copy_text(char *out, size_t size, struct str text)
{
	text = str_utf8_cut(text, size - 1);
	(void)snprintf(out, size, "%.*s", (int)text.len,
	    text.len > 0 ? text.p : "");
}

static int
flag_of(const struct flat_node *node, const char *name, const char *other)
{
	int flag = answer_rows_flag(node, name, NULL);

	return flag == -1 ? answer_rows_flag(node, other, NULL) : flag;
}

/* ---- one payment ---- */

static void
take_date(char out[24], const struct flat_node *node)
{
	static const char *const names[] = { "датаоплатыпо1с", "датаоплаты" };
	static const char *const elements[] = { "Дата1С", "Дата" };

	out[0] = '\0';
	for (size_t i = 0; i < 2 && out[0] == '\0'; i++)
		answer_value_date(out, answer_rows_requisite(node, names[i]));
	for (size_t i = 0; i < 2 && out[0] == '\0'; i++)
		answer_value_date(out, answer_rows_text(node, elements[i]));
}

static struct str
find_number(const struct flat_node *node)
{
	struct str number = answer_parts_number(node, "номероплатыпо1с");

	if (number.len == 0)
		number = answer_parts_number(node,
		    "номерплатежногодокумента");
	if (number.len == 0)
		number = answer_rows_text(node, "Номер1С");
	return number;
}

static struct str
find_method(const struct flat_node *node)
{
	static const struct {
		const char *operation;
		const char *method;
	} methods[] = {
		{ "выплатаналичныхденег", "Наличный расчет" },
		{ "выплатабезналичныхденег", "Безналичный расчет" },
		{ "эквайринговаяоперация", "Эквайринг" }
	};
	struct str operation, method;

	method = answer_rows_requisite(node, "методоплаты");
	if (method.len > 0)
		return method;
	operation = answer_rows_text(node, "ХозОперация");
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (answer_value_is(operation, methods[i].operation))
			return str_of(methods[i].method);
	return STR_NONE;
}

/* Only Bitrix's module marks one; an operation that is called so says it
 * itself. */
static bool
is_refund(const struct flat_node *node)
{
	struct str operation = answer_rows_text(node, "ХозОперация");
	int flag = answer_rows_flag(node, "признаквозврата",
	    "ПризнакВозврата");

	return flag == 1 || (flag == -1 &&
	    (answer_value_is(operation, "возвратналичныхденег") ||
	    answer_value_is(operation, "возвратбезналичныхденег")));
}

/* Is the money there?  A document beside the order may be a payment that is
 * only expected; inside the order 1C writes what it has. */
static bool
is_made(const struct answer_part *part)
{
	const struct flat_node *node = &part->node;
	int paid = flag_of(node, "оплачен", "оплачено");
	char date[24];

	if (paid != -1 || part->id == NULL)
		return paid != 0;
	answer_value_date(date, answer_rows_requisite(node,
	    "датаоплатыпо1с"));
	return date[0] != '\0' ||
	    answer_parts_number(node, "номероплатыпо1с").len > 0;
}

/* The Ид stays when a person corrects the document; without one it is the
 * number, and at last what it says. */
static void
make_key(char *out, size_t size, const struct answer_part *part,
    const struct answer_payment *payment)
{
	struct str id = answer_rows_text(&part->node, "Ид");
	char sum[DECIMAL_TEXT_BYTES] = "";
	char *text = NULL;

	if (id.len == 0 && part->id != NULL)
		id = str_of(part->id);
	if (id.len == 0)
		id = answer_rows_text(&part->node, "Номер");
	if (id.len == 0) {
		(void)decimal_format(sum, payment->sum);
		text = mem_printf("%s %s %s", payment->document,
		    payment->date, sum);
		id = str_of(text);
	}
	if (text == NULL && id.len + sizeof("pay:") <= size)
		(void)snprintf(out, size, "pay:%.*s", (int)id.len, id.p);
	else
		(void)snprintf(out, size, "pay:#%016" PRIx64,
		    str_hash(0, id));
	free(text);
}

static void
read_payment(struct answer_payment *out, const struct answer_part *part)
{
	struct str sum = answer_rows_text(&part->node, "Сумма");

	memset(out, 0, sizeof(*out));
	out->has_sum = decimal_parse(&out->sum, sum) == 0 &&
	    !decimal_is_negative(out->sum);
	if (!out->has_sum)
		out->sum = (struct decimal){ 0, 0 };
	out->refund = is_refund(&part->node);
	take_date(out->date, &part->node);
	copy_text(out->document, sizeof(out->document),
	    find_number(&part->node));
	copy_text(out->method, sizeof(out->method),
	    find_method(&part->node));
	make_key(out->key, sizeof(out->key), part, out);
}

/* ---- all of them ---- */

static bool
is_there(const struct answer *out, const char *key)
{
	for (size_t i = 0; i < out->payment_count; i++)
		if (strcmp(out->payments[i].key, key) == 0)
			return true;
	return false;
}

static void
add_up(struct payments *all, const struct answer_payment *payment,
    const struct flat_node *node)
{
	struct decimal sum = payment->sum;

	if (payment->refund)
		sum.digits = -sum.digits;
	if (!payment->has_sum || decimal_add(&all->sum, all->sum, sum) != 0)
		all->known = false;
	all->refunded = all->refunded || payment->refund;
	if (payment->refund)
		return;
	if (all->latest == NULL || strcmp(payment->date, all->last) >= 0) {
		all->latest = node;
		memcpy(all->last, payment->date, sizeof(all->last));
		memcpy(all->method, payment->method, sizeof(all->method));
	}
	if (payment->date[0] != '\0' && (all->first[0] == '\0' ||
	    strcmp(payment->date, all->first) < 0))
		memcpy(all->first, payment->date, sizeof(all->first));
}

static void
collect(struct payments *all, struct answer *out,
    const struct answer_parts *parts)
{
	struct str currency = answer_parts_said(parts, NULL, "Валюта");
	struct answer_payment payment;

	*all = (struct payments){ .known = true };
	out->payments = mem_array(parts->count + 1, sizeof(*out->payments));
	for (size_t i = 0; i < parts->count; i++) {
		const struct answer_part *part = &parts->parts[i];

		if (part->kind != ANSWER_PAYMENT)
			continue;
		all->none = out->payment_count == 0;
		if (answer_parts_void(part) || !is_made(part))
			continue;
		read_payment(&payment, part);
		if (is_there(out, payment.key))
			continue;
		if (out->payment_count == LIMIT_ORDER_LINES) {
			all->known = false;
			break;
		}
		if (!answer_value_same_currency(currency,
		    answer_rows_text(&part->node, "Валюта")))
			all->known = false;
		add_up(all, &payment, &part->node);
		out->payments[out->payment_count++] = payment;
		all->none = false;
	}
}

/* ---- what the order itself says ---- */

/* It only says "paid": one payment, of all. */
static void
take_word(struct answer *out, const struct answer_parts *parts)
{
	struct answer_payment *one = &out->payments[out->payment_count++];
	struct str number = answer_parts_said(parts, "номероплатыпо1с", NULL);

	memset(one, 0, sizeof(*one));
	(void)snprintf(one->key, sizeof(one->key), "paid");
	one->sum = out->sum;
	one->has_sum = out->has_sum;
	answer_value_date(one->date, answer_parts_said(parts,
	    "датаоплатыпо1с", NULL));
	if (!str_is(number, "T"))
		copy_text(one->document, sizeof(one->document), number);
	copy_text(one->method, sizeof(one->method), answer_parts_said(parts,
	    "методоплаты", NULL));
}

/* 1, 0; -1: nothing is said.  Its "false" stands above a sum of documents: a
 * refund from the cash desk of УНФ looks like a payment (onec-exchange.md
 * 3.4). */
static int
is_full(const struct answer *out, const struct answer_parts *parts,
    const struct payments *all, bool papers)
{
	int word = answer_parts_flag(parts, "оплачен", NULL);
	struct str number = answer_parts_said(parts, "номероплатыпо1с", NULL);
	char date[24];

	if (word != -1)
		return word;
	answer_value_date(date, answer_parts_said(parts, "датаоплатыпо1с",
	    NULL));
	if (papers && (date[0] != '\0' ||
	    (number.len > 0 && !str_is(number, "T"))))
		return 1;
	if (all->latest == NULL || !all->known || !out->has_sum ||
	    out->sum.digits <= 0)
		return all->none ? 0 : -1;
	if (decimal_cmp(all->sum, out->sum) >= 0)
		return 1;
	/* It was paid, and went back: told as that, and no word of 1C's. */
	return all->refunded ? -1 : 0;
}

/* Nothing is paid, where this 1C names each payment. */
static bool
is_unpaid_whole(const struct answer *out, const struct answer_parts *parts,
    const struct payments *all)
{
	return out->unpaid && out->payment_count == 0 && (all->none ||
	    (parts->orders > 0 && str_is(fields_get(
	    parts->parts[0].node.fields, FIELD_FAMILY), "unf210")));
}

static const char *
type_of(const struct answer *out, const struct payments *all, bool full)
{
	struct str shipped = fields_get(&out->deal, FIELD_SHIPMENT_DATE);
	bool dated = shipped.len > 0 && all->first[0] != '\0';
	char date[24];

	copy_text(date, sizeof(date), shipped);
	if (dated && answer_value_compare_dates(all->first, date) > 0)
		return "postpayment";
	if (full)
		return "full";
	/* All is paid by the sums, and yet 1C says that it is not. */
	if (!all->known || !out->has_sum || all->sum.digits <= 0 ||
	    decimal_cmp(all->sum, out->sum) >= 0)
		return "";
	return dated || !fields_has(&out->deal, FIELD_SHIPPED) ?
	    "prepayment" : "";
}

static void
set_sum(struct answer *out, const struct payments *all, bool full)
{
	char text[DECIMAL_TEXT_BYTES];

	if (all->latest != NULL && all->known &&
	    !decimal_is_negative(all->sum))
		(void)decimal_format(text, all->sum);
	else if (full && out->has_sum)
		(void)decimal_format(text, out->sum);
	else
		return;
	(void)fields_set(&out->deal, FIELD_PAYMENT_SUM, str_of(text));
}

bool
answer_payment_read(struct answer *out, const struct answer_parts *parts,
    bool papers)
{
	struct fields *deal = &out->deal;
	struct payments all;
	bool full;
	int said;

	collect(&all, out, parts);
	said = is_full(out, parts, &all, papers);
	full = said == 1;
	out->unpaid = said == 0;
	out->unpaid_whole = is_unpaid_whole(out, parts, &all);
	if (all.latest == NULL && !full)
		return false;
	if (all.latest == NULL) {
		take_word(out, parts);
		memcpy(all.last, out->payments[out->payment_count - 1].date,
		    sizeof(all.last));
		memcpy(all.method, out->payments[out->payment_count -
		    1].method, sizeof(all.method));
	}
	if (full)
		(void)fields_set(deal, FIELD_PAID, str_of("Y"));
	(void)fields_set(deal, FIELD_PAYMENT_DATE, str_of(all.last));
	(void)fields_set(deal, FIELD_PAYMENT_TYPE,
	    str_of(type_of(out, &all, full)));
	set_sum(out, &all, full);
	(void)fields_set(deal, FIELD_PAYMENT_METHOD, str_of(all.method));
	if (all.latest != NULL)
		(void)fields_set(deal, FIELD_PAYMENT_COMMENT,
		    answer_rows_text(all.latest, "Комментарий"));
	return full;
}
