/* A set of row numbers: open addressing, linear probing. */
#include "flow/flow_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ROWSET_MIN 64

static size_t
slot_of(const struct rowset *set, int64_t row)
{
	uint64_t hash = (uint64_t)row * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 20) & (set->size - 1);

	while (set->slots[at].row != 0 && set->slots[at].row != row)
		at = (at + 1) & (set->size - 1);
	return at;
}

static struct rowset_slot *
slot_get(struct rowset *set, int64_t row)
{
	return &set->slots[slot_of(set, row)];
}

static void
put_slot(struct rowset *set, struct rowset_slot slot)
{
	*slot_get(set, slot.row) = slot;
	set->count++;
}

static void
grow(struct rowset *set)
{
	struct rowset bigger = { NULL, 0, 0 };

	bigger.size = set->size == 0 ? ROWSET_MIN : set->size * 2;
	bigger.slots = mem_array(bigger.size, sizeof(*bigger.slots));
	for (size_t i = 0; i < set->size; i++)
		if (set->slots[i].row != 0)
			put_slot(&bigger, set->slots[i]);
	free(set->slots);
	*set = bigger;
}

void
rowset_free(struct rowset *set)
{
	free(set->slots);
	memset(set, 0, sizeof(*set));
}

bool
rowset_has(const struct rowset *set, int64_t row)
{
	return set->count > 0 && row != 0 &&
	    set->slots[slot_of(set, row)].row == row;
}

void
rowset_add(struct rowset *set, int64_t row)
{
	if (row == 0 || rowset_has(set, row))
		return;
	if (set->count * 2 >= set->size)
		grow(set);
	put_slot(set, (struct rowset_slot){ row, 1 });
}

void
rowset_use(struct rowset *set, int64_t row)
{
	if (rowset_has(set, row))
		slot_get(set, row)->uses++;
	else
		rowset_add(set, row);
}

void
rowset_release(struct rowset *set, int64_t row)
{
	if (rowset_has(set, row) && --slot_get(set, row)->uses == 0)
		rowset_remove(set, row);
}

int
rowset_uses(const struct rowset *set, int64_t row)
{
	return rowset_has(set, row) ? set->slots[slot_of(set, row)].uses : 0;
}

void
rowset_remove(struct rowset *set, int64_t row)
{
	struct rowset_slot moved;
	size_t at;

	if (!rowset_has(set, row))
		return;
	at = slot_of(set, row);
	set->slots[at].row = 0;
	set->count--;
	/* Those behind it may have been pushed on by it. */
	for (at = (at + 1) & (set->size - 1); set->slots[at].row != 0;
	    at = (at + 1) & (set->size - 1)) {
		moved = set->slots[at];
		set->slots[at].row = 0;
		set->count--;
		put_slot(set, moved);
	}
}
