/*
 * Ids as they are kept: exact bytes, but where an id begins with a canonical
 * lower-case UUID (nearly all do) its 36 characters are 16 bytes.
 *
 *   00 bytes            any id
 *   01 16-bytes bytes   UUID and what stands behind it
 *
 * There is one form per id, and ids that begin with a UUID keep their byte
 * order among themselves.
 */
#include "snapshot/snapshot_internal.h"

#include <limits.h>
#include <string.h>

#define TAG_RAW 0
#define TAG_UUID 1
#define UUID_BYTES 16
#define UUID_TEXT 36

/* One more than the digit's value; 0: not one of ours. */
static const unsigned char digits_of[UCHAR_MAX + 1] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6,
	['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16
};

static int
digit_of(char c)
{
	return digits_of[(unsigned char)c] - 1;
}

static bool
is_dash_place(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

static bool
pack_uuid(char *out, struct str id)
{
	size_t at = 0;
	int high, low;

	if (id.len < UUID_TEXT)
		return false;
	while (at < UUID_TEXT) {
		if (is_dash_place(at)) {
			if (id.p[at++] != '-')
				return false;
			continue;
		}
		high = digit_of(id.p[at]);
		low = digit_of(id.p[at + 1]);
		if (high < 0 || low < 0)
			return false;
		*out++ = (char)(high << 4 | low);
		at += 2;
	}
	return true;
}

static void
unpack_uuid(char *out, const char *bytes)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	while (at < UUID_TEXT) {
		unsigned char byte;

		if (is_dash_place(at)) {
			out[at++] = '-';
			continue;
		}
		byte = (unsigned char)*bytes++;
		out[at++] = digits[byte >> 4];
		out[at++] = digits[byte & 15];
	}
}

int
snapshot_key_make(struct snapshot_key *key, struct str id)
{
	size_t head = 1;

	if (id.len > LIMIT_KEY_BYTES)
		return -1;
	if (pack_uuid(key->bytes + 1, id)) {
		key->bytes[0] = TAG_UUID;
		head += UUID_BYTES;
		id = str_n(id.p + UUID_TEXT, id.len - UUID_TEXT);
	} else {
		key->bytes[0] = TAG_RAW;
	}
	if (id.len > 0)
		memcpy(key->bytes + head, id.p, id.len);
	key->len = head + id.len;
	return 0;
}

struct str
snapshot_key_str(const struct snapshot_key *key)
{
	return str_n(key->bytes, key->len);
}

void
snapshot_key_copy(struct snapshot_key *key, struct str stored)
{
	key->len = stored.len > sizeof(key->bytes) ? 0 : stored.len;
	if (key->len > 0)
		memcpy(key->bytes, stored.p, key->len);
}

int
snapshot_key_read(char *out, size_t *len, struct str key)
{
	size_t head = 1, text = 0;

	*len = 0;
	if (key.len == 0)
		return -1;
	if (key.p[0] == TAG_UUID) {
		if (key.len < 1 + UUID_BYTES)
			return -1;
		head += UUID_BYTES;
		text = UUID_TEXT;
	} else if (key.p[0] != TAG_RAW) {
		return -1;
	}
	if (key.len - head > LIMIT_KEY_BYTES - text)
		return -1;
	if (text > 0)
		unpack_uuid(out, key.p + 1);
	memcpy(out + text, key.p + head, key.len - head);
	*len = text + key.len - head;
	return 0;
}
