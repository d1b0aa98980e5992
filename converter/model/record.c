#include "model/record.h"

#include <string.h>

#include "base/limits.h"

static const char *const names[RECORD_LAST] = {
	[RECORD_GROUP] = "group",
	[RECORD_PRICE_TYPE] = "price_type",
	[RECORD_WAREHOUSE] = "warehouse",
	[RECORD_UNIT] = "unit",
	[RECORD_PROPERTY] = "property",
	[RECORD_CATEGORY] = "category",
	[RECORD_CATALOG] = "catalog",
	[RECORD_PRODUCT] = "product",
	[RECORD_OFFER] = "offer",
	[RECORD_PRICES] = "prices",
	[RECORD_RESTS] = "rests",
	[RECORD_COUNTERPARTY] = "counterparty",
	[RECORD_DOCUMENT] = "document",
	[RECORD_TRAIT] = "trait",
};

const char *
record_kind_name(enum record_kind kind)
{
	if (kind <= RECORD_NONE || kind >= RECORD_LAST)
		return "none";
	return names[kind];
}

enum record_kind
record_kind_by_name(struct str name)
{
	int i;

	for (i = RECORD_NONE + 1; i < RECORD_LAST; i++) {
		if (str_is(name, names[i]))
			return (enum record_kind)i;
	}
	return RECORD_NONE;
}

struct str
record_party_id(struct str id)
{
	size_t len = strlen(RECORD_NAMED);

	if (id.len > len && memcmp(id.p + id.len - len, RECORD_NAMED, len) == 0)
		id.len -= len;
	return id;
}

int
record_get_party(const struct record_source *source, struct str id,
    struct fields *out, struct err *err)
{
	struct buf named = BUF_INIT(LIMIT_KEY_BYTES + sizeof(RECORD_NAMED));
	int rc;

	rc = source->get(source->ctx, RECORD_COUNTERPARTY, id, out, err);
	if (rc != 1)
		return rc;
	(void)buf_add(&named, id.p, id.len);
	(void)buf_add_text(&named, RECORD_NAMED);
	rc = source->get(source->ctx, RECORD_COUNTERPARTY,
	    str_n(named.data, named.len), out, err);
	buf_free(&named);
	return rc;
}
