/*
 * Comments and notices of payments, and the ways of all ops of deals through
 * reads, writes and look-ups.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "b24_fixture.h"
#include "bitrix/b24_internal.h"
#include "model/order_line.h"

#define COMMENTS(id, text) "{\"ID\":\"" id "\",\"ENTITY_ID\":\"7\"," \
	"\"ENTITY_TYPE\":\"deal\",\"COMMENT\":\"" text "\"}"
#define DEAL "{\"items\":[{\"id\":7,\"stageId\":\"NEW\"," \
	"\"categoryId\":0,\"assignedById\":9}]}"
#define GONE "{\"c0\":{\"error\":\"NOT_FOUND\",\"error_description\":\"\"}}"
#define ROW "{\"id\":61,\"ownerId\":7,\"productId\":101,\"price\":10," \
	"\"quantity\":1,\"taxRate\":20}"

static struct op *
tell(enum op_kind kind, enum target_kind target, const char *tag)
{
	struct op *op = &request->ops[request->count++];

	op->kind = kind;
	(void)target_set_part(&op->target, target, str_of("7"), str_of(tag));
	op->parent_id = 7;
	set(op, FIELD_MESSAGE, "Оплата 100");
	set(op, FIELD_TAG, tag);
	set(op, FIELD_MANAGER, "9");
	return op;
}

static struct op *
change_rows(const char *price)
{
	struct op *op = add(OP_UPDATE, TARGET_ROWS, "7");
	struct order_line line = { .product = 101, .quantity = { 1, 0 },
	    .vat = str_of("20") };
	struct buf text = BUF_INIT(4096);

	assert_int_equal(decimal_parse(&line.price, str_of(price)), 0);
	order_line_add(&text, &line);
	set(op, FIELD_LINES, buf_text(&text));
	buf_free(&text);
	op->portal_id = 7;
	return op;
}

/* ---- comments ---- */

static void
comment_bears_its_tag(void **state)
{
	const struct op *op;
	const char *asked;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":999}", "[]")), NULL, NULL);
	op = tell(OP_CREATE, TARGET_COMMENT, "t1");
	run();
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_int_equal(op->new_id, 999);
	asked = loopback_request(&server, 2);
	assert_non_null(strstr(asked, "crm.timeline.comment.add?"
	    "fields%5BENTITY_ID%5D=7&fields%5BENTITY_TYPE%5D=deal&"
	    "fields%5BCOMMENT%5D="));
	assert_non_null(strstr(asked, "100%20%28t1%29"));
}

static void
comment_without_an_id_is_unknown(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":[]}", "[]")), NULL, NULL);
	tell(OP_CREATE, TARGET_COMMENT, "t1");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_UNKNOWN);
}

static void
comment_is_found_by_its_whole_tag(void **state)
{
	const struct op *first, *second;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":["
	    COMMENTS("5", "Оплата 100 (t12)") "," COMMENTS("6", "моё: "
	    "Оплата 100 (t1)") "],\"c1\":[]}", "[]")), NULL, NULL);
	first = tell(OP_FIND, TARGET_COMMENT, "t1");
	second = tell(OP_FIND, TARGET_COMMENT, "t2");
	run();
	assert_int_equal(first->outcome, OUTCOME_DONE);
	assert_int_equal(first->found_count, 1);
	assert_int_equal(first->found[0].portal_id, 6);
	assert_true(str_is(fields_get(&first->found[0].fields,
	    FIELD_MESSAGE), "Оплата 100"));
	assert_int_equal(second->outcome, OUTCOME_DONE);
	assert_int_equal(second->found_count, 0);
}

static void
comments_of_a_deal_that_is_gone_stop_nothing(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c1\":[" COMMENTS("6", "(t2)")
	    "]}", "{\"c0\":{\"error\":\"\",\"error_description\":"
	    "\"Access denied.\"}}")), NULL, NULL);
	tell(OP_FIND, TARGET_COMMENT, "t1");
	tell(OP_FIND, TARGET_COMMENT, "t2");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_THERE);
	assert_int_equal(request->ops[1].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[1].found_count, 1);
}

/* More than one exchange takes at first. */
static void
later_look_ups_do_not_fail_with_it(void **state)
{
	struct buf rest = BUF_INIT(4096);
	char *first;

	(void)state;
	for (int i = 1; i < 25; i++)
		(void)buf_printf(&rest, "%s\"c%d\":[]", i > 1 ? "," : "", i);
	first = mem_printf("{\"result\":{\"result\":{%s},\"result_error\":{"
	    "\"c0\":{\"error\":\"\",\"error_description\":\"Access "
	    "denied.\"}}}}", buf_text(&rest));
	prepared(loopback_json(200, first), loopback_json(200,
	    BATCH("{\"c0\":[" COMMENTS("6", "(t)") "]}", "[]")), NULL);
	for (int i = 0; i < 26; i++)
		tell(OP_FIND, TARGET_COMMENT, "t");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_THERE);
	assert_int_equal(request->ops[25].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[25].found_count, 1);
	buf_free(&rest);
	free(first);
}

/* ---- notices ---- */

static void
notice_goes_to_its_user_with_tag_and_client(void **state)
{
	static char client[] = "local.1";

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":" DEAL "}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":12}", "[]")), NULL);
	config->portal.client_id = mem_text(client);
	tell(OP_CREATE, TARGET_NOTICE, "t1");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].new_id, 12);
	assert_non_null(strstr(loopback_request(&server, 2),
	    "filter%5B%40id%5D%5B0%5D=7"));
	assert_non_null(strstr(loopback_request(&server, 3),
	    "im.notify.system.add?USER_ID=9&MESSAGE="));
	assert_non_null(strstr(loopback_request(&server, 3),
	    "&TAG=t1&CLIENT_ID=local.1"));
}

/* Two of one deal: it is read once, and both go to whom it has by now. */
static void
notices_go_to_the_present_manager(void **state)
{
	const char *asked;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":" DEAL "}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":12,\"c1\":13}", "[]")), NULL);
	set(tell(OP_CREATE, TARGET_NOTICE, "t1"), FIELD_MANAGER, "4");
	set(tell(OP_CREATE, TARGET_NOTICE, "t2"), FIELD_MANAGER, "4");
	run();
	asked = loopback_request(&server, 3);
	assert_non_null(strstr(asked, "USER_ID=9"));
	assert_null(strstr(asked, "USER_ID=4"));
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(request->ops[i].outcome, OUTCOME_DONE);
		assert_true(str_is(fields_get(&request->ops[i].fields,
		    FIELD_MANAGER), "9"));
	}
}

static void
notice_of_a_deal_that_is_gone_is_not_sent(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"items\":[]}}", "[]")),
	    loopback_json(200, BATCH("[]", GONE)), NULL);
	tell(OP_CREATE, TARGET_NOTICE, "t1");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_THERE);
	assert_string_equal(loopback_request(&server, 4), "");
}

static void
notice_cannot_be_looked_up(void **state)
{
	(void)state;
	prepared(loopback_json(200, "{}"), NULL, NULL);
	tell(OP_FIND, TARGET_NOTICE, "t1");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 0);
	assert_string_equal(request->ops[0].code, "no-look-up");
	assert_string_equal(loopback_request(&server, 2), "");
}

static void
notice_without_the_right_says_which(void **state)
{
	struct b24 *b24;

	(void)state;
	prepared(loopback_json(200, "{}"), NULL, NULL);
	b24 = remote.ctx;
	b24->facts.deals.known = true;
	tell(OP_CREATE, TARGET_NOTICE, "t1");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_REFUSED);
	assert_non_null(strstr(request->ops[0].text, "\"im\""));
	assert_string_equal(loopback_request(&server, 2), "");
}

static void
missing_right_of_notices_stops_nothing_else(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":" DEAL "}", "[]")),
	    loopback_json(200, BATCH("{\"c1\":5}", "{\"c0\":{\"error\":"
	    "\"insufficient_scope\",\"error_description\":\"\"}}")), NULL);
	tell(OP_CREATE, TARGET_NOTICE, "t1");
	tell(OP_CREATE, TARGET_COMMENT, "t1");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_REFUSED);
	assert_non_null(strstr(request->ops[0].text, "\"im\""));
	assert_int_equal(request->ops[1].outcome, OUTCOME_DONE);
}

static void
notice_to_nobody_is_refused(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"items\":[{\"id\":7,"
	    "\"stageId\":\"NEW\",\"categoryId\":0}]}}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":false}", "[]")), NULL);
	set(tell(OP_CREATE, TARGET_NOTICE, "t1"), FIELD_MANAGER, "");
	tell(OP_CREATE, TARGET_NOTICE, "t2");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_REFUSED);
	assert_string_equal(request->ops[0].code, "no-manager");
	assert_int_equal(request->ops[1].outcome, OUTCOME_REFUSED);
	assert_string_equal(request->ops[1].code, "no-user");
}

/* ---- reads before writes ---- */

static void
rows_are_read_and_then_set(void **state)
{
	const char *asked;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"productRows\":[" ROW
	    "]}}", "[]")), loopback_json(200, BATCH("{\"c0\":{\"productRows"
	    "\":[{\"id\":61,\"productId\":101,\"price\":12,\"quantity\":1,"
	    "\"taxRate\":20}]}}", "[]")), NULL);
	change_rows("12");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].dropped.count, 0);
	asked = loopback_request(&server, 2);
	assert_non_null(strstr(asked, "crm.item.productrow.list?"
	    "filter%5B%3DownerType%5D=D&filter%5B%3DownerId%5D=7"));
	asked = loopback_request(&server, 3);
	assert_non_null(strstr(asked, "crm.item.productrow.set?ownerType=D&"
	    "ownerId=7&productRows%5B0%5D%5Bid%5D=61"));
}

static void
rows_that_are_there_leave_no_request(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"productRows\":[" ROW
	    "]}}", "[]")), NULL, NULL);
	change_rows("10");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_true(request->answered);
}

static void
deal_without_rows_gets_them(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"productRows\":[]}}",
	    "[]")), loopback_json(200, BATCH("{\"c0\":{\"productRows\":[" ROW
	    "]}}", "[]")), NULL);
	change_rows("10");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].dropped.count, 0);
}

static void
rows_of_a_deal_that_is_gone_are_told_so(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"productRows\":[]}}",
	    "[]")), loopback_json(200, BATCH("[]", "{\"c0\":{\"error\":"
	    "\"OWNER_NOT_FOUND\",\"error_description\":\"\"}}")), NULL);
	change_rows("10");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_NOT_THERE);
}

static void
rows_of_another_deal_stop_the_run(void **state)
{
	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"productRows\":["
	    "{\"id\":61,\"ownerId\":8,\"productId\":101}]}}", "[]")), NULL,
	    NULL);
	change_rows("10");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_STOP);
}

static void
rows_that_may_not_be_read_are_refused_alone(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c1\":{\"items\":[{\"id\":8,"
	    "\"stageId\":\"NEW\",\"categoryId\":0}]}}", "{\"c0\":{\"error\":"
	    "\"ACCESS_DENIED\",\"error_description\":\"\"}}")), NULL, NULL);
	change_rows("10");
	op = add(OP_UPDATE, TARGET_DEAL, "8");
	op->portal_id = 8;
	set(op, FIELD_PROGRESS, "paid");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_REFUSED);
	assert_int_equal(op->outcome, OUTCOME_DONE);
}

static void
deal_that_is_gone_is_told_so(void **state)
{
	struct op *op;

	(void)state;
	prepared(loopback_json(200, BATCH("{\"c0\":{\"items\":[]}}", "[]")),
	    loopback_json(200, BATCH("[]", GONE)), NULL);
	op = add(OP_UPDATE, TARGET_DEAL, "8");
	op->portal_id = 8;
	set(op, FIELD_PROGRESS, "paid");
	run();
	assert_int_equal(op->outcome, OUTCOME_NOT_THERE);
	assert_non_null(strstr(loopback_request(&server, 2),
	    "crm.item.list?entityTypeId=2&"));
	assert_non_null(strstr(loopback_request(&server, 2),
	    "filter%5B%40id%5D%5B0%5D=8"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(comment_bears_its_tag),
		REMOTE_TEST(comment_without_an_id_is_unknown),
		REMOTE_TEST(comment_is_found_by_its_whole_tag),
		REMOTE_TEST(comments_of_a_deal_that_is_gone_stop_nothing),
		REMOTE_TEST(later_look_ups_do_not_fail_with_it),
		REMOTE_TEST(notice_goes_to_its_user_with_tag_and_client),
		REMOTE_TEST(notices_go_to_the_present_manager),
		REMOTE_TEST(notice_of_a_deal_that_is_gone_is_not_sent),
		REMOTE_TEST(notice_cannot_be_looked_up),
		REMOTE_TEST(notice_without_the_right_says_which),
		REMOTE_TEST(missing_right_of_notices_stops_nothing_else),
		REMOTE_TEST(notice_to_nobody_is_refused),
		REMOTE_TEST(rows_are_read_and_then_set),
		REMOTE_TEST(rows_that_are_there_leave_no_request),
		REMOTE_TEST(deal_without_rows_gets_them),
		REMOTE_TEST(rows_of_a_deal_that_is_gone_are_told_so),
		REMOTE_TEST(rows_of_another_deal_stop_the_run),
		REMOTE_TEST(rows_that_may_not_be_read_are_refused_alone),
		REMOTE_TEST(deal_that_is_gone_is_told_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
