/*
 * The rules: from what 1C stated to what the portal should hold.  Pure: it
 * reads records through a record_source and never touches network or disk.
 *
 * Values of a wanted target are texts in 1C's terms (a group's id, a rate
 * "20", a unit's code "796"); bitrix/ turns them into the portal's ids when
 * they are sent, so nothing here needs the portal.
 */
#ifndef MAPPING_MAP_H
#define MAPPING_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"
#include "model/record.h"
#include "model/target.h"

struct map;

struct map_facts {
	bool quantity;          /* may quantities be written? (stock rule and
				   the portal's inventory mode) */
};

/* Resolves the rules against the price types that records know. */
int map_open(struct map **out, const struct config *config,
    const struct record_source *source, const struct map_facts *facts,
    struct err *err);
void map_close(struct map *map);        /* NULL is fine */

/* Changes when a rule changed its meaning: then all is derived anew. */
uint64_t map_fingerprint(const struct map *map);

/* map_facts.quantity as given to map_open(). */
bool map_quantity(const struct map *map);

/* While held, records do not change: what was read of a group is kept. */
void map_group_hold(const struct map *map, bool held);

/* The product that map_targets() is called for next: its fields need not be
 * read again. */
void map_offer(const struct map *map, const struct record *product);

/*
 * Calls visit for each target whose wanted values may depend on the record.
 * RECORD_COUNTERPARTY names the client, its requisite, bank accounts,
 * addresses and contact persons; the record of a document's party (ID#document)
 * names the same ones and speaks only where there is no fuller record.
 * RECORD_PRODUCT also names its prices; RECORD_PRICE_TYPE etc. name nothing
 * (they change the fingerprint), nor do offers of characteristics.  Records
 * must not change before it returns.  What visit returns when that is not 0
 * ends it and is returned.
 */
int map_targets(const struct map *map, enum record_kind kind, struct str id,
    int (*visit)(void *ctx, const struct target *target, struct err *err),
    void *ctx, struct err *err);

/*
 * What the target should be.  `out` was made by wanted_init() and is filled
 * anew; what 1C does not own is not in out->fields, and what the portal owns
 * is in out->at_create.
 */
int map_derive(const struct map *map, const struct target *target,
    struct wanted *out, struct err *err);

/* Sending order of a change (DESIGN 4, run: stock and prices before the
 * rest, parents before children). */
int map_rank(const struct target *target, enum verb verb,
    const struct fields *fields);

/*
 * Rules that name what no package has stated ("price type X is not known"),
 * 1C's price types that no rule maps, and currencies that are not known (with
 * the number of prices that were left out since map_open()): one call each.
 */
int map_warnings(const struct map *map, void (*tell)(void *ctx,
    const char *text), void *ctx, struct err *err);

void wanted_init(struct wanted *wanted);
void wanted_free(struct wanted *wanted);

#endif
