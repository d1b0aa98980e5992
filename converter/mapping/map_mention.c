/*
 * What goods speak of that no list of 1C defines: the pairs of their
 * characteristics, реквизиты, properties of Bitrix's codes; and which
 * properties offers have.  The rules need them all at once, so flow/ keeps a
 * record of each.
 */
#include "mapping/map_term.h"

#include <string.h>

typedef int visit_fn(void *ctx, struct str id, struct err *err);

/* A name that begins with one of our signs would be taken for something else;
 * what is too long for an id is no name. */
static int
mention(const char *sign, struct str name, visit_fn *visit, void *ctx,
    struct err *err)
{
	char id[LIMIT_ID_BYTES];
	size_t len = strlen(sign);

	if (name.len == 0 || name.len > sizeof(id) - len ||
	    name.p[0] == TERM_OWN[0] || name.p[0] == TERM_OF[0])
		return 0;
	memcpy(id, sign, len);
	memcpy(id + len, name.p, name.len);
	return visit(ctx, str_n(id, len + name.len), err);
}

static int
mention_of_offer(enum field field, struct str value, visit_fn *visit,
    void *ctx, struct err *err)
{
	const char *own = map_word_own(field);

	if (own != NULL)
		return visit(ctx, str_of(own), err);
	if (field == FIELD_REQUISITE)
		return mention(TERM_OWN, field_part(value, 0), visit, ctx,
		    err);
	if (field == FIELD_PROPERTY)
		return mention(TERM_OF, field_part(value, 0), visit, ctx,
		    err);
	if (field == FIELD_CHARACTERISTIC)
		return mention("", field_part(value, 0), visit, ctx, err);
	if (field == FIELD_UNIT_FACTOR && map_pack_says(value))
		return mention(TERM_OWN, str_of(MAP_RECOUNT), visit, ctx,
		    err);
	return 0;
}

/* Its values stand together. */
static bool
is_another(struct str value, struct str before)
{
	struct str text = str_trim(field_part(value, 1));
	struct str first = str_trim(field_part(before, 1));

	return str_eq(field_part(value, 0), field_part(before, 0)) &&
	    text.len > 0 && first.len > 0 && !str_eq(text, first);
}

static int
mention_property(struct str value, struct str before, visit_fn *visit,
    void *ctx, struct err *err)
{
	int rc = mention(MAP_HELD, field_part(value, 0), visit, ctx, err);

	return rc == 0 && is_another(value, before) ? mention(MAP_SEVERAL,
	    field_part(value, 0), visit, ctx, err) : rc;
}

int
map_mention(const struct record *record, int (*visit)(void *ctx,
    struct str id, struct err *err), void *ctx, struct err *err)
{
	struct str value, before = STR_NONE, id = record->id;
	enum field field;
	size_t at = 0;
	bool variation;
	int rc = 0;

	if (record->kind != RECORD_OFFER && record->kind != RECORD_PRODUCT)
		return 0;
	/* The offer of a good without characteristics is the good. */
	variation = record->kind == RECORD_OFFER && id.len > 0 &&
	    memchr(id.p, '#', id.len) != NULL;
	while (rc == 0 && fields_next(&record->fields, &at, &field,
	    &value) && field <= FIELD_UNIT_FACTOR) {
		if (field == FIELD_REQUISITE || (!variation &&
		    field == FIELD_CHARACTERISTIC))
			rc = mention(MAP_MENTIONED, field_part(value, 0),
			    visit, ctx, err);
		if (field == FIELD_UNIT_FACTOR && map_pack_says(value))
			rc = mention(MAP_MENTIONED, str_of(MAP_RECOUNT),
			    visit, ctx, err);
		if (field == FIELD_PROPERTY) {
			rc = mention_property(value, before, visit, ctx, err);
			before = value;
		}
		if (rc == 0 && variation)
			rc = mention_of_offer(field, value, visit, ctx, err);
	}
	return rc;
}
