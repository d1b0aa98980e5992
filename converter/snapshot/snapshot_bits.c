/*
 * Sets of record numbers (base/bits.h) as they are stored: of a chunk its
 * bits, or a rising list of 16-bit numbers (low byte first) where that is
 * shorter; the length tells which.
 */
#include "snapshot/snapshot_internal.h"

#include <string.h>

struct str
snapshot_bits_pack(const unsigned char *chunk,
    unsigned char out[BITS_BYTES])
{
	size_t len = 0, bit;

	for (bit = 0; bit < BITS_CHUNK; bit++) {
		if (bit % 8 == 0 && chunk[bit / 8] == 0) {
			bit += 7;
			continue;
		}
		if ((chunk[bit / 8] >> (bit % 8) & 1) == 0)
			continue;
		if (len + 2 >= BITS_BYTES) {
			memcpy(out, chunk, BITS_BYTES);
			len = BITS_BYTES;
			break;
		}
		out[len++] = (unsigned char)(bit & 0xff);
		out[len++] = (unsigned char)(bit >> 8);
	}
	return str_n((const char *)out, len);
}

int
snapshot_bits_add(struct bits *bits, int64_t chunk, struct str stored)
{
	const unsigned char *p = (const unsigned char *)stored.p;
	unsigned char *to;
	size_t i;

	if (chunk < 0 || chunk >= BITS_CHUNKS || stored.len > BITS_BYTES ||
	    stored.len % 2 != 0)
		return -1;
	to = bits_chunk(bits, (size_t)chunk);
	if (stored.len == BITS_BYTES) {
		for (i = 0; i < BITS_BYTES; i++)
			to[i] |= p[i];
		return 0;
	}
	for (i = 0; i < stored.len; i += 2) {
		unsigned bit = p[i] | (unsigned)p[i + 1] << 8;

		if (bit >= BITS_CHUNK)
			return -1;
		to[bit / 8] = (unsigned char)(to[bit / 8] | 1U << (bit % 8));
	}
	return 0;
}
