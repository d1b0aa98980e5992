/*
 * Of goods that are being read: pictures get their hashes, and what no list of
 * 1C but only goods name (the pairs of characteristics, units) becomes records
 * of its own, so that the rules can speak of it.
 */
#include "flow/goods.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

static int64_t
number_of(enum record_kind kind, struct str id)
{
	return (int64_t)(str_hash((uint64_t)kind, id) >> 1) + 1;
}

/* Each name once for a package. */
static bool
is_first(struct goods_taking *taking, enum record_kind kind, struct str id)
{
	int64_t number = number_of(kind, id);

	if (rowset_has(&taking->seen, number))
		return false;
	rowset_add(&taking->seen, number);
	return true;
}

static int
put_word(struct goods_taking *taking, enum record_kind kind, struct str id,
    enum field field, struct str name, struct err *err)
{
	struct record record = { .kind = kind, .id = id };
	enum staged staged;
	int rc;

	fields_init(&record.fields);
	(void)fields_set(&record.fields, field, name);
	rc = snapshot_stage_put(taking->flow->snap, &record, &staged, err);
	taking->any_new = taking->any_new || (rc == 0 &&
	    staged != STAGED_SAME);
	fields_free(&record.fields);
	return rc;
}

/* ---- what goods name ---- */

/* Of what is in the state, for a package of offers alone.  1; 0; -1. */
static int
was_simple(struct flow *flow, struct str product, struct str whole,
    struct err *err)
{
	struct record_source *source = &flow->source;
	struct fields known;
	bool simple;
	int rc;

	fields_init(&known);
	rc = source->get(source->ctx, RECORD_PRODUCT, product, &known, err);
	simple = rc == 0 && map_form_is_service(&known);
	if (rc != -1 && !simple) {
		rc = source->get(source->ctx, RECORD_PRODUCT, whole, &known,
		    err);
		simple = rc == 0;
	}
	fields_free(&known);
	return rc == -1 ? -1 : simple;
}

/*
 * Is it no offer of a variation, as far as is known: one of a service, or of
 * a good with that sign in its own id?  What these would differ by is not
 * needed.  A package that names products may have made another thing of what
 * was a service.  1; 0; -1.
 */
static int
is_simple(struct goods_taking *taking, const struct record *record,
    struct err *err)
{
	const char *sign = record->kind != RECORD_OFFER ||
	    record->id.len == 0 ? NULL : memchr(record->id.p, '#',
	    record->id.len);
	struct str id;

	if (sign == NULL)
		return 0;
	id = str_n(record->id.p, (size_t)(sign - record->id.p));
	if (rowset_has(&taking->simple, number_of(RECORD_PRODUCT, id)) ||
	    rowset_has(&taking->simple, number_of(RECORD_PRODUCT,
	    record->id)))
		return 1;
	return taking->goods ? 0 : was_simple(taking->flow, id, record->id,
	    err);
}

static bool
is_of_variations(struct str id)
{
	return id.len < 2 || (memcmp(id.p, MAP_MENTIONED, 2) != 0 &&
	    memcmp(id.p, MAP_HELD, 2) != 0 &&
	    memcmp(id.p, MAP_SEVERAL, 2) != 0);
}

static int
take_trait(void *ctx, struct str id, struct err *err)
{
	struct goods_taking *taking = ctx;
	int rc = 0;

	if (rowset_has(&taking->seen, number_of(RECORD_TRAIT, id)))
		return 0;
	if (is_of_variations(id))
		rc = is_simple(taking, taking->record, err);
	if (rc != 0 || !is_first(taking, RECORD_TRAIT, id))
		return rc == -1 ? -1 : 0;
	return put_word(taking, RECORD_TRAIT, id, FIELD_NAME, id, err);
}

static int
take_traits(struct goods_taking *taking, const struct record *record,
    struct err *err)
{
	taking->record = record;
	return map_mention(record, take_trait, taking, err);
}

/* Only where units may be made: then their names are wanted.  A list of units
 * that 1C sends knows more of them. */
static int
take_unit(struct goods_taking *taking, const struct fields *fields,
    struct err *err)
{
	struct str code = fields_get(fields, FIELD_UNIT);
	struct fields known;
	int rc;

	if (taking->flow->config->catalog.units.count == 0 || code.len == 0 ||
	    code.len > LIMIT_ID_BYTES || !is_first(taking, RECORD_UNIT, code))
		return 0;
	fields_init(&known);
	rc = taking->flow->source.get(taking->flow->source.ctx, RECORD_UNIT,
	    code, &known, err);
	fields_free(&known);
	return rc == 1 ? put_word(taking, RECORD_UNIT, code, FIELD_UNIT_NAME,
	    fields_get(fields, FIELD_UNIT_NAME), err) : rc;
}

/* УТ 11's update of stock comes without a list of warehouses: a rule may name
 * one by its Ид all the same. */
static int
take_stores(struct goods_taking *taking, const struct fields *fields,
    struct err *err)
{
	struct fields known;
	enum field field;
	struct str value, id;
	size_t at = 0;
	int rc = 0;

	while (rc != -1 && fields_next(fields, &at, &field, &value) &&
	    field <= FIELD_STOCK) {
		id = field_part(value, 0);
		if (field != FIELD_STOCK || id.len == 0 ||
		    id.len > LIMIT_ID_BYTES ||
		    !is_first(taking, RECORD_WAREHOUSE, id))
			continue;
		fields_init(&known);
		rc = taking->flow->source.get(taking->flow->source.ctx,
		    RECORD_WAREHOUSE, id, &known, err);
		fields_free(&known);
		if (rc == 1)
			rc = put_word(taking, RECORD_WAREHOUSE, id,
			    FIELD_NAME, STR_NONE, err);
	}
	return rc == -1 ? -1 : 0;
}

/* 1C says that it is one, or what is in it. */
static bool
is_kit(const struct fields *fields)
{
	enum field field;
	struct str value, kind;
	size_t at = 0;

	if (fields_has(fields, FIELD_KIT))
		return true;
	while (fields_next(fields, &at, &field, &value) &&
	    field <= FIELD_REQUISITE) {
		kind = field_part(value, 1);
		if (field == FIELD_REQUISITE && str_is(field_part(value, 0),
		    "ТипНоменклатуры") && (str_same_name(kind,
		    str_of("Комплект")) || str_same_name(kind,
		    str_of("Набор"))))
			return true;
	}
	return false;
}

static void
note_good(char first[256], const struct record *record)
{
	struct str name = fields_get(&record->fields, FIELD_NAME);

	if (name.len == 0)
		name = record->id;
	(void)snprintf(first, 256, "%.*s", (int)str_utf8_cut(name, 255).len,
	    name.p);
}

static void
count_kit(struct goods_taking *taking, const struct record *record)
{
	if (is_kit(&record->fields) && taking->kits++ == 0)
		note_good(taking->first_kit, record);
}

/* Old configurations list "product#characteristic" in the catalogue, each with
 * its pairs (commerceml.md 6): that is a good, and nobody's characteristic. */
static void
count_differing(struct goods_taking *taking, const struct record *record)
{
	if (fields_has(&record->fields, FIELD_CHARACTERISTIC) &&
	    taking->differing++ == 0)
		note_good(taking->first_differing, record);
}

/* The portal has a list for several sections, and shows nobody what became of
 * it (IblockSection). */
static void
count_crowded(struct goods_taking *taking, const struct record *record)
{
	struct str value, first = STR_NONE;
	bool several = false;
	enum field field;
	size_t at = 0;

	while (fields_next(&record->fields, &at, &field, &value) &&
	    field <= FIELD_GROUP) {
		if (field != FIELD_GROUP)
			continue;
		several = several || (first.len > 0 && !str_eq(first, value));
		first = first.len > 0 ? first : value;
	}
	if (several && taking->crowded++ == 0)
		note_good(taking->first_crowded, record);
}

static void
note_product(struct goods_taking *taking, const struct record *record)
{
	taking->goods = true;
	count_kit(taking, record);
	count_differing(taking, record);
	if (taking->flow->config->catalog.tree_count == 0)
		count_crowded(taking, record);
	if (map_form_is_service(&record->fields) ||
	    memchr(record->id.p, '#', record->id.len) != NULL)
		rowset_add(&taking->simple, number_of(RECORD_PRODUCT,
		    record->id));
}

/* Values of a list by their ids, for a list may have thousands of them. */
struct option {
	struct str id, value;
};

struct options {
	struct option *items;
	size_t count;
};

/* Of one id in the order in which they are told. */
static int
compare_options(const void *a, const void *b)
{
	const struct option *left = a, *right = b;
	int order = str_cmp(left->id, right->id);

	if (order != 0)
		return order;
	return left->value.p < right->value.p ? -1 :
	    left->value.p > right->value.p;
}

/* The caller frees the items; their texts are those of `fields`. */
static struct options
sort_options(const struct fields *fields)
{
	struct options options = { mem_array(fields->count + 1,
	    sizeof(*options.items)), 0 };
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value))
		if (field == FIELD_OPTION)
			options.items[options.count++] = (struct option){
				field_part(value, 0), value };
	qsort(options.items, options.count, sizeof(*options.items),
	    compare_options);
	return options;
}

/* The first value with this id, or STR_NONE. */
static struct str
find_option(const struct options *options, struct str id)
{
	size_t from = 0, to = options->count, middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (str_cmp(options->items[middle].id, id) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from < options->count && str_eq(options->items[from].id, id) ?
	    options->items[from].value : STR_NONE;
}

/* The old values in their order, as they read now, then the new ones. */
static void
join_values(const struct fields *old, const struct fields *told,
    struct fields *out)
{
	struct options before = sort_options(old), now = sort_options(told);
	struct str value, found;
	enum field field;
	size_t at = 0;

	fields_remove(out, FIELD_OPTION);
	while (fields_next(old, &at, &field, &value)) {
		if (field != FIELD_OPTION)
			continue;
		found = find_option(&now, field_part(value, 0));
		(void)fields_add(out, FIELD_OPTION,
		    found.len > 0 ? found : value);
	}
	at = 0;
	while (fields_next(told, &at, &field, &value))
		if (field == FIELD_OPTION && find_option(&before,
		    field_part(value, 0)).len == 0)
			(void)fields_add(out, FIELD_OPTION, value);
	free(before.items);
	free(now.items);
}

/*
 * УТ 11 tells of a list those values alone that the goods of this portion have
 * (commerceml.md 5), so one that is not told is still there.  They keep their
 * order: the same list again is no change.
 */
static int
join_options(struct goods_taking *taking, const struct record *record,
    struct err *err)
{
	struct fields old;
	int rc;

	fields_copy(&taking->stamped, &record->fields);
	if (!fields_has(&record->fields, FIELD_OPTION))
		return 0;
	fields_init(&old);
	rc = taking->flow->source.stated(taking->flow->source.ctx,
	    RECORD_PROPERTY, record->id, &old, err);
	if (rc == 0 && !str_eq(fields_bytes(&old),
	    fields_bytes(&record->fields)))
		join_values(&old, &record->fields, &taking->stamped);
	fields_free(&old);
	return rc == -1 ? -1 : 0;
}

static int
take_rests(struct goods_taking *taking, const struct record *record,
    struct record *out, struct err *err)
{
	int rc = take_stores(taking, &record->fields, err);

	if (rc == 0)
		rc = rests_complete(taking->flow, &taking->rests,
		    taking->node, record, &taking->stamped, err);
	if (rc == 1)
		out->fields = taking->stamped;
	return rc == -1 ? -1 : 0;
}

int
goods_take(struct goods_taking *taking, const char *xml,
    const struct record *record, struct record *out, struct err *err)
{
	*out = *record;
	picture_notes_clear(&taking->notes);
	if (record->kind == RECORD_PROPERTY) {
		if (join_options(taking, record, err) == -1)
			return -1;
		out->fields = taking->stamped;
		return 0;
	}
	if (record->kind == RECORD_WAREHOUSE) {
		(void)is_first(taking, RECORD_WAREHOUSE, record->id);
		rests_list_store(&taking->rests, record);
	}
	if (record->kind == RECORD_RESTS)
		return take_rests(taking, record, out, err);
	if (record->kind != RECORD_PRODUCT && record->kind != RECORD_OFFER)
		return 0;
	if (record->kind == RECORD_PRODUCT)
		note_product(taking, record);
	if (take_traits(taking, record, err) == -1 ||
	    take_unit(taking, &record->fields, err) == -1)
		return -1;
	if (!fields_has(&record->fields, FIELD_PICTURE))
		return 0;
	fields_copy(&taking->stamped, &record->fields);
	taking->pictures.notes = &taking->notes;
	if (picture_stamp(taking->flow, taking->folder, xml, record->kind,
	    record->id, &taking->stamped, &taking->pictures, err) == -1)
		return -1;
	out->fields = taking->stamped;
	return 0;
}

struct retaking {
	struct goods_taking *taking;
	struct err *err;
};

static int
retake_offer(void *arg, const struct record *record, bool absent)
{
	const struct retaking *what = arg;

	(void)absent;
	return take_traits(what->taking, record, what->err);
}

/* A service that is none any more has variations, by what its offers said
 * before. */
int
goods_taken(struct goods_taking *taking, const char *xml,
    const struct record *record, enum staged staged, struct err *err)
{
	struct record_source *source = &taking->flow->source;
	struct retaking what = { taking, err };
	struct fields before;
	bool was;
	int rc;

	if (late_note(taking->flow, record, staged, xml, &taking->owed,
	    &taking->notes, err) == -1)
		return -1;
	if (record->kind != RECORD_PRODUCT || staged != STAGED_CHANGED ||
	    map_form_is_service(&record->fields) ||
	    !source->has_target(source->ctx, TARGET_SERVICE))
		return 0;
	fields_init(&before);
	rc = source->get(source->ctx, RECORD_PRODUCT, record->id, &before,
	    err);
	was = rc == 0 && map_form_is_service(&before);
	fields_free(&before);
	if (rc == -1 || !was)
		return rc == -1 ? -1 : 0;
	return source->each_of(source->ctx, RECORD_OFFER, record->id,
	    retake_offer, &what, err);
}

void
goods_tell(const struct goods_taking *taking)
{
	struct report *report = taking->flow->report;
	const struct picture_tally *pictures = &taking->pictures;

	if (taking->kits > 0)
		report_note(report, ngettext("%" PRId64 " kit: the portal gets "
		    "it as a simple good, without what is in it: %s", "%"
		    PRId64 " kits: the portal gets them as simple goods, "
		    "without what is in them, the first: %s",
		    (unsigned long)taking->kits), taking->kits,
		    taking->first_kit);
	if (taking->differing > 0)
		report_note(report, ngettext("%" PRId64 " good has its "
		    "characteristic in the catalogue itself: the portal gets "
		    "it as a good of its own, called by what it differs by: "
		    "%s", "%" PRId64 " goods have their characteristics in "
		    "the catalogue itself: the portal gets each as a good of "
		    "its own, called by what it differs by, the first: %s",
		    (unsigned long)taking->differing), taking->differing,
		    taking->first_differing);
	if (taking->crowded > 0)
		report_note(report, ngettext("%" PRId64 " good is named in "
		    "several groups: the portal is told all its sections, and "
		    "shows only the main one: %s", "%" PRId64 " goods are "
		    "named in several groups: the portal is told all their "
		    "sections, and shows only the main ones, the first good: "
		    "%s", (unsigned long)taking->crowded), taking->crowded,
		    taking->first_crowded);
	if (pictures->missing > 0)
		report_note(report, ngettext("%" PRId64 " picture is named and "
		    "not in the package: %s", "%" PRId64 " pictures are named "
		    "and not in the package, the first: %s",
		    (unsigned long)pictures->missing), pictures->missing,
		    pictures->first);
	if (pictures->odd > 0)
		report_note(report, ngettext("%" PRId64 " file is no picture, "
		    "cannot be read or is larger than %zu MiB: %s", "%" PRId64
		    " files are no pictures, cannot be read or are larger "
		    "than %zu MiB, the first: %s",
		    (unsigned long)pictures->odd), pictures->odd,
		    LIMIT_PICTURE_BYTES / LIMIT_MIB, pictures->first_odd);
	if (pictures->over > 0)
		report_note(report, ngettext("%" PRId64 " picture is left out, "
		    "for a good gets %d at the most: %s", "%" PRId64
		    " pictures are left out, for a good gets %d at the most: "
		    "%s", (unsigned long)pictures->over), pictures->over,
		    LIMIT_PICTURES, pictures->first_over);
}

void
goods_free(struct goods_taking *taking)
{
	rowset_free(&taking->seen);
	rowset_free(&taking->simple);
	rests_free(&taking->rests);
	picture_notes_free(&taking->notes);
	fields_free(&taking->stamped);
}
