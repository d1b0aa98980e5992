#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "flow/flow_internal.h"
#include "scratch.h"

/* A package in <root>/package, the state in <root>/state, and one product as
 * it was stated before. */
struct stand {
	struct flow flow;
	struct config config;
	struct fields known;
	struct fields stated;
	struct picture_tally tally;
	char *root, *package, *state;
	struct err err;
};

static struct stand *stand;

static int
get_known(void *ctx, enum record_kind kind, struct str id,
    struct fields *out, struct err *err)
{
	(void)err;
	assert_ptr_equal(ctx, stand);
	assert_int_equal(kind, RECORD_PRODUCT);
	assert_true(str_is(id, "p1"));
	if (stand->known.count == 0)
		return 1;
	fields_copy(out, &stand->known);
	return 0;
}

static int
set_up(void **state)
{
	if (scratch_make(state) == -1)
		return -1;
	stand = mem_alloc(sizeof(*stand));
	stand->root = *state;
	stand->package = file_join(stand->root, "package");
	stand->state = file_join(stand->root, "state");
	stand->config.catalog.pictures = true;
	stand->config.folders.state = stand->state;
	stand->flow.config = &stand->config;
	stand->flow.source.ctx = stand;
	stand->flow.source.get = get_known;
	fields_init(&stand->known);
	fields_init(&stand->stated);
	return file_make_dir(stand->package, NULL);
}

static int
tear_down(void **state)
{
	fields_free(&stand->known);
	fields_free(&stand->stated);
	free(stand->package);
	free(stand->state);
	free(stand);
	return scratch_remove(state);
}

static void
put(const char *name, const char *bytes, size_t len)
{
	char *path = file_join(stand->root, name);
	char *folder = mem_text_n(path, (size_t)(strrchr(path, '/') - path));

	assert_int_equal(file_make_dir(folder, NULL), 0);
	assert_int_equal(file_write(path, bytes, len, 0600, NULL), 0);
	free(folder);
	free(path);
}

static void
put_gif(const char *name, const char *text)
{
	char *bytes = mem_printf("GIF89a%s", text);

	put(name, bytes, strlen(bytes));
	free(bytes);
}

static const char *
hash_of(const char *text)
{
	static char hex[SHA256_HEX];
	struct sha256 hash;

	sha256_init(&hash);
	sha256_add(&hash, "GIF89a", 6);
	sha256_add(&hash, text, strlen(text));
	sha256_hex(&hash, hex);
	return hex;
}

/* One picture of the product, named in `xml`, and what is stamped to it:
 * the text of its GIF, NULL: nothing, PICTURE_NONE. */
static void
expect(const char *xml, const char *path, const char *text)
{
	struct str value, hash;

	fields_clear(&stand->stated);
	memset(&stand->tally, 0, sizeof(stand->tally));
	assert_int_equal(fields_add(&stand->stated, FIELD_PICTURE,
	    str_of(path)), 0);
	assert_int_equal(picture_stamp(&stand->flow, stand->package, xml,
	    RECORD_PRODUCT, str_of("p1"), &stand->stated, &stand->tally,
	    &stand->err), 0);
	value = fields_get(&stand->stated, FIELD_PICTURE);
	hash = field_part(value, 1);
	assert_true(str_is(field_part(value, 0), path));
	if (text == NULL)
		assert_int_equal(hash.len, 0);
	else if (strcmp(text, PICTURE_NONE) == 0)
		assert_true(str_is(hash, text));
	else
		assert_true(str_is(hash, hash_of(text)));
}

static void
expect_told(int64_t kept, int64_t missing, int64_t odd)
{
	assert_int_equal(stand->tally.kept, kept);
	assert_int_equal(stand->tally.missing, missing);
	assert_int_equal(stand->tally.odd, odd);
}

static bool
is_kept(const char *text)
{
	char *path = NULL;
	size_t size;
	int rc = picture_find(&stand->flow, str_of(hash_of(text)), &path,
	    &size);

	if (rc == 0)
		assert_int_equal(size, 6 + strlen(text));
	free(path);
	return rc == 0;
}

static void
bytes_are_hashed_and_kept(void **state)
{
	(void)state;
	put_gif("package/import_files/a.gif", "a");
	expect("import0_1.xml", "import_files/a.gif", "a");
	expect_told(1, 0, 0);
	assert_true(is_kept("a"));
	assert_false(is_kept("b"));
	assert_true(stand->flow.pictures_new);
	assert_int_equal(picture_sync(&stand->flow, &stand->err), 0);
	assert_false(stand->flow.pictures_new);
}

static void
a_look_keeps_nothing(void **state)
{
	(void)state;
	put_gif("package/a.gif", "a");
	stand->flow.options.preview = true;
	expect("import.xml", "a.gif", "a");
	assert_false(is_kept("a"));
	stand->flow.options.preview = false;
	stand->flow.options.read_only = true;
	expect("import.xml", "a.gif", "a");
	assert_false(is_kept("a"));
	stand->config.catalog.pictures = false;
	expect("import.xml", "a.gif", NULL);
	expect_told(0, 0, 0);
}

static void
it_is_beside_the_file_or_above_it(void **state)
{
	(void)state;
	put_gif("package/1/goods/a.gif", "beside");
	put_gif("package/1/a.gif", "above");
	put_gif("package/1/b.gif", "above");
	put_gif("package/c.gif", "top");
	put_gif("d.gif", "outside");
	expect("1/goods/import.xml", "a.gif", "beside");
	expect("1/goods/import.xml", "b.gif", "above");
	expect("1/goods/import.xml", "c.gif", "top");
	expect("1/goods/import.xml", "d.gif", NULL);
	expect("1/goods/import.xml", "goods\\a.gif", "beside");
}

static void
nothing_leads_out_of_the_package(void **state)
{
	static const char *const paths[] = { "../x.gif", "a/../../x.gif",
	    "a/..", "..", "..\\x.gif", "/x.gif", "\\x.gif", "C:\\x.gif" };
	char *absolute = file_join(stand->root, "x.gif");
	char *longer = mem_alloc(LIMIT_NAME_BYTES + 1), *told;

	(void)state;
	put_gif("x.gif", "outside");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		expect("import.xml", paths[i], NULL);
		expect_told(0, 1, 0);
	}
	expect("import.xml", absolute, NULL);
	told = mem_printf("%s (p1)", absolute);
	assert_string_equal(stand->tally.first, told);
	free(told);
	memset(longer, 'x', LIMIT_NAME_BYTES);
	expect("import.xml", longer, NULL);
	expect_told(0, 1, 0);
	free(absolute);
	free(longer);
}

static void
a_link_is_not_followed(void **state)
{
	char *link = file_join(stand->package, "a.gif");

	(void)state;
	put_gif("x.gif", "outside");
	assert_int_equal(symlink("../x.gif", link), 0);
	expect("import.xml", "a.gif", PICTURE_NONE);
	expect_told(0, 0, 1);
	free(link);
}

static void
what_is_no_picture_is_marked(void **state)
{
	char *pipe = file_join(stand->package, "pipe.gif");
	char *large = mem_alloc(LIMIT_PICTURE_BYTES + 1);

	(void)state;
	memcpy(large, "GIF89a", 6);
	put("package/large.gif", large, LIMIT_PICTURE_BYTES + 1);
	put("package/empty.gif", "", 0);
	put("package/text.gif", "GIF", 3);
	put("package/folder/x", "x", 1);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	expect("import.xml", "large.gif", PICTURE_NONE);
	expect("import.xml", "empty.gif", PICTURE_NONE);
	expect("import.xml", "text.gif", PICTURE_NONE);
	expect("import.xml", "folder", PICTURE_NONE);
	expect("import.xml", "pipe.gif", PICTURE_NONE);
	expect_told(0, 0, 1);
	assert_string_equal(stand->tally.first_odd, "pipe.gif (p1)");
	free(large);
	free(pipe);
}

static void
each_kind_is_known_by_its_first_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} cases[] = {
		{ "\xff\xd8\xff", 3, true }, { "GIF87a", 6, true },
		{ "\x89PNG\r\n\x1a\n", 8, true }, { "BM", 2, true },
		{ "RIFF0000WEBP", 12, true }, { "RIFF0000WAVE", 12, false },
		{ "RIFF0000WEB", 11, false }, { "\x89PNG", 4, false },
		{ "<svg/>", 6, false }, { "%PDF", 4, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put("package/x", cases[i].bytes, cases[i].len);
		memset(&stand->tally, 0, sizeof(stand->tally));
		fields_clear(&stand->stated);
		(void)fields_add(&stand->stated, FIELD_PICTURE, str_of("x"));
		assert_int_equal(picture_stamp(&stand->flow, stand->package,
		    "import.xml", RECORD_PRODUCT, str_of("p1"),
		    &stand->stated, &stand->tally, &stand->err), 0);
		expect_told(cases[i].good ? 1 : 0, 0, cases[i].good ? 0 : 1);
	}
}

static void
what_did_not_come_again_is_what_it_was(void **state)
{
	(void)state;
	(void)fields_add_pair(&stand->known, FIELD_PICTURE, str_of("a.gif"),
	    str_of(hash_of("a")));
	(void)fields_add_pair(&stand->known, FIELD_PICTURE, str_of("b.gif"),
	    str_of(PICTURE_NONE));
	expect("import.xml", "a.gif", "a");
	expect_told(0, 0, 0);
	expect("import.xml", "b.gif", PICTURE_NONE);
	expect_told(0, 0, 0);
	expect("import.xml", "c.gif", NULL);
	expect_told(0, 1, 0);
	/* A bad file is told, and the picture before it stays. */
	put("package/a.gif", "text", 4);
	expect("import.xml", "a.gif", "a");
	expect_told(0, 0, 1);
	put_gif("package/a.gif", "new");
	expect("import.xml", "a.gif", "new");
	expect_told(1, 0, 0);
}

#define IT(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IT(bytes_are_hashed_and_kept),
		IT(a_look_keeps_nothing),
		IT(it_is_beside_the_file_or_above_it),
		IT(nothing_leads_out_of_the_package),
		IT(a_link_is_not_followed),
		IT(what_is_no_picture_is_marked),
		IT(each_kind_is_known_by_its_first_bytes),
		IT(what_did_not_come_again_is_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
