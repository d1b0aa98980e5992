/*
 * A client is read before it is changed, and what stands there beside what is
 * agreed counts as people's.  So a value of ours whose answer was lost would
 * stay for ever where 1C has stated a newer one meanwhile.  One small fact a
 * target has such values, as fields of several values.
 */
#include "flow/unsure.h"

#include <inttypes.h>

#define META_SAID "client.unsure."    /* and the target's row */

static void
name_fact(char name[64], int64_t row)
{
	(void)snprintf(name, 64, META_SAID "%" PRId64, row);
}

void
unsure_get(const struct flow *flow, int64_t row, struct fields *out)
{
	struct buf bytes = BUF_INIT(LIMIT_MIB);
	char name[64];

	fields_clear(out);
	name_fact(name, row);
	if (snapshot_meta_get(flow->snap, name, &bytes, NULL) == 0 &&
	    bytes.len > 0)
		(void)fields_load(out, str_n(bytes.data, bytes.len));
	buf_free(&bytes);
}

int
unsure_add(struct flow *flow, int64_t row, const struct fields *said,
    struct err *err)
{
	struct fields all;
	struct str value;
	enum field field;
	char name[64];
	size_t at = 0;
	int rc = 0;

	fields_init(&all);
	unsure_get(flow, row, &all);
	/* The mark and the companies are no texts that people change. */
	while (fields_next(said, &at, &field, &value))
		if (field != FIELD_XML_ID && field != FIELD_COMPANIES &&
		    !fields_has_value(&all, field, value))
			(void)fields_add(&all, field, value);
	name_fact(name, row);
	/* More than fit are an oddity, and no reason to stop. */
	if (all.count > 0 && all.bytes.len <= LIMIT_MIB)
		rc = snapshot_meta_set(flow->snap, name, fields_bytes(&all),
		    err);
	fields_free(&all);
	return rc;
}

int
unsure_drop(struct flow *flow, int64_t row, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_MIB);
	char name[64];
	int rc;

	name_fact(name, row);
	rc = snapshot_meta_get(flow->snap, name, &bytes, err);
	if (rc == 0 && bytes.len > 0)
		rc = snapshot_meta_set(flow->snap, name, STR_NONE, err);
	buf_free(&bytes);
	return rc == -1 ? -1 : 0;
}
