#include "snapshot/snapshot_internal.h"

static const char sql_put[] =
    "INSERT INTO recheck (row, due) VALUES (?, ?)"
    " ON CONFLICT (row) DO UPDATE SET due = excluded.due";
static const char sql_due[] =
    "SELECT row FROM recheck WHERE due <= ?1 OR due > ?3 ORDER BY due, row"
    " LIMIT ?2";
static const char sql_drop[] = "DELETE FROM recheck WHERE row = ?";

int
snapshot_recheck_put(struct snapshot *snap, int64_t row, int64_t due,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, row);
	db_bind_int(stmt, 2, due);
	return db_run(stmt, err);
}

int
snapshot_recheck_due(struct snapshot *snap, int64_t now, int64_t *rows,
    size_t max, size_t *count, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_due, err);
	int got;

	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, now);
	db_bind_int(stmt, 2, (int64_t)max);
	/* Longer is no wait: the clock was ahead. */
	db_bind_int(stmt, 3, now + LIMIT_RECHECK_MS);
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0 || *count == max)
			break;
		rows[(*count)++] = db_int(stmt, 0);
	}
	if (got == 1)
		db_reset(stmt);
	return got == -1 ? -1 : 0;
}

int
snapshot_recheck_drop(struct snapshot *snap, int64_t row, struct err *err)
{
	return snapshot_stmt_run(snap, sql_drop, row, err);
}
