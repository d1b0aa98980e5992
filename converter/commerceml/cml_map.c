/*
 * The tables of cml_rules.c, compiled once into arrays: a child's rule is
 * found by two indices.
 */
#include "commerceml/cml_internal.h"

#include <assert.h>
#include <string.h>

#define COUNTED (CML_ONCE | CML_MUST | CML_FIRST | CML_THERE)

/* Number 0 is every name that is in no table. */
static unsigned
number_of(struct cml_map *map, const char *name)
{
	for (unsigned i = 1; i < map->name_count; i++) {
		if (strcmp(map->names[i], name) == 0)
			return i;
	}
	assert(map->name_count < CML_NAMES);
	map->names[map->name_count] = name;
	return map->name_count++;
}

static void
put_attributes(struct cml_map *map)
{
	const struct cml_rule *rules;
	size_t count;

	rules = cml_rules_attributes(&count);
	for (size_t i = 0; i < count; i++) {
		map->attributes[rules[i].parent][number_of(map,
		    rules[i].name)] = (uint16_t)(i + 1);
	}
	/* Goods are no place of their own: products and offers are. */
	for (size_t n = 0; n < CML_NAMES; n++) {
		uint16_t rule = map->attributes[CML_AT_GOODS][n];

		map->attributes[CML_AT_PRODUCT][n] = rule;
		map->attributes[CML_AT_OFFER][n] = rule;
	}
}

static void
put_elements(struct cml_map *map)
{
	unsigned next[CML_AT_LAST] = { 0 };
	const struct cml_rule *rules;
	size_t count, parent;

	rules = cml_rules_elements(&count);
	assert(count < sizeof(map->bits) / sizeof(map->bits[0]));
	for (size_t i = 0; i < count; i++) {
		parent = rules[i].parent;
		map->elements[parent][number_of(map, rules[i].name)] =
		    (uint16_t)(i + 1);
		if ((rules[i].flags & COUNTED) == 0)
			continue;
		/* Those of products and offers come behind the shared. */
		if (parent == CML_AT_PRODUCT || parent == CML_AT_OFFER)
			parent = CML_AT_GOODS;
		assert(next[parent] < 64);
		map->bits[i] = (uint64_t)1 << next[parent]++;
		if ((rules[i].flags & CML_MUST) != 0)
			map->must[parent] |= map->bits[i];
		if ((rules[i].flags & CML_THERE) != 0)
			map->there[parent] |= map->bits[i];
	}
	for (size_t n = 0; n < CML_NAMES; n++) {
		uint16_t rule = map->elements[CML_AT_GOODS][n];

		if (map->elements[CML_AT_PRODUCT][n] == 0)
			map->elements[CML_AT_PRODUCT][n] = rule;
		if (map->elements[CML_AT_OFFER][n] == 0)
			map->elements[CML_AT_OFFER][n] = rule;
	}
	map->must[CML_AT_PRODUCT] = map->must[CML_AT_GOODS];
	map->must[CML_AT_OFFER] = map->must[CML_AT_GOODS];
}

void
cml_map_compile(struct cml_map *map)
{
	memset(map, 0, sizeof(*map));
	map->names[0] = "";
	map->name_count = 1;
	put_elements(map);
	put_attributes(map);
}

const char *
cml_map_bit_name(const struct cml_map *map, enum cml_place place,
    uint64_t bit)
{
	const struct cml_rule *rules;
	size_t count;

	rules = cml_rules_elements(&count);
	for (unsigned n = 1; n < map->name_count; n++) {
		uint16_t rule = map->elements[place][n];

		if (rule != 0 && map->bits[rule - 1] == bit)
			return rules[rule - 1].name;
	}
	return "";
}
