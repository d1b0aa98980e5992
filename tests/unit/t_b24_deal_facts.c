/*
 * Funnels, stages and user fields: what the rules' names mean, and what is
 * said of those that mean nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_deal_fixture.h"
#include "told_case.h"

static char told[8192];         /* by bitrix_check(): what is to mend */
static char said[8192];         /* and all of it */

static const struct b24 *
prepared_orders(void)
{
	struct err err = { 0 };

	if (prepare_orders(batch_of(DEAL_FACTS(SCOPES), "[]"), USUAL_FUNNEL,
	    USUAL_FIELDS, NULL, 0, &err) == -1)
		fail_msg("%s", err.text);
	return remote.ctx;
}

static void
refused(const char *funnels, const char *fields, const char *words)
{
	struct err err = { 0 };

	assert_int_equal(prepare_orders(batch_of(DEAL_FACTS(SCOPES), "[]"),
	    funnels, fields, NULL, 0, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	if (strstr(err.text, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, err.text);
}

static void
stages_of_the_funnel_come_by_sort(void **state)
{
	const struct b24 *b24 = prepared_orders();
	const struct b24_funnel *funnel = b24_deal_facts_funnel(b24, 3);

	(void)state;
	assert_non_null(funnel);
	assert_int_equal(funnel->stage_count, 6);
	assert_string_equal(funnel->stages[0].id, "C3:NEW");
	assert_string_equal(funnel->stages[5].id, "C3:APOLOGY");
	assert_true(funnel->stages[1].exported);
	assert_false(funnel->stages[2].exported);
	assert_null(b24_deal_facts_funnel(b24, 0));
}

static void
stage_is_found_by_name_and_by_id_with_or_without_funnel(void **state)
{
	const struct b24_funnel *funnel;

	(void)state;
	funnel = b24_deal_facts_funnel(prepared_orders(), 3);
	assert_int_equal(b24_deal_facts_stage_named(funnel,
	    str_of(" ОТГРУЗКА ")), 1);
	assert_int_equal(b24_deal_facts_stage_named(funnel,
	    str_of("C3:EXPORT")), 1);
	assert_int_equal(b24_deal_facts_stage_named(funnel,
	    str_of("EXPORT")), 1);
	assert_int_equal(b24_deal_facts_stage_named(funnel,
	    str_of("Начало")), -1);
	assert_int_equal(b24_deal_facts_stage(funnel, str_of("EXPORT")), -1);
}

static void
won_and_lost_are_the_portals_own_unless_named(void **state)
{
	const struct b24_funnel *funnel;

	(void)state;
	funnel = b24_deal_facts_funnel(prepared_orders(), 3);
	assert_int_equal(funnel->won, 3);
	assert_int_equal(funnel->lost, 4);
	assert_int_equal(funnel->paid, 2);
	assert_int_equal(funnel->shipped, -1);
}

static void
user_field_and_its_list_are_known(void **state)
{
	const struct b24 *b24 = prepared_orders();
	const struct b24_user_field *field;

	(void)state;
	field = b24_deal_facts_field(b24, "paid");
	assert_non_null(field);
	assert_string_equal(field->name, "UF_CRM_PAID");
	assert_string_equal(field->type, "boolean");
	assert_null(b24_deal_facts_field(b24, "shipped"));
	assert_null(b24_deal_facts_field(b24, "Способ доставки"));
	field = &b24->facts.deals.fields[2];
	assert_true(field->requisite);
	assert_string_equal(b24_user_field_item(field, 77), "Курьер");
	assert_null(b24_user_field_item(field, 79));
	assert_int_equal(b24_user_field_item_named(field, str_of("сам")),
	    78);
}

static void
rights_are_known(void **state)
{
	const struct b24 *b24 = prepared_orders();

	(void)state;
	assert_true(b24->facts.deals.can_notify);
	assert_true(b24->facts.deals.can_read_users);
}

static void
missing_right_to_notify_does_not_stop_a_run(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(prepare_orders(batch_of(DEAL_FACTS("[\"crm\","
	    "\"user\"]"), "[]"), USUAL_FUNNEL, USUAL_FIELDS, NULL, 0, &err),
	    0);
	assert_false(((struct b24 *)remote.ctx)->facts.deals.can_notify);
}

static void
missing_right_to_users_is_told(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(prepare_orders(batch_of(DEAL_FACTS("[\"crm\"]"),
	    "[]"), USUAL_FUNNEL, USUAL_FIELDS, NULL, 0, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "\"user\""));
}

static void
missing_right_to_the_crm_is_told(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(prepare_orders(batch_of("{\"c0\":[]}", "{\"c1\":"
	    "{\"error\":\"insufficient_scope\",\"error_description\":\"\"}}"),
	    USUAL_FUNNEL, USUAL_FIELDS, NULL, 0, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_tells(err.text, "\"crm\"");
	assert_tells(err.text, "orders");
}

static void
presets_are_read_without_counterparties(void **state)
{
	const struct b24 *b24 = prepared_orders();

	(void)state;
	assert_string_equal(b24_crm_facts_preset_word(b24, 1), "legal");
	assert_string_equal(b24_crm_facts_preset_word(b24, 3), "individual");
	assert_string_equal(b24_crm_facts_preset_word(b24, 2), "");
	assert_string_equal(b24_crm_facts_preset_word(b24, 0), "");
}

static void
funnel_that_is_not_there_is_named(void **state)
{
	(void)state;
	refused("{\"funnel\":\"Розница\",\"export_stages\":[\"Новая\"]}",
	    USUAL_FIELDS, "no funnel \"Розница\" of deals; it has: \"");
}

static void
funnel_may_be_named_by_its_id(void **state)
{
	struct err err = { 0 };

	(void)state;
	if (prepare_orders(batch_of(DEAL_FACTS(SCOPES), "[]"),
	    "{\"funnel\":\"0\",\"export_stages\":[\"NEW\"]}", USUAL_FIELDS,
	    NULL, 0, &err) == -1)
		fail_msg("%s", err.text);
	assert_non_null(b24_deal_facts_funnel(remote.ctx, 0));
}

static void
one_funnel_under_two_names_is_refused(void **state)
{
	(void)state;
	refused(USUAL_FUNNEL ",{\"funnel\":\"3\",\"export_stages\":"
	    "[\"Новая\"]}", USUAL_FIELDS, "the same funnel");
}

static void
stage_that_is_not_there_is_named_with_the_nearest(void **state)
{
	(void)state;
	refused("{\"funnel\":\"Опт\",\"export_stages\":[\"Отгрузк\"]}",
	    USUAL_FIELDS, "no stage \"Отгрузк\"; the nearest is "
	    "\"Отгрузка\"");
}

static void
stage_of_a_status_is_looked_for_too(void **state)
{
	(void)state;
	refused("{\"funnel\":\"Опт\",\"export_stages\":[\"Отгрузка\"],"
	    "\"status_from_1c\":{\"В работе\":\"Склад\"}}", USUAL_FIELDS,
	    "no stage \"Склад\"");
}

static void
user_field_that_is_not_there_is_named(void **state)
{
	(void)state;
	refused(USUAL_FUNNEL, "\"fields\":{\"paid\":\"UF_CRM_NONE\"}",
	    "\"UF_CRM_NONE\"");
}

static void
tell(void *ctx, bool ok, const char *text)
{
	size_t len = strlen(told), all = strlen(said);

	(void)ctx;
	(void)snprintf(said + all, sizeof(said) - all, "%s\n", text);
	if (!ok)
		(void)snprintf(told + len, sizeof(told) - len, "%s\n", text);
}

static int
check_with(const char *scopes)
{
	char *answers[] = { NULL, loopback_json(200, FACTS_1),
	    batch_of(DEAL_FACTS(SCOPES), "[]"), batch_of(DEAL_STAGES, "[]"),
	    loopback_json(200, FACTS_2), batch_of("{\"c0\":[]}", "[]") };
	struct err err = { 0 };
	char *address = mem_printf("{\"c0\":%s,\"c1\":{\"ADMIN\":true}}",
	    scopes);

	answers[0] = batch_of(address, "[]");
	free(address);
	told[0] = said[0] = '\0';
	loopback_start(&server, answers, sizeof(answers) /
	    sizeof(*answers));
	open_orders(USUAL_FUNNEL, USUAL_FIELDS);
	return bitrix_check(&remote, config, tell, NULL, &err);
}

static void
check_tells_of_funnels_and_of_a_notice_that_may_be_lost(void **state)
{
	(void)state;
	assert_int_equal(check_with(SCOPES), 0);
	assert_string_equal(told, "");
	assert_non_null(strstr(said, "won is \"Успех\""));
	assert_non_null(strstr(said, "client_id"));
}

static void
check_tells_that_nobody_will_be_notified(void **state)
{
	(void)state;
	assert_int_equal(check_with("[\"catalog\",\"crm\",\"user\"]"), 1);
	assert_non_null(strstr(told, "\"im\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		REMOTE_TEST(stages_of_the_funnel_come_by_sort),
		REMOTE_TEST(
		    stage_is_found_by_name_and_by_id_with_or_without_funnel),
		REMOTE_TEST(won_and_lost_are_the_portals_own_unless_named),
		REMOTE_TEST(user_field_and_its_list_are_known),
		REMOTE_TEST(rights_are_known),
		REMOTE_TEST(missing_right_to_notify_does_not_stop_a_run),
		REMOTE_TEST(missing_right_to_users_is_told),
		REMOTE_TEST(missing_right_to_the_crm_is_told),
		REMOTE_TEST(presets_are_read_without_counterparties),
		REMOTE_TEST(funnel_that_is_not_there_is_named),
		REMOTE_TEST(funnel_may_be_named_by_its_id),
		REMOTE_TEST(one_funnel_under_two_names_is_refused),
		REMOTE_TEST(stage_that_is_not_there_is_named_with_the_nearest),
		REMOTE_TEST(stage_of_a_status_is_looked_for_too),
		REMOTE_TEST(user_field_that_is_not_there_is_named),
		REMOTE_TEST(
		    check_tells_of_funnels_and_of_a_notice_that_may_be_lost),
		REMOTE_TEST(check_tells_that_nobody_will_be_notified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
