/*
 * Goods of the portal that may be one of 1C's though they do not bear its
 * mark: the steps of catalog.adopt.  Rows are compared again, for the portal
 * compares without regard to case, and ignores what it cannot filter by.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <string.h>

static const char *const words[] = {
	[B24_LIKE_NONE] = "xmlId",
	[B24_LIKE_ARTICLE] = "article",
	[B24_LIKE_BARCODE] = "barcode",
	[B24_LIKE_NAME] = "name",
};

enum b24_like
b24_like_of_word(const char *word)
{
	for (int like = B24_LIKE_ARTICLE; like <= B24_LIKE_NAME; like++)
		if (strcmp(word, words[like]) == 0)
			return (enum b24_like)like;
	return B24_LIKE_NONE;
}

const char *
b24_like_word(enum b24_like like)
{
	return words[like];
}

struct str
b24_like_value(const struct op *op, enum b24_like like)
{
	struct str value = STR_NONE;

	switch (like) {
	case B24_LIKE_ARTICLE:
		value = fields_get(&op->fields, FIELD_ARTICLE);
		break;
	case B24_LIKE_BARCODE:
		value = b24_property_barcode_of(&op->fields);
		break;
	case B24_LIKE_NAME:
		value = fields_get(&op->fields, FIELD_NAME);
		break;
	case B24_LIKE_NONE:
		break;
	}
	return str_is(value, FIELD_CLEAR) ? STR_NONE : str_trim(value);
}

int64_t
b24_like_property(const struct b24 *b24, enum target_kind kind,
    enum b24_like like)
{
	if (like == B24_LIKE_ARTICLE)
		return b24_catalog_article(b24, kind);
	return like == B24_LIKE_BARCODE ? b24_property_barcode(b24, kind) : 0;
}

/* A section and a variation are looked for in one place alone. */
static bool
is_placed(const struct op *op, const cJSON *row)
{
	const cJSON *parent;

	if (op->target.kind == TARGET_SECTION)
		return json_int_of(row, "iblockSectionId") == op->parent_id;
	if (op->target.kind != TARGET_OFFER)
		return true;
	/* As the value of a property, which it is: offer-list.md. */
	parent = json_get(row, "parentId");
	if (cJSON_IsObject(parent))
		return json_int_of(parent, "value") == op->parent_id;
	return json_int_of(row, "parentId") == op->parent_id;
}

bool
b24_like_is(const struct op *op, enum b24_like like, int64_t property,
    const cJSON *row, bool exactly)
{
	struct str value = b24_like_value(op, like);
	char space[32];

	if (exactly && !is_placed(op, row))
		return false;
	if (like != B24_LIKE_NAME)
		return b24_property_has(row, property, value, exactly);
	return str_same_name(json_str(json_get(row, "name"), space), value);
}
