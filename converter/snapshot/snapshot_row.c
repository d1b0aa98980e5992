#include "snapshot/snapshot_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"

int
snapshot_row_damaged(const struct snapshot *snap, const char *table,
    int64_t row, struct err *err)
{
	return err_set(err, ERR_STATE, _("%s: state is damaged: table %s, "
	    "row %" PRId64 "; put back a copy of the state folder"),
	    snap->path, table, row);
}

bool
snapshot_row_text(struct db_stmt *stmt, int column, char *to, size_t size)
{
	struct str text = db_text(stmt, column);

	to[0] = '\0';
	if (text.len >= size)
		return false;
	if (text.len == 0)
		return true;
	if (memchr(text.p, '\0', text.len) != NULL)
		return false;
	memcpy(to, text.p, text.len);
	to[text.len] = '\0';
	return true;
}

bool
snapshot_row_int(struct db_stmt *stmt, int column, int64_t least,
    int64_t most, int64_t *out)
{
	*out = db_int(stmt, column);
	return *out >= least && *out <= most;
}

bool
snapshot_row_fields(struct db_stmt *stmt, int column, struct fields *out)
{
	return fields_load(out, db_blob(stmt, column)) == 0;
}

bool
snapshot_row_target(struct db_stmt *stmt, int kind_column,
    struct target *out)
{
	int64_t kind;

	out->kind = TARGET_NONE;
	out->key_len = 0;
	if (!snapshot_row_int(stmt, kind_column, TARGET_NONE + 1,
	    TARGET_LAST - 1, &kind) ||
	    snapshot_key_read(out->key, &out->key_len,
	    db_blob(stmt, kind_column + 1)) == -1)
		return false;
	out->kind = (enum target_kind)kind;
	return true;
}
