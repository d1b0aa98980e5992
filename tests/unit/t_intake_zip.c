#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zip.h>

#include "base/step.h"
#include "intake/intake.h"
#include "scratch.h"

static const char *root;
static struct err err;

static int
set_up(void **state)
{
	int result = scratch_make(state);

	root = *state;
	return result;
}

/* ---- making zips ---- */

struct item {
	const char *name, *text;
	unsigned unix_mode;     /* 0: none */
	bool encrypted;
};

static void
add_item(zip_t *zip, const struct item *item)
{
	zip_source_t *source = zip_source_buffer(zip, item->text,
	    strlen(item->text), 0);
	zip_int64_t index = zip_file_add(zip, item->name, source,
	    ZIP_FL_ENC_UTF_8);

	assert_true(index >= 0);
	assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)index,
	    ZIP_CM_STORE, 0), 0);
	if (item->unix_mode != 0)
		zip_file_set_external_attributes(zip, (zip_uint64_t)index, 0,
		    ZIP_OPSYS_UNIX, (zip_uint32_t)item->unix_mode << 16);
	if (item->encrypted)
		assert_int_equal(zip_file_set_encryption(zip,
		    (zip_uint64_t)index, ZIP_EM_AES_256, "secret"), 0);
}

static char *
make(const char *name, const struct item *items, size_t count)
{
	char *path = file_join(root, name);
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));
	zip_t *zip;
	size_t i;

	assert_int_equal(file_make_dir(folder, NULL), 0);
	zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
	assert_non_null(zip);
	for (i = 0; i < count; i++)
		add_item(zip, &items[i]);
	assert_int_equal(zip_close(zip), 0);
	free(folder);
	return path;
}

static void
make_one(const char *name, const char *entry, const char *text)
{
	const struct item item = { .name = entry, .text = text };

	free(make(name, &item, 1));
}

static struct buf
bytes_of(const char *path)
{
	struct buf bytes = BUF_INIT(1 << 20);

	assert_int_equal(file_read(&bytes, path, &err), 0);
	return bytes;
}

static void
put_bytes(const char *name, const void *data, size_t len)
{
	char *path = file_join(root, name);

	assert_int_equal(file_write(path, data, len, 0600, &err), 0);
	free(path);
}

/* Writes `to` over every `from`, which is as long. */
static void
patch(const char *name, const char *from, const char *to)
{
	char *path = file_join(root, name);
	struct buf bytes = bytes_of(path);
	size_t len = strlen(from), i, hits = 0;

	for (i = 0; i + len <= bytes.len; i++) {
		if (memcmp(bytes.data + i, from, len) == 0) {
			memcpy(bytes.data + i, to, len);
			hits++;
		}
	}
	assert_true(hits > 0);
	put_bytes(name, bytes.data, bytes.len);
	buf_free(&bytes);
	free(path);
}

/* ---- looking ---- */

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
count_one(void *ctx, const char *path, const char *relative)
{
	(void)path;
	(void)relative;
	++*(int *)ctx;
	return 0;
}

static int
count_files(void)
{
	int count = 0;

	assert_int_equal(file_walk(root, count_one, &count, &err), 0);
	return count;
}

/* Refused by name, with nothing unpacked. */
static void
refused(const char *archive, const char *why)
{
	int before = count_files();

	assert_int_equal(intake_unpack(root, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	if (strstr(err.text, archive) == NULL || strstr(err.text, why) == NULL)
		fail_msg("\"%s\" does not name %s, %s", err.text, archive,
		    why);
	assert_int_equal(count_files(), before);
	expect(".unpack", NULL);
}

static void
entry_refused(const char *entry, const char *why)
{
	make_one("a.zip", "fine.xml", "1");
	make_one("b.zip", entry, "2");
	assert_int_equal(intake_unpack(root, &err), -1);
	expect("fine.xml", "1");
	refused("b.zip", why);
}

/* ---- good ones ---- */

static void
a_zip_is_unpacked_beside_itself_and_goes(void **state)
{
	static const struct item items[] = {
		{ .name = "import.xml", .text = "one" },
		{ .name = "import_files/", .text = "" },
		{ .name = "import_files/ab/1.jpg", .text = "two" },
	};

	(void)state;
	free(make("webdata/a.zip", items, 3));
	assert_int_equal(intake_unpack(root, &err), 0);
	expect("webdata/import.xml", "one");
	expect("webdata/import_files/ab/1.jpg", "two");
	expect("webdata/a.zip", NULL);
	expect("webdata/.unpack", NULL);
	assert_int_equal(count_files(), 2);
}

static void
a_folder_without_zips_stays_as_it_is(void **state)
{
	(void)state;
	put_bytes("import.xml", "x", 1);
	assert_int_equal(intake_unpack(root, &err), 0);
	expect("import.xml", "x");
}

static void
names_with_backslashes_are_paths(void **state)
{
	(void)state;
	make_one("a.zip", "webdata\\import_files\\1.jpg", "x");
	assert_int_equal(intake_unpack(root, &err), 0);
	expect("webdata/import_files/1.jpg", "x");
}

static void
names_in_code_page_866_and_utf8_are_read(void **state)
{
	(void)state;
	make_one("a.zip", "Товар.xml", "utf-8");
	make_one("b.zip", "ABCDE.xml", "866");
	/* "Цёна№" in code page 866 */
	patch("b.zip", "ABCDE", "\x96\xf1\xad\xa0\xfc");
	assert_int_equal(intake_unpack(root, &err), 0);
	expect("Товар.xml", "utf-8");
	expect("Цёна№.xml", "866");
}

static void
litter_of_other_systems_is_not_unpacked(void **state)
{
	static const struct item items[] = {
		{ .name = "__MACOSX/._import.xml", .text = "x" },
		{ .name = "webdata/.DS_Store", .text = "x" },
		{ .name = "import.xml", .text = "x" },
	};

	(void)state;
	free(make("a.zip", items, 3));
	assert_int_equal(intake_unpack(root, &err), 0);
	assert_int_equal(count_files(), 1);
}

static void
a_series_of_zips_makes_one_package(void **state)
{
	static const struct item first[] = {
		{ .name = "import0_1.xml", .text = "one" },
		{ .name = "import_files/1.jpg", .text = "same" },
	};
	static const struct item second[] = {
		{ .name = "offers0_1.xml", .text = "two" },
		{ .name = "import_files/1.jpg", .text = "same" },
	};

	(void)state;
	free(make("v8_AB_01.zip", first, 2));
	free(make("v8_AB_02.zip", second, 2));
	assert_int_equal(intake_unpack(root, &err), 0);
	expect("import0_1.xml", "one");
	expect("offers0_1.xml", "two");
	assert_int_equal(count_files(), 3);
}

/* ---- parts ---- */

static void
split(const char *name, size_t pieces)
{
	char *path = file_join(root, name);
	struct buf bytes = bytes_of(path);
	size_t i;

	for (i = 0; i < pieces; i++) {
		size_t from = bytes.len * i / pieces;
		size_t to = bytes.len * (i + 1) / pieces;
		char *part = mem_printf("%s.%03zu", name, i + 1);

		put_bytes(part, bytes.data + from, to - from);
		free(part);
	}
	assert_int_equal(unlink(path), 0);
	buf_free(&bytes);
	free(path);
}

static void
parts_that_were_cut_anywhere_are_joined(void **state)
{
	(void)state;
	make_one("a.zip", "import.xml", "text");
	split("a.zip", 11);
	assert_int_equal(intake_unpack(root, &err), 0);
	expect("import.xml", "text");
	assert_int_equal(count_files(), 1);
}

static void
a_missing_part_is_refused_by_name(void **state)
{
	char *path = file_join(root, "a.zip.001");

	(void)state;
	make_one("a.zip", "import.xml", "text");
	split("a.zip", 3);
	assert_int_equal(unlink(path), 0);
	refused("a.zip.001", "missing");
	free(path);
}

static void
a_missing_last_part_is_refused(void **state)
{
	char *path = file_join(root, "a.zip.003");

	(void)state;
	make_one("a.zip", "import.xml", "text");
	split("a.zip", 3);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(intake_unpack(root, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, "a.zip"));
	free(path);
}

static size_t
find(const struct buf *bytes, const char *what, size_t from)
{
	while (memcmp(bytes->data + from, what, 4) != 0)
		assert_true(++from + 4 <= bytes->len);
	return from;
}

/* As a packer spans it: the second entry and the directory are in the last
 * part, whose places are counted from its own beginning. */
static void
make_spanned(void)
{
	static const struct item items[] = {
		{ .name = "import.xml", .text = "one" },
		{ .name = "offers.xml", .text = "two" },
	};
	char *path = make("s.zip", items, 2);
	struct buf bytes = bytes_of(path);
	size_t second = find(&bytes, "PK\3\4", 4);
	size_t directory = find(&bytes, "PK\1\2", 0);
	size_t entry = find(&bytes, "PK\1\2", directory + 4);
	size_t end = find(&bytes, "PK\5\6", 0);

	bytes.data[entry + 34] = 1;
	memset(bytes.data + entry + 42, 0, 4);
	bytes.data[end + 4] = 1;
	bytes.data[end + 6] = 1;
	bytes.data[end + 16] = (char)(directory - second);
	bytes.data[end + 17] = 0;
	put_bytes("s.z01", bytes.data, second);
	put_bytes("s.zip", bytes.data + second, bytes.len - second);
	buf_free(&bytes);
	free(path);
}

static void
a_spanned_zip_is_joined(void **state)
{
	(void)state;
	make_spanned();
	assert_int_equal(intake_unpack(root, &err), 0);
	expect("import.xml", "one");
	expect("offers.xml", "two");
	assert_int_equal(count_files(), 2);
}

static void
the_last_part_of_a_spanned_zip_alone_is_refused(void **state)
{
	char *path = file_join(root, "s.z01");

	(void)state;
	make_spanned();
	assert_int_equal(unlink(path), 0);
	refused("s.zip", "not a whole zip");
	free(path);
}

/* ---- hostile ones ---- */

static void
a_name_that_climbs_is_refused(void **state)
{
	(void)state;
	entry_refused("../evil.xml", "../evil.xml: \"..\"");
	entry_refused("a/../../evil.xml", "\"..\"");
	entry_refused("..\\evil.xml", "\"..\"");
	entry_refused("a/..", "\"..\"");
	entry_refused("../", "\"..\"");
}

static void
an_absolute_name_is_refused(void **state)
{
	(void)state;
	entry_refused("/etc/evil.xml", "absolute");
	entry_refused("\\evil.xml", "absolute");
	entry_refused("C:\\evil.xml", "absolute");
	entry_refused("c:evil.xml", "absolute");
}

static void
a_name_that_is_none_is_refused(void **state)
{
	(void)state;
	entry_refused("a//b.xml", "not a name");
	make_one("a.zip", "a!b.xml", "x");
	patch("a.zip", "a!b.xml", "a\x1b" "b.xml");
	refused("a.zip", "a?b.xml: not a name");
}

static void
a_link_is_refused(void **state)
{
	static const struct item item = { .name = "import.xml",
	    .text = "/etc/passwd", .unix_mode = 0120777 };

	(void)state;
	free(make("a.zip", &item, 1));
	refused("a.zip", "import.xml: a link");
}

static void
a_device_is_refused(void **state)
{
	static const struct item item = { .name = "import.xml", .text = "",
	    .unix_mode = 0020666 };

	(void)state;
	free(make("a.zip", &item, 1));
	refused("a.zip", "special file");
}

static void
an_encrypted_entry_is_refused(void **state)
{
	static const struct item item = { .name = "import.xml", .text = "x",
	    .encrypted = true };

	(void)state;
	free(make("a.zip", &item, 1));
	refused("a.zip", "import.xml: encrypted");
}

static void
an_archive_inside_an_archive_is_refused(void **state)
{
	(void)state;
	entry_refused("inner.zip", "inner.zip: an archive");
	entry_refused("x/inner.zip.001", "an archive");
}

static void
an_entry_that_stands_twice_is_refused(void **state)
{
	static const struct item items[] = {
		{ .name = "import.xml", .text = "1" },
		{ .name = "imporu.xml", .text = "2" },
	};

	(void)state;
	free(make("a.zip", items, 2));
	patch("a.zip", "imporu", "import");
	refused("a.zip", "twice");
}

static void
a_file_and_a_folder_of_one_name_are_refused(void **state)
{
	static const struct item items[] = {
		{ .name = "a.xml", .text = "1" },
		{ .name = "a.xml/b.xml", .text = "2" },
	};

	(void)state;
	free(make("a.zip", items, 2));
	refused("a.zip", "one name");
}

static void
another_file_of_the_package_is_not_overwritten(void **state)
{
	(void)state;
	put_bytes("import.xml", "mine", 4);
	make_one("a.zip", "import.xml", "evil");
	refused("a.zip", "import.xml: the package holds another");
	expect("import.xml", "mine");
}

static void
damaged_content_is_refused(void **state)
{
	(void)state;
	make_one("a.zip", "import.xml", "some content");
	patch("a.zip", "some content", "evil content");
	refused("a.zip", "import.xml");
}

/* Both the directory and the entry itself say that it is smaller. */
static void
a_size_that_lies_is_refused(void **state)
{
	char *path;
	struct buf bytes;

	(void)state;
	make_one("a.zip", "import.xml", "0123456789");
	path = file_join(root, "a.zip");
	bytes = bytes_of(path);
	bytes.data[find(&bytes, "PK\1\2", 0) + 24] = 5;
	bytes.data[22] = 5;
	put_bytes("a.zip", bytes.data, bytes.len);
	refused("a.zip", "import.xml");
	buf_free(&bytes);
	free(path);
}

static void
a_truncated_zip_is_refused(void **state)
{
	char *path;
	struct buf bytes;

	(void)state;
	make_one("a.zip", "import.xml", "0123456789");
	path = file_join(root, "a.zip");
	bytes = bytes_of(path);
	put_bytes("a.zip", bytes.data, bytes.len - 1);
	refused("a.zip", "not a whole zip");
	put_bytes("a.zip", "", 0);
	refused("a.zip", "not a whole zip");
	buf_free(&bytes);
	free(path);
}

static void
a_bomb_is_refused_before_it_is_unpacked(void **state)
{
	const size_t size = 40 * LIMIT_MIB;
	char *path = file_join(root, "a.zip");
	char *zeros = mem_alloc(size);
	zip_t *zip = zip_open(path, ZIP_CREATE, NULL);

	(void)state;
	assert_true(zip_file_add(zip, "import.xml", zip_source_buffer(zip,
	    zeros, size, 0), 0) >= 0);
	assert_int_equal(zip_close(zip), 0);
	refused("a.zip", "bomb");
	free(zeros);
	free(path);
}

/* Every entry is harmless alone, being below the size that counts. */
static void
a_bomb_of_many_entries_is_refused(void **state)
{
	const size_t size = 10 * LIMIT_MIB;
	char *path = file_join(root, "a.zip"), name[16];
	char *zeros = mem_alloc(size);
	zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%d.xml", i);
		assert_true(zip_file_add(zip, name, zip_source_buffer(zip,
		    zeros, size, 0), 0) >= 0);
	}
	assert_int_equal(zip_close(zip), 0);
	refused("a.zip", "bomb");
	free(zeros);
	free(path);
}

/* A zip64 end that tells of 200,001 entries. */
static void
too_many_entries_are_refused_before_they_are_read(void **state)
{
	static const unsigned char start[] = { 'P', 'K', 1, 2 };
	unsigned char p[4 + 56 + 20 + 22] = { 0 };
	unsigned char *end64 = p + 4, *locator = p + 60, *end = p + 80;

	(void)state;
	memcpy(p, start, 4);
	memcpy(end64, "PK\6\6\x2c", 5);
	end64[32] = 0x41;               /* 200,001 */
	end64[33] = 0x0d;
	end64[34] = 0x03;
	end64[40] = 4;                  /* size of the directory */
	memcpy(locator, "PK\6\7", 4);
	locator[8] = 4;
	locator[16] = 1;
	memcpy(end, "PK\5\6", 4);
	memset(end + 8, 0xff, 12);
	put_bytes("a.zip", p, sizeof p);
	refused("a.zip", "200001 files");
}

/* ---- killed at every step ---- */

static bool
unpack_dying(long n)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		step_die_at(step_count() + n);
		intake_unpack(root, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

static void
make_all_kinds(void)
{
	static const struct item items[] = {
		{ .name = "import.xml", .text = "text" },
		{ .name = "import_files/1.jpg", .text = "picture" },
	};

	free(make("p.zip", items, 2));
	split("p.zip", 3);
	make_spanned();
	free(make("w.zip", items + 1, 1));
}

static void
a_kill_at_any_step_costs_nothing_but_time(void **state)
{
	long n = 0;
	bool died;

	(void)state;
	do {
		make_all_kinds();
		/* Two archives with one import.xml would be refused. */
		patch("s.z01", "import.xml", "rests1.xml");
		patch("s.zip", "import.xml", "rests1.xml");
		died = unpack_dying(++n);
		if (intake_unpack(root, &err) != 0)
			fail_msg("killed at %ld: %s", n, err.text);
		expect("import.xml", "text");
		expect("import_files/1.jpg", "picture");
		expect("rests1.xml", "one");
		expect("offers.xml", "two");
		assert_int_equal(count_files(), 4);
		assert_int_equal(file_remove_tree(root, NULL), 0);
		assert_int_equal(file_make_dir(root, NULL), 0);
	} while (died);
	assert_true(n > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scratch_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_zip_is_unpacked_beside_itself_and_goes),
		TEST(a_folder_without_zips_stays_as_it_is),
		TEST(names_with_backslashes_are_paths),
		TEST(names_in_code_page_866_and_utf8_are_read),
		TEST(litter_of_other_systems_is_not_unpacked),
		TEST(a_series_of_zips_makes_one_package),
		TEST(parts_that_were_cut_anywhere_are_joined),
		TEST(a_missing_part_is_refused_by_name),
		TEST(a_missing_last_part_is_refused),
		TEST(a_spanned_zip_is_joined),
		TEST(the_last_part_of_a_spanned_zip_alone_is_refused),
		TEST(a_name_that_climbs_is_refused),
		TEST(an_absolute_name_is_refused),
		TEST(a_name_that_is_none_is_refused),
		TEST(a_link_is_refused),
		TEST(a_device_is_refused),
		TEST(an_encrypted_entry_is_refused),
		TEST(an_archive_inside_an_archive_is_refused),
		TEST(an_entry_that_stands_twice_is_refused),
		TEST(a_file_and_a_folder_of_one_name_are_refused),
		TEST(another_file_of_the_package_is_not_overwritten),
		TEST(damaged_content_is_refused),
		TEST(a_size_that_lies_is_refused),
		TEST(a_truncated_zip_is_refused),
		TEST(a_bomb_is_refused_before_it_is_unpacked),
		TEST(a_bomb_of_many_entries_is_refused),
		TEST(too_many_entries_are_refused_before_they_are_read),
		TEST(a_kill_at_any_step_costs_nothing_but_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
