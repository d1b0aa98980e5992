/*
 * Properties of a good for people: 1C's names instead of its ids.
 */
#include "mapping/map_term.h"

#include "model/party.h"

/* The definition behind a term's id; NULL: none, and the id says it. */
static const struct map_term *
find_property(const struct map *map, struct str id)
{
	if (map_term_begins(id, TERM_OF))
		id = str_n(id.p + 1, id.len - 1);
	return map_word_find(map, RECORD_PROPERTY, id);
}

void
map_title(const struct map *map, struct str lines, struct buf *out)
{
	const struct map_term *term;
	struct str line, name, value;
	size_t at = 0;

	buf_clear(out);
	/* Those that cannot be read stand as ids, and whoever reads the state
	 * next is told why. */
	(void)map_term_read_values(map, NULL);
	while (party_line_next(lines, &at, &line)) {
		name = field_part(line, 0);
		value = field_part(line, 1);
		term = find_property(map, name);
		if (term != NULL) {
			value = map_word_text(map, term, value);
			if (term->name.len > 0)
				name = term->name;
		} else if (map_term_begins(name, TERM_OWN)) {
			name = str_n(name.p + 1, name.len - 1);
		}
		(void)buf_printf(out, "%s%.*s%c%.*s", out->len > 0 ? "\n" :
		    "", (int)name.len, name.p, FIELD_PART, (int)value.len,
		    value.len > 0 ? value.p : "");
	}
}
