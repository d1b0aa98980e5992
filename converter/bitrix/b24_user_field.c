/*
 * User fields of deals, companies and contacts: people have made them, and
 * rules call them by their names (UF_CRM_…) or by what people see.
 */
#include "bitrix/b24_internal.h"

#include <stdlib.h>

#include "base/mem.h"

static void
take_items(struct b24_user_field *field, const cJSON *list)
{
	const cJSON *row;

	cJSON_ArrayForEach(row, list) {
		struct b24_item *item;

		field->items = mem_resize(field->items, field->item_count +
		    1, sizeof(*field->items));
		item = &field->items[field->item_count++];
		item->id = json_int_of(row, "ID");
		item->text = json_text_of(row, "VALUE");
	}
}

/* By its name, or as a person sees it. */
static const cJSON *
find_row(const cJSON *rows, const char *text)
{
	static const char *const labels[] = { "EDIT_FORM_LABEL",
	    "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL" };
	const cJSON *row;
	char space[32];

	cJSON_ArrayForEach(row, rows)
		if (str_eq(json_str(json_get(row, "FIELD_NAME"), space),
		    str_trim(str_of(text))))
			return row;
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		cJSON_ArrayForEach(row, rows)
			if (str_same_name(json_str(json_get(row, labels[i]),
			    space), str_of(text)))
				return row;
	return NULL;
}

void
b24_user_field_ask(struct b24_command *command, enum b24_method list)
{
	b24_batch_command_init(command, list);
	/* Labels are told only in a language that is named. */
	b24_query_text(&command->query, "filter[LANG]", "ru");
}

void
b24_user_field_take(struct b24_user_field *field,
    const struct config_pair *rule, const cJSON *rows)
{
	const cJSON *row = find_row(rows, rule->value);
	char space[32];

	field->key = rule->name;
	field->rule = rule->value;
	field->name = json_text_of(row, "FIELD_NAME");
	field->type = json_text_of(row, "USER_TYPE_ID");
	field->multiple = str_is(json_str(json_get(row, "MULTIPLE"), space),
	    "Y");
	take_items(field, json_get(row, "LIST"));
}

void
b24_user_field_free(struct b24_user_field *field)
{
	for (size_t i = 0; i < field->item_count; i++)
		free(field->items[i].text);
	free(field->items);
	free(field->name);
	free(field->type);
}

const char *
b24_user_field_item(const struct b24_user_field *field, int64_t id)
{
	for (size_t i = 0; i < field->item_count; i++)
		if (field->items[i].id == id)
			return field->items[i].text;
	return NULL;
}

int64_t
b24_user_field_item_named(const struct b24_user_field *field,
    struct str text)
{
	for (size_t i = 0; i < field->item_count; i++)
		if (str_same_name(str_of(field->items[i].text), text))
			return field->items[i].id;
	return 0;
}
