/*
 * SQLite, opened the way we need it: WAL, synchronous FULL, foreign keys on,
 * a bounded cache, temp files on disk.  Statements are prepared once and kept
 * by the caller.  An error that SQLite reports becomes ERR_SYSTEM with the
 * file's name and SQLite's text.  All of this belongs to one thread of the
 * program: the first that opens a db.
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct db_stmt;

int db_open(struct db **out, const char *path, bool read_only,
    struct err *err);
/*
 * A new file under a name that nobody looks at.  Nothing of it is synced, and
 * its journal is in memory: killed, it is thrown away.  db_made() ends that:
 * it is as db_open() wants it then, and the caller closes it, syncs it and
 * gives it its name.
 */
int db_make(struct db **out, const char *path, struct err *err);
int db_made(struct db *db, struct err *err);
void db_close(struct db *db);           /* NULL is fine */

int db_exec(struct db *db, const char *sql, struct err *err);

/* The statement lives until db_stmt_free(). */
int db_prepare(struct db_stmt **out, struct db *db, const char *sql,
    struct err *err);
void db_stmt_free(struct db_stmt *stmt); /* NULL is fine */

/* Binding from 1; texts and blobs must live until the next reset.  STR_NONE
 * is an empty text, not NULL.  A place that is not there fails the step. */
void db_bind_int(struct db_stmt *stmt, int place, int64_t value);
void db_bind_text(struct db_stmt *stmt, int place, struct str text);
void db_bind_blob(struct db_stmt *stmt, int place, struct str bytes);
void db_bind_null(struct db_stmt *stmt, int place);

/* 1: a row is there; 0: the end; -1: error.  At the end or on error the
 * statement is reset and its bindings are cleared. */
int db_step(struct db_stmt *stmt, struct err *err);
void db_reset(struct db_stmt *stmt);    /* clears the bindings too */
/* Runs a statement that returns no rows: 0 or -1. */
int db_run(struct db_stmt *stmt, struct err *err);

/* Columns from 0; texts are valid until the next step or reset; NULL is 0 and
 * STR_NONE. */
int64_t db_int(struct db_stmt *stmt, int column);
struct str db_text(struct db_stmt *stmt, int column);
struct str db_blob(struct db_stmt *stmt, int column);
bool db_is_null(struct db_stmt *stmt, int column);

int64_t db_last_id(struct db *db);
int db_changes(struct db *db);

/* BEGIN IMMEDIATE; COMMIT is a counted step before and after, and so is a
 * statement that writes outside of a transaction (but not db_exec()). */
int db_begin(struct db *db, struct err *err);
int db_commit(struct db *db, struct err *err);
void db_rollback(struct db *db);
bool db_in_transaction(struct db *db);

#endif
