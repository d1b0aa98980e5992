/* What 1C writes in an element of a counterparty, and means. */
#include "mapping/map_internal.h"

struct str
map_party_rows_value(struct str text)
{
	text = str_trim(text);
	/* What 1C shows for a reference to nothing. */
	return str_is(text, "<>") ? STR_NONE : text;
}

struct str
map_party_rows_text(const struct flat_node *node, const char *wanted)
{
	return flat_text(node, wanted, map_party_rows_value);
}
