/*
 * What the three files of looking for clients share: b24_party.c (which step
 * asks for whom, exchanges), b24_party_ask.c (the commands) and
 * b24_party_take.c (the answers).
 */
#ifndef BITRIX_B24_PARTY_H
#define BITRIX_B24_PARTY_H

#include "bitrix/b24_internal.h"

#define ENTITY_COMPANY 4        /* the other one is a contact, 3 */
#define ENTITY_BOTH 7           /* less the one it is the other one */

enum party_phase {
	WHAT_ORIGIN,
	WHAT_TAXPAYER,          /* of one with 12 digits also the other kind
				   of client */
	WHAT_EMAIL,
	WHAT_PHONE,
	WHAT_NAME,
	WHAT_ITEMS,             /* by ids that the step before it found */
	WHAT_REQUISITES,        /* of all that were found */
	WHAT_COUNT
};

struct party_what {
	const char *word;       /* of counterparties.match */
	enum b24_method method;
	bool single;            /* a command for each want */
	bool items;             /* rows are whole clients */
};

/* One client that is looked for. */
struct seek {
	struct op *op;
	bool settled, failed;
	bool partial;           /* of those with its phone or e-mail only some
				   are known: asked for by the name */
};

/* Something to ask for, for one client. */
struct want {
	struct seek *seek;
	int64_t entity;         /* 3 or 4 */
	int64_t id;             /* ITEMS, REQUISITES */
	struct str text;        /* ORIGIN, TAXPAYER: of its op */
	size_t found;           /* REQUISITES: place in op->found */
	bool settles;           /* ITEMS: ИНН and КПП agree */
};

struct wants {
	struct want *items;
	size_t count, size;
};

/* One command: wants [from, from + count) of the array. */
struct ask {
	size_t from, count;
	int64_t start;          /* of the page, or of phones and e-mails;
				   0 the first */
	int pages;
	bool lone;
};

struct party {
	struct seek *seeks;
	size_t count;
	size_t step;            /* of counterparties.match that comes next */
	bool named;             /* the names were asked for */
	bool ended;             /* the requisites were asked for */
	enum party_phase what;         /* that is being asked */
	struct wants wants;
	struct wants links;     /* found by this step: items to read */
	struct ask *asks;
	size_t ask_count, ask_size;
	size_t at;              /* the first that is not answered */
	size_t chunk;           /* asks in the batch that is under way */
	int64_t bytes;          /* of a command's answer in this phase,
				   smoothed */
	struct b24_command commands[LIMIT_BATCH_COMMANDS];
	struct b24_batch batch;
	void (*done)(struct b24 *b24, void *user);
	void (*drop)(void *user);
	void *user;
};

/* b24_party.c */

const struct party_what *b24_party_what(const struct party *party);
/* ИНН and КПП of 1C; STR_NONE: it has none. */
struct str b24_party_inn(const struct op *op);
struct want *b24_party_add_want(struct wants *wants, struct seek *seek);
struct ask *b24_party_add_ask(struct party *party);
/* 0: asked for by the same key. */
int b24_party_compare(const struct want *a, const struct want *b);

/* b24_party_ask.c */

/* The command of an ask.  False: there is nothing to ask with (`out` is to
 * be freed all the same). */
bool b24_party_ask_make(const struct b24 *b24, const struct party *party,
    const struct ask *ask, struct b24_command *out);

/* An ask by phones or e-mails takes so many of them that the client's further
 * ones begin here; 0: it has no more. */
int64_t b24_party_ask_further(const struct party *party,
    const struct ask *ask);

/* b24_party_take.c */

/* Rows of the answer to asks[index]; may add asks (pages) and links. */
void b24_party_take_answer(const struct b24 *b24, struct party *party,
    size_t index, const struct b24_command *command);
/* asks[index] failed.  True: it is about that one client, and the others are
 * asked for. */
bool b24_party_take_failure(struct party *party, size_t index,
    const struct b24_command *failed);
/* And with it all that was not asked yet, from party->at on, and all that
 * would ask on: who is settled wants no more than the requisites. */
void b24_party_take_end(struct party *party,
    const struct b24_command *failed);

#endif
