/*
 * What a person chooses from where several objects of the portal may be one of
 * 1C: kept in the text of its change, a line for each behind the message.  The
 * message is a told text (base/told.h), the lines are in no language.
 */
#ifndef FLOW_CHOICE_H
#define FLOW_CHOICE_H

#include "flow/flow_internal.h"
#include "flow/match.h"

/* The code of such a change. */
#define CHOICE_CODE "ambiguous"
/* And of one that has the name of somebody who is another one's: a person says
 * that it is new, or mends 1C. */
#define CHOICE_NAMESAKE "namesake"
/* Candidates that are kept: a person does not read more. */
#define CHOICE_MOST 5

struct choice {
	int64_t portal_id;
	char step[16];          /* of counterparties.match, or "" */
	enum match_why why;
	bool bare;              /* nothing else of it is kept */
	char name[64];          /* cut where it is longer */
	char link[160];         /* or "" */
};

/* Appends one; one that does not fit whole is left out. */
void choice_add(char text[CHANGE_TEXT_BYTES], struct flow *flow,
    const struct op *op, const struct found *row, const char *step,
    enum match_why why);

/* The same with its id alone, of those behind CHOICE_MOST; so many bytes at
 * most. */
#define CHOICE_ID_BYTES 21
void choice_add_id(char text[CHANGE_TEXT_BYTES], int64_t portal_id);

/* The message alone, which the caller frees. */
char *choice_message(const char *text);
/* The next one from *at (0 at first); false at the end, and of texts that have
 * none. */
bool choice_next(struct choice *out, const char *text, size_t *at);
/* Shows them below the message: lines, or the array `candidates` of the object
 * that is open.  Nothing where there are none.  What another one of 1C is
 * linked to by now is left out. */
void choice_show(struct flow *flow, const struct target *target,
    const char *text);

/* Makes those due again of whose candidates none is free any more; *any: there
 * was one.  `settled` (NULL: there are none) has the rows that were already,
 * which are left out: what finds the same again would never end. */
int choice_again(struct flow *flow, struct rowset *settled, bool *any,
    struct err *err);

/* A person said what one of them is: those that doubted because another one of
 * 1C fits as well are due again.  Inside a transaction. */
int choice_rivals_again(struct flow *flow, struct err *err);

#endif
