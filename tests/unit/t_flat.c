#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/flat.h"

static struct fields record;

static void
row(const char *path, const char *text)
{
	assert_int_equal(fields_add_pair(&record, FIELD_FLAT, str_of(path),
	    str_of(text)), 0);
}

static int
make(void **state)
{
	(void)state;
	fields_init(&record);
	row("Номер", "1");
	row("Товары", "");
	row("Товары/Товар", "");
	row("Товары/Товар/Ид", "a");
	row("Товары/Товар/Единица", "");
	row("Товары/Товар/Единица/Код", "796");
	row("Товары/Товар/Единица", "шт");
	row("Товары/Товар", "");
	row("Товары/Товар/Ид", "<>");
	row("Товары/Товар/Ид", "b");
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	fields_free(&record);
	return 0;
}

static struct str
plain(struct str text)
{
	return str_is(text, "<>") ? STR_NONE : text;
}

static void
assert_text(const struct flat_node *node, const char *path,
    const char *wanted)
{
	assert_true(str_is(flat_text(node, path, plain), wanted));
}

static void
elements_come_one_after_the_other(void **state)
{
	struct flat_node root, line;
	size_t at = 0;

	(void)state;
	flat_root(&root, &record);
	assert_text(&root, "Номер", "1");
	assert_true(flat_next(&root, "Товары/Товар", &at, &line));
	assert_text(&line, "Ид", "a");
	assert_true(flat_next(&root, "Товары/Товар", &at, &line));
	assert_text(&line, "Ид", "b");
	assert_text(&line, "Единица", "");
	assert_false(flat_next(&root, "Товары/Товар", &at, &line));
}

static void
an_element_ends_with_its_own_text(void **state)
{
	struct flat_node root, line, unit;
	size_t at = 0;

	(void)state;
	flat_root(&root, &record);
	assert_true(flat_next(&root, "Товары/Товар", &at, &line));
	at = 0;
	assert_true(flat_next(&line, "Единица", &at, &unit));
	assert_text(&unit, "Код", "796");
	assert_text(&unit, NULL, "шт");
	assert_text(&unit, "Ид", "");
	assert_false(flat_next(&line, "Единица", &at, &unit));
}

static void
a_path_is_taken_whole(void **state)
{
	struct flat_node root, found;
	size_t at = 0;

	(void)state;
	flat_root(&root, &record);
	assert_text(&root, "Товар", "");
	assert_false(flat_next(&root, "Товары/Тов", &at, &found));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_come_one_after_the_other),
		cmocka_unit_test(an_element_ends_with_its_own_text),
		cmocka_unit_test(a_path_is_taken_whole),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
