/*
 * Is a row of the portal the client that 1C speaks of?  The steps of
 * counterparties.match in their order; the first that has a candidate
 * decides: one is linked, of several none is.  Pure: nothing is asked here.
 *
 * Never a candidate, whatever the step says:
 *   - a row that another client of ours holds (MATCH_HELD), or a contact
 *     person who is not the same (MATCH_PERSONS);
 *   - a row that one holds which 1C marked deleted (MATCH_LEFT), and of
 *     contact persons one whose mark is of our originator and of another 1C
 *     id: but for the step inn_kpp; all of them but for a contact person whom
 *     1C has under two ids, for two firms: surname, name and patronymic equal,
 *     and a phone or e-mail common; or who is a client himself under another
 *     id: the same, the patronymic where both have one;
 *   - a row whose ИНН differs, or whose КПП where both have one.  A row with
 *     several requisites differs only when none of them agrees.
 *
 * What else a step asks for (names, phones and e-mails as model/party.h
 * makes them plain; "people" are contacts and persons):
 *
 *   step     a row of it is      enough when             else
 *   origin   our mark, our id    always (ИНН not other)  doubtful
 *   inn_kpp  ИНН equal           no mark of another      doubtful
 *                                1C id
 *   email    one e-mail common   ИНН agrees; company:    doubtful; people
 *                                names equal or one has  whose first and last
 *                                none; people: no part   names both differ
 *                                of the names differs    share it: strangers
 *   phone    one phone common    ИНН agrees; names       as e-mail; also
 *                                equal, or one has none  doubtful: a part of
 *                                                        the name is missing
 *   name     names equal         ИНН agrees, or a phone  doubtful
 *                                or an e-mail is common;
 *                                else: not both have
 *                                phones or both e-mails,
 *                                no ИНН that ours lacks,
 *                                no patronymic that one
 *                                of them lacks (contact)
 *
 * Names of people are equal when first and last names are there and equal and
 * the patronymics do not differ, also where one has the whole name in the
 * first; for e-mail and phone an initial equals a name that begins with it,
 * for the step "name" it does not.  Names of companies with two legal forms
 * are not equal, but as a doubt.
 *
 * A company's or contact's row with the mark of an id that this 1C does not
 * have is at most doubtful: where it would be enough.
 *
 * A doubtful row is neither linked nor passed over: when no later step links
 * exactly one row, the result is MATCH_MANY with these rows, so that a shared
 * phone neither joins strangers nor makes a silent double.  Strangers (people
 * with another first and another last name behind the phone of an office) are
 * no reason to make nothing.  Doubt of the step inn_kpp gives way to nothing.
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
	MATCH_WHY_CONTACTS,     /* the same name, other phones and e-mails */
	MATCH_WHY_MARK,         /* ИНН and КПП fit, another 1C id's mark */
	MATCH_WHY_FORM,         /* the same name, another legal form */
	MATCH_WHY_NUMBER,       /* the name alone, and it has an ИНН */
	MATCH_WHY_PART,         /* the name alone, with no patronymic there */
	MATCH_WHY_RIVAL,        /* another client of 1C fits it as well */
	MATCH_WHY_LAST = MATCH_WHY_RIVAL
};

/* Who has a row already? */
enum match_holder {
	MATCH_FREE = 0,
	MATCH_LEFT,             /* one that 1C marked deleted */
	MATCH_PERSONS,          /* contact persons alone, where a client is
				   looked for */
	MATCH_HELD              /* another one of 1C */
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
 * (FIELD_TAXPAYER), and of a company FIELD_FULL_NAME, which may say its legal
 * form.  holders[i]: who is linked to row i, or bears its mark;
 * NULL: nobody.  Persons with the same second part of the key are one contact:
 * the caller does not call such a row held.  out is filled; returns its
 * verdict.
 */
int match_decide(const struct config *config, const struct target *target,
    const struct fields *wanted, const struct found *rows, size_t count,
    const enum match_holder *holders, struct match *out);

/* Is the row found by no more than what others may have too: by the steps
 * email, phone, name? */
bool match_is_weak(enum match_step step);

/* What speaks for one firm or person, whoever holds the row and whatever mark
 * it bears: the ИНН, or the name with a phone or an e-mail. */
bool match_is_alike(const struct config *config, const struct target *target,
    const struct fields *wanted, const struct fields *row);

/* Do the whole names say it, or the ИНН? */
bool match_is_named(const struct target *target, const struct fields *wanted,
    const struct fields *row);

/* The same ИНН as one of the row's requisites, and КПП where both have one. */
bool match_same_taxpayer(const struct fields *wanted,
    const struct fields *row);

#endif
