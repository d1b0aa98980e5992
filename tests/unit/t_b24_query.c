#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bitrix/b24_internal.h"

static struct buf query;

static int
clear(void **state)
{
	(void)state;
	buf_free(&query);
	buf_init(&query, LIMIT_REQUEST_BYTES);
	return 0;
}

static int
release(void **state)
{
	(void)state;
	buf_free(&query);
	return 0;
}

static void
every_byte_but_unreserved_is_encoded(void **state)
{
	(void)state;
	b24_query_text(&query, "fields[name]", "A b&c#d+e%f/ж~_-.9");
	assert_string_equal(buf_text(&query), "fields%5Bname%5D="
	    "A%20b%26c%23d%2Be%25f%2F%D0%B6~_-.9");
}

static void
parameters_are_joined_by_an_ampersand(void **state)
{
	(void)state;
	b24_query_int(&query, "id", -5);
	b24_query_item(&query, "select", 1, str_of("id"));
	assert_string_equal(buf_text(&query), "id=-5&select%5B1%5D=id");
}

static void
nul_in_a_value_is_encoded(void **state)
{
	(void)state;
	b24_query_add(&query, "a", str_n("x\0y", 3));
	assert_string_equal(buf_text(&query), "a=x%00y");
}

static void
references_of_a_batch_are_known(void **state)
{
	static const char *const yes[] = { "$result[c0]", "a $next[x]",
	    "$$total[1]", "$error[a][b]", "ж$time[c]" };
	static const char *const no[] = { "", "$", "$result", "result[x]",
	    "$ result[x]", "$RESULT[x]", "$results[x]", "5 $" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_true(b24_query_is_reference(str_of(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(b24_query_is_reference(str_of(no[i])));
	assert_false(b24_query_is_reference(STR_NONE));
}

static void
json_says_the_same_as_the_query(void **state)
{
	cJSON *root;
	char *text;

	(void)state;
	b24_query_int(&query, "id", 7);
	b24_query_text(&query, "fields[name]", "a=b&\"$result[c]\"");
	b24_query_text(&query, "fields[property95][value]", "Ж");
	root = b24_query_json(&query);
	text = cJSON_PrintUnformatted(root);
	assert_string_equal(text, "{\"id\":\"7\",\"fields\":{\"name\":"
	    "\"a=b&\\\"$result[c]\\\"\",\"property95\":{\"value\":"
	    "\"Ж\"}}}");
	cJSON_free(text);
	cJSON_Delete(root);
}

static void
malformed_query_is_no_json(void **state)
{
	(void)state;
	(void)buf_add_text(&query, "a=%4");
	assert_null(b24_query_json(&query));
	buf_clear(&query);
	(void)buf_add_text(&query, "a");
	assert_null(b24_query_json(&query));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    every_byte_but_unreserved_is_encoded, clear, release),
		cmocka_unit_test_setup_teardown(
		    parameters_are_joined_by_an_ampersand, clear, release),
		cmocka_unit_test_setup_teardown(
		    nul_in_a_value_is_encoded, clear, release),
		cmocka_unit_test(references_of_a_batch_are_known),
		cmocka_unit_test_setup_teardown(
		    json_says_the_same_as_the_query, clear, release),
		cmocka_unit_test_setup_teardown(
		    malformed_query_is_no_json, clear, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
