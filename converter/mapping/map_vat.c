/*
 * VAT in prices.  1C says of each price type whether its prices have VAT in
 * them; the portal has one flag of a good, for all of its prices.  So one type
 * leads, that of the first rule, and prices of a type that says otherwise are
 * carried as the leading one has them, by the good's own rate: a deal that is
 * reckoned by the wrong flag is wrong by the whole VAT.  Where two types stand
 * behind that rule, as two nodes of 1C have each its own, the one that the good
 * has a price of leads it: a node that is at one with itself needs no rates.
 */
#include "mapping/map_internal.h"

#include <stdio.h>

#include "base/i18n.h"
#include "model/vat.h"

static bool
is_led(const struct map_type *lead, const struct map_type *type)
{
	return type->vat_included == STATED_NOT ||
	    type->vat_included == lead->vat_included;
}

/* Two types of one name may stand behind a rule: the first one leads, as long
 * as it says anything. */
void
map_vat_resolve(struct map *map)
{
	size_t i;

	for (i = 0; i < map->type_count; i++) {
		const struct map_type *type = &map->types[i];

		if (type->vat_included != STATED_NOT &&
		    (map->vat_lead == NULL ||
		    type->rule < map->vat_lead->rule))
			map->vat_lead = type;
	}
	for (i = 0; map->vat_lead != NULL && i < map->type_count; i++)
		map->mixes_vat = map->mixes_vat ||
		    !is_led(map->vat_lead, &map->types[i]);
}

/* The rate as 1C states it, else as the rule for its word has it. */
static bool
read_rate(const struct map *map, struct str text, struct decimal *out)
{
	const char *named;

	*out = (struct decimal){ 0, 0 };
	if (vat_is_without(text) || vat_rate(out, text))
		return !decimal_is_negative(*out);
	named = text.len == 0 ? NULL :
	    config_map_get(&map->config->catalog.vat, text);
	return named != NULL && (vat_is_without(str_of(named)) ||
	    vat_rate(out, str_of(named))) && !decimal_is_negative(*out);
}

static int
find_rate(const struct map *map, const struct map_good *good, struct str id,
    bool *known, struct decimal *out, struct err *err)
{
	struct str text = STR_NONE;
	const struct fields *offer;

	if (map_good_offer(map, good, id, &offer, err) != 0)
		return -1;
	/* As the good's own rate is found (map_product.c). */
	if (good->row != NULL && offer != NULL)
		text = fields_get(offer, FIELD_VAT);
	if (text.len == 0)
		text = fields_get(&map->work->product.fields, FIELD_VAT);
	*known = read_rate(map, text, out);
	return 0;
}

static void
note(const struct map *map, struct str id)
{
	char *out = map->work->rateless;
	struct str name = fields_get(&map->work->product.fields, FIELD_NAME);

	if (out[0] != '\0')
		return;
	name = str_utf8_cut(name.len > 0 ? name : id,
	    sizeof(map->work->rateless) - 1);
	(void)snprintf(out, sizeof(map->work->rateless), "%.*s",
	    (int)name.len, name.p);
}

/* Whoever keeps the flag to himself, be it but once the good is there, has his
 * own reckoning: then 1C's figures are carried as they are. */
bool
map_vat_converts(const struct map *map)
{
	return map->mixes_vat &&
	    map->goods[FIELD_VAT_INCLUDED] == OWNER_1C;
}

int
map_vat_way(const struct map *map, const struct map_good *good, struct str id,
    const struct map_type *type, const struct map_type *lead,
    struct map_vat *out, struct err *err)
{
	struct decimal rate, whole = { 100, 0 };
	struct map_vat with;
	bool known;
	unsigned i;

	*out = (struct map_vat){ 1, 1 };
	if (type == NULL || !map_vat_converts(map) || is_led(lead, type))
		return 0;
	if (find_rate(map, good, id, &known, &rate, err) != 0)
		return -1;
	if (!known || decimal_cmp(rate, whole) >= 0) {
		note(map, id);
		return 1;
	}
	with.by = 100;
	for (i = 0; i < rate.scale; i++)
		with.by *= 10;
	with.times = with.by + rate.digits;
	*out = type->vat_included == STATED_NO ? with :
	    (struct map_vat){ with.by, with.times };
	return 0;
}

/* ---- what is told ------------------------------------------------------ */

static void
tell_type(const struct map *map, const struct map_type *type,
    const struct map_hearer *to)
{
	const struct config_pair *pairs =
	    map->config->catalog.price_types.pairs;
	const struct config_pair *pair = &pairs[type->rule];
	const char *lead = pairs[map->vat_lead->rule].name;
	const char *path = map->config->path;

	if (!map_vat_converts(map))
		map_warnings_line(to, _("%s:%ld: of the price types \"%s\" "
		    "and \"%s\" one has VAT in its prices and one has not: "
		    "both are carried as 1C states them, for owners leaves "
		    "the portal's flag alone (goods.vat_included)"), path,
		    pair->line, pair->name, lead);
	else if (type->vat_included == STATED_NO)
		map_warnings_line(to, _("%s:%ld: prices of the type \"%s\" "
		    "are without VAT in 1C, those of \"%s\" with it: VAT is "
		    "added, by the rate of each good"), path, pair->line,
		    pair->name, lead);
	else
		map_warnings_line(to, _("%s:%ld: prices of the type \"%s\" "
		    "are with VAT in 1C, those of \"%s\" without it: VAT is "
		    "taken out, by the rate of each good"), path, pair->line,
		    pair->name, lead);
}

void
map_vat_tell(const struct map *map, const struct map_hearer *to)
{
	size_t i;

	if (!map->mixes_vat)
		return;
	for (i = 0; i < map->type_count; i++) {
		/* Of two behind the leading rule each leads. */
		if (map->types[i].rule != map->vat_lead->rule &&
		    !is_led(map->vat_lead, &map->types[i]))
			tell_type(map, &map->types[i], to);
	}
	if (map->work->rateless[0] != '\0')
		map_warnings_line(to, _("prices are left out, the first of "
		    "\"%s\": their type differs from the others in whether "
		    "VAT is in them, and 1C states no rate of VAT of the "
		    "good; what the portal has stays"), map->work->rateless);
}
