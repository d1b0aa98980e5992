/*
 * What goods with a characteristic are called: a variation, a product made of
 * an offer, and a good that the catalogue itself lists by its characteristic
 * (commerceml.md 6).  Two of one name could not be told apart.
 */
#include "mapping/map_internal.h"

#include <string.h>

/* The next value of the characteristic; *at: 0 at first. */
static bool
next_value(const struct fields *record, size_t *at, struct str *value)
{
	enum field field;

	while (fields_next(record, at, &field, value) &&
	    field <= FIELD_CHARACTERISTIC)
		if (field == FIELD_CHARACTERISTIC) {
			*value = str_trim(field_part(*value, 1));
			return true;
		}
	return false;
}

/* The values of the characteristic: "красный, XL". */
static void
list_values(struct buf *out, const struct fields *record)
{
	struct str value;
	size_t at = 0;

	while (next_value(record, &at, &value)) {
		if (value.len == 0)
			continue;
		if (out->len > 0)
			(void)buf_add_text(out, ", ");
		(void)buf_add(out, value.p, value.len);
	}
}

/* A long name of the product gives way to what stands behind it, but not to
 * a text that would leave nothing of it. */
static struct str
make_room(struct str whole, struct str values)
{
	size_t wanted = strlen(" ()"), len;

	for (; values.len > 0; values.p += len, values.len -= len) {
		len = str_utf8_len(values);
		if (len == 0)
			len = 1;
		wanted++;
	}
	return wanted > NAME_CHARACTERS / 2 ? whole :
	    map_derive_cut(whole, NAME_CHARACTERS - wanted);
}

/* "Рубашка (42, белый)"; `record` has the pairs. */
static void
add_values(struct buf *out, struct str whole, const struct fields *record)
{
	struct buf values = BUF_INIT(LIMIT_RECORD_BYTES);

	list_values(&values, record);
	whole = make_room(whole, str_n(buf_text(&values), values.len));
	(void)buf_printf(out, "%.*s", (int)whole.len, whole.p);
	if (values.len > 0)
		(void)buf_printf(out, " (%s)", buf_text(&values));
	buf_free(&values);
}

/* ---- does a name say the values already? -------------------------------- */

static bool
parts_words(char c)
{
	return strchr(" \t\r\n,.;:()[]/\"'", c) != NULL;
}

/* The next word of the text; STR_NONE at the end. */
static struct str
next_word(struct str *text)
{
	struct str word;

	while (text->len > 0 && parts_words(text->p[0]))
		*text = str_n(text->p + 1, text->len - 1);
	word = str_n(text->p, 0);
	while (text->len > 0 && !parts_words(text->p[0])) {
		*text = str_n(text->p + 1, text->len - 1);
		word.len++;
	}
	return word.len > 0 ? word : STR_NONE;
}

static size_t
count_characters(struct str text)
{
	size_t count = 0, i;

	for (i = 0; i < text.len; i++)
		count += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	return count;
}

/* Is it the word, or another form of it: "красный", "красная"? */
static bool
is_form_of(struct str word, struct str wanted)
{
	enum { ENDING = 2, SHORTEST = 5 };
	size_t ours = count_characters(word), its = count_characters(wanted);

	if (its < SHORTEST || ours + ENDING < its || ours > its + ENDING)
		return str_same_name(word, wanted);
	return str_same_name(map_derive_cut(word, its - ENDING),
	    map_derive_cut(wanted, its - ENDING));
}

static bool
has_word(struct str name, struct str wanted)
{
	struct str word;

	while ((word = next_word(&name)).len > 0) {
		if (is_form_of(word, wanted))
			return true;
	}
	return false;
}

static bool
says_all(struct str name, const struct fields *record)
{
	struct str value, word;
	size_t at = 0;

	while (next_value(record, &at, &value)) {
		while ((word = next_word(&value)).len > 0) {
			if (!has_word(name, word))
				return false;
		}
	}
	return true;
}

/* ---- the names ---------------------------------------------------------- */

void
map_called_offer(const struct map *map, const struct fields *offer,
    struct buf *out)
{
	struct str whole = fields_get(&map->work->product.fields, FIELD_NAME);
	struct str name = fields_get(offer, FIELD_NAME);

	/* One that 1C calls as it calls the product is told apart by what
	 * makes it different. */
	if (name.len > 0 && !str_same_name(name, whole))
		(void)buf_add(out, name.p, name.len);
	else
		add_values(out, whole, offer);
}

bool
map_called_listed(const struct map *map, const struct fields *offer,
    struct buf *out)
{
	const struct fields *product = &map->work->product.fields;
	const struct fields *pairs = product;
	struct str name = fields_get(product, FIELD_NAME), other = STR_NONE;

	if (!fields_has(product, FIELD_CHARACTERISTIC))
		pairs = offer;
	if (pairs == NULL || !fields_has(pairs, FIELD_CHARACTERISTIC))
		return false;
	if (offer != NULL)
		other = fields_get(offer, FIELD_NAME);
	if (says_all(name, pairs))
		(void)buf_add(out, name.p, name.len);
	else if (other.len > 0 && says_all(other, pairs))
		(void)buf_add(out, other.p, other.len);
	else
		add_values(out, name, pairs);
	return true;
}
