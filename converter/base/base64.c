#include "base/base64.h"

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Up to three bytes as four letters. */
static void
add_group(char out[4], const unsigned char *bytes, size_t count)
{
	unsigned value = (unsigned)bytes[0] << 16;

	if (count > 1)
		value |= (unsigned)bytes[1] << 8;
	if (count > 2)
		value |= bytes[2];
	for (int i = 3; i >= 0; i--, value >>= 6)
		out[i] = (size_t)i <= count ? letters[value & 63] : '=';
}

int
base64_add(struct buf *out, struct str bytes)
{
	const unsigned char *from = (const unsigned char *)bytes.p;
	char group[4];

	if (bytes.len / 3 * 4 + 4 > out->max - out->len) {
		out->full = true;
		return -1;
	}
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t rest = bytes.len - i;

		add_group(group, from + i, rest < 3 ? rest : 3);
		(void)buf_add(out, group, sizeof(group));
	}
	return 0;
}
