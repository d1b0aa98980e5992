/* The list is one small fact: lines of parts, one for each term. */
#include "flow/refused.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "model/party.h"

#define META_REFUSED "terms.refused"

enum part {
	PART_KIND,
	PART_NAME_TOO,          /* "1": a name; "0": several values alone */
	PART_OF,
	PART_ID,
	PART_HASH,              /* of the name that was refused */
	PART_NAME,
	PART_TEXT,
};

static int
read_list(struct flow *flow, struct buf *out, struct err *err)
{
	return snapshot_meta_get(flow->snap, META_REFUSED, out, err) == -1 ?
	    -1 : 0;
}

/* Ids and texts of others: the list's own characters are no part of them. */
static void
add_part(struct buf *line, struct str text)
{
	size_t i;

	if (line->len > 0)
		(void)buf_add_char(line, FIELD_PART);
	for (i = 0; i < text.len; i++)
		(void)buf_add_char(line, text.p[i] == '\n' ||
		    text.p[i] == FIELD_PART ? ' ' : text.p[i]);
}

static void
add_number(struct buf *line, int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);
	add_part(line, str_of(text));
}

static void
say_term(struct buf *line, const struct term *term)
{
	buf_clear(line);
	add_number(line, term->kind);
	add_number(line, term->keeps_name);
	add_part(line, str_of(term->of != NULL ? term->of : ""));
	add_part(line, str_of(term->id));
	add_number(line, terms_name_hash(term));
	add_part(line, str_utf8_cut(str_of(term->name != NULL ? term->name :
	    ""), LIMIT_REFUSED_TEXT));
	add_part(line, str_utf8_cut(str_of(term->refusal != NULL ?
	    term->refusal : ""), LIMIT_REFUSED_TEXT));
}

/* Is the line of this very term, by this very name? */
static bool
is_same(struct buf *space, const struct term *term, struct str line)
{
	static const enum part known[] = { PART_KIND, PART_OF, PART_ID,
	    PART_HASH };
	struct str said;

	say_term(space, term);
	said = str_n(buf_text(space), space->len);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!str_eq(field_part(said, known[i]),
		    field_part(line, known[i])))
			return false;
	return true;
}

/* Is what was refused as it was: the portal has the term, 1C calls it so
 * still, and it was not tried again now?  Several values are, each time. */
static bool
stays(const struct terms *terms, struct buf *space, struct str line)
{
	if (!str_is(field_part(line, PART_NAME_TOO), "1"))
		return false;
	for (size_t i = 0; i < terms->count; i++) {
		const struct term *term = &terms->items[i];

		if (str_eq(field_part(line, PART_ID), str_of(term->id)) &&
		    is_same(space, term, line))
			return term->portal_id != 0 && !term->renamed &&
			    !term->doubted && term->refusal == NULL;
	}
	return false;
}

static void
add_line(struct buf *list, struct str line, size_t *count)
{
	if (*count == LIMIT_REFUSED_TERMS)
		return;
	(*count)++;
	party_line_append(list, line);
}

int
refused_note(struct flow *flow, const struct terms *terms, struct err *err)
{
	struct buf before = BUF_INIT(LIMIT_MIB), after = BUF_INIT(LIMIT_MIB);
	struct buf space = BUF_INIT(LIMIT_RECORD_BYTES);
	size_t at = 0, count = 0;
	struct str line;
	int rc = read_list(flow, &before, err);

	while (rc == 0 && party_line_next(str_n(before.data, before.len),
	    &at, &line))
		if (stays(terms, &space, line))
			add_line(&after, line, &count);
	for (size_t i = 0; rc == 0 && i < terms->count; i++) {
		if (terms->items[i].refusal == NULL)
			continue;
		say_term(&space, &terms->items[i]);
		add_line(&after, str_n(space.data, space.len), &count);
	}
	if (rc == 0 && (before.len > 0 || after.len > 0))
		rc = snapshot_meta_set(flow->snap, META_REFUSED, str_n(
		    buf_text(&after), after.len), err);
	buf_free(&before);
	buf_free(&after);
	buf_free(&space);
	return rc;
}

int
refused_count(struct flow *flow, int64_t *count, struct err *err)
{
	struct buf list = BUF_INIT(LIMIT_MIB);
	struct str line;
	size_t at = 0;
	int rc = read_list(flow, &list, err);

	*count = 0;
	while (rc == 0 && party_line_next(str_n(list.data, list.len), &at,
	    &line))
		++*count;
	buf_free(&list);
	return rc;
}

/* ---- for people --------------------------------------------------------- */

static bool
is_of_kind(struct str line, enum term_kind wanted)
{
	int64_t kind;

	return str_to_int64(&kind, field_part(line, PART_KIND)) == 0 &&
	    kind == (int64_t)wanted;
}

/* Takes the texts over. */
static void
show_text(struct report *report, struct str line, char *name, char *text)
{
	if (!str_is(field_part(line, PART_NAME_TOO), "1"))
		report_line(report, _("property \"%s\": the portal refused "
		    "that it holds several values: %s"), name, text);
	else if (is_of_kind(line, TERM_UNIT))
		report_line(report, _("unit \"%s\": the portal refused this "
		    "new name: %s; `cml24 retry` says it again"), name, text);
	else if (is_of_kind(line, TERM_VALUE))
		report_line(report, _("value \"%s\" of a list: the portal "
		    "refused this new name: %s; `cml24 retry` says it again"),
		    name, text);
	else
		report_line(report, _("property \"%s\": the portal refused "
		    "this new name: %s; `cml24 retry` says it again"), name,
		    text);
	free(name);
	free(text);
}

static void
show_line(const struct flow *flow, struct str line)
{
	struct report *report = flow->report;
	struct json_out *jo = &report->jo;
	struct str name = field_part(line, PART_NAME);
	struct str text = field_part(line, PART_TEXT);

	if (!report->json) {
		show_text(report, line, mem_text_n(name.p, name.len),
		    mem_text_n(text.p, text.len));
		return;
	}
	json_out_object(jo, NULL);
	json_out_text(jo, "state", "failed");
	json_out_text(jo, "kind", is_of_kind(line, TERM_VALUE) ? "value" :
	    is_of_kind(line, TERM_UNIT) ? "unit" : "property");
	json_out_str(jo, "id", field_part(line, PART_ID));
	json_out_str(jo, "name", name);
	json_out_text(jo, "code", "term-refused");
	json_out_str(jo, "text", text);
	json_out_end_object(jo);
}

int
refused_show(struct flow *flow, struct err *err)
{
	struct buf list = BUF_INIT(LIMIT_MIB);
	struct str line;
	size_t at = 0;
	int rc = read_list(flow, &list, err);

	while (rc == 0 && party_line_next(str_n(list.data, list.len), &at,
	    &line))
		show_line(flow, line);
	buf_free(&list);
	return rc;
}

/* ---- retry -------------------------------------------------------------- */

/* The line stays until the portal was asked. */
static int
retry_line(struct flow *flow, struct str line, struct err *err)
{
	int64_t kind;

	if (str_to_int64(&kind, field_part(line, PART_KIND)) == -1 ||
	    kind <= TERM_NONE || kind >= TERM_LAST)
		return 0;
	if (!str_is(field_part(line, PART_NAME_TOO), "1"))
		return snapshot_meta_set_int(flow->snap, META_DOUBT, 1, err);
	return terms_forget_name(flow, (enum term_kind)kind,
	    field_part(line, PART_OF), field_part(line, PART_ID), err);
}

int
refused_retry(struct flow *flow, const char *id, int64_t *made_due,
    struct err *err)
{
	struct buf list = BUF_INIT(LIMIT_MIB);
	struct str line;
	size_t at = 0;
	int rc = read_list(flow, &list, err);

	while (rc == 0 && party_line_next(str_n(list.data, list.len), &at,
	    &line)) {
		if (id != NULL && !str_is(field_part(line, PART_ID), id))
			continue;
		rc = retry_line(flow, line, err);
		if (rc == 0)
			++*made_due;
	}
	buf_free(&list);
	return rc;
}
