#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "scratch.h"

#define HOUR INT64_C(3600000)

static void
times_of_1c_and_bitrix_are_read(void **state)
{
	static const struct {
		const char *text, *iso;
	} cases[] = {
		{ "2015-01-28T16:31:00", "2015-01-28T16:31:00Z" },
		{ "2014-12-12T9:51:39", "2014-12-12T09:51:39Z" },
		{ "2014-12-12", "2014-12-12T00:00:00Z" },
		{ " 2014-12-12\n", "2014-12-12T00:00:00Z" },
		{ "2026-11-22T03:00:00+03:00", "2026-11-22T00:00:00Z" },
		{ "2026-11-22T03:00:00.123-0330", "2026-11-22T06:30:00Z" },
		{ "2026-11-22T01:00:00+03", "2026-11-21T22:00:00Z" },
		{ "2026-11-22T01:00:00Z", "2026-11-22T01:00:00Z" },
		{ "2026-11-22+03:00", "2026-11-21T21:00:00Z" },
		{ "2007-10-30 15:19:27", "2007-10-30T15:19:27Z" },
		{ "11.02.2021 18:45:21", "2021-02-11T18:45:21Z" },
		{ "11.02.2021", "2021-02-11T00:00:00Z" },
		{ "2024-02-29T23:59:59", "2024-02-29T23:59:59Z" },
		{ "2000-02-29", "2000-02-29T00:00:00Z" },
		{ "1969-12-31T23:59:59", "1969-12-31T23:59:59Z" },
		{ "2020-01-01T10:20", "2020-01-01T10:20:00Z" },
	};
	char text[CLOCK_TEXT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t ms;

		assert_int_equal(clock_parse(&ms, str_of(cases[i].text)), 0);
		assert_string_equal(clock_format(text, ms), cases[i].iso);
	}
}

static void
local_time_is_there_and_back(void **state)
{
	static const struct {
		const char *moment, *local;
	} cases[] = {
		{ "2026-01-15T22:30:00Z", "2026-01-16T01:30:00Z" },
		{ "2024-02-28T23:00:00Z", "2024-02-29T02:00:00Z" },
		{ "1969-12-31T20:59:58Z", "1969-12-31T23:59:58Z" },
	};
	char text[CLOCK_TEXT_BYTES];

	(void)state;
	assert_int_equal(setenv("TZ", "XXX-3", 1), 0);
	tzset();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t ms, local;

		assert_int_equal(clock_parse(&ms, str_of(cases[i].moment)),
		    0);
		local = clock_to_local(ms + 7);
		assert_string_equal(clock_format(text, local),
		    cases[i].local);
		assert_true(clock_from_local(local) == ms + 7);
	}
	assert_true(clock_to_local(INT64_MIN) == INT64_MIN);
	assert_true(clock_from_local(INT64_MIN) == INT64_MIN);
	assert_int_equal(unsetenv("TZ"), 0);
	tzset();
}

static void
milliseconds_are_kept(void **state)
{
	int64_t ms;

	(void)state;
	assert_int_equal(clock_parse(&ms, str_of("1970-01-01T00:00:01.5")), 0);
	assert_true(ms == 1500);
	assert_int_equal(clock_parse(&ms,
	    str_of("1970-01-01T00:00:01.0079999Z")), 0);
	assert_true(ms == 1007);
}

static void
what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "today", "0001-01-01", "0001-01-01T00:00:00",
		"2015-13-01", "2015-00-01", "2015-02-29", "1900-02-29",
		"2015-01-32", "2015-1-1", "15-01-28", "2015-01-28T24:00:00",
		"2015-01-28T10:60:00", "2015-01-28T10:00:60",
		"2015-01-28T", "2015-01-28T10", "2015-01-28T10:00:00x",
		"2015-01-28T10:00:00.", "2015-01-28T10:00:00+3",
		"2022-10-31UTC02:25:50", "2015-01-28T10:00:00+03:",
	};
	int64_t ms = 5;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(clock_parse(&ms, str_of(bad[i])), -1);
	assert_true(ms == 5);
}

static void
test_clock_shifts_both_clocks(void **state)
{
	char *path = file_join(*state, "clock");
	int64_t wall = clock_wall_ms();
	int64_t steady = clock_steady_ms();

	scratch_put(path, "36000000\n");
	setenv("CML24_TEST_CLOCK", path, 1);
	assert_in_range(clock_wall_ms() - wall, 10 * HOUR, 11 * HOUR);
	assert_in_range(clock_steady_ms() - steady, 10 * HOUR, 11 * HOUR);
	unsetenv("CML24_TEST_CLOCK");
	free(path);
}

static void
sleep_moves_the_test_clock_instead(void **state)
{
	char *path = file_join(*state, "clock");
	int64_t before;

	setenv("CML24_TEST_CLOCK", path, 1);
	before = clock_steady_ms();
	clock_sleep_ms(5 * HOUR);
	clock_sleep_ms(5 * HOUR);
	clock_sleep_ms(-HOUR);
	assert_in_range(clock_steady_ms() - before, 10 * HOUR, 11 * HOUR);
	assert_true(strtoll(scratch_get(path), NULL, 10) == 10 * HOUR);
	unsetenv("CML24_TEST_CLOCK");
	free(path);
}

static void
time_since_a_mark_is_by_the_steady_clock(void **state)
{
	struct clock_mark mark;

	(void)state;
	clock_mark_now(&mark);
	mark.ms -= HOUR;
	mark.wall -= 50 * HOUR;
	assert_in_range(clock_since_ms(&mark), HOUR, 2 * HOUR);
}

static void
time_over_a_reboot_is_by_the_wall_clock(void **state)
{
	struct clock_mark mark;

	(void)state;
	clock_mark_now(&mark);
	strcpy(mark.boot, "another");
	mark.ms -= HOUR;
	mark.wall -= 50 * HOUR;
	assert_in_range(clock_since_ms(&mark), 50 * HOUR, 51 * HOUR);
}

static void
clock_that_went_back_says_nothing_passed(void **state)
{
	struct clock_mark mark;

	(void)state;
	clock_mark_now(&mark);
	strcpy(mark.boot, "another");
	mark.wall += HOUR;
	assert_true(clock_since_ms(&mark) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_of_1c_and_bitrix_are_read),
		cmocka_unit_test(local_time_is_there_and_back),
		cmocka_unit_test(milliseconds_are_kept),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test_setup_teardown(test_clock_shifts_both_clocks,
		    scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(
		    sleep_moves_the_test_clock_instead,
		    scratch_make, scratch_remove),
		cmocka_unit_test(time_since_a_mark_is_by_the_steady_clock),
		cmocka_unit_test(time_over_a_reboot_is_by_the_wall_clock),
		cmocka_unit_test(clock_that_went_back_says_nothing_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
