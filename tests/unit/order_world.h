/*
 * A deal, a configuration and what 1C has, for the tests of orders/.
 */
#ifndef TESTS_ORDER_WORLD_H
#define TESTS_ORDER_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "orders/orders.h"

#define LAMP_ID "11111111-1111-1111-1111-111111111111"
#define SHIRT_ID "22222222-2222-2222-2222-222222222222#" \
    "33333333-3333-3333-3333-333333333333"
#define PARTY_ID "44444444-4444-4444-4444-444444444444"

/* Products of the portal. */
#define LAMP 5          /* of 1C, with article and unit */
#define SHIRT 6         /* of 1C, a characteristic, nothing stated */
#define MONTAGE 7       /* of 1C, a service */
#define STRANGER 8      /* not of 1C */
#define BROKEN 9        /* the look fails */
/* A company that 1C has. */
#define KNOWN_COMPANY 70

#define ROOM 4

struct order_world {
	struct config config;
	struct config_funnel funnel;
	struct config_pair currencies[ROOM], users[ROOM], status[ROOM];
	struct config_pair fixed[ROOM], requisites[ROOM];
	struct order_lookup lookup;
	struct deal deal;
	struct fields out;
	struct order_hold hold;
	struct buf known, text;
	struct fields given;
	struct err err;
};

static char vat_0[] = "0", vat_10[] = "10", vat_20[] = "20";
static char *vats[] = { vat_0, vat_10, vat_20 };

static inline void
rule(struct config_map *map, const char *name, const char *value)
{
	assert_true(map->count < ROOM);
	map->pairs[map->count].name = mem_text(name);
	map->pairs[map->count++].value = mem_text(value);
}

static inline void
drop(struct config_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		free(map->pairs[i].name);
		free(map->pairs[i].value);
	}
	map->count = 0;
}

static inline void
set(struct fields *fields, enum field field, const char *value)
{
	assert_int_equal(fields_set(fields, field, str_of(value)), 0);
}

static inline int
world_product(void *ctx, int64_t portal_id, struct buf *id,
    struct fields *fields, struct err *err)
{
	(void)ctx;
	switch (portal_id) {
	case LAMP:
		(void)buf_add_text(id, LAMP_ID);
		set(fields, FIELD_NAME, "Лампа #5");
		set(fields, FIELD_ARTICLE, "Л-5");
		set(fields, FIELD_UNIT, "778");
		set(fields, FIELD_UNIT_NAME, "упак");
		return 0;
	case SHIRT:
		(void)buf_add_text(id, SHIRT_ID);
		return 0;
	case MONTAGE:
		(void)buf_add_text(id, "montage");
		assert_int_equal(fields_add_pair(fields, FIELD_REQUISITE,
		    str_of("ТипНоменклатуры"), str_of("Услуга")), 0);
		return 0;
	case BROKEN:
		return err_set(err, ERR_SYSTEM, "broken");
	default:
		return 1;
	}
}

static inline int
world_client(void *ctx, bool company, int64_t portal_id, struct buf *id,
    struct fields *fields, struct err *err)
{
	(void)ctx;
	if (portal_id == BROKEN)
		return err_set(err, ERR_SYSTEM, "broken");
	if (!company || portal_id != KNOWN_COMPANY)
		return 1;
	(void)buf_add_text(id, PARTY_ID);
	set(fields, FIELD_NAME, "Ромашка ООО");
	set(fields, FIELD_FULL_NAME, "Общество \"Ромашка\"");
	set(fields, FIELD_INN, "770000000012");
	set(fields, FIELD_PRESET, "entrepreneur");
	return 0;
}

/* A deal of 15 January 2026, 10:20:30 in Moscow, of company 77. */
static inline int
world_make(void **state)
{
	struct order_world *world = mem_alloc(sizeof(*world));
	struct config *config = &world->config;

	(void)setenv("TZ", "MSK-3", 1);
	tzset();
	config->currencies.pairs = world->currencies;
	config->counterparties.update_1c = true;
	config->users.pairs = world->users;
	config->orders.requisites.pairs = world->requisites;
	config->orders.vat_known = (struct config_list){ vats, 3 };
	config->orders.encoding = ENCODING_UTF8_BOM;
	world->funnel.status_to_1c.pairs = world->status;
	world->funnel.requisites.pairs = world->fixed;
	world->lookup = (struct order_lookup){ world, world_product,
	    world_client, NULL };
	deal_init(&world->deal);
	world->deal.id = 501;
	world->deal.funnel = &world->funnel;
	world->deal.phase = DEAL_EXPORT;
	world->deal.created = INT64_C(1768461630999);
	world->deal.currency = mem_text("RUB");
	world->deal.company.id = 77;
	set(&world->deal.company.fields, FIELD_NAME, "ООО Ромашка");
	fields_init(&world->out);
	buf_init(&world->known, 65536);
	fields_init(&world->given);
	buf_init(&world->text, 65536);
	*state = world;
	return 0;
}

static inline int
world_drop(void **state)
{
	struct order_world *world = *state;

	drop(&world->config.currencies);
	drop(&world->config.users);
	drop(&world->config.orders.requisites);
	drop(&world->funnel.status_to_1c);
	drop(&world->funnel.requisites);
	deal_free(&world->deal);
	fields_free(&world->out);
	buf_free(&world->known);
	fields_free(&world->given);
	buf_free(&world->text);
	free(world);
	return 0;
}

static inline struct decimal
number(const char *text)
{
	struct decimal value;

	assert_int_equal(decimal_parse(&value, str_of(text)), 0);
	return value;
}

static inline struct deal_row *
add_row(struct order_world *world, int64_t product, const char *name,
    const char *price, const char *quantity)
{
	struct deal *deal = &world->deal;
	struct deal_row *row;

	deal->rows = mem_resize(deal->rows, deal->row_count + 1,
	    sizeof(*deal->rows));
	row = &deal->rows[deal->row_count++];
	*row = (struct deal_row){ .product = product,
	    .name = mem_text(name), .price = number(price),
	    .quantity = number(quantity) };
	return row;
}

static inline int
build(struct order_world *world)
{
	err_clear(&world->err);
	return order_build(&world->out, &world->hold, &world->config,
	    &world->deal, 15, str_n(buf_text(&world->known),
	    world->known.len), &world->given, &world->lookup, &world->err);
}

/* A field's values, '|' between parts and ' / ' between values. */
static inline const char *
shown(struct order_world *world, enum field field)
{
	struct str value;
	enum field next;
	size_t at = 0;

	buf_clear(&world->text);
	while (fields_next(&world->out, &at, &next, &value)) {
		if (next != field)
			continue;
		if (world->text.len > 0)
			(void)buf_add_text(&world->text, " / ");
		for (size_t i = 0; i < value.len; i++)
			(void)buf_add_char(&world->text, value.p[i] ==
			    FIELD_PART ? '|' : value.p[i]);
	}
	return buf_text(&world->text);
}

#define assert_field(world, field, text) \
    assert_string_equal(shown(world, field), text)
#define assert_built(world) do { \
	assert_int_equal(build(world), 0); \
	assert_string_equal((world)->hold.code, ""); \
} while (0)
#define assert_held(world, why) do { \
	assert_int_equal(build(world), 1); \
	assert_string_equal((world)->hold.code, why); \
	assert_true((world)->hold.text[0] != '\0'); \
} while (0)

#endif
