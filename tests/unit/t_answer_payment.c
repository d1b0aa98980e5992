/* What documents of 1C say of an order's payment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer_case.h"

#define FULL "paid=Y;payment_date=2026-01-12T09:00:00;payment_type=full;" \
	"payment_sum=100;"

/* Documents beside the order (Bitrix's module). */
#define BESIDE(number, operation, inner) OTHER(number, operation, \
	"<Основание>15</Основание>" inner)
#define SUM(sum) "<Сумма>" sum "</Сумма>"
#define DATE(date) "<Дата>" date "</Дата>"
#define YES SAYS(SAY("Оплачен", "true"))
#define NO SAYS(SAY("Оплачен", "false"))

/* ---- families that only say "paid" ---- */

static void
a_real_date_is_a_payment_in_full(void **state)
{
	static const char *const families[] = { UT103, UT11, UNF16, UNF,
	    BITRIX };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		assert_deal(state, families[i], ORDER(SAYS(
		    SAY("Дата оплаты по 1С", "2026-01-12T9:00:00"))),
		    FULL "stage=paid|;");
	assert_payments(state, UT11, ORDER(SAYS(
	    SAY("Дата оплаты по 1С", "2026-01-12T9:00:00")
	    SAY("Номер оплаты по 1С", "ПП-1 "))),
	    "paid|100|2026-01-12T09:00:00|ПП-1|;");
}

static void
a_number_is_a_payment_whatever_the_date(void **state)
{
	assert_deal(state, UT103, ORDER(SAYS(SAY("Дата оплаты по 1С", "T")
	    SAY("Номер оплаты по 1С", "ПП-1"))),
	    "paid=Y;payment_type=full;payment_sum=100;stage=paid|;");
}

static void
the_bare_t_is_no_payment(void **state)
{
	static const char *const families[] = { UT103, UT11, UNF16, UNF };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		assert_deal(state, families[i], ORDER(SAYS(
		    SAY("Дата оплаты по 1С", "T"))), "");
		assert_payments(state, families[i], ORDER(SAYS(
		    SAY("Дата оплаты по 1С", "T"))), "");
	}
}

static void
an_unknown_family_is_believed_its_word_alone(void **state)
{
	assert_deal(state, UNKNOWN, ORDER(SAYS(
	    SAY("Дата оплаты по 1С", "2026-01-12"))), "");
	assert_deal(state, UNKNOWN, ORDER(YES),
	    "paid=Y;payment_type=full;payment_sum=100;stage=paid|;");
}

static void
what_is_not_said_is_not_unpaid(void **state)
{
	assert_deal(state, UT11, ORDER(""), "");
	assert_deal(state, UNF, ORDER(NO), "");
}

static void
the_word_false_stands_above_date_and_sum(void **state)
{
	assert_deal(state, UNF, ORDER(SAYS(SAY("Оплачен", "false")
	    SAY("Дата оплаты по 1С", "2026-01-12"))), "");
	/* A refund that looks like a payment. */
	assert_deal(state, UNF, ORDER(NO INSIDE(
	    PART("a", CASH, SUM("100")) PART("b", CASH, SUM("100")))),
	    "payment_sum=200;payment_method=Наличный расчет;");
}

/* ---- documents inside the order (УНФ 3.0) ---- */

static void
payments_of_unf_are_added_up(void **state)
{
	static const char documents[] = ORDER(NO INSIDE(
	    PART("a", CASH, SUM("30") DATE("2026-01-13")
	    "<Комментарий>второй</Комментарий>")
	    PART("b", CARD, SUM("20.5") DATE("2026-01-11"))));

	assert_deal(state, UNF, documents,
	    "payment_date=2026-01-13;payment_type=prepayment;"
	    "payment_sum=50.5;payment_method=Наличный расчет;"
	    "payment_comment=второй;");
	assert_payments(state, UNF, documents,
	    "pay:a|30|2026-01-13||Наличный расчет;"
	    "pay:b|20.5|2026-01-11||Эквайринг;");
}

static void
the_same_payment_counts_once(void **state)
{
	assert_deal(state, UNF, ORDER(INSIDE(
	    PART("a", BANK, SUM("30")) PART("a", BANK, SUM("30")))),
	    "payment_type=prepayment;payment_sum=30;"
	    "payment_method=Безналичный расчет;");
}

static void
payments_that_reach_the_sum_are_in_full(void **state)
{
	assert_deal(state, UNF, ORDER(INSIDE(PART("a", BANK, SUM("60"))
	    PART("b", BANK, SUM("40")))), "paid=Y;payment_type=full;"
	    "payment_sum=100;payment_method=Безналичный расчет;"
	    "stage=paid|;");
}

static void
a_first_payment_after_the_shipment_is_a_postpayment(void **state)
{
	assert_deal(state, UNF, ORDER(SAYS(SAY("Оплачен", "true")
	    SAY("Отгружен", "true")
	    SAY("Дата отгрузки по 1С", "2026-01-12T10:00:00"))
	    INSIDE(PART("a", BANK, SUM("100") DATE("2026-01-13")))),
	    "paid=Y;payment_date=2026-01-13;payment_type=postpayment;"
	    "payment_sum=100;payment_method=Безналичный расчет;"
	    "shipped=Y;shipment_date=2026-01-12T10:00:00;"
	    "stage=paid|,shipped|;");
	/* The same day is not after it. */
	assert_deal(state, UNF, ORDER(SAYS(SAY("Оплачен", "true")
	    SAY("Отгружен", "true")
	    SAY("Дата отгрузки по 1С", "2026-01-12T10:00:00"))
	    INSIDE(PART("a", BANK, SUM("100") DATE("2026-01-12")))),
	    "paid=Y;payment_date=2026-01-12;payment_type=full;"
	    "payment_sum=100;payment_method=Безналичный расчет;"
	    "shipped=Y;shipment_date=2026-01-12T10:00:00;"
	    "stage=paid|,shipped|;");
}

static void
deleted_and_unposted_payments_do_not_count(void **state)
{
	static const char *const marks[] = { "ПометкаУдаления", "Отменен" };
	char *xml;

	for (size_t i = 0; i < 2; i++) {
		xml = mem_printf(ORDER(INSIDE(PART("a", BANK, SUM("100")
		    SAYS(SAY("%s", "true"))))), marks[i]);
		assert_deal(state, UNF, xml, "");
		assert_payments(state, UNF, xml, "");
		free(xml);
	}
	assert_deal(state, UNF, ORDER(INSIDE(PART("a", BANK, SUM("100")
	    SAYS(SAY("Проведен", "false"))))), "");
	assert_deal(state, UNF, ORDER(INSIDE(PART("a", BANK, SUM("100")
	    NO))), "");
}

static void
the_payment_says_its_method_and_number(void **state)
{
	assert_payments(state, UNF, ORDER(INSIDE(PART("a", CARD, SUM("1")
	    SAYS(SAY("Метод оплаты", "Карта")
	    SAY("Номер оплаты по 1С", "НФ-1 ")
	    SAY("Номер платежного документа", "2")
	    SAY("Дата оплаты по 1С", "2026-01-12T9:00:00"))))),
	    "pay:a|1|2026-01-12T09:00:00|НФ-1|Карта;");
}

static void
sums_of_two_currencies_are_not_added(void **state)
{
	assert_deal(state, UNF, ORDER(INSIDE(PART("a", BANK, SUM("100")
	    "<Валюта>USD</Валюта>"))),
	    "payment_method=Безналичный расчет;");
	assert_deal(state, UNF, ORDER(INSIDE(PART("a", BANK, SUM("10")
	    "<Валюта>RUB</Валюта>"))), "payment_type=prepayment;"
	    "payment_sum=10;payment_method=Безналичный расчет;");
}

static void
a_payment_without_a_sum_leaves_the_sum_open(void **state)
{
	assert_deal(state, UNF, ORDER(INSIDE(PART("a", BANK, "")
	    PART("b", BANK, SUM("100")))),
	    "payment_method=Безналичный расчет;");
	assert_payments(state, UNF, ORDER(INSIDE(PART("a", BANK,
	    SUM("сто")))), "pay:a|?|||Безналичный расчет;");
}

/* ---- documents beside the order (Bitrix's module) ---- */

static void
a_payment_of_bitrix_counts_when_it_is_paid(void **state)
{
	assert_deal(state, BITRIX, ORDER("") BESIDE("1", CASH, SUM("40") YES)
	    BESIDE("2", CASH, SUM("60") NO) BESIDE("3", CASH, SUM("60")),
	    "payment_type=prepayment;payment_sum=40;"
	    "payment_method=Наличный расчет;");
	assert_payments(state, BITRIX, ORDER("")
	    BESIDE("1", CASH, SUM("40") YES)
	    BESIDE("2", CASH, SUM("60") SAYS(
	    SAY("Дата оплаты по 1С", "2026-01-12"))),
	    "pay:1#" CASH "|40|||Наличный расчет;"
	    "pay:2#" CASH "|60|2026-01-12||Наличный расчет;");
}

static void
only_a_marked_refund_is_taken_off(void **state)
{
	static const char documents[] = ORDER("")
	    BESIDE("1", CASH, SUM("100") YES)
	    BESIDE("2", CASH, SUM("30") SAYS(SAY("Оплачен", "true")
	    SAY("ПризнакВозврата", "true")));

	assert_deal(state, BITRIX, documents, "payment_type=prepayment;"
	    "payment_sum=70;payment_method=Наличный расчет;");
	assert_payments(state, BITRIX, documents,
	    "pay:1#" CASH "|100|||Наличный расчет;"
	    "pay:2#" CASH "|30|||Наличный расчет|refund;");
	assert_deal(state, BITRIX, ORDER("")
	    BESIDE("1", CASH, SUM("70") YES)
	    BESIDE("2", CASH, SUM("30") SAYS(SAY("Оплачен", "true")
	    SAY("ПризнакВозврата", "false"))), "paid=Y;payment_type=full;"
	    "payment_sum=100;payment_method=Наличный расчет;"
	    "stage=paid|;");
}

static void
a_long_id_still_gives_a_key(void **state)
{
	char id[181], *xml, key[96];
	struct answer *answer;

	memset(id, 'x', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	xml = mem_printf(ORDER(INSIDE(PART("%s", CASH, SUM("1"))
	    PART("%sy", CASH, SUM("1")))), id, id);
	answer = answer_case_read(state, UNF, xml);
	assert_int_equal(answer->payment_count, 2);
	memcpy(key, answer->payments[0].key, sizeof(key));
	assert_string_not_equal(key, answer->payments[1].key);
	answer = answer_case_read(state, UNF, xml);
	assert_string_equal(key, answer->payments[0].key);
	free(xml);
}

static void
assert_unpaid(void **state, const char *root, const char *documents,
    bool unpaid, bool whole)
{
	struct answer *answer = answer_case_read(state, root, documents);

	assert_int_equal(answer->unpaid, unpaid);
	assert_int_equal(answer->unpaid_whole, whole);
}

static void
the_word_false_takes_back_what_was_paid(void **state)
{
	assert_unpaid(state, UNF, ORDER(NO), true, true);
	assert_unpaid(state, UNF, ORDER(NO INSIDE(PART("p", BANK,
	    "<Сумма>20</Сумма>"))), true, false);
	/* Where payments are not named, some may be there. */
	assert_unpaid(state, " xmlns='urn:1C.ru:commerceml_208' "
	    "ВерсияСхемы='2.08'", ORDER(NO), true, false);
	assert_unpaid(state, UNF, ORDER(SAYS(SAY("Оплачен", "true"))), false,
	    false);
	assert_unpaid(state, UT11, ORDER(""), false, false);
}

static void
void_payments_take_back_what_was_paid(void **state)
{
	assert_unpaid(state, BITRIX, ORDER("") OTHER("1", CASH,
	    "<Основание>15</Основание><Сумма>100</Сумма>"
	    SAYS(SAY("Оплачен", "true") SAY("ПометкаУдаления", "true"))),
	    true, true);
	assert_unpaid(state, BITRIX, ORDER("") OTHER("1", CASH,
	    "<Основание>15</Основание><Сумма>60</Сумма>"
	    SAYS(SAY("Оплачен", "true"))), true, false);
	assert_unpaid(state, BITRIX, ORDER("") OTHER("1", CASH,
	    "<Основание>15</Основание><Сумма>сто</Сумма>"
	    SAYS(SAY("Оплачен", "true"))), false, false);
}

static void
a_refund_does_not_take_back_what_was_paid(void **state)
{
	assert_unpaid(state, BITRIX, ORDER("") OTHER("1", CASH,
	    "<Основание>15</Основание><Сумма>100</Сумма>"
	    SAYS(SAY("Оплачен", "true"))) OTHER("2", CASH,
	    "<Основание>15</Основание><Сумма>40</Сумма>"
	    SAYS(SAY("Оплачен", "true") SAY("ПризнакВозврата", "true"))),
	    false, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_date_is_a_payment_in_full),
		cmocka_unit_test(a_number_is_a_payment_whatever_the_date),
		cmocka_unit_test(the_bare_t_is_no_payment),
		cmocka_unit_test(
		    an_unknown_family_is_believed_its_word_alone),
		cmocka_unit_test(what_is_not_said_is_not_unpaid),
		cmocka_unit_test(the_word_false_stands_above_date_and_sum),
		cmocka_unit_test(the_word_false_takes_back_what_was_paid),
		cmocka_unit_test(void_payments_take_back_what_was_paid),
		cmocka_unit_test(a_refund_does_not_take_back_what_was_paid),
		cmocka_unit_test(payments_of_unf_are_added_up),
		cmocka_unit_test(the_same_payment_counts_once),
		cmocka_unit_test(payments_that_reach_the_sum_are_in_full),
		cmocka_unit_test(
		    a_first_payment_after_the_shipment_is_a_postpayment),
		cmocka_unit_test(deleted_and_unposted_payments_do_not_count),
		cmocka_unit_test(the_payment_says_its_method_and_number),
		cmocka_unit_test(sums_of_two_currencies_are_not_added),
		cmocka_unit_test(a_payment_without_a_sum_leaves_the_sum_open),
		cmocka_unit_test(a_payment_of_bitrix_counts_when_it_is_paid),
		cmocka_unit_test(only_a_marked_refund_is_taken_off),
		cmocka_unit_test(a_long_id_still_gives_a_key)
	};

	return cmocka_run_group_tests(tests, answer_case_open,
	    answer_case_close);
}
