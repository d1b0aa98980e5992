#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/str.h"

#define NBSP "\xc2\xa0"

static void
equal_means_same_bytes(void **state)
{
	(void)state;
	assert_true(str_eq(STR_NONE, str_of("")));
	assert_true(str_is(str_n("abc", 2), "ab"));
	assert_false(str_is(str_of("ab"), "abc"));
	assert_false(str_is(str_of("ab"), "aB"));
	assert_null(str_of(NULL).p);
}

static void
order_is_by_bytes_then_by_length(void **state)
{
	(void)state;
	assert_true(str_cmp(str_of("a"), str_of("b")) < 0);
	assert_true(str_cmp(str_of("ab"), str_of("a")) > 0);
	assert_true(str_cmp(str_of("\xd0\xb0"), str_of("z")) > 0);
	assert_int_equal(str_cmp(STR_NONE, str_of("")), 0);
}

static void
trim_drops_blanks_and_nbsp_at_both_ends(void **state)
{
	struct str text = str_of(" \t" NBSP "a b" NBSP "\r\n ");

	(void)state;
	assert_true(str_is(str_trim(text), "a b"));
	assert_int_equal(str_trim(str_of(NBSP " " NBSP)).len, 0);
	assert_int_equal(str_trim(STR_NONE).len, 0);
	/* A letter that ends in the byte A0 is no blank. */
	assert_true(str_is(str_trim(str_of("\xd0\xa0")), "\xd0\xa0"));
}

static void
utf8_that_is_none_is_found(void **state)
{
	static const char *const good[] = {
		"", "abc", "\xd1\x8f", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
		"\xed\x9f\xbf", "\xf4\x8f\xbf\xbf",
	};
	static const char *const bad[] = {
		"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
		"\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff", "a\xe2\x82",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(str_utf8_valid(str_of(good[i])));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(str_utf8_valid(str_of(bad[i])));
	assert_false(str_utf8_valid(str_n("a\0b", 3)));
}

static void
cut_falls_between_characters(void **state)
{
	struct str text = str_of("a\xd1\x8f\xe2\x82\xac");

	(void)state;
	assert_int_equal(str_utf8_cut(text, 6).len, 6);
	assert_int_equal(str_utf8_cut(text, 5).len, 3);
	assert_int_equal(str_utf8_cut(text, 4).len, 3);
	assert_int_equal(str_utf8_cut(text, 3).len, 3);
	assert_int_equal(str_utf8_cut(text, 2).len, 1);
	assert_int_equal(str_utf8_cut(text, 0).len, 0);
}

static void
names_are_compared_as_a_person_does(void **state)
{
	static const struct {
		const char *a, *b;
	} same[] = {
		{ "Retail", "rETAIL" },
		{ "Розничная", "РОЗНИЧНАЯ" },
		{ "Учёт", "учет" },
		{ "УЧЁТ", "учёт" },
		{ "Ёлка", "елка" },
		{ "Ірина", "іРИНА" },
		{ "  Оптовая   цена ", "оптовая" NBSP "цена" },
		{ "a \t\n" NBSP "b", "A B" },
		{ "", " " NBSP },
	};
	static const struct {
		const char *a, *b;
	} different[] = {
		{ "Розничная", "Розничная цена" },
		{ "Оптовая цена", "Оптоваяцена" },
		{ "a", "а" },   /* Latin and Cyrillic */
		{ "и", "й" },
		{ "a", "" },
		{ "\xff", "\xfe" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof same / sizeof same[0]; i++) {
		assert_true(str_same_name(str_of(same[i].a),
		    str_of(same[i].b)));
		assert_true(str_name_hash(str_of(same[i].a)) ==
		    str_name_hash(str_of(same[i].b)));
	}
	for (i = 0; i < sizeof different / sizeof different[0]; i++) {
		assert_false(str_same_name(str_of(different[i].a),
		    str_of(different[i].b)));
		assert_false(str_name_hash(str_of(different[i].a)) ==
		    str_name_hash(str_of(different[i].b)));
	}
}

static void
distance_counts_edits_up_to_the_maximum(void **state)
{
	static const struct {
		const char *a, *b;
		size_t max, distance;
	} cases[] = {
		{ "inbox", "inbox", 3, 0 },
		{ "inbox", "inbix", 3, 1 },
		{ "inbox", "inbo", 3, 1 },
		{ "inbox", "xinbox", 3, 1 },
		{ "kitten", "sitting", 5, 3 },
		{ "kitten", "sitting", 3, 3 },
		{ "kitten", "sitting", 2, 3 },
		{ "", "abc", 3, 3 },
		{ "abc", "", 3, 3 },
		{ "", "abc", 2, 3 },
		{ "", "", 0, 0 },
		{ "a", "b", 0, 1 },
		{ "abcdef", "defabc", 9, 6 },
		{ "abcdefgh", "ijklmnop", 4, 5 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(str_distance(str_of(cases[i].a),
		    str_of(cases[i].b), cases[i].max), cases[i].distance);
}

static void
whole_numbers_are_read_to_their_limits(void **state)
{
	int64_t value = 5;

	(void)state;
	assert_int_equal(str_to_int64(&value, str_of("-0")), 0);
	assert_true(value == 0);
	assert_int_equal(str_to_int64(&value, str_of("00042")), 0);
	assert_true(value == 42);
	assert_int_equal(str_to_int64(&value,
	    str_of("9223372036854775807")), 0);
	assert_true(value == INT64_MAX);
	assert_int_equal(str_to_int64(&value,
	    str_of("-9223372036854775808")), 0);
	assert_true(value == INT64_MIN);
}

static void
what_is_no_whole_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "-", "+1", " 1", "1 ", "1.0", "0x1", "--1", "1a",
		"9223372036854775808", "-9223372036854775809",
		"99999999999999999999",
	};
	int64_t value = 5;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(str_to_int64(&value, str_of(bad[i])), -1);
	assert_true(value == 5);
}

static void
hash_is_fnv_1a_and_continues(void **state)
{
	uint64_t whole = str_hash(0, str_of("foobar"));

	(void)state;
	assert_true(whole == UINT64_C(0x85944171f73967e8));
	assert_true(str_hash(str_hash(0, str_of("foo")), str_of("bar")) ==
	    whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_means_same_bytes),
		cmocka_unit_test(order_is_by_bytes_then_by_length),
		cmocka_unit_test(trim_drops_blanks_and_nbsp_at_both_ends),
		cmocka_unit_test(utf8_that_is_none_is_found),
		cmocka_unit_test(cut_falls_between_characters),
		cmocka_unit_test(names_are_compared_as_a_person_does),
		cmocka_unit_test(distance_counts_edits_up_to_the_maximum),
		cmocka_unit_test(whole_numbers_are_read_to_their_limits),
		cmocka_unit_test(what_is_no_whole_number_is_refused),
		cmocka_unit_test(hash_is_fnv_1a_and_continues),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
