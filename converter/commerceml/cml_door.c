/*
 * The door: the SAX handler that stands between the parser and everything
 * else.  It lets elements through by their local name and place, takes
 * unknown subtrees out, so that they hide no later error, and holds the
 * limits.  Nothing behind it sees a namespace, an entity or a blank around a
 * value.
 */
#include "commerceml/cml_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Attributes of one element that are let through; the tables have 4. */
#define ATTRIBUTES 16

/* libxml2 hands attributes over as five pointers each. */
enum { ATTR_NAME, ATTR_PREFIX, ATTR_URI, ATTR_BEGIN, ATTR_END, ATTR_WIDTH };

static const struct cml_rule flat_rule = {
	CML_AT_FLAT, "", CML_AT_FLAT, CML_TAKE_NOTHING, 0, CML_IS_TEXT,
	CML_FLATTEN
};

static const struct cml_rule file_rule = {
	CML_AT_FILE, "", CML_AT_FILE, CML_TAKE_NOTHING, 0, CML_IS_TEXT, 0
};

/* ---- names ---- */

static size_t
pointer_place(const xmlChar *name)
{
	return (size_t)(((uint64_t)(uintptr_t)name *
	    UINT64_C(0x9e3779b97f4a7c15)) >> 54) & (CML_POINTERS - 1);
}

/* The parser gives every name by the one pointer of its dictionary, so the
 * names of the tables are put into that first. */
static void
learn_names(struct cml_reader *r)
{
	const struct cml_map *map = &r->schemas->map;

	for (unsigned i = 1; i < map->name_count; i++) {
		const xmlChar *name = xmlDictLookup(r->parser->dict,
		    (const xmlChar *)map->names[i], -1);
		size_t at = pointer_place(name);

		while (r->pointers[at].name != NULL)
			at = (at + 1) & (CML_POINTERS - 1);
		r->pointers[at].name = name;
		r->pointers[at].number = i;
	}
}

/* 0: a name that is in no table. */
static unsigned
name_number(const struct cml_reader *r, const xmlChar *name)
{
	size_t at = pointer_place(name);

	while (r->pointers[at].name != NULL) {
		if (r->pointers[at].name == name)
			return r->pointers[at].number;
		at = (at + 1) & (CML_POINTERS - 1);
	}
	return 0;
}

static struct str
str_of_xml(const xmlChar *text)
{
	return str_of((const char *)text);
}

long
cml_door_line(const struct cml_reader *r)
{
	if (r->parser != NULL && r->parser->input != NULL)
		return r->parser->input->line;
	return r->line;
}

struct str
cml_door_where(struct cml_reader *r)
{
	buf_clear(&r->where);
	if (r->depth > 1)
		(void)buf_printf(&r->where, "%s/",
		    (const char *)r->frames[r->depth - 1].name);
	(void)buf_add_text(&r->where,
	    (const char *)r->frames[r->depth].name);
	return str_n(r->where.data, r->where.len);
}

void
cml_door_stop(struct cml_reader *r)
{
	r->line = cml_door_line(r);
	r->stopped = true;
	if (r->parser == NULL)
		return;
	if (r->in_error)
		r->parser->disableSAX = 1;
	else
		xmlStopParser(r->parser);
}

/* ---- attributes ---- */

static struct str
attribute_value(const xmlChar **attribute)
{
	return str_trim(str_n((const char *)attribute[ATTR_BEGIN],
	    (size_t)(attribute[ATTR_END] - attribute[ATTR_BEGIN])));
}

/* Those of the tables, without blanks, into `out`; how many. */
static int
filter_attributes(struct cml_reader *r, struct cml_frame *frame, int count,
    const xmlChar **all, const xmlChar **out, const struct cml_rule **rules)
{
	const struct cml_rule *table;
	size_t size;
	int kept = 0;

	table = cml_rules_attributes(&size);
	for (int i = 0; i < count; i++, all += ATTR_WIDTH) {
		struct str value;
		unsigned rule;

		if (all[ATTR_URI] != NULL)
			continue;
		rule = r->schemas->map.attributes[frame->place]
		    [name_number(r, all[ATTR_NAME])];
		value = attribute_value(all);
		if (frame->flat)
			cml_flat_attribute(r, frame,
			    str_of_xml(all[ATTR_NAME]), value);
		if (rule == 0 || kept == ATTRIBUTES) {
			if (!frame->flat && frame->place != CML_AT_ROOT &&
			    frame->place != CML_AT_PARTIES)
				cml_finding(r, CML_ATTRIBUTE_UNKNOWN,
				    cml_door_line(r), cml_door_where(r),
				    str_of_xml(all[ATTR_NAME]));
			continue;
		}
		rules[kept] = &table[rule - 1];
		out[0] = all[ATTR_NAME];
		out[1] = out[2] = NULL;
		/* An empty value has a place all the same. */
		out[3] = value.len > 0 ? (const xmlChar *)value.p :
		    all[ATTR_BEGIN];
		out[4] = out[3] + value.len;
		out += ATTR_WIDTH;
		kept++;
	}
	return kept;
}

/* To the schema, without the attributes that are plain texts. */
static void
show_start(struct cml_reader *r, const struct cml_frame *frame, int count,
    const xmlChar **all, const struct cml_rule *const *rules)
{
	const xmlChar *shown[ATTRIBUTES * ATTR_WIDTH];
	int n = 0;

	for (int i = 0; i < count; i++) {
		if (rules[i]->value != CML_IS_TEXT)
			memcpy(&shown[n++ * ATTR_WIDTH],
			    &all[i * ATTR_WIDTH],
			    ATTR_WIDTH * sizeof(all[0]));
	}
	cml_check_start(r, frame->name, n, shown);
}

static void
take_attributes(struct cml_reader *r, struct cml_frame *frame, int count,
    const xmlChar **all)
{
	const xmlChar *kept[ATTRIBUTES * ATTR_WIDTH];
	const struct cml_rule *rules[ATTRIBUTES];
	const xmlChar **at = kept;
	uint64_t errors = r->counts->errors;
	int n = 0;

	if (count > 0)
		n = filter_attributes(r, frame, count, all, kept, rules);
	if (frame->checked)
		show_start(r, frame, n, kept, rules);
	for (int i = 0; i < n; i++, at += ATTR_WIDTH) {
		cml_take_attribute(r, rules[i],
		    str_n((const char *)at[ATTR_BEGIN],
		    (size_t)(at[ATTR_END] - at[ATTR_BEGIN])));
	}
	/* The tables know which value it was, and mostly see it too. */
	if (frame->bad && r->counts->errors == errors)
		cml_finding(r, CML_SCHEMA, cml_door_line(r),
		    cml_door_where(r), str_of(r->message));
	frame->bad = false;
}

static void
tell_root(struct cml_reader *r, const xmlChar *uri, int count,
    const xmlChar **all)
{
	struct cml_root root = { .family = CML_UNKNOWN };
	bool synchronises = false, formats = false;
	struct str space = str_of_xml(uri);

	for (int i = 0; i < count; i++, all += ATTR_WIDTH) {
		struct str name = str_of_xml(all[ATTR_NAME]);
		struct str value = attribute_value(all);

		if (str_is(name, "ВерсияСхемы"))
			(void)snprintf(root.version, sizeof(root.version),
			    "%.*s", (int)str_utf8_cut(value,
			    sizeof(root.version) - 1).len, value.p);
		else if (str_is(name, "ДатаФормирования"))
			cml_part_formed(r, &root, value);
		else if (str_is(name, "СинхронизацияТоваров"))
			synchronises = true;
		else if (str_is(name, "ФорматСуммы"))
			formats = true;
	}
	if (space.len > 0)
		(void)snprintf(root.namespace_uri, sizeof(root.namespace_uri),
		    "%.*s", (int)str_utf8_cut(space,
		    sizeof(root.namespace_uri) - 1).len, space.p);
	cml_family_of(&root, space, synchronises, formats);
	r->family = cml_family_writer(&root);
	if (r->events->root != NULL &&
	    r->events->root(r->events->ctx, &root, r->err) != 0)
		cml_door_stop(r);
}

/* ---- elements ---- */

/* Markup in a text is not kept, but what it stands between are two words. */
static void
part_words(struct cml_reader *r, const xmlChar *name)
{
	static const char *const inline_names[] = { "a", "b", "i", "u", "s",
	    "em", "strong", "span", "font", "sub", "sup", "small", "big" };
	struct str text = str_of_xml(name);

	for (size_t i = 0; i < sizeof(inline_names) /
	    sizeof(inline_names[0]); i++) {
		if (str_same_name(text, str_of(inline_names[i])))
			return;
	}
	if (r->text.len > 0 && r->text.data[r->text.len - 1] != '\n')
		(void)buf_add_char(&r->text, '\n');
}

/* An element that leads nowhere from here: out with all that is in it. */
static void
take_out(struct cml_reader *r, const struct cml_frame *parent,
    const xmlChar *name)
{
	const struct cml_frame *above = parent;

	r->skip = 1;
	r->through = (parent->rule->flags & CML_MIXED) != 0;
	if (r->through) {
		part_words(r, name);
		cml_finding(r, CML_HTML, cml_door_line(r), cml_door_where(r),
		    str_of_xml(name));
		return;
	}
	/* A good in a good, a quantity in a quantity: a broken generator,
	 * and what belongs to which is anybody's guess. */
	for (unsigned i = 0; i < 3 && above->place > CML_AT_ROOT;
	    i++, above--) {
		if (above->name == name) {
			cml_finding(r, CML_NESTED, cml_door_line(r),
			    str_of_xml(above->name), str_of_xml(name));
			return;
		}
	}
	r->counts->unknown++;
	cml_finding(r, CML_ELEMENT_UNKNOWN, cml_door_line(r),
	    str_of_xml(parent->name), str_of_xml(name));
}

/* The rule for a child, or NULL: it was taken out. */
static const struct cml_rule *
enter(struct cml_reader *r, struct cml_frame *parent, const xmlChar *name,
    uint64_t *bit)
{
	const struct cml_map *map = &r->schemas->map;
	const struct cml_rule *rules, *rule;
	unsigned number;
	size_t count;

	number = map->elements[parent->place][name_number(r, name)];
	if (number == 0) {
		if (parent->flat)
			return &flat_rule;
		take_out(r, parent, name);
		return NULL;
	}
	rules = cml_rules_elements(&count);
	rule = &rules[number - 1];
	if (rule->place == CML_AT_IGNORED) {
		r->skip = 1;
		r->through = false;
		return NULL;
	}
	*bit = map->bits[number - 1];
	if ((parent->seen & *bit) == 0) {
		parent->seen |= *bit;
		return rule;
	}
	if ((rule->flags & CML_ONCE) == 0 &&
	    ((rule->flags & CML_FIRST) == 0 || (parent->filled & *bit) == 0))
		return rule;
	if ((rule->flags & CML_FLATTEN) != 0)
		return &flat_rule;
	cml_finding(r, (rule->flags & CML_ONCE) != 0 ? CML_CHILD_TWICE :
	    CML_CHILD_FIRST, cml_door_line(r), str_of_xml(parent->name),
	    str_of_xml(name));
	r->skip = 1;
	r->through = false;
	return NULL;
}

static void
open_frame(struct cml_reader *r, const struct cml_rule *rule, uint64_t bit,
    const xmlChar *name)
{
	struct cml_frame *parent = &r->frames[r->depth];
	struct cml_frame *frame = &r->frames[++r->depth];

	frame->rule = rule;
	frame->name = name;
	frame->seen = frame->filled = 0;
	frame->bit = bit;
	frame->place = rule->place;
	frame->flat = parent->flat || rule->place == CML_AT_DOCUMENT ||
	    rule->place == CML_AT_PARTY;
	/* Where a plain text stands is known from the rule, and whatever is
	 * in it is right: the schema has nothing to say. */
	frame->checked = rule != &flat_rule &&
	    (rule->place != CML_AT_TEXT || rule->value != CML_IS_TEXT);
	frame->wanted = rule->take != CML_TAKE_NOTHING || frame->flat;
	frame->row = frame->bad = false;
	frame->text_at = r->text.len;
	frame->path_at = r->path.len;
	frame->line = cml_door_line(r);
}

static void
strict_start(struct cml_reader *r, const xmlChar *name, int count,
    const xmlChar **all)
{
	const xmlChar *kept[ATTRIBUTES * ATTR_WIDTH];
	int n = 0;

	for (int i = 0; i < count && n < ATTRIBUTES; i++, all += ATTR_WIDTH) {
		if (all[ATTR_URI] != NULL)
			continue;
		memcpy(&kept[n * ATTR_WIDTH], all,
		    ATTR_WIDTH * sizeof(all[0]));
		n++;
	}
	cml_check_strict_start(r, name, n, kept);
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int space_count, const xmlChar **spaces, int count,
    int defaulted, const xmlChar **attributes)
{
	struct cml_reader *r = ctx;
	const struct cml_rule *rule;
	uint64_t bit = 0;

	(void)prefix;
	(void)space_count;
	(void)spaces;
	(void)defaulted;
	if (r->stopped)
		return;
	r->run = 0;
	if (r->depth + r->skip >= LIMIT_XML_DEPTH) {
		cml_finding_fatal(r, CML_FILE_DEPTH, STR_NONE,
		    str_of("128"));
		return;
	}
	if (count > LIMIT_XML_ATTRIBUTES) {
		cml_finding_fatal(r, CML_FILE_TAG, STR_NONE, STR_NONE);
		return;
	}
	if (r->depth == 0 && !str_is(str_of_xml(name),
	    "КоммерческаяИнформация")) {
		cml_finding_fatal(r, CML_FILE_ROOT, STR_NONE,
		    str_of_xml(name));
		return;
	}
	if (r->options->strict)
		strict_start(r, name, count, attributes);
	if (r->skip > 0) {
		r->skip++;
		if (r->through)
			part_words(r, name);
		return;
	}
	rule = enter(r, &r->frames[r->depth], name, &bit);
	if (rule == NULL)
		return;
	open_frame(r, rule, bit, name);
	if (r->depth == 1)
		tell_root(r, uri, count, attributes);
	cml_take_start(r, &r->frames[r->depth]);
	take_attributes(r, &r->frames[r->depth], count, attributes);
}

static void
tell_missing(struct cml_reader *r, const struct cml_frame *frame)
{
	const struct cml_map *map = &r->schemas->map;
	uint64_t missing = (map->must[frame->place] & ~frame->filled) |
	    (map->there[frame->place] & ~frame->seen);

	for (uint64_t bit = 1; missing != 0; bit <<= 1) {
		const char *name;

		if ((missing & bit) == 0)
			continue;
		missing &= ~bit;
		name = cml_map_bit_name(map, frame->place, bit);
		if (strcmp(name, "Ид") == 0)
			cml_finding(r, CML_ID_MISSING, frame->line,
			    str_of_xml(frame->name), STR_NONE);
		else
			cml_finding(r, CML_CHILD_MISSING, frame->line,
			    str_of_xml(frame->name), str_of(name));
	}
}

static void
on_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri)
{
	struct cml_reader *r = ctx;
	struct cml_frame *frame;
	struct str text;

	(void)prefix;
	(void)uri;
	if (r->stopped)
		return;
	r->run = 0;
	if (r->options->strict)
		cml_check_strict_end(r, name);
	if (r->skip > 0) {
		r->skip--;
		if (r->through)
			part_words(r, name);
		return;
	}
	frame = &r->frames[r->depth];
	text = str_trim(str_n(buf_text(&r->text) + frame->text_at,
	    r->text.len - frame->text_at));
	/* A plain text is right whatever is in it: the copy is spared. */
	if (frame->checked)
		cml_check_end(r, name, frame->rule->value == CML_IS_TEXT ?
		    STR_NONE : text);
	tell_missing(r, frame);
	if (cml_take_end(r, frame, text))
		r->frames[r->depth - 1].filled |= frame->bit;
	r->text.len = frame->text_at;
	r->depth--;
	if (r->depth == 0)
		r->root_closed = true;
}

static void
on_text(void *ctx, const xmlChar *text, int len)
{
	struct cml_reader *r = ctx;
	char limit[32];

	if (r->stopped || len <= 0)
		return;
	r->run += (size_t)len;
	if (r->run <= LIMIT_XML_TEXT) {
		if (r->options->strict)
			cml_check_strict_text(r, text, len);
		if (!(r->skip > 0 ? r->through : r->frames[r->depth].wanted))
			return;
		if (buf_add(&r->text, text, (size_t)len) == 0)
			return;
	}
	(void)snprintf(limit, sizeof(limit), "%zu", (size_t)LIMIT_XML_TEXT);
	cml_finding_fatal(r, CML_FILE_TEXT, cml_door_where(r),
	    str_of(limit));
}

/* ---- what CommerceML never has ---- */

static void
on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
    const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	cml_finding_fatal(ctx, CML_FILE_DOCTYPE, STR_NONE, STR_NONE);
}

static xmlEntityPtr
on_entity(void *ctx, const xmlChar *name)
{
	cml_finding_fatal(ctx, CML_FILE_ENTITY, STR_NONE, str_of_xml(name));
	return NULL;
}

/* Which of our findings a parser's error number is. */
static const struct {
	int number;
	enum cml_code code;
} parser_errors[] = {
	{ XML_ERR_INVALID_ENCODING, CML_FILE_ENCODING },
	{ XML_I18N_CONV_FAILED, CML_FILE_ENCODING },
	{ XML_I18N_EXCESS_HANDLER, CML_FILE_ENCODING },
	{ XML_IO_ENCODER, CML_FILE_ENCODING },
	{ XML_ERR_UNSUPPORTED_ENCODING, CML_FILE_DECLARED },
	{ XML_ERR_UNKNOWN_ENCODING, CML_FILE_DECLARED },
	{ XML_ERR_DOCUMENT_END, CML_FILE_CUT },
	{ XML_ERR_TAG_NOT_FINISHED, CML_FILE_CUT },
	{ XML_ERR_RESERVED_XML_NAME, CML_FILE_JUNK },
	{ XML_ERR_UNDECLARED_ENTITY, CML_FILE_ENTITY }
};

static enum cml_code
code_of_error(const struct cml_reader *r, const xmlError *error)
{
	static const char not_utf8[] = "Input is not proper UTF-8";
	const xmlParserInput *input = NULL;

	if (r->parser != NULL)
		input = r->parser->input;
	/* A wrong byte and a wrong character share a number. */
	if (error->code == XML_ERR_INVALID_CHAR && error->message != NULL &&
	    strncmp(error->message, not_utf8, sizeof(not_utf8) - 1) == 0)
		return CML_FILE_ENCODING;
	if (error->code == XML_ERR_DOCUMENT_END && r->root_closed)
		return CML_FILE_AFTER;
	for (size_t i = 0;
	    i < sizeof(parser_errors) / sizeof(parser_errors[0]); i++) {
		if (error->code == parser_errors[i].number)
			return parser_errors[i].code;
	}
	/* Whatever is missing at the last byte, the rest of the file is. */
	if (r->last_piece && !r->root_closed && input != NULL &&
	    input->end - input->cur <= 1)
		return CML_FILE_CUT;
	return CML_FILE_XML;
}

void
cml_door_error(void *ctx, xmlErrorPtr error)
{
	struct cml_reader *r = ctx;
	const char *text = error->message == NULL ? "" : error->message;
	struct str found = str_n(text, strcspn(text, "\n"));
	enum cml_code code;

	if (r->stopped)
		return;
	code = code_of_error(r, error);
	/* A strange namespace URI or xml:lang is nobody's trouble. */
	if (error->level != XML_ERR_FATAL && code == CML_FILE_XML)
		return;
	if (code == CML_FILE_ENCODING)
		found = str_of(r->encoding);
	if (code == CML_FILE_DECLARED && error->str1 != NULL)
		found = str_of(error->str1);
	/* A converter of encodings complains while the parser holds its
	 * buffers, so it cannot be stopped here; it gets no further than
	 * this piece, and the door is shut. */
	r->in_error = true;
	cml_finding_fatal(r, code, STR_NONE, found);
}

static const xmlSAXHandler handler = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_doctype,
	.getEntity = on_entity,
	.getParameterEntity = on_entity,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	/* The same function: the parser need not tell blanks from text. */
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.serror = cml_door_error
};

const xmlSAXHandler *
cml_door_handler(void)
{
	return &handler;
}

void
cml_door_open(struct cml_reader *r)
{
	learn_names(r);
	buf_init(&r->text, LIMIT_XML_TEXT);
	buf_init(&r->path, LIMIT_PATH_BYTES);
	buf_init(&r->where, LIMIT_PATH_BYTES);
	r->frames[0].rule = &file_rule;
	r->frames[0].place = CML_AT_FILE;
	r->frames[0].name = (const xmlChar *)"";
}

void
cml_door_close(struct cml_reader *r)
{
	buf_free(&r->text);
	buf_free(&r->path);
	buf_free(&r->where);
}
