/*
 * Texts of the portal on their way into 1C's XML.  They are cleaned before an
 * order is compared, so that what cannot be said does not look like news.
 */
#include "orders/orders_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/told.h"

/* XML 1.0, 2.2: no control characters, no U+FFFE and U+FFFF; surrogates are
 * no UTF-8 in the first place. */
static bool
is_legal(struct str text, size_t len)
{
	unsigned char first = (unsigned char)text.p[0];

	if (len == 1)
		return (first >= ' ' && first != 0x7f) || first == '\t' ||
		    first == '\n' || first == '\r';
	return !(len == 3 && first == 0xef && (unsigned char)text.p[1] ==
	    0xbf && (unsigned char)text.p[2] >= 0xbe);
}

static bool
is_line_end(struct str text, size_t at)
{
	return text.p[at] == '\n' || (text.p[at] == '\r' &&
	    (at + 1 == text.len || text.p[at + 1] != '\n'));
}

/* One character of `len` bytes at `at`; was anything put? */
static bool
put_char(struct buf *out, struct str text, size_t at, size_t len, bool lines)
{
	char c = text.p[at];

	if (len == 1 && is_line_end(text, at))
		return buf_add_char(out, lines ? '\n' : ' ') == 0;
	if (len == 1 && c == '\r')
		return false;
	if (len == 1 && c == '\t')
		return buf_add_char(out, ' ') == 0;
	return buf_add(out, text.p + at, len) == 0;
}

void
order_text_clean(struct buf *out, struct str text, size_t most, bool lines)
{
	size_t at = 0, count = 0, len;
	struct str rest;

	buf_clear(out);
	text = str_trim(text);
	while (at < text.len && count < most) {
		rest = str_n(text.p + at, text.len - at);
		len = str_utf8_len(rest);
		if (len > 0 && is_legal(rest, len) &&
		    put_char(out, text, at, len, lines))
			count++;
		at += len > 0 ? len : 1;
	}
	/* What was cut or dropped may have left blanks at the ends. */
	rest = str_trim(str_n(buf_text(out), out->len));
	if (rest.len < out->len) {
		memmove(out->data, rest.p, rest.len);
		out->len = rest.len;
		out->data[out->len] = '\0';
	}
}

int
order_text_full(struct err *err)
{
	return told_err(err, ERR_ITEM, TOLD("the order is too large"));
}

int
order_text_set(struct fields *out, enum field field, struct str text,
    size_t most, struct err *err)
{
	struct buf clean = BUF_INIT(LIMIT_RECORD_BYTES);
	int rc;

	order_text_clean(&clean, text, most, field == FIELD_COMMENT);
	rc = fields_set(out, field, str_n(buf_text(&clean), clean.len));
	buf_free(&clean);
	return rc == 0 ? 0 : order_text_full(err);
}

void
order_text_time(char out[ORDER_TIME_BYTES], int64_t wall_ms)
{
	char text[CLOCK_TEXT_BYTES];

	(void)clock_format(text, clock_to_local(wall_ms));
	/* A year of four digits. */
	(void)snprintf(out, ORDER_TIME_BYTES, "%.19s",
	    strlen(text) == strlen("2026-01-15T10:20:30Z") ? text : "");
}

void
order_text_money(char out[ORDER_MONEY_BYTES], struct decimal value)
{
	size_t len = decimal_format(out, value);
	const char *point = strchr(out, '.');
	size_t digits = point == NULL ? 0 : len - (size_t)(point - out) - 1;

	if (point == NULL)
		out[len++] = '.';
	for (; digits < 2; digits++)
		out[len++] = '0';
	out[len] = '\0';
}
