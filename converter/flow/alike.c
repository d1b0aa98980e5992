/*
 * Goods and sections of the portal that bear no mark of ours and look like one
 * of 1C: one is it, of several nobody can say which.  Nor can anybody where
 * another good of 1C, with nothing of its own in the portal, may be the same
 * one as well.
 */
#include "flow/alike.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/told.h"

/* With more goods of one article, or name, it is no good's own. */
#define SHARED_MOST 10
/* Nor with so many of which some are made: each is looked at each time. */
#define SHARING_LOOKS 50
/* Goods with shared values that are kept, for memory; of more it is not known
 * who they are. */
#define SHARING_MOST 100000
#define CANDIDATES 64

/* ---- goods of 1C that share a value ---- */

struct sharing {
	uint64_t hash;          /* of the value */
	size_t at;              /* of the id in `ids` */
};

/* Of one field. */
struct alike_index {
	bool read, over;        /* over: there are more */
	struct sharing *items;  /* by hash */
	size_t count;
	struct buf ids;         /* each with a 0 behind it */
};

struct alike_known {
	int64_t packages;       /* that were accepted by then */
	struct alike_index by[3];
};

static const struct {
	const char *step;
	enum field field;
} steps[] = {
	{ "article", FIELD_ARTICLE },
	{ "barcode", FIELD_BARCODE },
	{ "name", FIELD_NAME },
};

/* 3: none. */
static size_t
step_of(const struct found *row)
{
	struct str word = fields_get(&row->fields, FIELD_TAG);
	size_t i = 0;

	while (i < 3 && !str_is(word, steps[i].step))
		i++;
	return i;
}

static struct str
value_of(const struct fields *record, enum field field)
{
	return str_trim(fields_get(record, field));
}

static bool
same_value(enum field field, struct str a, struct str b)
{
	return field == FIELD_NAME ? str_same_name(a, b) : str_eq(a, b);
}

struct reading {
	enum field field;
	struct alike_index *index;
	uint64_t *hashes;       /* of all values, then of those shared */
	size_t count, size;
};

static uint64_t
hash_of(enum field field, struct str value)
{
	return field == FIELD_NAME ? str_name_hash(value) :
	    str_hash(0, value);
}

static int
read_hash(void *arg, const struct record *record)
{
	struct reading *reading = arg;
	struct str value = value_of(&record->fields, reading->field);

	if (value.len == 0)
		return 0;
	if (reading->count == reading->size) {
		reading->size = reading->size == 0 ? 1024 :
		    reading->size * 2;
		reading->hashes = mem_resize(reading->hashes, reading->size,
		    sizeof(*reading->hashes));
	}
	reading->hashes[reading->count++] = hash_of(reading->field, value);
	return 0;
}

static int
compare_hash(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Only those that are there twice, once each. */
static void
keep_shared(struct reading *reading)
{
	uint64_t *hashes = reading->hashes;
	size_t count = 0;

	if (reading->count > 0)
		qsort(hashes, reading->count, sizeof(*hashes), compare_hash);
	for (size_t i = 1; i < reading->count; i++)
		if (hashes[i] == hashes[i - 1] && (count == 0 ||
		    hashes[count - 1] != hashes[i]))
			hashes[count++] = hashes[i];
	reading->count = count;
}

static int
read_sharing(void *arg, const struct record *record)
{
	struct reading *reading = arg;
	struct alike_index *index = reading->index;
	struct str value = value_of(&record->fields, reading->field);
	uint64_t hash;

	if (value.len == 0)
		return 0;
	hash = hash_of(reading->field, value);
	if (bsearch(&hash, reading->hashes, reading->count, sizeof(hash),
	    compare_hash) == NULL)
		return 0;
	if (index->count == SHARING_MOST) {
		index->over = true;
		return 0;
	}
	if (index->count % 1024 == 0)
		index->items = mem_resize(index->items, index->count + 1024,
		    sizeof(*index->items));
	index->items[index->count++] = (struct sharing){ hash,
	    index->ids.len };
	(void)buf_add(&index->ids, record->id.p, record->id.len);
	(void)buf_add_char(&index->ids, '\0');
	return 0;
}

static int
compare_sharing(const void *a, const void *b)
{
	const struct sharing *left = a, *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static int
read_index(struct flow *flow, struct reading *reading, struct err *err)
{
	struct record_source *source = &flow->source;
	struct alike_index *index = reading->index;

	if (source->each(source->ctx, RECORD_PRODUCT, read_hash, reading,
	    err) != 0)
		return -1;
	keep_shared(reading);
	if (reading->count > 0 && source->each(source->ctx, RECORD_PRODUCT,
	    read_sharing, reading, err) != 0)
		return -1;
	if (index->count > 0)
		qsort(index->items, index->count, sizeof(*index->items),
		    compare_sharing);
	index->read = true;
	return 0;
}

void
alike_free(struct alike_known *alike)
{
	if (alike == NULL)
		return;
	for (size_t i = 0; i < 3; i++) {
		free(alike->by[i].items);
		buf_free(&alike->by[i].ids);
	}
	free(alike);
}

/* As it is since the last package was accepted. */
static int
find_index(struct push *push, size_t step, const struct alike_index **out,
    struct err *err)
{
	struct flow *flow = push->flow;
	struct reading reading = { .field = steps[step].field };
	int rc = 0;

	if (push->alike != NULL &&
	    push->alike->packages != flow->tally.packages) {
		alike_free(push->alike);
		push->alike = NULL;
	}
	if (push->alike == NULL) {
		push->alike = mem_alloc(sizeof(*push->alike));
		push->alike->packages = flow->tally.packages;
		for (size_t i = 0; i < 3; i++)
			buf_init(&push->alike->by[i].ids,
			    SHARING_MOST * (LIMIT_KEY_BYTES + 1));
	}
	reading.index = &push->alike->by[step];
	if (!reading.index->read) {
		rc = read_index(flow, &reading, err);
		free(reading.hashes);
	}
	*out = reading.index;
	return rc;
}

/* ---- rivals: of these, those that may be the same one of the portal ---- */

struct sharers {
	const struct op *op;
	struct str value;       /* that is shared */
	enum field field;
	struct target goods[SHARED_MOST];
	size_t count;
	bool many;              /* more than that, or any: the value is no
				   good's own */
};

/* A good that is to be made. */
static int
add_rival(struct flow *flow, struct sharers *rivals, struct str id,
    struct err *err)
{
	struct target good;
	struct change change;
	struct image image;
	int rc;

	if (str_eq(id, target_id(&rivals->op->target)) || target_set(&good,
	    rivals->op->target.kind, id) == -1)
		return 0;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, &good, &image, err);
	if (rc == 0 && image.portal_id != 0)
		rc = 1;
	if (rc == 0)
		rc = snapshot_change_get(flow->snap, image.target, &change,
		    err);
	image_free(&image);
	if (rc != 0 || change.verb != VERB_CREATE)
		return rc == -1 ? -1 : 0;
	if (rivals->count == SHARED_MOST)
		rivals->many = true;
	else
		rivals->goods[rivals->count++] = good;
	return 0;
}

/* The record may have changed its value since the hash was taken, and another
 * may have the same hash. */
static int
add_if_same(struct flow *flow, struct sharers *rivals, struct str id,
    struct err *err)
{
	struct fields record;
	bool same;
	int rc;

	fields_init(&record);
	rc = flow->source.get(flow->source.ctx, RECORD_PRODUCT, id, &record,
	    err);
	same = rc == 0 && same_value(rivals->field, rivals->value,
	    value_of(&record, rivals->field));
	fields_free(&record);
	if (rc == -1)
		return -1;
	return same ? add_rival(flow, rivals, id, err) : 0;
}

static int
find_products(struct push *push, struct sharers *rivals, size_t step,
    struct err *err)
{
	uint64_t hash = hash_of(rivals->field, rivals->value);
	const struct alike_index *index;
	size_t low = 0, high, middle;
	int rc = 0;

	if (find_index(push, step, &index, err) == -1)
		return -1;
	for (high = index->count; low < high;) {
		middle = low + (high - low) / 2;
		if (index->items[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (middle = low; rc == 0 && !rivals->many && low < index->count &&
	    index->items[low].hash == hash; low++) {
		rc = add_if_same(push->flow, rivals, str_of(
		    index->ids.data + index->items[low].at), err);
		rivals->many = rivals->many || low - middle == SHARING_LOOKS;
	}
	/* Who the others are is not known. */
	if (index->over)
		rivals->many = true;
	return rc;
}

/* Characteristics of one product. */
struct siblings {
	const struct sharers *rivals;
	struct str shared;      /* what the product says for all of them */
	char **ids;
	size_t count;
};

static int
take_sibling(void *arg, const struct record *record, bool absent)
{
	struct siblings *siblings = arg;
	const struct sharers *rivals = siblings->rivals;
	struct str value = value_of(&record->fields, rivals->field);

	if (value.len == 0)
		value = siblings->shared;
	if (absent || !same_value(rivals->field, rivals->value, value))
		return 0;
	siblings->ids = mem_resize(siblings->ids, siblings->count + 1,
	    sizeof(*siblings->ids));
	siblings->ids[siblings->count++] = mem_text_n(record->id.p,
	    record->id.len);
	return 0;
}

static int
find_siblings(struct flow *flow, struct sharers *rivals, struct str product,
    struct err *err)
{
	struct siblings siblings = { .rivals = rivals };
	struct fields record;
	int rc;

	/* A variation is called by what tells it apart. */
	if (rivals->field == FIELD_NAME || flow->source.each_of == NULL)
		return 0;
	fields_init(&record);
	rc = flow->source.get(flow->source.ctx, RECORD_PRODUCT, product,
	    &record, err);
	siblings.shared = value_of(&record, rivals->field);
	/* A walk reads no other record meanwhile. */
	if (rc != -1)
		rc = flow->source.each_of(flow->source.ctx, RECORD_OFFER,
		    product, take_sibling, &siblings, err);
	/* What the product says for several of them, be they there already or
	 * not, tells none apart. */
	if (siblings.count > 1 && str_eq(siblings.shared, rivals->value))
		rivals->many = true;
	for (size_t i = 0; i < siblings.count; i++) {
		if (rc == 0 && !rivals->many)
			rc = add_rival(flow, rivals, str_of(siblings.ids[i]),
			    err);
		free(siblings.ids[i]);
	}
	free(siblings.ids);
	fields_free(&record);
	return rc == -1 ? -1 : 0;
}

static int
find_rivals(struct push *push, const struct op *op, const struct found *row,
    struct sharers *out, struct err *err)
{
	struct flow *flow = push->flow;
	struct str id = target_id(&op->target);
	const char *part = memchr(id.p, '#', id.len);
	size_t step = step_of(row);
	struct fields record;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	out->op = op;
	if (step == 3 || op->target.kind == TARGET_SECTION)
		return 0;
	out->field = steps[step].field;
	fields_init(&record);
	out->value = value_of(&op->fields, out->field);
	/* A barcode stands among the properties there. */
	if (out->value.len == 0)
		rc = flow->source.get(flow->source.ctx, part == NULL ?
		    RECORD_PRODUCT : RECORD_OFFER, id, &record, err);
	if (out->value.len == 0)
		out->value = value_of(&record, out->field);
	if (rc == 0 && out->value.len > 0)
		rc = part == NULL ? find_products(push, out, step, err) :
		    find_siblings(flow, out, str_n(id.p, (size_t)(part -
		    id.p)), err);
	fields_free(&record);
	out->value = STR_NONE;
	return rc == -1 ? -1 : 0;
}

/* ---- which one it is ---- */

/* The mark of another good or group of 1C, or of a characteristic: that one is
 * recognised by it, sooner or later. */
static int
is_of_another(struct flow *flow, const struct op *op,
    const struct found *row, bool *of_another, struct err *err)
{
	static const enum record_kind goods[] = { RECORD_PRODUCT,
	    RECORD_OFFER }, groups[] = { RECORD_GROUP };
	bool section = op->target.kind == TARGET_SECTION;
	struct str mark = fields_get(&row->fields, FIELD_XML_ID);
	const size_t tree = strlen(TARGET_TREE);
	struct fields record;
	int rc = 1;

	*of_another = false;
	if (mark.len == 0 || str_eq(mark, target_id(&op->target)))
		return 0;
	if (section && mark.len > tree &&
	    memcmp(mark.p, TARGET_TREE, tree) == 0)
		*of_another = true;
	fields_init(&record);
	for (size_t i = 0; rc == 1 && i < (section ? 1 : 2); i++)
		rc = flow->source.get(flow->source.ctx, section ?
		    groups[i] : goods[i], mark, &record, err);
	fields_free(&record);
	*of_another = *of_another || rc == 0;
	return rc == -1 ? -1 : 0;
}

static void
list_rows(const struct flow *flow, const struct op *op,
    const struct found *rows[], size_t count, struct buf *list)
{
	char link[256];

	for (size_t i = 0; i < count && i < 4; i++) {
		struct str name = fields_get(&rows[i]->fields, FIELD_NAME);

		flow->remote.link(flow->remote.ctx, op->target.kind,
		    rows[i]->portal_id, link);
		(void)buf_printf(list, "%s%" PRId64 " %.*s %s",
		    i > 0 ? "; " : "", rows[i]->portal_id, (int)name.len,
		    name.len > 0 ? name.p : "", link);
	}
}

static void
tell_doubt(const struct flow *flow, const struct op *op,
    const struct found *rows[], size_t count, const struct sharers *rivals,
    char text[CHANGE_TEXT_BYTES])
{
	struct buf list = BUF_INIT(512);
	int len;

	list_rows(flow, op, rows, count, &list);
	len = (int)str_utf8_cut(str_n(buf_text(&list), list.len), 400).len;
	if (op->target.kind == TARGET_SECTION) {
		told_set(text, CHANGE_TEXT_BYTES, N_("the portal has %zu "
		    "sections of this name in one place: %.*s"), count, len,
		    buf_text(&list));
	} else if (count > 1) {
		told_set(text, CHANGE_TEXT_BYTES, N_("the portal has %zu "
		    "goods that may be this one: %.*s"), count, len,
		    buf_text(&list));
	} else {
		struct str other = target_id(&rivals->goods[0]);

		told_set(text, CHANGE_TEXT_BYTES, N_("another good of 1C, "
		    "%.*s, may be the same one of the portal: %.*s"),
		    (int)str_utf8_cut(other, 80).len, other.p, len,
		    buf_text(&list));
	}
	buf_free(&list);
}

static bool
may_name_decide(const struct flow *flow, const struct op *op,
    const struct found *row)
{
	const struct config_list *adopt = &flow->config->catalog.adopt;

	if (op->target.kind == TARGET_SECTION ||
	    str_is(fields_get(&row->fields, FIELD_TAG), "name"))
		return false;
	for (size_t i = 0; i < adopt->count; i++)
		if (strcmp(adopt->items[i], "name") == 0)
			return true;
	return false;
}

/* Is one of the rivals called as this row is? */
static int
is_rivals_name(struct flow *flow, const struct sharers *rivals,
    const struct found *row, bool *yes, struct err *err)
{
	struct str name = fields_get(&row->fields, FIELD_NAME), other;
	static const struct image unknown;
	struct wanted wanted;
	int rc = 0;

	*yes = false;
	wanted_init(&wanted);
	for (size_t i = 0; rc == 0 && !*yes && i < rivals->count; i++) {
		rc = derive_wanted(flow, &rivals->goods[i], &unknown, &wanted,
		    err);
		other = fields_get(&wanted.fields, FIELD_NAME);
		if (other.len == 0)
			other = fields_get(&wanted.at_create, FIELD_NAME);
		if (other.len == 0)
			other = fields_get(&wanted.unsaid, FIELD_NAME);
		*yes = rc == 0 && str_same_name(name, other);
	}
	wanted_free(&wanted);
	return rc;
}

/* The step behind: 0: *out is the only one of this name, or NULL, for each is
 * called as a rival is.  1: the names do not tell either. */
static int
choose_by_name(struct flow *flow, const struct op *op,
    const struct found *rows[], size_t count, const struct sharers *rivals,
    const struct found **out, struct err *err)
{
	struct str name = fields_get(&op->fields, FIELD_NAME);
	const struct found *best = NULL;
	size_t same = 0, theirs = 0;
	bool is_theirs;

	for (size_t i = 0; i < count; i++) {
		if (is_rivals_name(flow, rivals, rows[i], &is_theirs,
		    err) == -1)
			return -1;
		if (is_theirs)
			theirs++;
		else if (str_same_name(fields_get(&rows[i]->fields,
		    FIELD_NAME), name) && same++ == 0)
			best = rows[i];
	}
	*out = same == 1 ? best : NULL;
	return same == 1 || (theirs == count && !rivals->many) ? 0 : 1;
}

/* As alike_choose(), of those that are nobody's. */
static int
choose(struct push *push, const struct op *op, const struct found *rows[],
    size_t count, const struct found **out, const char **step,
    char text[CHANGE_TEXT_BYTES], struct err *err)
{
	struct flow *flow = push->flow;
	struct sharers rivals;
	int rc;

	if (find_rivals(push, op, rows[0], &rivals, err) == -1)
		return -1;
	if (count == 1 && rivals.count == 0 && !rivals.many) {
		*out = rows[0];
		return 0;
	}
	if (may_name_decide(flow, op, rows[0])) {
		rc = choose_by_name(flow, op, rows, count, &rivals, out, err);
		*step = "name";
		if (rc != 1)
			return rc;
	}
	if (rivals.many)
		return 0;
	tell_doubt(flow, op, rows, count, &rivals, text);
	return 1;
}

int
alike_choose(struct push *push, const struct op *op,
    const struct found **out, char note[128], char text[CHANGE_TEXT_BYTES],
    struct err *err)
{
	struct flow *flow = push->flow;
	const struct found *rows[CANDIDATES];
	const char *step = NULL;
	bool taken, of_another;
	size_t count = 0;
	int rc = 0;

	*out = NULL;
	for (size_t i = 0; i < op->found_count && count < CANDIDATES; i++) {
		if (adopt_is_taken(flow, &op->target,
		    op->found[i].portal_id, false, &taken, err) == -1 ||
		    is_of_another(flow, op, &op->found[i], &of_another,
		    err) == -1)
			return -1;
		if (!taken && !of_another)
			rows[count++] = &op->found[i];
	}
	if (count > 0)
		rc = choose(push, op, rows, count, out, &step, text, err);
	if (rc == 0 && *out != NULL) {
		struct str word = step != NULL ? str_of(step) :
		    fields_get(&(*out)->fields, FIELD_TAG);

		told_set(note, 128, N_("recognised by %.*s"), (int)word.len,
		    word.p);
	}
	return rc;
}
