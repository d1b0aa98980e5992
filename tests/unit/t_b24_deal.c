/*
 * What 1C says of a deal: its user fields by their types, and the stage.
 */
#include "b24_op.h"
#include "told_case.h"

#define BEGIN "{\"entityTypeId\":\"2\",\"id\":\"7\"," \
	"\"useOriginalUfNames\":\"Y\",\"fields\":{"

static struct config_pair status_pairs[] = {
	{ T("В работе"), T("Сборка"), 1 },
	{ T("s9"), T("Отгрузка"), 2 },
	{ T("Закрыт"), T("Успех"), 3 },
};
static struct config_pair owners[] = { { T("order.stage"), T("never"),
    1 } };
static struct config_funnel rule;
/* By sort; Архив is one of failure whose sort says nothing. */
static struct b24_stage stages[] = {
	{ T("C3:NEW"), T("Новая"), 10, 0, false },
	{ T("C3:PAID"), T("Оплата"), 20, 0, false },
	{ T("C3:1"), T("Сборка"), 30, 0, false },
	{ T("C3:2"), T("Отгрузка"), 40, 0, false },
	{ T("C3:LOSE"), T("Отказ"), 45, 'F', false },
	{ T("C3:LAST"), T("Передача"), 50, 0, false },
	{ T("C3:WON"), T("Успех"), 60, 'S', false },
};
static struct b24_funnel funnel;
static char list_type[] = "enumeration", text_type[] = "string";
static struct b24_item types[] = { { 31, T("предоплата") },
    { 33, T("Постоплата") } };
#define FIELD(its_key, its_name, its_type) .key = its_key, \
	.name = T(its_name), .type = T(its_type)
static struct b24_user_field fields[] = {
	{ FIELD("onec_number", "UF_CRM_NO", "string") },
	{ FIELD("paid", "UF_CRM_PAID", "boolean") },
	{ FIELD("payment_date", "UF_CRM_DAY", "date") },
	{ FIELD("onec_date", "UF_CRM_TIME", "datetime") },
	{ FIELD("payment_type", "UF_CRM_TYPE", "enumeration"),
	    .items = types, .item_count = 2 },
	{ FIELD("payment_sum", "UF_CRM_SUM", "money") },
	{ FIELD("payment_method", "UF_CRM_BY", "string"), .multiple = true },
	{ FIELD("number", "UF_CRM_WHOLE", "integer") },
};

static int
make(void **state)
{
	(void)state;
	op_zone();
	op_make();
	rule = (struct config_funnel){ .status_from_1c = { status_pairs,
	    3 } };
	funnel = (struct b24_funnel){ .category = 3, .rule = &rule,
	    .stages = stages, .stage_count = 7, .won = 6, .lost = 4,
	    .paid = 1, .shipped = 3 };
	b24.facts.deals = (struct b24_deal_facts){ .known = true,
	    .funnels = &funnel, .funnel_count = 1, .fields = fields,
	    .field_count = 8 };
	fields[4].type = list_type;
	op.kind = OP_UPDATE;
	op.portal_id = 7;
	(void)target_set(&op.target, TARGET_DEAL, str_of("7"));
	put(&held.fields, FIELD_CATEGORY, "3");
	put(&held.fields, FIELD_STAGE, "C3:NEW");
	put(&held.fields, FIELD_CURRENCY, "RUB");
	return 0;
}

/* ---- values ---- */

static void
each_type_of_field_gets_its_own_words(void **state)
{
	(void)state;
	want(FIELD_NUMBER, "17.5");
	want(FIELD_ONEC_NUMBER, "УТ-17");
	want(FIELD_ONEC_DATE, "2026-01-15");
	want(FIELD_PAID, "Y");
	want(FIELD_PAYMENT_DATE, "2026-01-15T10:20:30");
	want(FIELD_PAYMENT_TYPE, "prepayment");
	want(FIELD_PAYMENT_SUM, "1200.5");
	want(FIELD_PAYMENT_METHOD, "Карта");
	assert_string_equal(written(), BEGIN "\"UF_CRM_WHOLE\":\"18\","
	    "\"UF_CRM_NO\":\"УТ-17\","
	    "\"UF_CRM_TIME\":\"2026-01-14T21:00:00+00:00\","
	    "\"UF_CRM_PAID\":\"Y\","
	    "\"UF_CRM_DAY\":\"2026-01-15\",\"UF_CRM_TYPE\":\"31\","
	    "\"UF_CRM_SUM\":\"1200.5|RUB\","
	    "\"UF_CRM_BY\":{\"0\":\"Карта\"}}}");
}

static void
type_of_payment_is_a_russian_word_in_a_text(void **state)
{
	(void)state;
	fields[4].type = text_type;
	want(FIELD_PAYMENT_TYPE, "full");
	assert_string_equal(written(), BEGIN "\"UF_CRM_TYPE\":"
	    "\"Полная оплата\"}}");
}

static void
value_that_the_list_lacks_is_refused_alone(void **state)
{
	(void)state;
	want(FIELD_PAYMENT_TYPE, "full");
	want(FIELD_ONEC_NUMBER, "5");
	assert_string_equal(written(), BEGIN "\"UF_CRM_NO\":\"5\"}}");
	assert_string_equal(text_of(&op.dropped, FIELD_PAYMENT_TYPE), "full");
	assert_told(op.text, "the list UF_CRM_TYPE has no value "
	    "\"Полная оплата\": add it there");
}

static void
field_that_is_not_mapped_is_taken_without_a_word(void **state)
{
	(void)state;
	want(FIELD_SHIPMENT_DATE, "2026-01-15");
	op.outcome = OUTCOME_STOP;
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.dropped.count, 0);
}

static void
what_the_portal_holds_already_is_not_said(void **state)
{
	(void)state;
	fields_free(&held.fields);
	b24_deal_found(&b24, &op, parsed("{\"id\":7,\"stageId\":\"C3:NEW\","
	    "\"categoryId\":3,\"currencyId\":\"RUB\",\"UF_CRM_WHOLE\":18,"
	    "\"UF_CRM_TIME\":\"2026-01-15T01:00:00+04:00\","
	    "\"UF_CRM_PAID\":\"Y\",\"UF_CRM_DAY\":\"2026-01-15T03:00:00"
	    "+03:00\",\"UF_CRM_TYPE\":31,\"UF_CRM_SUM\":\"1200.50|RUB\","
	    "\"UF_CRM_BY\":[\"Карта\"]}"), &held);
	want(FIELD_NUMBER, "17.5");
	want(FIELD_ONEC_DATE, "2026-01-15");
	want(FIELD_PAID, "Y");
	want(FIELD_PAYMENT_DATE, "2026-01-15T10:20:30");
	want(FIELD_PAYMENT_TYPE, "prepayment");
	want(FIELD_PAYMENT_SUM, "1200.5");
	want(FIELD_PAYMENT_METHOD, "Карта");
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
}

static void
nought_is_nothing_to_the_portal(void **state)
{
	(void)state;
	want(FIELD_PAYMENT_SUM, "0.00");
	assert_null(written());
}

/* It is a value, and no emptying, which portals do not always do. */
static void
nought_is_said_where_the_portal_holds_more(void **state)
{
	(void)state;
	put(&held.fields, FIELD_PAYMENT_SUM, "5");
	put(&held.fields, FIELD_NUMBER, "7");
	want(FIELD_PAYMENT_SUM, "0.00");
	want(FIELD_NUMBER, "0");
	assert_string_equal(written(), BEGIN "\"UF_CRM_WHOLE\":\"0\","
	    "\"UF_CRM_SUM\":\"0|RUB\"}}");
	assert_false(command.empties);
}

static void
clear_empties_what_is_there(void **state)
{
	(void)state;
	put(&held.fields, FIELD_ONEC_NUMBER, "5");
	put(&held.fields, FIELD_PAYMENT_METHOD, "Карта");
	put(&held.fields, FIELD_PAID, "Y");
	want(FIELD_ONEC_NUMBER, FIELD_CLEAR);
	want(FIELD_PAYMENT_METHOD, FIELD_CLEAR);
	want(FIELD_PAID, FIELD_CLEAR);
	want(FIELD_PAYMENT_SUM, FIELD_CLEAR);
	assert_string_equal(written(), BEGIN "\"UF_CRM_NO\":\"\","
	    "\"UF_CRM_PAID\":\"N\",\"UF_CRM_BY\":{\"0\":\"\"}}}");
	assert_true(command.empties);
	/* Seen again afterwards: one is there all the same. */
	fields_remove(&held.fields, FIELD_ONEC_NUMBER);
	fields_remove(&held.fields, FIELD_PAID);
	b24_deal_emptied(&b24, &op, &held.fields);
	assert_int_equal(op.dropped.count, 1);
	assert_true(fields_has(&op.dropped, FIELD_PAYMENT_METHOD));
	assert_non_null(strstr(op.text, "by hand"));
}

static void
field_that_yields_keeps_what_people_wrote(void **state)
{
	(void)state;
	put(&held.fields, FIELD_ONEC_NUMBER, "by hand");
	put(&op.before, FIELD_ONEC_NUMBER, "4");
	put(&op.yields, FIELD_ONEC_NUMBER, "1");
	want(FIELD_ONEC_NUMBER, "5");
	assert_null(written());
	assert_string_equal(text_of(&op.kept, FIELD_ONEC_NUMBER), "by hand");
}

static void
field_that_yields_changes_what_was_agreed(void **state)
{
	(void)state;
	put(&held.fields, FIELD_ONEC_NUMBER, "4");
	put(&op.before, FIELD_ONEC_NUMBER, "4");
	put(&op.yields, FIELD_ONEC_NUMBER, "1");
	want(FIELD_ONEC_NUMBER, "5");
	assert_string_equal(written(), BEGIN "\"UF_CRM_NO\":\"5\"}}");
	assert_int_equal(op.kept.count, 0);
}

static void
value_that_looks_like_a_reference_goes_alone(void **state)
{
	(void)state;
	want(FIELD_ONEC_NUMBER, "$result[c0]");
	assert_true(b24_object_write(&b24, &op, &held.fields, &command));
	assert_true(command.lone);
	b24_batch_command_free(&command);
}

/* ---- the stage ---- */

static void
assert_moves_to(const char *from, const char *progress, const char *to)
{
	char expected[256];

	put(&held.fields, FIELD_STAGE, from);
	want(FIELD_PROGRESS, progress);
	(void)snprintf(expected, sizeof(expected), BEGIN
	    "\"stageId\":\"%s\"}}", to);
	assert_string_equal(written(), expected);
	assert_string_equal(op.note, "");
}

static void
assert_stays(const char *from, const char *progress, const char *note)
{
	put(&held.fields, FIELD_STAGE, from);
	want(FIELD_PROGRESS, progress);
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.dropped.count, 0);
	assert_told(op.note, note);
}

static void
paid_moves_to_the_paid_stage(void **state)
{
	(void)state;
	assert_moves_to("C3:NEW", "paid", "C3:PAID");
}

static void
of_several_the_furthest_stage_wins(void **state)
{
	(void)state;
	assert_moves_to("C3:NEW", "paid\nshipped\nstatus" P "В работе",
	    "C3:2");
	assert_moves_to("C3:NEW", "status" P "вРаботе", "C3:1");
}

static void
cancelled_wins_over_all(void **state)
{
	(void)state;
	assert_moves_to("C3:LAST", "cancelled\npaid\nshipped", "C3:LOSE");
}

static void
status_moves_as_people_spell_it(void **state)
{
	(void)state;
	assert_moves_to("C3:NEW", "status" P " в  РАБОТЕ", "C3:1");
}

static void
status_by_its_code_is_enough(void **state)
{
	(void)state;
	assert_moves_to("C3:NEW", "status" P "Неведомо\nstatus_id" P "s9",
	    "C3:2");
}

static void
stage_never_moves_back(void **state)
{
	(void)state;
	assert_stays("C3:2", "paid",
	    "stage stays: Отгрузка is further than Оплата");
}

static void
closed_deal_is_not_moved(void **state)
{
	(void)state;
	assert_stays("C3:LOSE", "shipped",
	    "stage stays: Отказ is further than Отгрузка");
	assert_stays("C3:LOSE", "status" P "Закрыт",
	    "stage stays: Отказ is further than Успех");
}

static void
stage_that_is_reached_needs_no_note(void **state)
{
	(void)state;
	assert_stays("C3:PAID", "paid", "");
}

static void
status_without_a_rule_is_told_and_hinders_nothing(void **state)
{
	(void)state;
	want(FIELD_PROGRESS, "paid\nstatus" P "Неведомо");
	assert_string_equal(written(), BEGIN "\"stageId\":\"C3:PAID\"}}");
	assert_told(op.note, "status \"Неведомо\" is not mapped");
}

static void
two_notes_are_cut_at_a_letter(void **state)
{
	(void)state;
	put(&held.fields, FIELD_STAGE, "C3:2");
	want(FIELD_PROGRESS, "paid\nstatus" P "Такое длинное состояние");
	assert_null(written());
	assert_true(str_utf8_valid(str_of(op.note)));
	assert_tells(op.note, "not mapped; stage stays: ");
}

static void
other_funnel_is_left_alone(void **state)
{
	(void)state;
	put(&held.fields, FIELD_CATEGORY, "0");
	assert_stays("NEW", "paid", "");
}

static void
funnel_without_a_paid_stage_stays(void **state)
{
	(void)state;
	funnel.paid = -1;
	assert_stays("C3:NEW", "paid", "");
}

static void
stage_that_belongs_to_people_stays(void **state)
{
	(void)state;
	op_config.owners = (struct config_map){ owners, 1 };
	assert_stays("C3:NEW", "paid", "");
}

static void
what_was_agreed_moves_nothing_again(void **state)
{
	(void)state;
	put(&op.before, FIELD_PROGRESS, "paid");
	assert_stays("C3:NEW", "paid", "");
}

/* ---- answers and look-ups ---- */

#define ITEM(more) "{\"item\":{\"id\":7,\"stageId\":\"C3:NEW\"," \
	"\"categoryId\":3,\"currencyId\":\"RUB\"" more "}}"

static void
value_that_the_answer_lacks_was_dropped(void **state)
{
	(void)state;
	want(FIELD_ONEC_NUMBER, "5");
	want(FIELD_PAYMENT_SUM, "12");
	taken(ITEM(",\"UF_CRM_SUM\":\"12|RUB\""));
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.dropped.count, 1);
	assert_string_equal(text_of(&op.dropped, FIELD_ONEC_NUMBER), "5");
}

static void
stage_that_the_answer_lacks_was_dropped(void **state)
{
	(void)state;
	want(FIELD_PROGRESS, "paid");
	taken(ITEM(""));
	assert_true(fields_has(&op.dropped, FIELD_PROGRESS));
}

static void
stage_that_a_robot_moved_on_is_taken(void **state)
{
	(void)state;
	want(FIELD_PROGRESS, "paid");
	taken("{\"item\":{\"id\":7,\"stageId\":\"C3:2\",\"categoryId\":3}}");
	assert_int_equal(op.dropped.count, 0);
}

static void
answer_of_another_deal_says_nothing(void **state)
{
	(void)state;
	want(FIELD_ONEC_NUMBER, "5");
	taken("{\"item\":{\"id\":8,\"UF_CRM_NO\":\"5\"}}");
	assert_int_equal(op.outcome, OUTCOME_UNKNOWN);
}

static void
found_deal_is_told_in_our_words(void **state)
{
	(void)state;
	op.kind = OP_FIND;
	want(FIELD_PROGRESS, "paid");
	want(FIELD_NUMBER, "17.5");
	b24_object_found(&b24, &op, parsed("{\"id\":7,\"stageId\":\"C3:2\","
	    "\"categoryId\":3,\"UF_CRM_TYPE\":33,\"UF_CRM_WHOLE\":18,"
	    "\"UF_CRM_TIME\":\"2026-01-15T10:20:30+03:00\",\"UF_CRM_SUM\":"
	    "\"0|RUB\"}"));
	assert_int_equal(op.found_count, 1);
	assert_int_equal(op.found[0].portal_id, 7);
	assert_string_equal(text_of(&op.found[0].fields, FIELD_STAGE),
	    "C3:2");
	assert_string_equal(text_of(&op.found[0].fields, FIELD_PAYMENT_TYPE),
	    "postpayment");
	assert_string_equal(text_of(&op.found[0].fields, FIELD_ONEC_DATE),
	    "2026-01-15T10:20:30");
	assert_string_equal(text_of(&op.found[0].fields, FIELD_NUMBER),
	    "17.5");
	assert_false(fields_has(&op.found[0].fields, FIELD_PAYMENT_SUM));
	assert_string_equal(text_of(&op.found[0].fields, FIELD_PROGRESS),
	    "paid");
}

static void
deal_is_read_before_it_is_changed(void **state)
{
	(void)state;
	assert_int_equal(b24_object_read_before(&op), TARGET_DEAL);
	assert_int_equal(b24_object_method(TARGET_DEAL, OP_UPDATE),
	    B24_ITEM_UPDATE);
}

#define DEAL_TEST(test) cmocka_unit_test_setup_teardown(test, make, op_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DEAL_TEST(each_type_of_field_gets_its_own_words),
		DEAL_TEST(type_of_payment_is_a_russian_word_in_a_text),
		DEAL_TEST(value_that_the_list_lacks_is_refused_alone),
		DEAL_TEST(field_that_is_not_mapped_is_taken_without_a_word),
		DEAL_TEST(what_the_portal_holds_already_is_not_said),
		DEAL_TEST(nought_is_nothing_to_the_portal),
		DEAL_TEST(nought_is_said_where_the_portal_holds_more),
		DEAL_TEST(clear_empties_what_is_there),
		DEAL_TEST(field_that_yields_keeps_what_people_wrote),
		DEAL_TEST(field_that_yields_changes_what_was_agreed),
		DEAL_TEST(value_that_looks_like_a_reference_goes_alone),
		DEAL_TEST(paid_moves_to_the_paid_stage),
		DEAL_TEST(of_several_the_furthest_stage_wins),
		DEAL_TEST(cancelled_wins_over_all),
		DEAL_TEST(status_moves_as_people_spell_it),
		DEAL_TEST(status_by_its_code_is_enough),
		DEAL_TEST(stage_never_moves_back),
		DEAL_TEST(closed_deal_is_not_moved),
		DEAL_TEST(stage_that_is_reached_needs_no_note),
		DEAL_TEST(status_without_a_rule_is_told_and_hinders_nothing),
		DEAL_TEST(two_notes_are_cut_at_a_letter),
		DEAL_TEST(other_funnel_is_left_alone),
		DEAL_TEST(funnel_without_a_paid_stage_stays),
		DEAL_TEST(stage_that_belongs_to_people_stays),
		DEAL_TEST(what_was_agreed_moves_nothing_again),
		DEAL_TEST(value_that_the_answer_lacks_was_dropped),
		DEAL_TEST(stage_that_the_answer_lacks_was_dropped),
		DEAL_TEST(stage_that_a_robot_moved_on_is_taken),
		DEAL_TEST(answer_of_another_deal_says_nothing),
		DEAL_TEST(found_deal_is_told_in_our_words),
		DEAL_TEST(deal_is_read_before_it_is_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
