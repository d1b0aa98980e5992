/* What one key alone cannot show. */
#include "base/config_internal.h"

#include <limits.h>
#include <string.h>

#include "base/decimal.h"
#include "base/i18n.h"
#include "base/limits.h"

/* The rule's text stands in keys, behind an id and a separator. */
#define RULE_BYTES (LIMIT_KEY_BYTES - LIMIT_ID_BYTES - 1)

void
config_check_apart(struct config_reader *reader, const char *path,
    const struct config_map *map, size_t n, const struct config_map *others,
    size_t count)
{
	const struct config_pair *pair = &map->pairs[n];
	size_t i;

	for (i = 0; i < count; i++) {
		const struct config_pair *other = &others->pairs[i];

		if (!str_same_name(str_of(pair->value), str_of(other->value)))
			continue;
		config_note_error(reader, pair->line, _("%s: \"%s\" goes to "
		    "\"%s\", where \"%s\" in line %ld goes already"), path,
		    pair->name, pair->value, other->name, other->line);
		return;
	}
}

static void
check_price_types(struct config_reader *reader)
{
	const struct config_map *map = &reader->config->catalog.price_types;
	size_t i;

	for (i = 0; i < map->count; i++) {
		if (strlen(map->pairs[i].value) > RULE_BYTES)
			config_note_error(reader, map->pairs[i].line,
			    _("catalog.price_types: a name of more than %d "
			    "bytes"), RULE_BYTES);
		config_check_apart(reader, "catalog.price_types", map, i,
		    map, i);
	}
}

static bool
is_word(const struct config_pair *pair)
{
	return strcmp(pair->value, CONFIG_CREATE) == 0 ||
	    strcmp(pair->value, CONFIG_IGNORE) == 0;
}

/* All others are many: they cannot be one thing of the portal. */
static void
check_others(struct config_reader *reader, const char *path,
    const struct config_map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++) {
		if (strcmp(map->pairs[i].name, CONFIG_OTHERS) == 0 &&
		    !is_word(&map->pairs[i]))
			config_note_error(reader, map->pairs[i].line,
			    _("%s: \"*\": found \"%s\", wanted one of: "
			    "create, ignore"), path, map->pairs[i].value);
	}
}

/* What a property of goods and one of variations are told by are two things
 * of the portal that may have one name. */
static void
check_terms(struct config_reader *reader)
{
	const struct config_map *map = &reader->config->catalog.warehouses;
	size_t i;

	check_others(reader, "catalog.properties",
	    &reader->config->catalog.properties);
	check_others(reader, "catalog.warehouses", map);
	for (i = 0; i < map->count; i++)
		if (!is_word(&map->pairs[i]))
			config_check_apart(reader, "catalog.warehouses", map,
			    i, map, i);
}

/* What lies there is taken as what 1C writes: where `nodes` names none, all but
 * what is hidden. */
static bool
is_taken(const struct config *config, const char *rest)
{
	const struct config_list *nodes = &config->inbox.nodes;
	size_t i, len;

	for (i = 0; i < nodes->count; i++) {
		len = strlen(nodes->items[i]);
		if (strncmp(rest, nodes->items[i], len) == 0 &&
		    (rest[len] == '/' || rest[len] == '\0'))
			return true;
	}
	return nodes->count == 0 && rest[0] != '.';
}

/* A package that was shelved there would be taken again by each run. */
static void
check_folders(struct config_reader *reader)
{
	const struct config *config = reader->config;
	const struct {
		const char *path, *folder;
	} own[] = {
		{ "folders.state", config->folders.state },
		{ "folders.archive", config->folders.archive },
		{ "folders.rejected", config->folders.rejected },
	};
	const char *rest;
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		rest = config_orders_below(own[i].folder,
		    config->folders.inbox);
		if (rest != NULL && is_taken(config, rest))
			config_note_error(reader, config_table_line(reader,
			    own[i].path), _("%s: %s lies in folders.inbox, "
			    "and what is put there would be taken as what 1C "
			    "writes; wanted a folder beside it"), own[i].path,
			    own[i].folder);
	}
}

static bool
is_currency(const char *code)
{
	return strlen(code) == 3 &&
	    strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static void
check_currencies(struct config_reader *reader)
{
	const struct config_map *map = &reader->config->currencies;
	size_t i;

	for (i = 0; i < map->count; i++) {
		if (!is_currency(map->pairs[i].value))
			config_note_error(reader, map->pairs[i].line,
			    _("currencies: found \"%s\", wanted a code of "
			    "three capital letters, such as \"RUB\""),
			    map->pairs[i].value);
	}
}

/* Whose fields have owners. */
static const struct owned {
	const char *record;
	const char *const *fields;
} owned[] = {
	{ "goods", (const char *const[]){ "name", "article", "group", "unit",
	    "vat", "description", "active", "quantity", "code",
	    "properties", "weight", "length", "width", "height",
	    "picture", "vat_included", NULL } },
	{ "groups", (const char *const[]){ "name", "parent", "code",
	    "description", NULL } },
	{ "prices", (const char *const[]){ NULL } },
	{ "company", (const char *const[]){ "name", "party_type", "comment",
	    "phone", "email", "site", "user_fields", "manager", NULL } },
	{ "contact", (const char *const[]){ "last_name", "first_name",
	    "second_name", "post", "comment", "phone", "email", "site",
	    "user_fields", "companies", "manager", NULL } },
	{ "requisite", (const char *const[]){ "name", "full_name", "inn",
	    "kpp", "ogrn", "okpo", "okved", "director",
	    "last_name", "first_name", "second_name", NULL } },
	{ "bank", (const char *const[]){ "account", "bik", "bank",
	    "corr_account", NULL } },
	{ "address", (const char *const[]){ "address", "address_2", "city",
	    "district", "province", "country", "postcode", NULL } },
	{ "order", (const char *const[]){ "stage", "lines", "onec_number",
	    "onec_date", "paid", "payment_date", "payment_type",
	    "payment_sum", "payment_method", "payment_comment", "shipped",
	    "shipment_date", NULL } },
};

static const struct owned *
find_owned(struct str record)
{
	size_t i;

	for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		if (str_is(record, owned[i].record))
			return &owned[i];
	}
	return NULL;
}

static bool
is_among(const char *const *words, struct str text)
{
	for (; *words != NULL; words++) {
		if (str_is(text, *words))
			return true;
	}
	return false;
}

static void
unknown_owned(struct config_reader *reader, const struct config_pair *pair,
    const struct owned *record)
{
	struct buf known = BUF_INIT(1024);
	size_t i;

	if (record == NULL) {
		for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
			(void)buf_printf(&known, "%s%s", i > 0 ? ", " : "",
			    owned[i].record);
	} else {
		config_value_words(&known, record->fields);
	}
	if (known.len == 0)
		config_note_error(reader, pair->line, _("owners: \"%s\": "
		    "%s have no fields with owners of their own"),
		    pair->name, record->record);
	else
		config_note_error(reader, pair->line, _("owners: \"%s\" is "
		    "not known, wanted one of: %s"), pair->name,
		    buf_text(&known));
	buf_free(&known);
}

static void
check_owner(struct config_reader *reader, const struct config_pair *pair)
{
	static const char *const sides[] = { "1c", "portal", "never", NULL };
	struct str name = str_of(pair->name), field = STR_NONE;
	const char *dot = strchr(pair->name, '.');
	const struct owned *record;

	if (dot != NULL) {
		name = str_n(pair->name, (size_t)(dot - pair->name));
		field = str_of(dot + 1);
	}
	record = find_owned(name);
	if (record == NULL || (dot != NULL &&
	    !is_among(record->fields, field))) {
		unknown_owned(reader, pair, record);
		return;
	}
	if (!is_among(sides, str_of(pair->value)))
		config_note_error(reader, pair->line, _("owners: \"%s\": "
		    "found \"%s\", wanted one of: 1c, portal, never (in "
		    "Latin letters, small ones)"), pair->name, pair->value);
}

/* The portal makes nothing without a name. */
static void
check_owners(struct config_reader *reader)
{
	const struct config_map *map = &reader->config->owners;
	const char *goods[] = { "goods", "groups" };
	const char *clients[] = { "company", "requisite" };
	long line = config_table_line(reader, "owners");
	size_t i;

	for (i = 0; i < map->count; i++)
		check_owner(reader, &map->pairs[i]);
	for (i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		if (strcmp(config_owner(reader->config, goods[i], "name"),
		    "never") == 0)
			config_note_error(reader, line, _("owners: %s "
			    "cannot be made without a name; say "
			    "\"%s.name\": \"portal\", or catalog.enabled: "
			    "false"), goods[i], goods[i]);
	}
	for (i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		if (strcmp(config_owner(reader->config, clients[i], "name"),
		    "never") == 0)
			config_note_error(reader, line, _("owners: \"%s\" "
			    "cannot be made without a name; say \"%s.name\": "
			    "\"portal\""), clients[i], clients[i]);
	}
}

/* Without its mark what was made and got no answer would be made again. */
static void
check_match(struct config_reader *reader)
{
	const struct config_list *match =
	    &reader->config->counterparties.match;

	for (size_t i = 0; i < match->count; i++)
		if (strcmp(match->items[i], "origin") == 0)
			return;
	config_note_error(reader,
	    config_table_line(reader, "counterparties.match"),
	    _("counterparties.match: \"origin\" is wanted among them: by it "
	    "is found what we made ourselves"));
}

/* Of a role that no rule names nobody is carried anyway: it is a slip, and
 * would leave out all. */
static void
check_selection(struct config_reader *reader)
{
	const struct config *config = reader->config;
	const struct config_list *types =
	    &config->counterparties.select_types;

	for (size_t i = 0; i < types->count; i++) {
		if (config_map_get(&config->counterparties.types,
		    str_of(types->items[i])) != NULL)
			continue;
		config_note_error(reader, config_table_line(reader,
		    "counterparties.select.types"),
		    _("counterparties.select.types: \"%s\" is no role of "
		    "counterparties.types"), types->items[i]);
	}
}

/* 0; -1: it is none, which was told. */
static int
read_amount(struct config_reader *reader, const char *path, const char *text,
    struct decimal *out)
{
	if (decimal_parse(out, str_of(text)) == 0 && !decimal_is_negative(*out))
		return 0;
	config_note_error(reader, config_table_line(reader, path),
	    _("%s: \"%s\" is no amount of money"), path, text);
	return -1;
}

static void
check_price_selection(struct config_reader *reader)
{
	const char *type = reader->config->catalog.select_price.type;
	const char *from = reader->config->catalog.select_price.from;
	const char *to = reader->config->catalog.select_price.to;
	const char *limits[] = { "catalog.select.price.from",
	    "catalog.select.price.to" };
	struct decimal least = { 0, 0 }, most = { 0, 0 };
	bool whole = true;

	if (type == NULL && (from != NULL || to != NULL))
		config_note_error(reader, config_table_line(reader,
		    limits[from == NULL]), _("catalog.select.price.type: "
		    "wanted the price type of 1C whose amounts these are"));
	if (from != NULL && read_amount(reader, limits[0], from, &least) != 0)
		whole = false;
	if (to != NULL && read_amount(reader, limits[1], to, &most) != 0)
		whole = false;
	if (whole && to != NULL && decimal_cmp(least, most) > 0)
		config_note_error(reader, config_table_line(reader,
		    limits[1]), _("catalog.select.price: no price is from %s "
		    "to %s"), from, to);
}

/* It is made in folders.outbox and nowhere else; a hidden name is what our
 * own half-made files have. */
void
config_check_file(struct config_reader *reader, const char *path,
    const char *name)
{
	long line = config_table_line(reader, path);
	const char *p;

	if (name == NULL)
		return;
	for (p = name; *p != '\0'; p++) {
		if (*p == '/' || *p == '\\' || (unsigned char)*p < ' ')
			break;
	}
	if (*p != '\0' || name[0] == '.' || name[0] == '\0')
		config_note_error(reader, line, _("%s: wanted the plain name "
		    "of a file in folders.outbox, such as \"Orders.xml\""),
		    path);
	else if (strlen(name) > NAME_MAX)
		config_note_error(reader, line, _("%s: a name of more than %d "
		    "bytes"), path, NAME_MAX);
}

/* Two files of one name would replace each other; a share of Windows knows no
 * case. */
static void
check_export(struct config_reader *reader)
{
	const struct config *config = reader->config;
	const char *file = config->counterparties.export_file;
	const char *path = "counterparties.export_file";

	config_check_file(reader, path, file);
	if (config->counterparties.export_types.count > 0 && file != NULL &&
	    config->orders.given && str_same_name(str_of(file),
	    str_of(config_orders_name(config))))
		config_note_error(reader, config_table_line(reader, path),
		    _("%s: \"%s\" is the file of orders; wanted another "
		    "name"), path, file);
}

void
config_check(struct config_reader *reader)
{
	check_folders(reader);
	check_price_types(reader);
	check_terms(reader);
	check_currencies(reader);
	check_owners(reader);
	check_match(reader);
	check_selection(reader);
	check_price_selection(reader);
	check_export(reader);
	config_tree_check(reader);
	config_orders_check(reader);
}
