/*
 * Deals of the portal with their orders.  The table is called deal: there is
 * a row for a deal that has no order yet, too.
 */
#include "snapshot/snapshot_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

#define COLUMNS "number, state, category, company, contact, manager," \
    " updated, looked, put, first_put, heard, since, node, code, text," \
    " document, known, offered, ended"
#define NEW "excluded.number, excluded.state, excluded.category," \
    " excluded.company, excluded.contact, excluded.manager," \
    " excluded.updated, excluded.looked, excluded.put," \
    " excluded.first_put, excluded.heard, excluded.since, excluded.node," \
    " excluded.code, excluded.text, excluded.document, excluded.known," \
    " excluded.offered, excluded.ended"

/* What is there already is not written again: no commit for nothing. */
static const char sql_put[] =
    "INSERT INTO deal (id, " COLUMNS ")"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET (" COLUMNS ") = (" NEW ")"
    " WHERE (" COLUMNS ") <> (" NEW ")";
static const char sql_get[] =
    "SELECT id, " COLUMNS " FROM deal WHERE id = ?";
/* number > 0: so that the partial index serves. */
static const char sql_number[] =
    "SELECT id, " COLUMNS " FROM deal WHERE number = ? AND number > 0";
static const char sql_owner[] =
    "SELECT id FROM deal WHERE number = ? AND number > 0";
static const char sql_min[] =
    "SELECT coalesce(min(number), 0) FROM deal WHERE number > 0";
static const char sql_ids[] = "SELECT id FROM deal ORDER BY number, id";
static const char sql_ids_state[] =
    "SELECT id FROM deal WHERE state = ? ORDER BY number, id";
static const char sql_ids_due[] =
    "SELECT id FROM deal WHERE state = ? ORDER BY put = 0, first_put <> 0,"
    " CASE WHEN put = 0 AND first_put <> 0 THEN since ELSE 0 END, number";
static const char sql_count[] =
    "SELECT state, count(*) FROM deal GROUP BY state";
/* ORDER_NONE has no order, that of ORDER_GONE changes no more, and in that of
 * ORDER_FROM_ONEC the client is 1C's. */
static const char sql_company[] =
    "SELECT id FROM deal WHERE company = ? AND company <> 0"
    " AND state NOT IN (0, 7, 8) ORDER BY +id";
static const char sql_contact[] =
    "SELECT id FROM deal WHERE contact = ? AND contact <> 0"
    " AND state NOT IN (0, 7, 8) ORDER BY +id";

/* The memory of the two documents is used again. */
static void
clear(struct order *order, int64_t deal)
{
	struct fields document = order->document, known = order->known;

	fields_clear(&document);
	fields_clear(&known);
	*order = (struct order){ .deal = deal };
	order->document = document;
	order->known = known;
}

/* ---- reading ---- */

static bool
read_numbers(struct db_stmt *stmt, struct order *out)
{
	int64_t state;

	if (!snapshot_row_int(stmt, 0, 1, INT64_MAX, &out->deal) ||
	    !snapshot_row_int(stmt, 1, 0, INT64_MAX, &out->number) ||
	    !snapshot_row_int(stmt, 2, ORDER_NONE, ORDER_STATE_LAST - 1,
	    &state) ||
	    !snapshot_row_int(stmt, 3, 0, INT64_MAX, &out->category) ||
	    !snapshot_row_int(stmt, 4, 0, INT64_MAX, &out->company) ||
	    !snapshot_row_int(stmt, 5, 0, INT64_MAX, &out->contact) ||
	    !snapshot_row_int(stmt, 6, 0, INT64_MAX, &out->manager))
		return false;
	out->state = (enum order_state)state;
	out->updated = db_int(stmt, 7);
	out->looked = db_int(stmt, 8);
	out->put = db_int(stmt, 9);
	out->first_put = db_int(stmt, 10);
	out->heard = db_int(stmt, 11);
	out->since = db_int(stmt, 12);
	out->offered = db_int(stmt, 18) != 0;
	out->ended = db_int(stmt, 19) != 0;
	return true;
}

static bool
read_order(struct db_stmt *stmt, struct order *out)
{
	return read_numbers(stmt, out) &&
	    snapshot_row_text(stmt, 13, out->node, sizeof(out->node)) &&
	    snapshot_row_text(stmt, 14, out->code, sizeof(out->code)) &&
	    snapshot_row_text(stmt, 15, out->text, sizeof(out->text)) &&
	    snapshot_row_fields(stmt, 16, &out->document) &&
	    snapshot_row_fields(stmt, 17, &out->known);
}

/* Steps to the one row that was bound: 0, 1 none, -1. */
static int
take_with(struct snapshot *snap, const char *sql, int64_t value,
    struct order *order, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);
	int got;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, value);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = read_order(stmt, order) ? 0 :
	    snapshot_row_damaged(snap, "deal", db_int(stmt, 0), err);
	db_reset(stmt);
	return got;
}

int
snapshot_order_get(struct snapshot *snap, int64_t deal, struct order *order,
    struct err *err)
{
	clear(order, deal);
	return take_with(snap, sql_get, deal, order, err);
}

int
snapshot_order_by_number(struct snapshot *snap, int64_t number,
    struct order *order, struct err *err)
{
	clear(order, 0);
	return take_with(snap, sql_number, number, order, err);
}

int
snapshot_order_min_number(struct snapshot *snap, int64_t *number,
    struct err *err)
{
	return snapshot_stmt_int(snap, sql_min, number, err);
}

/* ---- writing ---- */

/* Two deals under one number would be one order in 1C. */
static int
check_number(struct snapshot *snap, const struct order *order,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_owner, err);
	int64_t owner;
	int rc;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, order->number);
	rc = snapshot_stmt_one(stmt, &owner, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return owner == order->deal ? 0 : err_set(err, ERR_STATE,
	    _("%s: the order number %" PRId64 " is that of deal %" PRId64
	    ": deal %" PRId64 " cannot have it too"), snap->path,
	    order->number, owner, order->deal);
}

int
snapshot_order_put(struct snapshot *snap, const struct order *order,
    struct err *err)
{
	struct db_stmt *stmt;

	assert(order->deal > 0 && order->number >= 0);
	if (check_number(snap, order, err) == -1)
		return -1;
	stmt = snapshot_stmt(snap, sql_put, err);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, order->deal);
	db_bind_int(stmt, 2, order->number);
	db_bind_int(stmt, 3, order->state);
	db_bind_int(stmt, 4, order->category);
	db_bind_int(stmt, 5, order->company);
	db_bind_int(stmt, 6, order->contact);
	db_bind_int(stmt, 7, order->manager);
	db_bind_int(stmt, 8, order->updated);
	db_bind_int(stmt, 9, order->looked);
	db_bind_int(stmt, 10, order->put);
	db_bind_int(stmt, 11, order->first_put);
	db_bind_int(stmt, 12, order->heard);
	db_bind_int(stmt, 13, order->since);
	db_bind_text(stmt, 14, str_of(order->node));
	db_bind_text(stmt, 15, str_of(order->code));
	db_bind_text(stmt, 16, str_of(order->text));
	db_bind_blob(stmt, 17, fields_bytes(&order->document));
	db_bind_blob(stmt, 18, fields_bytes(&order->known));
	db_bind_int(stmt, 19, order->offered ? 1 : 0);
	db_bind_int(stmt, 20, order->ended);
	return db_run(stmt, err);
}

/* ---- walking ---- */

/* The ids first, so that the visit may change what it likes; what has left
 * the state meanwhile is not shown. */
static int
each_of(struct snapshot *snap, const char *sql, enum order_state state,
    int (*visit)(void *ctx, const struct order *order, struct err *err),
    void *ctx, struct err *err)
{
	bool all = state == ORDER_STATE_LAST;
	struct db_stmt *stmt = snapshot_stmt(snap, sql, err);
	struct order order;
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL)
		return -1;
	if (!all)
		db_bind_int(stmt, 1, state);
	if (snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	order_init(&order);
	for (i = 0; rc == 0 && i < count; i++) {
		rc = snapshot_order_get(snap, ids[i], &order, err);
		if (rc == 0 && (all || order.state == state))
			rc = visit(ctx, &order, err);
		else if (rc == 1)
			rc = 0;
	}
	order_free(&order);
	free(ids);
	return rc;
}

int
snapshot_order_each(struct snapshot *snap, enum order_state state,
    int (*visit)(void *ctx, const struct order *order, struct err *err),
    void *ctx, struct err *err)
{
	return each_of(snap, state == ORDER_STATE_LAST ? sql_ids :
	    sql_ids_state, state, visit, ctx, err);
}

int
snapshot_order_each_due(struct snapshot *snap,
    int (*visit)(void *ctx, const struct order *order, struct err *err),
    void *ctx, struct err *err)
{
	return each_of(snap, sql_ids_due, ORDER_WAITING, visit, ctx, err);
}

int
snapshot_order_count(struct snapshot *snap, int64_t counts[ORDER_STATE_LAST],
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_count, err);
	int64_t state;
	int got;

	memset(counts, 0, ORDER_STATE_LAST * sizeof(*counts));
	if (stmt == NULL)
		return -1;
	for (;;) {
		got = db_step(stmt, err);
		if (got <= 0)
			return got;
		if (!snapshot_row_int(stmt, 0, ORDER_NONE,
		    ORDER_STATE_LAST - 1, &state)) {
			db_reset(stmt);
			return snapshot_row_damaged(snap, "deal", 0, err);
		}
		counts[state] = db_int(stmt, 1);
	}
}

int
snapshot_order_each_of_client(struct snapshot *snap, bool company,
    int64_t client, int (*visit)(void *ctx, int64_t deal, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap,
	    company ? sql_company : sql_contact, err);
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, client);
	if (snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++)
		rc = visit(ctx, ids[i], err);
	free(ids);
	return rc;
}
