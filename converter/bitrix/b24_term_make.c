/*
 * Properties that the portal lacks are made: with our mark, and a code, which
 * the portal's own people go by.
 */
#include "bitrix/b24_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* b_iblock_property.CODE; a code begins with no digit
 * (catalog-product-property-add.md). */
#define CODE_BYTES 50

/* ---- codes ---- */

/* From U+0430 (а) to U+044F (я). */
static const char *const latin[32] = { "A", "B", "V", "G", "D", "E", "ZH",
    "Z", "I", "Y", "K", "L", "M", "N", "O", "P", "R", "S", "T", "U", "F",
    "KH", "TS", "CH", "SH", "SHCH", "", "Y", "", "E", "YU", "YA" };

/* The Latin letters of the Russian one at `text`; NULL: it is none. */
static const char *
latin_of(const unsigned char *text, size_t len)
{
	unsigned c;

	if (len != 2)
		return NULL;
	c = (text[0] & 0x1fU) << 6 | (text[1] & 0x3fU);
	if (c == 0x401 || c == 0x451)
		return "E";
	if (c >= 0x410 && c <= 0x42f)
		c += 0x20;
	return c >= 0x430 && c <= 0x44f ? latin[c - 0x430] : NULL;
}

static void
add_letter(struct buf *out, struct str *rest)
{
	size_t len = str_utf8_len(*rest);
	unsigned char c = (unsigned char)rest->p[0];
	const char *letters = latin_of((const unsigned char *)rest->p, len);

	if (letters != NULL)
		(void)buf_add_text(out, letters);
	else if (c >= 'a' && c <= 'z')
		(void)buf_add_char(out, (char)(c - 'a' + 'A'));
	else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		(void)buf_add_char(out, (char)c);
	else if (out->len > 0 && out->data[out->len - 1] != '_')
		(void)buf_add_char(out, '_');
	len = len > 0 ? len : 1;
	rest->p += len;
	rest->len -= len;
}

/* "Цвет обуви" is TSVET_OBUVI. */
static void
spell(char code[CODE_BYTES + 1], const char *name)
{
	struct buf out = BUF_INIT(8192);
	struct str rest = str_of(name);
	const char *prefix;

	while (rest.len > 0 && out.len <= CODE_BYTES)
		add_letter(&out, &rest);
	prefix = out.len == 0 ? "P" : out.data[0] >= '0' &&
	    out.data[0] <= '9' ? "P_" : "";
	(void)snprintf(code, CODE_BYTES + 1, "%s%s", prefix,
	    buf_text(&out));
	if (code[strlen(code) - 1] == '_')
		code[strlen(code) - 1] = '\0';
	buf_free(&out);
}

/* What is made in this run. */
struct making {
	struct b24_making common;
	struct b24_command *commands;
	struct term **terms;
	char (*codes)[CODE_BYTES + 1];
	size_t count;
};

static bool
is_used(const struct making *making, enum term_kind kind, const char *code)
{
	const struct b24 *b24 = making->common.b24;
	int64_t iblock = b24_term_find_iblock(b24, kind);

	/* Made in this run, it is no fact yet. */
	if (strcmp(code, B24_ARTICLE_CODE) == 0)
		return true;
	for (size_t i = 0; i < b24->facts.property_count; i++) {
		const struct b24_property *one = &b24->facts.properties[i];

		if (one->iblock == iblock && str_same_name(str_of(one->code),
		    str_of(code)))
			return true;
	}
	for (size_t i = 0; i < making->count; i++)
		if (making->terms[i]->kind == kind &&
		    strcmp(making->codes[i], code) == 0)
			return true;
	return false;
}

static void
choose_code(const struct making *making, const struct term *term,
    char code[CODE_BYTES + 1])
{
	char plain[CODE_BYTES + 1], number[24];

	if (term->code != NULL && strlen(term->code) <= CODE_BYTES)
		(void)snprintf(code, CODE_BYTES + 1, "%s", term->code);
	else
		spell(code, term->name);
	memcpy(plain, code, sizeof(plain));
	for (unsigned i = 2; is_used(making, term->kind, code); i++) {
		int len = snprintf(number, sizeof(number), "_%u", i);

		(void)snprintf(code, CODE_BYTES + 1, "%.*s%s",
		    CODE_BYTES - len, plain, number);
	}
}

/* ---- one property ---- */

static char
type_of(const struct term *term)
{
	switch (term->type) {
	case TERM_NUMBER:
		return 'N';
	case TERM_LIST:
		return 'L';
	case TERM_TEXT:
	case TERM_TIME:
		break;
	}
	return 'S';
}

static const char *
user_type_of(const struct term *term)
{
	return term->type == TERM_TIME ? "DateTime" : "";
}

static void
add_command(struct making *making, struct term *term)
{
	struct b24_command *command = &making->commands[making->count];
	char *code = making->codes[making->count];
	char type[2] = { type_of(term), '\0' };

	choose_code(making, term, code);
	b24_batch_command_init(command, B24_PROPERTY_ADD);
	b24_query_int(&command->query, "fields[iblockId]",
	    b24_term_find_iblock(making->common.b24, term->kind));
	b24_term_say(command, "fields[name]", term->name);
	b24_query_text(&command->query, "fields[code]", code);
	b24_term_say(command, "fields[xmlId]", term->id);
	b24_query_text(&command->query, "fields[propertyType]", type);
	if (user_type_of(term)[0] != '\0')
		b24_query_text(&command->query, "fields[userType]",
		    user_type_of(term));
	b24_query_text(&command->query, "fields[multiple]",
	    term->multiple ? "Y" : "N");
	b24_query_text(&command->query, "fields[active]", "Y");
	/* Its place, for writing moves commands. */
	command->user = &making->terms[making->count];
	making->terms[making->count++] = term;
}

static void
add_fact(struct b24 *b24, const struct term *term, const char *code)
{
	struct b24_facts *facts = &b24->facts;
	struct b24_property *property;

	facts->properties = mem_resize(facts->properties,
	    facts->property_count + 1, sizeof(*facts->properties));
	property = &facts->properties[facts->property_count++];
	memset(property, 0, sizeof(*property));
	property->id = term->portal_id;
	property->iblock = b24_term_find_iblock(b24, term->kind);
	property->name = mem_text(term->name);
	property->code = mem_text(code);
	property->xml_id = mem_text(term->id);
	property->type = type_of(term);
	property->user_type = mem_text(user_type_of(term));
	property->multiple = term->multiple;
	property->active = true;
}

static void
take(void *ctx, const struct b24_command *command)
{
	struct making *making = ctx;
	struct term **place = command->user;
	struct term *term = *place;

	if (!b24_term_made(&making->common, command, term->name,
	    &term->portal_id))
		return;
	add_fact(making->common.b24, term, making->codes[place -
	    making->terms]);
}

/* ---- all of them ---- */

static bool
is_due(const struct b24 *b24, const struct term *term)
{
	return (term->kind == TERM_PROPERTY || term->kind == TERM_TRAIT) &&
	    term->rule == TERM_MADE && term->portal_id == 0 &&
	    term->name != NULL && term->name[0] != '\0' &&
	    b24_term_find_iblock(b24, term->kind) != 0;
}

int
b24_term_make(struct b24 *b24, struct terms *terms, bool *unsure,
    struct err *err)
{
	struct making making = { .common = { b24, unsure, 0, err } };
	size_t due = 0;
	int rc = 0;

	for (size_t i = 0; i < terms->count; i++)
		if (is_due(b24, &terms->items[i]))
			due++;
	if (due == 0)
		return 0;
	making.commands = mem_array(due, sizeof(*making.commands));
	making.terms = mem_array(due, sizeof(struct term *));
	making.codes = mem_array(due, sizeof(*making.codes));
	for (size_t i = 0; i < terms->count; i++)
		if (is_due(b24, &terms->items[i]))
			add_command(&making, &terms->items[i]);
	rc = b24_blocking_write(b24, making.commands, due, take, &making,
	    err);
	for (size_t i = 0; i < due; i++)
		b24_batch_command_free(&making.commands[i]);
	free(making.commands);
	free(making.terms);
	free(making.codes);
	return rc == 0 ? making.common.rc : rc;
}
