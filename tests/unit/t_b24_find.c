/* Look-ups: joined, compared again, paged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_fixture.h"
#include "bitrix/b24_internal.h"

static void
marks_are_joined_and_rows_compared_again(void **state)
{
	const char *asked;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"products\":["
	    "{\"id\":1,\"xmlId\":\"p0\",\"name\":\"A\",\"vatId\":4,"
	    "\"measure\":1,\"quantity\":null,\"iblockSectionId\":7,"
	    "\"property95\":{\"value\":\"X\",\"valueId\":\"2\"}},"
	    "{\"id\":2,\"xmlId\":\"P0\"},{\"id\":3,\"xmlId\":\"p0\"},"
	    "{\"id\":4,\"xmlId\":\"other\"}]}}", "[]")), NULL, NULL);
	add(OP_FIND, TARGET_PRODUCT, "p0");
	add(OP_FIND, TARGET_PRODUCT, "p1");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 2);
	assert_int_equal(request->ops[0].found[1].portal_id, 3);
	assert_int_equal(request->ops[1].found_count, 0);
	{
		const struct fields *row = &request->ops[0].found[0].fields;

		assert_true(str_is(fields_get(row, FIELD_VAT), "20"));
		assert_true(str_is(fields_get(row, FIELD_UNIT), "006"));
		assert_true(str_is(fields_get(row, FIELD_QUANTITY), "0"));
		assert_true(str_is(fields_get(row, FIELD_GROUP), "7"));
		assert_true(str_is(fields_get(row, FIELD_ARTICLE), "X"));
	}
	asked = loopback_request(&server, 2);
	assert_non_null(strstr(asked, "filter%5B%3DxmlId%5D%5B0%5D=p0&"
	    "filter%5B%3DxmlId%5D%5B1%5D=p1"));
	/* Behind it what may be forgotten. */
	assert_true(strstr(asked, "select") > strstr(asked, "xmlId%5D%5B1"));
	assert_null(strstr(asked, "\"c1\""));
}

static void
find_answers_with_the_asked_text_when_it_means_the_same(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"products\":["
	    "{\"id\":1,\"xmlId\":\"p\",\"vatId\":1,\"measure\":1}]}}",
	    "[]")), NULL, NULL);
	op = add(OP_FIND, TARGET_PRODUCT, "p");
	set(op, FIELD_VAT, "Без налога");
	set(op, FIELD_UNIT, "6");
	run();
	assert_true(str_is(fields_get(&op->found[0].fields, FIELD_VAT),
	    "Без налога"));
	assert_true(str_is(fields_get(&op->found[0].fields, FIELD_UNIT),
	    "6"));
}

static void
further_pages_are_followed(void **state)
{
	(void)state;
	prepared(loopback_json(200, "{\"result\":{\"result\":{\"c0\":{"
	    "\"sections\":[{\"id\":1,\"xmlId\":\"g\"}]}},\"result_error\":[],"
	    "\"result_next\":{\"c0\":50}}}"), loopback_json(200,
	    BATCH("{\"c0\":{\"sections\":[{\"id\":2,\"xmlId\":\"g\"}]}}",
	    "[]")), NULL);
	add(OP_FIND, TARGET_SECTION, "g");
	run();
	assert_int_equal(request->ops[0].found_count, 2);
	assert_non_null(strstr(loopback_request(&server, 3), "start=50"));
}

static void
filter_that_is_ignored_stops_the_run(void **state)
{
	(void)state;
	prepared(loopback_json(200, "{\"result\":{\"result\":{\"c0\":{"
	    "\"products\":[{\"id\":1,\"xmlId\":\"x\"}]}},\"result_error\":[],"
	    "\"result_next\":{\"c0\":50}}}"), NULL, NULL);
	add(OP_FIND, TARGET_PRODUCT, "p");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_STOP);
}

static void
content_of_a_section_is_counted(void **state)
{
	(void)state;
	prepared(loopback_json(200, "{\"result\":{\"result\":{\"c0\":{"
	    "\"products\":[]},\"c1\":{\"sections\":[]},\"c2\":{"
	    "\"services\":[]},\"c3\":{\"units\":[]}},\"result_error\":[],"
	    "\"result_total\":{\"c0\":120,\"c1\":3,\"c2\":20,\"c3\":1}}}"),
	    NULL, NULL);
	add(OP_COUNT, TARGET_SECTION, "g")->portal_id = 6;
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 144);
}

/* Their list knows no "@", and would show all. */
static void
sections_are_asked_for_without_an_at_sign(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"sections\":[]},"
	    "\"c1\":{\"sections\":[]}}", "[]")), NULL, NULL);
	add(OP_FIND, TARGET_SECTION, "g");
	add(OP_FIND, TARGET_SECTION, "h")->portal_id = 6;
	run();
	assert_non_null(strstr(loopback_request(&server, 2),
	    "filter%5B%3DxmlId%5D%5B0%5D=g"));
	assert_non_null(strstr(loopback_request(&server, 2),
	    "filter%5B%3Did%5D%5B0%5D=6"));
	assert_null(strstr(loopback_request(&server, 2), "%40"));
}

static void
portal_without_services_is_not_asked_for_them(void **state)
{
	(void)state;
	prepared(loopback_json(200, "{\"result\":{\"result\":{\"c0\":{"
	    "\"products\":[]},\"c1\":{\"sections\":[]},\"c2\":{\"units\":"
	    "[]}},\"result_error\":[],\"result_total\":{\"c0\":2,\"c1\":3,"
	    "\"c2\":1}}}"), NULL, NULL);
	((struct b24 *)remote.ctx)->facts.no_services = true;
	add(OP_COUNT, TARGET_SECTION, "g")->portal_id = 6;
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 6);
	assert_null(strstr(loopback_request(&server, 2), "service"));
}

static void
content_that_is_not_counted_is_not_taken_for_empty(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"products\":[]},"
	    "\"c1\":{\"sections\":[]}}", "[]")), NULL, NULL);
	add(OP_COUNT, TARGET_SECTION, "g")->portal_id = 6;
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
}

static void
lost_find_is_asked_again(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	add(OP_FIND, TARGET_PRODUCT, "p");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
	assert_int_equal(request->ops[0].found_count, 0);
}

static void
price_of_no_product_is_not_there_without_a_request(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	add(OP_FIND, TARGET_PRICE, "p");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_string_equal(loopback_request(&server, 2), "");
}

/* "Not there" would be made once more. */
static void
answer_without_a_list_is_not_taken_for_an_empty_one(void **state)
{
	static const char *const answers[] = { "null", "[]", "true",
	    "{\"products\":null}" };

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		char *json = mem_printf(BATCH("{\"c0\":%s}", "[]"),
		    answers[i]);
		void *again = folder;

		prepared(loopback_json(200, json), NULL, NULL);
		free(json);
		add(OP_FIND, TARGET_PRODUCT, "p");
		run();
		assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
		if (i + 1 < sizeof(answers) / sizeof(*answers)) {
			assert_int_equal(drop(&again), 0);
			assert_int_equal(make(&again), 0);
			*state = again;
		}
	}
}

/* What was sent to empty it is not what the portal holds. */
static void
emptied_field_reads_as_empty(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"products\":["
	    "{\"id\":1,\"xmlId\":\"p\",\"detailText\":null,\"quantity\":null,"
	    "\"property95\":null}]}}", "[]")), NULL, NULL);
	op = add(OP_FIND, TARGET_PRODUCT, "p");
	set(op, FIELD_DESCRIPTION, FIELD_CLEAR);
	set(op, FIELD_ARTICLE, FIELD_CLEAR);
	set(op, FIELD_QUANTITY, FIELD_CLEAR);
	run();
	assert_int_equal(op->found_count, 1);
	assert_int_equal(fields_get(&op->found[0].fields,
	    FIELD_DESCRIPTION).len, 0);
	assert_int_equal(fields_get(&op->found[0].fields,
	    FIELD_ARTICLE).len, 0);
	assert_int_equal(fields_get(&op->found[0].fields,
	    FIELD_QUANTITY).len, 0);
}

static void
answer_too_large_for_one_command_is_asked_by_halves(void **state)
{
	size_t size = LIMIT_ANSWER_BYTES + 100000;
	char *huge = mem_alloc(size + 200), *head = mem_printf(
	    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);

	(void)state;
	memcpy(huge, head, strlen(head));
	memset(huge + strlen(head), 'x', size);
	free(head);
	prepared(huge, loopback_json(200, BATCH("{\"c0\":{\"products\":["
	    "{\"id\":1,\"xmlId\":\"p0\"}]}}", "[]")), loopback_json(200,
	    BATCH("{\"c0\":{\"products\":[{\"id\":3,\"xmlId\":\"p2\"}]}}",
	    "[]")));
	add(OP_FIND, TARGET_PRODUCT, "p0");
	add(OP_FIND, TARGET_PRODUCT, "p1");
	add(OP_FIND, TARGET_PRODUCT, "p2");
	run();
	for (int i = 0; i < 3; i++)
		assert_int_equal(request->ops[i].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 1);
	assert_int_equal(request->ops[1].found_count, 0);
	assert_int_equal(request->ops[2].found[0].portal_id, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(marks_are_joined_and_rows_compared_again),
		REMOTE_TEST(
		    find_answers_with_the_asked_text_when_it_means_the_same),
		REMOTE_TEST(further_pages_are_followed),
		REMOTE_TEST(filter_that_is_ignored_stops_the_run),
		REMOTE_TEST(content_of_a_section_is_counted),
		REMOTE_TEST(sections_are_asked_for_without_an_at_sign),
		REMOTE_TEST(portal_without_services_is_not_asked_for_them),
		REMOTE_TEST(content_that_is_not_counted_is_not_taken_for_empty),
		REMOTE_TEST(lost_find_is_asked_again),
		REMOTE_TEST(price_of_no_product_is_not_there_without_a_request),
		REMOTE_TEST(
		    answer_without_a_list_is_not_taken_for_an_empty_one),
		REMOTE_TEST(emptied_field_reads_as_empty),
		REMOTE_TEST(
		    answer_too_large_for_one_command_is_asked_by_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
