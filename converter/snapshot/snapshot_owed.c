/*
 * Pictures are copied into the inbox after the XML that names them, when it is
 * people or shares that copy.  What a record named and did not get is
 * remembered, so that a file that comes later is found to be wanted by one
 * look-up for each folder of its path, however many goods there are.
 */
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>
#include <string.h>

static const char sql_note[] =
    "INSERT OR REPLACE INTO temp.stage_owed (kind, key, path, place, came)"
    " VALUES (?, ?, ?, ?, ?)";
static const char sql_is_noted[] =
    "SELECT EXISTS (SELECT 1 FROM owed o JOIN temp.stage_owed n"
    " ON n.kind = o.kind AND n.key = o.key AND n.path = o.path"
    " WHERE o.id = ?)";
static const char sql_any_noted[] =
    "SELECT EXISTS (SELECT 1 FROM temp.stage_owed)";
static const char sql_any[] = "SELECT EXISTS (SELECT 1 FROM owed)";
static const char sql_any_of[] =
    "SELECT EXISTS (SELECT 1 FROM owed WHERE node = ?)";
/* Of the records that were noted: what came, and what they name no more; but
 * where several nodes state one (NODE_SHARED), another may name it still. */
static const char sql_settle[] =
    "DELETE FROM owed WHERE id IN (SELECT o.id FROM"
    " (SELECT DISTINCT kind, key FROM temp.stage_owed) s"
    " JOIN owed o ON o.kind = s.kind AND o.key = s.key"
    " LEFT JOIN temp.stage_owed n ON n.kind = o.kind AND n.key = o.key"
    " AND n.path = o.path WHERE n.came = ?1 OR (n.came IS NULL"
    " AND (o.node = ?2 OR NOT EXISTS (SELECT 1 FROM record_key k"
    " JOIN record r ON r.id = k.id WHERE k.kind = o.kind"
    " AND k.key = o.key AND r.node = -1))))";
static const char sql_add[] =
    "INSERT INTO owed (kind, key, path, node, place)"
    " SELECT kind, key, path, ?1, place FROM temp.stage_owed"
    " WHERE came = ?2 ON CONFLICT (kind, key, path) DO UPDATE SET"
    " node = excluded.node, place = excluded.place"
    " WHERE node <> excluded.node OR place <> excluded.place";
/* No node is called "". */
static const char sql_add_nobody[] =
    "INSERT INTO owed (kind, key, path, node, place)"
    " SELECT kind, key, path, '', place FROM temp.stage_owed"
    " WHERE came IN (?, ?) ON CONFLICT (kind, key, path) DO NOTHING";
static const char sql_follow[] =
    "UPDATE owed SET node = ?2 WHERE node = ?1";
static const char sql_ids[] =
    "SELECT id FROM owed WHERE node = ? AND path = ? ORDER BY id";
static const char sql_all[] = "SELECT id FROM owed ORDER BY kind, key";
static const char sql_get[] =
    "SELECT kind, key, path, place FROM owed WHERE id = ?";
static const char sql_drop[] = "DELETE FROM owed WHERE id = ?";
static const char sql_complete[] = "UPDATE record SET body = ? WHERE id = ?";

int
snapshot_owed_note(struct snapshot *snap, enum record_kind kind,
    struct str id, const char *path, const char *place, enum owed_came came,
    struct err *err)
{
	struct db_stmt *stmt;
	struct snapshot_key key;

	/* Longer ones cannot be files of a package. */
	if (snapshot_key_make(&key, id) == -1 ||
	    strlen(path) >= LIMIT_NAME_BYTES ||
	    strlen(place) >= LIMIT_NAME_BYTES)
		return 0;
	stmt = snapshot_stmt(snap, sql_note, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, snapshot_key_str(&key));
	db_bind_text(stmt, 3, str_of(path));
	db_bind_text(stmt, 4, str_of(place));
	db_bind_int(stmt, 5, came);
	return db_run(stmt, err);
}

int
snapshot_owed_is_noted(struct snapshot *snap, const struct owed *owed,
    bool *noted, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_is_noted, err);
	int64_t found = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, owed->row);
	if (snapshot_stmt_one(stmt, &found, err) == -1)
		return -1;
	*noted = found != 0;
	return 0;
}

int
snapshot_owed_accept(struct snapshot *snap, const char *node,
    struct err *err)
{
	struct db_stmt *stmt;
	int64_t noted;

	if (snapshot_stmt_int(snap, sql_any_noted, &noted, err) == -1)
		return -1;
	if (noted == 0)
		return 0;
	stmt = snapshot_stmt(snap, sql_settle, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, OWED_CAME);
	db_bind_text(stmt, 2, str_of(node == NULL ? "" : node));
	if (db_run(stmt, err) == -1)
		return -1;
	stmt = snapshot_stmt(snap, sql_add_nobody, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, OWED_BY_NOBODY);
	db_bind_int(stmt, 2, node == NULL ? OWED_MISSING : OWED_BY_NOBODY);
	if (db_run(stmt, err) == -1 || node == NULL)
		return node == NULL ? 0 : -1;
	stmt = snapshot_stmt(snap, sql_add, err);
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node));
	db_bind_int(stmt, 2, OWED_MISSING);
	return db_run(stmt, err);
}

int
snapshot_owed_follow(struct snapshot *snap, const char *node,
    const char *heir, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_follow, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node));
	db_bind_text(stmt, 2, str_of(heir));
	return db_run(stmt, err);
}

int
snapshot_owed_any(struct snapshot *snap, const char *node, bool *any,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, node != NULL ?
	    sql_any_of : sql_any, err);
	int64_t found = 0;

	if (stmt == NULL)
		return -1;
	if (node != NULL)
		db_bind_text(stmt, 1, str_of(node));
	if (snapshot_stmt_one(stmt, &found, err) == -1)
		return -1;
	*any = found != 0;
	return 0;
}

/* ---- a file that came ---- */

/* 0; 1: it is gone; -1. */
static int
get(struct snapshot *snap, int64_t row, struct owed *out, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	int64_t kind;
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, row);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = 0;
	if (!snapshot_row_int(stmt, 0, RECORD_NONE + 1, RECORD_LAST - 1,
	    &kind) || snapshot_key_read(out->id, &out->id_len,
	    db_blob(stmt, 1)) == -1 ||
	    !snapshot_row_text(stmt, 2, out->path, sizeof(out->path)) ||
	    !snapshot_row_text(stmt, 3, out->place, sizeof(out->place)))
		got = snapshot_row_damaged(snap, "owed", row, err);
	else
		out->kind = (enum record_kind)kind;
	out->row = row;
	db_reset(stmt);
	return got;
}

/* Does the XML file in `place` see what lies in this folder: its own one, or
 * one above it? */
static bool
is_above(const char *folder, size_t len, const char *place)
{
	return strncmp(folder, place, len) == 0 &&
	    (len == 0 || place[len] == '\0' || place[len] == '/');
}

/* The rows of the statement, but for those whose XML file does not see this
 * folder (none: it does not matter). */
static int
visit_rows(struct snapshot *snap, struct db_stmt *stmt, struct str folder,
    int (*visit)(void *ctx, const struct owed *owed, struct err *err),
    void *ctx, struct err *err)
{
	struct owed owed;
	int64_t *rows;
	size_t count, i;
	int rc = 0;

	if (snapshot_stmt_rows(stmt, &rows, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++) {
		rc = get(snap, rows[i], &owed, err);
		if (rc == 0 && is_above(folder.p, folder.len, owed.place))
			rc = visit(ctx, &owed, err);
		else if (rc == 1)
			rc = 0;
	}
	free(rows);
	return rc;
}

/* Those who name it by `path`, which begins behind `folder`. */
static int
each_by_path(struct snapshot *snap, const char *node, struct str folder,
    const char *path, int (*visit)(void *ctx, const struct owed *owed,
    struct err *err), void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_ids, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node));
	db_bind_text(stmt, 2, str_of(path));
	return visit_rows(snap, stmt, folder, visit, ctx, err);
}

int
snapshot_owed_each(struct snapshot *snap, const char *node,
    const char *file, int (*visit)(void *ctx, const struct owed *owed,
    struct err *err), void *ctx, struct err *err)
{
	const char *path = file, *slash;
	int rc;

	for (;;) {
		size_t len = path == file ? 0 : (size_t)(path - file) - 1;

		rc = each_by_path(snap, node, str_n(file, len), path, visit,
		    ctx, err);
		slash = strchr(path, '/');
		if (rc != 0 || slash == NULL)
			return rc;
		path = slash + 1;
	}
}

int
snapshot_owed_all(struct snapshot *snap, int (*visit)(void *ctx,
    const struct owed *owed, struct err *err), void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_all, err);

	return stmt == NULL ? -1 : visit_rows(snap, stmt, str_of(""), visit,
	    ctx, err);
}

int
snapshot_owed_drop(struct snapshot *snap, int64_t row, struct err *err)
{
	return snapshot_stmt_run(snap, sql_drop, row, err);
}

int
snapshot_record_complete(struct snapshot *snap, enum record_kind kind,
    struct str id, const struct fields *fields, struct err *err)
{
	struct db_stmt *stmt;
	int64_t row, node;
	int rc = snapshot_record_seek(snap, &stmt, kind, id, err);

	row = rc == 0 ? db_int(stmt, 0) : 0;
	node = rc == 0 ? db_int(stmt, 3) : 0;
	if (stmt != NULL)
		db_reset(stmt);
	if (rc != 0)
		return rc;
	if (node == NODE_SHARED &&
	    snapshot_share_complete(snap, row, fields, err) == -1)
		return -1;
	stmt = snapshot_stmt(snap, sql_complete, err);
	if (stmt == NULL)
		return -1;
	db_bind_blob(stmt, 1, fields_bytes(fields));
	db_bind_int(stmt, 2, row);
	/* What was read of it is not true any more. */
	snap->generation++;
	return db_run(stmt, err);
}
