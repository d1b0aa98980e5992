/*
 * Goods, offers, prices, rests, groups and properties that several nodes state:
 * what each of them stated is kept beside the record, and the record is what
 * they say together (snapshot_joint.c).  A record that one node alone states
 * has no such rows, and costs nothing.
 */
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

static const char sql_own[] =
    "SELECT stated, flags, body FROM statement"
    " WHERE record = ? AND node = ?";
/* 1: RECORD_FLAG_ABSENT */
static const char sql_newest[] =
    "SELECT node FROM statement WHERE record = ?"
    " ORDER BY flags & 1, stated DESC, node DESC LIMIT 1";
/* What one node alone has stated until now; ?2: of NODE_BEFORE. */
static const char sql_begin[] =
    "INSERT OR IGNORE INTO statement (record, node, stated, flags, body)"
    " SELECT id, CASE WHEN node = 0 THEN ?2 ELSE node END, stated, flags,"
    " body FROM record WHERE id = ?1 AND node <> -1";
static const char sql_shared[] =
    "UPDATE record SET node = -1 WHERE id = ? AND node <> -1";
static const char sql_alone[] =
    "SELECT node, stated, kind, key FROM record WHERE id = ? AND node <> -1";
/* Does the node state it no more, since then?  ?4: as sql_begin. */
static const char sql_left_out[] =
    "SELECT EXISTS (SELECT 1 FROM record_key k JOIN record r ON r.id = k.id"
    " LEFT JOIN statement s ON s.record = r.id AND s.node = ?3"
    " WHERE k.kind = ?1 AND k.key = ?2 AND (CASE WHEN r.node = -1"
    " THEN s.flags & 1 AND s.stated >= ?5"
    " ELSE (CASE WHEN r.node = 0 THEN ?4 ELSE r.node END) = ?3"
    " AND r.flags & 1 AND r.stated >= ?5 END))";
static const char sql_leave[] =
    "UPDATE statement SET flags = flags | 1 WHERE record = ?";
static const char sql_put[] =
    "INSERT INTO statement (record, node, stated, flags, body)"
    " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (record, node) DO UPDATE SET"
    " stated = max(stated, excluded.stated), flags = excluded.flags,"
    " body = excluded.body";
static const char sql_all[] =
    "SELECT node, stated, flags, body FROM statement WHERE record = ?1"
    " ORDER BY node LIMIT ?2";
static const char sql_record[] = "SELECT body, flags FROM record WHERE id = ?";
static const char sql_become[] =
    "UPDATE record SET flags = ?2, body = coalesce(?3, body),"
    " stated = max(stated, (SELECT max(stated) FROM statement"
    " WHERE record = ?1)) WHERE id = ?1";

/* In the order of the package, which is mostly that of the records. */
static const char sql_walk[] =
    "SELECT seq, record, sharer, formed, flags, body, kind FROM temp.stage"
    " WHERE sharer > 0 AND body IS NOT NULL ORDER BY seq";
/* The record is as it should be, and not to be written once more; -1: it is
 * what it was. */
static const char sql_done[] =
    "UPDATE temp.stage SET body = NULL, sharer = ?2 WHERE seq = ?1";
#define UNCHANGED " WHERE sharer > 0 AND seq IN" \
    " (SELECT seq FROM temp.stage WHERE sharer = -1)"
static const char sql_unvisit[] = "DELETE FROM temp.visit" UNCHANGED;
static const char sql_same[] = "UPDATE temp.visit SET how = 0" UNCHANGED;

bool
snapshot_share_is_kept(enum record_kind kind)
{
	return kind == RECORD_GROUP || kind == RECORD_PROPERTY ||
	    kind == RECORD_PRODUCT || kind == RECORD_OFFER ||
	    kind == RECORD_PRICES || kind == RECORD_RESTS;
}

int
snapshot_share_own(struct snapshot *snap, int64_t record, int64_t node,
    struct snapshot_found *out, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_own, err);
	int64_t flags;
	int got;

	*out = (struct snapshot_found){ .id = record, .node = node };
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, node);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	if (!snapshot_row_int(stmt, 1, 0, RECORD_FLAGS, &flags)) {
		db_reset(stmt);
		return snapshot_row_damaged(snap, "statement", record, err);
	}
	out->stated = db_int(stmt, 0);
	out->flags = (int)flags;
	out->body = db_blob(stmt, 2);
	return 0;
}

int
snapshot_share_newest(struct snapshot *snap, int64_t record, int64_t *node,
    struct err *err)
{
	return snapshot_stmt_ask(snap, sql_newest, record, node, err) == -1 ?
	    -1 : 0;
}

int
snapshot_share_find(struct snapshot *snap, int64_t record, int64_t node,
    int64_t speaker, int64_t *sharer, struct snapshot_found *out,
    struct err *err)
{
	*sharer = 0;
	if (node != NODE_SHARED)
		return speaker > 0 && node > 0 && node != speaker;
	*sharer = speaker;
	if (speaker == 0 && snapshot_share_newest(snap, record, sharer,
	    err) == -1)
		return -1;
	return snapshot_share_own(snap, record, *sharer, out, err);
}

/* A record that one node alone has stated until now. */
struct alone {
	int64_t node, before, stated;
	int64_t kind;
	struct snapshot_key key;
};

/* 1: it is no such record. */
static int
find_alone(struct snapshot *snap, int64_t record, struct alone *out,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_alone, err);
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	out->before = snapshot_meta_int(snap, META_RECORD_NODE, 0);
	out->node = db_int(stmt, 0);
	if (out->node == NODE_BEFORE)
		out->node = out->before;
	out->stated = db_int(stmt, 1);
	out->kind = db_int(stmt, 2);
	snapshot_key_copy(&out->key, db_blob(stmt, 3));
	db_reset(stmt);
	return 0;
}

static int
is_left_out(struct snapshot *snap, const struct alone *alone,
    enum record_kind kind, struct str key, bool *left, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_left_out, err);
	int64_t found = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind);
	db_bind_blob(stmt, 2, key);
	db_bind_int(stmt, 3, alone->node);
	db_bind_int(stmt, 4, alone->before);
	db_bind_int(stmt, 5, alone->stated);
	if (snapshot_stmt_one(stmt, &found, err) == -1)
		return -1;
	*left = *left || found != 0;
	return 0;
}

/*
 * Stock of a good that the node leaves out stays as last stated while nobody
 * else states any (snapshot_leave.c), so nothing was written of that then.  It
 * does not count beside what another node states.
 */
static int
is_stock_left(struct snapshot *snap, const struct alone *alone, bool *left,
    struct err *err)
{
	struct str key = snapshot_key_str(&alone->key), id;
	struct snapshot_key product;
	char text[LIMIT_KEY_BYTES];
	const char *mark;
	size_t len;

	*left = false;
	if (alone->kind != RECORD_RESTS ||
	    snapshot_key_read(text, &len, key) == -1)
		return 0;
	mark = memchr(text, '#', len);
	id = str_n(text, mark != NULL ? (size_t)(mark - text) : len);
	(void)snapshot_key_make(&product, id);
	return is_left_out(snap, alone, RECORD_OFFER, key, left, err) == -1 ?
	    -1 : is_left_out(snap, alone, RECORD_PRODUCT,
	    snapshot_key_str(&product), left, err);
}

static int
begin_sharing(struct snapshot *snap, int64_t record, struct err *err)
{
	struct db_stmt *stmt;
	struct alone alone;
	bool left;
	int rc = find_alone(snap, record, &alone, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	stmt = snapshot_stmt(snap, sql_begin, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, alone.before);
	if (db_run(stmt, err) == -1 ||
	    is_stock_left(snap, &alone, &left, err) == -1 ||
	    (left && snapshot_stmt_run(snap, sql_leave, record, err) == -1))
		return -1;
	return snapshot_stmt_run(snap, sql_shared, record, err);
}

int
snapshot_share_put(struct snapshot *snap, int64_t record, int64_t node,
    int64_t stated, int flags, struct str body, struct err *err)
{
	struct db_stmt *stmt;

	if (begin_sharing(snap, record, err) == -1)
		return -1;
	stmt = snapshot_stmt(snap, sql_put, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, node);
	db_bind_int(stmt, 3, stated);
	db_bind_int(stmt, 4, flags);
	db_bind_blob(stmt, 5, body);
	return db_run(stmt, err);
}

/* ---- what they say together ---- */

struct statements {
	struct snapshot_statement items[LIMIT_STATEMENTS];
	size_t count;
};

static void
free_statements(struct statements *statements)
{
	for (size_t i = 0; i < statements->count; i++)
		fields_free(&statements->items[i].fields);
	free(statements);
}

static int
take_statement(struct snapshot *snap, struct db_stmt *stmt, int64_t record,
    struct snapshot_statement *out, struct err *err)
{
	int64_t flags;

	fields_init(&out->fields);
	if (!snapshot_row_int(stmt, 0, 1, INT64_MAX, &out->node) ||
	    !snapshot_row_int(stmt, 2, 0, RECORD_FLAGS, &flags) ||
	    !snapshot_row_fields(stmt, 3, &out->fields))
		return snapshot_row_damaged(snap, "statement", record, err);
	out->stated = db_int(stmt, 1);
	out->flags = (int)flags;
	return 0;
}

static int
load_statements(struct snapshot *snap, int64_t record,
    struct statements *out, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_all, err);
	int got = 1;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, LIMIT_STATEMENTS);
	while (out->count < LIMIT_STATEMENTS) {
		got = db_step(stmt, err);
		if (got <= 0)
			break;
		got = take_statement(snap, stmt, record,
		    &out->items[out->count++], err);
		if (got == -1)
			break;
	}
	db_reset(stmt);
	return got == -1 ? -1 : 0;
}

/* What they are together: as snapshot_joint_make(). */
static int
join_statements(struct snapshot *snap, int64_t record, struct fields *out,
    int *flags, struct err *err)
{
	struct statements *statements = mem_alloc(sizeof(*statements));
	int rc = load_statements(snap, record, statements, err);

	if (rc == 0) {
		rc = snapshot_joint_make(statements->items,
		    statements->count, out, flags);
		if (rc == -1)
			(void)err_set(err, ERR_DATA, "%s", _("several nodes "
			    "state more values of one object than a record "
			    "can hold"));
	}
	free_statements(statements);
	return rc;
}

/* Is the record as this?  Where `fields` is NULL the values are. */
static int
compare_record(struct snapshot *snap, int64_t record,
    const struct fields *fields, int flags, bool *same, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_record, err);
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	got = db_step(stmt, err);
	if (got == 0)
		return snapshot_row_damaged(snap, "record", record, err);
	if (got == 1)
		*same = db_int(stmt, 1) == flags && (fields == NULL ||
		    str_eq(db_blob(stmt, 0), fields_bytes(fields)));
	db_reset(stmt);
	return got == -1 ? -1 : 0;
}

/* What nobody states keeps its values: it is absent as it was. */
static int
become(struct snapshot *snap, int64_t record, int flags,
    const struct fields *fields, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_become, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, flags);
	if (fields == NULL)
		db_bind_null(stmt, 3);
	else
		db_bind_blob(stmt, 3, fields_bytes(fields));
	/* What was read of it is not true any more. */
	snap->generation++;
	return db_run(stmt, err);
}

int
snapshot_share_settle(struct snapshot *snap, int64_t record, bool *changed,
    struct err *err)
{
	const struct fields *now;
	struct fields joint;
	bool same = false;
	int rc, flags = 0;

	fields_init(&joint);
	rc = join_statements(snap, record, &joint, &flags, err);
	now = rc == 1 ? NULL : &joint;
	if (rc != -1)
		rc = compare_record(snap, record, now, flags, &same, err);
	*changed = rc == 0 && !same;
	if (*changed)
		rc = become(snap, record, flags, now, err);
	fields_free(&joint);
	return rc == -1 ? -1 : 0;
}

/* ---- prices ---- */

static bool
state_type(const struct statements *statements, int64_t but, struct str type)
{
	for (size_t i = 0; i < statements->count; i++)
		if (statements->items[i].node != but &&
		    fields_find(&statements->items[i].fields, FIELD_PRICE,
		    type, NULL))
			return true;
	return false;
}

/* Those prices of `from` whose type no other node than `but` states. */
static int
add_unstated(struct fields *to, const struct statements *statements,
    int64_t but, const struct fields *from)
{
	enum field field;
	struct str value;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && fields_next(from, &at, &field, &value))
		if (field == FIELD_PRICE && !state_type(statements, but,
		    field_part(value, 0)))
			rc = fields_add(to, field, value);
	return rc;
}

int
snapshot_share_keep_prices(struct snapshot *snap, int64_t record,
    int64_t node, struct fields *prices, struct err *err)
{
	struct statements *statements = mem_alloc(sizeof(*statements));
	struct fields kept;
	int rc = load_statements(snap, record, statements, err);

	fields_init(&kept);
	if (rc == 0) {
		/* They are fewer. */
		(void)add_unstated(&kept, statements, node, prices);
		fields_copy(prices, &kept);
	}
	fields_free(&kept);
	free_statements(statements);
	return rc;
}

int
snapshot_share_leave_prices(struct snapshot *snap, int64_t record,
    int64_t node, struct err *err)
{
	struct statements *statements = mem_alloc(sizeof(*statements));
	struct snapshot_statement *own = NULL, *heir = NULL, *item;
	size_t before;
	int rc = load_statements(snap, record, statements, err);

	for (size_t i = 0; rc == 0 && i < statements->count; i++) {
		item = &statements->items[i];
		if (item->node == node)
			own = item;
		else if (heir == NULL || item->stated >= heir->stated)
			heir = item;
	}
	if (own != NULL && heir != NULL) {
		before = heir->fields.count;
		rc = add_unstated(&heir->fields, statements, node,
		    &own->fields);
		if (rc == 0 && heir->fields.count > before)
			rc = snapshot_share_put(snap, record, heir->node,
			    heir->stated, heir->flags,
			    fields_bytes(&heir->fields), err);
	}
	free_statements(statements);
	return rc;
}

/* Does the node itself export the type?  Of one that has brought no package
 * since this is known: no. */
static int
speaks_of(struct snapshot *snap, int64_t node, struct str type, bool *speaks,
    struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;

	if (stage->spoken.node != node) {
		snapshot_types_free(&stage->spoken.types);
		if (snapshot_types_of(snap, node, &stage->spoken.types,
		    err) == -1)
			return -1;
		stage->spoken.node = node;
	}
	*speaks = snapshot_types_has(&stage->spoken.types, type);
	return 0;
}

static int
speaks_of_all(struct snapshot *snap, int64_t node, bool *speaks,
    struct err *err)
{
	const struct snapshot_types *types = &snap->stage.types;
	int rc = 0;

	*speaks = true;
	for (size_t i = 0; rc == 0 && *speaks && i < types->count; i++)
		rc = speaks_of(snap, node, str_of(types->ids[i]), speaks, err);
	return rc;
}

int
snapshot_share_exporter(struct snapshot *snap, int64_t record,
    int64_t *node, struct err *err)
{
	struct statements *statements = mem_alloc(sizeof(*statements));
	const struct snapshot_statement *item, *newest = NULL;
	bool speaks;
	int rc = load_statements(snap, record, statements, err);

	for (size_t i = 0; rc == 0 && i < statements->count; i++) {
		item = &statements->items[i];
		rc = speaks_of_all(snap, item->node, &speaks, err);
		if (speaks && (newest == NULL ||
		    item->stated >= newest->stated))
			newest = item;
	}
	if (rc == 0 && newest != NULL)
		*node = newest->node;
	free_statements(statements);
	return rc;
}

/* Of types of this package those stay that the statement's node exports. */
static int
keep_own(struct snapshot *snap, const struct snapshot_statement *statement,
    struct fields *kept, struct err *err)
{
	enum field field;
	struct str value, type;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && fields_next(&statement->fields, &at, &field,
	    &value)) {
		bool stays = true;

		type = field_part(value, 0);
		if (field == FIELD_PRICE &&
		    snapshot_types_has(&snap->stage.types, type))
			rc = speaks_of(snap, statement->node, type, &stays,
			    err);
		/* They are fewer. */
		if (rc == 0 && stays)
			(void)fields_add(kept, field, value);
	}
	return rc;
}

/* The node states the prices: what others have of its types, and have got from
 * a state of before or from a node that was gone, is its own again. */
static int
take_prices(struct snapshot *snap, int64_t record, int64_t node,
    struct err *err)
{
	struct statements *statements = mem_alloc(sizeof(*statements));
	const struct snapshot_statement *item;
	struct fields kept;
	int rc = load_statements(snap, record, statements, err);

	fields_init(&kept);
	for (size_t i = 0; rc == 0 && i < statements->count; i++) {
		item = &statements->items[i];
		fields_clear(&kept);
		if (item->node == node)
			continue;
		rc = keep_own(snap, item, &kept, err);
		if (rc == 0 && kept.count < item->fields.count)
			rc = snapshot_share_put(snap, record, item->node,
			    item->stated, item->flags, fields_bytes(&kept),
			    err);
	}
	fields_free(&kept);
	free_statements(statements);
	return rc;
}

/* ---- what has become known later ---- */

static int
complete_one(struct snapshot *snap, int64_t record,
    const struct snapshot_statement *statement, const struct fields *now,
    struct err *err)
{
	struct fields known;
	enum field field;
	struct str value;
	size_t at = 0;
	int rc = 0;

	fields_init(&known);
	while (rc == 0 && fields_next(&statement->fields, &at, &field,
	    &value)) {
		if (field == FIELD_PICTURE)
			(void)fields_find(now, field, field_part(value, 0),
			    &value);
		rc = fields_add(&known, field, value);
	}
	/* A hash that makes it too large is not kept. */
	if (rc == 0 && !str_eq(fields_bytes(&known),
	    fields_bytes(&statement->fields)))
		rc = snapshot_share_put(snap, record, statement->node,
		    statement->stated, statement->flags,
		    fields_bytes(&known), err);
	else
		rc = 0;
	fields_free(&known);
	return rc;
}

int
snapshot_share_complete(struct snapshot *snap, int64_t record,
    const struct fields *now, struct err *err)
{
	struct statements *statements = mem_alloc(sizeof(*statements));
	int rc = load_statements(snap, record, statements, err);

	for (size_t i = 0; rc == 0 && i < statements->count; i++)
		rc = complete_one(snap, record, &statements->items[i], now,
		    err);
	free_statements(statements);
	return rc;
}

/* ---- those of a package ---- */

static int
note_done(struct snapshot *snap, int64_t seq, int64_t sharer,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_done, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, seq);
	db_bind_int(stmt, 2, sharer);
	return db_run(stmt, err);
}

/* The row that the walk stands on becomes a statement, and the record what
 * that makes of it. */
static int
merge_row(struct snapshot *snap, struct db_stmt *walk, struct err *err)
{
	int64_t seq = db_int(walk, 0), record = db_int(walk, 1);
	int64_t sharer = db_int(walk, 2);
	bool changed;

	if (snapshot_share_put(snap, record, sharer, db_int(walk, 3),
	    (int)db_int(walk, 4), db_blob(walk, 5), err) == -1 ||
	    (db_int(walk, 6) == RECORD_PRICES && take_prices(snap, record,
	    sharer, err) == -1) ||
	    snapshot_share_settle(snap, record, &changed, err) == -1)
		return -1;
	return note_done(snap, seq, changed ? sharer : -1, err);
}

/* Rows behind the walk are changed; it never sees them again. */
int
snapshot_share_merge(struct snapshot *snap, struct err *err)
{
	struct db_stmt *walk;
	int got = 1;

	if (!snap->stage.sharing)
		return 0;
	walk = snapshot_stmt(snap, sql_walk, err);
	if (walk == NULL)
		return -1;
	while (got == 1) {
		got = db_step(walk, err);
		if (got == 1 && merge_row(snap, walk, err) == -1)
			got = -1;
	}
	db_reset(walk);
	if (got == -1)
		return -1;
	walk = snapshot_stmt(snap, snap->stage.options.force ? sql_same :
	    sql_unvisit, err);
	return walk == NULL ? -1 : db_run(walk, err);
}

/* ---- what is known while a package is read ---- */

int
snapshot_record_stated(void *ctx, enum record_kind kind, struct str id,
    struct fields *out, struct err *err)
{
	struct snapshot *snap = ctx;
	struct snapshot_found own;
	struct db_stmt *stmt;
	int64_t record = 0, node = 0;
	int rc = snapshot_record_seek(snap, &stmt, kind, id, err);

	fields_clear(out);
	if (rc == 0) {
		record = db_int(stmt, 0);
		node = db_int(stmt, 3);
		if (!snapshot_row_fields(stmt, 2, out))
			rc = snapshot_row_damaged(snap, "record", record,
			    err);
	}
	if (stmt != NULL)
		db_reset(stmt);
	if (rc != 0 || node != NODE_SHARED || snap->stage.node == 0)
		return rc;
	rc = snapshot_share_own(snap, record, snap->stage.node, &own, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return fields_load(out, own.body) == 0 ? 0 :
	    snapshot_row_damaged(snap, "statement", record, err);
}
