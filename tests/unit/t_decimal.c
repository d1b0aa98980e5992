#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>

#include "base/decimal.h"

#define NBSP "\xc2\xa0"

static struct decimal
number(const char *text)
{
	struct decimal value;

	assert_int_equal(decimal_parse(&value, str_of(text)), 0);
	return value;
}

static void
every_form_of_1c_becomes_canonical(void **state)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
		{ "9900", "9900" },
		{ "231.7400", "231.74" },
		{ "1.0000", "1" },
		{ "-3", "-3" },
		{ "+3", "3" },
		{ "- 3,50", "-3.5" },
		{ "-0", "0" },
		{ "-0.00", "0" },
		{ "0.05", "0.05" },
		{ "-0.05", "-0.05" },
		{ ".5", "0.5" },
		{ "5.", "5" },
		{ "007", "7" },
		{ "1 760,50", "1760.5" },
		{ "1" NBSP "234" NBSP "567,8", "1234567.8" },
		{ NBSP "12 ", "12" },
		{ "12.345", "12.345" },
		{ "1.100200", "1.1002" },
		{ "1.1234565", "1.123457" },
		{ "1.1234564999", "1.123456" },
		{ "-1.1234565", "-1.123457" },
		{ "0.9999999", "1" },
		{ "0.0000004", "0" },
		{ "0.0000005", "0.000001" },
		{ "999999999999999999", "999999999999999999" },
		{ "-999999999999999999.000000000", "-999999999999999999" },
		{ "999999999999.999999", "999999999999.999999" },
	};
	char text[DECIMAL_TEXT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(decimal_normalise(text,
		    str_of(cases[i].text)), 0);
		assert_string_equal(text, cases[i].canonical);
	}
}

static void
what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "-", ".", ",", "-.", "abc", "1.2.3", "1,760.50",
		"1e5", "12 руб", "--1", "1-", "0x10", "1.5 5", "NaN",
		"1000000000000000000", "9999999999999.999999",
		"999999999999999999.9",
	};
	struct decimal value = { 5, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(decimal_parse(&value, str_of(bad[i])), -1);
	assert_true(value.digits == 5);
}

static void
format_returns_the_length(void **state)
{
	char text[DECIMAL_TEXT_BYTES];
	struct decimal loose = { 2500, 3 };

	(void)state;
	assert_int_equal(decimal_format(text, number("-999999999999.999999")),
	    20);
	assert_int_equal(decimal_format(text, loose), 3);
	assert_string_equal(text, "2.5");
}

static void
numbers_are_compared_by_value(void **state)
{
	struct decimal loose = { 250, 2 };

	(void)state;
	assert_int_equal(decimal_cmp(number("2.5"), loose), 0);
	assert_int_equal(decimal_cmp(number("2.5"), number("2.49")), 1);
	assert_int_equal(decimal_cmp(number("-2.5"), number("-2.49")), -1);
	assert_int_equal(decimal_cmp(number("-0.5"), number("0.2")), -1);
	assert_int_equal(decimal_cmp(number("999999999999999999"),
	    number("0.000001")), 1);
}

static void
sums_are_exact(void **state)
{
	static const struct {
		const char *a, *b, *sum;
	} cases[] = {
		{ "0.1", "0.2", "0.3" },
		{ "1.5", "-0.5", "1" },
		{ "-1.5", "0.25", "-1.25" },
		{ "1", "-1.000001", "-0.000001" },
		{ "-0.7", "-0.3", "-1" },
		{ "5", "-0.000001", "4.999999" },
		{ "-5", "0.000001", "-4.999999" },
		{ "999999999999999998", "1", "999999999999999999" },
		{ "12.34", "-12.34", "0" },
	};
	char text[DECIMAL_TEXT_BYTES];
	struct decimal sum;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(decimal_add(&sum, number(cases[i].a),
		    number(cases[i].b)), 0);
		decimal_format(text, sum);
		assert_string_equal(text, cases[i].sum);
	}
}

static void
sum_that_does_not_fit_is_refused(void **state)
{
	struct decimal sum;

	(void)state;
	assert_int_equal(decimal_add(&sum, number("999999999999999999"),
	    number("1")), -1);
	assert_int_equal(decimal_add(&sum, number("999999999999999999"),
	    number("0.1")), -1);
	assert_int_equal(decimal_add(&sum, number("-999999999999999999"),
	    number("-999999999999999999")), -1);
}

static void
negative_is_below_zero(void **state)
{
	(void)state;
	assert_true(decimal_is_negative(number("-0.000001")));
	assert_false(decimal_is_negative(number("-0")));
	assert_false(decimal_is_negative(number("1")));
}

static void
a_quotient_is_rounded_half_away_from_zero(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned scale;
		const char *want;
	} cases[] = {
		{ "100", "12", 2, "8.33" },
		{ "100", "3", 6, "33.333333" },
		{ "200", "3", 2, "66.67" },
		{ "1", "8", 2, "0.13" },
		{ "-1", "8", 2, "-0.13" },
		{ "1", "-8", 2, "-0.13" },
		{ "-1", "-8", 2, "0.13" },
		{ "0.124", "1", 2, "0.12" },
		{ "0.125", "1", 2, "0.13" },
		{ "0.124999", "1", 2, "0.12" },
		{ "5", "0.5", 0, "10" },
		{ "7", "2", 0, "4" },
		{ "0.000001", "1000000", 6, "0" },
		{ "0", "3", 2, "0" },
		{ "999999999999999999", "999999999999999998", 6, "1" },
		{ "999999999999999999", "1", 0, "999999999999999999" },
	};
	char text[DECIMAL_TEXT_BYTES];
	struct decimal result;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(decimal_divide(&result, number(cases[i].a),
		    number(cases[i].b), cases[i].scale), 0);
		decimal_format(text, result);
		assert_string_equal(text, cases[i].want);
	}
	assert_int_equal(decimal_divide(&result, number("1"), number("0"),
	    2), -1);
	assert_int_equal(decimal_divide(&result,
	    number("999999999999999999"), number("0.1"), 2), -1);
	assert_int_equal(decimal_divide(&result, number("1"), number("1"),
	    DECIMAL_SCALE_MAX + 1), -1);
}

static void
a_number_times_a_whole_one_is_exact(void **state)
{
	char text[DECIMAL_TEXT_BYTES];
	struct decimal result;

	(void)state;
	assert_int_equal(decimal_times(&result, number("-1.05"), 120), 0);
	decimal_format(text, result);
	assert_string_equal(text, "-126");
	assert_int_equal(decimal_times(&result, number("7"), 0), 0);
	assert_int_equal(result.digits, 0);
	assert_int_equal(decimal_times(&result,
	    number("999999999999999999"), 2), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_1c_becomes_canonical),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(format_returns_the_length),
		cmocka_unit_test(numbers_are_compared_by_value),
		cmocka_unit_test(sums_are_exact),
		cmocka_unit_test(sum_that_does_not_fit_is_refused),
		cmocka_unit_test(negative_is_below_zero),
		cmocka_unit_test(a_quotient_is_rounded_half_away_from_zero),
		cmocka_unit_test(a_number_times_a_whole_one_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
