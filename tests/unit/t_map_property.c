#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_term_world.h"
#include "mapping/map_term.h"

static void
put(struct term_world *terms, enum target_kind kind,
    const struct fields *product_of, const struct fields *offer)
{
	struct wanted *wanted = &terms->world->wanted;

	open_map(terms->world);
	fields_clear(&wanted->fields);
	fields_clear(&wanted->at_create);
	assert_int_equal(map_property_put(terms->world->map, kind, product_of,
	    offer, wanted, NULL), 0);
}

/* "p1=red|p2=5": FIELD_PROPERTIES, readable. */
static void
assert_lines_of(const struct fields *fields, const char *want)
{
	struct str value = fields_get(fields, FIELD_PROPERTIES);
	struct buf seen = BUF_INIT(65536);
	size_t i;

	if (str_is(value, FIELD_CLEAR)) {
		buf_add_char(&seen, '!');
		value = STR_NONE;
	}
	for (i = 0; i < value.len; i++)
		buf_add_char(&seen, value.p[i] == FIELD_PART ? '=' :
		    value.p[i] == '\n' ? '|' : value.p[i]);
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
}

static void
assert_lines(struct term_world *terms, const char *want)
{
	assert_lines_of(&terms->world->wanted.fields, want);
}

static void
lines_are_sorted_and_none_is_there_twice(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	property(terms, "p1", "Вид", "Строка");
	property(terms, "p2", "Сорт", "Строка");
	property(terms, "p3", "Тайна", "Строка");
	property_rule(terms, "Вид", "create");
	property_rule(terms, "Сорт", "SORT");
	pair(fields, FIELD_PROPERTY, "p2", "высший");
	pair(fields, FIELD_PROPERTY, "p1", " б ");
	pair(fields, FIELD_PROPERTY, "p1", "а\r\nв");
	pair(fields, FIELD_PROPERTY, "p1", "б");
	pair(fields, FIELD_PROPERTY, "p1", "  ");
	pair(fields, FIELD_PROPERTY, "p3", "не несётся");
	pair(fields, FIELD_PROPERTY, "p9", "не описано");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "p1=а  в|p1=б|p2=высший");
	put(terms, TARGET_PARENT, fields, NULL);
	assert_lines(terms, "p1=а  в|p1=б|p2=высший");
	put(terms, TARGET_SERVICE, fields, NULL);
	assert_lines(terms, "p1=а  в|p1=б|p2=высший");
}

static void
without_rules_the_portals_own_are_filled(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	property(terms, "p1", "Вид", "Строка");
	pair(fields, FIELD_PROPERTY, "p1", "а");
	say(fields, FIELD_BARCODE, "460");
	say(fields, FIELD_COUNTRY, "Россия");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_fields(&terms->world->wanted.fields, "");
	know(terms, TERM_PROPERTY, "p1", 95);
	know(terms, TERM_PROPERTY, "@Штрихкод", 96);
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "@Штрихкод=460|p1=а");
}

static void
what_is_there_no_more_is_emptied(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");
	struct fields *vid = property(terms, "p1", "Вид", "Строка");

	property_rule(terms, "Вид", "create");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "!");
	/* A property that 1C deleted is not carried, so nothing is wiped. */
	say(vid, FIELD_DELETED, "1");
	pair(fields, FIELD_PROPERTY, "p1", "а");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "");
}

static void
a_list_is_told_by_ids(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1"), *list;

	list = property(terms, "p1", "Цвет", "Справочник");
	pair(list, FIELD_OPTION, "v1", "белый");
	pair(list, FIELD_OPTION, "v2", "красный");
	list = property(terms, "p2", "Сорт", "");
	pair(list, FIELD_OPTION, "s1", "белый");
	property_rule(terms, "*", "create");
	pair(fields, FIELD_PROPERTY, "p1", "v2");
	pair(fields, FIELD_PROPERTY, "p1", "белый");
	pair(fields, FIELD_PROPERTY, "p1", "чёрный");
	pair(fields, FIELD_PROPERTY, "p1",
	    "00000000-0000-0000-0000-000000000000");
	pair(fields, FIELD_PROPERTY, "p2", "белый");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "p1=v1|p1=v2|p1=чёрный|p2=s1");
}

static void
elements_and_named_requisites_are_properties(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	say(record(terms->world, RECORD_CATEGORY, "c1"), FIELD_NAME,
	    "Канцелярия");
	say(record(terms->world, RECORD_CATEGORY, "c2"), FIELD_NAME,
	    "<Без категории>");
	property_rule(terms, "*", "create");
	property_rule(terms, "Полное наименование", "create");
	say(fields, FIELD_CODE, "НФ-01");
	say(fields, FIELD_BARCODE, "461");
	say(fields, FIELD_BARCODE, "460");
	say(fields, FIELD_CATEGORY, "c1");
	say(fields, FIELD_MAKER, "Завод");
	say(fields, FIELD_COUNTRY, "Россия");
	pair(fields, FIELD_REQUISITE, "полное наименование", "Бумага А4");
	pair(fields, FIELD_REQUISITE, "ВидНоменклатуры", "Товар");
	pair(fields, FIELD_REQUISITE, "Код", "другой");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "@Изготовитель=Завод|@Категория=Канцелярия|"
	    "@Код=НФ-01|@Полное наименование=Бумага А4|@Страна=Россия|"
	    "@Штрихкод=460|@Штрихкод=461");
	fields = product(terms->world, "g2");
	say(fields, FIELD_CATEGORY, "c2");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "!");
	/* A rule that names it takes the реквизит too. */
	property_rule(terms, "Код", "CODE");
	pair(fields, FIELD_REQUISITE, "Код", "другой");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_lines(terms, "@Код=другой");
}

static void
a_variation_has_its_pairs_and_its_offers_properties(void **state)
{
	struct term_world *terms = *state;
	struct fields *good = product(terms->world, "g1"), *list, *offer;

	list = property(terms, "p1", "Материал", "Справочник");
	pair(list, FIELD_OPTION, "v1", "хлопок");
	record(terms->world, RECORD_TRAIT, "Размер");
	record(terms->world, RECORD_TRAIT, "#p1");
	record(terms->world, RECORD_TRAIT, "#p2");
	record(terms->world, RECORD_TRAIT, "@Штрихкод");
	property(terms, "p2", "Сезон", "Строка");
	property_rule(terms, "Материал", "create");
	property_rule(terms, "Сезон", "create");
	pair(good, FIELD_PROPERTY, "p2", "лето");
	property_rule(terms, "Штрихкод", "create");
	pair(good, FIELD_PROPERTY, "p1", "шерсть");
	say(good, FIELD_BARCODE, "111");
	offer = record(terms->world, RECORD_OFFER, "g1#c1");
	say(offer, FIELD_BARCODE, "460");
	pair(offer, FIELD_PROPERTY, "p1", "хлопок");
	pair(offer, FIELD_CHARACTERISTIC, "Размер", "42\x1fид");
	pair(offer, FIELD_CHARACTERISTIC, "Рост", "170");
	put(terms, TARGET_OFFER, good, offer);
	assert_lines(terms, "#p1=v1|@Штрихкод=460|Размер=42");
	/* Of a product of its own the offer's words stand over the good's. */
	put(terms, TARGET_PRODUCT, good, offer);
	assert_lines(terms, "@Штрихкод=460|p1=v1|p2=лето");
	put(terms, TARGET_PARENT, good, NULL);
	assert_lines(terms, "@Штрихкод=111|p1=шерсть|p2=лето");
}

static void
without_variations_pairs_are_not_carried(void **state)
{
	struct term_world *terms = *state;
	struct fields *good = product(terms->world, "g1"), *offer;

	terms->world->config.catalog.characteristics =
	    CHARACTERISTICS_PRODUCTS;
	record(terms->world, RECORD_TRAIT, "Размер");
	offer = record(terms->world, RECORD_OFFER, "g1#c1");
	pair(offer, FIELD_CHARACTERISTIC, "Размер", "42");
	put(terms, TARGET_PRODUCT, good, offer);
	assert_fields(&terms->world->wanted.fields, "");
	put(terms, TARGET_OFFER, good, offer);
	assert_fields(&terms->world->wanted.fields, "");
}

static void
kilograms_become_grams_and_metres_millimetres(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1"), *offer;

	pair(fields, FIELD_REQUISITE, "Вес", "0,5");
	pair(fields, FIELD_DIMENSION, "Ширина", "0.2105");
	pair(fields, FIELD_DIMENSION, "Длина", "1");
	pair(fields, FIELD_DIMENSION, "Высота", "-1");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_fields(&terms->world->wanted.fields,
	    "weight=500 length=1000 width=210.5");
	/* The element counts before the реквизит. */
	say(fields, FIELD_WEIGHT, "0.0125");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_fields(&terms->world->wanted.fields,
	    "weight=12.5 length=1000 width=210.5");
	put(terms, TARGET_PARENT, fields, NULL);
	assert_fields(&terms->world->wanted.fields, "");
	put(terms, TARGET_SERVICE, fields, NULL);
	assert_fields(&terms->world->wanted.fields, "");
	offer = record(terms->world, RECORD_OFFER, "g1#c1");
	say(offer, FIELD_WEIGHT, "2");
	put(terms, TARGET_OFFER, fields, offer);
	assert_fields(&terms->world->wanted.fields,
	    "weight=2000 length=1000 width=210.5");
}

static void
odd_numbers_are_left_out(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	say(fields, FIELD_WEIGHT, "999999999999999999");
	pair(fields, FIELD_DIMENSION, "Ширина", "широко");
	pair(fields, FIELD_DIMENSION, "Глубина", "1");
	pair(fields, FIELD_DIMENSION, "Высота", "0");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_fields(&terms->world->wanted.fields, "height=0");
}

static void
owners_are_respected(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");
	struct wanted *wanted = &terms->world->wanted;

	property(terms, "p1", "Вид", "Строка");
	property_rule(terms, "Вид", "create");
	pair(fields, FIELD_PROPERTY, "p1", "а");
	say(fields, FIELD_WEIGHT, "1");
	rule(&terms->world->config.owners, "goods.weight", "never");
	rule(&terms->world->config.owners, "goods.properties", "portal");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_fields(&wanted->fields, "");
	assert_lines_of(&wanted->at_create, "p1=а");
	/* What the portal owns is not emptied. */
	fields = product(terms->world, "g1");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_fields(&wanted->fields, "");
	assert_fields(&wanted->at_create, "");
	free(terms->world->config.owners.pairs[1].value);
	terms->world->config.owners.pairs[1].value = mem_text("never");
	pair(fields, FIELD_PROPERTY, "p1", "а");
	put(terms, TARGET_PRODUCT, fields, NULL);
	assert_fields(&wanted->fields, "");
	assert_fields(&wanted->at_create, "");
}

static void
one_map_puts_one_good_after_another(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1"), *other;
	struct wanted *wanted = &terms->world->wanted;
	char id[24];
	size_t i;

	for (i = 0; i < 30; i++) {
		(void)snprintf(id, sizeof(id), "%02zu", 29 - i);
		pair(fields, FIELD_PROPERTY, "p1", id);
	}
	property(terms, "p1", "Вид", "Строка");
	property_rule(terms, "Вид", "create");
	other = product(terms->world, "g2");
	pair(other, FIELD_PROPERTY, "p1", "x");
	put(terms, TARGET_PRODUCT, fields, other);
	assert_lines(terms, "p1=x");
	fields_clear(&wanted->fields);
	assert_int_equal(map_property_put(terms->world->map, TARGET_PRODUCT,
	    fields, NULL, wanted, NULL), 0);
	assert_true(str_eq(str_n(fields_get(&wanted->fields,
	    FIELD_PROPERTIES).p, 11), str_of("p1\x1f" "00\np1\x1f" "01")));
	assert_int_equal(fields_get(&wanted->fields, FIELD_PROPERTIES).len,
	    30 * 6 - 1);
}

/* A run with nothing to do reads none of 50,000 values; one that cannot read
 * them says so, and tells goods nothing else. */
static void
values_of_lists_are_read_when_a_good_has_one(void **state)
{
	struct term_world *terms = *state;
	struct world *world = terms->world;
	struct fields *fields = product(world, "g1");
	struct fields *list = property(terms, "p1", "Цвет", "Справочник");
	struct wanted *wanted = &world->wanted;
	struct err err = { 0 };

	pair(list, FIELD_OPTION, "v1", "красный");
	property_rule(terms, "Цвет", "create");
	pair(fields, FIELD_PROPERTY, "p1", "Красный");
	open_map(world);
	assert_int_equal(world->map->terms->option_count, 0);
	world->broken = true;
	fields_clear(&wanted->fields);
	assert_int_equal(map_property_put(world->map, TARGET_PRODUCT, fields,
	    NULL, wanted, &err), -1);
	assert_false(fields_has(&wanted->fields, FIELD_PROPERTIES));
	world->broken = false;
	assert_int_equal(map_property_put(world->map, TARGET_PRODUCT, fields,
	    NULL, wanted, &err), 0);
	assert_int_equal(world->map->terms->option_count, 1);
	assert_lines(terms, "p1=v1");
}

#define IT(name) \
	cmocka_unit_test_setup_teardown(name, term_world_make, term_world_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IT(lines_are_sorted_and_none_is_there_twice),
		IT(without_rules_the_portals_own_are_filled),
		IT(values_of_lists_are_read_when_a_good_has_one),
		IT(what_is_there_no_more_is_emptied),
		IT(a_list_is_told_by_ids),
		IT(elements_and_named_requisites_are_properties),
		IT(a_variation_has_its_pairs_and_its_offers_properties),
		IT(without_variations_pairs_are_not_carried),
		IT(kilograms_become_grams_and_metres_millimetres),
		IT(odd_numbers_are_left_out),
		IT(owners_are_respected),
		IT(one_map_puts_one_good_after_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
