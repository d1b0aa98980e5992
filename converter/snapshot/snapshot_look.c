#include "snapshot/looks.h"
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

#define COLUMNS "id, name, size, mtime_ns, inode, first, seen, reported," \
	" head, head_bytes"

static const char sql_get[] =
    "SELECT " COLUMNS " FROM look WHERE name = ?";
static const char sql_id[] = "SELECT " COLUMNS " FROM look WHERE id = ?";
static const char sql_ids[] = "SELECT id FROM look ORDER BY name";
static const char sql_put[] =
    "INSERT INTO look (name, size, mtime_ns, inode, first, seen, reported,"
    " head, head_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET size = excluded.size,"
    " mtime_ns = excluded.mtime_ns, inode = excluded.inode,"
    " first = excluded.first, seen = excluded.seen,"
    " reported = excluded.reported, head = excluded.head,"
    " head_bytes = excluded.head_bytes";
static const char sql_drop[] = "DELETE FROM look WHERE name = ?";

static int
take(struct snapshot *snap, struct db_stmt *stmt, struct look *out,
    struct err *err)
{
	int64_t reported;
	int got = db_step(stmt, err);

	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = 0;
	if (!snapshot_row_text(stmt, 1, out->name, sizeof(out->name)) ||
	    !snapshot_row_int(stmt, 2, 0, INT64_MAX, &out->size) ||
	    !snapshot_row_int(stmt, 7, 0, 1, &reported))
		got = snapshot_row_damaged(snap, "look", db_int(stmt, 0),
		    err);
	else
		out->reported = reported != 0;
	out->mtime_ns = db_int(stmt, 3);
	out->inode = db_int(stmt, 4);
	out->first = db_int(stmt, 5);
	out->seen = db_int(stmt, 6);
	out->head = db_int(stmt, 8);
	out->head_bytes = db_int(stmt, 9);
	db_reset(stmt);
	return got;
}

int
snapshot_look_get(struct snapshot *snap, const char *name, struct look *look,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(name));
	return take(snap, stmt, look, err);
}

int
snapshot_look_put(struct snapshot *snap, const struct look *look,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(look->name));
	db_bind_int(stmt, 2, look->size);
	db_bind_int(stmt, 3, look->mtime_ns);
	db_bind_int(stmt, 4, look->inode);
	db_bind_int(stmt, 5, look->first);
	db_bind_int(stmt, 6, look->seen);
	db_bind_int(stmt, 7, look->reported);
	db_bind_int(stmt, 8, look->head);
	db_bind_int(stmt, 9, look->head_bytes);
	return db_run(stmt, err);
}

int
snapshot_look_drop(struct snapshot *snap, const char *name, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_drop, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(name));
	return db_run(stmt, err);
}

int
snapshot_look_each(struct snapshot *snap,
    int (*visit)(void *ctx, const struct look *look, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_ids, err);
	struct look look;
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL || snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++) {
		stmt = snapshot_stmt(snap, sql_id, err);
		if (stmt == NULL) {
			rc = -1;
			break;
		}
		db_bind_int(stmt, 1, ids[i]);
		rc = take(snap, stmt, &look, err);
		if (rc == 0)
			rc = visit(ctx, &look, err);
		else if (rc == 1)
			rc = 0;
	}
	free(ids);
	return rc;
}
