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
	"ut103", "ut11", "unf16", "unf", "unf210", "bitrix"
};

void
answer_init(struct answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	fields_init(&answer->deal);
	fields_init(&answer->party);
	fields_init(&answer->birth);
	buf_init(&answer->lines, LIMIT_RECORD_BYTES);
}

void
answer_free(struct answer *answer)
{
	fields_free(&answer->deal);
	fields_free(&answer->party);
	fields_free(&answer->birth);
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

bool
answer_is_order(const struct fields *document)
{
	return answer_parts_kind(str_trim(fields_get(document,
	    FIELD_TYPE))) == ANSWER_ORDER;
}

void
answer_day(char out[24], const struct fields *document)
{
	struct flat_node node;

	flat_root(&node, document);
	answer_value_date(out, answer_rows_text(&node, "Дата"));
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

/* Who answers for the order, the surest first: реквизиты and elements that
 * 1C's configurations call so (mapping/map_party_manager.c has those of
 * clients). */
static void
take_manager(struct fields *out, const struct answer_parts *parts)
{
	static const struct {
		const char *requisite, *element;
	} names[] = {
		{ "менеджерзаказа", NULL },
		{ "менеджер", "Менеджер/Наименование" },
		{ NULL, "Менеджер" },
		{ "ответственныйменеджер", NULL },
		{ "ответственный", "Ответственный" },
	};
	struct str manager = STR_NONE;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) &&
	    manager.len == 0; i++)
		manager = answer_parts_said(parts, names[i].requisite,
		    names[i].element);
	(void)fields_set(out, FIELD_MANAGER, manager);
}

static void
take_birth(struct fields *out, const struct answer_parts *parts)
{
	char date[24];

	(void)fields_set(out, FIELD_NUMBER, answer_parts_said(parts, NULL,
	    "Номер"));
	answer_value_date(date, answer_parts_said(parts, NULL, "Дата"));
	(void)fields_set(out, FIELD_DATE, str_of(date));
	(void)fields_set(out, FIELD_COMMENT, answer_parts_said(parts, NULL,
	    "Комментарий"));
	take_manager(out, parts);
}

static void
take_party(struct fields *out, const struct answer_parts *parts)
{
	static const struct {
		enum field field;
		const char *element;
	} said[] = {
		{ FIELD_NAME, "Контрагенты/Контрагент/Наименование" },
		{ FIELD_FULL_NAME,
		    "Контрагенты/Контрагент/ОфициальноеНаименование" },
		{ FIELD_FULL_NAME,
		    "Контрагенты/Контрагент/ПолноеНаименование" },
		{ FIELD_INN, "Контрагенты/Контрагент/ИНН" }
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (!fields_has(out, said[i].field))
			(void)fields_set(out, said[i].field, answer_parts_said(
			    parts, NULL, said[i].element));
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
	take_party(&out->party, parts);
	take_birth(&out->birth, parts);
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

/* What marks an order that a file of ours has cancelled (onec-exchange.md 2.6,
 * 3.3).  УТ says nothing of it, УНФ 1.x only a deletion, which it is not. */
static bool
is_not_cancelled(const struct answer_parts *parts, struct str family)
{
	static const struct {
		const char *family, *requisite, *element;
	} marks[] = {
		{ "ut103", "пометкаудаления", "ПометкаУдаления" },
		{ "unf", "пометкаудаления", "ПометкаУдаления" },
		{ "unf210", "пометкаудаления", "ПометкаУдаления" },
		{ "bitrix", "отменен", NULL }
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_is(family, marks[i].family))
			return answer_parts_flag(parts, marks[i].requisite,
			    marks[i].element) == 0 && !is_cancelled(parts);
	return false;
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
	if (out->order) {
		take_order(out, &parts);
		copy_id(out->document, sizeof(out->document),
		    str_of(parts.parts[0].id));
	}
	out->rival = answer_parts_rival(&parts);
	(void)str_to_int64(&out->deal_mark, answer_parts_said(&parts,
	    "idсделкибитрикс24", NULL));
	out->not_cancelled = out->order && is_not_cancelled(&parts,
	    fields_get(parts.parts[0].node.fields, FIELD_FAMILY));
	shipped = answer_shipment_read(out, &parts, papers);
	paid = answer_payment_read(out, &parts, papers);
	take_progress(&out->deal, &parts, paid, shipped);
	free(parts.parts);
}
