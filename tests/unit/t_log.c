#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static char captured[4096];

/* Runs `write` with stderr in a file; what it wrote is in `captured`. */
static void
capture(void (*write)(void))
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t len;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	write();
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(captured, 1, sizeof captured - 1, file);
	captured[len] = '\0';
	fclose(file);
}

static void
write_each_level(void)
{
	log_error("e%d", 1);
	log_warn("w%d", 2);
	log_info("i%d", 3);
	log_debug("d%d", 4);
}

static void
write_dirty(void)
{
	log_error("a\nb\x1b[0m login secret-token\n");
}

static void
starts_with_errors_and_warnings(void **state)
{
	(void)state;
	assert_int_equal(log_level(), LOG_WARN);
	capture(write_each_level);
	assert_non_null(strstr(captured, "error: e1\n"));
	assert_non_null(strstr(captured, "warn: w2\n"));
	assert_null(strstr(captured, "i3"));
	assert_null(strstr(captured, "d4"));
}

static void
level_decides_what_is_written(void **state)
{
	(void)state;
	log_set_level(LOG_DEBUG);
	capture(write_each_level);
	assert_non_null(strstr(captured, "debug: d4\n"));
	log_set_level(LOG_QUIET);
	capture(write_each_level);
	assert_string_equal(captured, "");
	log_set_level(LOG_WARN);
}

static void
line_begins_with_time_and_pid(void **state)
{
	int year, month, day, hour, minute, second;
	long pid;

	(void)state;
	capture(write_each_level);
	assert_int_equal(sscanf(captured,
	    "%4d-%2d-%2dT%2d:%2d:%2dZ cml24[%ld] error: e1", &year, &month,
	    &day, &hour, &minute, &second, &pid), 7);
	assert_true(pid == (long)getpid());
}

static void
one_entry_is_one_line_without_secrets(void **state)
{
	(void)state;
	log_add_secret("secret-token");
	capture(write_dirty);
	assert_non_null(strstr(captured, "error: a b [0m login *** \n"));
	assert_null(strchr(captured, '\x1b'));
	assert_ptr_equal(strchr(captured, '\n'),
	    captured + strlen(captured) - 1);
}

static void
every_occurrence_is_masked(void **state)
{
	char text[] = "abcdef1 abcdef1abcdef1";

	(void)state;
	log_add_secret("abcdef1");
	log_mask(text);
	assert_string_equal(text, "*** ******");
}

static void
secret_inside_another_leaves_nothing_of_it(void **state)
{
	char text[] = "prefix-inner-suffix and inner-";
	char more[] = "longer-secret";

	(void)state;
	log_add_secret("inner-");
	log_add_secret("prefix-inner-suffix");
	log_mask(text);
	assert_string_equal(text, "*** and ***");
	log_add_secret("longer-secret");
	log_add_secret("longer");
	log_mask(more);
	assert_string_equal(more, "***");
}

static void
short_secret_is_ignored(void **state)
{
	char text[] = "abcde";

	(void)state;
	log_add_secret("abcde");
	log_add_secret("");
	log_add_secret(NULL);
	log_mask(text);
	assert_string_equal(text, "abcde");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_with_errors_and_warnings),
		cmocka_unit_test(level_decides_what_is_written),
		cmocka_unit_test(line_begins_with_time_and_pid),
		cmocka_unit_test(one_entry_is_one_line_without_secrets),
		cmocka_unit_test(every_occurrence_is_masked),
		cmocka_unit_test(secret_inside_another_leaves_nothing_of_it),
		cmocka_unit_test(short_secret_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
