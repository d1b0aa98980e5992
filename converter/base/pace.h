/*
 * How far long work is.  It is counted where it is done (bytes read, copied,
 * unpacked; records) and shown by whoever began it: so the layers that do it
 * know nothing of a bar.  One work at a time; one that begins within another
 * takes its place until it ends.
 */
#ifndef BASE_PACE_H
#define BASE_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum pace_of {
	PACE_READ,              /* bytes of XML files */
	PACE_COPIED,            /* bytes copied or unpacked */
	PACE_RECORDS
};

struct pace {
	enum pace_of of;
	void (*show)(void *ctx, int64_t done);
	void *ctx;
	int64_t before;         /* counted of the one that it replaces */
	struct pace *outer;
};

/* This thread shows it from now on, and nobody else. */
void pace_begin(struct pace *pace, enum pace_of of,
    void (*show)(void *ctx, int64_t done), void *ctx);
void pace_end(struct pace *pace);
/* So much more is done; nothing where that is not what is shown.  From any
 * thread; only the one that began it shows it. */
void pace_add(enum pace_of of, int64_t more);
/* Shows what other threads have counted. */
void pace_show(void);

#endif
