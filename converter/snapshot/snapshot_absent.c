/*
 * Goods that a closed full session did not name.  Not counted are those that
 * a newer package stated, that the package which is being taken names, and
 * that 1C has marked deleted (they have their own rule).
 */
#include "snapshot/snapshot_internal.h"

static const char sql_tables[] =
    "CREATE TABLE IF NOT EXISTS temp.absent (key BLOB NOT NULL,"
    " id INTEGER NOT NULL, PRIMARY KEY (key)) WITHOUT ROWID;"
    "DELETE FROM temp.absent;";
/* RECORD_PRODUCT */
static const char sql_goods[] =
    "SELECT id, key, stated, flags, body FROM record WHERE kind = 8";
static const char sql_formed[] =
    "SELECT coalesce(max(formed), 0) FROM package"
    " WHERE session = ? AND accepted = 1";
static const char sql_note[] =
    "INSERT INTO temp.absent (key, id) VALUES (?, ?)";
/* Absence is stated too: an older package does not bring them back. */
static const char sql_mark[] =
    "UPDATE record SET flags = flags | 1, stated = max(stated, ?)"
    " WHERE id IN (SELECT id FROM temp.absent)";
static const char sql_visit[] = "SELECT key FROM temp.absent ORDER BY key";

struct scan {
	struct snapshot *snap;
	struct str catalog;
	int64_t formed;         /* of the session's newest package */
	bool mark;
	struct snapshot_bits named;
	struct snapshot_bits newer;
	struct fields fields;
	int64_t absent, live;
};

static int
prepare(struct scan *scan, int64_t session, struct err *err)
{
	struct snapshot *snap = scan->snap;
	struct db_stmt *stmt = snapshot_stmt(snap, sql_formed, err);
	int64_t from, to;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, session);
	if (snapshot_stmt_one(stmt, &scan->formed, err) != 0 ||
	    snapshot_seen_session(snap, session, &scan->named, err) == -1)
		return -1;
	if (scan->mark && db_exec(snap->db, sql_tables, err) == -1)
		return -1;
	return snapshot_seen_newer(snap, scan->formed, &scan->newer, &from,
	    &to, err);
}

static bool
is_absent(const struct scan *scan, int64_t id, int64_t stated)
{
	return !snapshot_bits_has(&scan->named, id) &&
	    stated <= scan->formed &&
	    !snapshot_bits_has(&scan->newer, id) &&
	    !(scan->snap->stage.open &&
	    snapshot_bits_has(&scan->snap->stage.named, id));
}

static int
note_absent(struct scan *scan, int64_t id, struct str key, struct err *err)
{
	struct db_stmt *stmt;

	scan->absent++;
	if (!scan->mark)
		return 0;
	stmt = snapshot_stmt(scan->snap, sql_note, err);
	if (stmt == NULL)
		return -1;
	db_bind_blob(stmt, 1, key);
	db_bind_int(stmt, 2, id);
	return db_run(stmt, err);
}

static int
look_at(struct scan *scan, struct db_stmt *stmt, struct err *err)
{
	int64_t id, flags;

	if (!snapshot_row_int(stmt, 0, 1, LIMIT_RECORD_ROWS, &id) ||
	    !snapshot_row_int(stmt, 3, 0, RECORD_FLAGS, &flags))
		return snapshot_row_damaged(scan->snap, "record",
		    db_int(stmt, 0), err);
	if (flags != 0)
		return 0;
	if (!snapshot_row_fields(stmt, 4, &scan->fields))
		return snapshot_row_damaged(scan->snap, "record", id, err);
	if (!str_eq(fields_get(&scan->fields, FIELD_CATALOG), scan->catalog))
		return 0;
	scan->live++;
	return is_absent(scan, id, db_int(stmt, 2)) ?
	    note_absent(scan, id, db_blob(stmt, 1), err) : 0;
}

static int
run(struct scan *scan, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(scan->snap, sql_goods, err);
	int got;

	if (stmt == NULL)
		return -1;
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (look_at(scan, stmt, err) == -1)
			break;
	}
	db_reset(stmt);
	return -1;
}

static int
mark(const struct scan *scan, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(scan->snap, sql_mark, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, scan->formed);
	return db_run(stmt, err);
}

int
snapshot_absent_scan(struct snapshot *snap, int64_t session,
    struct str catalog, bool marking, int64_t *absent, int64_t *live,
    struct err *err)
{
	struct scan scan = { .snap = snap, .catalog = catalog,
	    .mark = marking };
	int rc;

	fields_init(&scan.fields);
	rc = prepare(&scan, session, err);
	/* Below the floor it is not known what newer packages named. */
	if (rc == 0 && scan.formed <
	    snapshot_meta_int(snap, META_SEEN_FLOOR, 0))
		scan.formed = -1;
	if (rc == 0)
		rc = run(&scan, err);
	if (rc == 0 && marking && scan.absent > 0)
		rc = mark(&scan, err);
	snapshot_bits_free(&scan.named);
	snapshot_bits_free(&scan.newer);
	fields_free(&scan.fields);
	*absent = scan.absent;
	*live = scan.live;
	return rc;
}

int
snapshot_absent_visit(struct snapshot *snap,
    int (*visit)(void *ctx, struct str id, struct err *err), void *ctx,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_visit, err);
	char id[LIMIT_KEY_BYTES];
	size_t len;
	int rc = 0, got;

	if (stmt == NULL)
		return -1;
	while (rc == 0) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (snapshot_key_read(id, &len, db_blob(stmt, 0)) == -1)
			rc = snapshot_row_damaged(snap, "absent", 0, err);
		else
			rc = visit(ctx, str_n(id, len), err);
	}
	db_reset(stmt);
	return rc;
}
