/*
 * A node that does not state any more what others still do: the record goes on
 * as theirs.  One that is gone altogether states nothing, and what it alone had
 * stated is nobody's until somebody states it again, or leaves it out.
 */
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

/* 1: RECORD_FLAG_ABSENT */
static const char sql_leave[] =
    "UPDATE statement SET flags = flags | 1, stated = max(stated, ?3)"
    " WHERE record = ?1 AND node = ?2 AND flags & 1 = 0";
static const char sql_others[] =
    "SELECT EXISTS (SELECT 1 FROM statement"
    " WHERE record = ?1 AND node <> ?2 AND flags & 1 = 0)";
static const char sql_absent[] =
    "UPDATE record SET flags = flags | 1, stated = max(stated, ?2)"
    " WHERE id = ?1 AND flags & 1 = 0";
/* RECORD_OFFER and RECORD_RESTS: its own, and those of its characteristics. */
static const char sql_offers[] =
    "SELECT id FROM record_key WHERE kind IN (9, 11) AND key = ?1 UNION ALL"
    " SELECT id FROM record_key WHERE kind IN (9, 11) AND key > ?2"
    " AND key < ?3";
static const char sql_rests[] =
    "SELECT id FROM record_key WHERE kind = 11 AND key = ?";
static const char sql_whose[] = "SELECT node, kind FROM record WHERE id = ?";

static const char sql_stated_by[] =
    "SELECT record FROM statement WHERE node = ?";
static const char sql_states[] =
    "SELECT EXISTS (SELECT 1 FROM statement WHERE node = ?"
    " AND flags & 1 = 0)";
static const char sql_forget[] =
    "DELETE FROM statement WHERE record = ? AND node = ?";
static const char sql_count[] =
    "SELECT count(*) FROM statement WHERE record = ?";
/* Of a record with one statement left: it is that node's. */
static const char sql_return[] =
    "UPDATE record SET node = (SELECT node FROM statement"
    " WHERE record = ?1) WHERE id = ?1";
static const char sql_drop[] = "DELETE FROM statement WHERE record = ?";
/* Of kinds that are kept by nodes (snapshot_share_is_kept()). */
static const char sql_alone[] =
    "SELECT count(*) FROM record WHERE node IN (?1, ?2)"
    " AND kind IN (1, 5, 8, 9, 10, 11)";
/* -2: NODE_NOBODY */
static const char sql_disown[] = "UPDATE record SET node = -2 WHERE node = ?";
/* Of two that one node follows the first one's; the other goes. */
static const char sql_follow[] =
    "UPDATE OR REPLACE statement SET node = ?2 WHERE node = ?1";
static const char sql_follow_alone[] =
    "UPDATE record SET node = ?2 WHERE node = ?1";
static const char sql_follow_seen[] =
    "UPDATE seen SET node = ?2 WHERE node = ?1";
static const char sql_stating[] =
    "SELECT count(*) FROM statement WHERE node = ?";
static const char sql_record[] = "SELECT kind, key FROM record WHERE id = ?";

/* ---- one statement ---- */

/* Does anybody but the node state the record? */
static int
have_others(struct snapshot *snap, int64_t record, int64_t node, bool *others,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_others, err);
	int64_t found = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, node);
	if (snapshot_stmt_one(stmt, &found, err) == -1)
		return -1;
	*others = found != 0;
	return 0;
}

static int
leave_statement(struct snapshot *snap, int64_t record, int64_t node,
    int64_t stated, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_leave, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, node);
	db_bind_int(stmt, 3, stated);
	return db_run(stmt, err);
}

int
snapshot_leave_record(struct snapshot *snap, int64_t record, int64_t node,
    int64_t stated, bool *changed, bool *left, struct err *err)
{
	bool others;

	*changed = *left = false;
	if (leave_statement(snap, record, node, stated, err) == -1)
		return -1;
	if (db_changes(snap->db) == 0)
		return 0;
	if (have_others(snap, record, node, &others, err) == -1)
		return -1;
	*left = !others;
	return snapshot_share_settle(snap, record, changed, err);
}

/* ---- what belongs to a good ---- */

struct leaving {
	struct snapshot *snap;
	int64_t node, stated;
	const struct bits *named;       /* what it still names */
	bool left;                      /* the good is nobody's now */
	bool changed;
};

static int
whose_is(struct snapshot *snap, int64_t record, int64_t *node,
    enum record_kind *kind, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_whose, err);
	int got;

	*node = NODE_BEFORE;
	*kind = RECORD_NONE;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	got = db_step(stmt, err);
	if (got == 0)
		return snapshot_row_damaged(snap, "record_key", record, err);
	*node = db_int(stmt, 0);
	*kind = (enum record_kind)db_int(stmt, 1);
	db_reset(stmt);
	if (*node == NODE_BEFORE)
		*node = snapshot_meta_int(snap, META_RECORD_NODE,
		    NODE_BEFORE);
	return got == -1 ? -1 : 0;
}

/* Offers that it alone stated are absent.  Stock that it alone stated stays as
 * last stated, as that of all goods that are absent. */
static int
leave_alone(struct leaving *leaving, int64_t record, enum record_kind kind,
    struct err *err)
{
	struct db_stmt *stmt;

	if (kind != RECORD_OFFER)
		return 0;
	stmt = snapshot_stmt(leaving->snap, sql_absent, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, leaving->stated);
	if (db_run(stmt, err) == -1)
		return -1;
	leaving->changed = leaving->changed ||
	    db_changes(leaving->snap->db) > 0;
	leaving->snap->generation++;
	return 0;
}

static int
leave_part(struct leaving *leaving, int64_t record, struct err *err)
{
	bool others = false, changed = false, left;
	enum record_kind kind;
	int64_t node;

	if (bits_has(leaving->named, record))
		return 0;
	if (whose_is(leaving->snap, record, &node, &kind, err) == -1)
		return -1;
	if (leaving->left && kind != RECORD_RESTS)
		return 0;
	if (node == leaving->node)
		return leave_alone(leaving, record, kind, err);
	if (node != NODE_SHARED)
		return 0;
	if (kind == RECORD_RESTS && have_others(leaving->snap, record,
	    leaving->node, &others, err) == -1)
		return -1;
	/* The record stays as last stated, until somebody states it: what
	 * this node had does not count beside that. */
	if (kind == RECORD_RESTS && !others)
		return leave_statement(leaving->snap, record, leaving->node,
		    leaving->stated, err);
	if (snapshot_leave_record(leaving->snap, record, leaving->node,
	    leaving->stated, &changed, &left, err) == -1)
		return -1;
	leaving->changed = leaving->changed || changed;
	return 0;
}

/* Those that the statement finds. */
static int
leave_found(struct leaving *leaving, struct db_stmt *stmt, bool *changed,
    struct err *err)
{
	int64_t *rows;
	size_t count;
	int rc = 0;

	if (snapshot_stmt_rows(stmt, &rows, &count, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = leave_part(leaving, rows[i], err);
	free(rows);
	*changed = *changed || leaving->changed;
	return rc;
}

int
snapshot_leave_offers(struct snapshot *snap, struct str key, int64_t node,
    int64_t stated, const struct bits *named, bool left, bool *changed,
    struct err *err)
{
	struct leaving leaving = { snap, node, stated, named, left, false };
	struct db_stmt *stmt = snapshot_stmt(snap, sql_offers, err);
	struct snapshot_key from, to;

	if (stmt == NULL)
		return -1;
	snapshot_key_copy(&from, key);
	if (from.len == sizeof(from.bytes))
		return 0;
	from.bytes[from.len++] = '#';
	to = from;
	to.bytes[to.len - 1]++;
	db_bind_blob(stmt, 1, key);
	db_bind_blob(stmt, 2, snapshot_key_str(&from));
	db_bind_blob(stmt, 3, snapshot_key_str(&to));
	return leave_found(&leaving, stmt, changed, err);
}

int
snapshot_leave_rests(struct snapshot *snap, struct str key, int64_t node,
    int64_t stated, const struct bits *named, bool *changed, struct err *err)
{
	struct leaving leaving = { snap, node, stated, named, false, false };
	struct db_stmt *stmt = snapshot_stmt(snap, sql_rests, err);

	if (stmt == NULL)
		return -1;
	db_bind_blob(stmt, 1, key);
	return leave_found(&leaving, stmt, changed, err);
}

/* ---- a node that is gone ---- */

static int
stated_by(struct snapshot *snap, int64_t node, struct bits *records,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_stated_by, err);
	int64_t record;
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, node);
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (!snapshot_row_int(stmt, 0, 1, LIMIT_RECORD_ROWS,
		    &record)) {
			db_reset(stmt);
			return snapshot_row_damaged(snap, "statement",
			    record, err);
		}
		bits_set(records, record);
	}
}

/* The record is that of the others; of one other, its alone. */
static int
drop_statement(struct snapshot *snap, int64_t record, int64_t node,
    bool *changed, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_forget, err);
	int64_t rest = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	db_bind_int(stmt, 2, node);
	if (db_run(stmt, err) == -1 ||
	    snapshot_share_settle(snap, record, changed, err) == -1)
		return -1;
	if (snapshot_stmt_ask(snap, sql_count, record, &rest, err) == -1)
		return -1;
	if (rest != 1)
		return 0;
	return snapshot_stmt_run(snap, sql_return, record, err) == -1 ? -1 :
	    snapshot_stmt_run(snap, sql_drop, record, err);
}

/* Its stock is left out, as by any node that leaves a good out: what nobody
 * states would stay in the stores of the portal. */
static int
forget_statement(struct snapshot *snap, int64_t record, int64_t node,
    bool *changed, struct err *err)
{
	enum record_kind kind;
	int64_t whose;
	bool others = false, left;

	if (whose_is(snap, record, &whose, &kind, err) == -1 ||
	    (kind == RECORD_PRICES && snapshot_share_leave_prices(snap,
	    record, node, err) != 0) || (kind == RECORD_RESTS &&
	    have_others(snap, record, node, &others, err) == -1))
		return -1;
	return others ? snapshot_leave_record(snap, record, node, 0, changed,
	    &left, err) : drop_statement(snap, record, node, changed, err);
}

int
snapshot_node_states(struct snapshot *snap, int64_t node, bool *any,
    struct err *err)
{
	int64_t found;
	int rc = snapshot_stmt_ask(snap, sql_states, node, &found, err);

	*any = found != 0;
	return rc == -1 ? -1 : 0;
}

static bool
is_before(struct snapshot *snap, int64_t node)
{
	return snapshot_meta_int(snap, META_RECORD_NODE, 0) == node;
}

/* *records: and those that the node alone has stated. */
static int
count_alone(struct snapshot *snap, int64_t node, int64_t *records,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_alone, err);
	int64_t alone = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, node);
	db_bind_int(stmt, 2, is_before(snap, node) ? NODE_BEFORE : node);
	if (snapshot_stmt_one(stmt, &alone, err) == -1)
		return -1;
	*records += alone;
	return 0;
}

/* From now on nobody's: what it alone had stated. */
static int
disown(struct snapshot *snap, int64_t node, int64_t *records,
    struct err *err)
{
	if (count_alone(snap, node, records, err) == -1 ||
	    snapshot_stmt_run(snap, sql_disown, node, err) == -1)
		return -1;
	return is_before(snap, node) ? snapshot_meta_set_int(snap,
	    META_RECORD_NODE, NODE_BEFORE, err) : 0;
}

static int
visit_record(struct snapshot *snap, int64_t record, int (*visit)(void *ctx,
    enum record_kind kind, struct str id, struct err *err), void *ctx,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_record, err);
	char id[LIMIT_KEY_BYTES];
	int64_t kind = 0;
	size_t len = 0;
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	got = db_step(stmt, err);
	if (got == -1)
		return -1;
	if (got == 0 || !snapshot_row_int(stmt, 0, RECORD_NONE + 1,
	    RECORD_LAST - 1, &kind) || snapshot_key_read(id, &len,
	    db_blob(stmt, 1)) == -1)
		got = snapshot_row_damaged(snap, "record", record, err);
	db_reset(stmt);
	return got == -1 ? -1 : visit(ctx, (enum record_kind)kind,
	    str_n(id, len), err);
}

/* All that the node stated.  changed: those that are not as before. */
static int
forget_all(struct snapshot *snap, int64_t node, struct bits *changed,
    int64_t *count, struct err *err)
{
	struct bits stated = { NULL, 0 };
	int64_t record = -1;
	bool other;
	int rc = stated_by(snap, node, &stated, err);

	while (rc == 0 && bits_next(&stated, &record)) {
		rc = forget_statement(snap, record, node, &other, err);
		if (rc == 0 && other)
			bits_set(changed, record);
		++*count;
	}
	bits_free(&stated);
	return rc;
}

int
snapshot_node_forget(struct snapshot *snap, int64_t node,
    int (*visit)(void *ctx, enum record_kind kind, struct str id,
    struct err *err), void *ctx, int64_t *records, struct err *err)
{
	struct bits changed = { NULL, 0 };
	int64_t record = -1;
	int rc;

	*records = 0;
	rc = forget_all(snap, node, &changed, records, err);
	if (rc == 0)
		rc = disown(snap, node, records, err);
	while (rc == 0 && bits_next(&changed, &record))
		rc = visit_record(snap, record, visit, ctx, err);
	bits_free(&changed);
	return rc;
}

bool
snapshot_stage_is_open(const struct snapshot *snap)
{
	return snap->stage.open;
}

/* ---- one that another one follows ---- */

static int
follow(struct snapshot *snap, const char *sql, int64_t node, int64_t heir,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, node);
	db_bind_int(stmt, 2, heir);
	return db_run(stmt, err);
}

static int
follow_types(struct snapshot *snap, int64_t node, int64_t heir,
    struct err *err)
{
	struct snapshot_types types = { NULL, 0 };
	int rc = snapshot_types_of(snap, node, &types, err);

	if (rc != -1)
		rc = snapshot_types_remember(snap, heir, &types, err);
	snapshot_types_free(&types);
	return rc;
}

int
snapshot_node_count(struct snapshot *snap, int64_t node, int64_t *records,
    struct err *err)
{
	*records = 0;
	return snapshot_stmt_ask(snap, sql_stating, node, records, err) == -1 ?
	    -1 : count_alone(snap, node, records, err);
}

int
snapshot_node_follow(struct snapshot *snap, int64_t node, int64_t heir,
    int64_t *records, struct err *err)
{
	if (follow_types(snap, node, heir, err) == -1 ||
	    snapshot_node_count(snap, node, records, err) == -1 ||
	    follow(snap, sql_follow, node, heir, err) == -1 ||
	    follow(snap, sql_follow_alone, node, heir, err) == -1 ||
	    follow(snap, sql_follow_seen, node, heir, err) == -1)
		return -1;
	return is_before(snap, node) ? snapshot_meta_set_int(snap,
	    META_RECORD_NODE, heir, err) : 0;
}
