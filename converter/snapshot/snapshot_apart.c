/*
 * Totals of stock without warehouses that several nodes state of one offer.
 * Whether they count the same warehouses nobody says; but a node that repeats
 * its own, later than what counts was said, and another figure, does not.
 */
#include "snapshot/snapshot_internal.h"

#include <string.h>

#include "base/decimal.h"

static struct str
bare_total(const struct fields *fields)
{
	return fields_has(fields, FIELD_STOCK) ? STR_NONE :
	    fields_get(fields, FIELD_QUANTITY);
}

/* Is the total of these rests, by warehouses or without, the figure? */
static bool
comes_to(const struct fields *rests, struct str figure)
{
	struct decimal wanted, sum = { 0, 0 }, part;
	enum field field;
	struct str value;
	size_t at = 0;

	value = fields_get(rests, FIELD_QUANTITY);
	if (value.len > 0 || decimal_parse(&wanted, figure) != 0)
		return str_eq(value, figure);
	while (fields_next(rests, &at, &field, &value))
		if (field == FIELD_STOCK &&
		    decimal_parse(&part, field_part(value, 1)) == 0 &&
		    decimal_add(&sum, sum, part) != 0)
			return false;
	return decimal_cmp(sum, wanted) == 0;
}

int
snapshot_apart_note(struct snapshot *snap, const struct record *record,
    const struct snapshot_found *joint, struct err *err)
{
	struct snapshot_stage *stage = &snap->stage;
	struct str total = bare_total(&record->fields);

	if (total.len == 0 || stage->formed <= joint->stated)
		return 0;
	if (fields_load(&stage->scratch, joint->body) == -1)
		return snapshot_row_damaged(snap, "record", joint->id, err);
	if (comes_to(&stage->scratch, total) || stage->apart++ > 0)
		return 0;
	stage->first_apart_len = record->id.len;
	if (record->id.len > 0)
		memcpy(stage->first_apart, record->id.p, record->id.len);
	return 0;
}

int64_t
snapshot_stage_apart(const struct snapshot *snap, struct str *first)
{
	const struct snapshot_stage *stage = &snap->stage;

	*first = stage->apart == 0 ? STR_NONE :
	    str_n(stage->first_apart, stage->first_apart_len);
	return stage->apart;
}
