/*
 * Sets of row numbers, in chunks that are there when they are needed: four
 * million numbers that stand close together are half a megabyte.  Nothing is
 * taken out of one.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

#define BITS_CHUNK 32768                /* numbers in a chunk */
#define BITS_BYTES (BITS_CHUNK / 8)
/* Numbers of chunks are below this. */
#define BITS_CHUNKS (LIMIT_RECORD_ROWS / BITS_CHUNK + 1)

struct bits {
	unsigned char **chunks; /* NULL: nothing of the chunk is in the set */
	size_t count;
};

void bits_free(struct bits *bits);      /* and empties */
/* false also for what can be in no set. */
bool bits_has(const struct bits *bits, int64_t number);
/* The next one in the set behind *number, -1 at first.  False: no more. */
bool bits_next(const struct bits *bits, int64_t *number);
/* number: 0 to LIMIT_RECORD_ROWS. */
void bits_set(struct bits *bits, int64_t number);
/* BITS_BYTES bytes, lowest bit first; chunk: below BITS_CHUNKS. */
unsigned char *bits_chunk(struct bits *bits, size_t chunk);

#endif
