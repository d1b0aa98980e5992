#include "snapshot/snapshot_internal.h"

static const char sql_get[] =
    "SELECT r.id, r.flags, r.body FROM record_key k"
    " LEFT JOIN record r ON r.id = k.id WHERE k.kind = ? AND k.key = ?";
static const char sql_next[] =
    "SELECT k.key, r.id, r.body FROM record_key k"
    " LEFT JOIN record r ON r.id = k.id"
    " WHERE k.kind = ?1 AND k.key > ?2 ORDER BY k.key LIMIT 1";
static const char sql_count[] =
    "SELECT count(*) FROM record_key WHERE kind = ?";

/* Steps the statement of one record to its row: 0, 1 none, -1. */
static int
seek(struct snapshot *snap, struct db_stmt **out, enum record_kind kind,
    struct str id, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	struct snapshot_key key;
	int got;

	*out = stmt;
	if (stmt == NULL)
		return -1;
	if (snapshot_key_make(&key, id) == -1)
		return 1;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, snapshot_key_str(&key));
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	/* The key is ours no longer. */
	return db_is_null(stmt, 0) ?
	    snapshot_row_damaged(snap, "record_key", kind, err) : 0;
}

int
snapshot_record_get(void *ctx, enum record_kind kind, struct str id,
    struct fields *out, struct err *err)
{
	struct snapshot *snap = ctx;
	struct db_stmt *stmt;
	int rc = seek(snap, &stmt, kind, id, err);

	fields_clear(out);
	if (rc == 0 && !snapshot_row_fields(stmt, 2, out))
		rc = snapshot_row_damaged(snap, "record", db_int(stmt, 0),
		    err);
	if (stmt != NULL)
		db_reset(stmt);
	return rc;
}

int
snapshot_record_is_absent(void *ctx, enum record_kind kind, struct str id)
{
	struct snapshot *snap = ctx;
	struct db_stmt *stmt;
	int absent = 0;

	if (seek(snap, &stmt, kind, id, NULL) == 0)
		absent = (db_int(stmt, 1) & RECORD_FLAG_ABSENT) != 0;
	if (stmt != NULL)
		db_reset(stmt);
	return absent;
}

/* The record behind `key`, which becomes its key: 0, 1 no more, -1. */
static int
next_record(struct snapshot *snap, struct snapshot_key *key,
    struct record *record, char *id, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_next, err);
	struct str stored;
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record->kind);
	db_bind_blob(stmt, 2, snapshot_key_str(key));
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	stored = db_blob(stmt, 0);
	if (db_is_null(stmt, 1) || snapshot_key_read(id, &record->id.len,
	    stored) == -1 || snapshot_key_make(key, str_n(id,
	    record->id.len)) == -1 ||
	    !str_eq(snapshot_key_str(key), stored) ||
	    !snapshot_row_fields(stmt, 2, &record->fields))
		got = snapshot_row_damaged(snap, "record", db_int(stmt, 1),
		    err);
	else
		got = 0;
	record->id.p = id;
	db_reset(stmt);
	return got;
}

/* One look-up for each record, so that the visit may change records. */
int
snapshot_record_each(void *ctx, enum record_kind kind,
    int (*visit)(void *arg, const struct record *record), void *arg,
    struct err *err)
{
	struct record record = { .kind = kind };
	struct snapshot_key key = { .len = 0 };
	char id[LIMIT_KEY_BYTES];
	int rc;

	fields_init(&record.fields);
	for (;;) {
		rc = next_record(ctx, &key, &record, id, err);
		if (rc != 0) {
			rc = rc == 1 ? 0 : -1;
			break;
		}
		rc = visit(arg, &record);
		if (rc != 0)
			break;
	}
	fields_free(&record.fields);
	return rc;
}

int
snapshot_record_count(struct snapshot *snap, enum record_kind kind,
    int64_t *count, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_count, err);

	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	return snapshot_stmt_one(stmt, count, err) == 0 ? 0 : -1;
}
