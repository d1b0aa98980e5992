/*
 * Is a row of the portal the client that 1C speaks of?  The steps of
 * counterparties.match in their order; the first that has a candidate
 * decides: one is linked, of several none is.  Pure: nothing is asked here.
 *
 * Never a candidate, whatever the step says:
 *   - a row that is linked to another client of ours (taken);
 *   - a row whose mark is of our originator and of another 1C id;
 *   - a row whose ИНН differs, or whose КПП where both have one.  A row with
 *     several requisites differs only when none of them agrees.
 *
 * What else a step asks for (names, phones and e-mails as model/party.h
 * makes them plain; "people" are contacts and persons):
 *
 *   step     a row of it is      enough when             else
 *   origin   our mark, our id    always (ИНН not other)  doubtful
 *   inn_kpp  ИНН equal           always                  -
 *   email    one e-mail common   ИНН agrees; company:    doubtful; people
 *                                names equal or one has  whose first and last
 *                                none; people: no part   names both differ
 *                                of the names differs    share it: strangers
 *   phone    one phone common    ИНН agrees; names       as e-mail; also
 *                                equal, or one has none  doubtful: a part of
 *                                                        the name is missing
 *   name     names equal         no contradiction:       doubtful
 *                                something common, or
 *                                not both have phones
 *                                or both e-mails
 *
 * Names of people are equal when first and last names are there and equal and
 * the patronymics do not differ; for e-mail and phone an initial equals a
 * name that begins with it, for the step "name" it does not.
 *
 * A doubtful row is neither linked nor passed over: when no later step links
 * exactly one row, the result is MATCH_MANY with these rows, so that a shared
 * phone neither joins strangers nor makes a silent double.  Strangers (people
 * with another first and another last name behind the phone of an office) are
 * no reason to make nothing.
 */
#ifndef FLOW_MATCH_H
#define FLOW_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"
#include "model/remote.h"

enum match_verdict {
	MATCH_NONE = 0,         /* nobody: make it */
	MATCH_ONE = 1,          /* rows[0] is it */
	MATCH_MANY = 2          /* a person has to say which, if any: several
				   are good enough, or some are doubtful */
};

enum match_step {
	MATCH_BY_NOTHING = 0,
	MATCH_BY_ORIGIN,
	MATCH_BY_TAXPAYER,
	MATCH_BY_EMAIL,
	MATCH_BY_PHONE,
	MATCH_BY_NAME
};

/* Rows that are named; a person does not read more. */
#define MATCH_ROWS 20

enum match_why {
	MATCH_WHY_NOTHING = 0,  /* MATCH_NONE, MATCH_ONE */
	MATCH_WHY_SEVERAL,      /* more than one is good enough */
	MATCH_WHY_TAXPAYER,     /* our mark, but another ИНН or КПП */
	MATCH_WHY_NAME,         /* e-mail or phone in common, another name */
	MATCH_WHY_CONTACTS      /* the same name, other phones and e-mails */
};

struct match {
	enum match_verdict verdict;
	enum match_step step;   /* that decided; of several doubtful ones the
				   first */
	enum match_why why;
	size_t rows[MATCH_ROWS];        /* places in the rows given */
	enum match_why whys[MATCH_ROWS];        /* of each of them */
	size_t row_count;       /* in `rows` */
	size_t count;           /* of them in all; >= row_count */
};

/* The step's word in counterparties.match: "inn_kpp"; "" for nothing. */
const char *match_step_name(enum match_step step);
/* The step of this word; MATCH_BY_NOTHING: there is none. */
enum match_step match_step_named(const char *word);
/* "name": why nobody was linked, for machines and as it is kept; "" nothing. */
const char *match_why_name(enum match_why why);
enum match_why match_why_named(const char *name);
/* For a person, in the language of the locale: what speaks for such a row, and
 * what against it. */
const char *match_why_text(enum match_step step, enum match_why why);

/*
 * `wanted`: what the client should be, with what is said at its making
 * (FIELD_TAXPAYER).  taken[i]: row i is linked to another target; NULL: none
 * is.  Persons with the same second part of the key are one contact: the
 * caller does not call such a row taken.  out is filled; returns its verdict.
 */
int match_decide(const struct config *config, const struct target *target,
    const struct fields *wanted, const struct found *rows, size_t count,
    const bool *taken, struct match *out);

#endif
