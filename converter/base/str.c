#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NBSP 0xa0
#define NO_CHAR UINT32_MAX

struct str
str_of(const char *text)
{
	if (text == NULL)
		return STR_NONE;
	return str_n(text, strlen(text));
}

struct str
str_n(const char *p, size_t len)
{
	return (struct str){ p, len };
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool
str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

int
str_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.p, b.p, len);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str text)
{
	static const char nbsp[] = "\xc2\xa0";

	for (;;) {
		size_t blank = 0;

		if (text.len >= 1 && is_blank(text.p[0]))
			blank = 1;
		else if (text.len >= 2 && memcmp(text.p, nbsp, 2) == 0)
			blank = 2;
		if (blank == 0)
			break;
		text.p += blank;
		text.len -= blank;
	}
	for (;;) {
		if (text.len >= 1 && is_blank(text.p[text.len - 1]))
			text.len -= 1;
		else if (text.len >= 2 &&
		    memcmp(text.p + text.len - 2, nbsp, 2) == 0)
			text.len -= 2;
		else
			return text;
	}
}

/*
 * The first character and its length: overlong forms, surrogates and what
 * lies past U+10FFFF are no characters.
 */
static size_t
decode(uint32_t *out, struct str text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text.p;
	size_t len, i;
	uint32_t c;

	if (text.len == 0)
		return 0;
	if (p[0] < 0x80) {
		*out = p[0];
		return 1;
	}
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > text.len)
		return 0;
	c = p[0] & (0xffU >> (len + 1));
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return len;
}

size_t
str_utf8_len(struct str text)
{
	uint32_t c;

	return decode(&c, text);
}

bool
str_utf8_valid(struct str text)
{
	while (text.len > 0) {
		uint32_t c;
		size_t len = decode(&c, text);

		if (len == 0 || c == 0)
			return false;
		text.p += len;
		text.len -= len;
	}
	return true;
}

struct str
str_utf8_cut(struct str text, size_t max)
{
	if (text.len <= max)
		return text;
	text.len = max;
	while (text.len > 0 && ((unsigned char)text.p[text.len] & 0xc0) == 0x80)
		text.len--;
	return text;
}

/* Small letter of Latin (with Latin-1) and Cyrillic; yo becomes ye. */
static uint32_t
fold(uint32_t c)
{
	static const struct {
		uint32_t first, last, add;
	} ranges[] = {
		{ 'A', 'Z', 0x20 },
		{ 0xc0, 0xd6, 0x20 },
		{ 0xd8, 0xde, 0x20 },
		{ 0x400, 0x40f, 0x50 },
		{ 0x410, 0x42f, 0x20 },
		{ 0x490, 0x490, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last) {
			c += ranges[i].add;
			break;
		}
	}
	return c == 0x451 ? 0x435 : c;
}

/* The next character of a name as it is compared; NO_CHAR at the end.  A byte
 * that is no UTF-8 stands for itself, past all characters. */
static uint32_t
next_of_name(struct str *text)
{
	bool blank = false;

	while (text->len > 0) {
		uint32_t c;
		size_t len = decode(&c, *text);
		bool space = len == 2 ? c == NBSP :
		    len == 1 && is_blank((char)c);

		if (!space && blank)
			return ' ';
		if (len == 0) {
			c = 0x110000U + (unsigned char)text->p[0];
			len = 1;
		}
		text->p += len;
		text->len -= len;
		if (!space)
			return fold(c);
		blank = true;
	}
	return NO_CHAR;
}

bool
str_same_name(struct str a, struct str b)
{
	uint32_t ca, cb;

	a = str_trim(a);
	b = str_trim(b);
	do {
		ca = next_of_name(&a);
		cb = next_of_name(&b);
		if (ca != cb)
			return false;
	} while (ca != NO_CHAR);
	return true;
}

uint64_t
str_name_hash(struct str text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	uint32_t c;

	text = str_trim(text);
	while ((c = next_of_name(&text)) != NO_CHAR) {
		hash ^= c;
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

static size_t
least_of(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/*
 * Row by row, and of a row only the cells within `max` of the diagonal: what
 * lies farther out is past max anyway.
 */
size_t
str_distance(struct str a, struct str b, size_t max)
{
	size_t gap = a.len > b.len ? a.len - b.len : b.len - a.len;
	size_t i, j, far, result;
	size_t *row;

	if (gap > max)
		return max + 1;
	far = max + 1;
	row = mem_array(b.len + 1, sizeof *row);
	for (j = 0; j <= b.len; j++)
		row[j] = j < far ? j : far;
	for (i = 1; i <= a.len; i++) {
		size_t from = i > max ? i - max : 1;
		size_t to = b.len > i && b.len - i > max ? i + max : b.len;
		size_t corner = row[from - 1];

		row[from - 1] = from == 1 && i < far ? i : far;
		for (j = from; j <= to; j++) {
			size_t above = row[j];
			size_t swap = a.p[i - 1] == b.p[j - 1] ? 0 : 1;

			row[j] = least_of(above + 1, row[j - 1] + 1,
			    corner + swap);
			corner = above;
		}
	}
	result = row[b.len] < far ? row[b.len] : far;
	free(row);
	return result;
}

int
str_to_int64(int64_t *out, struct str text)
{
	bool negative = text.len > 0 && text.p[0] == '-';
	size_t i = negative ? 1 : 0;
	int64_t value = 0;

	if (i == text.len)
		return -1;
	/* Counted downwards, since the smallest has no positive twin. */
	for (; i < text.len; i++) {
		int digit = text.p[i] - '0';

		if (digit < 0 || digit > 9)
			return -1;
		if (value < (INT64_MIN + digit) / 10)
			return -1;
		value = value * 10 - digit;
	}
	if (!negative && value == INT64_MIN)
		return -1;
	*out = negative ? value : -value;
	return 0;
}

uint64_t
str_hash(uint64_t seed, struct str text)
{
	uint64_t hash = seed == 0 ? UINT64_C(0xcbf29ce484222325) : seed;
	size_t i;

	for (i = 0; i < text.len; i++) {
		hash ^= (unsigned char)text.p[i];
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}
