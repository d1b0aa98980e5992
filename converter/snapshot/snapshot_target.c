#include "snapshot/snapshot_internal.h"

static const char sql_find[] =
    "SELECT id FROM target WHERE kind = ? AND key = ?";
static const char sql_new[] = "INSERT INTO target (kind, key) VALUES (?, ?)";

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
	return 0;
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

	/* A target's key is never longer. */
	(void)snapshot_key_make(&key, target_key(target));
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, target->kind);
	db_bind_blob(stmt, 2, snapshot_key_str(&key));
	rc = snapshot_stmt_one(stmt, row, err);
	return rc != 1 ? rc : insert(snap, target->kind, &key, row, err);
}
