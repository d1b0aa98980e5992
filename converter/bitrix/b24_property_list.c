/*
 * The properties that the portal has for goods and for variations, and which
 * of them holds the article: the only one that is ours without any rule.
 */
#include "bitrix/b24_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"

#define ARTICLE_NAME "Артикул"

static bool
is_yes(const cJSON *row, const char *name)
{
	char space[32];

	return str_is(json_str(json_get(row, name), space), "Y");
}

struct b24_property *
b24_property_list_add(struct b24_facts *facts, const cJSON *row)
{
	struct b24_property *property;
	char space[32];
	struct str type = json_str(json_get(row, "propertyType"), space);

	facts->properties = mem_resize(facts->properties,
	    facts->property_count + 1, sizeof(*facts->properties));
	property = &facts->properties[facts->property_count++];
	property->id = json_int_of(row, "id");
	property->iblock = json_int_of(row, "iblockId");
	property->name = json_text_of(row, "name");
	property->code = json_text_of(row, "code");
	property->xml_id = json_text_of(row, "xmlId");
	property->user_type = json_text_of(row, "userType");
	property->type = type.len > 0 ? type.p[0] : '\0';
	property->multiple = is_yes(row, "multiple");
	property->active = !str_is(json_str(json_get(row, "active"), space),
	    "N");
	property->lone = 0;
	return property;
}

void
b24_property_list_free(struct b24_facts *facts)
{
	for (size_t i = 0; i < facts->property_count; i++) {
		free(facts->properties[i].name);
		free(facts->properties[i].code);
		free(facts->properties[i].xml_id);
		free(facts->properties[i].user_type);
	}
	free(facts->properties);
	facts->properties = NULL;
	facts->property_count = 0;
}

/* The REST of goods ignores what is said of a property that is switched off,
 * or of a user type that it does not know; of the others these take a text. */
bool
b24_property_list_fillable(const struct b24_property *property)
{
	static const char *const types[] = { "", "Date", "DateTime", "HTML",
	    "BoolEnum" };

	if (!property->active || property->type == '\0' ||
	    strchr("SNL", property->type) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(property->user_type, types[i]) == 0)
			return true;
	return false;
}

/* By our code before one of that name; a list or a file is no article. */
int64_t
b24_property_list_article(const struct b24_facts *facts, int64_t iblock)
{
	int64_t named = 0;

	for (size_t i = 0; iblock != 0 && i < facts->property_count; i++) {
		const struct b24_property *property = &facts->properties[i];

		if (property->iblock != iblock || property->type != 'S' ||
		    !b24_property_list_fillable(property))
			continue;
		if (strcmp(property->code, B24_ARTICLE_CODE) == 0)
			return property->id;
		if (named == 0 && str_same_name(str_of(property->name),
		    str_of(ARTICLE_NAME)))
			named = property->id;
	}
	return named;
}

const struct b24_property *
b24_property_list_article_off(const struct b24_facts *facts, int64_t iblock)
{
	if (b24_property_list_article(facts, iblock) != 0)
		return NULL;
	for (size_t i = 0; iblock != 0 && i < facts->property_count; i++) {
		const struct b24_property *property = &facts->properties[i];

		if (property->iblock == iblock &&
		    (strcmp(property->code, B24_ARTICLE_CODE) == 0 ||
		    strcmp(property->xml_id, B24_ARTICLE_CODE) == 0))
			return property;
	}
	return NULL;
}

void
b24_property_list_say_off(const struct b24_property *property, char *text,
    size_t size)
{
	if (property->active)
		(void)snprintf(text, size, _("the portal's property %" PRId64
		    " (%s) holds no text: goods go without their articles; "
		    "give it another code and xmlId than %s, then `cml24 "
		    "retry`"), property->id, property->name,
		    B24_ARTICLE_CODE);
	else
		(void)snprintf(text, size, _("the portal's property %" PRId64
		    " (%s) is switched off: goods go without their articles; "
		    "switch it on there, then `cml24 retry`"), property->id,
		    property->name);
}

bool
b24_property_list_gallery(const struct b24_facts *facts, int64_t iblock)
{
	for (size_t i = 0; i < facts->property_count; i++)
		if (facts->properties[i].iblock == iblock &&
		    facts->properties[i].active && strcmp(
		    facts->properties[i].code, B24_GALLERY_CODE) == 0)
			return true;
	return false;
}

void
b24_property_list_make_article(struct b24_command *command,
    int64_t iblock)
{
	struct buf *query = &command->query;

	b24_batch_command_init(command, B24_PROPERTY_ADD);
	b24_query_int(query, "fields[iblockId]", iblock);
	b24_query_text(query, "fields[name]", ARTICLE_NAME);
	b24_query_text(query, "fields[code]", B24_ARTICLE_CODE);
	b24_query_text(query, "fields[xmlId]", B24_ARTICLE_CODE);
	b24_query_text(query, "fields[propertyType]", "S");
	b24_query_text(query, "fields[active]", "Y");
}
