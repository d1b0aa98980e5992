/*
 * Goods that rules name, by Ид, article or name, found by a plain form of the
 * text: a tree or a selection may name thousands.
 */
#include "mapping/map_internal.h"

#include <stdlib.h>

#include "base/mem.h"

struct map_named *
map_named_new(void)
{
	return mem_alloc(sizeof(struct map_named));
}

void
map_named_free(struct map_named *named)
{
	if (named == NULL)
		return;
	free(named->items);
	free(named);
}

void
map_named_add(struct map_named *named, const struct config_list *goods,
    size_t place)
{
	struct map_name_of *item;
	size_t i;

	if (goods->count == 0)
		return;
	named->items = mem_resize(named->items, named->count + goods->count,
	    sizeof(*named->items));
	for (i = 0; i < goods->count; i++) {
		item = &named->items[named->count++];
		item->text = goods->items[i];
		item->place = place;
		item->hash = str_name_hash(str_of(item->text));
		item->met = false;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct map_name_of *left = a, *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return (left->place > right->place) - (left->place < right->place);
}

void
map_named_sort(struct map_named *named)
{
	if (named->count > 0)
		qsort(named->items, named->count, sizeof(*named->items),
		    compare);
}

/* Those of one hash stand together: where they begin. */
static size_t
first_of(const struct map_named *named, uint64_t hash)
{
	size_t low = 0, high = named->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (named->items[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* whole: to the letter. */
static bool
names(const struct map_name_of *item, struct str text, bool whole)
{
	return whole ? str_is(text, item->text) :
	    str_same_name(text, str_of(item->text));
}

/* The first place behind `after` that names the text.  -1: none. */
static int
find_text(const struct map_named *named, struct str text, bool whole,
    int after)
{
	uint64_t hash = str_name_hash(text);
	size_t at = first_of(named, hash);

	for (; at < named->count && named->items[at].hash == hash; at++)
		if ((int)named->items[at].place > after &&
		    names(&named->items[at], text, whole))
			return (int)named->items[at].place;
	return -1;
}

int
map_named_find(const struct map_named *named, struct str id,
    const struct fields *product, int after)
{
	struct str texts[3];
	int best = -1, place;
	size_t i;

	if (named == NULL || named->count == 0)
		return -1;
	texts[0] = id;
	texts[1] = fields_get(product, FIELD_ARTICLE);
	texts[2] = fields_get(product, FIELD_NAME);
	for (i = 0; i < 3; i++) {
		if (texts[i].len == 0)
			continue;
		place = find_text(named, texts[i], i == 0, after);
		if (place >= 0 && (best < 0 || place < best))
			best = place;
	}
	return best;
}

/* ---- goods that nobody is ---------------------------------------------- */

struct meeting {
	struct map_named *named;
	bool any;
	size_t left;            /* that no good was met of yet */
};

/* 1: all are met. */
static int
meet_good(void *arg, const struct record *record)
{
	struct meeting *meeting = arg;
	const struct str texts[] = { record->id,
	    fields_get(&record->fields, FIELD_ARTICLE),
	    fields_get(&record->fields, FIELD_NAME) };
	struct map_named *named = meeting->named;
	struct map_name_of *item;
	uint64_t hash;
	size_t at, i;

	meeting->any = true;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].len == 0)
			continue;
		hash = str_name_hash(texts[i]);
		for (at = first_of(named, hash); at < named->count &&
		    named->items[at].hash == hash; at++) {
			item = &named->items[at];
			if (item->met || !names(item, texts[i], i == 0))
				continue;
			item->met = true;
			meeting->left--;
		}
	}
	return meeting->left == 0;
}

int
map_named_meet(const struct map *map, struct map_named *named,
    struct err *err)
{
	struct meeting meeting = { named, false, named->count };
	size_t i;

	for (i = 0; i < named->count; i++)
		named->items[i].met = false;
	if (map->source->each(map->source->ctx, RECORD_PRODUCT, meet_good,
	    &meeting, err) == -1)
		return -1;
	return meeting.any;
}
