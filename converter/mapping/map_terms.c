/*
 * All terms that the rules and the records speak of, for the portal's side to
 * find or make; and rules that speak of nothing.
 */
#include "mapping/map_term.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* Room for a line of names. */
#define NAMES_BYTES 1024

static char *
join(const char *sign, struct str text)
{
	return mem_printf("%s%.*s", sign, (int)text.len, text.p);
}

/* May it be the code of a property? */
static bool
is_symbol(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.p[i];

		if ((c < 'A' || c > 'Z') && c != '_' &&
		    (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return text.len > 0;
}

/* Their values are never sent. */
static bool
is_never(const struct map *map)
{
	return map->goods[FIELD_PROPERTIES] == OWNER_NEVER;
}

static void
add(const struct map *map, struct terms *out, enum term_kind kind,
    enum term_rule rule, const char *sign, const struct map_term *item)
{
	struct str name = item->name.len > 0 ? item->name : item->id;
	struct term *term = term_list_add(out);

	/* Goods are still recognised by the barcode. */
	if (rule == TERM_MADE && is_never(map) && (kind == TERM_PROPERTY ||
	    kind == TERM_TRAIT))
		rule = TERM_MATCHED;
	term->kind = kind;
	term->rule = rule;
	term->type = item->type;
	term->multiple = item->multiple;
	term->twofold = item->twofold;
	term->id = join(sign, item->id);
	term->name = mem_text_n(name.p, name.len);
	term->code = item->unlisted && is_symbol(item->id) ?
	    join("", item->id) : mem_text(item->code);
	if (item->pair != NULL) {
		term->line = item->pair->line;
		if (rule == TERM_NAMED)
			term->target = mem_text(item->pair->value);
		term->optional = item->of_pairs && kind == TERM_PROPERTY;
	}
	term->portal_id = term_set_get(map->facts.known, kind, STR_NONE,
	    str_of(term->id));
}

static void
add_values(const struct map *map, struct terms *out, size_t of,
    bool trait, size_t from, size_t to)
{
	const struct map_terms *terms = map->terms;

	for (; from < to && !is_never(map); from++) {
		const struct map_option *option = &terms->options[from];
		struct term *term;

		if (option->again)
			continue;
		term = term_list_add(out);
		term->kind = TERM_VALUE;
		term->id = mem_text_n(option->id.p, option->id.len);
		term->of = join(trait ? TERM_OF : "", terms->items[of].id);
		term->of_trait = trait;
		term->name = mem_text_n(option->text.p, option->text.len);
		term->portal_id = term_set_get(map->facts.known, TERM_VALUE,
		    str_of(term->of), option->id);
	}
}

/* The values of a property stand together, in the order of properties. */
static void
add_property(const struct map *map, struct terms *out, size_t number,
    size_t *option)
{
	const struct map_terms *terms = map->terms;
	const struct map_term *item = &terms->items[number];
	size_t from = *option;
	const char *sign;

	while (*option < terms->option_count &&
	    terms->options[*option].of == number)
		++*option;
	if (item->rules[SIDE_GOODS] != TERM_IGNORED) {
		add(map, out, TERM_PROPERTY, item->rules[SIDE_GOODS],
		    "", item);
		add_values(map, out, number, false, from, *option);
	}
	/* Of what no offer has, their catalogue is not asked. */
	if (!terms->offers || item->rules[SIDE_OFFERS] == TERM_IGNORED ||
	    (!item->seen && !item->carried[SIDE_OFFERS]))
		return;
	sign = item->from == RECORD_PROPERTY ? TERM_OF : "";
	add(map, out, TERM_TRAIT, item->rules[SIDE_OFFERS], sign, item);
	add_values(map, out, number, true, from, *option);
}

static bool
is_code(const char *text)
{
	return text[0] != '\0' && strlen(text) <= 4 &&
	    text[strspn(text, "0123456789")] == '\0';
}

/* Units are in goods as codes, and not every 1C lists them: a code that a
 * rule names says enough. */
static void
add_named_units(const struct map *map, struct terms *out)
{
	const struct config_map *rules = &map->config->catalog.units;
	size_t i;

	for (i = 0; i < rules->count; i++) {
		const struct config_pair *pair = &rules->pairs[i];
		struct map_term unit = { .rules = { TERM_MADE }, .pair = pair,
		    .id = str_of(pair->name) };

		if (is_code(pair->name) &&
		    strcmp(pair->value, CONFIG_CREATE) == 0 &&
		    !map->terms->used[TERM_UNIT][i])
			add(map, out, TERM_UNIT, TERM_MADE, "", &unit);
	}
}

int
map_terms(const struct map *map, struct terms *out, struct err *err)
{
	const struct map_terms *terms = map->terms;
	size_t i, option = 0;
	bool stores = map->facts.documents ||
	    map->config->catalog.warehouses.count > 0;

	if (terms == NULL)
		return 0;
	if (map_term_read_values(map, err) == -1)
		return -1;
	for (i = 0; i < terms->count; i++) {
		const struct map_term *item = &terms->items[i];
		enum term_rule rule = item->rules[SIDE_GOODS];

		if (item->from == RECORD_NONE ||
		    item->from == RECORD_PROPERTY)
			add_property(map, out, i, &option);
		else if (item->from == RECORD_TRAIT && terms->offers &&
		    item->rules[SIDE_OFFERS] != TERM_IGNORED)
			add(map, out, TERM_TRAIT,
			    item->rules[SIDE_OFFERS], "", item);
		else if (item->from == RECORD_WAREHOUSE && stores &&
		    rule != TERM_IGNORED)
			add(map, out, TERM_STORE, rule, "", item);
		else if (item->from == RECORD_UNIT && rule == TERM_MADE)
			add(map, out, TERM_UNIT, rule, "", item);
	}
	add_named_units(map, out);
	return 0;
}

/* ---- warnings ---------------------------------------------------------- */

static void
list_names(const struct map_terms *terms, enum record_kind from,
    struct buf *names)
{
	size_t i;

	for (i = 0; i < terms->count && !names->full; i++) {
		const struct map_term *item = &terms->items[i];
		struct str name = item->name.len > 0 ? item->name : item->id;

		if (item->from == from && !item->deleted)
			(void)buf_printf(names, "%s%.*s",
			    names->len > 0 ? ", " : "", (int)name.len,
			    name.p);
	}
}

/* A rule that has nothing behind it: told once something is known, for before
 * the first package nothing is wrong. */
static bool
is_idle(const struct map_terms *terms, enum term_kind kind,
    const struct config_map *rules, size_t i)
{
	return !terms->used[kind][i] &&
	    strcmp(rules->pairs[i].name, CONFIG_OTHERS) != 0;
}

static void
tell_properties(const struct map *map, const struct map_hearer *to,
    struct buf *names)
{
	const struct map_terms *terms = map->terms;
	const struct config *config = map->config;
	const struct config_map *rules = &config->catalog.properties;
	size_t i;

	/* Any of them may be a реквизит as long as those are not known. */
	if (!terms->requisites_known)
		return;
	buf_clear(names);
	list_names(terms, RECORD_PROPERTY, names);
	for (i = 0; i < rules->count; i++) {
		if (is_idle(terms, TERM_PROPERTY, rules, i))
			map_warnings_line(to,
			    _("%s:%ld: no package has stated a "
			    "property, characteristic or requisite \"%s\"; "
			    "known properties are: %s"), config->path,
			    rules->pairs[i].line, rules->pairs[i].name,
			    buf_text(names));
	}
}

/* "*" makes what 1C has described, and these it has not. */
static void
tell_unmade(const struct map *map, const struct map_hearer *to,
    struct buf *names)
{
	const struct map_terms *terms = map->terms;
	int64_t count = 0;
	size_t i;

	buf_clear(names);
	for (i = 0; i < terms->count; i++) {
		const struct map_term *item = &terms->items[i];

		if (!item->unmade || item->carried[SIDE_GOODS] ||
		    item->carried[SIDE_OFFERS])
			continue;
		count++;
		(void)buf_printf(names, "%s%.*s", names->len > 0 ? ", " : "",
		    (int)item->id.len, item->id.p);
	}
	if (count > 0)
		map_warnings_line(to, ngettext("%" PRId64 " property that "
		    "goods have is in none of 1C's lists, and the portal has "
		    "none of this code: its values are left out; a rule of "
		    "catalog.properties may name it: %s", "%" PRId64
		    " properties that goods have are in none of 1C's lists, "
		    "and the portal has none of these codes: their values are "
		    "left out; rules of catalog.properties may name them: %s",
		    (unsigned long)count), count, buf_text(names));
}

static void
tell_stores(const struct map *map, const struct map_hearer *to,
    struct buf *names)
{
	const struct map_terms *terms = map->terms;
	const struct config *config = map->config;
	const struct config_map *rules = &config->catalog.warehouses;
	size_t i;

	buf_clear(names);
	list_names(terms, RECORD_WAREHOUSE, names);
	for (i = 0; names->len > 0 && i < rules->count; i++) {
		if (is_idle(terms, TERM_STORE, rules, i))
			map_warnings_line(to, _("%s:%ld: no package has stated "
			    "the warehouse \"%s\"; known are: %s"),
			    config->path, rules->pairs[i].line,
			    rules->pairs[i].name, buf_text(names));
	}
}

static void
tell_twins(const struct map *map, const struct map_hearer *to)
{
	const struct map_terms *terms = map->terms;
	size_t i;

	for (i = 0; i < terms->count; i++) {
		const struct map_term *item = &terms->items[i];

		if (item->twin.len > 0)
			map_warnings_line(to, _("warehouses \"%.*s\" and "
			    "\"%.*s\" have one name, \"%.*s\", and the "
			    "portal has one store of it: name both in "
			    "catalog.warehouses"), (int)item->twin.len,
			    item->twin.p, (int)item->id.len, item->id.p,
			    (int)item->name.len, item->name.p);
	}
}

int
map_terms_tell(const struct map *map, const struct map_hearer *to,
    struct err *err)
{
	struct buf names = BUF_INIT(NAMES_BYTES);

	if (map->terms == NULL)
		return 0;
	if (map_term_read_values(map, err) == -1)
		return -1;
	tell_properties(map, to, &names);
	tell_unmade(map, to, &names);
	tell_stores(map, to, &names);
	tell_twins(map, to);
	if (map->terms->left_out > 0)
		map_warnings_line(to, ngettext("1C has more properties, values "
		    "and warehouses than are kept: %" PRId64 " is left out",
		    "1C has more properties, values and warehouses than are "
		    "kept: %" PRId64 " are left out",
		    (unsigned long)map->terms->left_out),
		    map->terms->left_out);
	buf_free(&names);
	return 0;
}
