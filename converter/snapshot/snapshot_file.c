#include "snapshot/sharing.h"
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

static const char sql_put[] =
    "INSERT INTO session_file (session, package, name, series, portion,"
    " whole, has_catalog, goods, formed, catalog, offers)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (session, package, name) DO UPDATE SET"
    " series = excluded.series, portion = excluded.portion,"
    " whole = excluded.whole, has_catalog = excluded.has_catalog,"
    " goods = excluded.goods, formed = excluded.formed,"
    " catalog = excluded.catalog, offers = excluded.offers";
static const char sql_ids[] =
    "SELECT id FROM session_file WHERE session = ? ORDER BY id";
static const char sql_get[] =
    "SELECT id, session, package, name, series, portion, whole,"
    " has_catalog, goods, formed, catalog, offers FROM session_file"
    " WHERE id = ?";
/* Files of a session are few. */
static const char sql_begins[] =
    "SELECT EXISTS (SELECT 1 FROM session AS s, session_file AS f"
    " ON f.session = s.id WHERE s.node = ?1 AND f.series = ?2"
    " AND f.portion = ?3 AND f.catalog <> ''"
    " AND (?4 = '' OR f.catalog = ?4)"
    " AND EXISTS (SELECT 1 FROM session_file AS o WHERE o.session = s.id"
    " AND o.series = ?2 AND o.portion = 1 AND o.catalog <> ''"
    " AND o.catalog <> f.catalog)"
    " AND NOT EXISTS (SELECT 1 FROM session AS t, session_file AS l"
    " ON l.session = t.id WHERE t.node = ?1 AND l.series = ?2"
    " AND l.catalog = f.catalog AND l.portion < ?3))";

int
snapshot_file_put(struct snapshot *snap, const struct session_file *file,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, file->session);
	db_bind_int(stmt, 2, file->package);
	db_bind_text(stmt, 3, str_of(file->name));
	db_bind_text(stmt, 4, str_of(file->series));
	db_bind_int(stmt, 5, file->portion);
	db_bind_int(stmt, 6, file->full);
	db_bind_int(stmt, 7, file->has_catalog);
	db_bind_int(stmt, 8, file->goods);
	db_bind_int(stmt, 9, file->formed);
	db_bind_text(stmt, 10, str_of(file->catalog));
	db_bind_int(stmt, 11, file->offers);
	return db_run(stmt, err);
}

static bool
read_file(struct db_stmt *stmt, struct session_file *out)
{
	int64_t portion, whole, has_catalog, offers;

	if (!snapshot_row_text(stmt, 3, out->name, sizeof(out->name)) ||
	    !snapshot_row_text(stmt, 4, out->series, sizeof(out->series)) ||
	    !snapshot_row_int(stmt, 5, 0, INT32_MAX, &portion) ||
	    !snapshot_row_int(stmt, 6, 0, 1, &whole) ||
	    !snapshot_row_int(stmt, 7, 0, 1, &has_catalog) ||
	    !snapshot_row_int(stmt, 8, 0, INT64_MAX, &out->goods) ||
	    !snapshot_row_text(stmt, 10, out->catalog,
	    sizeof(out->catalog)) ||
	    !snapshot_row_int(stmt, 11, 0, 1, &offers))
		return false;
	out->session = db_int(stmt, 1);
	out->package = db_int(stmt, 2);
	out->portion = (int)portion;
	out->full = whole != 0;
	out->has_catalog = has_catalog != 0;
	out->offers = offers != 0;
	out->formed = db_int(stmt, 9);
	return true;
}

static int
get(struct snapshot *snap, int64_t id, struct session_file *out,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = read_file(stmt, out) ? 0 :
	    snapshot_row_damaged(snap, "session_file", id, err);
	db_reset(stmt);
	return got;
}

int
snapshot_file_each(struct snapshot *snap, int64_t session,
    int (*visit)(void *ctx, const struct session_file *file,
    struct err *err), void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_ids, err);
	struct session_file file;
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, session);
	if (snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++) {
		rc = get(snap, ids[i], &file, err);
		if (rc == 0)
			rc = visit(ctx, &file, err);
		else if (rc == 1)
			rc = 0;
	}
	free(ids);
	return rc;
}

int
snapshot_file_begins(struct snapshot *snap, const char *node,
    const char *series, int portion, const char *catalog, bool *begins,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_begins, err);
	int64_t found = 0;

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node));
	db_bind_text(stmt, 2, str_of(series));
	db_bind_int(stmt, 3, portion);
	db_bind_text(stmt, 4, str_of(catalog));
	if (snapshot_stmt_one(stmt, &found, err) == -1)
		return -1;
	*begins = found != 0;
	return 0;
}
