#include "snapshot/snapshot_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS "id, name, formed, catalog, needs_full, reason, needs_since," \
    " needs_orders, orders_reason, orders_since"

enum { AT_GOODS = 4, AT_ORDERS = 7 };   /* of a need's three columns */

static const char sql_get[] =
    "SELECT " COLUMNS " FROM node WHERE name = ?";
static const char sql_id[] = "SELECT " COLUMNS " FROM node WHERE id = ?";
static const char sql_ids[] = "SELECT id FROM node ORDER BY name";
static const char sql_number[] = "SELECT id FROM node WHERE name = ?";
static const char sql_put[] =
    "INSERT INTO node (name, formed, catalog, needs_full, reason,"
    " needs_since, needs_orders, orders_reason, orders_since)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET formed = excluded.formed,"
    " catalog = excluded.catalog, needs_full = excluded.needs_full,"
    " reason = excluded.reason, needs_since = excluded.needs_since,"
    " needs_orders = excluded.needs_orders,"
    " orders_reason = excluded.orders_reason,"
    " orders_since = excluded.orders_since";

static bool
take_need(struct db_stmt *stmt, int column, struct need *out)
{
	int64_t is = 0;

	if (!snapshot_row_int(stmt, column, 0, 1, &is) ||
	    !snapshot_row_text(stmt, column + 1, out->reason,
	    sizeof(out->reason)))
		return false;
	out->is = is == 1;
	out->since = db_int(stmt, column + 2);
	return true;
}

static void
bind_need(struct db_stmt *stmt, int column, const struct need *need)
{
	db_bind_int(stmt, column, need->is);
	db_bind_text(stmt, column + 1, str_of(need->reason));
	db_bind_int(stmt, column + 2, need->since);
}

static int
take(struct snapshot *snap, struct db_stmt *stmt, struct node *out,
    struct err *err)
{
	int got = db_step(stmt, err);

	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = 0;
	if (!snapshot_row_text(stmt, 1, out->name, sizeof(out->name)) ||
	    !snapshot_row_text(stmt, 3, out->catalog, sizeof(out->catalog)) ||
	    !take_need(stmt, AT_GOODS, &out->goods) ||
	    !take_need(stmt, AT_ORDERS, &out->orders))
		got = snapshot_row_damaged(snap, "node", db_int(stmt, 0),
		    err);
	out->formed = db_int(stmt, 2);
	db_reset(stmt);
	return got;
}

int
snapshot_node_get(struct snapshot *snap, const char *name, struct node *node,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);

	memset(node, 0, sizeof(*node));
	(void)snprintf(node->name, sizeof(node->name), "%s", name);
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node->name));
	return take(snap, stmt, node, err);
}

int
snapshot_node_number(struct snapshot *snap, const char *name,
    int64_t *number, struct err *err)
{
	struct node node;
	int rc = snapshot_node_get(snap, name, &node, err);
	struct db_stmt *stmt;

	if (rc == 1)
		rc = snapshot_node_put(snap, &node, err);
	if (rc == -1)
		return -1;
	stmt = snapshot_stmt(snap, sql_number, err);
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node.name));
	return snapshot_stmt_one(stmt, number, err) == 0 ? 0 : -1;
}

int
snapshot_node_put(struct snapshot *snap, const struct node *node,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node->name));
	db_bind_int(stmt, 2, node->formed);
	db_bind_text(stmt, 3, str_of(node->catalog));
	bind_need(stmt, AT_GOODS, &node->goods);
	bind_need(stmt, AT_ORDERS, &node->orders);
	return db_run(stmt, err);
}

int
snapshot_node_each(struct snapshot *snap,
    int (*visit)(void *ctx, const struct node *node, struct err *err),
    void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_ids, err);
	struct node node;
	int64_t *ids;
	size_t count, i;
	int rc = 0;

	if (stmt == NULL || snapshot_stmt_rows(stmt, &ids, &count, err) == -1)
		return -1;
	for (i = 0; rc == 0 && i < count; i++) {
		stmt = snapshot_stmt(snap, sql_id, err);
		if (stmt == NULL) {
			rc = -1;
			break;
		}
		db_bind_int(stmt, 1, ids[i]);
		rc = take(snap, stmt, &node, err);
		if (rc == 0)
			rc = visit(ctx, &node, err);
		else if (rc == 1)
			rc = 0;
	}
	free(ids);
	return rc;
}
