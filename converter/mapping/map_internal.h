/* What the files map*.c share. */
#ifndef MAPPING_MAP_INTERNAL_H
#define MAPPING_MAP_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "mapping/map.h"

enum map_owner {
	OWNER_1C = 0,
	OWNER_PORTAL,           /* said once, when the object is made */
	OWNER_NEVER
};

/* A price type of 1C that a rule names. */
struct map_type {
	char *id;
	char *currency;         /* of its prices that name none; or NULL */
	size_t rule;            /* index in config.catalog.price_types */
};

/* A currency that nobody explained. */
#define MAP_STRANGERS 8
struct map_stranger {
	char *name;
	int64_t prices;
};

/*
 * Records that were read.  Several targets are derived of one product, so
 * within one map_targets() its records are read once; afterwards they may
 * change, so nothing is kept.
 */
struct map_work {
	bool open;              /* within map_targets() */
	bool offered;           /* `product` is what the next call is about */
	bool has_product, has_prices;   /* below is what `id` has */
	int product_rc, prices_rc;      /* 0, or 1: no such record */
	bool absent;
	size_t id_len;
	char id[LIMIT_KEY_BYTES];
	struct fields product, prices;
	struct fields rests, group;     /* space, nothing is kept */
	struct map_groups *groups;      /* while held, else NULL */
	struct map_stranger strangers[MAP_STRANGERS];
	size_t stranger_count;
};

struct map {
	const struct config *config;
	const struct record_source *source;
	struct map_facts facts;
	uint64_t fingerprint;
	struct map_type *types;
	size_t type_count;
	enum map_owner goods[FIELD_LAST], groups[FIELD_LAST], prices;
	struct map_work *work;  /* apart, for it changes while the rest is
				   constant */
};

/* map_type.c: the 1C types behind the rules. */
int map_type_resolve(struct map *map, struct err *err);
void map_type_free(struct map *map);
/* The rule for a type: its index, or -1; *type is set when it is known. */
int map_type_rule(const struct map *map, struct str id,
    const struct map_type **type);
/* The rule that names the type, by Ид or name; -1: none. */
int map_type_find(const struct config *config, struct str id,
    struct str name);

/* map_currency.c: the code for 1C's spelling, or STR_NONE. */
struct str map_currency(const struct map *map, struct str text);
/* One more price is left out for its currency. */
void map_currency_note(const struct map *map, struct str text);

/* map_group.c: may a group be a section?  0 yes; 1 no such record; 2 it is
 * deleted or has no name; -1. */
int map_group_state(const struct map *map, struct str id, struct err *err);
/* The same, out of memory while the map is held; work->group is not to be
 * relied on. */
int map_group_state_held(const struct map *map, struct str id,
    struct err *err);
void map_group_hold(const struct map *map, bool held);

/* map_product.c: the product's record and what became of it. */
int map_product_read(const struct map *map, struct str id, struct err *err);
enum wanted_state map_product_state(const struct map *map);

/* map_derive.c's parts, one per kind of target. */
int map_group_derive(const struct map *map, struct str id,
    struct wanted *out, struct err *err);
int map_product_derive(const struct map *map, struct str id,
    struct wanted *out, struct err *err);
int map_price_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);

/* Puts a value where its owner wants it. */
void map_derive_put(struct wanted *out, enum map_owner owner,
    enum field field, struct str value);

#endif
