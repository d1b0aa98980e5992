/*
 * A deal of the portal as the way back needs it: with its product rows, its
 * customer and that one's requisite.  bitrix/ reads it, orders/ makes the
 * order of it.
 */
#ifndef MODEL_DEAL_H
#define MODEL_DEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/decimal.h"
#include "base/idlist.h"
#include "model/field.h"

/* Where the deal stands in a funnel of orders.funnels. */
enum deal_phase {
	DEAL_OUTSIDE = 0,       /* in another funnel */
	DEAL_BEFORE,            /* a stage before every exported one */
	DEAL_EXPORT,            /* in one of export_stages */
	DEAL_AFTER,             /* a later stage of work */
	DEAL_WON,
	DEAL_LOST
};

/* Is it known whether a deal that stands behind its exported stages was in one
 * (remote->ask_passed())? */
enum deal_passing {
	DEAL_PASSING_UNASKED = 0,
	DEAL_PASSING_KNOWN,     /* deal->passed says when */
	DEAL_PASSING_REFUSED    /* the portal does not show it */
};

struct deal_row {
	int64_t product;        /* portal's id; 0: typed in by hand */
	char *name;
	struct decimal price;   /* final, of one: with discount and tax */
	struct decimal quantity;
	bool taxed;             /* false: without VAT */
	struct decimal tax_rate;        /* percent */
	int64_t measure_code;   /* OKEI; 0: none */
	char *measure_name;     /* "шт", or NULL */
};

/* A customer or its contact person.  fields: FIELD_NAME (a company's title),
 * LAST/FIRST/SECOND_NAME, PHONES, EMAILS (lines); and of its requisite
 * FIELD_FULL_NAME, INN, KPP, OGRN, OKPO, PRESET (legal | entrepreneur |
 * individual), ADDRESS (legal or of registration), ACTUAL_ADDRESS, each as
 * one text. */
struct deal_client {
	int64_t id;             /* 0: there is none */
	bool has_requisite;
	bool hidden;            /* there is one that we may not see, or that
				   was deleted; id 0 */
	bool other_requisite;   /* the deal chooses one that is not that of
				   1C's card */
	struct fields fields;
};

/* A user of the portal. */
struct deal_user {
	int64_t id;             /* 0: none */
	char *email, *name;     /* name: "Фамилия Имя"; may be NULL */
};

struct deal {
	int64_t id;
	int64_t category;
	const struct config_funnel *funnel;     /* NULL: DEAL_OUTSIDE */
	enum deal_phase phase;
	char *stage, *stage_name;       /* id and name */
	int64_t created;        /* wall ms */
	int64_t begin;          /* a day: its midnight of UTC; 0: not set */
	int64_t updated;        /* portal's wall ms, of one second */
	enum deal_passing passing;
	int64_t passed;         /* when it came last into an exported stage,
				   portal's wall ms; 0: never */
	struct decimal sum;     /* opportunity */
	bool manual_sum;        /* not computed from the rows */
	char *currency;         /* "RUB" */
	char *title, *comment;  /* plain text: HTML and BBCode taken away */
	struct deal_user manager;       /* responsible */
	char *originator, *origin;      /* its mark in another system, "" */
	/* The user field of orders.fields.number, "" where there is none. */
	char *number;
	/* Lines UF_CRM_…, text: those of orders.requisites, names instead of
	 * ids of lists; empty ones are left out.  May be empty. */
	struct buf user_fields;
	/* Is anything in the fields of a payment (a copied deal)? */
	bool has_payment;
	struct deal_row *rows;
	size_t row_count;
	struct deal_client company, contact;
};

/* What a look for changes has found. */
struct deal_seen {
	int64_t id, category;
	int64_t updated;        /* portal's wall ms */
	int64_t number;         /* in its number field; 0: none, or not asked
				   for */
};
/* A client that changed, or one whose requisite did. */
struct deal_client_seen {
	bool company;           /* else a contact */
	int64_t id;
	int64_t updated;        /* portal's wall ms of the change; 0: not
				   known */
	bool beside;            /* not the client itself, but what hangs on
				   it */
	int64_t requisite;      /* that is this requisite; 0: a contact */
	bool untouched;         /* a client: it bears a mark of another system
				   and has not changed since it was made; a
				   requisite: not changed since it was made */
};
struct deal_changes {
	struct deal_seen *deals;
	size_t deal_count;
	/* With deal_look.seen.  A contact that has a company is seen as that
	 * too. */
	struct deal_client_seen *seen;
	size_t seen_count;
	char unseen[256];       /* why some of these were not shown; or "" */
	/* Changed themselves, or their requisites: since the last look for
	 * deals. */
	struct idlist companies, contacts;      /* sorted */
	int64_t now;            /* portal's wall ms when the look began */
	struct idlist missed;   /* of those that were watched: not listed */
};

struct deal_look {
	bool deals;             /* are deals looked for at all? */
	bool seen;              /* is struct deal_client_seen wanted? */
	int64_t clients;        /* clients that changed since then; portal's
				   wall ms; 0: none */
	int64_t since;          /* portal's wall ms; 0: all deals */
	int64_t touched;        /* with since 0: deals that did not change
				   after it are left out; 0: all */
	int64_t created;        /* deals made before are left out; wall ms */
	/* Are these there?  LIMIT_DEALS_WATCHED at most; with since 0 none are
	 * asked for. */
	const int64_t *watched;
	size_t watched_count;
};

/* The stage that status_from_1c has for this status, its name or its code, or
 * NULL.  1C writes one with blanks and without ("ГотовКОтгрузке"): where no
 * rule has the name, blanks do not count. */
const char *deal_stage_of_status(const struct config_funnel *funnel,
    struct str status);
void deal_init(struct deal *deal);
void deal_free(struct deal *deal);
void deal_changes_free(struct deal_changes *changes);

#endif
