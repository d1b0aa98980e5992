/* The first-level parts of a file, told before their first record. */
#include "commerceml/cml_internal.h"

#include "base/clock.h"

static enum cml_part_kind
kind_of(enum cml_place place)
{
	if (place == CML_AT_CLASSIFIER)
		return CML_PART_CLASSIFIER;
	if (place == CML_AT_CATALOG)
		return CML_PART_CATALOG;
	if (place == CML_AT_OFFERS)
		return CML_PART_OFFERS;
	if (place == CML_AT_CHANGES)
		return CML_PART_OFFER_CHANGES;
	if (place == CML_AT_PARTIES)
		return CML_PART_COUNTERPARTIES;
	return CML_PART_DOCUMENTS;
}

void
cml_part_begin(struct cml_reader *r, enum cml_place place)
{
	r->any_part = true;
	/* Documents stand in the root one by one, but are one part. */
	if (place == CML_AT_DOCUMENT && r->documents_told)
		return;
	r->part = (struct cml_part){ .kind = kind_of(place) };
	buf_clear(&r->part_catalog);
	buf_clear(&r->part_classifier);
	cml_object_unpriced(r);
	r->in_part = true;
	r->part_told = false;
	if (place == CML_AT_DOCUMENT) {
		r->documents_told = true;
		cml_part_tell(r);
	}
}

static void
tell(struct cml_reader *r)
{
	const struct cml_object *head;

	/* The part's own Ид is that of the outermost object. */
	head = r->object_count > 0 ? &r->objects[0] : NULL;
	if (head != NULL && (head->kind == RECORD_NONE ||
	    head->kind == RECORD_CATALOG))
		r->part.id = str_n(head->id.data, head->id.len);
	if (r->part_catalog.len > 0)
		r->part.id = str_n(r->part_catalog.data,
		    r->part_catalog.len);
	r->part.classifier = str_n(r->part_classifier.data,
	    r->part_classifier.len);
	if (r->events->part != NULL &&
	    r->events->part(r->events->ctx, &r->part, r->err) != 0)
		cml_door_stop(r);
}

void
cml_part_tell(struct cml_reader *r)
{
	if (!r->in_part || r->part_told || r->stopped)
		return;
	r->part_told = true;
	tell(r);
}

void
cml_part_end(struct cml_reader *r)
{
	cml_part_tell(r);
	r->in_part = false;
}

void
cml_part_changes(struct cml_reader *r, struct str value)
{
	int flag;

	if (value.len == 0)
		return;
	flag = cml_value_flag(value);
	/* Absence is decided by it, so a guess could delete goods. */
	if (flag == -1) {
		cml_finding(r, CML_CHANGES_FLAG, cml_door_line(r), STR_NONE,
		    value);
		return;
	}
	r->part.only_changes = flag == 1;
	r->part.changes_stated = true;
	if (!r->part_told)
		return;
	cml_finding(r, CML_CHANGES_LATE, cml_door_line(r), STR_NONE, value);
	tell(r);
}

void
cml_part_formed(struct cml_reader *r, struct cml_root *root,
    struct str value)
{
	if (value.len == 0)
		return;
	if (clock_parse(&root->formed, value) != 0) {
		root->formed = 0;
		cml_finding(r, CML_DATE, cml_door_line(r), STR_NONE, value);
	}
}
