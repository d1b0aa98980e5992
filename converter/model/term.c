#include "model/term.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
term_free(struct term *term)
{
	free(term->id);
	free(term->of);
	free(term->name);
	free(term->code);
	free(term->target);
	free(term->refusal);
}

struct term *
term_list_add(struct terms *terms)
{
	struct term *term;

	if (terms->count == terms->size) {
		terms->size = terms->size == 0 ? 64 : terms->size * 2;
		terms->items = mem_resize(terms->items, terms->size,
		    sizeof(*terms->items));
	}
	term = &terms->items[terms->count++];
	memset(term, 0, sizeof(*term));
	return term;
}

void
term_list_free(struct terms *terms)
{
	for (size_t i = 0; i < terms->count; i++)
		term_free(&terms->items[i]);
	free(terms->items);
	memset(terms, 0, sizeof(*terms));
}

/* ---- sets --------------------------------------------------------------- */

/* Open addressing; `text` is `of`, NUL, id. */
struct slot {
	enum term_kind kind;    /* TERM_NONE: free */
	char *text;
	size_t len;
	uint64_t hash;
	int64_t portal_id;
};

struct term_set {
	struct slot *slots;
	size_t size, count;     /* size: a power of two */
};

#define FIRST_SIZE 256

struct term_set *
term_set_new(void)
{
	struct term_set *set = mem_alloc(sizeof(*set));

	set->size = FIRST_SIZE;
	set->slots = mem_array(set->size, sizeof(*set->slots));
	return set;
}

void
term_set_free(struct term_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->size; i++)
		free(set->slots[i].text);
	free(set->slots);
	free(set);
}

const char *
term_title(const struct term *term)
{
	return term->name != NULL && term->name[0] != '\0' ? term->name :
	    term->id;
}

int64_t
term_name_hash(struct str name)
{
	return (int64_t)(str_hash(1, name) >> 1) | 1;
}

uint64_t
term_hash(enum term_kind kind, struct str of, struct str id)
{
	return str_hash(str_hash(str_hash((uint64_t)kind, of),
	    str_n("", 1)), id);
}

static bool
is_it(const struct slot *slot, enum term_kind kind, struct str of,
    struct str id)
{
	return slot->kind == kind && slot->len == of.len + 1 + id.len &&
	    str_eq(str_n(slot->text, of.len), of) &&
	    str_eq(str_n(slot->text + of.len + 1, id.len), id);
}

/* Its slot, or the free one where it belongs. */
static struct slot *
find(const struct term_set *set, enum term_kind kind, struct str of,
    struct str id, uint64_t hash)
{
	size_t at = (size_t)hash & (set->size - 1);

	while (set->slots[at].kind != TERM_NONE &&
	    !is_it(&set->slots[at], kind, of, id))
		at = (at + 1) & (set->size - 1);
	return &set->slots[at];
}

static void
grow(struct term_set *set)
{
	struct slot *old = set->slots;
	size_t size = set->size, at;

	set->size *= 2;
	set->slots = mem_array(set->size, sizeof(*set->slots));
	for (size_t i = 0; i < size; i++) {
		if (old[i].kind == TERM_NONE)
			continue;
		at = (size_t)old[i].hash & (set->size - 1);
		while (set->slots[at].kind != TERM_NONE)
			at = (at + 1) & (set->size - 1);
		set->slots[at] = old[i];
	}
	free(old);
}

void
term_set_put(struct term_set *set, enum term_kind kind, struct str of,
    struct str id, int64_t portal_id)
{
	uint64_t hash = term_hash(kind, of, id);
	struct slot *slot = find(set, kind, of, id, hash);

	if (slot->kind == TERM_NONE) {
		if (set->count * 2 >= set->size) {
			grow(set);
			slot = find(set, kind, of, id, hash);
		}
		slot->kind = kind;
		slot->hash = hash;
		slot->len = of.len + 1 + id.len;
		slot->text = mem_alloc(slot->len + 1);
		if (of.len > 0)
			memcpy(slot->text, of.p, of.len);
		if (id.len > 0)
			memcpy(slot->text + of.len + 1, id.p, id.len);
		set->count++;
	}
	slot->portal_id = portal_id;
}

int64_t
term_set_get(const struct term_set *set, enum term_kind kind, struct str of,
    struct str id)
{
	if (set == NULL)
		return 0;
	return find(set, kind, of, id, term_hash(kind, of, id))->portal_id;
}

uint64_t
term_set_hash(const struct term_set *set)
{
	uint64_t sum = 0;

	for (size_t i = 0; set != NULL && i < set->size; i++) {
		enum term_kind kind = set->slots[i].kind;

		if (set->slots[i].portal_id == 0)
			continue;
		if (kind == TERM_PROPERTY || kind == TERM_TRAIT)
			sum += set->slots[i].hash | 1;
		else if (kind == TERM_STORE)
			sum += str_hash(set->slots[i].hash, str_n(
			    (const char *)&set->slots[i].portal_id,
			    sizeof(set->slots[i].portal_id))) | 1;
	}
	return sum;
}
