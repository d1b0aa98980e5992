#include "base/told.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

/* A message in a value, and one in that: more is nobody's text. */
#define DEEPEST 4
#define VALUES_MAX 9
#define WHOLE_MAX ((size_t)64 * 1024)

static bool
is_mark(char c)
{
	return c == TOLD_BEGIN || c == TOLD_VALUE || c == TOLD_END;
}

/* ---- conversions ---- */

struct conversion {
	size_t len;             /* of "%-5.*s"; 1: a percent sign alone */
	int position;           /* of "%2$s", 0: the next one */
	char size;              /* 0, 'l', 'q' (ll), 'z' */
	bool precise;           /* its precision is a value, ".*" */
	char type;              /* 's', 'd', 'u', '%'; 0: none of ours */
};

/* text begins with a percent sign. */
static struct conversion
read_conversion(const char *text)
{
	struct conversion out = { .len = 1 };
	const char *p = text + 1;
	size_t digits = strspn(p, "0123456789");

	if (digits > 0 && p[digits] == '$') {
		out.position = digits > 1 ? VALUES_MAX + 1 : p[0] - '0';
		p += digits + 1;
	}
	if (p[0] == '.' && p[1] == '*') {
		out.precise = true;
		p += 2;
	}
	for (; *p == 'l' || *p == 'z'; p++)
		out.size = out.size == 'l' ? 'q' : *p;
	if (*p == '\0' || strchr("sdu%", *p) == NULL)
		return out;
	out.type = *p;
	out.len = (size_t)(p + 1 - text);
	return out;
}

/* ---- in ---- */

/* A value may be told itself; marks that are not in pairs go, and what would
 * steer a terminal. */
static void
add_value(struct buf *out, struct str value)
{
	struct str cut = str_utf8_cut(value, LIMIT_ERROR_BYTES);
	int depth = 0;

	for (size_t i = 0; i < cut.len; i++) {
		char c = cut.p[i];

		if (c == TOLD_BEGIN)
			depth++;
		else if (is_mark(c) && depth == 0)
			continue;
		else if (c == TOLD_END)
			depth--;
		else if (((unsigned char)c < 0x20 || c == 0x7f) &&
		    c != TOLD_VALUE && c != '\n' && c != '\t')
			c = '?';
		(void)buf_add_char(out, c);
	}
	while (depth-- > 0)
		(void)buf_add_char(out, TOLD_END);
}

static void
add_signed(struct buf *out, int64_t number)
{
	(void)buf_printf(out, "%" PRId64, number);
}

static void
add_unsigned(struct buf *out, uint64_t number)
{
	(void)buf_printf(out, "%" PRIu64, number);
}

static void
add_text(struct buf *out, int precision, const char *text)
{
	struct str value = str_of(text);

	if (precision >= 0)
		value = str_n(text, text == NULL ? 0 :
		    strnlen(text, (size_t)precision));
	add_value(out, value);
}

/* Each value as text, in the order in which the message names them. */
__attribute__((format(printf, 2, 0)))
static void
put_values(struct buf *out, const char *message, va_list args)
{
	struct conversion conversion;
	int precision;

	for (const char *p = strchr(message, '%'); p != NULL;
	    p = strchr(p + conversion.len, '%')) {
		conversion = read_conversion(p);
		if (conversion.type == '\0' || conversion.type == '%')
			continue;
		(void)buf_add_char(out, TOLD_VALUE);
		precision = conversion.precise ? va_arg(args, int) : -1;
		if (conversion.type == 's')
			add_text(out, precision, va_arg(args, const char *));
		else if (conversion.size == 'z')
			add_unsigned(out, va_arg(args, size_t));
		else if (conversion.size == 'q')
			add_signed(out, va_arg(args, long long));
		else if (conversion.size == 'l')
			add_signed(out, va_arg(args, long));
		else if (conversion.type == 'u')
			add_unsigned(out, va_arg(args, unsigned int));
		else
			add_signed(out, va_arg(args, int));
	}
}

/* Messages that do not end in this text. */
static size_t
count_open(struct str text)
{
	size_t open = 0;

	for (size_t i = 0; i < text.len; i++) {
		open += text.p[i] == TOLD_BEGIN;
		open -= text.p[i] == TOLD_END && open > 0;
	}
	return open;
}

void
told_copy(char *out, size_t size, const char *text)
{
	struct str whole = str_of(text), cut = str_utf8_cut(whole, size - 1);
	size_t open = count_open(cut), len;

	/* What is cut off inside a message still ends it. */
	if (cut.len + open > size - 1) {
		cut = str_utf8_cut(whole, size - 1 - DEEPEST);
		open = count_open(cut);
	}
	len = cut.len;
	if (len > 0)
		memmove(out, cut.p, len);
	while (open-- > 0 && len < size - 1)
		out[len++] = TOLD_END;
	out[len] = '\0';
}

void
told_vset(char *out, size_t size, const char *message, va_list args)
{
	struct buf whole = BUF_INIT(WHOLE_MAX);

	(void)buf_add_char(&whole, TOLD_BEGIN);
	(void)buf_add_text(&whole, message);
	put_values(&whole, message, args);
	(void)buf_add_char(&whole, TOLD_END);
	log_mask(whole.data);
	told_copy(out, size, whole.data);
	buf_free(&whole);
}

void
told_set(char *out, size_t size, const char *message, ...)
{
	va_list args;

	va_start(args, message);
	told_vset(out, size, message, args);
	va_end(args);
}

const char *
told_word(char out[TOLD_WORD_BYTES], const char *message)
{
	char *whole = mem_printf("%c%s%c", TOLD_BEGIN, message, TOLD_END);

	told_copy(out, TOLD_WORD_BYTES, whole);
	free(whole);
	return out;
}

int
told_err(struct err *err, enum err_kind kind, const char *message, ...)
{
	va_list args;

	if (err == NULL)
		return -1;
	va_start(args, message);
	told_vset(err->text, sizeof(err->text), message, args);
	va_end(args);
	err->kind = kind;
	return -1;
}

/* ---- out ---- */

struct showing {
	bool translated;
	int depth;
};

static void show(struct buf *out, struct str text, struct showing how);

/* To the end of what began: the place of its end mark, or of the text's. */
static size_t
skip_part(struct str text, size_t at)
{
	int depth = 0;

	for (; at < text.len; at++) {
		if (depth == 0 && (text.p[at] == TOLD_VALUE ||
		    text.p[at] == TOLD_END))
			break;
		depth += text.p[at] == TOLD_BEGIN;
		depth -= text.p[at] == TOLD_END;
	}
	return at;
}

/* The message with its values; one that is not there was cut off. */
static void
fill_in(struct buf *out, const char *message, const struct str *values,
    size_t count, struct showing how)
{
	struct conversion conversion;
	const char *p = message, *next;
	size_t index, nth = 0;

	for (; (next = strchr(p, '%')) != NULL; p = next + conversion.len) {
		(void)buf_add(out, p, (size_t)(next - p));
		conversion = read_conversion(next);
		if (conversion.type == '\0' || conversion.type == '%') {
			(void)buf_add_char(out, '%');
			continue;
		}
		index = conversion.position > 0 ?
		    (size_t)conversion.position - 1 : nth++;
		if (index < count)
			show(out, values[index], how);
		else
			(void)buf_add_text(out, "…");
	}
	(void)buf_add_text(out, p);
}

/* text.p[at] is behind the mark of the beginning.  Returns the place behind
 * the end.  No message has a mark in it. */
static size_t
show_message(struct buf *out, struct str text, size_t at,
    struct showing how)
{
	struct str values[VALUES_MAX];
	size_t end = at, count = 0;
	char *message;

	while (end < text.len && !is_mark(text.p[end]))
		end++;
	message = mem_text_n(text.p + at, end - at);
	how.depth++;
	while (end < text.len && text.p[end] == TOLD_VALUE) {
		at = end + 1;
		end = skip_part(text, at);
		if (count < VALUES_MAX)
			values[count++] = str_n(text.p + at, end - at);
	}
	fill_in(out, how.translated && message[0] != '\0' ?
	    gettext(message) : message, values, count, how);
	free(message);
	return end < text.len && text.p[end] == TOLD_END ? end + 1 : end;
}

static void
show(struct buf *out, struct str text, struct showing how)
{
	size_t at = 0;

	while (at < text.len) {
		if (text.p[at] == TOLD_BEGIN && how.depth < DEEPEST)
			at = show_message(out, text, at + 1, how);
		else if (is_mark(text.p[at]))
			at++;
		else
			(void)buf_add_char(out, text.p[at++]);
	}
}

static char *
shown(char *text, bool translated)
{
	struct buf out = BUF_INIT(SIZE_MAX / 2);
	struct showing how = { translated, 0 };

	if (strpbrk(text, "\001\002\003") == NULL)
		return text;
	show(&out, str_of(text), how);
	free(text);
	return buf_take(&out);
}

char *
told_translate(char *text)
{
	return shown(text, true);
}

char *
told_english(char *text)
{
	return shown(text, false);
}
