#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

#include "base/clock.h"

static const char sql_begin[] =
    "INSERT INTO run (began, command) VALUES (?, ?)";
static const char sql_end[] =
    "UPDATE run SET ended = ?2, sent = ?3, failed = ?4, requests = ?5,"
    " exit_code = ?6 WHERE id = ?1";
static const char sql_ids[] = "SELECT id FROM run ORDER BY id DESC LIMIT ?";
static const char sql_get[] =
    "SELECT id, began, ended, sent, failed, requests, exit_code, command"
    " FROM run WHERE id = ?";
/* The newest stays: its number must not be used again.  One without an end
 * may be a watch that has been running all the time. */
#define OLD " FROM run WHERE ended <> 0 AND ended < ?" \
    " AND id < (SELECT max(id) FROM run)"
static const char sql_has_old[] = "SELECT 1" OLD;
static const char sql_prune[] = "DELETE FROM run WHERE id IN (SELECT id" OLD
    PRUNE_LIMIT ")";

int
snapshot_run_begin(struct snapshot *snap, const char *command, int64_t *id,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_begin, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, clock_wall_ms());
	db_bind_text(stmt, 2, str_utf8_cut(str_of(command),
	    sizeof(((struct run_entry *)NULL)->command) - 1));
	if (db_run(stmt, err) == -1)
		return -1;
	*id = db_last_id(snap->db);
	return 0;
}

int
snapshot_run_end(struct snapshot *snap, const struct run_entry *run,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_end, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, run->id);
	db_bind_int(stmt, 2, run->ended);
	db_bind_int(stmt, 3, run->sent);
	db_bind_int(stmt, 4, run->failed);
	db_bind_int(stmt, 5, run->requests);
	db_bind_int(stmt, 6, run->exit_code);
	return db_run(stmt, err);
}

static int
get(struct snapshot *snap, int64_t id, struct run_entry *out,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	int64_t code;
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = 0;
	if (!snapshot_row_int(stmt, 6, 0, 255, &code) ||
	    !snapshot_row_text(stmt, 7, out->command, sizeof(out->command)))
		got = snapshot_row_damaged(snap, "run", id, err);
	out->id = id;
	out->began = db_int(stmt, 1);
	out->ended = db_int(stmt, 2);
	out->sent = db_int(stmt, 3);
	out->failed = db_int(stmt, 4);
	out->requests = db_int(stmt, 5);
	out->exit_code = (int)code;
	db_reset(stmt);
	return got;
}

int
snapshot_run_each(struct snapshot *snap, int64_t limit,
    int (*visit)(void *ctx, const struct run_entry *run, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_ids, err);
	struct run_entry run;
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, limit == 0 ? -1 : limit);
	if (snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++) {
		rc = get(snap, ids[i], &run, err);
		if (rc == 0)
			rc = visit(ctx, &run, err);
		else if (rc == 1)
			rc = 0;
	}
	free(ids);
	return rc;
}

int
snapshot_run_prune(struct snapshot *snap, int64_t before, struct err *err)
{
	return snapshot_stmt_prune(snap, sql_has_old, sql_prune, before, err);
}
