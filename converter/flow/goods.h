/* Goods that are being read: goods.c, rests.c. */
#ifndef FLOW_GOODS_H
#define FLOW_GOODS_H

#include "flow/flow_internal.h"

/* Warehouses that a package, or its node, lists. */
struct rests {
	struct rowset listed;
	struct buf ids;
	bool lists, known;      /* the package does; `listed` is filled */
};

struct goods_taking {
	struct flow *flow;
	const char *folder, *node;      /* of the package */
	struct rests rests;
	struct picture_tally pictures;
	struct picture_notes notes;     /* of the record that was taken last */
	bool owed;              /* there are records to which files are owed */
	int64_t kits;
	char first_kit[256];
	int64_t differing;      /* goods of the catalogue that say of themselves
				   by what characteristic they differ */
	char first_differing[256];
	int64_t crowded;        /* goods that lie in several groups */
	char first_crowded[256];
	bool any_new;           /* words that no record knew */
	struct rowset seen;
	struct rowset simple;   /* products of this package whose offers are no
				   variations, hashed */
	bool goods;             /* the package names products */
	const struct record *record;    /* that is taken */
	struct fields stamped;  /* of the record that was taken last */
};
/* *out: the record as it is to be staged, borrowed until the next; words that
 * it names are staged here.  xml: the file, relative to the folder. */
int goods_take(struct goods_taking *taking, const char *xml,
    const struct record *record, struct record *out, struct err *err);
/* And once it is staged. */
int goods_taken(struct goods_taking *taking, const char *xml,
    const struct record *record, enum staged staged, struct err *err);
/* What a person should know of them. */
void goods_tell(const struct goods_taking *taking);
void goods_free(struct goods_taking *taking);

/* ---- rests.c: warehouses where a good is no more ---- */

/* The package lists a warehouse. */
void rests_list_store(struct rests *rests, const struct record *record);
/* *out: the rests as they are to be staged, with 0 where the good is no more.
 * 1; 0: as they are; -1. */
int rests_complete(struct flow *flow, struct rests *rests, const char *node,
    const struct record *record, struct fields *out, struct err *err);
/* The package is accepted: its list is the node's. */
int rests_remember(struct flow *flow, const struct rests *rests,
    const char *node, struct err *err);
/* The heir is the node under another name. */
int rests_follow(struct flow *flow, const char *node, const char *heir,
    struct err *err);
void rests_free(struct rests *rests);

#endif
