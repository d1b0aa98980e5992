#include "model/flat.h"

#include <string.h>

void
flat_root(struct flat_node *out, const struct fields *record)
{
	*out = (struct flat_node){ record, 0, record->bytes.len, 0 };
}

/* The row at *at: its path below the node, "" for the node itself. */
static bool
next_row(const struct flat_node *node, size_t *at, struct str *path,
    struct str *text)
{
	struct str value;
	enum field field;

	while (*at < node->end &&
	    fields_next(node->fields, at, &field, &value)) {
		if (field != FIELD_FLAT)
			continue;
		*path = field_part(value, 0);
		*text = field_part(value, 1);
		if (path->len < node->above) {
			*path = STR_NONE;
		} else {
			path->p += node->above;
			path->len -= node->above;
		}
		return true;
	}
	return false;
}

struct str
flat_text(const struct flat_node *node, const char *wanted,
    struct str (*plain)(struct str text))
{
	size_t at = node->at;
	struct str path, text;

	while (next_row(node, &at, &path, &text)) {
		if (!str_is(path, wanted == NULL ? "" : wanted))
			continue;
		text = plain(text);
		if (text.len > 0)
			return text;
	}
	return STR_NONE;
}

static bool
is_below(struct str path, struct str above)
{
	return path.len > above.len && path.p[above.len] == '/' &&
	    memcmp(path.p, above.p, above.len) == 0;
}

/* Where the element ends whose first row ends at `at`. */
static size_t
find_end(const struct flat_node *node, struct str above, size_t at)
{
	struct str path, text;
	size_t end = at;

	while (next_row(node, &at, &path, &text)) {
		if (str_eq(path, above) && text.len > 0)
			return at;
		if (!is_below(path, above))
			return end;
		end = at;
	}
	return end;
}

bool
flat_next(const struct flat_node *node, const char *wanted, size_t *at,
    struct flat_node *out)
{
	size_t from, next = *at > node->at ? *at : node->at;
	struct str name = str_of(wanted), path, text;

	for (from = next; next_row(node, &next, &path, &text); from = next) {
		if (!str_eq(path, name))
			continue;
		*out = *node;
		out->at = from;
		out->end = text.len > 0 ? next : find_end(node, name, next);
		out->above = node->above + name.len + 1;
		*at = out->end;
		return true;
	}
	return false;
}
