#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "map_term_world.h"

#define NAME_A "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb"
#define NAME_B "bbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaa"

static void
assert_pictures(struct term_world *terms, const struct fields *fields,
    const char *want)
{
	struct buf seen = BUF_INIT(65536);
	struct err err = { 0 };

	open_map(terms->world);
	assert_int_equal(map_picture_targets(terms->world->map, str_of("g1"),
	    fields, note_target, &seen, &err), 0);
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
}

static const struct wanted *
derive_picture(struct term_world *terms, const struct fields *fields,
    const char *key, enum target_kind kind)
{
	struct wanted *wanted = &terms->world->wanted;
	struct target target, good = { .kind = TARGET_NONE };

	open_map(terms->world);
	fields_clear(&wanted->fields);
	fields_clear(&wanted->at_create);
	wanted->parent.kind = TARGET_NONE;
	assert_int_equal(target_set_part(&target, TARGET_PICTURE,
	    str_of("g1"), str_of(key)), 0);
	if (kind != TARGET_NONE)
		assert_int_equal(target_set(&good, kind, str_of("g1")), 0);
	map_picture_derive(terms->world->map, &target, fields, &good,
	    wanted);
	return wanted;
}

static void
the_first_picture_is_main_and_each_counts_once(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");
	const struct wanted *wanted;

	pair(fields, FIELD_PICTURE, "import_files/a.JPEG", HASH_A);
	pair(fields, FIELD_PICTURE, "import_files/b.png", HASH_B);
	pair(fields, FIELD_PICTURE, "again.png", HASH_A);
	pair(fields, FIELD_PICTURE, "again.png", HASH_B);
	assert_pictures(terms, fields, "picture:g1/main picture:g1/" HASH_B);
	wanted = derive_picture(terms, fields, "main", TARGET_PRODUCT);
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "hash=" HASH_A " file=" NAME_A
	    ".jpeg");
	assert_parent(wanted, TARGET_PRODUCT, "g1");
	wanted = derive_picture(terms, fields, HASH_B, TARGET_PARENT);
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "");
	assert_fields(&wanted->at_create, "hash=" HASH_B " file=" NAME_B
	    ".png");
	assert_parent(wanted, TARGET_PARENT, "g1");
}

static void
what_is_not_named_any_more_is_gone(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	assert_pictures(terms, fields, "");
	assert_int_equal(derive_picture(terms, fields, "main",
	    TARGET_PRODUCT)->state, WANTED_GONE);
	pair(fields, FIELD_PICTURE, "a.jpg", HASH_A);
	assert_int_equal(derive_picture(terms, fields, HASH_C,
	    TARGET_PRODUCT)->state, WANTED_GONE);
	/* It has moved up: the gallery has it no more. */
	assert_int_equal(derive_picture(terms, fields, HASH_A,
	    TARGET_PRODUCT)->state, WANTED_GONE);
}

static void
a_picture_without_bytes_takes_nothing_away(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	say(fields, FIELD_PICTURE, "a.jpg");
	assert_pictures(terms, fields, "");
	assert_int_equal(derive_picture(terms, fields, "main",
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
	assert_int_equal(derive_picture(terms, fields, HASH_C,
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
	pair(fields, FIELD_PICTURE, "b.jpg", HASH_B);
	assert_pictures(terms, fields, "picture:g1/main");
	assert_int_equal(derive_picture(terms, fields, HASH_C,
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
}

static void
the_next_stands_in_for_a_first_one_without_bytes(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");
	const struct wanted *wanted;

	say(fields, FIELD_PICTURE, "a.jpg");
	pair(fields, FIELD_PICTURE, "b.jpg", HASH_B);
	wanted = derive_picture(terms, fields, "main", TARGET_PRODUCT);
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "");
	assert_fields(&wanted->at_create, "hash=" HASH_B " file=" NAME_B
	    ".jpg");
	assert_int_equal(derive_picture(terms, fields, HASH_B,
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
}

static void
the_first_leaves_the_gallery_whatever_else_is_missing(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	pair(fields, FIELD_PICTURE, "b.jpg", HASH_B);
	say(fields, FIELD_PICTURE, "a.jpg");
	assert_int_equal(derive_picture(terms, fields, HASH_B,
	    TARGET_PRODUCT)->state, WANTED_GONE);
	assert_int_equal(derive_picture(terms, fields, HASH_A,
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
}

static void
what_is_no_picture_hides_nothing(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	pair(fields, FIELD_PICTURE, "a.txt", PICTURE_NONE);
	assert_int_equal(derive_picture(terms, fields, "main",
	    TARGET_PRODUCT)->state, WANTED_GONE);
	pair(fields, FIELD_PICTURE, "b.jpg", HASH_B);
	assert_fields(&derive_picture(terms, fields, "main",
	    TARGET_PRODUCT)->fields, "hash=" HASH_B " file=" NAME_B ".jpg");
	assert_int_equal(derive_picture(terms, fields, HASH_A,
	    TARGET_PRODUCT)->state, WANTED_GONE);
}

static void
a_good_that_is_not_there_has_none(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");

	pair(fields, FIELD_PICTURE, "a.jpg", HASH_A);
	assert_int_equal(derive_picture(terms, fields, "main",
	    TARGET_NONE)->state, WANTED_NOTHING);
	assert_int_equal(derive_picture(terms, NULL, "main",
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
	assert_pictures(terms, NULL, "");
	terms->world->config.catalog.pictures = false;
	assert_pictures(terms, fields, "");
	assert_int_equal(derive_picture(terms, fields, "main",
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
	assert_int_equal(derive_picture(terms, fields, HASH_C,
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
}

static void
the_portals_pictures_are_said_once(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");
	const struct wanted *wanted;

	rule(&terms->world->config.owners, "goods.picture", "portal");
	pair(fields, FIELD_PICTURE, "a.jpg", HASH_A);
	wanted = derive_picture(terms, fields, "main", TARGET_PRODUCT);
	assert_int_equal(wanted->state, WANTED_PRESENT);
	assert_fields(&wanted->fields, "");
	assert_fields(&wanted->at_create, "hash=" HASH_A " file=" NAME_A
	    ".jpg");
	assert_int_equal(derive_picture(terms, fields, HASH_C,
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
	free(terms->world->config.owners.pairs[0].value);
	terms->world->config.owners.pairs[0].value = mem_text("never");
	assert_int_equal(derive_picture(terms, fields, "main",
	    TARGET_PRODUCT)->state, WANTED_NOTHING);
}

static void
a_files_name_has_an_end_that_is_known(void **state)
{
	static const char *const cases[][2] = {
		{ "a/b.GIF", "gif" }, { "b.webp", "webp" },
		{ "b.jpe", "jpg" }, { "b", "jpg" }, { "a.png/b", "jpg" },
		{ "b.", "jpg" }, { "b.pngx", "jpg" }, { "x.y.png", "png" },
	};
	struct term_world *terms = *state;
	struct buf want = BUF_INIT(1024);
	const struct wanted *wanted;
	struct fields *fields;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fields = product(terms->world, "g1");
		pair(fields, FIELD_PICTURE, cases[i][0], HASH_A);
		wanted = derive_picture(terms, fields, "main",
		    TARGET_PRODUCT);
		buf_clear(&want);
		buf_printf(&want, "hash=" HASH_A " file=" NAME_A ".%s",
		    cases[i][1]);
		assert_fields(&wanted->fields, buf_text(&want));
	}
	buf_free(&want);
}

static void
a_gallery_has_an_end(void **state)
{
	struct term_world *terms = *state;
	struct fields *fields = product(terms->world, "g1");
	struct buf seen = BUF_INIT(65536);
	struct err err = { 0 };
	char hash[65];
	size_t i, count = 0;

	for (i = 0; i < LIMIT_PICTURES + 5; i++) {
		(void)snprintf(hash, sizeof(hash), "%064zu", i);
		pair(fields, FIELD_PICTURE, "a.jpg", hash);
	}
	open_map(terms->world);
	assert_int_equal(map_picture_targets(terms->world->map, str_of("g1"),
	    fields, note_target, &seen, &err), 0);
	for (i = 0; i < seen.len; i++)
		count += seen.data[i] == ':';
	assert_int_equal(count, LIMIT_PICTURES);
	buf_free(&seen);
}

#define IT(name) \
	cmocka_unit_test_setup_teardown(name, term_world_make, term_world_drop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IT(the_first_picture_is_main_and_each_counts_once),
		IT(what_is_not_named_any_more_is_gone),
		IT(a_picture_without_bytes_takes_nothing_away),
		IT(the_next_stands_in_for_a_first_one_without_bytes),
		IT(the_first_leaves_the_gallery_whatever_else_is_missing),
		IT(what_is_no_picture_hides_nothing),
		IT(a_good_that_is_not_there_has_none),
		IT(the_portals_pictures_are_said_once),
		IT(a_files_name_has_an_end_that_is_known),
		IT(a_gallery_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
