/*
 * What several nodes of 1C state of one object, as one.  One node exports
 * pictures and another none, one the stock of the shop and another that of the
 * depot: what a node says nothing of, it does not deny.  So each value counts
 * that any of them states, and where several do, the statement that changed
 * last; a node that says the same as ever takes back nothing.
 */
#include "snapshot/snapshot_internal.h"

#include <stdlib.h>

#include "base/mem.h"

/* How the values of a field are told apart; all others are one whole. */
enum manner {
	WHOLE = 0,
	BY_KEY,                 /* by the first part */
	OF_NEWEST               /* not being there is a statement too */
};

static const enum manner manners[FIELD_LAST] = {
	[FIELD_PARENT] = OF_NEWEST,
	[FIELD_DELETED] = OF_NEWEST,
	[FIELD_VERSION] = OF_NEWEST,
	[FIELD_PROPERTY] = BY_KEY,
	[FIELD_REQUISITE] = BY_KEY,
	[FIELD_PRICE] = BY_KEY,
	[FIELD_STOCK] = BY_KEY,
	[FIELD_OPTION] = BY_KEY,
	[FIELD_DIMENSION] = BY_KEY,
	[FIELD_UNIT_FACTOR] = BY_KEY
};

/* One value that a statement has, or one key of several. */
struct said {
	enum field field;
	struct str key;         /* STR_NONE: the whole field */
};

/* What one statement says, sorted. */
struct index {
	struct said *items;
	size_t count;
};

struct joint {
	const struct snapshot_statement *statements;
	struct index *indexes;
	size_t count;
	size_t newest;          /* that is not absent */
};

static int
compare_said(const void *a, const void *b)
{
	const struct said *left = a, *right = b;

	if (left->field != right->field)
		return left->field < right->field ? -1 : 1;
	return str_cmp(left->key, right->key);
}

/* The name of a unit belongs to its code. */
static struct said
said_of(enum field field, struct str value)
{
	return (struct said){ field == FIELD_UNIT_NAME ? FIELD_UNIT : field,
	    manners[field] == BY_KEY ? field_part(value, 0) : STR_NONE };
}

static bool
is_absent(const struct snapshot_statement *statement)
{
	return (statement->flags & RECORD_FLAG_ABSENT) != 0;
}

static struct index
index_of(const struct snapshot_statement *statement)
{
	struct index index = { mem_array(statement->fields.count + 1,
	    sizeof(*index.items)), 0 };
	enum field field;
	struct str value;
	size_t at = 0;

	if (is_absent(statement))
		return index;
	while (fields_next(&statement->fields, &at, &field, &value))
		index.items[index.count++] = said_of(field, value);
	qsort(index.items, index.count, sizeof(*index.items), compare_said);
	return index;
}

static bool
says(const struct index *index, const struct said *said)
{
	return index->count > 0 && bsearch(said, index->items, index->count,
	    sizeof(*said), compare_said) != NULL;
}

/* Of two that were stated at one time, that of the later node. */
static bool
is_newer(const struct joint *joint, size_t one, size_t than)
{
	return joint->statements[one].stated >=
	    joint->statements[than].stated;
}

/* Whose value counts: one of those who say it. */
static size_t
speaker_of(const struct joint *joint, const struct said *said, size_t self)
{
	size_t speaker = self;

	if (manners[said->field] == OF_NEWEST)
		return joint->newest;
	for (size_t i = 0; i < joint->count; i++)
		if (i != self && says(&joint->indexes[i], said) &&
		    (i > speaker ? is_newer(joint, i, speaker) :
		    !is_newer(joint, speaker, i)))
			speaker = i;
	return speaker;
}

/* ---- the total of stock ---- */

static bool
has_rests(const struct snapshot_statement *statement)
{
	return !is_absent(statement) &&
	    (fields_has(&statement->fields, FIELD_STOCK) ||
	    fields_has(&statement->fields, FIELD_QUANTITY));
}

/* Does the statement know every warehouse that any of them does? */
static bool
knows_all_stores(const struct joint *joint, size_t one)
{
	const struct index *index;

	for (size_t i = 0; i < joint->count; i++) {
		index = &joint->indexes[i];
		for (size_t n = 0; i != one && n < index->count; n++)
			if (index->items[n].field == FIELD_STOCK &&
			    !says(&joint->indexes[one], &index->items[n]))
				return false;
	}
	return true;
}

/*
 * A total is that of the warehouses of its own node.  Where others state
 * further ones it is left out, and the sum of all warehouses is the total.
 */
static bool
total_counts(const struct joint *joint, size_t speaker)
{
	bool stores = false;
	size_t stating = 0;

	for (size_t i = 0; i < joint->count; i++) {
		stating += has_rests(&joint->statements[i]);
		stores = stores || (!is_absent(&joint->statements[i]) &&
		    fields_has(&joint->statements[i].fields, FIELD_STOCK));
	}
	return stating < 2 || !stores || (knows_all_stores(joint, speaker) &&
	    fields_has(&joint->statements[speaker].fields, FIELD_STOCK));
}

/* ---- all together ---- */

/* In the order of the nodes, whoever is the newest: what is said by keys does
 * not change its order with every statement. */
static int
add_all(const struct joint *joint, size_t one, struct fields *out)
{
	enum field field;
	struct str value;
	struct said said;
	size_t at = 0;

	if (is_absent(&joint->statements[one]))
		return 0;
	while (fields_next(&joint->statements[one].fields, &at, &field,
	    &value)) {
		said = said_of(field, value);
		if (speaker_of(joint, &said, one) != one ||
		    (field == FIELD_QUANTITY && !total_counts(joint, one)))
			continue;
		if (fields_add(out, field, value) == -1)
			return -1;
	}
	return 0;
}

/* Does anybody state the warehouse, or had one before `one` left it out? */
static bool
is_store_said(const struct joint *joint, const struct said *store, size_t one)
{
	const struct snapshot_statement *statements = joint->statements;

	for (size_t i = 0; i < joint->count; i++)
		if (says(&joint->indexes[i], store) || (i < one &&
		    is_absent(&statements[i]) && fields_find(
		    &statements[i].fields, FIELD_STOCK, store->key, NULL)))
			return true;
	return false;
}

/* Where a node has left a good out nothing lies of it any more: a document in
 * the portal brings to nothing only what is stated. */
static int
add_left(const struct joint *joint, size_t one, struct fields *out)
{
	enum field field;
	struct str value;
	struct said store;
	size_t at = 0;

	if (!is_absent(&joint->statements[one]) ||
	    !fields_has(out, FIELD_STOCK))
		return 0;
	while (fields_next(&joint->statements[one].fields, &at, &field,
	    &value)) {
		store = said_of(field, value);
		if (field == FIELD_STOCK && !is_store_said(joint, &store,
		    one) && fields_add_pair(out, field, store.key,
		    str_of("0")) == -1)
			return -1;
	}
	return 0;
}

static int
join_all(struct joint *joint, struct fields *out)
{
	int rc = 0;

	joint->indexes = mem_array(joint->count + 1, sizeof(*joint->indexes));
	for (size_t i = 0; i < joint->count; i++)
		joint->indexes[i] = index_of(&joint->statements[i]);
	for (size_t i = 0; rc == 0 && i < joint->count; i++)
		rc = add_all(joint, i, out);
	for (size_t i = 0; rc == 0 && i < joint->count; i++)
		rc = add_left(joint, i, out);
	for (size_t i = 0; i < joint->count; i++)
		free(joint->indexes[i].items);
	free(joint->indexes);
	return rc;
}

int
snapshot_joint_make(const struct snapshot_statement *statements,
    size_t count, struct fields *out, int *flags)
{
	struct joint joint = { statements, NULL, count, 0 };
	bool any = false;

	fields_clear(out);
	*flags = RECORD_FLAG_ABSENT;
	for (size_t i = 0; i < count; i++)
		if (!is_absent(&statements[i]) &&
		    (!any || is_newer(&joint, i, joint.newest))) {
			joint.newest = i;
			any = true;
		}
	if (!any)
		return 1;
	*flags = statements[joint.newest].flags;
	return join_all(&joint, out);
}
