/*
 * The portal as flow/ sees it: a struct of functions.  bitrix/ fills it; a
 * test can fill it too.  All work is asynchronous: a request is submitted,
 * wait() runs the transfers and calls done() for each that ended.
 */
#ifndef MODEL_REMOTE_H
#define MODEL_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/err.h"
#include "base/limits.h"
#include "model/customer.h"
#include "model/deal.h"
#include "model/target.h"
#include "model/term.h"

/* What became of one command. */
enum outcome {
	OUTCOME_DONE = 0,       /* done; id and taken are filled */
	OUTCOME_REFUSED,        /* this change is bad: not again as it is */
	OUTCOME_NOT_THERE,      /* the object to change or delete is gone */
	OUTCOME_AGAIN,          /* not done; may be sent again at not_before */
	OUTCOME_UNKNOWN,        /* the answer was lost: look it up */
	OUTCOME_NOT_RUN,        /* never executed: back to planned */
	OUTCOME_STOP            /* not done, and the run cannot go on */
};

enum op_kind {
	OP_CREATE,
	OP_UPDATE,
	OP_DELETE,
	OP_FIND,                /* rows that carry this mark or natural key.
				   Of clients (target_is_client) and of goods
				   that are to be made: rows that may be this
				   one by any step of counterparties.match or
				   catalog.adopt; flow/ decides */
	OP_COUNT                /* section portal_id: found_count is how many
				   products and sections are in it; goes
				   among finds */
};

/* A row that a look-up found, in our terms. */
struct found {
	int64_t portal_id;
	enum target_kind kind;  /* of op.others: its form */
	struct fields fields;   /* as the portal holds them, canonical texts;
				   section and parent references are portal
				   ids here (FIELD_GROUP, FIELD_PARENT).  Of
				   goods FIELD_BARCODE too.  Of
				   clients also FIELD_XML_ID (originId),
				   FIELD_ORIGINATOR, FIELD_TAXPAYER,
				   FIELD_COMPANIES (of a contact: lines).  Of
				   deals by the mark of an order of 1C: NAME,
				   XML_ID, ORIGINATOR, OWNER (who made it),
				   VERSION ("1": nothing in it says that
				   anybody touched it since) */
};

/* op.code with OUTCOME_AGAIN: the portal had an error of its own, and says
 * that it may be tried again.  It may last: so many tries, then it counts as
 * refused. */
#define OP_INTERNAL "internal-error"
#define OP_INTERNAL_TRIES 3
/* With OUTCOME_REFUSED: a right is missing.  Then what no list shows may be
 * hidden, and is not to be taken for deleted. */
#define OP_DENIED "ACCESS_DENIED"

/* One command of a request. */
struct op {
	enum op_kind kind;
	struct target target;
	int64_t portal_id;      /* update, delete, find by id; 0 none */
	int64_t parent_id;      /* portal id of section above / good */
	enum target_kind parent_kind;   /* price, picture: what that good is;
				   variation: TARGET_PARENT; requisite: whose
				   it is */
	struct fields fields;   /* create, update: what to send; find: what is
				   wanted, to recognise the object by */
	int64_t *sections;      /* FIELD_SECTIONS: their portal ids, the main
				   one first; owned */
	size_t section_count;
	bool likeness;          /* find of a good: where nothing bears its mark,
				   by the steps of catalog.adopt too; a
				   variation among those of parent_id alone.
				   Of a section: by its name in parent_id */
	bool elsewhere;         /* find of a good: what bears its mark in
				   another form is wanted too, as `others` */
	const char *path;       /* picture: file with the bytes that
				   FIELD_HASH is of; borrowed */
	size_t path_bytes;      /* its size */
	struct fields before;   /* update: what both sides agreed.  Lines
				   (phones, e-mails, properties) that are in it
				   and not in `fields` are removed, others of
				   the portal stay */
	/* Update of the CRM's objects, which are read just before: */
	struct fields yields;   /* of `fields`: those that the portal keeps
				   where it holds something else than
				   `before` */
	struct fields unsure;   /* of clients: what a request without an answer
				   has said, all values of a field; what of it
				   stands there is ours and no person's */
	void *user;             /* flow's own */

	/* filled by the remote before done(): */
	enum outcome outcome;
	int64_t not_before;     /* wall ms, for OUTCOME_AGAIN; of a find that
				   was OUTCOME_REFUSED: the portal stumbled
				   over this one, look again then; 0 never */
	int64_t new_id;         /* create: the id made; update of a picture:
				   the one that it has from now on */
	struct fields dropped;  /* fields the portal did not take, if shown */
	struct fields taken;    /* of `dropped` that are lines: what it holds
				   by now of what we said */
	char note[128];         /* for the history: "stage stays: …", or "" */
	struct fields kept;     /* of `yields`: what the portal has kept; of
				   user fields the rules alone, a line each */
	struct fields overruled;        /* of what does not yield: what people
				   had put there since `before`, and 1C's
				   value replaced; of lines what stays beside
				   it */
	struct found *found;    /* find: rows, `found_count` of them */
	size_t found_count;
	struct found *others;   /* of `elsewhere`, likewise */
	size_t other_count;
	bool more;              /* find of a client: the portal has more that
				   bear its name than can be looked through */
	int64_t as_other;       /* find of a company: the contact that has its
				   ИНН, and the other way round; 0 none */
	char code[48];          /* the portal's error code */
	char text[512];         /* its text, for a person */
};

/*
 * Writes: at most LIMIT_BATCH_COMMANDS ops.  Finds: a request holds finds
 * alone and may hold LIMIT_REQUEST_FINDS of them, for the remote joins many
 * marks into one list command.
 */
struct request {
	struct op *ops;         /* `size` of them, owned */
	size_t count;
	size_t size;
	int64_t id;             /* flow's number of the request */
	int64_t dated;          /* steady ms: when its attempts were written */
	/*
	 * Writes, NULL otherwise: just before anything of it leaves, which may
	 * be long after submit(), and more than once.  -1: it shall not.
	 */
	int (*leaves)(struct request *request, struct err *err);
	void (*done)(struct request *request);
	void *user;
	/* false when it may have reached the portal without an answer */
	bool answered;
};

/* What the portal is like, read by prepare(). */
struct remote_facts {
	bool inventory;         /* inventory management is on: no quantity */
	bool products_empty;    /* no product at all: adoption needs no look */
	bool sections_empty;
	bool companies_empty;   /* no company at all: nothing to recognise */
	bool contacts_empty;
	bool parents_empty, offers_empty, services_empty;
	bool variations;        /* the portal has a catalogue for them */
	char catalog_name[256];
	char crm_barred[512];   /* for want of a right no client, and nothing
				   of a deal, can be looked at or sent: which
				   right it is; "" */
};

/* The stock of one good in one store of the portal. */
struct stock_line {
	int64_t good, store;    /* portal ids */
	struct decimal amount;  /* read_stock: held, filled; put_document: by
				   how much, > 0 */
	void *user;             /* the caller's */
	bool refused;           /* put_document: this line is the reason;
				   read_stock: it cannot be told */
	bool unmade;            /* put_document: and no document can be made */
	char text[256];         /* why */
};
/* Marks it, with as much of the text as there is room for. */
void op_refuse_line(struct stock_line *line, const char *text);

/*
 * A stock document: its title is its natural key, so a lost answer is looked
 * up by it.  Brought to life in three steps (made, filled, conducted), each
 * of which may be the last.
 */
enum document_type {
	DOCUMENT_SURPLUS,       /* docType S: adjustment, adds */
	DOCUMENT_SHORTAGE       /* docType D: write-off, takes away */
};
/* title: by which it is found again; comment: for the portal's people. */
struct stock_document {
	enum document_type type;
	const char *title, *comment;
};
enum document_stage {
	DOCUMENT_NONE,          /* there is none of this title */
	DOCUMENT_DRAFT,         /* made, perhaps not filled; not conducted */
	DOCUMENT_CONDUCTED
};

/* How full the portal's limits are, for `status` and progress. */
struct remote_load {
	double bucket;          /* 0 to 1 */
	double operating;       /* 0 to 1: the fullest method */
	char operating_method[64];
	int64_t ready_in_ms;    /* when the next request may leave */
};

/*
 * What is still to be done, for estimate(): the requests that it takes, and the
 * ops in them.  Of pictures OP_UPDATE are the main ones; of stock OP_CREATE are
 * the lines of documents; OP_FIND is what is looked for, or read before it is
 * changed.
 */
struct remote_work {
	int64_t requests;
	int64_t ops[TARGET_LAST][OP_FIND + 1];
};

struct remote {
	void *ctx;

	/*
	 * Reads what names mean (catalogue, price types, VAT rates, units,
	 * article property, mode of inventory).  Blocking; writes nothing.
	 * may_write: learn() may make the article property.
	 * -1: ERR_PORTAL away or refusing; ERR_USAGE a rule names what is
	 * not there (all such rules in one text).
	 */
	int (*prepare)(void *ctx, bool may_write, struct remote_facts *out,
	    struct err *err);

	/*
	 * Can this field's value be said to the portal ("VAT 7", unit 736)?
	 * 0; 1: no, *err says why and what to do (ERR_ITEM).
	 */
	int (*check_field)(void *ctx, enum target_kind kind, enum field field,
	    struct str value, struct err *err);

	/* Does one more op fit this request (commands, bytes of the body)? */
	bool (*fits)(void *ctx, const struct request *request,
	    const struct op *op);

	/*
	 * Milliseconds until a request with these ops may leave (0: now),
	 * by the limits.  LIMIT_IN_FLIGHT is respected too: -1 when one must
	 * end first.
	 */
	int64_t (*ready_in)(void *ctx, const struct request *request);

	/* Sends; the request stays the caller's and must live until done().
	 * Fails only when nothing left: -1. */
	int (*submit)(void *ctx, struct request *request, struct err *err);

	/* Runs transfers for at most timeout_ms or until one ended.  Returns
	 * how many requests are still in flight, or -1. */
	int (*wait)(void *ctx, int64_t timeout_ms, struct err *err);

	/* Of what was submitted, that which still waits for the limits shall
	 * not leave: it ends as OUTCOME_NOT_RUN. */
	void (*recall)(void *ctx);

	void (*load)(void *ctx, struct remote_load *out);

	/*
	 * The way back; all of it blocks.  look_deals: one batch where nothing
	 * changed; needs no prepare().
	 * 1: a right is all that is missing, and *err says which.
	 * -1: ERR_PORTAL, ERR_USAGE.
	 */
	int (*look_deals)(void *ctx, const struct deal_look *look,
	    struct deal_changes *out, struct err *err);
	/* Of deals (LIMIT_DEALS_AT_ONCE at most) that no list shows: is each
	 * deleted, as far as the portal says?  Others may be hidden. */
	int (*gone_deals)(void *ctx, const int64_t *ids, size_t count,
	    bool *gone, struct err *err);
	/* Reads these deals (LIMIT_DEALS_AT_ONCE at most) whole; after
	 * prepare(), and for config->orders.given.  visit: once for each that
	 * is there, in the order of ids; not 0 ends it and is returned.  What
	 * is read of one deal may be younger than of another. */
	int (*read_deals)(void *ctx, const int64_t *ids, size_t count,
	    int (*visit)(void *arg, const struct deal *deal,
	    struct err *err), void *arg, struct err *err);

	/* The same of clients (LIMIT_CUSTOMERS_AT_ONCE at most), companies or
	 * contacts; only config->counterparties.given is needed. */
	int (*read_customers)(void *ctx, bool companies, const int64_t *ids,
	    size_t count, int (*visit)(void *arg,
	    struct customer *customer, struct err *err), void *arg,
	    struct err *err);

	/* Do 1C's lines of FIELD_USER_FIELDS say what those of such a client
	 * (FIELD_USER_FIELDS) do, as far as they are of this field (as
	 * counterparties.fields calls it)?  "Да" and "true" are one answer. */
	bool (*says_fields)(void *ctx, bool company, struct str rule,
	    struct str lines, struct str clients);

	/* Which requisites are those of the counterparty that the company, or
	 * contact, is: asked while deals and clients are read, for of several
	 * they are meant, where a deal chooses none. */
	void (*prefer)(void *ctx, bool (*is_own)(void *arg, int64_t requisite,
	    bool company, int64_t client), void *arg);

	/* Of which deals that stand behind the exported stages, or are won,
	 * read_deals is to ask whether they were in one of these (struct deal,
	 * passing); moved: portal's wall ms of the last move, 0: not known. */
	void (*ask_passed)(void *ctx, bool (*may_have)(void *arg, int64_t deal,
	    int64_t moved), void *arg);

	/*
	 * After prepare(), blocking: fills portal_id of every term, and makes
	 * what is TERM_MADE (values of carried lists always) and missing,
	 * when may_make; before that the article property.  What it has
	 * learned is how FIELD_PROPERTIES are said from then on.  -1:
	 * ERR_PORTAL; ERR_USAGE a rule names what is not there (all in one
	 * text).  *unsure: the answer to a making
	 * was lost, and that term has portal_id 0: nothing may be made until
	 * the request can no longer be running.
	 */
	int (*learn)(void *ctx, struct terms *terms, bool may_make,
	    bool *unsure, struct err *err);

	/* After prepare(): which price type of the portal this right side of
	 * catalog.price_types means; 0 none. */
	int64_t (*price_type)(void *ctx, const char *rule);

	/*
	 * Stock documents; all block, after prepare().  read_stock: what is
	 * held now (0 where nothing is).  -1: ERR_PORTAL; ERR_ITEM: the portal
	 * refuses this, and the rest goes on.
	 */
	int (*read_stock)(void *ctx, struct stock_line *lines, size_t count,
	    struct err *err);
	/* Makes, fills and conducts one.  OUTCOME_DONE; OUTCOME_REFUSED:
	 * nothing was conducted and what was made is deleted again, lines
	 * are marked where one is known to be the reason, all of them where
	 * none can be made; OUTCOME_AGAIN: nothing was conducted, and
	 * nothing is wrong with it; OUTCOME_UNKNOWN: look it up by its
	 * title; OUTCOME_STOP.  *err says why. */
	enum outcome (*put_document)(void *ctx,
	    const struct stock_document *document, struct stock_line *lines,
	    size_t count, struct err *err);
	/* The stage of the document of this title (the furthest, where there
	 * are several).  -1: ERR_PORTAL; ERR_ITEM where it will not tell. */
	int (*find_document)(void *ctx, const char *title,
	    enum document_stage *stage, struct err *err);
	/* Deletes the drafts of this title.  -1: ERR_ITEM where the portal
	 * keeps one, else ERR_PORTAL. */
	int (*drop_document)(void *ctx, const char *title, struct err *err);

	/* A link to the object for a person, or "" . */
	void (*link)(void *ctx, enum target_kind kind, int64_t portal_id,
	    char out[256]);

	/* Milliseconds that this will need under the limits.  *at_least: what a
	 * call costs of something that is much of it is not known yet. */
	int64_t (*estimate)(void *ctx, const struct remote_work *work,
	    bool *at_least);
	/* Requests that have left since it was opened. */
	int64_t (*sent)(void *ctx);

	void (*close)(void *ctx);
};

void op_init(struct op *op);
/* Frees the rows that were found; there are none then. */
void op_drop_found(struct op *op);
/* Frees what an op holds and makes it empty. */
void op_free(struct op *op);

/* Room for `size` empty ops. */
struct request *request_new(size_t size);
/* Frees its ops too; NULL is fine. */
void request_free(struct request *request);

#endif
