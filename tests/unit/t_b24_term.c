/*
 * 1C's terms in the portal: how they are recognised, what is made where they
 * are missing, and what is asked for that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "b24_ready_fixture.h"

#define REFUSAL(key, text) "{\"" key "\":{\"error\":0," \
	"\"error_description\":\"" text "\"}}"
#define MADE(key, id) "{\"" key "\":{\"productProperty\":{\"id\":" #id "}}}"
#define NOTHING (char *[]){ NULL }

static struct b24 *b24;
static struct terms terms;
static struct err err;
static bool unsure;

static int
term_make(void **state)
{
	memset(&terms, 0, sizeof(terms));
	memset(&err, 0, sizeof(err));
	unsure = false;
	return make(state);
}

static int
term_drop(void **state)
{
	term_list_free(&terms);
	return drop(state);
}

static void
has(int64_t id, int64_t iblock, char type, const char *name,
    const char *code, const char *xml_id)
{
	struct b24_facts *of = &b24->facts;
	struct b24_property *property;

	of->properties = mem_resize(of->properties, of->property_count + 1,
	    sizeof(*of->properties));
	property = &of->properties[of->property_count++];
	memset(property, 0, sizeof(*property));
	property->id = id;
	property->iblock = iblock;
	property->type = type;
	property->name = mem_text(name);
	property->code = mem_text(code);
	property->xml_id = mem_text(xml_id);
	property->user_type = mem_text("");
	property->active = true;
}

static struct term *
want(enum term_kind kind, enum term_rule rule, const char *id,
    const char *name)
{
	struct term *term = term_list_add(&terms);

	term->kind = kind;
	term->rule = rule;
	term->id = mem_text(id);
	term->name = mem_text(name);
	return term;
}

static void
want_named(enum term_kind kind, const char *id, const char *target)
{
	struct term *term = want(kind, TERM_NAMED, id, id);

	term->target = mem_text(target);
	term->line = 12;
}

static void
want_value(const char *of, const char *id, const char *text, int64_t known)
{
	struct term *term = want(TERM_VALUE, TERM_MATCHED, id, text);

	term->of = mem_text(of);
	term->portal_id = known;
}

static int
learn(void)
{
	return remote.learn(remote.ctx, &terms, true, &unsure, &err);
}

static void
learned(void)
{
	if (learn() == -1)
		fail_msg("%s", err.text);
}

static int64_t
id_at(size_t i)
{
	return terms.items[i].portal_id;
}

/* ---- properties that are there ---- */

static void
property_is_known_by_mark_then_code_then_name(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Цвет", "", "");
	has(2, GOODS, 'S', "иное", "", "u-1");
	has(3, GOODS, 'S', "Штрихкод", "", "");
	has(4, GOODS, 'S', "код", "CML2_BAR_CODE", "");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	want(TERM_PROPERTY, TERM_MATCHED, "@Штрихкод", "Штрихкод")->code =
	    mem_text("CML2_BAR_CODE");
	want(TERM_PROPERTY, TERM_MATCHED, "u-2", " ЦВЕТ ");
	want(TERM_PROPERTY, TERM_MATCHED, "u-3", "Размер");
	learned();
	assert_int_equal(id_at(0), 2);
	assert_int_equal(id_at(1), 4);
	assert_int_equal(id_at(2), 1);
	assert_int_equal(id_at(3), 0);
	nothing_asked(0);
}

static void
what_it_was_before_counts_while_it_is_there(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(5, GOODS, 'S', "переименовано", "", "");
	has(6, GOODS, 'S', "Вкус", "", "");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет")->portal_id = 5;
	want(TERM_PROPERTY, TERM_MATCHED, "u-2", "Вкус")->portal_id = 77;
	learned();
	assert_int_equal(id_at(0), 5);
	assert_int_equal(id_at(1), 6);
}

static void
traits_are_properties_of_variations(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Цвет", "", "");
	has(2, OFFERS, 'S', "Цвет", "", "");
	want(TERM_TRAIT, TERM_MATCHED, "Цвет", "Цвет");
	learned();
	assert_int_equal(id_at(0), 2);
	assert_non_null(b24_term_of_property(b24, 2));
	assert_null(b24_term_of_property(b24, 1));
}

static void
oldest_that_is_in_use_is_taken(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Цвет", "", "");
	b24->facts.properties[0].active = false;
	has(4, GOODS, 'S', "Цвет", "", "");
	has(3, GOODS, 'S', "Цвет", "", "");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	learned();
	assert_int_equal(id_at(0), 3);
}

static void
files_links_and_the_article_are_no_match_of_a_name(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'F', "Файл", "", "");
	has(2, GOODS, 'E', "Ссылка", "", "");
	has(95, GOODS, 'S', "Артикул", "CML2_ARTICLE", "");
	b24->facts.article = 95;
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Файл");
	want(TERM_PROPERTY, TERM_MATCHED, "u-2", "Ссылка");
	want(TERM_PROPERTY, TERM_MATCHED, "u-3", "Артикул");
	learned();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(id_at(i), 0);
}

static void
property_of_another_is_not_given_for_its_name(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Цвет", "", "u-2");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	want(TERM_PROPERTY, TERM_MATCHED, "u-2", "Цвет");
	learned();
	assert_int_equal(id_at(0), 0);
	assert_int_equal(id_at(1), 1);
}

/* ---- rules ---- */

static void
rule_names_by_name_code_mark_or_id(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Имя", "", "");
	has(2, GOODS, 'S', "", "CODE", "");
	has(3, GOODS, 'S', "", "", "x-mark");
	has(44, GOODS, 'S', "", "", "");
	want_named(TERM_PROPERTY, "a", "имя");
	want_named(TERM_PROPERTY, "b", "code");
	want_named(TERM_PROPERTY, "c", "x-mark");
	want_named(TERM_PROPERTY, "d", "44");
	terms.items[0].portal_id = 2;
	learned();
	assert_int_equal(id_at(0), 1);
	assert_int_equal(id_at(1), 2);
	assert_int_equal(id_at(2), 3);
	assert_int_equal(id_at(3), 44);
}

static void
rules_that_name_nothing_are_all_told_and_nothing_is_made(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Размеры", "", "");
	want(TERM_PROPERTY, TERM_MADE, "u-9", "Новое");
	want_named(TERM_PROPERTY, "a", "Размер");
	want_named(TERM_PROPERTY, "b", "нет такого");
	terms.items[2].line = 13;
	assert_int_equal(learn(), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "catalog.properties, line 12: the "
	    "portal has no property \"Размер\"; the nearest is \"Размеры\""));
	assert_non_null(strstr(err.text, "line 13"));
	nothing_asked(0);
}

/* One rule is of goods and of variations. */
static void
rule_is_right_where_one_of_both_has_it(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Цвет", "COLOR", "");
	want_named(TERM_TRAIT, "#u-1", "COLOR");
	want_named(TERM_PROPERTY, "u-1", "COLOR");
	learned();
	assert_int_equal(id_at(0), 0);
	assert_int_equal(id_at(1), 1);
}

static void
rule_that_is_wrong_for_both_is_told_once(void **state)
{
	const char *first;

	(void)state;
	b24 = ready(NOTHING);
	want_named(TERM_TRAIT, "#u-1", "COLOR");
	want_named(TERM_PROPERTY, "u-1", "COLOR");
	assert_int_equal(learn(), -1);
	first = strstr(err.text, "line 12");
	assert_non_null(first);
	assert_null(strstr(first + 1, "line 12"));
}

/* ---- making ---- */

static void
missing_property_is_made_with_mark_and_code(void **state)
{
	char *answers[] = { answer("{\"c0\":{\"productProperty\":{\"id\":"
	    "201}},\"c1\":{\"productProperty\":{\"id\":202}},\"c2\":{"
	    "\"productProperty\":{\"id\":203}}}", "[]"), NULL };
	const struct b24_term *term;

	(void)state;
	b24 = ready(answers);
	has(1, GOODS, 'S', "иное", "TSVET_OBUVI", "");
	want(TERM_PROPERTY, TERM_MADE, "u-1", "Цвет обуви");
	want(TERM_PROPERTY, TERM_MADE, "u-2", "3D-вид")->type = TERM_TIME;
	want(TERM_TRAIT, TERM_MADE, "Цвет обуви", "Цвет обуви")->multiple =
	    true;
	learned();
	asked(0, "catalog.productProperty.add?fields%5BiblockId%5D=14&");
	asked(0, "fields%5Bcode%5D=TSVET_OBUVI_2&fields%5BxmlId%5D=u-1&"
	    "fields%5BpropertyType%5D=S&fields%5Bmultiple%5D=N");
	asked(0, "fields%5Bcode%5D=P_3D_VID&");
	asked(0, "fields%5BuserType%5D=DateTime");
	asked(0, "fields%5BiblockId%5D=15&");
	asked(0, "fields%5Bcode%5D=TSVET_OBUVI&");
	asked(0, "fields%5Bmultiple%5D=Y");
	assert_int_equal(id_at(1), 202);
	term = b24_term_get(b24, TERM_TRAIT, STR_NONE, str_of("Цвет обуви"));
	assert_non_null(term);
	assert_int_equal(term->portal_id, 203);
	assert_int_equal(term->property->iblock, OFFERS);
	assert_true(term->property->multiple);
	nothing_asked(1);
}

/* It is made in the same run, and is no fact yet. */
static void
code_of_the_article_is_given_to_no_other(void **state)
{
	char *answers[] = { answer("{\"c0\":{\"productProperty\":{\"id\":"
	    "201}}}", "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_PROPERTY, TERM_MADE, "u-1", "CML2 article");
	learned();
	asked(0, "fields%5Bcode%5D=CML2_ARTICLE_2&");
}

/* Before the first variation is written; but not for wrong rules. */
static void
article_of_variations_is_made_where_there_are_any(void **state)
{
	char *answers[] = { answer(MADE("c0", 97), "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	b24->facts.offers_article = 0;
	want_named(TERM_TRAIT, "Цвет", "COLOR");
	assert_int_equal(learn(), -1);
	nothing_asked(0);
	has(2, OFFERS, 'S', "Цвет", "COLOR", "");
	learned();
	asked(0, "fields%5BiblockId%5D=15&");
	asked(0, "CML2_ARTICLE");
	assert_int_equal(b24->facts.offers_article, 97);
}

static void
made_property_is_found_by_the_next_call(void **state)
{
	char *answers[] = { answer(MADE("c0", 201), "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_PROPERTY, TERM_MADE, "u-1", "Цвет");
	learned();
	terms.items[0].portal_id = 0;
	learned();
	assert_int_equal(id_at(0), 201);
	nothing_asked(1);
}

static void
nothing_is_made_when_it_may_not(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	want(TERM_PROPERTY, TERM_MADE, "u-1", "Цвет");
	want(TERM_UNIT, TERM_MADE, "112", "л");
	assert_int_equal(remote.learn(remote.ctx, &terms, false, &unsure,
	    &err), 0);
	assert_int_equal(id_at(0), 0);
	assert_null(b24_term_get(b24, TERM_PROPERTY, STR_NONE,
	    str_of("u-1")));
	nothing_asked(0);
}

static void
trait_is_not_made_without_variations(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	b24->facts.offers_iblock = 0;
	want(TERM_TRAIT, TERM_MADE, "Цвет", "Цвет");
	learned();
	assert_int_equal(id_at(0), 0);
	nothing_asked(0);
}

static void
lost_answer_is_unsure_and_nothing_more_is_made(void **state)
{
	char *answers[] = { lost(), NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_PROPERTY, TERM_MADE, "u-1", "Цвет");
	want(TERM_UNIT, TERM_MADE, "112", "л");
	learned();
	assert_true(unsure);
	assert_int_equal(id_at(0), 0);
	nothing_asked(1);
}

static void
refused_property_stops_nothing(void **state)
{
	char *answers[] = { answer(MADE("c1", 202), REFUSAL("c0", "no")),
	    NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_PROPERTY, TERM_MADE, "u-1", "Цвет");
	want(TERM_PROPERTY, TERM_MADE, "u-2", "Вкус");
	learned();
	assert_false(unsure);
	assert_int_equal(id_at(0), 0);
	assert_int_equal(id_at(1), 202);
}

static void
missing_right_stops_the_run(void **state)
{
	char *answers[] = { answer("[]", "{\"c0\":{\"error\":"
	    "\"insufficient_scope\",\"error_description\":\"\"}}"), NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_PROPERTY, TERM_MADE, "u-1", "Цвет");
	assert_int_equal(learn(), -1);
	assert_int_equal(err.kind, ERR_PORTAL);
}

/* ---- values of lists ---- */

#define ROW(id, of, text, mark) "{\"id\":" #id ",\"propertyId\":" #of "," \
	"\"value\":\"" text "\",\"xmlId\":\"" mark "\"}"
#define ROWS(rows) "{\"c0\":{\"productPropertyEnums\":[" rows "]}}"

static void
known_values_are_not_asked_for(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'L', "Цвет", "", "u-1");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет")->portal_id = 1;
	want_value("u-1", "v-1", "Белый", 31);
	want_value("u-1", "v-2", "Синий", 33);
	learned();
	assert_int_equal(id_at(1), 31);
	assert_non_null(b24_term_of_value(b24, str_of("u-1"), false, 31));
	assert_null(b24_term_of_value(b24, str_of("u-1"), true, 31));
	assert_null(b24_term_of_value(b24, str_of("u-2"), false, 31));
	nothing_asked(0);
}

static void
values_are_known_by_mark_then_text_and_else_made(void **state)
{
	char *answers[] = { answer(ROWS(ROW(41, 1, "белый ", "w") ","
	    ROW(42, 1, "Синий", "v-2") "," ROW(43, 9, "Чёрный", "x")), "[]"),
	    answer("{\"c0\":{\"productPropertyEnum\":{\"id\":44}}}", "[]"),
	    NULL };

	(void)state;
	b24 = ready(answers);
	has(1, GOODS, 'L', "Цвет", "", "u-1");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	want_value("u-1", "v-1", "Белый", 0);
	want_value("u-1", "v-2", "Синий", 0);
	want_value("u-1", "v-3", "Чёрный", 0);
	learned();
	assert_int_equal(id_at(1), 41);
	assert_int_equal(id_at(2), 42);
	assert_int_equal(id_at(3), 44);
	asked(0, "catalog.productPropertyEnum.list?");
	asked(0, "filter%5BpropertyId%5D=1");
	asked(1, "\"c0\":\"catalog.productPropertyEnum.add?"
	    "fields%5BpropertyId%5D=1&fields%5Bvalue%5D=");
	asked(1, "fields%5BxmlId%5D=v-3&fields%5Bsort%5D=30");
	assert_null(strstr(loopback_request(&server, 1), "\"c1\""));
	nothing_asked(2);
}

static void
text_that_1c_changed_is_changed_under_our_mark(void **state)
{
	char *answers[] = { answer(ROWS(ROW(41, 1, "Белый", "v-1")), "[]"),
	    answer("{\"c0\":{\"productPropertyEnum\":{\"id\":41}}}", "[]"),
	    NULL };

	(void)state;
	b24 = ready(answers);
	has(1, GOODS, 'L', "Цвет", "", "u-1");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	want_value("u-1", "v-1", "White", 0);
	learned();
	assert_int_equal(id_at(1), 41);
	asked(1, "catalog.productPropertyEnum.update?id=41&"
	    "fields%5BpropertyId%5D=1&fields%5Bvalue%5D=White&"
	    "fields%5BxmlId%5D=v-1\"");
}

/* Known, and all the same looked at: by its number before its mark. */
static void
doubted_value_is_asked_for_though_it_is_known(void **state)
{
	char *answers[] = { answer(ROWS(ROW(41, 1, "Белый", "v-1")), "[]"),
	    answer("{\"c0\":{\"productPropertyEnum\":{\"id\":41}},\"c1\":{"
	    "\"productPropertyEnum\":{\"id\":44}}}", "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	has(1, GOODS, 'L', "Цвет", "", "u-1");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет")->portal_id = 1;
	want_value("u-1", "v-1", "White", 41);
	want_value("u-1", "v-2", "Red", 42);
	terms.items[1].doubted = terms.items[2].doubted = true;
	learned();
	assert_int_equal(id_at(1), 41);
	assert_int_equal(id_at(2), 44);
	asked(1, "catalog.productPropertyEnum.update?id=41&");
	asked(1, "fields%5BxmlId%5D=v-2&");
}

static void
value_of_two_terms_is_of_the_first(void **state)
{
	char *answers[] = { answer(ROWS(ROW(41, 1, "S", "a")), "[]"),
	    answer("{\"c0\":{\"productPropertyEnum\":{\"id\":42}}}", "[]"),
	    NULL };

	(void)state;
	b24 = ready(answers);
	has(1, GOODS, 'L', "Размер", "", "u-1");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Размер");
	want_value("u-1", "v-1", "S", 0);
	want_value("u-1", "v-2", "S", 0);
	learned();
	assert_int_equal(id_at(1), 41);
	assert_int_equal(id_at(2), 42);
}

/* Their ids are of the property that is not there any more. */
static void
values_of_another_property_are_asked_for_anew(void **state)
{
	char *answers[] = { answer(ROWS(ROW(41, 2, "Белый", "")), "[]"),
	    NULL };
	struct term *property;

	(void)state;
	b24 = ready(answers);
	has(2, GOODS, 'L', "Цвет", "", "");
	property = want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	property->type = TERM_LIST;
	property->portal_id = 1;
	want_value("u-1", "v-1", "Белый", 31);
	learned();
	assert_int_equal(id_at(0), 2);
	assert_int_equal(id_at(1), 41);
}

static void
text_is_no_list_of_its_name(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'L', "Цвет", "COLOR", "x");
	has(2, GOODS, 'L', "Из чего", "", "u-2");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	want(TERM_PROPERTY, TERM_MATCHED, "u-2", "Материал");
	want_named(TERM_PROPERTY, "u-3", "COLOR");
	learned();
	assert_int_equal(id_at(0), 0);
	assert_int_equal(id_at(1), 2);
	assert_int_equal(id_at(2), 1);
}

static void
value_of_a_text_is_known_by_name(void **state)
{
	const struct b24_term *term;

	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Цвет", "", "u-1");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	want_value("u-1", "v-1", "Белый", 31);
	learned();
	term = b24_term_get(b24, TERM_VALUE, str_of("u-1"), str_of("v-1"));
	assert_non_null(term);
	assert_int_equal(term->portal_id, 0);
	assert_string_equal(term->name, "Белый");
	nothing_asked(0);
}

static void
later_call_changes_what_is_known(void **state)
{
	const struct b24_term *term;

	(void)state;
	b24 = ready(NOTHING);
	has(1, GOODS, 'S', "Цвет", "", "");
	want(TERM_PROPERTY, TERM_MATCHED, "u-1", "Цвет");
	want_value("u-1", "v-1", "Белый", 0);
	learned();
	term = b24_term_get(b24, TERM_VALUE, str_of("u-1"), str_of("v-1"));
	term_list_free(&terms);
	want_value("u-1", "v-1", "White", 0);
	for (int i = 0; i < 200; i++) {
		char id[16];

		(void)snprintf(id, sizeof(id), "w-%d", i);
		want_value("u-1", id, id, 0);
	}
	learned();
	assert_ptr_equal(b24_term_get(b24, TERM_VALUE, str_of("u-1"),
	    str_of("v-1")), term);
	assert_string_equal(term->name, "White");
	assert_non_null(b24_term_get(b24, TERM_VALUE, str_of("u-1"),
	    str_of("w-199")));
	assert_non_null(b24_term_get(b24, TERM_PROPERTY, STR_NONE,
	    str_of("u-1")));
}

/* ---- warehouses and units ---- */

#define STORES "{\"c0\":{\"stores\":[{\"id\":1,\"title\":\"Основной\"," \
	"\"active\":\"Y\",\"code\":\"main\",\"xmlId\":null},{\"id\":2," \
	"\"title\":\"Второй\",\"active\":\"Y\",\"code\":null,\"xmlId\":" \
	"\"s-2\"}]}}"

static void
warehouses_are_known_by_rule_mark_or_title(void **state)
{
	char *answers[] = { answer(STORES, "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_STORE, TERM_MATCHED, "s-1", "основной");
	want(TERM_STORE, TERM_MATCHED, "s-2", "Склад");
	want_named(TERM_STORE, "s-3", "MAIN");
	want(TERM_STORE, TERM_MATCHED, "s-4", "Третий");
	terms.items[0].portal_id = 77;
	learned();
	assert_int_equal(id_at(0), 0);
	assert_int_equal(id_at(1), 2);
	assert_int_equal(id_at(2), 1);
	assert_int_equal(id_at(3), 0);
	learned();
	nothing_asked(1);
}

static void
known_warehouse_is_not_asked_for(void **state)
{
	(void)state;
	b24 = ready(NOTHING);
	want(TERM_STORE, TERM_MATCHED, "s-1", "Основной")->portal_id = 1;
	learned();
	assert_int_equal(id_at(0), 1);
	nothing_asked(0);
}

static void
warehouse_that_no_rule_finds_is_told(void **state)
{
	char *answers[] = { answer(STORES, "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	want_named(TERM_STORE, "s-3", "Вторй");
	assert_int_equal(learn(), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "catalog.warehouses, line 12: the "
	    "portal has no warehouse \"Вторй\"; the nearest is \"Второй\""));
}

static void
two_rules_for_one_warehouse_are_told(void **state)
{
	char *answers[] = { answer(STORES, "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	want_named(TERM_STORE, "s-3", "MAIN");
	want_named(TERM_STORE, "s-4", "1");
	assert_int_equal(learn(), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "catalog.warehouses, line 12: "
	    "\"1\" is the warehouse of line 12 already"));
}

static void
rule_takes_the_warehouse_of_another(void **state)
{
	char *answers[] = { answer(STORES, "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_STORE, TERM_MATCHED, "s-1", "Основной")->portal_id = 1;
	want_named(TERM_STORE, "s-3", "MAIN");
	want_named(TERM_STORE, "s-4", "Второй");
	want(TERM_STORE, TERM_MATCHED, "s-2", "Склад");
	learned();
	assert_int_equal(id_at(0), 0);
	assert_int_equal(id_at(1), 1);
	assert_int_equal(id_at(2), 2);
	assert_int_equal(id_at(3), 0);
}

static void
missing_warehouse_and_unit_are_made(void **state)
{
	char *answers[] = { answer("{\"c0\":{\"stores\":[]}}", "[]"),
	    answer("{\"c0\":{\"store\":{\"id\":8}},\"c1\":{\"measure\":{"
	    "\"id\":12}}}", "[]"), NULL };

	(void)state;
	b24 = ready(answers);
	want(TERM_STORE, TERM_MADE, "s-1", "Main");
	want(TERM_UNIT, TERM_MADE, "112", "l");
	learned();
	assert_int_equal(id_at(0), 8);
	assert_int_equal(id_at(1), 12);
	asked(1, "catalog.store.add?fields%5Btitle%5D=Main&"
	    "fields%5Baddress%5D=Main&fields%5BxmlId%5D=s-1&"
	    "fields%5Bactive%5D=Y");
	asked(1, "catalog.measure.add?fields%5Bcode%5D=112&"
	    "fields%5BmeasureTitle%5D=l&fields%5Bsymbol%5D=l");
	assert_int_equal(b24_value_measure(b24, str_of("112")), 12);
	nothing_asked(2);
}

static void
unit_of_the_portal_is_known_by_its_code(void **state)
{
	struct b24_measure *measure;

	(void)state;
	b24 = ready(NOTHING);
	measure = mem_alloc(sizeof(*measure));
	*measure = (struct b24_measure){ 5, 796, mem_text("Штука"),
	    mem_text("шт") };
	b24->facts.measures = measure;
	b24->facts.measure_count = 1;
	want(TERM_UNIT, TERM_MADE, "796", "штуки");
	want(TERM_UNIT, TERM_MADE, "коробка", "коробка");
	learned();
	assert_int_equal(id_at(0), 5);
	assert_int_equal(id_at(1), 0);
	nothing_asked(0);
}

#define TERM_TEST(test) \
	cmocka_unit_test_setup_teardown(test, term_make, term_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TERM_TEST(property_is_known_by_mark_then_code_then_name),
		TERM_TEST(what_it_was_before_counts_while_it_is_there),
		TERM_TEST(traits_are_properties_of_variations),
		TERM_TEST(oldest_that_is_in_use_is_taken),
		TERM_TEST(files_links_and_the_article_are_no_match_of_a_name),
		TERM_TEST(property_of_another_is_not_given_for_its_name),
		TERM_TEST(rule_names_by_name_code_mark_or_id),
		TERM_TEST(
		    rules_that_name_nothing_are_all_told_and_nothing_is_made),
		TERM_TEST(rule_is_right_where_one_of_both_has_it),
		TERM_TEST(rule_that_is_wrong_for_both_is_told_once),
		TERM_TEST(missing_property_is_made_with_mark_and_code),
		TERM_TEST(code_of_the_article_is_given_to_no_other),
		TERM_TEST(article_of_variations_is_made_where_there_are_any),
		TERM_TEST(made_property_is_found_by_the_next_call),
		TERM_TEST(nothing_is_made_when_it_may_not),
		TERM_TEST(trait_is_not_made_without_variations),
		TERM_TEST(lost_answer_is_unsure_and_nothing_more_is_made),
		TERM_TEST(refused_property_stops_nothing),
		TERM_TEST(missing_right_stops_the_run),
		TERM_TEST(known_values_are_not_asked_for),
		TERM_TEST(values_are_known_by_mark_then_text_and_else_made),
		TERM_TEST(text_that_1c_changed_is_changed_under_our_mark),
		TERM_TEST(doubted_value_is_asked_for_though_it_is_known),
		TERM_TEST(value_of_two_terms_is_of_the_first),
		TERM_TEST(values_of_another_property_are_asked_for_anew),
		TERM_TEST(text_is_no_list_of_its_name),
		TERM_TEST(value_of_a_text_is_known_by_name),
		TERM_TEST(later_call_changes_what_is_known),
		TERM_TEST(warehouses_are_known_by_rule_mark_or_title),
		TERM_TEST(known_warehouse_is_not_asked_for),
		TERM_TEST(warehouse_that_no_rule_finds_is_told),
		TERM_TEST(two_rules_for_one_warehouse_are_told),
		TERM_TEST(rule_takes_the_warehouse_of_another),
		TERM_TEST(missing_warehouse_and_unit_are_made),
		TERM_TEST(unit_of_the_portal_is_known_by_its_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
