/*
 * Records that several nodes of 1C state (snapshot_share.c), for flow/: as whom
 * a package speaks, and nodes that are gone.  And which targets share an object
 * of the portal.
 */
#ifndef SNAPSHOT_SHARING_H
#define SNAPSHOT_SHARING_H

#include "snapshot/snapshot.h"

/* The number under which its statements are kept; makes its row. */
int snapshot_node_number(struct snapshot *snap, const char *name,
    int64_t *number, struct err *err);
/* What is imported by hand is from here on of this node, as far as is known;
 * 0: of none.  Of other packages it changes nothing. */
void snapshot_stage_as(struct snapshot *snap, int64_t node);
/* What is known of a record as a statement of the node whose package is staged:
 * of one of several nodes what it stated itself.  1: nothing. */
int snapshot_stage_known(struct snapshot *snap, enum record_kind kind,
    struct str id, struct fields *out, struct err *err);
/* How many RESTS of the package repeat a total of stock that another node's
 * has the place of; *first: the id of one, borrowed until the next package. */
int64_t snapshot_stage_apart(const struct snapshot *snap, struct str *first);
/*
 * The node is gone: its statements count no more, and visit is called for each
 * record that is another one without them.  What it alone stated stays, as
 * nobody's: it is the next one's that states it, and absent where that leaves
 * it out.  Nothing lies in its warehouses any more, of goods whose stock others
 * state.  *records: how many it stated, of kinds that are kept by nodes.
 * Inside a transaction.
 */
int snapshot_node_forget(struct snapshot *snap, int64_t node,
    int (*visit)(void *ctx, enum record_kind kind, struct str id,
    struct err *err), void *ctx, int64_t *records, struct err *err);
/* *records: how many it states, as above. */
int snapshot_node_count(struct snapshot *snap, int64_t node,
    int64_t *records, struct err *err);
/* All that it stated is stated by another one, which has stated nothing of it
 * yet.  *records: as above.  Inside a transaction. */
int snapshot_node_follow(struct snapshot *snap, int64_t node, int64_t heir,
    int64_t *records, struct err *err);
/* The files that are owed come to the heir's folder from now on. */
int snapshot_owed_follow(struct snapshot *snap, const char *node,
    const char *heir, struct err *err);
/* Is a package staged?  Whose the records are must not change then. */
bool snapshot_stage_is_open(const struct snapshot *snap);
/* Does anything that it states count beside what others state? */
int snapshot_node_states(struct snapshot *snap, int64_t node, bool *any,
    struct err *err);
/* When the newest package of the node was taken; 0: none is known. */
int snapshot_package_newest(struct snapshot *snap, const char *node,
    int64_t *taken, struct err *err);
/*
 * Does the node begin a catalogue with this number, as УНФ 1.6 does, which
 * numbers its catalogues?  A session of it has another catalogue in number 1 of
 * the series, and none had this one in a lower number.  catalog "": any.
 */
int snapshot_file_begins(struct snapshot *snap, const char *node,
    const char *series, int portion, const char *catalog, bool *begins,
    struct err *err);
/* When the oldest that is known and was accepted was. */
int snapshot_package_oldest(struct snapshot *snap, const char *node,
    int64_t *taken, struct err *err);
/* The first of those that have this object of the portal, behind that row (0:
 * of all); 1: there is none. */
int snapshot_image_same(struct snapshot *snap, enum target_kind kind,
    int64_t portal_id, int64_t after, struct target *target,
    struct image *image, struct err *err);

#endif
