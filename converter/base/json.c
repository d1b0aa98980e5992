#include "base/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"

/* Up to here a double holds every whole number. */
#define EXACT_MAX 9007199254740992.0
/* The longest %.0f that fits json_str()'s space. */
#define PRINT_MAX 1e25

static int
bad_at(struct str text, size_t offset, const char *what, struct err *err)
{
	size_t line = 1, begin = 0, i;

	if (offset > text.len)
		offset = text.len;
	for (i = 0; i < offset; i++) {
		if (text.p[i] == '\n') {
			line++;
			begin = i + 1;
		}
	}
	return err_set(err, ERR_DATA, _("line %zu, byte %zu: %s"), line,
	    offset - begin + 1, what);
}

/* Where the string ends that begins behind `i`; cJSON checks the rest. */
static size_t
skip_string(struct str text, size_t i)
{
	while (i < text.len && text.p[i] != '"')
		i += text.p[i] == '\\' ? 2 : 1;
	return i;
}

/* cJSON recurses and takes 64 bytes a value, so both are bounded first. */
static int
check_bounds(struct str text, struct err *err)
{
	size_t depth = 0, values = 1, i;

	for (i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (c == '"')
			i = skip_string(text, i + 1);
		else if (c == '[' || c == '{')
			depth++;
		else if ((c == ']' || c == '}') && depth > 0)
			depth--;
		if (c == ',' || c == '[' || c == '{')
			values++;
		if (depth > LIMIT_JSON_DEPTH)
			return bad_at(text, i, _("nested too deeply"), err);
		if (values > LIMIT_JSON_VALUES)
			return bad_at(text, i, _("too many values"), err);
	}
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The name that stands twice in this object, or NULL. */
static const char *
twin_in(const cJSON *object)
{
	size_t count = 0, i;
	const cJSON *item;
	const char **names;
	const char *twin = NULL;

	cJSON_ArrayForEach(item, object)
		count++;
	if (count < 2)
		return NULL;
	names = mem_array(count, sizeof *names);
	i = 0;
	cJSON_ArrayForEach(item, object)
		names[i++] = item->string;
	qsort(names, count, sizeof *names, by_name);
	for (i = 1; i < count && twin == NULL; i++) {
		if (strcmp(names[i - 1], names[i]) == 0)
			twin = names[i];
	}
	free(names);
	return twin;
}

/* Every object of the tree; the way back up is kept by depth. */
static int
check_twins(const cJSON *root, struct err *err)
{
	const cJSON *path[LIMIT_JSON_DEPTH + 1];
	const cJSON *item = root;
	size_t depth = 0;

	while (item != NULL) {
		const char *twin = cJSON_IsObject(item) ? twin_in(item) : NULL;

		if (twin != NULL)
			return err_set(err, ERR_DATA,
			    _("the name \"%s\" stands twice in one object"),
			    twin);
		if (item->child != NULL) {
			path[depth++] = item;
			item = item->child;
			continue;
		}
		while (item->next == NULL && depth > 0)
			item = path[--depth];
		item = depth > 0 ? item->next : NULL;
	}
	return 0;
}

static bool
only_blanks(const char *from, const char *end)
{
	while (from < end && strchr(" \t\r\n", *from) != NULL)
		from++;
	return from == end;
}

cJSON *
json_parse(struct str text, struct err *err)
{
	const char *end = text.p;
	cJSON *root;

	if (!str_utf8_valid(text)) {
		err_set(err, ERR_DATA, _("not JSON: it is not UTF-8"));
		return NULL;
	}
	if (check_bounds(text, err) != 0)
		return NULL;
	root = cJSON_ParseWithLengthOpts(text.len > 0 ? text.p : "", text.len,
	    &end, 0);
	if (root == NULL || !only_blanks(end, text.p + text.len)) {
		bad_at(text, end == NULL || text.len == 0 ? 0 :
		    (size_t)(end - text.p), _("not JSON"), err);
		cJSON_Delete(root);
		return NULL;
	}
	if (check_twins(root, err) != 0) {
		cJSON_Delete(root);
		return NULL;
	}
	return root;
}

const cJSON *
json_get(const cJSON *object, const char *name)
{
	if (!cJSON_IsObject(object))
		return NULL;
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

int
json_int(int64_t *out, const cJSON *item)
{
	double value;

	if (cJSON_IsString(item))
		return str_to_int64(out, str_of(item->valuestring));
	if (!cJSON_IsNumber(item))
		return -1;
	value = item->valuedouble;
	if (!(value >= -EXACT_MAX && value <= EXACT_MAX))
		return -1;
	if ((double)(int64_t)value != value)
		return -1;
	*out = (int64_t)value;
	return 0;
}

static struct str
number_text(double value, char space[32])
{
	size_t len;

	if (!(value > -PRINT_MAX && value < PRINT_MAX))
		return STR_NONE;
	if (value <= -EXACT_MAX || value >= EXACT_MAX ||
	    (double)(int64_t)value == value) {
		snprintf(space, 32, "%.0f", value);
		len = strlen(space);
	} else {
		snprintf(space, 32, "%.6f", value);
		len = strlen(space);
		while (space[len - 1] == '0')
			len--;
		if (space[len - 1] == '.')
			len--;
	}
	space[len] = '\0';
	if (strcmp(space, "-0") == 0)
		return str_of("0");
	return str_n(space, len);
}

struct str
json_str(const cJSON *item, char space[32])
{
	if (cJSON_IsString(item))
		return str_of(item->valuestring);
	if (cJSON_IsNumber(item))
		return number_text(item->valuedouble, space);
	if (cJSON_IsBool(item))
		return str_of(cJSON_IsTrue(item) ? "Y" : "N");
	return STR_NONE;
}

int64_t
json_int_of(const cJSON *object, const char *name)
{
	int64_t number;

	return json_int(&number, json_get(object, name)) == 0 ? number : 0;
}

char *
json_text_of(const cJSON *object, const char *name)
{
	char space[32];
	struct str text = json_str(json_get(object, name), space);

	return mem_text_n(text.len > 0 ? text.p : "", text.len);
}

void
json_out_init_file(struct json_out *out, FILE *file)
{
	*out = (struct json_out){ .file = file };
}

void
json_out_init_buf(struct json_out *out, struct buf *buf)
{
	*out = (struct json_out){ .buf = buf };
}

static void
put(struct json_out *out, const char *p, size_t len)
{
	if (out->buf != NULL)
		buf_add(out->buf, p, len);
	else
		fwrite(p, 1, len, out->file);
}

static void
put_text(struct json_out *out, const char *text)
{
	put(out, text, strlen(text));
}

static void
put_escaped(struct json_out *out, unsigned char c)
{
	static const char *const names[0x20] = {
		['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n",
		['\r'] = "\\r", ['\t'] = "\\t",
	};
	char code[8];

	if (c == '"' || c == '\\') {
		snprintf(code, sizeof code, "\\%c", c);
		put_text(out, code);
	} else if (names[c] != NULL) {
		put_text(out, names[c]);
	} else {
		snprintf(code, sizeof code, "\\u%04x", c);
		put_text(out, code);
	}
}

/* Plain bytes go out in runs. */
static void
put_string(struct json_out *out, struct str text)
{
	size_t from = 0, i = 0;

	put(out, "\"", 1);
	while (i < text.len) {
		unsigned char c = (unsigned char)text.p[i];
		size_t len = str_utf8_len(str_n(text.p + i, text.len - i));
		bool plain = len > 0 && c >= 0x20 && c != '"' && c != '\\';

		if (!plain) {
			put(out, text.p + from, i - from);
			if (len == 0)
				put_text(out, "\xef\xbf\xbd");
			else
				put_escaped(out, c);
			from = i + 1;
		}
		i += len == 0 ? 1 : len;
	}
	if (text.len > from)
		put(out, text.p + from, text.len - from);
	put(out, "\"", 1);
}

/* The comma and the name before a value. */
static void
begin_value(struct json_out *out, const char *key)
{
	uint64_t bit = UINT64_C(1) << (out->depth & 63U);

	if (out->depth > 0 && (out->has_member & bit) != 0)
		put(out, ",", 1);
	out->has_member |= bit;
	if (key != NULL) {
		put_string(out, str_of(key));
		put(out, ":", 1);
	}
}

static void
open_level(struct json_out *out, const char *key, const char *bracket)
{
	begin_value(out, key);
	put_text(out, bracket);
	out->depth++;
	out->has_member &= ~(UINT64_C(1) << (out->depth & 63U));
	if (bracket[0] == '[')
		out->is_array |= UINT64_C(1) << (out->depth & 63U);
	else
		out->is_array &= ~(UINT64_C(1) << (out->depth & 63U));
}

static void
close_level(struct json_out *out, const char *bracket)
{
	put_text(out, bracket);
	out->depth--;
	if (out->depth == 0 && out->file != NULL)
		put(out, "\n", 1);
}

void
json_out_object(struct json_out *out, const char *key)
{
	open_level(out, key, "{");
}

void
json_out_array(struct json_out *out, const char *key)
{
	open_level(out, key, "[");
}

void
json_out_end_object(struct json_out *out)
{
	close_level(out, "}");
}

void
json_out_end_array(struct json_out *out)
{
	close_level(out, "]");
}

void
json_out_end_to(struct json_out *out, unsigned depth)
{
	while (out->depth > depth)
		close_level(out, (out->is_array >> (out->depth & 63U) & 1) ?
		    "]" : "}");
}

void
json_out_str(struct json_out *out, const char *key, struct str value)
{
	begin_value(out, key);
	put_string(out, value);
}

void
json_out_text(struct json_out *out, const char *key, const char *value)
{
	json_out_str(out, key, str_of(value));
}

void
json_out_int(struct json_out *out, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	json_out_raw(out, key, text);
}

void
json_out_bool(struct json_out *out, const char *key, bool value)
{
	json_out_raw(out, key, value ? "true" : "false");
}

void
json_out_null(struct json_out *out, const char *key)
{
	json_out_raw(out, key, "null");
}

void
json_out_raw(struct json_out *out, const char *key, const char *number)
{
	begin_value(out, key);
	put_text(out, number);
}
