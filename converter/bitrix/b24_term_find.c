/* Which of the portal's properties a property of 1C is. */
#include "bitrix/b24_term.h"

#include <string.h>

#include "base/i18n.h"

int64_t
b24_term_find_iblock(const struct b24 *b24, enum term_kind kind)
{
	return kind == TERM_TRAIT ? b24->facts.offers_iblock :
	    b24->facts.iblock;
}

const struct b24_property *
b24_term_find_property(const struct b24 *b24, int64_t iblock, int64_t id)
{
	for (size_t i = 0; i < b24->facts.property_count; i++) {
		const struct b24_property *property =
		    &b24->facts.properties[i];

		if (property->id == id && property->iblock == iblock)
			return property;
	}
	return NULL;
}

void
b24_term_find_near(struct buf *wrong, const char *nearest)
{
	if (nearest != NULL)
		(void)buf_printf(wrong, _("; the nearest is \"%s\""),
		    nearest);
	(void)buf_add_char(wrong, '\n');
}

/* ---- the ways of recognising one ---- */

static bool
is_property(const struct term *term)
{
	return term->kind == TERM_PROPERTY || term->kind == TERM_TRAIT;
}

static bool
same(const char *text, const char *wanted)
{
	return text != NULL && wanted != NULL && wanted[0] != '\0' &&
	    strcmp(text, wanted) == 0;
}

static bool
same_name(const char *text, const char *wanted)
{
	return text != NULL && wanted != NULL && str_trim(str_of(
	    wanted)).len > 0 && str_same_name(str_of(text), str_of(wanted));
}

enum way { WAY_NAME, WAY_CODE, WAY_MARK, WAY_ID };

static bool
fits(const struct b24_property *property, enum way way, const char *wanted)
{
	int64_t id;

	switch (way) {
	case WAY_NAME:
		return same_name(property->name, wanted);
	case WAY_CODE:
		return same_name(property->code, wanted);
	case WAY_MARK:
		return same(property->xml_id, wanted);
	case WAY_ID:
		return str_to_int64(&id, str_trim(str_of(wanted))) == 0 &&
		    id == property->id;
	}
	return false;
}

/* Does another term stand for it? */
static bool
is_taken(const struct terms *terms, const struct term *but, int64_t id)
{
	for (size_t i = 0; i < terms->count; i++) {
		const struct term *term = &terms->items[i];

		if (term != but && term->kind == but->kind &&
		    term->portal_id == id)
			return true;
	}
	return false;
}

/* The article is said by a field of its own. */
static bool
is_article(const struct b24_facts *facts, int64_t id)
{
	return id == facts->article || id == facts->offers_article;
}

/* A text of 1C's own is no value of a list: each good that has one would be
 * refused.  Whom a rule, our mark or what it was before leads there is told
 * so. */
static bool
is_strange_list(const struct b24_property *property, enum way way,
    const struct term *term)
{
	return property->type == 'L' && term->type != TERM_LIST &&
	    term->rule != TERM_NAMED && (way == WAY_NAME || way == WAY_CODE);
}

/* `one` before `best`: one that takes what is said before one that does not,
 * then the oldest. */
static bool
is_better(const struct b24_property *one, const struct b24_property *best)
{
	bool fills = b24_property_list_fillable(one);

	if (best == NULL || fills != b24_property_list_fillable(best))
		return best == NULL || fills;
	return one->id < best->id;
}

/* by_name: only one that no term has.  What a rule names, our mark or what it
 * was before leads to stays the one that it is, switched off or not; else only
 * one that takes a value is meant. */
static const struct b24_property *
pick(const struct b24 *b24, const struct terms *terms,
    const struct term *term, enum way way, const char *wanted, bool by_name)
{
	const struct b24_facts *facts = &b24->facts;
	int64_t iblock = b24_term_find_iblock(b24, term->kind);
	const struct b24_property *best = NULL;

	for (size_t i = 0; iblock != 0 && wanted != NULL &&
	    i < facts->property_count; i++) {
		const struct b24_property *one = &facts->properties[i];

		if (one->iblock != iblock || !fits(one, way, wanted) ||
		    is_strange_list(one, way, term))
			continue;
		if (term->rule != TERM_NAMED && way != WAY_MARK &&
		    !b24_property_list_fillable(one))
			continue;
		if (by_name && (is_article(facts, one->id) ||
		    is_taken(terms, term, one->id)))
			continue;
		if (is_better(one, best))
			best = one;
	}
	return best;
}

const struct b24_property *
b24_term_find_named(const struct b24_facts *facts, const char *text)
{
	const struct b24_property *best = NULL;

	for (int way = WAY_NAME; best == NULL && way <= WAY_ID; way++)
		for (size_t i = 0; i < facts->property_count; i++) {
			const struct b24_property *one =
			    &facts->properties[i];

			if (fits(one, (enum way)way, text) &&
			    is_better(one, best))
				best = one;
		}
	return best;
}

static int64_t
id_of(const struct b24_property *property)
{
	return property != NULL ? property->id : 0;
}

static int64_t
by_rule(const struct b24 *b24, const struct terms *terms,
    const struct term *term)
{
	static const enum way ways[] = { WAY_NAME, WAY_CODE, WAY_MARK,
	    WAY_ID };
	int64_t id = 0;

	for (size_t i = 0; id == 0 && i < sizeof(ways) / sizeof(*ways); i++)
		id = id_of(pick(b24, terms, term, ways[i], term->target,
		    false));
	return id;
}

/* What it was before, if that is still there; our mark; a standard code. */
static int64_t
by_mark(const struct b24 *b24, const struct terms *terms,
    const struct term *term)
{
	int64_t iblock = b24_term_find_iblock(b24, term->kind);
	int64_t id = 0;

	if (term->portal_id > 0 && iblock != 0)
		id = id_of(b24_term_find_property(b24, iblock,
		    term->portal_id));
	if (id == 0)
		id = id_of(pick(b24, terms, term, WAY_MARK, term->id,
		    false));
	if (id == 0)
		id = id_of(pick(b24, terms, term, WAY_CODE, term->code,
		    false));
	return id;
}

/* ---- rules that name what is not there ---- */

static const char *
nearest(const struct b24 *b24, const char *wanted)
{
	const struct b24_facts *facts = &b24->facts;
	const char *found = NULL;
	size_t best = 4;

	for (size_t i = 0; i < facts->property_count; i++) {
		const char *const texts[] = { facts->properties[i].name,
		    facts->properties[i].code };

		for (size_t j = 0; j < 2; j++) {
			size_t far = str_distance(str_of(wanted),
			    str_of(texts[j]), best);

			if (far < best) {
				best = far;
				found = texts[j];
			}
		}
	}
	return found;
}

static bool
same_rule(const struct term *a, const struct term *b)
{
	return is_property(b) && b->rule == TERM_NAMED &&
	    a->line == b->line && same(a->target, b->target);
}

/* One rule may speak of goods and of variations: it is wrong when neither has
 * the property, and is told once. */
static bool
is_wrong(const struct terms *terms, size_t at)
{
	const struct term *term = &terms->items[at];

	if (term->portal_id != 0 || term->optional)
		return false;
	for (size_t i = 0; i < terms->count; i++)
		if (i != at && same_rule(term, &terms->items[i]) &&
		    (i < at || terms->items[i].portal_id != 0))
			return false;
	return true;
}

static void
tell_wrong(const struct b24 *b24, const struct term *term, struct buf *wrong)
{
	(void)buf_printf(wrong, _("catalog.properties, line %ld: the portal "
	    "has no property \"%s\""), term->line, term->target);
	b24_term_find_near(wrong, nearest(b24, term->target));
}

/* ---- all of them ---- */

/* The sure ways first: what one term is known by, no other is given for its
 * name. */
void
b24_term_find(const struct b24 *b24, struct terms *terms, struct buf *wrong)
{
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		if (is_property(term))
			term->portal_id = term->rule == TERM_NAMED ?
			    by_rule(b24, terms, term) :
			    by_mark(b24, terms, term);
	}
	for (size_t i = 0; i < terms->count; i++) {
		struct term *term = &terms->items[i];

		if (!is_property(term) || term->portal_id != 0)
			continue;
		if (term->rule != TERM_NAMED)
			term->portal_id = id_of(pick(b24, terms, term,
			    WAY_NAME, term->name, true));
		else if (is_wrong(terms, i))
			tell_wrong(b24, term, wrong);
	}
}
