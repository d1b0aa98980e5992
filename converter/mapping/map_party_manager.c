/*
 * Who answers for a client: the manager that 1C names, by the rule `users`.
 * No standard element says it; a реквизит or an element of one of the names
 * below does, which are those of 1C's own attributes (УНФ: Ответственный; УТ
 * 10.3 and УПП: ОсновнойМенеджерПокупателя; УТ 11: ОсновнойМенеджер) and of
 * the published standard's persons (xsd-outline.md: Менеджер, Ответственный).
 */
#include "mapping/map_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* In small letters and without blanks; the first one that is said counts. */
static const char *const names[] = {
	"ответственныйменеджер",
	"основнойменеджерпокупателя",
	"основнойменеджер",
	"менеджерпокупателя",
	"менеджер",
	"ответственный",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

struct finding {
	struct buf word;        /* space */
	size_t rank;            /* of what was found; NAMES: nothing was */
	struct str manager;
};

static void
offer(struct finding *finding, struct str name, struct str manager)
{
	size_t i = 0;

	if (manager.len == 0)
		return;
	party_word_plain(&finding->word, name);
	while (i < finding->rank && strcmp(buf_text(&finding->word),
	    names[i]) != 0)
		i++;
	if (i == finding->rank)
		return;
	finding->rank = i;
	finding->manager = manager;
}

/* <Менеджер>, or the name of the person below it. */
static void
look_at_element(struct finding *finding, struct str path, struct str text)
{
	const char *slash = path.len > 0 ? memchr(path.p, '/', path.len) :
	    NULL;
	struct str rest = STR_NONE;

	if (slash != NULL) {
		rest = str_n(slash + 1, path.len - (size_t)(slash + 1 -
		    path.p));
		path.len = (size_t)(slash - path.p);
	}
	if (rest.len == 0 || str_is(rest, "ПолноеНаименование") ||
	    str_is(rest, "Наименование"))
		offer(finding, path, map_party_rows_value(text));
}

static struct str
find_manager(const struct map_party *party)
{
	struct finding finding = { BUF_INIT(LIMIT_XML_TEXT), NAMES,
	    STR_NONE };
	struct map_extra walk = { 0 };
	enum field field;
	struct str value;
	size_t at = 0;

	while (map_party_extra_next(party, STR_NONE, &walk, &value))
		offer(&finding, map_party_rows_text(&walk.node,
		    "Наименование"), value);
	while (fields_next(&party->record, &at, &field, &value)) {
		if (field == FIELD_FLAT)
			look_at_element(&finding, field_part(value, 0),
			    field_part(value, 1));
	}
	buf_free(&finding.word);
	return finding.manager;
}

/* One of many is enough: a person adds all that are missing. */
static void
note_stranger(struct map_work *work, struct str manager)
{
	size_t i;

	for (i = 0; i < work->manager_count; i++) {
		if (str_is(manager, work->managers[i]))
			return;
	}
	if (work->manager_count < MAP_STRANGERS)
		work->managers[work->manager_count++] =
		    mem_text_n(manager.p, manager.len);
}

/* The portal's user as the rule calls it; NULL: 1C names nobody, or one whom
 * no rule knows. */
static const char *
find_user(const struct map *map)
{
	const struct config_map *users = &map->config->users;
	struct str manager;
	const char *user;

	if (users->count == 0)
		return NULL;
	manager = find_manager(&map->work->party);
	if (manager.len == 0)
		return NULL;
	user = config_map_get(users, manager);
	if (user == NULL)
		note_stranger(map->work, manager);
	return user;
}

void
map_party_manager_put(const struct map *map, enum target_kind kind,
    struct wanted *out)
{
	const char *user = map->never[kind][FIELD_MANAGER] ? NULL :
	    find_user(map);

	/* A contact person may be one of several companies: whose manager
	 * should follow the next change? */
	if (user != NULL && kind != TARGET_PERSON)
		map_party_put(map, kind, out, FIELD_MANAGER, str_of(user));
	else
		(void)fields_set(&out->at_create, FIELD_MANAGER,
		    str_of(user != NULL ? user : map->config->default_user));
}

void
map_party_manager_tell(const struct map *map, const struct map_hearer *to)
{
	const struct map_work *work = map->work;
	size_t i;

	for (i = 0; i < work->manager_count; i++)
		map_warnings_line(to, _("1C names the manager \"%s\", whom "
		    "`users` does not know: what is made of their clients "
		    "gets default_user"), work->managers[i]);
}

void
map_party_manager_free(struct map_work *work)
{
	size_t i;

	for (i = 0; i < work->manager_count; i++)
		free(work->managers[i]);
}
