/*
 * Which records a package named: for absence (all packages of a session
 * together), and so that an older package does not set back what a newer one
 * stated, even where the newer one only repeated it.  What a package changed
 * is told by record.stated; its set is kept without a time (0).
 */
#include "snapshot/snapshot_internal.h"

#include <limits.h>
#include <stdlib.h>

/* Packages whose sets are kept; open sessions keep theirs beyond. */
#define KEPT_PACKAGES 200

static const char sql_flush[] =
    "INSERT INTO temp.stage_seen (formed, chunk, bits) VALUES (?, ?, ?)";
static const char sql_accept[] =
    "INSERT INTO seen (package, formed, chunk, bits, node)"
    " SELECT ?1, formed, chunk, bits, ?2 FROM temp.stage_seen"
    " ORDER BY formed, chunk";
static const char sql_newer[] =
    "SELECT id, chunk, bits FROM seen WHERE formed > ?1"
    " AND (?2 = 0 OR node = 0 OR node = ?2)";
/* Between which times of packages does this one lie? */
static const char sql_below[] =
    "SELECT coalesce(max(formed), 0) FROM seen WHERE formed <= ?";
static const char sql_above[] =
    "SELECT coalesce(min(formed), 0) FROM seen WHERE formed > ?";
static const char sql_session[] =
    "SELECT s.id, s.chunk, s.bits FROM package p"
    " JOIN seen s ON s.package = p.id WHERE p.session = ?";
static const char sql_old[] =
    "SELECT package FROM (SELECT DISTINCT package FROM seen"
    " ORDER BY package DESC LIMIT -1 OFFSET ?) WHERE package NOT IN"
    " (SELECT p.id FROM session s JOIN package p ON p.session = s.id"
    " WHERE s.closed = 0)";
static const char sql_old_time[] =
    "SELECT coalesce(max(formed), 0) FROM seen WHERE package = ?";
static const char sql_drop[] = "DELETE FROM seen WHERE package = ?";

int
snapshot_seen_flush(struct snapshot *snap, struct bits *bits,
    int64_t formed, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_flush, err);
	unsigned char packed[BITS_BYTES];
	size_t i;

	if (stmt == NULL)
		return -1;
	for (i = 0; i < bits->count; i++) {
		if (bits->chunks[i] == NULL)
			continue;
		db_bind_int(stmt, 1, formed);
		db_bind_int(stmt, 2, (int64_t)i);
		db_bind_blob(stmt, 3, snapshot_bits_pack(bits->chunks[i],
		    packed));
		if (db_run(stmt, err) == -1)
			return -1;
	}
	bits_free(bits);
	return 0;
}

int
snapshot_seen_accept(struct snapshot *snap, int64_t package, int64_t node,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_accept, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, package);
	db_bind_int(stmt, 2, node);
	return db_run(stmt, err);
}

static int
collect(struct snapshot *snap, struct db_stmt *stmt, struct bits *bits,
    struct err *err)
{
	int got;

	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (snapshot_bits_add(bits, db_int(stmt, 1),
		    db_blob(stmt, 2)) == -1)
			break;
	}
	(void)snapshot_row_damaged(snap, "seen", db_int(stmt, 0), err);
	db_reset(stmt);
	return -1;
}

int
snapshot_seen_newer(struct snapshot *snap, int64_t formed, int64_t node,
    struct bits *bits, int64_t *from, int64_t *to,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_newer, err);
	int64_t above;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, formed);
	db_bind_int(stmt, 2, node);
	if (collect(snap, stmt, bits, err) == -1 ||
	    snapshot_stmt_ask(snap, sql_below, formed, from, err) != 0 ||
	    snapshot_stmt_ask(snap, sql_above, formed, &above, err) != 0)
		return -1;
	*to = above == 0 ? INT64_MAX : above;
	return 0;
}

int
snapshot_seen_session(struct snapshot *snap, int64_t session,
    struct bits *bits, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_session, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, session);
	return collect(snap, stmt, bits, err);
}

/* What is not known singly any more counts as stated (the floor). */
static int
drop_package(struct snapshot *snap, int64_t package, struct err *err)
{
	int64_t floor = snapshot_meta_int(snap, META_SEEN_FLOOR, 0);
	int64_t formed;

	if (snapshot_stmt_ask(snap, sql_old_time, package, &formed, err) != 0)
		return -1;
	if (formed > floor &&
	    snapshot_meta_set_int(snap, META_SEEN_FLOOR, formed, err) == -1)
		return -1;
	return snapshot_stmt_run(snap, sql_drop, package, err);
}

int
snapshot_seen_prune(struct snapshot *snap, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_old, err);
	int64_t *packages;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, KEPT_PACKAGES);
	if (snapshot_stmt_rows(stmt, &packages, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++)
		rc = drop_package(snap, packages[i], err);
	free(packages);
	return rc;
}
