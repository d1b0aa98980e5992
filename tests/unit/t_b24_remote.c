/* What is asked, what becomes of each command, and of an exchange that
 * fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_fixture.h"

/* ---- facts ---- */

static void
main_catalogue_and_its_facts_are_read(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	assert_string_equal(facts.catalog_name, "Goods");
	assert_false(facts.inventory);
	assert_false(facts.products_empty);
	assert_true(facts.sections_empty);
}

static void
wrong_rules_are_named_all_at_once(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1) };
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 1);
	open_webhook("\"price_types\":{\"Р\":\"BASS\",\"О\":\"OPT\",\"П\":"
	    "\"2\"},\"vat\":{\"18\":\"НДС 18%\"}");
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "\"BASS\""));
	assert_non_null(strstr(err.text, "nearest is \"BASE\""));
	assert_non_null(strstr(err.text, "\"OPT\" and \"2\""));
	assert_non_null(strstr(err.text, "НДС 18%"));
}

static void
missing_article_property_is_made(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperties\":[]},"
	    "\"c1\":{\"products\":[]},\"c2\":{\"sections\":[]},"
	    NO_MORE_GOODS "}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperty\":{\"id\":"
	    "77}}}", "[]")) };
	struct terms none = { 0 };
	bool unsure;

	(void)state;
	loopback_start(&server, answers, 3);
	open_webhook(USUAL);
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, NULL), 0);
	assert_true(facts.products_empty);
	/* Rules that are judged by learn() may be wrong. */
	assert_string_equal(loopback_request(&server, 2), "");
	assert_int_equal(remote.learn(remote.ctx, &none, true, &unsure, NULL),
	    0);
	assert_non_null(strstr(loopback_request(&server, 2),
	    "catalog.productProperty.add?fields%5BiblockId%5D=14"));
}

static void
html_in_place_of_facts_is_asked_again(void **state)
{
	char *answers[] = { mem_text("HTTP/1.1 502 Bad\r\nContent-Type: "
	    "text/html\r\nContent-Length: 6\r\n\r\n<html>"),
	    loopback_json(200, FACTS_1), loopback_json(200, FACTS_2) };

	(void)state;
	loopback_start(&server, answers, 3);
	open_webhook(USUAL);
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, NULL), 0);
}

static void
refused_webhook_stops_at_once_and_hides_its_secret(void **state)
{
	char *answers[] = { loopback_json(401, "{\"error\":"
	    "\"INVALID_CREDENTIALS\",\"error_description\":\"no " SECRET
	    "\"}") };
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 1);
	open_webhook(USUAL);
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, &err), -1);
	assert_int_equal(err.kind, ERR_PORTAL);
	assert_null(strstr(err.text, SECRET));
}

/* ---- writes ---- */

static void
each_command_has_its_own_outcome(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"element\":{\"id\":501,"
	    "\"name\":\"A\"}},\"c3\":true}",
	    "{\"c1\":{\"error\":\"\",\"error_description\":\"\"},"
	    "\"c2\":{\"error\":\"OPERATION_TIME_LIMIT\"},"
	    "\"c4\":{\"error\":200700300030}}")), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p0"), FIELD_NAME, "A");
	set(add(OP_CREATE, TARGET_PRODUCT, "p1"), FIELD_NAME, "B");
	set(add(OP_CREATE, TARGET_SECTION, "g2"), FIELD_NAME, "C");
	add(OP_DELETE, TARGET_PRODUCT, "p3")->portal_id = 9;
	add(OP_DELETE, TARGET_SECTION, "g4")->portal_id = 8;
	set(add(OP_CREATE, TARGET_PRODUCT, "p5"), FIELD_NAME, "D");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].new_id, 501);
	assert_int_equal(request->ops[1].outcome, OUTCOME_REFUSED);
	assert_int_equal(request->ops[2].outcome, OUTCOME_AGAIN);
	assert_true(request->ops[2].not_before > clock_wall_ms());
	assert_int_equal(request->ops[3].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[4].outcome, OUTCOME_NOT_THERE);
	/* In no map: nobody knows. */
	assert_int_equal(request->ops[5].outcome, OUTCOME_UNKNOWN);
	assert_true(request->answered);
}

static void
values_are_said_in_the_portals_words(void **state)
{
	struct op *op;
	const char *asked;

	(void)state;
	prepared(loopback_json(200, BATCH("[]", "[]")), NULL, NULL);
	op = add(OP_CREATE, TARGET_PRODUCT, "p#1");
	set(op, FIELD_NAME, "A&B");
	set(op, FIELD_ARTICLE, "X");
	set(op, FIELD_UNIT, "0796");
	set(op, FIELD_VAT, "без НДС");
	set(op, FIELD_GROUP, "g");
	set(op, FIELD_DESCRIPTION, "<b>x</b>");
	op->parent_id = 33;
	op = add(OP_UPDATE, TARGET_PRODUCT, "p2");
	op->portal_id = 77;
	set(op, FIELD_ARTICLE, "Y");
	set(op, FIELD_DESCRIPTION, "a < b");
	set(op, FIELD_GROUP, FIELD_CLEAR);
	set(op, FIELD_VAT, "20%");
	run();
	asked = loopback_request(&server, 2);
	assert_non_null(strstr(asked, "\"c0\":\"catalog.product.add?"
	    "fields%5BiblockId%5D=14&fields%5BxmlId%5D=p%231&"
	    "fields%5Bname%5D=A%26B&fields%5Bproperty95%5D%5Bvalue%5D=X&"
	    "fields%5Bmeasure%5D=5&fields%5BiblockSectionId%5D=33&"
	    "fields%5BvatId%5D=1&fields%5BdetailText%5D=%3Cb%3Ex%3C%2Fb%3E&"
	    "fields%5BdetailTextType%5D=html\""));
	assert_non_null(strstr(asked, "\"c1\":\"catalog.product.update?id=77&"
	    "fields%5Bproperty95%5D%5Bvalue%5D=Y&"
	    "fields%5BiblockSectionId%5D=0&fields%5BvatId%5D=4&"
	    "fields%5BdetailText%5D=a%20%3C%20b&"
	    "fields%5BdetailTextType%5D=text\""));
}

static void
what_the_portal_did_not_take_is_listed(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"element\":{\"id\":5,"
	    "\"name\":\"A\",\"quantity\":null,\"vatId\":null,\"measure\":5,"
	    "\"property95\":{\"value\":\"OLD\",\"valueId\":\"1\"},"
	    "\"detailText\":\"l1\\nl2\"}}}", "[]")), NULL, NULL);
	op = add(OP_CREATE, TARGET_PRODUCT, "p");
	set(op, FIELD_NAME, "A");
	set(op, FIELD_QUANTITY, "0");
	set(op, FIELD_VAT, "20");
	set(op, FIELD_UNIT, "796");
	set(op, FIELD_ARTICLE, "NEW");
	set(op, FIELD_DESCRIPTION, "l1\r\nl2");
	run();
	op = &request->ops[0];
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_int_equal(op->dropped.count, 2);
	assert_true(str_is(fields_get(&op->dropped, FIELD_VAT), "20"));
	assert_true(str_is(fields_get(&op->dropped, FIELD_ARTICLE), "NEW"));
}

static void
price_rounded_by_the_portal_is_taken(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"price\":{\"id\":5,"
	    "\"price\":10.13,\"currency\":\"RUB\"}},\"c1\":{\"price\":{"
	    "\"id\":6,\"price\":10.2,\"currency\":\"RUB\"}}}", "[]")), NULL,
	    NULL);
	for (int i = 0; i < 2; i++) {
		op = add(OP_CREATE, TARGET_PRICE, "p");
		op->parent_id = 1;
		set(op, FIELD_AMOUNT, "10.125");
		set(op, FIELD_CURRENCY, "RUB");
	}
	run();
	assert_int_equal(request->ops[0].dropped.count, 0);
	assert_int_equal(request->ops[1].dropped.count, 1);
}

static void
meaningless_refusal_of_an_update_is_looked_into(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("[]", "{\"c0\":{\"error\":0,"
	    "\"error_description\":\"нет\"},\"c1\":{\"error\":0}}")),
	    loopback_json(200, BATCH("{\"c0\":{\"products\":[{\"id\":8}]}}",
	    "[]")), NULL);
	for (int i = 7; i < 9; i++) {
		struct op *op = add(OP_UPDATE, TARGET_PRODUCT, "p");

		op->portal_id = i;
		set(op, FIELD_NAME, "N");
	}
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_THERE);
	assert_int_equal(request->ops[1].outcome, OUTCOME_REFUSED);
}

static void
price_that_somebody_made_meanwhile_is_unknown(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("[]", "{\"c0\":{\"error\":0,"
	    "\"error_description\":\"single price\"}}")),
	    loopback_json(200, BATCH("{\"c0\":{\"prices\":[{\"id\":3,"
	    "\"productId\":1,\"catalogGroupId\":1}]}}", "[]")), NULL);
	op = add(OP_CREATE, TARGET_PRICE, "p");
	op->parent_id = 1;
	set(op, FIELD_AMOUNT, "1");
	set(op, FIELD_CURRENCY, "RUB");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_UNKNOWN);
}

static void
moved_section_is_sent_with_the_name_it_has(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"sections\":[{\"id\":4,"
	    "\"name\":\"Manager's\"}]}}", "[]")), loopback_json(200,
	    BATCH("{\"c0\":{\"section\":{\"id\":4,\"iblockSectionId\":9}}}",
	    "[]")), NULL);
	op = add(OP_UPDATE, TARGET_SECTION, "g");
	op->portal_id = 4;
	op->parent_id = 9;
	set(op, FIELD_PARENT, "g2");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].dropped.count, 0);
	assert_non_null(strstr(loopback_request(&server, 3),
	    "catalog.section.update?id=4&fields%5BiblockId%5D=14&"
	    "fields%5BiblockSectionId%5D=9&fields%5Bname%5D=Manager%27s"));
}

static void
text_like_a_reference_goes_in_a_call_of_its_own(void **state)
{
	struct op *op;
	const char *asked;

	(void)state;
	prepared(loopback_json(200, "{\"result\":{\"element\":{\"id\":5,"
	    "\"name\":\"$result[c0]\"}},\"time\":[]}"), NULL, NULL);
	op = add(OP_CREATE, TARGET_PRODUCT, "p");
	set(op, FIELD_NAME, "$result[c0]");
	request->count = 0;
	assert_true(remote.fits(remote.ctx, request, op));
	request->count = 1;
	assert_false(remote.fits(remote.ctx, request, &request->ops[1]));
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].new_id, 5);
	asked = loopback_request(&server, 2);
	assert_non_null(strstr(asked, "/catalog.product.add HTTP"));
	assert_non_null(strstr(asked, "\"name\":\"$result[c0]\""));
}

/* ---- exchanges that fail ---- */

static void
dropped_answer_leaves_a_write_unknown(void **state)
{
	(void)state;
	assert_int_equal(create_with(mem_text("")), OUTCOME_UNKNOWN);
	assert_false(request->answered);
}

static void
half_an_answer_leaves_a_write_unknown(void **state)
{
	(void)state;
	assert_int_equal(create_with(mem_text("HTTP/1.1 200 OK\r\n"
	    "Content-Length: 500\r\n\r\n{\"result\":{\"result\"")),
	    OUTCOME_UNKNOWN);
}

static void
garbage_leaves_a_write_unknown(void **state)
{
	(void)state;
	assert_int_equal(create_with(loopback_json(200, "{\"result\":")),
	    OUTCOME_UNKNOWN);
}

static void
answer_without_maps_leaves_a_write_unknown(void **state)
{
	(void)state;
	assert_int_equal(create_with(loopback_json(200,
	    "{\"result\":[]}")), OUTCOME_UNKNOWN);
}

static void
made_object_without_an_id_is_unknown(void **state)
{
	(void)state;
	assert_int_equal(create_with(loopback_json(200,
	    BATCH("{\"c0\":null}", "[]"))), OUTCOME_UNKNOWN);
}

static void
server_error_leaves_a_write_unknown(void **state)
{
	(void)state;
	assert_int_equal(create_with(loopback_json(500, "{\"error\":"
	    "\"INTERNAL_SERVER_ERROR\"}")), OUTCOME_UNKNOWN);
}

static void
too_many_requests_is_tried_again_later(void **state)
{
	(void)state;
	assert_int_equal(create_with(loopback_json(503, "{\"error\":"
	    "\"QUERY_LIMIT_EXCEEDED\"}")), OUTCOME_AGAIN);
	assert_true(request->ops[0].not_before > clock_wall_ms());
	assert_true(remote.ready_in(remote.ctx, request) > 1000);
}

static void
missing_scope_stops_the_run(void **state)
{
	(void)state;
	assert_int_equal(create_with(loopback_json(403, "{\"error\":"
	    "\"insufficient_scope\"}")), OUTCOME_STOP);
}

/* ---- sizes ---- */

static void
request_holds_fifty_and_no_more(void **state)
{
	(void)state;
	prepared(mem_text(""), NULL, NULL);
	for (int i = 0; i < 50; i++)
		set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	request->count = 49;
	assert_true(remote.fits(remote.ctx, request, &request->ops[49]));
	request->count = 50;
	assert_false(remote.fits(remote.ctx, request, &request->ops[50]));
}

static void
large_bodies_are_parted(void **state)
{
	char *text = mem_alloc(LIMIT_REQUEST_BYTES / 6 + 1);

	(void)state;
	memset(text, 'x', LIMIT_REQUEST_BYTES / 6);
	prepared(mem_text(""), NULL, NULL);
	for (int i = 0; i < 3; i++)
		set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_DESCRIPTION,
		    text);
	request->count = 1;
	assert_false(remote.fits(remote.ctx, request, &request->ops[2]));
	request->count = 0;
	assert_true(remote.fits(remote.ctx, request, &request->ops[0]));
	request->count = 3;
	free(text);
}

static void
value_that_the_portal_lacks_is_told_with_what_to_do(void **state)
{
	struct err err = { 0 };

	(void)state;
	prepared(mem_text(""), NULL, NULL);
	assert_int_equal(remote.check_field(remote.ctx, TARGET_PRODUCT,
	    FIELD_VAT, str_of("7"), &err), 1);
	assert_non_null(strstr(err.text, "catalog.vat"));
	assert_int_equal(remote.check_field(remote.ctx, TARGET_PRODUCT,
	    FIELD_UNIT, str_of("999"), &err), 1);
	assert_non_null(strstr(err.text, "catalog.units"));
	assert_int_equal(remote.check_field(remote.ctx, TARGET_PRODUCT,
	    FIELD_VAT, str_of("НДС 20%"), &err), 0);
	assert_int_equal(remote.check_field(remote.ctx, TARGET_PRODUCT,
	    FIELD_UNIT, str_of("796"), &err), 0);
}

/* ---- found by a review ---- */

static void
properties_that_are_not_listed_are_not_made_again(void **state)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, BATCH("{\"c0\":[],\"c1\":{\"products\":[]},"
	    "\"c2\":{\"sections\":[]}," NO_MORE_GOODS "}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperty\":{\"id\":"
	    "77}}}", "[]")) };
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 3);
	open_webhook(USUAL);
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, &err), -1);
	assert_int_equal(err.kind, ERR_PORTAL);
	assert_string_equal(loopback_request(&server, 2), "");
}

static void
deletion_that_is_not_confirmed_is_unknown(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":false,\"c1\":null,"
	    "\"c2\":true}", "[]")), NULL, NULL);
	for (int i = 0; i < 3; i++)
		add(OP_DELETE, TARGET_PRODUCT, "p")->portal_id = 5 + i;
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_UNKNOWN);
	assert_int_equal(request->ops[1].outcome, OUTCOME_UNKNOWN);
	assert_int_equal(request->ops[2].outcome, OUTCOME_DONE);
}

/* A refusal that could not be looked into may have been for want of the
 * object: it is no reason to give the values up. */
static void
refusal_whose_cause_stays_hidden_is_tried_again(void **state)
{
	(void)state;
	prepared_hidden_refusal();
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
}

static void
rate_refused_inside_a_batch_is_waited_for(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"element\":{\"id\":5}}}",
	    "{\"c1\":{\"error\":\"OVERLOAD_LIMIT\"}}")), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	set(add(OP_CREATE, TARGET_PRODUCT, "q"), FIELD_NAME, "B");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[1].outcome, OUTCOME_AGAIN);
	assert_true(request->ops[1].not_before > clock_wall_ms());
	assert_true(remote.ready_in(remote.ctx, request) > 1000);
}

/* The name is a manager's, so flow cannot know. */
static void
held_name_like_a_reference_goes_in_a_call_of_its_own(void **state)
{
	const char *asked;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"sections\":["
	    "{\"id\":4,\"name\":\"$result[c1]\"},{\"id\":5,\"name\":\"B\"}]}"
	    "}", "[]")), loopback_json(200, BATCH("{\"c0\":{\"section\":{"
	    "\"id\":5,\"iblockSectionId\":9}}}", "[]")), loopback_json(200,
	    "{\"result\":{\"section\":{\"id\":4,\"iblockSectionId\":9}},"
	    "\"time\":[]}"));
	for (int i = 4; i < 6; i++) {
		struct op *op = add(OP_UPDATE, TARGET_SECTION, "g");

		op->portal_id = i;
		op->parent_id = 9;
		set(op, FIELD_PARENT, "g2");
	}
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[1].outcome, OUTCOME_DONE);
	asked = loopback_request(&server, 3);
	assert_non_null(strstr(asked, "catalog.section.update?id=5&"));
	assert_null(strstr(asked, "id=4&"));
	asked = loopback_request(&server, 4);
	assert_non_null(strstr(asked, "/catalog.section.update HTTP"));
	assert_non_null(strstr(asked, "\"name\":\"$result[c1]\""));
}

static void
call_behind_a_lost_batch_is_not_run(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"sections\":["
	    "{\"id\":4,\"name\":\"$result[c1]\"},{\"id\":5,\"name\":\"B\"}]}"
	    "}", "[]")), mem_text(""), NULL);
	for (int i = 4; i < 6; i++) {
		struct op *op = add(OP_UPDATE, TARGET_SECTION, "g");

		op->portal_id = i;
		op->parent_id = 9;
		set(op, FIELD_PARENT, "g2");
	}
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_RUN);
	assert_int_equal(request->ops[1].outcome, OUTCOME_UNKNOWN);
}

/* Half a description is not what 1C said; and what never left must not be
 * waited for. */
static void
too_large_value_is_refused_and_holds_nothing_up(void **state)
{
	size_t len = LIMIT_REQUEST_BYTES / 3 / 2 * 2 + 100;
	char *text = mem_alloc(len + 1);

	(void)state;
	for (size_t i = 0; i < len; i += 2)
		memcpy(text + i, "\xd0\xb6", 2);
	prepared(loopback_json(200, BATCH("{\"c0\":{\"element\":{\"id\":5}}}",
	    "[]")), NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_DESCRIPTION, text);
	free(text);
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_REFUSED);
	assert_string_equal(request->ops[0].code, "too-large");
	assert_string_equal(loopback_request(&server, 2), "");
	assert_int_equal(remote.ready_in(remote.ctx, request), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(main_catalogue_and_its_facts_are_read),
		REMOTE_TEST(wrong_rules_are_named_all_at_once),
		REMOTE_TEST(missing_article_property_is_made),
		REMOTE_TEST(html_in_place_of_facts_is_asked_again),
		REMOTE_TEST(refused_webhook_stops_at_once_and_hides_its_secret),
		REMOTE_TEST(each_command_has_its_own_outcome),
		REMOTE_TEST(values_are_said_in_the_portals_words),
		REMOTE_TEST(what_the_portal_did_not_take_is_listed),
		REMOTE_TEST(price_rounded_by_the_portal_is_taken),
		REMOTE_TEST(meaningless_refusal_of_an_update_is_looked_into),
		REMOTE_TEST(price_that_somebody_made_meanwhile_is_unknown),
		REMOTE_TEST(moved_section_is_sent_with_the_name_it_has),
		REMOTE_TEST(text_like_a_reference_goes_in_a_call_of_its_own),
		REMOTE_TEST(dropped_answer_leaves_a_write_unknown),
		REMOTE_TEST(half_an_answer_leaves_a_write_unknown),
		REMOTE_TEST(garbage_leaves_a_write_unknown),
		REMOTE_TEST(answer_without_maps_leaves_a_write_unknown),
		REMOTE_TEST(made_object_without_an_id_is_unknown),
		REMOTE_TEST(server_error_leaves_a_write_unknown),
		REMOTE_TEST(too_many_requests_is_tried_again_later),
		REMOTE_TEST(missing_scope_stops_the_run),
		REMOTE_TEST(request_holds_fifty_and_no_more),
		REMOTE_TEST(large_bodies_are_parted),
		REMOTE_TEST(
		    value_that_the_portal_lacks_is_told_with_what_to_do),
		REMOTE_TEST(properties_that_are_not_listed_are_not_made_again),
		REMOTE_TEST(deletion_that_is_not_confirmed_is_unknown),
		REMOTE_TEST(refusal_whose_cause_stays_hidden_is_tried_again),
		REMOTE_TEST(rate_refused_inside_a_batch_is_waited_for),
		REMOTE_TEST(
		    held_name_like_a_reference_goes_in_a_call_of_its_own),
		REMOTE_TEST(call_behind_a_lost_batch_is_not_run),
		REMOTE_TEST(too_large_value_is_refused_and_holds_nothing_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
