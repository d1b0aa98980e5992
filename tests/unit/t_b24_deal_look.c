/*
 * The look for changed deals: what is asked, what is believed, and that a
 * list goes on until a page is not full.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_deal_fixture.h"

#define NOW "\"c0\":\"2026-11-22T13:00:00+03:00\""
#define NOW_MS INT64_C(1795341600000)
#define DEAL(id) "{\"id\":" id ",\"categoryId\":3,\"updatedTime\":" \
	"\"2026-11-22T12:59:59+03:00\"}"
#define NOTHING "\"c1\":{\"items\":[]},\"c2\":{\"items\":[]}," \
	"\"c3\":{\"items\":[]}"

static struct deal_changes changes;
static const struct deal_look usual = { .deals = true,
    .since = NOW_MS - 60000, .clients = NOW_MS - 60000,
    .created = NOW_MS - 86400000 };

/* No prepare(): the look needs none. */
static int
look_with(char **answers, size_t count, const struct deal_look *look,
    struct err *err)
{
	loopback_start(&server, answers, count);
	open_orders(USUAL_FUNNEL, USUAL_FIELDS);
	return remote.look_deals(remote.ctx, look, &changes, err);
}

static void
looked(char *answer, const struct deal_look *look)
{
	struct err err = { 0 };

	if (look_with(&answer, 1, look, &err) == -1)
		fail_msg("%s", err.text);
}

static bool
asked(size_t n, const char *text)
{
	return strstr(loopback_request(&server, n), text) != NULL;
}

static void
nothing_changed_is_one_batch(void **state)
{
	(void)state;
	looked(batch_of("{" NOW "," NOTHING ",\"c4\":[],\"c5\":[]}", "[]"),
	    &usual);
	assert_int_equal(changes.deal_count, 0);
	assert_int_equal(changes.companies.count, 0);
	assert_int_equal(changes.contacts.count, 0);
	assert_int_equal(changes.now, NOW_MS);
	assert_true(asked(0, "crm.requisite.list"));
	/* filter[>=updatedTime]=2026-11-22T09:59:00+00:00, encoded once for
	 * the command; the body is JSON. */
	assert_true(asked(0, "2026-11-22T09%3A59%3A00%2B00%3A00"));
	assert_true(asked(0, "2026-11-21T10%3A00%3A00%2B00%3A00"));
	deal_changes_free(&changes);
}

static void
deals_and_clients_that_changed_are_told_once(void **state)
{
	(void)state;
	looked(batch_of("{" NOW ",\"c1\":{\"items\":[{\"id\":7,"
	    "\"UF_CRM_NUMBER\":\" 17 \"},"
	    DEAL("9") "]},\"c2\":{\"items\":[{\"id\":5}]},\"c3\":{\"items\":"
	    "[{\"id\":6}]},\"c4\":[{\"ID\":\"1\",\"ENTITY_TYPE_ID\":\"4\","
	    "\"ENTITY_ID\":\"5\",\"DATE_MODIFY\":"
	    "\"2026-11-22T13:00:00+03:00\"}],\"c5\":[{\"ID\":\"2\","
	    "\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"4\",\"DATE_MODIFY\":"
	    "\"\",\"DATE_CREATE\":\"2026-11-22T13:00:00+03:00\"}]}", "[]"),
	    &usual);
	assert_int_equal(changes.deal_count, 2);
	assert_int_equal(changes.deals[1].id, 9);
	assert_int_equal(changes.deals[1].category, 3);
	/* Named beside others it would come alone. */
	assert_true(asked(0, "useOriginalUfNames"));
	assert_false(asked(0, "UF_CRM_NUMBER"));
	assert_false(asked(0, "categoryId"));
	assert_int_equal(changes.deals[0].number, 17);
	assert_int_equal(changes.deals[1].number, 0);
	assert_int_equal(changes.deals[1].updated, NOW_MS - 1000);
	assert_int_equal(changes.companies.count, 2);
	assert_int_equal(changes.companies.ids[0], 4);
	assert_int_equal(changes.companies.ids[1], 5);
	assert_int_equal(changes.contacts.count, 1);
	deal_changes_free(&changes);
}

static void
a_number_field_is_found_by_its_label(void **state)
{
	char *answers[] = {
		batch_of("{" NOW ",\"c1\":{\"items\":[{\"id\":7,"
		    "\"UF_CRM_2\":\"17\",\"UF_CRM_1\":\"18\"}]},\"c2\":"
		    "{\"items\":[]},\"c3\":{\"items\":[]},\"c4\":[],"
		    "\"c5\":[]}", "[]"),
		batch_of("{\"c0\":[{\"FIELD_NAME\":\"UF_CRM_1\","
		    "\"EDIT_FORM_LABEL\":\"Другое\"},{\"FIELD_NAME\":"
		    "\"UF_CRM_2\",\"EDIT_FORM_LABEL\":\"Номер заказа\"}]}",
		    "[]"),
	};
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 2);
	open_orders(USUAL_FUNNEL, "\"fields\":{\"number\":"
	    "\"номер заказа\"}");
	assert_int_equal(remote.look_deals(remote.ctx, &usual, &changes,
	    &err), 0);
	assert_true(asked(0, "useOriginalUfNames"));
	assert_false(asked(0, "crm.deal.userfield.list"));
	assert_true(asked(1, "crm.deal.userfield.list"));
	assert_int_equal(changes.deals[0].number, 17);
	deal_changes_free(&changes);
}

/* Clients alone, with what tells whether they have to be read. */
static void
clients_on_their_way_to_1c_are_seen(void **state)
{
	const struct deal_look look = { .seen = true,
	    .clients = NOW_MS - 60000 };

	(void)state;
	looked(batch_of("{" NOW ",\"c1\":{\"items\":[{\"id\":5,\"originId\":"
	    "\"k5\",\"createdTime\":\"2026-11-22T12:59:59+03:00\","
	    "\"updatedTime\":\"2026-11-22T12:59:59+03:00\"}]},\"c2\":"
	    "{\"items\":[{\"id\":6,\"companyIds\":[7],\"createdTime\":"
	    "\"2026-11-22T12:59:00+03:00\",\"updatedTime\":"
	    "\"2026-11-22T12:59:59+03:00\"}]},\"c3\":[{\"ID\":\"1\","
	    "\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"8\",\"DATE_CREATE\":"
	    "\"2026-11-22T13:00:00+03:00\"}],\"c4\":[]}", "[]"), &look);
	assert_int_equal(changes.deal_count, 0);
	assert_int_equal(changes.seen_count, 4);
	assert_true(changes.seen[0].company && changes.seen[0].untouched);
	assert_int_equal(changes.seen[0].updated, NOW_MS - 1000);
	assert_false(changes.seen[1].company || changes.seen[1].untouched);
	assert_true(changes.seen[2].company && changes.seen[2].beside);
	assert_int_equal(changes.seen[2].id, 7);
	assert_int_equal(changes.seen[3].requisite, 1);
	assert_int_equal(changes.seen[3].updated, NOW_MS);
	assert_true(changes.seen[3].untouched && changes.seen[3].beside);
	assert_string_equal(changes.unseen, "");
	deal_changes_free(&changes);
}

static void
clients_that_are_not_shown_are_told(void **state)
{
	const struct deal_look look = { .seen = true,
	    .clients = NOW_MS - 60000 };

	(void)state;
	looked(batch_of("{" NOW ",\"c2\":{\"items\":[]},\"c3\":[],\"c4\":"
	    "[]}", "{\"c1\":{\"error\":\"ACCESS_DENIED\"}}"), &look);
	assert_non_null(strstr(changes.unseen, "crm.item.list"));
	deal_changes_free(&changes);
}

/* What select is made of is not always what is shown. */
static void
rows_without_an_id_are_no_silence(void **state)
{
	char *answer = batch_of("{" NOW ",\"c1\":{\"items\":[[],[]]},\"c2\":"
	    "{\"items\":[]},\"c3\":{\"items\":[]},\"c4\":[],\"c5\":[]}",
	    "[]");
	struct err err = { 0 };

	(void)state;
	assert_int_equal(look_with(&answer, 1, &usual, &err), -1);
	assert_int_equal(err.kind, ERR_PORTAL);
	assert_non_null(strstr(err.text, "rows without an id"));
	assert_null(changes.deals);
}

static void
requisites_that_a_filter_let_through_are_compared_again(void **state)
{
	(void)state;
	looked(batch_of("{" NOW "," NOTHING ",\"c4\":[{\"ID\":\"1\","
	    "\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"5\",\"DATE_MODIFY\":"
	    "\"2026-11-22T12:58:59+03:00\",\"DATE_CREATE\":"
	    "\"2020-01-01T00:00:00+03:00\"},{\"ID\":\"2\","
	    "\"ENTITY_TYPE_ID\":\"3\",\"ENTITY_ID\":\"6\",\"DATE_MODIFY\":"
	    "\"2026-11-22T12:59:00+03:00\"}],\"c5\":[]}", "[]"), &usual);
	assert_int_equal(changes.companies.count, 0);
	assert_int_equal(changes.contacts.count, 1);
	deal_changes_free(&changes);
}

static int64_t watched[52];

static struct deal_look
look_watching(size_t count)
{
	struct deal_look look = usual;

	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		watched[i] = (int64_t)(i + 1);
	look.watched = watched;
	look.watched_count = count;
	return look;
}

static void
watched_deals_are_asked_for_beside(void **state)
{
	struct deal_look look = look_watching(3);

	(void)state;
	looked(batch_of("{" NOW "," NOTHING ",\"c4\":[],\"c5\":[],"
	    "\"c6\":{\"items\":[{\"id\":2}]}}", "[]"), &look);
	assert_int_equal(changes.missed.count, 2);
	assert_int_equal(changes.missed.ids[0], 1);
	assert_int_equal(changes.missed.ids[1], 3);
	deal_changes_free(&changes);
}

/* One list is refused, the other one ignores what was asked for. */
static void
watched_deals_of_a_list_that_says_nothing_are_not_missed(void **state)
{
	struct deal_look look = look_watching(52);

	(void)state;
	looked(batch_of("{" NOW "," NOTHING ",\"c4\":[],\"c5\":[],"
	    "\"c7\":{\"items\":[{\"id\":1},{\"id\":51}]}}",
	    "{\"c6\":{\"error\":\"INTERNAL\"}}"), &look);
	assert_int_equal(changes.missed.count, 0);
	deal_changes_free(&changes);
}

static void
first_look_is_for_deals_alone(void **state)
{
	struct deal_look first = { .deals = true, .created = NOW_MS };

	(void)state;
	looked(batch_of("{" NOW ",\"c1\":{\"items\":[" DEAL("7") "]}}",
	    "[]"), &first);
	assert_int_equal(changes.deal_count, 1);
	assert_false(asked(0, "crm.requisite.list"));
	assert_false(asked(0, "%3E%3DupdatedTime"));
	assert_true(asked(0, "createdTime"));
	deal_changes_free(&changes);
}

static char *
page(int from, int count)
{
	struct buf text = BUF_INIT(65536);
	char *answer;

	(void)buf_printf(&text, "{%s\"%s\":{\"items\":[", from == 1 ?
	    NOW "," : "", from == 1 ? "c1" : "c0");
	for (int i = 0; i < count; i++)
		(void)buf_printf(&text, "%s{\"id\":%d,\"categoryId\":3}",
		    i > 0 ? "," : "", from + i);
	(void)buf_add_text(&text, "]}}");
	answer = batch_of(buf_text(&text), "[]");
	buf_free(&text);
	return answer;
}

static void
full_page_is_followed_by_the_ids_behind_it(void **state)
{
	struct deal_look first = { .deals = true, .created = NOW_MS };
	char *answers[] = { page(1, 50), page(51, 1) };
	struct err err = { 0 };

	(void)state;
	if (look_with(answers, 2, &first, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(changes.deal_count, 51);
	assert_int_equal(changes.deals[50].id, 51);
	assert_true(asked(1, "%5B%3Eid%5D=50"));
	deal_changes_free(&changes);
}

static void
list_that_ignores_the_last_id_ends(void **state)
{
	struct deal_look first = { .deals = true, .created = NOW_MS };
	char *answers[] = { page(1, 50), page(2, 49) };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(look_with(answers, 2, &first, &err), 0);
	assert_int_equal(changes.deal_count, 50);
	deal_changes_free(&changes);
}

static void
only_what_the_portal_calls_deleted_is_gone(void **state)
{
	const int64_t ids[] = { 7, 8, 9, 10 };
	bool gone[4];
	struct err err = { 0 };
	char *answer = batch_of("{\"c0\":{\"item\":{\"id\":7}}}",
	    "{\"c1\":{\"error\":\"NOT_FOUND\",\"error_description\":"
	    "\"Item not found\"},\"c2\":{\"error\":\"ACCESS_DENIED\","
	    "\"error_description\":\"You do not have permission\"},"
	    "\"c3\":{\"error\":\"SOMETHING\"}}");

	(void)state;
	loopback_start(&server, &answer, 1);
	open_orders(USUAL_FUNNEL, USUAL_FIELDS);
	if (remote.gone_deals(remote.ctx, ids, 4, gone, &err) == -1)
		fail_msg("%s", err.text);
	assert_false(gone[0]);
	assert_true(gone[1]);
	assert_false(gone[2]);
	assert_false(gone[3]);
	assert_true(asked(0, "crm.item.get"));
}

static void
clients_that_may_not_be_read_do_not_hinder_deals(void **state)
{
	(void)state;
	looked(batch_of("{" NOW ",\"c1\":{\"items\":[" DEAL("7") "]},"
	    "\"c3\":{\"items\":[{\"id\":6}]}}", "{\"c2\":{\"error\":"
	    "\"ACCESS_DENIED\"},\"c4\":{\"error\":0,\"error_description\":"
	    "\"Access denied.\"},\"c5\":{\"error\":0}}"), &usual);
	assert_int_equal(changes.deal_count, 1);
	assert_int_equal(changes.companies.count, 0);
	assert_int_equal(changes.contacts.count, 1);
	deal_changes_free(&changes);
}

static void
looks_with_failure(char *answer, int expected, const char *text)
{
	struct deal_look first = { .deals = true, .created = NOW_MS };
	struct err err = { 0 };

	assert_int_equal(look_with(&answer, 1, &first, &err), expected);
	assert_int_equal(err.kind, ERR_PORTAL);
	assert_non_null(strstr(err.text, text));
	assert_null(changes.deals);
}

static void
deals_that_may_not_be_read_are_told_apart(void **state)
{
	(void)state;
	looks_with_failure(batch_of("{" NOW "}", "{\"c1\":{\"error\":"
	    "\"ACCESS_DENIED\"}}"), 1, "CRM");
}

static void
deals_that_cannot_be_read_are_an_error(void **state)
{
	(void)state;
	looks_with_failure(batch_of("{" NOW "}", "{\"c1\":{\"error\":"
	    "\"INVALID_ARG_VALUE\",\"error_description\":\"odd\"}}"), -1,
	    "odd");
}

/* The same code for the request as a whole is about the plan. */
static void
portal_without_rest_is_an_error(void **state)
{
	(void)state;
	looks_with_failure(loopback_json(403, "{\"error\":"
	    "\"ACCESS_DENIED\"}"), -1, "plan");
}

static void
time_of_the_answer_stands_for_the_servers(void **state)
{
	struct deal_look first = { .deals = true, .created = NOW_MS };

	(void)state;
	looked(loopback_json(200, "{\"result\":{\"result\":{\"c1\":{\"items\":"
	    "[]}},\"result_error\":{\"c0\":{\"error\":\"ACCESS_DENIED\"}}},"
	    "\"time\":{\"date_start\":\"2026-11-22T13:00:00+03:00\"}}"),
	    &first);
	assert_int_equal(changes.now, NOW_MS);
	deal_changes_free(&changes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(nothing_changed_is_one_batch),
		REMOTE_TEST(deals_and_clients_that_changed_are_told_once),
		REMOTE_TEST(clients_on_their_way_to_1c_are_seen),
		REMOTE_TEST(clients_that_are_not_shown_are_told),
		REMOTE_TEST(rows_without_an_id_are_no_silence),
		REMOTE_TEST(
		    requisites_that_a_filter_let_through_are_compared_again),
		REMOTE_TEST(watched_deals_are_asked_for_beside),
		REMOTE_TEST(only_what_the_portal_calls_deleted_is_gone),
		REMOTE_TEST(
		    watched_deals_of_a_list_that_says_nothing_are_not_missed),
		REMOTE_TEST(first_look_is_for_deals_alone),
		REMOTE_TEST(full_page_is_followed_by_the_ids_behind_it),
		REMOTE_TEST(list_that_ignores_the_last_id_ends),
		REMOTE_TEST(clients_that_may_not_be_read_do_not_hinder_deals),
		REMOTE_TEST(deals_that_may_not_be_read_are_told_apart),
		REMOTE_TEST(deals_that_cannot_be_read_are_an_error),
		REMOTE_TEST(portal_without_rest_is_an_error),
		REMOTE_TEST(time_of_the_answer_stands_for_the_servers),
		REMOTE_TEST(a_number_field_is_found_by_its_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
