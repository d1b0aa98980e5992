/*
 * A snapshot in a folder of its own, for the tests of snapshot/.
 */
#ifndef TESTS_SNAPSHOT_FIXTURE_H
#define TESTS_SNAPSHOT_FIXTURE_H

#include "scratch.h"
#include "snapshot/snapshot.h"

/* What the ninth form added, taken away, and the eighth, and the seventh: older
 * ones begin with it. */
#define FORM_8 \
    "ALTER TABLE look DROP COLUMN head;" \
    "ALTER TABLE look DROP COLUMN head_bytes;"
#define FORM_7 FORM_8 \
    "ALTER TABLE record DROP COLUMN node;" \
    "ALTER TABLE seen DROP COLUMN node; DROP TABLE statement;"
#define FORM_6 FORM_7 \
    "ALTER TABLE node DROP COLUMN needs_orders;" \
    "ALTER TABLE node DROP COLUMN orders_reason;" \
    "ALTER TABLE node DROP COLUMN orders_since;" \
    "ALTER TABLE deal DROP COLUMN ended; DROP TABLE customer;" \
    "ALTER TABLE run ADD COLUMN text TEXT NOT NULL DEFAULT '';" \
    "ALTER TABLE package ADD COLUMN text TEXT NOT NULL DEFAULT '';"

struct fixture {
	void *folder;
	char *path;
	struct snapshot *snap;
	struct err err;
};

static inline int
fixture_make(void **state)
{
	struct fixture *fixture = mem_alloc(sizeof(*fixture));

	*state = fixture;
	if (scratch_make(&fixture->folder) != 0)
		return -1;
	fixture->path = mem_printf("%s/state.db", (char *)fixture->folder);
	return snapshot_open(&fixture->snap, fixture->path, false,
	    &fixture->err);
}

static inline int
fixture_remove(void **state)
{
	struct fixture *fixture = *state;
	int rc;

	snapshot_close(fixture->snap);
	free(fixture->path);
	rc = scratch_remove(&fixture->folder);
	free(fixture);
	return rc;
}

static inline void
fixture_reopen(struct fixture *fixture)
{
	snapshot_close(fixture->snap);
	assert_int_equal(snapshot_open(&fixture->snap, fixture->path, false,
	    &fixture->err), 0);
}

/* Runs SQL behind the program's back: damage. */
static inline void
fixture_damage(struct fixture *fixture, const char *sql)
{
	struct db *db;

	snapshot_close(fixture->snap);
	assert_int_equal(db_open(&db, fixture->path, false, NULL), 0);
	assert_int_equal(db_exec(db, sql, &fixture->err), 0);
	db_close(db);
	assert_int_equal(snapshot_open(&fixture->snap, fixture->path, false,
	    &fixture->err), 0);
}

#define test(name) \
    cmocka_unit_test_setup_teardown(name, fixture_make, fixture_remove)

#endif
