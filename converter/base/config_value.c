/* One key's value: what type it must have, and where it goes. */
#include "base/config_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"

_Static_assert(sizeof(enum config_marked) == sizeof(unsigned),
    "an enum is stored as an unsigned");

/* Bytes of a number or a word in a text of ours. */
#define SHORT_TEXT 256

static void *
place_of(struct config *config, const struct config_key *key)
{
	char *in = NULL;

	switch (key->within) {
	case IN_CONFIG:
		in = (char *)config;
		break;
	case IN_FUNNEL:
		in = (char *)&config->orders.funnels
		    [config->orders.funnel_count - 1];
		break;
	case IN_PLACE:
		in = (char *)&config->catalog.tree
		    [config->catalog.tree_count - 1];
		break;
	}
	return in + key->place;
}

void
config_value_words(struct buf *out, const char *const *words)
{
	size_t i;

	for (i = 0; words[i] != NULL; i++)
		(void)buf_printf(out, "%s%s", i > 0 ? ", " : "", words[i]);
}

/* The word's place, or -1. */
static int
find_word(const char *const *words, struct str text)
{
	int i;

	for (i = 0; words[i] != NULL; i++) {
		if (str_is(text, words[i]))
			return i;
	}
	return -1;
}

static const char *
kind_of(const cJSON *item)
{
	if (cJSON_IsNull(item))
		return _("null");
	if (cJSON_IsBool(item))
		return _("true or false");
	if (cJSON_IsNumber(item))
		return _("a number");
	if (cJSON_IsString(item))
		return _("a text");
	if (cJSON_IsArray(item))
		return _("a list");
	return _("an object");
}

static void
wrong_type(struct config_reader *reader, const struct config_key *key,
    const cJSON *item, const char *wanted)
{
	config_note_error(reader, config_scan_line(item),
	    _("%s: found %s, wanted %s"), key->path, kind_of(item), wanted);
}

/* ---- single values ---------------------------------------------------- */

/* Without "..", which messages would show; the folder has no links in it.  Nor
 * with "." at its start: what lies in another folder is told by its path. */
static char *
absolute_path(const char *folder, const char *name)
{
	char *base = mem_text(folder), *path;
	char *slash;

	while (strncmp(name, "./", 2) == 0 || strcmp(name, ".") == 0)
		name += name[1] == '/' ? 2 : 1;
	while (strncmp(name, "../", 3) == 0 || strcmp(name, "..") == 0) {
		slash = strrchr(base, '/');
		if (slash == NULL)
			break;
		slash[slash == base ? 1 : 0] = '\0';
		name += name[2] == '/' ? 3 : 2;
	}
	path = name[0] == '\0' ? mem_text(base) : file_join(base, name);
	free(base);
	return path;
}

static void
set_text(struct config *config, const struct config_key *key,
    struct str text)
{
	char **to = place_of(config, key);

	if (key->size == 0)
		return;
	free(*to);
	*to = NULL;
	if (text.p == NULL)
		return;
	if (key->type == KEY_PATH) {
		char *name = mem_text_n(text.p, text.len);

		*to = absolute_path(config->folder, name);
		free(name);
	} else {
		*to = mem_text_n(text.p, text.len);
	}
}

static void
set_whole(struct config *config, const struct config_key *key,
    int64_t value)
{
	int64_t scaled = value * (key->unit == 0 ? 1 : key->unit);
	int small = (int)scaled;

	if (key->size == sizeof(int))
		memcpy(place_of(config, key), &small, sizeof(small));
	else if (key->size == sizeof(scaled))
		memcpy(place_of(config, key), &scaled, sizeof(scaled));
}

static void
set_bool(struct config *config, const struct config_key *key, bool value)
{
	if (key->size == sizeof(bool))
		memcpy(place_of(config, key), &value, sizeof(value));
}

static void
set_choice(struct config *config, const struct config_key *key,
    unsigned value)
{
	if (key->size == sizeof(bool))
		set_bool(config, key, value != 0);
	else if (key->size == sizeof(value))
		memcpy(place_of(config, key), &value, sizeof(value));
}

static void
store_text(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	char space[32];
	struct str text;

	if (!cJSON_IsString(item) && !cJSON_IsNumber(item)) {
		wrong_type(reader, key, item, _("a text"));
		return;
	}
	text = str_trim(json_str(item, space));
	if (text.len == 0)
		config_note_error(reader, config_scan_line(item),
		    _("%s: it is empty"), key->path);
	else
		set_text(reader->config, key, text);
}

static int
number_of(const char *digits, size_t count)
{
	int number = 0;
	size_t i;

	for (i = 0; i < count; i++)
		number = number * 10 + (digits[i] - '0');
	return number;
}

static bool
is_day(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month >= 1 && month <= 12 && day >= 1 &&
	    day <= days[month - 1] + (leap && month == 2);
}

/* Digits where D stands, else the same. */
static bool
is_date(struct str text)
{
	static const char shape[] = "DDDD-DD-DD";
	size_t i;

	if (text.len != sizeof(shape) - 1)
		return false;
	for (i = 0; i < text.len; i++) {
		bool digit = text.p[i] >= '0' && text.p[i] <= '9';

		if (shape[i] == 'D' ? !digit : text.p[i] != shape[i])
			return false;
	}
	return is_day(number_of(text.p, 4), number_of(text.p + 5, 2),
	    number_of(text.p + 8, 2));
}

static void
store_date(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	if (!cJSON_IsString(item) || !is_date(str_of(item->valuestring)))
		config_note_error(reader, config_scan_line(item),
		    _("%s: wanted a day, such as \"2026-11-22\""), key->path);
	else
		set_text(reader->config, key, str_of(item->valuestring));
}

static bool
in_range(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	char space[32];
	struct str found;

	if (key->min == 0 && key->max == 0)
		return true;
	if (item->valuedouble >= (double)key->min &&
	    item->valuedouble <= (double)key->max)
		return true;
	found = json_str(item, space);
	config_note_error(reader, config_scan_line(item),
	    _("%s: found %.*s, wanted %" PRId64 " to %" PRId64), key->path,
	    (int)found.len, found.p, key->min, key->max);
	return false;
}

static void
store_whole(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	int64_t value;

	if (!cJSON_IsNumber(item) || json_int(&value, item) != 0)
		wrong_type(reader, key, item, _("a whole number"));
	else if (in_range(reader, key, item))
		set_whole(reader->config, key, value);
}

static void
store_number(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	if (!cJSON_IsNumber(item)) {
		wrong_type(reader, key, item, _("a number"));
		return;
	}
	if (item->valuedouble <= 0)
		config_note_error(reader, config_scan_line(item),
		    _("%s: wanted more than 0"), key->path);
	else if (in_range(reader, key, item))
		memcpy(place_of(reader->config, key), &item->valuedouble,
		    sizeof(item->valuedouble));
}

static void
store_bool(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	if (!cJSON_IsBool(item))
		wrong_type(reader, key, item, _("true or false"));
	else
		set_bool(reader->config, key, cJSON_IsTrue(item));
}

/* The word's place; -1: an error is noted. */
static int
check_word(struct config_reader *reader, const struct config_key *key,
    const cJSON *item, struct str word)
{
	struct buf words = BUF_INIT(SHORT_TEXT * 4);
	int found = find_word(key->words, word);

	if (found == -1) {
		config_value_words(&words, key->words);
		config_note_error(reader, config_scan_line(item),
		    _("%s: found \"%.*s\", wanted one of: %s"), key->path,
		    (int)word.len, word.p, buf_text(&words));
		buf_free(&words);
	}
	return found;
}

static void
store_choice(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	int found;

	if (!cJSON_IsString(item)) {
		wrong_type(reader, key, item, _("a text"));
		return;
	}
	found = check_word(reader, key, item, str_of(item->valuestring));
	if (found >= 0)
		set_choice(reader->config, key, (unsigned)found);
}

/* ---- lists and maps --------------------------------------------------- */

static void
free_list(struct config_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct config_list){ 0 };
}

static void
free_map(struct config_map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++) {
		free(map->pairs[i].name);
		free(map->pairs[i].value);
	}
	free(map->pairs);
	*map = (struct config_map){ 0 };
}

static void
add_item(struct config_list *list, struct str text)
{
	list->items = mem_resize(list->items, list->count + 1,
	    sizeof(*list->items));
	list->items[list->count++] = mem_text_n(text.p, text.len);
}

static void
add_pair(struct config_map *map, struct str name, struct str value,
    long line)
{
	struct config_pair *pair;

	map->pairs = mem_resize(map->pairs, map->count + 1,
	    sizeof(*map->pairs));
	pair = &map->pairs[map->count++];
	pair->name = mem_text_n(name.p, name.len);
	pair->value = mem_text_n(value.p, value.len);
	pair->line = line;
}

/* A text or number of a list or map; STR_NONE and an error is noted. */
static struct str
inner_text(struct config_reader *reader, const struct config_key *key,
    const cJSON *item, char space[32])
{
	struct str text;

	if (!cJSON_IsString(item) && !cJSON_IsNumber(item)) {
		wrong_type(reader, key, item, _("a text"));
		return STR_NONE;
	}
	text = str_trim(json_str(item, space));
	if (text.len == 0)
		config_note_error(reader, config_scan_line(item),
		    _("%s: an empty text"), key->path);
	return text;
}

static bool
too_many(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	if (cJSON_GetArraySize(item) <= LIMIT_CONFIG_NAMES)
		return false;
	config_note_error(reader, config_scan_line(item),
	    _("%s: more than %d entries"), key->path, LIMIT_CONFIG_NAMES);
	return true;
}

static void
store_list(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	struct config_list list = { 0 };
	struct config_list *to = place_of(reader->config, key);
	const cJSON *member;
	char space[32];

	if (!cJSON_IsArray(item)) {
		wrong_type(reader, key, item, _("a list: [ ... ]"));
		return;
	}
	if (too_many(reader, key, item))
		return;
	cJSON_ArrayForEach(member, item) {
		struct str text = inner_text(reader, key, member, space);

		if (text.len == 0)
			continue;
		if (key->words != NULL)
			(void)check_word(reader, key, member, text);
		add_item(&list, text);
	}
	if (key->size == 0) {
		free_list(&list);
		return;
	}
	free_list(to);
	*to = list;
}

/* Names that a person takes for one name are one name. */
static void
check_name(struct config_reader *reader, const struct config_key *key,
    const struct config_map *map, const cJSON *member)
{
	struct str name = str_of(member->string);
	size_t i;

	if (str_trim(name).len == 0)
		config_note_error(reader, config_scan_line(member),
		    _("%s: an empty name"), key->path);
	if (key->words != NULL)
		(void)check_word(reader, key, member, name);
	for (i = 0; i < map->count; i++) {
		/* Letter by letter the same is told already. */
		if (str_is(name, map->pairs[i].name) ||
		    !str_same_name(name, str_of(map->pairs[i].name)))
			continue;
		config_note_error(reader, config_scan_line(member),
		    _("%s: \"%s\" is the same name as \"%s\" in line %ld"),
		    key->path, member->string, map->pairs[i].name,
		    map->pairs[i].line);
		return;
	}
}

/* Takes the text up to the next `|` off; false at the end. */
static bool
next_part(struct str *rest, struct str *part)
{
	const char *bar;

	if (rest->len == 0)
		return false;
	bar = memchr(rest->p, '|', rest->len);
	*part = *rest;
	if (bar == NULL) {
		*rest = STR_NONE;
		return true;
	}
	part->len = (size_t)(bar - rest->p);
	*rest = str_n(bar + 1, rest->len - part->len - 1);
	return true;
}

/* What is known without being said, and can be said otherwise. */
static void
add_known_pairs(struct config_map *map, const struct config_key *key)
{
	struct str rest = str_of(key->fallback), part;

	while (next_part(&rest, &part)) {
		const char *equals = memchr(part.p, '=', part.len);
		struct str name = str_n(part.p, (size_t)(equals - part.p));

		if (config_map_get(map, name) == NULL)
			add_pair(map, name, str_n(equals + 1,
			    part.len - name.len - 1), 0);
	}
}

static void
store_map(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	struct config_map map = { 0 };
	struct config_map *to = place_of(reader->config, key);
	const cJSON *member;
	char space[32];

	if (!cJSON_IsObject(item)) {
		wrong_type(reader, key, item, _("an object: { ... }"));
		return;
	}
	if (too_many(reader, key, item))
		return;
	cJSON_ArrayForEach(member, item) {
		struct str text = inner_text(reader, key, member, space);

		check_name(reader, key, &map, member);
		if (text.len > 0)
			add_pair(&map, str_of(member->string), text,
			    config_scan_line(member));
	}
	if (key->size == 0) {
		free_map(&map);
		return;
	}
	add_known_pairs(&map, key);
	free_map(to);
	*to = map;
}

/* ---- defaults --------------------------------------------------------- */

void
config_value_default(struct config *config, const struct config_key *key)
{
	struct str text = str_of(key->fallback), part;
	int64_t number = 0;
	double value;

	if (key->size == 0)
		return;
	switch (key->type) {
	case KEY_TEXT:
	case KEY_PATH:
	case KEY_DATE:
		set_text(config, key, text);
		break;
	case KEY_WHOLE:
		(void)str_to_int64(&number, text);
		set_whole(config, key, number);
		break;
	case KEY_NUMBER:
		(void)str_to_int64(&number, text);
		value = (double)number;
		memcpy(place_of(config, key), &value, sizeof(value));
		break;
	case KEY_BOOL:
		set_bool(config, key, str_is(text, "true"));
		break;
	case KEY_CHOICE:
		set_choice(config, key, (unsigned)find_word(key->words, text));
		break;
	case KEY_LIST:
		while (next_part(&text, &part))
			add_item(place_of(config, key), part);
		break;
	case KEY_MAP:
		add_known_pairs(place_of(config, key), key);
		break;
	case KEY_EACH:
	case KEY_NAMED:
		break;
	}
}

static bool
is_default_list(const struct config_key *key, const cJSON *item)
{
	struct str rest = str_of(key->fallback), part;
	const cJSON *member;
	char space[32];

	cJSON_ArrayForEach(member, item) {
		if (!next_part(&rest, &part) ||
		    !str_eq(json_str(member, space), part))
			return false;
	}
	return rest.len == 0;
}

bool
config_value_is_default(const struct config_key *key, const cJSON *item)
{
	char space[32];

	if (cJSON_IsNull(item))
		return true;
	if (cJSON_IsBool(item))
		return str_is(str_of(cJSON_IsTrue(item) ? "true" : "false"),
		    key->fallback);
	if (key->type == KEY_LIST)
		return is_default_list(key, item);
	if (cJSON_IsObject(item) || cJSON_IsArray(item))
		return item->child == NULL;
	return key->fallback != NULL &&
	    str_is(json_str(item, space), key->fallback);
}

/* ---- all of them ------------------------------------------------------ */

void
config_value_store(struct config_reader *reader, const struct config_key *key,
    const cJSON *item)
{
	static void (*const stores[])(struct config_reader *,
	    const struct config_key *, const cJSON *) = {
		[KEY_TEXT] = store_text, [KEY_PATH] = store_text,
		[KEY_WHOLE] = store_whole, [KEY_NUMBER] = store_number,
		[KEY_BOOL] = store_bool, [KEY_CHOICE] = store_choice,
		[KEY_DATE] = store_date, [KEY_LIST] = store_list,
		[KEY_MAP] = store_map,
	};

	/* null says "as if it were not here" where nothing is the default. */
	if (cJSON_IsNull(item) && key->fallback == NULL)
		return;
	switch (key->type) {
	case KEY_EACH:
		if (!cJSON_IsArray(item))
			wrong_type(reader, key, item, _("a list: [ ... ]"));
		else
			(void)too_many(reader, key, item);
		break;
	case KEY_NAMED:
		if (!cJSON_IsObject(item))
			wrong_type(reader, key, item,
			    _("an object: { ... }"));
		else
			(void)too_many(reader, key, item);
		break;
	case KEY_TEXT:
	case KEY_PATH:
	case KEY_WHOLE:
	case KEY_NUMBER:
	case KEY_BOOL:
	case KEY_CHOICE:
	case KEY_DATE:
	case KEY_LIST:
	case KEY_MAP:
		stores[key->type](reader, key, item);
		break;
	}
}

void
config_value_free(struct config *config, const struct config_key *key)
{
	if (key->size == 0)
		return;
	switch (key->type) {
	case KEY_TEXT:
	case KEY_PATH:
	case KEY_DATE:
		set_text(config, key, STR_NONE);
		break;
	case KEY_LIST:
		free_list(place_of(config, key));
		break;
	case KEY_MAP:
		free_map(place_of(config, key));
		break;
	case KEY_WHOLE:
	case KEY_NUMBER:
	case KEY_BOOL:
	case KEY_CHOICE:
	case KEY_EACH:
	case KEY_NAMED:
		break;
	}
}
