#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

#define COLUMNS "id, node, closed, began, last_file, refused"

static const char sql_open[] =
    "SELECT " COLUMNS " FROM session WHERE node = ? AND closed = 0"
    " ORDER BY id DESC LIMIT 1";
static const char sql_export[] =
    "SELECT " COLUMNS " FROM session WHERE node = ? AND EXISTS (SELECT 1"
    " FROM session_file WHERE session = session.id AND has_catalog = 1)"
    " ORDER BY id DESC LIMIT 1";
static const char sql_uncounted[] =
    "SELECT count(*) FROM session_file AS f WHERE f.session = ?"
    " AND f.goods > 0 AND NOT EXISTS (SELECT 1 FROM seen"
    " WHERE package = f.package)";
static const char sql_id[] = "SELECT " COLUMNS " FROM session WHERE id = ?";
static const char sql_ids[] =
    "SELECT id FROM session WHERE closed = 0 ORDER BY +id";
static const char sql_put[] =
    "INSERT INTO session (id, node, closed, began, last_file, refused)"
    " VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET node = excluded.node,"
    " closed = excluded.closed, began = excluded.began,"
    " last_file = excluded.last_file, refused = excluded.refused";

static int
take(struct snapshot *snap, struct db_stmt *stmt, struct session *out,
    struct err *err)
{
	int64_t closed, refused;
	int got = db_step(stmt, err);

	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = 0;
	if (!snapshot_row_int(stmt, 0, 1, INT64_MAX, &out->id) ||
	    !snapshot_row_text(stmt, 1, out->node, sizeof(out->node)) ||
	    !snapshot_row_int(stmt, 2, 0, 1, &closed) ||
	    !snapshot_row_int(stmt, 5, 0, 1, &refused)) {
		got = snapshot_row_damaged(snap, "session", db_int(stmt, 0),
		    err);
	} else {
		out->closed = closed != 0;
		out->refused = refused != 0;
	}
	out->began = db_int(stmt, 3);
	out->last_file = db_int(stmt, 4);
	db_reset(stmt);
	return got;
}

int
snapshot_session_open(struct snapshot *snap, const char *node,
    struct session *session, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_open, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node));
	return take(snap, stmt, session, err);
}

int
snapshot_session_export(struct snapshot *snap, const char *node,
    struct session *session, bool *counted, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_export, err);
	int64_t missing;
	int rc;

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node));
	rc = take(snap, stmt, session, err);
	if (rc != 0)
		return rc;
	if (snapshot_stmt_ask(snap, sql_uncounted, session->id, &missing,
	    err) == -1)
		return -1;
	*counted = missing == 0;
	return 0;
}

int
snapshot_session_put(struct snapshot *snap, struct session *session,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	if (session->id == 0)
		db_bind_null(stmt, 1);
	else
		db_bind_int(stmt, 1, session->id);
	db_bind_text(stmt, 2, str_of(session->node));
	db_bind_int(stmt, 3, session->closed);
	db_bind_int(stmt, 4, session->began);
	db_bind_int(stmt, 5, session->last_file);
	db_bind_int(stmt, 6, session->refused);
	if (db_run(stmt, err) == -1)
		return -1;
	if (session->id == 0)
		session->id = db_last_id(snap->db);
	return 0;
}

int
snapshot_session_each_open(struct snapshot *snap,
    int (*visit)(void *ctx, const struct session *session, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_ids, err);
	struct session session;
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
		rc = take(snap, stmt, &session, err);
		if (rc == 0 && !session.closed)
			rc = visit(ctx, &session, err);
		else if (rc == 1)
			rc = 0;
	}
	free(ids);
	return rc;
}
