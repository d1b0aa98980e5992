#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

#include "base/clock.h"

static const char sql_put[] =
    "INSERT INTO attempt (request, place, row, verb, portal_id, parent_id,"
    " boot, ms, wall, sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char sql_sent[] = "UPDATE change SET state = 3 WHERE row = ?";
static const char sql_redate[] =
    "UPDATE attempt SET boot = ?2, ms = ?3, wall = ?4 WHERE request = ?1";
static const char sql_row[] = "SELECT row FROM attempt WHERE id = ?";
static const char sql_drop[] = "DELETE FROM attempt WHERE id = ?";
/* Planned again, unless another attempt is on its way. */
static const char sql_again[] =
    "UPDATE change SET state = 1 WHERE row = ?1 AND state = 3"
    " AND NOT EXISTS (SELECT 1 FROM attempt WHERE row = ?1)";
static const char sql_ids[] =
    "SELECT id FROM attempt ORDER BY request, place";
static const char sql_get[] =
    "SELECT id, request, place, row, verb, portal_id, parent_id, boot, ms,"
    " wall, sent FROM attempt WHERE id = ?";
static const char sql_count[] = "SELECT count(*) FROM attempt";

int
snapshot_attempt_put(struct snapshot *snap, struct attempt *attempt,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, attempt->request);
	db_bind_int(stmt, 2, attempt->place);
	db_bind_int(stmt, 3, attempt->row);
	db_bind_int(stmt, 4, attempt->verb);
	db_bind_int(stmt, 5, attempt->portal_id);
	db_bind_int(stmt, 6, attempt->parent_id);
	db_bind_text(stmt, 7, str_of(attempt->at.boot));
	db_bind_int(stmt, 8, attempt->at.ms);
	db_bind_int(stmt, 9, attempt->at.wall);
	db_bind_blob(stmt, 10, fields_bytes(&attempt->values));
	if (db_run(stmt, err) == -1)
		return -1;
	attempt->id = db_last_id(snap->db);
	return snapshot_stmt_run(snap, sql_sent, attempt->row, err);
}

int
snapshot_attempt_redate(struct snapshot *snap, int64_t request,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_redate, err);
	struct clock_mark now;

	if (stmt == NULL)
		return -1;
	clock_mark_now(&now);
	db_bind_int(stmt, 1, request);
	db_bind_text(stmt, 2, str_of(now.boot));
	db_bind_int(stmt, 3, now.ms);
	db_bind_int(stmt, 4, now.wall);
	return db_run(stmt, err);
}

int
snapshot_attempt_drop(struct snapshot *snap, int64_t id, struct err *err)
{
	int64_t row;
	int rc = snapshot_stmt_ask(snap, sql_row, id, &row, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (snapshot_stmt_run(snap, sql_drop, id, err) == -1)
		return -1;
	return snapshot_stmt_run(snap, sql_again, row, err);
}

static bool
read_attempt(struct db_stmt *stmt, struct attempt *out)
{
	int64_t place, verb;

	if (!snapshot_row_int(stmt, 2, 0, INT32_MAX, &place) ||
	    !snapshot_row_int(stmt, 3, 1, INT64_MAX, &out->row) ||
	    !snapshot_row_int(stmt, 4, VERB_NONE, VERB_LINK, &verb) ||
	    !snapshot_row_int(stmt, 5, 0, INT64_MAX, &out->portal_id) ||
	    !snapshot_row_int(stmt, 6, 0, INT64_MAX, &out->parent_id) ||
	    !snapshot_row_text(stmt, 7, out->at.boot, sizeof(out->at.boot)) ||
	    !snapshot_row_fields(stmt, 10, &out->values))
		return false;
	out->id = db_int(stmt, 0);
	out->request = db_int(stmt, 1);
	out->place = (int)place;
	out->verb = (enum verb)verb;
	out->at.ms = db_int(stmt, 8);
	out->at.wall = db_int(stmt, 9);
	return true;
}

static int
get(struct snapshot *snap, int64_t id, struct attempt *out, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = read_attempt(stmt, out) ? 0 :
	    snapshot_row_damaged(snap, "attempt", id, err);
	db_reset(stmt);
	return got;
}

int
snapshot_attempt_each(struct snapshot *snap,
    int (*visit)(void *ctx, const struct attempt *attempt, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_ids, err);
	struct attempt attempt;
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL || snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	attempt_init(&attempt);
	for (i = 0; rc == 0 && i < count; i++) {
		rc = get(snap, ids[i], &attempt, err);
		if (rc == 0)
			rc = visit(ctx, &attempt, err);
		else if (rc == 1)
			rc = 0;         /* a visit dropped it */
	}
	attempt_free(&attempt);
	free(ids);
	return rc;
}

int
snapshot_attempt_count(struct snapshot *snap, int64_t *count,
    struct err *err)
{
	return snapshot_stmt_int(snap, sql_count, count, err);
}
