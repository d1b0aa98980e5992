/* The lines of an order as the families of 1C write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer_case.h"

#define OF(quantity, sum) "<Количество>" quantity "</Количество><Сумма>" \
	sum "</Сумма>"
#define RATE(rate) "<СтавкиНалогов><СтавкаНалога><Наименование>НДС" \
	"</Наименование><Ставка>" rate "</Ставка></СтавкаНалога>" \
	"</СтавкиНалогов>"
#define TAX(included, rate) "<Налоги><Налог><Наименование>НДС" \
	"</Наименование><УчтеноВСумме>" included "</УчтеноВСумме><Сумма/>" \
	"<Ставка>" rate "</Ставка></Налог></Налоги>"
#define DISCOUNT(sum, included) "<Скидки><Скидка><Сумма>" sum "</Сумма>" \
	"<УчтеноВСумме>" included "</УчтеноВСумме></Скидка></Скидки>"
/* Of one plain line. */
#define ONE(quantity, price, sum, vat) "p|Товар|" quantity "|" price "|" \
	sum "|" vat "|||||0;"

static void
a_line_of_ut_is_read_whole(void **state)
{
	assert_lines(state, UT103, ORDER(LINES("<Товар><Ид>p#c</Ид>"
	    "<Артикул>А-1</Артикул><Наименование>Бумага</Наименование>"
	    "<БазоваяЕдиница Код='796 ' НаименованиеПолное='Штука'>шт"
	    "</БазоваяЕдиница>" RATE("20")
	    SAYS(SAY("ТипНоменклатуры", "Товар"))
	    "<ЦенаЗаЕдиницу>10.00</ЦенаЗаЕдиницу>"
	    "<Количество>3.00</Количество><Сумма>1 000,00</Сумма>"
	    "<Единица>шт</Единица><Коэффициент>1</Коэффициент></Товар>")),
	    "p#c|Бумага|3|333.333333|1000|20|796|шт|А-1||0;");
}

static void
a_line_of_the_module_is_read_whole(void **state)
{
	assert_lines(state, BITRIX, ORDER(LINES(LINE(
	    "<Единица><Ид>715</Ид><НаименованиеКраткое>пар"
	    "</НаименованиеКраткое><Код>715</Код></Единица>"
	    "<Коэффициент>1</Коэффициент><Количество>2</Количество>"
	    "<Цена>3600</Цена>" TAX("true", "18")))),
	    "p|Товар|2|3600|7200|18|715|пар|||0;");
}

static void
all_lines_stand_in_their_order(void **state)
{
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("1", "5"))
	    "<Товар><Ид>ORDER_DELIVERY</Ид>" OF("1", "3") "</Товар>"
	    LINE(OF("2", "8")))),
	    "p|Товар|1|5|5|?|||||0,"
	    "ORDER_DELIVERY||1|3|3|?||||service|0,"
	    "p|Товар|2|4|8|?|||||0;");
}

static void
a_service_is_told_by_its_type(void **state)
{
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("1", "5")
	    SAYS(SAY("Тип номенклатуры", "УСЛУГА"))))),
	    "p|Товар|1|5|5|?||||service|0;");
}

static void
a_discount_that_is_not_in_the_sum_is_taken_off(void **state)
{
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("2", "100")
	    DISCOUNT("10", "false")))), ONE("2", "45", "90", "?"));
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("2", "100")
	    DISCOUNT("10", "true")))), ONE("2", "50", "100", "?"));
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("2", "100")
	    DISCOUNT("много", "false")))), "none");
}

static void
rates_are_said_in_many_ways(void **state)
{
	static const struct {
		const char *text, *vat;
	} rates[] = {
		{ "Без НДС", "" }, { "Без налога", "" }, { "без  ндс", "" },
		{ "0", "0" }, { "20%", "20" }, { "20.00", "20" },
		{ "20/120", "20" }, { "20% / 120%", "20" }, { "НДС20", "20" },
		{ "НДС 10%", "10" }
	};
	struct answer_case *c = *state;
	struct order_line line;
	size_t at;
	char *xml;

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		xml = mem_printf(ORDER(LINES(LINE(OF("1", "5") RATE("%s")))),
		    rates[i].text);
		assert_string_not_equal(answer_case_lines(state, UNF, xml),
		    "none");
		at = 0;
		assert_true(order_line_next(str_n(buf_text(&c->answer.lines),
		    c->answer.lines.len), &at, &line));
		if (!str_is(line.vat, rates[i].vat))
			fail_msg("%s", rates[i].text);
		free(xml);
	}
}

static void
an_unreadable_rate_is_not_guessed(void **state)
{
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("1", "5")
	    RATE("особая")))), "none");
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("1", "5")
	    RATE("-20")))), "none");
}

static void
the_tax_of_the_line_stands_before_that_of_the_goods(void **state)
{
	assert_lines(state, UT103, ORDER(LINES(LINE(RATE("20")
	    OF("1", "10") TAX("true", "Без налога")))),
	    ONE("1", "10", "10", ""));
}

static void
tax_on_top_is_added_by_its_rate(void **state)
{
	assert_lines(state, BITRIX, ORDER(LINES(LINE(OF("2", "3338")
	    TAX("false", "18")))), ONE("2", "1969.42", "3938.84", "18"));
}

#define TAXED "<Налоги><Налог><Наименование>НДС</Наименование>" \
	"<Сумма>20</Сумма></Налог></Налоги>"

static void
lines_that_say_nothing_of_vat_have_any(void **state)
{
	assert_lines(state, UNF16, ORDER(TAXED LINES(LINE(OF("1", "5")))),
	    ONE("1", "5", "5", "?"));
	assert_lines(state, UNF16, ORDER(TAXED LINES(LINE(OF("1", "5")
	    RATE("20")))), ONE("1", "5", "5", "20"));
}

static void
one_unreadable_line_leaves_all_out(void **state)
{
	static const char *const lines[] = {
		OF("много", "5"), OF("-1", "5"), OF("1", "пять"),
		OF("1", "-5"), OF("0", "5"), "<Сумма>5</Сумма>",
		"<Количество>1</Количество>", OF("1", "1234567890123456789")
	};
	char *xml;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		xml = mem_printf(ORDER(LINES(LINE(OF("1", "5"))
		    LINE("%s"))), lines[i]);
		assert_lines(state, UNF, xml, "none");
		free(xml);
	}
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("1", "5"))
	    "<Товар>" OF("1", "5") "</Товар>")), "none");
}

static void
nothing_for_nothing_is_no_line(void **state)
{
	assert_lines(state, UNF, ORDER(LINES(LINE(OF("0", "0"))
	    LINE(OF("1", "5")))), ONE("1", "5", "5", "?"));
	assert_lines(state, UNF, ORDER(""), "none");
	assert_lines(state, UNF, ORDER("<Товары/>"), "none");
}

static void
packages_are_counted_in_pieces(void **state)
{
	assert_lines(state, UT11, ORDER(LINES(LINE("<БазоваяЕдиница "
	    "Код='796'>шт</БазоваяЕдиница>" OF("2", "10")
	    "<Единица>упак</Единица><Коэффициент>6</Коэффициент>"))),
	    "p|Товар|12|0.833333|10|?|796|шт|||0;");
}

static void
too_many_lines_are_left_out(void **state)
{
	struct buf xml = BUF_INIT(LIMIT_MIB);

	(void)buf_add_text(&xml, "<Документ><Номер>1</Номер><Товары>");
	for (unsigned i = 0; i <= LIMIT_ORDER_LINES; i++)
		(void)buf_add_text(&xml, LINE(OF("1", "5")));
	(void)buf_add_text(&xml, "</Товары></Документ>");
	assert_false(xml.full);
	assert_lines(state, UNF, buf_text(&xml), "none");
	buf_free(&xml);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_ut_is_read_whole),
		cmocka_unit_test(a_line_of_the_module_is_read_whole),
		cmocka_unit_test(all_lines_stand_in_their_order),
		cmocka_unit_test(a_service_is_told_by_its_type),
		cmocka_unit_test(
		    a_discount_that_is_not_in_the_sum_is_taken_off),
		cmocka_unit_test(rates_are_said_in_many_ways),
		cmocka_unit_test(an_unreadable_rate_is_not_guessed),
		cmocka_unit_test(
		    the_tax_of_the_line_stands_before_that_of_the_goods),
		cmocka_unit_test(tax_on_top_is_added_by_its_rate),
		cmocka_unit_test(
		    lines_that_say_nothing_of_vat_have_any),
		cmocka_unit_test(one_unreadable_line_leaves_all_out),
		cmocka_unit_test(nothing_for_nothing_is_no_line),
		cmocka_unit_test(packages_are_counted_in_pieces),
		cmocka_unit_test(too_many_lines_are_left_out)
	};

	return cmocka_run_group_tests(tests, answer_case_open,
	    answer_case_close);
}
