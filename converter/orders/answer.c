/*
 * What 1C says of an order.  Each family says another part of it, so only
 * what is said is taken: nothing that is missing is news (docs/ORDERS.md).
 */
#include "orders/answer_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/party.h"

/* These name the number and date of a payment or shipment only when nothing
 * is left to pay or to ship (onec-exchange.md 3.3). */
static const char *const paper_families[] = {
	"ut103", "ut11", "unf16", "unf", "bitrix"
};

void
answer_init(struct answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	fields_init(&answer->deal);
	buf_init(&answer->lines, LIMIT_RECORD_BYTES);
}

void
answer_free(struct answer *answer)
{
	fields_free(&answer->deal);
	buf_free(&answer->lines);
	free(answer->payments);
	answer->payments = NULL;
	answer->payment_count = 0;
}

struct str
answer_number(const struct fields *document)
{
	struct str type = str_trim(fields_get(document, FIELD_TYPE));
	struct flat_node node;
	struct str number;

	flat_root(&node, document);
	if (answer_parts_kind(type) != ANSWER_ORDER)
		return answer_rows_text(&node, "Основание");
	number = str_trim(fields_get(document, FIELD_NAME));
	return number.len > 0 ? number : answer_rows_text(&node, "Номер");
}

/* ---- the order itself ---- */

static void
set_said(struct fields *out, enum field field,
    const struct answer_parts *parts, const char *requisite,
    const char *element)
{
	struct str said = answer_parts_said(parts, requisite, element);

	if (!str_is(said, "T"))
		(void)fields_set(out, field, said);
}

static void
copy_id(char *out, size_t size, struct str id)
{
	/* Half an id is another's. */
	if (id.len > 0 && id.len < size)
		(void)snprintf(out, size, "%.*s", (int)id.len, id.p);
}

/* Bitrix's module sends our own Ид back (onec-exchange.md 3.2). */
static void
take_ids(struct answer *out, const struct answer_parts *parts)
{
	struct str id = answer_parts_said(parts, NULL, "Ид");

	if (!str_eq(id, answer_parts_said(parts, NULL, "Номер")))
		copy_id(out->onec_id, sizeof(out->onec_id), id);
	copy_id(out->party_id, sizeof(out->party_id), answer_parts_said(parts,
	    NULL, "Контрагенты/Контрагент/Ид"));
}

static void
take_order(struct answer *out, const struct answer_parts *parts)
{
	struct str currency = answer_parts_said(parts, NULL, "Валюта");
	char date[24];

	set_said(&out->deal, FIELD_ONEC_NUMBER, parts, "номерпо1с",
	    "Номер1С");
	answer_value_date(date, answer_parts_said(parts, "датапо1с",
	    "Дата1С"));
	(void)fields_set(&out->deal, FIELD_ONEC_DATE, str_of(date));
	out->has_sum = decimal_parse(&out->sum, answer_parts_said(parts, NULL,
	    "Сумма")) == 0;
	if (!out->has_sum)
		out->sum = (struct decimal){ 0, 0 };
	take_ids(out, parts);
	(void)snprintf(out->currency, sizeof(out->currency), "%.*s",
	    (int)str_utf8_cut(currency, sizeof(out->currency) - 1).len,
	    currency.p);
	out->has_lines = answer_lines_read(&out->lines,
	    &parts->parts[0].node);
	out->lines_unread = !out->has_lines && answer_lines_are(
	    &parts->parts[0].node);
}

/* ---- what may move the stage ---- */

static bool
is_cancelled(const struct answer_parts *parts)
{
	return answer_parts_flag(parts, "пометкаудаления",
	    "ПометкаУдаления") == 1 ||
	    answer_parts_flag(parts, "отменен", NULL) == 1;
}

static void
add_progress(struct buf *lines, const char *kind, struct str value)
{
	if (value.len <= LIMIT_NAME_BYTES)
		party_line_add(lines, str_of(kind), value);
}

static void
take_progress(struct fields *out, const struct answer_parts *parts,
    bool paid, bool shipped)
{
	struct buf lines = BUF_INIT(4 * LIMIT_NAME_BYTES);
	struct str name = answer_parts_said(parts, "статусзаказа", NULL);
	struct str code = answer_parts_said(parts, "статусазаказаид", NULL);

	if (paid)
		add_progress(&lines, "paid", STR_NONE);
	if (shipped)
		add_progress(&lines, "shipped", STR_NONE);
	if (is_cancelled(parts))
		add_progress(&lines, "cancelled", STR_NONE);
	if (name.len > 0)
		add_progress(&lines, "status", name);
	if (code.len > 0)
		add_progress(&lines, "status_id", code);
	(void)fields_set(out, FIELD_PROGRESS, str_n(buf_text(&lines),
	    lines.len));
	buf_free(&lines);
}

static bool
has_papers(const struct fields *document)
{
	struct str family = fields_get(document, FIELD_FAMILY);

	for (size_t i = 0; i < sizeof(paper_families) /
	    sizeof(paper_families[0]); i++)
		if (str_is(family, paper_families[i]))
			return true;
	return false;
}

void
answer_read(struct answer *out, const struct fields *documents,
    const char *const *ids, size_t count)
{
	struct answer_parts parts;
	bool papers, paid, shipped;

	answer_parts_collect(&parts, documents, ids, count);
	out->order = parts.orders > 0;
	papers = out->order && has_papers(parts.parts[0].node.fields);
	if (out->order)
		take_order(out, &parts);
	shipped = answer_shipment_read(out, &parts, papers);
	paid = answer_payment_read(out, &parts, papers);
	take_progress(&out->deal, &parts, paid, shipped);
	free(parts.parts);
}
