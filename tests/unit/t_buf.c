#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void
new_one_is_an_empty_text(void **state)
{
	struct buf buf = BUF_INIT(10);

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	assert_int_equal(buf.len, 0);
}

static void
appends_follow_one_another(void **state)
{
	struct buf buf = BUF_INIT(1000);

	(void)state;
	assert_int_equal(buf_add_text(&buf, "ab"), 0);
	assert_int_equal(buf_add_char(&buf, 'c'), 0);
	assert_int_equal(buf_add(&buf, "de\0f", 4), 0);
	assert_int_equal(buf_printf(&buf, "-%d-%s", 5, "x"), 0);
	assert_int_equal(buf.len, 11);
	assert_memory_equal(buf.data, "abcde\0f-5-x", 12);
	buf_free(&buf);
}

static void
takes_exactly_its_maximum(void **state)
{
	struct buf buf = BUF_INIT(5);

	(void)state;
	assert_int_equal(buf_add_text(&buf, "12345"), 0);
	assert_false(buf.full);
	assert_int_equal(buf_add_char(&buf, '6'), -1);
	assert_true(buf.full);
	assert_string_equal(buf_text(&buf), "12345");
	buf_free(&buf);
}

static void
full_one_refuses_also_what_would_fit(void **state)
{
	struct buf buf = BUF_INIT(5);

	(void)state;
	assert_int_equal(buf_printf(&buf, "%s", "123456"), -1);
	assert_int_equal(buf_add_char(&buf, 'x'), -1);
	assert_string_equal(buf_text(&buf), "");
	buf_clear(&buf);
	assert_int_equal(buf_add_char(&buf, 'x'), 0);
	buf_free(&buf);
}

static void
grows_over_many_appends(void **state)
{
	struct buf buf = BUF_INIT(100000);
	int i;

	(void)state;
	for (i = 0; i < 10000; i++)
		assert_int_equal(buf_printf(&buf, "%04d", i), 0);
	assert_int_equal(buf.len, 40000);
	assert_memory_equal(buf.data + 4 * 1234, "1234", 4);
	buf_free(&buf);
	assert_int_equal(buf.max, 100000);
}

static void
take_gives_the_memory_away(void **state)
{
	struct buf buf = BUF_INIT(10);
	char *text;

	(void)state;
	buf_add_text(&buf, "abc");
	text = buf_take(&buf);
	assert_string_equal(text, "abc");
	free(text);
	assert_int_equal(buf.len, 0);
	text = buf_take(&buf);
	assert_string_equal(text, "");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_one_is_an_empty_text),
		cmocka_unit_test(appends_follow_one_another),
		cmocka_unit_test(takes_exactly_its_maximum),
		cmocka_unit_test(full_one_refuses_also_what_would_fit),
		cmocka_unit_test(grows_over_many_appends),
		cmocka_unit_test(take_gives_the_memory_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
