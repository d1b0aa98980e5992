/*
 * What belongs to one product, by the beginning of its key: the records of its
 * characteristics ("product#…"), the targets that it has by parts.  It is
 * asked for each product, so a product costs one look into the index; and
 * where no product has anything of the kind, not even that.
 */
#include "snapshot/snapshot_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Keys that begin with another are one behind the other (snapshot_key.c: how
 * an id is packed does not depend on what stands behind it). */
static const char sql_records[] =
    "SELECT k.key, r.id, r.flags, r.body FROM record_key k"
    " LEFT JOIN record r ON r.id = k.id"
    " WHERE k.kind = ?1 AND k.key > ?2 AND k.key < ?3 ORDER BY k.key";
static const char sql_targets[] =
    "SELECT key FROM target_key"
    " WHERE kind = ?1 AND key >= ?2 AND key < ?3 ORDER BY key";
static const char sql_any[] =
    "SELECT EXISTS (SELECT 1 FROM target_key WHERE kind = ?)";

/* ---- whether there is anything ---- */

void
snapshot_known_forget(struct snapshot *snap)
{
	bool walking = snap->known.walking;

	memset(&snap->known, 0, sizeof(snap->known));
	snap->known.walking = walking;
	snap->generation++;
}

uint64_t
snapshot_generation(void *ctx)
{
	struct snapshot *snap = ctx;

	return snapshot_in_transaction(snap) ? snap->generation : 0;
}

static bool
remember(struct snapshot *snap, enum snapshot_known *known, bool yes)
{
	if (yes)
		*known = KNOWN_YES;
	else if (snapshot_in_transaction(snap))
		*known = KNOWN_NO;
	return yes;
}

bool
snapshot_has_characteristics(void *ctx)
{
	struct snapshot *snap = ctx;
	enum snapshot_known *known = &snap->known.characteristics;

	if (*known != KNOWN_NOT)
		return *known == KNOWN_YES;
	return remember(snap, known,
	    snapshot_meta_int(snap, META_CHARACTERISTICS, 0) != 0);
}

/* Where that cannot be read there may be some: whoever asks then looks, and
 * is told what is wrong. */
bool
snapshot_has_target(void *ctx, enum target_kind kind)
{
	struct snapshot *snap = ctx;
	enum snapshot_known *known = &snap->known.targets[kind];
	struct db_stmt *stmt;
	int64_t any;

	if (*known != KNOWN_NOT)
		return *known == KNOWN_YES;
	stmt = snapshot_stmt(snap, sql_any, NULL);
	if (stmt == NULL)
		return true;
	db_bind_int(stmt, 1, kind);
	if (snapshot_stmt_one(stmt, &any, NULL) != 0)
		return true;
	return remember(snap, known, any != 0);
}

/* ---- what there is ---- */

/* The key of `id` with a byte behind it; -1: it has no room for one. */
static int
key_with(struct snapshot_key *key, struct str id, char byte)
{
	if (snapshot_key_make(key, id) == -1 ||
	    key->len == sizeof(key->bytes))
		return -1;
	key->bytes[key->len++] = byte;
	return 0;
}

static struct db_stmt *
open_range(struct snapshot *snap, const char *sql, int64_t kind,
    const struct snapshot_key range[2], struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	if (stmt == NULL)
		return NULL;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, snapshot_key_str(&range[0]));
	db_bind_blob(stmt, 3, snapshot_key_str(&range[1]));
	return stmt;
}

static int
take_record(struct snapshot *snap, struct db_stmt *stmt,
    struct record *record, char id[LIMIT_KEY_BYTES], bool *absent,
    struct err *err)
{
	int64_t flags;

	if (db_is_null(stmt, 1) ||
	    snapshot_key_read(id, &record->id.len, db_blob(stmt, 0)) == -1 ||
	    !snapshot_row_int(stmt, 2, 0, RECORD_FLAGS, &flags) ||
	    !snapshot_row_fields(stmt, 3, &record->fields))
		return snapshot_row_damaged(snap, "record", db_int(stmt, 1),
		    err);
	record->id.p = id;
	*absent = (flags & RECORD_FLAG_ABSENT) != 0;
	return 0;
}

/* The statement stays open while the visits read other records; so a visit
 * does not walk itself. */
int
snapshot_record_each_of(void *ctx, enum record_kind kind, struct str product,
    int (*visit)(void *arg, const struct record *record, bool absent),
    void *arg, struct err *err)
{
	struct snapshot *snap = ctx;
	struct record record = { .kind = kind };
	struct snapshot_key range[2];
	char id[LIMIT_KEY_BYTES];
	struct db_stmt *stmt;
	bool absent = false;
	int rc = 0;

	/* Longer ids cannot be behind it. */
	if (!snapshot_has_characteristics(snap) ||
	    key_with(&range[0], product, '#') == -1 ||
	    key_with(&range[1], product, '#' + 1) == -1)
		return 0;
	assert(!snap->known.walking);
	stmt = open_range(snap, sql_records, kind, range, err);
	if (stmt == NULL)
		return -1;
	fields_init(&record.fields);
	snap->known.walking = true;
	while (rc == 0) {
		rc = db_step(stmt, err);
		if (rc <= 0)
			break;
		rc = take_record(snap, stmt, &record, id, &absent, err);
		if (rc == 0)
			rc = visit(arg, &record, absent);
	}
	snap->known.walking = false;
	db_reset(stmt);
	fields_free(&record.fields);
	return rc;
}

/* The targets that a walk found. */
struct found {
	struct target *items;
	size_t count, size;
};

static int
collect(struct snapshot *snap, struct found *found, struct db_stmt *stmt,
    enum target_kind kind, struct err *err)
{
	struct target *target;
	int got;

	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (found->count == found->size) {
			found->size = found->size == 0 ? 8 : found->size * 2;
			found->items = mem_resize(found->items, found->size,
			    sizeof(*found->items));
		}
		target = &found->items[found->count++];
		target->kind = kind;
		if (snapshot_key_read(target->key, &target->key_len,
		    db_blob(stmt, 0)) == -1)
			break;
	}
	db_reset(stmt);
	return snapshot_row_damaged(snap, "target_key", 0, err);
}

/* The key of the id alone is the first of those that begin with it, and those
 * that go on with a NUL are the next. */
static int
find_targets(struct snapshot *snap, struct found *found,
    enum target_kind kind, struct str id, struct err *err)
{
	struct snapshot_key range[2];
	struct db_stmt *stmt;

	if (snapshot_key_make(&range[0], id) == -1 ||
	    key_with(&range[1], id, '\1') == -1)
		return 0;
	stmt = open_range(snap, sql_targets, kind, range, err);
	return stmt == NULL ? -1 : collect(snap, found, stmt, kind, err);
}

/* All are found before the first visit, which may change them. */
int
snapshot_image_each_of(struct snapshot *snap, enum target_kind kind,
    struct str id, int (*visit)(void *ctx, const struct target *target,
    struct err *err), void *ctx, struct err *err)
{
	struct found found = { .count = 0 };
	int rc;

	/* A first load has never heard of its targets, as of image_get. */
	if (snap->fill.kind == kind || !snapshot_has_target(snap, kind))
		return 0;
	rc = find_targets(snap, &found, kind, id, err);
	for (size_t i = 0; rc == 0 && i < found.count; i++)
		rc = visit(ctx, &found.items[i], err);
	free(found.items);
	return rc;
}
