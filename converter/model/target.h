/*
 * A target is one object of the portal that we answer for.  Its key is made
 * of 1C's ids, so it is known before the portal has ever been asked:
 *   section   id of the group
 *   product   id of the product
 *   price     id of the product, NUL, the text of the price rule ("BASE")
 */
#ifndef MODEL_TARGET_H
#define MODEL_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "model/field.h"

/* Numbers are on disk. */
enum target_kind {
	TARGET_NONE = 0,
	TARGET_SECTION = 1,
	TARGET_PRODUCT = 2,
	TARGET_PRICE = 3,
	TARGET_LAST
};

const char *target_kind_name(enum target_kind kind);    /* "product" */
enum target_kind target_kind_by_name(struct str name);
/* The same for a person, in the language of the locale. */
const char *target_kind_title(enum target_kind kind);

struct target {
	enum target_kind kind;
	size_t key_len;
	char key[LIMIT_KEY_BYTES];
};

/* 0, or -1: the key would be too long. */
int target_set(struct target *out, enum target_kind kind, struct str id);
int target_set_price(struct target *out, struct str product, struct str rule);
struct str target_key(const struct target *target);
/* The id of the 1C object: the key up to its first NUL. */
struct str target_id(const struct target *target);
/* The second part of a price's key, else STR_NONE. */
struct str target_rule(const struct target *target);
bool target_same(const struct target *a, const struct target *b);

/* What the rules want a target to be. */
enum wanted_state {
	WANTED_NOTHING = 0,     /* no rule speaks of it: leave alone */
	WANTED_PRESENT,         /* should be there with these fields */
	WANTED_INACTIVE,        /* as above, but only if it is there already:
				   it is not made in order to be switched off
				   (ACTIVE says whether it is) */
	WANTED_GONE             /* should not be there */
};

struct wanted {
	enum wanted_state state;
	struct fields fields;
	struct fields at_create; /* owned by the portal: said once, when made */
	struct target parent;   /* kind TARGET_NONE: no parent */
	bool orphan;            /* it names a group that no record knows */
};

enum verb {
	VERB_NONE = 0,
	VERB_CREATE = 1,
	VERB_UPDATE = 2,
	VERB_DELETE = 3,
	VERB_LINK = 4           /* look whether it is there; take it over */
};

const char *verb_name(enum verb verb);  /* "create" */

#endif
