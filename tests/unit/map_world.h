/*
 * Records in memory and a configuration, to derive from: what the tests of
 * mapping/ say in a few words.  A cmocka setup and teardown pair.
 */
#ifndef TESTS_MAP_WORLD_H
#define TESTS_MAP_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mapping/map.h"

#define RECORDS 64

/* Records in memory, and a configuration with its defaults. */
struct world {
	struct config config;
	struct record_source source;
	struct map_facts facts;
	struct map *map;
	struct wanted wanted;
	struct record records[RECORDS];
	size_t count;
	const char *absent;     /* id of a product or an offer, or NULL */
	bool characteristics;   /* what has_characteristics() says */
	unsigned targets;       /* bits: kinds that has_target() knows */
	int reads, walks;       /* calls of get(), of each_of() */
	bool broken;
	struct config_pair types[8], currencies[4], owners[4], stores[4];
	struct config_place places[4];
	char *selected[4];
	char *named[8];
	struct buf told;
};

static inline int
world_get(void *ctx, enum record_kind kind, struct str id,
    struct fields *out, struct err *err)
{
	struct world *world = ctx;
	size_t i;

	world->reads++;
	if (world->broken)
		return err_set(err, ERR_SYSTEM, "broken");
	fields_clear(out);
	for (i = 0; i < world->count; i++) {
		if (world->records[i].kind == kind &&
		    str_eq(world->records[i].id, id)) {
			fields_copy(out, &world->records[i].fields);
			return 0;
		}
	}
	return 1;
}

static inline int
world_is_absent(void *ctx, enum record_kind kind, struct str id)
{
	const struct world *world = ctx;

	return (kind == RECORD_PRODUCT || kind == RECORD_OFFER) &&
	    world->absent != NULL && str_is(id, world->absent);
}

static inline bool
world_has_characteristics(void *ctx)
{
	return ((const struct world *)ctx)->characteristics;
}

static inline bool
world_has_target(void *ctx, enum target_kind kind)
{
	return (((const struct world *)ctx)->targets >> kind & 1U) != 0;
}

static inline int
world_each_of(void *ctx, enum record_kind kind, struct str product,
    int (*visit)(void *arg, const struct record *record, bool absent),
    void *arg, struct err *err)
{
	struct world *world = ctx;
	int rc = 0;
	size_t i;

	world->walks++;
	if (world->broken)
		return err_set(err, ERR_SYSTEM, "broken");
	for (i = 0; rc == 0 && i < world->count; i++) {
		const struct record *found = &world->records[i];

		if (found->kind == kind && found->id.len > product.len + 1 &&
		    found->id.p[product.len] == '#' &&
		    memcmp(found->id.p, product.p, product.len) == 0)
			rc = visit(arg, found, kind == RECORD_OFFER &&
			    world_is_absent(ctx, kind, found->id) == 1);
	}
	return rc;
}

static inline int
world_each(void *ctx, enum record_kind kind,
    int (*visit)(void *arg, const struct record *record), void *arg,
    struct err *err)
{
	struct world *world = ctx;
	int rc = 0;
	size_t i;

	if (world->broken)
		return err_set(err, ERR_SYSTEM, "broken");
	for (i = 0; rc == 0 && i < world->count; i++) {
		if (world->records[i].kind == kind)
			rc = visit(arg, &world->records[i]);
	}
	return rc;
}

static inline int
world_make(void **state)
{
	struct world *world = mem_alloc(sizeof(*world));

	world->source = (struct record_source){
		.ctx = world,
		.get = world_get,
		.is_absent = world_is_absent,
		.has_characteristics = world_has_characteristics,
		.has_target = world_has_target,
		.each_of = world_each_of,
		.each = world_each,
	};
	world->config.path = mem_text("exchange.json");
	world->config.catalog.enabled = true;
	world->config.catalog.marked = MARKED_DEACTIVATE;
	world->config.catalog.negative_zero = true;
	world->config.catalog.price_types.pairs = world->types;
	world->config.currencies.pairs = world->currencies;
	world->config.owners.pairs = world->owners;
	world->config.catalog.warehouses.pairs = world->stores;
	world->config.catalog.tree = world->places;
	world->config.catalog.select_groups.items = world->selected;
	world->facts.quantity = true;
	buf_init(&world->told, 16384);
	wanted_init(&world->wanted);
	*state = world;
	return 0;
}

static inline void
drop_pairs(struct config_map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++) {
		free(map->pairs[i].name);
		free(map->pairs[i].value);
	}
}

static inline int
world_drop(void **state)
{
	struct world *world = *state;
	size_t i;

	map_close(world->map);
	wanted_free(&world->wanted);
	for (i = 0; i < world->count; i++)
		fields_free(&world->records[i].fields);
	drop_pairs(&world->config.catalog.price_types);
	drop_pairs(&world->config.currencies);
	drop_pairs(&world->config.owners);
	drop_pairs(&world->config.catalog.warehouses);
	free(world->config.path);
	buf_free(&world->told);
	free(world);
	return 0;
}

static inline void
rule(struct config_map *map, const char *name, const char *value)
{
	struct config_pair *pair = &map->pairs[map->count++];

	pair->name = mem_text(name);
	pair->value = mem_text(value);
	pair->line = (long)map->count;
}

/* A record, new or in the place of the old one. */
static inline struct fields *
record(struct world *world, enum record_kind kind, const char *id)
{
	struct record *found;
	size_t i;

	for (i = 0; i < world->count; i++) {
		found = &world->records[i];
		if (found->kind == kind && str_is(found->id, id)) {
			fields_clear(&found->fields);
			return &found->fields;
		}
	}
	assert_true(world->count < RECORDS);
	found = &world->records[world->count++];
	found->kind = kind;
	found->id = str_of(id);
	fields_init(&found->fields);
	return &found->fields;
}

static inline void
say(struct fields *fields, enum field field, const char *value)
{
	assert_int_equal(fields_add(fields, field, str_of(value)), 0);
}

static inline struct fields *
group(struct world *world, const char *id, const char *parent)
{
	struct fields *fields = record(world, RECORD_GROUP, id);

	say(fields, FIELD_NAME, id);
	say(fields, FIELD_PARENT, parent);
	return fields;
}

static inline struct fields *
product(struct world *world, const char *id)
{
	struct fields *fields = record(world, RECORD_PRODUCT, id);

	say(fields, FIELD_NAME, "Бумага");
	return fields;
}

/* A characteristic of the product, as an offer of it. */
static inline struct fields *
characteristic(struct world *world, const char *id, const char *name,
    const char *colour)
{
	struct fields *fields = record(world, RECORD_OFFER, id);

	world->characteristics = true;
	say(fields, FIELD_NAME, name);
	if (colour != NULL)
		assert_int_equal(fields_add_pair(fields,
		    FIELD_CHARACTERISTIC, str_of("Цвет"), str_of(colour)), 0);
	return fields;
}

static inline void
rests_of(struct fields *fields, const char *warehouse, const char *quantity)
{
	assert_int_equal(fields_add_pair(fields, FIELD_STOCK,
	    str_of(warehouse), str_of(quantity)), 0);
}

static inline void
requisite(struct fields *fields, const char *name, const char *value)
{
	assert_int_equal(fields_add_pair(fields, FIELD_REQUISITE,
	    str_of(name), str_of(value)), 0);
}

/* 1C's group of an Ид that is not its name. */
static inline struct fields *
named_group(struct world *world, const char *id, const char *name,
    const char *parent)
{
	struct fields *fields = record(world, RECORD_GROUP, id);

	say(fields, FIELD_NAME, name);
	say(fields, FIELD_PARENT, parent);
	return fields;
}

static inline void
price(struct fields *fields, const char *type, const char *amount,
    const char *currency)
{
	struct buf value = BUF_INIT(1024);

	buf_printf(&value, "%s\x1f%s\x1f%s\x1fшт\x1f" "1", type, amount,
	    currency);
	say(fields, FIELD_PRICE, buf_text(&value));
	buf_free(&value);
}

/* Of so many pieces; "": 1C does not say. */
static inline void
pack_price(struct fields *fields, const char *type, const char *amount,
    const char *factor)
{
	struct buf value = BUF_INIT(1024);

	buf_printf(&value, "%s\x1f%s\x1fRUB\x1fупак\x1f%s", type, amount,
	    factor);
	say(fields, FIELD_PRICE, buf_text(&value));
	buf_free(&value);
}

static inline struct fields *
price_type(struct world *world, const char *id, const char *name,
    const char *currency)
{
	struct fields *fields = record(world, RECORD_PRICE_TYPE, id);

	say(fields, FIELD_NAME, name);
	say(fields, FIELD_CURRENCY, currency);
	return fields;
}

static inline void
open_map(struct world *world)
{
	struct err err = { 0 };

	map_close(world->map);
	assert_int_equal(map_open(&world->map, &world->config,
	    &world->source, &world->facts, &err), 0);
}

static inline const struct wanted *
derive(struct world *world, enum target_kind kind, const char *id)
{
	struct target target;
	struct err err = { 0 };

	if (world->map == NULL)
		open_map(world);
	assert_int_equal(target_set(&target, kind, str_of(id)), 0);
	assert_int_equal(map_derive(world->map, &target, &world->wanted,
	    &err), 0);
	return &world->wanted;
}

/* Of a key of two parts. */
static inline const struct wanted *
derive_part(struct world *world, enum target_kind kind, const char *id,
    const char *part)
{
	struct target target;
	struct err err = { 0 };

	if (world->map == NULL)
		open_map(world);
	assert_int_equal(target_set_part(&target, kind, str_of(id),
	    str_of(part)), 0);
	assert_int_equal(map_derive(world->map, &target, &world->wanted,
	    &err), 0);
	return &world->wanted;
}

static inline const struct wanted *
derive_price(struct world *world, const char *id, const char *text)
{
	struct target target;
	struct err err = { 0 };

	if (world->map == NULL)
		open_map(world);
	assert_int_equal(target_set_price(&target, str_of(id),
	    str_of(text)), 0);
	assert_int_equal(map_derive(world->map, &target, &world->wanted,
	    &err), 0);
	return &world->wanted;
}

/* "name=Бумага active=Y article!": a field to be emptied has the sign. */
static inline void
assert_fields(const struct fields *fields, const char *want)
{
	struct buf seen = BUF_INIT(8192);
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value)) {
		buf_printf(&seen, "%s%s", seen.len > 0 ? " " : "",
		    field_name(field));
		if (str_is(value, FIELD_CLEAR))
			buf_add_char(&seen, '!');
		else
			buf_printf(&seen, "=%.*s", (int)value.len, value.p);
	}
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
}

static inline void
assert_parent(const struct wanted *wanted, enum target_kind kind,
    const char *id)
{
	assert_int_equal(wanted->parent.kind, kind);
	assert_true(str_is(target_key(&wanted->parent), id));
}

static inline int
note_target(void *ctx, const struct target *target, struct err *err)
{
	struct buf *seen = ctx;
	struct str id = target_id(target), text = target_rule(target);

	(void)err;
	buf_printf(seen, "%s%s:%.*s%s%.*s", seen->len > 0 ? " " : "",
	    target_kind_name(target->kind), (int)id.len, id.p,
	    text.len > 0 ? "/" : "", (int)text.len, text.p);
	return 0;
}

static inline void
assert_targets(struct world *world, enum record_kind kind, const char *id,
    const char *want)
{
	struct buf seen = BUF_INIT(8192);
	struct err err = { 0 };

	if (world->map == NULL)
		open_map(world);
	assert_int_equal(map_targets(world->map, kind, str_of(id),
	    note_target, &seen, &err), 0);
	assert_string_equal(buf_text(&seen), want);
	buf_free(&seen);
}

/* An element of the record as the reader keeps it. */
static inline void
flat(struct fields *fields, const char *path, const char *value)
{
	assert_int_equal(fields_add_pair(fields, FIELD_FLAT, str_of(path),
	    str_of(value)), 0);
}

#endif
