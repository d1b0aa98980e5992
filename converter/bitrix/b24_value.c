/*
 * What 1C's texts mean on this portal, and back: VAT rates, units, price
 * types.  The rules of the configuration come first, then the rate or the
 * unit's code, then a name that is the same.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/told.h"
#include "model/vat.h"

/* ---- what a rule's right side names ---- */

bool
b24_value_is_id(const char *name, int64_t id)
{
	int64_t number;

	return str_to_int64(&number, str_of(name)) == 0 && number == id;
}

int64_t
b24_value_vat_named(const struct b24_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->vat_count; i++)
		if (str_same_name(str_of(facts->vats[i].name), str_of(name)))
			return facts->vats[i].id;
	for (size_t i = 0; i < facts->vat_count; i++)
		if (b24_value_is_id(name, facts->vats[i].id))
			return facts->vats[i].id;
	return 0;
}

int64_t
b24_value_measure_named(const struct b24_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->measure_count; i++) {
		const struct b24_measure *measure = &facts->measures[i];

		if (str_same_name(str_of(measure->title), str_of(name)) ||
		    str_same_name(str_of(measure->symbol), str_of(name)) ||
		    b24_value_is_id(name, measure->code))
			return measure->id;
	}
	for (size_t i = 0; i < facts->measure_count; i++)
		if (b24_value_is_id(name, facts->measures[i].id))
			return facts->measures[i].id;
	return 0;
}

/* ---- 1C's text to the portal's id ---- */

/* An active rate before one that is switched off. */
static int64_t
find_rate(const struct b24_facts *facts, const char *rate)
{
	int64_t found = 0;

	for (size_t i = 0; i < facts->vat_count; i++) {
		const struct b24_vat *vat = &facts->vats[i];

		if (strcmp(vat->rate, rate) != 0)
			continue;
		if (vat->active)
			return vat->id;
		if (found == 0)
			found = vat->id;
	}
	return found;
}

int64_t
b24_value_vat(const struct b24 *b24, struct str text)
{
	const char *named = config_map_get(&b24->config->catalog.vat, text);
	char rate[DECIMAL_TEXT_BYTES], name[128];
	struct decimal number;

	if (named != NULL)
		return b24_value_vat_named(&b24->facts, named);
	if (vat_is_without(text))
		return find_rate(&b24->facts, "");
	if (vat_rate(&number, text)) {
		(void)decimal_format(rate, number);
		return find_rate(&b24->facts, rate);
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)text.len,
	    text.len > 0 ? text.p : "");
	return text.len > 0 ? b24_value_vat_named(&b24->facts, name) : 0;
}

int64_t
b24_value_measure(const struct b24 *b24, struct str text)
{
	const struct b24_facts *facts = &b24->facts;
	const char *named = config_map_get(&b24->config->catalog.units, text);
	int64_t code;

	/* Made by its code, where it was missing. */
	if (named != NULL && strcmp(named, CONFIG_IGNORE) == 0)
		return 0;
	if (named != NULL && strcmp(named, CONFIG_CREATE) != 0)
		return b24_value_measure_named(facts, named);
	if (str_to_int64(&code, str_trim(text)) == -1)
		return 0;
	for (size_t i = 0; i < facts->measure_count; i++)
		if (facts->measures[i].code == code)
			return facts->measures[i].id;
	return 0;
}

int64_t
b24_value_price_type(const struct b24 *b24, struct str rule)
{
	for (size_t i = 0; i < b24->facts.rule_count; i++)
		if (str_is(rule, b24->facts.rules[i].text))
			return b24->facts.rules[i].type;
	return 0;
}

/* ---- and back ---- */

/* The name on the left of a rule whose right side means this id. */
static const char *
name_by_rule(const struct b24 *b24, const struct config_map *map, int64_t id,
    int64_t (*named)(const struct b24_facts *facts, const char *name))
{
	for (size_t i = 0; i < map->count; i++)
		if (named(&b24->facts, map->pairs[i].value) == id)
			return map->pairs[i].name;
	return NULL;
}

/* The text that would be natural means another id by a rule of today: to say
 * it would make what the portal holds look like what 1C wants. */
static void
say_foreign(char out[64], const char *by_rule, int64_t id)
{
	if (by_rule != NULL)
		(void)snprintf(out, 64, "%s", by_rule);
	else
		(void)snprintf(out, 64, "#%" PRId64, id);
}

void
b24_value_vat_text(const struct b24 *b24, int64_t id, char out[64])
{
	const struct b24_vat *vat = NULL;
	const char *by_rule;

	out[0] = '\0';
	for (size_t i = 0; i < b24->facts.vat_count; i++)
		if (b24->facts.vats[i].id == id)
			vat = &b24->facts.vats[i];
	if (vat == NULL)
		return;
	(void)snprintf(out, 64, "%s", vat->rate[0] != '\0' ? vat->rate :
	    "без ндс");
	if (b24_value_vat(b24, str_of(out)) == id)
		return;
	by_rule = name_by_rule(b24, &b24->config->catalog.vat, id,
	    b24_value_vat_named);
	say_foreign(out, by_rule, id);
}

void
b24_value_measure_text(const struct b24 *b24, int64_t id, char out[64])
{
	const char *by_rule;

	out[0] = '\0';
	for (size_t i = 0; i < b24->facts.measure_count; i++)
		/* OKEI codes have three digits: "006". */
		if (b24->facts.measures[i].id == id)
			(void)snprintf(out, 64, "%03" PRId64,
			    b24->facts.measures[i].code);
	if (out[0] == '\0' || b24_value_measure(b24, str_of(out)) == id)
		return;
	by_rule = name_by_rule(b24, &b24->config->catalog.units, id,
	    b24_value_measure_named);
	say_foreign(out, by_rule, id);
}

/* ---- words and times of 1C ---- */

int
b24_value_truth(struct str text)
{
	static const struct { const char *word; int is; } words[] = {
		{ "true", 1 }, { "да", 1 }, { "истина", 1 }, { "1", 1 },
		{ "y", 1 }, { "yes", 1 }, { "false", 0 }, { "нет", 0 },
		{ "ложь", 0 }, { "0", 0 }, { "n", 0 }, { "no", 0 },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_same_name(text, str_of(words[i].word)))
			return words[i].is;
	return -1;
}

static bool
take_number(struct str *text, size_t digits, char end, int *out)
{
	*out = 0;
	if (text->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (text->p[i] < '0' || text->p[i] > '9')
			return false;
		*out = *out * 10 + (text->p[i] - '0');
	}
	text->p += digits;
	text->len -= digits;
	if (end == '\0')
		return true;
	if (text->len == 0 || text->p[0] != end)
		return false;
	text->p++;
	text->len--;
	return true;
}

/* "10:20:30", "0:00:00", "10:20"; what follows is a zone. */
static bool
take_clock(struct str rest, int *hour, int *minute, int *second)
{
	size_t digits = rest.len > 1 && rest.p[1] == ':' ? 1 : 2;

	if (!take_number(&rest, digits, ':', hour) ||
	    !take_number(&rest, 2, '\0', minute))
		return false;
	if (rest.len == 0 || rest.p[0] != ':')
		return true;
	rest = str_n(rest.p + 1, rest.len - 1);
	return take_number(&rest, 2, '\0', second);
}

bool
b24_value_time(char out[64], struct str text, bool clock)
{
	int year, month, day, hour = 0, minute = 0, second = 0;
	struct str rest = str_trim(text), again = rest;

	if (!(take_number(&rest, 4, '-', &year) &&
	    take_number(&rest, 2, '-', &month) &&
	    take_number(&rest, 2, '\0', &day))) {
		rest = again;
		if (!(take_number(&rest, 2, '.', &day) &&
		    take_number(&rest, 2, '.', &month) &&
		    take_number(&rest, 4, '\0', &year)))
			return false;
	}
	if (rest.len > 0 && !take_clock(str_n(rest.p + 1, rest.len - 1),
	    &hour, &minute, &second))
		return false;
	if (year < 1900 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour > 23 || minute > 59 || second > 59)
		return false;
	if (clock)
		(void)snprintf(out, 64, "%04d-%02d-%02dT%02d:%02d:%02d",
		    year, month, day, hour, minute, second);
	else
		(void)snprintf(out, 64, "%04d-%02d-%02d", year, month, day);
	return true;
}

char *
b24_value_moment(char out[B24_MOMENT_BYTES], int64_t wall_ms)
{
	char *zone;

	(void)clock_format(out, wall_ms);
	zone = strchr(out, 'Z');
	if (zone != NULL)
		(void)snprintf(zone, sizeof("+00:00"), "%s", "+00:00");
	return out;
}

/* ---- what was said, and what is shown ---- */

int
b24_value_compare_texts(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	for (;; i++, j++) {
		while (i < a.len && a.p[i] == '\r')
			i++;
		while (j < b.len && b.p[j] == '\r')
			j++;
		if (i == a.len || j == b.len)
			return (i < a.len) - (j < b.len);
		if (a.p[i] != b.p[j])
			return (unsigned char)a.p[i] < (unsigned char)b.p[j] ?
			    -1 : 1;
	}
}

bool
b24_value_same_text(struct str a, struct str b)
{
	return b24_value_compare_texts(str_trim(a), str_trim(b)) == 0;
}

/* Equal, or apart by less than the last place that the portal keeps. */
bool
b24_value_same_number(struct str sent, struct str shown, unsigned places)
{
	struct decimal a, b, far;
	int64_t least = 1;

	if (shown.len == 0)
		shown = str_of("0");
	if (decimal_parse(&a, sent) == -1 || decimal_parse(&b, shown) == -1)
		return false;
	b.digits = -b.digits;
	if (decimal_add(&far, a, b) == -1)
		return false;
	for (unsigned i = places; i < far.scale; i++)
		least *= 10;
	if (far.digits == 0)
		return true;
	return far.scale > places && (far.digits < 0 ? -far.digits :
	    far.digits) < least;
}

int
b24_value_check(const struct b24 *b24, enum target_kind kind,
    enum field field, struct str value, struct err *err)
{
	if (str_is(value, FIELD_CLEAR))
		return 0;
	if (field == FIELD_VAT && b24_value_vat(b24, value) == 0) {
		(void)told_err(err, ERR_ITEM, N_("the portal has no VAT rate "
		    "\"%.*s\": add it there, or name the one to use in "
		    "catalog.vat"), (int)value.len, value.p);
		return 1;
	}
	if (field == FIELD_UNIT && b24_value_measure(b24, value) == 0) {
		(void)told_err(err, ERR_ITEM, N_("the portal has no unit with "
		    "the code \"%.*s\": add it there, or name the one to use "
		    "in catalog.units"), (int)value.len, value.p);
		return 1;
	}
	/* Contacts need not have each type that companies have. */
	if (field == FIELD_PARTY_TYPE && kind == TARGET_COMPANY &&
	    b24->facts.crm.known &&
	    b24_crm_facts_type(b24, kind, value) == NULL) {
		(void)told_err(err, ERR_ITEM, N_("the portal has no company "
		    "type \"%.*s\": add it there, or name the one to use in "
		    "counterparties.types"), (int)value.len, value.p);
		return 1;
	}
	if (field == FIELD_PRESET && b24->facts.crm.known &&
	    b24_crm_facts_preset(b24, value) == 0) {
		(void)told_err(err, ERR_ITEM, N_("the portal has no requisites "
		    "template for \"%.*s\": name the one to use in "
		    "counterparties.presets"), (int)value.len, value.p);
		return 1;
	}
	return 0;
}
