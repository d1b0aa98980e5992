#include "order_world.h"

static void
become_contact(struct order_world *world)
{
	struct deal_client *contact = &world->deal.contact;

	world->deal.company.id = 0;
	contact->id = 12;
	set(&contact->fields, FIELD_LAST_NAME, " Иванов ");
	set(&contact->fields, FIELD_FIRST_NAME, "Иван");
	set(&contact->fields, FIELD_SECOND_NAME, "Иванович");
}

static void
nobody_holds(void **state)
{
	struct order_world *world = *state;

	world->deal.company.id = 0;
	assert_held(world, "no-customer");
}

static void
a_company_is_a_legal_person(void **state)
{
	struct order_world *world = *state;

	become_contact(world);
	world->deal.company.id = 77;
	assert_built(world);
	assert_field(world, FIELD_PARTY_ID, "company-77");
	assert_field(world, FIELD_NAME, "ООО Ромашка");
	assert_field(world, FIELD_FULL_NAME, "ООО Ромашка");
	assert_field(world, FIELD_PRESET, "legal");
	assert_field(world, FIELD_PERSON, "Иванов Иван Иванович");
	assert_field(world, FIELD_PERSON_ID, "contact-12");
}

static void
a_person_whom_1c_has_by_name_keeps_that_id(void **state)
{
	struct order_world *world = *state;

	become_contact(world);
	world->deal.company.id = 77;
	set(&world->deal.contact.fields, FIELD_PHONES, "WORK\x1f+7 495 1");
	set(&world->given, FIELD_PERSON, "Иванов Иван Иванович");
	assert_built(world);
	assert_field(world, FIELD_PERSON_ID, "");
	assert_field(world, FIELD_PERSON_PHONES, "WORK|+7 495 1");
	set(&world->given, FIELD_PERSON_ID, "contact-11");
	assert_built(world);
	assert_field(world, FIELD_PERSON_ID, "contact-12");
	world->config.counterparties.update_1c = false;
	assert_built(world);
	assert_field(world, FIELD_PERSON_PHONES, "");
}

static void
a_contact_is_a_person(void **state)
{
	struct order_world *world = *state;

	become_contact(world);
	assert_built(world);
	assert_field(world, FIELD_PARTY_ID, "contact-12");
	assert_field(world, FIELD_NAME, "Иванов Иван Иванович");
	assert_field(world, FIELD_FULL_NAME, "Иванов Иван Иванович");
	assert_field(world, FIELD_PRESET, "individual");
	assert_field(world, FIELD_PERSON, "");
}

static void
a_client_of_1c_is_said_as_1c_spells_it(void **state)
{
	struct order_world *world = *state;

	world->deal.company.id = KNOWN_COMPANY;
	set(&world->deal.company.fields, FIELD_FULL_NAME,
	    "Общество \"Ромашка\"");
	assert_built(world);
	assert_field(world, FIELD_PARTY_ID, PARTY_ID);
	assert_field(world, FIELD_NAME, "Ромашка ООО");
	assert_field(world, FIELD_FULL_NAME, "Общество \"Ромашка\"");
}

static void
a_client_of_1c_is_left_as_1c_states_it(void **state)
{
	struct order_world *world = *state;
	struct fields *fields = &world->deal.company.fields;

	world->config.counterparties.update_1c = false;
	set(fields, FIELD_FULL_NAME, "ООО Другое");
	set(fields, FIELD_INN, "7700000000");
	set(fields, FIELD_KPP, "770001001");
	set(fields, FIELD_OKPO, "1");
	set(fields, FIELD_ADDRESS, "Москва");
	set(fields, FIELD_PHONES, "WORK\x1f" "8 495 1111111");
	/* It is not 1C's: all that is known of it is news. */
	assert_built(world);
	assert_field(world, FIELD_FULL_NAME, "ООО Другое");
	assert_field(world, FIELD_KPP, "770001001");
	world->deal.company.id = KNOWN_COMPANY;
	assert_built(world);
	assert_field(world, FIELD_PARTY_ID, PARTY_ID);
	assert_field(world, FIELD_NAME, "Ромашка ООО");
	assert_field(world, FIELD_FULL_NAME, "Общество \"Ромашка\"");
	assert_field(world, FIELD_INN, "770000000012");
	assert_field(world, FIELD_PRESET, "entrepreneur");
	assert_field(world, FIELD_KPP, "");
	assert_field(world, FIELD_OKPO, "");
	assert_field(world, FIELD_ADDRESS, "");
	assert_field(world, FIELD_PHONES, "");
}

static void
a_client_of_1c_is_found_by_its_own_numbers(void **state)
{
	struct order_world *world = *state;
	struct deal_client *company = &world->deal.company;

	company->id = KNOWN_COMPANY;
	set(&company->fields, FIELD_FULL_NAME, "ООО Другое");
	set(&company->fields, FIELD_INN, "7700000000");
	set(&company->fields, FIELD_KPP, "770001001");
	world->config.orders.profile = PROFILE_UT11;
	assert_built(world);
	assert_field(world, FIELD_INN, "770000000012");
	assert_field(world, FIELD_KPP, "");
	assert_field(world, FIELD_PRESET, "entrepreneur");
	assert_field(world, FIELD_FULL_NAME, "ООО Другое");
	company->other_requisite = true;
	assert_built(world);
	assert_field(world, FIELD_INN, "7700000000");
	/* It looks for them by the Ид first, where that is 1C's. */
	company->other_requisite = false;
	world->config.orders.profile = PROFILE_UNF;
	assert_built(world);
	assert_field(world, FIELD_INN, "7700000000");
}

static void
a_client_without_a_name_holds(void **state)
{
	struct order_world *world = *state;

	set(&world->deal.company.fields, FIELD_NAME, " \x03 ");
	assert_held(world, "customer-no-name");
	assert_non_null(strstr(world->hold.text, "77"));
	world->deal.company.id = 0;
	world->deal.contact.id = 12;
	assert_held(world, "customer-no-name");
	assert_non_null(strstr(world->hold.text, "12"));
}

static void
kinds_follow_template_and_number(void **state)
{
	static const struct {
		bool contact;
		const char *preset, *inn, *kind, *said;
	} cases[] = {
		{ false, "", "", "legal", "" },
		{ false, "legal", "7700000000", "legal", "7700000000" },
		{ false, "", "770000000000", "entrepreneur",
		    "770000000000" },
		{ false, "legal", "770000000000", "entrepreneur",
		    "770000000000" },
		{ false, "entrepreneur", "7700000000", "entrepreneur", "" },
		{ false, "individual", "770000000000", "individual",
		    "770000000000" },
		{ false, "", "77000000000", "legal", "" },
		{ false, "", "77000O0000", "legal", "" },
		{ true, "", "770000000000", "individual", "770000000000" },
		{ true, "", "7700000000", "individual", "" },
		{ true, "entrepreneur", "770000000000", "entrepreneur",
		    "770000000000" },
		{ true, "legal", " 7700000000 ", "legal", "7700000000" },
		{ false, "", "7700 000\xc2\xa0" "000", "legal", "7700000000" },
	};
	struct order_world *world = *state;

	become_contact(world);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fields *fields = cases[i].contact ?
		    &world->deal.contact.fields : &world->deal.company.fields;

		world->deal.company.id = cases[i].contact ? 0 : 77;
		set(fields, FIELD_PRESET, cases[i].preset);
		set(fields, FIELD_INN, cases[i].inn);
		assert_int_equal(build(world), 0);
		/* A number that is left out is told. */
		assert_string_equal(world->hold.code, cases[i].inn[0] ==
		    '\0' || cases[i].said[0] != '\0' ? "" :
		    "inn-left-out");
		assert_field(world, FIELD_PRESET, cases[i].kind);
		assert_field(world, FIELD_INN, cases[i].said);
	}
}

static void
a_kpp_is_of_legal_persons_and_nine_digits(void **state)
{
	struct order_world *world = *state;
	struct fields *fields = &world->deal.company.fields;

	set(fields, FIELD_KPP, "770001001");
	assert_built(world);
	assert_field(world, FIELD_KPP, "770001001");
	set(fields, FIELD_PRESET, "entrepreneur");
	assert_built(world);
	assert_field(world, FIELD_KPP, "");
	set(fields, FIELD_PRESET, "legal");
	set(fields, FIELD_KPP, "7700010010");
	assert_built(world);
	assert_field(world, FIELD_KPP, "");
}

static void
three_phones_and_mails_as_they_stand(void **state)
{
	struct order_world *world = *state;
	struct fields *fields = &world->deal.company.fields;

	set(fields, FIELD_PHONES, "FAX\x1f" "1\nMOBILE\x1f" "8 (900) 5\n"
	    "WORK\x1f\nWORK\x1f" "+7 1\nWORK\x1f" "3\nWORK\x1f" "4");
	set(fields, FIELD_EMAILS, "WORK\x1f" "a@example.com");
	set(fields, FIELD_ADDRESS, "Москва,\nТверская, 1");
	set(fields, FIELD_ACTUAL_ADDRESS, "Тула");
	set(fields, FIELD_OGRN, "1");
	set(fields, FIELD_OKPO, "2");
	assert_built(world);
	assert_field(world, FIELD_PHONES,
	    "WORK|8 (900) 5\nWORK|+7 1\nWORK|3");
	assert_field(world, FIELD_EMAILS, "WORK|a@example.com");
	assert_field(world, FIELD_ADDRESS, "Москва, Тверская, 1");
	assert_field(world, FIELD_ACTUAL_ADDRESS, "Тула");
	assert_field(world, FIELD_OGRN, "1");
	assert_field(world, FIELD_OKPO, "2");
}

static void
a_long_name_is_cut(void **state)
{
	struct order_world *world = *state;
	char name[601] = "";

	for (size_t i = 0; i < 300; i++)
		memcpy(name + 2 * i, "я", 2);
	set(&world->deal.company.fields, FIELD_NAME, name);
	assert_built(world);
	assert_int_equal(fields_get(&world->out, FIELD_NAME).len, 500);
}

#define test(name) \
    cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(nobody_holds),
		test(a_company_is_a_legal_person),
		test(a_person_whom_1c_has_by_name_keeps_that_id),
		test(a_contact_is_a_person),
		test(a_client_of_1c_is_said_as_1c_spells_it),
		test(a_client_of_1c_is_left_as_1c_states_it),
		test(a_client_of_1c_is_found_by_its_own_numbers),
		test(a_client_without_a_name_holds),
		test(kinds_follow_template_and_number),
		test(a_kpp_is_of_legal_persons_and_nine_digits),
		test(three_phones_and_mails_as_they_stand),
		test(a_long_name_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
