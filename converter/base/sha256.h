/*
 * SHA-256 (FIPS 180-4), for pictures: the same bytes are told by it, also
 * against somebody who would like two pictures to be one.  None of the
 * libraries that we have offers a hash.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX 65           /* with the NUL */

struct sha256 {
	uint32_t state[8];
	uint64_t bytes;
	unsigned char block[64];
	size_t used;
};

void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t len);
/* Lower-case hex of all that was added. */
void sha256_hex(struct sha256 *hash, char out[SHA256_HEX]);

#endif
