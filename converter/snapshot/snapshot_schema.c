/*
 * The tables, as numbered steps.  A step that has been released is never
 * edited; what changes later is a new step.
 */
#include "snapshot/snapshot_internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"

#define APPLICATION_ID 0x434d4c34       /* "CML4", in SQLite's header */

/*
 * record_key is kept apart from record so that both are written in their own
 * order: record as 1C names things (so a later package finds them one behind
 * the other), record_key sorted.
 */
static const char records_1[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL,"
    " value BLOB NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE record (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, stated INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " body BLOB NOT NULL) STRICT;"
    "CREATE TABLE record_key (kind INTEGER NOT NULL, key BLOB NOT NULL,"
    " id INTEGER NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE seen (id INTEGER PRIMARY KEY, package INTEGER NOT NULL,"
    " formed INTEGER NOT NULL, chunk INTEGER NOT NULL, bits BLOB NOT NULL)"
    " STRICT;"
    "CREATE INDEX seen_package ON seen (package, formed);";

static const char changes_1[] =
    "CREATE TABLE target (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, portal_id INTEGER NOT NULL DEFAULT 0,"
    " flags INTEGER NOT NULL DEFAULT 0, agreed BLOB NOT NULL DEFAULT x'',"
    " UNIQUE (kind, key)) STRICT;"
    "CREATE INDEX target_portal ON target (kind, portal_id)"
    " WHERE portal_id <> 0;"

    "CREATE TABLE change (row INTEGER PRIMARY KEY REFERENCES target,"
    " kind INTEGER NOT NULL, verb INTEGER NOT NULL, state INTEGER NOT NULL,"
    " rank INTEGER NOT NULL, depends INTEGER NOT NULL,"
    " forced INTEGER NOT NULL, released INTEGER NOT NULL,"
    " hash INTEGER NOT NULL, tries INTEGER NOT NULL,"
    " next_try INTEGER NOT NULL, since INTEGER NOT NULL,"
    " package INTEGER NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL)"
    " STRICT;"
    "CREATE INDEX change_planned ON change (rank, row) WHERE state = 1;"
    "CREATE INDEX change_depends ON change (depends) WHERE state = 2;"
    "CREATE INDEX change_stuck ON change (state, package) WHERE state > 2;"

    "CREATE TABLE attempt (id INTEGER PRIMARY KEY, request INTEGER NOT NULL,"
    " place INTEGER NOT NULL, row INTEGER NOT NULL REFERENCES target,"
    " verb INTEGER NOT NULL, portal_id INTEGER NOT NULL,"
    " parent_id INTEGER NOT NULL, boot TEXT NOT NULL, ms INTEGER NOT NULL,"
    " wall INTEGER NOT NULL, sent BLOB NOT NULL, UNIQUE (request, place))"
    " STRICT;"
    "CREATE INDEX attempt_row ON attempt (row);"
    "CREATE TABLE recheck (row INTEGER PRIMARY KEY REFERENCES target,"
    " due INTEGER NOT NULL) STRICT;"
    "CREATE INDEX recheck_due ON recheck (due);"

    "CREATE TABLE history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " run INTEGER NOT NULL, package INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, verb INTEGER NOT NULL, portal_id INTEGER NOT NULL,"
    " removed INTEGER NOT NULL, note TEXT NOT NULL, before BLOB NOT NULL,"
    " after BLOB NOT NULL) STRICT;"
    "CREATE INDEX history_key ON history (key);"
    "CREATE INDEX history_at ON history (at);"
    "CREATE INDEX history_removed ON history (at) WHERE removed = 1;"
    "CREATE TABLE run (id INTEGER PRIMARY KEY, began INTEGER NOT NULL,"
    " ended INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0,"
    " failed INTEGER NOT NULL DEFAULT 0,"
    " requests INTEGER NOT NULL DEFAULT 0,"
    " exit_code INTEGER NOT NULL DEFAULT 0, command TEXT NOT NULL,"
    " text TEXT NOT NULL DEFAULT '') STRICT;";

static const char intake_1[] =
    "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " needs_full INTEGER NOT NULL, reason TEXT NOT NULL,"
    " needs_since INTEGER NOT NULL, formed INTEGER NOT NULL,"
    " catalog TEXT NOT NULL) STRICT;"
    "CREATE TABLE session (id INTEGER PRIMARY KEY, node TEXT NOT NULL,"
    " closed INTEGER NOT NULL, began INTEGER NOT NULL,"
    " last_file INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;"
    "CREATE INDEX session_open ON session (node) WHERE closed = 0;"
    "CREATE TABLE session_file (id INTEGER PRIMARY KEY,"
    " session INTEGER NOT NULL, package INTEGER NOT NULL,"
    " name TEXT NOT NULL, series TEXT NOT NULL, portion INTEGER NOT NULL,"
    " whole INTEGER NOT NULL, has_catalog INTEGER NOT NULL,"
    " goods INTEGER NOT NULL, formed INTEGER NOT NULL,"
    " catalog TEXT NOT NULL, hash INTEGER NOT NULL,"
    " UNIQUE (session, package, name)) STRICT;"
    "CREATE TABLE package (id INTEGER PRIMARY KEY,"
    " session INTEGER NOT NULL, state INTEGER NOT NULL, node TEXT NOT NULL,"
    " taken INTEGER NOT NULL, formed INTEGER NOT NULL,"
    " hash INTEGER NOT NULL, records INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, older INTEGER NOT NULL,"
    " accepted INTEGER NOT NULL, text TEXT NOT NULL, place TEXT NOT NULL)"
    " STRICT;"
    "CREATE INDEX package_state ON package (state) WHERE state < 4;"
    "CREATE INDEX package_hash ON package (hash);"
    "CREATE INDEX package_session ON package (session);"
    "CREATE TABLE look (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,"
    " inode INTEGER NOT NULL, first INTEGER NOT NULL, seen INTEGER NOT NULL,"
    " reported INTEGER NOT NULL) STRICT;";

/* As record and record_key: a first load adds a target per good, and the
 * keys are written sorted when all are there (snapshot_target.c). */
static const char targets_2[] =
    "CREATE TABLE target_key (kind INTEGER NOT NULL, key BLOB NOT NULL,"
    " id INTEGER NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;"
    "INSERT INTO target_key (kind, key, id)"
    " SELECT kind, key, id FROM target ORDER BY kind, key;"
    "CREATE TABLE target_2 (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, portal_id INTEGER NOT NULL DEFAULT 0,"
    " flags INTEGER NOT NULL DEFAULT 0, agreed BLOB NOT NULL DEFAULT x'')"
    " STRICT;"
    "INSERT INTO target_2 (id, kind, key, portal_id, flags, agreed)"
    " SELECT id, kind, key, portal_id, flags, agreed FROM target"
    " ORDER BY id;"
    "DROP TABLE target;"
    "ALTER TABLE target_2 RENAME TO target;"
    "CREATE INDEX target_portal ON target (kind, portal_id)"
    " WHERE portal_id <> 0;"
    /* Nobody asked for them. */
    "DROP INDEX package_hash;"
    "ALTER TABLE package DROP COLUMN hash;"
    "ALTER TABLE session_file DROP COLUMN hash;";

static const char orders_3[] =
    "CREATE TABLE deal (id INTEGER PRIMARY KEY, number INTEGER NOT NULL,"
    " state INTEGER NOT NULL, category INTEGER NOT NULL,"
    " company INTEGER NOT NULL, contact INTEGER NOT NULL,"
    " manager INTEGER NOT NULL, updated INTEGER NOT NULL,"
    " looked INTEGER NOT NULL, put INTEGER NOT NULL,"
    " first_put INTEGER NOT NULL, offered INTEGER NOT NULL,"
    " heard INTEGER NOT NULL, since INTEGER NOT NULL,"
    " node TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,"
    " document BLOB NOT NULL, known BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX deal_number ON deal (number) WHERE number > 0;"
    "CREATE INDEX deal_state ON deal (state, number);"
    "CREATE INDEX deal_company ON deal (company) WHERE company <> 0;"
    "CREATE INDEX deal_contact ON deal (contact) WHERE contact <> 0;"
    "CREATE TABLE document (number TEXT NOT NULL, id BLOB NOT NULL,"
    " PRIMARY KEY (number, id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX document_id ON document (id);";

/* What is too old is found without a walk through what is not. */
static const char prune_3[] =
    "CREATE INDEX run_ended ON run (ended) WHERE ended <> 0;"
    "CREATE INDEX session_closed ON session (last_file) WHERE closed = 1;"
    "CREATE INDEX package_done ON package (taken) WHERE state = 4;";

static const char terms_4[] =
    "CREATE TABLE term (kind INTEGER NOT NULL, of BLOB NOT NULL,"
    " id BLOB NOT NULL, portal_id INTEGER NOT NULL,"
    " PRIMARY KEY (kind, of, id)) STRICT, WITHOUT ROWID;"
    "ALTER TABLE session_file ADD COLUMN offers INTEGER NOT NULL DEFAULT 0;"
    /* What snapshot_stage.c says of offers that come (RECORD_OFFER): is there
     * a '#' behind the part of the key that may be packed? */
    "INSERT OR REPLACE INTO meta (name, value)"
    " SELECT '" META_CHARACTERISTICS "', x'31' WHERE EXISTS"
    " (SELECT 1 FROM record_key WHERE kind = 9 AND instr(substr(key,"
    " CASE substr(key, 1, 1) WHEN x'01' THEN 18 ELSE 2 END), x'23') > 0);";

/* Found by its record while that is restated, by node and path when a file
 * comes. */
static const char owed_5[] =
    "CREATE TABLE owed (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " key BLOB NOT NULL, path TEXT NOT NULL, node TEXT NOT NULL,"
    " place TEXT NOT NULL, UNIQUE (kind, key, path)) STRICT;"
    "CREATE INDEX owed_path ON owed (node, path);"
    "ALTER TABLE package ADD COLUMN late INTEGER NOT NULL DEFAULT 0;";

/* Orders of 1C (kind 20) that became deals: one deal is one order's.  Programs
 * before know neither these nor the state of their rows in `deal`. */
static const char onec_orders_6[] =
    "CREATE UNIQUE INDEX target_onec_order ON target (portal_id)"
    " WHERE kind = 20 AND portal_id <> 0;";

/* What a node has to send anew, of goods and of orders each by itself: 2 meant
 * that nothing but orders was lost.  What stopped a run, and why a package was
 * rejected, nobody read there: the log says it, and the package's report. */
static const char needs_7[] =
    "ALTER TABLE node ADD COLUMN needs_orders INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE node ADD COLUMN orders_reason TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE node ADD COLUMN orders_since INTEGER NOT NULL DEFAULT 0;"
    "UPDATE node SET needs_full = 0, needs_orders = 1,"
    " orders_reason = reason, orders_since = needs_since,"
    " reason = '', needs_since = 0 WHERE needs_full = 2;"
    "ALTER TABLE run DROP COLUMN text;"
    "ALTER TABLE package DROP COLUMN text;";

/* Deals that were read before are read once more, and then it is known. */
static const char ended_7[] =
    "ALTER TABLE deal ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;";

/* Clients of the portal that 1C hears of without an order. */
static const char customers_7[] =
    "CREATE TABLE customer (kind INTEGER NOT NULL, id INTEGER NOT NULL,"
    " state INTEGER NOT NULL, updated INTEGER NOT NULL,"
    " looked INTEGER NOT NULL, put INTEGER NOT NULL, since INTEGER NOT NULL,"
    " card BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX customer_waiting ON customer (id) WHERE state = 1;"
    "CREATE INDEX customer_unread ON customer (id) WHERE looked = 0;";

/* Whose a record is (snapshot_share.c).  While one node alone was heard of, all
 * there is is its own; of several it is not known. */
static const char nodes_8[] =
    "ALTER TABLE record ADD COLUMN node INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE seen ADD COLUMN node INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE statement (record INTEGER NOT NULL, node INTEGER NOT NULL,"
    " stated INTEGER NOT NULL, flags INTEGER NOT NULL, body BLOB NOT NULL,"
    " PRIMARY KEY (record, node)) STRICT, WITHOUT ROWID;"
    "INSERT OR REPLACE INTO meta (name, value)"
    " SELECT '" META_RECORD_NODE "', CAST(CAST(max(id) AS TEXT) AS BLOB)"
    " FROM node WHERE substr(name, 1, 4) <> 'zip:'"
    " AND substr(name, 1, 5) <> 'file:'"
    " AND substr(name, 1, 7) <> 'import:' HAVING count(*) = 1;";

/* What the files of the inbox began with when they were looked at: lost.c. */
static const char looks_9[] =
    "ALTER TABLE look ADD COLUMN head INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE look ADD COLUMN head_bytes INTEGER NOT NULL DEFAULT 0;";

#define PARTS 4

static const char *const steps[][PARTS] = {
	{ records_1, changes_1, intake_1, NULL },
	{ targets_2, NULL },
	{ orders_3, prune_3, NULL },
	{ terms_4, NULL },
	{ owed_5, NULL },
	{ onec_orders_6, NULL },
	{ needs_7, ended_7, customers_7, NULL },
	{ nodes_8, NULL },
	{ looks_9, NULL },
};

#define STEP_COUNT ((int64_t)(sizeof(steps) / sizeof(steps[0])))

static int
ask(struct db *db, const char *sql, int64_t *out, struct err *err)
{
	struct db_stmt *stmt;
	int rc;

	if (db_prepare(&stmt, db, sql, err) == -1)
		return -1;
	rc = snapshot_stmt_one(stmt, out, err);
	db_stmt_free(stmt);
	return rc == 0 ? 0 : -1;
}

static int
versions(struct db *db, int64_t *application, int64_t *version,
    int64_t *tables, struct err *err)
{
	if (ask(db, "PRAGMA application_id", application, err) == -1 ||
	    ask(db, "PRAGMA user_version", version, err) == -1)
		return -1;
	return ask(db, "SELECT count(*) FROM sqlite_schema", tables, err);
}

int
snapshot_schema_check(struct db *db, const char *path, bool read_only,
    struct err *err)
{
	int64_t application, version, tables;

	if (versions(db, &application, &version, &tables, err) == -1)
		return -1;
	if (application == 0 && version == 0 && tables == 0)
		return 1;
	if (application != APPLICATION_ID)
		return err_set(err, ERR_STATE, _("%s: not a cml24 state "
		    "file, but a database of another program"), path);
	if (version > STEP_COUNT)
		return err_set(err, ERR_STATE, _("%s: made by a newer cml24 "
		    "(form %" PRId64 ", this one knows %" PRId64 "): install "
		    "that version"), path, version, STEP_COUNT);
	if (version < 1 || (read_only && version < STEP_COUNT))
		return err_set(err, ERR_STATE, _("%s: made by an older cml24 "
		    "(form %" PRId64 "): `cml24 run` brings it up to date"),
		    path, version);
	return 0;
}

static int
run_step(struct db *db, int64_t number, struct err *err)
{
	size_t i;

	for (i = 0; i < PARTS && steps[number - 1][i] != NULL; i++)
		if (db_exec(db, steps[number - 1][i], err) == -1)
			return -1;
	return 0;
}

/* The step and its number are in one transaction: it is done once. */
static int
take_step(struct db *db, int64_t number, struct err *err)
{
	char *mark = mem_printf("PRAGMA application_id = %d;"
	    "PRAGMA user_version = %" PRId64, APPLICATION_ID, number);
	int64_t version;
	int rc = db_begin(db, err);

	/* Another run may have been here meanwhile. */
	if (rc == 0 && ask(db, "PRAGMA user_version", &version, err) == -1)
		rc = -1;
	if (rc == 0 && version < number &&
	    (run_step(db, number, err) == -1 ||
	    db_exec(db, mark, err) == -1))
		rc = -1;
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc == -1)
		db_rollback(db);
	free(mark);
	return rc;
}

/* A table that others refer to may be made anew only without their keys
 * being looked at, which is switched outside of a transaction. */
int
snapshot_schema_migrate(struct db *db, struct err *err)
{
	int64_t number;
	int rc;

	if (ask(db, "PRAGMA user_version", &number, err) == -1)
		return -1;
	if (number == STEP_COUNT)
		return 0;
	rc = db_exec(db, "PRAGMA foreign_keys=OFF", err);
	while (rc == 0 && number < STEP_COUNT)
		rc = take_step(db, ++number, err);
	if (rc == 0)
		rc = db_exec(db, "PRAGMA foreign_keys=ON", err);
	return rc;
}
