#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

static void
a_record_names_the_targets_that_depend_on_it(void **state)
{
	struct world *world = *state;

	rule(&world->config.catalog.price_types, "A", "BASE");
	rule(&world->config.catalog.price_types, "B", "OPT");
	assert_targets(world, RECORD_GROUP, "g", "section:g");
	assert_targets(world, RECORD_PRODUCT, "p",
	    "product:p price:p/BASE price:p/OPT");
	assert_targets(world, RECORD_PRICES, "p", "price:p/BASE price:p/OPT");
	assert_targets(world, RECORD_RESTS, "p", "product:p");
	assert_targets(world, RECORD_PRICE_TYPE, "A", "");
	assert_targets(world, RECORD_OFFER, "p", "product:p");
	assert_targets(world, RECORD_DOCUMENT, "p", "");
}

static void
an_offer_of_a_characteristic_names_nothing(void **state)
{
	struct world *world = *state;

	rule(&world->config.catalog.price_types, "A", "BASE");
	assert_targets(world, RECORD_PRICES, "p#c", "");
	assert_targets(world, RECORD_RESTS, "p#c", "");
	/* Goods whose own id has the sign in it. */
	product(world, "p#c");
	assert_targets(world, RECORD_PRICES, "p#c", "price:p#c/BASE");
	assert_targets(world, RECORD_RESTS, "p#c", "product:p#c");
}

struct deriving {
	struct world *world;
	int calls;
	int stop_at;
};

static int
derive_visited(void *ctx, const struct target *target, struct err *err)
{
	struct deriving *deriving = ctx;

	if (++deriving->calls == deriving->stop_at)
		return 7;
	return map_derive(deriving->world->map, target,
	    &deriving->world->wanted, err);
}

static void
records_are_read_once_for_all_targets(void **state)
{
	struct world *world = *state;
	struct deriving deriving = { world, 0, 0 };
	struct err err = { 0 };
	const struct wanted *wanted;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	rule(&world->config.catalog.price_types, "t2", "OPT");
	product(world, "p1");
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", "RUB");
	open_map(world);
	world->reads = 0;
	assert_int_equal(map_targets(world->map, RECORD_PRODUCT,
	    str_of("p1"), derive_visited, &deriving, &err), 0);
	assert_int_equal(deriving.calls, 3);
	/* Product, rests, prices. */
	assert_int_equal(world->reads, 3);
	price(record(world, RECORD_PRICES, "p1"), "t1", "2", "RUB");
	say(product(world, "p1"), FIELD_ARTICLE, "new");
	wanted = derive_price(world, "p1", "BASE");
	assert_true(str_is(fields_get(&wanted->fields, FIELD_AMOUNT), "2"));
	wanted = derive(world, TARGET_PRODUCT, "p1");
	assert_true(fields_has(&wanted->fields, FIELD_ARTICLE));
	/* What the visit says ends the walk. */
	deriving = (struct deriving){ world, 0, 2 };
	assert_int_equal(map_targets(world->map, RECORD_PRODUCT,
	    str_of("p1"), derive_visited, &deriving, &err), 7);
	assert_int_equal(deriving.calls, 2);
}

static void
trouble_of_the_source_is_handed_on(void **state)
{
	struct world *world = *state;
	struct err err = { 0 };
	struct target target;
	struct map *map;

	rule(&world->config.catalog.price_types, "t1", "BASE");
	open_map(world);
	world->broken = true;
	assert_int_equal(target_set(&target, TARGET_PRODUCT, str_of("p")), 0);
	assert_int_equal(map_derive(world->map, &target, &world->wanted,
	    &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_int_equal(map_targets(world->map, RECORD_RESTS,
	    str_of("p#c"), note_target, NULL, &err), -1);
	assert_int_equal(map_open(&map, &world->config, &world->source,
	    &world->facts, &err), -1);
	assert_null(map);
}

static uint64_t
print_of(struct world *world)
{
	open_map(world);
	return map_fingerprint(world->map);
}

static void
the_fingerprint_changes_with_the_rules_alone(void **state)
{
	struct world *world = *state;
	static char path[] = "А";
	struct term_set *known = term_set_new();
	uint64_t seen[24];
	size_t i, j, n = 0;

	seen[n++] = print_of(world);
	assert_true(seen[0] == print_of(world));
	product(world, "p1");
	world->config.catalog.max_deleted_percent = 77;
	price_type(world, "t9", "Иная", "RUB");
	assert_true(seen[0] == print_of(world));
	rule(&world->config.catalog.price_types, "Опт", "BASE");
	seen[n++] = print_of(world);
	price_type(world, "t1", "Опт", "RUB");
	seen[n++] = print_of(world);
	price_type(world, "t1", "Опт", "USD");
	seen[n++] = print_of(world);
	world->facts.quantity = false;
	seen[n++] = print_of(world);
	world->config.catalog.marked = MARKED_DELETE;
	seen[n++] = print_of(world);
	rule(&world->config.owners, "goods", "portal");
	seen[n++] = print_of(world);
	rule(&world->config.currencies, "р", "RUB");
	seen[n++] = print_of(world);
	say(price_type(world, "t1", "Опт", "USD"), FIELD_VAT_INCLUDED, "1");
	seen[n++] = print_of(world);
	world->config.catalog.characteristics = CHARACTERISTICS_PRODUCTS;
	seen[n++] = print_of(world);
	world->config.catalog.select_priced = true;
	seen[n++] = print_of(world);
	assert_false(map_heeds_groups(world->map));
	world->selected[0] = path;
	world->config.catalog.select_groups.count = 1;
	seen[n++] = print_of(world);
	assert_true(map_heeds_groups(world->map));
	world->places[0].path = path;
	world->config.catalog.tree_count = 1;
	seen[n++] = print_of(world);
	world->config.catalog.select_groups.count = 0;
	seen[n++] = print_of(world);
	assert_true(map_heeds_groups(world->map));
	world->facts.documents = true;
	seen[n++] = print_of(world);
	world->facts.known = known;
	assert_true(seen[n - 1] == print_of(world));
	term_set_put(known, TERM_STORE, STR_NONE, str_of("w"), 1);
	seen[n++] = print_of(world);
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			assert_true(seen[i] != seen[j]);
	}
	map_close(world->map);
	world->map = NULL;
	world->config.catalog.tree_count = 0;
	term_set_free(known);
}

static void
assert_rank(enum target_kind kind, enum verb verb, int want)
{
	static const struct fields none;
	struct target target = { .kind = kind };

	assert_int_equal(map_rank(&target, verb, &none), want);
}

static void
stock_and_prices_go_first_and_removals_last(void **state)
{
	struct target section, goods, cost;
	struct fields quantity, name;

	(void)state;
	fields_init(&quantity);
	fields_init(&name);
	say(&quantity, FIELD_QUANTITY, "5");
	say(&name, FIELD_QUANTITY, "5");
	say(&name, FIELD_NAME, "n");
	target_set(&section, TARGET_SECTION, str_of("x"));
	target_set(&goods, TARGET_PRODUCT, str_of("x"));
	target_set_price(&cost, str_of("x"), str_of("BASE"));
	assert_int_equal(map_rank(&section, VERB_CREATE, &name), 10);
	assert_int_equal(map_rank(&section, VERB_UPDATE, &name), 20);
	assert_int_equal(map_rank(&cost, VERB_UPDATE, &name), 30);
	assert_int_equal(map_rank(&goods, VERB_UPDATE, &quantity), 30);
	assert_int_equal(map_rank(&goods, VERB_CREATE, &quantity), 40);
	assert_int_equal(map_rank(&cost, VERB_CREATE, &name), 45);
	assert_int_equal(map_rank(&goods, VERB_UPDATE, &name), 50);
	assert_int_equal(map_rank(&goods, VERB_DELETE, &name), 60);
	assert_int_equal(map_rank(&cost, VERB_DELETE, &name), 57);
	assert_int_equal(map_rank(&section, VERB_DELETE, &name), 70);
	assert_rank(TARGET_PARENT, VERB_CREATE, 38);
	assert_rank(TARGET_SERVICE, VERB_CREATE, 40);
	assert_rank(TARGET_OFFER, VERB_CREATE, 42);
	assert_rank(TARGET_OFFER, VERB_UPDATE, 50);
	assert_rank(TARGET_OFFER, VERB_DELETE, 58);
	assert_rank(TARGET_PARENT, VERB_DELETE, 60);
	assert_rank(TARGET_STOCK, VERB_CREATE, 29);
	assert_rank(TARGET_PICTURE, VERB_CREATE, 80);
	target_set(&goods, TARGET_OFFER, str_of("x#y"));
	assert_int_equal(map_rank(&goods, VERB_UPDATE, &quantity), 30);
	fields_free(&quantity);
	fields_free(&name);
}

static void
note_warning(void *ctx, const char *text)
{
	struct buf *told = ctx;

	buf_printf(told, "%s\n", text);
}

static void
types_without_a_rule_and_rules_without_a_type_are_told(void **state)
{
	struct world *world = *state;
	const char *told;

	rule(&world->config.catalog.price_types, "Розничная", "BASE");
	rule(&world->config.catalog.price_types, "Оптовя", "OPT");
	open_map(world);
	assert_int_equal(map_warnings(world->map, note_warning,
	    &world->told, NULL), 0);
	assert_string_equal(buf_text(&world->told), "");
	price_type(world, "t1", "Розничная", "руб");
	price_type(world, "t2", "Оптовая", "RUB");
	product(world, "p1");
	price(record(world, RECORD_PRICES, "p1"), "t1", "1", "у.е.");
	product(world, "p2");
	price(record(world, RECORD_PRICES, "p2"), "t1", "1", "у.е.");
	open_map(world);
	derive_price(world, "p1", "BASE");
	derive_price(world, "p2", "BASE");
	assert_int_equal(map_warnings(world->map, note_warning,
	    &world->told, NULL), 0);
	told = buf_text(&world->told);
	assert_non_null(strstr(told, "price type \"Оптовая\" of 1C is in no "
	    "rule"));
	assert_null(strstr(told, "\"Розничная\" of 1C is in no"));
	assert_non_null(strstr(told, "exchange.json:2: no package has stated "
	    "the price type \"Оптовя\"; known are: Розничная, Оптовая"));
	assert_non_null(strstr(told, "price type \"Розничная\": the currency "
	    "\"руб\" is not known"));
	assert_non_null(strstr(told, "2 prices are left out: their currency "
	    "\"у.е.\""));
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_make, world_drop)
	const struct CMUnitTest tests[] = {
		T(a_record_names_the_targets_that_depend_on_it),
		T(an_offer_of_a_characteristic_names_nothing),
		T(records_are_read_once_for_all_targets),
		T(trouble_of_the_source_is_handed_on),
		T(the_fingerprint_changes_with_the_rules_alone),
		T(stock_and_prices_go_first_and_removals_last),
		T(types_without_a_rule_and_rules_without_a_type_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
