#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mapping/map_term.h"

#include "map_term_world.h"

/* "property p1 Цвет list made=.. ": a line for each term. */
static void
assert_terms(struct term_world *terms, const char *want)
{
	static const char *const kinds[] = { "", "property", "trait",
	    "value", "store", "unit" };
	static const char *const rules[] = { "matched", "named", "made",
	    "ignored" };
	static const char *const types[] = { "", " number", " list",
	    " time" };
	struct buf seen = BUF_INIT(16384);
	struct terms all = { 0 };
	struct err err = { 0 };
	size_t i;

	open_map(terms->world);
	assert_int_equal(map_terms(terms->world->map, &all, &err), 0);
	for (i = 0; i < all.count; i++) {
		const struct term *term = &all.items[i];

		buf_printf(&seen, "%s %s", kinds[term->kind], term->id);
		if (term->of != NULL)
			buf_printf(&seen, " of %s%s", term->of,
			    term->of_trait ? " (trait)" : "");
		buf_printf(&seen, " \"%s\" %s%s%s", term->name,
		    rules[term->rule], types[term->type],
		    term->multiple ? " multiple" : "");
		if (term->target != NULL)
			buf_printf(&seen, "=%s line %ld", term->target,
			    term->line);
		if (term->portal_id != 0)
			buf_printf(&seen, " is %d", (int)term->portal_id);
		buf_add_char(&seen, '\n');
	}
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
	term_list_free(&all);
}

#define OWN_TERMS \
	"property @Штрихкод \"Штрихкод\" matched multiple\n" \
	"property @Изготовитель \"Изготовитель\" matched\n" \
	"property @Страна \"Страна\" matched\n" \
	"property @Категория \"Категория\" matched\n" \
	"property @Код \"Код\" matched\n"

static enum term_rule
rule_for(struct term_world *terms, enum term_kind kind, const char *id)
{
	return map_term_rule(terms->world->map, kind, str_of(id), STR_NONE,
	    NULL);
}

static bool
carried(struct term_world *terms, enum term_kind kind, const char *id)
{
	return map_term_carried(terms->world->map, kind, STR_NONE,
	    str_of(id));
}

static void
without_rules_properties_are_looked_for(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields;

	property(terms, "p1", "Вид", "Строка");
	say(property(terms, "p2", "Ширина", "Число"), FIELD_MULTIPLE, "1");
	property(terms, "p3", "Срок", "Время");
	fields = property(terms, "p4", "Цвет", "Справочник");
	pair(fields, FIELD_OPTION, "v1", "белый");
	pair(fields, FIELD_OPTION, "v2", "красный");
	pair(fields, FIELD_OPTION, "v2", "второй раз");
	know(terms, TERM_PROPERTY, "p4", 95);
	term_set_put(terms->known, TERM_VALUE, str_of("p4"), str_of("v2"),
	    7);
	assert_terms(terms, OWN_TERMS
	    "property p1 \"Вид\" matched\n"
	    "property p2 \"Ширина\" matched number multiple\n"
	    "property p3 \"Срок\" matched time\n"
	    "property p4 \"Цвет\" matched list is 95\n"
	    "value v1 of p4 \"белый\" matched\n"
	    "value v2 of p4 \"красный\" matched is 7\n");
	assert_true(carried(terms, TERM_PROPERTY, "p4"));
	assert_false(carried(terms, TERM_PROPERTY, "p1"));
	assert_false(carried(terms, TERM_PROPERTY, "p9"));
	assert_true(map_term_carried(terms->world->map, TERM_VALUE,
	    str_of("p4"), str_of("v1")));
	assert_false(map_term_carried(terms->world->map, TERM_VALUE,
	    str_of("p1"), str_of("v1")));
}

/* The barcode is still looked for, to recognise goods by it. */
static void
nothing_is_made_of_what_is_never_sent(void **state)
{
	struct term_world *terms = *state;

	pair(property(terms, "p1", "Цвет", "Справочник"), FIELD_OPTION,
	    "v1", "белый");
	property_rule(terms, "*", "create");
	rule(&terms->world->config.owners, "goods.properties", "never");
	assert_terms(terms, OWN_TERMS
	    "property p1 \"Цвет\" matched list\n");
}

static void
a_rule_names_a_property_by_id_or_name(void **state)
{
	struct term_world *terms = *state;
	const struct config_pair *pair_of = NULL;

	property(terms, "p1", "Вид  бумаги", "Строка");
	property(terms, "p2", "Сорт", "Строка");
	property(terms, "p3", "Белизна", "Строка");
	property(terms, "p4", "Прочее", "Строка");
	say(property(terms, "p5", "Старое", "Строка"), FIELD_DELETED, "1");
	property_rule(terms, "вид бумаги", "KIND");
	property_rule(terms, "p2", "create");
	property_rule(terms, "Белизна", "ignore");
	property_rule(terms, "Штрихкод", "BARCODE");
	property_rule(terms, "Старое", "create");
	assert_terms(terms,
	    "property @Штрихкод \"Штрихкод\" named multiple=BARCODE line 4\n"
	    "property @Изготовитель \"Изготовитель\" matched\n"
	    "property @Страна \"Страна\" matched\n"
	    "property @Категория \"Категория\" matched\n"
	    "property @Код \"Код\" matched\n"
	    "property p1 \"Вид  бумаги\" named=KIND line 1\n"
	    "property p2 \"Сорт\" made\n"
	    "property p4 \"Прочее\" matched\n");
	assert_int_equal(map_term_rule(terms->world->map, TERM_PROPERTY,
	    str_of("p1"), STR_NONE, &pair_of), TERM_NAMED);
	assert_string_equal(pair_of->value, "KIND");
	assert_int_equal(map_term_rule(terms->world->map, TERM_PROPERTY,
	    str_of("p2"), STR_NONE, &pair_of), TERM_MADE);
	assert_null(pair_of);
	assert_true(carried(terms, TERM_PROPERTY, "p1"));
	assert_true(carried(terms, TERM_PROPERTY, "p2"));
	assert_false(carried(terms, TERM_PROPERTY, "p3"));
	assert_false(carried(terms, TERM_PROPERTY, "p5"));
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "p3"), TERM_IGNORED);
	/* Of what no record defines: by its id, or its name. */
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "p9"), TERM_MATCHED);
	assert_int_equal(map_term_rule(terms->world->map, TERM_PROPERTY,
	    str_of("p9"), str_of("БЕЛИЗНА"), NULL), TERM_IGNORED);
}

static void
a_star_covers_all_but_requisites(void **state)
{
	struct term_world *terms = *state;

	property(terms, "p1", "Вид", "Строка");
	property(terms, "p2", "Сорт", "Строка");
	property_rule(terms, "*", "create");
	property_rule(terms, "Сорт", "ignore");
	property_rule(terms, "Полное наименование", "FULL_NAME");
	assert_terms(terms,
	    "property @Штрихкод \"Штрихкод\" made multiple\n"
	    "property @Изготовитель \"Изготовитель\" made\n"
	    "property @Страна \"Страна\" made\n"
	    "property @Категория \"Категория\" made\n"
	    "property @Код \"Код\" made\n"
	    "property p1 \"Вид\" made\n"
	    "property @Полное наименование \"Полное наименование\" "
	    "named=FULL_NAME line 3\n");
	assert_true(carried(terms, TERM_PROPERTY, "@Полное наименование"));
	assert_false(carried(terms, TERM_PROPERTY, "@ВидНоменклатуры"));
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "@ВидНоменклатуры"),
	    TERM_IGNORED);
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "p9"), TERM_MADE);
}

static void
a_requisite_that_no_good_has_is_not_made(void **state)
{
	struct term_world *terms = *state;

	record(terms->world, RECORD_TRAIT, "@@Бренд");
	property_rule(terms, "бренд", "create");
	property_rule(terms, "Брэнд", "create");
	assert_terms(terms, OWN_TERMS
	    "property @бренд \"бренд\" made\n");
	assert_true(carried(terms, TERM_PROPERTY, "@бренд"));
	assert_false(carried(terms, TERM_PROPERTY, "@Брэнд"));
}

static void
variations_have_what_offers_have(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields;

	record(terms->world, RECORD_OFFER, "g1#c1");
	fields = property(terms, "p1", "Материал", "Справочник");
	pair(fields, FIELD_OPTION, "v1", "хлопок");
	property(terms, "p2", "Вид", "Строка");
	record(terms->world, RECORD_TRAIT, "#p1");
	record(terms->world, RECORD_TRAIT, "@Штрихкод");
	record(terms->world, RECORD_TRAIT, "Размер");
	record(terms->world, RECORD_TRAIT, "Цвет");
	property_rule(terms, "Материал", "MATERIAL");
	property_rule(terms, "Вид", "KIND");
	property_rule(terms, "Цвет", "COLOR");
	assert_terms(terms,
	    "property @Штрихкод \"Штрихкод\" matched multiple\n"
	    "trait @Штрихкод \"Штрихкод\" matched multiple\n"
	    "property @Изготовитель \"Изготовитель\" matched\n"
	    "property @Страна \"Страна\" matched\n"
	    "property @Категория \"Категория\" matched\n"
	    "property @Код \"Код\" matched\n"
	    "property p1 \"Материал\" named list=MATERIAL line 1\n"
	    "value v1 of p1 \"хлопок\" matched\n"
	    "trait #p1 \"Материал\" named list=MATERIAL line 1\n"
	    "value v1 of #p1 (trait) \"хлопок\" matched\n"
	    "property p2 \"Вид\" named=KIND line 2\n"
	    "trait Размер \"Размер\" made\n"
	    "trait Цвет \"Цвет\" named=COLOR line 3\n");
	assert_true(carried(terms, TERM_TRAIT, "Размер"));
	assert_true(carried(terms, TERM_TRAIT, "#p1"));
	assert_false(carried(terms, TERM_TRAIT, "#p2"));
	assert_true(map_term_carried(terms->world->map, TERM_VALUE,
	    str_of("#p1"), str_of("v1")));
	assert_true(map_tells(terms->world->map, TARGET_OFFER,
	    str_of("Размер")));
	assert_false(map_tells(terms->world->map, TARGET_PRODUCT,
	    str_of("Размер")));
	assert_true(map_tells(terms->world->map, TARGET_PARENT,
	    str_of("p2")));
}

static void
a_star_decides_of_traits_too(void **state)
{
	struct term_world *terms = *state;

	record(terms->world, RECORD_OFFER, "g1#c1");
	record(terms->world, RECORD_TRAIT, "Размер");
	property_rule(terms, "*", "ignore");
	assert_terms(terms, "");
	assert_false(carried(terms, TERM_TRAIT, "Размер"));
}

static void
without_variations_there_are_no_traits(void **state)
{
	struct term_world *terms = *state;

	record(terms->world, RECORD_TRAIT, "Размер");
	record(terms->world, RECORD_OFFER, "g1");
	assert_terms(terms, OWN_TERMS);
	assert_false(carried(terms, TERM_TRAIT, "Размер"));
	record(terms->world, RECORD_OFFER, "g1#c1");
	terms->world->config.catalog.characteristics =
	    CHARACTERISTICS_PRODUCTS;
	record(terms->world, RECORD_TRAIT, "@Код");
	property_rule(terms, "Код", "ignore");
	property_rule(terms, "Страна", "create");
	record(terms->world, RECORD_TRAIT, "@Страна");
	assert_terms(terms,
	    "property @Штрихкод \"Штрихкод\" matched multiple\n"
	    "property @Изготовитель \"Изготовитель\" matched\n"
	    "property @Страна \"Страна\" made\n"
	    "property @Категория \"Категория\" matched\n");
	assert_true(carried(terms, TERM_PROPERTY, "@Страна"));
	assert_false(carried(terms, TERM_TRAIT, "@Страна"));
}

static void
warehouses_follow_rules_and_the_portal(void **state)
{
	struct term_world *terms = *state;
	struct config_map *rules = &terms->world->config.catalog.warehouses;

	say(record(terms->world, RECORD_WAREHOUSE, "w1"), FIELD_NAME,
	    "Главный");
	say(record(terms->world, RECORD_WAREHOUSE, "w2"), FIELD_NAME,
	    "Витрина");
	say(record(terms->world, RECORD_WAREHOUSE, "w3"), FIELD_NAME,
	    "Брак");
	say(record(terms->world, RECORD_WAREHOUSE, "w4"), FIELD_DELETED,
	    "1");
	know(terms, TERM_STORE, "w2", 4);
	/* Quantities as one sum need no stores. */
	assert_terms(terms, OWN_TERMS);
	terms->world->facts.documents = true;
	assert_terms(terms, OWN_TERMS
	    "store w1 \"Главный\" matched\n"
	    "store w2 \"Витрина\" matched is 4\n"
	    "store w3 \"Брак\" matched\n"
	    "store w4 \"w4\" matched\n");
	assert_false(carried(terms, TERM_STORE, "w1"));
	assert_true(carried(terms, TERM_STORE, "w2"));
	terms->world->facts.documents = false;
	rule(rules, "главный", "Main");
	rule(rules, "w3", "ignore");
	rule(rules, "*", "create");
	assert_terms(terms, OWN_TERMS
	    "store w1 \"Главный\" named=Main line 1\n"
	    "store w2 \"Витрина\" made is 4\n"
	    "store w4 \"w4\" matched\n");
	assert_true(carried(terms, TERM_STORE, "w1"));
	assert_false(carried(terms, TERM_STORE, "w3"));
	assert_false(carried(terms, TERM_STORE, "w4"));
	assert_int_equal(rule_for(terms, TERM_STORE, "w3"), TERM_IGNORED);
}

static void
units_are_made_where_asked_for(void **state)
{
	struct term_world *terms = *state;
	struct config_map *rules = &terms->world->config.catalog.units;
	struct fields *fields;

	fields = record(terms->world, RECORD_UNIT, "u1");
	say(fields, FIELD_CODE, "736 ");
	say(fields, FIELD_NAME, "рул");
	say(record(terms->world, RECORD_UNIT, "778"), FIELD_UNIT_NAME,
	    "упак");
	assert_terms(terms, OWN_TERMS);
	rule(rules, "736", "create");
	rule(rules, "112", "create");
	rule(rules, "упак", "Упаковка");
	rule(rules, "пара", "create");
	assert_terms(terms, OWN_TERMS
	    "unit 736 \"рул\" made\n"
	    "unit 112 \"112\" made\n");
	rule(rules, "*", "create");
	assert_terms(terms, OWN_TERMS
	    "unit 736 \"рул\" made\n"
	    "unit 112 \"112\" made\n");
}

static void
note_line(void *ctx, const char *text)
{
	struct buf *told = ctx;

	buf_printf(told, "%s\n", text);
}

static void
assert_told(struct term_world *terms, const char *want)
{
	struct buf told = BUF_INIT(8192);

	open_map(terms->world);
	assert_int_equal(map_terms_tell(terms->world->map,
	    &(struct map_hearer){ note_line, &told }, NULL), 0);
	assert_string_equal(buf_text(&told), want);
	buf_free(&told);
}

static void
a_rule_of_nothing_is_told(void **state)
{
	struct term_world *terms = *state;
	struct config_map *rules = &terms->world->config.catalog.warehouses;

	property_rule(terms, "Вит", "KIND");
	property_rule(terms, "Вид", "KIND");
	property_rule(terms, "*", "ignore");
	property_rule(terms, "Страна", "ignore");
	rule(rules, "Глав", "Main");
	assert_told(terms, "");
	property(terms, "p1", "Вид", "Строка");
	/* It may be a реквизит. */
	assert_told(terms, "");
	record(terms->world, RECORD_TRAIT, "@@Полное наименование");
	say(record(terms->world, RECORD_WAREHOUSE, "w1"), FIELD_NAME,
	    "Главный");
	say(record(terms->world, RECORD_WAREHOUSE, "w2"), FIELD_NAME,
	    "Брак");
	assert_told(terms,
	    "exchange.json:1: no package has stated a property, "
	    "characteristic or requisite \"Вит\"; known properties are: "
	    "Вид\n"
	    "exchange.json:1: no package has stated the warehouse \"Глав\"; "
	    "known are: Главный, Брак\n");
}

static void
the_fingerprint_follows_what_is_carried(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields;
	uint64_t before, after;

	fields = property(terms, "p1", "Вид", "Строка");
	property(terms, "p2", "Сорт", "Строка");
	property_rule(terms, "Вид", "create");
	open_map(terms->world);
	before = map_term_hash(terms->world->map, 0);
	/* Nobody carries it. */
	property(terms, "p3", "Прочее", "Строка");
	open_map(terms->world);
	assert_true(map_term_hash(terms->world->map, 0) == before);
	know(terms, TERM_PROPERTY, "p2", 4);
	open_map(terms->world);
	after = map_term_hash(terms->world->map, 0);
	assert_true(after != before);
	say(fields, FIELD_DELETED, "1");
	open_map(terms->world);
	assert_true(map_term_hash(terms->world->map, 0) != after);
}

static int
note_mention(void *ctx, struct str id, struct err *err)
{
	struct buf *seen = ctx;

	(void)err;
	buf_printf(seen, "%.*s ", (int)id.len, id.p);
	return 0;
}

static void
assert_mentions(enum record_kind kind, const char *id,
    const struct fields *fields, const char *want)
{
	struct record one = { kind, str_of(id), *fields };
	struct buf seen = BUF_INIT(8192);
	struct err err = { 0 };

	assert_int_equal(map_mention(&one, note_mention, &seen, &err), 0);
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
}

static int
stop_at_once(void *ctx, struct str id, struct err *err)
{
	(void)ctx;
	(void)id;
	(void)err;
	return 7;
}

static void
goods_mention_what_no_list_defines(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = record(terms->world, RECORD_OFFER, "g1#c1");
	struct record one = { .kind = RECORD_PRODUCT, .id = str_of("g1") };
	struct err err = { 0 };

	say(fields, FIELD_NAME, "Рубашка");
	say(fields, FIELD_BARCODE, "460");
	pair(fields, FIELD_PROPERTY, "p1", "v1");
	pair(fields, FIELD_REQUISITE, "Бренд", "X");
	pair(fields, FIELD_REQUISITE, "@odd", "X");
	pair(fields, FIELD_CHARACTERISTIC, "Размер", "42");
	pair(fields, FIELD_CHARACTERISTIC, "#", "42");
	assert_mentions(RECORD_OFFER, "g1#c1", fields,
	    "@Штрихкод @#p1 #p1 @@Бренд @Бренд Размер ");
	assert_mentions(RECORD_OFFER, "g1", fields,
	    "@#p1 @@Бренд @@Размер ");
	assert_mentions(RECORD_PRODUCT, "g1", fields,
	    "@#p1 @@Бренд @@Размер ");
	assert_mentions(RECORD_RESTS, "g1", fields, "");
	one.fields = *fields;
	pair(fields, FIELD_PROPERTY, "p1", " v1 ");
	assert_mentions(RECORD_PRODUCT, "g1", fields,
	    "@#p1 @#p1 @@Бренд @@Размер ");
	pair(fields, FIELD_PROPERTY, "p1", "v2");
	assert_mentions(RECORD_PRODUCT, "g1", fields,
	    "@#p1 @#p1 @#p1 ##p1 @@Бренд @@Размер ");
	one.fields = *fields;
	assert_int_equal(map_mention(&one, stop_at_once, NULL, &err), 7);
}

static void
what_no_list_defines_is_made_by_its_own_rule_alone(void **state)
{
	struct term_world *terms = *state;
	enum map_side side;

	property_rule(terms, "*", "create");
	property_rule(terms, "u2", "create");
	property_rule(terms, "u3", "COLOR");
	property(terms, "p1", "Вид", "Справочник");
	record(terms->world, RECORD_TRAIT, "##p1");
	record(terms->world, RECORD_TRAIT, "@#CML2_SORT");
	record(terms->world, RECORD_TRAIT, "@#p1");
	record(terms->world, RECORD_TRAIT, "@#u2");
	record(terms->world, RECORD_TRAIT, "@#u3");
	record(terms->world, RECORD_TRAIT, "@#CML2_ARTICLE");
	open_map(terms->world);
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "p1"), TERM_MADE);
	assert_true(map_term_find(terms->world->map, TERM_PROPERTY,
	    str_of("p1"), &side)->multiple);
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "CML2_SORT"),
	    TERM_MATCHED);
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "u2"), TERM_MADE);
	assert_int_equal(rule_for(terms, TERM_PROPERTY, "u3"), TERM_NAMED);
	assert_false(carried(terms, TERM_PROPERTY, "CML2_ARTICLE"));
	assert_told(terms, "1 property that goods have is in none of 1C's "
	    "lists, and the portal has none of this code: its values are left "
	    "out; a rule of catalog.properties may name it: CML2_SORT\n");
	know(terms, TERM_PROPERTY, "CML2_SORT", 7);
	assert_told(terms, "");
}

static void
thousands_of_words_are_found(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = property(terms, "p1", "Цвет", "Справочник");
	struct terms all = { 0 };
	struct err err = { 0 };
	char id[16], text[16];
	size_t i;

	for (i = 0; i < 5000; i++) {
		(void)snprintf(id, sizeof(id), "v%zu", i);
		(void)snprintf(text, sizeof(text), "t%zu", i);
		pair(fields, FIELD_OPTION, id, text);
	}
	open_map(terms->world);
	assert_int_equal(map_terms(terms->world->map, &all, &err), 0);
	assert_int_equal(all.count, 5 + 1 + 5000);
	assert_string_equal(all.items[5 + 5000].id, "v4999");
	term_list_free(&all);
}

static void
a_broken_source_is_an_error(void **state)
{
	struct term_world *terms = *state;
	struct err err = { 0 };

	terms->world->broken = true;
	assert_int_equal(map_open(&terms->world->map, &terms->world->config,
	    &terms->world->source, &terms->world->facts, &err), -1);
	assert_null(terms->world->map);
}

#define IT(name) \
	cmocka_unit_test_setup_teardown(name, term_world_make, term_world_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IT(without_rules_properties_are_looked_for),
		IT(nothing_is_made_of_what_is_never_sent),
		IT(a_rule_names_a_property_by_id_or_name),
		IT(a_star_covers_all_but_requisites),
		IT(a_requisite_that_no_good_has_is_not_made),
		IT(variations_have_what_offers_have),
		IT(a_star_decides_of_traits_too),
		IT(without_variations_there_are_no_traits),
		IT(warehouses_follow_rules_and_the_portal),
		IT(units_are_made_where_asked_for),
		IT(a_rule_of_nothing_is_told),
		IT(the_fingerprint_follows_what_is_carried),
		IT(goods_mention_what_no_list_defines),
		IT(what_no_list_defines_is_made_by_its_own_rule_alone),
		IT(thousands_of_words_are_found),
		IT(a_broken_source_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
