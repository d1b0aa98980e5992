/*
 * Goods that a closed full session did not name, and characteristics of goods
 * that it did.  Not counted are those that a newer package stated, that the
 * package which is being taken names, and that 1C has marked deleted (they
 * have their own rule); and what other nodes of 1C state is theirs.
 */
#include "snapshot/snapshot_internal.h"

#include <string.h>

static const char sql_tables[] =
    "CREATE TABLE IF NOT EXISTS temp.absent (key BLOB NOT NULL,"
    " id INTEGER NOT NULL, sharer INTEGER NOT NULL, PRIMARY KEY (key))"
    " WITHOUT ROWID;"
    "DELETE FROM temp.absent;";
/* RECORD_PRODUCT */
static const char sql_goods[] =
    "SELECT id, key, stated, flags, body, node FROM record WHERE kind = 8";
/* RECORD_OFFER; those of one product are one behind the other. */
static const char sql_offers[] =
    "SELECT key, id FROM record_key WHERE kind = 9 ORDER BY key";
static const char sql_offer[] =
    "SELECT stated, flags, node FROM record WHERE id = ? AND kind = 9";
static const char sql_product[] =
    "SELECT r.id, r.body, r.node FROM record_key k"
    " JOIN record r ON r.id = k.id"
    " WHERE k.kind = 8 AND k.key = ?";
/* Its own, and those of its characteristics. */
static const char sql_offers_of[] =
    "SELECT id FROM record_key WHERE kind = 9 AND key = ?1 UNION ALL"
    " SELECT id FROM record_key WHERE kind = 9 AND key > ?2 AND key < ?3";
static const char sql_formed[] =
    "SELECT coalesce(max(formed), 0) FROM package"
    " WHERE session = ? AND accepted = 1";
static const char sql_note[] =
    "INSERT INTO temp.absent (key, id, sharer) VALUES (?, ?, ?)";
/* Absence is stated too: an older package does not bring them back. */
static const char sql_mark[] =
    "UPDATE record SET flags = flags | 1, stated = max(stated, ?)"
    " WHERE id IN (SELECT id FROM temp.absent WHERE sharer = 0)";
/* What others state too. */
static const char sql_shared[] =
    "SELECT id, key, sharer FROM temp.absent WHERE sharer > 0 ORDER BY key";
static const char sql_unmark[] = "DELETE FROM temp.absent WHERE key = ?";
static const char sql_visit[] = "SELECT key FROM temp.absent ORDER BY key";

struct scan {
	struct snapshot *snap;
	struct str catalog;
	int64_t node;           /* whose session it is; 0: nobody's */
	int64_t before;         /* META_RECORD_NODE */
	bool offers;            /* it is they that are looked at */
	bool shared;            /* some are of several nodes */
	int64_t formed;         /* of the session's newest package */
	bool mark;
	struct bits named;
	struct bits newer;
	struct fields fields;
	int64_t absent, live;
	/* Of offers: the product that was asked for last. */
	char product[LIMIT_KEY_BYTES];
	size_t product_len;     /* 0: none was */
	bool product_told;
};

static int
prepare(struct scan *scan, int64_t session, struct err *err)
{
	struct snapshot *snap = scan->snap;
	struct db_stmt *stmt = snapshot_stmt(snap, sql_formed, err);
	int64_t from, to;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, session);
	if (snapshot_stmt_one(stmt, &scan->formed, err) != 0 ||
	    snapshot_seen_session(snap, session, &scan->named, err) == -1)
		return -1;
	if (scan->mark && db_exec(snap->db, sql_tables, err) == -1)
		return -1;
	scan->before = snapshot_meta_int(snap, META_RECORD_NODE, NODE_BEFORE);
	return snapshot_seen_newer(snap, scan->formed, scan->node,
	    &scan->newer, &from, &to, err);
}

static bool
is_absent(const struct scan *scan, int64_t id, int64_t stated)
{
	return !bits_has(&scan->named, id) &&
	    stated <= scan->formed &&
	    !bits_has(&scan->newer, id) &&
	    !(scan->snap->stage.open &&
	    bits_has(&scan->snap->stage.named, id));
}

/*
 * Whose statement of the record may be absent now: 0, and *sharer is 0 where
 * the record is one's alone, else the node; out is that statement then.  1:
 * nobody's, the session's node does not state it.
 */
static int
find_statement(const struct scan *scan, int64_t id, int64_t node,
    int64_t *sharer, struct snapshot_found *out, struct err *err)
{
	return snapshot_share_find(scan->snap, id, node == NODE_BEFORE ?
	    scan->before : node, scan->node, sharer, out, err);
}

static int
note_absent(struct scan *scan, int64_t id, struct str key, int64_t sharer,
    struct err *err)
{
	struct db_stmt *stmt;

	scan->absent++;
	if (!scan->mark)
		return 0;
	stmt = snapshot_stmt(scan->snap, sql_note, err);
	if (stmt == NULL)
		return -1;
	db_bind_blob(stmt, 1, key);
	db_bind_int(stmt, 2, id);
	db_bind_int(stmt, 3, sharer);
	scan->shared = scan->shared || sharer != 0;
	return db_run(stmt, err);
}

static int
look_at(struct scan *scan, struct db_stmt *stmt, struct err *err)
{
	struct snapshot_found found = { .stated = db_int(stmt, 2),
	    .body = db_blob(stmt, 4) };
	int64_t id, flags, sharer;
	int rc;

	if (!snapshot_row_int(stmt, 0, 1, LIMIT_RECORD_ROWS, &id) ||
	    !snapshot_row_int(stmt, 3, 0, RECORD_FLAGS, &flags))
		return snapshot_row_damaged(scan->snap, "record",
		    db_int(stmt, 0), err);
	found.flags = (int)flags;
	rc = find_statement(scan, id, db_int(stmt, 5), &sharer, &found, err);
	if (rc != 0 || found.flags != 0)
		return rc == -1 ? -1 : 0;
	if (fields_load(&scan->fields, found.body) == -1)
		return snapshot_row_damaged(scan->snap, sharer == 0 ?
		    "record" : "statement", id, err);
	if (!str_eq(fields_get(&scan->fields, FIELD_CATALOG), scan->catalog))
		return 0;
	scan->live++;
	return is_absent(scan, id, found.stated) ?
	    note_absent(scan, id, db_blob(stmt, 1), sharer, err) : 0;
}

static int
run(struct scan *scan, const char *sql, int (*look)(struct scan *scan,
    struct db_stmt *stmt, struct err *err), struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(scan->snap, sql, err);
	int got;

	if (stmt == NULL)
		return -1;
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (look(scan, stmt, err) == -1)
			break;
	}
	db_reset(stmt);
	return -1;
}

/* What the node does not state any more, and others do: with what belongs to
 * it.  Where that changes nothing nobody is told. */
static int
leave_row(const struct scan *scan, struct db_stmt *walk, struct err *err)
{
	struct snapshot *snap = scan->snap;
	struct str key = db_blob(walk, 1);
	int64_t sharer = db_int(walk, 2);
	struct db_stmt *stmt;
	bool changed, left;
	int rc;

	rc = snapshot_leave_record(snap, db_int(walk, 0), sharer,
	    scan->formed, &changed, &left, err);
	if (rc == 0)
		rc = scan->offers ? snapshot_leave_rests(snap, key, sharer,
		    scan->formed, &scan->named, &changed, err) :
		    snapshot_leave_offers(snap, key, sharer, scan->formed,
		    &scan->named, left, &changed, err);
	if (rc == -1 || changed)
		return rc;
	stmt = snapshot_stmt(snap, sql_unmark, err);
	if (stmt == NULL)
		return -1;
	db_bind_blob(stmt, 1, key);
	return db_run(stmt, err);
}

static int
leave(const struct scan *scan, struct err *err)
{
	struct db_stmt *walk = snapshot_stmt(scan->snap, sql_shared, err);
	int got = 1;

	if (walk == NULL)
		return -1;
	while (got == 1) {
		got = db_step(walk, err);
		if (got == 1 && leave_row(scan, walk, err) == -1)
			got = -1;
	}
	db_reset(walk);
	return got;
}

static int
mark(const struct scan *scan, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(scan->snap, sql_mark, err);

	scan->snap->generation++;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, scan->formed);
	if (db_run(stmt, err) == -1)
		return -1;
	return scan->shared ? leave(scan, err) : 0;
}

/* Looks at all with `look`, and marks what it noted. */
static int
scan_all(struct scan *scan, int64_t session, const char *sql,
    int (*look)(struct scan *scan, struct db_stmt *stmt, struct err *err),
    struct err *err)
{
	int rc;

	fields_init(&scan->fields);
	rc = prepare(scan, session, err);
	/* Below the floor it is not known what newer packages named. */
	if (rc == 0 && scan->formed <
	    snapshot_meta_int(scan->snap, META_SEEN_FLOOR, 0))
		scan->formed = -1;
	if (rc == 0)
		rc = run(scan, sql, look, err);
	if (rc == 0 && scan->mark && scan->absent > 0)
		rc = mark(scan, err);
	bits_free(&scan->named);
	bits_free(&scan->newer);
	fields_free(&scan->fields);
	return rc;
}

int
snapshot_absent_scan(struct snapshot *snap, int64_t session, int64_t node,
    struct str catalog, bool marking, int64_t *absent, int64_t *live,
    struct err *err)
{
	struct scan scan = { .snap = snap, .catalog = catalog, .node = node,
	    .mark = marking };
	int rc = scan_all(&scan, session, sql_goods, look_at, err);

	*absent = scan.absent;
	*live = scan.live;
	return rc;
}

/* ---- characteristics ---- */

/* Did the session name the product, as one of the catalogue?  -1: error. */
static int
is_product_named(struct scan *scan, struct str product, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(scan->snap, sql_product, err);
	struct snapshot_found found = { .stated = 0 };
	struct snapshot_key key;
	int64_t id, sharer;
	int got;

	if (stmt == NULL)
		return -1;
	(void)snapshot_key_make(&key, product);
	db_bind_blob(stmt, 1, snapshot_key_str(&key));
	got = db_step(stmt, err);
	if (got <= 0)
		return got;
	id = db_int(stmt, 0);
	found.body = db_blob(stmt, 1);
	got = find_statement(scan, id, db_int(stmt, 2), &sharer, &found, err);
	if (got == 0 && fields_load(&scan->fields, found.body) == -1)
		got = snapshot_row_damaged(scan->snap, "record", id, err);
	if (got == 0)
		got = bits_has(&scan->named, id) &&
		    str_eq(fields_get(&scan->fields, FIELD_CATALOG),
		    scan->catalog);
	else if (got == 1)
		got = 0;
	db_reset(stmt);
	return got;
}

/* Did it name any offer of the product?  -1: error. */
static int
is_any_named(struct scan *scan, struct str product, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(scan->snap, sql_offers_of, err);
	struct snapshot_key own, from, to;
	int got;

	if (stmt == NULL)
		return -1;
	/* It is the beginning of a longer id: a '#' stands behind it. */
	(void)snapshot_key_make(&own, product);
	(void)snapshot_key_make(&from, str_n(product.p, product.len + 1));
	to = from;
	to.bytes[to.len - 1]++;
	db_bind_blob(stmt, 1, snapshot_key_str(&own));
	db_bind_blob(stmt, 2, snapshot_key_str(&from));
	db_bind_blob(stmt, 3, snapshot_key_str(&to));
	do
		got = db_step(stmt, err);
	while (got == 1 && !bits_has(&scan->named,
	    db_int(stmt, 0)));
	db_reset(stmt);
	return got;
}

/*
 * Did the session tell which characteristics the product has?  Where it named
 * none of its offers their file is missing, or was cut off: 1C writes one for
 * a product without characteristics too.  -1: error.
 */
static int
is_product_told(struct scan *scan, struct str product, struct err *err)
{
	int told;

	if (scan->product_len > 0 &&
	    str_eq(product, str_n(scan->product, scan->product_len)))
		return scan->product_told;
	told = is_product_named(scan, product, err);
	if (told == 1)
		told = is_any_named(scan, product, err);
	if (told == -1)
		return -1;
	memcpy(scan->product, product.p, product.len);
	scan->product_len = product.len;
	scan->product_told = told == 1;
	return told;
}

/* An offer that the session did not name, of a product whose others it did:
 * a characteristic, or the product's own that was there before it had any. */
static int
look_at_offer(struct scan *scan, int64_t id, struct str key, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(scan->snap, sql_offer, err);
	struct snapshot_found found = { .stated = 0 };
	int64_t flags, node, sharer;
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, id);
	got = db_step(stmt, err);
	if (got == -1)
		return -1;
	if (got == 0 || !snapshot_row_int(stmt, 1, 0, RECORD_FLAGS, &flags))
		return snapshot_row_damaged(scan->snap, "record", id, err);
	found.stated = db_int(stmt, 0);
	found.flags = (int)flags;
	node = db_int(stmt, 2);
	db_reset(stmt);
	got = find_statement(scan, id, node, &sharer, &found, err);
	if (got != 0)
		return got == -1 ? -1 : 0;
	return found.flags == 0 && is_absent(scan, id, found.stated) ?
	    note_absent(scan, id, key, sharer, err) : 0;
}

static int
look_at_key(struct scan *scan, struct db_stmt *stmt, struct err *err)
{
	struct str key = db_blob(stmt, 0);
	int64_t row = db_int(stmt, 1);
	char id[LIMIT_KEY_BYTES];
	const char *mark;
	size_t len;
	int told;

	if (bits_has(&scan->named, row))
		return 0;
	if (snapshot_key_read(id, &len, key) == -1)
		return snapshot_row_damaged(scan->snap, "record_key", row,
		    err);
	mark = memchr(id, '#', len);
	if (mark == id || (mark == NULL && len == sizeof(id)))
		return 0;
	if (mark == NULL) {
		id[len] = '#';
		mark = id + len;
	}
	told = is_product_told(scan, str_n(id, (size_t)(mark - id)), err);
	return told == 1 ? look_at_offer(scan, row, key, err) : told;
}

int
snapshot_mark_absent_offers(struct snapshot *snap, int64_t session,
    int64_t node, struct str catalog, int (*visit)(void *ctx, struct str id,
    struct err *err), void *ctx, struct err *err)
{
	struct scan scan = { .snap = snap, .catalog = catalog, .node = node,
	    .mark = true, .offers = true };

	if (!snapshot_has_characteristics(snap))
		return 0;
	if (scan_all(&scan, session, sql_offers, look_at_key, err) == -1)
		return -1;
	return scan.absent == 0 ? 0 :
	    snapshot_absent_visit(snap, visit, ctx, err);
}

int
snapshot_absent_visit(struct snapshot *snap,
    int (*visit)(void *ctx, struct str id, struct err *err), void *ctx,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_visit, err);
	char id[LIMIT_KEY_BYTES];
	size_t len;
	int rc = 0, got;

	if (stmt == NULL)
		return -1;
	while (rc == 0) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (snapshot_key_read(id, &len, db_blob(stmt, 0)) == -1)
			rc = snapshot_row_damaged(snap, "absent", 0, err);
		else
			rc = visit(ctx, str_n(id, len), err);
	}
	db_reset(stmt);
	return rc;
}
