/*
 * Clients: companies, contacts and contact persons.  Both sides have had them
 * for years, so they are recognised by more than a mark, and what a manager
 * wrote beside our values stays.
 */
#include "flow/choice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

bool
client_is_barred(const struct flow *flow, enum target_kind kind)
{
	return flow->facts.crm_barred[0] != '\0' &&
	    (target_is_crm(kind) || target_is_deal(kind));
}

bool
client_is_human(enum target_kind kind)
{
	return kind == TARGET_CONTACT || kind == TARGET_PERSON;
}

int64_t
client_person_number(const struct target *target)
{
	return (int64_t)(str_hash(0, target_mark(target)) >> 1) | 1;
}

bool
client_bears_mark(const struct flow *flow, const struct op *op,
    const struct found *row)
{
	struct str mark = fields_get(&row->fields, FIELD_XML_ID);

	if (target_is_client(op->target.kind))
		return str_eq(mark, target_mark(&op->target)) &&
		    str_is(fields_get(&row->fields, FIELD_ORIGINATOR),
		    flow->config->counterparties.originator);
	if (op->target.kind == TARGET_REQUISITE ||
	    op->target.kind == TARGET_BANK)
		return str_eq(mark, target_id(&op->target));
	return true;
}

/* ---- writing ---- */

/* Contact persons are contacts in the setting `owners`. */
static const char *
owner_record(enum target_kind kind)
{
	return kind == TARGET_PERSON ? "contact" : target_kind_name(kind);
}

void
client_prepare_op(struct flow *flow, struct op *op,
    const struct difference *diff)
{
	const char *record = owner_record(op->target.kind);
	enum field field;
	struct str value;
	size_t at = 0;

	fields_copy(&op->before, &diff->image.agreed);
	if (op->kind != OP_UPDATE)
		return;
	while (fields_next(&op->fields, &at, &field, &value))
		if (strcmp(config_owner(flow->config, record,
		    field_name(field)), "portal") == 0)
			(void)fields_set(&op->yields, field, str_of("1"));
}

/* What the portal checks, and refuses the whole object for. */
static enum field
culprit_of(enum target_kind kind)
{
	if (target_is_client(kind))
		return FIELD_EMAILS;
	if (kind == TARGET_DEAL)        /* a stage with mandatory fields */
		return FIELD_PROGRESS;
	return kind == TARGET_REQUISITE ? FIELD_INN : FIELD_NONE;
}

bool
client_spares(struct push *push, int64_t row, const struct op *op)
{
	enum field culprit = culprit_of(op->target.kind);

	if (culprit == FIELD_NONE || !fields_has(&op->fields, culprit) ||
	    op->fields.count < 2 || rowset_has(&push->spared, row))
		return false;
	rowset_add(&push->spared, row);
	return true;
}

void
client_spare(const struct push *push, int64_t row, enum target_kind kind,
    struct fields *send)
{
	enum field culprit = culprit_of(kind);

	if (culprit != FIELD_NONE && send->count > 1 &&
	    rowset_has(&push->spared, row))
		fields_remove(send, culprit);
}

const char *
client_conflict_note(const struct op *op, char note[128])
{
	struct buf names = BUF_INIT(LIMIT_ERROR_BYTES);

	show_field_names(&names, &op->kept);
	told_set(note, 128, N_("conflict: the portal keeps %s"),
	    buf_text(&names));
	buf_free(&names);
	return note;
}

/* ---- recognising ---- */

/* Those that bear our mark are ours, whatever step found them: one more would
 * be a double. */
static void
tell_candidates(struct flow *flow, const struct op *op,
    const struct match *match, char text[CHANGE_TEXT_BYTES])
{
	const char *kind = target_kind_name(op->target.kind);
	const char *step = match_step_name(match->step);
	struct str id = target_mark(&op->target);
	bool ours = false;

	for (size_t i = 0; i < match->row_count; i++)
		ours = ours || client_bears_mark(flow, op,
		    &op->found[match->rows[i]]);
	if (ours)
		told_set(text, CHANGE_TEXT_BYTES, N_("it may be one of these "
		    "(%s), and none is linked: say which with `cml24 link %s "
		    "%.*s ID`"), step, kind, (int)id.len, id.p);
	else
		told_set(text, CHANGE_TEXT_BYTES, N_("it may be one of these "
		    "(%s), and none is linked: say which with `cml24 link %s "
		    "%.*s ID`, or with `new` for ID that it is another one"),
		    step, kind, (int)id.len, id.p);
	for (size_t i = 0; i < match->row_count && i < CHOICE_MOST; i++)
		choice_add(text, flow, op, &op->found[match->rows[i]], ours ?
		    match_step_name(MATCH_BY_ORIGIN) : step, match->whys[i]);
}

int
client_choose(struct push *push, const struct op *op,
    const struct found **row, char note[128],
    char text[CHANGE_TEXT_BYTES], struct err *err)
{
	struct flow *flow = push->flow;
	bool *linked = mem_array(op->found_count + 1, sizeof(*linked));
	struct match match;
	int rc = 0;

	*row = NULL;
	for (size_t i = 0; rc == 0 && i < op->found_count; i++)
		rc = adopt_is_taken(flow, &op->target,
		    op->found[i].portal_id, false, &linked[i], err);
	if (rc == 0) {
		match_decide(flow->config, &op->target, &op->fields,
		    op->found, op->found_count, linked, &match);
		if (match.verdict == MATCH_ONE)
			*row = &op->found[match.rows[0]];
		else if (match.verdict == MATCH_MANY)
			rc = 1;
		told_set(note, 128, N_("recognised by %s"),
		    match_step_name(match.step));
		if (rc == 1)
			tell_candidates(flow, op, &match, text);
	}
	free(linked);
	return rc;
}

/* ---- linked ---- */

static bool
same_line(enum field field, struct str a, struct str b)
{
	if (field == FIELD_USER_FIELDS)
		return str_eq(field_part(a, 0), field_part(b, 0));
	a = field_part(a, 1);
	b = field_part(b, 1);
	return field == FIELD_PHONES ? party_phone_covers(a, b) :
	    str_eq(a, b);
}

static bool
has_line(enum field field, struct str lines, struct str line)
{
	struct str other;
	size_t at = 0;

	while (party_line_next(lines, &at, &other))
		if (same_line(field, other, line))
			return true;
	return false;
}

/* Those of 1C's lines that the portal has as well; of a user field what it
 * holds, whatever that is, where 1C speaks of it. */
static void
agree_lines(enum field field, const struct fields *wanted,
    struct fields *held)
{
	bool own = field == FIELD_USER_FIELDS;
	struct str lines = fields_get(own ? held : wanted, field);
	struct str others = fields_get(own ? wanted : held, field), line;
	struct buf common = BUF_INIT(LIMIT_MIB);
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (has_line(field, others, line))
			party_line_add(&common, field_part(line, 0),
			    field_part(line, 1));
	(void)fields_set(held, field, str_of(buf_text(&common)));
	buf_free(&common);
}

/* Is the contact bound to the company that the target lies under? */
static void
agree_company(const struct op *op, struct fields *held)
{
	struct str line, lines = fields_get(held, FIELD_COMPANIES);
	bool bound = false;
	size_t at = 0;
	int64_t id;

	while (party_line_next(lines, &at, &line))
		if (str_to_int64(&id, line) == 0 && id == op->parent_id)
			bound = true;
	(void)fields_set(held, FIELD_COMPANIES, str_of(bound ? "1" : ""));
}

void
client_agree(const struct op *op, const struct fields *wanted,
    struct fields *held)
{
	static const enum field lines[] = { FIELD_PHONES, FIELD_EMAILS,
	    FIELD_SITES, FIELD_USER_FIELDS };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		agree_lines(lines[i], wanted, held);
	if (fields_has(held, FIELD_COMPANIES))
		agree_company(op, held);
}
