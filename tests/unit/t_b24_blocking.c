/*
 * Many commands one after the other: pages of lists, and what is sent again
 * of writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_ready_fixture.h"
#include "bitrix/b24_blocking.h"

#define STORE(id) "{\"id\":" #id ",\"title\":\"s\"}"
#define BUSY(key) "\"" key "\":{\"error\":\"QUERY_LIMIT_EXCEEDED\"," \
	"\"error_description\":\"\"}"

static struct b24 *b24;
static struct b24_command commands[3];
static struct err err;
static int64_t sum;             /* of the ids that were read */
static int told, done_count;
static char codes[256];         /* of what was not done */

static int
blocking_make(void **state)
{
	memset(&err, 0, sizeof(err));
	sum = 0;
	told = done_count = 0;
	codes[0] = '\0';
	return make(state);
}

static int
blocking_drop(void **state)
{
	for (size_t i = 0; i < 3; i++)
		b24_batch_command_free(&commands[i]);
	memset(commands, 0, sizeof(commands));
	return drop(state);
}

static void
take_row(void *ctx, const struct b24_command *command, const cJSON *row)
{
	assert_ptr_equal(ctx, &sum);
	assert_ptr_equal(command, &commands[0]);
	sum += json_int_of(row, "id");
}

static int
read_stores(char **answers)
{
	b24 = ready(answers);
	b24_batch_command_init(&commands[0], B24_STORE_LIST);
	return b24_blocking_read(b24, commands, 1, take_row, &sum, &err);
}

/* As the portal says where the next page begins, and not how many there
 * are. */
static char *
page(const char *rows, int next)
{
	char *text = mem_printf("{\"result\":{\"result\":{\"c0\":{\"stores\":"
	    "[%s]}},\"result_error\":[],\"result_total\":[],\"result_next\":"
	    "{\"c0\":%d}}}", rows, next);
	char *http = loopback_json(200, text);

	free(text);
	return http;
}

static void
pages_without_a_total_follow_one_another(void **state)
{
	char *answers[] = { page(STORE(1), 50), page(STORE(20), 100),
	    answer("{\"c0\":{\"stores\":[" STORE(300) "]}}", "[]"), NULL };

	(void)state;
	assert_int_equal(read_stores(answers), 0);
	assert_int_equal(sum, 321);
	asked(1, "start=50");
	asked(2, "start=100");
	nothing_asked(3);
}

static void
read_is_repeated_when_its_answer_was_lost(void **state)
{
	char *answers[] = { lost(), answer("{\"c0\":{\"stores\":[" STORE(1)
	    "]}}", "[]"), NULL };

	(void)state;
	assert_int_equal(read_stores(answers), 0);
	assert_int_equal(sum, 1);
}

static void
refused_read_stops(void **state)
{
	char *answers[] = { answer("[]", "{\"c0\":{\"error\":200040300010,"
	    "\"error_description\":\"Access Denied\"}}"), NULL };

	(void)state;
	assert_int_equal(read_stores(answers), -1);
	assert_int_equal(err.kind, ERR_PORTAL);
	nothing_asked(1);
}

/* ---- writes ---- */

static void
take(void *ctx, const struct b24_command *command)
{
	(void)ctx;
	told++;
	if (command->done)
		done_count++;
	else
		(void)snprintf(codes + strlen(codes), sizeof(codes) -
		    strlen(codes), "%s ", command->error.code);
}

static void
write_three(char **answers)
{
	b24 = ready(answers);
	for (size_t i = 0; i < 3; i++) {
		b24_batch_command_init(&commands[i], B24_STORE_ADD);
		b24_query_int(&commands[i].query, "n", (int64_t)i);
	}
	/* Goes by itself, behind the others. */
	commands[2].lone = true;
	assert_int_equal(b24_blocking_write(b24, commands, 3, take, NULL,
	    &err), 0);
	assert_int_equal(told, 3);
}

static void
lone_command_goes_by_itself(void **state)
{
	char *answers[] = { answer("{\"c0\":true,\"c1\":true}", "[]"),
	    loopback_json(200, "{\"result\":true}"), NULL };

	(void)state;
	write_three(answers);
	assert_int_equal(done_count, 3);
	asked(1, "/catalog.store.add");
}

static void
busy_portal_is_asked_again_for_the_rest_alone(void **state)
{
	char *answers[] = { answer("{\"c1\":true}", "{" BUSY("c0") "}"),
	    answer("{\"c0\":true}", "[]"),
	    loopback_json(200, "{\"result\":true}"), NULL };

	(void)state;
	write_three(answers);
	assert_int_equal(done_count, 3);
	asked(1, "\"c0\":\"catalog.store.add?n=0\"");
	assert_null(strstr(loopback_request(&server, 1), "n=1"));
}

/* portal.retry_max_seconds of the fixture is 5. */
static void
busy_portal_is_given_up_after_a_while(void **state)
{
	char *answers[] = { answer("[]", "{" BUSY("c0") "," BUSY("c1") "}"),
	    answer("[]", "{" BUSY("c0") "," BUSY("c1") "}"),
	    answer("[]", "{" BUSY("c0") "," BUSY("c1") "}"), NULL };

	(void)state;
	write_three(answers);
	assert_int_equal(done_count, 0);
	assert_string_equal(codes, "QUERY_LIMIT_EXCEEDED "
	    "QUERY_LIMIT_EXCEEDED not-run ");
}

static void
nothing_follows_a_lost_answer(void **state)
{
	char *answers[] = { lost(), NULL };

	(void)state;
	write_three(answers);
	assert_string_equal(codes, "no-answer no-answer not-run ");
	nothing_asked(1);
}

static void
refusal_of_one_stops_nothing(void **state)
{
	char *answers[] = { answer("{\"c1\":true}", "{\"c0\":{\"error\":"
	    "\"E\",\"error_description\":\"no\"}}"),
	    loopback_json(200, "{\"result\":true}"), NULL };

	(void)state;
	write_three(answers);
	assert_int_equal(done_count, 2);
	assert_string_equal(codes, "E ");
}

#define BLOCKING_TEST(test) \
	cmocka_unit_test_setup_teardown(test, blocking_make, blocking_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BLOCKING_TEST(pages_without_a_total_follow_one_another),
		BLOCKING_TEST(read_is_repeated_when_its_answer_was_lost),
		BLOCKING_TEST(refused_read_stops),
		BLOCKING_TEST(lone_command_goes_by_itself),
		BLOCKING_TEST(busy_portal_is_asked_again_for_the_rest_alone),
		BLOCKING_TEST(busy_portal_is_given_up_after_a_while),
		BLOCKING_TEST(nothing_follows_a_lost_answer),
		BLOCKING_TEST(refusal_of_one_stops_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
