/*
 * Requisites and bank accounts.  Neither has an id in 1C: which of the portal's
 * is meant is told by their numbers, and where those do not tell it, by a
 * person.  And what 1C states without an id under another key than before.
 */
#include "flow/choice.h"
#include "flow/persons.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

/* ---- which requisites ---- */

enum likeness {
	LIKE_OTHER,             /* a number is another one */
	LIKE_ANY,               /* nothing speaks for it or against it */
	LIKE_SOME,              /* a number is the same, or it bears our mark */
	LIKE_INN,               /* the INN is, the KPP is not */
	LIKE_TAXPAYER           /* INN, and KPP where both have one */
};

enum part { PART_UNKNOWN, PART_SAME, PART_DIFFERS };

static enum part
compare_part(const struct op *op, const struct found *row, enum field field)
{
	char ours[PARTY_NUMBER_BYTES], theirs[PARTY_NUMBER_BYTES];

	party_number_plain(ours, fields_get(&op->fields, field));
	party_number_plain(theirs, fields_get(&row->fields, field));
	if (ours[0] == '\0' || theirs[0] == '\0')
		return PART_UNKNOWN;
	return strcmp(ours, theirs) == 0 ? PART_SAME : PART_DIFFERS;
}

static enum likeness
compare_requisite(const struct op *op, const struct found *row)
{
	static const enum field numbers[] = { FIELD_KPP, FIELD_OGRN,
	    FIELD_OKPO };
	enum part inn = compare_part(op, row, FIELD_INN);
	enum likeness like = LIKE_ANY;

	if (inn == PART_SAME)
		return compare_part(op, row, FIELD_KPP) == PART_DIFFERS ?
		    LIKE_INN : LIKE_TAXPAYER;
	if (inn == PART_DIFFERS)
		return LIKE_OTHER;
	if (str_eq(fields_get(&row->fields, FIELD_XML_ID),
	    target_id(&op->target)))
		return LIKE_SOME;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		switch (compare_part(op, row, numbers[i])) {
		case PART_DIFFERS:
			return LIKE_OTHER;
		case PART_SAME:
			like = LIKE_SOME;
			break;
		case PART_UNKNOWN:
			break;
		}
	}
	return like;
}

/* Two INNs are two firms; without one of them the rest does not tell. */
static bool
is_another_firm(const struct op *op, const struct found *row)
{
	return compare_part(op, row, FIELD_INN) == PART_DIFFERS;
}

struct judged {
	const struct found *best;
	enum likeness like;     /* of the best */
	size_t equals;          /* as good as it */
	size_t possible;        /* that may be it at all */
};

static void
judge(struct judged *judged, const struct op *op, const struct found *row)
{
	enum likeness like = compare_requisite(op, row);

	if (is_another_firm(op, row))
		return;
	judged->possible++;
	if (judged->best != NULL && like < judged->like)
		return;
	if (judged->best == NULL || like > judged->like) {
		judged->best = row;
		judged->equals = 0;
	} else if (row->portal_id < judged->best->portal_id) {
		judged->best = row;
	}
	judged->like = like;
	judged->equals++;
}

static void
tell_requisites(struct flow *flow, const struct op *op,
    char text[CHANGE_TEXT_BYTES])
{
	struct str id = target_id(&op->target);
	size_t left = 0, told = 0;

	told_set(text, CHANGE_TEXT_BYTES, N_("the client has several "
	    "requisites in the portal, and neither INN nor KPP tells which "
	    "are meant: fill them in, or say which with `cml24 link requisite "
	    "%.*s ID`, or with `new` for ID that it is another one"),
	    (int)id.len, id.p);
	for (size_t i = 0; i < op->found_count; i++)
		if (!is_another_firm(op, &op->found[i]))
			left++;
	for (size_t i = 0; i < op->found_count; i++) {
		const struct found *row = &op->found[i];
		size_t len = strlen(text);

		if (is_another_firm(op, row))
			continue;
		left--;
		if (told++ < CHOICE_MOST)
			choice_add(text, flow, op, row, "",
			    MATCH_WHY_NOTHING);
		/* Only what is told can be chosen. */
		if (text[len] != '\0' && strlen(text) + left *
		    CHOICE_ID_BYTES < CHANGE_TEXT_BYTES)
			continue;
		text[len] = '\0';
		choice_add_id(text, row->portal_id);
	}
}

int
papers_choose(struct flow *flow, const struct op *op,
    const struct found **row, char text[CHANGE_TEXT_BYTES], struct err *err)
{
	struct judged judged = { .best = NULL };
	bool taken;

	*row = NULL;
	for (size_t i = 0; i < op->found_count; i++) {
		if (adopt_is_taken(flow, &op->target,
		    op->found[i].portal_id, false, &taken, err) == -1)
			return -1;
		if (!taken)
			judge(&judged, op, &op->found[i]);
	}
	if (judged.possible > 1 && (judged.like == LIKE_OTHER ||
	    (judged.equals > 1 && judged.like < LIKE_INN))) {
		tell_requisites(flow, op, text);
		return 1;
	}
	*row = judged.best;
	return 0;
}

bool
papers_are_own(void *arg, int64_t requisite, bool company, int64_t client)
{
	struct flow *flow = arg;
	struct err ignored = { 0 };
	struct target target, holder;
	struct image image;
	bool own;

	if (flow->snap == NULL || snapshot_image_by_portal_id(flow->snap,
	    TARGET_REQUISITE, requisite, &target, &ignored) != 0 ||
	    target_set(&holder, company ? TARGET_COMPANY : TARGET_CONTACT,
	    target_id(&target)) != 0)
		return false;
	image_init(&image);
	own = snapshot_image_get(flow->snap, &holder, &image, &ignored) ==
	    0 && image.portal_id == client;
	image_free(&image);
	return own;
}

/* ---- an account, or a contact person, that 1C changed ---- */

/* 1C states accounts, and many contact persons, without ids, and its file lists
 * those it has: so one that is named no more and a new one of the same bank
 * are one that was changed, and so are two persons who are alike (persons.c).
 * Where there are more of either nobody can say, and what stands in the portal
 * stays there. */
struct succession {
	struct flow *flow;
	enum target_kind kind;
	struct target *named;   /* accounts that 1C names; or persons */
	size_t named_count, named_size;
	struct target *gone;    /* in the portal, and 1C names them no more */
	size_t gone_count, gone_size;
};

bool
papers_known_by_name(const struct target *person)
{
	struct str rule = target_rule(person), id = target_id(person);

	return person->kind == TARGET_PERSON && rule.len > id.len &&
	    memcmp(rule.p, id.p, id.len) == 0 && rule.p[id.len] == '#';
}

/* A person whom 1C knows by an id does not become another one. */
static bool
has_no_id(const struct target *target)
{
	return target->kind == TARGET_BANK || papers_known_by_name(target);
}

static void
add_target(struct target **list, size_t *count, size_t *size,
    const struct target *target)
{
	if (*count == *size) {
		*size = *size == 0 ? 4 : *size * 2;
		*list = mem_resize(*list, *size, sizeof(**list));
	}
	(*list)[(*count)++] = *target;
}

static int
visit_named(void *ctx, const struct target *target, struct err *err)
{
	struct succession *what = ctx;

	(void)err;
	if (target->kind == what->kind && has_no_id(target))
		add_target(&what->named, &what->named_count,
		    &what->named_size, target);
	return 0;
}

struct seeking {
	int64_t row;
	struct fields *out;
	bool found;
};

static int
take_attempt(void *ctx, const struct attempt *attempt, struct err *err)
{
	struct seeking *seeking = ctx;

	(void)err;
	if (attempt->row != seeking->row || attempt->verb != VERB_CREATE)
		return 0;
	seeking->found = true;
	if (seeking->out != NULL)
		fields_copy(seeking->out, &attempt->values);
	return 0;
}

/* Is it being made, as far as is known?  out: with these values; or NULL. */
static int
is_being_made(struct flow *flow, int64_t row, struct fields *out, bool *is,
    struct err *err)
{
	struct seeking seeking = { row, out, false };
	int rc = snapshot_attempt_each(flow->snap, take_attempt, &seeking,
	    err);

	*is = seeking.found;
	return rc;
}

int
papers_held(struct flow *flow, const struct target *target,
    struct fields *out, bool *held, struct err *err)
{
	struct image image;
	int rc;

	*held = false;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0) {
		*held = true;
		fields_copy(out, &image.agreed);
	} else if (rc == 0) {
		rc = is_being_made(flow, image.target, out, held, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
visit_held(void *ctx, const struct target *target, struct err *err)
{
	struct succession *what = ctx;
	struct fields values;
	bool held;
	int rc;

	for (size_t i = 0; i < what->named_count; i++)
		if (target_same(&what->named[i], target))
			return 0;
	if (!has_no_id(target))
		return 0;
	fields_init(&values);
	rc = papers_held(what->flow, target, &values, &held, err);
	if (rc == 0 && held)
		add_target(&what->gone, &what->gone_count, &what->gone_size,
		    target);
	fields_free(&values);
	return rc;
}

/* The bank of an account: as agreed, or, of one that is not in the portal, as
 * 1C states it.  "" where it has none. */
static int
find_bank(struct flow *flow, const struct target *target, bool there,
    char bik[16], struct err *err)
{
	struct wanted wanted;
	struct image image;
	struct fields held;
	struct str text = STR_NONE;
	bool is;
	int rc;

	image_init(&image);
	wanted_init(&wanted);
	fields_init(&held);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc != -1 && there) {
		rc = papers_held(flow, target, &held, &is, err);
		text = fields_get(&held, FIELD_BIK);
	} else if (rc != -1 && image.portal_id == 0) {
		rc = derive_wanted(flow, target, &image, &wanted, err);
		text = fields_get(&wanted.fields, FIELD_BIK);
	}
	(void)snprintf(bik, 16, "%.*s", (int)(text.len < 16 ? text.len : 0),
	    text.len > 0 ? text.p : "");
	fields_free(&held);
	wanted_free(&wanted);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

/* The one account of this bank in the list; *count: how many there are. */
static int
find_of_bank(struct flow *flow, const struct target *list, size_t size,
    bool there, const char *bik, const struct target **out, size_t *count,
    struct err *err)
{
	char other[16];

	*count = 0;
	for (size_t i = 0; i < size; i++) {
		if (find_bank(flow, &list[i], there, other, err) == -1)
			return -1;
		if (strcmp(other, bik) != 0)
			continue;
		*out = &list[i];
		(*count)++;
	}
	return 0;
}

/* Of what is under way it is not known yet what it is: 1. */
static int
is_under_way(struct flow *flow, int64_t row, struct err *err)
{
	struct change change;
	int rc = snapshot_change_get(flow->snap, row, &change, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return change.state == CHANGE_SENT;
}

/* Of which one the new one takes the place: decided when 1C states it, for
 * what is done of it one by one later tells less. */
#define META_INSTEAD "bank.instead."    /* and the new one's row: the old's */

static void
name_instead(char name[64], int64_t row)
{
	(void)snprintf(name, 64, META_INSTEAD "%" PRId64, row);
}

bool
papers_succeeds(const struct flow *flow, int64_t row)
{
	char name[64];

	name_instead(name, row);
	return snapshot_meta_int(flow->snap, name, 0) != 0;
}

static int
note_instead(struct flow *flow, const struct target *gone,
    const struct target *next, struct err *err)
{
	int64_t old, new;
	char name[64];

	if (snapshot_target_row(flow->snap, gone, &old, err) == -1 ||
	    snapshot_target_row(flow->snap, next, &new, err) == -1)
		return -1;
	name_instead(name, new);
	return snapshot_meta_set_int(flow->snap, name, old, err);
}

/* What an earlier package said of those that 1C names holds no more. */
static int
forget_instead(const struct succession *what, struct err *err)
{
	struct snapshot *snap = what->flow->snap;
	struct image image;
	char name[64];
	int rc = 0;

	image_init(&image);
	for (size_t i = 0; rc != -1 && i < what->named_count; i++) {
		rc = snapshot_image_get(snap, &what->named[i], &image, err);
		name_instead(name, image.target);
		if (rc == 0 && snapshot_meta_int(snap, name, 0) != 0)
			rc = snapshot_meta_set_int(snap, name, 0, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
succeed_account(struct succession *what, const struct target *gone,
    struct err *err)
{
	struct flow *flow = what->flow;
	const struct target *same = NULL, *next = NULL;
	size_t gone_count, next_count;
	char bik[16];

	if (find_bank(flow, gone, true, bik, err) == -1)
		return -1;
	if (bik[0] == '\0')
		return 0;
	if (find_of_bank(flow, what->gone, what->gone_count, true, bik,
	    &same, &gone_count, err) == -1 || find_of_bank(flow, what->named,
	    what->named_count, false, bik, &next, &next_count, err) == -1)
		return -1;
	return gone_count == 1 && next_count == 1 ?
	    note_instead(flow, gone, next, err) : 0;
}

static int
succeed_accounts(struct succession *what, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < what->gone_count; i++)
		rc = succeed_account(what, &what->gone[i], err);
	return rc;
}

static int
succeed_persons(struct succession *what, struct err *err)
{
	struct persons gone = { NULL, 0, 0 }, named = { NULL, 0, 0 };
	size_t next;
	int rc;

	if (what->gone_count == 0)
		return 0;
	rc = persons_read(what->flow, what->gone, what->gone_count, false,
	    &gone, err);
	if (rc == 0)
		rc = persons_read(what->flow, what->named, what->named_count,
		    true, &named, err);
	for (size_t i = 0; rc == 0 && i < what->gone_count; i++)
		if (persons_next(&gone, i, &named, &next))
			rc = note_instead(what->flow, &what->gone[i],
			    &what->named[next], err);
	persons_free(&named);
	persons_free(&gone);
	return rc;
}

static int
succeed_kind(struct flow *flow, enum target_kind kind, struct str id,
    struct err *err)
{
	struct succession what = { .flow = flow, .kind = kind };
	struct record_source *source = &flow->source;
	int rc;

	if (source->has_target == NULL ||
	    !source->has_target(source->ctx, kind))
		return 0;
	rc = map_targets(flow->map, RECORD_COUNTERPARTY, id, visit_named,
	    &what, err);
	if (rc == 0)
		rc = forget_instead(&what, err);
	if (rc == 0 && what.named_count > 0)
		rc = snapshot_image_each_of(flow->snap, kind,
		    target_id(&what.named[0]), visit_held, &what, err);
	if (rc == 0)
		rc = kind == TARGET_BANK ? succeed_accounts(&what, err) :
		    succeed_persons(&what, err);
	free(what.named);
	free(what.gone);
	return rc;
}

int
papers_succeed(struct flow *flow, struct str id, struct err *err)
{
	return succeed_kind(flow, TARGET_BANK, id, err) == -1 ? -1 :
	    succeed_kind(flow, TARGET_PERSON, id, err);
}

/* 1C may have named it again since, in a package that was taken before anything
 * was sent: 1. */
static int
is_named_again(struct flow *flow, int64_t row, struct target *target,
    struct err *err)
{
	struct wanted wanted;
	struct image image;
	int rc;

	image_init(&image);
	wanted_init(&wanted);
	rc = snapshot_image_by_row(flow->snap, row, target, &image, err);
	if (rc == 0)
		rc = derive_wanted(flow, target, &image, &wanted, err);
	if (rc == 0)
		rc = wanted.state == WANTED_PRESENT;
	wanted_free(&wanted);
	image_free(&image);
	return rc;
}

/* The portal's object goes over to the new one, with all that is agreed of
 * it.  1: it is not there any more. */
static int
hand_over(struct flow *flow, int64_t from, int64_t to, struct err *err)
{
	struct target old_target, new_target;
	struct image old, new;
	int rc;

	image_init(&old);
	image_init(&new);
	rc = snapshot_image_by_row(flow->snap, from, &old_target, &old, err);
	if (rc == 0)
		rc = snapshot_image_by_row(flow->snap, to, &new_target, &new,
		    err);
	if (rc == 0 && old.portal_id == 0)
		rc = 1;
	if (rc == 0) {
		new.portal_id = old.portal_id;
		new.gone = false;
		fields_copy(&new.agreed, &old.agreed);
		old.portal_id = 0;
		old.gone = true;
		fields_clear(&old.agreed);
		rc = snapshot_image_put(flow->snap, &old, err);
	}
	if (rc == 0)
		rc = snapshot_image_put(flow->snap, &new, err);
	image_free(&new);
	image_free(&old);
	return rc;
}

int
papers_replace(struct flow *flow, const struct target *target, int64_t row,
    bool there, struct err *err)
{
	struct target gone;
	int64_t old;
	char name[64];
	bool making;
	int rc = 1;

	name_instead(name, row);
	old = snapshot_meta_int(flow->snap, name, 0);
	if (old == 0)
		return 1;
	if (is_being_made(flow, old, NULL, &making, err) == -1)
		return -1;
	if (making)
		return 2;
	if (snapshot_meta_set_int(flow->snap, name, 0, err) == -1)
		return -1;
	/* Somebody wrote the new one there by hand: the old one is not ours to
	 * judge. */
	if (!there)
		rc = is_under_way(flow, old, err);
	if (rc == 0)
		rc = is_named_again(flow, old, &gone, err);
	if (rc == 0)
		rc = hand_over(flow, old, row, err);
	/* What was planned of the old one goes. */
	if (rc == 0)
		rc = derive_target(flow, &gone, 0, false, err);
	return rc != 0 ? rc : derive_target(flow, target, 0, false, err);
}
