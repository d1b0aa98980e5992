/* What the files b24_term*.c share. */
#ifndef BITRIX_B24_TERM_H
#define BITRIX_B24_TERM_H

#include "bitrix/b24_blocking.h"

/* A warehouse of the portal. */
struct b24_store {
	int64_t id;
	char *title, *code, *xml_id;
	bool active;
};

struct b24_terms {
	struct b24_term **items;        /* each apart: they are lent out */
	size_t count, size;
	struct b24_term **carriers;     /* those that are properties */
	size_t carrier_count;
	size_t *slots;          /* index in items + 1, by kind, of and id */
	size_t slot_count;      /* a power of two */
	size_t *values;         /* the same of values, by the portal's id */
	size_t value_slots;
	struct b24_store *stores;
	size_t store_count;
	bool stores_known;      /* read in this run */
};

/* Things that are being made. */
struct b24_making {
	struct b24 *b24;
	bool *unsure;           /* an answer was lost */
	int rc;                 /* -1: nothing will go through, err is
				   filled */
	struct err *err;
};
/* One was made?  Else it is noted what that means for the rest, and a person
 * is told of a refusal.  *id: the new one's, of the object `key`. */
bool b24_term_made(struct b24_making *making,
    const struct b24_command *command, const char *name, int64_t *id);
/* The command changes what the portal has for the term already, its name (or
 * that too): where it was refused the term says so. */
void b24_term_refused(struct term *term, const struct b24_command *command,
    bool name);

/* Text that a batch would take for a reference makes its command lone. */
void b24_term_say(struct b24_command *out, const char *key, const char *value);

/* ---- b24_term_find.c: properties that there are ---- */

/* Of goods or of variations; 0: the portal has no such catalogue. */
int64_t b24_term_find_iblock(const struct b24 *b24, enum term_kind kind);
/* By its id; NULL: there is none. */
const struct b24_property *b24_term_find_property(const struct b24 *b24,
    int64_t iblock, int64_t id);
/* portal_id of every property and trait; a line for each rule that names what
 * is not there. */
void b24_term_find(const struct b24 *b24, struct terms *terms,
    struct buf *wrong);
/* Ends such a line with the nearest name; NULL: there is none. */
void b24_term_find_near(struct buf *wrong, const char *nearest);

/* ---- b24_term_make.c, b24_term_mend.c ---- */

/* Makes the properties that are asked for and missing. */
int b24_term_make(struct b24 *b24, struct terms *terms, bool *unsure,
    struct err *err);

/* Of properties that bear our mark: the name that 1C has given it since, and
 * several values where 1C has several. */
int b24_term_mend(struct b24 *b24, struct terms *terms, bool *unsure,
    struct err *err);

/* ---- b24_term_value.c ---- */

/* portal_id of the values of lists; before: portal_id of each term when
 * learn() was called. */
int b24_term_value_learn(struct b24 *b24, struct terms *terms,
    const int64_t *before, bool may_make, bool *unsure, struct err *err);

/* ---- b24_term_store.c: warehouses and units ---- */

int b24_term_store_find(struct b24 *b24, struct terms *terms,
    struct buf *wrong, struct err *err);
int b24_term_store_make(struct b24 *b24, struct terms *terms, bool *unsure,
    struct err *err);

#endif
