#include "snapshot/snapshot_internal.h"

static const char sql_add[] =
    "INSERT INTO history (at, run, package, kind, key, verb, portal_id,"
    " removed, note, before, after)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
/* ?4, ?5: the keys of one 1C id, all kinds; NULL: all ids. */
#define SELECT "SELECT id, at, run, package, kind, key, verb, portal_id," \
    " note, before, after FROM history WHERE (?1 = 0 OR kind = ?1)" \
    " AND (?2 = 0 OR run = ?2)"
#define ORDER " ORDER BY id DESC LIMIT ?3"
static const char sql_all[] = SELECT ORDER;
static const char sql_of_id[] = SELECT
    " AND (key = ?4 OR (key > ?5 AND key < ?6))" ORDER;
static const char sql_has_old[] = "SELECT 1 FROM history WHERE at < ?";
static const char sql_prune[] = "DELETE FROM history WHERE id IN"
    " (SELECT id FROM history WHERE at < ? ORDER BY at" PRUNE_LIMIT ")";
static const char sql_removed[] =
    "SELECT count(*) FROM history WHERE removed = 1 AND at >= ?";

/* For the fuse: goods that our doing took from the portal's users, as
 * snapshot_live_goods() counts them. */
static bool
is_removal(const struct history *entry)
{
	if (!target_is_good(entry->target.kind))
		return false;
	return entry->verb == VERB_DELETE || (entry->verb == VERB_UPDATE &&
	    str_is(fields_get(&entry->new_values, FIELD_ACTIVE), "N"));
}

int
snapshot_history_add(struct snapshot *snap, const struct history *entry,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_add, err);
	struct snapshot_key key;

	if (stmt == NULL)
		return -1;
	(void)snapshot_key_make(&key, target_key(&entry->target));
	db_bind_int(stmt, 1, entry->at);
	db_bind_int(stmt, 2, entry->run);
	db_bind_int(stmt, 3, entry->package);
	db_bind_int(stmt, 4, entry->target.kind);
	db_bind_blob(stmt, 5, snapshot_key_str(&key));
	db_bind_int(stmt, 6, entry->verb);
	db_bind_int(stmt, 7, entry->portal_id);
	db_bind_int(stmt, 8, is_removal(entry));
	db_bind_text(stmt, 9, str_of(entry->note));
	db_bind_blob(stmt, 10, fields_bytes(&entry->old_values));
	db_bind_blob(stmt, 11, fields_bytes(&entry->new_values));
	return db_run(stmt, err);
}

static bool
read_history(struct db_stmt *stmt, struct history *out)
{
	int64_t verb;

	if (!snapshot_row_target(stmt, 4, &out->target) ||
	    !snapshot_row_int(stmt, 6, VERB_NONE, VERB_LINK, &verb) ||
	    !snapshot_row_text(stmt, 8, out->note, sizeof(out->note)) ||
	    !snapshot_row_fields(stmt, 9, &out->old_values) ||
	    !snapshot_row_fields(stmt, 10, &out->new_values))
		return false;
	out->id = db_int(stmt, 0);
	out->at = db_int(stmt, 1);
	out->run = db_int(stmt, 2);
	out->package = db_int(stmt, 3);
	out->verb = (enum verb)verb;
	out->portal_id = db_int(stmt, 7);
	return true;
}

static int
walk(struct snapshot *snap, struct db_stmt *stmt,
    int (*visit)(void *ctx, const struct history *entry, struct err *err),
    void *ctx, struct err *err)
{
	struct history entry;
	int rc;

	history_init(&entry);
	for (;;) {
		rc = db_step(stmt, err);
		if (rc <= 0)
			break;
		rc = read_history(stmt, &entry) ?
		    visit(ctx, &entry, err) :
		    snapshot_row_damaged(snap, "history", db_int(stmt, 0),
		    err);
		if (rc != 0)
			break;
	}
	history_free(&entry);
	return rc;
}

/* An id, and what begins with it and a NUL (a price of the product). */
static int
bind_id(struct db_stmt *stmt, struct snapshot_key keys[3], struct str id)
{
	int i;

	if (snapshot_key_make(&keys[0], id) == -1)
		return -1;
	for (i = 1; i <= 2; i++) {
		keys[i] = keys[0];
		if (keys[i].len == sizeof(keys[i].bytes))
			keys[i].len--;
		keys[i].bytes[keys[i].len++] = (char)(i - 1);
	}
	for (i = 0; i <= 2; i++)
		db_bind_blob(stmt, 4 + i, snapshot_key_str(&keys[i]));
	return 0;
}

int
snapshot_history_each(struct snapshot *snap,
    const struct history_filter *filter,
    int (*visit)(void *ctx, const struct history *entry, struct err *err),
    void *ctx, struct err *err)
{
	struct snapshot_key keys[3];
	struct db_stmt *stmt;
	int rc = 0;

	/* Its own statement: it stays open while the visits print. */
	if (db_prepare(&stmt, snap->db,
	    filter->id.len > 0 ? sql_of_id : sql_all, err) == -1)
		return -1;
	db_bind_int(stmt, 1, filter->kind);
	db_bind_int(stmt, 2, filter->run);
	db_bind_int(stmt, 3, filter->limit == 0 ? -1 : filter->limit);
	if (filter->id.len == 0 || bind_id(stmt, keys, filter->id) == 0)
		rc = walk(snap, stmt, visit, ctx, err);
	db_stmt_free(stmt);
	return rc;
}

int
snapshot_history_prune(struct snapshot *snap, int64_t before,
    struct err *err)
{
	return snapshot_stmt_prune(snap, sql_has_old, sql_prune, before,
	    err);
}

int
snapshot_history_removed(struct snapshot *snap, int64_t since,
    int64_t *count, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_removed, err);

	*count = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, since);
	return snapshot_stmt_one(stmt, count, err) == 0 ? 0 : -1;
}
