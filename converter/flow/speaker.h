/*
 * As whom a package speaks, where several nodes of 1C state the same goods:
 * what each of them states is kept apart (snapshot_share.c).
 */
#ifndef FLOW_SPEAKER_H
#define FLOW_SPEAKER_H

#include "flow/flow_internal.h"
#include "snapshot/sharing.h"

/* 1: it was told that nodes state other totals of stock */
#define META_APART "nodes.apart"

/* Its number (snapshot_node_number()).  What is imported by hand speaks as the
 * one node that exports this catalogue; 0: there is none, or there are
 * several. */
int speaker_number(struct flow *flow, const char *node, struct str catalog,
    int64_t *number, struct err *err);
/* Before a package of the node, whose files lie in `folder`, is read.  The
 * first one of a node, and another node's folder is not there: it was renamed,
 * or 1C exports elsewhere.  What that one stated is this one's from then on; of
 * several it takes the place of the one that exported its catalogue, which may
 * not be known before a later package. */
int speaker_begin(struct flow *flow, const char *node, const char *folder,
    const struct intake_list *files, struct err *err);
/* It takes the place of that: the times of what that stated are its own
 * (node.c). */
int node_follow(struct flow *flow, const char *gone, const char *heir,
    struct err *err);
/* A session of the node is over: others that are not in the inbox any more
 * state nothing from now on.  Inside a transaction, the fuse armed. */
int speaker_forget_gone(struct flow *flow, const char *node,
    struct err *err);
/* The same, where a package was staged: once its records are in. */
int speaker_forget_later(struct flow *flow, const char *node,
    struct err *err);
/* What it stated counts no more, or is another one's now. */
bool speaker_is_gone(const struct flow *flow, const char *node);
/* A package of the node was accepted.  full: it begins an export of all. */
int speaker_note_here(struct flow *flow, const char *node, bool full,
    struct err *err);
/* What the package that is staged repeats in spite of other nodes, if it does:
 * said once, for it will be so until somebody changes it in 1C. */
void speaker_tell_apart(const struct flow *flow, const char *node);
/* The node has exported all: the catalogues of those whose place it took, a
 * FIELD_PART between, nothing where there is none.  Told once. */
int speaker_followed(struct flow *flow, const char *node,
    struct buf *catalogs, struct err *err);

#endif
