#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake/intake.h"
#include "scratch.h"

static const char *root;
static struct err err;

static const unsigned char small_zip[] = {
	'P', 'K', 3, 4, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf9, 0xef, 0xbe, 0x71,
	1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'a', 'b',
	'P', 'K', 1, 2, 10, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf9, 0xef, 0xbe,
	0x71, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 'a',
	'P', 'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 47, 0, 0, 0, 32, 0, 0, 0, 0, 0
};

static int
set_up(void **state)
{
	int result = scratch_make(state);

	root = *state;
	return result;
}

static char *
put(const char *name, const void *data, size_t len)
{
	char *path = file_join(root, name);
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(file_make_dir(folder, NULL), 0);
	assert_int_equal(file_write(path, data, len, 0600, NULL), 0);
	free(folder);
	return path;
}

static void
expect(const char *name, const char *text)
{
	char *path = file_join(root, name);

	if (text == NULL)
		assert_false(file_exists(path));
	else
		assert_string_equal(scratch_get(path), text);
	free(path);
}

static int
copy(const char *first, const char *second)
{
	char *paths[2] = { mem_text(first), mem_text(second) };
	char *work = file_join(root, "work");
	int rc;

	rc = intake_copy(work, 3, paths, second == NULL ? 1 : 2, &err);
	free(paths[0]);
	free(paths[1]);
	free(work);
	return rc;
}

static void
a_folder_is_copied_with_all_below_and_stays(void **state)
{
	char *folder = file_join(root, "from");

	(void)state;
	free(put("from/webdata/import0_1.xml", "one", 3));
	free(put("from/webdata/import_files/1.jpg", "two", 3));
	free(put("from/.hidden/x.xml", "x", 1));
	assert_int_equal(copy(folder, NULL), 0);
	expect("work/3/webdata/import0_1.xml", "one");
	expect("work/3/webdata/import_files/1.jpg", "two");
	expect("work/3/.hidden", NULL);
	expect("from/webdata/import0_1.xml", "one");
	free(folder);
}

static void
a_zip_is_copied_and_unpacked(void **state)
{
	char *zip = put("from/a.zip", small_zip, sizeof small_zip);

	(void)state;
	assert_int_equal(copy(zip, NULL), 0);
	expect("work/3/a", "b");
	expect("work/3/a.zip", NULL);
	assert_true(file_exists(zip));
	free(zip);
}

static void
files_that_are_named_together_are_one_package(void **state)
{
	char *one = put("from/import.xml", "one", 3);
	char *two = put("else/offers.xml", "two", 3);

	(void)state;
	assert_int_equal(copy(one, two), 0);
	expect("work/3/import.xml", "one");
	expect("work/3/offers.xml", "two");
	free(one);
	free(two);
}

static void
two_files_of_one_name_are_refused(void **state)
{
	char *one = put("from/import.xml", "one", 3);
	char *two = put("else/import.xml", "two", 3);

	(void)state;
	assert_int_equal(copy(one, two), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, two));
	free(one);
	free(two);
}

static void
what_an_earlier_try_left_is_not_kept(void **state)
{
	char *one = put("from/import.xml", "one", 3);

	(void)state;
	free(put("work/3/offers.xml", "old", 3));
	assert_int_equal(copy(one, NULL), 0);
	expect("work/3/import.xml", "one");
	expect("work/3/offers.xml", NULL);
	free(one);
}

static void
what_cannot_be_imported_is_named(void **state)
{
	char *text = put("from/readme.txt", "x", 1);
	char *none = file_join(root, "from/none.xml");

	(void)state;
	assert_int_equal(copy(none, NULL), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, none));
	assert_int_equal(copy(text, NULL), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "readme.txt"));
	free(text);
	free(none);
}

static void
a_link_in_a_folder_is_not_copied(void **state)
{
	char *folder = file_join(root, "from");
	char *path = file_join(root, "from/import.xml");

	(void)state;
	free(put("from/offers.xml", "x", 1));
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(copy(folder, NULL), 0);
	expect("work/3/import.xml", NULL);
	free(folder);
	free(path);
}

static void
files_of_a_look_go_to_their_inner_names(void **state)
{
	char *work = file_join(root, "work");
	struct intake_list list;
	char *inbox = file_join(root, "in"), *gone;
	struct intake_left left;

	(void)state;
	free(put("in/webdata\\import0_1.xml", "one", 3));
	free(put("in/webdata/offers0_1.xml", "two", 3));
	gone = put("in/webdata/offers0_2.xml", "x", 1);
	assert_int_equal(intake_scan(&list, inbox, NULL, 0, NULL, &left, &err),
	    0);
	assert_int_equal(unlink(gone), 0);
	assert_int_equal(intake_copy_files(work, 3, inbox, list.files,
	    list.count, &err), 0);
	expect("work/3/import0_1.xml", "one");
	expect("work/3/offers0_1.xml", "two");
	expect("work/3/offers0_2.xml", NULL);
	expect("in/webdata/offers0_1.xml", "two");
	intake_list_free(&list);
	free(gone);
	free(inbox);
	free(work);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_folder_is_copied_with_all_below_and_stays),
		TEST(a_zip_is_copied_and_unpacked),
		TEST(files_that_are_named_together_are_one_package),
		TEST(two_files_of_one_name_are_refused),
		TEST(what_an_earlier_try_left_is_not_kept),
		TEST(what_cannot_be_imported_is_named),
		TEST(a_link_in_a_folder_is_not_copied),
		TEST(files_of_a_look_go_to_their_inner_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
