/* Which goods are carried at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

/* "Бумага/Офисная" and "Папки", with goods in each. */
static void
shop(struct world *world)
{
	named_group(world, "g1", "Бумага", "");
	named_group(world, "g2", "Офисная", "g1");
	named_group(world, "g3", "Папки", "");
	say(product(world, "in"), FIELD_GROUP, "g2");
	say(product(world, "above"), FIELD_GROUP, "g1");
	say(product(world, "beside"), FIELD_GROUP, "g3");
	product(world, "loose");
}

static void
select_group(struct world *world, char *text)
{
	struct config_list *list = &world->config.catalog.select_groups;

	list->items[list->count++] = text;
	open_map(world);
}

static bool
is_in(struct world *world, const char *id)
{
	const struct wanted *wanted = derive(world, TARGET_PRODUCT, id);

	assert_false(wanted->replaced);
	if (wanted->state == WANTED_PRESENT)
		return true;
	assert_int_equal(wanted->state, WANTED_KEPT);
	return false;
}

static void
groups_are_named_by_path_or_id_with_all_below(void **state)
{
	static char path[] = " бумага / ОФИСНАЯ", id[] = "g1", none[] = "g9";
	static char below[] = "Офисная";
	struct world *world = *state;
	struct fields *fields;

	shop(world);
	select_group(world, none);
	select_group(world, below);
	assert_false(is_in(world, "in"));
	assert_false(is_in(world, "loose"));
	select_group(world, path);
	assert_true(is_in(world, "in"));
	assert_false(is_in(world, "above"));
	assert_false(is_in(world, "beside"));
	select_group(world, id);
	map_group_hold(world->map, true);
	assert_true(is_in(world, "in"));
	assert_true(is_in(world, "in"));
	assert_true(is_in(world, "above"));
	assert_false(is_in(world, "beside"));
	assert_false(is_in(world, "beside"));
	assert_false(is_in(world, "loose"));
	/* Any of its groups. */
	fields = product(world, "both");
	say(fields, FIELD_GROUP, "g3");
	say(fields, FIELD_GROUP, "g2");
	assert_true(is_in(world, "both"));
	map_group_hold(world->map, false);
}

static void
goods_are_named_besides_groups_and_left_out(void **state)
{
	static char in_g3[] = "beside", article[] = "арт-1", group[] = "g1";
	static char inner[] = "Бумага/Офисная", out[] = "арт-2";
	static char *goods[2], *except[2];
	struct world *world = *state;
	struct config *config = &world->config;

	shop(world);
	say(product(world, "named"), FIELD_ARTICLE, "АРТ-1");
	say(product(world, "both"), FIELD_ARTICLE, "АРТ-2");
	goods[0] = in_g3;
	goods[1] = article;
	config->catalog.select_goods = (struct config_list){ goods, 2 };
	open_map(world);
	/* Alone. */
	assert_true(is_in(world, "beside"));
	assert_true(is_in(world, "named"));
	assert_false(is_in(world, "in"));
	assert_false(is_in(world, "loose"));
	select_group(world, group);
	assert_true(is_in(world, "in"));
	assert_true(is_in(world, "above"));
	assert_true(is_in(world, "beside"));
	assert_false(is_in(world, "loose"));
	/* A good that is named comes out of a group that is left out. */
	except[0] = inner;
	except[1] = out;
	config->catalog.select_except = (struct config_list){ except, 2 };
	open_map(world);
	assert_false(is_in(world, "in"));
	assert_true(is_in(world, "above"));
	goods[0] = in_g3;
	goods[1] = out;
	open_map(world);
	assert_false(is_in(world, "both"));
	say(product(world, "beside"), FIELD_GROUP, "g2");
	assert_true(is_in(world, "beside"));
	config->catalog.select_groups.count = 0;
	config->catalog.select_goods.count = 0;
	open_map(world);
	assert_true(is_in(world, "loose"));
	assert_false(is_in(world, "in"));
	config->catalog.select_except.count = 0;
}

static void
goods_are_selected_by_the_amount_of_a_price(void **state)
{
	static char name[] = "розничная", from[] = "10", to[] = "20.50";
	struct world *world = *state;
	struct config *config = &world->config;
	static const struct {
		const char *price;
		bool in;
	} cases[] = { { "9.99", false }, { "10", true }, { "20.5", true },
	    { "20.51", false }, { "0", false } };
	size_t i;

	config->catalog.select_price.type = name;
	config->catalog.select_price.from = from;
	config->catalog.select_price.to = to;
	price_type(world, "t1", "Розничная", "RUB");
	product(world, "p1");
	open_map(world);
	assert_false(is_in(world, "p1"));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		price(record(world, RECORD_PRICES, "p1"), "t1",
		    cases[i].price, "RUB");
		assert_int_equal(is_in(world, "p1"), cases[i].in);
	}
	config->catalog.select_price.from = NULL;
	config->catalog.select_price.to = NULL;
	price(record(world, RECORD_PRICES, "p1"), "t1", "0", "RUB");
	open_map(world);
	assert_false(is_in(world, "p1"));
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", "RUB");
	open_map(world);
	assert_true(is_in(world, "p1"));
	config->catalog.select_price.type = NULL;
}

static void
assert_section(struct world *world, const char *id, enum wanted_state state)
{
	const struct wanted *wanted = derive(world, TARGET_SECTION, id);

	assert_int_equal(wanted->state, state);
	if (state == WANTED_KEPT)
		assert_int_equal(wanted->parent.kind, TARGET_NONE);
}

static void
sections_are_those_of_selected_groups_and_above(void **state)
{
	static char path[] = "бумага/Офисная", id[] = "g4";
	struct world *world = *state;
	const struct wanted *wanted;
	struct fields *fields;

	shop(world);
	named_group(world, "g4", "А4", "g2");
	named_group(world, "g5", "Писчая", "g1");
	named_group(world, "g6", "Офисная", "g3");
	assert_section(world, "g5", WANTED_PRESENT);
	select_group(world, path);
	assert_section(world, "g1", WANTED_PRESENT);
	assert_section(world, "g2", WANTED_PRESENT);
	assert_section(world, "g4", WANTED_PRESENT);
	assert_section(world, "g3", WANTED_KEPT);
	assert_section(world, "g5", WANTED_KEPT);
	assert_section(world, "g6", WANTED_KEPT);
	/* It lies in the one of its groups that has a section. */
	fields = product(world, "both");
	say(fields, FIELD_GROUP, "g3");
	say(fields, FIELD_GROUP, "g2");
	wanted = derive(world, TARGET_PRODUCT, "both");
	assert_parent(wanted, TARGET_SECTION, "g2");
	world->config.catalog.select_groups.count = 0;
	select_group(world, id);
	assert_section(world, "g1", WANTED_PRESENT);
	assert_section(world, "g2", WANTED_PRESENT);
	assert_section(world, "g4", WANTED_PRESENT);
	assert_section(world, "g5", WANTED_KEPT);
}

static void
what_is_not_selected_is_treated_as_absent(void **state)
{
	static char none[] = "g9";
	struct world *world = *state;
	const struct wanted *wanted;

	rule(&world->config.catalog.price_types, "t", "BASE");
	shop(world);
	price(record(world, RECORD_PRICES, "in"), "t", "1", "RUB");
	select_group(world, none);
	wanted = derive(world, TARGET_PRODUCT, "in");
	assert_int_equal(wanted->state, WANTED_KEPT);
	assert_fields(&wanted->fields, "name=Бумага article! "
	    "description! active=Y xml_id=in");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	assert_int_equal(derive_price(world, "in", "BASE")->state,
	    WANTED_PRESENT);
	world->config.catalog.absent = ABSENT_DEACTIVATE;
	wanted = derive(world, TARGET_PRODUCT, "in");
	assert_int_equal(wanted->state, WANTED_KEPT);
	assert_false(wanted->replaced);
	assert_fields(&wanted->fields, "name=Бумага article! "
	    "description! active=N xml_id=in");
	world->config.catalog.absent = ABSENT_DELETE;
	assert_int_equal(derive(world, TARGET_PRODUCT, "in")->state,
	    WANTED_GONE);
	assert_int_equal(derive_price(world, "in", "BASE")->state,
	    WANTED_NOTHING);
	/* What 1C marked is switched off as before, but not looked for. */
	world->config.catalog.absent = ABSENT_KEEP;
	say(product(world, "in"), FIELD_DELETED, "1");
	wanted = derive(world, TARGET_PRODUCT, "in");
	assert_int_equal(wanted->state, WANTED_KEPT);
	assert_true(str_is(fields_get(&wanted->fields, FIELD_ACTIVE), "N"));
}

static void
only_goods_in_stock(void **state)
{
	struct world *world = *state;

	product(world, "p");
	world->config.catalog.select_in_stock = true;
	assert_false(is_in(world, "p"));
	say(record(world, RECORD_RESTS, "p"), FIELD_QUANTITY, "0");
	assert_false(is_in(world, "p"));
	say(record(world, RECORD_RESTS, "p"), FIELD_QUANTITY, "-1");
	assert_false(is_in(world, "p"));
	say(record(world, RECORD_RESTS, "p"), FIELD_QUANTITY, "0.5");
	assert_true(is_in(world, "p"));
	/* Over all characteristics: they stay together. */
	say(record(world, RECORD_RESTS, "p"), FIELD_QUANTITY, "0");
	characteristic(world, "p#1", "а", NULL);
	characteristic(world, "p#2", "б", NULL);
	assert_int_equal(derive(world, TARGET_OFFER, "p#1")->state,
	    WANTED_KEPT);
	rests_of(record(world, RECORD_RESTS, "p#2"), "w", "1");
	assert_int_equal(derive(world, TARGET_OFFER, "p#1")->state,
	    WANTED_PRESENT);
	assert_int_equal(derive(world, TARGET_PARENT, "p")->state,
	    WANTED_PRESENT);
	assert_targets(world, RECORD_RESTS, "p#2",
	    "product:p parent:p variation:p#1 variation:p#2");
	/* Nobody has one in stock. */
	requisite(product(world, "s"), "ВидНоменклатуры", "Услуга");
	assert_int_equal(derive(world, TARGET_SERVICE, "s")->state,
	    WANTED_PRESENT);
}

static void
only_goods_that_have_a_price(void **state)
{
	struct world *world = *state;

	rule(&world->config.catalog.price_types, "t", "BASE");
	product(world, "p");
	world->config.catalog.select_priced = true;
	assert_false(is_in(world, "p"));
	price(record(world, RECORD_PRICES, "p"), "other", "1", "RUB");
	assert_false(is_in(world, "p"));
	price(record(world, RECORD_PRICES, "p"), "t", "1", "RUB");
	assert_true(is_in(world, "p"));
	record(world, RECORD_PRICES, "p");
	characteristic(world, "p#1", "а", NULL);
	assert_int_equal(derive(world, TARGET_PARENT, "p")->state,
	    WANTED_KEPT);
	price(record(world, RECORD_PRICES, "p#1"), "t", "1", "RUB");
	assert_int_equal(derive(world, TARGET_PARENT, "p")->state,
	    WANTED_PRESENT);
	assert_targets(world, RECORD_PRICES, "p#1",
	    "product:p parent:p price:p/BASE variation:p#1 price:p#1/BASE");
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_make, world_drop)
	const struct CMUnitTest tests[] = {
		T(groups_are_named_by_path_or_id_with_all_below),
		T(goods_are_named_besides_groups_and_left_out),
		T(goods_are_selected_by_the_amount_of_a_price),
		T(sections_are_those_of_selected_groups_and_above),
		T(what_is_not_selected_is_treated_as_absent),
		T(only_goods_in_stock),
		T(only_goods_that_have_a_price),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
