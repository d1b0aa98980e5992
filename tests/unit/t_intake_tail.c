#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "intake/intake.h"
#include "scratch.h"

#define ROOT "КоммерческаяИнформация"
#define UNFINISHED "<КоммерческаяИнформация"
#define OPEN "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<" ROOT " В=\"1\">"

static const char *root;

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
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return path;
}

static int
closed(const char *name, enum intake_kind kind, const void *data, size_t len)
{
	struct err err = { .kind = ERR_NONE };
	char *path = put(name, data, len);
	int rc = intake_is_closed(path, kind, &err);

	free(path);
	return rc;
}

static int
closed_text(const char *text)
{
	return closed("a.xml", INTAKE_XML, text, strlen(text));
}

static size_t
head_of(uint64_t *hash, size_t len, const void *data, size_t bytes)
{
	struct err err = { .kind = ERR_NONE };
	char *path = put("h.xml", data, bytes);

	assert_int_equal(intake_head(hash, &len, path, &err), 1);
	free(path);
	return len;
}

/* What a copier has only made room for tells nothing. */
static void
a_file_is_known_by_its_first_bytes(void **state)
{
	uint64_t before, grown, other;

	(void)state;
	assert_int_equal(head_of(&before, INTAKE_HEAD_BYTES, OPEN,
	    strlen(OPEN)), strlen(OPEN));
	assert_int_equal(head_of(&grown, strlen(OPEN), OPEN "<a/>",
	    strlen(OPEN "<a/>")), strlen(OPEN));
	assert_true(before == grown);
	assert_int_equal(head_of(&other, 4, "<xml", 4), 4);
	assert_true(before != other);
	assert_int_equal(head_of(&other, 4, "\0\0\0\0", 4), 0);
	assert_int_equal(head_of(&other, 4, "", 0), 0);
}

static void
a_closed_root_is_closed(void **state)
{
	static const char *const good[] = {
		OPEN "</" ROOT ">",
		"\xef\xbb\xbf" OPEN "<a/></" ROOT " >\r\n\r\n",
		OPEN "</" ROOT "><!-- a > b --> \n<?x y?>\n",
		"<" ROOT " ВерсияСхемы=\"2.05\"/>\n",
		"<" ROOT "/>",
		"<c:" ROOT " xmlns:c=\"urn:1C.ru:commerceml_2\"></c:" ROOT ">",
		"<!-- x --><catalog><b></b></catalog>",
		"junk<x/></" ROOT ">",
		"<?xml version=\"1.0\"?>\n<\xca\xee>\xd2</\xca\xee>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof good / sizeof good[0]; i++) {
		if (closed_text(good[i]) != 1)
			fail_msg("not closed: %s", good[i]);
	}
}

static void
a_root_that_is_not_closed_is_not(void **state)
{
	static const char *const bad[] = {
		"", "\xef\xbb\xbf", "Test", "<", ">", "/>", "</>", "-->", "?>",
		"<?xml version=\"1.0\"?>",
		OPEN,
		OPEN "<Каталог></Каталог>",
		OPEN "<Картинка/>",
		OPEN "</" ROOT,
		OPEN "</" ROOT ">x",
		OPEN "<!-- </" ROOT "> -->",
		OPEN "</КоммерческаяИнформаци>",
		"<a><a2></a2>",
		UNFINISHED,
		"junk<x/></other>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (closed_text(bad[i]) != 0)
			fail_msg("closed: %s", bad[i]);
	}
}

static void
no_prefix_of_a_file_is_closed(void **state)
{
	static const char text[] = OPEN "<Каталог><Ид>1</Ид></Каталог></" ROOT
	    ">";
	size_t len;

	(void)state;
	for (len = 0; len < sizeof text - 1; len++)
		assert_int_equal(closed("a.xml", INTAKE_XML, text, len), 0);
	assert_int_equal(closed("a.xml", INTAKE_XML, text, len), 1);
}

static void
zeros_behind_the_root_mean_that_it_still_grows(void **state)
{
	static const char text[] = OPEN "</" ROOT ">\0\0\0\0";

	(void)state;
	assert_int_equal(closed("a.xml", INTAKE_XML, text, sizeof text - 1),
	    0);
}

/* "<Ко></Ко>" with a byte order mark or without. */
static void
utf16_is_read_in_both_orders(void **state)
{
	static const unsigned char big[] = { 0xfe, 0xff, 0, '<', 4, 0x1a, 4,
	    0x3e, 0, '>', 0, '<', 0, '/', 4, 0x1a, 4, 0x3e, 0, '>', 0, '\n' };
	unsigned char little[sizeof big];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof big; i++)
		little[i] = big[i ^ 1];
	assert_int_equal(closed("a.xml", INTAKE_XML, big, sizeof big), 1);
	assert_int_equal(closed("a.xml", INTAKE_XML, little, sizeof little),
	    1);
	assert_int_equal(closed("a.xml", INTAKE_XML, little + 2,
	    sizeof little - 2), 1);
	assert_int_equal(closed("a.xml", INTAKE_XML, big, sizeof big - 1), 0);
	assert_int_equal(closed("a.xml", INTAKE_XML, big, sizeof big - 4), 0);
}

static void
a_long_file_is_judged_by_its_ends(void **state)
{
	struct buf text = BUF_INIT(1 << 20);

	(void)state;
	buf_add_text(&text, OPEN);
	while (text.len < 100001)
		buf_add_text(&text, "<Товар><Ид>1</Ид></Товар>");
	assert_int_equal(closed_text(text.data), 0);
	buf_add_text(&text, "</" ROOT ">");
	assert_int_equal(closed_text(text.data), 1);
	buf_free(&text);
}

static void
what_is_gone_is_not_closed(void **state)
{
	struct err err;
	char *path = file_join(root, "gone.xml");

	(void)state;
	assert_int_equal(intake_is_closed(path, INTAKE_XML, &err), 0);
	assert_int_equal(intake_is_closed(path, INTAKE_ZIP, &err), 0);
	assert_int_equal(intake_is_closed(path, INTAKE_OTHER, &err), 0);
	free(path);
}

static void
other_files_are_closed_as_they_are(void **state)
{
	(void)state;
	assert_int_equal(closed("a.jpg", INTAKE_OTHER, "x", 1), 1);
}

/* ---- zip: an empty one, and one entry "a" with "b" in it, stored ---- */

static const unsigned char empty_zip[] = { 'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
static const unsigned char small_zip[] = {
	'P', 'K', 3, 4, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf9, 0xef, 0xbe, 0x71,
	1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'a', 'b',
	'P', 'K', 1, 2, 10, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf9, 0xef, 0xbe,
	0x71, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 'a',
	'P', 'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 47, 0, 0, 0, 32, 0, 0, 0, 0, 0
};

static void
a_zip_is_closed_with_its_directory(void **state)
{
	size_t len;

	(void)state;
	assert_int_equal(closed("a.zip", INTAKE_ZIP, empty_zip,
	    sizeof empty_zip), 1);
	assert_int_equal(closed("a.zip", INTAKE_ZIP, small_zip,
	    sizeof small_zip), 1);
	for (len = 0; len < sizeof small_zip; len++)
		assert_int_equal(closed("a.zip", INTAKE_ZIP, small_zip, len),
		    0);
}

static void
an_end_record_without_a_directory_is_not_enough(void **state)
{
	unsigned char bad[sizeof small_zip];

	(void)state;
	memcpy(bad, small_zip, sizeof bad);
	bad[32] = 'X';
	assert_int_equal(closed("a.zip", INTAKE_ZIP, bad, sizeof bad), 0);
	memcpy(bad, small_zip, sizeof bad);
	bad[sizeof bad - 7] = 0xff;     /* size of the directory */
	assert_int_equal(closed("a.zip", INTAKE_ZIP, bad, sizeof bad), 0);
}

static void
parts_are_closed_when_the_last_one_is(void **state)
{
	char *first, *second;
	struct err err;

	(void)state;
	first = put("a.zip.001", small_zip, 40);
	assert_int_equal(intake_is_closed(first, INTAKE_ZIP, &err), 0);
	second = put("a.zip.002", small_zip + 40, sizeof small_zip - 45);
	assert_int_equal(intake_is_closed(first, INTAKE_ZIP, &err), 0);
	assert_int_equal(intake_is_closed(second, INTAKE_ZIP, &err), 0);
	free(second);
	second = put("a.zip.002", small_zip + 40, sizeof small_zip - 40);
	assert_int_equal(intake_is_closed(first, INTAKE_ZIP, &err), 1);
	assert_int_equal(intake_is_closed(second, INTAKE_ZIP, &err), 1);
	free(first);
	free(second);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_closed_root_is_closed),
		TEST(a_file_is_known_by_its_first_bytes),
		TEST(a_root_that_is_not_closed_is_not),
		TEST(no_prefix_of_a_file_is_closed),
		TEST(zeros_behind_the_root_mean_that_it_still_grows),
		TEST(utf16_is_read_in_both_orders),
		TEST(a_long_file_is_judged_by_its_ends),
		TEST(what_is_gone_is_not_closed),
		TEST(other_files_are_closed_as_they_are),
		TEST(a_zip_is_closed_with_its_directory),
		TEST(an_end_record_without_a_directory_is_not_enough),
		TEST(parts_are_closed_when_the_last_one_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
