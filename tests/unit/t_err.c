#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"

static void
set_returns_minus_one_and_keeps_kind_and_text(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, ERR_DATA, "%s:%d: bad", "a.xml", 7), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_string_equal(err.text, "a.xml:7: bad");
}

static void
null_is_accepted_everywhere(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_DATA, "x"), -1);
	assert_int_equal(err_errno(NULL, ERR_DATA, "x"), -1);
	assert_int_equal(err_prefix(NULL, "x"), -1);
	err_clear(NULL);
}

static void
errno_text_stands_behind_the_text(void **state)
{
	struct err err;

	(void)state;
	errno = ENOENT;
	assert_int_equal(err_errno(&err, ERR_SYSTEM, "state.db"), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_string_equal(err.text, "state.db: No such file or directory");
}

static void
prefix_keeps_the_kind(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_AGAIN, "busy");
	assert_int_equal(err_prefix(&err, "batch %d: ", 3), -1);
	assert_int_equal(err.kind, ERR_AGAIN);
	assert_string_equal(err.text, "batch 3: busy");
}

static void
own_text_may_be_an_argument(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_DATA, "inner");
	err_set(&err, ERR_ITEM, "outer (%s)", err.text);
	assert_string_equal(err.text, "outer (inner)");
}

static void
long_text_is_cut_between_characters(void **state)
{
	char text[2 * LIMIT_ERROR_BYTES];
	struct err err;
	size_t i;

	(void)state;
	/* "x" and then two-byte letters: the limit falls inside of one. */
	text[0] = 'x';
	for (i = 1; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "\xd1\x8f", 2);
	text[i] = '\0';
	err_set(&err, ERR_DATA, "%s", text);
	assert_int_equal(strlen(err.text), LIMIT_ERROR_BYTES - 1);
	err_set(&err, ERR_DATA, "y%s", text);
	assert_int_equal(strlen(err.text), LIMIT_ERROR_BYTES - 2);
}

static void
control_characters_do_not_reach_a_terminal(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_DATA, "a\x1b[2Jb\r\nc\td\x7f");
	assert_string_equal(err.text, "a?[2Jb?\nc\td?");
}

static void
secret_is_masked_also_where_the_text_is_cut(void **state)
{
	char filler[LIMIT_ERROR_BYTES - 4];
	struct err err;

	(void)state;
	log_add_secret("errsecret");
	err_set(&err, ERR_PORTAL, "/rest/1/errsecret/");
	assert_string_equal(err.text, "/rest/1/***/");
	memset(filler, 'f', sizeof filler - 1);
	filler[sizeof filler - 1] = '\0';
	err_set(&err, ERR_PORTAL, "%serrsecret", filler);
	assert_null(strstr(err.text, "err"));
}

static void
clear_leaves_no_error(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, ERR_DATA, "x");
	err_clear(&err);
	assert_int_equal(err.kind, ERR_NONE);
	assert_string_equal(err.text, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_returns_minus_one_and_keeps_kind_and_text),
		cmocka_unit_test(null_is_accepted_everywhere),
		cmocka_unit_test(errno_text_stands_behind_the_text),
		cmocka_unit_test(prefix_keeps_the_kind),
		cmocka_unit_test(own_text_may_be_an_argument),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(control_characters_do_not_reach_a_terminal),
		cmocka_unit_test(secret_is_masked_also_where_the_text_is_cut),
		cmocka_unit_test(clear_leaves_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
