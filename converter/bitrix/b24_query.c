/*
 * Parameters in the form of PHP's http_build_query, for commands of a batch;
 * every byte but the unreserved ones is encoded, for an unescaped '#' would
 * cut the query (bitrix24.md 3).
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool
is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
	    c == '~';
}

static void
encode(struct buf *out, struct str text)
{
	static const char hex[] = "0123456789ABCDEF";
	char code[3] = "%";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (is_unreserved(c)) {
			(void)buf_add_char(out, (char)c);
			continue;
		}
		code[1] = hex[c >> 4];
		code[2] = hex[c & 15];
		(void)buf_add(out, code, sizeof(code));
	}
}

void
b24_query_add(struct buf *query, const char *key, struct str value)
{
	if (query->len > 0)
		(void)buf_add_char(query, '&');
	encode(query, str_of(key));
	(void)buf_add_char(query, '=');
	encode(query, value);
}

void
b24_query_text(struct buf *query, const char *key, const char *value)
{
	b24_query_add(query, key, str_of(value));
}

void
b24_query_int(struct buf *query, const char *key, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	b24_query_text(query, key, text);
}

void
b24_query_item(struct buf *query, const char *key, size_t index,
    struct str value)
{
	char name[96];

	(void)snprintf(name, sizeof(name), "%s[%zu]", key, index);
	b24_query_add(query, name, value);
}

bool
b24_query_is_reference(struct str text)
{
	static const char *const names[] = { "result[", "error[", "total[",
	    "next[", "time[" };
	const char *at = text.p, *end = text.p + text.len;

	if (text.len == 0)
		return false;
	while ((at = memchr(at, '$', (size_t)(end - at))) != NULL) {
		at++;
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			if ((size_t)(end - at) >= strlen(names[i]) &&
			    memcmp(at, names[i], strlen(names[i])) == 0)
				return true;
	}
	return false;
}

/* ---- the same as JSON ---- */

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Our own encoding, so only what encode() writes. */
static int
decode(struct buf *out, const char *from, const char *end)
{
	buf_clear(out);
	for (; from < end; from++) {
		int high, low;

		if (*from != '%') {
			(void)buf_add_char(out, *from);
			continue;
		}
		if (end - from < 3 || (high = hex_value(from[1])) == -1 ||
		    (low = hex_value(from[2])) == -1)
			return -1;
		(void)buf_add_char(out, (char)(high * 16 + low));
		from += 2;
	}
	return out->full ? -1 : 0;
}

static cJSON *
member(cJSON *object, const char *name)
{
	cJSON *child = cJSON_GetObjectItemCaseSensitive(object, name);

	return child != NULL ? child : cJSON_AddObjectToObject(object, name);
}

/* a[b][c] = value: objects a and b, then the text c.  Changes `key`. */
static void
put(cJSON *root, char *key, const char *value)
{
	char *name = key, *rest = strchr(key, '[');
	cJSON *at = root;

	while (at != NULL && rest != NULL) {
		char *close;

		*rest = '\0';
		at = member(at, name);
		name = rest + 1;
		close = strchr(name, ']');
		if (close == NULL)
			return;
		*close = '\0';
		rest = close[1] == '[' ? close + 1 : NULL;
	}
	if (at != NULL)
		(void)cJSON_AddStringToObject(at, name, value);
}

cJSON *
b24_query_json(const struct buf *query)
{
	const char *at = buf_text(query), *end = at + query->len;
	struct buf key = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct buf value = BUF_INIT(LIMIT_REQUEST_BYTES);
	cJSON *root = cJSON_CreateObject();

	while (root != NULL && at < end) {
		const char *stop = at + strcspn(at, "&");
		const char *equal = memchr(at, '=', (size_t)(stop - at));
		char *path;

		if (equal == NULL || decode(&key, at, equal) == -1 ||
		    decode(&value, equal + 1, stop) == -1) {
			cJSON_Delete(root);
			root = NULL;
			break;
		}
		path = mem_text(buf_text(&key));
		put(root, path, buf_text(&value));
		free(path);
		at = stop < end ? stop + 1 : end;
	}
	buf_free(&key);
	buf_free(&value);
	return root;
}
