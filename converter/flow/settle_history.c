/*
 * What the history says of a change that is confirmed: what of it was done, and
 * what people had put there meanwhile.
 */
#include "flow/flow_internal.h"

#include <string.h>

#include "base/clock.h"
#include "base/told.h"
#include "model/party.h"

/* Does a line of `lines` speak of what this line is about? */
static bool
names_rule(struct str lines, struct str line)
{
	struct str other;
	size_t at = 0;

	while (party_line_next(lines, &at, &other))
		if (str_eq(field_part(other, 0), field_part(line, 0)))
			return true;
	return false;
}

/* Of user fields each is kept or said by itself. */
static void
take_away_lines(struct fields *from, struct str kept)
{
	struct str lines = fields_get(from, FIELD_USER_FIELDS), line;
	struct buf left = BUF_INIT(LIMIT_RECORD_BYTES);
	size_t at = 0;

	while (party_line_next(lines, &at, &line))
		if (!names_rule(kept, line))
			party_line_add(&left, field_part(line, 0),
			    field_part(line, 1));
	(void)fields_set(from, FIELD_USER_FIELDS, str_n(buf_text(&left),
	    left.len));
	buf_free(&left);
}

static void
take_away_kept(struct history *entry, const struct fields *kept)
{
	struct fields whole;

	if (kept == NULL || kept->count == 0)
		return;
	fields_init(&whole);
	fields_copy(&whole, kept);
	if (fields_has(kept, FIELD_USER_FIELDS)) {
		struct str lines = fields_get(kept, FIELD_USER_FIELDS);

		take_away_lines(&entry->new_values, lines);
		take_away_lines(&entry->old_values, lines);
		if (!str_eq(fields_get(&entry->new_values, FIELD_USER_FIELDS),
		    fields_get(&entry->old_values, FIELD_USER_FIELDS)))
			fields_remove(&whole, FIELD_USER_FIELDS);
	}
	fields_drop(&entry->new_values, &whole);
	fields_drop(&entry->old_values, &whole);
	fields_free(&whole);
}

/* What 1C's value took the place of is what people had put there. */
static void
show_overruled(struct history *entry, const struct fields *overruled)
{
	enum field field;
	struct str value;
	size_t at = 0;

	while (overruled != NULL && fields_next(overruled, &at, &field,
	    &value))
		if (fields_has(&entry->new_values, field) &&
		    field != FIELD_PHONES && field != FIELD_EMAILS &&
		    field != FIELD_SITES)
			(void)fields_set(&entry->old_values, field, value);
}

int
settle_history(struct push *push, const struct confirm *what,
    const struct fields *old_values, const struct fields *taken,
    struct err *err)
{
	struct history entry;
	enum field field;
	struct str value;
	size_t at = 0;
	int rc;

	history_init(&entry);
	entry.at = clock_wall_ms();
	entry.run = push->flow->run.id;
	entry.package = what->package;
	entry.target = what->target;
	entry.verb = what->verb;
	entry.portal_id = what->portal_id;
	told_copy(entry.note, sizeof(entry.note),
	    what->note != NULL ? what->note : "");
	fields_copy(&entry.new_values, taken);
	while (fields_next(&entry.new_values, &at, &field, &value))
		(void)fields_set(&entry.old_values, field,
		    fields_get(old_values, field));
	show_overruled(&entry, what->overruled);
	take_away_kept(&entry, what->kept);
	rc = snapshot_history_add(push->flow->snap, &entry, err);
	history_free(&entry);
	return rc;
}

