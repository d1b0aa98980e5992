/*
 * Staging: what is taken together is compared with the records, and what is
 * new or different is put aside in temporary tables.  They are written from
 * front to back and never looked into until the end: what a package says
 * twice is sorted out when it is merged (snapshot_merge.c).
 *
 * A first load has nothing to be compared with and all of it is new: its
 * bodies go into the main table at once, in the transaction that accepts it.
 */
#include "snapshot/snapshot_internal.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"

/* A 1C server whose clock is wrong must not make all that follows "older";
 * times without a zone may honestly be 14 hours ahead of UTC. */
#define AHEAD_MS ((int64_t)24 * 3600 * 1000)

static const char sql_tables[] =
    "CREATE TABLE IF NOT EXISTS temp.stage (seq INTEGER PRIMARY KEY,"
    " record INTEGER NOT NULL, kind INTEGER NOT NULL, key BLOB NOT NULL,"
    " start INTEGER NOT NULL, formed INTEGER NOT NULL,"
    " flags INTEGER NOT NULL, body BLOB, node INTEGER NOT NULL,"
    " sharer INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS temp.visit (n INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL,"
    " record INTEGER NOT NULL, how INTEGER NOT NULL,"
    " sharer INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS temp.stage_seen (id INTEGER PRIMARY KEY,"
    " formed INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL);"
    /* What is said of a record twice counts as it is said last. */
    "CREATE TABLE IF NOT EXISTS temp.stage_owed (kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, path TEXT NOT NULL, place TEXT NOT NULL,"
    " came INTEGER NOT NULL, PRIMARY KEY (kind, key, path)) WITHOUT ROWID;";
static const char sql_empty[] =
    "DELETE FROM temp.stage; DELETE FROM temp.visit;"
    "DELETE FROM temp.stage_seen; DELETE FROM temp.stage_owed;";
/* Changing where temporary tables are kept throws them away, file and all,
 * without a walk through their pages. */
static const char sql_forget[] =
    "PRAGMA temp_store=MEMORY; PRAGMA temp_store=FILE;";
/* A new record is -1, -2, ... until it gets its number; no body: as in the
 * main table.  node: whose it is if it is nobody's yet; sharer: of a record of
 * several nodes, that whose statement the row is, else 0 (snapshot_share.c). */
static const char sql_put[] =
    "INSERT INTO temp.stage (record, kind, key, start, formed, flags, body,"
    " node, sharer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char sql_put_direct[] =
    "INSERT INTO record (id, kind, key, stated, flags, body, node)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
static const char sql_claim[] =
    "UPDATE record SET node = ?2 WHERE id = ?1 AND node <> -1";
static const char sql_any[] = "SELECT EXISTS (SELECT 1 FROM record)";
static const char sql_visit[] =
    "SELECT kind, key, how FROM temp.visit ORDER BY n";
static const char sql_visit_plain[] =
    "SELECT kind, key, 1 FROM record_key ORDER BY kind, key";

void
snapshot_stage_init(struct snapshot_stage *stage)
{
	*stage = (struct snapshot_stage){ 0 };
	fields_init(&stage->scratch);
}

/* Memory and state; the tables become stale. */
static void
end_stage(struct snapshot_stage *stage)
{
	bits_free(&stage->named);
	bits_free(&stage->staged);
	bits_free(&stage->other);
	bits_free(&stage->layer);
	bits_free(&stage->newer.bits);
	bits_free(&stage->newer_own.bits);
	bits_free(&stage->claimed);
	snapshot_types_free(&stage->types);
	snapshot_types_free(&stage->spoken.types);
	stage->spoken.node = 0;
	stage->stale = stage->stale || stage->open;
	stage->open = false;
	stage->direct = stage->plain = false;
}

void
snapshot_stage_free(struct snapshot_stage *stage)
{
	end_stage(stage);
	fields_free(&stage->scratch);
}

/*
 * Before a transaction of the caller: ends the one that staging holds open.
 * Nothing but temporary tables was written in it, so it cannot fail in a way
 * that matters; BEGIN would say so.  That of a first load goes on.
 */
bool
snapshot_stage_suspend(struct snapshot *snap)
{
	if (!snap->stage.own_transaction)
		return false;
	snap->stage.own_transaction = false;
	snapshot_find_reset(snap);
	if (!snap->stage.direct)
		(void)db_exec(snap->db, "COMMIT", NULL);
	return snap->stage.direct;
}

/* Outside of a transaction: gives the room of an old stage back. */
void
snapshot_stage_tidy(struct snapshot *snap)
{
	struct snapshot_stage *stage = &snap->stage;

	if (!stage->stale || stage->open || db_in_transaction(snap->db))
		return;
	/* If it fails, the next stage empties the tables itself. */
	if (db_exec(snap->db, sql_forget, NULL) == 0)
		stage->stale = false;
}

void
snapshot_stage_drop(struct snapshot *snap)
{
	if (snap->stage.open)
		snapshot_find_reset(snap);
	if (snapshot_stage_suspend(snap))
		db_rollback(snap->db);
	end_stage(&snap->stage);
	snapshot_stage_tidy(snap);
}

void
snapshot_stage_formed(struct snapshot *snap, int64_t formed)
{
	struct snapshot_stage *stage = &snap->stage;
	int64_t most = clock_wall_ms() + AHEAD_MS;

	/* No time: neither older nor newer than what is known. */
	if (formed <= 0)
		formed = stage->newest_known > 0 ? stage->newest_known : 1;
	else if (formed > most)
		formed = most > stage->newest_known ? most :
		    stage->newest_known;
	stage->formed = formed;
}

/* Single writes would cost a journal each. */
static int
open_transaction(struct snapshot *snap, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	int64_t any;

	if (db_in_transaction(snap->db))
		return 0;
	if (snapshot_stmt_int(snap, sql_any, &any, err) == -1 ||
	    (any == 0 ? db_begin(snap->db, err) :
	    db_exec(snap->db, "BEGIN", err)) == -1)
		return -1;
	stage->direct = any == 0;
	stage->own_transaction = true;
	return 0;
}

int
snapshot_stage_begin(struct snapshot *snap,
    const struct stage_options *options, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;

	snapshot_stage_drop(snap);
	if (open_transaction(snap, err) == -1)
		return -1;
	stage->open = true;
	if (db_exec(snap->db, sql_tables, err) == -1 ||
	    (stage->stale && db_exec(snap->db, sql_empty, err) == -1) ||
	    snapshot_find_begin(snap, err) == -1) {
		snapshot_stage_drop(snap);
		return -1;
	}
	stage->options = *options;
	stage->newest_known = snapshot_meta_int(snap, META_SEEN_NEWEST, 0);
	stage->floor = snapshot_meta_int(snap, META_SEEN_FLOOR, 0);
	stage->newest = 0;
	stage->added = 0;
	stage->unlike = stage->apart = 0;
	stage->characteristics = stage->sharing = false;
	stage->newer = stage->newer_own = (struct snapshot_newer){
	    .from = 0 };
	stage->node = options->node;
	stage->before = snapshot_meta_int(snap, META_RECORD_NODE,
	    NODE_BEFORE);
	snapshot_stage_formed(snap, options->formed);
	return 0;
}

/* ---- one record ---- */

static int
flags_of(const struct fields *fields)
{
	return str_is(fields_get(fields, FIELD_DELETED), "1") ?
	    RECORD_FLAG_DELETED : 0;
}

/* Kind and the first bytes of the key as a number that sorts as they do:
 * SQLite sorts numbers some times faster than bytes. */
static int64_t
start_of(enum record_kind kind, struct str key)
{
	int64_t start = kind;
	size_t i;

	for (i = 0; i < 7; i++)
		start = start << 8 |
		    (i < key.len ? (unsigned char)key.p[i] : 0);
	return start;
}

/* Whose a record becomes that this package names first. */
static int64_t
speaker(const struct snapshot_stage *stage)
{
	return stage->node > 0 ? stage->node : NODE_NOBODY;
}

/* body.p NULL: the one in the main table, or of the sharer's statement. */
static int
append(struct snapshot *snap, int64_t number, enum record_kind kind,
    struct str key, int64_t sharer, int flags, struct str body,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, number);
	db_bind_int(stmt, 2, kind);
	db_bind_blob(stmt, 3, key);
	db_bind_int(stmt, 4, start_of(kind, key));
	db_bind_int(stmt, 5, snap->stage.formed);
	db_bind_int(stmt, 6, flags);
	if (body.p == NULL)
		db_bind_null(stmt, 7);
	else
		db_bind_blob(stmt, 7, body);
	db_bind_int(stmt, 8, speaker(&snap->stage));
	db_bind_int(stmt, 9, sharer);
	return db_run(stmt, err);
}

/*
 * Did a package that is newer than this file state the record?  Of what is kept
 * by nodes that of another one is no matter: both count.
 */
static int
is_older(struct snapshot *snap, enum record_kind kind,
    const struct snapshot_found *found, bool *older, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	bool own = stage->node > 0 && snapshot_share_is_kept(kind);
	struct snapshot_newer *newer = own ? &stage->newer_own :
	    &stage->newer;

	*older = false;
	if (stage->options.older || stage->formed >= stage->newest_known)
		return 0;
	*older = true;
	if (found->stated > stage->formed || stage->formed < stage->floor)
		return 0;
	if (stage->formed < newer->from || stage->formed >= newer->to) {
		bits_free(&newer->bits);
		if (snapshot_seen_newer(snap, stage->formed, own ?
		    stage->node : 0, &newer->bits, &newer->from, &newer->to,
		    err) == -1)
			return -1;
	}
	*older = bits_has(&newer->bits, found->id);
	return 0;
}

static int
put_direct(struct snapshot *snap, const struct record *record,
    struct str key, struct str body, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put_direct, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, snap->stage.added);
	db_bind_int(stmt, 2, record->kind);
	db_bind_blob(stmt, 3, key);
	db_bind_int(stmt, 4, snap->stage.formed);
	db_bind_int(stmt, 5, flags_of(&record->fields));
	db_bind_blob(stmt, 6, body);
	db_bind_int(stmt, 7, speaker(&snap->stage));
	return db_run(stmt, err);
}

static int
put_new(struct snapshot *snap, const struct record *record, struct str key,
    struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	struct str body = fields_bytes(&record->fields);

	if (stage->finder.last + stage->added >= LIMIT_RECORD_ROWS)
		return err_set(err, ERR_SYSTEM, _("%s: more records than one "
		    "exchange can hold"), snap->path);
	if (body.p == NULL)
		body = str_of("");
	stage->added++;
	if (record->kind == RECORD_OFFER && record->id.len > 0 &&
	    memchr(record->id.p, '#', record->id.len) != NULL)
		stage->characteristics = true;
	if (stage->direct) {
		if (put_direct(snap, record, key, body, err) == -1)
			return -1;
		body = STR_NONE;
	}
	return append(snap, -stage->added, record->kind, key, 0,
	    flags_of(&record->fields), body, err);
}

void
snapshot_stage_note_unlike(struct snapshot *snap, struct str key)
{
	struct snapshot_stage *stage = &snap->stage;
	char id[LIMIT_KEY_BYTES];
	size_t len;

	if (stage->unlike++ > 0 || snapshot_key_read(id, &len, key) == -1)
		return;
	stage->first_unlike_len = len < sizeof(stage->first_unlike) ? len :
	    sizeof(stage->first_unlike);
	memcpy(stage->first_unlike, id, stage->first_unlike_len);
}

int64_t
snapshot_stage_unlike(const struct snapshot *snap, struct str *first)
{
	const struct snapshot_stage *stage = &snap->stage;

	*first = stage->unlike == 0 ? STR_NONE :
	    str_n(stage->first_unlike, stage->first_unlike_len);
	return stage->unlike;
}

/* Puts a row aside for a record that the main table has.  found: what is known
 * of it, by the sharer if there is one. */
static int
put_known(struct snapshot *snap, const struct record *record, struct str key,
    const struct snapshot_found *found, int64_t sharer, bool same,
    struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	struct str body = fields_bytes(&record->fields);
	bool again = bits_has(&stage->named, found->id);

	/* Said before, but as it was: the join needs to know that. */
	if (again && snapshot_merge_joins(record->kind) &&
	    !bits_has(&stage->staged, found->id) &&
	    !bits_has(&stage->other, found->id) &&
	    append(snap, found->id, record->kind, key, sharer, found->flags,
	    STR_NONE, err) == -1)
		return -1;
	if (again && !same && !bits_has(&stage->staged, found->id) &&
	    (record->kind == RECORD_GROUP || record->kind == RECORD_PRODUCT))
		snapshot_stage_note_unlike(snap, key);
	if (same)
		body = STR_NONE;
	else if (body.p == NULL)
		body = str_of("");
	bits_set(&stage->staged, found->id);
	stage->sharing = stage->sharing || sharer != 0;
	return append(snap, found->id, record->kind, key, sharer,
	    flags_of(&record->fields), body, err);
}

/* Keeps in mind that the package named the record, and how. */
static int
note_named(struct snapshot *snap, int64_t id, enum staged how,
    struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;

	bits_set(&stage->named, id);
	if (how != STAGED_SAME) {
		bits_set(&stage->other, id);
		return 0;
	}
	if (stage->layer_formed != stage->formed &&
	    snapshot_seen_flush(snap, &stage->layer, stage->layer_formed,
	    err) == -1)
		return -1;
	stage->layer_formed = stage->formed;
	bits_set(&stage->layer, id);
	return 0;
}

int
snapshot_stage_note_same(struct snapshot *snap, int64_t id, int64_t formed,
    struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	int64_t before = stage->formed;
	int rc;

	stage->formed = formed;
	rc = note_named(snap, id, STAGED_SAME, err);
	stage->formed = before;
	return rc;
}

static int
compare(struct snapshot *snap, const struct record *record,
    const struct snapshot_found *found, enum staged *result,
    struct err *err)
{
	bool older;

	*result = STAGED_SAME;
	if ((found->flags & RECORD_FLAG_ABSENT) == 0 &&
	    str_eq(found->body, fields_bytes(&record->fields)))
		return 0;
	*result = STAGED_CHANGED;
	if (is_older(snap, record->kind, found, &older, err) == -1)
		return -1;
	if (older)
		*result = STAGED_OLDER;
	return 0;
}

/* ---- whose statement it is ---- */

/*
 * The node whose statement of a record of several this is; 0: it is one's
 * alone.  What is imported by hand, and of no node that is known, speaks for
 * the one whose statement is the newest, of prices for one that exports their
 * types: it must not make the record another's.
 */
static int
find_sharer(struct snapshot *snap, enum record_kind kind,
    const struct snapshot_found *found, int64_t *sharer, struct err *err)
{
	int64_t node = snap->stage.node;
	bool alone = found->node != NODE_SHARED && (found->node <= 0 ||
	    node == 0 || found->node == node);

	*sharer = 0;
	if (alone || !snapshot_share_is_kept(kind))
		return 0;
	*sharer = node;
	if (node != 0)
		return 0;
	if (snapshot_share_newest(snap, found->id, sharer, err) == -1)
		return -1;
	return kind == RECORD_PRICES ? snapshot_share_exporter(snap,
	    found->id, sharer, err) : 0;
}

void
snapshot_stage_as(struct snapshot *snap, int64_t node)
{
	struct snapshot_stage *stage = &snap->stage;

	if (stage->options.node != 0 || stage->node == node)
		return;
	stage->node = node;
	/* What is newer was asked of another one. */
	stage->newer_own.from = stage->newer_own.to = 0;
}

int
snapshot_stage_known(struct snapshot *snap, enum record_kind kind,
    struct str id, struct fields *out, struct err *err)
{
	struct snapshot_found own = { 0 };
	struct db_stmt *stmt;
	int64_t sharer;
	int rc = snapshot_record_seek(snap, &stmt, kind, id, err);

	fields_clear(out);
	if (rc == 0) {
		own.id = db_int(stmt, 0);
		own.body = db_blob(stmt, 2);
		own.node = db_int(stmt, 3);
		if (own.node == NODE_BEFORE)
			own.node = snap->stage.before;
		rc = snapshot_share_find(snap, own.id, own.node,
		    snap->stage.node, &sharer, &own, err);
	}
	if (rc == 0 && fields_load(out, own.body) == -1)
		rc = snapshot_row_damaged(snap, "record", own.id, err);
	if (stmt != NULL)
		db_reset(stmt);
	return rc;
}

/* found: what is known of the record; of several nodes', by the sharer. */
static int
put_found(struct snapshot *snap, const struct record *record,
    struct str key, const struct snapshot_found *found, int64_t sharer,
    enum staged *result, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	bool same;

	if (compare(snap, record, found, result, err) == -1)
		return -1;
	same = *result == STAGED_SAME;
	if (same && stage->options.node > 0 && sharer == 0 &&
	    found->node <= 0 && snapshot_share_is_kept(record->kind))
		bits_set(&stage->claimed, found->id);
	if ((*result == STAGED_CHANGED || (same && (stage->options.force ||
	    bits_has(&stage->staged, found->id)))) &&
	    put_known(snap, record, key, found, sharer, same, err) == -1)
		return -1;
	return note_named(snap, found->id, *result, err);
}

static int
put_shared(struct snapshot *snap, const struct record *record,
    struct str key, const struct snapshot_found *joint, int64_t sharer,
    enum staged *result, struct err *err)
{
	struct snapshot_found own;
	int rc = snapshot_share_own(snap, joint->id, sharer, &own, err);

	/* What it never stated is no statement, also where that is empty. */
	if (rc == 1)
		own.flags = RECORD_FLAG_ABSENT;
	if (rc == -1 || put_found(snap, record, key, &own, sharer, result,
	    err) == -1)
		return -1;
	return record->kind == RECORD_RESTS && *result == STAGED_SAME ?
	    snapshot_apart_note(snap, record, joint, err) : 0;
}

int
snapshot_stage_put(struct snapshot *snap, const struct record *record,
    enum staged *result, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	struct snapshot_found found;
	int64_t sharer;
	struct snapshot_key key;
	struct str stored;
	int rc;

	assert(stage->open);
	if (record->id.len > LIMIT_ID_BYTES ||
	    snapshot_key_make(&key, record->id) == -1)
		return err_set(err, ERR_DATA, _("an id of %zu bytes: %d is "
		    "the most"), record->id.len, LIMIT_ID_BYTES);
	if (stage->formed > stage->newest)
		stage->newest = stage->formed;
	snapshot_types_note(&stage->types, record);
	stored = snapshot_key_str(&key);
	rc = snapshot_find(snap, record->kind, stored, &found, err);
	*result = STAGED_NEW;
	if (rc != 0)
		return rc == -1 ? -1 : put_new(snap, record, stored, err);
	if (find_sharer(snap, record->kind, &found, &sharer, err) == -1)
		return -1;
	if (sharer != 0)
		return put_shared(snap, record, stored, &found, sharer,
		    result, err);
	return put_found(snap, record, stored, &found, 0, result, err);
}

/* ---- the whole ---- */

/* The package's sets of records, its time, and no more sets than needed. */
static int
accept_seen(struct snapshot *snap, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	int64_t first = stage->direct ? 0 : stage->finder.last;
	int64_t i;

	for (i = 1; i <= stage->added; i++)
		bits_set(&stage->other, first + i);
	if (snapshot_seen_flush(snap, &stage->layer, stage->layer_formed,
	    err) == -1 ||
	    snapshot_seen_flush(snap, &stage->other, 0, err) == -1 ||
	    snapshot_seen_accept(snap, stage->options.package, stage->node,
	    err) == -1)
		return -1;
	if (stage->newest > stage->newest_known &&
	    snapshot_meta_set_int(snap, META_SEEN_NEWEST, stage->newest,
	    err) == -1)
		return -1;
	return snapshot_seen_prune(snap, err);
}

/* What was nobody's is the node's that said it once more. */
static int
accept_claims(struct snapshot *snap, struct err *err)
{
	const struct bits *claimed = &snap->stage.claimed;
	struct db_stmt *stmt;
	int64_t id = -1;

	while (bits_next(claimed, &id)) {
		stmt = snapshot_stmt(snap, sql_claim, err);
		if (stmt == NULL)
			return -1;
		db_bind_int(stmt, 1, id);
		db_bind_int(stmt, 2, snap->stage.options.node);
		if (db_run(stmt, err) == -1)
			return -1;
	}
	return 0;
}

/* Before the visits: they ask. */
static int
accept_characteristics(struct snapshot *snap, struct err *err)
{
	if (!snap->stage.characteristics)
		return 0;
	snap->known.characteristics = KNOWN_YES;
	return snapshot_meta_set_int(snap, META_CHARACTERISTICS, 1, err);
}

static int
visit_all(struct snapshot *snap, int (*visit)(void *ctx,
    enum record_kind kind, struct str id, enum staged how,
    struct err *err), void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, snap->stage.plain ?
	    sql_visit_plain : sql_visit, err);
	char id[LIMIT_KEY_BYTES];
	size_t len;
	int rc = 0, got;

	if (stmt == NULL)
		return -1;
	while (rc == 0) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (snapshot_key_read(id, &len, db_blob(stmt, 1)) == -1)
			rc = snapshot_row_damaged(snap, "visit", 0, err);
		else
			rc = visit(ctx, (enum record_kind)db_int(stmt, 0),
			    str_n(id, len), (enum staged)db_int(stmt, 2),
			    err);
	}
	db_reset(stmt);
	return rc;
}

int
snapshot_stage_accept(struct snapshot *snap,
    int (*visit)(void *ctx, enum record_kind kind, struct str id,
    enum staged how, struct err *err), void *ctx, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	/* A first load has added its own meanwhile. */
	int64_t last = stage->finder.last +
	    (stage->direct ? stage->added : 0);
	int rc;

	assert(stage->open && !stage->own_transaction &&
	    db_in_transaction(snap->db));
	snapshot_find_reset(snap);
	if (snapshot_find_begin(snap, err) == -1)
		return -1;
	if (stage->finder.last != last)
		return err_set(err, ERR_AGAIN, _("%s: another run changed "
		    "the state meanwhile"), snap->path);
	if (snapshot_merge(snap, err) == -1 || accept_seen(snap, err) == -1 ||
	    accept_claims(snap, err) == -1 ||
	    snapshot_types_remember(snap, stage->node, &stage->types,
	    err) == -1 || accept_characteristics(snap, err) == -1)
		return -1;
	rc = visit_all(snap, visit, ctx, err);
	end_stage(stage);
	return rc;
}
