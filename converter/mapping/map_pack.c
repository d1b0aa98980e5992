/*
 * Пересчет of a good, as people read it: "упаковка: 12 шт".  УТ 11 writes one
 * of the base unit itself into every good, with the coefficient 1
 * (commerceml.md 6): that says nothing.
 */
#include "mapping/map_term.h"

#include "base/decimal.h"

/* What stands on packages, where 1C says only the code of ОКЕИ. */
static struct str
short_name(struct str code)
{
	static const struct {
		const char *code, *name;
	} units[] = {
		{ "006", "м" }, { "055", "м²" }, { "112", "л" },
		{ "113", "м³" }, { "163", "г" }, { "166", "кг" },
		{ "168", "т" }, { "625", "лист" }, { "704", "набор" },
		{ "715", "пара" }, { "736", "рулон" }, { "778", "упаковка" },
		{ "796", "шт" }, { "812", "ящик" }, { "839", "комплект" },
	};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (str_is(code, units[i].code))
			return str_of(units[i].name);
	}
	return STR_NONE;
}

static struct str
name_of(const struct map *map, struct str code)
{
	const struct map_term *unit = map->terms == NULL ? NULL :
	    map_word_find(map, RECORD_UNIT, code);
	struct str name = short_name(code);

	if (name.len > 0)
		return name;
	return unit != NULL && unit->name.len > 0 ? unit->name : code;
}

bool
map_pack_says(struct str recount)
{
	static const struct decimal one = { 1, 0 };
	struct decimal factor;

	return decimal_parse(&factor, field_part(recount, 1)) == 0 &&
	    !decimal_is_negative(factor) && factor.digits != 0 &&
	    decimal_cmp(factor, one) != 0;
}

void
map_pack_text(const struct map *map, struct str recount, struct str base,
    struct str base_name, struct buf *out)
{
	struct str code = str_trim(field_part(recount, 0));
	struct str factor = field_part(recount, 1), name = name_of(map, code);
	struct str of = short_name(base);

	if (of.len == 0)
		of = str_trim(base_name);
	(void)buf_printf(out, "%.*s: %.*s", (int)name.len, name.p,
	    (int)factor.len, factor.p);
	if (of.len > 0)
		(void)buf_printf(out, " %.*s", (int)of.len, of.p);
}
