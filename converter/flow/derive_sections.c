/*
 * Sections that a good lies in beside its main one.  A good does not wait for
 * them: one that is not in the portal is said later, when it came.
 */
#include "flow/doubt.h"
#include "flow/sections.h"

#include "base/clock.h"
#include "base/mem.h"

/* Where the section is: its portal id, 0 while it is not there. */
static int
find_section(struct flow *flow, struct str id, int64_t *row,
    int64_t *portal_id, struct err *err)
{
	struct target section;
	struct image image;
	int rc;

	*row = *portal_id = 0;
	if (target_set(&section, TARGET_SECTION, id) != 0)
		return 0;
	image_init(&image);
	rc = snapshot_image_get(flow->snap, &section, &image, err);
	*row = image.target;
	*portal_id = image.portal_id;
	image_free(&image);
	if (rc == 1)
		rc = snapshot_target_row(flow->snap, &section, row, err);
	return rc == -1 ? -1 : 0;
}

int
derive_sections_wait(struct flow *flow, const struct difference *diff,
    int64_t *missing, struct err *err)
{
	struct str value = fields_get(&diff->send, FIELD_SECTIONS), id;
	int64_t portal_id;

	*missing = 0;
	if (diff->verb != VERB_UPDATE || diff->send.count != 1 ||
	    str_is(value, FIELD_CLEAR))
		return 0;
	while (field_part_next(&value, &id)) {
		if (find_section(flow, id, missing, &portal_id, err) == -1)
			return -1;
		if (portal_id == 0 && *missing != 0)
			return 1;
	}
	*missing = 0;
	return 0;
}

/* Is the section being made, or what it waits for?  1; 0; -1. */
static int
is_coming(struct push *push, int64_t row, struct err *err)
{
	struct change change;
	int depth, rc;

	for (depth = 0; row > 0 && depth < LIMIT_XML_DEPTH; depth++) {
		if (rowset_has(&push->busy, row) ||
		    rowset_has(&push->looking, row))
			return 1;
		rc = snapshot_change_get(push->flow->snap, row, &change, err);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		if (change.state == CHANGE_PLANNED)
			return change.next_try <= clock_wall_ms();
		if (change.state != CHANGE_WAITING)
			return 0;
		row = change.depends;
	}
	return 0;
}

int
derive_sections_come(struct push *push, const struct difference *diff,
    struct err *err)
{
	struct str value = fields_get(&diff->send, FIELD_SECTIONS), id;
	int64_t row, portal_id;
	int rc = 0;

	if (str_is(value, FIELD_CLEAR))
		return 0;
	while (rc == 0 && field_part_next(&value, &id)) {
		rc = find_section(push->flow, id, &row, &portal_id, err);
		if (rc == 0 && portal_id == 0)
			rc = is_coming(push, row, err);
	}
	return rc;
}

/* What is said for now: those that are there. */
static void
say_fewer(struct op *op, struct str there)
{
	if (op->section_count > 1)
		(void)fields_set(&op->fields, FIELD_SECTIONS, there);
	else if (fields_has(&op->before, FIELD_SECTIONS))
		(void)fields_set(&op->fields, FIELD_SECTIONS,
		    str_of(FIELD_CLEAR));
	else
		fields_remove(&op->fields, FIELD_SECTIONS);
}

int
derive_sections_prepare(struct flow *flow, struct op *op, struct err *err)
{
	struct str value = fields_get(&op->fields, FIELD_SECTIONS), id;
	struct buf there = BUF_INIT(LIMIT_RECORD_BYTES);
	int64_t row, portal_id;
	size_t size = 1;
	int rc = 0;

	if (value.len == 0 || str_is(value, FIELD_CLEAR))
		return 0;
	for (size_t i = 0; i < value.len; i++)
		size += value.p[i] == FIELD_PART;
	op->sections = mem_array(size, sizeof(*op->sections));
	while (rc == 0 && field_part_next(&value, &id)) {
		rc = find_section(flow, id, &row, &portal_id, err);
		if (rc != 0 || portal_id == 0)
			continue;
		if (there.len > 0)
			(void)buf_add_char(&there, FIELD_PART);
		(void)buf_add(&there, id.p, id.len);
		op->sections[op->section_count++] = portal_id;
	}
	if (rc == 0 && op->section_count < size)
		say_fewer(op, str_n(buf_text(&there), there.len));
	buf_free(&there);
	return rc;
}

void
derive_sections_doubt(struct push *push, const struct op *op)
{
	struct str value = fields_get(&op->fields, FIELD_SECTIONS), id;
	int64_t row, portal_id;
	struct err err = { 0 };

	if (str_is(value, FIELD_CLEAR))
		return;
	while (field_part_next(&value, &id))
		if (find_section(push->flow, id, &row, &portal_id,
		    &err) == 0 && portal_id != 0)
			(void)doubt_row(push, row);
}

/* ---- one that somebody deleted ---- */

struct losing {
	struct flow *flow;
	struct str section;
	int64_t package;
};

static bool
lies_in(const struct image *image, struct str section)
{
	struct str value = fields_get(&image->agreed, FIELD_SECTIONS), id;

	while (image->portal_id != 0 && field_part_next(&value, &id))
		if (str_eq(id, section))
			return true;
	return false;
}

static int
say_anew(void *ctx, const struct target *target, const struct image *image,
    struct err *err)
{
	const struct losing *losing = ctx;
	struct snapshot *snap = losing->flow->snap;
	struct image own;
	int rc;

	if (!lies_in(image, losing->section))
		return 0;
	image_init(&own);
	rc = snapshot_image_get(snap, target, &own, err);
	fields_remove(&own.agreed, FIELD_SECTIONS);
	if (rc == 0)
		rc = snapshot_image_put(snap, &own, err);
	image_free(&own);
	return rc != 0 ? rc : derive_target(losing->flow, target,
	    losing->package, false, err);
}

int
derive_sections_lost(struct flow *flow, const struct target *section,
    int64_t package, struct err *err)
{
	static const enum target_kind forms[] = { TARGET_PRODUCT,
	    TARGET_PARENT, TARGET_SERVICE };
	struct losing losing = { flow, target_id(section), package };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(forms) / sizeof(forms[0]);
	    i++)
		rc = snapshot_image_each(flow->snap, forms[i], say_anew,
		    &losing, err);
	return rc;
}
