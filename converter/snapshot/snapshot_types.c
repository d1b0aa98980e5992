/*
 * The price types that a package speaks of: those it defines, and those it
 * has a price of.  Of any other it says nothing, for another node of the same
 * 1C may export that one: the prices of it stay in a record.
 */
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
snapshot_types_free(struct snapshot_types *types)
{
	for (size_t i = 0; i < types->count; i++)
		free(types->ids[i]);
	free(types->ids);
	*types = (struct snapshot_types){ NULL, 0 };
}

/* Where the id is, or would be; *found. */
static size_t
place_of(const struct snapshot_types *types, struct str id, bool *found)
{
	size_t low = 0, high = types->count, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = str_cmp(str_of(types->ids[middle]), id);
		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = false;
	return low;
}

static void
add_type(struct snapshot_types *types, struct str id)
{
	bool found;
	size_t at = place_of(types, id, &found);

	if (found || types->count == LIMIT_PRICE_TYPES)
		return;
	types->ids = mem_resize(types->ids, types->count + 1,
	    sizeof(*types->ids));
	memmove(&types->ids[at + 1], &types->ids[at],
	    (types->count - at) * sizeof(*types->ids));
	types->ids[at] = mem_text_n(id.p, id.len);
	types->count++;
}

void
snapshot_types_note(struct snapshot_types *types, const struct record *record)
{
	enum field field;
	struct str value;
	size_t at = 0;

	if (record->kind == RECORD_PRICE_TYPE)
		add_type(types, record->id);
	if (record->kind != RECORD_PRICES)
		return;
	while (fields_next(&record->fields, &at, &field, &value))
		if (field == FIELD_PRICE)
			add_type(types, field_part(value, 0));
}

int
snapshot_types_others(const struct snapshot_types *types,
    const struct fields *prices, struct fields *out)
{
	enum field field;
	struct str value;
	size_t at = 0;
	bool found;

	while (fields_next(prices, &at, &field, &value)) {
		if (field != FIELD_PRICE)
			continue;
		(void)place_of(types, field_part(value, 0), &found);
		if (!found && fields_add(out, field, value) == -1)
			return -1;
	}
	return 0;
}
