/*
 * A record is one object of 1C as it was last stated: a group, a product, an
 * offer, the prices of an offer, the rests of an offer.  Prices and rests
 * are records of their own since they come in files of their own; all prices
 * of one offer are one record, for an offer states them together.
 */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <stdint.h>

#include "base/err.h"
#include "model/field.h"
#include "model/target.h"

/* Numbers are on disk. */
enum record_kind {
	RECORD_NONE = 0,
	RECORD_GROUP = 1,
	RECORD_PRICE_TYPE = 2,
	RECORD_WAREHOUSE = 3,
	RECORD_UNIT = 4,
	RECORD_PROPERTY = 5,
	RECORD_CATEGORY = 6,
	RECORD_CATALOG = 7,
	RECORD_PRODUCT = 8,
	RECORD_OFFER = 9,       /* id: product[#characteristic] */
	RECORD_PRICES = 10,     /* id of the offer */
	RECORD_RESTS = 11,      /* id of the offer */
	RECORD_COUNTERPARTY = 12,
	RECORD_DOCUMENT = 13,
	RECORD_TRAIT = 14,      /* id: the name of a characteristic's pair,
				   "Цвет", or one of the others that
				   map_mention() tells; made by flow/ of what
				   goods name */
	RECORD_LAST
};

const char *record_kind_name(enum record_kind kind);    /* "product" */
enum record_kind record_kind_by_name(struct str name);

struct record {
	enum record_kind kind;
	struct str id;          /* exact bytes, trimmed; borrowed */
	struct fields fields;
};

/*
 * Where records are read from: the snapshot, given as functions so that
 * mapping does not know the database.
 */
struct record_source {
	void *ctx;
	/* 0: fields are filled (caller owns); 1: no such record; -1. */
	int (*get)(void *ctx, enum record_kind kind, struct str id,
	    struct fields *out, struct err *err);
	/* The same while a package is read: what the node that states it has
	 * stated of the record before, where others state it too.  NULL, in
	 * tests: as get(). */
	int (*stated)(void *ctx, enum record_kind kind, struct str id,
	    struct fields *out, struct err *err);
	/* Is the record absent from the last closed full session? */
	int (*is_absent)(void *ctx, enum record_kind kind, struct str id);
	/* While the number stays the same, so do the records; 0, or NULL: they
	 * may change at any time. */
	uint64_t (*generation)(void *ctx);
	/* Has any record of an offer a characteristic ("product#…")?  NULL:
	 * none has. */
	bool (*has_characteristics)(void *ctx);
	/* Has any target of the kind ever been heard of?  NULL: none. */
	bool (*has_target)(void *ctx, enum target_kind kind);
	/* Each record of the kind (OFFER, PRICES, RESTS) whose id is the
	 * product's with a '#' and more behind it, by id; absent: as
	 * is_absent() says.  NULL: there are none. */
	int (*each_of)(void *ctx, enum record_kind kind, struct str product,
	    int (*visit)(void *arg, const struct record *record,
	    bool absent), void *arg, struct err *err);
	/* Every record of the kind: goods in the order in which 1C first named
	 * them, others in the order of ids. */
	int (*each)(void *ctx, enum record_kind kind,
	    int (*visit)(void *arg, const struct record *record), void *arg,
	    struct err *err);
};

/* Behind a counterparty's id: the record of what an order says of it. */
#define RECORD_NAMED "#document"
/* The counterparty's id in the id of its record. */
struct str record_party_id(struct str id);

/* The counterparty's record of the list, else what an order said of it: 0; 1:
 * neither; -1. */
int record_get_party(const struct record_source *source, struct str id,
    struct fields *out, struct err *err);

#endif
