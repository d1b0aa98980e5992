#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

#define COLUMNS "id, session, state, node, taken, formed, records," \
    " changed, older, accepted, place, late"

static const char sql_put[] =
    "INSERT INTO package (" COLUMNS ")"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET session = excluded.session,"
    " state = excluded.state, node = excluded.node, taken = excluded.taken,"
    " formed = excluded.formed,"
    " records = excluded.records, changed = excluded.changed,"
    " older = excluded.older, accepted = excluded.accepted,"
    " place = excluded.place, late = excluded.late";
static const char sql_id[] = "SELECT " COLUMNS " FROM package WHERE id = ?";
/* state < 4: so that the partial index serves all but PACKAGE_DONE. */
static const char sql_ids[] =
    "SELECT id FROM package WHERE state = ? AND state < 4 ORDER BY id";
static const char sql_done[] =
    "SELECT id FROM package WHERE state = 4 ORDER BY id";

static const char sql_newest[] =
    "SELECT coalesce(max(taken), 0) FROM package WHERE node = ?";
static const char sql_oldest[] =
    "SELECT coalesce(min(taken), 0) FROM package WHERE node = ?"
    " AND accepted = 1";

/* Kept beside what is open: what has a set of records, for older packages
 * are held against it, and the newest, whose number must not be used again. */
#define OLD_PACKAGE " FROM package WHERE state = 4 AND taken < ?1" \
    " AND id < (SELECT max(id) FROM package)" \
    " AND NOT EXISTS (SELECT 1 FROM seen s WHERE s.package = package.id)" \
    " AND NOT EXISTS (SELECT 1 FROM session s" \
    " WHERE s.id = package.session AND s.closed = 0)"
#define OLD_SESSION " FROM session WHERE closed = 1 AND last_file < ?1" \
    " AND id < (SELECT max(id) FROM session)" \
    " AND NOT EXISTS (SELECT 1 FROM package p" \
    " WHERE p.session = session.id)"
static const char sql_has_old[] = "SELECT 1" OLD_PACKAGE " LIMIT 1";
static const char sql_prune[] = "DELETE FROM package WHERE id IN (SELECT id"
    OLD_PACKAGE PRUNE_LIMIT ")";
static const char sql_has_old_session[] = "SELECT 1" OLD_SESSION " LIMIT 1";
static const char sql_prune_session[] = "DELETE FROM session WHERE id IN"
    " (SELECT id" OLD_SESSION " AND NOT EXISTS (SELECT 1 FROM session_file f"
    " WHERE f.session = session.id)" PRUNE_LIMIT ")";
static const char sql_prune_file[] =
    "DELETE FROM session_file WHERE session IN (SELECT id" OLD_SESSION
    PRUNE_LIMIT ")";

int
snapshot_package_put(struct snapshot *snap, struct package *package,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	if (package->id == 0)
		db_bind_null(stmt, 1);
	else
		db_bind_int(stmt, 1, package->id);
	db_bind_int(stmt, 2, package->session);
	db_bind_int(stmt, 3, package->state);
	db_bind_text(stmt, 4, str_of(package->node));
	db_bind_int(stmt, 5, package->taken);
	db_bind_int(stmt, 6, package->formed);
	db_bind_int(stmt, 7, package->records);
	db_bind_int(stmt, 8, package->changed);
	db_bind_int(stmt, 9, package->older);
	db_bind_int(stmt, 10, package->accepted);
	db_bind_text(stmt, 11, str_of(package->place));
	db_bind_int(stmt, 12, package->late);
	if (db_run(stmt, err) == -1)
		return -1;
	if (package->id == 0)
		package->id = db_last_id(snap->db);
	return 0;
}

static bool
read_package(struct db_stmt *stmt, struct package *out)
{
	int64_t state, accepted, late;

	if (!snapshot_row_int(stmt, 0, 1, INT64_MAX, &out->id) ||
	    !snapshot_row_int(stmt, 2, PACKAGE_CLAIMING, PACKAGE_DONE,
	    &state) ||
	    !snapshot_row_text(stmt, 3, out->node, sizeof(out->node)) ||
	    !snapshot_row_int(stmt, 9, 0, 1, &accepted) ||
	    !snapshot_row_text(stmt, 10, out->place, sizeof(out->place)) ||
	    !snapshot_row_int(stmt, 11, 0, 1, &late))
		return false;
	out->session = db_int(stmt, 1);
	out->state = (enum package_state)state;
	out->taken = db_int(stmt, 4);
	out->formed = db_int(stmt, 5);
	out->records = db_int(stmt, 6);
	out->changed = db_int(stmt, 7);
	out->older = db_int(stmt, 8);
	out->accepted = accepted != 0;
	out->late = late != 0;
	return true;
}

/* Steps to the one row that was bound: 0, 1 none, -1. */
static int
take_with(struct snapshot *snap, const char *sql, int64_t value,
    struct package *package, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, value);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = read_package(stmt, package) ? 0 :
	    snapshot_row_damaged(snap, "package", db_int(stmt, 0), err);
	db_reset(stmt);
	return got;
}

int
snapshot_package_get(struct snapshot *snap, int64_t id,
    struct package *package, struct err *err)
{
	return take_with(snap, sql_id, id, package, err);
}

int
snapshot_package_each(struct snapshot *snap, enum package_state state,
    int (*visit)(void *ctx, const struct package *package, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap,
	    state == PACKAGE_DONE ? sql_done : sql_ids, err);
	struct package package;
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL)
		return -1;
	if (state != PACKAGE_DONE)
		db_bind_int(stmt, 1, state);
	if (snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++) {
		rc = snapshot_package_get(snap, ids[i], &package, err);
		if (rc == 0 && package.state == state)
			rc = visit(ctx, &package, err);
		else if (rc == 1)
			rc = 0;
	}
	free(ids);
	return rc;
}

static int
ask_taken(struct snapshot *snap, const char *sql, const char *node,
    int64_t *taken, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	*taken = 0;
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node));
	return snapshot_stmt_one(stmt, taken, err) == -1 ? -1 : 0;
}

int
snapshot_package_newest(struct snapshot *snap, const char *node,
    int64_t *taken, struct err *err)
{
	return ask_taken(snap, sql_newest, node, taken, err);
}

int
snapshot_package_oldest(struct snapshot *snap, const char *node,
    int64_t *taken, struct err *err)
{
	return ask_taken(snap, sql_oldest, node, taken, err);
}

/* Files before their session: killed in between, the next call finds it. */
int
snapshot_package_prune(struct snapshot *snap, int64_t before,
    struct err *err)
{
	if (snapshot_stmt_prune(snap, sql_has_old, sql_prune, before,
	    err) == -1 || snapshot_stmt_prune(snap, sql_has_old_session,
	    sql_prune_file, before, err) == -1)
		return -1;
	return snapshot_stmt_prune(snap, sql_has_old_session,
	    sql_prune_session, before, err);
}
