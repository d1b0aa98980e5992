#include "snapshot/snapshot_internal.h"

#include "snapshot/sharing.h"

#define FLAG_GONE 1
#define FLAG_OFF 2      /* switched off: for counting live goods */
#define FLAG_LOST 4
#define FLAG_APART 8
#define FLAGS_ALL (FLAG_GONE | FLAG_OFF | FLAG_LOST | FLAG_APART)

#define COLUMNS "id, kind, key, portal_id, flags, agreed"
#define BY_KEY "SELECT t.id, t.kind, t.key, t.portal_id, t.flags, t.agreed" \
    " FROM target_key k JOIN target t ON t.id = k.id"

static const char sql_get[] = BY_KEY " WHERE k.kind = ? AND k.key = ?";
static const char sql_row[] = "SELECT " COLUMNS " FROM target WHERE id = ?";
static const char sql_put[] =
    "UPDATE target SET portal_id = ?2, flags = ?3, agreed = ?4"
    " WHERE id = ?1";
/* "<> 0" and not "> 0": with that SQLite would look through a range. */
static const char sql_portal[] =
    "SELECT " COLUMNS " FROM target WHERE kind = ? AND portal_id = ?"
    " AND portal_id <> 0 ORDER BY id LIMIT 1";
static const char sql_portal_next[] =
    "SELECT " COLUMNS " FROM target WHERE kind = ? AND portal_id = ?"
    " AND portal_id <> 0 AND id > ? ORDER BY id LIMIT 1";
static const char sql_next[] =
    BY_KEY " WHERE k.kind = ? AND k.key > ? ORDER BY k.key LIMIT 1";

/* Steps to the one row and takes it: 0, 1 none, -1. */
static int
take(struct snapshot *snap, struct db_stmt *stmt, struct target *target,
    struct image *image, struct err *err)
{
	int64_t flags;
	int got = db_step(stmt, err);

	if (got <= 0)
		return got == 0 ? 1 : -1;
	if (!snapshot_row_int(stmt, 0, 1, INT64_MAX, &image->target) ||
	    !snapshot_row_target(stmt, 1, target) ||
	    !snapshot_row_int(stmt, 3, 0, INT64_MAX, &image->portal_id) ||
	    !snapshot_row_int(stmt, 4, 0, FLAGS_ALL, &flags) ||
	    !snapshot_row_fields(stmt, 5, &image->agreed)) {
		got = snapshot_row_damaged(snap, "target", db_int(stmt, 0),
		    err);
	} else {
		image->gone = (flags & FLAG_GONE) != 0;
		image->lost = (flags & FLAG_LOST) != 0;
		image->apart = (flags & FLAG_APART) != 0;
		got = 0;
	}
	db_reset(stmt);
	return got;
}

static void
clear(struct image *image)
{
	image->target = 0;
	image->portal_id = 0;
	image->gone = false;
	image->lost = image->apart = false;
	fields_clear(&image->agreed);
}

static struct db_stmt *
by_key(struct snapshot *snap, const char *sql, enum target_kind kind,
    const struct snapshot_key *key, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	if (stmt != NULL) {
		db_bind_int(stmt, 1, kind);
		db_bind_blob(stmt, 2, snapshot_key_str(key));
	}
	return stmt;
}

int
snapshot_image_get(struct snapshot *snap, const struct target *target,
    struct image *image, struct err *err)
{
	struct db_stmt *stmt;
	struct snapshot_key key;
	struct target same;

	clear(image);
	if (snap->fill.kind == target->kind)
		return 1;
	(void)snapshot_key_make(&key, target_key(target));
	stmt = by_key(snap, sql_get, target->kind, &key, err);
	return stmt == NULL ? -1 : take(snap, stmt, &same, image, err);
}

int
snapshot_image_by_row(struct snapshot *snap, int64_t row,
    struct target *target, struct image *image, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_row, err);

	clear(image);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, row);
	return take(snap, stmt, target, image, err);
}

int
snapshot_image_put(struct snapshot *snap, const struct image *image,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);
	int flags = (image->gone ? FLAG_GONE : 0) |
	    (image->lost ? FLAG_LOST : 0) | (image->apart ? FLAG_APART : 0);

	if (stmt == NULL)
		return -1;
	if (str_is(fields_get(&image->agreed, FIELD_ACTIVE), "N"))
		flags |= FLAG_OFF;
	db_bind_int(stmt, 1, image->target);
	db_bind_int(stmt, 2, image->portal_id);
	db_bind_int(stmt, 3, flags);
	db_bind_blob(stmt, 4, fields_bytes(&image->agreed));
	if (db_run(stmt, err) == -1)
		return -1;
	return db_changes(snap->db) == 1 ? 0 :
	    snapshot_row_damaged(snap, "target", image->target, err);
}

int
snapshot_image_by_portal_id(struct snapshot *snap, enum target_kind kind,
    int64_t portal_id, struct target *target, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_portal, err);
	struct image image;
	int rc;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_int(stmt, 2, portal_id);
	image_init(&image);
	rc = take(snap, stmt, target, &image, err);
	image_free(&image);
	return rc;
}

int
snapshot_image_same(struct snapshot *snap, enum target_kind kind,
    int64_t portal_id, int64_t after, struct target *target,
    struct image *image, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_portal_next, err);

	clear(image);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_int(stmt, 2, portal_id);
	db_bind_int(stmt, 3, after);
	return take(snap, stmt, target, image, err);
}

/* One look-up for each target, so that the visit may change them. */
int
snapshot_image_each(struct snapshot *snap, enum target_kind kind,
    int (*visit)(void *ctx, const struct target *target,
    const struct image *image, struct err *err), void *ctx, struct err *err)
{
	struct snapshot_key key = { .len = 0 };
	struct target target;
	struct image image;
	struct db_stmt *stmt;
	int rc;

	image_init(&image);
	for (;;) {
		stmt = by_key(snap, sql_next, kind, &key, err);
		rc = stmt == NULL ? -1 : take(snap, stmt, &target, &image,
		    err);
		if (rc != 0)
			break;
		(void)snapshot_key_make(&key, target_key(&target));
		rc = visit(ctx, &target, &image, err);
		if (rc != 0)
			break;
	}
	image_free(&image);
	return rc == 1 && stmt != NULL ? 0 : rc;
}
