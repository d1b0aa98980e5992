/* Clients of the portal that 1C hears of without an order. */
#include "snapshot/snapshot_internal.h"

#include <assert.h>
#include <stdlib.h>

/* The portal's types of objects. */
#define KIND_CONTACT 3
#define KIND_COMPANY 4

#define COLUMNS "state, updated, looked, put, since, card"
#define NEW "excluded.state, excluded.updated, excluded.looked," \
    " excluded.put, excluded.since, excluded.card"
/* Both parts of the key in one number: companies first. */
#define NUMBER "id * 2 + (kind = 3)"
#define ORDERED " ORDER BY kind DESC, id"

/* What is there already is not written again: no commit for nothing. */
static const char sql_put[] =
    "INSERT INTO customer (kind, id, " COLUMNS ")"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (kind, id) DO UPDATE SET (" COLUMNS ") = (" NEW ")"
    " WHERE (" COLUMNS ") <> (" NEW ")";
static const char sql_get[] =
    "SELECT " COLUMNS " FROM customer WHERE kind = ? AND id = ?";
static const char sql_drop[] =
    "DELETE FROM customer WHERE kind = ? AND id = ?";
static const char sql_all[] =
    "SELECT " NUMBER " FROM customer" ORDERED;
static const char sql_waiting[] =
    "SELECT " NUMBER " FROM customer WHERE state = 1" ORDERED;
static const char sql_exported[] =
    "SELECT " NUMBER " FROM customer WHERE state < 2" ORDERED;
static const char sql_unread[] =
    "SELECT " NUMBER " FROM customer WHERE looked = 0" ORDERED;
static const char sql_count[] =
    "SELECT count(*) FROM customer WHERE state = 1";

static int64_t
kind_of(bool company)
{
	return company ? KIND_COMPANY : KIND_CONTACT;
}

static bool
read_row(struct db_stmt *stmt, struct customer_row *out)
{
	int64_t state;

	if (!snapshot_row_int(stmt, 0, CUSTOMER_KNOWN, CUSTOMER_ASIDE,
	    &state) ||
	    !snapshot_row_fields(stmt, 5, &out->card))
		return false;
	out->state = (enum customer_state)state;
	out->updated = db_int(stmt, 1);
	out->looked = db_int(stmt, 2);
	out->put = db_int(stmt, 3);
	out->since = db_int(stmt, 4);
	return true;
}

int
snapshot_customer_get(struct snapshot *snap, bool company, int64_t id,
    struct customer_row *row, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_get, err);
	struct fields card = row->card;
	int got;

	fields_clear(&card);
	*row = (struct customer_row){ .company = company, .id = id };
	row->card = card;
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind_of(company));
	db_bind_int(stmt, 2, id);
	got = db_step(stmt, err);
	if (got <= 0)
		return got == 0 ? 1 : -1;
	got = read_row(stmt, row) ? 0 : snapshot_row_damaged(snap, "customer",
	    id, err);
	db_reset(stmt);
	return got;
}

int
snapshot_customer_put(struct snapshot *snap, const struct customer_row *row,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_put, err);

	assert(row->id > 0);
	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind_of(row->company));
	db_bind_int(stmt, 2, row->id);
	db_bind_int(stmt, 3, row->state);
	db_bind_int(stmt, 4, row->updated);
	db_bind_int(stmt, 5, row->looked);
	db_bind_int(stmt, 6, row->put);
	db_bind_int(stmt, 7, row->since);
	db_bind_blob(stmt, 8, fields_bytes(&row->card));
	return db_run(stmt, err);
}

int
snapshot_customer_drop(struct snapshot *snap, bool company, int64_t id,
    struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_drop, err);

	if (stmt == NULL)
		return -1;
	db_bind_int(stmt, 1, kind_of(company));
	db_bind_int(stmt, 2, id);
	return db_run(stmt, err);
}

static const char *
sql_of(enum customer_which which)
{
	switch (which) {
	case CUSTOMERS_EXPORTED:
		return sql_exported;
	case CUSTOMERS_WAITING:
		return sql_waiting;
	case CUSTOMERS_UNREAD:
		return sql_unread;
	case CUSTOMERS_ALL:
		break;
	}
	return sql_all;
}

int
snapshot_customer_each(struct snapshot *snap, enum customer_which which,
    int (*visit)(void *ctx, const struct customer_row *row,
    struct err *err), void *ctx, struct err *err)
{
	struct db_stmt *stmt = snapshot_stmt(snap, sql_of(which), err);
	struct customer_row row;
	int64_t *numbers;
	size_t count;
	int rc = 0;

	if (stmt == NULL ||
	    snapshot_stmt_rows(stmt, &numbers, &count, err) == -1)
		return -1;
	customer_row_init(&row);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = snapshot_customer_get(snap, numbers[i] % 2 == 0,
		    numbers[i] / 2, &row, err);
		if (rc == 0)
			rc = visit(ctx, &row, err);
		else if (rc == 1)
			rc = 0;
	}
	customer_row_free(&row);
	free(numbers);
	return rc;
}

int
snapshot_customer_count(struct snapshot *snap, int64_t *waiting,
    struct err *err)
{
	return snapshot_stmt_int(snap, sql_count, waiting, err);
}
