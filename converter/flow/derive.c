/*
 * From records to changes: what the rules want of a target, minus what was
 * agreed with the portal, is its one open change.
 */
#include "flow/code.h"
#include "flow/form.h"
#include "flow/merged.h"
#include "flow/order.h"
#include "flow/places.h"
#include "flow/retype.h"
#include "flow/sections.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/told.h"
#include "model/party.h"

void
derive_init(struct difference *diff)
{
	memset(diff, 0, sizeof(*diff));
	fields_init(&diff->send);
	fields_init(&diff->unsaid);
	image_init(&diff->image);
}

void
derive_free(struct difference *diff)
{
	fields_free(&diff->send);
	fields_free(&diff->unsaid);
	image_free(&diff->image);
}

uint64_t
derive_hash(const struct flow *flow, enum verb verb,
    const struct fields *send)
{
	/* With the rules: a mended rule gives a failed change a new chance. */
	uint64_t hash = str_hash(flow_fingerprint(flow) + (uint64_t)verb,
	    fields_bytes(send));

	/* SQLite's integers are signed; 0 means "none". */
	return (hash >> 1) | 1;
}

/* A price or picture that was never sent is not looked for in order to be
 * taken away: what is there is the portal's own. */
static bool
no_look(const struct target *target)
{
	return target_is_of_good(target->kind);
}

/* The verb for a target that is, or is not, in the portal. */
static enum verb
choose_verb(const struct target *target, const struct wanted *wanted,
    const struct image *image, const struct fields *delta)
{
	bool there = image->portal_id != 0;

	/* Of the customer base nothing is ever taken away: what 1C marked
	 * deleted is not made, and changed only by a rule for that. */
	if (target_is_crm(target->kind) && wanted->state != WANTED_PRESENT &&
	    wanted->state != WANTED_KEPT)
		return VERB_NONE;
	switch (wanted->state) {
	case WANTED_NOTHING:
		return VERB_NONE;
	case WANTED_PRESENT:
		if (!there)
			return VERB_CREATE;
		return delta->count > 0 ? VERB_UPDATE : VERB_NONE;
	case WANTED_INACTIVE:
		if (there)
			return delta->count > 0 ? VERB_UPDATE : VERB_NONE;
		return image->gone ? VERB_NONE : VERB_LINK;
	case WANTED_GONE:
		if (there)
			return VERB_DELETE;
		return image->gone || no_look(target) ? VERB_NONE :
		    VERB_LINK;
	case WANTED_KEPT:
		return there && delta->count > 0 ? VERB_UPDATE : VERB_NONE;
	}
	return VERB_NONE;
}

/* A field is emptied only where we put something: what a manager typed into
 * a field that 1C never filled stays. */
static void
drop_idle_clears(struct fields *send, const struct fields *agreed)
{
	enum field field, idle[FIELD_LAST];
	struct str value;
	size_t at = 0, count = 0;

	while (fields_next(send, &at, &field, &value))
		if (str_is(value, FIELD_CLEAR) && !fields_has(agreed, field))
			idle[count++] = field;
	for (size_t i = 0; i < count; i++)
		fields_remove(send, idle[i]);
}

int
derive_wanted(struct flow *flow, const struct target *target,
    const struct image *image, struct wanted *out, struct err *err)
{
	if (target_is_deal(target->kind))
		return reply_derive(flow, target, image, out, err);
	if (map_derive(flow->map, target, out, err) == -1)
		return -1;
	derive_place_left(flow, target, image, out);
	return 0;
}

/* 1C's warehouse is another store there now: what lies in it is not known. */
static void
forget_other_store(const struct flow *flow, const struct target *target,
    struct image *image)
{
	if (target->kind == TARGET_STOCK && image->portal_id != 0 &&
	    term_set_get(flow->known, TERM_STORE, STR_NONE,
	    target_rule(target)) != image->portal_id)
		fields_remove(&image->agreed, FIELD_QUANTITY);
}

/*
 * Prices, pictures and stock are called after 1C's good, which the portal may
 * hold in another form by now: what stands there belongs to the old one, and
 * nothing is agreed of the new one's.  True: it is so.
 */
static bool
note_form(const struct target *target, struct wanted *wanted,
    struct image *image)
{
	enum target_kind form = wanted->parent.kind;
	struct str now = form == TARGET_PRODUCT ? STR_NONE :
	    str_of(target_kind_name(form));

	if (!target_is_of_good(target->kind) || form == TARGET_NONE ||
	    wanted->state == WANTED_NOTHING)
		return false;
	(void)fields_set(&wanted->fields, FIELD_FORM, now);
	if (str_eq(fields_get(&image->agreed, FIELD_FORM), now))
		return false;
	image->portal_id = 0;
	fields_clear(&image->agreed);
	return true;
}

/* What was told of a property that the rules do not carry any more is not
 * agreed any more, and not wiped either. */
static void
forget_strange_properties(struct flow *flow, const struct target *target,
    struct fields *agreed)
{
	struct str lines = fields_get(agreed, FIELD_PROPERTIES), line;
	struct buf kept;
	bool all = true;
	size_t at = 0;

	if (lines.len == 0)
		return;
	buf_init(&kept, LIMIT_RECORD_BYTES);
	while (party_line_next(lines, &at, &line)) {
		if (map_tells(flow->map, target->kind, field_part(line, 0)))
			party_line_append(&kept, line);
		else
			all = false;
	}
	if (!all)
		(void)fields_set(agreed, FIELD_PROPERTIES, str_n(kept.data,
		    kept.len));
	buf_free(&kept);
}

int
derive_difference(struct flow *flow, const struct target *target,
    bool force, struct difference *out, struct err *err)
{
	struct wanted *wanted = &flow->wanted;
	static const struct fields nothing;

	fields_clear(&out->send);
	if (snapshot_image_get(flow->snap, target, &out->image, err) == -1 ||
	    derive_wanted(flow, target, &out->image, wanted, err) == -1)
		return -1;
	code_give_up(&out->image, wanted);
	forget_other_store(flow, target, &out->image);
	if (derive_form_leave(flow, target, &out->image, wanted, err) == -1)
		return -1;
	if (!note_form(target, wanted, &out->image) && flow->rules != NULL &&
	    rules_prune(flow, target, wanted, &out->image, err) == -1)
		return -1;
	if (flow->moved != NULL && terms_forget(flow, target, &out->image,
	    err) == -1)
		return -1;
	if (flow->retyped != NULL && retype_forget(flow, target, &out->image,
	    err) == -1)
		return -1;
	forget_strange_properties(flow, target, &out->image.agreed);
	fields_minus(&out->send, &wanted->fields,
	    (force && picture_may_repeat(flow, target, wanted)) ||
	    out->image.portal_id == 0 ? &nothing : &out->image.agreed);
	/* The portal takes a price as a whole: number and currency. */
	if (target->kind == TARGET_PRICE && out->send.count > 0)
		fields_merge(&out->send, &wanted->fields);
	drop_idle_clears(&out->send, out->image.portal_id == 0 ? &nothing :
	    &out->image.agreed);
	if (out->image.portal_id == 0)
		fields_merge(&out->send, &wanted->at_create);
	fields_copy(&out->unsaid, &wanted->unsaid);
	out->state = wanted->state;
	out->parent = wanted->parent;
	out->replaced = wanted->replaced;
	out->orphan = wanted->orphan;
	out->verb = choose_verb(target, wanted, &out->image, &out->send);
	if (target_is_deal(target->kind) && !reply_may_send(target, out))
		out->verb = VERB_NONE;
	if (wanted->absent && out->verb == VERB_CREATE &&
	    derive_form_stay_gone(flow, target, out, err) == -1)
		return -1;
	if (wanted->orphan &&
	    snapshot_meta_int(flow->snap, META_ORPHANS, 0) == 0 &&
	    !flow->options.read_only &&
	    snapshot_meta_set_int(flow->snap, META_ORPHANS, 1, err) == -1)
		return -1;
	return 0;
}

/* Would this change take goods, or a price, away from the portal's users? */
static bool
is_removal(const struct target *target, const struct difference *diff)
{
	if (target->kind == TARGET_PRICE)
		return diff->verb == VERB_DELETE;
	if (!target_is_good(target->kind) || diff->image.portal_id == 0 ||
	    diff->replaced)
		return false;
	if (diff->verb == VERB_DELETE)
		return true;
	return diff->verb == VERB_UPDATE &&
	    str_is(fields_get(&diff->send, FIELD_ACTIVE), "N");
}

bool
derive_needs_parent(const struct difference *diff)
{
	static const enum field fields[] = { FIELD_GROUP, FIELD_SECTIONS,
	    FIELD_PARENT, FIELD_COMPANIES };
	struct str value;

	if (diff->parent.kind == TARGET_NONE)
		return false;
	if (diff->verb == VERB_CREATE)
		return true;
	if (diff->verb != VERB_UPDATE)
		return false;
	/* What 1C says of a firm is not for the contact that it was. */
	if (target_is_crm(diff->parent.kind))
		return true;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		value = fields_get(&diff->send, fields[i]);
		if (value.len > 0 && !str_is(value, FIELD_CLEAR))
			return true;
	}
	return false;
}

/* Where sections are, while everything is derived and none of them moves:
 * thousands of goods lie in one. */
#define PARENTS 1024

struct parent {
	struct target target;
	int64_t row;
	bool there;             /* in the portal */
};

struct parents {
	struct parent slots[PARENTS];
};

static int
read_parent(struct flow *flow, const struct target *target,
    struct parent *out, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	out->target = *target;
	out->row = image.target;
	out->there = image.portal_id != 0;
	image_free(&image);
	/* A good without a row is not waited for, but by its variations. */
	if (rc == 1 && (!target_is_good(target->kind) ||
	    target->kind == TARGET_PARENT))
		rc = snapshot_target_row(flow->snap, target, &out->row, err);
	return rc == -1 ? -1 : 0;
}

/* *out: either space or a slot. */
static int
find_parent(struct flow *flow, const struct target *target,
    struct parent *space, const struct parent **out, struct err *err)
{
	struct parent *slot;

	*out = space;
	if (flow->parents == NULL || target->kind != TARGET_SECTION)
		return read_parent(flow, target, space, err);
	slot = &flow->parents->slots[str_hash(0, target_key(target)) %
	    PARENTS];
	*out = slot;
	return target_same(&slot->target, target) ? 0 :
	    read_parent(flow, target, slot, err);
}

/* Requisites that wait for their client are those of a contact that should
 * be a company: accounts and addresses wait with them.  1: they do. */
static int
waits(struct flow *flow, int64_t row, struct err *err)
{
	struct change change;
	int rc = snapshot_change_get(flow->snap, row, &change, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	return change.state == CHANGE_WAITING;
}

/*
 * Where the change stands with regard to its parent.  1: it never can be
 * done (the parent is not in the portal and nothing will bring it there).
 */
static int
place_under_parent(struct flow *flow, const struct difference *diff,
    struct change *change, struct err *err)
{
	const struct parent *parent;
	struct parent space;
	int rc = 0;

	change->depends = 0;
	change->state = CHANGE_PLANNED;
	if (!derive_needs_parent(diff))
		return 0;
	if (find_parent(flow, &diff->parent, &space, &parent, err) == -1)
		return -1;
	if (parent->there && diff->parent.kind == TARGET_REQUISITE)
		rc = waits(flow, parent->row, err);
	if (rc == -1)
		return -1;
	if (parent->there && rc == 0) {
		rc = derive_sections_wait(flow, diff, &change->depends, err);
		if (rc == 1)
			change->state = CHANGE_WAITING;
		return rc == -1 ? -1 : 0;
	}
	/* A price is derived when its good has been made: until then the
	 * good's change speaks for both. */
	if (target_is_of_good(change->target.kind))
		return 1;
	change->state = CHANGE_WAITING;
	change->depends = parent->row;
	return 0;
}

/* ---- the state of a change that replaces another ---- */

void
derive_fail(const struct flow *flow, struct change *change,
    const struct fields *send, const char *code, const char *text)
{
	change->state = CHANGE_FAILED;
	change->hash = derive_hash(flow, change->verb, send);
	(void)snprintf(change->code, sizeof(change->code), "%s", code);
	told_copy(change->text, sizeof(change->text), text);
}

/* It failed, and what it wants and the rules are what they were.  The client
 * that an order lacked is none of its values. */
static bool
stays_failed(const struct flow *flow, const struct change *old,
    const struct difference *diff)
{
	if (strcmp(old->code, ONEC_NO_CLIENT) == 0 &&
	    diff->parent.kind != TARGET_NONE)
		return false;
	return old->state == CHANGE_FAILED && old->verb == diff->verb &&
	    old->hash == derive_hash(flow, diff->verb, &diff->send);
}

/* A section that waits to become empty. */
static bool
stays_resting(const struct change *old, const struct difference *diff)
{
	return old->state == CHANGE_WAITING && old->verb == VERB_DELETE &&
	    diff->verb == VERB_DELETE;
}

/* Somebody deleted the goods or the client in the portal: a person decides,
 * and once that is decided (`retry`) the change is a planned one. */
static bool
is_lost(const struct target *target, const struct change *old,
    const struct difference *diff)
{
	return (diff->image.lost || diff->image.apart) &&
	    diff->verb == VERB_CREATE &&
	    diff->state == WANTED_PRESENT &&
	    (target_is_good(target->kind) ||
	    target->kind == TARGET_ONEC_ORDER ||
	    target_is_client(target->kind)) && (old->verb != VERB_CREATE ||
	    old->state == CHANGE_FAILED);
}

static void
note_lost(struct flow *flow, struct change *change,
    const struct difference *diff)
{
	char text[CHANGE_TEXT_BYTES];

	if (diff->image.apart && link_tell_handed(flow, &change->target,
	    diff->image.target, text))
		derive_fail(flow, change, &diff->send, LINK_HANDED, text);
	else if (diff->image.apart)
		derive_fail(flow, change, &diff->send, "unlinked", TOLD("a "
		    "person unlinked it: `cml24 link` says which it is, "
		    "`cml24 retry` looks for it again"));
	else if (merged_tell(flow, &change->target, diff->image.target,
	    text))
		derive_fail(flow, change, &diff->send, "merged-in-portal",
		    text);
	else
		derive_fail(flow, change, &diff->send, "deleted-in-portal",
		    TOLD("somebody deleted it in the portal; `cml24 retry` "
		    "makes it again"));
}

/* true: `change` is as it shall be put; false: `old` stays. */
static bool
settle_state(struct flow *flow, struct change *change,
    const struct change *old, const struct difference *diff)
{
	if (stays_failed(flow, old, diff) || stays_resting(old, diff))
		return false;
	if (old->verb == change->verb) {
		/* A rule is no package: what brought the change did. */
		if (change->package == 0)
			change->package = old->package;
		change->since = old->since;
		change->next_try = old->next_try;
		change->tries = old->tries;
	}
	change->forced = change->forced || (old->forced &&
	    change->verb == VERB_UPDATE);
	if (is_lost(&change->target, old, diff) && !(diff->image.apart &&
	    link_comes_back(flow, &change->target, diff->image.target))) {
		note_lost(flow, change, diff);
	} else if (change->target.kind == TARGET_ONEC_ORDER) {
		onec_judge(flow, change, diff);
	} else if (is_removal(&change->target, diff)) {
		change->released = old->released;
		if (!change->released)
			derive_fuse_hold(flow, change, old);
	}
	return true;
}

/*
 * 1C first spoke of a person and now of a firm, or the other way round: what
 * the portal has is a contact, and a company would be a double of it.  A
 * person decides, as with what was deleted.
 */
static int
note_other_kind(struct flow *flow, struct change *change,
    const struct change *old, const struct difference *diff,
    struct err *err)
{
	struct target other;
	struct image image;
	char text[512], now[TOLD_WORD_BYTES], before[TOLD_WORD_BYTES];
	int rc;

	if ((change->target.kind != TARGET_COMPANY &&
	    change->target.kind != TARGET_CONTACT) ||
	    change->verb != VERB_CREATE || (old->verb == VERB_CREATE &&
	    old->state != CHANGE_FAILED))
		return 0;
	other = change->target;
	other.kind = change->target.kind == TARGET_COMPANY ?
	    TARGET_CONTACT : TARGET_COMPANY;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, &other, &image, err);
	if (rc == 0 && image.portal_id != 0) {
		told_set(text, sizeof(text), N_("1C says now that it is "
		    "a %s, and the portal has it as a %s (%" PRId64 "); "
		    "`cml24 retry` makes a new one"),
		    told_word(now, target_kind_message(change->target.kind)),
		    told_word(before, target_kind_message(other.kind)),
		    image.portal_id);
		derive_fail(flow, change, &diff->send, "other-kind", text);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
plan_change(struct flow *flow, const struct target *target,
    const struct difference *diff, int64_t package, bool force,
    struct err *err)
{
	struct change change, old;
	int64_t row = diff->image.target;

	memset(&change, 0, sizeof(change));
	memset(&old, 0, sizeof(old));
	if (row != 0 && snapshot_change_get(flow->snap, row, &old, err) == -1)
		return -1;
	change.target = *target;
	change.verb = diff->verb;
	change.package = package;
	change.forced = force;
	change.since = clock_wall_ms();
	change.rank = map_rank(target, diff->verb, &diff->send);
	switch (place_under_parent(flow, diff, &change, err)) {
	case -1:
		return -1;
	case 1:
		return row != 0 ? snapshot_change_drop(flow->snap, row, err) :
		    0;
	default:
		break;
	}
	if (row == 0 &&
	    snapshot_target_add(flow->snap, target, &row, err) == -1)
		return -1;
	change.row = row;
	if (!settle_state(flow, &change, &old, diff))
		return 0;
	if (note_other_kind(flow, &change, &old, diff, err) == -1)
		return -1;
	return snapshot_change_put(flow->snap, &change, err);
}

/* As derive_target(); *there: it is in the portal. */
static int
derive_one(struct flow *flow, const struct target *target, int64_t package,
    bool force, bool *there, struct err *err)
{
	struct difference *diff = &flow->scratch;
	int rc;

	rc = derive_difference(flow, target, force, diff, err);
	*there = diff->image.portal_id != 0;
	if (rc == 0 && diff->verb != VERB_NONE)
		rc = plan_change(flow, target, diff, package, force, err);
	else if (rc == 0 && diff->image.target != 0)
		rc = snapshot_change_drop(flow->snap, diff->image.target,
		    err);
	return rc;
}

int
derive_target(struct flow *flow, const struct target *target,
    int64_t package, bool force, struct err *err)
{
	bool there;

	return derive_one(flow, target, package, force, &there, err);
}

/* One record's targets: each good, in all its forms, before what is its. */
struct derivation {
	struct flow *flow;
	int64_t package;
	bool force;
	struct str id;          /* the record's */
	bool away;              /* no form of the good is in the portal */
	bool own_away;          /* of the record's good */
	bool pictures;          /* these alone */
	struct target good;     /* the one that was visited last */
};

/* Of what is not derived all that counts is whether it is there. */
static int
look_at(struct derivation *what, const struct target *target, bool *there,
    struct err *err)
{
	struct image *image = &what->flow->scratch.image;
	int rc = snapshot_image_get(what->flow->snap, target, image, err);

	*there = rc == 0 && image->portal_id != 0;
	return rc == -1 ? -1 : 0;
}

static int
derive_visited(void *ctx, const struct target *target, struct err *err)
{
	struct derivation *what = ctx;
	bool there, other;

	if (target_is_of_good(target->kind) && what->away)
		return 0;
	if (what->pictures && target->kind != TARGET_PICTURE) {
		if (!target_is_good(target->kind))
			return 0;
		if (look_at(what, target, &there, err) == -1)
			return -1;
	} else if (derive_one(what->flow, target, what->package, what->force,
	    &there, err) == -1) {
		return -1;
	}
	if (!target_is_good(target->kind))
		return 0;
	if (!what->pictures && there && what->flow->scratch.replaced &&
	    derive_form_old_stock(what->flow, target, err) == -1)
		return -1;
	other = what->good.kind == TARGET_NONE ||
	    !str_eq(target_id(&what->good), target_id(target));
	what->away = !there && (other || what->away);
	what->good = *target;
	if (str_eq(target_id(target), what->id))
		what->own_away = what->away;
	return 0;
}

/* Prices come in records of their own; most are of goods that are not there
 * yet, and it is cheaper to ask that first. */
static int
is_good_away(struct flow *flow, struct str id, bool *away, struct err *err)
{
	static const enum target_kind forms[] = { TARGET_PRODUCT,
	    TARGET_OFFER, TARGET_SERVICE };
	struct image *image = &flow->scratch.image;
	struct target good;

	*away = true;
	for (size_t i = 0; *away && i < sizeof(forms) / sizeof(*forms); i++) {
		if (target_set(&good, forms[i], id) == -1)
			return 0;
		if (forms[i] != TARGET_PRODUCT && (flow->source.has_target ==
		    NULL || !flow->source.has_target(flow->source.ctx,
		    forms[i])))
			continue;
		if (snapshot_image_get(flow->snap, &good, image, err) == -1)
			return -1;
		*away = image->portal_id == 0;
	}
	return 0;
}

/* Pictures that 1C names no more are named by nobody but the portal.  What was
 * visited last may be a characteristic. */
static int
derive_old_pictures(struct derivation *what, struct err *err)
{
	struct record_source *source = &what->flow->source;

	what->away = what->own_away;
	if (what->away || source->has_target == NULL ||
	    !source->has_target(source->ctx, TARGET_PICTURE))
		return 0;
	return snapshot_image_each_of(what->flow->snap, TARGET_PICTURE,
	    what->id, derive_visited, what, err);
}

int
derive_record(struct flow *flow, enum record_kind kind, struct str id,
    int64_t package, bool force, struct err *err)
{
	struct derivation what = { .flow = flow, .package = package,
	    .force = force, .id = id, .own_away = true };
	int rc;

	if (kind == RECORD_DOCUMENT)
		return reply_derive_document(flow, id, package, force, err);
	if (kind == RECORD_PRICES && !config_selects_by_price(flow->config)) {
		if (is_good_away(flow, id, &what.away, err) == -1)
			return -1;
		if (what.away)
			return 0;
	}
	rc = map_targets(flow->map, kind, id, derive_visited, &what, err);
	if (rc == 0 && (kind == RECORD_PRODUCT || kind == RECORD_OFFER))
		rc = derive_old_pictures(&what, err);
	return rc;
}

int
derive_pictures(struct flow *flow, enum record_kind kind, struct str id,
    int64_t package, struct err *err)
{
	struct derivation what = { .flow = flow, .package = package,
	    .pictures = true, .id = id, .own_away = true };
	int rc = map_targets(flow->map, kind, id, derive_visited, &what, err);

	return rc == 0 ? derive_old_pictures(&what, err) : rc;
}

/* A characteristic is stated by an offer, be it a variation or a product of
 * its own; but there are goods with such an id. */
int
derive_good(struct flow *flow, const struct target *good, int64_t package,
    struct err *err)
{
	struct str id = target_id(good);
	enum record_kind kind = RECORD_PRODUCT;
	struct fields record;
	int rc = 0;

	if (memchr(id.p, '#', id.len) != NULL) {
		fields_init(&record);
		rc = flow->source.get(flow->source.ctx, RECORD_PRODUCT, id,
		    &record, err);
		fields_free(&record);
		kind = rc == 0 ? RECORD_PRODUCT : RECORD_OFFER;
	}
	return rc == -1 ? -1 : derive_record(flow, kind, id, package, false,
	    err);
}

struct each_record {
	struct flow *flow;
	int64_t package;
	struct err *err;
};

static int
derive_each(void *arg, const struct record *record)
{
	struct each_record *each = arg;

	if (record->kind == RECORD_PRODUCT)
		map_targets_offer(each->flow->map, record);
	return derive_record(each->flow, record->kind, record->id,
	    each->package, false, each->err);
}

/* Also of targets that no rule names any more. */
static int
derive_open(void *ctx, const struct change *change, struct err *err)
{
	return derive_target(ctx, &change->target, change->package,
	    change->forced, err);
}

static int
derive_everything(struct flow *flow, int64_t package, struct err *err)
{
	struct each_record each = { flow, package, err };
	int first;

	if (snapshot_meta_set_int(flow->snap, META_ORPHANS, 0, err) == -1 ||
	    snapshot_change_each(flow->snap, 0, derive_open, flow, err) == -1)
		return -1;
	if (flow->source.each(flow->source.ctx, RECORD_GROUP, derive_each,
	    &each, err) != 0 || flow->source.each(flow->source.ctx,
	    RECORD_COUNTERPARTY, derive_each, &each, err) != 0)
		return -1;
	if (derive_place_all(flow, err) == -1)
		return -1;
	first = snapshot_fill_begin(flow->snap, TARGET_PRODUCT, err);
	if (first == -1 || flow->source.each(flow->source.ctx,
	    RECORD_PRODUCT, derive_each, &each, err) != 0)
		return -1;
	if (first == 0 && snapshot_fill_end(flow->snap, err) == -1)
		return -1;
	return reply_derive_all(flow, package, err);
}

int
derive_all(struct flow *flow, int64_t package, struct err *err)
{
	int rc;

	if (rules_begin(flow, err) == -1)
		return -1;
	flow->parents = mem_alloc(sizeof(*flow->parents));
	map_group_hold(flow->map, true);
	rc = derive_everything(flow, package, err);
	if (rc == 0)
		rc = rules_remember(flow, err);
	map_group_hold(flow->map, false);
	free(flow->parents);
	flow->parents = NULL;
	rules_end(flow);
	return rc;
}
