/*
 * From text to tree.  Comments are overwritten with blanks and not cut out,
 * so that places in the text stay those in the file.  cJSON does not keep
 * lines; but its tree, walked from the top, has the values in the order of
 * the text, so the scanner lists their lines in that order.
 */
#include "base/config_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/limits.h"
#include "base/mem.h"

/* Behind the closing quote of the string that begins at `i`. */
static size_t
skip_string(const char *text, size_t len, size_t i)
{
	i++;
	while (i < len && text[i] != '"')
		i += text[i] == '\\' ? 2 : 1;
	return i < len ? i + 1 : len;
}

/* Behind the comment that begins at `i`; an open one ends with the text. */
static size_t
skip_comment(const char *text, size_t len, size_t i)
{
	bool block = text[i + 1] == '*';

	for (i += 2; i < len; i++) {
		if (!block && text[i] == '\n')
			return i;
		if (block && text[i] == '/' && text[i - 1] == '*')
			return i + 1;
	}
	return len;
}

static void
blank_comments(char *text, size_t len)
{
	size_t i = 0, end;

	while (i < len) {
		if (text[i] == '"') {
			i = skip_string(text, len, i);
			continue;
		}
		if (text[i] != '/' || i + 1 == len ||
		    (text[i + 1] != '/' && text[i + 1] != '*')) {
			i++;
			continue;
		}
		for (end = skip_comment(text, len, i); i < end; i++) {
			if (text[i] != '\n')
				text[i] = ' ';
		}
	}
}

/* The line, from 1, of a place in the text. */
static long
line_at(struct str text, size_t place)
{
	long line = 1;
	size_t i;

	for (i = 0; i < place && i < text.len; i++)
		line += text.p[i] == '\n';
	return line;
}

struct lines {
	long *items;
	size_t count, size;
};

static void
add_line(struct lines *lines, long line)
{
	if (lines->count == lines->size) {
		lines->size = lines->size == 0 ? 256 : lines->size * 2;
		lines->items = mem_resize(lines->items, lines->size,
		    sizeof(*lines->items));
	}
	lines->items[lines->count++] = line;
}

static bool
is_key(struct str text, size_t i)
{
	while (i < text.len && strchr(" \t\r\n", text.p[i]) != NULL)
		i++;
	return i < text.len && text.p[i] == ':';
}

/* Behind a number or a word. */
static size_t
skip_word(struct str text, size_t i)
{
	while (i < text.len && strchr(" \t\r\n,:]}[{\"", text.p[i]) == NULL)
		i++;
	return i;
}

/*
 * The line of every value, in the order of the text; a member's is that of
 * its name.  The text is known to be JSON.
 */
static void
find_lines(struct lines *out, struct str text)
{
	long line = 1, name_line = 0;
	size_t i = 0, next;

	while (i < text.len) {
		char c = text.p[i];

		next = i + 1;
		if (c == '"')
			next = skip_string(text.p, text.len, i);
		else if (strchr(" \t\r\n,:]}[{", c) == NULL)
			next = skip_word(text, i);
		if (c == '"' && is_key(text, next)) {
			name_line = line;
		} else if (strchr(" \t\r\n,:]}", c) == NULL) {
			add_line(out, name_line != 0 ? name_line : line);
			name_line = 0;
		}
		line += c == '\n';
		i = next;
	}
}

long
config_scan_line(const cJSON *item)
{
	return item->valueint;
}

/* The way from the top to an item. */
struct walk {
	cJSON *above[LIMIT_JSON_DEPTH + 1];
	size_t depth;
};

/* The item that follows in the text, or NULL. */
static cJSON *
walk_next(struct walk *walk, cJSON *item)
{
	if (item->child != NULL && walk->depth <= LIMIT_JSON_DEPTH) {
		walk->above[walk->depth++] = item;
		return item->child;
	}
	while (item->next == NULL && walk->depth > 0)
		item = walk->above[--walk->depth];
	return walk->depth > 0 ? item->next : NULL;
}

/*
 * Gives every item its line.  It is kept in `valueint`: numbers are read from
 * `valuedouble`, and nothing else uses it.
 */
static void
keep_lines(cJSON *root, const struct lines *lines)
{
	struct walk walk = { .depth = 0 };
	cJSON *item = root;
	size_t n;

	for (n = 0; item != NULL; n++) {
		item->valueint = n < lines->count ? (int)lines->items[n] : 0;
		item = walk_next(&walk, item);
	}
}

/* By name, then as they stand. */
static int
by_name(const void *a, const void *b)
{
	const cJSON *one = *(const cJSON *const *)a;
	const cJSON *two = *(const cJSON *const *)b;
	int order = strcmp(one->string, two->string);

	if (order != 0)
		return order;
	return (one->valueint > two->valueint) -
	    (one->valueint < two->valueint);
}

static void
check_twins_in(struct config_reader *reader, const cJSON *object)
{
	const cJSON **members;
	const cJSON *item;
	size_t count = 0, i = 0;

	cJSON_ArrayForEach(item, object)
		count++;
	if (count < 2)
		return;
	members = mem_array(count, sizeof(*members));
	cJSON_ArrayForEach(item, object)
		members[i++] = item;
	qsort(members, count, sizeof(*members), by_name);
	for (i = 1; i < count; i++) {
		if (strcmp(members[i - 1]->string, members[i]->string) == 0)
			config_note_error(reader, config_scan_line(members[i]),
			    _("\"%s\" stands here a second time; the first is "
			    "in line %ld"), members[i]->string,
			    config_scan_line(members[i - 1]));
	}
	free(members);
}

static void
check_twins(struct config_reader *reader, cJSON *root)
{
	struct walk walk = { .depth = 0 };
	cJSON *item = root;

	for (; item != NULL; item = walk_next(&walk, item)) {
		if (cJSON_IsObject(item))
			check_twins_in(reader, item);
	}
}

/* Where the text is no UTF-8 or has a NUL, written out or not; its length
 * when it is good.  cJSON would cut a string there. */
static size_t
find_bad_byte(struct str text)
{
	const char *nul = strstr(text.p, "\\u0000");
	size_t i = 0, len;

	while (i < text.len) {
		len = str_utf8_len(str_n(text.p + i, text.len - i));
		if (len == 0 || text.p[i] == '\0' || text.p + i == nul)
			return i;
		i += len;
	}
	return i;
}

/* Where brackets are nested too deeply; its length when nowhere. */
static size_t
find_depth(struct str text)
{
	size_t i = 0, depth = 0;

	while (i < text.len) {
		if (text.p[i] == '"') {
			i = skip_string(text.p, text.len, i);
			continue;
		}
		if (text.p[i] == '{' || text.p[i] == '[')
			depth++;
		else if ((text.p[i] == '}' || text.p[i] == ']') && depth > 0)
			depth--;
		if (depth > LIMIT_JSON_DEPTH)
			return i;
		i++;
	}
	return i;
}

static cJSON *
parse(struct config_reader *reader, struct str text)
{
	const char *end = text.p;
	cJSON *root;

	root = cJSON_ParseWithLengthOpts(text.p, text.len, &end, false);
	while (root != NULL && end < text.p + text.len &&
	    strchr(" \t\r\n", *end) != NULL)
		end++;
	if (root != NULL && end == text.p + text.len) {
		if (cJSON_IsObject(root))
			return root;
		config_note_error(reader, 1, _("wanted an object: { ... }"));
	} else {
		config_note_error(reader, line_at(text, (size_t)(end -
		    text.p)), _("not JSON from here on: look for a comma or "
		    "a quote that is missing or one too many"));
	}
	cJSON_Delete(root);
	return NULL;
}

cJSON *
config_scan_parse(struct config_reader *reader, struct buf *text)
{
	struct lines lines = { 0 };
	struct str whole;
	cJSON *root;
	size_t bad;

	/* A byte order mark. */
	if (text->len >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0)
		memset(text->data, ' ', 3);
	if (text->len == 0)
		(void)buf_add_char(text, ' ');
	whole = str_n(text->data, text->len);
	bad = find_bad_byte(whole);
	if (bad < whole.len) {
		config_note_error(reader, line_at(whole, bad),
		    _("not UTF-8; save the file in this encoding"));
		return NULL;
	}
	blank_comments(text->data, text->len);
	bad = find_depth(whole);
	if (bad < whole.len) {
		config_note_error(reader, line_at(whole, bad),
		    _("nested too deeply"));
		return NULL;
	}
	root = parse(reader, whole);
	if (root == NULL)
		return NULL;
	find_lines(&lines, whole);
	keep_lines(root, &lines);
	check_twins(reader, root);
	free(lines.items);
	return root;
}
