/* The vectors of RFC 4648, section 10, and the letters beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base64.h"

static void
is(const char *bytes, size_t len, const char *text)
{
	struct buf out = BUF_INIT(256);

	assert_int_equal(base64_add(&out, str_n(bytes, len)), 0);
	assert_string_equal(buf_text(&out), text);
	buf_free(&out);
}

static void
vectors_of_the_standard(void **state)
{
	(void)state;
	is("", 0, "");
	is("f", 1, "Zg==");
	is("fo", 2, "Zm8=");
	is("foo", 3, "Zm9v");
	is("foob", 4, "Zm9vYg==");
	is("fooba", 5, "Zm9vYmE=");
	is("foobar", 6, "Zm9vYmFy");
}

static void
bytes_of_every_kind(void **state)
{
	(void)state;
	is("\xfb\xff\xbf\x00\x10", 5, "+/+/ABA=");
}

static void
text_is_appended(void **state)
{
	struct buf out = BUF_INIT(64);

	(void)state;
	(void)buf_add_text(&out, "a:");
	assert_int_equal(base64_add(&out, str_of("foo")), 0);
	assert_string_equal(buf_text(&out), "a:Zm9v");
	buf_free(&out);
}

static void
what_does_not_fit_is_not_begun(void **state)
{
	struct buf out = BUF_INIT(10);

	(void)state;
	assert_int_equal(base64_add(&out, str_of("0123456789")), -1);
	assert_int_equal(out.len, 0);
	assert_true(out.full);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_of_the_standard),
		cmocka_unit_test(bytes_of_every_kind),
		cmocka_unit_test(text_is_appended),
		cmocka_unit_test(what_does_not_fit_is_not_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
