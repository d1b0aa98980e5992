#include "base/bits.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

void
bits_free(struct bits *bits)
{
	size_t i;

	for (i = 0; i < bits->count; i++)
		free(bits->chunks[i]);
	free(bits->chunks);
	*bits = (struct bits){ NULL, 0 };
}

bool
bits_has(const struct bits *bits, int64_t number)
{
	size_t chunk = (size_t)number / BITS_CHUNK;
	size_t bit = (size_t)number % BITS_CHUNK;

	if (number < 0 || chunk >= bits->count ||
	    bits->chunks[chunk] == NULL)
		return false;
	return (bits->chunks[chunk][bit / 8] >> (bit % 8) & 1) != 0;
}

bool
bits_next(const struct bits *bits, int64_t *number)
{
	int64_t end = (int64_t)bits->count * BITS_CHUNK, at = *number + 1;

	while (at < end && !bits_has(bits, at))
		at = bits->chunks[at / BITS_CHUNK] == NULL ?
		    (at / BITS_CHUNK + 1) * BITS_CHUNK : at + 1;
	*number = at;
	return at < end;
}

unsigned char *
bits_chunk(struct bits *bits, size_t chunk)
{
	assert(chunk < BITS_CHUNKS);
	if (chunk >= bits->count) {
		size_t count = chunk + chunk / 2 + 8;

		bits->chunks = mem_resize(bits->chunks, count,
		    sizeof(*bits->chunks));
		while (bits->count < count)
			bits->chunks[bits->count++] = NULL;
	}
	if (bits->chunks[chunk] == NULL)
		bits->chunks[chunk] = mem_alloc(BITS_BYTES);
	return bits->chunks[chunk];
}

void
bits_set(struct bits *bits, int64_t number)
{
	size_t bit = (size_t)number % BITS_CHUNK;
	unsigned char *chunk;

	assert(number >= 0 && number <= LIMIT_RECORD_ROWS);
	chunk = bits_chunk(bits, (size_t)number / BITS_CHUNK);
	chunk[bit / 8] = (unsigned char)(chunk[bit / 8] | 1U << (bit % 8));
}
