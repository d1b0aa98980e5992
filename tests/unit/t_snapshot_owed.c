#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/db.h"
#include "stage_fixture.h"

#define UUID "12345678-90ab-cdef-1234-567890abcdef"

static void
note(struct fixture *fixture, const char *id, const char *path,
    const char *place, enum owed_came came)
{
	assert_int_equal(snapshot_owed_note(fixture->snap, RECORD_PRODUCT,
	    str_of(id), path, place, came, &fixture->err), 0);
}

static void
accept_of(struct fixture *fixture, const char *node)
{
	assert_int_equal(snapshot_begin(fixture->snap, &fixture->err), 0);
	assert_int_equal(snapshot_owed_accept(fixture->snap, node,
	    &fixture->err), 0);
	assert_int_equal(snapshot_commit(fixture->snap, &fixture->err), 0);
	snapshot_stage_drop(fixture->snap);
}

/* One picture of one record, in a package of its own. */
static void
owe(struct fixture *fixture, const char *node, const char *id,
    const char *path, const char *place)
{
	begin(fixture, 1, 100);
	note(fixture, id, path, place, OWED_MISSING);
	accept_of(fixture, node);
}

static int
list(void *ctx, const struct owed *owed, struct err *err)
{
	(void)err;
	return buf_printf(ctx, "%.*s:%s ", (int)owed->id_len, owed->id,
	    owed->path);
}

static void
expect(struct fixture *fixture, const char *node, const char *file,
    const char *wanted)
{
	struct buf text = BUF_INIT(1000);

	assert_int_equal(snapshot_owed_each(fixture->snap, node, file, list,
	    &text, &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

static void
expect_all(struct fixture *fixture, const char *wanted)
{
	struct buf text = BUF_INIT(1000);

	assert_int_equal(snapshot_owed_all(fixture->snap, list, &text,
	    &fixture->err), 0);
	assert_string_equal(buf_text(&text), wanted);
	buf_free(&text);
}

static void
a_file_is_owed_to_those_who_name_it(void **state)
{
	struct fixture *fixture = *state;

	owe(fixture, "webdata", UUID, "import_files/a.png", "");
	owe(fixture, "webdata", "p2", "import_files/a.png", "");
	owe(fixture, "other", "p3", "import_files/a.png", "");
	expect(fixture, "webdata", "import_files/a.png",
	    UUID ":import_files/a.png p2:import_files/a.png ");
	expect(fixture, "other", "import_files/a.png",
	    "p3:import_files/a.png ");
	expect(fixture, "webdata", "a.png", "");
	expect(fixture, "webdata", "import_files/b.png", "");
	expect(fixture, "nobody", "import_files/a.png", "");
}

static void
it_lies_beside_its_xml_file_or_above(void **state)
{
	struct fixture *fixture = *state;

	owe(fixture, "web", "p1", "pics/a.png", "goods/1");
	expect(fixture, "web", "goods/1/pics/a.png", "p1:pics/a.png ");
	expect(fixture, "web", "goods/pics/a.png", "p1:pics/a.png ");
	expect(fixture, "web", "pics/a.png", "p1:pics/a.png ");
	expect(fixture, "web", "goods/1/2/pics/a.png", "");
	expect(fixture, "web", "goods/10/pics/a.png", "");
	expect(fixture, "web", "good/pics/a.png", "");
}

static void
what_is_said_last_counts(void **state)
{
	struct fixture *fixture = *state;

	owe(fixture, "webdata", "p1", "a", "");
	owe(fixture, "webdata", "p2", "a", "");
	begin(fixture, 2, 200);
	note(fixture, "p1", "a", "", OWED_MISSING);
	note(fixture, "p1", "a", "", OWED_CAME);
	note(fixture, "p2", "a", "in", OWED_AS_BEFORE);
	note(fixture, "p3", "a", "", OWED_AS_BEFORE);
	accept_of(fixture, "webdata");
	expect_all(fixture, "p2:a ");
	/* Another node has stated it since. */
	owe(fixture, "other", "p2", "a", "");
	expect(fixture, "webdata", "a", "");
	expect(fixture, "other", "a", "p2:a ");
}

static void
what_is_named_no_more_is_not_owed(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 1, 100);
	note(fixture, "p1", "a", "", OWED_MISSING);
	note(fixture, "p1", "b", "", OWED_MISSING);
	note(fixture, "p2", "c", "", OWED_MISSING);
	note(fixture, "p3", "d", "", OWED_MISSING);
	accept_of(fixture, "webdata");
	begin(fixture, 2, 200);
	note(fixture, "p1", "b", "", OWED_AS_BEFORE);
	note(fixture, "p2", "", "", OWED_CAME);
	accept_of(fixture, "webdata");
	expect_all(fixture, "p1:b p3:d ");
}

static void
what_no_folder_can_bring_is_owed_by_nobody(void **state)
{
	struct fixture *fixture = *state;

	owe(fixture, "webdata", "p1", "a", "");
	owe(fixture, "webdata", "p2", "b", "");
	begin(fixture, 2, 200);
	note(fixture, "p1", "a", "", OWED_MISSING);
	note(fixture, "p2", "b", "", OWED_CAME);
	note(fixture, "p3", "c", "", OWED_MISSING);
	accept_of(fixture, NULL);
	expect_all(fixture, "p1:a p3:c ");
	begin(fixture, 3, 300);
	note(fixture, "p1", "a", "", OWED_MISSING);
	note(fixture, "p1", "../d", "", OWED_BY_NOBODY);
	note(fixture, "p3", "c", "", OWED_CAME);
	accept_of(fixture, "webdata");
	expect_all(fixture, "p1:../d p1:a ");
}

static void
a_stage_that_is_dropped_owes_nothing(void **state)
{
	struct fixture *fixture = *state;
	bool any;

	begin(fixture, 1, 100);
	note(fixture, "p1", "a", "", OWED_MISSING);
	snapshot_stage_drop(fixture->snap);
	begin(fixture, 2, 200);
	accept_of(fixture, "webdata");
	assert_int_equal(snapshot_owed_any(fixture->snap, NULL, &any, NULL),
	    0);
	assert_false(any);
}

static int
drop(void *ctx, const struct owed *owed, struct err *err)
{
	return snapshot_owed_drop(ctx, owed->row, err);
}

static void
what_came_is_owed_no_more(void **state)
{
	struct fixture *fixture = *state;
	bool any;

	owe(fixture, "webdata", "p1", "a", "");
	owe(fixture, "webdata", "p2", "a", "");
	assert_int_equal(snapshot_owed_any(fixture->snap, "webdata", &any,
	    NULL), 0);
	assert_true(any);
	assert_int_equal(snapshot_owed_any(fixture->snap, "other", &any,
	    NULL), 0);
	assert_false(any);
	assert_int_equal(snapshot_owed_each(fixture->snap, "webdata", "a",
	    drop, fixture->snap, NULL), 0);
	expect_all(fixture, "");
}

static int
expect_noted(void *ctx, const struct owed *owed, struct err *err)
{
	struct fixture *fixture = ctx;
	bool noted;

	assert_int_equal(snapshot_owed_is_noted(fixture->snap, owed, &noted,
	    err), 0);
	return noted ? 7 : 5;
}

static void
a_package_knows_what_it_has_said(void **state)
{
	struct fixture *fixture = *state;

	owe(fixture, "webdata", "p1", "a", "");
	begin(fixture, 2, 200);
	assert_int_equal(snapshot_owed_each(fixture->snap, "webdata", "a",
	    expect_noted, fixture, NULL), 5);
	note(fixture, "p1", "a", "", OWED_CAME);
	assert_int_equal(snapshot_owed_each(fixture->snap, "webdata", "a",
	    expect_noted, fixture, NULL), 7);
	snapshot_stage_drop(fixture->snap);
}

static void
a_record_is_completed_and_not_stated(void **state)
{
	struct fixture *fixture = *state;
	struct fields fields;

	(void)take(fixture, 1, 100, RECORD_PRODUCT, "p1", "name=A");
	(void)take(fixture, 2, 300, RECORD_PRODUCT, "p2", "name=B");
	fields_init(&fields);
	fill(&fields, "name=A picture=x|y");
	assert_int_equal(snapshot_record_complete(fixture->snap,
	    RECORD_PRODUCT, str_of("p1"), &fields, NULL), 0);
	assert_int_equal(snapshot_record_complete(fixture->snap,
	    RECORD_PRODUCT, str_of("p9"), &fields, NULL), 1);
	fields_free(&fields);
	assert_record(fixture, RECORD_PRODUCT, "p1", "name=A picture=x|y");
	/* Its time is the first package's still. */
	assert_int_equal(take(fixture, 3, 200, RECORD_PRODUCT, "p1",
	    "name=C"), STAGED_CHANGED);
}

static void
damage_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(100);

	owe(fixture, "webdata", "p1", "a", "");
	fixture_damage(fixture, "UPDATE owed SET kind = 99");
	assert_int_equal(snapshot_owed_all(fixture->snap, list, &text,
	    &fixture->err), -1);
	assert_non_null(strstr(fixture->err.text, "owed"));
	fixture_damage(fixture, "UPDATE owed SET kind = 8, key = x'07'");
	assert_int_equal(snapshot_owed_all(fixture->snap, list, &text,
	    &fixture->err), -1);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_file_is_owed_to_those_who_name_it),
		test(it_lies_beside_its_xml_file_or_above),
		test(what_is_said_last_counts),
		test(what_is_named_no_more_is_not_owed),
		test(what_no_folder_can_bring_is_owed_by_nobody),
		test(a_stage_that_is_dropped_owes_nothing),
		test(what_came_is_owed_no_more),
		test(a_package_knows_what_it_has_said),
		test(a_record_is_completed_and_not_stated),
		test(damage_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
