/*
 * What a package says that is probably a mistake in 1C and harms no data: the
 * program knows what to do with it, but a good in the wrong place, or a price
 * that is not there, is looked for here and not in 1C.  Each kind is counted
 * and told in one line.
 */
#include "flow/flow_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

/* Groups or price types that goods name; a 1C has some thousands.  More are
 * not looked at. */
#define NAMED_MAX 20000
/* Prices of one offer that are held against each other. */
#define PRICES_MAX 64

enum { PRICE_TYPE, PRICE_AMOUNT, PRICE_CURRENCY, PRICE_UNIT, PRICE_FACTOR };

static void
count_one(struct oddity *oddity, struct str id)
{
	struct str cut = str_utf8_cut(id, sizeof(oddity->first) - 1);

	if (oddity->count++ == 0 && cut.len > 0)
		(void)snprintf(oddity->first, sizeof(oddity->first), "%.*s",
		    (int)cut.len, cut.p);
}

/* ---- while it is read ---- */

static void
note_name(struct odd_names *names, struct str id)
{
	int64_t number = (int64_t)(str_hash(0, id) >> 1) + 1;

	if (id.len == 0 || names->count == NAMED_MAX ||
	    rowset_has(&names->seen, number))
		return;
	rowset_add(&names->seen, number);
	if (names->count == names->size) {
		names->size = names->size * 2 + 16;
		names->ids = mem_resize(names->ids, names->size,
		    sizeof(*names->ids));
	}
	names->ids[names->count++] = mem_text_n(id.p, id.len);
}

/* Of one piece or of the same package, and not the same. */
static bool
contradicts(struct str price, struct str other)
{
	return str_eq(field_part(price, PRICE_TYPE),
	    field_part(other, PRICE_TYPE)) &&
	    str_eq(field_part(price, PRICE_UNIT),
	    field_part(other, PRICE_UNIT)) &&
	    str_eq(field_part(price, PRICE_FACTOR),
	    field_part(other, PRICE_FACTOR)) && !str_eq(price, other);
}

static bool
has_price_before(const struct fields *fields, size_t end, struct str price)
{
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value) && at < end)
		if (field == FIELD_PRICE && contradicts(price, value))
			return true;
	return false;
}

static void
note_prices(struct oddities *odd, const struct record *record)
{
	enum field field;
	struct str value;
	size_t at = 0, count = 0;
	bool twice = false;

	while (fields_next(&record->fields, &at, &field, &value)) {
		if (field != FIELD_PRICE)
			continue;
		note_name(&odd->types, field_part(value, PRICE_TYPE));
		twice = twice || (count++ < PRICES_MAX &&
		    has_price_before(&record->fields, at, value));
	}
	if (twice)
		count_one(&odd->prices_twice, record->id);
}

void
odd_note(struct oddities *odd, const struct record *record)
{
	if (record->kind == RECORD_PRICES)
		note_prices(odd, record);
	if (record->kind == RECORD_PRODUCT)
		note_name(&odd->groups, fields_get(&record->fields,
		    FIELD_GROUP));
}

/* ---- when its records are in place ---- */

/* A rule may have the Ид of a type that no list names. */
static bool
has_rule(const struct config *config, struct str id)
{
	const struct config_map *rules = &config->catalog.price_types;

	for (size_t i = 0; i < rules->count; i++)
		if (str_is(id, rules->pairs[i].name))
			return true;
	return false;
}

/* Counts those of which there is no record. */
static int
count_unknown(struct flow *flow, const struct odd_names *names,
    enum record_kind kind, struct oddity *out, struct err *err)
{
	struct record_source *source = &flow->source;
	struct fields fields;
	struct str id;
	int rc = 0;

	fields_init(&fields);
	for (size_t i = 0; rc != -1 && i < names->count; i++) {
		id = str_of(names->ids[i]);
		rc = source->get(source->ctx, kind, id, &fields, err);
		if (rc == 1 && !(kind == RECORD_PRICE_TYPE &&
		    has_rule(flow->config, id)))
			count_one(out, id);
	}
	fields_free(&fields);
	return rc == -1 ? -1 : 0;
}

int
odd_look(struct oddities *odd, struct flow *flow, struct err *err)
{
	struct str first;
	int64_t unlike = snapshot_stage_unlike(flow->snap, &first);

	if (unlike > 0)
		count_one(&odd->unlike, first);
	odd->unlike.count = unlike;
	if (count_unknown(flow, &odd->groups, RECORD_GROUP,
	    &odd->unknown_groups, err) == -1)
		return -1;
	return flow->config->catalog.price_types.count == 0 ? 0 :
	    count_unknown(flow, &odd->types, RECORD_PRICE_TYPE,
	    &odd->unknown_types, err);
}

void
odd_tell(const struct oddities *odd, struct report *report)
{
	if (odd->unlike.count > 0)
		report_note(report, _("goods or groups that the package "
		    "states twice and differently: %" PRId64 "; the last "
		    "statement counts; the first of them: %s"),
		    odd->unlike.count, odd->unlike.first);
	if (odd->unknown_groups.count > 0)
		report_note(report, _("groups that goods name and 1C has not "
		    "stated: %" PRId64 "; these goods stand in no section; "
		    "the first of them: %s"), odd->unknown_groups.count,
		    odd->unknown_groups.first);
	if (odd->unknown_types.count > 0)
		report_note(report, _("price types that prices name and 1C has "
		    "not stated: %" PRId64 "; these prices are left out; the "
		    "first of them: %s"), odd->unknown_types.count,
		    odd->unknown_types.first);
	if (odd->prices_twice.count > 0)
		report_note(report, _("offers with two prices of one type: %"
		    PRId64 "; the last price counts; the first of them: %s"),
		    odd->prices_twice.count, odd->prices_twice.first);
}

static void
free_names(struct odd_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->ids[i]);
	free(names->ids);
	rowset_free(&names->seen);
}

void
odd_free(struct oddities *odd)
{
	free_names(&odd->groups);
	free_names(&odd->types);
}
