/* What documents of 1C say of the order itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer_case.h"

static struct str
number_of(void **state, const char *document)
{
	struct answer_case *c = *state;

	(void)answer_case_read(state, BITRIX, document);
	assert_int_equal(c->count, 1);
	return answer_number(&c->documents[0]);
}

static void
an_order_is_found_by_its_number(void **state)
{
	assert_true(str_is(number_of(state, OTHER(" 15 ",
	    "заказ  ТОВАРА", "<Основание>16</Основание>")), "15"));
	assert_true(str_is(number_of(state,
	    DOCUMENT("<Номер>15</Номер>")), "15"));
}

static void
a_payment_or_shipment_is_found_by_what_it_is_based_on(void **state)
{
	static const char *const documents[] = {
		OTHER("3", CASH, "<Основание>15</Основание>"),
		OTHER("3", BANK, "<Основание>15</Основание>"),
		OTHER("3", CARD, "<Основание>15</Основание>"),
		OTHER("3", GOODS, "<Основание>15</Основание>"),
		OTHER("3", "Возврат товара", "<Основание>15</Основание>"),
		OTHER("3", "Прочие", "<Основание>15</Основание>")
	};

	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		assert_true(str_is(number_of(state, documents[i]), "15"));
	assert_int_equal(number_of(state, OTHER("15", CASH, "")).len, 0);
}

static void
number_and_date_in_1c_are_said(void **state)
{
	assert_deal(state, UNF16, ORDER(SAYS(
	    SAY("Номер по 1С", "НФS-004512   ")
	    SAY("Дата по 1С", "2014-12-12T9:51:39"))),
	    "onec_number=НФS-004512;onec_date=2014-12-12T09:51:39;");
	assert_deal(state, UT103, ORDER(SAYS(
	    SAY("номерпо1с", "7") SAY("Дата по 1С", "2014-12-12"))),
	    "onec_number=7;onec_date=2014-12-12;");
	assert_deal(state, BITRIX, ORDER("<Номер1С>ТД-1</Номер1С>"
	    "<Дата1С>2015-06-29</Дата1С>"),
	    "onec_number=ТД-1;onec_date=2015-06-29;");
}

static void
what_stands_for_nothing_says_nothing(void **state)
{
	assert_deal(state, UT11, ORDER(SAYS(SAY("Номер по 1С", "&lt;>")
	    SAY("Дата по 1С", "0001-01-01T00:00:00")
	    SAY("Дата оплаты по 1С", "T") SAY("Номер оплаты по 1С", " ")
	    SAY("Дата отгрузки по 1С", "T")
	    SAY("Проведен", "true") SAY("ПометкаУдаления", "false"))), "");
	assert_deal(state, UT11, ORDER(SAYS(
	    SAY("Дата по 1С", "2026-13-01") SAY("Отменен", "<b/>"))), "");
}

static void
a_date_that_is_none_is_left_out(void **state)
{
	static const char *const dates[] = { "2026-00-10", "2026-01-32",
	    "26-01-01", "0000-01-01", "вчера", "2026-01-10x" };
	char *xml;

	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		xml = mem_printf(DOCUMENT("<Номер>1</Номер>"
		    SAYS(SAY("Дата по 1С", "%s"))), dates[i]);
		assert_deal(state, UT11, xml, "");
		free(xml);
	}
}

static void
marked_or_cancelled_is_cancelled(void **state)
{
	assert_deal(state, UT11, ORDER(SAYS(SAY("ПометкаУдаления", "true"))),
	    "stage=cancelled|;");
	assert_deal(state, UNF, ORDER(SAYS(SAY("Отменен", "true"))),
	    "stage=cancelled|;");
	assert_deal(state, BITRIX,
	    ORDER("<ПометкаУдаления>true</ПометкаУдаления>"),
	    "stage=cancelled|;");
}

static void
not_posted_is_not_cancelled(void **state)
{
	assert_deal(state, UNF, ORDER(SAYS(SAY("Проведен", "false")
	    SAY("Отменен", "false"))), "");
}

static void
not_cancelled_is_said_in_the_words_of_the_family(void **state)
{
	static const char unmarked[] = ORDER(SAYS(SAY("ПометкаУдаления",
	    "false")));
	static const struct {
		const char *root, *documents;
		bool said;
	} cases[] = {
		{ UT103, unmarked, true }, { UNF, unmarked, true },
		{ BITRIX, ORDER(SAYS(SAY("Отменен", "false"))), true },
		{ BITRIX, unmarked, false }, { UNF16, unmarked, false },
		{ UT11, unmarked, false }, { UNF, ORDER(""), false },
		{ UNF, ORDER(SAYS(SAY("ПометкаУдаления", "false")
		    SAY("Отменен", "true"))), false }
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(answer_case_read(state, cases[i].root,
		    cases[i].documents)->not_cancelled, cases[i].said);
}

static void
the_customer_is_said_as_far_as_1c_does(void **state)
{
	const struct answer *answer = answer_case_read(state, UNF,
	    ORDER("<Контрагенты><Контрагент><Ид>k</Ид>"
	    "<Наименование>Ромашка</Наименование><ОфициальноеНаименование>"
	    "ООО Ромашка</ОфициальноеНаименование><ИНН>7700000016</ИНН>"
	    "</Контрагент></Контрагенты>"));

	assert_true(str_is(fields_get(&answer->party, FIELD_NAME),
	    "Ромашка"));
	assert_true(str_is(fields_get(&answer->party, FIELD_FULL_NAME),
	    "ООО Ромашка"));
	assert_true(str_is(fields_get(&answer->party, FIELD_INN),
	    "7700000016"));
	answer = answer_case_read(state, UNF, ORDER(""));
	assert_int_equal(answer->party.count, 0);
}

static void
a_status_is_said_by_name_and_code(void **state)
{
	assert_deal(state, UNF, ORDER(SAYS(
	    SAY("Статус заказа", "В работе")
	    SAY("Статуса заказа ИД", "T"))),
	    "stage=status|В работе,status_id|T;");
	assert_deal(state, BITRIX, ORDER(SAYS(
	    SAY("СтатусЗаказа", "Отгружён"))), "stage=status|Отгружён;");
}

static void
a_document_of_status_alone_adds_to_the_full_one(void **state)
{
	static const char documents[] =
	    DOCUMENT("<Номер>15</Номер>" SAYS(SAY("СтатусЗаказа", "Новый")
	    SAY("Номер по 1С", "не тот")))
	    ORDER(LINES(LINE("<Количество>1</Количество><Сумма>5</Сумма>"))
	    SAYS(SAY("Номер по 1С", "7")));

	assert_deal(state, BITRIX, documents,
	    "onec_number=7;stage=status|Новый;");
	assert_true(((struct answer_case *)*state)->answer.has_lines);
}

static void
ids_of_order_and_client_are_those_of_1c(void **state)
{
	struct answer *answer = answer_case_read(state, UNF, ORDER(
	    "<Контрагенты><Контрагент><Ид>k-1</Ид></Контрагент>"
	    "<Контрагент><Ид>k-2</Ид></Контрагент></Контрагенты>"));

	assert_true(answer->order);
	assert_string_equal(answer->onec_id, "o-1");
	assert_string_equal(answer->party_id, "k-1");
	answer = answer_case_read(state, BITRIX,
	    DOCUMENT("<Ид>15</Ид><Номер>15</Номер>"));
	assert_string_equal(answer->onec_id, "");
	assert_string_equal(answer->party_id, "");
	assert_false(answer->has_sum);
}

static void
payments_alone_are_no_order(void **state)
{
	assert_false(answer_case_read(state, BITRIX, OTHER("1", CASH,
	    "<Основание>15</Основание>"))->order);
	assert_false(answer_case_read(state, BITRIX, "")->order);
}

static void
shipped_is_a_real_date_or_number(void **state)
{
	static const char *const families[] = { UT103, UT11, UNF16 };

	for (size_t i = 0; i < 3; i++) {
		assert_deal(state, families[i], ORDER(SAYS(
		    SAY("Номер отгрузки по 1С", "ВК01276    ")
		    SAY("Дата отгрузки по 1С", "2026-01-12"))),
		    "shipped=Y;shipment_date=2026-01-12;stage=shipped|;");
		assert_deal(state, families[i], ORDER(SAYS(
		    SAY("Номер отгрузки по 1С", "ВК01276"))),
		    "shipped=Y;stage=shipped|;");
	}
	assert_deal(state, UNKNOWN, ORDER(SAYS(
	    SAY("Номер отгрузки по 1С", "ВК01276"))), "");
}

static void
what_has_not_left_takes_back_shipped(void **state)
{
	assert_true(answer_case_read(state, UNF, ORDER(SAYS(
	    SAY("Отгружен", "false"))))->unshipped);
	assert_true(answer_case_read(state, BITRIX, ORDER("") OTHER("1",
	    GOODS, "<Основание>15</Основание>" SAYS(SAY("Отгружен",
	    "false"))))->unshipped);
	assert_false(answer_case_read(state, UT11, ORDER(""))->unshipped);
	assert_false(answer_case_read(state, UNF, ORDER(SAYS(
	    SAY("Отгружен", "true"))))->unshipped);
}

static void
the_word_shipped_decides(void **state)
{
	assert_deal(state, UNF, ORDER(SAYS(SAY("Отгружен", "true"))
	    INSIDE(PART("s", GOODS, SAYS(SAY("Отгружен", "true")
	    SAY("Дата документа отгрузки", "2026-01-13T1:02:03"))))),
	    "shipped=Y;shipment_date=2026-01-13T01:02:03;"
	    "stage=shipped|;");
	assert_deal(state, UNF, ORDER(SAYS(SAY("Отгружен", "false"))
	    INSIDE(PART("s", GOODS, SAYS(SAY("Отгружен", "true"))))), "");
}

#define SHIPPED(number, quantity, flag) OTHER(number, GOODS, \
	"<Основание>15</Основание>" LINES(LINE("<Количество>" quantity \
	"</Количество>")) SAYS(SAY("Отгружен", flag)))
#define OF_TWO ORDER(LINES(LINE("<Количество>2</Количество>" \
	"<Сумма>100</Сумма>") "<Товар><Ид>ORDER_DELIVERY</Ид>" \
	"<Количество>1</Количество><Сумма>1</Сумма></Товар>"))

static void
shipments_must_be_of_all_that_was_ordered(void **state)
{
	assert_deal(state, BITRIX, OF_TWO SHIPPED("1", "1", "true"), "");
	assert_deal(state, BITRIX, OF_TWO SHIPPED("1", "1", "true")
	    SHIPPED("2", "1", "true"), "shipped=Y;stage=shipped|;");
	assert_deal(state, BITRIX, OF_TWO SHIPPED("1", "2", "true")
	    SHIPPED("2", "1", "false"), "");
	assert_deal(state, BITRIX, OF_TWO SHIPPED("1", "двух", "true"), "");
}

/* ---- what a deal of an order of 1C begins with ---- */

static void
assert_born(void **state, const char *head, const char *document,
    enum field field, const char *wanted)
{
	const struct answer *answer = answer_case_read(state, head, document);

	assert_true(str_is(fields_get(&answer->birth, field), wanted));
}

static void
number_date_and_comment_are_those_of_the_order(void **state)
{
	assert_born(state, UNF, ORDER("<Комментарий>До обеда</Комментарий>"),
	    FIELD_NUMBER, "15");
	assert_born(state, UNF, ORDER(""), FIELD_DATE, "2026-01-10");
	assert_born(state, UNF, ORDER("<Комментарий>До обеда</Комментарий>"),
	    FIELD_COMMENT, "До обеда");
	assert_born(state, BITRIX, OTHER("3", CASH, ""), FIELD_NUMBER, "");
}

static void
the_manager_of_the_order_goes_before_who_answers_for_it(void **state)
{
	assert_born(state, UT11, ORDER(SAYS(SAY("Ответственный", "Б")
	    SAY("Менеджер", "А"))), FIELD_MANAGER, "А");
	assert_born(state, UT11, ORDER(SAYS(SAY("Ответственный", "Б"))),
	    FIELD_MANAGER, "Б");
	assert_born(state, UNF, ORDER("<Менеджер><Наименование>В"
	    "</Наименование></Менеджер>"), FIELD_MANAGER, "В");
	assert_born(state, UNF, ORDER(""), FIELD_MANAGER, "");
}

static void
a_document_says_what_it_is_about_and_when(void **state)
{
	struct answer_case *c = *state;
	char day[24];

	(void)answer_case_read(state, BITRIX, ORDER(""));
	assert_true(answer_is_order(&c->documents[0]));
	answer_day(day, &c->documents[0]);
	assert_string_equal(day, "2026-01-10");
	(void)answer_case_read(state, BITRIX, OTHER("3", CASH, ""));
	assert_false(answer_is_order(&c->documents[0]));
	answer_day(day, &c->documents[0]);
	assert_string_equal(day, "");
}

/* ---- two orders of one number ---- */

#define OF(id, client, inner) DOCUMENT("<Ид>" id "</Ид><Номер>15</Номер>" \
	"<ХозОперация>Заказ товара</ХозОперация><Контрагенты><Контрагент>" \
	client "</Контрагент></Контрагенты>" LINES(LINE("<Количество>1" \
	"</Количество><Сумма>1</Сумма>")) inner)
#define NAMED(name) "<Наименование>" name "</Наименование>"

static void
assert_rival(void **state, const char *documents, bool wanted)
{
	assert_int_equal(answer_case_read(state, UNF, documents)->rival,
	    wanted);
}

static void
documents_for_two_customers_are_rivals(void **state)
{
	assert_rival(state, OF("a", NAMED("А"), "") OF("b", NAMED("Б"), ""),
	    true);
	assert_rival(state, OF("a", NAMED("А"), "") OF("b", NAMED("А"), ""),
	    false);
	assert_rival(state, OF("a", "<Ид>k</Ид>" NAMED("А"), "")
	    OF("b", "<Ид>k</Ид>" NAMED("Б"), ""), false);
	assert_rival(state, OF("a", NAMED("А"), "") OF("b", "", ""), false);
	assert_rival(state, OF("a", NAMED("А"), "") OF("b", NAMED("Б"),
	    SAYS(SAY("ПометкаУдаления", "true"))), false);
	assert_rival(state, OF("a", NAMED("А"), "") OTHER("15",
	    "Заказ товара", ""), false);
	assert_string_equal(answer_case_read(state, UNF, OF("a", NAMED("А"),
	    SAYS(SAY("Дата по 1С", "2026-01-16"))) OF("b", NAMED("Б"),
	    SAYS(SAY("Дата по 1С", "2026-01-15"))))->document, "a");
}

static void
a_document_may_name_the_deal(void **state)
{
	assert_int_equal(answer_case_read(state, UNF, ORDER(SAYS(SAY(
	    "ID сделки Битрикс24", "17"))))->deal_mark, 17);
	assert_int_equal(answer_case_read(state, UNF, ORDER(SAYS(SAY(
	    "ID сделки Битрикс24", "нет"))))->deal_mark, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_for_two_customers_are_rivals),
		cmocka_unit_test(a_document_may_name_the_deal),
		cmocka_unit_test(an_order_is_found_by_its_number),
		cmocka_unit_test(
		    a_payment_or_shipment_is_found_by_what_it_is_based_on),
		cmocka_unit_test(number_and_date_in_1c_are_said),
		cmocka_unit_test(what_stands_for_nothing_says_nothing),
		cmocka_unit_test(a_date_that_is_none_is_left_out),
		cmocka_unit_test(marked_or_cancelled_is_cancelled),
		cmocka_unit_test(not_posted_is_not_cancelled),
		cmocka_unit_test(
		    not_cancelled_is_said_in_the_words_of_the_family),
		cmocka_unit_test(the_customer_is_said_as_far_as_1c_does),
		cmocka_unit_test(a_status_is_said_by_name_and_code),
		cmocka_unit_test(
		    a_document_of_status_alone_adds_to_the_full_one),
		cmocka_unit_test(ids_of_order_and_client_are_those_of_1c),
		cmocka_unit_test(payments_alone_are_no_order),
		cmocka_unit_test(shipped_is_a_real_date_or_number),
		cmocka_unit_test(what_has_not_left_takes_back_shipped),
		cmocka_unit_test(the_word_shipped_decides),
		cmocka_unit_test(shipments_must_be_of_all_that_was_ordered),
		cmocka_unit_test(
		    number_date_and_comment_are_those_of_the_order),
		cmocka_unit_test(
		    the_manager_of_the_order_goes_before_who_answers_for_it),
		cmocka_unit_test(a_document_says_what_it_is_about_and_when)
	};

	return cmocka_run_group_tests(tests, answer_case_open,
	    answer_case_close);
}
