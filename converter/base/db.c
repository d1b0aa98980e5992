#include "base/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/step.h"

#define BUSY_MS 10000
#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)

struct db {
	sqlite3 *handle;
	char *path;
};

struct db_stmt {
	sqlite3_stmt *handle;
	struct db *db;
	int bind_error;         /* the first one; the next step reports it */
	bool writes;
};

/* A quota or a limit shows as an error of writing, a full disk also where the
 * files beside the database cannot be made. */
static bool
is_full(const struct db *db, int code)
{
	int why = db->handle == NULL ? 0 : sqlite3_system_errno(db->handle);

	return code == SQLITE_FULL || code == SQLITE_IOERR_WRITE ||
	    code == SQLITE_IOERR_SHMSIZE || ((code & 0xff) == SQLITE_IOERR &&
	    (why == ENOSPC || why == EDQUOT || why == EFBIG));
}

static int
fail(const struct db *db, int code, struct err *err)
{
	const char *said = db->handle == NULL ? sqlite3_errstr(code) :
	    sqlite3_errmsg(db->handle);

	if (is_full(db, code))
		return err_set(err, ERR_STATE, _("%s: cannot be written "
		    "(%s): make room on the disk, then run again; nothing is "
		    "lost"), db->path, said);
	code &= 0xff;
	if (code == SQLITE_CORRUPT)
		return err_set(err, ERR_STATE, _("%s: the file is damaged "
		    "(%s): put the last copy of its folder in its place, see "
		    "docs/OPERATORS.md, \"the state is damaged\""), db->path,
		    said);
	if (code == SQLITE_NOTADB)
		return err_set(err, ERR_STATE,
		    _("%s: not a cml24 state file (it is no SQLite database)"),
		    db->path);
	/* Beside a database that is only read stand files that are not. */
	if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY)
		return err_set(err, ERR_STATE, _("%s: cannot be opened (%s); "
		    "who only looks must be able to write there too: use the "
		    "account that runs cml24"), db->path, said);
	return err_set(err, ERR_STATE, "%s: %s", db->path, said);
}

/* Of a new file: half the page operations of a first load. */
#define PAGES "PRAGMA page_size=8192;"

static const char writer[] =
    PAGES "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;";
static const char maker[] =
    PAGES "PRAGMA journal_mode=MEMORY;PRAGMA synchronous=OFF;";

/* more: NULL for none. */
static int
set_up(struct db *db, const char *more, struct err *err)
{
	static const char common[] =
	    "PRAGMA trusted_schema=OFF;"
	    "PRAGMA cell_size_check=ON;"
	    "PRAGMA mmap_size=0;"
	    "PRAGMA temp_store=FILE;"
	    "PRAGMA foreign_keys=ON;"
	    "PRAGMA cache_size=-" TEXT(LIMIT_DB_CACHE_KIB) ";"
	    /* The first that reads the file: a foreign one shows here. */
	    "PRAGMA schema_version;";

	sqlite3_busy_timeout(db->handle, BUSY_MS);
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (db_exec(db, common, err) != 0)
		return -1;
	return more == NULL ? 0 : db_exec(db, more, err);
}

/* One thread alone uses SQLite: its locks and counts are for nothing.  Once it
 * is in use these are refused, and hold already. */
static void
use_alone(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int
open_as(struct db **out, const char *path, int flags, const char *more,
    struct err *err)
{
	struct db *db = mem_alloc(sizeof *db);
	int code;

	*out = NULL;
	use_alone();
	db->path = mem_text(path);
	code = sqlite3_open_v2(path, &db->handle, flags | SQLITE_OPEN_NOMUTEX,
	    NULL);
	if (code != SQLITE_OK)
		fail(db, code, err);
	else
		code = set_up(db, more, err);
	if (code != 0) {
		db_close(db);
		return -1;
	}
	*out = db;
	return 0;
}

int
db_open(struct db **out, const char *path, bool read_only, struct err *err)
{
	return read_only ?
	    open_as(out, path, SQLITE_OPEN_READONLY, NULL, err) :
	    open_as(out, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	    writer, err);
}

int
db_make(struct db **out, const char *path, struct err *err)
{
	/* SQLite makes its other files of the same owner. */
	int fd = file_create(path, O_RDWR, 0644);

	if (fd >= 0)
		close(fd);
	return open_as(out, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	    maker, err);
}

int
db_made(struct db *db, struct err *err)
{
	return db_exec(db, "PRAGMA journal_mode=WAL", err);
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	sqlite3_close_v2(db->handle);
	free(db->path);
	free(db);
}

int
db_exec(struct db *db, const char *sql, struct err *err)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : fail(db, code, err);
}

int
db_prepare(struct db_stmt **out, struct db *db, const char *sql,
    struct err *err)
{
	struct db_stmt *stmt;
	sqlite3_stmt *handle;
	int code = sqlite3_prepare_v3(db->handle, sql, -1,
	    SQLITE_PREPARE_PERSISTENT, &handle, NULL);

	*out = NULL;
	if (code != SQLITE_OK)
		return fail(db, code, err);
	stmt = mem_alloc(sizeof *stmt);
	stmt->handle = handle;
	stmt->db = db;
	stmt->writes = sqlite3_stmt_readonly(handle) == 0;
	*out = stmt;
	return 0;
}

void
db_stmt_free(struct db_stmt *stmt)
{
	if (stmt == NULL)
		return;
	sqlite3_finalize(stmt->handle);
	free(stmt);
}

static void
note_bind(struct db_stmt *stmt, int code)
{
	if (code != SQLITE_OK && stmt->bind_error == SQLITE_OK)
		stmt->bind_error = code;
}

void
db_bind_int(struct db_stmt *stmt, int place, int64_t value)
{
	note_bind(stmt, sqlite3_bind_int64(stmt->handle, place, value));
}

/* A NULL pointer would bind NULL, which a NOT NULL column refuses. */
static const char *
bytes_of(struct str text)
{
	return text.p == NULL ? "" : text.p;
}

void
db_bind_text(struct db_stmt *stmt, int place, struct str text)
{
	note_bind(stmt, sqlite3_bind_text64(stmt->handle, place,
	    bytes_of(text), text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void
db_bind_blob(struct db_stmt *stmt, int place, struct str bytes)
{
	note_bind(stmt, sqlite3_bind_blob64(stmt->handle, place,
	    bytes_of(bytes), bytes.len, SQLITE_STATIC));
}

void
db_bind_null(struct db_stmt *stmt, int place)
{
	note_bind(stmt, sqlite3_bind_null(stmt->handle, place));
}

static int
step_counted(struct db_stmt *stmt)
{
	int code;

	if (!stmt->writes || db_in_transaction(stmt->db))
		return sqlite3_step(stmt->handle);
	step_mark();
	code = sqlite3_step(stmt->handle);
	step_mark();
	return code;
}

int
db_step(struct db_stmt *stmt, struct err *err)
{
	int code = stmt->bind_error;

	if (code == SQLITE_OK)
		code = step_counted(stmt);
	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		fail(stmt->db, code, err);
	db_reset(stmt);
	return code == SQLITE_DONE ? 0 : -1;
}

void
db_reset(struct db_stmt *stmt)
{
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
	stmt->bind_error = SQLITE_OK;
}

int
db_run(struct db_stmt *stmt, struct err *err)
{
	int got;

	do {
		got = db_step(stmt, err);
	} while (got > 0);
	return got;
}

int64_t
db_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt->handle, column);
}

struct str
db_text(struct db_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt->handle, column);

	if (text == NULL)
		return STR_NONE;
	return str_n((const char *)text,
	    (size_t)sqlite3_column_bytes(stmt->handle, column));
}

struct str
db_blob(struct db_stmt *stmt, int column)
{
	const void *bytes = sqlite3_column_blob(stmt->handle, column);

	if (bytes == NULL)
		return STR_NONE;
	return str_n(bytes, (size_t)sqlite3_column_bytes(stmt->handle, column));
}

bool
db_is_null(struct db_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

int64_t
db_last_id(struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int
db_changes(struct db *db)
{
	return sqlite3_changes(db->handle);
}

int
db_begin(struct db *db, struct err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

int
db_commit(struct db *db, struct err *err)
{
	int result;

	step_mark();
	result = db_exec(db, "COMMIT", err);
	step_mark();
	return result;
}

void
db_rollback(struct db *db)
{
	/* SQLite may have rolled back by itself, as on a full disk. */
	if (db_in_transaction(db))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

bool
db_in_transaction(struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}
