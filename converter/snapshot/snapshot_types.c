/*
 * The price types that a package speaks of: those it defines, and those it
 * has a price of.  Of any other it says nothing, for another node of the same
 * 1C may export that one: the prices of it stay in a record.  What a node has
 * ever spoken of is kept, to tell what it states from what it has got of
 * another one (states of before, nodes that are gone).
 */
#include "snapshot/snapshot_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* In meta, and the node's number: ids, FIELD_PART between two. */
#define META_TYPES "record.types:"

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

bool
snapshot_types_has(const struct snapshot_types *types, struct str id)
{
	bool found;

	(void)place_of(types, id, &found);
	return found;
}

/* ---- what a node has spoken of ---- */

static int
load(struct snapshot *snap, const char *name, struct snapshot_types *out,
    struct err *err)
{
	struct buf ids = BUF_INIT(LIMIT_MIB);
	int rc = snapshot_meta_get(snap, name, &ids, err);
	struct str left = str_n(ids.data, ids.len), id;

	while (rc == 0 && field_part_next(&left, &id))
		add_type(out, id);
	buf_free(&ids);
	return rc;
}

int
snapshot_types_of(struct snapshot *snap, int64_t node,
    struct snapshot_types *out, struct err *err)
{
	char *name = mem_printf(META_TYPES "%" PRId64, node);
	int rc = load(snap, name, out, err);

	free(name);
	return rc;
}

static int
save(struct snapshot *snap, const char *name,
    const struct snapshot_types *types, struct err *err)
{
	struct buf ids = BUF_INIT(LIMIT_MIB);
	int rc;

	for (size_t i = 0; i < types->count; i++) {
		if (i > 0)
			(void)buf_add_char(&ids, FIELD_PART);
		(void)buf_add(&ids, types->ids[i], strlen(types->ids[i]));
	}
	rc = snapshot_meta_set(snap, name, str_n(ids.data, ids.len), err);
	buf_free(&ids);
	return rc;
}

int
snapshot_types_remember(struct snapshot *snap, int64_t node,
    const struct snapshot_types *types, struct err *err)
{
	struct snapshot_types all = { NULL, 0 };
	size_t before;
	char *name;
	int rc;

	if (node <= 0 || types->count == 0)
		return 0;
	name = mem_printf(META_TYPES "%" PRId64, node);
	rc = load(snap, name, &all, err);
	before = all.count;
	for (size_t i = 0; rc != -1 && i < types->count; i++)
		add_type(&all, str_of(types->ids[i]));
	if (rc != -1)
		rc = all.count == before ? 0 : save(snap, name, &all, err);
	snapshot_types_free(&all);
	free(name);
	return rc;
}
