#include "snapshot/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "snapshot/snapshot_internal.h"

#define META_REQUEST "request.last"
/* After a commit of gigabytes the log is given back to the disk. */
#define LOG_BYTES "67108864"

/* 0; 1: no file, or an empty one (a crash while it was made). */
static int
look_at(const char *path, bool *empty, struct err *err)
{
	struct stat st;

	*empty = false;
	if (stat(path, &st) == -1) {
		if (errno == ENOENT)
			return 1;
		return err_errno(err, ERR_STATE, "%s", path);
	}
	*empty = st.st_size == 0;
	return *empty ? 1 : 0;
}

/*
 * Whose file it is, is asked without writing: db_open() for writing would
 * turn a foreign database into one with a write-ahead log.
 */
static int
check_identity(const char *path, bool read_only, struct err *err)
{
	struct db *db;
	int rc;

	if (db_open(&db, path, true, err) == -1)
		return -1;
	rc = snapshot_schema_check(db, path, read_only, err);
	db_close(db);
	return rc;
}

/* SQLite's temporary files lie beside the state: there is the room for it.
 * Read once, when SQLite is first used. */
static void
choose_temporary_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL || slash == path ?
	    mem_text(slash == NULL ? "." : "/") :
	    mem_text_n(path, (size_t)(slash - path));

	/* Failing costs only the better place. */
	(void)setenv("SQLITE_TMPDIR", folder, 0);
	free(folder);
}

/* A half-made file of an earlier try, with what SQLite keeps beside it. */
static int
remove_half_made(const char *path, struct err *err)
{
	static const char *const ends[] = { "", "-journal", "-wal", "-shm" };
	char *name;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(ends) / sizeof(ends[0]);
	    i++) {
		name = mem_printf("%s%s", path, ends[i]);
		rc = file_remove(name, err);
		free(name);
	}
	return rc;
}

/*
 * A new state appears whole: made under another name and renamed.  Killed
 * while SQLite makes it, it would leave a journal that the look at whose file
 * it is (without writing) cannot roll back.
 */
static int
make_new(const char *path, struct err *err)
{
	char *half = mem_printf("%s.new", path);
	struct db *db = NULL;
	int rc;

	rc = remove_half_made(half, err);
	if (rc == 0)
		rc = db_make(&db, half, err);
	if (rc == 0)
		rc = snapshot_schema_migrate(db, err);
	if (rc == 0)
		rc = db_made(db, err);
	db_close(db);
	if (rc == 0)
		rc = file_sync(half, err);
	if (rc == 0)
		rc = file_rename(half, path, err);
	free(half);
	return rc;
}

static int
open_checked(struct snapshot *snap, struct err *err)
{
	bool empty;
	int rc = look_at(snap->path, &empty, err);

	choose_temporary_folder(snap->path);
	if (rc == 0)
		rc = check_identity(snap->path, snap->read_only, err);
	if (rc == -1 || (rc == 1 && snap->read_only))
		return rc;
	if (rc == 1 && make_new(snap->path, err) == -1)
		return -1;
	if (db_open(&snap->db, snap->path, snap->read_only, err) == -1)
		return -1;
	if (snap->read_only)
		return 0;
	if (db_exec(snap->db, "PRAGMA journal_size_limit=" LOG_BYTES,
	    err) == -1)
		return -1;
	return snapshot_schema_migrate(snap->db, err);
}

int
snapshot_open(struct snapshot **out, const char *path, bool read_only,
    struct err *err)
{
	struct snapshot *snap = mem_alloc(sizeof(*snap));
	int rc;

	*out = NULL;
	snap->path = mem_text(path);
	snap->read_only = read_only;
	snapshot_stage_init(&snap->stage);
	rc = open_checked(snap, err);
	if (rc != 0) {
		snapshot_close(snap);
		return rc;
	}
	*out = snap;
	return 0;
}

void
snapshot_close(struct snapshot *snap)
{
	if (snap == NULL)
		return;
	snapshot_stmt_free_all(snap);
	snapshot_stage_free(&snap->stage);
	db_close(snap->db);
	free(snap->path);
	free(snap);
}

int
snapshot_begin(struct snapshot *snap, struct err *err)
{
	snapshot_known_forget(snap);
	return snapshot_stage_suspend(snap) ? 0 : db_begin(snap->db, err);
}

/*
 * The log of an accepted package may be as large as the state, and so are the
 * temporary tables: those go before the log is copied to its place, so that
 * the disk holds two of them and not three.  It is copied with the next commit,
 * or when the state is closed; a failing copy is SQLite's to do again.
 */
int
snapshot_commit(struct snapshot *snap, struct err *err)
{
	bool large = snap->stage.stale && !snap->stage.open;
	int rc;

	if (large)
		(void)db_exec(snap->db, "PRAGMA wal_autocheckpoint=0", NULL);
	rc = db_commit(snap->db, err);
	/* As on a full disk: nothing of it must linger. */
	if (rc == -1)
		db_rollback(snap->db);
	snapshot_known_forget(snap);
	snapshot_stage_tidy(snap);
	if (large)
		(void)db_exec(snap->db, "PRAGMA wal_autocheckpoint=1000",
		    NULL);
	return rc;
}

void
snapshot_rollback(struct snapshot *snap)
{
	snapshot_find_reset(snap);
	snap->fill.kind = TARGET_NONE;
	db_rollback(snap->db);
	snapshot_known_forget(snap);
	snapshot_stage_tidy(snap);
}

int
snapshot_end(struct snapshot *snap, int rc, struct err *err)
{
	if (rc != -1)
		return snapshot_commit(snap, err);
	snapshot_rollback(snap);
	return -1;
}

bool
snapshot_in_transaction(struct snapshot *snap)
{
	/* The one that staging holds open is not the caller's. */
	return !snap->stage.own_transaction && db_in_transaction(snap->db);
}

struct record_source
snapshot_source(struct snapshot *snap)
{
	return (struct record_source){
		.ctx = snap,
		.get = snapshot_record_get,
		.stated = snapshot_record_stated,
		.is_absent = snapshot_record_is_absent,
		.generation = snapshot_generation,
		.has_characteristics = snapshot_has_characteristics,
		.has_target = snapshot_has_target,
		.each_of = snapshot_record_each_of,
		.each = snapshot_record_each,
	};
}

int
snapshot_mark_absent(struct snapshot *snap, int64_t session, int64_t node,
    struct str catalog, int (*visit)(void *ctx, struct str id,
    struct err *err), void *ctx, int64_t *live, struct err *err)
{
	int64_t absent;

	if (snapshot_absent_scan(snap, session, node, catalog, true, &absent,
	    live, err) == -1)
		return -1;
	return absent == 0 ? 0 : snapshot_absent_visit(snap, visit, ctx, err);
}

int
snapshot_count_absent(struct snapshot *snap, int64_t session, int64_t node,
    struct str catalog, int64_t *absent, int64_t *live, struct err *err)
{
	return snapshot_absent_scan(snap, session, node, catalog, false,
	    absent, live, err);
}

int
snapshot_live_goods(struct snapshot *snap, int64_t *count, struct err *err)
{
	/* TARGET_PRODUCT, _PARENT, _OFFER, _SERVICE.  flags: neither gone nor
	 * switched off. */
	static const char sql[] =
	    "SELECT count(*) FROM target"
	    " WHERE kind IN (2, 15, 16, 17) AND portal_id <> 0 AND flags = 0";

	return snapshot_stmt_int(snap, sql, count, err);
}

int
snapshot_live_prices(struct snapshot *snap, struct str rule, int64_t *count,
    struct err *err)
{
	/* TARGET_PRICE; the rule is what its key ends with. */
	static const char sql[] =
	    "SELECT count(*) FROM target WHERE kind = 3 AND portal_id <> 0"
	    " AND substr(key, -length(?1)) = ?1";
	struct buf end = BUF_INIT(LIMIT_KEY_BYTES + 1);
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);
	int rc;

	*count = 0;
	if (stmt == NULL)
		return -1;
	(void)buf_add_char(&end, '\0');
	(void)buf_add(&end, rule.p, rule.len);
	db_bind_blob(stmt, 1, str_n(end.data, end.len));
	rc = snapshot_stmt_one(stmt, count, err);
	buf_free(&end);
	return rc == -1 ? -1 : 0;
}

int
snapshot_request_number(struct snapshot *snap, int64_t *out, struct err *err)
{
	/* Never used twice, also when the attempts are long gone. */
	*out = snapshot_meta_int(snap, META_REQUEST, 0) + 1;
	return snapshot_meta_set_int(snap, META_REQUEST, *out, err);
}
