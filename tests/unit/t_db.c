#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/db.h"
#include "base/step.h"
#include "scratch.h"

struct fixture {
	void *folder;
	char *path;
	struct db *db;
};

static struct fixture fix;

static int
set_up(void **state)
{
	(void)state;
	if (scratch_make(&fix.folder) != 0)
		return -1;
	fix.path = file_join(fix.folder, "state.db");
	if (db_open(&fix.db, fix.path, false, NULL) != 0)
		return -1;
	return db_exec(fix.db, "CREATE TABLE t(id INTEGER PRIMARY KEY,"
	    " name TEXT NOT NULL, data BLOB)", NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	db_close(fix.db);
	free(fix.path);
	return scratch_remove(&fix.folder);
}

static struct db_stmt *
prepare(const char *sql)
{
	struct db_stmt *stmt = NULL;

	assert_int_equal(db_prepare(&stmt, fix.db, sql, NULL), 0);
	return stmt;
}

/* The number that a query with one row and column gives. */
static int64_t
ask(const char *sql)
{
	struct db_stmt *stmt = prepare(sql);
	int64_t value;

	assert_int_equal(db_step(stmt, NULL), 1);
	value = db_int(stmt, 0);
	db_stmt_free(stmt);
	return value;
}

static bool
is_wal(void)
{
	struct db_stmt *stmt = prepare("PRAGMA journal_mode");
	bool wal;

	assert_int_equal(db_step(stmt, NULL), 1);
	wal = str_is(db_text(stmt, 0), "wal");
	db_stmt_free(stmt);
	return wal;
}

static void
opened_as_durable_as_we_need_it(void **state)
{
	(void)state;
	assert_true(is_wal());
	assert_int_equal(ask("PRAGMA synchronous"), 2);
	assert_int_equal(ask("PRAGMA foreign_keys"), 1);
	assert_int_equal(ask("PRAGMA trusted_schema"), 0);
	assert_int_equal(ask("PRAGMA cell_size_check"), 1);
	assert_int_equal(ask("PRAGMA temp_store"), 1);
	assert_int_equal(ask("PRAGMA cache_size"), -LIMIT_DB_CACHE_KIB);
	assert_int_equal(ask("PRAGMA busy_timeout"), 10000);
}

static void
values_come_back_as_they_were_bound(void **state)
{
	struct db_stmt *put = prepare("INSERT INTO t VALUES(?,?,?)");
	struct db_stmt *get = prepare("SELECT id,name,data FROM t");

	(void)state;
	db_bind_int(put, 1, INT64_MAX);
	db_bind_text(put, 2, str_of("Бумага"));
	db_bind_blob(put, 3, str_n("\0\1\2", 3));
	assert_int_equal(db_run(put, NULL), 0);
	assert_true(db_last_id(fix.db) == INT64_MAX);
	assert_int_equal(db_changes(fix.db), 1);
	assert_int_equal(db_step(get, NULL), 1);
	assert_true(db_int(get, 0) == INT64_MAX);
	assert_true(str_is(db_text(get, 1), "Бумага"));
	assert_true(str_eq(db_blob(get, 2), str_n("\0\1\2", 3)));
	assert_int_equal(db_step(get, NULL), 0);
	db_stmt_free(get);
	db_stmt_free(put);
}

static void
absent_text_is_empty_and_null_is_null(void **state)
{
	struct db_stmt *put = prepare("INSERT INTO t VALUES(1,?,?)");
	struct db_stmt *get = prepare("SELECT name,data FROM t");

	(void)state;
	db_bind_text(put, 1, STR_NONE);
	db_bind_null(put, 2);
	assert_int_equal(db_run(put, NULL), 0);
	assert_int_equal(db_step(get, NULL), 1);
	assert_false(db_is_null(get, 0));
	assert_int_equal(db_text(get, 0).len, 0);
	assert_true(db_is_null(get, 1));
	assert_null(db_text(get, 1).p);
	assert_null(db_blob(get, 1).p);
	db_stmt_free(get);
	db_stmt_free(put);
}

static void
statement_at_its_end_is_fresh_again(void **state)
{
	struct db_stmt *put = prepare("INSERT INTO t(name) VALUES(?)");
	struct err err;

	(void)state;
	db_bind_text(put, 1, str_of("a"));
	assert_int_equal(db_run(put, &err), 0);
	/* Nothing is bound any more: NULL, which the column refuses. */
	assert_int_equal(db_run(put, &err), -1);
	assert_int_equal(err.kind, ERR_STATE);
	assert_non_null(strstr(err.text, fix.path));
	assert_non_null(strstr(err.text, "NOT NULL"));
	db_bind_text(put, 1, str_of("b"));
	assert_int_equal(db_run(put, &err), 0);
	assert_int_equal(ask("SELECT count(*) FROM t"), 2);
	db_stmt_free(put);
}

static void
place_that_is_not_there_fails_the_step(void **state)
{
	struct db_stmt *put = prepare("INSERT INTO t(name) VALUES(?)");
	struct err err;

	(void)state;
	db_bind_text(put, 1, str_of("a"));
	db_bind_int(put, 2, 5);
	assert_int_equal(db_run(put, &err), -1);
	assert_int_equal(ask("SELECT count(*) FROM t"), 0);
	db_stmt_free(put);
}

static void
bad_sql_is_an_error_with_the_reason(void **state)
{
	struct db_stmt *stmt;
	struct err err;

	(void)state;
	assert_int_equal(db_prepare(&stmt, fix.db, "SELECT none FROM t", &err),
	    -1);
	assert_null(stmt);
	assert_non_null(strstr(err.text, "none"));
	assert_int_equal(db_exec(fix.db, "nonsense", &err), -1);
	assert_int_equal(err.kind, ERR_STATE);
}

static void
rollback_takes_back_and_commit_keeps(void **state)
{
	(void)state;
	assert_int_equal(db_begin(fix.db, NULL), 0);
	assert_true(db_in_transaction(fix.db));
	db_exec(fix.db, "INSERT INTO t(name) VALUES('a')", NULL);
	db_rollback(fix.db);
	assert_false(db_in_transaction(fix.db));
	db_rollback(fix.db);
	assert_int_equal(ask("SELECT count(*) FROM t"), 0);
	assert_int_equal(db_begin(fix.db, NULL), 0);
	db_exec(fix.db, "INSERT INTO t(name) VALUES('a')", NULL);
	assert_int_equal(db_commit(fix.db, NULL), 0);
	assert_int_equal(ask("SELECT count(*) FROM t"), 1);
}

static void
durable_writes_are_counted_and_reads_are_not(void **state)
{
	struct db_stmt *put = prepare("INSERT INTO t(name) VALUES('a')");
	long before = step_count();

	(void)state;
	ask("SELECT count(*) FROM t");
	assert_int_equal(step_count() - before, 0);
	db_run(put, NULL);
	assert_int_equal(step_count() - before, 2);
	db_begin(fix.db, NULL);
	db_run(put, NULL);
	assert_int_equal(step_count() - before, 2);
	db_commit(fix.db, NULL);
	assert_int_equal(step_count() - before, 4);
	db_stmt_free(put);
}

/* One commit in a child that dies at its n-th step; rows afterwards. */
static int64_t
rows_after_death_at(long n)
{
	pid_t pid = fork();
	struct db *db;

	if (pid == 0) {
		if (db_open(&db, fix.path, false, NULL) != 0)
			_exit(1);
		step_die_at(step_count() + n);
		db_begin(db, NULL);
		db_exec(db, "INSERT INTO t(name) VALUES('a')", NULL);
		db_commit(db, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	if (db_open(&fix.db, fix.path, false, NULL) != 0)
		return -1;
	return ask("SELECT count(*) FROM t");
}

static void
killed_before_commit_nothing_after_it_all(void **state)
{
	(void)state;
	/* No connection of this process goes through the fork. */
	db_close(fix.db);
	assert_int_equal(rows_after_death_at(1), 0);
	db_close(fix.db);
	assert_int_equal(rows_after_death_at(2), 1);
}

static void
foreign_file_is_refused_by_name(void **state)
{
	char *path = file_join(fix.folder, "letter.txt");
	char text[1000];
	struct db *db;
	struct err err;

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	scratch_put(path, text);
	assert_int_equal(db_open(&db, path, false, &err), -1);
	assert_null(db);
	assert_int_equal(err.kind, ERR_STATE);
	assert_non_null(strstr(err.text, "letter.txt: not a cml24 state file"));
	assert_int_equal(db_open(&db, path, true, &err), -1);
	assert_non_null(strstr(err.text, "letter.txt: not a cml24 state file"));
	assert_string_equal(scratch_get(path), text);
	free(path);
}

static void
read_only_reads_and_makes_nothing(void **state)
{
	char *none = file_join(fix.folder, "none.db");
	struct db *db;
	struct err err;

	(void)state;
	assert_int_equal(db_open(&db, none, true, &err), -1);
	assert_non_null(strstr(err.text, none));
	assert_false(file_exists(none));
	assert_int_equal(db_open(&db, fix.path, true, &err), 0);
	assert_int_equal(db_exec(db, "DELETE FROM t", &err), -1);
	assert_int_equal(db_exec(db, "SELECT * FROM t", &err), 0);
	db_close(db);
	free(none);
}

/* Nothing lies beside it at any time, and it is as db_open() makes one. */
static void
a_file_that_is_made_is_whole_when_it_is_closed(void **state)
{
	char *path = file_join(fix.folder, "made.db");
	char *journal = file_join(fix.folder, "made.db-journal");
	char *wal = file_join(fix.folder, "made.db-wal");
	struct err err;
	struct db *db;

	(void)state;
	assert_int_equal(db_make(&db, path, &err), 0);
	assert_int_equal(db_begin(db, &err), 0);
	assert_int_equal(db_exec(db, "CREATE TABLE t(id INTEGER)", &err), 0);
	assert_false(file_exists(journal));
	assert_false(file_exists(wal));
	assert_int_equal(db_commit(db, &err), 0);
	assert_int_equal(db_made(db, &err), 0);
	db_close(db);
	assert_false(file_exists(wal));
	db_close(fix.db);
	assert_int_equal(db_open(&fix.db, path, true, &err), 0);
	assert_true(is_wal());
	assert_int_equal(ask("PRAGMA page_size"), 8192);
	assert_int_equal(ask("SELECT count(*) FROM t"), 0);
	free(path);
	free(journal);
	free(wal);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(opened_as_durable_as_we_need_it),
		CASE(values_come_back_as_they_were_bound),
		CASE(absent_text_is_empty_and_null_is_null),
		CASE(statement_at_its_end_is_fresh_again),
		CASE(place_that_is_not_there_fails_the_step),
		CASE(bad_sql_is_an_error_with_the_reason),
		CASE(rollback_takes_back_and_commit_keeps),
		CASE(durable_writes_are_counted_and_reads_are_not),
		CASE(killed_before_commit_nothing_after_it_all),
		CASE(foreign_file_is_refused_by_name),
		CASE(read_only_reads_and_makes_nothing),
		CASE(a_file_that_is_made_is_whole_when_it_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
