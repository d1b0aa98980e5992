/*
 * Stock documents: amounts are read, a document is made in its steps, and
 * what cannot be finished is deleted or looked up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_ready_fixture.h"
#include "bitrix/b24_internal.h"

#define ADDED "{\"c0\":{\"document\":{\"id\":64,\"status\":\"N\"}}}"
#define FILLED "{\"c0\":{\"documentElement\":{\"id\":1}},\"c1\":{" \
	"\"documentElement\":{\"id\":2}}}"
#define REFUSAL(key, text) "{\"" key "\":{\"error\":0," \
	"\"error_description\":\"" text "\"}}"

static struct err err;

static void
line(struct stock_line *out, int64_t good, int64_t store, int64_t digits,
    unsigned scale)
{
	memset(out, 0, sizeof(*out));
	out->good = good;
	out->store = store;
	out->amount = (struct decimal){ digits, scale };
}

static bool
is_amount(const struct stock_line *of, const char *wanted)
{
	char text[DECIMAL_TEXT_BYTES];

	(void)decimal_format(text, of->amount);
	return strcmp(text, wanted) == 0;
}

/* ---- reading ---- */

static void
amounts_are_read_and_missing_rows_are_nothing(void **state)
{
	struct stock_line lines[3];
	char *answers[] = { answer("{\"c0\":{\"storeProducts\":["
	    "{\"id\":1,\"productId\":7,\"storeId\":1,\"amount\":2.5},"
	    "{\"id\":2,\"productId\":7,\"storeId\":2,\"amount\":\"4\"},"
	    "{\"id\":3,\"productId\":9,\"storeId\":1,\"amount\":99}]}}",
	    "[]"), NULL };

	(void)state;
	(void)ready(answers);
	line(&lines[0], 8, 1, 5, 0);
	line(&lines[1], 7, 2, 5, 0);
	line(&lines[2], 7, 1, 5, 0);
	assert_int_equal(remote.read_stock(remote.ctx, lines, 3, &err), 0);
	assert_true(is_amount(&lines[0], "0"));
	assert_true(is_amount(&lines[1], "4"));
	assert_true(is_amount(&lines[2], "2.5"));
	asked(0, "catalog.storeproduct.list?");
	asked(0, "filter%5B%40productId%5D%5B0%5D=7");
	asked(0, "filter%5B%40productId%5D%5B1%5D=8");
	assert_null(strstr(loopback_request(&server, 0), "storeId%5D="));
	nothing_asked(1);
}

static void
one_store_is_asked_for_alone(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer("{\"c0\":{\"storeProducts\":[]}}", "[]"),
	    NULL };

	(void)state;
	(void)ready(answers);
	line(&lines[0], 8, 3, 0, 0);
	line(&lines[1], 7, 3, 0, 0);
	assert_int_equal(remote.read_stock(remote.ctx, lines, 2, &err), 0);
	asked(0, "filter%5BstoreId%5D=3");
}

/* 51 goods are two commands, in one request; further pages follow. */
static void
goods_go_by_fifty_and_all_pages_are_read(void **state)
{
	struct stock_line lines[51];
	char *answers[] = { loopback_json(200, "{\"result\":{\"result\":{"
	    "\"c0\":{\"storeProducts\":[]},\"c1\":{\"storeProducts\":[]}},"
	    "\"result_error\":[],\"result_total\":{\"c0\":120},"
	    "\"result_next\":{\"c0\":50}}}"),
	    answer("{\"c0\":{\"storeProducts\":[]},\"c1\":{\"storeProducts\":"
	    "[{\"id\":5,\"productId\":50,\"storeId\":1,\"amount\":3}]}}",
	    "[]"), NULL };

	(void)state;
	(void)ready(answers);
	for (int i = 0; i < 51; i++)
		line(&lines[i], i + 1, 1, 0, 0);
	assert_int_equal(remote.read_stock(remote.ctx, lines, 51, &err), 0);
	assert_true(is_amount(&lines[49], "3"));
	asked(0, "\"c1\":\"catalog.storeproduct.list?");
	asked(0, "filter%5B%40productId%5D%5B0%5D=51");
	asked(1, "&start=50\"");
	asked(1, "&start=100\"");
	nothing_asked(2);
}

static void
answer_without_a_list_is_none(void **state)
{
	struct stock_line lines[1];
	char *answers[] = { answer("{\"c0\":true}", "[]"), NULL };

	(void)state;
	(void)ready(answers);
	line(&lines[0], 7, 1, 0, 0);
	assert_int_equal(remote.read_stock(remote.ctx, lines, 1, &err), -1);
	assert_int_equal(err.kind, ERR_ITEM);
}

static void
refused_reading_is_not_a_portal_that_is_away(void **state)
{
	struct stock_line lines[1];
	char *answers[] = { answer("[]", "{\"c0\":{\"error\":200040300010,"
	    "\"error_description\":\"Access Denied\"}}"),
	    loopback_json(401, "{\"error\":\"invalid_token\","
	    "\"error_description\":\"gone\"}"), NULL };

	(void)state;
	(void)ready(answers);
	line(&lines[0], 7, 1, 0, 0);
	assert_int_equal(remote.read_stock(remote.ctx, lines, 1, &err), -1);
	assert_int_equal(err.kind, ERR_ITEM);
	assert_non_null(strstr(err.text, "Access Denied"));
	err_clear(&err);
	assert_int_equal(remote.read_stock(remote.ctx, lines, 1, &err), -1);
	assert_int_equal(err.kind, ERR_PORTAL);
}

static void
amount_that_is_no_number_is_of_its_line_alone(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer("{\"c0\":{\"storeProducts\":["
	    "{\"id\":1,\"productId\":7,\"storeId\":1,\"amount\":\"?\"},"
	    "{\"id\":2,\"productId\":8,\"storeId\":1,\"amount\":\"4\"}]}}",
	    "[]"), NULL };

	(void)state;
	(void)ready(answers);
	line(&lines[0], 7, 1, 0, 0);
	line(&lines[1], 8, 1, 0, 0);
	assert_int_equal(remote.read_stock(remote.ctx, lines, 2, &err), 0);
	assert_true(lines[0].refused);
	assert_non_null(strstr(lines[0].text, "no number"));
	assert_false(lines[1].refused);
	assert_true(is_amount(&lines[1], "4"));
}

/* ---- making ---- */

/* Not the first document of a run, unless said so. */
static bool is_first;

static enum outcome
put_two(char **answers, enum document_type type, struct stock_line lines[2])
{
	const struct stock_document document = { type, "cml24 1-a", "of 1C" };

	memset(&err, 0, sizeof(err));
	(void)ready(answers);
	((struct b24 *)remote.ctx)->facts.documents_shown = !is_first;
	line(&lines[0], 7, 1, 25, 1);
	line(&lines[1], 8, 2, 4, 0);
	return remote.put_document(remote.ctx, &document, lines, 2, &err);
}

static void
surplus_is_made_filled_and_conducted(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), answer(FILLED, "[]"),
	    answer("{\"c0\":true}", "[]"), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_DONE);
	asked(0, "catalog.document.add?fields%5BdocType%5D=S&"
	    "fields%5Bcurrency%5D=RUB&fields%5BresponsibleId%5D=9&"
	    "fields%5Btitle%5D=cml24%201-a&"
	    "fields%5Bcommentary%5D=of%201C");
	asked(1, "\"c0\":\"catalog.document.element.add?fields%5BdocId%5D=64&"
	    "fields%5BelementId%5D=7&fields%5BstoreTo%5D=1&"
	    "fields%5Bamount%5D=2.5\"");
	asked(1, "\"c1\":");
	asked(2, "catalog.document.conduct?id=64");
	nothing_asked(3);
}

static void
first_document_is_looked_for_before_it_is_filled(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), answer("{\"c0\":{"
	    "\"documents\":[{\"id\":64,\"title\":\"cml24 1-a\","
	    "\"status\":\"N\"}]}}", "[]"), answer(FILLED, "[]"),
	    answer("{\"c0\":true}", "[]"), NULL };

	(void)state;
	is_first = true;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_DONE);
	is_first = false;
	asked(1, "catalog.document.list");
	assert_true(((struct b24 *)remote.ctx)->facts.documents_shown);
}

static void
document_that_is_not_shown_is_deleted_and_refused(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"),
	    answer("{\"c0\":{\"documents\":[]}}", "[]"),
	    answer("{\"c0\":true}", "[]"), NULL };

	(void)state;
	is_first = true;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_REFUSED);
	is_first = false;
	assert_true(lines[0].unmade && lines[1].unmade);
	assert_non_null(strstr(err.text, "right to view"));
	asked(2, "catalog.document.delete?id=64");
	nothing_asked(3);
}

static void
shortage_is_a_write_off_from_the_store(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), answer(FILLED, "[]"),
	    answer("{\"c0\":true}", "[]"), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SHORTAGE, lines),
	    OUTCOME_DONE);
	asked(0, "fields%5BdocType%5D=D");
	asked(1, "fields%5BstoreFrom%5D=1");
}

static void
refused_line_is_marked_and_the_draft_deleted(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"),
	    answer("{\"c0\":{\"documentElement\":{\"id\":1}}}",
	    REFUSAL("c1", "no such good")), answer("{\"c0\":true}", "[]"),
	    NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_REFUSED);
	assert_false(lines[0].refused);
	assert_true(lines[1].refused);
	assert_false(lines[1].unmade);
	assert_string_equal(lines[1].text, "no such good");
	asked(2, "catalog.document.delete?id=64");
	assert_non_null(strstr(err.text, "no such good"));
	nothing_asked(3);
}

static void
refused_conduct_marks_no_line_and_deletes(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), answer(FILLED, "[]"),
	    answer("[]", REFUSAL("c0", "not enough")),
	    answer("{\"c0\":true}", "[]"), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SHORTAGE, lines),
	    OUTCOME_REFUSED);
	assert_false(lines[0].refused || lines[1].refused);
	assert_int_equal(err.kind, ERR_ITEM);
	asked(3, "catalog.document.delete?id=64");
}

static void
refused_draft_that_stays_is_looked_up(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), answer(FILLED, "[]"),
	    answer("[]", REFUSAL("c0", "not enough")),
	    answer("[]", REFUSAL("c0", "it is conducted")), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SHORTAGE, lines),
	    OUTCOME_UNKNOWN);
}

static void
delete_that_answers_nothing_is_looked_up(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), answer(FILLED, "[]"),
	    answer("[]", REFUSAL("c0", "not enough")),
	    answer("{\"c0\":null}", "[]"), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SHORTAGE, lines),
	    OUTCOME_UNKNOWN);
}

static void
refused_document_is_refused_for_all_lines(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer("[]", REFUSAL("c0", "bad title")), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_REFUSED);
	assert_string_equal(err.text, lines[1].text);
	assert_true(lines[0].refused && lines[1].refused);
	assert_true(lines[0].unmade && lines[1].unmade);
	nothing_asked(1);
}

static void
after_a_lost_answer_nothing_more_is_sent(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), lost(), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_UNKNOWN);
	assert_int_equal(err.kind, ERR_AGAIN);
	assert_false(lines[0].refused);
	nothing_asked(2);
}

static void
document_whose_making_is_lost_is_unknown(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { lost(), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_UNKNOWN);
	nothing_asked(1);
}

static void
conduct_that_is_lost_is_unknown(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"), answer(FILLED, "[]"), lost(),
	    NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_UNKNOWN);
	nothing_asked(3);
}

/* Only what was not executed is sent once more. */
static void
refused_for_the_rate_is_sent_again(void **state)
{
	struct stock_line lines[2];
	char *answers[] = { answer(ADDED, "[]"),
	    answer("{\"c0\":{\"documentElement\":{\"id\":1}}}",
	    "{\"c1\":{\"error\":\"QUERY_LIMIT_EXCEEDED\","
	    "\"error_description\":\"\"}}"),
	    answer("{\"c0\":{\"documentElement\":{\"id\":2}}}", "[]"),
	    answer("{\"c0\":true}", "[]"), NULL };

	(void)state;
	assert_int_equal(put_two(answers, DOCUMENT_SURPLUS, lines),
	    OUTCOME_DONE);
	asked(2, "\"c0\":\"catalog.document.element.add?fields%5BdocId%5D=64&"
	    "fields%5BelementId%5D=8");
	assert_null(strstr(loopback_request(&server, 2), "\"c1\""));
}

static void
document_needs_somebody_responsible(void **state)
{
	const struct stock_document document = { DOCUMENT_SURPLUS, "t", "" };
	struct stock_line lines[1];
	char *answers[] = { NULL };
	struct b24 *b24;

	(void)state;
	b24 = ready(answers);
	b24->facts.user = 0;
	line(&lines[0], 7, 1, 1, 0);
	assert_int_equal(remote.put_document(remote.ctx, &document, lines, 1,
	    &err), OUTCOME_STOP);
	nothing_asked(0);
}

/* ---- looking up ---- */

static enum document_stage
stage_of(const char *rows)
{
	char *results = mem_printf("{\"c0\":{\"documents\":[%s]}}", rows);
	char *answers[] = { answer(results, "[]"), NULL };
	enum document_stage stage = DOCUMENT_NONE;

	free(results);
	(void)ready(answers);
	assert_int_equal(remote.find_document(remote.ctx, "cml24 1-a",
	    &stage, &err), 0);
	asked(0, "catalog.document.list?");
	asked(0, "filter%5B%3Dtitle%5D=cml24%201-a");
	return stage;
}

static void
document_is_found_by_its_whole_title(void **state)
{
	(void)state;
	assert_int_equal(stage_of("{\"id\":1,\"title\":\"cml24 1-ab\","
	    "\"status\":\"Y\"}"), DOCUMENT_NONE);
}

static void
draft_is_a_draft(void **state)
{
	(void)state;
	assert_int_equal(stage_of("{\"id\":1,\"title\":\"cml24 1-a\","
	    "\"status\":\"N\"}"), DOCUMENT_DRAFT);
}

static void
furthest_stage_counts(void **state)
{
	(void)state;
	assert_int_equal(stage_of("{\"id\":1,\"title\":\"cml24 1-a\","
	    "\"status\":\"Y\"},{\"id\":2,\"title\":\"cml24 1-a\",\"status\":"
	    "\"N\"}"), DOCUMENT_CONDUCTED);
}

/* ---- dropping ---- */

#define TWO_DRAFTS "{\"c0\":{\"documents\":[{\"id\":1,\"title\":\"t\"," \
	"\"status\":\"N\"},{\"id\":2,\"title\":\"t\",\"status\":\"N\"}," \
	"{\"id\":3,\"title\":\"t\",\"status\":\"Y\"}]}}"
#define NO_DRAFTS "{\"c0\":{\"documents\":[]}}"

static void
drafts_are_deleted_and_nothing_else(void **state)
{
	char *answers[] = { answer(TWO_DRAFTS, "[]"),
	    answer("{\"c0\":true}", "[]"),
	    answer("[]", REFUSAL("c0", "Document not found")),
	    answer(NO_DRAFTS, "[]"), NULL };

	(void)state;
	(void)ready(answers);
	assert_int_equal(remote.drop_document(remote.ctx, "t", &err), 0);
	asked(1, "catalog.document.delete?id=1");
	asked(2, "catalog.document.delete?id=2");
	nothing_asked(4);
}

static void
draft_that_stays_is_an_error(void **state)
{
	char *answers[] = { answer(TWO_DRAFTS, "[]"),
	    answer("{\"c0\":true}", "[]"),
	    answer("[]", REFUSAL("c0", "Insufficient permissions")),
	    answer(TWO_DRAFTS, "[]"), NULL };

	(void)state;
	(void)ready(answers);
	assert_int_equal(remote.drop_document(remote.ctx, "t", &err), -1);
	assert_int_equal(err.kind, ERR_ITEM);
	assert_non_null(strstr(err.text, "Insufficient permissions"));
}

static void
no_draft_is_fine(void **state)
{
	char *answers[] = { answer(NO_DRAFTS, "[]"), NULL };

	(void)state;
	(void)ready(answers);
	assert_int_equal(remote.drop_document(remote.ctx, "t", &err), 0);
	nothing_asked(1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(amounts_are_read_and_missing_rows_are_nothing),
		REMOTE_TEST(one_store_is_asked_for_alone),
		REMOTE_TEST(goods_go_by_fifty_and_all_pages_are_read),
		REMOTE_TEST(answer_without_a_list_is_none),
		REMOTE_TEST(refused_reading_is_not_a_portal_that_is_away),
		REMOTE_TEST(amount_that_is_no_number_is_of_its_line_alone),
		REMOTE_TEST(surplus_is_made_filled_and_conducted),
		REMOTE_TEST(
		    first_document_is_looked_for_before_it_is_filled),
		REMOTE_TEST(
		    document_that_is_not_shown_is_deleted_and_refused),
		REMOTE_TEST(delete_that_answers_nothing_is_looked_up),
		REMOTE_TEST(shortage_is_a_write_off_from_the_store),
		REMOTE_TEST(refused_line_is_marked_and_the_draft_deleted),
		REMOTE_TEST(refused_conduct_marks_no_line_and_deletes),
		REMOTE_TEST(refused_draft_that_stays_is_looked_up),
		REMOTE_TEST(refused_document_is_refused_for_all_lines),
		REMOTE_TEST(after_a_lost_answer_nothing_more_is_sent),
		REMOTE_TEST(document_whose_making_is_lost_is_unknown),
		REMOTE_TEST(conduct_that_is_lost_is_unknown),
		REMOTE_TEST(refused_for_the_rate_is_sent_again),
		REMOTE_TEST(document_needs_somebody_responsible),
		REMOTE_TEST(document_is_found_by_its_whole_title),
		REMOTE_TEST(draft_is_a_draft),
		REMOTE_TEST(furthest_stage_counts),
		REMOTE_TEST(drafts_are_deleted_and_nothing_else),
		REMOTE_TEST(draft_that_stays_is_an_error),
		REMOTE_TEST(no_draft_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
