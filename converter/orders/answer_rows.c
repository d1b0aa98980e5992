/*
 * A document is kept row by row as it stood in the file (FIELD_FLAT): an
 * element with children has a row with no text, then theirs, then its own
 * text.  Here the rows are elements again.
 */
#include "orders/answer_internal.h"

#include <string.h>

void
answer_rows_root(struct answer_node *out, const struct fields *document)
{
	*out = (struct answer_node){ document, 0, document->bytes.len, 0 };
}

/* The row at *at: its path below the node. */
static bool
next_row(const struct answer_node *node, size_t *at, struct str *path,
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
answer_rows_text(const struct answer_node *node, const char *wanted)
{
	size_t at = node->at;
	struct str path, text;

	while (next_row(node, &at, &path, &text)) {
		if (!str_is(path, wanted))
			continue;
		text = answer_value_plain(text);
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
find_end(const struct answer_node *node, struct str above, size_t at)
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
answer_rows_next(const struct answer_node *node, const char *wanted,
    size_t *at, struct answer_node *out)
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

struct str
answer_rows_requisite(const struct answer_node *node, const char *name)
{
	static const char path[] = "ЗначенияРеквизитов/ЗначениеРеквизита";
	struct answer_node one;
	struct str value;
	size_t at = 0;

	while (answer_rows_next(node, path, &at, &one)) {
		if (!answer_value_is(answer_rows_text(&one, "Наименование"),
		    name))
			continue;
		value = answer_rows_text(&one, "Значение");
		if (value.len > 0)
			return value;
	}
	return STR_NONE;
}

int
answer_rows_flag(const struct answer_node *node, const char *requisite,
    const char *element)
{
	int flag = answer_value_flag(answer_rows_requisite(node, requisite));

	if (flag == -1 && element != NULL)
		flag = answer_value_flag(answer_rows_text(node, element));
	return flag;
}
