/*
 * What is said to the CRM, and what its rows and answers mean; without any
 * exchange.
 */
#include "b24_op.h"

static struct config_pair presets[] = { { T("legal"), T("Фирма"), 1 } };
static struct b24_preset preset_rows[] = {
	{ 1, T("Организация"), T("#CRM_REQUISITE_PRESET_DEF_RU_COMPANY#") },
	{ 2, T("ИП"), T("#CRM_REQUISITE_PRESET_DEF_RU_INDIVIDUAL#") },
	{ 7, T("Фирма"), T("") },
};
static struct b24_status type_rows[] = { { T("CUSTOMER"), T("Клиент") },
    { T("SUPPLIER"), T("Поставщик") } };
static char originator[] = "ONE_C", user[] = "ivanova@example.ru";
static char text_type[] = "string";
static struct b24_user user_rows[] = {
	{ T("ivanova@example.ru"), false, 9, false },
	{ T("petrov@example.ru"), false, 7, false },
	{ T("left@example.ru"), false, 5, true },
};
#define FIELD(its_name, its_type) .rule = its_name, .name = T(its_name), \
	.type = its_type
static struct b24_item branches[] = { { 31, T("Опт") },
    { 33, T("Розница") } };
static struct config_pair user_rules[] = {
	{ T("Петров П. П."), T("petrov@example.ru"), 1 },
};
static struct b24_user_field field_rows[] = {
	{ FIELD("UF_CRM_A", text_type) },
	{ FIELD("UF_CRM_B", text_type) },
	{ FIELD("UF_CRM_CODE", text_type) },
	{ FIELD("UF_CRM_DAY", T("date")) },
	{ FIELD("UF_CRM_DISCOUNT", T("double")) },
	{ FIELD("UF_CRM_FLAG", T("boolean")) },
	{ FIELD("UF_CRM_KIND", T("enumeration")), .items = branches,
	    .item_count = 2 },
	{ FIELD("UF_CRM_KINDS", T("enumeration")), .items = branches,
	    .item_count = 2, .multiple = true },
	{ FIELD("UF_CRM_TIME", T("datetime")) },
	{ FIELD("UF_CRM_WHO", T("employee")) },
};

static int
make(void **state)
{
	(void)state;
	op_make();
	op_config.counterparties.originator = originator;
	op_config.default_user = user;
	b24.facts.crm = (struct b24_crm_facts){ .known = true,
	    .presets = preset_rows, .preset_count = 3,
	    .company_types = { type_rows, 2 },
	    .users = user_rows, .user_count = 3,
	    .company_fields = field_rows, .contact_fields = field_rows,
	    .field_count = sizeof(field_rows) / sizeof(*field_rows) };
	op_config.users = (struct config_map){ user_rules, 1 };
	return 0;
}

static void
target(enum op_kind kind, enum target_kind target_kind, const char *id,
    const char *part)
{
	op.kind = kind;
	if (part == NULL)
		(void)target_set(&op.target, target_kind, str_of(id));
	else
		(void)target_set_part(&op.target, target_kind, str_of(id),
		    str_of(part));
}

/* ---- making ---- */

static void
company_is_made_with_origin_and_phones_as_a_list(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_NAME, "ООО \"Ромашка\"");
	put(&op.fields, FIELD_PARTY_TYPE, "Клиент");
	put(&op.fields, FIELD_PHONES, "MOBILE" P "+7 900 000-00-01\nWORK" P
	    "8 (495) 1234567");
	put(&op.fields, FIELD_EMAILS, "WORK" P "a@b.ru\nWORK" P "no mail");
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_CODE" P "K-1");
	put(&op.fields, FIELD_XML_ID, "p1");
	put(&op.fields, FIELD_MANAGER, "ivanova@example.ru");
	put(&op.fields, FIELD_TAXPAYER, "7700000000" P "770001001");
	assert_string_equal(written(), "{\"entityTypeId\":\"4\","
	    "\"useOriginalUfNames\":\"Y\",\"fields\":{\"title\":"
	    "\"ООО \\\"Ромашка\\\"\",\"typeId\":\"CUSTOMER\","
	    "\"assignedById\":\"9\",\"fm\":{"
	    "\"0\":{\"typeId\":\"PHONE\",\"valueType\":\"MOBILE\",\"value\":"
	    "\"+7 900 000-00-01\"},\"1\":{\"typeId\":\"PHONE\",\"valueType\":"
	    "\"WORK\",\"value\":\"8 (495) 1234567\"},\"2\":{\"typeId\":"
	    "\"EMAIL\",\"valueType\":\"WORK\",\"value\":\"a@b.ru\"}},"
	    "\"UF_CRM_CODE\":\"K-1\",\"originatorId\":\"ONE_C\","
	    "\"originId\":\"p1\"}}");
}

static void
person_is_made_under_its_own_id_and_bound(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_PERSON, "p1", "c5");
	op.parent_id = 44;
	put(&op.fields, FIELD_LAST_NAME, "Иванов");
	put(&op.fields, FIELD_COMPANIES, "1");
	assert_string_equal(written(), "{\"entityTypeId\":\"3\","
	    "\"useOriginalUfNames\":\"Y\",\"fields\":{\"lastName\":"
	    "\"Иванов\",\"companyIds\":{\"0\":\"44\"},\"originatorId\":"
	    "\"ONE_C\",\"originId\":\"c5\"}}");
}

static void
text_that_looks_like_a_reference_goes_alone(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_NAME, "A $result[c0]");
	assert_true(b24_object_write(&b24, &op, NULL, &command));
	assert_true(command.lone);
	b24_batch_command_free(&command);
}

static void
requisite_has_its_holder_and_template(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_REQUISITE, "p1", NULL);
	op.parent_id = 44;
	put(&op.fields, FIELD_NAME, "Ромашка");
	put(&op.fields, FIELD_INN, "7700000000");
	put(&op.fields, FIELD_OGRN, "1027700000000");
	put(&op.fields, FIELD_OKOPF, "12300");
	put(&op.fields, FIELD_HOLDER, "company");
	put(&op.fields, FIELD_PRESET, "legal");
	assert_string_equal(written(), "{\"fields\":{\"ENTITY_TYPE_ID\":"
	    "\"4\",\"ENTITY_ID\":\"44\",\"PRESET_ID\":\"1\",\"NAME\":"
	    "\"Ромашка\",\"RQ_COMPANY_NAME\":\"Ромашка\",\"RQ_INN\":"
	    "\"7700000000\",\"RQ_OGRN\":\"1027700000000\",\"XML_ID\":"
	    "\"p1\"}}");
}

static void
template_is_taken_by_the_rule_first(void **state)
{
	(void)state;
	assert_int_equal(b24_crm_facts_preset(&b24, str_of("legal")), 1);
	assert_int_equal(b24_crm_facts_preset(&b24, str_of("entrepreneur")),
	    2);
	assert_int_equal(b24_crm_facts_preset(&b24, str_of("individual")),
	    0);
	op_config.counterparties.presets = (struct config_map){ presets, 1 };
	assert_int_equal(b24_crm_facts_preset(&b24, str_of("legal")), 7);
}

static void
requisite_without_a_template_is_refused_with_a_reason(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_REQUISITE, "p1", NULL);
	put(&op.fields, FIELD_PRESET, "individual");
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_REFUSED);
	assert_non_null(strstr(op.text, "counterparties.presets"));
}

static void
sole_traders_number_has_its_own_place(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_REQUISITE, "p1", NULL);
	put(&op.fields, FIELD_PRESET, "entrepreneur");
	put(&op.fields, FIELD_HOLDER, "contact");
	put(&op.fields, FIELD_OGRN, "304500116000157");
	assert_non_null(strstr(written(), "\"RQ_OGRNIP\""));
	assert_null(strstr(said, "\"RQ_OGRN\""));
	assert_non_null(strstr(said, "\"ENTITY_TYPE_ID\":\"3\""));
}

static void
account_is_named_by_its_bank(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_BANK, "p1", "40702810000000000001");
	op.parent_id = 5;
	put(&op.fields, FIELD_ACCOUNT, "40702810000000000001");
	put(&op.fields, FIELD_BANK_NAME, "Банк");
	put(&op.fields, FIELD_BIK, "044525225");
	assert_string_equal(written(), "{\"fields\":{\"ENTITY_ID\":\"5\","
	    "\"NAME\":\"Банк\",\"RQ_ACC_NUM\":\"40702810000000000001\","
	    "\"RQ_BIK\":\"044525225\",\"RQ_BANK_NAME\":\"Банк\",\"XML_ID\":"
	    "\"p1\"}}");
}

/* ---- changing ---- */

static void
held_value_is_not_said_again(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	op.portal_id = 44;
	put(&op.fields, FIELD_NAME, "A");
	put(&held.fields, FIELD_NAME, " A ");
	op.outcome = OUTCOME_REFUSED;
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_int_equal(op.kept.count, 0);
}

static void
what_the_portal_changed_is_kept_where_it_owns_it(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	op.portal_id = 44;
	put(&op.fields, FIELD_NAME, "New");
	put(&op.fields, FIELD_COMMENT, "new");
	put(&op.before, FIELD_NAME, "Old");
	put(&op.before, FIELD_COMMENT, "a \"b\"\nc");
	put(&held.fields, FIELD_NAME, "Manager's");
	/* The editor's form of what we wrote is no change. */
	put(&held.fields, FIELD_COMMENT, "[p]a &quot;b&quot;<br>c[/p]");
	put(&op.yields, FIELD_NAME, "1");
	put(&op.yields, FIELD_COMMENT, "1");
	assert_string_equal(written(), "{\"entityTypeId\":\"4\",\"id\":"
	    "\"44\",\"useOriginalUfNames\":\"Y\",\"fields\":{\"comments\":"
	    "\"new\"}}");
	assert_string_equal(text_of(&op.kept, FIELD_NAME), "Manager's");
	assert_int_equal(op.kept.count, 1);
}

static void
without_yielding_1c_wins(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_NAME, "New");
	put(&op.before, FIELD_NAME, "Old");
	put(&held.fields, FIELD_NAME, "Manager's");
	assert_non_null(strstr(written(), "\"New\""));
}

static void
phones_of_the_portal_stay_and_those_of_1c_go(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	op.portal_id = 44;
	put(&op.before, FIELD_PHONES, "WORK" P "8 495 1111111\nWORK" P
	    "8 495 2222222");
	put(&op.fields, FIELD_PHONES, "WORK" P "+7 (495) 111-11-11\nWORK" P
	    "8 495 3333333\nWORK" P "8 495 4444444");
	put(&held.fields, FIELD_PHONES, "MOBILE" P "+79000000000" P "14\n"
	    "WORK" P "8 495 1111111" P "11\nWORK" P "8 495 2222222" P "12\n"
	    "WORK" P "8(495)4444444" P "13");
	assert_string_equal(written(), "{\"entityTypeId\":\"4\",\"id\":"
	    "\"44\",\"useOriginalUfNames\":\"Y\",\"fields\":{\"fm\":{"
	    "\"n0\":{\"typeId\":\"PHONE\",\"valueType\":\"WORK\",\"value\":"
	    "\"8 495 3333333\"},\"12\":{\"typeId\":\"PHONE\",\"value\":"
	    "\"\"}}}}");
}

static void
phone_that_the_portal_took_away_stays_away(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	put(&op.before, FIELD_PHONES, "WORK" P "8 495 1111111");
	put(&op.fields, FIELD_PHONES, "MOBILE" P "8 495 1111111");
	put(&held.fields, FIELD_PHONES, "WORK" P "8 495 9999999" P "14");
	put(&op.yields, FIELD_PHONES, "1");
	assert_null(written());
	assert_string_equal(text_of(&op.kept, FIELD_PHONES), "WORK" P
	    "8 495 9999999");
}

static void
companies_of_a_contact_are_added_to(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_PERSON, "p1", "c5");
	op.parent_id = 44;
	put(&op.fields, FIELD_COMPANIES, "1");
	put(&held.fields, FIELD_COMPANIES, "7\n8");
	assert_non_null(strstr(written(), "\"companyIds\":{\"0\":\"7\","
	    "\"1\":\"8\",\"2\":\"44\"}"));
	put(&held.fields, FIELD_COMPANIES, "7\n44");
	assert_null(written());
}

static void
user_fields_are_said_one_by_one(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_A" P "1\nUF_CRM_B" P
	    "2\nUF_CRM_NONE" P "3");
	put(&held.fields, FIELD_USER_FIELDS, "UF_CRM_A" P "1");
	assert_non_null(strstr(written(), "\"fields\":{\"UF_CRM_B\":\"2\""
	    "}}"));
	/* A field of one text takes several. */
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_A" P "1\nUF_CRM_A" P "2");
	assert_non_null(strstr(written(), "\"fields\":{\"UF_CRM_A\":\"1, "
	    "2\"}}"));
}

static void
each_type_of_user_field_gets_its_own_words(void **state)
{
	(void)state;
	op_zone();
	target(OP_CREATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_DAY" P "24.11.2026 0:00:00"
	    "\nUF_CRM_DISCOUNT" P "1 200,50\nUF_CRM_FLAG" P "Да\nUF_CRM_KIND"
	    P "опт\nUF_CRM_KINDS" P "Опт\nUF_CRM_KINDS" P "Розница\n"
	    "UF_CRM_TIME" P "2026-11-24\nUF_CRM_WHO" P "Петров П. П.");
	assert_non_null(strstr(written(), "\"fields\":{\"UF_CRM_DAY\":"
	    "\"2026-11-24\",\"UF_CRM_DISCOUNT\":\"1200.5\",\"UF_CRM_FLAG\":"
	    "\"Y\",\"UF_CRM_KIND\":\"31\",\"UF_CRM_KINDS\":{\"0\":\"31\","
	    "\"1\":\"33\"},\"UF_CRM_TIME\":\"2026-11-23T21:00:00+00:00\","
	    "\"UF_CRM_WHO\":\"7\",\"originatorId\""));
	b24_object_taken(&b24, &op, parsed("{\"item\":{\"id\":12,"
	    "\"UF_CRM_DAY\":\"2026-11-24T00:00:00+03:00\","
	    "\"UF_CRM_DISCOUNT\":1200.5,\"UF_CRM_FLAG\":\"Y\","
	    "\"UF_CRM_KIND\":31,\"UF_CRM_KINDS\":[33,31],\"UF_CRM_TIME\":"
	    "\"2026-11-24T01:00:00+04:00\",\"UF_CRM_WHO\":\"7\"}}"));
	assert_int_equal(op.dropped.count, 0);
}

static void
value_that_a_user_field_cannot_hold_fails_alone(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_CONTACT, "p1", NULL);
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_A" P "1\nUF_CRM_KIND" P
	    "Прочее");
	put(&op.before, FIELD_USER_FIELDS, "UF_CRM_KIND" P "Опт");
	assert_non_null(strstr(written(), "\"fields\":{\"UF_CRM_A\":\"1\""
	    "}}"));
	b24_object_taken(&b24, &op, parsed("{\"item\":{\"id\":12,"
	    "\"UF_CRM_A\":\"1\",\"UF_CRM_KIND\":31}}"));
	assert_string_equal(text_of(&op.dropped, FIELD_USER_FIELDS),
	    "UF_CRM_A" P "1\nUF_CRM_KIND" P "Прочее");
	assert_string_equal(text_of(&op.taken, FIELD_USER_FIELDS),
	    "UF_CRM_A" P "1\nUF_CRM_KIND" P "Опт");
	assert_non_null(strstr(op.text, "Прочее"));
	/* The same where nothing else is to be said. */
	fields_clear(&op.dropped);
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_WHO" P "Никто Н. Н.");
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_true(fields_has(&op.dropped, FIELD_USER_FIELDS));
}

static void
values_that_mean_the_same_are_not_said(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_DAY" P "0001-01-01T00:00:00"
	    "\nUF_CRM_DISCOUNT" P "0\nUF_CRM_FLAG" P "нет\nUF_CRM_KIND" P
	    "ОПТ");
	b24_client_row(&b24, &op, parsed("{\"id\":3,\"UF_CRM_FLAG\":\"N\","
	    "\"UF_CRM_DISCOUNT\":null,\"UF_CRM_KIND\":\"31\","
	    "\"UF_CRM_DAY\":\"2020-01-01T00:00:00+03:00\"}"), &held);
	assert_null(written());
	assert_int_equal(op.dropped.count, 0);
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_DISCOUNT" P "0");
	put(&held.fields, FIELD_USER_FIELDS, "UF_CRM_DISCOUNT" P "5");
	assert_non_null(strstr(written(), "\"UF_CRM_DISCOUNT\":\"\""));
}

static void
of_many_values_only_ones_of_1c_are_taken_away(void **state)
{
	static struct b24_user_field many;

	(void)state;
	many = field_rows[0];
	many.multiple = true;
	b24.facts.crm.company_fields = &many;
	b24.facts.crm.field_count = 1;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_A" P "b\nUF_CRM_A" P "c");
	put(&op.before, FIELD_USER_FIELDS, "UF_CRM_A" P "a\nUF_CRM_A" P "b");
	put(&held.fields, FIELD_USER_FIELDS, "UF_CRM_A" P "a\nUF_CRM_A" P
	    "own");
	assert_non_null(strstr(written(), "\"UF_CRM_A\":{\"0\":\"own\","
	    "\"1\":\"b\",\"2\":\"c\"}"));
	/* What the portal took away stays away where it owns the field. */
	put(&op.yields, FIELD_USER_FIELDS, "1");
	assert_non_null(strstr(written(), "\"UF_CRM_A\":{\"0\":\"own\","
	    "\"1\":\"c\"}"));
}

static void
manager_who_left_gets_no_clients(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_MANAGER, "left@example.ru");
	assert_non_null(strstr(written(), "\"assignedById\":\"9\""));
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	assert_null(written());
}

static void
manager_is_compared_by_who_it_is(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_MANAGER, "petrov@example.ru");
	put(&op.before, FIELD_MANAGER, "left@example.ru");
	put(&op.yields, FIELD_MANAGER, "1");
	/* Nobody changed it in the portal: it is 1C's turn. */
	b24_client_row(&b24, &op, parsed("{\"id\":3,\"assignedById\":5}"),
	    &held);
	assert_non_null(strstr(written(), "\"assignedById\":\"7\""));
	fields_free(&held.fields);
	/* Who had left got nothing: default_user did. */
	b24_client_row(&b24, &op, parsed("{\"id\":3,\"assignedById\":9}"),
	    &held);
	assert_non_null(strstr(written(), "\"assignedById\":\"7\""));
	fields_free(&held.fields);
	b24_client_row(&b24, &op, parsed("{\"id\":3,\"assignedById\":11}"),
	    &held);
	assert_null(written());
	assert_string_equal(text_of(&op.kept, FIELD_MANAGER), "11");
}

static void
whole_address_is_said_when_a_part_changed(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_ADDRESS, "p1", "6");
	op.portal_id = 6;
	op.parent_id = 5;
	put(&op.fields, FIELD_CITY, "Тверь");
	put(&held.fields, FIELD_CITY, "Москва");
	put(&held.fields, FIELD_POSTCODE, "101000");
	assert_string_equal(written(), "{\"fields\":{\"TYPE_ID\":\"6\","
	    "\"ENTITY_TYPE_ID\":\"8\",\"ENTITY_ID\":\"5\",\"CITY\":"
	    "\"Тверь\",\"POSTAL_CODE\":\"101000\"}}");
}

static void
requisite_keeps_its_name_in_an_update(void **state)
{
	(void)state;
	target(OP_UPDATE, TARGET_REQUISITE, "p1", NULL);
	op.portal_id = 5;
	put(&op.fields, FIELD_KPP, "770001001");
	put(&held.fields, FIELD_NAME, "Организация");
	assert_string_equal(written(), "{\"id\":\"5\",\"fields\":{\"RQ_KPP\":"
	    "\"770001001\",\"NAME\":\"Организация\"}}");
}

/* ---- answers and rows ---- */

static void
answer_is_compared_with_what_was_said(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_COMPANY, "p1", NULL);
	put(&op.fields, FIELD_NAME, "A");
	put(&op.fields, FIELD_PARTY_TYPE, "SUPPLIER");
	put(&op.fields, FIELD_PHONES, "WORK" P "8 495 1111111");
	put(&op.fields, FIELD_EMAILS, "WORK" P "a@b.ru");
	put(&op.fields, FIELD_USER_FIELDS, "UF_CRM_CODE" P "1");
	b24_object_taken(&b24, &op, parsed("{\"item\":{\"id\":12,\"title\":"
	    "\"A\",\"typeId\":\"CUSTOMER\",\"fm\":[{\"id\":1,\"typeId\":"
	    "\"PHONE\",\"valueType\":\"WORK\",\"value\":\"+74951111111\"}]"
	    "}}"));
	assert_int_equal(op.new_id, 12);
	assert_int_equal(op.dropped.count, 3);
	assert_true(fields_has(&op.dropped, FIELD_PARTY_TYPE));
	assert_true(fields_has(&op.dropped, FIELD_EMAILS));
	assert_true(fields_has(&op.dropped, FIELD_USER_FIELDS));
}

static void
answer_without_an_id_is_no_word(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_COMPANY, "p1", NULL);
	b24_object_taken(&b24, &op, parsed("[]"));
	assert_int_equal(op.outcome, OUTCOME_UNKNOWN);
	target(OP_CREATE, TARGET_REQUISITE, "p1", NULL);
	op.outcome = OUTCOME_DONE;
	b24_object_taken(&b24, &op, parsed("[null]"));
	assert_int_equal(op.outcome, OUTCOME_UNKNOWN);
}

static void
parts_have_bare_ids_and_an_address_its_type(void **state)
{
	(void)state;
	target(OP_CREATE, TARGET_REQUISITE, "p1", NULL);
	b24_object_taken(&b24, &op, parsed("27"));
	assert_int_equal(op.new_id, 27);
	target(OP_CREATE, TARGET_ADDRESS, "p1", "11");
	b24_object_taken(&b24, &op, parsed("true"));
	assert_int_equal(op.new_id, 11);
}

static void
row_of_a_contact_is_read_whole(void **state)
{
	(void)state;
	target(OP_FIND, TARGET_PERSON, "p1", "c5");
	b24_client_row(&b24, &op, parsed("{\"id\":3,\"lastName\":\"И\","
	    "\"post\":null,\"originId\":\"c5\",\"originatorId\":\"ONE_C\","
	    "\"companyIds\":[4,9],\"UF_CRM_CODE\":\"x\",\"UF_CRM_DISCOUNT\":"
	    "[5],\"fm\":[{\"id\":1,\"typeId\":\"PHONE\",\"valueType\":"
	    "\"WORK\",\"value\":\"2\"},{\"id\":2,\"typeId\":\"EMAIL\","
	    "\"valueType\":\"HOME\",\"value\":\"a@b\"}]}"), &held);
	assert_int_equal(held.portal_id, 3);
	assert_string_equal(text_of(&held.fields, FIELD_LAST_NAME), "И");
	assert_string_equal(text_of(&held.fields, FIELD_XML_ID), "c5");
	assert_string_equal(text_of(&held.fields, FIELD_ORIGINATOR),
	    "ONE_C");
	assert_string_equal(text_of(&held.fields, FIELD_COMPANIES), "4\n9");
	assert_string_equal(text_of(&held.fields, FIELD_PHONES), "WORK" P
	    "2");
	assert_string_equal(text_of(&held.fields, FIELD_USER_FIELDS),
	    "UF_CRM_CODE" P "x\nUF_CRM_DISCOUNT" P "5");
	assert_false(fields_has(&held.fields, FIELD_POST));
	/* Before a write, with the ids. */
	op.kind = OP_UPDATE;
	fields_free(&held.fields);
	b24_client_row(&b24, &op, json, &held);
	assert_string_equal(text_of(&held.fields, FIELD_EMAILS), "HOME" P
	    "a@b" P "2");
}

static void
rows_of_others_are_not_asked_for(void **state)
{
	(void)state;
	target(OP_FIND, TARGET_BANK, "p1", "407 01");
	op.parent_id = 5;
	assert_true(b24_crm_is_asked(&op, parsed("{\"ID\":\"1\",\"ENTITY_ID"
	    "\":\"5\",\"RQ_ACC_NUM\":\"40701\"}")));
	assert_false(b24_crm_is_asked(&op, parsed("{\"ID\":\"1\","
	    "\"ENTITY_ID\":\"6\",\"RQ_ACC_NUM\":\"40701\"}")));
	target(OP_FIND, TARGET_ADDRESS, "p1", "6");
	op.portal_id = 6;
	assert_true(b24_crm_is_asked(&op, parsed("{\"TYPE_ID\":\"6\","
	    "\"ENTITY_TYPE_ID\":\"8\",\"ENTITY_ID\":\"5\"}")));
	assert_false(b24_crm_is_asked(&op, parsed("{\"TYPE_ID\":\"1\","
	    "\"ENTITY_TYPE_ID\":\"8\",\"ENTITY_ID\":\"5\"}")));
	b24_crm_row(&op, parsed("{\"TYPE_ID\":\"6\",\"CITY\":\"M\","
	    "\"REGION\":\"R\"}"), &held);
	assert_int_equal(held.portal_id, 6);
	assert_string_equal(text_of(&held.fields, FIELD_DISTRICT), "R");
}

static void
errors_of_the_crm_are_told_apart(void **state)
{
	static const struct {
		const char *answer;
		enum b24_method method;
		enum b24_fate fate;
	} cases[] = {
		{ "{\"error\":\"\",\"error_description\":\"The Requisite "
		    "with ID '5' is not found\"}", B24_REQUISITE_UPDATE,
		    B24_FATE_NOT_THERE },
		{ "{\"error\":\"\",\"error_description\":\"TypeAddress not "
		    "found.\"}", B24_ADDRESS_UPDATE, B24_FATE_NOT_THERE },
		{ "{\"error\":\"\",\"error_description\":\"Entity not "
		    "found.\"}", B24_REQUISITE_ADD, B24_FATE_REFUSED },
		{ "{\"error\":\"\",\"error_description\":\"TypeAddress "
		    "exists.\"}", B24_ADDRESS_ADD, B24_FATE_DOUBTFUL },
		{ "{\"error\":\"\",\"error_description\":\"Access "
		    "denied.\"}", B24_BANK_ADD, B24_FATE_REFUSED },
		{ "{\"error\":\"NOT_FOUND\",\"error_description\":\"Item "
		    "not found\"}", B24_ITEM_UPDATE, B24_FATE_NOT_THERE },
		{ "{\"error\":\"CRM_FIELD_ERROR_VALUE_NOT_VALID\"}",
		    B24_ITEM_ADD, B24_FATE_REFUSED },
		{ "{\"error\":\"ACCESS_DENIED\"}", B24_ITEM_UPDATE,
		    B24_FATE_REFUSED },
		{ "{\"error\":\"ACCESS_DENIED\"}", B24_PRODUCT_ADD,
		    B24_FATE_STOP },
	};
	struct b24_error error;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		b24_error_read(&error, parsed(cases[i].answer), 0,
		    cases[i].method);
		assert_int_equal(error.fate, cases[i].fate);
	}
}

#define CRM_TEST(test) cmocka_unit_test_setup_teardown(test, make, op_drop)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CRM_TEST(company_is_made_with_origin_and_phones_as_a_list),
		CRM_TEST(person_is_made_under_its_own_id_and_bound),
		CRM_TEST(text_that_looks_like_a_reference_goes_alone),
		CRM_TEST(requisite_has_its_holder_and_template),
		CRM_TEST(template_is_taken_by_the_rule_first),
		CRM_TEST(requisite_without_a_template_is_refused_with_a_reason),
		CRM_TEST(sole_traders_number_has_its_own_place),
		CRM_TEST(account_is_named_by_its_bank),
		CRM_TEST(held_value_is_not_said_again),
		CRM_TEST(what_the_portal_changed_is_kept_where_it_owns_it),
		CRM_TEST(without_yielding_1c_wins),
		CRM_TEST(phones_of_the_portal_stay_and_those_of_1c_go),
		CRM_TEST(phone_that_the_portal_took_away_stays_away),
		CRM_TEST(companies_of_a_contact_are_added_to),
		CRM_TEST(user_fields_are_said_one_by_one),
		CRM_TEST(each_type_of_user_field_gets_its_own_words),
		CRM_TEST(value_that_a_user_field_cannot_hold_fails_alone),
		CRM_TEST(values_that_mean_the_same_are_not_said),
		CRM_TEST(of_many_values_only_ones_of_1c_are_taken_away),
		CRM_TEST(manager_who_left_gets_no_clients),
		CRM_TEST(manager_is_compared_by_who_it_is),
		CRM_TEST(whole_address_is_said_when_a_part_changed),
		CRM_TEST(requisite_keeps_its_name_in_an_update),
		CRM_TEST(answer_is_compared_with_what_was_said),
		CRM_TEST(answer_without_an_id_is_no_word),
		CRM_TEST(parts_have_bare_ids_and_an_address_its_type),
		CRM_TEST(row_of_a_contact_is_read_whole),
		CRM_TEST(rows_of_others_are_not_asked_for),
		CRM_TEST(errors_of_the_crm_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
