#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "told_case.h"

#include "base/log.h"

static void
a_message_and_its_values_are_kept_apart(void **state)
{
	char text[128];

	(void)state;
	told_set(text, sizeof(text), "%s: %.*s of %d", "p1", 2, "abc", -7);
	assert_string_equal(text, "\001%s: %.*s of %d\002p1\002ab\002-7\003");
	assert_told(text, "p1: ab of -7");
	assert_told(TOLD("refused"), "refused");
}

static void
numbers_of_every_size_are_values(void **state)
{
	char text[256];

	(void)state;
	told_set(text, sizeof(text), "%zu %ld %lu %u %" PRId64, SIZE_MAX,
	    -5L, 6UL, 7U, INT64_MIN);
	assert_told(text, "18446744073709551615 -5 6 7 "
	    "-9223372036854775808");
}

static void
a_value_may_be_told_itself(void **state)
{
	char inner[64], outer[128];

	(void)state;
	told_set(inner, sizeof(inner), "no unit \"%s\"", "box");
	told_set(outer, sizeof(outer), "%s (%s)", inner, TOLD("refused"));
	assert_told(outer, "no unit \"box\" (refused)");
	told_set(inner, sizeof(inner), "%.*s", 3, "\001ab\002c\003");
	assert_told(inner, "ab");
}

static void
a_translation_may_change_the_order(void **state)
{
	(void)state;
	assert_told("\001%2$s of %1$s, 5 %\002a\002b\003", "b of a, 5 %");
	assert_told("\001%3$s%99$s%123$s\002a\003", "………");
}

static void
other_texts_are_what_they_are(void **state)
{
	char text[64];

	(void)state;
	assert_told("100 % of %s", "100 % of %s");
	assert_told("", "");
	told_copy(text, sizeof(text), "отказ");
	assert_string_equal(text, "отказ");
}

static void
what_stands_around_a_message_stays(void **state)
{
	(void)state;
	assert_told("#1 \001no %s\002x\003; next \001b\003.",
	    "#1 no x; next b.");
}

static void
a_text_that_is_cut_still_ends(void **state)
{
	char text[24], whole[64];

	(void)state;
	told_set(text, sizeof(text), "a: %s", "яяяяяяяяяяяяяяяяяяяя");
	assert_true(strlen(text) < sizeof(text));
	(void)snprintf(whole, sizeof(whole), "%s, b", text);
	assert_told(whole, "a: яяяяяя, b");
	told_set(text, sizeof(text), "a longer message than there is room");
	(void)snprintf(whole, sizeof(whole), "%s, b", text);
	assert_told(whole, "a longer message t, b");
	assert_told("\001a %s b %s\002x\003", "a x b …");
}

/* Values are foreign data: they neither end a message nor begin one. */
static void
marks_of_strangers_are_harmless(void **state)
{
	char text[128];

	(void)state;
	told_set(text, sizeof(text), "%s, %s", "a\002b\003c", "d\001e\033[2J");
	assert_told(text, "abc, de?[2J");
	assert_told("\003\002a\001", "a");
	assert_told("\001\001\001\001\001\001a\003", "a");
	assert_told("\001\002\003b", "b");
	assert_told("\001%s\002\001%s\002\001%s\002\001%s\002"
	    "\001%s\002a", "%sa");
}

static void
an_error_holds_a_told_text(void **state)
{
	struct err err = { 0 };

	(void)state;
	log_add_secret("s3cret0hook");
	assert_int_equal(told_err(&err, ERR_ITEM, "no %s", "s3cret0hook"),
	    -1);
	assert_int_equal(err.kind, ERR_ITEM);
	assert_told(err.text, "no ***");
	(void)err_prefix(&err, "line %d: ", 7);
	assert_told(err.text, "line 7: no ***");
	(void)told_err(&err, ERR_ITEM, "%s, again", err.text);
	assert_told(err.text, "line 7: no ***, again");
	assert_int_equal(told_err(NULL, ERR_ITEM, "x"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_and_its_values_are_kept_apart),
		cmocka_unit_test(numbers_of_every_size_are_values),
		cmocka_unit_test(a_value_may_be_told_itself),
		cmocka_unit_test(a_translation_may_change_the_order),
		cmocka_unit_test(other_texts_are_what_they_are),
		cmocka_unit_test(what_stands_around_a_message_stays),
		cmocka_unit_test(a_text_that_is_cut_still_ends),
		cmocka_unit_test(marks_of_strangers_are_harmless),
		cmocka_unit_test(an_error_holds_a_told_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
