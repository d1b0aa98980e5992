/*
 * Terms: 1C's words that the portal has things of its own for: a property, a
 * value of a list, a warehouse, a unit.  1C's is recognised in the portal by
 * what it was linked to before, by a rule, by our mark (xmlId = id), by code,
 * by name; where it is missing and asked for, it is made.
 *
 * What a good has of a property is told by the term's id, so nothing but
 * bitrix/ knows the portal's numbers.
 */
#ifndef MODEL_TERM_H
#define MODEL_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Numbers are on disk. */
enum term_kind {
	TERM_NONE = 0,
	TERM_PROPERTY = 1,      /* of goods; id: Свойство/Ид, or TERM_OWN and
				   the name of a реквизит or of an element that
				   is carried as a property ("@Штрихкод") */
	TERM_TRAIT = 2,         /* of variations; id: name of a characteristic's
				   pair; or TERM_OWN and a name; or TERM_OF and
				   the id of a property that offers have */
	TERM_VALUE = 3,         /* of a list; `of`: the property's id */
	TERM_STORE = 4,         /* id: Склад/Ид */
	TERM_UNIT = 5,          /* id: OKEI code */
	TERM_LAST
};

/* What the id of a term begins with that is no Свойство of 1C. */
#define TERM_OWN "@"
#define TERM_OF "#"

enum term_type {
	TERM_TEXT = 0,
	TERM_NUMBER,
	TERM_LIST,              /* Справочник: values are terms */
	TERM_TIME
};

/* What the rules say of a term. */
enum term_rule {
	TERM_MATCHED = 0,       /* carried where the portal has it */
	TERM_NAMED,             /* a rule names what it is there: must be */
	TERM_MADE,              /* made where it is missing */
	TERM_IGNORED
};

struct term {
	enum term_kind kind;
	enum term_rule rule;
	enum term_type type;    /* of a property */
	bool multiple;
	bool twofold;           /* unit: its name is one of several, and renames
				   nothing */
	bool optional;          /* a rule may name what the portal has not */
	char *id;
	char *of;               /* value: the property's id; else NULL */
	bool of_trait;          /* value: `of` is a TERM_TRAIT */
	char *name;             /* for people, and to be recognised by */
	char *code;             /* property: a code that is standard for it
				   ("CML2_BAR_CODE"), or NULL */
	char *target;           /* TERM_NAMED: name, code or id there */
	long line;              /* of the rule; 0 */
	int64_t portal_id;      /* in: as known before, 0 not; out: 0 the portal
				   has none */
	bool renamed;           /* property, unit: 1C has given it another name
				   than the portal was told */
	int64_t told;           /* term_name_hash() of that one; 0: not known */
	bool doubted;           /* value, store: what is known may be wrong, and
				   is looked at again */
	char *refusal;          /* out: what the portal said to a change of what
				   it has for it: a new name, or several
				   values; NULL */
	bool keeps_name;        /* with `refusal`: of the name, or that too */
};

/* How the portal calls what is made for the term: its name, else the id. */
const char *term_title(const struct term *term);
/* Above 0. */
int64_t term_name_hash(struct str name);

/* Frees what the term holds. */
void term_free(struct term *term);

/* A list of terms. */
struct terms {
	struct term *items;
	size_t count, size;
	int64_t makes;          /* out, where nothing may be made: requests
				   that making what is missing would take */
};
/* An empty one at the end; the texts are the list's. */
struct term *term_list_add(struct terms *terms);
void term_list_free(struct terms *terms);

/*
 * Which terms the portal has, by kind, `of` and id; small enough for memory.
 * Kept from run to run, so that mapping needs no portal.
 */
/* For tables of terms, which are told apart by these three. */
uint64_t term_hash(enum term_kind kind, struct str of, struct str id);

struct term_set;
struct term_set *term_set_new(void);
void term_set_free(struct term_set *set);       /* NULL is fine */
void term_set_put(struct term_set *set, enum term_kind kind, struct str of,
    struct str id, int64_t portal_id);
/* 0: not there; NULL set: nothing is. */
int64_t term_set_get(const struct term_set *set, enum term_kind kind,
    struct str of, struct str id);
/* Of properties, traits and stores alone: changes when one comes or goes, and
 * of stores with the number too, for what lies in another one is not known.
 * Not dependent on the order of puts. */
uint64_t term_set_hash(const struct term_set *set);

#endif
