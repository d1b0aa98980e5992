#include "mapping/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "mapping/map_internal.h"

/*
 * Goes up when what this folder derives from the same records and the same
 * configuration is another: all is derived anew then.
 */
#define MAPPING_VERSION 1

/* ---- opening ---------------------------------------------------------- */

static enum map_owner
owner_of(const struct config *config, const char *record, const char *field)
{
	const char *owner = config_owner(config, record, field);

	if (strcmp(owner, "portal") == 0)
		return OWNER_PORTAL;
	return strcmp(owner, "never") == 0 ? OWNER_NEVER : OWNER_1C;
}

static void
resolve_owners(struct map *map)
{
	int i;

	for (i = FIELD_NONE + 1; i < FIELD_LAST; i++) {
		const char *name = field_name((enum field)i);

		if (name == NULL)
			continue;
		map->goods[i] = owner_of(map->config, "goods", name);
		map->groups[i] = owner_of(map->config, "groups", name);
	}
	map->prices = owner_of(map->config, "prices", NULL);
}

/* The CRM's fields: who wins where both sides changed one is decided when it
 * is sent; here it matters only whether a field travels at all. */
static void
resolve_crm_owners(struct map *map)
{
	int kind, field;

	for (kind = TARGET_COMPANY; kind <= TARGET_ADDRESS; kind++) {
		/* Contact persons are contacts of the portal. */
		const char *record = kind == TARGET_PERSON ? "contact" :
		    target_kind_name((enum target_kind)kind);

		for (field = FIELD_NONE + 1; field < FIELD_LAST; field++) {
			const char *name = field_name((enum field)field);

			map->never[kind][field] = name != NULL &&
			    owner_of(map->config, record, name) ==
			    OWNER_NEVER;
		}
	}
}

static uint64_t
hash_number(uint64_t hash, uint64_t number)
{
	char bytes[sizeof(number)];

	memcpy(bytes, &number, sizeof(number));
	return str_hash(hash, str_n(bytes, sizeof(bytes)));
}

/* With its length, so that two texts are not one longer one. */
static uint64_t
hash_text(uint64_t hash, const char *text)
{
	struct str value = str_of(text);

	return str_hash(hash_number(hash, value.len), value);
}

static uint64_t
hash_map(uint64_t hash, const struct config_map *map)
{
	size_t i;

	hash = hash_number(hash, map->count);
	for (i = 0; i < map->count; i++) {
		hash = hash_text(hash, map->pairs[i].name);
		hash = hash_text(hash, map->pairs[i].value);
	}
	return hash;
}

static uint64_t
hash_parties(uint64_t hash, const struct config *config)
{
	size_t i;

	/* Without the section all is as it was before there was one. */
	if (!config->counterparties.given)
		return hash;
	hash = hash_number(hash, config->counterparties.legal_contact);
	hash = hash_number(hash, config->counterparties.entrepreneur_contact);
	hash = hash_number(hash, config->counterparties.individual_contact);
	hash = hash_text(hash, config->counterparties.originator);
	hash = hash_text(hash, config->default_user);
	for (i = 0; i < config->counterparties.match.count; i++)
		hash = hash_text(hash, config->counterparties.match.items[i]);
	hash = hash_map(hash, &config->counterparties.presets);
	hash = hash_map(hash, &config->counterparties.types);
	return hash_map(hash, &config->counterparties.fields);
}

static uint64_t
take_fingerprint(const struct map *map)
{
	const struct config *config = map->config;
	uint64_t hash = hash_number(0, MAPPING_VERSION);
	size_t i;

	hash = hash_number(hash, config->catalog.enabled);
	hash = hash_number(hash, (uint64_t)config->catalog.marked);
	hash = hash_number(hash, (uint64_t)config->catalog.absent);
	hash = hash_number(hash, config->catalog.negative_zero);
	hash = hash_number(hash, map->facts.quantity);
	hash = hash_map(hash, &config->catalog.price_types);
	hash = hash_map(hash, &config->catalog.vat);
	hash = hash_map(hash, &config->catalog.units);
	hash = hash_map(hash, &config->currencies);
	hash = hash_map(hash, &config->owners);
	for (i = 0; i < map->type_count; i++) {
		hash = hash_text(hash, map->types[i].id);
		hash = hash_text(hash, map->types[i].currency);
		hash = hash_number(hash, map->types[i].rule);
	}
	return hash_parties(hash, config);
}

static struct map_work *
new_work(void)
{
	struct map_work *work = mem_alloc(sizeof(*work));

	fields_init(&work->product);
	fields_init(&work->prices);
	fields_init(&work->rests);
	fields_init(&work->group);
	fields_init(&work->party.record);
	buf_init(&work->party.title, LIMIT_NAME_BYTES);
	return work;
}

static void
free_work(struct map_work *work)
{
	size_t i;

	fields_free(&work->product);
	fields_free(&work->prices);
	fields_free(&work->rests);
	fields_free(&work->group);
	fields_free(&work->party.record);
	buf_free(&work->party.title);
	for (i = 0; i < work->stranger_count; i++)
		free(work->strangers[i].name);
	free(work->groups);
	free(work);
}

int
map_open(struct map **out, const struct config *config,
    const struct record_source *source, const struct map_facts *facts,
    struct err *err)
{
	struct map *map = mem_alloc(sizeof(*map));

	*out = NULL;
	map->config = config;
	map->source = source;
	map->facts = *facts;
	map->work = new_work();
	resolve_owners(map);
	resolve_crm_owners(map);
	if (map_type_resolve(map, err) != 0) {
		map_close(map);
		return -1;
	}
	map->fingerprint = take_fingerprint(map);
	*out = map;
	return 0;
}

void
map_close(struct map *map)
{
	if (map == NULL)
		return;
	map_type_free(map);
	free_work(map->work);
	free(map);
}

uint64_t
map_fingerprint(const struct map *map)
{
	return map->fingerprint;
}

bool
map_quantity(const struct map *map)
{
	return map->facts.quantity;
}

/* ---- from records to targets ------------------------------------------ */

typedef int visit_fn(void *ctx, const struct target *target,
    struct err *err);

static int
visit_one(enum target_kind kind, struct str id, visit_fn *visit, void *ctx,
    struct err *err)
{
	struct target target;

	if (target_set(&target, kind, id) != 0)
		return err_set(err, ERR_DATA, _("the id \"%.*s\" is too long"),
		    (int)str_utf8_cut(id, LIMIT_ID_BYTES).len, id.p);
	return visit(ctx, &target, err);
}

static int
visit_prices(const struct map *map, struct str id, visit_fn *visit,
    void *ctx, struct err *err)
{
	const struct config_map *rules = &map->config->catalog.price_types;
	struct target target;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < rules->count; i++) {
		if (target_set_price(&target, id,
		    str_of(rules->pairs[i].value)) != 0)
			return err_set(err, ERR_DATA, _("the id \"%.*s\" is "
			    "too long"), (int)str_utf8_cut(id,
			    LIMIT_ID_BYTES).len, id.p);
		rc = visit(ctx, &target, err);
	}
	return rc;
}

/*
 * "goods#characteristic" is no product, but for goods whose own id has that
 * sign in it: they have a record under the whole.  1: not a product; -1.
 */
static int
is_variation(const struct map *map, struct str id, struct err *err)
{
	int rc;

	if (id.len == 0 || memchr(id.p, '#', id.len) == NULL)
		return 0;
	rc = map_product_read(map, id, err);
	return rc;
}

static int
visit_record(const struct map *map, enum record_kind kind, struct str id,
    visit_fn *visit, void *ctx, struct err *err)
{
	int rc;

	switch (kind) {
	case RECORD_GROUP:
		return visit_one(TARGET_SECTION, id, visit, ctx, err);
	case RECORD_PRODUCT:
		rc = visit_one(TARGET_PRODUCT, id, visit, ctx, err);
		return rc != 0 ? rc : visit_prices(map, id, visit, ctx, err);
	case RECORD_PRICES:
	case RECORD_RESTS:
		rc = is_variation(map, id, err);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		return kind == RECORD_PRICES ?
		    visit_prices(map, id, visit, ctx, err) :
		    visit_one(TARGET_PRODUCT, id, visit, ctx, err);
	case RECORD_COUNTERPARTY:
		return map_party_targets(map, id, visit, ctx, err);
	case RECORD_NONE:
	case RECORD_PRICE_TYPE:
	case RECORD_WAREHOUSE:
	case RECORD_UNIT:
	case RECORD_PROPERTY:
	case RECORD_CATEGORY:
	case RECORD_CATALOG:
	case RECORD_OFFER:
	case RECORD_DOCUMENT:
	case RECORD_LAST:
		break;
	}
	return 0;
}

void
map_offer(const struct map *map, const struct record *product)
{
	const struct record_source *source = map->source;
	struct map_work *work = map->work;

	if (work->open || product->id.len > sizeof(work->id))
		return;
	work->absent = source->is_absent(source->ctx, RECORD_PRODUCT,
	    product->id) == 1;
	fields_copy(&work->product, &product->fields);
	work->product_rc = 0;
	work->id_len = product->id.len;
	memcpy(work->id, product->id.p, product->id.len);
	work->offered = true;
}

int
map_targets(const struct map *map, enum record_kind kind, struct str id,
    int (*visit)(void *ctx, const struct target *target, struct err *err),
    void *ctx, struct err *err)
{
	struct map_work *work = map->work;
	bool outer = !work->open && id.len <= sizeof(work->id);
	int rc;

	if (outer) {
		work->has_product = work->offered &&
		    str_eq(id, str_n(work->id, work->id_len));
		work->offered = false;
		work->open = true;
		work->has_prices = false;
		work->party.known = false;
		work->id_len = id.len;
		if (id.len > 0)
			memmove(work->id, id.p, id.len);
	}
	rc = visit_record(map, kind, id, visit, ctx, err);
	if (outer) {
		work->open = false;
		work->party.known = false;
	}
	return rc;
}

/* ---- order ------------------------------------------------------------ */

static bool
is_quantity_alone(const struct fields *fields)
{
	return fields->count == 1 && fields_has(fields, FIELD_QUANTITY);
}

#define CLIENT_RANKS(create) { [VERB_CREATE] = (create), \
	[VERB_UPDATE] = 7, [VERB_DELETE] = 7, [VERB_LINK] = (create) }

int
map_rank(const struct target *target, enum verb verb,
    const struct fields *fields)
{
	/* Counterparties go before the goods (DESIGN 4, run); stock and
	 * prices of what is there before the rest; what others wait for goes
	 * before them; what is taken away comes last. */
	static const int ranks[TARGET_LAST][VERB_LINK + 1] = {
		[TARGET_SECTION] = { [VERB_CREATE] = 10, [VERB_UPDATE] = 20,
		    [VERB_DELETE] = 70, [VERB_LINK] = 70 },
		[TARGET_PRODUCT] = { [VERB_CREATE] = 40, [VERB_UPDATE] = 50,
		    [VERB_DELETE] = 60, [VERB_LINK] = 60 },
		[TARGET_PRICE] = { [VERB_CREATE] = 45, [VERB_UPDATE] = 30,
		    [VERB_DELETE] = 60, [VERB_LINK] = 60 },
		[TARGET_COMPANY] = CLIENT_RANKS(2),
		[TARGET_CONTACT] = CLIENT_RANKS(3),
		[TARGET_PERSON] = CLIENT_RANKS(4),
		[TARGET_REQUISITE] = CLIENT_RANKS(5),
		[TARGET_BANK] = CLIENT_RANKS(6),
		[TARGET_ADDRESS] = CLIENT_RANKS(6),
		/* What 1C says of payments comes before all else. */
		[TARGET_DEAL] = { [VERB_UPDATE] = 1 },
		[TARGET_ROWS] = { [VERB_UPDATE] = 1 },
		[TARGET_COMMENT] = { [VERB_CREATE] = 1 },
		[TARGET_NOTICE] = { [VERB_CREATE] = 1 },
	};

	if (target->kind == TARGET_PRODUCT && verb == VERB_UPDATE &&
	    is_quantity_alone(fields))
		return ranks[TARGET_PRICE][VERB_UPDATE];
	return ranks[target->kind][verb];
}
