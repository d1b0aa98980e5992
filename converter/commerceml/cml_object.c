/*
 * Objects become records when their element ends.  A good gives up to three:
 * itself, its prices, its rests, for these come in files of their own too.
 */
#include "commerceml/cml_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Memory of one object that is kept for the next. */
#define KEPT_BYTES LIMIT_MIB

static struct str
str_of_buf(const struct buf *buf)
{
	return str_n(buf->data, buf->len);
}

void
cml_object_open(struct cml_reader *r)
{
	r->objects = mem_array(LIMIT_XML_DEPTH + 1, sizeof(*r->objects));
	for (size_t i = 0; i <= LIMIT_XML_DEPTH; i++) {
		buf_init(&r->objects[i].id, LIMIT_ID_BYTES);
		buf_init(&r->objects[i].name, LIMIT_NAME_BYTES);
		fields_init(&r->objects[i].fields);
	}
	for (size_t i = 0; i < CML_SLOT_LAST; i++)
		buf_init(&r->slots[i], LIMIT_RECORD_BYTES);
	fields_init(&r->prices);
	fields_init(&r->rests);
	buf_init(&r->priceless, LIMIT_PRICELESS_BYTES);
	buf_init(&r->trait_id, LIMIT_ID_BYTES);
	buf_init(&r->key, LIMIT_RECORD_BYTES);
	buf_init(&r->part_catalog, LIMIT_ID_BYTES);
	buf_init(&r->part_classifier, LIMIT_ID_BYTES);
}

void
cml_object_close(struct cml_reader *r)
{
	for (size_t i = 0; i <= LIMIT_XML_DEPTH; i++) {
		buf_free(&r->objects[i].id);
		buf_free(&r->objects[i].name);
		fields_free(&r->objects[i].fields);
	}
	free(r->objects);
	for (size_t i = 0; i < CML_SLOT_LAST; i++)
		buf_free(&r->slots[i]);
	fields_free(&r->prices);
	fields_free(&r->rests);
	buf_free(&r->priceless);
	buf_free(&r->trait_id);
	buf_free(&r->key);
	buf_free(&r->part_catalog);
	buf_free(&r->part_classifier);
}

struct cml_object *
cml_object_top(struct cml_reader *r)
{
	return r->object_count == 0 ? NULL :
	    &r->objects[r->object_count - 1];
}

void
cml_object_begin(struct cml_reader *r, enum record_kind kind,
    const struct cml_frame *frame)
{
	struct cml_object *object = &r->objects[r->object_count++];

	object->kind = kind;
	object->element = frame->name;
	object->line = frame->line;
	object->path_at = r->path.len > 0 ? r->path.len + 1 : 0;
	object->bytes = 0;
	object->deleted = object->too_large = object->owner = false;
	buf_clear(&object->id);
	buf_clear(&object->name);
	if (object->fields.bytes.size > KEPT_BYTES)
		fields_free(&object->fields);
	fields_clear(&object->fields);
	if (kind != RECORD_PRODUCT && kind != RECORD_OFFER)
		return;
	fields_clear(&r->prices);
	fields_clear(&r->rests);
	buf_clear(&r->trait_id);
	r->has_stock = r->has_traits = false;
	r->kit_parts = 0;
	if (kind == RECORD_OFFER)
		r->counts->offers++;
}

void
cml_object_overflow(struct cml_reader *r, struct cml_object *object)
{
	bool later = object->kind == RECORD_DOCUMENT ||
	    object->kind == RECORD_COUNTERPARTY;

	if (object->too_large)
		return;
	object->too_large = true;
	cml_finding(r, later ? CML_DOCUMENT_LARGE : CML_TOO_LARGE,
	    object->line, str_of((const char *)object->element), STR_NONE);
}

/* Open groups are inside one another: all together are held to the limit
 * of one record. */
static bool
has_room(struct cml_reader *r, struct cml_object *object, size_t len)
{
	if (object->too_large)
		return false;
	if (r->object_bytes + len > LIMIT_RECORD_BYTES) {
		cml_object_overflow(r, object);
		return false;
	}
	object->bytes += len;
	r->object_bytes += len;
	return true;
}

void
cml_object_add(struct cml_reader *r, struct cml_object *object,
    enum field field, struct str value)
{
	if (has_room(r, object, value.len) &&
	    fields_add(&object->fields, field, value) != 0)
		cml_object_overflow(r, object);
}

void
cml_object_pair(struct cml_reader *r, struct cml_object *object,
    enum field field, struct str first, struct str second)
{
	if (has_room(r, object, first.len + second.len) &&
	    fields_add_pair(&object->fields, field, first, second) != 0)
		cml_object_overflow(r, object);
}

static void
give(struct cml_reader *r, enum record_kind kind, struct str id,
    const struct fields *fields)
{
	struct record record = { .kind = kind, .id = id, .fields = *fields };

	cml_part_tell(r);
	if (r->stopped)
		return;
	r->counts->records[kind]++;
	if (r->events->record != NULL &&
	    r->events->record(r->events->ctx, &record, r->err) != 0)
		cml_door_stop(r);
}

/* ---- offers without a price ---- */

void
cml_object_unpriced(struct cml_reader *r)
{
	r->priced = false;
	buf_clear(&r->priceless);
}

static void
give_no_prices(struct cml_reader *r, struct str id)
{
	struct fields none;

	fields_init(&none);
	give(r, RECORD_PRICES, id, &none);
	fields_free(&none);
}

/* The part has a price: offers without one have none. */
static void
part_is_priced(struct cml_reader *r)
{
	struct str rest = str_of_buf(&r->priceless), id;

	/* A package of changes says what changed alone. */
	if (r->priced || r->part.kind != CML_PART_OFFERS)
		return;
	r->priced = true;
	while (rest.len > 0 && !r->stopped) {
		id = str_n(rest.p, strlen(rest.p));
		give_no_prices(r, id);
		rest = str_n(rest.p + id.len + 1, rest.len - id.len - 1);
	}
	buf_clear(&r->priceless);
}

/*
 * 1C leaves Цены out where an offer has no price (commerceml.md 7), and so do
 * the files of the Bitrix module that are of something else, and a 1C that
 * was told to export no prices or may not read them: which of these it is, is
 * told by a price in the rest of the file.  Types alone stay in all of them.
 */
static void
end_priceless(struct cml_reader *r, const struct cml_object *object,
    struct str id)
{
	if (object->kind != RECORD_OFFER || object->deleted ||
	    object->too_large || r->part.kind != CML_PART_OFFERS)
		return;
	if (r->priced)
		give_no_prices(r, id);
	else if (r->priceless.len + id.len < LIMIT_PRICELESS_BYTES) {
		(void)buf_add(&r->priceless, id.p, id.len);
		(void)buf_add_char(&r->priceless, '\0');
	}
}

/* ---- records ---- */

/* "id#more" in r->key, of any length. */
static struct str
join_id(struct cml_reader *r, struct str id, struct str more)
{
	buf_clear(&r->key);
	(void)buf_add(&r->key, id.p, id.len);
	(void)buf_add_char(&r->key, '#');
	(void)buf_add(&r->key, more.p, more.len);
	return str_of_buf(&r->key);
}

/* In a package of changes the characteristic comes apart from the good
 * (commerceml.md 8); 1C's empty reference is none. */
static struct str
offer_id(struct cml_reader *r, const struct cml_object *object)
{
	static const char none[] = "00000000-0000-0000-0000-000000000000";
	struct str id = str_of_buf(&object->id);
	struct str trait = str_of_buf(&r->trait_id);

	if (trait.len == 0 || str_is(trait, none) ||
	    memchr(id.p, '#', id.len) != NULL)
		return id;
	id = join_id(r, id, trait);
	if (id.len <= LIMIT_ID_BYTES)
		return id;
	cml_finding(r, CML_ID_LONG, object->line,
	    str_of((const char *)object->element), id);
	return STR_NONE;
}

static void
end_goods(struct cml_reader *r, struct cml_object *object)
{
	struct str id = str_of_buf(&object->id);

	if (object->kind == RECORD_PRODUCT) {
		if (object->name.len == 0)
			cml_finding(r, object->deleted ? CML_NAME_OF_DELETED :
			    CML_CHILD_MISSING, object->line,
			    str_of((const char *)object->element),
			    str_of("Наименование"));
		if (r->objects[0].kind == RECORD_CATALOG)
			cml_object_add(r, object, FIELD_CATALOG,
			    str_of_buf(&r->objects[0].id));
	}
	if (object->deleted)
		r->counts->deleted++;
	if (r->has_traits && object->kind == RECORD_OFFER)
		r->counts->characteristics++;
	if (r->has_stock)
		r->counts->stocks++;
	if (object->kind == RECORD_OFFER && id.len > 0)
		id = offer_id(r, object);
	cml_finding_flush(r, object);
	/* Ид is missing: that was told. */
	if (id.len == 0)
		return;
	if (object->kind == RECORD_PRODUCT || object->fields.count > 0)
		give(r, object->kind, id, &object->fields);
	if (r->prices.count > 0)
		give(r, RECORD_PRICES, id, &r->prices);
	else
		end_priceless(r, object, id);
	if (r->prices.count > 0 && object->kind == RECORD_OFFER)
		part_is_priced(r);
	/* An empty one says nothing, and would wipe what is known. */
	if (r->rests.count > 0)
		give(r, RECORD_RESTS, id, &r->rests);
}

/* What the object is called where it has no Ид. */
static struct str
other_id(const struct cml_object *object)
{
	struct str id = STR_NONE;

	if (object->kind == RECORD_UNIT)
		id = fields_get(&object->fields, FIELD_CODE);
	if (id.len == 0 && (object->kind == RECORD_UNIT ||
	    object->kind == RECORD_PROPERTY ||
	    object->kind == RECORD_DOCUMENT))
		id = fields_get(&object->fields, FIELD_NAME);
	return id.len > LIMIT_ID_BYTES ? STR_NONE : id;
}

/*
 * What stands under the same Ид and must not take the other's place.  A
 * document names its party in a few words, which would wipe the accounts and
 * addresses of the list of counterparties (commerceml.md 9).  The payments
 * and shipments of a site count their numbers apart from those of its orders,
 * or have none but the order's (commerceml.md 10).
 */
static struct str
own_id(struct cml_reader *r, const struct cml_object *object, struct str id)
{
	struct str type;

	if (object->kind == RECORD_COUNTERPARTY && r->object_count > 1)
		return join_id(r, id, str_of(CML_NAMED));
	if (object->kind != RECORD_DOCUMENT)
		return id;
	type = fields_get(&object->fields, FIELD_TYPE);
	if (type.len == 0 || str_same_name(type, str_of("Заказ товара")))
		return id;
	return join_id(r, id, type);
}

static void
set_parent(struct cml_reader *r, struct cml_object *object)
{
	const struct cml_object *above = object - 1;

	if (r->object_count < 2 || above->kind != RECORD_GROUP)
		return;
	/* Its Ид stands behind its Группы, or nowhere: without it this one
	 * would come to the top. */
	if (above->id.len == 0)
		cml_finding(r, CML_ID_MISSING, above->line,
		    str_of((const char *)above->element), STR_NONE);
	cml_object_add(r, object, FIELD_PARENT, str_of_buf(&above->id));
}

static void
end_other(struct cml_reader *r, struct cml_object *object)
{
	struct str id = str_of_buf(&object->id);
	bool must = object->kind == RECORD_GROUP ||
	    object->kind == RECORD_PRICE_TYPE;

	if (object->kind == RECORD_GROUP)
		set_parent(r, object);
	if (id.len == 0)
		id = other_id(object);
	if (id.len > 0)
		id = own_id(r, object, id);
	if (id.len > LIMIT_ID_BYTES)
		id = STR_NONE;
	if (id.len == 0 && !must)
		cml_finding(r, CML_LEFT_OUT, object->line,
		    str_of((const char *)object->element), STR_NONE);
	cml_finding_flush(r, object);
	if (id.len > 0 && !object->too_large)
		give(r, object->kind, id, &object->fields);
}

void
cml_object_end(struct cml_reader *r)
{
	struct cml_object *object = cml_object_top(r);

	if (object->kind == RECORD_DOCUMENT &&
	    cml_flat_marked(&object->fields))
		object->deleted = true;
	if (object->deleted)
		cml_object_add(r, object, FIELD_DELETED, str_of("1"));
	if (object->kind == RECORD_DOCUMENT)
		cml_object_add(r, object, FIELD_FAMILY, str_of(r->family));
	if (object->kind == RECORD_PRODUCT || object->kind == RECORD_OFFER)
		end_goods(r, object);
	else if (object->kind != RECORD_NONE)
		end_other(r, object);
	r->object_bytes -= object->bytes;
	r->object_count--;
}
