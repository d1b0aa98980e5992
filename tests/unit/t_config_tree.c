#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "config_case.h"

static void
places_are_kept_in_their_order(void **state)
{
	struct result result = load(state, "{ \"catalog\": { \"groups\": {\n"
	    "\"Я\": { \"goods\": [\"a-1\", \"Скрепки\"] },\n"
	    "\" Каталог /  Бумага\": {\n\"groups\": [\"А/Б\", \"g-7\"],\n"
	    "\"goods\": [5] },\n"
	    "\"Каталог\": { \"groups\": [\"В\"], \"goods\": null } } } }");
	const struct config_place *tree;

	if (result.config == NULL)
		fail_msg("%s", result.err.text);
	assert_string_equal(buf_text(&result.warnings), "");
	assert_int_equal(result.config->catalog.tree_count, 3);
	tree = result.config->catalog.tree;
	assert_string_equal(tree[0].path, "Я");
	assert_int_equal(tree[0].line, 2);
	assert_int_equal(tree[0].groups.count, 0);
	assert_int_equal(tree[0].goods.count, 2);
	assert_string_equal(tree[0].goods.items[1], "Скрепки");
	assert_string_equal(tree[1].path, "Каталог/Бумага");
	assert_int_equal(tree[1].line, 3);
	assert_int_equal(tree[1].groups.count, 2);
	assert_string_equal(tree[1].groups.items[0], "А/Б");
	assert_string_equal(tree[1].goods.items[0], "5");
	assert_string_equal(tree[2].path, "Каталог");
	assert_int_equal(tree[2].goods.count, 0);
	done(&result);
}

#define PLACES(text) "{ \"catalog\": { \"groups\": {\n" text " } } }"
#define GOODS "{ \"goods\": [\"x\"] }"

static void
a_path_with_an_empty_part_is_refused(void **state)
{
	static const char *const paths[] = { "", " ", "/", "/А", "А/", "А//Б",
	    "А/ /Б", "А / " };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char *text = mem_printf(PLACES("\"%s\": " GOODS), paths[i]);

		assert_refused(state, text, ":2: catalog.groups: ");
		assert_refused(state, text, "no part of it empty");
		free(text);
	}
}

static void
a_place_for_nothing_is_refused(void **state)
{
	assert_refused(state, PLACES("\"А\": {}"),
	    ":2: catalog.groups: \"А\": groups or goods are wanted");
	assert_refused(state, PLACES("\"А\": " GOODS ",\n\"Б\": "
	    "{ \"groups\": [], \"goods\": [] }"),
	    ":3: catalog.groups: \"Б\": groups or goods are wanted");
}

static void
a_path_that_stands_twice_is_refused(void **state)
{
	struct result result;

	assert_refused(state, PLACES("\"А/Б\": " GOODS ",\n"
	    "\" а / б\": " GOODS), ":3: catalog.groups: \" а / б\" is the "
	    "same path as \"А/Б\" in line 2");
	/* To the letter: as of every key, and once. */
	result = load(state, PLACES("\"А/Б\": " GOODS ",\n\"А/Б\": "
	    GOODS));
	assert_null(result.config);
	assert_non_null(strstr(result.err.text, ":3: "));
	assert_null(strstr(result.err.text, "the same path"));
	done(&result);
}

static void
a_section_is_spelled_in_one_way(void **state)
{
	assert_refused(state, PLACES("\"Каталог/Ёлки/А\": " GOODS ",\n"
	    "\"Каталог/елки/Б\": " GOODS), ":3: catalog.groups: "
	    "\"Каталог/елки/Б\": \"елки\" is spelled in another way in "
	    "line 2");
	assert_warned(state, PLACES("\"А/Б\": " GOODS ",\n\"В/б\": " GOODS
	    ",\n\"А\": " GOODS ",\n\"А/Б/В\": " GOODS), NULL);
}

static void
a_path_too_long_for_a_key_is_refused(void **state)
{
	char *path = mem_alloc(402), *text;

	memset(path, 'x', 400);
	text = mem_printf(PLACES("\"%s\": " GOODS), path);
	assert_warned(state, text, NULL);
	free(text);
	path[400] = 'x';
	text = mem_printf(PLACES("\"%s\": " GOODS), path);
	assert_refused(state, text, "a path of more than 400 bytes");
	free(text);
	free(path);
}

static void
more_places_than_anybody_names_are_refused(void **state)
{
	struct buf text = BUF_INIT(256 * 1024);
	int i;

	(void)buf_printf(&text, "{ \"catalog\": { \"groups\": {\n");
	for (i = 0; i <= LIMIT_CONFIG_NAMES; i++)
		(void)buf_printf(&text, "%s\"%d\": " GOODS,
		    i == 0 ? "" : ", ", i);
	(void)buf_printf(&text, " } } }");
	assert_refused(state, buf_text(&text),
	    "catalog.groups: more than 2000 entries");
	buf_free(&text);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, scratch_remove)
	const struct CMUnitTest tests[] = {
		T(places_are_kept_in_their_order),
		T(a_path_with_an_empty_part_is_refused),
		T(a_place_for_nothing_is_refused),
		T(a_path_that_stands_twice_is_refused),
		T(a_section_is_spelled_in_one_way),
		T(a_path_too_long_for_a_key_is_refused),
		T(more_places_than_anybody_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
