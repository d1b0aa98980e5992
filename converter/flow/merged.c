/*
 * A client that is not in the portal any more, and whom managers merged into
 * the one that another counterparty of 1C is linked to: the mark that is left
 * is the other one's, so it is not found by that.  The portal says nothing of
 * merges; the card that is left has what both had.
 */
#include "flow/merged.h"

#include <inttypes.h>

#include "base/i18n.h"
#include "base/told.h"
#include "flow/rival.h"
#include "model/party.h"

#define META_MERGED "client.merged."    /* and the target's row: the id of the
					   one that took it up */

static void
name_fact(char name[64], int64_t row)
{
	(void)snprintf(name, 64, META_MERGED "%" PRId64, row);
}

/* A merged card has the requisites of both: this one's beside its own. */
static bool
has_taken_numbers(const struct op *op, const struct found *row)
{
	struct str lines = fields_get(&row->fields, FIELD_TAXPAYER), line;
	struct str ours = fields_get(&op->fields, FIELD_TAXPAYER);
	size_t at = 0, count = 0;
	bool has = false;

	while (party_line_next(lines, &at, &line)) {
		count++;
		has = has || (field_part(ours, 0).len > 0 && str_eq(
		    field_part(line, 0), field_part(ours, 0)) &&
		    str_eq(field_part(line, 1), field_part(ours, 1)));
	}
	return has && count > 1;
}

static bool
has_line(enum field field, struct str lines, struct str value)
{
	struct str line;
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (field == FIELD_PHONES ? party_phone_covers(field_part(line,
		    1), value) : str_eq(field_part(line, 1), value))
			return true;
	return false;
}

/* Says the portal of all phones and e-mails of this one, and of none of them
 * 1C of the other? */
static bool
has_taken_lines(const struct op *op, const struct found *row,
    const struct fields *stated)
{
	static const enum field fields[] = { FIELD_PHONES, FIELD_EMAILS };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct str lines = fields_get(&op->fields, fields[i]), line;
		size_t at = 0;

		while (party_line_next(lines, &at, &line)) {
			count++;
			if (!has_line(fields[i], fields_get(&row->fields,
			    fields[i]), field_part(line, 1)) ||
			    has_line(fields[i], fields_get(stated, fields[i]),
			    field_part(line, 1)))
				return false;
		}
	}
	return count > 0;
}

/* Has the portal merged it into this row, which is another one's of 1C? */
static int
is_survivor(struct flow *flow, const struct op *op, const struct found *row,
    bool *is, struct err *err)
{
	struct target holder;
	struct image image;
	struct wanted wanted;
	enum match_holder held;
	int rc;

	*is = false;
	if (rival_has(flow, &op->target, row->portal_id, &holder, &held,
	    err) == -1)
		return -1;
	if (held == MATCH_FREE || holder.kind != op->target.kind)
		return 0;
	*is = has_taken_numbers(op, row);
	if (*is)
		return 0;
	image_init(&image);
	wanted_init(&wanted);
	rc = snapshot_image_get(flow->snap, &holder, &image, err);
	if (rc == 0)
		rc = derive_wanted(flow, &holder, &image, &wanted, err);
	*is = rc == 0 && has_taken_lines(op, row, &wanted.fields);
	wanted_free(&wanted);
	image_free(&image);
	return rc == -1 ? -1 : 0;
}

int
merged_note(struct flow *flow, const struct op *op, int64_t row,
    struct err *err)
{
	int64_t survivor = 0;
	char name[64];
	bool is = false;

	for (size_t i = 0; !is && i < op->found_count; i++) {
		if (is_survivor(flow, op, &op->found[i], &is, err) == -1)
			return -1;
		if (is)
			survivor = op->found[i].portal_id;
	}
	name_fact(name, row);
	if (snapshot_meta_int(flow->snap, name, 0) == survivor)
		return 0;
	return snapshot_meta_set_int(flow->snap, name, survivor, err);
}

bool
merged_tell(const struct flow *flow, const struct target *target,
    int64_t row, char text[CHANGE_TEXT_BYTES])
{
	struct target holder;
	struct err ignored = { 0 };
	char name[64];
	int64_t survivor;

	name_fact(name, row);
	survivor = target_is_client(target->kind) ?
	    snapshot_meta_int(flow->snap, name, 0) : 0;
	if (survivor == 0 || snapshot_image_by_portal_id(flow->snap,
	    target->kind, survivor, &holder, &ignored) != 0)
		return false;
	told_set(text, CHANGE_TEXT_BYTES, N_("somebody merged it into %" PRId64
	    " of the portal, which is linked to %.*s of 1C: where both are "
	    "one, mark this one deleted in 1C; where they are two, `cml24 "
	    "retry` makes it again"), survivor, (int)target_mark(&holder).len,
	    target_mark(&holder).p);
	return true;
}
