#include "order_world.h"

#include "base/limits.h"

static struct customer
make_company(void)
{
	struct customer customer;

	customer_init(&customer);
	customer.company = true;
	customer.client.id = 77;
	customer.role = "Покупатель";
	set(&customer.client.fields, FIELD_NAME, " ООО  Ромашка ");
	set(&customer.client.fields, FIELD_INN, "77 000 00016");
	assert_int_equal(fields_add(&customer.client.fields, FIELD_ACCOUNT,
	    str_of("407\x1f" "0445\x1f" "\x1f")), 0);
	customer.persons = mem_array(2, sizeof(*customer.persons));
	for (int i = 0; i < 2; i++)
		fields_init(&customer.persons[i].fields);
	customer.person_count = 2;
	customer.persons[0].id = 8;
	set(&customer.persons[0].fields, FIELD_LAST_NAME, "Примерова");
	set(&customer.persons[0].fields, FIELD_PHONES,
	    "MOBILE\x1f" "+7 916 1\nWORK\x1f" "+7 495 1");
	customer.persons[1].id = 9;     /* without a name */
	return customer;
}

static int
build_card(struct order_world *world, const struct customer *customer)
{
	return order_customer_build(&world->out, &world->hold, &world->config,
	    customer, &world->lookup, &world->err);
}

static void
assert_said(const struct order_world *world, enum field field,
    const char *value)
{
	if (!str_is(fields_get(&world->out, field), value))
		fail_msg("%.*s", (int)fields_get(&world->out, field).len,
		    fields_get(&world->out, field).p);
}

static void
a_company_is_named_as_in_an_order(void **state)
{
	struct order_world *world = *state;
	struct customer customer = make_company();

	assert_int_equal(build_card(world, &customer), 0);
	assert_said(world, FIELD_PARTY_ID, "company-77");
	assert_said(world, FIELD_NAME, "ООО  Ромашка");
	assert_said(world, FIELD_INN, "7700000016");
	assert_said(world, FIELD_PRESET, "legal");
	assert_said(world, FIELD_PARTY_TYPE, "Покупатель");
	assert_said(world, FIELD_PERSON, "Примерова\x1f" "contact-8\x1f"
	    "\x1f" "MOBILE\t+7 916 1\nWORK\t+7 495 1\x1f"
	    "\x1f" "Примерова\x1f\x1f\x1f\x1f");
	assert_string_equal(world->hold.code, "");
	customer_free(&customer);
}

static void
nobody_without_a_name_is_named(void **state)
{
	struct order_world *world = *state;
	struct customer customer = make_company();

	set(&customer.client.fields, FIELD_NAME, " ");
	assert_int_equal(build_card(world, &customer), 1);
	customer_free(&customer);
}

static void
a_number_that_is_none_is_told(void **state)
{
	struct order_world *world = *state;
	struct customer customer = make_company();

	set(&customer.client.fields, FIELD_INN, "77");
	assert_int_equal(build_card(world, &customer), 0);
	assert_said(world, FIELD_INN, "");
	assert_string_equal(world->hold.code, "inn-left-out");
	customer_free(&customer);
}

static void
write_cards(struct order_world *world, struct buf *out, size_t count)
{
	order_file_customers(out, &world->config.orders, &world->out, count,
	    INT64_C(1768467600000));
	assert_false(out->full);
}

static void
the_version_is_that_of_what_is_said(void **state)
{
	struct order_world *world = *state;
	struct customer customer = make_company();
	struct buf one = BUF_INIT(LIMIT_MIB), other = BUF_INIT(LIMIT_MIB);

	assert_int_equal(build_card(world, &customer), 0);
	write_cards(world, &one, 1);
	assert_non_null(strstr(buf_text(&one), "<НомерВерсии>"));
	assert_non_null(strstr(buf_text(&one), "<НомерСчета>407<"));
	assert_non_null(strstr(buf_text(&one), "<Ид>contact-8</Ид>"));
	/* The profile that reads orders is another matter. */
	world->config.orders.profile = PROFILE_UT103;
	write_cards(world, &other, 1);
	assert_string_equal(buf_text(&one), buf_text(&other));
	set(&customer.client.fields, FIELD_KPP, "770001001");
	assert_int_equal(build_card(world, &customer), 0);
	write_cards(world, &other, 1);
	assert_memory_not_equal(strstr(buf_text(&one), "<НомерВерсии>"),
	    strstr(buf_text(&other), "<НомерВерсии>"), 45);
	write_cards(world, &other, 0);
	assert_non_null(strstr(buf_text(&other),
	    "<Контрагенты СодержитТолькоИзменения=\"true\"/>\n</"));
	buf_free(&one);
	buf_free(&other);
	customer_free(&customer);
}

#define test(name) \
    cmocka_unit_test_setup_teardown(name, world_make, world_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_company_is_named_as_in_an_order),
		test(nobody_without_a_name_is_named),
		test(a_number_that_is_none_is_told),
		test(the_version_is_that_of_what_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
