/* Quantities, and the stock that documents bring about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

static void
assert_quantity(struct world *world, const char *id, const char *want)
{
	const struct wanted *wanted = derive(world, TARGET_PRODUCT, id);

	assert_true(str_is(fields_get(&wanted->fields, FIELD_QUANTITY),
	    want));
}

static void
ignored_warehouses_do_not_count(void **state)
{
	struct world *world = *state;
	struct fields *rests;

	product(world, "p");
	rests = record(world, RECORD_RESTS, "p");
	say(rests, FIELD_QUANTITY, "10");
	rests_of(rests, "w1", "4");
	rests_of(rests, "w2", "6");
	assert_quantity(world, "p", "10");
	rule(&world->config.catalog.warehouses, "w1", "Основной");
	open_map(world);
	assert_quantity(world, "p", "10");
	rule(&world->config.catalog.warehouses, "w2", "ignore");
	open_map(world);
	assert_quantity(world, "p", "4");
	/* Of the whole 1C says it all. */
	say(record(world, RECORD_RESTS, "p"), FIELD_QUANTITY, "10");
	assert_quantity(world, "p", "10");
	rests_of(record(world, RECORD_RESTS, "p"), "w2", "6");
	assert_quantity(world, "p", "0");
}

static const struct wanted *
stock(struct world *world, const char *id, const char *warehouse)
{
	return derive_part(world, TARGET_STOCK, id, warehouse);
}

static void
assert_stock(struct world *world, const char *id, const char *warehouse,
    enum target_kind good, const char *want)
{
	const struct wanted *wanted = stock(world, id, warehouse);

	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, want);
	assert_parent(wanted, good, id);
}

/* Those that 1C has stated; the portal has them where `known` does. */
static void
warehouses(struct world *world, struct term_set *known)
{
	static const char *const ids[] = { "w1", "w2", "w3", "w4" };
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		say(record(world, RECORD_WAREHOUSE, ids[i]), FIELD_NAME,
		    ids[i]);
		if (i != 2)
			term_set_put(known, TERM_STORE, STR_NONE,
			    str_of(ids[i]), (int64_t)i + 1);
	}
	world->facts.documents = true;
	world->facts.known = known;
	open_map(world);
}

static void
documents_know_stock_by_warehouse(void **state)
{
	struct world *world = *state;
	struct term_set *known = term_set_new();
	struct fields *rests;

	product(world, "p");
	rests = record(world, RECORD_RESTS, "p");
	say(rests, FIELD_QUANTITY, "10");
	rests_of(rests, "w1", "4.50");
	rests_of(rests, "w2", "-6");
	rests_of(rests, "w3", "1");
	assert_int_equal(stock(world, "p", "w1")->state, WANTED_NOTHING);
	assert_targets(world, RECORD_RESTS, "p", "product:p");
	warehouses(world, known);
	assert_quantity(world, "p", "");
	assert_stock(world, "p", "w1", TARGET_PRODUCT, "quantity=4.5");
	assert_stock(world, "p", "w2", TARGET_PRODUCT, "quantity=0");
	/* The portal has no such warehouse; 1C says nothing of it. */
	assert_int_equal(stock(world, "p", "w3")->state, WANTED_NOTHING);
	assert_int_equal(stock(world, "p", "w4")->state, WANTED_NOTHING);
	assert_targets(world, RECORD_RESTS, "p",
	    "product:p stock:p/w1 stock:p/w2");
	assert_targets(world, RECORD_PRODUCT, "p",
	    "product:p stock:p/w1 stock:p/w2");
	world->config.catalog.negative_zero = false;
	assert_stock(world, "p", "w2", TARGET_PRODUCT, "quantity=-6");
	say(product(world, "p"), FIELD_DELETED, "1");
	world->config.catalog.marked = MARKED_DELETE;
	assert_int_equal(stock(world, "p", "w1")->state, WANTED_NOTHING);
	requisite(product(world, "p"), "ТипНоменклатуры", "Услуга");
	assert_int_equal(stock(world, "p", "w1")->state, WANTED_NOTHING);
	map_close(world->map);
	world->map = NULL;
	term_set_free(known);
}

static void
variations_have_stock_of_their_own(void **state)
{
	struct world *world = *state;
	struct term_set *known = term_set_new();

	warehouses(world, known);
	product(world, "p");
	characteristic(world, "p#1", "а", NULL);
	characteristic(world, "p#2", "б", NULL);
	rests_of(record(world, RECORD_RESTS, "p#1"), "w1", "4");
	rests_of(record(world, RECORD_RESTS, "p#2"), "w1", "1");
	assert_stock(world, "p#1", "w1", TARGET_OFFER, "quantity=4");
	assert_int_equal(stock(world, "p", "w1")->state, WANTED_NOTHING);
	assert_targets(world, RECORD_RESTS, "p#1",
	    "variation:p#1 stock:p#1/w1");
	world->config.catalog.characteristics = CHARACTERISTICS_IGNORE;
	open_map(world);
	assert_stock(world, "p", "w1", TARGET_PRODUCT, "quantity=5");
	assert_int_equal(stock(world, "p#1", "w1")->state, WANTED_NOTHING);
	assert_targets(world, RECORD_RESTS, "p#1", "product:p stock:p/w1");
	map_close(world->map);
	world->map = NULL;
	term_set_free(known);
}

static void
what_is_held_is_named_though_not_carried(void **state)
{
	struct world *world = *state;
	struct term_set *known = term_set_new();
	struct fields *rests;

	warehouses(world, known);
	product(world, "p");
	rests = record(world, RECORD_RESTS, "p");
	rests_of(rests, "w1", "4");
	rests_of(rests, "w3", "1");
	world->targets = 1U << TARGET_STOCK;
	assert_targets(world, RECORD_RESTS, "p",
	    "product:p stock:p/w1 stock:p/w3");
	assert_int_equal(stock(world, "p", "w3")->state, WANTED_NOTHING);
	world->facts.documents = false;
	open_map(world);
	assert_targets(world, RECORD_RESTS, "p",
	    "product:p stock:p/w1 stock:p/w3");
	assert_int_equal(stock(world, "p", "w1")->state, WANTED_NOTHING);
	map_close(world->map);
	world->map = NULL;
	term_set_free(known);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_make, world_drop)
	const struct CMUnitTest tests[] = {
		T(ignored_warehouses_do_not_count),
		T(documents_know_stock_by_warehouse),
		T(variations_have_stock_of_their_own),
		T(what_is_held_is_named_though_not_carried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
