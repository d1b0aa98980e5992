/*
 * JSON: reading foreign JSON defensively (over cJSON), and writing a stream
 * of JSON without a tree.  Numbers of the portal may be strings and the other
 * way round; "an empty object" may be [] (bitrix24.md 2).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Parses the whole text.  Depth and number of values are bounded, a name that
 * stands twice in one object is refused.  NULL: not JSON, ERR_DATA with the
 * line and byte in *err.  The caller calls cJSON_Delete(). */
cJSON *json_parse(struct str text, struct err *err);

/* The member, or NULL when object is NULL, no object, or has none. */
const cJSON *json_get(const cJSON *object, const char *name);

/* A whole number, also from a numeric string.  0, or -1; numbers beyond 2^53
 * are exact as strings only. */
int json_int(int64_t *out, const cJSON *item);

/*
 * The text of a string or number, "Y"/"N" for true/false, STR_NONE for
 * null, absence or anything else.  Numbers are written into `space`, with at
 * most 6 digits behind the point and no trailing zeros.
 */
struct str json_str(const cJSON *item, char space[32]);

/* Of a member of a row.  0 when it is no whole number; the text is never NULL,
 * and the caller's. */
int64_t json_int_of(const cJSON *object, const char *name);
char *json_text_of(const cJSON *object, const char *name);

/*
 * A stream.  Commas and escapes are its business; what is not UTF-8 becomes
 * U+FFFD.  `key` is NULL in arrays.  At most 63 deep.  A file's document ends
 * with a newline; whether it could be written says ferror(), and buf->full.
 */
struct json_out {
	FILE *file;             /* where it goes, or */
	struct buf *buf;        /* into here */
	unsigned depth;
	uint64_t has_member;    /* a bit per depth */
	uint64_t is_array;      /* a bit per depth */
};
void json_out_init_file(struct json_out *out, FILE *file);
void json_out_init_buf(struct json_out *out, struct buf *buf);
void json_out_object(struct json_out *out, const char *key);
void json_out_array(struct json_out *out, const char *key);
void json_out_end_object(struct json_out *out);
void json_out_end_array(struct json_out *out);
void json_out_str(struct json_out *out, const char *key, struct str value);
void json_out_text(struct json_out *out, const char *key, const char *value);
void json_out_int(struct json_out *out, const char *key, int64_t value);
void json_out_bool(struct json_out *out, const char *key, bool value);
void json_out_null(struct json_out *out, const char *key);
/* Ends what is open below `depth` (1: the outermost object stays open). */
void json_out_end_to(struct json_out *out, unsigned depth);
/* A number whose text is canonical already (base/decimal.h). */
void json_out_raw(struct json_out *out, const char *key, const char *number);

#endif
