#include "snapshot/snapshot_internal.h"

#include <stdio.h>
#include <stdlib.h>

/* What stands in needs_full; 0: nothing. */
#define NEEDS_ALL 1
#define NEEDS_ORDERS 2

#define COLUMNS "id, name, needs_full, reason, needs_since, formed, catalog"

static const char sql_get[] =
    "SELECT " COLUMNS " FROM node WHERE name = ?";
static const char sql_id[] = "SELECT " COLUMNS " FROM node WHERE id = ?";
static const char sql_ids[] = "SELECT id FROM node ORDER BY name";
static const char sql_put[] =
    "INSERT INTO node (name, needs_full, reason, needs_since, formed,"
    " catalog) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET needs_full = excluded.needs_full,"
    " reason = excluded.reason, needs_since = excluded.needs_since,"
    " formed = excluded.formed, catalog = excluded.catalog";

static int
take(struct snapshot *snap, struct db_stmt *stmt, struct node *out,
    struct err *err)
{
	int64_t needs = 0;
	int got = db_step(stmt, err);

	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = 0;
	if (!snapshot_row_text(stmt, 1, out->name, sizeof(out->name)) ||
	    !snapshot_row_int(stmt, 2, 0, NEEDS_ORDERS, &needs) ||
	    !snapshot_row_text(stmt, 3, out->reason, sizeof(out->reason)) ||
	    !snapshot_row_text(stmt, 6, out->catalog, sizeof(out->catalog)))
		got = snapshot_row_damaged(snap, "node", db_int(stmt, 0),
		    err);
	else
		out->needs_full = needs != 0;
	out->orders_alone = out->needs_full && needs == NEEDS_ORDERS;
	out->needs_since = db_int(stmt, 4);
	out->formed = db_int(stmt, 5);
	db_reset(stmt);
	return got;
}

int
snapshot_node_get(struct snapshot *snap, const char *name, struct node *node,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);

	*node = (struct node){ .needs_full = false };
	(void)snprintf(node->name, sizeof(node->name), "%s", name);
	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node->name));
	return take(snap, stmt, node, err);
}

int
snapshot_node_put(struct snapshot *snap, const struct node *node,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	if (stmt == NULL)
		return -1;
	db_bind_text(stmt, 1, str_of(node->name));
	db_bind_int(stmt, 2, !node->needs_full ? 0 :
	    node->orders_alone ? NEEDS_ORDERS : NEEDS_ALL);
	db_bind_text(stmt, 3, str_of(node->reason));
	db_bind_int(stmt, 4, node->needs_since);
	db_bind_int(stmt, 5, node->formed);
	db_bind_text(stmt, 6, str_of(node->catalog));
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
