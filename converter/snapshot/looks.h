/*
 * Looks at files of the inbox, remembered between runs: by two of them it is
 * seen that a file stands still, grows, or is another one by now.
 */
#ifndef SNAPSHOT_LOOKS_H
#define SNAPSHOT_LOOKS_H

#include "snapshot/snapshot.h"

struct look {
	char name[LIMIT_NAME_BYTES];    /* relative to the inbox */
	int64_t size, mtime_ns, inode;
	int64_t first;          /* wall ms: since when it looks like this */
	int64_t seen;           /* wall ms: first sight of the name */
	bool reported;          /* told as not settling */
	int64_t head;           /* hash of its first bytes */
	int64_t head_bytes;     /* so many; 0: it would not be missed */
};
int snapshot_look_get(struct snapshot *snap, const char *name,
    struct look *look, struct err *err);        /* 1: none */
int snapshot_look_put(struct snapshot *snap, const struct look *look,
    struct err *err);
int snapshot_look_drop(struct snapshot *snap, const char *name,
    struct err *err);
int snapshot_look_each(struct snapshot *snap,
    int (*visit)(void *ctx, const struct look *look, struct err *err),
    void *ctx, struct err *err);

#endif
