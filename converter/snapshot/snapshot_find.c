/*
 * Which record a statement of 1C is about.  1C names things in much the same
 * order each time, and records are numbered in the order in which they were
 * first named: so the record behind the last one is looked at before the
 * index is.  A full package without changes is one walk through the table.
 */
#include "snapshot/snapshot_internal.h"

/* A gap that is cheaper to step over than to seek. */
#define STEP_OVER 8
/* Guesses that fail in a row before the walk moves to where 1C is. */
#define MISSES 2

static const char sql_walk[] =
    "SELECT id, kind, key, stated, flags, body, node FROM record"
    " WHERE id >= ? ORDER BY id";
static const char sql_look[] =
    "SELECT k.id, r.kind, r.key, r.stated, r.flags, r.body, r.node"
    " FROM record_key k LEFT JOIN record r ON r.id = k.id"
    " WHERE k.kind = ? AND k.key = ?";
static const char sql_last[] = "SELECT coalesce(max(id), 0) FROM record";

int
snapshot_find_begin(struct snapshot *snap, struct err *err)
{
	struct snapshot_finder *finder = &snap->stage.finder;

	*finder = (struct snapshot_finder){ .next = 1 };
	if (snapshot_stmt_int(snap, sql_last, &finder->last, err) == -1)
		return -1;
	if (finder->last < 0 || finder->last > LIMIT_RECORD_ROWS)
		return snapshot_row_damaged(snap, "record", finder->last,
		    err);
	finder->walk = snapshot_stmt(snap, sql_walk, err);
	finder->look = snapshot_stmt(snap, sql_look, err);
	return finder->walk == NULL || finder->look == NULL ? -1 : 0;
}

/* The statements are closed (so a transaction can end); the place is kept. */
void
snapshot_find_reset(struct snapshot *snap)
{
	struct snapshot_finder *finder = &snap->stage.finder;

	if (finder->open)
		finder->next = finder->used ? finder->id + 1 : finder->id;
	finder->open = false;
	if (finder->walk != NULL)
		db_reset(finder->walk);
	if (finder->look != NULL)
		db_reset(finder->look);
}

static int
step_walk(struct snapshot_finder *finder, struct err *err)
{
	int got = db_step(finder->walk, err);

	finder->open = got == 1;
	finder->used = false;
	if (got != 1) {
		/* Past the end nothing is found by walking. */
		finder->next = finder->last + 1;
		return got;
	}
	finder->id = db_int(finder->walk, 0);
	finder->kind = db_int(finder->walk, 1);
	finder->key = db_blob(finder->walk, 2);
	return 0;
}

/* Puts the walk on the first row that has not been asked for. */
static int
peek(struct snapshot_finder *finder, struct err *err)
{
	if (finder->open && !finder->used)
		return 0;
	if (finder->open)
		return step_walk(finder, err);
	if (finder->next > finder->last)
		return 0;
	db_reset(finder->walk);
	db_bind_int(finder->walk, 1, finder->next);
	return step_walk(finder, err);
}

static bool
is_at(const struct snapshot_finder *finder, enum record_kind kind,
    struct str key)
{
	return finder->open && !finder->used && finder->kind == kind &&
	    str_eq(finder->key, key);
}

static int
take(struct snapshot *snap, struct db_stmt *stmt,
    struct snapshot_found *found, struct err *err)
{
	int64_t flags;

	if (!snapshot_row_int(stmt, 0, 1, LIMIT_RECORD_ROWS, &found->id) ||
	    !snapshot_row_int(stmt, 4, 0, RECORD_FLAGS, &flags) ||
	    !snapshot_row_int(stmt, 6, NODE_LEAST, INT64_MAX, &found->node))
		return snapshot_row_damaged(snap, "record", db_int(stmt, 0),
		    err);
	found->stated = db_int(stmt, 3);
	found->flags = (int)flags;
	found->body = db_blob(stmt, 5);
	if (found->node == NODE_BEFORE)
		found->node = snap->stage.before;
	return 0;
}

/* The index found a record elsewhere: does the walk follow? */
static int
follow(struct snapshot_finder *finder, int64_t id, struct err *err)
{
	finder->misses++;
	if (finder->open && !finder->used && id > finder->id &&
	    id - finder->id <= STEP_OVER) {
		while (finder->open && finder->id < id)
			if (step_walk(finder, err) == -1)
				return -1;
		finder->used = finder->open && finder->id == id;
	} else if (finder->misses >= MISSES) {
		finder->open = false;
		finder->next = id + 1;
		finder->misses = 0;
	}
	return 0;
}

int
snapshot_find(struct snapshot *snap, enum record_kind kind, struct str key,
    struct snapshot_found *found, struct err *err)
{
	struct snapshot_finder *finder = &snap->stage.finder;
	int got;

	if (finder->last == 0)
		return 1;
	if (peek(finder, err) == -1)
		return -1;
	if (is_at(finder, kind, key)) {
		finder->used = true;
		finder->misses = 0;
		return take(snap, finder->walk, found, err);
	}
	db_reset(finder->look);
	db_bind_int(finder->look, 1, kind);
	db_bind_blob(finder->look, 2, key);
	got = db_step(finder->look, err);
	if (got != 1)
		return got == 0 ? 1 : -1;
	if (db_int(finder->look, 1) != (int64_t)kind ||
	    !str_eq(db_blob(finder->look, 2), key))
		return snapshot_row_damaged(snap, "record_key",
		    db_int(finder->look, 0), err);
	if (take(snap, finder->look, found, err) == -1)
		return -1;
	return follow(finder, found->id, err);
}
