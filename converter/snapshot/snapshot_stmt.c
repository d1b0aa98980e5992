#include "snapshot/snapshot_internal.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

/* Where the text's statement is, or the free place for it. */
static size_t
slot_of(const struct snapshot_stmts *stmts, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) * 31 % SNAPSHOT_STMT_SLOTS;
	size_t tried;

	for (tried = 0; tried < SNAPSHOT_STMT_SLOTS; tried++) {
		if (stmts->slots[at].sql == sql ||
		    stmts->slots[at].sql == NULL)
			return at;
		at = (at + 1) % SNAPSHOT_STMT_SLOTS;
	}
	assert(tried < SNAPSHOT_STMT_SLOTS);
	abort();
}

struct db_stmt *
snapshot_stmt(struct snapshot *snap, const char *sql, struct err *err)
{
	size_t at = slot_of(&snap->stmts, sql);

	if (snap->stmts.slots[at].sql == NULL) {
		if (db_prepare(&snap->stmts.slots[at].stmt, snap->db, sql,
		    err) == -1)
			return NULL;
		snap->stmts.slots[at].sql = sql;
	} else {
		db_reset(snap->stmts.slots[at].stmt);
	}
	return snap->stmts.slots[at].stmt;
}

void
snapshot_stmt_free_all(struct snapshot *snap)
{
	size_t i;

	for (i = 0; i < SNAPSHOT_STMT_SLOTS; i++)
		db_stmt_free(snap->stmts.slots[i].stmt);
	snap->stmts = (struct snapshot_stmts){ 0 };
}

int
snapshot_stmt_one(struct db_stmt *stmt, int64_t *out, struct err *err)
{
	int got = db_step(stmt, err);

	if (got <= 0)
		return got == 0 ? 1 : -1;
	*out = db_int(stmt, 0);
	db_reset(stmt);
	return 0;
}

int
snapshot_stmt_int(struct snapshot *snap, const char *sql, int64_t *out,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	*out = 0;
	if (stmt == NULL)
		return -1;
	return snapshot_stmt_one(stmt, out, err) == -1 ? -1 : 0;
}

int
snapshot_stmt_run(struct snapshot *snap, const char *sql, int64_t value,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, value);
	return db_run(stmt, err);
}

int
snapshot_stmt_ask(struct snapshot *snap, const char *sql, int64_t value,
    int64_t *out, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	*out = 0;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, value);
	return snapshot_stmt_one(stmt, out, err);
}

int
snapshot_stmt_rows(struct db_stmt *stmt, int64_t **rows, size_t *count,
    struct err *err)
{
	size_t size = 0;
	int got;

	*rows = NULL;
	*count = 0;
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			break;
		if (*count == size) {
			size = size == 0 ? 16 : size * 2;
			*rows = mem_resize(*rows, size, sizeof(**rows));
		}
		(*rows)[(*count)++] = db_int(stmt, 0);
	}
	if (got == 0)
		return 0;
	free(*rows);
	*rows = NULL;
	*count = 0;
	return -1;
}

int
snapshot_stmt_prune(struct snapshot *snap, const char *has, const char *drop,
    int64_t before, struct err *err)
{
	int64_t one;
	int rc = snapshot_stmt_ask(snap, has, before, &one, err);

	/* Nothing to do is no write. */
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return snapshot_stmt_run(snap, drop, before, err);
}
