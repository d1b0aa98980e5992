/*
 * Private to b24_find.c and b24_find_ask.c: look-ups as list commands.
 */
#ifndef BITRIX_B24_FIND_H
#define BITRIX_B24_FIND_H

#include "bitrix/b24_internal.h"

enum by { BY_MARK, BY_ID, BY_PRODUCT, BY_PARENT, BY_CONTENT, BY_DEAL,
	BY_ITEM,                /* the one that no list shows */
	BY_HOLDER,              /* whose requisite it is */
	BY_GOOD,                /* pictures, of one good */
	BY_LIKENESS };          /* b24_like.c */

/* One list command. */
struct ask {
	enum by by;
	enum target_kind kind;  /* of the rows */
	int64_t sort;           /* BY_PRODUCT: the price type; BY_PARENT: type
				   of the holder or of the address;
				   BY_LIKENESS: the property, or 0; of
				   sections the one above, 0: any */
	enum b24_like like;
	int64_t start;          /* of the page; 0 the first */
	int pages;
	bool lone;
	size_t count;
	struct op *ops[B24_PAGE];
};

struct find {
	struct ask *asks;
	size_t count, size;     /* of asks */
	size_t at;              /* the first that is not answered */
	size_t chunk;           /* asks in the batch that is under way */
	struct op **clients;    /* for b24_party.c */
	size_t client_count;
	struct op **alike;      /* goods and sections that may be there without
				   our mark */
	size_t alike_count;
	size_t step;            /* the next: 0 sections, then those of
				   catalog.adopt */
	enum b24_like like;     /* the one that is asked by */
	bool items;             /* those that no list shows are asked for */
	struct b24_command commands[LIMIT_BATCH_COMMANDS];
	struct b24_batch batch;
	void (*done)(struct b24 *b24, void *user);
	void (*drop)(void *user);
	void *user;
};

/* One more list command, empty; pointers to the others are void then. */
struct ask *b24_find_ask_new(struct find *find);
/* What the op is looked for by, joined to what is asked already. */
void b24_find_ask_op(const struct b24 *b24, struct find *find,
    struct op *op);
/* The next step by likeness that anything can be asked by, once all before is
 * answered.  False: none is left. */
bool b24_find_ask_step(const struct b24 *b24, struct find *find);
/* Clients and deals by their id that no list has shown, once all else is
 * answered: each by itself; and of such a requisite its client.  False: there
 * are none, or they were asked for. */
bool b24_find_ask_items(struct find *find);
/* Is it asked for with crm.item.get? */
bool b24_find_ask_is_item(const struct ask *ask);
void b24_find_ask_command(const struct b24 *b24, const struct ask *ask,
    struct b24_command *command);

#endif
