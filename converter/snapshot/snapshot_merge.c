/*
 * The staged rows become records.  They are numbered in the order in which
 * the package named them and the index is written in the order of keys, so
 * that both trees are touched once from left to right: a first load of
 * millions of records needs no more memory than a small one.
 */
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

#include "base/mem.h"

/* The order of visits; enum staged: NEW, SAME (force), CHANGED. */
static const char sql_order[] =
    "INSERT INTO temp.visit (kind, key, seq, record, how, sharer)"
    " SELECT kind, key, seq, record, CASE WHEN record < 0 THEN 1"
    " WHEN body IS NULL THEN 0 ELSE 2 END, sharer"
    " FROM temp.stage ORDER BY start, kind, key, seq";
static const char sql_walk[] =
    "SELECT n, kind, key, seq, record, how, sharer FROM temp.visit"
    " ORDER BY n";

static const char sql_member[] =
    "SELECT s.body, s.formed, s.flags, s.body IS NULL FROM temp.visit v"
    " JOIN temp.stage s ON s.seq = v.seq WHERE v.n = ?";
/* Of a first load that says nothing twice the index is all that is left to
 * be done. */
static const char sql_plain[] =
    "INSERT OR IGNORE INTO record_key (kind, key, id)"
    " SELECT kind, key, -record FROM temp.stage"
    " ORDER BY start, kind, key, seq";
static const char sql_not_plain[] = "DELETE FROM record_key";
/* Of a first load: the row is in the main table. */
static const char sql_member_direct[] =
    "SELECT r.body, r.stated, r.flags, 0 FROM temp.visit v"
    " JOIN record r ON r.id = -v.record WHERE v.n = ?";
static const char sql_settle_direct[] =
    "UPDATE record SET body = ?2, stated = ?3, flags = ?4 WHERE id = -?1";
static const char sql_forget_direct[] =
    "DELETE FROM record WHERE id IN"
    " (SELECT -record FROM temp.visit WHERE n BETWEEN ?1 AND ?2)";
static const char sql_main[] =
    "SELECT body, flags, node FROM record WHERE id = ?";
static const char sql_settle[] =
    "UPDATE temp.stage SET body = ?2, formed = ?3, flags = ?4"
    " WHERE seq = ?1";
static const char sql_how[] = "UPDATE temp.visit SET how = ?2 WHERE n = ?1";
static const char sql_forget[] =
    "DELETE FROM temp.stage WHERE seq IN"
    " (SELECT seq FROM temp.visit WHERE n BETWEEN ?1 AND ?2)";
static const char sql_unvisit[] =
    "DELETE FROM temp.visit WHERE n BETWEEN ?1 AND ?2";

static const char sql_new[] =
    "INSERT INTO record (id, kind, key, stated, flags, body, node)"
    " SELECT ?1 - record, kind, key, formed, flags, body, node"
    " FROM temp.stage"
    " WHERE record < 0 ORDER BY seq";
static const char sql_keys[] =
    "INSERT INTO record_key (kind, key, id)"
    " SELECT kind, key, ?1 - record FROM temp.visit"
    " WHERE record < 0 ORDER BY n";
/* `older` may bring an older time: what was stated later stays known.  What is
 * nobody's (NODE_NOBODY; NODE_BEFORE, where ?1 is not known) becomes the
 * node's. */
static const char sql_changed[] =
    "INSERT INTO record (id, kind, key, stated, flags, body, node)"
    " SELECT record, kind, key, formed, flags, body, node FROM temp.stage"
    " WHERE record > 0 AND body IS NOT NULL ORDER BY seq"
    " ON CONFLICT (id) DO UPDATE SET"
    " stated = max(stated, excluded.stated), flags = excluded.flags,"
    " body = excluded.body, node = CASE WHEN excluded.node > 0"
    " AND (node = -2 OR (node = 0 AND ?1 = 0)) THEN excluded.node"
    " ELSE node END";

/* Rows of temp.visit, one behind the other, about one record. */
struct repeat {
	int64_t first, last;    /* their n */
	int64_t seq;            /* of the first: it becomes the record */
	int64_t record;
	int64_t sharer;         /* the node whose statement it is, of several;
				   or 0 */
	enum staged how;        /* of the first */
	enum record_kind kind;
	struct snapshot_key key;
};

bool
snapshot_merge_joins(enum record_kind kind)
{
	return kind == RECORD_PRICES || kind == RECORD_RESTS ||
	    kind == RECORD_PROPERTY;
}

/* ---- what a package says twice ---- */

static int
compare_parts(const void *a, const void *b)
{
	const struct str *left = a, *right = b;

	return str_cmp(*left, *right);
}

/* The first parts of the field's values, sorted; the caller frees. */
static struct str *
first_parts(const struct fields *fields, enum field wanted, size_t *count)
{
	struct str *parts = mem_array(fields->count + 1, sizeof(*parts));
	enum field field;
	struct str value;
	size_t at = 0;

	*count = 0;
	while (fields_next(fields, &at, &field, &value))
		if (field == wanted)
			parts[(*count)++] = field_part(value, 0);
	qsort(parts, *count, sizeof(*parts), compare_parts);
	return parts;
}

/*
 * What was said later over what was said before: prices by their type,
 * stock by its warehouse, other fields as a whole.  -1: too much.
 */
static int
join(struct fields *to, const struct fields *add)
{
	struct fields before;
	struct str *types, *stores, *options, value, part;
	size_t type_count, store_count, option_count, at = 0;
	enum field field;
	bool replaced;
	int rc = 0;

	fields_init(&before);
	fields_copy(&before, to);
	fields_clear(to);
	types = first_parts(add, FIELD_PRICE, &type_count);
	stores = first_parts(add, FIELD_STOCK, &store_count);
	options = first_parts(add, FIELD_OPTION, &option_count);
	while (rc == 0 && fields_next(&before, &at, &field, &value)) {
		part = field_part(value, 0);
		if (field == FIELD_PRICE)
			replaced = bsearch(&part, types, type_count,
			    sizeof(part), compare_parts) != NULL;
		else if (field == FIELD_STOCK)
			replaced = bsearch(&part, stores, store_count,
			    sizeof(part), compare_parts) != NULL;
		else if (field == FIELD_OPTION)
			replaced = bsearch(&part, options, option_count,
			    sizeof(part), compare_parts) != NULL;
		else
			replaced = fields_has(add, field);
		if (!replaced)
			rc = fields_add(to, field, value);
	}
	at = 0;
	while (rc == 0 && fields_next(add, &at, &field, &value))
		rc = fields_add(to, field, value);
	free(types);
	free(stores);
	free(options);
	fields_free(&before);
	return rc;
}

/* only: where it is this node's alone; 0: whosever it is.  1: it is not. */
static int
load_main(struct snapshot *snap, int64_t record, int64_t only,
    struct fields *out, int *flags, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_main, err);
	int got, rc = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, record);
	got = db_step(stmt, err);
	if (got == -1)
		return -1;
	*flags = (int)db_int(stmt, 1);
	if (got == 1 && only != 0 && db_int(stmt, 2) != only)
		rc = 1;
	else if (got == 0 || !snapshot_row_fields(stmt, 0, out))
		rc = snapshot_row_damaged(snap, "record", record, err);
	db_reset(stmt);
	return rc;
}

/* What is known of it: the record, or the sharer's own statement.  Where the
 * others went while the package was read, that is the record again. */
static int
load_known(struct snapshot *snap, const struct repeat *repeat,
    struct fields *out, int *flags, struct err *err)
{
	struct snapshot_found own;
	int rc;

	if (repeat->sharer == 0)
		return load_main(snap, repeat->record, 0, out, flags, err);
	rc = snapshot_share_own(snap, repeat->record, repeat->sharer, &own,
	    err);
	if (rc == 0) {
		*flags = own.flags;
		return fields_load(out, own.body) == 0 ? 0 :
		    snapshot_row_damaged(snap, "statement", repeat->record,
		    err);
	}
	if (rc == 1)
		rc = load_main(snap, repeat->record, repeat->sharer, out,
		    flags, err);
	if (rc == 1) {
		fields_clear(out);
		*flags = RECORD_FLAG_ABSENT;
	}
	return rc == -1 ? -1 : 0;
}

struct member {
	struct fields fields;
	int64_t formed;
	int flags;
};

static int
load_member(struct snapshot *snap, const struct repeat *repeat, int64_t n,
    struct member *out, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, snap->stage.direct ?
	    sql_member_direct : sql_member, err);
	int main_flags;
	bool as_main;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, n);
	switch (db_step(stmt, err)) {
	case 1:
		break;
	case 0:
		return snapshot_row_damaged(snap, "visit", n, err);
	default:
		return -1;
	}
	out->formed = db_int(stmt, 1);
	out->flags = (int)db_int(stmt, 2);
	as_main = db_int(stmt, 3) != 0;
	if (!as_main && !snapshot_row_fields(stmt, 0, &out->fields)) {
		db_reset(stmt);
		return snapshot_row_damaged(snap, "stage", n, err);
	}
	db_reset(stmt);
	return as_main ? load_known(snap, repeat, &out->fields, &main_flags,
	    err) : 0;
}

/* What it leaves out, and another statement of the package has named. */
static void
drop_left_out(struct fields *add, const struct fields *sum)
{
	struct fields all;
	enum field field;
	struct str value;
	size_t at = 0;

	fields_init(&all);
	fields_copy(&all, add);
	fields_clear(add);
	while (fields_next(&all, &at, &field, &value))
		if (field != FIELD_STOCK || !str_is(field_part(value, 2),
		    FIELD_LEFT_OUT) || !fields_find(sum, FIELD_STOCK,
		    field_part(value, 0), NULL))
			(void)fields_add(add, field, value);
	fields_free(&all);
}

/* The statement that counts, into snap->stage.scratch. */
static int
combine(struct snapshot *snap, const struct repeat *repeat,
    struct member *last, struct err *err)
{
	struct fields *sum = &snap->stage.scratch;
	int64_t n = snapshot_merge_joins(repeat->kind) ? repeat->first :
	    repeat->last;

	fields_clear(sum);
	for (; n <= repeat->last; n++) {
		if (load_member(snap, repeat, n, last, err) == -1)
			return -1;
		if (repeat->kind == RECORD_RESTS && n > repeat->first)
			drop_left_out(&last->fields, sum);
		if (join(sum, &last->fields) == -1)
			return err_set(err, ERR_DATA, "%s: more values than "
			    "one record can hold",
			    record_kind_name(repeat->kind));
	}
	return 0;
}

/* All values that `from` has of the price type. */
static int
add_type(struct fields *to, const struct fields *from, struct str type)
{
	enum field field;
	struct str value;
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && fields_next(from, &at, &field, &value))
		if (field == FIELD_PRICE && str_eq(field_part(value, 0), type))
			rc = fields_add(to, field, value);
	return rc;
}

/*
 * What is known (`now`) of the types of others (`kept`), and of the rest what
 * the package says, each type in the place that it has: nodes that export a
 * type each, and repeat themselves, change nothing.
 */
static int
weave(struct fields *out, const struct fields *now,
    const struct fields *kept, const struct fields *said)
{
	const struct fields *from[] = { now, said };
	enum field field;
	struct str value, type;
	int rc = 0;

	for (size_t i = 0; i < 2; i++) {
		size_t at = 0;

		while (rc == 0 && fields_next(from[i], &at, &field, &value)) {
			type = field_part(value, 0);
			if (field == FIELD_PRICE &&
			    !fields_find(out, FIELD_PRICE, type, NULL))
				rc = add_type(out, fields_find(kept,
				    FIELD_PRICE, type, NULL) ? kept : said,
				    type);
		}
	}
	return rc;
}

/* *kept: prices of types that the package does not speak of, but those that
 * another node states. */
static int
find_kept(struct snapshot *snap, const struct repeat *repeat,
    const struct fields *now, struct fields *kept, struct err *err)
{
	/* They are fewer. */
	(void)snapshot_types_others(&snap->stage.types, now, kept);
	return kept->count == 0 || repeat->sharer == 0 ? 0 :
	    snapshot_share_keep_prices(snap, repeat->record, repeat->sharer,
	    kept, err);
}

static int
keep_prices(struct snapshot *snap, const struct repeat *repeat,
    const struct fields *now, struct err *err)
{
	struct fields *sum = &snap->stage.scratch, kept, all;
	int rc;

	fields_init(&kept);
	fields_init(&all);
	rc = find_kept(snap, repeat, now, &kept, err);
	if (rc == 0 && kept.count > 0) {
		if (weave(&all, now, &kept, sum) == -1)
			rc = err_set(err, ERR_DATA, "%s: more values than "
			    "one record can hold",
			    record_kind_name(RECORD_PRICES));
		fields_copy(sum, &all);
	}
	fields_free(&kept);
	fields_free(&all);
	return rc;
}

static int
run_range(struct snapshot *snap, const char *sql, int64_t first,
    int64_t last, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, first);
	db_bind_int(stmt, 2, last);
	return db_run(stmt, err);
}

static int
forget(struct snapshot *snap, int64_t first, int64_t last, struct err *err)
{
	if (run_range(snap, snap->stage.direct ? sql_forget_direct :
	    sql_forget, first, last, err) == -1)
		return -1;
	return run_range(snap, sql_unvisit, first, last, err);
}

/* same: as in the main table, so only a visit is left of it. */
static int
settle(struct snapshot *snap, const struct repeat *repeat, bool same,
    const struct member *last, struct err *err)
{
	bool direct = snap->stage.direct;
	struct db_stmt *stmt = snapshot_stmt(snap, direct ?
	    sql_settle_direct : sql_settle, err);
	enum staged how = repeat->record < 0 ? STAGED_NEW :
	    same ? STAGED_SAME : STAGED_CHANGED;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, direct ? repeat->record : repeat->seq);
	if (same)
		db_bind_null(stmt, 2);
	else
		db_bind_blob(stmt, 2, fields_bytes(&snap->stage.scratch));
	db_bind_int(stmt, 3, last->formed);
	db_bind_int(stmt, 4, last->flags);
	if (db_run(stmt, err) == -1)
		return -1;
	return run_range(snap, sql_how, repeat->first, how, err);
}

/* What the package says of the record, over what is known of it. */
static int
sum_up(struct snapshot *snap, const struct repeat *repeat,
    struct member *last, struct member *now, struct err *err)
{
	if (combine(snap, repeat, last, err) == -1)
		return -1;
	if (repeat->record <= 0)
		return 0;
	if (load_known(snap, repeat, &now->fields, &now->flags, err) == -1)
		return -1;
	return repeat->kind == RECORD_PRICES ?
	    keep_prices(snap, repeat, &now->fields, err) : 0;
}

/* One row that says all: but prices, of the types that it knows alone. */
static bool
is_settled(const struct repeat *repeat)
{
	return repeat->first == repeat->last &&
	    (repeat->kind != RECORD_PRICES || repeat->how != STAGED_CHANGED);
}

/* Does it state a good or group twice, and not alike? */
static int
note_unlike(struct snapshot *snap, const struct repeat *repeat,
    struct err *err)
{
	struct member first = { .formed = 0 }, next = { .formed = 0 };
	bool alike = true;
	int rc = 0;

	if (repeat->first == repeat->last || (repeat->kind != RECORD_GROUP &&
	    repeat->kind != RECORD_PRODUCT))
		return 0;
	fields_init(&first.fields);
	fields_init(&next.fields);
	rc = load_member(snap, repeat, repeat->first, &first, err);
	for (int64_t n = repeat->first + 1; rc == 0 && alike &&
	    n <= repeat->last; n++) {
		rc = load_member(snap, repeat, n, &next, err);
		alike = rc == 0 && str_eq(fields_bytes(&first.fields),
		    fields_bytes(&next.fields));
	}
	fields_free(&first.fields);
	fields_free(&next.fields);
	if (rc == 0 && !alike)
		snapshot_stage_note_unlike(snap,
		    snapshot_key_str(&repeat->key));
	return rc;
}

static int
finish(struct snapshot *snap, const struct repeat *repeat, struct err *err)
{
	struct member last = { .formed = 0 }, now = { .formed = 0 };
	bool same = false;
	int rc = -1;

	if (is_settled(repeat))
		return 0;
	if (note_unlike(snap, repeat, err) == -1)
		return -1;
	fields_init(&last.fields);
	fields_init(&now.fields);
	if (sum_up(snap, repeat, &last, &now, err) == -1)
		goto out;
	if (repeat->record > 0)
		same = (now.flags & RECORD_FLAG_ABSENT) == 0 &&
		    str_eq(fields_bytes(&now.fields),
		    fields_bytes(&snap->stage.scratch));
	/* That it was said is to be known all the same. */
	if (same && !snap->stage.options.force)
		rc = snapshot_stage_note_same(snap, repeat->record,
		    last.formed, err) == -1 ? -1 :
		    forget(snap, repeat->first, repeat->last, err);
	else if (settle(snap, repeat, same, &last, err) == 0)
		rc = forget(snap, repeat->first + 1, repeat->last, err);
out:
	fields_free(&last.fields);
	fields_free(&now.fields);
	return rc;
}

/* Rows behind the walk are changed and removed; it never sees them again. */
static int
settle_repeats(struct snapshot *snap, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_walk, err);
	struct repeat repeat = { .first = 0 };
	int got = stmt == NULL ? -1 : 1;

	while (got == 1) {
		struct str key;

		got = db_step(stmt, err);
		if (got != 1)
			break;
		key = db_blob(stmt, 2);
		if (repeat.first != 0 &&
		    db_int(stmt, 1) == (int64_t)repeat.kind &&
		    str_eq(key, snapshot_key_str(&repeat.key))) {
			repeat.last = db_int(stmt, 0);
			continue;
		}
		if (finish(snap, &repeat, err) == -1) {
			db_reset(stmt);
			return -1;
		}
		repeat.first = repeat.last = db_int(stmt, 0);
		repeat.kind = (enum record_kind)db_int(stmt, 1);
		repeat.seq = db_int(stmt, 3);
		repeat.record = db_int(stmt, 4);
		repeat.how = (enum staged)db_int(stmt, 5);
		repeat.sharer = db_int(stmt, 6);
		snapshot_key_copy(&repeat.key, key);
	}
	return got == -1 ? -1 : finish(snap, &repeat, err);
}

/* ---- the whole ---- */

/* A first load, in the hope that it says nothing twice: 0; 1 it does; -1. */
static int
merge_plain(struct snapshot *snap, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_plain, err);

	if (stmt == NULL || db_run(stmt, err) == -1)
		return -1;
	snap->stage.plain = db_changes(snap->db) == snap->stage.added;
	if (snap->stage.plain)
		return 0;
	stmt = snapshot_stmt(snap, sql_not_plain, err);
	return stmt == NULL || db_run(stmt, err) == -1 ? -1 : 1;
}

int
snapshot_merge(struct snapshot *snap, struct err *err)
{
	/* Of a first load all is behind the record with the number 0. */
	int64_t last = snap->stage.direct ? 0 : snap->stage.finder.last;
	struct db_stmt *stmt;
	int rc = snap->stage.direct ? merge_plain(snap, err) : 1;

	snap->generation++;
	if (rc != 1)
		return rc;
	stmt = snapshot_stmt(snap, sql_order, err);
	if (stmt == NULL || db_run(stmt, err) == -1 ||
	    settle_repeats(snap, err) == -1)
		return -1;
	if (!snap->stage.direct && (snapshot_share_merge(snap, err) == -1 ||
	    snapshot_stmt_run(snap, sql_changed, snap->stage.before,
	    err) == -1 ||
	    snapshot_stmt_run(snap, sql_new, last, err) == -1))
		return -1;
	return snapshot_stmt_run(snap, sql_keys, last, err);
}
