/*
 * Texts of a deal as plain text: its comment, which the portal's editor keeps
 * as HTML or BBCode, and the values of user fields.
 */
#include "bitrix/b24_deal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define TAG_BYTES 512           /* a longer "<…" is text */
#define ENTITY_BYTES 10
#define VALUE_BYTES 32768

/* ---- tags ---- */

/* Those that begin or end a line. */
static const char *const line_tags[] = { "br", "p", "div", "li", "tr", "ul",
    "ol", "h1", "h2", "h3", "list", "*", "table", "quote", NULL };

/* BBCode of the portal's editor; "[abc]" is what a person wrote. */
static const char *const codes[] = { "b", "i", "u", "s", "p", "url", "img",
    "color", "size", "font", "list", "*", "quote", "code", "table", "tr",
    "td", "th", "left", "right", "center", "justify", "user", "br", "video",
    "disk", NULL };

static bool
is_one_of(struct str name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (str_same_name(name, str_of(*names)))
			return true;
	return false;
}

/* The name in what stands between the brackets: "/div", "a href=…". */
static struct str
tag_name(struct str inside)
{
	size_t len = 0;

	if (inside.len > 0 && inside.p[0] == '/') {
		inside.p++;
		inside.len--;
	}
	while (len < inside.len && strchr(" \t\r\n=/", inside.p[len]) ==
	    NULL)
		len++;
	return str_n(inside.p, len);
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of the tag that the text begins with, 0: none. */
static size_t
tag_at(struct str text, struct str *name)
{
	char close = text.p[0] == '<' ? '>' : ']';
	size_t room = text.len < TAG_BYTES ? text.len : TAG_BYTES;
	const char *end;
	struct str inside;

	if (text.p[0] != '<' && text.p[0] != '[')
		return 0;
	end = memchr(text.p, close, room);
	if (end == NULL)
		return 0;
	inside = str_n(text.p + 1, (size_t)(end - text.p) - 1);
	*name = tag_name(inside);
	if (close == '>') {
		/* "a < b > c" is no tag. */
		if (name->len == 0 || (!is_letter(name->p[0]) &&
		    name->p[0] != '!'))
			return 0;
	} else if (!is_one_of(*name, codes)) {
		return 0;
	}
	return inside.len + 2;
}

/* ---- entities ---- */

static void
add_code_point(struct buf *out, int64_t code)
{
	unsigned c = (unsigned)code;

	if (code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code <
	    0xe000)) {
		(void)buf_add_char(out, ' ');
	} else if (c < 0x80) {
		(void)buf_add_char(out, (char)c);
	} else if (c < 0x800) {
		(void)buf_add_char(out, (char)(0xc0 | c >> 6));
		(void)buf_add_char(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		(void)buf_add_char(out, (char)(0xe0 | c >> 12));
		(void)buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		(void)buf_add_char(out, (char)(0x80 | (c & 0x3f)));
	} else {
		(void)buf_add_char(out, (char)(0xf0 | c >> 18));
		(void)buf_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		(void)buf_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		(void)buf_add_char(out, (char)(0x80 | (c & 0x3f)));
	}
}

static bool
add_number(struct buf *out, struct str digits)
{
	int64_t code = 0;
	bool hex = digits.len > 1 && (digits.p[0] == 'x' ||
	    digits.p[0] == 'X');

	if (!hex && str_to_int64(&code, digits) == -1)
		return false;
	for (size_t i = 1; hex && i < digits.len; i++) {
		static const char all[] = "0123456789abcdef";
		char c = digits.p[i];
		const char *at;

		if (c >= 'A' && c <= 'F')
			c = (char)(c - 'A' + 'a');
		at = c != '\0' ? strchr(all, c) : NULL;
		if (at == NULL)
			return false;
		code = code * 16 + (at - all);
	}
	add_code_point(out, code);
	return true;
}

/* Bytes of the entity that the text begins with, 0: none. */
static size_t
take_entity(struct buf *out, struct str text)
{
	static const struct {
		const char *name, *text;
	} known[] = { { "amp", "&" }, { "lt", "<" }, { "gt", ">" },
	    { "quot", "\"" }, { "apos", "'" }, { "nbsp", " " },
	    { "laquo", "«" }, { "raquo", "»" }, { "mdash", "—" },
	    { "ndash", "–" }, { "hellip", "…" }, { "copy", "©" },
	    { "deg", "°" } };
	size_t room = text.len < ENTITY_BYTES ? text.len : ENTITY_BYTES;
	const char *end = memchr(text.p, ';', room);
	struct str name;

	if (end == NULL || end - text.p < 2)
		return 0;
	name = str_n(text.p + 1, (size_t)(end - text.p) - 1);
	if (name.len > 1 && name.p[0] == '#')
		return add_number(out, str_n(name.p + 1, name.len - 1)) ?
		    name.len + 2 : 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (!str_is(name, known[i].name))
			continue;
		(void)buf_add_text(out, known[i].text);
		return name.len + 2;
	}
	return 0;
}

/* ---- plain ---- */

/* Blanks before it are not kept, nor a second empty line. */
static void
end_line(struct buf *out, bool always)
{
	while (out->len > 0 && (out->data[out->len - 1] == ' ' ||
	    out->data[out->len - 1] == '\t'))
		out->data[--out->len] = '\0';
	if (out->len == 0 || (!always && out->data[out->len - 1] == '\n') ||
	    (out->len > 1 && out->data[out->len - 1] == '\n' &&
	    out->data[out->len - 2] == '\n'))
		return;
	(void)buf_add_char(out, '\n');
}

/* One character, or one tag; its bytes. */
static size_t
take_one(struct buf *out, struct str text)
{
	struct str name = STR_NONE;
	size_t len = tag_at(text, &name);

	if (len > 0) {
		if (is_one_of(name, line_tags))
			end_line(out, str_same_name(name, str_of("br")));
		return len;
	}
	if (text.p[0] == '&' && (len = take_entity(out, text)) > 0)
		return len;
	if (text.p[0] == '\n')
		end_line(out, true);
	else if (text.p[0] != '\r' && ((unsigned char)text.p[0] >= ' ' ||
	    text.p[0] == '\t'))
		(void)buf_add_char(out, text.p[0]);
	return 1;
}

char *
b24_deal_text_plain(struct str text)
{
	struct buf out = BUF_INIT(LIMIT_DEAL_BYTES);
	struct str trimmed;
	char *plain;

	/* Nothing becomes longer, so this is where it is cut. */
	text = str_utf8_cut(text, LIMIT_DEAL_BYTES);
	while (text.len > 0) {
		size_t len = take_one(&out, text);

		text.p += len;
		text.len -= len;
	}
	trimmed = str_trim(str_n(buf_text(&out), out.len));
	plain = mem_text_n(trimmed.p, trimmed.len);
	buf_free(&out);
	return plain;
}

/* ---- user fields ---- */

/* "1" "Y" true are one answer; 1C's word for it is a word of XML. */
static struct str
flag_of(struct str value)
{
	if (str_is(value, "Y") || str_is(value, "1"))
		return str_of("true");
	return str_is(value, "N") || str_is(value, "0") ? str_of("false") :
	    value;
}

/* "2026-01-15T10:20:30+03:00" as the portal's people see it. */
static struct str
moment_of(struct str value, size_t len)
{
	return value.len > len && value.p[4] == '-' ? str_n(value.p, len) :
	    value;
}

static struct str
value_of(const struct b24_user_field *field, const cJSON *item,
    char space[32])
{
	struct str value = str_trim(json_str(item, space));
	const char *type = field->type, *text;
	int64_t id;

	if (strcmp(type, "boolean") == 0)
		return flag_of(value);
	if (strcmp(type, "date") == 0)
		return moment_of(value, strlen("2026-01-15"));
	if (strcmp(type, "datetime") == 0)
		return moment_of(value, strlen("2026-01-15T10:20:30"));
	if (strcmp(type, "money") == 0) {
		const char *bar = value.len > 0 ? memchr(value.p, '|',
		    value.len) : NULL;

		return bar == NULL ? value : str_n(value.p,
		    (size_t)(bar - value.p));
	}
	if (strcmp(type, "enumeration") != 0)
		return value;
	if (str_to_int64(&id, value) == -1)
		return STR_NONE;
	text = b24_user_field_item(field, id);
	return str_of(text);
}

static void
add_value(struct buf *out, const struct b24_user_field *field,
    const cJSON *item)
{
	char space[32];
	struct str value = value_of(field, item, space);

	if (value.len > VALUE_BYTES)
		value = str_utf8_cut(value, VALUE_BYTES);
	if (value.len == 0)
		return;
	if (out->len > 0)
		(void)buf_add_text(out, ", ");
	/* It stands in a list of lines and parts. */
	for (size_t i = 0; i < value.len; i++)
		(void)buf_add_char(out, (unsigned char)value.p[i] < ' ' ?
		    ' ' : value.p[i]);
}

void
b24_deal_text_field(struct buf *out, const struct b24_user_field *field,
    const cJSON *item)
{
	const cJSON *value;

	if (!cJSON_IsArray(item)) {
		add_value(out, field, item);
		return;
	}
	cJSON_ArrayForEach(value, item)
		add_value(out, field, value);
}
