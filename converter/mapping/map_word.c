/*
 * 1C's words in memory: their texts, found by id; values of lists by id and by
 * text.  Goods name twenty each, so a look-up allocates nothing.
 */
#include "mapping/map_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLOCK_BYTES ((size_t)64 * 1024)
#define FIRST_SLOTS 256

struct map_block {
	struct map_block *next;
	size_t used;
	char data[];
};

/* By enum map_own; the codes are those under which 1C-Bitrix keeps them. */
static const struct map_own_word owns[OWN_COUNT] = {
	[OWN_BARCODE] = { TERM_OWN "Штрихкод", "CML2_BAR_CODE", true },
	[OWN_MAKER] = { TERM_OWN "Изготовитель", "CML2_MANUFACTURER", false },
	[OWN_COUNTRY] = { TERM_OWN "Страна", "CML2_COUNTRY", false },
	[OWN_CATEGORY] = { TERM_OWN "Категория", "CML2_CATEGORY", false },
	[OWN_CODE] = { TERM_OWN "Код", "CML2_CODE", false },
};

const struct map_own_word *
map_word_of_own(enum map_own own)
{
	return &owns[own];
}

const char *
map_word_own(enum field field)
{
	static const unsigned char by_field[FIELD_LAST] = {
		[FIELD_BARCODE] = 1 + OWN_BARCODE,
		[FIELD_MAKER] = 1 + OWN_MAKER,
		[FIELD_COUNTRY] = 1 + OWN_COUNTRY,
		[FIELD_CATEGORY] = 1 + OWN_CATEGORY,
		[FIELD_CODE] = 1 + OWN_CODE,
	};

	return by_field[field] == 0 ? NULL : owns[by_field[field] - 1].id;
}

struct str
map_word_keep(struct map_terms *terms, struct str text)
{
	struct map_block *block = terms->blocks;
	char *to;

	text = str_utf8_cut(text, LIMIT_NAME_BYTES);
	if (text.len == 0)
		return STR_NONE;
	if (block == NULL || BLOCK_BYTES - block->used < text.len) {
		block = mem_alloc(sizeof(*block) + BLOCK_BYTES);
		block->next = terms->blocks;
		terms->blocks = block;
	}
	to = block->data + block->used;
	memcpy(to, text.p, text.len);
	block->used += text.len;
	return str_n(to, text.len);
}

/* ---- looked up by id, values by id and by text ------------------------- */

static uint64_t
hash_of(uint64_t seed, struct str text)
{
	uint64_t hash = str_hash(seed * 31 + 7, text);

	/* Slots are taken by the low bits. */
	return hash ^ hash >> 29;
}

/* An option stands in its index twice: number * 2 by id, + 1 by text. */
static struct str
option_key(const struct map_terms *terms, uint32_t number)
{
	const struct map_option *option = &terms->options[number / 2];

	return number % 2 == 0 ? option->id : option->text;
}

static uint64_t
option_hash(size_t of, struct str key, bool text)
{
	uint64_t seed = (uint64_t)of * 2 + text;

	/* All spellings of a text stand together. */
	return text ? hash_of(seed + str_name_hash(key), STR_NONE) :
	    hash_of(seed, key);
}

static uint32_t *
find_item(const struct map_terms *terms, enum record_kind from,
    struct str id)
{
	const struct map_index *index = &terms->by_id;
	size_t at = (size_t)hash_of((uint64_t)from, id) & (index->size - 1);

	for (; index->slots[at] != 0; at = (at + 1) & (index->size - 1)) {
		const struct map_term *item =
		    &terms->items[index->slots[at] - 1];

		if (item->from == from && str_eq(item->id, id))
			break;
	}
	return &index->slots[at];
}

/* Texts are the same by `same`. */
static uint32_t *
find_text(const struct map_terms *terms, uint64_t hash, size_t of,
    struct str key, bool text, bool (*same)(struct str a, struct str b))
{
	const struct map_index *index = &terms->by_option;
	size_t at = (size_t)hash & (index->size - 1);

	for (; index->slots[at] != 0; at = (at + 1) & (index->size - 1)) {
		uint32_t number = index->slots[at] - 1;

		if (number % 2 == text &&
		    terms->options[number / 2].of == of &&
		    same(option_key(terms, number), key))
			break;
	}
	return &index->slots[at];
}

static uint32_t *
find_option(const struct map_terms *terms, size_t of, struct str key,
    bool text)
{
	return find_text(terms, option_hash(of, key, text), of, key, text,
	    str_eq);
}

/* Twice the room; what is in it is put in again by `again`. */
static void
grow(struct map_index *index, struct map_terms *terms,
    void (*again)(struct map_terms *terms, uint32_t number))
{
	uint32_t *old = index->slots;
	size_t size = index->size, i;

	index->size = size == 0 ? FIRST_SLOTS : size * 2;
	index->slots = mem_array(index->size, sizeof(*index->slots));
	for (i = 0; i < size; i++) {
		if (old[i] != 0)
			again(terms, old[i] - 1);
	}
	free(old);
}

static void
put_item(struct map_terms *terms, uint32_t number)
{
	const struct map_term *item = &terms->items[number];

	*find_item(terms, item->from, item->id) = number + 1;
}

static void
put_option(struct map_terms *terms, uint32_t number)
{
	const struct map_option *option = &terms->options[number / 2];

	*find_text(terms, option->hashes[number % 2], option->of,
	    option_key(terms, number), number % 2 != 0, str_eq) = number + 1;
}

static bool
has_room(struct map_terms *terms)
{
	if (terms->count + terms->option_count < LIMIT_TERMS)
		return true;
	terms->left_out++;
	return false;
}

/* NULL: there are too many. */
struct map_term *
map_word_add(struct map_terms *terms, enum record_kind from, struct str id)
{
	struct map_index *index = &terms->by_id;
	struct map_term *item;

	if (!has_room(terms))
		return NULL;
	if (index->count * 2 >= index->size)
		grow(index, terms, put_item);
	if (terms->count == terms->size) {
		terms->size = terms->size == 0 ? 64 : terms->size * 2;
		terms->items = mem_resize(terms->items, terms->size,
		    sizeof(*terms->items));
	}
	item = &terms->items[terms->count];
	memset(item, 0, sizeof(*item));
	item->from = from;
	item->id = map_word_keep(terms, id);
	put_item(terms, (uint32_t)terms->count++);
	index->count++;
	return item;
}

void
map_word_option(struct map_terms *terms, size_t of, struct str id,
    struct str text)
{
	struct map_index *index = &terms->by_option;
	uint32_t number = (uint32_t)terms->option_count * 2;
	struct map_option *option;

	if (index->count * 2 + 4 > index->size)
		grow(index, terms, put_option);
	/* One id has one text, the first that was said; a text of a page is
	 * no value to choose from. */
	if (id.len > LIMIT_NAME_BYTES ||
	    *find_option(terms, of, id, false) != 0 || !has_room(terms))
		return;
	if (terms->option_count == terms->option_size) {
		terms->option_size = terms->option_size == 0 ? 64 :
		    terms->option_size * 2;
		terms->options = mem_resize(terms->options,
		    terms->option_size, sizeof(*terms->options));
	}
	option = &terms->options[terms->option_count++];
	option->of = of;
	option->id = map_word_keep(terms, id);
	option->text = map_word_keep(terms, text);
	option->hashes[0] = option_hash(of, option->id, false);
	option->hashes[1] = option_hash(of, option->text, true);
	put_option(terms, number);
	index->count++;
	option->again = *find_text(terms, option->hashes[1], of, option->text,
	    true, str_eq) != 0;
	if (!option->again) {
		put_option(terms, number + 1);
		index->count++;
	}
}

struct map_term *
map_word_find(const struct map *map, enum record_kind from, struct str id)
{
	struct map_terms *terms = map->terms;
	uint32_t slot;

	if (terms == NULL)
		return NULL;
	slot = *find_item(terms, from, id);
	return slot == 0 ? NULL : &terms->items[slot - 1];
}

/* 1C's empty date, with a time or without: no value of any property. */
static bool
is_empty_date(struct str value)
{
	static const char *const none[] = { "0001-01-01", "01.01.0001" };
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (value.len >= 10 && memcmp(value.p, none[i], 10) == 0 &&
		    (value.len == 10 || value.p[10] == 'T' ||
		    value.p[10] == ' '))
			return true;
	}
	return false;
}

struct str
map_word_value(const struct map *map, const struct map_term *term,
    struct str value)
{
	/* 1C's empty reference. */
	static const char none[] = "00000000-0000-0000-0000-000000000000";
	const struct map_terms *terms = map->terms;
	size_t of = (size_t)(term - terms->items);
	uint64_t hash;
	uint32_t slot;

	if (term->type != TERM_LIST)
		return is_empty_date(value) ? STR_NONE : value;
	if (str_is(value, none))
		return STR_NONE;
	if (terms->by_option.size == 0)
		return value;
	slot = *find_option(terms, of, value, false);
	if (slot != 0 && !terms->options[(slot - 1) / 2].again)
		return value;
	if (slot != 0)
		value = terms->options[(slot - 1) / 2].text;
	hash = option_hash(of, value, true);
	slot = *find_text(terms, hash, of, value, true, str_eq);
	if (slot == 0)
		slot = *find_text(terms, hash, of, value, true, str_same_name);
	return slot == 0 ? value : terms->options[(slot - 1) / 2].id;
}

struct str
map_word_text(const struct map *map, const struct map_term *term,
    struct str value)
{
	const struct map_terms *terms = map->terms;
	size_t of = (size_t)(term - terms->items);
	uint32_t slot = 0;

	if (term->type == TERM_LIST && terms->by_option.size > 0)
		slot = *find_option(terms, of, value, false);
	return slot == 0 ? value : terms->options[(slot - 1) / 2].text;
}

void
map_word_free(struct map_terms *terms)
{
	struct map_block *block, *next;

	for (block = terms->blocks; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	free(terms->items);
	free(terms->options);
	free(terms->by_id.slots);
	free(terms->by_option.slots);
}
