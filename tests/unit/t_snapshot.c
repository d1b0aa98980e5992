#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "base/db.h"
#include "snapshot_fixture.h"

static void
refuses(struct fixture *fixture, bool read_only, const char *text)
{
	struct snapshot *snap = NULL;

	assert_int_equal(snapshot_open(&snap, fixture->path, read_only,
	    &fixture->err), -1);
	assert_null(snap);
	assert_int_equal(fixture->err.kind, ERR_STATE);
	assert_non_null(strstr(fixture->err.text, text));
}

static void
close_and_change(struct fixture *fixture, const char *sql)
{
	struct db *db;

	snapshot_close(fixture->snap);
	fixture->snap = NULL;
	assert_int_equal(db_open(&db, fixture->path, false, NULL), 0);
	assert_int_equal(db_exec(db, sql, &fixture->err), 0);
	db_close(db);
}

static void
read_only_makes_no_file(void **state)
{
	struct fixture *fixture = *state;
	struct snapshot *snap = NULL;
	char *path = mem_printf("%s/none.db", (char *)fixture->folder);

	assert_int_equal(snapshot_open(&snap, path, true, NULL), 1);
	assert_int_equal(access(path, F_OK), -1);
	/* A crash while it was made leaves an empty one. */
	scratch_put(path, "");
	assert_int_equal(snapshot_open(&snap, path, true, NULL), 1);
	assert_int_equal(snapshot_open(&snap, path, false, NULL), 0);
	snapshot_close(snap);
	free(path);
}

static void
read_only_reads_and_cannot_write(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(snapshot_meta_set_int(fixture->snap, "a", 7, NULL),
	    0);
	snapshot_close(fixture->snap);
	assert_int_equal(snapshot_open(&fixture->snap, fixture->path, true,
	    NULL), 0);
	assert_int_equal(snapshot_meta_int(fixture->snap, "a", 0), 7);
	assert_int_equal(snapshot_meta_set_int(fixture->snap, "a", 8, NULL),
	    -1);
}

static void
a_newer_file_is_refused(void **state)
{
	struct fixture *fixture = *state;

	close_and_change(fixture, "PRAGMA user_version = 9999");
	refuses(fixture, false, "made by a newer cml24");
	refuses(fixture, true, "made by a newer cml24");
}

static void
a_database_of_another_program_is_refused_untouched(void **state)
{
	struct fixture *fixture = *state;
	char *path = mem_printf("%s/other.db", (char *)fixture->folder);
	char *log = mem_printf("%s-wal", path);
	struct snapshot *snap;
	struct db *db;

	close_and_change(fixture, "PRAGMA application_id = 17");
	refuses(fixture, false, "another program");
	assert_int_equal(db_open(&db, path, false, NULL), 0);
	assert_int_equal(db_exec(db, "PRAGMA journal_mode = DELETE;"
	    "CREATE TABLE theirs (a)", NULL), 0);
	db_close(db);
	assert_int_equal(snapshot_open(&snap, path, false, &fixture->err),
	    -1);
	assert_non_null(strstr(fixture->err.text, "another program"));
	assert_int_equal(access(log, F_OK), -1);
	free(log);
	free(path);
}

static void
a_file_that_is_no_database_is_refused(void **state)
{
	struct fixture *fixture = *state;

	snapshot_close(fixture->snap);
	fixture->snap = NULL;
	scratch_put(fixture->path, "this is a shopping list, of some length, "
	    "so that it might be a header: milk, bread, butter, eggs, salt");
	refuses(fixture, false, "state.db");
}

static void
commit_keeps_and_rollback_does_not(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_meta_set_int(fixture->snap, "a", 1, NULL),
	    0);
	assert_int_equal(snapshot_commit(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_meta_set_int(fixture->snap, "a", 2, NULL),
	    0);
	snapshot_rollback(fixture->snap);
	snapshot_rollback(fixture->snap);
	fixture_reopen(fixture);
	assert_int_equal(snapshot_meta_int(fixture->snap, "a", 0), 1);
}

static void
facts_are_kept_by_name(void **state)
{
	struct fixture *fixture = *state;
	struct buf text = BUF_INIT(100);

	assert_int_equal(snapshot_meta_get(fixture->snap, "x", &text, NULL),
	    1);
	assert_int_equal(snapshot_meta_int(fixture->snap, "x", -5), -5);
	assert_int_equal(snapshot_meta_set(fixture->snap, "x",
	    str_of("words"), NULL), 0);
	assert_int_equal(snapshot_meta_get(fixture->snap, "x", &text, NULL),
	    0);
	assert_string_equal(buf_text(&text), "words");
	assert_int_equal(snapshot_meta_int(fixture->snap, "x", 3), 3);
	assert_int_equal(snapshot_meta_set_int(fixture->snap, "x", INT64_MIN,
	    NULL), 0);
	assert_true(snapshot_meta_int(fixture->snap, "x", 0) == INT64_MIN);
	buf_free(&text);
}

static void
request_numbers_are_never_used_twice(void **state)
{
	struct fixture *fixture = *state;
	int64_t first, second;

	assert_int_equal(snapshot_request_number(fixture->snap, &first, NULL),
	    0);
	fixture_reopen(fixture);
	assert_int_equal(snapshot_request_number(fixture->snap, &second,
	    NULL), 0);
	assert_true(second > first);
}

/* The state as the first form of it was. */
static const char form_1[] =
    "PRAGMA foreign_keys=OFF; BEGIN;" FORM_6
    "CREATE TABLE t (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, portal_id INTEGER NOT NULL DEFAULT 0,"
    " flags INTEGER NOT NULL DEFAULT 0, agreed BLOB NOT NULL DEFAULT x'',"
    " UNIQUE (kind, key)) STRICT;"
    "INSERT INTO t SELECT * FROM target; DROP TABLE target;"
    "DROP TABLE target_key; ALTER TABLE t RENAME TO target;"
    "CREATE INDEX target_portal ON target (kind, portal_id)"
    " WHERE portal_id <> 0;"
    "ALTER TABLE package ADD COLUMN hash INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX package_hash ON package (hash);"
    "ALTER TABLE session_file ADD COLUMN hash INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE session_file DROP COLUMN offers;"
    "ALTER TABLE package DROP COLUMN late; DROP TABLE owed;"
    "DROP TABLE term; DROP TABLE deal; DROP TABLE document;"
    "DROP INDEX run_ended;"
    "DROP INDEX session_closed; DROP INDEX package_done;"
    "PRAGMA user_version = 1; COMMIT;";

static void
a_state_of_the_first_form_is_brought_up_to_date(void **state)
{
	struct fixture *fixture = *state;
	struct change change = { .verb = VERB_CREATE,
	    .state = CHANGE_PLANNED };
	struct target target;
	struct image image;

	assert_int_equal(target_set(&target, TARGET_PRODUCT, str_of("a")), 0);
	image_init(&image);
	assert_int_equal(snapshot_target_row(fixture->snap, &target,
	    &image.target, NULL), 0);
	image.portal_id = 17;
	assert_int_equal(snapshot_image_put(fixture->snap, &image, NULL), 0);
	change.row = image.target;
	change.target = target;
	assert_int_equal(snapshot_change_put(fixture->snap, &change, NULL),
	    0);
	close_and_change(fixture, form_1);
	refuses(fixture, true, "made by an older cml24");
	fixture_reopen(fixture);
	assert_int_equal(snapshot_image_get(fixture->snap, &target, &image,
	    NULL), 0);
	assert_int_equal(image.portal_id, 17);
	assert_int_equal(snapshot_change_get(fixture->snap, image.target,
	    &change, NULL), 0);
	image_free(&image);
}

static void
a_first_load_finds_its_targets_when_it_is_over(void **state)
{
	struct fixture *fixture = *state;
	struct target target;
	struct image image;
	int64_t row, same;

	assert_int_equal(target_set(&target, TARGET_PRODUCT, str_of("a")), 0);
	image_init(&image);
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_fill_begin(fixture->snap, TARGET_PRODUCT,
	    NULL), 0);
	assert_int_equal(snapshot_target_add(fixture->snap, &target, &row,
	    NULL), 0);
	assert_int_equal(snapshot_image_get(fixture->snap, &target, &image,
	    NULL), 1);
	assert_int_equal(snapshot_fill_end(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &target, &same,
	    NULL), 0);
	assert_int_equal(same, row);
	assert_int_equal(snapshot_fill_begin(fixture->snap, TARGET_PRODUCT,
	    NULL), 1);
	assert_int_equal(snapshot_commit(fixture->snap, NULL), 0);
	image_free(&image);
}

static void
a_first_load_that_is_rolled_back_is_over(void **state)
{
	struct fixture *fixture = *state;
	struct target target;
	int64_t row;

	assert_int_equal(target_set(&target, TARGET_PRODUCT, str_of("a")), 0);
	assert_int_equal(snapshot_begin(fixture->snap, NULL), 0);
	assert_int_equal(snapshot_fill_begin(fixture->snap, TARGET_PRODUCT,
	    NULL), 0);
	assert_int_equal(snapshot_target_add(fixture->snap, &target, &row,
	    NULL), 0);
	snapshot_rollback(fixture->snap);
	assert_int_equal(snapshot_target_row(fixture->snap, &target, &row,
	    NULL), 0);
	assert_int_equal(snapshot_target_row(fixture->snap, &target, &row,
	    NULL), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		test(read_only_makes_no_file),
		test(read_only_reads_and_cannot_write),
		test(a_newer_file_is_refused),
		test(a_database_of_another_program_is_refused_untouched),
		test(a_file_that_is_no_database_is_refused),
		test(commit_keeps_and_rollback_does_not),
		test(facts_are_kept_by_name),
		test(request_numbers_are_never_used_twice),
		test(a_state_of_the_first_form_is_brought_up_to_date),
		test(a_first_load_finds_its_targets_when_it_is_over),
		test(a_first_load_that_is_rolled_back_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
