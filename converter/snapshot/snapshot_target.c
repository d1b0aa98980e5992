#include "snapshot/snapshot_internal.h"

#include <assert.h>

static const char sql_find[] =
    "SELECT id FROM target_key WHERE kind = ? AND key = ?";
static const char sql_new[] = "INSERT INTO target (kind, key) VALUES (?, ?)";
static const char sql_key[] =
    "INSERT INTO target_key (kind, key, id) VALUES (?, ?, ?)";
static const char sql_any[] =
    "SELECT EXISTS (SELECT 1 FROM target_key WHERE kind = ?)";
static const char sql_last[] = "SELECT coalesce(max(id), 0) FROM target";
static const char sql_keys[] =
    "INSERT INTO target_key (kind, key, id) SELECT kind, key, id"
    " FROM target WHERE id > ?1 AND kind = ?2 ORDER BY kind, key";

static int
insert_key(struct snapshot *snap, enum target_kind kind,
    const struct snapshot_key *key, int64_t row, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_key, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, snapshot_key_str(key));
	db_bind_int(stmt, 3, row);
	return db_run(stmt, err);
}

static int
insert(struct snapshot *snap, enum target_kind kind,
    const struct snapshot_key *key, int64_t *row, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_new, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, snapshot_key_str(key));
	if (db_run(stmt, err) == -1)
		return -1;
	*row = db_last_id(snap->db);
	snap->known.targets[kind] = KNOWN_YES;
	return snap->fill.kind == kind ? 0 :
	    insert_key(snap, kind, key, *row, err);
}

int
snapshot_target_add(struct snapshot *snap, const struct target *target,
    int64_t *row, struct err *err)
{
	struct snapshot_key key;

	(void)snapshot_key_make(&key, target_key(target));
	return insert(snap, target->kind, &key, row, err);
}

int
snapshot_target_row(struct snapshot *snap, const struct target *target,
    int64_t *row, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_find, err);
	struct snapshot_key key;
	int rc;

	assert(snap->fill.kind != target->kind);
	/* A target's key is never longer. */
	(void)snapshot_key_make(&key, target_key(target));
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, target->kind);
	db_bind_blob(stmt, 2, snapshot_key_str(&key));
	rc = snapshot_stmt_one(stmt, row, err);
	return rc != 1 ? rc : insert(snap, target->kind, &key, row, err);
}

int
snapshot_fill_begin(struct snapshot *snap, enum target_kind kind,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_any, err);
	int64_t any;

	assert(db_in_transaction(snap->db));
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	if (snapshot_stmt_one(stmt, &any, err) != 0)
		return -1;
	if (any != 0)
		return 1;
	if (snapshot_stmt_int(snap, sql_last, &snap->fill.last, err) == -1)
		return -1;
	snap->fill.kind = kind;
	return 0;
}

int
snapshot_fill_end(struct snapshot *snap, struct err *err)
{
	enum target_kind kind = snap->fill.kind;
	struct db_stmt *stmt = snapshot_stmt(snap, sql_keys, err);

	snap->fill.kind = TARGET_NONE;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, snap->fill.last);
	db_bind_int(stmt, 2, kind);
	return db_run(stmt, err);
}
