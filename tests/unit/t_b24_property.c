/*
 * Properties of goods: what is said of each kind, what an answer makes of it,
 * and what a row shows in 1C's words.
 */
#include "b24_op.h"

#include "base/told.h"

#define ADD "{\"fields\":{\"iblockId\":\"14\",\"xmlId\":\"p\","
#define CHANGE "{\"id\":\"7\",\"fields\":{"
#define LINE(id, value) id P value

#define PROPERTY(its_id, its_iblock, its_name, its_code, its_mark, its_type, \
    its_user_type, its_multiple) { .id = (its_id), .iblock = (its_iblock), \
	.name = T(its_name), .code = T(its_code), .xml_id = T(its_mark), \
	.type = (its_type), .user_type = T(its_user_type), \
	.multiple = (its_multiple), .active = true }

static struct b24_property properties[] = {
	PROPERTY(101, 14, "Материал", "", "m", 'S', "", false),
	PROPERTY(103, 14, "Длина", "", "n", 'N', "", false),
	PROPERTY(105, 14, "Цвет", "", "c", 'L', "", true),
	PROPERTY(107, 14, "Дата", "", "d", 'S', "DateTime", false),
	PROPERTY(109, 14, "Акция", "", "a", 'L', "BoolEnum", false),
	PROPERTY(111, 14, "Файл", "", "f", 'F', "", false),
	PROPERTY(113, 14, "Штрихкод", "CML2_BAR_CODE", "b", 'S', "", true),
	PROPERTY(201, 15, "Цвет", "", "c", 'L', "", false),
};

#define LIST 7          /* its place there */

#define KNOWN(its_kind, its_id, its_name, number) { .kind = (its_kind), \
	.id = T(its_id), .name = T(its_name), .portal_id = (number) }
#define VALUE(its_of, its_id, its_name, number, trait) { \
	.kind = TERM_VALUE, .of = T(its_of), .id = T(its_id), \
	.name = T(its_name), .portal_id = (number), .of_trait = (trait) }

static struct term words[] = {
	KNOWN(TERM_PROPERTY, "m", "Материал", 101),
	KNOWN(TERM_PROPERTY, "m-2", "Материал", 101),
	KNOWN(TERM_PROPERTY, "n", "Длина", 103),
	KNOWN(TERM_PROPERTY, "c", "Цвет", 105),
	KNOWN(TERM_PROPERTY, "d", "Дата", 107),
	KNOWN(TERM_PROPERTY, "a", "Акция", 109),
	KNOWN(TERM_PROPERTY, "@Штрихкод", "Штрихкод", 113),
	KNOWN(TERM_TRAIT, "Цвет", "Цвет", 201),
	VALUE("c", "red", "Красный", 31, false),
	VALUE("c", "blue", "Синий", 33, false),
	VALUE("m", "wood", "Дерево", 0, false),
	VALUE("Цвет", "red", "Красный", 41, true),
	VALUE("Цвет", "blue", "Синий", 43, true),
};

static int
make(void **state)
{
	struct terms terms = { .items = words,
	    .count = sizeof(words) / sizeof(*words) };
	struct err err = { 0 };
	bool unsure;

	(void)state;
	op_make();
	b24.facts.iblock = 14;
	b24.facts.offers_iblock = 15;
	for (size_t i = 0; i < sizeof(properties) / sizeof(*properties); i++) {
		properties[i].lone = 0;
		properties[i].active = true;
	}
	b24.facts.properties = properties;
	b24.facts.property_count = sizeof(properties) / sizeof(*properties);
	/* All is known: nothing is asked. */
	assert_int_equal(b24_term_learn(&b24, &terms, false, &unsure, &err),
	    0);
	op.kind = OP_CREATE;
	(void)target_set(&op.target, TARGET_PRODUCT, str_of("p"));
	return 0;
}

static int
drop(void **state)
{
	b24_term_free(b24.terms);
	(void)op_drop(state);
	return 0;
}

static void
update(const char *before, const char *values)
{
	op.kind = OP_UPDATE;
	op.portal_id = 7;
	put(&op.before, FIELD_PROPERTIES, before);
	want(FIELD_PROPERTIES, values);
}

static void
row_shows(const char *text, const char *lines)
{
	struct found found;

	op.kind = OP_FIND;
	b24_catalog_row(&b24, &op, parsed(text), &found);
	assert_string_equal(text_of(&found.fields, FIELD_PROPERTIES), lines);
	fields_free(&found.fields);
}

/* ---- what is said ---- */

static void
each_kind_of_property_gets_its_own_words(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("a", "true") "\n" LINE("c", "blue") "\n"
	    LINE("c", "red") "\n" LINE("d", "15.01.2026 10:20:30") "\n"
	    LINE("m", "wood") "\n" LINE("n", "1 000,50"));
	assert_string_equal(written(), ADD "\"property109\":{\"value\":"
	    "\"Y\"},\"property105\":{\"0\":{\"value\":\"33\"},\"1\":{"
	    "\"value\":\"31\"}},\"property107\":{\"value\":"
	    "\"2026-01-15T10:20:30\"},\"property101\":{\"value\":"
	    "\"Дерево\"},\"property103\":{\"value\":\"1000.5\"}}}");
}

/* As 1C's Russian format has it. */
static void
hour_of_a_time_may_be_one_digit(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("d", "15.01.2026 0:00:00"));
	assert_string_equal(written(), ADD
	    "\"property107\":{\"value\":\"2026-01-15T00:00:00\"}}}");
}

static void
update_says_what_differs_as_values(void **state)
{
	(void)state;
	update(LINE("c", "red") "\n" LINE("m", "камень") "\n" LINE("n", "2"),
	    LINE("c", "blue") "\n" LINE("c", "red") "\n" LINE("m", "камень")
	    "\n" LINE("n", "3"));
	assert_string_equal(written(), CHANGE "\"property105\":{"
	    "\"0\":{\"value\":\"33\"},\"1\":{\"value\":\"31\"}},"
	    "\"property103\":{\"value\":\"3\"}}}");
}

static void
what_1c_does_not_state_any_more_is_emptied(void **state)
{
	(void)state;
	update(LINE("c", "red") "\n" LINE("m", "камень"), FIELD_CLEAR);
	assert_string_equal(written(), CHANGE "\"property105\":{"
	    "\"0\":{\"value\":\"\"}},\"property101\":{\"value\":\"\"}}}");
}

static void
another_property_of_1c_may_fill_the_same_one(void **state)
{
	(void)state;
	update(LINE("m", "сталь") "\n" LINE("n", "3"), LINE("m-2", "камень"));
	assert_string_equal(written(), CHANGE "\"property101\":{\"value\":"
	    "\"камень\"},\"property103\":{\"value\":\"\"}}}");
	taken("{\"element\":{\"id\":7,\"property101\":{\"value\":"
	    "\"камень\"},\"property103\":null}}");
	assert_int_equal(op.dropped.count, 0);
}

static void
several_texts_stand_in_one_and_of_numbers_the_first(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("m", "a") "\n" LINE("m", "b") "\n"
	    LINE("n", "1") "\n" LINE("n", "2"));
	assert_string_equal(written(), ADD "\"property101\":{\"value\":"
	    "\"a, b\"},\"property103\":{\"value\":\"1\"}}}");
	taken("{\"element\":{\"id\":5,\"property101\":{\"value\":\"a, b\"},"
	    "\"property103\":{\"value\":1}}}");
	assert_true(fields_has(&op.dropped, FIELD_PROPERTIES));
	assert_string_equal(op.text, "Длина" TOLD(": 1C has several values, "
	    "and the property takes one"));
}

static void
value_that_cannot_be_held_is_left_out_and_told(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("c", "green") "\n" LINE("m", "x") "\n"
	    LINE("n", "много") "\n" LINE("z", "1"));
	assert_string_equal(written(), ADD "\"property101\":{\"value\":"
	    "\"x\"}}}");
	taken("{\"element\":{\"id\":5,\"property101\":{\"value\":\"x\"},"
	    "\"property103\":null,\"property105\":null}}");
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_true(fields_has(&op.dropped, FIELD_PROPERTIES));
	assert_string_equal(op.text, "Цвет, Длина, z");
}

static void
update_of_which_nothing_can_be_said_is_not_sent(void **state)
{
	(void)state;
	update(LINE("n", "2"), LINE("n", "много"));
	assert_null(written());
	assert_int_equal(op.outcome, OUTCOME_DONE);
	assert_true(fields_has(&op.dropped, FIELD_PROPERTIES));
	assert_string_equal(op.text, "Длина");
}

static void
variation_has_traits(void **state)
{
	(void)state;
	(void)target_set(&op.target, TARGET_OFFER, str_of("p#1"));
	op.parent_id = 60;
	want(FIELD_PROPERTIES, LINE("Цвет", "red"));
	assert_string_equal(written(), "{\"fields\":{\"iblockId\":\"15\","
	    "\"parentId\":\"60\",\"xmlId\":\"p#1\",\"property201\":{"
	    "\"value\":\"41\"}}}");
}

static void
text_that_looks_like_a_reference_goes_alone(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("m", "$result[c0]"));
	assert_true(b24_object_write(&b24, &op, NULL, &command));
	assert_true(command.lone);
	b24_batch_command_free(&command);
}

/* ---- what is shown ---- */

static void
what_was_not_taken_is_told_by_name(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("c", "red") "\n" LINE("m", "x") "\n"
	    LINE("n", "1.50"));
	taken("{\"element\":{\"id\":5,\"property105\":[{\"value\":\"31\"},"
	    "{\"value\":\"33\"}],\"property101\":null,"
	    "\"property103\":{\"value\":\"1.5000\"}}}");
	assert_true(str_eq(fields_get(&op.dropped, FIELD_PROPERTIES),
	    fields_get(&op.fields, FIELD_PROPERTIES)));
	assert_string_equal(op.text, "Цвет, Материал");
	/* What did arrive is agreed, and emptied when 1C empties it. */
	assert_true(str_is(fields_get(&op.taken, FIELD_PROPERTIES),
	    LINE("n", "1.50")));
}

static void
what_was_not_taken_stays_as_it_was(void **state)
{
	(void)state;
	update(LINE("m", "x") "\n" LINE("n", "2"), LINE("c", "red") "\n"
	    LINE("m", "old") "\n" LINE("n", "1"));
	taken("{\"element\":{\"id\":7,\"property105\":null,"
	    "\"property101\":{\"value\":\"old\"},"
	    "\"property103\":{\"value\":\"2\"}}}");
	assert_true(str_is(fields_get(&op.taken, FIELD_PROPERTIES),
	    LINE("m", "old") "\n" LINE("n", "2")));
}

static void
list_of_one_value_may_be_shown_as_a_flag(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("a", "true") "\n" LINE("c", "red"));
	taken("{\"element\":{\"id\":5,\"property105\":\"Y\","
	    "\"property109\":{\"value\":\"77\"}}}");
	assert_int_equal(op.dropped.count, 0);
	taken("{\"element\":{\"id\":5,\"property105\":\"N\","
	    "\"property109\":null}}");
	assert_string_equal(op.text, "Акция, Цвет");
}

/* ---- in which shape ---- */

/* What `element` shows of a command that was made with `shapes`: the words of
 * the update that says it anew, or NULL. */
static const char *
anew(const char *element, unsigned shapes)
{
	struct b24_command sent = { .method = B24_PRODUCT_UPDATE,
	    .shapes = shapes };
	struct op first = op;
	bool again;

	cJSON_Delete(json);
	json = cJSON_Parse(element);
	assert_non_null(json);
	sent.result = json;
	fields_clear(&op.dropped);
	b24_object_taken(&b24, &op, json);
	first = op;
	again = b24_catalog_otherwise(&b24, &op, &first, &sent);
	if (!again)
		return NULL;
	(void)written();
	op_free(&op);
	op = first;
	return said;
}

static void
only_value_of_a_list_is_said_as_a_flag(void **state)
{
	(void)state;
	(void)target_set(&op.target, TARGET_OFFER, str_of("p#1"));
	op.kind = OP_UPDATE;
	op.portal_id = 8;
	properties[LIST].lone = 41;
	want(FIELD_PROPERTIES, LINE("Цвет", "red"));
	assert_string_equal(written(), "{\"id\":\"8\",\"fields\":{"
	    "\"property201\":{\"value\":\"Y\"}}}");
	row_shows("{\"id\":8,\"property201\":\"Y\"}", LINE("Цвет", "red"));
	/* Another value is the only one: ours is none of it. */
	properties[LIST].lone = 43;
	op.kind = OP_UPDATE;
	assert_string_equal(written(), "{\"id\":\"8\",\"fields\":{"
	    "\"property201\":{\"value\":\"41\"}}}");
}

static void
time_of_an_update_is_said_anew_in_the_other_shape(void **state)
{
	static const char plain[] = CHANGE "\"property107\":{\"value\":"
	    "\"2026-01-15T10:20:30\"}}}";
	static const char listed[] = CHANGE "\"property107\":{\"0\":{"
	    "\"value\":\"2026-01-15T10:20:30\"}}}}";
	static const char nothing[] = "{\"element\":{\"id\":7,"
	    "\"property107\":null}}";

	(void)state;
	update(LINE("d", "2026-01-14T00:00:00"),
	    LINE("d", "15.01.2026 10:20:30"));
	assert_string_equal(written(), plain);
	assert_string_equal(anew(nothing, 0), listed);
	/* Another command of that time does not turn it back. */
	assert_string_equal(anew(nothing, 0), listed);
	assert_string_equal(written(), listed);
	assert_string_equal(anew(nothing, b24.facts.shapes), plain);
	/* Made, it has one shape alone. */
	op.kind = OP_CREATE;
	assert_null(anew(nothing, b24.facts.shapes));
}

static void
what_an_answer_lacks_is_not_taken(void **state)
{
	(void)state;
	update(LINE("m", "old"), LINE("m", "new"));
	taken("{\"element\":{\"id\":7}}");
	assert_string_equal(op.text, "Материал");
}

static void
property_that_is_switched_off_is_not_said(void **state)
{
	(void)state;
	properties[0].active = false;
	update(LINE("n", "1"), LINE("m", "x") "\n" LINE("n", "2"));
	assert_string_equal(written(), CHANGE "\"property103\":{\"value\":"
	    "\"2\"}}}");
	taken("{\"element\":{\"id\":7,\"property103\":{\"value\":\"2\"}}}");
	assert_string_equal(op.text, "Материал");
}

static void
what_somebody_changed_in_the_portal_is_no_loss(void **state)
{
	(void)state;
	update(LINE("m", "x") "\n" LINE("n", "1"), LINE("m", "x") "\n"
	    LINE("n", "2"));
	taken("{\"element\":{\"id\":7,\"property101\":{\"value\":\"theirs\"},"
	    "\"property103\":{\"value\":\"2\"}}}");
	assert_int_equal(op.dropped.count, 0);
}

static void
row_is_told_in_1cs_words(void **state)
{
	(void)state;
	want(FIELD_PROPERTIES, LINE("c", "green") "\n" LINE("m", "wood") "\n"
	    LINE("n", "7"));
	row_shows("{\"id\":9,\"property105\":[{\"value\":\"33\"},"
	    "{\"value\":\"31\"},{\"value\":\"99\"}],\"property101\":{"
	    "\"value\":\"Дерево\"},\"property103\":{\"value\":\"2.50\"},"
	    "\"property107\":{\"value\":\"theirs alone\"}}",
	    LINE("c", "blue") "\n" LINE("c", "red") "\n" LINE("m", "wood")
	    "\n" LINE("n", "2.5"));
}

static void
row_shows_what_was_agreed_too(void **state)
{
	(void)state;
	put(&op.before, FIELD_PROPERTIES, LINE("m", "x"));
	want(FIELD_PROPERTIES, FIELD_CLEAR);
	row_shows("{\"id\":9,\"property101\":{\"value\":{\"TYPE\":\"TEXT\","
	    "\"TEXT\":\"a\\nb\"}},\"property103\":{\"value\":\"2\"}}",
	    LINE("m", "a b"));
}

static void
barcode_of_a_row_is_known(void **state)
{
	struct found found;

	(void)state;
	b24_catalog_row(&b24, &op, parsed("{\"id\":9,\"property113\":["
	    "{\"value\":\" 46 \"},{\"value\":\"47\"}]}"), &found);
	assert_string_equal(text_of(&found.fields, FIELD_BARCODE), "46");
	fields_free(&found.fields);
	assert_true(b24_property_has(json, 113, str_of("47"), true));
	assert_false(b24_property_has(json, 113, str_of("4"), true));
}

static void
lists_select_what_is_known_of_their_catalogue(void **state)
{
	(void)state;
	b24_catalog_list(&b24, TARGET_OFFER, &command);
	assert_null(strstr(buf_text(&command.query), "select"));
	b24_catalog_select(&b24, TARGET_OFFER, &command);
	assert_non_null(strstr(buf_text(&command.query), "property201"));
	assert_null(strstr(buf_text(&command.query), "property101"));
	assert_non_null(strstr(buf_text(&command.query),
	    "filter%5BiblockId%5D=15"));
	b24_batch_command_free(&command);
	b24_catalog_list(&b24, TARGET_SERVICE, &command);
	b24_catalog_select(&b24, TARGET_SERVICE, &command);
	assert_non_null(strstr(buf_text(&command.query), "property101"));
	assert_null(strstr(buf_text(&command.query), "property111"));
	assert_null(strstr(buf_text(&command.query), "measure"));
	b24_batch_command_free(&command);
}

#define PROPERTY_TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROPERTY_TEST(each_kind_of_property_gets_its_own_words),
		PROPERTY_TEST(hour_of_a_time_may_be_one_digit),
		PROPERTY_TEST(update_says_what_differs_as_values),
		PROPERTY_TEST(what_1c_does_not_state_any_more_is_emptied),
		PROPERTY_TEST(another_property_of_1c_may_fill_the_same_one),
		PROPERTY_TEST(
		    several_texts_stand_in_one_and_of_numbers_the_first),
		PROPERTY_TEST(value_that_cannot_be_held_is_left_out_and_told),
		PROPERTY_TEST(
		    update_of_which_nothing_can_be_said_is_not_sent),
		PROPERTY_TEST(only_value_of_a_list_is_said_as_a_flag),
		PROPERTY_TEST(
		    time_of_an_update_is_said_anew_in_the_other_shape),
		PROPERTY_TEST(what_an_answer_lacks_is_not_taken),
		PROPERTY_TEST(property_that_is_switched_off_is_not_said),
		PROPERTY_TEST(variation_has_traits),
		PROPERTY_TEST(text_that_looks_like_a_reference_goes_alone),
		PROPERTY_TEST(what_was_not_taken_is_told_by_name),
		PROPERTY_TEST(what_was_not_taken_stays_as_it_was),
		PROPERTY_TEST(list_of_one_value_may_be_shown_as_a_flag),
		PROPERTY_TEST(what_somebody_changed_in_the_portal_is_no_loss),
		PROPERTY_TEST(row_is_told_in_1cs_words),
		PROPERTY_TEST(row_shows_what_was_agreed_too),
		PROPERTY_TEST(barcode_of_a_row_is_known),
		PROPERTY_TEST(lists_select_what_is_known_of_their_catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
