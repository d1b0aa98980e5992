/*
 * Which price types of the portal the rules mean.  A type has a code under
 * `name` ("BASE"), and a title in each language, which is what people see of it
 * (catalog-price-type-lang-list.md).  A rule may say the code, the xmlId, the
 * number or a title, in this order.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* ---- what a rule may say of a type ---- */

typedef bool is_named(const struct b24_facts *facts,
    const struct b24_price_type *type, const char *wanted);

static bool
by_code(const struct b24_facts *facts, const struct b24_price_type *type,
    const char *wanted)
{
	(void)facts;    /* only titles stand elsewhere */
	return str_same_name(str_of(type->name), str_of(wanted));
}

static bool
by_xml_id(const struct b24_facts *facts, const struct b24_price_type *type,
    const char *wanted)
{
	(void)facts;
	return type->xml_id[0] != '\0' &&
	    str_eq(str_of(type->xml_id), str_trim(str_of(wanted)));
}

static bool
by_number(const struct b24_facts *facts, const struct b24_price_type *type,
    const char *wanted)
{
	(void)facts;
	return b24_value_is_id(wanted, type->id);
}

static bool
by_title(const struct b24_facts *facts, const struct b24_price_type *type,
    const char *wanted)
{
	for (size_t i = 0; i < facts->title_count; i++)
		if (facts->titles[i].type == type->id &&
		    str_same_name(str_of(facts->titles[i].name),
		    str_of(wanted)))
			return true;
	return false;
}

/* *other: a second one that is named so, or 0. */
static int64_t
find_type(const struct b24_facts *facts, is_named *is, const char *wanted,
    int64_t *other)
{
	int64_t found = 0;

	*other = 0;
	for (size_t i = 0; i < facts->type_count && *other == 0; i++) {
		if (!is(facts, &facts->types[i], wanted))
			continue;
		if (found == 0)
			found = facts->types[i].id;
		else
			*other = facts->types[i].id;
	}
	return found;
}

/*
 * The first step that finds any decides: a title that somebody gives to
 * another type in the portal changes nothing of what a rule already means.
 * What is ambiguous within a step a number still decides.
 */
static int64_t
type_named(const struct b24_facts *facts, const char *name, int64_t *other)
{
	static is_named *const steps[] = { by_code, by_xml_id, by_number,
	    by_title };
	int64_t found = 0, number, none;

	*other = 0;
	for (size_t i = 0; found == 0 && i < sizeof(steps) / sizeof(*steps);
	    i++)
		found = find_type(facts, steps[i], name, other);
	if (*other == 0)
		return found;
	number = find_type(facts, by_number, name, &none);
	if (number == 0)
		return found;
	*other = 0;
	return number;
}

static const char *
title_of(const struct b24_facts *facts, int64_t type)
{
	for (size_t i = 0; i < facts->title_count; i++)
		if (facts->titles[i].type == type)
			return facts->titles[i].name;
	return NULL;
}

/* ---- rules that are wrong ---- */

static const char *
nearest(const struct b24_facts *facts, const char *wanted)
{
	size_t best = 4;
	const char *found = NULL;

	for (size_t i = 0; i < facts->type_count + facts->title_count; i++) {
		const char *name = i < facts->type_count ?
		    facts->types[i].name :
		    facts->titles[i - facts->type_count].name;
		size_t far = str_distance(str_of(wanted), str_of(name),
		    best);

		if (far < best) {
			best = far;
			found = name;
		}
	}
	return found;
}

/* "BASE" (Retail price) */
static void
say_type(const struct b24_facts *facts, size_t at, struct buf *out)
{
	const struct b24_price_type *type = &facts->types[at];
	const char *title = title_of(facts, type->id);

	(void)buf_printf(out, "\"%s\"", type->name);
	if (title != NULL && !str_eq(str_of(title), str_of(type->name)))
		(void)buf_printf(out, " (%s)", title);
}

static void
wrong_type(const struct b24_facts *facts, const struct config_pair *pair,
    struct buf *wrong)
{
	const char *near = nearest(facts, pair->value);

	(void)buf_printf(wrong, _("catalog.price_types, line %ld: the portal "
	    "has no price type \"%s\""), pair->line, pair->value);
	if (near != NULL)
		(void)buf_printf(wrong, _("; the nearest is \"%s\""), near);
	(void)buf_add_text(wrong, _("; it has:"));
	for (size_t i = 0; i < facts->type_count && i < 20; i++) {
		(void)buf_add_text(wrong, i > 0 ? ", " : " ");
		say_type(facts, i, wrong);
	}
	(void)buf_add_char(wrong, '\n');
}

static void
say_type_of(const struct b24_facts *facts, int64_t id, struct buf *wrong)
{
	for (size_t i = 0; i < facts->type_count; i++)
		if (facts->types[i].id == id)
			say_type(facts, i, wrong);
	(void)buf_printf(wrong, ", %" PRId64, id);
}

/* A price that goes to the wrong one of two costs money. */
static void
ambiguous_type(const struct b24_facts *facts, const struct config_pair *pair,
    int64_t one, int64_t other, struct buf *wrong)
{
	(void)buf_printf(wrong, _("catalog.price_types, line %ld: \"%s\" names "
	    "several price types of the portal: write the number"),
	    pair->line, pair->value);
	(void)buf_add_text(wrong, ": ");
	say_type_of(facts, one, wrong);
	(void)buf_add_text(wrong, "; ");
	say_type_of(facts, other, wrong);
	(void)buf_add_char(wrong, '\n');
}

void
b24_price_type_resolve(struct b24 *b24, struct buf *wrong)
{
	struct b24_facts *facts = &b24->facts;
	const struct config_map *map = &b24->config->catalog.price_types;

	free(facts->rules);
	facts->rules = mem_array(map->count + 1, sizeof(*facts->rules));
	facts->rule_count = 0;
	for (size_t i = 0; i < map->count; i++) {
		struct b24_rule *rule = &facts->rules[facts->rule_count];
		int64_t other;

		rule->text = map->pairs[i].value;
		rule->type = type_named(facts, rule->text, &other);
		if (rule->type == 0)
			wrong_type(facts, &map->pairs[i], wrong);
		else if (other != 0)
			ambiguous_type(facts, &map->pairs[i], rule->type,
			    other, wrong);
		if (rule->type == 0 || other != 0)
			continue;
		for (size_t j = 0; j < facts->rule_count; j++)
			if (facts->rules[j].type == rule->type)
				(void)buf_printf(wrong,
				    _("catalog.price_types, line %ld: \"%s\" "
				    "and \"%s\" are the same price type of "
				    "the portal\n"), map->pairs[i].line,
				    facts->rules[j].text, rule->text);
		facts->rule_count++;
	}
}
