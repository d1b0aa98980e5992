#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

static void
a_price_is_found_by_name_or_id_of_its_type(void **state)
{
	struct world *world = *state;
	struct config_map *rules = &world->config.catalog.price_types;
	struct fields *prices;
	const struct wanted *wanted;

	rule(rules, "Розничная", "BASE");
	rule(rules, "t2", "OPT");
	rule(rules, "t4", "UNSEEN");
	price_type(world, "t1", "РОЗНИЧНАЯ ", "RUB");
	price_type(world, "t2", "Оптовая", "RUB");
	price_type(world, "t3", "Иная", "RUB");
	product(world, "p1");
	prices = record(world, RECORD_PRICES, "p1");
	price(prices, "t1", "231.7400", "RUB");
	price(prices, "t3", "1", "RUB");
	price(prices, "t2", "9900", "RUB");
	price(prices, "t4", "5", "USD");
	wanted = derive_price(world, "p1", "BASE");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "currency=RUB amount=231.74");
	assert_parent(wanted, TARGET_PRODUCT, "p1");
	assert_fields(&derive_price(world, "p1", "OPT")->fields,
	    "currency=RUB amount=9900");
	assert_fields(&derive_price(world, "p1", "UNSEEN")->fields,
	    "currency=USD amount=5");
	assert_int_equal(derive_price(world, "p1", "OTHER")->state,
	    WANTED_NOTHING);
}

static void
the_last_price_of_a_type_counts(void **state)
{
	struct world *world = *state;
	struct fields *prices;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	product(world, "p1");
	prices = record(world, RECORD_PRICES, "p1");
	price(prices, "t1", "1", "RUB");
	price(prices, "t1", "2", "RUB");
	assert_fields(&derive_price(world, "p1", "BASE")->fields,
	    "currency=RUB amount=2");
}

static void
a_price_waits_for_its_product_and_goes_with_it(void **state)
{
	struct world *world = *state;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", "RUB");
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_NOTHING);
	say(product(world, "p1"), FIELD_DELETED, "1");
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_PRESENT);
	world->config.catalog.marked = MARKED_DELETE;
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_NOTHING);
	product(world, "p2");
	assert_int_equal(derive_price(world, "p2", "BASE")->state,
	    WANTED_NOTHING);
}

static void
a_price_below_zero_is_left_alone(void **state)
{
	struct world *world = *state;
	struct fields *prices;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	rule(&world->config.catalog.price_types, "t2", "OPT");
	product(world, "p1");
	prices = record(world, RECORD_PRICES, "p1");
	price(prices, "t1", "-5", "RUB");
	price(prices, "t2", "0", "RUB");
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_NOTHING);
	assert_int_equal(derive_price(world, "p1", "OPT")->state,
	    WANTED_PRESENT);
}

static void
assert_currency(struct world *world, const char *text, const char *want)
{
	const struct wanted *wanted;

	product(world, "p1");
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", text);
	wanted = derive_price(world, "p1", "BASE");
	assert_true(str_is(fields_get(&wanted->fields, FIELD_CURRENCY),
	    want));
	assert_int_equal(wanted->state, want[0] == '\0' ? WANTED_NOTHING :
	    WANTED_PRESENT);
}

static void
a_currency_is_known_by_rule_or_by_its_code(void **state)
{
	struct world *world = *state;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	rule(&world->config.currencies, "руб.", "RUB");
	rule(&world->config.currencies, "RUR", "RUB");
	rule(&world->config.currencies, "643", "RUB");
	assert_currency(world, "руб", "RUB");
	assert_currency(world, "Руб.", "RUB");
	assert_currency(world, "RUR", "RUB");
	assert_currency(world, "643", "RUB");
	assert_currency(world, "KZT", "KZT");
	assert_currency(world, "usd", "");
	assert_currency(world, "USDT", "");
	assert_currency(world, "тенге", "");
	assert_currency(world, "", "");
	price_type(world, "t1", "Розничная", "руб");
	open_map(world);
	assert_currency(world, "", "RUB");
	assert_currency(world, "EUR", "EUR");
}

static void
prices_have_owners_too(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	rule(&world->config.owners, "prices", "portal");
	product(world, "p1");
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", "RUB");
	wanted = derive_price(world, "p1", "BASE");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_int_equal(wanted->fields.count, 0);
	assert_fields(&wanted->at_create, "currency=RUB amount=1");
	free(world->config.owners.pairs[0].value);
	world->config.owners.pairs[0].value = mem_text("never");
	open_map(world);
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_NOTHING);
}

static void
a_price_that_1c_states_no_more_is_gone(void **state)
{
	struct world *world = *state;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	rule(&world->config.catalog.price_types, "t2", "OPT");
	product(world, "p1");
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_NOTHING);
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", "RUB");
	/* No type is behind the rule, it may be called another name now. */
	open_map(world);
	assert_int_equal(derive_price(world, "p1", "OPT")->state,
	    WANTED_NOTHING);
	price_type(world, "t1", "Розничная", "RUB");
	price_type(world, "t2", "Оптовая", "RUB");
	open_map(world);
	assert_int_equal(derive_price(world, "p1", "OPT")->state,
	    WANTED_GONE);
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_PRESENT);
	/* No rule speaks of it any more. */
	assert_int_equal(derive_price(world, "p1", "OLD")->state,
	    WANTED_NOTHING);
	/* 1C says that there are none. */
	record(world, RECORD_PRICES, "p1");
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_GONE);
	/* What cannot be read is not what is not stated. */
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", "тенге");
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_NOTHING);
	rule(&world->config.owners, "prices", "portal");
	open_map(world);
	record(world, RECORD_PRICES, "p1");
	assert_int_equal(derive_price(world, "p1", "BASE")->state,
	    WANTED_NOTHING);
}

static void
note_warning(void *ctx, const char *text)
{
	struct buf *told = ctx;

	buf_printf(told, "%s\n", text);
}

static void
the_price_of_a_package_is_divided(void **state)
{
	struct world *world = *state;
	struct fields *prices;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	product(world, "p1");
	prices = record(world, RECORD_PRICES, "p1");
	pack_price(prices, "t1", "10", "1");
	pack_price(prices, "t1", "11", "");
	pack_price(prices, "t1", "100", "12");
	assert_fields(&derive_price(world, "p1", "BASE")->fields,
	    "currency=RUB amount=11");
	assert_int_equal(map_warnings(world->map, note_warning,
	    &world->told, NULL), 0);
	assert_string_equal(buf_text(&world->told), "");
	prices = record(world, RECORD_PRICES, "p1");
	pack_price(prices, "t1", "1", "2");
	pack_price(prices, "t1", "100", "12");
	assert_fields(&derive_price(world, "p1", "BASE")->fields,
	    "currency=RUB amount=8.33");
	/* A factor that is none says nothing. */
	prices = record(world, RECORD_PRICES, "p1");
	pack_price(prices, "t1", "100", "0");
	assert_fields(&derive_price(world, "p1", "BASE")->fields,
	    "currency=RUB amount=100");
	assert_int_equal(map_warnings(world->map, note_warning,
	    &world->told, NULL), 0);
	assert_non_null(strstr(buf_text(&world->told),
	    "prices of packages were divided"));
}

static void
assert_vat(struct world *world, const char *want)
{
	const struct wanted *wanted = derive(world, TARGET_PRODUCT, "p1");

	assert_true(str_is(fields_get(&wanted->fields, FIELD_VAT_INCLUDED),
	    want));
}

static void
vat_is_included_as_the_type_of_the_first_rule_says(void **state)
{
	struct world *world = *state;
	struct fields *prices;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	rule(&world->config.catalog.price_types, "t2", "OPT");
	price_type(world, "t1", "Розничная", "RUB");
	price_type(world, "t2", "Оптовая", "RUB");
	product(world, "p1");
	prices = record(world, RECORD_PRICES, "p1");
	price(prices, "t2", "1", "RUB");
	world->reads = 0;
	assert_vat(world, "");
	/* Product and rests: nobody states it, so prices are not read. */
	assert_int_equal(world->reads, 2);
	say(price_type(world, "t2", "Оптовая", "RUB"), FIELD_VAT_INCLUDED,
	    "false");
	open_map(world);
	assert_vat(world, "N");
	say(price_type(world, "t1", "Розничная", "RUB"), FIELD_VAT_INCLUDED,
	    "1");
	open_map(world);
	/* Also without a price of that type. */
	assert_vat(world, "Y");
	price(prices, "t1", "1", "RUB");
	assert_vat(world, "Y");
	/* The first one does not state it. */
	price_type(world, "t1", "Розничная", "RUB");
	open_map(world);
	assert_vat(world, "");
	assert_targets(world, RECORD_PRICES, "p1",
	    "product:p1 price:p1/BASE price:p1/OPT");
}

/* Of types: of the first rule with VAT (or not), of the second one not. */
static void
mix_types(struct world *world, const char *first, const char *second)
{
	rule(&world->config.catalog.price_types, "t1", "BASE");
	rule(&world->config.catalog.price_types, "t2", "OPT");
	say(price_type(world, "t1", "Розничная", "RUB"), FIELD_VAT_INCLUDED,
	    first);
	say(price_type(world, "t2", "Оптовая", "RUB"), FIELD_VAT_INCLUDED,
	    second);
}

static void
assert_amount(struct world *world, const char *rate, const char *stated,
    const char *want)
{
	struct fields *prices = record(world, RECORD_PRICES, "p1");
	const struct wanted *wanted;

	say(product(world, "p1"), FIELD_VAT, rate);
	price(prices, "t1", "1", "RUB");
	price(prices, "t2", stated, "RUB");
	open_map(world);
	assert_true(str_is(fields_get(&derive_price(world, "p1",
	    "BASE")->fields, FIELD_AMOUNT), "1"));
	wanted = derive_price(world, "p1", "OPT");
	assert_int_equal(wanted->state, want[0] == '\0' ? WANTED_NOTHING :
	    WANTED_PRESENT);
	assert_true(str_is(fields_get(&wanted->fields, FIELD_AMOUNT), want));
}

static void
prices_of_a_type_that_differs_are_converted(void **state)
{
	struct world *world = *state;
	struct config_pair words[1];

	mix_types(world, "true", "false");
	world->config.catalog.vat = (struct config_map){ words, 0 };
	rule(&world->config.catalog.vat, "льготная", "НДС 10%");
	assert_amount(world, "20", "210", "252");
	assert_amount(world, "22", "0.33", "0.4");
	assert_amount(world, "16.67", "100", "116.67");
	assert_amount(world, "0", "210.555", "210.555");
	assert_amount(world, "без ндс", "210", "210");
	assert_amount(world, "льготная", "210", "231");
	mix_types(world, "false", "true");
	assert_amount(world, "20", "100", "83.33");
	assert_amount(world, "20", "0.03", "0.03");
	/* Whoever keeps the flag to himself reckons himself. */
	rule(&world->config.owners, "goods.vat_included", "never");
	assert_amount(world, "20", "100", "100");
	free(words[0].name);
	free(words[0].value);
}

static void
a_price_whose_rate_is_unknown_is_left_out(void **state)
{
	struct world *world = *state;

	mix_types(world, "true", "false");
	assert_amount(world, "", "210", "");
	assert_amount(world, "общая", "210", "");
	assert_amount(world, "20", "999999999999999999", "");
	assert_int_equal(map_warnings(world->map, note_warning,
	    &world->told, NULL), 0);
	assert_non_null(strstr(buf_text(&world->told), "without VAT in 1C"));
	mix_types(world, "true", "true");
	assert_amount(world, "", "210", "210");
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_make, world_drop)
	const struct CMUnitTest tests[] = {
		T(a_price_is_found_by_name_or_id_of_its_type),
		T(the_last_price_of_a_type_counts),
		T(a_price_waits_for_its_product_and_goes_with_it),
		T(a_price_below_zero_is_left_alone),
		T(a_currency_is_known_by_rule_or_by_its_code),
		T(prices_have_owners_too),
		T(a_price_that_1c_states_no_more_is_gone),
		T(the_price_of_a_package_is_divided),
		T(vat_is_included_as_the_type_of_the_first_rule_says),
		T(prices_of_a_type_that_differs_are_converted),
		T(a_price_whose_rate_is_unknown_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
