/*
 * From records to changes: what the rules want of a target, minus what was
 * agreed with the portal, is its one open change.
 */
#include "flow/order.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

void
derive_init(struct difference *diff)
{
	memset(diff, 0, sizeof(*diff));
	fields_init(&diff->send);
	image_init(&diff->image);
}

void
derive_free(struct difference *diff)
{
	fields_free(&diff->send);
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

/* The verb for a target that is, or is not, in the portal. */
static enum verb
choose_verb(const struct wanted *wanted, const struct image *image,
    const struct fields *delta, bool crm)
{
	bool there = image->portal_id != 0;

	/* Of the customer base nothing is ever taken away: what 1C marked
	 * deleted is neither made nor changed. */
	if (crm && wanted->state != WANTED_PRESENT)
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
		return image->gone ? VERB_NONE : VERB_LINK;
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
	return map_derive(flow->map, target, out, err);
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
	if (flow->rules != NULL && rules_prune(flow, wanted, &out->image,
	    err) == -1)
		return -1;
	fields_minus(&out->send, &wanted->fields,
	    force || out->image.portal_id == 0 ? &nothing :
	    &out->image.agreed);
	/* The portal takes a price as a whole: number and currency. */
	if (target->kind == TARGET_PRICE && out->send.count > 0)
		fields_merge(&out->send, &wanted->fields);
	drop_idle_clears(&out->send, out->image.portal_id == 0 ? &nothing :
	    &out->image.agreed);
	if (out->image.portal_id == 0)
		fields_merge(&out->send, &wanted->at_create);
	out->state = wanted->state;
	out->parent = wanted->parent;
	out->verb = choose_verb(wanted, &out->image, &out->send,
	    target_is_crm(target->kind));
	if (target_is_deal(target->kind) && !reply_may_send(target, out))
		out->verb = VERB_NONE;
	if (wanted->orphan &&
	    snapshot_meta_int(flow->snap, META_ORPHANS, 0) == 0 &&
	    !flow->options.read_only &&
	    snapshot_meta_set_int(flow->snap, META_ORPHANS, 1, err) == -1)
		return -1;
	return 0;
}

/* Would this change take goods away from the portal's users? */
static bool
is_removal(const struct target *target, const struct difference *diff)
{
	if (target->kind != TARGET_PRODUCT || diff->image.portal_id == 0)
		return false;
	if (diff->verb == VERB_DELETE)
		return true;
	return diff->verb == VERB_UPDATE &&
	    str_is(fields_get(&diff->send, FIELD_ACTIVE), "N");
}

bool
derive_needs_parent(const struct difference *diff)
{
	static const enum field fields[] = { FIELD_GROUP, FIELD_PARENT,
	    FIELD_COMPANIES };
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
	/* A product without a row is not waited for. */
	if (rc == 1 && target->kind != TARGET_PRODUCT)
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
	if (parent->there && rc == 0)
		return 0;
	/* A price is derived when its product has been made: until then the
	 * product's change speaks for both. */
	if (diff->parent.kind == TARGET_PRODUCT)
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
	(void)snprintf(change->text, sizeof(change->text), "%.*s",
	    (int)str_utf8_cut(str_of(text), sizeof(change->text) - 1).len,
	    text);
}

/* It failed, and what it wants and the rules are what they were. */
static bool
stays_failed(const struct flow *flow, const struct change *old,
    const struct difference *diff)
{
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
	    (target->kind == TARGET_PRODUCT ||
	    target_is_client(target->kind)) && (old->verb != VERB_CREATE ||
	    old->state == CHANGE_FAILED);
}

static void
note_lost(const struct flow *flow, struct change *change,
    const struct difference *diff)
{
	if (diff->image.apart)
		derive_fail(flow, change, &diff->send, "unlinked", _("a "
		    "person unlinked it: `cml24 link` says which it is, "
		    "`cml24 retry` looks for it again"));
	else
		derive_fail(flow, change, &diff->send, "deleted-in-portal",
		    _("somebody deleted it in the portal; `cml24 retry` "
		    "makes it again"));
}

static void
fuse_remember(struct removal_fuse *fuse, int64_t row)
{
	if (fuse->count == fuse->size) {
		fuse->size = fuse->size == 0 ? 64 : fuse->size * 2;
		fuse->rows = mem_resize(fuse->rows, fuse->size,
		    sizeof(*fuse->rows));
	}
	fuse->rows[fuse->count++] = row;
}

/* Held until it is known how many there are: derive_fuse_settle(). */
static void
hold(struct flow *flow, struct change *change, const struct change *old)
{
	change->state = CHANGE_HELD;
	(void)snprintf(change->code, sizeof(change->code), "%s", "fuse");
	(void)snprintf(change->text, sizeof(change->text), "%s",
	    _("too many goods would vanish at once; look at the package, then "
	    "`cml24 import --allow-deletes PATH`"));
	if (old->state != CHANGE_HELD)
		fuse_remember(&flow->fuse, change->row);
}

/* true: `change` is as it shall be put; false: `old` stays. */
static bool
settle_state(struct flow *flow, struct change *change,
    const struct change *old, const struct difference *diff)
{
	if (stays_failed(flow, old, diff) || stays_resting(old, diff))
		return false;
	if (old->verb == change->verb) {
		change->since = old->since;
		change->next_try = old->next_try;
		change->tries = old->tries;
	}
	change->forced = change->forced || (old->forced &&
	    change->verb == VERB_UPDATE);
	if (is_lost(&change->target, old, diff)) {
		note_lost(flow, change, diff);
	} else if (is_removal(&change->target, diff)) {
		change->released = old->released;
		if (!change->released)
			hold(flow, change, old);
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
	char text[512];
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
		(void)snprintf(text, sizeof(text), _("1C says now that it is "
		    "a %s, and the portal has it as a %s (%" PRId64 "); "
		    "`cml24 retry` makes a new one"),
		    target_kind_title(change->target.kind),
		    target_kind_title(other.kind), image.portal_id);
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

/* One record's targets: of a product, then of its prices. */
struct derivation {
	struct flow *flow;
	int64_t package;
	bool force;
	bool no_prices;         /* their product is not in the portal */
};

static int
derive_visited(void *ctx, const struct target *target, struct err *err)
{
	struct derivation *what = ctx;
	bool there;

	if (target->kind == TARGET_PRICE && what->no_prices)
		return 0;
	if (derive_one(what->flow, target, what->package, what->force,
	    &there, err) == -1)
		return -1;
	if (target->kind == TARGET_PRODUCT)
		what->no_prices = !there;
	return 0;
}

/* Prices come in records of their own; most are of goods that are not there
 * yet, and it is cheaper to ask that first. */
static int
is_product_away(struct flow *flow, struct str id, bool *away,
    struct err *err)
{
	struct image *image = &flow->scratch.image;
	struct target product;

	*away = true;
	if (target_set(&product, TARGET_PRODUCT, id) == -1)
		return 0;
	if (snapshot_image_get(flow->snap, &product, image, err) == -1)
		return -1;
	*away = image->portal_id == 0;
	return 0;
}

int
derive_record(struct flow *flow, enum record_kind kind, struct str id,
    int64_t package, bool force, struct err *err)
{
	struct derivation what = { flow, package, force, false };

	if (kind == RECORD_DOCUMENT)
		return reply_derive_document(flow, id, err);
	if (kind == RECORD_PRICES && is_product_away(flow, id,
	    &what.no_prices, err) == -1)
		return -1;
	if (kind == RECORD_PRICES && what.no_prices)
		return 0;
	return map_targets(flow->map, kind, id, derive_visited, &what, err);
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
		map_offer(each->flow->map, record);
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

/* ---- the fuse ---- */

void
derive_fuse_arm(struct flow *flow, bool blow, bool open)
{
	free(flow->fuse.rows);
	memset(&flow->fuse, 0, sizeof(flow->fuse));
	flow->fuse.blow = blow;
	flow->fuse.open = open;
}

static int
release_removals(struct flow *flow, struct err *err)
{
	int64_t count;

	for (size_t i = 0; i < flow->fuse.count; i++)
		if (snapshot_change_let(flow->snap, flow->fuse.rows[i],
		    &count, err) == -1)
			return -1;
	return 0;
}

/* One line of the log: "wall_ms count". */
static int
parse_removal(struct str line, int64_t *at, int64_t *count)
{
	const char *blank = line.len > 0 ? memchr(line.p, ' ', line.len) :
	    NULL;
	size_t first;

	if (blank == NULL)
		return -1;
	first = (size_t)(blank - line.p);
	if (str_to_int64(at, str_n(line.p, first)) == -1)
		return -1;
	return str_to_int64(count, str_n(blank + 1, line.len - first - 1));
}

/* Removals let through in the last 24 hours; older lines are dropped. */
static int64_t
recent_removals(struct flow *flow, struct buf *kept, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_MIB);
	int64_t now = clock_wall_ms(), sum = 0, at, count;
	const char *line, *end;

	if (snapshot_meta_get(flow->snap, META_REMOVALS, &text, err) == -1) {
		buf_free(&text);
		return -1;
	}
	for (line = buf_text(&text); (end = strchr(line, '\n')) != NULL;
	    line = end + 1) {
		/* A clock that went back must not make an eternal entry. */
		if (parse_removal(str_n(line, (size_t)(end - line)), &at,
		    &count) == -1 || at < now - DAY_MS || at > now + DAY_MS)
			continue;
		sum += count;
		(void)buf_printf(kept, "%" PRId64 " %" PRId64 "\n", at, count);
	}
	buf_free(&text);
	return sum;
}

static void
say_fuse(struct flow *flow, int64_t recent, int64_t live)
{
	report_say(flow->report, _("%zu of %" PRId64 " goods would "
	    "vanish from the portal (and %" PRId64 " did in the last 24 "
	    "hours): more than max_deleted_percent = %d. Nothing of it is "
	    "done; see `cml24 unsent`."), flow->fuse.count, live, recent,
	    flow->config->catalog.max_deleted_percent);
}

static int
settle_removals(struct flow *flow, struct buf *kept, struct err *err)
{
	int64_t recent, live, percent, count = (int64_t)flow->fuse.count;

	recent = recent_removals(flow, kept, err);
	if (recent == -1 || snapshot_live_goods(flow->snap, &live, err) == -1)
		return -1;
	percent = flow->config->catalog.max_deleted_percent;
	if (flow->fuse.blow || (recent + count) * 100 > percent * live) {
		say_fuse(flow, recent, live);
		return 0;
	}
	if (release_removals(flow, err) == -1)
		return -1;
	(void)buf_printf(kept, "%" PRId64 " %" PRId64 "\n", clock_wall_ms(),
	    count);
	return snapshot_meta_set(flow->snap, META_REMOVALS,
	    str_of(buf_text(kept)), err);
}

int
derive_fuse_settle(struct flow *flow, struct err *err)
{
	struct buf kept = BUF_INIT(LIMIT_MIB);
	int64_t count;
	int rc = 0;

	if (flow->fuse.open)
		rc = snapshot_change_let(flow->snap, 0, &count, err);
	else if (flow->fuse.count > 0)
		rc = settle_removals(flow, &kept, err);
	derive_fuse_arm(flow, false, false);
	buf_free(&kept);
	return rc;
}

/* What it belonged to is gone, and it with it; a contact person stays,
 * without the company. */
static int
forget_image(struct flow *flow, const struct target *target, struct err *err)
{
	struct image image;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0 && image.portal_id != 0) {
		if (target->kind == TARGET_PERSON) {
			fields_remove(&image.agreed, FIELD_COMPANIES);
		} else {
			image.portal_id = 0;
			fields_clear(&image.agreed);
		}
		rc = snapshot_image_put(flow->snap, &image, err);
	}
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
forget_price(void *ctx, const struct target *target, struct err *err)
{
	return target->kind == TARGET_PRICE ? forget_image(ctx, target, err) :
	    0;
}

static int
forget_of_client(void *ctx, const struct target *target, struct err *err)
{
	return target->kind == TARGET_COMPANY || target->kind ==
	    TARGET_CONTACT ? 0 : forget_image(ctx, target, err);
}

static int
forget_of_requisite(void *ctx, const struct target *target, struct err *err)
{
	return target->kind == TARGET_BANK || target->kind ==
	    TARGET_ADDRESS ? forget_image(ctx, target, err) : 0;
}

int
derive_forget_dependents(struct flow *flow, const struct target *target,
    struct err *err)
{
	if (target->kind == TARGET_PRODUCT)
		return map_targets(flow->map, RECORD_PRODUCT,
		    target_id(target), forget_price, flow, err);
	if (target->kind == TARGET_COMPANY || target->kind == TARGET_CONTACT)
		return map_targets(flow->map, RECORD_COUNTERPARTY,
		    target_id(target), forget_of_client, flow, err);
	if (target->kind == TARGET_REQUISITE)
		return map_targets(flow->map, RECORD_COUNTERPARTY,
		    target_id(target), forget_of_requisite, flow, err);
	return 0;
}
