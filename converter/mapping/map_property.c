/*
 * What a good has of properties, its weight and its size.  Every good passes
 * here, most of them with twenty properties: the lines are put together in
 * space that is kept, in one walk over the record's fields.
 */
#include "mapping/map_term.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/mem.h"

/* 1C says kilograms and metres, the portal grams and millimetres; 1C-Bitrix's
 * reader of CommerceML does the same. */
#define THOUSAND 3

struct sizes {
	struct str weight, length, width, height;
};

/* One good. */
struct telling {
	const struct map *map;
	enum map_side side;
	bool later;             /* what the offer told already is left out */
	struct str unit, unit_name;     /* the base unit */
};

/* ---- weight and dimensions ---------------------------------------------- */

static bool
by_thousand(char out[DECIMAL_TEXT_BYTES], struct str text, size_t *len)
{
	/* 18 digits, as base/decimal.h has them. */
	const int64_t most = INT64_C(999999999999999999);
	struct decimal value;
	unsigned i;

	if (text.len == 0 || decimal_parse(&value, text) != 0 ||
	    decimal_is_negative(value))
		return false;
	for (i = 0; i < THOUSAND; i++) {
		if (value.scale > 0) {
			value.scale--;
			continue;
		}
		if (value.digits > most / 10)
			return false;
		value.digits *= 10;
	}
	*len = decimal_format(out, value);
	return true;
}

static void
take_dimension(struct sizes *sizes, struct str value)
{
	struct str name = field_part(value, 0), number = field_part(value, 1);
	struct str *to = NULL;

	if (str_is(name, "Длина"))
		to = &sizes->length;
	else if (str_is(name, "Ширина"))
		to = &sizes->width;
	else if (str_is(name, "Высота"))
		to = &sizes->height;
	if (to != NULL && to->len == 0)
		*to = number;
}

static void
take_size(struct sizes *sizes, enum field field, struct str value)
{
	/* The element comes behind the реквизит and stands over it. */
	if (field == FIELD_WEIGHT)
		sizes->weight = value;
	else if (field == FIELD_DIMENSION)
		take_dimension(sizes, value);
	else if (field == FIELD_REQUISITE && sizes->weight.len == 0 &&
	    str_is(field_part(value, 0), "Вес"))
		sizes->weight = field_part(value, 1);
}

static void
put_size(const struct map *map, struct wanted *out, enum field field,
    struct str ours, struct str other)
{
	char text[DECIMAL_TEXT_BYTES];
	size_t len;

	if (by_thousand(text, ours, &len) || by_thousand(text, other, &len))
		map_derive_put(out, map->goods[field], field,
		    str_n(text, len));
}

static void
put_sizes(const struct map *map, struct wanted *out,
    const struct sizes *ours, const struct sizes *other)
{
	put_size(map, out, FIELD_WEIGHT, ours->weight, other->weight);
	put_size(map, out, FIELD_LENGTH, ours->length, other->length);
	put_size(map, out, FIELD_WIDTH, ours->width, other->width);
	put_size(map, out, FIELD_HEIGHT, ours->height, other->height);
}

/* ---- lines -------------------------------------------------------------- */

static void
add_line(struct map_terms *terms, const char *sign, struct str id,
    struct str value)
{
	struct map_line *line;
	size_t at = terms->raw.len, i;

	value = str_trim(value);
	if (value.len == 0)
		return;
	(void)buf_add_text(&terms->raw, sign);
	(void)buf_add(&terms->raw, id.p, id.len);
	(void)buf_add_char(&terms->raw, FIELD_PART);
	(void)buf_add(&terms->raw, value.p, value.len);
	if (terms->raw.full)
		return;
	/* A line end in a value would make two lines of it. */
	for (i = terms->raw.len - value.len; i < terms->raw.len; i++) {
		if (terms->raw.data[i] == '\n' || terms->raw.data[i] == '\r')
			terms->raw.data[i] = ' ';
	}
	if (terms->line_count == terms->line_size) {
		terms->line_size = terms->line_size == 0 ? 64 :
		    terms->line_size * 2;
		terms->lines = mem_resize(terms->lines, terms->line_size,
		    sizeof(*terms->lines));
	}
	line = &terms->lines[terms->line_count++];
	line->at = at;
	line->len = terms->raw.len - at;
}

static void
add_value(const struct telling *telling, struct map_term *term,
    const char *sign, struct str value)
{
	struct map_terms *terms = telling->map->terms;

	if (term == NULL || !term->carried[telling->side])
		return;
	if (telling->later && term->round == terms->round)
		return;
	if (!telling->later)
		term->round = terms->round;
	add_line(terms, sign, term->id, map_word_value(telling->map, term,
	    str_trim(value)));
}

/* Of a category 1C says the id, and a person wants its name. */
static struct str
own_value(const struct map *map, enum field field, struct str value)
{
	const struct map_term *category;

	if (field != FIELD_CATEGORY)
		return value;
	category = map_word_find(map, RECORD_CATEGORY, value);
	return category == NULL ? STR_NONE : category->name;
}

static void
add_requisite(const struct telling *telling, struct str value)
{
	struct map_terms *terms = telling->map->terms;
	struct str name = field_part(value, 0);
	size_t i;

	for (i = 0; i < terms->requisite_count; i++) {
		struct map_term *term = &terms->items[terms->requisites + i];

		if (term->carried[telling->side] &&
		    str_same_name(name, term->name))
			add_value(telling, term, "", field_part(value, 1));
	}
	/* "Код" may come as either. */
	for (i = 0; i < OWN_COUNT; i++) {
		struct map_term *term = &terms->items[i];

		if (term->pair != NULL && str_same_name(name, term->name))
			add_value(telling, term, "", field_part(value, 1));
	}
}

static void
add_pack(const struct telling *telling, struct str recount)
{
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);

	if (!map_pack_says(recount))
		return;
	(void)buf_printf(&text, "%s%c", MAP_RECOUNT, FIELD_PART);
	map_pack_text(telling->map, recount, telling->unit,
	    telling->unit_name, &text);
	add_requisite(telling, str_n(text.data, text.len));
	buf_free(&text);
}

static void
add_field(const struct telling *telling, enum field field, struct str value)
{
	const struct map *map = telling->map;
	bool offers = telling->side == SIDE_OFFERS;
	const char *own;

	if (field == FIELD_PROPERTY) {
		add_value(telling, map_word_find(map, RECORD_PROPERTY,
		    field_part(value, 0)), offers ? TERM_OF : "",
		    field_part(value, 1));
	} else if (field == FIELD_REQUISITE) {
		add_requisite(telling, value);
	} else if (field == FIELD_UNIT_FACTOR) {
		add_pack(telling, value);
	} else if (field == FIELD_CHARACTERISTIC) {
		/* Of what is no variation a rule has to ask for it, as for a
		 * реквизит. */
		if (!offers)
			add_requisite(telling, value);
		else
			add_value(telling, map_word_find(map, RECORD_TRAIT,
			    field_part(value, 0)), "", field_part(value, 1));
	} else {
		own = map_word_own(field);
		if (own != NULL)
			add_value(telling, map_word_find(map, RECORD_NONE,
			    str_of(own)), "", own_value(map, field, value));
	}
}

static int
compare_lines(const void *a, const void *b)
{
	return str_cmp(((const struct map_line *)a)->text,
	    ((const struct map_line *)b)->text);
}

/* What is carried and is not there any more is emptied, where it was told. */
static void
put_lines(const struct map *map, enum map_side side, struct wanted *out)
{
	enum map_owner owner = map->goods[FIELD_PROPERTIES];
	struct map_terms *terms = map->terms;
	struct buf *text = &terms->out;
	size_t i;

	if (terms->line_count == 0) {
		if (terms->any[side] && owner == OWNER_1C)
			map_derive_put(out, owner, FIELD_PROPERTIES,
			    str_of(FIELD_CLEAR));
		return;
	}
	for (i = 0; i < terms->line_count; i++)
		terms->lines[i].text = str_n(terms->raw.data +
		    terms->lines[i].at, terms->lines[i].len);
	qsort(terms->lines, terms->line_count, sizeof(*terms->lines),
	    compare_lines);
	buf_clear(text);
	for (i = 0; i < terms->line_count; i++) {
		struct str line = terms->lines[i].text;

		if (i > 0 && str_eq(line, terms->lines[i - 1].text))
			continue;
		party_line_append(text, line);
	}
	map_derive_put(out, owner, FIELD_PROPERTIES, str_n(text->data,
	    text->len));
}

/* The base unit of a good: the offer's, where it says one. */
static void
take_unit(struct telling *telling, const struct fields *record)
{
	if (record == NULL || telling->unit.len > 0)
		return;
	telling->unit = fields_get(record, FIELD_UNIT);
	telling->unit_name = fields_get(record, FIELD_UNIT_NAME);
}

static void
read_record(const struct telling *telling, const struct fields *record,
    bool lines, struct sizes *sizes)
{
	struct str value;
	enum field field;
	size_t at = 0;

	while (fields_next(record, &at, &field, &value) &&
	    field <= FIELD_UNIT_FACTOR) {
		take_size(sizes, field, value);
		if (lines)
			add_field(telling, field, value);
	}
}

int
map_property_put(const struct map *map, enum target_kind kind,
    const struct fields *product, const struct fields *offer,
    struct wanted *out, struct err *err)
{
	struct map_terms *terms = map->terms;
	struct telling telling = { map, kind == TARGET_OFFER ? SIDE_OFFERS :
	    SIDE_GOODS, false, STR_NONE, STR_NONE };
	struct sizes ours = { .weight = STR_NONE };
	struct sizes other = { .weight = STR_NONE };
	bool any = terms != NULL && terms->any[telling.side] &&
	    map->goods[FIELD_PROPERTIES] != OWNER_NEVER;

	if (any) {
		if (map_term_read_values(map, err) == -1)
			return -1;
		buf_clear(&terms->raw);
		terms->line_count = 0;
		terms->round++;
		take_unit(&telling, offer);
		take_unit(&telling, product);
	}
	if (offer != NULL)
		read_record(&telling, offer, any, &ours);
	telling.later = true;
	/* A variation shows its product's properties as they are. */
	if (product != NULL)
		read_record(&telling, product, any && kind != TARGET_OFFER,
		    &other);
	/* Parents and services have neither weight nor size there. */
	if (kind == TARGET_PRODUCT || kind == TARGET_OFFER)
		put_sizes(map, out, &ours, &other);
	if (any)
		put_lines(map, telling.side, out);
	return 0;
}
