/*
 * A person's decision where recognising found two candidates or a wrong one:
 * `link` and `unlink`.
 */
#include "flow/flow_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"

struct linking {
	struct flow *flow;
	struct str person;      /* id of a contact person */
	int64_t portal_id;      /* 0: unlink */
	int64_t count;          /* targets that it was about */
};

static int
write_link(struct linking *linking, const struct target *target,
    int64_t portal_id, struct err *err)
{
	struct history entry;
	int rc;

	history_init(&entry);
	entry.at = clock_wall_ms();
	entry.run = linking->flow->run.id;
	entry.target = *target;
	entry.verb = VERB_LINK;
	entry.portal_id = portal_id;
	(void)snprintf(entry.note, sizeof(entry.note), "%s",
	    linking->portal_id != 0 ? "linked by a person" :
	    "unlinked by a person");
	rc = snapshot_history_add(linking->flow->snap, &entry, err);
	history_free(&entry);
	return rc;
}

static int
apply(struct linking *linking, const struct target *target,
    struct image *image, struct err *err)
{
	struct flow *flow = linking->flow;
	int64_t shown = linking->portal_id != 0 ? linking->portal_id :
	    image->portal_id;

	linking->count++;
	image->portal_id = linking->portal_id;
	image->gone = image->lost = false;
	image->apart = linking->portal_id == 0;
	fields_clear(&image->agreed);
	if (write_link(linking, target, shown, err) == -1 ||
	    snapshot_image_put(flow->snap, image, err) == -1 ||
	    snapshot_change_drop(flow->snap, image->target, err) == -1 ||
	    derive_forget_dependents(flow, target, err) == -1)
		return -1;
	if (derive_target(flow, target, 0, false, err) == -1 ||
	    (target->kind != TARGET_PERSON && derive_record(flow,
	    RECORD_COUNTERPARTY, target_id(target), 0, false, err) == -1))
		return -1;
	return snapshot_change_release(flow->snap, image->target, err);
}

static int
note_attempt(void *ctx, const struct attempt *attempt, struct err *err)
{
	int64_t *row = ctx;

	(void)err;
	if (attempt->row == *row)
		*row = 0;
	return 0;
}

/* What was sent may be made yet: first it has to be known. */
static int
refuse_under_way(struct linking *linking, int64_t row, struct err *err)
{
	if (snapshot_attempt_each(linking->flow->snap, note_attempt, &row,
	    err) == -1)
		return -1;
	return row != 0 ? 0 : err_set(err, ERR_USAGE, "%s", _("what was sent "
	    "of it has no answer yet: `cml24 run` first"));
}

static int
apply_one(struct linking *linking, const struct target *target,
    struct err *err)
{
	struct flow *flow = linking->flow;
	struct image image;
	bool linked = false;
	int rc;

	image_init(&image);
	rc = snapshot_image_get(flow->snap, target, &image, err);
	if (rc == 0)
		rc = refuse_under_way(linking, image.target, err);
	if (rc == 0 && linking->portal_id != 0)
		rc = adopt_is_taken(flow, target, linking->portal_id, false,
		    &linked, err);
	if (rc == 0 && linked)
		rc = err_set(err, ERR_USAGE, _("%" PRId64 " is linked to "
		    "another client of 1C already; `cml24 unlink` it first"),
		    linking->portal_id);
	else if (rc == 0)
		rc = apply(linking, target, &image, err);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

static int
visit_person(void *ctx, const struct target *target,
    const struct image *image, struct err *err)
{
	struct linking *linking = ctx;

	(void)image;
	return str_eq(target_rule(target), linking->person) ?
	    apply_one(linking, target, err) : 0;
}

static int
link_in_transaction(struct linking *linking, enum target_kind kind,
    const char *id, struct err *err)
{
	struct target target;

	if (kind == TARGET_PERSON) {
		linking->person = str_of(id);
		return snapshot_image_each(linking->flow->snap, kind,
		    visit_person, linking, err);
	}
	return target_set(&target, kind, str_of(id)) == 0 ?
	    apply_one(linking, &target, err) : 0;
}

int
flow_link(struct flow *flow, const char *kind, const char *id,
    int64_t portal_id, struct err *err)
{
	struct linking linking = { .flow = flow, .portal_id = portal_id };
	enum target_kind target = target_kind_by_name(str_of(kind));
	int rc;

	if (!target_is_client(target))
		return err_set(err, ERR_USAGE, _("%s: wanted company, contact "
		    "or person"), kind);
	if (flow_run_begin(flow, err) == -1 ||
	    snapshot_begin(flow->snap, err) == -1)
		return -1;
	rc = link_in_transaction(&linking, target, id, err);
	if (rc == 0 && linking.count == 0)
		rc = err_set(err, ERR_USAGE, _("%s %s: 1C has named no such "
		    "one"), kind, id);
	if (rc == -1) {
		snapshot_rollback(flow->snap);
		return -1;
	}
	return snapshot_commit(flow->snap, err);
}
