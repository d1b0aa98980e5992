/*
 * Texts as 1C and the portal write them: a piece of bytes with a length,
 * UTF-8, not ended by NUL.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;  /* may be NULL when len is 0; borrowed */
	size_t len;
};

#define STR_NONE ((struct str){ NULL, 0 })

struct str str_of(const char *text);            /* NULL gives STR_NONE */
struct str str_n(const char *p, size_t len);
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *b);
int str_cmp(struct str a, struct str b);        /* byte order */

/* Without the blanks at both ends: space, tab, CR, LF, NBSP (U+00A0). */
struct str str_trim(struct str text);

/* Bytes of the first character: 1 to 4, or 0 when text is empty or does not
 * begin with valid UTF-8 (NUL is a character here). */
size_t str_utf8_len(struct str text);

/* true when valid UTF-8 without NUL. */
bool str_utf8_valid(struct str text);

/* The longest start of text that has at most max bytes and ends at a
 * character's border. */
struct str str_utf8_cut(struct str text, size_t max);

/*
 * Equal after blanks at the ends are dropped, runs of blanks and NBSP are one
 * space, ё is е and the case of Latin and Cyrillic letters is ignored: how a
 * person compares names.
 */
bool str_same_name(struct str a, struct str b);
/* The same for texts that are the same name. */
uint64_t str_name_hash(struct str text);

/* Edit distance up to `max` (else max + 1), by bytes: for "nearest name". */
size_t str_distance(struct str a, struct str b, size_t max);

/* A whole number in decimal, nothing else: 0, or -1. */
int str_to_int64(int64_t *out, struct str text);

/* 64-bit FNV-1a over text, continuing from seed (0 starts). */
uint64_t str_hash(uint64_t seed, struct str text);

#endif
