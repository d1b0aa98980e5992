/*
 * Properties of goods: lines of FIELD_PROPERTIES, told by 1C's terms, as the
 * portal's parameters, and what it shows as such lines.
 *
 * Of an update only what differs from what was agreed is said, so that what
 * the portal's people have put into other properties stays.  A value that a
 * property cannot hold is not said at all: the portal would drop it without a
 * word (bitrix24.md 8).
 *
 * A value is said as {"value": ...}, the one shape that the pages of add and
 * update share.  A single time of an update is taken so by some portals, and
 * in a list of one alone by others: the answers tell, and what they do not show
 * for that reason is said once more (b24_write.c).
 */
#include "bitrix/b24_property_shown.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

#define BARCODE TERM_OWN "Штрихкод"

/* Each id that the lines of two lists begin with, once. */
struct walk {
	struct str values, before, last;
	size_t at;
	bool second;            /* those of `before` that values lack */
};

/* A property, and what was said of it or would be. */
struct saying {
	struct str id;
	struct str values, before;      /* its lines */
	const struct b24_term *term;
	const struct b24_property *property;    /* NULL: there is none */
	struct buf said;        /* values, each ended by FIELD_PART */
	size_t count;
	bool left_out;          /* a value that cannot be said */
	bool crowded;           /* for others stand in its place */
};

static enum term_kind
term_kind_of(enum target_kind good)
{
	return good == TARGET_OFFER ? TERM_TRAIT : TERM_PROPERTY;
}

static struct str
without_clear(struct str lines)
{
	return str_is(lines, FIELD_CLEAR) ? STR_NONE : lines;
}

static struct str
lines_of(const struct fields *fields)
{
	return without_clear(fields_get(fields, FIELD_PROPERTIES));
}

/* The lines of one id stand together. */
static struct str
lines_of_id(struct str lines, struct str id)
{
	struct str line, found = STR_NONE;
	size_t at = 0;

	while (party_line_next(lines, &at, &line)) {
		if (str_eq(field_part(line, 0), id)) {
			if (found.p == NULL)
				found.p = line.p;
			found.len = (size_t)(line.p + line.len - found.p);
		} else if (found.p != NULL) {
			break;
		}
	}
	return found;
}

static bool
next_id(struct walk *walk, struct str *id)
{
	struct str line;

	for (;;) {
		if (!party_line_next(walk->second ? walk->before :
		    walk->values, &walk->at, &line)) {
			if (walk->second)
				return false;
			walk->second = true;
			walk->at = 0;
			walk->last = STR_NONE;
			continue;
		}
		*id = field_part(line, 0);
		if (str_eq(*id, walk->last))
			continue;
		walk->last = *id;
		if (!walk->second || lines_of_id(walk->values,
		    *id).len == 0)
			return true;
	}
}

/* ---- a value in the portal's words ---- */

/* Plain text: several values can stand in one. */
static bool
is_text(const struct b24_property *property)
{
	return property->type == 'S' && !b24_property_shown_is_time(property) &&
	    !b24_property_shown_is(property, "BoolEnum");
}

/* 1C's text of a value: of a list, the name behind its id. */
static struct str
text_of_value(const struct b24_term *value, struct str text)
{
	return value != NULL && value->name != NULL ? str_of(value->name) :
	    text;
}

/* False: this property cannot hold it. */
static bool
say_value(const struct b24 *b24, const struct saying *saying,
    struct str value, char space[64], struct str *out)
{
	const struct b24_property *property = saying->property;
	const struct b24_term *known = b24_term_get(b24, TERM_VALUE,
	    saying->id, value);
	struct str text = text_of_value(known, value);
	bool listed = known != NULL && known->portal_id > 0;
	int truth;

	space[0] = '\0';
	*out = str_of(space);
	if (b24_property_shown_is(property, "BoolEnum")) {
		truth = b24_value_truth(text);
		*out = str_of(truth == 1 || (truth == -1 && listed) ? "Y" :
		    "N");
		return truth != -1 || listed;
	}
	switch (property->type) {
	case 'S':
		*out = text;
		if (!b24_property_shown_is_time(property))
			return true;
		if (!b24_property_shown_time(property, text, space))
			return false;
		break;
	case 'N':
		if (decimal_normalise(space, text) == -1)
			return false;
		break;
	case 'L':
		if (!listed)
			return false;
		if (property->lone == known->portal_id)
			(void)snprintf(space, 64, "Y");
		else
			(void)snprintf(space, 64, "%" PRId64,
			    known->portal_id);
		break;
	default:
		return false;
	}
	*out = str_of(space);
	return true;
}

/* Is it what was said last? */
static bool
is_said(const struct saying *saying, struct str said)
{
	size_t len = saying->said.len;

	return len == said.len + 1 && memcmp(saying->said.data, said.p,
	    said.len) == 0;
}

/* A property that holds one value gets all of several texts, and of other
 * things the first: the rest is left out, and told. */
static void
add_said(struct saying *saying, struct str said)
{
	static const char between[] = ", ";

	if (!saying->property->multiple && saying->count > 0) {
		if (!is_text(saying->property)) {
			if (!is_said(saying, said))
				saying->left_out = saying->crowded = true;
			return;
		}
		saying->said.len--;
		(void)buf_add_text(&saying->said, between);
		saying->count--;
	}
	(void)buf_add(&saying->said, said.p, said.len);
	(void)buf_add_char(&saying->said, FIELD_PART);
	saying->count++;
}

static void
saying_free(struct saying *saying)
{
	buf_free(&saying->said);
}

/* 1C may have several of one name, each for goods of another kind, which are
 * one in the portal: it is not emptied for one when another fills it. */
static bool
is_said_by_another(const struct b24 *b24, enum target_kind good,
    struct str values, const struct b24_property *property)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(values, &at, &line)) {
		const struct b24_term *term = b24_term_get(b24,
		    term_kind_of(good), STR_NONE, field_part(line, 0));

		if (term != NULL && term->property == property)
			return true;
	}
	return false;
}

/* What is to be said of the property `id`; saying_free() ends it. */
static void
find_saying(struct saying *out, const struct b24 *b24,
    enum target_kind good, const struct walk *walk, struct str id)
{
	struct str line, said;
	char space[64];
	size_t at = 0;

	memset(out, 0, sizeof(*out));
	out->said = (struct buf)BUF_INIT(LIMIT_RECORD_BYTES);
	out->id = id;
	out->values = lines_of_id(walk->values, id);
	out->before = lines_of_id(walk->before, id);
	out->term = b24_term_get(b24, term_kind_of(good), STR_NONE, id);
	if (out->term != NULL && out->term->portal_id > 0)
		out->property = out->term->property;
	if (out->property != NULL && !b24_property_list_fillable(
	    out->property))
		out->property = NULL;
	if (out->property == NULL)
		out->left_out = out->values.len > 0;
	else if (out->values.len == 0 && is_said_by_another(b24, good,
	    walk->values, out->property))
		out->property = NULL;
	while (out->property != NULL && party_line_next(out->values, &at,
	    &line)) {
		if (say_value(b24, out, field_part(line, 1), space, &said))
			add_said(out, said);
		else
			out->left_out = true;
	}
}

/* The next of the values that are said, from *at (0 at first). */
static bool
next_said(const struct saying *saying, size_t *at, struct str *value)
{
	const char *from, *end;

	if (*at >= saying->said.len)
		return false;
	from = saying->said.data + *at;
	end = memchr(from, FIELD_PART, saying->said.len - *at);
	if (end == NULL)
		return false;
	*value = str_n(from, (size_t)(end - from));
	*at += value->len + 1;
	return true;
}

/* Nothing of it has to be said. */
static bool
is_settled(const struct op *op, const struct saying *saying)
{
	return op->kind == OP_UPDATE && str_eq(saying->values,
	    saying->before);
}

/* ---- writing ---- */

/* A single time, whose shape in an update depends on the portal. */
static bool
is_moody(const struct op *op, const struct b24_property *property)
{
	return op->kind == OP_UPDATE && !property->multiple &&
	    b24_property_shown_is_time(property);
}

static void
write_one(const struct b24 *b24, const struct op *op,
    const struct saying *saying, struct b24_command *out)
{
	const struct b24_property *property = saying->property;
	bool listed = property->multiple || (is_moody(op, property) &&
	    b24->facts.times_listed);
	char key[96];
	struct str value = STR_NONE;
	size_t at = 0, count = 0;
	bool more = next_said(saying, &at, &value);

	/* Not emptied in place of a value that it cannot hold. */
	if (!more && (op->kind != OP_UPDATE || saying->values.len > 0))
		return;
	do {
		int len = snprintf(key, sizeof(key),
		    "fields[property%" PRId64 "]", property->id);

		if (listed)
			len += snprintf(key + len, sizeof(key) - (size_t)len,
			    "[%zu]", count++);
		(void)snprintf(key + len, sizeof(key) - (size_t)len,
		    "[value]");
		b24_query_add(&out->query, key, value);
		if (b24_query_is_reference(value))
			out->lone = true;
	} while (next_said(saying, &at, &value));
}

void
b24_property_write(const struct b24 *b24, const struct op *op,
    struct str values, struct str before, struct b24_command *out)
{
	struct walk walk = { .values = without_clear(values) };
	struct saying saying;
	struct str id;

	/* An object that is made has nothing to be emptied. */
	if (op->kind == OP_UPDATE)
		walk.before = without_clear(before);
	while (next_id(&walk, &id)) {
		find_saying(&saying, b24, op->target.kind, &walk, id);
		if (saying.property != NULL && !is_settled(op, &saying))
			write_one(b24, op, &saying, out);
		saying_free(&saying);
	}
}

/* ---- what the portal shows ---- */

static bool
is_shown(const struct saying *saying, const cJSON *item)
{
	return b24_property_shown_same(saying->property, str_n(buf_text(
	    &saying->said), saying->said.len), saying->count, item);
}

static const cJSON *
shown_item(const cJSON *row, int64_t property)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "property%" PRId64, property);
	return json_get(row, name);
}

static bool
is_taken(const struct op *op, const struct saying *saying,
    const cJSON *element)
{
	if (is_settled(op, saying))
		return true;
	if (saying->left_out)
		return false;
	/* Nothing had to be sent. */
	if (saying->property == NULL || element == NULL)
		return true;
	/* Answers have all properties: one that is missing is none of those
	 * that the REST of goods knows. */
	return is_shown(saying, shown_item(element, saying->property->id));
}

static void
tell(struct op *op, const struct saying *saying)
{
	static const char crowded[] = TOLD(": 1C has several values, and the "
	    "property takes one");
	const char *name = saying->term != NULL ? saying->term->name : NULL;
	struct str id = saying->id;
	size_t used = strlen(op->text);

	/* People do not know what ours begin with. */
	if (id.len > 1 && (id.p[0] == TERM_OWN[0] || id.p[0] == TERM_OF[0]))
		id = str_n(id.p + 1, id.len - 1);
	if (name != NULL && name[0] != '\0')
		id = str_of(name);
	if (used > 0 && used + 2 < sizeof(op->text))
		used += (size_t)snprintf(op->text + used, sizeof(op->text) -
		    used, ", ");
	(void)snprintf(op->text + used, sizeof(op->text) - used, "%.*s",
	    (int)str_utf8_cut(id, sizeof(op->text) - 1 - used).len, id.p);
	if (saying->crowded && used + id.len + sizeof(crowded) <
	    sizeof(op->text))
		(void)snprintf(op->text + used + id.len, sizeof(op->text) -
		    used - id.len, "%s", crowded);
}

static void
keep_lines(struct buf *to, struct str lines)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		party_line_add(to, field_part(line, 0), field_part(line, 1));
}

void
b24_property_taken(const struct b24 *b24, struct op *op,
    const cJSON *element)
{
	struct buf taken = BUF_INIT(LIMIT_RECORD_BYTES);
	struct walk walk = { .values = lines_of(&op->fields),
	    .before = op->kind == OP_UPDATE ? lines_of(&op->before) :
	    STR_NONE };
	struct saying saying;
	struct str id;
	bool all = true;

	while (next_id(&walk, &id)) {
		find_saying(&saying, b24, op->target.kind, &walk, id);
		if (is_taken(op, &saying, element)) {
			keep_lines(&taken, saying.values);
		} else {
			keep_lines(&taken, saying.before);
			tell(op, &saying);
			all = false;
		}
		saying_free(&saying);
	}
	if (!all) {
		(void)fields_set(&op->dropped, FIELD_PROPERTIES, fields_get(
		    &op->fields, FIELD_PROPERTIES));
		(void)fields_set(&op->taken, FIELD_PROPERTIES, taken.len > 0 ?
		    str_n(buf_text(&taken), taken.len) : str_of(FIELD_CLEAR));
	}
	buf_free(&taken);
}

/* ---- in which shape ---- */

/* The other shape; but the command may be older than the last change. */
static void
learn_times(struct b24_facts *facts, const struct b24_command *command)
{
	if (facts->shapes <= command->shapes) {
		facts->times_listed = !facts->times_listed;
		facts->shapes++;
	}
}

bool
b24_property_learn(struct b24 *b24, const struct op *op,
    const struct b24_command *command, const cJSON *element)
{
	struct walk walk = { .values = lines_of(&op->fields),
	    .before = op->kind == OP_UPDATE ? lines_of(&op->before) :
	    STR_NONE };
	struct saying saying;
	struct str id;
	bool again = false;

	while (next_id(&walk, &id)) {
		find_saying(&saying, b24, op->target.kind, &walk, id);
		if (saying.property != NULL && is_moody(op,
		    saying.property) && !is_taken(op, &saying, element)) {
			learn_times(&b24->facts, command);
			again = true;
		}
		saying_free(&saying);
	}
	return again;
}

/* ---- rows ---- */

void
b24_property_select(const struct b24 *b24, enum target_kind kind,
    struct b24_command *out, size_t *count)
{
	const struct b24_facts *facts = &b24->facts;
	int64_t iblock = b24_catalog_iblock(b24, kind);
	char name[32];

	for (size_t i = 0; i < facts->property_count; i++) {
		const struct b24_property *property = &facts->properties[i];
		const struct b24_term *term;

		/* The article is selected as a column. */
		if (property->iblock != iblock ||
		    property->id == b24_catalog_article(b24, kind))
			continue;
		term = b24_term_of_property(b24, property->id);
		if (term == NULL || term->kind != term_kind_of(kind))
			continue;
		(void)snprintf(name, sizeof(name), "property%" PRId64,
		    property->id);
		b24_query_item(&out->query, "select", (*count)++,
		    str_of(name));
	}
}

/* The portal's value as 1C would say it; STR_NONE: 1C has no word for it. */
static struct str
own_value(const struct b24 *b24, const struct saying *saying,
    struct str shown, char space[64])
{
	const struct b24_property *property = saying->property;
	const struct b24_term *value;
	int64_t id;

	if (b24_property_shown_is(property, "BoolEnum"))
		return str_of(str_is(shown, "Y") ? "true" : "false");
	if (b24_property_shown_is_time(property) &&
	    b24_property_shown_time(property, shown, space))
		return str_of(space);
	if (property->type == 'N' && decimal_normalise(space, shown) == 0)
		return str_of(space);
	if (property->type != 'L')
		return shown;
	if (str_is(shown, "Y"))
		id = property->lone;
	else if (str_to_int64(&id, shown) == -1)
		return STR_NONE;
	value = b24_term_of_value(b24, saying->id, saying->term->kind ==
	    TERM_TRAIT, id);
	return value != NULL ? str_of(value->id) : STR_NONE;
}

/* A line for it; line ends are none of a value's. */
static void
add_line(struct buf *text, struct str id, struct str value)
{
	struct buf plain = BUF_INIT(LIMIT_RECORD_BYTES);

	for (size_t i = 0; i < value.len; i++)
		(void)buf_add_char(&plain, value.p[i] == '\n' ||
		    value.p[i] == '\r' ? ' ' : value.p[i]);
	if (plain.len > 0)
		party_line_add(text, id, str_n(buf_text(&plain), plain.len));
	buf_free(&plain);
}

static void
add_shown(const struct b24 *b24, const struct saying *saying,
    const cJSON *item, struct buf *text)
{
	struct str value, line;
	char shown[32], space[64];
	const cJSON *next = b24_property_shown_first(item);
	size_t at = 0;

	if (saying->values.len > 0 && !saying->left_out &&
	    is_shown(saying, item)) {
		while (party_line_next(saying->values, &at, &line))
			party_line_add(text, saying->id, field_part(line,
			    1));
		return;
	}
	while (b24_property_shown_next(item, &next, shown, &value))
		add_line(text, saying->id, own_value(b24, saying, value,
		    space));
}

static void
take_barcode(const struct b24 *b24, enum target_kind good, const cJSON *row,
    struct fields *out)
{
	int64_t property = b24_property_barcode(b24, good);
	const cJSON *item = shown_item(row, property);
	const cJSON *at = b24_property_shown_first(item);
	struct str value;
	char space[32];

	if (property != 0 && b24_property_shown_next(item, &at, space,
	    &value))
		(void)fields_set(out, FIELD_BARCODE, value);
}

void
b24_property_row(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct fields *out)
{
	struct walk walk = { .values = lines_of(&op->fields),
	    .before = lines_of(&op->before) };
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);
	struct saying saying;
	struct str id;

	while (next_id(&walk, &id)) {
		const cJSON *item;

		find_saying(&saying, b24, op->target.kind, &walk, id);
		item = saying.property == NULL ? NULL : shown_item(row,
		    saying.property->id);
		if (item != NULL)
			add_shown(b24, &saying, item, &text);
		saying_free(&saying);
	}
	(void)fields_set(out, FIELD_PROPERTIES, str_n(buf_text(&text),
	    text.len));
	buf_free(&text);
	take_barcode(b24, op->target.kind, row, out);
}

/* ---- recognising ---- */

int64_t
b24_property_barcode(const struct b24 *b24, enum target_kind good)
{
	const struct b24_term *term = b24_term_get(b24, term_kind_of(good),
	    STR_NONE, str_of(BARCODE));

	if (term == NULL || term->portal_id <= 0 || term->property == NULL ||
	    (term->property->type != 'S' && term->property->type != 'N'))
		return 0;
	return term->property->id;
}

struct str
b24_property_barcode_of(const struct fields *fields)
{
	struct str line = lines_of_id(lines_of(fields), str_of(BARCODE));
	size_t at = 0;

	if (fields_has(fields, FIELD_BARCODE))
		return fields_get(fields, FIELD_BARCODE);
	return party_line_next(line, &at, &line) ? field_part(line, 1) :
	    STR_NONE;
}

bool
b24_property_has(const cJSON *row, int64_t property, struct str text,
    bool exactly)
{
	const cJSON *item = shown_item(row, property);
	const cJSON *at = b24_property_shown_first(item);
	struct str shown;
	char space[32];

	while (b24_property_shown_next(item, &at, space, &shown))
		if (exactly ? str_eq(shown, str_trim(text)) :
		    str_same_name(shown, text))
			return true;
	return false;
}
