/*
 * The whole of bitrix/ against canned answers of a server on loopback: what
 * is asked, what becomes of each command, and of an exchange that fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "base/clock.h"
#include "bitrix/bitrix.h"
#include "loopback.h"
#include "scratch.h"

#define SECRET "t0ps3cretword"
#define USUAL "\"price_types\":{\"Р\":\"BASE\"}"

/* The first two answers: what prepare() asks for. */
#define FACTS_1 "{\"result\":{\"result\":{" \
	"\"c0\":{\"catalogs\":[{\"iblockId\":15,\"id\":15,\"name\":\"o\"," \
	"\"productIblockId\":14},{\"iblockId\":14,\"id\":14,\"name\":" \
	"\"Goods\",\"productIblockId\":null}]}," \
	"\"c1\":{\"priceTypes\":[{\"id\":1,\"name\":\"BASE\",\"xmlId\":" \
	"\"BASE\"},{\"id\":2,\"name\":\"Оптовая\",\"xmlId\":\"OPT\"}]}," \
	"\"c2\":{\"vats\":[{\"id\":1,\"name\":\"Без НДС\",\"rate\":null," \
	"\"active\":\"Y\"},{\"id\":4,\"name\":\"НДС 20%\",\"rate\":20," \
	"\"active\":\"Y\"}]}," \
	"\"c3\":{\"measures\":[{\"id\":1,\"code\":6,\"measureTitle\":" \
	"\"Метр\"},{\"id\":5,\"code\":796,\"measureTitle\":\"Штука\"}]}," \
	"\"c4\":\"N\"},\"result_error\":[],\"result_total\":[]," \
	"\"result_next\":[],\"result_time\":[]}}"
#define FACTS_2 "{\"result\":{\"result\":{" \
	"\"c0\":{\"productProperties\":[{\"id\":95,\"iblockId\":14,\"code\":" \
	"\"CML2_ARTICLE\",\"name\":\"Артикул\",\"propertyType\":\"S\"}]}," \
	"\"c1\":{\"products\":[{\"id\":1,\"iblockId\":14}]}," \
	"\"c2\":{\"sections\":[]}},\"result_error\":[]}}"
#define BATCH(result, error) "{\"result\":{\"result\":" result \
	",\"result_error\":" error ",\"result_total\":[],\"result_next\":[]," \
	"\"result_time\":[]}}"

static struct loopback server;
static struct remote remote;
static struct remote_facts facts;
static struct config *config;
static struct request *request;
static char *folder;
static int ended;

static int
make(void **state)
{
	int rc = scratch_make(state);
	char *clock_file;

	folder = *state;
	clock_file = file_join(folder, "clock");
	scratch_put(clock_file, "0");
	setenv("CML24_TEST_CLOCK", clock_file, 1);
	free(clock_file);
	ended = 0;
	memset(&remote, 0, sizeof(remote));
	config = NULL;
	request = NULL;
	return rc;
}

static int
drop(void **state)
{
	request_free(request);
	if (remote.close != NULL)
		remote.close(remote.ctx);
	config_free(config);
	loopback_stop(&server);
	unsetenv("CML24_TEST_CLOCK");
	return scratch_remove(state);
}

static void
load_config(const char *portal, const char *catalog)
{
	char *path = file_join(folder, "exchange.json");
	char *text = mem_printf("{\"portal\":{%s,\"retry_max_seconds\":5,"
	    "\"burst\":1000},\"catalog\":{%s}}", portal, catalog);
	struct buf warnings = BUF_INIT(65536);
	struct err err = { 0 };

	scratch_put(path, text);
	if (config_load(&config, path, &warnings, &err) == -1)
		fail_msg("%s", err.text);
	assert_int_equal(bitrix_open(&remote, config, NULL), 0);
	buf_free(&warnings);
	free(text);
	free(path);
}

static void
open_webhook(const char *catalog)
{
	char *portal = mem_printf("\"webhook\":\"http://127.0.0.1:%d/rest/1/"
	    SECRET "/\"", server.port);

	load_config(portal, catalog);
	free(portal);
}

/* A portal that has answered prepare() and then answers with these. */
static void
prepared(char *one, char *two, char *three)
{
	char *answers[] = { loopback_json(200, FACTS_1),
	    loopback_json(200, FACTS_2), one, two, three };
	size_t count = 3 + (two != NULL ? 1U : 0) +
	    (three != NULL ? 1U : 0);
	struct err err = { 0 };

	loopback_start(&server, answers, count);
	open_webhook(USUAL);
	if (remote.prepare(remote.ctx, true, &facts, &err) == -1)
		fail_msg("%s", err.text);
	request = request_new(60);
}

static void
on_done(struct request *of)
{
	assert_ptr_equal(of, request);
	ended++;
}

static void
run(void)
{
	request->done = on_done;
	assert_int_equal(remote.submit(remote.ctx, request, NULL), 0);
	for (int i = 0; ended == 0 && i < 50; i++)
		assert_int_not_equal(remote.wait(remote.ctx, 1000, NULL), -1);
	assert_int_equal(ended, 1);
}

static struct op *
add(enum op_kind kind, enum target_kind target, const char *id)
{
	struct op *op = &request->ops[request->count++];

	op->kind = kind;
	if (target == TARGET_PRICE)
		target_set_price(&op->target, str_of(id), str_of("BASE"));
	else
		target_set(&op->target, target, str_of(id));
	return op;
}

static void
set(struct op *op, enum field field, const char *value)
{
	(void)fields_set(&op->fields, field, str_of(value));
}

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
	    "\"c1\":{\"products\":[]},\"c2\":{\"sections\":[]}}", "[]")),
	    loopback_json(200, BATCH("{\"c0\":{\"productProperty\":{\"id\":"
	    "77}}}", "[]")) };

	(void)state;
	loopback_start(&server, answers, 3);
	open_webhook(USUAL);
	assert_int_equal(remote.prepare(remote.ctx, true, &facts, NULL), 0);
	assert_true(facts.products_empty);
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
	    "fields%5Bname%5D=A%26B&fields%5Bproperty95%5D=X&"
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

static enum outcome
create_with(char *answer)
{
	prepared(answer, NULL, NULL);
	set(add(OP_CREATE, TARGET_PRODUCT, "p"), FIELD_NAME, "A");
	run();
	return request->ops[0].outcome;
}

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

static void
redirect_to_the_same_path_is_followed_as_post(void **state)
{
	char *answers[] = { NULL, loopback_json(200,
	    BATCH("{\"c0\":{\"catalogs\":[]}}", "[]")) };
	struct err err = { 0 };
	int other;

	(void)state;
	/* The new address is known only when its server is there. */
	{
		char *second[] = { answers[1] };
		struct loopback there;

		loopback_start(&there, second, 1);
		other = there.port;
		answers[0] = mem_printf("HTTP/1.1 302 Found\r\nLocation: "
		    "http://127.0.0.1:%d/rest/1/" SECRET "/batch\r\n"
		    "Content-Length: 0\r\n\r\n", other);
		loopback_start(&server, answers, 1);
		open_webhook(USUAL);
		(void)remote.prepare(remote.ctx, false, &facts, &err);
		assert_non_null(strstr(loopback_request(&there, 0),
		    "POST /rest/1/" SECRET "/batch HTTP"));
		loopback_stop(&there);
	}
}

static void
redirect_to_a_page_stops_the_run(void **state)
{
	(void)state;
	assert_int_equal(create_with(mem_text("HTTP/1.1 302 Found\r\n"
	    "Location: http://127.0.0.1:1/auth/?x=1\r\nContent-Length: 0\r\n"
	    "\r\n")), OUTCOME_STOP);
	assert_non_null(strstr(request->ops[0].text, "address has changed"));
}

/* ---- finds ---- */

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
	assert_non_null(strstr(asked, "filter%5BxmlId%5D%5B0%5D=p0&"
	    "filter%5BxmlId%5D%5B1%5D=p1"));
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
	    "\"products\":[]},\"c1\":{\"sections\":[]}},\"result_error\":[],"
	    "\"result_total\":{\"c0\":120,\"c1\":3}}}"), NULL, NULL);
	add(OP_COUNT, TARGET_SECTION, "g")->portal_id = 6;
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 123);
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

/* ---- OAuth ---- */

static char *
put_tokens(int port)
{
	char *path = file_join(folder, "tokens");
	char *text = mem_printf("{\"client_id\":\"app.1\",\"client_secret\":"
	    "\"appsecret1\",\"access_token\":\"access-old\","
	    "\"refresh_token\":\"refresh-old\",\"extra\":1,"
	    "\"client_endpoint\":\"http://127.0.0.1:%d/rest/\"}", port);

	scratch_put(path, text);
	assert_int_equal(chmod(path, 0600), 0);
	free(text);
	return path;
}

static void
open_oauth(void)
{
	char *path = put_tokens(server.port);
	char *portal = mem_printf("\"oauth_file\":\"tokens\",\"oauth_host\":"
	    "\"http://127.0.0.1:%d\"", server.port);

	load_config(portal, USUAL);
	free(portal);
	free(path);
}

static void
expired_token_is_refreshed_once_and_kept(void **state)
{
	char *answers[] = { loopback_json(401, "{\"error\":"
	    "\"expired_token\"}"), loopback_json(200, "{\"access_token\":"
	    "\"access-new\",\"refresh_token\":\"refresh-new\",\"expires\":"
	    "9}"), loopback_json(200, FACTS_1), loopback_json(200, FACTS_2) };
	char *path = file_join(folder, "tokens");
	struct stat info;

	(void)state;
	loopback_start(&server, answers, 4);
	open_oauth();
	assert_int_equal(remote.prepare(remote.ctx, false, &facts, NULL), 0);
	assert_non_null(strstr(loopback_request(&server, 0),
	    "\"auth\":\"access-old\""));
	assert_non_null(strstr(loopback_request(&server, 1),
	    "POST /oauth/token/ HTTP"));
	assert_non_null(strstr(loopback_request(&server, 1),
	    "refresh_token=refresh-old"));
	assert_non_null(strstr(loopback_request(&server, 2),
	    "\"auth\":\"access-new\""));
	assert_non_null(strstr(scratch_get(path), "refresh-new"));
	assert_non_null(strstr(scratch_get(path), "\"extra\""));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	free(path);
}

static void
refused_refresh_stops_the_run(void **state)
{
	char *answers[] = { loopback_json(401, "{\"error\":"
	    "\"expired_token\"}"), loopback_json(400, "{\"error\":"
	    "\"invalid_grant\"}") };
	struct err err = { 0 };

	(void)state;
	loopback_start(&server, answers, 2);
	open_oauth();
	assert_int_equal(remote.prepare(remote.ctx, false, &facts, &err),
	    -1);
	assert_int_equal(err.kind, ERR_PORTAL);
	assert_non_null(strstr(err.text, "invalid_grant"));
	assert_null(strstr(err.text, "appsecret1"));
}

#define REMOTE_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(main_catalogue_and_its_facts_are_read),
		REMOTE_TEST(wrong_rules_are_named_all_at_once),
		REMOTE_TEST(missing_article_property_is_made),
		REMOTE_TEST(html_in_place_of_facts_is_asked_again),
		REMOTE_TEST(
		    refused_webhook_stops_at_once_and_hides_its_secret),
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
		REMOTE_TEST(redirect_to_the_same_path_is_followed_as_post),
		REMOTE_TEST(redirect_to_a_page_stops_the_run),
		REMOTE_TEST(marks_are_joined_and_rows_compared_again),
		REMOTE_TEST(
		    find_answers_with_the_asked_text_when_it_means_the_same),
		REMOTE_TEST(further_pages_are_followed),
		REMOTE_TEST(filter_that_is_ignored_stops_the_run),
		REMOTE_TEST(content_of_a_section_is_counted),
		REMOTE_TEST(
		    content_that_is_not_counted_is_not_taken_for_empty),
		REMOTE_TEST(lost_find_is_asked_again),
		REMOTE_TEST(
		    price_of_no_product_is_not_there_without_a_request),
		REMOTE_TEST(request_holds_fifty_and_no_more),
		REMOTE_TEST(large_bodies_are_parted),
		REMOTE_TEST(
		    value_that_the_portal_lacks_is_told_with_what_to_do),
		REMOTE_TEST(expired_token_is_refreshed_once_and_kept),
		REMOTE_TEST(refused_refresh_stops_the_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
