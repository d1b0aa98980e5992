/*
 * The image holds values in 1C's words ("20", "796").  When a rule gives such
 * a word another meaning, what was agreed with that word is not agreed any
 * more; and a field that left the rules leaves the image.
 */
#include "flow/follow.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The word rules as they were. */
struct rules {
	struct config_map vat, units;
	struct progress progress;       /* of the deriving */
};

/* One rule a line: field, word, meaning. */
static const char separators[] = "\x1f\n";

static void
map_add(struct config_map *map, const char *name, const char *value)
{
	map->pairs = mem_resize(map->pairs, map->count + 1,
	    sizeof(*map->pairs));
	map->pairs[map->count].name = mem_text(name);
	map->pairs[map->count].value = mem_text(value);
	map->pairs[map->count].line = 0;
	map->count++;
}

static void
map_free(struct config_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		free(map->pairs[i].name);
		free(map->pairs[i].value);
	}
	free(map->pairs);
}

static void
parse(struct rules *rules, char *text)
{
	char *rest = NULL, *field, *name, *value;

	for (field = strtok_r(text, separators, &rest); field != NULL;
	    field = strtok_r(NULL, separators, &rest)) {
		name = strtok_r(NULL, separators, &rest);
		value = strtok_r(NULL, separators, &rest);
		if (name == NULL || value == NULL)
			return;
		map_add(strcmp(field, "vat") == 0 ? &rules->vat :
		    &rules->units, name, value);
	}
}

int
rules_begin(struct flow *flow, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
	char *copy;

	if (snapshot_meta_get(flow->snap, META_WORDS, &text, err) == -1) {
		buf_free(&text);
		return -1;
	}
	flow->rules = mem_alloc(sizeof(*flow->rules));
	copy = buf_take(&text);
	parse(flow->rules, copy);
	free(copy);
	follow_all_records(flow, &flow->rules->progress);
	return 0;
}

void
rules_end(struct flow *flow)
{
	if (flow->rules == NULL)
		return;
	progress_end(&flow->rules->progress);
	map_free(&flow->rules->vat);
	map_free(&flow->rules->units);
	free(flow->rules);
	flow->rules = NULL;
}

static void
write_map(struct buf *out, const char *field, const struct config_map *map)
{
	for (size_t i = 0; i < map->count; i++)
		(void)buf_printf(out, "%s\x1f%s\x1f%s\n", field,
		    map->pairs[i].name, map->pairs[i].value);
}

int
rules_remember(struct flow *flow, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_BYTES);
	int rc;

	write_map(&text, "vat", &flow->config->catalog.vat);
	write_map(&text, "units", &flow->config->catalog.units);
	rc = snapshot_meta_set(flow->snap, META_WORDS,
	    str_of(buf_text(&text)), err);
	buf_free(&text);
	return rc;
}

static bool
means_the_same(const struct config_map *before,
    const struct config_map *now, struct str word)
{
	const char *old = config_map_get(before, word);
	const char *new = config_map_get(now, word);

	if (old == NULL || new == NULL)
		return old == new;
	return strcmp(old, new) == 0;
}

static bool
is_stale(const struct flow *flow, const struct target *target,
    const struct wanted *wanted, enum field field, struct str value)
{
	const struct config *config = flow->config;

	/* Bytes of pictures are not kept: they could not be said again. */
	if (field == FIELD_HASH || field == FIELD_FILE)
		return false;
	/* Said once, when it was made: by it a rule that comes later knows
	 * whether it is still ours. */
	if (field == FIELD_MANAGER && fields_has(&wanted->at_create, field))
		return false;
	/* What is not selected stays where it was put. */
	if (wanted->state == WANTED_KEPT && !wanted->replaced &&
	    (field == FIELD_GROUP || field == FIELD_PARENT ||
	    field == FIELD_SECTIONS))
		return false;
	/* So does a section whose goods lie in the managers' tree now: that it
	 * is below another is known when it goes to the top. */
	if (wanted->state == WANTED_NOTHING && target->kind ==
	    TARGET_SECTION && field == FIELD_PARENT)
		return false;
	/* Of a client 1C has only stopped saying it: else what stands there
	 * would count as people's, and 1C's next word would not replace it. */
	if (!fields_has(&wanted->fields, field))
		return !map_carries(flow->map, target->kind, field);
	if (field == FIELD_VAT)
		return !means_the_same(&flow->rules->vat,
		    &config->catalog.vat, value);
	if (field == FIELD_UNIT)
		return !means_the_same(&flow->rules->units,
		    &config->catalog.units, value);
	return false;
}

int
rules_prune(struct flow *flow, const struct target *target,
    const struct wanted *wanted, struct image *image, struct err *err)
{
	enum field field, stale[FIELD_LAST];
	struct str value;
	size_t at = 0, count = 0;

	if (image->portal_id == 0 || wanted->state == WANTED_GONE ||
	    flow->options.read_only)
		return 0;
	/* 1C may take the mark back: the rest is as it was then. */
	if (target_is_crm(target->kind) && wanted->state == WANTED_KEPT)
		return 0;
	/* What was told is told, whatever the rules say now. */
	if (target->kind == TARGET_COMMENT || target->kind == TARGET_NOTICE)
		return 0;
	while (fields_next(&image->agreed, &at, &field, &value) &&
	    count < FIELD_LAST)
		if (is_stale(flow, target, wanted, field, value))
			stale[count++] = field;
	for (size_t i = 0; i < count; i++)
		fields_remove(&image->agreed, stale[i]);
	return count > 0 ? snapshot_image_put(flow->snap, image, err) : 0;
}

uint64_t
rules_hash_map(uint64_t hash, const struct config_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		hash = str_hash(hash, str_of(map->pairs[i].name));
		hash = str_hash(hash, str_of(map->pairs[i].value));
	}
	return hash;
}
