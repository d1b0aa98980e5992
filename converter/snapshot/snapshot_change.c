#include "snapshot/snapshot_internal.h"

#include "base/clock.h"

#define COLUMNS "c.row, t.kind, t.key, c.verb, c.state, c.rank, c.depends," \
    " c.hash, c.tries, c.next_try, c.since, c.package, c.code, c.text," \
    " c.forced, c.released"
#define TABLES " FROM change c JOIN target t ON t.id = c.row"

/* States are written as numbers: only so does SQLite use the partial
 * indexes.  1 planned, 2 waiting, 3 sent, 4 failed, 5 held. */
static const char sql_put[] =
    "INSERT INTO change (row, kind, verb, state, rank, depends, hash,"
    " tries, next_try, since, package, code, text, forced, released)"
    " VALUES (?1, ?2, ?3,"
    " CASE WHEN EXISTS (SELECT 1 FROM attempt WHERE row = ?1) THEN 3"
    " ELSE ?4 END, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
    " ?14, ?15)"
    " ON CONFLICT (row) DO UPDATE SET verb = excluded.verb,"
    " state = excluded.state, rank = excluded.rank,"
    " depends = excluded.depends, hash = excluded.hash,"
    " tries = excluded.tries, next_try = excluded.next_try,"
    " since = excluded.since, package = excluded.package,"
    " code = excluded.code, text = excluded.text,"
    " forced = excluded.forced, released = excluded.released";
static const char sql_get[] = "SELECT " COLUMNS TABLES " WHERE c.row = ?";
static const char sql_drop[] = "DELETE FROM change WHERE row = ?";
/* In two steps: (rank, row) > (?, ?) is searched by rank alone, and passes
 * over all rows of it each time. */
#define IS_DUE " AND (c.next_try <= ?3 OR c.next_try > ?7)" \
    " AND NOT (?4 > 0 AND c.package = ?4 AND c.kind = ?5 AND c.verb = ?6)"
static const char sql_next_of_rank[] = "SELECT " COLUMNS TABLES
    " WHERE c.state = 1 AND c.rank = ?1 AND c.row > ?2" IS_DUE
    " ORDER BY c.row LIMIT 1";
static const char sql_next_rank[] = "SELECT " COLUMNS TABLES
    " WHERE c.state = 1 AND c.rank > ?1" IS_DUE
    " ORDER BY c.rank, c.row LIMIT 1";
static const char sql_release[] =
    "UPDATE change SET state = 1, depends = 0"
    " WHERE state = 2 AND depends = ?";
/* Sorted before the first is visited: a visit may write. */
static const char sql_each[] =
    "SELECT row FROM change WHERE ?1 = 0 OR state = ?1"
    " ORDER BY +rank, +row";
static const char sql_count[] =
    "SELECT kind, verb, state, count(*), min(next_try) FROM change"
    " GROUP BY kind, verb, state";
/* As many as there may be: the first one ends the look. */
static const char sql_any[] =
    "SELECT EXISTS (SELECT 1 FROM change WHERE NOT (state = 2 AND verb = ?))";
static const char sql_due[] =
    "SELECT EXISTS (SELECT 1 FROM change WHERE state = 1"
    " AND (next_try <= ? OR next_try > ?))";
static const char sql_retry[] =
    "UPDATE change SET state = 1, tries = 0, next_try = 0, code = '',"
    " text = '' WHERE row = ?1 AND (state = 4"
    " OR (state = 1 AND next_try > ?2))";
static const char sql_retry_all[] =
    "UPDATE change SET state = 1, tries = 0, next_try = 0, code = '',"
    " text = '' WHERE state = 4 OR (state = 1 AND next_try > ?2)";
#define OF_DOUBLES " state = 4 AND code = '" CHANGE_DOUBLE \
    "' AND (?1 = 0 OR row = ?1)"
static const char sql_hasten_doubles[] =
    "UPDATE recheck SET due = ?2 WHERE row IN"
    " (SELECT row FROM change WHERE" OF_DOUBLES ")";
static const char sql_drop_doubles[] =
    "DELETE FROM change WHERE" OF_DOUBLES;
static const char sql_let[] =
    "UPDATE change SET state = 1, next_try = 0, code = '', text = '',"
    " released = 1 WHERE state = 5 AND row = ?1";
static const char sql_put_off[] =
    "UPDATE change SET next_try = ?4, code = ?5, text = ?6,"
    " tries = tries + 1 WHERE state = 1 AND kind BETWEEN ?1 AND ?2"
    " AND (next_try <= ?3 OR next_try > ?7)";
static const char sql_replan[] =
    "UPDATE change SET next_try = 0,"
    " state = CASE WHEN EXISTS (SELECT 1 FROM attempt WHERE row = ?1)"
    " THEN 3 ELSE 1 END WHERE row = ?1";

int
snapshot_change_put(struct snapshot *snap, const struct change *change,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, change->row);
	db_bind_int(stmt, 2, change->target.kind);
	db_bind_int(stmt, 3, change->verb);
	db_bind_int(stmt, 4, change->state);
	db_bind_int(stmt, 5, change->rank);
	db_bind_int(stmt, 6, change->depends);
	db_bind_int(stmt, 7, (int64_t)change->hash);
	db_bind_int(stmt, 8, change->tries);
	db_bind_int(stmt, 9, change->next_try);
	db_bind_int(stmt, 10, change->since);
	db_bind_int(stmt, 11, change->package);
	db_bind_text(stmt, 12, str_of(change->code));
	db_bind_text(stmt, 13, str_of(change->text));
	db_bind_int(stmt, 14, change->forced);
	db_bind_int(stmt, 15, change->released);
	return db_run(stmt, err);
}

static bool
read_change(struct db_stmt *stmt, struct change *out)
{
	int64_t verb, state, rank, tries;

	if (!snapshot_row_int(stmt, 0, 1, INT64_MAX, &out->row) ||
	    !snapshot_row_target(stmt, 1, &out->target) ||
	    !snapshot_row_int(stmt, 3, VERB_NONE, VERB_LINK, &verb) ||
	    !snapshot_row_int(stmt, 4, CHANGE_PLANNED, CHANGE_HELD, &state) ||
	    !snapshot_row_int(stmt, 5, INT32_MIN, INT32_MAX, &rank) ||
	    !snapshot_row_int(stmt, 6, CHANGE_RESTS, INT64_MAX,
	    &out->depends) ||
	    !snapshot_row_int(stmt, 8, 0, INT32_MAX, &tries) ||
	    !snapshot_row_text(stmt, 12, out->code, sizeof(out->code)) ||
	    !snapshot_row_text(stmt, 13, out->text, sizeof(out->text)))
		return false;
	out->verb = (enum verb)verb;
	out->state = (enum change_state)state;
	out->rank = (int)rank;
	out->hash = (uint64_t)db_int(stmt, 7);
	out->tries = (int)tries;
	out->next_try = db_int(stmt, 9);
	out->since = db_int(stmt, 10);
	out->package = db_int(stmt, 11);
	out->forced = db_int(stmt, 14) != 0;
	out->released = db_int(stmt, 15) != 0;
	return true;
}

/* Steps to the one row and takes it: 0, 1 none, -1. */
static int
take(struct snapshot *snap, struct db_stmt *stmt, struct change *change,
    struct err *err)
{
	int got = db_step(stmt, err);

	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = 0;
	if (!read_change(stmt, change))
		got = snapshot_row_damaged(snap, "change", db_int(stmt, 0),
		    err);
	db_reset(stmt);
	return got;
}

int
snapshot_change_get(struct snapshot *snap, int64_t row,
    struct change *change, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, row);
	return take(snap, stmt, change, err);
}

int
snapshot_change_drop(struct snapshot *snap, int64_t row, struct err *err)
{
	return snapshot_stmt_run(snap, sql_drop, row, err);
}

static int
take_next(struct snapshot *snap, const char *sql,
    const struct change_cursor *at, int64_t now, struct change *change,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, at->rank);
	if (sql == sql_next_of_rank)
		db_bind_int(stmt, 2, at->row);
	db_bind_int(stmt, 3, now);
	db_bind_int(stmt, 4, at->passed);
	db_bind_int(stmt, 5, TARGET_PRODUCT);
	db_bind_int(stmt, 6, VERB_CREATE);
	db_bind_int(stmt, 7, now + LIMIT_WAIT_MS);
	return take(snap, stmt, change, err);
}

int
snapshot_change_next(struct snapshot *snap, struct change_cursor *at,
    int64_t now, struct change *change, struct err *err)
{
	int rc = take_next(snap, sql_next_of_rank, at, now, change, err);

	if (rc == 1)
		rc = take_next(snap, sql_next_rank, at, now, change, err);
	if (rc == 0) {
		at->rank = change->rank;
		at->row = change->row;
	}
	return rc;
}

int
snapshot_change_release(struct snapshot *snap, int64_t depends,
    struct err *err)
{
	return snapshot_stmt_run(snap, sql_release, depends, err);
}

int
snapshot_change_each(struct snapshot *snap, enum change_state state,
    int (*visit)(void *ctx, const struct change *change, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *rows;
	struct change change;
	int rc;

	/* Its own statement: a visit may begin another walk. */
	if (db_prepare(&rows, snap->db, sql_each, err) == -1)
		return -1;
	db_bind_int(rows, 1, state);
	for (;;) {
		rc = db_step(rows, err);
		if (rc <= 0)
			break;
		rc = snapshot_change_get(snap, db_int(rows, 0), &change,
		    err);
		if (rc == 1)
			continue;       /* a visit dropped it */
		if (rc == 0)
			rc = visit(ctx, &change, err);
		if (rc != 0)
			break;
	}
	db_stmt_free(rows);
	return rc;
}

static bool
add_count(struct db_stmt *stmt, struct change_counts *out)
{
	int64_t kind, verb, state, count, next_try = db_int(stmt, 4);

	if (!snapshot_row_int(stmt, 0, 1, TARGET_LAST - 1, &kind) ||
	    !snapshot_row_int(stmt, 1, VERB_NONE, VERB_LINK, &verb) ||
	    !snapshot_row_int(stmt, 2, CHANGE_PLANNED, CHANGE_HELD, &state))
		return false;
	count = db_int(stmt, 3);
	out->of_kind[kind] += count;
	/* A deletion never waits for a parent: it rests. */
	if (state == CHANGE_WAITING && verb == VERB_DELETE) {
		out->resting += count;
		return true;
	}
	out->total += count;
	switch ((enum change_state)state) {
	case CHANGE_PLANNED:
		if (out->planned == 0 || next_try < out->next_try)
			out->next_try = next_try;
		out->planned += count;
		break;
	case CHANGE_WAITING:
		out->waiting += count;
		break;
	case CHANGE_SENT:
		out->sent += count;
		break;
	case CHANGE_FAILED:
		out->failed += count;
		return true;
	case CHANGE_HELD:
		out->held += count;
		return true;
	}
	out->by[kind][verb] += count;
	return true;
}

int
snapshot_change_count(struct snapshot *snap, struct change_counts *out,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_count, err);
	int got;

	*out = (struct change_counts){ .total = 0 };
	if (stmt == NULL)
		return -1;
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (!add_count(stmt, out))
			break;
	}
	db_reset(stmt);
	return snapshot_row_damaged(snap, "change", 0, err);
}

static int
ask(struct snapshot *snap, const char *sql, int64_t value, bool *yes,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);
	int64_t answer = 0;

	*yes = false;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, value);
	if (sql == sql_due)
		db_bind_int(stmt, 2, value + LIMIT_WAIT_MS);
	if (snapshot_stmt_one(stmt, &answer, err) != 0)
		return -1;
	*yes = answer != 0;
	return 0;
}

int
snapshot_change_any(struct snapshot *snap, bool *any, struct err *err)
{
	return ask(snap, sql_any, VERB_DELETE, any, err);
}

int
snapshot_change_is_due(struct snapshot *snap, int64_t now, bool *due,
    struct err *err)
{
	return ask(snap, sql_due, now, due, err);
}

static int
retry_doubles(struct snapshot *snap, int64_t row, int64_t *count,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_hasten_doubles, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, row);
	db_bind_int(stmt, 2, clock_wall_ms());
	if (db_run(stmt, err) == -1)
		return -1;
	stmt = snapshot_stmt(snap, sql_drop_doubles, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, row);
	if (db_run(stmt, err) == -1)
		return -1;
	*count = db_changes(snap->db);
	return 0;
}

int
snapshot_change_retry(struct snapshot *snap, int64_t row, int64_t *count,
    struct err *err)
{
	struct db_stmt *stmt;

	*count = 0;
	if (retry_doubles(snap, row, count, err) == -1)
		return -1;
	stmt = snapshot_stmt(snap, row == 0 ? sql_retry_all : sql_retry, err);
	if (stmt == NULL)
		return -1;
	if (row != 0)
		db_bind_int(stmt, 1, row);
	db_bind_int(stmt, 2, clock_wall_ms());
	if (db_run(stmt, err) == -1)
		return -1;
	*count += db_changes(snap->db);
	return 0;
}

int
snapshot_change_let(struct snapshot *snap, int64_t row, struct err *err)
{
	return snapshot_stmt_run(snap, sql_let, row, err);
}

int
snapshot_change_put_off(struct snapshot *snap, enum target_kind first,
    enum target_kind last, int64_t now, int64_t until, const char *code,
    const char *text, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put_off, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, first);
	db_bind_int(stmt, 2, last);
	db_bind_int(stmt, 3, now);
	db_bind_int(stmt, 4, until);
	db_bind_text(stmt, 5, str_of(code));
	db_bind_text(stmt, 6, str_of(text));
	db_bind_int(stmt, 7, now + LIMIT_WAIT_MS);
	return db_run(stmt, err);
}

int
snapshot_change_replan(struct snapshot *snap, int64_t row, struct err *err)
{
	return snapshot_stmt_run(snap, sql_replan, row, err);
}
