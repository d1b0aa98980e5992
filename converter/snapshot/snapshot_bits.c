/*
 * Sets of record numbers, in chunks that are there when they are needed: a
 * full package of four million records is half a megabyte.  Stored, a chunk
 * is its bits, or a rising list of 16-bit numbers (low byte first) where that
 * is shorter; the length tells which.
 */
#include "snapshot/snapshot_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
snapshot_bits_free(struct snapshot_bits *bits)
{
	size_t i;

	for (i = 0; i < bits->count; i++)
		free(bits->chunks[i]);
	free(bits->chunks);
	*bits = (struct snapshot_bits){ NULL, 0 };
}

bool
snapshot_bits_has(const struct snapshot_bits *bits, int64_t number)
{
	size_t chunk = (size_t)number / SNAPSHOT_BITS_CHUNK;
	size_t bit = (size_t)number % SNAPSHOT_BITS_CHUNK;

	if (number < 0 || chunk >= bits->count ||
	    bits->chunks[chunk] == NULL)
		return false;
	return (bits->chunks[chunk][bit / 8] >> (bit % 8) & 1) != 0;
}

static unsigned char *
chunk_at(struct snapshot_bits *bits, size_t chunk)
{
	if (chunk >= bits->count) {
		size_t count = chunk + chunk / 2 + 8;

		bits->chunks = mem_resize(bits->chunks, count,
		    sizeof(*bits->chunks));
		while (bits->count < count)
			bits->chunks[bits->count++] = NULL;
	}
	if (bits->chunks[chunk] == NULL)
		bits->chunks[chunk] = mem_alloc(SNAPSHOT_BITS_BYTES);
	return bits->chunks[chunk];
}

void
snapshot_bits_set(struct snapshot_bits *bits, int64_t number)
{
	size_t bit = (size_t)number % SNAPSHOT_BITS_CHUNK;
	unsigned char *chunk;

	assert(number >= 0 && number <= LIMIT_RECORD_ROWS);
	chunk = chunk_at(bits, (size_t)number / SNAPSHOT_BITS_CHUNK);
	chunk[bit / 8] = (unsigned char)(chunk[bit / 8] | 1U << (bit % 8));
}

struct str
snapshot_bits_pack(const unsigned char *chunk,
    unsigned char out[SNAPSHOT_BITS_BYTES])
{
	size_t len = 0, bit;

	for (bit = 0; bit < SNAPSHOT_BITS_CHUNK; bit++) {
		if (bit % 8 == 0 && chunk[bit / 8] == 0) {
			bit += 7;
			continue;
		}
		if ((chunk[bit / 8] >> (bit % 8) & 1) == 0)
			continue;
		if (len + 2 >= SNAPSHOT_BITS_BYTES) {
			memcpy(out, chunk, SNAPSHOT_BITS_BYTES);
			len = SNAPSHOT_BITS_BYTES;
			break;
		}
		out[len++] = (unsigned char)(bit & 0xff);
		out[len++] = (unsigned char)(bit >> 8);
	}
	return str_n((const char *)out, len);
}

int
snapshot_bits_add(struct snapshot_bits *bits, int64_t chunk,
    struct str stored)
{
	const unsigned char *p = (const unsigned char *)stored.p;
	unsigned char *to;
	size_t i;

	if (chunk < 0 || chunk > LIMIT_RECORD_ROWS / SNAPSHOT_BITS_CHUNK ||
	    stored.len > SNAPSHOT_BITS_BYTES || stored.len % 2 != 0)
		return -1;
	to = chunk_at(bits, (size_t)chunk);
	if (stored.len == SNAPSHOT_BITS_BYTES) {
		for (i = 0; i < SNAPSHOT_BITS_BYTES; i++)
			to[i] |= p[i];
		return 0;
	}
	for (i = 0; i < stored.len; i += 2) {
		unsigned bit = p[i] | (unsigned)p[i + 1] << 8;

		if (bit >= SNAPSHOT_BITS_CHUNK)
			return -1;
		to[bit / 8] = (unsigned char)(to[bit / 8] | 1U << (bit % 8));
	}
	return 0;
}
