/* Changed fields for people: what 1C calls by an id, by its name. */
#include "flow/flow_internal.h"

#include "base/told.h"

static void
name_properties(const struct flow *flow, struct fields *fields)
{
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);

	map_title(flow->map, fields_get(fields, FIELD_PROPERTIES), &text);
	(void)fields_set(fields, FIELD_PROPERTIES, str_n(buf_text(&text),
	    text.len));
	buf_free(&text);
}

static void
join_parts(struct fields *fields, enum field field)
{
	struct buf text = BUF_INIT(LIMIT_RECORD_BYTES);
	struct str value = fields_get(fields, field);
	size_t i;

	for (i = 0; i < value.len; i++) {
		if (value.p[i] == FIELD_PART)
			(void)buf_add_text(&text, ", ");
		else
			(void)buf_add_char(&text, value.p[i]);
	}
	(void)fields_set(fields, field, str_n(buf_text(&text), text.len));
	buf_free(&text);
}

/* What holds several texts, in words. */
static void
name_parts(const struct flow *flow, struct fields *fields)
{
	if (fields_has(fields, FIELD_PROPERTIES) &&
	    !str_is(fields_get(fields, FIELD_PROPERTIES), FIELD_CLEAR))
		name_properties(flow, fields);
	if (fields_has(fields, FIELD_SECTIONS) &&
	    !str_is(fields_get(fields, FIELD_SECTIONS), FIELD_CLEAR))
		join_parts(fields, FIELD_SECTIONS);
}

void
show_fields(const struct flow *flow, const struct fields *old_values,
    const struct fields *new_values)
{
	struct fields before, after;

	if (flow->report->json || flow->map == NULL ||
	    (!fields_has(new_values, FIELD_PROPERTIES) &&
	    !fields_has(new_values, FIELD_SECTIONS))) {
		report_fields(flow->report, old_values, new_values);
		return;
	}
	fields_init(&before);
	fields_init(&after);
	fields_copy(&before, old_values);
	fields_copy(&after, new_values);
	name_parts(flow, &before);
	name_parts(flow, &after);
	report_fields(flow->report, &before, &after);
	fields_free(&before);
	fields_free(&after);
}

void
show_field_names(struct buf *out, const struct fields *fields)
{
	char title[TOLD_WORD_BYTES];
	enum field field;
	struct str value;
	size_t at = 0;

	while (fields_next(fields, &at, &field, &value))
		(void)buf_printf(out, "%s%s", out->len > 0 ? ", " : "",
		    told_word(title, field_message(field)));
}
