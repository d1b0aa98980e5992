#include "snapshot/snapshot_internal.h"

static const char sql_find[] =
    "SELECT id FROM target WHERE kind = ? AND key = ?";
static const char sql_new[] = "INSERT INTO target (kind, key) VALUES (?, ?)";

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
	if (rc != 1)
		return rc;
	stmt = snapshot_stmt(snap, sql_new, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, target->kind);
	db_bind_blob(stmt, 2, snapshot_key_str(&key));
	if (db_run(stmt, err) == -1)
		return -1;
	*row = db_last_id(snap->db);
	return 0;
}
