/*
 * Warehouses where a good is no more.  УТ 11 may leave out those where nothing
 * lies (a list of five, and each good has the rows that are not zero), and a
 * document in the portal would never bring the rest to nothing.  So what a
 * good had in a warehouse that the node lists, and its new statement does not
 * name, is stated as 0.  One that the node lists no more may be another node's,
 * and stays; so does what another node alone has stated, for nodes of one 1C
 * may list all of its warehouses.  Another statement of the package may name
 * it (FIELD_LEFT_OUT).
 */
#include "flow/goods.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/mem.h"
#include "snapshot/sharing.h"

#define META_STORES "rests.stores."     /* and the node: ids, parts */

static int64_t
number_of(struct str id)
{
	return (int64_t)(str_hash(0, id) >> 1) + 1;
}

static char *
meta_name(const char *node)
{
	return mem_printf(META_STORES "%s", node);
}

void
rests_list_store(struct rests *rests, const struct record *record)
{
	struct buf *ids = &rests->ids;

	if (str_is(fields_get(&record->fields, FIELD_DELETED), "1") ||
	    rowset_has(&rests->listed, number_of(record->id)))
		return;
	if (!rests->lists)
		rowset_free(&rests->listed);
	rests->lists = rests->known = true;
	rowset_add(&rests->listed, number_of(record->id));
	if (ids->len > 0)
		(void)buf_add_char(ids, FIELD_PART);
	(void)buf_add(ids, record->id.p, record->id.len);
}

/* A package of stock alone has no list: the node's last one counts. */
static int
recall(struct flow *flow, struct rests *rests, const char *node,
    struct err *err)
{
	struct buf ids = BUF_INIT(LIMIT_MIB);
	char *name = meta_name(node);
	struct str left, id;
	int rc = snapshot_meta_get(flow->snap, name, &ids, err);

	left = str_n(ids.data, ids.len);
	while (rc == 0 && field_part_next(&left, &id))
		rowset_add(&rests->listed, number_of(id));
	rests->known = true;
	free(name);
	buf_free(&ids);
	return rc == -1 ? -1 : 0;
}

int
rests_remember(struct flow *flow, const struct rests *rests,
    const char *node, struct err *err)
{
	char *name;
	int rc;

	/* What a person puts there comes under a new name each time. */
	if (!rests->lists || rests->ids.full || session_is_by_hand(node))
		return 0;
	name = meta_name(node);
	rc = snapshot_meta_set(flow->snap, name, str_n(rests->ids.data,
	    rests->ids.len), err);
	free(name);
	return rc;
}

int
rests_follow(struct flow *flow, const char *node, const char *heir,
    struct err *err)
{
	struct buf ids = BUF_INIT(LIMIT_MIB);
	char *from = meta_name(node), *to = meta_name(heir);
	int rc = snapshot_meta_get(flow->snap, from, &ids, err);

	if (rc == 0)
		rc = snapshot_meta_set(flow->snap, to, str_n(ids.data,
		    ids.len), err);
	free(from);
	free(to);
	buf_free(&ids);
	return rc == -1 ? -1 : 0;
}

void
rests_free(struct rests *rests)
{
	rowset_free(&rests->listed);
	buf_free(&rests->ids);
}

/* ---- what a statement leaves out ---- */

/* Is all that there is, as far as 1C says how much, in the warehouses that it
 * names?  *none: it says that there is nothing at all. */
static bool
is_all_named(const struct fields *rests, bool *none)
{
	struct decimal sum = { 0, 0 }, total, part;
	enum field field;
	struct str value;
	size_t at = 0;
	bool rows = false;

	*none = false;
	while (fields_next(rests, &at, &field, &value) &&
	    field <= FIELD_STOCK) {
		if (field != FIELD_STOCK)
			continue;
		rows = true;
		if (decimal_parse(&part, field_part(value, 1)) == -1 ||
		    decimal_add(&sum, sum, part) == -1)
			return false;
	}
	if (decimal_parse(&total, fields_get(rests, FIELD_QUANTITY)) == -1)
		return rows;
	*none = !rows && total.digits == 0;
	sum.digits = -sum.digits;
	return decimal_add(&sum, sum, total) == 0 && sum.digits == 0;
}

int
rests_complete(struct flow *flow, struct rests *rests, const char *node,
    const struct record *record, struct fields *out, struct err *err)
{
	static const char zero[] = { '0', FIELD_PART, FIELD_LEFT_OUT[0], 0 };
	struct fields old;
	enum field field;
	struct str value, store;
	bool none, changed = false;
	size_t at = 0;
	int rc;

	if (flow->config->catalog.stock != STOCK_DOCUMENTS ||
	    !is_all_named(&record->fields, &none))
		return 0;
	if (!rests->known && recall(flow, rests, node, err) == -1)
		return -1;
	fields_init(&old);
	rc = snapshot_stage_known(flow->snap, RECORD_RESTS, record->id, &old,
	    err);
	while (rc == 0 && fields_next(&old, &at, &field, &value) &&
	    field <= FIELD_STOCK) {
		store = field_part(value, 0);
		if (field != FIELD_STOCK || fields_find(changed ? out :
		    &record->fields, FIELD_STOCK, store, NULL) ||
		    !(rowset_has(&rests->listed, number_of(store)) ||
		    (none && rests->listed.count == 0)))
			continue;
		if (!changed)
			fields_copy(out, &record->fields);
		changed = true;
		(void)fields_add_pair(out, FIELD_STOCK, store, str_of(zero));
	}
	fields_free(&old);
	return rc == -1 ? -1 : changed;
}
