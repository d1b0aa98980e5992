/*
 * What the portal shows of a property, compared with what was said of it:
 * times and numbers in its own spelling, values of a list perhaps as a flag,
 * several in any order.
 */
#include "bitrix/b24_property_shown.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Digits behind the point that a number keeps there: decimal(18,4). */
#define NUMBER_PLACES 4

/* One value of a side, as it is compared. */
struct one {
	struct str text;
	struct decimal number;  /* 0 where it is none */
	char space[64];         /* what `text` may point into */
};

/* The values of a side, sorted: there may be thousands. */
struct side {
	const struct b24_property *property;
	struct one *items;
	struct one **sorted;
	size_t count;
	bool flag;              /* "Y" is among them */
};

bool
b24_property_shown_is(const struct b24_property *property, const char *type)
{
	return property->user_type != NULL &&
	    strcmp(property->user_type, type) == 0;
}

bool
b24_property_shown_is_time(const struct b24_property *property)
{
	return b24_property_shown_is(property, "Date") ||
	    b24_property_shown_is(property, "DateTime");
}

/* ---- times ---- */

bool
b24_property_shown_time(const struct b24_property *property, struct str text,
    char out[64])
{
	return b24_value_time(out, text, b24_property_shown_is(property,
	    "DateTime"));
}

/* ---- the values that are shown ---- */

/* HTML has its text one level deeper. */
static struct str
item_text(const cJSON *item, char space[32])
{
	if (cJSON_IsObject(item) && json_get(item, "value") != NULL)
		item = json_get(item, "value");
	if (cJSON_IsObject(item))
		item = json_get(item, json_get(item, "TEXT") != NULL ?
		    "TEXT" : "text");
	return json_str(item, space);
}

const cJSON *
b24_property_shown_first(const cJSON *item)
{
	return cJSON_IsArray(item) ? item->child : item;
}

bool
b24_property_shown_next(const cJSON *item, const cJSON **at, char space[32],
    struct str *value)
{
	while (*at != NULL) {
		*value = str_trim(item_text(*at, space));
		*at = cJSON_IsArray(item) ? (*at)->next : NULL;
		if (value->len > 0)
			return true;
	}
	return false;
}

/* A list of one value may be shown as a flag: "Y" for that value, "N" for
 * none. */
static bool
is_flag(const struct b24_property *property)
{
	return property->type == 'L' ||
	    b24_property_shown_is(property, "BoolEnum");
}

static bool
is_nothing(const struct b24_property *property, struct str value)
{
	return str_trim(value).len == 0 ||
	    (is_flag(property) && str_is(value, "N"));
}

/* ---- both sides ---- */

static int
compare_ones(const void *a, const void *b)
{
	const struct one *one = *(struct one *const *)a;
	const struct one *other = *(struct one *const *)b;
	int cmp = decimal_cmp(one->number, other->number);

	return cmp != 0 ? cmp : b24_value_compare_texts(one->text,
	    other->text);
}

static void
side_init(struct side *side, const struct b24_property *property,
    size_t most)
{
	memset(side, 0, sizeof(*side));
	side->property = property;
	side->items = mem_array(most + 1, sizeof(*side->items));
	side->sorted = mem_array(most + 1, sizeof(*side->sorted));
}

static void
side_free(struct side *side)
{
	free(side->items);
	free(side->sorted);
}

/* Its text may be in the space of the item that it becomes. */
static void
side_add(struct side *side, struct str value)
{
	struct one *one = &side->items[side->count];
	char time[64];

	if (is_nothing(side->property, value))
		return;
	one->text = value;
	if (b24_property_shown_is_time(side->property) &&
	    b24_property_shown_time(side->property, value, time)) {
		memcpy(one->space, time, sizeof(time));
		one->text = str_of(one->space);
	}
	if (side->property->type != 'N' ||
	    decimal_parse(&one->number, value) == -1)
		memset(&one->number, 0, sizeof(one->number));
	if (str_is(value, "Y"))
		side->flag = true;
	side->sorted[side->count++] = one;
}

static void
side_sort(struct side *side)
{
	qsort(side->sorted, side->count, sizeof(*side->sorted),
	    compare_ones);
}

static void
side_said(struct side *side, const struct b24_property *property,
    struct str said, size_t count)
{
	size_t from = 0;

	side_init(side, property, count);
	for (size_t i = 0; i < said.len; i++) {
		if (said.p[i] != FIELD_PART)
			continue;
		side_add(side, str_trim(str_n(said.p + from, i - from)));
		from = i + 1;
	}
	side_sort(side);
}

static void
side_shown(struct side *side, const struct b24_property *property,
    const cJSON *item)
{
	const cJSON *at = b24_property_shown_first(item);
	struct str value;

	side_init(side, property, cJSON_IsArray(item) ?
	    (size_t)cJSON_GetArraySize(item) : 1);
	while (b24_property_shown_next(item, &at,
	    side->items[side->count].space, &value))
		side_add(side, value);
	side_sort(side);
}

static bool
same_value(const struct b24_property *property, const struct one *a,
    const struct one *b)
{
	if (property->type == 'N')
		return b24_value_same_number(a->text, b->text,
		    NUMBER_PLACES);
	return b24_value_compare_texts(a->text, b->text) == 0;
}

/* Numbers may be apart by less than the portal keeps, so both beside the
 * place are looked at. */
static bool
side_has(const struct side *side, const struct one *value)
{
	struct one *const *sorted = side->sorted;
	size_t low = 0, high = side->count;

	/* A flag is shown for any value of its list. */
	if (is_flag(side->property) && side->count > 0 &&
	    (side->flag || str_is(value->text, "Y")))
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ones(&sorted[middle], &value) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low < side->count &&
	    same_value(side->property, value, sorted[low])) ||
	    (low > 0 && same_value(side->property, value, sorted[low - 1]));
}

static bool
side_has_all(const struct side *side, const struct side *of)
{
	for (size_t i = 0; i < of->count; i++)
		if (!side_has(side, of->sorted[i]))
			return false;
	return true;
}

bool
b24_property_shown_same(const struct b24_property *property, struct str said,
    size_t count, const cJSON *item)
{
	struct side ours, shown;
	bool same;

	side_said(&ours, property, said, count);
	side_shown(&shown, property, item);
	same = side_has_all(&shown, &ours) && side_has_all(&ours, &shown);
	side_free(&ours);
	side_free(&shown);
	return same;
}
