#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake/intake.h"
#include "scratch.h"

#define BITRIX "webdata/000000001"

static const char *root;

/* The outbox file's name in the inbox, for the looks of one test. */
static const char *ours[INTAKE_OURS];

static int
set_up(void **state)
{
	int result = scratch_make(state);

	ours[0] = ours[1] = NULL;
	root = *state;
	return result;
}

static void
put(const char *name, const char *text)
{
	char *path = file_join(root, name);
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(file_make_dir(folder, NULL), 0);
	scratch_put(path, text);
	free(folder);
	free(path);
}

/* "node|name node|name" of a look. */
static char *
look(const char *node)
{
	struct buf out = BUF_INIT(65536);
	struct intake_list list;
	char *nodes[1];
	struct err err;
	struct intake_left left;
	size_t i;

	nodes[0] = mem_text(node == NULL ? "" : node);
	assert_int_equal(intake_scan(&list, root, nodes, node == NULL ? 0 : 1,
	    ours, &left, &err), 0);
	for (i = 0; i < list.count; i++)
		buf_printf(&out, "%s%s|%s", i > 0 ? " " : "",
		    list.files[i].node, list.files[i].name);
	intake_list_free(&list);
	free(nodes[0]);
	return buf_take(&out);
}

static void
expect(const char *node, const char *wanted)
{
	char *got = look(node);

	assert_string_equal(got, wanted);
	free(got);
}

static void
files_come_in_reading_order_of_their_node(void **state)
{
	(void)state;
	put("webdata/offers0_1.xml", "");
	put("webdata/import0_2.xml", "");
	put("webdata/import0_1.xml", "");
	put("webdata/import_files/aa/1.jpg", "");
	put(BITRIX "/goods/1/import___x.xml", "");
	put(BITRIX "/goods/1/rests___x.xml", "");
	put(BITRIX "/import___x.xml", "");
	expect(NULL, "webdata|webdata/import0_1.xml "
	    "webdata|webdata/import0_2.xml webdata|webdata/offers0_1.xml "
	    "webdata|webdata/import_files/aa/1.jpg "
	    BITRIX "|" BITRIX "/import___x.xml "
	    BITRIX "|" BITRIX "/goods/1/import___x.xml "
	    BITRIX "|" BITRIX "/goods/1/rests___x.xml");
}

static void
only_the_nodes_that_are_set_are_listed(void **state)
{
	(void)state;
	put("webdata/import0_1.xml", "");
	put("1cbitrix/import.xml", "");
	put("1cbitrix-5d508f78.xml", "");
	put("mine.zip", "");
	expect("1cbitrix", "1cbitrix|1cbitrix/import.xml "
	    "1cbitrix|1cbitrix-5d508f78.xml");
	expect("", "zip:mine.zip|mine.zip");
}

static void
what_the_root_has_beside_the_nodes_is_counted(void **state)
{
	char *nodes[] = { mem_text("webdata") };
	struct intake_list list;
	struct intake_left left;
	struct err err;

	(void)state;
	put("webdata/import0_1.xml", "");
	put("1cbitrix/import.xml", "");
	put("orders-1.xml", "");
	put("mine.zip", "");
	put("readme.txt", "");
	assert_int_equal(intake_scan(&list, root, nodes, 1, NULL, &left,
	    &err), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(left.root, 2);
	assert_true(strcmp(left.first, "mine.zip") == 0 ||
	    strcmp(left.first, "orders-1.xml") == 0);
	intake_list_free(&list);
	assert_int_equal(intake_scan(&list, root, NULL, 0, NULL, &left, &err),
	    0);
	assert_int_equal(left.root, 0);
	intake_list_free(&list);
	free(nodes[0]);
}

static void
a_node_is_no_prefix_of_another(void **state)
{
	(void)state;
	put("webdata - 1/import.xml", "");
	put("webdata/import0_1.xml", "");
	put(BITRIX "/import___x.xml", "");
	expect("webdata", "webdata|webdata/import0_1.xml " BITRIX "|" BITRIX
	    "/import___x.xml");
}

static void
what_is_not_for_us_is_left_alone(void **state)
{
	(void)state;
	put("readme.txt", "");
	put("Orders.xml", "");
	put("order.xml", "");
	put(".claim-1-x", "");
	put(".hidden/import.xml", "");
	put("webdata/.import0_1.xml.swp", "");
	put("webdata/Thumbs.db", "");
	put("webdata/Test", "Test");
	put("webdata/import0_1.xml.part", "");
	expect(NULL, "");
}

static void
what_is_ours_is_left_alone_where_it_is(void **state)
{
	(void)state;
	put("orders.xml", "");
	put("out/orders.xml", "");
	expect(NULL, "file:orders.xml|orders.xml out|out/orders.xml");
	ours[0] = "orders.xml";
	expect(NULL, "out|out/orders.xml");
	ours[0] = "out/orders.xml";
	expect(NULL, "file:orders.xml|orders.xml");
	ours[0] = ours[1] = NULL;
}

static void
a_persons_pictures_go_with_the_xml_file(void **state)
{
	(void)state;
	put("import_files/aa/1.jpg", "");
	expect(NULL, "file:|import_files/aa/1.jpg");
	put("offers.xml", "");
	put("import.xml", "");
	expect(NULL, "file:import.xml|import.xml "
	    "file:import.xml|import_files/aa/1.jpg file:offers.xml|offers.xml");
}

static void
links_are_counted_and_not_followed(void **state)
{
	struct intake_list list;
	struct err err;
	struct intake_left left;
	char *path;

	(void)state;
	put("webdata/import0_1.xml", "");
	path = file_join(root, "webdata/offers0_1.xml");
	assert_int_equal(symlink("/etc/passwd", path), 0);
	free(path);
	path = file_join(root, "loop");
	assert_int_equal(symlink(".", path), 0);
	free(path);
	assert_int_equal(intake_scan(&list, root, NULL, 0, NULL, &left, &err),
	    0);
	assert_int_equal(list.count, 1);
	assert_int_equal(left.links, 2);
	intake_list_free(&list);
}

static void
a_deep_nest_of_folders_ends_the_look(void **state)
{
	struct buf name = BUF_INIT(4096);
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		buf_add_text(&name, "d/");
	buf_add_text(&name, "import.xml");
	put(name.data, "");
	expect(NULL, "");
	buf_free(&name);
}

static void
an_inbox_that_is_not_there_is_an_error(void **state)
{
	struct intake_list list;
	struct err err;
	struct intake_left left;
	char *path = file_join(root, "none");

	(void)state;
	assert_int_equal(intake_scan(&list, path, NULL, 0, NULL, &left, &err),
	    -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, path));
	free(path);
}

static void
sizes_times_and_inodes_are_told(void **state)
{
	struct intake_list list;
	struct stat status;
	struct err err;
	struct intake_left left;
	char *path = file_join(root, "webdata/import0_1.xml");

	(void)state;
	put("webdata/import0_1.xml", "12345");
	assert_int_equal(lstat(path, &status), 0);
	assert_int_equal(intake_scan(&list, root, NULL, 0, NULL, &left, &err),
	    0);
	assert_int_equal(list.files[0].size, 5);
	assert_int_equal(list.files[0].inode, (int64_t)status.st_ino);
	assert_int_equal(list.files[0].mtime_ns / 1000000000,
	    status.st_mtim.tv_sec);
	intake_list_free(&list);
	free(path);
}

static void
a_package_is_listed_in_reading_order(void **state)
{
	struct intake_list list;
	struct err err;

	(void)state;
	put("b/webdata/offers0_1.xml", "");
	put("c/webdata/import0_1.xml", "");
	put("a.jpg", "");
	assert_int_equal(intake_list_package(&list, root, &err), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.files[0].name, "c/webdata/import0_1.xml");
	assert_string_equal(list.files[1].name, "b/webdata/offers0_1.xml");
	assert_string_equal(list.files[2].name, "a.jpg");
	intake_list_free(&list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_come_in_reading_order_of_their_node),
		TEST(only_the_nodes_that_are_set_are_listed),
		TEST(what_the_root_has_beside_the_nodes_is_counted),
		TEST(a_node_is_no_prefix_of_another),
		TEST(what_is_not_for_us_is_left_alone),
		TEST(what_is_ours_is_left_alone_where_it_is),
		TEST(a_persons_pictures_go_with_the_xml_file),
		TEST(links_are_counted_and_not_followed),
		TEST(a_deep_nest_of_folders_ends_the_look),
		TEST(an_inbox_that_is_not_there_is_an_error),
		TEST(sizes_times_and_inodes_are_told),
		TEST(a_package_is_listed_in_reading_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
