#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "base/clock.h"
#include "bitrix/b24_internal.h"
#include "scratch.h"

static struct config config;
static struct b24_limit *limit;
static char *clock_file;

/* A limiter of 2 requests a second, burst 12 (of which 10 are used), 30
 * seconds of operating, on a clock that sleeping moves. */
static int
open_limit(void **state)
{
	if (scratch_make(state) == -1)
		return -1;
	clock_file = file_join(*state, "clock");
	scratch_put(clock_file, "0");
	setenv("CML24_TEST_CLOCK", clock_file, 1);
	memset(&config, 0, sizeof(config));
	config.portal.limits_dir = *state;
	config.portal.requests_per_second = 2;
	config.portal.burst = 12;
	config.portal.operating_seconds = 30;
	return b24_limit_open(&limit, &config, "portal.example:1", 7, NULL);
}

static int
close_limit(void **state)
{
	b24_limit_close(limit);
	limit = NULL;
	unsetenv("CML24_TEST_CLOCK");
	free(clock_file);
	return scratch_remove(state);
}

static struct b24_use
calls(enum b24_method method, unsigned count)
{
	struct b24_use use = { { 0 } };

	use.calls[method] = count;
	return use;
}

static void
answer(enum b24_method method, double operating, double reset_in)
{
	char text[256];
	cJSON *time;

	(void)snprintf(text, sizeof(text), "{\"finish\":1000.5,"
	    "\"operating\":%f,\"operating_reset_at\":%f}", operating,
	    1000.5 + reset_in);
	time = cJSON_Parse(text);
	b24_limit_time(limit, method, time);
	b24_limit_save(limit);
	cJSON_Delete(time);
}

static void
reopen(uint32_t caller)
{
	b24_limit_close(limit);
	assert_int_equal(b24_limit_open(&limit, &config, "portal.example:1",
	    caller, NULL), 0);
}

static void
burst_goes_out_and_then_the_rate(void **state)
{
	struct b24_use use = calls(B24_SCOPE, 1);
	int64_t wait_ms;

	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(b24_limit_ready(limit, &use), 0);
		assert_true(b24_limit_start(limit, &use));
		b24_limit_end(limit, &use);
	}
	wait_ms = b24_limit_ready(limit, &use);
	/* 500 ms each at this rate, rounded up. */
	assert_in_range(wait_ms, 300, 501);
	assert_false(b24_limit_start(limit, &use));
	clock_sleep_ms(wait_ms);
	assert_true(b24_limit_start(limit, &use));
}

static void
bucket_survives_a_restart(void **state)
{
	struct b24_use use = calls(B24_SCOPE, 1);
	struct remote_load load;

	(void)state;
	for (int i = 0; i < 9; i++)
		assert_true(b24_limit_start(limit, &use));
	reopen(7);
	b24_limit_load(limit, &load);
	assert_true(load.bucket > 0.6);
	assert_true(b24_limit_start(limit, &use));
	assert_false(b24_limit_start(limit, &use));
}

static void
two_processes_share_one_bucket(void **state)
{
	struct b24_use use = calls(B24_SCOPE, 1);
	struct b24_limit *other;

	(void)state;
	assert_int_equal(b24_limit_open(&other, &config, "portal.example:1",
	    99, NULL), 0);
	for (int i = 0; i < 5; i++) {
		assert_true(b24_limit_start(limit, &use));
		assert_true(b24_limit_start(other, &use));
	}
	assert_false(b24_limit_start(limit, &use));
	assert_false(b24_limit_start(other, &use));
	b24_limit_close(other);
}

/* Two exchanges, two people who typed the address. */
static void
name_of_the_portal_is_one_in_any_case(void **state)
{
	struct b24_use use = calls(B24_SCOPE, 1);
	struct b24_limit *other;

	(void)state;
	assert_int_equal(b24_limit_open(&other, &config, "Portal.Example:1",
	    99, NULL), 0);
	for (int i = 0; i < 10; i++)
		assert_true(b24_limit_start(limit, &use));
	assert_false(b24_limit_start(other, &use));
	b24_limit_close(other);
}

static void
reading_makes_no_file(void **state)
{
	char *path = file_join(*state, "portal.example_1.limits");
	struct b24_use use = calls(B24_SCOPE, 1);
	struct stat info;

	(void)b24_limit_ready(limit, &use);
	assert_false(file_exists(path));
	assert_true(b24_limit_start(limit, &use));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	free(path);
}

static void
garbage_in_the_file_is_as_good_as_none(void **state)
{
	static const char *const texts[] = { "", "garbage", "cml24-limits 1\n",
	    "cml24-limits 1\nrate 99999 0 0\n",
	    "cml24-limits 1\nrate x y z\nmethod\nend\n",
	    "cml24-limits 1\nmethod 00000007 scope 1 1 :: 1:\nend\n" };
	char *path = file_join(*state, "portal.example_1.limits");
	struct b24_use use = calls(B24_SCOPE, 1);

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		scratch_put(path, texts[i]);
		reopen(7);
		assert_int_equal(b24_limit_ready(limit, &use), 0);
		assert_true(b24_limit_start(limit, &use));
	}
	free(path);
}

static void
refused_request_waits_and_fills_the_bucket(void **state)
{
	struct b24_use use = calls(B24_SCOPE, 1);
	int64_t until = b24_limit_refused_rate(limit, -1);

	(void)state;
	assert_in_range(until - clock_wall_ms(), 1900, 2000);
	assert_in_range(b24_limit_ready(limit, &use), 1900, 2000);
	until = b24_limit_refused_rate(limit, 9);
	assert_in_range(until - clock_wall_ms(), 8900, 9000);
}

static void
method_waits_before_its_seconds_are_used_up(void **state)
{
	struct b24_use use = calls(B24_PRODUCT_ADD, 50);
	struct b24_use other = calls(B24_PRICE_ADD, 50);
	int64_t wait_ms;

	(void)state;
	answer(B24_PRODUCT_ADD, 0.4, 600);
	answer(B24_PRODUCT_ADD, 20, 600);
	for (int i = 0; i < 200; i++)
		answer(B24_PRODUCT_ADD, 20, 600);
	/* 20 are used, and 50 calls more may pass 30 at a dear rate. */
	answer(B24_PRODUCT_ADD, 20.4, 600);
	wait_ms = b24_limit_ready(limit, &use);
	assert_in_range(wait_ms, 599000, 602000);
	assert_int_equal(b24_limit_ready(limit, &other), 0);
	clock_sleep_ms(wait_ms);
	assert_int_equal(b24_limit_ready(limit, &use), 0);
}

static void
one_call_may_cross_the_limit_and_none_after_it(void **state)
{
	struct b24_use one = calls(B24_PRODUCT_ADD, 1);

	(void)state;
	answer(B24_PRODUCT_ADD, 25, 600);
	assert_int_equal(b24_limit_ready(limit, &one), 0);
	answer(B24_PRODUCT_ADD, 50, 600);
	assert_in_range(b24_limit_ready(limit, &one), 599000, 602000);
}

static void
first_answer_of_a_method_is_awaited(void **state)
{
	struct b24_use use = calls(B24_PRODUCT_ADD, 50);

	(void)state;
	assert_int_equal(b24_limit_ready(limit, &use), 0);
	assert_true(b24_limit_start(limit, &use));
	assert_int_equal(b24_limit_ready(limit, &use), -1);
	answer(B24_PRODUCT_ADD, 0.01, 600);
	b24_limit_end(limit, &use);
	assert_int_equal(b24_limit_ready(limit, &use), 0);
}

static void
portal_that_does_not_count_is_not_waited_for(void **state)
{
	struct b24_use use = calls(B24_PRODUCT_ADD, 50);

	(void)state;
	assert_true(b24_limit_start(limit, &use));
	b24_limit_time(limit, B24_PRODUCT_ADD, NULL);
	assert_int_equal(b24_limit_ready(limit, &use), 0);
}

static void
what_was_used_before_is_no_cost_of_a_call(void **state)
{
	cJSON *time = cJSON_Parse("{\"finish\":5,\"operating\":14,"
	    "\"operating_reset_at\":300,\"duration\":0.1}");
	struct b24_use use = calls(B24_PRODUCT_ADD, 50);

	(void)state;
	b24_limit_time(limit, B24_PRODUCT_ADD, time);
	cJSON_Delete(time);
	assert_int_equal(b24_limit_ready(limit, &use), 0);
}

static void
blocked_method_waits_for_the_reset(void **state)
{
	cJSON *error = cJSON_Parse("{\"error\":\"OPERATION_TIME_LIMIT\","
	    "\"time\":{\"finish\":100,\"operating_reset_at\":130}}");
	struct b24_use use = calls(B24_PRODUCT_ADD, 1);
	int64_t until;

	(void)state;
	until = b24_limit_refused_method(limit, B24_PRODUCT_ADD, error);
	cJSON_Delete(error);
	assert_in_range(until - clock_wall_ms(), 30000, 31000);
	assert_in_range(b24_limit_ready(limit, &use), 30000, 31000);
	until = b24_limit_refused_method(limit, B24_PRICE_ADD, NULL);
	assert_in_range(until - clock_wall_ms(), 59000, 60000);
}

/* A clock that was a year ahead, and is set right. */
static void
block_of_a_clock_ahead_is_none(void **state)
{
	struct b24_use use = calls(B24_PRODUCT_ADD, 1);
	int64_t until;

	(void)state;
	scratch_put(clock_file, "31536000000");
	(void)b24_limit_refused_method(limit, B24_PRODUCT_ADD, NULL);
	scratch_put(clock_file, "0");
	assert_int_equal(b24_limit_ready(limit, &use), 0);
	until = b24_limit_refused_method(limit, B24_PRODUCT_ADD, NULL);
	assert_in_range(until - clock_wall_ms(), 59000, 60000);
	assert_in_range(b24_limit_ready(limit, &use), 59000, 60000);
}

static void
other_webhooks_seconds_are_kept_apart(void **state)
{
	struct remote_load load;

	(void)state;
	answer(B24_PRODUCT_ADD, 28, 600);
	reopen(8);
	b24_limit_load(limit, &load);
	assert_true(load.operating == 0);
	answer(B24_PRICE_ADD, 3, 600);
	reopen(7);
	b24_limit_load(limit, &load);
	assert_true(load.operating > 0.9);
	assert_string_equal(load.operating_method, "catalog.product.add");
}

static void
strange_time_block_changes_nothing(void **state)
{
	static const char *const texts[] = { "null", "[]", "{}",
	    "{\"operating\":\"5\"}", "{\"operating\":-1}",
	    "{\"operating\":1e300}", "{\"operating\":true}" };
	struct remote_load load;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		cJSON *time = cJSON_Parse(texts[i]);

		b24_limit_time(limit, B24_PRODUCT_ADD, time);
		cJSON_Delete(time);
	}
	b24_limit_load(limit, &load);
	assert_true(load.operating == 0);
}

static int64_t
estimate(int64_t requests, enum b24_method method, unsigned count,
    bool *at_least)
{
	struct b24_use use = calls(method, count);

	return b24_limit_estimate(limit, requests, &use, at_least);
}

static void
estimate_grows_with_what_the_rate_allows(void **state)
{
	bool at_least;

	(void)state;
	config.portal.batch_size = 50;
	assert_int_equal(estimate(1, B24_PRICE_ADD, 20, &at_least), 0);
	assert_false(at_least);
	assert_in_range(estimate(110, B24_PRICE_ADD, 20, &at_least), 49000,
	    51000);
	assert_false(at_least);
}

/* 30 s of which 29.4 are used, 0.4 s a call: 73 calls, and one that crosses. */
static void
estimate_grows_with_what_operating_allows(void **state)
{
	bool at_least;

	(void)state;
	config.portal.batch_size = 50;
	answer(B24_PRODUCT_ADD, 0.4, 600);
	answer(B24_PRICE_ADD, 0.01, 600);
	answer(B24_SECTION_ADD, 0.01, 600);
	answer(B24_PRICE_UPDATE, 0.01, 600);
	clock_sleep_ms(601000);
	assert_int_equal(estimate(2, B24_PRODUCT_ADD, 74, &at_least), 0);
	assert_in_range(estimate(2, B24_PRODUCT_ADD, 75, &at_least), 599000,
	    601000);
	assert_in_range(estimate(200, B24_PRODUCT_ADD, 10000, &at_least),
	    135 * 600000 - 1000, 135 * 600000 + 1000);
	assert_false(at_least);
	/* Others do not make it cheaper, nor is it added to theirs. */
	assert_int_equal(estimate(2, B24_PRICE_ADD, 100, &at_least), 0);
}

static void
estimate_waits_for_the_buckets_that_there_are(void **state)
{
	bool at_least;

	(void)state;
	config.portal.batch_size = 50;
	for (int i = 1; i <= 50; i++)
		answer(B24_PRODUCT_ADD, 0.4 * i, 600);
	clock_sleep_ms(300000);
	/* 20 of 29.4 are used: 24 calls go now, and 50 when those of five
	 * minutes ago have ended. */
	assert_int_equal(estimate(2, B24_PRODUCT_ADD, 24, &at_least), 0);
	assert_in_range(estimate(2, B24_PRODUCT_ADD, 74, &at_least), 299000,
	    302000);
	assert_in_range(estimate(2, B24_PRODUCT_ADD, 80, &at_least), 599000,
	    602000);
}

static void
estimate_says_where_a_cost_is_not_known(void **state)
{
	bool at_least;

	(void)state;
	config.portal.batch_size = 50;
	/* 25 calls of 1.2 s. */
	assert_int_equal(estimate(1, B24_PRODUCT_ADD, 20, &at_least), 0);
	assert_false(at_least);
	assert_int_equal(estimate(1, B24_PRODUCT_ADD, 30, &at_least), 0);
	assert_true(at_least);
	/* This portal does not count. */
	b24_limit_time(limit, B24_PRODUCT_ADD, NULL);
	assert_int_equal(estimate(1, B24_PRODUCT_ADD, 30, &at_least), 0);
	assert_false(at_least);
}

static void
small_rest_is_waited_for_instead_of_sent_in_crumbs(void **state)
{
	(void)state;
	assert_int_equal(b24_limit_calls(limit, B24_PRODUCT_ADD), 50);
	answer(B24_PRODUCT_ADD, 1, 600);
	assert_in_range(b24_limit_calls(limit, B24_PRODUCT_ADD), 28, 30);
}

#define LIMIT_TEST(test) \
	cmocka_unit_test_setup_teardown(test, open_limit, close_limit)

/* A bucket holds `burst` at the most. */
static void
level_beyond_the_bucket_is_not_believed(void **state)
{
	char *path = file_join(*state, "portal.example_1.limits");
	struct b24_use use = calls(B24_SCOPE, 1);

	scratch_put(path, "cml24-limits 1\nrate 2147483647 99999999999999 0\n"
	    "method 00000007 scope 1 0 9223372036854775807:5\nend\n");
	reopen(7);
	assert_in_range(b24_limit_ready(limit, &use), 1, 2000);
	free(path);
}

/* Half a request a second, looked at every 3 ms: 1.5 thousandths each. */
static void
looking_often_empties_the_bucket_no_faster(void **state)
{
	struct b24_use use = calls(B24_SCOPE, 1);

	(void)state;
	config.portal.requests_per_second = 0.5;
	for (int i = 0; i < 10; i++) {
		assert_true(b24_limit_start(limit, &use));
		b24_limit_end(limit, &use);
	}
	for (int i = 0; i < 300; i++) {
		clock_sleep_ms(3);
		(void)b24_limit_ready(limit, &use);
	}
	assert_in_range(b24_limit_ready(limit, &use), 800, 1150);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIMIT_TEST(burst_goes_out_and_then_the_rate),
		LIMIT_TEST(bucket_survives_a_restart),
		LIMIT_TEST(two_processes_share_one_bucket),
		LIMIT_TEST(name_of_the_portal_is_one_in_any_case),
		LIMIT_TEST(reading_makes_no_file),
		LIMIT_TEST(garbage_in_the_file_is_as_good_as_none),
		LIMIT_TEST(refused_request_waits_and_fills_the_bucket),
		LIMIT_TEST(method_waits_before_its_seconds_are_used_up),
		LIMIT_TEST(one_call_may_cross_the_limit_and_none_after_it),
		LIMIT_TEST(first_answer_of_a_method_is_awaited),
		LIMIT_TEST(portal_that_does_not_count_is_not_waited_for),
		LIMIT_TEST(what_was_used_before_is_no_cost_of_a_call),
		LIMIT_TEST(blocked_method_waits_for_the_reset),
		LIMIT_TEST(block_of_a_clock_ahead_is_none),
		LIMIT_TEST(other_webhooks_seconds_are_kept_apart),
		LIMIT_TEST(strange_time_block_changes_nothing),
		LIMIT_TEST(estimate_grows_with_what_the_rate_allows),
		LIMIT_TEST(estimate_grows_with_what_operating_allows),
		LIMIT_TEST(estimate_waits_for_the_buckets_that_there_are),
		LIMIT_TEST(estimate_says_where_a_cost_is_not_known),
		LIMIT_TEST(
		    small_rest_is_waited_for_instead_of_sent_in_crumbs),
		LIMIT_TEST(level_beyond_the_bucket_is_not_believed),
		LIMIT_TEST(looking_often_empties_the_bucket_no_faster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
