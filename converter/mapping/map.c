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
#define MAPPING_VERSION 3

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

bool
map_carries(const struct map *map, enum target_kind kind, enum field field)
{
	return kind >= TARGET_COMPANY && kind <= TARGET_ADDRESS &&
	    field != FIELD_USER_FIELDS && field != FIELD_MANAGER &&
	    field != FIELD_PARTY_TYPE && !map->never[kind][field];
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
hash_list(uint64_t hash, const struct config_list *list)
{
	size_t i;

	hash = hash_number(hash, list->count);
	for (i = 0; i < list->count; i++)
		hash = hash_text(hash, list->items[i]);
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
	hash = hash_map(hash, &config->users);
	if (map_party_marks(config))
		hash = hash_text(hash, config->counterparties.marked);
	hash = hash_list(hash, &config->counterparties.select_types);
	hash = hash_list(hash, &config->counterparties.select_kinds);
	hash = hash_map(hash, &config->counterparties.select_requisites);
	return hash_map(hash, &config->counterparties.fields);
}

/* What is carried of the goods, as what, and where to. */
static uint64_t
hash_goods(uint64_t hash, const struct map *map)
{
	const struct config *config = map->config;
	size_t i;

	hash = hash_number(hash, (uint64_t)config->catalog.characteristics);
	hash = hash_number(hash, config->catalog.pictures);
	hash = hash_list(hash, &config->catalog.adopt);
	hash = hash_list(hash, &config->catalog.select_groups);
	hash = hash_number(hash, config->catalog.select_in_stock);
	hash = hash_number(hash, config->catalog.select_priced);
	hash = map_select_hash(map, hash);
	hash = hash_number(hash, config->catalog.tree_count);
	for (i = 0; i < config->catalog.tree_count; i++) {
		hash = hash_text(hash, config->catalog.tree[i].path);
		hash = hash_list(hash, &config->catalog.tree[i].groups);
		hash = hash_list(hash, &config->catalog.tree[i].goods);
	}
	hash = hash_map(hash, &config->catalog.properties);
	hash = hash_map(hash, &config->catalog.warehouses);
	hash = hash_number(hash, map->facts.documents);
	hash = hash_number(hash, term_set_hash(map->facts.known));
	return map_term_hash(map, hash);
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
		hash = hash_number(hash, map->types[i].vat_included);
	}
	/* What an older program left of such types is derived anew, once. */
	if (map->mixes_vat)
		hash = hash_number(hash, map->vat_lead->rule);
	return hash_parties(hash_goods(hash, map), config);
}

static struct map_work *
new_work(void)
{
	struct map_work *work = mem_alloc(sizeof(*work));

	fields_init(&work->product.fields);
	fields_init(&work->offer.fields);
	fields_init(&work->prices.fields);
	fields_init(&work->rests.fields);
	fields_init(&work->group);
	fields_init(&work->party.record);
	buf_init(&work->party.title, LIMIT_NAME_BYTES);
	return work;
}

static void
free_work(struct map_work *work)
{
	size_t i;

	fields_free(&work->product.fields);
	fields_free(&work->offer.fields);
	fields_free(&work->prices.fields);
	fields_free(&work->rests.fields);
	fields_free(&work->group);
	map_good_forget(work);
	fields_free(&work->party.record);
	buf_free(&work->party.title);
	for (i = 0; i < work->stranger_count; i++)
		free(work->strangers[i].name);
	map_party_manager_free(work);
	free(work->groups);
	free(work);
}

static bool
ignores_any(const struct config_map *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		if (str_same_name(str_of(rules->pairs[i].value),
		    str_of(CONFIG_IGNORE)))
			return true;
	}
	return false;
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
	map->ignores_stores = ignores_any(&config->catalog.warehouses);
	/* Nothing of it is carried where neither a rule nor the portal speaks
	 * of properties, and reading it costs as much as the product. */
	map->reads_offers = config->catalog.properties.count > 0 ||
	    term_set_hash(facts->known) != 0;
	map_tree_open(map);
	map_select_open(map);
	if (map_type_resolve(map, err) != 0 || map_term_open(map, err) != 0) {
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
	map_term_close(map);
	map_tree_close(map);
	map_select_close(map);
	free_work(map->work);
	free(map);
}

uint64_t
map_fingerprint(const struct map *map)
{
	return map->fingerprint;
}

const struct map_facts *
map_facts_given(const struct map *map)
{
	return &map->facts;
}

bool
map_tells(const struct map *map, enum target_kind kind, struct str id)
{
	return map_term_carried(map, kind == TARGET_OFFER ? TERM_TRAIT :
	    TERM_PROPERTY, STR_NONE, id);
}

bool
map_heeds_groups(const struct map *map)
{
	return map->tree != NULL ||
	    map->config->catalog.select_groups.count > 0 ||
	    map->config->catalog.select_except.count > 0;
}

/* ---- order ------------------------------------------------------------ */

static bool
is_quantity_alone(const struct fields *fields)
{
	return fields->count == 1 && fields_has(fields, FIELD_QUANTITY);
}

#define RANKS(create, update, gone) { [VERB_CREATE] = (create), \
	[VERB_UPDATE] = (update), [VERB_DELETE] = (gone), \
	[VERB_LINK] = (gone) }
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
		[TARGET_SECTION] = RANKS(10, 20, 70),
		[TARGET_PARENT] = RANKS(38, 50, 60),
		[TARGET_PRODUCT] = RANKS(40, 50, 60),
		[TARGET_SERVICE] = RANKS(40, 50, 60),
		[TARGET_OFFER] = RANKS(42, 50, 58),
		[TARGET_PRICE] = RANKS(45, 30, 57),
		/* A rank that is theirs alone: flow/stock.c walks over it. */
		[TARGET_STOCK] = RANKS(29, 29, 29),
		/* Bytes that nobody waits for. */
		[TARGET_PICTURE] = RANKS(80, 80, 80),
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
		/* When its client and its goods are there. */
		[TARGET_ONEC_ORDER] = RANKS(54, 54, 54),
	};

	if (target_is_good(target->kind) && verb == VERB_UPDATE &&
	    is_quantity_alone(fields))
		return ranks[TARGET_PRICE][VERB_UPDATE];
	return ranks[target->kind][verb];
}
