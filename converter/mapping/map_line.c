/*
 * Where a group stands: itself and those above it.  People name a group by
 * its Ид or by its path from the top, "Бумага/Офисная".
 */
#include "mapping/map_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct step {
	char *id, *name;
};

struct map_line {
	struct fields group;    /* space */
	size_t count;
	struct step steps[LIMIT_XML_DEPTH];
};

struct map_line *
map_line_new(void)
{
	struct map_line *line = mem_alloc(sizeof(*line));

	fields_init(&line->group);
	return line;
}

static void
clear(struct map_line *line)
{
	size_t i;

	for (i = 0; i < line->count; i++) {
		free(line->steps[i].id);
		free(line->steps[i].name);
	}
	line->count = 0;
}

void
map_line_free(struct map_line *line)
{
	if (line == NULL)
		return;
	clear(line);
	fields_free(&line->group);
	free(line);
}

static void
add_step(struct map_line *line, struct str id)
{
	struct step *step = &line->steps[line->count++];
	struct str name = fields_get(&line->group, FIELD_NAME);

	step->id = mem_text_n(id.p, id.len);
	step->name = name.len == 0 ? mem_text("") :
	    mem_text_n(name.p, name.len);
}

int
map_line_read(struct map_line *line, const struct map *map, struct str id,
    struct err *err)
{
	char *next = mem_text_n(id.len > 0 ? id.p : "", id.len);
	struct str above;
	int rc = 0;

	clear(line);
	while (next[0] != '\0' && line->count < LIMIT_XML_DEPTH) {
		rc = map->source->get(map->source->ctx, RECORD_GROUP,
		    str_of(next), &line->group, err);
		if (rc != 0)
			break;
		add_step(line, str_of(next));
		above = fields_get(&line->group, FIELD_PARENT);
		free(next);
		next = above.len == 0 ? mem_text("") :
		    mem_text_n(above.p, above.len);
	}
	free(next);
	return rc == -1 ? -1 : 0;
}

bool
map_line_part(struct str *path, struct str *part)
{
	const char *end;

	while (path->len > 0) {
		end = memchr(path->p, '/', path->len);
		*part = str_n(path->p, end == NULL ? path->len :
		    (size_t)(end - path->p));
		path->p += part->len;
		path->len -= part->len;
		if (end != NULL) {
			path->p++;
			path->len--;
		}
		*part = str_trim(*part);
		if (part->len > 0)
			return true;
	}
	return false;
}

/*
 * Does the line, from its top down, begin with the path?  The group that the
 * path names is then one of the line.
 */
static bool
begins_with(const struct map_line *line, struct str path)
{
	size_t left = line->count;
	struct str part;

	if (!map_line_part(&path, &part))
		return false;
	do {
		if (left == 0 || !str_same_name(part,
		    str_of(line->steps[--left].name)))
			return false;
	} while (map_line_part(&path, &part));
	return true;
}

bool
map_line_is_above(const struct map_line *line, struct str path)
{
	size_t left = line->count;
	struct str part;

	while (left > 0 && map_line_part(&path, &part))
		if (!str_same_name(part, str_of(line->steps[--left].name)))
			return false;
	return left == 0 && line->count > 0;
}

bool
map_line_passes(const struct map_line *line, struct str id)
{
	size_t i;

	for (i = 0; i < line->count; i++) {
		if (str_is(id, line->steps[i].id))
			return true;
	}
	return false;
}

bool
map_line_has(const struct map_line *line, const char *named)
{
	return map_line_passes(line, str_of(named)) ||
	    begins_with(line, str_of(named));
}
