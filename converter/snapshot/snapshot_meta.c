#include "snapshot/snapshot_internal.h"

#include <inttypes.h>
#include <stdio.h>

#define META_BYTES LIMIT_MIB

static const char sql_get[] = "SELECT value FROM meta WHERE name = ?";
/* What is there already is not written again: no commit for nothing. */
static const char sql_set[] =
    "INSERT INTO meta (name, value) VALUES (?1, ?2)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    " WHERE value <> excluded.value";

int
snapshot_meta_get(struct snapshot *snap, const char *name, struct buf *out,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	struct str value;
	int got;

	buf_clear(out);
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(name));
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	value = db_blob(stmt, 0);
	if (value.len > META_BYTES || buf_add(out, value.p, value.len) == -1)
		got = snapshot_row_damaged(snap, "meta", 0, err);
	else
		got = 0;
	db_reset(stmt);
	return got;
}

int
snapshot_meta_set(struct snapshot *snap, const char *name, struct str value,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_set, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(name));
	db_bind_blob(stmt, 2, value);
	return db_run(stmt, err);
}

int64_t
snapshot_meta_int(struct snapshot *snap, const char *name, int64_t otherwise)
{
	struct buf text = BUF_INIT(META_BYTES);
	int64_t value;

	if (snapshot_meta_get(snap, name, &text, NULL) != 0 ||
	    str_to_int64(&value, str_n(text.data, text.len)) == -1)
		value = otherwise;
	buf_free(&text);
	return value;
}

int
snapshot_meta_set_int(struct snapshot *snap, const char *name, int64_t value,
    struct err *err)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	return snapshot_meta_set(snap, name, str_of(text), err);
}
