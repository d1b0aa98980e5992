/*
 * Which documents of 1C speak of a number: an order, and of Bitrix's module
 * its payments and shipments, come as records of their own and in files of
 * their own.  Ids are whole here, so that they keep the order of bytes.
 */
#include "snapshot/snapshot_internal.h"

#include <string.h>

static const char sql_put[] =
    "INSERT INTO document (number, id) VALUES (?, ?)"
    " ON CONFLICT (number, id) DO NOTHING";
static const char sql_has[] =
    "SELECT 1 FROM document WHERE number = ? AND id = ?";
static const char sql_next[] =
    "SELECT id FROM document WHERE number = ? AND id > ?"
    " ORDER BY id LIMIT 1";

static const char sql_other[] =
    "SELECT number FROM document WHERE number <> ? AND id = ? LIMIT 1";
static const char sql_forget[] =
    "DELETE FROM document WHERE number = ? AND id = ?";

static const char sql_number[] =
    "SELECT number FROM document WHERE substr(number, 1, 1) <> ?"
    " AND id = ? LIMIT 1";
static const char sql_marked[] =
    "SELECT 1 FROM document WHERE substr(number, 1, 1) = ? AND id = ?"
    " LIMIT 1";
static const char sql_drop[] =
    "DELETE FROM document WHERE substr(number, 1, 1) = ? AND id = ?";

static struct db_stmt *
with(struct snapshot *snap, const char *sql, struct str number,
    struct str id, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	if (stmt != NULL) {
		db_bind_text(stmt, 1, number);
		db_bind_blob(stmt, 2, id);
	}
	return stmt;
}

int
snapshot_document_put(struct snapshot *snap, struct str number,
    struct str id, struct err *err)
{
	struct db_stmt *stmt;
	int64_t one;
	int rc;

	if (number.len == 0 || number.len > LIMIT_ID_BYTES ||
	    id.len == 0 || id.len > LIMIT_KEY_BYTES)
		return 0;
	stmt = with(snap, sql_has, number, id, err);
	if (stmt == NULL)
		return -1;
	rc = snapshot_stmt_one(stmt, &one, err);
	/* Nothing to do is no write. */
	if (rc != 1)
		return rc;
	stmt = with(snap, sql_put, number, id, err);
	return stmt == NULL ? -1 : db_run(stmt, err);
}

/* The one value that the statement finds, `most` bytes at the most, into out:
 * 0, 1 none, -1. */
static int
read_one(struct snapshot *snap, struct db_stmt *stmt, char *out,
    size_t most, size_t *len, struct err *err)
{
	struct str found;
	int got;

	if (stmt == NULL)
		return -1;
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	found = db_blob(stmt, 0);       /* of a text: its bytes */
	if (found.len == 0 || found.len > most) {
		got = snapshot_row_damaged(snap, "document", 0, err);
	} else {
		memcpy(out, found.p, found.len);
		*len = found.len;
		got = 0;
	}
	db_reset(stmt);
	return got;
}

int
snapshot_document_move(struct snapshot *snap, struct str number,
    struct str id, int (*visit)(void *ctx, struct str number,
    struct err *err), void *ctx, struct err *err)
{
	char held[LIMIT_ID_BYTES];
	struct db_stmt *stmt;
	size_t len = 0;
	int rc;

	for (;;) {
		rc = read_one(snap, with(snap, sql_other, number, id, err),
		    held, sizeof(held), &len, err);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		stmt = with(snap, sql_forget, str_n(held, len), id, err);
		if (stmt == NULL || db_run(stmt, err) == -1 ||
		    visit(ctx, str_n(held, len), err) == -1)
			return -1;
	}
}

/* One look-up for each, so that the visit may do what it likes and memory
 * does not grow with what 1C says. */
int
snapshot_document_each(struct snapshot *snap, struct str number,
    int (*visit)(void *ctx, struct str id, struct err *err), void *ctx,
    struct err *err)
{
	char id[LIMIT_KEY_BYTES];
	size_t len = 0;
	int rc;

	for (;;) {
		/* The next one after the one in `id`, into it. */
		rc = read_one(snap, with(snap, sql_next, number,
		    str_n(id, len), err), id, sizeof(id), &len, err);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		rc = visit(ctx, str_n(id, len), err);
		if (rc != 0)
			return rc;
	}
}

int
snapshot_document_number(struct snapshot *snap, struct str id, char mark,
    char out[LIMIT_ID_BYTES + 1], struct err *err)
{
	size_t len = 0;
	int rc = read_one(snap, with(snap, sql_number, str_n(&mark, 1), id,
	    err), out, LIMIT_ID_BYTES, &len, err);

	out[rc == 0 ? len : 0] = '\0';
	return rc;
}

int
snapshot_document_drop(struct snapshot *snap, struct str id, char mark,
    struct err *err)
{
	struct db_stmt *stmt = with(snap, sql_marked, str_n(&mark, 1), id,
	    err);
	int64_t one;
	int rc;

	if (stmt == NULL)
		return -1;
	rc = snapshot_stmt_one(stmt, &one, err);
	/* Nothing to do is no write. */
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	stmt = with(snap, sql_drop, str_n(&mark, 1), id, err);
	return stmt == NULL ? -1 : db_run(stmt, err);
}

int
snapshot_document_forget(struct snapshot *snap, struct str number,
    struct str id, struct err *err)
{
	struct db_stmt *stmt = with(snap, sql_forget, number, id, err);

	return stmt == NULL ? -1 : db_run(stmt, err);
}

int
snapshot_document_take(struct snapshot *snap, struct str was,
    struct str now, struct str id, struct err *err)
{
	if (snapshot_document_put(snap, now, id, err) == -1)
		return -1;
	return snapshot_document_forget(snap, was, id, err);
}
