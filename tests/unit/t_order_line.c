#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/deal.h"
#include "model/order_line.h"

static struct decimal
number(const char *text)
{
	struct decimal value;

	assert_int_equal(decimal_parse(&value, str_of(text)), 0);
	return value;
}

static void
products_are_rounded_half_away_from_zero(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned scale;
		const char *product;
	} cases[] = {
		{ "33.335", "3", 2, "100.01" }, { "33.335", "1", 2, "33.34" },
		{ "-33.335", "1", 2, "-33.34" }, { "0.004", "1", 2, "0" },
		{ "0.000001", "0.000001", 6, "0" },
		{ "0.5", "0.01", 2, "0.01" }, { "2", "3", 2, "6" },
		{ "0", "5", 2, "0" }, { "2.5", "4", 0, "10" },
		{ "999999999999.999999", "1", 6, "999999999999.999999" },
		{ "999999999999999999", "0.1", 2, "99999999999999999.9" },
		{ "999999999999999999", "1", 2, "999999999999999999" },
	};
	char text[DECIMAL_TEXT_BYTES];
	struct decimal out;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(order_line_multiply(&out, number(cases[i].a),
		    number(cases[i].b), cases[i].scale), 0);
		(void)decimal_format(text, out);
		assert_string_equal(text, cases[i].product);
	}
	assert_int_equal(order_line_multiply(&out, number("999999999999999999"),
	    number("999999999999999999"), 2), -1);
	assert_int_equal(order_line_multiply(&out, number("999999999999999999"),
	    number("2"), 2), -1);
}

static void
quotients_likewise(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned scale;
		const char *quotient;
	} cases[] = {
		{ "100", "3", 6, "33.333333" }, { "200", "3", 6, "66.666667" },
		{ "-200", "3", 2, "-66.67" }, { "200", "-3", 2, "-66.67" },
		{ "1", "8", 2, "0.13" }, { "1", "0.000001", 0, "1000000" },
		{ "0", "7", 6, "0" }, { "2400", "1.2", 2, "2000" },
	};
	char text[DECIMAL_TEXT_BYTES];
	struct decimal out;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(order_line_divide(&out, number(cases[i].a),
		    number(cases[i].b), cases[i].scale), 0);
		(void)decimal_format(text, out);
		assert_string_equal(text, cases[i].quotient);
	}
	assert_int_equal(order_line_divide(&out, number("1"), number("0"),
	    2), -1);
	assert_int_equal(order_line_divide(&out, number("999999999999999999"),
	    number("0.000001"), 6), -1);
}

static void
add(struct buf *text, const char *id, const char *name,
    const char *quantity, const char *sum, const char *vat)
{
	struct order_line line = { .id = str_of(id), .name = str_of(name),
	    .quantity = number(quantity), .price = number("1"),
	    .sum = number(sum), .vat = str_of(vat) };

	order_line_add(text, &line);
}

static void
a_line_is_read_as_it_was_written(void **state)
{
	struct order_line line = { .id = str_of("a#b"),
	    .name = str_of("x\ny\rz\x1fw"), .quantity = number("2.5"),
	    .price = number("10.333333"), .sum = number("25.83"),
	    .vat = str_of("20"), .unit = str_of("796"),
	    .unit_name = str_of("шт"), .article = str_of("A-1"),
	    .service = true, .product = 77 }, read;
	struct buf text = BUF_INIT(4096);
	struct str lines;
	size_t at = 0;

	(void)state;
	order_line_add(&text, &line);
	add(&text, "", "", "1", "-2", "");
	lines = str_n(buf_text(&text), text.len);
	assert_true(order_line_next(lines, &at, &read));
	assert_true(str_is(read.id, "a#b"));
	assert_true(str_is(read.name, "x y z w"));
	assert_int_equal(decimal_cmp(read.quantity, line.quantity), 0);
	assert_int_equal(decimal_cmp(read.price, line.price), 0);
	assert_int_equal(decimal_cmp(read.sum, line.sum), 0);
	assert_true(str_is(read.vat, "20"));
	assert_true(str_is(read.unit, "796"));
	assert_true(str_is(read.unit_name, "шт"));
	assert_true(str_is(read.article, "A-1"));
	assert_true(read.service);
	assert_int_equal(read.product, 77);
	assert_true(order_line_next(lines, &at, &read));
	assert_int_equal(read.id.len + read.name.len + read.vat.len, 0);
	assert_false(read.service);
	assert_int_equal(decimal_cmp(read.sum, number("-2")), 0);
	assert_false(order_line_next(lines, &at, &read));
	assert_false(order_line_next(lines, &at, &read));
	buf_free(&text);
}

static void
what_is_no_line_of_ours_ends_the_lines(void **state)
{
	static const char *const texts[] = { "", "\n", "x",
	    "a\x1f" "b\x1f" "1\x1f" "1\x1f" "x\x1f\x1f\x1f\x1f\x1f\x1f" "0",
	    "a\x1f" "b\x1f" "1\x1f" "1\x1f" "1\x1f\x1f\x1f\x1f\x1f\x1f" };
	struct order_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t at = 0;

		assert_false(order_line_next(str_of(texts[i]), &at, &line));
	}
}

static bool
same(struct buf *a, struct buf *b)
{
	bool left = order_line_same_all(str_n(buf_text(a), a->len),
	    str_n(buf_text(b), b->len));

	assert_int_equal(order_line_same_all(str_n(buf_text(b), b->len),
	    str_n(buf_text(a), a->len)), left);
	return left;
}

static void
lines_are_the_same_in_any_order(void **state)
{
	struct buf a = BUF_INIT(4096), b = BUF_INIT(4096);

	(void)state;
	assert_true(same(&a, &b));
	for (int i = 0; i < 20; i++)
		add(&a, "x", "one", i % 2 == 0 ? "1" : "2", "10", "20");
	assert_false(same(&a, &b));
	for (int i = 1; i < 21; i++)
		add(&b, "x", "another name", i % 2 == 0 ? "1" : "2", "10",
		    "20");
	assert_true(same(&a, &b));
	add(&a, "", "by name", "1", "1", "");
	add(&b, "", "By name", "1", "1", "");
	assert_false(same(&a, &b));
	buf_free(&a);
	buf_free(&b);
}

static void
a_rate_quantity_or_sum_makes_another_line(void **state)
{
	static const char *const lines[][3] = { { "1", "10", "20" },
	    { "2", "10", "20" }, { "1", "11", "20" }, { "1", "10", "" } };
	struct buf a = BUF_INIT(4096), b = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 4; j++) {
			buf_clear(&a);
			buf_clear(&b);
			add(&a, "x", "n", lines[i][0], lines[i][1],
			    lines[i][2]);
			add(&b, "x", "n", lines[j][0], lines[j][1],
			    lines[j][2]);
			assert_int_equal(same(&a, &b), i == j);
		}
	}
	buf_free(&a);
	buf_free(&b);
}

static void
a_rate_that_is_not_said_is_any_rate(void **state)
{
	struct buf a = BUF_INIT(4096), b = BUF_INIT(4096);

	(void)state;
	add(&a, "x", "n", "1", "10", "20");
	add(&b, "x", "n", "1", "10", ORDER_LINE_ANY);
	assert_true(same(&a, &b));
	add(&a, "y", "n", "1", "10", "");
	add(&b, "y", "n", "2", "10", ORDER_LINE_ANY);
	assert_false(same(&a, &b));
	buf_free(&a);
	buf_free(&b);
}

static void
the_sum_is_that_of_all_lines(void **state)
{
	struct buf text = BUF_INIT(4096);
	struct decimal sum;

	(void)state;
	assert_int_equal(order_line_sum_all(&sum, STR_NONE), 0);
	assert_int_equal(sum.digits, 0);
	add(&text, "x", "n", "1", "10.05", "");
	add(&text, "y", "n", "1", "0.95", "");
	assert_int_equal(order_line_sum_all(&sum, str_n(text.data, text.len)),
	    0);
	assert_int_equal(decimal_cmp(sum, number("11")), 0);
	add(&text, "z", "n", "1", "999999999999999999", "");
	assert_int_equal(order_line_sum_all(&sum, str_n(text.data, text.len)),
	    -1);
	buf_free(&text);
}

/* The sanitizer says whether all of it went. */
static void
a_deal_is_freed_whole(void **state)
{
	struct deal_changes changes = { .deal_count = 0 };
	struct deal deal;

	(void)state;
	deal_init(&deal);
	assert_int_equal(deal.phase, DEAL_OUTSIDE);
	deal.rows = mem_array(1, sizeof(*deal.rows));
	deal.row_count = 1;
	deal.rows[0].name = mem_text("a");
	deal.rows[0].measure_name = mem_text("шт");
	deal.stage = mem_text("C1:NEW");
	deal.stage_name = mem_text("Новая");
	deal.currency = mem_text("RUB");
	deal.title = mem_text("t");
	deal.comment = mem_text("c");
	deal.number = mem_text("1");
	deal.manager.email = mem_text("a@example.com");
	deal.manager.name = mem_text("A");
	(void)buf_add_text(&deal.user_fields, "UF_CRM_1\x1f" "x");
	assert_int_equal(fields_set(&deal.company.fields, FIELD_NAME,
	    str_of("A")), 0);
	assert_int_equal(fields_set(&deal.contact.fields, FIELD_NAME,
	    str_of("B")), 0);
	deal_free(&deal);
	changes.deals = mem_array(1, sizeof(*changes.deals));
	idlist_add(&changes.companies, 1);
	idlist_add(&changes.contacts, 1);
	deal_changes_free(&changes);
	assert_null(changes.deals);
}

static void
goods_without_id_are_called_as_1c_does(void **state)
{
	/* What was sent, what 1C says, and whose Ид the first line gets. */
	static const struct {
		const char *id, *name, *said[2][2], *called;
	} cases[] = {
		{ "", "Пена", { { "a", "Клей" }, { "b", "пена" } }, "b" },
		{ "", "Пена", { { "a", "Клей" }, { "b", "Лак" } }, "" },
		{ "", "Пена", { { "a", "Пена" }, { "b", "Пена" } }, "a" },
		{ "c", "Пена", { { "a", "Клей" }, { "b", "Пена" } }, "c" },
		{ ORDER_LINE_DELIVERY, "Доставка", { { "a", "Клей" },
		    { "b", "Доставка" } }, "b" },
		{ ORDER_LINE_DELIVERY, "Доставка", { { "a", "Клей" },
		    { ORDER_LINE_DELIVERY, "Доставка" } },
		    ORDER_LINE_DELIVERY },
	};
	struct order_line line = { .quantity = { 1, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf sent = BUF_INIT(1000), said = BUF_INIT(1000);
		struct buf called = BUF_INIT(1000);
		size_t at = 0;

		line.id = str_of(cases[i].id);
		line.name = str_of(cases[i].name);
		order_line_add(&sent, &line);
		for (size_t j = 0; j < 2; j++) {
			line.id = str_of(cases[i].said[j][0]);
			line.name = str_of(cases[i].said[j][1]);
			order_line_add(&said, &line);
		}
		order_line_call(&called, str_n(sent.data, sent.len),
		    str_n(said.data, said.len));
		assert_true(order_line_next(str_n(called.data, called.len),
		    &at, &line));
		assert_true(str_is(line.id, cases[i].called));
		buf_free(&sent);
		buf_free(&said);
		buf_free(&called);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goods_without_id_are_called_as_1c_does),
		cmocka_unit_test(products_are_rounded_half_away_from_zero),
		cmocka_unit_test(quotients_likewise),
		cmocka_unit_test(a_line_is_read_as_it_was_written),
		cmocka_unit_test(what_is_no_line_of_ours_ends_the_lines),
		cmocka_unit_test(lines_are_the_same_in_any_order),
		cmocka_unit_test(a_rate_that_is_not_said_is_any_rate),
		cmocka_unit_test(a_rate_quantity_or_sum_makes_another_line),
		cmocka_unit_test(the_sum_is_that_of_all_lines),
		cmocka_unit_test(a_deal_is_freed_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
