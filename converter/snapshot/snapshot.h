/*
 * What the program remembers, in one SQLite file (DESIGN 6):
 *
 *   record    what 1C last stated
 *   target    image: what both sides last agreed, and the portal's id
 *   change    wanted minus agreed: one open change per target
 *   attempt   what is on its way
 *   history   every change made
 *   deal      a deal of the portal and its order in 1C
 *   document  which documents of 1C speak of an order
 *   customer  a client of the portal that 1C hears of without an order
 *
 * and beside them nodes, sessions, packages and looks at the inbox.  flow/
 * decides when a transaction begins and ends; everything here works inside
 * or outside of one.  What is read back is checked as foreign data.
 */
#ifndef SNAPSHOT_SNAPSHOT_H
#define SNAPSHOT_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "model/record.h"
#include "model/target.h"
#include "model/term.h"

struct snapshot;

/*
 * Opens or makes the file, migrates an older one (numbered steps, each in a
 * transaction).  A newer or a foreign file is refused with ERR_SYSTEM and a
 * text that says so.  read_only: never makes, never migrates; 1: no file.
 */
int snapshot_open(struct snapshot **out, const char *path, bool read_only,
    struct err *err);
void snapshot_close(struct snapshot *snap);     /* NULL is fine */

int snapshot_begin(struct snapshot *snap, struct err *err);
int snapshot_commit(struct snapshot *snap, struct err *err);
void snapshot_rollback(struct snapshot *snap);
/* Rolls back and returns -1 where rc is that, else commits. */
int snapshot_end(struct snapshot *snap, int rc, struct err *err);
bool snapshot_in_transaction(struct snapshot *snap);

/* Small facts by name.  get: 1 when there is none. */
int snapshot_meta_get(struct snapshot *snap, const char *name,
    struct buf *out, struct err *err);
int snapshot_meta_set(struct snapshot *snap, const char *name,
    struct str value, struct err *err);
/* As whole numbers; absent reads as `otherwise`. */
int64_t snapshot_meta_int(struct snapshot *snap, const char *name,
    int64_t otherwise);
int snapshot_meta_set_int(struct snapshot *snap, const char *name,
    int64_t value, struct err *err);

/* ---- records (snapshot_record.c, snapshot_stage.c) ---- */

/* Reading, as mapping wants it; valid as long as snap. */
struct record_source snapshot_source(struct snapshot *snap);
int snapshot_record_count(struct snapshot *snap, enum record_kind kind,
    int64_t *count, struct err *err);

/*
 * Staging: records of what is taken together are compared with the main
 * table and only new and changed ones are kept aside, in a temporary table
 * that a crash wipes.  Memory does not grow with the package.
 */
struct stage_options {
	int64_t package;        /* its number */
	int64_t formed;         /* ДатаФормирования of the file, wall ms */
	bool older;             /* apply even what a newer package stated */
	bool force;             /* report every record to accept's visit */
	int64_t node;           /* snapshot_node_number() of who states it; 0:
				   it is imported by hand */
};
enum staged {
	STAGED_SAME,
	STAGED_NEW,
	STAGED_CHANGED,
	STAGED_OLDER            /* a newer package stated it: skipped */
};
int snapshot_stage_begin(struct snapshot *snap,
    const struct stage_options *options, struct err *err);
/* A new file of the same package: its time. */
void snapshot_stage_formed(struct snapshot *snap, int64_t formed);
/*
 * PRICES, RESTS and PROPERTY stated more than once in one package are joined by
 * the first part of their values (price type, warehouse, value of a list); of
 * other kinds the last one counts.  PRICES known of types that the package
 * neither states nor has a price of stay beside what it says: another node
 * of the same 1C may export them.
 * PRODUCT, OFFER: an equal record that was absent becomes present (CHANGED).
 *
 * GROUP, PROPERTY, PRODUCT, OFFER and RESTS that several nodes state are what
 * these say together: the result is of the node's own statement, and so is
 * "older".
 */
int snapshot_stage_put(struct snapshot *snap, const struct record *record,
    enum staged *result, struct err *err);
void snapshot_stage_drop(struct snapshot *snap);
/* After the next: how many GROUPs and PRODUCTs the package stated twice and
 * not alike; *first: the id of one, borrowed until the next package. */
int64_t snapshot_stage_unlike(const struct snapshot *snap, struct str *first);
/*
 * Inside a transaction of the caller: replaces the records, remembers which
 * records the package named, and calls visit for each new or changed record
 * (with `force`: for each named one) in the order of kind and id.
 */
int snapshot_stage_accept(struct snapshot *snap,
    int (*visit)(void *ctx, enum record_kind kind, struct str id,
    enum staged how, struct err *err), void *ctx, struct err *err);

/*
 * Goods (RECORD_PRODUCT) of `catalog` that no package of the session named
 * become absent; visit is called for each.  Inside a transaction.  The
 * count of the goods that were there is put into *live.
 *
 * node: whose session it is (0: nobody's).  What others stated is not looked
 * at.  A good that others state too goes on as theirs, and is visited where
 * that makes it another one.
 */
int snapshot_mark_absent(struct snapshot *snap, int64_t session,
    int64_t node, struct str catalog, int (*visit)(void *ctx, struct str id,
    struct err *err), void *ctx, int64_t *live, struct err *err);
/* How many would become absent, without a change. */
int snapshot_count_absent(struct snapshot *snap, int64_t session,
    int64_t node, struct str catalog, int64_t *absent, int64_t *live,
    struct err *err);

/*
 * Offers that no package of the closed session named become absent, of
 * characteristics ("product#…") and of the product itself, where the product
 * is one of `catalog` that was named with another offer at least: where no
 * offer of a product came, they are missing rather than stated not to be.
 * Visit is called for each.  Inside a transaction.  As with goods, not those
 * that a newer package stated or that 1C marked deleted.
 */
int snapshot_mark_absent_offers(struct snapshot *snap, int64_t session,
    int64_t node, struct str catalog, int (*visit)(void *ctx, struct str id,
    struct err *err), void *ctx, struct err *err);

/* ---- files that did not come (snapshot_owed.c) ---- */

/*
 * A record names files by their paths, and some are not in its package, or
 * cannot be used.  Those are owed to it: by the folder of the node that stated
 * it last, beside the XML file (`place`, "" the node's folder itself) or in one
 * of the folders above it.
 */
enum owed_came {
	OWED_CAME,              /* owed no more */
	OWED_AS_BEFORE,         /* owed if it was owed before */
	OWED_MISSING,
	OWED_BY_NOBODY          /* missing, and no folder can bring it: a
				   package that states the record anew */
};
struct owed {
	int64_t row;            /* its number: valid until it is dropped */
	enum record_kind kind;
	size_t id_len;
	char id[LIMIT_KEY_BYTES];       /* of the record */
	char path[LIMIT_NAME_BYTES];    /* '/' only */
	char place[LIMIT_NAME_BYTES];
};
/*
 * While staging: what the package says of a file that the record names.  Of a
 * record that is noted the files that are not are named no more; one that names
 * none at all is noted with an empty path and OWED_CAME.  Nothing of it counts
 * before snapshot_owed_accept(), nor when the stage is dropped.
 */
int snapshot_owed_note(struct snapshot *snap, enum record_kind kind,
    struct str id, const char *path, const char *place, enum owed_came came,
    struct err *err);
/* While staging: has the package said of it whether it came? */
int snapshot_owed_is_noted(struct snapshot *snap, const struct owed *owed,
    bool *noted, struct err *err);
/* Inside the transaction that accepts the stage, before its end.  node: whose
 * folder the files would come to; NULL: none, nobody owes what is missing, and
 * what was owed before stays. */
int snapshot_owed_accept(struct snapshot *snap, const char *node,
    struct err *err);
/* Is anything owed, by this node or (NULL) by any? */
int snapshot_owed_any(struct snapshot *snap, const char *node, bool *any,
    struct err *err);
/* Whom this file of the node's folder ("goods/1/import_files/a.jpg") is owed
 * to; visit may drop rows, and a positive number of it ends the walk and is
 * returned. */
int snapshot_owed_each(struct snapshot *snap, const char *node,
    const char *file, int (*visit)(void *ctx, const struct owed *owed,
    struct err *err), void *ctx, struct err *err);
/* All that is owed, record by record. */
int snapshot_owed_all(struct snapshot *snap, int (*visit)(void *ctx,
    const struct owed *owed, struct err *err), void *ctx, struct err *err);
int snapshot_owed_drop(struct snapshot *snap, int64_t row, struct err *err);
/* What has become known of a record later, as no statement of 1C: its values
 * are these, and when it was stated stays.  1: no such record. */
int snapshot_record_complete(struct snapshot *snap, enum record_kind kind,
    struct str id, const struct fields *fields, struct err *err);

/* ---- terms (snapshot_term.c) ---- */

/* What the portal has of a term; portal_id 0: it has it no more. */
int snapshot_term_put(struct snapshot *snap, enum term_kind kind,
    struct str of, struct str id, int64_t portal_id, struct err *err);
/* Adds to the set what the portal has: the values of lists, which are many, or
 * all else. */
int snapshot_term_load(struct snapshot *snap, bool values,
    struct term_set *set, struct err *err);

/* ---- targets and their image (snapshot_target.c) ---- */

struct image {
	int64_t target;         /* row number of the target */
	int64_t portal_id;      /* 0: not there, as far as we know */
	bool gone;              /* not there, and we know it: we deleted it,
				   looked for it, or it was found deleted */
	bool lost;              /* somebody deleted it in the portal */
	bool apart;             /* a person said that it is not what it was
				   linked to */
	struct fields agreed;   /* caller owns: image_init/free */
};
static inline void
image_init(struct image *image)
{
	*image = (struct image){ 0 };
	fields_init(&image->agreed);
}

static inline void
image_free(struct image *image)
{
	fields_free(&image->agreed);
}

/* 0; 1: the target has never been heard of (image->target is 0). */
int snapshot_image_get(struct snapshot *snap, const struct target *target,
    struct image *image, struct err *err);
/* By row number: also fills *target. */
int snapshot_image_by_row(struct snapshot *snap, int64_t row,
    struct target *target, struct image *image, struct err *err);
/* Makes the target's row when there is none; *row is its number. */
int snapshot_target_row(struct snapshot *snap, const struct target *target,
    int64_t *row, struct err *err);
/* Makes the row of a target that has none, as image_get has just said. */
int snapshot_target_add(struct snapshot *snap, const struct target *target,
    int64_t *row, struct err *err);
/*
 * A first load: from now on each target of the kind is made once, by
 * snapshot_target_add, and image_get says of all of them that it has never
 * heard of them; their keys are written, in order, by snapshot_fill_end.
 * 1: there are targets of the kind, so this is no first load.  Inside a
 * transaction; a rollback ends it too.
 */
int snapshot_fill_begin(struct snapshot *snap, enum target_kind kind,
    struct err *err);
int snapshot_fill_end(struct snapshot *snap, struct err *err);
/* Stores portal_id, gone, lost, apart and agreed. */
int snapshot_image_put(struct snapshot *snap, const struct image *image,
    struct err *err);
/* Row of the target with this portal id, or 1. */
int snapshot_image_by_portal_id(struct snapshot *snap, enum target_kind kind,
    int64_t portal_id, struct target *target, struct err *err);
/* Each target of the kind whose target_id() this is, in key order: which ones
 * there are was read before. */
int snapshot_image_each_of(struct snapshot *snap, enum target_kind kind,
    struct str id, int (*visit)(void *ctx, const struct target *target,
    struct err *err), void *ctx, struct err *err);
/* Each target of the kind in key order; target + image are the callee's to
 * read only. */
int snapshot_image_each(struct snapshot *snap, enum target_kind kind,
    int (*visit)(void *ctx, const struct target *target,
    const struct image *image, struct err *err), void *ctx, struct err *err);

/* ---- changes (snapshot_change.c) ---- */

enum change_state {
	CHANGE_PLANNED = 1,     /* to be sent when due */
	CHANGE_WAITING = 2,     /* for the target in `depends` */
	CHANGE_SENT = 3,        /* an attempt exists */
	CHANGE_FAILED = 4,      /* the portal refused it; waits for a change of
				   its values, of the rules, or `retry` */
	CHANGE_HELD = 5         /* the fuse; waits for a person */
};

/*
 * What a WAITING change waits for that has no row: a section may go when it
 * has become empty.  Nothing is wrong with it, so it is not counted as open.
 */
#define CHANGE_RESTS (-1)

#define CHANGE_TEXT_BYTES 1024

struct change {
	int64_t row;            /* the target's row: its identity */
	struct target target;
	enum verb verb;
	enum change_state state;
	int rank;               /* sending order, small first */
	int64_t depends;        /* target row, 0 none, or CHANGE_RESTS */
	bool forced;            /* all values again, changed or not */
	bool released;          /* a removal that the fuse let through */
	uint64_t hash;          /* of the values wanted when it failed */
	int tries;
	int64_t next_try;       /* wall ms; due, too, where that is more than
				   LIMIT_WAIT_MS away */
	int64_t since;          /* wall ms: when it was first planned */
	int64_t package;        /* the package that asked for it; 0 */
	char code[48];          /* cause, stable, for grouping: "" none */
	char text[CHANGE_TEXT_BYTES];   /* cause, for a person; told
				   (base/told.h), and flow/choice.h */
};

/* Insert or replace, except: while an attempt for the row exists, its state
 * is SENT whatever is put. */
int snapshot_change_put(struct snapshot *snap, const struct change *change,
    struct err *err);
/* 1: none. */
int snapshot_change_get(struct snapshot *snap, int64_t row,
    struct change *change, struct err *err);
int snapshot_change_drop(struct snapshot *snap, int64_t row,
    struct err *err);

/* Where a walk over sendable changes stands; {0} begins. */
struct change_cursor {
	int rank;
	int64_t row;
	int64_t passed;         /* the package whose new products are passed
				   over without a visit; 0: none */
};
/* The next PLANNED change that is due at `now`; 1: no more. */
int snapshot_change_next(struct snapshot *snap, struct change_cursor *at,
    int64_t now, struct change *change, struct err *err);
/* WAITING changes that depend on the row become PLANNED. */
int snapshot_change_release(struct snapshot *snap, int64_t depends,
    struct err *err);
/* Every change (state 0) or those of a state, in rank order. */
int snapshot_change_each(struct snapshot *snap, enum change_state state,
    int (*visit)(void *ctx, const struct change *change, struct err *err),
    void *ctx, struct err *err);
/* Counts; `by` target kind and verb: of PLANNED, WAITING and SENT. */
struct change_counts {
	int64_t by[TARGET_LAST][VERB_LINK + 1];         /* to be sent */
	int64_t of_kind[TARGET_LAST];   /* in whatever state */
	int64_t planned, waiting, sent, failed, held, total;
	int64_t resting;        /* not in waiting, not in total */
	int64_t next_try;       /* the earliest of the planned ones */
};
int snapshot_change_count(struct snapshot *snap, struct change_counts *out,
    struct err *err);
/* Is there any that would be in `total`? */
int snapshot_change_any(struct snapshot *snap, bool *any, struct err *err);
/* Is a PLANNED one due at `now`? */
int snapshot_change_is_due(struct snapshot *snap, int64_t now, bool *due,
    struct err *err);
/* The code of a FAILED one that only tells of a double which the portal keeps;
 * its row has a recheck. */
#define CHANGE_DOUBLE "double"
/* The code of one whose request had no answer, `tries` times. */
#define CHANGE_NO_ANSWER "answer-lost"
/* FAILED (and PLANNED with a later next_try) become due now: the given row,
 * or all when row is 0.  Those of CHANGE_DOUBLE go, and the recheck is due.
 * Inside a transaction, or what is counted may be done in part. */
int snapshot_change_retry(struct snapshot *snap, int64_t row,
    int64_t *count, struct err *err);
/* The row's change becomes PLANNED and `released`, if it is HELD. */
int snapshot_change_let(struct snapshot *snap, int64_t row,
    struct err *err);
/*
 * The same for all that is HELD of what the session named: the good, its
 * offer, its prices, or the product of a characteristic that is not absent
 * (snapshot_let.c); and of what is absent of a catalogue.
 */
int snapshot_let_named(struct snapshot *snap, int64_t session,
    struct err *err);
int snapshot_let_absent(struct snapshot *snap, const char *catalog,
    struct err *err);

/* All PLANNED changes to targets of these kinds that are due at `now` are due
 * at `until` instead, for this reason. */
int snapshot_change_put_off(struct snapshot *snap, enum target_kind first,
    enum target_kind last, int64_t now, int64_t until, const char *code,
    const char *text, struct err *err);

/* The change becomes PLANNED and due now; what is not there stays so. */
int snapshot_change_replan(struct snapshot *snap, int64_t row,
    struct err *err);
/* Goods that are in the portal and switched on, as far as we know: products
 * with and without variations, and services. */
int snapshot_live_goods(struct snapshot *snap, int64_t *count,
    struct err *err);
/* Prices of this rule that are in the portal, as far as we know. */
int snapshot_live_prices(struct snapshot *snap, struct str rule,
    int64_t *count, struct err *err);

/* ---- attempts (snapshot_attempt.c) ---- */

struct attempt {
	int64_t id;
	int64_t request;
	int place;              /* in the request, from 0 */
	int64_t row;            /* the target's */
	enum verb verb;
	int64_t portal_id;
	int64_t parent_id;
	struct clock_mark at;   /* when it was sent, or shortly before */
	struct fields values;   /* as sent */
};
static inline void
attempt_init(struct attempt *attempt)
{
	*attempt = (struct attempt){ 0 };
	fields_init(&attempt->values);
}

static inline void
attempt_free(struct attempt *attempt)
{
	fields_free(&attempt->values);
}

int snapshot_request_number(struct snapshot *snap, int64_t *out,
    struct err *err);
/* Also sets the change's state to SENT; fills in the id. */
int snapshot_attempt_put(struct snapshot *snap, struct attempt *attempt,
    struct err *err);
/* Those of this request leave now. */
int snapshot_attempt_redate(struct snapshot *snap, int64_t request,
    struct err *err);
/* The change, if it still is there, becomes PLANNED: so first drop the
 * attempt, then say what became of the change. */
int snapshot_attempt_drop(struct snapshot *snap, int64_t id,
    struct err *err);
/* In the order of request and place. */
int snapshot_attempt_each(struct snapshot *snap,
    int (*visit)(void *ctx, const struct attempt *attempt, struct err *err),
    void *ctx, struct err *err);
int snapshot_attempt_count(struct snapshot *snap, int64_t *count,
    struct err *err);

/* Targets to look at once more, for a double of ours (DESIGN 6). */
int snapshot_recheck_put(struct snapshot *snap, int64_t row, int64_t due,
    struct err *err);
int snapshot_recheck_due(struct snapshot *snap, int64_t now, int64_t *rows,
    size_t max, size_t *count, struct err *err);
int snapshot_recheck_drop(struct snapshot *snap, int64_t row,
    struct err *err);

/* ---- orders (snapshot_order.c, snapshot_document.c) ---- */

/* Numbers are on disk. */
enum order_state {
	ORDER_NONE = 0,         /* a deal that is known and has no order yet */
	ORDER_HELD = 1,         /* not sent; code and text say why */
	ORDER_WAITING = 2,      /* in the outbox file, or about to be */
	ORDER_LOADED = 3,       /* 1C has mentioned it as it was sent */
	ORDER_PRESUMED = 4,     /* 1C ran without mentioning it */
	ORDER_UNCONFIRMED = 5,  /* 1C mentions it and did not take the edit */
	ORDER_WITHDRAWN = 6,    /* not seen for unseen_hours: `retry` */
	ORDER_GONE = 7,         /* the deal was deleted in the portal */
	ORDER_FROM_ONEC = 8,    /* the deal was made of an order of 1C, and
				   never goes there.  number is 0; document has
				   NUMBER and DATE as 1C calls it, and the
				   CURRENCY that it had */
	ORDER_STATE_LAST
};
const char *order_state_name(enum order_state state);   /* "waiting" */

/* A deal of the portal and its order in 1C. */
struct order {
	int64_t deal;           /* portal's id */
	int64_t number;         /* ours, for ever; 0: none yet */
	enum order_state state;
	int64_t category;
	int64_t company, contact, manager;      /* portal's ids, or 0 */
	int64_t updated;        /* portal's ms when it was changed last, */
	int64_t looked;         /* and when it was read */
	struct fields document; /* the order as 1C should hold it */
	struct fields known;    /* as 1C holds it, as far as we know; empty:
				   not loaded yet */
	int64_t put;            /* wall ms when `document` was in the outbox
				   file for certain; 0: not yet */
	int64_t first_put;      /* when an order of this number first was */
	bool offered;           /* since `known` another version was, or may
				   have been, in the outbox file */
	bool ended;             /* the deal was won, lost, or of no funnel of
				   the rules when it was read last */
	int64_t heard;          /* wall ms when 1C last mentioned it */
	int64_t since;          /* wall ms of the state */
	char node[256];         /* that mentioned it */
	char code[48], text[512];       /* as of a change */
};
static inline void
order_init(struct order *order)
{
	*order = (struct order){ 0 };
	fields_init(&order->document);
	fields_init(&order->known);
}

static inline void
order_free(struct order *order)
{
	fields_free(&order->document);
	fields_free(&order->known);
}

/* 0; 1: not known (order is empty but for its deal). */
int snapshot_order_get(struct snapshot *snap, int64_t deal,
    struct order *order, struct err *err);
int snapshot_order_by_number(struct snapshot *snap, int64_t number,
    struct order *order, struct err *err);
/* The lowest number there is; 0: none. */
int snapshot_order_min_number(struct snapshot *snap, int64_t *number,
    struct err *err);
/* Insert or replace.  -1 also where the number is another deal's. */
int snapshot_order_put(struct snapshot *snap, const struct order *order,
    struct err *err);
/* Those of a state (ORDER_STATE_LAST: all), by number, then deal.  visit may
 * put orders: one that has left the state meanwhile is not shown. */
int snapshot_order_each(struct snapshot *snap, enum order_state state,
    int (*visit)(void *ctx, const struct order *order, struct err *err),
    void *ctx, struct err *err);
/* Those that wait: what lies in the outbox, what never did, edits by age. */
int snapshot_order_each_due(struct snapshot *snap,
    int (*visit)(void *ctx, const struct order *order, struct err *err),
    void *ctx, struct err *err);
int snapshot_order_count(struct snapshot *snap,
    int64_t counts[ORDER_STATE_LAST], struct err *err);
/* Deals with an order for 1C (not NONE, GONE, FROM_ONEC) whose customer is this
 * company, or this contact; by id. */
int snapshot_order_each_of_client(struct snapshot *snap, bool company,
    int64_t client, int (*visit)(void *ctx, int64_t deal, struct err *err),
    void *ctx, struct err *err);

/* Which documents of 1C speak of a number; an equal row is kept.  A number
 * longer than LIMIT_ID_BYTES is no order's: it is left out. */
int snapshot_document_put(struct snapshot *snap, struct str number,
    struct str id, struct err *err);
/* A document speaks of one number: what it said of another one before is
 * forgotten, and visit is told that number. */
int snapshot_document_move(struct snapshot *snap, struct str number,
    struct str id, int (*visit)(void *ctx, struct str number,
    struct err *err), void *ctx, struct err *err);
/* The number whose document it is, of those that do not begin with `mark`, cut
 * to LIMIT_ID_BYTES; 1: of none. */
int snapshot_document_number(struct snapshot *snap, struct str id, char mark,
    char out[LIMIT_ID_BYTES + 1], struct err *err);
/* Its rows under numbers that begin with `mark` go. */
int snapshot_document_drop(struct snapshot *snap, struct str id, char mark,
    struct err *err);
/* It is that of this number no more; take: but that of `now`. */
int snapshot_document_forget(struct snapshot *snap, struct str number,
    struct str id, struct err *err);
int snapshot_document_take(struct snapshot *snap, struct str was,
    struct str now, struct str id, struct err *err);
/* visit: ids of RECORD_DOCUMENT in the order of bytes. */
int snapshot_document_each(struct snapshot *snap, struct str number,
    int (*visit)(void *ctx, struct str id, struct err *err), void *ctx,
    struct err *err);

/* ---- clients for 1C (snapshot_customer.c) ---- */

/* Numbers are on disk. */
enum customer_state {
	CUSTOMER_KNOWN = 0,     /* it says nothing that 1C does not say */
	CUSTOMER_WAITING = 1,   /* 1C has to hear of it: in the file, or about
				   to be */
	CUSTOMER_ASIDE = 2      /* of a type that is not exported, without a
				   name, or a contact person */
};
/* A client of the portal that was read for counterparties.export. */
struct customer_row {
	bool company;           /* else a contact */
	int64_t id;             /* portal's */
	enum customer_state state;
	int64_t updated;        /* portal's ms when it was changed last, */
	int64_t looked;         /* and when it was read; 0: to be read again */
	int64_t put;            /* wall ms when `card` was in the file for
				   certain; 0: not yet */
	int64_t since;          /* wall ms: since when it waits like this */
	struct fields card;     /* of a waiting one: orders/order_customer.c */
};
static inline void
customer_row_init(struct customer_row *row)
{
	*row = (struct customer_row){ 0 };
	fields_init(&row->card);
}

static inline void
customer_row_free(struct customer_row *row)
{
	fields_free(&row->card);
}

/* 0; 1: not known (row is empty but for company and id). */
int snapshot_customer_get(struct snapshot *snap, bool company, int64_t id,
    struct customer_row *row, struct err *err);
/* Insert or replace. */
int snapshot_customer_put(struct snapshot *snap,
    const struct customer_row *row, struct err *err);
int snapshot_customer_drop(struct snapshot *snap, bool company, int64_t id,
    struct err *err);
enum customer_which {
	CUSTOMERS_ALL,
	CUSTOMERS_EXPORTED,     /* not ASIDE */
	CUSTOMERS_WAITING,
	CUSTOMERS_UNREAD        /* looked is 0 */
};
/* Companies by id, then contacts.  visit may put and drop rows: which ones
 * there are was read before. */
int snapshot_customer_each(struct snapshot *snap, enum customer_which which,
    int (*visit)(void *ctx, const struct customer_row *row,
    struct err *err), void *ctx, struct err *err);
int snapshot_customer_count(struct snapshot *snap, int64_t *waiting,
    struct err *err);

/* ---- history (snapshot_history.c) ---- */

struct history {
	int64_t id;
	int64_t at;             /* wall ms */
	int64_t run;
	int64_t package;        /* 0: none */
	struct target target;
	enum verb verb;
	int64_t portal_id;
	char note[128];         /* "recognised by xmlId"; told (base/told.h) */
	struct fields old_values, new_values;
};
static inline void
history_init(struct history *history)
{
	*history = (struct history){ 0 };
	fields_init(&history->old_values);
	fields_init(&history->new_values);
}

static inline void
history_free(struct history *history)
{
	fields_free(&history->old_values);
	fields_free(&history->new_values);
}

int snapshot_history_add(struct snapshot *snap, const struct history *entry,
    struct err *err);
struct history_filter {
	struct str id;          /* 1C id; none: all */
	enum target_kind kind;  /* TARGET_NONE: all */
	int64_t run;            /* 0: all */
	int64_t limit;          /* newest first; 0: all */
};
int snapshot_history_each(struct snapshot *snap,
    const struct history_filter *filter,
    int (*visit)(void *ctx, const struct history *entry, struct err *err),
    void *ctx, struct err *err);
int snapshot_history_prune(struct snapshot *snap, int64_t before,
    struct err *err);
/* How many goods were deleted or switched off since `since` (the fuse). */
int snapshot_history_removed(struct snapshot *snap, int64_t since,
    int64_t *count, struct err *err);

/* Runs: for `status`. */
struct run_entry {
	int64_t id;
	int64_t began, ended;   /* wall ms; ended 0: it never did */
	int64_t sent, failed, requests;
	int exit_code;
	char command[24];
};
int snapshot_run_begin(struct snapshot *snap, const char *command,
    int64_t *id, struct err *err);
int snapshot_run_end(struct snapshot *snap, const struct run_entry *run,
    struct err *err);
int snapshot_run_each(struct snapshot *snap, int64_t limit,
    int (*visit)(void *ctx, const struct run_entry *run, struct err *err),
    void *ctx, struct err *err);
/* Forgets runs that ended before; the newest stays. */
int snapshot_run_prune(struct snapshot *snap, int64_t before,
    struct err *err);

/* ---- nodes, sessions, packages, looks (snapshot_intake.c) ---- */

/* What 1C has to send all anew: a full exchange is needed. */
struct need {
	bool is;
	char reason[256];       /* why; told (base/told.h) */
	int64_t since;          /* wall ms */
};
struct node {
	char name[256];         /* the sub-folder: "webdata", "" the root */
	struct need goods;      /* all but orders */
	struct need orders;
	int64_t formed;         /* newest ДатаФормирования accepted */
	char catalog[LIMIT_ID_BYTES + 1];       /* last Каталог/Ид seen */
};
/* 1: unknown node (name is filled). */
int snapshot_node_get(struct snapshot *snap, const char *name,
    struct node *node, struct err *err);
int snapshot_node_put(struct snapshot *snap, const struct node *node,
    struct err *err);
int snapshot_node_each(struct snapshot *snap,
    int (*visit)(void *ctx, const struct node *node, struct err *err),
    void *ctx, struct err *err);

struct session {
	int64_t id;
	char node[256];
	bool closed;
	int64_t began, last_file;       /* wall ms */
	bool refused;           /* something of it was rejected */
};
/* The node's open session, or 1. */
int snapshot_session_open(struct snapshot *snap, const char *node,
    struct session *session, struct err *err);
/* The node's last session in which a catalogue came, or 1.  *counted: what its
 * packages named is still known. */
int snapshot_session_export(struct snapshot *snap, const char *node,
    struct session *session, bool *counted, struct err *err);
/* id 0 makes a new one and fills it in. */
int snapshot_session_put(struct snapshot *snap, struct session *session,
    struct err *err);
int snapshot_session_each_open(struct snapshot *snap,
    int (*visit)(void *ctx, const struct session *session, struct err *err),
    void *ctx, struct err *err);

/* What is known of one file of a session. */
struct session_file {
	int64_t session, package;
	char name[LIMIT_NAME_BYTES];    /* relative to the node's folder */
	char series[64];        /* "import0", "offers1", "goods" ... */
	int portion;            /* from 1; 0: not numbered */
	bool full;              /* its catalogue says: not only changes */
	bool has_catalog;       /* a Каталог with goods */
	bool offers;            /* a ПакетПредложений: not only changes */
	int64_t goods;          /* products in it */
	int64_t formed;
	char catalog[LIMIT_ID_BYTES + 1];
};
int snapshot_file_put(struct snapshot *snap, const struct session_file *file,
    struct err *err);
int snapshot_file_each(struct snapshot *snap, int64_t session,
    int (*visit)(void *ctx, const struct session_file *file,
    struct err *err), void *ctx, struct err *err);

enum package_state {
	PACKAGE_CLAIMING = 0,   /* its files are being moved to work/ */
	PACKAGE_CLAIMED = 1,    /* they are all there */
	PACKAGE_ACCEPTED = 2,   /* its records are in; still to archive */
	PACKAGE_REJECTED = 3,   /* still to move to rejected/ */
	PACKAGE_DONE = 4
};
struct package {
	int64_t id;
	int64_t session;
	enum package_state state;
	char node[256];
	int64_t taken;          /* wall ms */
	int64_t formed;
	int64_t records, changed, older;
	bool accepted;
	char place[LIMIT_NAME_BYTES];   /* folder in archive/ or rejected/ */
	bool late;              /* files alone that records were owed: of no
				   session */
};
/* id 0 makes a new one and fills it in. */
int snapshot_package_put(struct snapshot *snap, struct package *package,
    struct err *err);
int snapshot_package_each(struct snapshot *snap, enum package_state state,
    int (*visit)(void *ctx, const struct package *package, struct err *err),
    void *ctx, struct err *err);
int snapshot_package_get(struct snapshot *snap, int64_t id,
    struct package *package, struct err *err);
/* Forgets packages that were taken before and are done, but not the newest,
 * not what has a set of records (`seen`), nothing of an open session; and
 * closed sessions of that age, with their files, when no package is left. */
int snapshot_package_prune(struct snapshot *snap, int64_t before,
    struct err *err);

#endif
