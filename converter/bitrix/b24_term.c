/*
 * What 1C's terms are in the portal: found by what they were before, by a
 * rule, by our mark, by code, by name; made where that is asked for.  First
 * all is looked for and the rules are judged, then things are made: a mistake
 * in the rules leaves the portal as it was.
 */
#include "bitrix/b24_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"

#define FIRST_SLOTS 64

/* ---- the table ---- */

static bool
is_it(const struct b24_term *term, enum term_kind kind, struct str of,
    struct str id)
{
	return term->kind == kind && str_eq(str_of(term->id), id) &&
	    str_eq(str_of(term->of), of);
}

/* Its slot, or the free one where it belongs. */
static size_t *
slot_of(const struct b24_terms *terms, enum term_kind kind, struct str of,
    struct str id)
{
	size_t at = (size_t)term_hash(kind, of, id) & (terms->slot_count - 1);

	while (terms->slots[at] != 0 && !is_it(terms->items[
	    terms->slots[at] - 1], kind, of, id))
		at = (at + 1) & (terms->slot_count - 1);
	return &terms->slots[at];
}

static void
grow(struct b24_terms *terms)
{
	free(terms->slots);
	terms->slot_count = terms->slot_count == 0 ? FIRST_SLOTS :
	    terms->slot_count * 2;
	terms->slots = mem_array(terms->slot_count, sizeof(*terms->slots));
	for (size_t i = 0; i < terms->count; i++) {
		const struct b24_term *term = terms->items[i];

		*slot_of(terms, term->kind, str_of(term->of), str_of(
		    term->id)) = i + 1;
	}
}

static bool
is_property(enum term_kind kind)
{
	return kind == TERM_PROPERTY || kind == TERM_TRAIT;
}

static struct b24_term *
add_item(struct b24_terms *terms, const struct term *term)
{
	struct b24_term *item = mem_alloc(sizeof(*item));

	item->kind = term->kind;
	item->id = mem_text(term->id != NULL ? term->id : "");
	item->of = mem_text(term->of);
	item->of_trait = term->of_trait;
	if (terms->count == terms->size) {
		terms->size = terms->size == 0 ? 64 : terms->size * 2;
		terms->items = mem_resize(terms->items, terms->size,
		    sizeof(struct b24_term *));
	}
	terms->items[terms->count++] = item;
	if (!is_property(item->kind))
		return item;
	terms->carriers = mem_resize(terms->carriers,
	    terms->carrier_count + 1, sizeof(struct b24_term *));
	terms->carriers[terms->carrier_count++] = item;
	return item;
}

static struct b24_term *
item_of(struct b24_terms *terms, const struct term *term)
{
	struct str of = str_of(term->of), id = str_of(term->id);
	struct b24_term *item;
	size_t *slot;

	if (terms->count * 2 >= terms->slot_count)
		grow(terms);
	slot = slot_of(terms, term->kind, of, id);
	if (*slot != 0)
		return terms->items[*slot - 1];
	item = add_item(terms, term);
	*slot = terms->count;
	return item;
}

static void
keep(struct b24_terms *terms, const struct term *term)
{
	struct b24_term *item = item_of(terms, term);

	item->type = term->type;
	item->portal_id = term->portal_id;
	free(item->name);
	item->name = mem_text(term->name != NULL ? term->name : "");
}

/* ---- looking things up ---- */

const struct b24_term *
b24_term_get(const struct b24 *b24, enum term_kind kind, struct str of,
    struct str id)
{
	const struct b24_terms *terms = b24->terms;
	const struct b24_term *term;
	size_t slot;

	if (terms == NULL || terms->slot_count == 0)
		return NULL;
	slot = *slot_of(terms, kind, of, id);
	if (slot == 0)
		return NULL;
	term = terms->items[slot - 1];
	/* A value without an id is a text all the same. */
	return term->portal_id > 0 || kind == TERM_VALUE ? term : NULL;
}

const struct b24_term *
b24_term_of_property(const struct b24 *b24, int64_t property)
{
	const struct b24_terms *terms = b24->terms;

	for (size_t i = 0; terms != NULL && property > 0 &&
	    i < terms->carrier_count; i++)
		if (terms->carriers[i]->portal_id == property)
			return terms->carriers[i];
	return NULL;
}

static size_t
value_slot(const struct b24_terms *terms, struct str of, bool of_trait,
    int64_t portal_id)
{
	uint64_t hash = str_hash((uint64_t)portal_id * 2 +
	    (of_trait ? 1 : 0), of);

	return (size_t)hash & (terms->value_slots - 1);
}

static bool
is_value(const struct b24_term *term, struct str of, bool of_trait,
    int64_t portal_id)
{
	return term->portal_id == portal_id && term->of_trait == of_trait &&
	    str_eq(str_of(term->of), of);
}

const struct b24_term *
b24_term_of_value(const struct b24 *b24, struct str of, bool of_trait,
    int64_t portal_id)
{
	const struct b24_terms *terms = b24->terms;
	size_t at;

	if (terms == NULL || terms->value_slots == 0 || portal_id <= 0)
		return NULL;
	at = value_slot(terms, of, of_trait, portal_id);
	for (; terms->values[at] != 0;
	    at = (at + 1) & (terms->value_slots - 1)) {
		const struct b24_term *term = terms->items[
		    terms->values[at] - 1];

		if (is_value(term, of, of_trait, portal_id))
			return term;
	}
	return NULL;
}

/* Anew, for ids come and go; the first of two with one id stays. */
static void
index_values(struct b24_terms *terms)
{
	free(terms->values);
	terms->value_slots = terms->slot_count;
	terms->values = mem_array(terms->value_slots + 1,
	    sizeof(*terms->values));
	for (size_t i = 0; i < terms->count; i++) {
		const struct b24_term *term = terms->items[i];
		size_t at;

		if (term->kind != TERM_VALUE || term->portal_id <= 0)
			continue;
		at = value_slot(terms, str_of(term->of), term->of_trait,
		    term->portal_id);
		while (terms->values[at] != 0)
			at = (at + 1) & (terms->value_slots - 1);
		terms->values[at] = i + 1;
	}
}

/* The facts' properties may have moved. */
static void
point_at_properties(struct b24 *b24)
{
	for (size_t i = 0; i < b24->terms->carrier_count; i++) {
		struct b24_term *term = b24->terms->carriers[i];

		term->property = b24_term_find_property(b24,
		    b24_term_find_iblock(b24, term->kind), term->portal_id);
	}
}

void
b24_term_free(struct b24_terms *terms)
{
	if (terms == NULL)
		return;
	for (size_t i = 0; i < terms->count; i++) {
		free(terms->items[i]->id);
		free(terms->items[i]->of);
		free(terms->items[i]->name);
		free(terms->items[i]);
	}
	for (size_t i = 0; i < terms->store_count; i++) {
		free(terms->stores[i].title);
		free(terms->stores[i].code);
		free(terms->stores[i].xml_id);
	}
	free(terms->items);
	free(terms->carriers);
	free(terms->slots);
	free(terms->values);
	free(terms->stores);
	free(terms);
}

/* ---- making ---- */

void
b24_term_say(struct b24_command *out, const char *key, const char *value)
{
	b24_query_text(&out->query, key, value);
	if (b24_query_is_reference(str_of(value)))
		out->lone = true;
}

static void
failed(struct b24_making *making, const struct b24_command *command,
    const char *name)
{
	const char *method = b24_methods_info(command->method)->name;

	switch (b24_error_outcome(command->error.fate, true)) {
	case OUTCOME_REFUSED:
	case OUTCOME_NOT_THERE:
		log_warn(_("%s: \"%s\" cannot be made in the portal: %s"),
		    method, name, command->error.text);
		break;
	case OUTCOME_UNKNOWN:
		*making->unsure = true;
		break;
	case OUTCOME_DONE:
	case OUTCOME_AGAIN:
	case OUTCOME_NOT_RUN:
	case OUTCOME_STOP:
		/* What was not sent behind a lost answer has a reason. */
		if (making->rc == 0 && !*making->unsure)
			making->rc = err_set(making->err, ERR_PORTAL,
			    "%s: %s", method, command->error.text);
		break;
	}
}

void
b24_term_refused(struct term *term, const struct b24_command *command,
    bool name)
{
	enum outcome outcome = command->done ? OUTCOME_DONE :
	    b24_error_outcome(command->error.fate, true);

	if (outcome != OUTCOME_REFUSED && outcome != OUTCOME_NOT_THERE)
		return;
	free(term->refusal);
	term->refusal = mem_text(command->error.text);
	term->keeps_name = name;
}

bool
b24_term_made(struct b24_making *making, const struct b24_command *command,
    const char *name, int64_t *id)
{
	*id = 0;
	if (!command->done) {
		failed(making, command, name);
		return false;
	}
	*id = json_int_of(json_get(command->result, b24_methods_info(
	    command->method)->rows), "id");
	if (*id <= 0)
		*making->unsure = true;
	return *id > 0;
}

/* ---- learning ---- */

static int
find_all(struct b24 *b24, struct terms *terms, struct err *err)
{
	struct buf wrong = BUF_INIT(LIMIT_ERROR_BYTES);
	int rc;

	b24_term_find(b24, terms, &wrong);
	rc = b24_term_store_find(b24, terms, &wrong, err);
	if (rc == 0 && wrong.len > 0) {
		struct str text = str_trim(str_n(buf_text(&wrong),
		    wrong.len));

		rc = err_set(err, ERR_USAGE, "%.*s", (int)text.len, text.p);
	}
	buf_free(&wrong);
	return rc;
}

/* Does 1C have variations? */
static bool
has_traits(const struct terms *terms)
{
	for (size_t i = 0; i < terms->count; i++)
		if (terms->items[i].kind == TERM_TRAIT)
			return true;
	return false;
}

static int
make_all(struct b24 *b24, struct terms *terms, bool *unsure, struct err *err)
{
	struct buf wrong = BUF_INIT(LIMIT_ERROR_BYTES);

	if (has_traits(terms) && b24_facts_offers_article(b24, err) == -1)
		return -1;
	if (b24_term_mend(b24, terms, unsure, err) == -1)
		return -1;
	if (*unsure)
		return 0;
	if (b24_term_make(b24, terms, unsure, err) == -1)
		return -1;
	/* Goods may call what was made by its code. */
	b24_term_find(b24, terms, &wrong);
	buf_free(&wrong);
	return *unsure ? 0 : b24_term_store_make(b24, terms, unsure, err);
}

static bool
lacks(const struct b24 *b24, int64_t iblock, int64_t article)
{
	return iblock != 0 && article == 0 && b24_property_list_article_off(
	    &b24->facts, iblock) == NULL;
}

/* Requests for what may be made and is missing. */
static int64_t
count_makes(const struct b24 *b24, const struct terms *terms)
{
	int64_t missing[TERM_LAST] = { 0 }, sum;

	for (size_t i = 0; i < terms->count; i++)
		missing[terms->items[i].kind] += terms->items[i].rule ==
		    TERM_MADE && terms->items[i].portal_id == 0;
	missing[TERM_PROPERTY] += missing[TERM_TRAIT];
	missing[TERM_TRAIT] = 0;
	sum = lacks(b24, b24->facts.iblock, b24->facts.article);
	sum += has_traits(terms) && lacks(b24, b24->facts.offers_iblock,
	    b24->facts.offers_article);
	for (int i = 0; i < TERM_LAST; i++)
		sum += (missing[i] + LIMIT_BATCH_COMMANDS - 1) /
		    LIMIT_BATCH_COMMANDS;
	return sum;
}

int
b24_term_learn(struct b24 *b24, struct terms *terms, bool may_make,
    bool *unsure, struct err *err)
{
	int64_t *before = mem_array(terms->count + 1, sizeof(*before));
	int rc;

	*unsure = false;
	if (b24->terms == NULL)
		b24->terms = mem_alloc(sizeof(*b24->terms));
	for (size_t i = 0; i < terms->count; i++)
		before[i] = terms->items[i].portal_id;
	rc = find_all(b24, terms, err);
	/* The rules are right: now something may be written. */
	if (rc == 0)
		rc = b24_facts_article(b24, err);
	if (rc == 0 && may_make)
		rc = make_all(b24, terms, unsure, err);
	if (rc == 0)
		rc = b24_term_value_learn(b24, terms, before, may_make &&
		    !*unsure, unsure, err);
	for (size_t i = 0; rc == 0 && i < terms->count; i++)
		keep(b24->terms, &terms->items[i]);
	terms->makes = may_make ? 0 : count_makes(b24, terms);
	point_at_properties(b24);
	index_values(b24->terms);
	free(before);
	return rc;
}
