/*
 * Clients: companies, contacts and contact persons.  Both sides have had them
 * for years, so they are recognised by more than a mark, and what a manager
 * wrote beside our values stays.
 */
#include "flow/choice.h"
#include "flow/persons.h"
#include "flow/rival.h"
#include "flow/unsure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
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

bool
client_is_trader(const struct fields *wanted)
{
	return field_part(fields_get(wanted, FIELD_TAXPAYER), 0).len == 12;
}

int64_t
client_person_number(const struct target *target)
{
	return (int64_t)(str_hash(0, target_mark(target)) >> 1) | 1;
}

int64_t
client_person_name(const struct target *target, const struct fields *fields)
{
	static const enum field parts[] = { FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_SECOND_NAME };
	struct buf plain = BUF_INIT(LIMIT_RECORD_BYTES);
	uint64_t hash = 1;
	bool whole = client_is_human(target->kind);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		party_name_plain(&plain, fields_get(fields, parts[i]));
		whole = whole && plain.len > 0;
		hash = str_hash(hash, str_n(buf_text(&plain), plain.len));
	}
	buf_free(&plain);
	return whole ? (int64_t)(hash >> 1) | 1 : 0;
}

void
client_person_hold(struct rowset *set, const struct target *target,
    const struct fields *made)
{
	if (client_is_human(target->kind))
		rowset_add(set, client_person_number(target));
	if (made != NULL)
		rowset_add(set, client_person_name(target, made));
}

void
client_person_release(struct rowset *set, const struct target *target,
    const struct fields *made)
{
	if (client_is_human(target->kind))
		rowset_remove(set, client_person_number(target));
	if (made != NULL)
		rowset_remove(set, client_person_name(target, made));
}

bool
client_bears_mark(const struct flow *flow, const struct op *op,
    const struct found *row)
{
	struct str mark = fields_get(&row->fields, FIELD_XML_ID);

	if (op->target.kind == TARGET_ONEC_ORDER)
		return str_eq(mark, fields_get(&op->fields, FIELD_XML_ID)) &&
		    str_is(fields_get(&row->fields, FIELD_ORIGINATOR),
		    flow->config->counterparties.originator);
	if (target_is_client(op->target.kind))
		return str_eq(mark, target_mark(&op->target)) &&
		    str_is(fields_get(&row->fields, FIELD_ORIGINATOR),
		    flow->config->counterparties.originator);
	if (op->target.kind == TARGET_REQUISITE ||
	    op->target.kind == TARGET_BANK)
		return str_eq(mark, target_id(&op->target));
	return true;
}

/* ---- marked deleted in 1C ---- */

/* Names of so many stand in the run's word of them. */
#define MARKED_TOLD 4

static void
count_marked(struct flow *flow, struct str title)
{
	struct map_left *marked = &flow->marked;
	size_t len = strlen(marked->examples);

	if (marked->count++ >= MARKED_TOLD)
		return;
	title = str_utf8_cut(title, sizeof(marked->examples) /
	    MARKED_TOLD - 2);
	(void)snprintf(marked->examples + len, sizeof(marked->examples) -
	    len, "%s%.*s", len > 0 ? "; " : "", (int)title.len, title.p);
}

static int
write_marked(struct flow *flow, const struct target *target,
    int64_t portal_id, int64_t package, struct err *err)
{
	bool keep = strcmp(flow->config->counterparties.marked,
	    CONFIG_KEEP) == 0;
	struct history entry;
	int rc;

	history_init(&entry);
	entry.at = clock_wall_ms();
	entry.run = flow->run.id;
	entry.package = package;
	entry.target = *target;
	entry.verb = VERB_UPDATE;
	entry.portal_id = portal_id;
	told_copy(entry.note, sizeof(entry.note), keep ?
	    TOLD("marked deleted in 1C: it stays as it is") :
	    TOLD("marked deleted in 1C"));
	rc = snapshot_history_add(flow->snap, &entry, err);
	history_free(&entry);
	return rc;
}

int
client_note_marked(struct flow *flow, struct str id, int64_t package,
    struct err *err)
{
	struct buf title = BUF_INIT(LIMIT_RECORD_BYTES);
	struct target target;
	struct image image;
	int rc;

	image_init(&image);
	rc = map_party_marked(flow->map, id, &target, &title, err);
	if (rc == 0)
		rc = snapshot_image_get(flow->snap, &target, &image, err);
	if (rc == 0 && image.portal_id != 0) {
		count_marked(flow, str_n(buf_text(&title), title.len));
		rc = write_marked(flow, &target, image.portal_id, package,
		    err);
	}
	buf_free(&title);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* ---- writing ---- */

/* So many records may be refused without each of their values in turn, before
 * it is something else that is refused. */
#define SPARED_IN_VAIN 20

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
	if (target_is_client(op->target.kind))
		unsure_get(flow, diff->image.target, &op->unsure);
	/* Who is known by a name has another mark with another one. */
	if (op->target.kind == TARGET_PERSON &&
	    fields_has(&op->before, FIELD_XML_ID) &&
	    !str_eq(fields_get(&op->before, FIELD_XML_ID),
	    target_mark(&op->target)))
		(void)fields_set(&op->fields, FIELD_XML_ID,
		    target_mark(&op->target));
	while (fields_next(&op->fields, &at, &field, &value))
		if (strcmp(config_owner(flow->config, record,
		    field_name(field)), "portal") == 0)
			(void)fields_set(&op->yields, field, str_of("1"));
}

/* What the portal checks, and refuses the whole object for: the likeliest
 * first; texts, which are too long at most, last. */
#define CULPRITS 9
#define LONG_BYTES 100          /* a shorter text is none of them */

static const enum field *
culprits_of(enum target_kind kind)
{
	static const enum field none[CULPRITS] = { FIELD_NONE };
	static const enum field client[CULPRITS] = { FIELD_EMAILS,
	    FIELD_PHONES, FIELD_USER_FIELDS, FIELD_SITES, FIELD_POST,
	    FIELD_SECOND_NAME, FIELD_LAST_NAME, FIELD_FIRST_NAME };
	static const enum field requisite[CULPRITS] = { FIELD_INN, FIELD_OGRN,
	    FIELD_KPP, FIELD_OKPO, FIELD_OKVED, FIELD_DIRECTOR,
	    FIELD_FULL_NAME };
	/* A stage with mandatory fields. */
	static const enum field deal[CULPRITS] = { FIELD_PROGRESS };

	if (target_is_client(kind))
		return client;
	if (kind == TARGET_REQUISITE)
		return requisite;
	return kind == TARGET_DEAL ? deal : none;
}

/* They are left out by themselves alone: who lacks them is hard to find. */
static bool
is_text(enum field field)
{
	return field == FIELD_LAST_NAME || field == FIELD_FIRST_NAME ||
	    field == FIELD_SECOND_NAME || field == FIELD_FULL_NAME ||
	    field == FIELD_POST;
}

static bool
may_be_it(enum field field, const struct fields *fields)
{
	return field != FIELD_NONE && fields_has(fields, field) &&
	    (!is_text(field) || fields_get(fields, field).len > LONG_BYTES);
}

/* The first of the list, from `at` on, that is among the fields; CULPRITS:
 * none is. */
static int
next_culprit(const enum field *culprits, int at, const struct fields *fields)
{
	while (at < CULPRITS && !may_be_it(culprits[at], fields))
		at++;
	return at;
}

/* Of push->spared: used n times, the n-th of the list is left out; CULPRITS
 * and one more: all of them are but texts. */
bool
client_spares(struct push *push, int64_t row, const struct op *op)
{
	const enum field *culprits = culprits_of(op->target.kind);
	int used = rowset_uses(&push->spared, row);
	int next = next_culprit(culprits, used, &op->fields) + 1;

	/* One that is refused alone is the one; and where what is common to
	 * all is refused, each would be tried in vain. */
	if (used > CULPRITS || op->fields.count < 2 ||
	    next_culprit(culprits, 0, &op->fields) == CULPRITS ||
	    (used > 0 && push->spared_in_vain >= SPARED_IN_VAIN))
		return false;
	while (used++ < next)
		rowset_use(&push->spared, row);
	if (next > CULPRITS)
		push->spared_in_vain++;
	return true;
}

void
client_spare(const struct push *push, int64_t row, enum target_kind kind,
    struct fields *send)
{
	const enum field *culprits = culprits_of(kind);
	int used = rowset_uses(&push->spared, row);
	struct fields left;

	if (used == 0)
		return;
	fields_init(&left);
	fields_copy(&left, send);
	for (int i = 0; i < CULPRITS; i++)
		if (culprits[i] != FIELD_NONE && (used == i + 1 ||
		    (used > CULPRITS && !is_text(culprits[i]))))
			fields_remove(&left, culprits[i]);
	if (left.count > 0)
		fields_copy(send, &left);
	fields_free(&left);
}

const char *
client_conflict_note(const struct op *op, char note[128])
{
	struct buf names = BUF_INIT(LIMIT_ERROR_BYTES);
	struct buf others = BUF_INIT(LIMIT_ERROR_BYTES);

	show_field_names(&names, &op->kept);
	show_field_names(&others, &op->overruled);
	if (op->overruled.count == 0)
		told_set(note, 128, N_("conflict: the portal keeps %s"),
		    buf_text(&names));
	else if (op->kept.count == 0)
		told_set(note, 128, N_("conflict: both sides changed %s"),
		    buf_text(&others));
	else
		told_set(note, 128, N_("conflict: the portal keeps %s; both "
		    "sides changed %s"), buf_text(&names), buf_text(&others));
	buf_free(&names);
	buf_free(&others);
	return note;
}

/* ---- not there any more ---- */

#define META_MISSED "client.missed."    /* and the target's row: the id that it
					   had in the portal */

static void
name_missed(char name[64], int64_t row)
{
	(void)snprintf(name, 64, META_MISSED "%" PRId64, row);
}

int
client_miss(struct flow *flow, int64_t row, int64_t portal_id,
    struct err *err)
{
	char name[64];

	name_missed(name, row);
	return snapshot_meta_set_int(flow->snap, name, portal_id, err);
}

int64_t
client_missed(const struct flow *flow, int64_t row)
{
	char name[64];

	name_missed(name, row);
	return snapshot_meta_int(flow->snap, name, 0);
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

/* Of what others may have as well: does another client of 1C?  Then it is
 * neither's before a person says so.  So is an ИНН without a КПП, where 1C has
 * two of it; our mark tells enough. */
static int
doubt_rivals(struct push *push, const struct op *op,
    const enum match_holder *holders, struct match *match, struct err *err)
{
	const struct errand *errand = op->user;
	const struct found *row;
	bool fits = false;
	int rc;

	if (match->verdict != MATCH_ONE || match->step == MATCH_BY_ORIGIN)
		return 0;
	row = &op->found[match->rows[0]];
	rc = match_is_weak(match->step) ? rival_fits(push, op, errand->row,
	    row, &fits, err) : rival_has_other_kpp(push, op, errand->row, row,
	    holders, &fits, err);
	if (rc == -1)
		return -1;
	if (fits) {
		match->verdict = MATCH_MANY;
		match->why = match->whys[0] = MATCH_WHY_RIVAL;
	}
	return 0;
}

/* The portal has it as the other kind of client, which nobody of 1C is.  1:
 * text says so. */
static int
find_elsewhere(struct flow *flow, const struct op *op,
    char text[CHANGE_TEXT_BYTES], struct err *err)
{
	const struct target other = { .kind = op->target.kind ==
	    TARGET_COMPANY ? TARGET_CONTACT : TARGET_COMPANY };
	struct str id = target_mark(&op->target);
	char link[256] = "";
	bool taken = false;

	if (op->as_other == 0)
		return 0;
	if (adopt_is_taken(flow, &other, op->as_other, false, &taken, err) ==
	    -1)
		return -1;
	if (taken)
		return 0;
	flow->remote.link(flow->remote.ctx, other.kind, op->as_other, link);
	told_set(text, CHANGE_TEXT_BYTES, other.kind == TARGET_CONTACT ?
	    N_("its INN is that of a contact of the portal (%" PRId64 " %s), "
	    "and here it becomes a company: set \"entrepreneur\" to "
	    "\"contact\", or say `cml24 link company %.*s new`") :
	    N_("its INN is that of a company of the portal (%" PRId64 " %s), "
	    "and here it becomes a contact: set \"entrepreneur\" to "
	    "\"company\", or say `cml24 link contact %.*s new`"),
	    op->as_other, link, (int)id.len, id.p);
	return 1;
}

/* There are more of its name than were looked at.  1: text says so. */
static int
find_no_end(const struct op *op, const struct match *match,
    char text[CHANGE_TEXT_BYTES])
{
	struct str id = target_mark(&op->target);

	if (!op->more || (match->verdict == MATCH_ONE &&
	    match->step != MATCH_BY_NAME))
		return 0;
	told_set(text, CHANGE_TEXT_BYTES, N_("too many in the portal have a "
	    "name like this one to look through them all, so that it may be "
	    "there: say which it is with `cml24 link %s %.*s ID`, or with "
	    "`new` for ID that it is another one"),
	    target_kind_name(op->target.kind), (int)id.len, id.p);
	return 1;
}

/* Two cards of one firm in 1C are two companies. */
static void
tell_second_card(struct flow *flow, const struct op *op,
    const enum match_holder *holders)
{
	struct str id = target_id(&op->target);

	for (size_t i = 0; i < op->found_count; i++)
		if ((holders[i] == MATCH_HELD ||
		    holders[i] == MATCH_PERSONS) && op->target.kind !=
		    TARGET_PERSON && match_is_alike(flow->config, &op->target,
		    &op->fields, &op->found[i].fields)) {
			report_say(flow->report, _("%s %.*s: %" PRId64 " of "
			    "the portal looks like it and is linked to "
			    "another card of 1C; this one becomes one of its "
			    "own"),
			    target_kind_title(op->target.kind), (int)id.len,
			    id.p, op->found[i].portal_id);
			return;
		}
}

/* Is the row of the company that the op's person belongs to? */
static bool
is_of_company(const struct op *op, const struct found *row)
{
	struct str lines = fields_get(&row->fields, FIELD_COMPANIES), line;
	size_t at = 0;
	int64_t id;

	while (party_line_next(lines, &at, &line))
		if (str_to_int64(&id, line) == 0 && id == op->parent_id)
			return true;
	return false;
}

static bool
is_namesake(const struct fields *a, const struct fields *b)
{
	struct str one = fields_get(a, FIELD_SECOND_NAME);
	struct str other = fields_get(b, FIELD_SECOND_NAME);

	return fields_has(a, FIELD_LAST_NAME) &&
	    str_same_name(fields_get(a, FIELD_LAST_NAME),
	    fields_get(b, FIELD_LAST_NAME)) &&
	    str_same_name(fields_get(a, FIELD_FIRST_NAME),
	    fields_get(b, FIELD_FIRST_NAME)) &&
	    (one.len == 0 || other.len == 0 || str_same_name(one, other));
}

/* Two of one name in one company, and nothing tells that they are two: more
 * often 1C has one twice, or under a new id.  2: text says so. */
static int
find_namesake(struct flow *flow, const struct op *op,
    const enum match_holder *holders, char text[CHANGE_TEXT_BYTES])
{
	const struct errand *errand = op->user;
	struct str id = target_mark(&op->target);
	char link[256] = "";

	/* Who takes the place of one that 1C names no more is that one. */
	if (op->target.kind != TARGET_PERSON ||
	    papers_succeeds(flow, errand->row) ||
	    fields_has(&op->fields, FIELD_PHONES) ||
	    fields_has(&op->fields, FIELD_EMAILS))
		return 0;
	for (size_t i = 0; i < op->found_count; i++) {
		const struct found *row = &op->found[i];

		if (holders[i] != MATCH_HELD || !is_of_company(op, row) ||
		    !is_namesake(&op->fields, &row->fields))
			continue;
		flow->remote.link(flow->remote.ctx, TARGET_PERSON,
		    row->portal_id, link);
		told_set(text, CHANGE_TEXT_BYTES, N_("%" PRId64 " of the "
		    "portal (%s) has its name and is linked to another contact "
		    "person of 1C, and no phone or e-mail tells that they are "
		    "two: say `cml24 link person %.*s new` where they are, or "
		    "give it a phone in 1C"), row->portal_id, link,
		    (int)id.len, id.p);
		return 2;
	}
	return 0;
}

/* Several that all are this person under other ids of 1C, as versions made
 * them that did not know it: the oldest one. */
static void
take_oldest(const struct op *op, const enum match_holder *holders,
    struct match *match)
{
	if (op->target.kind != TARGET_PERSON ||
	    match->verdict != MATCH_MANY ||
	    match->why != MATCH_WHY_SEVERAL ||
	    match->count != match->row_count)
		return;
	for (size_t i = 0; i < match->row_count; i++)
		if (holders[match->rows[i]] != MATCH_HELD)
			return;
	for (size_t i = 1; i < match->row_count; i++)
		if (op->found[match->rows[i]].portal_id <
		    op->found[match->rows[0]].portal_id)
			match->rows[0] = match->rows[i];
	match->verdict = MATCH_ONE;
}

int
client_full_name(struct flow *flow, const struct target *target,
    struct fields *fields, struct err *err)
{
	struct target requisite;
	struct wanted wanted;
	struct image image;
	int rc;

	if (target->kind != TARGET_COMPANY || target_set(&requisite,
	    TARGET_REQUISITE, target_id(target)) == -1)
		return 0;
	image_init(&image);
	wanted_init(&wanted);
	rc = derive_wanted(flow, &requisite, &image, &wanted, err);
	fields_merge(&wanted.fields, &wanted.unsaid);
	if (rc == 0 && fields_has(&wanted.fields, FIELD_FULL_NAME))
		(void)fields_set(fields, FIELD_FULL_NAME, fields_get(
		    &wanted.fields, FIELD_FULL_NAME));
	wanted_free(&wanted);
	image_free(&image);
	return rc;
}

static int
decide(struct flow *flow, const struct op *op,
    const enum match_holder *holders, struct match *match, struct err *err)
{
	struct fields wanted;
	int rc;

	fields_init(&wanted);
	fields_copy(&wanted, &op->fields);
	rc = client_full_name(flow, &op->target, &wanted, err);
	if (rc != -1)
		(void)match_decide(flow->config, &op->target, &wanted,
		    op->found, op->found_count, holders, match);
	fields_free(&wanted);
	return rc;
}

/* 0 and *row, or 1 or 2 and text. */
static int
choose(struct push *push, const struct op *op,
    const enum match_holder *holders, const struct found **row,
    bool *by_name, char note[128], char text[CHANGE_TEXT_BYTES],
    struct err *err)
{
	struct flow *flow = push->flow;
	struct match match;
	int rc;

	if (decide(flow, op, holders, &match, err) == -1)
		return -1;
	take_oldest(op, holders, &match);
	if (doubt_rivals(push, op, holders, &match, err) == -1)
		return -1;
	if (match.verdict == MATCH_MANY) {
		tell_candidates(flow, op, &match, text);
		return 1;
	}
	rc = find_no_end(op, &match, text);
	if (rc == 0 && match.verdict == MATCH_NONE)
		rc = find_elsewhere(flow, op, text, err);
	if (rc == 0 && match.verdict == MATCH_NONE)
		rc = find_namesake(flow, op, holders, text);
	if (rc != 0)
		return rc;
	if (match.verdict == MATCH_ONE)
		*row = &op->found[match.rows[0]];
	else
		tell_second_card(flow, op, holders);
	*by_name = match.step == MATCH_BY_NAME;
	told_set(note, 128, N_("recognised by %s"),
	    match_step_name(match.step));
	return 0;
}

int
client_choose(struct push *push, const struct op *op,
    const struct found **row, bool *by_name, char note[128],
    char text[CHANGE_TEXT_BYTES], struct err *err)
{
	enum match_holder *holders = mem_array(op->found_count + 1,
	    sizeof(*holders));
	int rc = 0;

	*row = NULL;
	for (size_t i = 0; rc == 0 && i < op->found_count; i++)
		rc = rival_holder(push->flow, op, &op->found[i], &holders[i],
		    err);
	if (rc == 0)
		rc = choose(push, op, holders, row, by_name, note, text, err);
	free(holders);
	return rc;
}

int
client_take_from(struct push *push, const struct op *op, int64_t portal_id,
    struct fields *agreed, struct err *err)
{
	struct target holder;
	struct image image;
	bool taken;
	int rc;

	if (adopt_holder(push->flow, &op->target, portal_id, false, &holder,
	    &taken, err) == -1)
		return -1;
	/* A contact person is shared. */
	if (!taken || op->target.kind == TARGET_PERSON ||
	    holder.kind == TARGET_PERSON)
		return 0;
	image_init(&image);
	rc = snapshot_image_get(push->flow->snap, &holder, &image, err);
	fields_copy(agreed, &image.agreed);
	image_free(&image);
	return rc == -1 ? -1 :
	    link_hand_over(push->flow, &holder, &op->target, err);
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

/* What stands where people own the field is theirs, and was written by nobody
 * of ours: of it nothing is agreed, so 1C's value does not take its place and
 * the history says what was kept. */
static void
leave_own(const struct flow *flow, const struct op *op,
    const struct fields *wanted, struct fields *held)
{
	static const enum field own[] = { FIELD_NAME, FIELD_LAST_NAME,
	    FIELD_FIRST_NAME, FIELD_SECOND_NAME, FIELD_POST,
	    FIELD_PARTY_TYPE, FIELD_COMMENT };
	const char *record = owner_record(op->target.kind);

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		struct str theirs = fields_get(held, own[i]);
		struct str ours = fields_get(wanted, own[i]);

		/* 1C knows what the initial stands for. */
		if (str_eq(theirs, ours) ||
		    party_name_shortens(theirs, ours) ||
		    strcmp(config_owner(flow->config, record,
		    field_name(own[i])), "portal") != 0)
			continue;
		fields_remove(held, own[i]);
	}
}

void
client_agree(const struct flow *flow, const struct op *op,
    const struct fields *wanted, struct fields *held)
{
	static const enum field lines[] = { FIELD_PHONES, FIELD_EMAILS,
	    FIELD_SITES, FIELD_USER_FIELDS };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		agree_lines(lines[i], wanted, held);
	leave_own(flow, op, wanted, held);
	if (fields_has(held, FIELD_COMPANIES))
		agree_company(op, held);
}
