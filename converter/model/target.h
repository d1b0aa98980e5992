/*
 * A target is one object of the portal that we answer for.  Its key is made
 * of 1C's ids, so it is known before the portal has ever been asked:
 *   section   id of the group; or "cml24:" and a path, of the managers' own
 *             tree (catalog.groups)
 *   product   id of the product; of characteristics that are products of
 *             their own, id of the offer
 *   parent    id of the product: it has variations
 *   variation id of the offer: "product#characteristic"
 *   service   id of the product
 *             A good of 1C stands in the portal as one of product, parent and
 *             service; what is there of it in another form is switched off.
 *   price     id of the good that has it (of one of these four), NUL, the text
 *             of the price rule ("BASE")
 *   picture   id of the good, NUL, "main" or the hash of its bytes
 *   stock     id of the good, NUL, id of 1C's warehouse: what the portal's
 *             stock documents bring about
 *   company, contact    id of the counterparty
 *   person    id of the counterparty, NUL, id of the contact person: a
 *             contact of the portal too; persons with the same second part
 *             share one
 *   requisite id of the counterparty
 *   bank      id of the counterparty, NUL, number of the account
 *   address   id of the counterparty, NUL, the portal's type of address
 *             (crm.enum.addresstype): "6" legal, "1" actual, "4" of
 *             registration, "8" postal
 *   deal      the portal's id of the deal: deals are made by people there
 *   rows      the same: its product rows, one target
 *   comment, notice   id of the deal, NUL, the payment that they tell of
 *   order     id of the deal: the order in the outbox; for the history alone,
 *             it is no object of the portal
 *   onec_order  the number that 1C gave an order of its own, NUL, the year of
 *             its date (1C counts anew each year): the deal that is made of
 *             it.  Once that is there, 1C speaks of it by `deal` and `rows`
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
	TARGET_COMPANY = 4,
	TARGET_CONTACT = 5,
	TARGET_PERSON = 6,
	TARGET_REQUISITE = 7,
	TARGET_BANK = 8,
	TARGET_ADDRESS = 9,
	TARGET_DEAL = 10,
	TARGET_ROWS = 11,
	TARGET_COMMENT = 12,
	TARGET_NOTICE = 13,
	TARGET_ORDER = 14,
	TARGET_PARENT = 15,
	TARGET_OFFER = 16,
	TARGET_SERVICE = 17,
	TARGET_PICTURE = 18,
	TARGET_STOCK = 19,
	TARGET_ONEC_ORDER = 20,
	TARGET_LAST
};

/* Company, contact or person: searched for by more than a mark, read before
 * they are changed, shared with people of the portal. */
static inline bool
target_is_client(enum target_kind kind)
{
	return kind == TARGET_COMPANY || kind == TARGET_CONTACT ||
	    kind == TARGET_PERSON;
}

/* Is it of the customer base? */
static inline bool
target_is_crm(enum target_kind kind)
{
	return kind >= TARGET_COMPANY && kind <= TARGET_ADDRESS;
}

/* Is it of a deal? */
static inline bool
target_is_deal(enum target_kind kind)
{
	return (kind >= TARGET_DEAL && kind <= TARGET_ORDER) ||
	    kind == TARGET_ONEC_ORDER;
}

/* Is it a good: something that has prices, pictures, stock? */
static inline bool
target_is_good(enum target_kind kind)
{
	return kind == TARGET_PRODUCT || kind == TARGET_PARENT ||
	    kind == TARGET_OFFER || kind == TARGET_SERVICE;
}

/* Does it belong to a good, and go with it? */
static inline bool
target_is_of_good(enum target_kind kind)
{
	return kind == TARGET_PRICE || kind == TARGET_PICTURE ||
	    kind == TARGET_STOCK;
}

/* The second part of the key of the main picture. */
#define TARGET_MAIN "main"
/* What the id of a section of the managers' tree begins with. */
#define TARGET_TREE "cml24:"

const char *target_kind_name(enum target_kind kind);    /* "product" */
enum target_kind target_kind_by_name(struct str name);
/* The same for a person, in the language of the locale. */
const char *target_kind_title(enum target_kind kind);
/* The title as it stands in the source, for base/told.h. */
const char *target_kind_message(enum target_kind kind);

struct target {
	enum target_kind kind;
	size_t key_len;
	char key[LIMIT_KEY_BYTES];
};

/* 0, or -1: the key would be too long. */
int target_set(struct target *out, enum target_kind kind, struct str id);
int target_set_price(struct target *out, struct str product, struct str rule);
/* person, bank, address, comment, notice, picture, stock, onec_order: a key of
 * two parts. */
int target_set_part(struct target *out, enum target_kind kind,
    struct str party, struct str part);
struct str target_key(const struct target *target);
/* The id of the 1C object: the key up to its first NUL. */
struct str target_id(const struct target *target);
/* The second part of the key, else STR_NONE. */
struct str target_rule(const struct target *target);
/* A field of its good that does not show what is in it: said once more, it is
 * the same. */
bool target_is_main_picture(const struct target *target);
/* What a client bears in the portal as originId: the id of the counterparty or
 * of the contact person. */
struct str target_mark(const struct target *target);
bool target_same(const struct target *a, const struct target *b);
/* May what 1C calls by this good's id stand in that other form too?  Only a
 * characteristic ("product#…") is ever a variation, and it is else a
 * product. */
bool target_may_be_form(const struct target *good, enum target_kind form);

/* What the rules want a target to be. */
enum wanted_state {
	WANTED_NOTHING = 0,     /* no rule speaks of it: leave alone */
	WANTED_PRESENT,         /* should be there with these fields */
	WANTED_INACTIVE,        /* as above, but only if it is there already:
				   it is not made in order to be switched off
				   (ACTIVE says whether it is) */
	WANTED_GONE,            /* should not be there */
	WANTED_KEPT             /* these fields if it is there, else nothing: it
				   is neither made nor looked for */
};

struct wanted {
	enum wanted_state state;
	struct fields fields;
	struct fields at_create; /* owned by the portal: said once, when made */
	struct fields unsaid;   /* never said: a good may be recognised by it */
	struct target parent;   /* kind TARGET_NONE: no parent */
	bool orphan;            /* it names a group that no record knows */
	bool replaced;          /* switched off because the same good stands
				   there in another form: nothing vanishes;
				   of stock: that form has none */
	bool absent;            /* 1C does not name the good, which is kept: it
				   goes on, also in another form, but what was
				   taken away is not made again */
};

enum verb {
	VERB_NONE = 0,
	VERB_CREATE = 1,
	VERB_UPDATE = 2,
	VERB_DELETE = 3,
	VERB_LINK = 4           /* look whether it is there; take it over */
};

const char *verb_name(enum verb verb);  /* "create" */
/* What was done, for a person, in the language of the locale. */
const char *verb_title(enum verb verb);

#endif
