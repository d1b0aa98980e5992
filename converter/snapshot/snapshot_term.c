#include "snapshot/snapshot_internal.h"

static const char sql_put[] =
    "INSERT INTO term (kind, of, id, portal_id) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (kind, of, id) DO UPDATE SET"
    " portal_id = excluded.portal_id WHERE portal_id <> excluded.portal_id";
static const char sql_drop[] =
    "DELETE FROM term WHERE kind = ?1 AND of = ?2 AND id = ?3";
static const char sql_load[] =
    "SELECT kind, of, id, portal_id FROM term WHERE kind BETWEEN ? AND ?";

int
snapshot_term_put(struct snapshot *snap, enum term_kind kind, struct str of,
    struct str id, int64_t portal_id, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap,
	    portal_id == 0 ? sql_drop : sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, of);
	db_bind_blob(stmt, 3, id);
	if (portal_id != 0)
		db_bind_int(stmt, 4, portal_id);
	return db_run(stmt, err);
}

/* false: a row that we cannot have written. */
static bool
take(struct db_stmt *stmt, struct term_set *set)
{
	int64_t kind, portal_id;

	if (!snapshot_row_int(stmt, 0, TERM_NONE + 1, TERM_LAST - 1, &kind) ||
	    !snapshot_row_int(stmt, 3, 1, INT64_MAX, &portal_id))
		return false;
	term_set_put(set, (enum term_kind)kind, db_blob(stmt, 1),
	    db_blob(stmt, 2), portal_id);
	return true;
}

static int
load(struct snapshot *snap, int64_t from, int64_t to, struct term_set *set,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_load, err);
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, from);
	db_bind_int(stmt, 2, to);
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (!take(stmt, set))
			break;
	}
	(void)snapshot_row_damaged(snap, "term", db_int(stmt, 0), err);
	db_reset(stmt);
	return -1;
}

/* Whatever kinds there are are read by one or the other, and so checked. */
int
snapshot_term_load(struct snapshot *snap, bool values, struct term_set *set,
    struct err *err)
{
	if (values)
		return load(snap, TERM_VALUE, TERM_VALUE, set, err);
	return load(snap, INT64_MIN, TERM_VALUE - 1, set, err) == -1 ? -1 :
	    load(snap, TERM_VALUE + 1, INT64_MAX, set, err);
}
