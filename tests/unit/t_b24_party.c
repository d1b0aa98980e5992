/* Who of the portal may be this client: the steps and their answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_fixture.h"
#include "model/party.h"

#define ITEMS(rows) "{\"items\":[" rows "]}"
#define ONE(result) BATCH("{\"c0\":" result "}", "[]")
#define NO_ITEMS ONE(ITEMS(""))
#define INN "7701234567"
#define REQUISITE(id, entity, inn, kpp) "{\"ID\":\"" id "\"," \
	"\"ENTITY_TYPE_ID\":\"4\",\"ENTITY_ID\":\"" entity "\"," \
	"\"RQ_INN\":\"" inn "\",\"RQ_KPP\":" kpp "}"

/* A portal that has answered prepare() and then answers with these; NULL
 * ends them. */
static void
portal_with(const char *const *bodies)
{
	char *answers[LOOPBACK_MAX] = { loopback_json(200, FACTS_1),
	    loopback_json(200, FACTS_2) };
	size_t count = 2;
	struct err err = { 0 };

	for (; *bodies != NULL; bodies++)
		answers[count++] = **bodies == '\0' ? mem_text("") :
		    loopback_json(200, *bodies);
	loopback_start(&server, answers, count);
	open_webhook(USUAL);
	if (remote.prepare(remote.ctx, true, &facts, &err) == -1)
		fail_msg("%s", err.text);
	request = request_new(60);
}

#define PORTAL(...) portal_with((const char *const[]){ __VA_ARGS__, NULL })

static struct op *
company(const char *id, const char *inn, const char *kpp)
{
	struct op *op = add(OP_FIND, TARGET_COMPANY, id);

	if (inn != NULL)
		(void)fields_add_pair(&op->fields, FIELD_TAXPAYER,
		    str_of(inn), str_of(kpp));
	return op;
}

static void
add_value(struct op *op, enum field field, const char *value)
{
	struct buf lines = BUF_INIT(4096);
	struct str held = fields_get(&op->fields, field);

	(void)buf_add(&lines, held.p, held.len);
	party_line_add(&lines, str_of("WORK"), str_of(value));
	(void)fields_set(&op->fields, field, str_n(buf_text(&lines),
	    lines.len));
	buf_free(&lines);
}

/* The n-th request behind prepare()'s. */
static bool
was_asked(size_t n, const char *text)
{
	return strstr(loopback_request(&server, n + 2), text) != NULL;
}

static bool
was_sent(size_t n)
{
	return loopback_request(&server, n + 2)[0] != '\0';
}

static void
our_mark_settles_and_is_compared_again(void **state)
{
	(void)state;
	PORTAL(ONE(ITEMS("{\"id\":5,\"title\":\"A\",\"originId\":\"k1\","
	    "\"originatorId\":\"ONE_C\"},{\"id\":6,\"originId\":\"K1\","
	    "\"originatorId\":\"ONE_C\"},{\"id\":7,\"originId\":\"k1\","
	    "\"originatorId\":\"one_c\"}")), "");
	add_value(company("k1", NULL, NULL), FIELD_EMAILS, "a@b.ru");
	company("k2", NULL, NULL);
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 1);
	assert_int_equal(request->ops[0].found[0].portal_id, 5);
	assert_int_equal(request->ops[1].found_count, 0);
	assert_true(was_asked(0, "filter%5B%40originId%5D%5B0%5D=k1&"
	    "filter%5B%40originId%5D%5B1%5D=k2"));
	assert_true(was_asked(0, "filter%5B%3DoriginatorId%5D=ONE_C"));
	assert_true(was_asked(0, "entityTypeId=4"));
	/* Its e-mail is not looked for any more. */
	assert_false(was_sent(1));
}

static void
taxpayer_is_found_by_its_requisites(void **state)
{
	const struct found *found;

	(void)state;
	PORTAL(NO_ITEMS, ONE("[" REQUISITE("1", "11", INN, "\"770101001\"")
	    "," REQUISITE("2", "12", "7709999999", "null") "]"),
	    ONE(ITEMS("{\"id\":11,\"title\":\"A\"},{\"id\":99}")),
	    ONE("[" REQUISITE("1", "11", INN, "\"770101001\"") ","
	    REQUISITE("3", "11", "7708888888", "null") "]"), "");
	set(company("k1", INN, "770101001"), FIELD_NAME, "Ромашка");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 1);
	found = &request->ops[0].found[0];
	assert_int_equal(found->portal_id, 11);
	assert_true(str_is(fields_get(&found->fields, FIELD_TAXPAYER),
	    INN "\x1f" "770101001\n7708888888\x1f"));
	assert_true(was_asked(1, "crm.requisite.list"));
	assert_true(was_asked(1, "filter%5B%40RQ_INN%5D%5B0%5D=" INN));
	assert_true(was_asked(1, "filter%5BENTITY_TYPE_ID%5D=4"));
	assert_true(was_asked(2, "filter%5B%40id%5D%5B0%5D=11"));
	assert_true(was_asked(3, "filter%5B%40ENTITY_ID%5D%5B0%5D=11"));
	/* Settled: the name is not looked for. */
	assert_false(was_sent(4));
}

static void
another_branch_does_not_settle(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, ONE("[" REQUISITE("1", "11", INN, "\"780101001\"")
	    "]"), ONE(ITEMS("{\"id\":11}")), ONE(ITEMS("{\"id\":12,"
	    "\"title\":\"Ромашка\"}")), ONE("[]"));
	set(company("k1", INN, "770101001"), FIELD_NAME, "ООО Ромашка");
	run();
	assert_int_equal(request->ops[0].found_count, 2);
	assert_true(was_asked(3, "filter%5B0%5D%5B0%5D%5B%25title%5D="
	    "%D0%A0%D0%BE%D0%BC"));
	assert_true(was_asked(4, "filter%5B%40ENTITY_ID%5D%5B1%5D=12"));
}

static void
client_of_another_id_does_not_settle(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, ONE("[" REQUISITE("1", "11", INN, "null") "]"),
	    ONE(ITEMS("{\"id\":11,\"originatorId\":\"ONE_C\",\"originId\":"
	    "\"k2\"}")), ONE(ITEMS("{\"id\":11},{\"id\":12}")), ONE("[]"));
	set(company("k1", INN, ""), FIELD_NAME, "Ромашка");
	run();
	/* 11 once, though it was found twice. */
	assert_int_equal(request->ops[0].found_count, 2);
}

static void
phones_are_asked_in_each_spelling(void **state)
{
	struct op *op;

	(void)state;
	PORTAL(NO_ITEMS, ONE("[]"), ONE("{\"COMPANY\":[21],\"CONTACT\":[7]}"),
	    ONE(ITEMS("{\"id\":21}")), ONE("[" REQUISITE("1", "21", INN,
	    "null") "]"), "");
	op = company("k1", NULL, NULL);
	add_value(op, FIELD_EMAILS, "Info@B.ru");
	add_value(op, FIELD_PHONES, "8 (495) 123-45-67");
	run();
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_int_equal(op->found_count, 1);
	assert_int_equal(op->found[0].portal_id, 21);
	assert_true(was_asked(1, "type=EMAIL&entity_type=COMPANY&"
	    "values%5B0%5D=info%40b.ru&values%5B1%5D=Info%40B.ru"));
	assert_true(was_asked(2, "type=PHONE&entity_type=COMPANY&"
	    "values%5B0%5D=%2B74951234567&values%5B1%5D=84951234567"));
	assert_false(was_asked(2, "values%5B2%5D"));
	/* Ours has no ИНН: theirs may say that it is another one's. */
	assert_true(was_asked(4, "filter%5B%40ENTITY_ID%5D%5B0%5D=21"));
	assert_true(str_is(fields_get(&op->found[0].fields, FIELD_TAXPAYER),
	    INN "\x1f"));
	assert_false(was_sent(5));
}

/* The eleventh phone is asked for by a call of its own. */
static void
twenty_values_at_the_most(void **state)
{
	char number[24];
	struct op *op;

	(void)state;
	PORTAL(NO_ITEMS, ONE("[]"), ONE("{\"COMPANY\":[21]}"),
	    ONE(ITEMS("{\"id\":21}")), ONE("[]"));
	op = company("k1", NULL, NULL);
	for (int i = 10; i <= 20; i++) {
		(void)snprintf(number, sizeof(number), "849512345%d", i);
		add_value(op, FIELD_PHONES, number);
	}
	run();
	assert_true(was_asked(1, "values%5B19%5D=84951234519"));
	assert_false(was_asked(1, "values%5B20%5D="));
	assert_true(was_asked(2, "values%5B0%5D=%2B74951234520&"
	    "values%5B1%5D=84951234520"));
	assert_int_equal(op->found_count, 1);
}

static void
phone_of_a_town_is_asked_for_as_it_is_too(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, ONE("[]"));
	add_value(company("k1", NULL, NULL), FIELD_PHONES, "495 123-45-67");
	run();
	assert_true(was_asked(1, "values%5B0%5D=%2B74951234567&"
	    "values%5B1%5D=84951234567&values%5B2%5D=495%20123"));
}

static void
nothing_that_is_a_phone_asks_nothing(void **state)
{
	struct op *op;

	(void)state;
	PORTAL(NO_ITEMS, "");
	op = company("k1", NULL, NULL);
	add_value(op, FIELD_PHONES, "нет");
	add_value(op, FIELD_EMAILS, "нет");
	set(op, FIELD_NAME, "ООО «»");
	run();
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_false(was_sent(1));
}

static void
name_of_a_person_counts_within_the_company(void **state)
{
	struct op *op;

	(void)state;
	PORTAL(NO_ITEMS, ONE(ITEMS("{\"id\":31,\"lastName\":\"Королев\","
	    "\"companyIds\":[8]},{\"id\":32,\"lastName\":\"Королев\","
	    "\"companyId\":9},{\"id\":33,\"lastName\":\"Королёв\","
	    "\"companyIds\":[7,9]}")));
	op = &request->ops[request->count++];
	op->kind = OP_FIND;
	target_set_part(&op->target, TARGET_PERSON, str_of("k1"),
	    str_of("p1"));
	op->parent_id = 9;
	set(op, FIELD_LAST_NAME, "Королёв");
	run();
	assert_int_equal(op->found_count, 2);
	assert_int_equal(op->found[0].portal_id, 32);
	assert_int_equal(op->found[1].portal_id, 33);
	assert_true(was_asked(0, "entityTypeId=3"));
	assert_true(was_asked(0, "filter%5B%40originId%5D%5B0%5D=p1"));
	/* With е and with ё. */
	assert_true(was_asked(1, "filter%5B%40lastName%5D%5B0%5D=%D0%9A%D0"
	    "%BE%D1%80%D0%BE%D0%BB%D0%B5%D0%B2&filter%5B%40lastName%5D%5B1"
	    "%5D=%D0%9A%D0%BE%D1%80%D0%BE%D0%BB%D1%91%D0%B2"));
}

#define PAGE(id, next) "{\"result\":{\"result\":{\"c0\":" ITEMS("{\"id\":" \
	id "}") "},\"result_error\":[],\"result_next\":{\"c0\":" next "}}}"

/* All words of a name are asked for, and pages up to a limit. */
static void
more_of_a_name_than_can_be_looked_through_are_told(void **state)
{
	struct op *op;

	(void)state;
	PORTAL(NO_ITEMS, PAGE("1", "50"), PAGE("2", "100"), PAGE("3", "150"),
	    PAGE("4", "200"), PAGE("5", "250"), PAGE("6", "300"),
	    PAGE("7", "350"), PAGE("8", "400"), PAGE("9", "450"),
	    PAGE("10", "500"), ONE("[]"), "");
	op = company("k1", NULL, NULL);
	set(op, FIELD_NAME, "ООО Торговая ёлка");
	run();
	assert_int_equal(op->outcome, OUTCOME_DONE);
	assert_int_equal(op->found_count, 10);
	assert_true(op->more);
	assert_true(was_asked(1, "filter%5B0%5D%5Blogic%5D=OR&"));
	assert_true(was_asked(1, "filter%5B1%5D%5B1%5D%5B%25title%5D=%D1%91"
	    "%D0%BB%D0%BA%D0%B0"));
	assert_true(was_asked(10, "start=450"));
	assert_false(was_sent(12));
}

/* A trader may be there as the other kind of client. */
static void
taxpayer_of_twelve_digits_is_looked_for_elsewhere(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, BATCH("{\"c0\":[{\"ID\":\"1\",\"ENTITY_TYPE_ID\":"
	    "\"3\",\"ENTITY_ID\":\"17\",\"RQ_INN\":\"770123456789\"}],"
	    "\"c1\":[]}", "[]"), "");
	company("k1", "770123456789", "");
	run();
	assert_int_equal(request->ops[0].found_count, 0);
	assert_int_equal(request->ops[0].as_other, 17);
	assert_false(was_sent(2));
}

/* Twenty ids may be all or not: the surname tells. */
static void
twenty_with_a_phone_are_looked_for_by_name(void **state)
{
	struct op *op;

	(void)state;
	PORTAL(NO_ITEMS, ONE("{\"CONTACT\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,"
	    "15,16,17,18,19,20]}"), ONE(ITEMS("{\"id\":1}")),
	    ONE(ITEMS("{\"id\":31,\"lastName\":\"Ким\",\"name\":\"О.\"}")),
	    ONE("[]"), "");
	config->counterparties.match.count = 4;
	op = add(OP_FIND, TARGET_CONTACT, "k1");
	add_value(op, FIELD_PHONES, "8 495 123-45-67");
	set(op, FIELD_LAST_NAME, "Ким");
	set(op, FIELD_FIRST_NAME, "Олег");
	run();
	assert_int_equal(op->found_count, 2);
	assert_true(was_asked(3, "filter%5B%40lastName%5D%5B0%5D="));
	assert_false(was_asked(3, "%40name"));
	assert_false(op->more);
	config->counterparties.match.count = 5;
}

static void
steps_are_asked_in_the_order_of_the_rules(void **state)
{
	char **words;
	char *first;
	struct op *op;

	(void)state;
	PORTAL(ONE(ITEMS("{\"id\":5,\"title\":\"Ромашка\"}")), NO_ITEMS,
	    ONE("[]"));
	words = config->counterparties.match.items;
	first = words[0];
	words[0] = words[4];
	words[4] = first;
	op = company("k1", NULL, NULL);
	set(op, FIELD_NAME, "Ромашка");
	run();
	assert_true(was_asked(0, "title"));
	assert_true(was_asked(1, "originId"));
	assert_int_equal(op->found_count, 1);
}

static void
lost_answer_is_asked_again_and_finds_nothing(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, ONE("[" REQUISITE("1", "11", INN, "null") "]"), "");
	company("k1", INN, "");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
	assert_int_equal(request->ops[0].found_count, 0);
}

/* Who was found by our mark is done, though the next step failed. */
static void
settled_ones_outlive_a_failure(void **state)
{
	(void)state;
	PORTAL(ONE(ITEMS("{\"id\":5,\"originId\":\"k1\",\"originatorId\":"
	    "\"ONE_C\"}")), BATCH("[]", "{\"c0\":{\"error\":"
	    "\"INTERNAL_SERVER_ERROR\",\"error_description\":\"x\"}}"),
	    ONE("[" REQUISITE("1", "5", INN, "null") "]"));
	company("k1", INN, "");
	company("k2", "7708888888", "");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[0].found_count, 1);
	assert_true(str_is(fields_get(&request->ops[0].found[0].fields,
	    FIELD_TAXPAYER), INN "\x1f"));
	assert_int_not_equal(request->ops[1].outcome, OUTCOME_DONE);
}

/* One question that the portal stumbles over is that client's trouble. */
static void
failed_search_holds_up_nobody_else(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, BATCH("{\"c1\":{\"COMPANY\":[12]}}", "{\"c0\":{"
	    "\"error\":\"\",\"error_description\":\"Search failed\"}}"),
	    ONE(ITEMS("{\"id\":12}")), ONE("[]"));
	add_value(company("k1", NULL, NULL), FIELD_PHONES, "8 495 1111111");
	add_value(company("k2", NULL, NULL), FIELD_PHONES, "8 495 2222222");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_REFUSED);
	assert_true(request->ops[0].not_before > 0);
	assert_string_equal(request->ops[0].text, "Search failed");
	assert_int_equal(request->ops[1].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[1].found_count, 1);
}

/* A right or a limit is about all. */
static void
refused_rights_stop_all_the_same(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, BATCH("{\"c1\":{\"COMPANY\":[12]}}", "{\"c0\":{"
	    "\"error\":\"insufficient_scope\",\"error_description\":"
	    "\"x\"}}"));
	add_value(company("k1", NULL, NULL), FIELD_PHONES, "8 495 1111111");
	add_value(company("k2", NULL, NULL), FIELD_PHONES, "8 495 2222222");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_STOP);
	assert_int_equal(request->ops[1].outcome, OUTCOME_STOP);
}

/* "Nobody" would be made once more. */
static void
answer_without_a_list_is_not_nobody(void **state)
{
	(void)state;
	PORTAL(ONE("null"));
	company("k1", NULL, NULL);
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_AGAIN);
}

static void
whole_table_of_requisites_stops_the_run(void **state)
{
	(void)state;
	PORTAL(NO_ITEMS, "{\"result\":{\"result\":{\"c0\":["
	    REQUISITE("1", "11", "7709999999", "null") "]},"
	    "\"result_error\":[],\"result_next\":{\"c0\":50}}}");
	company("k1", INN, "");
	run();
	assert_int_equal(request->ops[0].outcome, OUTCOME_STOP);
}

static void
further_pages_of_marks_are_followed(void **state)
{
	(void)state;
	PORTAL("{\"result\":{\"result\":{\"c0\":" ITEMS("{\"id\":5,"
	    "\"originId\":\"k1\",\"originatorId\":\"ONE_C\"}") "},"
	    "\"result_error\":[],\"result_next\":{\"c0\":50}}}",
	    ONE(ITEMS("{\"id\":6,\"originId\":\"k1\",\"originatorId\":"
	    "\"ONE_C\"}")));
	company("k1", NULL, NULL);
	run();
	assert_int_equal(request->ops[0].found_count, 2);
	assert_true(was_asked(1, "start=50"));
}

static void
answer_too_large_is_asked_by_halves(void **state)
{
	size_t size = LIMIT_ANSWER_BYTES + 100000;
	char *huge = mem_alloc(size + 1);

	(void)state;
	memset(huge, 'x', size);
	PORTAL(huge, ONE(ITEMS("{\"id\":5,\"originId\":\"k1\","
	    "\"originatorId\":\"ONE_C\"}")), ONE(ITEMS("{\"id\":6,"
	    "\"originId\":\"k2\",\"originatorId\":\"ONE_C\"}")));
	free(huge);
	company("k1", NULL, NULL);
	company("k2", NULL, NULL);
	run();
	assert_int_equal(request->ops[0].found_count, 1);
	assert_int_equal(request->ops[1].found_count, 1);
	assert_int_equal(request->ops[1].found[0].portal_id, 6);
}

static void
id_is_read_without_steps(void **state)
{
	(void)state;
	PORTAL(ONE(ITEMS("{\"id\":5,\"title\":\"A\"},{\"id\":6}")), "");
	company("k1", INN, "")->portal_id = 5;
	run();
	assert_int_equal(request->ops[0].found_count, 1);
	assert_true(str_is(fields_get(&request->ops[0].found[0].fields,
	    FIELD_NAME), "A"));
	assert_false(was_sent(1));
}

static void
parts_are_looked_for_by_their_parent(void **state)
{
	struct op *op;

	(void)state;
	PORTAL(BATCH("{\"c0\":[" REQUISITE("1", "7", INN, "null") ","
	    REQUISITE("2", "8", INN, "null") "],\"c1\":[{\"ID\":\"5\","
	    "\"ENTITY_ID\":\"1\",\"RQ_ACC_NUM\":\"407\"},{\"ID\":\"6\","
	    "\"ENTITY_ID\":\"1\",\"RQ_ACC_NUM\":\"408\"}],\"c2\":[{"
	    "\"TYPE_ID\":\"6\",\"ENTITY_TYPE_ID\":\"8\",\"ENTITY_ID\":\"1\","
	    "\"CITY\":\"Тверь\"}]}", "[]"));
	op = add(OP_FIND, TARGET_REQUISITE, "k1");
	op->parent_id = 7;
	set(op, FIELD_HOLDER, "company");
	for (int i = 0; i < 2; i++) {
		op = &request->ops[request->count++];
		op->kind = OP_FIND;
		op->parent_id = 1;
		target_set_part(&op->target, i == 0 ? TARGET_BANK :
		    TARGET_ADDRESS, str_of("k1"), str_of(i == 0 ? "4 0 8" :
		    "6"));
	}
	/* Without a parent there is none. */
	add(OP_FIND, TARGET_REQUISITE, "k2");
	run();
	assert_int_equal(request->ops[0].found_count, 1);
	assert_int_equal(request->ops[0].found[0].portal_id, 1);
	assert_int_equal(request->ops[1].found_count, 1);
	assert_int_equal(request->ops[1].found[0].portal_id, 6);
	assert_int_equal(request->ops[2].found_count, 1);
	assert_int_equal(request->ops[2].found[0].portal_id, 6);
	assert_int_equal(request->ops[3].outcome, OUTCOME_DONE);
	assert_int_equal(request->ops[3].found_count, 0);
	assert_true(was_asked(0, "filter%5BENTITY_TYPE_ID%5D=4"));
	assert_true(was_asked(0, "filter%5BTYPE_ID%5D=6"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(our_mark_settles_and_is_compared_again),
		REMOTE_TEST(taxpayer_is_found_by_its_requisites),
		REMOTE_TEST(another_branch_does_not_settle),
		REMOTE_TEST(client_of_another_id_does_not_settle),
		REMOTE_TEST(phones_are_asked_in_each_spelling),
		REMOTE_TEST(twenty_values_at_the_most),
		REMOTE_TEST(phone_of_a_town_is_asked_for_as_it_is_too),
		REMOTE_TEST(nothing_that_is_a_phone_asks_nothing),
		REMOTE_TEST(name_of_a_person_counts_within_the_company),
		REMOTE_TEST(more_of_a_name_than_can_be_looked_through_are_told),
		REMOTE_TEST(taxpayer_of_twelve_digits_is_looked_for_elsewhere),
		REMOTE_TEST(twenty_with_a_phone_are_looked_for_by_name),
		REMOTE_TEST(steps_are_asked_in_the_order_of_the_rules),
		REMOTE_TEST(lost_answer_is_asked_again_and_finds_nothing),
		REMOTE_TEST(settled_ones_outlive_a_failure),
		REMOTE_TEST(failed_search_holds_up_nobody_else),
		REMOTE_TEST(refused_rights_stop_all_the_same),
		REMOTE_TEST(answer_without_a_list_is_not_nobody),
		REMOTE_TEST(whole_table_of_requisites_stops_the_run),
		REMOTE_TEST(further_pages_of_marks_are_followed),
		REMOTE_TEST(answer_too_large_is_asked_by_halves),
		REMOTE_TEST(id_is_read_without_steps),
		REMOTE_TEST(parts_are_looked_for_by_their_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
