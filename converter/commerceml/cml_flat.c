/*
 * Documents and counterparties, kept whole for what will be made of them:
 * one row of FIELD_FLAT for each text, in the file's order, with its path
 * below the object.  An element with children has a row of its own with no
 * value before theirs, so that one can be told from the next.  A
 * counterparty inside a document is a row in both.
 */
#include "commerceml/cml_internal.h"

#include <string.h>

static void
put_row(struct cml_reader *r, struct str value)
{
	for (unsigned i = 0; i < r->object_count; i++) {
		struct cml_object *object = &r->objects[i];

		if (object->kind != RECORD_DOCUMENT &&
		    object->kind != RECORD_COUNTERPARTY)
			continue;
		if (r->path.len <= object->path_at)
			continue;
		cml_object_pair(r, object, FIELD_FLAT,
		    str_n(buf_text(&r->path) + object->path_at,
		    r->path.len - object->path_at), value);
	}
}

/* Its parent has a child now, and gets its own row before it. */
static void
put_parent(struct cml_reader *r, struct cml_frame *parent)
{
	if (parent->row || !parent->flat)
		return;
	parent->row = true;
	put_row(r, STR_NONE);
}

void
cml_flat_start(struct cml_reader *r, struct cml_frame *frame)
{
	put_parent(r, frame - 1);
	/* The object itself is no part of its paths. */
	if (!frame[-1].flat)
		return;
	if (r->path.len > 0)
		(void)buf_add_char(&r->path, '/');
	if (buf_add_text(&r->path, (const char *)frame->name) != 0)
		cml_finding_fatal(r, CML_FILE_DEPTH, STR_NONE,
		    str_of((const char *)frame->name));
}

void
cml_flat_attribute(struct cml_reader *r, struct cml_frame *frame,
    struct str name, struct str value)
{
	size_t len = r->path.len;

	if (value.len == 0)
		return;
	put_parent(r, frame);
	if (len > 0)
		(void)buf_add_char(&r->path, '/');
	(void)buf_add_char(&r->path, '@');
	(void)buf_add(&r->path, name.p, name.len);
	put_row(r, value);
	r->path.len = len;
}

void
cml_flat_end(struct cml_reader *r, struct cml_frame *frame, struct str text)
{
	if (text.len > 0)
		put_row(r, text);
	r->path.len = frame->path_at;
}

bool
cml_flat_marked(const struct fields *fields)
{
	static const char requisite[] = "ЗначенияРеквизитов/ЗначениеРеквизита";
	static const char name[] =
	    "ЗначенияРеквизитов/ЗначениеРеквизита/Наименование";
	static const char set[] =
	    "ЗначенияРеквизитов/ЗначениеРеквизита/Значение";
	bool is_named = false, is_set = false;
	struct str value, path;
	enum field field;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value)) {
		if (field != FIELD_FLAT)
			continue;
		path = field_part(value, 0);
		value = field_part(value, 1);
		if (str_is(path, requisite))
			is_named = is_set = false;
		else if (str_is(path, name))
			is_named = str_is(value, "ПометкаУдаления");
		else if (str_is(path, set))
			is_set = cml_value_flag(value) == 1;
		if (is_named && is_set)
			return true;
	}
	return false;
}
