/*
 * A deal made of an order of 1C: what is said, what its answer means, and which
 * rows of the portal are its.
 */
#include "b24_op.h"

#define BEGIN "{\"entityTypeId\":\"2\",\"fields\":{\"categoryId\":\"3\","
#define END "\"originatorId\":\"ONE_C\",\"originId\":\"d-1\"}}"

static struct config_funnel rule;
static struct b24_funnel funnel;
static char code[] = "UF_CRM_NO", text_type[] = "string";
static char originator[] = "ONE_C", sales[] = "Продажа";
static struct b24_user_field fields[1];

static int
make(void **state)
{
	(void)state;
	op_make();
	op_config.counterparties.originator = originator;
	rule = (struct config_funnel){ .funnel = sales };
	funnel = (struct b24_funnel){ .category = 3, .rule = &rule };
	fields[0] = (struct b24_user_field){ .key = "onec_number",
	    .name = code, .type = text_type };
	b24.facts.deals = (struct b24_deal_facts){ .known = true,
	    .funnels = &funnel, .funnel_count = 1, .fields = fields,
	    .field_count = 1 };
	op.kind = OP_CREATE;
	(void)target_set_part(&op.target, TARGET_ONEC_ORDER, str_of("15"),
	    str_of("2026"));
	want(FIELD_CATEGORY, "Продажа");
	want(FIELD_XML_ID, "d-1");
	return 0;
}

static void
deal_is_made_with_its_client_and_mark(void **state)
{
	(void)state;
	want(FIELD_NAME, "Заказ 15");
	want(FIELD_SUM, "200.5");
	want(FIELD_CURRENCY, "RUB");
	want(FIELD_COMMENT, "До обеда");
	want(FIELD_MANAGER, "7");
	op.parent_kind = TARGET_COMPANY;
	op.parent_id = 5;
	assert_string_equal(written(), BEGIN "\"title\":\"Заказ 15\","
	    "\"opportunity\":\"200.5\",\"currencyId\":\"RUB\","
	    "\"comments\":\"До обеда\",\"assignedById\":\"7\","
	    "\"companyId\":\"5\"," END);
}

static void
private_person_is_a_contact_and_the_rest_not_said(void **state)
{
	(void)state;
	op.parent_kind = TARGET_CONTACT;
	op.parent_id = 8;
	assert_string_equal(written(), BEGIN "\"contactIds\":{\"0\":\"8\"},"
	    END);
}

static void
funnel_that_the_portal_lacks_is_refused(void **state)
{
	(void)state;
	funnel.category = -1;
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_REFUSED);
	assert_string_equal(op.code, "no-funnel");
}

static void
deal_is_known_by_its_number_in_the_answer(void **state)
{
	(void)state;
	taken("{\"item\":{\"id\":7,\"originId\":\"d-1\"}}");
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.new_id, 7);
	assert_int_equal(op.dropped.count, 0);
	taken("{\"item\":{\"id\":7,\"originId\":null}}");
	assert_string_equal(text_of(&op.dropped, FIELD_XML_ID), "d-1");
	taken("{\"item\":{}}");
	assert_int_equal(op.outcome, OUTCOME_UNKNOWN);
}

static void
double_is_removed_by_its_id(void **state)
{
	(void)state;
	op.kind = OP_DELETE;
	op.portal_id = 9;
	assert_string_equal(written(),
	    "{\"entityTypeId\":\"2\",\"id\":\"9\"}");
	taken("[]");
	assert_int_equal(op.outcome, OUTCOME_DONE);
	taken("null");
	assert_int_equal(op.outcome, OUTCOME_UNKNOWN);
}

static void
row(const char *text)
{
	b24_object_found(&b24, &op, parsed(text));
}

#define ROW(updated, number) "{\"id\":7,\"title\":\"Заказ 15\"," \
	"\"originId\":\"d-1\",\"originatorId\":\"ONE_C\",\"createdBy\":1," \
	"\"createdTime\":\"2026-01-10T10:00:00+03:00\",\"updatedTime\":\"" \
	updated "\",\"UF_CRM_NO\":" number "}"

static void
row_that_nobody_touched_is_told(void **state)
{
	(void)state;
	row(ROW("2026-01-10T10:00:00+03:00", "null"));
	row(ROW("2026-01-10T10:00:09+03:00", "null"));
	row(ROW("2026-01-10T10:00:00+03:00", "\"15\""));
	assert_int_equal(op.found_count, 3);
	assert_string_equal(text_of(&op.found[0].fields, FIELD_XML_ID),
	    "d-1");
	assert_string_equal(text_of(&op.found[0].fields, FIELD_ORIGINATOR),
	    "ONE_C");
	assert_string_equal(text_of(&op.found[0].fields, FIELD_OWNER), "1");
	assert_string_equal(text_of(&op.found[0].fields, FIELD_VERSION),
	    "1");
	assert_string_equal(text_of(&op.found[1].fields, FIELD_VERSION), "");
	assert_string_equal(text_of(&op.found[2].fields, FIELD_VERSION), "");
}

#define MAKE_TEST(name) cmocka_unit_test_setup_teardown(name, make, op_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		MAKE_TEST(deal_is_made_with_its_client_and_mark),
		MAKE_TEST(private_person_is_a_contact_and_the_rest_not_said),
		MAKE_TEST(funnel_that_the_portal_lacks_is_refused),
		MAKE_TEST(deal_is_known_by_its_number_in_the_answer),
		MAKE_TEST(double_is_removed_by_its_id),
		MAKE_TEST(row_that_nobody_touched_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
