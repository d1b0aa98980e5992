/*
 * XML as 1C reads it: no namespace, no attribute but two, never an empty
 * element.  Written by hand, for libxml2 has its door in commerceml/ and this
 * is a page of code.
 */
#include "orders/orders_internal.h"

#include <inttypes.h>
#include <string.h>

static void
indent(struct order_xml *xml)
{
	for (unsigned i = 0; i < xml->depth; i++)
		(void)buf_add_char(xml->out, ' ');
}

static void
escape(struct buf *out, struct str text)
{
	static const struct {
		char c;
		const char *text;
	} marks[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" },
	};
	size_t mark;

	for (size_t i = 0; i < text.len; i++) {
		for (mark = 0; mark < sizeof(marks) / sizeof(marks[0]);
		    mark++)
			if (text.p[i] == marks[mark].c)
				break;
		if (mark < sizeof(marks) / sizeof(marks[0]))
			(void)buf_add_text(out, marks[mark].text);
		else
			(void)buf_add_char(out, text.p[i]);
	}
}

void
order_xml_open(struct order_xml *xml, const char *name)
{
	indent(xml);
	(void)buf_printf(xml->out, "<%s>\n", name);
	xml->depth++;
}

void
order_xml_close(struct order_xml *xml, const char *name)
{
	xml->depth--;
	indent(xml);
	(void)buf_printf(xml->out, "</%s>\n", name);
}

/* What was stored was cleaned when it was made; it is cleaned once more, for
 * a file that 1C cannot parse stops all orders. */
static struct str
clean(struct order_xml *xml, struct str text)
{
	order_text_clean(&xml->text, text, SIZE_MAX, true);
	return str_n(buf_text(&xml->text), xml->text.len);
}

void
order_xml_text(struct order_xml *xml, const char *name, struct str text)
{
	text = clean(xml, text);
	if (text.len == 0)
		return;
	indent(xml);
	(void)buf_printf(xml->out, "<%s>", name);
	escape(xml->out, text);
	(void)buf_printf(xml->out, "</%s>\n", name);
}

void
order_xml_unit(struct order_xml *xml, struct str code, struct str name)
{
	indent(xml);
	(void)buf_add_text(xml->out, "<БазоваяЕдиница");
	code = clean(xml, code);
	if (code.len > 0) {
		(void)buf_add_text(xml->out, " Код=\"");
		escape(xml->out, code);
		(void)buf_add_char(xml->out, '"');
	}
	(void)buf_add_char(xml->out, '>');
	escape(xml->out, clean(xml, name));
	(void)buf_add_text(xml->out, "</БазоваяЕдиница>\n");
}

/* ---- windows-1251 ----------------------------------------------------- */

/* The characters of bytes 0x80 to 0xbf; 0x98 is none (Unicode's CP1251.TXT).
 * From 0xc0 on it is the alphabet, U+0410 and the following. */
static const uint16_t upper[64] = {
	0x0402, 0x0403, 0x201a, 0x0453, 0x201e, 0x2026, 0x2020, 0x2021,
	0x20ac, 0x2030, 0x0409, 0x2039, 0x040a, 0x040c, 0x040b, 0x040f,
	0x0452, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x0000, 0x2122, 0x0459, 0x203a, 0x045a, 0x045c, 0x045b, 0x045f,
	0x00a0, 0x040e, 0x045e, 0x0408, 0x00a4, 0x0490, 0x00a6, 0x00a7,
	0x0401, 0x00a9, 0x0404, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x0407,
	0x00b0, 0x00b1, 0x0406, 0x0456, 0x0491, 0x00b5, 0x00b6, 0x00b7,
	0x0451, 0x2116, 0x0454, 0x00bb, 0x0458, 0x0405, 0x0455, 0x0457,
};

static uint32_t
take_char(struct str *text)
{
	size_t len = str_utf8_len(*text);
	unsigned char first = (unsigned char)text->p[0];
	uint32_t c = first;

	if (len == 0) {
		c = '?';
		len = 1;
	} else if (len > 1) {
		c = first & (0xffU >> (len + 1));
		for (size_t i = 1; i < len; i++)
			c = c << 6 | ((unsigned char)text->p[i] & 0x3fU);
	}
	text->p += len;
	text->len -= len;
	return c;
}

/* The byte, or 0. */
static unsigned char
byte_of(uint32_t c)
{
	if (c < 0x80)
		return (unsigned char)c;
	if (c >= 0x410 && c <= 0x44f)
		return (unsigned char)(c - 0x410 + 0xc0);
	for (unsigned i = 0; i < sizeof(upper) / sizeof(upper[0]); i++)
		if (upper[i] == c)
			return (unsigned char)(0x80 + i);
	return 0;
}

void
order_xml_encode(struct buf *out, struct str text)
{
	while (text.len > 0) {
		uint32_t c = take_char(&text);
		unsigned char byte = byte_of(c);

		if (byte != 0)
			(void)buf_add_char(out, (char)byte);
		else
			(void)buf_printf(out, "&#%" PRIu32 ";", c);
	}
}
