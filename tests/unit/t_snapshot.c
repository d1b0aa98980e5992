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
	assert_int_equal(fixture->err.kind, ERR_SYSTEM);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
