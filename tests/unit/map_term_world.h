/*
 * The world of map_world.h with rules for properties, warehouses and units,
 * and a portal that has some of them already.
 */
#ifndef TESTS_MAP_TERM_WORLD_H
#define TESTS_MAP_TERM_WORLD_H

#include "map_world.h"
#include "mapping/map_internal.h"

#define HASH_A "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb" \
    "ccccccccccccccccdddddddddddddddd"
#define HASH_B "bbbbbbbbbbbbbbbbaaaaaaaaaaaaaaaa" \
    "ccccccccccccccccdddddddddddddddd"
#define HASH_C "ccccccccccccccccaaaaaaaaaaaaaaaa" \
    "bbbbbbbbbbbbbbbbdddddddddddddddd"

struct term_world {
	struct world *world;
	struct config_pair properties[16], warehouses[8], units[8];
	struct term_set *known;
	bool characteristics;
};

static inline bool
term_has_characteristics(void *ctx)
{
	const struct world *world = ctx;
	size_t i;

	for (i = 0; i < world->count; i++) {
		if (world->records[i].kind == RECORD_OFFER &&
		    memchr(world->records[i].id.p, '#',
		    world->records[i].id.len) != NULL)
			return true;
	}
	return false;
}

static inline int
term_world_make(void **state)
{
	struct term_world *terms = mem_alloc(sizeof(*terms));
	void *world = NULL;
	struct config *config;

	if (world_make(&world) != 0)
		return -1;
	terms->world = world;
	terms->known = term_set_new();
	config = &terms->world->config;
	config->catalog.properties.pairs = terms->properties;
	config->catalog.warehouses.pairs = terms->warehouses;
	config->catalog.units.pairs = terms->units;
	config->catalog.characteristics = CHARACTERISTICS_VARIATIONS;
	config->catalog.pictures = true;
	terms->world->facts.known = terms->known;
	terms->world->source.has_characteristics = term_has_characteristics;
	*state = terms;
	return 0;
}

static inline int
term_world_drop(void **state)
{
	struct term_world *terms = *state;
	struct config *config = &terms->world->config;
	struct config_map *maps[] = { &config->catalog.properties,
	    &config->catalog.warehouses, &config->catalog.units };
	void *world = terms->world;
	size_t i;

	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		drop_pairs(maps[i]);
		maps[i]->count = 0;
	}
	term_set_free(terms->known);
	(void)world_drop(&world);
	free(terms);
	return 0;
}

static inline void
property_rule(struct term_world *terms, const char *name, const char *value)
{
	rule(&terms->world->config.catalog.properties, name, value);
}

static inline void
know(struct term_world *terms, enum term_kind kind, const char *id,
    int64_t portal_id)
{
	term_set_put(terms->known, kind, STR_NONE, str_of(id), portal_id);
}

static inline struct fields *
property(struct term_world *terms, const char *id, const char *name,
    const char *type)
{
	struct fields *fields = record(terms->world, RECORD_PROPERTY, id);

	say(fields, FIELD_NAME, name);
	say(fields, FIELD_TYPE, type);
	return fields;
}

static inline void
pair(struct fields *fields, enum field field, const char *first,
    const char *second)
{
	assert_int_equal(fields_add_pair(fields, field, str_of(first),
	    str_of(second)), 0);
}

#endif
