/*
 * Documents as 1C writes them, read by commerceml/ and told by answer_read(),
 * as one line of text.
 */
#ifndef TESTS_ANSWER_CASE_H
#define TESTS_ANSWER_CASE_H

#include "commerceml/reader.h"
#include "orders/orders.h"
#include "scratch.h"

#define CASE_DOCUMENTS 8

#define UT103 " ВерсияСхемы='2.04'"
#define UT11 " xmlns='urn:1C.ru:commerceml_2' ВерсияСхемы='2.07'"
#define UNF16 " xmlns='urn:1C.ru:commerceml_205' ВерсияСхемы='2.05'"
#define UNF " xmlns='urn:1C.ru:commerceml_210' ВерсияСхемы='2.10'"
#define BITRIX " xmlns='urn:1C.ru:commerceml_3' ВерсияСхемы='3.1'"
#define UNKNOWN " xmlns='urn:example' ВерсияСхемы='9.9'"

/* Pieces of a document. */
#define DOCUMENT(inner) "<Документ>" inner "</Документ>"
#define ORDER(inner) DOCUMENT("<Ид>o-1</Ид><Номер>15</Номер>" \
	"<Дата>2026-01-10</Дата><ХозОперация>Заказ товара</ХозОперация>" \
	"<Валюта>руб</Валюта><Сумма>100</Сумма>" inner)
#define OTHER(number, operation, inner) DOCUMENT("<Номер>" number \
	"</Номер><ХозОперация>" operation "</ХозОперация>" inner)
#define SAYS(rows) "<ЗначенияРеквизитов>" rows "</ЗначенияРеквизитов>"
#define SAY(name, value) "<ЗначениеРеквизита><Наименование>" name \
	"</Наименование><Значение>" value "</Значение></ЗначениеРеквизита>"
#define INSIDE(all) "<ПодчиненныеДокументы>" all "</ПодчиненныеДокументы>"
#define PART(id, operation, inner) "<ПодчиненныйДокумент><Ид>" id \
	"</Ид><ХозОперация>" operation "</ХозОперация>" inner \
	"</ПодчиненныйДокумент>"
#define LINES(all) "<Товары>" all "</Товары>"
#define LINE(inner) "<Товар><Ид>p</Ид><Наименование>Товар</Наименование>" \
	inner "</Товар>"
#define CASH "Выплата наличных денег"
#define BANK "Выплата безналичных денег"
#define CARD "Эквайринговая операция"
#define GOODS "Отпуск товара"

struct answer_case {
	struct cml_schemas *schemas;
	void *folder;
	struct fields documents[CASE_DOCUMENTS];
	char *ids[CASE_DOCUMENTS];
	size_t count;
	struct answer answer;
	struct buf text;
};

static inline int
answer_case_open(void **state)
{
	struct answer_case *c = mem_alloc(sizeof(*c));
	struct err err;

	answer_init(&c->answer);
	buf_init(&c->text, LIMIT_MIB);
	*state = c;
	return cml_schemas_load(&c->schemas, "xsd", true, &err) != 0 ? -1 :
	    scratch_make(&c->folder);
}

static inline void
answer_case_forget(struct answer_case *c)
{
	while (c->count > 0) {
		c->count--;
		fields_free(&c->documents[c->count]);
		free(c->ids[c->count]);
	}
	answer_free(&c->answer);
	buf_clear(&c->text);
}

static inline int
answer_case_close(void **state)
{
	struct answer_case *c = *state;
	int rc = scratch_remove(&c->folder);

	answer_case_forget(c);
	buf_free(&c->text);
	cml_schemas_free(c->schemas);
	free(c);
	return rc;
}

static inline int
answer_case_record(void *ctx, const struct record *record, struct err *err)
{
	struct answer_case *c = ctx;

	(void)err;
	if (record->kind != RECORD_DOCUMENT)
		return 0;
	assert_true(c->count < CASE_DOCUMENTS);
	fields_init(&c->documents[c->count]);
	fields_copy(&c->documents[c->count], &record->fields);
	c->ids[c->count++] = mem_text_n(record->id.p, record->id.len);
	return 0;
}

/* The documents of a file of this family. */
static inline struct answer *
answer_case_read(void **state, const char *family, const char *documents)
{
	struct answer_case *c = *state;
	char *path = file_join(c->folder, "orders.xml");
	char *xml = mem_printf("<КоммерческаяИнформация%s "
	    "ДатаФормирования='2026-01-20T00:00:00'>%s"
	    "</КоммерческаяИнформация>", family, documents);
	struct cml_options options = { false, "file" };
	struct cml_events events = { c, NULL, NULL, answer_case_record,
	    NULL };
	struct cml_counts counts;
	struct err err;

	answer_case_forget(c);
	scratch_put(path, xml);
	assert_int_equal(cml_read(c->schemas, path, &options, &events,
	    &counts, &err), 0);
	free(xml);
	free(path);
	answer_init(&c->answer);
	answer_read(&c->answer, c->documents, (const char *const *)c->ids,
	    c->count);
	return &c->answer;
}

static inline void
answer_case_add(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		(void)buf_add_char(out, value.p[i] == FIELD_PART ? '|' :
		    value.p[i] == '\n' ? ',' : value.p[i]);
	(void)buf_add_char(out, ';');
}

/* "paid=Y;payment_date=…;stage=paid|;" */
static inline const char *
answer_case_deal(void **state, const char *family, const char *documents)
{
	struct answer_case *c = *state;
	struct answer *answer = answer_case_read(state, family, documents);
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(&answer->deal, &at, &field, &value)) {
		(void)buf_printf(&c->text, "%s=", field_name(field));
		answer_case_add(&c->text, value);
	}
	return buf_text(&c->text);
}

/* "id|name|quantity|price|sum|vat|unit|unit name|article|service|0,…;", or
 * "none". */
static inline const char *
answer_case_lines(void **state, const char *family, const char *documents)
{
	struct answer_case *c = *state;
	struct answer *answer = answer_case_read(state, family, documents);

	if (!answer->has_lines)
		return "none";
	answer_case_add(&c->text, str_n(buf_text(&answer->lines),
	    answer->lines.len));
	return buf_text(&c->text);
}

/* "key sum date document method[ refund];" for each. */
static inline const char *
answer_case_payments(void **state, const char *family, const char *documents)
{
	struct answer_case *c = *state;
	struct answer *answer = answer_case_read(state, family, documents);
	char sum[DECIMAL_TEXT_BYTES];

	for (size_t i = 0; i < answer->payment_count; i++) {
		struct answer_payment *one = &answer->payments[i];

		(void)decimal_format(sum, one->sum);
		(void)buf_printf(&c->text, "%s|%s|%s|%s|%s%s;", one->key,
		    one->has_sum ? sum : "?", one->date, one->document,
		    one->method, one->refund ? "|refund" : "");
	}
	return buf_text(&c->text);
}

#define assert_deal(state, family, documents, wanted) \
	assert_string_equal(answer_case_deal(state, family, documents), \
	    wanted)
#define assert_lines(state, family, documents, wanted) \
	assert_string_equal(answer_case_lines(state, family, documents), \
	    wanted)
#define assert_payments(state, family, documents, wanted) \
	assert_string_equal(answer_case_payments(state, family, \
	    documents), wanted)

#endif
