#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

static void
a_group_becomes_a_section_below_its_parent(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	group(world, "g1", "");
	say(group(world, "g2", "g1"), FIELD_BITRIX_CODE, "paper");
	wanted = derive(world, TARGET_SECTION, "g2");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields,
	    "name=g2 parent=g1 code=paper description! xml_id=g2");
	assert_parent(wanted, TARGET_SECTION, "g1");
	assert_false(wanted->orphan);
	wanted = derive(world, TARGET_SECTION, "g1");
	assert_fields(&wanted->fields,
	    "name=g1 parent! description! xml_id=g1");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
}

static void
a_group_of_an_unknown_parent_stands_at_the_top(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	group(world, "g2", "g1");
	wanted = derive(world, TARGET_SECTION, "g2");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "name=g2 description! xml_id=g2");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	assert_true(wanted->orphan);
	say(group(world, "g1", ""), FIELD_DELETED, "1");
	wanted = derive(world, TARGET_SECTION, "g2");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
}

static void
a_deleted_group_is_gone_and_an_unknown_one_nothing(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	say(group(world, "g1", ""), FIELD_DELETED, "1");
	wanted = derive(world, TARGET_SECTION, "g1");
	assert_int_equal(wanted->state, WANTED_GONE);
	assert_int_equal(wanted->fields.count, 0);
	assert_int_equal(derive(world, TARGET_SECTION, "g9")->state,
	    WANTED_NOTHING);
	say(record(world, RECORD_GROUP, "g3"), FIELD_PARENT, "g1");
	assert_int_equal(derive(world, TARGET_SECTION, "g3")->state,
	    WANTED_NOTHING);
}

static void
groups_in_a_circle_do_not_wait_for_each_other(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	group(world, "a", "c");
	group(world, "b", "a");
	group(world, "c", "b");
	group(world, "self", "self");
	wanted = derive(world, TARGET_SECTION, "a");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	assert_int_equal(derive(world, TARGET_SECTION, "self")->parent.kind,
	    TARGET_NONE);
	/* One that only hangs below the circle keeps its place. */
	group(world, "d", "c");
	assert_parent(derive(world, TARGET_SECTION, "d"), TARGET_SECTION,
	    "c");
}

static void
a_product_takes_what_1c_says(void **state)
{
	struct world *world = *state;
	struct fields *fields = product(world, "p1");
	const struct wanted *wanted;

	say(fields, FIELD_ARTICLE, "A-4");
	say(fields, FIELD_CODE, "НФ-01");
	say(fields, FIELD_UNIT, "796");
	say(fields, FIELD_VAT, "20");
	say(fields, FIELD_DESCRIPTION, "белая");
	say(fields, FIELD_GROUP, "g1");
	say(fields, FIELD_PICTURE, "a.jpg");
	group(world, "g1", "");
	say(record(world, RECORD_RESTS, "p1"), FIELD_QUANTITY, "12.50");
	wanted = derive(world, TARGET_PRODUCT, "p1");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "name=Бумага article=A-4 unit=796 "
	    "group=g1 vat=20 description=белая quantity=12.5 active=Y "
	    "xml_id=p1 sections!");
	assert_int_equal(wanted->at_create.count, 0);
	assert_parent(wanted, TARGET_SECTION, "g1");
	assert_false(wanted->orphan);
}

static void
an_unknown_or_nameless_product_is_nothing(void **state)
{
	struct world *world = *state;

	say(record(world, RECORD_RESTS, "p1"), FIELD_QUANTITY, "5");
	assert_int_equal(derive(world, TARGET_PRODUCT, "p1")->state,
	    WANTED_NOTHING);
	say(record(world, RECORD_PRODUCT, "p1"), FIELD_ARTICLE, "A");
	assert_int_equal(derive(world, TARGET_PRODUCT, "p1")->state,
	    WANTED_NOTHING);
}

static void
the_first_group_that_is_a_section_counts(void **state)
{
	struct world *world = *state;
	struct fields *fields = product(world, "p1");
	const struct wanted *wanted;

	say(fields, FIELD_GROUP, "unknown");
	say(fields, FIELD_GROUP, "deleted");
	say(fields, FIELD_GROUP, "g2");
	say(fields, FIELD_GROUP, "g3");
	say(group(world, "deleted", ""), FIELD_DELETED, "1");
	group(world, "g2", "");
	group(world, "g3", "");
	wanted = derive(world, TARGET_PRODUCT, "p1");
	assert_parent(wanted, TARGET_SECTION, "g2");
	assert_true(str_is(fields_get(&wanted->fields, FIELD_GROUP), "g2"));
	assert_true(wanted->orphan);
	fields = product(world, "p2");
	say(fields, FIELD_GROUP, "unknown");
	wanted = derive(world, TARGET_PRODUCT, "p2");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	assert_true(wanted->orphan);
}

static void
marked_goods_are_treated_as_set(void **state)
{
	static const struct {
		enum config_marked rule;
		enum wanted_state state;
		const char *active;
	} cases[] = {
		{ MARKED_DELETE, WANTED_GONE, "" },
		{ MARKED_DEACTIVATE, WANTED_INACTIVE, "N" },
		{ MARKED_KEEP, WANTED_INACTIVE, "Y" },
	};
	struct world *world = *state;
	size_t i;

	say(product(world, "p1"), FIELD_DELETED, "1");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct wanted *wanted;

		world->config.catalog.marked = cases[i].rule;
		wanted = derive(world, TARGET_PRODUCT, "p1");
		assert_int_equal(wanted->state, cases[i].state);
		assert_true(str_is(fields_get(&wanted->fields, FIELD_ACTIVE),
		    cases[i].active));
	}
}

static void
absent_goods_are_treated_as_set(void **state)
{
	static const struct {
		enum config_absent rule;
		enum wanted_state state;
	} cases[] = {
		{ ABSENT_DELETE, WANTED_GONE },
		{ ABSENT_DEACTIVATE, WANTED_INACTIVE },
		{ ABSENT_KEEP, WANTED_PRESENT },
	};
	struct world *world = *state;
	size_t i;

	product(world, "p1");
	product(world, "p2");
	world->absent = "p1";
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world->config.catalog.absent = cases[i].rule;
		assert_int_equal(derive(world, TARGET_PRODUCT, "p1")->state,
		    cases[i].state);
		assert_int_equal(derive(world, TARGET_PRODUCT, "p2")->state,
		    WANTED_PRESENT);
	}
}

static void
a_long_name_is_cut_between_characters(void **state)
{
	struct world *world = *state;
	struct buf name = BUF_INIT(4096);
	const struct wanted *wanted;
	int i;

	for (i = 0; i < 254; i++)
		buf_add_text(&name, "я");
	buf_add_text(&name, "  конец");
	say(record(world, RECORD_PRODUCT, "p1"), FIELD_NAME,
	    buf_text(&name));
	wanted = derive(world, TARGET_PRODUCT, "p1");
	assert_int_equal(fields_get(&wanted->fields, FIELD_NAME).len,
	    254 * 2);
	buf_clear(&name);
	for (i = 0; i < 300; i++)
		buf_add_text(&name, "я");
	say(record(world, RECORD_PRODUCT, "p1"), FIELD_NAME,
	    buf_text(&name));
	wanted = derive(world, TARGET_PRODUCT, "p1");
	assert_int_equal(fields_get(&wanted->fields, FIELD_NAME).len,
	    255 * 2);
	buf_free(&name);
}

static void
assert_quantity(struct world *world, const char *want)
{
	const struct wanted *wanted = derive(world, TARGET_PRODUCT, "p1");

	assert_true(str_is(fields_get(&wanted->fields, FIELD_QUANTITY),
	    want));
}

static void
stock(struct fields *fields, const char *warehouse, const char *quantity)
{
	assert_int_equal(fields_add_pair(fields, FIELD_STOCK,
	    str_of(warehouse), str_of(quantity)), 0);
}

static void
the_quantity_is_the_total_or_the_sum(void **state)
{
	struct world *world = *state;
	struct fields *rests;

	product(world, "p1");
	assert_quantity(world, "");
	rests = record(world, RECORD_RESTS, "p1");
	assert_quantity(world, "");
	stock(rests, "w1", "1.5");
	stock(rests, "w2", "-0.25");
	stock(rests, "w3", "");
	assert_quantity(world, "1.25");
	say(rests, FIELD_QUANTITY, "7");
	assert_quantity(world, "7");
	say(record(world, RECORD_RESTS, "p1"), FIELD_QUANTITY, "0.000");
	assert_quantity(world, "0");
	say(record(world, RECORD_RESTS, "p1"), FIELD_QUANTITY, "-3");
	assert_quantity(world, "0");
	world->config.catalog.negative_zero = false;
	assert_quantity(world, "-3");
	world->facts.quantity = false;
	open_map(world);
	assert_quantity(world, "");
}

static void
nothing_is_wanted_of_a_catalogue_that_is_off(void **state)
{
	struct world *world = *state;

	product(world, "p1");
	group(world, "g1", "");
	world->config.catalog.enabled = false;
	assert_int_equal(derive(world, TARGET_PRODUCT, "p1")->state,
	    WANTED_NOTHING);
	assert_int_equal(derive(world, TARGET_SECTION, "g1")->state,
	    WANTED_NOTHING);
}

static void
what_the_portal_owns_is_said_once_or_never(void **state)
{
	struct world *world = *state;
	struct fields *fields = product(world, "p1");
	const struct wanted *wanted;

	rule(&world->config.owners, "goods.description", "portal");
	rule(&world->config.owners, "goods.group", "never");
	rule(&world->config.owners, "goods.vat", "never");
	rule(&world->config.owners, "groups.parent", "portal");
	group(world, "g1", "");
	group(world, "g2", "g1");
	say(fields, FIELD_DESCRIPTION, "белая");
	say(fields, FIELD_GROUP, "g1");
	say(fields, FIELD_VAT, "20");
	wanted = derive(world, TARGET_PRODUCT, "p1");
	assert_fields(&wanted->fields, "name=Бумага article! active=Y "
	    "xml_id=p1");
	assert_fields(&wanted->at_create, "description=белая");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
	wanted = derive(world, TARGET_SECTION, "g2");
	assert_fields(&wanted->fields, "name=g2 description! xml_id=g2");
	assert_fields(&wanted->at_create, "parent=g1");
	assert_parent(wanted, TARGET_SECTION, "g1");
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_make, world_drop)
	const struct CMUnitTest tests[] = {
		T(a_group_becomes_a_section_below_its_parent),
		T(a_group_of_an_unknown_parent_stands_at_the_top),
		T(a_deleted_group_is_gone_and_an_unknown_one_nothing),
		T(groups_in_a_circle_do_not_wait_for_each_other),
		T(a_product_takes_what_1c_says),
		T(an_unknown_or_nameless_product_is_nothing),
		T(the_first_group_that_is_a_section_counts),
		T(marked_goods_are_treated_as_set),
		T(absent_goods_are_treated_as_set),
		T(a_long_name_is_cut_between_characters),
		T(the_quantity_is_the_total_or_the_sum),
		T(nothing_is_wanted_of_a_catalogue_that_is_off),
		T(what_the_portal_owns_is_said_once_or_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
