/*
 * 1C writes currencies as its users named them: "руб", "руб.", "643", "RUB".
 */
#include "mapping/map_internal.h"

#include <string.h>

#include "base/mem.h"

static struct str
without_dots(struct str text)
{
	text = str_trim(text);
	while (text.len > 0 && text.p[text.len - 1] == '.')
		text.len--;
	return str_trim(text);
}

/* Three capital letters are taken for a code of ISO 4217. */
static bool
is_code(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.p[i] < 'A' || text.p[i] > 'Z')
			return false;
	}
	return text.len == 3;
}

struct str
map_currency(const struct map *map, struct str text)
{
	const struct config_map *known = &map->config->currencies;
	size_t i;

	text = without_dots(text);
	if (text.len == 0)
		return STR_NONE;
	for (i = 0; i < known->count; i++) {
		if (str_same_name(text,
		    without_dots(str_of(known->pairs[i].name))))
			return str_of(known->pairs[i].value);
	}
	/* The code of the rouble until 1998 is no word for orders, as those of
	 * the rules are. */
	if (str_is(text, "RUR"))
		return str_of("RUB");
	return is_code(text) ? text : STR_NONE;
}

void
map_currency_note(const struct map *map, struct str text)
{
	struct map_work *work = map->work;
	struct map_stranger *stranger;
	size_t i;

	for (i = 0; i < work->stranger_count; i++) {
		stranger = &work->strangers[i];
		if (str_is(text, stranger->name)) {
			stranger->prices++;
			return;
		}
	}
	/* Of more the last line has to do: they are rubbish. */
	if (work->stranger_count == MAP_STRANGERS) {
		work->strangers[MAP_STRANGERS - 1].prices++;
		return;
	}
	stranger = &work->strangers[work->stranger_count++];
	stranger->name = mem_text_n(text.p, text.len);
	stranger->prices = 1;
}
