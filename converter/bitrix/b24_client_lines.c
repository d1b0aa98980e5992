/*
 * Phones, e-mails and sites of a client: `fm`.  A list when a client is
 * made (crm-item-add.md).  On update a key n0, n1 …
 * adds, a numeric key with an empty value takes away, and what is not named
 * stays (crm-item-update.md): so what people added in the portal stays too.
 * Each addition makes one more, also of a number that is there already, and
 * an entry without typeId is ignored (bitrix24.md 10).  So an addition whose
 * answer was lost and that came after it was repeated leaves a double of ours:
 * it is taken away when it is seen.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "model/party.h"

struct sort {
	enum field field;
	const char *type;
};

static const struct sort sorts[] = {
	{ FIELD_PHONES, "PHONE" },
	{ FIELD_EMAILS, "EMAIL" },
	{ FIELD_SITES, "WEB" },
};

const char *
b24_client_lines_type(enum field field)
{
	for (size_t i = 0; i < sizeof(sorts) / sizeof(*sorts); i++)
		if (sorts[i].field == field)
			return sorts[i].type;
	return NULL;
}

/* ---- when two are the same ---- */

static struct str
site_plain(struct str site)
{
	static const char *const starts[] = { "http://", "https://" };

	site = str_trim(site);
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (site.len > strlen(starts[i]) && str_same_name(str_n(
		    site.p, strlen(starts[i])), str_of(starts[i])))
			site = str_n(site.p + strlen(starts[i]), site.len -
			    strlen(starts[i]));
	while (site.len > 0 && site.p[site.len - 1] == '/')
		site.len--;
	return site;
}

static bool
is_email(struct str text)
{
	struct buf plain = BUF_INIT(LIMIT_REQUEST_BYTES);
	bool is;

	party_email_plain(&plain, text);
	is = plain.len > 0;
	buf_free(&plain);
	return is;
}

/* Two spellings of one value; phones of one number with two extensions are
 * two. */
static bool
is_same(enum field field, struct str a, struct str b)
{
	if (str_eq(str_trim(a), str_trim(b)))
		return true;
	if (field == FIELD_PHONES)
		return party_phone_exact(a, b);
	if (field == FIELD_SITES)
		return str_same_name(site_plain(a), site_plain(b));
	return str_same_name(a, b);
}

/* Does the portal's value say all that is wanted? */
static bool
covers(enum field field, struct str held, struct str wanted)
{
	return is_same(field, held, wanted) || (field == FIELD_PHONES &&
	    party_phone_covers(held, wanted));
}

typedef bool comparing(enum field field, struct str held, struct str wanted);

static bool
has_value(enum field field, struct str lines, struct str value,
    comparing *compare)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (compare(field, field_part(line, 1), value))
			return true;
	return false;
}

/* ---- said ---- */

static void
say(struct b24_command *out, const char *key, const char *name,
    struct str value)
{
	char whole[96];

	(void)snprintf(whole, sizeof(whole), "fields[fm][%s][%s]", key, name);
	b24_query_add(&out->query, whole, value);
	if (b24_query_is_reference(value))
		out->lone = true;
}

static void
say_entry(struct b24_command *out, const char *key, enum field field,
    struct str kind, struct str value)
{
	say(out, key, "typeId", str_of(b24_client_lines_type(field)));
	if (value.len > 0)
		say(out, key, "valueType", kind);
	say(out, key, "value", value);
}

/* False: the portal would refuse the client for it. */
static bool
add_line(struct b24_command *out, const char *prefix, enum field field,
    struct str line, size_t *added)
{
	struct str value = str_trim(field_part(line, 1));
	char key[32];

	if (value.len == 0 || (field == FIELD_EMAILS && !is_email(value)))
		return false;
	(void)snprintf(key, sizeof(key), "%s%zu", prefix, (*added)++);
	say_entry(out, key, field, field_part(line, 0), value);
	return true;
}

void
b24_client_lines_create(struct b24_command *out, enum field field,
    struct str wanted, size_t *added)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(wanted, &at, &line))
		(void)add_line(out, "", field, line, added);
}

/* ---- an update ---- */

/* A line of the portal. */
struct held {
	struct str kind, value;
	int64_t id;             /* 0: it has none, and stays */
	bool goes;
	bool said;              /* that it goes, or is another from now on */
};

struct change {
	const struct b24_client_lines *lines;
	struct b24_command *out;
	struct held *held;
	size_t held_count, count, yielded;
};

static bool
has_letters(struct str lines, struct str value)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (str_eq(field_part(line, 1), value))
			return true;
	return false;
}

/* By a request that had no answer? */
static bool
was_said(const struct b24_client_lines *lines, struct str value)
{
	struct str said;
	enum field field;
	size_t at = 0;

	while (fields_next(lines->unsure, &at, &field, &said))
		if (field == lines->field && has_letters(said, value))
			return true;
	return false;
}

/* One that 1C had stated, letter by letter, and states no longer in any
 * spelling. */
static bool
went_away(const struct b24_client_lines *lines, struct str value)
{
	if (has_value(lines->field, lines->wanted, value, is_same))
		return false;
	return has_letters(lines->before, value) || was_said(lines, value);
}

/* Two of one kind that are letter by letter what 1C states: the younger one
 * was made by a request of ours that came late. */
static bool
is_double(const struct change *change, const struct held *held)
{
	struct str line;
	size_t at = 0;
	bool ours = false;

	while (!ours && party_line_next(change->lines->wanted, &at, &line))
		ours = str_eq(field_part(line, 0), held->kind) &&
		    str_eq(str_trim(field_part(line, 1)), held->value);
	for (size_t i = 0; ours && i < change->held_count; i++) {
		const struct held *other = &change->held[i];

		if (other->id > 0 && other->id < held->id &&
		    str_eq(other->kind, held->kind) &&
		    str_eq(other->value, held->value))
			return true;
	}
	return false;
}

static void
read_held(struct change *change)
{
	struct str line;
	size_t at = 0, size = 0;

	while (party_line_next(change->lines->held, &at, &line)) {
		struct held *held;

		if (change->held_count == size) {
			size = size == 0 ? 8 : size * 2;
			change->held = mem_resize(change->held, size,
			    sizeof(*change->held));
		}
		held = &change->held[change->held_count++];
		*held = (struct held){ .kind = field_part(line, 0),
		    .value = field_part(line, 1) };
		if (str_to_int64(&held->id, field_part(line, 2)) == -1)
			held->id = 0;
	}
	for (size_t i = 0; i < change->held_count; i++) {
		struct held *held = &change->held[i];

		held->goes = held->id > 0 && went_away(change->lines,
		    held->value);
		if (held->goes || held->id <= 0 || !is_double(change, held))
			continue;
		held->goes = true;
		log_warn("%s %" PRId64 ": a double of ours is to go",
		    b24_client_lines_type(change->lines->field), held->id);
	}
}

static bool
is_covered(const struct change *change, struct str value)
{
	for (size_t i = 0; i < change->held_count; i++)
		if (!change->held[i].goes && covers(change->lines->field,
		    change->held[i].value, value))
			return true;
	return false;
}

/* The portal's line of this number, which becomes the new one: ours that
 * has another extension by now, or anybody's without one. */
static struct held *
with_number(const struct change *change, struct str value)
{
	for (size_t i = 0; change->lines->field == FIELD_PHONES &&
	    i < change->held_count; i++) {
		struct held *held = &change->held[i];

		if (held->id > 0 && !held->said && (held->goes ||
		    party_phone_bare(held->value)) &&
		    party_phone_same(held->value, value))
			return held;
	}
	return NULL;
}

static void
say_held(struct change *change, struct held *held, struct str kind,
    struct str value)
{
	char key[32];

	(void)snprintf(key, sizeof(key), "%" PRId64, held->id);
	say_entry(change->out, key, change->lines->field, kind, value);
	held->said = true;
	change->count++;
}

/* 1C calls a number that stays by another kind: the line that has the kind
 * which was agreed gets it.  One to which people gave another keeps that. */
static void
put_kind(struct change *change, struct str line)
{
	const struct b24_client_lines *lines = change->lines;
	struct str kind = field_part(line, 0), value = field_part(line, 1);
	struct str old = STR_NONE, before;
	size_t at = 0;

	while (old.len == 0 && party_line_next(lines->before, &at, &before))
		if (is_same(lines->field, field_part(before, 1), value))
			old = field_part(before, 0);
	for (size_t i = 0; old.len > 0 && !str_eq(old, kind) &&
	    i < change->held_count; i++) {
		struct held *held = &change->held[i];

		if (held->id <= 0 || held->goes || held->said ||
		    !str_eq(held->kind, old) ||
		    !is_same(lines->field, held->value, value))
			continue;
		say_held(change, held, kind, held->value);
		return;
	}
}

/* Was what is not there any more taken away by a request of ours that had no
 * answer?  Then what that one said stands there. */
static bool
was_replaced(const struct change *change)
{
	for (size_t i = 0; i < change->held_count; i++)
		if (change->held[i].goes && was_said(change->lines,
		    change->held[i].value))
			return true;
	return false;
}

/* A line that the portal does not hold yet. */
static void
put_line(struct change *change, struct str line, size_t *added)
{
	const struct b24_client_lines *lines = change->lines;
	struct str value = field_part(line, 1);
	struct held *held = with_number(change, value);

	/* People took it away, or wrote the number without its extension. */
	if (lines->yields && ((has_value(lines->field, lines->before,
	    value, is_same) && !was_replaced(change)) ||
	    (held != NULL && !held->goes)))
		change->yielded++;
	else if (held != NULL)
		say_held(change, held, field_part(line, 0), str_trim(value));
	else if (add_line(change->out, "n", lines->field, line, added))
		change->count++;
}

size_t
b24_client_lines_update(struct b24_command *out,
    const struct b24_client_lines *lines, size_t *added, size_t *yielded)
{
	struct change change = { .lines = lines, .out = out };
	struct str line;
	size_t at = 0;

	read_held(&change);
	while (party_line_next(lines->wanted, &at, &line))
		if (!is_covered(&change, field_part(line, 1)))
			put_line(&change, line, added);
		else
			put_kind(&change, line);
	for (size_t i = 0; i < change.held_count; i++)
		if (change.held[i].goes && !change.held[i].said)
			say_held(&change, &change.held[i], STR_NONE,
			    str_of(""));
	free(change.held);
	*yielded = change.yielded;
	return change.count;
}

/* Is there a line in the first that is in neither of the others? */
static bool
has_alone(enum field field, struct str lines, struct str a, struct str b)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (!has_value(field, a, field_part(line, 1), is_same) &&
		    !has_value(field, b, field_part(line, 1), is_same))
			return true;
	return false;
}

bool
b24_client_lines_contradict(const struct b24_client_lines *lines)
{
	/* Who replaced it is not known: it may be a request of ours. */
	if (fields_has(lines->unsure, lines->field))
		return false;
	return has_alone(lines->field, lines->before, lines->wanted,
	    lines->held) && has_alone(lines->field, lines->held,
	    lines->before, lines->wanted) && has_alone(lines->field,
	    lines->wanted, lines->before, lines->held);
}

/* ---- shown ---- */

bool
b24_client_lines_shown(enum field field, struct str wanted, struct str shown)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(wanted, &at, &line)) {
		struct str value = field_part(line, 1);

		if (field == FIELD_EMAILS && !is_email(value))
			continue;
		if (!has_value(field, shown, value, covers))
			return false;
	}
	return true;
}

static void
add_entry(struct buf *out, const cJSON *entry, bool with_ids)
{
	char type_space[32], value_space[32], id_space[32];
	struct str type = json_str(json_get(entry, "valueType"), type_space);
	struct str value = str_trim(json_str(json_get(entry, "value"),
	    value_space));
	struct str id = json_str(json_get(entry, "id"), id_space);
	struct buf whole = BUF_INIT(LIMIT_REQUEST_BYTES);

	if (value.len > 0 && memchr(value.p, '\n', value.len) == NULL) {
		(void)buf_add(&whole, value.p, value.len);
		if (with_ids && id.len > 0) {
			(void)buf_add_char(&whole, FIELD_PART);
			(void)buf_add(&whole, id.p, id.len);
		}
		party_line_add(out, type.len > 0 ? type : str_of("OTHER"),
		    str_n(whole.len > 0 ? buf_text(&whole) : "", whole.len));
	}
	buf_free(&whole);
}

void
b24_client_lines_read(struct buf *out, enum field field, const cJSON *fm,
    bool with_ids)
{
	const char *type = b24_client_lines_type(field);
	const cJSON *entry;
	char space[32];

	cJSON_ArrayForEach(entry, fm)
		if (str_is(json_str(json_get(entry, "typeId"), space), type))
			add_entry(out, entry, with_ids);
}
