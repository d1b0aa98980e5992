/*
 * User fields of companies and contacts: lines of FIELD_USER_FIELDS, each the
 * field as its rule calls it and a value in 1C's words, as parameters, and
 * what the portal shows as such lines.
 *
 * A value that its field cannot hold fails alone: the portal would refuse the
 * whole client for it.  A field of one value gets all of several texts, and of
 * other things the first; of one with many only what 1C put there is taken
 * away again.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/told.h"
#include "model/party.h"

/* Values in the portal's words, each ended by FIELD_PART. */
struct words {
	struct buf all;
	size_t count;
	bool flag;              /* of a yes-or-no field */
	bool left_out;          /* some value cannot be said */
	char why[256];          /* the first of these */
};

/* One field that lines speak of. */
struct saying {
	const struct b24_user_field *known;
	struct words wanted, before, shown;
	struct words unsure;    /* said without an answer; of many values */
	bool was_said;          /* of one: it is shown */
};

/* ---- lines of one field ----------------------------------------------- */

/* The next field that the sorted lines speak of, from *at. */
static bool
next_field(struct str lines, size_t *at, struct str *rule)
{
	struct str line, last = *rule;

	while (party_line_next(lines, at, &line)) {
		*rule = field_part(line, 0);
		if (last.p == NULL || !str_eq(*rule, last))
			return true;
	}
	return false;
}

/* NULL: this kind of client has no such field, or the rule is gone. */
static const struct b24_user_field *
find_field(const struct b24 *b24, enum target_kind kind, struct str rule)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;
	const struct b24_user_field *fields = kind == TARGET_COMPANY ?
	    crm->company_fields : crm->contact_fields;

	for (size_t i = 0; i < crm->field_count; i++)
		if (str_is(rule, fields[i].rule))
			return fields[i].name[0] != '\0' ? &fields[i] : NULL;
	return NULL;
}

/* ---- values ------------------------------------------------------------ */

static bool
is_text(const struct b24_user_field *known)
{
	return b24_user_value_form(known) == B24_FORM_TEXT;
}

/* 1C's manager as the portal's user; a user's id is one already. */
static struct str
user_of(const struct b24 *b24, struct str value, char space[32])
{
	const char *named = config_map_get(&b24->config->users, value);
	int64_t id = named == NULL ? 0 : b24_user_id(b24, str_of(named));

	if (id == 0)
		return value;
	(void)snprintf(space, 32, "%" PRId64, id);
	return str_of(space);
}

/* 0: *out; 1: it says nothing; -1: the field cannot hold it. */
static int
say_value(const struct b24 *b24, const struct b24_user_field *known,
    struct str value, char space[LIMIT_DEAL_VALUE], struct str *out,
    char why[256])
{
	char id[32];

	*out = str_trim(value);
	if (is_text(known))
		return out->len == 0;
	if (b24_user_value_form(known) == B24_FORM_USER)
		value = user_of(b24, *out, id);
	if (b24_user_value_say(space, known, value,
	    str_of(b24->facts.currency), why) == -1)
		return -1;
	*out = str_of(space);
	/* Nothing stands there for the number 0. */
	return out->len == 0 && (str_trim(value).len == 0 ||
	    b24_user_value_form(known) == B24_FORM_DAY ||
	    b24_user_value_form(known) == B24_FORM_TIME);
}

static bool
has_word(const struct words *words, struct str word)
{
	const char *from = buf_text(&words->all), *end;

	for (; *from != '\0'; from = end + 1) {
		end = strchr(from, FIELD_PART);
		if (end == NULL)
			break;
		if (b24_value_same_text(str_n(from, (size_t)(end - from)),
		    word))
			return true;
	}
	return false;
}

static void
add_word(struct words *words, const struct b24_user_field *known,
    struct str word)
{
	if (!known->multiple && words->count > 0) {
		if (!is_text(known))
			return;
		words->all.len--;
		(void)buf_add_text(&words->all, ", ");
		words->count--;
	}
	if (known->multiple && has_word(words, word))
		return;
	(void)buf_add(&words->all, word.p, word.len);
	(void)buf_add_char(&words->all, FIELD_PART);
	words->count++;
}

static void
words_of(struct words *out, const struct b24 *b24,
    const struct b24_user_field *known, struct str lines)
{
	char space[LIMIT_DEAL_VALUE], why[256];
	struct str line, word;
	size_t at = 0;

	memset(out, 0, sizeof(*out));
	buf_init(&out->all, LIMIT_REQUEST_BYTES);
	out->flag = b24_user_value_form(known) == B24_FORM_FLAG;
	while (party_line_next(lines, &at, &line)) {
		if (!str_is(field_part(line, 0), known->rule))
			continue;
		switch (say_value(b24, known, field_part(line, 1), space,
		    &word, why)) {
		case 0:
			add_word(out, known, word);
			break;
		case -1:
			if (!out->left_out)
				memcpy(out->why, why, sizeof(why));
			out->left_out = true;
			break;
		default:
			break;
		}
	}
}

static void
words_free(struct words *words)
{
	buf_free(&words->all);
}

static bool
next_word(const struct words *words, size_t *at, struct str *word)
{
	const char *from, *end;

	if (*at >= words->all.len)
		return false;
	from = words->all.data + *at;
	end = memchr(from, FIELD_PART, words->all.len - *at);
	if (end == NULL)
		return false;
	*word = str_n(from, (size_t)(end - from));
	*at += word->len + 1;
	return true;
}

static bool
has_all(const struct words *words, const struct words *of)
{
	struct str word;
	size_t at = 0;

	while (next_word(of, &at, &word))
		if (word.len > 0 && !has_word(words, word))
			return false;
	return true;
}

/* "0" becomes nothing in the portal, and what was never filled is "N". */
static bool
is_empty(const struct words *words)
{
	struct str word;
	size_t at = 0;

	while (next_word(words, &at, &word))
		if (word.len > 0 && !str_is(word, "0") &&
		    !(words->flag && str_is(word, "N")))
			return false;
	return true;
}

static bool
same_words(const struct words *a, const struct words *b)
{
	if (is_empty(a) || is_empty(b))
		return is_empty(a) && is_empty(b);
	return has_all(a, b) && has_all(b, a);
}

/* ---- saying ------------------------------------------------------------ */

static void
say(struct b24_command *out, const struct b24_user_field *known,
    size_t index, struct str value)
{
	char key[160], place[32] = "";

	if (known->multiple)
		(void)snprintf(place, sizeof(place), "[%zu]", index);
	(void)snprintf(key, sizeof(key), "fields[%s]%s", known->name, place);
	b24_query_add(&out->query, key, value);
	if (b24_query_is_reference(value))
		out->lone = true;
}

void
b24_client_fields_create(const struct b24 *b24, const struct op *op,
    struct b24_command *out)
{
	struct str lines = fields_get(&op->fields, FIELD_USER_FIELDS), word;
	struct str rule = STR_NONE;
	size_t at = 0;

	while (next_field(lines, &at, &rule)) {
		const struct b24_user_field *known = find_field(b24,
		    op->target.kind, rule);
		struct words words;
		size_t walk = 0, count = 0;

		if (known == NULL)
			continue;
		words_of(&words, b24, known, lines);
		while (next_word(&words, &walk, &word))
			if (word.len > 0)
				say(out, known, count++, word);
		words_free(&words);
	}
}

/* All that stands there, but for what 1C took back, then what 1C has new.
 * How much that changes; out: NULL: it is only counted. */
static size_t
say_many(struct b24_command *out, const struct saying *saying, bool yields)
{
	size_t at = 0, count = 0, news = 0;
	struct str word;

	while (next_word(&saying->shown, &at, &word)) {
		bool said = has_word(&saying->unsure, word);

		if ((said || has_word(&saying->before, word)) &&
		    !has_word(&saying->wanted, word)) {
			/* What is not there any more that request took. */
			yields = yields && !said;
			news++;
		} else if (out != NULL) {
			say(out, saying->known, count++, word);
		}
	}
	at = 0;
	while (next_word(&saying->wanted, &at, &word)) {
		if (has_word(&saying->shown, word) || (yields &&
		    has_word(&saying->before, word)))
			continue;
		if (out != NULL)
			say(out, saying->known, count++, word);
		news++;
	}
	return news;
}

/* True: something is said; *kept: something else stands there, and may. */
static bool
say_change(struct b24_command *out, const struct saying *saying, bool yields,
    bool *kept)
{
	struct str word = STR_NONE;
	size_t at = 0;

	if (saying->wanted.count == 0 ||
	    same_words(&saying->wanted, &saying->shown))
		return false;
	if (saying->known->multiple) {
		if (say_many(NULL, saying, yields) > 0) {
			(void)say_many(out, saying, yields);
			return true;
		}
		*kept = !has_all(&saying->shown, &saying->wanted);
		return false;
	}
	if (yields && !saying->was_said && !is_empty(&saying->shown) &&
	    !same_words(&saying->shown, &saying->before)) {
		*kept = true;
		return false;
	}
	(void)next_word(&saying->wanted, &at, &word);
	say(out, saying->known, 0, word);
	return true;
}

/* What requests without an answer have said of it. */
static void
read_unsure(struct saying *saying, const struct b24 *b24,
    const struct op *op)
{
	struct buf all = BUF_INIT(LIMIT_MIB);
	struct words words;
	struct str lines;
	enum field field;
	size_t at = 0;

	while (fields_next(&op->unsure, &at, &field, &lines)) {
		if (field != FIELD_USER_FIELDS)
			continue;
		words_of(&words, b24, saying->known, lines);
		saying->was_said |= !is_empty(&words) &&
		    same_words(&saying->shown, &words);
		words_free(&words);
		party_line_append(&all, lines);
	}
	if (saying->known->multiple)
		words_of(&saying->unsure, b24, saying->known, str_n(
		    buf_text(&all), all.len));
	buf_free(&all);
}

bool
b24_client_fields_update(const struct b24 *b24, struct op *op,
    const struct fields *held, struct b24_command *out)
{
	bool yields = fields_has(&op->yields, FIELD_USER_FIELDS);
	struct str lines = fields_get(&op->fields, FIELD_USER_FIELDS);
	struct str shown = fields_get(held, FIELD_USER_FIELDS);
	struct buf kept = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct str rule = STR_NONE;
	bool said = false;
	size_t at = 0;

	while (next_field(lines, &at, &rule)) {
		struct saying saying = { .known = find_field(b24,
		    op->target.kind, rule) };
		bool keeps = false;

		if (saying.known == NULL)
			continue;
		words_of(&saying.wanted, b24, saying.known, lines);
		words_of(&saying.before, b24, saying.known,
		    fields_get(&op->before, FIELD_USER_FIELDS));
		words_of(&saying.shown, b24, saying.known, shown);
		read_unsure(&saying, b24, op);
		said |= say_change(out, &saying, yields, &keeps);
		if (keeps)
			party_line_add(&kept, rule, STR_NONE);
		words_free(&saying.wanted);
		words_free(&saying.before);
		words_free(&saying.shown);
		words_free(&saying.unsure);
	}
	if (kept.len > 0)
		(void)fields_set(&op->kept, FIELD_USER_FIELDS,
		    str_n(buf_text(&kept), kept.len));
	buf_free(&kept);
	return said;
}

/* ---- what the portal shows --------------------------------------------- */

static void
add_lines(struct buf *to, struct str lines, struct str rule)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (str_eq(field_part(line, 0), rule))
			party_line_add(to, rule, field_part(line, 1));
}

/* Each value that the portal shows, as a line. */
static void
read_lines(struct buf *out, const struct b24_user_field *known,
    const cJSON *item)
{
	const cJSON *one = cJSON_IsArray(item) ? item->child : item;

	for (; one != NULL; one = cJSON_IsArray(item) ? one->next : NULL) {
		struct buf text = BUF_INIT(LIMIT_REQUEST_BYTES);

		b24_user_value_read(&text, known, one);
		if (text.len > 0)
			party_line_add(out, str_of(known->rule),
			    str_n(buf_text(&text), text.len));
		buf_free(&text);
		if (!known->multiple)
			break;
	}
}

/* Those of 1C's lines whose values are there. */
static void
add_common(struct buf *to, const struct b24 *b24,
    const struct b24_user_field *known, struct str lines,
    const struct words *shown)
{
	char space[LIMIT_DEAL_VALUE], why[256];
	struct str line, word;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (str_is(field_part(line, 0), known->rule) &&
		    say_value(b24, known, field_part(line, 1), space, &word,
		    why) == 0 && has_word(shown, word))
			party_line_add(to, str_of(known->rule),
			    field_part(line, 1));
}

/* Is that field as it was said?  A text may have been rewritten, and of what
 * yields to the portal anything may stand there. */
static bool
is_shown(const struct b24 *b24, const struct op *op,
    const struct b24_user_field *known, const struct words *wanted,
    const cJSON *row)
{
	struct buf lines = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct words shown, before;
	bool is;

	read_lines(&lines, known, json_get(row, known->name));
	words_of(&shown, b24, known, str_n(buf_text(&lines), lines.len));
	words_of(&before, b24, known,
	    fields_get(&op->before, FIELD_USER_FIELDS));
	if (fields_has(&op->yields, FIELD_USER_FIELDS) ||
	    (is_text(known) && !known->multiple))
		/* Of many, people may have taken all away. */
		is = is_empty(wanted) || !is_empty(&shown) ||
		    (known->multiple && has_all(&before, wanted));
	else
		is = known->multiple ? has_all(&shown, wanted) :
		    same_words(&shown, wanted);
	words_free(&before);
	words_free(&shown);
	buf_free(&lines);
	return is;
}

static void
tell(struct op *op, const struct words *wanted)
{
	if (op->text[0] == '\0' && wanted->left_out)
		told_copy(op->text, sizeof(op->text), wanted->why);
}

void
b24_client_fields_taken(const struct b24 *b24, struct op *op,
    const cJSON *row)
{
	struct str lines = fields_get(&op->fields, FIELD_USER_FIELDS);
	struct str before = fields_get(&op->before, FIELD_USER_FIELDS);
	struct buf taken = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct str rule = STR_NONE;
	bool all = true;
	size_t at = 0;

	while (next_field(lines, &at, &rule)) {
		const struct b24_user_field *known = find_field(b24,
		    op->target.kind, rule);
		struct words wanted = { 0 };

		if (known != NULL)
			words_of(&wanted, b24, known, lines);
		if (known == NULL || (!wanted.left_out && (row == NULL ||
		    is_shown(b24, op, known, &wanted, row)))) {
			add_lines(&taken, lines, rule);
		} else {
			add_lines(&taken, before, rule);
			tell(op, &wanted);
			all = false;
		}
		words_free(&wanted);
	}
	if (!all) {
		(void)fields_set(&op->dropped, FIELD_USER_FIELDS, lines);
		(void)fields_set(&op->taken, FIELD_USER_FIELDS,
		    str_n(buf_text(&taken), taken.len));
	}
	buf_free(&taken);
}

/* 1C's own lines where the portal's words are theirs, else the portal's.  Of
 * many values what people put there is nobody's to agree on: it is told only
 * before a write, which must say it again. */
static void
read_field(struct buf *out, const struct b24 *b24, const struct op *op,
    const struct b24_user_field *known, const cJSON *item)
{
	struct str lines = fields_get(&op->fields, FIELD_USER_FIELDS);
	struct buf own = BUF_INIT(LIMIT_REQUEST_BYTES);
	struct words wanted, shown;
	struct str held;

	read_lines(&own, known, item);
	held = str_n(buf_text(&own), own.len);
	words_of(&wanted, b24, known, lines);
	words_of(&shown, b24, known, held);
	if (wanted.count > 0 && same_words(&wanted, &shown))
		add_lines(out, lines, str_of(known->rule));
	else if (!known->multiple || op->kind == OP_UPDATE)
		add_lines(out, held, str_of(known->rule));
	else
		add_common(out, b24, known, lines, &shown);
	words_free(&wanted);
	words_free(&shown);
	buf_free(&own);
}

void
b24_client_fields_read(const struct b24 *b24, const struct op *op,
    const cJSON *row, struct fields *out)
{
	const struct b24_crm_facts *crm = &b24->facts.crm;
	struct buf lines = BUF_INIT(LIMIT_REQUEST_BYTES);

	for (size_t i = 0; i < crm->field_count; i++) {
		const struct b24_user_field *known = find_field(b24,
		    op->target.kind, str_of(crm->company_fields[i].rule));

		if (known != NULL)
			read_field(&lines, b24, op, known, json_get(row,
			    known->name));
	}
	if (lines.len > 0)
		(void)fields_set(out, FIELD_USER_FIELDS,
		    str_n(buf_text(&lines), lines.len));
	buf_free(&lines);
}

bool
b24_client_fields_say(const struct b24 *b24, bool company, struct str rule,
    struct str lines, struct str portals)
{
	const struct b24_user_field *known = find_field(b24, company ?
	    TARGET_COMPANY : TARGET_CONTACT, rule);
	struct words said, shown;
	bool says;

	if (known == NULL)
		return true;
	words_of(&said, b24, known, lines);
	words_of(&shown, b24, known, portals);
	says = known->multiple ? has_all(&said, &shown) :
	    same_words(&said, &shown);
	words_free(&said);
	words_free(&shown);
	return says;
}
