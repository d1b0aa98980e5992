/*
 * Private to snapshot/.  Which file does what:
 *
 *   snapshot.c          opening, transactions, what is too small for a file
 *   snapshot_schema.c   the tables: numbered migrations, whose file it is
 *   snapshot_stmt.c     prepared statements, lists of row numbers
 *   snapshot_row.c      what is read back is checked
 *   snapshot_key.c      ids as they are kept
 *   snapshot_bits.c     sets of record numbers, stored
 *   snapshot_meta.c     small facts by name
 *   snapshot_record.c   records, read
 *   snapshot_each_of.c  the records and targets of one product
 *   snapshot_find.c     the record that a statement of 1C is about, fast
 *   snapshot_stage.c    records of a package, put aside
 *   snapshot_merge.c    and merged
 *   snapshot_types.c    which price types a package speaks of
 *   snapshot_joint.c    what several nodes state of one object, together
 *   snapshot_share.c    the statements of each of them
 *   snapshot_apart.c    totals of stock that cannot both be right
 *   snapshot_leave.c    a node that states it no more
 *   snapshot_seen.c     which records a package named
 *   snapshot_absent.c   which goods none did
 *   snapshot_owed.c     files that records name and that did not come
 *   order_state.c       names of the states of orders
 *   the rest            a table each
 */
#ifndef SNAPSHOT_SNAPSHOT_INTERNAL_H
#define SNAPSHOT_SNAPSHOT_INTERNAL_H

#include "base/bits.h"
#include "base/db.h"
#include "snapshot/sharing.h"

/* ---- snapshot_stmt.c ---- */

#define SNAPSHOT_STMT_SLOTS 512         /* about 130 statements */

struct snapshot_stmts {
	struct {
		const char *sql;
		struct db_stmt *stmt;
	} slots[SNAPSHOT_STMT_SLOTS];
};

/*
 * The prepared statement of this text, reset; NULL with *err filled.  Texts
 * are told apart by their address, so they are static arrays.  A statement
 * is used by one function at a time: who calls others (a visit) resets it
 * first.
 */
struct db_stmt *snapshot_stmt(struct snapshot *snap, const char *sql,
    struct err *err);
void snapshot_stmt_free_all(struct snapshot *snap);
/* Runs a query without parameters and takes its one number. */
int snapshot_stmt_int(struct snapshot *snap, const char *sql, int64_t *out,
    struct err *err);
/* With the one number that the text has room for: runs it; or takes the first
 * column of its first row: 0, 1 no row (and *out is 0), -1. */
int snapshot_stmt_run(struct snapshot *snap, const char *sql, int64_t value,
    struct err *err);
int snapshot_stmt_ask(struct snapshot *snap, const char *sql, int64_t value,
    int64_t *out, struct err *err);
/* Steps once, takes the first column, resets: 0, 1 no row, -1. */
int snapshot_stmt_one(struct db_stmt *stmt, int64_t *out, struct err *err);

/* The first column of every row, so that a visit may write what it likes.
 * For tables that stay small.  The caller frees *rows. */
int snapshot_stmt_rows(struct db_stmt *stmt, int64_t **rows, size_t *count,
    struct err *err);

/* So that a run is never long for what is old: the next one goes on. */
#define PRUNE_LIMIT " LIMIT 10000"
/* Runs `drop` with the time if `has`, with the same, finds a row. */
int snapshot_stmt_prune(struct snapshot *snap, const char *has,
    const char *drop, int64_t before, struct err *err);

/* ---- snapshot_row.c ---- */

/* Always -1. */
int snapshot_row_damaged(const struct snapshot *snap, const char *table,
    int64_t row, struct err *err);
/* Columns with a check: false when they cannot have been written by us. */
bool snapshot_row_text(struct db_stmt *stmt, int column, char *to,
    size_t size);
bool snapshot_row_int(struct db_stmt *stmt, int column, int64_t least,
    int64_t most, int64_t *out);
bool snapshot_row_fields(struct db_stmt *stmt, int column,
    struct fields *out);
bool snapshot_row_target(struct db_stmt *stmt, int kind_column,
    struct target *out);    /* kind, key */

/* ---- snapshot_key.c ---- */

struct snapshot_key {
	size_t len;
	char bytes[LIMIT_KEY_BYTES + 1];
};

/* -1: longer than LIMIT_KEY_BYTES. */
int snapshot_key_make(struct snapshot_key *key, struct str id);
struct str snapshot_key_str(const struct snapshot_key *key);
/* A stored key that was read; too long ones become a key of nothing. */
void snapshot_key_copy(struct snapshot_key *key, struct str stored);
/* The id of a stored key into out (LIMIT_KEY_BYTES); -1: not a key. */
int snapshot_key_read(char *out, size_t *len, struct str key);

/* ---- snapshot_bits.c ---- */

/* The stored form of a chunk: the bits, or a shorter list of numbers. */
struct str snapshot_bits_pack(const unsigned char *chunk,
    unsigned char out[BITS_BYTES]);
/* Adds a stored chunk; -1: not one. */
int snapshot_bits_add(struct bits *bits, int64_t chunk, struct str stored);

/* ---- records ---- */

#define RECORD_FLAG_ABSENT 1
#define RECORD_FLAG_DELETED 2           /* FIELD_DELETED, for counting */
#define RECORD_FLAGS 3

#define META_SEEN_NEWEST "seen.newest"  /* newest time of a package, ms */
#define META_SEEN_FLOOR "seen.floor"    /* older ones are not known singly */
/* 1: an offer with a characteristic was stated; never taken back. */
#define META_CHARACTERISTICS "goods.characteristics"

/* The number of the one node that had stated what there was before records
 * knew whose they are (schema step 8). */
#define META_RECORD_NODE "record.node"

/* Whose a record is: the number of the node that alone states it, or: */
#define NODE_BEFORE 0           /* META_RECORD_NODE says it; else nobody's */
#define NODE_SHARED (-1)        /* several: their own in `statement` */
#define NODE_NOBODY (-2)        /* stated by hand: that of the next one */
#define NODE_LEAST NODE_NOBODY

/* A record of the main table, or a node's statement of it; body is borrowed. */
struct snapshot_found {
	int64_t id;
	int64_t node;           /* NODE_BEFORE: nobody's */
	int64_t stated;
	int flags;
	struct str body;
};

struct snapshot_finder {
	struct db_stmt *walk;   /* over record in the order of ids */
	struct db_stmt *look;   /* by kind and key */
	int64_t last;           /* the largest id there is */
	int64_t next;           /* where the walk goes on when it is opened */
	bool open;              /* the walk stands on a row */
	bool used;              /* which has been asked for already */
	int misses;             /* in a row */
	int64_t id;             /* of the row */
	int64_t kind;
	struct str key;
};

int snapshot_find_begin(struct snapshot *snap, struct err *err);
void snapshot_find_reset(struct snapshot *snap);
/* 0; 1: no such record.  found is valid until the next call. */
int snapshot_find(struct snapshot *snap, enum record_kind kind,
    struct str key, struct snapshot_found *found, struct err *err);

/* ---- snapshot_types.c ---- */

struct snapshot_types {
	char **ids;             /* sorted */
	size_t count;
};

void snapshot_types_free(struct snapshot_types *types); /* and empties */
/* Takes what a record defines or has a price of. */
void snapshot_types_note(struct snapshot_types *types,
    const struct record *record);
/* Adds the prices of all other types to `out`; -1: too many. */
int snapshot_types_others(const struct snapshot_types *types,
    const struct fields *prices, struct fields *out);
bool snapshot_types_has(const struct snapshot_types *types, struct str id);
/* All types that packages of the node ever spoke of; 1: none is known. */
int snapshot_types_of(struct snapshot *snap, int64_t node,
    struct snapshot_types *out, struct err *err);
/* These are among them from now on. */
int snapshot_types_remember(struct snapshot *snap, int64_t node,
    const struct snapshot_types *types, struct err *err);

struct snapshot_stage {
	bool open;
	bool own_transaction;   /* a reading one, for speed */
	bool direct;            /* the first load: bodies go into record at
				   once, and the transaction becomes the
				   caller's */
	bool plain;             /* which said nothing twice */
	bool stale;             /* temporary tables hold an old stage */
	struct stage_options options;
	int64_t formed;         /* of the file, as it counts */
	int64_t newest_known;   /* before this package */
	int64_t newest;         /* of this package */
	int64_t floor;
	int64_t added;          /* new records so far */
	bool characteristics;   /* offers with one among them */
	int64_t node;           /* as whom it states what comes now; 0: by
				   hand */
	int64_t before;         /* META_RECORD_NODE */
	bool sharing;           /* a row is one of several nodes' */
	struct bits claimed;    /* nobody's, and said to be the same */
	int64_t apart;          /* snapshot_stage_apart() */
	char first_apart[LIMIT_ID_BYTES];
	size_t first_apart_len;
	struct snapshot_types types;    /* of this package */
	struct {
		struct snapshot_types types;
		int64_t node;           /* whose they are; 0: nobody's yet */
	} spoken;               /* by the node that was asked for last */
	struct snapshot_finder finder;
	struct bits named;      /* by this package */
	struct bits staged;     /* of those: a row is staged */
	struct bits other;      /* of those: its value is not `same` */
	struct bits layer;      /* said to be the same ... */
	int64_t layer_formed;           /* ... at this time */
	struct snapshot_newer {
		struct bits bits;       /* stated after `formed` */
		int64_t from, to;       /* for which times they hold */
	} newer, newer_own;             /* by anybody; by the node itself */
	struct fields scratch;
	int64_t unlike;         /* snapshot_stage_unlike() */
	char first_unlike[LIMIT_ID_BYTES];
	size_t first_unlike_len;
};

/* ---- snapshot_merge.c: temp.stage into record, temp.visit is the order */
int snapshot_merge(struct snapshot *snap, struct err *err);
/* The record is as it was, as became known when all was joined. */
int snapshot_stage_note_same(struct snapshot *snap, int64_t id,
    int64_t formed, struct err *err);
/* One that the package states twice and not alike. */
void snapshot_stage_note_unlike(struct snapshot *snap, struct str key);
/* Is a record of this kind joined from what a package says of it? */
bool snapshot_merge_joins(enum record_kind kind);

/* ---- snapshot_joint.c ---- */

/* What a node states of a record. */
struct snapshot_statement {
	int64_t node;
	int64_t stated;         /* when it changed last */
	int flags;
	struct fields fields;
};

/*
 * What they state together, in the order of their nodes; absent ones do not
 * count.  Of a field the one whose statement is the newest; stock by warehouse
 * and properties by property.  0; 1: all are absent, and nothing is filled; -1:
 * too much for one record.
 */
int snapshot_joint_make(const struct snapshot_statement *statements,
    size_t count, struct fields *out, int *flags);

/* ---- snapshot_share.c ---- */

/* Is a record of this kind kept by nodes, where several state it? */
bool snapshot_share_is_kept(enum record_kind kind);
/* A node's own statement: 0; 1: it has none (out says nothing stated).  out is
 * valid until the next call. */
int snapshot_share_own(struct snapshot *snap, int64_t record, int64_t node,
    struct snapshot_found *out, struct err *err);
/* The node whose statement is the newest: of those that are not absent, if
 * there are any.  0: there is none at all. */
int snapshot_share_newest(struct snapshot *snap, int64_t record,
    int64_t *node, struct err *err);
/*
 * What `speaker` (0: whoever spoke last) states of a record that is `node`'s,
 * NODE_BEFORE being known.  0, and *sharer is 0 where that is the record, and
 * out stays; else the node whose statement is in out.  1: nothing.
 */
int snapshot_share_find(struct snapshot *snap, int64_t record, int64_t node,
    int64_t speaker, int64_t *sharer, struct snapshot_found *out,
    struct err *err);
/* The statement becomes the node's; the record is one of several nodes' from
 * now on, and does not change. */
int snapshot_share_put(struct snapshot *snap, int64_t record, int64_t node,
    int64_t stated, int flags, struct str body, struct err *err);
/* The record becomes what its statements say together.  *changed: it was
 * another one. */
int snapshot_share_settle(struct snapshot *snap, int64_t record,
    bool *changed, struct err *err);
/* Of prices of types of which the node's package does not speak, those stay
 * that no other node states. */
int snapshot_share_keep_prices(struct snapshot *snap, int64_t record,
    int64_t node, struct fields *prices, struct err *err);
/* Of prices by hand: the newest of those statements whose nodes export all
 * types that the package speaks of; *node stays where there is none. */
int snapshot_share_exporter(struct snapshot *snap, int64_t record,
    int64_t *node, struct err *err);
/* The node is gone: prices of types that it alone states stay as they are, in
 * the statement of another. */
int snapshot_share_leave_prices(struct snapshot *snap, int64_t record,
    int64_t node, struct err *err);
/* Values of which more has become known (a picture's hash) are so in every
 * statement that has them: `now` is the record with what is known. */
int snapshot_share_complete(struct snapshot *snap, int64_t record,
    const struct fields *now, struct err *err);
/* stated() of struct record_source. */
int snapshot_record_stated(void *ctx, enum record_kind kind, struct str id,
    struct fields *out, struct err *err);
/* Rows of temp.stage that are one of several nodes' become statements, and
 * what the record is then: of those that change nothing no visit is left. */
int snapshot_share_merge(struct snapshot *snap, struct err *err);

/* ---- snapshot_apart.c ---- */

/* The sharer repeats what it said of the stock (RESTS): is that told apart from
 * what counts? */
int snapshot_apart_note(struct snapshot *snap, const struct record *record,
    const struct snapshot_found *joint, struct err *err);

/* ---- snapshot_leave.c ---- */

/* The node's statement of the record is absent from now on, as of `stated`.
 * *changed: the record became another one; *left: nobody states it now. */
int snapshot_leave_record(struct snapshot *snap, int64_t record,
    int64_t node, int64_t stated, bool *changed, bool *left,
    struct err *err);
/* So are those of the offers of a product that others still state, and their
 * stock; if it is `left` by all, of the stock alone. */
int snapshot_leave_offers(struct snapshot *snap, struct str key,
    int64_t node, int64_t stated, const struct bits *named, bool left,
    bool *changed, struct err *err);
/* So is its stock of this offer, which others still state. */
int snapshot_leave_rests(struct snapshot *snap, struct str key,
    int64_t node, int64_t stated, const struct bits *named, bool *changed,
    struct err *err);

/* ---- snapshot_seen.c ---- */

/* Puts the set aside as said at `formed` (0: counts for absence alone) and
 * empties it. */
int snapshot_seen_flush(struct snapshot *snap, struct bits *bits,
    int64_t formed, struct err *err);
/* What was put aside becomes the package's. */
int snapshot_seen_accept(struct snapshot *snap, int64_t package, int64_t node,
    struct err *err);
/* What packages formed after `formed` said, of this node and by hand (0: of
 * all); true for from <= time < to. */
int snapshot_seen_newer(struct snapshot *snap, int64_t formed, int64_t node,
    struct bits *bits, int64_t *from, int64_t *to,
    struct err *err);
int snapshot_seen_session(struct snapshot *snap, int64_t session,
    struct bits *bits, struct err *err);
int snapshot_seen_prune(struct snapshot *snap, struct err *err);

/* ---- snapshot_each_of.c: between transactions ---- */

void snapshot_known_forget(struct snapshot *snap);

/* ---- snapshot_stage.c ---- */

/* Before BEGIN; true: the transaction of a first load is open already. */
bool snapshot_stage_suspend(struct snapshot *snap);
void snapshot_stage_tidy(struct snapshot *snap);        /* after the end */
void snapshot_stage_init(struct snapshot_stage *stage);
void snapshot_stage_free(struct snapshot_stage *stage);

/* ---- snapshot_record.c ---- */

/* Steps the statement of one record to its row (number, flags, body): 0; 1
 * none; -1.  The caller resets *out, which may be NULL. */
int snapshot_record_seek(struct snapshot *snap, struct db_stmt **out,
    enum record_kind kind, struct str id, struct err *err);
int snapshot_record_get(void *ctx, enum record_kind kind, struct str id,
    struct fields *out, struct err *err);
int snapshot_record_is_absent(void *ctx, enum record_kind kind,
    struct str id);
int snapshot_record_each(void *ctx, enum record_kind kind,
    int (*visit)(void *arg, const struct record *record), void *arg,
    struct err *err);

/* ---- snapshot_each_of.c ---- */

/* Those of struct record_source. */
uint64_t snapshot_generation(void *ctx);
bool snapshot_has_characteristics(void *ctx);
bool snapshot_has_target(void *ctx, enum target_kind kind);
int snapshot_record_each_of(void *ctx, enum record_kind kind,
    struct str product, int (*visit)(void *arg, const struct record *record,
    bool absent), void *arg, struct err *err);

/* ---- snapshot_absent.c ---- */

/* Counts; with mark also marks them and fills temp.absent. */
int snapshot_absent_scan(struct snapshot *snap, int64_t session,
    int64_t node, struct str catalog, bool mark, int64_t *absent, int64_t *live,
    struct err *err);
int snapshot_absent_visit(struct snapshot *snap,
    int (*visit)(void *ctx, struct str id, struct err *err), void *ctx,
    struct err *err);

/* ---- snapshot_schema.c ---- */

/* 0; 1: an empty file; -1: foreign, newer (or older, when it may not be
 * migrated). */
int snapshot_schema_check(struct db *db, const char *path, bool read_only,
    struct err *err);
int snapshot_schema_migrate(struct db *db, struct err *err);

struct snapshot {
	struct db *db;
	char *path;
	bool read_only;
	struct snapshot_stmts stmts;
	struct snapshot_stage stage;
	uint64_t generation;    /* of the records; what is read of them within
				   one stays true */
	/* Where the last record of a kind was found, and how far from the one
	 * before: a guess for the next (snapshot_record.c). */
	struct snapshot_last {
		int64_t id, step;
	} last[RECORD_LAST];
	/*
	 * What is asked for each good.  A no holds until a transaction of ours
	 * begins or ends: another run may make a yes of it between two.
	 */
	struct {
		enum snapshot_known {
			KNOWN_NOT = 0, KNOWN_NO, KNOWN_YES
		} characteristics, targets[TARGET_LAST];
		bool walking;           /* a walk of each_of is open */
	} known;
	/* Targets of this kind get their keys at the end. */
	struct {
		enum target_kind kind;  /* TARGET_NONE: all at once */
		int64_t last;           /* the last target before */
	} fill;
};

#endif
