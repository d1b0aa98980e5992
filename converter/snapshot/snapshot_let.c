/*
 * Removals that the fuse holds are let through where a package that a person
 * imports for that speaks of them: it names the good, or it is the whole
 * catalogue and does not.  What other packages left is not touched.
 */
#include "snapshot/snapshot_internal.h"

#include <string.h>

struct letting {
	struct snapshot *snap;
	const char *catalog;    /* NULL: what the session named */
	struct bits named;
	struct fields fields;
};

struct spoken {
	bool named, absent;
	bool ours;              /* of the catalogue */
};

static int
look_at(struct letting *letting, enum record_kind kind, struct str id,
    struct spoken *out, struct err *err)
{
	struct db_stmt *stmt;
	int rc = snapshot_record_seek(letting->snap, &stmt, kind, id, err);

	*out = (struct spoken){ 0 };
	if (rc == 0) {
		out->named = bits_has(&letting->named, db_int(stmt, 0));
		out->absent = (db_int(stmt, 1) & RECORD_FLAG_ABSENT) != 0;
		if (!snapshot_row_fields(stmt, 2, &letting->fields))
			rc = snapshot_row_damaged(letting->snap, "record",
			    db_int(stmt, 0), err);
	}
	if (rc == 0)
		out->ours = letting->catalog != NULL &&
		    str_is(fields_get(&letting->fields, FIELD_CATALOG),
		    letting->catalog);
	if (stmt != NULL)
		db_reset(stmt);
	return rc == -1 ? -1 : 0;
}

static int
let_spoken(void *ctx, const struct change *change, struct err *err)
{
	struct letting *letting = ctx;
	struct str id = target_id(&change->target);
	const char *mark = id.len > 0 ? memchr(id.p, '#', id.len) : NULL;
	struct spoken good, product, offer, prices;
	bool meant;

	/* Of a characteristic the product is spoken of too. */
	if (look_at(letting, RECORD_PRODUCT, id, &good, err) == -1 ||
	    look_at(letting, RECORD_PRODUCT, mark == NULL ? id :
	    str_n(id.p, (size_t)(mark - id.p)), &product, err) == -1 ||
	    look_at(letting, RECORD_OFFER, id, &offer, err) == -1 ||
	    look_at(letting, RECORD_PRICES, id, &prices, err) == -1)
		return -1;
	if (letting->catalog != NULL)
		meant = (good.ours || product.ours) &&
		    (good.absent || product.absent || offer.absent);
	else
		meant = good.named || offer.named || prices.named ||
		    (product.named && !offer.absent);
	return meant ? snapshot_change_let(letting->snap, change->row, err) :
	    0;
}

static int
let_all(struct letting *letting, struct err *err)
{
	int rc;

	fields_init(&letting->fields);
	rc = snapshot_change_each(letting->snap, CHANGE_HELD, let_spoken,
	    letting, err);
	fields_free(&letting->fields);
	return rc;
}

int
snapshot_let_named(struct snapshot *snap, int64_t session, struct err *err)
{
	struct letting letting = { .snap = snap };
	int rc = snapshot_seen_session(snap, session, &letting.named, err);

	if (rc == 0)
		rc = let_all(&letting, err);
	bits_free(&letting.named);
	return rc;
}

int
snapshot_let_absent(struct snapshot *snap, const char *catalog,
    struct err *err)
{
	struct letting letting = { .snap = snap, .catalog = catalog };

	return let_all(&letting, err);
}
