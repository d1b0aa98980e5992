/* What a good of 1C is in the portal: product, parent, variation, service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_world.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define BIT(kind) (1U << (kind))

/* A product in two colours. */
static struct fields *
hat(struct world *world)
{
	struct fields *fields = product(world, "p");

	say(fields, FIELD_ARTICLE, "H-1");
	say(fields, FIELD_UNIT, "796");
	say(fields, FIELD_VAT, "20");
	say(fields, FIELD_BITRIX_CODE, "hat");
	say(fields, FIELD_DESCRIPTION, "тёплая");
	characteristic(world, "p#1", "Бумага (красная)", "красный");
	characteristic(world, "p#2", "БУМАГА ", "синий");
	return fields;
}

static void
assert_replaced(struct world *world, enum target_kind kind, const char *id)
{
	const struct wanted *wanted = derive(world, kind, id);

	assert_int_equal(wanted->state, WANTED_KEPT);
	assert_true(wanted->replaced);
	assert_fields(&wanted->fields, "active=N");
	assert_int_equal(wanted->parent.kind, TARGET_NONE);
}

/* In the good's own form. */
static const struct wanted *
assert_state(struct world *world, enum target_kind kind, const char *id,
    enum wanted_state state, const char *active)
{
	const struct wanted *wanted = derive(world, kind, id);

	assert_int_equal(wanted->state, state);
	assert_false(wanted->replaced);
	assert_true(str_is(fields_get(&wanted->fields, FIELD_ACTIVE),
	    active));
	return wanted;
}

static void
a_product_with_characteristics_has_variations(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	hat(world);
	say(record(world, RECORD_RESTS, "p#1"), FIELD_QUANTITY, "5");
	wanted = derive(world, TARGET_PARENT, "p");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_false(wanted->replaced);
	/* Its VAT is read-only in the cloud. */
	assert_fields(&wanted->fields, "name=Бумага article=H-1 code=hat "
	    "group! description=тёплая active=Y xml_id=p sections!");
	assert_replaced(world, TARGET_PRODUCT, "p");
	assert_replaced(world, TARGET_SERVICE, "p");
	wanted = derive(world, TARGET_OFFER, "p#1");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "name=Бумага (красная) article=H-1 "
	    "unit=796 vat=20 quantity=5 active=Y xml_id=p#1");
	assert_parent(wanted, TARGET_PARENT, "p");
	assert_replaced(world, TARGET_PRODUCT, "p#1");
	/* What 1C has not stated is nothing. */
	assert_int_equal(derive(world, TARGET_OFFER, "p#9")->state,
	    WANTED_NOTHING);
	characteristic(world, "x#1", "Ничья", NULL);
	assert_int_equal(derive(world, TARGET_OFFER, "x#1")->state,
	    WANTED_NOTHING);
}

static void
assert_name(struct world *world, const char *id, const char *want)
{
	const struct wanted *wanted = derive(world, TARGET_OFFER, id);

	assert_true(str_is(fields_get(&wanted->fields, FIELD_NAME), want));
}

static void
a_variation_without_a_name_of_its_own_is_told_by_its_values(void **state)
{
	struct world *world = *state;
	struct fields *offer;

	hat(world);
	assert_name(world, "p#1", "Бумага (красная)");
	assert_name(world, "p#2", "Бумага (синий)");
	offer = characteristic(world, "p#3", "", "белый");
	assert_int_equal(fields_add_pair(offer, FIELD_CHARACTERISTIC,
	    str_of("Размер"), str_of("XL")), 0);
	assert_int_equal(fields_add_pair(offer, FIELD_CHARACTERISTIC,
	    str_of("Пол"), STR_NONE), 0);
	assert_name(world, "p#3", "Бумага (белый, XL)");
	characteristic(world, "p#4", "", NULL);
	assert_name(world, "p#4", "Бумага");
}

static void
a_long_name_leaves_room_for_what_tells_variations_apart(void **state)
{
	struct world *world = *state;
	char whole[2 * 300 + 1] = "", want[2 * 300 + 1];
	struct str name;

	for (size_t i = 0; i < 300; i++)
		(void)strcat(whole, "Я");
	assert_int_equal(fields_set(hat(world), FIELD_NAME, str_of(whole)), 0);
	characteristic(world, "p#3", whole, "белый");
	/* 255 characters: 247, " (белый)". */
	(void)snprintf(want, sizeof(want), "%.*s (белый)", 2 * 247, whole);
	assert_name(world, "p#3", want);
	/* Values that are as long themselves. */
	characteristic(world, "p#4", "", whole);
	name = fields_get(&derive(world, TARGET_OFFER, "p#4")->fields,
	    FIELD_NAME);
	assert_true(str_eq(name, str_n(whole, 2 * 255)));
}

static void
a_variation_says_what_is_its_own(void **state)
{
	struct world *world = *state;
	struct fields *offer;

	hat(world);
	offer = characteristic(world, "p#1", "Своя", "красный");
	say(offer, FIELD_ARTICLE, "H-1-R");
	say(offer, FIELD_UNIT, "778");
	say(offer, FIELD_VAT, "10");
	say(offer, FIELD_BITRIX_CODE, "own");
	assert_fields(&derive(world, TARGET_OFFER, "p#1")->fields,
	    "name=Своя article=H-1-R unit=778 vat=10 active=Y xml_id=p#1");
}

static void
a_service_is_told_by_its_kind(void **state)
{
	struct world *world = *state;
	struct fields *fields = product(world, "p");
	const struct wanted *wanted;

	requisite(fields, "Вес", "1");
	requisite(fields, "ВидНоменклатуры", "УСЛУГА");
	say(fields, FIELD_UNIT, "796");
	say(record(world, RECORD_RESTS, "p"), FIELD_QUANTITY, "5");
	wanted = derive(world, TARGET_SERVICE, "p");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "name=Бумага article! group! "
	    "description! active=Y xml_id=p sections!");
	assert_replaced(world, TARGET_PRODUCT, "p");
	/* The type counts before the kind. */
	requisite(fields, "ТипНоменклатуры", "Товар");
	assert_state(world, TARGET_PRODUCT, "p", WANTED_PRESENT, "Y");
	assert_replaced(world, TARGET_SERVICE, "p");
	/* Characteristics make it nothing else. */
	requisite(product(world, "p"), "ТипНоменклатуры", "услуга");
	characteristic(world, "p#1", "Своя", "красный");
	assert_state(world, TARGET_SERVICE, "p", WANTED_PRESENT, "Y");
	assert_replaced(world, TARGET_PARENT, "p");
	assert_replaced(world, TARGET_OFFER, "p#1");
}

static void
characteristics_may_be_products_of_their_own(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	world->config.catalog.characteristics = CHARACTERISTICS_PRODUCTS;
	group(world, "g", "");
	say(hat(world), FIELD_GROUP, "g");
	wanted = derive(world, TARGET_PRODUCT, "p#2");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "name=Бумага (синий) article=H-1 "
	    "unit=796 group=g vat=20 description=тёплая active=Y "
	    "xml_id=p#2 sections!");
	assert_parent(wanted, TARGET_SECTION, "g");
	assert_replaced(world, TARGET_PARENT, "p");
	assert_replaced(world, TARGET_OFFER, "p#1");
	/* What bears its own mark is looked for, and switched off. */
	wanted = derive(world, TARGET_PRODUCT, "p");
	assert_int_equal(wanted->state, WANTED_INACTIVE);
	assert_true(wanted->replaced);
	assert_fields(&wanted->fields, "active=N");
	/* What goes is a product that goes, and the product itself is back. */
	say(characteristic(world, "p#1", "а", NULL), FIELD_DELETED, "1");
	say(characteristic(world, "p#2", "б", NULL), FIELD_DELETED, "1");
	assert_state(world, TARGET_PRODUCT, "p", WANTED_PRESENT, "Y");
	assert_state(world, TARGET_PRODUCT, "p#1", WANTED_INACTIVE, "N");
}

static void
ignored_characteristics_are_the_product(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	world->config.catalog.characteristics = CHARACTERISTICS_IGNORE;
	hat(world);
	say(record(world, RECORD_RESTS, "p#1"), FIELD_QUANTITY, "5");
	rests_of(record(world, RECORD_RESTS, "p#2"), "w", "2.5");
	wanted = assert_state(world, TARGET_PRODUCT, "p", WANTED_PRESENT,
	    "Y");
	assert_true(str_is(fields_get(&wanted->fields, FIELD_QUANTITY),
	    "7.5"));
	assert_replaced(world, TARGET_PARENT, "p");
	assert_replaced(world, TARGET_OFFER, "p#1");
	assert_replaced(world, TARGET_PRODUCT, "p#1");
	/* Not of one that is deleted; and what 1C says of the whole counts. */
	say(characteristic(world, "p#1", "а", NULL), FIELD_DELETED, "1");
	wanted = derive(world, TARGET_PRODUCT, "p");
	assert_true(str_is(fields_get(&wanted->fields, FIELD_QUANTITY),
	    "2.5"));
	say(record(world, RECORD_RESTS, "p"), FIELD_QUANTITY, "1");
	wanted = derive(world, TARGET_PRODUCT, "p");
	assert_true(str_is(fields_get(&wanted->fields, FIELD_QUANTITY), "1"));
}

static void
a_deleted_characteristic_goes_as_goods_do(void **state)
{
	struct world *world = *state;

	hat(world);
	say(characteristic(world, "p#1", "а", NULL), FIELD_DELETED, "1");
	assert_state(world, TARGET_OFFER, "p#1", WANTED_INACTIVE, "N");
	assert_state(world, TARGET_OFFER, "p#2", WANTED_PRESENT, "Y");
	assert_state(world, TARGET_PARENT, "p", WANTED_PRESENT, "Y");
	world->config.catalog.marked = MARKED_DELETE;
	assert_state(world, TARGET_OFFER, "p#1", WANTED_GONE, "");
	world->config.catalog.marked = MARKED_KEEP;
	assert_state(world, TARGET_OFFER, "p#1", WANTED_INACTIVE, "Y");
	/* Kept, it does not stand in the way of an offer without any. */
	say(characteristic(world, "p#2", "б", NULL), FIELD_DELETED, "1");
	assert_state(world, TARGET_PARENT, "p", WANTED_PRESENT, "Y");
	record(world, RECORD_OFFER, "p");
	assert_state(world, TARGET_PRODUCT, "p", WANTED_PRESENT, "Y");
	assert_replaced(world, TARGET_OFFER, "p#1");
	/* Without any that lives the product is a plain one. */
	world->config.catalog.marked = MARKED_DEACTIVATE;
	assert_state(world, TARGET_PRODUCT, "p", WANTED_PRESENT, "Y");
	assert_replaced(world, TARGET_PARENT, "p");
	assert_replaced(world, TARGET_OFFER, "p#1");
}

static void
an_absent_characteristic_lives_unless_there_are_none_now(void **state)
{
	struct world *world = *state;

	product(world, "p");
	characteristic(world, "p#1", "а", NULL);
	world->absent = "p#1";
	assert_state(world, TARGET_PARENT, "p", WANTED_PRESENT, "Y");
	assert_state(world, TARGET_OFFER, "p#1", WANTED_PRESENT, "Y");
	record(world, RECORD_OFFER, "p");
	assert_state(world, TARGET_PRODUCT, "p", WANTED_PRESENT, "Y");
	assert_replaced(world, TARGET_OFFER, "p#1");
	world->absent = "p";
	assert_state(world, TARGET_PARENT, "p", WANTED_PRESENT, "Y");
	world->absent = "p#1";
	world->config.catalog.absent = ABSENT_DEACTIVATE;
	characteristic(world, "p#2", "б", NULL);
	assert_state(world, TARGET_PARENT, "p", WANTED_PRESENT, "Y");
	assert_state(world, TARGET_OFFER, "p#1", WANTED_INACTIVE, "N");
	world->config.catalog.absent = ABSENT_DELETE;
	assert_state(world, TARGET_OFFER, "p#1", WANTED_GONE, "");
}

static void
a_product_that_goes_takes_its_variations_with_it(void **state)
{
	struct world *world = *state;

	say(hat(world), FIELD_DELETED, "1");
	say(characteristic(world, "p#1", "а", NULL), FIELD_DELETED, "1");
	assert_state(world, TARGET_PARENT, "p", WANTED_INACTIVE, "N");
	assert_state(world, TARGET_OFFER, "p#1", WANTED_INACTIVE, "N");
	assert_state(world, TARGET_OFFER, "p#2", WANTED_INACTIVE, "N");
	world->config.catalog.marked = MARKED_DELETE;
	assert_state(world, TARGET_PARENT, "p", WANTED_GONE, "");
	assert_state(world, TARGET_OFFER, "p#2", WANTED_GONE, "");
}

static void
goods_with_the_sign_in_their_id_are_no_characteristic(void **state)
{
	struct world *world = *state;

	product(world, "p");
	product(world, "p#1");
	characteristic(world, "p#1", "а", NULL);
	assert_state(world, TARGET_PRODUCT, "p", WANTED_PRESENT, "Y");
	assert_state(world, TARGET_PRODUCT, "p#1", WANTED_PRESENT, "Y");
	assert_replaced(world, TARGET_OFFER, "p#1");
	assert_targets(world, RECORD_PRODUCT, "p", "product:p");
	assert_targets(world, RECORD_OFFER, "p#1", "product:p#1");
	/* It was a variation before it had a record of its own. */
	world->targets = BIT(TARGET_OFFER);
	assert_targets(world, RECORD_PRODUCT, "p#1",
	    "product:p#1 variation:p#1");
}

static void
a_form_that_is_replaced_has_no_prices(void **state)
{
	struct world *world = *state;
	const struct wanted *wanted;

	rule(&world->config.catalog.price_types, "t", "BASE");
	hat(world);
	price(record(world, RECORD_PRICES, "p"), "t", "1", "RUB");
	price(record(world, RECORD_PRICES, "p#1"), "t", "2", "RUB");
	assert_int_equal(derive_price(world, "p", "BASE")->state,
	    WANTED_NOTHING);
	wanted = derive_price(world, "p#1", "BASE");
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_parent(wanted, TARGET_OFFER, "p#1");
	world->config.catalog.characteristics = CHARACTERISTICS_PRODUCTS;
	assert_parent(derive_price(world, "p#1", "BASE"), TARGET_PRODUCT,
	    "p#1");
	world->config.catalog.characteristics = CHARACTERISTICS_IGNORE;
	assert_int_equal(derive_price(world, "p#1", "BASE")->state,
	    WANTED_NOTHING);
	assert_parent(derive_price(world, "p", "BASE"), TARGET_PRODUCT, "p");
	requisite(product(world, "p"), "ТипНоменклатуры", "Услуга");
	assert_parent(derive_price(world, "p", "BASE"), TARGET_SERVICE, "p");
}

static void
a_record_names_every_form_that_may_be_there(void **state)
{
	struct world *world = *state;

	rule(&world->config.catalog.price_types, "t", "BASE");
	hat(world);
	assert_targets(world, RECORD_PRODUCT, "p", "product:p parent:p "
	    "price:p/BASE variation:p#1 price:p#1/BASE variation:p#2 "
	    "price:p#2/BASE");
	assert_targets(world, RECORD_OFFER, "p#1",
	    "product:p parent:p variation:p#1 price:p#1/BASE");
	assert_targets(world, RECORD_PRICES, "p#1", "price:p#1/BASE");
	assert_targets(world, RECORD_RESTS, "p#1", "variation:p#1");
	assert_targets(world, RECORD_RESTS, "p#9", "");
	world->targets = BIT(TARGET_SERVICE) | BIT(TARGET_PRODUCT);
	assert_targets(world, RECORD_OFFER, "p#1", "product:p parent:p "
	    "service:p variation:p#1 product:p#1 price:p#1/BASE");
	world->targets = BIT(TARGET_PARENT);
	world->config.catalog.characteristics = CHARACTERISTICS_PRODUCTS;
	assert_targets(world, RECORD_OFFER, "p#1",
	    "product:p parent:p product:p#1 price:p#1/BASE");
	world->targets = BIT(TARGET_OFFER);
	world->config.catalog.characteristics = CHARACTERISTICS_IGNORE;
	assert_targets(world, RECORD_RESTS, "p#1", "product:p");
	assert_targets(world, RECORD_OFFER, "p#1",
	    "product:p variation:p#1 price:p#1/BASE");
	/* By the id of a characteristic, known or not. */
	world->config.catalog.characteristics = CHARACTERISTICS_VARIATIONS;
	world->targets = 0;
	assert_targets(world, RECORD_PRODUCT, "p#1",
	    "variation:p#1 price:p#1/BASE");
	assert_targets(world, RECORD_PRODUCT, "p#9",
	    "variation:p#9 price:p#9/BASE");
	assert_targets(world, RECORD_PRODUCT, "#9",
	    "variation:#9 price:#9/BASE");
	/* Its own offer may change what its characteristics are. */
	record(world, RECORD_OFFER, "p");
	assert_targets(world, RECORD_OFFER, "p", "product:p parent:p "
	    "price:p/BASE variation:p#1 price:p#1/BASE variation:p#2 "
	    "price:p#2/BASE");
}

static int
derive_visited(void *ctx, const struct target *target, struct err *err)
{
	struct world *world = ctx;

	return map_derive(world->map, target, &world->wanted, err);
}

static void
characteristics_are_looked_for_once_where_there_are_any(void **state)
{
	struct world *world = *state;
	struct err err = { 0 };

	rule(&world->config.catalog.price_types, "t", "BASE");
	product(world, "q");
	open_map(world);
	world->reads = 0;
	assert_int_equal(map_targets(world->map, RECORD_PRODUCT, str_of("q"),
	    derive_visited, world, &err), 0);
	assert_int_equal(world->walks, 0);
	/* Product, rests, prices. */
	assert_int_equal(world->reads, 3);
	hat(world);
	world->reads = 0;
	assert_int_equal(map_targets(world->map, RECORD_PRODUCT, str_of("p"),
	    derive_visited, world, &err), 0);
	assert_int_equal(world->walks, 1);
	/* The product and its own offer; of each characteristic whether it is
	 * goods of its own, offer, rests, prices. */
	assert_int_equal(world->reads, 2 + 2 * 4);
}

static uint64_t
same_records(void *ctx)
{
	(void)ctx;
	return 1;
}

/* Each of thousands derives the product that is their sum. */
static void
ignored_characteristics_are_summed_once(void **state)
{
	struct world *world = *state;
	struct err err = { 0 };

	world->config.catalog.characteristics = CHARACTERISTICS_IGNORE;
	world->source.generation = same_records;
	hat(world);
	say(record(world, RECORD_RESTS, "p#1"), FIELD_QUANTITY, "5");
	rests_of(record(world, RECORD_RESTS, "p#2"), "w", "2.5");
	open_map(world);
	for (int i = 1; i <= 2; i++)
		assert_int_equal(map_targets(world->map, RECORD_RESTS,
		    str_of(i == 1 ? "p#1" : "p#2"), derive_visited, world,
		    &err), 0);
	assert_true(str_is(fields_get(&world->wanted.fields, FIELD_QUANTITY),
	    "7.5"));
	/* The characteristics, and their rests. */
	assert_int_equal(world->walks, 2);
}

static int
count_visited(void *ctx, const struct target *target, struct err *err)
{
	(void)target;
	(void)err;
	++*(int *)ctx;
	return 0;
}

/* Each price, and each rest, of thousands may select or leave out all. */
static void
what_selects_all_characteristics_is_visited_once(void **state)
{
	static const enum record_kind kinds[] = { RECORD_PRICES,
	    RECORD_RESTS };
	struct world *world = *state;
	struct err err = { 0 };
	int visited = 0, all = 0;

	world->config.catalog.select_priced = true;
	world->config.catalog.select_in_stock = true;
	world->source.generation = same_records;
	rule(&world->config.catalog.price_types, "t", "BASE");
	hat(world);
	for (int i = 1; i <= 2; i++)
		price(record(world, RECORD_PRICES, i == 1 ? "p#1" : "p#2"),
		    "t", "5", "RUB");
	say(record(world, RECORD_RESTS, "p#1"), FIELD_QUANTITY, "5");
	say(record(world, RECORD_RESTS, "p#2"), FIELD_QUANTITY, "6");
	for (size_t k = 0; k < 2; k++) {
		open_map(world);
		visited = 0;
		assert_int_equal(map_targets(world->map, kinds[k],
		    str_of("p#1"), count_visited, &visited, &err), 0);
		all = visited;
		assert_true(all > 4);
		assert_int_equal(map_targets(world->map, kinds[k],
		    str_of("p#2"), count_visited, &visited, &err), 0);
		assert_int_equal(visited, all);
	}
	/* Records that changed since then are looked at anew. */
	world->source.generation = NULL;
	assert_int_equal(map_targets(world->map, RECORD_RESTS, str_of("p#2"),
	    count_visited, &visited, &err), 0);
	assert_int_equal(visited, 2 * all);
}

static void
a_product_that_was_offered_is_not_read_again(void **state)
{
	struct world *world = *state;
	struct err err = { 0 };
	struct record given;

	given = (struct record){ RECORD_PRODUCT, str_of("p"),
	    *product(world, "p") };
	product(world, "q");
	open_map(world);
	map_targets_offer(world->map, &given);
	world->reads = 0;
	assert_int_equal(map_targets(world->map, RECORD_PRODUCT, given.id,
	    derive_visited, world, &err), 0);
	assert_int_equal(world->reads, 1);
	/* What is read in between is in its place. */
	map_targets_offer(world->map, &given);
	derive(world, TARGET_PRODUCT, "q");
	say(product(world, "p"), FIELD_ARTICLE, "A");
	assert_int_equal(map_targets(world->map, RECORD_PRODUCT, given.id,
	    derive_visited, world, &err), 0);
	assert_true(str_is(fields_get(&world->wanted.fields, FIELD_ARTICLE),
	    "A"));
	assert_true(str_is(fields_get(&world->wanted.fields, FIELD_XML_ID),
	    "p"));
}

static void
trouble_with_characteristics_is_handed_on(void **state)
{
	struct world *world = *state;
	struct err err = { 0 };
	struct target target;

	hat(world);
	open_map(world);
	world->broken = true;
	assert_int_equal(target_set(&target, TARGET_OFFER, str_of("p#1")), 0);
	assert_int_equal(map_derive(world->map, &target, &world->wanted,
	    &err), -1);
	assert_int_equal(map_targets(world->map, RECORD_OFFER, str_of("p#1"),
	    note_target, &world->told, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void
pictures_belong_to_the_form_that_stands(void **state)
{
	struct world *world = *state;

	say(hat(world), FIELD_PICTURE, "a.jpg\x1f" HASH);
	say(characteristic(world, "p#1", "а", NULL), FIELD_PICTURE,
	    "b.jpg\x1f" HASH);
	assert_int_equal(derive_part(world, TARGET_PICTURE, "p",
	    TARGET_MAIN)->state, WANTED_NOTHING);
	world->config.catalog.pictures = true;
	assert_parent(derive_part(world, TARGET_PICTURE, "p", TARGET_MAIN),
	    TARGET_PARENT, "p");
	assert_parent(derive_part(world, TARGET_PICTURE, "p#1", TARGET_MAIN),
	    TARGET_OFFER, "p#1");
	assert_targets(world, RECORD_OFFER, "p#1", "product:p parent:p "
	    "variation:p#1 picture:p#1/main");
	assert_targets(world, RECORD_OFFER, "p#2",
	    "product:p parent:p variation:p#2");
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, world_make, world_drop)
	const struct CMUnitTest tests[] = {
		T(a_product_with_characteristics_has_variations),
		T(a_variation_without_a_name_of_its_own_is_told_by_its_values),
		T(a_long_name_leaves_room_for_what_tells_variations_apart),
		T(a_variation_says_what_is_its_own),
		T(a_service_is_told_by_its_kind),
		T(characteristics_may_be_products_of_their_own),
		T(ignored_characteristics_are_the_product),
		T(a_deleted_characteristic_goes_as_goods_do),
		T(an_absent_characteristic_lives_unless_there_are_none_now),
		T(a_product_that_goes_takes_its_variations_with_it),
		T(goods_with_the_sign_in_their_id_are_no_characteristic),
		T(a_form_that_is_replaced_has_no_prices),
		T(a_record_names_every_form_that_may_be_there),
		T(characteristics_are_looked_for_once_where_there_are_any),
		T(ignored_characteristics_are_summed_once),
		T(what_selects_all_characteristics_is_visited_once),
		T(a_product_that_was_offered_is_not_read_again),
		T(trouble_with_characteristics_is_handed_on),
		T(pictures_belong_to_the_form_that_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
