#include "order_world.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/told.h"

static void
sum_is(struct order_world *world, const char *sum)
{
	world->deal.sum = number(sum);
}

static void
rename_currency(struct order_world *world, const char *currency)
{
	free(world->deal.currency);
	world->deal.currency = mem_text(currency);
}

/* ---- head ------------------------------------------------------------- */

static void
number_date_and_comment_are_the_deals(void **state)
{
	struct order_world *world = *state;

	world->deal.comment = mem_text(" Первая\r\nвторая\x01\t. ");
	(void)add_row(world, LAMP, "Лампа", "100.5", "1");
	sum_is(world, "100.5");
	assert_built(world);
	assert_field(world, FIELD_NUMBER, "15");
	assert_field(world, FIELD_DATE, "2026-01-15T10:20:30");
	assert_field(world, FIELD_COMMENT, "Первая\nвторая .");
	assert_field(world, FIELD_SUM, "100.5");
}

static void
the_begin_counts_where_it_is_set_and_wanted(void **state)
{
	struct order_world *world = *state;

	world->config.orders.date_begin = true;
	assert_built(world);
	assert_field(world, FIELD_DATE, "2026-01-15T10:20:30");
	/* Midnight of UTC, which is another hour here. */
	world->deal.begin = INT64_C(1768521600000);
	assert_built(world);
	assert_field(world, FIELD_DATE, "2026-01-16T00:00:00");
	world->config.orders.date_begin = false;
	assert_built(world);
	assert_field(world, FIELD_DATE, "2026-01-15T10:20:30");
}

static void
a_time_without_a_year_is_an_error(void **state)
{
	struct order_world *world = *state;

	world->deal.created = INT64_MIN;
	assert_int_equal(build(world), -1);
	assert_int_equal(world->err.kind, ERR_ITEM);
}

static void
a_long_comment_is_cut_at_a_character(void **state)
{
	struct order_world *world = *state;
	char *long_text = mem_alloc(8001);

	for (size_t i = 0; i < 4000; i++)
		memcpy(long_text + 2 * i, "я", 2);
	world->deal.comment = long_text;
	assert_built(world);
	assert_int_equal(fields_get(&world->out, FIELD_COMMENT).len, 6000);
}

/* ---- currency --------------------------------------------------------- */

static void
a_currency_is_said_as_1c_calls_it(void **state)
{
	struct order_world *world = *state;

	assert_built(world);
	assert_field(world, FIELD_CURRENCY, "RUB");
	world->config.orders.profile = PROFILE_UT103;
	assert_built(world);
	assert_field(world, FIELD_CURRENCY, "руб");
	/* Spellings of anybody's do not say what this 1C calls it. */
	rule(&world->config.currencies, "руб.", "RUB");
	rule(&world->config.currencies, "643", "RUB");
	rule(&world->config.currencies, "грн", "UAH");
	assert_built(world);
	assert_field(world, FIELD_CURRENCY, "руб");
	rule(&world->config.currencies, "RUR", "RUB");
	assert_built(world);
	assert_field(world, FIELD_CURRENCY, "RUR");
	rename_currency(world, "UAH");
	assert_built(world);
	assert_field(world, FIELD_CURRENCY, "грн");
}

static void
a_currency_that_nobody_named_holds(void **state)
{
	struct order_world *world = *state;

	rename_currency(world, "USD");
	assert_held(world, "currency-unknown");
	assert_non_null(strstr(world->hold.text, "USD"));
	rule(&world->config.currencies, "доллар", "USD");
	assert_held(world, "currency-unknown");
	free(world->deal.currency);
	world->deal.currency = NULL;
	assert_held(world, "currency-unknown");
}

/* ---- lines ------------------------------------------------------------ */

static void
goods_of_1c_are_said_as_1c_states_them(void **state)
{
	struct order_world *world = *state;

	add_row(world, LAMP, "Lamp", "33.335", "3");
	add_row(world, SHIRT, "Рубашка #2", "10", "2")->measure_code = 6;
	add_row(world, MONTAGE, "Монтаж", "1", "1")->measure_name =
	    mem_text("шт");
	sum_is(world, "121.01");
	assert_built(world);
	assert_field(world, FIELD_LINES,
	    LAMP_ID "|Лампа #5|3|33.335|100.01||778|упак|Л-5||5\n"
	    SHIRT_ID "|Рубашка № 2|2|10|20||006||||6\n"
	    "montage|Монтаж|1|1|1|||шт||service|7");
}

static void
a_stranger_holds_or_goes_as_set(void **state)
{
	struct order_world *world = *state;

	add_row(world, STRANGER, "Чужой", "10", "1");
	add_row(world, 0, "Набран #1 руками", "5", "1");
	sum_is(world, "15");
	assert_held(world, "unknown-product");
	assert_non_null(strstr(world->hold.text,
	    "Чужой, Набран № 1 руками"));
	world->config.orders.unknown_lines = UNKNOWN_SEND;
	assert_built(world);
	assert_field(world, FIELD_LINES, "|Чужой|1|10|10||||||8\n"
	    "|Набран № 1 руками|1|5|5||||||0");
	world->config.orders.unknown_lines = UNKNOWN_SERVICE;
	assert_built(world);
	assert_field(world, FIELD_LINES, "|Чужой|1|10|10|||||service|8\n"
	    "|Набран № 1 руками|1|5|5|||||service|0");
}

static void
a_row_without_id_and_name_is_never_sent(void **state)
{
	struct order_world *world = *state;

	world->config.orders.unknown_lines = UNKNOWN_SEND;
	add_row(world, 0, " \x02 ", "10", "1");
	sum_is(world, "10");
	assert_held(world, "unknown-product");
}

static void
know(struct order_world *world, const char *id, const char *name,
    const char *quantity, const char *sum)
{
	struct order_line line = { .id = str_of(id), .name = str_of(name),
	    .quantity = number(quantity), .sum = number(sum) };

	order_line_add(&world->known, &line);
}

static void
a_name_that_1c_has_shown_gives_its_id(void **state)
{
	struct order_world *world = *state;

	know(world, "", "Сапоги", "1", "1");
	know(world, "boots", "Сапоги #7", "1", "1");
	add_row(world, 0, " Сапоги #7 ", "10", "1");
	add_row(world, STRANGER, "Сапоги №  7", "10", "1");
	sum_is(world, "20");
	assert_held(world, "unknown-product");
	assert_field(world, FIELD_LINES,
	    "boots|Сапоги № 7|1|10|10||||||0\n"
	    "|Сапоги №  7|1|10|10||||||8");
}

static void
of_two_lines_of_one_name_the_alike_is_taken(void **state)
{
	struct order_world *world = *state;

	know(world, "red", "Майка", "1", "10");
	know(world, "blue", "Майка", "2", "20");
	know(world, "green", "Майка", "5", "50");
	add_row(world, 0, "Майка", "10", "2");
	add_row(world, 0, "Майка", "10", "7");
	add_row(world, 0, "Майка", "10", "5");
	add_row(world, 0, "Майка", "10", "8");
	sum_is(world, "220");
	assert_built(world);
	assert_field(world, FIELD_LINES, "blue|Майка|2|10|20||||||0\n"
	    "red|Майка|7|10|70||||||0\n"
	    "green|Майка|5|10|50||||||0\n"
	    "red|Майка|8|10|80||||||0");
}

static void
a_row_named_delivery_is_the_delivery(void **state)
{
	struct order_world *world = *state;

	add_row(world, 0, "ДОСТАВКА Заказа", "300", "1");
	sum_is(world, "300");
	assert_built(world);
	assert_field(world, FIELD_LINES,
	    "ORDER_DELIVERY|ДОСТАВКА Заказа|1|300|300|||||service|0");
	/* 1C calls it its own way. */
	know(world, "uuid", "ДОСТАВКА Заказа", "1", "300");
	assert_built(world);
	assert_field(world, FIELD_LINES,
	    "uuid|ДОСТАВКА Заказа|1|300|300|||||service|0");
	buf_clear(&world->known);
	world->deal.rows[0].product = STRANGER;
	assert_held(world, "unknown-product");
}

static void
a_quantity_of_nothing_holds(void **state)
{
	struct order_world *world = *state;

	add_row(world, LAMP, "Лампа", "10", "0");
	assert_held(world, "quantity-not-positive");
	world->deal.rows[0].quantity = number("-1");
	assert_held(world, "quantity-not-positive");
}

static void
too_many_rows_hold(void **state)
{
	struct order_world *world = *state;

	for (int i = 0; i < LIMIT_ORDER_LINES; i++)
		add_row(world, LAMP, "Лампа", "1", "1");
	sum_is(world, "2000");
	assert_built(world);
	add_row(world, LAMP, "Лампа", "1", "1");
	assert_held(world, "too-many-lines");
	assert_field(world, FIELD_LINES, "");
}

static void
a_failed_look_is_an_error(void **state)
{
	struct order_world *world = *state;

	add_row(world, BROKEN, "Лампа", "1", "1");
	assert_int_equal(build(world), -1);
	assert_string_equal(world->err.text, "broken");
	world->deal.row_count = 0;
	free(world->deal.rows[0].name);
	world->deal.company.id = BROKEN;
	assert_int_equal(build(world), -1);
}

/* ---- sums ------------------------------------------------------------- */

static void
kopecks_go_to_the_first_of_the_largest_lines(void **state)
{
	struct order_world *world = *state;

	add_row(world, LAMP, "a", "10", "1");
	add_row(world, LAMP, "b", "33.33", "3");
	add_row(world, LAMP, "c", "99.99", "1");
	sum_is(world, "210.01");
	assert_built(world);
	assert_field(world, FIELD_LINES,
	    LAMP_ID "|Лампа #5|1|10|10||778|упак|Л-5||5\n"
	    LAMP_ID "|Лампа #5|3|33.34|100.02||778|упак|Л-5||5\n"
	    LAMP_ID "|Лампа #5|1|99.99|99.99||778|упак|Л-5||5");
	sum_is(world, "209.96");
	assert_built(world);
	assert_non_null(strstr(shown(world, FIELD_LINES),
	    "|3|33.323333|99.97|"));
	assert_field(world, FIELD_SUM, "209.96");
}

static void
more_than_a_kopeck_a_line_holds(void **state)
{
	struct order_world *world = *state;

	add_row(world, LAMP, "a", "10", "1");
	sum_is(world, "10.02");
	assert_held(world, "sum-differs");
	assert_non_null(strstr(world->hold.text, "10.02"));
	assert_non_null(strstr(world->hold.text, "10.00"));
	world->deal.manual_sum = true;
	sum_is(world, "9");
	assert_held(world, "sum-differs");
	/* A line of nothing cannot take it. */
	world->deal.rows[0].price = number("0.01");
	sum_is(world, "0");
	assert_held(world, "sum-differs");
}

static void
a_sum_that_no_number_holds(void **state)
{
	struct order_world *world = *state;

	add_row(world, LAMP, "a", "900000000000000", "900000000000000");
	assert_held(world, "sum-differs");
	world->deal.rows[0].quantity = number("1");
	add_row(world, LAMP, "b", "1", "1");
	sum_is(world, "-900000000000000");
	assert_held(world, "sum-differs");
}

/* ---- VAT -------------------------------------------------------------- */

static void
a_known_rate_is_said_and_another_holds(void **state)
{
	struct order_world *world = *state;
	struct deal_row *row = add_row(world, LAMP, "Лампа", "10", "1");
	char *text;

	sum_is(world, "10");
	row->taxed = true;
	row->tax_rate = number("20.00");
	assert_built(world);
	assert_non_null(strstr(shown(world, FIELD_LINES), "|10|20|778|"));
	row->tax_rate = number("0");
	assert_built(world);
	assert_non_null(strstr(shown(world, FIELD_LINES), "|10|0|778|"));
	row->tax_rate = number("22");
	assert_held(world, "vat-unknown");
	text = told_english(mem_text(world->hold.text));
	assert_non_null(strstr(text, "22 %"));
	assert_non_null(strstr(text, "Лампа"));
	free(text);
	row->taxed = false;
	assert_built(world);
	assert_non_null(strstr(shown(world, FIELD_LINES), "|10||778|"));
}

static void
ut11_cannot_have_zero_and_none_in_one_order(void **state)
{
	struct order_world *world = *state;
	struct deal_row *row = add_row(world, LAMP, "Лампа", "10", "1");

	row->taxed = true;
	row->tax_rate = number("0");
	(void)add_row(world, LAMP, "Лампа", "10", "1");
	sum_is(world, "20");
	assert_built(world);
	world->config.orders.profile = PROFILE_UT11;
	assert_held(world, "vat-zero");
	world->deal.phase = DEAL_LOST;
	assert_built(world);
	world->deal.phase = DEAL_EXPORT;
	world->deal.rows[0].tax_rate = number("20");
	assert_built(world);
	world->deal.rows[0].tax_rate = number("0");
	world->deal.rows[1].taxed = true;
	world->deal.rows[1].tax_rate = number("20");
	assert_built(world);
}

static void
zero_and_none_that_1c_was_given_do_not_hold(void **state)
{
	struct order_world *world = *state;
	struct deal_row *row = add_row(world, LAMP, "Лампа", "10", "1");

	row->taxed = true;
	row->tax_rate = number("0");
	(void)add_row(world, LAMP, "Лампа", "10", "1");
	sum_is(world, "20");
	assert_built(world);
	fields_copy(&world->given, &world->out);
	world->config.orders.profile = PROFILE_UT11;
	assert_built(world);
	/* 1C made both the same; how the deal ends it is to hear. */
	world->deal.rows[0].taxed = false;
	assert_built(world);
	fields_copy(&world->given, &world->out);
	world->deal.rows[0].taxed = true;
	assert_held(world, "vat-zero");
	world->deal.phase = DEAL_WON;
	assert_built(world);
	/* Other rows are news again. */
	world->deal.rows[0].quantity = number("2");
	sum_is(world, "30");
	assert_held(world, "vat-zero");
}

/* ---- no rows ---------------------------------------------------------- */

static void
a_sum_without_rows_holds(void **state)
{
	struct order_world *world = *state;

	sum_is(world, "10");
	assert_held(world, "no-rows");
	assert_non_null(strstr(world->hold.text, "10"));
	/* What 1C hears of a lost one is flow's matter. */
	world->deal.phase = DEAL_LOST;
	assert_held(world, "no-rows");
	world->deal.phase = DEAL_EXPORT;
	sum_is(world, "0");
	assert_built(world);
	assert_field(world, FIELD_LINES, "");
}

static void
no_rows_that_1c_was_given_do_not_hold(void **state)
{
	struct order_world *world = *state;

	sum_is(world, "10");
	(void)fields_set(&world->given, FIELD_SUM, str_of("10"));
	assert_built(world);
	(void)fields_set(&world->given, FIELD_SUM, str_of("0"));
	assert_held(world, "no-rows");
	world->deal.phase = DEAL_WON;
	assert_built(world);
	(void)fields_set(&world->given, FIELD_LINES, str_of("x"));
	assert_held(world, "no-rows");
}

/* ---- реквизиты -------------------------------------------------------- */

static void
the_short_list_stands_in_its_order(void **state)
{
	struct order_world *world = *state;

	rule(&world->funnel.status_to_1c, "C1:NEW", "Новый");
	rule(&world->config.users, "Иванова А. П.", "Ivanova@Example.com");
	rule(&world->funnel.requisites, "Склад", "Основной");
	rule(&world->funnel.requisites, "Пусто", " ");
	rule(&world->config.orders.requisites, "Проект", "UF_CRM_1");
	rule(&world->config.orders.requisites, "склад", "UF_CRM_2");
	rule(&world->config.orders.requisites, "СтатусЗаказа", "UF_CRM_2");
	rule(&world->config.orders.requisites, "Нет", "UF_CRM_3");
	world->deal.stage = mem_text("C1:NEW");
	world->deal.stage_name = mem_text("Новая");
	world->deal.manager.id = 3;
	world->deal.manager.email = mem_text("ivanova@example.com");
	world->deal.manager.name = mem_text("Иванова Анна");
	(void)buf_add_text(&world->deal.user_fields,
	    "UF_CRM_1\x1f" "Мост\nUF_CRM_2\x1f" "x");
	world->deal.phase = DEAL_LOST;
	assert_built(world);
	assert_field(world, FIELD_REQUISITE, "Статус заказа|Новый / "
	    "Отменен|true / ID сделки Битрикс24|501 / "
	    "Менеджер Битрикс24|Иванова А. П. / Склад|Основной / "
	    "Проект|Мост");
	world->deal.phase = DEAL_WON;
	rule(&world->funnel.status_to_1c, "новая", "Принят");
	assert_built(world);
	assert_field(world, FIELD_REQUISITE, "Статус заказа|Принят / "
	    "Финальный статус|true / ID сделки Битрикс24|501 / "
	    "Менеджер Битрикс24|Иванова А. П. / Склад|Основной / "
	    "Проект|Мост");
}

static void
a_manager_is_found_by_name_or_id_or_keeps_his_name(void **state)
{
	struct order_world *world = *state;

	world->deal.funnel = NULL;
	world->deal.manager.id = 31;
	assert_built(world);
	assert_field(world, FIELD_REQUISITE, "ID сделки Битрикс24|501");
	world->deal.manager.name = mem_text("Петров Пётр");
	assert_built(world);
	assert_field(world, FIELD_REQUISITE, "ID сделки Битрикс24|501 / "
	    "Менеджер Битрикс24|Петров Пётр");
	rule(&world->config.users, "Кто-то", "3");
	rule(&world->config.users, "По номеру", "31");
	assert_built(world);
	assert_field(world, FIELD_REQUISITE, "ID сделки Битрикс24|501 / "
	    "Менеджер Битрикс24|По номеру");
	free(world->config.users.pairs[0].value);
	world->config.users.pairs[0].value = mem_text("петров петр");
	assert_built(world);
	assert_field(world, FIELD_REQUISITE, "ID сделки Битрикс24|501 / "
	    "Менеджер Битрикс24|Кто-то");
}

static void
the_first_reason_is_told(void **state)
{
	struct order_world *world = *state;

	world->deal.company.id = 0;
	rename_currency(world, "USD");
	add_row(world, 0, "x", "1", "0");
	assert_held(world, "no-customer");
	assert_field(world, FIELD_NUMBER, "15");
}

static void
a_long_reason_is_cut_at_a_character(void **state)
{
	struct order_world *world = *state;
	char name[200] = "a";

	for (size_t i = 1; i + 2 < sizeof(name); i += 2)
		memcpy(name + i, "я", 3);
	for (int i = 0; i < 9; i++)
		add_row(world, 0, name, "1", "1");
	assert_held(world, "unknown-product");
	assert_true(str_utf8_valid(str_of(world->hold.text)));
	assert_true(strlen(world->hold.text) > 500);
}

#define test(name) \
    cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(number_date_and_comment_are_the_deals),
		test(the_begin_counts_where_it_is_set_and_wanted),
		test(a_time_without_a_year_is_an_error),
		test(a_long_comment_is_cut_at_a_character),
		test(a_currency_is_said_as_1c_calls_it),
		test(a_currency_that_nobody_named_holds),
		test(goods_of_1c_are_said_as_1c_states_them),
		test(a_stranger_holds_or_goes_as_set),
		test(a_row_without_id_and_name_is_never_sent),
		test(a_name_that_1c_has_shown_gives_its_id),
		test(of_two_lines_of_one_name_the_alike_is_taken),
		test(a_row_named_delivery_is_the_delivery),
		test(a_quantity_of_nothing_holds),
		test(too_many_rows_hold),
		test(a_failed_look_is_an_error),
		test(kopecks_go_to_the_first_of_the_largest_lines),
		test(more_than_a_kopeck_a_line_holds),
		test(a_sum_that_no_number_holds),
		test(a_known_rate_is_said_and_another_holds),
		test(ut11_cannot_have_zero_and_none_in_one_order),
		test(zero_and_none_that_1c_was_given_do_not_hold),
		test(a_sum_without_rows_holds),
		test(no_rows_that_1c_was_given_do_not_hold),
		test(the_short_list_stands_in_its_order),
		test(a_manager_is_found_by_name_or_id_or_keeps_his_name),
		test(the_first_reason_is_told),
		test(a_long_reason_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
