#include "snapshot/snapshot_internal.h"

#include "base/pace.h"

static const char sql_get[] =
    "SELECT r.id, r.flags, r.body, r.node FROM record_key k"
    " LEFT JOIN record r ON r.id = k.id WHERE k.kind = ? AND k.key = ?";
static const char sql_next[] =
    "SELECT k.key, r.id, r.body FROM record_key k"
    " LEFT JOIN record r ON r.id = k.id"
    " WHERE k.kind = ?1 AND k.key > ?2 ORDER BY k.key LIMIT 1";
static const char sql_guess[] =
    "SELECT id, flags, body, node FROM record WHERE id = ? AND kind = ?"
    " AND key = ?";
static const char sql_walk[] =
    "SELECT key, id, body FROM record WHERE id > ?1 AND kind = ?2"
    " ORDER BY id LIMIT 1";

/* Further apart than this is no neighbourhood. */
#define STEP_MAX 16

static int
seek_key(struct snapshot *snap, struct db_stmt **out, enum record_kind kind,
    const struct snapshot_key *key, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	int got;

	*out = stmt;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, snapshot_key_str(key));
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	return db_is_null(stmt, 0) ?
	    snapshot_row_damaged(snap, "record_key", kind, err) : 0;
}

/* 0: the record with this number has that key; 1: it has not. */
static int
seek_guess(struct snapshot *snap, struct db_stmt **out,
    enum record_kind kind, const struct snapshot_key *key, int64_t id,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_guess, err);
	int got;

	*out = stmt;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	db_bind_int(stmt, 2, kind);
	db_bind_blob(stmt, 3, snapshot_key_str(key));
	got = db_step(stmt, err);
	return got == -1 ? -1 : !got;
}

static void
remember(struct snapshot *snap, enum record_kind kind, int64_t id)
{
	struct snapshot_last *last = &snap->last[kind];
	int64_t step = id - last->id;

	if (step != 0)
		last->step = step > 0 && step <= STEP_MAX ? step : 0;
	last->id = id;
}

/*
 * Records lie in the order in which 1C names things, and so they are mostly
 * asked for: the last one again, or the one as far behind it as that was behind
 * the one before it.  Such a guess costs no walk through the index.
 */
int
snapshot_record_seek(struct snapshot *snap, struct db_stmt **out,
    enum record_kind kind, struct str id, struct err *err)
{
	struct snapshot_last *last = &snap->last[kind];
	struct snapshot_key key;
	int rc = 1;

	*out = NULL;
	if (snapshot_key_make(&key, id) == -1)
		return 1;
	if (last->step > 0)
		rc = seek_guess(snap, out, kind, &key, last->id + last->step,
		    err);
	if (rc == 1)
		rc = seek_key(snap, out, kind, &key, err);
	if (rc == 0)
		remember(snap, kind, db_int(*out, 0));
	return rc;
}

int
snapshot_record_get(void *ctx, enum record_kind kind, struct str id,
    struct fields *out, struct err *err)
{
	struct snapshot *snap = ctx;
	struct db_stmt *stmt;
	int rc = snapshot_record_seek(snap, &stmt, kind, id, err);

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
	struct snapshot_key key;
	struct db_stmt *stmt;
	int rc, absent = 0;

	if (snapshot_key_make(&key, id) == -1)
		return 0;
	/* It has just been read, mostly. */
	rc = seek_guess(snap, &stmt, kind, &key, snap->last[kind].id, NULL);
	if (rc == 1)
		rc = seek_key(snap, &stmt, kind, &key, NULL);
	if (rc == 0)
		absent = (db_int(stmt, 1) & RECORD_FLAG_ABSENT) != 0;
	if (stmt != NULL)
		db_reset(stmt);
	return rc == -1 ? -1 : absent;
}

/* Where a walk over the records of a kind stands. */
struct walk {
	struct snapshot_key key;
	int64_t id;
};

/* Goods are many, and lie behind one another in the order of their numbers;
 * of other kinds there are few, and those go by their ids. */
static struct db_stmt *
next_stmt(struct snapshot *snap, const struct walk *walk,
    enum record_kind kind, struct err *err)
{
	bool by_number = kind == RECORD_PRODUCT;
	struct db_stmt *stmt = snapshot_stmt(snap,
	    by_number ? sql_walk : sql_next, err);

	if (stmt == NULL)
		return NULL;
	if (by_number) {
		db_bind_int(stmt, 1, walk->id);
		db_bind_int(stmt, 2, kind);
	} else {
		db_bind_int(stmt, 1, kind);
		db_bind_blob(stmt, 2, snapshot_key_str(&walk->key));
	}
	return stmt;
}

/* The record behind the one where the walk stands: 0, 1 no more, -1. */
static int
next_record(struct snapshot *snap, struct walk *walk, struct record *record,
    char *id, struct err *err)
{
	struct db_stmt *stmt = next_stmt(snap, walk, record->kind, err);
	struct str stored;
	int got;

	if (stmt == NULL)
		return -1;
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	stored = db_blob(stmt, 0);
	walk->id = db_int(stmt, 1);
	if (db_is_null(stmt, 1) || snapshot_key_read(id, &record->id.len,
	    stored) == -1 || snapshot_key_make(&walk->key, str_n(id,
	    record->id.len)) == -1 ||
	    !str_eq(snapshot_key_str(&walk->key), stored) ||
	    !snapshot_row_fields(stmt, 2, &record->fields))
		got = snapshot_row_damaged(snap, "record", walk->id, err);
	else
		got = 0;
	record->id.p = id;
	db_reset(stmt);
	if (got == 0)
		remember(snap, record->kind, walk->id);
	return got;
}

int
snapshot_record_count(struct snapshot *snap, enum record_kind kind,
    int64_t *count, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, "SELECT count(*) FROM "
	    "record_key WHERE kind = ?", err);
	int got = -1;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, (int64_t)kind);
	got = db_step(stmt, err);
	*count = got == 1 ? db_int(stmt, 0) : 0;
	db_reset(stmt);
	return got == -1 ? -1 : 0;
}

/* One look-up for each record, so that the visit may change records. */
int
snapshot_record_each(void *ctx, enum record_kind kind,
    int (*visit)(void *arg, const struct record *record), void *arg,
    struct err *err)
{
	struct record record = { .kind = kind };
	struct walk walk = { .key = { .len = 0 } };
	char id[LIMIT_KEY_BYTES];
	int rc;

	fields_init(&record.fields);
	for (;;) {
		rc = next_record(ctx, &walk, &record, id, err);
		if (rc != 0) {
			rc = rc == 1 ? 0 : -1;
			break;
		}
		pace_add(PACE_RECORDS, 1);
		rc = visit(arg, &record);
		if (rc != 0)
			break;
	}
	fields_free(&record.fields);
	return rc;
}
